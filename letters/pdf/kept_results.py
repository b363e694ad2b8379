"""What was worked out of objects that letters have in common, such as the content of a paragraph.

The reader gives the same objects for what is written in the same way, so results are found by the identity of what they
depend on, which is kept with them and therefore stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")


class KeptResults(Generic[_Result]):
    """A limited number of results.

    Args:
        most: the amount of results that are kept together, in the unit of `keep`.
    """

    def __init__(self, most: int) -> None:
        self.most, self.amount = most, 0
        self._results: dict[object, _Result] = {}
        self._objects: dict[object, object] = {}
        self.get = self._results.get
        """Gives the result for a key; None if it is not kept."""

    def keep(self, key: object, objects: object, result: _Result, amount: int = 1) -> None:
        """Keep a result, unless it is a tenth of all that may be kept.

        Args:
            key: all that the result depends on; objects are represented by their identity.
            objects: these objects.
        """
        if self.amount + amount > self.most:
            self._results.clear()
            self._objects.clear()
            self.amount = 0
        if amount < self.most / 10:
            self._objects[key], self._results[key] = objects, result
            self.amount += amount


class ByIdentity(Generic[_Thing, _Result]):
    """Remembers what a function makes of an object that letters have in common.

    Args:
        work: gives what nobody changes.
        most: the amount of objects of which it is kept.
        amount: that of an object.
    """

    def __init__(self, work: Callable[[_Thing], _Result], most: int, amount: Callable[[_Thing], int]) -> None:
        self._work, self._amount = work, amount
        self._kept = KeptResults[tuple[_Result]](most)

    def __call__(self, thing: _Thing) -> _Result:
        found = self._kept.get(id(thing))
        if found is None:
            found = (self._work(thing),)
            self._kept.keep(id(thing), thing, found, self._amount(thing))
        return found[0]

    def of_all(self, things: Sequence[_Thing]) -> list[_Result]:
        """The same for many objects."""
        known = map(self._kept.get, map(id, things))
        return [self(thing) if found is None else found[0] for thing, found in zip(things, known, strict=True)]
