"""Criteria: what prompt files, the decision guide and the office's rules say under `when` and `unless`.

Each compares one answer. Where an answer is not known, because it is missing though required, or wrong, a criterion is
neither true nor false: a rule that depends on it does not speak.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from letters._text.lazy_pattern import pattern

Criteria = Mapping[str, Any]


class _NotKnown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _NotKnown()
"""Stands for an answer that is required and missing, or wrong."""


def holds(wanted: Any, answer: Any) -> bool:
    """Whether an answer meets a criterion: a value, one of a list, “any” answer at all, or false for no or none."""
    if wanted == "any":
        return answer not in (None, "", [])
    if wanted is False:  # a yes-or-no question not asked yet counts as no
        return not answer
    options = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(answer, list):
        return any(option in answer for option in options)
    return answer in options


# What a name in a criterion may end in, to ask whether a text has one of some words: "request.purpose.mentions".
MENTIONS = ".mentions"


def asked_about(name: str) -> str:
    """The answer that a criterion under this name asks about."""
    return name.removesuffix(MENTIONS)


def meets(name: str, wanted: Any, answer: Any) -> bool:
    """Whether the answer that `asked_about` names meets a criterion."""
    if not name.endswith(MENTIONS):
        return holds(wanted, answer)
    texts = answer if isinstance(answer, list) else [answer]
    words = tuple(wanted if isinstance(wanted, list) else [wanted])
    return any(isinstance(text, str) and _any_word(words).search(text) for text in texts)


@cache
def _any_word(words: tuple[str, ...]) -> re.Pattern[str]:
    return pattern(rf"\b(?:{'|'.join(re.escape(word) for word in words)})\b", re.IGNORECASE)


def applies(when: Criteria, answer_to: Callable[[str], Any]) -> bool:
    """Whether all criteria are met.

    Args:
        answer_to: the answer at a dotted name, or None.
    """
    for name, wanted in when.items():  # noqa: SIM110 - an interview asks a million times; all() takes half as long again
        if not meets(name, wanted, answer_to(asked_about(name))):
            return False
    return True


def verdict(tables: Iterable[Criteria], answer_to: Callable[[str], Any]) -> bool | None:
    """Whether all criteria of one of these tables are met; None if that depends on an answer that is not known.

    Args:
        answer_to: the answer at a dotted name, or `UNKNOWN`.
    """
    found: bool | None = False
    for table in tables:
        met = _all_met(table, answer_to)
        if met:
            return True
        if met is None:
            found = None
    return found


def _all_met(table: Criteria, answer_to: Callable[[str], Any]) -> bool | None:
    found: bool | None = True
    for name, wanted in table.items():
        answer = answer_to(asked_about(name))
        if answer is UNKNOWN:
            found = None
        elif not meets(name, wanted, answer):
            return False
    return found


def tables_of(value: Any) -> list[dict[str, Any]]:
    """What stands under `when` or `unless`: one table or several, each with its criteria under dotted names."""
    tables = [] if value is None else value if isinstance(value, list) else [value]
    return [flat(table) if isinstance(table, Mapping) else table for table in tables]


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Criteria under dotted names, whether or not their author put the names in quotation marks."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def any_applies(tables: Iterable[Criteria], answers: Mapping[str, Any] | BaseModel) -> bool:
    """Whether the answers, or a letter, meet all criteria of one of these tables."""
    return one_applies(tables, lambda name: answer_in(answers, name))


def one_applies(tables: Iterable[Criteria], answer_to: Callable[[str], Any]) -> bool:
    """The same for a function that gives the answer at a dotted name, or None."""
    return any(applies(table, answer_to) for table in tables)


def answer_in(answers: Mapping[str, Any] | BaseModel, name: str) -> Any:
    """The answer at a dotted name, or None."""
    current: Any = answers
    for step in name.split("."):
        current = current.get(step) if isinstance(current, Mapping) else getattr(current, step, None)
    return current
