"""The pages of a form that changed, as they were and as they are: two on each sheet, for whoever approves it."""

from __future__ import annotations

from letters.forms.acroform import fields_in
from letters.forms.field_map import outline_fields
from letters.forms.shaped_text import EmbeddedText, typeface
from letters.pdf.pdf_objects import Dictionary, Page, Pdf, Rectangle, String, opened, saved

_WIDE, _HIGH = 792.0, 612.0  # points, of a sheet: letter size, on its side
_MARGIN, _HEAD, _SIZE = 24.0, 24.0, 10.0


def pages_side_by_side(before: bytes, now: bytes, title: str) -> bytes:
    """The pages that print something else, or whose fields changed, in pairs. Empty if there is none.

    Args:
        before: the form as it was; empty if it is new.
        now: as it is; empty if it is gone.
        title: of the comparison.
    """
    old, new = _outlined(before), _outlined(now)
    found = Pdf.new()
    for number in range(max(len(old.pages), len(new.pages))):
        pair = [side.pages[number] if number < len(side.pages) else None for side in (old, new)]
        if _print(pair[0]) != _print(pair[1]):
            _add_sheet(found, number + 1, pair)
    if not len(found.pages):
        return b""
    found.trailer.Info = found.make_indirect(Dictionary(Title=String(title)))
    return saved(found)


def _outlined(data: bytes) -> Pdf:
    if not data:
        return Pdf.new()
    pdf = opened(data)
    outline_fields(pdf, fields_in(pdf))
    return pdf


def _print(page: Page | None) -> bytes | None:
    """What a page draws: its contents, and the outlines of its fields."""
    if page is None:
        return None
    page.contents_coalesce()
    drawings = page.obj.get("/Resources", Dictionary()).get("/XObject", Dictionary())
    outlines = [bytes(drawings[key].read_bytes()) for key in sorted(map(str, drawings)) if key.startswith("/LX")]
    return bytes(page.obj.Contents.read_bytes()) + b"".join(outlines)


def _add_sheet(found: Pdf, number: int, pair: list[Page | None]) -> None:
    found.add_blank_page(page_size=(_WIDE, _HIGH))
    sheet, text, face = found.pages[-1], EmbeddedText(), typeface("Helvetica-Bold")
    drawn, half = [], _WIDE / 2
    for at, (page, when) in enumerate(zip(pair, ("as approved", "now"), strict=True)):
        left = at * half + _MARGIN
        words = f"Page {number}, {when}" + ("" if page else ": no such page")
        drawn.append(f"BT 1 0 0 1 {left:g} {_HIGH - _MARGIN:g} Tm {text.shown(words, face, _SIZE)} ET")
        if page is not None:
            box = Rectangle(left, _MARGIN, left + half - 2 * _MARGIN, _HIGH - _MARGIN - _HEAD)
            sheet.add_overlay(page, box)
            drawn.append(f"0.5 G 0.5 w {left:g} {_MARGIN:g} {box.width:g} {box.height:g} re S")
    fonts = found.make_indirect(Dictionary())
    text.embed(found, fonts)
    sheet.obj.Resources.Font = fonts
    sheet.contents_add("\n".join(drawn).encode())
