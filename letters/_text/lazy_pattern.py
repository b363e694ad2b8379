"""Regular expressions that are compiled when they are first used: few letters need all that a module has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast


class _LazyPattern:
    def __init__(self, source: str | Callable[[], str], flags: int) -> None:
        self._source, self._flags = source, flags

    @property
    def pattern(self) -> str:
        """The source, which can be read without compiling it."""
        return self._source if isinstance(self._source, str) else self._source()

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)  # so that the next time nothing is looked up here
        return found


def pattern(source: str | Callable[[], str], flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, when the pattern is first used. Its methods and attributes are those of any pattern.

    Args:
        source: or what makes it, if that takes long, too.
    """
    return cast("re.Pattern[str]", _LazyPattern(source, flags))
