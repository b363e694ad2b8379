"""What the law, or the paper served, wants by which day; by the office's own calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from letters._text.dates import long_date
from letters.interview.state import InterviewState
from letters.library.validation import partial_letter
from letters.model.fields import get
from letters.model.rulebook import Due, due


def dues(state: InterviewState) -> Mapping[str, Due]:
    """The days by which the law wants this request answered."""
    received = get(state.answers, "request.received")
    if not isinstance(received, date):
        return {}
    return due(received, partial_letter(state.settled_facts()).request.topics, state.rulebook)


def notices(state: InterviewState) -> Iterator[tuple[str, str]]:
    """For each such day a sentence, and what is to be known of the day: that it has passed, that nobody works on it."""
    for day, sentence in _days(state):
        yield sentence, _closed(state, day)


def _days(state: InterviewState) -> Iterator[tuple[date, str]]:
    for each in sorted(dues(state).values(), key=lambda each: each.day):
        yield (
            each.day,
            f"By {long_date(each.day)} ({each.deadline.in_words} after receipt, {each.basis.citation}) the "
            f"Department must {each.deadline.what}.",
        )
    back = get(state.settled_facts(), "request.paper.return_date")
    if isinstance(back, date):
        yield back, f"The paper served asks for an answer by {long_date(back)}."


def _closed(state: InterviewState, day: date) -> str:
    letter = get(state.answers, "date")
    passed = " That day has passed." if day < (letter if isinstance(letter, date) else state.today) else ""
    calendar = state.rulebook.calendar
    why = calendar.why_closed(day)
    if not why:
        return passed
    return (
        f"{passed} It is not a working day ({why}); the last before it is {long_date(calendar.last_working_day(day))}."
    )
