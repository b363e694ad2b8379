"""Asking counsel one thing through a front end, with help, the letter so far and the other commands available."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from msgspec.structs import replace

from letters._text.dates import long_date
from letters.interview import answering, entries, navigation
from letters.interview.live_letter import LiveLetter
from letters.interview.navigation import REVIEW
from letters.interview.options import Option, options_for
from letters.interview.question_help import help_on, note_on
from letters.interview.state import InterviewState
from letters.interview.suggestions import suggestions_for
from letters.interview.terminal.frontend import Command, Frontend, Live, Prompt, Reply
from letters.interview.text_input import as_typed, clean
from letters.library.prompts import Question

_OTHER = "other"
_ALWAYS = frozenset({Command.BACK, Command.HELP, Command.LETTER, Command.REVIEW, Command.QUIT})
_FORMS = {"yes-no": "yes-no", "choice": "one", "choices": "several"}


class Prompter:
    """A front end, the interview it shows, and what has to be remembered between two questions.

    Args:
        save: called after every answer.
        letter_so_far: returns the letter so far as text, marking the answer to the field named.
        live_letter: returns the letter while the field named is being answered, with the value of a choice, and for
            a choice of several the values without the one whose words are to be shown.
        edit: returns a text after editing it in another program, and why that failed; usually empty.

    Attributes:
        last: the field answered last.
        is_over: whether counsel wants to stop.
    """

    def __init__(
        self,
        frontend: Frontend,
        state: InterviewState,
        save: Callable[[], None],
        letter_so_far: Callable[[str], str],
        live_letter: Callable[[str, Any, Sequence[str] | None], LiveLetter | None],
        edit: Callable[[str], tuple[str, str]],
    ) -> None:
        self.frontend, self.state, self.save = frontend, state, save
        self._letter_so_far, self._live_letter, self._edit = letter_so_far, live_letter, edit
        self.last = ""
        self.is_over = False

    def say(self, text: str, style: str = "") -> None:
        self.frontend.say(text, style)

    def ask(self, prompt: Prompt, help_text: Sequence[tuple[str, str]]) -> Reply:
        """Ask, showing help and the letter so far as often as requested."""
        while True:
            reply = self.frontend.ask(prompt)
            if reply.command is Command.HELP:
                for style, text in help_text:
                    self.say(text, style)
            elif reply.command is Command.LETTER:
                self.frontend.show(self._letter_so_far(self.last))
            elif reply.command is Command.EDIT:
                text, problem = self._edit(str(reply.value or ""))
                if problem:
                    self.say(problem, "problem")
                prompt = replace(prompt, current=text, offered=False)
                continue
            else:
                return reply
            if prompt.form in ("line", "lines") and reply.value:
                prompt = replace(prompt, current=reply.value, offered=False)

    def menu(
        self,
        text: str,
        options: Sequence[Option],
        current: str | None = "",
        *,
        help_: str = "",
        about: Question | None = None,
        within: bool = False,
    ) -> str:
        """The value chosen from a menu; empty if counsel went elsewhere instead.

        Args:
            current: the value to preselect; empty to highlight the first, None for nothing.
            about: the question the menu belongs to.
            within: whether going back leads to that question, and not to the one before it.
        """
        commands = _ALWAYS - {Command.REVIEW} if navigation.current_step(self.state).what == "review" else _ALWAYS
        where = self._where(about)
        prompt = Prompt(text, "one", current, options=options, where=where, commands=self._with_forward(commands))
        shown = help_ or "Choose what to do next. Every answer is saved."
        reply = self.ask(prompt, [("aside", shown)])
        if reply.command is None:
            return str(reply.value)
        if not (within and reply.command is Command.BACK):
            self.go(reply.command)
        return ""

    def menu_of_several(
        self, text: str, options: Sequence[Option], current: Sequence[str], *, help_: str
    ) -> list[str] | None:
        """The values ticked in a list; None if counsel went elsewhere instead."""
        commands = self._with_forward(_ALWAYS)
        prompt = Prompt(text, "several", list(current), options=options, where=self._where(), commands=commands)
        if help_:
            self.say(help_, "aside")
        reply = self.ask(prompt, [("aside", help_ or "Tick whatever applies. Each line may be changed later.")])
        if reply.command is None:
            return [str(each) for each in reply.value]
        self.go(reply.command)
        return None

    def go(self, command: Command) -> None:
        """Stop, or go where the command leads."""
        if command is Command.QUIT:
            self.is_over = True
        elif command is Command.REVIEW:
            navigation.go_to(self.state, REVIEW)
        elif command is Command.BACK:
            self.say("(back)" if navigation.back(self.state) else "This is the first question.", "aside")
        elif command is Command.FORWARD and not navigation.forward(self.state):
            self.say("Please answer this question first.", "aside")

    def put(
        self,
        question: Question,
        current: Any,
        *,
        name: str,
        offered: bool,
        required: bool,
        about: Question | None = None,
    ) -> Reply:
        """Ask a question once; pasted lines are joined where one is expected, and invisible characters removed.

        Args:
            current: the answer to start from.
            name: unfinished text is kept under this name.
            offered: typing replaces the current answer; otherwise it continues it.
            about: for a part of an entry, the question about the list.
        """
        prompt = self._prompt(question, current, offered=offered, required=required, about=about or question)
        is_text = prompt.form in ("line", "lines")
        if prompt.form == "lines":
            prompt = replace(prompt, commands=prompt.commands | {Command.EDIT})
        if is_text:
            unchanged = "" if name in self.state.half_typed else str(prompt.current or "")
            prompt = replace(prompt, keep=partial(self._keep_half_typed, name, unchanged))
        if prompt.form == "several" and all(option.always for option in prompt.options):  # nothing to decide
            return Reply([option.value for option in prompt.options])
        help_text = help_on(question, prompt.options, required=required)
        while True:
            reply = self.ask(prompt, help_text)
            if not isinstance(reply.value, str) or not is_text:
                return reply
            if prompt.keep and reply.command is not Command.SKIP:
                prompt.keep(reply.value)
            if reply.command:
                return reply
            typed, removed = clean(reply.value)
            if removed:
                self.say(f"Invisible characters were removed: {', '.join(removed)}.", "problem")
            if prompt.form == "lines" or len(typed.strip().splitlines()) < 2:
                return Reply(typed)
            self.say(
                "This answer is a single line. The lines you pasted have been joined; press Enter to accept.", "problem"
            )
            prompt = replace(prompt, current=" ".join(typed.split()), offered=False)

    def _keep_half_typed(self, name: str, unchanged: str, typed: str) -> None:
        """Save text that counsel has typed, unless it is just the answer that was offered."""
        half_typed = self.state.half_typed
        if half_typed.get(name, "") == (kept := typed if typed.strip() and typed != unchanged else ""):
            return
        if kept:
            half_typed[name] = kept
        else:
            del half_typed[name]
        self.save()

    def with_certain_date(self, question: Question, typed: Any, name: str, about: Question | None = None) -> Any:
        """What was typed, after asking about an ambiguous date; None if counsel types it again or goes elsewhere.

        Args:
            name: what was typed is remembered under this name.
            about: for a part of an entry, the question about the list.
        """
        days = self._days_meant(question, about or question, typed)
        if not days:
            return typed
        options = [Option(day.isoformat(), long_date(day)) for day in days]
        text = "Which date do you mean?" if len(days) > 1 else "Is this the date you mean?"
        picked = self.menu(text, [*options, Option(_OTHER, "Another: type it again")], None, within=True)
        if picked in ("", _OTHER):
            self.state.half_typed[name] = str(typed)
            return None
        return picked

    def _days_meant(self, question: Question, about: Question, typed: Any) -> tuple[date, ...]:
        """The days that an ambiguous date may mean, without those that are not accepted."""
        state = self.state
        error: Callable[[date], str] = (
            partial(answering.error_in, state, question)
            if question is about
            else partial(entries.error_in_part, state, about, question)
        )
        return answering.possible_dates(state, question, typed, error)

    def _prompt(self, question: Question, current: Any, *, offered: bool, required: bool, about: Question) -> Prompt:
        kind = question.field.kind
        several_lines = kind in ("list", "persons") or question.several_lines
        form = _FORMS.get(kind, "lines" if several_lines else "line")
        is_text, default = form in ("line", "lines"), current
        if is_text and not isinstance(current, str):
            current = as_typed(question, current)
        options = options_for(self.state, question) if form in ("one", "several") else []
        if form == "one" and current not in [option.value for option in options]:
            current = None
        return Prompt(
            question.ask,
            form,
            current,
            offered=is_text and offered and bool(current),
            suggestions=suggestions_for(self.state, question) if is_text else (),
            meant=lambda typed: [long_date(day) for day in self._days_meant(question, about, typed)],
            options=options,
            note=note_on(question, several_lines=several_lines),
            where=self._where(about),
            commands=self._with_forward(_ALWAYS if required else _ALWAYS | {Command.SKIP}),
            live=self._live(question, form, default, about),
        )

    def _live(self, question: Question, form: str, default: Any, about: Question) -> Live:
        """The letter as the answer is typed, or as a choice is highlighted or ticked."""
        name = question.field.name if question is about else f"{about.field.name}.{question.field.name}"
        shown: dict[str, LiveLetter | None] = {}

        def live(value: Any, without: Sequence[str] | None = None) -> LiveLetter | None:
            given = {"line": default, "lines": default, "yes-no": True}.get(form, value)
            if (key := repr((given, without))) not in shown:
                shown[key] = self._live_letter(name, given, without)
            return shown[key]

        return live

    def _with_forward(self, commands: frozenset[Command]) -> frozenset[Command]:
        return commands | {Command.FORWARD} if navigation.can_go_forward(self.state) else commands

    def _where(self, question: Question | None = None) -> str:
        number, total, certain = navigation.progress(self.state)
        counted = f"{number} of {'' if certain else 'about '}{total}"
        return f"{question.section}, question {counted}" if question else f"Question {counted}"
