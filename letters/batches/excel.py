"""Writes Excel files: bad rows, and empty spreadsheets to fill in. The only module that imports openpyxl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from letters.batches.cells import CellFault, FormattedCell
from letters.errors import Problem, Usage

_WIDTHS = {"date": 14.0, "yes-no": 12.0, "text": 28.0}
_LAST_ROW = 20_000  # that an empty spreadsheet has formats and drop-down lists for


def _no_openpyxl() -> Problem:
    return Problem(
        "Excel files are written with openpyxl, which is not installed.",
        hint="Install it (pip install 'letters[excel]'), or use a .csv file.",
        code="no-openpyxl",
    )


class SheetWriter:
    """Writes rows to a new Excel file, one by one. Texts stay texts, and numbers keep their formats.

    Raises:
        Usage: openpyxl is not installed.
    """

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        try:
            import openpyxl
        except ImportError as error:
            raise Usage(_no_openpyxl()) from error

        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Rows")
        self._path = path
        self.write(headings)

    def write(self, cells: Iterable[Any]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, value: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        if isinstance(value, FormattedCell):
            return self._formatted(value)
        fault = value if isinstance(value, CellFault) else None
        value = fault.shown if fault else value
        cell = WriteOnlyCell(self._sheet, value)
        if fault and fault.is_struck:
            cell.font = Font(strike=True)  # it is refused again until somebody decides
        if isinstance(value, str):
            cell.data_type, cell.number_format = "s", "@"  # even if it begins with =
        elif isinstance(value, (date, datetime)):
            cell.number_format = "yyyy-mm-dd"
        return cell

    def _formatted(self, value: FormattedCell) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, value.value)
        if isinstance(value.value, str):
            cell.data_type = "s"
        if isinstance(value.number_format, str):
            cell.number_format = value.number_format
        else:
            cell._style.numFmtId = value.number_format  # openpyxl has no name for some of the built-in formats
        return cell

    def close(self) -> None:
        self._book.save(self._path)


class SheetColumn(Struct, frozen=True):
    """A column of an empty spreadsheet.

    Args:
        name: its heading.
        title: of the field.
        help: what to write.
        kind: of the field, which decides how cells are formatted.
        required: whether every row needs it.
        choices: each value with its wording.
    """

    name: str
    title: str
    help: str
    kind: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()


def empty_workbook(columns: Sequence[SheetColumn], title: str) -> bytes:
    """An empty spreadsheet to fill in: headings, drop-down lists, and help beside the selected cell.

    Raises:
        Usage: openpyxl is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise Usage(_no_openpyxl()) from error
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet, notes, lists = book.active, book.create_sheet("Help"), book.create_sheet("Lists")
    sheet.title, lists.sheet_state = title[:31], "hidden"
    addresses: dict[tuple[tuple[str, str], ...], str] = {}
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.name)
        cell.font = Font(bold=column.required)
        cell.fill = PatternFill("solid", fgColor="FFF2CC" if column.required else "E7E6E6")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(f"{column.title}\n{column.help}", "Letters", height=140, width=320)
        dimension = sheet.column_dimensions[letter]
        dimension.width = _WIDTHS.get(column.kind, 22.0)
        dimension.number_format = "yyyy-mm-dd" if column.kind == "date" else "@"
        if column.choices and column.choices not in addresses:
            addresses[column.choices] = _list(lists, len(addresses) + 1, column)
        sheet.add_data_validation(
            _validation(column, addresses.get(column.choices, ""), f"{letter}2:{letter}{_LAST_ROW}")
        )
    sheet.freeze_panes = "A2"
    _write_help(notes, columns)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _list(lists: Any, number: int, column: SheetColumn) -> str:
    """Write the choices into a column of the hidden sheet, and return its address."""
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(number)
    for row, (value, _) in enumerate(column.choices, 1):
        lists.cell(row, number, value)
    return f"Lists!${letter}$1:${letter}${len(column.choices)}"


def _validation(column: SheetColumn, address: str, cells: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    if address:
        rule = DataValidation(type="list", formula1=address, allow_blank=True)
        rule.error, rule.errorTitle = "Choose a value from the list.", "Not in the list"
    else:  # no restriction, only the help beside the cell
        rule = DataValidation(allow_blank=True)
    rule.promptTitle, rule.prompt = column.title[:32], column.help[:250]
    rule.showInputMessage, rule.showErrorMessage = True, bool(address)
    rule.add(cells)
    return rule


def _write_help(notes: Any, columns: Sequence[SheetColumn]) -> None:
    from openpyxl.styles import Alignment, Font

    rows = [("Column", "What it is", "Required", "What to write")]
    for column in columns:
        choices = "".join(f"\n{value}: {words}" if words else f"\n{value}" for value, words in column.choices)
        rows.append((column.name, column.title, "yes" if column.required else "", f"{column.help}{choices}"))
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = notes.cell(number, place, text)
            cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for letter, width in zip("ABCD", (38, 34, 9, 90), strict=True):
        notes.column_dimensions[letter].width = width
    notes.freeze_panes = "A2"
