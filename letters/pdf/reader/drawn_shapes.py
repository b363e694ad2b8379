"""Drawn shapes as pictures of lines and areas: outlines other than rectangles, and areas whose color changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from letters.docx.attribute_values import number_of, red_green_blue
from letters.docx.names import A, Node
from letters.pdf.document import Border
from letters.pdf.metafiles.raster import Brush, CannotDraw, Pen, Point, Raster, Shading
from letters.pdf.reader.geometry import Outline, outlines_of
from letters.pdf.vector_pictures import SVG, Area, DrawnLine, as_svg

_DPI = 200
_MOST = 1_400  # pixels along the longer side of a picture
_DASHES = {"dashed": (4.0, 3.0), "dotted": (1.0, 2.0)}
"""The lengths of dashes and gaps, as multiples of the width of the line."""
_HEAD = 3.0
"""The length of an arrowhead and half its width, as multiples of the width of the line."""


class DrawnShape(Struct, frozen=True):
    """The picture of a shape, and where it is from the top left corner of the shape, in points."""

    data: bytes
    media_type: str
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

    def placed(points: Sequence[Point]) -> list[Point]:
        return [(x - left, y - top) for x, y in points]

    areas = [placed(each.points) for each in outlines if each.filled]
    drawn: list[Area | DrawnLine] = []
    if fill and areas and shading is None:
        drawn.append(Area(areas, fill))
    if line is not None:
        ink = line.color or "#000000"
        for each in outlines:
            if each.stroked:
                dash = tuple(line.width * times for times in _DASHES.get(line.style, ()))
                drawn.append(DrawnLine(placed(each.points), ink, line.width, each.closed, dash))
                if not each.closed:
                    drawn += [Area([placed(head)], ink) for head in _heads(list(each.points), look, line.width)]
    if shading is None:
        return DrawnShape(as_svg(width, height, drawn), SVG, left, top, width, height)
    return DrawnShape(_shaded(areas, shading, drawn, (width, height)), "image/png", left, top, width, height)


def _shaded(
    areas: list[list[Point]], shading: Shading, drawn: list[Area | DrawnLine], size: tuple[float, float]
) -> bytes:
    """A picture of areas whose color changes, below what else is drawn, as PNG."""
    scale = pixels_per_point(_DPI, size)
    raster = Raster((max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)))

    def scaled(points: Sequence[Point]) -> list[Point]:
        return [(x * scale, y * scale) for x, y in points]

    raster.shaded([scaled(points) for points in areas], shading)
    for each in drawn:
        if isinstance(each, Area):
            raster.areas([scaled(points) for points in each.outlines], Brush(red_green_blue(each.color)))
        else:
            pen = Pen(red_green_blue(each.color))
            raster.lines(scaled(each.points), pen, each.width * scale, closed=each.closed)
    return raster.png()


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
