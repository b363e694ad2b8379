"""Finds the headings of a table that says nothing about them, where they are plain to see.

Word asks people to mark the header row of a table, and few do. A first row in bold or on a colored ground above rows
that are not is a header row, and so is one above rows to fill in; first cells in bold, or ending with a colon, beside
cells that are not are the headings of their rows, and so are cells ending with a colon before what they name.
"""

from __future__ import annotations

from msgspec.structs import replace

from letters.pdf.document import Cell, Row, Table, Text, inlines, paragraphs

_LONGEST = 100
"""Characters of a heading."""


def with_plain_headings(table: Table) -> Table:
    """The table with the headings that are plain to see, if it has none yet."""
    rows = table.rows
    if (
        any(row.names_columns for row in rows)
        or len(rows) < 2
        or len(table.columns) < 2
        or not any(cell.borders or cell.shading for row in rows for cell in row.cells)
    ):
        return table
    if _names_columns(rows, len(table.columns)):
        return replace(table, rows=(replace(rows[0], names_columns=True), *rows[1:]))
    if all(map(_is_labeled, rows)):
        labeled = tuple(replace(row, cells=(replace(row.cells[0], names_row=True), *row.cells[1:])) for row in rows)
        return replace(table, rows=labeled)
    if all(map(_is_in_pairs, rows)):
        return replace(table, rows=tuple(map(_with_pairs, rows)))
    return table


def _is_in_pairs(row: Row) -> bool:
    """Whether labels that end with a colon stand before what they label, several in a row."""
    labels, values = row.cells[::2], row.cells[1::2]
    return (
        len(labels) == len(values) > 0
        and all(_is_short(cell) and _words(cell).endswith(":") for cell in labels)
        and not any(_words(cell).endswith(":") for cell in values)
    )


def _with_pairs(row: Row) -> Row:
    cells = [replace(cell, names_row=at % 2 == 0) for at, cell in enumerate(row.cells)]
    return replace(row, cells=tuple(cells))


def _names_columns(rows: tuple[Row, ...], columns: int) -> bool:
    first, below = rows[0], [cell for row in rows[1:] for cell in row.cells if _words(cell)]
    if len(first.cells) != columns or not all(cell.rows == 1 and _is_short(cell) for cell in first.cells):
        return False
    shades = {cell.shading for cell in first.cells}
    shaded = "" not in shades and not any(cell.shading in shades for cell in rows[1].cells)
    bold = all(map(_is_bold, first.cells)) and bool(below) and not any(map(_is_bold, below))
    return bold or shaded or (not below and len(rows) > 2)  # a list to fill in


def _is_labeled(row: Row) -> bool:
    if len(row.cells) < 2:
        return False
    label, *rest = row.cells
    if label.columns != 1 or label.rows != 1 or not _is_short(label):
        return False
    if _words(label).endswith(":"):
        return not any(_words(cell).endswith(":") for cell in rest)
    return _is_bold(label) and not any(map(_is_bold, rest))


def _is_short(cell: Cell) -> bool:
    return 0 < len(_words(cell)) <= _LONGEST


def _texts(cell: Cell) -> list[Text]:
    found = [item for paragraph in paragraphs(cell.blocks) for item in inlines(paragraph.content)]
    return [item for item in found if isinstance(item, Text) and item.text.strip() and not item.format.hidden]


def _words(cell: Cell) -> str:
    return "".join([text.text for text in _texts(cell)]).strip()


def _is_bold(cell: Cell) -> bool:
    texts = _texts(cell)
    return bool(texts) and all(text.format.bold for text in texts)
