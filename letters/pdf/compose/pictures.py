"""Encodes pictures for PDF: a JPEG as it is, anything else as pixels and a separate transparency mask."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Image
from letters.pdf.vector_pictures import SVG, as_operators

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_STRIP = 64
"""Rows decoded at once: a whole picture may take hundreds of megabytes."""
_VAST = 4_000_000
"""Pixels above which a picture is compressed quickly rather than well."""
_LARGE = 500_000
"""Bytes above which a picture is not cached; a letterhead's seal is smaller."""


class PackedPicture(Struct, frozen=True):
    """An encoded picture: the ``entries`` of its image dictionary (ISO 32000-1, 8.9.5), its data and its
    mask, if any.
    """

    entries: dict[str, str | int]
    data: bytes
    mask: bytes | None


_CLEAR = [255, *[0] * 255]
"""What `point` makes of each alpha: all of nothing, and nothing of the rest."""
_COLORS = {"RGB": "/DeviceRGB", "L": "/DeviceGray", "CMYK": "/DeviceCMYK"}


def packed_picture(image: Image) -> PackedPicture:
    """Encode a picture.

    Raises:
        Unsupported: the picture is damaged.
    """
    if image.media_type == SVG:
        return _drawn(image.data)
    return _kept(image.data) if len(image.data) < _LARGE else _packed(image.data)


def _drawn(data: bytes) -> PackedPicture:
    """Lines and areas as a form (ISO 32000-1, 8.10), in the unit square like any picture."""
    entries: dict[str, str | int] = {
        "Type": "/XObject", "Subtype": "/Form", "BBox": "[0 0 1 1]", "Resources": "<<>>", "Filter": "/FlateDecode",
    }  # fmt: skip
    return PackedPicture(entries, zlib.compress(as_operators(data)), None)


@lru_cache(maxsize=16)
def _kept(data: bytes) -> PackedPicture:
    return _packed(data)


def _packed(data: bytes) -> PackedPicture:
    from PIL import Image as Pillow  # a dependency of WeasyPrint

    try:
        with Pillow.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as opened:
            entries: dict[str, str | int] = {
                "Type": "/XObject", "Subtype": "/Image", "Width": opened.width, "Height": opened.height,
                "BitsPerComponent": 8,
            }  # fmt: skip
            if opened.format == "JPEG":
                color = _COLORS[opened.mode]
                if opened.mode == "CMYK" and "adobe" in opened.info:  # Adobe's programs store the amounts of light
                    entries["Decode"] = "[1 0 1 0 1 0 1 0]"
                return PackedPicture({**entries, "ColorSpace": color, "Filter": "/DCTDecode"}, data, None)
            points, mask = _points(opened)
            return PackedPicture({**entries, "ColorSpace": "/DeviceRGB", "Filter": "/FlateDecode"}, points, mask)
    except (OSError, ValueError, SyntaxError, LookupError) as error:
        raise Unsupported("a damaged picture") from error


def _points(opened: PillowImage) -> tuple[bytes, bytes | None]:
    """The compressed pixels of a picture, and its compressed alpha channel; None if it is opaque."""
    level = 1 if opened.width * opened.height > _VAST else 6
    colors, clearness = zlib.compressobj(level), zlib.compressobj(level)
    points, mask, solid = [], [], True
    for top in range(0, opened.height, _STRIP):
        strip = opened.crop((0, top, opened.width, min(top + _STRIP, opened.height))).convert("RGBA")
        alpha = strip.getchannel("A")
        least, _ = alpha.getextrema()
        solid = solid and least == 255
        shown = strip.convert("RGB")
        if not least:  # what is clear is white: viewers mix the colors of neighbors when they make a picture smaller
            shown.paste((255, 255, 255), mask=alpha.point(_CLEAR))
        points.append(colors.compress(shown.tobytes()))
        mask.append(clearness.compress(alpha.tobytes()))
    points.append(colors.flush())
    mask.append(clearness.flush())
    return b"".join(points), None if solid else b"".join(mask)
