"""Which questions apply, which must be answered, which are open; and which answers count.

Whether a question applies may depend on the advice, the advice on whether any fact is still open, and that on which
questions apply. So the advice on the current answers is here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any

from letters.errors import Problem
from letters.interview.state import InterviewState
from letters.library.answers import Answers
from letters.library.prompts import Question
from letters.library.validation import rules_broken
from letters.model.fields import get, put
from letters.model.rulebook import RECORDS_REQUEST

if TYPE_CHECKING:
    from letters.library.advice import Outcome


# --- which questions -------------------------------------------------------------------------------------------------


def applies(state: InterviewState, question: Question) -> bool:
    """Whether the question is part of this interview, given the other answers."""
    if not question.applies(state.answers):
        return False
    if question.only_if_departing:
        return departs(state)
    return not question.only_if_required or is_required(state, question)


def is_required(state: InterviewState, question: Question) -> bool:
    """Whether the question must be answered, because of its type or a rule."""
    if question.field.required or question.only_if_departing:
        return True
    return state.while_unchanged(f"required {question.field.name}", lambda: _is_required_by_a_rule(state, question))


def _is_required_by_a_rule(state: InterviewState, question: Question) -> bool:
    name = question.field.name
    return any(each.field == name and each.code == "missing" for each in rules_broken_by(state, question, None))


def is_open(state: InterviewState, question: Question) -> bool:
    """Whether the question still has to be answered, or answered again."""
    return _has_no_answer(state, question) and applies(state, question) and not is_hidden(state, question)


def is_hidden(state: InterviewState, question: Question) -> bool:
    """Whether the question stays in that list: counsel has not picked it, or answers it there with a tick."""
    name = question.field.name
    if not question.is_seldom(state.answers) or name in state.conflicts or name in state.opened:
        return False
    value = get(state.answers, name)
    return not is_required(state, question) if value is None else question.field.kind == "yes-no"


def list_is_due(state: InterviewState, *, facts: bool) -> bool:
    """Whether counsel has not been shown some question that the list has."""
    return any(
        question.facts == facts
        and _has_no_answer(state, question)
        and applies(state, question)
        and is_hidden(state, question)
        for question in state.questionnaire.questions
    )


def proposed_yes(state: InterviewState, question: Question) -> bool:
    """Whether a yes-or-no question is ticked to start with."""
    return bool(question.field.default if question.default is None else question.default)


def _has_no_answer(state: InterviewState, question: Question) -> bool:
    name = question.field.name
    may_stay_open = name in state.skipped and not question.only_if_departing
    return (get(state.answers, name) is None and not may_stay_open) or name in state.conflicts


def applicable_questions(state: InterviewState) -> list[Question]:
    """Every question that applies, answered or not."""
    asked = state.questionnaire.questions
    return list(state.while_unchanged("applicable", lambda: [each for each in asked if applies(state, each)]))


def open_questions(state: InterviewState) -> list[Question]:
    """The questions still to be answered."""
    return [question for question in state.questionnaire.questions if is_open(state, question)]


def next_open_question(state: InterviewState) -> Question | None:
    """The first question still open; None when there is none (but the kind may still have to be chosen)."""
    return next((question for question in state.questionnaire.questions if is_open(state, question)), None)


def next_open_fact(state: InterviewState) -> Question | None:
    """The first question about the request that is still open."""
    return next((each for each in state.questionnaire.questions if each.facts and is_open(state, each)), None)


def facts_are_open(state: InterviewState) -> bool:
    """Whether a question about the request is still open, or the list of those seldom needed."""
    return state.while_unchanged(
        "open facts", lambda: next_open_fact(state) is not None or list_is_due(state, facts=True)
    )


# --- which answers ---------------------------------------------------------------------------------------------------


def effective_answers(state: InterviewState) -> Answers:
    """The answers that count: those whose questions apply, and any no question asks for."""
    return _effective(state, state.questionnaire.questions)


def effective_facts(state: InterviewState) -> Answers:
    """The same, leaving out only the facts about the request that do not count."""
    return _effective(state, [question for question in state.questionnaire.questions if question.facts])


def _effective(state: InterviewState, questions: Sequence[Question]) -> Answers:
    answers = deepcopy(state.answers)
    presets = state.questionnaire.presets
    for question in questions:
        name = question.field.name
        if get(answers, name) is not None and name not in presets and not _counts(state, question):
            put(answers, name, None)
    request = answers.get("request")
    if isinstance(request, dict) and request.get("paper") == {}:
        del request["paper"]
    if answers.get("extra") == {}:
        del answers["extra"]
    return answers


def _counts(state: InterviewState, question: Question) -> bool:
    """Whether an answer to the question belongs in the letter. Known facts about the request are always kept."""
    if question.field.name.startswith("request.") and question.matters(state.answers):
        return True
    return applies(state, question)


def known_of_requester(state: InterviewState) -> dict[str, Any]:
    """What is known of the request so far, by which the register finds earlier ones."""
    about = {name: get(state.answers, f"request.requester.{name}") for name in ("agency", "office", "name", "email")}
    about = {"person" if name == "name" else name: value for name, value in about.items() if value}
    for name in ("their_reference", "case_number", "sought"):
        if value := get(state.answers, f"request.{name}"):
            about[name] = value
    received = get(state.answers, "request.received")
    return about | ({"received": received.isoformat()} if isinstance(received, date) else {})


def rules_broken_by(state: InterviewState, question: Question, value: Any) -> list[Problem]:
    """The rules that answering ``question`` with ``value`` would break; for a fact, only those of every letter.

    Answers whose own conditions would no longer hold are left out.
    """
    supposed = deepcopy(state.answers)
    put(supposed, question.field.name, value)
    for other in state.questionnaire.questions:
        if other.when and other is not question and not other.matters(supposed):
            put(supposed, other.field.name, None)
    if question.facts:
        supposed["kind"] = ""
    # Without an answer, one question is much like another: the same rules are broken.
    return state.while_unchanged(f"broken {supposed!r}", lambda: rules_broken(supposed, state.rulebook))


# --- the advice on them ----------------------------------------------------------------------------------------------


def outcome(state: InterviewState) -> Outcome | None:
    """The advice on the facts; None while a fact is open, or where there is none, as on letters without a request."""
    if state.advice is None or state.rulebook.form_of(state.kind) != RECORDS_REQUEST or facts_are_open(state):
        return None
    advice = state.advice
    return state.while_unchanged("outcome", lambda: advice.on(effective_facts(state)))


def departs(state: InterviewState) -> bool:
    """Whether the kind chosen is not one the advice recommends."""
    found = outcome(state)
    return bool(state.kind and found and found.departs(state.kind))


def advice_rules(state: InterviewState) -> tuple[str, ...]:
    """The ids of the advice rules that match the facts."""
    found = outcome(state)
    return tuple(rule.id for rule in found.rules) if found else ()
