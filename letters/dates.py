"""Dates as people type them and as letters print them."""

from __future__ import annotations

import re
from datetime import date, timedelta

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
_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1}
_NUMERIC = re.compile(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s*(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]+)\.?\s*,?\s*(\d{4})")

HOW_TO_WRITE = "Write it like August 2, 2019, or 8/2/2019, or 2019-08-02."


def long_date(day: date) -> str:
    """The date as a letter prints it: ``August 2, 2019``."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def parse_date(text: str, *, today: date | None = None) -> date:
    """The date a person typed, in the forms an American office writes.

    Args:
        text: ``August 2, 2019``, ``Aug 2 2019``, ``2 August 2019``, ``8/2/2019`` (month first), ``2019-08-02``,
            or, when ``today`` is given, ``today``, ``yesterday`` and ``tomorrow``.
        today: the day relative words count from.

    Raises:
        ValueError: with a sentence for the person who typed it. A two-digit year is refused, never guessed.
    """
    typed = " ".join(text.lower().split())
    if today is not None and typed in _RELATIVE:
        return today + timedelta(days=_RELATIVE[typed])
    if found := _ISO.fullmatch(typed):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _NUMERIC.fullmatch(typed):
        return _day(int(found[4]), int(found[1]), int(found[3]), text)
    if found := _MONTH_FIRST.fullmatch(typed):
        return _day(int(found[3]), _month(found[1], text), int(found[2]), text)
    if found := _DAY_FIRST.fullmatch(typed):
        return _day(int(found[3]), _month(found[2], text), int(found[1]), text)
    raise ValueError(f"“{_short(text)}” is not a date I can read. {HOW_TO_WRITE}")


def _month(word: str, text: str) -> int:
    matches = [number for number, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.lower().startswith(word)]
    if word == "sept":
        matches = [9]
    if len(matches) != 1:
        raise ValueError(f"“{_short(text)}” names no month. {HOW_TO_WRITE}")
    return matches[0]


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        note = " The month comes first." if 1 <= day <= 12 < month <= 31 else ""
        raise ValueError(f"“{_short(text)}” is not a day of the calendar.{note} {HOW_TO_WRITE}") from None


def _short(text: str, limit: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
