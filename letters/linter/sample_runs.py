"""Writes test letters: the sample as it is, then with every condition flipped and every list short and long.

Test letters may combine answers that the rules do not allow. What stops such a letter is reported only if the rules
allow a letter like it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.languages import ENGLISH, Language
from letters.assembly.assembler import Assembler
from letters.assembly.template.compilation import TemplateAnalysis
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.template import Template
from letters.errors import LettersError, Problem, TemplateAtFault
from letters.library.answers import Answers
from letters.linter.answer_changes import applied, with_something, without_gaps
from letters.linter.answer_variations import Variation, variations
from letters.linter.english_usage import english_mistakes, incomplete_sentences
from letters.linter.proofreading import FinishedParagraph, finished_paragraphs, proofread
from letters.linter.template_names import TemplateNames
from letters.model.fields import fields_of, get, put
from letters.model.letter import Letter


class SampleRuns(Struct, frozen=True, eq=False, dict=True):
    """The test letters of one sample.

    Args:
        assembler: of the library.
        examination: of the template, traced.
        template: compiled from it.
        answers: of the sample.
        letter: the sample, checked.
        names: that the template may use.
        with_variations: whether to go on with variations after the sample itself.
        language: of the template.
        unknown: names that its tags use and that do not exist, which is reported; here they have a value.
    """

    assembler: Assembler
    examination: TemplateAnalysis
    template: Template
    answers: Answers
    letter: Letter
    names: TemplateNames
    with_variations: bool = True
    language: Language = ENGLISH
    unknown: Collection[str] = ()
    _read: set[tuple[int, str]] = field(default_factory=set)
    _paragraphs_of: dict[etree._Element, list[FinishedParagraph]] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the test letters, each thing once."""
        try:
            context = self._context(self.letter)
            lines = self._lines(context)
        except LettersError as error:
            yield from error.problems
            return
        yield from self._mistakes(lines, context, "In the sample letter")
        if self.language.tag.startswith("en"):
            yield from _usage(lines)
        dangling = self._field_problems(context)
        yield from dangling
        if self.with_variations:
            yield from self._mistakes(self._usual, self._full, "In a letter that gives every answer")
        seen: set[tuple[object, str]] = set()
        for each in self._variations():
            for problem in self._problems_of(each):
                key = problem.about, problem.hint + problem.code
                if key not in seen:
                    seen.add(key)
                    yield problem
            if not dangling and self.template.computes_fields and (letter := self._letter_of(each)) is not None:
                dangling = self._field_problems(self._context(letter))
                for problem in dangling:
                    yield replace(problem, message=f"{each.in_words}: {problem.message}")

    def _field_problems(self, context: Mapping[str, Any]) -> tuple[Problem, ...]:
        office = self.assembler.office
        return self.template.field_problems(
            context, DocumentProperties("A letter", office.name, self.language.tag, self.letter.date)
        )

    def _variations(self) -> Iterator[Variation]:
        if self.with_variations:
            yield from variations(self.examination.tags, self.examination.faulty, self.names)

    def _context(self, letter: Letter) -> dict[str, Any]:
        return with_something(self.assembler.context(letter), self.unknown)

    @cached_property
    def _full(self) -> dict[str, Any]:
        """The sample's context with every gap filled."""
        return without_gaps(self._context(self.letter), self.names, self.letter.date)

    @cached_property
    def _usual(self) -> list[FinishedParagraph]:
        return self._lines(self._full)

    def _lines(self, context: Mapping[str, Any], changed: Collection[str] = ()) -> list[FinishedParagraph]:
        """The paragraphs of a letter; if names are given, only those in parts of the file that use one of them."""
        lines: list[FinishedParagraph] = []
        for tree in self.template.trees(context, changed):
            if tree not in self._paragraphs_of:
                self._paragraphs_of[tree] = list(finished_paragraphs([tree], self.examination.reading.places or ()))
            lines += self._paragraphs_of[tree]
        return lines

    def _mistakes(self, lines: list[FinishedParagraph], context: Mapping[str, Any], which: str) -> Iterator[Problem]:
        new = [line for line in lines if (line.number, line.text) not in self._read]
        self._read.update((line.number, line.text) for line in new)
        for place, what, hint in proofread(new, context):
            yield place.fault(f"{which}, {what}.", hint, "slip")

    def _problems_of(self, variation: Variation) -> Iterator[Problem]:
        context = applied(self._full, variation.changes, self.names)
        try:
            lines = self._lines(context, {path.split(".")[0].removesuffix("[]") for path in variation.changes})
        except TemplateAtFault as error:
            damaged = [problem for problem in error.problems if problem.code == "damaged"]
            for problem in damaged or self._if_allowed(variation):
                message = f"{variation.in_words}, the letter cannot be written: {problem.message}"
                yield replace(problem, message=message, code="trial")
            return
        if all(self._is_free(path) for path in variation.changes):
            yield from self._mistakes(lines, context, variation.in_words)
        if variation.emptied:
            yield from self._announcements(lines, variation)

    def _is_free(self, path: str) -> bool:
        """Whether the answer can be changed alone: not if it is computed for the entries of a list."""
        many, entry, part = path.partition("[].")
        listed = fields_of(self.names.kind, self.assembler.rulebook.form_of(self.names.kind)).get(many)
        return not entry or (listed is not None and part in {each.name for each in listed.parts})

    def _if_allowed(self, variation: Variation) -> tuple[Problem, ...]:
        """What stops a letter that the rules allow, made by changing the sample's answers in the same way."""
        letter = self._letter_of(variation)
        if letter is None:
            return ()
        try:
            self.template.trees(self._context(letter))
        except TemplateAtFault as error:
            return error.problems
        return ()

    def _letter_of(self, variation: Variation) -> Letter | None:
        """The letter from the sample's answers with the changes; None if the rules do not allow it."""
        answers, fields = (
            deepcopy(self.answers),
            fields_of(self.names.kind, self.assembler.rulebook.form_of(self.names.kind)),
        )
        for path, change in variation.changes.items():
            if change.do == "fill" and get(answers, path):
                continue
            many, _, part = path.partition("[].")
            entries = get(answers, many) if part and "[]" not in part and change.do == "empty" else None
            if entries:
                for each in entries:
                    put(each, part, None)
                continue
            if path not in fields or change.do not in ("set", "empty", "length"):
                return None
            given = get(answers, path)
            if change.do == "length":
                given = [given[at % len(given)] for at in range(change.value)] if given else []
            put(answers, path, {"set": change.value, "empty": None}.get(change.do, given))
        try:
            return self.assembler.check(answers)
        except LettersError:
            return None

    def _announcements(self, lines: list[FinishedParagraph], variation: Variation) -> Iterator[Problem]:
        """Paragraphs that end with a colon and introduce a list that is not there."""
        before, now = _followers(self._usual), _followers(lines)
        for number, (line, after) in now.items():
            if _introduces(line.text) and number in before and before[number][1] != after:
                if self._letter_of(variation) is None:
                    return
                message = f"{variation.in_words}, this paragraph introduces something that does not follow."
                yield line.place.fault(message, "Put it inside the same condition, {%p if … %}.", "announcement")


def _introduces(text: str) -> bool:
    """Whether it is a sentence that introduces something; a few words and a colon are only a label."""
    return text.rstrip().endswith(":") and len(text.split()) > 3


def _followers(lines: list[FinishedParagraph]) -> dict[int, tuple[FinishedParagraph, int]]:
    """Each paragraph by its number in the template, with the number of the one that follows it in the letter."""
    following = [*(line.number for line in lines[1:]), -1]
    return {line.number: (line, after) for line, after in zip(lines, following, strict=True)}


def _usage(lines: Iterable[FinishedParagraph]) -> Iterator[Problem]:
    """Mistakes of English in a letter, whether the template makes them or the sample's answers."""
    for line in lines:
        incomplete = () if line.in_cell else incomplete_sentences(line.text)
        for what, hint in (*english_mistakes(line.text, spacing=False), *incomplete):
            yield line.place.fault(f"In the sample letter, {what}.", hint, "english")
