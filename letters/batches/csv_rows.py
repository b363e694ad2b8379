"""CSV as Excel and scripts write it: any common encoding and separator. And CSV written so that it holds no formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from letters.batches.row_source import RowSource, TableRow, table_row, without_blanks
from letters.errors import InvalidAnswers, Problem

_DELIMITERS = (",", ";", "\t")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LONGEST_CELL = 1_000_000  # characters


def open_csv(path: Path, name: str, is_field: Callable[[str], bool]) -> RowSource:
    """The rows of a CSV file.

    Args:
        name: what messages call the file.
        is_field: whether a heading names a field of a letter; used to tell which separator the file uses.

    Raises:
        InvalidAnswers: the file has no headings, or cannot be read as text.
    """
    with open_binary(path, name) as file:
        encoding = encoding_of(file)
    csv.field_size_limit(_LONGEST_CELL)

    def records(delimiter: str) -> Iterator[list[str]]:
        with io.TextIOWrapper(open_binary(path, name), encoding=encoding, newline="") as text:
            if not _names_delimiter(text.readline()):
                text.seek(0)
            yield from csv.reader(text, delimiter=delimiter, strict=True)

    delimiter, headings, header_row = _header(records, name, is_field)

    def rows() -> Iterator[TableRow]:
        number = 0
        try:
            for number, cells in enumerate(records(delimiter), 1):
                if number > header_row and any(cell.strip() for cell in cells):
                    yield table_row(number, headings, [_unprotected(cell) for cell in cells])
        except csv.Error as error:
            raise InvalidAnswers(_broken_csv(name, number + 1, str(error))) from error
        except UnicodeError as error:
            raise InvalidAnswers(_unknown_encoding(name, number + 1)) from error

    return RowSource(name, "csv", headings, rows, delimiter)


def open_binary(path: Path, name: str) -> BinaryIO:
    """The file, opened for reading. Raises InvalidAnswers if it cannot be."""
    try:
        return path.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidAnswers(Problem(f"cannot be read: {reason}.", where=name, code="unreadable")) from error


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a text file: from its byte order mark, from its zero bytes, or UTF-8 if all of it is valid."""
    start = file.read(4096)
    file.seek(0)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)


def _header(
    records: Callable[[str], Iterator[list[str]]], name: str, is_field: Callable[[str], bool]
) -> tuple[str, tuple[str, ...], int]:
    """The separator, the headings, and the number of the row they are in."""
    best: tuple[tuple[int, int], str, tuple[str, ...], int] | None = None
    for delimiter in _DELIMITERS:
        try:
            for row, cells in enumerate(records(delimiter), 1):
                if any(cell.strip() for cell in cells):
                    score = (sum(is_field(cell) for cell in cells), len(cells))
                    if best is None or score > best[0]:
                        best = (score, delimiter, tuple(cells), row)
                    break
        except csv.Error:
            continue
        except UnicodeError as error:
            raise InvalidAnswers(_unknown_encoding(name, 1)) from error
    if best is None:
        raise InvalidAnswers(
            Problem("The file has no headings.", name, "Put the names of the columns in the first row.", "empty")
        )
    return best[1], without_blanks(best[2]), best[3]


def _names_delimiter(line: str) -> bool:
    """Whether it is the line ``sep=;`` that Excel may put first."""
    return line.strip().lower().startswith("sep=") and len(line.strip()) <= 5


def _broken_csv(name: str, row: int, reason: str) -> Problem:
    return Problem(
        "The row cannot be read: a quotation mark opens or closes in the wrong place.",
        where=f"{name}, row {row}" if "end of data" not in reason else name,
        hint="Put quotation marks around a text that contains a separator, a line break or a quotation mark, and "
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
