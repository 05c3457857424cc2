"""The gate in the whole job: a bad file is held back, and everything says so but the figures."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from fixtures.homes import NewHome

from orchestration.dbt import PointInTime
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.heavy

YEAR = "2016/17"
LAST_DAY = dt.date(2017, 3, 31)
AS_AT = dt.date(2017, 7, 31)
RULE = "ssda903-144"


def pier(settings: Settings, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments],
        cwd=project,
        env={
            **os.environ,
            "PIER_HOME": str(settings.home),
            "PIER_ENVIRONMENT": "test",
            "PIER_HOLD_CRITICAL_RETURNS": "yes",
            "PYTHONPATH": str(project),
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project in which a legal status that is no code is critical."""
    folder = tmp_path / "project"
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in tracked:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT_ROOT / name, folder / name)
    rules = folder / "expectations" / "rules" / "ssda903" / "episodes.yml"
    before, it, after = rules.read_text(encoding="utf-8").partition(f"- id: {RULE}\n")
    assert it and "severity: error" in after
    after = after.replace("severity: error", "severity: critical", 1)
    rules.write_text(before + it + after, encoding="utf-8")
    return folder


def date(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%d/%m/%Y").date() if text else None


def looked_after(episodes: list[dict[str, str]]) -> int:
    """Children with an episode open on the last day of the year that is no short break."""
    return len(
        {
            row["CHILD"]
            for row in episodes
            if row["LS"] not in ("V3", "V4")
            and (date(row["DECOM"]) or LAST_DAY) <= LAST_DAY
            and (date(row["DEC"]) is None or (date(row["DEC"]) or LAST_DAY) > LAST_DAY)
        }
    )


def test_a_bad_file_is_held_back_and_the_figures_are_those_of_the_one_before(
    new_home: NewHome, project: Path
) -> None:
    settings = new_home("held", PointInTime(AS_AT))
    written = pier(settings, project, "demo", "--years", "2016-2017", "--children-scale", "0.25")
    assert written.returncode == 0, written.stderr
    sent = settings.landing_dir / "ssda903" / "882" / "2016-17" / "episodes.csv"
    with sent.open(encoding="utf-8", newline="") as file:
        episodes = list(csv.DictReader(file))
    children = looked_after(episodes)
    assert children > settings.small_number_limit

    landed = pier(settings, project, "land")
    assert landed.returncode == 0, landed.stdout
    # Sent again: nobody is looked after but for short breaks, and one status is no code.
    worse = [row | {"LS": "V4"} for row in episodes]
    worse[0]["LS"] = "ZZ"
    assert looked_after(worse) <= 1
    with sent.with_name("episodes_again.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(episodes[0]))
        writer.writeheader()
        writer.writerows(worse)
    run = pier(settings, project, "nightly", "--as-at", AS_AT.isoformat())

    told = " ".join(run.stdout.split())
    assert run.returncode == 1, told
    reason = f"1 row fails critical rule {RULE}"
    assert "✗ held back: delivery" in told and "episodes_again.csv" in told
    assert reason in told and "stays in force" in told
    assert "Published" in told
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        fates = warehouse.execute(
            "select parse_filename(source_file), fate from raw.deliveries"
            " where return_name = 'ssda903' and table_name = 'episodes' and period_label = ?"
            " order by delivery_id",
            [YEAR],
        ).fetchall()
    assert fates == [("episodes.csv", "accepted"), ("episodes_again.csv", "held")]

    with duckdb.connect(str(settings.published_dir / "marts.duckdb"), read_only=True) as marts:
        [[published]] = marts.execute(
            "select value from fct_indicator_values where indicator_id = 'JC-LACN'"
            " and period_label = ? and breakdown = 'total' and version = 'outturn'"
            " and basis = 'computed'",
            [YEAR],
        ).fetchall()
    assert published == children
    site = settings.published_dir / "site"
    assert reason in (site / "deliveries.html").read_text(encoding="utf-8")
    assert "1 delivery held back." in (site / "validation.html").read_text(encoding="utf-8")
    report = (settings.reports_dir / "social_care" / "validation.html").read_text("utf-8")
    assert "Held back" in report and "LS=ZZ" in report
    status = pier(settings, project, "status")
    assert reason in " ".join(status.stdout.split())
