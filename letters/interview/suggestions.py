"""Texts to complete an answer with: from the matter, from earlier letters, and those the prompt file suggests.

A suggestion that ends with … only begins the answer: counsel goes on typing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from letters._text.dates import long_date
from letters.interview.applicability import known_of_requester
from letters.interview.beginnings import inserted, suggested
from letters.interview.state import InterviewState
from letters.interview.text_input import line_of
from letters.library.prompts import Question
from letters.model.fields import get

REUSED = ("copies", "recipients", "responsible")
"""Lists that are much the same from letter to letter."""


def suggestions_for(state: InterviewState, question: Question) -> Sequence[str]:
    """Every suggestion for the question: of the matter, of earlier letters, and of the prompt file."""
    name = question.field.name
    if name == "reference" and state.memory:
        return ()  # the register's next number is in the line
    found = [
        *(_of_matter(state) if name == "enclosures" else ()),
        *_remembered(state, name),
        *state.used_before.get(name, ()),
        *suggested(state, question),
    ]
    return tuple(dict.fromkeys(found))


def matching(typed: str, suggestions: Sequence[str]) -> Iterator[str]:
    """The suggestions that contain what was typed: first those that begin with it, then those with a word that does."""
    words = " ".join(typed.lower().split())
    beginning = [each for each in suggestions if each.lower().startswith(words)]
    within = [each for each in suggestions if f" {words}" in each.lower() and each not in beginning]
    yield from (each for each in (*beginning, *within) if inserted(each).strip() != typed.strip() or not typed.strip())


def lines_used(answers: Mapping[str, Any], name: str) -> list[str]:
    """The lines of a list in the answers of an earlier letter."""
    listed = get(answers, name)
    return [line_of(each) for each in listed] if isinstance(listed, list) else []


def _of_matter(state: InterviewState) -> Iterator[str]:
    """What may be enclosed: the earlier requests, and our letters, that this letter speaks of."""
    for entry in get(state.answers, "request.earlier") or ():
        if isinstance(day := entry.get("day"), date):
            yield f"Your request of {long_date(day)}"
        if isinstance(day := entry.get("answered"), date):
            yield _our_letter(day, entry.get("reference"))
    for entry in get(state.answers, "earlier_letters") or ():
        if isinstance(day := entry.get("date"), date):
            yield _our_letter(day, entry.get("reference"))


def _our_letter(day: date, reference: object) -> str:
    return f"Our letter of {long_date(day)}{f' ({reference})' if reference else ''}"


def _remembered(state: InterviewState, name: str) -> Sequence[str]:
    """What the register remembers from earlier letters: of anybody, or for enclosures of this requester only."""
    if state.memory is None or name not in (*REUSED, "enclosures"):
        return ()
    return state.memory.used(name, known_of_requester(state), of_anybody=name in REUSED)
