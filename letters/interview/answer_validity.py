"""Which answers are valid: types, when answers come from a file; and all other answers again, whenever one changes.

What is no longer valid is asked again, showing what it said. Nothing is lost, and nothing invalid is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from letters._text.dates import parse_date
from letters.errors import InvalidAnswers, Problem
from letters.interview.applicability import applies, effective_answers
from letters.interview.options import options_for
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.interview.wording import without_ids
from letters.library.prompts import Question
from letters.library.validation import rules_broken
from letters.model.fields import Field, get, put

_TABLES = ("request", "request.requester", "request.paper", "recipient", "extra")

# --- answers from a file ---------------------------------------------------------------------------------------------


def refuse_malformed(answers: Mapping[str, Any]) -> None:
    """Raise InvalidAnswers if an answer that must be a table is not one: no question could correct it."""
    wrong = [
        Problem("is not a table of names and values.", f"“{name}”", code="value", field=name)
        for name in _TABLES
        if not isinstance(get(answers, name) or {}, dict)
    ]
    if wrong:
        raise InvalidAnswers(wrong)


def read_values(state: InterviewState) -> None:
    """Turn dates given as text into dates; remove values of the wrong type, remembering what they said."""
    for field in state.fields.values():
        value = get(state.answers, field.name)
        if value is None or field.name in ("kind", "extra"):
            continue
        valid, read = _read(field, value, state)
        if not valid:
            state.previous[field.name] = "; ".join(in_words(value))
        put(state.answers, field.name, read)


def unused_names(state: InterviewState) -> list[str]:
    """Dotted names in the answers that no question asks for and no letter prints."""
    known = {*state.fields, *_TABLES, "kind"}

    def names(answers: Mapping[str, Any], prefix: str) -> Iterator[str]:
        for key, value in answers.items():
            name = f"{prefix}{key}"
            if name in _TABLES and name != "extra" and isinstance(value, Mapping):
                yield from names(value, f"{name}.")
            elif name not in known:
                yield name

    return list(names(state.answers, ""))


def valid_parts(field: Field, entry: Mapping[str, Any], state: InterviewState) -> dict[str, Any]:
    """The parts of an unfinished entry that have the right type."""
    found = {part.name: _read(part, entry[part.name], state) for part in field.parts if part.name in entry}
    return {name: value for name, (valid, value) in found.items() if valid}


def _read(field: Field, value: Any, state: InterviewState) -> tuple[bool, Any]:
    """Whether a value has the field's type, and the value; for a list, only the valid entries."""
    if field.kind == "date" and isinstance(value, str):
        try:
            return True, parse_date(value, today=state.today, order=state.rulebook.date_order)
        except ValueError:  # asked again, showing what it said
            return False, None
    if field.kind == "group" and isinstance(value, list):
        entries = [_read_entry(field, entry, state) for entry in value]
        kept = [entry for entry in entries if entry is not None]
        return len(kept) == len(value), kept or None
    return (False, None) if type_error(field, value) else (True, value)


def _read_entry(field: Field, entry: Any, state: InterviewState) -> dict[str, Any] | None:
    if not isinstance(entry, dict) or entry.keys() - {part.name for part in field.parts}:
        return None
    read = dict(entry)
    for part in field.parts:
        if part.name in entry:
            valid, read[part.name] = _read(part, entry[part.name], state)
            if not valid:
                return None
    return read if all(part.name in read for part in field.parts if part.required) else None


# --- one answer ------------------------------------------------------------------------------------------------------


def type_error(field: Field, value: Any) -> str:
    """Why the field cannot hold the value, whatever the other answers; empty if it can."""
    try:
        TypeAdapter(field.annotation).validate_python(value)
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        return f"This {cause}" if cause else f"This answer is not valid here. {field.description}"
    return ""


def concerns(problem: Problem, name: str) -> bool:
    """Whether a problem is about this field, or an entry in it."""
    return f"{problem.field}.".startswith(f"{name}.")


def in_sentence(state: InterviewState, problem: Problem) -> str:
    """A problem with the answer just given, in a sentence for counsel."""
    return without_ids(state, f"This {problem.message} {problem.hint}".strip())


# --- the other answers -----------------------------------------------------------------------------------------------


def recheck(state: InterviewState) -> None:
    """Find the answers that now conflict with others, and skipped questions that must now be answered.

    Facts are judged by the rules of every letter, as when they were given; everything else by those of this kind.
    """
    state.conflicts = {}
    answers = effective_answers(state)
    facts = rules_broken({**answers, "kind": ""}, state.rulebook)
    others = rules_broken(answers, state.rulebook) if state.kind else []
    for question in state.questionnaire.questions:
        name = question.field.name
        problems = [problem for problem in (facts if question.facts else others) if concerns(problem, name)]
        if get(state.answers, name) is None:
            if any(each.code == "missing" and each.field == name for each in problems):
                state.skipped.discard(name)
        elif (problems or _no_longer_offered(state, question)) and applies(state, question):
            state.conflicts[name] = _no_longer_offered(state, question) or in_sentence(state, problems[0])


def _no_longer_offered(state: InterviewState, question: Question) -> str:
    """Why an earlier choice is not available any more; choices from the library are judged by the rules."""
    if (question.field.library and not question.choices) or question.field.kind not in ("choice", "choices"):
        return ""
    value = get(state.answers, question.field.name)
    offered = {option.value for option in options_for(state, question)}
    gone = [each for each in (value if isinstance(value, list) else [value]) if each not in offered]
    return f"“{'”, “'.join(map(str, gone))}” is no longer offered." if gone else ""
