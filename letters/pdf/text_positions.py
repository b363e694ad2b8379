"""Where a content stream of a PDF paints its text (ISO 32000-1, 9.2 to 9.4).

Lengths are in points, from the bottom left corner of the page. Text that is turned or mirrored has no position here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
UP, DOWN = 0.68, 0.2
"""How far letters reach up, and descenders down, by the font size."""
_LEANING, _SLANTED = 0.001, 0.3
"""How far the baseline of level text may lean, relative to the size."""


class PaintedFont(Protocol):
    """A font, as far as its glyphs have texts and widths."""

    def glyphs(self, codes: bytes) -> list[str]:
        """The text of each glyph of a string."""

    def widths(self, codes: bytes) -> list[float]:
        """The width of each glyph of a string, relative to the font size."""

    def measured(self, codes: bytes) -> tuple[float, int]:
        """The sum of these widths, and how many glyphs there are."""


class PlacedText(Struct, frozen=True, gc=False):
    """What one operator paints: its left end on the baseline, its width, and the size of its font."""

    x: float
    y: float
    width: float
    size: float
    pieces: Sequence[bytes | float]
    """Strings, and the distances between them in thousandths of the font size, to the left."""
    font: PaintedFont
    spacing: float
    """The extra space after each glyph, relative to the font size."""
    bottom: float
    top: float
    """How far letters reach down and up at most."""

    def glyphs(self) -> list[tuple[str, float, float]]:
        """The text of each glyph, and its left and right end."""
        found, x = [], self.x
        for piece in self.pieces:
            if isinstance(piece, bytes):
                for text, width in zip(self.font.glyphs(piece), self.font.widths(piece), strict=True):
                    found.append((text, x, x + width * self.size))
                    x += (width + self.spacing) * self.size
            else:
                x -= piece * self.size / 1000
        return found


class TextState:
    """The graphics state of a content stream, as far as it decides where text goes."""

    def __init__(self) -> None:
        self.page: Matrix = _UNIT
        self.line: Matrix = _UNIT
        self.moved = 0.0
        """How far text has been painted from the origin of the line."""
        self.size = self.spacing = 0.0
        self.saved: list[tuple[Matrix, float, float]] = []

    @property
    def current(self) -> tuple[Matrix, Matrix, float, float, float]:
        """The state without what is saved."""
        return self.page, self.line, self.moved, self.size, self.spacing

    @current.setter
    def current(self, state: Sequence[Any]) -> None:
        self.page, self.line, self.moved, self.size, self.spacing = state

    def follow(self, operator: str, operands: Any) -> None:
        """Follow an operator that shows nothing."""
        if (change := _OPERATORS.get(operator)) is not None:
            change(self, operands)

    def place(self, x: float, y: float) -> None:
        """Go to a point of the page, for level text."""
        self.line, self.moved = (1.0, 0.0, 0.0, 1.0, x, y), 0.0

    def show(self, pieces: Sequence[bytes | float], font: PaintedFont) -> PlacedText | None:
        """Where the strings of Tj or TJ are painted; None for text that is not level."""
        advance = 0.0
        size, spacing = self.size, self.spacing
        for piece in pieces:
            if isinstance(piece, bytes):
                width, count = font.measured(piece)
                advance += width * size + spacing * count
            else:
                advance -= piece * size / 1000
        a, b, c, d, e, f = self.line if self.page is _UNIT else _times(self.line, self.page)
        start, self.moved = self.moved, self.moved + advance
        if not size or abs(b) > _LEANING or not 0 <= c <= _SLANTED or a <= 0 or d <= 0:
            return None
        kept = tuple(pieces)  # a list would be looked at whenever garbage is searched for, as long as it is kept
        high = size * a
        return PlacedText(
            e + start * a, f, advance * a, high, kept, font, spacing / size, f - DOWN * high, f + UP * high
        )

    def _save(self, _: Any) -> None:
        self.saved.append((self.page, self.size, self.spacing))

    def _restore(self, _: Any) -> None:
        if self.saved:
            self.page, self.size, self.spacing = self.saved.pop()

    def _change(self, operands: Any) -> None:
        self.page = _times(_matrix(operands), self.page)

    def _begin(self, _: Any) -> None:
        """Begin or end a text object: nothing outside of one depends on where text was painted."""
        self.line, self.moved = _UNIT, 0.0

    def _place(self, operands: Any) -> None:
        self.line, self.moved = _matrix(operands), 0.0

    def _move(self, operands: Any) -> None:
        self.line, self.moved = _times((1.0, 0.0, 0.0, 1.0, operands[0], operands[1]), self.line), 0.0

    def _space(self, operands: Any) -> None:
        self.spacing = operands[0]

    def _set(self, operands: Any) -> None:
        self.size = operands[1]


_OPERATORS: dict[str, Callable[[TextState, Any], None]] = {
    "q": TextState._save, "Q": TextState._restore, "cm": TextState._change, "BT": TextState._begin,
    "ET": TextState._begin,
    "Tm": TextState._place, "Td": TextState._move, "TD": TextState._move, "Tc": TextState._space,
    "Tf": TextState._set,
}  # fmt: skip


def _matrix(operands: list[float]) -> Matrix:
    a, b, c, d, e, f = operands
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    if other == _UNIT:
        return one
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
