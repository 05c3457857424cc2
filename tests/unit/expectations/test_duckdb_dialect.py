"""The patch of Great Expectations is still needed, still allowed, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import great_expectations as gx
import pytest
from great_expectations.execution_engine import sqlalchemy_execution_engine

from expectations.duckdb_dialect import kept_connections
from expectations.suites import COUNTS_ONLY, Expectation, judge

ADVICE = "If this fails, Great Expectations has changed: see expectations/duckdb_dialect.py."


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        connection.execute("create table s.t as select range as number from range(10)")
    return path


def row_count_is_right(warehouse: Path) -> bool:
    """Whether an expectation of Great Expectations' own runs on DuckDB."""
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_sql(
        name="w",
        connection_string=f"duckdb:///{warehouse.as_posix()}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True}},
    )
    batch = (
        source.add_table_asset(name="t", table_name="t", schema_name="s")
        .add_batch_definition_whole_table("t")
        .get_batch()
    )
    expectation = gx.expectations.ExpectColumnValuesToBeBetween(
        column="number", min_value=0, max_value=9
    )
    try:
        return bool(batch.validate(expectation, result_format=dict(COUNTS_ONLY)).success)
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def test_without_the_patch_great_expectations_cannot_read_duckdb(warehouse: Path) -> None:
    assert not row_count_is_right(warehouse), f"The patch is no longer needed. {ADVICE}"


def test_with_the_patch_it_can(warehouse: Path) -> None:
    with kept_connections():
        assert row_count_is_right(warehouse), ADVICE


def test_the_patch_is_taken_back() -> None:
    before = sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS
    with pytest.raises(RuntimeError), kept_connections():
        assert "duckdb" in sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS, ADVICE
        raise RuntimeError
    assert before == sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS


def test_a_rule_that_breaks_takes_no_other_with_it_and_tells_no_value(
    warehouse: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table s.names as select 'Zebedee' as name")

    def expect(key: str, sql: str) -> Expectation:
        return Expectation(key, "s__names", "s.names", sql, "error")

    with caplog.at_level(0):
        judged = judge(
            warehouse,
            [
                expect("breaks", "select name from {batch} where cast(name as integer) > 0"),
                expect("no column", "select nothing from {batch}"),
                expect("finds", "select name from {batch}"),
            ],
        )
    assert judged["breaks"].failing is None
    assert judged["breaks"].error == "ConversionException"
    assert judged["no column"].error == "BinderException"
    assert judged["finds"].failing == 1
    told = capfd.readouterr()
    assert "Zebedee" not in told.out + told.err + caplog.text + str(judged)


def test_the_warehouse_is_free_when_judging_ends(warehouse: Path) -> None:
    judge(warehouse, [Expectation("k", "s__t", "s.t", "select * from {batch}", "error")])
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table s.another (number integer)")
