"""The review: one page that shows every answer, problems first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.errors import Problem
from letters.interview import kind_choice, next_letter
from letters.interview.answer_validity import concerns
from letters.interview.applicability import applicable_questions, departs, list_is_due, open_questions
from letters.interview.completion import cautions_on, problems_in
from letters.interview.deadline_notices import notices
from letters.interview.entries import LISTS, entry_line
from letters.interview.options import options_for
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.interview.wording import without_ids
from letters.library.prompts import Question
from letters.model.fields import get

Line = tuple[str, str]
_NO_ANSWER = "—"


def page(state: InterviewState, problems: Sequence[Problem]) -> Iterator[Line]:
    """The review, line by line: the style (``section``, ``problem``, ``aside`` or none) and the text.

    Args:
        problems: from `problems_to_fix`.
    """
    yield "section", "\nYour letter"
    yield from findings(state, problems)
    yield from _answers(state)


def findings(state: InterviewState, problems: Sequence[Problem]) -> Iterator[Line]:
    """What counsel should know before the letter is written, in lines as of `page`."""
    still_open = open_questions(state)
    if problems:
        yield "problem", f"\n{'One problem' if len(problems) == 1 else f'{len(problems)} problems'} to fix:"
    for problem in problems:
        yield "problem", f"• {without_ids(state, str(problem))}"
    if still_open:
        number = "One question is" if len(still_open) == 1 else f"{len(still_open)} questions are"
        yield "problem", f"\n{number} still open."
    for name, text in state.half_typed.items():
        title = next((each.title for each in state.fields.values() if f"{name}.".startswith(f"{each.name}.")), name)
        yield "problem", f"\nTyped but not entered, so not in the letter: {title}: “{text}”"
    if advice := kind_choice.advice_lines(state):
        yield "", ""
        yield from advice
        yield "aside", kind_choice.ADVICE_ONLY
    if departs(state):
        yield "problem", f"You chose another kind of letter: {state.kind_title(state.kind).lower()}."
    for notice in notices(state):
        yield "", f"\n{notice}"
    if warning := next_letter.warning(state):
        yield "problem", f"\nCaution: {warning}"
    for caution in () if problems or still_open or not state.kind else cautions_on(state):
        yield "problem", f"\nCaution: {without_ids(state, str(caution))}"


def shown_answer(state: InterviewState, question: Question) -> str:
    """The answer to a question as the review shows it, on one or more lines."""
    value = get(state.answers, question.field.name)
    if value is None:
        return _NO_ANSWER
    if question.field.kind in LISTS:
        return "\n".join(entry_line(question, entry) for entry in value)
    is_choice = question.field.kind in ("choice", "choices")
    lines = {option.value: option.line for option in options_for(state, question)} if is_choice else {}
    return "\n".join(in_words(value, lines))


def problems_to_fix(state: InterviewState) -> tuple[Problem, ...]:
    """The problems that prevent the letter, apart from questions that are merely open."""
    if not state.kind:
        return ()
    names = {question.field.name for question in open_questions(state)}
    return tuple(
        problem for problem in problems_in(state) if problem.field not in names or state.conflicts.get(problem.field)
    )


def is_incomplete(state: InterviewState) -> bool:
    """Whether there is still something to ask."""
    lists = any(list_is_due(state, facts=facts) for facts in (True, False))
    return (
        next_letter.is_due(state) or bool(open_questions(state)) or lists or not state.kind or kind_choice.is_due(state)
    )


def is_ready(state: InterviewState, problems: Sequence[Problem]) -> bool:
    """Whether the letter may be written."""
    return not problems and not is_incomplete(state)


def question_about(problem: Problem, questions: Sequence[Question]) -> Question | None:
    """The question whose answer a problem is about."""
    return next((each for each in questions if concerns(problem, each.field.name)), None)


def _answers(state: InterviewState) -> Iterator[Line]:
    yield "section", "\nYour answers"
    if state.kind:
        yield "", f"  Kind of letter: {state.kind_title(state.kind)}"
    asked = applicable_questions(state)
    for section in dict.fromkeys(question.section for question in asked):
        yield "section", f"\n{section}"
        unanswered = []
        for question in asked:
            if question.section != section:
                continue
            shown = shown_answer(state, question).splitlines()
            if shown == [_NO_ANSWER]:
                unanswered.append(question.field.title)
                continue
            yield "", f"  {question.field.title}:{f' {shown[0]}' if len(shown) == 1 else ''}"
            yield from (("", f"    {line}") for line in shown if len(shown) > 1)
        if unanswered:
            yield "aside", f"  Not answered: {'; '.join(unanswered)}"
