"""A spreadsheet of LibreOffice (.ods) as its file holds it: the same as `workbook` gives for Excel.

An OpenDocument file stores what each cell shows beside its value, so number formats need not be worked out. References
are to OpenDocument 1.3, part 3.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from lxml import etree
from msgspec import Struct

from letters.batches.cell_texts import refuse_entities
from letters.batches.cells import CellFault, FormattedCell
from letters.batches.row_source import MOST_COLUMNS
from letters.batches.workbook import (
    DAMAGE,
    MOST_MERGED,
    CellValue,
    Sheet,
    SheetRow,
    damaged_sheet,
    opened,
    struck_out,
    too_much_merged,
)
from letters.batches.workbook import elements as elements_of
from letters.errors import InvalidAnswers, Problem

MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_SAVE_AGAIN = "Open the file in LibreOffice, save it as an Excel Workbook (.xlsx), and use that file."
_CONTENT = "content.xml"
_MOST_REPEATS = 20_000  # of a row that has cells; each is a row of its own
_COVERING = "the cell above or to the left"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"


def _name(prefix: str, name: str) -> str:
    return f"{{{_NAMESPACE.format(prefix)}}}{name}"


def _office(name: str) -> str:
    return _name("office", name)


def _style(name: str) -> str:
    return _name("style", name)


def _table(name: str) -> str:
    return _name("table", name)


def _text(name: str) -> str:
    return _name("text", name)


_TABLE = _table("table")
_COLUMN = _table("table-column")
_CELL, _COVERED = _table("table-cell"), _table("covered-table-cell")
_STYLE_NAME, _VISIBILITY = _table("style-name"), _table("visibility")
_AGAIN, _ROWS_AGAIN = _table("number-columns-repeated"), _table("number-rows-repeated")
_TYPE = _office("value-type")
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


class OpenDocument(Struct):
    """A spreadsheet in an OpenDocument file. Use `open_opendocument`.

    Args:
        name: what messages call the file.
        open_sheet: title of the sheet that was open when the file was saved; empty if it does not say.
    """

    name: str
    sheets: tuple[Sheet, ...]
    open_sheet: str
    _archive: zipfile.ZipFile
    _struck: frozenset[str]

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """The rows of a sheet that have cells. Raises InvalidAnswers if the sheet is damaged."""
        number = 0
        try:
            column_styles = self._column_styles(sheet)
            for row in self._elements(sheet, "table-row"):
                repeats = _repeats(row, _ROWS_AGAIN)
                read = self._row(row, number + 1, column_styles)
                if any(cell is not None for cell in read.cells):
                    if repeats > _MOST_REPEATS:
                        raise self._too_often(number + 1, repeats)
                    for at in range(1, repeats + 1):
                        yield SheetRow(number + at, list(read.cells), read.is_hidden, read.struck)
                number += repeats
        except DAMAGE as error:
            raise damaged_sheet(self.name, number, _SAVE_AGAIN) from error

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """The places of the columns that are hidden. Raises InvalidAnswers if the sheet is damaged."""
        hidden: set[int] = set()
        try:
            for place, repeats, column in self._columns(sheet):
                if column.get(_VISIBILITY) in ("collapse", "filter"):
                    hidden.update(range(place, min(place + repeats, MOST_COLUMNS)))
        except DAMAGE as error:
            raise damaged_sheet(self.name, 0, _SAVE_AGAIN) from error
        return frozenset(hidden)

    def merged_cells(self, sheet: Sheet, width: int) -> dict[int, dict[int, str]]:
        """The cells that a merged range covers: by row number and place, what covers them.

        Args:
            width: how many columns count.

        Raises:
            InvalidAnswers: the sheet is damaged, or has more merged cells than can be kept.
        """
        covered: dict[int, dict[int, str]] = {}
        number = cells = 0
        try:
            for row in self._elements(sheet, "table-row"):
                repeats = _repeats(row, _ROWS_AGAIN)
                place = 0
                for cell in row.iterchildren(_CELL, _COVERED):
                    again = _repeats(cell, _AGAIN)
                    if cell.tag == _COVERED and repeats <= _MOST_REPEATS:
                        places = range(place, min(place + again, width))
                        cells += len(places) * repeats
                        if cells > MOST_MERGED:
                            raise too_much_merged(self.name)
                        for at in range(1, repeats + 1):
                            covered.setdefault(number + at, {}).update(dict.fromkeys(places, _COVERING))
                    place += again
                number += repeats
        except DAMAGE as error:
            raise damaged_sheet(self.name, number, _SAVE_AGAIN) from error
        return covered

    def _too_often(self, row: int, repeats: int) -> InvalidAnswers:
        message = f"The row stands there {repeats:,} times."
        return InvalidAnswers(Problem(message, f"{self.name}, row {row}", "Delete the rows that are too many.", "rows"))

    def _elements(self, sheet: Sheet, *names: str) -> Iterator[etree._Element]:
        """The elements of these names in one sheet, each complete, and gone when the next one comes."""
        with self._archive.open(_CONTENT) as file:
            for element in elements_of(file, *names):
                table = next(element.iterancestors(_TABLE), None)
                if table is not None and table.get(_table("name")) == sheet.part:
                    yield element

    def _columns(self, sheet: Sheet) -> Iterator[tuple[int, int, etree._Element]]:
        place = 0
        for column in self._elements(sheet, "table-column", "table-row"):
            if column.tag != _COLUMN:
                break  # all columns stand before the rows
            repeats = _repeats(column, _AGAIN)
            yield place, repeats, column
            place += repeats

    def _column_styles(self, sheet: Sheet) -> dict[int, str]:
        """The style of cells that name none, by column, where it strikes them out."""
        found: dict[int, str] = {}
        for place, repeats, column in self._columns(sheet):
            style = column.get(_table("default-cell-style-name"), "")
            if style in self._struck:
                found.update(dict.fromkeys(range(place, min(place + repeats, MOST_COLUMNS)), style))
        return found

    def _row(self, row: etree._Element, number: int, column_styles: dict[int, str]) -> SheetRow:
        cells: list[CellValue] = []
        struck: set[int] = set()
        own_style = row.get(_table("default-cell-style-name"), "")
        for cell in row.iterchildren(_CELL, _COVERED):
            repeats = _repeats(cell, _AGAIN)
            value = self._cell(cell)
            if value is None and len(cells) + repeats >= MOST_COLUMNS:
                break  # the empty rest of the row
            if len(cells) + repeats > MOST_COLUMNS:
                raise ValueError("no such column")
            for _ in range(repeats):
                style = cell.get(_STYLE_NAME) or own_style or column_styles.get(len(cells), "")
                if style in self._struck and value not in (None, ""):
                    struck.add(len(cells))
                cells.append(value)
        return SheetRow(number, cells, row.get(_VISIBILITY) in ("collapse", "filter"), frozenset(struck))

    def _cell(self, cell: etree._Element) -> CellValue:
        kind = cell.get(_TYPE, "")
        words, struck = self._words(cell)
        if fault := struck_out(words, struck):
            return fault
        if cell.get(_ERROR) == "error" or (kind == "string" and words.startswith(("#", "Err:")) and _has_formula(cell)):
            message = f"holds a spreadsheet error ({words})."
            return CellFault(words, message, "Correct the formula, or type the value.")
        if kind == "boolean":
            return cell.get(_office("boolean-value")) == "true"
        if kind == "date":
            try:
                return FormattedCell(_day(cell.get(_office("date-value"), "")), words, "")
            except ValueError:  # before the year 1, after 9999, or no such day
                return CellFault(words, "holds a day that no letter can have.", "Type the date again.")
        if kind in ("float", "currency", "percentage"):
            return FormattedCell(float(cell.get(_office("value"), "")), words, "")
        if not words and not kind:
            if _has_formula(cell):
                message = "is a formula whose value was not saved in the file."
                hint = "Open the file in LibreOffice and save it, or type the value itself."
                return CellFault(cell.get(_table("formula"), ""), message, hint)
            return None
        return words

    def _words(self, cell: etree._Element) -> tuple[str, str]:
        """What a cell shows, and what of it is struck out by itself. Comments are left out."""
        lines = [self._line(paragraph, False) for paragraph in cell.iterchildren(_text("p"))]
        return "\n".join(words for words, _ in lines), "".join(struck for _, struck in lines)

    def _line(self, node: etree._Element, struck: bool) -> tuple[str, str]:
        words = node.text or ""
        out = words if struck else ""
        for child in node.iterchildren(tag=etree.Element):
            inside, inside_struck = "", ""
            if child.tag == _text("s"):
                inside = " " * min(int(child.get(_text("c")) or 1), 1000)
            elif child.tag in (_text("tab"), _text("line-break")):
                inside = "\t" if child.tag == _text("tab") else "\n"
            elif child.tag in (_text("span"), _text("a")):
                is_struck = struck or child.get(_text("style-name"), "") in self._struck
                inside, inside_struck = self._line(child, is_struck)
            words += inside + (child.tail or "")
            out += inside_struck + ((child.tail or "") if struck else "")
        return words, out


@contextmanager
def open_opendocument(path: Path, name: str) -> Iterator[OpenDocument]:
    """A spreadsheet, to be read while it is open.

    Args:
        name: what messages call the file.

    Raises:
        InvalidAnswers: the file cannot be read.
    """
    message = "This is not an OpenDocument spreadsheet that can be read."
    with opened(path, name, _read, Problem(message, name, _SAVE_AGAIN, "unreadable")) as document:
        yield document


def _read(archive: zipfile.ZipFile, name: str) -> OpenDocument:
    styles: dict[str, etree._Element] = {}
    tables: list[tuple[str, str]] = []
    for part in ("styles.xml", _CONTENT):
        if part in archive.namelist():
            with archive.open(part) as file:
                for each in elements_of(file, "style", "table-row", "table"):
                    if each.tag == _TABLE:
                        tables.append((each.get(_table("name"), ""), each.get(_STYLE_NAME, "")))
                    elif each.tag == _style("style"):
                        styles[each.get(_style("name"), "")] = _copied(each)
    sheets = [Sheet(title, title, _is_shown(styles.get(style))) for title, style in tables]
    return OpenDocument(name, tuple(sheets), _open_sheet(archive), archive, _struck_styles(styles))


def _copied(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element))


def _is_shown(style: etree._Element | None) -> bool:
    properties = None if style is None else style.find(_style("table-properties"))
    return properties is None or properties.get(_table("display")) != "false"


def _struck_styles(styles: dict[str, etree._Element]) -> frozenset[str]:
    """The styles that strike words out, themselves or by the styles they are based on."""

    def strikes(name: str) -> bool:
        seen: set[str] = set()
        while name in styles and name not in seen:
            seen.add(name)
            style = styles[name]
            properties = style.find(_style("text-properties"))
            line = None if properties is None else properties.get(_style("text-line-through-style"))
            if line is not None:
                return line != "none"
            name = style.get(_style("parent-style-name"), "")
        return False

    return frozenset(filter(strikes, styles))


def _open_sheet(archive: zipfile.ZipFile) -> str:
    if "settings.xml" not in archive.namelist():
        return ""
    data = archive.read("settings.xml")
    refuse_entities(data)
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    config = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    for item in root.iter(f"{config}config-item"):
        if item.get(f"{config}name") == "ActiveTable":
            return item.text or ""
    return ""


def _repeats(element: etree._Element, name: str) -> int:
    """How often a row, column or cell stands there. Raises ValueError for what is not such a number."""
    times = int(element.get(name) or 1)
    if times < 1:
        raise ValueError("not a number of times")
    return times


def _has_formula(cell: etree._Element) -> bool:
    return cell.get(_table("formula")) is not None


def _day(stored: str) -> date:
    """A date, or a date with a time of day."""
    moment = datetime.fromisoformat(stored)
    return moment.date() if "T" not in stored or moment.time() == datetime.min.time() else moment
