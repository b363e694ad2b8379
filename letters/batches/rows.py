"""Rows from a file, a stream or a program, read one at a time and never all at once.

Rows are numbered as a spreadsheet shows them: the headings are row 1. In JSON the first row is row 1.
"""

from __future__ import annotations

import codecs
import stat
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set, ValuesView
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from math import nan
from pathlib import Path, PurePath
from typing import IO, Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel

from letters._text.lazy_pattern import pattern
from letters.batches.csv_rows import open_binary, open_csv
from letters.batches.json_rows import json_array, json_lines
from letters.batches.row_source import RowSource, TableOptions, TableRow
from letters.errors import InvalidAnswers, Problem, Usage

_TEXTS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_ARRAY = pattern(rb"\[\s*[{\]]")  # of objects, as a whole file
_OPENDOCUMENT = b"mimetypeapplication/vnd.oas"  # how such a file begins, after the header of a zip
_BLOCK = 1 << 20  # bytes


def open_rows(path: Path, is_field: Callable[[str], bool], options: TableOptions | None = None) -> RowSource:
    """The rows of a file.

    Args:
        path: of a .csv, .tsv, .xlsx, .ods, .jsonl or .ndjson file. A spreadsheet is recognized by what the file begins
            with, whatever it is called, and so is a file of any other name.
        is_field: whether a heading names a field of a letter; used to tell which separator a CSV file uses.
        options: which sheet of an Excel file, which row of headings, and which columns to leave out.

    Raises:
        InvalidAnswers: the file cannot be read at all.
        Usage: the options do not fit the file, or it is not clear which sheet or which row of headings is meant.
    """
    if path.exists() and stat.S_ISFIFO(path.stat().st_mode):
        with open_binary(path, str(path)) as pipe:
            return open_row_stream(pipe, str(path), is_field, options)
    return _open_file(path, str(path), is_field, options or TableOptions())


def open_row_stream(
    stream: IO[bytes] | IO[str], name: str, is_field: Callable[[str], bool], options: TableOptions | None = None
) -> RowSource:
    """The same for an open stream, such as a pipe or an upload, which is copied to a temporary file.

    Args:
        stream: read to its end; not closed.
        name: what messages call it. Its suffix, if it has one, says what kind of file it is.
    """
    path, delete = _temporary_copy(stream)
    try:
        return replace(_open_file(path, name, is_field, options or TableOptions()), close=delete)
    except BaseException:
        delete()
        raise


def rows_of(
    mappings: Iterable[Mapping[str, Any]], name: str = "rows", options: TableOptions | None = None
) -> RowSource:
    """Rows from a program: mappings of dotted field names or titles, or of answers nested as in an answers file.

    Raises:
        Usage: a row is none of these; from an iterator, once it is that row's turn. Or the options are of a table.
    """
    if options and (options.sheet is not None or options.header_row is not None):
        option = "sheet" if options.sheet is not None else "header_row"
        raise Usage(Problem(f"The argument {option} is for tables.", hint="Leave it out.", code=option))
    if isinstance(mappings, Sequence):
        for number, each in enumerate(mappings, 1):
            _mapping(each, number)

    def rows() -> Iterator[TableRow]:
        for number, each in enumerate(mappings, 1):
            row = _mapping(each, number)
            try:
                yield TableRow(number, tuple(map(str, row)), tuple(map(_plain, row.values())))
            except RecursionError:
                yield TableRow(number, (), (), (Problem("The row is nested too deeply.", code="syntax"),))

    return RowSource(name, "python", (), rows, ignored_columns=options.ignored_columns if options else ())


def _mapping(row: object, number: int) -> Mapping[str, Any]:
    """A row as a mapping. Raises Usage if it is none."""
    if isinstance(row, Mapping):
        return row
    if isinstance(row, BaseModel):
        return {name: getattr(row, name) for name in type(row).model_fields}
    if is_dataclass(row) and not isinstance(row, type):
        return {field.name: getattr(row, field.name) for field in fields(row)}
    if isinstance(row, Struct):
        return {name: getattr(row, name) for name in row.__struct_fields__}
    if hasattr(row, "_asdict"):  # a named tuple
        return dict(row._asdict())
    if hasattr(row, "keys") and hasattr(row, "__getitem__"):  # a row of a database
        return {name: row[name] for name in row.keys()}  # noqa: SIM118 - going through it may give its values
    message = f"Row {number} is of the type {type(row).__name__}, not a mapping of fields to answers."
    hint = 'Give dicts, such as {"request.requester.agency": "Example Agency"}, dataclasses or pydantic models.'
    raise Usage(Problem(message, hint=hint, code="row"))


def _plain(value: Any) -> Any:
    """A value of a program as an answers file would hold it."""
    if isinstance(value, datetime):
        return value.date() if value == value else nan  # what pandas has for no time equals nothing
    if type(value).__name__ == "NAType":  # what pandas has for no value, which is neither true nor false
        return nan
    if hasattr(value, "dtype") and hasattr(value, "tolist"):  # of NumPy or pandas
        is_time = str(value.dtype).startswith("datetime64")
        return _plain((value.astype("datetime64[D]") if is_time else value).tolist())
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Decimal | PurePath | UUID):
        return str(value)
    if isinstance(value, Mapping | BaseModel | Struct) or (is_dataclass(value) and not isinstance(value, type)):
        return {str(name): _plain(each) for name, each in _mapping(value, 0).items()}
    if isinstance(value, list | tuple | Set | deque | Iterator | ValuesView):
        return [_plain(each) for each in value]
    return value


def _open_file(path: Path, name: str, is_field: Callable[[str], bool], options: TableOptions) -> RowSource:
    form = _form_of(path, name)
    if form not in ("xlsx", "ods"):  # which are what they are, whatever the file is called
        named = _TEXTS.get(Path(name).suffix.lower(), form)
        form = form if form == "array" and named == "jsonl" else named
        if options.sheet is not None:
            raise Usage(Problem("--sheet is for spreadsheets.", where=name, hint="Leave it out."))
    if form == "xlsx":
        from letters.batches.excel_rows import open_excel

        return open_excel(path, name, is_field, options)
    if form == "ods":
        from letters.batches.excel_rows import open_excel
        from letters.batches.opendocument import open_opendocument

        return open_excel(path, name, is_field, options, open_opendocument)
    if form == "csv":
        return open_csv(path, name, is_field, options)
    if options.header_row is not None:
        raise Usage(Problem("--header-row is for tables.", where=name, hint="Leave it out."))

    def rows() -> Iterator[TableRow]:
        return json_array(path, name) if form in ("json", "array") else json_lines(path, name)

    return RowSource(name, "jsonl", (), rows, ignored_columns=options.ignored_columns)


def _form_of(path: Path, name: str) -> str:
    """The kind of file, by its first bytes."""
    with open_binary(path, name) as file:
        start = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"PK\x03\x04"):
        return "ods" if _OPENDOCUMENT in start else "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidAnswers(
            Problem(
                "The file is an old .xls file, or is protected by a password.",
                name,
                "Save it as .xlsx, without a password.",
                "unreadable",
            )
        )
    if _ARRAY.match(start):
        return "array"
    return "json" if start.startswith(b"[") else "jsonl" if start.startswith(b"{") else "csv"


def _temporary_copy(stream: IO[bytes] | IO[str]) -> tuple[Path, Callable[[], None]]:
    """A copy that can be read more than once, and what deletes it."""
    copy = tempfile.NamedTemporaryFile(prefix="letters-", delete=False)  # noqa: SIM115 - closed by `delete`
    while block := stream.read(_BLOCK):
        copy.write(block.encode("utf-8") if isinstance(block, str) else block)
    copy.flush()
    named, unnamed = Path(copy.name), Path(f"/proc/self/fd/{copy.fileno()}")
    if unnamed.exists():  # on Linux: without a name nobody else can find it, and it ends with this process
        named.unlink()

    def delete() -> None:
        copy.close()
        named.unlink(missing_ok=True)

    return (named if named.exists() else unnamed), delete
