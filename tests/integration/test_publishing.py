"""One publication from a warehouse of invented marts: what is in it, and what cannot be."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from fixtures.invented_marts import (
    HOME,
    NOW,
    POINT,
    SECRET,
    invented_manifest,
    publish_invented,
    write_invented_marts,
)

from orchestration.publishing import PublishingError, publish
from orchestration.publishing.publish import MARTS_FILE
from orchestration.settings import Settings, load_settings

LATER = NOW + dt.timedelta(days=1)


def marts(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(settings.published_dir / MARTS_FILE), read_only=True)


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with marts(settings) as connection:
        return connection.execute(query).fetchall()


def republish(settings: Settings, *changes: str, at: dt.datetime = LATER) -> None:
    """Publish again after changing the invented warehouse."""
    manifest = write_invented_marts(settings)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        for change in changes:
            warehouse.execute(change)
    publish(settings, "again", at, POINT, inputs_fingerprint="g", manifest=manifest)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with one publication, for tests that only look at it."""
    settings = load_settings({"PIER_HOME": str(tmp_path_factory.mktemp("published"))})
    publish_invented(settings)
    return settings


def test_a_publication_is_marts_parquet_and_site(settings: Settings) -> None:
    publication = publish_invented(settings)

    published = settings.published_dir
    assert published.resolve() == publication.path
    assert not (published / f"{MARTS_FILE}.wal").exists()
    assert (published / "site" / "index.html").is_file()
    tables = {path.stem for path in (published / "parquet").iterdir()}
    assert tables == set(publication.rows_by_table)
    assert len(list((published / "site").rglob("*.html"))) == publication.pages
    for table, count in publication.rows_by_table.items():
        assert (
            pyarrow.parquet.read_table(published / "parquet" / f"{table}.parquet").num_rows == count
        )
        assert rows(settings, f"select count(*) from {table}") == [(count,)]


def test_the_publication_says_what_it_is(settings: Settings) -> None:
    publication = publish_invented(settings)

    assert rows(
        settings,
        "select publication_id, built_at, as_at, as_known_at, home_la_code, inputs_fingerprint, "
        "is_invented from meta_publication",
    ) == [
        (
            publication.publication_id,
            NOW.replace(tzinfo=None),
            POINT.as_at,
            NOW.replace(tzinfo=None),  # nothing was to be forgotten: all that was known then
            "882",
            "f",
            True,
        )
    ]
    label = json.loads((settings.published_dir / "publication.json").read_text())
    assert label["id"] == publication.publication_id


def test_nothing_restricted_is_in_any_file(published: Settings) -> None:
    tables = {table for (table,) in rows(published, "select table_name from duckdb_tables()")}
    assert "fct_indicator_flags" not in tables
    for path in published.published_dir.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_a_column_that_is_not_described_stays_behind(settings: Settings) -> None:
    manifest = write_invented_marts(settings)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute(
            f"alter table marts.dim_areas add column extra varchar default '{SECRET}'"
        )

    publish(settings, "run", NOW, POINT, inputs_fingerprint="f", manifest=manifest)

    columns = [row[0] for row in rows(settings, "describe dim_areas")]
    assert "extra" not in columns


def test_bi_tools_see_the_descriptions(published: Settings) -> None:
    assert rows(
        published, "select comment from duckdb_tables() where table_name = 'dim_areas'"
    ) == [("One row per invented row of dim_areas.",)]
    undescribed = (
        "select table_name, column_name from duckdb_columns() "
        "where comment is null and not internal"
    )
    assert rows(published, undescribed) == []


def test_the_file_opens_in_drivers_that_lag_behind(published: Settings) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published.published_dir / MARTS_FILE}' as marts (read_only)")
        tags = connection.execute(
            "select tags from duckdb_databases() where database_name = 'marts'"
        ).fetchall()
    assert tags[0][0]["storage_version"].startswith("v1.2.0")


@pytest.mark.parametrize("kind", ["hugeint", "integer[]", "timestamptz", "uinteger"])
def test_a_type_not_every_tool_reads_stops_the_publication(settings: Settings, kind: str) -> None:
    publish_invented(settings)
    in_force = settings.published_dir.resolve()
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute(f"alter table marts.dim_areas alter valid_to type {kind} using null")
    manifest = settings.dbt_target_dir / "manifest.json"

    with pytest.raises(PublishingError, match=r"dim_areas\.valid_to is"):
        publish(settings, "run", LATER, POINT, inputs_fingerprint="f", manifest=manifest)

    assert settings.published_dir.resolve() == in_force
    assert list(settings.publications_dir.iterdir()) == [in_force]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("drop table marts.dim_areas", "dim_areas cannot be published"),
        ("alter table marts.dim_areas drop column valid_to", "dim_areas is not as described"),
        ("delete from marts.dim_areas", "home authority 882 is not a local authority"),
    ],
)
def test_a_broken_mart_keeps_the_publication_in_force(
    settings: Settings, change: str, message: str
) -> None:
    first = publish_invented(settings)

    with pytest.raises(PublishingError, match=message):
        republish(settings, change)

    assert settings.published_dir.resolve() == first.path
    assert rows(settings, "select count(*) > 0 from dim_areas") == [(True,)]


def test_a_mart_the_site_needs_must_be_published(settings: Settings) -> None:
    manifest_file = write_invented_marts(settings)
    manifest = invented_manifest()
    manifest["nodes"]["model.pier.fct_benchmarks"]["config"] = {}
    manifest_file.write_text(json.dumps(manifest))

    with pytest.raises(PublishingError, match="without fct_benchmarks"):
        publish(settings, "run", NOW, POINT, inputs_fingerprint="f", manifest=manifest_file)


def test_a_run_repeated_at_the_same_moment_gets_a_publication_of_its_own(
    settings: Settings,
) -> None:
    first, second = publish_invented(settings), publish_invented(settings)

    assert first.publication_id != second.publication_id
    assert settings.published_dir.resolve() == second.path


def test_publishing_twice_changes_no_file_that_bi_reads(settings: Settings) -> None:
    first, second = publish_invented(settings), publish_invented(settings)

    for path in sorted((first.path / "parquet").iterdir()):
        if path.stem != "meta_publication":
            assert path.read_bytes() == (second.path / "parquet" / path.name).read_bytes()


class TestRevisions:
    def test_the_first_publication_has_none_but_the_columns(self, published: Settings) -> None:
        assert rows(published, "select count(*) from figure_revisions") == [(0,)]
        names = {row[0] for row in rows(published, "describe figure_revisions")}
        assert {
            "indicator_id", "area_code", "period_label", "breakdown", "breakdown_value",
            "previous_value", "new_value", "published_at", "delivery_ids",
        } <= names  # fmt: skip

    def test_nothing_new_is_no_revision(self, settings: Settings) -> None:
        publish_invented(settings)
        publish_invented(settings, at=LATER)

        assert rows(settings, "select * from figure_revisions") == []

    def test_a_changed_figure_is_listed_once_with_the_deliveries_behind_it(
        self, settings: Settings
    ) -> None:
        publish_invented(settings)
        delivery = (
            "insert into marts.return_deliveries values ({}, '{}', {}, '2024/25', 'episodes', "
            "'2025-11-03 12:00', 1, 0, '{}', null)"
        )
        republish(
            settings,
            "update published.published__fct_indicator_values set value = 82 "
            "where indicator_id = 'JC-LACR' and period_label = '2024/25'",
            "update published.published__fct_indicator_values set value = value + 1 "
            "where indicator_id = 'JC-LACN' and period_label = '2024/25' and breakdown = 'total'",
            # Sums in another order differ in the last place: no revision.
            "update published.published__fct_indicator_values set value = value * (1 + 1e-15) "
            "where indicator_id = 'NI 63'",
            delivery.format(12, "ssda903", "'882'", "accepted"),
            delivery.format(9, "ssda903", "'882'", "superseded"),
            delivery.format(13, "ssda903", "'882'", "refused"),
            delivery.format(14, "ssda903", "'301'", "accepted"),
            delivery.format(15, "published_statistics", "null", "accepted"),
        )
        changes = rows(
            settings,
            "select indicator_id, area_code, period_label, breakdown, basis, previous_value, "
            "new_value, published_at, delivery_ids from figure_revisions",
        )
        published = LATER.replace(tzinfo=None)
        assert changes == [
            ("JC-LACN", HOME, "2024/25", "total", "computed", 304, 305, published, "9, 12"),
            ("JC-LACR", HOME, "2024/25", "total", "published", 80, 82, published, "15"),
        ]

    def test_the_history_is_carried_on(self, settings: Settings) -> None:
        for day, rate in enumerate((80, 82, 82, 81)):
            publish_invented(settings, rate=rate, at=NOW + dt.timedelta(days=day))

        assert rows(settings, "select previous_value, new_value from figure_revisions") == [
            (80, 82),
            (82, 81),
        ]

    def test_a_withdrawn_delivery_and_a_figure_that_vanished(self, settings: Settings) -> None:
        publish_invented(settings)
        republish(
            settings,
            "delete from published.published__fct_indicator_values "
            "where indicator_id = 'JC-LACN' and period_label = '2023/24'",
            "update marts.return_deliveries set fate = 'withdrawn' where delivery_id = 1",
        )

        changes = rows(
            settings,
            "select breakdown_value, previous_value, new_value, delivery_ids from figure_revisions",
        )
        # The parts that were withheld had no figure that could vanish.
        assert changes == [
            ("10-15", 122, None, "1"),
            ("16 and over", 0, None, "1"),
            ("5-9", 61, None, "1"),
            ("Female", 131, None, "1"),
            ("Male", 166, None, "1"),
            ("total", 297, None, "1"),
        ]

    def test_a_figure_withheld_or_shown_is_a_change_and_a_first_figure_is_not(
        self, settings: Settings
    ) -> None:
        publish_invented(settings)
        values = "update published.published__fct_indicator_values set"
        newest = "indicator_id = 'JC-LACN' and period_label = '2024/25' and breakdown_value ="
        republish(
            settings,
            f"{values} value = null, status = 'suppressed' where {newest} 'Female'",
            f"{values} value = 7, status = 'final' where {newest} '1-4'",
            f"{values} breakdown = 'locality' where {newest} 'Under 1'",
        )

        changes = rows(
            settings, "select breakdown_value, previous_value, new_value from figure_revisions"
        )
        assert changes == [("1-4", None, 7), ("Female", 131, None)]


class TestSite:
    def test_it_asks_no_host_for_anything(self, published: Settings) -> None:
        for page in (published.published_dir / "site").rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)
            assert "default-src 'none'" in text
            assert "@import" not in text

    def test_every_link_leads_to_a_file_and_every_id_is_one(self, published: Settings) -> None:
        site = published.published_dir / "site"

        for page in site.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            ids = re.findall(r'\sid="([^"]+)"', text)
            assert len(ids) == len(set(ids))
            for target in re.findall(r'href="([^"]+)"', text):
                path, _, anchor = target.partition("#")
                if path.startswith("data:"):
                    continue
                linked = page.parent / path if path else page
                assert linked.is_file(), (page.name, target)
                assert not anchor or f'id="{anchor}"' in linked.read_text(encoding="utf-8")

    def test_it_shows_withheld_figures_as_c_with_words(self, published: Settings) -> None:
        page = (published.published_dir / "site" / "indicators" / "jc-lacn.html").read_text("utf-8")
        row = re.search(r'<th scope="row">1-4</th>(.*?)</tr>', page, re.DOTALL)
        assert row
        assert "withheld" in row[1]
        assert re.findall(r">([a-z])<span", row[1])[-1] == "c"

    def test_a_report_prints_its_tables_with_words_for_what_is_not_there(
        self, published: Settings
    ) -> None:
        folder = published.published_dir / "site" / "reports"

        page = (folder / "journey-of-the-child-2017.html").read_text("utf-8")
        assert "<h1>Journey of the Child 2017</h1>" in page
        printed = {
            label: re.findall(r'<td class="n">(?:<span[^>]*>)?([^<]*)', cells)
            for label, cells in re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', page)
        }
        assert printed == {
            "Girls": ["131", "withheld"],
            "Boys": ["0", "173.5%"],
            "Residential care": ["not available"],
        }
        assert re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)[:2] == ["2023/24", "2024/25"]
        assert page.count("<caption>") == page.count("<table") == 2

        with (folder / "journey-of-the-child-2017.csv").open(encoding="utf-8-sig") as lines:
            cells = list(csv.DictReader(lines))
        assert [(cell["value"], cell["status"]) for cell in cells] == [
            ("131.0", "final"), ("", "suppressed"), ("0.0", "final"), ("173.5", "final"),
            ("", "not_available"),
        ]  # fmt: skip

    def test_the_adoption_page_says_how_far_off_the_threshold_a_figure_is(
        self, published: Settings
    ) -> None:
        site = published.published_dir / "site"

        page = (site / "adoption.html").read_text("utf-8")
        assert 'href="adoption.html"' in (site / "index.html").read_text("utf-8")
        findings = re.findall(r'<p class="finding">([^<]*)</p>', page)
        said = (
            "440 days in 2021-24, 14 days beyond the threshold of 426 days. 7 long journeys"
            " would have to shorten to the threshold, or leave the three years, for it to be met."
        )
        assert findings == [said, said]
        rows = {
            label: re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)
            for label, cells in re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', page, re.S)
        }
        assert rows["2018-21"][3:8] == ["met", "\N{MINUS SIGN}16", "558", "4 of 149", "386"]
        assert "withheld" in re.search(r'<th scope="row">2019-22</th>.*?</tr>', page, re.S)[0]
        with (site / "adoption.csv").open(encoding="utf-8-sig") as lines:
            points = list(csv.DictReader(lines))
        assert [point["value"] for point in points if point["measure_id"] == "A1"] == [
            "410.5", "", "440.0",
        ]  # fmt: skip

    def test_the_first_page_leads_to_every_report(self, published: Settings) -> None:
        site = published.published_dir / "site"

        linked = set(
            re.findall(r'href="(reports/[^"]+)"', (site / "index.html").read_text("utf-8"))
        )
        assert linked == {"reports/cypp-2010-13.html", "reports/journey-of-the-child-2017.html"}

    def test_a_figure_is_said_to_come_from_where_it_comes_from(self, published: Settings) -> None:
        def source(page: str) -> str:
            folder = published.published_dir / "site" / "indicators"
            return (folder / page).read_text("utf-8").partition("How it is defined")[2]

        assert "newest file landed 30 October 2025" in source("jc-lacr.html")
        assert "Figures from records" not in source("jc-lacr.html")
        assert "newest file landed 1 June 2025" in source("jc-lacn.html")
        assert "National statistics" not in source("jc-lacn.html")

    def test_skipped_and_crashed_checks_are_not_passed(self, published: Settings) -> None:
        page = (published.published_dir / "site" / "validation.html").read_text("utf-8")
        assert "1 check passed and 1 failed. 1 were skipped and 1 could not run" in page
        assert page.count('class="tag crashed"') == page.count('class="tag skipped"') == 1

    def test_the_banner_is_there_for_invented_data_and_only_then(self, settings: Settings) -> None:
        publish_invented(settings)
        index = settings.published_dir / "site" / "index.html"
        assert "the data in this report are invented" in index.read_text("utf-8")

        republish(settings)
        assert "the data in this report are invented" not in index.read_text("utf-8")

    def test_the_download_holds_the_figures_of_the_page(self, published: Settings) -> None:
        folder = published.published_dir / "site" / "indicators"
        with (folder / "jc-lacr.csv").open(encoding="utf-8-sig", newline="") as file:
            records = list(csv.DictReader(file))
        newest = {row["area"]: row for row in records if row["period_label"] == "2024/25"}
        assert newest["Southend-on-Sea"]["value"] == "80.0"
        assert set(newest) == {
            "Southend-on-Sea", "Neighbours\N{RIGHT SINGLE QUOTATION MARK} mean",
            "East of England", "England",
        }  # fmt: skip
        gap = next(row for row in records if row["period_label"] == "2018/19")
        assert (gap["value"], gap["status"]) == ("", "suppressed")

    def test_text_is_shown_as_text(self, settings: Settings) -> None:
        publish_invented(settings)
        republish(
            settings,
            "update marts.return_deliveries set reason = '=<script>alert(1)</script>' "
            "where delivery_id = 3",
        )

        site = settings.published_dir / "site"
        assert "<script>alert" not in (site / "deliveries.html").read_text("utf-8")
        assert "'=<script>" in (site / "deliveries.csv").read_text("utf-8-sig")
