"""The current step of an interview; going back, forward, or straight to any question that applies."""

from __future__ import annotations

from msgspec import Struct

from letters.interview import kind_choice, next_letter
from letters.interview.applicability import (
    applicable_questions,
    facts_are_open,
    is_hidden,
    list_is_due,
    next_open_fact,
    next_open_question,
)
from letters.interview.entries import LISTS, entries_of, leave_entry, next_part
from letters.interview.state import InterviewState
from letters.library.prompts import Question, load_questionnaire
from letters.model.fields import get

# Places that are not questions: which request the next letter of a matter is about, choosing the kind of letter, the
# lists of what is seldom needed, and the review.
NEXT, KIND, REVIEW = "?next", "?kind", "?review"
_SELDOM = {True: "?seldom-facts", False: "?seldom"}


class Step(Struct, frozen=True):
    """What to show now.

    Args:
        what: ``question`` (answered as a whole), ``list`` (entries to add, change, move or remove), ``part`` (one part
            of an entry), ``next`` (which request the next letter of a matter is about), ``seldom`` (what is seldom
            needed, to be picked), ``kind`` (of letter, to be chosen) or ``review``.
        question: the question, for the first three.
        item: the question for the part.
        number: the position of the part's entry in its list, from 0.
        facts: for ``seldom``, whether the list is about the request.
    """

    what: str
    question: Question | None = None
    item: Question | None = None
    number: int = 0
    facts: bool = False


def current_step(state: InterviewState) -> Step:
    """What to show now."""
    place = _current_place(state)
    if state.entry:
        question = state.question(state.entry.name)
        item = next_part(question, state.entry) if question else None
        if question and item and place == state.entry.name:
            return Step("part", question.worded(state.answers), item.worded(state.entry.parts), state.entry.number)
        state.entry = None
    if place in _SELDOM.values():
        return Step("seldom", facts=place == _SELDOM[True])
    if place in (NEXT, KIND, REVIEW):
        return Step(place.removeprefix("?"))
    question = state.question(place)
    assert question is not None
    field = question.field
    is_list = field.kind == "group" or (field.kind in LISTS and get(state.answers, field.name))
    return Step("list" if is_list else "question", question.worded(state.answers))


def back(state: InterviewState) -> bool:
    """Go back one question, or one part of an entry. False at the first question."""
    if current_step(state).what == "part" and state.entry:
        if state.entry.done:
            state.entry.done.pop()
            state.entry.error = ""
            return True
        leave_entry(state)
        question = state.question(_current_place(state))
        if question and entries_of(state, question):
            return True  # to the list of existing entries
    places = _places(state)
    number = places.index(_current_place(state))
    if number == 0:
        return False
    state.position = places[number - 1]
    return True


def forward(state: InterviewState) -> bool:
    """Go forward one question, keeping the answer. False if the question is still open."""
    if not can_go_forward(state):
        return False
    places = _places(state)
    state.position = places[places.index(_current_place(state)) + 1]
    return True


def can_go_forward(state: InterviewState) -> bool:
    """Whether the current question has an answer to keep, so that `forward` works."""
    return current_step(state).what != "part" and _current_place(state) not in (first_open_place(state), REVIEW)


def go_to(state: InterviewState, place: str) -> None:
    """Go to a question (by the name of its field), to `KIND` or to `REVIEW`."""
    leave_entry(state)
    state.position = place


def go_to_first_open(state: InterviewState) -> None:
    """Go to the first question that is open, or to the review."""
    go_to(state, "")


def progress(state: InterviewState) -> tuple[int, int, bool]:
    """How far the interview has come.

    Returns:
        The number of the current step, from 1; how many steps there are, up to the review; and whether that is
        certain. Until the kind is chosen, the questions of the kind that the facts point to are counted.
    """
    here = _current_place(state)
    steps = [place for place in _places(state) if place == here or place not in state.filled]
    number, total = steps.index(here) + 1, len(steps)
    if state.kind:
        return number, total, True
    to_come = [question for question in _expected(state) if _is_likely(state, question)]
    return number, total + len(to_come) + (0 if KIND in steps else 1) + 1, False


def section(state: InterviewState, question: Question) -> tuple[int, int]:
    """The number of the question's section among those about the request, or about the letter; and how many."""
    asked = [each for each in applicable_questions(state) if each.facts == question.facts and _is_shown(state, each)]
    sections = list(dict.fromkeys(each.section for each in asked))
    return sections.index(question.section) + 1 if question.section in sections else 1, max(1, len(sections))


def _expected(state: InterviewState) -> list[Question]:
    """The questions about the letter, of the kind that the facts point to so far."""
    questions = load_questionnaire(state.library, kind_choice.likely_kind(state), state.language).questions
    return [question for question in questions if not question.facts]


def _is_likely(state: InterviewState, question: Question) -> bool:
    only_if = question.only_if_required or question.only_if_departing
    not_asked = only_if or question.is_seldom(state.answers) or question.is_filled_in(state.answers)
    return not not_asked and question.applies(state.answers)


def _current_place(state: InterviewState) -> str:
    return state.position if state.position in _places(state) else first_open_place(state)


def _places(state: InterviewState) -> list[str]:
    """Every place to go to as things are now, in order."""
    asked = applicable_questions(state)
    shown = {
        facts: [each.field.name for each in asked if each.facts == facts and _is_shown(state, each)]
        for facts in (True, False)
    }
    lists = {
        facts: [_SELDOM[facts]] if any(each.facts == facts and each.is_seldom(state.answers) for each in asked) else []
        for facts in (True, False)
    }
    kind = [] if facts_are_open(state) else [KIND]
    first = [NEXT] if next_letter.is_due(state) else []
    return [*first, *shown[True], *lists[True], *kind, *shown[False], *lists[False], REVIEW]


def _is_shown(state: InterviewState, question: Question) -> bool:
    return question.field.name == state.position or not is_hidden(state, question)


def first_open_place(state: InterviewState) -> str:
    """Where the interview goes on: a question (by its field), `KIND`, a list of what is seldom needed, or `REVIEW`."""
    if next_letter.is_due(state):
        return NEXT
    if fact := next_open_fact(state):
        return fact.field.name
    if list_is_due(state, facts=True):
        return _SELDOM[True]
    if kind_choice.is_due(state):
        return KIND
    if question := next_open_question(state):
        return question.field.name
    return _SELDOM[False] if list_is_due(state, facts=False) else REVIEW
