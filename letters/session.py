"""One sitting of counsel, from the first question to the finished letter: answers kept safe all the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from letters.advice import load_advice
from letters.answers import Answers, parse_answers, write_answers
from letters.desk import Desk
from letters.errors import CannotWrite, Problem
from letters.interview import Interview
from letters.output import safe_stem, write_all

# Above the answers, as a comment: questions that counsel passed over, so that going on does not ask them again.
_PASSED = "# Passed over without an answer: "


class Session:
    """An interview, the draft its answers are saved to, and the folder the letter goes to.

    Args:
        kind: which letter; empty where counsel has yet to choose.
        answers: to start from.
        passed: questions that were passed over before.
        now: the time at the office.
        drafts: folder for drafts, private to the user and away from shared folders.
        out: folder for the letter and, beside it, its answers.
        number: tells apart sittings begun in the same second.
    """

    def __init__(
        self,
        desk: Desk,
        kind: str,
        answers: Mapping[str, Any],
        *,
        now: datetime,
        drafts: Path,
        out: Path,
        number: int,
        passed: Collection[str] = (),
    ) -> None:
        self.desk = desk
        self.out = out
        self.interview = Interview(
            desk.library,
            desk.rulebook,
            answers,
            now.date(),
            kind=kind,
            advice=load_advice(desk.library, desk.rulebook),
            passed=passed,
        )
        self._drafts = drafts
        self._name = f"{now:%Y-%m-%d-%H%M%S}-{number}"
        self._branches = 0
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

    def branch(self) -> Path | None:
        """Leave the draft as it is and go on in a new one; called before answers are set aside.

        Returns:
            The draft left behind; None where nothing had been saved.
        """
        left, self.saved_at = self.saved_at, None
        self._branches += 1
        return left

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
        write_all({kept: self._document(self.interview.settled())}, private=True)
        self.saved_at = kept
        if draft:
            draft.unlink(missing_ok=True)
        made = self.desk.make(letter, formats)
        return [kept, *write_all({self.out / f"{stem}.{s}": data for s, data in made.files.items()})], made.notes

    def _keep(self, answers: Answers) -> None:
        content = self._document(answers)
        name = f"{self._name}{f'-{self._branches + 1}' if self._branches else ''}.toml"
        place = self.saved_at or self._drafts / name
        try:
            write_all({place: content}, overwrite=True, private=True)
        except CannotWrite:
            if self.saved_at:
                raise
            place = self.out / f"draft-{name}"  # no home folder, or one that cannot be written to
            write_all({place: content}, overwrite=True, private=True)
        self.saved_at = place

    def _document(self, answers: Answers) -> bytes:
        passed = self.interview.passed
        head = f"{_PASSED}{', '.join(passed)}\n" if passed else ""
        return f"{head}{write_answers(answers)}".encode()

    def _free_stem(self, stem: str, formats: Sequence[str]) -> str:
        """``stem``, or ``stem-2``, ``stem-3``, …: the first under which nothing exists yet."""
        number, candidate = 1, stem
        while any((self.out / f"{candidate}.{suffix}").exists() for suffix in ("toml", *formats)):
            number += 1
            candidate = f"{stem}-{number}"
        return candidate


def begun(data: bytes, name: str) -> tuple[Answers, tuple[str, ...]]:
    """Answers to go on from, and the questions that were passed over. Raises InvalidAnswers."""
    answers = parse_answers(data, name)
    first = data.decode("utf-8-sig").splitlines()[:1]
    passed = first[0].removeprefix(_PASSED) if first and first[0].startswith(_PASSED) else ""
    return answers, tuple(re.findall(r"[a-z0-9_.]+", passed))
