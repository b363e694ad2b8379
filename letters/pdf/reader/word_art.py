"""WordArt and watermarks: words drawn as wide and as high as their shape, as pictures."""

from __future__ import annotations

import io
import math
import unicodedata

from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont

from letters.docx.attribute_values import red_green_blue
from letters.pdf import fonts
from letters.pdf.reader.drawn_shapes import DrawnShape, pixels_per_point

_DPI = 150
_FONT_SIZE = 200
_MOST_LETTERS = 200


class WordArt(Struct, frozen=True):
    """Words in a font, their color with its opacity from 0 to 1, and how far they are turned, in degrees clockwise."""

    words: str
    family: str
    bold: bool
    italic: bool
    color: str
    opacity: float
    turned: float


def draw_words(art: WordArt, size: tuple[float, float]) -> DrawnShape | None:
    """Words as wide and as high as ``size`` says, in points; None if they cannot be drawn here."""
    lines = [line.strip() for line in art.words.splitlines() if line.strip()]
    metrics = fonts.metrics(art.family, art.bold, art.italic)
    letters = "".join(lines)
    if not letters or len(letters) > _MOST_LETTERS or min(size) <= 0 or not all(map(_is_simple, letters)):
        return None
    if not all(metrics.has(letter) for letter in letters if not letter.isspace()):
        return None
    font = ImageFont.truetype(metrics.face.file, _FONT_SIZE, metrics.face.index)
    boxes = [font.getbbox(line) for line in lines]
    wide = max(math.ceil(right - left) for left, _, right, _ in boxes)  # with the space beside the letters
    high = [math.ceil(bottom - top) for _, top, _, bottom in boxes]
    gap = _FONT_SIZE // 4
    mask = Image.new("L", (max(wide, 1), max(sum(high) + gap * (len(lines) - 1), 1)))
    pencil = ImageDraw.Draw(mask)
    y = 0
    for line, (left, top, right, _), height in zip(lines, boxes, high, strict=True):
        pencil.text(((wide - (right - left)) / 2 - left, y - top), line, fill=255, font=font)
        y += height + gap
    scale = pixels_per_point(_DPI, size)
    mask = mask.crop(mask.getbbox()).resize(
        (max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)), Image.Resampling.LANCZOS
    )
    mask = mask.rotate(-art.turned, Image.Resampling.BICUBIC, expand=True)
    picture = Image.new("RGBA", mask.size, (*red_green_blue(art.color), 0))
    picture.putalpha(mask.point([round(value * art.opacity) for value in range(256)]))
    out = io.BytesIO()
    picture.save(out, "PNG")
    across, down = mask.size[0] / scale, mask.size[1] / scale
    return DrawnShape(out.getvalue(), "image/png", (size[0] - across) / 2, (size[1] - down) / 2, across, down)


def _is_simple(letter: str) -> bool:
    """Whether a letter is drawn by itself, from left to right."""
    return not unicodedata.combining(letter) and unicodedata.bidirectional(letter) not in ("R", "AL", "NSM")
