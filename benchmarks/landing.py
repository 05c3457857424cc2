"""How fast returns land: writes large invented ones, lands each in a process of its own.

    python benchmarks/landing.py [--csv-mb 100] [--xml-mb 500] [--growth 10]

Prints megabytes a second by the clock and by processor time, peak memory, and how much longer
a return of ``growth`` times the children takes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.landing import LandingOptions, land, load_contracts
from orchestration.settings import load_settings

MEGABYTE = 1_000_000
PLACES = {"csv": "ssda903/882/2016-17/episodes.csv", "xml": "cin_census/882/2016-17/census.xml"}
DAYS = [dt.date(2016, 4, 1) + dt.timedelta(days=number) for number in range(365)]


@dataclass(frozen=True)
class Result:
    kind: str
    megabytes: float
    rows: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float

    def __str__(self) -> str:
        return (
            f"{self.kind} {self.megabytes:6.0f} MB  {self.rows:>10,} rows  "
            f"{self.seconds:6.1f} s  {self.megabytes / self.seconds:5.1f} MB/s  "
            f"CPU {self.cpu_seconds:6.1f} s  {self.megabytes / self.cpu_seconds:5.1f} MB/CPU s  "
            f"peak {self.peak_megabytes:4.0f} MB"
        )


def episodes(dice: random.Random) -> Iterator[str]:
    yield (
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,"
        "PL_POST,URN\n"
    )
    days = [day.strftime("%d/%m/%Y") for day in DAYS]
    child = 0
    while True:
        child += 1
        for _ in range(dice.randint(1, 3)):
            yield (
                f"{child:08d},{dice.choice(days)},{dice.choice('SLPB')},"
                f"{dice.choice(('C2', 'V2', 'E1'))},N{dice.randint(1, 8)},"
                f"{dice.choice(('U4', 'U1', 'K2', 'H5'))},PR{dice.randint(0, 5)},"
                f"{dice.choice(days)},X1,CARPL,SS{dice.randint(0, 99)} {dice.randint(0, 9)}AA,"
                f"SS{dice.randint(0, 99)} {dice.randint(0, 9)}AB,{dice.randint(10**6, 10**7)}\n"
            )


def children(dice: random.Random) -> Iterator[str]:
    days = [day.isoformat() for day in DAYS]
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n<Header><CollectionDetails>'
        "<Collection>CIN</Collection><Year>2017</Year><ReferenceDate>2017-03-31</ReferenceDate>"
        "</CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>882</LEA></Source>"
        "</Header>\n<Children>\n"
    )
    child = 0
    while True:
        child += 1
        text = f"""  <Child>
    <ChildIdentifiers>
      <LAchildID>{child:08d}</LAchildID>
      <UPN>A{child:012d}</UPN>
      <PersonBirthDate>2008-02-{dice.randint(1, 28):02d}</PersonBirthDate>
      <GenderCurrent>{dice.randint(1, 2)}</GenderCurrent>
    </ChildIdentifiers>
    <ChildCharacteristics>
      <Ethnicity>WBRI</Ethnicity>
      <Disabilities><Disability>NONE</Disability></Disabilities>
    </ChildCharacteristics>
"""
        for _ in range(dice.randint(1, 2)):
            text += f"""    <CINdetails>
      <CINreferralDate>{dice.choice(days)}</CINreferralDate>
      <ReferralSource>1A</ReferralSource>
      <PrimaryNeedCode>N1</PrimaryNeedCode>
      <ReferralNFA>0</ReferralNFA>
      <Assessments>
        <AssessmentActualStartDate>{dice.choice(days)}</AssessmentActualStartDate>
        <AssessmentInternalReviewDate>{dice.choice(days)}</AssessmentInternalReviewDate>
        <AssessmentAuthorisationDate>{dice.choice(days)}</AssessmentAuthorisationDate>
        <FactorsIdentifiedAtAssessment>
          <AssessmentFactors>2A</AssessmentFactors>
          <AssessmentFactors>4B</AssessmentFactors>
        </FactorsIdentifiedAtAssessment>
      </Assessments>
      <Section47>
        <S47ActualStartDate>{dice.choice(days)}</S47ActualStartDate>
        <ICPCnotRequired>0</ICPCnotRequired>
      </Section47>
      <ChildProtectionPlans>
        <CPPstartDate>{dice.choice(days)}</CPPstartDate>
        <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
        <LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>
        <NumberOfPreviousCPP>0</NumberOfPreviousCPP>
        <Reviews>
          <CPPreviewDate>{dice.choice(days)}</CPPreviewDate>
          <CPPreviewDate>{dice.choice(days)}</CPPreviewDate>
        </Reviews>
      </ChildProtectionPlans>
    </CINdetails>
"""
        yield text + "  </Child>\n"


KINDS: dict[str, tuple[Callable[[random.Random], Iterator[str]], str]] = {
    "csv": (episodes, ""),
    "xml": (children, "</Children>\n</Message>\n"),
}


def write(kind: str, path: Path, megabytes: float) -> None:
    """Write a return of about so many megabytes; the same every time."""
    generate, end = KINDS[kind]
    dice = random.Random(903)  # noqa: S311 - repeatable, not secret
    size = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        for text in generate(dice):
            size += file.write(text)
            if size >= megabytes * MEGABYTE:
                break
        file.write(end)


def land_one(kind: str, home: Path) -> Result:
    """Land what lies in a home of its own, and measure this process."""
    settings = load_settings({"PIER_HOME": str(home)})
    load_contracts()
    begun, cpu = time.monotonic(), time.process_time()
    summary = land(
        settings, None, dt.datetime(2026, 4, 1), options=LandingOptions(settle_seconds=0)
    )
    seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    if any(delivery.fate != "accepted" for delivery in summary.deliveries):
        raise SystemExit(f"{kind} did not land: {summary.deliveries[0].reason}")
    size = (settings.landing_dir / PLACES[kind]).stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Result(kind, size / MEGABYTE, summary.rows, seconds, cpu, peak / MEGABYTE)


def measure(kind: str, megabytes: float) -> Result:
    """Write a return and land it in a new process."""
    with tempfile.TemporaryDirectory(prefix="pier-benchmark-") as folder:
        home = Path(folder)
        write(kind, load_settings({"PIER_HOME": folder}).landing_dir / PLACES[kind], megabytes)
        done = subprocess.run(
            [sys.executable, __file__, "--land", kind, str(home)],
            check=True,
            capture_output=True,
            text=True,
        )
    result = Result(**json.loads(done.stdout.splitlines()[-1]))
    print(result, flush=True)
    return result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--csv-mb", type=float, default=100)
    arguments.add_argument("--xml-mb", type=float, default=500)
    arguments.add_argument("--growth", type=float, default=10)
    arguments.add_argument("--land", nargs=2, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.land:
        print(json.dumps(asdict(land_one(chosen.land[0], Path(chosen.land[1])))))
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{dt.datetime.now():%d/%m/%Y %H:%M}, {os.cpu_count()} processors, load {load}")
    for kind, megabytes in (("csv", chosen.csv_mb), ("xml", chosen.xml_mb)):
        small = measure(kind, megabytes / chosen.growth)
        large = measure(kind, megabytes)
        print(
            f"{kind} {chosen.growth:.0f} times the children: {large.seconds / small.seconds:.1f} "
            f"times the time, {large.cpu_seconds / small.cpu_seconds:.1f} times the CPU time"
        )


if __name__ == "__main__":
    main()
