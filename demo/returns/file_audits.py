"""Audits of case files held in the year."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.returns import File, csv_file, day_text

COLUMNS = ("audit_id", "audit_date", "team", "child_id", "grade", "auditor_type")


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    for year_end in years:
        year = ReportingYear(year_end)
        in_year = (one for one in borough.services.audits if year.contains(one.day))
        rows = (
            (
                f"A{year_end}{place:04d}",
                day_text(one.day),
                one.team,
                one.person.child_id,
                one.grade,
                one.auditor,
            )
            for place, one in enumerate(in_year, start=1)
        )
        yield csv_file(f"file_audits/{borough.la_code}/{year.folder}/audits.csv", COLUMNS, rows)
