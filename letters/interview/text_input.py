"""From typed text to the value to store, and from a value back to text: as typed, or as the review shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from letters._text.damage import is_invisible
from letters._text.dates import long_date, parse_date
from letters._text.lazy_pattern import pattern
from letters.library.prompts import Question
from letters.model.rulebook import Rulebook

_NEW_LINES = pattern("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(typed: str) -> tuple[str, tuple[str, ...]]:
    """Remove what nobody can see (control and invisible characters), and make every kind of space a plain one.

    Returns:
        The text, and the code points removed (``U+200B``), each once. Replaced spaces are not among them.
    """
    text = unicodedata.normalize("NFC", _NEW_LINES.sub("\n", typed))
    kept, removed = [], []
    for position, character in enumerate(text):
        if character == "\n":
            kept.append(character)
        elif character == "\t" or unicodedata.category(character) == "Zs":
            kept.append(" ")
        elif is_invisible(text, position):
            removed.append(f"U+{ord(character):04X}")
        else:
            kept.append(character)
    return "".join(kept), tuple(dict.fromkeys(removed))


def parse(question: Question, typed: Any, rulebook: Rulebook, today: date) -> Any:
    """The value to store for what was typed or chosen. Raises ValueError with a sentence for counsel."""
    if not isinstance(typed, str):
        return typed
    text, _ = clean(typed)
    match question.field.kind:
        case "date":
            return parse_date(text, today=today, order=rulebook.date_order) if text.strip() else None
        case "list":
            return _lines(text)
        case "persons":
            return [_person(line) for line in _lines(text)]
    return text.strip()


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _person(line: str) -> dict[str, str]:
    name, comma, title = line.partition(",")
    if not comma or not name.strip() or not title.strip():
        raise ValueError(
            f"“{line[:60]}” has no title. Write one person per line, with a title: Jordan Sample, Chief Analyst"
        )
    return {"name": name.strip(), "title": title.strip()}


def as_typed(question: Question, value: Any) -> str:
    """An answer as counsel would have typed it, to prefill the answer line."""
    return typed(value)


def typed(value: Any) -> str:
    """A value as it would have been typed; empty for none."""
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
    """One entry of a plain list, on one line."""
    if isinstance(item, Mapping) and {"name", "title"} <= item.keys():
        return f"{item['name']}, {item['title']}"
    return ", ".join(in_words(item))


def in_words(value: Any, lines: Mapping[str, str] | None = None) -> Iterator[str]:
    """A value in words, one line at a time; ``lines`` gives the wording of choices."""
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
