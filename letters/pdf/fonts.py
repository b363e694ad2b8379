"""Which installed font replaces the font that a document names, how high its lines are and how wide its words.

Word measures with the fonts that a document names, but only those installed here can be used. The substitutes below
have the same widths as the fonts they replace, so that lines break at the same words; Caladea has those of Cambria as it
comes with Letters. Lines of well-known fonts are as high as those of the fonts themselves, so that pages hold as many.
All lengths are in points.
"""

from __future__ import annotations

import struct
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz
from msgspec import Struct

from letters.errors import CannotWrite, Problem
from letters.pdf.document import RunFormat
from letters.pdf.embedded_fonts import contents_of, embedded_faces
from letters.pdf.font_files import FontFace, faces_of_family, installed_faces, is_shipped

MOST_FACES, _MOST_FAMILIES = 400, 2_000
"""Faces of which something is remembered: of fonts that are installed there are fewer, but files may embed others."""

# Same advance widths, so the same line breaks.
_TIMES = ("Liberation Serif", "Tinos", "Nimbus Roman")
_ARIAL = ("Liberation Sans", "Arimo", "Nimbus Sans")
_COURIER = ("Liberation Mono", "Cousine", "Nimbus Mono PS")
_SAME_WIDTHS = {
    "times new roman": _TIMES,
    "times": _TIMES,
    "arial": _ARIAL,
    "helvetica": _ARIAL,
    "courier new": _COURIER,
    "courier": _COURIER,
    "arial narrow": ("Liberation Sans Narrow",),
    "calibri": ("Carlito",),
    "cambria": ("Caladea",),
    "georgia": ("Gelasio",),
    "bullets of symbol": ("Arial", *_ARIAL),
    "bullets of wingdings": ("Arial", *_ARIAL),
}
# Modeled on the font, or nearly as wide: lines may still break elsewhere, which is worth a note.
_ALIKE = {
    "calibri light": ("Carlito",), "candara": ("Carlito",), "corbel": ("Carlito",), "gill sans": ("Carlito",),
    "gill sans mt": ("Carlito",), "gill sans nova": ("Carlito",), "georgia": ("Caladea",), "georgia pro": ("Caladea",),
    "cambria math": ("Caladea",), "open sans": ("Noto Sans",), "bc sans": ("Noto Sans",),
    "comic sans ms": ("Noto Sans",), "verdana": ("DejaVu Sans",), "garamond": ("EB Garamond", "Liberation Serif"),
    "palatino linotype": ("TeX Gyre Pagella", "P052"), "book antiqua": ("TeX Gyre Pagella", "P052"),
    "century": ("TeX Gyre Schola", "C059", "Noto Serif"), "century schoolbook": ("TeX Gyre Schola", "C059", "Noto Serif"),
    "bookman old style": ("TeX Gyre Bonum", "Bookman URW", "Noto Serif"), "lucida sans": ("Noto Sans",),
    "century gothic": ("TeX Gyre Adventor", "URW Gothic"), "montserrat": ("Noto Sans",), "poppins": ("Noto Sans",),
}  # fmt: skip
_LINES = {
    "bullets of symbol": (1.2217, 0.2197), "bullets of wingdings": (1.1099, 0.2109),
    "aptos": (1.2207, 0.282), "aptos display": (1.2207, 0.282), "arial black": (1.4102, 0.3096),
    "arial nova": (1.2095, 0.2275), "candara": (1.2207, 0.2754), "bookman old style": (1.167, 0.225),
    "comic sans ms": (1.3936, 0.2915), "consolas": (1.1709, 0.2573), "corbel": (1.2075, 0.2563),
    "franklin gothic book": (1.1338, 0.2173), "franklin gothic medium": (1.1338, 0.2173), "garamond": (1.125, 0.263),
    "georgia": (1.1362, 0.2192), "georgia pro": (1.1362, 0.2192), "gill sans nova": (1.3018, 0.2988),
    "roboto": (1.1719, 0.2441), "segoe ui": (1.3301, 0.251), "segoe ui light": (1.3301, 0.251),
    "segoe ui semibold": (1.3301, 0.251), "sylfaen": (1.3169, 0.2812), "tahoma": (1.207, 0.2065),
    "trebuchet ms": (1.1611, 0.2222), "verdana": (1.2153, 0.21),
}  # fmt: skip
"""The height of a single-spaced line of well-known fonts, and how far it reaches below the baseline, as fractions of the
font size: that of lines set in a font that replaces one of them."""
_OFTEN = (
    "e92 t67 o56 a53 n52 i50 r47 s45 d29 l26 h24 u23 c22 f17 m17 p16 y14 .12 g9 b8 v8 w7 ,7 S7 A6 T6 R5 I5 N5 E5 P5 D4 C4 "
    "O3 k3 13 L2 F2 M2 U2 02 22"
)
_SAMPLE = " " * 168 + "".join([each[0] * int(each[1:]) for each in _OFTEN.split()])
"""Characters, as often as they are in letters and forms in English."""
_WIDTHS: dict[str, tuple[float, ...]] = {
    "aptos": (0.4265, 0.4491, 0.428), "aptos display": (0.3982,), "arial black": (0.5503,),
    "book antiqua": (0.4453, 0.459, 0.4066), "bookman old style": (0.5238, 0.5278, 0.4824),
    "calibri light": (0.4013,), "candara": (0.4172,), "century": (0.4671,),
    "century gothic": (0.4811, 0.4794, 0.4829), "consolas": (0.5498, 0.55), "franklin gothic book": (0.4209,),
    "franklin gothic medium": (0.4297,), "garamond": (0.3932, 0.4265, 0.337), "georgia": (0.4419, 0.5125, 0.449),
    "gill sans": (0.4107, 0.4713, 0.3773), "gill sans mt": (0.4107, 0.4713, 0.3773),
    "goudy old style": (0.4094, 0.4267, 0.3807), "inter": (0.474, 0.4849), "lato": (0.4399, 0.4414),
    "lucida console": (0.656,), "lucida sans": (0.4882, 0.5171), "minion pro": (0.4032, 0.4189),
    "montserrat": (0.4989, 0.5245, 0.5037), "myriad pro": (0.4128, 0.4406), "nunito": (0.4456, 0.4617),
    "open sans": (0.4639, 0.4976, 0.4372), "palatino linotype": (0.4453, 0.459, 0.4066),
    "poppins": (0.4847, 0.5039, 0.4981), "raleway": (0.4608,), "roboto": (0.4418, 0.4493, 0.4339),
    "segoe ui": (0.4405, 0.4704, 0.43), "segoe ui semibold": (0.4536,), "source sans pro": (0.4145, 0.4375, 0.4038),
    "tahoma": (0.4457, 0.5037), "trebuchet ms": (0.4521, 0.4716), "tw cen mt": (0.3987, 0.417, 0.3864),
    "ubuntu": (0.4304, 0.4803), "verdana": (0.5088, 0.5653, 0.5089),
}  # fmt: skip
"""How wide a character of the sample is on average in well-known fonts, plain, bold, and italic, as fractions of the font
size: measured in PDFs that were made with these fonts. What was not measured is as much wider as plain words."""
_AS_WIDE = 0.005
"""Words whose widths differ by less are as wide."""
# Otherwise the kind of typeface decides; most fonts are nearly as wide as Arial or Times New Roman.
_SERIF = ("Liberation Serif", "Tinos", "Noto Serif", "DejaVu Serif", "FreeSerif")
_SANS = ("Liberation Sans", "Arimo", "Noto Sans", "Carlito", "DejaVu Sans", "FreeSans")
_MONO = ("Liberation Mono", "Cousine", "Noto Sans Mono", "DejaVu Sans Mono", "FreeMono")
_SANS_WORDS = (
    "sans", "arial", "helvetica", "swiss", "aptos", "segoe", "verdana", "tahoma", "trebuchet", "gill", "futura",
    "frutiger", "univers", "roboto", "open", "lato", "calibri", "corbel", "candara", "franklin", "gothic", "source",
    "montserrat", "public", "avenir", "lucida", "optima", "myriad", "inter", "poppins", "raleway", "ubuntu",
    "nunito", "tw cen",
)  # fmt: skip
_MONO_WORDS = ("mono", "courier", "consolas", "typewriter", "menlo", "lucida console")


@lru_cache(MOST_FACES)
def open_face(face: FontFace) -> Any:
    """A font as HarfBuzz has it: its contents are mapped into memory where it can open the file by its name. Of a
    variable font, it is the one with the weight of the face.

    Raises:
        CannotWrite: the file cannot be read.
    """
    file = face.file
    try:
        # On Windows, HarfBuzz reads names in the code page of the system.
        if (data := contents_of(face)) is not None:
            blob = uharfbuzz.Blob(data)
        else:
            blob = uharfbuzz.Blob.from_file_path(file) if file.isascii() else uharfbuzz.Blob(Path(file).read_bytes())
    except (OSError, uharfbuzz.HarfBuzzError) as error:
        hint = "Look at the permissions of the file, or remove the font."
        raise CannotWrite(Problem(f"The font {file} cannot be read.", hint=hint, code="font-file")) from error
    opened = uharfbuzz.Face(blob, face.index)
    if not face.pinned:
        return opened
    wanted = uharfbuzz.SubsetInput()
    wanted.keep_everything()
    wanted.pin_all_axes_to_default(opened)
    if any(axis.tag == "wght" for axis in opened.axis_infos):
        wanted.pin_axis_location(opened, "wght", face.pinned)
    return wanted.subset(opened)


class Metrics(Struct, frozen=True, dict=True):
    """The measurements of a face, as fractions of the font size."""

    face: FontFace
    line: tuple[float, float] | None = None
    """The height of a line and how far it reaches below the baseline, if they are those of another font."""

    @cached_property
    def _open(self) -> Any:
        return open_face(self.face)

    def _table(self, tag: str) -> bytes:
        return bytes(self._open.reference_table(tag).data or b"")

    @cached_property
    def _vertical(self) -> tuple[float, float, float]:
        """Ascent, descent and line gap: those of hhea, or the typographic ones of OS/2 if the font says so (bit 7)."""
        em = self._open.upem
        up, below, gap = struct.unpack_from(">3h", self._table("hhea"), 4)
        if len(os2 := self._table("OS/2")) >= _OS2_UP_TO_WINDOWS:
            (selection,) = struct.unpack_from(">H", os2, 62)
            typographic = struct.unpack_from(">3h", os2, 68)
            if selection & (1 << 7) and (typographic[0] or typographic[1]):
                up, below, gap = typographic
            elif up - below == 0:
                windows_up, windows_down = struct.unpack_from(">2H", os2, 74)
                up, below, gap = windows_up, -windows_down, 0
        return up / em, -below / em, max(gap, 0) / em

    @cached_property
    def embeddable(self) -> bool:
        """Whether its license allows embedding: not if the fsType of OS/2 says "restricted" and nothing else."""
        os2 = self._table("OS/2")
        return len(os2) < _OS2_UP_TO_WINDOWS or struct.unpack_from(">H", os2, 8)[0] & 0xF != 2

    @cached_property
    def descent(self) -> float:
        """How far a line reaches below its baseline. Word puts the line gap above, unless the font has it within the
        ascent and descent that it gives for Windows, as Calibri has.
        """
        if self.line is not None:
            return self.line[1]
        if self._vertical[2] and len(os2 := self._table("OS/2")) >= _OS2_UP_TO_WINDOWS:
            up, down = (part / self._open.upem for part in struct.unpack_from(">2H", os2, 74))
            if abs(up + down - sum(self._vertical)) < _ROUNDED:
                return float(down)
        return self._vertical[1]

    @cached_property
    def single(self) -> float:
        """The height of a single-spaced line."""
        return sum(self._vertical) if self.line is None else self.line[0]

    @cached_property
    def drawn(self) -> tuple[float, float]:
        """The ascent and descent that Pango centers in a CSS line, without the line gap."""
        up, down, _ = self._vertical
        return up, down

    @cached_property
    def _widths(self) -> _CharacterWidths:
        return _CharacterWidths(uharfbuzz.Font(self._open))

    def has(self, character: str) -> bool:
        return self._widths[character] is not None

    def width(self, text: str) -> float:
        """The width of a text, without kerning; a character that the face lacks is half an em wide."""
        widths, em = self._widths, int(self._open.upem)
        total = 0
        for character in text:
            width = widths[character]
            total += em // 2 if width is None else width
        return float(total / em)

    @cached_property
    def average(self) -> float:
        """The width of a character of the sample, on average."""
        return self.width(_SAMPLE) / len(_SAMPLE)


_ROUNDED = 0.002
_OS2_UP_TO_WINDOWS = 78
"""The length of the oldest OS/2 table, up to the heights for Windows."""


class _CharacterWidths(dict[str, "int | None"]):
    """The width of each character that was looked up, in units of the font; None if the font lacks it."""

    def __init__(self, font: Any) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, character: str) -> int | None:
        glyph = self._font.get_nominal_glyph(ord(character))
        found = self[character] = int(self._font.get_glyph_h_advance(glyph)) if glyph else None
        return found


class FontMatch(Struct, frozen=True):
    """The family that will be used, and whether it has the widths of the family that was asked for."""

    family: str
    same_widths: bool


def choose(family: str) -> FontMatch:
    """The family, embedded or installed, that replaces ``family``. Raises CannotWrite when no font is installed at all."""
    if faces := embedded_faces(family):
        return FontMatch(faces[0].family, True)
    return _choose(_normal(family))


def _normal(family: str) -> str:
    return family.split(";")[0].strip().strip('"').casefold()


@lru_cache(_MOST_FAMILIES)
def _choose(wanted: str) -> FontMatch:
    if faces := faces_of_family(wanted):
        return FontMatch(faces[0].family, True)
    for name in _SAME_WIDTHS.get(wanted, ()):
        if faces_of_family(name.casefold()):
            return FontMatch(name, True)
    kinds = (_MONO_WORDS, _MONO), (_SANS_WORDS, _SANS)
    likely = next((names for words, names in kinds if any(word in wanted for word in words)), _SERIF)
    for name in (*_ALIKE.get(wanted, ()), *likely, *_SERIF, *_SANS):
        if faces_of_family(name.casefold()):
            return FontMatch(name, False)
    return FontMatch(next(iter(installed_faces().values()))[0].family, False)


def fitted(family: str, bold: bool, italic: bool) -> tuple[str, float]:
    """The family to set instead of one that is not here, and how many times as wide its characters are made, so that words
    take as much room as in Word, on average.
    """
    return (family, 1.0) if embedded_faces(family) else _fitted(family, bold, italic)


@lru_cache(MOST_FACES)
def _fitted(family: str, bold: bool, italic: bool) -> tuple[str, float]:
    wanted = _normal(family)
    if faces_of_family(wanted):
        return family, 1.0
    if wanted == "arial narrow" and not _choose(wanted).same_widths:
        return "Arial", 0.82
    if not (measured := _WIDTHS.get(wanted, ())):
        return family, 1.0
    at = 1 if bold else 2 if italic else 0
    if at >= len(measured):
        return _fitted(family, False, False)
    wide = measured[at] / metrics(family, bold, italic and not bold).average
    return family, 1.0 if abs(wide - 1) < _AS_WIDE else round(wide, 3)


@lru_cache(MOST_FACES)
def metrics(family: str, bold: bool = False, italic: bool = False) -> Metrics:
    """The metrics of the face that replaces ``family``, in the nearest style if the exact one is missing."""
    embedded, wanted, chosen = embedded_faces(family), _normal(family), choose(family).family.casefold()
    faces = embedded or faces_of_family(chosen)
    line = None if embedded or chosen == wanted else _LINES.get(wanted)
    return Metrics(min(faces, key=lambda face: _distance(face, bold, italic)), line)


def _distance(face: FontFace, bold: bool, italic: bool) -> tuple[int, int, int, str, int]:
    """How far a face is from the style that is wanted; of several versions, the newest is nearest."""
    weight = abs(face.cut[0] - (_BOLD if bold else _REGULAR))
    return (face.bold != bold) * 2 + (face.italic != italic), weight, -face.version, face.file, face.index


_REGULAR, _BOLD = 400, 700
_OF_LANGUAGES = {
    "ja": ("cjk jp", " jp", "yu ", "meiryo", "hiragino"), "ko": ("cjk kr", " kr", "malgun", "apple sd"),
    "zh-tw": ("cjk tc", " tc", "jhenghei"), "zh-hk": ("cjk hk", " hk", "cjk tc", " tc"),
    "zh": ("cjk sc", " sc", "yahei", "pingfang", "simsun"),
}  # fmt: skip
"""What is in the names of the fonts for the Chinese characters of a language."""


@lru_cache(MOST_FACES)
def alternatives(family: str, bold: bool, italic: bool, language: str) -> tuple[FontFace, ...]:
    """The faces in which to look for characters that a family lacks, one of each other family, in a fixed order.

    Those that come with Letters precede those of the machine, so that other fonts there change nothing; then the Noto
    fonts, which exist for every script, precede others.
    """
    liked = _MONO if _is_mono(family) else _SERIF if "serif" in family.casefold() else _SANS
    order = {name.casefold(): at for at, name in enumerate(dict.fromkeys((*liked, *_SANS, *_SERIF)))}
    tongue = language.casefold()
    local = next((words for tag, words in _OF_LANGUAGES.items() if tongue.startswith(tag)), ())

    def rank(face: FontFace) -> tuple[bool, bool, int, str]:
        name = face.family.casefold()
        known = order.get(name, len(order) + next(at for at, start in enumerate(_ORDER) if name.startswith(start)))
        return not is_shipped(face), not any(word in name for word in local), known, name

    nearest = [min(faces, key=lambda face: _distance(face, bold, italic)) for faces in installed_faces().values()]
    return tuple(sorted((face for face in nearest if face.family != family), key=rank))


_ORDER = ("noto sans", "noto serif", "noto", "dejavu", "segoe ui", "")
"""How the names of families begin that have many scripts; all others follow."""


def _is_mono(family: str) -> bool:
    return any(word in family.casefold() for word in _MONO_WORDS)


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
    return width * size * look.stretch + look.spacing * len(text)


def tracking(look: RunFormat) -> float:
    """The space after each character of text; where its characters cannot be made wider or narrower, as `fitted` has them,
    words are as wide by this, on average.
    """
    _, wide = fitted(look.family, look.bold, look.italic)
    return look.spacing + (wide - 1) * metrics(look.family, look.bold, look.italic).average * look.size


SCRIPT_SIZE = 0.65
"""The size of superscripts and subscripts in Word, as a fraction of the font size."""
SMALL_CAPS_SIZE = 0.8
"""The size of small capitals in Word, as a fraction of the font size."""


# ---------------------------------------------------------------- symbol fonts


@cache
def _symbols() -> dict[str, dict[int, str]]:
    """The characters of each symbol font, by code; from symbol_fonts.tsv, which is read when first needed."""
    found: dict[str, dict[int, str]] = {name: {} for name in _SYMBOL_FONTS}
    table = Path(__file__).with_name("symbol_fonts.tsv").read_text("utf-8")
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


def with_private_symbols(text: str, family: str) -> str:
    """Text whose characters of the private use area are those of a symbol font, as text has them whose font for other
    than ASCII characters is one (17.3.2.26).
    """
    return "".join(symbol(family, ord(each)) if "\ue000" <= each <= "\uf8ff" else each for each in text)


def of_bullets(family: str) -> str:
    """The family in which bullets of another one are set: that whose bullets are closest in size to those of symbol
    fonts. A line with a bullet is as high as in Word, where the font of the bullet counts.
    """
    found = f"Bullets of {family}"
    return found if found.casefold() in _SAME_WIDTHS else "Arial"


def is_symbol_font(family: str) -> bool:
    return family.casefold() in _SYMBOL_FONTS
