"""TOML read safely: the standard reader takes minutes over a key with thousands of dots."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_TOO_DEEP = re.compile(r"""(?:[\w"'-]+[ \t]*\.[ \t]*){30}""")
_LONGEST = 20_000_000  # characters


def loads(text: str) -> dict[str, Any]:
    """The contents of a TOML document.

    Raises:
        tomllib.TOMLDecodeError: it is not TOML; names the line.
        ValueError, RecursionError: it contains what no office's file needs: numbers with thousands of digits, or keys
            or lists nested without end.
    """
    if len(text) > _LONGEST:
        raise ValueError("longer than any office's file")
    if text.count(".") >= 30:
        for line in text.splitlines():
            if line.count(".") >= 30 and _TOO_DEEP.search(line):
                raise ValueError("a key with more dots than any office needs")
    return tomllib.loads(text)
