"""Faults of whole files: how they are written, not what they say.

Each is planted in a file of its own, of another year than the faults of records, so that a file
that is refused takes no other fault with it.
"""

import codecs
import random
from collections.abc import Callable, Iterator, Set
from pathlib import Path

from demo.calendar import ReportingYear
from demo.faults.planted import Planted, fault_table

_NUMBER_OF_AUTHORITY = b"<LEA>"


def plant_in_files(
    landing_dir: Path, la_code: str, year: ReportingYear, rng: random.Random
) -> Iterator[Planted]:
    """Damage whole files; a fault is left out where no file of its return is left."""
    used: set[Path] = set()
    for fault in fault_table("files.csv"):
        action = fault["action"]
        folder = landing_dir / fault["return"] / la_code
        free = [
            path
            for path in sorted(folder.glob(f"*/{fault['file']}"))
            if path not in used
            and path.parent.name != year.folder
            and len(path.read_bytes().splitlines()) > _LEAST_LINES
            and (action != "wrong_year" or _is_whole(_of_the_year_before(path), used))
        ]
        if not free:
            continue
        path = rng.choice(free)
        used.add(path)
        content, line = _ACTIONS[action](path)
        path.write_bytes(content)
        yield Planted(
            fault=fault["fault"],
            kind=fault["kind"],
            level="file",
            rules=fault["expected"],
            return_name=fault["return"],
            table=path.stem,
            la_code=la_code,
            period_label=path.parent.name.replace("-", "/"),
            file=path.relative_to(landing_dir).as_posix(),
            line=line,
            key="",
            columns="",
            description=fault["description"],
        )


def _is_whole(path: Path, used: Set[Path]) -> bool:
    return path.exists() and path not in used


_LEAST_LINES = 4
_Damage = tuple[bytes, str]


def _semicolons(path: Path) -> _Damage:
    return path.read_bytes().replace(b",", b";"), ""


def _byte_order_mark(path: Path) -> _Damage:
    return codecs.BOM_UTF8 + path.read_bytes(), "1"


def _lower_case_header(path: Path) -> _Damage:
    header, rest = path.read_bytes().split(b"\r\n", 1)
    return header.lower() + b"\r\n" + rest, "1"


def _ragged_row(path: Path) -> _Damage:
    lines = path.read_bytes().split(b"\r\n")
    lines[2] += b",too,many"
    return b"\r\n".join(lines), "3"


def _nul_byte(path: Path) -> _Damage:
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2][:4] + b"\0" + lines[2][4:]
    return b"\r\n".join(lines), "3"


def _old_encoding(path: Path) -> _Damage:
    """An e with an accent as one byte, which is no UTF-8."""
    lines = path.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b"Demo ", "Démo ".encode("cp1252"), 1)
    return b"\r\n".join(lines), "2"


def _no_header(path: Path) -> _Damage:
    return path.read_bytes().split(b"\r\n", 1)[1], "1"


def _missing_column(path: Path) -> _Damage:
    lines = path.read_bytes().split(b"\r\n")
    return b"\r\n".join(line.partition(b",")[2] for line in lines), "1"


def _column_too_many(path: Path) -> _Damage:
    header, *rows, end = path.read_bytes().split(b"\r\n")
    lines = [header + b",REMARK", *(row + b"," for row in rows), end]
    return b"\r\n".join(lines), "1"


def _truncated(path: Path) -> _Damage:
    content = path.read_bytes()
    kept = content[: len(content) // 2]
    return kept, str(kept.count(b"\n") + 1)


def _document_type(path: Path) -> _Damage:
    declaration, rest = path.read_bytes().split(b"\n", 1)
    return declaration + b'\n<!DOCTYPE Message [<!ENTITY demo "demo">]>\n' + rest, "2"


def _wrong_authority(path: Path) -> _Damage:
    before, after = path.read_bytes().split(_NUMBER_OF_AUTHORITY, 1)
    number = int(after[:3])
    damaged = before + _NUMBER_OF_AUTHORITY + f"{number - 1:03d}".encode() + after[3:]
    return damaged, str(before.count(b"\n") + 1)


def _of_the_year_before(path: Path) -> Path:
    first = int(path.parent.name[:4])
    return path.parent.parent / ReportingYear(first).folder / path.name


def _wrong_year(path: Path) -> _Damage:
    return _of_the_year_before(path).read_bytes(), ""


def _empty(_: Path) -> _Damage:
    return b"", ""


def _wide_characters(path: Path) -> _Damage:
    return path.read_bytes().decode("utf-8").encode("utf-16"), ""


def _trailing_blanks(path: Path) -> _Damage:
    header, *rows, end = path.read_bytes().split(b"\r\n")
    lines = [header, *(row.replace(b",", b" ,") for row in rows), b"", end]
    return b"\r\n".join(lines), ""


_ACTIONS: dict[str, Callable[[Path], _Damage]] = {
    "semicolons": _semicolons,
    "byte_order_mark": _byte_order_mark,
    "lower_case_header": _lower_case_header,
    "ragged_row": _ragged_row,
    "nul_byte": _nul_byte,
    "old_encoding": _old_encoding,
    "no_header": _no_header,
    "missing_column": _missing_column,
    "column_too_many": _column_too_many,
    "truncated": _truncated,
    "document_type": _document_type,
    "wrong_authority": _wrong_authority,
    "wrong_year": _wrong_year,
    "empty": _empty,
    "wide_characters": _wide_characters,
    "trailing_blanks": _trailing_blanks,
}
