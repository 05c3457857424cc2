"""The rules read off the contracts: rows as they are sent, of which exactly these fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from fixtures.scratch_warehouse import TABLES, build, failing, insert, undone

from expectations.catalogue import Catalogue, Rule, Table
from expectations.contract_rules import WRITTEN_OUT, contract_catalogues
from expectations.queries import RuleQueries
from orchestration.landing.code_lists import CODE_LISTS, SEEDS_DIR
from orchestration.landing.contracts import Contract, contract_for, load_contracts

YEAR = "2016/17"
DAYS = {
    "financial": (dt.date(2016, 4, 1), dt.date(2017, 3, 31)),
    "academic": (dt.date(2016, 9, 1), dt.date(2017, 8, 31)),
    "calendar": (dt.date(2016, 1, 1), dt.date(2016, 12, 31)),
}
SENT_AGAIN = {
    # What goes on is in every file until it ends, so that it may have begun before the year.
    "early_help-year-episodes-date_from",
    "looked_after_health-year-initial_assessments-care_start_date",
    "missing_children-year-missing_episodes-date_from",
    "placement_payments-year-payments-period_start",
    "private_fostering-year-arrangements-notification_date",
    "sen2-year-requests-request_date",
}
CATALOGUES = {each.return_name: each for each in contract_catalogues()}
KINDS = ("blank", "twice", "unreadable", "rows", "code", "year", "order")


@dataclass(frozen=True)
class Asked:
    """A rule in the year of the examples, with what its return says of the table it judges."""

    catalogue: Catalogue
    rule: Rule
    contract: Contract

    @property
    def table(self) -> Table:
        return self.rule.table

    @property
    def column(self) -> str:
        """The column a rule of one column is about."""
        return self.rule.rule_id.split("-", 3)[3]


def asked(kind: str) -> list[Any]:
    found = [
        Asked(catalogue, rule, contract_for(name, None if not catalogue.by_delivery else YEAR))
        for name, catalogue in CATALOGUES.items()
        for rule in catalogue.rules
        if rule.rule_id.split("-")[1] == kind and rule.holds_in(YEAR)
    ]
    return [pytest.param(each, id=each.rule.rule_id) for each in found]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        for name in {codes.seed for codes in CODE_LISTS.values()}:
            columns = ", ".join(TABLES[f"reference.{name}"])
            connection.execute(
                f"insert into reference.{name} by name select {columns}"
                " from read_csv(?, all_varchar = true, nullstr = '')",
                [str(SEEDS_DIR / f"{name}.csv")],
            )
        yield connection


def good_row(each: Asked, number: int) -> dict[str, str]:
    """A row no rule of the contract finds fault with; another number, another record."""
    first_day = DAYS[each.contract.year][0]
    row = {}
    for column in each.contract.table(each.table.alias).columns:
        if column.values:
            row[column.name] = column.values[0]
        elif column.code_set in CODE_LISTS:
            row[column.name] = codes_of(column.code_set)[0]
        elif column.logical_type == "date":
            row[column.name] = first_day.strftime(column.date_formats[0])
        elif column.logical_type == "string":
            row[column.name] = f"{column.name} {number}"
        else:
            row[column.name] = str(number)
    return row


def codes_of(code_set: str) -> list[str]:
    return [row["code"] for row in CODE_LISTS[code_set].rows() if not row["valid_to"]]


def fails(
    connection: duckdb.DuckDBPyConnection,
    each: Asked,
    rows: Sequence[Mapping[str, str | None]],
    before: int = 0,
    unread: Mapping[int, str] = {},
) -> list[dict[str, Any]]:
    """What a rule finds among rows of one file, the first on line 2.

    Args:
        before: How many rows the year before has.
        unread: Line to the column staging could not read there.
    """
    good = good_row(each, 1)
    years = {"2015/16": (1, [good] * before), YEAR: (2, rows)}
    for label, (delivery, sent) in years.items():
        place = {"la_code": "882", "period_label": label} if each.catalogue.by_delivery else {}
        insert(
            connection,
            "staging.stg_pier__deliveries_in_force",
            [
                {
                    "delivery_id": delivery,
                    "return_name": each.catalogue.return_name,
                    "table_name": each.table.delivered_as,
                    **place,
                }
            ],
        )
        sources = ({"_delivery_id": delivery, "_source_line": line} for line in range(2, 10**6))
        insert(
            connection,
            each.table.relation,
            [{**row, **source} for row, source in zip(sent, sources, strict=False)],
        )
    # Of a delivery that was put aside nothing is judged.
    insert(connection, each.table.relation, [{"_delivery_id": 3, "_source_line": 2}])
    if unread and each.catalogue.untyped_values:
        insert(
            connection,
            each.catalogue.untyped_values,
            [
                {
                    "_delivery_id": 2,
                    "_source_line": line,
                    "table_name": each.table.alias,
                    "column_name": column,
                    "original_text": "soon",
                }
                for line, column in unread.items()
            ],
        )
    return failing(connection, each.catalogue, each.rule)


def lines(found: Sequence[Mapping[str, Any]]) -> list[int]:
    return sorted(row["source_line"] for row in found)


@pytest.mark.parametrize("each", asked("blank"))
def test_a_blank_cell_fails_and_is_the_one_shown(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    blanks: list[str | None] = [None, " ", "n/a", "NULL"]
    columns = each.rule.columns
    rows = [{**good_row(each, 1), column: blanks[n % 4]} for n, column in enumerate(columns)]
    with undone(warehouse):
        found = fails(warehouse, each, [good_row(each, 1), *rows])
    assert lines(found) == [3 + number for number in range(len(columns))]
    for row in found:
        column = columns[row["source_line"] - 3]
        assert row["offending_text"].partition("=")[0] == each.table.sent_as[column]


@pytest.mark.parametrize("each", asked("twice"))
def test_a_record_that_stands_twice_in_a_file_fails_both_times(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    again = {name: f" {cell.lower()} " for name, cell in good_row(each, 1).items()}
    with undone(warehouse):
        found = fails(warehouse, each, [good_row(each, 1), good_row(each, 2), again], before=1)
    varies = any(
        column.primary_key and not column.values and column.logical_type != "date"
        for column in each.contract.table(each.table.alias).columns
    )
    assert varies
    assert lines(found) == [2, 4]


@pytest.mark.parametrize("each", asked("unreadable"))
def test_a_cell_nobody_can_read_fails_and_is_the_one_shown(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    column = next(
        each
        for each in each.contract.table(each.table.alias).columns
        if each.logical_type != "string"
    )
    rows = [good_row(each, 1), {**good_row(each, 2), column.name: "soon"}, good_row(each, 3)]
    with undone(warehouse):
        [found] = fails(warehouse, each, rows, unread={3: column.name})
    assert found["source_line"] == 3
    assert found["offending_text"] == f"{column.header}=soon"


@pytest.mark.parametrize("each", asked("rows"))
def test_a_year_of_half_the_rows_fails_in_any_return(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    with undone(warehouse):
        found = fails(warehouse, each, [good_row(each, 1)] * 2, before=20)
    assert [row["offending_text"] for row in found] == [f"period_label={YEAR}"]


@pytest.mark.parametrize("each", asked("rows")[:1])
@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(20, 40, []), (20, 41, [2]), (40, 20, []), (41, 20, [2]), (5, 19, []), (19, 0, [])],
)
def test_more_than_twice_or_under_half_the_rows_of_last_year_fail(
    warehouse: duckdb.DuckDBPyConnection,
    each: Asked,
    now: int,
    before: int,
    expected: list[int],
) -> None:
    with undone(warehouse):
        found = fails(warehouse, each, [good_row(each, 1)] * now, before)
    assert lines(found) == expected


@pytest.mark.parametrize("each", asked("code"))
def test_a_code_that_is_none_of_the_list_fails(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    good = good_row(each, 1)
    texts = [good[each.column], f" {good[each.column].lower()} ", "no such code", ""]
    with undone(warehouse):
        found = fails(warehouse, each, [{**good, each.column: text} for text in texts])
    assert lines(found) == [4]


@pytest.mark.parametrize("each", asked("year"))
def test_a_date_outside_the_year_fails(warehouse: duckdb.DuckDBPyConnection, each: Asked) -> None:
    first, last = DAYS[each.contract.year]
    day = dt.timedelta(days=1)
    texts = [f"{date:%d/%m/%Y}" for date in (first, last, last + day, first - day)]
    texts += [f"{last + day:%Y-%m-%d}", "soon", ""]
    good = good_row(each, 1)
    with undone(warehouse):
        found = fails(warehouse, each, [{**good, each.column: text} for text in texts])
    assert lines(found) == ([4, 6] if each.rule.rule_id in SENT_AGAIN else [4, 5, 6])


@pytest.mark.parametrize("each", asked("order"))
def test_a_date_before_the_one_it_follows_fails(
    warehouse: duckdb.DuckDBPyConnection, each: Asked
) -> None:
    first, then = each.rule.columns
    good = good_row(each, 1) | {first: "02/05/2016"}
    texts = ["02/05/2016", "03/05/2016", "01/05/2016", "2016-05-01", "", "soon"]
    with undone(warehouse):
        found = fails(warehouse, each, [{**good, then: text} for text in texts])
    assert lines(found) == [4, 5]


def test_codes_hold_in_their_years_and_the_first_list_before(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    each = next(
        param.values[0]
        for param in asked("code")
        if param.values[0].rule.rule_id == "contacts-code-contacts-source_code"
    )
    codes = [
        ("first list", "2020-04-01", "2021-03-31"),
        ("from the last day", "2017-03-31", ""),
        ("from the day after", "2017-04-01", ""),
        ("until the first day", "", "2016-04-01"),
        ("until the day before", "", "2016-03-31"),
    ]
    rows = [
        {
            "code_list": "referral_source",
            "code": code,
            "valid_from": begins or None,
            "valid_to": ends or None,
        }
        for code, begins, ends in codes
    ]
    other_list = {"code_list": "closure_reason", "code": "of another list"}
    sent = [
        {**good_row(each, 1), each.column: code}
        for code in (*(code for code, *_ in codes), other_list["code"])
    ]
    with undone(warehouse):
        warehouse.execute("delete from reference.ref_cin_census_codes")
        insert(warehouse, "reference.ref_cin_census_codes", [*rows, other_list])
        assert lines(fails(warehouse, each, sent)) == [2, 4, 6, 7]
    with undone(warehouse):
        warehouse.execute("delete from reference.ref_cin_census_codes")
        insert(warehouse, "reference.ref_cin_census_codes", [rows[0], other_list])
        assert lines(fails(warehouse, each, sent[:1])) == []


def test_every_kind_is_asked_of_every_return_it_fits() -> None:
    for contract in load_contracts():
        if contract.return_name in WRITTEN_OUT:
            continue
        ids = {rule.rule_id for rule in CATALOGUES[contract.return_name].rules}
        for table in contract.tables:
            assert f"{contract.return_name}-twice-{table.name}" in ids
            for column in table.columns:
                where = f"{contract.return_name}-{{}}-{table.name}-{column.name}"
                assert (where.format("code") in ids) >= (column.code_set in CODE_LISTS)
                assert (where.format("year") in ids) >= column.event_date
                assert (where.format("order") in ids) >= (column.not_before is not None)
    assert {rule.rule_id.split("-")[1] for each in CATALOGUES.values() for rule in each.rules} == {
        *KINDS
    }


def test_a_rule_changes_with_its_contract() -> None:
    versions = [
        rule
        for rule in CATALOGUES["ks2_results"].rules
        if rule.rule_id.endswith("readable-results")
    ]
    assert [(rule.valid_from, rule.valid_to) for rule in versions] == [
        (None, "2014/15"),
        ("2015/16", None),
    ]
    assert "level" in versions[0].columns
    assert "scaled_score" in versions[1].columns


def test_rules_read_every_column_they_name() -> None:
    for catalogue in CATALOGUES.values():
        for rule in catalogue.rules:
            assert RuleQueries(rule, catalogue, TABLES, dt.date(2017, 7, 31)).failing()
