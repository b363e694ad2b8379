"""Long stretches of a text without some character, found in steps: most of the text is passed over."""

from __future__ import annotations

from typing import AnyStr


def has_long_stretch(text: AnyStr, separator: AnyStr, length: int) -> bool:
    """Whether so many characters follow one another without a separator."""
    at = 0
    while len(text) - at >= length:
        at = text.rfind(separator, at, at + length) + 1
        if not at:
            return True
    return False
