"""The words around a question: how to write the answer, its help text, and what can be done with a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from letters.interview.options import Option
from letters.interview.text_input import as_typed
from letters.library.prompts import Question

_FORMS = {
    "date": "A date, written as you like: August 2, 2019, or 8/2/2019, or Aug 2 2019, or yesterday.",
    "persons": "One person per line, name and title separated by a comma: Jordan Sample, Chief Analyst.",
    "list": "One entry per line.",
    "yes-no": "Yes or no.",
    "choice": "Choose one.",
    "choices": "Choose all that apply.",
}


def note_on(question: Question, *, several_lines: bool) -> str:
    """How to write the answer, in a few words; may be empty."""
    finish = "finish with an empty line"
    if question.field.kind == "persons":
        return f"one person per line: name, title; {finish}"
    if question.field.kind == "list":
        return f"one per line; {finish}"
    return finish if several_lines else ""


def help_on(question: Question, options: Sequence[Option], *, required: bool) -> list[tuple[str, str]]:
    """The help text for a question: for each line its style and text."""
    return [("aside", line) for line in _help(question, options, required=required)]


def _help(question: Question, options: Sequence[Option], *, required: bool) -> Iterator[str]:
    field = question.field
    if field.description and field.description not in (question.help, question.ask):  # already shown above it
        yield field.description
    if field.kind in _FORMS:
        yield _FORMS[field.kind]
    if example := _example(question, {option.value: option.line for option in options}):
        yield f"Example: {example}"
    yield "An answer is required." if required else "You may leave this unanswered."


def _example(question: Question, lines: dict[str, str]) -> str:
    example: Any = question.field.example
    if example in (None, "", [], {}) or isinstance(example, bool):
        return ""
    if question.field.kind in ("choice", "choices"):
        known = [lines[each] for each in (example if isinstance(example, list) else [example]) if each in lines]
        return "; ".join(known)
    return " / ".join(as_typed(question, example).splitlines())


def list_actions(
    entries: Sequence[Any], *, may_finish: bool, may_be_empty: bool, is_wanted: bool = False
) -> list[Option]:
    """What can be done with the entries of a list.

    Args:
        is_wanted: whether counsel has just said that there are some, so that none is not offered first.
    """
    found = [Option("done", "None" if may_be_empty else "Done")] if may_finish else []
    add = Option("add", "Add another" if entries else "Add one")
    found.insert(0 if is_wanted and not entries else len(found), add)
    only_one = len(entries) == 1
    if entries:
        found.append(Option("change", "Change it" if only_one else "Change one"))
    if len(entries) > 1:
        found.append(Option("move", "Move one"))
    if entries:
        found.append(Option("remove", "Remove it" if only_one else "Remove one"))
    return found
