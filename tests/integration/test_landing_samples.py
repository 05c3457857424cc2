"""Real files land whole: every row counted a second way, and a run cut short mends itself."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.landing import LandingOptions, LandingSummary, land
from orchestration.settings import PROJECT_ROOT, Settings, load_settings

NOW = dt.datetime(2026, 4, 1, 2, 0)
SHARED_COLUMNS = {
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "la_name",
    "new_la_code",
}

pytestmark = pytest.mark.heavy


def land_now(settings: Settings) -> LandingSummary:
    return land(settings, None, NOW, options=LandingOptions(settle_seconds=0))


def records(file: Path) -> list[list[str]]:
    csv.field_size_limit(10**8)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [record for record in csv.reader(stream) if any(record)]


def copy_sample(shared: Path, settings: Settings) -> Path:
    target = settings.landing_dir / "ssda903" / "882" / "2017-18"
    shutil.copytree(shared / "returns" / "sample_ssda903", target)
    return target


def test_the_sample_return_lands_whole(shared: Path, tmp_path: Path) -> None:
    settings = load_settings({"PIER_HOME": str(tmp_path)})
    folder = copy_sample(shared, settings)
    summary = land_now(settings)
    assert {delivery.fate for delivery in summary.deliveries} == {"accepted"}
    landed = {delivery.source_file: delivery.rows for delivery in summary.deliveries}
    assert landed == {
        f"ssda903/882/2017-18/{file.name}": len(records(file)) - 1 for file in folder.iterdir()
    }
    rows = {delivery.table_name: delivery.rows for delivery in summary.deliveries}
    assert (rows["episodes"], rows["header"]) == (5050, 2675)
    lines = (folder / "episodes.csv").read_text(encoding="utf-8").splitlines()
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        found = connection.execute(
            "select _source_line, child, decom, urn from raw.ssda903__episodes"
        ).fetchall()
    for line, child, decom, urn in found:
        cells = lines[line - 1].split(",")
        assert (cells[0], cells[1], cells[12] or None) == (child, decom, urn)
    again = land_now(settings)
    assert (again.deliveries, again.unchanged) == ((), len(landed))


def test_published_files_land_whole(shared: Path, tmp_path: Path) -> None:
    settings = load_settings({"PIER_HOME": str(tmp_path)})
    target = settings.landing_dir / "published_statistics"
    for folder in ("ees/current", "ees/release_2024", "lait"):
        shutil.copytree(shared / "returns" / "published" / folder, target / folder)
    summary = land_now(settings)
    assert summary.of_fate("refused", "held") == ()
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        cells = dict(
            connection.execute(
                "select _delivery_id, count(*) from raw.published_statistics__ees_cells "
                "group by all"
            ).fetchall()
        )
        long_tables = connection.execute(
            "select count(*) from raw.published_statistics__lait group by _delivery_id order by 1"
        ).fetchall()
        neighbours = connection.execute(
            "select model, count(*) from raw.published_statistics__statistical_neighbours "
            "group by all order by all"
        ).fetchall()
    for delivery in summary.of_fate("accepted"):
        if delivery.table_name == "ees":
            header, *rows = records(settings.landing_dir / delivery.source_file)
            others = [column for column in header if column not in SHARED_COLUMNS]
            assert delivery.rows == len(rows), delivery.source_file
            assert cells[delivery.delivery_id] == len(rows) * len(others), delivery.source_file
    assert len(cells) == 31
    assert long_tables == [(539_410,), (641_070,)]
    assert neighbours == [("2021", 1560), ("2025", 1580)]
    by_file = {delivery.source_file.rsplit("/", 1)[1]: delivery for delivery in summary.deliveries}
    assert by_file["lait_data_dictionary.csv"].rows == 448
    assert by_file["la_code_list.csv"].rows == 171


LAND = """
import datetime as dt, sys
from orchestration.landing import LandingOptions, land
from orchestration.settings import load_settings
settings = load_settings({"PIER_HOME": sys.argv[1]})
print("ready", flush=True)
land(settings, None, dt.datetime(2026, 4, 1), options=LandingOptions(settle_seconds=0))
print("done", flush=True)
"""


def tables_of(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Everything landing wrote, apart from numbers and times that may differ between runs."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        tables = [
            table
            for (table,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'raw' "
                "and (table_name like 'ssda903%' or table_name = 'deliveries')"
            ).fetchall()
        ]
        drop = "delivery_id, received_at, run_id"
        found = {}
        for table in tables:
            exclude = drop if table == "deliveries" else "_delivery_id"
            found[table] = connection.execute(
                f"select * exclude ({exclude}) from raw.{table} order by all"
            ).fetchall()
        return found


def test_killed_at_any_moment_the_next_run_mends_it(shared: Path, tmp_path: Path) -> None:
    whole = load_settings({"PIER_HOME": str(tmp_path / "whole")})
    copy_sample(shared, whole)
    land_now(whole)
    expected = tables_of(whole)
    killed = 0
    for attempt in range(5):
        settings = load_settings({"PIER_HOME": str(tmp_path / f"cut{attempt}")})
        copy_sample(shared, settings)
        process = subprocess.Popen(
            [sys.executable, "-c", LAND, str(settings.home)],
            stdout=subprocess.PIPE,
            cwd=PROJECT_ROOT,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.2 * (attempt + 1))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        process.stdout.close()
        land_now(settings)
        assert tables_of(settings) == expected
    assert killed > 0
