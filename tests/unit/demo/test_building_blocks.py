import datetime as dt
import json
import random
from pathlib import Path

import pytest
from returned import YEARS, Returns

import demo
from demo.calendar import (
    ReportingYear,
    age_on,
    birthday,
    working_days_after,
    working_days_until,
    year_of,
)
from demo.calibration import CalibrationError, spread


def test_the_reporting_year_turns_on_1_april() -> None:
    assert year_of(dt.date(2017, 3, 31)) == ReportingYear(2017)
    assert year_of(dt.date(2017, 4, 1)) == ReportingYear(2018)
    assert ReportingYear(2010).folder == "2009-10"


@pytest.mark.parametrize(
    ("on", "age"),
    [((2023, 2, 28), 14), ((2023, 3, 1), 15), ((2024, 2, 28), 15), ((2024, 2, 29), 16)],
)
def test_someone_born_on_29_february_is_older_on_1_march(
    on: tuple[int, int, int], age: int
) -> None:
    assert age_on(dt.date(2008, 2, 29), dt.date(*on)) == age
    assert birthday(dt.date(2008, 2, 29), 15) == dt.date(2023, 3, 1)


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    # Monday 3 October 2016 to Monday 5 December 2016 are 45 working days; over Christmas 2016 the
    # 26th and 27th, and 2 January, are left out.
    assert working_days_after(dt.date(2016, 10, 3), 45) == dt.date(2016, 12, 5)
    assert working_days_until(dt.date(2016, 10, 3), dt.date(2016, 12, 5)) == 45
    assert working_days_after(dt.date(2016, 12, 14), 15) == dt.date(2017, 1, 9)


def test_spread_meets_the_total_within_limits() -> None:
    rng = random.Random(0)  # noqa: S311
    result = spread(rng, [5, 5, 90], [(0, 10), (0, 10), (50, 100)], 70)
    assert sum(result) == 70
    assert all(
        low <= value <= high
        for value, (low, high) in zip(result, [(0, 10), (0, 10), (50, 100)], strict=True)
    )


def test_spread_leaves_numbers_that_already_add_up() -> None:
    rng = random.Random(0)  # noqa: S311
    assert spread(rng, [1, 2, 3], [(0, 9)] * 3, 6) == [1, 2, 3]


def test_spread_says_when_no_numbers_will_do() -> None:
    with pytest.raises(CalibrationError, match="add up to 31"):
        spread(random.Random(0), [1, 1], [(0, 10), (0, 20)], 31)  # noqa: S311


def test_a_year_outside_the_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\[2007\]: years run from 2008 to 2018"):
        demo.write(tmp_path, years=[2007, 2017])
    assert not list(tmp_path.iterdir())


def test_the_marker_says_what_was_written(returns: Returns) -> None:
    marker = json.loads((returns.landing / demo.MARKER).read_text(encoding="utf-8"))
    assert marker["authority"] == "882"
    assert marker["seed"] == 882
    assert marker["years"] == list(YEARS)
    assert "invented" in marker["what"]
