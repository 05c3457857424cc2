"""A rule as SQL: which rows it judges, which of them fail, and how a failing row is shown.

What belongs here: the query around a check. What does not: the condition itself (``checks``)
and running it (``suites``, ``findings``). The queries read and never write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from expectations.checks import Pointing, Shape
from expectations.rule import Catalogue, Rule, Table

DELIVERIES = "staging.stg_pier__deliveries_in_force"
"""Which deliveries count: what is not in it has not been delivered."""

MANIFEST = "staging.stg_pier__deliveries"
"""Every delivery with the file it came in."""

Columns = Mapping[str, Mapping[str, str]]
"""``schema.table`` to its columns and their types: what is there to be read."""

_WORD = re.compile(r"\w+")
_PROVENANCE = {"_delivery_id": "integer", "_source_file": "varchar", "_source_line": "bigint"}
_SLICE = ("la_code", "period_label")
_DELIVERED = "delivered"
_OF_THE_RULE = frozenset({_DELIVERED, "sent", "batch", "record"})
"""Steps that depend on which rows a rule judges; no other rule can share what builds on them."""

SHARED = "shared_steps"
"""The schema of what many rules build on, while they are judged (``shared_steps``)."""


class UnknownColumnError(LookupError):
    """A rule names a column its table does not have; the message holds names only."""


@dataclass(frozen=True)
class RuleQueries:
    """What is asked of the warehouse for one rule.

    Attributes:
        rule: The rule.
        catalogue: The catalogue it stands in.
        columns: What there is to be read.
        as_at: The day in-year figures are worked out for; rules read it as ``as_at``.
        shared: Tables of ``SHARED`` that are there to be read in place of a step.
    """

    rule: Rule
    catalogue: Catalogue
    columns: Columns
    as_at: dt.date
    shared: frozenset[str] = frozenset()

    def failing(self) -> str:
        """A query returning one row for each failing record, as its owner is shown it.

        Returns:
            SQL whose columns are delivery_id, source_file, source_line, la_code, period_label,
            key_columns and offending_text.

        Raises:
            UnknownColumnError: The rule shows a column that its table does not have.
        """
        shown = [
            f"{self._provenance(name, kind)} as {name.removeprefix('_')}"
            for name, kind in _PROVENANCE.items()
        ]
        shown += [f"{self._if_there(name)} as {name}" for name in _SLICE]
        shown.append(f"{self._as_sent(self.rule.table.key)} as key_columns")
        shown.append(f"{self._offending()} as offending_text")
        return _statement(
            self._steps_to_failing(self.rule.table.relation),
            f"select {', '.join(shown)} from failing",
        )

    def counted(self, judged: str) -> str:
        """A query returning a row for each failing record and nothing of it, to be counted.

        Working out how rows are shown takes longer than finding them.

        Args:
            judged: What to read instead of the rule's table, as Great Expectations' ``{batch}``.
        """
        return _statement(self._steps_to_failing(judged), "select 1 as is_failing from failing")

    def checked(self) -> str:
        """A query counting the rows judged: la_code, period_label, rows_checked."""
        slices = ", ".join(
            name if self.catalogue.by_delivery else f"cast(null as varchar) as {name}"
            for name in _SLICE
        )
        return _statement(
            self._steps(self.rule.table.relation),
            f"select {slices}, count(*) as rows_checked from record group by all",
        )

    @cached_property
    def shareable(self) -> Mapping[str, str]:
        """The steps that ask nothing of the rows judged, each after those it needs.

        Returns:
            Step to the name a table of its rows would have. Steps of rules that read the same
            have the same name, whatever catalogue they stand in.
        """
        if self.shared:
            return replace(self, shared=frozenset()).shareable
        named = {}
        for step in ([_DELIVERED] if self.catalogue.by_delivery else []) + [
            step.name for step in self.rule.steps
        ]:
            sql = self.by_itself(step)
            if step == _DELIVERED or not _OF_THE_RULE & _words(sql):
                named[step] = f"{step}__{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        return named

    def by_itself(self, step: str) -> str:
        """A query returning the rows of one of the steps the rule builds on."""
        steps = self._builds_on()
        if self.catalogue.by_delivery:
            steps[_DELIVERED] = self._delivered()
        return _statement(self._shared_but(step, steps), f"select * from {step}")

    def _steps_to_failing(self, judged: str) -> dict[str, str]:
        shape = Shape(by_delivery=self.catalogue.by_delivery)
        return self._steps(judged) | {"failing": self.rule.check.failing_rows(shape)}

    def _steps(self, judged: str) -> dict[str, str]:
        steps = {}
        if self.catalogue.by_delivery:
            steps[_DELIVERED] = self._delivered()
        # Great Expectations writes the batch as a subquery with an alias of its own choosing.
        if self.rule.table.is_as_sent:
            steps["sent"] = f"select * from {judged}"
            steps["batch"] = self._in_force("sent", self.rule.table)
        elif self.rule.table.years_back:
            steps["sent"] = f"select * from {judged}"
            steps["batch"] = _moved_on("select * from sent")
        else:
            steps["batch"] = f"select * from {judged}"
        steps["record"] = self._record()
        steps |= self._builds_on()
        return self._shared_but(None, steps)

    def _shared_but(self, itself: str | None, steps: dict[str, str]) -> dict[str, str]:
        """The steps, read from the table that many share where there is one."""
        if not self.shared:
            return steps
        return steps | {
            step: f"select * from {SHARED}.{table}"
            for step, table in self.shareable.items()
            if table in self.shared and step != itself
        }

    def _builds_on(self) -> dict[str, str]:
        """What a rule may read beside the rows it judges."""
        tables = (*self.rule.also_reads, *self.rule.may_read)
        # In the order of their names, so that rules that read the same say the same.
        steps = {
            table.alias: self._rows_of(table)
            for table in sorted(tables, key=lambda table: table.alias)
        }
        if self.catalogue.untyped_values:
            steps["untyped_values"] = f"select * from {self.catalogue.untyped_values}"
        for step in self.rule.steps:
            steps[step.name] = step.sql
        return steps

    def _delivered(self) -> str:
        """The authorities and years for which every table the rule needs has been delivered."""
        own = [table for table in self._tables if table.delivered_as and not table.is_shared]
        this_year = self._delivered_all([table for table in own if not table.years_back])
        last_year = [table for table in own if table.years_back]
        if not last_year:
            return this_year
        moved = f"select la_code, {_year_after('period_label')} as period_label"
        return (
            f"{this_year}\nintersect\n"
            f"{moved} from ({self._delivered_all(last_year)}) as year_before"
        )

    def _delivered_all(self, tables: Sequence[Table]) -> str:
        own_return = self.catalogue.return_name
        needed = sorted(
            {f"{table.of_return or own_return}/{table.delivered_as}" for table in tables}
        )
        names = ", ".join(f"'{name}'" for name in needed)
        named = "concat(return_name, '/', table_name)"
        return (
            f"select la_code, period_label from {DELIVERIES}\n"
            f"where {named} in ({names})\n"
            f"group by la_code, period_label having count(distinct {named}) = {len(needed)}"
        )

    def _record(self) -> str:
        as_at = f"cast('{self.as_at.isoformat()}' as date) as as_at"
        if not self.catalogue.by_delivery:
            return f"select batch.*, {as_at} from batch"
        conditions = ["true"]
        if self.rule.valid_from:
            conditions.append(f"batch.period_label >= '{self.rule.valid_from}'")
        if self.rule.valid_to:
            conditions.append(f"batch.period_label <= '{self.rule.valid_to}'")
        return (
            f"select batch.*, {as_at} from batch\n"
            f"semi join {_DELIVERED} using (la_code, period_label)\n"
            f"where {' and '.join(conditions)}"
        )

    def _rows_of(self, table: Table) -> str:
        """A table; rows of the year before stand under the label of the year judged."""
        rows = (
            self._in_force(table.relation, table)
            if table.is_as_sent
            else (f"select * from {table.relation}")
        )
        return _moved_on(rows) if table.years_back else rows

    def _in_force(self, rows: str, table: Table) -> str:
        """Rows as they were sent, of the deliveries that count, with where they belong."""
        slices = "".join(f", in_force.{name}" for name in _SLICE)
        return (
            f"select as_sent.*{slices if self.catalogue.by_delivery else ''}\n"
            f"from {rows} as as_sent inner join {DELIVERIES} as in_force\n"
            "    on as_sent._delivery_id = in_force.delivery_id"
            f" and in_force.table_name = '{table.delivered_as}'"
        )

    @property
    def _tables(self) -> tuple[Table, ...]:
        return (self.rule.table, *self.rule.also_reads)

    @property
    def _there(self) -> Mapping[str, str]:
        own = self.columns[self.rule.table.relation]
        is_placed = self.rule.table.is_as_sent and self.catalogue.by_delivery
        return {**own, **dict.fromkeys(_SLICE, "VARCHAR")} if is_placed else own

    def _provenance(self, name: str, kind: str) -> str:
        """Where a row came from; a mart's rows came from nowhere in particular."""
        if self.catalogue.boundary == "returns":
            for spelling in (name, name.removeprefix("_")):
                if spelling in self._there:
                    return spelling
            if name == "_source_file" and "delivery_id" in self._there:
                return (
                    f"(select max(manifest.source_file) from {MANIFEST} as manifest"
                    " where manifest.delivery_id = failing.delivery_id)"
                )
        return f"cast(null as {kind})"

    def _if_there(self, name: str) -> str:
        # What a list of authorities says of authorities is not whose rows they are.
        is_told = self.catalogue.by_delivery or not self.rule.table.is_as_sent
        return name if is_told and name in self._there else "cast(null as varchar)"

    def _as_sent(self, columns: tuple[str, ...]) -> str:
        shown = [self._column_as_sent(column) for column in columns]
        return f"concat_ws(', ', {', '.join(shown)})"

    def _offending(self) -> str:
        """The columns the rule shows; where its check can tell, only those at fault."""
        check, columns = self.rule.check, self.rule.columns
        if not isinstance(check, Pointing):
            return self._as_sent(columns)
        shown = [self._column_as_sent(column, check.points_at(column)) for column in columns]
        return f"concat_ws(', ', {', '.join(shown)})"

    def _column_as_sent(self, column: str, shows: str | None = None) -> str:
        """``DEC=31/03/2017``; where a value could not be typed, the text that was sent."""
        table = self.rule.table
        if column not in self._there:
            raise UnknownColumnError(f"{table.relation} has no column {column}")
        kind = self._there[column].upper()
        sent_as = table.sent_as.get(column, column)
        texts = [
            f"strftime({column}, '%d/%m/%Y')" if kind == "DATE" else f"cast({column} as varchar)"
        ]
        if self.catalogue.untyped_values and kind != "VARCHAR":
            texts.append(
                "(select max(untyped_values.original_text) from untyped_values"
                " where untyped_values._delivery_id = failing._delivery_id"
                " and untyped_values._source_line = failing._source_line"
                f" and replace(untyped_values.column_name, '_', '')"
                f" = '{sent_as.lower().replace('_', '')}')"
            )
        shown = f"'{sent_as}=' || coalesce({', '.join(texts)}, '(blank)')"
        return shown if shows is None else f"case when {shows} then {shown} end"


def _moved_on(rows: str) -> str:
    """Rows of a year under the label of the year after."""
    moved = f"{_year_after('period_label')} as period_label"
    return f"select * replace ({moved}) from ({rows}) as year_before"


def _year_after(label: str) -> str:
    """``2016/17`` to ``2017/18``; null when it is no such label."""
    year = f"try_cast(left({label}, 4) as integer)"
    return f"concat({year} + 1, '/', right(cast({year} + 2 as varchar), 2))"


def _statement(steps: Mapping[str, str], last: str) -> str:
    """Common table expressions, one a step that is asked for, and the select that ends them."""
    wanted = _words(last)
    for name, sql in reversed(list(steps.items())):
        if name in wanted:
            wanted |= _words(sql)
    written = ",\n".join(
        f"{name} as (\n{textwrap.indent(sql, '    ')}\n)"
        for name, sql in steps.items()
        if name in wanted
    )
    return f"with\n{written}\n{last}"


def _words(sql: str) -> set[str]:
    """Every name in a piece of SQL, and more."""
    return set(_WORD.findall(sql))
