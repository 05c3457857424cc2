"""The demo borough: invented children whose returns look like a council's.

``write`` puts the returns and invented national statistics into a landing zone. The package knows
nothing of the warehouse that reads them. What the files must add up to is in ``data/quotas``;
``data/known_answers.csv`` says which printed figures they reproduce, and which no children could.
"""

from demo.borough import MARKER, YEARS, Written, simulate, write
from demo.calibration import CalibrationError
from demo.faults import FAULTS

__all__ = ["FAULTS", "MARKER", "YEARS", "CalibrationError", "Written", "simulate", "write"]
