"""National statistics from the files as published to ``fct_benchmarks``.

The department's files are landed by the landing engine and built by dbt; the expected figures
come from the tool's published table by plain Python that shares no SQL with the models.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from fixtures.homes import NewHome

from orchestration.dbt import PointInTime, run_dbt
from orchestration.landing import LandingOptions, land
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

TOOL_FILES = (
    "bds_long_0.parquet",
    "lait_data_dictionary.csv",
    "sn_april_2021.xlsx",
    "sn_may_2025.xlsx",
    "la_code_list.csv",
)
ENGLAND = "970"
LONDON_PARTS = {"London (Inner)": "987", "London (Outer)": "988"}
LONDON = "986"

ORACLE_MEASURES = {
    "LAC": "no polarity",
    "LACStable_2016on": "low, whole numbers with many ties",
    "LAC_LongStable%": "high, whole numbers with many ties",
    "ReReferral": "low, one decimal",
    "AVG_Attain8_Score": "high, and an abolished authority beside its successors",
    "CINPermExclusion": "two titles of which one has no quartiles, and the mistaken label 0",
    "CINPermAbsent_3Term": "two titles, decimals differ",
    "RTA": "three-year labels",
    "TotPermEx": "labels as 2023/24",
    "16-17 NEET": "numbers with more decimals in some years",
    "FirstYJS": "an England figure that is the sum of its regions, read all the same",
    "LACFinance": "polarity NA",
}


@dataclass(frozen=True)
class Warehouse:
    """A built warehouse and what it said before earlier releases were landed.

    Attributes:
        file: The warehouse.
        before: Parquet of ``fct_benchmarks`` when only the newest releases had landed.
    """

    file: Path
    before: Path

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()


@pytest.fixture(scope="module")
def published(shared: Path) -> Path:
    return shared / "returns" / "published"


def deliver(settings: Settings, files: Iterable[Path], folder: str, day: int) -> list[str]:
    """Land copies of files, received on a day of January 2026; give their fates."""
    target = settings.landing_dir / "published_statistics" / folder
    target.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, target / file.name)
    summary = land(
        settings,
        None,
        dt.datetime(2026, 1, day, tzinfo=dt.UTC),
        options=LandingOptions(settle_seconds=0),
    )
    return [delivery.fate for delivery in summary.deliveries]


def build(settings: Settings, point: PointInTime, *arguments: str) -> None:
    left_out = ["--exclude-resource-type", "unit_test"]
    assert run_dbt(settings, point, ["build", "--quiet", *left_out, *arguments]) == 0


@pytest.fixture(scope="module")
def warehouse(published: Path, new_home: NewHome, point: PointInTime) -> Warehouse:
    """The newest releases landed and built, then earlier ones landed after them."""
    settings = new_home("benchmarks", point)
    newest = [*sorted((published / "ees/current").glob("*.csv"))]
    newest += [published / "lait" / name for name in TOOL_FILES]
    assert set(deliver(settings, newest, "newest", 1)) == {"accepted"}
    build(settings, point, "test", "--select", "+fct_benchmarks")
    before = settings.home / "before.parquet"
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        connection.execute(f"copy marts.fct_benchmarks to '{before}'")
    earlier = [*sorted((published / "ees/release_2024").glob("*.csv"))]
    earlier += sorted((published / "lait/earlier").glob("*.parquet"))
    assert set(deliver(settings, earlier, "earlier", 2)) == {"accepted"}
    everything = ["+fct_benchmarks", "+fct_benchmark_revisions", "staging.published_statistics"]
    build(settings, point, "--select", *everything)
    return Warehouse(settings.warehouse_file, before)


@pytest.mark.parametrize("source", ["lait", "ees"])
@pytest.mark.parametrize(
    ("indicator_id", "expected"),
    [
        ("JC-LACR", (80.0, 72.1, 10, 49.0, 67.0, None, None, None)),
        ("NI 62", (11.0, None, 10, None, None, 78, 151, "C")),
        ("JC-RR", (17.1, None, 10, None, None, 42, 153, "B")),
    ],
)
def test_southend_in_2025(
    warehouse: Warehouse, source: str, indicator_id: str, expected: tuple[object, ...]
) -> None:
    """Children looked after per 10,000, three or more placements, re-referrals."""
    [found] = warehouse.rows(
        """
        select
            value, statistical_neighbour_mean, statistical_neighbour_count, region_value,
            england_value, national_rank, ranked_authorities, quartile
        from marts.fct_benchmarks
        where
            source = ? and indicator_id = ? and area_code = 'E06000033'
            and source_period = '2025' and period_label = '2024/25'
        """,
        source,
        indicator_id,
    )
    for figure, wanted in zip(found, expected, strict=True):
        if isinstance(wanted, float):
            assert figure == pytest.approx(wanted, abs=1e-9)
        elif wanted is not None:
            assert figure == wanted
    if indicator_id == "JC-LACR":
        assert found[5:] == (None, None, None)


def test_the_statistics_files_give_the_tools_numbers(warehouse: Warehouse) -> None:
    """Where both have an area and year they differ as the data pack says, and nowhere else."""
    differences = warehouse.rows(
        """
        select ees.la_code, ees.status, ees.value, lait.value, count(*)
        from marts.fct_benchmarks as ees
        inner join marts.fct_benchmarks as lait
            on
                ees.measure_title = lait.measure_title
                and ees.la_code = lait.la_code
                and ees.period_label = lait.period_label
        where
            ees.source = 'ees' and lait.source = 'lait'
            and ees.value is distinct from lait.value
        group by all
        order by all
        """
    )
    scilly = [row for row in differences if row[0] == "420"]
    symbols = [row for row in differences if row[0] != "420"]
    assert sum(int(str(row[4])) for row in scilly) == 14
    assert all(row[1:4] == ("final", 0.0, None) for row in scilly)
    assert sum(int(str(row[4])) for row in symbols) == 7
    assert all(row[2] is None and row[3] == 0.0 for row in symbols)
    assert {row[1] for row in symbols} == {"rounds_to_zero", "low_reliability"}


def test_an_earlier_release_landed_later_changes_no_figure(warehouse: Warehouse) -> None:
    """Of the tool's table not a cell moves; of the files no figure nor what it is ranked in."""
    compared = (
        "source, measure_id, measure_title, topic, unit, polarity, indicator_id, area_code, "
        "source_period, period_label, value, status, statistical_neighbour_mean, "
        "statistical_neighbour_count, region_value, england_value, national_rank, "
        "ranked_authorities, quartile, release, delivery_id"
    )
    # Rows are counted once before and once against, which takes a third of two `except all`.
    gone = f"""
        select {compared}, sum(times) as more_often from (
            select {compared}, 1 as times from '{warehouse.before}'
            union all
            select {compared}, -1 from marts.fct_benchmarks
        )
        group by all having more_often > 0
    """
    assert warehouse.rows(f"select count(*) from ({gone})") == [(0,)]
    moved = f"""
        select * exclude (times), sum(times) as more_often from (
            select *, 1 as times from '{warehouse.before}' where source = 'lait'
            union all
            select *, -1 from marts.fct_benchmarks where source = 'lait'
        )
        group by all having more_often <> 0
    """
    assert warehouse.rows(f"select count(*) from ({moved})") == [(0,)]


def test_an_earlier_release_adds_what_the_later_dropped(warehouse: Warehouse) -> None:
    """The file of 2025 has no rates of children in need; the release of 2024 keeps them."""
    found = warehouse.rows(
        """
        select source_period, value, release
        from marts.fct_benchmarks
        where
            measure_id = 'b1_children_in_need/at31_episodes_rate/category=children in need'
            and area_code = 'E92000001' and source_period = '2024'
        """
    )
    assert found == [("2024", 332.9, "2024")]


def read_revisions(published: Path) -> set[tuple[str, str, str, float | None, float | None]]:
    """Changes of the tool's table between its two snapshots, told without SQL."""

    def figures(file: Path) -> dict[tuple[str, str, str], float | None]:
        return {
            (row.measure, row.label, row.area): row.value
            for row in tool_rows(file)
            if int(row.area) in range(200, 991)
        }

    newer = figures(published / "lait" / TOOL_FILES[0])
    [older_file] = (published / "lait/earlier").glob("*.parquet")
    older = figures(older_file)
    return {
        (*key, older[key], newer[key])
        for key in older.keys() & newer.keys()
        if older[key] != newer[key]
    }


def test_revisions_of_the_tool_are_listed_whole(warehouse: Warehouse, published: Path) -> None:
    expected = read_revisions(published)
    found = warehouse.rows(
        """
        select
            measure_id, source_period, la_code, previous_value, new_value, previous_release,
            new_release, previous_delivery_id, new_delivery_id
        from marts.fct_benchmark_revisions
        inner join marts.dim_areas using (area_code)
        where source = 'lait'
        """
    )
    assert len(expected) > 2000
    assert {row[:5] for row in found if row[3] != row[4]} == expected
    assert all(str(row[5]) < str(row[6]) for row in found)
    # The newer snapshot arrived first: order of release, not of arrival.
    assert all(int(str(row[7])) > int(str(row[8])) for row in found)


def test_revisions_of_the_files_are_listed(warehouse: Warehouse, published: Path) -> None:
    """Looked-after children on 31 March in the two releases, read as plain CSV."""
    name = "cla_number_and_rate_per_10k_children.csv"

    def rates(folder: str, group: str, at: str) -> dict[tuple[str, str], str]:
        with (published / "ees" / folder / name).open(encoding="utf-8-sig", newline="") as file:
            return {
                (row["old_la_code"], row["time_period"]): row["rate_per_10000"]
                for row in csv.DictReader(file)
                if row[group] == f"Children looked after {at} 31 March each year"
                and row["old_la_code"]
            }

    newer = rates("current", "population_type", "on")
    older = rates("release_2024", "population_count", "at")
    expected = {key for key in newer.keys() & older.keys() if newer[key] != older[key]}
    found = warehouse.rows(
        """
        select la_code, source_period
        from marts.fct_benchmark_revisions
        inner join marts.dim_areas using (area_code)
        where
            measure_id = 'cla_number_and_rate_per_10k_children/rate_per_10000/'
            || 'population_type=children looked after on 31 march each year'
            and area_type = 'local_authority'
        """
    )
    assert expected
    assert set(found) == expected


@dataclass(frozen=True)
class ToolRow:
    """A row of the tool's long table."""

    measure: str
    label: str
    area: str
    value: float | None


def tool_rows(file: Path) -> Iterator[ToolRow]:
    table = pq.read_table(file).to_pydict()
    for measure, label, area, text in zip(
        table["Short Desc"], table["Years"], table["LA Number"], table["Values"], strict=True
    ):
        value = None if text in {"-", "c", "..", None} else float(text)
        yield ToolRow(measure.strip(), label, str(int(area)), value)


@dataclass(frozen=True)
class Expected:
    """The comparison figures of one cell, as the rules say."""

    value: float | None
    mean: float | None
    count: int | None
    region: float | None
    england: float | None
    change: float | None
    rank: int | None
    quartile: str | None


class Oracle:
    """The rules of the published data pack, followed for one measure and title at a time."""

    def __init__(self, published: Path) -> None:
        self.figures: dict[str, dict[str, dict[str, float | None]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for row in tool_rows(published / "lait" / TOOL_FILES[0]):
            self.figures[row.measure][row.label][row.area] = row.value
        self.neighbours: dict[str, list[str]] = defaultdict(list)
        self.region_names: dict[str, str] = {}
        with (published / "lait/sn_long.csv").open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file):
                if line["model"] == "2025":
                    self.neighbours[line["la_number"]].append(line["neighbour_la_number"])
                    self.region_names[line["la_number"]] = line["region_name"]
        with (published / "lait/la_code_list.csv").open(encoding="utf-8-sig", newline="") as file:
            self.region_numbers = {
                line["LA Name"]: line["LA Number"]
                for line in csv.DictReader(file)
                if 980 <= int(line["LA Number"]) <= 990
            }

    def cells(
        self, measure: str, polarity: str, no_quartile: bool
    ) -> Iterator[tuple[str, str, Expected]]:
        """Every label and area of a measure."""
        years = self.figures[measure]
        labels = sorted(years, key=lambda label: int(label[:4]) if label != "0" else 0)
        for place, label in enumerate(labels):
            year = years[label]
            before = years[labels[place - 1]] if place else {}
            numbers = sorted(v for a, v in year.items() if int(a) < 970 and v is not None)
            cuts = (
                [float(np.quantile(numbers, p, method="linear")) for p in (0.25, 0.5, 0.75)]
                if numbers
                else []
            )
            for area, value in year.items():
                is_authority = int(area) < 970
                ranked = is_authority and value is not None and polarity in {"High", "Low"}
                known = [year[n] for n in self.neighbours.get(area, ()) if year.get(n) is not None]
                previous = before.get(area)
                yield (
                    label,
                    area,
                    Expected(
                        value,
                        statistics.fmean(v for v in known if v is not None) if known else None,
                        len(known) if is_authority else None,
                        self._region(measure, labels, year, area) if is_authority else None,
                        year[ENGLAND],
                        None if value is None or previous is None else value - previous,
                        self._rank(numbers, value, polarity) if ranked else None,
                        self._band(cuts, value, polarity) if ranked and not no_quartile else None,
                    ),
                )

    def _region(
        self, measure: str, labels: Sequence[str], year: Mapping[str, float | None], area: str
    ) -> float | None:
        name = self.region_names[area]
        if name not in LONDON_PARTS:
            return year[self.region_numbers[name]]
        part = LONDON_PARTS[name]
        highest = int(labels[-1][:4])
        latest = [label for label in labels if int(label[:4]) == highest]
        has_part = any(self.figures[measure][label].get(part) is not None for label in latest)
        return year.get(part) if has_part else year[LONDON]

    @staticmethod
    def _rank(numbers: Sequence[float], value: float | None, polarity: str) -> int:
        assert value is not None
        if polarity == "High":
            return 1 + sum(other > value for other in numbers)
        return 1 + sum(other < value for other in numbers)

    @staticmethod
    def _band(cuts: Sequence[float], value: float | None, polarity: str) -> str:
        assert value is not None
        place = next((i for i, cut in enumerate(cuts) if value <= cut), 3)
        return ("DCBA" if polarity == "High" else "ABCD")[place]


@pytest.fixture(scope="module")
def oracle(published: Path) -> Oracle:
    return Oracle(published)


@pytest.fixture(scope="module")
def dictionary(published: Path) -> list[dict[str, str]]:
    with (published / "lait/lait_data_dictionary.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        return list(csv.DictReader(file))


def london_fallbacks(oracle: Oracle) -> list[str]:
    """Measures without inner London in their highest year although London has a number."""
    found = []
    for measure, years in oracle.figures.items():
        highest = max(int(label[:4]) for label in years)
        latest = [year for label, year in years.items() if int(label[:4]) == highest]
        if all(year["987"] is None for year in latest) and latest[0][LONDON] is not None:
            found.append(measure)
    return sorted(found)


def check(warehouse: Warehouse, oracle: Oracle, line: Mapping[str, str]) -> int:
    """Compare all cells of one dictionary line; give how many there were."""
    measure, title = line["Measure_short"].strip(), line["Measure"].strip()
    found = {
        (str(row[0]), str(row[1])): Expected(*row[2:])  # type: ignore[arg-type]
        for row in warehouse.rows(
            """
            select
                source_period, la_code, value, statistical_neighbour_mean,
                statistical_neighbour_count, region_value, england_value, change, national_rank,
                quartile
            from marts.fct_benchmarks
            where source = 'lait' and measure_id = ? and measure_title = ?
            """,
            measure,
            title,
        )
    }
    expected = {
        (label, area): cell
        for label, area, cell in oracle.cells(measure, line["Polarity"], line["No_Quartile"] == "N")
    }
    assert found.keys() == expected.keys(), (measure, title)
    for key, cell in expected.items():
        got = found[key]
        assert (got.count, got.rank, got.quartile) == (cell.count, cell.rank, cell.quartile), (
            measure,
            title,
            key,
        )
        for name in ("value", "mean", "region", "england", "change"):
            wanted = getattr(cell, name)
            if wanted is not None:
                wanted = pytest.approx(wanted, rel=1e-12, abs=1e-9)
            assert getattr(got, name) == wanted, (measure, title, key, name)
    return len(expected)


@pytest.mark.parametrize("measure", ORACLE_MEASURES, ids=str)
def test_every_cell_agrees_with_the_rules_followed_by_hand(
    warehouse: Warehouse, oracle: Oracle, dictionary: list[dict[str, str]], measure: str
) -> None:
    lines = [line for line in dictionary if line["Measure_short"].strip() == measure]
    assert lines
    for line in lines:
        assert check(warehouse, oracle, line) == 170 * len(oracle.figures[measure])


def test_london_stands_for_its_parts_where_they_have_no_number(
    warehouse: Warehouse, oracle: Oracle, dictionary: list[dict[str, str]]
) -> None:
    measures = london_fallbacks(oracle)
    assert measures
    for line in dictionary:
        if line["Measure_short"].strip() in measures[:3]:
            check(warehouse, oracle, line)


def test_the_oracle_meets_what_it_is_there_for(
    oracle: Oracle, dictionary: list[dict[str, str]]
) -> None:
    """Ties, an abolished authority ranked beside others, and neighbours without a number."""
    cells = list(oracle.cells("LACStable_2016on", "Low", no_quartile=False))
    ranks = [cell.rank for label, _, cell in cells if label == "2025" and cell.rank]
    assert len(set(ranks)) < len(ranks)
    assert any(cell.count is not None and 0 < cell.count < 10 for _, _, cell in cells)
    abolished = {"835", "836", "837", "909", "928"}
    assert any(
        cell.rank is not None and cell.mean is not None
        for _, area, cell in cells
        if area in abolished
    )
    shorts = {line["Measure_short"].strip(): line for line in dictionary}
    assert {shorts[m]["Polarity"] for m in ORACLE_MEASURES} >= {"High", "Low", "-", "NA"}
    assert any(line["No_Quartile"] == "N" for line in dictionary)


def test_one_row_for_each_measure_title_area_and_label(
    warehouse: Warehouse, oracle: Oracle, dictionary: list[dict[str, str]]
) -> None:
    """446 titles of 434 sets of numbers, each area and label of them once."""
    titles = {(line["Measure_short"].strip(), line["Measure"].strip()) for line in dictionary}
    cells = sum(170 * len(oracle.figures[measure]) for measure, _ in titles)
    assert len(titles) == 446
    assert warehouse.rows(
        """
        select count(distinct measure_title), count(distinct measure_id), count(*)
        from marts.fct_benchmarks
        where source = 'lait'
        """
    ) == [(446, 434, cells)]
    [(topics,)] = warehouse.rows(
        "select count(distinct topic) from marts.fct_benchmarks where topic like '% / %'"
    )
    assert topics >= 1


def test_no_symbol_became_a_number(warehouse: Warehouse) -> None:
    """Every cell the publisher left without a number is one here, with the reason it gave."""
    assert warehouse.rows(
        "select count(*) from marts.fct_benchmarks where (value is null) = (status = 'final')"
    ) == [(0,)]
    statuses = {
        str(row[0])
        for row in warehouse.rows(
            "select distinct status from marts.fct_benchmarks where source = 'ees'"
        )
    }
    assert statuses == {
        "final",
        "suppressed",
        "not_available",
        "not_applicable",
        "low_reliability",
        "rounds_to_zero",
    }
