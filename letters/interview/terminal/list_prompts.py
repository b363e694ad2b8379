"""Asking for a list: showing its entries; adding, changing, moving and removing them; asking for their parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from letters.interview import answering, entries
from letters.interview.applicability import is_required
from letters.interview.entries import entry_line
from letters.interview.navigation import Step
from letters.interview.options import Option
from letters.interview.question_help import list_actions
from letters.interview.terminal.frontend import Command
from letters.interview.terminal.prompter import Prompter
from letters.interview.text_input import as_typed
from letters.library.prompts import Question


class ListPrompter:
    """Asks for lists."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter, self._state = prompter, prompter.state

    def ask_list(self, step: Step) -> None:
        """Show the entries, and ask what to do with them."""
        state, say, question = self._state, self._prompter.say, step.question
        assert question is not None
        listed = entries.entries_of(state, question)
        if question.help and not listed:
            say(question.help, "aside")
        if previous := state.previous.get(question.field.name):
            say(f"Previous answer: {previous}", "problem")
        if claim := state.claims.get(question.field.name):
            say(f"The returned form says: {claim}", "problem")
        if listed:
            say(question.ask)
        for number, entry in enumerate(listed, 1):
            say(f"  {number}. {entry_line(question, entry)}")
        error = answering.error_in(state, question, listed) if listed else ""
        if error:
            say(error, "problem")
        may_be_empty = not listed and not is_required(state, question)
        picked = self._prompter.menu(
            "What next?" if listed else question.ask,
            list_actions(
                listed,
                may_finish=may_be_empty or bool(listed and not error),
                may_be_empty=may_be_empty,
                is_wanted=question.field.name in state.opened,
            ),
            help_=f"{question.help} {question.field.description}".strip(),
            about=question,
        )
        self._do(question, listed, picked)
        self._prompter.save()

    def ask_part(self, step: Step) -> None:
        """Ask for one part of an entry."""
        state, prompter, question, item = self._state, self._prompter, step.question, step.item
        entry = state.entry
        assert question is not None
        assert item is not None
        assert entry is not None
        if item.help:
            prompter.say(item.help, "aside")
        if entry.error:
            prompter.say(entry.error, "problem")
        name = f"{question.field.name}.{item.field.name}"
        half_typed, given = state.half_typed.get(name), entry.parts.get(item.field.name)
        current: Any = half_typed or (item.default if given is None else given)
        offered = not half_typed or item.field.kind == "date"
        while True:
            reply = prompter.put(
                item, current, name=name, offered=offered, required=item.field.required, about=question
            )
            if reply.command and reply.command is not Command.SKIP:
                prompter.go(reply.command)
                prompter.save()
                return
            typed = (
                "" if reply.command is Command.SKIP else prompter.with_certain_date(item, reply.value, name, question)
            )
            if typed is None:
                return
            error = entries.error_in_part(state, question, item, typed)
            if not error:
                break
            prompter.say(error, "problem")
            current, offered = typed, item.field.kind == "date"
        state.half_typed.pop(name, None)
        entries.accept_part(state, question, item, typed)
        prompter.last = question.field.name
        prompter.save()

    def _do(self, question: Question, listed: list[Any], action: str) -> None:
        state = self._state
        if action == "done":
            entries.finish_list(state, question)
            self._prompter.last = question.field.name
        elif action == "add":
            if question.items:
                entries.add_entry(state, question)
            else:
                self._ask_lines(question, listed, len(listed))
        elif action and (number := self._which(question, listed)) is not None:
            if action == "remove":
                entries.replace_entries(state, question, [*listed[:number], *listed[number + 1 :]])
            elif action == "move":
                self._move(question, listed, number)
            elif question.items:
                entries.edit_entry(state, question, number)
            else:
                self._ask_lines(question, listed, number)

    def _which(self, question: Question, listed: Sequence[Any]) -> int | None:
        if len(listed) == 1:
            return 0
        options = [Option(str(number), entry_line(question, entry)) for number, entry in enumerate(listed)]
        picked = self._prompter.menu("Which one?", options, about=question, within=True)
        return int(picked) if picked else None

    def _move(self, question: Question, listed: list[Any], number: int) -> None:
        rest = [*listed[:number], *listed[number + 1 :]]
        options = [Option("0", "To the top")]
        options += [Option(str(place), f"After: {entry_line(question, entry)}") for place, entry in enumerate(rest, 1)]
        if picked := self._prompter.menu("Where to?", options, about=question, within=True):
            moved = [*rest[: int(picked)], listed[number], *rest[int(picked) :]]
            entries.replace_entries(self._state, question, moved)

    def _ask_lines(self, question: Question, listed: list[Any], number: int) -> None:
        """Add lines to the end of a plain list, or change one of them."""
        state, prompter = self._state, self._prompter
        name = f"{question.field.name}.{number + 1}"
        half_typed = state.half_typed.get(name)
        current: Any = half_typed or (as_typed(question, [listed[number]]) if number < len(listed) else None)
        while True:
            reply = prompter.put(question, current, name=name, offered=False, required=True)
            if reply.command:
                if reply.command is not Command.BACK:
                    prompter.go(reply.command)
                return
            error = entries.error_in_line(state, question, listed, number, reply.value)
            if not error:
                break
            prompter.say(error, "problem")
            current = reply.value
        state.half_typed.pop(name, None)
        lines = entries.lines_in(state, question, reply.value)
        entries.replace_entries(state, question, [*listed[:number], *lines, *listed[number + 1 :]])
