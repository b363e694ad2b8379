"""The interview's face in a terminal: one question after another, each with its keys below it.

The only module that knows questionary. What to ask and to say is the conversation's, what is allowed the interview's.
"""

from __future__ import annotations

import select
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO, cast

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, is_done, to_filter
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.output import ColorDepth, Output, create_output
from questionary import Choice as Line
from questionary import Style
from questionary.prompts.common import InquirerControl

from letters._system.stopwatch import seconds
from letters.interview.interview import Option
from letters.interview.terminal.face import Ask, Move, Reply
from letters.interview.terminal.typeface import ascii_stream

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
# Keys that terminals, tmux, screen and screen readers pass on: no Ctrl-A, Ctrl-B, Ctrl-Q, Ctrl-S or Ctrl-Z among them.
_KEYS: dict[Move, tuple[str, tuple[str, ...]]] = {
    Move.BACK: ("Ctrl-P back", ("c-p", "pageup")),
    Move.FORWARD: ("Ctrl-N forward", ("c-n", "pagedown")),
    Move.SKIP: ("Ctrl-X skip", ("c-x",)),
    Move.LETTER: ("Ctrl-L letter so far", ("c-l",)),
    Move.REVIEW: ("Ctrl-R review", ("c-r",)),
    Move.HELP: ("? help", ("c-g", "f1")),
    Move.QUIT: ("Ctrl-C stop", ()),
}
# A list longer than this is filtered by typing.
_LONG = 8
# Lines of one paste come within this time; a person's keys do not.
_BURST = 0.03


class Terminal:
    """Asks in the terminal it runs in.

    Args:
        colour: False prints without any colour (``NO_COLOR``).
        unicode: False prints nothing but ASCII.
        pager: shows a long text.

    Raises:
        OSError: this is no terminal that keys and lists can be shown in.
    """

    def __init__(self, *, colour: bool = True, unicode: bool = True, pager: Callable[[str], None]) -> None:
        self._pager = pager
        self._output = _output(sys.stdout if unicode else ascii_stream(sys.stdout))
        self._depth = None if colour else ColorDepth.DEPTH_1_BIT
        self._options: dict[str, Any] = {"style": _STYLE, "output": self._output}
        if not colour:
            self._options["color_depth"] = self._depth
        keys = {"use_search_filter": True, "use_jk_keys": False, "use_emacs_keys": False}
        self._in_lists = {**self._options, **keys, "instruction": " "}

    # --- saying ---

    def say(self, text: str, style: str = "") -> None:
        """A paragraph, wrapped to the width of the terminal."""
        for line in text.split("\n"):
            indent = " " * (len(line) - len(line.lstrip()) + (2 if line.lstrip().startswith("•") else 0))
            wrapped = textwrap.fill(line, self._width() - 1, subsequent_indent=indent, break_on_hyphens=False)
            print_formatted_text(
                FormattedText([(f"class:{style}" if style else "", wrapped)]),
                style=_STYLE,
                color_depth=self._depth,
                output=self._output,
            )

    def show(self, text: str) -> None:
        """A long text, in the pager."""
        self._pager(text)

    # --- asking ---

    def ask(self, ask: Ask) -> Reply:
        """Ask one thing. Raises KeyboardInterrupt on Ctrl-C and EOFError on Ctrl-D or a closed terminal."""
        match ask.form:
            case "yes-no":
                note = "(Y/n)" if ask.standing else "(y/N)"
                prompt = questionary.confirm(
                    self._fill(ask.text),
                    default=bool(ask.standing),
                    auto_enter=False,
                    instruction=f"{note} ",
                    **self._options,
                )
            case "one":
                prompt = self._one(ask)
            case "several":
                prompt = self._several(ask)
            case _:
                prompt = self._text(ask)
        return self._run(prompt, ask)

    def _text(self, ask: Ask) -> questionary.Question:
        several_lines = ask.form == "lines"
        notes = [ask.note, f"Enter for: {ask.standing}" if ask.offer else ""]
        if Move.SKIP in ask.moves and not ask.standing:
            notes.append("Enter to skip")
        note = "; ".join(part for part in notes if part)
        return questionary.text(
            # Nothing is wrapped above a text of several lines: question and note get lines of their own.
            self._fill(ask.text if several_lines or not note else f"{ask.text} ({note})"),
            default="" if ask.offer else str(ask.standing or ""),
            instruction=f"\n({note})\n>" if several_lines else None,
            multiline=several_lines,
            key_bindings=_enter_in_text(several_lines=several_lines),
            **self._options,
        )

    def _one(self, ask: Ask) -> questionary.Question:
        lines = [Line(self._title(choice), value=choice.value) for choice in ask.choices]
        start = next((line for line in lines if line.value == ask.standing), None)
        filters = len(lines) > _LONG
        prompt = questionary.select(
            self._fill(f"{ask.text} (arrow keys, then Enter{'; type to filter' if filters else ''})"),
            choices=lines,
            default=start,
            **self._in_lists,
        )
        self._arrange(prompt, ask)
        return prompt

    def _several(self, ask: Ask) -> questionary.Question:
        standing = ask.standing or ()
        free = [choice for choice in ask.choices if not choice.always]
        filters = len(free) > _LONG
        note = f"(arrow keys, space to mark, Enter when done{'; type to filter' if filters else ''})"
        always = [f"    always: {_line(choice)}" for choice in ask.choices if choice.always]
        prompt = questionary.checkbox(
            "\n".join([self._fill(f"{ask.text} {note}"), *map(self._fill, always)]),
            choices=[
                Line(self._title(choice), value=choice.value, checked=choice.value in standing) for choice in free
            ],
            **self._in_lists,
        )
        self._arrange(prompt, ask)
        return prompt

    def _arrange(self, prompt: questionary.Question, ask: Ask) -> None:
        """Lines too long for the window go on below, and what is to be read about a choice stands under the list.

        When it is answered, the list gives way to a line with the answer.
        """
        prompt.application.erase_when_done = True
        window, control = _list_in(prompt.application)
        window.wrap_lines = to_filter(True)
        window.get_line_prefix = lambda _, wrapped: [("", "     " if wrapped else "")]
        if any(choice.detail for choice in ask.choices):
            self._show_details(prompt.application, control, ask.choices)

    def _show_details(self, application: Application[Any], control: InquirerControl, choices: Sequence[Option]) -> None:
        details = {choice.value: choice.detail.split("\n") for choice in choices}

        def height() -> int:  # the same for every choice, so that the list does not jump
            tallest = max(len(_wrapped(paragraphs, self._width() - 4)) for paragraphs in details.values())
            return min(tallest, max(2, shutil.get_terminal_size().lines // 2 - 5))

        def text() -> str:
            width = self._width() - 4
            lines = _wrapped(details[str(control.get_pointed_at().value)], width)
            if len(lines) > (most := height()):
                lines = [*lines[: most - 1], f"{lines[most - 1][: width - 2]} …"]
            return "\n".join(f"  {line}" for line in ["─" * width, *lines])

        panel = Window(FormattedTextControl(text), height=lambda: Dimension.exact(height() + 1), style="class:aside")
        _below(application, panel)

    # --- running ---

    def _run(self, prompt: questionary.Question, ask: Ask) -> Reply:
        """Ask, after throwing away keys typed before the question could be read."""
        application = prompt.application
        is_text = ask.form in ("line", "lines")
        hints = [
            words
            for move, (words, _) in _KEYS.items()
            if move in ask.moves and not (move is Move.SKIP and is_text and not ask.standing)
        ]
        _below(application, self._hints(ask.place, hints))
        keys = [application.key_bindings, _moves(ask, is_text=is_text)]
        application.key_bindings = merge_key_bindings([each for each in keys if each])
        clear_typeahead(application.input)
        _drain_terminal()
        reply = prompt.unsafe_ask()
        if isinstance(reply, Reply):
            if reply.move is Move.SKIP:
                self.say(f"? {ask.text} (skipped)")
            return reply
        if ask.form == "several":
            reply = [choice.value for choice in ask.choices if choice.always or choice.value in reply]
        if ask.form in ("one", "several"):
            values = reply if ask.form == "several" else [reply]
            picked = [choice.line for choice in ask.choices if choice.value in values]
            self.say(f"? {ask.text} {'; '.join(picked) or 'None'}")
        if is_text and ask.offer and not str(reply).strip():
            reply = str(ask.standing)
        return Reply(reply)

    def _hints(self, place: str, keys: Sequence[str]) -> Window:
        """Where we are and which keys there are, under the question, in as many lines as they need."""

        def text() -> str:
            lines = _wrapped([place], self._width() - 2) if place else []
            line = ""
            for key in keys:  # a line is broken between keys, not within one
                if line and len(line) + 2 + len(key) > self._width() - 2:
                    lines.append(line)
                    line = ""
                line = f"{line}  {key}" if line else key
            return "\n".join([*lines, line])

        def height() -> Dimension:
            return Dimension.exact(text().count("\n") + 1)

        return Window(FormattedTextControl(text), height=height, style="class:aside")

    def _title(self, choice: Option) -> _Title:
        """A choice's line, broken between words so that a narrow window does not break it within one."""
        return _Title("\n     ".join(_wrapped([_line(choice)], self._width() - 6)))

    def _fill(self, text: str) -> str:
        return textwrap.fill(text, self._width() - 4, subsequent_indent="  ", break_on_hyphens=False)

    def _width(self) -> int:
        return max(20, min(self._output.get_size().columns, 100))


class _Title(str):
    """A line broken between words, which is found all the same by words that stand across the break."""

    __slots__ = ()

    def lower(self) -> str:
        return " ".join(self.split()).lower()


def _output(stream: TextIO) -> Output:
    try:
        return create_output(stream)
    except Exception as error:  # of a type that exists on Windows alone: Git Bash has no console to draw in
        raise OSError("this is no terminal that lists can be drawn in") from error


def _below(application: Application[Any], window: Window) -> None:
    """Show a window below everything else, as long as the question stands."""
    cast(HSplit, application.layout.container).children.append(ConditionalContainer(window, filter=~is_done))


def _list_in(application: Application[Any]) -> tuple[Window, InquirerControl]:
    found = (each for each in application.layout.find_all_windows() if isinstance(each.content, InquirerControl))
    window = next(found)
    return window, cast(InquirerControl, window.content)


def _line(choice: Option) -> str:
    return f"({choice.mark}) {choice.line}" if choice.mark else choice.line


def _wrapped(paragraphs: Iterable[str], width: int) -> list[str]:
    return [line for text in paragraphs for line in textwrap.wrap(text, max(20, width), break_on_hyphens=False)]


# --- keys ------------------------------------------------------------------------------------------------------------


def _moves(ask: Ask, *, is_text: bool) -> KeyBindings:
    """The keys that lead elsewhere; whatever has been typed goes along."""
    keys = KeyBindings()
    nothing_typed = Condition(lambda: not is_text or not get_app().current_buffer.text)

    def leave(move: Move) -> Callable[[KeyPressEvent], None]:
        def handle(event: KeyPressEvent) -> None:
            event.app.erase_when_done = True
            event.app.exit(result=Reply(event.current_buffer.text if is_text else None, move))

        return handle

    for move, (_, names) in _KEYS.items():
        for name in names if move in ask.moves else ():
            keys.add(name, eager=True)(leave(move))
    if Move.HELP in ask.moves:
        keys.add("?", eager=True, filter=nothing_typed)(leave(Move.HELP))
    if not is_text:
        _keys_of_lists(keys)
    return keys


def _keys_of_lists(keys: KeyBindings) -> None:
    """Ctrl-D stops, which questionary's lists pass over; Enter picks nothing in the midst of a paste."""
    pasted_at = -1.0

    @keys.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError, style="class:aborting")

    def is_meant_for_nothing() -> bool:
        nonlocal pasted_at
        if _more_is_coming() or seconds() - pasted_at < 2 * _BURST:
            pasted_at = seconds()
            return True
        return any(
            control.search_filter and not control.found_in_search
            for window in get_app().layout.find_all_windows()
            if isinstance(control := window.content, InquirerControl)
        )

    @keys.add("enter", eager=True, filter=Condition(is_meant_for_nothing))
    def _(event: KeyPressEvent) -> None:
        """Pick nothing."""


def _enter_in_text(*, several_lines: bool) -> KeyBindings:
    """Enter ends a line; a text of several lines is ended by Enter on an empty one. Within a paste it ends nothing."""
    keys = KeyBindings()

    @keys.add("enter", eager=True)
    @keys.add("c-j", eager=True)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if _more_is_coming() or (several_lines and not _at_empty_end(buffer)):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    return keys


def _at_empty_end(buffer: Buffer) -> bool:
    return not buffer.document.current_line.strip() and buffer.document.is_cursor_at_the_end


def _more_is_coming() -> bool:
    """Whether more was sent with this key: then it was pasted, by a terminal that does not mark what is pasted."""
    application = get_app()
    waiting = [press.key for press in application.key_processor.input_queue]
    if any(key not in (Keys.CPRResponse, Keys.SIGINT) for key in waiting):
        return True
    try:
        return bool(select.select([application.input.fileno()], [], [], _BURST)[0])
    except (OSError, ValueError, NotImplementedError):  # Windows waits for sockets alone
        return False


def _drain_terminal() -> None:
    try:
        import termios
    except ImportError:  # Windows has no such queue to empty
        return
    try:
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    except (termios.error, OSError, ValueError):  # not a terminal after all; the prompt itself will say so
        return
