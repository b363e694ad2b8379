"""Starting an interview.

The facts of the request come first. Once they are complete, the advice says which letter they call for, and counsel
chooses the kind; the questions about the letter itself follow. A fact is judged on its own, never by the kind of
letter: whether the letter can be written on these facts shows at the end. The order of the answers does not matter.

A user interface shows `navigation.current_step`, hands what was typed to `answering` and `entries`, and saves after
every answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any

from letters.interview import entries, kind_choice, saved_state
from letters.interview.state import InterviewState
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.library.validation import with_new_names
from letters.model.rulebook import Rulebook

if TYPE_CHECKING:
    from letters.library.advice import Advice


def start(
    library: Library,
    rulebook: Rulebook,
    answers: Mapping[str, Any],
    today: date,
    *,
    kind: str = "",
    language: str = "",
    advice: Advice | None = None,
    skipped: Collection[str] = (),
    saved: Mapping[str, Any] | None = None,
) -> InterviewState:
    """Start an interview, or resume one.

    Args:
        answers: to start from; those that are still valid are not asked for again.
        today: the day that relative dates count from, in the office's time zone.
        kind: the kind of letter, overriding the one in ``answers``; empty to let counsel choose.
        language: to ask the questions in, by the suffix of its files (``es``); empty for the office's own.
        advice: the rules that recommend a kind of letter; None means no recommendation.
        skipped: fields whose questions were skipped and are not to be asked again.
        saved: what `saved_state.dump` returned when the interview was saved.

    Raises:
        InvalidAnswers: an answer that must be a table is not one.
    """
    questions = load_questionnaire(library, "", language)
    state = InterviewState(library, rulebook, advice, today, questions, language=language, skipped=set(skipped))
    saved_state.restore(state, saved or {})
    kind_choice.start(state, deepcopy(dict(with_new_names(answers, rulebook))), kind)
    entries.resume_entry(state, str((saved or {}).get("entry")))
    return state
