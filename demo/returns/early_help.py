"""Early help: every stretch that began or was open in the year, as it stood when the year ended."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough, EarlyHelp
from demo.returns import File, csv_file, day_text, known_by

COLUMNS = (
    "early_help_id",
    "child_id",
    "date_from",
    "date_to",
    "status",
    "source",
    "stage",
    "outcome",
)


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """One file a year."""
    numbered = list(enumerate(borough.services.early_help, start=1))
    for year_end in years:
        year = ReportingYear(year_end)
        rows = (
            _row(number, one, year)
            for number, one in numbered
            if one.begun <= year.last_day and one.ended >= year.first_day
        )
        yield csv_file(f"early_help/{borough.la_code}/{year.folder}/episodes.csv", COLUMNS, rows)


def _row(number: int, one: EarlyHelp, year: ReportingYear) -> tuple[str, ...]:
    ended = known_by(one.ended, year.last_day)
    return (
        f"EH{number:06d}",
        one.person.child_id,
        day_text(one.begun),
        day_text(ended),
        one.status,
        one.source,
        one.stage,
        one.outcome if ended else "",
    )
