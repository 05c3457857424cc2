"""How figures, units, dates and symbols are written for a reader.

Pure functions: everything the pages say about a number comes through here or ``sentences``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"


@dataclass(frozen=True)
class Unit:
    """How a unit is written.

    Attributes:
        before: Put before the number, as ``£``.
        after: Put after the number in a table, as ``%``.
        words: Put after the number in a sentence.
        difference: Put after a difference of two numbers in a sentence.
    """

    before: str = ""
    after: str = ""
    words: str = ""
    difference: str = ""


UNITS = {
    "percent": Unit(after="%", words="%", difference=" percentage points"),
    "percentage_points": Unit(words=" percentage points", difference=" percentage points"),
    "percent_change": Unit(after="%", words="%", difference=" percentage points"),
    "count": Unit(),
    "score": Unit(words=" points", difference=" points"),
    "rate_per_10000": Unit(words=" per 10,000", difference=" per 10,000"),
    "rate_per_1000": Unit(words=" per 1,000", difference=" per 1,000"),
    "rate_per_100000": Unit(words=" per 100,000", difference=" per 100,000"),
    "days": Unit(words=" days", difference=" days"),
    "weeks": Unit(words=" weeks", difference=" weeks"),
    "months": Unit(words=" months", difference=" months"),
    "gbp": Unit(before="£"),
    "gbp_per_week": Unit(before="£", words=" a week", difference=" a week"),
}


@dataclass(frozen=True)
class Symbol:
    """What is printed where a figure is not, and what it means."""

    letter: str
    words: str


SYMBOLS = {
    "suppressed": Symbol("c", "withheld: it rests on so few children that it could identify them"),
    "low_reliability": Symbol("k", "low: rounds to zero, or rests on too few to be relied on"),
    "not_available": Symbol("x", "not available: nothing was published or sent for this period"),
    "not_calculable": Symbol("x", "not available: it looks back on years that have not landed"),
    "not_applicable": Symbol("z", "not applicable: the measure does not exist here or then"),
}
UNKNOWN = SYMBOLS["not_available"]


def unit_of(code: str) -> Unit:
    """How a unit of the catalogue is written; one that is not known is written out as it is."""
    if code.startswith("%"):
        # The Interactive Tool's way of naming a share: "% of referrals".
        return Unit(after="%", words=code, difference=" percentage points")
    words = f" {code.replace('_', ' ')}" if code else ""
    return UNITS.get(code, Unit(words=words, difference=words))


def number(value: float, decimals: int) -> str:
    """A number with thousands separated, a true minus, and no minus before zero.

    Half rounds away from zero, as the published tables do: 12.25 is 12.3.
    """
    places = Decimal(1).scaleb(-decimals)
    text = f"{Decimal(str(abs(value))).quantize(places, ROUND_HALF_UP):,}"
    is_zero = not text.strip("0.,")
    return text if value >= 0 or is_zero else f"\N{MINUS SIGN}{text}"


def cell(value: float, unit: str, decimals: int) -> str:
    """A figure as a table shows it: ``11%``, ``£1,024``, ``80``."""
    style = unit_of(unit)
    return f"{style.before}{number(value, decimals)}{style.after}"


def phrase(value: float, unit: str, decimals: int) -> str:
    """A figure as a sentence says it: ``11%``, ``80 per 10,000``."""
    style = unit_of(unit)
    return _with_words(number(value, decimals), style.before, style.words)


def difference(value: float, unit: str, decimals: int) -> str:
    """The size of a difference, without its sign: ``2 percentage points``."""
    style = unit_of(unit)
    return _with_words(number(abs(value), decimals), style.before, style.difference)


def symbol(status: str | None) -> Symbol:
    """What is printed where a figure with this status would be."""
    return SYMBOLS.get(status or "", UNKNOWN)


def status_words(status: str) -> str:
    """Why there is no figure, in the few words a cell of a table has room for."""
    return "withheld" if status == "suppressed" else status.replace("_", " ")


def day(value: dt.date | None) -> str:
    """``31 March 2025``; empty when there is none."""
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: dt.datetime | None) -> str:
    """``31 March 2025, 02:14`` (UTC); empty when there is none."""
    return f"{day(value)}, {value:%H:%M}" if value else ""


def heading(text: str) -> str:
    """A code of the catalogue as a heading: ``national_indicator_set`` as words."""
    words = text.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 measure``, ``1,204 measures``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _with_words(shown: str, before: str, words: str) -> str:
    """A number with its unit, in the singular for one: ``1 day``."""
    return f"{before}{shown}{words.removesuffix('s') if shown == '1' else words}"
