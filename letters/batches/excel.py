"""Excel files: reads rows, and writes bad rows and empty spreadsheets. The only module that imports openpyxl."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from letters.batches.cells import CellFault
from letters.batches.csv_rows import open_binary
from letters.batches.row_source import RowSource, TableRow, table_row, without_blanks
from letters.errors import InvalidAnswers, Problem, Usage

_SAVE_AGAIN = "Open the file in Excel, save it as an Excel Workbook (.xlsx), and use that file."
_ZEROS = re.compile(r"0{2,}")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_SAFE_SIZE = 20_000_000  # bytes, unpacked
_MAX_RATIO = 300  # of unpacked to packed size; identical rows reach 20
_LONGEST_TAG = 2048  # bytes, of a row or a merged range
_WIDTHS = {"date": 14.0, "yes-no": 12.0, "text": 28.0}
_LAST_ROW = 20_000  # that an empty spreadsheet has formats and drop-down lists for


def open_sheet(path: Path, name: str, sheet: str | None) -> RowSource:
    """The rows of one sheet of an Excel file, read as they are needed.

    Args:
        name: what messages call the file.
        sheet: its title; the first visible sheet if None.

    Raises:
        InvalidAnswers: the file cannot be read, or the sheet has no headings.
        Usage: there is no such sheet, or openpyxl is not installed.
    """
    with _book(path, name) as book:
        title = _sheet(book, name, sheet)
    headings, first = _header(path, name, title)
    return RowSource(name, "xlsx", headings, lambda: _rows(path, name, title, headings, first))


@contextmanager
def _book(path: Path, name: str, *, formulas: bool = False) -> Iterator[Any]:
    try:
        import openpyxl
    except ImportError as error:
        raise Usage(_no_openpyxl()) from error
    with warnings.catch_warnings(), open_binary(path, name) as file:  # openpyxl refuses a path without .xlsx
        warnings.simplefilter("ignore")  # about drop-down lists and styles, which do not matter here
        try:
            _refuse_zip_bomb(path, name)
            book = openpyxl.load_workbook(file, read_only=True, data_only=not formulas)
        except InvalidAnswers:
            raise
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InvalidAnswers(Problem(f"cannot be read: {reason}.", where=name, code="unreadable")) from error
        except Exception as error:  # it may raise anything for a damaged file
            raise InvalidAnswers(
                Problem("This is not an Excel file that can be read.", name, _SAVE_AGAIN, "unreadable")
            ) from error
        try:
            yield book
        finally:
            book.close()


def _refuse_zip_bomb(path: Path, name: str) -> None:
    """Raise InvalidAnswers for a small file that would fill the memory when it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.file_size > _SAFE_SIZE and member.file_size > _MAX_RATIO * max(1, member.compress_size):
                size = member.file_size // 1024 // 1024
                raise InvalidAnswers(
                    Problem(
                        f"{member.filename} would unpack to {size} MB of repeated data.",
                        name,
                        _SAVE_AGAIN,
                        "unreadable",
                    )
                )


def _sheet(book: Any, name: str, wanted: str | None) -> str:
    titles = [sheet.title for sheet in book.worksheets if wanted or sheet.sheet_state == "visible"]
    if wanted is not None and wanted not in titles:
        raise Usage(Problem(f"There is no sheet “{wanted}”.", name, f"The sheets are: {', '.join(titles)}."))
    if not titles:
        raise InvalidAnswers(Problem("The file has no visible sheet.", name, _SAVE_AGAIN, "empty"))
    return wanted or str(titles[0])


def _header(path: Path, name: str, title: str) -> tuple[tuple[str, ...], int]:
    for number, cells in _cells(path, name, title):
        if any(cell is not None and str(cell).strip() for cell in cells):
            return without_blanks(["" if cell is None else str(cell) for cell in cells]), number
    raise InvalidAnswers(
        Problem("The sheet has no headings.", name, "Put the names of the columns in the first row.", "empty")
    )


def _rows(path: Path, name: str, title: str, headings: tuple[str, ...], first: int) -> Iterator[TableRow]:
    hidden, covered = _hidden_and_merged(path, name, title)
    for number, cells in _cells(path, name, title):
        if number > first and any(cell is not None and cell != "" for cell in cells):
            row = table_row(number, headings, cells)
            found = [*row.cells, *[None] * (len(headings) - len(row.cells))]
            for place, around in covered.get(number, {}).items():
                if place < len(headings):
                    found[place] = CellFault(
                        "", f"is merged with {around}.", "Unmerge the cells, and give each its own value."
                    )
            problems = (*row.problems, _IS_HIDDEN) if number in hidden else row.problems
            yield TableRow(number, headings, tuple(found), problems)


_IS_HIDDEN = Problem(
    "The row is hidden, by a filter or by hand.",
    hint="Unhide it (in Excel: Data, Clear), or delete it if it should not get a letter.",
    code="hidden",
)


def _hidden_and_merged(path: Path, name: str, title: str) -> tuple[set[int], dict[int, dict[int, str]]]:
    """The numbers of hidden rows, and the cells of merged ranges: by row and place, the first cell of the range."""
    from openpyxl.utils import column_index_from_string

    hidden: set[int] = set()
    covered: dict[int, dict[int, str]] = {}
    with _book(path, name) as book:
        part = str(book[title]._worksheet_path).lstrip("/")
    for block in _blocks(path, part, _LONGEST_TAG):
        hidden.update(int(number) for number in _HIDDEN.findall(block))
        for left, top, right, bottom in _MERGED.findall(block):
            places = range(column_index_from_string(left.decode()) - 1, column_index_from_string(right.decode()))
            for row in range(int(top), min(int(bottom), int(top) + _LAST_ROW) + 1):
                covered.setdefault(row, {}).update(dict.fromkeys(places, f"{left.decode()}{top.decode()}"))
            covered.get(int(top), {}).pop(places.start, None)
    return hidden, covered


def _blocks(path: Path, part: str, overlap: int) -> Iterator[bytes]:
    """The bytes of a part in blocks, each of which repeats the end of the one before."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        tail = b""
        while block := file.read(1 << 20):
            yield tail + block
            tail = block[-overlap:]


def _cells(path: Path, name: str, title: str) -> Iterator[tuple[int, list[Any]]]:
    """The number and values of each row. A sheet with formulas is read twice in parallel, to find missing values."""
    with _book(path, name) as book:
        rows = _read(book[title], name)
        if not _has_formulas(path):
            yield from ((number, [_value(cell) for cell in cells]) for number, cells in rows)
            return
        with _book(path, name, formulas=True) as other:
            for (number, cells), (_, formulas) in zip(rows, _read(other[title], name), strict=True):
                values = [_value(cell) for cell in cells]
                for place, formula in enumerate(formulas):
                    if formula.data_type == "f" and values[place] is None:
                        values[place] = CellFault(
                            str(getattr(formula.value, "text", formula.value)),
                            "is a formula whose value was not saved in the file.",
                            "Open the file in Excel and save it, or type the value itself.",
                        )
                yield number, values


def _read(sheet: Any, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # the size that the file states may be wrong
    number = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, cells
    except Exception as error:
        raise InvalidAnswers(
            Problem("The sheet is damaged.", f"{name}, after row {number}", _SAVE_AGAIN, "unreadable")
        ) from error


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [member for member in archive.namelist() if member.startswith("xl/worksheets/")]
    return any(_FORMULA.search(block) for member in sheets for block in _blocks(path, member, 16))


def _value(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "e":
        return CellFault(str(value), f"holds a spreadsheet error ({value}).", "Correct the formula, or type the value.")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        zeros = _ZEROS.fullmatch(cell.number_format or "")
        if zeros and value == int(value) and value >= 0:  # a ZIP code stored as a number and shown with leading zeros
            return f"{int(value):0{len(zeros[0])}d}"
    return value


def _no_openpyxl() -> Problem:
    return Problem(
        "Excel files need openpyxl, which is not installed.",
        hint="Install it (pip install 'letters[excel]'), or save the rows as CSV UTF-8.",
        code="no-openpyxl",
    )


# --- writing ---------------------------------------------------------------------------------------------------------


class SheetWriter:
    """Writes rows to a new Excel file, one by one. Texts stay texts."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        import openpyxl

        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Rows")
        self._path = path
        self.write(headings)

    def write(self, cells: Iterable[Any]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, value: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell

        if isinstance(value, CellFault):
            value = value.shown
        cell = WriteOnlyCell(self._sheet, value)
        if isinstance(value, str):
            cell.data_type, cell.number_format = "s", "@"  # even if it begins with =
        elif isinstance(value, (date, datetime)):
            cell.number_format = "yyyy-mm-dd"
        return cell

    def close(self) -> None:
        self._book.save(self._path)


@dataclass(frozen=True)
class SheetColumn:
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
