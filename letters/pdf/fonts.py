"""Which installed font replaces the font that a document names, how high its lines are and how wide its words.

Word measures with the fonts that a document names, but only those installed here can be used. The substitutes below
were designed with the same widths as the fonts they replace, so that lines break at the same words. All lengths are in
points.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from letters.pdf.document import RunFormat
from letters.pdf.fontconfig import FontFace, installed_faces

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

# It logs remarks about dates inside font files, which Python would print to stderr.
logging.getLogger("fontTools").addHandler(logging.NullHandler())

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
# Modeled on the font, or nearly as wide and high: lines may still break elsewhere, which is worth a note.
_ALIKE = {
    "calibri light": ("Carlito",), "cambria math": ("Caladea",), "open sans": ("Noto Sans",),
    "verdana": ("DejaVu Sans",), "garamond": ("EB Garamond", "Liberation Serif"),
    "palatino linotype": ("TeX Gyre Pagella", "P052"), "book antiqua": ("TeX Gyre Pagella", "P052"),
    "century schoolbook": ("TeX Gyre Schola", "C059"), "bookman old style": ("TeX Gyre Bonum", "Bookman URW"),
    "century gothic": ("TeX Gyre Adventor", "URW Gothic"),
}  # fmt: skip
# Otherwise the kind of typeface decides; LibreOffice, too, falls back on the Noto fonts, which are as wide as most.
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


@dataclass(frozen=True)
class Metrics:
    """The measurements of a face, as fractions of the font size."""

    face: FontFace

    @cached_property
    def _font(self) -> TTFont:
        from fontTools.ttLib import TTFont

        return TTFont(self.face.file, fontNumber=self.face.index, lazy=True)

    @cached_property
    def _vertical(self) -> tuple[float, float, float]:
        """Ascent, descent and line gap: those of hhea, or the typographic ones of OS/2 if the font says so (bit 7)."""
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
        """Whether its license allows embedding: not if the fsType of OS/2 says "restricted" and nothing else."""
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
        """The height of a single-spaced line."""
        return sum(self._vertical)

    @cached_property
    def drawn(self) -> tuple[float, float]:
        """The ascent and descent that Pango centers in a CSS line, without the line gap."""
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
        """The width of a text, without kerning; a character that the face lacks is half an em wide."""
        advances, em = self._advances
        glyphs = self._characters
        total = 0
        for character in text:
            name = glyphs.get(ord(character))
            total += advances[name][0] if name is not None else em // 2
        return float(total / em)


@dataclass(frozen=True, slots=True)
class FontMatch:
    """The family that will be used, and whether it has the widths of the family that was asked for."""

    family: str
    same_widths: bool


def choose(family: str) -> FontMatch:
    """The installed family that replaces ``family``. Raises CannotWrite when no font is installed at all."""
    return _choose(family.split(";")[0].strip().strip('"').casefold())


@cache
def _choose(wanted: str) -> FontMatch:
    installed = installed_faces()
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
    """The metrics of the face that replaces ``family``, in the nearest style if the exact one is missing."""
    faces = installed_faces()[choose(family).family.casefold()]
    best = min(
        faces,
        key=lambda face: ((face.bold != bold) * 2 + (face.italic != italic), -face.version, face.file, face.index),
    )
    return Metrics(best)


def line_height(look: RunFormat) -> float:
    """The height of a single-spaced line: ascent, descent and line gap."""
    return metrics(look.family, look.bold, look.italic).single * look.size


def text_width(text: str, look: RunFormat) -> float:
    """The width of a text set on one line."""
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
"""The size of superscripts and subscripts in Word, as a fraction of the font size."""
SMALL_CAPS_SIZE = 0.8
"""The size of small capitals in Word, as a fraction of the font size."""


# ---------------------------------------------------------------- symbol fonts


@cache
def _symbols() -> dict[str, dict[int, str]]:
    """The characters of each symbol font, by code; from symbol_fonts.tsv, which is read when first needed."""
    found: dict[str, dict[int, str]] = {name: {} for name in _SYMBOL_FONTS}
    table = resources.files("letters.pdf").joinpath("symbol_fonts.tsv").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            font, code, shown = line.split("\t")
            found[font][int(code, 16)] = " " if shown == "U+0020" else shown
    return found


_SYMBOL_FONTS = frozenset({"symbol", "webdings", "wingdings", "wingdings 2", "wingdings 3"})


def symbol(family: str, code: int) -> str:
    """The Unicode character for a code in a symbol font; empty if it is not known."""
    if not is_symbol_font(family):
        return ""
    return _symbols()[family.casefold()].get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code, "")


def in_symbol_font(text: str, family: str) -> str:
    """The characters that text in a symbol font shows, without those that are not known."""
    return "".join(symbol(family, ord(character)) for character in text)


def is_symbol_font(family: str) -> bool:
    return family.casefold() in _SYMBOL_FONTS
