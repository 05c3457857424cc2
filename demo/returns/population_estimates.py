"""Mid-year estimates of residents under 18, by age and sex, for every authority that was invented.

One file holds all authorities and years, as a later file takes the place of an earlier one. A year
to 31 March rests on the estimate of the middle of the year before.
"""

from collections.abc import Iterator, Mapping

from demo.returns import File, csv_file
from demo.returns.published_statistics import Figures, authorities

_COLUMNS = ("area", "year", "age_band", "sex", "population")
_AGES = range(18)
_BANDS = {
    "0-17": range(18),
    "0-4": range(5),
    "5-9": range(5, 10),
    "10-15": range(10, 16),
    "10-17": range(10, 18),
    "16-17": range(16, 18),
}
_OLDEST_PER_YOUNGEST = 0.9
"""How many residents of 17 there are for one under 1."""
_BOYS = 0.512


def files(own: Mapping[str, Mapping[int, Figures]]) -> Iterator[File]:
    """The one file: path below the landing zone, and bytes.

    Args:
        own: figures of each authority by year to 31 March, with residents under 18.
    """
    areas = {one.la_code: one.area_code for one in authorities()}
    rows = [
        (areas[la_code], str(year_end - 1), band, sex, str(number))
        for la_code, figures in own.items()
        for year_end, of_year in figures.items()
        for (band, sex), number in _by_band(of_year.population).items()
    ]
    yield csv_file("population_estimates/demo/population_estimates.csv", _COLUMNS, rows)


def _by_band(residents: int) -> dict[tuple[str, str], int]:
    """Residents of each band by sex, and of all; single ages and bands add up to the whole."""
    ages = _by_age(residents)
    boys = [round(number * _BOYS) for number in ages]
    counts = {}
    for band, within in {**_BANDS, **{str(age): (age,) for age in _AGES}}.items():
        both = sum(ages[age] for age in within)
        male = sum(boys[age] for age in within)
        counts[band, ""] = both
        counts[band, "Female"] = both - male
        counts[band, "Male"] = male
    return counts


def _by_age(residents: int) -> list[int]:
    """Residents of each age, a little fewer the older."""
    step = (1 - _OLDEST_PER_YOUNGEST) / _AGES[-1]
    weights = [1 - step * age for age in _AGES]
    # Rounding the running total keeps the sum.
    total, so_far, before = sum(weights), 0.0, 0
    ages = []
    for weight in weights:
        so_far += weight
        now = round(residents * so_far / total)
        ages.append(now - before)
        before = now
    return ages
