"""Social security numbers and wages in running text: finds them, and hides the numbers in messages.

A social security number has three, two and four digits. None begins with 000 or 666 or has a group of zeros, and one
that begins with 9 is a taxpayer number (Social Security Administration, "randomization" of June 25, 2011).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from letters._text.figure_search import FigureSearch
from letters._text.lazy_pattern import pattern

_MAYBE_NUMBER = FigureSearch(  # part of every number, however it is written
    r"\d\d\d(?:\W{1,3}\d\d\W{1,3}\d\d\d\d|\d\d\d\d\d\d)", has=(b" 00 ", b"000000000")
)
_BETWEEN = r"(?:\s?[-\u2010-\u2015\u2212.]\s?|[ \u00a0\u2007\u202f\u2009])"
_NUMBER = pattern(
    rf"(?<![\w.])(?<!\d[-\u2010-\u2015])(?!000|666)\d{{3}}({_BETWEEN})(?!00)\d\d\1(?!0000)\d{{4}}(?![-\u2010-\u2015.]?\w)"
)
_NAMED = pattern(
    r"(?:\bSSNs?|social security (?:account )?(?:number|no\.?|#)|soc\. ?sec\.)"
    r"\W{0,3}(?:(?:is|was|of|number|no|for)\b\W{0,3})*"
    r"(?!000|666)(\d{9})(?!\d)",
    re.IGNORECASE,
)
_MONEY = pattern(r"(?:\$|US\$|USD)\s?\d[\d,]*(?:\.\d\d)?|\b\d[\d,]*(?:\.\d\d)? (?:dollars|USD)\b", re.IGNORECASE)
_WAGES = pattern(
    r"\b(?:wages?|salar(?:y|ies)|earn(?:s|ed|ings)|payroll|remuneration|hourly|gross (?:pay|income)"
    r"|benefit amounts?)\b",
    re.IGNORECASE,
)
_NO_WAGES = pattern(r"\b(?:fines?|fined|penalt(?:y|ies)|fees?|costs?|charges?|damages|bond)\b", re.IGNORECASE)
_SENTENCE = pattern(r"(?<=[.!?])\s+(?=[A-Z“])|\n")


class PersonalData(Struct, frozen=True):
    """Personal data in a text: where it is, as positions in the text, and what it is."""

    start: int
    end: int
    what: str


def personal(text: str) -> Iterator[PersonalData]:
    """Every social security number and every wage in a text."""
    if _may_hold_number(text):
        for each in (_NUMBER, _NAMED):
            for match in each.finditer(text):
                yield PersonalData(match.start(), match.end(), "social security number")
    if not _may_hold_money(text) or not _WAGES.search(text):
        return
    for match in _MONEY.finditer(text):
        sentence = _sentence_around(text, match.start())
        if _WAGES.search(sentence) and not _NO_WAGES.search(sentence):
            yield PersonalData(match.start(), match.end(), "wage")


def may_be_personal(text: str) -> bool:
    """Whether a text may contain personal data; if false, neither it nor any part of it does."""
    return _may_hold_number(text) or _may_hold_money(text)


def _may_hold_number(text: str) -> bool:
    return _MAYBE_NUMBER.occurs_in(text)


def _may_hold_money(text: str) -> bool:
    if "$" in text:
        return True
    folded = text.casefold()
    return "usd" in folded or "dollars" in folded


def _sentence_around(text: str, position: int) -> str:
    begin = end = 0
    for stop in _SENTENCE.finditer(text):
        if stop.start() >= position:
            end = stop.start()
            break
        begin = stop.end()
    return text[begin : end or len(text)]


def masked(text: str) -> str:
    """The text with the digits of social security numbers hidden, for messages."""
    for each in (_NUMBER, _NAMED):
        text = each.sub(lambda match: re.sub(r"\d", "•", match[0]), text)
    return text
