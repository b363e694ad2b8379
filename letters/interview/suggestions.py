"""Texts to complete an answer with: those the prompt file suggests, and what earlier letters said there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.interview.state import InterviewState
from letters.library.prompts import Question


def suggestions_for(state: InterviewState, question: Question) -> Sequence[str]:
    """Every suggestion for the question, those from earlier letters first."""
    return tuple(dict.fromkeys([*state.used_before.get(question.field.name, ()), *question.suggest]))


def matching(typed: str, suggestions: Sequence[str]) -> Iterator[str]:
    """The suggestions that contain what was typed: first those that begin with it, then those with a word that does."""
    words = " ".join(typed.lower().split())
    beginning = [each for each in suggestions if each.lower().startswith(words)]
    within = [each for each in suggestions if f" {words}" in each.lower() and each not in beginning]
    yield from (each for each in (*beginning, *within) if each != typed)
