"""Rules read off the contracts of returns: what a contract says of a column is asked of each row.

What belongs here: the kinds of rule that hold for any return (filled in, told apart, readable, of
the codes, in the year, in order, as many as last year). What does not: the facts, which stay in
the contracts and the code lists, and rules of one return alone, which stand in ``rules/``. The
two returns with a rule book of the Department's, and published statistics, have their own rules
for all of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from expectations.checks import (
    AsMany,
    Check,
    Distinct,
    FilledIn,
    InOrder,
    InTheYear,
    OfTheCodes,
    OfTheValues,
    Readable,
)
from expectations.rule import AS_SENT, Catalogue, Rule, Table
from orchestration.landing.code_lists import CODE_LISTS
from orchestration.landing.contracts import Column, Contract, load_contracts
from orchestration.landing.contracts import Table as ContractTable

WRITTEN_OUT = frozenset({"ssda903", "cin_census", "published_statistics", "underlying_statistics"})
"""Returns with a rule book of their own, and the Department's figures, which nobody here mends."""

_CODES = "codes"
_NOT_COMPARABLE = ("owner", "file", "list")
_STRING = "string"


@dataclass(frozen=True)
class _Asked:
    """What one version of a contract asks of a table, or of one of its columns.

    Attributes:
        rule_id: The rule.
        severity: Its severity.
        columns: The columns shown.
        check: The condition under which a row fails.
        protects: The harm it prevents.
        message: What the owner is to do.
        also_reads: Other tables it must have.
    """

    rule_id: str
    severity: str
    columns: tuple[str, ...]
    check: Check
    protects: str
    message: str
    also_reads: tuple[Table, ...] = ()


def contract_catalogues(contracts: Sequence[Contract] | None = None) -> tuple[Catalogue, ...]:
    """One catalogue for each return, with the rules its contracts ask for.

    Args:
        contracts: Every version of every contract; those of Pier when not given.

    Returns:
        Catalogues in the order of the returns; a rule whose facts change with a year has a version
        for each.
    """
    known = load_contracts() if contracts is None else contracts
    return tuple(
        _catalogue(return_name, list(versions))
        for return_name, versions in groupby(known, key=lambda contract: contract.return_name)
        if return_name not in WRITTEN_OUT
    )


def _catalogue(return_name: str, versions: Sequence[Contract]) -> Catalogue:
    tables = {
        table.name: _table(return_name, table) for contract in versions for table in contract.tables
    }
    asked: dict[str, list[tuple[Contract, Table, _Asked]]] = {}
    for contract in versions:
        for table in contract.tables:
            for each in _asked(contract, table, tables[table.name]):
                asked.setdefault(each.rule_id, []).append((contract, tables[table.name], each))
    reads_untyped = any(isinstance(each.check, Readable) for (_, _, each), *_ in asked.values())
    return Catalogue(
        name=f"{return_name} contract",
        boundary="returns",
        return_name=return_name,
        by_delivery=not versions[-1].national,
        untyped_values=f"staging.stg_{return_name}__untyped_values" if reads_untyped else None,
        tables=tables,
        rules=tuple(rule for group in asked.values() for rule in _versions(group, versions)),
    )


def _table(return_name: str, table: ContractTable) -> Table:
    words = dict.fromkeys(f"{return_name}_{table.name}".split("_"))
    return Table(
        alias=table.name,
        relation=f"{AS_SENT}.{table.raw_name}",
        title=" ".join(words).capitalize(),
        key=table.primary_key,
        delivered_as=table.delivered_as,
        sent_as={column.name: column.header for column in table.columns},
    )


def _versions(
    group: Sequence[tuple[Contract, Table, _Asked]], versions: Sequence[Contract]
) -> Iterator[Rule]:
    """The versions of one rule: a new one where a contract asks something else than before."""
    begins = [
        following
        for before, following in pairwise([None, *group])
        if following is not None and (before is None or before[2] != following[2])
    ]
    for number, ((contract, table, asked), after) in enumerate(
        zip(begins, [*begins[1:], None], strict=True), start=1
    ):
        ends = _ends(group, versions) if after is None else _year_before(after[0])
        yield Rule(
            rule_id=asked.rule_id,
            version=number,
            dfe_code=None,
            severity=asked.severity,
            owner=contract.owner,
            table=table,
            also_reads=asked.also_reads,
            may_read=(),
            steps=(),
            columns=asked.columns,
            check=asked.check,
            protects=asked.protects,
            guidance=f"Contract of the return {contract.return_name}, {table.title.lower()}",
            message=asked.message,
            valid_from=None if contract is versions[0] else _year(contract),
            valid_to=ends,
        )


def _ends(
    group: Sequence[tuple[Contract, Table, _Asked]], versions: Sequence[Contract]
) -> str | None:
    """The last year a rule is asked for; None where the newest contract still asks."""
    position = versions.index(group[-1][0])
    return None if position + 1 == len(versions) else _year_before(versions[position + 1])


def _year(contract: Contract) -> str:
    return f"{contract.first_year}/{(contract.first_year + 1) % 100:02d}"


def _year_before(contract: Contract) -> str:
    return _year(replace(contract, first_year=contract.first_year - 1))


def _asked(contract: Contract, table: ContractTable, judged: Table) -> Iterator[_Asked]:
    """Everything a contract asks of a table."""
    for of_table in (_filled_in, _distinct, _readable, _as_many):
        yield from of_table(contract, table, judged)
    for column in table.columns:
        for of_column in _OF_A_COLUMN:
            yield from of_column(contract, table, column)


def _filled_in(contract: Contract, table: ContractTable, _: Table) -> Iterator[_Asked]:
    required = tuple(column for column in table.columns if column.required)
    if required:
        yield _Asked(
            rule_id=f"{contract.return_name}-blank-{table.name}",
            severity="error",
            columns=tuple(column.name for column in required),
            check=FilledIn(tuple(column.name for column in required)),
            protects="A record without what it must say is in no figure, or in the wrong one.",
            message="A cell that must be filled in is blank; enter what belongs there.",
        )


def _distinct(contract: Contract, table: ContractTable, _: Table) -> Iterator[_Asked]:
    if table.primary_key:
        key = ", ".join(column.header for column in table.columns if column.primary_key)
        yield _Asked(
            rule_id=f"{contract.return_name}-twice-{table.name}",
            severity="error",
            columns=table.primary_key,
            check=Distinct(table.primary_key),
            protects="A record that is sent twice counts twice.",
            message=f"The same {key} stands twice in this file; take out the row that is wrong.",
        )


def _readable(contract: Contract, table: ContractTable, _: Table) -> Iterator[_Asked]:
    if any(column.logical_type != _STRING for column in table.columns):
        yield _Asked(
            rule_id=f"{contract.return_name}-unreadable-{table.name}",
            severity="error",
            columns=tuple(column.name for column in table.columns),
            check=Readable(table.name),
            protects="What cannot be read counts as blank.",
            message="This cannot be read as the date, number or yes or no it should be; enter it "
            "anew, dates as 31/03/2017.",
        )


def _as_many(contract: Contract, table: ContractTable, judged: Table) -> Iterator[_Asked]:
    if contract.national or contract.parts in _NOT_COMPARABLE:
        return
    before = replace(
        judged,
        alias=f"last_year_{judged.alias}",
        title=f"{judged.title} (year before)",
        years_back=1,
    )
    yield _Asked(
        rule_id=f"{contract.return_name}-rows-{table.name}",
        severity="warning",
        columns=("period_label",),
        check=AsMany(before.alias),
        protects="Half a file, or a file sent twice over, looks like a change in the world.",
        message="This year's files have more than twice as many rows as last year's, or fewer "
        "than half; send what is missing, or find out why. The first row is shown.",
        also_reads=(before,),
    )


def _of_the_codes(contract: Contract, table: ContractTable, column: Column) -> Iterator[_Asked]:
    if column.code_set is None or column.code_set not in CODE_LISTS:
        return
    codes = CODE_LISTS[column.code_set]
    seed = f"reference.{codes.seed}"
    yield _Asked(
        rule_id=f"{contract.return_name}-code-{table.name}-{column.name}",
        severity="error",
        columns=(column.name,),
        check=OfTheCodes(column.name, _CODES, contract.year, codes.name),
        protects="A code nobody knows is counted as unknown.",
        message=f"{column.header} is not one of the codes of the year; choose one from the list "
        "in the workbook of this return.",
        also_reads=(Table(_CODES, seed, f"codes of {column.header}", ("code",), None, {}),),
    )


def _of_the_values(contract: Contract, table: ContractTable, column: Column) -> Iterator[_Asked]:
    if column.values:
        yield _Asked(
            rule_id=f"{contract.return_name}-code-{table.name}-{column.name}",
            severity="error",
            columns=(column.name,),
            check=OfTheValues(column.name, column.values),
            protects="A word nobody knows is counted as unknown.",
            message=f"{column.header} is none of {', '.join(column.values)}; enter one of them.",
        )


def _in_the_year(contract: Contract, table: ContractTable, column: Column) -> Iterator[_Asked]:
    if column.event_date:
        may_go_on = any(other.not_before == column.name for other in table.columns)
        where = "is after the end of" if may_go_on else "is outside"
        yield _Asked(
            rule_id=f"{contract.return_name}-year-{table.name}-{column.name}",
            severity="warning",
            columns=(column.name,),
            check=InTheYear(column.name, column.date_formats, contract.year, may_go_on),
            protects="What happened in one year is counted in another.",
            message=f"{column.header} {where} the year of the return; correct the date, or send "
            "the row with the year it belongs to.",
        )


def _in_order(contract: Contract, table: ContractTable, column: Column) -> Iterator[_Asked]:
    if column.not_before is None:
        return
    first = next(each for each in table.columns if each.name == column.not_before)
    yield _Asked(
        rule_id=f"{contract.return_name}-order-{table.name}-{column.name}",
        severity="error",
        columns=(first.name, column.name),
        check=InOrder(first.name, first.date_formats, column.name, column.date_formats),
        protects="Times between dates that stand the wrong way round are below nothing.",
        message=f"{column.header} is before {first.header}; correct the one that is wrong.",
    )


_OF_A_COLUMN: tuple[Callable[[Contract, ContractTable, Column], Iterator[_Asked]], ...] = (
    _of_the_codes,
    _of_the_values,
    _in_the_year,
    _in_order,
)
