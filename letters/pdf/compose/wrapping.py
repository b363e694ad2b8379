"""Text that wraps around floats: which part of a line they leave free, and paragraphs broken into lines around them.

Floats are pictures, text boxes and tables with a position of their own. Coordinates count from the top left corner of
the page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from letters.pdf.compose.floats import Edges, box_size, corner
from letters.pdf.compose.fragments import Fragment, LineFragment, RowFragment
from letters.pdf.document import Floating, Section

_NARROWEST = 36.0
"""Text does not go beside a float that leaves less room than this."""
_EPS = 0.05


class Exclusion(Struct, frozen=True):
    """The space that a float keeps clear of text."""

    edges: Edges
    beside: bool
    """Whether text may stand beside it."""

    @classmethod
    def around(cls, place: Floating, edges: Edges) -> Exclusion:
        top, right, bottom, left = place.distance
        return cls(
            (edges[0] - left, edges[1] - top, edges[2] + right, edges[3] + bottom), beside=place.wraps == "square"
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

    def floats_of(self, fragment: LineFragment, y: float, *, running: bool = False) -> Iterator[Exclusion]:
        """What the floats anchored in a line keep clear.

        Args:
            y: the top of the line.
            running: it is in a header or footer; only floats of these matter there, and nowhere else.
        """
        top, x = y + fragment.space_above - fragment.skip, self.left + fragment.shift
        placed = [
            (each.place, (max(each.image.width, 0.0), max(each.image.height, 0.0)), each.room)
            for each in fragment.line.floats
        ]
        placed += [(part.place, box_size(part), part.room) for part in fragment.boxes]
        for place, (width, height), room in placed:
            if place.wraps == "none" or place.in_margin is not running:
                continue
            left, upper = corner(self.section, place, (width, height), (x, room), top)
            yield Exclusion.around(place, (left, upper, left + width, upper + height))

    def room(self, y: float, height: float, needed: float) -> tuple[float, float, float]:
        """How far down a line must move, and where in the column it may begin and must end.

        Args:
            y: its top.
            height: its height.
            needed: how much of it must be on the page.
        """
        skip = 0.0
        while True:
            top = y + skip
            left, right = 0.0, self.width
            if top + needed > self.bottom + 2 * _EPS:  # it goes to the next page
                return skip, left, right
            below: list[float] = []
            for each in self.found:
                if not each.concerns(self.left, self.left + self.width, top, top + height):
                    continue
                before, after = each.edges[0] - self.left, self.left + self.width - each.edges[2]
                below.append(each.edges[3])
                if not each.beside or max(before, after) < _NARROWEST:
                    left = right
                elif before >= after:
                    right = min(right, before)
                else:
                    left = max(left, each.edges[2] - self.left)
            if right - left >= _NARROWEST or not below:
                return skip, left, right
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
        source = first.source
        end = at + 1
        while end < len(fragments) and getattr(fragments[end], "source", None) is source:
            end += 1
        height = sum([fragment.height for fragment in fragments[at:end]])
        near = any(each.concerns(self.left, self.left + self.width, y - height, y + 2 * height) for each in self.found)
        if not near and not source.wrapped:
            return
        fragments[at:end] = source.lines(y, self.room if near else None, first)


def wrapped(fragments: list[Fragment], section: Section, y: float) -> list[Fragment]:
    """The lines of a header or footer, broken around the floats anchored in it.

    Args:
        y: the top of the first one.
    """
    found = Exclusions(section, section.height)
    at = 0
    while at < len(fragments):
        fragment = fragments[at]
        y += fragment.before
        if isinstance(fragment, LineFragment) and not fragment.place_in_paragraph:
            found.found += found.floats_of(fragment, y, running=True)
            found.wrap(fragments, at, y)
            fragment = fragments[at]
        y += fragment.height
        at += 1
    return fragments
