"""Random interviews: in whatever order counsel answers, the same answers make the same letter, and nothing is lost."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from helpers import KINDS
from helpers.drafts import begin, saved_and_resumed

from letters.assembly.assembler import Assembler
from letters.interview import (
    answering,
    applicability,
    completion,
    entries,
    kind_choice,
    navigation,
    options,
    saved_state,
    seldom,
)
from letters.interview.drafts import format_answers
from letters.interview.navigation import REVIEW, Step
from letters.interview.text_input import as_typed
from letters.library.prompts import Question
from letters.model.fields import get, put
from letters.model.letter import Letter

Sample = Callable[[str], dict[str, Any]]
STEPS = 80
# Kinds whose questions differ most; all of them when inputs are searched for longer.
DIFFERENT = KINDS if os.environ.get("LETTERS_FUZZ") else ("denial", "conditional-approval", "subpoena-response")


class Counsel:
    """Answers questions as the sample of a kind does, or differently."""

    def __init__(self, assembler: Assembler, kind: str, wanted: dict[str, Any], chance: random.Random) -> None:
        self.assembler, self.kind, self.wanted, self.chance = assembler, kind, wanted, chance
        self.state = begin(assembler)

    def wants(self, question: Question) -> Any:
        value = get(self.wanted, question.field.name)
        if value is None and question.field.kind in ("choice", "yes-no") and not question.field.library:
            value = (
                (question.default_by and options.default_for(self.state, question))
                or question.default
                or question.field.default
            )
        return value

    def typed(self, question: Question, value: Any) -> Any:
        if value is None:
            return ""
        picked = question.field.kind in ("choice", "choices", "yes-no", "group")
        return value if picked else as_typed(question, value)

    def answer(self, question: Question, value: Any) -> bool:
        typed = self.typed(question, value)
        if answering.error_in(self.state, question, typed):
            return False
        answering.accept(self.state, question, typed)
        return True

    def something_else(self, question: Question) -> Any:
        """A valid kind of answer that is not the sample's."""
        chance = self.chance
        match question.field.kind:
            case "choice":
                return chance.choice(options.options_for(self.state, question)).value
            case "choices":
                values = [each.value for each in options.options_for(self.state, question)]
                return chance.sample(values, chance.randint(0, len(values)))
            case "yes-no":
                return chance.random() < 0.5
            case "date":
                return date(2019, chance.randint(1, 12), chance.randint(1, 28))
            case "list":
                return ["One thing", "Another"]
            case "persons":
                return [{"name": "Quinn Example", "title": "Clerk"}]
            case "group":
                return None
        return "something else"

    # --- what counsel can do ---

    def answer_as_sampled(self, step: Step) -> None:
        """Answer the current question as the sample does."""
        question = step.question
        if step.what == "kind":
            kind_choice.choose(self.state, self.kind)
        elif step.what == "seldom":
            self.pick(step, lambda question: bool(self.wants(question)))
        elif step.what == "review":
            self.jump(step)
        elif step.what == "part" and question and step.item:
            self.part(question, step.item)
        elif question and not self.answer(question, self.wants(question)):
            navigation.back(self.state)

    def pick(self, step: Step, wanted: Callable[[Question], bool]) -> None:
        """Tick lines in the list of what is seldom needed."""
        names = [option.value for option in seldom.options(self.state, facts=step.facts)]
        picked = [name for name in names if (question := self.state.question(name)) and wanted(question)]
        seldom.pick(self.state, picked, facts=step.facts)

    def part(self, question: Question, item: Question) -> None:
        entry = self.state.entry
        assert entry is not None
        value = self.something_else(item) if self.chance.random() < 0.5 else item.field.example
        typed = self.typed(item, value)
        if entries.error_in_part(self.state, question, item, typed):
            navigation.back(self.state)
        else:
            entries.accept_part(self.state, question, item, typed)

    def answer_differently(self, step: Step) -> None:
        """Give another answer, or edit the entries of a list."""
        question = step.question
        if step.what == "kind":
            kind_choice.choose(self.state, self.chance.choice(KINDS))
        elif step.what == "seldom":
            self.pick(step, lambda _: self.chance.random() < 0.5)
        elif step.what == "list" and question:
            self.edit_list(question)
        elif step.what == "question" and question:
            self.answer(question, self.something_else(question))

    def edit_list(self, question: Question) -> None:
        listed = entries.entries_of(self.state, question)
        action = self.chance.choice(["add", "edit", "remove", "move"])
        if question.items and action == "add" and len(listed) < 4:
            entries.add_entry(self.state, question)
        elif question.items and action == "edit" and listed:
            entries.edit_entry(self.state, question, self.chance.randrange(len(listed)))
        elif action == "remove" and listed:
            listed.pop(self.chance.randrange(len(listed)))
            entries.replace_entries(self.state, question, listed)
        elif action == "move" and len(listed) > 1:
            self.chance.shuffle(listed)
            entries.replace_entries(self.state, question, listed)

    def skip(self, step: Step) -> None:
        if step.what == "question" and step.question:
            self.answer(step.question, None)

    def jump(self, step: Step) -> None:
        navigation.go_to(
            self.state,
            self.chance.choice([REVIEW, *(each.field.name for each in applicability.applicable_questions(self.state))]),
        )

    def do_anything(self) -> None:
        actions: list[tuple[int, Callable[[Step], object]]] = [
            (50, self.answer_as_sampled),
            (16, self.answer_differently),
            (4, self.skip),
            (12, lambda _: navigation.back(self.state)),
            (6, lambda _: navigation.forward(self.state)),
            (5, self.jump),
            (2, lambda _: navigation.go_to_first_open(self.state)),
            (5, self.save_and_resume),
        ]
        weights = [weight for weight, _ in actions]
        for _ in range(STEPS):
            ((_, action),) = self.chance.choices(actions, weights)
            action(navigation.current_step(self.state))

    def save_and_resume(self, step: Step) -> None:
        before = self.state
        self.state = saved_and_resumed(self.assembler, before)
        assert self.state.answers == before.answers
        assert saved_state.skipped_in_order(self.state) == saved_state.skipped_in_order(before)
        assert applicability.effective_answers(self.state) == applicability.effective_answers(before)

    def finish_as_sampled(self) -> Letter:
        """Answer every question as the sample does, until nothing changes any more."""
        state = self.state
        navigation.go_to_first_open(state)
        for _ in range(8):
            before = format_answers(state.answers, saved_state.skipped_in_order(state))
            for name in [each.field.name for each in applicability.applicable_questions(state)]:
                question = state.question(name)
                if question and applicability.applies(state, question):
                    navigation.go_to(state, name)
                    self.answer(question, self.wants(question))
            navigation.go_to_first_open(state)
            while (step := navigation.current_step(state)).what == "seldom":
                self.answer_as_sampled(step)
            if not applicability.facts_are_open(state) and (state.kind != self.kind or kind_choice.is_due(state)):
                kind_choice.choose(state, self.kind)
            elif format_answers(state.answers, saved_state.skipped_in_order(state)) == before:
                break
        for name in ("request.requester.email", "request.requester.address"):
            question = state.question(name)
            if question and not applicability.applies(state, question):
                put(state.answers, name, None)  # an address stays known; this letter does not use it
        assert navigation.current_step(state).what == "review", (navigation.current_step(state), state.conflicts)
        return completion.letter_of(state)


@cache
def answered_in_order(assembler: Assembler, kind: str) -> Letter:
    """The letter made by giving the sample's answers in order."""
    import tomllib

    wanted = tomllib.loads((assembler.library.templates / kind / "sample.toml").read_text(encoding="utf-8"))
    counsel = Counsel(assembler, kind, wanted, random.Random(0))
    for _ in range(200):
        step = navigation.current_step(counsel.state)
        if step.what == "review":
            break
        counsel.answer_as_sampled(step)
    return completion.letter_of(counsel.state)


@pytest.mark.parametrize("kind", DIFFERENT)
@pytest.mark.parametrize("seed", range(int(os.environ.get("LETTERS_FUZZ", "1"))))
def test_the_order_of_the_answers_does_not_change_the_letter(
    assembler: Assembler, sample: Sample, kind: str, seed: int
) -> None:
    counsel = Counsel(assembler, kind, sample(kind), random.Random(f"{kind} {seed}"))
    counsel.do_anything()
    assert counsel.finish_as_sampled() == answered_in_order(assembler, kind)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_an_interview_killed_after_any_answer_resumes_at_the_same_question(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    counsel = Counsel(assembler, kind, sample(kind), random.Random(kind))
    for _ in range(200):
        step = navigation.current_step(counsel.state)
        if step.what == "review":
            break
        counsel.state = saved_and_resumed(assembler, counsel.state)
        again = navigation.current_step(counsel.state)
        assert (again.what, again.question and again.question.field.name) == (
            step.what,
            step.question and step.question.field.name,
        )
        counsel.answer_as_sampled(again)
    assert completion.letter_of(counsel.state) == answered_in_order(assembler, kind)
