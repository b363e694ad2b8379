"""Placeholders for missing answers, and marks around the last one, in a letter shown before it is finished."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from letters._text.dates import long_date
from letters.model.fields import bare
from letters.model.values import TABLE_OF_FIELD, Model

# Private-use characters, which no answer contains, until the finished text can be marked visibly.
BLANK, BLANK_END = "\ue010", "\ue011"
# Around the last answer.
LAST, LAST_END = "\ue012", "\ue013"
# Days no letter is about: a template prints a day in some form of its own, which is then found and replaced.
_FIRST_DAY = date(1600, 1, 1).toordinal()


class PlaceholderDay(date):
    """A missing date, or the one answered last; ``shown`` is the text that stands for it."""

    shown: str = f"{BLANK}date{BLANK_END}"

    @classmethod
    def blank(cls, title: str) -> PlaceholderDay:
        day = cls(1, 1, 1)
        day.shown = blank(title)
        return day

    @classmethod
    def marked(cls, value: date) -> PlaceholderDay:
        day = cls(value.year, value.month, value.day)
        day.shown = f"{LAST}{long_date(value)}{LAST_END}"
        return day


def blank(title: str) -> str:
    """The placeholder for a missing answer called ``title``."""
    return f"{BLANK}{title[:1].lower()}{title[1:]}{BLANK_END}"


def marked(value: Any) -> Any:
    """The value, marked as the last answer wherever it is printed."""
    if isinstance(value, date):
        return PlaceholderDay.marked(value)
    if isinstance(value, str) and value and not isinstance(value, Enum):
        return f"{LAST}{value}{LAST_END}"
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, Model):
        return value.model_copy(update={name: marked(getattr(value, name)) for name in type(value).model_fields})
    return value


def with_placeholders(model: type[Model], known: Model, last: str, prefix: str = "") -> Model:
    """The model with a placeholder for each required value that is missing, and a mark around the last answer.

    Args:
        known: the values there are.
        last: the dotted name of the field answered last; may be empty.
    """
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        value, inner = getattr(known, name, None), bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            part = value if isinstance(value, Model) else inner.model_construct()
            values[name] = with_placeholders(inner, part, last, f"{prefix}{name}.")
        elif value is None and (info.is_required() or not _may_be_none(info.annotation)):
            values[name] = None if name in TABLE_OF_FIELD else _missing(inner, info.title or name)
        else:
            values[name] = marked(value) if f"{prefix}{name}" == last else value
    return model.model_construct(**values)


def _may_be_none(annotation: object) -> bool:
    return get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation)


def _missing(kind: object, title: str) -> Any:
    if kind is date:
        return PlaceholderDay.blank(title)
    if get_origin(kind) is list:
        return []
    return None if isinstance(kind, type) and issubclass(kind, Enum) else blank(title)


def printable(value: Any, phrases: Mapping[str, object], days: dict[str, str]) -> Any:
    """Plain data for a template: words for each choice not made, and a distinct day for each placeholder day.

    Args:
        phrases: the names of the choices that have words.
        days: filled in here with how each of those days prints, and the text that replaces it.
    """
    if isinstance(value, PlaceholderDay):
        day = date.fromordinal(_FIRST_DAY + len(days))
        days[long_date(day)] = value.shown
        return day
    if isinstance(value, list | tuple):
        return [printable(each, phrases, days) for each in value]
    if isinstance(value, dict):
        words = {
            f"{name}_words": blank(name.replace("_", " "))
            for name, each in value.items()
            if each is None and name in phrases
        }
        return {name: printable(each, phrases, days) for name, each in (words | value).items()}
    return value


def with_blanks(text: str, days: Mapping[str, str]) -> str:
    """The text with placeholders as ``[names]``; the marks around the last answer stay."""
    for day, shown in days.items():
        text = text.replace(day, shown)
    text = text.replace(BLANK, "[").replace(BLANK_END, "]")
    return re.sub(f"{LAST_END}(\\s*){LAST}", r"\1", text)


def visible(text: str, days: Mapping[str, str]) -> str:
    """The text with placeholders as ``[names]`` and the last answer between ``>>`` and ``<<``."""
    return with_blanks(text, days).replace(LAST, ">>").replace(LAST_END, "<<")
