"""Text that wraps around floats: which part of a line they leave free, and paragraphs broken into lines around them.

Floats are pictures, text boxes and tables with a position of their own. Coordinates count from the top left corner of
the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct, field

from letters.pdf.compose.floats import Edges, box_size, corner
from letters.pdf.compose.fragments import Fragment, LineFragment, RowFragment
from letters.pdf.compose.lines import LineRoom
from letters.pdf.document import Floating, Section

_NARROWEST = 36.0
"""Text does not go beside a float that leaves less room than this."""
_ON_BOTH_SIDES = 72.0
"""Text goes on at the other side of a float only if there is this much room at either side, as in Word."""
_EPS = 0.05
_ENDLESS = 1e6
"""The end of a cell, which grows with what is in it."""


class Exclusion(Struct, frozen=True):
    """The space that a float keeps clear of text."""

    edges: Edges
    beside: bool
    """Whether text may stand beside it."""
    sides: Literal["both", "left", "right", "largest"] = "both"
    """Where it does."""

    @classmethod
    def around(cls, place: Floating, edges: Edges) -> Exclusion:
        top, right, bottom, left = place.distance
        return cls(
            (edges[0] - left, edges[1] - top, edges[2] + right, edges[3] + bottom),
            beside=place.wraps == "square",
            sides=place.sides,
        )

    def concerns(self, left: float, right: float, top: float, bottom: float) -> bool:
        """Whether text between these edges would have to give way."""
        mine = self.edges
        down = mine[3] > top + _EPS and mine[1] < bottom - _EPS
        return down and (not self.beside or (mine[2] > left + _EPS and mine[0] < right - _EPS))


class Exclusions(Struct):
    """What the floats of one page keep clear, in the column of its text.

    Args:
        bottom: the end of the text area of the page; lines further down are on another page.
    """

    section: Section
    bottom: float
    left: float = 0.0
    width: float = 0.0
    found: list[Exclusion] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left, self.width = self.section.left, self.section.text_width

    def floats_of(
        self, fragment: LineFragment, y: float, *, running: bool = False, in_cell: bool = False
    ) -> Iterator[Exclusion]:
        """What the floats anchored in a line keep clear.

        Args:
            y: the top of the line.
            running: it is in a header or footer; only floats of these matter there, and nowhere else.
            in_cell: it is in a cell whose place on the page is not known yet, so that only floats matter that have a
                position in the cell.
        """
        top, x = y + fragment.space_above - fragment.skip, self.left + fragment.shift
        placed = [
            (each.place, (max(each.image.width, 0.0), max(each.image.height, 0.0)), each.room)
            for each in fragment.line.floats
        ]
        placed += [(part.place, box_size(part), part.room) for part in fragment.boxes]
        for place, (width, height), room in placed:
            if place.wraps == "none" or (place.in_margin is not running and not in_cell):
                continue
            if in_cell and (place.x_from != "column" or place.y_from != "paragraph"):
                continue
            left, upper = corner(self.section, place, (width, height), (x, room), top, in_cell=in_cell)
            if in_cell:  # which may go on on other pages
                upper = top + place.y
            yield Exclusion.around(place, (left, upper, left + width, upper + height))

    def fills(self, each: Exclusion, top: float) -> bool:
        """Whether it leaves next to no room for text on the page, from ``top`` down."""
        beside = max(each.edges[0] - self.left, self.left + self.width - each.edges[2]) if each.beside else 0.0
        taken = min(each.edges[3], self.bottom) - max(each.edges[1], top)
        return beside < _NARROWEST and taken > (self.bottom - top) / 2

    def room(self, y: float, height: float, widths: tuple[float, float, float], across: bool) -> LineRoom:
        """Where in the column a line may be.

        Args:
            y: its top.
            height: its height, without what line spacing adds below its words.
            widths: of its first indent, of the least text that it is to have, and of its second indent. An indent that
                a float does not go beyond keeps the text clear of it; otherwise it is measured from the float.
            across: it may go on at the other side of a float.
        """
        skip, (indent, least, last_indent) = 0.0, widths
        while True:
            top = y + skip
            left, right = 0.0, self.width
            if top + height > self.bottom + 2 * _EPS:  # it goes to the next page
                return LineRoom(left, right, skip)
            below, inside = list[float](), list[tuple[float, float]]()
            for each in self.found:
                if not each.concerns(self.left, self.left + self.width, top, top + height):
                    continue
                before, after = each.edges[0] - self.left, self.left + self.width - each.edges[2]
                below.append(each.edges[3])
                if each.sides in ("left", "right"):
                    before, after = (before, 0.0) if each.sides == "left" else (0.0, after)
                if not each.beside or max(before, after) < _NARROWEST:
                    left = right
                elif across and each.sides == "both" and min(before, after) >= _ON_BOTH_SIDES:
                    inside.append((before, self.width - after))
                elif before >= after:
                    right = min(right, before)
                else:
                    left = max(left, self.width - after)
            free = list(_between(left, right, inside))
            begins = indent if not free or free[0][0] <= indent else free[0][0] + indent
            ends = min(free[0][1], self.width - last_indent) if free else 0.0
            if free and (len(free) > 1 or ends - begins >= least or not below):
                floats = tuple([(end, begin) for (_, end), (begin, _) in pairwise(free)])
                return LineRoom(free[0][0], free[-1][1], skip, floats)
            if not below:
                return LineRoom(left, right, skip)
            skip = min(below) - y

    def below(self, fragment: Fragment, y: float) -> float:
        """Where a table row goes that would be at ``y``: it does not stand beside a float."""
        if not isinstance(fragment, RowFragment) or not fragment.cells:
            return y
        left = self.left + fragment.shift + min(cell.x for cell in fragment.cells)
        right = self.left + fragment.shift + max(cell.x + cell.width for cell in fragment.cells)
        for each in sorted(self.found, key=lambda each: each.edges[3]):
            if each.concerns(left, right, y, y + fragment.height):
                y = each.edges[3]
        return y

    def wrap(self, fragments: list[Fragment], at: int, y: float) -> None:
        """Break the paragraph that begins at an index into lines again, around the floats there are.

        Args:
            y: the top of its first line.
        """
        first = fragments[at]
        if not isinstance(first, LineFragment) or first.source is None or first.place_in_paragraph:
            return
        if not self.found and not first.source.wrapped:
            return
        end = end_of_paragraph(fragments, at)
        near = self._near(fragments[at:end], y)
        if near or first.source.wrapped:
            fragments[at:end] = first.source.lines(y, self.room if near else None, first)

    def go_on(self, fragments: list[Fragment], at: int, y: float) -> bool:
        """Break the rest of a paragraph again whose line at an index begins a page, if there is a float beside it.
        Returns whether there is one.
        """
        first, end = fragments[at], end_of_paragraph(fragments, at)
        if not isinstance(first, LineFragment) or first.source is None or not self._near(fragments[at:end], y):
            return False
        fragments[at:end] = first.source.continued(y, self.room, first)
        return True

    def _near(self, lines: list[Fragment], y: float) -> bool:
        """Whether there is a float about where a paragraph is that begins at ``y``."""
        height = sum([fragment.height for fragment in lines])
        return any(each.concerns(self.left, self.left + self.width, y - height, y + 2 * height) for each in self.found)


def _between(left: float, right: float, floats: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The parts of a line between its ends that are wide enough for text and that no float takes."""
    if not floats:
        yield left, right
        return
    for begin, end in sorted([*floats, (right, right)]):
        if min(begin, right) - left >= _ON_BOTH_SIDES:
            yield left, min(begin, right)
        left = max(left, end)


def end_of_paragraph(fragments: list[Fragment], at: int) -> int:
    """The index after the last line of a paragraph."""
    source, end = getattr(fragments[at], "source", None), at + 1
    while end < len(fragments) and source is not None and getattr(fragments[end], "source", None) is source:
        end += 1
    return end


def wrapped(fragments: list[Fragment], section: Section, y: float) -> list[Fragment]:
    """The lines of a header or footer, broken around the floats anchored in it.

    Args:
        y: the top of the first one.
    """
    if has_floats(fragments):
        _wrap(fragments, Exclusions(section, section.height), y)
    return fragments


def has_floats(fragments: list[Fragment]) -> bool:
    """Whether floats are anchored in any of these lines."""
    return any(isinstance(each, LineFragment) and (each.line.floats or each.boxes) for each in fragments)


def wrapped_in_cell(fragments: list[Fragment], section: Section, width: float) -> float:
    """Break the lines of a cell around the floats anchored in it, and return how far these reach below its lines.

    Args:
        width: of its text.
    """
    if not has_floats(fragments):
        return 0.0
    found = Exclusions(section, _ENDLESS)
    found.left, found.width = 0.0, width
    end = _wrap(fragments, found, 0.0)
    return max([0.0, *[each.edges[3] - end for each in found.found]])


def _wrap(fragments: list[Fragment], found: Exclusions, y: float) -> float:
    """Break the lines from ``y`` down around the floats anchored in them, and return where they end."""
    in_cell = found.bottom == _ENDLESS
    at = 0
    while at < len(fragments):
        fragment = fragments[at]
        y += fragment.before
        if isinstance(fragment, LineFragment) and not fragment.place_in_paragraph:
            if in_cell:
                found.found += found.floats_of(fragment, y, in_cell=True)
            else:
                found.found += found.floats_of(fragment, y, running=True)
            found.wrap(fragments, at, y)
            fragment = fragments[at]
        y += fragment.height
        at += 1
    return y
