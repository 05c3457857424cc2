"""Ten rules on the sample return, against the same rules said again in plain Python."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.scratch_warehouse import build, catalogue, deliver, failing

SSDA903 = catalogue("ssda903")
YEAR_START, YEAR_END = dt.date(2017, 4, 1), dt.date(2018, 3, 31)
CARE_ENDED = {
    *("E2", "E3", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9", "E11", "E12", "E13", "E14"),
    *("E15", "E16", "E17", "E41", "E45", "E46", "E47", "E48"),
}


@dataclass(frozen=True)
class Episode:
    line: int
    child: str
    start: dt.date
    end: dt.date | None
    rne: str
    rec: str
    place: str
    provider: str


def read(path: Path) -> list[Episode]:
    def date(text: str) -> dt.date | None:
        return dt.datetime.strptime(text, "%d/%m/%Y").date() if text else None

    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Episode(
                line,
                row["CHILD"],
                date(row["DECOM"]) or dt.date.max,
                date(row["DEC"]),
                *(row[name] for name in ("RNE", "REC", "PLACE", "PLACE_PROVIDER")),
            )
            for line, row in enumerate(csv.DictReader(file), start=2)
        ]


@pytest.fixture(scope="module")
def episodes(shared: Path) -> list[Episode]:
    return read(shared / "returns" / "sample_ssda903" / "episodes.csv")


@pytest.fixture(scope="module")
def warehouse(episodes: list[Episode]) -> Iterator[duckdb.DuckDBPyConnection]:
    rows = [
        {
            "child_id": episode.child,
            "episode_start_date": episode.start,
            "episode_end_date": episode.end,
            "start_reason_code": episode.rne or None,
            "end_reason_code": episode.rec or None,
            "placement_type_code": episode.place or None,
            "placement_provider_code": episode.provider or None,
        }
        for episode in episodes
    ]
    with duckdb.connect() as connection:
        build(connection)
        deliver(connection, SSDA903, {"episodes": rows}, "2017/18")
        yield connection


def alone(rule_id: str, episode: Episode) -> bool:
    """Rules on one episode."""
    no_provider = episode.place in {"T0", "T1", "T2", "T3", "T4", "Z1"}
    return {
        "ssda903-148": bool(episode.end) != bool(episode.rec),
        "ssda903-178": bool(episode.provider)
        and (no_provider or episode.provider not in {f"PR{number}" for number in range(6)}),
        "ssda903-355": episode.end == episode.start,
        "ssda903-385": bool(episode.end and episode.end > YEAR_END),
    }[rule_id]


def in_turn(rule_id: str, before: list[Episode], episode: Episode, after: Episode | None) -> bool:
    """Rules on an episode and those of the same child around it."""
    last = before[-1] if before else None
    ends = [earlier.end for earlier in before if earlier.end]
    starts_then = after is not None and after.start == episode.end
    return {
        "ssda903-142": after is not None and not (episode.end and episode.rec),
        "ssda903-overlap": bool(ends) and episode.start < max(ends),
        "ssda903-357": last is None and episode.start >= YEAR_START and episode.rne != "S",
        "ssda903-388": bool(episode.end and episode.rec) and ((episode.rec == "X1") != starts_then),
        "ssda903-432": last is not None and last.rec in CARE_ENDED and episode.rne != "S",
        "ssda903-433": last is not None
        and episode.rne in {"P", "L", "T", "U", "B"}
        and episode.start != last.end,
        "ssda903-437": after is not None and episode.rec in {"E2", "E15"},
    }[rule_id]


def said_again(rule_id: str, episodes: list[Episode]) -> set[int]:
    if rule_id in {"ssda903-148", "ssda903-178", "ssda903-355", "ssda903-385"}:
        return {episode.line for episode in episodes if alone(rule_id, episode)}
    by_child = defaultdict(list)
    for episode in episodes:
        by_child[episode.child].append(episode)
    lines = set()
    for theirs in by_child.values():
        theirs.sort(key=lambda each: (each.start, each.end or dt.date.max, each.line))
        for position, episode in enumerate(theirs):
            after = theirs[position + 1] if position + 1 < len(theirs) else None
            if in_turn(rule_id, theirs[:position], episode, after):
                lines.add(episode.line)
    return lines


@pytest.mark.parametrize(
    "rule_id",
    [
        "ssda903-142",
        "ssda903-148",
        "ssda903-178",
        "ssda903-355",
        "ssda903-357",
        "ssda903-385",
        "ssda903-388",
        "ssda903-432",
        "ssda903-433",
        "ssda903-437",
        "ssda903-overlap",
    ],
)
def test_a_rule_finds_what_its_plain_statement_finds(
    warehouse: duckdb.DuckDBPyConnection, episodes: list[Episode], rule_id: str
) -> None:
    rule = next(rule for rule in SSDA903.rules if rule.rule_id == rule_id)
    found = {row["source_line"] for row in failing(warehouse, SSDA903, rule)}
    assert found == said_again(rule_id, episodes)
