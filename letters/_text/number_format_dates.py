"""Dates and times as a section of a number format shows them: `m/d/yyyy`, `h:mm AM/PM`, `[h]:mm:ss.00`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

from msgspec import Struct

from letters._text.number_format_sections import FormatSection, NumberFormatNotSupported, Part, refuse_others

_LAST_DAY = 2_958_465  # December 31, 9999
_DAY = 86_400  # seconds
_NOISE = Decimal("0.0001")  # seconds; times are fractions of a day, and seldom exact
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_WEEKDAYS = {  # as the remainders of a day's number by 7: day 7 is a Saturday
    "en": "Saturday Sunday Monday Tuesday Wednesday Thursday Friday",
    "es": "sábado domingo lunes martes miércoles jueves viernes",
}


class _Moment(Struct, frozen=True):
    """A date and time taken apart. The time is rounded to what the section shows of seconds."""

    day: int  # counted as in the 1900 date system
    seconds: int
    fraction: str  # decimals of the second
    elapsed: int  # whole seconds since day zero
    language: str
    is_12_hours: bool

    @property
    def calendar(self) -> tuple[int, int, int]:
        """Year, month and day; Excel has a February 29, 1900, and a day zero before January 1, 1900."""
        if self.day == 60:
            return 1900, 2, 29
        if self.day == 0:
            return 1900, 1, 0
        day = date(1899, 12, 30) + timedelta(days=self.day + (self.day < 60))
        return day.year, day.month, day.day

    def month_name(self) -> str:
        return _MONTHS[self.language[:2]].split()[self.calendar[1] - 1]

    def weekday(self) -> str:
        return _WEEKDAYS[self.language[:2]].split()[self.day % 7]

    def short(self, name: str) -> str:
        if self.language == "es":
            raise NumberFormatNotSupported("abbreviated Spanish names")  # versions differ: sep, sept., set.
        return name[:3]

    @property
    def hour(self) -> int:
        hour = self.seconds // 3600
        return (hour % 12 or 12) if self.is_12_hours else hour


_DATE_CODES: dict[str, Callable[[_Moment], str]] = {
    "y": lambda at: f"{at.calendar[0] % 100:02d}",
    "yy": lambda at: f"{at.calendar[0] % 100:02d}",
    "yyy": lambda at: f"{at.calendar[0]:04d}",
    "yyyy": lambda at: f"{at.calendar[0]:04d}",
    "m": lambda at: str(at.calendar[1]),
    "mm": lambda at: f"{at.calendar[1]:02d}",
    "mmm": lambda at: at.short(at.month_name()),
    "mmmm": lambda at: at.month_name(),
    "mmmmm": lambda at: at.short(at.month_name())[:1],
    "d": lambda at: str(at.calendar[2]),
    "dd": lambda at: f"{at.calendar[2]:02d}",
    "ddd": lambda at: at.short(at.weekday()),
    "dddd": lambda at: at.weekday(),
    "h": lambda at: str(at.hour),
    "hh": lambda at: f"{at.hour:02d}",
    "minute": lambda at: str(at.seconds // 60 % 60),
    "minutes": lambda at: f"{at.seconds // 60 % 60:02d}",
    "s": lambda at: str(at.seconds % 60),
    "ss": lambda at: f"{at.seconds % 60:02d}",
}
_OF_TIME = frozenset({"h", "hh", "minute", "minutes", "s", "ss"})
_SECONDS = (Part("date", "s"), Part("date", "ss"))
_ELAPSED_UNITS = {"h": 3600, "m": 60, "s": 1}


def date_text(section: FormatSection, serial: Decimal) -> str:
    """What a section with date codes makes of a date.

    Args:
        serial: days since December 30, 1899, as in workbooks with the 1900 date system.

    Raises:
        NumberFormatNotSupported: it cannot be told exactly.
    """
    if serial < 0:
        raise NumberFormatNotSupported("a date or time below zero, which shows as #####")
    if serial >= _LAST_DAY + 1:
        raise NumberFormatNotSupported("a date after the year 9999, which shows as #####")
    parts = _with_decimals(_with_minutes(section.parts))
    refuse_others(parts, "literal", "figure", "date", "elapsed", "clock", "point", "comma", "slash", "decimals")
    codes = [part.text for part in parts if part.kind == "date"]
    if section.has("elapsed") and not _OF_TIME.issuperset(codes):
        raise NumberFormatNotSupported("a date beside elapsed time")
    if sum(part.kind == "elapsed" for part in parts) > 1 or sum(part.kind == "decimals" for part in parts) > 1:
        raise NumberFormatNotSupported("elapsed time, or fractions of seconds, twice")
    at = _moment(section, parts, serial)
    return "".join(_date_part(part, at) for part in parts)


def _date_part(part: Part, at: _Moment) -> str:
    if part.kind == "date":
        if part.text not in _DATE_CODES:
            raise NumberFormatNotSupported(f"the date code {part.text}")
        return _DATE_CODES[part.text](at)
    if part.kind == "elapsed":
        return f"{at.elapsed // _ELAPSED_UNITS[part.text[0]]:0{len(part.text)}d}"
    if part.kind == "decimals":
        return f".{at.fraction}"
    if part.kind == "clock":
        if at.language != "en":
            raise NumberFormatNotSupported("AM and PM in another language")
        name = "PM" if at.seconds >= _DAY // 2 else "AM"
        return name if len(part.text) > 3 else name[0]
    return part.text


def _with_minutes(parts: Sequence[Part]) -> list[Part]:
    """The parts with `m` and `mm` told apart: minutes right after hours or seconds, or right before seconds."""
    found = list(parts)
    places = [place for place, part in enumerate(parts) if part.kind in ("date", "elapsed")]
    wants_minutes = False  # whether the code before is of hours or seconds that have no minutes yet
    is_minutes = False  # whether the code before is
    for place, following in zip_longest(places, places[1:]):
        part = found[place]
        if part.kind == "date" and part.text in ("m", "mm"):
            if wants_minutes or (following is not None and parts[following] in _SECONDS):
                found[place] = Part("date", "minute" if part.text == "m" else "minutes")
            wants_minutes = False
        else:
            wants_minutes = part.text[0] == "h" or (part.text[0] == "s" and not is_minutes)
        is_minutes = found[place].text in ("minute", "minutes") or (part.kind == "elapsed" and part.text[0] == "m")
    return found


def _with_decimals(parts: Sequence[Part]) -> list[Part]:
    """The parts with `.0`, `.00` or `.000` after seconds as one."""
    found: list[Part] = []
    for part in parts:
        before = found[-1] if found else Part("", "")
        if part == ("digit", "0") and before.kind in ("point", "decimals") and len(before.text) <= 3:
            after_seconds = before.kind == "decimals" or (len(found) > 1 and found[-2].text in ("s", "ss"))
            if not after_seconds:
                raise NumberFormatNotSupported("decimals without seconds")
            found[-1] = Part("decimals", f"{before.text}0")
        else:
            found.append(part)
    return found


def _moment(section: FormatSection, parts: Sequence[Part], serial: Decimal) -> _Moment:
    shows_time = section.has("elapsed", "clock") or any(p.kind == "date" and p.text in _OF_TIME for p in parts)
    decimals = next((len(part.text) - 1 for part in parts if part.kind == "decimals"), 0)
    day = int(serial)
    seconds = (serial - day) * _DAY
    rounded = seconds.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if _DAY - seconds < _NOISE:
        rounded = Decimal(_DAY)
    elif not shows_time:
        rounded = seconds
    elif rounded == _DAY and not section.has("elapsed"):
        raise NumberFormatNotSupported("a time that rounds to midnight")
    if rounded == _DAY:
        day, rounded = day + 1, Decimal(0)
    whole = int(rounded)
    return _Moment(
        day=day,
        seconds=whole,
        fraction=f"{rounded - whole:.{decimals}f}"[2:],
        elapsed=day * _DAY + whole,
        language=section.language,
        is_12_hours=section.has("clock"),
    )
