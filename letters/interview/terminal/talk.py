"""Asking one thing of counsel through a face: help, the letter so far and the ways elsewhere are always at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from letters._text.dates import long_date
from letters.interview.interview import REVIEW, Interview, Option, as_typed, cleaned
from letters.interview.terminal.face import Ask, Face, Move, Reply
from letters.interview.terminal.helping import help_on, note_on
from letters.library.prompts import Question

_OTHER = "other"
_ALWAYS = frozenset({Move.BACK, Move.HELP, Move.LETTER, Move.REVIEW, Move.QUIT})


class Talk:
    """A face, the interview it is about, and what both have to know of each other.

    Args:
        save: called after every answer.
        sketch: the letter so far, as text, with the answer to the field named marked.

    ``last`` is the field answered last, ``half_typed`` what stood in the line of a question when counsel left it.
    """

    def __init__(
        self, face: Face, interview: Interview, save: Callable[[], None], sketch: Callable[[str], str]
    ) -> None:
        self.face, self.interview, self.save = face, interview, save
        self._sketch = sketch
        self.last = ""
        self.half_typed: dict[str, str] = {}
        self.is_over = False

    def say(self, text: str, style: str = "") -> None:
        self.face.say(text, style)

    def ask(self, ask: Ask, help_text: Callable[[], Sequence[tuple[str, str]]]) -> Reply:
        """Ask, with help and the letter so far as often as they are wanted."""
        while True:
            reply = self.face.ask(ask)
            if reply.move is Move.HELP:
                for style, text in help_text():
                    self.say(text, style)
            elif reply.move is Move.LETTER:
                self.face.show(self._sketch(self.last))
            else:
                return reply
            if ask.form in ("line", "lines") and reply.value:
                ask = replace(ask, standing=reply.value, offer=False)

    def menu(
        self,
        text: str,
        choices: Sequence[Option],
        standing: str | None = None,
        *,
        help_: str = "",
        about: Question | None = None,
        within: bool = False,
    ) -> str:
        """The value picked from a menu; empty where counsel has moved elsewhere instead.

        Args:
            within: the menu is part of a question, so that going back leads to that question.
        """
        moves = _ALWAYS - {Move.REVIEW} if self.interview.step().what == "review" else _ALWAYS
        place = self._place(about) if about else ""
        ask = Ask(text, "one", standing, choices=choices, place=place, moves=self._with_forward(moves))
        said = help_ or "Pick what to do next. Nothing is lost: every answer is saved."
        reply = self.ask(ask, lambda: [("aside", said)])
        if reply.move is None:
            return str(reply.value)
        if not (within and reply.move is Move.BACK):
            self.go(reply.move)
        return ""

    def go(self, move: Move) -> None:
        interview = self.interview
        if move is Move.QUIT:
            self.is_over = True
        elif move is Move.REVIEW:
            interview.go_to(REVIEW)
        elif move is Move.BACK:
            self.say("(back)" if interview.back() else "This is the first question.", "aside")
        elif move is Move.FORWARD and not interview.forward():
            self.say("This question is still open: answer it first.", "aside")

    def _with_forward(self, moves: frozenset[Move]) -> frozenset[Move]:
        return moves | {Move.FORWARD} if self.interview.may_go_forward() else moves

    def _place(self, question: Question) -> str:
        _, _, number, of = self.interview.progress(question)
        return f"{question.section}, question {number} of {of}"

    def put(
        self, question: Question, standing: Any, *, again: bool, needed: bool, about: Question | None = None
    ) -> Reply:
        """One question put once: pasted lines made one, and unseen characters taken out.

        Args:
            again: the standing answer is to be corrected; otherwise Enter alone takes it.
            about: the question that this one, for a part of an entry, belongs to.
        """
        kind = question.field.kind
        several_lines = kind in ("list", "persons") or question.several_lines
        forms = {"yes-no": "yes-no", "choice": "one", "choices": "several"}
        form = forms.get(kind, "lines" if several_lines else "line")
        text = form in ("line", "lines")
        stands = as_typed(question, standing) if text and not isinstance(standing, str) else standing
        offer = text and not again and bool(stands) and not several_lines
        choices = self.interview.choices(question) if form in ("one", "several") else ()
        if form == "one" and stands not in [choice.value for choice in choices]:
            stands = None
        if form == "several" and all(choice.always for choice in choices):  # nothing to decide
            return Reply([choice.value for choice in choices])
        moves = _ALWAYS if needed else _ALWAYS | {Move.SKIP}
        note = note_on(question, several_lines=several_lines)
        place = self._place(about or question)
        ask = Ask(question.ask, form, stands, offer, choices, note, place, self._with_forward(moves))
        while True:
            reply = self.ask(ask, lambda: help_on(question, choices, needed=needed))
            if not isinstance(reply.value, str) or reply.move or not text:
                return reply
            typed, gone = cleaned(reply.value)
            if gone:
                self.say(f"Taken out, because nobody can see it: {', '.join(gone)}.", "problem")
            if several_lines or len(typed.strip().splitlines()) < 2:
                return Reply(typed)
            self.say("One line is wanted here. What you pasted has become one line; Enter takes it.", "problem")
            ask = replace(ask, standing=" ".join(typed.split()), offer=False)

    def certain(self, question: Question, typed: Any, name: str) -> Any:
        """What was typed, a doubtful date settled by asking; None where counsel types it again or moves elsewhere.

        Args:
            name: under which it is remembered until it is typed again.
        """
        readings = self.interview.readings(question, typed)
        if not readings:
            return typed
        days = [Option(day.isoformat(), long_date(day)) for day in readings]
        ask = "Which day is meant?" if len(days) > 1 else "Is this the day?"
        picked = self.menu(ask, [*days, Option(_OTHER, "Another: type it again")], within=True)
        if picked in ("", _OTHER):
            self.half_typed[name] = str(typed)
            return None
        return picked
