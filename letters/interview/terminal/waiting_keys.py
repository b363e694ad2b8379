"""Keys pressed before a question is on the screen: none is lost, and none answers a question nobody has seen.

Between two questions the terminal neither echoes nor swallows what is typed. When the next question appears, text typed
ahead is in its answer line or its filter, but not entered; commands are carried out.
"""

from __future__ import annotations

import atexit
import sys
from typing import Any

from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

# Keys that would answer a question.
_ANSWERS = (Keys.ControlM, Keys.ControlJ, Keys.ControlX)
# Keys that lead away from a question: back, forward, the letter so far, the review, help, stop.
_LEAVES = (
    Keys.ControlP, Keys.PageUp, Keys.ControlN, Keys.PageDown, Keys.ControlL, Keys.ControlR, Keys.ControlG, Keys.F1,
    Keys.ControlC, Keys.ControlD,
)  # fmt: skip


class WaitingKeys:
    """What was typed ahead and not used yet."""

    def __init__(self) -> None:
        self._keys: list[KeyPress] = []
        self._before: list[Any] | None = None
        atexit.register(self.release)

    def collect(self, source: Input) -> None:
        """Take what has been typed since the last question, and from now on keep what is typed from being echoed."""
        self.hold()
        self._keys += get_typeahead(source)
        while found := source.read_keys():
            self._keys += found

    def next_answer(self) -> tuple[str, list[KeyPress]]:
        """What belongs to the question shown next: its text, up to the first Enter, and the other keys, in order.

        Enter itself is dropped: it was pressed before the question could be read.
        """
        text, others = "", []
        while self._keys:
            press = self._keys.pop(0)
            if press.key in _ANSWERS:
                if text:
                    break
            elif press.key in _LEAVES:
                others.append(press)
                break
            elif press.key is Keys.BracketedPaste or (not isinstance(press.key, Keys) and press.key.isprintable()):
                text += press.data.replace("\r", "\n")
            elif press.key is Keys.ControlH and text:
                text = text[:-1]
            elif press.key is not Keys.CPRResponse:
                others.append(press)
        return text, others

    def hold(self) -> None:
        """Stop the terminal from echoing what is typed, and from waiting for Enter before handing it over."""
        try:
            import termios
        except ImportError:  # Windows echoes nothing between questions
            return
        try:
            settings = termios.tcgetattr(sys.stdin)
            if self._before is None:
                self._before = [*settings[:6], list(settings[6])]
            settings[0] &= ~termios.ICRNL
            settings[3] &= ~(termios.ECHO | termios.ICANON)
            settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
            termios.tcsetattr(sys.stdin, termios.TCSANOW, settings)
        except (OSError, ValueError, termios.error):  # not a terminal
            return

    def release(self) -> None:
        """Give the terminal back as it was."""
        before, self._before = self._before, None
        if before is None:
            return
        import termios

        try:
            termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
        except (OSError, ValueError, termios.error):  # the terminal is gone
            return
