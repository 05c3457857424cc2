"""What many rules build on, worked out once for all of them.

What belongs here: the tables that stand in for steps of rules while an audit lasts. What does not:
which steps those are and how a rule reads them (``queries``). A step that cannot be worked out is
left to the rules that build on it, which crash, each by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from expectations.queries import SHARED, RuleQueries


def share(warehouse: Path, rules: Sequence[RuleQueries]) -> frozenset[str]:
    """Write a table for every step that two rules or more build on.

    Args:
        warehouse: The DuckDB file; nobody else may have it open.
        rules: What is to be judged.

    Returns:
        The names of the tables, for ``RuleQueries.shared``; ``clear`` takes them away.
    """
    uses = Counter(table for rule in rules for table in rule.shareable.values())
    wanted = {table for table, times in uses.items() if times > 1}
    if not wanted:
        return frozenset()
    written: set[str] = set()
    with duckdb.connect(str(warehouse)) as connection:
        clear(connection)
        connection.execute(f"create schema {SHARED}")
        for rule in rules:
            for step, table in rule.shareable.items():
                if table not in wanted:
                    continue
                wanted.remove(table)
                sql = replace(rule, shared=frozenset(written)).by_itself(step)
                try:
                    connection.execute(f"create table {SHARED}.{table} as {sql}")
                except duckdb.Error:
                    continue
                written.add(table)
    return frozenset(written)


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the tables away, those that an interrupted audit left too."""
    connection.execute(f"drop schema if exists {SHARED} cascade")
