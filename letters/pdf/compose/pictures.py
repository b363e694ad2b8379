"""Pictures as a PDF holds them: the bytes of a JPEG, the points of anything else, with their transparency apart."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Image

_STRIP = 64
"""Rows of points unpacked at once: a whole picture may take hundreds of megabytes."""
_VAST = 4_000_000
"""Points of a picture that takes long to pack well."""
_LARGE = 500_000
"""Bytes of a picture that is not worth remembering; a letterhead's seal has fewer."""


@dataclass(frozen=True)
class PackedPicture:
    """A picture, ready to be written: ``entries`` of its dictionary (ISO 32000-1, 8.9.5), and its mask, if any."""

    entries: dict[str, Any]
    data: bytes
    mask: bytes | None


def packed_picture(image: Image) -> PackedPicture:
    """Raises Unsupported for pictures that are damaged, or in the colors of a printing press."""
    return _kept(image.data) if len(image.data) < _LARGE else _packed(image.data)


@lru_cache(maxsize=16)
def _kept(data: bytes) -> PackedPicture:
    return _packed(data)


def _packed(data: bytes) -> PackedPicture:
    from PIL import Image as Pillow  # comes with WeasyPrint

    try:
        with Pillow.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as opened:
            entries: dict[str, Any] = {
                "Type": "/XObject", "Subtype": "/Image", "Width": opened.width, "Height": opened.height,
                "BitsPerComponent": 8,
            }  # fmt: skip
            if opened.format == "JPEG":
                if opened.mode not in ("RGB", "L"):
                    raise Unsupported("a picture in the colors of a printing press")
                color = "/DeviceRGB" if opened.mode == "RGB" else "/DeviceGray"
                return PackedPicture({**entries, "ColorSpace": color, "Filter": "/DCTDecode"}, data, None)
            points, mask = _points(opened)
            return PackedPicture({**entries, "ColorSpace": "/DeviceRGB", "Filter": "/FlateDecode"}, points, mask)
    except (OSError, ValueError, SyntaxError) as error:
        raise Unsupported("a damaged picture") from error


def _points(opened: Any) -> tuple[bytes, bytes | None]:
    """The points of a picture, packed, and how solid each is; None where all are."""
    level = 1 if opened.width * opened.height > _VAST else 6
    colors, clearness = zlib.compressobj(level), zlib.compressobj(level)
    points, mask, solid = [], [], True
    for top in range(0, opened.height, _STRIP):
        strip = opened.crop((0, top, opened.width, min(top + _STRIP, opened.height))).convert("RGBA")
        alpha = strip.getchannel("A")
        solid = solid and alpha.getextrema() == (255, 255)
        points.append(colors.compress(strip.convert("RGB").tobytes()))
        mask.append(clearness.compress(alpha.tobytes()))
    points.append(colors.flush())
    mask.append(clearness.flush())
    return b"".join(points), None if solid else b"".join(mask)
