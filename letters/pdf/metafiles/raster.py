"""What metafiles are drawn on: pixels, with pens, brushes and fonts."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageDraw, ImageFont

from letters.pdf import fonts

Point: TypeAlias = tuple[float, float]
Color: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[float, float, float, float]
"""The left, upper, right, and lower edge, in pixels."""
_FINER = 2
"""How many times finer everything is drawn than the finished picture, so that edges are smooth."""
_HAIRLINE = 3
"""The width of the thinnest line, before the picture is made smaller."""
_ENLARGED = 8
"""A bitmap enlarged more than this is meant to show its pixels."""
_NEARLY = 0.04
"""By how much of its size a bitmap may miss the edges of the picture and still be all of it: programs round."""
_MOST_POINTS = 2_000_000
_STEPS = 12
"""Straight lines that a curve is drawn with."""
BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)
COPY, AND, OR, XOR = 0xCC0020, 0x8800C6, 0xEE0086, 0x660046
"""How a bitmap is put over what is there: ternary raster operations ([MS-WMF] 2.1.1.31)."""


class CannotDraw(Exception):
    """A metafile uses something that cannot be drawn here."""


class Pen(Struct, frozen=True):
    """What lines are drawn with; no color draws nothing. The width is in the units of the drawing."""

    color: Color | None = BLACK
    width: float = 0.0


class Brush(Struct, frozen=True):
    """What areas are filled with; no color fills nothing."""

    color: Color | None = WHITE


class Shading(Struct, frozen=True):
    """A color that changes across an area.

    Args:
        stops: from 0 to 1, the color there.
        angle: of the direction in which it changes, in degrees clockwise from the right; None for outward from the
            middle.
    """

    stops: tuple[tuple[float, Color], ...]
    angle: float | None = 0.0


class MetafileFont(Struct, frozen=True):
    """What text is drawn with.

    The height is that of letters, or if it is positive that of the line, in the units of the drawing.
    """

    family: str = "Arial"
    height: float = -12.0
    bold: bool = False
    italic: bool = False
    turned: bool = False


class DrawingState(Struct):
    """The tools and the settings of a drawing, which it may save and restore."""

    pen: Pen = Pen()
    brush: Brush = Brush()
    font: MetafileFont = MetafileFont()
    text_color: Color = BLACK
    background: Color = WHITE
    opaque: bool = True
    align: int = 0
    position: Point = (0.0, 0.0)
    clip: Box | None = None
    """Nothing is drawn outside of it."""

    def copy(self) -> DrawingState:
        return replace(self)


class Raster(Struct, dict=True):
    """A picture of ``size`` pixels; coordinates are in pixels from its top left corner."""

    size: tuple[int, int]
    _drawn: int = 0
    _alone: Image.Image | None = None
    """A bitmap that is the whole picture, as long as nothing else is drawn: the usual screenshot."""

    @cached_property
    def picture(self) -> Image.Image:
        finer = self.size[0] * _FINER, self.size[1] * _FINER
        if self._alone is not None:
            return self._alone.resize(finer, Image.Resampling.LANCZOS)
        return Image.new("RGBA", finer, (*WHITE, 0))

    @cached_property
    def pencil(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.picture)

    def png(self) -> bytes:
        """The finished picture."""
        out = io.BytesIO()
        alone = None if "picture" in self.__dict__ else self._alone
        if alone is not None and alone.size[0] <= self.size[0]:
            finished = alone
        elif alone is not None:
            finished = alone.resize(self.size, Image.Resampling.LANCZOS)
        else:
            finished = self.picture.resize(self.size, Image.Resampling.BOX)
        finished.save(out, "PNG", compress_level=1)  # it is unpacked again for the PDF
        return out.getvalue()

    def undo_outside(self, box: Box, before: Image.Image) -> None:
        """Take back what has been drawn outside of these edges since ``before``."""
        edges = [round(each * _FINER) for each in box]
        left, top = max(edges[0], 0), max(edges[1], 0)
        within = self.picture.crop((left, top, max(edges[2], left), max(edges[3], top)))
        self.picture.paste(before)
        self.picture.paste(within, (left, top))

    def lines(self, points: Sequence[Point], pen: Pen, width: float, *, closed: bool = False) -> None:
        """A line through these points; ``width`` is that of the pen in pixels."""
        if pen.color is None or len(points) < 2:
            return
        there = self._scaled([*points, points[0]] if closed else points)
        self.pencil.line(there, fill=(*pen.color, 255), width=max(round(width * _FINER), _HAIRLINE), joint="curve")

    def areas(self, outlines: Sequence[Sequence[Point]], brush: Brush) -> None:
        """Fill the area between these outlines; where two overlap, there is a hole."""
        outlines = [outline for outline in outlines if len(outline) > 2]
        if brush.color is None or not outlines:
            return
        if len(outlines) == 1:
            self.pencil.polygon(self._scaled(outlines[0]), fill=(*brush.color, 255))
            return
        mask = Image.new("1", self.picture.size)
        for outline in outlines:
            one = Image.new("1", self.picture.size)
            ImageDraw.Draw(one).polygon(self._scaled(outline), fill=1)
            mask = ImageChops.logical_xor(mask, one)
        self.picture.paste((*brush.color, 255), mask=mask)

    def shaded(self, outlines: Sequence[Sequence[Point]], shading: Shading) -> None:
        """Fill the area between these outlines with a color that changes."""
        outlines = [self._scaled(outline) for outline in outlines if len(outline) > 2]
        if not outlines:
            return
        mask = Image.new("1", self.picture.size)
        for outline in outlines:
            one = Image.new("1", self.picture.size)
            ImageDraw.Draw(one).polygon(outline, fill=1)
            mask = ImageChops.logical_xor(mask, one)
        across, down = ([point[at] for outline in outlines for point in outline] for at in (0, 1))
        left, top = math.floor(min(across)) - 1, math.floor(min(down)) - 1  # with the pixels along the edges
        size = math.ceil(max(across)) + 2 - left, math.ceil(max(down)) + 2 - top
        area = Image.new("RGBA", self.picture.size)
        area.paste(_changing(size, shading), (left, top))
        self.picture.paste(area, mask=mask)

    def bitmap(self, picture: Image.Image, corners: tuple[Point, Point], operation: int = COPY) -> None:
        """A bitmap stretched between two corners; it is mirrored if they are exchanged."""
        (left, top), (right, bottom) = corners
        if right < left:
            picture, left, right = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), right, left
        if bottom < top:
            picture, top, bottom = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM), bottom, top
        width, height = (max(round((end - start) * _FINER), 1) for start, end in ((left, right), (top, bottom)))
        if width > 4 * _FINER * self.size[0] or height > 4 * _FINER * self.size[1]:
            raise CannotDraw("a bitmap far larger than the picture")
        few = width > _ENLARGED * picture.size[0] or height > _ENLARGED * picture.size[1]
        wide, high = self.size
        aside = max(abs(left), abs(right - wide)) / wide, max(abs(top), abs(bottom - high)) / high
        whole = max(aside) <= _NEARLY
        if whole and operation == COPY and not few and self._alone is None and "picture" not in self.__dict__:
            self._alone = picture
            return
        picture = picture.resize((width, height), Image.Resampling.NEAREST if few else Image.Resampling.LANCZOS)
        place = round(left * _FINER), round(top * _FINER)
        if operation == COPY:
            self.picture.alpha_composite(picture, (max(place[0], 0), max(place[1], 0)),
                                         (max(-place[0], 0), max(-place[1], 0)))  # fmt: skip
            return
        box = (*place, place[0] + width, place[1] + height)
        there = self.picture.crop(box)
        below = Image.new("RGB", there.size, WHITE)
        below.paste(there, mask=there.getchannel("A"))
        combine = {AND: _and, OR: _or, XOR: ImageChops.difference}.get(operation)
        if combine is None:
            raise CannotDraw(f"raster operation {operation:06X}")
        found = combine(below, picture.convert("RGB"))
        shown = ImageChops.difference(found, Image.new("RGB", found.size, WHITE)).convert("L").point(_any)
        opaque = ImageChops.lighter(shown, there.getchannel("A"))
        found.putalpha(opaque)
        self.picture.paste(found, place)

    def text(self, words: str, places: Sequence[Point], state: DrawingState, height: float) -> None:
        """Letters on their baseline, each at a place of its own; ``height`` is that of the font in pixels."""
        if state.font.turned:
            raise CannotDraw("turned text")
        face = fonts.metrics(state.font.family, state.font.bold, state.font.italic).face
        font = ImageFont.truetype(face.file, max(height * _FINER, 1.0), face.index)
        for letter, place in zip(words, self._scaled(places), strict=True):
            self.pencil.text(place, letter, fill=(*state.text_color, 255), font=font, anchor="ls")

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        self._drawn += len(points)
        if self._drawn > _MOST_POINTS:
            raise CannotDraw("too many points")
        return [(x * _FINER, y * _FINER) for x, y in points]


def _changing(size: tuple[int, int], shading: Shading) -> Image.Image:
    """A rectangle of a color that changes across it."""
    if shading.angle is None:
        shares = Image.radial_gradient("L").resize(size)  # full at the corners
    else:
        angle = math.radians(shading.angle)
        wide, high = size
        reach = abs(wide * math.cos(angle)) + abs(high * math.sin(angle))
        side = math.ceil(math.hypot(wide, high)) + 2
        band = Image.linear_gradient("L").resize((side, max(round(reach), 1)))
        square = Image.new("L", (side, side))
        upper = (side - band.height) // 2
        square.paste(255, (0, upper, side, side))
        square.paste(band, (0, upper))
        square = square.rotate(90 - shading.angle, Image.Resampling.BILINEAR)
        square_left, square_top = (side - wide) // 2, (side - high) // 2
        shares = square.crop((square_left, square_top, square_left + wide, square_top + high))
    table = [_at(shading.stops, value / 255) for value in range(256)]
    bands = [shares.point([color[at] for color in table]) for at in range(3)]
    return Image.merge("RGB", bands)


def _at(stops: Sequence[tuple[float, Color]], share: float) -> Color:
    """The color between two stops."""
    before = max((stop for stop in stops if stop[0] <= share), key=lambda stop: stop[0], default=stops[0])
    after = min((stop for stop in stops if stop[0] >= share), key=lambda stop: stop[0], default=stops[-1])
    part = (share - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
    red, green, blue = (round(one + (other - one) * part) for one, other in zip(before[1], after[1], strict=True))
    return red, green, blue


def _and(one: Image.Image, other: Image.Image) -> Image.Image:
    return ImageChops.darker(one, other)


def _or(one: Image.Image, other: Image.Image) -> Image.Image:
    return ImageChops.lighter(one, other)


def _any(value: int) -> int:
    return 255 if value else 0


def curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """The points of a cubic curve after its start."""
    found = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        found.append((
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        ))  # fmt: skip
    return found


def ellipse(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """The outline of an ellipse between these edges."""
    x, y = (left + right) / 2, (top + bottom) / 2
    across, down = (right - left) / 2, (bottom - top) / 2
    bend = 0.5523
    outline: list[Point] = [(x + across, y)]
    for first, second, end in (
        ((1, bend), (bend, 1), (0, 1)), ((-bend, 1), (-1, bend), (-1, 0)),
        ((-1, -bend), (-bend, -1), (0, -1)), ((bend, -1), (1, -bend), (1, 0)),
    ):  # fmt: skip
        outline += curve(outline[-1], *((x + a * across, y + b * down) for a, b in (first, second, end)))
    return outline


def color(value: int) -> Color:
    """A COLORREF ([MS-WMF] 2.2.2.8)."""
    return value & 255, value >> 8 & 255, value >> 16 & 255
