"""What the pictures of a letter look like."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2 as pdfium
from PIL import Image as Pillow

from letters.pdf.document import Image
from letters.pdf.vector_pictures import SVG, as_operators


def pixels(image: Image) -> Pillow.Image:
    """A picture as a reader of PDF draws it: lines and areas by their operators."""
    if image.media_type != SVG:
        with Pillow.open(io.BytesIO(image.data)) as opened:
            return opened.convert("RGBA")
    sheet = pikepdf.new()
    page = sheet.add_blank_page(page_size=(image.width, image.height))
    page.contents_add(f"{image.width} 0 0 {image.height} 0 0 cm\n".encode() + as_operators(image.data))
    out = io.BytesIO()
    sheet.save(out)
    with pdfium.PdfDocument(out.getvalue()) as document:
        return document[0].render(scale=4, fill_color=(0, 0, 0, 0), maybe_alpha=True).to_pil().convert("RGBA")


def pixel(image: Image, across: float, down: float) -> tuple[int, ...]:
    """The color of a picture at these shares of its width and height."""
    seen = pixels(image)
    return seen.getpixel((int(seen.width * across), int(seen.height * down)))  # type: ignore[return-value]
