"""The interview's face in a terminal: shows one question after another, takes what is typed, loses nothing.

The only module that knows questionary. What to ask, what is allowed and what to offer is the interview's to say.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.filters import is_done
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.output import ColorDepth
from questionary import Choice as Line
from questionary import Style
from questionary.prompts.common import InquirerControl

from letters.errors import Problem
from letters.fields import Field
from letters.interview import Choice, Entry, Interview, as_typed
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
_WRITE, _INSTEAD, _OTHER, _CHANGE, _STOP = "write", "instead", "other", "change", "stop"
_DONE, _ADD, _REMOVE = "done", "add", "remove"


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
        self._advised: list[tuple[str, str]] = []

    # --- the conversation ---

    def converse(
        self, interview: Interview, save: Callable[[], None], branch: Callable[[], Path | None] = lambda: None
    ) -> bool:
        """Ask until counsel is content. True: write the letter. False: stop here, with the answers kept.

        Args:
            save: called after every answer.
            branch: called before answers that were set aside are saved over; says where the former ones are kept.
        """
        self._tell_aside(interview, interview.set_aside, None)
        section = ""
        while True:
            if interview.kind_is_due():
                self._choose_kind(interview, save, branch)
                section = ""
                continue
            question = interview.next_question()
            if question is None:
                outcome = self._review(interview, save, branch)
                if outcome is not None:
                    return outcome
                section = ""
                continue
            if not question.facts:
                self._show_advice(interview)
            if question.section != section:
                section = question.section
                self._heading(section, *interview.progress(question), of_what="request" if question.facts else "letter")
            self._ask(interview, question, save, again=False)
            save()

    def _choose_kind(self, interview: Interview, save: Callable[[], None], branch: Callable[[], Path | None]) -> None:
        """Show the advice, and let counsel choose the kind of letter."""
        self._show_advice(interview)
        picked = self._pick(
            "Which letter do you want to write?", interview.kind_choices(), interview.kind_default() or None
        )
        self._write_as(interview, str(picked), save, branch)

    def _write_as(
        self, interview: Interview, kind: str, save: Callable[[], None], branch: Callable[[], Path | None]
    ) -> None:
        aside = interview.write_as(kind)
        self._tell_aside(interview, aside, branch() if aside else None)
        save()

    def _tell_aside(self, interview: Interview, aside: Sequence[str], kept: Path | None) -> None:
        if aside:
            self.say(
                f"Set aside, because this kind of letter ({interview.kind_title(interview.kind).lower()}) has no place "
                f"for it: {'; '.join(aside)}.",
                "problem",
            )
        if kept:
            self.say(f"The answers as they were are kept in {kept}")

    def _show_advice(self, interview: Interview, *, again: bool = False) -> None:
        """Say what the facts call for, once; and again when it has changed, or is asked for."""
        lines = interview.advice_lines()
        if not lines or (lines == self._advised and not again):
            return
        self._advised = lines
        self.say("")
        for style, text in lines:
            self.say(text, style)
        self.say("Advice only: you decide.", "aside")

    def _ask(self, interview: Interview, question: Question, save: Callable[[], None], *, again: bool) -> None:
        if question.help:
            self.say(question.help, "aside")
        if again:
            interview.reopen(question)
        if question.field.kind == "group":
            self._ask_for_entries(interview, question, save)
            return
        standing, needed = interview.default(question), interview.required(question)
        typed = self._typed(interview, question, standing, again=again, needed=needed)
        while objection := interview.objection(question, typed):
            self.say(objection, "problem")
            typed = self._typed(interview, question, typed, again=True, needed=needed, objection=objection)
        interview.answer(question, typed)
        if question.field.library == "bases":
            self._cautions(interview, question, typed)
        for notice in interview.new_notices():
            self.say(notice, "problem")

    def _typed(
        self,
        interview: Interview,
        question: Question,
        default: Any,
        *,
        again: bool,
        needed: bool,
        objection: str = "",
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
        return self._write(question, default, again=again, needed=needed)

    def _write(self, question: Question, default: Any, *, again: bool, needed: bool) -> str:
        field, standing = question.field, as_typed(question, default)
        several_lines = field.kind in ("list", "persons") or question.several_lines
        offer = standing if not again and standing and not several_lines else ""
        notes = [_how(field, several_lines), f"Enter for: {offer}" if offer else ""]
        if not offer and not standing and not needed:
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
            return self._write(question, joined, again=True, needed=needed)
        return text if text.strip() or not offer else offer

    def _pick(self, ask: str, choices: Sequence[Choice], default: Any) -> Any:
        lines = [Line(self._lines(choice), value=choice.value) for choice in choices]
        start = next((line for line in lines if line.value == default), None)
        prompt = questionary.select(
            ask, choices=lines, default=start, instruction="(arrow keys, then Enter)", **self._options
        )
        self._show_details(prompt, choices)
        return self._run(prompt)

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
        prompt = questionary.checkbox(
            # A long list would push what was said above it out of sight.
            f"{textwrap.fill(objection, self._width() - 4)}\n{question.ask}" if objection else question.ask,
            choices=lines,
            instruction="(arrow keys to move, space to mark, Enter when done)",
            **self._options,
        )
        self._show_details(prompt, choices)
        picked = self._run(prompt)
        return [choice.value for choice in choices if choice.always or choice.value in picked]

    def _show_details(self, prompt: questionary.Question, choices: Sequence[Choice]) -> None:
        """Below the list, what is to be read about the choice that is pointed at, however long the list is."""
        details = {choice.value: choice.detail.split("\n") for choice in choices}
        if not any(choice.detail for choice in choices):
            return
        layout = prompt.application.layout
        control = next(each.content for each in layout.find_all_windows() if isinstance(each.content, InquirerControl))

        def height() -> int:  # the same for every choice, so that the list does not jump
            tallest = max(len(_wrapped(paragraphs, self._width() - 4)) for paragraphs in details.values())
            return min(tallest, max(4, shutil.get_terminal_size().lines - 10))

        def text() -> str:
            width = self._width() - 4
            lines = _wrapped(details[str(control.get_pointed_at().value)], width)
            if len(lines) > (most := height()):
                lines = [*lines[: most - 1], f"{lines[most - 1][: width - 2]} …"]
            return "\n".join(f"  {line}" for line in ["─" * width, *lines])

        panel = Window(FormattedTextControl(text), height=lambda: Dimension.exact(height() + 1), style="class:aside")
        cast(HSplit, layout.container).children.append(ConditionalContainer(panel, filter=~is_done))

    def _cautions(self, interview: Interview, question: Question, picked: Sequence[str]) -> None:
        cautions = {choice.value: choice.caution for choice in interview.choices(question)}
        minded = [cautions[value] for value in picked if cautions.get(value)]
        if minded:
            self.say("What to mind before citing:", "section")
        for caution in minded:
            self.say(f"• {caution}")

    # --- lists of entries with parts ---

    def _ask_for_entries(self, interview: Interview, question: Question, save: Callable[[], None]) -> None:
        """One entry after another, part by part; each is kept as soon as it is whole."""
        entries = interview.entries(question)
        none = "None" if not interview.required(question) else "Stop listing"
        if not entries and self._pick(question.ask, [Choice(_DONE, none), Choice(_ADD, "Add one")], _DONE) == _ADD:
            self._fill_entry(interview, question, entries, 0, save)
        while entries or interview.objection(question, entries):
            for number, entry in enumerate(entries, 1):
                self.say(f"  {number}. {interview.entry_line(question, entry)}")
            if objection := interview.objection(question, entries):
                self.say(objection, "problem")
            action = self._pick("What now?", self._on_entries(entries, bool(objection)), None)
            if action == _DONE:
                break
            if action == _ADD:
                self._fill_entry(interview, question, entries, len(entries), save)
                continue
            number = self._which_entry(interview, question, entries)
            if action == _REMOVE:
                del entries[number]
                interview.answer(question, entries)
                save()
            else:
                self._fill_entry(interview, question, entries, number, save)
        interview.answer(question, entries)

    @staticmethod
    def _on_entries(entries: Sequence[Entry], wrong: bool) -> list[Choice]:
        done = [] if wrong else [Choice(_DONE, "That is all")]
        more = [Choice(_ADD, "Add another" if entries else "Add one")]
        if entries:
            more += [
                Choice(_CHANGE, "Change it" if len(entries) == 1 else "Change one"),
                Choice(_REMOVE, "Remove it" if len(entries) == 1 else "Remove one"),
            ]
        return done + more

    def _which_entry(self, interview: Interview, question: Question, entries: Sequence[Entry]) -> int:
        if len(entries) == 1:
            return 0
        lines = [Choice(str(number), interview.entry_line(question, entry)) for number, entry in enumerate(entries)]
        return int(self._pick("Which one?", lines, None))

    def _fill_entry(
        self, interview: Interview, question: Question, entries: list[Entry], number: int, save: Callable[[], None]
    ) -> None:
        """Ask for each part of the entry at ``number``; one past the last is a new one."""
        again = number < len(entries)
        if not again:
            entries.append({})
        entry, done = entries[number], set[str]()
        while item := next((each for each in interview.parts(question, entry) if each.field.name not in done), None):
            self._ask_part(interview, question, entries, number, item, again=again)
            done.add(item.field.name)
            if interview.is_whole(question, entry):
                interview.answer(question, entries)
                save()
        while found := interview.entry_objection(question, entries, number):
            item, objection = found
            self.say(objection, "problem")
            self._ask_part(interview, question, entries, number, item, again=True)
            interview.answer(question, entries)
            save()

    def _ask_part(
        self,
        interview: Interview,
        question: Question,
        entries: list[Entry],
        number: int,
        item: Question,
        *,
        again: bool,
    ) -> None:
        if item.help:
            self.say(item.help, "aside")
        needed = item.field.required
        typed = self._typed(
            interview, item, entries[number].get(item.field.name, item.default), again=again, needed=needed
        )
        while objection := interview.part_objection(question, entries, number, item, typed):
            self.say(objection, "problem")
            typed = self._typed(interview, item, typed, again=True, needed=needed)
        interview.put_part(question, entries[number], item, typed)

    # --- the review ---

    def _review(self, interview: Interview, save: Callable[[], None], branch: Callable[[], Path | None]) -> bool | None:
        """Show everything; True to write, False to stop, None after a change."""
        problems = interview.problems()
        asked = interview.asked()
        self._show_answers(interview, asked)
        self._show_advice(interview, again=True)
        if interview.departs:
            self.say(f"Your letter is another: {interview.kind_title(interview.kind).lower()}.", "problem")
        for notice in interview.notices():
            self.say(f"\n{notice}")
        for problem in problems:
            self.say(f"\nTo mend: {problem}", "problem")
        for caution in () if problems else interview.cautions():
            self.say(f"\nMind: {caution}", "problem")
        instead = interview.instead()
        actions = [] if problems else [Choice(_WRITE, "Write the letter")]
        if instead:
            actions.append(Choice(_INSTEAD, f"Write a {interview.kind_title(instead).lower()} instead"))
        actions += [
            Choice(_CHANGE, "Change an answer"),
            Choice(_OTHER, "Choose another kind of letter"),
            Choice(_STOP, "Stop here and keep the answers"),
        ]
        match self._pick(self._what_now(problems), actions, None):
            case "write":
                return True
            case "stop":
                return False
            case "instead":
                self._write_as(interview, instead, save, branch)
            case "other":
                self._choose_kind(interview, save, branch)
            case _:
                self._change(interview, asked, problems, save)
                save()
        return None

    def _change(
        self, interview: Interview, asked: Sequence[Question], problems: Sequence[Problem], save: Callable[[], None]
    ) -> None:
        width = self._width() - 8
        lines = [f"{question.field.title}: {interview.shown(question)}" for question in asked]
        offered = [
            Choice(str(number), textwrap.shorten(line, width, placeholder=" …")) for number, line in enumerate(lines)
        ]
        number = int(self._pick("Which answer?", offered, self._to_mend(asked, problems)))
        self._ask(interview, asked[number], save, again=True)

    def _show_answers(self, interview: Interview, asked: Sequence[Question]) -> None:
        self._heading("Your answers")
        for section in dict.fromkeys(question.section for question in asked):
            self.say(f"\n{section}", "section")
            left = []
            for question in asked:
                if question.section != section:
                    continue
                shown = interview.shown(question).splitlines()
                if shown == ["—"]:
                    left.append(question.field.title)
                    continue
                self.say(f"  {question.field.title}: {shown[0]}" if len(shown) == 1 else f"  {question.field.title}:")
                for line in shown if len(shown) > 1 else ():
                    self.say(f"    {line}")
            if left:
                self.say(f"  Left open: {'; '.join(left)}", "aside")

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

    def _heading(self, title: str, number: int = 0, of: int = 0, *, of_what: str = "") -> None:
        place = f"  (the {of_what}, {number} of {of})" if of else ""
        self.say(f"\n{title}{place}\n{'─' * min(self._width() - 1, len(title) + len(place))}", "section")

    def _lines(self, choice: Choice) -> str:
        """A choice's line, wrapped so that a narrow window does not cut it."""
        width = max(20, self._width() - 6)
        line = f"({choice.mark}) {choice.line}" if choice.mark else choice.line
        return "\n     ".join(textwrap.wrap(line, width, break_on_hyphens=False))

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


def _wrapped(paragraphs: Iterable[str], width: int) -> list[str]:
    return [line for text in paragraphs for line in textwrap.wrap(text, max(20, width), break_on_hyphens=False)]


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
