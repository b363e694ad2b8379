"""Results that are remembered, up to a number of them: letters have most of what they are made of in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

_Key = TypeVar("_Key")
_Result = TypeVar("_Result")
_Things = ParamSpec("_Things")


def remember(known: dict[_Key, _Result], most: int, key: _Key, result: _Result) -> _Result:
    """Keep a result under its key, and return it. When ``most`` of them are kept, all are forgotten first."""
    if len(known) >= most:
        known.clear()
    known[key] = result
    return result


def was_seen(seen: set[int], most: int, key: Hashable) -> bool:
    """Whether a key was seen before; now it is. When ``most`` of them were seen, all are forgotten first.

    Most of what a letter says is seen in no other, and need not be kept.
    """
    mark = hash(key)
    if mark in seen:
        return True
    if len(seen) >= most:
        seen.clear()
    seen.add(mark)
    return False


def seen_again(seen: set[int], most: int, keys: Sequence[_Key]) -> list[_Key]:
    """Those of several keys that were seen before; now all are. See `was_seen`."""
    marks = set(map(hash, keys))
    again = marks & seen
    if len(seen) >= most:
        seen.clear()
    seen |= marks
    return [each for each in keys if hash(each) in again] if again else []


def remembered_by_identity(most: int) -> Callable[[Callable[_Things, _Result]], Callable[_Things, _Result]]:
    """Decorates a function of objects that many letters share: it is called once for the very same ones.

    Nobody may change its results, nor the objects, which are kept alive so that no others get their place.

    Args:
        most: results that are kept.
    """

    def decorate(work: Callable[_Things, _Result]) -> Callable[_Things, _Result]:
        known: dict[tuple[int, ...], tuple[object, _Result]] = {}

        @wraps(work)
        def remembering(*things: _Things.args, **named: _Things.kwargs) -> _Result:
            assert not named  # what has a name is not part of the key
            key = tuple(map(id, things))
            found = known.get(key)
            if found is None:
                found = remember(known, most, key, (things, work(*things, **named)))
            return found[1]

        return remembering

    return decorate
