"""The way of a template in: opened, cleaned, read and judged as a whole, then compiled part by part.

docxtpl repairs what does not fit by deleting text without a word. Here a template that could do that is refused,
at a named place, together with everything else that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from lxml import etree

from letters.errors import Collector, Problem, TemplateAtFault
from letters.filling.blocks import lift, numbered_twice, pair, settle
from letters.filling.leftovers import hidden_styles, left_in, tags_elsewhere, unread_tags
from letters.filling.markup import P_PR, SECT_PR, VAL, all_styles, ids_of, serialised, w
from letters.filling.origins import Origins
from letters.filling.parts import Part
from letters.filling.passages import Inclusion, Passages
from letters.filling.properties import FILLED, lacks_language, with_language
from letters.filling.repair import Ids
from letters.filling.sandbox import Script
from letters.filling.sanitize import carried, cleaned, plumbing
from letters.filling.spots import Reading, Spot
from letters.filling.tags import PROPERTY, Place, Tag, substitute
from letters.filling.uses import Use, entries_picked, uses
from letters.package import Package, Packed, R

_IDS_OF_A_PART = 100_000
_PAGES = {"default": "", "first": "first-page ", "even": "even-page "}


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything a letter is made of: what is filled, and what is only copied.

    Args:
        tags: every tag in reading order.
        uses: what they take from the context.
        notes: what is allowed and yet seldom meant.
        passages: the names of those it includes.
        wording: what each paragraph says itself, with its place.
        parts: what is filled.
        properties: the document properties that are filled, by name.
        untouched: what is copied, by name.
        styles: name and bytes of styles.xml when it waits for the letter's language.
    """

    tags: tuple[Tag, ...]
    uses: tuple[Use, ...]
    notes: tuple[Problem, ...]
    passages: tuple[str, ...]
    wording: tuple[tuple[Place, str], ...]
    parts: tuple[Part, ...]
    properties: Mapping[str, Script]
    untouched: Mapping[str, Packed]
    styles: tuple[str, bytes] | None


def compiled(package: Package, passages: Passages) -> Compiled:
    """The package, compiled. Raises TemplateAtFault (or NotAWordFile) with everything that is wrong with it."""
    return _Compilation(package, passages).result()


class _Compilation:
    """One template on its way in: collects problems, then raises them all or returns the result.

    Every place it names begins with the file: the template's, or that of a passage.
    """

    def __init__(self, package: Package, passages: Passages) -> None:
        self.package = package
        kept = carried(package)[0]
        self.labels = {part: label for part, label in _labels(package).items() if part in kept}
        self.trees = {part: cleaned(self.package, part) for part in self.labels if part.endswith(".xml")}
        self.origins = {part: Origins(root, self._place(self.labels[part])) for part, root in self.trees.items()}
        inclusion = Inclusion(package, self.trees, passages)
        self.trees = {part: inclusion.part(part, root, self.origins[part]) for part, root in self.trees.items()}
        self.passages = tuple(inclusion.used)
        self.notes = [note for passage in inclusion.used.values() for note in passage.notes]
        if self.passages:
            self.package = inclusion.package()
        self.links, outside = carried(self.package)
        self.problems = [*inclusion.problems, *self._in_template(outside)]
        styles = all_styles(self.package)
        numbering = f"{P_PR}/{w('numPr')}"
        self.numbered_styles = ids_of(style for style in styles if style.find(numbering) is not None)
        self.hidden_styles = hidden_styles(self.package)
        self.reading = Reading(frozenset(filter(None, ids_of(filter(_is_heading, styles)))))
        self.ids = Ids()

    def result(self) -> Compiled:
        trees = {
            part: self.trees[part] if part in self.trees else cleaned(self.package, part)
            for part in self.links
            if part.endswith(".xml")
        }
        order = [*self.labels, *(part for part in trees if part not in self.labels)]
        filled = [part for part in order if part in trees and self._read(part, trees[part])]
        properties = self._properties()
        elsewhere = tags_elsewhere(self.package, {*self.labels, *self._property_parts()})
        self.problems += self._in_template(elsewhere)
        self._stop_if_any([*self.reading.problems, *self.problems])
        tags = self.reading.tags
        found = uses(tags)
        self._stop_if_any(self._lost_merge_fields(found))
        parts, scripts = self._filled({part: trees[part] for part in filled}, properties)
        styles = next((part for part in trees if lacks_language(trees[part])), None)
        return Compiled(
            tags=tuple(tags),
            uses=found,
            notes=(*self.reading.notes, *self.notes, *entries_picked(tags)),
            passages=self.passages,
            wording=tuple(self.reading.wording),
            parts=parts,
            properties=scripts,
            untouched=self._untouched(trees, without={*filled, styles}),
            styles=(styles, with_language(trees[styles])) if styles else None,
        )

    def _place(self, label: str) -> str:
        return f"{self.package.name}, {label}"

    def _in_template(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of a whole part, which do not name the file yet."""
        return [problem.within(self.package.name) for problem in problems]

    def _read(self, part: str, root: etree._Element) -> bool:
        """Check one part and put its tags in place. Returns whether it holds any."""
        if part not in self.labels:
            return False
        problems = self.reading.problems
        before, told, origins = len(self.reading.tags), len(problems), self.origins[part]
        leftovers = list(left_in(root, origins, self.hidden_styles))
        problems += leftovers
        if any(problem.code == "tracked-changes" for problem in leftovers):
            return False  # what the text says is not settled, so nor is what its tags say
        self.ids.separate_copies(root)
        spots = self.reading.part(root, origins)
        blocks, unpaired = pair(spots)
        problems += [*unpaired, *settle(blocks)]
        self.notes += numbered_twice(blocks, self.numbered_styles)
        problems += [*lift(spots), *unread_tags(root, origins)]
        problems[told:] = sorted(problems[told:], key=partial(_as_read, origins.own.label))
        return len(self.reading.tags) > before

    def _filled(
        self, trees: Mapping[str, etree._Element], properties: Mapping[str, str]
    ) -> tuple[tuple[Part, ...], dict[str, Script]]:
        """What is filled, compiled: parts and document properties."""
        parts, scripts, tags, problems = [], {}, self.reading.tags, Collector()
        for number, (part, root) in enumerate(trees.items()):
            with problems.collect():
                parts.append(Part.of(part, self.origins[part].own.label, root, tags, self._free_ids(number)))
        for name, text in properties.items():
            with problems.collect():
                scripts[name] = Script.of(text, tags)
        self._stop_if_any(problems)
        return tuple(parts), scripts

    def _property_parts(self) -> list[str]:
        return [link.target for link in self.package.links("").values() if link.kind == "core-properties"]

    def _properties(self) -> dict[str, str]:
        """The template's own document properties that hold tags, with tokens."""
        found: dict[str, str] = {}
        for part in self._property_parts():
            for node in self.package.xml(part) if part in self.package.parts else ():
                text, name = node.text or "", etree.QName(node).localname
                if "{" not in text and "}" not in text:
                    continue
                place = Place(self._place(f"document property {name.capitalize()}"), words=text)
                spans = self.reading.text(text, place, PROPERTY)
                if name not in FILLED:
                    message = "A tag here is never filled."
                    self.problems.append(Problem(message, place.part, "Delete it in File, Info.", "unfilled"))
                tags = self.reading.tags
                self.problems += pair([Spot(tags[number], number, node, name) for *_, number in spans])[1]
                found[name] = substitute(text, spans, tags)
        return found

    def _lost_merge_fields(self, found: Iterable[Use]) -> list[Problem]:
        """«name» is a quotation in some languages and a lost field of Word's mail merge in others."""
        names = {name for use in found for name in (use.path, use.name)}
        lost = []
        for problem in self.reading.doubtful:
            quoted = problem.hint.removeprefix("Write {{ ").removesuffix(" }}.")
            if "_" in quoted or quoted in names:
                lost.append(problem)
        return lost

    def _stop_if_any(self, problems: Iterable[Problem]) -> None:
        if found := list(dict.fromkeys(problems)):
            raise TemplateAtFault(found)

    def _free_ids(self, number: int) -> int:
        """Ids from here on belong to the copies that loops make in the part with this number."""
        return self.ids.highest + 1 + _IDS_OF_A_PART * number

    def _untouched(self, trees: Mapping[str, etree._Element], without: set[str | None]) -> dict[str, Packed]:
        parts = {part: serialised(trees[part]) if part in trees else self.package.parts[part] for part in self.links}
        parts |= dict(plumbing(self.package, self.links))
        return {part: Packed.of(part, data) for part, data in parts.items() if part not in without}


def _labels(package: Package) -> dict[str, str]:
    """What messages call the parts that may hold tags."""
    labels = {package.main: "body"}
    links = package.links(package.main)
    section = 0
    for node in package.xml(package.main).iter(SECT_PR, w("headerReference"), w("footerReference")):
        if node.tag == SECT_PR:
            section += 1
            continue
        link = links.get(node.get(f"{{{R}}}id", ""))
        if link is not None and link.target not in labels:
            label = _PAGES.get(node.get(w("type"), ""), "") + link.kind
            labels[link.target] = f"{label} of section {section}" if label in labels.values() else label
    for link in links.values():
        if link.kind in ("header", "footer", "footnotes", "endnotes"):
            labels.setdefault(link.target, link.kind)
    return labels


def _is_heading(style: etree._Element) -> bool:
    name = style.find(w("name"))
    named = name is not None and re.fullmatch(r"(heading \d|title)", name.get(VAL, ""), re.I)
    return bool(named) or style.find(f"{P_PR}/{w('outlineLvl')}") is not None


def _as_read(label: str, problem: Problem) -> tuple[str, int]:
    """The order in which problems of a part are told: its own by paragraph, then those of its passages."""
    file, place, number = problem.where.partition(", paragraph ")
    found = re.match(r"\d+", number) if place else None
    return "" if file.startswith(label) else file, int(found[0]) if found else 1_000_000
