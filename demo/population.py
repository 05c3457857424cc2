"""Who is looked after, from when to when, and why it ended.

Each year is simulated once, in order: children start, grow older, are adopted, go home or turn 18.
How many of each is fixed by the quotas; who and on which day is drawn. What happens to a child
while looked after is not decided here (see ``care``).
"""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from demo import identity
from demo.calendar import ReportingYear, age_on, birthday, days_after
from demo.calibration import START_BANDS, STOCK_BANDS, CalibrationError, Quotas
from demo.lives import Key, Person, Stay

_ETHNICITY = {
    "WBRI": 0.82, "WOTH": 0.055, "WIRI": 0.005, "MWBC": 0.015, "MWBA": 0.01, "MOTH": 0.01,
    "AOTH": 0.012, "APKN": 0.008, "ABAN": 0.008, "BAFR": 0.014, "BCRB": 0.006, "OOTH": 0.03,
    "NOBT": 0.007,
}  # fmt: skip
_ETHNICITY_OF_ASYLUM_SEEKERS = {"OOTH": 0.6, "AOTH": 0.15, "BAFR": 0.15, "WOTH": 0.1}

_ETHNIC_GROUPS = {
    "white": ("WBRI",) * 14 + ("WOTH",),
    "mixed": ("MWBC", "MWBA", "MWAS", "MOTH"),
    "asian": ("AIND", "APKN", "ABAN", "AOTH"),
    "black": ("BCRB", "BAFR", "BOTH"),
    "other": ("OOTH",),
}

# Among children of 10 to 15 older ones are more, in care even more than among those starting
# (by age, from 10).
_TEENAGERS_IN_CARE = [0.07, 0.08, 0.12, 0.17, 0.25, 0.31]
_TEENAGERS_STARTING = [0.12, 0.13, 0.15, 0.19, 0.21, 0.2]

# How readily a child of an age on 31 March leaves care.
_LEAVING = [1.0] * 10 + [0.7, 0.7, 0.6, 0.5, 0.3, 9.0, 0.5, 1.0]
_LEAVING_THOUGH_NEEDED_AT_16 = 0.001
_OTHER_WAYS_OUT = {"E41": 0.34, "E13": 0.3, "E8": 0.26, "E3": 0.1}
_OTHER_WAYS_OUT_OVER_16 = {"E5": 0.5, "E6": 0.15, "E8": 0.25, "E9": 0.1}
_WAYS_OUT_AT_18 = {"E5": 0.48, "E6": 0.1, "E17": 0.24, "E7": 0.06, "E8": 0.12}

# The oldest of those in care at first were in care a year before, so that they are care leavers.
_LEAST_DAYS_OF_OLDEST = 370

_SHARE_HOME = 0.5
_SHARE_GUARDIANSHIP = 0.2
_SHARE_STAYING_UNTIL_18 = 0.88
_SHARE_RETURNING = 0.08
_SHORTEST_ROAD_TO_ADOPTION = 300
_SHORTEST_ROAD_OF_BABIES = 200
_OLDEST_ADOPTED = 7
_ATTEMPTS = 40

# Who starts in the last weeks of a year has had no review and no medical yet when it ends. Where a
# figure rests on those who had time for them, nobody starts just before those weeks, or leaves
# within weeks of starting.
_LAST_WEEKS = (24, 8)
_CLEAR_OF_THEM = 47
_LATE_OF_A_BAND = 5


def weighted(rng: random.Random, weights: dict[str, float]) -> str:
    """One key, drawn by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def day_between(rng: random.Random, first: dt.date, last: dt.date) -> dt.date:
    """A day from the first to the last, both included."""
    return days_after(first, rng.randint(0, max(0, (last - first).days)))


@dataclass
class _State:
    """Everyone who was ever looked after, while the years go by."""

    rng: random.Random
    quotas: Quotas
    la_code: str
    people: int = 0
    open_stays: list[Stay] = field(default_factory=list)
    closed_stays: list[Stay] = field(default_factory=list)


def simulate(la_code: str, rng: random.Random, quotas: Quotas, years: Sequence[int]) -> list[Stay]:
    """Live through the years and return every stay in care, still without episodes.

    Args:
        la_code: the authority, a part of every child's identifier.
        rng: the source of chance.
        quotas: what each year must add up to.
        years: the years to live through, by year end, without gaps. The year before the first
            supplies the children already in care.

    Raises:
        CalibrationError: if a year's quotas cannot be met.
    """
    state = _State(rng, quotas, la_code)
    _people_care(state, ReportingYear(years[0] - 1))
    for year_end in years:
        _live_through_again(state, ReportingYear(year_end))
    stays = [*state.closed_stays, *state.open_stays]
    stays.sort(key=lambda stay: stay.key)
    for year_end in years:
        stays = _draw_ethnicity(state, ReportingYear(year_end), stays)
    return stays


def _draw_ethnicity(state: _State, year: ReportingYear, stays: list[Stay]) -> list[Stay]:
    """Let those in care on 31 March be of as many of each ethnic group as the quotas say."""
    wanted = {
        group: state.quotas.find("ethnic_group", year.year_end, group) for group in _ETHNIC_GROUPS
    }
    if None in wanted.values():
        return stays
    here = [stay.person for stay in stays if stay.in_care_on(year.last_day)]
    shuffled = state.rng.sample(here, len(here))
    # Those who seek asylum come last, as the other ethnic groups do.
    shuffled.sort(key=lambda person: person.is_asylum_seeker)
    groups = [group for group, number in wanted.items() for _ in range(number or 0)]
    drawn = {
        person.number: state.rng.choice(_ETHNIC_GROUPS[group])
        for person, group in zip(shuffled, groups, strict=True)
    }
    return [
        replace(stay, person=replace(stay.person, ethnicity=drawn[stay.person.number]))
        if stay.person.number in drawn
        else stay
        for stay in stays
    ]


def _people_care(state: _State, year: ReportingYear) -> None:
    """Fill care with the children whom the first simulated year finds there."""
    for band, wanted in state.quotas.by_band("looked_after", year.year_end, STOCK_BANDS).items():
        youngest, oldest = STOCK_BANDS[band]
        for _ in range(wanted):
            age = _age_within(state.rng, (youngest, oldest), _TEENAGERS_IN_CARE)
            born = _born_to_be(state.rng, age, year.last_day)
            so_far = (year.last_day - born).days
            least = _LEAST_DAYS_OF_OLDEST if band == "17" else 1
            length = min(so_far, int(state.rng.expovariate(1 / 800)) + least)
            start = days_after(year.last_day, -length)
            state.open_stays.append(Stay(_new_person(state, born, start), start, None, ""))


def _age_within(rng: random.Random, ages: tuple[int, int], teenagers: Sequence[float]) -> int:
    weights = teenagers if ages == (10, 15) else None
    return rng.choices(range(ages[0], ages[1] + 1), weights)[0]


def _born_to_be(rng: random.Random, age: int, day: dt.date) -> dt.date:
    """A date of birth that makes someone an age on a day."""
    return day_between(rng, days_after(birthday(day, -age - 1), 1), birthday(day, -age))


def _new_person(state: _State, born: dt.date, start: dt.date) -> Person:
    rng = state.rng
    state.people += 1
    age = age_on(born, start)
    seeks_asylum = age >= 15 and start.year >= 2014 and rng.random() < 0.3
    sex = "M" if rng.random() < (0.9 if seeks_asylum else 0.55) else "F"
    first_child = None
    if sex == "F" and age >= 12 and rng.random() < 0.05:
        first_child = day_between(rng, birthday(born, 15), birthday(born, 18))
    return Person(
        number=state.people,
        child_id=identity.child_id(state.la_code, state.people),
        upn="UN3" if seeks_asylum else identity.upn(state.la_code, born, state.people),
        sex=sex,
        born=born,
        ethnicity=weighted(rng, _ETHNICITY_OF_ASYLUM_SEEKERS if seeks_asylum else _ETHNICITY),
        home_postcode="" if seeks_asylum else identity.postcode(rng, rng.randint(1, 4)),
        is_asylum_seeker=seeks_asylum,
        first_child_born=first_child,
    )


def _live_through_again(state: _State, year: ReportingYear) -> None:
    """Live through a year, drawing it anew when chance leaves too few children of some age."""
    before = (state.people, list(state.open_stays), list(state.closed_stays))
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _live_through(state, year)
        except CalibrationError:
            if attempt == _ATTEMPTS:
                raise
            state.people, state.open_stays, state.closed_stays = (
                before[0], list(before[1]), list(before[2]),
            )  # fmt: skip


def _live_through(state: _State, year: ReportingYear) -> None:
    """One year: children start, some leave, and the rest are counted on 31 March."""
    stays = [*state.open_stays, *_start(state, year)]
    adults = [stay for stay in stays if birthday(stay.person.born, 18) <= year.last_day]
    adopted = _adopt(state, year, stays)
    decided = _keys([*adults, *adopted])
    minors = [stay for stay in stays if stay.key not in decided]
    leaving = _balance(state, year, minors, _choose_leavers(state, year, minors))
    gone = [*_turn_18(state, year, adults), *adopted]
    gone.extend(_leave(state, year, leaving, [*gone, *minors]))
    left = _keys(gone)
    state.closed_stays.extend(gone)
    state.open_stays = [stay for stay in stays if stay.key not in left]
    _check_last_weeks(state, year)


def _check_last_weeks(state: _State, year: ReportingYear) -> None:
    wanted = state.quotas.find("started_in_last_weeks", year.year_end)
    since = days_after(year.last_day, -_LAST_WEEKS[0])
    here = sum(stay.start >= since for stay in state.open_stays)
    if wanted is not None and here != wanted:
        raise CalibrationError(f"{here} children started in the last weeks of {year}, not {wanted}")


def _keys(stays: Iterable[Stay]) -> set[Key]:
    return {stay.key for stay in stays}


def _start(state: _State, year: ReportingYear) -> list[Stay]:
    """The children who start to be looked after in a year, band by band."""
    started: list[Stay] = []
    late = state.quotas.find("started_in_last_weeks", year.year_end) or 0
    for band, wanted in state.quotas.by_band("started", year.year_end, START_BANDS).items():
        returning = _returning(state, year, band, round(wanted * _SHARE_RETURNING))
        started.extend(returning)
        new = wanted - len(returning)
        if band == "under_1":
            required = [_at_most(year, 0)] * min(new, _newborns(state, year, wanted))
        elif band == "10_to_15":
            required = [_exactly(year, 15)] * min(new, _lacking_at_15(state, year))
        else:
            required = []
        for born_within in required:
            window = _window_for_start(state, year)
            started.append(_new_starter(state, START_BANDS[band], born_within, window))
        for place in range(new - len(required)):
            # A few of each band, so that those of the last weeks are of many ages.
            in_last_weeks = late > 0 and place < _LATE_OF_A_BAND
            late -= in_last_weeks
            window = _window_for_start(state, year, in_last_weeks)
            started.append(_new_starter(state, START_BANDS[band], _at_most(year, 17), window))
    return started


def _window_for_start(
    state: _State, year: ReportingYear, in_last_weeks: bool = False
) -> tuple[dt.date, dt.date]:
    """The days of a year on which a child can start."""
    last = days_after(year.last_day, -_LAST_WEEKS[1])
    if in_last_weeks:
        return days_after(year.last_day, -_LAST_WEEKS[0]), last
    if state.quotas.find("started_in_last_weeks", year.year_end) is not None:
        last = days_after(year.last_day, -_CLEAR_OF_THEM)
    return days_after(year.first_day, 1), last


_Dates = tuple[dt.date, dt.date]


def _at_most(year: ReportingYear, age: int) -> _Dates:
    """The dates of birth of those not older than an age on 31 March."""
    return days_after(birthday(year.last_day, -age - 1), 1), year.last_day


def _exactly(year: ReportingYear, age: int) -> _Dates:
    """The dates of birth of those of an age on 31 March."""
    return days_after(birthday(year.last_day, -age - 1), 1), birthday(year.last_day, -age)


def _wanted_at_15(state: _State, year: ReportingYear) -> int:
    """How many 15-year-olds this 31 March must supply next year's 16-year-olds."""
    wanted = state.quotas.find("looked_after", year.year_end + 1, "16") or 0
    starting = state.quotas.find("started", year.year_end + 1, "16_and_over") or 0
    return max(0, wanted - starting // 3)


def _lacking_at_15(state: _State, year: ReportingYear) -> int:
    """How many 15-year-olds have to start, because care holds too few."""
    held = sum(age_on(stay.person.born, year.last_day) == 15 for stay in state.open_stays)
    return max(0, _wanted_at_15(state, year) - held)


def _newborns(state: _State, year: ReportingYear, starting: int) -> int:
    """How many starting babies must still be under 1 on 31 March."""
    kept = state.quotas.get("looked_after", year.year_end, "under_1")
    return kept + (starting - kept) // 3


def _new_starter(
    state: _State, ages: tuple[int, int], born_within: _Dates, window: tuple[dt.date, dt.date]
) -> Stay:
    """Someone new, of one of these ages when starting and born within some dates."""
    rng = state.rng
    while True:
        start = day_between(rng, *window)
        age = _age_within(rng, ages, _TEENAGERS_STARTING)
        earliest = max(days_after(birthday(start, -age - 1), 1), born_within[0])
        latest = min(birthday(start, -age), born_within[1])
        if earliest <= latest:
            born = day_between(rng, earliest, latest)
            return Stay(_new_person(state, born, start), start, None, "")


def _returning(state: _State, year: ReportingYear, band: str, wanted: int) -> list[Stay]:
    """Children who went home in an earlier year and come back into care."""
    youngest, oldest = START_BANDS[band]
    latest: dict[int, Stay] = {stay.person.number: stay for stay in state.closed_stays}
    in_care = {stay.person.number for stay in state.open_stays}
    could = [
        stay
        for number, stay in sorted(latest.items())
        if number not in in_care
        and stay.reason_ended in ("E4A", "E4B", "E4", "E13")
        and youngest <= age_on(stay.person.born, year.first_day)
        and age_on(stay.person.born, year.last_day) <= oldest
    ]
    chosen = state.rng.sample(could, min(wanted, len(could)))
    window = _window_for_start(state, year)
    return [Stay(stay.person, day_between(state.rng, *window), None, "") for stay in chosen]


def _choose_leavers(state: _State, year: ReportingYear, stays: list[Stay]) -> list[Stay]:
    """Those who must leave so that every age band has its quota on 31 March."""
    leaving: list[Stay] = []
    readiness = _readiness_to_leave(state, year, stays)
    for band, wanted in state.quotas.by_band("looked_after", year.year_end, STOCK_BANDS).items():
        youngest, oldest = STOCK_BANDS[band]
        in_band = [
            stay for stay in stays if youngest <= age_on(stay.person.born, year.last_day) <= oldest
        ]
        if len(in_band) < wanted:
            raise CalibrationError(
                f"{wanted} children of {band} wanted on 31 March {year.year_end}, "
                f"{len(in_band)} could be there"
            )
        surplus = len(in_band) - wanted
        leaving.extend(draw_without_return(state.rng, in_band, surplus, readiness))
    return leaving


def _readiness_to_leave(
    state: _State, year: ReportingYear, stays: list[Stay]
) -> Callable[[Stay], float]:
    """How readily each child leaves, by age."""
    at_15 = [stay for stay in stays if age_on(stay.person.born, year.last_day) == 15]
    needed = {stay.person.number for stay in at_15[: _wanted_at_15(state, year)]}

    last_weeks = days_after(year.last_day, -_LAST_WEEKS[0])
    counts = state.quotas.find("started_in_last_weeks", year.year_end) is not None

    def readiness(stay: Stay) -> float:
        if stay.person.number in needed or (counts and stay.start >= last_weeks):
            return _LEAVING_THOUGH_NEEDED_AT_16
        return _LEAVING[age_on(stay.person.born, year.last_day)]

    return readiness


def draw_without_return(
    rng: random.Random, stays: Iterable[Stay], wanted: int, weight: Callable[[Stay], float]
) -> list[Stay]:
    """Draw some stays by weight, each at most once (Efraimidis and Spirakis' keys)."""
    keyed = [(rng.random() ** (1 / weight(stay)), place, stay) for place, stay in enumerate(stays)]
    keyed.sort(key=lambda item: item[:2], reverse=True)
    return [stay for _, _, stay in keyed[:wanted]]


def _balance(
    state: _State, year: ReportingYear, stays: list[Stay], leaving: list[Stay]
) -> list[Stay]:
    """Exchange leavers within age bands until the right number has been in care for long.

    Two figures rest on how long those in care on 31 March have been there: children under 16 with
    two and a half years, and children with the whole year.
    """
    left = _keys(leaving)
    staying = [stay for stay in stays if stay.key not in left]

    def is_long_term(stay: Stay) -> bool:
        return is_long_term_looked_after(stay, year)

    def is_all_year(stay: Stay) -> bool:
        return stay.start <= year.first_day

    def is_between(stay: Stay) -> bool:
        return is_all_year(stay) and not is_long_term(stay)

    def is_new(stay: Stay) -> bool:
        return not is_all_year(stay)

    for measure, counted, is_in, is_out in (
        ("long_term_looked_after", is_long_term, is_long_term, is_between),
        ("looked_after_all_year", is_all_year, is_between, is_new),
    ):
        wanted = state.quotas.find(measure, year.year_end)
        if wanted is not None:
            surplus = sum(map(counted, staying)) - wanted
            for _ in range(abs(surplus)):
                more, less = (is_in, is_out) if surplus > 0 else (is_out, is_in)
                _exchange(state.rng, year, (staying, leaving), more, less)
    return leaving


def is_long_term_looked_after(stay: Stay, year: ReportingYear) -> bool:
    """Whether a child is under 16 on 31 March and has been in care for two and a half years."""
    early_enough = stay.start <= dt.date(year.year_end - 3, 9, 30)
    return early_enough and age_on(stay.person.born, year.last_day) < 16


def _exchange(
    rng: random.Random,
    year: ReportingYear,
    stays: tuple[list[Stay], list[Stay]],
    goes: Callable[[Stay], bool],
    comes: Callable[[Stay], bool],
) -> None:
    """Let one child of a kind leave instead of another of the same age band."""
    staying, leaving = stays
    others: dict[str, list[Stay]] = {}
    for stay in filter(comes, leaving):
        others.setdefault(_exchange_group(stay, year), []).append(stay)
    could = [stay for stay in staying if goes(stay) and _exchange_group(stay, year) in others]
    if not could:
        raise CalibrationError(f"nobody can leave instead in the year to March {year.year_end}")
    one = rng.choice(could)
    other = rng.choice(others[_exchange_group(one, year)])
    staying.remove(one)
    leaving.remove(other)
    staying.append(other)
    leaving.append(one)


def _exchange_group(stay: Stay, year: ReportingYear) -> str:
    """The age band; 15-year-olds are apart, as next year counts on them."""
    age = age_on(stay.person.born, year.last_day)
    bands = (band for band, (low, high) in STOCK_BANDS.items() if low <= age <= high)
    return "15" if age == 15 else next(bands)


def _adopt(state: _State, year: ReportingYear, stays: list[Stay]) -> list[Stay]:
    """Adoption orders of a year, by age at the order where the quotas say so."""
    could = [
        stay for stay in stays if 1 <= age_on(stay.person.born, year.last_day) <= _OLDEST_ADOPTED
    ]
    adopted: list[Stay] = []
    for ages, wanted in _adoptions_wanted(state.quotas, year):
        taken = _keys(adopted)
        days = {
            stay.key: _days_for_order(stay, year, ages) for stay in could if stay.key not in taken
        }
        able = [stay for stay in could if (window := days.get(stay.key)) and window[0] < window[1]]
        if len(able) < wanted:
            raise CalibrationError(
                f"{wanted} adoptions at {ages} wanted in the year to March {year.year_end}, "
                f"{len(able)} children could be adopted"
            )
        for stay in draw_without_return(
            state.rng, able, wanted, lambda stay: _chance_of_adoption(stay, year)
        ):
            reason = "E11" if state.rng.random() < 0.45 else "E12"
            end = day_between(state.rng, *days[stay.key])
            adopted.append(replace(stay, end=end, reason_ended=reason))
    return _draw_sexes(state, year, adopted)


def _chance_of_adoption(stay: Stay, year: ReportingYear) -> float:
    """Children who came as babies are adopted far more often; it takes time."""
    days = (year.last_day - stay.start).days
    return days / (1 + age_on(stay.person.born, stay.start)) ** 2


def _adoptions_wanted(quotas: Quotas, year: ReportingYear) -> list[tuple[tuple[int, int], int]]:
    by_age = [
        ((age, age if age < 3 else _OLDEST_ADOPTED), quotas.find("adopted", year.year_end, group))
        for age, group in enumerate(("age_0", "age_1", "age_2", "age_3_and_over"))
    ]
    wanted = [(ages, number) for ages, number in by_age if number is not None]
    return wanted or [((0, _OLDEST_ADOPTED), quotas.get("adopted", year.year_end))]


def _days_for_order(
    stay: Stay, year: ReportingYear, ages: tuple[int, int]
) -> tuple[dt.date, dt.date]:
    """The days of a year on which a child could be adopted at some age."""
    road = _SHORTEST_ROAD_TO_ADOPTION if ages[0] else _SHORTEST_ROAD_OF_BABIES
    first = max(
        days_after(year.first_day, 1), days_after(stay.start, road),
        birthday(stay.person.born, ages[0]),
    )  # fmt: skip
    return first, min(year.last_day, days_after(birthday(stay.person.born, ages[1] + 1), -1))


def _draw_sexes(state: _State, year: ReportingYear, adopted: list[Stay]) -> list[Stay]:
    """Let the year's adopted children be as many girls as the quota says."""
    girls = state.quotas.find("adopted", year.year_end, "girls")
    if girls is None:
        return adopted
    sexes = state.rng.sample(["F"] * girls + ["M"] * (len(adopted) - girls), len(adopted))
    return [
        replace(stay, person=replace(stay.person, sex=sex))
        for stay, sex in zip(adopted, sexes, strict=True)
    ]


def _turn_18(state: _State, year: ReportingYear, adults: list[Stay]) -> list[Stay]:
    """Young people who turn 18 in the year: most stay until the day, some leave earlier."""
    rng = state.rng
    wanted = state.quotas.find("turned_18", year.year_end)
    if wanted is None:
        wanted = round(len(adults) * _SHARE_STAYING_UNTIL_18)
    if wanted > len(adults):
        raise CalibrationError(
            f"{wanted} wanted to turn 18 in the year to March {year.year_end}, {len(adults)} do"
        )
    # Those with a birthday in the first days of April have no time to leave before it.
    shuffled = sorted(
        rng.sample(adults, len(adults)),
        key=lambda stay: birthday(stay.person.born, 18) > days_after(year.first_day, 7),
    )
    gone = []
    for stay in shuffled[:wanted]:
        day = birthday(stay.person.born, 18)
        reason = weighted(rng, _WAYS_OUT_AT_18)
        gone.append(replace(stay, end=day, reason_ended=reason_as_coded(reason, day)))
    for stay in shuffled[wanted:]:
        first = days_after(year.first_day, 1)
        end = day_between(rng, first, max(first, days_after(birthday(stay.person.born, 18), -1)))
        reason = reason_as_coded(weighted(rng, _OTHER_WAYS_OUT_OVER_16), end)
        gone.append(replace(stay, end=end, reason_ended=reason))
    return gone


def _leave(
    state: _State, year: ReportingYear, leaving: list[Stay], everyone: list[Stay]
) -> list[Stay]:
    """Go home, to a guardian, or elsewhere."""
    rng = state.rng
    home = state.quotas.find("returned_home", year.year_end)
    guardians = state.quotas.find("special_guardianship", year.year_end)
    home = round(len(leaving) * _SHARE_HOME) if home is None else home
    guardians = round(len(leaving) * _SHARE_GUARDIANSHIP) if guardians is None else guardians
    # Guardianship orders are made for the younger ones.
    in_order = sorted(
        rng.sample(leaving, len(leaving)), key=lambda stay: stay.person.born, reverse=True
    )
    guarded = {stay.person.number for stay in in_order[: guardians * 2 : 2]}
    rest = [stay for stay in leaving if stay.person.number not in guarded]
    homeward = {stay.person.number for stay in rng.sample(rest, home)}
    windows = _windows_for_leaving(state, year, leaving, everyone)
    gone = []
    for stay in leaving:
        end = day_between(rng, *windows[stay.key])
        reason = _way_out(rng, stay, end, guarded, homeward)
        gone.append(replace(stay, end=end, reason_ended=reason_as_coded(reason, end)))
    return gone


def _windows_for_leaving(
    state: _State, year: ReportingYear, leaving: list[Stay], everyone: list[Stay]
) -> dict[Key, tuple[dt.date, dt.date]]:
    """The days each leaver may leave on; by 31 July so many must have left as the quota says."""
    counts = state.quotas.find("started_in_last_weeks", year.year_end) is not None
    least = _CLEAR_OF_THEM - 2 if counts else 2
    windows = {
        stay.key: (
            max(days_after(year.first_day, 1), days_after(stay.start, least)), year.last_day
        )
        for stay in leaving
    }  # fmt: skip
    if any(first > last for first, last in windows.values()):
        raise CalibrationError(f"a child starts too late in the year to {year.last_day} to leave")
    wanted = state.quotas.find("looked_after_on_31_july", year.year_end)
    if wanted is None:
        return windows
    july = dt.date(year.year_end - 1, 7, 31)
    here = sum(stay.in_care_on(july) for stay in everyone)
    could = [stay for stay in leaving if windows[stay.key][0] <= july]
    if not 0 <= here - wanted <= len(could):
        raise CalibrationError(f"{here} children are looked after on {july}, not {wanted}")
    by_then = _keys(state.rng.sample(could, here - wanted))
    for key, (first, last) in windows.items():
        if key in by_then:
            windows[key] = first, july
        else:
            windows[key] = max(first, days_after(july, 1)), last
    return windows


def _way_out(
    rng: random.Random, stay: Stay, end: dt.date, guarded: set[int], homeward: set[int]
) -> str:
    if stay.person.number in guarded:
        return "E43" if rng.random() < 0.45 else "E44"
    if stay.person.number in homeward:
        return "E4A" if rng.random() < 0.75 else "E4B"
    old = age_on(stay.person.born, end) >= 16
    return weighted(rng, _OTHER_WAYS_OUT_OVER_16 if old else _OTHER_WAYS_OUT)


def reason_as_coded(reason: str, day: dt.date) -> str:
    """The code a reason for leaving care had on a day: the set changed in 2014, 2016 and 2018."""
    if day < dt.date(2014, 4, 1):
        return {"E4A": "E4", "E4B": "E4", "E13": "E8", "E17": "E5"}.get(reason, reason)
    if day < dt.date(2016, 4, 1) and reason == "E17":
        return "E5"
    if day >= dt.date(2018, 4, 1):
        return {"E43": "E46", "E44": "E47"}.get(reason, reason)
    return reason
