"""How fast dbt builds the marts: time against children, and the share of each model.

    python benchmarks/marts.py [--children-scale 0.25,1] [--authorities 1] [--years 2009-2018]
    python benchmarks/marts.py --home PATH

Each size is invented and landed into an empty warehouse, or the deliveries of an existing
``PIER_HOME`` are taken, as they stand, into a copy. Timed is what the nightly run does with them
once its manifest is read: one dbt process that makes every seed and model anew; then the data
tests it runs, by themselves. Inventing, landing and reading the project's files are left out.
Every size is measured by a process of its own, so that its peak memory is its own too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

# Run as a program, this folder would be looked in first, where demo.py is another file.
sys.path[0] = str(Path(__file__).resolve().parents[1])

import demo  # noqa: E402
from expectations.findings import create_tables  # noqa: E402
from orchestration.dbt import PointInTime, manifest_file, run_dbt  # noqa: E402
from orchestration.landing import LandingOptions, land  # noqa: E402
from orchestration.settings import Settings, load_settings  # noqa: E402

MEGABYTE = 1_000_000
POINT = PointInTime(dt.date(2018, 7, 31))
BUILD = [
    *("build", "--full-refresh", "--no-write-json", "--exclude-resource-type", "test", "unit_test"),
    *("--log-format-file", "json"),
]
DATA_TESTS = [
    *("test", "--exclude-resource-type", "unit_test"),
    *("--exclude", "resource_type:test,path:models/staging"),
]
CHILDREN = "select count(*) from intermediate.int_identity__children"


@dataclass(frozen=True)
class Result:
    """What building one warehouse took.

    Attributes:
        children: Children the warehouse tells apart, pupils among them.
        seconds: Clock of the build; ``test_seconds`` that of the data tests after it.
        cpu_seconds: Processor time of the build; ``test_cpu_seconds`` that of the tests.
        models: Name of each model or seed and its seconds by the clock, the slowest first.
            Four are built at a time, so together they are more than the build took.
    """

    children: int
    seconds: float
    cpu_seconds: float
    test_seconds: float
    test_cpu_seconds: float
    peak_megabytes: float
    models: list[tuple[str, float]]

    def __str__(self) -> str:
        return (
            f"{self.children:>9,} children  {self.seconds:6.1f} s  CPU {self.cpu_seconds:6.1f} s "
            f"({1000 * self.cpu_seconds / self.children:.2f} s per 1,000 children)  "
            f"peak {self.peak_megabytes:5.0f} MB  "
            f"tests {self.test_seconds:6.1f} s  CPU {self.test_cpu_seconds:6.1f} s"
        )


def measure(settings: Settings) -> Result:
    """Build and test what has landed in a home, each in a dbt process, and say what it took."""
    manifest_file(settings, POINT)
    seconds, cpu_seconds = timed(settings, BUILD)
    models = seconds_by_model(settings)
    test_seconds, test_cpu_seconds = timed(settings, DATA_TESTS)
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        [[children]] = warehouse.execute(CHILDREN).fetchall()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Result(
        children,
        seconds,
        cpu_seconds,
        test_seconds,
        test_cpu_seconds,
        peak / MEGABYTE,
        sorted(models.items(), key=lambda item: -item[1]),
    )


def seconds_by_model(settings: Settings) -> dict[str, float]:
    """The seconds of each model and seed, by its name, as dbt's log has them."""
    lines = (settings.dbt_log_dir / "dbt.log").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return {
        event["data"]["node_info"]["node_name"]: event["data"]["execution_time"]
        for event in events
        if event["info"]["name"] in ("LogModelResult", "LogSeedResult")
    }


def timed(settings: Settings, arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds by the clock and of processor time that one dbt command takes."""
    started, cpu_started = time.perf_counter(), cpu_of_children()
    if run_dbt(settings, POINT, ["--quiet", *arguments]) != 0:
        raise SystemExit(f"dbt {arguments[0]} failed.")
    return time.perf_counter() - started, cpu_of_children() - cpu_started


def cpu_of_children() -> float:
    """Processor seconds of the processes this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fill(home: Path, arguments: argparse.Namespace, children_scale: float) -> None:
    """Give an empty home something to build: copied from another one, or invented."""
    settings = load_settings({"PIER_HOME": str(home)})
    if arguments.home:
        from_file = load_settings({"PIER_HOME": str(arguments.home)}).warehouse_file
        settings.warehouse_file.parent.mkdir(parents=True)
        shutil.copy(from_file, settings.warehouse_file)
        with duckdb.connect(str(settings.warehouse_file)) as warehouse:
            create_tables(warehouse)
        return
    first, _, last = arguments.years.partition("-")
    demo.write(
        settings.landing_dir,
        years=range(int(first), int(last or first) + 1),
        authorities=arguments.authorities,
        children_scale=children_scale,
    )
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        # The files are whole: no need to wait whether they still grow.
        land(settings, warehouse, dt.datetime.now(dt.UTC), options=LandingOptions(settle_seconds=0))
        create_tables(warehouse)


def measured_apart(arguments: argparse.Namespace, children_scale: float) -> Result:
    """Fill a home and measure it in a process of its own, so that its peak memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, arguments, children_scale)
        command = [sys.executable, __file__, "--one", str(home)]
        ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        # dbt says on its standard output what failed, and its log is gone with the home.
        raise SystemExit(ended.stdout)
    return Result(**json.loads(ended.stdout.splitlines()[-1]))


def main() -> None:
    """Read the options, build, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, help="where returns have landed, instead of inventing")
    parser.add_argument("--children-scale", default="0.25,1")
    parser.add_argument("--authorities", type=int, default=1)
    parser.add_argument("--years", default="2009-2018")
    parser.add_argument("--slowest", type=int, default=10)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(asdict(measure(load_settings({"PIER_HOME": str(arguments.one)})))))
        return
    for scale in ["1"] if arguments.home else arguments.children_scale.split(","):
        print(f"{dt.date.today():%d/%m/%Y}  load {os.getloadavg()[0]:.1f}")
        result = measured_apart(arguments, float(scale))
        print(result)
        together = sum(seconds for _, seconds in result.models)
        for name, seconds in result.models[: arguments.slowest]:
            print(f"    {100 * seconds / together:5.1f} %  {seconds:6.2f} s  {name}")


if __name__ == "__main__":
    main()
