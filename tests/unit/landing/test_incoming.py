"""The rows being read: the first in memory, what is too much for it in a file, all in one view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration.landing import incoming
from orchestration.landing.incoming import incoming_rows
from orchestration.landing.layouts.part import INCOMING


def _batch(first_line: int, *cells: str | None) -> pa.Table:
    lines = range(first_line, first_line + len(cells))
    return pa.table(
        {"c1": pa.array(cells, pa.string()), "_source_line": pa.array(lines, pa.int64())}
    )


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize(("kept_bytes", "kept_rows"), [(0, 2), (1024, 5)])
def test_all_rows_are_shown_wherever_they_are_kept(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept_bytes: int,
    kept_rows: int,
) -> None:
    monkeypatch.setattr(incoming, "_KEPT_BYTES", kept_bytes)
    batches = [_batch(2, "A", "B"), _batch(4, None, "D"), _batch(6, "E")]
    with incoming_rows(connection, batches, 1, tmp_path) as seen:
        rows = connection.execute(f"from {INCOMING} order by _source_line").fetchall()
        filed = [pa.ipc.open_file(file).read_all().num_rows for file in tmp_path.iterdir()]
    assert rows == [("A", 2), ("B", 3), (None, 4), ("D", 5), ("E", 6)]
    assert seen.rows == 5
    assert seen.full_columns == frozenset()
    assert sum(filed) == 5 - kept_rows
    assert not list(tmp_path.iterdir())


def test_a_column_is_full_only_if_it_is_in_every_batch(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "_KEPT_BYTES", 0)
    for last, full in (("C", {"c1"}), (None, set())):
        with incoming_rows(connection, [_batch(2, "A"), _batch(3, last)], 1, tmp_path) as seen:
            assert seen.full_columns == full


def test_no_rows_are_shown_as_an_empty_view(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with incoming_rows(connection, [], 2, tmp_path) as seen:
        shown = connection.execute(f"from {INCOMING}")
        assert [column[0] for column in shown.description] == ["c1", "c2", "_source_line"]
        assert shown.fetchall() == []
    assert (seen.rows, seen.full_columns) == (0, frozenset())
