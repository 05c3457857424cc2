"""The missing log: times missing that began in the year, and the interviews after them."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough, Missing
from demo.returns import File, csv_file, day_text, known_by

EPISODES = (
    "missing_episode_id",
    "child_id",
    "date_from",
    "date_to",
    "status",
    "missing_from",
    "responsible_authority",
)
INTERVIEWS = (
    "interview_id",
    "missing_episode_id",
    "child_id",
    "offered_date",
    "interview_date",
    "status",
)


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """Two files a year."""
    for year_end in years:
        year = ReportingYear(year_end)
        in_year = [
            (f"M{year_end}{place:05d}", one)
            for place, one in enumerate(
                (one for one in borough.services.missing if year.contains(one.reported.date())),
                start=1,
            )
        ]
        folder = f"missing_children/{borough.la_code}/{year.folder}"
        yield csv_file(
            f"{folder}/missing_episodes.csv", EPISODES, (_episode(*one, year) for one in in_year)
        )
        yield csv_file(
            f"{folder}/return_interviews.csv",
            INTERVIEWS,
            (row for one in in_year for row in _interview(*one, year)),
        )


def _episode(episode_id: str, one: Missing, year: ReportingYear) -> tuple[str, ...]:
    is_back = one.found.date() <= year.last_day
    return (
        episode_id,
        one.person.child_id,
        f"{one.reported:%d/%m/%Y %H:%M}",
        f"{one.found:%d/%m/%Y %H:%M}" if is_back else "",
        one.status,
        "care" if one.is_from_care else "home",
        one.elsewhere,
    )


def _interview(episode_id: str, one: Missing, year: ReportingYear) -> Iterator[tuple[str, ...]]:
    interview = one.interview
    if interview is not None and interview.offered <= year.last_day:
        held = known_by(interview.held, year.last_day)
        is_waiting = interview.held is not None and held is None
        yield (
            f"I{episode_id[1:]}",
            episode_id,
            one.person.child_id,
            day_text(interview.offered),
            day_text(held),
            "Waiting" if is_waiting else interview.status,
        )
