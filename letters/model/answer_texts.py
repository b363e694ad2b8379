"""Every text within an answer, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from typing import Any

from letters.model.values import Model, RuleValue

_NO_TEXTS = (RuleValue, Enum, date, int, float, type(None))
_Parts = Callable[[Any], Iterable[tuple[object, Any]]]
_Inside = Callable[[Any], Iterable[Any]]


def texts_in(name: str, value: Any) -> list[tuple[str, str]]:
    """Every text within an answer, each with its dotted name.

    Args:
        name: the dotted name of the answer itself; entries of a list are numbered from 1.
    """
    if type(value) is str:
        return [(name, value)]
    found: list[tuple[str, str]] = []
    if parts_of := _PARTS_OF[type(value)]:
        _add_texts(found, name, parts_of(value))
    return found


def _add_texts(found: list[tuple[str, str]], name: str, parts: Iterable[tuple[object, Any]]) -> None:
    for key, each in parts:
        if type(each) is str:
            found.append((f"{name}.{key}", each))
        elif each is not None and (parts_of := _PARTS_OF[type(each)]):
            _add_texts(found, f"{name}.{key}", parts_of(each))


def words_in(answers: Iterable[Any]) -> list[str]:
    """Every text within several answers that is not empty, where nobody asks yet in which of them it is."""
    found: list[str] = []
    _add_words(found, answers)
    return found


def _add_words(found: list[str], answers: Iterable[Any]) -> None:
    for each in filter(None, answers):
        if type(each) is str:
            found.append(each)
        elif inside := _INSIDE[type(each)]:
            _add_words(found, inside(each))


def _numbered(entries: Iterable[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(entries, 1)


def _fields(model: Model) -> Iterable[tuple[str, Any]]:
    return vars(model).items()


def _values(model: Model) -> Iterable[Any]:
    return vars(model).values()


class _PartsByType(dict[type, _Parts | None]):
    """How to get at the parts of a value, each with its name or number, by its type; None if it holds no texts."""

    def __missing__(self, kind: type) -> _Parts | None:
        parts_of: _Parts | None = None
        if issubclass(kind, dict):
            parts_of = dict.items
        elif issubclass(kind, (list, tuple)):
            parts_of = _numbered
        elif not issubclass(kind, _NO_TEXTS) and issubclass(kind, Model):  # last, because pydantic's check is slow
            parts_of = _fields
        self[kind] = parts_of
        return parts_of


_PARTS_OF = _PartsByType()


class _InsideByType(dict[type, _Inside | None]):
    """The same without names and numbers."""

    def __missing__(self, kind: type) -> _Inside | None:
        without_names: dict[Any, _Inside] = {dict.items: dict.values, _numbered: iter, _fields: _values}
        inside = self[kind] = without_names.get(_PARTS_OF[kind])
        return inside


_INSIDE = _InsideByType()
