"""The deadlines the law, or the paper served, sets for this request, reckoned by the office's own calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from letters.interview.applicability import effective_facts
from letters.interview.state import InterviewState
from letters.library.validation import partial_letter
from letters.model.due_dates import DueDate, due_dates
from letters.model.fields import get
from letters.model.rulebook import Due


def deadlines(state: InterviewState) -> Mapping[str, Due]:
    """The days by which the law requires an answer to this request, by the deadline's id."""
    received = get(state.answers, "request.received")
    if not isinstance(received, date):
        return {}
    return partial_letter(effective_facts(state)).deadlines(state.rulebook)


def notices(state: InterviewState) -> list[str]:
    """Each deadline in a sentence, with a warning if the day has passed or is not a working day."""
    return [str(each) for each in _due_dates(state)]


def new_notices(state: InterviewState) -> list[str]:
    """The notices not shown so far; each is shown once, until its day changes."""
    fresh = [each for each in _due_dates(state) if each.sentence not in state.notices_shown]
    state.notices_shown.update(each.sentence for each in fresh)
    return [str(each) for each in fresh]


def _due_dates(state: InterviewState) -> Sequence[DueDate]:
    letter = get(state.answers, "date")
    day = letter if isinstance(letter, date) else state.today
    return due_dates(partial_letter(effective_facts(state)), state.rulebook, day)
