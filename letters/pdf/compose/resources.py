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


class ShownFonts:
    """The fonts of a letter so far, with their names in the file and the glyphs that are shown of each.

    Letters of one kind go through the same objects.
    """

    def __init__(self, fonts: tuple[tuple[Font, ShownGlyphs], ...]) -> None:
        self.fonts = dict(fonts)
        self.names = {font: f"F{at}" for at, font in enumerate(self.fonts)}

    def with_font(self, font: Font) -> ShownFonts:
        """These fonts and another one, of which no glyph is shown yet."""
        return self if font in self.fonts else _shown_fonts((*self.fonts.items(), (font, _shown_glyphs(frozenset()))))

    def with_glyphs(self, font: Font, uses: dict[int, str]) -> ShownFonts:
        """The same with the glyphs of a text in one of them."""
        before = self.fonts[font]
        shown = before.with_those_of(uses)
        return self if shown is before else _shown_fonts(tuple({**self.fonts, font: shown}.items()))


_shown_fonts = lru_cache(maxsize=500)(ShownFonts)
_WITH_LOOK = KeptResults[tuple[ShownFonts, tuple[str, ...]]](5_000)


class PageResources(Struct):
    """The fonts and pictures of one letter."""

    shown: ShownFonts = field(default_factory=lambda: _shown_fonts(()))
    pictures: dict[bytes, tuple[str, Image]] = field(default_factory=dict)
    _seen: set[ShapedText] = field(default_factory=set)

    def font(self, font: Font) -> str:
        """The name of a font."""
        self.shown = self.shown.with_font(font)
        return self.shown.names[font]

    def show(self, run: Run) -> None:
        if run.shaped not in self._seen:
            self._seen.add(run.shaped)
            self.shown = self.shown.with_glyphs(run.font, run.shaped.uses)

    def show_shared(self, look: SharedLook) -> tuple[str, ...]:
        """The same for all runs of lines that letters share. Returns the names of their fonts."""
        key = id(self.shown), id(look)
        found = _WITH_LOOK.get(key)
        if found is None:
            before = shown = self.shown
            for font in look.fonts:
                shown = shown.with_font(font)
            for font, uses in look.uses:
                shown = shown.with_glyphs(font, uses)
            found = shown, tuple(map(shown.names.__getitem__, look.fonts))
            _WITH_LOOK.keep(key, (before, look), found)
        self.shown = found[0]
        return found[1]

    def reads(self, run: Run, glyphs: Sequence[int]) -> str:
        """What these glyphs, by their indices in the run, read as in the PDF."""
        known = self.shown.fonts[run.font].by_glyph
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
