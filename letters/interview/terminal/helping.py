"""The words of a question beside its own: how to write the answer, its help, what may be done with a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from letters.interview.interview import Option, as_typed
from letters.library.prompts import Question

_FORMS = {
    "date": "A day, as you would write it: August 2, 2019, or 8/2/2019, or Aug 2 2019, or yesterday.",
    "persons": "One person a line, name and title parted by a comma: Jordan Sample, Chief Analyst.",
    "list": "One a line.",
    "yes-no": "Yes or no.",
    "choice": "One of the list.",
    "choices": "As many of the list as apply.",
}


def note_on(question: Question, *, several_lines: bool) -> str:
    """How to write the answer, in a few words; may be empty."""
    if question.field.kind == "persons":
        return "one person a line: name, title; an empty line ends"
    if question.field.kind == "list":
        return "one a line; an empty line ends"
    return "an empty line ends" if several_lines else ""


def help_on(question: Question, choices: Sequence[Option], *, needed: bool) -> list[tuple[str, str]]:
    """All there is to say about a question, in lines with their styles."""
    return [("aside", line) for line in _help(question, choices, needed=needed)]


def _help(question: Question, choices: Sequence[Option], *, needed: bool) -> Iterator[str]:
    field = question.field
    if field.description and field.description not in (question.help, question.ask):  # its help stands above it already
        yield field.description
    if field.kind in _FORMS:
        yield _FORMS[field.kind]
    lines = {choice.value: choice.line for choice in choices}
    if example := _example(question, lines):
        yield f"Example: {example}"
    yield "An answer is needed." if needed else "It may be left open."


def _example(question: Question, lines: dict[str, str]) -> str:
    example: Any = question.field.example
    if example in (None, "", [], {}) or isinstance(example, bool):
        return ""
    if question.field.kind in ("choice", "choices"):
        known = [lines[each] for each in (example if isinstance(example, list) else [example]) if each in lines]
        return "; ".join(known)
    return " / ".join(as_typed(question, example).splitlines())


def actions(listed: Sequence[Any], *, done: bool, none: bool) -> list[Option]:
    """What may be done with the entries of a list."""
    found = [Option("done", "None" if none else "That is all")] if done else []
    found.append(Option("add", "Add another" if listed else "Add one"))
    one = len(listed) == 1
    if listed:
        found.append(Option("change", "Change it" if one else "Change one"))
    if len(listed) > 1:
        found.append(Option("move", "Move one to another place"))
    if listed:
        found.append(Option("remove", "Remove it" if one else "Remove one"))
    return found
