"""One sitting of counsel, from the first question to the finished letter: answers kept safe all the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from letters.answers import Answers, write_answers
from letters.desk import Desk
from letters.errors import CannotWrite, Problem
from letters.interview import Interview
from letters.output import safe_stem, write_all
from letters.prompts import load_script


class Session:
    """An interview, the draft its answers are saved to, and the folder the letter goes to.

    Args:
        kind: which letter.
        answers: to start from.
        now: the time at the office.
        drafts: folder for drafts, private to the user and away from shared folders.
        out: folder for the letter and, beside it, its answers.
        number: tells apart sittings begun in the same second.
    """

    def __init__(
        self, desk: Desk, kind: str, answers: Mapping[str, Any], *, now: datetime, drafts: Path, out: Path, number: int
    ) -> None:
        self.desk = desk
        self.out = out
        self.interview = Interview(load_script(desk.library, kind), desk.rulebook, answers, now.date())
        self._drafts = drafts
        self._name = f"{now:%Y-%m-%d-%H%M%S}-{number}.toml"
        self.saved_at: Path | None = None

    @property
    def where(self) -> str:
        """Where the answers are and how to go on, for counsel."""
        if self.saved_at is None:
            return "Nothing had been answered."
        return f"Your answers are in {self.saved_at}\nTo go on:  letters new --answers '{self.saved_at}'"

    def save(self) -> None:
        """Save the answers as they stand; called after every one."""
        self._keep(self.interview.answers)

    def finish(self, formats: Sequence[str]) -> tuple[list[Path], tuple[Problem, ...]]:
        """Write the answers beside the letter, then the letter; the draft goes once the answers are safe.

        Returns:
            The files written, and notes on where the PDF looks different.
        """
        self._keep(self.interview.settled())
        letter = self.interview.letter()
        stem = self._free_stem(
            safe_stem(f"{letter.date.isoformat()}-{letter.kind}-{letter.request.requester.agency}"), formats
        )
        kept, draft = self.out / f"{stem}.toml", self.saved_at
        write_all({kept: write_answers(self.interview.settled()).encode()}, private=True)
        self.saved_at = kept
        if draft:
            draft.unlink(missing_ok=True)
        made = self.desk.make(letter, formats)
        return [kept, *write_all({self.out / f"{stem}.{s}": data for s, data in made.files.items()})], made.notes

    def _keep(self, answers: Answers) -> None:
        content = write_answers(answers).encode()
        place = self.saved_at or self._drafts / self._name
        try:
            write_all({place: content}, overwrite=True, private=True)
        except CannotWrite:
            if self.saved_at:
                raise
            place = self.out / f"draft-{self._name}"  # no home folder, or one that cannot be written to
            write_all({place: content}, overwrite=True, private=True)
        self.saved_at = place

    def _free_stem(self, stem: str, formats: Sequence[str]) -> str:
        """``stem``, or ``stem-2``, ``stem-3``, …: the first under which nothing exists yet."""
        number, candidate = 1, stem
        while any((self.out / f"{candidate}.{suffix}").exists() for suffix in ("toml", *formats)):
            number += 1
            candidate = f"{stem}-{number}"
        return candidate
