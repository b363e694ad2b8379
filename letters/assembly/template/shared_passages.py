"""Shared passages: paragraphs that several templates have in common, each kept in a file of its own.

A paragraph ``{%p include "signature" %}`` is replaced with the body of that passage before anything else is read. After
that there is only one template, but messages still name each paragraph in its own file.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.assembly.template.blocks import other_content
from letters.assembly.template.grammar import inclusion
from letters.assembly.template.link_targets import with_links_as_fields
from letters.assembly.template.package_editor import PackageEditor
from letters.assembly.template.paragraph_origins import ParagraphOrigin, ParagraphOrigins, WordingSource
from letters.assembly.template.passage_merge import PassageMerge
from letters.assembly.template.refused_content import hidden_styles, refused_content, tags_elsewhere, tracked_changes
from letters.assembly.template.sanitize import kept_parts, sanitized
from letters.assembly.template.tag_positions import replace_ranges, visible_text
from letters.assembly.template.tags import OBJECT, Tag, TagPlace, scan, short
from letters.docx.markup import own_nodes, remove, text_of
from letters.docx.names import (
    BODY,
    BOOKMARK_START,
    BOOKMARKS,
    NAME,
    RELATIONSHIPS,
    SDT,
    SECT_PR,
    TBL,
    TC,
    TXBX,
    P,
    w,
    ws,
)
from letters.docx.package import Package, open_package
from letters.docx.revisions import accept_changes
from letters.errors import LettersError, Problem

_NAME = pattern(r"[a-z0-9]+(-[a-z0-9]+)*")
_QUOTED = pattern(r'"([^"]*)"|\'([^\']*)\'')
_MOST = 500  # inclusions in one template, including those inside passages
_END_WITH_A_PARAGRAPH = frozenset({BODY, TC, TXBX, *ws("hdr ftr footnote endnote")})
_REFUSED = {
    SECT_PR: ("a section break", "Delete it. The template determines pages and columns."),
    w("footnoteReference"): ("a footnote", "Delete it, or put it in the templates themselves."),
    w("endnoteReference"): ("an endnote", "Delete it, or put it in the templates themselves."),
}
# A passage with one of these problems is not inserted. With others it is, so that its text can still be checked.
_UNFIT = frozenset({"passage", "outside", "embedded", "unfilled"})
_MERGED = frozenset({"image", "hyperlink"})


class SharedPassage:
    """One passage: its blocks, and everything that is wrong with them.

    Args:
        name: of the passage in tags.
        file: its name in messages.
        data: the .docx.

    Raises:
        LettersError: the data is not a Word document.
    """

    def __init__(self, name: str, file: str, data: bytes) -> None:
        self.name, self.file = name, file
        self.package = open_package(data, file)
        self.root = sanitized(self.package, self.package.main)
        self.package = with_links_as_fields(self.package, self.package.main, self.root)
        self.origins = ParagraphOrigins(self.root, file)
        tracked = tuple(tracked_changes(self.root, self.origins.where))
        if tracked:  # reported; the rest is checked as if they were accepted
            accept_changes(self.root)
        self.blocks = [block for block in self.root.iterfind(f"{BODY}/*") if block.tag != SECT_PR]
        self.problems = (*tracked, *self._problems())
        self.notes = tuple(self._notes())

    @property
    def words(self) -> str:
        """The first words that stand in it outside its tags; empty if there are none."""
        for block in self.blocks:
            for paragraph in block.iter(P):
                text = "".join(words for _, words in visible_text(own_nodes(paragraph)))
                for start, end in reversed(scan(text)[0]):
                    text = f"{text[:start]} {text[end:]}"
                if re.search(r"[^\W\d_]", text):
                    return short(" ".join(text.split()), 40)
        return ""

    def _problems(self) -> Iterator[Problem]:
        yield from refused_content(self.root, self.origins, hidden_styles(self.package))
        for what, hint, node in self._refused():
            yield self.origins.where(node).fault(f"A passage cannot contain {what}.", hint, "passage")
        _, outside = kept_parts(self.package)
        folder, base = posixpath.split(self.package.main)
        not_merged = self.package.parts.keys() - {posixpath.join(folder, "_rels", f"{base}.rels")}
        for problem in (*outside, *tags_elsewhere(self.package, not_merged)):
            yield problem.within(self.file)

    def _refused(self) -> Iterator[tuple[str, str, etree._Element]]:
        links = self.package.links(self.package.main)
        for block in self.blocks:
            for node in block.iter(etree.Element):
                if node.tag in _REFUSED:
                    yield *_REFUSED[str(node.tag)], node
                for name, value in node.items():
                    link = links.get(value) if name.startswith(f"{{{RELATIONSHIPS}}}") else None
                    if link is not None and node.tag not in _REFUSED and link.kind not in _MERGED:
                        what = "a chart" if link.kind == "chart" else "a drawing other than a picture"
                        yield what, "Replace it with a picture.", node

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
                f"Templates include only the body of a passage, not its {' and '.join(left_out)}.",
                self.file,
                "Delete the text there, so that nobody expects it in the letters.",
                "passage",
            )


class SharedPassages(Struct, frozen=True, eq=False):
    """The passages that templates may include. Each is opened once, when it is first needed.

    Args:
        folder: its name in messages.
        names: of the passages in tags; each file has this name with ``.docx``.
        read: returns the bytes of a passage by name; may raise LettersError.
        translation: the language of the template that includes them, by the suffix of its file; empty for the
            office's own. `contact` is then `contact.es`; a passage that has no words of its own serves every language.
    """

    folder: str
    names: tuple[str, ...]
    read: Callable[[str], bytes]
    translation: str = ""
    _opened: dict[str, SharedPassage] = field(default_factory=dict)

    def file(self, name: str) -> str:
        return f"{self.folder}/{name}.docx"

    def open(self, name: str) -> SharedPassage:
        """The passage of that name. Raises LettersError if it cannot be read at all, or lacks this language."""
        translated = f"{name}.{self.translation}"
        known = translated if translated in self.names else name
        if known not in self._opened:
            passage = SharedPassage(known, self.file(known), self.read(known))
            if self.translation and known == name and (words := passage.words):
                raise LettersError(
                    Problem(
                        f"The passage “{name}” is not in the language of the letter, and would print “{words}”.",
                        passage.file,
                        f"Save it in that language as {self.file(translated)}.",
                        "passage",
                    )
                )
            self._opened[known] = passage
        return self._opened[known]

    def contents(self) -> Iterator[str | bytes]:
        """The names of all passages, each with its file; with nothing for one that cannot be read."""
        for name in self.names:
            yield name
            try:
                yield self.read(name)
            except LettersError:
                yield b""

    def unknown(self, name: str) -> tuple[str, str] | None:
        """Message and hint if there is no passage of that name; otherwise None."""
        if _NAME.fullmatch(name) and {name, f"{name}.{self.translation}"} & set(self.names):
            return None
        names = sorted({each.split(".")[0] for each in self.names})
        near = difflib.get_close_matches(name.lower().removesuffix(".docx"), names, 1)
        there_are = f"There are: {', '.join(names)}." if names else "Save the passage there under this name."
        hint = f"Did you mean “{near[0]}”?" if near and near[0] != name else there_are
        if not _NAME.fullmatch(name):
            rule = "a name consists of lowercase letters, digits, and hyphens"
            return f"“{name}” cannot be the name of a passage: {rule}.", hint
        return f"There is no passage “{name}”: the file {self.file(name)} is missing.", hint


def _nothing(name: str) -> bytes:
    raise LookupError(name)


NO_PASSAGES = SharedPassages("shared", (), _nothing)


class _HostPart(Struct):
    """A part of the template that passages are inserted into."""

    name: str
    root: etree._Element
    origins: ParagraphOrigins


class PassageInserter:
    """Inserts the passages into one template, part by part.

    Args:
        package: the template.
        trees: its parts that may contain tags, by name.
        passages: those it may include.
    """

    def __init__(self, package: Package, trees: Mapping[str, etree._Element], passages: SharedPassages) -> None:
        self.problems: list[Problem] = []
        self.used: dict[str, SharedPassage] = {}
        self._passages = passages
        self._editor = PackageEditor(package)
        self._merges: dict[str, PassageMerge] = {}
        self._bookmarks = {node.get(NAME, "") for tree in trees.values() for node in tree.iter(BOOKMARK_START)}
        self._count = 0

    def package(self) -> Package:
        """The template with the styles, lists and files of its passages. Parts with tags are only in the trees."""
        return self._editor.result()

    def part(self, name: str, root: etree._Element, origins: ParagraphOrigins) -> etree._Element:
        """The part, with passages in place of the paragraphs that include them."""
        part = _HostPart(name, root, origins)
        for paragraph in list(root.iter(P)):
            self._insert_at(paragraph, part, ())
        return part.root

    def _insert_at(self, paragraph: etree._Element, part: _HostPart, ring: tuple[str, ...]) -> None:
        """Replace one paragraph if it includes a passage. If something is wrong, only remove the tag.

        Args:
            ring: names of the passages around this paragraph.
        """
        pieces = visible_text(own_nodes(paragraph))
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
            replace_ranges(pieces, [(start, end, "") for start, end, _ in found])
        else:
            self._insert(passage, paragraph, part, (*ring, _name(tag)))

    def _misnamed(self, tag: Tag, ring: tuple[str, ...]) -> Problem | None:
        name = _name(tag)
        if wrong := self._passages.unknown(name):
            return tag.fault(*wrong, "passage")
        if name in ring:
            way = " → ".join([*ring[ring.index(name) :], name])
            return tag.fault(f"The passage “{name}” includes itself: {way}.", "Remove one of these tags.", "passage")
        return None

    def _open(self, name: str, tag: Tag) -> SharedPassage | None:
        """The passage; or None, with the reasons added to the problems."""
        self._count += 1
        if self._count > _MOST:
            self.problems.append(
                tag.fault(f"The template includes more than {_MOST} passages.", "Use fewer.", "passage")
            )
            return None
        try:
            passage = self._passages.open(name)
        except LettersError as error:
            self.problems += error.problems
            return None
        self.problems += passage.problems
        self.used[passage.name] = passage
        return None if any(problem.code in _UNFIT for problem in passage.problems) else passage

    def _insert(
        self, passage: SharedPassage, paragraph: etree._Element, part: _HostPart, ring: tuple[str, ...]
    ) -> None:
        origin = part.origins[paragraph]
        source = WordingSource(passage.file, around=origin.source)
        blocks = [deepcopy(block) for block in passage.blocks]
        for block, original in zip(blocks, passage.blocks, strict=True):
            block.tail = None
            for copy, own in zip(block.iter(P), original.iter(P), strict=True):
                part.origins[copy] = ParagraphOrigin(source, passage.origins[own].number)
        if passage.name not in self._merges:
            self._merges[passage.name] = PassageMerge(self._editor, passage.package, passage.name, self._bookmarks)
        merge = self._merges[passage.name]
        part.root = merge.prepared(part.root, passage.root)
        before = next(_blocks(paragraph.itersiblings(preceding=True)), None)
        for bookmark in list(paragraph.iter(*BOOKMARKS)):
            paragraph.addprevious(bookmark)
        for block in blocks:
            paragraph.addprevious(block)
        merge.merge(part.name, part.root, zip(blocks, passage.blocks, strict=True))
        for inside in [inside for block in blocks for inside in block.iter(P)]:
            self._insert_at(inside, part, ring)
        _remove_tag_paragraph(paragraph, before, part.origins)


def _name(tag: Tag) -> str:
    quoted = _QUOTED.fullmatch(tag.says)
    return (quoted[1] or quoted[2] or "").strip() if quoted else ""


def _misplaced(tag: Tag, rest: str, paragraph: etree._Element) -> Problem | None:
    """The problem with the place or form of a tag, whichever passage it names."""
    shown, name = short(tag.raw, 60), re.search(r"\w[\w-]*", tag.says)
    write = f'{{%p include "{name[0].lower() if name else "signature"}" %}}'
    words = short(rest.replace(OBJECT, " "), 40)
    if beside := f"the text “{words}”" if words else other_content(paragraph) or ("a mark" if rest.strip() else ""):
        message = f"{shown} is replaced with a whole passage, and {beside} would be lost."
        return tag.fault(message, f"Put {write} in a paragraph of its own.", "passage")
    if tag.level != "p":
        return tag.fault(f"{shown} includes whole paragraphs, so it needs the letter p.", f"Write {write}.", "passage")
    if not _name(tag):
        return tag.fault(
            f"{shown} must name one passage in quotation marks, with nothing after it.",
            f"Write {write}.",
            "passage",
        )
    return None


def _remove_tag_paragraph(paragraph: etree._Element, before: etree._Element | None, origins: ParagraphOrigins) -> None:
    """Remove the paragraph of the tag, or empty it where Word needs a paragraph.

    A cell, a header or a text box must end with a paragraph, and two tables without one between them become one table.

    Args:
        before: the block after which the passage was inserted; None at the start.
    """
    container = paragraph.getparent()
    assert container is not None
    first = next(_blocks(container.iterchildren() if before is None else before.itersiblings()), None)
    if before is not None and before.tag == TBL and first is not None and first.tag == TBL:
        apart = etree.Element(P)
        before.addnext(apart)
        origins[apart] = origins[paragraph]
    last = next(_blocks(paragraph.itersiblings(preceding=True)), None)
    after = next(_blocks(paragraph.itersiblings()), None)
    at_the_end = after is None and container.tag in _END_WITH_A_PARAGRAPH and (last is None or last.tag == TBL)
    if at_the_end or (last is not None and last.tag == TBL and after is not None and after.tag == TBL):
        del paragraph[:]
    else:
        remove(paragraph)


def _blocks(nodes: Iterable[etree._Element]) -> Iterator[etree._Element]:
    return (node for node in nodes if node.tag in (P, TBL, SDT))
