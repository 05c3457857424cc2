"""Whole numbers that give printed percentages.

A document prints shares of groups that overlap: of all pupils, of those with free meals, of each
ethnic group. Here are found numbers of pupils that give all of them at once. Nothing here knows
what is counted.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from demo.calibration import CalibrationError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ROUNDS = 5000


def tenths(numerator: int, denominator: int) -> int:
    """A percentage in tenths, halves rounded up."""
    return round_half_up(Fraction(1000 * numerator, denominator))


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; the greater one when two are as near."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def counts_with_share(size: int, share: int) -> list[int]:
    """The numbers out of a size that are so many tenths of a percent, the nearest first."""
    if size == 0:
        return []
    exact = Fraction(share * size, 1000)
    near = round_half_up(exact)
    reach = size // 2000 + 1
    found = [
        count
        for count in range(max(0, near - reach), min(size, near + reach) + 1)
        if tenths(count, size) == share
    ]
    return sorted(found, key=lambda count: abs(count - exact))


def count_with_share(size: int, share: int) -> int:
    """The number out of a size whose share is so many tenths of a percent, or comes nearest."""
    exact = counts_with_share(size, share)
    return exact[0] if exact else round_half_up(Fraction(share * size, 1000))


def counts_with_gap(total: int, size: int, group: int, gap: int) -> list[int]:
    """How many of a group may be among a total, so that the others' share is greater by a gap.

    Args:
        total: how many of all were counted.
        size: of how many.
        group: how many of these are in the group.
        gap: the others' share less the group's, in tenths of a percent.
    """
    others = size - group
    if group == 0 or others == 0:
        return []
    exact = (Fraction(total, others) - Fraction(gap, 1000)) / (
        Fraction(1, group) + Fraction(1, others)
    )
    near = round_half_up(exact)
    return [
        count
        for count in range(max(0, near - 1), min(group, total, near + 1) + 1)
        if total - count <= others
        and round_half_up(1000 * (Fraction(total - count, others) - Fraction(count, group))) == gap
    ]


def nearest_size(natural: int, reach: int, will_do: Callable[[int], bool]) -> int:
    """The size nearest to a natural one that will do.

    Raises:
        CalibrationError: if none within reach does.
    """
    found = next((size for size in _outwards(natural, reach) if will_do(size)), None)
    if found is None:
        raise CalibrationError(f"no group of about {natural} gives the shares wanted")
    return found


def _outwards(natural: int, reach: int) -> Iterator[int]:
    yield natural
    for distance in range(1, reach + 1):
        yield natural + distance
        if natural > distance:
            yield natural - distance


def fill_cells(expected: Floats, groups: Flags, totals: Ints, least: Ints, most: Ints) -> Ints:
    """Whole numbers for cells that add up to the totals of overlapping groups.

    Args:
        expected: what each cell would hold by chance, shape (cells,).
        groups: which cells belong to which group, shape (groups, cells).
        totals: what each group must add up to, shape (groups,).
        least: the least each cell may hold.
        most: the most each cell may hold.

    Returns:
        The numbers, near what was expected.

    Raises:
        CalibrationError: if none are found.
    """
    counts = np.clip(np.rint(_fitted(expected, groups, totals, most)), least, most).astype(np.int64)
    simple = _moves(len(counts))
    for _ in range(_ROUNDS):
        lacking = totals - groups @ counts
        if not lacking.any():
            return counts
        better = _best_move(simple, counts, lacking, expected, groups, (least, most))
        if better is None:
            # A group all of whose cells are full needs two changes at once.
            double = _pairs(simple, len(counts))
            better = _best_move(double, counts, lacking, expected, groups, (least, most))
        if better is None:
            break
        counts = better
    raise CalibrationError("no numbers of pupils give all the shares wanted")


def _best_move(
    moves: Ints,
    counts: Ints,
    lacking: Ints,
    expected: Floats,
    groups: Flags,
    limits: tuple[Ints, Ints],
) -> Ints | None:
    """The cells after the move that brings the totals nearest, if any brings them nearer."""
    after = counts + moves
    allowed = ((after >= limits[0]) & (after <= limits[1])).all(axis=1)
    after = after[allowed]
    cost = np.abs(lacking - moves[allowed] @ groups.T.astype(np.int64)).sum(axis=1)
    least = int(cost.min(initial=np.iinfo(np.int64).max))
    if least >= np.abs(lacking).sum():
        return None
    # Among moves that help as much, the one that stays nearest to what was expected.
    ties = np.flatnonzero(cost == least)
    away = np.abs(after[ties] - expected).sum(axis=1)
    return np.asarray(after[ties[int(np.argmin(away))]])


def _fitted(expected: Floats, groups: Flags, totals: Ints, most: Ints) -> Floats:
    """What is expected, scaled group by group until the totals are nearly met."""
    fitted = np.minimum(expected, most).astype(np.float64)
    for _ in range(30):
        for group, total in zip(groups, totals, strict=True):
            held = fitted[group].sum()
            if held > 0:
                fitted[group] *= total / held
        fitted = np.minimum(fitted, most)
    return fitted


def _moves(cells: int) -> Ints:
    """One more, one fewer, or one more here and one fewer there."""
    one = np.eye(cells, dtype=np.int64)
    swaps = (one[:, None, :] - one[None, :, :]).reshape(-1, cells)
    return np.concatenate([one, -one, swaps[swaps.any(axis=1)]])


def _pairs(moves: Ints, cells: int) -> Ints:
    """One of the first, plain moves together with any other."""
    plain = moves[: 2 * cells]
    return (plain[:, None, :] + moves[None, :, :]).reshape(-1, cells)
