"""A row as it was read, and where rows come from: the form every kind of input file is read into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from letters.errors import Problem


def _nothing_to_close() -> None: ...


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as it was read.

    Args:
        number: as a spreadsheet shows it.
        headings: shared by all rows of a table; a JSON row has its own.
        cells: in the order of the headings.
        problems: why the row cannot be used.
    """

    number: int
    headings: tuple[str, ...]
    cells: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RowSource:
    """Where rows come from.

    Args:
        name: what messages call it.
        form: ``csv``, ``xlsx``, ``jsonl`` or ``python``.
        headings: of a table; empty where each row has its own.
        rows: reads the rows; may be called once.
        delimiter: of a CSV file.
        close: deletes the temporary copy of a stream, if there is one.
    """

    name: str
    form: str
    headings: tuple[str, ...]
    rows: Callable[[], Iterator[TableRow]]
    delimiter: str = ","
    close: Callable[[], None] = field(default=_nothing_to_close, repr=False)

    @property
    def is_table(self) -> bool:
        return self.form in ("csv", "xlsx")


def without_blanks(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings without the empty ones that spreadsheets leave at the end."""
    last = max((number for number, each in enumerate(headings, 1) if each.strip()), default=0)
    return tuple(headings[:last])


def table_row(number: int, headings: tuple[str, ...], cells: Sequence[Any]) -> TableRow:
    """A row of a table; it has a problem if it holds more cells than there are headings."""
    extra = [cell for cell in cells[len(headings) :] if str(cell or "").strip()]
    if extra:
        problem = Problem(
            f"The row has {len(cells)} cells, but there are only {len(headings)} headings.",
            hint="Put quotation marks around a text that contains the separator.",
            code="cells",
        )
        return TableRow(number, headings, tuple(cells), (problem,))
    return TableRow(number, headings, tuple(cells[: len(headings)]))
