"""Any table, written any way and damaged anywhere: what is whole lands, the rest is set aside."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from orchestration.landing.outcome import Rejection
from orchestration.landing.readers import csv as reader
from orchestration.landing.readers.section import LINE_COLUMN, Limits

CELL = st.text(st.sampled_from("ab1é,;\"\n\t '-"), max_size=6)
WIDTH = 3


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A file's text and its rows, in one of the ways programs write CSV."""
    rows = draw(st.lists(st.lists(CELL, min_size=WIDTH, max_size=WIDTH), max_size=12))
    rows = [row for row in rows if any(cell.strip(" ,;\t") for cell in row)]
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    stream = io.StringIO()
    writer = csv.writer(
        stream, quoting=quoting, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    writer.writerow(["one", "two", "three"])
    writer.writerows(rows)
    return stream.getvalue(), rows


@dataclass(frozen=True)
class Way:
    """How a file is encoded, and in pieces of what size it is read."""

    codec: str
    first_bytes: int
    block_bytes: int


WAYS = st.builds(
    Way,
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from([1, 30, 4096]),
    st.sampled_from([5, 64, 8 * 1024**2]),
)


def read(folder: Path, text: str, way: Way) -> tuple[list[tuple[int, list[str]]], list[Rejection]]:
    """Read a file: each row with its line, and the rows set aside."""
    file = folder / "file.csv"
    file.write_bytes(text.encode(way.codec))
    is_utf8 = way.codec.startswith("utf-8") or (way.codec == "cp1252" and text.isascii())
    rejections: list[Rejection] = []
    rows: list[tuple[int, list[str]]] = []
    with (
        mock.patch.object(reader, "_FIRST_BYTES", way.first_bytes),
        mock.patch.object(reader, "_BLOCK_BYTES", way.block_bytes),
    ):
        (section,) = reader.open_csv(file, "file.csv", is_utf8, Limits())
        for batch in section.read(section.headers[0], rejections):
            for row in batch.to_pylist():
                line = row.pop(LINE_COLUMN)
                rows.append((line, [cell or "" for cell in row.values()]))
    return rows, rejections


def first_lines(rows: list[list[str]]) -> list[int]:
    """Lines rows start on, counting the line breaks in the cells before."""
    lines = [2]
    for row in rows:
        lines.append(lines[-1] + 1 + sum(cell.count("\n") for cell in row))
    return lines[:-1]


no_deadline = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@no_deadline
@given(written_tables(), WAYS)
def test_what_is_written_is_what_is_read(
    tmp_path: Path, table: tuple[str, list[list[str]]], way: Way
) -> None:
    text, rows = table
    found, rejections = read(tmp_path, text, way)
    assert rejections == []
    assert found == list(zip(first_lines(rows), rows, strict=True))


DAMAGE = {
    "whole": "{0},b {0},c",
    "accented": "{0},bé {0},c",
    "across": '{0},"b\n{0}",c',
    "short": "{0},b {0}",
    "long": "{0},b,c,d {0}",
    "null": "{0},\0,c",
    "open": '{0},"b {0},c',
    "blank": ", ,",
}
TAKEN = {"whole": "b {0}", "accented": "bé {0}", "across": "b\n{0}"}


@no_deadline
@given(
    st.lists(st.tuples(st.sampled_from(list(DAMAGE)), st.integers(1, 999)), max_size=15),
    WAYS,
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_row_is_either_read_or_set_aside(
    tmp_path: Path, plan: list[tuple[str, int]], way: Way, end: str
) -> None:
    """Rows whole and damaged in any order; which lines they stand on is counted here."""
    texts = [DAMAGE[kind].format(number) for kind, number in plan]
    line, whole, aside = 2, [], []
    for (kind, number), text in zip(plan, texts, strict=True):
        if kind in TAKEN:
            whole.append((line, [str(number), TAKEN[kind].format(number), "c"]))
        elif kind != "blank":
            aside.append((line, text.replace("\0", "\N{SYMBOL FOR NULL}")))
        line += 1 + text.count("\n")
    found, rejections = read(tmp_path, end.join(["one,two,three", *texts]), way)
    assert found == whole
    assert sorted((rejection.line, rejection.text) for rejection in rejections) == aside
