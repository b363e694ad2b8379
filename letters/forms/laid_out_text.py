"""Draws words of any script, by laying out a page as large as their box: letters that join, marks above and below
each other, and text from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from msgspec import Struct

from letters.forms.fitting import DoesNotFit, FittedText, TextBox
from letters.forms.shaped_text import Typeface
from letters.pdf.html.weasyprint import engine, listening
from letters.pdf.pdf_objects import Pdf, opened

_ENDLESS = 20_000.0  # points; a page so high or wide that nothing breaks
_PX = 0.75  # points in a CSS pixel
_ALIGN = ("start", "center", "end")


class DrawnText(Struct, frozen=True):
    """Words drawn on a page of their own.

    Args:
        data: a PDF of one page.
        size: of the font, in points.
    """

    data: bytes
    size: float

    def content(self, pdf: Pdf) -> tuple[bytes, Any]:
        """The operators that draw it, from the bottom left corner of the box, and its resources in ``pdf``."""
        with opened(self.data) as drawn:
            page = drawn.pages[0]
            page.contents_coalesce()
            return bytes(page.obj.Contents.read_bytes()), pdf.copy_foreign(drawn.make_indirect(page.obj.Resources))


def draw(text: str, box: TextBox, face: Typeface, alignment: int, language: str, color: str = "#000") -> DrawnText:
    """Words at the size at which they fit. Raises DoesNotFit.

    Args:
        alignment: 0 at the start of the line, 1 centered, 2 at its end.
        color: as CSS writes it.
    """
    if box.cells:
        raise DoesNotFit("are in a script that cannot be written one letter to a cell")
    text = text if box.multiline else " ".join(text.split("\n"))
    laid_out = None
    for size in box.sizes(face.line_height):
        page = _page(text, box, face, size, alignment, language, color)
        if laid_out := _if_it_fits(page, box):
            return DrawnText(laid_out, size)
    raise DoesNotFit(f"do not fit at {size:g} points")


def _page(text: str, box: TextBox, face: Typeface, size: float, alignment: int, language: str, color: str) -> str:
    lines = "".join(f'<p dir="auto">{escape(line) or "&#160;"}</p>' for line in text.split("\n"))
    wrapping = "pre-wrap;overflow-wrap:anywhere" if box.multiline else "pre"
    middle = "" if box.multiline else f"line-height:{box.height:.2f}pt;"
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><meta charset="utf-8"><style>'
        f"@page{{size:{box.width:.3f}pt {box.height:.3f}pt;margin:0}}"
        f'html{{font:{size:g}pt "{face.family}",sans-serif;{middle}color:{color};text-align:{_ALIGN[alignment]};'
        f"font-kerning:none}}body,p{{margin:0;white-space:{wrapping}}}</style><body>{lines}</body></html>"
    )


def _if_it_fits(page: str, box: TextBox) -> bytes | None:
    with listening():
        found = engine().draw(page, 50)
    if len(found.pages) > 1 or any(wide * _PX > box.width + 0.01 for wide in _line_widths(found.pages[0])):
        return None
    return found.data


def _line_widths(page: Any) -> Iterator[float]:
    for box in page._page_box.descendants():
        if type(box).__name__ == "TextBox":
            yield box.position_x + box.width


__all__ = ["DrawnText", "FittedText", "draw"]
