"""Working ahead: the next piece of a file is made ready while the last is being used.

Here: one thread, which pays because pyarrow, numpy and DuckDB let other threads run while
they work. Not here: what the pieces are.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Give what an iterator gives, always one item ahead in a thread of its own.

    Args:
        items: None of them None. What it raises is raised here, in its turn.

    Yields:
        The same items. Whoever stops early waits for the one under way, so that no thread is
        left behind.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        coming = beside.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = beside.submit(next, items, None)
            yield item
