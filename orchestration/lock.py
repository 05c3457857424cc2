"""The lock that keeps the warehouse to one writer for the whole of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.settings import Settings

PATIENCE_SECONDS = 5.0

RUN_IN_PROGRESS = (
    "Another run is writing to the warehouse. Wait until it has ended (`pier status`), then start "
    "this one again."
)


class RunInProgressError(RuntimeError):
    """Another process is writing to the warehouse; this one leaves it alone."""


@contextmanager
def write_lock(settings: Settings) -> Iterator[None]:
    """Hold the warehouse for one run, from landing to publishing.

    Without it a second run could rebuild the marts between this run's audit and its
    publication. The operating system lets go of the lock when a process dies, so a killed
    run never blocks the next.

    Raises:
        RunInProgressError: Somebody else holds it.
    """
    settings.lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.lock_file)
    try:
        lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout as error:
        raise RunInProgressError(RUN_IN_PROGRESS) from error
    try:
        yield
    finally:
        lock.release()
