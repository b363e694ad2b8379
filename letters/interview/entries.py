"""Answers that are lists: entries with parts, persons, or plain lines; added, changed, moved and removed one at a time.

A complete entry is part of the answer at once; an incomplete one is kept for the next time an entry is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from letters.interview.answer_validity import in_sentence, type_error, valid_parts
from letters.interview.answering import accept, error_in, store
from letters.interview.applicability import applies, rules_broken_by
from letters.interview.state import EntryInProgress, InterviewState
from letters.interview.text_input import in_words, line_of, parse
from letters.interview.wording import answer_required
from letters.library.prompts import Question
from letters.model.fields import get, put

LISTS = ("group", "list", "persons")


def entries_of(state: InterviewState, question: Question) -> list[Any]:
    """A copy of the entries given so far."""
    return deepcopy(get(state.answers, question.field.name) or [])


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


# --- the list as a whole ---------------------------------------------------------------------------------------------


def replace_entries(state: InterviewState, question: Question, entries: Sequence[Any]) -> None:
    """Make these the entries, and stay at the list."""
    store(state, question, list(entries))
    state.position = question.field.name


def finish_list(state: InterviewState, question: Question) -> str:
    """Finish the list; returns why it cannot be left as it is, or nothing."""
    listed = entries_of(state, question)
    if error := error_in(state, question, listed):
        return error
    accept(state, question, listed)
    return ""


def error_in_line(state: InterviewState, question: Question, listed: Sequence[Any], number: int, typed: str) -> str:
    """Why ``typed`` cannot be line ``number`` (from 0) of a plain list; empty if it can."""
    try:
        lines = lines_in(state, question, typed)
    except ValueError as error:
        return str(error)
    return error_in(state, question, [*listed[:number], *lines, *listed[number + 1 :]]) if lines else ""


def lines_in(state: InterviewState, question: Question, typed: str) -> list[Any]:
    """The entries of a plain list in what was typed, one per line. Raises ValueError with a sentence for counsel."""
    return list(parse(question, typed, state.rulebook, state.today))


# --- one entry, part by part -----------------------------------------------------------------------------------------


def add_entry(state: InterviewState, question: Question) -> None:
    """Start an entry at the end of the list, or continue with the one left incomplete."""
    name = question.field.name
    unfinished = state.unfinished_entries.pop(name, {})
    _open_entry(state, question, EntryInProgress(name, len(entries_of(state, question))))
    if state.entry:
        state.entry.parts |= valid_parts(question.field, unfinished, state)


def edit_entry(state: InterviewState, question: Question, number: int) -> None:
    """Go through the parts of entry ``number`` (from 0) again."""
    parts = entries_of(state, question)[number]
    _open_entry(state, question, EntryInProgress(question.field.name, number, parts, is_new=False))


def resume_entry(state: InterviewState, name: str) -> None:
    """Continue with the entry that was being filled in for this field when the interview stopped."""
    question = state.question(name)
    if not question or not question.items or not applies(state, question):
        return
    add_entry(state, question)
    entry = state.entry
    while entry and (item := next_part(question, entry)) and item.field.name in entry.parts:
        entry.done.append(item.field.name)


def leave_entry(state: InterviewState) -> None:
    """Leave the entry in progress; what it has is kept for the next time an entry is added."""
    entry, state.entry = state.entry, None
    if entry and entry.is_new and entry.parts:
        state.unfinished_entries[entry.name] = entry.parts


def next_part(question: Question, entry: EntryInProgress) -> Question | None:
    """The part to ask for now; None when all have been asked."""
    return next(
        (item for item in question.items if item.applies(entry.parts) and item.field.name not in entry.done), None
    )


def error_in_part(state: InterviewState, question: Question, item: Question, typed: Any) -> str:
    """Why ``typed`` is not accepted as this part of the entry in progress; empty if it is."""
    try:
        value = parse(item, typed, state.rulebook, state.today)
    except ValueError as error:
        return str(error)
    if value in (None, "", []):
        return answer_required(item.field.description) if item.field.required else ""
    if wrong := type_error(item.field, value):
        return wrong
    # Parts still missing are filled with examples, so that the rules can be applied to this one now.
    filler = {part.name: part.example for part in question.field.parts if part.required}
    supposed, number = _with_entry(state, question)
    supposed[number] = filler | supposed[number] | {item.field.name: value}
    where = f"{question.field.name}.{number + 1}.{item.field.name}"
    found = rules_broken_by(state, question, supposed)
    return next((in_sentence(state, problem) for problem in found if problem.field == where), "")


def accept_part(state: InterviewState, question: Question, item: Question, typed: Any) -> None:
    """Store a part in which `error_in_part` finds nothing wrong. The entry is stored as soon as it is complete."""
    entry = state.entry
    assert entry is not None
    _store_part(state, question, entry.parts, item, typed)
    entry.done.append(item.field.name)
    entry.error = ""
    if all(part.name in entry.parts for part in question.field.parts if part.required):
        listed, _ = _with_entry(state, question)
        entry.is_new = False
        replace_entries(state, question, listed)
    if next_part(question, entry) is None:
        _close_entry(state, question, entry)


def _open_entry(state: InterviewState, question: Question, entry: EntryInProgress) -> None:
    leave_entry(state)
    state.entry, state.position = entry, question.field.name


def _store_part(state: InterviewState, question: Question, parts: dict[str, Any], item: Question, typed: Any) -> None:
    value = parse(item, typed, state.rulebook, state.today)
    put(parts, item.field.name, None if value in (None, "", []) else value)
    for other in question.items:
        if not other.applies(parts):
            put(parts, other.field.name, None)


def _close_entry(state: InterviewState, question: Question, entry: EntryInProgress) -> None:
    """Finish the entry, unless its parts contradict each other: then the part at fault is asked again."""
    listed, number = _with_entry(state, question)
    if found := _contradiction(state, question, listed, number):
        item, entry.error = found
        entry.done.remove(item.field.name)
    else:
        state.entry = None


def _contradiction(
    state: InterviewState, question: Question, entries: Sequence[Mapping[str, Any]], number: int
) -> tuple[Question, str] | None:
    """The first part of a complete entry that its other parts contradict, and why."""
    items = {f"{question.field.name}.{number + 1}.{item.field.name}": item for item in question.items}
    for problem in rules_broken_by(state, question, list(entries)):
        if problem.field in items:
            return items[problem.field], in_sentence(state, problem)
    return None


def _with_entry(state: InterviewState, question: Question) -> tuple[list[Any], int]:
    """The list including the entry in progress, and that entry's position in it."""
    listed, entry = entries_of(state, question), state.entry
    assert entry is not None
    if entry.is_new:
        return [*listed, entry.parts], len(listed)
    listed[entry.number] = entry.parts
    return listed, entry.number
