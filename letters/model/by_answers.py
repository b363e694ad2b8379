"""What was worked out for earlier letters, found again by the answers it depended on.

The letters of a batch differ in names and numbers; most have the same answers to all that rules ask about.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

AnswerTo = Callable[[str], Any]
"""The answer at a dotted name."""

_Found = TypeVar("_Found")
_MOST_KEPT = 200
_MOST_WAYS = 20  # to different lists of answers that are asked for: which one is next may depend on the last
_NOTHING = object()


@lru_cache(maxsize=4096)
def steps_of(name: str) -> tuple[str, ...]:
    """The steps of a dotted name."""
    return tuple(name.split("."))


class ByAnswers(Generic[_Found]):
    """Remembers a limited number of results, each by every answer that was asked for to find it.

    Results are shared, so nobody may change them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[tuple[Any, ...], _Found]] = {}  # by the names of those answers
        self._kept = 0

    def of(self, answer_to: AnswerTo, work: Callable[[AnswerTo], _Found]) -> _Found:
        """The result of some work, which depends on nothing but the answers that it asks for.

        Args:
            answer_to: gives the answers of this letter.
            work: is handed a function that gives the same answers.
        """
        try:
            for names, known in tuple(self._known.items()):  # a copy, because other threads may add to it
                answers = map(answer_to, names)
                found = known.get(tuple([tuple(each) if type(each) is list else each for each in answers]), _NOTHING)
                if found is not _NOTHING:
                    return cast("_Found", found)
        except TypeError:  # an answer is a table, which cannot be looked for
            return work(answer_to)
        asked: dict[str, Any] = {}

        def asks(name: str) -> Any:
            answer = asked[name] = answer_to(name)
            return answer

        new = work(asks)
        self._keep(asked, new)
        return new

    def _keep(self, asked: dict[str, Any], found: _Found) -> None:
        if self._kept >= _MOST_KEPT or len(self._known) >= _MOST_WAYS:
            self._known.clear()
            self._kept = 0
        try:
            self._known.setdefault(tuple(asked), {})[tuple(map(as_key, asked.values()))] = found
        except TypeError:
            return
        self._kept += 1


def as_key(answer: Any) -> Any:
    """An answer in a form that can be looked for; raises TypeError later if it holds tables."""
    return tuple(answer) if type(answer) is list else answer
