"""Contacts of the year, and the referrals they led to."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough, Contact
from demo.returns import File, csv_file, day_text

COLUMNS = (
    "contact_id", "child_id", "contact_date", "source_code", "outcome", "referral_id", "service",
)  # fmt: skip
_DOORS = {"front_door": "Front door", "emergency_duty_team": "Emergency duty team"}


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    for year_end in years:
        year = ReportingYear(year_end)
        first, last = year.first_day, year.last_day
        in_year = [one for one in borough.services.contacts if first <= one.day <= last]
        rows = (_row(f"C{year_end}{place:06d}", one) for place, one in enumerate(in_year, start=1))
        yield csv_file(f"contacts/{borough.la_code}/{year.folder}/contacts.csv", COLUMNS, rows)


def _row(contact_id: str, one: Contact) -> tuple[str, ...]:
    case = one.referral
    return (
        contact_id,
        one.person.child_id if one.person else "",
        day_text(one.day),
        one.source,
        one.outcome,
        f"R{case.person.number:06d}{case.referred:%Y%m%d}" if case else "",
        _DOORS[one.door],
    )
