"""A row as it was read, and where rows come from: the form every kind of input file is read into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from letters.errors import InvalidAnswers, Problem, Usage

MOST_COLUMNS = 16_384  # as many as a spreadsheet has
LAST_HEADINGS = 1000  # row that is looked at for headings, blank ones included


def _nothing_to_close() -> None: ...


class TableRow(Struct, frozen=True):
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


class RowSource(Struct, frozen=True):
    """Where rows come from.

    Args:
        name: what messages call it.
        form: ``csv``, ``xlsx``, ``jsonl`` or ``python``.
        headings: of a table; empty where each row has its own.
        rows: reads the rows; may be called once.
        delimiter: of a CSV file.
        ignored_columns: columns to leave out; see `TableOptions`.
        notes: what people should know about the file as a whole.
        close: deletes the temporary copy of a stream, if there is one.
    """

    name: str
    form: str
    headings: tuple[str, ...]
    rows: Callable[[], Iterator[TableRow]]
    delimiter: str = ","
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()
    close: Callable[[], None] = field(default=_nothing_to_close)

    @property
    def is_table(self) -> bool:
        return self.form in ("csv", "xlsx")


class TableOptions(Struct, frozen=True):
    """What the user says about a table.

    Args:
        sheet: title of a sheet of an Excel file; None is the first visible one.
        header_row: number of the row that has the headings; None is the first row that is not blank.
        ignored_columns: columns to leave out, by heading, by letter (``C``) or, in JSON rows, by key.
    """

    sheet: str | None = None
    header_row: int | None = None
    ignored_columns: tuple[str, ...] = ()

    def ignores(self, heading: str, place: int | None) -> bool:
        """Whether a column is to be left out.

        Args:
            place: of the column, the first is 0; None if columns have no letters, as in JSON.
        """
        names = {_folded(each) for each in self.ignored_columns}
        return (bool(heading) and _folded(heading) in names) or (
            place is not None and column_letters(place).casefold() in names
        )


def _folded(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def column_letters(place: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def refuse_unknown_columns(source: RowSource) -> None:
    """Raise Usage if a column that is to be left out is not there."""
    for name in source.ignored_columns:
        ignores = TableOptions(ignored_columns=(name,)).ignores
        is_letter = name.isascii() and name.isalpha() and len(name) <= 3  # perhaps of a column without a heading
        if not is_letter and not any(ignores(heading, place) for place, heading in enumerate(source.headings)):
            headings = ", ".join(" ".join(each.split()) for each in source.headings if each.strip())
            raise Usage(
                Problem(
                    f"There is no column “{name}” to ignore.", source.name, f"The columns are: {headings}.", "heading"
                )
            )


def refuse_title_rows(name: str, rows: Sequence[tuple[int, Sequence[str]]], is_field: Callable[[str], bool]) -> None:
    """Raise Usage if a later row looks more like headings than the first one: there is a title above them.

    Args:
        name: what messages call the file.
        rows: the first ones that are not blank, each with its number.
        is_field: whether a heading names a field of a letter.
    """
    counts = {number: sum(is_field(each) for each in cells) for number, cells in rows}
    first, best = rows[0][0], max(counts, key=lambda number: counts[number])
    if counts[best] > max(1, 2 * counts[first]):
        raise Usage(
            Problem(
                f"Row {first} has no headings, but row {best} looks like them.",
                name,
                f"Use --header-row {best}, or delete the rows above the headings.",
                "header-row",
            )
        )


def refuse_wide_table(name: str, columns: int) -> None:
    """Raise InvalidAnswers for a row of headings that no table of answers has."""
    if columns > MOST_COLUMNS:
        raise InvalidAnswers(
            Problem(
                f"The row of headings has {columns:,} columns, more than the {MOST_COLUMNS:,} of a spreadsheet.",
                name,
                "Check the separator and the headings.",
                "columns",
            )
        )


def without_blanks(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings without the empty ones that spreadsheets leave at the end."""
    last = max((number for number, each in enumerate(headings, 1) if each.strip()), default=0)
    return tuple(headings[:last])


def table_row(number: int, headings: tuple[str, ...], cells: Sequence[Any]) -> TableRow:
    """A row of a table; it has a problem if it holds more cells than there are headings."""
    if any(str(cell).strip() for cell in filter(None, cells[len(headings) :])):  # of thousands, most are empty
        problem = Problem(
            f"The row has {len(cells)} cells, but there are only {len(headings)} headings.",
            hint="Put quotation marks around a text that contains the separator.",
            code="cells",
        )
        return TableRow(number, headings, tuple(cells), (problem,))
    return TableRow(number, headings, tuple(cells[: len(headings)]))
