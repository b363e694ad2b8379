"""Whether a letter says what was written: what is in the file, set beside its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from letters.docx.package import members_of, open_package, write_package
from letters.provenance.custom import mark_of_file, read_custom
from letters.provenance.printed import read_printed
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.words import Words, fold, in_marks, length_of, mark_of, sentences, words_of
from letters.provenance.xmp import file_mark_holds

_KIN = 1 / 2  # below this share of the recorded sentences a record may have been taken from another letter


_MOST, _SPARE = 4, 20_000  # times the recorded length, and characters, beyond which a PDF is not searched


class LetterState(StrEnum):
    """What became of a letter since it was written."""

    UNCHANGED = "unchanged"
    SAVED_AGAIN = "saved again"
    LOOKS = "changed in looks"
    WORDS = "changed in words"
    OTHER_SEAL = "sealed elsewhere"
    FORGED = "record altered"
    UNKNOWN = "unknown"


EDITED = {
    LetterState.UNCHANGED: "",
    LetterState.SAVED_AGAIN: "",
    LetterState.LOOKS: "looks",
    LetterState.WORDS: "words",
}
"""Letters whose record is ours, and what a record of their PDF says was changed by hand."""


@dataclass(frozen=True)
class Edit:
    """One stretch of a letter that is not what was written.

    Args:
        now: its sentences; empty where something was only taken out.
        gone: the marks of what stood there.
        in_heading: it is in a header or footer.
        at: among the sentences of the text, where ``now`` begins.
    """

    now: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    in_heading: bool = False
    at: int = 0


@dataclass(frozen=True)
class Judgement:
    """What is seen of a file without its library.

    Args:
        record: as it was read; None where there is none.
        changes: in the order of the letter.
        tracked: the file holds tracked changes, which were read as accepted.
    """

    state: LetterState
    record: Record | None = None
    changes: tuple[Edit, ...] = ()
    tracked: bool = False
    words: Words | None = None

    @property
    def sentences(self) -> int:
        """How many sentences were changed: put in, replaced or taken out."""
        return sum(max(len(change.now), len(change.gone)) for change in self.changes)

    @property
    def is_another_letter(self) -> bool:
        """Whether hardly a sentence of the record is in the letter."""
        if self.record is None or self.state is not LetterState.WORDS:
            return False
        gone = sum(len(change.gone) for change in self.changes if not change.in_heading)
        recorded = len(self.record.words) // 10
        return recorded - gone < recorded * _KIN


def judge(data: bytes, name: str, seal: Seal) -> Judgement:
    """Judge a .docx or a PDF.

    Args:
        name: how messages call the file.
        seal: of the library it should have been made with.

    Raises:
        LettersError: the file can be read as neither.
    """
    return _judge_pdf(data, name, seal) if data[:1024].lstrip().startswith(b"%PDF-") else _judge_word(data, name, seal)


def _judge_word(data: bytes, name: str, seal: Seal) -> Judgement:
    package = open_package(data, name)
    record, words = read_custom(package), words_of(package)
    if (state := _of_record(record, seal)) is not None:
        return Judgement(state, record, (), words.tracked, words)
    assert record is not None
    members = members_of(data)
    if write_package(members.values()) == data and mark_of_file(members, seal) == record.file:
        return Judgement(LetterState.UNCHANGED, record, (), words.tracked, words)
    changes = (*_in_text(record, words.sentences, seal), *_in_headings(record, words.headings, seal))
    state = LetterState.WORDS if changes else LetterState.SAVED_AGAIN
    if not changes and seal.mark("looks", words.looks.encode()).hex() != record.looks:
        state = LetterState.LOOKS
    return Judgement(state, record, changes, words.tracked, words)


def _of_record(record: Record | None, seal: Seal) -> LetterState | None:
    if record is None:
        return LetterState.UNKNOWN
    if record.key != seal.name:
        return LetterState.OTHER_SEAL
    return None if record.holds(seal) else LetterState.FORGED


def _in_text(record: Record, now: Sequence[str], seal: Seal) -> Iterator[Edit]:
    recorded = list(in_marks(record.words))
    found = [mark_of(fold(sentence), seal) for sentence in now]
    for tag, a, b, c, d in SequenceMatcher(None, recorded, found, False).get_opcodes():
        if tag != "equal":
            yield Edit(tuple(now[c:d]), tuple(recorded[a:b]), at=c)


def _in_headings(record: Record, now: Sequence[str], seal: Seal) -> Iterator[Edit]:
    """Headers and footers are parts that programs rename, copy and put in another order: each sentence for itself."""
    recorded = dict.fromkeys(in_marks(record.headings))
    found = {mark_of(fold(each), seal): each for line in now for each in sentences(line) if fold(each)}
    new = tuple(each for mark, each in found.items() if mark not in recorded)
    gone = tuple(mark for mark in recorded if mark not in found)
    if new or gone:
        yield Edit(new, gone, in_heading=True)


# --- PDF ---


def _judge_pdf(data: bytes, name: str, seal: Seal) -> Judgement:
    printed = read_printed(data, name)
    record = printed.record
    if (state := _of_record(record, seal)) is not None:
        return Judgement(state, record)
    assert record is not None
    if file_mark_holds(data, seal):
        return Judgement(LetterState.UNCHANGED, record)
    headings = set(in_marks(record.headings))
    changes = list(_in_stream(list(in_marks(record.words)), printed.body, headings, seal))
    furniture = set(headings)
    for page in printed.headings:
        extra = [change.now for change in _in_stream([], page, furniture, seal)]
        changes += [Edit(now, in_heading=True) for now in extra]
    return Judgement(LetterState.WORDS if changes else LetterState.SAVED_AGAIN, record, tuple(changes))


def _in_stream(recorded: Sequence[str], text: str, loose: set[str], seal: Seal) -> Iterator[Edit]:
    """Changes in the running text of a PDF, whose paragraphs are not known: marks are looked for one after another.

    Args:
        loose: marks of what may stand anywhere in between, such as the letterhead.
    """
    folded, places = _folded(text)
    if len(folded) > _MOST * sum(map(length_of, recorded)) + _SPARE:  # nothing that a letter could have become
        yield Edit(gone=tuple(recorded))
        return
    at, waiting, number = 0, [], 0
    for mark in recorded:
        place = _find(mark, folded, at, seal)
        if place is None:
            waiting.append(mark)
            continue
        yield from _gap(text, places, folded, at, place, waiting, loose, seal, number)
        at, waiting, number = place + length_of(mark), [], number + 1
    yield from _gap(text, places, folded, at, len(folded), waiting, loose, seal, number)


def _gap(
    text: str, places: Sequence[int], folded: str, start: int, end: int, gone: list[str], loose: set[str], seal: Seal,
    number: int,
) -> Iterator[Edit]:  # fmt: skip
    between = folded[start:end]
    cut: list[tuple[int, int]] = []
    for mark in sorted(loose, key=length_of, reverse=True):
        place = _find(mark, between, 0, seal, cut)
        while place is not None:
            cut.append((place, place + length_of(mark)))
            place = _find(mark, between, place + length_of(mark), seal, cut)
    left = [at for at in range(len(between)) if not any(a <= at < b for a, b in cut)]
    rest = "".join(between[at] for at in left)
    if rest.isdigit():  # the number of a page
        left = []
    if left or gone:
        first, last = (places[start + left[0]], places[start + left[-1]] + 1) if left else (0, 0)
        now = tuple(sentences(" ".join(text[first:last].split())))
        yield Edit(now, tuple(gone), at=number)


def _find(mark: str, folded: str, start: int, seal: Seal, taken: Sequence[tuple[int, int]] = ()) -> int | None:
    length = length_of(mark)
    for at in range(start, len(folded) - length + 1):
        if not any(a < at + length and at < b for a, b in taken) and (
            mark_of(folded[at : at + length], seal, cased=False) == mark
        ):
            return at
    return None


def _folded(text: str) -> tuple[str, list[int]]:
    """A text folded and without figures of its case, and where in it each character stood."""
    found: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for each in fold(character):
            found.append(each)
            places.append(at)
    return "".join(found), places
