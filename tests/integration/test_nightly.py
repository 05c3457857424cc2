"""The whole job on the demo borough, as a person or the schedule would run it."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from fixtures.homes import NewHome, copy_reading

from orchestration.dbt import PointInTime, run_dbt
from orchestration.fingerprint import inputs_fingerprint, published_fingerprint
from orchestration.landing import withdraw
from orchestration.lock import RUN_IN_PROGRESS, write_lock
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.summary import PublicationLine, publication_in_force

pytestmark = pytest.mark.heavy

AS_AT = "2017-07-31"
POINT = PointInTime(dt.date.fromisoformat(AS_AT))
WORD = re.compile(r"[A-Za-z0-9]+")
MADE_BY_PUBLISHING = {"meta_publication", "figure_revisions"}
ABOUT_THE_RUN = {"validation_summary"}
YEAR = "2016/17"
LAST_DAY = dt.date(2017, 3, 31)
SENT = Path("ssda903", "882", "2016-17", "episodes.csv")
SENT_AGAIN = SENT.with_name("episodes_again.csv")
HOLDS = "ssda903-144"
"""A rule that some tests make critical: a legal status is one of its codes."""

Figures = dict[str, list[tuple[object, ...]]]
"""The rows of published tables."""


def pier_command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments]


def environment(settings: Settings, project: Path = PROJECT_ROOT) -> dict[str, str]:
    return {
        **os.environ,
        "PIER_HOME": str(settings.home),
        "PIER_ENVIRONMENT": "test",
        "PIER_HOLD_CRITICAL_RETURNS": "yes" if settings.hold_critical_returns else "no",
        "PYTHONPATH": str(project),
        "COLUMNS": "200",
    }


def pier(
    settings: Settings, *arguments: str, project: Path = PROJECT_ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        pier_command(*arguments),
        cwd=project,
        env=environment(settings, project),
        capture_output=True,
        text=True,
        check=False,
    )


def nightly(
    settings: Settings, *arguments: str, project: Path = PROJECT_ROOT
) -> subprocess.CompletedProcess[str]:
    return pier(settings, "nightly", "--as-at", AS_AT, *arguments, project=project)


def figures(settings: Settings) -> Figures:
    """Every published table that rests on the data, sorted."""
    with duckdb.connect(str(settings.published_dir / "marts.duckdb"), read_only=True) as marts:
        names = [
            row[0] for row in marts.execute("select table_name from duckdb_tables()").fetchall()
        ]
        return {
            name: marts.execute(f"select * from {name} order by all").fetchall()
            for name in sorted(set(names) - MADE_BY_PUBLISHING - ABOUT_THE_RUN)
        }


READER = """
import json, sys, time
from pathlib import Path
import sqlalchemy as sa

marts, stop = sys.argv[1:]
questions, troubles = 0, []
while not Path(stop).exists():
    try:
        engine = sa.create_engine(
            f"duckdb:///{marts}", connect_args={"read_only": True}, poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            counts = [
                connection.execute(sa.text(f"select count(*) from {table}")).scalar_one()
                for table in ("fct_indicator_values", "performance_scorecard", "meta_publication")
            ]
        engine.dispose()
        questions += 1
        if not all(counts):
            troubles.append(f"half a publication: {counts}")
    except Exception as error:
        troubles.append(repr(error))
    time.sleep(0.5)
print(json.dumps({"questions": questions, "troubles": troubles}))
"""
"""A BI user who never stops asking, through SQLAlchemy, and notes every disappointment."""


@pytest.fixture(scope="module")
def built(new_home: NewHome) -> Settings:
    """A home in which the job has run once, on a year of the demo borough.

    One year holds every return, and the job takes every step on it; what more years would say,
    tests/integration/test_known_answers_in_marts.py asks of all of them.
    """
    settings = new_home("built", POINT)
    written = pier(settings, "demo", "--years", "2017")
    assert written.returncode == 0, written.stdout + written.stderr
    first = nightly(settings)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Published" in first.stdout
    return settings


def copy_home(settings: Settings, folder: Path) -> Settings:
    """Copy a home into a folder of its own, to be changed there."""
    shutil.copytree(settings.home, folder, symlinks=True)
    published = folder / "published"
    if published.is_symlink() and published.readlink().is_absolute():
        pytest.fail("published/ must stay right when the home folder is moved")
    copied = dataclasses.replace(settings, home=folder)
    copy_reading(settings, copied, POINT)
    return copied


@pytest.fixture
def home(built: Settings, tmp_path: Path) -> Settings:
    """A copy of that home, for a test that changes it."""
    return copy_home(built, tmp_path / "home")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, to be run or broken, without dbt's tests of the data.

    They have all passed on the same data when the home was built; whatever becomes of the runs
    below, they would have no part in it, and a third of the time.
    """
    folder = tmp_path_factory.mktemp("project")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in tracked:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # With its time, or dbt would have to read what it knows already.
        shutil.copy2(PROJECT_ROOT / name, folder / name)
    with (folder / "dbt_project" / "dbt_project.yml").open("a", encoding="utf-8") as file:
        file.write("\ndata_tests:\n  pier:\n    +enabled: false\n")
    return folder


@contextmanager
def somebody_reads(home: Settings, stop: Path) -> Iterator[None]:
    """A second process reads throughout, and must never be disappointed."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(home.published_dir / "marts.duckdb"), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield
    stop.touch()
    output, _ = process.communicate(timeout=60)
    seen = json.loads(output)
    assert not seen["troubles"]
    assert seen["questions"] > 10


def test_a_second_run_with_nothing_new_publishes_nothing(home: Settings) -> None:
    before = publication_in_force(home)
    again = nightly(home)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Nothing new" in again.stdout
    assert publication_in_force(home) == before


IDENTIFIER = re.compile(
    r"(former_)?(la_)?(child|person|pupil|upn|uln|young_person|carer|mother)(_?id|_number)?s?"
)
"""A column of a return that tells who somebody is, whichever return it is."""


def identifiers(settings: Settings) -> set[str]:
    """Every identifier of a person in anything that landed, in any return."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        columns = warehouse.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
        ).fetchall()
        asked = [
            f'select distinct "{column}" as name from raw.{table}'
            for table, column in columns
            if IDENTIFIER.fullmatch(column)
        ]
        names = warehouse.execute(" union ".join(asked)).fetchall()
    # Short ones ("MOTHER" is 0 or 1) are found everywhere; long ones with no digit are words.
    return {name for (name,) in names if name and len(name) >= 6 and re.search(r"\d", name)}


def published_texts(settings: Settings) -> Iterator[str]:
    """Every cell and every file of a publication, and Great Expectations' pages, as text."""
    published = settings.published_dir
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published / 'marts.duckdb'}' as published (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
        sources = [f"published.{table}" for (table,) in tables]
        sources += [f"'{path}'" for path in published.rglob("*.parquet")]
        assert len(sources) > 2 * 12, "marts are published twice, as tables and as Parquet"
        for source in sources:
            cursor = connection.execute(f"select columns(*)::varchar from {source}")
            while rows := cursor.fetchmany(50_000):
                yield from {cell for row in rows for cell in row if cell}
    files = [*published.rglob("*"), *settings.data_docs_dir.rglob("*")]
    known = {".duckdb", ".parquet"}
    for path in files:
        if path.is_file() and path.suffix not in known:
            yield path.read_bytes().decode("utf-8", errors="replace")


def test_no_child_of_the_demo_borough_is_in_anything_published(built: Settings) -> None:
    names = identifiers(built)
    assert len(names) > 10_000, "pupils of the school census are among them"
    shown = {name for text in published_texts(built) for name in set(WORD.findall(text)) & names}
    assert not shown, f"{len(shown)} people can be found in what is published"


def test_a_figure_is_taken_apart_and_children_are_shown_only_when_asked_for(
    built: Settings,
) -> None:
    counted = pier(built, "explain", "NI 62", "--period", "2016/17")
    assert counted.returncode == 0, counted.stdout
    assert "27" in counted.stdout and "282" in counted.stdout
    assert "missing_is_placement" in counted.stdout
    assert "ssda903/882/2016-17/episodes.csv" in counted.stdout
    assert "DEMO" not in counted.stdout
    listed = pier(built, "explain", "NI 62", "--period", "2016/17", "--children")
    assert len(set(re.findall(r"DEMO\w+", listed.stdout))) == 282
    unknown = pier(built, "explain", "NI 6")
    assert (unknown.returncode, unknown.stdout.split(".")[0]) == (1, "There is no indicator NI 6")


def test_the_unit_tests_of_the_models_pass(built: Settings) -> None:
    """dbt takes the types of what a unit test leaves out from what is built: here, everything."""
    assert run_dbt(built, POINT, ["test", "--quiet", "--select", "test_type:unit"]) == 0


def test_another_day_another_delivery_or_other_settings_are_something_to_build(
    home: Settings,
) -> None:
    def fingerprint(day: str, settings: Settings = home) -> str:
        return inputs_fingerprint(settings, PointInTime(as_at=dt.date.fromisoformat(day)))

    assert fingerprint(AS_AT) == published_fingerprint(home)
    assert fingerprint("2017-08-31") != fingerprint(AS_AT)
    stricter = dataclasses.replace(home, small_number_limit=10)
    assert fingerprint(AS_AT, stricter) != fingerprint(AS_AT)
    before = fingerprint(AS_AT)
    with duckdb.connect(str(home.warehouse_file)) as warehouse:
        withdraw(warehouse, 1, dt.datetime(2017, 8, 1, tzinfo=dt.UTC))
    assert fingerprint(AS_AT) != before


def test_a_refused_file_says_why_and_the_others_land(home: Settings) -> None:
    folder = home.landing_dir / "ssda903" / "882" / "2016-17"
    header = "CHILD,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST"
    (folder / "no_start.csv").write_text(f"{header},URN\n990001,S,C2,N1,U6,PR1,,,,,,\n")
    (folder / "more.csv").write_text(
        "CHILD,DOB,REVIEW,REVIEW_CODE\n990001,01/01/2010,01/02/2017,PN1\n"
    )
    run = pier(home, "land")
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    assert any("no_start.csv" in line and "refused" in line for line in lines)
    assert any("more.csv" in line and "accepted" in line for line in lines)
    assert (
        "no_start.csv looks like episodes of ssda903 but lacks the column DECOM; add it to the "
        "header line and send the file again." in run.stdout
    )
    assert "990001" not in run.stdout, "a child's id was printed"


STEPS = {
    "while it starts": r"starting Dagster",
    "in the build": r"dbt: [1-9]\d+ of",
    "in the audit": r"dbt: (\d+) of \1 tables",
    "while it publishes": r"audit: \d+ rules judged",
}
"""What a run tells whoever watches it when it has come to each of its steps."""
COLOURS_AND_CURSOR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def run_and_kill(home: Settings, project: Path, step: str) -> None:
    """Start a run that builds again, and kill all of it as soon as it has come to a step."""
    process = subprocess.Popen(
        pier_command("nightly", "--as-at", AS_AT, "--rebuild"),
        cwd=project,
        # Without colours it would not tell a pipe its steps.
        env={**environment(home, project), "FORCE_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    told = b""
    while not re.search(STEPS[step], COLOURS_AND_CURSOR.sub("", told.decode(errors="replace"))):
        more = os.read(process.stdout.fileno(), 65_536)
        assert more, f"the run ended and was not seen {step}"
        told = (told + more)[-65_536:]
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@dataclass(frozen=True)
class Rebuilt:
    """What came of runs that were killed, and of one after them that met a bad file.

    Attributes:
        home: The home they ran in.
        project: The project the last of them ran.
        publication: The publication in force before them.
        before: Every published table before them.
        after_kill: Every published table after a kill, by the step the run was killed in.
        run: The run after them, which was left alone.
    """

    home: Settings
    project: Path
    publication: PublicationLine | None
    before: Figures
    after_kill: Mapping[str, Figures]
    run: subprocess.CompletedProcess[str]


def break_rules(project: Path) -> None:
    """A rule that cannot be run, whatever was sent, and one that is critical."""
    rules = project / "expectations" / "rules"
    audits = rules / "file_audits.yml"
    text = audits.read_text(encoding="utf-8")
    sound = "not exists (select 1 from known_grades"
    assert text.count(sound) == 1
    # A date is asked of a grade.
    broken = f"cast(record.grade_code as date) < record.audit_date and {sound}"
    audits.write_text(text.replace(sound, broken), encoding="utf-8")
    episodes = rules / "ssda903" / "episodes.yml"
    before, it, after = episodes.read_text(encoding="utf-8").partition(f"- id: {HOLDS}\n")
    assert it and "severity: error" in after
    after = after.replace("severity: error", "severity: critical", 1)
    episodes.write_text(before + it + after, encoding="utf-8")


def episodes_sent(home: Settings) -> list[dict[str, str]]:
    with (home.landing_dir / SENT).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def looked_after(episodes: list[dict[str, str]]) -> int:
    """Children with an episode open on the last day of the year that is no short break."""

    def date(text: str) -> dt.date | None:
        return dt.datetime.strptime(text, "%d/%m/%Y").date() if text else None

    return len(
        {
            row["CHILD"]
            for row in episodes
            if row["LS"] not in ("V3", "V4")
            and (date(row["DECOM"]) or LAST_DAY) <= LAST_DAY
            and (date(row["DEC"]) is None or (date(row["DEC"]) or LAST_DAY) > LAST_DAY)
        }
    )


def send_worse(home: Settings) -> None:
    """Send episodes again: all are short breaks, but for one status that is no code."""
    episodes = episodes_sent(home)
    worse = [row | {"LS": "V4"} for row in episodes]
    worse[0]["LS"] = "ZZ"
    assert looked_after(worse) <= 1
    with (home.landing_dir / SENT_AGAIN).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(episodes[0]))
        writer.writeheader()
        writer.writerows(worse)


@pytest.fixture(scope="module")
def rebuilt(built: Settings, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    """A home in which runs were killed, and then one built all of it again.

    In that last one a rule cannot be run, and a bad file has come, which is held back.
    """
    folder = tmp_path_factory.mktemp("rebuilt")
    home = copy_home(built, folder / "home")
    broken = folder / "project"
    shutil.copytree(project, broken)
    break_rules(broken)

    publication, before = publication_in_force(home), figures(home)
    after_kill = {}
    with somebody_reads(home, folder / "stop"):
        for step in STEPS:
            run_and_kill(home, project, step)
            after_kill[step] = figures(home)
        send_worse(home)
        holding = dataclasses.replace(home, hold_critical_returns=True)
        run = nightly(holding, "--rebuild", project=broken)
    return Rebuilt(holding, broken, publication, before, after_kill, run)


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_is_killed_leaves_what_was_published(rebuilt: Rebuilt, step: str) -> None:
    assert rebuilt.after_kill[step] == rebuilt.before


def test_building_again_after_killed_runs_gives_the_same_figures(rebuilt: Rebuilt) -> None:
    """Also those of what was sent again and held back: they are of the file before it."""
    assert publication_in_force(rebuilt.home) != rebuilt.publication
    after = figures(rebuilt.home)
    deliveries = "return_deliveries"
    after[deliveries] = [row for row in after[deliveries] if "held" not in row]
    assert after == rebuilt.before
    assert not list(rebuilt.home.publications_dir.glob("*.partial"))


def test_a_rule_that_breaks_shows_everywhere_and_fails_the_run(rebuilt: Rebuilt) -> None:
    home, run = rebuilt.home, rebuilt.run
    assert run.returncode == 1, run.stdout
    told = " ".join(run.stdout.split())
    assert re.search(r"error crashed 1 ", told)
    assert "Published, but 1 validation rules could not run: audits-grade." in told
    assert "✗ audits-grade (stg_file_audits__audits)" in told
    reason = "The rule could not be run (ConversionException)."
    site = (home.published_dir / "site" / "validation.html").read_text(encoding="utf-8")
    assert "Checks that could not run" in site
    assert reason in site
    page = (home.reports_dir / "social_care" / "validation.html").read_text(encoding="utf-8")
    assert "Rules that broke" in page
    assert reason in page
    with dg.DagsterInstance.from_config(str(home.dagster_dir)) as instance:
        key = dg.AssetCheckKey(dg.AssetKey(["staging", "stg_file_audits__audits"]), "audits_grade")
        storage = instance.event_log_storage
        record = storage.get_latest_asset_check_execution_by_key([key])[key]
    assert record.event is not None
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    assert evaluation.metadata["outcome"].value == "crashed"


def test_a_bad_file_is_held_back_and_the_figures_are_those_of_the_one_before(
    rebuilt: Rebuilt,
) -> None:
    home, run = rebuilt.home, rebuilt.run
    told = " ".join(run.stdout.split())
    assert run.returncode == 1, told
    reason = f"1 row fails critical rule {HOLDS}"
    assert "✗ held back: delivery" in told and SENT_AGAIN.name in told
    assert reason in told and "stays in force" in told
    assert "Published" in told
    with duckdb.connect(str(home.warehouse_file), read_only=True) as warehouse:
        fates = warehouse.execute(
            "select parse_filename(source_file), fate from raw.deliveries"
            " where return_name = 'ssda903' and table_name = 'episodes' and period_label = ?"
            " order by delivery_id",
            [YEAR],
        ).fetchall()
    assert fates == [(SENT.name, "accepted"), (SENT_AGAIN.name, "held")]

    children = looked_after(episodes_sent(home))
    assert children > home.small_number_limit
    with duckdb.connect(str(home.published_dir / "marts.duckdb"), read_only=True) as marts:
        [[published]] = marts.execute(
            "select value from fct_indicator_values where indicator_id = 'JC-LACN'"
            " and period_label = ? and breakdown = 'total' and version = 'outturn'"
            " and basis = 'computed'",
            [YEAR],
        ).fetchall()
    assert published == children
    site = home.published_dir / "site"
    assert reason in (site / "deliveries.html").read_text(encoding="utf-8")
    assert "1 delivery held back." in (site / "validation.html").read_text(encoding="utf-8")
    report = (home.reports_dir / "social_care" / "validation.html").read_text("utf-8")
    assert "Held back" in report and "LS=ZZ" in report
    status = pier(home, "status", project=rebuilt.project)
    assert reason in " ".join(status.stdout.split())


def test_a_critical_fault_in_a_mart_stops_publication(
    rebuilt: Rebuilt, project: Path, tmp_path: Path
) -> None:
    """A dimension repeats a key, and dbt's own test of it is not there to stop the build."""
    home = copy_home(rebuilt.home, tmp_path / "home")
    project = Path(shutil.copytree(project, tmp_path / "project"))
    model = next(project.glob("dbt_project/models/marts/**/dim_indicators.sql"))
    sql = model.read_text(encoding="utf-8").rstrip()
    last = sql.rsplit("select * from ", 1)[1]
    model.write_text(f"{sql}\nunion all\nselect * from {last}\n", encoding="utf-8")
    before, in_force = figures(home), publication_in_force(home)

    run = nightly(home, project=project)

    assert run.returncode == 1, run.stdout
    assert "dim_indicators" in run.stdout
    assert "stays in force" in run.stdout
    assert publication_in_force(home) == in_force
    assert figures(home) == before


def test_two_runs_at_once_do_not_mix(home: Settings) -> None:
    with write_lock(home):
        second = nightly(home, "--rebuild")
        landed = pier(home, "land")
    assert second.returncode == 1
    assert "Another run is writing" in second.stdout
    assert (landed.returncode, landed.stdout) == (1, f"{RUN_IN_PROGRESS}\n")
