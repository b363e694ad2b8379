"""From a cell to an answer: dates, yes and no, lists, choices by their wording. Damaged values are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import isnan
from typing import Any

from msgspec import Struct

from letters._text.dates import HOW_TO_WRITE, long_date
from letters._text.english import folded_words
from letters._text.lazy_pattern import pattern
from letters.errors import Problem
from letters.model.fields import Field

_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0"})
_SHORTENED = pattern(r"[+-]?\d([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
AS_TEXT = "Format the column as Text, and type the value again."
_MIDNIGHT = time(0)
_DAYS = pattern(r"[2-6]\d{4}")  # from 1954 to 2091
_FIRST_DAY = date(1899, 12, 30)  # from which Excel counts days, since it takes 1900 for a leap year
_MADE_BY_EXCEL = frozenset(  # the formats it gives to what looks to it like a day and month, or a month and year
    {16, 17, *(f"{language}{code}" for language in ("[$-409]", "[$-en-US]") for code in ("d-mmm;@", "mmm-yy;@"))}
)


class CellFault(Struct, frozen=True):
    """A cell without a usable value: a formula that was never calculated, an error, part of a merged cell.

    Args:
        shown: what the cell shows.
        message: what is wrong, after the name of the cell.
        hint: what to do.
        is_struck: whether its words are struck out.
        code: of the problem, for scripts.
    """

    shown: str
    message: str
    hint: str
    is_struck: bool = False
    code: str = "formula"

    def __str__(self) -> str:
        return self.shown


class FormattedCell(Struct, frozen=True):
    """A number, date or time in a spreadsheet, or a text that its number format adds something to.

    Args:
        text: what the cell shows; the number as it is stored, if that is not known.
        number_format: its code, or the number of a built-in one.
        why_unknown: what keeps Letters from telling what the cell shows; empty if it is known.
    """

    value: float | date | time | str
    text: str
    number_format: str | int
    why_unknown: str = ""

    def __str__(self) -> str:
        return self.text


class BadCell(ValueError):
    """A cell that cannot be read as an answer; says why, and what to write."""

    def __init__(self, message: str, hint: str, code: str = "value") -> None:
        super().__init__(message)
        self.problem = Problem(message, hint=hint, code=code)


def is_blank(cell: Any) -> bool:
    """Whether a cell says nothing, as does a zero that its number format hides."""
    if type(cell) is str:
        return not cell or cell.isspace()
    if isinstance(cell, FormattedCell):
        return cell.value in (0, "") and not cell.text.strip()
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell == [] or cell == {}


def shown(cell: Any, limit: int = 40) -> str:
    """A cell's value, shortened for a message."""
    text = cell.shown if isinstance(cell, CellFault) else "" if cell is None else str(_plain_day(cell))
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def answer_of(cell: Any, field: Field, choices: Mapping[str, str]) -> Any:
    """The answer in a cell for a field, or for one item of a field that holds several.

    Args:
        choices: every way to write a choice, folded, with the value it stands for.

    Raises:
        BadCell: the cell cannot be read as an answer.
    """
    if isinstance(cell, FormattedCell) and field.kind == "date" and isinstance(cell.value, date):
        cell = cell.value
    cell = _plain_day(_usable(cell))
    if field.kind == "date":
        if isinstance(cell, datetime):
            raise BadCell("includes a time of day.", "Write only the date: 2019-08-02.")
        return cell if isinstance(cell, date) else _date_text(cell)
    if field.kind == "yes-no":
        return _yes_no(cell)
    if field.kind in ("choice", "choices"):
        text = _text(cell).strip()
        return choices.get(folded_words(text), text)
    if isinstance(cell, (Mapping, list, tuple)) and field.kind in ("table", "group", "persons", "list"):
        return cell
    return _text(cell)


def text_of(cell: Any) -> str:
    """The same for a text field, as most fields are. Raises BadCell."""
    if type(cell) is str and cell[:1].isalpha():  # nothing that a spreadsheet has changed
        return cell
    return _text(_plain_day(_usable(cell)))


def answers_of(cell: Any, field: Field, choices: Mapping[str, str]) -> Any:
    """The answers in a cell that holds all items of a field, separated by semicolons or line breaks. Raises BadCell."""
    cell = _usable(cell)
    if isinstance(cell, (list, tuple)):
        return [each if isinstance(each, Mapping) else answer_of(each, field, choices) for each in cell]
    if field.kind == "group":
        first = field.parts[0].name
        raise BadCell(
            "cannot hold entries that have several parts.",
            f"Give each part its own column: {field.name}.1.{first}, {field.name}.2.{first}, and so on.",
        )
    pieces = [piece.strip() for piece in re.split("[;\n\r]+", _text(_plain_day(cell))) if piece.strip()]
    return [person(piece) if field.kind == "persons" else answer_of(piece, field, choices) for piece in pieces]


def person(text: str) -> dict[str, str]:
    """“Casey Specimen, Director” as name and title. Raises BadCell."""
    name, comma, title = (part.strip() for part in text.partition(","))
    if not (name and comma and title):
        raise BadCell(
            "names a person without a title.", "Write: Casey Specimen, Director; Morgan Example, Chief Legal Counsel"
        )
    return {"name": name, "title": title}


def choice_spellings(choices: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    """Every way to write a choice, folded: its value, its value with spaces, its wording in the question.

    Args:
        choices: values to their wording in the question.
    """
    found = {folded_words(wording): value for value, wording in choices.items()}
    for value in values:
        found |= {folded_words(value): value, folded_words(value.replace("-", " ")): value}
    return found


def _usable(cell: Any) -> Any:
    """The cell's value; for a number or date in a spreadsheet, the text it shows. Raises BadCell."""
    if isinstance(cell, CellFault):
        raise BadCell(cell.message, cell.hint, "struck" if cell.is_struck else cell.code)
    return _shown_text(cell) if isinstance(cell, FormattedCell) else cell


def _shown_text(cell: FormattedCell) -> str:
    if isinstance(cell.value, (int, float)):
        _refuse_long(cell.value)
    if cell.why_unknown:
        raise BadCell(
            f"has a number format that Letters cannot reproduce: {cell.why_unknown}.",
            "Format the column as Text, and type what the cell should say.",
            "number-format",
        )
    text = cell.text.strip()
    if not text:
        raise BadCell("has a value, but its number format shows nothing.", AS_TEXT, "number-format")
    if cell.number_format in _MADE_BY_EXCEL:
        raise BadCell("is a date that Excel may have made of something else, such as 2-1.", AS_TEXT, "spoilt")
    return text


def _plain_day(cell: Any) -> Any:
    """Spreadsheets have no dates without a time, so midnight means the date."""
    if isinstance(cell, datetime) and cell.time() == _MIDNIGHT and cell.tzinfo is None:
        return cell.date()
    return cell


def _date_text(cell: Any) -> str:
    """A date that was typed. A number of days, as which spreadsheets store dates, is refused."""
    if isinstance(cell, bool):
        raise BadCell("is true or false, but a date is expected.", HOW_TO_WRITE)
    text = _text(cell)
    if _DAYS.fullmatch(text.strip()):
        day = long_date(_FIRST_DAY + timedelta(int(text)))
        raise BadCell(
            f"is a number, {text.strip()}. A spreadsheet may have counted days: then it is {day}.",
            "Format the column as a date, or type the date again.",
            "spoilt",
        )
    return text


def _yes_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = folded_words(_text(cell))
    if word in _YES or word in _NO:
        return word in _YES
    raise BadCell("is neither yes nor no.", "Write yes or no.")


def _text(cell: Any) -> str:
    """A text that may have been typed as a number. What a spreadsheet has already changed is refused."""
    if isinstance(cell, str):
        if not cell[:1].isalpha() and _SHORTENED.fullmatch(cell.strip()):
            raise BadCell(
                "is a number that a spreadsheet has abbreviated, so some of its digits are lost.", AS_TEXT, "spoilt"
            )
        return cell
    if isinstance(cell, bool):
        raise BadCell("is true or false, but a text is expected.", AS_TEXT)
    if isinstance(cell, (int, float)):
        _refuse_long(cell)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, (date, time, timedelta)):
        raise BadCell(
            "is a date or time, but a text is expected. A spreadsheet may have converted it.", AS_TEXT, "spoilt"
        )
    raise BadCell("is not a single value.", "Write text, a date, yes, or no.")


def _refuse_long(number: float) -> None:
    if not isinstance(number, int) and isnan(number):
        raise BadCell(
            "is NaN, which a program writes where it has no value.", "Leave it out, or write null.", "no-value"
        )
    if abs(number) >= 10**15:  # which infinity is, too
        raise BadCell("is too long a number for a spreadsheet, which keeps only 15 digits.", AS_TEXT, "spoilt")
