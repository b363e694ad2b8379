"""The pages of a PDF as pictures."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hashlib import sha256
from typing import Any

from letters.errors import CannotWrite, Problem
from letters.interview.marked_letter import SENTENCE_SHADE

_DOTS = 110  # per inch, at 100 %
_TWICE = 220
_SHADE = bytes.fromhex(SENTENCE_SHADE)


class PageImages:
    """A PDF whose pages are drawn when they are asked for.

    Args:
        pdf: the file.
        pages: how many pages it has.
    """

    def __init__(self, pdf: bytes, pages: int) -> None:
        self.pdf, self.pages = pdf, pages
        self.digest = sha256(pdf).hexdigest()[:20]

    @classmethod
    def of(cls, pdf: bytes) -> PageImages:
        """Any PDF. Raises CannotWrite if it cannot be read, or pypdfium2 is not installed."""
        return cls(pdf, _page_count(pdf))

    def png(self, number: int, *, large: bool = False) -> bytes:
        """Page ``number`` (from 0) as a PNG. Raises CannotWrite if pypdfium2 is not installed."""
        return _drawn(self.pdf, number, _TWICE if large else _DOTS)

    def first_mark(self) -> tuple[int, float] | None:
        """The page of the first shaded sentence, and how far down it is (0 to 1); None if none is shaded."""
        for number in range(self.pages):
            _, height, stride, channels, pixels = _pixels(self.pdf, number, _DOTS)
            place = pixels.find(_SHADE * 6)
            if place >= 0 and channels == len(_SHADE):
                return number, place / stride / height
        return None


@lru_cache(maxsize=8)
def _page_count(pdf: bytes) -> int:
    document = _opened(pdf)
    try:
        return len(document)
    finally:
        document.close()


@lru_cache(maxsize=24)
def _drawn(pdf: bytes, number: int, dots: int) -> bytes:
    return _png(*_pixels(pdf, number, dots))


@lru_cache(maxsize=8)
def _pixels(pdf: bytes, number: int, dots: int) -> tuple[int, int, int, int, bytes]:
    """A page: its width and height, the bytes of a row, the bytes of a pixel, and the pixels."""
    document = _opened(pdf)
    try:
        bitmap = document[number].render(scale=dots / 72, rev_byteorder=True)
        return bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels, bytes(bitmap.buffer)
    finally:
        document.close()


def _opened(pdf: bytes) -> Any:
    try:
        from pypdfium2 import PdfDocument, PdfiumError
    except ImportError as error:
        hint = "Install it: pip install 'letters[web]'"
        raise CannotWrite(Problem("Pages cannot be drawn without pypdfium2.", hint=hint)) from error
    try:
        return PdfDocument(pdf)
    except PdfiumError as error:
        raise CannotWrite(Problem("The PDF cannot be read, so its pages cannot be shown.")) from error


def _png(width: int, height: int, stride: int, channels: int, pixels: bytes) -> bytes:
    """Pixels as a PNG (ISO/IEC 15948), quickly: unfiltered rows, at the fastest level of compression."""
    color = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + width * channels] for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
