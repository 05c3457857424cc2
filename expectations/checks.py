"""The vocabulary of checks: the condition under which a row fails, as SQL.

What belongs here: one class for each word a rule may use under ``check``. What does not: how
rows are chosen, labelled and counted around that condition (``queries``).

A check sees these tables: ``record`` (the rows to be judged), every table the rule lists
under ``also_reads`` and ``may_read`` by its alias, the steps of the catalogue it names, and
``untyped_values`` where the catalogue names them. Every row of ``record`` also has ``as_at``,
the day of the run. SQL's three-valued logic is the Department's own convention: a comparison
with a blank passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

_BOUND_PARAMETER = re.compile(r"(?<![:\w\\]):\w")
_SLICE = ("la_code", "period_label")


class CheckError(ValueError):
    """A ``check`` that is not one of the vocabulary, or lacks what its word needs."""


@dataclass(frozen=True)
class CodePeriod:
    """The codes allowed in a run of collection years (both ends included; None: open)."""

    valid_from: str | None
    valid_to: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """What a check must know of the rows it judges.

    Attributes:
        by_delivery: Rows belong to an authority and a year, and are compared within them.
    """

    by_delivery: bool

    @property
    def scope(self) -> tuple[str, ...]:
        """The columns within which rows are compared."""
        return _SLICE if self.by_delivery else ()


class Check(Protocol):
    """A condition under which rows fail."""

    @property
    def reads(self) -> frozenset[str]:
        """Aliases of the tables it reads beside the judged one."""

    def failing_rows(self, shape: Shape) -> str:
        """A query returning the rows of ``record`` that fail, each once, with all columns."""


@runtime_checkable
class Pointing(Protocol):
    """A check that can tell which of the columns shown are at fault."""

    def points_at(self, column: str) -> str:
        """The SQL condition, on a row of ``failing``, under which the column is at fault."""


def _where(condition: str) -> str:
    """Rows that meet a condition; a step of its own, so that it may use window functions."""
    return (
        f"select * exclude (is_failing)\n"
        f"from (select record.*, ({condition}) as is_failing from record) as judged\n"
        f"where is_failing"
    )


@dataclass(frozen=True)
class Required:
    """``required: [columns]`` (or ``key``): fails when one of them is blank."""

    columns: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        return _where(" or ".join(f"record.{column} is null" for column in self.columns))


@dataclass(frozen=True)
class Unique:
    """``unique: [columns]`` (or ``key``): fails every row that shares them with another.

    In a return a blank is for ``required`` to judge; in a mart two blanks are the same key.
    """

    columns: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        columns = ", ".join(f"record.{column}" for column in (*shape.scope, *self.columns))
        repeated = f"count(*) over (partition by {columns}) > 1"
        if not shape.by_delivery:
            return _where(repeated)
        given = " and ".join(f"record.{column} is not null" for column in self.columns)
        return _where(f"{repeated} and {given}")


@dataclass(frozen=True)
class Codes:
    """``codes: {column, set, blank: passes|fails}``: fails a code its year does not know."""

    column: str
    periods: tuple[CodePeriod, ...]
    blank_fails: bool
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        known = " or ".join(f"({self._in_period(period)})" for period in self.periods)
        blank = f"record.{self.column} is null"
        if self.blank_fails:
            return _where(f"{blank} or not ({known})")
        return _where(f"not ({blank}) and not ({known})")

    def _in_period(self, period: CodePeriod) -> str:
        codes = ", ".join(_quoted(code) for code in period.codes)
        conditions = [f"record.{self.column} in ({codes})"]
        if period.valid_from:
            conditions.append(f"record.period_label >= {_quoted(period.valid_from)}")
        if period.valid_to:
            conditions.append(f"record.period_label <= {_quoted(period.valid_to)}")
        return " and ".join(conditions)


@dataclass(frozen=True)
class DateOrder:
    """``date_order: {first, then, same_day: passes|fails}``: fails what ends before it began."""

    first: str
    then: str
    same_day_fails: bool
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        comparison = "<=" if self.same_day_fails else "<"
        return _where(f"record.{self.then} {comparison} record.{self.first}")


@dataclass(frozen=True)
class Typed:
    """``typed: [columns, as the return names them]``: fails what staging could not read."""

    columns: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        columns = ", ".join(_quoted(column) for column in self.columns)
        return _where(
            "exists (select 1 from untyped_values"
            " where untyped_values._delivery_id = record._delivery_id"
            " and untyped_values._source_line = record._source_line"
            f" and untyped_values.column_name in ({columns}))"
        )


@dataclass(frozen=True)
class PresentIn:
    """``present_in: {table, matching: [columns]}``: fails a row with no partner there."""

    table: str
    columns: tuple[str, ...]

    @property
    def reads(self) -> frozenset[str]:
        """See ``Check``."""
        return frozenset({self.table})

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        matches = " and ".join(
            f"{self.table}.{column} = record.{column}" for column in (*shape.scope, *self.columns)
        )
        return _where(f"not exists (select 1 from {self.table} where {matches})")


@dataclass(frozen=True)
class AgreesWith:
    """``agrees_with: {table, matching: [columns], column}``: fails when both differ."""

    table: str
    columns: tuple[str, ...]
    column: str

    @property
    def reads(self) -> frozenset[str]:
        """See ``Check``."""
        return frozenset({self.table})

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        matches = " and ".join(
            f"{self.table}.{column} = record.{column}" for column in (*shape.scope, *self.columns)
        )
        differs = f"{self.table}.{self.column} <> record.{self.column}"
        return _where(f"exists (select 1 from {self.table} where {matches} and {differs})")


@dataclass(frozen=True)
class FailsWhen:
    """``fails_when: <SQL condition>`` on ``record``; window functions may be used."""

    condition: str
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        return _where(self.condition)


@dataclass(frozen=True)
class InSequence:
    """``in_sequence: {of, by, fails_when}``: a condition on rows in their order.

    The rows of each ``of`` stand in the order of ``by`` (blanks last, then as in the file); the
    condition looks back and ahead with ``lag(record.x) over series`` and ``lead``.
    """

    of: tuple[str, ...]
    by: tuple[str, ...]
    condition: str
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        members = ", ".join(f"record.{column}" for column in (*shape.scope, *self.of))
        order = ", ".join(f"record.{column} asc nulls last" for column in self.by)
        return (
            f"select * exclude (is_failing)\n"
            f"from (select record.*, ({self.condition}) as is_failing from record\n"
            f"    window series as (partition by {members} order by {order}, record._source_line)\n"
            f") as judged\nwhere is_failing"
        )


@dataclass(frozen=True)
class FailingRows:
    """``failing_rows: <SQL query>`` that selects ``record.*`` of the rows that fail."""

    query: str
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        return f"select distinct * from ({self.query}) as judged"


@dataclass(frozen=True)
class NotCheckable:
    """``not_checkable: <why>``: a rule the files cannot answer; it is skipped with the reason."""

    reason: str
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``; no row can be said to fail."""
        return _where("false")


# What follows is asked of rows as they were sent, all text, by what a contract says of a column
# (``contract_rules``); no rules file uses it.

_NOTHING = "('', 'NULL', 'NAN', 'N/A')"
"""What staging takes for a blank cell, too (macro clean_text)."""

_FIRST_DAYS = {"financial": "4, 1", "academic": "9, 1", "calendar": "1, 1"}
_ROWS_WORTH_COMPARING = 20


def _text(cell: str) -> str:
    """A cell as it is compared: in capitals, without outer blanks, null when it holds nothing."""
    return f"case when upper(trim({cell})) not in {_NOTHING} then upper(trim({cell})) end"


def _is_blank(cell: str) -> str:
    return f"coalesce(upper(trim({cell})) in {_NOTHING}, true)"


def _date(cell: str, formats: tuple[str, ...]) -> str:
    """A cell as a date; null when it cannot be read, which is for ``Readable`` to judge."""
    listed = ", ".join(_quoted(each) for each in formats)
    return f"cast(try_strptime(trim({cell}), [{listed}]) as date)"


def _first_day(year: str, years_on: int) -> str:
    """The first day of the collection year of ``record``, or of one after it."""
    number = f"cast(left(record.period_label, 4) as integer) + {years_on}"
    return f"make_date({number}, {_FIRST_DAYS[year]})"


@dataclass(frozen=True)
class FilledIn:
    """Fails when one of the columns is blank."""

    columns: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        return _where(" or ".join(_is_blank(f"record.{column}") for column in self.columns))

    def points_at(self, column: str) -> str:
        """See ``Pointing``."""
        return _is_blank(f"failing.{column}")


@dataclass(frozen=True)
class Distinct:
    """Fails every row of a file that shares the columns with another; two blanks are the same."""

    columns: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        cells = ", ".join(_text(f"record.{column}") for column in self.columns)
        return _where(f"count(*) over (partition by record._delivery_id, {cells}) > 1")


@dataclass(frozen=True)
class Readable:
    """Fails a row with a cell that staging could not read; ``table`` as the contract names it."""

    table: str
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        return _where(f"exists ({self._unread('record')})")

    def points_at(self, column: str) -> str:
        """See ``Pointing``."""
        return (
            f"exists ({self._unread('failing')} and untyped_values.column_name = {_quoted(column)})"
        )

    def _unread(self, rows: str) -> str:
        return (
            "select 1 from untyped_values"
            f" where untyped_values.table_name = {_quoted(self.table)}"
            f" and untyped_values._delivery_id = {rows}._delivery_id"
            f" and untyped_values._source_line = {rows}._source_line"
        )


@dataclass(frozen=True)
class OfTheCodes:
    """Fails a code that may not be used on any day of the year.

    Attributes:
        column: The column.
        codes: Alias of the table of codes.
        year: The year.
        code_list: Which list of that table, where it holds several.
    """

    column: str
    codes: str
    year: str
    code_list: str | None = None

    @property
    def reads(self) -> frozenset[str]:
        """See ``Check``."""
        return frozenset({self.codes})

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        cell = _text(f"record.{self.column}")
        return _where(
            f"({cell}) is not null and not exists (select 1 from {self._listed}"
            f" where upper({self.codes}.code) = ({cell}) and {self._begun} and {self._not_ended})"
        )

    @property
    def _listed(self) -> str:
        if self.code_list is None:
            return self.codes
        where = f"code_list = {_quoted(self.code_list)}"
        return f"(select * from {self.codes} where {where}) as {self.codes}"

    @property
    def _begun(self) -> str:
        """The first list of codes there was holds for the years before it too."""
        first = f"coalesce(cast({self.codes}.valid_from as date), date '0001-01-01')"
        return (
            f"{first} <= greatest({_first_day(self.year, 1)} - 1,"
            f" (select min({first}) from {self._listed}))"
        )

    @property
    def _not_ended(self) -> str:
        ends = f"cast({self.codes}.valid_to as date)"
        return f"coalesce({ends} >= {_first_day(self.year, 0)}, true)"


@dataclass(frozen=True)
class OfTheValues:
    """Fails what is none of the values, in whatever letters."""

    column: str
    values: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        allowed = ", ".join(_quoted(value.upper()) for value in self.values)
        return _where(f"({_text(f'record.{self.column}')}) not in ({allowed})")


@dataclass(frozen=True)
class InTheYear:
    """Fails a date after the last day of the collection year, or before its first.

    Where ``may_go_on``, what began before the year is sent again while it goes on, and passes.
    """

    column: str
    formats: tuple[str, ...]
    year: str
    may_go_on: bool
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        date = _date(f"record.{self.column}", self.formats)
        after = f"{date} >= {_first_day(self.year, 1)}"
        if self.may_go_on:
            return _where(after)
        return _where(f"{after} or {date} < {_first_day(self.year, 0)}")


@dataclass(frozen=True)
class InOrder:
    """Fails a date before the one it must not be before; the same day passes."""

    first: str
    first_formats: tuple[str, ...]
    then: str
    then_formats: tuple[str, ...]
    reads: ClassVar[frozenset[str]] = frozenset()

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        first = _date(f"record.{self.first}", self.first_formats)
        return _where(f"{_date(f'record.{self.then}', self.then_formats)} < {first}")


@dataclass(frozen=True)
class AsMany:
    """Fails the first row of a year with over twice, or under half, the rows of the year before.

    Rows are counted for each file, so that a year of which months are missing is like any other;
    twice and half pass, and so do tables of a few rows.
    """

    last_year: str

    @property
    def reads(self) -> frozenset[str]:
        """See ``Check``."""
        return frozenset({self.last_year})

    def failing_rows(self, shape: Shape) -> str:
        """See ``Check``."""
        a_file = "count(*) / count(distinct _delivery_id) as rows_a_file"
        slices = ", ".join(_SLICE)
        return (
            f"select record.* from record\n"
            f"inner join (select {slices}, {a_file} from record group by all) as now"
            f" using ({slices})\n"
            f"inner join (select {slices}, {a_file} from {self.last_year} group by all) as before"
            f" using ({slices})\n"
            f"where greatest(now.rows_a_file, before.rows_a_file) >= {_ROWS_WORTH_COMPARING}\n"
            "and (now.rows_a_file > 2 * before.rows_a_file"
            " or before.rows_a_file > 2 * now.rows_a_file)\n"
            "qualify row_number() over (partition by record.la_code, record.period_label"
            " order by record._delivery_id, record._source_line) = 1"
        )


def read_check(
    raw: Any, key: tuple[str, ...], code_sets: Mapping[str, tuple[CodePeriod, ...]]
) -> Check:
    """Read the ``check`` of a rule.

    Args:
        raw: What the YAML says: one word with its argument.
        key: The key of the judged table, for ``required: key`` and ``unique: key``.
        code_sets: The code sets of the catalogue, by name.

    Raises:
        CheckError: The word is not known, or lacks what it needs.
    """
    if not isinstance(raw, dict) or len(raw) != 1:
        raise CheckError(f"'check' must be one of {', '.join(_READERS)}, with its argument.")
    [(word, argument)] = raw.items()
    if word not in _READERS:
        raise CheckError(f"check '{word}' is not one of {', '.join(_READERS)}.")
    return _READERS[word](_Argument(word, argument, key, code_sets))


@dataclass(frozen=True)
class _Argument:
    """What stands behind a word of the vocabulary."""

    word: str
    raw: Any
    key: tuple[str, ...]
    code_sets: Mapping[str, tuple[CodePeriod, ...]]

    def columns(self) -> tuple[str, ...]:
        if self.raw == "key":
            return self.key
        return self._names(self.raw)

    def _names(self, raw: Any) -> tuple[str, ...]:
        if not isinstance(raw, list) or not raw or not all(isinstance(name, str) for name in raw):
            raise CheckError(f"check '{self.word}' needs a list of columns.")
        return tuple(raw)

    def fields(self, *needed: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(self.raw, dict) or not set(needed) <= set(self.raw):
            raise CheckError(f"check '{self.word}' needs {', '.join(needed)}.")
        unknown = sorted(set(self.raw) - set(needed) - set(optional))
        if unknown:
            raise CheckError(f"check '{self.word}' does not know '{unknown[0]}'.")
        return self.raw

    def names(self, field: str) -> tuple[str, ...]:
        return self._names(self.raw.get(field))

    def fails(self, name: str) -> bool:
        value = self.raw.get(name, "passes")
        if value not in ("passes", "fails"):
            raise CheckError(f"check '{self.word}': {name} is 'passes' or 'fails'.")
        return bool(value == "fails")

    def sql(self, raw: Any) -> str:
        if not isinstance(raw, str) or not raw.strip():
            raise CheckError(f"check '{self.word}' needs SQL.")
        if _BOUND_PARAMETER.search(raw):
            raise CheckError(f"check '{self.word}': write the value; ':' marks a parameter.")
        return raw.strip()


def _read_not_checkable(argument: _Argument) -> Check:
    if not isinstance(argument.raw, str) or not argument.raw.strip():
        raise CheckError("check 'not_checkable' needs the reason.")
    return NotCheckable(" ".join(argument.raw.split()))


def _read_codes(argument: _Argument) -> Check:
    fields = argument.fields("column", "set", optional=("blank",))
    if fields["set"] not in argument.code_sets:
        known = ", ".join(argument.code_sets) or "none"
        raise CheckError(f"code set '{fields['set']}' is not one of this file's: {known}.")
    periods = argument.code_sets[fields["set"]]
    return Codes(fields["column"], periods, argument.fails("blank"))


def _read_date_order(argument: _Argument) -> Check:
    fields = argument.fields("first", "then", optional=("same_day",))
    return DateOrder(fields["first"], fields["then"], argument.fails("same_day"))


def _read_present_in(argument: _Argument) -> Check:
    return PresentIn(argument.fields("table", "matching")["table"], argument.names("matching"))


def _read_agrees_with(argument: _Argument) -> Check:
    fields = argument.fields("table", "matching", "column")
    return AgreesWith(fields["table"], argument.names("matching"), fields["column"])


def _read_in_sequence(argument: _Argument) -> Check:
    fields = argument.fields("of", "by", "fails_when")
    condition = argument.sql(fields["fails_when"])
    return InSequence(argument.names("of"), argument.names("by"), condition)


_READERS: dict[str, Callable[[_Argument], Check]] = {
    "required": lambda argument: Required(argument.columns()),
    "unique": lambda argument: Unique(argument.columns()),
    "codes": _read_codes,
    "date_order": _read_date_order,
    "typed": lambda argument: Typed(argument.columns()),
    "present_in": _read_present_in,
    "agrees_with": _read_agrees_with,
    "fails_when": lambda argument: FailsWhen(argument.sql(argument.raw)),
    "in_sequence": _read_in_sequence,
    "failing_rows": lambda argument: FailingRows(argument.sql(argument.raw)),
    "not_checkable": _read_not_checkable,
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
