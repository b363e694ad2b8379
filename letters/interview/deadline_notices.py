"""The deadlines the law, or the paper served, sets for this request, reckoned by the office's own calendar.

Where the register knows that a clock was stopped, restarted, or extended, the deadlines go by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from letters.interview.applicability import effective_facts, known_of_requester
from letters.interview.state import InterviewState
from letters.library.validation import partial_letter
from letters.matters.clocks import ClockEvent, event_in_words, last_day
from letters.model.due_dates import DueDate, due_dates
from letters.model.fields import get
from letters.model.rulebook import Due


def deadlines(state: InterviewState) -> Mapping[str, Due]:
    """The days by which the law requires an answer to this request, by the deadline's id; whatever happened since."""
    return _deadlines(state, ())[0]


def notices(state: InterviewState) -> list[str]:
    """Each deadline in a sentence, with a warning if the day has passed or is not a working day; and their clock."""
    events = _clock_events(state)
    return [*map(str, _due_dates(state, events)), *_clock(state, events)]


def new_notices(state: InterviewState) -> list[str]:
    """The notices not shown so far; each is shown once, until its day changes."""
    events = _clock_events(state)
    found = {each.sentence: str(each) for each in _due_dates(state, events)}
    found |= {line: line for line in _clock(state, events)}
    fresh = [sentence for sentence in found if sentence not in state.notices_shown]
    state.notices_shown.update(fresh)
    return [found[sentence] for sentence in fresh]


def deadlines_told(state: InterviewState, on: date) -> Sequence[DueDate]:
    """What counsel has been told, for the register."""
    return _due_dates(state, _clock_events(state), on)


def _due_dates(state: InterviewState, events: Sequence[ClockEvent], on: date | None = None) -> Sequence[DueDate]:
    letter = get(state.answers, "date")
    day = on or (letter if isinstance(letter, date) else state.today)
    running, _ = _deadlines(state, events)
    return due_dates(partial_letter(effective_facts(state)), state.rulebook, day, running)


def _deadlines(state: InterviewState, events: Sequence[ClockEvent]) -> tuple[dict[str, Due], list[Due]]:
    """The deadlines by their ids, and those whose clock is stopped."""
    if not isinstance(get(state.answers, "request.received"), date):
        return {}, []
    running, stopped = dict(partial_letter(effective_facts(state)).deadlines(state.rulebook)), []
    for id_, due in list(running.items()) if events else ():
        day = last_day(state.rulebook.calendar, due.start, due.deadline, events)
        if day is None:
            stopped.append(running.pop(id_))
        else:
            running[id_] = replace(due, day=day, counted=day)
    return running, stopped


def _clock_events(state: InterviewState) -> Sequence[ClockEvent]:
    return state.memory.clock_events(known_of_requester(state), state.filed) if state.memory else ()


def _clock(state: InterviewState, events: Sequence[ClockEvent]) -> list[str]:
    """What the register says of the clock, in sentences."""
    running, stopped = _deadlines(state, events)
    if not events or not (running or stopped):
        return []
    what = "; ".join(map(event_in_words, events))
    lines = [f"The register says of the time to answer: {what}."]
    return lines + [f"The time to {each.deadline.what} ({each.basis.citation}) is stopped." for each in stopped]
