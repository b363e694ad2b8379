"""Every text within an answer, and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from letters.model.values import Model, RuleValue

_NO_TEXTS = (RuleValue, Enum, date, int, float, type(None))


def texts_in(name: str, value: Any) -> list[tuple[str, str]]:
    """Every text within an answer, each with its dotted name.

    Args:
        name: the dotted name of the answer itself; entries of a list are numbered from 1.
    """
    if type(value) is str:
        return [(name, value)]
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, (list, tuple)):
        inner = enumerate(value, 1)
    elif not isinstance(value, _NO_TEXTS) and isinstance(value, Model):  # last, because pydantic's check is slow
        inner = vars(value).items()
    found: list[tuple[str, str]] = []
    for key, each in inner:
        if type(each) is str:
            found.append((f"{name}.{key}", each))
        elif each is not None:
            found += texts_in(f"{name}.{key}", each)
    return found
