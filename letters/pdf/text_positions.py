"""Where a content stream of a PDF paints its text (ISO 32000-1, 9.2 to 9.4).

Lengths are in points, from the bottom left corner of the page. Text that is turned or mirrored is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pikepdf

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_LEANING = 0.001
"""What keeps text from being level, relative to its size."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """What one operator paints: its text, its left end on the baseline, its width, and the size of its font."""

    text: str
    x: float
    y: float
    width: float
    size: float
    steps: Callable[[], list[float]]
    """How far each character is from the left end, and the width at the end."""


class FontWidths:
    """The widths of the glyphs of a font, by their codes, relative to the font size."""

    def __init__(self, font: Any) -> None:
        if "/DescendantFonts" in font:
            inner = font["/DescendantFonts"][0]
            self.bytes, self.usual = 2, float(inner.get("/DW", 1000)) / 1000
            self.known = dict(_of_composite(inner.get("/W", [])))
        else:
            unit = float(font["/FontMatrix"][0]) if "/FontMatrix" in font else 0.001
            first = int(font.get("/FirstChar", 0))
            self.bytes, self.usual = 1, 0.0
            self.known = {first + at: float(width) * unit for at, width in enumerate(font.get("/Widths", []))}

    def of(self, codes: bytes) -> list[float]:
        """The width of each glyph of a string."""
        known, usual = self.known, self.usual
        if self.bytes == 1:
            return [known.get(code, usual) for code in codes]
        return [known.get(high << 8 | low, usual) for high, low in zip(codes[::2], codes[1::2], strict=False)]


def _of_composite(said: Any) -> Iterator[tuple[int, float]]:
    """The widths of a composite font: ranges of codes with one width, or lists of widths (9.7.4.3)."""
    at, values = 0, list(said)
    while at + 1 < len(values):
        first, second = int(values[at]), values[at + 1]
        if isinstance(second, pikepdf.Array):
            for more, width in enumerate(second):
                yield first + more, float(width) / 1000
            at += 2
        else:
            width = float(values[at + 2]) / 1000
            for code in range(first, int(second) + 1):
                yield code, width
            at += 3


class TextState:
    """The graphics state of one content stream, as far as it decides where text goes."""

    def __init__(self, widths: Callable[[Any], FontWidths]) -> None:
        """``widths``: the widths of a font, each kept once read."""
        self.widths = widths
        self.page: Matrix = _UNIT
        self.line: Matrix = _UNIT
        self.moved = 0.0
        """How far text has been painted from the origin of the line."""
        self.font: Any = None
        self.size = self.spacing = 0.0
        self.saved: list[tuple[Matrix, Any, float, float]] = []
        self._operators: dict[str, Callable[[Any], None]] = {
            "q": self._save, "Q": self._restore, "cm": self._change, "BT": self._begin, "Tm": self._place,
            "Td": self._move, "TD": self._move, "Tc": self._space, "Tf": self._set,
        }  # fmt: skip

    def follow(self, operator: str, operands: Any) -> None:
        """Follow an operator that shows nothing."""
        if (change := self._operators.get(operator)) is not None:
            change(operands)

    def show(self, shown: Any, text: str) -> PlacedText | None:
        """Where the operand of Tj or TJ is painted.

        Args:
            shown: a string, or an array of strings and distances.
            text: its text.
        """
        if self.font is None:
            return None
        widths, size = self.widths(self.font), self.size
        pieces: list[bytes | float] = (
            [bytes(each) if isinstance(each, pikepdf.String) else float(each) for each in shown]
            if isinstance(shown, pikepdf.Array)
            else [bytes(shown)]
        )
        spacing = self.spacing

        def steps() -> list[float]:
            found, x = [], 0.0
            for each in pieces:
                if isinstance(each, bytes):
                    for width in widths.of(each):
                        found.append(x)
                        x += width * size + spacing
                else:
                    x -= each * size / 1000
            return [*found, x]

        advance = 0.0
        for each in pieces:
            if isinstance(each, bytes):
                of_glyphs = widths.of(each)
                advance += sum(of_glyphs) * size + spacing * len(of_glyphs)
            else:
                advance -= each * size / 1000
        a, b, c, d, e, f = _times(self.line, self.page)
        start, self.moved = self.moved, self.moved + advance
        if abs(b) + abs(c) > _LEANING or a <= 0 or d <= 0:
            return None
        x = e + start * a

        def scaled() -> list[float]:
            return [step * a for step in steps()]

        return PlacedText(text, x, f, advance * a, size * d, scaled)

    def _save(self, _: Any) -> None:
        self.saved.append((self.page, self.font, self.size, self.spacing))

    def _restore(self, _: Any) -> None:
        if self.saved:
            self.page, self.font, self.size, self.spacing = self.saved.pop()

    def _change(self, operands: Any) -> None:
        self.page = _times(_matrix(operands), self.page)

    def _begin(self, _: Any) -> None:
        self.line, self.moved = _UNIT, 0.0

    def _place(self, operands: Any) -> None:
        self.line, self.moved = _matrix(operands), 0.0

    def _move(self, operands: Any) -> None:
        self.line, self.moved = _times((1.0, 0.0, 0.0, 1.0, float(operands[0]), float(operands[1])), self.line), 0.0

    def _space(self, operands: Any) -> None:
        self.spacing = float(operands[0])

    def _set(self, operands: Any) -> None:
        self.font, self.size = operands[0], float(operands[1])


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = [float(each) for each in operands]
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    if other == _UNIT:
        return one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
