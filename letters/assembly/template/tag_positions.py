"""Finds the tags of a part in its XML nodes, and replaces each with a token.

Word splits tags into several runs, so they are never read from serialized text. Nothing is filled here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.template.grammar import BEYOND, instruction_meant, read_tag
from letters.assembly.template.paragraph_origins import NO_SOURCE, ParagraphOrigins, WordingSource
from letters.assembly.template.tags import (
    ATTRIBUTE,
    CODE,
    IN_LINK,
    LINK,
    OBJECT,
    TEXT,
    Tag,
    TagPlace,
    scan,
    substitute,
    token,
)
from letters.docx.markup import around, mark_maybe_blank, own_nodes, remove, style_of
from letters.docx.names import (
    BOOKMARKS,
    BR,
    FLD_CHAR,
    FLD_SIMPLE,
    HYPERLINK,
    INSTR,
    R_PR,
    SPACE,
    TC,
    TR,
    P,
    R,
    T,
    w,
    ws,
)
from letters.errors import Problem

TRACE = "letters"  # attribute with the number of a paragraph's place; only while templates are checked
_AS_TEXT = {w("tab"): " ", w("cr"): " ", w("noBreakHyphen"): "-", w("softHyphen"): "\u00ad"}
_UNSEEN = ws("lang noProof webHidden specVanish rtl cs bCs iCs szCs rPrChange")
_SEVERAL_FORMATS = (
    "Parts of the tag are formatted differently. What it prints gets the format of its first brace.",
    "Select the whole tag and give it one format.",
    "formatting",
)
# The beginning of a link's address, as far as it stands before a tag.
_LINK = pattern(r"\s*HYPERLINK\b", re.IGNORECASE)
_ADDRESS = pattern(r"\bHYPERLINK\s+(?:\"\s*([^\"]*)|())\Z", re.IGNORECASE)
_SILENT = frozenset({R_PR, INSTR, *BOOKMARKS})
_ALT = frozenset({"descr", "title", "tooltip", "alt"})
_RUN_PARENTS = frozenset({P, HYPERLINK})
_TABLE_ALT = frozenset({w("tblCaption"), w("tblDescription")})
_MARKS_OF_TAGS = ("{", "}", "\uff5b", "[[", "<<", "«", "%", "$")


_RAW = pattern(r"(?:(?:p|tr|tc|r)\s+)?((?:end)?raw)", re.IGNORECASE)


class TagPosition(Struct):
    """A tag and the node it is in.

    Args:
        number: of the tag in its template.
        node: the w:t or w:instrText, or the element with the attribute.
        field_depth: how many fields are open around it.
        alone: whether it is the only content of its paragraph.
    """

    tag: Tag
    number: int
    node: etree._Element
    attribute: str = ""
    field_depth: int = 0
    alone: bool = False
    source: WordingSource = NO_SOURCE

    @property
    def paragraph(self) -> etree._Element:
        return next(self.node.iterancestors(P), self.node)

    @property
    def element(self) -> etree._Element:
        """What is removed with the tag: its paragraph, row or cell, or (in text) its run."""
        wanted = {"p": P, "tr": TR, "tc": TC}.get(self.tag.level)
        if wanted is None:
            parent = self.node.getparent()
            return self.node if parent is None else parent
        return next(self.node.iterancestors(wanted), self.node)

    @property
    def container(self) -> tuple[etree._Element | None, str]:
        """What both ends of a block must share, because otherwise removing the block would damage the document."""
        if self.attribute:
            return self.node, self.attribute
        return self.element.getparent(), self.tag.level or self.tag.medium


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]} {words[end:]}"
    return words.strip()


class TagReader(Struct):
    """Reads the tags of all parts of one template and numbers them.

    Args:
        headings: ids of the styles whose paragraphs are headings.
        doubtful: «name» is either a quotation or a leftover merge field, depending on the names the template uses;
            so are %name% and $name$.
        wording: the text of each paragraph without its tags, with its place.
        places: of paragraphs, by the number each carries as `TRACE`; None if paragraphs are not traced.
    """

    headings: frozenset[str] = frozenset()
    tags: list[Tag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubtful: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    wording: list[tuple[TagPlace, str]] = field(default_factory=list)
    places: list[TagPlace] | None = None
    broken: list[str] = field(default_factory=list)  # instructions that cannot be read, since the part began

    def text(self, text: str, place: TagPlace, medium: str) -> list[tuple[int, int, int]]:
        """The tags of one text as (start, end, number). What only looks like a tag is added to the problems."""
        spans, faults = scan(text)
        for fault in faults:
            certain = self.problems if fault.code != "perhaps-a-tag" else self.doubtful
            certain.append(place.fault(fault.message, fault.hint, fault.code))
            self.broken += [fault.word] if fault.word else []
        found = []
        for start, end in spans:
            if medium == CODE and (address := _ADDRESS.search(text, 0, start)):
                tag, problems = read_tag(text[start:end], place, IN_LINK if address[1] else LINK)
            else:
                tag, problems = read_tag(text[start:end], place, medium)
            self.problems += problems
            self.broken += [meant] if tag.word == "?" and (meant := instruction_meant(tag)) else []
            self.tags.append(tag)
            found.append((start, end, len(self.tags) - 1))
        self.notes += _spaces_left(text, [(start, end, self.tags[number]) for start, end, number in found])
        return found

    def part(self, root: etree._Element, origins: ParagraphOrigins) -> list[TagPosition]:
        """Replace all tags of a part with tokens. Returns them in reading order."""
        self.broken.clear()
        positions: list[TagPosition] = []
        headings: dict[WordingSource, str] = {}
        depth = 0
        for paragraph in root.iter(P):
            inside = list(own_nodes(paragraph))
            pieces = visible_text(inside)
            words = "".join(text for _, text in pieces)
            source, number = origins[paragraph].source, origins[paragraph].number
            place = TagPlace(source.label, number, headings.get(source, ""), words)
            if self.places is not None:
                paragraph.set(TRACE, str(len(self.places)))
                self.places.append(place)
            if plain := _without_tags(words):
                self.wording.append((place, plain))
            before = len(self.problems)
            depths, depth = _field_depths(inside, depth)
            found = self._stream(paragraph, pieces, place, TEXT, depths)
            codes = [(node, node.text or "") for node in inside if node.tag == INSTR]
            if codes:
                corner = "address of a link" if _LINK.match("".join(code for _, code in codes)) else "field code"
                place_of_codes = replace(place, part=f"{source.label}, {corner}")
                found += self._stream(paragraph, codes, place_of_codes, CODE, depths)
            for position in found:
                position.source = source
            positions += found
            self._merge_halves(before, place)
            if _between_paragraphs(paragraph):  # docxtpl joins such paragraphs; elsewhere it damages the document
                allowed = [
                    replace(each, code=BEYOND) if each.code == "dash" else each for each in self.problems[before:]
                ]
                self.problems[before:] = allowed
            if style_of(paragraph) in self.headings and words.strip():
                headings[source] = words
        positions += self._attributes(root, origins)
        self._quote(positions)
        return positions

    def _quote(self, positions: list[TagPosition]) -> None:
        """Make notes of the tags between {% raw %} and {% endraw %}, which Jinja prints as they are.

        The two are refused, and what is between them is no fault of its own. A {% raw %} that never ends hides nothing.
        """
        quoted: list[TagPosition] = []
        waiting: list[TagPosition] | None = None
        for position in positions:
            word = found[1].casefold() if (found := _RAW.fullmatch(position.tag.says)) else ""
            if word == "endraw":
                quoted += waiting or []
                waiting = None
            elif waiting is not None:
                waiting.append(position)
            elif word == "raw":
                waiting = []
        if not quoted:
            return
        tags = {position.tag for position in quoted}
        for found_so_far in (self.problems, self.notes):
            found_so_far[:] = [
                each for each in found_so_far if not (isinstance(each.about, Tag) and each.about in tags)
            ]
        for position in quoted:
            position.tag = self.tags[position.number] = replace(position.tag, mark="{#", level="", word="", says="")

    def _stream(
        self,
        paragraph: etree._Element,
        pieces: list[tuple[etree._Element, str]],
        place: TagPlace,
        medium: str,
        depths: dict[etree._Element, int],
    ) -> list[TagPosition]:
        text = "".join(piece for _, piece in pieces)
        if not any(mark in text for mark in _MARKS_OF_TAGS):
            return []
        found = self.text(text, place, medium)
        if medium == TEXT:
            begins = [0, *accumulate(len(piece) for _, piece in pieces)][:-1]
            self.notes += [
                self.tags[n].fault(*_SEVERAL_FORMATS)
                for start, end, n in found
                if _count_formats(pieces, begins, start, end) > 1
            ]
        edits = [(start, end, token(self.tags[number], number)) for start, end, number in found]
        rest = "".join(text[a:b] for a, b in _gaps(len(text), found))
        alone = len(found) == 1 and not rest.strip()
        positions = [
            TagPosition(self.tags[number], number, node, "", depths.get(node, 0), alone)
            for (_, _, number), node in zip(found, replace_ranges(pieces, edits), strict=True)
        ]
        if medium == TEXT and positions:
            staying = list(self._outside_blocks(len(text), found))
            if not any(text[start:end].strip() for start, end in staying):
                mark_maybe_blank(paragraph)
            for run in _runs_that_may_empty(positions, pieces, staying):
                mark_maybe_blank(run)
        return positions

    def _outside_blocks(self, length: int, found: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """Start and end of the stretches of a paragraph that do not depend on its inline conditions."""
        depth = 0
        for gap, (_, _, number) in zip(_gaps(length, found), [*found, found[-1]], strict=True):
            if not depth:
                yield gap
            word = self.tags[number].word
            depth += (word in ("if", "for")) - (word in ("endif", "endfor"))

    def _attributes(self, root: etree._Element, origins: ParagraphOrigins) -> list[TagPosition]:
        """Read the tags in alternative texts, tooltips and field codes stored as attributes."""
        positions = []
        for node in root.iter(etree.Element):
            for name, value in node.items():
                local = etree.QName(name).localname
                code = node.tag == FLD_SIMPLE and local == "instr"
                if "{" in value and (local in _ALT or code or (node.tag in _TABLE_ALT and local == "val")):
                    source, corner = origins.source(node), "field code" if code else "alternative text or tooltip"
                    place = TagPlace(f"{source.label}, {corner}", words=value)
                    found = self.text(value, place, CODE if code else ATTRIBUTE)
                    positions += [
                        TagPosition(self.tags[number], number, node, name, source=source) for _, _, number in found
                    ]
                    node.set(name, substitute(value, found, self.tags))
        return positions

    def _merge_halves(self, before: int, place: TagPlace) -> None:
        """Report a tag split by a paragraph break as one problem, not two."""
        if not 0 < before < len(self.problems):
            return
        first, second = self.problems[before - 1], self.problems[before]
        if first.code == "unclosed-tag" and second.code == "unopened-tag":
            if not first.where.startswith(place.part) or f"paragraph {place.number - 1}" not in first.where:
                return
            self.problems[before - 1 : before + 1] = [
                replace(
                    first,
                    message=f"A tag starts in paragraph {place.number - 1} and ends in paragraph {place.number}.",
                    hint="Put the whole tag in one paragraph.",
                    code="split-tag",
                )
            ]


def _count_formats(pieces: list[tuple[etree._Element, str]], begins: list[int], start: int, end: int) -> int:
    """How many visibly different formats the characters from ``start`` to ``end`` have.

    Args:
        begins: where each piece begins.
    """
    found = set()
    first = max(0, bisect_right(begins, start) - 1)
    for node, text in pieces[first : bisect_left(begins, end)]:
        if text.strip():
            run = node.getparent()
            look = None if run is None else run.find(R_PR)
            seen = [] if look is None else [each for each in look if each.tag not in _UNSEEN]
            found.add(tuple((str(each.tag), *sorted(map(str, each.attrib.items()))) for each in seen))
    return len(found)


def _between_paragraphs(paragraph: etree._Element) -> bool:
    beside = paragraph.getprevious(), paragraph.getnext()
    return all(node is not None and node.tag == P for node in beside)


def visible_text(inside: Iterable[etree._Element]) -> list[tuple[etree._Element, str]]:
    """The visible nodes of a paragraph, each with its text."""
    return [(node, text) for node in inside if (text := _words_of(node)) is not None]


def _words_of(node: etree._Element) -> str | None:
    if node.tag == T:
        return node.text or ""
    parent = node.getparent()
    if parent is None or parent.tag != R or node.tag in _SILENT:
        return None
    if node.tag == BR:
        return OBJECT if node.get(w("type")) in ("page", "column") else " "
    return _AS_TEXT.get(str(node.tag), OBJECT)


def _field_depths(found: list[etree._Element], depth: int) -> tuple[dict[etree._Element, int], int]:
    depths = {}
    for node in found:
        if node.tag == FLD_CHAR:
            depth += {"begin": 1, "end": -1}.get(node.get(w("fldCharType"), ""), 0)
        depths[node] = depth
    return depths, depth


def _gaps(length: int, found: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    position = 0
    for start, end, _ in found:
        yield position, start
        position = end
    yield position, length


def _runs_that_may_empty(
    positions: list[TagPosition], pieces: list[tuple[etree._Element, str]], staying: list[tuple[int, int]]
) -> Iterator[etree._Element]:
    """Runs that may be empty once their tags are filled, and can then be removed.

    Runs in the result of a field stay, because they have the field's format. So do runs in a content control, which
    needs one to click on.
    """
    kept, position = set(), 0
    waiting = deque(each for each in staying if each[0] < each[1])
    for node, text in pieces:
        end = position + len(text)
        while waiting and waiting[0][1] <= position:
            waiting.popleft()
        if waiting and max(position, waiting[0][0]) < min(end, waiting[0][1]):
            kept.add(node.getparent())
        position = end
    for run in dict.fromkeys(position.node.getparent() for position in positions if not position.field_depth):
        if run is None or run in kept or around(run, FLD_SIMPLE) is not None:
            continue
        if (parent := run.getparent()) is not None and parent.tag in _RUN_PARENTS:
            yield run


def replace_ranges(pieces: list[tuple[etree._Element, str]], edits: list[tuple[int, int, str]]) -> list[etree._Element]:
    """Replace ranges of a paragraph's text, which may extend over several nodes. Returns the node where each starts.

    The new text gets the format of the first node. Bookmarks between the nodes stay, so that they remain paired.

    Args:
        pieces: as `visible_text` returns them.
        edits: start, end and new text of each range, in order.
    """
    starts: list[etree._Element] = []
    position = first = 0
    for node, text in pieces:
        begin, stop, kept, cursor = position, position + len(text), "", position
        while first < len(edits) and edits[first][1] <= begin:
            first += 1
        at = first
        while at < len(edits) and edits[at][0] < stop:
            start, end, shown = edits[at]
            kept += text[cursor - begin : max(start, begin) - begin]
            if start >= begin:
                kept += shown
                starts.append(node)
            cursor = min(end, stop)
            at += 1
        position = stop
        if cursor != begin or kept:
            _set_text(node, kept + text[cursor - begin :])
    return starts


def _set_text(node: etree._Element, text: str) -> None:
    run = node.getparent()
    if text and node.tag in (T, INSTR):
        node.text = text
        node.set(SPACE, "preserve")
        return
    remove(node)
    if run is not None and run.tag == R and all(child.tag == R_PR for child in run):
        remove(run)


def _spaces_left(text: str, found: list[tuple[int, int, Tag]]) -> Iterator[Problem]:
    """Notes on conditions that leave two spaces, or a space before punctuation, when they are false."""
    open_: list[tuple[int, Tag | None]] = []
    for start, end, tag in found:
        if tag.word == "if":
            open_.append((start, tag))
        elif tag.word == "else" and open_:
            open_[-1] = (start, None)
        elif tag.word == "endif" and open_:
            begin, opening = open_.pop()
            if opening and text[begin - 1 : begin] == " " and text[end : end + 1] in (*" .,;:)",):
                yield opening.fault(
                    "When this condition is false, it leaves an extra space.",
                    "Move one of the spaces beside it inside the condition.",
                    "spaces",
                )
