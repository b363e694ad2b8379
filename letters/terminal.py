"""The interview's face in a terminal: shows one question after another, takes what is typed, loses nothing.

The only module that knows questionary. What to ask, what is allowed and what to offer is the interview's to say.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.output import ColorDepth
from questionary import Choice as Line
from questionary import Style

from letters.errors import Problem
from letters.fields import Field
from letters.interview import Choice, Interview, as_typed
from letters.library import Kind
from letters.prompts import Question

_STYLE = Style(
    [
        ("section", "bold"),
        ("aside", "italic"),
        ("problem", "bold"),
        ("qmark", "bold"),
        ("question", "bold"),
        ("answer", "noinherit"),
        ("pointer", "bold"),
        ("highlighted", "bold"),
        ("selected", "noinherit"),
        ("instruction", "noinherit"),
    ]
)
# Texts that run to several lines on paper get several lines to type in.
_LONG = {
    "request.requester.address",
    "request.explanation",
    "request.justification",
    "request.quoted",
}
_WRITE, _CHANGE, _STOP = "write", "change", "stop"


class Terminal:
    """Asks in the terminal it runs in.

    Args:
        colour: False prints without any colour (``NO_COLOR``).

    Every method raises KeyboardInterrupt on Ctrl-C and EOFError on Ctrl-D or a closed terminal.
    """

    def __init__(self, *, colour: bool = True) -> None:
        self._options: dict[str, Any] = {"style": _STYLE}
        if not colour:
            self._options["color_depth"] = ColorDepth.DEPTH_1_BIT
        self._depth = None if colour else ColorDepth.DEPTH_1_BIT

    # --- the conversation ---

    def choose_kind(self, kinds: Mapping[str, Kind]) -> str:
        """Which letter to write."""
        offered = [Choice(kind.name, f"{kind.title}: {kind.summary}", kind.use_when) for kind in kinds.values()]
        return str(self._pick("Which letter do you want to write?", offered, None))

    def converse(self, interview: Interview, save: Callable[[], None]) -> bool:
        """Ask until counsel is content. True: write the letter. False: stop here, with the answers kept.

        Args:
            save: called after every answer.
        """
        section = ""
        while True:
            question = interview.next_question()
            if question is None:
                outcome = self._review(interview, save)
                if outcome is not None:
                    return outcome
                section = ""
                continue
            if question.section != section:
                section = question.section
                self._heading(section, *interview.progress(question))
            self._ask(interview, question, again=False)
            save()

    def _ask(self, interview: Interview, question: Question, *, again: bool) -> None:
        if question.help:
            self.say(question.help, "aside")
        if again:
            interview.reopen(question)
        standing = interview.default(question)
        typed = self._typed(interview, question, standing, again=again)
        while objection := interview.objection(question, typed):
            self.say(objection, "problem")
            typed = self._typed(interview, question, typed, again=True, objection=objection)
        interview.answer(question, typed)
        if question.field.library == "bases":
            self._cautions(interview, question, typed)

    def _typed(
        self, interview: Interview, question: Question, default: Any, *, again: bool, objection: str = ""
    ) -> Any:
        """What counsel types or picks; ``again``: the old answer stands in the line, to be corrected."""
        field = question.field
        if field.kind == "yes-no":
            return self._run(
                questionary.confirm(question.ask, default=bool(default), auto_enter=False, **self._options)
            )
        if field.kind == "choice":
            return self._pick(question.ask, interview.choices(question), default)
        if field.kind == "choices":
            return self._pick_several(interview, question, default or [], objection)
        return self._write(interview, question, default, again=again)

    def _write(self, interview: Interview, question: Question, default: Any, *, again: bool) -> str:
        field, standing = question.field, as_typed(question, default)
        several_lines = field.kind in ("list", "persons") or field.name in _LONG
        offer = standing if not again and standing and not several_lines else ""
        notes = [_how(field, several_lines), f"Enter for: {offer}" if offer else ""]
        if not offer and not standing and not interview.required(question):
            notes.append("Enter to skip")
        note = "; ".join(part for part in notes if part)

        text = str(
            self._run(
                questionary.text(
                    textwrap.fill(question.ask, max(20, self._width() - 4)) if several_lines else question.ask,
                    default="" if offer else standing,
                    # Nothing is wrapped above a text of several lines: question and hint get lines of their own.
                    instruction=f"\n({note})\n>" if several_lines else f"({note})" if note else " ",
                    multiline=several_lines,
                    key_bindings=_finish_on_empty_line() if several_lines else None,
                    **self._options,
                ),
                is_text=True,
            )
        )
        if not several_lines and len(text.strip().splitlines()) > 1:
            joined = " ".join(text.split())
            self.say("One line is wanted here. What you pasted has become one line; Enter takes it.", "problem")
            return self._write(interview, question, joined, again=True)
        return text if text.strip() or not offer else offer

    def _pick(self, ask: str, choices: Sequence[Choice], default: Any) -> Any:
        lines = [Line(self._lines(choice), value=choice.value) for choice in choices]
        start = next((line for line in lines if line.value == default), None)
        return self._run(
            questionary.select(
                ask, choices=lines, default=start, instruction="(arrow keys, then Enter)", **self._options
            )
        )

    def _pick_several(
        self, interview: Interview, question: Question, default: Sequence[str], objection: str
    ) -> list[str]:
        choices = interview.choices(question)
        lines = [
            Line(
                self._lines(choice),
                value=choice.value,
                checked=choice.always or choice.value in default,
                disabled="always" if choice.always else None,
            )
            for choice in choices
        ]
        if all(choice.always for choice in choices):  # nothing to decide; questionary wants something to pick
            return [choice.value for choice in choices]
        picked = self._run(
            questionary.checkbox(
                # A long list would push what was said above it out of sight.
                f"{textwrap.fill(objection, self._width() - 4)}\n{question.ask}" if objection else question.ask,
                choices=lines,
                instruction="(arrow keys to move, space to mark, Enter when done)",
                **self._options,
            )
        )
        return [choice.value for choice in choices if choice.always or choice.value in picked]

    def _cautions(self, interview: Interview, question: Question, picked: Sequence[str]) -> None:
        cautions = {choice.value: choice.caution for choice in interview.choices(question)}
        if picked:
            self.say("What to mind before citing:", "section")
        for value in picked:
            self.say(f"• {cautions.get(value, value)}")

    # --- the review ---

    def _review(self, interview: Interview, save: Callable[[], None]) -> bool | None:
        """Show everything; True to write, False to stop, None after a change."""
        problems = interview.problems()
        asked = interview.asked()
        self._show_answers(interview, asked, problems)
        actions = [] if problems else [Choice(_WRITE, "Write the letter")]
        actions += [Choice(_CHANGE, "Change an answer"), Choice(_STOP, "Stop here and keep the answers")]
        picked = str(self._pick(self._what_now(problems), actions, None))
        if picked != _CHANGE:
            return picked == _WRITE
        self._change(interview, asked, problems)
        save()
        return None

    def _change(self, interview: Interview, asked: Sequence[Question], problems: Sequence[Problem]) -> None:
        width = self._width() - 8
        lines = [f"{question.field.title}: {interview.shown(question)}" for question in asked]
        offered = [
            Choice(str(number), textwrap.shorten(line, width, placeholder=" …")) for number, line in enumerate(lines)
        ]
        number = int(self._pick("Which answer?", offered, self._to_mend(asked, problems)))
        self._ask(interview, asked[number], again=True)

    def _show_answers(self, interview: Interview, asked: Sequence[Question], problems: Sequence[Problem]) -> None:
        self._heading("Your answers")
        section = ""
        for question in asked:
            if question.section != section:
                section = question.section
                self.say(f"\n{section}", "section")
            title, shown = question.field.title, interview.shown(question).splitlines() or ["—"]
            self.say(f"  {title}: {shown[0]}" if len(shown) == 1 else f"  {title}:")
            for line in shown if len(shown) > 1 else ():
                self.say(f"    {line}")
        for problem in problems:
            self.say(f"\nTo mend: {problem}", "problem")
        for caution in () if problems else interview.cautions():
            self.say(f"\nMind: {caution}", "problem")

    @staticmethod
    def _what_now(problems: Sequence[Problem]) -> str:
        if not problems:
            return "All answered. What now?"
        return (
            f"{'One thing has' if len(problems) == 1 else f'{len(problems)} things have'} to be mended first. What now?"
        )

    @staticmethod
    def _to_mend(asked: Sequence[Question], problems: Sequence[Problem]) -> str | None:
        for number, question in enumerate(asked):
            if any(f"{problem.field}.".startswith(f"{question.field.name}.") for problem in problems):
                return str(number)
        return None

    # --- the screen ---

    def say(self, text: str, style: str = "") -> None:
        """A paragraph, wrapped to the width of the terminal."""
        width = max(20, self._width() - 1)
        for line in text.split("\n"):
            indent = " " * (len(line) - len(line.lstrip()) + (2 if line.lstrip().startswith("•") else 0))
            wrapped = textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)
            print_formatted_text(
                FormattedText([(f"class:{style}" if style else "", wrapped)]),
                style=_STYLE,
                color_depth=self._depth,
            )

    def _heading(self, title: str, number: int = 0, of: int = 0) -> None:
        place = f"  ({number} of {of})" if of else ""
        self.say(f"\n{title}{place}\n{'─' * min(self._width() - 1, len(title) + len(place))}", "section")

    def _lines(self, choice: Choice) -> str:
        """A choice's line, and below it what it says, wrapped so that a narrow window does not cut it."""
        width = max(20, self._width() - 6)
        lines = textwrap.wrap(choice.line, width, break_on_hyphens=False)
        if choice.detail and not choice.always:
            lines += textwrap.wrap(
                choice.detail, width - 2, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
            )
        return "\n     ".join(lines)

    @staticmethod
    def _width() -> int:
        return min(shutil.get_terminal_size().columns, 100)

    @staticmethod
    def _run(prompt: questionary.Question, *, is_text: bool = False) -> Any:
        """Ask, after throwing away keys typed before the question could be read."""
        application = prompt.application
        clear_typeahead(application.input)
        _drain_terminal()
        if application.key_bindings and not is_text:  # questionary's lists pass over Ctrl-D
            application.key_bindings = merge_key_bindings([application.key_bindings, _stop_on_ctrl_d()])
        return prompt.unsafe_ask()


def _how(field: Field, several_lines: bool) -> str:
    if field.kind == "persons":
        return "one person a line: name, title; an empty line ends"
    if field.kind == "list":
        return "one a line; an empty line ends"
    return "an empty line ends" if several_lines else ""


def _finish_on_empty_line() -> KeyBindings:
    """Enter on an empty line ends a text of several lines; anywhere else it begins a new line."""
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.current_line.strip() or not buffer.document.is_cursor_at_the_end:
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    return keys


def _stop_on_ctrl_d() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError, style="class:aborting")

    return keys


def _drain_terminal() -> None:
    try:
        import termios
    except ImportError:  # Windows has no such queue to empty
        return
    try:
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    except (termios.error, OSError, ValueError):  # not a terminal after all; the prompt itself will say so
        return
