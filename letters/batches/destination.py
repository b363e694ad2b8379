"""What a batch needs of the place its letters go to, whichever it is: `folders` here, `remote` elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol

KEPT = ".letters-batch"  # the folder beside the letters that holds journals and what is being written
State = Literal["same", "gone", "changed"]


class Destination(Protocol):
    """What a batch needs of the place its letters go to. Names are relative, with slashes."""

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> None:
        """Place all of these files or none. Raises CannotWrite."""

    def exists(self, name: str) -> bool:
        """Whether the name is taken."""

    def state(self, name: str, size: int, digest: str) -> State:
        """Whether a file is what it was when it was written."""

    def shown(self, name: str) -> str:
        """What people and scripts call the file."""

    def has_journal(self, key: str) -> bool:
        """Whether a batch was begun here."""

    def journal(self, key: str) -> Log:
        """The journal of one batch, for this run alone. Raises CannotWrite when another run has it."""

    def settle(self) -> None:
        """Take away what only the writing needed."""


class Log(Protocol):
    """Lines that are added to and survive the run."""

    def lines(self) -> Iterator[str]:
        """Every whole line."""

    def begin(self, line: str) -> None:
        """Throw away what is there, and begin with this line."""

    def add(self, lines: str) -> None:
        """Add whole lines."""

    def close(self) -> None:
        """Let go of it."""
