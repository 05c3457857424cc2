"""Populations of pupils and young people against figures worked out by hand from the same files.

Invented boroughs with faults: pupils at two schools, numbers that are none, results sent twice or
of another year, dates of birth that differ between returns, exclusions two censuses tell.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from fixtures.pupils_by_hand import KEY_SCALES, Hand, folder

from orchestration.dbt import PointInTime, run_dbt
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

BOROUGHS = ("971", "972")  # numbers no authority has
CASES = "973"
POINT = PointInTime(dt.date(2018, 3, 31))
YEARS = (2008, 2009)
OTHER_SCALES = [
    *("maths_numbers", "maths_calculating", "maths_shape"),
    *("knowledge_understanding", "physical", "creative"),
]
MODELS = (
    "pop_early_years_children",
    "pop_key_stage_2_pupils",
    "pop_key_stage_4_pupils",
    "pop_looked_after_key_stage_2",
    "pop_looked_after_key_stage_4",
    "pop_secondary_enrolments",
    "pop_exclusions",
    "int_schools__pupil_counts",
    "pop_young_people_16_to_18",
    "pop_special_needs_plans",
    "published__fct_indicator_values",
)
TESTS = ("assert_no_children_between_cohorts_can_be_derived",)
Cells = dict[str, object]


def text(day: dt.date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


@dataclass
class Pupil:
    """A pupil of one school year."""

    upn: str
    born: dt.date
    group: int
    cells: Cells


@dataclass
class Borough:
    """Writes the returns of an invented borough, a file at a time."""

    landing: Path
    authority: str
    rng: random.Random
    pupils: dict[int, list[Pupil]] = field(default_factory=dict)
    numbers: int = 0

    def write(self, name: str, year: int, file: str, rows: Sequence[Mapping[str, object]]) -> None:
        path = folder(self.landing, name, self.authority, year) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def upn(self) -> str:
        self.numbers += 1
        return f"{'ABCDEFGH'[self.numbers % 8]}{self.authority}{self.numbers:09d}"

    def new_pupil(self, year: int, group: int) -> Pupil:
        first = dt.date(year - 5 - group, 9, 1)
        born = first + dt.timedelta(days=self.rng.randrange(365))
        upn = self.upn() if self.rng.random() > 0.04 else "UN1"
        cells: Cells = {
            "NativeId": f"N{self.numbers}{group}{self.rng.randrange(10**9)}",
            "upn": upn,
            "dob": text(born),
            "sex": self.rng.choice("MF"),
            "ethnicity": self.rng.choice(["WBRI", "MWBC", "AIND", "BAFR", ""]),
            "senprovision": self.rng.choice(["N", "N", "N", "A", "P", "S", ""]),
            "ncyearactual": "R" if group == 0 else str(group),
            "fsmeligible": self.rng.choice(["1", "0", "0", ""]),
            "phase": "secondary" if group > 6 else "primary",
            "schooltype": self.rng.choice(["maintained", "maintained", "academy"]),
            "estab": f"{'4' if group > 6 else '2'}00{self.rng.randrange(4)}",
            "enrolstatus": "C",
        }
        return Pupil(upn, born, group, cells)

    def census(self, year: int, term: str, of: int, pupils: Sequence[Pupil]) -> None:
        """A term's pupils and exclusions; the absence and exclusions are of the term before."""
        rng = self.rng
        rows: list[Cells] = []
        for pupil in pupils:
            if rng.random() < 0.05:
                continue
            registrations = ["M", "S"] if rng.random() < 0.06 else ["C"]
            for status in rng.sample(registrations, len(registrations)):
                other: Cells = {"enrolstatus": status}
                if status == "S":
                    other |= {"estab": "9999", "fsmeligible": "", "senprovision": "N"}
                possible = rng.randint(90, 130)
                missed = rng.choice([0, 3, 8, 17, 18, 21, 22, 26, 40, 52, 64])
                rows.append(
                    {"pupilonrolltableid": len(rows) + 1}
                    | pupil.cells
                    | other
                    | {
                        "entrydate": "01/09/2007",
                        "termlysessionspossible": possible,
                        "termlysessionsauthorised": missed // 2,
                        "termlysessionsunauthorised": missed - missed // 2,
                    }
                )
        self.write("school_census", year, f"{of}_{term}_pupilonroll.csv", rows)
        begins = {
            "autumn": dt.date(of, 8, 1),
            "spring": dt.date(of - 1, 8, 20),
            "summer": dt.date(of - 1, 9, 5),
        }[term]
        for roll, key in (
            ("onroll", "pupilonrolltableid"),
            ("offroll", "pupilnolongeronrolltableid"),
        ):
            excluded: list[Cells] = []
            for row in rng.choices(rows, k=14):
                excluded += [
                    {
                        f"termlyexclusions{roll}tableid": len(excluded) + 1,
                        key: row["pupilonrolltableid"],
                        "startdate": text(begins + dt.timedelta(days=rng.randrange(150))),
                        "sessions": "",
                        "category": rng.choice(["PERM", "PERM", "FIXD", "LNCH"]),
                        "reason": "PP",
                        "senprovision": "",
                    }
                ]
            if roll == "onroll":
                # The same exclusion once more, as the other school of the pupil would send it.
                again = dict(excluded[0]) | {f"termlyexclusions{roll}tableid": 99}
                excluded.append(again)
            else:
                excluded = [
                    {("pupilonrolltableid" if k == key else k): v for k, v in row.items()}
                    for row in excluded
                ]
            self.write("school_census", year, f"{of}_{term}_termlyexclusions{roll}.csv", excluded)

    def results(self, year: int, pupils: Sequence[Pupil]) -> None:
        rng = self.rng
        known = [p for p in pupils if p.upn != "UN1"]
        twos, fours, profiles = [], [], []
        for pupil in known:
            ends = year + 1 if rng.random() > 0.03 else year
            if pupil.group == 6:
                for subject in ("english", "maths"):
                    for _ in range(2 if rng.random() < 0.05 else 1):
                        level = rng.choice(["W", "3", "4", "4B", "5", "A", "D", ""])
                        if rng.random() > 0.04:
                            twos.append([pupil.upn, ends, subject, level, "", rng.choice("W123A")])
            elif pupil.group == 11:
                for _ in range(2 if rng.random() < 0.05 else 1):
                    fours.append([pupil.upn, ends, rng.choice(["1", "0", "0", ""]), 1, 1])
            elif pupil.group == 0:
                scales = [rng.choice([4, 5, 6, 6, 7, 8, 9]) for _ in range(13)]
                good = rng.random() < 0.5
                scores = [max(s, 6) if good else s for s in scales]
                profiles.append([pupil.upn, ends, *scores, sum(scores), ""])
        self.write(
            "ks2_results",
            year,
            "results.csv",
            [
                dict(
                    zip(
                        ["upn", "year", "subject", "level", "absent_flag", "ks1_level"],
                        r,
                        strict=True,
                    )
                )
                for r in twos
            ],
        )
        self.write(
            "ks4_results",
            year,
            "results.csv",
            [
                dict(zip(["upn", "year", "five_ac_em", "ac_em", "any_qual"], r, strict=True))
                for r in fours
            ],
        )
        columns = ["upn", "year", *KEY_SCALES, *OTHER_SCALES, "total", "gld"]
        self.write(
            "eyfsp",
            year,
            "results.csv",
            [dict(zip(columns, r, strict=True)) | {"postcode": ""} for r in profiles],
        )

    def care(self, year: int, pupils: Sequence[Pupil]) -> None:
        """One stay for each of some pupils: shorter and longer, ended, short breaks."""
        rng = self.rng
        header, episodes = [], []
        for number, pupil in enumerate(p for p in pupils if p.group in (6, 8, 11)):
            if rng.random() < 0.4:
                continue
            child = f"{self.authority}{year}{number}"
            born = pupil.born + dt.timedelta(days=1 if rng.random() < 0.08 else 0)
            start = rng.choice([dt.date(year, 4, 1), dt.date(year, 4, 2), dt.date(year - 2, 5, 1)])
            end = rng.choice([None, None, None, dt.date(year + 1, 3, 31), dt.date(year, 12, 1)])
            status = "V4" if rng.random() < 0.08 else "C2"
            header.append(
                {
                    **{"CHILD": child, "SEX": "1", "DOB": text(born), "ETHNIC": "WBRI"},
                    **{"UPN": pupil.upn, "MOTHER": "", "MC_DOB": ""},
                }
            )
            episodes.append(
                {
                    **{"CHILD": child, "DECOM": text(start), "RNE": "S", "LS": status},
                    **{"CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1", "DEC": text(end)},
                    **{"REC": "E4A" if end else "", "REASON_PLACE_CHANGE": "", "HOME_POST": ""},
                    **{"PL_POST": "", "URN": ""},
                }
            )
        self.write("ssda903", year, "header.csv", header)
        self.write("ssda903", year, "episodes.csv", episodes)

    def months(self, year: int, people: int, codes: Mapping[int, Sequence[str]]) -> None:
        """Everybody's activity in each month; ages reach over both ends of 16 to 18."""
        for month, activities in codes.items():
            of = year + (month < 4)
            rows = []
            for number in range(people):
                code = activities[number % len(activities)]
                born = dt.date(year - 18, 1, 31) + dt.timedelta(days=self.rng.randrange(-400, 900))
                if len(activities) == people:
                    born = dt.date(year - 17, 6, 1)
                rows.append(
                    {
                        **{"person_id": f"P{number}", "month": f"{of}-{month:02d}"},
                        **{"dob": text(born), "academic_age": "", "activity_code": code},
                        "status_start": "",
                        "expired_flag": self.rng.choice(["0", "0", "0", "1"])
                        if len(activities) != people
                        else "0",
                        "adjusted_weight": self.rng.choice(["", "0.08", "0.58"])
                        if len(activities) != people
                        else "",
                        "postcode": "",
                    }
                )
            self.write("nccis", year, f"nccis_{of}{month:02d}.csv", rows)

    def requests(self, year: int) -> None:
        rows = []
        for number in range(40):
            asked = dt.date(year, 1, 1) + dt.timedelta(days=self.rng.randrange(365))
            days = self.rng.choice([None, 100, 181, 182, 183, 250])
            rows.append(
                {
                    **{"person_id": f"S{year}{number}", "request_date": text(asked)},
                    "statement_or_ehcp": "STATEMENT" if days else "",
                    "final_date": text(asked + dt.timedelta(days=days)) if days else "",
                    "exception_flag": self.rng.choice(["0", "0", "1", ""]),
                    "weeks": "1",
                }
            )
        self.write("sen2", year, "requests.csv", rows)

    def live(self) -> None:
        before: list[Pupil] = []
        for year in YEARS:
            pupils = [self.new_pupil(year, g) for g in (0, 6, 8, 11) for _ in range(70)]
            self.census(year, "autumn", year, [*before, *pupils])
            self.census(year, "spring", year + 1, pupils)
            self.census(year, "summer", year + 1, pupils)
            self.results(year, pupils)
            self.care(year, pupils)
            everything = ["210", "320", "540", "610", "640", "710", "720", "810", "830"]
            self.months(year, 60, {m: everything for m in (10, 11, 12, 1)})
            self.requests(year)
            before = pupils

    def live_by_the_book(self) -> None:
        """Edge cases 110 and 115 as they are told: 5 of 12 children, 52, 54 and 56 of 1,000."""
        year = YEARS[0]
        pupils = [self.new_pupil(year, 6) for _ in range(12)]
        header, episodes, results = [], [], []
        for number, pupil in enumerate(pupils):
            upn = self.upn()
            header.append(
                {
                    **{"CHILD": f"C{number}", "SEX": "1", "DOB": text(pupil.born)},
                    **{"ETHNIC": "WBRI", "UPN": upn, "MOTHER": "", "MC_DOB": ""},
                }
            )
            episodes.append(
                {
                    **{"CHILD": f"C{number}", "DECOM": "01/04/2007", "RNE": "S", "LS": "C2"},
                    **{"CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1", "DEC": "", "REC": ""},
                    **{"REASON_PLACE_CHANGE": "", "HOME_POST": "", "PL_POST": "", "URN": ""},
                }
            )
            for subject, reached in (("english", 3), ("maths", 5)):
                level = "4" if number < reached else "3"
                results.append(
                    {
                        **{"upn": upn, "year": year + 1, "subject": subject, "level": level},
                        **{"absent_flag": "", "ks1_level": ""},
                    }
                )
        self.write("ssda903", year, "header.csv", header)
        self.write("ssda903", year, "episodes.csv", episodes)
        self.write("ks2_results", year, "results.csv", results)
        codes = {m: ["610"] * n + ["210"] * (1000 - n) for m, n in ((11, 52), (12, 54), (1, 56))}
        self.months(year, 1000, codes)


@dataclass(frozen=True)
class Built:
    """The warehouse, and what is worked out by hand."""

    connection: duckdb.DuckDBPyConnection
    landing: Path

    def counts(self, authority: str, year: int, population: str, *conditions: str) -> list[float]:
        """How many members of a year meet each condition; a condition on a sum is that sum."""
        label = f"{year}/{(year + 1) % 100:02d}"
        asked = ", ".join(
            c if c.startswith("sum(") else f"count(*) filter (where {c})" for c in conditions
        )
        found = self.connection.execute(
            f"select {asked} from marts.{population} where la_code = ? and period_label = ?",
            [authority, label],
        ).fetchone()
        assert found is not None
        return [float(value or 0) for value in found]


def send(landing_dir: Path) -> None:
    """Write the returns of the invented boroughs."""
    for seed, authority in enumerate((*BOROUGHS, CASES), start=1):
        rng = random.Random(seed)  # noqa: S311 - to invent pupils, not secrets
        borough = Borough(landing_dir, authority, rng)
        if authority == CASES:
            borough.live_by_the_book()
        else:
            borough.live()


@pytest.fixture(scope="module")
def built(boroughs: Settings) -> Iterator[Built]:
    with duckdb.connect(str(boroughs.warehouse_file), read_only=True) as connection:
        yield Built(connection, boroughs.landing_dir)


@pytest.fixture(params=[(a, y) for a in BOROUGHS for y in YEARS], ids=lambda p: f"{p[0]}-{p[1]}")
def hand(request: pytest.FixtureRequest, built: Built) -> Hand:
    authority, year = request.param
    return Hand(built.landing, authority, year)


def test_every_file_is_taken(built: Built) -> None:
    fates = built.connection.execute(
        "select fate, count(*) from raw.deliveries where la_code in (?, ?, ?) group by fate",
        [*BOROUGHS, CASES],
    ).fetchall()
    assert [fate for fate, _ in fates] == ["accepted"], fates


def test_early_years_points_and_gap(built: Built, hand: Hand) -> None:
    (good, assessed), gap = hand.early_years()
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_early_years_children",
        "is_assessed_on_scales and has_78_points_with_6_in_each",
        "is_assessed_on_scales",
    ) == [good, assessed]
    assert 0 < good < assessed
    totals = [
        total
        for (total,) in built.connection.execute(
            "select total_score from marts.pop_early_years_children"
            " where la_code = ? and period_start = ? and is_assessed_on_scales"
            " order by total_score",
            [hand.authority, dt.date(hand.year, 9, 1)],
        ).fetchall()
    ]
    middle = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2
    fifth = totals[: round(0.2 * len(totals))]
    assert 100 * (middle - sum(fifth) / len(fifth)) / middle == pytest.approx(gap)
    assert gap > 0


def test_level_4_at_key_stage_2_and_five_passes_at_key_stage_4(built: Built, hand: Hand) -> None:
    both, five = hand.in_both(), hand.key_stage_4()
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_key_stage_2_pupils",
        "has_level_4_in_english_and_maths",
        "is_judged_by_level",
    ) == [sum(both.values()), len(both)]
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_key_stage_4_pupils",
        "has_five_with_english_maths",
        "is_key_stage_4_pupil",
    ) == [sum(five.values()), len(five)]


@pytest.mark.parametrize(
    ("flag", "column", "others"),
    [("has_free_meals", "fsmeligible", "0"), ("has_special_needs", "senprovision", "N")],
    ids=["free meals", "special needs"],
)
def test_gaps_between_groups(built: Built, hand: Hand, flag: str, column: str, others: str) -> None:
    stages = (
        ("pop_key_stage_2_pupils", "has_level_4_in_english_and_maths", hand.in_both()),
        ("pop_key_stage_4_pupils", "has_five_with_english_maths", hand.key_stage_4()),
    )
    for population, reached, results in stages:
        by_hand = hand.gap(results, column, others)
        assert min(by_hand[1], by_hand[3]) > 0
        assert built.counts(
            hand.authority,
            hand.year,
            population,
            f"not {flag} and {reached}",
            f"not {flag}",
            f"{flag} and {reached}",
            flag,
        ) == list(by_hand)


def test_looked_after_pupils(built: Built, hand: Hand) -> None:
    for subject in ("english", "maths"):
        by_hand = hand.looked_after_key_stage_2(subject)
        assert by_hand[1] > 0
        assert built.counts(
            hand.authority,
            hand.year,
            "pop_looked_after_key_stage_2",
            f"is_judged_in_{subject} and has_level_4_in_{subject}",
            f"is_judged_in_{subject}",
        ) == list(by_hand)
    by_hand = hand.looked_after_key_stage_4()
    assert by_hand[1] > 0
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_looked_after_key_stage_4",
        "is_matched_all_year and has_five_with_english_maths",
        "is_matched_all_year",
    ) == list(by_hand)


def test_persistent_absence(built: Built, hand: Hand) -> None:
    by_hand = hand.persistent_absence()
    assert 0 < by_hand[0] < by_hand[1]
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_secondary_enrolments",
        "is_maintained_enrolment and is_persistent_absentee and child_id is not null",
        "is_maintained_enrolment and child_id is not null",
    ) == list(by_hand)


def test_permanent_exclusions_and_pupils(built: Built, hand: Hand) -> None:
    assert built.counts(hand.authority, hand.year, "pop_exclusions", "is_permanent_exclusion") == [
        hand.permanent_exclusions()
    ]
    pupils = built.connection.execute(
        "select population_count from intermediate.int_schools__pupil_counts"
        " where population_name = 'pupils_in_january' and breakdown = 'total'"
        " and area_code = ? and period_label = ?",
        [hand.authority, f"{hand.year}/{(hand.year + 1) % 100:02d}"],
    ).fetchall()
    assert pupils == [(hand.headcount(),)]


def test_young_people_not_in_work_or_learning(built: Built, hand: Hand) -> None:
    total, people = hand.neet()
    assert 0 < total < people
    assert built.counts(
        hand.authority,
        hand.year,
        "pop_young_people_16_to_18",
        "sum(neet_share) filter (where is_in_neet_base)",
        "is_in_neet_base",
    ) == pytest.approx([total, people])


def test_statements_in_26_weeks(built: Built, hand: Hand) -> None:
    for base, with_exceptions in (
        ("is_statement", True),
        ("is_statement_without_exception", False),
    ):
        by_hand = hand.statements(with_exceptions)
        assert 0 < by_hand[0] < by_hand[1]
        assert built.counts(
            hand.authority,
            hand.year,
            "pop_special_needs_plans",
            f"{base} and is_within_26_weeks",
            base,
        ) == list(by_hand)


def test_the_check_on_cohorts_can_fail(copied_boroughs: Settings) -> None:
    with duckdb.connect(str(copied_boroughs.warehouse_file)) as connection:
        cell = connection.execute(
            """
            select area_code, period_label, breakdown, breakdown_value
            from marts.fct_computed_values
            where indicator_id in ('JC-KS4B any', 'JC-KS4B any all')
            group by all
            having max(denominator) - min(denominator) between 1 and 5
            order by all limit 1
            """
        ).fetchone()
        assert cell is not None
        connection.execute(
            """
            update published.published__fct_indicator_values as shown
            set numerator = computed.numerator, denominator = computed.denominator,
                status = 'final'
            from marts.fct_computed_values as computed
            where shown.indicator_id = computed.indicator_id
                and shown.area_code = computed.area_code
                and shown.period_label = computed.period_label
                and shown.breakdown = computed.breakdown
                and shown.breakdown_value = computed.breakdown_value
                and shown.indicator_id in ('JC-KS4B any', 'JC-KS4B any all')
                and (shown.area_code, shown.period_label, shown.breakdown, shown.breakdown_value)
                = (?, ?, ?, ?)
            """,
            cell,
        )
    assert run_dbt(copied_boroughs, POINT, ["test", "--select", *TESTS]) == 1


def test_case_110_five_of_twelve_children(built: Built) -> None:
    flags = ("is_judged_in_maths and has_level_4_in_maths", "is_judged_in_maths")
    reached, children = built.counts(CASES, YEARS[0], "pop_looked_after_key_stage_2", *flags)
    assert (reached, children) == (5, 12)
    assert round(100 * reached / children, 1) == 41.7


def test_case_115_the_mean_of_three_months(built: Built) -> None:
    total, people = built.counts(
        CASES,
        YEARS[0],
        "pop_young_people_16_to_18",
        "sum(neet_share) filter (where is_in_neet_base)",
        "is_in_neet_base",
    )
    assert (total, people) == (52 + 54 + 56, 3000)
    assert 100 * total / people == pytest.approx(5.4)
