"""What Great Expectations' import leaves out is there as soon as it is asked for."""

from __future__ import annotations

import subprocess
import sys

from expectations.suites import NOT_USED

IMPORTED = f"""
import sys
from expectations.deferred_imports import deferred
with deferred(*{NOT_USED!r}):
    import great_expectations
print([name in sys.modules for name in {NOT_USED!r}])
from great_expectations.expectations.core import (
    expect_column_kl_divergence_to_be_less_than as module,
)
print(round(float(module.stats.entropy([0.5, 0.5], base=2)), 3), module.alt.Chart.__name__)
import altair, scipy.stats
print(altair.Chart is module.alt.Chart, scipy.stats.entropy is module.stats.entropy)
"""


def test_what_is_left_out_is_imported_when_it_is_used() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    left_out, used, the_same = ran.stdout.splitlines()
    assert left_out == str([False] * len(NOT_USED)), (
        "Great Expectations no longer imports this, or something else does: see suites.NOT_USED."
    )
    assert used == "1.0 Chart"
    assert the_same == "True True"
