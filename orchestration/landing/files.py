"""The landing folder: which files are there, where they lie, and what kind they are.

Here: names, folders, sizes, times and first bytes. Not here: columns or rows.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from orchestration.landing.contracts import (
    Contract,
    ContractError,
    contract_for,
    period_start_year,
)
from orchestration.landing.outcome import Refused
from orchestration.landing.readers.ahead import ahead
from orchestration.landing.readers.csv import open_csv
from orchestration.landing.readers.parquet import open_parquet
from orchestration.landing.readers.section import Limits, Section
from orchestration.landing.readers.xlsx import open_xlsx
from orchestration.landing.readers.xml import open_xml

_READ_BYTES = 4 * 1024**2
_NOT_RETURNS = re.compile(
    r"\.|~\$|thumbs\.db$|desktop\.ini$|.*(\.tmp|\.part|\.partial|\.crdownload|~)$", re.IGNORECASE
)
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Excel or password-protected workbook",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"SQLite": "a database",
}


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing folder.

    Attributes:
        path: Where it is.
        source_file: Path under the landing folder, with ``/``.
        size_bytes: Its size.
        mtime_ns: When it was last written.
        changed_at: When it was last written or put there, in seconds.
    """

    path: Path
    source_file: str
    size_bytes: int
    mtime_ns: int
    changed_at: float

    @classmethod
    def found_at(cls, path: Path, source_file: str) -> LandedFile:
        """Describe a file as it is now.

        Raises:
            FileNotFoundError: Not there any more.
        """
        stat = path.stat()
        return cls(
            path, source_file, stat.st_size, stat.st_mtime_ns, max(stat.st_mtime, stat.st_ctime)
        )

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self.path.name

    @property
    def return_name(self) -> str:
        """The first folder under landing."""
        parts = PurePosixPath(self.source_file).parts
        return parts[0] if len(parts) > 1 else ""

    def is_settled(self, settle_seconds: float) -> bool:
        """Tell whether nobody has written to it for a while, and it is there as it was found."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return False
        unchanged = (stat.st_size, stat.st_mtime_ns) == (self.size_bytes, self.mtime_ns)
        return unchanged and not 0 <= time.time() - self.changed_at < settle_seconds


@dataclass(frozen=True)
class Address:
    """What a file's folders say it is.

    Attributes:
        contract: The contract in force.
        la_code: DfE number of the authority; None for a national return.
        period: Collection year as ``2016-17``; None for a national return.
    """

    contract: Contract
    la_code: str | None
    period: str | None


@dataclass(frozen=True)
class Fingerprint:
    """What one pass over a file's bytes tells.

    Attributes:
        sha256: Digest of the bytes.
        is_utf8: Whether all of it is valid UTF-8.
    """

    sha256: str
    is_utf8: bool


def find_files(landing_dir: Path) -> list[LandedFile]:
    """List the files in the landing folder, in the order they were written."""
    found = []
    for path in _walk(landing_dir):
        with suppress(FileNotFoundError):
            found.append(LandedFile.found_at(path, path.relative_to(landing_dir).as_posix()))
    return sorted(found, key=lambda file: (file.mtime_ns, file.source_file))


def _walk(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if _NOT_RETURNS.match(path.name) or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def read_address(file: LandedFile, contracts: Sequence[Contract]) -> Address:
    """Read return, authority and year off a file's folders.

    Raises:
        Refused: A folder that makes no sense.
    """
    folders = PurePosixPath(file.source_file).parts[:-1]
    known = sorted({contract.return_name for contract in contracts})
    if not folders or folders[0] not in known:
        raise Refused(
            f"{file.source_file} does not lie in the folder of a return; move it to one of "
            f"{', '.join(f'landing/{name}' for name in known)}."
        )
    contract = contract_for(folders[0], None, contracts)
    if contract.national:
        return Address(contract, None, None)
    if len(folders) < 3:
        raise Refused(
            f"{file.source_file} lies in landing/{'/'.join(folders)}, but folders for authority "
            f"and year were expected; move it to one such as landing/{folders[0]}/882/2016-17."
        )
    la_code, period = folders[1], folders[2]
    if not (la_code.isascii() and la_code.isdigit() and len(la_code) == 3 and int(la_code) > 200):
        raise Refused(
            f"{file.source_file} lies in a folder {la_code}, which is no authority's DfE number; "
            "move it to a folder named with three digits, such as 882."
        )
    try:
        period_start_year(period)
    except ValueError as error:
        raise Refused(
            f"{file.source_file} lies in a folder {period}, which is no collection year; move it "
            "to a folder named with two years that follow each other, such as 2016-17."
        ) from error
    try:
        return Address(contract_for(folders[0], period, contracts), la_code, period)
    except ContractError as error:
        raise Refused(f"{file.source_file} cannot be taken: {error}") from error


def fingerprint(file: LandedFile) -> Fingerprint:
    """Digest a file and tell whether it is UTF-8, in one pass."""
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    with file.path.open("rb") as stream:
        for block in ahead(iter(partial(stream.read, _READ_BYTES), b"")):
            digest.update(block)
            decoder = _still_utf8(decoder, block, final=False)
    return Fingerprint(digest.hexdigest(), _still_utf8(decoder, b"", final=True) is not None)


def _still_utf8(
    decoder: codecs.IncrementalDecoder | None, block: bytes, final: bool
) -> codecs.IncrementalDecoder | None:
    if decoder is None or (block.isascii() and not decoder.getstate()[0]):
        return decoder
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return None
    return decoder


def check_size(file: LandedFile, limits: Limits) -> None:
    """Refuse a file that is too large to be read.

    Raises:
        Refused: More bytes than allowed.
    """
    if file.size_bytes > limits.file_bytes:
        raise Refused(
            f"{file.source_file} has {file.size_bytes:,} bytes, more than the "
            f"{limits.file_bytes:,} allowed; split it and send the parts."
        )


def open_file(
    file: LandedFile,
    is_utf8: bool,
    contract: Contract,
    contracts: Sequence[Contract],
    limits: Limits,
) -> list[Section]:
    """Open a file with the reader its first bytes ask for.

    Args:
        file: The file.
        is_utf8: Whether all of it is valid UTF-8.
        contract: The contract in force, for a format whose tables have no header.
        contracts: All contracts.
        limits: How much to read.

    Raises:
        Refused: Too large, empty, or of a kind Pier does not read.
    """
    name = file.source_file
    check_size(file, limits)
    with file.path.open("rb") as stream:
        start = stream.read(64)
    if start.startswith(b"PAR1"):
        return open_parquet(file.path, name)
    if start.startswith(b"PK"):
        return open_xlsx(file.path, name, limits)
    if _starts_xml(start):
        return open_xml(file.path, name, contract, contracts)
    for magic, kind in _FOREIGN.items():
        if start.startswith(magic):
            raise Refused(
                f"{name} is {kind}, whatever its name says; CSV, XLSX, Parquet or XML was "
                "expected, so "
                "save it as one of these and send it again."
            )
    return open_csv(file.path, name, is_utf8, limits)


def _starts_xml(start: bytes) -> bool:
    """Tell XML by its first character, whatever the encoding."""
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start.removeprefix(mark)
    return start.lstrip(b"\0 \t\r\n").startswith(b"<")
