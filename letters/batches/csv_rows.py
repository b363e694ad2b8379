"""CSV as Excel and scripts write it: any common encoding and separator. And CSV written so that it holds no formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

from letters._system.output import why_unread
from letters._text.encodings import TextEncoding, encoding_of, in_hex
from letters._text.lazy_pattern import pattern
from letters.batches.cells import CellFault
from letters.batches.row_source import (
    LAST_HEADINGS,
    MOST_COLUMNS,
    RowSource,
    TableOptions,
    TableRow,
    column_letters,
    refuse_title_rows,
    refuse_wide_table,
    table_row,
    without_blanks,
)
from letters.errors import InvalidAnswers, Problem, Usage

_DELIMITERS = (",", ";", "\t", "|")
_END_OF_FILE = "\x1a"  # of DOS; some programs still write it last
_BROKEN = pattern("[\udc80-\udcff]+")
_LONGEST_CELL = 1_000_000  # characters
_FIRST_ROWS = 25  # among which the headings are


def open_csv(path: Path, name: str, is_field: Callable[[str], bool], options: TableOptions | None = None) -> RowSource:
    """The rows of a CSV file.

    Args:
        name: what messages call the file.
        is_field: whether a heading names a field of a letter; used to tell which separator the file uses.
        options: which row has the headings, and which columns to leave out.

    Raises:
        InvalidAnswers: the file has no headings, or cannot be read as text.
        Usage: there is no such row, or another row looks more like headings.
    """
    with open_binary(path, name) as file:
        encoding = encoding_of(file)
        notes = (*_guess(encoding, name), *_end_mark(file, name))
    csv.field_size_limit(_LONGEST_CELL)

    def records(delimiter: str) -> Iterator[list[str]]:
        with io.TextIOWrapper(
            open_binary(path, name), encoding=encoding.codec, errors=encoding.errors, newline=""
        ) as text:
            if not _names_delimiter(text.readline()):
                text.seek(0)
            lines = _of_a_table(_without_end_mark(text), delimiter, name)
            yield from csv.reader(lines, delimiter=delimiter, strict=True)

    options = options or TableOptions()
    delimiter, headings, header_row = _header(records, name, is_field, options.header_row)

    def rows() -> Iterator[TableRow]:
        number = 0
        try:
            for number, cells in enumerate(records(delimiter), 1):
                if number > header_row and any(cell.strip() for cell in cells):
                    yield table_row(number, headings, _cells(cells))
        except csv.Error as error:
            raise InvalidAnswers(_broken_csv(name, number + 1, str(error))) from error
        except UnicodeError as error:
            raise InvalidAnswers(_unknown_encoding(name, number + 1)) from error

    return RowSource(name, "csv", headings, rows, delimiter, options.ignored_columns, notes)


def open_binary(path: Path, name: str) -> BinaryIO:
    """The file, opened for reading. Raises InvalidAnswers if it cannot be."""
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidAnswers(why_unread(error, name)) from error


def _guess(encoding: TextEncoding, name: str) -> Iterator[Problem]:
    """A note that the encoding is a guess, with the first words it decides."""
    if encoding.title:
        yield Problem(
            f"The file is not UTF-8. It was read as {encoding.title}, a guess from its words: "
            f"{', '.join(f'“{word[:30]}”' for word in encoding.words)}.",
            name,
            "If one of them is wrong, save the file again as CSV UTF-8.",
            "guessed-encoding",
        )


def _end_mark(file: BinaryIO, name: str) -> Iterator[Problem]:
    """A note that the file ends with a mark that was left out."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - 256))
    if file.read().rstrip(b"\r\n").endswith(_END_OF_FILE.encode()):
        yield Problem(
            "The file ends with the byte 0x1A, an old mark for the end of a file. It was left out.",
            name,
            "Check that no rows are missing.",
            "end-of-file",
        )


def _without_end_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines without marks for the end of the file after the last one."""
    held: list[str] = []
    for line in lines:
        if _END_OF_FILE in line:
            held.append(line)
            continue
        yield from held
        held.clear()
        yield line
    last = "".join(held).rstrip(f"{_END_OF_FILE}\r\n")
    if last:
        yield f"{last}\n"


def _of_a_table(lines: Iterable[str], delimiter: str, name: str) -> Iterator[str]:
    """The lines. Raises InvalidAnswers for one with so many separators that its cells would fill the memory."""
    for line in lines:
        if len(line) > _LONGEST_CELL and (count := line.count(delimiter)) > _LONGEST_CELL:
            refuse_wide_table(name, count + 1)
        yield line


def _cells(texts: list[str]) -> Sequence[str | CellFault]:
    """The cells of a row. Most rows have nothing that needs a closer look."""
    together = "".join(texts)
    if "'" not in together and (together.isascii() or not _BROKEN.search(together)):
        return texts
    return [_cell(each) for each in texts]


def _cell(text: str) -> str | CellFault:
    """A cell, or what is wrong with its bytes."""
    if not (broken := _BROKEN.search(text)):
        return _unprotected(text)
    return CellFault(
        _BROKEN.sub("\ufffd", text),
        f"contains {_bytes_in(broken)}, which is not UTF-8 as the rest of the file is.",
        "Type the word again, and save the file as CSV UTF-8.",
        code="encoding",
    )


def _bytes_in(broken: re.Match[str]) -> str:
    data = [ord(each) - 0xDC00 for each in broken[0]]
    return f"the byte{'s' if len(data) > 1 else ''} {in_hex(data)} at character {broken.start() + 1}"


def _refuse_broken_headings(name: str, row: int, headings: Iterable[str]) -> None:
    """Raise InvalidAnswers for headings with bytes that cannot be read."""
    found = [
        Problem(
            f"“{_BROKEN.sub(chr(0xFFFD), heading)[:40]}” contains {_bytes_in(broken)}, which is not UTF-8.",
            f"{name}, {column_letters(place)}{row}",
            "Type the heading again, and save the file as CSV UTF-8.",
            "encoding",
        )
        for place, heading in enumerate(headings)
        if (broken := _BROKEN.search(heading))
    ]
    if found:
        raise InvalidAnswers(found)


def _header(
    records: Callable[[str], Iterator[list[str]]], name: str, is_field: Callable[[str], bool], wanted: int | None
) -> tuple[str, tuple[str, ...], int]:
    """The separator, the headings, and the number of the row they are in: the one that is wanted, or the first."""
    best: tuple[tuple[int, int], str, list[tuple[int, list[str]]]] | None = None
    for delimiter in _DELIMITERS:
        try:
            first = _first_rows(records(delimiter), wanted)
        except csv.Error:
            continue
        except UnicodeError as error:
            raise InvalidAnswers(_unknown_encoding(name, 1)) from error
        if first:
            score = max((sum(map(is_field, cells[:MOST_COLUMNS])), len(cells)) for _, cells in first)
            if best is None or score > best[0]:
                best = (score, delimiter, first)
    if best is None and wanted is not None:
        raise Usage(Problem(f"Row {wanted} has no headings.", name, "Correct --header-row.", "empty"))
    if best is None:
        raise InvalidAnswers(
            Problem("The file has no headings.", name, "Put the names of the columns in the first row.", "empty")
        )
    _, delimiter, first = best
    refuse_wide_table(name, len(first[0][1]))
    first = [(number, cells[:MOST_COLUMNS]) for number, cells in first]
    refuse_title_rows(name, first, is_field)
    _refuse_broken_headings(name, first[0][0], first[0][1])
    return delimiter, without_blanks(first[0][1]), first[0][0]


def _first_rows(records: Iterator[list[str]], wanted: int | None) -> list[tuple[int, list[str]]]:
    """The first rows that are not blank, each with its number; or only the one that is wanted."""
    found: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(records, 1):
            if any(cell.strip() for cell in cells) and wanted in (None, number):
                found.append((number, cells))
            if len(found) == (_FIRST_ROWS if wanted is None else 1) or (found and number > LAST_HEADINGS):
                break
    except csv.Error:
        if not found:
            raise
    return found


def _names_delimiter(line: str) -> bool:
    """Whether it is the line ``sep=;`` that Excel may put first."""
    return line.strip().lower().startswith("sep=") and len(line.strip()) <= 5


def _broken_csv(name: str, row: int, reason: str) -> Problem:
    if "field limit" in reason:
        return Problem(
            f"The row has a cell of more than {_LONGEST_CELL:,} characters.",
            where=f"{name}, row {row}",
            hint="Shorten it. If a quotation mark was not closed there, close it.",
            code="long",
        )
    what = "opens and is never closed" if "end of data" in reason else "opens or closes in the wrong place"
    return Problem(
        f"The row cannot be read: a quotation mark {what}.",
        where=f"{name}, row {row}",
        hint="Put quotation marks around a text that contains a separator, a line break, or a quotation mark, and "
        "double each quotation mark inside it.",
        code="syntax",
    )


def _unknown_encoding(name: str, row: int) -> Problem:
    return Problem(
        "The file's characters cannot be read.",
        where=f"{name}, after row {row - 1}" if row > 1 else name,
        hint="In Excel, save it as CSV UTF-8: File, Save As.",
        code="encoding",
    )


# --- writing ---------------------------------------------------------------------------------------------------------


def without_formula(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _unprotected(text: str) -> str:
    """What `without_formula` was given."""
    return text[1:] if text.startswith("'") and without_formula(text[1:]) == text else text


def csv_writer(file: IO[str], delimiter: str = ",") -> Callable[[Iterable[Any]], None]:
    """A function that writes one CSV record, with no formula in it."""
    writer = csv.writer(file, delimiter=delimiter)

    def write(cells: Iterable[Any]) -> None:
        writer.writerow(["" if cell is None else without_formula(str(cell)) for cell in cells])

    return write
