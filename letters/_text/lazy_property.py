"""Attributes that are worked out when they are first asked for, and kept.

As `functools.cached_property`, without the lock that Python 3.11 takes each time, which a batch of letters is slowed
down by. Should two threads work out the same attribute, both get what the first of them kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Found = TypeVar("_Found")


class lazy_property(Generic[_Found]):
    """An attribute of an object, which its class says how to work out."""

    def __init__(self, work: Callable[[Any], _Found]) -> None:
        self._work, self._name = work, work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> lazy_property[_Found]: ...

    @overload
    def __get__(self, owner: object, kind: type) -> _Found: ...

    def __get__(self, owner: object | None, kind: type) -> lazy_property[_Found] | _Found:
        if owner is None:
            return self
        found: _Found = owner.__dict__.setdefault(self._name, self._work(owner))
        return found
