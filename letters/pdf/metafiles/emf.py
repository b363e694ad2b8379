"""Enhanced metafiles ([MS-EMF])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

from letters.pdf.metafiles.bitmaps import dib, embedded
from letters.pdf.metafiles.player import Player
from letters.pdf.metafiles.raster import (
    BLACK,
    COPY,
    WHITE,
    Brush,
    CannotDraw,
    MetafileFont,
    Pen,
    Point,
    Raster,
    Shading,
    color,
    curve,
    ellipse,
)

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_STOCK = 0x80000000
_TOOLS: dict[int, Pen | Brush | MetafileFont] = {
    0: Brush(WHITE), 1: Brush((192, 192, 192)), 2: Brush((128, 128, 128)), 3: Brush((64, 64, 64)), 4: Brush(BLACK),
    5: Brush(None), 6: Pen(WHITE), 7: Pen(BLACK), 8: Pen(None), **{at: MetafileFont() for at in range(10, 18)},
}  # fmt: skip
_METRIC = {2: 0.1, 3: 0.01, 4: 0.254, 5: 0.0254, 6: 25.4 / 1440}
"""The millimeters in a unit of the map modes that have one."""
_CLIPPING = frozenset({29, 30, 67, 75})
_DRAWS_UNREADABLY = frozenset({53, 71, 72, 73, 74, 79, 103, 105, 116})
"""Records that draw, and are not read here: flood fills, regions, masks."""
_PLUS = b"EMF+"


def play(data: bytes, size: tuple[int, int]) -> Raster:
    """Draw a metafile in a picture of ``size`` pixels.

    Raises:
        CannotDraw: it uses something that is not drawn here.
    """
    player = _EmfPlayer(data, Raster(size))
    drawn = player.play()
    if not drawn and (picture := embedded(player.plus)) is not None:
        width, height = size
        player.raster.bitmap(picture, ((0.0, 0.0), (float(width), float(height))))
    elif not drawn:
        raise CannotDraw("nothing that is drawn here")
    return player.raster


class _EmfPlayer(Player):
    def __init__(self, data: bytes, raster: Raster) -> None:
        super().__init__(raster)
        self.data = data
        self.frame = struct.unpack_from("<4i", data, 24)
        device, millimeters = struct.unpack_from("<2i", data, 72), struct.unpack_from("<2i", data, 80)
        self.pitch = millimeters[0] / device[0], millimeters[1] / device[1]
        self.world: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        self.worlds: list[Matrix] = []
        self.mode = 1
        self.origin, self.extent = (0, 0), (1, 1)
        self.view_origin, self.view_extent = (0, 0), (1, 1)
        self.path: list[list[Point]] | None = None
        self.finished: list[list[Point]] = []
        self.plus = b""

    def play(self) -> bool:
        """Whether anything was drawn."""
        drawn = False
        for kind, record in _records(self.data):
            if kind in _DRAWS_UNREADABLY:
                raise CannotDraw(f"record {kind}")
            if kind == 70 and record[12:16] == _PLUS:
                self.plus += record[16:]
            drawn |= self._record(kind, record)
        return drawn

    def at(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self.world
        x, y = a * x + c * y + e, b * x + d * y + f
        across, down = 1.0, 1.0
        if self.mode in (7, 8):
            across, down = self.view_extent[0] / self.extent[0], self.view_extent[1] / self.extent[1]
        elif self.mode in _METRIC:
            across, down = _METRIC[self.mode] / self.pitch[0], -_METRIC[self.mode] / self.pitch[1]
        x = (x - self.origin[0]) * across + self.view_origin[0]
        y = (y - self.origin[1]) * down + self.view_origin[1]
        left, top, right, bottom = self.frame  # in hundredths of a millimeter
        width, height = self.raster.size
        return (
            (x * self.pitch[0] * 100 - left) / (right - left) * width,
            (y * self.pitch[1] * 100 - top) / (bottom - top) * height,
        )

    def _record(self, kind: int, record: bytes) -> bool:
        """Carry out a record. Returns whether it draws."""
        if kind in _SHAPES:
            self._shape(kind, record)
        elif kind in (27, 54):
            self._move_or_line(kind, record)
        elif kind in (42, 43, 44):
            left, top, right, bottom = struct.unpack_from("<4i", record, 8)
            if self.path is not None:
                corners = ((left, top), (right, top), (right, bottom), (left, bottom))
                outline = ellipse(left, top, right, bottom) if kind == 42 else corners
                self.path.append([self.at(*each) for each in outline])
            else:
                self.rectangle(left, top, right, bottom, rounded=kind == 42)
        elif kind in (62, 63, 64):
            pen, brush = self.state.pen, self.state.brush
            if kind == 62:
                self.state.pen = Pen(None)
            self.shape(self.finished, filled=kind != 64, closed=False)
            self.state.pen, self.state.brush = pen, brush
            self.finished = []
        elif kind in (76, 77, 80, 81, 114):
            self._bitmap(kind, record)
        elif kind == 118:
            self._gradients(record)
        elif kind in (83, 84):
            return self._text(kind, record)
        else:
            self._setting(kind, record)
            return False
        return kind not in (27,)

    # ------------------------------------------------------------ settings and tools

    def _setting(self, kind: int, record: bytes) -> None:
        def number(at: int = 8) -> int:
            return int(struct.unpack_from("<i", record, at)[0])

        def pair() -> tuple[int, int]:
            x, y = struct.unpack_from("<2i", record, 8)
            return x, y

        state = self.state
        if kind == 9:
            self.extent = pair()
        elif kind == 10:
            self.origin = pair()
        elif kind == 11:
            self.view_extent = pair()
        elif kind == 12:
            self.view_origin = pair()
        elif kind == 17:
            self.mode = number()
        elif kind == 18:
            state.opaque = number() == 2
        elif kind == 22:
            state.align = number()
        elif kind == 24:
            state.text_color = color(number())
        elif kind == 25:
            state.background = color(number())
        elif kind == 33:
            self.save()
            self.worlds.append(self.world)
        elif kind == 34:
            self.restore(number())
            self.world = self.worlds[number()] if self.worlds else self.world
            del self.worlds[number() :]
        elif kind in (35, 36):
            self._transform(kind, record)
        elif kind == 37:
            which = struct.unpack_from("<I", record, 8)[0]
            self.select(_TOOLS.get(which - _STOCK) if which >= _STOCK else self.objects.get(which))
        elif kind == 40:
            self.objects.pop(number(), None)
        elif kind in (38, 39, 82, 95):
            self.objects[number()] = _tool(kind, record)
        elif kind == 59:
            self.path = []
        elif kind == 60 and self.path is not None:
            self.finished, self.path = self.path, None
        elif kind == 61 and self.path and self.path[-1]:
            self.path[-1].append(self.path[-1][0])

    def _transform(self, kind: int, record: bytes) -> None:
        given: Matrix = struct.unpack_from("<6f", record, 8)
        mode = 4 if kind == 35 else struct.unpack_from("<I", record, 32)[0]
        if mode == 1:
            self.world = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        elif mode == 2:
            self.world = _times(given, self.world)
        elif mode == 3:
            self.world = _times(self.world, given)
        else:
            self.world = given

    # ------------------------------------------------------------ shapes

    def _move_or_line(self, kind: int, record: bytes) -> None:
        x, y = struct.unpack_from("<2i", record, 8)
        if kind == 54:
            self._continue([self.at(x, y)])
        elif self.path is not None:
            self.path.append([self.at(x, y)])
        self.state.position = (x, y)

    def _continue(self, points: list[Point]) -> None:
        """Draw on from the current position."""
        if self.path is None:
            start = self.at(*self.state.position)
            self.shape([[start, *points]], filled=False, closed=False)
        elif self.path:
            self.path[-1] += points
        else:
            self.path.append([self.at(*self.state.position), *points])

    def _shape(self, kind: int, record: bytes) -> None:
        what, small = _SHAPES[kind]
        if what.startswith("poly "):
            count, total = struct.unpack_from("<2I", record, 24)
            counts = struct.unpack_from(f"<{count}I", record, 32)
            points = self._points(record, 32 + 4 * count, total, small)
            outlines, at = [], 0
            for each in counts:
                outlines.append(points[at : at + each])
                at += each
            self._draw(outlines, filled=what == "poly polygon")
            return
        points = self._points(record, 28, struct.unpack_from("<I", record, 24)[0], small)
        if not points:
            return
        if what in ("bezier", "bezier to"):
            start = self.at(*self.state.position) if what == "bezier to" else points.pop(0)
            if len(points) % 3:
                raise CannotDraw("a curve with too few points")
            flat, here = [start], start
            for at in range(0, len(points), 3):
                flat += curve(here, points[at], points[at + 1], points[at + 2])
                here = points[at + 2]
            points = flat
        if what.endswith(" to"):
            self._continue(points[1:] if what == "bezier to" else points)
            last = 28 + (struct.unpack_from("<I", record, 24)[0] - 1) * (4 if small else 8)
            self.state.position = struct.unpack_from("<2h" if small else "<2i", record, last)
        else:
            self._draw([points], filled=what == "polygon")

    def _draw(self, outlines: list[list[Point]], *, filled: bool) -> None:
        if self.path is not None:
            self.path += [[*outline, outline[0]] if filled and outline else outline for outline in outlines]
        else:
            self.shape(outlines, filled=filled, closed=filled)

    def _points(self, record: bytes, start: int, count: int, small: bool) -> list[Point]:
        if start + count * (4 if small else 8) > len(record):
            raise CannotDraw("a damaged record")
        values = struct.unpack_from(f"<{2 * count}{'h' if small else 'i'}", record, start)
        return [self.at(x, y) for x, y in zip(values[::2], values[1::2], strict=True)]

    def _gradients(self, record: bytes) -> None:
        """Rectangles whose color changes from one side to the other ([MS-EMF] 2.3.5.12)."""
        corners, areas, mode = struct.unpack_from("<3I", record, 24)
        if not areas or mode not in (0, 1) or len(record) < 36 + 16 * corners + 8 * areas:
            raise CannotDraw("triangles whose color changes, or a damaged record")
        for at in range(areas):
            pair = struct.unpack_from("<2I", record, 36 + 16 * corners + 8 * at)
            if max(pair) >= corners:
                raise CannotDraw("a damaged record")
            (x1, y1, *one), (x2, y2, *other) = (struct.unpack_from("<2i3H", record, 36 + 16 * each) for each in pair)
            (left, top), (right, bottom) = self.at(x1, y1), self.at(x2, y2)
            colors = [(red >> 8, green >> 8, blue >> 8) for red, green, blue in (one, other)]
            if (right < left) if mode == 0 else (bottom < top):
                colors.reverse()
            shading = Shading(((0.0, colors[0]), (1.0, colors[1])), 0.0 if mode == 0 else 90.0)
            self.raster.shaded([[(left, top), (right, top), (right, bottom), (left, bottom)]], shading)

    # ------------------------------------------------------------ text and bitmaps

    def _text(self, kind: int, record: bytes) -> bool:
        x, y, count, start, options = struct.unpack_from("<2i3I", record, 36)
        spaces = struct.unpack_from("<I", record, 72)[0]
        if options & 0x10:
            raise CannotDraw("text given as glyphs")
        wide = 2 if kind == 84 else 1
        words = record[start : start + count * wide].decode("utf-16-le" if wide == 2 else "cp1252", "replace")
        if not words.strip() or not count:
            return False
        advances: tuple[int, ...] = ()
        if spaces and len(words) == count and spaces + 4 * count <= len(record):
            advances = struct.unpack_from(f"<{count}i", record, spaces)
        if self.path is not None:
            raise CannotDraw("text in a path")
        self.text(words, x, y, advances)
        return True

    def _bitmap(self, kind: int, record: bytes) -> None:
        if kind in (80, 81):
            x, y, sx, sy, sw, sh, info, info_size, bits, bits_size = struct.unpack_from("<6i4I", record, 24)
            operation = struct.unpack_from("<I", record, 68)[0] if kind == 81 else COPY
            width, height = struct.unpack_from("<2i", record, 72) if kind == 81 else (sw, sh)
        else:
            x, y, width, height, operation, sx, sy = struct.unpack_from("<4iI2i", record, 24)
            info, info_size, bits, bits_size = struct.unpack_from("<4I", record, 84)
            sw, sh = struct.unpack_from("<2i", record, 100) if kind in (77, 114) else (width, height)
            if kind == 114:
                operation = COPY
        if not info_size:
            self.pattern((x, y, width, height), operation)
            return
        picture = dib(record[info : info + info_size], record[bits : bits + bits_size], translucent=kind == 114)
        if (sx, sy) != (0, 0) or (sw, sh) != picture.size:
            top = picture.size[1] - sy - sh if kind in (80, 81) else sy  # counted from the bottom
            picture = picture.crop((sx, top, sx + sw, top + sh))
        self.bitmap(picture, (x, y, width, height), operation)


_SHAPES = {
    2: ("bezier", False), 3: ("polygon", False), 4: ("polyline", False), 5: ("bezier to", False),
    6: ("polyline to", False), 7: ("poly polyline", False), 8: ("poly polygon", False),
    85: ("bezier", True), 86: ("polygon", True), 87: ("polyline", True), 88: ("bezier to", True),
    89: ("polyline to", True), 90: ("poly polyline", True), 91: ("poly polygon", True),
}  # fmt: skip


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<2I", data, at)
        if size < 8 or at + size > len(data):
            raise CannotDraw("a damaged record")
        yield kind, data[at : at + size]
        if kind == 14:
            return
        at += size


def _tool(kind: int, record: bytes) -> Pen | Brush | MetafileFont:
    if kind == 38:
        style, width, _, value = struct.unpack_from("<IiiI", record, 12)
        return Pen(None if style & 15 == 5 else color(value), width)
    if kind == 95:
        style, width, _, value = struct.unpack_from("<4I", record, 28)
        return Pen(None if style & 15 == 5 else color(value), width)
    if kind == 39:
        style, value = struct.unpack_from("<2I", record, 12)
        return Brush(None if style == 1 else color(value))
    height, _, turned, _, weight, italic = struct.unpack_from("<5iB", record, 12)
    family = record[40:104].decode("utf-16-le", "replace").split("\0")[0]
    return MetafileFont(family or "Arial", height, weight >= 600, bool(italic), bool(turned))


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
