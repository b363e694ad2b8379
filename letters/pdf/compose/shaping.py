"""Glyphs and font subsets: the only module that knows HarfBuzz.

HarfBuzz comes with uharfbuzz, so that every computer shapes a text with the same version of it. Measures are relative
to the font size (1.0 = the size)."""

from __future__ import annotations

import struct
import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import accumulate, groupby, pairwise
from operator import attrgetter
from typing import Any, TypeVar

import uharfbuzz
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters._text.usual_characters import is_usual
from letters.errors import CannotWrite
from letters.pdf import fonts
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.font_files import FontFace

_IGNORED_TABLES = (b"BASE", b"DSIG", b"EBDT", b"EBLC", b"EBSC", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")
_SPACES = frozenset("\u00a0\u3000")
"""Spaces that HarfBuzz makes of the usual one where the font lacks them, as wide as they have to be."""
_INVISIBLE = pattern("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
"""Joiners, marks of direction and the like, which HarfBuzz leaves out whether or not the font has them."""
_UNSUITABLE = frozenset({"CFF2", "CBDT", "sbix", "COLR", "SVG "})
"""Tables of color fonts, and of variable ones with cubic outlines."""
_NO_KERNING = ("kern",)
_NO_LIGATURES = ("liga", "clig", "calt")

_UNMOVED = pattern("[\\x20-\\x7e\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u20a0-\u20bf\u2122]*")
"""Characters whose glyphs stay on the line and follow one another, as wide as they are: no marks above or below others.
"""
_GLYPH, _CLUSTER = attrgetter("codepoint"), attrgetter("cluster")
_ADVANCE, _RIGHT, _UP = attrgetter("x_advance"), attrgetter("x_offset"), attrgetter("y_offset")

_K = TypeVar("_K")
_T = TypeVar("_T")


class ShapedText(Struct, frozen=True, eq=False, gc=False):
    """A text as glyphs, in the order of its characters, whatever the direction it is written in.

    ``edges`` is the distance of each character, and of the end of the text, from its beginning, in ``units``.
    """

    text: str
    codes: str
    """The glyphs as a PDF names them: four hexadecimal digits each."""
    firsts: tuple[int, ...] | None
    """The first glyph of each character and of the end of the text; None if there is one glyph per character."""
    edges: Sequence[int]
    units: int
    """How many there are in the font size."""
    uses: dict[int, str]
    """The characters that each glyph represents where it is used first; glyphs that together represent some characters
    have them all.
    """
    adjustments: tuple[float, ...] | None
    """By how much each advance differs from the glyph's own width, where there is kerning."""
    offsets: tuple[tuple[float, float], ...] | None = None
    """How far each glyph is moved to the right and upward, as marks above letters are; None if none is."""
    painted: tuple[int, ...] | None = None
    """The indices of the glyphs from left to right, for text written from right to left."""

    def glyphs_of(self, start: int, end: int) -> tuple[int, int]:
        """The glyphs of the characters from ``start`` to ``end``."""
        return (start, end) if self.firsts is None else (self.firsts[start], self.firsts[end])

    def glyph(self, at: int) -> int:
        """The glyph with this index."""
        return int(self.codes[4 * at : 4 * at + 4], 16)

    def order(self, start: int, end: int) -> Sequence[int]:
        """The indices of the glyphs from ``start`` to ``end``, from left to right."""
        return range(start, end) if self.painted is None else [at for at in self.painted if start <= at < end]


class DecorationMetrics(Struct, frozen=True):
    """Underline and strikethrough of a font: upper edge above the baseline, and thickness."""

    underline: tuple[float, float]
    strike: tuple[float, float]


class _LookedUp(dict[_K, _T]):
    """What is known of each glyph or character, looked up once."""

    def __init__(self, find: Callable[[_K], _T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _K) -> _T:
        found = self[key] = self._find(key)
        return found


def _codes(glyphs: list[int]) -> str:
    return struct.pack(f">{len(glyphs)}H", *glyphs).hex()


class Font:
    """A font face. Raises Unsupported for color fonts, and for a variable font with cubic outlines."""

    def __init__(self, face: FontFace) -> None:
        self.face = face
        try:
            self._face = fonts.open_face(face)
        except CannotWrite as error:
            raise Unsupported(f"{face.file} cannot be read") from error
        tables = set(self._face.table_tags)
        if tables & _UNSUITABLE or not tables & {"glyf", "CFF "}:
            raise Unsupported(f"the font {face.family} is of another kind")
        self.is_cubic = "glyf" not in tables
        """Whether its outlines are those of PostScript (.otf), which a PDF embeds otherwise."""
        self.units = int(self._face.upem)
        self._font = uharfbuzz.Font(self._face)
        self._own = _LookedUp[int, int](self._font.get_glyph_h_advance)
        self._glyphs = _LookedUp[str, int](lambda character: self._font.get_nominal_glyph(ord(character)) or 0)
        self._spelled: dict[str, bool] = {}
        self._covered = set[str]()
        self._kept = 0
        self._shaped: dict[tuple[str, bool, bool, str, bool], ShapedText] = {}

    def glyph(self, character: str) -> int:
        """The glyph of a character; 0 if the font has none."""
        return self._glyphs[character]

    def advance(self, glyph: int) -> float:
        return self._own[glyph] / self.units

    @lazy_property
    def decoration(self) -> DecorationMetrics:
        tags = uharfbuzz.OTMetricsTag

        def part(tag: Any) -> float:
            return float(self._font.get_metric_position_with_fallback(tag) / self.units)

        return DecorationMetrics(
            (part(tags.UNDERLINE_OFFSET), part(tags.UNDERLINE_SIZE)),
            (part(tags.STRIKEOUT_OFFSET), part(tags.STRIKEOUT_SIZE)),
        )

    def covers(self, text: str) -> bool:
        """Whether the font has every character, or the composed form of a letter with its accents."""
        characters = set(text) - self._covered
        if all(map(self._has, characters)):
            self._covered |= characters
            return True
        return all(map(self._has, unicodedata.normalize("NFC", text)))

    def spells(self, text: str) -> bool:
        """The same for a text that letters may have in common."""
        known = self._spelled.get(text)
        if known is None:
            known = remember(self._spelled, _SPELLED, text, self.covers(text))
        return known

    def _has(self, character: str) -> bool:
        return bool(self.glyph(character)) or character in _SPACES or _INVISIBLE.match(character) is not None

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
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.direction = "rtl" if backwards else "ltr"
        buffer.language = language
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer, _features(kerning, ligatures))
        infos = buffer.glyph_infos
        glyphs, usual = list(map(_GLYPH, infos)), is_usual(text)
        is_unmoved = not kerning and (usual or _UNMOVED.fullmatch(text) is not None)
        if is_unmoved and 0 not in glyphs and glyphs == list(map(self._glyphs.__getitem__, text)):
            return self._one_by_one(text, glyphs)
        clusters = list(map(_CLUSTER, infos))
        if 0 in glyphs:
            lacking = text[clusters[glyphs.index(0)]]
            raise Unsupported(f"the font {self.face.family} lacks U+{ord(lacking):04X}")
        own = list(map(self._own.__getitem__, glyphs))
        advances, right, up = own, list[int](), list[int]()  # the last two: how far glyphs are moved
        if not is_unmoved:
            places = buffer.glyph_positions
            advances, right, up = (list(map(measure, places)) for measure in (_ADVANCE, _RIGHT, _UP))
        painted = None
        if backwards:
            painted, order = _from_the_left(clusters)
            glyphs, clusters, advances, right, up = (
                [values[at] for at in order] if values else [] for values in (glyphs, clusters, advances, right, up)
            )
            own = list(map(self._own.__getitem__, glyphs))
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
        if not usual and _INVISIBLE.search(text):  # they are drawn as spaces of no width
            characters = tuple([_INVISIBLE.sub("", shown) or " " for shown in characters])
        uses = dict(zip(glyphs[::-1], characters[::-1], strict=True))
        return ShapedText(text, _codes(glyphs), firsts, edges, self.units, uses, adjustments, offsets, painted)

    def _one_by_one(self, text: str, glyphs: list[int]) -> ShapedText:
        """A text of which each character has its own glyph, with nothing changed, as most has."""
        edges = tuple(accumulate(map(self._own.__getitem__, glyphs), initial=0))
        uses = {self._glyphs[character]: character for character in reversed(dict.fromkeys(text))}
        return ShapedText(text, _codes(glyphs), None, edges, self.units, uses, None)

    def _edges(
        self, text: str, clusters: list[int], advances: list[int]
    ) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
        ends = tuple(accumulate(advances, initial=0))
        if clusters == list(range(len(text))):
            return None, ends
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
        wanted = uharfbuzz.SubsetInput()
        flags = uharfbuzz.SubsetFlags
        wanted.glyph_set.update(glyphs)
        wanted.flags = flags.RETAIN_GIDS | flags.PASSTHROUGH_UNRECOGNIZED
        for name in _IGNORED_TABLES:
            wanted.drop_table_tag_set.add(int.from_bytes(name, "big"))
        try:
            less = wanted.subset(self._face)
            # Again, without the empty glyphs after the last one used.
            wanted.glyph_set.add_range(0, max(glyphs))
            wanted.flags = flags.PASSTHROUGH_UNRECOGNIZED
            return bytes(wanted.subset(less).blob.data)
        except (RuntimeError, uharfbuzz.HarfBuzzError) as error:
            raise Unsupported(f"the font {self.face.family} cannot be subset") from error


_ONE_AT_A_TIME = threading.Lock()
"""The caches of a font are not made for several threads."""
_SPELLED = 2_000
"""Texts of which it is remembered whether a font has their characters."""
_KEPT = 50_000
"""Characters whose glyphs are cached per font: letters of one kind have most of their text in common."""


@lru_cache(maxsize=100)
def _subset(font: Font, glyphs: frozenset[int]) -> bytes:
    return font.cut_down(glyphs)


@lru_cache(fonts.MOST_FACES)
def font_of(face: FontFace) -> Font:
    return Font(face)


@lru_cache(fonts.MOST_FACES)
def font_for(family: str, bold: bool, italic: bool) -> Font:
    """The font that replaces a family."""
    return font_of(fonts.metrics(family, bold, italic).face)


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
    """The font for a letter, with its accents, that the family lacks; None if no installed font has it."""
    for face in fonts.alternatives(family, bold, italic, language):
        try:
            font = font_of(face)
        except Unsupported:  # a color font, for instance
            continue
        if font.covers(letter):
            return font
    return None


@lru_cache(maxsize=5_000)
def script_of(character: str) -> str:
    """The script of a character, such as ``Latn``; empty for characters that all scripts share."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or ""


@cache
def _features(kerning: bool, ligatures: bool) -> dict[str, bool]:
    return dict.fromkeys((() if kerning else _NO_KERNING) + (() if ligatures else _NO_LIGATURES), False)
