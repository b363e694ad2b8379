"""Finds text that is printed over other text on a finished page.

What is compared is not the boxes of fonts, which overlap on many good pages, but the space that the letters themselves
take: an ``a`` has nothing above or below it, and a line to fill in takes none. A little overlap is as Word has it:
narrowed letters, tight lines, superscripts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import compress, groupby, islice
from operator import attrgetter, lt

from msgspec import Struct

from letters.errors import LettersError, Problem
from letters.pdf.text_positions import DOWN, UP, PlacedText

_MIDDLE = 0.45
"""How far letters without an ascender reach up, by the font size."""
_DEEP, _WIDE = 0.12, 0.3
"""How much two texts may overlap, by the smaller font size."""
_ONE_PLACE = 0.1
"""How far apart the same word may be that is printed twice in one place, by the font size."""
_LOW = frozenset("acemnorsuvwxzgpqy:;,+<>")
_DESCENDERS = frozenset("gjpqy,;()[]{}|Q/@")
_TOO_SMALL = frozenset("_.-~='\"`^|")
"""What lines to fill in are typed with, and marks so small that other text may be beside, above or below them."""
_SHORT = 40
_BOTTOM, _TOP = attrgetter("bottom"), attrgetter("top")


class TextOverText(LettersError):
    """On a page, text is printed over other text."""


class Overprint(Struct, frozen=True):
    """Two texts that are printed one over the other."""

    lower: str
    upper: str


class _Ink(Struct, frozen=True):
    """The space that the letters of a word take."""

    left: float
    bottom: float
    right: float
    top: float
    letters: str


def refuse_overprint(pages: Sequence[Sequence[PlacedText]], name: str) -> None:
    """Raise TextOverText if any page has text over other text.

    Args:
        pages: what is painted on each page.
        name: how messages call the file.
    """
    for number, texts in enumerate(pages, 1):
        found = overprint(texts)
        if found is not None:
            raise TextOverText(
                Problem(
                    f"On page {number}, “{found.upper}” and “{found.lower}” would be printed one over the other.",
                    where=name,
                    hint="In Word: move the text box, picture, or table there, or widen the cell or the line spacing.",
                    code="overprint",
                )
            )


def overprint(texts: Sequence[PlacedText]) -> Overprint | None:
    """The first two texts of a page that are printed one over the other; None if there are none."""
    placed = sorted(texts, key=_BOTTOM)
    reached = map(lt, map(_BOTTOM, placed[1:]), map(_TOP, placed))
    for at in compress(range(len(placed)), reached):  # not most lines
        one = placed[at]
        for other in islice(placed, at + 1, None):
            if other.bottom >= one.top:
                break
            if one.x + one.width <= other.x or other.x + other.width <= one.x:
                continue  # most texts on the same line
            size = min(one.size, other.size)
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            if (
                across > _WIDE * size
                and min(one.top, other.top) - other.bottom > _DEEP * size
                and any(_overlap(mine, its, size) for mine in _words(one) for its in _words(other))
            ):
                return Overprint(_shown(one), _shown(other))
    return None


def _overlap(one: _Ink, other: _Ink, size: float) -> bool:
    """Whether two words are one over the other; the same word twice in one place, as in a box that lies on its copy,
    can be read.
    """
    apart = max(abs(one.left - other.left), abs(one.bottom - other.bottom))
    if one.letters == other.letters and apart < _ONE_PLACE * size:
        return False
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > _WIDE * size and min(one.top, other.top) - max(one.bottom, other.bottom) > _DEEP * size


def _words(text: PlacedText) -> Iterator[_Ink]:
    for empty, group in groupby(text.glyphs(), key=lambda glyph: _is_empty(glyph[0])):
        if empty:
            continue
        glyphs = list(group)
        letters = "".join([letter for letter, _, _ in glyphs])
        up = _MIDDLE if _LOW.issuperset(letters) else UP
        down = 0.0 if letters.isascii() and _DESCENDERS.isdisjoint(letters) else DOWN
        yield _Ink(glyphs[0][1], text.y - down * text.size, glyphs[-1][2], text.y + up * text.size, letters)


def _is_empty(letters: str) -> bool:
    """Whether a glyph has no ink that counts: spaces, dots, dashes, quotation marks, accents over another glyph."""
    return all(
        letter in _TOO_SMALL or letter.isspace() or (not letter.isascii() and _is_small(letter)) for letter in letters
    )


def _is_small(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind[0] in "MCZ" or kind in ("Pd", "Pi", "Pf", "Lm", "Sk") or unicodedata.name(letter, "").endswith(" DOT")


def _shown(text: PlacedText) -> str:
    words = " ".join("".join([letters for letters, _, _ in text.glyphs()]).split())
    return words if len(words) <= _SHORT else words[:_SHORT].rsplit(" ", 1)[0] + " …"
