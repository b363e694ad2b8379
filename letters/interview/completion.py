"""The letter the answers make, or everything that still prevents it."""

from __future__ import annotations

from letters.errors import LettersError, Problem
from letters.interview.applicability import effective_answers
from letters.interview.state import InterviewState
from letters.library.validation import check
from letters.model.error_wording import named
from letters.model.kinds import letter_type
from letters.model.letter import Letter


def letter_of(state: InterviewState) -> Letter:
    """The finished letter's data. Raises InvalidAnswers listing everything still wrong."""
    return check(effective_answers(state), state.rulebook, [state.kind], state.questionnaire.extras)


def problems_in(state: InterviewState) -> tuple[Problem, ...]:
    """Everything that still prevents the letter."""
    try:
        letter_of(state)
    except LettersError as error:
        return error.problems
    return ()


def cautions_on(state: InterviewState) -> tuple[Problem, ...]:
    """What counsel should know about a letter that may be written. Raises InvalidAnswers if it may not."""
    letter = letter_of(state)
    remembered = state.memory.contradictions(letter) if state.memory else ()
    model = letter_type(state.kind, state.rulebook.form_of(state.kind))
    return tuple(named(caution, model) for caution in (*letter.cautions(state.rulebook), *remembered))
