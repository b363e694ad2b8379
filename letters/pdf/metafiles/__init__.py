"""Metafiles: drawings in the formats EMF and WMF, which Word files still carry, as pictures of pixels.

In come the bytes of a metafile and the size of the picture; out comes a PNG, or None for a metafile that uses something
that cannot be drawn here. A drawing that would be wrong is never made. It may import the fonts of the pdf room and
Pillow. The formats are described in [MS-EMF] and [MS-WMF].

- `raster`: what is drawn on, and the pens, brushes and fonts to draw with
- `player`: what the players of both formats share
- `emf`: plays enhanced metafiles
- `wmf`: plays Windows metafiles
- `bitmaps`: reads the bitmaps inside metafiles
"""

from __future__ import annotations

import struct
from functools import lru_cache

EMF, PLACEABLE = b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a"
_DPI = 300
_MOST = 2_000
"""Pixels along the longer side."""


def is_metafile(data: bytes) -> bool:
    """Whether it is an enhanced metafile, or a Windows metafile with or without the usual header."""
    return (
        (data.startswith(EMF) and data[40:44] == b" EMF")
        or data.startswith(PLACEABLE)
        or (data[:2] in (b"\1\0", b"\2\0") and data[2:6] in (b"\x09\0\0\1", b"\x09\0\0\3"))
    )


@lru_cache(maxsize=32)
def as_png(data: bytes, width: float, height: float) -> bytes | None:
    """A metafile as a PNG.

    Args:
        width, height: of the picture, in points.
    """
    from letters.pdf.metafiles import emf, wmf  # they need Pillow
    from letters.pdf.metafiles.raster import CannotDraw

    scale = min(_DPI / 72, _MOST / max(width, height, 1.0))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    try:
        drawn = emf.play(data, size) if data.startswith(EMF) else wmf.play(data, size)
        return drawn.png()
    except (CannotDraw, struct.error, ValueError, IndexError, OverflowError, OSError, MemoryError, ZeroDivisionError):
        return None
