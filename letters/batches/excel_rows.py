"""Rows of a spreadsheet: which sheet and which row of headings are meant, and what may not be used unseen."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from letters._text.personal import masked
from letters.batches.cells import CellFault, shown
from letters.batches.row_source import (
    LAST_HEADINGS,
    RowSource,
    TableOptions,
    TableRow,
    column_letters,
    refuse_title_rows,
    table_row,
    without_blanks,
)
from letters.batches.workbook import Sheet, SheetRow, open_workbook
from letters.errors import InvalidAnswers, Problem, Usage

_FIRST_ROWS = 25  # among which the headings are
_HELP_SHEET = ("Column", "What it is", "Needed", "What to write")  # of an empty spreadsheet that Letters wrote


class Spreadsheet(Protocol):
    """What an Excel workbook and an OpenDocument spreadsheet have in common."""

    name: str
    sheets: tuple[Sheet, ...]
    open_sheet: str

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]: ...

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]: ...

    def merged_cells(self, sheet: Sheet, width: int) -> dict[int, dict[int, str]]: ...


OpenSpreadsheet = Callable[[Path, str], AbstractContextManager[Spreadsheet]]


def open_excel(
    path: Path,
    name: str,
    is_field: Callable[[str], bool],
    options: TableOptions,
    open_file: OpenSpreadsheet = open_workbook,
) -> RowSource:
    """The rows of one sheet of a spreadsheet, read as they are needed.

    Args:
        name: what messages call the file.
        is_field: whether a heading names a field of a letter.
        options: which sheet; the first visible one by default. Which row has the headings; the first one by default.
        open_file: opens the file, if it is not an Excel workbook.

    Raises:
        InvalidAnswers: the file cannot be read, or has no headings.
        Usage: there is no such sheet or row, or it is not clear which sheet or which row is meant.
    """
    with open_file(path, name) as workbook:
        sheet = _chosen(workbook, options.sheet)
        if options.sheet is None:
            _refuse_other_sheets(workbook, sheet, is_field)
        header = _header(workbook, sheet, is_field, options)
        hidden = workbook.hidden_columns(sheet)
    headings = _headings(header)
    _refuse_struck_headings(header, headings, name, options)
    notes = tuple(_hidden_columns(hidden, headings, name, options))

    def rows() -> Iterator[TableRow]:
        with open_file(path, name) as workbook:
            yield from _rows(workbook, sheet, headings, header.number, options)

    return RowSource(name, "xlsx", headings, rows, ignored_columns=options.ignored_columns, notes=notes)


def _headings(row: SheetRow) -> tuple[str, ...]:
    return without_blanks(["" if cell is None else _words(cell) for cell in row.cells])


def _words(cell: Any) -> str:
    return cell.shown if isinstance(cell, CellFault) else str(cell)


def _has_words(row: SheetRow) -> bool:
    return any(_words(cell).strip() for cell in row.cells if cell is not None)


def _first_rows(workbook: Spreadsheet, sheet: Sheet) -> list[SheetRow]:
    found: list[SheetRow] = []
    for row in workbook.rows(sheet):
        if _has_words(row):
            found.append(row)
        if len(found) == _FIRST_ROWS or (found and row.number > LAST_HEADINGS):
            break
    return found


# --- the sheet -------------------------------------------------------------------------------------------------------


def _chosen(workbook: Spreadsheet, wanted: str | None) -> Sheet:
    sheets = [sheet for sheet in workbook.sheets if wanted is not None or sheet.is_visible]
    if wanted is None and sheets:
        return sheets[0]
    found = next((sheet for sheet in sheets if sheet.title == wanted), None)
    if found is not None:
        return found
    if wanted is not None:
        titles = ", ".join(sheet.title for sheet in sheets)
        raise Usage(Problem(f"There is no sheet “{wanted}”.", workbook.name, f"The sheets are: {titles}."))
    raise InvalidAnswers(
        Problem("The file has no visible sheet.", workbook.name, "Unhide the sheet that has the rows.", "empty")
    )


def _refuse_other_sheets(workbook: Spreadsheet, first: Sheet, is_field: Callable[[str], bool]) -> None:
    """Raise Usage if another visible sheet may be the one that is meant: open, with these headings, or the only one."""
    others = {
        sheet.title: _first_rows(workbook, sheet) for sheet in workbook.sheets if sheet.is_visible and sheet != first
    }
    others = {title: rows for title, rows in others.items() if rows and _headings(rows[0]) != _HELP_SHEET}
    if workbook.open_sheet in others:
        raise Usage(
            _which(
                workbook,
                f"The workbook was last open on the sheet “{workbook.open_sheet}”, but the first sheet is "
                f"“{first.title}”.",
                [workbook.open_sheet, first.title],
            )
        )
    if not others:
        return
    own = _fields_in(_first_rows(workbook, first), is_field)
    for title, rows in others.items():
        fields = _fields_in(rows, is_field)
        if not own and fields:
            message = f"The first sheet, “{first.title}”, has no column that is a field of a letter, but “{title}” has."
            raise Usage(_which(workbook, message, [title]))
        if own and 2 * len(own & fields) >= len(own) and len(rows) > 1:
            message = f"The sheets “{first.title}” and “{title}” have the same headings, and only one can be used."
            raise Usage(_which(workbook, message, [first.title, title]))


def _which(workbook: Spreadsheet, message: str, titles: Sequence[str]) -> Problem:
    options = " or ".join(f'--sheet "{title}"' for title in titles)
    hint = f"Say which one to use: {options}."
    return Problem(message, workbook.name, hint, "sheet")


def _fields_in(rows: Sequence[SheetRow], is_field: Callable[[str], bool]) -> set[str]:
    """The headings that name fields, in the row that has most of them."""
    found = [{" ".join(each.split()).casefold() for each in _headings(row) if is_field(each)} for row in rows]
    return max(found, key=len, default=set())


# --- the headings ----------------------------------------------------------------------------------------------------


def _header(workbook: Spreadsheet, sheet: Sheet, is_field: Callable[[str], bool], options: TableOptions) -> SheetRow:
    if options.header_row is not None:
        row = next((row for row in workbook.rows(sheet) if row.number >= options.header_row), None)
        if row is None or row.number != options.header_row or not _has_words(row):
            raise Usage(
                Problem(f"Row {options.header_row} has no headings.", workbook.name, "Correct --header-row.", "empty")
            )
        return row
    rows = _first_rows(workbook, sheet)
    if not rows:
        raise InvalidAnswers(
            Problem(
                "The sheet has no headings.", workbook.name, "Put the names of the columns in the first row.", "empty"
            )
        )
    refuse_title_rows(workbook.name, [(row.number, _headings(row)) for row in rows], is_field)
    return rows[0]


def _refuse_struck_headings(header: SheetRow, headings: Sequence[str], name: str, options: TableOptions) -> None:
    """Raise InvalidAnswers for headings that are struck out: their columns are not to be used."""
    struck = [
        Problem(
            f"The heading “{heading}” is struck out.",
            f"{name}, {column_letters(place)}{header.number}",
            f"Delete the column, remove the strikethrough, or use --ignore-columns {column_letters(place)}.",
            "struck",
        )
        for place, heading in enumerate(headings)
        if (place in header.struck or (isinstance(cell := header.cells[place], CellFault) and cell.is_struck))
        and not options.ignores(heading, place)
    ]
    if struck:
        raise InvalidAnswers(struck)


def _hidden_columns(
    hidden: Container[int], headings: Sequence[str], name: str, options: TableOptions
) -> Iterator[Problem]:
    """Notes on columns that nobody sees, and whose values are used all the same."""
    for place, heading in enumerate(headings):
        if heading and place in hidden and not options.ignores(heading, place):
            letter = column_letters(place)
            yield Problem(
                f"The column “{heading}” is hidden, and its values are used.",
                f"{name}, column {letter}",
                f"If they are not meant: --ignore-columns {letter}.",
                "hidden",
            )


# --- the rows --------------------------------------------------------------------------------------------------------


def _rows(
    workbook: Spreadsheet, sheet: Sheet, headings: tuple[str, ...], header_row: int, options: TableOptions
) -> Iterator[TableRow]:
    merged = workbook.merged_cells(sheet, len(headings))
    for row in workbook.rows(sheet):
        if row.number > header_row and row.cells.count(None) + row.cells.count("") < len(row.cells):
            yield _row(row, headings, merged.get(row.number, {}), options)


def _row(row: SheetRow, headings: tuple[str, ...], merged: Mapping[int, str], options: TableOptions) -> TableRow:
    cells = list(row.cells)
    for place in range(len(headings), len(cells)) if options.ignored_columns else ():
        if cells[place] is not None and options.ignores("", place):
            cells[place] = None
    found = table_row(row.number, headings, cells)
    problems = [_extra_cell(row, len(headings), cells)] if found.problems else []
    problems += _row_problems(row, headings)
    cells = [*cells[: len(headings)], *[None] * (len(headings) - len(cells))]
    for place, first in merged.items():
        if place < len(headings):
            cells[place] = CellFault("", f"is merged with {first}.", "Unmerge the cells, and give each its own value.")
    for place in row.struck:
        if place < len(headings) and not isinstance(cells[place], CellFault):
            cells[place] = CellFault(
                _words(cells[place]), "is struck out.", "Delete what is struck out, or remove the strikethrough.", True
            )
    return replace(found, cells=tuple(cells), problems=tuple(problems))


def _row_problems(row: SheetRow, headings: Sequence[str]) -> Iterator[Problem]:
    used = [place for place, cell in enumerate(row.cells[: len(headings)]) if cell not in (None, "")]
    if not used:
        return
    where = f"{column_letters(used[0])}{row.number}:{column_letters(used[-1])}{row.number}"
    if row.is_hidden:
        yield Problem(
            "The row is hidden, by a filter or by hand.",
            where,
            "Unhide it (in Excel: Data, Clear), or delete it if it should not get a letter.",
            "hidden",
        )
    texts = {place for place in used if isinstance(row.cells[place], (str, CellFault))}
    if len(texts & row.struck) > 1 and texts <= row.struck:
        yield Problem(
            f"The row is struck out. It begins with “{masked(shown(row.cells[used[0]]))}”.",
            where,
            "Delete it if it should not get a letter, or remove the strikethrough.",
            "struck",
        )


def _extra_cell(row: SheetRow, width: int, cells: Sequence[Any]) -> Problem:
    place = next(
        place for place in range(width, len(cells)) if cells[place] is not None and _words(cells[place]).strip()
    )
    letter = column_letters(place)
    return Problem(
        f"The cell is filled in, but column {letter} has no heading.",
        f"{letter}{row.number}",
        f"Give the column a heading, delete it, or use --ignore-columns {letter}.",
        "cells",
    )
