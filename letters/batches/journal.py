"""The journal of a batch, from which an interrupted run can resume: a line for each row whose letter is written.

The first line says what the letters are made from. Every other line holds a row's number, a digest of its answers, and
its files with their size and SHA-256.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct, field

from letters.batches.row_checker import CheckedRow
from letters.batches.storage import JournalFile, Storage
from letters.errors import CannotWrite, Problem, Usage

_VERSION = 1
_DIFFERENCES = {
    "library": "The library has changed since this batch was started.",
    "made_with": "This batch was started with another version of Letters, or of the software it prints with.",
    "formats": "This batch was started with --format {then}.",
    "name": "This batch was started with --name “{then}”.",
}
_START_OVER = "Start over with --overwrite, or choose another --out."


class WrittenFile(Struct, frozen=True):
    """A file that was written.

    Args:
        size: in bytes.
        digest: SHA-256, in hexadecimal.
    """

    size: int
    digest: str


class Journal(Struct):
    """Which rows of a batch are written.

    Args:
        overwrite: whether the batch replaces files, as it was asked to when it was started.
        made_of: what its letters are made from: rows, library, software, formats, naming pattern.
        is_new: whether nothing had been written before.
        missing: how many files an earlier run wrote that have since been deleted; they are written again.
    """

    log: JournalFile
    overwrite: bool
    made_of: Mapping[str, Any]
    is_new: bool = True
    missing: int = 0
    _is_done: bool = False
    _finished: array[int] = field(default_factory=lambda: array("Q"))

    @classmethod
    def open(cls, place: Storage, key: str, made_of: Mapping[str, Any], *, resume: bool, overwrite: bool) -> Journal:
        """Read the journal of an earlier run, in order to resume it or to start over. Changes nothing yet.

        Raises:
            Usage: an earlier run is not finished, and neither ``resume`` nor ``overwrite`` is set.
            CannotWrite: what the letters are made from has changed, or a file has; or another run is writing.
        """
        log = place.journal(key)
        try:
            journal = cls(log, overwrite, made_of)
            if resume:
                journal._resume(place, made_of)
                journal.overwrite |= overwrite
            elif not overwrite:
                journal._refuse_unfinished(place)
            return journal
        except BaseException:
            log.close()
            raise

    def begin(self) -> None:
        """Note that letters are about to be written."""
        if self.is_new:
            self.log.begin(_line({"letters-batch": _VERSION, **self.made_of, "overwrite": self.overwrite}))

    def _refuse_unfinished(self, place: Storage) -> None:
        entries = list(_ends(self.log.lines()))
        if len(entries) == 2 and not entries[1].get("done"):
            raise Usage(
                Problem(
                    "A batch was started here and is not finished.",
                    where=place.shown(""),
                    hint="Use --resume to continue it, or --overwrite to start over and replace its letters "
                    "(in Python: resume=True or overwrite=True).",
                    code="unfinished",
                )
            )

    def _resume(self, place: Storage, made_of: Mapping[str, Any]) -> None:
        entries = _entries(self.log.lines())
        head = next(entries, None)
        if head is None:
            return
        self.is_new = False
        if head.get("letters-batch") != _VERSION:
            raise CannotWrite(Problem("The journal was written by another version of Letters.", hint=_START_OVER))
        for name, sentence in _DIFFERENCES.items():
            if head.get(name) != made_of[name]:
                then = ",".join(head[name]) if isinstance(head.get(name), list) else head.get(name)
                message = sentence.format(then=then)
                raise CannotWrite(
                    Problem(
                        message,
                        place.shown(""),
                        f"All letters of a batch must be made the same way. {_START_OVER}",
                        "changed",
                    )
                )
        self.overwrite = bool(head.get("overwrite"))
        for entry in entries:
            self._is_done = bool(entry.get("done"))
            if "row" in entry and self._is_intact(place, entry):
                self._remember(entry["row"], int(entry["answers"], 16))

    def _is_intact(self, place: Storage, entry: Mapping[str, Any]) -> bool:
        """Whether the files of a row are still there, and unchanged."""
        for name, (size, digest) in entry["files"].items():
            state = place.state(name, size, digest)
            if state == "changed" and not self.overwrite:
                raise CannotWrite(
                    Problem(
                        "has changed since this batch wrote it.",
                        where=place.shown(name),
                        hint="Move it elsewhere, and it will be written again; or start over with --overwrite.",
                        code="changed",
                    )
                )
            if state != "same":
                self.missing += 1
                return False
        return True

    def _remember(self, row: int, digest: int) -> None:
        if row >= len(self._finished):
            self._finished.extend([0] * (max(row + 1, 2 * len(self._finished)) - len(self._finished)))
        self._finished[row] = digest | 1  # never 0, which stands for a row that is not written

    def has(self, row: int, digest: bytes) -> bool:
        """Whether a row's letter is written. Raises CannotWrite if it was written from other answers.

        Args:
            digest: of the row's answers; empty if the row now has problems.
        """
        known = self._finished[row] if row < len(self._finished) else 0
        if known and known != int.from_bytes(digest) | 1:
            raise CannotWrite(
                Problem(
                    "has changed since its letter was written.",
                    where=f"Row {row}",
                    hint=f"Restore the row as it was. Or {_START_OVER[0].lower()}{_START_OVER[1:]}",
                    code="changed",
                )
            )
        return bool(known)

    def add(self, written: Sequence[tuple[CheckedRow, Mapping[str, WrittenFile]]]) -> None:
        """Note rows whose files are written."""
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
    """The first entry and the last one."""
    first = last = None
    for last in _entries(lines):
        first = first or last
    if first is not None and last is not None:
        yield first
        yield last
