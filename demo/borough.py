"""Write invented boroughs into a landing zone, one authority at a time."""

import json
import logging
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from demo import care, population
from demo.calibration import CalibrationError, Quotas, load_quotas
from demo.disabled import simulate_disabled, with_disabilities
from demo.faults import FAULTS, plant
from demo.lives import Borough, Stay
from demo.need import cases_of_looked_after, simulate_need
from demo.private_fostering import cases_of, simulate_private_fostering
from demo.providers import settle_providers
from demo.returns import (
    File,
    area_counts,
    child_exploitation,
    cin_census,
    contacts,
    early_help,
    file_audits,
    finance,
    looked_after_health,
    missing_children,
    owners_figures,
    population_estimates,
    private_fostering,
    published_statistics,
    school_census,
    school_results,
    sen2,
    ssda903,
    young_carers,
    youth,
)
from demo.returns.published_statistics import Figures, figures_of
from demo.school_years import settle_school_years
from demo.schooling import simulate_schooling
from demo.services import simulate_services
from demo.short_breaks import simulate_short_breaks
from demo.variety import quotas_of_another, scaled_quotas, size_of

logger = logging.getLogger(__name__)

MARKER = ".demo"
"""The file in the landing zone that says its contents are invented."""

YEARS = range(2008, 2019)
"""The years returns can be written for, by the calendar year they end in."""

MOST_AUTHORITIES = 153
"""As many authorities as England has."""

SMALLEST_SCALE = 0.25
"""No authority has a smaller share of the home one's children: so few could not meet quotas."""

# One year more is lived through, so that those adopted in it are on their way in the last return.
_SIMULATED_YEARS = range(YEARS[0], YEARS[-1] + 2)
_YEARS_OF_NEED = range(2009, 2019)
_ATTEMPTS = 25

# Each has files(borough, years, quotas), which yields the files of one return of one authority.
_RETURNS = (
    ssda903,
    cin_census,
    finance,
    contacts,
    early_help,
    missing_children,
    child_exploitation,
    young_carers,
    private_fostering,
    file_audits,
    looked_after_health,
    school_census,
    school_results,
    youth,
    sen2,
    area_counts,
    owners_figures,
)


@dataclass(frozen=True)
class Written:
    """What was written: the authorities, the seed, the years, the number of files and children.

    ``authority`` is the home one, the first of ``authorities``. ``faults`` counts those planted.
    """

    authority: str
    seed: int
    years: tuple[int, ...]
    files: int
    children: int
    authorities: tuple[str, ...] = ()
    faults: int = 0


@dataclass(frozen=True)
class _Plan:
    """One authority to invent: the quotas of each draw, and how many home authorities it equals."""

    authority: str
    seed: int
    quotas: Quotas
    is_home: bool
    children_scale: float

    @property
    def size(self) -> float:
        if self.is_home:
            return self.children_scale
        return max(SMALLEST_SCALE, size_of(self.authority, self.seed) * self.children_scale)

    def quotas_of_draw(self, draw: int) -> Quotas:
        if self.is_home:
            return scaled_quotas(self.quotas, self.children_scale, draw)
        return quotas_of_another(self.quotas, self.authority, self.seed, self.size, draw)


def simulate(authority: str, seed: int, quotas: Quotas) -> Borough:
    """Invent a borough's children and their lives.

    Some draws of chance leave too few children of an age to meet a later year's quota; then the
    lives are drawn anew, in a way that depends on the seed alone.

    Raises:
        CalibrationError: if no draw meets the quotas.
    """
    return next(_draws(_Plan(authority, seed, quotas, is_home=True, children_scale=1.0)))[0]


def _draws(plan: _Plan) -> Iterator[tuple[Borough, Quotas]]:
    """Boroughs that meet their quotas, one draw of chance after the other.

    Raises:
        CalibrationError: if none of many draws meets them.
    """
    for draw in range(_ATTEMPTS):
        quotas = plan.quotas_of_draw(draw)
        try:
            borough = _live(plan, draw, quotas)
        except CalibrationError as error:
            reason = str(error)
            continue
        yield borough, quotas
        reason = "the lives drawn do not fill the returns"
    raise CalibrationError(f"authority {plan.authority}: {reason}")


def _live(plan: _Plan, draw: int, quotas: Quotas) -> Borough:
    """One draw of everyone's lives."""
    authority, years = plan.authority, list(_SIMULATED_YEARS)
    rng = random.Random(f"{authority}:{plan.seed}:{draw}")  # noqa: S311
    drawn = population.simulate(authority, rng, quotas, years)
    stays = settle_school_years(authority, drawn, quotas, YEARS)
    lived = settle_providers(rng, care.fill_in(stays, rng, quotas, years), quotas, years)
    breaks = simulate_short_breaks(authority, rng, _next_number(lived), years)
    everyone = [*lived, *breaks]
    number = _next_number(everyone)
    arrangements = simulate_private_fostering(authority, rng, quotas, number, _YEARS_OF_NEED)
    number += len(arrangements)
    in_care = cases_of_looked_after(rng, everyone, _YEARS_OF_NEED)
    disabled = simulate_disabled(authority, rng, quotas, in_care, number, _YEARS_OF_NEED)
    number += len(disabled)
    known = [*in_care, *disabled, *cases_of(rng, arrangements)]
    cases = with_disabilities(
        rng,
        quotas,
        simulate_need(authority, rng, quotas, everyone, known, number, _YEARS_OF_NEED),
    )
    # Drawn by dice of their own: what is added to them later changes nobody's care.
    dice = random.Random(f"{authority}:{plan.seed}:{draw}:services")  # noqa: S311
    everyone, services = simulate_services(
        authority, dice, quotas, everyone, cases, arrangements, list(YEARS)
    )
    borough = Borough(
        authority, plan.seed, tuple(everyone), tuple(cases), plan.size, plan.is_home, services
    )
    return replace(borough, schooling=simulate_schooling(borough, quotas))


def _next_number(stays: Iterable[Stay]) -> int:
    return max((stay.person.number for stay in stays), default=0) + 1


def write(
    landing_dir: Path,
    authority: str = "882",
    seed: int = 882,
    years: Sequence[int] = YEARS,
    authorities: int = 1,
    children_scale: float = 1.0,
    faults: bool = False,
) -> Written:
    """Write the returns of invented boroughs and the invented national statistics.

    The same arguments give the same bytes. Files of these names are replaced; nothing else in the
    landing zone is touched. One authority is invented, written and forgotten before the next, so
    memory does not grow with their number.

    Args:
        landing_dir: the landing zone; made if it is not there.
        authority: the DfE number of the home authority, whose figures are calibrated.
        seed: another seed gives other children with the same totals.
        years: the returns to write, by the calendar year they end in (2017 for 2016/17).
        authorities: how many authorities send returns, the home one first.
        children_scale: how many times the children; with other than 1 nothing is calibrated.
        faults: whether to plant faults in the home authority's files and to list them.

    Raises:
        ValueError: if a year is not among those simulated, or a number cannot be meant.
        CalibrationError: if the children cannot be made to add up to the quotas.
    """
    _check(years, authorities, children_scale)
    quotas = load_quotas()
    chosen = _choose(authority, authorities)
    figures: dict[str, dict[int, Figures]] = {}
    files = children = 0
    for la_code in chosen:
        plan = _Plan(la_code, seed, quotas, la_code == authority, children_scale)
        written, borough, own_quotas = _write_authority(landing_dir, plan, years)
        files += written
        children += _count_children(borough)
        figures[la_code] = figures_of(borough, years, own_quotas)
        logger.info("demo authority %s, seed %s: %s files", la_code, seed, written)
    files += _write_files(landing_dir, published_statistics.files(authority, seed, years, figures))
    (landing_dir / FAULTS).unlink(missing_ok=True)
    planted = plant(landing_dir, authority, years, seed) if faults else 0
    files += _write_files(landing_dir, population_estimates.files(figures))
    _write_marker(landing_dir, chosen, seed, years, children_scale)
    return Written(authority, seed, tuple(years), files, children, tuple(chosen), planted)


def _check(years: Sequence[int], authorities: int, children_scale: float) -> None:
    unknown = [year for year in years if year not in YEARS]
    if unknown:
        raise ValueError(f"no returns for {unknown}: years run from {YEARS[0]} to {YEARS[-1]}")
    if not 1 <= authorities <= MOST_AUTHORITIES:
        raise ValueError(f"{authorities} authorities: there are from 1 to {MOST_AUTHORITIES}")
    if children_scale < SMALLEST_SCALE:
        raise ValueError(f"a scale of {children_scale} leaves too few: at least {SMALLEST_SCALE}")


def _choose(home: str, number: int) -> list[str]:
    """The home authority, then others in order of their DfE number."""
    others = [one.la_code for one in published_statistics.authorities() if one.la_code != home]
    return [home, *others[: number - 1]]


def _write_authority(
    landing_dir: Path, plan: _Plan, years: Sequence[int]
) -> tuple[int, Borough, Quotas]:
    """Write one authority's returns; lives that cannot fill them are drawn anew.

    Raises:
        CalibrationError: if no draw fills every return.
    """
    for borough, quotas in _draws(plan):
        try:
            written = _write_files(landing_dir, _files(borough, years, quotas))
        except CalibrationError as error:
            logger.debug("authority %s is drawn anew: %s", plan.authority, error)
            continue
        return written, borough, quotas
    raise AssertionError("unreachable: the draws end with an error")


def _files(borough: Borough, years: Sequence[int], quotas: Quotas) -> Iterator[File]:
    for return_module in _RETURNS:
        yield from return_module.files(borough, years, quotas)


def _write_files(landing_dir: Path, files: Iterable[File]) -> int:
    count = 0
    for path, content in files:
        (landing_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (landing_dir / path).write_bytes(content)
        count += 1
    return count


def _count_children(borough: Borough) -> int:
    people = [stay.person for stay in borough.stays] + [case.person for case in borough.cases]
    return len({person.number for person in people})


def _write_marker(
    landing_dir: Path,
    authorities: Sequence[str],
    seed: int,
    years: Sequence[int],
    children_scale: float,
) -> None:
    marker = {
        "what": "Every child, figure and file named here is invented (Pier's demo borough).",
        "authority": authorities[0],
        "authorities": list(authorities),
        "children_scale": children_scale,
        "seed": seed,
        "years": list(years),
    }
    text = json.dumps(marker, indent=2) + "\n"
    (landing_dir / MARKER).write_text(text, encoding="utf-8", newline="\n")
