"""Which installed font stands for the font a document names, how high its lines are and how wide its words.

Word measures with the fonts it names; we have what is installed. The stand-ins below were drawn to the same
widths as the fonts they stand for, so lines break at the same words. Fonts are found through fontconfig, the
same library that will draw them, loaded once per process. All lengths are in points."""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from letters.errors import CannotWrite, Problem
from letters.pdf.document import RunFormat

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

# It comments on the dates inside font files, and Python would show that on stderr where nobody listens.
logging.getLogger("fontTools").addHandler(logging.NullHandler())

INSTALL_FONTS = (
    "sudo apt-get install fonts-liberation fonts-dejavu-core fonts-crosextra-carlito fonts-crosextra-caladea"
)

# Same advance widths, so the same line breaks.
_SAME_WIDTHS = {
    "times new roman": ("Liberation Serif", "Tinos", "Nimbus Roman"),
    "times": ("Liberation Serif", "Tinos", "Nimbus Roman"),
    "arial": ("Liberation Sans", "Arimo", "Nimbus Sans"),
    "helvetica": ("Liberation Sans", "Arimo", "Nimbus Sans"),
    "courier new": ("Liberation Mono", "Cousine", "Nimbus Mono PS"),
    "courier": ("Liberation Mono", "Cousine", "Nimbus Mono PS"),
    "arial narrow": ("Liberation Sans Narrow",),
    "calibri": ("Carlito",),
    "cambria": ("Caladea",),
    "georgia": ("Gelasio",),
}
# Drawn after the font named, or nearly as wide and high: lines may still break elsewhere, which is worth a note.
_ALIKE = {
    "calibri light": ("Carlito",), "cambria math": ("Caladea",), "open sans": ("Noto Sans",),
    "verdana": ("DejaVu Sans",), "garamond": ("EB Garamond", "Liberation Serif"),
    "palatino linotype": ("TeX Gyre Pagella", "P052"), "book antiqua": ("TeX Gyre Pagella", "P052"),
    "century schoolbook": ("TeX Gyre Schola", "C059"), "bookman old style": ("TeX Gyre Bonum", "Bookman URW"),
    "century gothic": ("TeX Gyre Adventor", "URW Gothic"),
}  # fmt: skip
# Otherwise the kind of letter decides; LibreOffice falls back on the Noto fonts too, which are as wide as most.
_SERIF = ("Noto Serif", "Liberation Serif", "Tinos", "DejaVu Serif", "FreeSerif")
_NARROW_SERIF = ("Liberation Serif", "Tinos", *_SERIF)
_SANS = ("Noto Sans", "Liberation Sans", "Arimo", "Carlito", "DejaVu Sans", "FreeSans")
_NARROW_SANS = ("Liberation Sans", "Arimo", *_SANS)
_MONO = ("Liberation Mono", "Cousine", "Noto Sans Mono", "DejaVu Sans Mono", "FreeMono")
_SANS_WORDS = (
    "sans", "aptos", "segoe", "verdana", "tahoma", "trebuchet", "gill", "futura", "frutiger", "univers", "roboto", "open",
    "lato", "calibri", "corbel", "candara", "franklin", "gothic", "source", "montserrat", "public", "avenir", "lucida",
    "optima", "myriad", "inter", "poppins", "raleway", "ubuntu",
)  # fmt: skip
_NARROW_SERIF_WORDS = (
    "times", "roman", "garamond", "goudy", "baskerville", "perpetua", "caslon", "bembo", "minion", "sabon", "jenson",
)  # fmt: skip
_NARROW_SANS_WORDS = ("arial", "helvetica", "swiss", "nimbus sans")
_MONO_WORDS = ("mono", "courier", "consolas", "typewriter", "menlo")

_BOLD_FROM = 180  # fontconfig's FC_WEIGHT_DEMIBOLD
_ITALIC_FROM = 90  # between FC_SLANT_ROMAN (0) and FC_SLANT_ITALIC (100)


@dataclass(frozen=True, slots=True)
class FontFace:
    """One installed font file, or one font in a collection."""

    family: str
    file: str
    index: int
    bold: bool
    italic: bool
    cut: tuple[int, int, int] = (0, 0, 0)
    """Weight, slant and width, as fontconfig counts them."""
    version: int = 0


@dataclass(frozen=True)
class Metrics:
    """What a face says of itself, as parts of the font size (1.0 = the size)."""

    face: FontFace

    @cached_property
    def _font(self) -> TTFont:
        from fontTools.ttLib import TTFont

        return TTFont(self.face.file, fontNumber=self.face.index, lazy=True)

    @cached_property
    def _vertical(self) -> tuple[float, float, float]:
        """Ascent, descent and gap: hhea, or OS/2's typographic values when the font asks for them (bit 7)."""
        font, em = self._font, self._font["head"].unitsPerEm
        head: Any = font["hhea"]
        up, down, gap = head.ascent, -head.descent, head.lineGap
        if "OS/2" in font:
            os2: Any = font["OS/2"]
            if os2.fsSelection & (1 << 7) and (os2.sTypoAscender or os2.sTypoDescender):
                up, down, gap = os2.sTypoAscender, -os2.sTypoDescender, os2.sTypoLineGap
            elif up + down == 0:
                up, down, gap = os2.usWinAscent, os2.usWinDescent, 0
        return up / em, down / em, max(gap, 0) / em

    @cached_property
    def embeddable(self) -> bool:
        """Whether its licence lets it be put into a file: not when OS/2's fsType says "restricted" and no more."""
        return "OS/2" not in self._font or self._font["OS/2"].fsType & 0xF != 2

    @property
    def ascent(self) -> float:
        return self._vertical[0]

    @property
    def descent(self) -> float:
        return self._vertical[1]

    @property
    def gap(self) -> float:
        return self._vertical[2]

    @cached_property
    def single(self) -> float:
        """Height of a single-spaced line."""
        return sum(self._vertical)

    @cached_property
    def drawn(self) -> tuple[float, float]:
        """Ascent and descent that Pango centres in a CSS line: hhea without the gap, else OS/2's."""
        up, down, _ = self._vertical
        return up, down

    @cached_property
    def _characters(self) -> dict[int, str]:
        found: dict[int, str] = self._font.getBestCmap() or {}
        return found

    @cached_property
    def _advances(self) -> tuple[Any, int]:
        return self._font["hmtx"].metrics, self._font["head"].unitsPerEm

    def has(self, character: str) -> bool:
        return ord(character) in self._characters

    def width(self, text: str) -> float:
        """Sum of the advances, unkerned; half an em for a character the face does not have."""
        advances, em = self._advances
        glyphs = self._characters
        total = 0
        for character in text:
            name = glyphs.get(ord(character))
            total += advances[name][0] if name is not None else em // 2
        return float(total / em)


@dataclass(frozen=True, slots=True)
class FontMatch:
    """The family that will be used, and whether its widths are those of the family asked for."""

    family: str
    same_widths: bool


def choose(family: str) -> FontMatch:
    """The installed family that stands for ``family``. Raises CannotWrite when no font is installed at all."""
    return _choose(family.split(";")[0].strip().strip('"').casefold())


@cache
def _choose(wanted: str) -> FontMatch:
    installed = _installed()
    if wanted in installed:
        return FontMatch(next(iter(installed[wanted])).family, True)
    for name in _SAME_WIDTHS.get(wanted, ()):
        if name.casefold() in installed:
            return FontMatch(name, True)
    kinds = (
        (_MONO_WORDS, _MONO),
        (_NARROW_SANS_WORDS, _NARROW_SANS),
        (_SANS_WORDS, _SANS),
        (_NARROW_SERIF_WORDS, _NARROW_SERIF),
    )
    likely = next((names for words, names in kinds if any(word in wanted for word in words)), _SERIF)
    for name in (*_ALIKE.get(wanted, ()), *likely, *_SERIF, *_SANS):
        if name.casefold() in installed:
            return FontMatch(name, False)
    return FontMatch(next(iter(next(iter(installed.values())))).family, False)


@cache
def metrics(family: str, bold: bool = False, italic: bool = False) -> Metrics:
    """Metrics of the face that stands for ``family``; the nearest style when the exact one is missing."""
    faces = _installed()[choose(family).family.casefold()]
    best = min(
        faces,
        key=lambda face: ((face.bold != bold) * 2 + (face.italic != italic), -face.version, face.file, face.index),
    )
    return Metrics(best)


def line_height(look: RunFormat) -> float:
    """Height of a single-spaced line of ``look``: ascent, descent and the gap the font asks for."""
    return metrics(look.family, look.bold, look.italic).single * look.size


def text_width(text: str, look: RunFormat) -> float:
    """How far ``text`` reaches when set in ``look`` on one line."""
    if look.caps:
        text = text.upper()
    size = look.size
    if look.position != "baseline":
        size *= SCRIPT_SIZE
    face = metrics(look.family, look.bold, look.italic)
    if look.small_caps:
        small = "".join(character for character in text if character.islower())
        large = "".join(character for character in text if not character.islower())
        width = face.width(small.upper()) * SMALL_CAPS_SIZE + face.width(large)
    else:
        width = face.width(text)
    return width * size + look.spacing * len(text)


SCRIPT_SIZE = 0.65
"""Superscripts and subscripts: part of the size, as Word sets them."""
SMALL_CAPS_SIZE = 0.8
"""Small capitals: part of the size, as Word sets them."""


# ---------------------------------------------------------------- pictures that pretend to be letters

# The few of Symbol's and Wingdings' own codes that letters use; Word stores them at U+F000 upwards.
_GREEK = dict(
    zip(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SYMBOLS = {
    "symbol": {**{code: chr(code) for code in b" !%()+,./0123456789:;<=>?[]_{|}"}, **_GREEK, 0xB7: "•",
    0xA7: "♣", 0xA8: "♦", 0x2D: "\u2212", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xAE: "→", 0xB0: "°"},
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•",
        0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xE0: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
        0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0xDF: "←",
    },
}  # fmt: skip


def symbol(family: str, code: int) -> str:
    """The Unicode character for ``code`` in a symbol font, or an empty string when it is not known."""
    known = _SYMBOLS.get(family.casefold(), {})
    return known.get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code, "")


def is_symbol_font(family: str) -> bool:
    return family.casefold() in _SYMBOLS


# ---------------------------------------------------------------- fontconfig

_LIBRARIES = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")


@cache
def _installed() -> dict[str, tuple[FontFace, ...]]:
    """Every usable face by case-folded family name, in a fixed order."""
    found: dict[str, list[FontFace]] = {}
    for face in sorted(_faces(_fontconfig()), key=lambda face: (face.family, face.file, face.index)):
        found.setdefault(face.family.casefold(), []).append(face)
    if not found:
        raise CannotWrite(
            Problem(
                "No fonts are installed here, so no PDF can be made.",
                hint=f"Install some: {INSTALL_FONTS}. The .docx can still be made with --format docx.",
                code="no-fonts",
            )
        )
    return {family: tuple(faces) for family, faces in found.items()}


def older_versions() -> tuple[str, ...]:
    """Files of fonts that are installed in a newer version too.

    Where the newer one lacks a character, the older one would lend it; but the two bear one name, and the PDF would
    hold one font and show the wrong character of it.
    """
    newest: dict[tuple[str, tuple[int, int, int]], FontFace] = {}
    for family, faces in _installed().items():
        for face in faces:
            known = newest.setdefault((family, face.cut), face)
            if (face.version, known.file) > (known.version, face.file):
                newest[family, face.cut] = face
    kept = {face.file for face in newest.values()}
    return tuple(sorted({face.file for faces in _installed().values() for face in faces} - kept))


def without(files: tuple[str, ...], config: int) -> None:
    """Take font files out of a loaded configuration of fontconfig, given by its address."""
    library = _fontconfig()
    library.FcConfigParseAndLoadFromMemory.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    library.FcConfigBuildFonts.argtypes = (ctypes.c_void_p,)
    globs = "".join(f"<glob>{escape(file)}</glob>" for file in files)
    rules = f"<fontconfig><selectfont><rejectfont>{globs}</rejectfont></selectfont></fontconfig>"
    library.FcConfigParseAndLoadFromMemory(config, rules.encode(), 0)
    library.FcConfigBuildFonts(config)


def check_fonts() -> None:
    """Raise CannotWrite when there is no font at all: Pango would end the whole process (SIGSEGV)."""
    _installed()


def _fontconfig() -> ctypes.CDLL:
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise CannotWrite(
        Problem(
            "The fontconfig library is missing, so no PDF can be made.",
            hint=("Install it: sudo apt-get install libfontconfig1. The .docx can still be made with --format docx."),
            code="no-fontconfig",
        )
    )


class _FontSet(ctypes.Structure):
    _fields_ = (
        ("nfont", ctypes.c_int),
        ("sfont", ctypes.c_int),
        ("fonts", ctypes.POINTER(ctypes.c_void_p)),
    )


def _faces(library: ctypes.CDLL) -> list[FontFace]:
    """Read the system set straight from fontconfig's loaded configuration; scalable TrueType/OpenType only."""
    library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
    library.FcConfigGetFonts.restype = ctypes.POINTER(_FontSet)
    library.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
    library.FcConfigDestroy.argtypes = (ctypes.c_void_p,)
    library.FcPatternGetString.argtypes = (
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p),
    )  # fmt: skip
    library.FcPatternGetInteger.argtypes = (
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int),
    )  # fmt: skip
    config = library.FcInitLoadConfigAndFonts()
    if not config:
        return []
    try:
        fonts = library.FcConfigGetFonts(config, 0)
        if not fonts:
            return []
        return [face for at in range(fonts.contents.nfont) for face in _read_face(library, fonts.contents.fonts[at])]
    finally:
        library.FcConfigDestroy(config)


def _read_face(library: ctypes.CDLL, pattern: int | None) -> list[FontFace]:
    def text(key: bytes, at: int = 0) -> str:
        value = ctypes.c_char_p()
        if library.FcPatternGetString(pattern, key, at, ctypes.byref(value)) or value.value is None:
            return ""
        return value.value.decode("utf-8", "replace")

    def number(key: bytes, otherwise: int) -> int:
        value = ctypes.c_int()
        return otherwise if library.FcPatternGetInteger(pattern, key, 0, ctypes.byref(value)) else value.value

    file, index = text(b"file"), number(b"index", 0)
    # Only formats with the tables we read; the upper half of the index names an instance of a variable font.
    if text(b"fontformat") not in ("TrueType", "CFF") or index >> 16 or not file:
        return []
    cut = number(b"weight", 80), number(b"slant", 0), number(b"width", 100)
    bold, italic, version = cut[0] >= _BOLD_FROM, cut[1] >= _ITALIC_FROM, number(b"fontversion", 0)
    if cut[2] != 100:
        # A condensed cut shares its family's name; measuring with it would be wrong.
        return [FontFace(f"{text(b'fullname')}", file, index, bold, italic, cut, version)]
    names = [name for at in range(4) if (name := text(b"family", at))]
    return [FontFace(name, file, index, bold, italic, cut, version) for name in names]
