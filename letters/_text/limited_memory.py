"""Results that are remembered, up to a number of them: letters have most of what they are made of in common."""

from __future__ import annotations

from typing import TypeVar

_Key = TypeVar("_Key")
_Result = TypeVar("_Result")


def remember(known: dict[_Key, _Result], most: int, key: _Key, result: _Result) -> _Result:
    """Keep a result under its key, and return it. When ``most`` of them are kept, all are forgotten first."""
    if len(known) >= most:
        known.clear()
    known[key] = result
    return result
