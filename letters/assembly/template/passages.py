"""Passages: paragraphs that several templates share, kept in files of their own and put in before anything is read.

A paragraph ``{%p include "signature" %}`` gives way to the body of that passage. Everything after sees one template;
only messages still name each paragraph in its own file.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from letters.assembly.template.blocks import company
from letters.assembly.template.grafts import Graft
from letters.assembly.template.grammar import inclusion
from letters.assembly.template.leftovers import hidden_styles, left_in, tags_elsewhere, tracked_changes
from letters.assembly.template.origins import Origin, Origins, WordingSource
from letters.assembly.template.sanitize import carried, cleaned
from letters.assembly.template.spots import gather, pieces_of
from letters.assembly.template.tags import OBJECT, Tag, TagPlace, scan, short
from letters.assembly.template.workbench import Workbench
from letters.docx.markup import (
    BODY,
    BOOKMARK_START,
    BOOKMARKS,
    NAME,
    SDT,
    SECT_PR,
    TBL,
    TC,
    TXBX,
    P,
    own_nodes,
    remove,
    text_of,
    w,
    ws,
)
from letters.docx.package import Package, R, open_package
from letters.docx.revisions import accept_changes
from letters.errors import LettersError, Problem

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_QUOTED = re.compile(r'"([^"]*)"|\'([^\']*)\'')
_MOST = 500  # passages in one template, those inside passages too
_END_WITH_A_PARAGRAPH = frozenset({BODY, TC, TXBX, *ws("hdr ftr footnote endnote")})
_REFUSED = {
    SECT_PR: ("a section break", "Delete it; pages and columns are the template's."),
    w("footnoteReference"): ("a footnote", "Delete it, or put it into the templates themselves."),
    w("endnoteReference"): ("an endnote", "Delete it, or put it into the templates themselves."),
}
# Problems of a passage that cannot be put in at all; with others it is, so that all it says is read and judged.
_UNFIT = frozenset({"passage", "outside", "embedded", "unfilled"})
_BROUGHT = frozenset({"image", "hyperlink"})


class Passage:
    """One passage, opened and judged: what a template takes over from it, and why it may not.

    Args:
        name: what tags call it.
        file: what messages call it.
        data: the whole .docx.

    Raises:
        LettersError: it is no Word document.
    """

    def __init__(self, name: str, file: str, data: bytes) -> None:
        self.name, self.file = name, file
        self.package = open_package(data, file)
        self.root = cleaned(self.package, self.package.main)
        self.origins = Origins(self.root, file)
        unsettled = tuple(tracked_changes(self.root, self.origins.where))
        if unsettled:  # reported; what else is wrong is read as if they were accepted
            accept_changes(self.root)
        self.blocks = [block for block in self.root.iterfind(f"{BODY}/*") if block.tag != SECT_PR]
        self.problems = (*unsettled, *self._problems())
        self.notes = tuple(self._notes())

    def _problems(self) -> Iterator[Problem]:
        yield from left_in(self.root, self.origins, hidden_styles(self.package))
        for what, hint, node in self._refused():
            yield self.origins.where(node).fault(f"A passage cannot hold {what}.", hint, "passage")
        _, outside = carried(self.package)
        folder, base = posixpath.split(self.package.main)
        not_brought = self.package.parts.keys() - {posixpath.join(folder, "_rels", f"{base}.rels")}
        for problem in (*outside, *tags_elsewhere(self.package, not_brought)):
            yield problem.within(self.file)

    def _refused(self) -> Iterator[tuple[str, str, etree._Element]]:
        links = self.package.links(self.package.main)
        for block in self.blocks:
            for node in block.iter(etree.Element):
                if node.tag in _REFUSED:
                    yield *_REFUSED[str(node.tag)], node
                for name, value in node.items():
                    link = links.get(value) if name.startswith(f"{{{R}}}") else None
                    if link is not None and node.tag not in _REFUSED and link.kind not in _BROUGHT:
                        what = "a chart" if link.kind == "chart" else "a drawing that is no picture"
                        yield what, "Replace it by a picture.", node

    def _notes(self) -> Iterator[Problem]:
        left_out = {
            link.kind: None
            for link in self.package.links(self.package.main).values()
            if link.kind in ("header", "footer")
            and link.target in self.package.parts
            and text_of(self.package.tree(link.target)).strip()
        }
        if left_out:
            yield Problem(
                f"Only the body of a passage is brought in; what stands in its {' and '.join(left_out)} is not.",
                self.file,
                "Delete it there, so that nobody looks for it in the letters.",
                "passage",
            )


@dataclass(frozen=True, eq=False)
class Passages:
    """The passages templates may include, each opened when first asked for, and once.

    Args:
        folder: what messages call the folder they are in.
        names: what tags call them; the file of each is its name with ``.docx``.
        read: the bytes of one, by name; may raise LettersError.
    """

    folder: str
    names: tuple[str, ...]
    read: Callable[[str], bytes]
    _opened: dict[str, Passage] = field(default_factory=dict, init=False, repr=False)

    def file(self, name: str) -> str:
        return f"{self.folder}/{name}.docx"

    def open(self, name: str) -> Passage:
        """Raises LettersError when the passage cannot be read at all."""
        if name not in self._opened:
            self._opened[name] = Passage(name, self.file(name), self.read(name))
        return self._opened[name]

    def unknown(self, name: str) -> tuple[str, str] | None:
        """What is wrong with this name and what to do; None when there is such a passage."""
        if name in self.names and _NAME.fullmatch(name):
            return None
        near = difflib.get_close_matches(name.lower().removesuffix(".docx"), self.names, 1)
        there_are = f"There are: {', '.join(self.names)}." if self.names else "Save the passage there under this name."
        hint = f"Did you mean “{near[0]}”?" if near and near[0] != name else there_are
        if not _NAME.fullmatch(name):
            rule = "its name may hold lower-case letters, digits and hyphens"
            return f"“{name}” cannot be a passage: {rule}.", hint
        return f"There is no passage “{name}”: the file {self.file(name)} is missing.", hint


def _nothing(name: str) -> bytes:
    raise LookupError(name)


NO_PASSAGES = Passages("shared", (), _nothing)


@dataclass
class _HostPart:
    """A part of the template that passages are put into."""

    name: str
    root: etree._Element
    origins: Origins


class Inclusion:
    """Puts the passages into one template, part by part.

    Args:
        package: the template.
        trees: its parts that may hold tags, by name.
        passages: what they may include.
    """

    def __init__(self, package: Package, trees: Mapping[str, etree._Element], passages: Passages) -> None:
        self.problems: list[Problem] = []
        self.used: dict[str, Passage] = {}
        self._passages = passages
        self._bench = Workbench(package)
        self._grafts: dict[str, Graft] = {}
        self._bookmarks = {node.get(NAME, "") for tree in trees.values() for node in tree.iter(BOOKMARK_START)}
        self._count = 0

    def package(self) -> Package:
        """The template with what the passages brought along. Its parts that hold tags are in the trees alone."""
        return self._bench.result()

    def part(self, name: str, root: etree._Element, origins: Origins) -> etree._Element:
        """The part with passages in place of the paragraphs that include them."""
        part = _HostPart(name, root, origins)
        for paragraph in list(root.iter(P)):
            self._look_at(paragraph, part, ())
        return part.root

    def _look_at(self, paragraph: etree._Element, part: _HostPart, ring: tuple[str, ...]) -> None:
        """Replace one paragraph, if it holds a tag that says so; without the tag, if something is wrong with it."""
        pieces = pieces_of(own_nodes(paragraph))
        text = "".join(words for _, words in pieces)
        if "{%" not in text:
            return
        origin = part.origins[paragraph]
        place = TagPlace(origin.source.label, origin.number, words=text)
        found = [(*span, tag) for span in scan(text)[0] if (tag := inclusion(text[slice(*span)], place)) is not None]
        if not found:
            return
        start, end, tag = found[0]
        problem = _misplaced(tag, text[:start] + text[end:], paragraph) or self._misnamed(tag, ring)
        passage = None if problem else self._open(_name(tag), tag)
        self.problems += [problem] if problem else []
        if passage is None:
            gather(pieces, [(start, end, "") for start, end, _ in found])
        else:
            self._put_in(passage, paragraph, part, (*ring, passage.name))

    def _misnamed(self, tag: Tag, ring: tuple[str, ...]) -> Problem | None:
        name = _name(tag)
        if wrong := self._passages.unknown(name):
            return tag.fault(*wrong, "passage")
        if name in ring:
            way = " → ".join([*ring[ring.index(name) :], name])
            return tag.fault(f"The passage “{name}” includes itself: {way}.", "Take one of the tags out.", "passage")
        return None

    def _open(self, name: str, tag: Tag) -> Passage | None:
        """The passage, or None and the reasons among the problems."""
        self._count += 1
        if self._count > _MOST:
            self.problems.append(tag.fault(f"More than {_MOST} passages are included.", "Use fewer.", "passage"))
            return None
        try:
            passage = self._passages.open(name)
        except LettersError as error:
            self.problems += error.problems
            return None
        self.problems += passage.problems
        self.used[name] = passage
        return None if any(problem.code in _UNFIT for problem in passage.problems) else passage

    def _put_in(self, passage: Passage, paragraph: etree._Element, part: _HostPart, ring: tuple[str, ...]) -> None:
        origin = part.origins[paragraph]
        source = WordingSource(passage.file, around=origin.source)
        blocks = [deepcopy(block) for block in passage.blocks]
        for block, original in zip(blocks, passage.blocks, strict=True):
            block.tail = None
            for copy, own in zip(block.iter(P), original.iter(P), strict=True):
                part.origins[copy] = Origin(source, passage.origins[own].number)
        if passage.name not in self._grafts:
            self._grafts[passage.name] = Graft(self._bench, passage.package, passage.name, self._bookmarks)
        graft = self._grafts[passage.name]
        part.root = graft.prepared(part.root, passage.root)
        before = next(_blocks(paragraph.itersiblings(preceding=True)), None)
        for bookmark in list(paragraph.iter(*BOOKMARKS)):
            paragraph.addprevious(bookmark)
        for block in blocks:
            paragraph.addprevious(block)
        graft.tie(part.name, part.root, zip(blocks, passage.blocks, strict=True))
        for inside in [inside for block in blocks for inside in block.iter(P)]:
            self._look_at(inside, part, ring)
        _take_away(paragraph, before, part.origins)


def _name(tag: Tag) -> str:
    quoted = _QUOTED.fullmatch(tag.says)
    return (quoted[1] or quoted[2] or "").strip() if quoted else ""


def _misplaced(tag: Tag, rest: str, paragraph: etree._Element) -> Problem | None:
    """What is wrong with a tag, whichever passage it names."""
    shown, name = short(tag.raw, 60), re.search(r"\w[\w-]*", tag.says)
    write = f'{{%p include "{name[0].lower() if name else "signature"}" %}}'
    words = short(rest.replace(OBJECT, " "), 40)
    if beside := f"the text “{words}”" if words else company(paragraph) or ("a mark" if rest.strip() else ""):
        message = f"{shown} gives way to a whole passage, and with it would go {beside}."
        return tag.fault(message, f"Put {write} into a paragraph of its own.", "passage")
    if tag.level != "p":
        return tag.fault(f"{shown} brings in whole paragraphs, so it needs the letter p.", f"Write {write}.", "passage")
    if not _name(tag):
        return tag.fault(
            f"{shown} must name one passage, in quotation marks and with nothing after it.",
            f"Write {write}.",
            "passage",
        )
    return None


def _take_away(paragraph: etree._Element, before: etree._Element | None, origins: Origins) -> None:
    """Remove the paragraph of the tag, whose passage follows ``before``; leave one where Word needs it.

    A cell, a header or a text box ends with a paragraph, and two tables with none between them become one.
    """
    holder = paragraph.getparent()
    first = next(_blocks(holder.iterchildren() if before is None else before.itersiblings()), None)
    if before is not None and before.tag == TBL and first is not None and first.tag == TBL:
        apart = etree.Element(P)
        before.addnext(apart)
        origins[apart] = origins[paragraph]
    last = next(_blocks(paragraph.itersiblings(preceding=True)), None)
    after = next(_blocks(paragraph.itersiblings()), None)
    at_the_end = after is None and holder.tag in _END_WITH_A_PARAGRAPH and (last is None or last.tag == TBL)
    if at_the_end or (last is not None and last.tag == TBL and after is not None and after.tag == TBL):
        del paragraph[:]
    else:
        remove(paragraph)


def _blocks(nodes: Iterable[etree._Element]) -> Iterator[etree._Element]:
    return (node for node in nodes if node.tag in (P, TBL, SDT))
