"""Bitmaps inside metafiles: device-independent bitmaps ([MS-WMF] 2.2.2.9), PNG and JPEG."""

from __future__ import annotations

import io
import struct

from PIL import Image

_MOST_PIXELS = 40_000_000
_AS_FILES = (4, 5)  # BI_JPEG, BI_PNG
_FORMATS = ["BMP", "PNG", "JPEG"]


def dib(info: bytes, bits: bytes, *, translucent: bool = False) -> Image.Image:
    """A bitmap as an RGBA picture.

    Args:
        info: its header with its colors.
        bits: its pixels.
        translucent: the fourth byte of each pixel says how opaque it is.
    """
    _, width, height, _, depth, compression = struct.unpack_from("<IiiHHI", info)
    if width * abs(height) > _MOST_PIXELS:
        raise ValueError("too many pixels")
    if compression in _AS_FILES:
        return _opened(bits)
    if translucent and depth == 32:
        order = -1 if height > 0 else 1
        found = Image.frombuffer("RGBA", (width, abs(height)), bits, "raw", "BGRa", width * 4, order)
        return found.convert("RGBA")
    start = 14 + len(info)
    return _opened(b"BM" + struct.pack("<IHHI", start + len(bits), 0, 0, start) + info + bits)


def embedded(data: bytes) -> Image.Image | None:
    """The PNG or JPEG inside the data of a newer kind of metafile (EMF+); None if there is none."""
    for mark in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        if (at := data.find(mark)) >= 0:
            return _opened(data[at:])
    return None


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.size[0] * picture.size[1] > _MOST_PIXELS:
                raise ValueError("too many pixels")
            return picture.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise ValueError("too many pixels") from error
