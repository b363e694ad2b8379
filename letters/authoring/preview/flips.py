"""Turning a condition of a letter on or off: the fewest answers changed that the rules allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letters.approval.proof.search import Search
from letters.assembly.assembler import Assembler
from letters.authoring.preview.letter import ConditionState
from letters.library.answers import Answers
from letters.model.fields import get


class Flips:
    """For one state of the library; finding an answer takes about a second."""

    def __init__(self, assembler: Assembler, kind: str) -> None:
        self._search = Search(assembler, kind)

    def turned(self, answers: Answers, condition: ConditionState) -> dict[str, Any] | None:
        """The answers to change, by dotted name; None where no letter was found in which it is the other way round."""
        found = self._search.turned(answers, condition.pieces, on=not condition.holds)
        return None if found is None else dict(_differences(answers, found.answers))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = get(before, name), get(after, name)
        if isinstance(old, dict) and isinstance(new, dict):
            found += _differences(old, new, f"{prefix}{name}.")
        elif old != new:
            found.append((f"{prefix}{name}", new))
    return found
