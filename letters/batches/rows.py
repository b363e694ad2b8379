"""Rows as they come in: CSV as Excel and scripts write it, JSON, or mappings from Python. One at a time, never all.

Rows are counted as a spreadsheet shows them: the headings are row 1. In JSON the first row is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

from letters.batches.table import RowSource, TableRow, table_row, without_blanks
from letters.errors import InvalidAnswers, Problem, Usage

DELIMITERS = (",", ";", "\t")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LONGEST_CELL = 1_000_000
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def open_rows(place: str, known: Callable[[str], bool], sheet: str | None = None) -> RowSource:
    """The rows of a file.

    Args:
        place: path of the file; ``-`` is standard input.
        known: whether a heading is one a letter has; decides what parts the columns of a CSV file.
        sheet: which sheet of an Excel file; else the first.

    Raises:
        InvalidAnswers: it cannot be read at all; the problem names the place in it.
    """
    path, name = _readable(place)
    form = _SUFFIXES.get(Path(name).suffix.lower()) or _form_of(path, name)
    if sheet is not None and form != "xlsx":
        raise Usage(Problem("--sheet is for Excel files.", where=name, hint="Leave it out."))
    if form == "xlsx":
        from letters.batches.excel import open_sheet

        return open_sheet(path, name, sheet)
    if form == "csv":
        return _open_csv(path, name, known)
    return RowSource(name, "jsonl", (), lambda: _array_rows(path, name) if form == "json" else _jsonl_rows(path, name))


def rows_of(mappings: Iterable[Mapping[str, Any]], name: str = "rows") -> RowSource:
    """Rows that a program hands over: dotted names or titles, or answers as an answers file nests them."""

    def rows() -> Iterator[TableRow]:
        for number, each in enumerate(mappings, 1):
            yield TableRow(number, tuple(map(str, each)), tuple(each.values()))

    return RowSource(name, "python", (), rows)


def _readable(place: str) -> tuple[Path, str]:
    """A file that can be read from its beginning more than once: what comes through a pipe is kept aside."""
    if place != "-" and not (Path(place).exists() and stat.S_ISFIFO(Path(place).stat().st_mode)):
        return Path(place), place
    aside = tempfile.NamedTemporaryFile(prefix="letters-", delete=False)  # noqa: SIM115 - closed by `forget`
    with sys.stdin.buffer if place == "-" else Path(place).open("rb") as stream:
        shutil.copyfileobj(stream, aside)
    aside.flush()
    _ASIDE.append(aside)
    nameless = Path(f"/proc/self/fd/{aside.fileno()}")
    path = nameless if nameless.exists() else Path(aside.name)
    if path is nameless:  # on Linux: without a name nobody else finds it, and it goes with this process
        Path(aside.name).unlink()
    return path, "standard input" if place == "-" else place


_ASIDE: list[IO[bytes]] = []


def forget() -> None:
    """Take away what was kept aside."""
    while _ASIDE:
        aside = _ASIDE.pop()
        aside.close()
        Path(aside.name).unlink(missing_ok=True)


def _open(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidAnswers(Problem(f"cannot be read: {reason}.", where=name, code="unreadable")) from error


def _form_of(path: Path, name: str) -> str:
    with _open(path, name) as file:
        start = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidAnswers(
            Problem("The file is an old .xls, or protected by a password.", name, "Save it as .xlsx.", "unreadable")
        )
    return "json" if start.startswith(b"[") else "jsonl" if start.startswith(b"{") else "csv"


# --- CSV -------------------------------------------------------------------------------------------------------------


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a text file as Excel writes them: by its mark, its zero bytes, or what fits all of it."""
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


def _open_csv(path: Path, name: str, known: Callable[[str], bool]) -> RowSource:
    with _open(path, name) as file:
        encoding = encoding_of(file)
    csv.field_size_limit(_LONGEST_CELL)

    def records(delimiter: str) -> Iterator[list[str]]:
        with io.TextIOWrapper(_open(path, name), encoding=encoding, newline="") as text:
            if not _names_delimiter(text.readline()):
                text.seek(0)
            yield from csv.reader(text, delimiter=delimiter, strict=True)

    delimiter, headings, row = _header(records, name, known)

    def rows() -> Iterator[TableRow]:
        number = 0
        try:
            for number, cells in enumerate(records(delimiter), 1):
                if number > row and any(cell.strip() for cell in cells):
                    yield table_row(number, headings, [_unprotected(cell) for cell in cells])
        except csv.Error as error:
            raise InvalidAnswers(_broken_csv(name, number + 1, str(error))) from error
        except UnicodeError as error:
            raise InvalidAnswers(_odd_encoding(name, number + 1)) from error

    return RowSource(name, "csv", headings, rows, delimiter)


def _header(
    records: Callable[[str], Iterator[list[str]]], name: str, known: Callable[[str], bool]
) -> tuple[str, tuple[str, ...], int]:
    """What parts the columns, the headings, and the row they stand in."""
    best: tuple[tuple[int, int], str, tuple[str, ...], int] | None = None
    for delimiter in DELIMITERS:
        try:
            for row, cells in enumerate(records(delimiter), 1):
                if any(cell.strip() for cell in cells):
                    score = (sum(known(cell) for cell in cells), len(cells))
                    if best is None or score > best[0]:
                        best = (score, delimiter, tuple(cells), row)
                    break
        except csv.Error:
            continue
        except UnicodeError as error:
            raise InvalidAnswers(_odd_encoding(name, 1)) from error
    if best is None:
        raise InvalidAnswers(Problem("The file has no headings.", name, "The first row names the columns.", "empty"))
    return best[1], without_blanks(best[2]), best[3]


def _names_delimiter(line: str) -> bool:
    """Excel's own first line ``sep=;``."""
    return line.strip().lower().startswith("sep=") and len(line.strip()) <= 5


def protected(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before it."""
    return f"'{text}" if text.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _unprotected(text: str) -> str:
    return text[1:] if text.startswith("'") and protected(text[1:]) == text else text


def _broken_csv(name: str, row: int, reason: str) -> Problem:
    return Problem(
        "The row cannot be read: a quotation mark opens or closes in the wrong place.",
        where=f"{name}, row {row}" if "end of data" not in reason else name,
        hint="A text with a quotation mark, a separator or a line break in it stands in quotation marks; those inside "
        "it are doubled.",
        code="syntax",
    )


def _odd_encoding(name: str, row: int) -> Problem:
    return Problem(
        "The file's characters cannot be read.",
        where=f"{name}, after row {row - 1}" if row > 1 else name,
        hint="In Excel: File, Save As, CSV UTF-8.",
        code="encoding",
    )


# --- JSON ------------------------------------------------------------------------------------------------------------


def _jsonl_rows(path: Path, name: str) -> Iterator[TableRow]:
    with _open(path, name) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> TableRow:
    try:
        text = line.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_without_doubles)
    except UnicodeDecodeError:
        return _unread(number, line, "The line is not text in UTF-8.", "Save the file as UTF-8.", "encoding")
    except _Twice as error:
        return _unread(number, line, f"“{error}” stands twice in the same place.", "Keep one.", "twice")
    except json.JSONDecodeError as error:
        message = f"The line is not JSON: something is wrong at its character {error.colno}."
        return _unread(number, line, message, "Each line holds one object {…}.", "syntax")
    except (RecursionError, ValueError):
        return _unread(number, line, "The line holds a number or a nesting no answer needs.", "Take it out.", "syntax")
    if not isinstance(found, dict):
        return _unread(number, line, "The line holds no object.", "Each line holds one object {…}.", "syntax")
    return TableRow(number, tuple(found), tuple(found.values()))


def _array_rows(path: Path, name: str) -> Iterator[TableRow]:
    """A JSON file that is one array, which must be read whole."""
    with _open(path, name) as file:
        try:
            found = json.load(file, object_pairs_hook=_without_doubles)
        except (ValueError, RecursionError) as error:
            why = f"“{error}” stands twice in the same place" if isinstance(error, _Twice) else str(error)
            raise InvalidAnswers(Problem(f"The file cannot be read as JSON: {why}.", name, code="syntax")) from error
    for number, each in enumerate(found, 1):
        if isinstance(each, dict):
            yield TableRow(number, tuple(each), tuple(each.values()))
        else:
            yield _unread(
                number, json.dumps(each).encode(), "The entry is no object.", "Each entry is one object {…}.", "syntax"
            )


class _Twice(ValueError):
    pass


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


def _unread(number: int, line: bytes, message: str, hint: str, code: str) -> TableRow:
    text = line.decode("utf-8", "replace").strip()
    return TableRow(number, (), (text,), (Problem(message, hint=hint, code=code),))


def text_writer(file: IO[str], delimiter: str = ",") -> Any:
    """Writes records of CSV with no formula in them."""
    writer = csv.writer(file, delimiter=delimiter)

    def write(cells: Iterable[Any]) -> None:
        writer.writerow(["" if cell is None else protected(str(cell)) for cell in cells])

    return write
