"""A row as it came, and where rows come from: what every kind of file is read into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from letters.errors import Problem


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as it came.

    Args:
        number: as a spreadsheet shows it.
        headings: shared by the rows of a table; a JSON row brings its own.
        problems: why it could not be read.
    """

    number: int
    headings: tuple[str, ...]
    cells: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RowSource:
    """Where rows come from.

    Args:
        name: how messages call it.
        form: ``csv``, ``xlsx``, ``jsonl`` or ``python``.
        headings: of a table; empty where each row brings its own.
        rows: reads them; may be called once.
        delimiter: of a CSV file.
    """

    name: str
    form: str
    headings: tuple[str, ...]
    rows: Callable[[], Iterator[TableRow]]
    delimiter: str = ","

    @property
    def is_table(self) -> bool:
        return self.form in ("csv", "xlsx")


def without_blanks(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings without the empty ones at the end, which spreadsheets leave."""
    last = max((number for number, each in enumerate(headings, 1) if each.strip()), default=0)
    return tuple(headings[:last])


def table_row(number: int, headings: tuple[str, ...], cells: Sequence[Any]) -> TableRow:
    beyond = [cell for cell in cells[len(headings) :] if str(cell or "").strip()]
    if beyond:
        problem = Problem(
            f"The row has {len(cells)} cells, but there are {len(headings)} headings.",
            hint="A text with the separator in it needs quotation marks around it.",
            code="cells",
        )
        return TableRow(number, headings, tuple(cells), (problem,))
    return TableRow(number, headings, tuple(cells[: len(headings)]))
