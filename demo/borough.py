"""Write the demo borough into a landing zone."""

import json
import logging
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo import care, population
from demo.calibration import CalibrationError, Quotas, load_quotas
from demo.lives import Borough, Stay
from demo.need import simulate_need
from demo.returns import cin_census, published_statistics, ssda903
from demo.short_breaks import simulate_short_breaks

logger = logging.getLogger(__name__)

MARKER = ".demo"
"""The file in the landing zone that says its contents are invented."""

YEARS = range(2008, 2019)
"""The years returns can be written for, by the calendar year they end in."""

# One year more is lived through, so that those adopted in it are on their way in the last return.
_SIMULATED_YEARS = range(YEARS[0], YEARS[-1] + 2)
_YEARS_OF_NEED = range(2014, 2019)
_ATTEMPTS = 25

_RETURNS = (ssda903, cin_census, published_statistics)


@dataclass(frozen=True)
class Written:
    """What was written: the authority, the seed, the years and the number of files and children."""

    authority: str
    seed: int
    years: tuple[int, ...]
    files: int
    children: int


def simulate(authority: str, seed: int, quotas: Quotas) -> Borough:
    """Invent a borough's children and their lives.

    Some draws of chance leave too few children of an age to meet a later year's quota; then the
    lives are drawn anew, in a way that depends on the seed alone.

    Raises:
        CalibrationError: if no draw meets the quotas.
    """
    years = list(_SIMULATED_YEARS)
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{authority}:{seed}:{attempt}")  # noqa: S311
        try:
            stays = population.simulate(authority, rng, quotas, years)
            lived = care.fill_in(stays, rng, quotas, years)
            breaks = simulate_short_breaks(authority, rng, _next_number(lived), years)
            everyone = [*lived, *breaks]
            cases = simulate_need(
                authority, rng, quotas, everyone, _next_number(everyone), _YEARS_OF_NEED
            )
        except CalibrationError:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return Borough(authority, seed, tuple(everyone), tuple(cases))
    raise AssertionError("unreachable: the last attempt returns or raises")


def _next_number(stays: Iterable[Stay]) -> int:
    return max(stay.person.number for stay in stays) + 1


def write(
    landing_dir: Path,
    authority: str = "882",
    seed: int = 882,
    years: Sequence[int] = (2015, 2016, 2017),
) -> Written:
    """Write the demo borough's returns and the invented national statistics.

    The same arguments give the same bytes. Files of these names are replaced; nothing else in the
    landing zone is touched.

    Args:
        landing_dir: the landing zone; made if it is not there.
        authority: the DfE number of the authority that sends the returns.
        seed: another seed gives other children with the same totals.
        years: the returns to write, by the calendar year they end in (2017 for 2016/17).

    Raises:
        ValueError: if a year is not among those simulated.
        CalibrationError: if the children cannot be made to add up to the quotas.
    """
    unknown = [year for year in years if year not in YEARS]
    if unknown:
        raise ValueError(f"no returns for {unknown}: years run from {YEARS[0]} to {YEARS[-1]}")
    quotas = load_quotas()
    borough = simulate(authority, seed, quotas)
    count = 0
    for return_module in _RETURNS:
        for path, content in return_module.files(borough, years, quotas):
            (landing_dir / path).parent.mkdir(parents=True, exist_ok=True)
            (landing_dir / path).write_bytes(content)
            count += 1
    marker = {
        "what": "Every child, figure and file named here is invented (Pier's demo borough).",
        "authority": authority,
        "seed": seed,
        "years": list(years),
    }
    (landing_dir / MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
    people = [stay.person for stay in borough.stays] + [case.person for case in borough.cases]
    children = len({person.number for person in people})
    logger.info("demo borough %s, seed %s: %s files", authority, seed, count)
    return Written(authority, seed, tuple(years), count, children)
