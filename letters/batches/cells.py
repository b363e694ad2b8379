"""From a cell to an answer: dates, yes and no, lists, choices by their wording; and what a spreadsheet has spoilt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any

from letters.errors import Problem
from letters.model.fields import Field

_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0"})
_SHORTENED = re.compile(r"[+-]?\d([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_AS_TEXT = "Format the column as Text, and type it again."
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a value: a formula that was never worked out, or an error."""

    shown: str
    message: str
    hint: str


class BadCell(ValueError):
    """A cell that makes no answer; says why and what to write."""

    def __init__(self, message: str, hint: str, code: str = "value") -> None:
        super().__init__(message)
        self.problem = Problem(message, hint=hint, code=code)


def is_blank(cell: Any) -> bool:
    if type(cell) is str:
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell == [] or cell == {}


def shown(cell: Any, limit: int = 40) -> str:
    """A cell's value, short, for a message."""
    text = cell.shown if isinstance(cell, CellFault) else "" if cell is None else str(_plain_day(cell))
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def one(cell: Any, field: Field, wording: Mapping[str, str]) -> Any:
    """The answer in a cell for a field, or for one item of a field that holds several.

    Args:
        wording: of the choices, folded, to the value each stands for.

    Raises:
        BadCell: it makes no answer.
    """
    if isinstance(cell, CellFault):
        raise BadCell(cell.message, cell.hint, "formula")
    cell = _plain_day(cell)
    if field.kind == "date":
        if isinstance(cell, datetime):
            raise BadCell("has a time of day in it.", "Write the day alone: 2019-08-02.")
        return cell if isinstance(cell, date) else _text(cell)
    if field.kind == "yes-no":
        return _yes_no(cell)
    if field.kind in ("choice", "choices"):
        text = _text(cell).strip()
        return wording.get(folded(text), text)
    if isinstance(cell, (Mapping, list, tuple)) and field.kind in ("table", "group", "persons", "list"):
        return cell
    return _text(cell)


def text(cell: Any) -> str:
    """The same for a field that is a text, as most are."""
    if isinstance(cell, CellFault):
        raise BadCell(cell.message, cell.hint, "formula")
    return _text(cell if type(cell) is str else _plain_day(cell))


def several(cell: Any, field: Field, wording: Mapping[str, str]) -> Any:
    """The answers in one cell that holds all items of a field, parted by semicolons or lines."""
    if isinstance(cell, CellFault):
        raise BadCell(cell.message, cell.hint, "formula")
    if isinstance(cell, (list, tuple)):
        return [each if isinstance(each, Mapping) else one(each, field, wording) for each in cell]
    if field.kind == "group":
        first = field.parts[0].name
        raise BadCell(
            "holds entries of several parts, which one cell cannot.",
            f"Give each part a column of its own: {field.name}.1.{first}, {field.name}.2.{first}, and so on.",
        )
    pieces = [piece.strip() for piece in re.split("[;\n\r]+", _text(_plain_day(cell))) if piece.strip()]
    return [person(piece) if field.kind == "persons" else one(piece, field, wording) for piece in pieces]


def person(text: str) -> dict[str, str]:
    name, comma, title = (part.strip() for part in text.partition(","))
    if not (name and comma and title):
        raise BadCell(
            "names a person without a title.", "Write: Casey Specimen, Secretary; Morgan Example, Chief Legal Counsel"
        )
    return {"name": name, "title": title}


def folded(text: str) -> str:
    """A heading or choice as it is compared: neither case nor spacing counts."""
    return " ".join(text.replace("\u2019", "'").split()).casefold()


def wording_of(choices: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    """Every way to write a choice, folded: its value, its value with spaces, its wording in the question."""
    found = {folded(wording): value for value, wording in choices.items()}
    for value in values:
        found |= {folded(value): value, folded(value.replace("-", " ")): value}
    return found


def _plain_day(cell: Any) -> Any:
    """Spreadsheets know no day without a time: midnight is the day."""
    if isinstance(cell, datetime) and cell.time() == _MIDNIGHT and cell.tzinfo is None:
        return cell.date()
    return cell


def _yes_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = folded(_text(cell))
    if word in _YES or word in _NO:
        return word in _YES
    raise BadCell("is neither yes nor no.", "Write yes or no.")


def _text(cell: Any) -> str:
    """A text that may have been typed as a number; what a spreadsheet has already changed is refused."""
    if isinstance(cell, str):
        if _SHORTENED.fullmatch(cell.strip()):
            raise BadCell("is a number that a spreadsheet has shortened; its digits are lost.", _AS_TEXT, "spoilt")
        return cell
    if isinstance(cell, bool):
        raise BadCell("is true or false, where a text belongs.", _AS_TEXT)
    if isinstance(cell, int):
        if abs(cell) >= 10**15:
            raise BadCell("is a number too long for a spreadsheet, which keeps 15 digits.", _AS_TEXT, "spoilt")
        return str(cell)
    if isinstance(cell, float):
        if not isfinite(cell) or abs(cell) >= 10**15:
            raise BadCell("is a number too long for a spreadsheet, which keeps 15 digits.", _AS_TEXT, "spoilt")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, (date, time, timedelta)):
        raise BadCell("is a date or time where a text belongs; perhaps a spreadsheet made it one.", _AS_TEXT, "spoilt")
    raise BadCell("is not one value.", "Write text, a date, yes or no.")
