"""The invented statistics: every authority there, every number what its layout allows."""

import csv
from collections import Counter

import pytest
from returned import Returns, read

EES = (
    "cla_number_and_rate_per_10k_children",
    "la_cla_placement_stability",
    "c1_children_in_need_referrals_and_rereferrals",
)
WITHHELD = {"c", "z", "-"}


def rows(returns: Returns, name: str) -> list[dict[str, str]]:
    return read(returns.landing / f"published_statistics/demo/{name}.csv")


@pytest.mark.parametrize("name", EES)
def test_each_data_set_has_every_authority_region_and_the_country(
    returns: Returns, name: str
) -> None:
    year = [row for row in rows(returns, name) if row["time_period"] == "2017"]
    levels = {
        level: {row["new_la_code"] or row["region_code"] for row in year
                if row["geographic_level"] == level}
        for level in ("National", "Regional", "Local authority")
    }  # fmt: skip
    assert {level: len(codes) for level, codes in levels.items()} == {
        "National": 1,
        "Regional": 11,
        "Local authority": 153,
    }


@pytest.mark.parametrize("name", EES)
def test_keys_are_unique(returns: Returns, name: str) -> None:
    path = returns.landing / f"published_statistics/demo/{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    filters = {"population_type", "cla_group", "placement_stability", "category"}
    places = [place for place, column in enumerate(header) if place < 10 or column in filters]
    counts = Counter(tuple(line[place] for place in places) for line in lines)
    assert max(counts.values()) == 1


def test_small_counts_are_withheld(returns: Returns) -> None:
    shown = [row["children_count"] for row in rows(returns, EES[0])]
    assert "c" in shown
    assert not {"1", "2", "3", "4", "5"} & set(shown)


def test_the_home_authority_has_the_boroughs_own_figures(returns: Returns) -> None:
    mine = {
        row["time_period"]: row
        for row in rows(returns, EES[0])
        if row["old_la_code"] == "882" and "31 March" in row["population_type"]
    }
    assert [mine[year]["children_count"] for year in ("2015", "2016", "2017")] == [
        "229",
        "262",
        "282",
    ]
    assert mine["2016"]["rate_per_10000"] == "68"


def test_everyone_has_ten_neighbours_and_is_not_one_of_them(returns: Returns) -> None:
    neighbours: dict[tuple[str, str], list[str]] = {}
    for row in rows(returns, "sn_long"):
        key = row["model"], row["la_number"]
        neighbours.setdefault(key, []).append(row["neighbour_la_number"])
    assert len(neighbours) == 2 * 153
    for (_, la_number), others in neighbours.items():
        assert len(set(others)) == 10
        assert la_number not in others
    assert neighbours["2025", "882"][0] == "839"


def test_the_interactive_tool_is_listed_in_its_dictionary(returns: Returns) -> None:
    table = rows(returns, "bds_long_0")
    listed = {row["Measure_short"] for row in rows(returns, "lait_data_dictionary")}
    assert {row["Short Desc"] for row in table} == listed
    for row in table:
        assert row["Values"] in WITHHELD or float(row["Values"]) >= 0
        assert (row["Region"] == "") == (int(row["LA Number"]) >= 970)
