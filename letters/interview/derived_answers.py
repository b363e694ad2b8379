"""Answers that follow from others, or are the same in almost every letter: filled in and shown instead of asked.

The prompt files say which questions these are. Until counsel changes such an answer, it follows those it came from.
"""

from __future__ import annotations

from collections.abc import Sequence

from letters.interview.answering import error_in, store
from letters.interview.applicability import applies, is_hidden
from letters.interview.navigation import first_open_place
from letters.interview.options import proposed_for
from letters.interview.state import InterviewState
from letters.library.prompts import Question
from letters.model.fields import get


def fill(state: InterviewState) -> Sequence[Question]:
    """Fill in what comes next as far as it need not be asked, and whatever should follow a changed answer.

    Returns:
        The questions whose answers were filled in or changed.
    """
    found = list(_follow(state))
    for question in state.questionnaire.questions:
        if _may_be_filled_in(state, question) and is_hidden(state, question) and _take(state, question):
            found.append(question)
    while True:
        following = state.question(first_open_place(state))
        if not following or not _may_be_filled_in(state, following) or not _take(state, following):
            return found
        found.append(following)


def _may_be_filled_in(state: InterviewState, question: Question) -> bool:
    name = question.field.name
    known = (state.conflicts, state.previous, state.half_typed, state.skipped, state.proposals)
    return (
        question.is_filled_in(state.answers)
        and get(state.answers, name) is None
        and not any(name in each for each in known)
        and applies(state, question)
    )


def _follow(state: InterviewState) -> list[Question]:
    changed = []
    for name in sorted(state.filled):
        question = state.question(name)
        if question and applies(state, question) and get(state.answers, name) != proposed_for(state, question):
            if _take(state, question):
                changed.append(question)
            else:
                state.filled.discard(name)
    return changed


def _take(state: InterviewState, question: Question) -> bool:
    value = proposed_for(state, question)
    if value in (None, "", []) or error_in(state, question, value):
        return False
    position = state.position
    store(state, question, value)
    state.position = position
    state.filled.add(question.field.name)
    return True
