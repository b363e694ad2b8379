"""Where tags stand in a part: read from the nodes of the document, and put back whole as tokens.

Word cuts a tag into runs, so tags are never read from serialised text. Nothing is filled here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from letters.assembly.template.grammar import BEYOND, read_tag
from letters.assembly.template.origins import WHOLE, Origins, WordingSource
from letters.assembly.template.tags import ATTRIBUTE, CODE, OBJECT, TEXT, Tag, TagPlace, scan, substitute, token
from letters.docx.markup import (
    BOOKMARKS,
    BR,
    FLD_CHAR,
    FLD_SIMPLE,
    HYPERLINK,
    INSTR,
    R_PR,
    TC,
    TR,
    P,
    R,
    T,
    around,
    mark_maybe_blank,
    own_nodes,
    remove,
    style_of,
    w,
    ws,
)
from letters.errors import Problem

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TRACE = "letters"  # the attribute of a paragraph that says where it came from; only while templates are checked
_AS_TEXT = {w("tab"): " ", w("cr"): " ", w("noBreakHyphen"): "-", w("softHyphen"): "\u00ad"}
_UNSEEN = ws("lang noProof webHidden specVanish rtl cs bCs iCs szCs rPrChange")
_TWO_LOOKS = (
    "The tag is formatted in several ways; what it prints gets the format of its first brace.",
    "Select the whole tag, and format it alike.",
    "formatting",
)
_SILENT = frozenset({R_PR, INSTR, *BOOKMARKS})
_ALT = frozenset({"descr", "title", "tooltip", "alt"})
_TABLE_ALT = frozenset({w("tblCaption"), w("tblDescription")})


@dataclass(slots=True)
class TagSpot:
    """A tag in its part, until it is lifted out."""

    tag: Tag
    number: int
    node: etree._Element  # the w:t or w:instrText, or the element with the attribute
    attribute: str = ""
    field_depth: int = 0
    alone: bool = False  # nothing else in its paragraph
    source: WordingSource = WHOLE

    @property
    def paragraph(self) -> etree._Element:
        return next(self.node.iterancestors(P), self.node)

    @property
    def element(self) -> etree._Element:
        """What disappears with the tag: its paragraph, row or cell, or (in text) its run."""
        wanted = {"p": P, "tr": TR, "tc": TC}.get(self.tag.level)
        if wanted is None:
            parent = self.node.getparent()
            return self.node if parent is None else parent
        return next(self.node.iterancestors(wanted), self.node)

    @property
    def holder(self) -> tuple[etree._Element | None, str]:
        """Both ends of a block must share this, or taking the block out would tear the document."""
        if self.attribute:
            return self.node, self.attribute
        return self.element.getparent(), self.tag.level or self.tag.medium


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]} {words[end:]}"
    return words.strip()


@dataclass(slots=True)
class TagReader:
    """Reads the tags of all parts of one template, numbering them through."""

    headings: frozenset[str] = frozenset()  # styles whose paragraphs are headings
    tags: list[Tag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubtful: list[Problem] = field(default_factory=list)  # «name»: a quotation, unless the template uses the name
    notes: list[Problem] = field(default_factory=list)
    wording: list[tuple[TagPlace, str]] = field(
        default_factory=list
    )  # what each paragraph says itself, without its tags
    places: list[TagPlace] | None = None  # where paragraphs are traced: their places, by the number each carries

    def text(self, text: str, place: TagPlace, medium: str) -> list[tuple[int, int, int]]:
        """Tags of one text: (start, end, number). What only looks like a tag becomes a problem."""
        spans, faults = scan(text)
        for fault in faults:
            certain = self.problems if fault.code != "perhaps-a-tag" else self.doubtful
            certain.append(place.fault(fault.message, fault.hint, fault.code))
        found = []
        for start, end in spans:
            tag, problems = read_tag(text[start:end], place, medium)
            self.problems += problems
            self.tags.append(tag)
            found.append((start, end, len(self.tags) - 1))
        self.notes += _spaces_left(text, [(start, end, self.tags[number]) for start, end, number in found])
        return found

    def part(self, root: etree._Element, origins: Origins) -> list[TagSpot]:
        """All tags of a part in reading order; each now stands whole, as a token, where it began."""
        spots: list[TagSpot] = []
        headings: dict[WordingSource, str] = {}
        depth = 0
        for paragraph in root.iter(P):
            inside = list(own_nodes(paragraph))
            pieces = pieces_of(inside)
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
                place_of_codes = replace(place, part=f"{source.label}, field code")
                found += self._stream(paragraph, codes, place_of_codes, CODE, depths)
            for spot in found:
                spot.source = source
            spots += found
            self._merge_halves(before, place)
            if _between_paragraphs(paragraph):  # there docxtpl joins them, elsewhere it tears the document
                eaten = [replace(each, code=BEYOND) if each.code == "dash" else each for each in self.problems[before:]]
                self.problems[before:] = eaten
            if style_of(paragraph) in self.headings and words.strip():
                headings[source] = words
        return spots + self._attributes(root, origins)

    def _stream(
        self,
        paragraph: etree._Element,
        pieces: list[tuple[etree._Element, str]],
        place: TagPlace,
        medium: str,
        depths: dict[etree._Element, int],
    ) -> list[TagSpot]:
        text = "".join(piece for _, piece in pieces)
        if "{" not in text and "}" not in text and "[[" not in text and "<<" not in text and "«" not in text:
            return []
        found = self.text(text, place, medium)
        if medium == TEXT:
            self.notes += [self.tags[n].fault(*_TWO_LOOKS) for start, end, n in found if _looks(pieces, start, end) > 1]
        edits = [(start, end, token(self.tags[number], number)) for start, end, number in found]
        rest = "".join(text[a:b] for a, b in _gaps(len(text), found))
        alone = len(found) == 1 and not rest.strip()
        spots = [
            TagSpot(self.tags[number], number, node, "", depths.get(node, 0), alone)
            for (_, _, number), node in zip(found, gather(pieces, edits), strict=True)
        ]
        if medium == TEXT and spots:
            staying = list(self._outside_blocks(len(text), found))
            if not any(text[start:end].strip() for start, end in staying):
                mark_maybe_blank(paragraph)
            for run in _runs_that_may_empty(spots, pieces, staying):
                mark_maybe_blank(run)
        return spots

    def _outside_blocks(self, length: int, found: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """Start and end of the words of a paragraph that are there whatever its inline conditions say."""
        depth = 0
        for gap, (_, _, number) in zip(_gaps(length, found), [*found, found[-1]], strict=True):
            if not depth:
                yield gap
            word = self.tags[number].word
            depth += (word in ("if", "for")) - (word in ("endif", "endfor"))

    def _attributes(self, root: etree._Element, origins: Origins) -> list[TagSpot]:
        """Alternative texts and tooltips."""
        spots = []
        for node in root.iter(etree.Element):
            for name, value in node.items():
                local = etree.QName(name).localname
                code = node.tag == FLD_SIMPLE and local == "instr"
                if "{" in value and (local in _ALT or code or (node.tag in _TABLE_ALT and local == "val")):
                    source, corner = origins.source(node), "field code" if code else "alternative text or tooltip"
                    place = TagPlace(f"{source.label}, {corner}", words=value)
                    found = self.text(value, place, CODE if code else ATTRIBUTE)
                    spots += [TagSpot(self.tags[number], number, node, name, source=source) for _, _, number in found]
                    node.set(name, substitute(value, found, self.tags))
        return spots

    def _merge_halves(self, before: int, place: TagPlace) -> None:
        """A tag cut by the Enter key shows as two faults; say it once."""
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
                    hint="Put the whole tag into one paragraph.",
                    code="split-tag",
                )
            ]


def _looks(pieces: list[tuple[etree._Element, str]], start: int, end: int) -> int:
    """How many formats the characters from ``start`` to ``end`` are in, as far as anybody sees them."""
    found, position = set(), 0
    for node, text in pieces:
        if position < end and position + len(text) > start and text.strip():
            run = node.getparent()
            look = None if run is None else run.find(R_PR)
            seen = [] if look is None else [each for each in look if each.tag not in _UNSEEN]
            found.add(tuple((str(each.tag), *sorted(map(str, each.attrib.items()))) for each in seen))
        position += len(text)
    return len(found)


def _between_paragraphs(paragraph: etree._Element) -> bool:
    beside = paragraph.getprevious(), paragraph.getnext()
    return all(node is not None and node.tag == P for node in beside)


def pieces_of(inside: Iterable[etree._Element]) -> list[tuple[etree._Element, str]]:
    """The nodes of a paragraph that a reader sees, each with its words."""
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
    spots: list[TagSpot], pieces: list[tuple[etree._Element, str]], staying: list[tuple[int, int]]
) -> Iterator[etree._Element]:
    """Runs of which nothing may be left once their tags are filled, and which nothing but the reader would miss.

    The result of a field shows how the field is to look, and a control needs a run to click on: those stay.
    """
    kept, position = set(), 0
    for node, text in pieces:
        end = position + len(text)
        if any(max(position, begin) < min(end, stop) for begin, stop in staying):
            kept.add(node.getparent())
        position = end
    for run in dict.fromkeys(spot.node.getparent() for spot in spots if not spot.field_depth):
        if run is None or run in kept or around(run, FLD_SIMPLE) is not None:
            continue
        if run.getparent().tag in (P, HYPERLINK):
            yield run


def gather(pieces: list[tuple[etree._Element, str]], edits: list[tuple[int, int, str]]) -> list[etree._Element]:
    """Put each tag's token into the node where the tag starts and take its other characters out of the rest.

    Bookmarks and the like between the runs stay, so they stay paired; the formatting of the first run wins.
    """
    starts: list[etree._Element] = []
    position = 0
    for node, text in pieces:
        begin, stop, kept, cursor = position, position + len(text), "", position
        for start, end, shown in edits:
            if end <= begin or start >= stop:
                continue
            kept += text[cursor - begin : max(start, begin) - begin]
            if start >= begin:
                kept += shown
                starts.append(node)
            cursor = min(end, stop)
        position = stop
        if cursor != begin or kept:
            _set_text(node, kept + text[cursor - begin :])
    return starts


def _set_text(node: etree._Element, text: str) -> None:
    run = node.getparent()
    if text and node.tag in (T, INSTR):
        node.text = text
        node.set(_SPACE, "preserve")
        return
    remove(node)
    if run is not None and run.tag == R and all(child.tag == R_PR for child in run):
        remove(run)


def _spaces_left(text: str, found: list[tuple[int, int, Tag]]) -> Iterator[Problem]:
    """Conditions that, when they do not hold, leave two spaces or a space before a full stop."""
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
                    "Left out, this condition leaves a space too many.",
                    "Move one of the spaces beside it to the inside.",
                    "spaces",
                )
