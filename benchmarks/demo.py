"""How fast invented boroughs are written: time and memory for more and more authorities.

    python benchmarks/demo.py [--authorities 1,10,153] [--children-scale 0.3] [--years 2016-2018]

Each number of authorities is written by a process of its own into an empty folder. Their lives are
always lived through in full, from 2007 to 2019; only the years written differ.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

# This file has the name of the package it times, and its folder would be looked in first.
sys.path[0] = str(Path(__file__).resolve().parents[1])

import demo  # noqa: E402

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Result:
    authorities: int
    children: int
    files: int
    megabytes: float
    seconds: float
    cpu_seconds: float
    peak_megabytes: float

    def __str__(self) -> str:
        return (
            f"{self.authorities:4} authorities  {self.children:>9,} children  "
            f"{self.files:>6,} files  {self.megabytes:7.0f} MB  {self.seconds:7.1f} s  "
            f"CPU {self.cpu_seconds:7.1f} s ({1000 * self.cpu_seconds / self.children:.2f} s "
            f"per 1,000 children)  peak {self.peak_megabytes:4.0f} MB"
        )


def measure(authorities: int, children_scale: float, years: range) -> Result:
    """Write once, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder)
        started, cpu_started = time.perf_counter(), time.process_time()
        written = demo.write(
            landing, years=years, authorities=authorities, children_scale=children_scale
        )
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        size = sum(path.stat().st_size for path in landing.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Result(
        authorities, written.children, written.files, size / MEGABYTE, seconds, cpu,
        peak / MEGABYTE,
    )  # fmt: skip


def measured_apart(arguments: argparse.Namespace, authorities: int) -> Result:
    """Write in a process of its own, so that its peak memory is its own too."""
    command = [sys.executable, __file__, "--one", str(authorities)]
    command += ["--children-scale", str(arguments.children_scale), "--years", arguments.years]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return Result(**json.loads(ended.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--authorities", default="1,10,153")
    parser.add_argument("--children-scale", type=float, default=0.3)
    parser.add_argument("--years", default="2016-2018")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        first, _, last = arguments.years.partition("-")
        years = range(int(first), int(last or first) + 1)
        print(json.dumps(asdict(measure(arguments.one, arguments.children_scale, years))))
        return
    load = os.getloadavg()[0]
    print(f"{dt.date.today():%d/%m/%Y}  load {load:.1f}  scale {arguments.children_scale}")
    for number in arguments.authorities.split(","):
        print(measured_apart(arguments, int(number)), flush=True)


if __name__ == "__main__":
    main()
