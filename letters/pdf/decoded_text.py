"""What the pages of a PDF show: the text of each operator, how it is marked, and where it is painted.

A content stream is read here as the writers of this package, and WeasyPrint, write it; `pdf_file` has the streams of
other programs parsed by pikepdf, and gives the instructions to the same functions.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters._text.usual_characters import RIGHT_TO_LEFT, is_usual
from letters.pdf.text_positions import PlacedText, TextState


class PdfWords(Struct):
    """The text of a PDF.

    Args:
        pieces: what each piece of marked content says, in reading order.
        furniture: of the headers and footers, page by page.
        loose: text that is neither in the structure tree nor marked as page furniture.
        placed: where all text is painted, page by page; text that is turned is left out.
    """

    pieces: list[str] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)
    loose: str = ""
    placed: list[list[PlacedText]] = field(default_factory=list)

    @property
    def body(self) -> str:
        """The text in reading order."""
        return " ".join(self.pieces)


PageMark: TypeAlias = "int | Literal['furniture', 'repeated'] | None"
"""What a piece of text is marked as: content with a number, page furniture, a repeated table header, or nothing."""


class Spelled:
    """Content that says what it reads as (ISO 32000-1, 14.9.4)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self) -> str:
        """The text, once, whatever number of operators show it."""
        text, self.text = self.text, ""
        return text


class PageText(NamedTuple):
    """What an operator of a page shows, or several in a row with the same mark."""

    mark: PageMark
    text: str
    placed: tuple[PlacedText, ...]
    """Where it is painted; empty for text that is turned, and where no position is asked for."""


def gathered(pages: Iterable[Iterable[PageText]], order: Iterable[tuple[int, int]]) -> PdfWords:
    """The text of a file.

    Args:
        pages: what each page shows.
        order: the page and the mark of every piece of content, as the structure tree has them.
    """
    found = PdfWords()
    by_mark: dict[tuple[int, int], str] = {}
    for at, texts in enumerate(pages):
        furniture: list[str] = []
        placed: list[PlacedText] = []
        for mark, text, places in texts:
            placed += places
            if isinstance(mark, int):
                key = at, mark
                by_mark[key] = by_mark[key] + text if key in by_mark else text
            elif mark == "furniture":
                furniture.append(text)
            elif mark is None:
                found.loose += text
        found.furniture.append("".join(furniture))
        found.placed.append(placed)
    found.pieces = [by_mark.pop(key, "") for key in order]
    found.loose += "".join(by_mark.values())
    return found


class PageReader:
    """Follows the instructions of a page.

    Args:
        font_named: gives the fonts of the page.
        positions: find out where strings are painted, too.
    """

    def __init__(self, font_named: Callable[[str], DecodedFont], *, positions: bool = False) -> None:
        self._font_named, self._positions = font_named, positions
        self._marks: list[PageMark | Spelled] = []
        self._font, self._font_name = NO_FONT, ""
        self._state = TextState()

    @property
    def state(self) -> tuple[object, ...] | None:
        """All that decides what the next instructions show; None within marked content or a saved graphics state."""
        return None if self._marks or self._state.saved else (self._font_name, *self._state.current)

    @state.setter
    def state(self, state: tuple[Any, ...]) -> None:
        self._font_name, *self._state.current = state
        self._font = self._font_named(self._font_name) if self._font_name else NO_FONT

    def read(self, instructions: Iterable[tuple[str, Any]]) -> Iterator[PageText]:
        """Every string that these instructions show, in the order in which it is painted.

        Args:
            instructions: as `written_instructions` gives them.
        """
        marks = self._marks
        mark, spelled = _innermost(marks)
        for name, operands in instructions:
            if name == LINE:
                x, y, *operands = operands
                self._state.place(x, y)
            if name in SHOWING:
                if spelled is None:
                    text = "".join([self._font.text(codes) for codes in operands if isinstance(codes, bytes)])
                    if not is_usual(text) and _BACKWARDS.search(text):
                        shown = [self._font.glyphs(codes) for codes in operands if isinstance(codes, bytes)]
                        text = _turned_round([glyph for glyphs in shown for glyph in glyphs])
                else:
                    text = spelled.take()
                place = self._state.show(operands, self._font) if self._positions else None
                yield PageText(mark, text, () if place is None else (place,))
            elif name in ("BDC", "BMC"):
                marks.append(Spelled(operands.text) if isinstance(operands, Spelled) else operands)
                mark, spelled = _innermost(marks)
            elif name == "EMC":
                if marks:
                    marks.pop()
                mark, spelled = _innermost(marks)
            else:
                if name == "Tf":
                    self._font_name = operands[0]
                    self._font = self._font_named(operands[0])
                if self._positions:
                    self._state.follow(name, operands)


def _turned_round(glyphs: list[str]) -> str:
    """What glyphs read as that are painted from left to right, some of them written from right to left.

    Among words written from left to right, only those of the other direction are turned round; figures never are.
    """
    kinds = [_direction(glyph) for glyph in glyphs]
    turned = [at for at, kind in enumerate(kinds) if kind == "R"]
    first, last = (turned[0], turned[-1] + 1) if "L" in kinds else (0, len(glyphs))
    found: list[str] = []
    figures: list[str] = []
    for glyph, kind in zip(glyphs[first:last][::-1], kinds[first:last][::-1], strict=True):
        if kind in ("L", "N"):
            figures.insert(0, glyph)
        else:
            found += [*figures, glyph]
            figures = []
    return "".join([*glyphs[:first], *found, *figures, *glyphs[last:]])


def _direction(glyph: str) -> str:
    """R, L, N for figures and the signs that may stand within them; nothing for what has no direction."""
    classes = {unicodedata.bidirectional(character) for character in glyph}
    if classes & {"R", "AL"}:
        return "R"
    return "L" if "L" in classes else "N" if classes & {"EN", "AN", "ES", "CS", "ET"} else ""


def _innermost(marks: list[PageMark | Spelled]) -> tuple[PageMark, Spelled | None]:
    """What text within these marks is marked as, and what says what it reads as."""
    if len(marks) < 2:  # as nearly always
        only = marks[0] if marks else None
        return (None, only) if isinstance(only, Spelled) else (only, None)
    mark = next((mark for mark in reversed(marks) if mark is not None and not isinstance(mark, Spelled)), None)
    return mark, next((mark for mark in marks if isinstance(mark, Spelled)), None)


LINE = "line"
"""Stands for Tm and Tj, as most lines are written: level text at a place."""
SHOWING = frozenset({LINE, "Tj", "TJ", "'", '"'})
_BACKWARDS = pattern(f"[{RIGHT_TO_LEFT}]")
_NAMES = rb"/[^\s/<>\[\]]+"
# What the writers of this package write, and WeasyPrint. Anything else is left to pikepdf, which takes much longer.
_WRITTEN = pattern(
    rb"1 0 0 1 ([-.\d]+) ([-.\d]+) Tm <([0-9a-f]*)> Tj(?!\w)"  # as most lines are written
    rb"|((?:[-+.\d]+\s+){1,6})(Tm|cm|Td|TD|Tc)(?![\w*])"
    rb"|(" + _NAMES + rb")\s+([-+.\d]+)\s+Tf(?![\w*])"
    rb"|<([0-9A-Fa-f]*)>\s*Tj"
    rb"|\[([^\[\]]*)\]\s*TJ"
    rb"|(" + _NAMES + rb")\s*(<<(?:[^<>]|<[0-9A-Fa-f]*>)*>>|" + _NAMES + rb")?\s*(BDC|BMC)(?!\w)"
    rb"|(?:(?<=[\s>\]])|^)(EMC|BT|ET|q|Q)(?!\w)"
)
_ACTUAL_TEXT = pattern(rb"/ActualText\s*<([0-9A-Fa-f]*)>")
_LAYOUT, _MCID = pattern(rb"/Type\s*/Layout"), pattern(rb"/MCID\s+(\d+)")
_CHARACTERS, _RANGES = (pattern(f"begin{each}(.*?)end{each}", re.DOTALL) for each in ("bfchar", "bfrange"))
_CHARACTER = pattern(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = pattern(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_PIECES = pattern(rb"<([0-9A-Fa-f]*)>|([-+.\d]+)")
_OTHER_SYNTAX = (b"(", b"%", b"\nID", b" ID", b"'", b'"')
"""Literal strings, comments, inline images, and the rarer operators that show text."""


_END_OF_BLOCK = b" EMC\n"


def written_blocks(content: bytes) -> list[bytes]:
    """The blocks of a page, each of which ends after marked content."""
    *blocks, last = content.replace(b"\nEMC\n", _END_OF_BLOCK).split(_END_OF_BLOCK)
    return [*[block + _END_OF_BLOCK for block in blocks], last]


def is_ours(block: bytes) -> bool:
    """Whether a block has only such syntax as the writers of this package write."""
    after_end = b"\n" + block
    return max(map(after_end.find, _OTHER_SYNTAX)) < 0


def written_instructions(block: bytes) -> Iterator[tuple[str, Any]]:
    """The instructions of a block that show text or decide where it goes and how it is read.

    Their operands: numbers; of Tf the name and the size; of BDC and BMC the mark; of Tj and the like strings, and the
    distances between them; of `LINE` its place and a string.
    """
    for match in _WRITTEN.finditer(block):
        if (line := match[3]) is not None:
            yield LINE, (float(match[1]), float(match[2]), unhexlify(line))
            continue
        numbers, change, font, size, shown, array, tag, properties, begin, word = match.groups()[3:]
        if change is not None:
            yield change.decode(), list(map(float, numbers.split()))
        elif shown is not None:
            yield "Tj", [unhexlify(shown)]
        elif array is not None:
            yield "TJ", [float(gap) if gap else unhexlify(codes) for codes, gap in _PIECES.findall(array)]
        elif font is not None:
            yield "Tf", [font.decode(), float(size)]
        elif begin is not None:
            yield begin.decode(), _written_mark(tag, properties or b"")
        else:
            yield word.decode(), []


def _written_mark(tag: bytes, properties: bytes) -> PageMark | Spelled:
    if (spelled := _ACTUAL_TEXT.search(properties)) is not None:
        return Spelled(bytes.fromhex(spelled[1].decode()).decode("utf-16", "replace"))
    if tag == b"/Artifact":
        return "repeated" if _LAYOUT.search(properties) else "furniture"
    found = _MCID.search(properties)
    return int(found[1]) if found else None


class GlyphWidths(dict[int, float]):
    """The widths of glyphs by their codes, relative to the font size; ``usual`` for all others."""

    def __init__(self, usual: float, known: Iterable[tuple[int, float]] = ()) -> None:
        super().__init__(known)
        self.usual = usual

    def __missing__(self, code: int) -> float:
        return self.usual


class _Texts(dict[int, str]):
    """The texts of glyphs by their codes."""

    def __missing__(self, code: int) -> str:
        return "\ufffd"


_MOST_STRINGS = 200
"""Of a font, whose texts and widths are kept."""


class _ReadString(Struct, frozen=True):
    """What the codes of a string stand for."""

    text: str
    measures: tuple[float, int]
    """The sum of the widths, and how many there are."""


class DecodedFont:
    """The texts and widths of the glyphs of a font, by their codes (ISO 32000-1, 9.7.4.3, 9.10.3).

    Args:
        source: its ToUnicode map.
        widths: gives the widths, once they are asked for.
    """

    def __init__(self, source: bytes, widths: Callable[[], GlyphWidths]) -> None:
        known = character_map(source)
        # Both writers use two-byte codes; bitmap fonts (emoji) have one byte.
        self._length = len(next(iter(known), b"\0\0"))
        self._texts = _Texts((int.from_bytes(code, "big"), text) for code, text in known.items())
        self._find_widths = widths
        self._known: dict[bytes, _ReadString] = {}

    @lazy_property
    def _widths(self) -> GlyphWidths:
        return self._find_widths()

    def text(self, codes: bytes) -> str:
        return self._read(codes).text

    def measured(self, codes: bytes) -> tuple[float, int]:
        """The sum of the widths of the glyphs of a string, and how many there are."""
        return self._read(codes).measures

    def _read(self, codes: bytes) -> _ReadString:
        """A string. Lines that only stand in another place are known."""
        found = self._known.get(codes)
        if found is None:
            glyphs = list(self.split(codes))
            text = "".join(map(self._texts.__getitem__, glyphs))
            measures = sum(map(self._widths.__getitem__, glyphs)), len(glyphs)
            found = remember(self._known, _MOST_STRINGS, codes, _ReadString(text, measures))
        return found

    def glyphs(self, codes: bytes) -> list[str]:
        return list(map(self._texts.__getitem__, self.split(codes)))

    def widths(self, codes: bytes) -> list[float]:
        return list(map(self._widths.__getitem__, self.split(codes)))

    def known(self) -> dict[int, tuple[str, float]]:
        """The text and the width of every glyph that has a text."""
        return {code: (text, self._widths[code]) for code, text in self._texts.items()}

    def split(self, codes: bytes) -> Iterable[int]:
        """The codes of the glyphs of a string."""
        if self._length == 1:
            return codes
        if self._length == 2 and len(codes) % 2 == 0:
            return struct.unpack(f">{len(codes) // 2}H", codes)
        return [int.from_bytes(codes[at : at + self._length], "big") for at in range(0, len(codes), self._length)]


def character_map(source: bytes) -> dict[bytes, str]:
    """Codes to text, from the ToUnicode map of a font (ISO 32000-1, 9.10.3)."""
    found: dict[bytes, str] = {}
    said = source.decode("latin-1")
    for block in _CHARACTERS.findall(said):
        for code, text in _CHARACTER.findall(block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for block in _RANGES.findall(said):
        for low, high, text in _RANGE.findall(block):
            first = int(text, 16)
            for at in range(int(high, 16) - int(low, 16) + 1):
                found[(int(low, 16) + at).to_bytes(len(low) // 2, "big")] = chr(first + at)
    return found


NO_FONT = DecodedFont(b"", lambda: GlyphWidths(0.0))
"""Of text that is shown before any font is set."""
