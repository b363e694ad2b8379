"""Deadlines computed from what happened: received, stopped, restarted, extended, answered. None is stored.

A corrected day of receipt, or a new holiday, moves a deadline; what a letter told its reader is in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from letters._text.dates import long_date
from letters.matters.particulars import title_of
from letters.matters.register import Register, RegisterEntry
from letters.model.calendar import WorkCalendar
from letters.model.legal_basis import Deadline
from letters.model.rulebook import Rulebook

ClockEvent = tuple[str, date, int | None, str, str]
_LONGEST = 4000  # days; a deadline that is further away was extended by mistake


class OpenDeadline(Struct, frozen=True):
    """A day by which a request must be answered.

    Args:
        reference: of the request, or of the letter that is being written to answer it.
        id: of the deadline in legal_basis.toml; ``return-date`` for the day that a paper served names.
        day: None while its clock is stopped.
        what: is due, and under which law.
        about: whom and what it concerns.
        why: what stopped, restarted or extended it.
    """

    reference: str
    id: str
    day: date | None
    what: str
    about: str
    why: str = ""

    def state(self, today: date) -> str:
        """How long there is still: ``in 3 days``, ``passed``, ``stopped``."""
        if self.day is None:
            return "stopped"
        left = (self.day - today).days
        if left < 0:
            return "passed"
        return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")

    def as_dict(self, today: date) -> dict[str, Any]:
        """For ``--json`` output."""
        found = {
            "reference": self.reference,
            "deadline": self.id,
            "day": self.day.isoformat() if self.day else None,
            "state": self.state(today),
            "what": self.what,
            "about": self.about,
            "why": self.why,
        }
        return {name: value for name, value in found.items() if value}


def last_day(
    calendar: WorkCalendar, received: date, deadline: Deadline, events: Sequence[ClockEvent] = ()
) -> date | None:
    """The last day of a deadline; None while its clock is stopped.

    While the clock is stopped, no day counts; the day after it is restarted
    is the next that does, or the first of the whole period, if the law says that the period then begins anew.
    """
    by_day: dict[date, list[ClockEvent]] = {}
    for event in events:
        if event[3] in ("", deadline.id):
            by_day.setdefault(max(event[1], received), []).append(event)
    left, stopped, day = deadline.days - (deadline.first_day == "included"), False, received
    for _ in range(_LONGEST):
        for what, _, days, _, _ in by_day.pop(day, ()):
            if what == "extended":
                left += days or 0
            elif what == "stopped":
                stopped = True
            else:
                stopped = False
                left = deadline.days if deadline.after_stop == "begins-anew" else left
        later = any(each > day for each in by_day)
        if stopped and not later:
            return None
        if left <= 0 and not stopped:
            return deadline.settled(day, calendar)
        day += timedelta(days=1)
        if not stopped and (deadline.counted == "calendar" or not calendar.why_closed(day)):
            left -= 1
    return None


def open_deadlines(register: Register, rulebook: Rulebook, before: date | None = None) -> list[OpenDeadline]:
    """Every deadline of a request that no letter has answered, by day; stopped ones last.

    Args:
        before: leave out what is due later.
    """
    found: dict[tuple[str, str], OpenDeadline] = {}
    entries = register.entries("state NOT IN ('void', 'taken') AND way IN ('in', 'out')")
    answered = {entry.request for entry in entries if entry.state == "sent"}
    matters = {entry.matter: entry.day for entry in entries if entry.state == "sent" and entry.way == "out"}
    for entry in sorted(entries, key=lambda each: (each.way == "in", each.id)):  # a letter says more than a request
        is_answered = entry.request in answered or (
            entry.way == "in" and matters.get(entry.matter, date.min) >= entry.day
        )
        if is_answered or "received" not in entry.remembered:
            continue
        events = register.clocks(register.matter_of(entry))
        for each in _of_entry(entry, rulebook, events):
            found.setdefault((str(entry.matter), each.id), each)
    chosen = [each for each in found.values() if before is None or each.day is None or each.day <= before]
    return sorted(chosen, key=lambda each: (each.day is None, each.day or date.max, each.reference, each.id))


def _of_entry(entry: RegisterEntry, rulebook: Rulebook, events: Sequence[ClockEvent]) -> Iterator[OpenDeadline]:
    about = entry.remembered
    received, topics = date.fromisoformat(str(about["received"])), set(about.get("topics", ()))
    for basis in rulebook.bases.values():
        applies = basis.in_force_on(received) and (not basis.only_for or topics & set(basis.only_for))
        for deadline in basis.deadlines if applies and topics else ():
            what = f"{deadline.what} ({deadline.in_words}, {basis.citation})"
            why = "; ".join(event_in_words(event) for event in events if event[3] in ("", deadline.id))
            start = next((about[name] for name in map(_remembered_as, deadline.starts) if about.get(name)), received)
            day = last_day(rulebook.calendar, date.fromisoformat(str(start)), deadline, events)
            yield OpenDeadline(entry.reference, deadline.id, day, what, title_of(about), why)
    if returns := about.get("return_date"):
        day = date.fromisoformat(str(returns))
        yield OpenDeadline(entry.reference, "return-date", day, "answer the paper served", title_of(about))


def _remembered_as(name: str) -> str:
    """What the register calls an answer that it remembers."""
    return name.removeprefix("request.")


def event_in_words(event: ClockEvent) -> str:
    """What stopped, restarted or extended a deadline, and when."""
    what, day, days, _, basis = event
    by = f" by {days} days" if days else ""
    return f"{what}{by} on {long_date(day)}{f' ({basis})' if basis else ''}"
