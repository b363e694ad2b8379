"""Word templates in docxtpl's dialect: compiled once, filled many times, and checked each time.

A template that could lose text is refused when it is compiled, and a damaged letter is refused when it is filled. Only
the dialect and the patching of table cells come from docxtpl.

This module is the public face of the package; other rooms import from here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree
from msgspec import Struct

from letters._text.between_runs import kept
from letters._text.languages import ENGLISH, Language
from letters.assembly.template.blocks import pair
from letters.assembly.template.compilation import (
    REVIEW,
    Compiled,
    ExpandedTemplate,
    TemplateAnalysis,
    analyze,
    expand,
)
from letters.assembly.template.document_properties import DocumentProperties, core_properties, styles_in
from letters.assembly.template.draft_mark import mark_draft
from letters.assembly.template.names_used import Use, loop_names, only_in_its_loop, uses
from letters.assembly.template.sandbox import CompiledText, nothing_called, values_from
from letters.assembly.template.shared_passages import NO_PASSAGES, SharedPassages
from letters.assembly.template.tag_positions import TagPosition, TagReader
from letters.assembly.template.tags import PROPERTY, Tag, TagPlace, substitute
from letters.docx.markup import with_stops_set
from letters.docx.names import CORE
from letters.docx.package import QUICK, Packed, open_package, package_of, write_letter
from letters.errors import Collector, LettersError, Problem, TemplateAtFault
from letters.model.by_answers import AnswerTo, ByAnswers, as_key

__all__ = [
    "REVIEW",
    "DocumentProperties",
    "ExpandedTemplate",
    "SharedPassages",
    "Template",
    "TemplateAnalysis",
    "analyze",
    "expand",
    "fill_text",
    "is_true",
    "mark_draft",
    "read_text",
]

_TEXTS_KEPT = 500
"""From run to run; the shipped library has some two hundred."""


class Template(Struct, frozen=True, eq=False):
    """One compiled .docx template. It is immutable, and any number of threads may fill it.

    Args:
        name: of the file, for messages.
        tags: every tag in reading order.
        names: the names it uses from the context; all except those with |default(…) are required.
        uses: every name or dotted path it uses, with the tag that uses it; for checking against the model.
        notes: what is allowed but probably a mistake; for ``letters check``.
        passages: the names of the shared passages it includes, directly or inside other passages.
        wording: the text of each paragraph without its tags, with its place.
        review: what is left of a review, such as comments; letters are drafts until it is gone.
    """

    name: str
    tags: tuple[Tag, ...]
    names: frozenset[str]
    uses: tuple[Use, ...]
    notes: tuple[Problem, ...]
    passages: tuple[str, ...]
    wording: tuple[tuple[TagPlace, str], ...]
    _required: Mapping[str, list[Tag]]
    _compiled: Compiled
    review: tuple[Problem, ...] = ()

    @classmethod
    def compile(
        cls,
        data: bytes,
        name: str,
        passages: SharedPassages = NO_PASSAGES,
        language: Language = ENGLISH,
        despite: Collection[str] = (),
    ) -> Template:
        """Compile a template with the passages it includes. Raises TemplateAtFault with everything that is wrong.

        Args:
            data: the .docx.
            name: of the file, for messages.
            language: that it is written in.
            despite: codes of problems that do not stop it.
        """
        try:
            return cls.of(analyze(open_package(data, name), passages), language, despite)
        except TemplateAtFault:
            raise
        except LettersError as error:
            raise TemplateAtFault(error.problems) from error

    @classmethod
    def of(cls, analysis: TemplateAnalysis, language: Language = ENGLISH, despite: Collection[str] = ()) -> Template:
        """The compiled template. Raises TemplateAtFault with everything that is wrong with it.

        Args:
            despite: codes of problems that do not stop it.
        """
        found, name = analysis.compiled(language, despite), analysis.package.name
        names = frozenset(use.name for use in found.uses)
        required = _required(found.uses)
        left = tuple(problem for problem in analysis.problems if problem.code in REVIEW)
        return cls(
            name, found.tags, names, found.uses, found.notes, found.passages, found.wording, required, found, left
        )

    def fill(self, context: Mapping[str, Any], properties: DocumentProperties) -> bytes:
        """The finished letter as a .docx. The same arguments always give the same bytes. See `filled`."""
        return write_letter(self.filled(context, properties))

    def filled(self, context: Mapping[str, Any], properties: DocumentProperties) -> dict[str, Packed]:
        """The parts of the finished letter, by name.

        Args:
            context: plain data of any depth: dict, list, tuple, str, int, date, bool, None.
            properties: the document properties of the letter.

        Raises:
            TemplateAtFault: a tag got a value it cannot print, or the letter would be damaged.
        """
        self._refuse_missing_names(context)
        values = values_from(context)
        members = dict(self._compiled.untouched)
        if self._compiled.styles:
            name, xml = self._compiled.styles
            members[name] = styles_in(properties.language, name, xml)
        problems = Collector()
        for part in self._compiled.parts:
            with problems.collect():
                members[part.name] = part.fill(values)
        with problems.collect():
            filled = core_properties(self._compiled.properties, values, properties, f"{self.name}, document properties")
            members[CORE] = Packed.of(CORE, filled, level=QUICK)
        self._stop_if_any(problems, context)
        return self._with_field_results(members) if self._compiled.computes_fields else members

    def _with_field_results(self, members: dict[str, Packed]) -> dict[str, Packed]:
        """The parts with the results of cross-references and the like, computed from what the letter says."""
        from letters.pdf.field_results import WrongField, computed_results

        try:
            results = computed_results(package_of(members, self.name))
        except WrongField as error:
            raise TemplateAtFault(problem.within(self.name) for problem in error.problems) from error
        return members | {part: Packed.of(part, data, level=QUICK) for part, data in results.parts.items()}

    @property
    def computes_fields(self) -> bool:
        """Whether it has cross-references and the like, whose results depend on the letter."""
        return self._compiled.computes_fields

    def field_problems(self, context: Mapping[str, Any], properties: DocumentProperties) -> tuple[Problem, ...]:
        """What is wrong with the cross-references of a letter, such as one to a clause that is left out."""
        if self._compiled.computes_fields:
            try:
                self.filled(context, properties)
            except TemplateAtFault as error:
                return tuple(problem for problem in error.problems if problem.code == "field")
        return ()

    def trees(self, context: Mapping[str, Any], changed: Collection[str] = ()) -> list[etree._Element]:
        """The filled parts as XML trees, for reading. Raises as `fill` does.

        Args:
            changed: if given, only the parts that use one of these names.
        """
        self._refuse_missing_names(context)
        values = values_from(context)
        found: list[etree._Element] = []
        problems = Collector()
        for part in self._compiled.parts:
            if changed and part.words.isdisjoint(changed):
                continue
            with problems.collect():
                found.append(part.tree(values))
        for script in self._compiled.properties.values():
            with problems.collect():
                script.fill(values)
        self._stop_if_any(problems, context)
        return found

    def _refuse_missing_names(self, context: Mapping[str, Any]) -> None:
        """A misspelled name is an error even in a branch that this letter does not use."""
        missing = [(name, tag) for name, tags in self._required.items() if name not in context for tag in tags]
        if missing:
            loops = loop_names(self.tags)
            problems = [
                only_in_its_loop(name, tag, loops[name]) if name in loops else nothing_called(name, tag, context)
                for name, tag in missing
            ]
            self._stop_if_any(problems, context)

    def _stop_if_any(self, problems: Iterable[Problem], context: Mapping[str, Any]) -> None:
        """Raise TemplateAtFault if there are problems, and then for every part of a group that does not exist, too."""
        if found := dict.fromkeys(problems):
            raise TemplateAtFault(dict.fromkeys([*found, *self._unknown_parts(context)]))

    def _unknown_parts(self, context: Mapping[str, Any]) -> Iterator[Problem]:
        for use in self.uses:
            group: Any = context
            for step in use.path.split("."):
                if use.optional or type(group) is not dict or group is context.get("deadlines"):
                    break  # not all letters have the same deadlines
                if step.endswith("[]"):
                    break  # an entry of a list, which may have none
                if step not in group:
                    if group is not context:
                        yield nothing_called(step, use.tag, group)
                    break
                group = group[step]


def fill_text(source: str, context: Mapping[str, Any], where: str, language: Language = ENGLISH) -> str:
    """Fill a short text that the office wrote in a TOML file. It may use the same tags, under the same rules.

    Args:
        where: file and key, for messages.
        language: of the letter.

    Raises:
        TemplateAtFault: the text or a value is wrong.
    """
    try:
        text = _short_text(source, language)
        filled = text.fill(values_from(context) if text.tags else {})
        return with_stops_set(filled, is_american=language.is_american)
    except TemplateAtFault as error:
        raise TemplateAtFault(problem.within(where) for problem in error.problems) from error


def is_true(condition: str, context: Mapping[str, Any], where: str, language: Language = ENGLISH) -> bool:
    """Whether a condition that the office wrote in a TOML file, as a tag has it, is true; remembered by its values.

    Raises:
        TemplateAtFault: as `fill_text` does.
    """
    source = f"{{% if {condition} %}}yes{{% endif %}}"

    def work(answer_to: AnswerTo) -> bool:
        for path in paths:
            answer_to(path)
        return bool(fill_text(source, context, where, language))

    def value_at(path: str) -> tuple[type, Any]:
        value: Any = context
        for step in path.split("."):
            value = value[step]
        return type(value), as_key(value)

    try:
        paths, known = _condition(source, language)
        return known.of(value_at, work)
    except (KeyError, TypeError):  # a name that is not there, or an entry of a list
        return bool(fill_text(source, context, where, language))


@lru_cache(maxsize=512)
def _condition(source: str, language: Language) -> tuple[tuple[str, ...], ByAnswers[bool]]:
    """The paths that a condition uses, and what is remembered of it."""
    paths = kept("conditions", lambda: (source, repr(language)), lambda: _paths(source, language), most=_TEXTS_KEPT)
    return paths, ByAnswers()


def _paths(source: str, language: Language) -> tuple[str, ...]:
    return tuple(use.path for use in uses(_short_text(source, language).tags.values()))


def _required(uses: Iterable[Use]) -> dict[str, list[Tag]]:
    """The names a context must have, each with the tags that use it."""
    found: dict[str, list[Tag]] = {}
    for use in uses:
        if not use.optional:
            found.setdefault(use.name, []).append(use.tag)
    return found


@lru_cache(maxsize=4096)
def _short_text(source: str, language: Language) -> CompiledText:
    return kept("texts", lambda: (source, repr(language)), lambda: _compiled_text(source, language), most=_TEXTS_KEPT)


def _compiled_text(source: str, language: Language) -> CompiledText:
    text, tags, problems = read_text(source, "")
    if problems:
        raise TemplateAtFault(problems)
    return CompiledText.of(text, tags, plain=True, language=language)


def read_text(source: str, where: str) -> tuple[str, list[Tag], list[Problem]]:
    """A short text with tokens in place of its tags, the tags, and everything that is wrong with them."""
    reading = TagReader()
    found = reading.text(source, TagPlace(where, words=source), PROPERTY)
    holder = etree.Element("text")
    spots = [TagPosition(reading.tags[number], number, holder, "text") for _, _, number in found]
    return substitute(source, found, reading.tags), reading.tags, reading.problems + pair(spots)[1]
