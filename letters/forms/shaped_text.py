"""Draws words with the fonts that letters use, as far as their scripts are simple: left to right, a glyph per letter.

Words of other scripts raise `Unsupported`; `laid_out_text` draws them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.pdf import fonts
from letters.pdf.compose.file import character_map
from letters.pdf.compose.line_breaking import breaks
from letters.pdf.compose.shaping import Font, font_of
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.font_files import FontFace, installed_faces
from letters.pdf.pdf_objects import Array, Dictionary, Name, Pdf, String

_SIMPLE = pattern(
    "[\\x20-\\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u058f\u1e00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205f\u2070-\u2bff]*"
)
"""Characters written left to right, one after another, without marks set above or below each other."""
_MORE = (
    "DejaVu Sans",
    "DejaVu Serif",
    "Noto Sans",
    "Noto Serif",
    "Noto Sans Symbols",
    "Noto Sans Symbols 2",
    "Symbola",
)
"""Fonts that are asked for what the font of the form lacks."""
_SYMBOLIC = 1 << 2
_LAST_CODE = 0xFFFE
_USUAL_WEIGHT = 400


class Typeface(Struct, frozen=True):
    """The font of a form, with others for what it lacks.

    Args:
        faces: in the order in which they are asked.
        up: the height of its letters above the baseline, relative to the font size.
        down: their depth below it.
    """

    faces: tuple[FontFace, ...]
    up: float
    down: float

    @property
    def family(self) -> str:
        """Of the first font."""
        return self.faces[0].family

    @property
    def line_height(self) -> float:
        """Of one line, relative to the font size."""
        return self.up + self.down


@lru_cache(maxsize=64)
def typeface(base_font: str) -> Typeface:
    """What is used for a font that a form names, such as ``Helvetica-Bold`` or ``ArialMT``."""
    whole = re.sub(r"[-,]?(Bold|Italic|Oblique|Regular)+$", "", base_font).replace("-", " ")
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[-,]", base_font)[0])
    plain = re.sub(r"\s*(?:PS)?\s*MT$|(?<=[a-z])PS$", "", plain).strip() or "Helvetica"
    names = {"Helv": "Helvetica", "He Bo": "Helvetica", "Ti Ro": "Times", "Times New Roman PS": "Times New Roman"}
    plain = names.get(plain, "Helvetica" if plain in ("Za Db", "Zapf Dingbats", "Symbol") else plain)
    plain = whole if whole.casefold() in installed_faces() else plain
    bold = bool(re.search("bold|black|heavy|demi", base_font, re.I)) or base_font in ("HeBo", "TiBo", "CoBo")
    italic = bool(re.search("italic|oblique", base_font, re.I))
    first = fonts.metrics(plain, bold, italic)
    faces = [first.face]
    for name in _MORE:
        if name.casefold() in installed_faces():
            faces.append(_regular(name))
    return Typeface(tuple(dict.fromkeys(faces)), *first.drawn)


def _regular(family: str) -> FontFace:
    """The face of usual weight and slant of an installed family."""
    return min(installed_faces()[family.casefold()], key=lambda face: (abs(face.cut[0] - _USUAL_WEIGHT), face.italic))


@cache
def _metrics_of(face: FontFace) -> fonts.Metrics:
    return fonts.Metrics(face)


def undrawable(text: str) -> list[str]:
    """The characters of a text for which no font is installed."""
    return [character for character in dict.fromkeys(text) if not _some_font_has(character)]


@lru_cache(maxsize=5000)
def _some_font_has(character: str) -> bool:
    if character.isspace() or unicodedata.category(character) in ("Cf", "Cc"):
        return True
    for family in installed_faces():
        face = _regular(family)
        try:
            if font_of(face).glyph(character):
                return True
        except Unsupported:  # a font of another kind
            if _metrics_of(face).has(character):
                return True
    return False


class _Piece(Struct, frozen=True):
    font: Font
    glyphs: tuple[int, ...]
    text: str


class _Codes:
    """The codes that stand for the glyphs of one font. They are the numbers of the glyphs, except where two characters
    share a glyph: each then has a code of its own, so that a text is copied and read aloud as it was typed."""

    def __init__(self) -> None:
        self.meaning: dict[int, tuple[int, str]] = {}
        """Glyph and character of each code."""
        self._next = _LAST_CODE

    @property
    def characters(self) -> dict[int, str]:
        """The character of each code."""
        return {code: character for code, (_, character) in self.meaning.items()}

    def code(self, glyph: int, character: str) -> int:
        """The code for a glyph that shows a character."""
        code, wanted = glyph, (glyph, character)
        while self.meaning.setdefault(code, wanted) != wanted:
            shared = (each for each, meaning in self.meaning.items() if meaning == wanted)
            code = next(shared, self._next)
            self._next -= code == self._next
        return code


class EmbeddedText:
    """Draws words, and collects the fonts that a file then has to hold."""

    def __init__(self) -> None:
        self._used: dict[Font, _Codes] = {}
        self._names: dict[Font, str] = {}

    def width(self, text: str, face: Typeface) -> float:
        """The width of a text, relative to the font size. Raises Unsupported."""
        return sum(font.advance(glyph) for font, glyph in _glyphs(text, face))

    def shown(self, text: str, face: Typeface, size: float) -> str:
        """The operators that show a text. Raises Unsupported."""
        operators = []
        for piece in _pieces(text, face):
            name = self._names.setdefault(piece.font, f"LF{len(self._names)}")
            known = self._used.setdefault(piece.font, _Codes())
            codes = [known.code(*each) for each in zip(piece.glyphs, piece.text, strict=True)]
            shown = "".join(f"{code:04x}" for code in codes)
            operators.append(f"/{name} {size:g} Tf <{shown}> Tj")
        return " ".join(operators)

    def embed(self, pdf: Pdf, resources: Any) -> None:
        """Put the fonts used into a dictionary of fonts."""
        for font, codes in self._used.items():
            resources[Name(f"/{self._names[font]}")] = _embedded(pdf, font, codes)


def line_breaks(text: str) -> bytes:
    """Where a line of a text may break: for each character, whether before it. Citations are held together."""
    return breaks(text, holds_citations=True)


@lru_cache(maxsize=20_000)
def _glyph_of(character: str, face: Typeface) -> tuple[Font, int]:
    if not _SIMPLE.fullmatch(character):
        raise Unsupported("characters of other scripts")
    for each in face.faces:
        try:
            font = font_of(each)
        except Unsupported:  # a font of another kind: the next one may do
            continue
        if font.is_cubic:  # which is embedded in another way
            continue
        if glyph := font.glyph(" " if character == "\u00a0" and not font.glyph(character) else character):
            return font, glyph
    raise Unsupported(f"no font has U+{ord(character):04X}")


def _glyphs(text: str, face: Typeface) -> list[tuple[Font, int]]:
    return [_glyph_of(character, face) for character in text]


def _pieces(text: str, face: Typeface) -> list[_Piece]:
    found: list[_Piece] = []
    for character, (font, glyph) in zip(text, _glyphs(text, face), strict=True):
        if found and found[-1].font is font:
            found[-1] = _Piece(font, (*found[-1].glyphs, glyph), found[-1].text + character)
        else:
            found.append(_Piece(font, (glyph,), character))
    return found


def _embedded(pdf: Pdf, font: Font, codes: _Codes) -> Any:
    """A font as an object of the file: only the glyphs used, and which characters they are."""
    glyphs = {glyph for glyph, _ in codes.meaning.values()}
    data = font.subset(frozenset({0, *glyphs}))
    metrics = _metrics_of(font.face)
    up, down = (round(each * 1000) for each in metrics.drawn)
    widths = {code: round(font.advance(glyph) * 1000) for code, (glyph, _) in sorted(codes.meaning.items())}
    digest = hashlib.sha256(
        f"{font.face.family} {font.face.bold} {font.face.italic} {sorted(glyphs)}".encode()
    ).digest()
    letters = "".join(chr(65 + each % 26) for each in digest[:6])
    name = Name(f"/{letters}+{re.sub('[^A-Za-z0-9]', '', font.face.family)}")
    file = pdf.make_stream(data)
    file.Length1 = len(data)
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor, FontName=name, Flags=_SYMBOLIC, ItalicAngle=0, Ascent=up, Descent=-down,
            CapHeight=up, StemV=80, FontBBox=Array([0, -down, max(widths.values(), default=1000), up]), FontFile2=file,
        )
    )  # fmt: skip
    inner = pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=_glyph_map(pdf, codes),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=descriptor, W=Array([part for code, w in widths.items() for part in (code, Array([w]))]),
        )
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([inner]), ToUnicode=pdf.make_stream(character_map(codes.characters)),
        )
    )  # fmt: skip


def _glyph_map(pdf: Pdf, codes: _Codes) -> Any:
    """Which glyph each code stands for (ISO 32000-1, 9.7.4.3)."""
    if all(code == glyph for code, (glyph, _) in codes.meaning.items()):
        return Name.Identity
    found = bytearray(2 * (max(codes.meaning) + 1))
    for code, (glyph, _) in codes.meaning.items():
        found[2 * code : 2 * code + 2] = glyph.to_bytes(2, "big")
    return pdf.make_stream(bytes(found))
