"""The conversation about a list: its entries shown, added to, changed, moved and removed, and given part by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from letters.interview.interview import Option, Step, as_typed
from letters.interview.terminal.face import Move
from letters.interview.terminal.helping import actions
from letters.interview.terminal.talk import Talk
from letters.library.prompts import Question


class Listing:
    """Asks for lists."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._interview = talk, talk.interview

    def entries(self, step: Step) -> None:
        """The entries there are, and what may be done with them."""
        interview, question = self._interview, step.question
        assert question is not None
        listed = interview.entries(question)
        if question.help and not listed:
            self._talk.say(question.help, "aside")
        if before := interview.before(question):
            self._talk.say(f"Answered before: {before}", "problem")
        if listed:
            self._talk.say(question.ask)
        for number, entry in enumerate(listed, 1):
            self._talk.say(f"  {number}. {interview.entry_line(question, entry)}")
        wrong = interview.objection(question, listed) if listed else ""
        if wrong:
            self._talk.say(wrong, "problem")
        text = "What now?" if listed else question.ask
        none = not listed and not interview.required(question)
        offered = actions(listed, done=none or bool(listed and not wrong), none=none)
        words = f"{question.help} {question.field.description}".strip()
        picked = self._talk.menu(text, offered, help_=words, about=question)
        self._on_list(question, listed, picked)
        self._talk.save()

    def _on_list(self, question: Question, listed: list[Any], picked: str) -> None:
        interview = self._interview
        if picked == "done":
            interview.end_list(question)
            self._talk.last = question.field.name
        elif picked == "add":
            if question.items:
                interview.add_entry(question)
            else:
                self._lines(question, listed, len(listed))
        elif picked and (number := self._which(question, listed)) is not None:
            if picked == "remove":
                interview.put_entries(question, [entry for place, entry in enumerate(listed) if place != number])
            elif picked == "move":
                self._move(question, listed, number)
            elif question.items:
                interview.edit_entry(question, number)
            else:
                self._lines(question, listed, number)

    def _which(self, question: Question, listed: Sequence[Any]) -> int | None:
        if len(listed) == 1:
            return 0
        lines = [self._interview.entry_line(question, entry) for entry in listed]
        choices = [Option(str(place), line) for place, line in enumerate(lines)]
        picked = self._talk.menu("Which one?", choices, about=question, within=True)
        return int(picked) if picked else None

    def _move(self, question: Question, listed: list[Any], number: int) -> None:
        rest = [entry for place, entry in enumerate(listed) if place != number]
        places = [Option("0", "To the top")]
        places += [
            Option(str(place), f"After: {self._interview.entry_line(question, entry)}")
            for place, entry in enumerate(rest, 1)
        ]
        if picked := self._talk.menu("Where to?", places, about=question, within=True):
            self._interview.put_entries(question, [*rest[: int(picked)], listed[number], *rest[int(picked) :]])

    def _lines(self, question: Question, listed: list[Any], number: int) -> None:
        """Add lines to a plain list at its end, or change one of them."""
        interview = self._interview
        standing: Any = as_typed(question, [listed[number]]) if number < len(listed) else None
        while True:
            reply = self._talk.put(question, standing, again=True, needed=True)
            if reply.move:
                if reply.move is not Move.BACK:
                    self._talk.go(reply.move)
                return
            objection = interview.line_objection(question, listed, number, reply.value)
            if not objection:
                break
            self._talk.say(objection, "problem")
            standing = reply.value
        lines = interview.lines(question, reply.value)
        interview.put_entries(question, [*listed[:number], *lines, *listed[number + 1 :]])

    def part(self, step: Step) -> None:
        """One part of an entry."""
        interview, question, item = self._interview, step.question, step.item
        entry = interview.entry()
        assert question is not None
        assert item is not None
        assert entry is not None
        if item.help:
            self._talk.say(item.help, "aside")
        if entry.objection:
            self._talk.say(entry.objection, "problem")
        name = f"{question.field.name}.{item.field.name}"
        held: Any = self._talk.half_typed.pop(name, entry.parts.get(item.field.name))
        standing, again = (item.default if held is None else held), held is not None
        while True:
            reply = self._talk.put(item, standing, again=again, needed=item.field.required, about=question)
            if reply.move and reply.move is not Move.SKIP:
                if isinstance(reply.value, str) and reply.value.strip():
                    self._talk.half_typed[name] = reply.value
                self._talk.go(reply.move)
                self._talk.save()
                return
            typed = "" if reply.move is Move.SKIP else self._talk.certain(item, reply.value, name)
            if typed is None:
                return
            objection = interview.part_objection(question, item, typed)
            if not objection:
                break
            self._talk.say(objection, "problem")
            standing, again = typed, True
        interview.answer_part(question, item, typed)
        self._talk.last = question.field.name
        self._talk.save()
