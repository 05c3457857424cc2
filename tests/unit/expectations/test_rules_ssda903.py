"""Every rule of the looked-after children return: rows that fail, rows that pass, the edge day.

Each case gives the rows of the tables a rule reads and the lines that must fail (the first row
stands on line 2). Everybody here is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from fixtures.scratch_warehouse import Rows, build, catalogue, deliver, failing, undone

from expectations.catalogue import Rule
from expectations.checks import Codes
from orchestration.settings import PROJECT_ROOT

CATALOGUE = catalogue("ssda903")
RULES = {rule.key: rule for rule in CATALOGUE.rules}


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


@dataclass(frozen=True)
class Case:
    """Rows, and the lines of the judged table that must fail."""

    rows: Rows
    fails: Sequence[int]
    year: str = "2016/17"


def child(number: str = "c1", **columns: Any) -> dict[str, Any]:
    return {"child_id": number, **columns}


def born(text: str | None, number: str = "c1", **columns: Any) -> dict[str, Any]:
    return child(number, date_of_birth=day(text) if text else None, **columns)


def episode(
    start: str | None = None,
    end: str | None = None,
    rne: str | None = None,
    rec: str | None = None,
    number: str = "c1",
    **columns: Any,
) -> dict[str, Any]:
    return child(
        number,
        episode_start_date=day(start) if start else None,
        episode_end_date=day(end) if end else None,
        start_reason_code=rne,
        end_reason_code=rec,
        **columns,
    )


def codes(table: str, column: str, *values: str | None) -> Rows:
    return {table: [child(f"c{n}", **{column: value}) for n, value in enumerate(values)]}


CASES: dict[str, list[Case]] = {
    "ssda903-INT21": [
        Case(
            {
                "header": [child("a", sex_code="1"), child("b", sex_code="2"), child("d")],
                "uasc": [
                    child("a", sex_code="2"),
                    child("b", sex_code="2"),
                    child("d", sex_code="1"),
                ],
            },
            [2],
        )
    ],
    "ssda903-EPI": [
        Case(
            {
                "header": [child("a"), child("b"), child("c")],
                "episodes": [episode(number="a")],
                "oc3": [child("b")],
            },
            [4],
        )
    ],
    "ssda903-101": [
        Case(codes("header", "sex_code", "1", "2", "M", "9", None), [4, 5, 6], "2023/24"),
        Case(codes("header", "sex_code", "1", "M", "F", "U", None), [2, 6], "2024/25"),
    ],
    "ssda903-102": [
        Case({"header": [born("15/06/2005"), born(None, untyped={"dob": "31/02/2005"})]}, [3])
    ],
    "ssda903-103": [Case(codes("header", "ethnicity_code", "WBRI", "NOBT", "WHITE", None), [4, 5])],
    "ssda903-301": [Case({"header": [born("31/03/2017"), born("01/04/2017"), born(None)]}, [3])],
    "ssda903-351": [Case({"header": [born("01/04/1991"), born("31/03/1991"), born(None)]}, [3])],
    "ssda903-611": [
        Case(
            {
                "header": [
                    child(mother_code="1"),
                    child(mother_code="1", first_child_date_of_birth=day("01/02/2017")),
                    child(mother_code="1", untyped={"mc_dob": "soon"}),
                    child(mother_code="0"),
                    child(),
                ]
            },
            [2],
        )
    ],
    "ssda903-171": [
        Case(
            {
                "header": [
                    child(untyped={"mc_dob": "2017"}),
                    child(untyped={"dob": "2017"}),
                    child(first_child_date_of_birth=day("01/02/2017")),
                ]
            },
            [2],
        )
    ],
    "ssda903-444": [
        Case(
            codes("header", "unique_pupil_number", "A1", "A1", "B2", "UN1", "UN1", None, None),
            [2, 3],
            "2025/26",
        )
    ],
    "ssda903-141": [
        Case({"episodes": [episode(untyped={"decom": "1.4.17x"}), episode("01/04/2016")]}, [2])
    ],
    "ssda903-147": [
        Case(
            {
                "episodes": [
                    episode("01/04/2016", untyped={"dec": "never"}),
                    episode("01/04/2016"),
                    episode("01/04/2016", "02/04/2016"),
                ]
            },
            [2],
        )
    ],
    "ssda903-143": [
        Case(codes("episodes", "start_reason_code", "S", "T", "X", None), [3, 4], "2014/15"),
        Case(codes("episodes", "start_reason_code", "S", "T", "X", None), [4], "2015/16"),
    ],
    "ssda903-144": [
        Case(codes("episodes", "legal_status_code", "C2", "D1", "V4", "C9", None), [5])
    ],
    "ssda903-145": [Case(codes("episodes", "category_of_need_code", "N1", "N8", "N9", None), [4])],
    "ssda903-146": [
        Case(
            codes("episodes", "placement_type_code", "U1", "Q1", "M1", "H5", "K3", "Z11", None),
            [3, 4, 6, 7],
            "2016/17",
        ),
        Case(codes("episodes", "placement_type_code", "U1", "Q1"), [2], "2012/13"),
        Case(codes("episodes", "placement_type_code", "H5", "K3", "Z1"), [], "2024/25"),
        Case(codes("episodes", "placement_type_code", "H5", "K3", "Z1", "Z14"), [2, 4], "2025/26"),
    ],
    "ssda903-149": [
        Case(codes("episodes", "end_reason_code", "X1", "E4", "E4A", "E43", None), [3], "2016/17"),
        Case(codes("episodes", "end_reason_code", "X1", "E4", "E4A", "E15"), [4, 5], "2013/14"),
        Case(codes("episodes", "end_reason_code", "E43", "E45"), [2], "2018/19"),
    ],
    "ssda903-1009": [
        Case(
            codes("episodes", "placement_change_reason_code", "CARPL", "CUSTOD", "MOVED", None),
            [3, 4],
            "2017/18",
        ),
        Case(codes("episodes", "placement_change_reason_code", "CUSTOD", "MOVED"), [3], "2018/19"),
        Case(codes("episodes", "placement_change_reason_code", "MOVED"), [], "2014/15"),
    ],
    "ssda903-178": [
        Case(
            {
                "episodes": [
                    episode(placement_type_code="U1", placement_provider_code="PR9"),
                    episode(placement_type_code="T4", placement_provider_code="PR1"),
                    episode(placement_type_code="Z1", placement_provider_code="PR1"),
                    episode(placement_type_code="U1", placement_provider_code="PR5"),
                    episode(placement_type_code="T4"),
                ]
            },
            [2, 3, 4],
        ),
        Case(
            {
                "episodes": [
                    episode(placement_type_code="T4", placement_provider_code="PR1"),
                    episode(placement_type_code="Z11", placement_provider_code="PR1"),
                    episode(placement_type_code="U1", placement_provider_code="PR9"),
                ]
            },
            [3, 4],
            "2025/26",
        ),
    ],
    "ssda903-148": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016"),
                    episode("01/05/2016", rec="E8"),
                    episode("01/05/2016", "01/06/2016", rec="E8"),
                    episode("01/05/2016"),
                    episode("01/05/2016", rec="E8", untyped={"dec": "June"}),
                    episode("01/05/2016", untyped={"dec": "June"}),
                ]
            },
            [2, 3, 7],
        )
    ],
    "ssda903-353": [
        Case({"episodes": [episode("13/10/1991"), episode("14/10/1991"), episode()]}, [2])
    ],
    "ssda903-354": [
        Case({"episodes": [episode("31/03/2017"), episode("01/04/2017"), episode()]}, [3])
    ],
    "ssda903-385": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "31/03/2017"),
                    episode("01/05/2016", "01/04/2017"),
                    episode("01/05/2016"),
                ]
            },
            [3],
        )
    ],
    "ssda903-355": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/05/2016"),
                    episode("01/05/2016", "02/05/2016"),
                    episode(None, "02/05/2016"),
                ]
            },
            [2],
        )
    ],
    "ssda903-356": [
        Case(
            {
                "episodes": [
                    episode("02/05/2016", "01/05/2016"),
                    episode("01/05/2016", "01/05/2016"),
                    episode("01/05/2016"),
                ]
            },
            [2],
        )
    ],
    "ssda903-302": [
        Case(
            {
                "header": [
                    born("02/05/2016", "a"),
                    born("02/05/2016", "b"),
                    born(None, "c"),
                ],
                "episodes": [
                    episode("01/05/2016", number="a"),
                    episode("30/04/2016", number="a"),
                    episode("02/05/2016", number="b"),
                    episode("01/05/2016", number="c"),
                    episode(number="a"),
                ],
            },
            [3],
        )
    ],
    "ssda903-352": [
        Case(
            {
                "header": [born("01/05/1998", "a"), born("02/05/1998", "b"), born(None, "c")],
                "episodes": [
                    episode("01/05/2016", rne="S", number="a"),
                    episode("01/05/2016", rne="S", number="b"),
                    episode("01/05/2016", rne="P", number="a"),
                    episode("01/05/2016", rne="S", number="c"),
                ],
            },
            [2],
        )
    ],
    "ssda903-370": [
        Case(
            {
                "header": [born("01/05/2001", "a"), born("02/05/2001", "b")],
                "episodes": [
                    episode("01/05/2016", number="a", placement_type_code="P2"),
                    episode("01/05/2016", number="b", placement_type_code="P2"),
                    episode("01/05/2016", number="b", placement_type_code="P1"),
                ],
            },
            [3],
        ),
        Case(
            {
                "header": [born("01/05/2007", "a"), born("02/05/2007", "b")],
                "episodes": [
                    episode("01/05/2023", number="a", placement_type_code="P2"),
                    episode("01/05/2023", number="b", placement_type_code="P2"),
                ],
            },
            [3],
            "2023/24",
        ),
        Case(
            {
                "header": [born("02/05/2020", "b")],
                "episodes": [episode("01/05/2024", number="b", placement_type_code="P2")],
            },
            [],
            "2024/25",
        ),
    ],
    "ssda903-386": [
        Case(
            {
                "header": [born("01/05/1998", "a"), born("02/05/1998", "b"), born(None, "c")],
                "episodes": [
                    episode(None, "01/05/2016", rec="E11", number="a"),
                    episode(None, "01/05/2016", rec="E12", number="b"),
                    episode(None, "01/05/2016", rec="E8", number="a"),
                    episode(None, "01/05/2016", rec="E11", number="c"),
                ],
            },
            [2],
        )
    ],
    "ssda903-387": [
        Case(
            {
                "header": [born("01/05/2002", "a"), born("02/05/2002", "b"), born(None, "c")],
                "episodes": [
                    episode(None, "01/05/2016", rec="E5", number="a"),
                    episode(None, "01/05/2016", rec="E6", number="b"),
                    episode(None, "01/05/2016", rec="E6", number="c"),
                    episode(None, None, rec="E6", number="b"),
                ],
            },
            [3, 4],
        )
    ],
    "ssda903-142": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016"),
                    episode("01/06/2016", "01/07/2016", rec="X1"),
                    episode("01/07/2016"),
                    episode(),
                    episode("01/05/2016", number="b"),
                ]
            },
            [2],
        )
    ],
    "ssda903-overlap": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/08/2016"),
                    episode("01/06/2016", "10/06/2016"),
                    episode("31/07/2016", "31/07/2016"),
                    episode("01/08/2016"),
                    episode("01/06/2016", number="b"),
                ]
            },
            [3, 4],
        )
    ],
    "ssda903-357": [
        Case(
            {
                "episodes": [
                    episode("01/04/2016", rne="P", number="a"),
                    episode("31/03/2016", rne="P", number="b"),
                    episode("01/04/2016", rne="S", number="c"),
                    episode("01/06/2016", rne="L", number="c"),
                    episode("01/06/2016", number="d"),
                    episode(None, number="e"),
                ]
            },
            [2, 6],
        )
    ],
    "ssda903-388": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016", rec="X1", number="a"),
                    episode("01/06/2016", "01/07/2016", rec="X1", number="a"),
                    episode("02/07/2016", "01/08/2016", rec="E8", number="a"),
                    episode("01/08/2016", number="a"),
                    episode("01/05/2016", "01/06/2016", rec="X1", number="b"),
                    episode("01/05/2016", "01/06/2016", rec="E8", number="c"),
                    episode("02/06/2016", number="c"),
                ]
            },
            [3, 4, 6],
        )
    ],
    "ssda903-432": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016", rec="E8"),
                    episode("01/06/2016", "01/07/2016", rne="P", rec="E41"),
                    episode("01/07/2016", "01/08/2016", rne="S", rec="X1"),
                    episode("01/08/2016", rne="P"),
                    episode("01/05/2016", "01/06/2016", rec="E8", number="b"),
                    episode("01/08/2016", number="b"),
                ]
            },
            [3, 7],
        )
    ],
    "ssda903-433": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016", rne="P"),
                    episode("01/06/2016", "01/07/2016", rne="P"),
                    episode("02/07/2016", "01/08/2016", rne="L"),
                    episode("09/08/2016", rne="S"),
                    episode(None, rne="B"),
                ]
            },
            [4, 6],
        )
    ],
    "ssda903-437": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016", rec="E2", number="a"),
                    episode("01/07/2016", number="a"),
                    episode("01/05/2016", "01/06/2016", rec="E15", number="b"),
                    episode("01/05/2016", "01/06/2016", rec="E8", number="c"),
                    episode("01/07/2016", number="c"),
                ]
            },
            [2],
        )
    ],
    "ssda903-225": [
        Case(
            {
                "episodes": [
                    episode("01/05/2016", "01/06/2016", rec="X1", placement_type_code="U1"),
                    episode(
                        "01/06/2016",
                        "01/07/2016",
                        "P",
                        "X1",
                        placement_type_code="U1",
                        placement_change_reason_code="CARPL",
                    ),
                    episode("01/07/2016", "01/08/2016", "P", "X1", placement_type_code="U1"),
                    episode("01/08/2016", "09/08/2016", "P", "X1", placement_type_code="T1"),
                    episode("09/08/2016", "01/09/2016", "P", "X1", placement_type_code="U1"),
                    episode("01/09/2016", None, "L", placement_type_code="U1"),
                ]
            },
            [2],
        ),
        Case(
            {
                "episodes": [
                    episode("01/05/2014", "01/06/2014", rec="X1", placement_type_code="U1"),
                    episode("01/06/2014", None, "P", placement_type_code="U1"),
                ]
            },
            [],
            "2014/15",
        ),
    ],
    "ssda903-166": [
        Case(
            {
                "reviews": [
                    child(review_date=day("01/05/2016")),
                    child(),
                    child(untyped={"review": "May"}),
                ]
            },
            [3, 4],
        )
    ],
    "ssda903-167": [
        Case(codes("reviews", "participation_code", "PN0", "PN7", "PN8", None), [4, 5])
    ],
    "ssda903-180": [
        Case(
            {
                "oc2": [
                    child(sdq_score=0),
                    child(sdq_score=40),
                    child(sdq_score=41),
                    child(sdq_score=-1),
                    child(),
                    child(untyped={"sdq_score": "12.5"}),
                ]
            },
            [4, 5, 7],
        )
    ],
    "ssda903-196": [Case(codes("oc2", "sdq_reason_code", "SDQ1", "SDQ6", None), [3])],
    "ssda903-197a": [
        Case(
            {
                "oc2": [
                    child(sdq_score=9, sdq_reason_code="SDQ1"),
                    child(sdq_score=9),
                    child(sdq_reason_code="SDQ1"),
                    child(),
                ]
            },
            [2],
        )
    ],
    "ssda903-131": [Case(codes("oc3", "contact_code", "YES", "RHOM", "MAYBE", None), [4, 5])],
    "ssda903-132": [
        Case(codes("oc3", "activity_code", "F1", "0", "F3", "F4", None), [5, 6], "2020/21"),
        Case(codes("oc3", "activity_code", "F1", "0", "F3", "F4", None), [4, 6], "2021/22"),
        Case(codes("oc3", "activity_code", "G6"), [2], "2013/14"),
    ],
    "ssda903-133": [
        Case(codes("oc3", "accommodation_code", "B1", "0", "S1", "S2", "Z1", None), [4, 7]),
        Case(codes("oc3", "accommodation_code", "Z1"), [2], "2013/14"),
    ],
    "ssda903-391": [
        Case(
            {
                "oc3": [
                    born("01/04/2000", contact_code="YES"),
                    born("31/03/2000", contact_code="YES"),
                    born("01/04/2000"),
                    born(None, contact_code="YES"),
                    born("01/04/2000", accommodation_code="0"),
                ]
            },
            [2, 6],
        )
    ],
    "ssda903-119": [
        Case(
            {
                "placed_for_adoption": [
                    child(reversal_date=day("01/05/2016")),
                    child(reversal_reason_code="RD1"),
                    child(reversal_date=day("01/05/2016"), reversal_reason_code="RD1"),
                    child(),
                    child(reversal_reason_code="RD1", untyped={"date_placed_ceased": "May"}),
                ]
            },
            [2, 3],
        )
    ],
    "ssda903-120": [
        Case(codes("placed_for_adoption", "reversal_reason_code", "RD1", "RD5", None), [3])
    ],
    "ssda903-333": [
        Case(
            {
                "ad1": [
                    child(
                        adoption_decision_date=day("02/05/2016"),
                        adoption_match_date=day("01/05/2016"),
                    ),
                    child(
                        adoption_decision_date=day("01/05/2016"),
                        adoption_match_date=day("01/05/2016"),
                    ),
                    child(adoption_match_date=day("01/05/2016")),
                    child(adoption_decision_date=day("02/05/2016")),
                ]
            },
            [2, 4],
        )
    ],
    "ssda903-567": [
        Case(
            {
                "missing": [
                    child(missing_start_date=day("02/05/2016"), missing_end_date=day("01/05/2016")),
                    child(missing_start_date=day("01/05/2016"), missing_end_date=day("01/05/2016")),
                    child(missing_start_date=day("01/05/2016")),
                ]
            },
            [2],
        )
    ],
    "ssda903-570": [
        Case(
            {
                "missing": [
                    child(missing_start_date=day("01/04/2017")),
                    child(missing_start_date=day("31/03/2017")),
                    child(),
                ]
            },
            [2],
        )
    ],
    "ssda903-574": [
        Case(
            {
                "missing": [
                    child(missing_start_date=day("01/05/2016"), missing_end_date=day("05/05/2016")),
                    child(missing_start_date=day("04/05/2016"), missing_end_date=day("06/05/2016")),
                    child(missing_start_date=day("06/05/2016")),
                    child(missing_start_date=day("09/05/2016")),
                    child("b", missing_start_date=day("01/05/2016")),
                ]
            },
            [3, 5],
        )
    ],
    "ssda903-1006": [Case(codes("missing", "missing_type_code", "M", "A", "X", None), [4])],
    "ssda903-304": [
        Case(
            {
                "uasc": [
                    born("01/05/1998", unaccompanied_end_date=day("02/05/2016")),
                    born("01/05/1998", unaccompanied_end_date=day("01/05/2016")),
                    born("29/02/2000", unaccompanied_end_date=day("01/03/2018")),
                    born("29/02/2000", unaccompanied_end_date=day("28/02/2018")),
                    born(None, unaccompanied_end_date=day("01/05/2016")),
                ]
            },
            [2, 4],
        )
    ],
    "ssda903-631": [
        Case(codes("previous_permanence", "previous_permanence_code", "P1", "Z1", "P9", None), [4])
    ],
}


def add_families() -> None:
    """Cases of the rules that are written once for several tables."""
    for rule in CATALOGUE.rules:
        table = rule.table.alias
        if rule.rule_id.startswith("ssda903-INT3"):
            twice = [child("a"), child("a"), child("b"), {}, {}]
            CASES[rule.rule_id] = [Case({table: twice}, [2, 3])]
        elif rule.rule_id.startswith("ssda903-child-"):
            CASES[rule.rule_id] = [Case({table: [child("a"), {}]}, [3])]
        elif rule.rule_id.startswith("ssda903-INT0"):
            rows = {"header": [child("a")], table: [child("a"), child("b"), {}]}
            CASES[rule.rule_id] = [Case(rows, [3, 4])]
        elif rule.rule_id.startswith("ssda903-INT1"):
            rows = {
                "header": [born("01/05/2006", "a"), born("01/05/2006", "b"), born(None, "c")],
                table: [
                    born("02/05/2006", "a"),
                    born("01/05/2006", "b"),
                    born("01/05/2006", "c"),
                    born(None, "a"),
                ],
            }
            CASES[rule.rule_id] = [Case(rows, [2])]
        elif rule.rule_id.startswith("ssda903-1012-"):
            rows = {"episodes": [episode(number="a")], table: [child("a"), child("b")]}
            CASES[rule.rule_id] = [Case(rows, [3])]
    for table, column in (
        ("episodes", "episode_start_date"),
        ("reviews", "review_date"),
        ("placed_for_adoption", "decision_date"),
        ("missing", "missing_start_date"),
    ):
        more = {"missing_type_code": "M"} if table == "missing" else {}
        first, second = day("01/05/2016"), day("02/05/2016")
        rows = [
            child(number, **{column: on}, **more)
            for number, on in (
                ("a", first),
                ("a", first),
                ("a", second),
                ("b", first),
                ("a", None),
                ("a", None),
            )
        ]
        CASES[f"ssda903-key-{table}"] = [Case({table: rows}, [2, 3])]


add_families()


def every_case() -> list[Any]:
    return [
        pytest.param(rule_id, case, id=f"{rule_id}-{case.year}")
        for rule_id, cases in CASES.items()
        for case in cases
    ]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        yield connection


def lines_failing(warehouse: duckdb.DuckDBPyConnection, rule: Rule, case: Case) -> list[int]:
    with undone(warehouse):
        deliver(warehouse, CATALOGUE, case.rows, case.year)
        return [row["source_line"] for row in failing(warehouse, CATALOGUE, rule)]


@pytest.mark.parametrize(("rule_id", "case"), every_case())
def test_exactly_these_rows_fail(
    warehouse: duckdb.DuckDBPyConnection, rule_id: str, case: Case
) -> None:
    versions = [rule for rule in CATALOGUE.rules if rule.rule_id == rule_id]
    lines = [line for rule in versions for line in lines_failing(warehouse, rule, case)]
    assert sorted(lines) == sorted(case.fails)


def test_every_rule_has_a_row_that_fails_and_one_that_passes() -> None:
    rules = {rule.rule_id for rule in CATALOGUE.rules}
    assert rules == set(CASES)
    tables = {rule.rule_id: rule.table.alias for rule in CATALOGUE.rules}
    for rule_id, cases in CASES.items():
        assert any(case.fails for case in cases), rule_id
        assert any(len(case.rows[tables[rule_id]]) > len(case.fails) for case in cases), rule_id


def test_every_version_of_a_rule_is_told_by_a_case() -> None:
    for rule in CATALOGUE.rules:
        years = {case.year for case in CASES[rule.rule_id] if case.fails}
        assert any(rule.holds_in(year) for year in years), rule.key


def test_a_rule_knows_only_codes_the_reference_data_knows() -> None:
    """The rules say which codes a year takes, the seeds what codes mean: both must know them."""
    seeds = {
        "sex_code": "ref_sex",
        "ethnicity_code": "ref_ethnicity",
        "start_reason_code": "ref_episode_start_reason",
        "legal_status_code": "ref_legal_status",
        "category_of_need_code": "ref_category_of_need",
        "placement_type_code": "ref_placement_type",
        "end_reason_code": "ref_episode_end_reason",
        "placement_change_reason_code": "ref_placement_change_reason",
        "participation_code": "ref_review_participation",
        "contact_code": "ref_care_leaver_contact",
        "activity_code": "ref_care_leaver_activity",
        "accommodation_code": "ref_care_leaver_accommodation",
        "reversal_reason_code": "ref_adoption_reversal_reason",
        "sdq_reason_code": "ref_sdq_reason",
        "missing_type_code": "ref_missing_type",
        "previous_permanence_code": "ref_previous_permanence",
    }
    judged = {
        rule.check.column: rule.check for rule in CATALOGUE.rules if isinstance(rule.check, Codes)
    }
    assert set(judged) == set(seeds)
    for column, check in judged.items():
        path = PROJECT_ROOT / "seeds" / "reference" / f"{seeds[column]}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            known = {row["code"] for row in csv.DictReader(file)}
        allowed = {code for period in check.periods for code in period.codes}
        assert allowed <= known, column


def test_a_finding_shows_file_line_key_and_the_text_that_was_sent(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with undone(warehouse) as connection:
        rows = {"episodes": [episode("01/05/2016", rec="E8"), episode(untyped={"decom": "May 16"})]}
        deliver(connection, CATALOGUE, rows)
        [unread] = failing(connection, CATALOGUE, RULES["ssda903-141#1"])
        [no_end] = failing(connection, CATALOGUE, RULES["ssda903-148#1"])
    assert unread["source_file"] == "episodes.csv"
    assert unread["source_line"] == 3
    assert (unread["la_code"], unread["period_label"]) == ("882", "2016/17")
    assert unread["offending_text"] == "DECOM=May 16"
    assert no_end["key_columns"] == "CHILD=c1, DECOM=01/05/2016"
    assert no_end["offending_text"] == "DEC=(blank), REC=E8"


def test_children_of_other_authorities_and_years_are_never_compared(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with undone(warehouse) as connection:
        deliver(connection, CATALOGUE, {"header": [child("a")]}, "2015/16")
        deliver(connection, CATALOGUE, {"header": [child("a")]}, "2016/17")
        assert failing(connection, CATALOGUE, RULES["ssda903-INT32#1"]) == []
