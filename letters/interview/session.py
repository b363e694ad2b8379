"""One session, from the first question to the finished letter, with the answers saved all along."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from letters._system.output import file_names, safe_stem, write_all
from letters._system.private_files import private_folder
from letters.assembly.assembler import Assembler, FinishedLetter
from letters.errors import CannotWrite, Problem
from letters.interview import interview, letter_so_far, next_letter
from letters.interview.applicability import effective_answers
from letters.interview.completion import letter_of
from letters.interview.deadline_notices import deadlines_told
from letters.interview.drafts import SavedAnswers, format_answers, format_draft
from letters.interview.earlier_letters import used_in_folder
from letters.interview.live_letter import LiveLetter, live_letter
from letters.interview.saved_state import skipped_in_order
from letters.interview.text_input import typed
from letters.library.answers import Answers
from letters.matters.intake.arrived import Arrived
from letters.matters.memory import Memory
from letters.matters.register import Numbered
from letters.matters.registration import LetterToEnter, Registration, place_of, with_number
from letters.model.fields import get, put
from letters.model.letter import Letter


class Session:
    """An interview, the draft its answers are saved to, and the folder the letter goes to.

    Args:
        kind: the kind of letter; empty to let counsel choose.
        begin_with: the answers to start from.
        now: the time at the office.
        drafts: folder for drafts, private to the user.
        out: folder for the letter and its answers.
        per_matter: whether the folder gets one of its own for the matter, named after the request.
        put_with_it: files that are copied to the letter, by name: its enclosures, and the request it answers.
        number: tells apart sessions started in the same second.
        claims: what a returned form says, by dotted name; each is shown and asked, whatever the answers say.
        language: to ask the questions in, by the suffix of its files (``es``); empty for the office's own.
        draft: the draft to resume; without it a new one is started.
        registration: enters the letter into the library's register; None if it has none.
        arrived: a request that was read in, whose proposals are shown beside the questions.
    """

    def __init__(
        self,
        assembler: Assembler,
        kind: str,
        begin_with: SavedAnswers,
        *,
        now: datetime,
        drafts: Path,
        out: Path,
        number: int,
        draft: Path | None = None,
        language: str = "",
        registration: Registration | None = None,
        arrived: Arrived | None = None,
        claims: Mapping[str, Any] | None = None,
        per_matter: bool = False,
        put_with_it: Mapping[str, bytes] | None = None,
    ) -> None:
        self._per_matter, self._put_with_it = per_matter, put_with_it or {}
        self.assembler = assembler
        self._registration = registration
        self.out = out
        answers, saved = begin_with.answers, dict(begin_with.state)
        if begin_with.written:
            saved = {"before": next_letter.particulars(answers)}
            saved["old"] = next_letter.remove_what_is_asked_anew(assembler.library, answers, kind)
        if claims:
            answers, saved = _with_claims(answers, saved, claims)
        self.state = interview.start(
            assembler.library,
            assembler.rulebook,
            answers,
            now.date(),
            kind=kind,
            language=language,
            advice=assembler.advice if assembler.advice.rules else None,
            skipped=begin_with.skipped,
            saved=saved,
        )
        if registration:
            self.state.memory = Memory(registration.register)
        else:
            self.state.used_before = {**used_in_folder(out), **self.state.used_before}
        if arrived:
            self._propose(arrived)
        self._drafts = drafts
        self._name = f"{now:%Y-%m-%d-%H%M%S}-{number}"
        self._branches = 0
        self._run = f"interview:{draft.stem if draft else self._name}"
        self._content = begin_with.data if draft else b""
        self.saved_at = draft
        self.draft_was_changed = False
        """Whether another session has changed the draft, so that this one continues in a file of its own."""

    def _propose(self, arrived: Arrived) -> None:
        """Have what a request says shown beside the questions; those seldom needed are asked, too."""
        state = self.state
        state.proposals = dict(arrived.proposals)
        for name, known in state.fields.items():
            if name in state.proposals and known.kind != "yes-no" and name not in state.skipped:
                state.opened.add(name)

    def offer(self, name: str, lines: Sequence[str]) -> None:
        """Offer these lines for a list, such as the enclosures, before those of earlier letters."""
        used = self.state.used_before
        self.state.used_before = {**used, name: [*lines, *used.get(name, ())]}

    @property
    def where(self) -> str:
        """Where the answers are and how to continue, for counsel."""
        if self.saved_at is None:
            return "No questions had been answered."
        how = "--resume" if self.saved_at.parent == self._drafts else f"--answers '{self.saved_at}'"
        return f"Your answers are saved in {self.saved_at}\nTo continue:  letters new {how}"

    def save(self) -> None:
        """Save everything as it is now; called after every answer."""
        self._save(format_draft(self.state))

    def letter_so_far(self, last: str = "") -> str:
        """The letter as far as the answers go, as text; the answer to the field ``last`` is marked."""
        return letter_so_far.letter_so_far(self.assembler, self.state, last)

    def live_letter(self, name: str, value: Any = None, without: Sequence[str] | None = None) -> LiveLetter | None:
        """The letter while the question about this field is being answered; None if it cannot be shown.

        Args:
            name: of the field, or of a part of an entry (``request.earlier.day``).
            without: for a choice of several, the values without the one whose words are to be shown.
        """
        if question := self.state.question(name):
            return live_letter(self.assembler, self.state, question, value, without=without)
        holder, _, part = name.rpartition(".")
        question = self.state.question(holder)
        item = next((each for each in question.items if each.field.name == part), None) if question else None
        return live_letter(self.assembler, self.state, question, value, item) if question and item else None

    def finish(self, formats: Sequence[str]) -> tuple[list[Path], tuple[Problem, ...]]:
        """Write the letter and its answers; the draft is deleted once both are safe.

        Returns:
            The files written, and notes: why the letter is a draft, and where the PDF differs from the Word file.
        """
        self.save()
        letter = letter_of(self.state)
        numbered = self._numbered(letter)
        if numbered:
            letter = with_number(letter, numbered)
            put(self.state.answers, "reference", numbered.reference)
            self.save()
        if self._per_matter:
            self.out = self.out / _matter_folder(letter)
        made = self.assembler.make(letter, formats, entered=numbered.head if numbered else "")
        stem, written = self._write(letter, made)
        kept, draft = self.out / f"{stem}.toml", self.saved_at
        content = format_answers(
            effective_answers(self.state),
            skipped_in_order(self.state),
            written=stem,
            made_with=self.assembler.record_of(letter, numbered.head if numbered else "").as_mapping(),
        )
        write_all({kept: content}, private=True)
        copied = self._copied()
        if self._registration and numbered:
            self._issue(self._registration, letter, numbered, dict(zip(written, made.files.values(), strict=True)))
        self.saved_at = kept
        if draft:
            draft.unlink(missing_ok=True)
        why_draft = [Problem(why)] if (why := self.assembler.why_draft(letter)) else []
        return [kept, *written, *copied], (*why_draft, *made.notes)

    def _copied(self) -> list[Path]:
        """The files that go with the letter, beside it; one that is there already is left as it is."""
        copied = []
        for name, data in self._put_with_it.items():
            stem, suffix, number = safe_stem(Path(name).stem), Path(name).suffix, 1
            path = self.out / f"{stem}{suffix}"
            while path.exists() and path.read_bytes() != data:
                number += 1
                path = path.with_name(f"{stem}-{number}{suffix}")
            copied += [path] if path.exists() else write_all({path: data})
        return copied

    def _numbered(self, letter: Letter) -> Numbered | None:
        """The letter's number; the one the question offered gives way to the next if somebody has taken it since."""
        if self._registration is None:
            return None
        if letter.reference and letter.reference in self.state.references_offered:
            letter = letter.model_copy(update={"reference": None})
        return self._registration.number([LetterToEnter(letter, self._run)])[0]

    def _issue(
        self, registration: Registration, letter: Letter, numbered: Numbered, files: Mapping[Path, bytes]
    ) -> None:
        told = {each.id: each.day.isoformat() for each in deadlines_told(self.state, letter.date)}
        by_path = {place_of(path): data for path, data in files.items()}
        is_draft = self.assembler.is_draft(letter)
        registration.join(numbered, letter, self.state.filed)
        registration.issue([registration.entered(letter, numbered, by_path, is_draft=is_draft, told=told)])

    def _write(self, letter: Letter, made: FinishedLetter) -> tuple[str, list[Path]]:
        """Write the letter to new files; returns their common name, without DRAFT mark and suffix, and their paths."""
        wanted = safe_stem(f"{letter.date.isoformat()}-{letter.kind}-{letter.addressee}")
        while True:
            stem = self._free_stem(wanted, made.files)
            names = file_names(stem, made.files, is_draft=self.assembler.is_draft(letter))
            try:
                return stem, write_all({self.out / names[suffix]: data for suffix, data in made.files.items()})
            except CannotWrite as error:
                if error.problems[0].code != "exists":  # otherwise another session has just taken the name
                    raise

    def _save(self, content: bytes) -> None:
        if self.saved_at and self._changed_elsewhere(self.saved_at):
            self.saved_at, self.draft_was_changed = None, True
            self._branches += 1
        if path := self.saved_at:
            write_all({path: content}, overwrite=True, private=True)
        else:
            try:
                private_folder(self._drafts)
                path = self._new_draft(self._drafts, "", content)
            except (CannotWrite, OSError):  # no home folder, or one that is read-only
                path = self._new_draft(self.out, "draft-", content)
        self.saved_at, self._content = path, content

    def _new_draft(self, folder: Path, prefix: str, content: bytes) -> Path:
        """Save to a file of its own: the name may be taken, if the clock was set back."""
        while True:
            branch = f"-{self._branches + 1}" if self._branches else ""
            path = folder / f"{prefix}{self._name}{branch}.toml"
            try:
                write_all({path: content}, private=True)
                return path
            except CannotWrite as error:
                if error.problems[0].code != "exists":
                    raise
                self._branches += 1

    def _changed_elsewhere(self, path: Path) -> bool:
        """Whether the draft is not as this session left it, because it is also open in another window."""
        try:
            return path.read_bytes() != self._content
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def _free_stem(self, stem: str, formats: Collection[str]) -> str:
        """``stem``, or ``stem-2``, ``stem-3``, …: the first for which no file exists yet."""
        number, candidate = 1, stem
        endings = [".toml"]
        for is_draft in (False, True):
            endings += file_names("", formats, is_draft=is_draft).values()
        while any((self.out / f"{candidate}{ending}").exists() for ending in endings):
            number += 1
            candidate = f"{stem}-{number}"
        return candidate


def _with_claims(
    answers: Answers, saved: Mapping[str, Any], claims: Mapping[str, Any]
) -> tuple[Answers, dict[str, Any]]:
    """The answers without those that a returned form contradicts, which are asked again, with both shown."""
    said = {name: typed(value) for name, value in claims.items()}
    previous = dict(saved.get("old", {}))
    for name, words in said.items():
        known = get(answers, name)
        if known not in (None, "", []) and typed(known) != words:
            previous[name] = typed(known)
            put(answers, name, None)
    unknown = {name: words for name, words in said.items() if get(answers, name) in (None, "", [])}
    return answers, {**saved, "old": previous, "claims": unknown}


def _matter_folder(letter: Letter) -> str:
    """The folder of a matter: the day its request came in, and from whom; without a request, the letter's own day."""
    received = getattr(letter.request, "received", None) or letter.date
    return safe_stem(f"{received.isoformat()}-{letter.addressee}")
