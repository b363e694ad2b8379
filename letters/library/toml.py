"""TOML read with suspicion: the standard reader takes minutes over a key of many thousand steps."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_TOO_DEEP = re.compile(r"""(?:[\w"'-]+[ \t]*\.[ \t]*){30}""")
_LONGEST = 20_000_000  # characters


def loads(text: str) -> dict[str, Any]:
    """What a TOML document holds.

    Raises:
        tomllib.TOMLDecodeError: it is none; names the line.
        ValueError, RecursionError: it holds what no file of an office needs: numbers of thousands of digits, keys or
            lists inside one another without end.
    """
    if len(text) > _LONGEST:
        raise ValueError("longer than any file of an office")
    if text.count(".") >= 30:
        for line in text.splitlines():
            if line.count(".") >= 30 and _TOO_DEEP.search(line):
                raise ValueError("a key of more steps than any office needs")
    return tomllib.loads(text)
