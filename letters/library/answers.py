"""Answers files: everything counsel answered about one letter, read and written.

Answers are saved as TOML, which a lawyer can read and correct, and read as TOML or JSON. A key that appears twice is
refused in both, because nobody can tell which one was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from msgspec.structs import replace

from letters.errors import InvalidAnswers, Problem
from letters.library.toml import loads
from letters.library.toml_recovery import has_conflict, recover

Answers = dict[str, Any]
_LARGEST = 1_000_000  # bytes: as many as in a line of .jsonl


def parse_answers(data: bytes, name: str, *, is_json: bool = False) -> Answers:
    """Answers from the bytes of a .toml or .json file. Raises InvalidAnswers naming the line.

    Args:
        is_json: they are JSON whatever the name is.
    """
    import tomli  # here, because a command that prints letters reads no answers

    if len(data) > _LARGEST:
        hint = "Answers about one letter are a few thousand. Rows for many letters: letters batch ROWS"
        raise InvalidAnswers(Problem(f"The file has more than {_LARGEST:,} bytes.", name, hint, "long"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from letters._text.encodings import broken_bytes  # here, because few files are broken

        line, column, found = broken_bytes(data) or (1, 1, "")
        message = f"The file is not UTF-8 text: {found} in line {line}, at character {column}."
        raise InvalidAnswers(Problem(message, name, "Save it again as UTF-8.", "encoding")) from error
    if is_json or PurePath(name).suffix.lower() == ".json":
        return _parse_json(text, name)
    try:
        if not has_conflict(text):
            return loads(text)
        mistakes = recover(text).problems
    except tomli.TOMLDecodeError:
        mistakes = recover(text).problems
    except (RecursionError, ValueError) as error:  # a number of 5,000 digits is a ValueError
        raise InvalidAnswers(_unreadable(name)) from error
    raise InvalidAnswers(
        replace(each, code="syntax").within(name) if each.code == "toml" else each.within(name) for each in mistakes
    )


def _parse_json(text: str, name: str) -> Answers:
    def without_doubles(pairs: list[tuple[str, Any]]) -> Answers:
        found: Answers = {}
        for key, value in pairs:
            if key in found:
                raise InvalidAnswers(
                    Problem(
                        f"“{key}” appears twice in the same place.", where=name, hint="Keep one of them.", code="twice"
                    )
                )
            found[key] = value
        return found

    import json

    try:
        answers = json.loads(text, object_pairs_hook=without_doubles)
    except json.JSONDecodeError as error:
        raise InvalidAnswers(
            Problem(
                f"The file cannot be read as JSON at line {error.lineno}, column {error.colno}.",
                where=name,
                hint="Check the quotation marks, commas, and brackets there.",
                code="syntax",
            )
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidAnswers(_unreadable(name)) from error
    if not isinstance(answers, dict):
        raise InvalidAnswers(
            Problem("The file does not contain answers.", where=name, hint="It must contain one object {…}.")
        )
    return answers


def _unreadable(name: str) -> Problem:
    return Problem(
        "The file cannot be read: a number in it is too long, or tables are nested too deep.", name, code="syntax"
    )


def write_answers(answers: Mapping[str, Any]) -> str:
    """The answers as a TOML document. Unanswered questions (None) are left out."""
    import tomli_w  # here, because only what saves answers needs it

    return tomli_w.dumps(_without_none(answers), multiline_strings=True)


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_none(inner) for inner in value if inner is not None]
    return value
