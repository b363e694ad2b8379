"""The fragments that pages are filled with: lines of text, paragraphs and table rows, with the space they take.

Lengths are in points. A fragment says how much space it needs above it and whether a page may break there, so that
the pages can be filled without knowing what the fragments contain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from letters.pdf.compose.lines import OF_LABEL, OWN, Line, ParagraphLines, Room
from letters.pdf.compose.runs import Run
from letters.pdf.document import Border, Box, Cell, Columns, Floating
from letters.pdf.layout_rules.paragraphs import PrecedingBlock
from letters.pdf.tags.structure import Node

if TYPE_CHECKING:  # most letters have no table
    from letters.pdf.compose.table_borders import BorderSegment, RowBoundary


class Frame(Struct, eq=False):
    """The box behind a paragraph: shading, and borders at the sides. Paragraphs that share a box share a Frame."""

    left: float
    right: float
    shading: str
    left_line: Border | None
    right_line: Border | None


class Fragment(Struct):
    """What cannot be divided between pages.

    ``before`` is the space above it, which disappears at an automatic page break; ``keep`` forbids a page break before
    it, and ``page_break_before`` demands one.
    """

    height: float
    before: float = 0.0
    keep: bool = False
    page_break_before: bool = False
    column_break_before: bool = False
    shift: float = 0.0
    """How far it is moved to the right, for text between other margins."""

    @property
    def required_height(self) -> float:
        """The height that must fit on the page."""
        return self.height


class BoxFragment(Struct):
    """A text box with a position on the page, anchored in a column ``room`` points wide."""

    box: Box
    place: Floating
    room: float
    fragments: list[Fragment]
    after: float
    """The space after its last paragraph."""


class FootnoteFragment(Struct):
    """A footnote at the bottom of a page."""

    fragments: list[Fragment]
    height: float
    after: float
    """The space before the next footnote."""


class TextFragment(Fragment):
    """Lines of a paragraph: one, or all of them."""

    heading: Node | None = None
    """If it begins a heading: its node, for the outline."""
    own: Node | None = None
    of_label: Node | None = None
    """What `OWN` and `OF_LABEL` stand for in the runs of the lines."""

    def node_of(self, run: Run) -> Node | None:
        """The structure node of one of its runs."""
        return self.own if run.node is OWN else self.of_label if run.node is OF_LABEL else run.node


class ParagraphFragment(TextFragment):
    """A paragraph that letters have in common, whole, without a box behind it or anything anchored in it. Where it
    does not fit on the page, or its lines are asked for, it is taken apart into these.
    """

    known: ParagraphLines = field(default_factory=lambda: ParagraphLines([]))
    paragraph: Callable[[], WrappableParagraph] | None = None
    """Gives the paragraph that its lines are of."""

    def ends(self, y: float) -> tuple[float, float]:
        """Where it ends if its top is at ``y``, and how far it must be on the page."""
        top = y
        for line in self.known.lines:
            top, y = y, y + line.height
        return y, top + line.height - line.hangs

    def apart(self) -> list[LineFragment]:
        """Its lines."""
        assert self.paragraph is not None
        found = self.paragraph().broken(self.known.lines)
        first = found[0]
        first.before, first.keep = self.before, self.keep
        first.page_break_before, first.column_break_before = self.page_break_before, self.column_break_before
        return found


class LineFragment(TextFragment):
    """A line of a paragraph. ``space_above`` and ``space_below`` are inside the paragraph's box."""

    line: Line = field(default_factory=Line)
    space_above: float = 0.0
    gap: float = 0.0
    """How much of it is the space between two paragraphs in one box, which a page does not begin with."""
    space_below: float = 0.0
    frame: Frame | None = None
    top_line: Border | None = None
    bottom_line: Border | None = None
    boxes: tuple[BoxFragment, ...] = ()
    """On the first line of a paragraph: the text boxes anchored in it."""
    notes: tuple[FootnoteFragment, ...] = ()
    """The footnotes the line refers to."""
    skip: float = 0.0
    """How much of the space above it is there because a float is."""
    source: WrappableParagraph | None = None
    """Its paragraph; None if it is always broken in the same way."""
    place_in_paragraph: int = 0

    @property
    def required_height(self) -> float:
        return self.height - (self.line.hangs if not self.space_below else 0.0)


class WrappableParagraph(Protocol):
    """A paragraph that can be broken into lines again, around floats."""

    wrapped: bool
    """Whether it is broken around floats now."""

    def broken(self, lines: list[Line]) -> list[LineFragment]:
        """Lines of it as fragments."""

    def lines(self, y: float, room: Room | None, first: LineFragment) -> list[LineFragment]:
        """Its lines.

        Args:
            y: the top of the first one.
            room: what floats leave free of each line; None if there are none.
            first: its first line so far, which says what is anchored in it.
        """

    def continued(self, y: float, room: Room, first: LineFragment) -> list[LineFragment]:
        """Its lines from ``first`` on, for the page that begins with it.

        Args:
            y: the top of that line.
            room: what floats leave free of each line.
        """


class InlineBoxFragment(Fragment):
    """A box in line with the text; ``x`` is the distance of its left edge from that of the column."""

    box: Box | None = None
    x: float = 0.0
    fragments: list[Fragment] = field(default_factory=list)
    content: float = 0.0
    """The height of what is in it."""


class ColumnsFragment(Fragment):
    """Text in columns. Its height is known once it is filled."""

    fragments: list[Fragment] = field(default_factory=list)
    columns: Columns | None = None
    width: float = 0.0
    """Of one column."""
    filled: list[list[tuple[Fragment, float]]] = field(default_factory=list)
    """What is in each column, with its distance from the top."""


class CellFragment(Struct):
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
    length: float = 0.0
    """How long its lines are, if they are turned and stand upright."""

    @property
    def height(self) -> float:
        """That of its content."""
        return self.length if self.cell.turned else stacked(self.fragments)


class RowFragment(Fragment):
    """A row of a table."""

    cells: list[CellFragment] = field(default_factory=list)
    header_rows: list[RowFragment] = field(default_factory=list)
    """The header rows to repeat above it if it begins a page."""
    can_split: bool = False
    """Whether it may break across pages."""
    kept: bool = False
    """Whether it stays with what is below it, and so does not break if it fits on a page."""
    spanned: bool = False
    """Whether a cell of a row above extends into it."""
    min_height: float = 0.0
    """The minimum height."""
    above: RowBoundary | None = None
    below: RowBoundary | None = None
    """The borders above and below it, shared with the neighboring rows."""
    vertical: list[BorderSegment] = field(default_factory=list)


class PrecedingFragment(PrecedingBlock):
    """What precedes the next fragment."""

    keep: bool = False
    """Whether no page may break between it and what follows."""
    frame: Frame | None = None


def stacked(fragments: list[Fragment]) -> float:
    """Total height of fragments, one below another."""
    return sum([fragment.before + fragment.height for fragment in fragments])


def shows_nothing(fragment: Fragment) -> bool:
    """Whether it shows nothing: lines without words, pictures, and boxes."""
    if isinstance(fragment, LineFragment):
        framed = fragment.frame or fragment.top_line or fragment.bottom_line or fragment.boxes
        return not framed and fragment.line.is_empty
    return isinstance(fragment, ParagraphFragment) and all(line.is_empty for line in fragment.known.lines)


def all_apart(fragments: list[Fragment]) -> list[Fragment]:
    """The same with the lines of paragraphs instead of whole ones."""
    found: list[Fragment] = []
    for fragment in fragments:
        if isinstance(fragment, ParagraphFragment):
            found += fragment.apart()
        else:
            found.append(fragment)
    return found


def notes_of(fragment: Fragment) -> list[FootnoteFragment]:
    """The footnotes that a fragment refers to."""
    if isinstance(fragment, LineFragment):
        return list(fragment.notes)
    if isinstance(fragment, RowFragment):
        return [note for cell in fragment.cells for each in cell.fragments for note in notes_of(each)]
    if isinstance(fragment, ColumnsFragment):
        return [note for column in fragment.filled for each, _ in column for note in notes_of(each)]
    return []


def lines_of(fragment: Fragment) -> Iterator[Line]:
    """The lines of text in a fragment, with those in its cells, columns and boxes."""
    inside: list[Fragment] = []
    if isinstance(fragment, LineFragment):
        yield fragment.line
        inside = [each for part in fragment.boxes for each in part.fragments]
    elif isinstance(fragment, RowFragment):
        inside = [each for cell in fragment.cells for each in cell.fragments]
    elif isinstance(fragment, ColumnsFragment):
        inside = [each for column in fragment.filled for each, _ in column]
    elif isinstance(fragment, InlineBoxFragment):
        inside = fragment.fragments
    for each in inside:
        yield from lines_of(each)
