"""The review: everything on a page, what stands in the way first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.errors import Problem
from letters.interview.interview import Interview
from letters.library.prompts import Question

Line = tuple[str, str]


def page(interview: Interview, problems: Sequence[Problem]) -> Iterator[Line]:
    """The review in lines, each with its style.

    Args:
        problems: what is to be mended; what is merely open is not among it.
    """
    still_open = interview.open_questions()
    yield "section", "\nYour letter"
    if problems:
        number = "One thing has" if len(problems) == 1 else f"{len(problems)} things have"
        yield "problem", f"\n{number} to be mended:"
    for problem in problems:
        yield "problem", f"• {problem}"
    if still_open:
        number = "One question is" if len(still_open) == 1 else f"{len(still_open)} questions are"
        yield "problem", f"\n{number} still open."
    if advice := interview.advice_lines():
        yield "", ""
        yield from advice
        yield "aside", "Advice only: you decide."
    if interview.departs:
        yield "problem", f"Your letter is another: {interview.kind_title(interview.kind).lower()}."
    for notice in interview.notices():
        yield "", f"\n{notice}"
    for caution in () if problems or still_open or not interview.kind else interview.cautions():
        yield "problem", f"\nMind: {caution}"
    yield from _answers(interview)


def _answers(interview: Interview) -> Iterator[Line]:
    yield "section", "\nYour answers"
    if interview.kind:
        yield "", f"  Kind of letter: {interview.kind_title(interview.kind)}"
    asked = interview.asked()
    for section in dict.fromkeys(question.section for question in asked):
        yield "section", f"\n{section}"
        left = []
        for question in asked:
            if question.section != section:
                continue
            shown = interview.shown(question).splitlines()
            if shown == ["—"]:
                left.append(question.field.title)
                continue
            yield "", f"  {question.field.title}:{f' {shown[0]}' if len(shown) == 1 else ''}"
            yield from (("", f"    {line}") for line in shown if len(shown) > 1)
        if left:
            yield "aside", f"  Left open: {'; '.join(left)}"


def to_mend(interview: Interview) -> tuple[Problem, ...]:
    """What stands in the way of the letter and is no open question."""
    if not interview.kind:
        return ()
    names = {question.field.name for question in interview.open_questions()}
    return tuple(
        problem
        for problem in interview.problems()
        if problem.field not in names or interview.state.doubts.get(problem.field)
    )


def is_open(interview: Interview) -> bool:
    """Whether there is something still to be asked."""
    return bool(interview.open_questions()) or not interview.kind or interview.kind_is_due()


def is_ready(interview: Interview, problems: Sequence[Problem]) -> bool:
    """Whether the letter may be written."""
    return not problems and not is_open(interview)


def question_of(problem: Problem, asked: Sequence[Question]) -> Question | None:
    """The question whose answer a problem is about."""
    return next((each for each in asked if f"{problem.field}.".startswith(f"{each.field.name}.")), None)
