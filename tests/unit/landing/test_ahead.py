"""Working one item ahead: the same items, the same error in its turn, no thread left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from orchestration.landing.readers.ahead import ahead


def counting(made: list[int], fails_at: int | None = None) -> Iterator[int]:
    for number in range(5):
        if number == fails_at:
            raise ValueError("broken")
        made.append(number)
        yield number


def test_the_next_item_is_made_while_one_is_used() -> None:
    made: list[int] = []
    second_made = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        second_made.set()
        yield 1

    given = ahead(items())
    assert next(given) == 0
    assert second_made.wait(timeout=10)
    assert list(given) == [1]
    assert list(ahead(counting(made))) == made == [0, 1, 2, 3, 4]


def test_an_error_comes_after_the_items_before_it() -> None:
    given = ahead(counting([], fails_at=2))
    assert [next(given), next(given)] == [0, 1]
    with pytest.raises(ValueError, match="broken"):
        next(given)


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    given = ahead(counting([]))
    next(given)
    given.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
