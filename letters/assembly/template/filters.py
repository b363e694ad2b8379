"""What tags may do with a value: print it, list it, count it, compare it.

Anything without one obvious meaning in a letter is refused with an explanation. Nothing here guesses or depends on the
locale of the machine: the language of the template decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any

import jinja2

from letters._text.languages import ENGLISH, Language
from letters._text.light_markup import FormattedAnswer
from letters._text.picture_answers import PictureAnswer
from letters.assembly.template.rich_text import PictureText, RichText
from letters.assembly.template.tags import fold
from letters.library.office_languages import Untranslated
from letters.model.values import Money

LONGEST = 20_000_000  # characters in one part


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "nothing"),
    (bool, "yes or no"),
    (int, "a number"),
    (Decimal, "a number"),
    (float, "a number with a decimal point"),
    (str, "text"),
    (dt.date, "a date"),
    ((list, tuple), "a list"),
    (Mapping, "a group of fields"),
)
_KNOWN_KINDS: dict[type, str] = {}


class Refused(Exception):
    """A value cannot be used as the tag asks. ``{what}`` in the message is replaced with the words of the tag.

    Args:
        code: ``answer`` where another value would do, so that the template is not to blame.
    """

    def __init__(self, message: str, hint: str = "", code: str = "template-value") -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


def kind_of(value: object) -> str:
    """The type of a value in plain words, for messages."""
    kind = type(value)
    if kind not in _KNOWN_KINDS:
        _KNOWN_KINDS[kind] = next((words for kinds, words in _KINDS if issubclass(kind, kinds)), "unknown")
    return _KNOWN_KINDS[kind]


def words_of(value: object, language: Language = ENGLISH) -> str:
    """A value as a letter prints it. Raises Refused for values without an obvious form in words."""
    if type(value) is str:
        return value
    if isinstance(value, Untranslated):
        raise Refused(
            f"“{{what}}” has no words in this language: {value.where} does not give them.",
            "Add the entry there, with its id and these words in the language of the letter.",
        )
    if isinstance(value, FormattedAnswer):
        raise Refused("“{what}” has formatting.", "Write {{ {what}|rich }}, in a paragraph of its own.")
    if isinstance(value, PictureAnswer):
        raise Refused("“{what}” is a picture.", "Write {{ {what}|picture }}.")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _digits(value)
    if isinstance(value, dt.date):
        return language.long_date(value)
    if isinstance(value, Money):
        return language.money(value)
    if isinstance(value, Decimal):
        return language.number(value)
    refuse_unknown(value)
    raise Refused(*_why_not_printed(value))


def _digits(number: int) -> str:
    try:
        return int.__repr__(number)
    except ValueError as error:  # Python's own limit: thousands of digits
        raise Refused("“{what}” is too long a number to print.") from error


def refuse_unknown(*values: object) -> None:
    """Raise if one of the values is an unknown name."""
    for value in values:
        if isinstance(value, jinja2.Undefined):
            str(value)  # reading a strict one raises


def refuse_missing(value: object) -> None:
    """Raise if there is no value."""
    if isinstance(value, jinja2.Undefined) or value is None:
        words_of(value)


def not_a_text(value: object) -> tuple[str, str]:
    """Message and hint for a filter whose argument is not text."""
    return f"The parentheses after a filter contain {kind_of(value)}, not text.", "Put quotation marks around the text."


def _refuse_other_than_text(*given: object) -> None:
    refuse_unknown(*given)
    for value in given:
        if not isinstance(value, str):
            raise Refused(*not_a_text(value))


def _why_not_printed(value: object) -> tuple[str, str]:
    if value is None:
        return "“{what}” has no value here.", "Wrap it in {% if {what} %} … {% endif %}."
    if isinstance(value, bool):
        return "“{what}” is yes or no, which cannot be printed.", "Use {% if {what} %} … {% endif %}."
    if isinstance(value, list | tuple):
        return "“{what}” is a list.", "Write {{ {what}|and_list }}, or loop over it."
    if isinstance(value, Mapping):
        return "“{what}” is a group of fields.", f"Print one of them: {', '.join(map(str, value))}."
    return "“{what}” is " + kind_of(value) + ", which cannot be printed.", "Provide it as text."


def _date(language: Language, value: object, form: str | None = None) -> str:
    """A date in this format: ``%d %-d %m %-m %b %B %y %Y %a %A``; without one, as the language writes dates."""
    refuse_missing(value)
    if form is not None:
        _refuse_other_than_text(form)
    if not isinstance(value, dt.date):
        raise Refused("“{what}” is " + kind_of(value) + ", not a date.")
    if form is None:
        return language.long_date(value)
    known = language.date_parts(value)

    def one(match: re.Match[str]) -> str:
        if match[0] not in known:
            raise Refused(f"“{match[0]}” is not a part of a date.", f"Use {' '.join(known)}.")
        return known[match[0]]

    return re.sub(r"%-?.?", one, form)


def _items(language: Language, value: object) -> list[str]:
    return [words_of(item, language) for item in _list(value)]


def _list(value: object) -> list[Any] | tuple[Any, ...]:
    refuse_missing(value)
    if not isinstance(value, list | tuple):
        raise Refused("“{what}” is " + kind_of(value) + ", not a list.")
    if not value:
        raise Refused("“{what}” is an empty list here.", "Wrap it in {% if {what} %} … {% endif %}.")
    return value


def _listed(language: Language, how: str, value: object) -> str:
    return language.listed(_items(language, value), how)


def _count(language: Language, value: object, one: str, many: str, few: str = "") -> str:
    """``2 records``: the number and the word for it. Languages that count in more than two ways need ``few`` too."""
    number = _counted(value)
    return f"{_digits(number)} {_plural(language, number, one, many, few)}"


def _plural(language: Language, value: object, one: str, many: str, few: str = "") -> str:
    """The word that goes with a number, without the number: ``record`` or ``records``."""
    _refuse_other_than_text(one, many, few)
    number = _counted(value)
    if "few" in language.plural_categories and not few:
        raise Refused(
            f"{language.name} counts in more than two ways, and {{what}} is given only two words.",
            'Add the word for a few: few="…".',
        )
    category = language.plural_category(number)
    return {"one": one, "few": few}.get(category, many)


def _counted(value: object) -> int:
    refuse_missing(value)
    number = len(value) if isinstance(value, list | tuple) else value
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refused("“{what}” is " + kind_of(value) + ", which cannot be counted.")
    return number


def _ordinal(language: Language, value: object) -> str:
    return language.ordinal(_counted(value))


def _rich(value: object) -> RichText:
    """A text whose formatting is printed: bold, italics, links, lists and paragraphs."""
    refuse_missing(value)
    if not isinstance(value, str):
        raise Refused("“{what}” is " + kind_of(value) + ", which has no formatting.")
    return RichText(str.__str__(value) if isinstance(value, FormattedAnswer) else words_of(value))


def _picture(value: object) -> RichText:
    """A picture, with what it shows as its alternative text; words in its place if the answer is none."""
    refuse_missing(value)
    return PictureText(str.__str__(value)) if isinstance(value, PictureAnswer) else RichText(words_of(value))


def _quoted(language: Language, value: object) -> str:
    return language.quoted(words_of(value, language))


def _join(language: Language, value: object, between: str = ", ") -> str:
    _refuse_other_than_text(between)
    items = _items(language, value)
    if sum(map(len, items)) + len(between) * len(items) > LONGEST:
        raise Refused("“{what}” becomes larger than any letter can be.")
    return between.join(items)


def _default(value: object, instead: str) -> object:
    """``instead`` if there is no value: the name is unknown, or its value is empty."""
    return instead if isinstance(value, jinja2.Undefined) or value in (None, "", [], ()) else value


def _length(value: object) -> int:
    return len(_list(value)) if value != [] and value != () else 0


def _capitalize_first(language: Language, value: object) -> str:
    text = words_of(value, language)
    return text[:1].upper() + text[1:]


def compare(left: object, right: object) -> bool:
    """``==``, ignoring typography. Raises Refused for values of types that are never equal."""
    if left is not None and right is not None and kind_of(left) != kind_of(right):
        refuse_unknown(left, right)
        raise Refused(f"This compares {kind_of(left)} with {kind_of(right)}, which are never equal.")
    return bool(_folded(left) == _folded(right))


def among(left: object, right: object) -> bool:
    """``in``, for text in a text or one item in a list, ignoring typography."""
    refuse_unknown(left, right)
    if isinstance(right, str) and isinstance(left, str):
        return fold(left) in fold(right)
    if isinstance(right, list | tuple):
        kind, wanted = kind_of(left), _folded(left)
        return any(kind == kind_of(item) and wanted == _folded(item) for item in right)
    raise Refused(f"“in” looks for text in a text or for an item in a list, not in {kind_of(right)}.")


def _folded(value: object) -> object:
    return fold(value) if isinstance(value, str) else value


@cache
def filters_for(language: Language) -> Mapping[str, Callable[..., Any]]:
    """The filters that templates in this language may use, by name."""
    return {
        "date": partial(_date, language),
        "and_list": partial(_listed, language, "and"),
        "or_list": partial(_listed, language, "or"),
        "count": partial(_count, language),
        "plural": partial(_plural, language),
        "ordinal": partial(_ordinal, language),
        "quoted": partial(_quoted, language),
        "rich": _rich,
        "picture": _picture,
        "upper": lambda value: words_of(value, language).upper(),
        "lower": lambda value: words_of(value, language).lower(),
        "first": lambda value: _list(value)[0],
        "last": lambda value: _list(value)[-1],
        "length": _length,
        "join": partial(_join, language),
        "capitalize_first": partial(_capitalize_first, language),
        "default": _default,
    }


FILTERS = filters_for(ENGLISH)
