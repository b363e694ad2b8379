"""Fills newspaper columns (17.6.4)."""

from __future__ import annotations

from msgspec.structs import replace

from letters.pdf.compose.fragments import ColumnsFragment, Fragment, LineFragment, RowFragment
from letters.pdf.compose.lines import LineRoom
from letters.pdf.compose.row_breaks import split
from letters.pdf.compose.wrapping import end_of_paragraph
from letters.pdf.document import Columns

_EPS = 0.1
_STEPS = 14
"""How often to halve the range of heights in which columns are balanced."""


def fill_columns(text: ColumnsFragment, room: float) -> ColumnsFragment | None:
    """Fill the columns up to a height of ``room``; balanced ones no higher than they have to be.

    Returns:
        What does not fit, for the next page; None if everything does.
    """
    columns = text.columns
    assert columns is not None
    filled, rest = _filled(text.fragments, columns, room)
    if not rest and columns.balanced:
        low, high = 0.0, room
        for _ in range(_STEPS):
            middle = (low + high) / 2
            closer, more = _filled(text.fragments, columns, middle)
            if not more:
                filled, high = closer, middle
            else:
                low = middle
    text.filled = filled
    text.height = max([down + each.height for column in filled for each, down in column], default=0.0)
    if not rest:
        return None
    return replace(text, fragments=rest, filled=[], before=0.0, keep=False, page_break_before=False)


def _filled(
    whole: list[Fragment], columns: Columns, room: float
) -> tuple[list[list[tuple[Fragment, float]]], list[Fragment]]:
    """Columns of this height, and the fragments that are not in them."""
    fragments = list(whole)
    found: list[list[tuple[Fragment, float]]] = []
    at = 0
    for number in range(columns.count):
        if columns.widths:
            _break_again(fragments, at, columns.widths[number])
        column: list[tuple[Fragment, float]] = []
        y, begun = 0.0, at
        while at < len(fragments):
            fragment = fragments[at]
            if fragment.column_break_before and at > begun:
                break
            top = y + (0.0 if at == begun and at else fragment.before)
            if top + fragment.required_height > room + _EPS:
                if isinstance(fragment, RowFragment) and (parts := split(fragment, room - top)) is not None:
                    column.append((parts[0], top))
                    fragments[at] = parts[1]
                    break
                back = at
                while back > begun and fragments[back].keep:
                    back -= 1
                if back > begun:
                    del column[back - begun :]
                    at = back
                break
            column.append((fragment, top))
            y = top + fragment.height
            at += 1
        found.append(column)
    return found, fragments[at:]


def _break_again(fragments: list[Fragment], at: int, width: float) -> None:
    """Break the paragraphs from an index on into lines of this width; the first may have begun in another column."""

    def room(_top: float, _height: float, _widths: tuple[float, float, float], _across: bool) -> LineRoom:
        return LineRoom(0.0, width)

    while at < len(fragments):
        first, end = fragments[at], end_of_paragraph(fragments, at)
        assert isinstance(first, LineFragment)
        assert first.source is not None
        begun = first.place_in_paragraph > 0
        lines = first.source.continued(0.0, room, first) if begun else first.source.lines(0.0, room, first)
        fragments[at:end] = lines
        at += len(lines)
