"""Words: joining them into a list, as a letter does, and comparing them."""

from __future__ import annotations

from collections.abc import Sequence


def listed(words: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b, and c``."""
    if len(words) < 3:
        return f" {word} ".join(words)
    return f"{', '.join(words[:-1])}, {word} {words[-1]}"


def folded_words(text: str) -> str:
    """Words as they are compared: without regard to case, spacing, or the form of an apostrophe."""
    return " ".join(text.replace("\u2019", "'").split()).casefold()
