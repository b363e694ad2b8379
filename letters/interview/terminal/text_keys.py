"""Keys in an answer line: Enter, pastes, completing with Tab, and keeping what is being typed."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable, Sequence
from functools import lru_cache

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.selection import SelectionState

from letters.interview.beginnings import inserted
from letters.interview.suggestions import matching

# Half-typed text is saved this many seconds after a key was pressed.
_PAUSE = 0.3
# Keys that follow each other within this many seconds were pasted, not pressed.
BURST = 0.03


def text_keys(keep: Callable[[str], None] | None, completion: Completion, *, several_lines: bool) -> KeyBindings:
    """Enter ends a line, or several lines if the last one is empty; within a paste it is only a line break."""
    keys = KeyBindings()
    is_offered = Condition(lambda: bool(get_app().current_buffer.selection_state))

    @keys.add("enter", eager=True)
    @keys.add("c-j", eager=True)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if more_waiting() or (several_lines and not buffer.selection_state and not _at_empty_end(buffer)):
            buffer.cut_selection()
            buffer.insert_text("\n")
        else:
            buffer.exit_selection()
            buffer.validate_and_handle()

    @keys.add("tab", eager=True)
    def _(event: KeyPressEvent) -> None:
        completion.complete(event.current_buffer)

    @keys.add(Keys.BracketedPaste, eager=True, filter=is_offered)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cut_selection()
        event.current_buffer.insert_text(event.data.replace("\r\n", "\n").replace("\r", "\n"))

    @keys.add("delete", eager=True, filter=is_offered)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cut_selection()

    @keys.add("c-d", eager=True, filter=Condition(lambda: is_untouched(get_app().current_buffer)))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.exit_selection()
        event.app.exit(exception=EOFError, style="class:aborting")

    @keys.add("c-c", eager=True)
    def _(event: KeyPressEvent) -> None:
        if keep:
            keep(event.current_buffer.text)
        event.current_buffer.exit_selection()
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


def select_all(buffer: Buffer) -> None:
    """Select the text, so that typing replaces it, and an arrow key begins to edit it."""
    buffer.selection_state = SelectionState(0)
    buffer.selection_state.enter_shift_mode()


def is_untouched(buffer: Buffer) -> bool:
    return not buffer.text or buffer.selection_state is not None


def keep_while_typing(buffer: Buffer, keep: Callable[[str], None]) -> None:
    """Save the text whenever typing pauses, or goes on for longer than a moment."""
    due: list[asyncio.TimerHandle] = []

    def save() -> None:
        due.clear()
        keep(buffer.text)

    def changed(_: Buffer) -> None:
        if not due:
            due.append(asyncio.get_running_loop().call_later(_PAUSE, save))

    buffer.on_text_changed += changed


def _at_empty_end(buffer: Buffer) -> bool:
    return not buffer.document.current_line.strip() and buffer.document.is_cursor_at_the_end


def more_waiting() -> bool:
    """Whether more keys follow at once: then this is a paste, in a terminal that does not mark pastes."""
    application = get_app()
    waiting = [press.key for press in application.key_processor.input_queue]
    if any(key not in (Keys.CPRResponse, Keys.SIGINT) for key in waiting):
        return True
    try:
        return bool(select.select([application.input.fileno()], [], [], BURST)[0])
    except (OSError, ValueError, NotImplementedError):  # Windows can only wait for sockets
        return False


class Completion:
    """Completing an answer line, or one line of several, with texts that were suggested, or that it may mean.

    Args:
        suggestions: the texts, the most likely first.
        meant: returns what a line may mean, each in full.
    """

    def __init__(self, suggestions: Sequence[str], meant: Callable[[str], Sequence[str]] = lambda typed: ()) -> None:
        self._suggestions, self._meant = suggestions, lru_cache(64)(meant)
        self._typed = self._inserted = ""

    def offered(self, buffer: Buffer) -> list[str]:
        """What Tab would insert now, and the next times."""
        line = self._line(buffer)
        if line and line == inserted(self._inserted).strip():
            found = self._matching(self._typed)
            place = found.index(self._inserted) + 1 if self._inserted in found else 0
            return found[place:] + found[: max(0, place - 1)]
        return self._matching(line)

    def complete(self, buffer: Buffer) -> None:
        """Replace the line with the next text that contains what was typed."""
        if not (found := self.offered(buffer)):
            return
        line = self._line(buffer)
        if line != inserted(self._inserted).strip():
            self._typed = line
        self._inserted = found[0]
        buffer.cut_selection()
        buffer.delete_before_cursor(len(buffer.document.current_line_before_cursor))
        buffer.delete(len(buffer.document.current_line_after_cursor))
        buffer.insert_text(inserted(found[0]))

    def _matching(self, line: str) -> list[str]:
        return [*self._meant(line), *matching(line, self._suggestions)]

    def _line(self, buffer: Buffer) -> str:
        return "" if buffer.selection_state else buffer.document.current_line.strip()
