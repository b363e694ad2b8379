"""Glyphs, line-break opportunities, directions and font subsets: the only module that knows HarfBuzz and Pango.

WeasyPrint uses the same libraries, so both writers break lines in the same places. Measures are relative to the font
size (1.0 = the size)."""

from __future__ import annotations

import ctypes
import re
import sys
import threading
import unicodedata
from array import array
from collections.abc import Callable, Sequence
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_uint, c_uint32, c_void_p
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate, groupby, pairwise
from typing import Any, TypeVar

from letters.pdf import fontconfig
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.fontconfig import FontFace

_NAMES = {
    "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"),
    "subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
    "pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"),
}
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = 4, 5
_RETAIN_GLYPHS, _PASS_UNKNOWN, _DESUBROUTINIZE = 0x02, 0x20, 0x10
_DROP_TABLES = 3
_IGNORED_TABLES = (b"BASE", b"DSIG", b"EBDT", b"EBLC", b"EBSC", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")
_NO_BREAK_SPACE = "\u00a0"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
"""Joiners, marks of direction and the like, which HarfBuzz leaves out whether or not the font has them."""
_UNSUITABLE = (b"fvar", b"CFF ", b"CFF2", b"CBDT", b"sbix", b"COLR", b"SVG ")
"""Tables of variable fonts, fonts with cubic outlines, and color fonts."""
_NO_KERNING = (b"kern",)
_NO_LIGATURES = (b"liga", b"clig", b"calt")
_SHARED = frozenset(int.from_bytes(name, "big") for name in (b"Zyyy", b"Zinh"))
_FIELDS = 5  # of hb_glyph_info_t and of hb_glyph_position_t, four bytes each


_T = TypeVar("_T")


class _Feature(ctypes.Structure):
    _fields_ = (("tag", c_uint32), ("value", c_uint32), ("start", c_uint), ("end", c_uint))


@cache
def _library(which: str) -> ctypes.CDLL:
    for name in _NAMES[which]:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        try:
            for function, (result, arguments) in _SIGNATURES[which].items():
                known = getattr(library, function)
                known.restype, known.argtypes = result, arguments
        except AttributeError as error:
            raise Unsupported(f"{name} is too old: {error}") from error
        return library
    raise Unsupported(f"{_NAMES[which][0]} is not installed")


_P = c_void_p
_SIGNATURES: dict[str, dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "harfbuzz": {
        "hb_blob_create_from_file_or_fail": (_P, (c_char_p,)),
        "hb_blob_destroy": (None, (_P,)),
        "hb_blob_get_data": (_P, (_P, POINTER(c_uint))),
        "hb_blob_get_length": (c_uint, (_P,)),
        "hb_face_create": (_P, (_P, c_uint)),
        "hb_face_destroy": (None, (_P,)),
        "hb_face_get_upem": (c_uint, (_P,)),
        "hb_face_reference_blob": (_P, (_P,)),
        "hb_face_reference_table": (_P, (_P, c_uint32)),
        "hb_font_create": (_P, (_P,)),
        "hb_font_get_glyph_h_advance": (c_int32, (_P, c_uint32)),
        "hb_font_get_nominal_glyph": (c_int, (_P, c_uint32, POINTER(c_uint32))),
        "hb_buffer_create": (_P, ()),
        "hb_buffer_reset": (None, (_P,)),
        "hb_buffer_add_utf32": (None, (_P, c_char_p, c_int, c_uint, c_int)),
        "hb_buffer_set_direction": (None, (_P, c_int)),
        "hb_buffer_set_language": (None, (_P, _P)),
        "hb_buffer_guess_segment_properties": (None, (_P,)),
        "hb_language_from_string": (_P, (c_char_p, c_int)),
        "hb_unicode_funcs_get_default": (_P, ()),
        "hb_unicode_script": (c_uint32, (_P, c_uint32)),
        "hb_shape": (None, (_P, _P, POINTER(_Feature), c_uint)),
        "hb_buffer_get_glyph_infos": (_P, (_P, POINTER(c_uint))),
        "hb_buffer_get_glyph_positions": (_P, (_P, POINTER(c_uint))),
        "hb_set_add": (None, (_P, c_uint32)),
        "hb_set_add_range": (None, (_P, c_uint32, c_uint32)),
        "hb_ot_metrics_get_position_with_fallback": (None, (_P, c_uint32, POINTER(c_int32))),
    },
    "subset": {
        "hb_subset_input_create_or_fail": (_P, ()),
        "hb_subset_input_destroy": (None, (_P,)),
        "hb_subset_input_glyph_set": (_P, (_P,)),
        "hb_subset_input_set": (_P, (_P, c_int)),
        "hb_subset_input_set_flags": (None, (_P, c_uint)),
        "hb_subset_or_fail": (_P, (_P, _P)),
    },
    "pango": {
        "pango_language_from_string": (_P, (c_char_p,)),
        "pango_log2vis_get_embedding_levels": (_P, (c_char_p, c_int, POINTER(c_int))),
        "g_free": (None, (_P,)),
        "pango_get_log_attrs": (None, (c_char_p, c_int, c_int, _P, _P, c_int)),
    },
}  # fmt: skip


def _tag(name: bytes) -> int:
    return int.from_bytes(name, "big")


@dataclass(frozen=True, eq=False, slots=True)
class ShapedText:
    """A text as glyphs, in the order of its characters, whatever the direction it is written in.

    ``edges`` is the distance of each character, and of the end of the text, from its beginning.
    """

    text: str
    glyphs: tuple[int, ...]
    codes: tuple[str, ...]
    """The glyphs as a PDF names them: four hexadecimal digits each."""
    firsts: tuple[int, ...] | None
    """The first glyph of each character and of the end of the text; None if there is one glyph per character."""
    edges: tuple[float, ...]
    characters: tuple[str, ...]
    """The characters each glyph represents; those that together represent some characters have them all."""
    uses: dict[int, str]
    """The characters that each glyph represents where it is used first."""
    adjustments: tuple[float, ...] | None
    """By how much each advance differs from the glyph's own width, where there is kerning."""
    offsets: tuple[tuple[float, float], ...] | None = None
    """How far each glyph is moved to the right and upward, as marks above letters are; None if none is."""
    painted: tuple[int, ...] | None = None
    """The indices of the glyphs from left to right, for text written from right to left."""

    def glyphs_of(self, start: int, end: int) -> tuple[int, int]:
        """The glyphs of the characters from ``start`` to ``end``."""
        return (start, end) if self.firsts is None else (self.firsts[start], self.firsts[end])

    def order(self, start: int, end: int) -> Sequence[int]:
        """The indices of the glyphs from ``start`` to ``end``, from left to right."""
        return range(start, end) if self.painted is None else [at for at in self.painted if start <= at < end]


@dataclass(frozen=True, slots=True)
class DecorationMetrics:
    """Underline and strikethrough of a font: upper edge above the baseline, and thickness."""

    underline: tuple[float, float]
    strike: tuple[float, float]


class _GlyphCache(dict[int, _T]):
    """What is known of each glyph, looked up once."""

    def __init__(self, find: Callable[[int], _T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, glyph: int) -> _T:
        found = self[glyph] = self._find(glyph)
        return found


_CODES = _GlyphCache(lambda glyph: f"{glyph:04x}")


class Font:
    """A font face. Raises Unsupported for variable fonts, color fonts and fonts with cubic outlines."""

    def __init__(self, face: FontFace) -> None:
        self.face = face
        self._harfbuzz = library = _library("harfbuzz")
        blob = library.hb_blob_create_from_file_or_fail(face.file.encode())
        if not blob:
            raise Unsupported(f"{face.file} cannot be read")
        self._face = library.hb_face_create(blob, face.index)
        library.hb_blob_destroy(blob)
        if any(self._has_table(name) for name in _UNSUITABLE) or not self._has_table(b"glyf"):
            raise Unsupported(f"the font {face.family} is of another kind")
        self.units = int(library.hb_face_get_upem(self._face))
        self._font = library.hb_font_create(self._face)
        self._buffer = library.hb_buffer_create()
        self._own: _GlyphCache[int] = _GlyphCache(
            lambda glyph: int(library.hb_font_get_glyph_h_advance(self._font, glyph))
        )
        self._known: dict[str, int] = {}
        self._spelled: dict[str, bool] = {}
        self._kept = 0
        self._shaped: dict[tuple[str, bool, bool, str, bool], ShapedText] = {}

    def _has_table(self, name: bytes) -> bool:
        blob = self._harfbuzz.hb_face_reference_table(self._face, _tag(name))
        length = self._harfbuzz.hb_blob_get_length(blob)
        self._harfbuzz.hb_blob_destroy(blob)
        return bool(length)

    def glyph(self, character: str) -> int:
        """The glyph of a character; 0 if the font has none."""
        if character not in self._known:
            found = c_uint32()
            self._harfbuzz.hb_font_get_nominal_glyph(self._font, ord(character), byref(found))
            self._known[character] = found.value
        return self._known[character]

    def advance(self, glyph: int) -> float:
        return self._own[glyph] / self.units

    @cached_property
    def decoration(self) -> DecorationMetrics:
        def part(name: bytes) -> float:
            value = c_int32()
            self._harfbuzz.hb_ot_metrics_get_position_with_fallback(self._font, _tag(name), byref(value))
            return float(value.value / self.units)

        return DecorationMetrics((part(b"undo"), part(b"unds")), (part(b"stro"), part(b"strs")))

    def covers(self, text: str) -> bool:
        """Whether the font has every character, or the composed form of a letter with its accents."""
        return all(map(self._has, text)) or all(map(self._has, unicodedata.normalize("NFC", text)))

    def spells(self, text: str) -> bool:
        """The same for a text that letters may have in common."""
        known = self._spelled.get(text)
        if known is None:
            if len(self._spelled) >= _SPELLED:
                self._spelled.clear()
            known = self._spelled[text] = self.covers(text)
        return known

    def _has(self, character: str) -> bool:
        return bool(self.glyph(character)) or character == _NO_BREAK_SPACE or _INVISIBLE.match(character) is not None

    def shape(self, text: str, *, kerning: bool, ligatures: bool, language: str, backwards: bool = False) -> ShapedText:
        """The glyphs of a text.

        Args:
            backwards: it is written from right to left.

        Raises:
            Unsupported: a character is missing from the font.
        """
        key = text, kerning, ligatures, language, backwards
        shaped = self._shaped.get(key)
        if shaped is None:
            with _ONE_AT_A_TIME:
                shaped = self._shape(text, kerning, ligatures, language, backwards)
                self._kept += len(text)
                if self._kept > _KEPT:
                    self._shaped.clear()
                    self._kept = len(text)
                self._shaped[key] = shaped
        return shaped

    def _shape(self, text: str, kerning: bool, ligatures: bool, language: str, backwards: bool) -> ShapedText:
        library, buffer = self._harfbuzz, self._buffer
        library.hb_buffer_reset(buffer)
        library.hb_buffer_add_utf32(buffer, text.encode("utf-32-le" if sys.byteorder == "little" else "utf-32-be"),
                                    len(text), 0, len(text))  # fmt: skip
        library.hb_buffer_set_direction(buffer, _RIGHT_TO_LEFT if backwards else _LEFT_TO_RIGHT)
        library.hb_buffer_set_language(buffer, library.hb_language_from_string(language.encode(), -1))
        library.hb_buffer_guess_segment_properties(buffer)
        features = _features(kerning, ligatures)
        library.hb_shape(self._font, buffer, features, len(features))
        count = c_uint()
        infos = library.hb_buffer_get_glyph_infos(buffer, byref(count))
        found = array("I", ctypes.string_at(infos, count.value * _FIELDS * 4))
        places = library.hb_buffer_get_glyph_positions(buffer, byref(count))
        placed = array("i", ctypes.string_at(places, count.value * _FIELDS * 4))
        glyphs, clusters = found[0::_FIELDS].tolist(), found[2::_FIELDS].tolist()  # hb_glyph_info_t
        if 0 in glyphs:
            lacking = text[clusters[glyphs.index(0)]]
            raise Unsupported(f"the font {self.face.family} lacks U+{ord(lacking):04X}")
        advances = placed[0::_FIELDS].tolist()  # hb_glyph_position_t, with offsets to the right and upward
        right, up = placed[2::_FIELDS].tolist(), placed[3::_FIELDS].tolist()
        painted = None
        if backwards:
            painted, order = _from_the_left(clusters)
            glyphs, clusters, advances, right, up = (
                [values[at] for at in order] for values in (glyphs, clusters, advances, right, up)
            )
        own = [self._own[glyph] for glyph in glyphs]
        adjustments = offsets = None
        if advances != own:
            adjustments = tuple([(reached - width) / self.units for reached, width in zip(advances, own, strict=True)])
        if any(right) or any(up):
            offsets = tuple([(x / self.units, y / self.units) for x, y in zip(right, up, strict=True)])
        firsts, edges = self._edges(text, clusters, advances)
        if firsts is None:
            characters = tuple(text)
        else:
            ends = dict(pairwise(sorted({*clusters, len(text)})))
            characters = tuple([text[at : ends[at]] for at in clusters])
        if _INVISIBLE.search(text):  # they are drawn as spaces of no width
            characters = tuple([_INVISIBLE.sub("", shown) or " " for shown in characters])
        uses = dict(zip(reversed(glyphs), reversed(characters), strict=True))
        return ShapedText(
            text, tuple(glyphs), tuple([_CODES[glyph] for glyph in glyphs]), firsts, edges, characters, uses,
            adjustments, offsets, painted,
        )  # fmt: skip

    def _edges(
        self, text: str, clusters: list[int], advances: list[int]
    ) -> tuple[tuple[int, ...] | None, tuple[float, ...]]:
        units = self.units
        ends = [end / units for end in accumulate(advances, initial=0)]
        if clusters == list(range(len(text))):
            return None, tuple(ends)
        firsts, at = [], 0
        for character in range(len(text) + 1):
            while at < len(clusters) and clusters[at] < character:
                at += 1
            firsts.append(at)
        return tuple(firsts), tuple(ends[at] for at in firsts)

    def subset(self, glyphs: frozenset[int]) -> bytes:
        """The font with only these glyphs."""
        return _subset(self, glyphs)

    def cut_down(self, glyphs: frozenset[int]) -> bytes:
        library, subsetter = self._harfbuzz, _library("subset")
        wanted = subsetter.hb_subset_input_create_or_fail()
        try:
            chosen = subsetter.hb_subset_input_glyph_set(wanted)
            for glyph in glyphs:
                library.hb_set_add(chosen, glyph)
            subsetter.hb_subset_input_set_flags(wanted, _RETAIN_GLYPHS | _PASS_UNKNOWN | _DESUBROUTINIZE)
            dropped = subsetter.hb_subset_input_set(wanted, _DROP_TABLES)
            for name in _IGNORED_TABLES:
                library.hb_set_add(dropped, _tag(name))
            less = subsetter.hb_subset_or_fail(self._face, wanted)
            # Again, without the empty glyphs after the last one used.
            library.hb_set_add_range(chosen, 0, max(glyphs))
            subsetter.hb_subset_input_set_flags(wanted, _PASS_UNKNOWN | _DESUBROUTINIZE)
            least = subsetter.hb_subset_or_fail(less, wanted) if less else None
            if not least:
                raise Unsupported(f"the font {self.face.family} cannot be subset")
            blob = library.hb_face_reference_blob(least)
            length = c_uint()
            data = ctypes.string_at(library.hb_blob_get_data(blob, byref(length)), length.value)
            library.hb_blob_destroy(blob)
            library.hb_face_destroy(less)
            library.hb_face_destroy(least)
            return data
        finally:
            subsetter.hb_subset_input_destroy(wanted)


_ONE_AT_A_TIME = threading.Lock()
"""A font has one buffer, and HarfBuzz releases the interpreter lock."""
_SPELLED = 2_000
"""Texts of which it is remembered whether a font has their characters."""
_KEPT = 50_000
"""Characters whose glyphs are cached per font: letters of one kind have most of their text in common."""


@lru_cache(maxsize=32)
def _subset(font: Font, glyphs: frozenset[int]) -> bytes:
    return font.cut_down(glyphs)


@cache
def font_of(face: FontFace) -> Font:
    return Font(face)


def _from_the_left(clusters: list[int]) -> tuple[tuple[int, ...], list[int]]:
    """For the glyphs of right-to-left text, which HarfBuzz gives from left to right: their indices among glyphs in the
    order of the text, from left to right; and the indices that put them in that order.
    """
    groups = [list(group) for _, group in groupby(range(len(clusters)), key=lambda at: clusters[at])]
    order = [at for group in reversed(groups) for at in group]
    places = {at: place for place, at in enumerate(order)}
    return tuple([places[at] for at in range(len(clusters))]), order


@lru_cache(maxsize=2_000)
def fallback(letter: str, family: str, bold: bool, italic: bool, language: str) -> Font | None:
    """The font for a letter, with its accents, that the family lacks; None if no installed font has it.

    It is the first in the order of fontconfig, as for WeasyPrint and LibreOffice.
    """
    for face in fontconfig.alternatives(family, bold, italic, language):
        try:
            font = font_of(face)
        except Unsupported:  # a color font, for instance
            continue
        if font.covers(letter):
            return font
    return None


@lru_cache(maxsize=5_000)
def script_of(character: str) -> int:
    """The script of a character, as HarfBuzz numbers it; 0 for characters that all scripts share."""
    library = _library("harfbuzz")
    script = int(library.hb_unicode_script(library.hb_unicode_funcs_get_default(), ord(character)))
    return 0 if script in _SHARED else script


def levels_of(text: str, *, backwards: bool) -> bytes:
    """How deep each character is embedded in text of the other direction: odd levels are written from right to left
    (Unicode Standard Annex 9).

    Args:
        backwards: the paragraph is written from right to left.
    """
    pango = _library("pango")
    direction, data = c_int(int(backwards)), text.encode()
    found = pango.pango_log2vis_get_embedding_levels(data, len(data), byref(direction))
    levels = ctypes.string_at(found, len(text))
    pango.g_free(found)
    return levels


@cache
def _features(kerning: bool, ligatures: bool) -> ctypes.Array[_Feature]:
    off = (() if kerning else _NO_KERNING) + (() if ligatures else _NO_LIGATURES)
    return (_Feature * len(off))(*[_Feature(_tag(name), 0, 0, 0xFFFFFFFF) for name in off])


def breaks(text: str, language: str) -> bytes:
    """Line-break opportunities: for each character and the end of the text, 1 where a line may break before it.

    They are those of Unicode Standard Annex 14 as implemented by Pango, except that, as in Word, there is none after a
    slash.
    """
    return _breaks(text, language) if len(text) < _LONG else _breaks.__wrapped__(text, language)


_LONG = 5_000
"""Characters above which a paragraph is not cached."""


@lru_cache(maxsize=500)
def _breaks(text: str, language: str) -> bytes:
    pango = _library("pango")
    known = (c_uint32 * (len(text) + 1))()
    source = text.encode()
    pango.pango_get_log_attrs(
        source, len(source), 0, pango.pango_language_from_string(language.encode()), known, len(text) + 1
    )
    found = bytearray([each & 1 for each in known])
    for at, character in enumerate(text):
        if character == "/":
            found[at + 1] = 0
    return bytes(found)
