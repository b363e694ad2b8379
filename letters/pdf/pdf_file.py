"""Finished PDF files, read and joined.

The words of a PDF are decoded from its own content streams, through the character maps of its fonts, in the order in
which they are read aloud.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

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
from letters.pdf.text_positions import PlacedText, TextState

__all__ = ["NotAPdf", "PdfWords", "TextDecoder", "joined", "metadata_of", "page_text", "pdf_words", "reading"]


@dataclass
class PdfWords:
    """The text of a PDF.

    Args:
        body: in reading order.
        furniture: of the headers and footers, page by page.
        loose: text that is neither in the structure tree nor marked as page furniture.
        placed: where all text is painted, page by page; text that is turned is left out.
    """

    body: str = ""
    furniture: list[str] = field(default_factory=list)
    loose: str = ""
    placed: list[list[PlacedText]] = field(default_factory=list)


def pdf_words(data: bytes, without: frozenset[str] = frozenset(), *, positions: bool = False) -> PdfWords:
    """The text of a tagged PDF.

    Args:
        without: types of structure elements to leave out, such as ``/Lbl``; their text counts as loose.
        positions: find out where it is painted, too.
    """
    with opened(data) as pdf:
        found = PdfWords()
        by_mark: dict[tuple[int, int], str] = {}
        decoder = TextDecoder()
        for at, page in enumerate(pdf.pages):
            found.furniture.append("")
            found.placed.append([])
            for mark, text, placed in page_text(page, decoder, positions=positions):
                if placed is not None:
                    found.placed[-1].append(placed)
                if mark == "furniture":
                    found.furniture[at] += text
                elif isinstance(mark, int):
                    by_mark[at, mark] = by_mark.get((at, mark), "") + text
                elif mark is None:
                    found.loose += text
        numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        order = list(_marks_in_order(pdf.Root.StructTreeRoot.K, numbers, None, without))
        found.body = " ".join(by_mark.pop(key, "") for key in order)
        found.loose += "".join(by_mark.values())
        return found


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


PageMark: TypeAlias = "int | Literal['furniture', 'repeated'] | None"
"""What a piece of text is marked as: content with a number, page furniture, a repeated table header, or nothing."""


class _Spelled:
    """Content that says what it reads as (ISO 32000-1, 14.9.4)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self) -> str:
        """The text, once, whatever number of operators show it."""
        text, self.text = self.text, ""
        return text


class PageText(NamedTuple):
    """What one operator of a page shows."""

    mark: PageMark
    text: str
    placed: PlacedText | None
    """Where it is painted; None for text that is turned, and where no position is asked for."""


def page_text(page: Page, decoder: TextDecoder, *, positions: bool = False) -> Iterator[PageText]:
    """Every string that a page shows, in the order in which it is painted."""
    resources = page.obj.get("/Resources", Dictionary())
    fonts = resources.get("/Font", Dictionary())
    marks: list[PageMark | _Spelled] = []
    font: Any = None
    state = TextState()
    for name, operands in _instructions(page):
        if name in ("BDC", "BMC"):
            marks.append(operands)
        elif name == "EMC":
            if marks:
                marks.pop()
        elif name in _SHOWING:
            mark = next((mark for mark in reversed(marks) if mark is not None and not isinstance(mark, _Spelled)), None)
            known = decoder.font(font)
            spelled = next((mark for mark in marks if isinstance(mark, _Spelled)), None)
            if spelled is None:
                text = "".join([known.text(codes) for codes in operands if isinstance(codes, bytes)])
            else:
                text = spelled.take()
            yield PageText(mark, text, state.show(operands, known) if positions else None)
        else:
            if name == "Tf":
                font = fonts[operands[0]]
            if positions:
                state.follow(name, operands)


_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_NAMES = rb"/[^\s/<>\[\]]+"
# What the writers of this package write, and WeasyPrint. Anything else is left to pikepdf, which takes much longer.
_WRITTEN = re.compile(
    rb"((?:[-+.\d]+\s+){1,6})(Tm|cm|Td|TD|Tc)(?![\w*])"
    rb"|(" + _NAMES + rb")\s+([-+.\d]+)\s+Tf(?![\w*])"
    rb"|<([0-9A-Fa-f]*)>\s*Tj"
    rb"|\[([^\[\]]*)\]\s*TJ"
    rb"|(" + _NAMES + rb")\s*(<<(?:[^<>]|<[0-9A-Fa-f]*>)*>>|" + _NAMES + rb")?\s*(BDC|BMC)(?!\w)"
    rb"|(?:(?<=[\s>\]])|^)(EMC|BT|q|Q)(?!\w)"
)
_PIECES = re.compile(rb"<([0-9A-Fa-f]*)>|([-+.\d]+)")
_OTHER_SYNTAX = (b"(", b"%", b"\nID", b" ID", b"'", b'"')
"""Literal strings, comments, inline images, and the rarer operators that show text."""


def _instructions(page: Page) -> Iterator[tuple[str, Any]]:
    """The instructions of a page that show text or decide where it goes and how it is read.

    Their operands: numbers; of Tf the name and the size; of BDC and BMC the mark; of Tj and the like strings, and the
    distances between them.
    """
    page.contents_coalesce()
    contents = page.obj.get("/Contents")
    data = contents.read_bytes() if isinstance(contents, Stream) else b""
    if any(syntax in data for syntax in _OTHER_SYNTAX):
        yield from _parsed(page)
        return
    for match in _WRITTEN.finditer(data):
        numbers, change, font, size, shown, array, tag, properties, begin, word = match.groups()
        if change is not None:
            yield change.decode(), list(map(float, numbers.split()))
        elif shown is not None:
            yield "Tj", [bytes.fromhex(shown.decode())]
        elif array is not None:
            yield "TJ", [float(gap) if gap else bytes.fromhex(codes.decode()) for codes, gap in _PIECES.findall(array)]
        elif font is not None:
            yield "Tf", [font.decode(), float(size)]
        elif begin is not None:
            yield begin.decode(), _written_mark(tag, properties or b"")
        else:
            yield word.decode(), []


def _parsed(page: Page) -> Iterator[tuple[str, Any]]:
    """The instructions of any page, whatever their syntax."""
    wanted = "Tm cm Td TD Tc Tf Tj TJ ' \" BDC BMC EMC BT q Q"
    for instruction in parse_content_stream(page, wanted):
        name, operands = str(instruction.operator), instruction.operands
        if name in _SHOWING:
            shown = operands[-1]
            pieces = list(shown) if isinstance(shown, Array) else [shown]
            yield name, [bytes(each) if isinstance(each, String) else float(each) for each in pieces]
        elif name in ("BDC", "BMC"):
            yield name, _mark(operands)
        elif name == "Tf":
            yield name, [str(operands[0]), float(operands[1])]
        else:
            yield name, [float(each) for each in operands]


def _written_mark(tag: bytes, properties: bytes) -> PageMark | _Spelled:
    if (spelled := re.search(rb"/ActualText\s*<([0-9A-Fa-f]*)>", properties)) is not None:
        return _Spelled(bytes.fromhex(spelled[1].decode()).decode("utf-16", "replace"))
    if tag == b"/Artifact":
        return "repeated" if re.search(rb"/Type\s*/Layout", properties) else "furniture"
    found = re.search(rb"/MCID\s+(\d+)", properties)
    return int(found[1]) if found else None


def _mark(operands: Any) -> PageMark | _Spelled:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, Dictionary) and "/ActualText" in properties:
        return _Spelled(str(properties["/ActualText"]))
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
        self._fonts: dict[Any, _DecodedFont] = {}

    def text(self, font: Any, shown: Any) -> str:
        """The text of what an operator such as Tj or TJ shows.

        Args:
            font: its font dictionary; None where none was set.
            shown: the operand: a string, or an array of strings and distances.
        """
        pieces = list(shown) if isinstance(shown, Array) else [shown]
        known = self.font(font)
        return "".join([known.text(bytes(piece)) for piece in pieces if isinstance(piece, String)])

    def font(self, font: Any) -> _DecodedFont:
        """The texts and widths of the glyphs of a font."""
        key = None if font is None else font.objgen
        if key not in self._fonts:
            self._fonts[key] = _DecodedFont(font)
        return self._fonts[key]


class _Texts(dict[int, str]):
    """The texts of glyphs by their codes."""

    def __missing__(self, code: int) -> str:
        return "\ufffd"


class _Widths(dict[int, float]):
    """The widths of glyphs by their codes."""

    def __init__(self, usual: float, known: Iterable[tuple[int, float]] = ()) -> None:
        super().__init__(known)
        self.usual = usual

    def __missing__(self, code: int) -> float:
        return self.usual


class _DecodedFont:
    """The texts and widths of the glyphs of a font, by their codes (ISO 32000-1, 9.7.4.3, 9.10.3)."""

    def __init__(self, font: Any) -> None:
        self._font = font
        known = {} if font is None else _character_map(font)
        # Both writers use two-byte codes; bitmap fonts (emoji) have one byte.
        self._length = len(next(iter(known), b"\0\0"))
        self._texts = _Texts((int.from_bytes(code, "big"), text) for code, text in known.items())

    def text(self, codes: bytes) -> str:
        return "".join(map(self._texts.__getitem__, self._split(codes)))

    def glyphs(self, codes: bytes) -> list[str]:
        return list(map(self._texts.__getitem__, self._split(codes)))

    def widths(self, codes: bytes) -> list[float]:
        return list(map(self._widths.__getitem__, self._split(codes)))

    def _split(self, codes: bytes) -> Iterable[int]:
        if self._length == 1:
            return codes
        if self._length == 2 and len(codes) % 2 == 0:
            return struct.unpack(f">{len(codes) // 2}H", codes)
        return [int.from_bytes(codes[at : at + self._length], "big") for at in range(0, len(codes), self._length)]

    @cached_property
    def _widths(self) -> _Widths:
        font = self._font
        if font is None:
            return _Widths(0.0)
        if "/DescendantFonts" in font:
            inner = font["/DescendantFonts"][0]
            return _Widths(float(inner.get("/DW", 1000)) / 1000, _composite_widths(inner))
        unit = float(font["/FontMatrix"][0]) if "/FontMatrix" in font else 0.001
        first = int(font.get("/FirstChar", 0))
        return _Widths(0.0, ((first + at, float(width) * unit) for at, width in enumerate(font.get("/Widths", []))))


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


def _character_map(font: Any) -> dict[bytes, str]:
    """Codes to text, from the ToUnicode map of a font (ISO 32000-1, 9.10.3)."""
    found: dict[bytes, str] = {}
    if "/ToUnicode" not in font:
        return found
    source = font["/ToUnicode"].read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            first = int(text, 16)
            for at in range(int(high, 16) - int(low, 16) + 1):
                found[(int(low, 16) + at).to_bytes(len(low) // 2, "big")] = chr(first + at)
    return found
