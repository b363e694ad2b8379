"""An Excel workbook as its file holds it: the sheets, and the rows of one, each cell with what it shows.

It is read with no more than lxml, row by row: openpyxl keeps neither the words that are struck out in a cell, nor which
built-in number format a cell has, nor the rows and columns that are hidden.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import IO, TypeVar

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters._text.number_formats import NumberFormatNotSupported, moment_of, shown
from letters.batches.cell_texts import DECLARATIONS, CellText, SharedTexts, is_on, refuse_entities, text_of, unescaped
from letters.batches.cells import CellFault, FormattedCell
from letters.batches.csv_rows import open_binary
from letters.batches.row_source import MOST_COLUMNS
from letters.errors import InvalidAnswers, Problem

_SAVE_AGAIN = "Open the file in Excel, save it as an Excel Workbook (.xlsx), and use that file."
DAMAGE = (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, ValueError, LookupError, RuntimeError, EOFError)
_SAFE_SIZE = 20_000_000  # bytes, unpacked
_MAX_RATIO = 300  # of unpacked to packed size; identical rows reach 20
_LAST_MERGED = 20_000  # rows of a merged range that are kept
MOST_MERGED = 2_000_000  # cells
_MERGED = pattern(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_COLUMN = pattern(rb"<(?:\w+:)?col\b[^>]*>")
_ATTRIBUTE = pattern(rb'(\w+)="([^"]*)"')
_LONGEST_ELEMENT = 4_000_000  # bytes between the ends of two rows, texts or styles
_LONGEST_TAG = 2048  # bytes, of a merged range

T = TypeVar("T")
CellValue = bool | str | FormattedCell | CellFault | None


class Sheet(Struct, frozen=True):
    """A sheet of cells.

    Args:
        part: name of its part in the file.
    """

    title: str
    part: str
    is_visible: bool


class SheetRow(Struct, frozen=True):
    """A row that has cells.

    Args:
        number: as Excel shows it.
        cells: from column A to the last one that is used; None for an empty cell.
        struck: places of the cells that are struck out from their first word to their last.
    """

    number: int
    cells: list[CellValue]
    is_hidden: bool
    struck: frozenset[int]


class _CellFormat(Struct, frozen=True):
    number_format: str | int = 0
    is_struck: bool = False


class Workbook(Struct):
    """An Excel workbook. Use `open_workbook`.

    Args:
        name: what messages call the file.
        open_sheet: title of the sheet that was open when the workbook was saved; empty if that is none of cells.
        date1904: whether days are counted from January 1, 1904.
    """

    name: str
    sheets: tuple[Sheet, ...]
    open_sheet: str
    date1904: bool
    _archive: zipfile.ZipFile
    _styles: list[_CellFormat]
    _texts: SharedTexts

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """The rows of a sheet that have cells. Raises InvalidAnswers if the sheet is damaged."""
        number = 0
        try:
            with self._archive.open(sheet.part) as file:
                for row in elements(file, "row"):
                    number = int(row.get("r") or number + 1)
                    yield self._row(row, number)
        except DAMAGE as error:
            raise damaged_sheet(self.name, number, _SAVE_AGAIN) from error

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """The places of the columns that are hidden, or have no width, up to the last one that can have a heading.

        Raises InvalidAnswers if the sheet is damaged.
        """
        hidden = bytearray(MOST_COLUMNS)
        try:
            with self._archive.open(sheet.part) as file:
                before_rows, _, _ = next(_blocks(file), b"").partition(b"<sheetData")
            for column in _COLUMN.findall(before_rows):
                attributes = dict(_ATTRIBUTE.findall(column))
                if attributes.get(b"hidden") in (b"1", b"true") or float(attributes.get(b"width") or 1) == 0:
                    first, last = max(0, int(attributes[b"min"]) - 1), min(int(attributes[b"max"]), MOST_COLUMNS)
                    hidden[first:last] = b"x" * (last - first)
        except DAMAGE as error:
            raise damaged_sheet(self.name, 0, _SAVE_AGAIN) from error
        return frozenset(place for place, is_hidden in enumerate(hidden) if is_hidden)

    def merged_cells(self, sheet: Sheet, width: int) -> dict[int, dict[int, str]]:
        """The cells that a merged range covers: by row number and place, the name of the range's first cell.

        Args:
            width: how many columns count.

        Raises:
            InvalidAnswers: the sheet is damaged, or has more merged cells than can be kept.
        """
        covered: dict[int, dict[int, str]] = {}
        ranges: list[tuple[range, range, str]] = []
        try:
            with self._archive.open(sheet.part) as file:
                for block in _blocks(file):
                    for left, top, right, bottom in _MERGED.findall(block):
                        rows = range(int(top), min(int(bottom), int(top) + _LAST_MERGED) + 1)
                        places = range(place_of(left.decode()), min(place_of(right.decode()) + 1, width))
                        if rows and places:
                            ranges.append((rows, places, f"{left.decode()}{top.decode()}"))
        except DAMAGE as error:
            raise damaged_sheet(self.name, 0, _SAVE_AGAIN) from error
        if sum(len(rows) * len(places) for rows, places, _ in ranges) > MOST_MERGED:
            raise too_much_merged(self.name)
        for rows, places, first in ranges:
            for row in rows:
                covered.setdefault(row, {}).update(dict.fromkeys(places, first))
            covered[rows.start].pop(places.start, None)
        return covered

    def _row(self, row: etree._Element, number: int) -> SheetRow:
        cells: list[CellValue] = []
        struck: set[int] = set()
        for cell in row.iterchildren("{*}c"):
            place = place_of(str(cell.get("r")).rstrip("0123456789")) if cell.get("r") else len(cells)
            if not 0 <= place < MOST_COLUMNS:
                raise ValueError("no such column")
            cells += [None] * (place + 1 - len(cells))
            style = self._styles[int(cell.get("s") or 0)] if self._styles else _CellFormat()
            cells[place] = self._cell(cell, style)
            if style.is_struck and cells[place] not in (None, ""):
                struck.add(place)
        is_flat = row.get("ht") is not None and float(row.get("ht") or 0) == 0
        return SheetRow(number, cells, _is_true(row.get("hidden")) or is_flat, frozenset(struck))

    def _cell(self, cell: etree._Element, style: _CellFormat) -> CellValue:
        kind, stored = cell.get("t", "n"), cell.find("{*}v")
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return None if inline is None else _marked(text_of(inline), style.number_format)
        value = "" if stored is None else stored.text or ""
        if not value:
            return _uncalculated(cell) if kind != "str" or stored is None else None
        if kind == "s":
            return _marked(self._texts[int(value)], style.number_format)
        if kind == "str":
            return _marked(CellText(unescaped(value), ""), style.number_format)
        if kind == "b":
            return value not in ("0", "false")
        if kind == "e":
            return CellFault(value, f"holds a spreadsheet error ({value}).", "Correct the formula, or type the value.")
        return _formatted(value, style.number_format, self.date1904)


def damaged_sheet(name: str, row: int, hint: str) -> InvalidAnswers:
    """That a sheet cannot be read after a row, if one could be read."""
    return InvalidAnswers(
        Problem("The sheet is damaged.", f"{name}, after row {row}" if row else name, hint, "unreadable")
    )


def too_much_merged(name: str) -> InvalidAnswers:
    message = f"The sheet has more than {MOST_MERGED:,} merged cells."
    return InvalidAnswers(Problem(message, name, "Unmerge them, and give each cell its own value.", "merged"))


def place_of(column: str) -> int:
    """The place of a column, from its letters: A is 0, AA is 26."""
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


@contextmanager
def open_workbook(path: Path, name: str) -> Iterator[Workbook]:
    """A workbook, to be read while it is open.

    Args:
        name: what messages call the file.

    Raises:
        InvalidAnswers: the file cannot be read.
    """
    damaged = Problem("This is not an Excel file that can be read.", name, _SAVE_AGAIN, "unreadable")
    with opened(path, name, _read_workbook, damaged) as workbook:
        yield workbook


@contextmanager
def opened(path: Path, name: str, read: Callable[[zipfile.ZipFile, str], T], damaged: Problem) -> Iterator[T]:
    """What ``read`` makes of the archive of a spreadsheet, while it is open.

    Raises:
        InvalidAnswers: the file cannot be read; with ``damaged``, if it is not what it should be.
    """
    with open_binary(path, name) as file:
        try:
            archive = zipfile.ZipFile(file)
            refuse_zip_bomb(archive, name, damaged.hint)
            found = read(archive, name)
        except DAMAGE as error:
            raise InvalidAnswers(damaged) from error
        with archive:
            yield found


def refuse_zip_bomb(archive: zipfile.ZipFile, name: str, hint: str) -> None:
    """Raise InvalidAnswers for a small file that would fill the memory when it is unpacked."""
    for member in archive.infolist():
        if member.file_size > _SAFE_SIZE and member.file_size > _MAX_RATIO * max(1, member.compress_size):
            size = member.file_size // 1024 // 1024
            message = f"{member.filename} would unpack to {size} MB of repeated data."
            raise InvalidAnswers(Problem(message, name, hint, "unreadable"))


# --- parts -----------------------------------------------------------------------------------------------------------


def _read_workbook(archive: zipfile.ZipFile, name: str) -> Workbook:
    part = _target(_related(archive, ""), "officeDocument")
    related = _related(archive, part)
    root = _parse(archive, part)
    if etree.QName(root).localname != "workbook":
        raise ValueError("not a workbook")
    entries = [(each, *related[_id_of(each)]) for each in root.iterfind("{*}sheets/{*}sheet")]
    view, properties = root.find("{*}bookViews/{*}workbookView"), root.find("{*}workbookPr")
    open_number = int(view.get("activeTab") or 0) if view is not None else 0
    opened = entries[open_number] if open_number < len(entries) else None
    return Workbook(
        name=name,
        sheets=tuple(
            Sheet(each.get("name", ""), target, each.get("state", "visible") == "visible")
            for each, kind, target in entries
            if kind == "worksheet"
        ),
        open_sheet=str(opened[0].get("name")) if opened and opened[1] == "worksheet" else "",
        date1904=properties is not None and _is_true(properties.get("date1904")),
        _archive=archive,
        _styles=_read_styles(archive, _target(related, "styles")),
        _texts=_read_texts(archive, _target(related, "sharedStrings")),
    )


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The parts a part refers to: by id, the last word of the kind of relationship, and the part's name."""
    folder, file = posixpath.split(part)
    found = {}
    for each in _parse(archive, posixpath.join(folder, "_rels", f"{file}.rels")).iterfind("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
        found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target)
    return found


def _target(related: dict[str, tuple[str, str]], kind: str) -> str:
    return next((target for each, target in related.values() if each == kind), "")


def _id_of(sheet: etree._Element) -> str:
    return next((str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")


def _read_styles(archive: zipfile.ZipFile, part: str) -> list[_CellFormat]:
    if part not in archive.namelist():
        return []
    root = _parse(archive, part)
    codes = {
        int(each.get("numFmtId", "")): each.get("formatCode", "") for each in root.iterfind("{*}numFmts/{*}numFmt")
    }
    struck = [is_on(font.find("{*}strike")) for font in root.iterfind("{*}fonts/{*}font")]
    found = []
    for each in root.iterfind("{*}cellXfs/{*}xf"):
        number, font = int(each.get("numFmtId") or 0), int(each.get("fontId") or 0)
        found.append(_CellFormat(codes.get(number, number), font < len(struck) and struck[font]))
    return found


def _read_texts(archive: zipfile.ZipFile, part: str) -> SharedTexts:
    return SharedTexts.of(archive.read(part) if part in archive.namelist() else b"", _LONGEST_ELEMENT)


def _parse(archive: zipfile.ZipFile, part: str) -> etree._Element:
    data = archive.read(part)
    refuse_entities(data)
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


class _Measured:
    """A file whose parts between two elements are measured, so that none fills the memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.since = file, 0

    def read(self, size: int = -1, /) -> bytes:
        block = self._file.read(size)
        self.since += len(block)
        if self.since > _LONGEST_ELEMENT:
            raise ValueError("an element that is too long")
        return block


def elements(file: IO[bytes], *names: str) -> Iterator[etree._Element]:
    """The elements of these names, each complete, and gone when the next one comes.

    Raises:
        ValueError: there are entities, or an element too long for a sheet of answers.
    """
    start = file.read(DECLARATIONS)
    refuse_entities(start)
    file.seek(0)
    measured = _Measured(file)
    tags = [f"{{*}}{name}" for name in names]
    for _, element in etree.iterparse(measured, tag=tags, resolve_entities=False, no_network=True):
        measured.since = 0
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part in blocks, each of which repeats the end of the one before."""
    tail = b""
    while block := file.read(1 << 20):
        yield tail + block
        tail = block[-_LONGEST_TAG:]


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")


# --- cells -----------------------------------------------------------------------------------------------------------


def struck_out(words: str, struck: str) -> CellFault | None:
    """The fault of a cell in which words are struck out; None if none are."""
    if not struck.strip():
        return None
    message = "is struck out." if struck.strip() == words.strip() else "has words that are struck out."
    return CellFault(words, message, "Delete what is struck out, or remove the strikethrough.", is_struck=True)


def _marked(text: CellText, number_format: str | int) -> CellValue:
    """A text, with what its number format adds to it; or the fault, if words in it are struck out."""
    if fault := struck_out(text.words, text.struck):
        return fault
    if isinstance(number_format, int) or ("@" not in number_format and number_format.count(";") < 3):
        return text.words
    try:
        shows = shown(text.words, number_format)
    except NumberFormatNotSupported as error:
        return FormattedCell(text.words, text.words, number_format, error.unsupported)
    is_plain = shows.strip() == text.words.strip()
    return text.words if is_plain else FormattedCell(text.words, shows, number_format)


def _uncalculated(cell: etree._Element) -> CellFault | None:
    formula = cell.find("{*}f")
    if formula is None:
        return None
    return CellFault(
        f"={formula.text or ''}",
        "is a formula whose value was not saved in the file.",
        "Open the file in Excel and save it, or type the value itself.",
    )


@lru_cache(maxsize=4096)
def _formatted(stored: str, number_format: str | int, date1904: bool) -> CellValue:
    """A number, date or time, and what it shows."""
    value = _stored_value(stored)
    moment = moment_of(value, number_format, date1904=date1904)
    try:
        text = shown(value, number_format, date1904=date1904)
    except NumberFormatNotSupported as error:
        return FormattedCell(value if moment is None else moment, stored, number_format, error.unsupported)
    return FormattedCell(value if moment is None else moment, text, number_format)


def _stored_value(stored: str) -> float | date | time:
    """A number, or a date or time as strict workbooks hold it, in ISO 8601."""
    if re.fullmatch(r"[+-]?\d+", stored):
        return int(stored)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", stored):
        return date.fromisoformat(stored)
    if re.match(r"\d{4}-", stored):
        return datetime.fromisoformat(stored).replace(tzinfo=None)
    return time.fromisoformat(stored) if ":" in stored else float(stored)
