"""The register of young carers: who was on it at any time in the year."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough, YoungCarer
from demo.returns import File, csv_file, day_text, known_by
from demo.young_carers import phase_in

COLUMNS = (
    "young_carer_id",
    "child_id",
    "date_from",
    "date_to",
    "status",
    "dob",
    "sex",
    "school_phase",
)


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    numbered = list(enumerate(borough.services.young_carers, start=1))
    for year_end in years:
        year = ReportingYear(year_end)
        rows = (
            _row(number, one, year)
            for number, one in numbered
            if one.entered <= year.last_day and (one.left is None or one.left >= year.first_day)
        )
        yield csv_file(f"young_carers/{borough.la_code}/{year.folder}/register.csv", COLUMNS, rows)


def _row(number: int, one: YoungCarer, year: ReportingYear) -> tuple[str, ...]:
    left = known_by(one.left, year.last_day)
    return (
        f"YC{number:05d}",
        one.person.child_id,
        day_text(one.entered),
        day_text(left),
        "Left" if left else "On register",
        day_text(one.person.born),
        one.person.sex,
        phase_in(one.person.born, year.first_day.year),
    )
