"""The demo borough: invented children whose returns look like a council's.

``write`` puts the returns and invented national statistics into a landing zone. The package knows
nothing of the warehouse that reads them: what the files must add up to is in ``data/quotas.csv``.
"""

from demo.borough import MARKER, Written, simulate, write
from demo.calibration import CalibrationError

__all__ = ["MARKER", "CalibrationError", "Written", "simulate", "write"]
