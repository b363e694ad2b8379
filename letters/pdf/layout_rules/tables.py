"""Word's rules for tables: header rows, and rows that stay together."""

from __future__ import annotations

from letters.errors import Problem
from letters.pdf.document import (
    Cell,
    Row,
    Table,
    paragraphs,
)
from letters.pdf.layout_rules.paragraphs import has_words


def is_data(table: Table) -> bool:
    """Whether it has headings, so that it can be read aloud as a table; others only put things side by side."""
    return any(row.names_columns or any(cell.names_row for cell in row.cells) for row in table.rows)


def lacks_header(table: Table) -> Problem | None:
    """The note on a table with borders but no column headings. A table without either is only used for layout."""
    if is_data(table) or len(table.rows) < 2 or len(table.columns) < 2 or not _is_ruled(table):
        return None
    return Problem(
        "The table has no header row, so it cannot be read aloud as a table.",
        where=table.location.text,
        hint="In Word: select the first row, then Table Layout, Repeat Header Rows.",
        code="table-header",
    )


def printed_upright(table: Table) -> Problem:
    """The note on a table with turned text that cannot be turned here."""
    return Problem("Turned text in a table is printed upright.", where=table.location.text, code="look")


def _is_ruled(table: Table) -> bool:
    """Whether lines separate its rows in several columns. The caption of a court, for instance, has a line around its
    left half alone, which puts it beside the number of the case; and people sign on lines below empty cells.
    """
    ruled: list[set[int]] = [set() for _ in range(len(table.rows) + 1)]
    written: list[set[int]] = [set() for _ in range(len(table.rows) + 1)]
    sides = False
    for at, row in enumerate(table.rows):
        for cell in row.cells:
            below, across = min(at + cell.rows, len(table.rows)), range(cell.column, cell.column + cell.columns)
            if cell.borders.top is not None:
                ruled[at].update(across)
            if cell.borders.bottom is not None:
                ruled[below].update(across)
            if any(map(has_words, paragraphs(cell.blocks))):
                written[below].update(across)
            sides = sides or cell.borders.left is not None or cell.borders.right is not None
    between = list(zip(ruled, written, strict=True))[1:-1]
    if not sides and not any(lines & words for lines, words in between):
        return False
    return any(len(lines) > 1 for lines, _ in between)


def repeated(table: Table) -> list[Row]:
    """The header rows to repeat on every page; none if one of their cells spans rows below them."""
    heads = [row for row in table.rows if row.header] if any(row.names_columns for row in table.rows) else []
    if any(at + cell.rows > len(heads) for at, row in enumerate(heads) for cell in row.cells):
        return []
    return heads


def keeps_next(row: Row) -> bool:
    return bool(row.cells) and all(_keeps_next(cell) for cell in row.cells)


def _keeps_next(cell: Cell) -> bool:
    first = next(iter(paragraphs(cell.blocks)), None)
    return first is not None and first.format.keep_next
