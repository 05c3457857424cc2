"""ZIP archives: taken apart into the files they hold, or refused whole.

An archive comes from outside and may say anything of itself, so nothing it says is believed
before it is checked: names stay inside, sizes are counted while writing. Not here: what the
files hold (``files``, ``readers``).
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from orchestration.landing.outcome import Refused
from orchestration.landing.readers.section import Limits

_BLOCK_BYTES = 1024**2
_ENCRYPTED = 0x1
_NOT_JUDGED_BYTES = 10 * 1024**2
"""A short file of blanks compresses as well as a bomb; below this nothing can go wrong."""
_NESTED = (b"PK", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")


def is_archive(path: Path) -> bool:
    """Tell an archive from a workbook, which is one too but for what is in it."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return path.suffix.lower() == ".zip"


def expand(path: Path, name: str, limits: Limits, folder: Path) -> list[tuple[str, Path]]:
    """Write the files of an archive into a folder.

    Args:
        path: The archive.
        name: What to call it in messages.
        limits: How much may come out of it.
        folder: Empty folder to write into.

    Returns:
        Name within the archive and path of each file, by name.

    Raises:
        Refused: Damaged, encrypted, empty, too much of it, a name that leads out of it, a name
            twice, a link, or an archive inside.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if not _is_passed_over(entry)]
            _check(path, members, name, limits)
            written = [
                (entry.filename, _write(archive, entry, name, folder / str(number)))
                for number, entry in enumerate(members)
            ]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        OSError,
    ) as error:
        raise Refused(
            f"{name} cannot be opened as a ZIP archive, it is damaged or cut short; send it again."
        ) from error
    return sorted(written)


def _is_passed_over(entry: zipfile.ZipInfo) -> bool:
    """Tell folders, and what operating systems add of their own accord."""
    parts = PurePosixPath(entry.filename).parts
    return entry.is_dir() or parts[:1] == ("__MACOSX",) or parts[-1:] == (".DS_Store",)


def _check(path: Path, members: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    fault = next(_faults(path, members, limits), None)
    if fault is not None:
        raise Refused(f"{name} is a ZIP archive that {fault}.")


def _faults(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> Iterator[str]:
    if not members:
        yield "holds no file; send it again with the files of the return"
    if len(members) > limits.members:
        yield (
            f"holds {len(members):,} files, more than the {limits.members:,} allowed; send it "
            "in parts"
        )
    total = sum(entry.file_size for entry in members)
    if total > limits.expanded_bytes:
        yield (
            f"expands to {total:,} bytes, more than the {limits.expanded_bytes:,} allowed; send "
            "it in parts"
        )
    if total > max(_NOT_JUDGED_BYTES, limits.expansion * path.stat().st_size):
        yield (
            f"expands to more than {limits.expansion} times its size, as no return does; send "
            "the files it holds without packing them"
        )
    seen: set[str] = set()
    for entry in members:
        shown = entry.filename.encode("ascii", "replace").decode()[:80]
        if entry.flag_bits & _ENCRYPTED:
            yield "is protected by a password; send it again without"
        if _leads_out(entry):
            yield (
                f"holds a file named {shown}, which would lie outside it; send the files it "
                "holds without packing them"
            )
        if entry.filename.lower() in seen:
            yield f"holds the file {shown} twice; take out the one that is not meant"
        seen.add(entry.filename.lower())


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    odd = any(mark in entry.filename for mark in ("\\", ":", "\0"))
    return is_link or odd or name.is_absolute() or ".." in name.parts


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, folder: Path) -> Path:
    """Write one file under its own last name, and not a byte more than was announced."""
    folder.mkdir()
    target = folder / PurePosixPath(entry.filename).name
    left = entry.file_size
    with archive.open(entry) as source, target.open("wb") as file:
        while block := source.read(min(_BLOCK_BYTES, left + 1)):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile("more bytes than announced")
            file.write(block)
    with target.open("rb") as file:
        is_nested = file.read(8).startswith(_NESTED)
    if is_nested and not _is_workbook(target):
        raise Refused(
            f"{name} is a ZIP archive that holds another archive, "
            f"{entry.filename.encode('ascii', 'replace').decode()[:80]}; unpack that one and send "
            "the files it holds."
        )
    return target


def _is_workbook(path: Path) -> bool:
    return zipfile.is_zipfile(path) and not is_archive(path)


def set_time(path: Path, time_ns: int) -> None:
    """Give a file the time of the archive it came out of."""
    os.utime(path, ns=(time_ns, time_ns))
