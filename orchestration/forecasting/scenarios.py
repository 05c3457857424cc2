"""The scenarios a finance officer may change, read from a small YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

SCENARIOS_FILE = Path(__file__).with_name("scenarios.yml")


@dataclass(frozen=True)
class Scenario:
    """What is taken to be different from now.

    Attributes:
        name: Its name in ``placement_cost_forecast``.
        title: What the page calls it.
        description: What is different, in a sentence.
        price_percent: How much higher every price is.
        entrants_percent: How many more children enter care.
        in_house_percent: Of those who would be placed with an agency's foster carers, how many
            go to the authority's own. Placements that stand are left alone.
    """

    name: str
    title: str
    description: str
    price_percent: float = 0.0
    entrants_percent: float = 0.0
    in_house_percent: float = 0.0


@dataclass(frozen=True)
class Plan:
    """How far, how often and under which scenarios to forecast.

    Attributes:
        months_ahead: Whole months from the first day of the forecast.
        simulations: Futures drawn.
        range_percent: Share of them between lower and upper.
        seed: Of the draws: the same history gives the same forecast.
        entry_years: Years before the forecast that entries are learned from.
        held_back_years: Whole years to forecast again from what was known before them.
        scenarios: The first one is *as now*.
    """

    months_ahead: int
    simulations: int
    range_percent: float
    seed: int
    entry_years: int
    held_back_years: int
    scenarios: tuple[Scenario, ...]

    @property
    def as_now(self) -> Scenario:
        """The scenario in which nothing is changed."""
        return self.scenarios[0]


def load_plan(path: Path = SCENARIOS_FILE) -> Plan:
    """Read the scenarios.

    Raises:
        ValueError: Two scenarios have one name, or the first changes something.
        TypeError: A field is missing or is none that is known.
    """
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    scenarios = tuple(Scenario(**one) for one in read.pop("scenarios"))
    names = [one.name for one in scenarios]
    if len(set(names)) != len(names):
        raise ValueError(f"{path.name}: two scenarios have one name; give each its own.")
    first = scenarios[0]
    if any((first.price_percent, first.entrants_percent, first.in_house_percent)):
        raise ValueError(f"{path.name}: the first scenario is as now and changes nothing.")
    return Plan(scenarios=scenarios, **read)
