"""A landing zone of one's own: put files in, land, look at what became of them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing import Delivery, LandingOptions, LandingSummary, land, load_contracts
from orchestration.landing.readers.section import Limits
from orchestration.settings import Settings, load_settings

FAMILIES = ("ssda903", "published_statistics", "placement_payments", "underlying_statistics")


@dataclass
class Zone:
    settings: Settings
    connection: duckdb.DuckDBPyConnection
    limits: Limits = field(default_factory=Limits)
    settle_seconds: float = 0.0
    now: dt.datetime = dt.datetime(2026, 4, 1, 2, 0)
    families: Sequence[str] = FAMILIES
    rows_told: list[tuple[str, int]] = field(default_factory=list)
    _written: int = 0

    def put(self, path: str, content: str | bytes) -> Path:
        """Write a file into the landing zone, each one later than the one before."""
        file = self.settings.landing_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        self._written += 1
        os.utime(file, (1_700_000_000 + self._written, 1_700_000_000 + self._written))
        return file

    def land(self) -> LandingSummary:
        """Land a day later than last time."""
        self.now += dt.timedelta(days=1)
        contracts = [c for c in load_contracts() if c.return_name in self.families]
        return land(
            self.settings,
            self.connection,
            self.now,
            run_id="test",
            contracts=contracts,
            options=LandingOptions(self.settle_seconds, self.limits),
            on_rows=lambda file, rows: self.rows_told.append((file, rows)),
        )

    def land_one(self, path: str, content: str | bytes) -> Delivery:
        """Put a file, land, and give its only delivery."""
        self.put(path, content)
        (delivery,) = self.land().deliveries
        return delivery

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, list(values)).fetchall()

    def reviews(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select child, review, review_code, _source_line from raw.ssda903__reviews "
            "order by _delivery_id, _source_line"
        )


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Zone]:
    with duckdb.connect(":memory:") as connection:
        yield Zone(load_settings({"PIER_HOME": str(tmp_path)}), connection)
