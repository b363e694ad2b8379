"""What was typed, as the value to store; and a value, as counsel would have typed it or as a review shows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from letters._text.dates import long_date, parse_date
from letters.library.prompts import Question
from letters.model.rulebook import Rulebook

_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Joiners shape words in some scripts; among Latin letters they are stray.
_JOINERS = "\u200c\u200d"


def cleaned(typed: str) -> tuple[str, tuple[str, ...]]:
    """Text without what nobody can see: control characters, invisible marks, spaces of other widths.

    Returns:
        The text, and the code points of what was taken out (``U+200B``), each once. Spaces made plain are not told.
    """
    text = unicodedata.normalize("NFC", _NEW_LINES.sub("\n", typed))
    kept, gone = [], []
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if character == "\n":
            kept.append(character)
        elif character == "\t" or category == "Zs":
            kept.append(" ")
        elif category in ("Cc", "Cs", "Co") or (category == "Cf" and not _shapes_a_word(text, place)):
            gone.append(f"U+{ord(character):04X}")
        else:
            kept.append(character)
    return "".join(kept), tuple(dict.fromkeys(gone))


def _shapes_a_word(text: str, place: int) -> bool:
    around = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    return text[place] in _JOINERS and len(around) == 2 and not around.isascii()


def read(question: Question, typed: Any, rulebook: Rulebook, today: date) -> Any:
    """What was typed or picked, as the value to store. Raises ValueError with a sentence for counsel."""
    if not isinstance(typed, str):
        return typed
    text, _ = cleaned(typed)
    match question.field.kind:
        case "date":
            return parse_date(text, today=today, order=rulebook.date_order) if text.strip() else None
        case "list":
            return lines_of(text)
        case "persons":
            return [_person(line) for line in lines_of(text)]
    return text.strip()


def lines_of(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _person(line: str) -> dict[str, str]:
    name, comma, title = line.partition(",")
    if not comma or not name.strip() or not title.strip():
        raise ValueError(f"“{line[:60]}” lacks a title. Write each person on a line: Jordan Sample, Chief Analyst")
    return {"name": name.strip(), "title": title.strip()}


def as_typed(question: Question, value: Any) -> str:
    """An answer as counsel would have typed it, to stand in the answer line."""
    if value is None:
        return ""
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(line_of(item) for item in value)
    return str(value)


def line_of(item: Any) -> str:
    """One entry of a plain list, on a line."""
    if isinstance(item, Mapping) and {"name", "title"} <= item.keys():
        return f"{item['name']}, {item['title']}"
    return ", ".join(in_words(item))


def in_words(value: Any, lines: Mapping[str, str] | None = None) -> Iterator[str]:
    """A value in words, a line each; ``lines`` gives the wording of choices."""
    if isinstance(value, bool):
        yield "Yes" if value else "No"
    elif isinstance(value, date):
        yield long_date(value)
    elif isinstance(value, Mapping):
        yield ", ".join(str(inner) for inner in value.values())
    elif isinstance(value, list):
        for item in value:
            yield from in_words(item, lines)
    else:
        yield (lines or {}).get(str(value), str(value))
