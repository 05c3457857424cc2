"""Who provides each placement, so that the nights bought add up.

``care`` has drawn a type and a provider for every placement. What an authority paid a week, times
the weeks it bought, is what it spent; a borough whose printed weekly costs and outturn are both to
come out must have bought that many nights. Here some placements change hands: teenagers' foster
placements become children's homes or the other way round, and foster placements with the council's
own carers become those of agencies. When children move, and how often, stays as it was.
"""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import sub

from demo import identity
from demo.calendar import ReportingYear, age_on
from demo.calibration import CalibrationError, Quotas
from demo.lives import Episode, Key, Placement, Stay

FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
RESIDENTIAL = ("K1", "K2", "R1", "S1")
SUPPORTED = ("H5", "P2")
OWN, AGENCIES, OTHER_AUTHORITY = "PR1", ("PR4", "PR5"), "PR2"

_SNAPSHOT = dt.date(2017, 7, 31)
_YOUNGEST, _OLDEST = 10, 16
_TOLERANCE = {"residential": 0, "pvi_fostering": 4}
_LOOSE = 45
_TRIES = 400


def category(placement: Placement) -> str:
    """What a placement is in the accounts, by its type and its provider.

    Temporary placements have none: the one the child will come back to goes on being paid.
    """
    place = placement.place
    if place in FOSTER:
        if placement.provider == OWN:
            return "in_house_fostering"
        return "pvi_fostering" if placement.provider in AGENCIES else "other_la_fostering"
    if place in RESIDENTIAL:
        return "secure" if place == "K1" else "residential"
    if place in SUPPORTED:
        return "supported"
    if place == "P1":
        return "parents"
    return "adoption" if place[0] == "A" else "other"


@dataclass(frozen=True)
class Living:
    """A child's unbroken time with the same carers, days away that end there included.

    ``first`` and ``last`` are places in the stay's episodes; the end is exclusive, None while it
    lasts. Foster carers who adopt begin another time when the child is placed for adoption:
    ``same_carers_follow`` on the time before.
    """

    stay: Stay
    first: int
    last: int
    start: dt.date
    end: dt.date | None
    same_carers_follow: bool = False

    @property
    def placement(self) -> Placement:
        """The placement as it began."""
        return self.stay.episodes[self.first].placement

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The episodes of the time, those away included."""
        return self.stay.episodes[self.first : self.last + 1]

    def nights(self, first_day: dt.date, last_day: dt.date) -> int:
        """Nights from the first day to the last one, both included."""
        until = last_day + dt.timedelta(days=1)
        end = until if self.end is None else min(self.end, until)
        return max(0, (end - max(self.start, first_day)).days)

    def nights_in(self, year: ReportingYear) -> int:
        """Nights in a reporting year."""
        return self.nights(year.first_day, year.last_day)


def livings(stay: Stay) -> Iterator[Living]:
    """Cut a stay into times with the same carers."""
    episodes, first = stay.episodes, 0
    for place in range(1, len(episodes) + 1):
        follows = episodes[place] if place < len(episodes) else None
        carers = episodes[first].placement
        if follows is not None and _is_with(carers, follows):
            continue
        same = follows is not None and follows.placement.postcode == carers.postcode
        yield Living(stay, first, place - 1, episodes[first].start, episodes[place - 1].end, same)
        first = place


def _is_with(carers: Placement, episode: Episode) -> bool:
    """Whether an episode belongs to the time with some carers."""
    placement = episode.placement
    return _is_away(episode) or (
        placement.postcode == carers.postcode and category(placement) == category(carers)
    )


def _is_away(episode: Episode) -> bool:
    return episode.placement.place[0] == "T"


def settle_providers(
    rng: random.Random, stays: Sequence[Stay], quotas: Quotas, years: Sequence[int]
) -> list[Stay]:
    """Let so many nights be spent in homes and with agencies as the quotas say.

    Args:
        rng: the source of chance.
        stays: stays with their episodes.
        quotas: nights bought, and children with the council's own carers on 31 March, for the
            years in which they are known.
        years: the years simulated, by year end.

    Raises:
        CalibrationError: if no exchange gives the nights.
    """
    known = [year for year in years if quotas.find("nights_bought", year, "residential")]
    if not known:
        return list(stays)
    everyone = [one for stay in stays for one in livings(stay)]
    for wanted in ("residential", "pvi_fostering"):
        everyone = _settle(rng, everyone, wanted, quotas, known)
    return _put_together(stays, everyone)


def _settle(
    rng: random.Random, everyone: list[Living], wanted: str, quotas: Quotas, known: Sequence[int]
) -> list[Living]:
    """Meet the nights of one category: the later years to the night, then the first one nearly."""
    first, *later = (ReportingYear(year) for year in known)
    last = later[-1]

    def is_wanted(one: Living) -> bool:
        # Both kinds of residential care are one figure in the documents.
        kind = category(one.placement)
        return kind == wanted or (wanted == "residential" and kind == "secure")

    def effect(one: Living) -> tuple[int, ...]:
        sign = -1 if is_wanted(one) else 1
        nights = tuple(sign * one.nights_in(year) for year in later)
        here = one.start <= last.last_day and (one.end is None or one.end > last.last_day)
        return (*nights, sign * int(here))

    could = [one for one in everyone if _MAY_CHANGE[wanted](one)]
    lacking = [
        quotas.get("nights_bought", year.year_end, wanted)
        - sum(one.nights_in(year) for one in everyone if is_wanted(one))
        for year in later
    ]
    tolerance = [_TOLERANCE[wanted]] * len(later)
    own = quotas.find("in_house_fostering", last.year_end)
    if wanted == "pvi_fostering" and own is not None:
        here = sum(
            category(one.placement) == "in_house_fostering" and effect(one)[-1] != 0
            for one in everyone
        )
        lacking, tolerance = [*lacking, here - own], [*tolerance, 0]
    else:
        lacking, tolerance = [*lacking, 0], [*tolerance, len(everyone)]
    changed = _exchange(
        rng, [(one, vector) for one in could if any(vector := effect(one))], lacking, tolerance
    )
    short = quotas.get("nights_bought", first.year_end, wanted) - sum(
        one.nights_in(first) for one in everyone if is_wanted(one) != (id(one) in changed)
    )
    early = [
        (one, ((-1 if is_wanted(one) else 1) * one.nights_in(first),))
        for one in could
        if not any(effect(one)) and one.nights_in(first)
    ]
    changed |= _exchange(rng, early, [short], [_LOOSE])
    return [_provided_anew(rng, one, wanted) if id(one) in changed else one for one in everyone]


_Vector = tuple[int, ...]


def _exchange(
    rng: random.Random,
    could: Sequence[tuple[Living, _Vector]],
    lacking: Sequence[int],
    tolerance: Sequence[int],
) -> set[int]:
    """Choose changes whose effects add up to what is lacking.

    Changes are made or taken back one at a time while that helps, then in pairs that hit exactly;
    if there is no such pair, one change is made by chance and the search goes on.

    Raises:
        CalibrationError: if nothing is found.
    """
    done: set[int] = set()
    left = list(lacking)

    def flip(place: int) -> None:
        sign = 1 if place in done else -1
        for part, value in enumerate(could[place][1]):
            left[part] += sign * value
        done.symmetric_difference_update({place})

    for _ in range(_TRIES):
        while (best := _best_single(could, done, left, tolerance)) is not None:
            flip(best)
        if not _distance(left, tolerance):
            return {id(could[place][0]) for place in done}
        for place in _hitting_pair(could, done, left, tolerance):
            flip(place)
        if not _distance(left, tolerance):
            return {id(could[place][0]) for place in done}
        if not could:
            break
        flip(rng.randrange(len(could)))
    raise CalibrationError(f"no exchange of placements gives the {len(lacking)} figures wanted")


def _distance(left: Sequence[int], tolerance: Sequence[int]) -> float:
    """How far the figures are from where they may be; one child counts like thirty nights."""
    weights = (1,) * (len(left) - 1) + ((30,) if len(left) > 1 else (1,))
    return sum(
        weight * max(0, abs(value) - allowed)
        for weight, value, allowed in zip(weights, left, tolerance, strict=True)
    )


def _signed(could: Sequence[tuple[Living, _Vector]], done: set[int]) -> list[_Vector]:
    """What changing each placement now would add."""
    return [
        tuple(-value for value in vector) if place in done else vector
        for place, (_, vector) in enumerate(could)
    ]


def _best_single(
    could: Sequence[tuple[Living, _Vector]],
    done: set[int],
    left: Sequence[int],
    tolerance: Sequence[int],
) -> int | None:
    best, least = None, _distance(left, tolerance)
    for place, vector in enumerate(_signed(could, done)):
        distance = _distance([a - b for a, b in zip(left, vector, strict=True)], tolerance)
        if distance < least:
            best, least = place, distance
    return best


def _hitting_pair(
    could: Sequence[tuple[Living, _Vector]],
    done: set[int],
    left: Sequence[int],
    tolerance: Sequence[int],
) -> tuple[int, ...]:
    """Two changes after which every figure is where it may be; none if there are no such two."""
    tight = [part for part, allowed in enumerate(tolerance) if allowed <= _LOOSE]
    offsets = list(
        itertools.product(*(range(-tolerance[part], tolerance[part] + 1) for part in tight))
    )
    known: dict[_Vector, int] = {}
    for place, vector in enumerate(_signed(could, done)):
        rest = [left[part] - vector[part] for part in tight]
        for offset in offsets:
            other = known.get(tuple(map(sub, rest, offset)))
            if other is not None:
                return place, other
        known[tuple(vector[part] for part in tight)] = place
    return ()


def _may_be_residential(one: Living) -> bool:
    """Whether a child's home and a foster placement can stand for each other.

    Not on the day whose placements are printed by type, nor where the carers are relatives or a
    later code says what the child's placement with them became.
    """
    codes = {episode.placement.place for episode in one.episodes}
    if codes not in ({"U6"}, {"K2"}) or _is_there(one, _SNAPSHOT):
        return False
    return _YOUNGEST <= age_on(one.stay.person.born, one.start) <= _OLDEST


def _may_be_agency(one: Living) -> bool:
    """Whether the carers can be the council's own or an agency's."""
    codes = {episode.placement.place for episode in one.episodes if not _is_away(episode)}
    return codes <= {"U4", "U6"} and not one.same_carers_follow


def _is_there(one: Living, day: dt.date) -> bool:
    return one.start <= day and (one.end is None or one.end > day)


_MAY_CHANGE: dict[str, Callable[[Living], bool]] = {
    "residential": _may_be_residential,
    "pvi_fostering": _may_be_agency,
}


def _provided_anew(rng: random.Random, one: Living, wanted: str) -> Living:
    """The same time with other carers: in or out of the wanted category."""
    place = one.placement.place
    joins = category(one.placement) != wanted
    if wanted == "residential":
        place = "K2" if joins else "U6"
    provider = rng.choices(AGENCIES, (0.8, 0.2))[0] if joins else OWN
    number = 1 if provider == OWN else rng.randint(2, 60)
    urn = identity.provider_urn(number)
    postcode = identity.postcode(rng, rng.randint(1, 6 if provider == OWN else 30))
    episodes = list(one.stay.episodes)
    for number in range(one.first, one.last + 1):
        if not _is_away(episodes[number]):
            code = place if wanted == "residential" else episodes[number].placement.place
            episodes[number] = replace(
                episodes[number], placement=Placement(code, provider, urn, postcode)
            )
    return replace(one, stay=replace(one.stay, episodes=tuple(episodes)))


def _put_together(stays: Sequence[Stay], everyone: Iterable[Living]) -> list[Stay]:
    """The stays with the episodes of all their times."""
    episodes: dict[Key, list[Episode]] = {stay.key: [] for stay in stays}
    for one in everyone:
        episodes[one.stay.key].extend(one.episodes)
    return [replace(stay, episodes=tuple(episodes[stay.key])) for stay in stays]
