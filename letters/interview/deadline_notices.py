"""The deadlines the law, or the paper served, sets for this request, reckoned by the office's own calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from letters._text.dates import long_date
from letters.interview.applicability import effective_facts
from letters.interview.state import InterviewState
from letters.library.validation import partial_letter
from letters.model.fields import get
from letters.model.rulebook import Due, due


def deadlines(state: InterviewState) -> Mapping[str, Due]:
    """The days by which the law requires an answer to this request, by the deadline's id."""
    received = get(state.answers, "request.received")
    if not isinstance(received, date):
        return {}
    return due(received, partial_letter(effective_facts(state)).request.topics, state.rulebook)


def notices(state: InterviewState) -> list[str]:
    """Each deadline in a sentence, with a warning if the day has passed or is not a working day."""
    return [f"{sentence}{warning}" for sentence, warning in _notices(state)]


def new_notices(state: InterviewState) -> list[str]:
    """The notices not shown so far; each is shown once, until its day changes."""
    fresh = [(sentence, warning) for sentence, warning in _notices(state) if sentence not in state.notices_shown]
    state.notices_shown.update(sentence for sentence, _ in fresh)
    return [f"{sentence}{warning}" for sentence, warning in fresh]


def _notices(state: InterviewState) -> Iterator[tuple[str, str]]:
    for day, sentence in _days(state):
        yield sentence, _warning(state, day)


def _days(state: InterviewState) -> Iterator[tuple[date, str]]:
    for each in sorted(deadlines(state).values(), key=lambda each: each.day):
        yield (
            each.day,
            f"By {long_date(each.day)} ({each.deadline.in_words} after receipt, {each.basis.citation}), the "
            f"Department must {each.deadline.what}.",
        )
    returnable = get(effective_facts(state), "request.paper.return_date")
    if isinstance(returnable, date):
        yield returnable, f"The paper served requires an answer by {long_date(returnable)}."


def _warning(state: InterviewState, day: date) -> str:
    letter = get(state.answers, "date")
    passed = " That day has passed." if day < (letter if isinstance(letter, date) else state.today) else ""
    calendar = state.rulebook.calendar
    why = calendar.why_closed(day)
    if not why:
        return passed
    last = long_date(calendar.last_working_day(day))
    return f"{passed} It is not a working day ({why}); the last working day before it is {last}."
