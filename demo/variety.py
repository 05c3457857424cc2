"""What other authorities than the home one must add up to.

The home authority's figures are those its documents print. Every other one is a borough of its
own: larger or smaller, with more or fewer children in care or in need for its size, and with trends
of its own. Its quotas are the home authority's, scaled; those that only make sense for a printed
document are left out, and then chance decides. ``data/variety.csv`` says which is which.
"""

import csv
import math
import random
from dataclasses import dataclass
from functools import cache
from importlib import resources

from demo.calibration import Quotas

_SPREAD_OF_SIZES, _MEAN_SIZE = 0.45, 0.45
_SMALLEST, _LARGEST = 0.4, 5.0
_SPREAD_OF_FAMILIES = 0.16
_SPREAD_OF_TRENDS = 0.01
_TREND_FROM = 2013
_NOT_SCALED = ("mean_", "_percent", "_in_tenths", "_days", "rate_")


@dataclass(frozen=True)
class Variety:
    """How one measure differs between authorities.

    ``kind`` is ``count`` (grows with the authority), ``level`` (does not) or ``home`` (only the
    home authority has it). Measures of one ``family`` grow together. ``spread`` is the standard
    deviation, in hundredths, of what the measure differs by itself.
    """

    kind: str
    family: str
    spread: int


@cache
def varieties() -> dict[str, Variety]:
    """The table of measures."""
    text = resources.files("demo").joinpath("data/variety.csv").read_text(encoding="utf-8")
    return {
        row["measure"]: Variety(row["kind"], row["family"], int(row["spread"]))
        for row in csv.DictReader(text.splitlines())
    }


def size_of(la_code: str, seed: int) -> float:
    """How many times the home authority's children another authority has."""
    rng = random.Random(f"{la_code}:{seed}:size")  # noqa: S311
    size = math.exp(rng.gauss(_MEAN_SIZE, _SPREAD_OF_SIZES))
    return min(_LARGEST, max(_SMALLEST, size))


def scaled_quotas(quotas: Quotas, scale: float, draw: int) -> Quotas:
    """The quotas of the home authority with more or fewer children, else unchanged.

    Figures that need the printed number of children are left out.

    Args:
        quotas: the home authority's.
        scale: how many times the children.
        draw: counts the draws made, for quotas that no children could meet.
    """
    if scale == 1:
        return quotas
    rng = random.Random(f"scale:{scale}:{draw}")  # noqa: S311
    values = {}
    for key, value in sorted(quotas.values.items()):
        variety = _variety_of(key[0])
        if variety.kind != "home":
            factor = scale if variety.kind == "count" else 1
            values[key] = _whole(rng, value * factor) if factor != 1 else value
    return Quotas(values)


def quotas_of_another(quotas: Quotas, la_code: str, seed: int, size: float, draw: int) -> Quotas:
    """The quotas of an authority other than the home one.

    Args:
        quotas: the home authority's.
        la_code: the other authority.
        seed: the seed of the run.
        size: how many times the home authority's children it has.
        draw: counts the draws made, for quotas that no children could meet.
    """
    rng = random.Random(f"{la_code}:{seed}:variety:{draw}")  # noqa: S311
    own: dict[str, tuple[float, float]] = {}
    values = {}
    for key, value in sorted(quotas.values.items()):
        measure, year_end, _ = key
        variety = _variety_of(measure)
        if variety.kind == "home":
            continue
        if variety.family not in own:
            own[variety.family] = (
                math.exp(rng.gauss(0, _SPREAD_OF_FAMILIES)), rng.gauss(0, _SPREAD_OF_TRENDS)
            )  # fmt: skip
        if measure not in own:
            own[measure] = math.exp(rng.gauss(0, variety.spread / 100)), 0.0
        factor = own[measure][0]
        if variety.kind == "count":
            level, trend = own[variety.family]
            factor *= size * level * (1 + trend) ** (year_end - _TREND_FROM)
        values[key] = _whole(rng, value * factor)
    return Quotas(values)


def _variety_of(measure: str) -> Variety:
    """A measure the table does not name: its name says whether it grows with the authority."""
    known = varieties().get(measure)
    if known is not None:
        return known
    level = any(part in measure for part in _NOT_SCALED)
    return Variety("level" if level else "count", "other", 0)


def _whole(rng: random.Random, value: float) -> int:
    """A whole number above or below, so that many of them keep the mean."""
    return math.floor(value + rng.random())
