"""Rules find in random returns what their plain statements find, row for row."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from fixtures.rule_examples import Example, lines_by_authority, load
from fixtures.scratch_warehouse import build, catalogue, failing
from independent_rules import CIN_CENSUS, SSDA903, Return, Said, years_on

YEAR = "2025/26"
START, END = dt.date(2025, 4, 1), dt.date(2026, 3, 31)
RETURNS = 40
CHILDREN = 12
_DAYS = [
    *(START + dt.timedelta(days=days) for days in (-400, -300, -1, 0, 1, 30, 33, 34, 37, 51, 52)),
    *(END + dt.timedelta(days=days) for days in (-60, -42, -7, -3, -1, 0, 1)),
]
"""Few days, most of them next to a boundary, so that rows often meet."""

Cells = dict[str, Any]
Table = Callable[[random.Random, str, dt.date | None], Cells]


def of(*values: Any) -> Callable[[random.Random], Any]:
    return lambda dice: dice.choice(values)


def day(dice: random.Random) -> dt.date | None:
    return None if dice.random() < 0.2 else dice.choice(_DAYS)


def born(dice: random.Random) -> dt.date | None:
    """A birthday on or beside 1 April, 31 March or a day of an episode; sometimes none."""
    turned = years_on(dice.choice(_DAYS), -dice.choice([0, 4, 5, 10, 11, 14, 16, 17, 18, 19]))
    return None if dice.random() < 0.1 else turned


def rows_of(**columns: Callable[[random.Random], Any]) -> Table:
    return lambda dice, _child, dob: {
        name: dob if name == "DOB" else draw(dice) for name, draw in columns.items()
    }


EPISODES = rows_of(
    DECOM=day,
    DEC=day,
    RNE=of("S", "P", "L", "T", "U", "B", None),
    LS=of("C2", "C2", "E1", "V2", "V3", "V4", "L1", "L2", "L3", "J1", None),
    CIN=of("N1", "N2", None),
    PLACE=of("U1", "U4", "A3", "A5", "A6", "P1", "K2", "K3", "R5", "T1", "T3", "T4", "Z11", None),
    PLACE_PROVIDER=of("PR0", "PR1", "PR4", None),
    REC=of("X1", "X1", "E11", "E17", "E45", "E7", "E8", None),
    HOME_POST=of("A", None),
    PL_POST=of("A", "B", None),
    URN=of("SC1", None),
)
HEADER = rows_of(
    DOB=born,
    SEX=of("F", "M"),
    MOTHER=of("0", "1", None),
    MC_DOB=day,
    UPN=of("UN1", None),
)
OC2 = rows_of(
    DOB=born,
    SDQ_SCORE=of(3, None),
    SDQ_REASON=of("SDQ1", None),
    CONVICTED=of("0", None),
    HEALTH_CHECK=of("1", None),
    IMMUNISATIONS=of("1", "1", None),
    TEETH_CHECK=of("1"),
    HEALTH_ASSESSMENT=of("1"),
    SUBSTANCE_MISUSE=of("0", "1", None),
    INTERVENTION_RECEIVED=of("0", None, None),
    INTERVENTION_OFFERED=of("0", None, None),
)
OC3 = rows_of(
    DOB=born,
    IN_TOUCH=of("YES", "DIED", None),
    ACTIV=of("F1", "0", None),
    ACCOM=of("B1", "0", None),
)
AD1 = rows_of(
    DATE_INT=day,
    DATE_MATCH=day,
    FOSTER_CARE=of("0", "0", None),
    NB_ADOPTR=of(1, 2),
    SEX_ADOPTR=of("MF"),
    LS_ADOPTR=of("L0", "L11"),
)
LOOKED_AFTER: dict[str, tuple[Table, int]] = {
    "header": (HEADER, 1),
    "episodes": (EPISODES, 5),
    "last_year_episodes": (EPISODES, 2),
    "oc2": (OC2, 1),
    "oc3": (OC3, 1),
    "ad1": (AD1, 1),
    "placed_for_adoption": (rows_of(DATE_PLACED=day, DATE_PLACED_CEASED=day), 2),
    "missing": (rows_of(DOB=born, MIS_START=day, MIS_END=day), 2),
    "sw_episodes": (rows_of(SW_DECOM=day, SW_DEC=day, SW_REASON=of("FCONTA", "OTHERS")), 3),
}
IN_NEED: dict[str, tuple[Table, int]] = {
    "child": (rows_of(PersonDeathDate=day), 1),
    "cin": (
        rows_of(
            CINreferralDate=day,
            CINclosureDate=day,
            ReasonForClosure=of("RC1", "RC8", None),
            ReferralNFA=of(True, False, None),
            DateOfInitialCPC=day,
        ),
        2,
    ),
    "assessment": (
        rows_of(AssessmentActualStartDate=day, AssessmentAuthorisationDate=day),
        3,
    ),
    "section47": (
        rows_of(
            S47ActualStartDate=day, DateOfInitialCPC=day, ICPCnotRequired=of(True, False, None)
        ),
        2,
    ),
    "cin_plan": (rows_of(CINPlanStartDate=day, CINPlanEndDate=day), 3),
    "cpp": (rows_of(CPPstartDate=day, CPPendDate=day), 3),
}
_NUMBERED = {
    "assessment": "assessment_sequence",
    "section47": "enquiry_sequence",
    "cin_plan": "plan_sequence",
    "cpp": "plan_sequence",
}


@dataclass(frozen=True)
class Book:
    """What is drawn, what is said of it, and how a child is named."""

    tables: dict[str, tuple[Table, int]]
    said: dict[str, Said]
    child: str


BOOKS = {
    "ssda903": Book(LOOKED_AFTER, SSDA903, "CHILD"),
    "cin_census": Book(IN_NEED, CIN_CENSUS, "LAchildID"),
}


def drawn(book: Book, dice: random.Random) -> dict[str, list[Cells]]:
    """An invented return; its rows stand in no order."""
    tables: dict[str, list[Cells]] = {}
    births = {f"c{number}": born(dice) for number in range(CHILDREN)}
    for name, (draw, most) in book.tables.items():
        least = 1 if name in ("header", "child") else 0
        rows = [
            {book.child: child} | draw(dice, child, births[child])
            for child in births
            for _ in range(dice.randint(least, most))
        ]
        dice.shuffle(rows)
        tables[name] = rows
    for name, number in _NUMBERED.items():
        for sequence, row in enumerate(tables.get(name, ()), start=1):
            row |= {number: sequence, "referral_sequence": dice.choice([1, 2])}
    for child in births:
        mine = [row for row in tables.get("cin", ()) if row[book.child] == child]
        for sequence, row in enumerate(mine, start=1):
            row["referral_sequence"] = sequence
    for rows in tables.values():
        for line, row in enumerate(rows, start=2):
            row["line"] = line
    return tables


def as_text(value: Any) -> str:
    if value is None:
        return "."
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month}/{value.year}"
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Drawn:
    """Random returns in a warehouse, each an authority, and the same returns as plain rows."""

    warehouse: duckdb.DuckDBPyConnection
    returns: dict[str, Return]


@pytest.fixture(scope="module")
def random_returns() -> Iterator[dict[str, Drawn]]:
    books = {}
    for name, book in BOOKS.items():
        dice = random.Random(f"{name} 903")  # noqa: S311
        examples, returns = [], {}
        for number in range(RETURNS):
            tables = drawn(book, dice)
            example = Example("", YEAR, "csv", f"return {number}", f"x{number:04d}")
            example.rows = {
                table: [
                    {column: as_text(value) for column, value in row.items() if column != "line"}
                    for row in rows
                ]
                for table, rows in tables.items()
            }
            examples.append(example)
            returns[example.la_code] = Return(START, END, tables)
        connection = duckdb.connect(config={"threads": 1})
        build(connection)
        load(connection, catalogue(name), examples)
        books[name] = Drawn(connection, returns)
    yield books
    for each in books.values():
        each.warehouse.close()


@pytest.mark.parametrize(
    ("name", "rule_id"), [(name, rule_id) for name, book in BOOKS.items() for rule_id in book.said]
)
def test_a_rule_finds_what_its_plain_statement_finds(
    random_returns: dict[str, Drawn], name: str, rule_id: str
) -> None:
    read, drawn_returns = catalogue(name), random_returns[name]
    [prefix] = {rule.rule_id.partition("-")[0] for rule in read.rules}
    [rule] = [
        rule for rule in read.rules if rule.rule_id == f"{prefix}-{rule_id}" and rule.holds_in(YEAR)
    ]
    places = lines_by_authority(failing(drawn_returns.warehouse, read, rule))
    found = {la_code: lines for (la_code, year), lines in places.items() if year == YEAR}
    said = {
        la_code: sorted(BOOKS[name].said[rule_id](sent))
        for la_code, sent in drawn_returns.returns.items()
    }
    assert {la_code: lines for la_code, lines in said.items() if lines} == found
    assert found, "no random return breaks this rule, so nothing was compared"
    rows = sum(len(sent.tables[rule.table.alias]) for sent in drawn_returns.returns.values())
    assert sum(map(len, found.values())) < rows, "every row fails"


def test_sixty_rules_and_more_are_said_twice() -> None:
    assert len(SSDA903) + len(CIN_CENSUS) >= 60
