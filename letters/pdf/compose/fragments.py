"""What pages are filled with: fragments, each a line or a table row with the room it takes, stacked one on another.

Lengths are in points. A fragment knows what stands above it only by how much room it wants there, and whether it may be
parted from it; so the pages can be filled without knowing what the fragments hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from letters.pdf.compose.lines import Line
from letters.pdf.compose.table_borders import BorderSegment, RowBoundary
from letters.pdf.document import Border, Box, Cell, Floating
from letters.pdf.layout_rules.paragraphs import PrecedingBlock
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
class Fragment:
    """What stands on a page as one piece.

    ``before`` is the free room above it, which vanishes where a page begins by itself; ``keep`` says that no page may
    begin with it, ``page_break_before`` that one must.
    """

    height: float
    before: float = 0.0
    keep: bool = False
    page_break_before: bool = False

    @property
    def required_height(self) -> float:
        """The height that must fit on the page."""
        return self.height


@dataclass(slots=True)
class BoxFragment:
    """A box placed on the page, anchored in a column ``room`` points wide."""

    box: Box
    place: Floating
    room: float
    fragments: list[Fragment]
    after: float
    """The space below its last paragraph."""


@dataclass(slots=True)
class FootnoteFragment:
    """A footnote, as it stands at the foot of a page."""

    fragments: list[Fragment]
    height: float
    after: float
    """The space below it, where another one follows."""


@dataclass(slots=True)
class LineFragment(Fragment):
    """A line of a paragraph. ``space_above`` is room above it inside the paragraph's box."""

    line: Line = field(default_factory=Line)
    space_above: float = 0.0
    space_below: float = 0.0
    frame: Frame | None = None
    top_line: Border | None = None
    bottom_line: Border | None = None
    heading: Node | None = None
    """Of the first line of a heading: its node, for the outline of the letter."""
    boxes: tuple[BoxFragment, ...] = ()
    """Of the first line of a paragraph: the boxes anchored in it."""
    notes: tuple[FootnoteFragment, ...] = ()
    """The footnotes whose marks it has."""

    @property
    def required_height(self) -> float:
        return self.height - (self.line.hangs if not self.space_below else 0.0)


@dataclass(slots=True)
class CellFragment:
    """A cell of a row, with what it holds."""

    cell: Cell
    x: float
    width: float
    top: float
    bottom: float
    """Room above and below its content."""
    inset: float
    """Where its content begins, from its left edge."""
    fragments: list[Fragment]
    full_height: float = 0.0
    """How far down it goes: more than its row's height where it spans rows."""


@dataclass(slots=True)
class RowFragment(Fragment):
    """A row of a table."""

    cells: list[CellFragment] = field(default_factory=list)
    header_rows: list[RowFragment] = field(default_factory=list)
    """The header rows shown again above it where it begins a page."""
    can_split: bool = False
    """Whether it may go over to the next page."""
    spanned: bool = False
    """Whether a cell of a row above reaches into it."""
    min_height: float = 0.0
    """The height it has even when it holds less."""
    above: RowBoundary | None = None
    below: RowBoundary | None = None
    """The lines above and below it, which the rows there share."""
    vertical: list[BorderSegment] = field(default_factory=list)


@dataclass
class PrecedingFragment(PrecedingBlock):
    """What stands just above the next block."""

    keep: bool = False
    """Whether it must not be parted from what follows."""
    frame: Frame | None = None


def stacked(fragments: list[Fragment]) -> float:
    """Height of fragments one on another, without the free room above the first one at a page's beginning."""
    return sum([fragment.before + fragment.height for fragment in fragments])
