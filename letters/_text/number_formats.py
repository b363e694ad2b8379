"""What Excel shows in a cell, from the cell's value and its number format.

`shown(142, '"OGC-2019-"0000')` is “OGC-2019-0142”. The codes are those of ECMA-376 Part 1, 18.8.30 and 18.8.31. Where
the standard is silent, Excel decides, with the regional settings of the United States and a column that is wide enough.
What Excel shows differently from version to version is refused, never guessed. Colors are left out, and so is the fill
of an accounting format, the spaces after `*`; the gap of `_)` is one space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from letters._text.lazy_pattern import pattern
from letters._text.number_format_dates import date_text
from letters._text.number_format_sections import (
    FormatSection,
    NumberFormatNotSupported,
    Part,
    general_digits,
    number_text,
    text_text,
)

__all__ = ["NumberFormatNotSupported", "moment_of", "shown"]

_BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "$#,##0_);($#,##0)",
    6: "$#,##0_);[Red]($#,##0)",
    7: "$#,##0.00_);($#,##0.00)",
    8: "$#,##0.00_);[Red]($#,##0.00)",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yyyy h:mm",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
_MISSPELT = {  # as openpyxl spells built-in formats
    r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)': _BUILT_IN[44],
    "mmss.0": _BUILT_IN[47],
}
_DATES_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_NO_CODE = pattern(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LAST_DAY = 2_958_466  # after December 31, 9999
_LONGEST_FORMAT = 255  # characters, as in Excel
_LONGEST = 10**15  # from here on Excel has lost digits


def shown(
    value: float | str | bool | date | time | timedelta | None,
    number_format: str | int,
    *,
    date1904: bool = False,
) -> str:
    """The text that Excel shows in a cell.

    Args:
        value: number, text, true or false; a date or time as openpyxl gives it, or its serial number.
        number_format: its code, or the number of a built-in one.
        date1904: whether the workbook counts days from January 1, 1904.

    Raises:
        NumberFormatNotSupported: the text cannot be told exactly; says why.
    """
    code = _MISSPELT.get(number_format, number_format) if isinstance(number_format, str) else ""
    try:
        if isinstance(number_format, int):
            code = _built_in(number_format)
        sections, text_section = _sections(code)
        if value is None:
            return ""
        if isinstance(value, str):
            return text_text(text_section, value) if text_section else value
        if isinstance(value, bool):
            return _truth(value, text_section)
        return _number(_as_number(value, date1904), sections, text_section, date1904)
    except NumberFormatNotSupported as error:
        error.number_format = code
        raise


def moment_of(
    value: float | date | time | timedelta, number_format: str | int, *, date1904: bool = False
) -> date | time | None:
    """The date or time that a number stands for; None if its format is not one of dates, or there is no such day.

    Args:
        value, number_format, date1904: as for `shown`. The format may be one whose text cannot be told.
    """
    if isinstance(value, (date, time)):
        return value
    if isinstance(value, timedelta) or not _is_of_dates(number_format):
        return None
    days = Decimal(value if isfinite(value) else -1)
    if 0 <= days < 1:
        return (datetime.min + _span(days)).time() if _span(days) < timedelta(days=1) else None
    if date1904:
        days += 1462
    if not 1 <= days < _LAST_DAY or 60 <= days < 61:
        return None
    return datetime(1899, 12, 30) + _span(days + (days < 60))


def _span(days: Decimal) -> timedelta:
    return timedelta(milliseconds=round(days * 86_400_000))


def _is_of_dates(number_format: str | int) -> bool:
    if isinstance(number_format, int):
        return number_format in _DATES_BUILT_IN
    code = _NO_CODE.sub("", number_format[:_LONGEST_FORMAT].partition(";")[0])
    return bool(re.search("[dmyhs]", code, re.IGNORECASE)) and "[" not in code


def _built_in(number: int) -> str:
    if number not in _BUILT_IN:
        raise NumberFormatNotSupported(f"the built-in format {number}, which depends on the language of Excel")
    return _BUILT_IN[number]


def _truth(value: bool, text_section: FormatSection | None) -> str:
    if text_section:
        raise NumberFormatNotSupported("true or false in a format for texts")
    return "TRUE" if value else "FALSE"


# --- values ----------------------------------------------------------------------------------------------------------


def _as_number(value: float | date | time | timedelta, date1904: bool) -> Decimal:
    """The number in a cell, in the 15 significant digits that Excel keeps."""
    if isinstance(value, (date, time, timedelta)):
        return _serial(value, date1904)
    if not isinstance(value, (int, float)):
        raise NumberFormatNotSupported(f"a value of the type {type(value).__name__}")
    if not isfinite(value) or abs(value) >= _LONGEST:
        raise NumberFormatNotSupported("a number of more than 15 digits")
    return Decimal(f"{value:.15g}") if value else Decimal(0)


def _serial(value: date | time | timedelta, date1904: bool) -> Decimal:
    if isinstance(value, timedelta):
        return _days(value)
    if isinstance(value, time):
        _refuse_zones(value)
        return _days(datetime.combine(date.min, value) - datetime.min)
    if isinstance(value, datetime):
        _refuse_zones(value)
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    days = _days(moment - datetime(1904, 1, 1)) if date1904 else _days(moment - datetime(1899, 12, 30))
    return days - 1 if not date1904 and days < 61 else days


def _refuse_zones(value: datetime | time) -> None:
    if value.tzinfo is not None:
        raise NumberFormatNotSupported("a time zone")


def _days(span: timedelta) -> Decimal:
    return span.days + Decimal(span.seconds * 1_000_000 + span.microseconds) / 86_400_000_000


# --- the section for a number ----------------------------------------------------------------------------------------


def _number(
    number: Decimal, sections: Sequence[FormatSection], text_section: FormatSection | None, date1904: bool
) -> str:
    if not sections:
        if text_section and text_section.parts == (Part("text", "@"),):
            return ("-" if number < 0 else "") + general_digits(abs(number))
        raise NumberFormatNotSupported("a number in a format for texts")
    section, has_minus = _chosen(number, sections)
    if section.is_date:
        shift = 1462 if date1904 and number >= 0 and not section.has("elapsed") else 0
        return date_text(section, number + shift)
    minus = "-" if number < 0 and has_minus else ""
    return minus + number_text(section, abs(number), negative=number < 0)


def _chosen(number: Decimal, sections: Sequence[FormatSection]) -> tuple[FormatSection, bool]:
    """The section for a number, and whether Excel puts a minus sign before what it makes of a negative one."""
    if any(section.condition for section in sections):
        return _chosen_by_conditions(number, sections)
    if number < 0 and len(sections) > 1:
        if len(sections) == 2 and not sections[1].parts:
            raise NumberFormatNotSupported("an empty section for numbers below zero")  # versions differ
        return sections[1], False
    return sections[2 if number == 0 and len(sections) == 3 else 0], True


def _chosen_by_conditions(number: Decimal, sections: Sequence[FormatSection]) -> tuple[FormatSection, bool]:
    conditions = [section.condition for section in sections]
    if conditions[0] is None:
        conditions[0] = (">", Decimal(0))
    if len(sections) == 3 and (conditions[1] is None or conditions[2] is not None):
        raise NumberFormatNotSupported("a condition in this place")
    for section, condition in zip(sections, conditions, strict=True):
        if condition is None:
            if number < 0:
                raise NumberFormatNotSupported("a number below zero beside a condition")  # versions differ
            return section, False
        if _holds(number, *condition):
            return section, not _is_below_zero(*condition)
    raise NumberFormatNotSupported("a number that meets none of its conditions")


def _holds(number: Decimal, operator: str, limit: Decimal) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[operator]


def _is_below_zero(operator: str, limit: Decimal) -> bool:
    """Whether a condition is met by negative numbers only, which then have no minus sign of their own."""
    return (limit < 0 and operator in ("<", "<=", "=")) or (limit == 0 and operator == "<")


# --- format codes ----------------------------------------------------------------------------------------------------

_COLOR = pattern(r"black|blue|cyan|green|magenta|red|white|yellow|color *([1-9]|[1-4]\d|5[0-6])", re.IGNORECASE)
_CONDITION = pattern(r"(<=|>=|<>|<|>|=) *(-?\d+(?:\.\d*)?)")
_ELAPSED = pattern(r"h+|m+|s+", re.IGNORECASE)
_PART = pattern(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | _(?P<gap>[^\\]) | \*(?P<fill>[^\\]) | \[(?P<bracket>[^\]]*)\]
    | (?P<break>;) | (?P<general>general) | (?P<clock>am/pm|A/P) | (?P<date>y+|m+|d+|h+|s+) | (?P<weekday>a{3,})
    | (?P<exponent>E[+-]) | (?P<digit>[0#?]) | (?P<figure>[1-9]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%)
    | (?P<text>@) | (?P<slash>/) | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SIGNS = frozenset("$-+():!^&'~{}<>= ")  # need no quotation marks
_RESERVED = frozenset("BDEGHMNSY")  # letters that mean something in some language's formats
_LANGUAGES = {
    **dict.fromkeys(("", "409", "en-us"), "en"),
    **dict.fromkeys(("809", "c09", "1009", "en-gb", "en-au", "en-ca"), "en-other"),
    **dict.fromkeys(("40a", "80a", "c0a", "540a", "es-es", "es-mx", "es-us"), "es"),
}
_SYSTEM_FORMATS = {
    **dict.fromkeys(("f800", "x-sysdate"), "dddd, mmmm d, yyyy"),
    **dict.fromkeys(("f400", "x-systime"), "h:mm:ss AM/PM"),
}


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[FormatSection, ...], FormatSection | None]:
    """The sections for numbers, and the one for texts."""
    if len(code) > _LONGEST_FORMAT:
        raise NumberFormatNotSupported(f"a format of more than {_LONGEST_FORMAT} characters")
    found = [_FormatReader()]
    for match in _PART.finditer(code):
        if match.lastgroup == "break":
            found.append(_FormatReader())
        else:
            found[-1].read(str(match.lastgroup), match[str(match.lastgroup)])
    sections = tuple(each.section() for each in found)
    if not code or len(sections) > 4:
        raise NumberFormatNotSupported("no format at all" if not code else "more than four sections")
    is_text = len(sections) == 4 or sections[-1].has("text")
    numbers, text_section = (sections[:-1], sections[-1]) if is_text else (sections, None)
    if any(section.has("text") for section in numbers) or len(numbers) > 3:
        raise NumberFormatNotSupported("@ before the last section")
    return numbers, text_section


class _FormatReader:
    """Takes the parts of one section, one after the other."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.condition: tuple[str, Decimal] | None = None
        self.language = ""
        self.system_format = ""
        self.is_marked = False  # by a color or condition

    def section(self) -> FormatSection:
        if self.is_marked and not self.parts:
            raise NumberFormatNotSupported("a section of nothing but a color or condition")
        if self.system_format:
            return _sections(self.system_format)[0][0]
        section = FormatSection(tuple(self.parts), self.condition, self.language or "en")
        if section.language not in ("en", "en-other", "es"):
            raise NumberFormatNotSupported(f"the language [$-{self.language}]")
        return section

    def read(self, kind: str, text: str) -> None:
        if kind == "bracket":
            self._bracket(text)
        elif kind in ("quoted", "escaped"):
            self.parts.append(Part("literal", text))
        elif kind == "gap":
            self.parts.append(Part("literal", " "))
        elif kind == "fill":
            self.parts.append(Part("fill", text) if text != " " else Part("literal", ""))
        elif kind == "clock":
            if text == "a/p":
                raise NumberFormatNotSupported("a/p")
            self.parts.append(Part("clock", text.upper()))
        elif kind in ("date", "general"):
            self.parts.append(Part(kind, text.lower()))
        elif kind == "exponent" and text[0] == "e":
            raise NumberFormatNotSupported("the code e")
        else:
            if kind == "literal":
                _refuse_codes(text)
            self.parts.append(Part(kind, text))

    def _bracket(self, text: str) -> None:
        condition = _CONDITION.fullmatch(text)
        if _ELAPSED.fullmatch(text):
            self.parts.append(Part("elapsed", text.lower()))
        elif text.startswith("$"):
            self._currency_or_language(text[1:])
        elif not condition and not _COLOR.fullmatch(text):
            raise NumberFormatNotSupported(f"[{text}]")
        elif self.parts or (condition and self.condition):
            raise NumberFormatNotSupported(f"[{text}] in this place")
        else:
            self.is_marked = True
            self.condition = (condition[1], Decimal(condition[2])) if condition else self.condition

    def _currency_or_language(self, text: str) -> None:
        """`[$€-407]` is a currency sign, `[$-409]` a language, `[$-F800]` the long date of the computer."""
        sign, _, language = text.partition("-")
        language = re.sub(r"^0*(10|1?010)?(?=[0-9a-f]{3,4}$)", "", language.lower())
        if language in _SYSTEM_FORMATS:
            self.system_format = _SYSTEM_FORMATS[language]
        if sign:
            self.parts.append(Part("literal", sign))
        else:
            self.language = _LANGUAGES.get(language, language)


def _refuse_codes(sign: str) -> None:
    """Raise NumberFormatNotSupported for a sign that Excel would not print without quotation marks."""
    letter = unicodedata.normalize("NFKD", sign)[0].upper()
    is_letter = sign.isalpha() and letter not in _RESERVED
    if not (sign in _SIGNS or is_letter or (ord(sign) > 127 and not sign.isalpha() and sign.isprintable())):
        raise NumberFormatNotSupported(f"the code {sign}")
