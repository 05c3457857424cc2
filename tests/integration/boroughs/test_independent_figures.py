"""Figures of whole random boroughs against a computation that shares nothing with the marts.

The demo writes boroughs of its own invention with faults planted in their files: records that
contradict each other, files cut short, in another encoding, of another year. They are landed and
built like any return, and each figure of ``fct_indicator_values`` is held against plain Python over
the same files. What a fault does to a figure follows from what the returns mean: a row that is
none is not there, a file that cannot be read was not returned, and a figure that needs it is not
given at all.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.children_in_need_by_hand import SINGLE_FROM, figures, read_census
from fixtures.looked_after_by_hand import Calendar, figures_of, read_rows

import demo
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.heavy


@dataclass(frozen=True)
class Borough:
    """A borough to invent: another seed gives other children and other faults."""

    la_code: str
    seed: int
    year_ends: range


BOROUGHS = (
    Borough("881", 3, range(2010, 2017)),
    Borough("883", 11, range(2011, 2018)),
    Borough("884", 29, range(2012, 2019)),
)
RETURNS = ("ssda903", "cin_census")
MODELS = ("fct_indicator_values",)
TESTS = ()

# Indicator -> the tables it cannot do without, and how many years back of each: a repeat within a
# year needs last year's census; a review six months after the last, last year's reviews; a child
# looked after for two and a half years with two years in one place, the episodes of three returns.
LOOKED_AFTER: dict[str, Mapping[str, int]] = {
    "JC-LACN": {"episodes": 0},
    "JC-LACSTART": {"episodes": 0},
    "JC-LACCEASE": {"episodes": 0},
    "NI 58": {"episodes": 1, "oc2": 0},
    "NI 61": {"episodes": 0, "placed_for_adoption": 1},
    "NI 62": {"episodes": 0},
    "NI 63": {"episodes": 2},
    "NI 66": {"episodes": 0, "reviews": 1},
    "NI 147": {"oc3": 0},
    "NI 148": {"oc3": 0},
}
IN_NEED: dict[str, Mapping[str, int]] = {
    "NI 59": {"cin_census": 0},
    "NI 60": {"cin_census": 0},
    "NI 64": {"cin_census": 0},
    "NI 65": {"cin_census": 1},
    "NI 67": {"cin_census": 1},
    "NI 68": {"cin_census": 0},
    "JC-RR": {"cin_census": 1},
    "JC-SA45": {"cin_census": 0},
    "JC-CPPN": {"cin_census": 0},
}
COUNTS = {"JC-LACN", "JC-LACSTART", "JC-LACCEASE", "JC-CPPN"}

Figure = tuple[float, float] | None
"""Numerator and denominator (0 for a count); None where the figure cannot be given."""


# ------------------------------------------------------------ the files as a reader takes them


def unreadable_files(landing_dir: Path) -> set[str]:
    """Files that say nothing of their year: they cannot be read, or are another year's."""
    with (landing_dir / demo.FAULTS).open(encoding="utf-8", newline="") as file:
        return {
            row["file"]
            for row in csv.DictReader(file)
            if row["level"] == "file" and row["rules"] in {"refused", "held"}
        }


def as_understood(content: bytes) -> bytes:
    """A CSV file as its sender meant it, without the rows that are none."""
    text = content.decode("utf-8-sig")
    if ";" in text.partition("\n")[0]:
        text = text.replace(";", ",")
    header, *rows = text.splitlines()
    cells = header.count(",")
    kept = [row for row in rows if row.count(",") == cells and "\0" not in row and row.strip()]
    return "\n".join([header.upper(), *kept, ""]).encode()


def understood_folder(landing_dir: Path, target: Path) -> Path:
    """A copy of the landing zone that holds what its files say."""
    unreadable = unreadable_files(landing_dir)
    for path in sorted(path for name in RETURNS for path in landing_dir.glob(f"{name}/*/*/*.*")):
        name = path.relative_to(landing_dir).as_posix()
        if name not in unreadable:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            (target / name).write_bytes(
                as_understood(content) if path.suffix == ".csv" else content
            )
    return target


# ------------------------------------------------------------ the figures


def label(year_end: int) -> str:
    return f"{year_end - 1}/{year_end % 100:02d}"


def folder_of(year_end: int) -> str:
    return label(year_end).replace("/", "-")


def is_there(files: Path, needs: Mapping[str, int], year_end: int) -> bool:
    """Whether every table an indicator rests on was returned, for every year it looks back to."""
    return all(
        list(files.glob(f"{folder_of(year_end - back)}/{table}.*"))
        for table, years_back in needs.items()
        for back in range(years_back + 1)
    )


def expected_figures(understood: Path, borough: Borough) -> dict[tuple[str, str], Figure]:
    """Every figure of every year, by indicator and period."""
    expected: dict[tuple[str, str], Figure] = {}
    holidays = read_rows(PROJECT_ROOT / "seeds" / "calendar" / "ref_england_bank_holidays.csv")
    calendar = Calendar(
        frozenset(dt.date.fromisoformat(row["holiday_date"]) for row in holidays),
    )
    looked_after = understood / "ssda903" / borough.la_code
    in_need = understood / "cin_census" / borough.la_code
    returns = {year_end - 1: looked_after / folder_of(year_end) for year_end in borough.year_ends}
    censuses = [
        read_census(path, int(path.parent.name[:4]) + 1)
        for path in sorted(in_need.glob("*/cin_census.xml"))
    ]
    for year_end in borough.year_ends:
        found = figures_of(returns, year_end - 1, calendar)
        for name, needs in LOOKED_AFTER.items():
            given = is_there(looked_after, needs, year_end)
            expected[name, label(year_end)] = found[name] if given else None
        past = [census for census in censuses if census.year_end <= year_end]
        counted = figures(past) if past and past[-1].year_end == year_end else {}
        for name, needs in IN_NEED.items():
            given = is_there(in_need, needs, year_end) and (
                name != "NI 68" or year_end < SINGLE_FROM
            )
            expected[name, label(year_end)] = counted[name] if given else None
    return {
        (name, period): (figure[0], 0) if figure and name in COUNTS else figure
        for (name, period), figure in expected.items()
    }


@dataclass(frozen=True)
class Built:
    """What the marts give, and the files as they are understood."""

    given: Mapping[str, Mapping[tuple[str, str], Figure]]
    understood: Mapping[str, Path]


def given_figures(
    warehouse: Path, la_codes: Sequence[str]
) -> dict[str, dict[tuple[str, str], Figure]]:
    """The marts' totals of whole years; a figure of nobody is given, as 0 of 0."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            select dim_areas.la_code, indicator_id, period_label, status, numerator, denominator
            from marts.fct_indicator_values
            inner join marts.dim_areas using (area_code)
            where breakdown = 'total' and basis = 'computed'
                and period_type not in ('month', 'quarter')
            """
        ).fetchall()
    given: dict[str, dict[tuple[str, str], Figure]] = {la_code: {} for la_code in la_codes}
    for la_code, name, period, status, numerator, denominator in rows:
        if la_code in given and (name in LOOKED_AFTER or name in IN_NEED):
            is_given = status in {"final", "not_applicable"}
            counted = (numerator or 0, 0 if name in COUNTS else denominator or 0)
            given[la_code][name, period] = counted if is_given else None
    return given


def written(landing_dir: Path, borough: Borough) -> Path:
    """Where all of a borough's returns are, and the list of their faults; not all are sent."""
    return landing_dir.with_name("written") / borough.la_code


def send(landing_dir: Path) -> None:
    """Write every borough, and send those of its returns that figures here rest on."""
    for borough in BOROUGHS:
        folder = written(landing_dir, borough)
        years = list(borough.year_ends)
        smallest = {"children_scale": 0.25}
        demo.write(folder, borough.la_code, borough.seed, years, faults=True, **smallest)
        for name in RETURNS:
            shutil.copytree(folder / name, landing_dir / name, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def built(boroughs: Settings, tmp_path_factory: pytest.TempPathFactory) -> Built:
    understood = {
        borough.la_code: understood_folder(
            written(boroughs.landing_dir, borough), tmp_path_factory.mktemp(borough.la_code)
        )
        for borough in BOROUGHS
    }
    return Built(given_figures(boroughs.warehouse_file, list(understood)), understood)


@pytest.mark.parametrize("borough", BOROUGHS, ids=lambda borough: borough.la_code)
def test_every_figure_of_every_year_agrees(built: Built, borough: Borough) -> None:
    expected = expected_figures(built.understood[borough.la_code], borough)
    given = built.given[borough.la_code]
    differing = {
        key: (given.get(key), figure)
        for key, figure in expected.items()
        if given.get(key) != figure
    }
    assert not differing


def test_the_boroughs_say_enough_to_agree_on(built: Built) -> None:
    """An agreement of zeros, or of nothing given, would prove nothing."""
    numerators: Counter[str] = Counter()
    rests: Counter[str] = Counter()
    missing = 0
    for figures_given in built.given.values():
        for (name, _), figure in figures_given.items():
            missing += figure is None
            if figure is not None:
                numerators[name] += int(figure[0])
                rests[name] += int(figure[1] - figure[0])
    named = {*LOOKED_AFTER, *IN_NEED}
    assert all(numerators[name] > 0 for name in named), numerators
    # Scores are summed and a flow may pass its whole; so few are adopted that all may be in time.
    shares = named - COUNTS - {"NI 58", "NI 61", "NI 68"}
    assert all(rests[name] > 0 for name in shares), rests
    assert missing > 10
