"""What drawn pages are made of: fonts and pictures by their names in the file, and the places of links."""

from __future__ import annotations

from dataclasses import dataclass, field

from letters.pdf.compose.inline import Run
from letters.pdf.compose.shaping import Font, ShapedText
from letters.pdf.document import Image, Link
from letters.pdf.tags.structure import Node


@dataclass
class PageResources:
    """What the pages of one letter use: fonts with the glyphs shown, and pictures; each by its name in the file."""

    fonts: dict[Font, dict[int, str]] = field(default_factory=dict)
    """Of each font, the glyphs and what each stands for: where it is several characters, the first one shown."""
    font_names: dict[Font, str] = field(default_factory=dict)
    pictures: dict[bytes, tuple[str, Image]] = field(default_factory=dict)
    _seen: set[ShapedText] = field(default_factory=set)

    def font(self, font: Font) -> str:
        if font not in self.fonts:
            self.fonts[font] = {}
            self.font_names[font] = f"F{len(self.font_names)}"
        return self.font_names[font]

    def show(self, run: Run) -> None:
        if run.shaped not in self._seen:
            self._seen.add(run.shaped)
            known = self.fonts[run.font]
            for glyph, characters in zip(run.shaped.glyphs, run.shaped.characters, strict=True):
                known.setdefault(glyph, characters)

    def picture(self, image: Image) -> str:
        if image.data not in self.pictures:
            self.pictures[image.data] = f"P{len(self.pictures)}", image
        return self.pictures[image.data][0]


@dataclass(frozen=True, slots=True)
class LinkArea:
    """A place on a page that leads somewhere: left, lower, right and upper edge; the node is that of the link."""

    edges: tuple[float, float, float, float]
    link: Link
    node: Node


@dataclass
class DrawnPage:
    """One drawn page."""

    width: float
    height: float
    content: bytes
    marks: int
    """How many marks it has, numbered from 0."""
    links: list[LinkArea]


@dataclass
class LinkTargets:
    """Where links and the outline lead: page from 0, and the place in points from the lower left corner."""

    anchors: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    headings: list[tuple[Node, int, float, float]] = field(default_factory=list)
