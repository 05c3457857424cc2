"""Dagster's event log, quick enough for a graph of a thousand assets and checks.

Dagster's own SQLite log opens a database anew for each of some ten thousand statements of a
nightly run, and waits for the disk after each: a third of the time of a small borough's run. This
one keeps two connections, to the index and to the log of the run at hand, and lets SQLite's
write-ahead log decide when to wait for the disk. A killed run loses nothing by that; a machine
without power may lose the last moments of a log, never the log.

What belongs here: how the log is written. What does not: what is written, which is Dagster's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import NullPool, StaticPool


class EventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite, the same files, over connections that are kept."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log.

        Args:
            base_dir: Folder of the databases: an index and one for each run.
            inst_data: What Dagster was configured with.
        """
        self._engines: dict[str, sa.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> EventLog:
        """Make the log that dagster.yaml asks for."""
        return cls(inst_data=inst_data, **config_value)

    @property
    def open_logs(self) -> frozenset[str]:
        """Whose logs are open: ``index``, and the id of a run at most."""
        return frozenset(self._engines)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table: asked once, as none is ever dropped."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        # One thread at a time, as Dagster has it: a connection may pass from one to the next.
        with self._db_lock:
            if shard not in self._initialized_dbs:
                self._initdb(self._open(shard, NullPool))
                self._initialized_dbs.add(shard)
            with self._engine(shard).connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            # A server meets one run after another, and must not keep all of their logs open.
            for other in self._engines.keys() - {INDEX_SHARD_NAME}:
                self._engines.pop(other).dispose()
            self._engines[shard] = self._open(shard, StaticPool)
            sa.event.listen(self._engines[shard], "connect", _wait_for_the_disk_less)
        return self._engines[shard]

    def _open(self, shard: str, pool: type[sa.Pool]) -> sa.Engine:
        return sa.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=pool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )

    def dispose(self) -> None:
        """Close the databases."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _wait_for_the_disk_less(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
