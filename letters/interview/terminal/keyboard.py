"""The interview with keys and lists: one question after another, with the available keys below it.

Only this module and its parts (`letter_pane`, `list_keys`, `text_keys`, `waiting_keys`) import questionary and
prompt_toolkit.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO, cast

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.application import Application, get_app, run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, is_done, to_filter
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.output import ColorDepth, Output, create_output
from questionary import Choice as Line
from questionary import Style
from questionary.prompts.common import InquirerControl

from letters._text.lazy_pattern import pattern
from letters.interview.options import Option
from letters.interview.terminal.ascii_output import ascii_stream
from letters.interview.terminal.frontend import Command, Prompt, Reply
from letters.interview.terminal.letter_pane import beside, sentence_in
from letters.interview.terminal.list_keys import (
    add_list_keys,
    filter_of,
    has_list,
    list_in,
    matches_nothing,
    show_nothing_chosen,
)
from letters.interview.terminal.narrowing import erase_rebroken_lines
from letters.interview.terminal.text_keys import (
    BURST,
    Completion,
    is_untouched,
    keep_while_typing,
    more_waiting,
    select_all,
    text_keys,
)
from letters.interview.terminal.waiting_keys import WaitingKeys

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
        ("text", "noinherit"),
        ("search_success", "bold"),
        ("search_none", "bold"),
    ]
)
# No Ctrl-A, Ctrl-B, Ctrl-Q or Ctrl-S, which terminals, tmux, screen or screen readers may keep for themselves.
_KEYS: dict[Command, tuple[str, tuple[str, ...]]] = {
    Command.BACK: ("Ctrl-P back", ("c-p", "pageup")),
    Command.FORWARD: ("Ctrl-N forward", ("c-n", "pagedown")),
    Command.SKIP: ("Ctrl-X skip", ("c-x",)),
    Command.LETTER: ("Ctrl-L letter so far", ("c-l",)),
    Command.REVIEW: ("Ctrl-R review", ("c-r",)),
    Command.EDIT: ("Ctrl-O editor", ("c-o",)),
    Command.HELP: ("? help", ("c-g", "f1")),
    Command.QUIT: ("Ctrl-C stop", ()),
}
# A list longer than this is filtered by typing; the lines of a shorter one have numbers to press.
_LONG = 9
# Suggestions shown at a time.
_SUGGESTED = 3
# A window with this many columns and rows shows the letter beside the question, which then has so many columns; so many
# rows above stay as they are.
_WIDE, _HIGH, _BESIDE, _ABOVE = 128, 24, 76, 4


# A line's indentation, with its bullet or number.
_BEGINNING = pattern(r" *(?:(?:•|\d+\.) )?")


class KeyboardFrontend:
    """Asks in the terminal it runs in.

    Args:
        color: False prints without any color (``NO_COLOR``).
        unicode: False prints nothing but ASCII.
        rebreaks: whether the terminal breaks its lines anew when its window is made narrower.
        pager: shows a long text.

    Raises:
        OSError: this terminal cannot show lists.
    """

    def __init__(
        self, *, color: bool = True, unicode: bool = True, rebreaks: bool = True, pager: Callable[[str], None]
    ) -> None:
        self._pager, self._rebreaks = pager, rebreaks
        self._waiting = WaitingKeys()
        self._output = _output(sys.stdout if unicode else ascii_stream(sys.stdout))
        self._typed_ahead = ""
        self._wide = False
        self._completion = Completion(())
        self._depth = None if color else ColorDepth.DEPTH_1_BIT
        self._options: dict[str, Any] = {"style": _STYLE, "output": self._output}
        if not color:
            self._options["color_depth"] = self._depth
        keys = {"use_search_filter": True, "use_jk_keys": False, "use_emacs_keys": False}
        self._in_lists = {**self._options, **keys, "instruction": " "}

    # --- saying ---

    def say(self, text: str, style: str = "") -> None:
        """Print a paragraph, wrapped to the width of the terminal."""
        for line in text.split("\n"):
            begins = _BEGINNING.match(line)
            indent = " " * (begins.end() if begins else 0)
            wrapped = textwrap.fill(line, self._width() - 1, subsequent_indent=indent, break_on_hyphens=False)
            print_formatted_text(
                FormattedText([(f"class:{style}" if style else "", wrapped)]),
                style=_STYLE,
                color_depth=self._depth,
                output=self._output,
            )

    def show(self, text: str) -> None:
        """Show a long text in the pager."""
        self._waiting.release()
        self._pager(text)

    # --- asking ---

    def ask(self, prompt: Prompt) -> Reply:
        """Ask one thing. Raises KeyboardInterrupt on Ctrl-C, and EOFError on Ctrl-D or a closed terminal."""
        self._wide = self._is_wide(prompt)
        self._completion = Completion(())
        match prompt.form:
            case "yes-no":
                note = "(Y/n)" if prompt.current else "(y/N)"
                question = questionary.confirm(
                    self._fill(f"{prompt.text} {note}"),
                    default=bool(prompt.current),
                    auto_enter=False,
                    instruction="",
                    **self._options,
                )
            case "one":
                question = self._one(prompt)
            case "several":
                question = self._several(prompt)
            case _:
                question = self._text(prompt)
        return self._run(question, prompt)

    def _text(self, prompt: Prompt) -> questionary.Question:
        several_lines = prompt.form == "lines"
        self._completion = Completion(prompt.suggestions, prompt.meant)
        notes = [prompt.note, "Enter to keep, type to replace, arrow keys to edit" if prompt.offered else ""]
        if Command.SKIP in prompt.commands and not prompt.current:
            notes.append("Enter to skip")
        note = "; ".join(part for part in notes if part)
        question = questionary.text(
            # prompt_toolkit does not wrap a prompt above several lines, so question and note get lines of their own.
            self._fill(prompt.text if several_lines or not note else f"{prompt.text} ({note})"),
            default=str(prompt.current or ""),
            instruction=f"\n{self._fill(f'({note})')}\n>" if several_lines else None,
            multiline=several_lines,
            key_bindings=text_keys(prompt.keep, self._completion, several_lines=several_lines),
            **self._options,
        )
        if prompt.offered:
            select_all(question.application.current_buffer)
        if prompt.keep:
            keep_while_typing(question.application.current_buffer, prompt.keep)
        return question

    def _one(self, prompt: Prompt) -> questionary.Question:
        numbered = _is_numbered(prompt)
        lines = [
            Line(self._title(option, f"{number}. " if numbered else ""), value=option.value)
            for number, option in enumerate(prompt.options, 1)
        ]
        start = next((line for line in lines if line.value == prompt.current), None)
        how = "arrow keys or a number, then Enter" if numbered else "arrow keys, then Enter; type to filter"
        question = questionary.select(
            self._fill(f"{prompt.text} ({how})"),
            choices=lines,
            default=start,
            **self._in_lists,
        )
        self._arrange(question, prompt)
        if prompt.current is None:
            show_nothing_chosen(question.application)
        return question

    def _several(self, prompt: Prompt) -> questionary.Question:
        current = prompt.current or ()
        free = [option for option in prompt.options if not option.always]
        numbered = _is_numbered(prompt)
        how = "numbers, or arrow keys and Space" if numbered else "arrow keys; Space to select; type to filter"
        note = f"({how}; Enter when done)"
        always = [f"    always included: {_line(option)}" for option in prompt.options if option.always]
        question = questionary.checkbox(
            "\n".join([self._fill(f"{prompt.text} {note}"), *map(self._fill, always)]),
            choices=[
                Line(
                    self._title(option, f"{number}. " if numbered else ""),
                    value=option.value,
                    checked=option.value in current,
                )
                for number, option in enumerate(free, 1)
            ],
            **self._in_lists,
        )
        self._arrange(question, prompt)
        return question

    def _arrange(self, question: questionary.Question, prompt: Prompt) -> None:
        """Wrap long lines, show the details of the highlighted choice below, and remove the list once answered."""
        question.application.erase_when_done = True
        window, control = list_in(question.application)
        question.application.ttimeoutlen = BURST  # Esc acts at once
        window.wrap_lines = to_filter(True)
        window.get_line_prefix = lambda _, wrapped: [("", "     " if wrapped else "")]
        if any(option.detail for option in prompt.options):
            self._show_details(question.application, control, prompt.options)

    def _show_details(self, application: Application[Any], control: InquirerControl, options: Sequence[Option]) -> None:
        details = {option.value: option.detail.split("\n") for option in options}

        def height() -> int:  # the same for every choice, so that nothing jumps
            tallest = max(len(_wrapped(paragraphs, self._width() - 4)) for paragraphs in details.values())
            return min(tallest, max(2, shutil.get_terminal_size().lines // 2 - 5))

        def text() -> str:
            width = self._width() - 4
            lines = _wrapped(details[str(control.get_pointed_at().value)] if control.pointed_at >= 0 else [], width)
            if len(lines) > (most := height()):
                lines = [*lines[: most - 1], f"{lines[most - 1][: width - 2]} …"]
            return "\n".join(f"  {line}" for line in ["─" * width, *lines])

        panel = Window(FormattedTextControl(text), height=lambda: Dimension.exact(height() + 1), style="class:aside")
        _below(application, panel)

    # --- running ---

    def _run(self, question: questionary.Question, prompt: Prompt) -> Reply:
        """Ask, with what was typed before the question was shown."""
        application = question.application
        is_text = prompt.form in ("line", "lines")
        hints = [
            words
            for command, (words, _) in _KEYS.items()
            if command in prompt.commands and not (command is Command.SKIP and is_text and not prompt.current)
        ]
        _below(application, self._hints(prompt, hints))
        if self._wide:
            size = self._output.get_size()
            beside(application, prompt, width=size.columns - _BESIDE - 3, height=size.rows - _ABOVE)
        if self._rebreaks:
            erase_rebroken_lines(application)
        keys = [application.key_bindings, _command_keys(prompt, is_text=is_text), self._suspend_key()]
        if prompt.form in ("one", "several"):
            keys.append(
                add_list_keys(
                    several=prompt.form == "several",
                    numbered=_is_numbered(prompt),
                    is_paste=more_waiting,
                )
            )
        application.key_bindings = merge_key_bindings([each for each in keys if each])
        self._type_ahead(application, prompt)
        reply = question.unsafe_ask()
        if isinstance(reply, Reply):
            if reply.command is Command.SKIP:
                self.say(f"? {prompt.text} (skipped)")
            return reply
        if prompt.form == "several":
            reply = prompt.in_order(reply)
        if is_text and self._wide:  # the question has been erased together with the letter
            self.say(f"? {prompt.text} {reply}")
        if prompt.form in ("one", "several"):
            values = reply if prompt.form == "several" else [reply]
            picked = [option.line for option in prompt.options if option.value in values]
            self.say(f"? {prompt.text} {'; '.join(picked) or 'None'}")
        return Reply(reply)

    def _type_ahead(self, application: Application[Any], prompt: Prompt) -> None:
        """Put text typed ahead into the answer line or the filter, to be looked at before Enter."""
        self._waiting.collect(application.input)
        text, others = self._waiting.next_answer()
        self._typed_ahead = text
        if text and prompt.form in ("line", "lines"):
            before = "" if prompt.offered else str(prompt.current or "")
            application.current_buffer.reset(Document(before + text))
            if prompt.keep:
                prompt.keep(before + text)
        elif text and prompt.form in ("one", "several"):
            filter_of(list_in(application)[1], text)
        elif text[:1].lower() in ("y", "n"):
            others.insert(0, KeyPress(text[0]))
        store_typeahead(application.input, others)

    def _suspend_key(self) -> KeyBindings:
        """Ctrl-Z goes back to the shell; `fg` returns to the question."""
        keys = KeyBindings()
        if not hasattr(signal, "SIGTSTP"):
            return keys

        def suspend() -> None:
            self._waiting.release()
            os.kill(0, signal.SIGTSTP)
            self._waiting.hold()

        @keys.add("c-z", eager=True)
        def _(event: KeyPressEvent) -> None:
            run_in_terminal(suspend)

        return keys

    def _hints(self, prompt: Prompt, keys: Sequence[str]) -> Window:
        """The sentence being completed, where we are and which keys are available, below the question."""

        def lines() -> list[str]:
            found = self._remarks()
            found += _wrapped([prompt.where], self._width() - 2) if prompt.where else []
            line = ""
            for key in keys:  # break between keys, not within one
                if line and len(line) + 2 + len(key) > self._width() - 2:
                    found.append(line)
                    line = ""
                line = f"{line}  {key}" if line else key
            return [*found, line]

        def text() -> StyleAndTextTuples:
            sentence = [] if self._is_wide(prompt) else sentence_in(get_app(), prompt, self._width() - 2)
            return [*sentence, ("class:aside", "\n".join(lines()))]

        def height() -> Dimension:
            return Dimension.exact("".join(part[1] for part in text()).count("\n") + 1)

        return Window(FormattedTextControl(text), height=height)

    def _is_wide(self, prompt: Prompt) -> bool:
        """Whether the letter stands beside the question."""
        size = self._output.get_size()
        return prompt.live is not None and size.columns >= _WIDE and size.rows >= _HIGH

    def _remarks(self) -> list[str]:
        """What there is to say about keys pressed so far."""
        found = [f"Typed before the question appeared: “{self._typed_ahead}”."] if self._typed_ahead else []
        application = get_app()
        if matches_nothing(application):
            found.append(f"Nothing here contains “{list_in(application)[1].search_filter}”. Esc clears it.")
        elif not has_list(application) and (offered := self._completion.offered(application.current_buffer)):
            more = " · …" if len(offered) > _SUGGESTED else ""
            found.append(f"Tab: {' · '.join(offered[:_SUGGESTED])}{more}")
        return [line for each in found for line in _wrapped([each], self._width() - 2)]

    def _title(self, option: Option, number: str = "") -> _Title:
        """A choice's line, broken between words, where a narrow window would break it anywhere."""
        title = _Title("\n     ".join(_wrapped([f"{number}{_line(option)}"], self._width() - 6)))
        title.details = option.detail
        return title

    def _fill(self, text: str) -> str:
        return textwrap.fill(text, self._width() - 4, subsequent_indent="  ", break_on_hyphens=False)

    def _width(self) -> int:
        return max(20, min(self._output.get_size().columns, _BESIDE if self._wide else 100))


class _Title(str):
    """A line with breaks, which filtering finds by words on either side of a break, and by its details."""

    details: str = ""

    def lower(self) -> str:
        return " ".join(f"{self} {self.details}".split()).lower()


def _output(stream: TextIO) -> Output:
    try:
        return create_output(stream)
    except Exception as error:  # Git Bash has no console; the error's type exists only on Windows
        raise OSError("this terminal cannot show lists") from error


def _below(application: Application[Any], window: Window) -> None:
    """Show a window below everything else until the question is answered."""
    cast(HSplit, application.layout.container).children.append(ConditionalContainer(window, filter=~is_done))


def _is_numbered(prompt: Prompt) -> bool:
    return sum(not option.always for option in prompt.options) <= _LONG


def _line(option: Option) -> str:
    return f"({option.mark}) {option.line}" if option.mark else option.line


def _wrapped(paragraphs: Iterable[str], width: int) -> list[str]:
    return [line for text in paragraphs for line in textwrap.wrap(text, max(20, width), break_on_hyphens=False)]


# --- keys ------------------------------------------------------------------------------------------------------------


def _command_keys(prompt: Prompt, *, is_text: bool) -> KeyBindings:
    """The keys for the commands; whatever has been typed goes into the reply."""
    keys = KeyBindings()
    nothing_typed = Condition(lambda: not is_text or is_untouched(get_app().current_buffer))

    def leave(command: Command) -> Callable[[KeyPressEvent], None]:
        def handle(event: KeyPressEvent) -> None:
            event.app.erase_when_done = True
            event.app.exit(result=Reply(event.current_buffer.text if is_text else None, command))

        return handle

    for command, (_, names) in _KEYS.items():
        for name in names if command in prompt.commands else ():
            keys.add(name, eager=True)(leave(command))
    if Command.HELP in prompt.commands:
        keys.add("?", eager=True, filter=nothing_typed)(leave(Command.HELP))
    if not is_text:

        @keys.add("c-d", eager=True)
        def _(event: KeyPressEvent) -> None:  # questionary's lists ignore it
            event.app.exit(exception=EOFError, style="class:aborting")

    return keys
