"""The journal of a batch: a line for each row whose letter is written. What a run that was cut off goes on from.

The first line says what the letters were made of; each other line holds a row's number, a digest of its answers, and
its files with their size and SHA-256.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from letters.batches.checking import Checked
from letters.batches.destination import Destination, Log
from letters.errors import CannotWrite, Problem, Usage

_FORM = 1
_SAID = {
    "library": "The library has changed since this batch was begun.",
    "made_with": "Another version of Letters, or of the libraries it prints with, began this batch.",
    "formats": "This batch was begun with --format {then}.",
    "name": "This batch was begun with --name “{then}”.",
}
_BEGIN_AGAIN = "Begin again with --overwrite, or choose another --out."


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that was written."""

    size: int
    digest: str


@dataclass
class Journal:
    """What one batch has written, and what it writes.

    Args:
        gone: files that had been written and are there no more; they are written again.
        is_new: nothing had been written before.
        overwrite: whether the batch replaces files, as it was told when it was begun.
    """

    log: Log
    overwrite: bool
    made_of: Mapping[str, Any]
    is_new: bool = True
    gone: int = 0
    _is_done: bool = False
    _finished: array[int] = field(default_factory=lambda: array("Q"))

    @classmethod
    def open(
        cls, place: Destination, key: str, made_of: Mapping[str, Any], *, resume: bool, overwrite: bool
    ) -> Journal:
        """Read what an earlier run wrote, to go on with it or to begin anew; changes nothing yet.

        Raises:
            Usage: a batch was begun here and not finished, and neither going on nor beginning again was asked for.
            CannotWrite: what it was made of has changed, a file it wrote has, or another run is at it.
        """
        log = place.journal(key)
        try:
            journal = cls(log, overwrite, made_of)
            if resume:
                journal._go_on(place, made_of)
                journal.overwrite |= overwrite
            elif not overwrite:
                journal._refuse_unfinished(place)
            return journal
        except BaseException:
            log.close()
            raise

    def begin(self) -> None:
        """From here on letters are written."""
        if self.is_new:
            self.log.begin(_line({"letters-batch": _FORM, **self.made_of, "overwrite": self.overwrite}))

    def _refuse_unfinished(self, place: Destination) -> None:
        entries = list(_ends(self.log.lines()))
        if len(entries) == 2 and not entries[1].get("done"):
            raise Usage(
                Problem(
                    "A batch was begun here and is not finished.",
                    where=place.shown(""),
                    hint="--resume goes on with it; --overwrite begins again and replaces what it wrote.",
                    code="unfinished",
                )
            )

    def _go_on(self, place: Destination, made_of: Mapping[str, Any]) -> None:
        entries = _entries(self.log.lines())
        head = next(entries, None)
        if head is None:
            return
        self.is_new = False
        if head.get("letters-batch") != _FORM:
            raise CannotWrite(Problem("The journal here is of another version of Letters.", hint=_BEGIN_AGAIN))
        for name, sentence in _SAID.items():
            if head.get(name) != made_of[name]:
                then = ",".join(head[name]) if isinstance(head.get(name), list) else head.get(name)
                message = sentence.format(then=then)
                raise CannotWrite(
                    Problem(message, place.shown(""), f"Letters of one batch must be alike. {_BEGIN_AGAIN}", "changed")
                )
        self.overwrite = bool(head.get("overwrite"))
        for entry in entries:
            self._is_done = bool(entry.get("done"))
            if "row" in entry and self._stands(place, entry):
                self._note(entry["row"], int(entry["answers"], 16))

    def _stands(self, place: Destination, entry: Mapping[str, Any]) -> bool:
        """Whether the files of a row are there as they were written."""
        for name, (size, digest) in entry["files"].items():
            state = place.state(name, size, digest)
            if state == "changed" and not self.overwrite:
                raise CannotWrite(
                    Problem(
                        "is not what this batch wrote there.",
                        where=place.shown(name),
                        hint="Move it elsewhere, and it is written again; or begin again with --overwrite.",
                        code="changed",
                    )
                )
            if state != "same":
                self.gone += 1
                return False
        return True

    def _note(self, row: int, digest: int) -> None:
        if row >= len(self._finished):
            self._finished.extend([0] * (max(row + 1, 2 * len(self._finished)) - len(self._finished)))
        self._finished[row] = digest | 1  # never 0, which is for rows that are not written

    @property
    def rows(self) -> int:
        """How many rows are written."""
        return sum(1 for each in self._finished if each)

    def has(self, row: int, digest: bytes) -> bool:
        """Whether a row's letter is written. Raises CannotWrite where it was written from other answers.

        Args:
            digest: of its answers; empty where they are wrong now.
        """
        known = self._finished[row] if row < len(self._finished) else 0
        if known and known != int.from_bytes(digest) | 1:
            raise CannotWrite(
                Problem(
                    "has changed since its letter was written.",
                    where=f"Row {row}",
                    hint=f"Bring the rows back as they were. Or: {_BEGIN_AGAIN[0].lower()}{_BEGIN_AGAIN[1:]}",
                    code="changed",
                )
            )
        return bool(known)

    def add(self, written: Sequence[tuple[Checked, Mapping[str, Filed]]]) -> None:
        """Note rows whose files are in their places."""
        lines = [
            _line(
                {
                    "row": row.row,
                    "answers": row.digest.hex(),
                    "files": {name: [each.size, each.digest] for name, each in files.items()},
                }
            )
            for row, files in written
        ]
        if lines:
            self._is_done = False
            self.log.add("".join(lines))

    def finish(self) -> None:
        """Note that every row is written."""
        if not self._is_done:
            self.log.add(_line({"done": True}))

    def close(self) -> None:
        self.log.close()


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def _entries(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


def _ends(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The first entry and the last."""
    first = last = None
    for last in _entries(lines):
        first = first or last
    if first is not None and last is not None:
        yield first
        yield last
