"""Keeps what regular expressions compile to from process to process, as Python keeps what modules compile to.

A letter needs some sixty of them, and to compile them takes a tenth of the time in which it becomes a PDF. Python has
no public way to do this; where a private one has changed, nothing is kept.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, AnyStr, TypeAlias, cast

from letters._system.kept_files import kept_file, read_kept, write_kept

_Code: TypeAlias = tuple[int, bytes, int, dict[str, int]]
"""The flags, with those of the pattern; the code; the number of groups; and the groups with names."""

_SAMPLE = r"(?P<first>\w)(\d)?"
_MOST = 2_000
"""Patterns in a file, several times those of all commands; beyond them, those of old versions are dropped."""


class CompiledPatterns:
    """Compiles regular expressions, or takes them from a file.

    Args:
        file: where they are kept; it need not exist.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._codes: dict[Any, _Code] = read_kept(file)
        self._patterns: dict[Hashable, re.Pattern[Any]] = {}
        self._is_saved = True

    def compile(self, source: AnyStr, flags: int) -> re.Pattern[AnyStr]:
        """As `re.compile`."""
        key = source, int(flags)
        found = self._patterns.get(key)
        if found is None:
            code = self._codes.get(key)
            if code is None:
                code = self._codes[key] = _code_of(source, flags)
                self._is_saved = False
            found = self._patterns[key] = _pattern_of(source, code)
        return found

    @contextmanager
    def of_libraries(self) -> Iterator[None]:
        """Compile, as long as this holds, what other libraries compile when they are imported, too.

        Only that: what is compiled later may be made of what a letter says.
        """
        from re import _compiler  # type: ignore[attr-defined]

        anew = _compiler.compile

        def compile_(source: Any, flags: int = 0) -> re.Pattern[Any]:
            is_plain = type(source) in (str, bytes) and not flags & re.DEBUG
            found: re.Pattern[Any] = self.compile(source, flags) if is_plain and _is_import() else anew(source, flags)
            return found

        _compiler.compile = compile_
        try:
            yield
        finally:
            _compiler.compile = anew

    def save(self) -> None:
        """Keep what has been compiled, unless it cannot be written."""
        if self._is_saved:
            return
        codes = self._codes if len(self._codes) <= _MOST else {key: self._codes[key] for key in self._patterns}
        self._is_saved = write_kept(self._file, codes)


def _code_of(source: str | bytes, flags: int) -> _Code:
    from re import _compiler, _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(source, flags)
    state = parsed.state
    instructions = array("I", _compiler._code(parsed, flags)).tobytes()
    return int(flags | state.flags), instructions, state.groups - 1, state.groupdict


def _pattern_of(source: AnyStr, code: _Code) -> re.Pattern[AnyStr]:
    from re import _compiler  # type: ignore[attr-defined]

    flags, instructions, groups, named = code
    names: list[str | None] = [None] * (groups + 1)
    for name, group in named.items():
        names[group] = name
    listed = array("I", instructions).tolist()
    return cast("re.Pattern[AnyStr]", _compiler._sre.compile(source, flags, listed, groups, named, tuple(names)))


def _is_import() -> bool:
    """Whether a module compiles the pattern while it is imported, and no function."""
    try:
        caller = sys._getframe(_ABOVE).f_code
    except ValueError:  # whoever compiles it does not use `re.compile`
        return False
    return not caller.co_flags & _FUNCTION or caller.co_name == _IMPORT


_ABOVE = 4
"""Calls between `_is_import` and whoever calls `re.compile`."""
_FUNCTION = 1
"""The flag of code that is a function's, and no module's or class's: `inspect.CO_OPTIMIZED`."""
_IMPORT = "_call_with_frames_removed"
"""The function of Python's that imports a module, if it is no Python code."""


def compiled_patterns() -> CompiledPatterns | None:
    """Those that are kept beside the compiled modules; None if Python keeps none, or cannot do this."""
    file = kept_file("patterns")
    if file is None:
        return None
    patterns = CompiledPatterns(file)
    try:
        works = patterns.compile(_SAMPLE, re.DOTALL) == re.compile(_SAMPLE, re.DOTALL)
    except (AttributeError, ImportError, TypeError, ValueError, RuntimeError):
        return None
    return patterns if works else None
