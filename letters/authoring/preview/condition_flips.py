"""Turns a condition of a letter on or off, by changing as few answers as the rules allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letters.approval.proof.search import Search
from letters.assembly.assembler import Assembler
from letters.authoring.preview.sample_letter import ConditionState
from letters.library.answers import Answers
from letters.model.fields import get


class ConditionFlips:
    """Flips conditions for one state of the library. Each flip takes about a second."""

    def __init__(self, assembler: Assembler, kind: str) -> None:
        self._search = Search(assembler, kind)

    def flipped(self, answers: Answers, condition: ConditionState) -> dict[str, Any] | None:
        """The answers to change, by dotted name; None if no letter was found in which the condition is flipped."""
        found = self._search.flipped(answers, condition.pieces, on=not condition.holds)
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
