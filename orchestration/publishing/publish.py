"""One publication, from the audited marts to what BI users read.

Built whole beside the one in force and then switched to in one step: a run that is killed at any
moment leaves the publication before in place.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import logging
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.dbt import PointInTime, code_fingerprint
from orchestration.publishing.export import (
    PublicationFacts,
    copy_marts,
    marts_being_written,
    table_rows,
    write_facts,
    write_parquet,
)
from orchestration.publishing.revisions import write_revisions
from orchestration.publishing.shareable import PublishingError, published_marts
from orchestration.publishing.site import build_site
from orchestration.publishing.switch import (
    LABEL_FILE,
    PARTIAL,
    clear_killed_runs,
    forget_old,
    publication_in_force,
    put_in_place,
    seal,
    switch_to,
)
from orchestration.settings import Settings

log = logging.getLogger(__name__)

__all__ = ["MARTS_FILE", "Publication", "PublishingError", "publish", "published_marts"]

MARTS_FILE = "marts.duckdb"


@dataclass(frozen=True)
class Publication:
    """What was published.

    Attributes:
        publication_id: Name of the publication, which sorts by time.
        path: Its folder; ``published`` shows it until the next.
        rows_by_table: How many rows each of its tables has.
        pages: Number of pages of the site.
        seconds: How long it took.
    """

    publication_id: str
    path: Path
    rows_by_table: Mapping[str, int]
    pages: int
    seconds: float


def publish(
    settings: Settings,
    run_id: str,
    published_at: dt.datetime,
    point: PointInTime,
    *,
    inputs_fingerprint: str,
    manifest: Path,
    is_invented: bool = False,
) -> Publication:
    """Publish the marts as they stand in the warehouse.

    Only one process may publish at a time: the caller holds ``settings.lock_file``. The
    warehouse is opened read-only, so nothing may be writing to it.

    Args:
        settings: Where things are, and whose report it is.
        run_id: The run that publishes.
        published_at: When; aware, or naive and in UTC.
        point: What the run could know.
        inputs_fingerprint: What the publication was built from, as one hash, by which a later
            run knows that there is nothing new.
        manifest: dbt's ``manifest.json``, which says which marts may leave.
        is_invented: Whether the data are invented; the site then says so on every page.

    Returns:
        What was published, now in force.

    Raises:
        PublishingError: Nothing was published, and why; the publication in force stays.
    """
    began = time.perf_counter()
    built_at = _in_utc(published_at)
    settings.publications_dir.mkdir(parents=True, exist_ok=True)
    clear_killed_runs(settings)
    marts = published_marts(json.loads(manifest.read_text(encoding="utf-8")))
    final = _unused_folder(settings.publications_dir, built_at, run_id)
    partial = final.with_name(final.name + PARTIAL)
    facts = PublicationFacts(
        publication_id=final.name,
        run_id=run_id,
        built_at=built_at,
        as_at=point.as_at,
        as_known_at=min(_in_utc(point.as_known_at), built_at),
        home_la_code=settings.home_authority,
        small_number_limit=settings.small_number_limit,
        pier_version=importlib.metadata.version("pier"),
        inputs_fingerprint=inputs_fingerprint,
        code_fingerprint=code_fingerprint(),
        is_invented=is_invented,
    )
    previous = publication_in_force(settings)
    partial.mkdir()
    try:
        with marts_being_written(partial / MARTS_FILE, settings.warehouse_file) as connection:
            copy_marts(connection, marts)
            write_facts(connection, facts)
            write_revisions(connection, previous and previous / MARTS_FILE, built_at)
            write_parquet(connection, partial / "parquet")
            rows = table_rows(connection)
        pages = build_site(partial / MARTS_FILE, partial / "site")
        _write_label(partial, facts)
        seal(partial)
        put_in_place(partial, final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    switch_to(settings, final)
    forget_old(settings)
    seconds = time.perf_counter() - began
    log.info("published %s: %d tables, %d pages, %.1f s", final.name, len(rows), pages, seconds)
    return Publication(final.name, final, rows, pages, seconds)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """The moment without a time zone, in UTC: databases differ in how they store zones."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _unused_folder(publications: Path, built_at: dt.datetime, run_id: str) -> Path:
    """A name that sorts by time and says which run; a repeated run gets one of its own."""
    name = f"{built_at:%Y%m%dT%H%M%S%f}Z-{re.sub('[^A-Za-z0-9]', '', run_id)[:8]}"
    folder, attempt = publications / name, 1
    while folder.exists():
        attempt += 1
        folder = publications / f"{name}-{attempt}"
    return folder


def _write_label(folder: Path, facts: PublicationFacts) -> None:
    label = {
        "id": facts.publication_id,
        "built_at": f"{facts.built_at.isoformat(timespec='seconds')}Z",
        "as_at": facts.as_at.isoformat(),
        "pier_version": facts.pier_version,
    }
    (folder / LABEL_FILE).write_text(json.dumps(label, indent=2) + "\n", encoding="utf-8")
