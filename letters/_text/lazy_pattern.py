"""Regular expressions that are compiled when they are first used: few letters need all that a module has."""

from __future__ import annotations

import re
from typing import Any, cast


class _LazyPattern:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)  # so that the next time nothing is looked up here
        return found


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, when the pattern is first used. Its methods and attributes are those of any pattern."""
    return cast("re.Pattern[str]", _LazyPattern(source, flags))
