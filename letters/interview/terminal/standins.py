"""Stand-ins for answers that are missing, and marks round one just given, in a letter that is only looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from letters._text.dates import long_date
from letters.model.fields import bare
from letters.model.values import Model

# Characters of the private area, which no answer holds, until the text is there to be marked.
OPEN, SHUT, FROM, TO = "\ue010", "\ue011", "\ue012", "\ue013"
# Days that no letter has: a template prints a day in some form, which is then found and replaced.
_FIRST_DAY = date(1600, 1, 1).toordinal()


class Day(date):
    """A day that is open, or that was just answered; ``said`` is what stands for it in the end."""

    said: str = f"{OPEN}date{SHUT}"

    @classmethod
    def blank(cls, title: str) -> Day:
        day = cls(1, 1, 1)
        day.said = blank(title)
        return day

    @classmethod
    def marked(cls, value: date) -> Day:
        day = cls(value.year, value.month, value.day)
        day.said = f"{FROM}{long_date(value)}{TO}"
        return day


def blank(title: str) -> str:
    """What stands where an answer called ``title`` is missing."""
    return f"{OPEN}{title[:1].lower()}{title[1:]}{SHUT}"


def marked(value: Any) -> Any:
    """The value so that it can be told from the rest where it is printed."""
    if isinstance(value, date):
        return Day.marked(value)
    if isinstance(value, str) and value and not isinstance(value, Enum):
        return f"{FROM}{value}{TO}"
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, Model):
        return value.model_copy(update={name: marked(getattr(value, name)) for name in type(value).model_fields})
    return value


def stand_in(model: type[Model], known: Model, last: str, prefix: str = "") -> Model:
    """The model with something in each place that must hold something, and a mark round the answer given last."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        value, inner = getattr(known, name, None), bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            part = value if isinstance(value, Model) else inner.model_construct()
            values[name] = stand_in(inner, part, last, f"{prefix}{name}.")
        elif value is None and (info.is_required() or not _may_be_none(info.annotation)):
            values[name] = _missing(inner, info.title or name)
        else:
            values[name] = marked(value) if f"{prefix}{name}" == last else value
    return model.model_construct(**values)


def _may_be_none(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation)


def _missing(kind: Any, title: str) -> Any:
    if kind is date:
        return Day.blank(title)
    if get_origin(kind) is list:
        return []
    return None if isinstance(kind, type) and issubclass(kind, Enum) else blank(title)


def printable(value: Any, phrases: Mapping[str, object], days: dict[str, str]) -> Any:
    """Plain data for a template: words for each choice not made, and for each stand-in day one of its own.

    Args:
        phrases: the choices that have words.
        days: is filled with what each of those days prints as, and what it stands for.
    """
    if isinstance(value, Day):
        day = date.fromordinal(_FIRST_DAY + len(days))
        days[long_date(day)] = value.said
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


def visible(text: str, days: Mapping[str, str]) -> str:
    """The text with its stand-ins as ``[blanks]``, and its marks as ``>>`` and ``<<``."""
    for day, said in days.items():
        text = text.replace(day, said)
    text = text.replace(OPEN, "[").replace(SHUT, "]")
    return re.sub(f"{TO}(\\s*){FROM}", r"\1", text).replace(FROM, ">>").replace(TO, "<<")
