"""Which questions share a page: neighbors of one section, as long as none of them decides about another.

A choice that decides what else is asked has a page of its own, and so has a list. What shares a page does not depend on
where counsel comes from, so that going back leads to the same pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from letters.interview.applicability import applicable_questions, is_hidden
from letters.interview.entries import LISTS
from letters.interview.state import EntryInProgress, InterviewState
from letters.library.prompts import Question
from letters.model.fields import get

_MOST = 5  # questions on a page
_FEW = 5  # choices that do not need a page of their own


def on_page_with(state: InterviewState, question: Question) -> list[Question]:
    """The questions on the page of this one, in their order."""
    deciding = {name for each in state.questionnaire.questions for name in _conditions(each)}
    neighbors = [
        each
        for each in applicable_questions(state)
        if each.facts == question.facts
        and each.section == question.section
        and (each is question or not is_hidden(state, each))
    ]
    groups = _grouped(neighbors, lambda each: _is_alone(state, each, deciding))
    return next((group for group in groups if question in group), [question])


def parts_on_page_with(question: Question, entry: EntryInProgress, item: Question) -> list[Question]:
    """The parts of an entry that are on the page of this one."""
    applicable = [each for each in question.items if each.applies(entry.parts)]
    groups = _grouped(applicable, lambda each: False)
    return next((group for group in groups if item in group), [item])


def _grouped(questions: Iterable[Question], is_alone: Callable[[Question], bool]) -> list[list[Question]]:
    groups: list[list[Question]] = []
    closed = True
    for each in questions:
        alone = is_alone(each)
        if closed or alone or len(groups[-1]) == _MOST or _depends_on(each, groups[-1]):
            groups.append([])
        groups[-1].append(each)
        closed = alone
    return groups


def _is_alone(state: InterviewState, question: Question, deciding: set[str]) -> bool:
    field = question.field
    if field.kind in LISTS or field.library or question.is_filled_in(state.answers):
        return True
    if field.kind in ("choice", "choices"):
        return field.name in deciding or len(question.choices or field.choices) > _FEW
    return (field.kind == "yes-no" and field.name in deciding) or _has_several_lines_given(state, question)


def _has_several_lines_given(state: InterviewState, question: Question) -> bool:
    """Whether its answer is long already, so that a page with others would be hard to take in."""
    return question.several_lines and len(str(get(state.answers, question.field.name) or "")) > 1_500


def _conditions(question: Question) -> Sequence[str]:
    """The fields on which it depends whether and how the question is asked."""
    conditions = (question.when, question.unless, question.default_when, question.filled_when, question.seldom_when)
    return [*(name for each in conditions for name in each), *question.default_by]


def _depends_on(question: Question, others: Sequence[Question]) -> bool:
    names = {*_conditions(question), question.default_from}
    texts = "".join(question.default_text)
    return any(each.field.name in names or f"{{{each.field.name}}}" in texts for each in others)
