"""What a rule is: the shapes everything about rules speaks in.

What belongs here: rules, the tables they read and the catalogues they stand in. What does not:
where they come from (``catalogue`` reads files, ``contract_rules`` reads contracts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from expectations.checks import Check

BOUNDARIES = ("returns", "marts")
"""What the audit guards: returns as they arrive, marts as they are about to leave."""

SEVERITIES = ("critical", "error", "warning")
"""``critical`` stops a publication, ``error`` must be mended, ``warning`` may be true but odd."""

OWNERS = ("social_care", "education", "health", "youth_offending", "finance", "performance")
"""Who mends what a rule finds; each has a folder of reports."""

AS_SENT = "raw"
"""The schema of rows as they landed."""


@dataclass(frozen=True)
class Table:
    """A table rules may read.

    Attributes:
        alias: Its name in the rules of this catalogue.
        relation: ``schema.table`` in the warehouse.
        title: What its owner calls it.
        key: Columns that tell one row from another.
        delivered_as: ``table_name`` in the deliveries manifest; None when it is not delivered,
            as reference data and marts. Where rows belong to deliveries, its alias by default.
        sent_as: Column to the name its owner sent it under, where that differs.
        of_return: The return that delivers it, where it is not the catalogue's own.
        is_shared: It belongs to no authority and no year: reference data everybody shares.
        years_back: 1 for the table of the year before, else 0.
        absent: What it means that there is no such table; None where it was not built.
    """

    alias: str
    relation: str
    title: str
    key: tuple[str, ...]
    delivered_as: str | None
    sent_as: Mapping[str, str]
    of_return: str | None = None
    is_shared: bool = False
    years_back: int = 0
    absent: str | None = None

    @property
    def name(self) -> str:
        """The table's name without its schema."""
        return self.relation.partition(".")[2]

    @property
    def is_as_sent(self) -> bool:
        """It holds rows as they landed, of every delivery; only those in force are read."""
        return self.relation.startswith(f"{AS_SENT}.")


@dataclass(frozen=True)
class Step:
    """A query several rules build on; a rule uses it by naming it in its SQL.

    Attributes:
        name: The name rules use.
        sql: The query; it may read the tables below and earlier steps.
        also_reads: Tables it must have.
        may_read: Tables that count as empty where they were not delivered.
    """

    name: str
    sql: str
    also_reads: tuple[Table, ...]
    may_read: tuple[Table, ...]


@dataclass(frozen=True)
class Rule:
    """One rule as it stands in a run of collection years.

    Attributes:
        rule_id: Unique in all catalogues; the versions of a rule share it.
        version: 1 for the rule as first written, 2 after its first change of year.
        dfe_code: The Department's code, if it is one of theirs.
        severity: One of ``SEVERITIES``.
        owner: One of ``OWNERS``.
        table: The table whose rows are judged.
        also_reads: Tables it must have; without one of them the rule is skipped. The judged
            table stands among them when its rows are compared with each other.
        may_read: Other tables it looks into; one that was not delivered counts as empty.
        steps: Queries it builds on, each after those it needs.
        columns: The columns of ``table`` shown as the offending text.
        check: The condition under which a row fails.
        protects: The harm it prevents, in one sentence.
        guidance: The document or convention it rests on.
        message: What the owner is to do; holds names of columns, never a value.
        valid_from: First collection year (``2016/17``) it holds; None from the beginning.
        valid_to: Last collection year it holds; None until further notice.
        stands_for: Ids of rules read off the contracts that it says better; they are left out.
    """

    rule_id: str
    version: int
    dfe_code: str | None
    severity: str
    owner: str
    table: Table
    also_reads: tuple[Table, ...]
    may_read: tuple[Table, ...]
    steps: tuple[Step, ...]
    columns: tuple[str, ...]
    check: Check
    protects: str
    guidance: str
    message: str
    valid_from: str | None
    valid_to: str | None
    stands_for: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Unique among all versions of all rules."""
        return f"{self.rule_id}#{self.version}"

    @property
    def tables(self) -> tuple[str, ...]:
        """``schema.table`` of what it reads; the one it judges comes first."""
        others = (*self.also_reads, *self.may_read)
        return tuple(dict.fromkeys(table.relation for table in (self.table, *others)))

    @property
    def stops_publication(self) -> bool:
        """Whether a failure keeps the last publication up."""
        return self.severity == "critical"

    def holds_in(self, period_label: str) -> bool:
        """Whether the rule holds for returns of a collection year such as ``2016/17``."""
        return (self.valid_from or "") <= period_label <= (self.valid_to or "9999/99")


@dataclass(frozen=True)
class Catalogue:
    """One rules file.

    Attributes:
        name: The file's stem.
        boundary: One of ``BOUNDARIES``.
        return_name: The return its rules judge (``marts`` for the marts).
        by_delivery: True when rows belong to an authority and a collection year: outcomes
            are then kept for each, and a table that was not delivered is skipped for each.
        untyped_values: ``schema.table`` of the values staging could not type, if any.
        tables: Every table by alias.
        rules: Every version of every rule, in the order of the file.
    """

    name: str
    boundary: str
    return_name: str
    by_delivery: bool
    untyped_values: str | None
    tables: Mapping[str, Table]
    rules: tuple[Rule, ...]


def year_before(year: str) -> str:
    """``2016/17`` to ``2015/16``."""
    first = int(year[:4]) - 1
    return f"{first}/{(first + 1) % 100:02d}"
