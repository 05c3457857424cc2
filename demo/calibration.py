"""What the invented borough must add up to.

The quotas are data (``data/quotas.csv``): how many children were looked after, started, were
adopted, had three or more placements, by reporting year, with the document that printed the figure
or a note that it is invented. The simulation draws lives that meet them; nothing else in the
package holds a figure.
"""

import csv
from collections.abc import Mapping
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


class CalibrationError(ValueError):
    """The quotas of a year cannot be met by any children the earlier years left behind."""


@dataclass(frozen=True)
class Quotas:
    """Numbers of children, looked up by measure, year and group."""

    children: Mapping[tuple[str, int, str], int]

    def get(self, measure: str, year_end: int, group: str = "total") -> int:
        """The number of children wanted.

        Raises:
            CalibrationError: if the table has no such figure.
        """
        try:
            return self.children[measure, year_end, group]
        except KeyError:
            raise CalibrationError(
                f"quotas.csv has no {measure} for {group} in the year to March {year_end}"
            ) from None

    def find(self, measure: str, year_end: int, group: str = "total") -> int | None:
        """The number of children wanted, or None where the year has no quota."""
        return self.children.get((measure, year_end, group))

    def by_band(self, measure: str, year_end: int, bands: Mapping[str, object]) -> dict[str, int]:
        """The numbers of one measure in every band."""
        return {band: self.get(measure, year_end, band) for band in bands}


def load_quotas() -> Quotas:
    """Read the quotas that come with the package."""
    text = resources.files("demo").joinpath("data/quotas.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return Quotas(
        {(row["measure"], int(row["year_end"]), row["group"]): int(row["children"]) for row in rows}
    )
