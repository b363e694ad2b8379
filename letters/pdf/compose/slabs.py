"""What pages are filled with: slabs, each a line or a table row with the room it takes, stacked one on another.

Lengths are in points. A slab knows what stands above it only by how much room it wants there, and whether it may be
parted from it; so the pages can be filled without knowing what the slabs hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from letters.pdf.compose.lines import Line
from letters.pdf.compose.ruling import Boundary, Ruled
from letters.pdf.document import Border, Box, Cell, Floating
from letters.pdf.layout_rules.paragraphs import Before
from letters.pdf.tags.structure import Node


@dataclass(eq=False, slots=True)
class Frame:
    """The box behind a paragraph: shading, and lines at its sides. Paragraphs that share a box share a Frame."""

    left: float
    right: float
    shading: str
    left_line: Border | None
    right_line: Border | None


@dataclass(slots=True)
class Slab:
    """What stands on a page as one piece.

    ``before`` is the free room above it, which vanishes where a page begins by itself; ``keep`` says that no page may
    begin with it, ``forced`` that one must.
    """

    height: float
    before: float = 0.0
    keep: bool = False
    forced: bool = False

    @property
    def needs(self) -> float:
        """The height that must fit on the page."""
        return self.height


@dataclass(slots=True)
class BoxPart:
    """A box placed on the page, anchored in a column ``room`` points wide."""

    box: Box
    place: Floating
    room: float
    slabs: list[Slab]
    after: float
    """The space below its last paragraph."""


@dataclass(slots=True)
class NotePart:
    """A footnote, as it stands at the foot of a page."""

    slabs: list[Slab]
    height: float
    after: float
    """The space below it, where another one follows."""


@dataclass(slots=True)
class LineSlab(Slab):
    """A line of a paragraph. ``lead`` is room above it inside the paragraph's box."""

    line: Line = field(default_factory=Line)
    lead: float = 0.0
    tail: float = 0.0
    frame: Frame | None = None
    top_line: Border | None = None
    bottom_line: Border | None = None
    heading: Node | None = None
    """Of the first line of a heading: its node, for the outline of the letter."""
    boxes: tuple[BoxPart, ...] = ()
    """Of the first line of a paragraph: the boxes anchored in it."""
    notes: tuple[NotePart, ...] = ()
    """The footnotes whose marks it has."""

    @property
    def needs(self) -> float:
        return self.height - (self.line.hangs if not self.tail else 0.0)


@dataclass(slots=True)
class CellBox:
    """A cell of a row, with what it holds."""

    cell: Cell
    x: float
    width: float
    top: float
    bottom: float
    """Room above and below its content."""
    inset: float
    """Where its content begins, from its left edge."""
    slabs: list[Slab]
    reach: float = 0.0
    """How far down it goes: more than its row's height where it spans rows."""


@dataclass(slots=True)
class RowSlab(Slab):
    """A row of a table."""

    cells: list[CellBox] = field(default_factory=list)
    heads: list[RowSlab] = field(default_factory=list)
    """The header rows shown again above it where it begins a page."""
    splits: bool = False
    """Whether it may go over to the next page."""
    tied: bool = False
    """Whether a cell of a row above reaches into it."""
    least: float = 0.0
    """The height it has even when it holds less."""
    above: Boundary | None = None
    below: Boundary | None = None
    """The lines above and below it, which the rows there share."""
    upright: list[Ruled] = field(default_factory=list)


@dataclass
class Above(Before):
    """What stands just above the next block."""

    keep: bool = False
    """Whether it must not be parted from what follows."""
    frame: Frame | None = None


def stacked(slabs: list[Slab]) -> float:
    """Height of slabs one on another, without the free room above the first one at a page's beginning."""
    return sum([slab.before + slab.height for slab in slabs])
