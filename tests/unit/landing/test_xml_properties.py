"""Any return as XML, written any way: both readers give its rows, with the lines they begin on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock
from xml.parsers import expat
from xml.sax.saxutils import escape

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from orchestration.landing import contract_for, load_contracts
from orchestration.landing.outcome import Refused
from orchestration.landing.readers import xml as reader
from orchestration.landing.readers.section import LINE_COLUMN
from orchestration.landing.readers.xml_plain import NotPlainError, blocks

CONTRACT = contract_for("cin_census", "2016-17")
TEXT = st.text(st.sampled_from("ab1é&<>' "), max_size=5)
DATES = st.sampled_from(["2016-05-01", "2017-01-31", "", " "])
Rows = dict[str, list[tuple[object, ...]]]


def write_plan(draw: st.DrawFn, add: Callable[[str], int], child: str, rows: Rows) -> None:
    """Write a plan with its reviews, in either order."""
    start = draw(DATES.filter(str.strip))
    plan_line = add("<ChildProtectionPlans>")
    starts_first = draw(st.booleans())
    if starts_first:
        add(f"<CPPstartDate>{start}</CPPstartDate>")
    add("<Reviews>")
    for review in draw(st.lists(DATES, max_size=3)):
        line = add(f"<CPPreviewDate>{review}</CPPreviewDate>")
        if review.strip():
            rows["cpp_review"].append((known(child), start, review, line))
    add("</Reviews>")
    if not starts_first:
        add(f"<CPPstartDate>{start}</CPPstartDate>")
    add(draw(st.sampled_from(["", "<CPPendDate/>", "<CPPendDate></CPPendDate>"])))
    add("</ChildProtectionPlans>")
    rows["cpp"].append((known(child), start, None, plan_line))


@st.composite
def censuses(draw: st.DrawFn) -> tuple[str, Rows]:
    """A census and the rows of its child, plan and review tables."""
    rows: Rows = {"child": [], "cpp": [], "cpp_review": []}
    lines = ["<Message>", "<Children>"]

    def add(text: str) -> int:
        """Write a line, or go on with the last one; tell which line it is on."""
        if draw(st.booleans()):
            lines.append(text)
        else:
            lines[-1] += draw(st.sampled_from(["", " ", "\t"])) + text
        return len(lines)

    for _ in range(draw(st.integers(0, 3))):
        child, upn = draw(TEXT), draw(TEXT)
        child_line = add("<Child>")
        add(f"<ChildIdentifiers><LAchildID>{escape(child)}</LAchildID>")
        add(f"<UPN>{escape(upn)}</UPN></ChildIdentifiers>")
        rows["child"].append((known(child), known(upn), child_line))
        for _ in range(draw(st.integers(0, 2))):
            add(draw(st.sampled_from(["<CINdetails>", "<CINdetails >"])))
            for _ in range(draw(st.integers(0, 2))):
                write_plan(draw, add, child, rows)
            add("</CINdetails>")
        add("</Child>")
    add("</Children>")
    add("</Message>")
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines), rows


def known(text: str) -> str | None:
    return text if text.strip() else None


COLUMNS = {
    "child": ("la_child_id", "upn"),
    "cpp": ("la_child_id", "cpp_start_date", "cpp_end_date"),
    "cpp_review": ("la_child_id", "cpp_start_date", "cpp_review_date"),
}


def read(folder: Path, text: str) -> Rows:
    """Read a census: columns looked at and line of each row, by table."""
    file = folder / "census.xml"
    file.write_bytes(text.encode("utf-8"))
    found: Rows = {}
    for section in reader.open_xml(file, "census.xml", CONTRACT, load_contracts()):
        assert section.table is not None
        names = [column.name for column in section.table.columns]
        wanted = COLUMNS.get(section.table.name)
        for batch in section.read(section.headers[0], []) if wanted else ():
            for row in batch.to_pylist():
                cells = dict(zip(names, row.values(), strict=False))
                found.setdefault(section.table.name, []).append(
                    (*(cells[name] for name in wanted or ()), row[LINE_COLUMN])
                )
    return {table: found.get(table, []) for table in COLUMNS}


no_deadline = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@no_deadline
@given(censuses(), st.sampled_from([40, 4 * 1024**2]))
def test_what_is_written_is_what_is_read(
    tmp_path: Path, census: tuple[str, Rows], block_bytes: int
) -> None:
    text, rows = census
    with (
        mock.patch("orchestration.landing.readers.xml_plain._BLOCK_BYTES", block_bytes),
        mock.patch.object(reader, "_records", side_effect=AssertionError("not read as plain")),
    ):
        assert read(tmp_path, text) == rows


@no_deadline
@given(censuses(), st.sampled_from(["<!-- a > b -->", "<?note?>", "<!-- x -->\n"]))
def test_the_slower_reader_gives_the_same(
    tmp_path: Path, census: tuple[str, Rows], remark: str
) -> None:
    text, rows = census
    found = read(tmp_path, text + remark.rstrip("\n"))
    assert found == rows


NOT_PLAIN = [
    b"<",
    b">",
    b"/",
    b"</",
    b"/>",
    b"<a>",
    b"</Child>",
    b"<Child>",
    b"</Children></Message>",
    b"<Message/>",
    b"<a b='1'>",
    b"<!-- -->",
    b"<![CDATA[",
    b"]]>",
    b"<?p?>",
    b"&",
    b"&amp",
    b"&nbsp;",
    b"&#1;",
    b"&lt;",
    b"\0",
    b"\x0b",
    b"\r",
    b"\x7f",
    b"\xff",
    b"\xc3",
    b"\xef\xbf\xbe",
    b"\xef\xbf\xbf",
    b"\xed\xa0\x80",
    b"x",
    b" ",
    b"",
]


def is_plain(file: Path) -> bool:
    """Tell whether the fast way goes to the end of a file."""
    try:
        for _ in blocks(file, ["Child", "Header"]):
            pass
    except NotPlainError:
        return False
    return True


def is_well_formed(content: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError:
        return False
    return True


@settings(no_deadline, max_examples=300)
@given(censuses(), st.sampled_from([40, 4 * 1024**2]), st.data())
def test_what_passes_for_plain_is_well_formed(
    tmp_path: Path, census: tuple[str, Rows], block_bytes: int, data: st.DataObject
) -> None:
    text, _ = census
    content = text.encode()
    for _ in range(data.draw(st.integers(1, 2))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        put = data.draw(st.sampled_from(NOT_PLAIN))
        content = content[:start] + put + content[start + length :]
    file = tmp_path / "census.xml"
    file.write_bytes(content)
    with mock.patch("orchestration.landing.readers.xml_plain._BLOCK_BYTES", block_bytes):
        plain = is_plain(file)
    assert is_well_formed(content) or not plain


@no_deadline
@given(censuses(), st.data())
def test_a_census_cut_short_is_refused(
    tmp_path: Path, census: tuple[str, Rows], data: st.DataObject
) -> None:
    text, _ = census
    cut = data.draw(st.integers(len("<Message>"), len(text) - 2))
    with pytest.raises(Refused, match="is not well-formed XML"):
        read(tmp_path, text[:cut])
