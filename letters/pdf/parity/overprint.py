"""Finds text that is printed over other text on a finished page.

What is compared is not the boxes of fonts, which overlap on many good pages, but the space that the letters themselves
take: a comma is low, an ``a`` has nothing above or below it, and a line to fill in takes none. Text a little over other
text is as Word has it: narrowed letters, tight lines, superscripts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from letters.errors import LettersError, Problem
from letters.pdf.text_positions import PlacedText

_UP, _MIDDLE, _DOWN = 0.68, 0.45, 0.2
"""How far letters reach up, letters without an ascender reach up, and descenders reach down, by the font size."""
_DEEP, _WIDE = 0.22, 0.3
"""How much two texts may overlap, relative to the smaller font size."""
_LOW = frozenset("acemnorsuvwxz:;.,gpqy«»‹›-‐‑–—=~+<>·•")
_DESCENDERS = frozenset("gjpqy,;()[]{}|Q/@§„‚")
_NO_INK = frozenset("_.·․‥…‧⋅-‐‑–—|¯‾=~'’‘\"”“`^°")
"""Lines and dots to fill in, and marks so small that text beside them may reach over them."""
_SHORTEST = 30

_Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class TextOverText(LettersError):
    """On a page, text is printed over other text."""


class Overprint(NamedTuple):
    """A word and the word it is printed over, each with the text around it."""

    text: str
    other: str


def refuse_overprint(pages: Sequence[Sequence[PlacedText]], name: str) -> None:
    """Raise TextOverText if any page has text over other text.

    Args:
        pages: what is painted on each page, in that order.
        name: how messages call the file.
    """
    for number, texts in enumerate(pages, 1):
        found = overprint(texts)
        if found is not None:
            raise TextOverText(
                Problem(
                    f"On page {number}, “{_short(found.text)}” would be printed over “{_short(found.other)}”.",
                    where=name,
                    hint="In Word: move the text box, picture or table there, or widen the cell or the lines.",
                    code="overprint",
                )
            )


def overprint(texts: Sequence[PlacedText]) -> Overprint | None:
    """The first text that is printed over other text; None if there is none."""
    placed = sorted([(text.y - _DOWN * text.size, text.y + _UP * text.size, text) for text in texts if text.text.strip()],
                    key=lambda each: each[0])  # fmt: skip
    for at, (_, top, one) in enumerate(placed):
        for bottom, other_top, other in placed[at + 1 :]:
            if bottom >= top:
                break
            size = min(one.size, other.size)
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            if across <= _WIDE * size or min(top, other_top) - bottom <= _DEEP * size:
                continue
            if any(_overlap(mine, its, size) for mine in _words(one) for its in _words(other)):
                return Overprint(other.text, one.text)
    return None


def _overlap(one: _Box, other: _Box, size: float) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > _WIDE * size and min(one[3], other[3]) - max(one[1], other[1]) > _DEEP * size


def _words(text: PlacedText) -> Iterator[_Box]:
    """The space that the letters of each word take."""
    steps = text.steps()
    if len(steps) != len(text.text) + 1:  # ligatures, or letters of several characters: the whole text is one word
        yield text.x, text.y - _DOWN * text.size, text.x + text.width, text.y + _UP * text.size
        return
    for start, end in _runs(text.text):
        letters = text.text[start:end]
        up = _MIDDLE if _LOW.issuperset(letters) else _UP
        down = 0.0 if _DESCENDERS.isdisjoint(letters) and letters.isascii() else _DOWN
        yield text.x + steps[start], text.y - down * text.size, text.x + steps[end], text.y + up * text.size


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the runs of letters with ink begin and end."""
    empty = [at for at, letter in enumerate(text) if _is_empty(letter)]
    for before, after in pairwise([-1, *empty, len(text)]):
        if after > before + 1:
            yield before + 1, after


def _is_empty(letter: str) -> bool:
    return letter in _NO_INK or letter.isspace() or (not letter.isascii() and unicodedata.category(letter)[0] in "MCZ")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORTEST else words[:_SHORTEST].rsplit(" ", 1)[0] + " …"
