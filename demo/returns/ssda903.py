"""The looked-after children return (SSDA903), table by table, as known at the end of each year.

An episode that ended after 31 March is still open in that year's return, and one that had not
begun is not in it. Codes are those the year's return allowed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache

from demo.calendar import ReportingYear, birthday
from demo.calibration import Quotas
from demo.lives import SHORT_BREAKS, Borough, Episode, Stay
from demo.outcomes import Health, Leaver, health_of, leavers_of
from demo.returns import File, csv_file

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "header": ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    "episodes": (
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
        "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
    ),
    "reviews": ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"),
    "oc2": (
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS",
        "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED",
        "INTERVENTION_OFFERED",
    ),
    "oc3": ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
    "ad1": (
        "CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR",
        "LS_ADOPTR",
    ),
    "placed_for_adoption": (
        "CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED",
    ),
    "missing": ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"),
    "uasc": ("CHILD", "SEX", "DOB", "DUC"),
    "previous_permanence": ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"),
}  # fmt: skip
"""The columns of every table, in the order of the return's CSV layout of 2016/17."""

_FIRST_YEAR = {"missing": 2015, "previous_permanence": 2017, "REASON_PLACE_CHANGE": 2016}
"""The years in which tables and columns that are not of all years were first asked for."""

_SEX = {"M": "1", "F": "2"}

_HEALTH_ANSWERS = tuple(answer.name for answer in fields(Health))

Row = tuple[str, ...]


def tables(borough: Borough, year: ReportingYear, quotas: Quotas) -> dict[str, list[Row]]:
    """Every table of one year's return, rows in order of child and date, without header rows."""
    rows: dict[str, list[Row]] = {
        name: [] for name in COLUMNS if _FIRST_YEAR.get(name, 0) <= year.year_end
    }
    known = {
        child: started
        for child, stays in borough.stays_by_child().items()
        if (started := [stay for stay in stays if stay.start <= year.last_day])
    }
    leavers = leavers_of(borough.seed, known, year, quotas)
    for child, stays in known.items():
        for name, row in _rows_of_child(year, stays, leavers.get(child)):
            if name in rows:
                rows[name].append(row)
    rows["oc2"] = _health(borough, year, quotas)
    return rows


def _health(borough: Borough, year: ReportingYear, quotas: Quotas) -> list[Row]:
    people = [
        stays[0].person
        for stays in borough.stays_by_child().values()
        if any(_all_year(stay, year) for stay in stays)
    ]
    return [
        (
            person.child_id,
            _date(person.born),
            *(getattr(health, name) for name in _HEALTH_ANSWERS),
        )
        for person, health in zip(
            people, health_of(borough.seed, people, year, quotas), strict=True
        )
    ]


def _rows_of_child(
    year: ReportingYear, known: Sequence[Stay], leaver: Leaver | None
) -> Iterator[tuple[str, Row]]:
    in_year = [stay for stay in known if stay.end is None or stay.end >= year.first_day]
    if not in_year and leaver is None:
        return
    person = known[0].person
    child, born = person.child_id, _date(person.born)
    in_care = not all(stay.is_short_breaks for stay in in_year)
    yield "header", _header(year, known, in_care)
    if leaver is not None:
        yield "oc3", (child, born, leaver.in_touch, leaver.activity, leaver.accommodation)
    for stay in in_year:
        yield from (("episodes", row) for row in _episodes(year, stay))
        yield from (("reviews", row) for row in _reviews(year, stay))
        yield from (("missing", row) for row in _missing(year, stay))
        yield from _adoption(year, stay)
    if any(stay.start >= year.first_day for stay in in_year):
        yield "previous_permanence", (child, born, "Z1", "", "")
    if person.is_asylum_seeker and in_year and birthday(person.born, 18) >= year.first_day:
        adult = birthday(person.born, 18)
        ceased = _date(adult) if year.contains(adult) else ""
        yield "uasc", (child, _SEX[person.sex], born, ceased)


@cache
def _date(day: dt.date | None) -> str:
    return "" if day is None else day.strftime("%d/%m/%Y")


def _known_by(day: dt.date | None, year: ReportingYear) -> dt.date | None:
    """A day if the council knew of it when the year ended."""
    return day if day is not None and day <= year.last_day else None


def _all_year(stay: Stay, year: ReportingYear) -> bool:
    """Looked after from 1 April to beyond 31 March without a break."""
    through = stay.end is None or stay.end > year.last_day
    return stay.start <= year.first_day and through and not stay.is_short_breaks


def _header(year: ReportingYear, known: Sequence[Stay], in_care: bool) -> Row:
    person = known[0].person
    mother = mother_since = ""
    if person.sex == "F" and in_care:
        until = known[-1].end or year.last_day
        gave_birth = person.first_child_born
        is_mother = gave_birth is not None and gave_birth <= min(until, year.last_day)
        mother, mother_since = ("1", _date(gave_birth)) if is_mother else ("0", "")
    return (
        person.child_id,
        _SEX[person.sex],
        _date(person.born),
        person.ethnicity,
        _upn(year, known),
        mother,
        mother_since,
    )


def _upn(year: ReportingYear, known: Sequence[Stay]) -> str:
    """A pupil number from school age on; ``UN1`` before."""
    person = known[0].person
    of_school_age = birthday(person.born, 4) <= dt.date(year.year_end - 2, 8, 31)
    return person.upn if of_school_age or person.is_asylum_seeker else "UN1"


def _episodes(year: ReportingYear, stay: Stay) -> Iterator[Row]:
    for episode in stay.episodes:
        if episode.start > year.last_day or (episode.end and episode.end < year.first_day):
            continue
        yield _episode(year, stay, episode)


def _episode(year: ReportingYear, stay: Stay, episode: Episode) -> Row:
    ended = _known_by(episode.end, year)
    short_breaks = episode.legal_status in SHORT_BREAKS
    return (
        stay.person.child_id,
        _date(episode.start),
        episode.reason_started,
        episode.legal_status,
        episode.need,
        _place(year, episode.placement.place),
        episode.placement.provider,
        _date(ended),
        episode.reason_ended if ended else "",
        episode.reason_placement_changed if ended else "",
        "" if short_breaks else stay.person.home_postcode,
        "" if short_breaks else episode.placement.postcode,
        "" if short_breaks else episode.placement.urn,
    )


def _place(year: ReportingYear, place: str) -> str:
    """The code a placement type had in a year: foster codes changed in 2008 and 2013."""
    if place[0] != "U" or year.year_end >= 2014:
        return place
    with_relatives = place in ("U1", "U2", "U3")
    if year.year_end >= 2009:
        return "Q1" if with_relatives else "Q2"
    return "F1" if with_relatives else "F2"


def _reviews(year: ReportingYear, stay: Stay) -> Iterator[Row]:
    person = stay.person
    for review in stay.reviews:
        if year.contains(review.held):
            yield person.child_id, _date(person.born), _date(review.held), review.participation


def _missing(year: ReportingYear, stay: Stay) -> Iterator[Row]:
    person = stay.person
    for absence in stay.absences:
        if absence.start <= year.last_day and absence.end >= year.first_day:
            back = _date(_known_by(absence.end, year))
            yield person.child_id, _date(person.born), absence.kind, _date(absence.start), back


def _adoption(year: ReportingYear, stay: Stay) -> Iterator[tuple[str, Row]]:
    adoption = stay.adoption
    if adoption is None:
        return
    child, born = stay.person.child_id, _date(stay.person.born)
    if adoption.decided <= year.last_day:
        yield "placed_for_adoption", (child, born, _date(adoption.decided), "", "")
    if stay.end is not None and year.contains(stay.end):
        yield (
            "ad1",
            (
                child,
                born,
                _date(adoption.decided),
                _date(adoption.matched),
                "1" if adoption.by_foster_carer else "0",
                "1" if adoption.legal_status_of_adopters == "L0" else "2",
                adoption.adopters,
                adoption.legal_status_of_adopters,
            ),
        )


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes."""
    for year_end in years:
        year = ReportingYear(year_end)
        for name, rows in tables(borough, year, quotas).items():
            path = f"ssda903/{borough.la_code}/{year.folder}/{name}.csv"
            kept = [
                place
                for place, column in enumerate(COLUMNS[name])
                if _FIRST_YEAR.get(column, 0) <= year.year_end
            ]
            columns = tuple(COLUMNS[name][place] for place in kept)
            yield csv_file(path, columns, [[row[place] for place in kept] for row in rows])
