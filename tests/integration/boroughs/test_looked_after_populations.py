"""Populations of looked-after children against figures worked out by hand from the same files.

The demo borough, and invented boroughs whose returns contradict each other: children who are
missing from a return, episodes whose start a later return corrects, repeats, impossible dates.
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
from fixtures.adoption_by_hand import scorecard_of
from fixtures.looked_after_by_hand import (
    Calendar,
    Row,
    closes,
    figures_of,
    opens,
    read_date,
    read_rows,
)

from demo import borough
from demo.calibration import load_quotas
from demo.returns import ssda903
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.heavy

BOROUGHS = ("981", "982", "983")  # numbers no authority has
YEARS = range(2013, 2017)
DEMO_YEARS = range(2013, 2018)
COLUMNS = {
    "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    "episodes": "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST"
    " PL_POST URN",
    "reviews": "CHILD DOB REVIEW REVIEW_CODE",
    "oc2": "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK"
    " HEALTH_ASSESSMENT SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    "oc3": "CHILD DOB IN_TOUCH ACTIV ACCOM",
    "ad1": "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    "placed_for_adoption": "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
}
FIGURES = {
    "JC-LACN": ("pop_children_looked_after", "is_looked_after", "is_looked_after"),
    "JC-LACSTART": ("pop_care_starters", "is_care_starter", "is_care_starter"),
    "JC-LACCEASE": ("pop_children_leaving_care", "is_leaving_care", "is_leaving_care"),
    "JC-LACCEASE adopted": ("pop_children_leaving_care", "is_adopted", "is_leaving_care"),
    "JC-LACCEASE guardian": (
        "pop_children_leaving_care",
        "has_special_guardian",
        "is_leaving_care",
    ),
    "JC-LACCEASE home": (
        "pop_children_leaving_care",
        "leaving_reason = 'Returned home'",
        "is_leaving_care",
    ),
    "NI 58": ("pop_looked_after_all_year", "sdq_score", "has_sdq_score"),
    "NI 61": ("pop_adopted_children", "is_placed_within_12_months", "is_placement_timed"),
    "NI 62": ("pop_children_looked_after", "has_three_or_more_placements", "is_looked_after"),
    "NI 63": ("pop_long_term_looked_after", "has_lasting_placement", "is_long_term_looked_after"),
    "NI 66": ("pop_children_reviewed", "has_reviews_in_time", "has_review_due"),
    "NI 147": ("pop_care_leavers", "has_suitable_accommodation", "is_accommodation_judged"),
    "NI 148": (
        "pop_care_leavers",
        "is_in_education_employment_or_training",
        "is_care_leaver",
    ),
}
"""Indicator -> (population, numerator or measure, denominator)."""
MODELS = ("pop_adoption_journeys", *sorted({population for population, _, _ in FIGURES.values()}))
TESTS = ()
SCORECARD = {
    "A1": ("entry_to_moving_in_days", "is_timed_to_moving_in"),
    "A2": ("order_to_match_days", "is_timed_to_match"),
    "A3": ("cast(has_waited_within_limit as integer)", "is_in_wait_base"),
    "A10": ("entry_to_adopters_days", "is_timed_to_moving_in"),
}
"""Measure of the adoption scorecard -> (what is summed, whom over) in its population."""


# ------------------------------------------------------------ invented boroughs


@dataclass
class Life:
    """What happens to a child, as far as it is known in the end."""

    child: str
    born: dt.date
    episodes: list[dict[str, str]] = field(default_factory=list)
    reviews: list[dt.date] = field(default_factory=list)
    decisions: list[tuple[dt.date, dt.date | None]] = field(default_factory=list)


def british(day: dt.date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def invented_life(rng: random.Random, child: str) -> Life:
    """Some years in care: homes, hospital, adoption, breaks, coming back."""
    entered = dt.date(2010, 4, 1) + dt.timedelta(rng.randrange(2400))
    if rng.random() < 0.2:
        entered = rng.choice([dt.date(2013, 9, 30), dt.date(2014, 9, 30), dt.date(2014, 10, 1)])
    age = rng.choice([0, 1, 3, 8, 12, 13, 14, 15, 16])
    born = entered - dt.timedelta(age * 365 + rng.randrange(366))
    life = Life(child, born)
    day, reason = entered, "S"
    carers = [(f"SC{rng.randrange(99)}", f"SS{rng.randrange(9)} 1AA") for _ in range(3)]
    carers.append(("", rng.choice(["", "SS9 9ZZ"])))
    status = rng.choice(["C2", "C2", "V2", "V2", "V3"])
    for place, nights in invented_homes(rng):
        if status != "V3" and place[0] == "A":
            status = "E1"
        away = place[0] == "T"
        urn, post = ("", "") if away else rng.choice(carers)
        end = None if nights is None else day + dt.timedelta(nights)
        row = {"CHILD": child, "DECOM": british(day), "RNE": reason, "LS": status, "CIN": "N1"}
        row |= {"PLACE": place, "DEC": british(end), "URN": urn, "PL_POST": post}
        row |= {"PLACE_PROVIDER": "" if away else "PR1", "REC": "" if end is None else "X1"}
        life.episodes.append(row)
        if end is None:
            break
        gap = rng.choice([0] * 9 + [1, 40])
        if gap:
            row["REC"] = rng.choice(["E4A", "E4B", "E8", "E44"])
            status = rng.choice(["C2", "V2", "V3"])
        day, reason = end + dt.timedelta(gap), "S" if gap else rng.choice("PPPPLTB")
    final = life.episodes[-1]
    if final["REC"] == "X1":
        adopted = final["PLACE"][0] == "A" or rng.random() < 0.05
        final["REC"] = rng.choice(["E11", "E12"] if adopted else ["E4A", "E4", "E43", "E5", "X1"])
    invented_reviews(rng, life, entered)
    return life


def invented_homes(rng: random.Random) -> Iterator[tuple[str, int | None]]:
    """Places and how long the child stays in each; None stays for good."""
    for _ in range(rng.randrange(1, 7)):
        place = rng.choice(["U6", "U6", "U6", "U4", "K2", "P1", "T1", "T4", "A5"])
        short = [1, 6, 7, 8, 14, 30]
        nights = rng.choice(short if place[0] == "T" else [*short, 90, 200, 365, 731, 900, 1100])
        yield place, nights
    if rng.random() < 0.35:
        yield rng.choice(["A6", "A6", "A5"]), rng.choice([100, 200, 400, 731, None])
    else:
        yield rng.choice(["U6", "U4", "K2"]), rng.choice([30, 300, 740, None, None, None])


def invented_reviews(rng: random.Random, life: Life, entered: dt.date) -> None:
    day = entered + dt.timedelta(rng.choice([10, 26, 27, 28, 29, 30]))
    step = rng.choice([80, 90, 92])
    while day < closes(YEARS[-1]):
        life.reviews.append(day)
        late = rng.random() < 0.04
        day += dt.timedelta(step + (rng.choice([20, 200]) if late else 0))
        step = rng.choice([80, 150, 175, 181, 182, 184])
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        decided = entered + dt.timedelta(rng.randrange(900))
        away = rng.choice([None, None, None, decided + dt.timedelta(rng.randrange(1, 500))])
        life.decisions.append((decided, away))
    for row in life.episodes:
        moved = read_date(row["DECOM"])
        if row["PLACE"][0] == "A" and moved is not None and rng.random() < 0.7:
            year_before = dt.date(moved.year - 1, moved.month, min(moved.day, 28))
            life.decisions.append((rng.choice([year_before, moved - dt.timedelta(60)]), None))


def invented_returns(seed: int, children: int) -> dict[int, dict[str, list[Row]]]:
    """The returns of every year, each with faults of its own."""
    rng = random.Random(seed)  # noqa: S311 - to invent children, not secrets
    lives = [invented_life(rng, f"{seed:02d}{number:04d}") for number in range(children)]
    return {year: invented_return(rng, lives, year) for year in YEARS}


def invented_return(rng: random.Random, lives: Sequence[Life], year: int) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for life in lives:
        episodes = [shown for row in life.episodes if (shown := as_returned(rng, row, year))]
        left_out = rng.random() < 0.02
        age = year + 1 - life.born.year
        if (not episodes or left_out) and not 18 <= age <= 23:
            continue
        born = "" if life.child.endswith("7") else british(life.born)
        me: Row = {"CHILD": life.child, "DOB": born}
        if rng.random() > 0.02:
            tables["header"].append(me | {"SEX": rng.choice("12"), "ETHNIC": "WBRI", "UPN": "UN1"})
        if 18 <= age <= 23:
            tables["oc3"].append(me | invented_leaver(rng))
        if not episodes or left_out:
            continue
        tables["episodes"] += episodes
        tables["oc2"].append(me | invented_health(rng))
        tables["reviews"] += [
            me | {"REVIEW": british(day), "REVIEW_CODE": rng.choice(["PN0", "PN1", "PN7"])}
            for day in life.reviews
            if opens(year) <= day <= closes(year)
        ]
        tables["placed_for_adoption"] += [
            me
            | {
                "DATE_PLACED": british(day),
                "DATE_PLACED_CEASED": british(away if away and away <= closes(year) else None),
            }
            for day, away in life.decisions
            if day <= closes(year) and rng.random() < 0.9
        ]
        if any(row["REC"] in {"E11", "E12"} for row in episodes):
            decided = min((day for day, _ in life.decisions), default=None)
            tables["ad1"].append(me | {"DATE_INT": british(decided)} | invented_match(life))
    for rows in tables.values():
        rng.shuffle(rows)
    return tables


def invented_match(life: Life) -> dict[str, str]:
    """A match some days before or after the order that comes with the adoptive placement."""
    rng = random.Random(life.child)  # noqa: S311 - to invent children, not secrets
    ordered = [read_date(row["DECOM"]) for row in life.episodes if row["LS"] == "E1"]
    if not ordered or ordered[0] is None or rng.random() < 0.1:
        return {"FOSTER_CARE": "1"}
    matched = ordered[0] + dt.timedelta(rng.choice([-30, -1, 0, 1, 45, 200]))
    return {"DATE_MATCH": british(matched), "FOSTER_CARE": rng.choice("001")}


def as_returned(rng: random.Random, row: Row, year: int) -> Row | None:
    """An episode as a year's return shows it; None where it does not."""
    start, end = read_date(row["DECOM"]), read_date(row["DEC"])
    assert start is not None
    if start > closes(year) or (end is not None and end < opens(year)) or rng.random() < 0.01:
        return None
    shown = dict(row)
    if end is None or end > closes(year):
        shown |= {"DEC": "", "REC": ""}
    chance = rng.random()
    if chance < 0.01:
        shown["DECOM"] = british(start + dt.timedelta(3))
    elif chance < 0.02:
        shown["DECOM"] = "31/02/2016"
    elif chance < 0.03:
        shown["DEC"] = british(start)
    return shown


def invented_leaver(rng: random.Random) -> dict[str, str]:
    touch = rng.choice(["YES"] * 6 + ["NO", "DIED", "RHOM", "REFU"])
    if touch in {"NO", "DIED", "RHOM"}:
        return {"IN_TOUCH": touch, "ACTIV": "0", "ACCOM": "0"}
    return {
        "IN_TOUCH": touch,
        "ACTIV": rng.choice(["F1", "F2", "P3", "G4", "G5", "0"]),
        "ACCOM": rng.choice(["U1", "D1", "X2", "G1", "H2", "R1", "Z1", "0", ""]),
    }


def invented_health(rng: random.Random) -> dict[str, str]:
    score = rng.choice(["", "0", "40", "41", "9", "14", "21"])
    return {"SDQ_SCORE": score, "SDQ_REASON": "" if score else "SDQ2", "IMMUNISATIONS": "1"}


def write_return(folder: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), restval="")
            writer.writeheader()
            writer.writerows(rows)


# ------------------------------------------------------------ the built populations


@dataclass(frozen=True)
class Built:
    """A warehouse with the populations of every return above, and where the files are."""

    connection: duckdb.DuckDBPyConnection
    folders: Mapping[str, Mapping[int, Path]]

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, parameters).fetchall()


def write_demo(landing_dir: Path) -> None:
    quotas = load_quotas()
    lived = borough.simulate("882", 882, quotas)
    for name, content in ssda903.files(lived, [year + 1 for year in DEMO_YEARS], quotas):
        path = landing_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def folders(landing_dir: Path, authority: str, years: Sequence[int]) -> dict[int, Path]:
    """Where an authority's returns are, by the year they begin in."""
    returns = landing_dir / "ssda903" / authority
    return {year: returns / f"{year}-{year % 100 + 1}" for year in years}


def send(landing_dir: Path) -> None:
    """Write the returns of the demo borough and of the invented ones."""
    write_demo(landing_dir)
    for seed, authority in enumerate(BOROUGHS, start=1):
        target = folders(landing_dir, authority, YEARS)
        for year, tables in invented_returns(seed, 110).items():
            write_return(target[year], tables)


@pytest.fixture(scope="module")
def built(boroughs: Settings) -> Iterator[Built]:
    landing_dir = boroughs.landing_dir
    returned = {authority: folders(landing_dir, authority, YEARS) for authority in BOROUGHS}
    returned["882"] = folders(landing_dir, "882", DEMO_YEARS)
    with duckdb.connect(str(boroughs.warehouse_file), read_only=True) as connection:
        yield Built(connection, returned)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """England's bank holidays."""
    rows = read_rows(PROJECT_ROOT / "seeds" / "calendar" / "ref_england_bank_holidays.csv")
    return Calendar(frozenset(dt.date.fromisoformat(row["holiday_date"]) for row in rows))


def found_figures(built: Built, authority: str, label: str) -> dict[str, tuple[int, int]]:
    figures = {}
    for name, (population, counted, base) in FIGURES.items():
        [(numerator, denominator)] = built.rows(
            f"""
            select coalesce(sum(cast({counted} as integer)) filter (where {base}), 0),
                count(*) filter (where {base})
            from marts.{population} where la_code = ? and period_label = ?
            """,
            authority,
            label,
        )
        assert isinstance(numerator, int)
        assert isinstance(denominator, int)
        figures[name] = (numerator, denominator)
    return figures


CASES = [
    *(("882", year) for year in DEMO_YEARS if year < 2017),
    *((authority, year) for authority in BOROUGHS for year in YEARS),
]


@pytest.mark.parametrize(("authority", "year"), CASES)
def test_figures_agree_with_those_worked_out_by_hand(
    built: Built, calendar: Calendar, authority: str, year: int
) -> None:
    expected = figures_of(built.folders[authority], year, calendar)
    found = found_figures(built, authority, f"{year}/{year % 100 + 1}")
    assert found == {name: expected[name] for name in FIGURES}


def test_the_invented_boroughs_exercise_the_rules(built: Built) -> None:
    """An agreement of zeros would prove nothing."""
    found = [
        found_figures(built, authority, f"{year}/{year % 100 + 1}")
        for authority in BOROUGHS
        for year in YEARS
    ]
    for name in FIGURES:
        numerator, denominator = (sum(figures[name][part] for figures in found) for part in (0, 1))
        whole = name in {"JC-LACN", "JC-LACSTART", "JC-LACCEASE"}
        assert numerator > 10, name
        assert whole or numerator != denominator, name


def test_a_figure_does_not_change_when_a_later_year_is_returned(built: Built) -> None:
    """Each year's histories end with what was returned by then."""
    [(later,)] = built.rows(
        "select count(*) from intermediate.int_looked_after__histories"
        " where episode_start_date > period_end"
    )
    assert later == 0


def found_scorecard(built: Built, authority: str, label: str) -> dict[str, tuple[int, int]]:
    """Each measure's sum and base in one period of the scorecard."""
    figures = {}
    for name, (summed, base) in SCORECARD.items():
        [(total, children)] = built.rows(
            f"""
            select coalesce(sum({summed}) filter (where {base}), 0), count(*) filter (where {base})
            from marts.pop_adoption_journeys where la_code = ? and period_label = ?
            """,
            authority,
            label,
        )
        assert isinstance(total, int)
        assert isinstance(children, int)
        figures[name] = (total, children)
    return figures


def periods_of_scorecards(years: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Each year, and each three years that were all returned."""
    for year in years:
        yield f"{year}/{year % 100 + 1}", [year]
        if year - 2 in years:
            yield f"{year - 2}-{year % 100 + 1}", [year - 2, year - 1, year]


@pytest.mark.parametrize("authority", ["882", *BOROUGHS])
def test_the_adoption_scorecard_agrees_with_journeys_followed_by_hand(
    built: Built, authority: str
) -> None:
    years = [year for year in built.folders[authority] if year < 2017]
    expected = {
        label: scorecard_of(built.folders[authority], together)
        for label, together in periods_of_scorecards(years)
    }
    found = {label: found_scorecard(built, authority, label) for label in expected}
    assert found == expected


def test_the_invented_boroughs_exercise_the_scorecard(built: Built) -> None:
    """Children of foster carers, matches before the order, and waits on both sides of the limit."""
    found = [
        found_scorecard(built, authority, label)
        for authority in BOROUGHS
        for label in ("2013-16", "2014-17")
    ]
    for name in SCORECARD:
        assert sum(figures[name][1] for figures in found) > 5, name
    within, base = (sum(figures["A3"][part] for figures in found) for part in (0, 1))
    assert 0 < within < base
    assert any(figures["A1"] != figures["A10"] for figures in found)
    [(early,)] = built.rows(
        "select count(*) from marts.pop_adoption_journeys"
        " where order_to_match_days = 0 and la_code in (?, ?, ?)",
        *BOROUGHS,
    )
    assert isinstance(early, int)
    assert early > 0
