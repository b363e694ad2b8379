"""Regular expressions that are compiled when they are first used: few letters need all that a module has.

To compile those of all modules that write a letter takes a tenth of the time until it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, AnyStr, Generic, cast

_compile: Callable[[Any, int], re.Pattern[Any]] = re.compile


def compile_with(compiler: Callable[[Any, int], re.Pattern[Any]]) -> None:
    """Let patterns be compiled by something else than `re.compile` from now on."""
    global _compile
    _compile = compiler


class _LazyPattern(Generic[AnyStr]):
    def __init__(self, source: AnyStr | Callable[[], AnyStr], flags: int) -> None:
        self._source: AnyStr | Callable[[], AnyStr] = source
        self._flags = flags

    @property
    def pattern(self) -> AnyStr:
        """The source, which can be read without compiling it."""
        source: AnyStr = self._source() if callable(self._source) else self._source
        return source

    def __getattr__(self, name: str) -> Any:
        found = getattr(_compile(self.pattern, self._flags), name)
        setattr(self, name, found)  # so that the next time nothing is looked up here
        return found


def pattern(source: AnyStr | Callable[[], AnyStr], flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, when the pattern is first used. Its methods and attributes are those of any pattern.

    Args:
        source: or what makes it, if that takes long, too.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
