"""Any table, written any way and damaged anywhere: what is whole lands, the rest is set aside."""

from __future__ import annotations

import csv
import io
from pathlib import Path

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


def read(folder: Path, text: str) -> tuple[list[tuple[int, list[str]]], list[Rejection]]:
    """Read a file: each row with its line, and the rows set aside."""
    file = folder / "file.csv"
    file.write_bytes(text.encode("utf-8"))
    (section,) = reader.open_csv(file, "file.csv", True, Limits())
    rejections: list[Rejection] = []
    rows: list[tuple[int, list[str]]] = []
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
@given(written_tables())
def test_what_is_written_is_what_is_read(
    tmp_path: Path, table: tuple[str, list[list[str]]]
) -> None:
    text, rows = table
    found, rejections = read(tmp_path, text)
    assert rejections == []
    assert found == list(zip(first_lines(rows), rows, strict=True))


@no_deadline
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["whole", "short", "long", "null", "open"]),
            st.integers(min_value=1, max_value=999),
        ),
        max_size=15,
    )
)
def test_every_row_is_either_read_or_set_aside(tmp_path: Path, plan: list[tuple[str, int]]) -> None:
    """One row of each plan to a line, so that line n holds row n - 2 and no other."""
    damage = {
        "whole": "{0},b {0},c",
        "short": "{0},b {0}",
        "long": "{0},b,c,d {0}",
        "null": "{0},\0,c",
        "open": '{0},"b {0},c',
    }
    lines = [damage[kind].format(number) for kind, number in plan]
    found, rejections = read(tmp_path, "\n".join(["one,two,three", *lines]))
    whole = [
        (line, [str(number), f"b {number}", "c"])
        for line, (kind, number) in enumerate(plan, start=2)
        if kind == "whole"
    ]
    assert found == whole
    assert sorted((r.line, r.text) for r in rejections) == [
        (line, lines[line - 2].replace("\0", "\N{SYMBOL FOR NULL}"))
        for line, (kind, _) in enumerate(plan, start=2)
        if kind != "whole"
    ]
