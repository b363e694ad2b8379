"""TOML read safely: the standard reader takes minutes over a key with thousands of dots."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from letters._text.lazy_pattern import pattern

_TOO_DEEP = pattern(r"""(?:[\w"'-]+[ \t]*\.[ \t]*){30}""")
_LONGEST = 20_000_000  # characters
_WORTH_KEEPING = 300_000  # characters; the longest of the example office has some 150,000


def loads(text: str) -> dict[str, Any]:
    """The contents of a TOML document, in a dictionary of the caller's own.

    One command reads the same files many times, and reading TOML is slow: the last texts are remembered.

    Raises:
        tomli.TOMLDecodeError: it is not TOML; names the line.
        ValueError, RecursionError: it contains what no office's file needs: numbers with thousands of digits, or keys
            or lists nested without end.
    """
    if len(text) > _WORTH_KEEPING:
        return _read(text)
    import pickle  # here, as tomli below, because a command that prints letters reads no TOML

    return cast(dict[str, Any], pickle.loads(_pickled(text)[0]))  # our own bytes


def names_in(text: str) -> tuple[str, ...]:
    """The outermost keys and tables of a TOML document, which are not put together for that. Raises as `loads` does."""
    return tuple(_read(text)) if len(text) > _WORTH_KEEPING else _pickled(text)[1]


@lru_cache(maxsize=128)
def _pickled(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The contents, and their outermost names."""
    import pickle

    data = _read(text)
    return pickle.dumps(data), tuple(data)


def _read(text: str) -> dict[str, Any]:
    import tomli

    if len(text) > _LONGEST:
        raise ValueError("longer than any office's file")
    if text.count(".") >= 30:
        for line in text.splitlines():
            if line.count(".") >= 30 and _TOO_DEEP.search(line):
                raise ValueError("a key with more dots than any office needs")
    return tomli.loads(text)
