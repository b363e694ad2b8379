"""Sets tables, row by row, and parts rows that go over to the next page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from letters.pdf.compose.nodes import under
from letters.pdf.compose.reach import BeyondReach
from letters.pdf.compose.ruling import Ruling
from letters.pdf.compose.slabs import Above, CellBox, LineSlab, RowSlab, Slab, stacked
from letters.pdf.document import Block, Cell, Row, Table
from letters.pdf.layout_rules.tables import keeps_next, repeated
from letters.pdf.tags.structure import Node

Blocks = Callable[[tuple[Block, ...], float, Node | None, Above], list[Slab]]
"""Sets blocks in a column of the given width."""


class TableSetter:
    """Sets one table in a column ``width`` points wide; one without column headings is not told as a table."""

    def __init__(self, table: Table, width: float, holder: Node | None, blocks: Blocks) -> None:
        if table.floating is not None or table.bidi:
            raise BeyondReach("tables beside the text")
        self.table, self.width, self.holder, self.blocks = table, width, holder, blocks
        self.is_data = any(row.names_columns for row in table.rows)
        self.covered: dict[int, int] = {}
        """Columns that a cell of a row above still fills, and for how many rows more."""

    def rows(self, above: Above) -> Iterator[Slab]:
        """The rows, which begin below what stands above."""
        table, data = self.table, self.is_data
        heads = repeated(table)
        head = body = grid = None
        if self.holder is not None:
            grid = under(self.holder, "Table" if data else "")
            head = under(grid, "THead") if data and heads and len(heads) < len(table.rows) else None
            body = under(grid, "TBody" if data else "")
        left = {
            "left": table.indent,
            "center": (self.width - sum(table.columns)) / 2,
            "right": self.width - sum(table.columns),
        }[table.align]
        ruling = Ruling(table, left)
        rows: list[RowSlab] = []
        for at in range(len(table.rows)):
            node = head if at < len(heads) and head is not None else body
            rows.append(self._row(at, ruling, None if node is None else under(node, "TR" if data else "")))
        _stretch(table, rows)
        tops = rows[: len(heads)] if len(heads) < len(rows) else []
        for at, slab in enumerate(rows):
            slab.keep = above.keep if at == 0 else keeps_next(table.rows[at - 1]) or 0 < at <= len(tops)
            if at >= len(tops):
                slab.heads = tops
        for at, row in enumerate(table.rows):
            for cell in row.cells:  # rows that a cell spans stay together
                for below in range(at + 1, min(at + cell.rows, len(rows))):
                    rows[below].keep = rows[below].tied = True
                    rows[below].splits = rows[at].splits = False
        rows[0].before, rows[0].forced = (0.0 if above.break_page else above.after), above.break_page
        above.after, above.paragraph, above.frame, above.break_page = 0.0, None, None, False
        above.keep = keeps_next(table.rows[-1])
        yield from rows

    def _row(self, number: int, ruling: Ruling, node: Node | None) -> RowSlab:
        row, covered = self.table.rows[number], self.covered
        cells: list[CellBox] = []
        column = 0
        # All cells of a row begin as low as the one with the most room above, and end likewise.
        top = max([cell.padding[0] for cell in row.cells], default=0.0) + ruling.boundaries[number].depth
        bottom = max([cell.padding[2] for cell in row.cells], default=0.0)
        for cell in row.cells:
            self._fill(node, column, cell.column)
            cells.append(self._cell(ruling, number, cell, (top, bottom), self._cell_node(node, row, cell)))
            column = cell.column + cell.columns
            for at in range(cell.column, column):
                covered[at] = cell.rows
        self._fill(node, column, len(self.table.columns))
        for at in list(covered):
            covered[at] -= 1
            if not covered[at]:
                del covered[at]
        single = [cell for cell in cells if cell.cell.rows == 1]
        height = max([cell.top + stacked(cell.slabs) + cell.bottom for cell in single], default=0.0)
        return RowSlab(
            max(height, row.height), cells=cells, splits=not (row.cant_split or row.header or row.exact),
            least=row.height, above=ruling.boundaries[number], below=ruling.boundaries[number + 1],
            upright=ruling.uprights(number),
        )  # fmt: skip

    def _fill(self, node: Node | None, start: int, end: int) -> None:
        """Empty cells where a row has none; a cell from above needs none."""
        if node is not None and self.is_data:
            for at in range(start, end):
                if at not in self.covered:
                    under(node, "TD")

    def _cell_node(self, row_node: Node | None, row: Row, cell: Cell) -> Node | None:
        if row_node is None:
            return None
        node = under(row_node, ("TH" if row.names_columns else "TD") if self.is_data else "")
        node.columns, node.rows = cell.columns, cell.rows
        return node

    def _cell(self, ruling: Ruling, number: int, cell: Cell, room: tuple[float, float], node: Node | None) -> CellBox:
        """A cell whose first row is the given one. Its words begin where its padding says, or beside a wider line."""
        x = ruling.edges[cell.column]
        width = ruling.edges[min(cell.column + cell.columns, ruling.columns)] - x
        top, bottom = room
        _, right, _, inset = cell.padding
        left_line, right_line = ruling.beside(number, cell)
        inset, right = max(inset, left_line), max(right, right_line)
        above = Above()
        slabs = self.blocks(cell.blocks, max(width - inset - right, 1.0), node, above)
        if any(slab.forced or (isinstance(slab, LineSlab) and slab.notes) for slab in slabs):
            raise BeyondReach("a page break or a footnote in a table")
        below = max(bottom + above.after, 0.0)
        if number + cell.rows >= ruling.rows:
            below += ruling.boundaries[-1].depth
        return CellBox(cell, x, width, top, below, inset, slabs)


def _stretch(table: Table, rows: list[RowSlab]) -> None:
    """Let the last row that a cell spans hold what the cell's rows do not, and say how far down each cell goes."""
    for at, (row, slab) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, slab.cells, strict=True):
            last = min(at + cell.rows, len(rows))
            wanted = box.top + stacked(box.slabs) + box.bottom
            there = sum([each.height for each in rows[at:last]])
            if wanted > there:
                rows[last - 1].height += wanted - there
    for at, (row, slab) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, slab.cells, strict=True):
            box.reach = sum([each.height for each in rows[at : at + cell.rows]])


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
        first.append(replace(cell, slabs=cell.slabs[:at]))
        rest.append(replace(cell, slabs=cell.slabs[at:]))
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


def _tallest(cells: list[CellBox], least: float = 0.0) -> float:
    height = max([least, *[cell.top + stacked(cell.slabs) + cell.bottom for cell in cells]])
    for cell in cells:
        cell.reach = height
    return height
