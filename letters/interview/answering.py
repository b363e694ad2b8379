"""Answering a question: what is offered, what is accepted, and what is stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from letters._text.dates import AmbiguousDate
from letters.interview import fitting, reading
from letters.interview.choices import Option, choices_of, default_of
from letters.interview.walk import Walk
from letters.library.prompts import Question
from letters.model.fields import get, put


class Answering(Walk):
    """The steps in which a question is answered whole."""

    def required(self, question: Question) -> bool:
        """Whether an answer must be given, by the type or by a rule."""
        return self.state.required(question)

    def doubt(self, question: Question) -> str:
        """Why the answer there is must be looked at again; empty where nothing speaks against it."""
        return self.state.doubts.get(question.field.name, "")

    def before(self, question: Question) -> str:
        """What an answer said that could not be kept, in words; mostly empty."""
        return self.state.old.get(question.field.name, "")

    def given(self, question: Question) -> Any:
        """The answer there is, or None."""
        return get(self.state.answers, question.field.name)

    def default(self, question: Question) -> Any:
        """What stands in the answer line to begin with: the answer given before, or the prompt file's default."""
        return default_of(self.state, question)

    def choices(self, question: Question) -> list[Option]:
        """What may be picked, given the other answers."""
        return choices_of(self.state, question)

    def objection(self, question: Question, typed: Any) -> str:
        """Why ``typed`` cannot be the answer, in a sentence; empty when it can."""
        try:
            value = reading.read(question, typed, self.state.rulebook, self.state.today)
        except ValueError as error:
            return str(error)
        if value in (None, "", []):
            return self._why_needed(question)
        if wrong := fitting.wrong_type(question.field, value):
            return wrong
        found = self.state.rules(question, value)
        return next((fitting.to_counsel(each) for each in found if fitting.concerns(each, question.field.name)), "")

    def readings(self, question: Question, typed: Any) -> tuple[date, ...]:
        """The days a date that is not certain may mean; none for anything else."""
        try:
            reading.read(question, typed, self.state.rulebook, self.state.today)
        except AmbiguousDate as error:
            return error.readings
        except ValueError:
            return ()
        return ()

    def answer(self, question: Question, typed: Any) -> None:
        """Store an answer that `objection` has nothing against; an empty one counts as passed over."""
        self._put(question, reading.read(question, typed, self.state.rulebook, self.state.today))
        self._at = ""

    def _why_needed(self, question: Question) -> str:
        if question.only_if_departing:
            return "A reason is needed: the advice on these facts is another kind of letter."
        if question.field.required:
            return f"An answer is needed. {question.field.description}"
        for problem in self.state.rules(question, None):
            if problem.field == question.field.name and problem.code == "missing":
                return fitting.to_counsel(problem)
        return ""

    def _put(self, question: Question, value: Any) -> None:
        state, name = self.state, question.field.name
        empty = value in (None, "", [])
        put(state.answers, name, None if empty else value)
        (state.passed.add if empty else state.passed.discard)(name)
        state.old.pop(name, None)
        state.doubts.pop(name, None)
        fitting.recheck(state)
