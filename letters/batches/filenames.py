"""File names for letters, from a pattern such as `{row}-{requester.agency}-{kind}`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from enum import Enum
from typing import Any

from letters._system.output import MAX_STEM, safe_stem
from letters._text.lazy_pattern import pattern
from letters.batches.column_mapping import ROW
from letters.errors import Problem, Usage
from letters.model.letter import Letter

DEFAULT = "{row}-{requester.agency}-{kind}"
_ADDRESSEE = ("request", "requester", "agency")  # of a letter that answers no request: its recipient
_PLACEHOLDER = pattern(r"\{([^{}]*)\}")
_WIDTH = pattern(r"0?[1-9]")


class FilenamePattern:
    """A pattern for file names. Each part between slashes becomes a safe name, so no file leaves the output folder.

    Args:
        text: the pattern.
        fields: the dotted names it may use. The end of a name is enough if no other name ends the same way.

    Raises:
        Usage: the pattern is empty, or names a field that does not exist.
    """

    def __init__(self, text: str, fields: Collection[str]) -> None:
        self.text = text
        if re.search(r"[{}]", _PLACEHOLDER.sub("", text)) or not text.strip("/. "):
            raise Usage(_wrong(f"“{text}” is not a pattern for file names.", f"Write it like this: {DEFAULT}."))
        self._parts = [_pieces(part, fields) for part in text.split("/") if part.strip(". ")]
        self.takes_row = any(isinstance(piece, _RowNumber) for part in self._parts for piece in part)
        first = self._parts[-1][0]
        following = self._parts[-1][1] if len(self._parts[-1]) > 1 else "-"
        self.is_unique = isinstance(first, _RowNumber) and isinstance(following, str) and following[0] in "-_. "

    def stem(self, letter: Letter, row: str) -> str:
        """The name for one letter, without its suffix; it may include folders."""
        return "/".join(_fitted(part, letter, row) for part in self._parts)


class _RowNumber:
    def __init__(self, width: int) -> None:
        self.width = width


def _pieces(part: str, fields: Collection[str]) -> list[Any]:
    """Texts, row numbers and fields (as tuples of steps), in order."""
    found: list[Any] = []
    for number, piece in enumerate(_PLACEHOLDER.split(part)):
        if number % 2 == 0:
            found += [piece] if piece else []
            continue
        name, _, width = piece.partition(":")
        if width and not (name == ROW and _WIDTH.fullmatch(width)):
            raise Usage(_wrong(f"“{{{piece}}}” is not allowed.", "Only the row may have a width: {row:05}."))
        found.append(_RowNumber(int(width or 0)) if name == ROW else tuple(_field(name, fields).split(".")))
    return found


def _field(name: str, fields: Collection[str]) -> str:
    if name in fields:
        return name
    if name == "requester.agency":
        return ".".join(_ADDRESSEE)
    ends = [each for each in fields if each.endswith(f".{name}")]
    shortest = [each for each in ends if each.count(".") == min(end.count(".") for end in ends)]
    if len(shortest) == 1 and name:
        return shortest[0]
    near = get_close_matches(name, [ROW, *fields, *(each.split(".", 1)[-1] for each in fields)], n=1)
    hint = f"Did you mean {{{near[0]}}}?" if near else "Use the row, or any field of the letter."
    hint = f"Write one of: {', '.join(sorted(shortest))}." if len(shortest) > 1 else hint
    raise Usage(_wrong(f"“{{{name}}}” is not a field of a letter.", hint))


def _words(piece: Any, letter: Letter, row: str) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, _RowNumber):
        return row.zfill(piece.width)
    if piece == _ADDRESSEE:
        return letter.addressee
    value: Any = letter
    for step in piece:
        value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return _text(value)


def _fitted(part: Sequence[Any], letter: Letter, row: str) -> str:
    """One name of the path. If it is too long, the longest field is cut, and never the number of the row."""
    words = [_words(piece, letter, row) for piece in part]
    while len(joined := "".join(words)) > MAX_STEM or len(safe_stem(joined).encode()) >= MAX_STEM - 3:
        fields = [at for at, piece in enumerate(part) if isinstance(piece, tuple) and len(words[at]) > 1]
        if not fields:
            break
        longest = max(fields, key=lambda at: len(words[at]))
        words[longest] = words[longest][: max(1, len(words[longest]) - max(1, len(joined) - MAX_STEM + 1))]
    return safe_stem(joined)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "-".join(_text(each) for each in value if isinstance(each, (str, Enum)))
    return "" if value is None else str(value)


def _wrong(message: str, hint: str) -> Problem:
    return Problem(message, where="--name", hint=hint, code="name")
