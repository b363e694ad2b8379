"""Rows in JSON: one object a line (JSON Lines), or one array of objects."""

from __future__ import annotations

import codecs
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from letters._text.encodings import broken_bytes
from letters._text.lazy_pattern import pattern
from letters.batches.csv_rows import open_binary
from letters.batches.row_source import MOST_COLUMNS, TableRow
from letters.errors import InvalidAnswers, Problem

_ONE_OBJECT_A_LINE = "Write one object {…} on each line."
_TOO_MUCH = "holds a number that is too long, or brackets nested too deeply."
_LONGEST_LINE = 1_000_000  # bytes
_LONGEST_ARRAY = 100_000_000  # bytes
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANKS = pattern(r"[ \t\r\n]*")


def json_lines(path: Path, name: str) -> Iterator[TableRow]:
    """The rows of a JSON Lines file. A line that cannot be read is a row with a problem."""
    with open_binary(path, name) as file:
        is_utf16 = file.read(2) in _UTF16
        file.seek(0)
        for number, line in enumerate(_utf16_lines(file) if is_utf16 else _lines(file), 1):
            if len(line) > _LONGEST_LINE:
                message = f"The line has more than {_LONGEST_LINE:,} bytes."
                yield _unreadable(number, line[:100], message, _ONE_OBJECT_A_LINE, "long")
            elif line.strip():
                yield _json_row(number, line)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long, only the start."""
    while line := file.readline(_LONGEST_LINE + 1):
        yield line
        while len(line) > _LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(_LONGEST_LINE + 1)


def _utf16_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file in UTF-16, as PowerShell writes it, in UTF-8."""
    with io.TextIOWrapper(file, encoding="utf-16", errors="replace") as text:
        for line in text:
            yield line.encode("utf-8", "replace")


def json_array(path: Path, name: str) -> Iterator[TableRow]:
    """The rows of a JSON file that is one array, whose text is read into memory. Raises InvalidAnswers."""
    with open_binary(path, name) as file:
        data = file.read(_LONGEST_ARRAY + 1)
    if len(data) > _LONGEST_ARRAY:
        message = f"The file has more than {_LONGEST_ARRAY:,} bytes."
        raise InvalidAnswers(Problem(message, name, "Write JSON Lines (.jsonl): one object on each line.", "long"))
    encoding = json.detect_encoding(data)
    if encoding.startswith("utf-8") and broken_bytes(data):
        raise InvalidAnswers(Problem(_not_utf8(data, "The file"), name, "Save it as UTF-8.", "encoding"))
    try:
        for number, (each, size) in enumerate(_entries(data.decode(encoding, "surrogatepass")), 1):
            if size > _LONGEST_LINE:
                message = f"The entry has more than {_LONGEST_LINE:,} characters."
                yield _unreadable(number, b"", message, "Shorten it.", "long")
            elif isinstance(each, dict):
                yield TableRow(number, tuple(each), tuple(each.values()))
            else:
                line = json.dumps(each).encode()
                yield _unreadable(number, line, "The entry is not an object.", "Write each entry as {…}.", "syntax")
    except (ValueError, RecursionError) as error:
        raise InvalidAnswers(Problem(f"The file cannot be read as JSON: {_why(error)}", name, code="syntax")) from error


def _entries(text: str) -> Iterator[tuple[Any, int]]:
    """The entries of an array, one at a time, each with its length. Raises ValueError or RecursionError."""
    decode = json.JSONDecoder(object_pairs_hook=_without_duplicates).raw_decode
    at = _after_blanks(text, text.index("[") + 1)
    if text[at : at + 1] == "]":
        at += 1
    else:
        while True:
            found, end = decode(text, at)
            yield found, end - at
            at = _after_blanks(text, end) + 1
            if (mark := text[at - 1 : at]) == "]":
                break
            if mark != ",":
                raise json.JSONDecodeError("", text, at - 1)
            at = _after_blanks(text, at)
    if (at := _after_blanks(text, at)) < len(text):
        raise json.JSONDecodeError("", text, at)


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _why(error: Exception) -> str:
    if isinstance(error, _DuplicateKey):
        return f"“{error}” appears twice in the same object."
    if isinstance(error, json.JSONDecodeError):
        return f"there is a mistake at line {error.lineno}, character {error.colno}."
    return f"it {_TOO_MUCH}"


def _not_utf8(data: bytes, what: str) -> str:
    """Which bytes are not UTF-8, and where."""
    line, column, found = broken_bytes(data) or (1, 1, "")
    place = f"character {column}" if what == "The line" else f"line {line}, character {column}"
    return f"{what} is not UTF-8 text: {found} at {place}."


def _json_row(number: int, line: bytes) -> TableRow:
    try:
        text = line.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError:
        return _unreadable(number, line, _not_utf8(line, "The line"), "Save the file as UTF-8.", "encoding")
    except _DuplicateKey as error:
        message = f"“{error}” appears twice in the same object."
        return _unreadable(number, line, message, "Keep one of them.", "twice")
    except json.JSONDecodeError as error:
        message = f"The line is not valid JSON: there is a mistake at character {error.colno}."
        return _unreadable(number, line, message, _ONE_OBJECT_A_LINE, "syntax")
    except (RecursionError, ValueError):
        return _unreadable(number, line, f"The line {_TOO_MUCH}", "Shorten it.", "syntax")
    if not isinstance(found, dict):
        return _unreadable(number, line, "The line is not an object.", _ONE_OBJECT_A_LINE, "syntax")
    if len(found) > MOST_COLUMNS:
        message = f"The object has {len(found):,} keys, more than the {MOST_COLUMNS:,} columns of a spreadsheet."
        return _unreadable(number, line[:100], message, "Keep those that name fields.", "columns")
    return TableRow(number, tuple(found), tuple(found.values()))


class _DuplicateKey(ValueError):
    """A key that appears twice in one object."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKey(next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1))
    return found


def _unreadable(number: int, line: bytes, message: str, hint: str, code: str) -> TableRow:
    text = line.decode("utf-8", "replace").strip()
    return TableRow(number, (), (text,), (Problem(message, hint=hint, code=code),))
