"""Table borders. Where two cells meet, the stronger of their borders is drawn (17.4.66)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from letters.pdf.document import Border, Cell, Side, Table

_RANK = {"double": 3, "solid": 2, "dashed": 1}


class BorderSegment(Struct, frozen=True):
    """A border from ``start`` to ``end``; both are the same for a vertical one."""

    start: float
    end: float
    border: Border


class RowBoundary(Struct, eq=False):
    """The borders above a row, or below the last row.

    They take space in the row below them; those below the last row, in that row.
    """

    lines: list[BorderSegment]
    depth: float
    closing: bool
    """Whether it is below the last row."""


class TableBorders:
    """Resolves the borders of one table, whose left edge is at ``left``."""

    def __init__(self, table: Table, left: float) -> None:
        self.edges = [left]
        for width in table.columns:
            self.edges.append(self.edges[-1] + width)
        self.rows, self.columns = len(table.rows), len(table.columns)
        self.owners: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for at, row in enumerate(table.rows):
            for cell in row.cells:
                for across in range(cell.column, min(cell.column + cell.columns, self.columns)):
                    for down in range(at, min(at + cell.rows, self.rows)):
                        self.owners[down][across] = cell
        self.vertical = [[self._between(at, across) for across in range(self.columns + 1)] for at in range(self.rows)]
        self.boundaries = [self._boundary(at) for at in range(self.rows + 1)]

    def _between(self, at: int, across: int) -> Border | None:
        """The border to the left of a column in a row."""
        owners = self.owners[at]
        left = owners[across - 1] if across else None
        right = owners[across] if across < self.columns else None
        if left is right:
            return None
        return _stronger(_side(left, "right"), _side(right, "left"))

    def _boundary(self, at: int) -> RowBoundary:
        """The borders above a row."""
        found: list[Border | None] = []
        for across in range(self.columns):
            above = self.owners[at - 1][across] if at else None
            below = self.owners[at][across] if at < self.rows else None
            same = above is below
            found.append(None if same else _stronger(_side(above, "bottom"), _side(below, "top")))
        lines, across = [], 0
        for border, run in groupby(found):
            end = across + len(list(run))
            if border is not None:
                start, to = self.edges[across], self.edges[end]
                lines.append(BorderSegment(start - self._half(at, across), to + self._half(at, end), border))
            across = end
        return RowBoundary(lines, max([line.border.width for line in lines], default=0.0), at == self.rows)

    def _half(self, at: int, across: int) -> float:
        """Half the width of the vertical borders that end there, so that the corner is filled."""
        return max(_widths(self.vertical[row][across] for row in (at - 1, at) if 0 <= row < self.rows)) / 2

    def verticals(self, at: int) -> list[BorderSegment]:
        """The vertical borders of a row."""
        return [
            BorderSegment(self.edges[across], self.edges[across], border)
            for across, border in enumerate(self.vertical[at])
            if border is not None
        ]

    def beside(self, at: int, cell: Cell) -> tuple[float, float]:
        """How far the borders to the left and right of a cell extend into it."""
        rows = range(at, min(at + cell.rows, self.rows))
        end = min(cell.column + cell.columns, self.columns)
        left = max(_widths(self.vertical[row][min(cell.column, self.columns)] for row in rows))
        return left / 2, max(_widths(self.vertical[row][end] for row in rows)) / 2


def _side(cell: Cell | None, side: Side) -> Border | None:
    return None if cell is None else cell.borders.on(side)


def _widths(lines: Iterable[Border | None]) -> list[float]:
    return [0.0, *[line.width for line in lines if line is not None]]


def _stronger(one: Border | None, other: Border | None) -> Border | None:
    if one is None or other is None:
        return one or other
    return other if _weight(other) > _weight(one) else one


def _weight(line: Border) -> tuple[float, int, int]:
    """The wider border is stronger, then the one with more lines, then the darker one."""
    code = line.color.lstrip("#")
    light = sum(bytes.fromhex(code)) if len(code) == 6 else 0
    return line.width, _RANK.get(line.style, 0), -light
