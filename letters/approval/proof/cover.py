"""The smallest set of letters that together show everything wanted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
_STEPS = 200_000


def smallest_cover(sets: Mapping[K, frozenset[int]], wanted: frozenset[int]) -> list[K]:
    """As few keys as possible whose sets together contain ``wanted``, in the order of ``sets``.

    If that would take too long (hundreds of letters that overlap a little), as few as a greedy choice finds.
    """
    useful = {key: members & wanted for key, members in sets.items() if members & wanted}
    undominated = {
        key: members
        for at, (key, members) in enumerate(useful.items())
        if not any(members < other or (members == other and place < at) for place, other in enumerate(useful.values()))
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
    return [key for key in sets if key in greedy]


def _greedy(sets: Mapping[K, frozenset[int]], wanted: frozenset[int]) -> list[K]:
    chosen: list[K] = []
    while wanted:
        best = max(sets, key=lambda key: len(sets[key] & wanted), default=None)
        if best is None or not sets[best] & wanted:
            break
        chosen.append(best)
        wanted -= sets[best]
    return chosen


def _of_size(sets: Mapping[K, frozenset[int]], wanted: frozenset[int], size: int, steps: list[int]) -> list[K] | None:
    """A cover of at most ``size``, found by way of the rarest piece, which every cover must contain."""
    if not wanted:
        return []
    steps[0] += 1
    most = max((len(members & wanted) for members in sets.values()), default=0)
    if most * size < len(wanted) or steps[0] > _STEPS:
        return None
    containing = {piece: [key for key, members in sets.items() if piece in members] for piece in wanted}
    rarest = min(sorted(containing), key=lambda piece: len(containing[piece]))
    for key in sorted(containing[rarest], key=lambda key: -len(sets[key] & wanted)):
        rest = _of_size(sets, wanted - sets[key], size - 1, steps)
        if rest is not None:
            return [key, *rest]
    return None
