"""What was worked out of objects that letters have in common, such as the content of a paragraph.

The reader gives the same objects for what is written in the same way, so results are found by the identity of what they
depend on, which is kept with them and therefore stays the same.
"""

from __future__ import annotations

from typing import Generic, TypeVar

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
