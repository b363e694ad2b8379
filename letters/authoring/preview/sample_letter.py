"""A sample letter as the preview shows it: its PDF, where each paragraph comes from, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field

from letters._text.toml_inline import in_toml
from letters.assembly.anatomy import Anatomy, Guard, WordingPiece
from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.errors import LettersError
from letters.library.answers import Answers
from letters.library.prompts import load_questionnaire
from letters.model.fields import get, put
from letters.model.letter import Letter


class Variant(Struct, frozen=True):
    """What is shown: a sample, and the answers changed in it, by dotted name."""

    sample: str
    changes: Mapping[str, Any] = field(default_factory=dict)


class ConditionState(Struct, frozen=True):
    """A condition of the template, and whether it holds in the letter; None if the letter never gets to it.

    Args:
        pieces: the numbers of the pieces of wording under it.
    """

    number: int
    says: str
    place: str
    holds: bool | None
    pieces: tuple[int, ...]


class PreviewedLetter:
    """A sample letter made from the library as it is now.

    Making one raises no LettersError: what is wrong is in its ``problems``.
    """

    def __init__(self, assembler: Assembler, kind: str, choice: Variant) -> None:
        self.assembler, self.kind, self.choice = assembler, kind, choice
        self.problems: list[str] = []
        self.pdf = b""
        self.paragraphs: list[dict[str, Any]] = []
        self.conditions: list[ConditionState] = []
        self.draft = ""
        self.samples: list[str] = []
        self.letter: Letter | None = None
        with self._collecting_problems():
            self._make()

    def find_sources(self, anatomy: Anatomy) -> None:
        """Find where the paragraphs come from. Separate, because it takes as long as making the letter."""
        if self.letter is None:
            return
        with self._collecting_problems():
            office = self.assembler.office
            dated = self.letter.date
            properties = DocumentProperties(title="Preview", author=office.name, language=office.language, dated=dated)
            written = anatomy.fill(self.assembler.context(self.letter), properties)
            seen = {number for numbers, _ in written for number in numbers}
            self.paragraphs = [_paragraph(numbers, words, anatomy.pieces) for numbers, words in written]
            self.conditions = list(_conditions(anatomy.pieces, seen))

    @contextmanager
    def _collecting_problems(self) -> Iterator[None]:
        try:
            yield
        except LettersError as error:
            self.problems += error.in_words

    def _make(self) -> None:
        samples = self.assembler.samples(self.kind)
        self.samples = list(samples)
        if self.choice.sample not in samples and samples:
            self.choice = Variant(self.samples[0])
        if not samples:
            self.problems.append(f"There is no templates/{self.kind}/sample.toml to make a letter from.")
            return
        self.answers: Answers = samples[self.choice.sample]
        letter = self._letter()
        self.draft = self.assembler.why_draft(letter)
        made = self.assembler.make(letter, ["pdf"])
        self.pdf, self.letter = made.files["pdf"], letter
        self.problems += [str(note) for note in made.notes]

    def _letter(self) -> Letter:
        """The letter with the changed answers; or, if the rules do not allow those any more, as in the sample."""
        for name, value in self.choice.changes.items():
            put(self.answers, name, value)
        try:
            return self.assembler.check(self.answers)
        except LettersError as error:
            if not self.choice.changes:
                raise
            self.problems += [f"No letter can be made with your changes: {problem}" for problem in error.in_words]
            self.choice = Variant(self.choice.sample)
            self.answers = self.assembler.samples(self.kind)[self.choice.sample]
            return self.assembler.check(self.answers)

    def changes_in_words(self) -> Iterator[dict[str, str]]:
        """Each changed answer, as it was and as it is."""
        fields = load_questionnaire(self.assembler.library, self.kind).fields
        before = self.assembler.samples(self.kind)[self.choice.sample]
        for name, value in self.choice.changes.items():
            title = fields[name].title if name in fields else name
            yield {"field": name, "title": title, "was": _shown(get(before, name)), "is": _shown(value)}


def _shown(value: Any) -> str:
    return "nothing" if value is None else in_toml(value)


def _paragraph(numbers: set[int], words: str, pieces: list[WordingPiece]) -> dict[str, Any]:
    own = [pieces[number] for number in sorted(numbers)]
    whole = next((piece for piece in own if not piece.branch), own[0])
    return {
        "words": words,
        "place": f"{whole.place.part}, paragraph {whole.place.number}",
        "template": whole.words,
        "names": list(whole.names),
        "conditions": [str(guard) for piece in own for guard in piece.guards][:8],
    }


def _conditions(pieces: list[WordingPiece], seen: set[int]) -> Iterator[ConditionState]:
    """Every condition once, in the order of the template."""
    found: dict[tuple[str, int, str], tuple[Guard, list[WordingPiece]]] = {}
    for piece in pieces:
        for guard in piece.guards:
            if guard.holds:
                key = (guard.tag.place.part, guard.tag.place.number, guard.tag.raw)
                found.setdefault(key, (guard, []))[1].append(piece)
    for number, (guard, under) in enumerate(found.values()):
        place = f"{guard.tag.place.part}, paragraph {guard.tag.place.number}"
        if not any(name != "kind" and not name.startswith("loop") for name in under[0].guard_names):
            continue  # it depends on no answer
        # The letter gets to it only if every condition around it holds; then a piece under those is seen.
        outside = under[0].guards[: under[0].guards.index(guard)]
        while outside and not outside[-1].holds:
            outside = outside[:-1]
        reached = not outside or any(
            piece.number in seen and piece.guards[: len(outside)] == outside for piece in pieces
        )
        numbers = tuple(piece.number for piece in under if piece.guards[-1] == guard) or (under[0].number,)
        holds = any(each.number in seen for each in under)
        yield ConditionState(number, str(guard), place, holds if holds or reached else None, numbers)
