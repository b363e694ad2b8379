"""Suggestions of the prompt file, with other answers in their blanks; some only begin an answer, and end with …"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from letters._text.lazy_pattern import pattern
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.library.prompts import YEAR, Question
from letters.model.fields import get

MORE = "…"
_BLANK = pattern(r"\{([^{}]*)\}")


def suggested(state: InterviewState, question: Question) -> Iterator[str]:
    """The suggestions of the prompt file, without those that need an answer still missing."""
    return (text for each in question.suggest if (text := _filled(state, each)))


def inserted(suggestion: str) -> str:
    """What a suggestion puts into the answer line."""
    return suggestion.removesuffix(MORE)


def only_begun(state: InterviewState, question: Question, value: Any) -> str:
    """The suggestion that an answer, or a line of it, begins with and does not complete; usually empty."""
    if question.field.kind not in ("text", "list") or not question.suggest:
        return ""
    lines = value.splitlines() if isinstance(value, str) else [str(each) for each in value]
    typed = {line.strip() for line in lines}
    begun = (each for each in suggested(state, question) if each.endswith(MORE))
    return next((each for each in begun if inserted(each).strip() in typed), "")


def _filled(state: InterviewState, text: str) -> str:
    """A suggestion with other answers in its blanks; empty if one of them is missing."""
    day = get(state.answers, "date")
    words = {YEAR: str((day if isinstance(day, date) else state.today).year)}
    for name in _BLANK.findall(text):
        words.setdefault(name, "; ".join(in_words(value)) if (value := get(state.answers, name)) else "")
    return _BLANK.sub(lambda blank: words[blank[1]], text) if all(words.values()) else ""
