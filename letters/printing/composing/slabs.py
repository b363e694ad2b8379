"""What pages are filled with: slabs, each a line or a table row with the room it takes, stacked one on another.

Lengths are in points. A slab knows what stands above it only by how much room it wants there, and whether it may be
parted from it; so the pages can be filled without knowing what the slabs hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from letters.printing.composing.lines import Line
from letters.printing.composing.ruling import Boundary, Ruled
from letters.printing.document import Border, Box, Cell, Floating
from letters.printing.structure import Node


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
    node: Node | None
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


def stacked(slabs: list[Slab]) -> float:
    """Height of slabs one on another, without the free room above the first one at a page's beginning."""
    return sum([slab.before + slab.height for slab in slabs])


def split(row: RowSlab, room: float) -> tuple[RowSlab, RowSlab] | None:
    """The part of a row that fits into ``room``, and the rest; None where nothing sensible does."""
    if not row.splits:
        return None
    first: list[CellBox] = []
    rest: list[CellBox] = []
    for cell in row.cells:
        at = _fitting(cell.slabs, room - cell.top - cell.cell.padding[2])
        if cell.slabs and not at:
            return None
        first.append(_with(cell, cell.slabs[:at]))
        rest.append(_with(cell, cell.slabs[at:]))
    if not any(cell.slabs for cell in rest):
        return None
    height = min(_tallest(first), room)  # the space below a paragraph may be cut off
    for cell in first:
        cell.reach = height
    upper = replace(row, height=height, cells=first)
    least = max(row.least - height, 0.0)
    lower = replace(row, height=_tallest(rest, least), cells=rest, least=least, before=0.0, keep=False, forced=False)
    return upper, lower


def _fitting(slabs: list[Slab], room: float) -> int:
    """How many of the slabs fit, ending where a page may begin. Lines that should stay together are parted where
    otherwise none would fit, as in LibreOffice; rows of a table within the cell are not.
    """
    total, at = 0.0, 0
    for slab in slabs:
        if total + slab.before + slab.needs > room:
            break
        total += slab.before + slab.height
        at += 1
    back = at
    while 0 < back < len(slabs) and slabs[back].keep:
        back -= 1
    return back if back or (at < len(slabs) and isinstance(slabs[at], RowSlab)) else at


def _with(cell: CellBox, slabs: list[Slab]) -> CellBox:
    return CellBox(cell.cell, cell.x, cell.width, cell.top, cell.bottom, cell.inset, slabs, cell.node)


def _tallest(cells: list[CellBox], least: float = 0.0) -> float:
    height = max([least, *[cell.top + stacked(cell.slabs) + cell.bottom for cell in cells]])
    for cell in cells:
        cell.reach = height
    return height
