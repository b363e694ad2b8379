"""Finds the headings of a table that says nothing about them, where they are plain to see.

Word asks people to mark the header row of a table, and few do. A first row in bold or on a colored ground above rows
that are not is a header row, and so is one above rows to fill in, or of words above a column of numbers; it may have
two levels, and stand below a title as wide as the table. First cells in bold, or ending with a colon, beside cells that
are not are the headings of their rows, and so are cells ending with a colon before what they name. So are first cells
of words, all different, if the first row shows that it names no columns: it says something with a colon, or holds a
number, or nothing stands beside the words in any row, as in a form.
"""

from __future__ import annotations

from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.pdf.document import Cell, Row, Table, Text, inlines, paragraphs

_LONGEST = 100
"""Characters of a heading."""
_MOST_TITLES = 3
_NUMBER = pattern(r"[(<>≤≥~±+−-]?\s*[$€£¥₹]?\s*\d[\d\s.,:/-]*\s*(?:%|[$€£¥₹])?[).]?")  # noqa: RUF001
"""A number, an amount, a share, or a date in figures."""
_YEAR = pattern(r"(?:19|20)\d\d")


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
    if head := _header_rows(rows, len(table.columns)):
        above, below = rows[: head.start], rows[head.stop :]
        headings = [replace(row, names_columns=True) for row in rows[head.start : head.stop]]
        if all(map(_is_set_off, below)):
            below = tuple(map(_labeled, below))
        return replace(table, rows=(*above, *headings, *below))
    if all(map(_is_labeled, rows)) or _begin_with_labels(rows):
        return replace(table, rows=tuple(map(_labeled, rows)))
    if all(map(_is_in_pairs, rows)):
        return replace(table, rows=tuple(map(_with_pairs, rows)))
    return table


def _labeled(row: Row) -> Row:
    """The row with its first cell as its heading."""
    return replace(row, cells=(replace(row.cells[0], names_row=True), *row.cells[1:]))


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


def _header_rows(rows: tuple[Row, ...], columns: int) -> range | None:
    """Which rows plainly name the columns; None if none do."""
    start = 0
    while start < min(_MOST_TITLES, len(rows) - 2) and len(rows[start].cells) == 1:
        start += 1
    first = rows[start]
    depth = max([cell.rows for cell in first.cells], default=1)
    head, below = rows[start : start + depth], rows[start + depth :]
    named = [cell for row in head for cell in row.cells]
    if len(named) > 2 and not _words(named[0]):
        named = named[1:]  # the corner above the headings of rows
    if (
        not below
        or sum([cell.columns for cell in first.cells]) != columns
        or len(first.cells) < 2
        or not named
        or not all(map(_is_short, named))
    ):
        return None
    filled = [cell for row in below for cell in row.cells if _words(cell)]
    simple = depth == 1 and len(first.cells) == columns == len(named)
    if (
        _are_bold(named, below)
        or _are_shaded(named, below[0])
        or (simple and not filled and len(below) > 1)  # a list to fill in
        or (simple and _is_above_numbers(first, below))
    ):
        return range(start, start + depth)
    return None


def _are_bold(named: list[Cell], below: tuple[Row, ...]) -> bool:
    """Whether headings are in bold and what is below them mostly is not: a sum may be."""
    if not all(map(_is_bold, named)) or all(map(_is_bold, below[0].cells)):
        return False
    filled = [cell for row in below for cell in row.cells if _words(cell)]
    return bool(filled) and 3 * sum(map(_is_bold, filled)) <= len(filled)


def _are_shaded(named: list[Cell], below: Row) -> bool:
    shades = {cell.shading for cell in named}
    rest = below.cells[1:] or below.cells
    return "" not in shades and not any(cell.shading in shades for cell in rest)


def _is_above_numbers(first: Row, below: tuple[Row, ...]) -> bool:
    """Whether the first row has words, all different, and a column below it has numbers alone, at least two."""
    words = [_words(cell) for cell in first.cells]
    if len(set(words)) != len(words) or any(map(_NUMBER.fullmatch, words)):
        return False
    for column in range(len(words)):
        found = [_words(cell) for row in below for cell in row.cells if cell.column == column]
        found = [each for each in found if each]
        if len(found) > 1 and all(map(_NUMBER.fullmatch, found)):
            return True
    return False


def _is_set_off(row: Row) -> bool:
    """Whether the first cell of a row is in bold or on a colored ground, and the others are not."""
    if len(row.cells) < 2 or not _is_short(row.cells[0]):
        return False
    label, *rest = row.cells
    if _is_bold(label):
        return not any(map(_is_bold, rest))
    return bool(label.shading) and not any(cell.shading for cell in rest)


def _is_labeled(row: Row) -> bool:
    if len(row.cells) < 2:
        return False
    label, *rest = row.cells
    if label.columns != 1 or label.rows != 1 or not _is_short(label):
        return False
    if _words(label).endswith(":"):
        return not any(_words(cell).endswith(":") for cell in rest)
    return _is_bold(label) and not any(map(_is_bold, rest))


def _begin_with_labels(rows: tuple[Row, ...]) -> bool:
    """Whether every row begins with words of its own, and the first row is one of them, not the heading of columns."""
    if not all(len(row.cells) > 1 and row.cells[0].columns == row.cells[0].rows == 1 for row in rows):
        return False
    labels = [row.cells[0] for row in rows]
    words, rest = list(map(_words, labels)), [list(map(_words, row.cells[1:])) for row in rows]
    return (
        all(map(_is_short, labels))
        and len(set(words)) == len(words)
        and not any(map(_NUMBER.fullmatch, words))
        and (_is_said(words[0], rest[0]) or not any(map(any, rest)))
    )


def _is_said(label: str, beside: list[str]) -> bool:
    """Whether what stands beside the first label cannot be the heading of a column. A year can."""
    if label.endswith(":"):
        return not any(each.endswith(":") for each in beside)
    return any(_NUMBER.fullmatch(each) and not _YEAR.fullmatch(each) for each in beside)


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
