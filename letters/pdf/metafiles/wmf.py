"""Windows metafiles ([MS-WMF])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PIL import Image

from letters.pdf.metafiles.bitmaps import dib
from letters.pdf.metafiles.player import Player
from letters.pdf.metafiles.raster import Box, Brush, CannotDraw, MetafileFont, Pen, Point, Raster, color

_PLACEABLE = b"\xd7\xcd\xc6\x9a"
_DRAWS_UNREADABLY = frozenset({
    0x0228, 0x012B, 0x0429, 0x012A, 0x0419, 0x0548, 0x0817, 0x081A, 0x0830, 0x0922, 0x0940, 0x0B23,
})  # fmt: skip
"""Records that draw, and are not read here: arcs, regions, flood fills, old bitmaps."""
_DRAWS = frozenset({
    0x0213, 0x0324, 0x0325, 0x0538, 0x0418, 0x041B, 0x061C, 0x0521, 0x0A32, 0x0F43, 0x0B41, 0x0D33, 0x061D,
})  # fmt: skip


def play(data: bytes, size: tuple[int, int]) -> Raster:
    """Draw a metafile in a picture of ``size`` pixels.

    Raises:
        CannotDraw: it uses something that is not drawn here.
    """
    player = _WmfPlayer(Raster(size))
    if data.startswith(_PLACEABLE):
        left, top, right, bottom = struct.unpack_from("<4h", data, 6)
        player.origin, player.extent = (left, top), (right - left, bottom - top)
        data = data[22:]
    if not player.play(data):
        raise CannotDraw("nothing that is drawn here")
    return player.raster


class _WmfPlayer(Player):
    def __init__(self, raster: Raster) -> None:
        super().__init__(raster)
        self.origin, self.extent = (0, 0), (1, 1)
        self.clip: Box | None = None
        self.before: Image.Image | None = None
        """What was drawn before everything was clipped."""

    def play(self, data: bytes) -> bool:
        """Whether anything was drawn."""
        drawn = False
        for kind, record in _records(data):
            if kind in _DRAWS_UNREADABLY:
                raise CannotDraw(f"record {kind:04X}")
            if kind in _DRAWS and self.state.clip != self.clip:
                self._clip(self.state.clip)
            drawn |= self._record(kind, record)
        self._clip(None)
        return drawn

    def _clip(self, box: Box | None) -> None:
        """Draw only within these edges from now on."""
        if self.clip is not None and self.before is not None:
            self.raster.undo_outside(self.clip, self.before)
        self.clip, self.before = box, None if box is None else self.raster.picture.copy()

    def at(self, x: float, y: float) -> Point:
        width, height = self.raster.size
        return (x - self.origin[0]) / self.extent[0] * width, (y - self.origin[1]) / self.extent[1] * height

    def _record(self, kind: int, record: bytes) -> bool:
        """Carry out a record, given without its size and kind. Returns whether it draws."""
        values = struct.unpack(f"<{len(record) // 2}h", record[: len(record) // 2 * 2])
        if kind == 0x0213:  # LineTo
            y, x = values[:2]
            self.shape([[self.at(*self.state.position), self.at(x, y)]], filled=False, closed=False)
            self.state.position = (x, y)
        elif kind in (0x0324, 0x0325):  # Polygon, Polyline
            points = [self.at(x, y) for x, y in zip(values[1::2], values[2::2], strict=False)][: values[0]]
            self.shape([points], filled=kind == 0x0324, closed=kind == 0x0324)
        elif kind == 0x0538:  # PolyPolygon
            self._poly_polygon(record, values)
        elif kind in (0x0418, 0x041B, 0x061C):  # Ellipse, Rectangle, RoundRect
            bottom, right, top, left = values[-4:]
            self.rectangle(left, top, right, bottom, rounded=kind == 0x0418)
        elif kind in (0x0521, 0x0A32):
            return self._text(kind, record, values)
        elif kind in (0x0F43, 0x0B41, 0x0D33, 0x061D):
            self._bitmap(kind, record, values)
        else:
            self._setting(kind, record, values)
            return False
        return True

    def _setting(self, kind: int, record: bytes, values: tuple[int, ...]) -> None:
        state = self.state
        if kind == 0x020B:
            self.origin = values[1], values[0]
        elif kind == 0x020C:
            self.extent = values[1], values[0]
        elif kind == 0x0214:
            state.position = (values[1], values[0])
        elif kind == 0x0416:  # IntersectClipRect
            bottom, right, top, left = values[:4]
            (x, y), (end, foot) = self.at(left, top), self.at(right, bottom)
            box = state.clip or (0.0, 0.0, *map(float, self.raster.size))
            state.clip = max(box[0], x), max(box[1], y), min(box[2], end), min(box[3], foot)
        elif kind == 0x012C:  # SelectClipRegion
            state.clip = None
        elif kind == 0x0209:
            state.text_color = color(struct.unpack_from("<I", record)[0])
        elif kind == 0x012E:
            state.align = values[0]
        elif kind == 0x001E:
            self.save()
        elif kind == 0x0127:
            self.restore(values[0])
        elif kind == 0x012D:
            self.select(self.objects.get(values[0]))
        elif kind == 0x01F0:
            self.objects.pop(values[0], None)
        elif kind in (0x02FA, 0x02FC, 0x02FB):
            self._keep(_tool(kind, record))
        elif kind in (0x00F7, 0x01F9, 0x06FF, 0x0142):  # palettes, pattern brushes, regions
            self._keep(Brush((192, 192, 192)) if kind in (0x01F9, 0x0142) else None)

    def _keep(self, tool: object) -> None:
        """Under the first number that is free."""
        self.objects[next(at for at in range(len(self.objects) + 1) if at not in self.objects)] = tool

    def _poly_polygon(self, record: bytes, values: tuple[int, ...]) -> None:
        counts, at = values[1 : 1 + values[0]], 1 + values[0]
        outlines = []
        for count in counts:
            flat = values[at : at + 2 * count]
            outlines.append([self.at(x, y) for x, y in zip(flat[::2], flat[1::2], strict=True)])
            at += 2 * count
        self.shape(outlines, filled=True, closed=True)

    def _text(self, kind: int, record: bytes, values: tuple[int, ...]) -> bool:
        advances: tuple[int, ...] = ()
        if kind == 0x0521:  # TextOut
            count = values[0]
            words, (y, x) = record[2 : 2 + count], values[1 + (count + 1) // 2 :][:2]
        else:  # ExtTextOut
            y, x, count, options = values[:4]
            start = 8 + (8 if options & 6 else 0)
            words = record[start : start + count]
            rest = values[(start + count + 1) // 2 :]
            advances = rest[:count] if len(rest) >= count else ()
        said = words.decode("cp1252", "replace")
        if not said.strip():
            return False
        self.text(said, x, y, advances)
        return True

    def _bitmap(self, kind: int, record: bytes, values: tuple[int, ...]) -> None:
        operation = struct.unpack_from("<I", record)[0]
        if kind == 0x061D or (kind == 0x0B41 and len(values) < 16):  # PatBlt, or DIBStretchBlt without a bitmap
            height, width, y, x = values[-4:]
            self.pattern((x, y, width, height), operation)
            return
        if kind == 0x0D33:  # SetDIBitsToDevice
            height, width, y, x = values[5:9]
            start, operation, size = 18, 0xCC0020, (width, height)
        else:
            start = 22 if kind == 0x0F43 else 20
            place = values[start // 2 - 8 : start // 2]
            _, _, _, _, height, width, y, x = place
            size = (width, height)
        bitmap = record[start:]
        header, _, _, _, depth = struct.unpack_from("<IiiHH", bitmap)
        used = struct.unpack_from("<I", bitmap, 32)[0] if header >= 40 else 0
        colors = 4 * (used or (1 << depth if depth <= 8 else 0))
        self.bitmap(dib(bitmap[: header + colors], bitmap[header + colors :]), (x, y, *size), operation)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2 * struct.unpack_from("<H", data, 2)[0]
    while at + 6 <= len(data):
        size, kind = struct.unpack_from("<IH", data, at)
        if size < 3 or at + 2 * size > len(data) + 2:
            raise CannotDraw("a damaged record")
        if kind == 0:
            return
        yield kind, data[at + 6 : at + 2 * size]
        at += 2 * size


def _tool(kind: int, record: bytes) -> Pen | Brush | MetafileFont:
    if kind == 0x02FA:
        style, width = struct.unpack_from("<Hh", record)
        return Pen(None if style & 15 == 5 else color(struct.unpack_from("<I", record, 6)[0]), width)
    if kind == 0x02FC:
        style, value = struct.unpack_from("<HI", record)
        return Brush(None if style == 1 else color(value))
    height, _, turned, _, weight = struct.unpack_from("<5h", record)
    family = record[18:50].split(b"\0")[0].decode("cp1252", "replace")
    return MetafileFont(family or "Arial", height, weight >= 600, bool(record[10]), bool(turned))
