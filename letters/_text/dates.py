"""Dates as people type them and as letters print them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from letters._text.lazy_pattern import pattern

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# How an office reads 8/2/2019: as August 2, as February 8, or only after asking.
DateOrder = Literal["month-first", "day-first", "ask"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1}
_NUMERIC = pattern(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_NO_YEAR = pattern(r"(\d{1,2})\s*/\s*(\d{1,2})")
_YEAR_FIRST = pattern(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_WEEKDAY = pattern(r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\.?,?\s+(?=\S)")
_MONTH_FIRST = pattern(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*,?\s*(\d{4}))?")
_DAY_FIRST = pattern(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]+)\.?(?:\s*,?\s*(\d{4}))?")

HOW_TO_WRITE = "Write it like August 2, 2019, or 8/2/2019, or 2019-08-02."


class AmbiguousDate(ValueError):
    """What was typed may mean one of several days, and Letters does not guess.

    Args:
        readings: the days it may mean; at least one.
    """

    def __init__(self, message: str, readings: Sequence[date]) -> None:
        super().__init__(message)
        self.readings = tuple(readings)


def long_date(day: date) -> str:
    """The date as a letter prints it: ``August 2, 2019``."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def parse_date(text: str, *, today: date | None = None, order: DateOrder = "month-first") -> date:
    """The date a person typed, in the forms an American office writes.

    Args:
        text: ``August 2, 2019``, ``Aug 2 2019``, ``2 August 2019``, ``8/2/2019``, ``2019-08-02``, each also after its
            day of the week; or, when ``today`` is given, ``today``, ``yesterday`` and ``tomorrow``.
        today: the day relative words count from.
        order: whether the month or the day comes first in ``8/2/2019`` at this office. Dates with points, such as
            ``8.2.2019``, have the day first in most of the world, so where the month comes first they are not certain
            unless there is somebody to see how they were read (``today`` is given).

    Raises:
        AmbiguousDate: the day is not certain, because the office wants to be asked, or the year is short or missing. A
            year is never guessed.
        ValueError: the text cannot be read; with a message for the person who typed it.
    """
    typed = " ".join(text.lower().split())
    if today is not None and typed in _RELATIVE:
        return today + timedelta(days=_RELATIVE[typed])
    if named := _WEEKDAY.match(typed):
        day = parse_date(typed[named.end() :], today=today, order=order)
        if not (weekday := _WEEKDAYS[day.weekday()]).lower().startswith(named[1]):
            raise ValueError(f"{long_date(day)}, is a {weekday}, not what “{_short(text)}” says. Correct one of them.")
        return day
    if found := _YEAR_FIRST.fullmatch(typed):
        return _day(int(found[1]), int(found[3]), int(found[4]), text)
    if found := _NUMERIC.fullmatch(typed):
        if found[2] == "." and today is None and order == "month-first":  # see above
            order = "ask"
        return _numeric(int(found[1]), int(found[3]), found[4], text, today, order)
    if (found := _NO_YEAR.fullmatch(typed)) and today is not None:
        return _numeric(int(found[1]), int(found[2]), "", text, today, order)
    if found := _MONTH_FIRST.fullmatch(typed):
        return _worded(found[1], int(found[2]), found[3], text, today)
    if found := _DAY_FIRST.fullmatch(typed):
        return _worded(found[2], int(found[1]), found[3], text, today)
    raise ValueError(f"“{_short(text)}” is not a date that can be read. {HOW_TO_WRITE}")


def _numeric(first: int, second: int, year: str, text: str, today: date | None, order: DateOrder) -> date:
    if len(year) < 4 and today is None:
        raise ValueError(f"“{_short(text)}” is not a date that can be read. {HOW_TO_WRITE}")
    years = [int(year)] if len(year) == 4 else [2000 + int(year)] if year else _near(today)
    pairs = {"month-first": [(first, second)], "day-first": [(second, first)]}.get(order)
    pairs = pairs or list(dict.fromkeys([(first, second), (second, first)]))
    possible = [day for each in years for month, number in pairs if (day := _possible(each, month, number))]
    if len(possible) == 1 and len(year) == 4:
        return possible[0]
    if possible:
        raise AmbiguousDate(_which(text, possible), possible)
    note = ""
    if order != "ask" and 1 <= pairs[0][1] <= 12 < pairs[0][0] <= 31:
        note = f" The {'month' if order == 'month-first' else 'day'} comes first."
    raise ValueError(f"“{_short(text)}” is not a calendar date.{note} {HOW_TO_WRITE}")


def _worded(month: str, number: int, year: str | None, text: str, today: date | None) -> date:
    if year:
        return _day(int(year), _month(month, text), number, text)
    if today is None:
        raise ValueError(f"“{_short(text)}” is not a date that can be read. {HOW_TO_WRITE}")
    possible = [day for each in _near(today) if (day := _possible(each, _month(month, text), number))]
    if not possible:
        raise ValueError(f"“{_short(text)}” is not a calendar date. {HOW_TO_WRITE}")
    raise AmbiguousDate(_which(text, possible), possible)


def _near(today: date | None) -> list[int]:
    """The years that a date without one may mean: this year and, for letters that look back, last year."""
    return [today.year, today.year - 1] if today else []


def _which(text: str, possible: Sequence[date]) -> str:
    days = " or ".join(long_date(day) for day in possible)
    return f"“{_short(text)}” may mean {days}. Write the month as a word and the year in full, or 2019-08-02."


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str, text: str) -> int:
    matches = [number for number, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.lower().startswith(word)]
    if word == "sept":
        matches = [9]
    if len(matches) != 1:
        raise ValueError(f"“{_short(text)}” does not name a month. {HOW_TO_WRITE}")
    return matches[0]


def _day(year: int, month: int, day: int, text: str) -> date:
    found = _possible(year, month, day)
    if found is None:
        note = " The month comes first." if 1 <= day <= 12 < month <= 31 else ""
        raise ValueError(f"“{_short(text)}” is not a calendar date.{note} {HOW_TO_WRITE}")
    return found


def _short(text: str, limit: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
