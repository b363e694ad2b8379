"""Reads a template as a whole, collects everything that is wrong with it, and compiles its parts.

Where the structure does not fit, docxtpl silently deletes text. Here such a template is refused, and its author gets
the place of every problem at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import partial

from lxml import etree
from msgspec import Struct, field

from letters._text.languages import ENGLISH, Language
from letters._text.lazy_pattern import pattern
from letters._text.leftovers import leftovers
from letters.assembly.template.blocks import assign_levels, pair, running_numbers, unwrap
from letters.assembly.template.document_properties import FILLED, lacks_language, mark_language, with_language
from letters.assembly.template.link_targets import with_links_as_fields
from letters.assembly.template.names_used import Use, entries_picked, uses
from letters.assembly.template.paragraph_origins import ParagraphOrigins
from letters.assembly.template.refused_content import (
    hidden_styles,
    refused_content,
    refused_links,
    tags_elsewhere,
    tracked_changes,
    unread_tags,
)
from letters.assembly.template.rich_text import ListNumbering, with_list_numbering
from letters.assembly.template.sandbox import CompiledText
from letters.assembly.template.sanitize import generated_parts, kept_parts, sanitized
from letters.assembly.template.shared_passages import PassageInserter, SharedPassages
from letters.assembly.template.structure_repair import UniqueIds
from letters.assembly.template.tag_positions import TagPosition, TagReader
from letters.assembly.template.tags import PROPERTY, Tag, TagPlace, paragraph_of, short, substitute
from letters.assembly.template.template_part import TemplatePart
from letters.docx.fields import has_computed_fields, name_for
from letters.docx.markup import all_styles, ids_of, serialized, text_of
from letters.docx.names import ID, P_PR, RELATIONSHIPS, SECT_PR, VAL, P, w
from letters.docx.package import Package, Packed
from letters.docx.revisions import accept_changes, drop_comments
from letters.errors import Collector, Problem, TemplateAtFault

_RICH = pattern(r"\|\s*rich\b")  # a tag that prints an answer with its formatting
_IDS_OF_A_PART = 100_000
_MOST_TOLD = 200  # problems with one template; nobody reads more
REVIEW = frozenset({"tracked-changes", "comments"})
"""Codes of what is left in a template while it is being reviewed; drafts can be made of it all the same."""
# Content that no letter may contain, but that does not prevent filling the template, to see what else is wrong.
FILLABLE = REVIEW | {"hidden-text", "metadata", "outside", "placeholder", "unfilled"}
_ABOUT_PLACES = ("block", "lift")  # codes of problems with where a tag is, not with what it says
_HEADING = pattern(r"heading \d|title", re.I)
_STYLE_NAME, _LEVEL = w("name"), f"{P_PR}/{w('outlineLvl')}"
_PAGES = {"default": "", "first": "first-page ", "even": "even-page "}


class Compiled(Struct, frozen=True):
    """A compiled template: the parts to fill and the parts to copy.

    Args:
        tags: every tag in reading order.
        uses: the names and paths they use from the context.
        notes: what is allowed but probably a mistake.
        passages: the names of the passages it includes.
        wording: the text of each paragraph without its tags, with its place.
        parts: to fill.
        properties: the document properties to fill, by name.
        computes_fields: whether it has cross-references and the like, whose results are computed for each letter.
        untouched: the packed parts to copy, by name.
        styles: name and bytes of styles.xml, if the letter's language is still to be filled in.
    """

    tags: tuple[Tag, ...]
    uses: tuple[Use, ...]
    notes: tuple[Problem, ...]
    passages: tuple[str, ...]
    wording: tuple[tuple[TagPlace, str], ...]
    parts: tuple[TemplatePart, ...]
    properties: Mapping[str, CompiledText]
    computes_fields: bool
    untouched: Mapping[str, Packed]
    styles: tuple[str, bytes] | None


def analyze(package: Package, passages: SharedPassages, *, traced: bool = False) -> TemplateAnalysis:
    """Read a whole template: what it says, and everything that is wrong with it.

    Args:
        traced: whether each paragraph of a letter records the template paragraph it comes from
            (see `tag_positions.TRACE`).

    Raises:
        LettersError: a part cannot be read at all.
    """
    analysis = TemplateAnalysis(package, passages, traced=traced)
    analysis.read()
    return analysis


class ExpandedTemplate(Struct, frozen=True):
    """A template with its shared passages inserted, for reading rather than filling.

    Args:
        places: for each part that may contain tags, the place of every paragraph in its own file, in reading order.
        labels: the names of those parts in messages, beginning with the file.
    """

    package: Package
    places: Mapping[str, tuple[TagPlace, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)


def expand(package: Package, passages: SharedPassages) -> ExpandedTemplate:
    """Insert the shared passages of a template. Raises TemplateAtFault if one cannot be inserted."""
    template = TemplateAnalysis(package, passages)
    template.stop_if_any(problem for problem in template.problems if problem.code not in REVIEW)
    return template.expanded()


class TemplateAnalysis:
    """One template while it is read: its passages are inserted, then its tags are read, then it can be compiled.

    Every place in its problems begins with the name of a file: the template's or a passage's.
    """

    tags: tuple[Tag, ...]
    uses: tuple[Use, ...]
    faulty: frozenset[Tag]  # tags that cannot be read
    to_fill: list[str]
    property_texts: dict[str, str]

    def __init__(self, package: Package, passages: SharedPassages, *, traced: bool = False) -> None:
        self.package = package
        kept = kept_parts(package)[0]
        self.labels = {part: label for part, label in part_labels(package).items() if part in kept}
        self.trees = {part: sanitized(self.package, part) for part in self.labels if part.endswith(".xml")}
        for part, root in self.trees.items():
            self.package = with_links_as_fields(self.package, part, root)
        package = self.package
        self.origins = {
            part: ParagraphOrigins(root, self._place(self.labels[part]), _note_numbers(package, self.labels[part]))
            for part, root in self.trees.items()
        }
        self.tracked = {
            part: list(tracked_changes(root, self.origins[part].where)) for part, root in self.trees.items()
        }
        for part, found in self.tracked.items():
            if found:  # reported; the rest is checked as if they were accepted
                accept_changes(self.trees[part])
        inserter = PassageInserter(package, self.trees, passages)
        self.trees = {part: inserter.part(part, root, self.origins[part]) for part, root in self.trees.items()}
        self.passages = tuple(inserter.used)
        self.notes = [note for passage in inserter.used.values() for note in passage.notes]
        if self.passages:
            self.package = inserter.package()
        self.lists: ListNumbering | None = None
        if any(_RICH.search(text_of(root)) for root in self.trees.values()):
            self.package, self.lists = with_list_numbering(self.package)
        self.links, outside = kept_parts(self.package)
        self.problems = [*inserter.problems, *self._in_template(outside)]
        self.problems += self._in_template(refused_links(self.package, self.links))
        styles = all_styles(self.package)
        numbering = f"{P_PR}/{w('numPr')}"
        self.numbered_styles = ids_of(style for style in styles if style.find(numbering) is not None)
        self.hidden_styles = hidden_styles(self.package)
        headings = frozenset(filter(None, ids_of(filter(_is_heading, styles))))
        self.reading = TagReader(headings, places=[] if traced else None)
        self.ids = UniqueIds()

    def expanded(self) -> ExpandedTemplate:
        """The template with its passages inserted. Call it before `read`, which replaces the tags."""
        trees = {part: serialized(root) for part, root in self.trees.items()}
        places = {
            part: tuple(
                TagPlace(origin.source.label, origin.number)
                for origin in (self.origins[part][paragraph] for paragraph in root.iter(P))
            )
            for part, root in self.trees.items()
        }
        labels = {part: origins.own.label for part, origins in self.origins.items()}
        return ExpandedTemplate(Package(self.package.name, {**self.package.parts, **trees}), places, labels)

    def read(self) -> None:
        """Read the tags of every part and collect its problems."""
        for part in self.links:
            if part.endswith(".xml") and part not in self.trees:
                self.trees[part] = sanitized(self.package, part)
        order = [part for part in dict.fromkeys([*self.labels, *self.links]) if part in self.trees]
        self.to_fill = [part for part in order if part in self.links and self._read(part, self.trees[part])]
        self.property_texts = self._properties()
        elsewhere = tags_elsewhere(self.package, {*self.labels, *self._property_parts()})
        self.problems += self._in_template(elsewhere)
        self.tags = tuple(self.reading.tags)
        about_tags = [problem for problem in self.reading.problems if problem.code not in _ABOUT_PLACES]
        self.faulty = frozenset(problem.about for problem in about_tags if isinstance(problem.about, Tag))
        self.uses = uses(self.tags, self.faulty)
        lost = self._lost_merge_fields(self.uses)
        certain, possible = self._placeholders(lost)
        self.problems = list(dict.fromkeys([*self.reading.problems, *self.problems, *lost, *certain]))
        self.notes = [*self.reading.notes, *self.notes, *entries_picked(self.tags), *possible]

    def compiled(self, language: Language = ENGLISH, despite: Collection[str] = ()) -> Compiled:
        """The compiled template. Raises TemplateAtFault with everything that is wrong with it.

        Args:
            despite: codes of problems that do not stop it.
        """
        self.stop_if_any(problem for problem in self.problems if problem.code not in despite)
        trees = {part: self.trees[part] for part in self.links if part in self.trees}
        mark_language(trees.values(), language.tag)
        parts, scripts = self._filled({part: trees[part] for part in self.to_fill}, self.property_texts, language)
        styles = next((part for part in trees if lacks_language(trees[part])), None)
        return Compiled(
            tags=self.tags,
            uses=self.uses,
            notes=tuple(self.notes),
            passages=self.passages,
            wording=tuple(self.reading.wording),
            parts=parts,
            properties=scripts,
            computes_fields=any(has_computed_fields(root) for part, root in trees.items() if part in self.labels),
            untouched=self._untouched(trees, without={*self.to_fill, styles}),
            styles=(styles, with_language(trees[styles])) if styles else None,
        )

    def _place(self, label: str) -> str:
        return f"{self.package.name}, {label}"

    def _in_template(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems with whole parts, with the name of the template added to their places."""
        return [problem.within(self.package.name) for problem in problems]

    def _read(self, part: str, root: etree._Element) -> bool:
        """Check one part and replace its tags with tokens. Returns whether it contains any."""
        if part not in self.labels:
            return False
        problems = self.reading.problems
        tags_before, problems_before = len(self.reading.tags), len(problems)
        origins = self.origins[part]
        problems += [*self.tracked[part], *refused_content(root, origins, self.hidden_styles)]
        drop_comments(root)  # reported; a draft that is made all the same has none
        self.ids.separate_copies(root)
        positions = self.reading.part(root, origins)
        blocks, unpaired = pair(positions, self.reading.broken)
        problems += [*unpaired, *assign_levels(blocks)]
        self.notes += running_numbers(blocks, self.numbered_styles)
        problems += [*unwrap(positions), *unread_tags(root, origins)]
        problems[problems_before:] = sorted(problems[problems_before:], key=partial(_reading_order, origins.own.label))
        return len(self.reading.tags) > tags_before

    def _filled(
        self, trees: Mapping[str, etree._Element], properties: Mapping[str, str], language: Language
    ) -> tuple[tuple[TemplatePart, ...], dict[str, CompiledText]]:
        """Compile what is filled: parts and document properties."""
        parts, scripts, tags, problems = [], {}, self.reading.tags, Collector()
        for number, (part, root) in enumerate(trees.items()):
            with problems.collect():
                label = self.origins[part].own.label
                parts.append(TemplatePart.of(part, label, root, tags, self._free_ids(number), language, self.lists))
        for name, text in properties.items():
            with problems.collect():
                scripts[name] = CompiledText.of(text, tags, language=language)
        self.stop_if_any(problems)
        return tuple(parts), scripts

    def _property_parts(self) -> list[str]:
        return [link.target for link in self.package.links("").values() if link.kind == "core-properties"]

    def _properties(self) -> dict[str, str]:
        """The template's document properties that contain tags, with tokens in place of the tags."""
        found: dict[str, str] = {}
        for part in self._property_parts():
            for node in self.package.xml(part) if part in self.package.parts else ():
                text, name = node.text or "", etree.QName(node).localname
                if "{" not in text and "}" not in text:
                    continue
                place = TagPlace(self._place(f"document property {name.capitalize()}"), words=text)
                spans = self.reading.text(text, place, PROPERTY)
                if name not in FILLED:
                    message = "Tags in this property are never filled."
                    self.problems.append(Problem(message, place.part, "Delete it in File, Info.", "unfilled"))
                tags = self.reading.tags
                self.problems += pair([TagPosition(tags[number], number, node, name) for *_, number in spans])[1]
                found[name] = substitute(text, spans, tags)
        return found

    def _lost_merge_fields(self, found: Iterable[Use]) -> list[Problem]:
        """Problems with «name» that are probably leftover mail merge fields, not quotations."""
        names = {name for use in found for name in (use.path, use.name)}
        lost = []
        for problem in self.reading.doubtful:
            quoted = problem.hint.removeprefix("Write {{ ").removesuffix(" }}.")
            if ("_" in quoted or quoted in names) and not self._is_of_merge_field(quoted, problem.about):
                lost.append(problem)
        return lost

    def _is_of_merge_field(self, quoted: str, about: object) -> bool:
        """Whether «quoted» is what a merge field in the same paragraph shows that is reported itself."""
        says = f"{{{{ {name_for(quoted)} }}}}"
        found = (problem for problem in self.reading.problems if problem.code == "field")
        return any(
            "merge field" in problem.message
            and says in problem.hint
            and paragraph_of(problem.about) == paragraph_of(about)
            for problem in found
        )

    def _placeholders(self, known: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
        """Placeholders such as [INSERT DATE] that are typed as text: those that are certain, and those to look at."""
        reported = "".join(problem.message for problem in (*known, *self.reading.problems))
        certain: list[Problem] = []
        possible: list[Problem] = []
        for place, words in self.reading.wording:
            for each in leftovers(words):
                if (each.certain and self._is_of_merge_field(each.words, place)) or f"“[{each.words}]”" in reported:
                    continue
                if each.certain and f"“{each.words}”" not in reported:
                    message = f"“{short(each.words)}” is a placeholder and would be printed as is."
                    hint = "Write a tag such as {{ date }}, or the words. `letters fields KIND` lists the names."
                    certain.append(place.fault(message, hint, "placeholder"))
                elif not each.certain:
                    message = f"“{each.words}” looks like a blank to fill in, and is printed as is."
                    possible.append(place.fault(message, "Write a tag or the words, unless it is meant.", "blank"))
        return certain, possible

    def stop_if_any(self, problems: Iterable[Problem]) -> None:
        if found := list(dict.fromkeys(problems)):
            more = f"There are {len(found) - _MOST_TOLD:,} more problems in this template."
            rest = [Problem(more, self.package.name, "`letters check` lists all of them.")]
            raise TemplateAtFault(found if len(found) <= _MOST_TOLD else found[:_MOST_TOLD] + rest)

    def _free_ids(self, number: int) -> int:
        """The first free id for copies that loops make in the part with this number."""
        return self.ids.highest + 1 + _IDS_OF_A_PART * number

    def _untouched(self, trees: Mapping[str, etree._Element], without: set[str | None]) -> dict[str, Packed]:
        parts = {part: serialized(trees[part]) if part in trees else self.package.parts[part] for part in self.links}
        parts |= dict(generated_parts(self.package, self.links))
        return {part: Packed.of(part, data) for part, data in parts.items() if part not in without}


def part_labels(package: Package) -> dict[str, str]:
    """The names, for messages, of the parts that may contain tags."""
    labels = {package.main: "body"}
    links = package.links(package.main)
    section = 0
    for node in package.xml(package.main).iter(SECT_PR, w("headerReference"), w("footerReference")):
        if node.tag == SECT_PR:
            section += 1
            continue
        link = links.get(node.get(f"{{{RELATIONSHIPS}}}id", ""))
        if link is not None and link.target not in labels:
            label = _PAGES.get(node.get(w("type"), ""), "") + link.kind
            labels[link.target] = f"{label} of section {section}" if label in labels.values() else label
    for link in links.values():
        if link.kind in ("header", "footer", "footnotes", "endnotes"):
            labels.setdefault(link.target, link.kind)
    return labels


def _note_numbers(package: Package, label: str) -> dict[str, int]:
    """The number of each footnote or endnote by its id, as readers count them; empty for any other part."""
    if label not in ("footnotes", "endnotes"):
        return {}
    marks = package.tree(package.main).iter(w(f"{label.removesuffix('s')}Reference"))
    names = dict.fromkeys(name for mark in marks if (name := mark.get(ID)) and not mark.get(w("customMarkFollows")))
    return {name: number for number, name in enumerate(names, 1)}


def _is_heading(style: etree._Element) -> bool:
    name = style.find(_STYLE_NAME)
    named = name is not None and _HEADING.fullmatch(name.get(VAL, ""))
    return bool(named) or style.find(_LEVEL) is not None


def _reading_order(label: str, problem: Problem) -> tuple[str, int]:
    """Sorts the problems of a part: its own by paragraph, then those of its passages."""
    file, place, number = problem.where.partition(", paragraph ")
    found = re.match(r"\d+", number) if place else None
    return "" if file.startswith(label.removesuffix("s")) else file, int(found[0]) if found else 1_000_000
