"""What is seldom needed: not asked question by question, but listed once, for counsel to pick from.

The prompt files say which questions these are. There is one list for the facts of the request and one for the letter. A
yes-or-no question is answered in the list itself; any other that counsel picks is asked next. Those not picked count as
skipped, so a rule that needs one of them still gets it asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from textwrap import shorten

from letters.interview import answer_validity
from letters.interview.applicability import applies, is_required, proposed_yes
from letters.interview.options import Option
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.library.prompts import Question
from letters.model.fields import get, put

_SHOWN = 60


def question_of(state: InterviewState, *, facts: bool) -> tuple[str, str]:
    """The question that the list answers, and its help."""
    about = "the request" if facts else "the letter"
    return state.questionnaire.seldom.get(facts, (f"Is there anything else about {about}?", ""))


def options(state: InterviewState, *, facts: bool) -> list[Option]:
    """A line for each question of the list, with the answer there is."""
    return [Option(each.field.name, _line(state, each), each.help) for each in _listed(state, facts=facts)]


def picked(state: InterviewState, *, facts: bool) -> list[str]:
    """The fields whose lines are ticked: those answered, and what the prompt file proposes."""
    return [each.field.name for each in _listed(state, facts=facts) if _is_picked(state, each)]


def pick(state: InterviewState, chosen: Collection[str], *, facts: bool) -> None:
    """Ask for these, and for no other on the list. An answer no longer picked is shown again if it is."""
    for question in list(_listed(state, facts=facts)):
        name = question.field.name
        value, wanted = get(state.answers, name), name in chosen
        if question.field.kind == "yes-no":
            put(state.answers, name, wanted)
        elif wanted:
            state.opened.add(name)
            state.skipped.discard(name)
        else:
            state.opened.discard(name)
            state.skipped.add(name)
            if value is not None:
                state.previous[name] = "\n".join(in_words(value))
            put(state.answers, name, None)
    state.position = ""
    answer_validity.recheck(state)


def _listed(state: InterviewState, *, facts: bool) -> Iterator[Question]:
    for question in state.questionnaire.questions:
        listed = question.facts == facts and question.is_seldom(state.answers) and applies(state, question)
        if listed and (question.field.kind == "yes-no" or not is_required(state, question)):
            yield question


def _is_picked(state: InterviewState, question: Question) -> bool:
    name = question.field.name
    value = get(state.answers, name)
    if question.field.kind == "yes-no":
        if value is None and name in state.proposals:
            return bool(state.proposals[name].value)
        return proposed_yes(state, question) if value is None else bool(value)
    return value is not None or name in state.opened


def _line(state: InterviewState, question: Question) -> str:
    value = get(state.answers, question.field.name)
    if value is None or question.field.kind == "yes-no":
        return question.seldom
    words = "; ".join(in_words(value, question.choices)).replace("\n", " ")
    return f"{question.seldom}: {shorten(words, _SHOWN, placeholder=' …')}"
