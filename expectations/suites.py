"""Running compiled rules in Great Expectations: suites in, counts out.

What belongs here: everything that knows Great Expectations. What does not: what a rule says
(``queries``) and what becomes of a failing row (``findings``). Only counts come back: results
are taken as ``BASIC`` without examples, and neither an exception's text nor a row of a return
leaves this module.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

from expectations.deferred_imports import deferred
from expectations.duckdb_dialect import kept_connections

COUNTS_ONLY: Mapping[str, Any] = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""The result format: no value of a return is in a result."""

_GX_SEVERITY = {"critical": "critical", "error": "warning", "warning": "info"}
"""Great Expectations' three degrees, from gravest to mildest, for Pier's three."""

NOT_USED = ("scipy.stats", "altair")
"""What Great Expectations imports for expectations that no rule is run as."""

_BATCH = "{batch}"
_EXCEPTION_NAME = re.compile(r"\b(\w+(?:Error|Exception))\b")


@dataclass(frozen=True)
class Expectation:
    """One rule ready to be run.

    Attributes:
        key: Tells it from the others.
        suite: ``<boundary>__<table>``; expectations of a suite share one batch.
        relation: ``schema.table`` that is the batch.
        sql: Query returning failing rows; reads the batch as ``{batch}``, other braces doubled.
        severity: critical, error or warning.
        message: What it says when it fails.
    """

    key: str
    suite: str
    relation: str
    sql: str
    severity: str
    message: str = ""


@dataclass(frozen=True)
class Judgement:
    """What Great Expectations says of one rule.

    Attributes:
        failing: Rows that fail; None when the rule crashed.
        error: Name of the exception it crashed with; None when it ran.
    """

    failing: int | None
    error: str | None


def batch_query(sql_of: str, marker: str) -> str:
    """Turn a query that reads ``marker`` into one that reads Great Expectations' batch."""
    return sql_of.replace("{", "{{").replace("}", "}}").replace(marker, _BATCH)


def judge(
    warehouse: Path, expectations: Sequence[Expectation], data_docs: Path | None = None
) -> dict[str, Judgement]:
    """Run every expectation on the warehouse, opened read-only.

    Args:
        warehouse: The DuckDB file; nobody may have it open for writing.
        expectations: What to run.
        data_docs: Folder for Great Expectations' own pages of the results; none when not given.

    Returns:
        A judgement for each expectation's key.
    """
    if not expectations:
        return {}
    judgements: dict[str, Judgement] = {}
    suites: dict[str, Any] = {}
    with _quiet(), deferred(*NOT_USED):
        import great_expectations  # noqa: F401
    with _quiet(), kept_connections(), _data_source(warehouse) as source:
        in_order = sorted(expectations, key=lambda expectation: expectation.suite)
        for suite, members in groupby(in_order, key=lambda expectation: expectation.suite):
            suites[suite] = _run_suite(source, suite, list(members))
            judgements |= _judgements(suites[suite])
        if data_docs is not None:
            from expectations.data_docs import write_data_docs

            write_data_docs(data_docs, suites)
    return judgements


@contextmanager
def _data_source(warehouse: Path) -> Iterator[Any]:
    """An ephemeral context with the warehouse as its only source, closed at the end."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # Each statement is a transaction of its own: one that fails takes no other with it. Hundreds of
    # short queries cost a third less processor time where no threads wait for each other.
    source = context.data_sources.add_sql(
        name="warehouse",
        connection_string=f"duckdb:///{warehouse.as_posix()}",
        create_temp_table=False,
        kwargs={
            "connect_args": {"read_only": True, "config": {"threads": 1}},
            "isolation_level": "AUTOCOMMIT",
        },
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _run_suite(source: Any, name: str, members: Sequence[Expectation]) -> Any:
    """Great Expectations' result of one suite on its table."""
    import great_expectations as gx

    from expectations.counted_rows import ExpectNoFailingRows

    schema, _, table = members[0].relation.partition(".")
    asset = source.add_table_asset(name=name, table_name=table, schema_name=schema)
    suite = gx.ExpectationSuite(
        name=name,
        expectations=[
            ExpectNoFailingRows(
                unexpected_rows_query=member.sql,
                severity=_GX_SEVERITY[member.severity],
                description=member.message or None,
                meta={"rule": member.key},
            )
            for member in members
        ],
    )
    # The batch is validated by itself: a validation definition would write suite and results to
    # stores nobody reads, a fifth of the time of a run of hundreds of rules.
    batch = asset.add_batch_definition_whole_table(name).get_batch()
    return batch.validate(suite, result_format=dict(COUNTS_ONLY))


def _judgements(suite_result: Any) -> dict[str, Judgement]:
    return {
        result.expectation_config.meta["rule"]: _judgement(result.result, result.exception_info)
        for result in suite_result.results
    }


def _judgement(result: Mapping[str, Any], exception_info: Mapping[str, Any]) -> Judgement:
    count = result.get("observed_value")
    if isinstance(count, int):
        return Judgement(failing=count, error=None)
    # The text of an exception may quote a cell ("could not convert 'Smith'"): its name may not.
    names = _EXCEPTION_NAME.findall(str(exception_info))
    return Judgement(failing=None, error=names[0] if names else "no count came back")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Great Expectations from calling home, drawing bars, printing and logging rows."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Some of its modules set levels of their own: what they say is stopped at their root.
    logger = logging.getLogger("great_expectations")
    silence = logging.NullHandler()
    propagate = logger.propagate
    logger.addHandler(silence)
    logger.propagate = False
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        logger.removeHandler(silence)
        logger.propagate = propagate
