"""Writes small metafiles, so that a test shows what is in them."""

from __future__ import annotations

import struct


def emf(*records: bytes, size: tuple[int, int] = (300, 200)) -> bytes:
    """An enhanced metafile of these records; a unit is a device pixel of a quarter of a millimeter."""
    width, height = size
    ends = record(14, struct.pack("<3I", 0, 0, 20))
    whole = [*records, ends]
    length = 108 + sum(map(len, whole))
    header = struct.pack("<2I4i4i", 1, 108, 0, 0, width, height, 0, 0, width * 25, height * 25)
    header += struct.pack("<4s3I2H3I", b" EMF", 0x10000, length, len(whole) + 1, 8, 0, 0, 0, 0)
    header += struct.pack("<4i", 1000, 800, 250, 200) + bytes(20)
    return header + b"".join(whole)


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of an enhanced metafile."""
    content += bytes(-len(content) % 4)
    return struct.pack("<2I", kind, 8 + len(content)) + content


def pen(number: int, color: int, width: int = 1, style: int = 0) -> bytes:
    return record(38, struct.pack("<2I2iI", number, style, width, 0, color)) + select(number)


def brush(number: int, color: int, style: int = 0) -> bytes:
    return record(39, struct.pack("<4I", number, style, color, 0)) + select(number)


def select(number: int) -> bytes:
    return record(37, struct.pack("<I", number))


def font(number: int, family: str, height: int) -> bytes:
    face = family.encode("utf-16-le").ljust(64, b"\0")
    return record(82, struct.pack("<I5i8B", number, -height, 0, 0, 0, 400, *[0] * 8) + face) + select(number)


def rectangle(left: int, top: int, right: int, bottom: int) -> bytes:
    return record(43, struct.pack("<4i", left, top, right, bottom))


def polygons(*outlines: list[tuple[int, int]]) -> bytes:
    counts = struct.pack(f"<{len(outlines)}I", *map(len, outlines))
    points = b"".join(struct.pack("<2h", x, y) for outline in outlines for x, y in outline)
    return record(91, bytes(16) + struct.pack("<2I", len(outlines), sum(map(len, outlines))) + counts + points)


def curve(*points: tuple[int, int]) -> bytes:
    return record(85, bytes(16) + struct.pack("<I", len(points)) + b"".join(struct.pack("<2h", *at) for at in points))


def words(text: str, x: int, y: int) -> bytes:
    written = text.encode("utf-16-le")
    written += bytes(-len(written) % 4)
    place = struct.pack("<2i3I4iI", x, y, len(text), 76, 0, 0, 0, 0, 0, 0)
    return record(84, bytes(16) + struct.pack("<I2f", 1, 1.0, 1.0) + place + written)


def bitmap(x: int, y: int, width: int, height: int, pixels: list[tuple[int, int, int]]) -> bytes:
    """A row of pixels, stretched."""
    info = struct.pack("<I2i2H6I", 40, len(pixels), 1, 1, 24, *[0] * 6)
    bits = b"".join(bytes(reversed(each)) for each in pixels)
    bits += bytes(-len(bits) % 4)
    head = struct.pack("<6i6I2i", x, y, 0, 0, len(pixels), 1, 80, 40, 120, len(bits), 0, 0xCC0020, width, height)
    return record(81, bytes(16) + head + info + bits)


def wmf(*records: bytes, size: tuple[int, int] = (300, 200)) -> bytes:
    """A Windows metafile of these records, with the usual header before it."""
    body = b"".join(records) + wmf_record(0)
    placeable = struct.pack("<4sH4hHI", b"\xd7\xcd\xc6\x9a", 0, 0, 0, *size, 100, 0)
    checksum = 0
    for value in struct.unpack("<10H", placeable):
        checksum ^= value
    header = struct.pack("<3HIHIH", 1, 9, 0x300, 9 + len(body) // 2, 8, 200, 0)
    return placeable + struct.pack("<H", checksum) + header + body


def wmf_record(kind: int, content: bytes = b"") -> bytes:
    """A record of a Windows metafile."""
    content += bytes(-len(content) % 2)
    return struct.pack("<IH", 3 + len(content) // 2, kind) + content
