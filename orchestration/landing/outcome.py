"""What can become of a file, in the words of the manifest.

Here: the fates, the sentence a refused file gets, and the records landing hands back. Not
here: deciding a fate (``engine``) or keeping it (``manifest``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fate = Literal["accepted", "refused", "held", "already_loaded", "superseded", "withdrawn"]


class Refused(Exception):  # noqa: N818 - it is a verdict on a file, not a fault of ours
    """A file Pier does not take; the text is the one sentence its sender reads."""

    fate: Fate = "refused"


class Held(Refused):
    """A file that could be taken, but needs a person to confirm it first."""

    fate: Fate = "held"


@dataclass(frozen=True)
class Rejection:
    """One row that could not be read.

    Attributes:
        line: Line of the file the row starts on.
        text: The row as sent.
        reason: Why, in words its sender understands.
    """

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Delivery:
    """What became of one file, or of one table of it.

    Attributes:
        delivery_id: Its number in ``raw.deliveries``.
        source_file: Path under the landing folder.
        return_name: The return its folder names.
        la_code: DfE number of the authority; None for a national return.
        period_label: Collection year as ``2016/17``, or the release of a published table.
        table_name: The table, or None when the file was refused before it was known.
        series: Which of several files of one layout, for published statistics.
        fate: What became of it.
        reason: Why it was not accepted, for the fates where that is a question.
        notes: What was tolerated on the way, a sentence each.
        rows: Rows landed.
        rejected_rows: Rows that could not be read, kept in ``raw.rejected_rows``.
        size_bytes: Size of the file.
        seconds: How long the file took.
    """

    delivery_id: int
    source_file: str
    return_name: str
    la_code: str | None
    period_label: str | None
    table_name: str | None
    series: str | None
    fate: Fate
    reason: str | None
    notes: tuple[str, ...]
    rows: int
    rejected_rows: int
    size_bytes: int
    seconds: float


@dataclass(frozen=True)
class LandingSummary:
    """What one run of landing did.

    Attributes:
        deliveries: What was new, in the order it was taken.
        unchanged: Files that were there before and were not read again.
        waiting: Files still being copied, left for the next run.
        seconds: How long the run took.
    """

    deliveries: tuple[Delivery, ...]
    unchanged: int
    waiting: tuple[str, ...]
    seconds: float

    def of_fate(self, *fates: Fate) -> tuple[Delivery, ...]:
        """Give the deliveries of the fates named."""
        return tuple(delivery for delivery in self.deliveries if delivery.fate in fates)

    @property
    def rows(self) -> int:
        """Rows landed by this run."""
        return sum(delivery.rows for delivery in self.of_fate("accepted"))
