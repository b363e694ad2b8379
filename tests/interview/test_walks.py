"""Random walks: whatever counsel does on the way, the same answers make the same letter, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from helpers import KINDS

from letters.assembly.assembler import Assembler
from letters.interview.drafts import begun, document
from letters.interview.interview import REVIEW, Interview, Step, as_typed
from letters.library.prompts import Question
from letters.model.fields import get, put
from letters.model.letter import Letter

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2019, 9, 2)
STEPS = 80


def begin(assembler: Assembler, answers: dict[str, Any] | None = None, **more: Any) -> Interview:
    return Interview(assembler.library, assembler.rulebook, answers or {}, TODAY, advice=assembler.advice, **more)


def killed_and_resumed(assembler: Assembler, interview: Interview) -> Interview:
    """As after `kill -9`: all there is are the bytes that were saved after the last answer."""
    saved = begun(document(interview.answers, interview.passed, interview.memory()), "draft.toml")
    return begin(assembler, saved.answers, kind=interview.kind, passed=saved.passed, before=saved.memory)


class Counsel:
    """Answers questions as a sample of a kind would have them, or otherwise."""

    def __init__(self, assembler: Assembler, kind: str, wanted: dict[str, Any], chance: random.Random) -> None:
        self.assembler, self.kind, self.wanted, self.chance = assembler, kind, wanted, chance
        self.interview = begin(assembler)

    def wants(self, question: Question) -> Any:
        value = get(self.wanted, question.field.name)
        if value is None and question.field.kind in ("choice", "yes-no") and not question.field.library:
            value = (
                (question.default_by and self.interview.default(question)) or question.default or question.field.default
            )
        return value

    def typed(self, question: Question, value: Any) -> Any:
        if value is None:
            return ""
        picked = question.field.kind in ("choice", "choices", "yes-no", "group")
        return value if picked else as_typed(question, value)

    def answer(self, question: Question, value: Any) -> bool:
        typed = self.typed(question, value)
        if self.interview.objection(question, typed):
            return False
        self.interview.answer(question, typed)
        return True

    def something_else(self, question: Question) -> Any:
        """An answer of the right sort that is not wanted."""
        chance = self.chance
        match question.field.kind:
            case "choice":
                return chance.choice(self.interview.choices(question)).value
            case "choices":
                values = [each.value for each in self.interview.choices(question)]
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

    # --- what counsel may do ---

    def go_on(self, step: Step) -> None:
        """Answer what is asked, as the sample does."""
        question = step.question
        if step.what == "kind":
            self.interview.write_as(self.kind)
        elif step.what == "review":
            self.jump(step)
        elif step.what == "part" and question and step.item:
            self.part(question, step.item)
        elif question and not self.answer(question, self.wants(question)):
            self.interview.back()

    def part(self, question: Question, item: Question) -> None:
        entry = self.interview.entry()
        assert entry is not None
        value = self.something_else(item) if self.chance.random() < 0.5 else item.field.example
        typed = self.typed(item, value)
        if self.interview.part_objection(question, item, typed):
            self.interview.back()
        else:
            self.interview.answer_part(question, item, typed)

    def stray(self, step: Step) -> None:
        """Answer something else, or work on the entries of a list."""
        question = step.question
        if step.what == "kind":
            self.interview.write_as(self.chance.choice(KINDS))
        elif step.what == "list" and question:
            self.entries(question)
        elif step.what == "question" and question:
            self.answer(question, self.something_else(question))

    def entries(self, question: Question) -> None:
        listed = self.interview.entries(question)
        deed = self.chance.choice(["add", "edit", "remove", "move"])
        if question.items and deed == "add" and len(listed) < 4:
            self.interview.add_entry(question)
        elif question.items and deed == "edit" and listed:
            self.interview.edit_entry(question, self.chance.randrange(len(listed)))
        elif deed == "remove" and listed:
            listed.pop(self.chance.randrange(len(listed)))
            self.interview.put_entries(question, listed)
        elif deed == "move" and len(listed) > 1:
            self.chance.shuffle(listed)
            self.interview.put_entries(question, listed)

    def skip(self, step: Step) -> None:
        if step.what == "question" and step.question:
            self.answer(step.question, None)

    def jump(self, step: Step) -> None:
        self.interview.go_to(self.chance.choice([REVIEW, *(each.field.name for each in self.interview.asked())]))

    def walk(self) -> None:
        deeds: list[tuple[int, Callable[[Step], object]]] = [
            (50, self.go_on),
            (16, self.stray),
            (4, self.skip),
            (12, lambda _: self.interview.back()),
            (6, lambda _: self.interview.forward()),
            (5, self.jump),
            (2, lambda _: self.interview.go_on()),
            (5, self.kill),
        ]
        weights = [weight for weight, _ in deeds]
        for _ in range(STEPS):
            ((_, deed),) = self.chance.choices(deeds, weights)
            deed(self.interview.step())

    def kill(self, step: Step) -> None:
        before = self.interview
        self.interview = killed_and_resumed(self.assembler, before)
        assert self.interview.answers == before.answers
        assert self.interview.passed == before.passed
        assert self.interview.settled() == before.settled()

    def set_right(self) -> Letter:
        """Go through everything as the sample has it, until there is nothing left to change."""
        interview = self.interview
        interview.go_on()
        for _ in range(8):
            before = document(interview.answers, interview.passed, {})
            for name in [each.field.name for each in interview.asked()]:
                question = interview.state.question(name)
                if question and interview.state.applies(question):
                    interview.go_to(name)
                    self.answer(question, self.wants(question))
            interview.go_on()
            if interview.state.open_fact() is None and (interview.kind != self.kind or interview.kind_is_due()):
                interview.write_as(self.kind)
            elif document(interview.answers, interview.passed, {}) == before:
                break
        for name in ("request.requester.email", "request.requester.address"):
            question = interview.state.question(name)
            if question and not interview.state.applies(question):
                put(interview.answers, name, None)  # where letters once went stays known; this one does not go there
        assert interview.step().what == "review", (interview.step(), interview.state.doubts)
        return interview.letter()


@cache
def straight(assembler: Assembler, kind: str) -> Letter:
    """The letter of the sample's answers, given one after the other."""
    import tomllib

    wanted = tomllib.loads((assembler.library.templates / kind / "sample.toml").read_text(encoding="utf-8"))
    counsel = Counsel(assembler, kind, wanted, random.Random(0))
    for _ in range(200):
        step = counsel.interview.step()
        if step.what == "review":
            break
        counsel.go_on(step)
    return counsel.interview.letter()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_a_random_walk_ends_in_the_same_letter_as_answering_straight_through(
    assembler: Assembler, sample: Sample, kind: str, seed: int
) -> None:
    counsel = Counsel(assembler, kind, sample(kind), random.Random(f"{kind} {seed}"))
    counsel.walk()
    assert counsel.set_right() == straight(assembler, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_every_single_answer_it_goes_on_where_it_was(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    counsel = Counsel(assembler, kind, sample(kind), random.Random(kind))
    for _ in range(200):
        step = counsel.interview.step()
        if step.what == "review":
            break
        counsel.interview = killed_and_resumed(assembler, counsel.interview)
        again = counsel.interview.step()
        assert (again.what, again.question and again.question.field.name) == (
            step.what,
            step.question and step.question.field.name,
        )
        counsel.go_on(again)
    assert counsel.interview.letter() == straight(assembler, kind)
