"""One sitting of counsel, from the first question to the finished letter: answers kept safe all the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from letters._system.output import file_names, private_folder, safe_stem, write_all
from letters.assembly.assembler import Assembler, FinishedLetter
from letters.errors import CannotWrite, Problem
from letters.interview.drafts import Begun, document
from letters.interview.interview import Interview, as_typed
from letters.interview.terminal.sketch import sketch_of
from letters.library.answers import Answers
from letters.library.prompts import load_questionnaire
from letters.model.fields import get, put
from letters.model.letter import Letter


class Session:
    """An interview, the draft its answers are saved to, and the folder the letter goes to.

    Args:
        kind: which letter; empty where counsel has yet to choose.
        begun: what to start from.
        now: the time at the office.
        drafts: folder for drafts, private to the user and away from shared folders.
        out: folder for the letter and, beside it, its answers.
        number: tells apart sittings begun in the same second.
        place: the draft that is gone on with; without it a new one is begun.
    """

    def __init__(
        self,
        assembler: Assembler,
        kind: str,
        begun: Begun,
        *,
        now: datetime,
        drafts: Path,
        out: Path,
        number: int,
        place: Path | None = None,
    ) -> None:
        self.assembler = assembler
        self.out = out
        answers, memory = begun.answers, dict(begun.memory)
        if begun.written:
            answers, asked_anew = _for_the_next_letter(assembler, answers, kind)
            memory = {"old": asked_anew}
        self.interview = Interview(
            assembler.library,
            assembler.rulebook,
            answers,
            now.date(),
            kind=kind,
            advice=assembler.advice,
            passed=begun.passed,
            before=memory,
        )
        self._drafts = drafts
        self._name = f"{now:%Y-%m-%d-%H%M%S}-{number}"
        self._branches = 0
        self._saved = begun.data if place else b""
        self.saved_at = place
        self.given_way = False
        """Whether another sitting has changed the draft, so that this one goes on in a file of its own."""

    @property
    def where(self) -> str:
        """Where the answers are and how to go on, for counsel."""
        if self.saved_at is None:
            return "Nothing had been answered."
        how = "--resume" if self.saved_at.parent == self._drafts else f"--answers '{self.saved_at}'"
        return f"Your answers are in {self.saved_at}\nTo go on:  letters new {how}"

    def save(self) -> None:
        """Save everything as it stands; called after every answer."""
        interview = self.interview
        self._keep(document(interview.answers, interview.passed, interview.memory()))

    def sketch(self, marked: str = "") -> str:
        """The letter as far as it goes, as text; ``marked`` is the field answered last."""
        return sketch_of(self.assembler, self.interview, marked)

    def finish(self, formats: Sequence[str]) -> tuple[list[Path], tuple[Problem, ...]]:
        """Write the letter, and its answers beside it; the draft goes once both are safe.

        Returns:
            The files written, and notes on where the PDF looks different.
        """
        self.save()
        letter = self.interview.letter()
        made = self.assembler.make(letter, formats)
        stem, written = self._written(letter, made)
        kept, draft = self.out / f"{stem}.toml", self.saved_at
        made_with = self.assembler.record_of(letter).as_mapping()
        answered = document(self.interview.settled(), self.interview.passed, {}, stem, made_with)
        write_all({kept: answered}, private=True)
        self.saved_at = kept
        if draft:
            draft.unlink(missing_ok=True)
        why_draft = [Problem(why)] if (why := self.assembler.why_draft(letter)) else []
        return [kept, *written], (*why_draft, *made.notes)

    def _written(self, letter: Letter, made: FinishedLetter) -> tuple[str, list[Path]]:
        """The letter in files of their own, and what they are called without mark and suffix."""
        wanted = safe_stem(f"{letter.date.isoformat()}-{letter.kind}-{letter.request.requester.agency}")
        while True:
            stem = self._free_stem(wanted, made.files)
            names = file_names(stem, made.files, is_draft=self.assembler.is_draft(letter))
            try:
                return stem, write_all({self.out / names[suffix]: data for suffix, data in made.files.items()})
            except CannotWrite as error:
                if error.problems[0].code != "exists":  # else another sitting has taken the name meanwhile
                    raise

    def _keep(self, content: bytes) -> None:
        if self.saved_at and self._changed_elsewhere(self.saved_at):
            self.saved_at, self.given_way = None, True
            self._branches += 1
        if place := self.saved_at:
            write_all({place: content}, overwrite=True, private=True)
        else:
            try:
                private_folder(self._drafts)
                place = self._new_draft(self._drafts, "", content)
            except (CannotWrite, OSError):  # no home folder, or one that cannot be written to
                place = self._new_draft(self.out, "draft-", content)
        self.saved_at, self._saved = place, content

    def _new_draft(self, folder: Path, before: str, content: bytes) -> Path:
        """The draft in a file of its own: a clock that was put back may give a name a second time."""
        while True:
            branch = f"-{self._branches + 1}" if self._branches else ""
            place = folder / f"{before}{self._name}{branch}.toml"
            try:
                write_all({place: content}, private=True)
                return place
            except CannotWrite as error:
                if error.problems[0].code != "exists":
                    raise
                self._branches += 1

    def _changed_elsewhere(self, place: Path) -> bool:
        """Whether the draft is not as this sitting left it: somebody goes on with it in another window."""
        try:
            return place.read_bytes() != self._saved
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def _free_stem(self, stem: str, formats: Collection[str]) -> str:
        """``stem``, or ``stem-2``, ``stem-3``, …: the first under which nothing exists yet."""
        number, candidate = 1, stem
        suffixes = (".toml", *(f"{mark}.{suffix}" for suffix in formats for mark in ("", "-DRAFT")))
        while any((self.out / f"{candidate}{suffix}").exists() for suffix in suffixes):
            number += 1
            candidate = f"{stem}-{number}"
        return candidate


def _for_the_next_letter(assembler: Assembler, answers: Answers, kind: str) -> tuple[Answers, dict[str, str]]:
    """The answers of a letter that went out, without what every letter says anew; and what that said, in words."""
    before = answers.get("kind")
    known = isinstance(before, str) and before in assembler.library.kinds
    script = load_questionnaire(assembler.library, str(before) if known else kind)
    old: dict[str, str] = {}
    for question in script.questions:
        name = question.field.name
        if question.anew and (value := get(answers, name)) is not None:
            old[name] = as_typed(question, value)
            put(answers, name, None)
    if not kind:
        answers.pop("kind", None)  # which letter is next is for the advice and for counsel to say
    return answers, old
