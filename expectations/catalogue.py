"""The catalogue of rules: reading ``rules/`` into values that cannot be wrong.

What belongs here: the shape of a catalogue and every check that can be made of it without
data. What does not: SQL (``queries``) and running (``runner``).

A catalogue is a file, or a folder whose ``catalogue.yml`` says what holds for all its rules (the
boundary it guards, the return, the tables it may read and their keys, the code sets by year, the
phrases and steps of SQL that rules share) while its other files hold rules. A file may give
``defaults`` for what its rules do not say. A rule that holds for several tables is written once
with ``for_each``; a rule that changes from one year says only what changes, under ``changes``,
and inherits the rest. ``last_year_<table>`` is the same table of the year before; a rule may judge
its rows, for what was there and is gone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from expectations.checks import CheckError, CodePeriod, read_check
from expectations.contract_rules import contract_catalogues
from expectations.phrases import Phrase, PhraseError, fill_all, filled, read_phrase, spelt_out
from expectations.rule import (
    BOUNDARIES,
    OWNERS,
    SEVERITIES,
    Catalogue,
    Rule,
    Step,
    Table,
    year_before,
)

__all__ = [
    "BOUNDARIES",
    "LAST_YEAR",
    "OWNERS",
    "RULES_DIR",
    "SEVERITIES",
    "Catalogue",
    "CatalogueError",
    "Rule",
    "Step",
    "Table",
    "load_catalogue",
    "load_catalogues",
    "load_rules",
    "year_before",
]

RULES_DIR = Path(__file__).parent / "rules"

HEAD_FILE = "catalogue.yml"
"""In a folder of rules, what holds for all of them."""

LAST_YEAR = "last_year_"
"""Before a table's alias: the table as delivered for the year before."""

# Safe both; the one in C, where there is one, reads the catalogue in a tenth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_YEAR = re.compile(r"\d{4}/\d{2}")
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_RELATION = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


class CatalogueError(ValueError):
    """A rules file that cannot be taken; the message names file, rule, fault and remedy."""


_CATALOGUE_FIELDS = {
    "boundary",
    "return",
    "owner",
    "by_delivery",
    "untyped_values",
    "tables",
    "code_sets",
    "phrases",
    "steps",
    "defaults",
    "rules",
}
_FILE_FIELDS = {"defaults", "rules"}
_TABLE_FIELDS = {
    "relation",
    "title",
    "key",
    "delivered_as",
    "sent_as",
    "return",
    "same_year",
    "absent",
}
_STEP_FIELDS = {"also_reads", "may_read", "sql"}
_RULE_FIELDS = {
    "id",
    "dfe_code",
    "severity",
    "owner",
    "table",
    "for_each",
    "also_reads",
    "may_read",
    "columns",
    "check",
    "protects",
    "guidance",
    "message",
    "valid_from",
    "valid_to",
    "stands_for",
    "changes",
}
_DEFAULT_FIELDS = _RULE_FIELDS - {
    "dfe_code",
    "for_each",
    "check",
    "message",
    "stands_for",
    "changes",
}
_CHANGE_FIELDS = (_RULE_FIELDS - {"id", "for_each", "changes", "table"}) | {"from"}


def load_catalogues(folder: Path = RULES_DIR) -> tuple[Catalogue, ...]:
    """Read every rules file of a folder; beside Pier's own stand the rules of the contracts.

    Returns:
        Catalogues in the order of their names, then those read off the contracts.

    Raises:
        CatalogueError: A file is not well formed, or two rules share an id.
    """
    paths = [*folder.glob("*.yml"), *(head.parent for head in folder.glob(f"*/{HEAD_FILE}"))]
    catalogues = tuple(load_catalogue(path) for path in sorted(paths, key=lambda path: path.stem))
    if folder == RULES_DIR:
        catalogues += _of_contracts(catalogues)
    uses = Counter(rule.key for catalogue in catalogues for rule in catalogue.rules)
    repeated = sorted(key.partition("#")[0] for key, count in uses.items() if count > 1)
    if repeated:
        raise CatalogueError(f"Rule {repeated[0]} is written more than once; give each its own id.")
    return catalogues


def _of_contracts(catalogues: Sequence[Catalogue]) -> tuple[Catalogue, ...]:
    """The rules of the contracts, without those a rule of the catalogues says better."""
    replaced = {
        rule_id: rule.rule_id
        for catalogue in catalogues
        for rule in catalogue.rules
        for rule_id in rule.stands_for
    }
    read = contract_catalogues()
    unknown = set(replaced) - {rule.rule_id for each in read for rule in each.rules}
    if unknown:
        what = f"stands for {min(unknown)}, which no contract asks for"
        raise CatalogueError(f"Rule {replaced[min(unknown)]} {what}; correct the name.")
    return tuple(
        replace(each, rules=tuple(rule for rule in each.rules if rule.rule_id not in replaced))
        for each in read
    )


def load_rules(folder: Path = RULES_DIR) -> tuple[Rule, ...]:
    """Every rule of a folder once, as it stands in the newest year.

    Raises:
        CatalogueError: A file is not well formed, or two rules share an id.
    """
    newest = {
        rule.rule_id: rule for catalogue in load_catalogues(folder) for rule in catalogue.rules
    }
    return tuple(newest.values())


def load_catalogue(path: Path) -> Catalogue:
    """Read one catalogue: a rules file, or a folder of them.

    Raises:
        CatalogueError: It is not well formed; the message says where and what to do.
    """
    if path.is_dir():
        files = [path / HEAD_FILE, *sorted(set(path.glob("*.yml")) - {path / HEAD_FILE})]
    else:
        files = [path]
    reader = _Reader(path.stem)
    head = reader.head(reader.document(files[0]))
    rules = [*reader.rules(head.own_rules, head.defaults, head.context)]
    for file in files[1:]:
        rules += reader.rules_of_file(reader.document(file), head)
    if not rules:
        raise reader.fault("", "it has no rules.")
    return replace(head.catalogue, rules=tuple(rules))


class _Reader:
    """Reads the files of one catalogue and words their faults."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = name

    def fault(self, where: str, what: str) -> CatalogueError:
        place = f"{self._file}, {where}" if where else self._file
        return CatalogueError(f"{place}: {what}")

    def document(self, path: Path) -> Any:
        """What a file says; faults are worded as its own from here on."""
        self._file = path.name
        try:
            return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
        except yaml.YAMLError as error:
            raise self.fault("", f"it is not YAML: {error}") from error

    def head(self, document: Any) -> _Head:
        """What holds for all rules of the catalogue."""
        where = "the top level"
        fields = self._fields(document, _CATALOGUE_FIELDS, where)
        boundary = self._choice(fields, "boundary", BOUNDARIES, where)
        by_delivery = bool(fields.get("by_delivery", False))
        tables = {
            alias: self._table(alias, raw, by_delivery=by_delivery)
            for alias, raw in self._mapping(fields, "tables", where).items()
        }
        context = _RuleContext(
            tables=tables,
            code_sets={
                name: self._code_set(name, raw)
                for name, raw in (fields.get("code_sets") or {}).items()
            },
            phrases=self._phrases(fields.get("phrases") or {}),
            steps={},
        )
        for name, raw in (fields.get("steps") or {}).items():
            context.steps[name] = self._step(name, raw, context)
        defaults = self._fields(fields.get("defaults") or {}, _DEFAULT_FIELDS, "defaults")
        catalogue = Catalogue(
            name=self._name,
            boundary=boundary,
            return_name=self._text(fields, "return", where),
            by_delivery=by_delivery,
            untyped_values=fields.get("untyped_values"),
            tables=tables,
            rules=(),
        )
        with_owner = {"owner": fields.get("owner"), **defaults}
        return _Head(catalogue, context, with_owner, fields.get("rules") or [])

    def rules_of_file(self, document: Any, head: _Head) -> list[Rule]:
        """The rules of a file beside the head."""
        fields = self._fields(document, _FILE_FIELDS, "the top level")
        defaults = self._fields(fields.get("defaults") or {}, _DEFAULT_FIELDS, "defaults")
        raw_rules = self._list(fields, "rules", "the top level")
        return [*self.rules(raw_rules, {**head.defaults, **defaults}, head.context)]

    def rules(
        self, raw_rules: Any, defaults: Mapping[str, Any], context: _RuleContext
    ) -> Iterator[Rule]:
        """Every version of the rules of a list."""
        if not isinstance(raw_rules, list):
            raise self.fault("the top level", "'rules' must be a list.")
        for position, raw in enumerate(raw_rules, start=1):
            yield from self._rules(raw, position, defaults, context)

    def _table(self, alias: str, raw: Any, *, by_delivery: bool) -> Table:
        where = f"table {alias}"
        fields = self._fields(raw, _TABLE_FIELDS, where)
        relation = self._text(fields, "relation", where)
        if not _RELATION.fullmatch(relation):
            raise self.fault(where, f"relation '{relation}' must be schema.table in lower case.")
        return Table(
            alias=alias,
            relation=relation,
            title=self._text(fields, "title", where),
            key=self._columns(fields, "key", where),
            delivered_as=fields.get("delivered_as", alias if by_delivery else None),
            sent_as=dict(fields.get("sent_as") or {}),
            of_return=fields.get("return"),
            is_shared="return" in fields and not fields.get("same_year", False),
            absent=fields.get("absent"),
        )

    def _phrases(self, raw: Any) -> dict[str, Phrase]:
        try:
            return {phrase.name: phrase for phrase in (read_phrase(*item) for item in raw.items())}
        except PhraseError as error:
            raise self.fault("phrases", str(error)) from error

    def _step(self, name: str, raw: Any, context: _RuleContext) -> Step:
        where = f"step {name}"
        fields = self._fields(raw, _STEP_FIELDS, where)
        self._text(fields, "sql", where)
        sql = self._spelt_out(fields["sql"], where, context)
        earlier = _named_in(sql, context.steps)
        also_reads = self._tables(fields, "also_reads", where, context)
        may_read = self._tables(fields, "may_read", where, context)
        return Step(
            name,
            sql.strip(),
            also_reads=_once(also_reads, *(step.also_reads for step in earlier)),
            may_read=_once(may_read, *(step.may_read for step in earlier)),
        )

    def _spelt_out(self, value: Any, where: str, context: _RuleContext) -> Any:
        try:
            return spelt_out(value, context.phrases)
        except PhraseError as error:
            raise self.fault(where, str(error)) from error

    def _code_set(self, name: str, raw: Any) -> tuple[CodePeriod, ...]:
        where = f"code set {name}"
        if not isinstance(raw, list) or not raw:
            raise self.fault(where, "give a list of {from, to, codes}.")
        periods = []
        for entry in raw:
            fields = self._fields(entry, {"from", "to", "codes"}, where)
            codes = tuple(str(code) for code in self._list(fields, "codes", where))
            year_from = self._year(fields, "from", where)
            periods.append(CodePeriod(year_from, self._year(fields, "to", where), codes))
        return tuple(periods)

    def _rules(
        self, raw: Any, position: int, defaults: Mapping[str, Any], context: _RuleContext
    ) -> Iterator[Rule]:
        told = raw if isinstance(raw, dict) else {}
        where = f"rule {told.get('id') or told.get('dfe_code') or position}"
        fields = dict(defaults) | self._fields(raw, _RULE_FIELDS, where)
        for own_fields in self._for_each_table(fields, where, context):
            yield from self._versions(own_fields, f"rule {own_fields['id']}", context)

    def _for_each_table(
        self, fields: dict[str, Any], where: str, context: _RuleContext
    ) -> Iterator[dict[str, Any]]:
        """One set of fields for each table a rule is written for."""
        targets = fields.pop("for_each", None)
        self._text(fields, "id", where)
        if targets is None:
            yield fill_all(fields, {"dfe_code": fields.get("dfe_code")})
            return
        if targets == "all":
            targets = list(context.tables)
        codes = targets if isinstance(targets, dict) else dict.fromkeys(targets)
        for alias, code in codes.items():
            self._known_table(alias, where, context)
            table = context.tables[alias]
            names = {
                "table": alias,
                "title": table.title,
                "relation": table.relation,
                "dfe_code": code,
            }
            yield fill_all(fields, names) | {"table": alias, "dfe_code": code}

    def _versions(
        self, fields: dict[str, Any], where: str, context: _RuleContext
    ) -> Iterator[Rule]:
        """The rule as first written, then as it stands after each change of year."""
        current = dict(fields)
        changes = current.pop("changes", [])
        last_year = current.get("valid_to")
        for version, change in enumerate([*changes, None], start=1):
            if change is None:
                yield self._rule(current | {"valid_to": last_year}, version, where, context)
                return
            changed = self._fields(change, _CHANGE_FIELDS, where)
            year = self._year(changed, "from", where)
            if year is None:
                raise self.fault(where, "a change says from which year: give 'from: 2024/25'.")
            until = {"valid_to": year_before(year)}
            yield self._rule(current | until, version, where, context)
            del changed["from"]
            current = current | changed | {"valid_from": year}

    def _rule(
        self, fields: Mapping[str, Any], version: int, where: str, context: _RuleContext
    ) -> Rule:
        table = self._known_table(self._text(fields, "table", where), where, context)
        also_reads = self._tables(fields, "also_reads", where, context)
        may_read = self._tables(fields, "may_read", where, context)
        columns = (
            table.key if fields.get("columns") == "key" else self._columns(fields, "columns", where)
        )
        raw_check = self._spelt_out(fields.get("check"), where, context)
        try:
            check = read_check(raw_check, table.key, context.code_sets)
        except CheckError as error:
            raise self.fault(where, str(error)) from error
        steps = _with_earlier(json.dumps(raw_check), context.steps)
        also_reads = _once(also_reads, *(step.also_reads for step in steps))
        may_read = _once(may_read, *(step.may_read for step in steps))
        may_read = tuple(other for other in may_read if other not in also_reads)
        missing = check.reads - {other.alias for other in (*also_reads, *may_read)}
        if missing:
            raise self.fault(where, f"its check reads {min(missing)}; list it under also_reads.")
        sent = [table.sent_as.get(column, column) for column in columns]
        code = fields.get("dfe_code")
        return Rule(
            rule_id=str(fields["id"]),
            version=version,
            dfe_code=None if code is None else str(code),
            severity=self._choice(fields, "severity", SEVERITIES, where),
            owner=self._choice(fields, "owner", OWNERS, where),
            table=table,
            also_reads=also_reads,
            may_read=may_read,
            steps=steps,
            columns=columns,
            check=check,
            protects=self._text(fields, "protects", where),
            guidance=self._text(fields, "guidance", where),
            message=filled(self._text(fields, "message", where), {"columns": ", ".join(sent)}),
            valid_from=self._year(fields, "valid_from", where),
            valid_to=self._year(fields, "valid_to", where),
            stands_for=tuple(fields.get("stands_for") or ()),
        )

    def _tables(
        self, fields: Mapping[str, Any], name: str, where: str, context: _RuleContext
    ) -> tuple[Table, ...]:
        return tuple(self._known_table(alias, where, context) for alias in fields.get(name) or [])

    def _known_table(self, alias: str, where: str, context: _RuleContext) -> Table:
        this_year = alias.removeprefix(LAST_YEAR)
        if this_year not in context.tables:
            known = ", ".join(context.tables)
            raise self.fault(where, f"table '{alias}' is not one of this file's: {known}.")
        table = context.tables[this_year]
        if alias == this_year:
            return table
        return replace(table, alias=alias, title=f"{table.title} (year before)", years_back=1)

    def _fields(self, raw: Any, known: set[str], where: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise self.fault(where, f"give fields (name: value), not {type(raw).__name__}.")
        unknown = sorted(str(name) for name in raw if name not in known)
        if unknown:
            listed = ", ".join(sorted(known))
            raise self.fault(where, f"'{unknown[0]}' is not a field here. Fields: {listed}.")
        return dict(raw)

    def _text(self, fields: Mapping[str, Any], name: str, where: str) -> str:
        value = fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(where, f"'{name}' is missing; give it as text.")
        return " ".join(value.split())

    def _choice(
        self, fields: Mapping[str, Any], name: str, choices: Sequence[str], where: str
    ) -> str:
        value = fields.get(name)
        if value not in choices:
            raise self.fault(where, f"{name} '{value}' is not one of {', '.join(choices)}.")
        return str(value)

    def _mapping(self, fields: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
        value = fields.get(name)
        if not isinstance(value, dict) or not value:
            raise self.fault(where, f"'{name}' is missing; give it as name: value.")
        return value

    def _list(self, fields: Mapping[str, Any], name: str, where: str) -> list[Any]:
        value = fields.get(name)
        if not isinstance(value, list) or not value:
            raise self.fault(where, f"'{name}' is missing; give it as a list.")
        return value

    def _columns(self, fields: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
        columns = self._list(fields, name, where)
        for column in columns:
            if not isinstance(column, str) or not _IDENTIFIER.fullmatch(column):
                raise self.fault(where, f"'{column}' under '{name}' is not a column name.")
        return tuple(columns)

    def _year(self, fields: Mapping[str, Any], name: str, where: str) -> str | None:
        value = fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not _YEAR.fullmatch(value):
            raise self.fault(where, f"{name} '{value}' is not a collection year such as 2016/17.")
        if (int(value[:4]) + 1) % 100 != int(value[5:]):
            raise self.fault(where, f"{name} '{value}' does not end in the year after it begins.")
        return value


@dataclass(frozen=True)
class _RuleContext:
    """What a catalogue says once for all its rules."""

    tables: Mapping[str, Table]
    code_sets: Mapping[str, tuple[CodePeriod, ...]]
    phrases: Mapping[str, Phrase]
    steps: dict[str, Step]


@dataclass(frozen=True)
class _Head:
    """A catalogue as far as its first file tells."""

    catalogue: Catalogue
    context: _RuleContext
    defaults: Mapping[str, Any]
    own_rules: Any


def _named_in(sql: str, steps: Mapping[str, Step]) -> list[Step]:
    """The steps a piece of SQL names, in the order of the catalogue."""
    words = set(re.findall(r"\w+", sql))
    return [step for name, step in steps.items() if name in words]


def _with_earlier(sql: str, steps: Mapping[str, Step]) -> tuple[Step, ...]:
    """The steps a piece of SQL names and those they build on, each after those it needs."""
    wanted = {step.name for step in _named_in(sql, steps)}
    for step in reversed(list(steps.values())):
        if step.name in wanted:
            wanted |= {earlier.name for earlier in _named_in(step.sql, steps)}
    return tuple(step for name, step in steps.items() if name in wanted)


def _once(*groups: Sequence[Table]) -> tuple[Table, ...]:
    """The tables of all groups, each once."""
    by_alias = {table.alias: table for group in groups for table in group}
    return tuple(by_alias.values())
