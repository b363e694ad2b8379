"""Keeps what regular expressions compile to from process to process, as Python keeps what modules compile to.

A letter needs some sixty of them, and to compile them takes a tenth of the time in which it becomes a PDF. They are
kept beside the compiled modules, under the same conditions: for one version of Python, where this may write, and unless
Python is told to keep nothing. It has no public way to do this; where a private one has changed, nothing is kept.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
import zlib
from array import array
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any, AnyStr, TypeAlias, cast

_Code: TypeAlias = tuple[int, bytes, int, dict[str, int]]
"""The flags, with those of the pattern; the code; the number of groups; and the groups with names."""

_VERSION = sys.version.encode()
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
        self._codes = _read(file)
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

    def save(self) -> None:
        """Keep what has been compiled, unless it cannot be written."""
        if self._is_saved:
            return
        codes = self._codes if len(self._codes) <= _MOST else {key: self._codes[key] for key in self._patterns}
        content = marshal.dumps(codes)
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            temporary.write_bytes(_head(content) + content)
            temporary.replace(self._file)
            self._is_saved = True


def _head(content: bytes) -> bytes:
    """What a file begins with: the version of Python that it is for, and a checksum."""
    return b"%s\n%08x\n" % (_VERSION, zlib.crc32(content))


def _read(file: Path) -> dict[Any, _Code]:
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    content = data[len(_head(b"")) :]
    return cast("dict[Any, _Code]", marshal.loads(content)) if data.startswith(_head(content)) else {}


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


def compiled_patterns() -> CompiledPatterns | None:
    """Those that are kept beside the compiled modules; None if Python keeps none, or cannot do this."""
    if __spec__ is None or not __spec__.cached:
        return None
    patterns = CompiledPatterns(Path(__spec__.cached).with_name(f"patterns.{sys.implementation.cache_tag}"))
    try:
        works = patterns.compile(_SAMPLE, re.DOTALL) == re.compile(_SAMPLE, re.DOTALL)
    except (AttributeError, ImportError, TypeError, ValueError, RuntimeError):
        return None
    return patterns if works else None
