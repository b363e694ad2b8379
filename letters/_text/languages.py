"""How a letter writes dates, lists, numbers, money and plurals in its language.

The forms are those of the Unicode Common Locale Data Repository (CLDR), which Babel carries. American English, in which
most letters are written, needs no look-up, so Babel is loaded only for other languages, and for money and ordinals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from letters._text.dates import MONTHS, long_date
from letters._text.english import listed
from letters._text.language_tags import LANGUAGE_TAG
from letters._text.lazy_pattern import pattern
from letters._text.quotation_marks import quoted

if TYPE_CHECKING:
    from babel import Locale

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Languages that are named whenever a library is opened; the others are looked up.
_LIKELY = {"en": "English", "en-US": "English", "es": "Spanish", "es-US": "Spanish"}
# “y” becomes “e” before the sound of i, and “o” becomes “u” before the sound of o.
_SPANISH_I = pattern(r"(?:i|hi(?![aeou]))")
_SPANISH_O = pattern(r"h?o|8|11\b")


class Language(Struct, frozen=True):
    """One language of letters.

    Args:
        tag: BCP 47, such as ``en-US``; what the .docx and the PDF say of themselves.
        ordinals: what follows the digits of an ordinal, by CLDR plural category: ``(("one", "st"), …)``.
        quotes: the marks around a quotation, and those around a quotation inside it.
        currency: ISO 4217 code of amounts of money.
    """

    tag: str
    ordinals: tuple[tuple[str, str], ...] = (("one", "st"), ("two", "nd"), ("few", "rd"), ("other", "th"))
    quotes: tuple[str, str, str, str] = ("“", "”", "\u2018", "\u2019")
    currency: str = "USD"

    @property
    def base(self) -> str:
        """The language without region or script: ``es`` for ``es-US``."""
        return self.tag.split("-")[0].lower()

    @property
    def locale(self) -> Locale:
        return _locale(self.tag)

    @property
    def is_american(self) -> bool:
        return self.tag.lower() in ("en", "en-us")

    @property
    def name(self) -> str:
        """Its name in English: ``Spanish``."""
        return _name(self.tag)

    def with_forms(self, ordinals: Mapping[str, str], quotes: Sequence[str], currency: str = "") -> Language:
        """The same language with other phrases of the office; empty ones stay as they are."""
        marks = tuple(quotes) if len(quotes) == 4 else self.quotes
        return replace(
            self,
            ordinals=tuple(ordinals.items()) or self.ordinals,
            quotes=(marks[0], marks[1], marks[2], marks[3]),
            currency=currency or self.currency,
        )

    def long_date(self, day: date) -> str:
        """The date as a letter prints it: ``August 2, 2019``; ``2 de agosto de 2019``."""
        if self.is_american:
            return long_date(day)
        from babel.dates import format_date

        return format_date(day, "long", locale=self.locale)

    def date_parts(self, day: date) -> dict[str, str]:
        """The parts of a date by the codes that the ``date`` filter takes."""
        month, short_month, weekday, short_weekday = self._names(day)
        return {
            "%d": f"{day.day:02}",
            "%-d": f"{day.day}",
            "%e": f"{day.day}",
            "%m": f"{day.month:02}",
            "%-m": f"{day.month}",
            "%b": short_month,
            "%B": month,
            "%y": f"{day.year % 100:02}",
            "%Y": f"{day.year}",
            "%a": short_weekday,
            "%A": weekday,
            "%%": "%",
        }

    def _names(self, day: date) -> tuple[str, str, str, str]:
        if self.base == "en":
            month, weekday = MONTHS[day.month - 1], _DAYS[day.weekday()]
            return month, month[:3], weekday, weekday[:3]
        months, days = self.locale.months["format"], self.locale.days["format"]
        return (
            months["wide"][day.month],
            months["abbreviated"][day.month],
            days["wide"][day.weekday()],
            days["abbreviated"][day.weekday()],
        )

    def listed(self, words: Sequence[str], how: str = "and") -> str:
        """The words as one list within a sentence: ``a, b, and c``; ``a, b y c``.

        Args:
            how: ``and`` or ``or``.
        """
        if self.is_american or len(words) < 2:
            return listed(words, how)
        patterns = self.locale.list_patterns["standard" if how == "and" else "or"]
        if len(words) == 2:
            return self._joined(patterns["2"], words[0], words[1])
        text = self._joined(patterns["end"], words[-2], words[-1])
        for word in reversed(words[1:-2]):
            text = self._joined(patterns["middle"], word, text, inner=True)
        return self._joined(patterns["start"], words[0], text, inner=True)

    def _joined(self, pattern: str, left: str, right: str, *, inner: bool = False) -> str:
        if self.base == "es" and not inner:
            start = unicodedata.normalize("NFD", right.lower().lstrip("“«\"'(¿¡"))
            if _SPANISH_I.match(start):
                pattern = pattern.replace(" y ", " e ")
            if _SPANISH_O.match(start):
                pattern = pattern.replace(" o ", " u ")
        before, _, rest = pattern.partition("{0}")
        between, _, after = rest.partition("{1}")
        return f"{before}{left}{between}{right}{after}"

    def plural_category(self, number: int) -> str:
        """The CLDR plural category of a whole number: ``one``, ``few``, ``other`` …"""
        if self.base == "en":
            return "one" if number == 1 else "other"
        return str(self.locale.plural_form(number))

    @property
    def plural_categories(self) -> frozenset[str]:
        """The categories that words of this language are counted in."""
        if self.base == "en":
            return frozenset({"one", "other"})
        return frozenset(self.locale.plural_form.tags | {"other"})

    def ordinal(self, number: int) -> str:
        """``2nd``; ``2.º``."""
        suffixes = dict(self.ordinals)
        return f"{number}{suffixes.get(str(self.locale.ordinal_form(number)), suffixes.get('other', ''))}"

    def number(self, value: int | Decimal) -> str:
        """A quantity with the marks of the language: ``12,500.5``."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self.locale, decimal_quantization=False))

    def money(self, value: int | Decimal) -> str:
        """An amount: ``$1,234.50``."""
        from babel.numbers import format_currency

        return str(format_currency(value, self.currency, locale=self.locale))

    def quoted(self, text: str) -> str:
        """The text between the quotation marks of the language; marks inside it become inner ones, and so on."""
        return quoted(text, self.quotes)


ENGLISH = Language("en-US")


def is_known(tag: str) -> bool:
    """Whether the tag names a language whose forms are known."""
    if tag in _LIKELY:
        return True
    try:
        return bool(LANGUAGE_TAG.fullmatch(tag) and _locale(tag))
    except (ValueError, LookupError):
        return False


def matching(wanted: str, offered: Sequence[str]) -> str:
    """Which of the tags offered is meant: the same one, or the only one of the same language; empty if none is."""
    low = {each.lower(): each for each in offered}
    if wanted.lower() in low:
        return low[wanted.lower()]
    same = [each for each in offered if each.split("-")[0].lower() == wanted.split("-")[0].lower()]
    return same[0] if len(same) == 1 else ""


@cache
def _locale(tag: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag, sep="-")
    except UnknownLocaleError as error:
        raise LookupError(tag) from error


@cache
def _name(tag: str) -> str:
    return _LIKELY.get(tag) or str(_locale(tag.split("-")[0]).get_language_name("en") or tag)
