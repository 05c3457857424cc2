"""XML returns: one pass over the file, each table's rows as text with the line they start on.

The file is read one record at a time (a child, a header) and never held whole. Elements are
found by name, in whatever order they stand. A document type, entities, or anything outside
the file is never looked at: a file with any is refused before it is parsed. Not here: what
the elements mean; the contract says where each column's value lies.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree

from orchestration.landing.contracts import Contract, Table
from orchestration.landing.outcome import Refused, Rejection
from orchestration.landing.readers.section import LINE_COLUMN, Header, Section, column_names
from orchestration.landing.readers.xml_plain import Block, Indices, NotPlainError, blocks

_BLOCK_BYTES = 8 * 1024**2
_ROWS_A_BATCH = 50_000
_NAMES_NOTED = 20
_FORBIDDEN = tuple(
    mark.encode(codec)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for codec in ("utf-8", "utf-16-le", "utf-16-be")
)


def open_xml(
    path: Path, name: str, contract: Contract, contracts: Sequence[Contract]
) -> list[Section]:
    """Read an XML return.

    Args:
        path: The file.
        name: What to call it in messages.
        contract: The contract in force for it.
        contracts: All contracts, to tell which return a strange file belongs to.

    Returns:
        A section for each table of the contract that has an XML form, rows or not: a return
        that says nothing of adoptions says there were none.

    Raises:
        Refused: Not this return, with a document type, or not well-formed.
    """
    _refuse_document_type(path, name)
    try:
        _check_root(path, name, contract, contracts)
        spool = _spool(path, contract)
    except etree.XMLSyntaxError as error:
        raise Refused(
            f"{name}, line {error.lineno}, is not well-formed XML: a tag is wrong or missing, or "
            "the file is cut short; export it again."
        ) from error
    return spool.sections()


def _spool(path: Path, contract: Contract) -> _Spool:
    """Take a file apart, by the fast way if it goes to the end, else from the start by lxml."""
    tags = _record_tags(contract)
    spool = _Spool(contract)
    try:
        for block in blocks(path, tags):
            spool.add_block(block)
    except NotPlainError:
        spool.close()
        spool = _Spool(contract)
        for tag, element in _records(path, tags):
            spool.add(tag, element)
    spool.close()
    return spool


def _refuse_document_type(path: Path, name: str) -> None:
    before = 0
    overlap = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            text = overlap + block
            found = b"!" in text and [
                place for mark in _FORBIDDEN if (place := text.find(mark)) >= 0
            ]
            if found:
                file.seek(0)
                line = 1 + file.read(before + min(found)).count(b"\n")
                raise Refused(
                    f"{name}, line {line}, has a document type or an entity, which no return "
                    "needs; export it again without."
                )
            overlap = text[-32:]
            before += len(text) - len(overlap)


def _parser_options() -> dict[str, bool]:
    return {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "huge_tree": False,
        "remove_comments": True,
        "remove_pis": True,
    }


def _check_root(path: Path, name: str, contract: Contract, contracts: Sequence[Contract]) -> None:
    for _, element in etree.iterparse(str(path), events=("start",), **_parser_options()):
        root = _local(element.tag)
        break
    if root == contract.xml_root:
        return
    for other in contracts:
        if other.xml_root == root:
            raise Refused(
                f"{name} holds the return {other.return_name}, not {contract.return_name}; move "
                f"it to the folder landing/{other.return_name}."
            )
    expected = (
        f"{contract.xml_root} was expected" if contract.xml_root else "CSV or XLSX was expected"
    )
    raise Refused(
        f"{name} is XML that begins with {root}, where {expected} for {contract.return_name}; "
        "check which system it came from and export it again."
    )


def _records(path: Path, tags: Sequence[str]) -> Iterator[tuple[str, etree._Element]]:
    """Give the elements that hold a whole record, and forget each afterwards."""
    wanted = [f"{{*}}{tag}" for tag in tags]
    for _, element in etree.iterparse(str(path), tag=wanted, **_parser_options()):
        yield _local(element.tag), element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _record_tags(contract: Contract) -> list[str]:
    """Name the elements that hold a whole record: what the tables' paths have in common."""
    groups: dict[str, list[list[str]]] = {}
    for table in contract.tables:
        if table.xml_element is not None:
            parts = table.xml_element.split("/")
            groups.setdefault(parts[0], []).append(parts)
    return [_shared_start(paths)[-1] for paths in groups.values()]


def _shared_start(paths: Sequence[Sequence[str]]) -> list[str]:
    shared: list[str] = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return shared


def _local(tag: str) -> str:
    """Drop the namespace from a tag."""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


class _Node:
    """An element with what is needed of it, light enough to build for every one."""

    __slots__ = ("children", "line", "place", "text")

    def __init__(self, element: etree._Element, place: int) -> None:
        line: Any = element.sourceline
        self.line: int = line or 0
        self.place = place
        text = element.text
        self.text: str | None = str(text) if text and not text.isspace() else None
        self.children = _NO_CHILDREN
        if len(element):
            self.children = {}
            for child in element:
                alike = self.children.setdefault(_local(child.tag), [])
                alike.append(_Node(child, len(alike) + 1))


_NO_CHILDREN: dict[str, list[_Node]] = {}
"""Shared by all elements without any; never written to."""


@dataclass(frozen=True)
class _Path:
    """Where a value lies: up so many elements, then down by one of these lists of names."""

    up: int
    down: tuple[tuple[str, ...], ...]

    def find(self, chain: Sequence[_Node]) -> _Node | None:
        """Find the element, from a row's element at the end of its chain of ancestors.

        A path that goes up goes on up while nothing is found, for systems differ in how
        deep they nest an element.
        """
        furthest = len(chain) if self.up else 1
        for level in range(self.up, furthest):
            for names in self.down:
                node: _Node | None = chain[-1 - level]
                for name in names:
                    node = node.children[name][0] if node and name in node.children else None
                if node is not None:
                    return node
        return None

    def find_all(self, rows: Indices, block: Block) -> Indices:
        """As ``find``, for all rows of a block at once; -1 where nothing is found."""
        found = np.full(len(rows), -1)
        around = block.around(rows, self.up)
        while True:
            for names in self.down:
                if block.names.keys() >= set(names):
                    found = np.where(found < 0, block.within(around, names), found)
            around = np.where(found < 0, around, -1)
            if not self.up or not (around >= 0).any():
                return found
            around = block.around(around, 1)


def _value_path(path: str, aliases: Sequence[str]) -> _Path:
    up, names = _steps(path)
    if not names:
        return _Path(up, ((),))
    return _Path(up, tuple((*names[:-1], last) for last in (names[-1], *aliases)))


def _steps(path: str) -> tuple[int, tuple[str, ...]]:
    parts = [part for part in path.split("/") if part != "."]
    return parts.count(".."), tuple(part for part in parts if part != "..")


class _TableRows:
    """Rows of one table, written to a temporary file as they are found."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table = table
        self._near: list[tuple[int, tuple[str, ...]]] = []
        self._far: list[tuple[int, _Path]] = []
        self._places: list[tuple[int, int]] = []
        for index, column in enumerate(table.columns):
            if column.xml_position is not None:
                self._places.append((index, _steps(column.xml_position)[0]))
            elif column.xml_path is not None:
                self._far.append((index, _value_path(column.xml_path, column.aliases)))
            else:
                self._near.append((index, (column.header, *column.aliases)))
        self.names = [*column_names(len(table.columns)), LINE_COLUMN]
        self._schema = pa.schema(
            [(name, pa.string()) for name in self.names[:-1]] + [(LINE_COLUMN, pa.int64())]
        )
        self.file = folder / f"{table.name}.arrow"
        self._writer = pa.ipc.new_stream(str(self.file), self._schema)
        self._rows: list[tuple[str | int | None, ...]] = []

    def add(self, chain: Sequence[_Node]) -> None:
        """Add the row of an element; one that is empty, or only says 0, is none."""
        node = chain[-1]
        if not node.children and (node.text is None or node.text.strip() == "0"):
            return
        row: list[str | int | None] = [None] * len(self.table.columns)
        for index, names in self._near:
            for name in names:
                if name in node.children:
                    row[index] = node.children[name][0].text
                    break
        for index, path in self._far:
            found = path.find(chain)
            if found is not None:
                row[index] = found.text
        for index, up in self._places:
            if up < len(chain):
                row[index] = str(chain[-1 - up].place)
        row.append(node.line)
        self._rows.append(tuple(row))
        if len(self._rows) >= _ROWS_A_BATCH:
            self._flush()

    def add_block(self, block: Block) -> None:
        """Add the rows of a block."""
        rows = block.rows(str(self.table.xml_element).rpartition("/")[2])
        if not len(rows):
            return
        columns: dict[int, pa.Array] = {}
        for index, names in self._near:
            near = _Path(0, tuple((name,) for name in names))
            columns[index] = block.text(near.find_all(rows, block))
        for index, path in self._far:
            columns[index] = block.text(path.find_all(rows, block))
        for index, up in self._places:
            columns[index] = block.places(block.around(rows, up))
        arrays = [columns[index] for index in range(len(columns))]
        self._writer.write_batch(
            pa.record_batch([*arrays, pa.array(block.lines(rows))], schema=self._schema)
        )

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            columns = list(zip(*self._rows, strict=True))
            self._writer.write_batch(
                pa.record_batch(
                    [
                        pa.array(column, field.type)
                        for column, field in zip(columns, self._schema, strict=True)
                    ],
                    schema=self._schema,
                )
            )
            self._rows = []


class _Spool:
    """Takes records apart into the rows of each table."""

    def __init__(self, contract: Contract) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pier-")
        tables = [table for table in contract.tables if table.xml_element is not None]
        self._rows = [_TableRows(table, Path(self._folder.name)) for table in tables]
        self._by_tag: Mapping[str, _TableRows] = {
            str(rows.table.xml_element).rpartition("/")[2]: rows for rows in self._rows
        }
        self._known = set(self._by_tag)
        for table in tables:
            for column in table.columns:
                path = column.xml_path or column.header
                self._known.update(path.split("/"), column.aliases)
            self._known.update(str(table.xml_element).split("/"))
        self._unknown: dict[str, None] = {}

    def add(self, tag: str, element: etree._Element) -> None:
        """Take a record apart."""
        self._walk(tag, [_Node(element, 1)])

    def add_block(self, block: Block) -> None:
        """Take the records of a plain block apart."""
        for rows in self._rows:
            rows.add_block(block)
        self._unknown.update(dict.fromkeys(block.inner_names(self._known)))

    def close(self) -> None:
        """Finish the temporary files."""
        for rows in self._rows:
            rows.close()

    def _walk(self, tag: str, chain: list[_Node]) -> None:
        rows = self._by_tag.get(tag)
        if rows is not None:
            rows.add(chain)
        for name, nodes in chain[-1].children.items():
            if name not in self._known:
                self._unknown[name] = None
            is_row = name in self._by_tag
            for node in nodes:
                if is_row or node.children:
                    self._walk(name, [*chain, node])

    def sections(self) -> list[Section]:
        """Hand the tables over."""
        notes: tuple[str, ...] = ()
        if self._unknown:
            listed = ", ".join(list(self._unknown)[:_NAMES_NOTED])
            notes = (f"Left out elements nobody asked for: {listed}.",)
        return [
            Section(
                f"table {rows.table.name}",
                [Header(0, tuple(column.header for column in rows.table.columns))],
                self._reader(rows),
                notes if number == 0 else (),
                table=rows.table,
            )
            for number, rows in enumerate(self._rows)
        ]

    def _reader(self, rows: _TableRows) -> _Reader:
        return _Reader(self._folder, rows.file)


@dataclass(frozen=True)
class _Reader:
    """Reads a table's temporary file; the folder goes with the last reader."""

    folder: tempfile.TemporaryDirectory[str]
    file: Path

    def __call__(self, chosen: Header, rejections: list[Rejection]) -> Iterator[pa.Table]:
        with pa.ipc.open_stream(str(self.file)) as stream:
            for batch in stream:
                yield pa.Table.from_batches([batch])
