"""The resources of drawn pages: fonts, pictures, and the areas and targets of links."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct, field

from letters.pdf.compose.lines import SharedLook
from letters.pdf.compose.runs import Run
from letters.pdf.compose.shaping import Font, ShapedText
from letters.pdf.document import Image, Link
from letters.pdf.kept_results import KeptResults
from letters.pdf.tags.structure import Node


class ShownGlyphs:
    """Glyphs that are shown, with the characters they represent: the first ones, if there are several."""

    def __init__(self, characters: frozenset[tuple[int, str]]) -> None:
        self.characters = characters
        self.by_glyph = dict(characters)

    def with_those_of(self, uses: dict[int, str]) -> ShownGlyphs:
        """These glyphs and those of a text, which is found out once for a text that letters have in common."""
        key = id(self), id(uses)
        found = _WITH_MORE.get(key)
        if found is None:
            has_all = uses.keys() <= self.by_glyph.keys()
            found = self if has_all else _shown_glyphs(frozenset((uses | self.by_glyph).items()))
            _WITH_MORE.keep(key, (self, uses), found)
        return found


_WITH_MORE = KeptResults[ShownGlyphs](3_000)
_shown_glyphs = lru_cache(maxsize=500)(ShownGlyphs)


class PageResources(Struct):
    """The fonts and pictures of one letter, by their names in the file."""

    fonts: dict[Font, ShownGlyphs] = field(default_factory=dict)
    font_names: dict[Font, str] = field(default_factory=dict)
    pictures: dict[bytes, tuple[str, Image]] = field(default_factory=dict)
    _seen: set[ShapedText] = field(default_factory=set)
    _names: dict[tuple[Font, ...], tuple[str, ...]] = field(default_factory=dict)

    def font(self, font: Font) -> str:
        if font not in self.fonts:
            self.fonts[font] = _shown_glyphs(frozenset())
            self.font_names[font] = f"F{len(self.font_names)}"
        return self.font_names[font]

    def names(self, fonts: tuple[Font, ...]) -> tuple[str, ...]:
        """The names of several fonts."""
        found = self._names.get(fonts)
        if found is None:
            found = self._names[fonts] = tuple(map(self.font, fonts))
        return found

    def show(self, run: Run) -> None:
        if run.shaped not in self._seen:
            self._seen.add(run.shaped)
            self.fonts[run.font] = self.fonts[run.font].with_those_of(run.shaped.uses)

    def show_shared(self, look: SharedLook) -> None:
        """The same for all runs of lines that letters share."""
        for font, uses in look.uses:
            self.fonts[font] = self.fonts[font].with_those_of(uses)

    def reads(self, run: Run, glyphs: Sequence[int]) -> str:
        """What these glyphs, by their indices in the run, read as in the PDF."""
        known = self.fonts[run.font].by_glyph
        return "".join([known[run.shaped.glyph(at)] for at in glyphs])

    def picture(self, image: Image) -> str:
        if image.data not in self.pictures:
            self.pictures[image.data] = f"P{len(self.pictures)}", image
        return self.pictures[image.data][0]


class LinkArea(Struct, frozen=True):
    """An area that is a link: its left, bottom, right and top edge, and the node of the link."""

    edges: tuple[float, float, float, float]
    link: Link
    node: Node


class DrawnPage(Struct):
    """One drawn page."""

    width: float
    height: float
    content: bytes
    marks: int
    """The number of marked-content sequences, numbered from 0."""
    links: list[LinkArea]


class LinkTargets(Struct):
    """The destinations of links and of the outline: page from 0, and position in points from the bottom left corner."""

    anchors: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    headings: list[tuple[Node, int, float, float]] = field(default_factory=list)
