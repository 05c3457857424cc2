"""Private fostering: every arrangement in force at any time in the year."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Arrangement, Borough
from demo.returns import File, csv_file, day_text, known_by

COLUMNS = (
    "arrangement_id", "child_id", "dob", "notification_date", "start_date", "end_date",
    "first_visit_date", "status",
)  # fmt: skip


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    numbered = list(enumerate(borough.services.private_fostering, start=1))
    for year_end in years:
        year = ReportingYear(year_end)
        rows = (
            _row(number, one, year)
            for number, one in numbered
            if one.notified <= year.last_day and (one.ended is None or one.ended >= year.first_day)
        )
        path = f"private_fostering/{borough.la_code}/{year.folder}/arrangements.csv"
        yield csv_file(path, COLUMNS, rows)


def _row(number: int, one: Arrangement, year: ReportingYear) -> tuple[str, ...]:
    visited = known_by(one.first_visit, year.last_day)
    return (
        f"PF{number:04d}",
        one.person.child_id,
        day_text(one.person.born),
        day_text(one.notified),
        day_text(one.began),
        day_text(known_by(one.ended, year.last_day)),
        day_text(visited),
        one.status if visited else "Waiting",
    )
