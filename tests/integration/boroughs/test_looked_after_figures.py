"""Looked-after figures against a computation that shares nothing with the marts.

Files are written, landed and built; what the marts say is compared with plain Python over the
same files, for the sample return and for invented boroughs with faults in them, and with the
worked edge cases, child by child. Then: what is published gives no small number back.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.looked_after_by_hand import Row, expected_figures

from orchestration.dbt import PointInTime, run_dbt
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.heavy

BOROUGHS = ("991", "992", "993", "994")  # numbers no authority has
CASES = "995"
SAMPLE = "996"
AREAS = "('991', '992', '993', '994', '995', '996')"
POINT = PointInTime(dt.date(2018, 3, 31))
MODELS = (
    "published__performance_scorecard",
    "fct_indicator_flags",
    "fct_indicator_flag_counts",
    "fct_small_number_counts",
)
TESTS = ("assert_no_withheld_count_can_be_derived",)
EPISODE_COLUMNS = [
    *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
    *("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
]


# ------------------------------------------------------------ invented returns


def british(day: dt.date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def write_return(folder: Path, header: Sequence[Row], episodes: Sequence[Row]) -> None:
    folder.mkdir(parents=True)
    columns = {
        "header.csv": (["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"], header),
        "episodes.csv": (EPISODE_COLUMNS, episodes),
        "uasc.csv": (
            ["CHILD", "SEX", "DOB", "DUC"],
            [dict(row, DUC="") for row in header[::9]],
        ),
    }
    for name, (names, rows) in columns.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def invented_borough(seed: int, children: int) -> tuple[list[Row], list[Row]]:
    """Children with every kind of episode 2016/17 may hold, and some that it may not."""
    rng = random.Random(seed)  # noqa: S311 - to invent children, not secrets
    header, episodes = [], []
    for number in range(children):
        child = f"{seed:02d}{number:04d}"
        header.append(
            {
                "CHILD": child,
                "SEX": rng.choice("12"),
                "DOB": "" if rng.random() < 0.03 else british(_born(rng)),
                "ETHNIC": rng.choice(["WBRI"] * 6 + ["WOTH", "MOTH", "AIND", "BAFR", "REFU"]),
                "UPN": "UN1",
            }
        )
        episodes += _life(rng, child)
    rng.shuffle(episodes)
    return header, episodes


def _born(rng: random.Random) -> dt.date:
    return rng.choice(
        [
            dt.date(1999, 4, 1) + dt.timedelta(rng.randrange(6570)),
            dt.date(rng.randrange(2000, 2016), rng.choice([3, 4]), rng.choice([1, 31 - 1])),
            dt.date(2008, 2, 29),
        ]
    )


def _life(rng: random.Random, child: str) -> Iterator[Row]:
    carers = [(f"SC{rng.randrange(9)}0000", f"SS{rng.randrange(3)} 1AA") for _ in range(2)]
    carers.append(("", rng.choice(["", "SS9 9ZZ"])))
    day = dt.date(2016, 1, 1) + dt.timedelta(rng.randrange(420))
    reason, status = rng.choice(["S", "S", "S", "P"]), rng.choice(["C2", "V2", "V2", "V3", "V4"])
    for step in range(rng.randrange(1, 9)):
        place = rng.choice(["U6", "U6", "U4", "K2", "P1", "A5", "T1", "T2", "T4", "T4", "M3"])
        away = place[0] in "TM"
        urn, post = ("", "") if away else rng.choice(carers)
        nights = rng.choice([0, 1, 6, 7, 8, 9, 14, 40, 90])
        end = None if rng.random() < 0.25 else day + dt.timedelta(nights)
        if rng.random() < 0.01:
            end = day - dt.timedelta(3)
        start = "31/02/2016" if rng.random() < 0.01 else british(day)
        yield {
            "CHILD": child,
            "DECOM": start,
            "RNE": reason,
            "LS": status,
            "CIN": f"N{rng.randrange(1, 9)}",
            "PLACE": place,
            "PLACE_PROVIDER": "" if away else rng.choice(["PR1", "PR4"]),
            "DEC": british(end),
            "REC": "" if end is None else "X1",
            "PL_POST": post,
            "URN": urn,
        }
        if end is None and rng.random() < 0.9:
            return
        gap = rng.choice([0] * 12 + [1, 30])
        day = (end or day) + dt.timedelta(gap)
        day = min(max(day, dt.date(2016, 1, 1)), dt.date(2017, 3, 31))
        reason = "S" if gap else rng.choice("PPPPLTUBS")
        if gap or step == 0:
            status = rng.choice(["C2", "V2", status])


# Carer -> (Ofsted number, postcode); None for an absence.
CARERS = {"A": ("SC1", "SS1 1AA"), "B": ("SC2", "SS2 2BB"), "C": ("SC3", "SS3 3CC"), "-": ("", "")}
DECADE = "01/06/2015"

# case -> (in denominator, in numerator, [(DECOM, DEC, RNE, LS, PLACE, carer)])
EDGE_CASES: dict[str, tuple[bool, bool, list[str]]] = {
    "51": (True, True, [f"{DECADE} 01/07/2016 S C2 U6 A", "01/07/2016 01/10/2016 P C2 U6 B",
                        "01/10/2016 . P C2 U6 C"]),
    "52": (True, False, [f"{DECADE} 01/08/2016 S C1 U6 A", "01/08/2016 . L C2 U6 A"]),
    "53": (True, False, [f"{DECADE} 03/05/2016 S C2 U6 A", "03/05/2016 17/05/2016 P C2 T1 -",
                         "17/05/2016 . P C2 U6 A"]),
    "53T0": (True, False, [f"{DECADE} 03/05/2016 S C2 U6 A", "03/05/2016 17/05/2016 P C2 T0 -",
                           "17/05/2016 . P C2 U6 A"]),
    "53B": (True, True, [f"{DECADE} 03/05/2016 S C2 U6 A", "03/05/2016 17/05/2016 P C2 T1 -",
                         "17/05/2016 . P C2 U6 B"]),
    "54": (True, False, [f"{DECADE} 02/05/2016 S C2 U6 A", "02/05/2016 08/05/2016 P C2 T4 -",
                         "08/05/2016 . P C2 U6 A"]),
    "54X": (True, True, [f"{DECADE} 02/05/2016 S C2 U6 A", "02/05/2016 11/05/2016 P C2 T4 -",
                         "11/05/2016 . P C2 U6 A"]),
    # 55 to 58 say 1, 2, 1, 1 placements: two moves beside them make 3 where they count one.
    "55": (True, False, [f"{DECADE} 02/05/2016 S C2 U6 B", "02/05/2016 01/08/2016 P C2 U6 A",
                         "01/08/2016 . T E1 A5 A"]),
    "56": (True, True, [f"{DECADE} 02/05/2016 S C2 U6 B", "02/05/2016 01/08/2016 P C2 U6 A",
                        "01/08/2016 . P E1 A6 C"]),
    "57": (True, False, [f"{DECADE} 02/05/2016 S C2 U6 B", "02/05/2016 01/08/2016 P C2 U5 A",
                         "01/08/2016 . T E1 A5 A"]),
    "58": (True, False, [f"{DECADE} 02/05/2016 S C2 U6 B", "02/05/2016 01/08/2016 P C2 U6 A",
                         "01/08/2016 . T C2 U4 A"]),
    "59": (True, True, [f"{DECADE} 30/06/2016 S C2 U6 A", "01/09/2016 01/12/2016 S C2 U6 B",
                        "01/12/2016 . P C2 U6 C"]),
    "60": (False, False, ["01/05/2016 03/05/2016 S V3 U6 A", "01/06/2016 03/06/2016 S V3 U6 B",
                          "01/07/2016 03/07/2016 S V3 U6 C", "30/03/2017 . S V3 U6 A"]),
    "60V4": (False, False, ["01/05/2016 . S V4 U6 A"]),
    "61": (True, False, ["01/05/2016 03/05/2016 S V3 U6 A", "01/06/2016 03/06/2016 S V3 U6 C",
                         "01/08/2016 03/08/2016 S V3 U6 A", "01/09/2016 . S V2 U6 B"]),
    "62": (False, False, [f"{DECADE} 01/05/2016 S C2 U6 A", "01/05/2016 01/06/2016 P C2 U6 B",
                          "01/06/2016 01/07/2016 P C2 U6 C", "01/07/2016 30/03/2017 P C2 U6 A"]),
    "63": (True, False, [f"{DECADE} 01/05/2016 S C2 U6 B", "01/05/2016 01/06/2016 P C2 U6 A",
                         "01/06/2016 11/06/2016 P C2 M3 -", "11/06/2016 . P C2 U6 A"]),
    "64": (True, True, ["01/05/2016 01/06/2016 S C2 P1 -", "01/06/2016 01/07/2016 P C2 U6 A",
                        "01/07/2016 . P C2 U6 B"]),
    "65": (False, False, ["01/05/2016 31/03/2017 S C2 U6 A"]),
    "65S": (True, False, ["31/03/2017 . S C2 U6 A"]),
    "66": (True, False, [f"{DECADE} 01/08/2016 S C2 U6 A", "01/08/2016 01/08/2016 P C2 K2 C",
                         "01/08/2016 . P C2 U6 B"]),
    "67": (True, False, [f"{DECADE} 01/04/2016 S C2 U6 A", "01/04/2016 01/08/2016 P C2 U6 B",
                         "01/08/2016 . P C2 U6 C"]),
    "131": (True, False, ["01/04/2016 . S C2 U6 A"]),
    "138": (True, False, [f"{DECADE} 02/05/2016 S C2 U6 B", "02/05/2016 01/08/2016 P C2 H5 A",
                          "01/08/2016 . T C2 K3 A"]),
}  # fmt: skip


def edge_case_return() -> tuple[list[Row], list[Row]]:
    header, episodes = [], []
    for case, (_, _, lines) in EDGE_CASES.items():
        child = f"CASE{case}"
        header.append({"CHILD": child, "SEX": "2", "DOB": "29/02/2008", "ETHNIC": "WBRI"})
        for line in lines:
            start, end, reason, status, place, carer = line.split()
            urn, post = CARERS[carer]
            episodes.append(
                {
                    "CHILD": child,
                    "DECOM": start,
                    "DEC": "" if end == "." else end,
                    "RNE": reason,
                    "LS": status,
                    "CIN": "N1",
                    "PLACE": place,
                    "PLACE_PROVIDER": "PR0" if place == "P1" else "" if place[0] in "TM" else "PR1",
                    "REC": "" if end == "." else "X1",
                    "URN": urn,
                    "PL_POST": post,
                }
            )
    return header, episodes


# ------------------------------------------------------------ the built warehouse


@dataclass(frozen=True)
class Built:
    """A warehouse with every return above, and where its files are."""

    settings: Settings
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, parameters).fetchall()


def folder(landing_dir: Path, authority: str) -> Path:
    """Where an authority's return is: one each."""
    year = "2017-18" if authority == SAMPLE else "2016-17"
    return landing_dir / "ssda903" / authority / year


def send(landing_dir: Path) -> None:
    """Write the invented boroughs and the worked cases; send the sample return, if it is there."""
    for seed, borough in enumerate(BOROUGHS, start=1):
        write_return(folder(landing_dir, borough), *invented_borough(seed, 30 * seed))
    write_return(folder(landing_dir, CASES), *edge_case_return())
    sample = PROJECT_ROOT.parent / "shared" / "returns" / "sample_ssda903"
    if sample.is_dir():
        shutil.copytree(sample, folder(landing_dir, SAMPLE))


@pytest.fixture(scope="module")
def built(boroughs: Settings) -> Iterator[Built]:
    with duckdb.connect(str(boroughs.warehouse_file), read_only=True) as connection:
        taken = connection.execute(
            f"select la_code, table_name from raw.deliveries"
            f" where la_code in {AREAS} and fate = 'accepted'"
        ).fetchall()
        for authority in (*BOROUGHS, CASES, SAMPLE):
            if folder(boroughs.landing_dir, authority).is_dir():
                assert {(authority, "header"), (authority, "episodes")} <= set(taken)
        yield Built(boroughs, connection)


@pytest.mark.parametrize("authority", [*BOROUGHS, CASES, SAMPLE])
def test_figures_agree_with_a_computation_that_shares_nothing(
    built: Built, authority: str, request: pytest.FixtureRequest
) -> None:
    if authority == SAMPLE:
        request.getfixturevalue("shared")
    returned = folder(built.settings.landing_dir, authority)
    expected = expected_figures(returned, int(returned.name[:4]))
    found = {
        (indicator, part): (round(numerator), round(denominator or 0))
        for indicator, part, numerator, denominator in built.rows(
            """
            select indicator_id, breakdown_value, numerator, denominator
            from marts.fct_indicator_values
            where area_code = ? and period_label = ? and basis = 'computed'
                and indicator_id in ('JC-LACN', 'JC-LACSTART', 'NI 62')
                and breakdown in ('total', 'age_band')
            """,
            authority,
            returned.name.replace("-", "/"),
        )
    }
    assert found == expected


def test_the_invented_boroughs_exercise_the_rules(built: Built) -> None:
    """An agreement of zeros would prove nothing."""
    for indicator in ("JC-LACN", "JC-LACSTART", "NI 62"):
        [(least,)] = built.rows(
            "select min(numerator) from marts.fct_indicator_values where indicator_id = ?"
            " and breakdown = 'total' and period_label = '2016/17'"
            " and area_code in ('992', '993', '994')",
            indicator,
        )
        assert least >= 3
    [(kinds, overlooked, counted)] = built.rows(
        f"""
        with
            stays as (
                from intermediate.int_looked_after__stays where la_code in {AREAS}
            ),
            placements as (
                from intermediate.int_looked_after__placements where la_code in {AREAS}
            )
        select
            (select count(distinct stay_kind) from stays),
            (select count(*) from stays where stay_kind <> 'placement')
            - (select count(*) from placements where is_temporary),
            (select count(*) from placements where is_temporary)
        """
    )
    assert kinds == 3
    assert overlooked > 10
    assert counted > 10


@pytest.mark.parametrize("case", EDGE_CASES)
def test_edge_case(built: Built, case: str) -> None:
    rows = built.rows(
        "select in_denominator, in_numerator from marts.fct_indicator_flags"
        " where indicator_id = 'NI 62' and area_code = ? and child_id = ?",
        CASES,
        f"CASE{case}",
    )
    in_denominator, in_numerator, _ = EDGE_CASES[case]
    assert (rows[0] if rows else (False, False)) == (in_denominator, in_numerator)


def test_what_is_counted_are_the_children_a_reader_traces(built: Built) -> None:
    """Figures count groups of members alike; a reader sees the members. They are the same.

    Of months and quarters the groups have only the breakdowns a report shows.
    """
    broken_down = """
        period_type not in ('month', 'quarter') or exists (
            from reference.monthly_breakdowns as shown
            where shown.indicator_id = counted.indicator_id and shown.breakdown = '{column}'
        )
    """
    columns = ", ".join(
        f"case when {broken_down.format(column=column)} then {column} end as {column}"
        for column in ("sex", "age_band", "placement_type")
    )
    counts = f"""
        select
            indicator_id, area_code, period_type, period_label, {columns},
            in_denominator, in_numerator, {{count}}
        from marts.{{relation}} as counted where area_code in {AREAS} group by all
    """
    counted = counts.format(count="sum(member_count)", relation="fct_indicator_flag_counts")
    traced = counts.format(count="count(*)", relation="fct_indicator_flags")
    assert built.rows(f"select count(*) > 100 from ({traced})") == [(True,)]
    assert built.rows(f"({counted} except {traced}) union all ({traced} except {counted})") == []


def test_a_figure_or_a_status_for_every_indicator_and_year(built: Built) -> None:
    missing = built.rows(
        f"""
        select catalogue.indicator_id, years.area_code, years.period_label
        from marts.dim_indicators as catalogue
        cross join (
            select distinct area_code, period_label from intermediate.int_looked_after__returns
            where area_code in {AREAS}
        ) as years
        left join marts.fct_indicator_values as figures
            on catalogue.indicator_id = figures.indicator_id
            and years.area_code = figures.area_code
            and years.period_label = case
                when catalogue.period_type in ('financial_year', 'academic_year', 'snapshot')
                    then figures.period_label
                when extract(month from figures.period_end) = 3
                    then concat(year(period_end) - 1, '/', substr(year(period_end)::text, 3, 2))
                else concat(year(period_end), '/', substr((year(period_end) + 1)::text, 3, 2))
            end
            and figures.breakdown = 'total'
        where figures.indicator_id is null
            and (catalogue.effective_to is null
                or catalogue.effective_to > date '2018-03-31')
        """
    )
    assert missing == []


def test_a_figure_whose_table_or_year_is_missing_says_so(built: Built) -> None:
    """The invented boroughs return header, episodes and uasc, for one year."""
    statuses = {
        indicator: (status, numerator, value, note)
        for indicator, status, numerator, value, note in built.rows(
            """
            select indicator_id, status, numerator, value, note
            from marts.fct_indicator_values
            where area_code = '992' and period_label = '2016/17' and breakdown = 'total'
                and basis = 'computed' and indicator_id in ('NI 58', 'NI 62', 'NI 63', 'NI 66')
            """
        )
    }
    assert statuses.pop("NI 62")[0] == "final"
    assert {name: one[:3] for name, one in statuses.items()} == {
        "NI 58": ("not_available", None, None),
        "NI 63": ("not_calculable", None, None),
        "NI 66": ("not_available", None, None),
    }
    assert "ssda903 oc2 2016/17" in statuses["NI 58"][3]
    assert "ssda903 episodes 2015/16" in statuses["NI 63"][3]
    assert "ssda903 reviews 2016/17" in statuses["NI 66"][3]


def test_every_breakdown_adds_up_to_its_total(built: Built) -> None:
    wrong = built.rows(
        f"""
        select indicator_id, area_code, period_label, breakdown
        from marts.fct_computed_values
        where area_code in {AREAS} and indicator_id in (
            select indicator_id from marts.dim_indicators where measure <> 'children'
        )
        group by all
        having sum(numerator) <> any_value((
            select numerator from marts.fct_computed_values as totals
            where totals.indicator_id = fct_computed_values.indicator_id
                and totals.area_code = fct_computed_values.area_code
                and totals.period_label = fct_computed_values.period_label
                and totals.breakdown = 'total'
        ))
        """
    )
    assert wrong == []


# ------------------------------------------------------------ what is published


def test_small_numbers_are_withheld_and_some_were(built: Built) -> None:
    shown = built.rows(
        "select count(*) from published.published__fct_indicator_values"
        f" where area_code in {AREAS} and basis = 'computed' and (numerator between 1 and 5"
        " or denominator between 1 and 5 or denominator - numerator between 1 and 5)"
    )
    withheld = built.rows(
        "select count(*), count(numerator), count(denominator), count(value)"
        " from published.published__fct_indicator_values"
        f" where area_code in {AREAS} and status = 'suppressed'"
    )
    assert shown == [(0,)]
    assert withheld[0][0] > 100
    assert withheld[0][1:] == (0, 0, 0)


@pytest.mark.parametrize("which", ["the small one", "the one beside it"])
def test_the_check_on_subtraction_can_fail(copied_boroughs: Settings, which: str) -> None:
    small = "true" if which == "the small one" else "false"
    with duckdb.connect(str(copied_boroughs.warehouse_file)) as connection:
        cell = connection.execute(
            f"""
            select cells.area_code, cells.breakdown, cells.breakdown_value, cells.member_count
            from marts.fct_small_number_counts as cells
            where cells.set_name = 'is_looked_after' and cells.is_withheld
                and cells.is_small = {small} and cells.breakdown in ('sex', 'age_band')
                and cells.area_code in {AREAS}
            order by all limit 1
            """
        ).fetchone()
        assert cell is not None
        connection.execute(
            """
            update published.published__fct_indicator_values
            set numerator = ?, value = ?, status = 'final'
            where indicator_id = 'JC-LACN' and area_code = ? and breakdown = ?
                and breakdown_value = ? and basis = 'computed'
            """,
            [cell[3], cell[3], *cell[:3]],
        )
    assert run_dbt(copied_boroughs, POINT, ["test", "--select", *TESTS]) == 1


def test_a_misspelt_flag_stops_the_build_with_a_sentence(
    copied_boroughs: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(copied_boroughs.warehouse_file)) as connection:
        connection.execute(
            "update reference.indicator_catalogue set numerator = 'has_tree_or_more_placements'"
            " where indicator_id = 'NI 62'"
        )
    test = "names_population_columns_indicator_catalogue_"
    assert run_dbt(copied_boroughs, POINT, ["test", "--select", test]) != 0
    said = " ".join(capfd.readouterr().out.split())
    assert "NI 62 names has_tree_or_more_placements, which pop_children_looked_after" in said
