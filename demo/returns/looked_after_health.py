"""First health assessments of the children who came into care in the year."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.returns import File, csv_file, day_text, known_by

COLUMNS = ("child_id", "care_start_date", "request_date", "assessment_date", "reason_late")


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    for year_end in years:
        year = ReportingYear(year_end)
        rows = []
        for one in borough.services.initial_health:
            if year.contains(one.care_started):
                assessed = known_by(one.assessed, year.last_day)
                rows.append(
                    (
                        one.person.child_id,
                        day_text(one.care_started),
                        day_text(known_by(one.requested, year.last_day)),
                        day_text(assessed),
                        one.reason_late if assessed else "",
                    )
                )
        path = f"looked_after_health/{borough.la_code}/{year.folder}/initial_assessments.csv"
        yield csv_file(path, COLUMNS, rows)
