"""Breaks rows of tables across pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from letters.pdf.compose.fragments import CellFragment, Fragment, RowFragment, stacked
from letters.pdf.document import Side

if TYPE_CHECKING:
    from letters.pdf.compose.table_borders import RowBoundary


def divide(fragments: list[Fragment], at: int, *, closed: bool = True) -> None:
    """Part a table above a row into which cells of rows above extend: they go on in it, with what does not fit above.

    Args:
        closed: with the borders of these cells along the cut.
    """
    below = fragments[at]
    assert isinstance(below, RowFragment)
    start = at - 1
    while isinstance(row := fragments[start], RowFragment) and row.spanned:
        start -= 1
    continued: list[CellFragment] = []
    for number in range(start, at):
        row = fragments[number]
        assert isinstance(row, RowFragment)
        for cell in row.cells:
            end = number + cell.cell.rows
            if end > at:
                cell.full_height = sum([each.height for each in fragments[number:at]])
                room = cell.full_height - cell.top - cell.cell.padding[2]
                fits = len(cell.fragments) if cell.cell.turned else _fitting(cell.fragments, room)
                rest, cell.fragments = cell.fragments[fits:], cell.fragments[:fits]
                continued.append(_continued(cell, rest, fragments[at:end]))
                cell.cell = replace(cell.cell, rows=at - number)
    below.cells = sorted([*below.cells, *continued], key=lambda cell: cell.x)
    below.spanned = False
    above = fragments[at - 1]
    assert isinstance(above, RowFragment)
    if closed:
        above.below = _closed(above.below, continued, "bottom")
        below.above = _closed(below.above, continued, "top")


def _continued(cell: CellFragment, rest: list[Fragment], rows: list[Fragment]) -> CellFragment:
    """The part of a cell in the rows of the next page. The last of them is made tall enough for it."""
    wanted = cell.top + stacked(rest) + cell.bottom - sum([row.height for row in rows])
    if wanted > 0:
        rows[-1].height += wanted
        for at, row in enumerate(rows):
            for other in row.cells if isinstance(row, RowFragment) else ():
                if at + other.cell.rows >= len(rows):
                    other.full_height += wanted
    return replace(
        cell,
        cell=replace(cell.cell, rows=len(rows)),
        fragments=rest,
        full_height=sum([row.height for row in rows]),
    )


def _closed(boundary: RowBoundary | None, cells: list[CellFragment], side: Side) -> RowBoundary | None:
    """The borders between two rows on different pages, with those of the cells that are divided there."""
    from letters.pdf.compose.table_borders import BorderSegment, RowBoundary  # most letters have no table

    lines = [
        BorderSegment(cell.x, cell.x + cell.width, line)
        for cell in cells
        if (line := cell.cell.borders.on(side)) is not None
    ]
    if boundary is None or not lines:
        return boundary
    return RowBoundary(boundary.lines + lines, max([boundary.depth, *[line.border.width for line in lines]]), False)


def split(
    row: RowFragment, room: float, *, whole: bool = False, forced: bool = False
) -> tuple[RowFragment, RowFragment] | None:
    """The part of a row that fits into ``room``, and the rest; None if it cannot be divided sensibly.

    Args:
        whole: it fits on a page, so that lines that should stay together do not have to be divided.
        forced: it fits on no page, so that it is divided even if it should stay together.
    """
    if not (row.can_split or forced) or (whole and row.kept) or row.spanned:
        return None
    if any(cell.cell.turned for cell in row.cells):
        return None
    first: list[CellFragment] = []
    rest: list[CellFragment] = []
    for cell in row.cells:
        at = _fitting(cell.fragments, room - cell.top - cell.cell.padding[2], whole=whole)
        if cell.fragments and not at and cell.cell.rows == 1:
            return None
        first.append(replace(cell, fragments=cell.fragments[:at]))
        rest.append(replace(cell, fragments=cell.fragments[at:]))
    if not any(cell.fragments for cell in rest if cell.cell.rows == 1):
        return None
    height = min(_tallest(first), room)  # the space after a paragraph may be cut off
    min_height = max(row.min_height - height, 0.0)
    lower_height = _tallest(rest, min_height)
    for cell, other, undivided in zip(first, rest, row.cells, strict=True):
        cell.full_height = height
        other.full_height = lower_height + max(undivided.full_height - row.height, 0.0)
        if cell.cell.rows > 1 and other.top + stacked(other.fragments) + other.bottom > other.full_height:
            return None
    upper = replace(row, height=height, cells=first)
    lower = replace(
        row,
        height=lower_height,
        cells=rest,
        min_height=min_height,
        before=0.0,
        keep=False,
        page_break_before=False,
    )
    return upper, lower


def shorten(row: RowFragment, room: float) -> bool:
    """Take space from the end of a row that fits on no page. Returns whether there was enough of it."""
    if any(cell.top + cell.height > room and not _fits_without_space_below(cell, room) for cell in row.cells):
        return False
    row.height = min(row.height, room)
    for cell in row.cells:
        cell.full_height = row.height if cell.cell.rows == 1 else cell.full_height
    return True


def _fits_without_space_below(cell: CellFragment, room: float) -> bool:
    return _fitting(cell.fragments, room - cell.top - cell.cell.padding[2]) == len(cell.fragments)


def _fitting(fragments: list[Fragment], room: float, *, whole: bool = False) -> int:
    """How many fragments fit, up to a possible page break.

    Lines that should stay together are divided if nothing would fit otherwise, unless there is a page for the whole;
    rows of a nested table are not.
    """
    total, at = 0.0, 0
    for fragment in fragments:
        if total + fragment.before + fragment.required_height > room:
            break
        total += fragment.before + fragment.height
        at += 1
    back = at
    while 0 < back < len(fragments) and fragments[back].keep:
        back -= 1
    return back if back or whole or (at < len(fragments) and isinstance(fragments[at], RowFragment)) else at


def _tallest(cells: list[CellFragment], min_height: float = 0.0) -> float:
    """The height of the tallest of the cells that end in their row, but no less than the minimum."""
    ending = [cell.top + cell.height + cell.bottom for cell in cells if cell.cell.rows == 1]
    return max([min_height, *ending])
