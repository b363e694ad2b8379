"""Moves a whole matter to another time, so that all dates in a letter thought up for a proof go together."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import ceil
from typing import Any

from letters._text.dates import MONTHS, long_date
from letters._text.lazy_pattern import pattern

_SAME_TIME = 300  # days between dates that one matter may well have
_YEAR = 365.25
_ISO = pattern(r"\d{4}-\d\d-\d\d")
_LONG = pattern(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}}), (\d{{4}})\b")
_FILE_NUMBER = pattern(r"\b([A-Z]{2,5}-)((?:19|20)\d\d)(?=-[A-Z]?\d)")


def weeks_between(one: object, other: object, *, whole_years: bool = False) -> int:
    """The weeks from one day to another, rounded up; none if both may belong to one matter, or are no days.

    Args:
        whole_years: as many as make whole years, rounded up, so that a letter stays in its season.
    """
    if not isinstance(one, date) or not isinstance(other, date) or abs((other - one).days) <= _SAME_TIME:
        return 0
    days = (other - one).days
    return ceil((ceil(days / _YEAR) * _YEAR if whole_years else days) / 7)


def moved(value: Any, weeks: int) -> Any:
    """An answer with every date in it later by so many weeks, which leaves the days of the week as they are.

    The years in file numbers move with them.
    """
    if not weeks:
        return value
    if isinstance(value, dict):
        return {name: moved(each, weeks) for name, each in value.items()}
    if isinstance(value, list):
        return [moved(each, weeks) for each in value]
    if isinstance(value, date):
        return value + timedelta(weeks=weeks)
    if not isinstance(value, str):
        return value
    if _ISO.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(weeks=weeks)).isoformat()
    years = round(weeks * 7 / _YEAR)
    text = _LONG.sub(lambda found: _later(found, weeks), value)
    return _FILE_NUMBER.sub(lambda found: f"{found[1]}{int(found[2]) + years}", text)


def _later(found: re.Match[str], weeks: int) -> str:
    try:
        day = date(int(found[3]), MONTHS.index(found[1]) + 1, int(found[2]))
    except ValueError:  # February 30
        return found[0]
    return long_date(day + timedelta(weeks=weeks))
