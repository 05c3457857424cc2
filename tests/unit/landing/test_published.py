"""The layouts of published statistics, from file to raw tables."""

from __future__ import annotations

import pytest

from orchestration.landing.layouts.ees import dataset_name

from .conftest import Zone

EES = (
    "time_period,time_identifier,geographic_level,country_code,country_name,la_name,old_la_code,"
    "category,1-10_days,number\n"
    "202324,Academic year,National,E92000001,England,,,All,5,c\n"
    "202425,Academic year,Local authority,E92000001,England,Southend-on-Sea,882,All,,01:07\n"
)


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("b1_children_in_need_2013_to_2025.csv", "b1_children_in_need"),
        ("CSWW_indicators_2017_to_2024 (1).csv", "csww_indicators"),
        ("cla_time_series_1994_2024.csv", "cla_time_series"),
        ("absence-2023-24.csv", "absence"),
        ("cla_number_and_rate_per_10k_children.csv", "cla_number_and_rate_per_10k_children"),
        ("2013_to_2025.csv", "2013_to_2025"),
    ],
)
def test_a_dataset_is_named_without_years_and_copy_marks(file_name: str, name: str) -> None:
    assert dataset_name(file_name) == name


def test_ees_splits_shared_columns_from_the_other_cells(zone: Zone) -> None:
    delivery = zone.land_one("published_statistics/any/Sub_2013_to_2025.csv", EES)
    assert (delivery.table_name, delivery.series, delivery.period_label, delivery.rows) == (
        "ees",
        "sub",
        "202425",
        2,
    )
    assert (delivery.la_code, delivery.notes) == (None, ())
    assert zone.query(
        "select time_period, region_name, la_name, old_la_code, new_la_code, _source_line "
        "from raw.published_statistics__ees_rows order by _source_line"
    ) == [
        ("202324", None, None, None, None, 2),
        ("202425", None, "Southend-on-Sea", "882", None, 3),
    ]
    assert zone.query(
        "select _source_line, column_position, column_name, value, _delivery_id "
        "from raw.published_statistics__ees_cells order by _source_line, column_position"
    ) == [
        (2, "10", "number", "c", 1),
        (2, "8", "category", "All", 1),
        (2, "9", "1-10_days", "5", 1),
        (3, "10", "number", "01:07", 1),
        (3, "8", "category", "All", 1),
        (3, "9", "1-10_days", None, 1),
    ]


def test_ees_releases_stand_beside_each_other_and_corrections_supersede(zone: Zone) -> None:
    zone.land_one("published_statistics/new/x_2013_to_2025.csv", EES)
    earlier = EES.replace("202425", "202324")
    assert zone.land_one("published_statistics/old/x_2013_to_2024.csv", earlier).fate == "accepted"
    moved = "\n".join([EES.splitlines()[0], *reversed(EES.splitlines()[1:])])
    assert zone.land_one("published_statistics/x.csv", moved).fate == "already_loaded"
    renamed = EES.replace("number", "children_count")
    corrected = zone.land_one("published_statistics/x.csv", renamed)
    assert (corrected.fate, corrected.rows) == ("accepted", 2)
    assert zone.query("select delivery_id, fate from raw.deliveries order by all") == [
        (1, "superseded"),
        (2, "accepted"),
        (3, "already_loaded"),
        (4, "accepted"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            EES.replace("2023", "").replace("24,Academic", ",Academic").replace("202425", ""),
            "published_statistics/x.csv has no time_period on any line; every line must say its "
            "period, so export the file again.",
        ),
        (
            "time_period,time_identifier,geographic_level,country_code,country_name\n"
            "2025,Reporting year,National,E92000001,England\n",
            "published_statistics/x.csv has no column beside the shared ones; filters and "
            "figures were expected, so export the file again.",
        ),
        (
            EES.replace("time_identifier,", "identifier,"),
            "published_statistics/x.csv looks like ees_rows of published_statistics but lacks "
            "the column time_identifier; add it to the header line and send the file again.",
        ),
        (
            "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region\n"
            "a,A,2025,England,-,970,\n",
            "published_statistics/x.csv has no number for any year; the long table with figures "
            "was expected, so download it again.",
        ),
    ],
)
def test_published_files_that_cannot_be_used_say_why(zone: Zone, content: str, reason: str) -> None:
    assert zone.land_one("published_statistics/x.csv", content).reason == reason


WIDE = (
    "A,B,C,D,E,3,4,5,6,\n"
    "LA num,LA Name,LA number,GOInd,GOReg,SN1,SNP,SN2,SNP,\n"
    "882,Southend-on-Sea,882,2,East of England,839,Very Close,845,Close,\n"
    "942,Cumberland,942,5,North West,-,-,-,-,\n"
    ",,,,,,,,,\n"
    ",Old SNs:,,,,,,,,\n"
    "835,Dorset (Pre LG),835,7,South West,893,Close,878,Close,\n"
)


def test_neighbours_across_the_page_become_rows(zone: Zone) -> None:
    delivery = zone.land_one("published_statistics/sn_april_2021.csv", WIDE.split("\n", 1)[1])
    assert (delivery.series, delivery.period_label, delivery.rows) == ("2021", "2021", 4)
    assert zone.query(
        "select * exclude (_delivery_id, _source_file) "
        "from raw.published_statistics__statistical_neighbours order by _source_line, "
        "neighbour_rank"
    ) == [
        ("2021", "882", "Southend-on-Sea", "East of England", "1", "839", "Very Close", "N", 2),
        ("2021", "882", "Southend-on-Sea", "East of England", "2", "845", "Close", "N", 2),
        ("2021", "835", "Dorset (Pre LG)", "South West", "1", "893", "Close", "Y", 6),
        ("2021", "835", "Dorset (Pre LG)", "South West", "2", "878", "Close", "Y", 6),
    ]


def test_the_long_form_of_neighbours_is_split_by_model(zone: Zone) -> None:
    zone.land_one("published_statistics/sn_april_2021.csv", WIDE.split("\n", 1)[1])
    zone.put(
        "published_statistics/sn_long.csv",
        "model,la_number,la_name,region_name,neighbour_rank,neighbour_la_number,closeness,"
        "listed_under_old_sns\n"
        "2025,882,Southend-on-Sea,East of England,1,839,Very close,N\n"
        "2021,882,Southend-on-Sea,East of England,1,839,Very Close,N\n"
        "2021,882,Southend-on-Sea,East of England,2,845,Close,N\n"
        "2021,835,Dorset (Pre LG),South West,1,893,Close,Y\n"
        "2021,835,Dorset (Pre LG),South West,2,878,Close,Y\n",
    )
    assert [(d.series, d.fate, d.rows) for d in zone.land().deliveries] == [
        ("2021", "already_loaded", 0),
        ("2025", "accepted", 1),
    ]


def test_an_earlier_snapshot_sorts_before_a_later_one(zone: Zone) -> None:
    header = "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region\n"
    early = "a,A,2024,England,1.5,970,\nb,B,2024,England,2,970,\nb,B,2023/24,England,-,970,\n"
    late = early.replace("-", "4.798E-2")
    newest = late + "a,A,2025 (prov),England,1,970,\na,A,0,England,1,970,\n"
    labels = [
        zone.land_one(f"published_statistics/{n}.csv", header + rows).period_label
        for n, rows in enumerate((newest, late, early))
    ]
    assert labels == ["2025.000005", "2024.000003", "2024.000002"]
    assert zone.query("select fate from raw.deliveries") == [("accepted",)] * 3


def test_undated_tables_are_a_series_of_their_own(zone: Zone) -> None:
    content = "LA Number,LA Name,Region,Type\n882,Southend-on-Sea,East of England,UA\n"
    delivery = zone.land_one("published_statistics/la.csv", content)
    assert (delivery.table_name, delivery.series, delivery.period_label) == (
        "authorities",
        "authorities",
        None,
    )
    assert zone.land_one("published_statistics/la.csv", content + "883,x,y,z\n").fate == "accepted"
    assert zone.query("select delivery_id, fate, supersedes from raw.deliveries") == [
        (1, "superseded", None),
        (2, "accepted", 1),
    ]


def test_the_older_wide_files_keep_the_place_of_every_column(zone: Zone) -> None:
    zone.put(
        "underlying_statistics/882/2016-17/2017_SFR50_CLA2017.csv",
        "geog_l,geog_c,geog_n,CLA_Mar2017,CLA_Mar2017,Rate\nLA,882,Southend-on-Sea,282,x,\n",
    )
    zone.put(
        "underlying_statistics/882/2009-10/2010_UD.csv", ",,Overall_1\n882,Southend-on-Sea,7.4\n"
    )
    assert [(d.fate, d.series, d.rows) for d in zone.land().deliveries] == [
        ("accepted", "sfr50_cla2017", 3),
        ("accepted", "ud", 1),
    ]
    assert zone.query(
        "select area_level, area_code, area_name, column_position, column_code, value, "
        "_source_line from raw.underlying_statistics__figures order by _delivery_id, "
        "column_position"
    ) == [
        ("LA", "882", "Southend-on-Sea", "4", "CLA_Mar2017", "282", 2),
        ("LA", "882", "Southend-on-Sea", "5", "CLA_Mar2017", "x", 2),
        ("LA", "882", "Southend-on-Sea", "6", "Rate", None, 2),
        (None, "882", "Southend-on-Sea", "3", "Overall_1", "7.4", 2),
    ]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            "Area,Figure",
            "underlying_statistics/882/2016-17/x.csv has a header line that fits no table of "
            "underlying_statistics; the columns of one of these were expected: figures.",
        ),
        (
            "geog_c,geog_n",
            "underlying_statistics/882/2016-17/x.csv has no column beside those that name the "
            "area; figures were expected, so download it again.",
        ),
    ],
)
def test_wide_files_without_areas_or_figures_are_refused(
    zone: Zone, header: str, reason: str
) -> None:
    refused = zone.land_one("underlying_statistics/882/2016-17/x.csv", f"{header}\n1,2\n")
    assert (refused.fate, refused.reason) == ("refused", reason)
