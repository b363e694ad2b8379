"""What is said around a question, whatever shows it: what an earlier answer or a mail says, and what an answer entails.

Each line comes with its style: ``problem``, ``section``, ``aside`` or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from letters.interview import answering, derived_answers, review
from letters.interview.deadline_notices import new_notices
from letters.interview.options import default_for, options_for
from letters.interview.state import InterviewState
from letters.interview.text_input import as_typed
from letters.interview.wording import sentence_with
from letters.library.prompts import Question

Line = tuple[str, str]
WHICH_KIND = "Which letter do you want to write?"
ON_KINDS = (
    "The advice applies the rules in prompts/advice.toml to the facts you gave. "
    "The text on each kind of letter says when to use it."
)
WHICH_REQUEST = "Which request is this letter about?"
ON_REQUESTS = "A new request is asked about afresh; the old one joins the earlier requests, with our answer to it."


def before(state: InterviewState, question: Question) -> Iterator[Line]:
    """What counsel should know before answering, apart from the help."""
    name = question.field.name
    if previous := state.previous.get(name):
        yield "problem", f"Previous answer: {_in_words(state, question, previous)}"
    if claim := state.claims.get(name):
        yield "problem", f"The returned form says: {claim}"
    if conflict := state.conflicts.get(name):
        yield "problem", f"Please check this answer. {conflict}"
    if name not in state.half_typed:
        yield from _proposal(state, question)


def start_from(state: InterviewState, question: Question) -> tuple[Any, bool]:
    """The answer to start from, and whether typing replaces it (otherwise it continues it)."""
    name = question.field.name
    if half_typed := state.half_typed.get(name):
        return half_typed, question.field.kind == "date"
    current: Any = default_for(state, question)
    said = state.claims.get(name) or state.previous.get(name)
    if said and current is None and question.field.kind in ("text", "list", "persons"):
        return said, True
    return current, True


def after(state: InterviewState, question: Question, typed: Any) -> Iterator[Line]:
    """What the answer just given means: the date understood, the sentence made, cautions on law, new deadlines."""
    given = answering.current_answer(state, question)
    if question.field.kind == "date" and given and str(typed).strip() != (words := as_typed(question, given)):
        yield "aside", f"= {words}"
    if frame := sentence_with(question, given):
        yield "aside", f"It will read: {frame}"
    if question.field.library == "bases":
        yield from _cautions(state, question, typed or [])
    yield from (("problem", notice) for notice in new_notices(state))


def fill_in(state: InterviewState) -> Iterator[Line]:
    """Fill in what need not be asked, and say so."""
    for question in derived_answers.fill(state):
        shown = review.shown_answer(state, question).splitlines()
        words = shown[0] if len(shown) == 1 else f"{len(shown)} entries, shown in the review"
        yield "aside", f"Filled in: {question.field.title}: {words}"


def on_set_aside(state: InterviewState, titles: Sequence[str]) -> str:
    """What is said of answers that this kind of letter does not use; empty if there are none."""
    if not titles or not state.kind:
        return ""
    return (
        f"Set aside, because this kind of letter ({state.kind_title(state.kind).lower()}) does not use it: "
        f"{'; '.join(titles)}. It will come back if you choose a kind of letter that does."
    )


def _proposal(state: InterviewState, question: Question) -> Iterator[Line]:
    """What the request that was read in proposes here, where that stands, and why it may be wrong."""
    name = question.field.name
    if name == "request.sought" and (subject := state.proposals.get("subject")):
        yield "aside", f"Subject of the request: {subject.value}"
    proposal = state.proposals.get(name)
    if proposal is None or answering.current_answer(state, question) is not None:
        return
    yield "aside", f"Read from the request: {proposal.source}."
    if proposal.doubt:
        yield "problem", f"Check it: {proposal.doubt}."


def _in_words(state: InterviewState, question: Question, said: str) -> str:
    """What an earlier answer said, with the line of each choice for its value."""
    if question.field.kind not in ("choice", "choices"):
        return said
    lines = {option.value: option.line for option in options_for(state, question)}
    return "; ".join(lines.get(each, each) for line in said.splitlines() for each in line.split("; "))


def _cautions(state: InterviewState, question: Question, picked: Sequence[str]) -> Iterator[Line]:
    cautions = {option.value: option.caution for option in options_for(state, question)}
    found = [cautions[value] for value in picked if cautions.get(value)]
    if found:
        yield "section", "Before you cite these:"
    yield from (("", f"• {caution}") for caution in found)
