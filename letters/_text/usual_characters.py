"""The characters that letters in the languages of Western Europe are written with; most texts have no others."""

from __future__ import annotations

from functools import lru_cache

_MARKS = "\u2013\u2014\u2018\u2019\u201c\u201d\u2020\u2021\u2022\u2026\u20ac\u2122"
"""Dashes, quotation marks, daggers, bullet, ellipsis, and the signs of the euro and of trademarks."""
_USUAL = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)))) | frozenset(_MARKS)

_LONG = 2_000
"""Characters of a text that is not kept."""
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
"""Hebrew, Arabic and the like, as what stands between the brackets of a pattern."""


def is_usual(text: str) -> bool:
    """Whether a text has no character but visible ones, and spaces, that stand for themselves, from left to right.

    In such a text nobody needs to look for other scripts and their figures, for accents that are characters of their
    own, for invisible characters, or for those that share a glyph with another.
    """
    if text.isascii() and text.isprintable():
        return True
    return _has_usual_characters(text) if len(text) <= _LONG else _USUAL.issuperset(text)


@lru_cache(maxsize=1_000)  # most are asked about several times, and are in other letters too
def _has_usual_characters(text: str) -> bool:
    return _USUAL.issuperset(text)
