"""Finished PDF files, read and joined.

The words of a PDF are decoded from its own content streams, through the character maps of its fonts, in the order in
which they are read aloud.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from letters.pdf.decoded_text import (
    NO_FONT,
    SHOWING,
    DecodedFont,
    GlyphWidths,
    PageMark,
    PageReader,
    PageText,
    PdfWords,
    Spelled,
    gathered,
    is_ours,
    written_blocks,
    written_instructions,
)
from letters.pdf.pdf_objects import (
    Array,
    Dictionary,
    NotAPdf,
    OutlineItem,
    Page,
    Pdf,
    Stream,
    String,
    opened,
    parse_content_stream,
    reading,
)

__all__ = ["NotAPdf", "PdfWords", "TextDecoder", "joined", "metadata_of", "page_text", "pdf_words", "reading"]


def pdf_words(data: bytes, without: frozenset[str] = frozenset(), *, positions: bool = False) -> PdfWords:
    """The text of a tagged PDF.

    Args:
        without: types of structure elements to leave out, such as ``/Lbl``; their text counts as loose.
        positions: find out where it is painted, too.
    """
    with opened(data) as pdf:
        decoder = TextDecoder()
        numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        return gathered(
            [page_text(page, decoder, positions=positions) for page in pdf.pages],
            _marks_in_order(pdf.Root.StructTreeRoot.K, numbers, None, without),
        )


def metadata_of(data: bytes) -> bytes:
    """The metadata stream of a PDF (ISO 32000-1, 14.3.2); empty if it has none."""
    with opened(data) as pdf:
        return bytes(pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else b""


def joined(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Several PDFs as one. The same parts give the same bytes.

    Args:
        parts: the title of each for a bookmark, or an empty text for none, and its bytes.
    """
    whole = Pdf.new()
    with whole.open_outline() as outline:
        for title, data in parts:
            first = len(whole.pages)
            with opened(data) as part:
                whole.pages.extend(part.pages)
            if title:
                outline.root.append(OutlineItem(title, first))
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()


def _marks_in_order(
    kids: Any, numbers: dict[Any, int], page: int | None, without: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """The page and mark of every piece of content, along the structure tree (ISO 32000-1, 14.7.4)."""
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary):
            if without and str(kid.get("/S")) in without:
                continue
            own = numbers.get(kid["/Pg"].objgen, page) if "/Pg" in kid else page
            if "/MCID" in kid and "/Pg" in kid:  # content of an element on a page other than its first
                if own is not None:
                    yield own, int(kid["/MCID"])
            elif "/K" in kid:
                yield from _marks_in_order(kid["/K"], numbers, own, without)
        elif page is not None:
            yield page, int(kid)


def page_text(page: Page, decoder: TextDecoder, *, positions: bool = False) -> Iterator[PageText]:
    """Every string that a page shows, in the order in which it is painted."""
    resources = page.obj.get("/Resources", Dictionary())
    fonts = resources.get("/Font", Dictionary())
    page.contents_coalesce()
    contents = page.obj.get("/Contents")
    blocks = written_blocks(contents.read_bytes() if isinstance(contents, Stream) else b"")
    ours = all(map(is_ours, blocks))
    instructions = chain.from_iterable(map(written_instructions, blocks)) if ours else _parsed(page)
    return PageReader(lambda name: decoder.font(fonts[name]), positions=positions).read(instructions)


def _parsed(page: Page) -> Iterator[tuple[str, Any]]:
    """The instructions of any page, whatever their syntax."""
    wanted = "Tm cm Td TD Tc Tf Tj TJ ' \" BDC BMC EMC BT q Q"
    for instruction in parse_content_stream(page, wanted):
        name, operands = str(instruction.operator), instruction.operands
        if name in SHOWING:
            shown = operands[-1]
            pieces = list(shown) if isinstance(shown, Array) else [shown]
            yield name, [bytes(each) if isinstance(each, String) else float(each) for each in pieces]
        elif name in ("BDC", "BMC"):
            yield name, _mark(operands)
        elif name == "Tf":
            yield name, [str(operands[0]), float(operands[1])]
        else:
            yield name, [float(each) for each in operands]


def _mark(operands: Any) -> PageMark | Spelled:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, Dictionary) and "/ActualText" in properties:
        return Spelled(str(properties["/ActualText"]))
    if str(operands[0]) == "/Artifact":
        # Header rows of a table that are repeated on later pages are layout, not furniture.
        layout = isinstance(properties, Dictionary) and properties.get("/Type") == "/Layout"
        return "repeated" if layout else "furniture"
    if isinstance(properties, Dictionary) and "/MCID" in properties:
        return int(properties["/MCID"])
    return None


class TextDecoder:
    """Decodes the strings of a PDF through its fonts, each read once."""

    def __init__(self) -> None:
        self._fonts: dict[Any, DecodedFont] = {}

    def text(self, font: Any, shown: Any) -> str:
        """The text of what an operator such as Tj or TJ shows.

        Args:
            font: its font dictionary; None where none was set.
            shown: the operand: a string, or an array of strings and distances.
        """
        pieces = list(shown) if isinstance(shown, Array) else [shown]
        known = self.font(font)
        return "".join([known.text(bytes(piece)) for piece in pieces if isinstance(piece, String)])

    def font(self, font: Any) -> DecodedFont:
        """The texts and widths of the glyphs of a font."""
        if font is None:
            return NO_FONT
        if font.objgen not in self._fonts:
            source = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
            self._fonts[font.objgen] = DecodedFont(source, partial(_widths, font))
        return self._fonts[font.objgen]


def _widths(font: Any) -> GlyphWidths:
    if "/DescendantFonts" in font:
        inner = font["/DescendantFonts"][0]
        return GlyphWidths(float(inner.get("/DW", 1000)) / 1000, _composite_widths(inner))
    unit = float(font["/FontMatrix"][0]) if "/FontMatrix" in font else 0.001
    first = int(font.get("/FirstChar", 0))
    return GlyphWidths(0.0, ((first + at, float(width) * unit) for at, width in enumerate(font.get("/Widths", []))))


def _composite_widths(font: Any) -> Iterator[tuple[int, float]]:
    """The widths of a composite font: lists of widths from a first code on, and ranges of codes of one width."""
    at, values = 0, list(font.get("/W", []))
    while at + 1 < len(values):
        first, second = int(values[at]), values[at + 1]
        if isinstance(second, Array):
            yield from ((first + more, float(width) / 1000) for more, width in enumerate(list(second)))
            at += 2
        else:
            yield from ((code, float(values[at + 2]) / 1000) for code in range(first, int(second) + 1))
            at += 3
