"""The interview as a state machine: answers so far, the questions and the rules decide what is asked next.

There is no terminal in here. A face shows `step`, hands back what was typed, and `session` saves after every answer.
`back`, `forward` and `go_to` move to any question that applies; whatever the order in which answers come, the same
answers make the same letter.

The facts of the request come first. When they are complete, the advice says which letter they call for, and counsel
chooses the kind (`kind_is_due`, `write_as`); what the letter itself needs is asked after that. A fact is judged by what
it means and never by the kind of letter: whether the letter can be written on it is seen at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any

from letters.errors import LettersError, Problem
from letters.interview import notices, reading, turning
from letters.interview.choices import Option
from letters.interview.entries import LISTS
from letters.interview.lists import Lists
from letters.interview.memory import memory, recall
from letters.interview.reading import as_typed, cleaned
from letters.interview.state import Entry, EntryInHand, InterviewState
from letters.interview.walk import KIND, REVIEW, Step
from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.prompts import Question, Questionnaire
from letters.library.validation import check
from letters.model.error_wording import named
from letters.model.fields import get
from letters.model.kinds import letter_type
from letters.model.letter import Letter
from letters.model.rulebook import Rulebook

if TYPE_CHECKING:
    from letters.library.advice import Advice, Outcome

__all__ = ["KIND", "REVIEW", "Entry", "EntryInHand", "Interview", "Option", "Step", "as_typed", "cleaned"]


class Interview(Lists):
    """One letter's questions and answers.

    Args:
        library: where the questions and the kinds of letter are.
        rulebook: what the library allows.
        answers: to start from; what they hold and still fits is not asked again.
        today: the day relative dates count from, in the office's time zone.
        kind: which letter; empty where counsel has yet to choose. It counts before the kind that ``answers`` name.
        advice: what the facts call for; without it nothing is advised.
        passed: questions that were passed over without an answer, and are not to be asked again.
        before: what else there was to know of an interview that is gone on with.

    Raises:
        InvalidAnswers: a table among the answers to start from is none.
    """

    def __init__(
        self,
        library: Library,
        rulebook: Rulebook,
        answers: Mapping[str, Any],
        today: date,
        *,
        kind: str = "",
        advice: Advice | None = None,
        passed: Collection[str] = (),
        before: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(InterviewState(library, rulebook, advice, today, passed=set(passed)))
        recall(self.state, before or {})
        self._told: set[str] = set()
        self.set_aside = turning.begin(self.state, deepcopy(dict(answers)), kind)
        """What the answers to start from hold that this kind of letter has no place for, in words."""
        self.take_up_entry(str((before or {}).get("entry")))

    # --- what is known ---

    @property
    def answers(self) -> Answers:
        return self.state.answers

    @property
    def kind(self) -> str:
        return self.state.kind

    @property
    def script(self) -> Questionnaire:
        return self.state.script

    @property
    def rulebook(self) -> Rulebook:
        return self.state.rulebook

    @property
    def library(self) -> Library:
        return self.state.library

    @property
    def passed(self) -> tuple[str, ...]:
        """Questions passed over without an answer."""
        known = [name for name in self.state.fields if name in self.state.passed]
        return (*known, *sorted(self.state.passed - set(known)))

    def memory(self) -> dict[str, Any]:
        """What there is to know beside answers and questions passed over, to be saved with them."""
        return memory(self.state)

    # --- which letter ---

    def kind_is_due(self) -> bool:
        """Whether counsel has to choose the kind now: none is chosen, or the advice on the facts is another."""
        return turning.kind_is_due(self.state)

    def kind_choices(self) -> list[Option]:
        """The kinds of letter, each with what the advice says of it."""
        return turning.kind_choices(self.state)

    def kind_default(self) -> str:
        """The kind to preselect: the one chosen before, else the one advised."""
        outcome = self.advice()
        return self.kind or (outcome.kind if outcome else "")

    def write_as(self, kind: str) -> tuple[str, ...]:
        """Counsel chooses this kind of letter, knowing the advice.

        Returns:
            Titles of the answers that are set aside, because the kind has no place for them. Choosing the former kind
            again takes them back.
        """
        self._at = ""
        return turning.write_as(self.state, kind)

    def instead(self) -> str:
        """The letter that asks for what the request lacks, where it lacks too much for an approval; else empty."""
        return turning.instead(self.state, self.problems())

    def advice(self) -> Outcome | None:
        """What the facts call for; None while a fact is open, or where there is no advice."""
        return self.state.outcome()

    @property
    def departs(self) -> bool:
        """Whether the kind chosen is another than the facts call for."""
        return self.state.departs

    def advice_lines(self) -> list[tuple[str, str]]:
        """The advice in words, for counsel: style (``section``, ``problem`` or none) and text."""
        return turning.advice_lines(self.state)

    def kind_title(self, kind: str) -> str:
        """What counsel calls a kind of letter."""
        return self.state.kind_title(kind)

    # --- what the law wants by when ---

    def notices(self) -> list[str]:
        """Each day by which the law, or the paper served, wants an answer, in a sentence."""
        return [f"{sentence}{more}" for sentence, more in notices.notices(self.state)]

    def new_notices(self) -> list[str]:
        """The notices that have not been given yet; each is given once, until its day changes."""
        fresh = [(sentence, more) for sentence, more in notices.notices(self.state) if sentence not in self._told]
        self._told.update(sentence for sentence, _ in fresh)
        return [f"{sentence}{more}" for sentence, more in fresh]

    # --- the end ---

    def settled(self) -> Answers:
        """The answers that count: those whose question applies, and what was there beyond the questions."""
        return self.state.settled()

    def letter(self) -> Letter:
        """The finished letter's data. Raises InvalidAnswers with everything still wrong."""
        return check(self.settled(), self.rulebook, [self.kind], self.script.extras)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that still stands in the way of the letter."""
        try:
            self.letter()
        except LettersError as error:
            return error.problems
        return ()

    def cautions(self) -> tuple[Problem, ...]:
        """What counsel should know of a letter that may be written."""
        return tuple(named(caution, letter_type(self.kind)) for caution in self.letter().cautions(self.rulebook))

    def shown(self, question: Question) -> str:
        """The answer as the review shows it."""
        value = get(self.answers, question.field.name)
        if value is None:
            return "—"
        if question.field.kind in LISTS:
            return "\n".join(self.entry_line(question, entry) for entry in value)
        picked = question.field.kind in ("choice", "choices")
        lines = {choice.value: choice.line for choice in self.choices(question)} if picked else {}
        return "\n".join(reading.in_words(value, lines))
