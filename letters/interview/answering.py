"""Answering a question: checking what was typed, and storing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from letters._text.dates import AmbiguousDate
from letters.interview import answer_validity
from letters.interview.applicability import rules_broken_by
from letters.interview.beginnings import only_begun
from letters.interview.state import InterviewState
from letters.interview.text_input import parse
from letters.interview.wording import answer_required
from letters.library.prompts import Question
from letters.model.fields import get, put
from letters.model.rules import not_a_sentence


def current_answer(state: InterviewState, question: Question) -> Any:
    """The answer stored for the question, or None."""
    return get(state.answers, question.field.name)


def error_in(state: InterviewState, question: Question, typed: Any) -> str:
    """Why ``typed`` is not accepted as the answer, in a sentence; empty if it is."""
    try:
        value = parse(question, typed, state.rulebook, state.today)
    except ValueError as error:
        return str(error)
    if value in (None, "", []):
        return _why_required(state, question)
    if wrong := answer_validity.type_error(question.field, value):
        return wrong
    if begun := only_begun(state, question, value):
        return f"Complete the answer: “{begun}”."
    if question.field.sentences and (wrong_form := next(not_a_sentence(question.field.name, value), None)):
        return answer_validity.in_sentence(state, wrong_form)
    for each in rules_broken_by(state, question, value):
        if answer_validity.concerns(each, question.field.name):
            return answer_validity.in_sentence(state, each)
    return ""


def possible_dates(
    state: InterviewState, question: Question, typed: Any, error: Callable[[date], str] = lambda day: ""
) -> tuple[date, ...]:
    """The days an ambiguous date may mean; empty for anything else.

    Args:
        error: why a day is not accepted. Such days are left out; if that leaves none, a date without its year may mean
            the next year. The years of dates that are known already come first.
    """
    if question.field.kind != "date" or not isinstance(typed, str):
        return ()
    try:
        parse(question, typed, state.rulebook, state.today)
    except AmbiguousDate as ambiguous:
        first, to_come, readings = min(ambiguous.readings), [], ambiguous.readings
        if _has_no_year(readings, first):
            to_come = [first.replace(year=state.today.year + 1)]
            readings = tuple(
                dict.fromkeys([*(first.replace(year=year) for year in _years_of_matter(state)), *readings])
            )
        for days in (readings, to_come):
            if possible := tuple(day for day in days if not error(day)):
                return possible
        return ambiguous.readings
    except ValueError:
        return ()
    return ()


def _years_of_matter(state: InterviewState) -> Iterator[int]:
    for name in ("request.dated", "request.received", "date"):
        proposal = state.proposals.get(name)
        for day in (get(state.answers, name), proposal.value if proposal else None):
            if isinstance(day, date):
                yield day.year


def _has_no_year(readings: Sequence[date], day: date) -> bool:
    """Whether the readings differ in the year, so that none was typed. February 29 is left alone."""
    return len({each.year for each in readings}) > 1 and (day.month, day.day) != (2, 29)


def accept(state: InterviewState, question: Question, typed: Any) -> None:
    """Store an answer in which `error_in` finds nothing wrong; an empty one counts as skipped."""
    store(state, question, parse(question, typed, state.rulebook, state.today))
    state.position = ""


def store(state: InterviewState, question: Question, value: Any) -> None:
    """Store a value that has been checked, and recheck the other answers."""
    name = question.field.name
    empty = value in (None, "", [])
    put(state.answers, name, None if empty else value)
    (state.skipped.add if empty else state.skipped.discard)(name)
    state.filled.discard(name)
    state.previous.pop(name, None)
    state.claims.pop(name, None)
    state.conflicts.pop(name, None)
    answer_validity.recheck(state)


def _why_required(state: InterviewState, question: Question) -> str:
    if question.only_if_departing:
        return "A reason is required: on these facts, the advice recommends another kind of letter."
    if question.field.required:
        return answer_required(question.field.description)
    for problem in rules_broken_by(state, question, None):
        if problem.field == question.field.name and problem.code == "missing":
            return answer_validity.in_sentence(state, problem)
    return ""
