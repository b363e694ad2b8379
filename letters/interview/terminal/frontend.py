"""What an interview needs from a front end: say a line, show a long text, and ask one thing at a time.

There are two front ends, `keyboard` and `plain`. What is said and asked is the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct, field

from letters.interview.live_letter import LiveLetter
from letters.interview.options import Option


class Command(Enum):
    """What counsel can do at a question besides answering it."""

    BACK = "back"
    FORWARD = "forward"
    SKIP = "skip"
    EDIT = "edit"
    HELP = "help"
    LETTER = "letter"
    REVIEW = "review"
    QUIT = "quit"


def _no_meaning(typed: str) -> Sequence[str]:
    return ()


class Live(Protocol):
    """Returns the letter while it is being answered; None if it cannot be shown."""

    def __call__(self, value: Any, without: Sequence[str] | None = None, /) -> LiveLetter | None:
        """The letter with the answer in its place.

        Args:
            value: of a choice, or all values of a choice of several.
            without: for a choice of several, the values without the one whose words are to be shown.
        """


class Prompt(Struct, frozen=True, eq=False):
    """One thing to ask.

    Args:
        text: the question.
        form: ``line``, ``lines`` (text of several lines), ``yes-no``, ``one`` (choice) or ``several`` (choices).
        current: the answer to start from: text, a yes or no, or the value or values chosen.
            For ``one``, None preselects nothing, so that counsel must choose; empty text highlights the first line.
        offered: the current text was not typed just now, so typing replaces it; otherwise typing continues it.
        suggestions: texts to complete what is typed with, the most likely first. One that ends with … begins an answer.
        meant: returns what the typed text may mean, each in full, such as a date without its year.
        options: the choices, for ``one`` and ``several``.
        note: how to write the answer; may be empty.
        where: where in the interview this is; may be empty.
        commands: the commands available.
        live: returns the letter with the answer in its place; None for what is no question of the letter.
        keep: called with the text of an unfinished answer, to keep it safe while counsel is typing.
    """

    text: str
    form: str = "line"
    current: Any = None
    offered: bool = False
    suggestions: Sequence[str] = ()
    meant: Callable[[str], Sequence[str]] = _no_meaning
    options: Sequence[Option] = ()
    note: str = ""
    where: str = ""
    commands: frozenset[Command] = field(default_factory=frozenset)
    live: Live | None = None
    keep: Callable[[str], None] | None = None

    def in_order(self, picked: Sequence[str]) -> list[str]:
        """What is picked and what is always included, in the order of the list."""
        return [option.value for option in self.options if option.always or option.value in picked]


class Reply(Struct, frozen=True):
    """An answer; or a command, with whatever had been typed before it."""

    value: Any = None
    command: Command | None = None


class Frontend(Protocol):
    """Asks counsel. ``ask`` raises KeyboardInterrupt on Ctrl-C, and EOFError when the input ends."""

    def say(self, text: str, style: str = "") -> None:
        """Print a paragraph; ``style`` is ``section``, ``problem``, ``aside`` or empty."""

    def show(self, text: str) -> None:
        """Show a long text, to be read at one's own pace."""

    def ask(self, prompt: Prompt) -> Reply:
        """Ask one thing and wait for the reply."""
