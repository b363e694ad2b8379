"""Which answers fit: their types when they come from a file, and the other answers whenever one has changed.

What fits no longer is asked again, with what it said shown; nothing is lost, and nothing is taken that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from letters._text.dates import parse_date
from letters.errors import InvalidAnswers, Problem
from letters.interview.choices import choices_of
from letters.interview.reading import in_words
from letters.interview.state import InterviewState
from letters.library.prompts import Question
from letters.library.validation import rules_broken
from letters.model.fields import Field, get, put

_TABLES = ("request", "request.requester", "request.paper", "extra")


def refuse_misshapen(answers: Mapping[str, Any]) -> None:
    """Raise InvalidAnswers where a table is none: what stands in its place cannot be asked about."""
    wrong = [
        Problem("is not a table of names and values.", f"“{name}”", code="value", field=name)
        for name in _TABLES
        if not isinstance(get(answers, name) or {}, dict)
    ]
    if wrong:
        raise InvalidAnswers(wrong)


def read_again(state: InterviewState) -> None:
    """Values of the wrong type are taken out, what they said is remembered; dates that came as text become dates."""
    for field in state.fields.values():
        value = get(state.answers, field.name)
        if value is None or field.name in ("kind", "extra"):
            continue
        fits, read = _read(field, value, state)
        if not fits:
            state.old[field.name] = "; ".join(in_words(value))
        put(state.answers, field.name, read)


def _read(field: Field, value: Any, state: InterviewState) -> tuple[bool, Any]:
    """Whether a value is of the field's type, and the value: of a list, the entries that are."""
    if field.kind == "date" and isinstance(value, str):
        try:
            return True, parse_date(value, today=state.today, order=state.rulebook.date_order)
        except ValueError:  # asked about, with what it said shown
            return False, None
    if field.kind == "group" and isinstance(value, list):
        entries = [_entry(field, entry, state) for entry in value]
        kept = [entry for entry in entries if entry is not None]
        return len(kept) == len(value), kept or None
    return (True, value) if _is_of_type(field, value) else (False, None)


def _entry(field: Field, entry: Any, state: InterviewState) -> Any:
    if not isinstance(entry, dict) or entry.keys() - {part.name for part in field.parts}:
        return None
    read = dict(entry)
    for part in field.parts:
        if part.name in entry:
            fits, read[part.name] = _read(part, entry[part.name], state)
            if not fits:
                return None
    return read if all(part.name in read for part in field.parts if part.required) else None


def _is_of_type(field: Field, value: Any) -> bool:
    try:
        TypeAdapter(field.annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def strangers(state: InterviewState) -> Iterator[str]:
    """Dotted names in the answers that nothing here asks for or prints."""
    known = {*state.fields, *_TABLES, "kind"}

    def walk(answers: Mapping[str, Any], prefix: str) -> Iterator[str]:
        for key, value in answers.items():
            name = f"{prefix}{key}"
            if name in _TABLES and name != "extra" and isinstance(value, Mapping):
                yield from walk(value, f"{name}.")
            elif name not in known:
                yield name

    yield from list(walk(state.answers, ""))


def recheck(state: InterviewState) -> None:
    """Find the answers that stand against others now, and those passed over that have become needed.

    A fact is judged by what every letter holds of its request, as when it was given; the rest as this kind of letter.
    """
    state.doubts = {}
    settled = state.settled()
    by_fact = {True: rules_broken({**settled, "kind": ""}, state.rulebook)}
    by_fact[False] = rules_broken(settled, state.rulebook) if state.kind else []
    for question in state.script.questions:
        name = question.field.name
        mine = [problem for problem in by_fact[question.facts] if concerns(problem, name)]
        if get(state.answers, name) is None:
            if name in state.passed and any(each.code == "missing" and each.field == name for each in mine):
                state.passed.discard(name)
        elif (mine or _not_offered(state, question)) and state.applies(question):
            state.doubts[name] = _not_offered(state, question) or to_counsel(mine[0])


def _not_offered(state: InterviewState, question: Question) -> str:
    """Why a choice made before can no longer be made; the library's own are judged by the rules."""
    if question.field.library or question.field.kind not in ("choice", "choices"):
        return ""
    value = get(state.answers, question.field.name)
    offered = {choice.value for choice in choices_of(state, question)}
    gone = [each for each in (value if isinstance(value, list) else [value]) if each not in offered]
    return f"“{'”, “'.join(map(str, gone))}” is no longer offered." if gone else ""


def concerns(problem: Problem, name: str) -> bool:
    """Whether a problem is one of this field, or of an entry in it."""
    return f"{problem.field}.".startswith(f"{name}.")


def to_counsel(problem: Problem) -> str:
    """A problem with the answer that was just given, in a sentence."""
    return f"This {problem.message} {problem.hint}".strip()


def wrong_type(field: Field, value: Any) -> str:
    """Why the value cannot stand in the field, whatever the other answers; empty when it can."""
    try:
        TypeAdapter(field.annotation).validate_python(value)
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        return f"This {cause}" if cause else f"This is not right. {field.description}"
    return ""


def parts_that_fit(field: Field, entry: Mapping[str, Any], state: InterviewState) -> dict[str, Any]:
    """Of an entry that was left unfinished, what its parts may hold."""
    found = {part.name: _read(part, entry[part.name], state) for part in field.parts if part.name in entry}
    return {name: value for name, (fits, value) in found.items() if fits}
