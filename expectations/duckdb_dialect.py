"""The one place where Great Expectations is taught to keep a DuckDB connection open.

Great Expectations 1.24 closes a connection before it fetches from it unless the dialect is
listed in a private tuple; DuckDB's results die with their connection, and most expectations
end in ``list index out of range``. Listing DuckDB mends it. A test runs an expectation with
and without this, and fails when a new release no longer needs it or no longer allows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class _Dialect:
    """Looks like a member of ``GXSqlDialect``, which an enumeration does not let us add."""

    value: str

    def __eq__(self, other: object) -> bool:
        return other == self.value

    def __hash__(self) -> int:
        return hash(self.value)


@contextmanager
def kept_connections() -> Iterator[None]:
    """Let Great Expectations keep DuckDB connections open for as long as the context lasts.

    Raises:
        AttributeError: This release of Great Expectations no longer has the tuple.
    """
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    before = engine._PERSISTED_CONNECTION_DIALECTS
    engine._PERSISTED_CONNECTION_DIALECTS = (*before, _Dialect("duckdb"))
    try:
        yield
    finally:
        engine._PERSISTED_CONNECTION_DIALECTS = before
