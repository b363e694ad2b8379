"""A front end of the terminal's interview that answers as wanted, to compare what the two faces make of it."""

from __future__ import annotations

from typing import Any

from letters.interview import entries, navigation
from letters.interview.navigation import Step
from letters.interview.state import InterviewState
from letters.interview.terminal.frontend import Command, Prompt, Reply
from letters.interview.text_input import typed
from letters.library.prompts import Question
from letters.model.fields import get

MOST = 400


class TerminalCounsel:
    """Answers each question as wanted; where that is refused, as the sample does."""

    def __init__(self, state: InterviewState, kind: str, wanted: dict[str, Any], sample: dict[str, Any]) -> None:
        self.state, self.kind, self.wanted, self.sample = state, kind, wanted, sample
        self.asked = 0
        self.last = ""
        self.said: list[str] = []

    def say(self, text: str, style: str = "") -> None:
        self.said.append(text)

    def show(self, text: str) -> None:
        self.said.append(text)

    def ask(self, prompt: Prompt) -> Reply:
        self.asked += 1
        if self.asked > MOST:
            raise EOFError
        step = navigation.current_step(self.state)
        if step.what == "kind":
            return Reply(self.kind)
        if step.what == "seldom":
            return Reply([each.value for each in prompt.options if get(self.wanted, each.value)])
        if step.what == "review":
            return self._at_review(prompt)
        assert step.question is not None
        if step.what == "list":
            return self._in_list(prompt, step.question)
        if step.what == "part":
            return self._part(step, step.question)
        again, self.last = step.question.field.name == self.last, step.question.field.name
        return self._answer(prompt, step.question, self.sample if again else self.wanted)

    def _at_review(self, prompt: Prompt) -> Reply:
        values = [each.value for each in prompt.options]
        if "continue" in values:
            return Reply("continue")
        raise EOFError  # everything is answered

    def _answer(self, prompt: Prompt, question: Question, wanted: dict[str, Any]) -> Reply:
        value = get(wanted, question.field.name)
        match prompt.form:
            case "several":
                return Reply(prompt.in_order(value or []))
            case "one" | "yes-no":
                value = prompt.current if value is None else value
                return Reply(None, Command.SKIP) if value is None else Reply(value)
        return Reply(typed(value))

    def _in_list(self, prompt: Prompt, question: Question) -> Reply:
        wanted, listed = get(self.wanted, question.field.name) or [], entries.entries_of(self.state, question)
        if prompt.form == "lines":
            return Reply(typed([wanted[len(listed)]]))
        if len(listed) > len(wanted):
            return Reply("remove" if "remove" in [each.value for each in prompt.options] else "0")
        return Reply("done" if len(listed) == len(wanted) else "add")

    def _part(self, step: Step, question: Question) -> Reply:
        assert step.item is not None
        entry = get(self.wanted, question.field.name)[step.number]
        return Reply(typed(entry.get(step.item.field.name)))
