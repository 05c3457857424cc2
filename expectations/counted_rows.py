"""The one expectation of Great Expectations every rule is run as.

Imported only where rules run: importing Great Expectations takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations import UnexpectedRowsExpectation


class ExpectNoFailingRows(UnexpectedRowsExpectation):  # type: ignore[misc]
    """Expect a query for failing rows to return none.

    Great Expectations' own version also fetches the first 200 rows. This one counts them: half
    the work, and no cell of a return ever comes into a result.
    """

    _written: Any = PrivateAttr(default=None)

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    @property
    def configuration(self) -> Any:
        """The expectation as Great Expectations writes it down, written once.

        It asks for it 28 times a rule and writes it anew each time: a second in three hundred
        rules. An expectation here is never changed after it was made.
        """
        if self._written is None:
            self._written = super().configuration
        return self._written

    def _validate(
        self,
        metrics: Mapping[str, Any],
        runtime_configuration: Mapping[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}
