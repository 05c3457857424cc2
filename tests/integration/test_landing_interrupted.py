"""Killed at any moment, landing leaves what the next run can finish: never half a file."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import shutil
import time
import zipfile
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing import LandingOptions, contract_for, land, load_contracts
from orchestration.settings import Settings, load_settings

pytestmark = pytest.mark.heavy

INTERRUPTIONS = 20
RECEIVED = dt.datetime(2026, 4, 1, 2, 0)
CONTRACTS = [c for c in load_contracts() if c.return_name in ("ssda903", "cin_census")]
HOW = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
PROCESSES = multiprocessing.get_context(HOW)
if HOW == "forkserver":
    # Every process begins with landing imported, by far the longest part of its life otherwise.
    PROCESSES.set_forkserver_preload(["orchestration.landing"])
TIMES_AND_RUNS = ("received_at", "run_id", "seen_at", "withdrawn_at")


def write_files(settings: Settings) -> None:
    """Send a return in every form, one file corrected by a later one, one that is refused."""
    folder = settings.landing_dir / "ssda903" / "882" / "2016-17"
    folder.mkdir(parents=True)
    reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
    rows = [f"{n},01/02/2008,{n % 28 + 1:02d}/05/2016,PN1\n" for n in range(3000)]
    (folder / "a.csv").write_text(reviews + "".join(rows))
    (folder / "b.csv").write_text(reviews + "".join(rows[10:]) + "short,row\n")
    (folder / "c.csv").write_text("Name\nnobody\n")
    header = contract_for("ssda903", "2016-17").table("header").columns
    line = ",".join(column.header for column in header)
    with zipfile.ZipFile(folder / "d.zip", "w") as archive:
        archive.writestr("uasc.csv", "CHILD,SEX,DOB,DUC\n9,1,01/02/2009,\n")
        archive.writestr("header.csv", f"{line}\n{',' * (len(header) - 1)}x\n")
    census = settings.landing_dir / "cin_census" / "882" / "2016-17"
    census.mkdir(parents=True)
    children = "".join(
        f"<Child><ChildIdentifiers><LAchildID>{n}</LAchildID></ChildIdentifiers><CINdetails>"
        "<CINreferralDate>2016-05-03</CINreferralDate></CINdetails></Child>\n"
        for n in range(3000)
    )
    (census / "e.xml").write_text(f"<Message><Header/><Children>{children}</Children></Message>")
    for second, file in enumerate(sorted(settings.landing_dir.rglob("*.*"))):
        os.utime(file, (1_700_000_000 + second, 1_700_000_000 + second))


def start(settings: Settings) -> BaseProcess:
    """Land in a process of its own."""
    given = {"contracts": CONTRACTS, "options": LandingOptions(0)}
    process = PROCESSES.Process(target=land, args=(settings, None, RECEIVED), kwargs=given)
    process.start()
    return process


def exit_code(process: BaseProcess) -> int | None:
    process.join()
    return process.exitcode


def contents(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the warehouse but when it came, in no order."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        kept = f"columns(name -> name not in {TIMES_AND_RUNS})"
        return {
            table: connection.execute(f"select {kept} from raw.{table} order by all").fetchall()
            for (table,) in tables
        }


def test_a_run_after_a_kill_ends_where_one_run_does(tmp_path: Path) -> None:
    whole = load_settings({"PIER_HOME": str(tmp_path / "whole")})
    write_files(whole)
    # The first process starts what the others are forked from, which is no part of landing.
    assert exit_code(start(load_settings({"PIER_HOME": str(tmp_path / "first")}))) == 0
    begun = time.monotonic()
    assert exit_code(start(whole)) == 0
    seconds = time.monotonic() - begun
    expected = contents(whole)
    assert len(expected["ssda903__reviews"]) == 5990
    assert len(expected["rejected_rows"]) == 1

    moments = random.Random(903)  # noqa: S311 - for choosing moments, not secrets
    killed = 0
    for number in range(INTERRUPTIONS):
        settings = load_settings({"PIER_HOME": str(tmp_path / f"killed{number}")})
        shutil.copytree(whole.landing_dir, settings.landing_dir)
        process = start(settings)
        time.sleep(moments.uniform(0, seconds))
        process.kill()
        killed += exit_code(process) != 0
        land(settings, None, RECEIVED, contracts=CONTRACTS, options=LandingOptions(0))
        assert contents(settings) == expected, f"killed {number}"
        left = [path.name for path in settings.warehouse_file.parent.iterdir()]
        assert left == [settings.warehouse_file.name]
    assert killed >= INTERRUPTIONS // 2, "the kills came too late to interrupt anything"
