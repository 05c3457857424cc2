"""Faults in the rows of comma-separated returns.

Which rows can have a fault is written in its table, one condition after the other:

* ``COLUMN=a|b``, ``COLUMN!=a``: the row has one of the values, or none of them (none given: blank)
* ``COLUMN<start``, ``COLUMN>=start``: a day before the year, or not
* ``age<8``, ``age>=8``: the child's age on the last day of the year
* ``n=1``, ``n>=2``, ``n.TABLE=0``: how many rows the child has in this table, or in another
* ``pos=last``, ``pos=notlast``, ``pos=notfirst``: where the row stands among the child's
* ``known``: the child was in last year's return
* ``full``, ``leaves``: a payment for many nights; the child's last one, which ends within a month
"""

import csv
import datetime as dt
import io
import operator
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from demo.calendar import ReportingYear, age_on
from demo.faults.planted import Planted, edits, fault_table, value_of
from demo.returns import csv_file

_DATES = "%d/%m/%Y"
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, ">=": operator.ge, "=": operator.eq, ">": operator.gt,
}  # fmt: skip
_CONDITION = re.compile(r"(?P<name>[\w.]+?)(?P<sign>!=|>=|<|>|=)(?P<value>.*)")
_MANY_NIGHTS = 20
_KEYS = {
    "placement_payments": "child_id", "budget_ledger": "account_code", "section251": "line_code",
}  # fmt: skip


@dataclass(eq=False)
class _Row:
    """A row of a file; two rows with the same cells are two rows."""

    values: dict[str, str]


@dataclass
class _Table:
    """A file: where it lies, its columns, and what tells its records apart."""

    path: str
    columns: Sequence[str]
    rows: list[_Row]
    key: str
    by_key: dict[str, list[_Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            self.by_key.setdefault(row.values[self.key], []).append(row)

    def line(self, row: _Row) -> int:
        """The row's line in the file; the header is 1."""
        return 2 + next(place for place, one in enumerate(self.rows) if one is row)


@dataclass
class _Return:
    """The files of a return for one year, and whoever a fault was planted in."""

    name: str
    la_code: str
    year: ReportingYear
    tables: dict[str, _Table]
    known: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)

    def born(self, child: str) -> dt.date:
        (header, *_) = self.tables["header"].by_key[child]
        return dt.datetime.strptime(header.values["DOB"], _DATES).date()


def plant_looked_after(
    landing_dir: Path, la_code: str, year: ReportingYear, rng: random.Random
) -> Iterator[Planted]:
    """Plant the faults of the looked-after return."""
    folder = f"ssda903/{la_code}/{year.folder}"
    before = ReportingYear(year.year_end - 1)
    earlier = landing_dir / f"ssda903/{la_code}/{before.folder}/header.csv"
    known = frozenset(_read(landing_dir, earlier, "CHILD").by_key if earlier.exists() else ())
    tables = {
        path.stem: _read(landing_dir, path, "CHILD")
        for path in sorted((landing_dir / folder).glob("*.csv"))
    }
    one = _Return("ssda903", la_code, year, tables, known)
    yield from _plant(landing_dir, one, fault_table("ssda903.csv"), rng)


def plant_finance(
    landing_dir: Path, la_code: str, year: ReportingYear, rng: random.Random
) -> Iterator[Planted]:
    """Plant the faults of finance's returns; payments in those of December."""
    faults = fault_table("finance.csv")
    for name, key in _KEYS.items():
        folder = landing_dir / name / la_code / year.folder
        pattern = f"*{year.year_end - 1}12.csv" if name == "placement_payments" else "*.csv"
        for path in sorted(folder.glob(pattern))[:1]:
            one = _Return(name, la_code, year, {name: _read(landing_dir, path, key)})
            wanted = [fault for fault in faults if fault["table"] == name]
            yield from _plant(landing_dir, one, wanted, rng)


def _read(landing_dir: Path, path: Path, key: str) -> _Table:
    reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
    columns = next(reader)
    rows = [_Row(dict(zip(columns, cells, strict=True))) for cells in reader]
    return _Table(path.relative_to(landing_dir).as_posix(), columns, rows, key)


def _plant(
    landing_dir: Path, one: _Return, faults: Sequence[dict[str, str]], rng: random.Random
) -> Iterator[Planted]:
    """Plant faults, those first that fewest can have, and write the files anew."""
    could = {fault["fault"]: list(_could(one, fault)) for fault in faults if _fits(one, fault)}
    done: dict[str, _Row] = {}
    for fault in sorted(faults, key=lambda fault: len(could.get(fault["fault"], ()))):
        row = _plant_one(one, fault, could.get(fault["fault"], []), rng)
        if row is not None:
            done[fault["fault"]] = row
    for table in one.tables.values():
        rows = [[row.values[column] for column in table.columns] for row in table.rows]
        path, content = csv_file(table.path, table.columns, rows)
        (landing_dir / path).write_bytes(content)
    for fault in faults:
        if fault["fault"] in done:
            yield _listed(one, fault, done[fault["fault"]])


def _fits(one: _Return, fault: dict[str, str]) -> bool:
    """Whether the return of the year has the table and the columns of a fault."""
    table = one.tables.get(fault["table"])
    changed = [column for column, _ in edits(fault["edit"])]
    return table is not None and set(changed) <= set(table.columns)


def _could(one: _Return, fault: dict[str, str]) -> Iterator[_Row]:
    """The rows a fault can be planted in; for a new row, one that holds nothing yet."""
    table = one.tables[fault["table"]]
    if fault["op"] == "add":
        yield _Row(dict.fromkeys(table.columns, ""))
        return
    conditions = fault["where"].split()
    for row in table.rows:
        if all(_holds(one, table, row, condition) for condition in conditions):
            yield row


def _holds(one: _Return, table: _Table, row: _Row, condition: str) -> bool:
    own = table.by_key[row.values[table.key]]
    match condition:
        case "known":
            return row.values[table.key] in one.known
        case "full":
            return _nights(row) >= _MANY_NIGHTS
        case "leaves":
            last = max(_day(other.values["period_end"]) for other in own)
            return _day(row.values["period_end"]) == last < _day(row.values["invoice_date"])
        case "pos=last":
            return row is own[-1]
        case "pos=notlast":
            return row is not own[-1]
        case "pos=notfirst":
            return row is not own[0]
    parts = _CONDITION.fullmatch(condition)
    if parts is None:
        raise ValueError(f"a condition of planted faults cannot be read: {condition}")
    name, sign, value = parts["name"], parts["sign"], parts["value"]
    if name == "age":
        return _COMPARISONS[sign](_age(one, row), int(value))
    if name == "n" or name.startswith("n."):
        return _COMPARISONS[sign](_rows(one, own, name, row.values[table.key]), int(value))
    return _has_value(one, row.values[name], sign, value)


def _has_value(one: _Return, cell: str, sign: str, value: str) -> bool:
    if value == "start":
        first = one.year.first_day
        return _COMPARISONS[sign](_day(cell).toordinal(), first.toordinal())
    return (cell in value.split("|")) == (sign == "=")


def _age(one: _Return, row: _Row) -> int:
    return age_on(one.born(row.values["CHILD"]), one.year.last_day)


def _rows(one: _Return, own: Sequence[_Row], name: str, key: str) -> int:
    """How many rows the record has, here or in another table."""
    if name == "n":
        return len(own)
    other = one.tables.get(name.removeprefix("n."))
    # A table the year does not have yet holds no row of anybody.
    return 0 if other is None else len(other.by_key.get(key, ()))


def _day(text: str) -> dt.date:
    return dt.datetime.strptime(text, _DATES).date()


def _nights(row: _Row) -> int:
    return (_day(row.values["period_end"]) - _day(row.values["period_start"])).days + 1


def _plant_one(
    one: _Return, fault: dict[str, str], could: Sequence[_Row], rng: random.Random
) -> _Row | None:
    """Change, copy, add or drop one row; the row to look for, or None where nobody is left."""
    table = one.tables.get(fault["table"])
    free = [row for row in could if table and row.values[table.key] not in one.used]
    if table is None or not free:
        return None
    row = rng.choice(free)
    if fault["op"] == "drop":
        table.rows.remove(row)
        one.used.add(row.values[table.key])
        # What is left behind is found in the episodes.
        return one.tables["episodes"].by_key[row.values[table.key]][0]
    own = dict(row.values)
    if fault["op"] == "copy":
        copy = _Row(own)
        table.rows.insert(table.rows.index(row) + 1, copy)
        row = copy
    elif fault["op"] == "add":
        table.rows.append(row)
    changed = {
        column: value_of(
            text,
            partial(_looked_up, one, own),
            partial(_of_another, one, table, column, rng),
            one.year,
            _DATES,
        )
        for column, text in edits(fault["edit"])
    }
    row.values = own | changed
    one.used.update({own[table.key], row.values[table.key]} - {""})
    return row


def _looked_up(one: _Return, own: dict[str, str], name: str) -> str:
    """A value of the row, or with ``h.`` of the child's header."""
    if not name.startswith("h."):
        return own[name]
    (header, *_) = one.tables["header"].by_key[own["CHILD"]]
    return header.values[name.removeprefix("h.")]


def _of_another(one: _Return, table: _Table, column: str, rng: random.Random) -> str:
    """The value of a child with no fault, who then has one too."""
    counts = Counter(row.values[column] for row in table.rows)
    free = [
        row
        for row in table.rows
        if row.values[table.key] not in one.used and counts[row.values[column]] == 1
    ]
    other = rng.choice(free)
    one.used.add(other.values[table.key])
    return other.values[column]


def _listed(one: _Return, fault: dict[str, str], row: _Row) -> Planted:
    table = next(table for table in one.tables.values() if any(row is one for one in table.rows))
    columns = [column for column, _ in edits(fault["edit"])]
    return Planted(
        fault=fault["fault"],
        kind=fault["kind"],
        level="record",
        rules=fault["rules"],
        return_name=one.name,
        table=Path(table.path).stem if one.name == "ssda903" else fault["table"],
        la_code=one.la_code,
        period_label=one.year.folder.replace("-", "/"),
        file=table.path,
        line=str(table.line(row)),
        key=row.values[table.key],
        columns=";".join(columns),
        description=fault["description"],
    )
