"""The one expectation of Great Expectations every rule is run as.

Imported only where rules run: importing Great Expectations takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from great_expectations.expectations import UnexpectedRowsExpectation


class ExpectNoFailingRows(UnexpectedRowsExpectation):  # type: ignore[misc]
    """Expect a query for failing rows to return none.

    Great Expectations' own version also fetches the first 200 rows. This one counts them: half
    the work, and no cell of a return ever comes into a result.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self,
        metrics: Mapping[str, Any],
        runtime_configuration: Mapping[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}
