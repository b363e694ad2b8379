"""The smallest set of letters that together hold all that is wanted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
_STEPS = 200_000


def smallest_cover(holdings: Mapping[K, frozenset[int]], wanted: frozenset[int]) -> list[K]:
    """Keys whose holdings together hold ``wanted``, as few as there can be, in the order of ``holdings``.

    Where finding out would take too long (hundreds of letters that overlap a little), as few as a greedy choice gives.
    """
    useful = {key: held & wanted for key, held in holdings.items() if held & wanted}
    undominated = {
        key: held
        for at, (key, held) in enumerate(useful.items())
        if not any(held < other or (held == other and place < at) for place, other in enumerate(useful.values()))
    }
    greedy = _greedy(undominated, wanted)
    steps = [0]
    for size in range(1, len(greedy)):
        found = _of_size(undominated, wanted, size, steps)
        if found is not None:
            greedy = found
            break
        if steps[0] > _STEPS:
            break
    return [key for key in holdings if key in greedy]


def _greedy(holdings: Mapping[K, frozenset[int]], wanted: frozenset[int]) -> list[K]:
    chosen: list[K] = []
    while wanted:
        best = max(holdings, key=lambda key: len(holdings[key] & wanted), default=None)
        if best is None or not holdings[best] & wanted:
            break
        chosen.append(best)
        wanted -= holdings[best]
    return chosen


def _of_size(
    holdings: Mapping[K, frozenset[int]], wanted: frozenset[int], size: int, steps: list[int]
) -> list[K] | None:
    """A cover of at most ``size``: whatever it is, it holds the rarest piece."""
    if not wanted:
        return []
    steps[0] += 1
    most = max((len(held & wanted) for held in holdings.values()), default=0)
    if most * size < len(wanted) or steps[0] > _STEPS:
        return None
    holders = {piece: [key for key, held in holdings.items() if piece in held] for piece in wanted}
    rarest = min(sorted(holders), key=lambda piece: len(holders[piece]))
    for key in sorted(holders[rarest], key=lambda key: -len(holdings[key] & wanted)):
        rest = _of_size(holdings, wanted - holdings[key], size - 1, steps)
        if rest is not None:
            return [key, *rest]
    return None
