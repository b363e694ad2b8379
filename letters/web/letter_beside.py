"""The letter beside the questions: its pages with the answers as they are typed, its text, what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from letters.assembly.assembler import Assembler
from letters.errors import LettersError
from letters.interview import answering, deadline_notices, kind_choice, review
from letters.interview.applicability import effective_answers
from letters.interview.marked_letter import LetterPiece, MarkedLetter, marked_letter
from letters.interview.state import InterviewState
from letters.interview.text_input import parse
from letters.interview.wording import without_ids
from letters.library.prompts import Question
from letters.model.fields import put
from letters.pdf.convert import convert_package
from letters.web.controls import Line
from letters.web.letter_images import PageImages


class LetterBeside(Struct, frozen=True):
    """What stands beside the questions.

    Args:
        title: the kind of letter.
        is_likely: whether the kind is only the one that the facts point to so far.
        images: its pages; None if it cannot be shown.
        why_not: why not; else empty.
        paragraphs: its text.
        marked: what the shaded sentences are, in words.
        has_mark: whether there are any.
        blanks: how many blanks it has.
        draft: why it will be a draft; may be empty.
        advice, deadlines, findings: further lines, with styles.
    """

    title: str
    is_likely: bool
    images: PageImages | None
    why_not: str
    paragraphs: Sequence[Sequence[LetterPiece]]
    marked: str
    has_mark: bool
    blanks: int
    draft: str
    advice: Sequence[Line]
    deadlines: Sequence[Line]
    findings: Sequence[Line]


def letter_beside(
    assembler: Assembler, state: InterviewState, typed: Sequence[tuple[Question, Any]], question: Question | None
) -> LetterBeside:
    """The letter so far.

    Args:
        typed: questions whose answers are being given, and what is typed or chosen there.
        question: the one whose sentences are shaded.
    """
    answers = effective_answers(state)
    for each, sent in typed:
        put(answers, each.field.name, _as_answer(state, each, sent))
    images, why_not, letter = None, "", None
    try:
        letter = marked_letter(assembler, state, answers, question)
        converted = convert_package(letter.package, dated=state.today)
        images = PageImages(converted.data, converted.pages)
    except LettersError as error:
        why_not = f"The letter cannot be shown yet: {error.briefly}"
    except Exception as error:  # a failure to show the letter must not end the interview
        why_not = f"The letter cannot be shown yet ({type(error).__name__}). It is checked before it is written."
    kind = kind_choice.likely_kind(state)
    return LetterBeside(
        state.kind_title(kind),
        not state.kind,
        images,
        why_not,
        letter.paragraphs if letter else (),
        _on_marks(letter, question),
        bool(letter and letter.is_decided),
        letter.blanks if letter else 0,
        letter.draft if letter else "",
        kind_choice.advice_lines(state),
        [("problem", notice) for notice in deadline_notices.notices(state)],
        [("problem", without_ids(state, str(problem))) for problem in review.problems_to_fix(state)],
    )


def _on_marks(letter: MarkedLetter | None, question: Question | None) -> str:
    if letter is None or question is None:
        return ""
    if letter.is_decided:
        return f"Shaded: the sentences that “{question.field.title}” decides."
    return f"“{question.field.title}” changes nothing in the letter so far."


def _as_answer(state: InterviewState, question: Question, sent: Any) -> Any:
    """The value to show for what is typed; None if it is none yet."""
    with suppress(ValueError):
        value = parse(question, sent, state.rulebook, state.today)
        return None if value in ("", []) else value
    return answering.current_answer(state, question)
