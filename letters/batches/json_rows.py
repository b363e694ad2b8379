"""Rows in JSON: one object a line (JSON Lines), or one array of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from letters._text.encodings import broken_bytes
from letters.batches.csv_rows import open_binary
from letters.batches.row_source import TableRow
from letters.errors import InvalidAnswers, Problem

_ONE_OBJECT_A_LINE = "Write one object {…} on each line."


def json_lines(path: Path, name: str) -> Iterator[TableRow]:
    """The rows of a JSON Lines file. A line that cannot be read is a row with a problem."""
    with open_binary(path, name) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _json_row(number, line)


def json_array(path: Path, name: str) -> Iterator[TableRow]:
    """The rows of a JSON file that is one array, which has to be read into memory. Raises InvalidAnswers."""
    with open_binary(path, name) as file:
        try:
            data = file.read()
            if broken_bytes(data) and json.detect_encoding(data).startswith("utf-8"):
                raise InvalidAnswers(Problem(_not_utf8(data, "The file"), name, "Save it as UTF-8.", "encoding"))
            found = json.loads(data, object_pairs_hook=_without_duplicates)
        except (ValueError, RecursionError) as error:
            duplicate = isinstance(error, _DuplicateKey)
            why = f"“{error}” appears twice in the same object" if duplicate else str(error)
            raise InvalidAnswers(Problem(f"The file cannot be read as JSON: {why}.", name, code="syntax")) from error
    for number, each in enumerate(found, 1):
        if isinstance(each, dict):
            yield TableRow(number, tuple(each), tuple(each.values()))
        else:
            line = json.dumps(each).encode()
            yield _unreadable(number, line, "The entry is not an object.", "Write each entry as {…}.", "syntax")


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
        message = "The line holds a number that is too long, or brackets nested too deeply."
        return _unreadable(number, line, message, "Shorten it.", "syntax")
    if not isinstance(found, dict):
        return _unreadable(number, line, "The line is not an object.", _ONE_OBJECT_A_LINE, "syntax")
    return TableRow(number, tuple(found), tuple(found.values()))


class _DuplicateKey(ValueError):
    """A key that appears twice in one object."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKey(next(key for key in keys if keys.count(key) > 1))
    return found


def _unreadable(number: int, line: bytes, message: str, hint: str, code: str) -> TableRow:
    text = line.decode("utf-8", "replace").strip()
    return TableRow(number, (), (text,), (Problem(message, hint=hint, code=code),))
