"""Where things stand that are placed on the page and not in the line: pictures, and boxes with words.

Only what leaves the text as it is: what stands over or behind it, or where no words are. Nothing stands beyond the edge
of the paper, or of the cell it is placed from."""

from __future__ import annotations

from typing import TypeAlias

from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Floating, Section
from letters.pdf.layout_rules.positions import across_page, aligned, down_page

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, from the upper left corner of the paper."""


def corner(
    section: Section, place: Floating, size: tuple[float, float], column: tuple[float, float], line: float
) -> tuple[float, float]:
    """The upper left corner of a thing of this width and height, from that of the paper.

    Args:
        column: where the column it is anchored in begins, and how wide it is.
        line: how far down the line begins that it is anchored in.
    """
    return _across(section, place, size[0], column), _down(section, place, size[1], line)


def moves_words(place: Floating, edges: Edges, words: list[Edges]) -> bool:
    """Whether any words stand where text goes round a thing with these edges."""
    if place.wraps == "none":
        return False
    top, right, bottom, left = place.distance
    start, upper, end, lower = edges[0] - left, edges[1] - top, edges[2] + right, edges[3] + bottom
    return any(
        one[1] < lower and one[3] > upper and (place.wraps != "square" or (one[0] < end and one[2] > start))
        for one in words
    )


def _across(section: Section, place: Floating, width: float, column: tuple[float, float]) -> float:
    start, room = column
    if place.x_from != "column":
        x = across_page(section, place, width)
    elif room < section.text_width - 1:  # a cell
        return start + max(min(aligned(place.x_align, room - width, place.x), max(room - width, 0.0)), 0.0)
    else:
        x = start + aligned(place.x_align, room - width, place.x)
    return max(min(x, section.width - width), 0.0)


def _down(section: Section, place: Floating, height: float, line: float) -> float:
    if place.y_from != "paragraph":
        return down_page(section, place, height)
    if place.y_align:
        raise Unsupported("a thing aligned to a line")
    return line + place.y
