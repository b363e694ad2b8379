"""What the players of both formats of metafiles have in common: coordinates, shapes, text and bitmaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image

from letters.pdf import fonts
from letters.pdf.metafiles.raster import (
    COPY,
    Brush,
    CannotDraw,
    DrawingState,
    MetafileFont,
    Pen,
    Point,
    Raster,
    ellipse,
)

_CENTER, _RIGHT, _BASELINE, _BOTTOM, _FROM_POSITION = 6, 2, 24, 8, 1
_BLACKNESS, _WHITENESS, _PATTERN, _NOTHING = 0x42, 0xFF0062, 0xF00021, 0xAA0029


class Player:
    """Draws what the records of a metafile say. Coordinates of records are in units of the drawing."""

    def __init__(self, raster: Raster) -> None:
        self.raster = raster
        self.state = DrawingState()
        self.saved: list[DrawingState] = []
        self.objects: dict[int, Any] = {}

    def at(self, x: float, y: float) -> Point:
        """A point in pixels."""
        raise NotImplementedError

    def scale(self) -> float:
        """The number of pixels in a unit."""
        one, across, down = self.at(0, 0), self.at(1000, 0), self.at(0, 1000)
        wide = abs(across[0] - one[0]) + abs(across[1] - one[1])
        high = abs(down[0] - one[0]) + abs(down[1] - one[1])
        return (wide + high) / 2000

    def select(self, thing: Any) -> None:
        """Draw with this pen, brush or font from now on."""
        if isinstance(thing, Pen):
            self.state.pen = thing
        elif isinstance(thing, Brush):
            self.state.brush = thing
        elif isinstance(thing, MetafileFont):
            self.state.font = thing

    def save(self) -> None:
        self.saved.append(self.state.copy())

    def restore(self, count: int) -> None:
        """Go back to a saved state: one of the last if negative, otherwise by its number."""
        at = len(self.saved) + count if count < 0 else count - 1
        if 0 <= at < len(self.saved):
            self.state = self.saved[at]
            del self.saved[at:]

    def shape(self, outlines: Sequence[Sequence[Point]], *, filled: bool, closed: bool) -> None:
        """Outlines in pixels, filled with the brush and drawn with the pen."""
        if filled:
            self.raster.areas(outlines, self.state.brush)
        for outline in outlines:
            self.raster.lines(outline, self.state.pen, self.state.pen.width * self.scale(), closed=closed)

    def rectangle(self, left: float, top: float, right: float, bottom: float, *, rounded: bool = False) -> None:
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        outline = ellipse(left, top, right, bottom) if rounded else corners
        self.shape([[self.at(*each) for each in outline]], filled=True, closed=True)

    def bitmap(self, picture: Image.Image, place: tuple[float, float, float, float], operation: int = COPY) -> None:
        """A bitmap at x and y, with this width and height."""
        if operation == _NOTHING:
            return
        x, y, width, height = place
        self.raster.bitmap(picture, (self.at(x, y), self.at(x + width, y + height)), operation)

    def pattern(self, place: tuple[float, float, float, float], operation: int) -> None:
        """A rectangle filled with the brush, or with black or white."""
        colors = {_BLACKNESS: (0, 0, 0), _WHITENESS: (255, 255, 255), _PATTERN: self.state.brush.color}
        if operation == _NOTHING:
            return
        if operation not in colors:
            raise CannotDraw(f"raster operation {operation:06X}")
        x, y, width, height = place
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.raster.areas([[self.at(*each) for each in corners]], Brush(colors[operation]))

    def text(self, words: str, x: float, y: float, advances: Sequence[float]) -> None:
        """Text at a point; without ``advances``, as wide as the font makes it."""
        state = self.state
        metrics = fonts.metrics(state.font.family, state.font.bold, state.font.italic)
        units = abs(state.font.height) or 12.0
        if state.font.height > 0:  # of the whole line
            units /= metrics.drawn[0] + metrics.descent
        if not advances:
            advances = [metrics.width(letter) * units for letter in words]
        if state.align & _FROM_POSITION:
            x, y = state.position
        total = sum(advances)
        if state.align & _CENTER == _CENTER:
            x -= total / 2
        elif state.align & _RIGHT:
            x -= total
        if not state.align & _BOTTOM:
            y += metrics.drawn[0] * units
        elif state.align & _BASELINE != _BASELINE:
            y -= metrics.descent * units
        places = []
        for advance in advances:
            places.append(self.at(x, y))
            x += advance
        self.raster.text(words, places, state, units * self.scale())
        if state.align & _FROM_POSITION:
            state.position = (x, state.position[1])
