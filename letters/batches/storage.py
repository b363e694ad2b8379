"""What a batch requires of the place its letters go to: a folder (`folder_storage`) or remote storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, Protocol

WORK_FOLDER = ".letters-batch"  # beside the letters; holds journals, and files that are still being written
FileState = Literal["same", "missing", "changed"]
Receipt = Callable[[], None]
"""Waits until files are written. Raises CannotWrite."""
IN_FLIGHT = 10
"""How many letters a worker may have on their way: as many as a client of S3 has connections."""


def is_written() -> None:
    """The receipt for files that are written already."""


class Storage(Protocol):
    """Where the letters of a batch go. Names are relative, with slashes."""

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> Receipt:
        """Write all of these files or none, perhaps after this returns. Raises CannotWrite."""

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def state(self, name: str, size: int, digest: str) -> FileState:
        """Whether a file is as it was written: of this size in bytes, with this SHA-256."""

    def shown(self, name: str) -> str:
        """The full path or address of a file, for people and scripts."""

    def has_journal(self, key: str) -> bool:
        """Whether a batch was started here."""

    def journal(self, key: str) -> JournalFile:
        """Open the journal of a batch for this run alone. Raises CannotWrite if another run is using it."""

    def flush(self) -> None:
        """Let what was written outlive a power failure."""

    def clean_up(self) -> None:
        """Delete what was needed only while writing."""


class JournalFile(Protocol):
    """The lines of a journal, which outlive the run."""

    def lines(self) -> Iterator[str]:
        """Every complete line."""

    def begin(self, line: str) -> None:
        """Delete what is there, and start with this line."""

    def add(self, lines: str) -> None:
        """Add complete lines. Raises CannotWrite."""

    def close(self) -> None:
        """Close it, so that another run may use it."""
