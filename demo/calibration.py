"""What the invented borough must add up to.

The quotas are data (``data/quotas``, a file for each family): how many children were looked after,
started, were adopted, had three or more placements, by reporting year, with the document that
printed the figure or a note that it is invented. Nearly all are numbers of children; a few are
days, as their name says. The simulation draws lives that meet them; nothing else in the package
holds a figure.
"""

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

STOCK_BANDS: Mapping[str, tuple[int, int]] = {
    "under_1": (0, 0),
    "1_to_4": (1, 4),
    "5_to_9": (5, 9),
    "10_to_15": (10, 15),
    "16": (16, 16),
    "17": (17, 17),
}
"""First and last age of each band that children looked after at 31 March are planned by."""

START_BANDS: Mapping[str, tuple[int, int]] = {
    "under_1": (0, 0),
    "1_to_4": (1, 4),
    "5_to_9": (5, 9),
    "10_to_15": (10, 15),
    "16_and_over": (16, 17),
}
"""First and last age of each band that children starting to be looked after are planned by."""


_ONLY_PRINTED = ("ethnic_group", 2017, "white")
"""A figure only the printed documents' borough has."""


class CalibrationError(ValueError):
    """The quotas of a year cannot be met by any children the earlier years left behind."""


@dataclass(frozen=True)
class Quotas:
    """Whole numbers, looked up by measure, year and group."""

    values: Mapping[tuple[str, int, str], int]

    def get(self, measure: str, year_end: int, group: str = "total") -> int:
        """The number wanted.

        Raises:
            CalibrationError: if the table has no such figure.
        """
        try:
            return self.values[measure, year_end, group]
        except KeyError:
            raise CalibrationError(
                f"data/quotas has no {measure} for {group} in the year to March {year_end}"
            ) from None

    def find(self, measure: str, year_end: int, group: str = "total") -> int | None:
        """The number wanted, or None where the year has no quota."""
        return self.values.get((measure, year_end, group))

    def possible(self, wanted: int, available: int, what: str) -> int:
        """How many there can be of what is wanted.

        The printed documents' borough must have as many as are printed. Another has as many as
        its children allow, because its quotas were made from the printed ones by scale alone.

        Raises:
            CalibrationError: if a printed figure cannot be met.
        """
        if wanted > available and _ONLY_PRINTED in self.values:
            raise CalibrationError(f"{wanted} {what} wanted, {available} could be")
        return max(0, min(wanted, available))

    def by_band(self, measure: str, year_end: int, bands: Mapping[str, object]) -> dict[str, int]:
        """The numbers of one measure in every band."""
        return {band: self.get(measure, year_end, band) for band in bands}


def load_quotas() -> Quotas:
    """Read the quotas that come with the package."""
    values: dict[tuple[str, int, str], int] = {}
    tables = resources.files("demo").joinpath("data/quotas").iterdir()
    for table in sorted(tables, key=lambda one: one.name):
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
            key = row["measure"], int(row["year_end"]), row["group"]
            if key in values:
                raise ValueError(f"data/quotas/{table.name} repeats {key}")
            values[key] = int(row["value"])
    return Quotas(values)


def spread(
    rng: random.Random, values: Sequence[int], limits: Sequence[tuple[int, int]], total: int
) -> list[int]:
    """Change whole numbers as little as need be, within limits, so that they add up to a total.

    Args:
        rng: the source of chance, for who is changed first.
        values: the numbers as drawn.
        limits: the least and the greatest each may become.
        total: what they must add up to.

    Raises:
        CalibrationError: if the limits do not allow the total.
    """
    result = [min(max(value, low), high) for value, (low, high) in zip(values, limits, strict=True)]
    if not sum(low for low, _ in limits) <= total <= sum(high for _, high in limits):
        raise CalibrationError(f"no numbers within their limits add up to {total}")
    while lacking := total - sum(result):
        order = rng.sample(range(len(result)), len(result))
        step = max(1, abs(lacking) // len(result))
        for place in order:
            low, high = limits[place]
            now = total - sum(result)
            change = min(step, abs(now)) * (1 if now > 0 else -1)
            result[place] = min(max(result[place] + change, low), high)
    return result
