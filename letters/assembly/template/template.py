"""Word templates in docxtpl's dialect: compiled once with suspicion, filled many times, checked each time.

A template that could lose text is refused when it is compiled; a letter that came out doubtful is refused when it
is filled. What stays of docxtpl is the dialect, and its own patching of table cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from letters.assembly.template.blocks import pair
from letters.assembly.template.compilation import Compiled, Examination, Expanded, examined, expanded
from letters.assembly.template.marks import mark_draft
from letters.assembly.template.passages import NO_PASSAGES, Passages
from letters.assembly.template.properties import Properties, core_properties, styles_in
from letters.assembly.template.sandbox import CompiledText, nothing_called, values_from
from letters.assembly.template.spots import TagReader, TagSpot
from letters.assembly.template.tags import PROPERTY, Tag, TagPlace, substitute
from letters.assembly.template.uses import Use
from letters.docx.package import CORE, Packed, open_package, write_letter
from letters.errors import Collector, LettersError, Problem, TemplateAtFault

__all__ = [
    "Examination",
    "Expanded",
    "Passages",
    "Properties",
    "Template",
    "examined",
    "expanded",
    "fill_text",
    "mark_draft",
    "read_text",
]


@dataclass(frozen=True, eq=False)
class Template:
    """One .docx template, compiled. Immutable: fill it from as many threads as you like.

    Args:
        name: how messages call it.
        tags: every tag in reading order.
        names: the names it takes from the context; those without |default(…) must all be there.
        uses: every name or dotted path it takes, with the tag that takes it; for checking against the model.
        notes: what is allowed and yet seldom meant; for ``letters check``.
        passages: the names of the shared passages it includes, those inside passages too.
        wording: what each paragraph says itself, without its tags, with its place.
    """

    name: str
    tags: tuple[Tag, ...]
    names: frozenset[str]
    uses: tuple[Use, ...]
    notes: tuple[Problem, ...]
    passages: tuple[str, ...]
    wording: tuple[tuple[TagPlace, str], ...] = field(repr=False)
    _required: Mapping[str, list[Tag]] = field(repr=False)
    _compiled: Compiled = field(repr=False)

    @classmethod
    def compile(cls, data: bytes, name: str, passages: Passages = NO_PASSAGES) -> Template:
        """Read a template and the passages it includes, or raise TemplateAtFault with everything that is wrong."""
        try:
            return cls.of(examined(open_package(data, name), passages))
        except TemplateAtFault:
            raise
        except LettersError as error:
            raise TemplateAtFault(error.problems) from error

    @classmethod
    def of(cls, examination: Examination) -> Template:
        """The template that was examined. Raises TemplateAtFault with everything that is wrong with it."""
        found, name = examination.compiled(), examination.package.name
        names = frozenset(use.name for use in found.uses)
        required = _required(found.uses)
        return cls(name, found.tags, names, found.uses, found.notes, found.passages, found.wording, required, found)

    def fill(self, context: Mapping[str, Any], properties: Properties) -> bytes:
        """The finished letter as the bytes of a .docx: the same for the same arguments, always. See `filled`."""
        return write_letter(self.filled(context, properties))

    def filled(self, context: Mapping[str, Any], properties: Properties) -> dict[str, Packed]:
        """The parts of the finished letter, by name.

        Args:
            context: plain data, as deep as it needs: dict, list, tuple, str, int, date, bool, None.
            properties: what the file says about itself.

        Raises:
            TemplateAtFault: a tag met a value it cannot print, or the letter came out damaged.
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
            members[CORE] = Packed.of(CORE, filled)
        problems.stop_if_any(TemplateAtFault)
        return members

    def trees(self, context: Mapping[str, Any], changed: Collection[str] = ()) -> list[etree._Element]:
        """What a letter does not copy from its template, part by part, for reading. Raises as `fill` does.

        Args:
            changed: if given, only the parts that take one of these names.
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
        problems.stop_if_any(TemplateAtFault)
        return found

    def _refuse_missing_names(self, context: Mapping[str, Any]) -> None:
        """In branches not taken too: a misspelt name must not wait for its day."""
        problems = [
            nothing_called(name, tag, context)
            for name, tags in self._required.items()
            if name not in context
            for tag in tags
        ]
        if problems:
            raise TemplateAtFault(problems)


def fill_text(source: str, context: Mapping[str, Any], where: str) -> str:
    """Fill a short text the office wrote in TOML: the same tags under the same rules, plain text out.

    Raises:
        TemplateAtFault: with ``where`` (file and key) as the place.
    """
    try:
        return _short_text(source).fill(values_from(context))
    except TemplateAtFault as error:
        raise TemplateAtFault(problem.within(where) for problem in error.problems) from error


def _required(uses: Iterable[Use]) -> dict[str, list[Tag]]:
    """The names a context must have, each with the tags that take it."""
    found: dict[str, list[Tag]] = {}
    for use in uses:
        if not use.optional:
            found.setdefault(use.name, []).append(use.tag)
    return found


@lru_cache(maxsize=4096)
def _short_text(source: str) -> CompiledText:
    text, tags, problems = read_text(source, "")
    if problems:
        raise TemplateAtFault(problems)
    return CompiledText.of(text, tags, plain=True)


def read_text(source: str, where: str) -> tuple[str, list[Tag], list[Problem]]:
    """A short text with tokens in place of its tags, the tags, and all that is wrong with them."""
    reading = TagReader()
    found = reading.text(source, TagPlace(where, words=source), PROPERTY)
    holder = etree.Element("text")
    spots = [TagSpot(reading.tags[number], number, holder, "text") for _, _, number in found]
    return substitute(source, found, reading.tags), reading.tags, reading.problems + pair(spots)[1]
