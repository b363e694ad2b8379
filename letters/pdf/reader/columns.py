"""The text of a section that has columns, or margins other than the page's (17.6.4)."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Border,
    Borders,
    Box,
    Cell,
    Columns,
    Location,
    PageBreak,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    inlines,
    paragraphs,
)
from letters.pdf.reader.context import StoryPart
from letters.pdf.reader.lists import with_lists

_SURE = 0.7
"""Columns that fill no more than this share of a page are certain to fit on one."""


class ColumnWidths(Struct, frozen=True):
    """The columns of a section: their widths and the gaps between them."""

    widths: tuple[float, ...]
    gaps: tuple[float, ...]
    balanced: bool
    ruled: bool


def in_columns(
    part: StoryPart, blocks: tuple[Block, ...], columns: ColumnWidths, paper: Section, indent: float
) -> tuple[Block, ...]:
    """``blocks`` as one box; as table cells if column breaks say what is in each of columns of different widths."""
    location = part.location()
    width = paper.text_width
    if len(columns.widths) == 1:
        return (_box_of(list(blocks), width, location, indent=indent),)
    if len(set(columns.widths)) > 1:
        pieces = _at_column_breaks(blocks)
        if pieces is not None and 1 < len(pieces) <= len(columns.widths) and _fits(pieces, columns, paper):
            return (_side_by_side(pieces, columns, indent, location),)
    parts = _at_page_breaks(blocks)
    if len(parts) > 1:
        found: list[Block] = []
        for at, piece in enumerate(parts):
            boxes = in_columns(part, tuple(piece), columns, paper, indent)
            found += [replace(box, page_break_before=at > 0) if isinstance(box, Box) else box for box in boxes]
        return tuple(found)
    gap = sum(columns.gaps) / len(columns.gaps) if columns.gaps else 36.0
    flow = Columns(len(columns.widths), gap, columns.balanced, columns.ruled)
    if len(set(columns.widths)) > 1:
        flow = replace(flow, widths=columns.widths, gaps=columns.gaps)
    return (_box_of(list(blocks), width, location, text_columns=flow, indent=indent),)


def _at_page_breaks(blocks: tuple[Block, ...]) -> list[list[Block]]:
    """The text of each page that a page break begins, since columns do not continue across it.

    The paragraph after a break inside a paragraph begins the new page.
    """
    pieces: list[list[Block]] = [[]]
    for block in blocks:
        if not isinstance(block, Paragraph):
            pieces[-1].append(block)
            continue
        at = next(
            (at for at, item in enumerate(block.content) if isinstance(item, PageBreak) and not item.column), None
        )
        asked = block.format.page_break_before
        rest = tuple(item for item in block.content if not isinstance(item, PageBreak) or item.column)
        plain = replace(block, content=rest, format=replace(block.format, page_break_before=False))
        if (asked or at == 0) and pieces[-1]:
            pieces.append([])
        pieces[-1].append(plain)
        if at:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _at_column_breaks(blocks: tuple[Block, ...]) -> list[list[Block]] | None:
    """The text of each column; None if a break is in the middle of a paragraph."""
    pieces: list[list[Block]] = [[]]
    for block in blocks:
        breaks = isinstance(block, Paragraph) and [
            item for item in inlines(block.content) if isinstance(item, PageBreak)
        ]
        if not breaks or not isinstance(block, Paragraph):
            pieces[-1].append(block)
            continue
        rest = tuple(item for item in block.content if not isinstance(item, PageBreak))
        if not all(item.column for item in breaks) or len(block.content) - len(rest) != 1:
            return None
        first = isinstance(block.content[0], PageBreak)
        if not first and not isinstance(block.content[-1], PageBreak):
            return None
        if first:
            pieces.append([])
        pieces[-1].append(replace(block, content=rest))
        if not first:
            pieces.append([])
    return pieces


def _fits(pieces: list[list[Block]], columns: ColumnWidths, paper: Section) -> bool:
    """Whether the columns are certain to fit on one page: a row of cells cannot continue on the next."""
    room = (paper.height - abs(paper.top) - abs(paper.bottom)) * _SURE
    return all(_height(tuple(piece), width) < room for piece, width in zip(pieces, columns.widths, strict=False))


def _height(blocks: tuple[Block, ...], width: float) -> float:
    total = 0.0
    for paragraph in paragraphs(blocks):
        texts = [item for item in inlines(paragraph.content) if isinstance(item, Text)]
        long = sum(fonts.text_width(item.text, item.format) for item in texts)
        high = max([fonts.line_height(item.format) for item in texts], default=fonts.line_height(paragraph.mark))
        lines = long // max(width - paragraph.format.left - paragraph.format.right, 18.0) + 1
        total += lines * high + max(paragraph.format.before, paragraph.format.after)
    return total


def _side_by_side(pieces: list[list[Block]], columns: ColumnWidths, indent: float, location: Location) -> Table:
    gaps = (*columns.gaps, 0.0)
    cells = tuple(
        Cell(with_lists(piece), at, 1, 1, Borders(), "", (0.0, gaps[at], 0.0, 0.0)) for at, piece in enumerate(pieces)
    )
    widths = tuple(columns.widths[at] + gaps[at] for at in range(len(pieces)))
    row = Row(cells, 0.0, exact=False, header=False, names_columns=False, cant_split=False)
    return Table((row,), widths, "left", indent, location)


def endnote_rule(part: StoryPart) -> Box:
    """The short line above the endnotes."""
    line = Borders(bottom=Border("solid", 0.5, ""))
    return Box((), 144.0, part.location(), height=10.0, borders=line, padding=(0.0, 0.0, 4.0, 0.0))


def _box_of(
    blocks: list[Block],
    width: float,
    location: Location,
    *,
    text_columns: Columns | None = None,
    indent: float = 0.0,
) -> Box:
    """Blocks in line with the text, in columns or between other margins."""
    return Box(with_lists(blocks), width, location, text_columns=text_columns, indent=indent)
