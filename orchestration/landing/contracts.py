"""Return contracts: what each return's files look like, year by year.

A contract is one YAML file, ``contracts/<return>/<first collection year>.yml``, in the Open
Data Contract Standard's form (version 3). A later year names the year it ``inherits`` and
says only what changed: a table or column given again replaces what it says, new ones are
added, and ``removed`` lists those that went.

Here: reading and checking those files. Not here: recognising or reading a return's files
(``recognition``, ``readers``), or rules about values (``expectations``).

Keys of ours, written as the standard's ``customProperties``:

========================  ============================================================
contract ``scope``        ``authority`` (files lie under authority and period) or
                          ``national`` (neither)
contract ``restates``     ``period`` (a file replaces the earlier one) or ``nothing``
contract ``headerCase``   ``upper`` where published column names are our names in capitals
contract ``dateFormats``  the ways a date may be written
contract ``xmlRoot``      name of the outermost element of the XML form
contract ``year``         year a period folder stands for: ``financial`` (default, from
                          1 April), ``academic`` (from 1 September) or ``calendar`` (the
                          folder's first year)
contract ``parts``        what divides a period into files that stand beside each other, out
                          of ``PARTS``; the column of that name says which part a file is,
                          or, where it has none, its own name
table ``layouts``         shapes the table may arrive in (default ``[table]``)
table ``deliveredAs``     the table's name in the manifest (default its own)
table ``filledWith``      another table, whose files fill this one too
table ``xmlElement``      element of one row in the XML form: its name, or its path below
                          the root
column ``presence``       ``optional`` where a file may lack the column
column ``aliases``        other headers it is known by
column ``codeSet``        code set its values come from
column ``values``         the values it may have, where they are few and no code set
column ``dateFormats``    as the contract's, for this column
column ``eventDate``      true where most dates fall in the collection year
column ``notBefore``      the column of an earlier day: this date is never before that one
column ``endYear``        true where the value is the calendar year the collection year ends in
column ``laCode``         true where the value is the DfE number of the authority returned
column ``xmlPath``        where the value lies, seen from the row's element: names joined by
                          ``/``, ``..`` for the element around, ``.`` for the row's element
                          itself (default: a child element named as the header); an alias
                          may stand in place of its last name
column ``xmlPosition``    path, written likewise, of the element whose place among those of
                          its name and parent, from 1, is the value
========================  ============================================================
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONTRACTS_DIR = Path(__file__).parent / "contracts"

LOGICAL_TYPES = ("string", "date", "integer", "number", "boolean")
SCOPES = ("authority", "national")
LAYOUTS = ("table", "ees", "lait_long", "neighbours_wide", "underlying_wide")
YEARS = ("financial", "academic", "calendar")
PARTS = ("month", "quarter", "term", "owner", "list", "file")

_YAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_XML_PATH = re.compile(r"\.|(\.\.|[A-Za-z]\w*)(/(\.\.|[A-Za-z]\w*))*")
_PERIOD_FOLDER = re.compile(r"(\d{4})-(\d{2})")
_CONTRACT_KEYS = frozenset(
    [
        "apiVersion",
        "kind",
        "id",
        "name",
        "version",
        "inherits",
        "status",
        "description",
        "team",
        "customProperties",
        "schema",
        "removed",
    ]
)
_CONTRACT_CUSTOM = frozenset(
    ["scope", "restates", "headerCase", "dateFormats", "xmlRoot", "year", "parts"]
)
_TABLE_KEYS = frozenset(["name", "description", "properties", "customProperties", "removed"])
_TABLE_CUSTOM = frozenset(["layouts", "deliveredAs", "filledWith", "xmlElement"])
_COLUMN_KEYS = frozenset(
    [
        "name",
        "physicalName",
        "logicalType",
        "required",
        "primaryKey",
        "description",
        "customProperties",
    ]
)
_COLUMN_CUSTOM = frozenset(
    [
        "presence",
        "aliases",
        "codeSet",
        "values",
        "dateFormats",
        "eventDate",
        "notBefore",
        "endYear",
        "laCode",
        "xmlPath",
        "xmlPosition",
    ]
)


class ContractError(ValueError):
    """A contract file that cannot be used; the message names the file and the key."""


@dataclass(frozen=True)
class Column:
    """One column of a return's table.

    Attributes:
        name: Name in ``raw``: lower case.
        header: Name as the return's publisher writes it.
        logical_type: One of ``LOGICAL_TYPES``; what staging makes of the text.
        required: Whether every row must have a value (``expectations`` checks it).
        optional: Whether a file may lack the column altogether.
        primary_key: Whether it is part of the row's key.
        description: What it means.
        aliases: Other headers it is known by.
        code_set: Code set its values come from.
        date_formats: The ways a date may be written, ``strptime`` patterns.
        event_date: Whether most of its dates fall in the collection year.
        xml_path: Where the value lies in the XML form, seen from the row's element; None for a
            child element named as the header or an alias.
        xml_position: Path of the element whose place among its like is the value, or None.
        values: The values it may have; empty where any, or those of the code set.
        end_year: Whether it says the calendar year the collection year ends in.
        not_before: Column of the day this date is never before, or None.
        la_code: Whether it says the DfE number of the authority whose return it is.
    """

    name: str
    header: str
    logical_type: str
    required: bool
    optional: bool
    primary_key: bool
    description: str
    aliases: tuple[str, ...]
    code_set: str | None
    date_formats: tuple[str, ...]
    event_date: bool
    xml_path: str | None = None
    xml_position: str | None = None
    values: tuple[str, ...] = ()
    end_year: bool = False
    not_before: str | None = None
    la_code: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a return.

    Attributes:
        name: Name without the return, as ``episodes``.
        raw_name: Name in schema ``raw``, as ``ssda903__episodes``.
        delivered_as: Name in the manifest; a file that fills two tables is one delivery.
        description: Opens with what a row is.
        columns: In the order of the contract.
        layouts: Shapes a file of it may have, out of ``LAYOUTS``.
        filled_with: The table whose files fill this one too; it has none of its own.
        xml_element: Element of one row in the XML form: its name, or its path below the root.
    """

    name: str
    raw_name: str
    delivered_as: str
    description: str
    columns: tuple[Column, ...]
    layouts: tuple[str, ...]
    filled_with: str | None
    xml_element: str | None

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the key's columns."""
        return tuple(column.name for column in self.columns if column.primary_key)


@dataclass(frozen=True)
class Contract:
    """What a return looks like from one collection year on.

    Attributes:
        return_name: As ``ssda903``.
        version: First collection year as ``2016-17``, or a number for a national return.
        first_year: Calendar year the first collection year starts in; 0 where years play no part.
        purpose: What the return is for, or what changed in this year.
        owner: Team that answers for the return.
        national: Whether files lie outside any authority and period.
        restates_period: Whether a later file replaces the earlier one of its period.
        date_formats: The ways a date may be written.
        xml_root: Outermost element of the XML form, if there is one.
        tables: In the order of the contract.
        year: Kind of year a period is, out of ``YEARS``.
        parts: What divides a period into files beside each other, out of ``PARTS``, or None.
    """

    return_name: str
    version: str
    first_year: int
    purpose: str
    owner: str
    national: bool
    restates_period: bool
    date_formats: tuple[str, ...]
    xml_root: str | None
    tables: tuple[Table, ...]
    year: str = "financial"
    parts: str | None = None

    def table(self, name: str) -> Table:
        """Look a table up by name.

        Raises:
            KeyError: No such table in this version.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{self.return_name} {self.version} has no table {name}")


def period_start_year(period: str) -> int:
    """Give the calendar year a collection year starts in.

    Args:
        period: As ``2016-17`` (folders) or ``2016/17`` (labels).

    Raises:
        ValueError: Not two years that follow each other.
    """
    match = _PERIOD_FOLDER.fullmatch(period.replace("/", "-"))
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ValueError(f"{period} is not a collection year such as 2016-17")
    return int(match[1])


@functools.cache
def load_contracts(folder: Path = CONTRACTS_DIR) -> tuple[Contract, ...]:
    """Read every contract.

    Args:
        folder: Holds a folder for each return.

    Returns:
        By return and first year, oldest first.

    Raises:
        ContractError: A file that is not a contract; the message names file and key.
    """
    contracts: list[Contract] = []
    for return_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        contracts.extend(_load_return(return_folder))
    return tuple(contracts)


def contract_for(
    return_name: str, period: str | None = None, contracts: Sequence[Contract] | None = None
) -> Contract:
    """Find the contract in force for a return in a collection year.

    Args:
        return_name: As ``ssda903``.
        period: As ``2016-17`` or ``2016/17``; None for a national return, or for the newest.
        contracts: Where to look; all contracts by default.

    Raises:
        ContractError: An unknown return, or a year before its first contract.
    """
    known = load_contracts() if contracts is None else contracts
    versions = [contract for contract in known if contract.return_name == return_name]
    if not versions:
        names = ", ".join(sorted({contract.return_name for contract in known}))
        raise ContractError(f"{return_name} is not a return Pier knows. Known returns: {names}.")
    if period is None:
        return versions[-1]
    year = period_start_year(period)
    in_force = [contract for contract in versions if contract.first_year <= year]
    if not in_force:
        raise ContractError(
            f"{return_name} has no contract for {period}: the first is {versions[0].version}."
        )
    return in_force[-1]


def raw_columns(contracts: Sequence[Contract] | None = None) -> Mapping[str, tuple[str, ...]]:
    """List every raw table and its columns: all that any year of its return has.

    Args:
        contracts: All contracts by default.

    Returns:
        Columns by name of the raw table, without the columns landing adds.
    """
    columns: dict[str, dict[str, None]] = {}
    for contract in load_contracts() if contracts is None else contracts:
        for table in contract.tables:
            columns.setdefault(table.raw_name, {}).update(
                {column.name: None for column in table.columns}
            )
    return {table: tuple(names) for table, names in columns.items()}


class _Node:
    """One mapping of a contract file, read strictly: every complaint says file and key."""

    def __init__(self, file: Path, where: str, data: object, keys: frozenset[str]) -> None:
        self.file = file
        self.where = where
        if not isinstance(data, Mapping):
            raise self.error("", "must be a mapping of keys to values")
        self.data: Mapping[str, Any] = data
        unknown = sorted(str(key) for key in data if key not in keys)
        if unknown:
            raise self.error(unknown[0], f"is not known; use one of {', '.join(sorted(keys))}")

    def error(self, key: str, complaint: str) -> ContractError:
        place = ".".join(part for part in (self.where, key) if part) or "the file"
        return ContractError(f"{self.file.parent.name}/{self.file.name}: {place} {complaint}.")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "must be a text")
        return " ".join(value.split())

    def name(self) -> str:
        value = self.text("name")
        if not _NAME.fullmatch(value):
            raise self.error("name", f"({value}) must be lower-case letters, digits and _")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.data.get(key, default)
        if value not in choices:
            raise self.error(key, f"must be one of {', '.join(choices)}")
        return str(value)

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        value = self.data.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of texts")
        return tuple(value)

    def nodes(self, key: str, keys: frozenset[str]) -> list[_Node]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list")
        path = f"{self.where}.{key}" if self.where else key
        return [_Node(self.file, f"{path}[{i}]", item, keys) for i, item in enumerate(value)]

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self.data else None

    def child(self, key: str, keys: str) -> _Node:
        path = f"{self.where}.{key}" if self.where else key
        return _Node(self.file, path, self.data.get(key), frozenset(keys.split()))

    def custom(self, known: frozenset[str]) -> _Node:
        values: dict[str, Any] = {}
        for entry in self.nodes("customProperties", frozenset({"property", "value"})):
            if "value" not in entry.data:
                raise entry.error("value", "is missing")
            values[entry.text("property")] = entry.data["value"]
        where = f"{self.where}.customProperties" if self.where else "customProperties"
        return _Node(self.file, where, values, known)


def _load_return(folder: Path) -> list[Contract]:
    waiting = {file: _read_yaml(file) for file in sorted(folder.glob("*.yml"))}
    merged: dict[str, _Node] = {}
    while waiting:
        ready = [
            node
            for node in waiting.values()
            if "inherits" not in node.data or node.data["inherits"] in merged
        ]
        if not ready:
            stuck = next(iter(waiting.values()))
            raise stuck.error("inherits", "must name the version of another file in its folder")
        for node in ready:
            version = node.text("version")
            if version in merged:
                raise node.error("version", f"({version}) is that of another file too")
            parent = merged.get(str(node.data.get("inherits")))
            merged[version] = node if parent is None else _inherit(parent, node)
            del waiting[node.file]
    contracts = [_contract(node) for node in merged.values()]
    return sorted(contracts, key=lambda contract: contract.first_year)


def _read_yaml(file: Path) -> _Node:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_YAML)  # noqa: S506 - safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "the file"
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ContractError(
            f"{file.parent.name}/{file.name}: {line} is not YAML: {problem}."
        ) from error
    return _Node(file, "", data, _CONTRACT_KEYS)


def _inherit(parent: _Node, child: _Node) -> _Node:
    """Lay a year's changes over the year it inherits from, all the way down."""
    data = dict(parent.data) | dict(child.data)
    data.pop("removed", None)
    data["customProperties"] = _overlay(parent, child, "customProperties", "property")
    tables: list[Mapping[str, Any]] = []
    before = {table.name(): table for table in parent.nodes("schema", _TABLE_KEYS)}
    for entry in _overlay(parent, child, "schema", "name"):
        changed = {node.name(): node for node in child.nodes("schema", _TABLE_KEYS)}
        name = str(entry["name"])
        if name in before and name in changed:
            lists = {
                key: _overlay(before[name], changed[name], key, identity)
                for key, identity in (("properties", "name"), ("customProperties", "property"))
            }
            entry = {**before[name].data, **changed[name].data, **lists}
            entry.pop("removed", None)
        tables.append(entry)
    data["schema"] = tables
    return _Node(child.file, "", data, _CONTRACT_KEYS)


def _overlay(parent: _Node, child: _Node, key: str, identity: str) -> list[Mapping[str, Any]]:
    """Merge two lists of entries by what identifies them, less what the child removed."""
    any_key = frozenset({*_TABLE_KEYS, *_COLUMN_KEYS, "property", "value"})
    entries = {str(node.data.get(identity)): node.data for node in parent.nodes(key, any_key)}
    if key in ("schema", "properties"):
        for name in child.texts("removed"):
            if entries.pop(name, None) is None:
                raise child.error("removed", f"names {name}, which the earlier year does not have")
    for node in child.nodes(key, any_key):
        name = node.text(identity)
        entries[name] = {**entries.get(name, {}), **node.data}
    return list(entries.values())


def _contract(node: _Node) -> Contract:
    node.choice("kind", ("DataContract",))
    if not node.text("apiVersion").startswith("v3."):
        raise node.error("apiVersion", "must be v3 of the Open Data Contract Standard")
    return_name, version = node.name(), node.text("version")
    if return_name != node.file.parent.name:
        raise node.error("name", f"({return_name}) must be that of its folder")
    custom = node.custom(_CONTRACT_CUSTOM)
    national = custom.choice("scope", SCOPES) == "national"
    date_formats = custom.texts("dateFormats")
    capitals = custom.choice("headerCase", ("upper", "lower"), "lower") == "upper"
    tables = tuple(
        _table(entry, return_name, date_formats, capitals)
        for entry in node.nodes("schema", _TABLE_KEYS)
    )
    _check_tables(node, tables)
    return Contract(
        return_name=return_name,
        version=version,
        first_year=0 if national else _first_year(node, version),
        purpose=node.child("description", "purpose limitations usage").text("purpose"),
        owner=node.child("team", "name").text("name"),
        national=national,
        restates_period=custom.choice("restates", ("period", "nothing")) == "period",
        date_formats=date_formats,
        xml_root=custom.optional_text("xmlRoot"),
        tables=tables,
        year=custom.choice("year", YEARS, "financial"),
        parts=custom.choice("parts", PARTS) if "parts" in custom.data else None,
    )


def _first_year(node: _Node, version: str) -> int:
    if node.file.stem != version:
        raise node.error("version", f"({version}) must be the file's name")
    try:
        return period_start_year(version)
    except ValueError as error:
        raise node.error("version", f"({version}) must be a collection year: 2016-17") from error


def _check_tables(node: _Node, tables: Sequence[Table]) -> None:
    names = [table.name for table in tables]
    for name in names:
        if names.count(name) > 1:
            raise node.error("schema", f"has table {name} twice")
    for table in tables:
        if table.filled_with is not None and table.filled_with not in names:
            raise node.error("schema", f"fills {table.name} with {table.filled_with}, not a table")


def _table(node: _Node, return_name: str, date_formats: tuple[str, ...], capitals: bool) -> Table:
    name = node.name()
    custom = node.custom(_TABLE_CUSTOM)
    layouts = custom.texts("layouts", ["table"])
    for layout in layouts:
        if layout not in LAYOUTS:
            raise custom.error("layouts", f"({layout}) must be out of {', '.join(LAYOUTS)}")
    columns = tuple(
        _column(entry, date_formats, capitals) for entry in node.nodes("properties", _COLUMN_KEYS)
    )
    if not columns:
        raise node.error("properties", "must list the table's columns")
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise node.error("properties", f"has column {column.name} twice")
        seen.add(column.name)
    for column in columns:
        if column.not_before is not None and column.not_before not in seen:
            raise node.error("properties", f"has no column {column.not_before}, as notBefore says")
    return Table(
        name=name,
        raw_name=f"{return_name}__{name}",
        delivered_as=custom.optional_text("deliveredAs") or name,
        description=node.text("description"),
        columns=columns,
        layouts=layouts,
        filled_with=custom.optional_text("filledWith"),
        xml_element=custom.optional_text("xmlElement"),
    )


def _column(node: _Node, date_formats: tuple[str, ...], capitals: bool) -> Column:
    name = node.name()
    custom = node.custom(_COLUMN_CUSTOM)
    return Column(
        name=name,
        header=node.text("physicalName", name.upper() if capitals else name),
        logical_type=node.choice("logicalType", LOGICAL_TYPES),
        required=node.flag("required"),
        optional=custom.choice("presence", ("required", "optional"), "required") == "optional",
        primary_key=node.flag("primaryKey"),
        description=node.text("description"),
        aliases=custom.texts("aliases"),
        code_set=custom.optional_text("codeSet"),
        date_formats=custom.texts("dateFormats", date_formats),
        event_date=custom.flag("eventDate"),
        xml_path=_xml_path(custom, "xmlPath"),
        xml_position=_xml_path(custom, "xmlPosition"),
        values=custom.texts("values"),
        end_year=custom.flag("endYear"),
        not_before=custom.optional_text("notBefore"),
        la_code=custom.flag("laCode"),
    )


def _xml_path(custom: _Node, key: str) -> str | None:
    path = custom.optional_text(key)
    if path is not None and not _XML_PATH.fullmatch(path):
        raise custom.error(key, f"({path}) must be . or element names and .. joined by /")
    return path
