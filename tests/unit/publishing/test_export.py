"""What is copied out of the warehouse is the same however the sums behind it were added up."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.publishing.export import copy_marts, marts_being_written
from orchestration.publishing.shareable import ShareableMart


def test_numbers_are_published_without_what_adding_them_up_left_over(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "pier.duckdb")) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(
            "create table marts.costs as select 'PC1' as indicator_id, 3 as children,"
            " 1811736.1399999992::double as value union all select 'PC2', null, -0.357143::double"
            " union all select 'PC3', 0, null"
        )
    columns = dict.fromkeys(["indicator_id", "children", "value"], "What it says.")
    mart = ShareableMart("costs", "marts", "costs", "One row per indicator.", columns)
    with marts_being_written(tmp_path / "out.duckdb", tmp_path / "pier.duckdb") as connection:
        copy_marts(connection, [mart])
    with duckdb.connect(str(tmp_path / "out.duckdb"), read_only=True) as published:
        assert published.execute("from costs").fetchall() == [
            ("PC1", 3, 1811736.14),
            ("PC2", None, -0.357143),
            ("PC3", 0, None),
        ]
