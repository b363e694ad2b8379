"""A finished letter compared with the record it carries: is it still what was written?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from letters.docx.package import Package, open_package, own_members
from letters.provenance.custom_properties import is_fingerprint_of, read_record
from letters.provenance.letter_text import (
    LetterText,
    fingerprint,
    fold,
    length_of,
    sentences,
    split_fingerprints,
    text_as_written,
    text_of_package,
)
from letters.provenance.pdf_reading import read_pdf
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.xmp import file_fingerprint_matches

_SAME_LETTER = 1 / 2  # if less than this share of the recorded sentences is left, the record may be another letter's
_MOST, _SPARE = 4, 20_000  # a PDF longer than so many times its recorded length plus so many characters is not searched


class LetterState(StrEnum):
    """What happened to a letter after it was written."""

    UNCHANGED = "unchanged"
    SAVED_AGAIN = "saved again"
    LOOKS = "changed in formatting"
    WORDS = "changed in words"
    OTHER_SEAL = "made with another seal"
    FORGED = "record altered"
    UNKNOWN = "unknown"


EDITED = {
    LetterState.UNCHANGED: "",
    LetterState.SAVED_AGAIN: "",
    LetterState.LOOKS: "looks",
    LetterState.WORDS: "words",
}
"""States of letters whose record is authentic, and what the record of a PDF made from them says was edited by hand."""


class Edit(Struct, frozen=True):
    """One stretch of a letter that differs from what was written.

    Args:
        now: its sentences now; empty if something was only deleted.
        gone: the fingerprints of the sentences it replaced.
        in_heading: whether it is in a header or footer.
        at: index of the first sentence of ``now`` among the sentences of the text.
    """

    now: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    in_heading: bool = False
    at: int = 0


class RecordComparison(Struct, frozen=True):
    """What a file and the seal alone show.

    Args:
        record: as it was read; None if there is none.
        changes: in the order of the letter.
        tracked: whether the file contains tracked changes, which were read as accepted.
        text: of a Word file; None for a PDF.
    """

    state: LetterState
    record: Record | None = None
    changes: tuple[Edit, ...] = ()
    tracked: bool = False
    text: LetterText | None = None

    @property
    def sentences(self) -> int:
        """How many sentences were inserted, replaced or deleted."""
        return sum(max(len(change.now), len(change.gone)) for change in self.changes)

    @property
    def is_another_letter(self) -> bool:
        """Whether hardly any recorded sentence is still in the letter."""
        if self.record is None or self.record.enclosure or self.state is not LetterState.WORDS:
            return False
        gone = sum(len(change.gone) for change in self.changes if not change.in_heading)
        recorded = len(self.record.words) // 10
        return recorded - gone < recorded * _SAME_LETTER


def compare(data: bytes, name: str, seal: Seal) -> RecordComparison:
    """Compare a .docx or a PDF with its record.

    Args:
        name: of the file, for messages.
        seal: of the library it should have been made with.

    Raises:
        LettersError: the file is neither a readable .docx nor a readable PDF.
    """
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _compare_pdf(data, name, seal)
    return compare_word(open_package(data, name), data, seal)


def compare_word(package: Package, data: bytes, seal: Seal) -> RecordComparison:
    """Compare a .docx that is open already with its record.

    Args:
        data: its bytes.
        seal: of the library it should have been made with.
    """
    record = read_record(package)
    if record is None or not _is_ours(record, seal):
        text = text_of_package(package)
        return RecordComparison(_state_without_comparison(record, seal), record, (), text.tracked, text)
    members = own_members(data)
    if members is not None and is_fingerprint_of(record.file, members, seal):
        text = text_as_written(package)
        return RecordComparison(LetterState.UNCHANGED, record, (), text.tracked, text)
    text = text_of_package(package)
    changes = (*_in_text(record, text.sentences, seal), *_in_headings(record, text.headings, seal))
    state = LetterState.WORDS if changes else LetterState.SAVED_AGAIN
    if not changes and seal.fingerprint("looks", text.looks.encode()).hex() != record.looks:
        state = LetterState.LOOKS
    return RecordComparison(state, record, changes, text.tracked, text)


def _is_ours(record: Record, seal: Seal) -> bool:
    return record.key == seal.name and record.is_authentic(seal)


def _state_without_comparison(record: Record | None, seal: Seal) -> LetterState:
    """The state of a letter without a record that can be relied on."""
    if record is None:
        return LetterState.UNKNOWN
    return LetterState.OTHER_SEAL if record.key != seal.name else LetterState.FORGED


def _in_text(record: Record, now: Sequence[str], seal: Seal) -> Iterator[Edit]:
    from difflib import SequenceMatcher  # here, because only letters that were saved again need it

    recorded = list(split_fingerprints(record.words))
    found = [fingerprint(fold(sentence), seal) for sentence in now]
    for tag, a, b, c, d in SequenceMatcher(None, recorded, found, False).get_opcodes():
        if tag != "equal":
            yield Edit(tuple(now[c:d]), tuple(recorded[a:b]), at=c)


def _in_headings(record: Record, now: Sequence[str], seal: Seal) -> Iterator[Edit]:
    """Changes in headers and footers, sentence by sentence: programs rename, copy and reorder those parts."""
    recorded = dict.fromkeys(split_fingerprints(record.headings))
    found = {fingerprint(fold(each), seal): each for line in now for each in sentences(line) if fold(each)}
    new = tuple(sentence for mark, sentence in found.items() if mark not in recorded)
    gone = tuple(mark for mark in recorded if mark not in found)
    if new or gone:
        yield Edit(new, gone, in_heading=True)


# --- PDF ---


def _compare_pdf(data: bytes, name: str, seal: Seal) -> RecordComparison:
    reading = read_pdf(data, name)
    record = reading.record
    if record is None or not _is_ours(record, seal):
        return RecordComparison(_state_without_comparison(record, seal), record)
    if file_fingerprint_matches(data, seal):
        return RecordComparison(LetterState.UNCHANGED, record)
    if record.enclosure:  # the fields are compared by `Verifier`, which knows how to read them
        return RecordComparison(LetterState.WORDS, record)
    headings = frozenset(split_fingerprints(record.headings))
    changes = list(changes_in_stream(list(split_fingerprints(record.words)), reading.body, headings, seal))
    for page in reading.headings:
        extra = [change.now for change in changes_in_stream([], page, headings, seal)]
        changes += [Edit(now, in_heading=True) for now in extra]
    return RecordComparison(LetterState.WORDS if changes else LetterState.SAVED_AGAIN, record, tuple(changes))


def changes_in_stream(recorded: Sequence[str], text: str, anywhere: frozenset[str], seal: Seal) -> Iterator[Edit]:
    """Changes in the running text of a PDF.

    The text of a PDF has no paragraphs, so its sentences cannot be told apart. Instead, each recorded fingerprint is
    searched for in turn: it says how long the sentence is.

    Args:
        recorded: fingerprints of the sentences, in order.
        text: as it was read from the PDF.
        anywhere: fingerprints of what may appear at any place, such as the letterhead.
    """
    stream = _RunningText.of(text, seal)
    if len(stream.folded) > _MOST * sum(map(length_of, recorded)) + _SPARE:  # no edit makes a letter that much longer
        yield Edit(gone=tuple(recorded))
        return
    at, missing, number = 0, list[str](), 0
    for mark in recorded:
        place = stream.find(mark, at, len(stream.folded))
        if place is None:
            missing.append(mark)
            continue
        yield from stream.gap(at, place, missing, anywhere, number)
        at, missing, number = place + length_of(mark), [], number + 1
    yield from stream.gap(at, len(stream.folded), missing, anywhere, number)


class _RunningText(Struct, frozen=True):
    """The running text of a PDF, prepared for the search.

    Args:
        folded: the text without white space, in lower case.
        places: where each character of ``folded`` is in ``text``.
    """

    text: str
    folded: str
    places: Sequence[int]
    seal: Seal

    @classmethod
    def of(cls, text: str, seal: Seal) -> _RunningText:
        found: list[str] = []
        places: list[int] = []
        for at, character in enumerate(text):
            for each in fold(character):
                found.append(each)
                places.append(at)
        return cls(text, "".join(found), places, seal)

    def find(self, mark: str, start: int, end: int, taken: Sequence[tuple[int, int]] = ()) -> int | None:
        """Where the sentence with this fingerprint begins between ``start`` and ``end``, outside ``taken``."""
        length = length_of(mark)
        for at in range(start, end - length + 1):
            if not any(a < at + length and at < b for a, b in taken) and (
                fingerprint(self.folded[at : at + length], self.seal, cased=False) == mark
            ):
                return at
        return None

    def gap(self, start: int, end: int, gone: Sequence[str], anywhere: frozenset[str], number: int) -> Iterator[Edit]:
        """The change between two recorded sentences, if there is one."""
        taken: list[tuple[int, int]] = []
        for mark in sorted(anywhere, key=length_of, reverse=True):
            place = self.find(mark, start, end, taken)
            while place is not None:
                taken.append((place, place + length_of(mark)))
                place = self.find(mark, place + length_of(mark), end, taken)
        left = [at for at in range(start, end) if not any(a <= at < b for a, b in taken)]
        if "".join(self.folded[at] for at in left).isdigit():  # a page number
            left = []
        if left or gone:
            first, last = (self.places[left[0]], self.places[left[-1]] + 1) if left else (0, 0)
            now = tuple(sentences(" ".join(self.text[first:last].split())))
            yield Edit(now, tuple(gone), at=number)
