"""All that pupils live through at school, drawn together for a borough."""

import random
from dataclasses import dataclass

import numpy as np

from demo.attainment import Attainment, simulate_attainment
from demo.attendance import Attendance, simulate_attendance
from demo.calibration import CalibrationError, Quotas
from demo.lives import Borough
from demo.pupils import Pupils, simulate_pupils

_ATTEMPTS = 4


@dataclass(frozen=True)
class Schooling:
    """A borough's pupils, their results and their attendance."""

    pupils: Pupils
    attainment: Attainment
    attendance: Attendance


def simulate_schooling(borough: Borough, quotas: Quotas) -> Schooling:
    """Draw the schooling of a borough's children; the same borough and seed give the same.

    Where chance gives groups that no printed share can be taken of, they are drawn anew.

    Raises:
        CalibrationError: if what is printed cannot be met with these children.
    """
    for attempt in range(_ATTEMPTS):
        rng = dice(borough, f"schooling {attempt}")
        try:
            pupils = simulate_pupils(borough, rng, quotas)
            attainment = simulate_attainment(rng, pupils, quotas)
            return Schooling(pupils, attainment, simulate_attendance(rng, pupils, quotas))
        except CalibrationError:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def dice(borough: Borough, what: str) -> np.random.Generator:
    """A source of chance in bulk that depends on the authority, the seed and a word alone."""
    seed = random.Random(f"{borough.la_code}:{borough.seed}:{what}").getrandbits(64)  # noqa: S311
    return np.random.default_rng(seed)
