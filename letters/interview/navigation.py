"""The current step of an interview; going back, forward, or straight to any question that applies."""

from __future__ import annotations

from dataclasses import dataclass

from letters.interview import kind_choice
from letters.interview.applicability import applicable_questions, next_open_fact, next_open_question
from letters.interview.entries import LISTS, entries_of, leave_entry, next_part
from letters.interview.state import InterviewState
from letters.library.prompts import Question
from letters.model.fields import get

# Places that are not questions: choosing the kind of letter, and the review.
KIND, REVIEW = "?kind", "?review"


@dataclass(frozen=True, slots=True)
class Step:
    """What to show now.

    Args:
        what: ``question`` (answered as a whole), ``list`` (entries to add, change, move or remove), ``part`` (one part
            of an entry), ``kind`` (of letter, to be chosen) or ``review``.
        question: the question, for the first three.
        item: the question for the part.
        number: the position of the part's entry in its list, from 0.
    """

    what: str
    question: Question | None = None
    item: Question | None = None
    number: int = 0


def current_step(state: InterviewState) -> Step:
    """What to show now."""
    place = _current_place(state)
    if state.entry:
        question = state.question(state.entry.name)
        item = next_part(question, state.entry) if question else None
        if question and item and place == state.entry.name:
            return Step("part", question, item, state.entry.number)
        state.entry = None
    if place in (KIND, REVIEW):
        return Step("kind" if place == KIND else "review")
    question = state.question(place)
    assert question is not None
    field = question.field
    is_list = field.kind == "group" or (field.kind in LISTS and get(state.answers, field.name))
    return Step("list" if is_list else "question", question)


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
    return current_step(state).what != "part" and _current_place(state) not in (_first_open_place(state), REVIEW)


def go_to(state: InterviewState, place: str) -> None:
    """Go to a question (by the name of its field), to `KIND` or to `REVIEW`."""
    leave_entry(state)
    state.position = place


def go_to_first_open(state: InterviewState) -> None:
    """Go to the first question that is open, or to the review."""
    go_to(state, "")


def progress(state: InterviewState, question: Question) -> tuple[int, int, int, int]:
    """The number of the question's section, how many sections; the question's own number, how many questions.

    Only questions about the request are counted, or only those about the letter, whichever this one is.
    """
    asked = [each for each in applicable_questions(state) if each.facts == question.facts]
    sections = list(dict.fromkeys(each.section for each in asked))
    names = [each.field.name for each in asked]
    number = names.index(question.field.name) + 1 if question.field.name in names else 1
    section = sections.index(question.section) + 1 if question.section in sections else 1
    return section, len(sections), number, len(names)


def _current_place(state: InterviewState) -> str:
    return state.position if state.position in _places(state) else _first_open_place(state)


def _places(state: InterviewState) -> list[str]:
    """Every place to go to as things are now, in order."""
    asked = applicable_questions(state)
    kind = [] if next_open_fact(state) else [KIND]
    facts, others = ([each.field.name for each in asked if each.facts == facts] for facts in (True, False))
    return [*facts, *kind, *others, REVIEW]


def _first_open_place(state: InterviewState) -> str:
    if fact := next_open_fact(state):
        return fact.field.name
    if kind_choice.is_due(state):
        return KIND
    question = next_open_question(state)
    return question.field.name if question else REVIEW
