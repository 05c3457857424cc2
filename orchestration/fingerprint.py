"""Whether there is anything to build: what a publication rests on, as one hash."""

from __future__ import annotations

import hashlib
import json

import duckdb

from orchestration.dbt import PointInTime, code_fingerprint, dbt_vars, point_environment
from orchestration.settings import Settings


def inputs_fingerprint(settings: Settings, point: PointInTime) -> str:
    """Hash everything a build's outcome depends on.

    Returns:
        The hash of the deliveries and their fates, the run's variables (home authority,
        small-number limit), day and moment, and the code. Equal hashes mean equal figures.
    """
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        deliveries = warehouse.execute(
            "select delivery_id, fate, withdrawn_at from raw.deliveries order by delivery_id"
        ).fetchall()
    parts = [deliveries, dbt_vars(settings), point_environment(point), code_fingerprint()]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def published_fingerprint(settings: Settings) -> str | None:
    """The fingerprint the publication in force was built from, if there is one."""
    marts = settings.published_dir / "marts.duckdb"
    if not marts.exists():
        return None
    with duckdb.connect(str(marts), read_only=True) as published:
        row = published.execute("select inputs_fingerprint from meta_publication").fetchone()
    return str(row[0]) if row else None
