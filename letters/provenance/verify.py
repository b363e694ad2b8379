"""`letters verify`: what a finished letter was made from, and whether it still says what was written.

All of it from the file and the library alone: the record in the file names versions, the library knows who approved
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from letters import __version__
from letters._text.dates import long_date
from letters.assembly.assembler import Assembler
from letters.docx.package import open_package
from letters.errors import LettersError
from letters.library.approval_record import VettingEntry, version_of
from letters.provenance.judging import EDITED, Edit, Judgement, LetterState, judge
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.words import Words, fold, mark_of, sentences, words_of

UNTOUCHED = frozenset({LetterState.UNCHANGED, LetterState.SAVED_AGAIN})
_IN_WORDS = {
    LetterState.UNCHANGED: "Unchanged: every byte is as it was written.",
    LetterState.SAVED_AGAIN: (
        "Unchanged: another program has saved it, with the same words, styles, emphasis and pictures."
    ),
    LetterState.LOOKS: "Not a word has changed, but styles, emphasis or pictures have.",
    LetterState.OTHER_SEAL: (
        "It has a record that was made under another seal than this library's, so nothing in it can be relied on here: "
        "it is another office's letter, or the seal was replaced."
    ),
    LetterState.FORGED: (
        "Its record is not as it was written: somebody has altered it, or put it together. Nothing it says can be "
        "relied on."
    ),
    LetterState.UNKNOWN: (
        "Unknown: it carries no record, so it was not made by this version of Letters, or its properties were removed."
    ),
}

_UNSEALED = (
    "It was written without a seal, in a library that had none yet or by somebody else: anybody could have made its "
    "record, so nothing in it can be relied on."
)


@dataclass(frozen=True)
class Approval:
    """An approval the library has.

    Args:
        number: of the approval, from 1 for the kind's first.
        standing: it is the last one, and was not withdrawn.
    """

    act: VettingEntry
    number: int
    standing: bool


@dataclass(frozen=True)
class TracedEdit:
    """One change, with what stood there where the library has it.

    Args:
        was: a sentence for each that is gone; None where its words are not in the library.
    """

    change: Edit
    was: tuple[str | None, ...]


@dataclass(frozen=True)
class Verification:
    """What is known of one file.

    Args:
        name: how messages call it.
        approval: that the letter was made under; None where there is none, or none this library has.
        notes: what to think of it, each a sentence.
        counts: the library has the approval that the letter went out under, and trusts it.
    """

    name: str
    judged: Judgement
    approval: Approval | None = None
    findings: tuple[TracedEdit, ...] = ()
    notes: tuple[str, ...] = field(default=())
    counts: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether it is a letter of this library, under an approval that counts, and says what was written."""
        record = self.judged.record
        return self.judged.state in UNTOUCHED and record is not None and not record.edited and self.counts

    def lines(self) -> Iterator[str]:
        """All of it, for a terminal."""
        yield f"{self.name}: {self.judged.state}"
        for note in self.notes:
            yield f"  {note}"
        for finding in self.findings:
            place = "In a header or footer: " if finding.change.in_heading else ""
            for was in finding.was:
                yield f"  - {place}{was or '(a sentence whose words are not in the library)'}"
            for now in finding.change.now:
                yield f"  + {place}{now}"

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        record, approval = self.judged.record, self.approval
        said = {} if record is None or self.judged.state not in EDITED else record.as_mapping()
        hidden = ("words", "headings", "looks", "file", "seal", "form")
        return {
            "file": self.name,
            "state": str(self.judged.state),
            "unchanged": self.is_whole,
            "record": {name: value for name, value in said.items() if name not in hidden},
            "approval": approval
            and {
                "number": approval.number,
                "by": approval.act.by,
                "title": approval.act.title,
                "date": approval.act.date.isoformat(),
                "standing": approval.standing,
            },
            "changes": [
                {"now": finding.change.now, "was": finding.was, "in_heading": finding.change.in_heading}
                for finding in self.findings
            ],
            "notes": self.notes,
        }


class Verifier:
    """Verifies letters against one library."""

    def __init__(self, assembler: Assembler) -> None:
        self.assembler = assembler
        self._known: dict[tuple[str, str, bool], Mapping[str, str]] = {}

    def verify(self, data: bytes, name: str, original: bytes | None = None) -> Verification:
        """The verdict on a file.

        Args:
            name: how messages call it.
            original: the Word letter as it was written, for the words that stood where something was changed.

        Raises:
            LettersError: the file is no .docx or PDF that can be read.
        """
        judged = judge(data, name, self.assembler.seal)
        record = judged.record
        if record is None or judged.state not in EDITED:
            unsealed = judged.state is LetterState.OTHER_SEAL and record is not None and record.key == Seal().name
            return Verification(name, judged, notes=(_UNSEALED if unsealed else _IN_WORDS[judged.state],))
        approval = self._approval(record)
        former: dict[str, str] = {}
        if judged.changes:
            cased = not data.startswith(b"%PDF-")
            former |= self._former(record, approval, cased=cased)
            if original is not None:
                former |= self._marked(words_of(open_package(original, name)), cased=cased)
        findings = tuple(
            TracedEdit(change, tuple(former.get(mark) for mark in change.gone)) for change in judged.changes
        )
        counts = record.state == "draft" or (approval is not None and not self.assembler.register.trust_problem)
        return Verification(name, judged, approval, findings, tuple(self._notes(judged, record, approval)), counts)

    # --- what the record names, as the library knows it ---

    def _approval(self, record: Record) -> Approval | None:
        approvals = self.assembler.register.approvals(record.kind)
        for number, act in reversed(list(enumerate(approvals, 1))):
            if version_of(act.files) == record.approval:
                withdrawn = self.assembler.vetting(record.kind).withdrawal is not None
                return Approval(act, number, number == len(approvals) and not withdrawn)
        return None

    def _notes(self, judged: Judgement, record: Record, approval: Approval | None) -> Iterator[str]:
        yield self._what_happened(judged)
        if judged.is_another_letter:
            yield "Hardly a sentence is one of those recorded: the record may have been taken from another letter."
        if judged.tracked:
            yield "It holds tracked changes, which were read as accepted."
        if record.edited:
            count = f" ({_count(int(record.changed))})" if record.changed.isdigit() else ""
            yield f"The PDF was printed from a Word letter that had been changed by hand in its {record.edited}{count}."
        kinds = self.assembler.library.kinds
        title = kinds[record.kind].title if record.kind in kinds else "which is no kind of letter here any more"
        yield f"Kind: {record.kind} ({title}). Dated {_day(record.dated)}. Written by Letters {_tool(record.tool)}."
        yield self._under_what(record, approval)
        yield f"Version of its files: {record.version[:16]}…, {self._law(record)}."
        if approval and (distrust := self.assembler.register.trust_problem):
            yield f"That approval counts for nothing here: {distrust}."
        if record.key == "none":
            yield "The library has no seal, so anybody could have written this record. An approval makes one."

    def _what_happened(self, judged: Judgement) -> str:
        if judged.state is LetterState.WORDS:
            return f"Changed since it was written: {_count(judged.sentences)}."
        return _IN_WORDS[judged.state]

    def _under_what(self, record: Record, approval: Approval | None) -> str:
        if approval is None:
            if record.approval:
                return "It names an approval that is not in this library: `templates/vetted.toml` is older, or another."
            return "It was a draft: nobody had approved its kind."
        act = approval.act
        told = f"approval {approval.number}, by {act.person}, on {long_date(act.date)}"
        if record.state == "draft":
            return f"It was a draft, made from files that were not (all) those of {told}, or citing law nobody vetted."
        if approval.standing:
            return f"Made under {told}, which stands."
        return f"Made under {told}, which has been withdrawn or followed by another since."

    def _law(self, record: Record) -> str:
        name, register = "templates/legal_basis.toml", self.assembler.register
        if record.law == register.digest(name):
            return "with the law as the library has it now"
        for kind in self.assembler.library.kinds:
            for act in register.approvals(kind):
                if act.files.get(name) == record.law:
                    return f"with the law as approved on {long_date(act.date)}"
        return f"with law ({record.law[:16]}…) that is not in this library"

    # --- what stood there ---

    def then(self, approval: Approval | None) -> Assembler:
        """The desk as it was when this was approved."""
        return Assembler(self.assembler.register.as_approved(approval.act)) if approval else self.assembler

    def _former(self, record: Record, approval: Approval | None, *, cased: bool) -> Mapping[str, str]:
        """Sentences the library can give, by their marks: the vetted wording, and what the samples make of it."""
        key = (record.kind, record.approval if approval else "", cased)
        if key not in self._known:
            found: dict[str, str] = {}
            with suppress(LettersError, KeyError):  # a kind that is no more
                for words in self._known_words(record.kind, self.then(approval)):
                    found |= self._marked(words, cased=cased)
            self._known[key] = found
        return self._known[key]

    def _marked(self, words: Words, *, cased: bool) -> dict[str, str]:
        said = [*words.sentences, *(each for line in words.headings for each in sentences(line))]
        return {mark_of(fold(sentence), self.assembler.seal, cased=cased): sentence for sentence in said}

    def _known_words(self, kind: str, assembler: Assembler) -> Iterator[Words]:
        packages = [assembler.whole(kind).package]
        for name, answers in self.assembler.samples(kind).items():
            with suppress(LettersError):
                packages.append(open_package(assembler.make(assembler.check(answers), ["docx"]).files["docx"], name))
        yield from map(words_of, packages)


def _count(sentences: int) -> str:
    return "1 sentence" if sentences == 1 else f"{sentences} sentences"


def _tool(version: str) -> str:
    return version if version == __version__ else f"{version} (this is {__version__})"


def _day(text: str) -> str:
    with suppress(ValueError):
        return long_date(date.fromisoformat(text))
    return text
