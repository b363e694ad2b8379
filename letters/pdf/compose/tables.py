"""Lays out tables row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from letters.errors import Problem
from letters.pdf.compose.fragments import (
    CellFragment,
    Fragment,
    PrecedingFragment,
    RowFragment,
    shows_nothing,
    stacked,
)
from letters.pdf.compose.layout_context import add_node
from letters.pdf.compose.table_borders import TableBorders
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import (
    Block,
    Bookmark,
    Cell,
    LineBreak,
    Link,
    Paragraph,
    Row,
    Table,
    Text,
    WordField,
    inlines,
    paragraphs,
)
from letters.pdf.layout_rules.tables import is_data, keeps_next, printed_upright, repeated
from letters.pdf.layout_rules.text import width_of
from letters.pdf.tags.structure import Node

_SLACK = 0.5
_SHORTEST, _LONGEST = 36.0, 600.0
"""Of turned lines, in points, where the height of the row does not say it."""
_BELOW_WORDS = 0.25
"""How much of the height of a line its letters leave free below them, nearly."""
Blocks = Callable[[tuple[Block, ...], float, Node | None, PrecedingFragment], list[Fragment]]
"""Lays out blocks in a column of the given width."""


class TableLayout:
    """Lays out one table in a column ``width`` points wide. Without column headings it is not tagged as a table."""

    def __init__(
        self, table: Table, width: float, holder: Node | None, blocks: Blocks, note: Callable[[Problem], None]
    ) -> None:
        if table.floating is not None:
            raise Unsupported("a floating table in a table or a box")
        self.told = table
        """The table as it is read aloud: its first column is the first, wherever it is drawn."""
        self.table, self.width, self.holder, self.blocks, self.note = _drawn(table), width, holder, blocks, note
        self.is_data = is_data(table)
        self.covered: dict[int, int] = {}
        """Columns that a cell from a row above still spans, and for how many more rows."""

    def rows(self, above: PrecedingFragment) -> Iterator[Fragment]:
        """The rows of the table, as fragments."""
        table, data = self.table, self.is_data
        header_rows = repeated(table)
        head = body = grid = None
        if self.holder is not None:
            grid = add_node(self.holder, "Table" if data else "")
            head = add_node(grid, "THead") if data and header_rows and len(header_rows) < len(table.rows) else None
            body = add_node(grid, "TBody" if data else "")
        left = {
            "left": table.indent,
            "center": (self.width - sum(table.columns)) / 2,
            "right": self.width - sum(table.columns),
        }[table.align]
        if table.bidi:  # the indent counts from the right
            left = self.width - sum(table.columns) - left
        borders = TableBorders(table, left)
        rows: list[RowFragment] = []
        for at in range(len(table.rows)):
            node = head if at < len(header_rows) and head is not None else body
            rows.append(self._row(at, borders, None if node is None else add_node(node, "TR" if data else "")))
        _stretch(table, rows)
        tops = rows[: len(header_rows)] if len(header_rows) < len(rows) else []
        for at, fragment in enumerate(rows):
            fragment.keep = above.keep if at == 0 else keeps_next(table.rows[at - 1]) or 0 < at <= len(tops)
            if at >= len(tops):
                fragment.header_rows = tops
        for at, row in enumerate(table.rows):
            for cell in row.cells:
                for below in range(at + 1, min(at + cell.rows, len(rows))):
                    rows[below].spanned = True
        close = above.break_page or _goes_on(above.paragraph, table)
        rows[0].before, rows[0].page_break_before = (0.0 if close else above.after), above.break_page
        above.after, above.paragraph, above.frame, above.break_page = 0.0, None, None, False
        above.keep = keeps_next(table.rows[-1])
        yield from rows

    def _row(self, number: int, borders: TableBorders, node: Node | None) -> RowFragment:
        row, covered = self.table.rows[number], self.covered
        cells: list[CellFragment] = []
        column = 0
        # All cells of a row have the largest of their top paddings, and of their bottom paddings.
        top = max([cell.padding[0] for cell in row.cells], default=0.0) + borders.boundaries[number].depth
        bottom = max([cell.padding[2] for cell in row.cells], default=0.0)
        for cell, told in zip(row.cells, self.told.rows[number].cells, strict=True):
            self._fill(node, column, told.column)
            cells.append(self._cell(borders, number, cell, (top, bottom), self._cell_node(node, row, cell)))
            column = told.column + told.columns
            for at in range(told.column, column):
                covered[at] = cell.rows
        self._fill(node, column, len(self.table.columns))
        for at in list(covered):
            covered[at] -= 1
            if not covered[at]:
                del covered[at]
        single = [cell for cell in cells if cell.cell.rows == 1]
        height = max([_needed(row, cell) for cell in single], default=0.0)
        return RowFragment(
            max(height, row.height), cells=cells, can_split=not (row.cant_split or row.header or row.exact),
            kept=keeps_next(row), min_height=row.height, above=borders.boundaries[number],
            below=borders.boundaries[number + 1], vertical=borders.verticals(number),
        )  # fmt: skip

    def _fill(self, node: Node | None, start: int, end: int) -> None:
        """Empty cells where a row has none, except under a cell that spans rows."""
        if node is not None and self.is_data:
            for at in range(start, end):
                if at not in self.covered:
                    add_node(node, "TD")

    def _cell_node(self, row_node: Node | None, row: Row, cell: Cell) -> Node | None:
        if row_node is None:
            return None
        names = row.names_columns or cell.names_row
        node = add_node(row_node, ("TH" if names else "TD") if self.is_data else "")
        node.scope = "Column" if row.names_columns else "Row"
        node.columns, node.rows = cell.columns, cell.rows
        return node

    def _cell(
        self, borders: TableBorders, number: int, cell: Cell, room: tuple[float, float], node: Node | None
    ) -> CellFragment:
        """A cell that begins in row ``number``. A wide border pushes its content further in than its padding."""
        x = borders.edges[cell.column]
        width = borders.edges[min(cell.column + cell.columns, borders.columns)] - x
        top, bottom = room
        _, right, _, inset = cell.padding
        left_line, right_line = borders.beside(number, cell)
        inset, right = max(inset, left_line), max(right, right_line)
        above = PrecedingFragment()
        if cell.turned:
            turned = self._turned(cell, self.table.rows[number].height, (x, width, inset, right), room, node)
            if turned is not None:
                return turned
            cell = replace(cell, turned="")
        fragments = self.blocks(cell.blocks, max(width - inset - right, 1.0), node, above)
        if any(fragment.page_break_before for fragment in fragments):
            raise Unsupported("a page break in a table")
        below = max(bottom + above.after, 0.0)
        if number + cell.rows >= borders.rows:
            below += borders.boundaries[-1].depth
        return CellFragment(cell, x, width, top, below, inset, fragments)

    def _turned(
        self,
        cell: Cell,
        height: float,
        across: tuple[float, float, float, float],
        room: tuple[float, float],
        node: Node | None,
    ) -> CellFragment | None:
        """A cell whose lines are upright: as long as its row is high, or as they are without breaks. None, with a note,
        if it has more than words or no room for them; East Asian characters are upright anyway.

        Args:
            height: that of the row, as far as the file says it.
            across: the left edge of the cell, its width, and the space at its left and right.
            room: the space above and below its text.
        """
        x, width, inset, right = across
        texts = [_within(block) for block in cell.blocks if isinstance(block, Paragraph)]
        plain = len(texts) == len(cell.blocks) and not any(map(_has_more_than_text, texts))
        if plain and any(map(_is_east_asian, texts)):
            return None
        natural = max([_on_one_line(each) for each in texts], default=0.0)
        length = height - sum(room) if height else natural
        while plain and length <= min(max(natural, height), _LONGEST):
            level = self.blocks(tuple(texts), max(length, 1.0), None, PrecedingFragment())
            if length > 0 and stacked(level) <= width - inset - right + _SLACK:
                fragments = self.blocks(tuple(texts), max(length, 1.0), node, PrecedingFragment())
                return CellFragment(cell, x, width, *room, inset, fragments, length=length)
            if length == natural:
                break
            length = min(max(1.5 * length, _SHORTEST), natural)
        self.note(printed_upright(self.table))
        return None


def _within(block: Paragraph) -> Paragraph:
    """A paragraph that does not begin or end outside its cell."""
    layout = block.format
    return replace(block, format=replace(layout, left=max(layout.left, 0.0), right=max(layout.right, 0.0)))


def _is_east_asian(block: Paragraph) -> bool:
    words = "".join([item.text for item in inlines(block.content) if isinstance(item, Text)])
    return any(letter >= "\u2e80" for letter in words)


def _has_more_than_text(block: Paragraph) -> bool:
    plain = Text | Link | WordField | Bookmark | LineBreak
    return block.format.bidi or any(not isinstance(item, plain) for item in inlines(block.content))


def _on_one_line(block: Paragraph) -> float:
    """How wide a paragraph is without a break."""
    layout = block.format
    return width_of(block.content) + layout.left + layout.right + max(layout.first_line, 0.0) + _SLACK


def _drawn(table: Table) -> Table:
    """The table with its columns as they are drawn, from left to right."""
    if not table.bidi:
        return table
    count = len(table.columns)
    rows = [
        replace(row, cells=tuple([replace(cell, column=count - cell.column - cell.columns) for cell in row.cells]))
        for row in table.rows
    ]
    return replace(table, columns=table.columns[::-1], rows=tuple(rows))


def _goes_on(above: Paragraph | None, table: Table) -> bool:
    """Whether the first cell begins in the style of the paragraph above, which keeps no space from such paragraphs:
    Word looks into the table.
    """
    if above is None or not above.format.contextual_spacing:
        return False
    first = next((block for cell in table.rows[0].cells[:1] for block in paragraphs(cell.blocks)), None)
    return first is not None and first.style == above.style


def _needed(row: Row, box: CellFragment) -> float:
    """How much height a cell needs of its row. What a row of an exact height has no room for is cut off in Word, and
    here if no words are lost: blank lines, and the space below the words of a line.
    """
    if row.exact and box.cell.rows == 1 and not box.cell.turned:
        last = max([at for at, each in enumerate(box.fragments) if not shows_nothing(each)], default=-1)
        words = stacked(box.fragments[: last + 1]) - _BELOW_WORDS * (box.fragments[last].height if last >= 0 else 0.0)
        if last < 0 or box.top + words <= row.height:
            return row.height
    return box.top + box.height + box.bottom


def _stretch(table: Table, rows: list[RowFragment]) -> None:
    """Make the last row that a cell spans tall enough for it, and record the full height of each cell."""
    for at, (row, fragment) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, fragment.cells, strict=True):
            last = min(at + cell.rows, len(rows))
            wanted = _needed(row, box)
            there = sum([each.height for each in rows[at:last]])
            if wanted > there:
                rows[last - 1].height += wanted - there
    for at, (row, fragment) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, fragment.cells, strict=True):
            box.full_height = sum([each.height for each in rows[at : at + cell.rows]])
