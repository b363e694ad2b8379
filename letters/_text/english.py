"""How a letter joins words into a list."""

from __future__ import annotations

from collections.abc import Sequence


def listed(words: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b, and c``."""
    if len(words) < 3:
        return f" {word} ".join(words)
    return f"{', '.join(words[:-1])}, {word} {words[-1]}"
