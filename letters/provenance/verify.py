"""`letters verify`: what a finished letter was made from, and whether it still says what was written.

The file and the library are enough for this: the record in the file names versions, and the library knows who approved
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from letters._system.resource_limits import SECONDS, within_limits
from letters._system.version import VERSION
from letters._text.dates import long_date
from letters.docx.package import open_package
from letters.errors import LettersError
from letters.library.approval_record import VettingEntry, version_of
from letters.provenance.letter_maker import LetterMaker
from letters.provenance.letter_text import (
    LetterText,
    fingerprint,
    fold,
    sentences,
    split_fingerprints,
    text_of_package,
)
from letters.provenance.record import Record
from letters.provenance.record_comparison import EDITED, Edit, LetterState, RecordComparison, compare
from letters.provenance.seal import Seal

UNTOUCHED = frozenset({LetterState.UNCHANGED, LetterState.SAVED_AGAIN})
_LAW = "templates/legal_basis.toml"
_EXPLAINED = {
    LetterState.UNCHANGED: "Unchanged: every byte is as it was written.",
    LetterState.SAVED_AGAIN: (
        "Unchanged: another program saved it, but words, styles, emphasis, and pictures are the same."
    ),
    LetterState.LOOKS: "The words are unchanged, but styles, emphasis, or pictures are not.",
    LetterState.OTHER_SEAL: (
        "Its record was made with another seal than this library's, so nothing in it can be relied on here. The letter "
        "is from another office, or the seal was replaced."
    ),
    LetterState.FORGED: "Its record was altered or forged. Nothing in it can be relied on.",
    LetterState.UNKNOWN: (
        "Unknown: it has no record. It was not made by this version of Letters, or its properties were removed."
    ),
}
_TOO_LARGE = "A letter made here is not like that: ask where the file came from."
_UNSEALED = (
    "Its record was made without a seal, by a library that had none yet or by somebody else. Anybody could have made "
    "it, so nothing in it can be relied on."
)


class Approval(Struct, frozen=True):
    """An approval recorded in the library.

    Args:
        number: counted per kind, from 1.
        standing: whether it is the latest one and was not withdrawn.
    """

    entry: VettingEntry
    number: int
    standing: bool


class TracedEdit(Struct, frozen=True):
    """One change, with the original words where the library has them.

    Args:
        was: the original sentences; None for each one that is not in the library.
    """

    change: Edit
    was: tuple[str | None, ...]


class Verification(Struct, frozen=True):
    """The verdict on one file.

    Args:
        name: of the file, for messages.
        approval: that the letter was made under; None if there is none, or the library does not have it.
        findings: what was changed.
        notes: what the reader should know, each one or more sentences.
        trusted: whether the library has the approval and trusts it; true for a draft, which needs none.
    """

    name: str
    comparison: RecordComparison
    approval: Approval | None = None
    findings: tuple[TracedEdit, ...] = ()
    notes: tuple[str, ...] = field(default=())
    trusted: bool = True

    @property
    def is_genuine(self) -> bool:
        """Whether it is a letter of this library, made under a trusted approval, and says what was written."""
        record = self.comparison.record
        if record is None or record.edited or not self.trusted:
            return False
        # Of a form that another program saved, only the fields were compared.
        return self.comparison.state in ({LetterState.UNCHANGED} if record.enclosure else UNTOUCHED)

    def lines(self) -> Iterator[str]:
        """The verdict as lines of text, for a terminal."""
        yield f"{self.name}: {self.comparison.state}"
        for note in self.notes:
            yield f"  {note}"
        for finding in self.findings:
            place = "In a header or footer: " if finding.change.in_heading else ""
            for was in finding.was:
                yield f"  - {place}{was or '(a sentence whose words are not in the library)'}"
            for now in finding.change.now:
                yield f"  + {place}{now}"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON data."""
        record, approval = self.comparison.record, self.approval
        values = {} if record is None or self.comparison.state not in EDITED else record.as_mapping()
        hidden = ("words", "headings", "looks", "file", "seal", "form")
        return {
            "file": self.name,
            "state": str(self.comparison.state),
            "unchanged": self.is_genuine,
            "record": {name: value for name, value in values.items() if name not in hidden},
            "approval": approval
            and {
                "number": approval.number,
                "by": approval.entry.by,
                "title": approval.entry.title,
                "date": approval.entry.date.isoformat(),
                "standing": approval.standing,
            },
            "changes": [
                {"now": finding.change.now, "was": finding.was, "in_heading": finding.change.in_heading}
                for finding in self.findings
            ],
            "notes": self.notes,
        }


class Verifier:
    """Verifies letters against one library.

    Args:
        maker: makes letters from that library.
    """

    def __init__(self, maker: LetterMaker) -> None:
        self._maker = maker
        self._known: dict[tuple[str, str, bool], Mapping[str, str]] = {}

    def verify(self, data: bytes, name: str, original: bytes | None = None) -> Verification:
        """The verdict on a file.

        Args:
            data: a .docx or a PDF.
            name: of the file, for messages.
            original: the Word letter as it was written, so that the original words of every change can be shown.

        Raises:
            LettersError: the file is neither a readable .docx nor a readable PDF.
        """
        with within_limits(name, SECONDS, doing="Reading", fault=LettersError, hint=_TOO_LARGE):
            return self._verified(data, name, original)

    def _verified(self, data: bytes, name: str, original: bytes | None) -> Verification:
        comparison = compare(data, name, self._maker.seal)
        record = comparison.record
        if record is None or comparison.state not in EDITED:
            unsealed = comparison.state is LetterState.OTHER_SEAL and record is not None and record.key == Seal().name
            return Verification(name, comparison, notes=(_UNSEALED if unsealed else _EXPLAINED[comparison.state],))
        approval = self._approval(record)
        originals: dict[str, str] = {}
        if record.enclosure and comparison.state is LetterState.WORDS:
            comparison = self._with_fields(comparison, record, data, name)
            for field in (change.now[0].partition(": ")[0] for change in comparison.changes):
                originals[fingerprint(fold(f"{field}: "), self._maker.seal)] = f"{field}: (empty)"
        if comparison.changes and not record.enclosure:
            cased = not data.startswith(b"%PDF-")
            originals |= self._original_sentences(record, approval, cased=cased)
            if original is not None:
                originals |= self._by_fingerprint(text_of_package(open_package(original, name)), cased=cased)
        findings = tuple(
            TracedEdit(change, tuple(originals.get(mark) for mark in change.gone)) for change in comparison.changes
        )
        trusted = record.state == "draft" or (approval is not None and not self._maker.approvals.trust_problem)
        notes = tuple(self._notes(comparison, record, approval))
        return Verification(name, comparison, approval, findings, notes, trusted)

    def _with_fields(self, comparison: RecordComparison, record: Record, data: bytes, name: str) -> RecordComparison:
        """The comparison of a form that was changed after it went out, with the fields that say something else."""
        recorded = list(split_fingerprints(record.words))
        changes = []
        for at, line in enumerate(self._maker.field_lines(data, name)):
            if fingerprint(fold(line), self._maker.seal) not in recorded:
                changes.append(Edit((line,), (recorded[at],) if at < len(recorded) else (), at=at))
        return replace(
            comparison, state=LetterState.WORDS if changes else LetterState.SAVED_AGAIN, changes=tuple(changes)
        )

    # --- what the library knows about the versions in the record ---

    def _approval(self, record: Record) -> Approval | None:
        approvals = self._maker.approvals.approvals(record.kind)
        for number, entry in reversed(list(enumerate(approvals, 1))):
            if version_of(entry.files) == record.approval:
                withdrawn = self._maker.vetting(record.kind).withdrawal is not None
                return Approval(entry, number, number == len(approvals) and not withdrawn)
        return None

    def _notes(self, comparison: RecordComparison, record: Record, approval: Approval | None) -> Iterator[str]:
        if record.enclosure:
            yield f"It is the form or page “{record.enclosure}”, which went out with a letter."
        yield _what_happened(comparison)
        if record.enclosure and comparison.state is LetterState.SAVED_AGAIN:
            yield "Its fields were compared with what was written. The print around them was not."
        if comparison.is_another_letter:
            yield "Hardly any recorded sentence is left: the record may have been taken from another letter."
        if comparison.tracked:
            yield "It contains tracked changes, which were read as accepted."
        if record.edited:
            count = f" ({_count(int(record.changed))})" if record.changed.isdigit() else ""
            edited = {"looks": "formatting was"}.get(record.edited, "words were")
            yield f"The PDF was made from a Word letter whose {edited} changed by hand{count}."
        kinds = self._maker.library.kinds
        title = kinds[record.kind].title if record.kind in kinds else "a kind this library no longer has"
        yield f"Kind: {record.kind} ({title}). Dated {_day(record.dated)}. Written by Letters {_tool(record.tool)}."
        yield _approval_in_words(record, approval)
        yield f"Version of its files: {record.version[:16]}…, {self._law(record)}."
        if approval and (distrust := self._maker.approvals.trust_problem):
            yield f"That approval is not trusted here: {distrust}."
        if record.key == "none":
            yield "The library has no seal, so anybody could have written this record. The first approval creates one."

    def _law(self, record: Record) -> str:
        approvals = self._maker.approvals
        if record.law == approvals.digest(_LAW):
            return "with the current law of the library"
        for kind in self._maker.library.kinds:
            for entry in approvals.approvals(kind):
                if entry.files.get(_LAW) == record.law:
                    return f"with the law as approved on {long_date(entry.date)}"
        return f"with law ({record.law[:16]}…) that is not in this library"

    # --- the original words ---

    def _original_sentences(self, record: Record, approval: Approval | None, *, cased: bool) -> Mapping[str, str]:
        """Sentences known to the library, by fingerprint: the vetted wording, and the letters made from the samples."""
        key = (record.kind, record.approval if approval else "", cased)
        if key not in self._known:
            then = self._maker.as_approved(approval.entry) if approval else self._maker
            found: dict[str, str] = {}
            with suppress(LettersError, KeyError):  # the library no longer has this kind
                for text in _known_texts(record.kind, then):
                    found |= self._by_fingerprint(text, cased=cased)
            self._known[key] = found
        return self._known[key]

    def _by_fingerprint(self, text: LetterText, *, cased: bool) -> dict[str, str]:
        found = [*text.sentences, *(each for line in text.headings for each in sentences(line))]
        return {fingerprint(fold(sentence), self._maker.seal, cased=cased): sentence for sentence in found}


def _known_texts(kind: str, maker: LetterMaker) -> Iterator[LetterText]:
    packages = [maker.template_package(kind, each) for each in ("", *maker.library.kinds[kind].translations)]
    for name, answers in maker.samples(kind).items():
        with suppress(LettersError):
            packages.append(open_package(maker.make(maker.check(answers), ["docx"]).files["docx"], name))
    yield from map(text_of_package, packages)


def _what_happened(comparison: RecordComparison) -> str:
    if comparison.state is LetterState.WORDS:
        if comparison.record is not None and comparison.record.enclosure:
            count = len(comparison.changes)
            return f"Filled in or changed since it went out: {count} field{'' if count == 1 else 's'}."
        return f"Changed since it was written: {_count(comparison.sentences)}."
    return _EXPLAINED[comparison.state]


def _approval_in_words(record: Record, approval: Approval | None) -> str:
    if approval is None:
        if record.approval:
            return (
                "It names an approval that is not in this library: `templates/vetted.toml` is an older version, or "
                "belongs to another library."
            )
        return "It was a draft: its kind had never been approved."
    entry = approval.entry
    named = f"approval {approval.number}, by {entry.person}, on {long_date(entry.date)}"
    if record.state == "draft":
        return f"It was a draft: some of its files differ from {named}, or it cites law that was not vetted."
    if approval.standing:
        return f"Made under {named}, which is in force."
    return f"Made under {named}, which has since been withdrawn or replaced."


def _count(sentences: int) -> str:
    return "1 sentence" if sentences == 1 else f"{sentences} sentences"


def _tool(version: str) -> str:
    return version if version == VERSION else f"{version} (this is {VERSION})"


def _day(text: str) -> str:
    with suppress(ValueError):
        return long_date(date.fromisoformat(text))
    return text
