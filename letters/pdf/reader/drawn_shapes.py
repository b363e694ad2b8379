"""Drawn shapes as pictures: outlines other than rectangles, and areas whose color changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from letters.docx.attribute_values import number_of, red_green_blue
from letters.docx.names import A, Node
from letters.pdf.document import Border
from letters.pdf.metafiles.raster import Brush, CannotDraw, Pen, Point, Raster, Shading
from letters.pdf.reader.geometry import Outline, outlines_of

_DPI = 200
_MOST = 1_400  # pixels along the longer side of a picture
_HEAD = 3.0
"""The length of an arrowhead and half its width, as multiples of the width of the line."""


class DrawnShape(Struct, frozen=True):
    """The picture of a shape, and where it is from the top left corner of the shape, in points."""

    png: bytes
    left: float
    top: float
    width: float
    height: float


def pixels_per_point(dpi: int, size: tuple[float, float]) -> float:
    """The resolution of a picture of this size in points: ``dpi``, or as much as keeps the picture small."""
    return min(dpi / 72, _MOST / max(size))


def draw_shape(
    look: Node, size: tuple[float, float], line: Border | None, fill: str, shading: Shading | None
) -> DrawnShape | None:
    """A shape with these properties (``spPr``) as a picture; None if it cannot be drawn here."""
    try:
        return _drawn(look, size, line, fill, shading)
    except (CannotDraw, ArithmeticError, ValueError, MemoryError):
        return None


def _drawn(
    look: Node, size: tuple[float, float], line: Border | None, fill: str, shading: Shading | None
) -> DrawnShape | None:
    outlines = outlines_of(look, size)
    if not outlines or max(size) <= 0:
        return None
    outlines = [Outline(_turned(each.points, look, size), each.closed, each.filled, each.stroked) for each in outlines]
    room = (line.width / 2 if line is not None else 0.0) * (1 + 2 * _HEAD) + 0.5
    across, down = ([point[at] for each in outlines for point in each.points] for at in (0, 1))
    left, top = min(across) - room, min(down) - room
    width, height = max(across) + room - left, max(down) + room - top
    scale = pixels_per_point(_DPI, (width, height))
    raster = Raster((max(round(width * scale), 1), max(round(height * scale), 1)))

    def placed(points: list[Point]) -> list[Point]:
        return [((x - left) * scale, (y - top) * scale) for x, y in points]

    areas = [placed(list(each.points)) for each in outlines if each.filled]
    if shading is not None:
        raster.shaded(areas, shading)
    elif fill:
        raster.areas(areas, Brush(red_green_blue(fill)))
    if line is not None:
        pen = Pen(red_green_blue(line.color or "#000000"))
        for each in outlines:
            if each.stroked:
                raster.lines(placed(list(each.points)), pen, line.width * scale, closed=each.closed)
                if not each.closed:
                    for head in _heads(list(each.points), look, line.width):
                        raster.areas([placed(head)], Brush(pen.color))
    return DrawnShape(raster.png(), left, top, width, height)


def _turned(points: Sequence[Point], look: Node, size: tuple[float, float]) -> list[Point]:
    """The points mirrored and turned as the shape is (20.1.7.6)."""
    frame = look.find(f"{{{A}}}xfrm")
    if frame is None:
        return list(points)
    flipped = [frame.get(name) in ("1", "true") for name in ("flipH", "flipV")]
    angle = math.radians(number_of(frame.get("rot")) / 60_000)
    middle = size[0] / 2, size[1] / 2
    found = []
    for x, y in points:
        x, y = (size[0] - x if flipped[0] else x) - middle[0], (size[1] - y if flipped[1] else y) - middle[1]
        across = x * math.cos(angle) - y * math.sin(angle)
        found.append((middle[0] + across, middle[1] + x * math.sin(angle) + y * math.cos(angle)))
    return found


def _heads(points: list[Point], look: Node, width: float) -> list[list[Point]]:
    """The arrowheads of a line."""
    own, found = look.find(f"{{{A}}}ln"), []
    for name, (tip, before) in (("headEnd", (points[0], points[1])), ("tailEnd", (points[-1], points[-2]))):
        end = None if own is None else own.find(f"{{{A}}}{name}")
        long = math.dist(tip, before)
        if end is None or end.get("type", "none") == "none" or not long:
            continue
        x, y = (tip[0] - before[0]) / long, (tip[1] - before[1]) / long
        size = _HEAD * max(width, 1.0)
        base = tip[0] - x * size, tip[1] - y * size
        aside = y * size / 2, x * size / 2
        found.append([tip, (base[0] - aside[0], base[1] + aside[1]), (base[0] + aside[0], base[1] - aside[1])])
    return found
