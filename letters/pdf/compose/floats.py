"""Where pictures, text boxes and tables go that are not in line with the text.

None leaves the page, as far as there is room for it, or the cell it is positioned in."""

from __future__ import annotations

from typing import TypeAlias

from letters.pdf.compose.fragments import BoxFragment, stacked
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Floating, Section
from letters.pdf.layout_rules.positions import across_page, aligned, down_page, within_page

_ROUNDING = 1.0
"""How far words may come into a float, in points."""
Edges: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, from the top left corner of the page."""


def corner(
    section: Section,
    place: Floating,
    size: tuple[float, float],
    column: tuple[float, float],
    line: float,
    *,
    in_cell: bool,
) -> tuple[float, float]:
    """The top left corner of a float of this width and height, from that of the page.

    Args:
        column: the left edge and the width of the column or cell it is anchored in.
        line: the top of the line it is anchored in.
        in_cell: it is anchored in a cell, which it does not leave.
    """
    return _across(section, place, size[0], column, in_cell=in_cell), _down(section, place, size[1], line)


def box_size(part: BoxFragment) -> tuple[float, float]:
    """The width and the height of a text box."""
    box = part.box
    above, _, below, _ = box.padding
    height = box.height
    if not box.has_fixed_height:
        height = max(height, above + stacked(part.fragments) + part.after + below)
    return box.width, height


def moves_words(place: Floating, edges: Edges, words: list[Edges]) -> bool:
    """Whether any text is where it would have to wrap around a float with these edges; a float as thin as a line leaves
    text readable, and so does text nearer to a float than it should be.
    """
    if place.wraps == "none":
        return False
    start, upper, end, lower = edges[0] + _ROUNDING, edges[1] + _ROUNDING, edges[2] - _ROUNDING, edges[3] - _ROUNDING
    if start >= end or upper >= lower:
        return False
    return any(
        one[1] < lower and one[3] > upper and (place.wraps != "square" or (one[0] < end and one[2] > start))
        for one in words
    )


def _across(section: Section, place: Floating, width: float, column: tuple[float, float], *, in_cell: bool) -> float:
    start, room = column
    if place.x_from != "column":
        x = across_page(section, place, width)
    elif in_cell:
        return start + max(min(aligned(place.x_align, room - width, place.x), max(room - width, 0.0)), 0.0)
    else:
        x = start + aligned(place.x_align, room - width, place.x)
    return max(min(x, section.width - width), 0.0)


def _down(section: Section, place: Floating, height: float, line: float) -> float:
    if place.y_from != "paragraph":
        return down_page(section, place, height)
    if place.y_align:
        raise Unsupported("a float aligned to a line")
    return within_page(section, line + place.y, height)
