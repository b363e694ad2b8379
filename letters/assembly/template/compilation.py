"""The way of a template in: opened, cleaned, read and judged as a whole, then compiled part by part.

docxtpl repairs what does not fit by deleting text without a word. Here a template that could do that is refused,
at a named place, together with everything else that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from letters.assembly.template.blocks import lift, numbered_twice, pair, settle
from letters.assembly.template.leftovers import hidden_styles, left_in, tags_elsewhere, tracked_changes, unread_tags
from letters.assembly.template.origins import Origins
from letters.assembly.template.parts import TemplatePart
from letters.assembly.template.passages import Inclusion, Passages
from letters.assembly.template.properties import FILLED, lacks_language, with_language
from letters.assembly.template.repair import Ids
from letters.assembly.template.sandbox import CompiledText
from letters.assembly.template.sanitize import carried, cleaned, plumbing
from letters.assembly.template.spots import TagReader, TagSpot
from letters.assembly.template.tags import PROPERTY, Tag, TagPlace, substitute
from letters.assembly.template.uses import Use, entries_picked, uses
from letters.docx.markup import P_PR, SECT_PR, VAL, P, all_styles, ids_of, serialised, w
from letters.docx.package import Package, Packed, R
from letters.docx.revisions import accept_changes
from letters.errors import Collector, Problem, TemplateAtFault

_IDS_OF_A_PART = 100_000
_OF_BLOCKS = ("block", "lift")  # problems of where a tag stands, not of what it says
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
    wording: tuple[tuple[TagPlace, str], ...]
    parts: tuple[TemplatePart, ...]
    properties: Mapping[str, CompiledText]
    untouched: Mapping[str, Packed]
    styles: tuple[str, bytes] | None


def examined(package: Package, passages: Passages, *, traced: bool = False) -> Examination:
    """The package, read as a whole: what it says, and all that is wrong with it.

    Args:
        traced: whether each paragraph of a letter is to say which paragraph it came from (see `spots.TRACE`).

    Raises:
        LettersError: a part of it cannot be read at all.
    """
    examination = Examination(package, passages, traced=traced)
    examination.read()
    return examination


@dataclass(frozen=True)
class Expanded:
    """A template with its passages in their places, to be read, not filled.

    Args:
        places: where the paragraphs of each part that may hold tags stand in their own files, in reading order.
        labels: what messages call those parts, the file first.
    """

    package: Package
    places: Mapping[str, tuple[TagPlace, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)


def expanded(package: Package, passages: Passages) -> Expanded:
    """Raises TemplateAtFault when a passage cannot be put in."""
    template = Examination(package, passages)
    template.stop_if_any(template.problems)
    return template.expanded()


class Examination:
    """One template on its way in: its passages put in place, then read, then compiled if nothing is wrong with it.

    Every place it names begins with the file: the template's, or that of a passage.
    """

    tags: tuple[Tag, ...]
    uses: tuple[Use, ...]
    faulty: frozenset[Tag]  # those that say what no tag can
    to_fill: list[str]
    property_texts: dict[str, str]

    def __init__(self, package: Package, passages: Passages, *, traced: bool = False) -> None:
        self.package = package
        kept = carried(package)[0]
        self.labels = {part: label for part, label in part_labels(package).items() if part in kept}
        self.trees = {part: cleaned(self.package, part) for part in self.labels if part.endswith(".xml")}
        self.origins = {part: Origins(root, self._place(self.labels[part])) for part, root in self.trees.items()}
        self.unsettled = {
            part: list(tracked_changes(root, self.origins[part].where)) for part, root in self.trees.items()
        }
        for part, found in self.unsettled.items():
            if found:  # reported; what else is wrong is read as if they were accepted
                accept_changes(self.trees[part])
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
        headings = frozenset(filter(None, ids_of(filter(_is_heading, styles))))
        self.reading = TagReader(headings, places=[] if traced else None)
        self.ids = Ids()

    def expanded(self) -> Expanded:
        """The template as it stands with its passages; before it is read."""
        trees = {part: serialised(root) for part, root in self.trees.items()}
        places = {
            part: tuple(
                TagPlace(origin.source.label, origin.number)
                for origin in (self.origins[part][paragraph] for paragraph in root.iter(P))
            )
            for part, root in self.trees.items()
        }
        labels = {part: origins.own.label for part, origins in self.origins.items()}
        return Expanded(Package(self.package.name, {**self.package.parts, **trees}), places, labels)

    def read(self) -> None:
        """Read every part, and judge what it holds."""
        for part in self.links:
            if part.endswith(".xml") and part not in self.trees:
                self.trees[part] = cleaned(self.package, part)
        order = [part for part in dict.fromkeys([*self.labels, *self.links]) if part in self.trees]
        self.to_fill = [part for part in order if part in self.links and self._read(part, self.trees[part])]
        self.property_texts = self._properties()
        elsewhere = tags_elsewhere(self.package, {*self.labels, *self._property_parts()})
        self.problems += self._in_template(elsewhere)
        self.tags = tuple(self.reading.tags)
        told = [problem for problem in self.reading.problems if problem.code not in _OF_BLOCKS]
        self.faulty = frozenset(problem.about for problem in told if isinstance(problem.about, Tag))
        self.uses = uses(self.tags, self.faulty)
        lost = self._lost_merge_fields(self.uses)
        self.problems = list(dict.fromkeys([*self.reading.problems, *self.problems, *lost]))
        self.notes = [*self.reading.notes, *self.notes, *entries_picked(self.tags)]

    def compiled(self) -> Compiled:
        """The template, compiled. Raises TemplateAtFault with everything that is wrong with it."""
        self.stop_if_any(self.problems)
        trees = {part: self.trees[part] for part in self.links if part in self.trees}
        parts, scripts = self._filled({part: trees[part] for part in self.to_fill}, self.property_texts)
        styles = next((part for part in trees if lacks_language(trees[part])), None)
        return Compiled(
            tags=self.tags,
            uses=self.uses,
            notes=tuple(self.notes),
            passages=self.passages,
            wording=tuple(self.reading.wording),
            parts=parts,
            properties=scripts,
            untouched=self._untouched(trees, without={*self.to_fill, styles}),
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
        problems += [*self.unsettled[part], *left_in(root, origins, self.hidden_styles)]
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
    ) -> tuple[tuple[TemplatePart, ...], dict[str, CompiledText]]:
        """What is filled, compiled: parts and document properties."""
        parts, scripts, tags, problems = [], {}, self.reading.tags, Collector()
        for number, (part, root) in enumerate(trees.items()):
            with problems.collect():
                parts.append(TemplatePart.of(part, self.origins[part].own.label, root, tags, self._free_ids(number)))
        for name, text in properties.items():
            with problems.collect():
                scripts[name] = CompiledText.of(text, tags)
        self.stop_if_any(problems)
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
                place = TagPlace(self._place(f"document property {name.capitalize()}"), words=text)
                spans = self.reading.text(text, place, PROPERTY)
                if name not in FILLED:
                    message = "A tag here is never filled."
                    self.problems.append(Problem(message, place.part, "Delete it in File, Info.", "unfilled"))
                tags = self.reading.tags
                self.problems += pair([TagSpot(tags[number], number, node, name) for *_, number in spans])[1]
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

    def stop_if_any(self, problems: Iterable[Problem]) -> None:
        if found := list(dict.fromkeys(problems)):
            raise TemplateAtFault(found)

    def _free_ids(self, number: int) -> int:
        """Ids from here on belong to the copies that loops make in the part with this number."""
        return self.ids.highest + 1 + _IDS_OF_A_PART * number

    def _untouched(self, trees: Mapping[str, etree._Element], without: set[str | None]) -> dict[str, Packed]:
        parts = {part: serialised(trees[part]) if part in trees else self.package.parts[part] for part in self.links}
        parts |= dict(plumbing(self.package, self.links))
        return {part: Packed.of(part, data) for part, data in parts.items() if part not in without}


def part_labels(package: Package) -> dict[str, str]:
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
