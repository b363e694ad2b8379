"""The fragments that pages are filled with: lines of text and table rows, with the space they take.

Lengths are in points. A fragment says how much space it needs above it and whether a page may break there, so that
the pages can be filled without knowing what the fragments contain."""

from __future__ import annotations

from dataclasses import dataclass, field

from letters.pdf.compose.lines import Line
from letters.pdf.compose.table_borders import BorderSegment, RowBoundary
from letters.pdf.document import Border, Box, Cell, Floating
from letters.pdf.layout_rules.paragraphs import PrecedingBlock
from letters.pdf.tags.structure import Node


@dataclass(eq=False, slots=True)
class Frame:
    """The box behind a paragraph: shading, and borders at the sides. Paragraphs that share a box share a Frame."""

    left: float
    right: float
    shading: str
    left_line: Border | None
    right_line: Border | None


@dataclass(slots=True)
class Fragment:
    """What cannot be divided between pages.

    ``before`` is the space above it, which disappears at an automatic page break; ``keep`` forbids a page break before
    it, and ``page_break_before`` demands one.
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
    """A text box with a position on the page, anchored in a column ``room`` points wide."""

    box: Box
    place: Floating
    room: float
    fragments: list[Fragment]
    after: float
    """The space after its last paragraph."""


@dataclass(slots=True)
class FootnoteFragment:
    """A footnote at the bottom of a page."""

    fragments: list[Fragment]
    height: float
    after: float
    """The space before the next footnote."""


@dataclass(slots=True)
class LineFragment(Fragment):
    """A line of a paragraph. ``space_above`` and ``space_below`` are inside the paragraph's box."""

    line: Line = field(default_factory=Line)
    space_above: float = 0.0
    space_below: float = 0.0
    frame: Frame | None = None
    top_line: Border | None = None
    bottom_line: Border | None = None
    heading: Node | None = None
    """On the first line of a heading: its node, for the outline."""
    boxes: tuple[BoxFragment, ...] = ()
    """On the first line of a paragraph: the text boxes anchored in it."""
    notes: tuple[FootnoteFragment, ...] = ()
    """The footnotes the line refers to."""

    @property
    def required_height(self) -> float:
        return self.height - (self.line.hangs if not self.space_below else 0.0)


@dataclass(slots=True)
class CellFragment:
    """A cell of a row, with its content."""

    cell: Cell
    x: float
    width: float
    top: float
    bottom: float
    """The space above and below its content."""
    inset: float
    """The distance of its content from its left edge."""
    fragments: list[Fragment]
    full_height: float = 0.0
    """The height including all rows it spans."""


@dataclass(slots=True)
class RowFragment(Fragment):
    """A row of a table."""

    cells: list[CellFragment] = field(default_factory=list)
    header_rows: list[RowFragment] = field(default_factory=list)
    """The header rows to repeat above it if it begins a page."""
    can_split: bool = False
    """Whether it may break across pages."""
    spanned: bool = False
    """Whether a cell of a row above extends into it."""
    min_height: float = 0.0
    """The minimum height."""
    above: RowBoundary | None = None
    below: RowBoundary | None = None
    """The borders above and below it, shared with the neighboring rows."""
    vertical: list[BorderSegment] = field(default_factory=list)


@dataclass
class PrecedingFragment(PrecedingBlock):
    """What precedes the next fragment."""

    keep: bool = False
    """Whether no page may break between it and what follows."""
    frame: Frame | None = None


def stacked(fragments: list[Fragment]) -> float:
    """Total height of fragments, one below another."""
    return sum([fragment.before + fragment.height for fragment in fragments])
