"""The days by which the law, or the paper served, wants an answer to a request, in words and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.calendar import WorkCalendar
from letters.model.letter import Letter
from letters.model.rulebook import Due, Rulebook


class DueDate(Struct, frozen=True):
    """A day by which something is due.

    Args:
        id: of the deadline in legal_basis.toml; ``return-date`` for the day that a paper served names.
        sentence: what is due, by when and under which law.
        citation: of that law; empty for a paper.
        passed: whether the day is before that of the letter.
        warning: that it has passed, or is not a working day; empty if neither.
    """

    id: str
    day: date
    sentence: str
    citation: str
    passed: bool
    warning: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sentence, self.warning)))

    @property
    def note(self) -> Problem:
        """The same as a note on a letter."""
        return Problem(str(self), code="deadline-passed" if self.passed else "deadline")

    def as_dict(self) -> dict[str, Any]:
        """For ``--json`` output."""
        return {
            "id": self.id,
            "day": self.day.isoformat(),
            "citation": self.citation,
            "passed": self.passed,
            "message": str(self),
        }


def due_dates(
    letter: Letter, rulebook: Rulebook, on: date, known: Mapping[str, Due] | None = None
) -> tuple[DueDate, ...]:
    """Every day by which something is due: those of the law in order, then that of the paper served.

    Args:
        letter: may be incomplete; what is missing is None.
        on: the day of the letter, or today.
        known: the deadlines of the law, if something has happened to them since the request was received.
    """
    of_law = letter.deadlines(rulebook) if known is None else known
    return tuple(
        DueDate(id_, day, sentence, citation, day < on, _warning(rulebook.calendar, day, on))
        for id_, day, sentence, citation in _days(letter, rulebook, of_law)
    )


def _days(letter: Letter, rulebook: Rulebook, of_law: Mapping[str, Due]) -> Iterator[tuple[str, date, str, str]]:
    for each in sorted(of_law.values(), key=lambda each: each.day):
        yield (
            each.deadline.id,
            each.day,
            f"By {long_date(each.day)} ({each.deadline.in_words} after {each.deadline.start}, "
            f"{each.basis.citation}), the "
            f"Department must {each.deadline.what}.{_end_of_period(each, rulebook.calendar)}",
            each.basis.citation,
        )
    paper = letter.request.paper if letter.request else None
    if paper and paper.return_date:
        day = paper.return_date
        yield "return-date", day, f"The paper served requires an answer by {long_date(day)}.", ""


def _end_of_period(due: Due, calendar: WorkCalendar) -> str:
    """When the period ends, if that is not the business day on which the answer is due."""
    if due.counted == due.day:
        return ""
    why = calendar.why_closed(due.counted)
    return f" The period ends on {long_date(due.counted)} ({why}); this is the last business day before it."


def _warning(calendar: WorkCalendar, day: date, on: date) -> str:
    passed = ["That day has passed."] if day < on else []
    if why := calendar.why_closed(day):
        last = long_date(calendar.last_working_day(day))
        passed.append(f"It is not a working day ({why}); the last working day before it is {last}.")
    return " ".join(passed)
