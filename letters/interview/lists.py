"""Giving answers that are lists, one entry at a time; whatever is whole stands in the answers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from letters.interview import entries, fitting, reading
from letters.interview.answering import Answering
from letters.interview.state import EntryInHand
from letters.library.prompts import Question


class Lists(Answering):
    """The steps in which a list is answered."""

    def entries(self, question: Question) -> list[Any]:
        """The entries given so far."""
        return entries.entries_of(self.state, question)

    def entry_line(self, question: Question, entry: Any) -> str:
        """An entry on one line."""
        return entries.entry_line(question, entry)

    def entry(self) -> EntryInHand | None:
        """The entry that is being given part by part."""
        return self.state.entry

    def add_entry(self, question: Question) -> None:
        """Begin an entry at the end of the list; one left before it was whole is taken up again."""
        name = question.field.name
        begun = self.state.unfinished.pop(name, {})
        self._open_entry(question, EntryInHand(name, len(self.entries(question))), begun)

    def edit_entry(self, question: Question, number: int) -> None:
        """Go through the parts of an entry again."""
        entry = EntryInHand(question.field.name, number, self.entries(question)[number], fresh=False)
        self._open_entry(question, entry, {})

    def take_up_entry(self, name: str) -> None:
        """Go on with the entry of a list that was being given when the interview stopped."""
        question = self.state.question(name)
        if not question or not question.items or not self.state.applies(question):
            return
        self.add_entry(question)
        entry = self.state.entry
        while entry and (item := entries.next_part(question, entry)) and item.field.name in entry.parts:
            entry.done.append(item.field.name)

    def _open_entry(self, question: Question, entry: EntryInHand, begun: Mapping[str, Any]) -> None:
        self.leave_entry()
        self.state.entry, self._at = entry, question.field.name
        entry.parts |= fitting.parts_that_fit(question.field, begun, self.state)

    def part_objection(self, question: Question, item: Question, typed: Any) -> str:
        """Why ``typed`` cannot be this part of the entry in hand; empty when it can."""
        listed, number = self._with_entry(question)
        return entries.part_objection(self.state, question, listed, number, item, typed)

    def answer_part(self, question: Question, item: Question, typed: Any) -> None:
        """Store a part that `part_objection` has nothing against. The entry is kept as soon as it is whole."""
        entry = self.state.entry
        assert entry is not None
        entries.put_part(self.state, question, entry.parts, item, typed)
        entry.done.append(item.field.name)
        entry.objection = ""
        if entries.is_whole(question, entry.parts):
            listed, _ = self._with_entry(question)
            entry.fresh = False
            self._put(question, listed)
            self._at = question.field.name
        if entries.next_part(question, entry) is None:
            self._close_entry(question, entry)

    def _close_entry(self, question: Question, entry: EntryInHand) -> None:
        """The entry is complete, unless its parts speak against each other: then the part is asked again."""
        listed, number = self._with_entry(question)
        if found := entries.entry_objection(self.state, question, listed, number):
            item, entry.objection = found
            entry.done.remove(item.field.name)
        else:
            self.state.entry = None

    def _with_entry(self, question: Question) -> tuple[list[Any], int]:
        """The list as it is with the entry in hand, and the entry's place in it."""
        listed, entry = self.entries(question), self.state.entry
        assert entry is not None
        if entry.fresh:
            return [*listed, entry.parts], len(listed)
        listed[entry.number] = entry.parts
        return listed, entry.number

    def put_entries(self, question: Question, listed: Sequence[Any]) -> None:
        """Make these the entries, and stay with the list."""
        self._put(question, list(listed))
        self._at = question.field.name

    def line_objection(self, question: Question, listed: Sequence[Any], number: int, typed: str) -> str:
        """Why ``typed`` cannot be the line at ``number`` of a plain list; empty when it can."""
        try:
            lines = reading.read(question, typed, self.state.rulebook, self.state.today)
        except ValueError as error:
            return str(error)
        return self.objection(question, [*listed[:number], *lines, *listed[number + 1 :]]) if lines else ""

    def lines(self, question: Question, typed: str) -> list[Any]:
        """The entries of a plain list that were typed, a line each."""
        return list(reading.read(question, typed, self.state.rulebook, self.state.today))

    def end_list(self, question: Question) -> str:
        """Done with a list; returns why it cannot be left as it is, or nothing."""
        listed = self.entries(question)
        if why := self.objection(question, listed):
            return why
        self.answer(question, listed)
        return ""
