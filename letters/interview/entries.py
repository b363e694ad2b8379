"""Answers that are lists: entries with parts, persons, plain lines. Added, changed, moved, taken out, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from letters.interview.fitting import to_counsel, wrong_type
from letters.interview.reading import in_words, line_of, read
from letters.interview.state import Entry, EntryInHand, InterviewState
from letters.library.prompts import Question
from letters.model.fields import get, put

LISTS = ("group", "list", "persons")


def entries_of(state: InterviewState, question: Question) -> list[Any]:
    """The entries given so far, to be changed by the caller and handed back as the answer."""
    return deepcopy(get(state.answers, question.field.name) or [])


def parts(question: Question, entry: Mapping[str, Any]) -> list[Question]:
    """The questions for the parts of an entry, as far as they apply to it."""
    return [item for item in question.items if item.applies(entry)]


def next_part(question: Question, entry: EntryInHand) -> Question | None:
    """The part to ask for now; None when all have been."""
    return next((item for item in parts(question, entry.parts) if item.field.name not in entry.done), None)


def is_whole(question: Question, entry: Mapping[str, Any]) -> bool:
    """Whether the entry has every part it must have."""
    return all(part.name in entry for part in question.field.parts if part.required)


def part_objection(
    state: InterviewState, question: Question, entries: Sequence[Entry], number: int, item: Question, typed: Any
) -> str:
    """Why ``typed`` cannot be this part of the entry at ``number`` (from 0); empty when it can."""
    try:
        value = read(item, typed, state.rulebook, state.today)
    except ValueError as error:
        return str(error)
    if value in (None, "", []):
        return f"An answer is needed. {item.field.description}" if item.field.required else ""
    if wrong := wrong_type(item.field, value):
        return wrong
    # What an entry still lacks is filled with examples, so that this part can be judged by the rules at once.
    filler = {part.name: part.example for part in question.field.parts if part.required}
    supposed = [deepcopy(entry) for entry in entries]
    supposed[number] = filler | supposed[number] | {item.field.name: value}
    place = f"{question.field.name}.{number + 1}.{item.field.name}"
    found = state.rules(question, supposed)
    return next((to_counsel(problem) for problem in found if problem.field == place), "")


def put_part(state: InterviewState, question: Question, entry: Entry, item: Question, typed: Any) -> None:
    """Store a part that `part_objection` has nothing against; what no longer applies to the entry is taken out."""
    value = read(item, typed, state.rulebook, state.today)
    put(entry, item.field.name, None if value in (None, "", []) else value)
    for other in question.items:
        if not other.applies(entry):
            put(entry, other.field.name, None)


def entry_objection(
    state: InterviewState, question: Question, entries: Sequence[Entry], number: int
) -> tuple[Question, str] | None:
    """The first part of a whole entry that its other parts speak against, and why."""
    items = {f"{question.field.name}.{number + 1}.{item.field.name}": item for item in question.items}
    for problem in state.rules(question, list(entries)):
        if problem.field in items:
            return items[problem.field], to_counsel(problem)
    return None


def entry_line(question: Question, entry: Any) -> str:
    """An entry on one line."""
    if question.field.kind != "group":
        return line_of(entry)
    shown = []
    for part in question.field.parts:
        item = next((each for each in question.items if each.field.name == part.name), None)
        if part.name in entry:
            shown.append(" / ".join(in_words(entry[part.name], item.choices if item else {})))
    return " · ".join(" ".join(each.split()) for each in shown)
