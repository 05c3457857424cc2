"""Invented national statistics, in the layouts the Department for Education publishes.

There are as many authorities as in England, under invented names but for the home one. Those
whose children were invented have the figures of those children; every other figure is drawn by
chance, so that neighbours, ranks and quartiles can be shown without anyone's real numbers. Written
are data sets in Explore Education Statistics layout, and the Local Authority Interactive Tool's
long table, dictionary, neighbour list and authority list.
"""

import csv
import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from demo.calendar import ReportingYear, birthday
from demo.calibration import Quotas
from demo.lives import Borough, Episode, Stay
from demo.returns import File, csv_file

Row = tuple[str, ...]
_Table = tuple[str, tuple[str, ...], list[Row]]

_FOLDER = "published_statistics/demo"
_COUNTRY = ("E92000001", "England")
_PLACE_COLUMNS = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "la_name", "new_la_code",
)  # fmt: skip
_TOOL_REGIONS = {
    "Inner London": "London (Inner)",
    "Outer London": "London (Outer)",
    "Yorkshire and The Humber": "Yorkshire and the Humber",
}
_TOOL_REGION_NUMBERS = {
    "England": "970", "North East": "980", "North West": "981", "Yorkshire and the Humber": "982",
    "East Midlands": "983", "West Midlands": "984", "East of England": "985", "London": "986",
    "London (Inner)": "987", "London (Outer)": "988", "South East": "989", "South West": "990",
}  # fmt: skip
_LONDON = ("E12000007", "London")
_NEIGHBOURS = 10
_REFERRALS_PER_CHILD = 0.055


@dataclass(frozen=True)
class Authority:
    """A local authority with children's services."""

    la_code: str
    area_code: str
    la_name: str
    region_code: str
    region_name: str
    la_type: str


@dataclass(frozen=True)
class Figures:
    """One authority's invented counts for one year to 31 March."""

    population: int
    looked_after: int
    started: int
    ceased: int
    three_or_more_placements: int
    referrals: int
    re_referrals: int

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.population + other.population,
            self.looked_after + other.looked_after,
            self.started + other.started,
            self.ceased + other.ceased,
            self.three_or_more_placements + other.three_or_more_placements,
            self.referrals + other.referrals,
            self.re_referrals + other.re_referrals,
        )


@dataclass(frozen=True)
class Measure:
    """A measure of the Interactive Tool: how it is named and worked out."""

    short: str
    title: str
    unit: str
    polarity: str
    decimals: int
    topic: str


_TOOL_MEASURES = (
    Measure("LAC", "Children looked after rate per 10,000", "Rate per 10,000", "-", 0,
            "Children Looked After"),
    Measure("LACnum", "Number of Children looked after", "Number", "-", 0,
            "Children Looked After"),
    Measure("LACStable_2016on", "Placement 1 - % CLA with three or more placements", "Percentage",
            "Low", 0, "Children Looked After"),
    Measure("ReReferral", "Re-referrals to children's social care", "Percentage", "Low", 1,
            "Children in Need"),
)  # fmt: skip


def authorities() -> list[Authority]:
    """England's local authorities, in order of their DfE number."""
    return [Authority(**row) for row in _data("authorities.csv")]


def _data(name: str) -> list[dict[str, str]]:
    text = resources.files("demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def files(
    home: str, seed: int, years: Sequence[int], own: Mapping[str, Mapping[int, Figures]]
) -> Iterator[File]:
    """Every file of invented statistics: path below the landing zone, and bytes.

    Args:
        home: the authority the run is for.
        seed: the seed of the run.
        years: the years published, by year end.
        own: the figures of the authorities whose children were invented; those of all others are
            drawn by chance.
    """
    rng = random.Random(f"{home}:{seed}:statistics")  # noqa: S311
    everywhere = authorities()
    figures = {}
    for one in everywhere:
        drawn = _invented_figures(rng, one, years)
        figures[one.la_code] = own.get(one.la_code, drawn)
    yield csv_file(*_looked_after(everywhere, figures, years))
    yield csv_file(*_placement_stability(everywhere, figures, years))
    yield csv_file(*_referrals(everywhere, figures, years))
    yield csv_file(*_tool_table(everywhere, figures, years))
    yield csv_file(*_tool_dictionary())
    yield csv_file(*_tool_neighbours(rng, everywhere))
    yield csv_file(*_tool_authorities(everywhere))


def figures_of(borough: Borough, years: Sequence[int], quotas: Quotas) -> dict[int, Figures]:
    """What a borough's children add up to in each year, as the Department would publish it.

    Args:
        borough: the children and their lives.
        years: the years wanted, by year end.
        quotas: the borough's own, for its population; and for referrals in years without cases.
    """
    by_child = {
        child: [stay for stay in stays if not stay.is_short_breaks]
        for child, stays in borough.stays_by_child().items()
    }
    referred: dict[int, list[dt.date]] = {}
    for case in borough.cases:
        referred.setdefault(case.person.number, []).append(case.referred)
    return {year: _figures(by_child, referred, ReportingYear(year), quotas) for year in years}


def _figures(
    by_child: Mapping[str, Sequence[Stay]],
    referred: Mapping[int, Sequence[dt.date]],
    year: ReportingYear,
    quotas: Quotas,
) -> Figures:
    stays = [stay for one in by_child.values() for stay in one]
    here = [
        known
        for known in by_child.values()
        if any(stay.in_care_on(year.last_day) for stay in known)
    ]
    population = quotas.get("population_under_18", year.year_end)
    referrals, again = _count_referrals(referred, year)
    if quotas.find("referrals", year.year_end) is None:
        referrals = round(population * _REFERRALS_PER_CHILD)
        again = referrals // 5
    return Figures(
        population=population,
        looked_after=len(here),
        started=sum(year.contains(stay.start) for stay in stays),
        ceased=len({stay.person.number for stay in stays if stay.end and year.contains(stay.end)}),
        three_or_more_placements=sum(_placements(known, year) >= 3 for known in here),
        referrals=referrals,
        re_referrals=again,
    )


def _placements(stays: Iterable[Stay], year: ReportingYear) -> int:
    """Placements in a year; a temporary one with a return to the same carer is none."""
    carers: list[list[Episode]] = []
    for stay in stays:
        if stay.start > year.last_day or (stay.end and stay.end < year.first_day):
            continue
        for episode in stay.episodes:
            if episode.start > year.last_day or (episode.end and episode.end < year.first_day):
                continue
            if not carers or episode.reason_started in ("S", "P", "B"):
                carers.append([])
            carers[-1].append(episode)
    left_out: set[int] = set()
    for place in range(1, len(carers) - 1):
        before, away, after = carers[place - 1][-1], carers[place][0], carers[place + 1][0]
        if away.placement.place[0] == "T" and before.placement.postcode == after.placement.postcode:
            left_out.update((place, place + 1))
    ends = [carer[-1].end for place, carer in enumerate(carers) if place not in left_out]
    return sum(end is None or end > year.first_day for end in ends)


def _count_referrals(
    referred: Mapping[int, Sequence[dt.date]], year: ReportingYear
) -> tuple[int, int]:
    """Referrals in a year, and those within twelve months of an earlier one of the same child."""
    in_year = [(days, day) for days in referred.values() for day in days if year.contains(day)]
    again = sum(any(birthday(day, -1) <= other < day for other in days) for days, day in in_year)
    return len(in_year), again


def _invented_figures(
    rng: random.Random, authority: Authority, years: Sequence[int]
) -> dict[int, Figures]:
    # The two smallest authorities have so few children that their counts are withheld.
    tiny = authority.la_code in ("201", "420")
    population = rng.randint(400, 1_200) if tiny else round(rng.lognormvariate(10.9, 0.5))
    rate = min(150.0, max(25.0, rng.gauss(64, 20))) / 10_000
    unsettled = min(0.17, max(0.05, rng.gauss(0.105, 0.02)))
    again = min(0.35, max(0.08, rng.gauss(0.21, 0.045)))
    figures = {}
    for year in years:
        rate *= rng.uniform(0.96, 1.06)
        here = max(1, round(population * rate))
        started = max(1, round(here * rng.uniform(0.36, 0.5)))
        referrals = max(12, round(population * rng.uniform(0.04, 0.07)))
        figures[year] = Figures(
            population=population,
            looked_after=here,
            started=started,
            ceased=max(1, round(started * rng.uniform(0.85, 1.08))),
            three_or_more_placements=round(here * unsettled * rng.uniform(0.85, 1.15)),
            referrals=referrals,
            re_referrals=round(referrals * again * rng.uniform(0.9, 1.1)),
        )
        population = round(population * rng.uniform(0.998, 1.012))
    return figures


def _places(
    everywhere: Sequence[Authority], figures: Mapping[str, Mapping[int, Figures]], year: int
) -> Iterator[tuple[Row, Figures, bool]]:
    """The country, its regions and its authorities: place cells, figures, whether to round."""
    national = _total(figures[one.la_code][year] for one in everywhere)
    start = (str(year), "Reporting year")
    yield (*start, "National", *_COUNTRY, "", "", "", "", ""), national, True
    for code, name in _regions(everywhere):
        inside = (one for one in everywhere if _in_region(one, code))
        total = _total(figures[one.la_code][year] for one in inside)
        yield (*start, "Regional", *_COUNTRY, code, name, "", "", ""), total, True
    for one in everywhere:
        place = (one.region_code, one.region_name, one.la_code, one.la_name, one.area_code)
        yield (*start, "Local authority", *_COUNTRY, *place), figures[one.la_code][year], False


def _regions(everywhere: Sequence[Authority]) -> list[tuple[str, str]]:
    return sorted({(one.region_code, one.region_name) for one in everywhere} | {_LONDON})


def _in_region(authority: Authority, code: str) -> bool:
    london = code == _LONDON[0] and authority.region_code.startswith("E13")
    return london or authority.region_code == code


def _total(figures: Iterable[Figures]) -> Figures:
    total = Figures(0, 0, 0, 0, 0, 0, 0)
    for one in figures:
        total += one
    return total


def _count(value: int, rounded: bool) -> str:
    """A count as published: regions to the nearest 10, 1 to 5 children withheld."""
    if rounded:
        return str(round(value, -1))
    return "c" if 1 <= value <= 5 else str(value)


def _share(part: int, whole: int, factor: int, decimals: int) -> str:
    """A percentage or rate as published, withheld where its count is."""
    if 1 <= part <= 5:
        return "c"
    return f"{factor * part / whole:.{decimals}f}" if whole else "z"


def _looked_after(
    everywhere: Sequence[Authority],
    figures: Mapping[str, Mapping[int, Figures]],
    years: Sequence[int],
) -> _Table:
    rows: list[Row] = []
    for year in sorted(years, reverse=True):
        for place, values, rounded in _places(everywhere, figures, year):
            for title, count in (
                ("Children ceasing to be looked after each year", values.ceased),
                ("Children looked after on 31 March each year", values.looked_after),
                ("Children starting to be looked after each year", values.started),
            ):
                rate = _share(count, values.population, 10_000, 0)
                rows.append((*place, title, str(values.population), _count(count, rounded), rate))
    columns = ("population_type", "population_estimate", "children_count", "rate_per_10000")
    path = f"{_FOLDER}/cla_number_and_rate_per_10k_children.csv"
    return path, (*_PLACE_COLUMNS, *columns), rows


def _placement_stability(
    everywhere: Sequence[Authority],
    figures: Mapping[str, Mapping[int, Figures]],
    years: Sequence[int],
) -> _Table:
    rows: list[Row] = []
    for year in sorted(years, reverse=True):
        for place, values, rounded in _places(everywhere, figures, year):
            for title, count in (
                ("Total children", values.looked_after),
                ("With 3 or more placements during the year", values.three_or_more_placements),
            ):
                percent = _share(count, values.looked_after, 100, 0)
                rows.append((*place, "CLA on 31 March", title, _count(count, rounded), percent))
    columns = ("cla_group", "placement_stability", "children_count", "children_percent")
    return f"{_FOLDER}/la_cla_placement_stability.csv", (*_PLACE_COLUMNS, *columns), rows


def _referrals(
    everywhere: Sequence[Authority],
    figures: Mapping[str, Mapping[int, Figures]],
    years: Sequence[int],
) -> _Table:
    rows: list[Row] = []
    for year in sorted(years, reverse=True):
        for place, values, rounded in _places(everywhere, figures, year):
            rows.append(
                (
                    *place,
                    "Referrals and Re-referrals",
                    _count(values.referrals, rounded),
                    _count(values.re_referrals, rounded),
                    _share(values.re_referrals, values.referrals, 100, 1),
                )
            )
    columns = ("category", "referral_count", "rereferral_count", "rereferral_percent")
    path = f"{_FOLDER}/c1_children_in_need_referrals_and_rereferrals.csv"
    return path, (*_PLACE_COLUMNS, *columns), rows


def _tool_value(measure: Measure, values: Figures) -> str:
    if measure.short == "LACnum":
        return _count(values.looked_after, rounded=False)
    part, whole, factor = {
        "LAC": (values.looked_after, values.population, 10_000),
        "LACStable_2016on": (values.three_or_more_placements, values.looked_after, 100),
        "ReReferral": (values.re_referrals, values.referrals, 100),
    }[measure.short]
    return _share(part, whole, factor, measure.decimals)


def _tool_table(
    everywhere: Sequence[Authority],
    figures: Mapping[str, Mapping[int, Figures]],
    years: Sequence[int],
) -> _Table:
    rows: list[Row] = []
    for measure in _TOOL_MEASURES:
        for year in sorted(years):
            for place, values, _ in _places(everywhere, figures, year):
                level, region, la_code, la_name = place[2], place[6], place[7], place[8]
                region = _TOOL_REGIONS.get(region, region)
                name = {"National": "England", "Regional": region}.get(level, la_name)
                number = la_code or _TOOL_REGION_NUMBERS[name]
                value = _tool_value(measure, values)
                rows.append(
                    (
                        measure.short,
                        measure.title,
                        str(year),
                        name,
                        "-" if value in ("c", "z") else value,
                        number,
                        region if level == "Local authority" else "",
                    )
                )
    columns = (
        "Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region",
    )  # fmt: skip
    return f"{_FOLDER}/bds_long_0.csv", columns, rows


def _tool_dictionary() -> _Table:
    columns = (
        "Measure_code", "Topic", "Measure", "Chart_title", "Measure_short", "Polarity",
        "y_axis_name", "state_funded_flag", "Table_status", "Description", "Last Update",
        "Next Update", "Data Owner (DO) /Supplier and Contact Details", "Methodology",
        "Hyperlink(s)", "dps", "Year_Type", "No_Quartile",
    )  # fmt: skip
    rows: list[Row] = [
        (
            str(9_000 + number), measure.topic, measure.title, measure.title, measure.short,
            measure.polarity, measure.unit, "NA", "", "Invented figures of the demo borough.",
            "", "", "Pier demo", "Drawn by chance; no authority's real figure.", "",
            str(measure.decimals), "Financial Year", "NA",
        )
        for number, measure in enumerate(_TOOL_MEASURES)
    ]  # fmt: skip
    return f"{_FOLDER}/lait_data_dictionary.csv", columns, rows


def _tool_neighbours(rng: random.Random, everywhere: Sequence[Authority]) -> _Table:
    """Ten neighbours of everyone: the Department's where it is given, else drawn by chance."""
    given = {(row["model"], row["la_code"]): row["neighbours"] for row in _data("neighbours.csv")}
    rows: list[Row] = []
    for model in ("2021", "2025"):
        for one in everywhere:
            others = [other.la_code for other in everywhere if other != one]
            listed = given.get((model, one.la_code))
            chosen = listed.split() if listed else rng.sample(others, _NEIGHBOURS)
            region = _TOOL_REGIONS.get(one.region_name, one.region_name)
            for rank, neighbour in enumerate(chosen, start=1):
                closeness = "Very close" if rank <= _NEIGHBOURS // 2 else "Close"
                start = (model, one.la_code, one.la_name, region)
                rows.append((*start, str(rank), neighbour, closeness, "N"))
    columns = (
        "model", "la_number", "la_name", "region_name", "neighbour_rank", "neighbour_la_number",
        "closeness", "listed_under_old_sns",
    )  # fmt: skip
    return f"{_FOLDER}/sn_long.csv", columns, rows


def _tool_authorities(everywhere: Sequence[Authority]) -> _Table:
    rows: list[Row] = [
        (one.la_code, one.la_name, one.region_name, one.la_type) for one in everywhere
    ]
    rows.extend((number, name, "", "") for name, number in _TOOL_REGION_NUMBERS.items())
    return f"{_FOLDER}/la_code_list.csv", ("LA Number", "LA Name", "Region", "Type"), rows
