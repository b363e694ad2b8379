"""What the conversation wants of a face: to say a line, to show a text, and to ask one thing at a time.

There are two: `terminal`, with keys, and `plain`, with lines. What is said and asked is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from letters.interview.interview import Option


class Move(Enum):
    """What counsel may do at a question, other than answer it."""

    BACK = "back"
    FORWARD = "forward"
    SKIP = "skip"
    HELP = "help"
    LETTER = "letter"
    REVIEW = "review"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to be asked.

    Args:
        text: the question.
        form: ``line``, ``lines`` (a text of several lines), ``yes-no``, ``one`` (choice) or ``several`` (choices).
        standing: the answer to begin with.
        offer: the standing text is taken by Enter alone; otherwise it stands in the line, to be corrected.
        note: how to write the answer; may be empty.
        place: where in the interview this is; may be empty.
        moves: what else may be done.
    """

    text: str
    form: str = "line"
    standing: Any = None
    offer: bool = False
    choices: Sequence[Option] = ()
    note: str = ""
    place: str = ""
    moves: frozenset[Move] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: an answer, or a move with whatever had been typed before it."""

    value: Any = None
    move: Move | None = None


class Face(Protocol):
    """Asks counsel. ``ask`` raises KeyboardInterrupt on Ctrl-C, and EOFError where nobody is there any more."""

    def say(self, text: str, style: str = "") -> None:
        """A paragraph; ``style`` is ``section``, ``problem``, ``aside`` or nothing."""

    def show(self, text: str) -> None:
        """A long text, to be read at one's own pace."""

    def ask(self, ask: Ask) -> Reply: ...
