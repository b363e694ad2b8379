"""Which standards a PDF may claim: PDF/UA-1 (ISO 14289-1), for accessibility, and PDF/A-2a (ISO 19005-2), for archives.

A claim is made only if everything holds that can be checked here; otherwise a note says what is missing, where, and
what to do about it in Word. PDF/A-2 rather than PDF/A-3: a letter has no attachments, and archives that refuse them
accept it. Level A: with structure, and with all text in Unicode.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from letters._text.limited_memory import remembered_by_identity
from letters._text.usual_characters import is_usual
from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.alternatives import is_undescribed
from letters.pdf.document import (
    Block,
    Document,
    Footnote,
    Image,
    Inline,
    Paragraph,
    Text,
    extent,
    facts_of,
    inlines,
    paragraphs,
    tables,
)
from letters.pdf.kept_results import ByIdentity, KeptResults
from letters.pdf.layout_rules.tables import lacks_header
from letters.pdf.tags.structure import Node, StructureTree

UA, ARCHIVE = "PDF/UA-1 (accessible)", "PDF/A-2a (archivable)"
_BOTH = frozenset({UA, ARCHIVE})


class Lack(Struct, frozen=True):
    """Something that keeps the PDF from a claim."""

    standards: frozenset[str]
    short: str
    """A clause for the note that sums up."""
    problem: Problem | None = None
    """What to do about it; None if another note says so."""


class Claims(Struct, frozen=True):
    """The standards a PDF claims to conform to, and notes on those it cannot claim."""

    standards: frozenset[str]
    notes: tuple[Problem, ...]


def claims(lacks: Iterable[Lack]) -> Claims:
    """The claims that remain, and the notes: first each lack, then the claims that are not made because of them."""
    lacks = list(dict.fromkeys(lacks))
    kept = _BOTH.difference(*(lack.standards for lack in lacks))
    notes = [lack.problem for lack in lacks if lack.problem is not None]
    for standard in sorted(_BOTH - kept, reverse=True):
        reasons = dict.fromkeys(lack.short for lack in lacks if standard in lack.standards)
        notes.append(Problem(f"The PDF does not claim to be {standard}: {'; '.join(reasons)}.", code="no-claim"))
    return Claims(kept, tuple(notes))


# ---------------------------------------------------------------- what the letter lacks


def lacks_of_letter(document: Document) -> Iterator[Lack]:
    """What the letter itself lacks."""
    pictures = 0
    letterhead, *text = [_spoken.of_all(blocks) for blocks in _read_aloud(document)]
    spoken = [what for blocks in (letterhead, *text) for what in blocks]
    doubtful = [paragraph for what in spoken for paragraph in what.doubtful]
    for paragraph in doubtful:
        for inline in _doubtful(paragraph.content):
            if isinstance(inline, Text):
                yield _private(paragraph.location.text, _without_meaning(inline.text))
            else:
                pictures += 1
                yield _no_description(paragraph.location.text, inline.number or pictures)
    for paragraph in doubtful:
        if found := _in_label(paragraph):
            yield _private(paragraph.location.text, found)
    families = set[str]().union(*{what.families for what in spoken})
    for family in sorted(family for family in families if not fonts.metrics(family).embeddable):
        yield Lack(_BOTH, f"the license of the font {family} does not allow embedding")
    if any(what.lacks_header for blocks in text for what in blocks):
        yield Lack(frozenset({UA}), "a table has no header row")


class _Spoken(Struct, frozen=True):
    """What matters of a block that is read aloud: its fonts, the paragraphs that may not be read out whole, and whether
    a table lacks a header.
    """

    families: tuple[str, ...]
    doubtful: tuple[Paragraph, ...]
    lacks_header: bool


def _spoken_of(block: Block) -> _Spoken:
    every = list(_with_notes((block,)))
    families = dict.fromkeys([family for each in every for family in facts_of(each.content).families])
    doubtful = tuple([each for each in every if _doubtful(each.content) or _in_label(each)])
    return _Spoken(tuple(families), doubtful, any(map(lacks_header, tables((block,)))))


_spoken = ByIdentity(_spoken_of, 5_000, extent)


def _in_label(paragraph: Paragraph) -> str:
    return "" if paragraph.label is None else _without_meaning(paragraph.label.text)


def _no_description(place: str, number: int) -> Lack:
    problem = Problem(
        f"Picture {number} has no alternative text, so people who cannot see it do not learn of it.",
        where=place,
        hint="In Word: right-click the picture, View Alt Text; describe it, or mark it as decorative.",
        code="alternative-text",
    )
    return Lack(frozenset({UA}), "a picture has no alternative text", problem)


def _private(place: str, found: str) -> Lack:
    problem = Problem(
        f"A character that only one font defines ({found}) cannot be read aloud or searched for.",
        where=place,
        hint="In Word: replace it with a character of an ordinary font (Insert, Symbol).",
        code="private-characters",
    )
    return Lack(_BOTH, "a character is defined by one font only", problem)


@lru_cache(maxsize=1_000)
def _without_meaning(text: str) -> str:
    """The first character without a meaning in Unicode: private use, or unassigned."""
    if text.isascii() or is_usual(text):
        return ""
    return next((f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in ("Co", "Cn")), "")


@remembered_by_identity(5_000)
def _doubtful(content: tuple[Inline, ...]) -> list[Text | Image]:
    """Text with a character without a meaning, and pictures without a description."""
    return [
        inline
        for inline in inlines(content)
        if (isinstance(inline, Text) and not inline.format.hidden and _without_meaning(inline.text))
        or (isinstance(inline, Image) and is_undescribed(inline))
    ]


def _read_aloud(document: Document) -> Iterator[tuple[Block, ...]]:
    """What is read aloud: the letterhead, and the text with its footnotes."""
    first = document.sections[0]
    yield first.headers.first if first.title_page else first.headers.default
    for section in document.sections:
        yield section.blocks


def _with_notes(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    for paragraph in paragraphs(blocks):
        yield paragraph
        if Footnote in facts_of(paragraph.content).kinds:
            for inline in inlines(paragraph.content):
                if isinstance(inline, Footnote):
                    yield from _with_notes(inline.blocks)


# ---------------------------------------------------------------- what the PDF lacks


def lacks_of_file(tree: StructureTree, found: Iterable[str]) -> Iterator[Lack]:
    """What the finished file lacks, by its structure and by the troubles that were ``found`` in it."""
    if tree.shape is None or _SOUND.get(tree.shape) is None:
        lacks = list(_lacks_of_structure(tree.document))
        yield from lacks
        if tree.shape is not None and not lacks:
            _SOUND.keep(tree.shape, None, True, len(tree.shape))
    if "cmyk" in found:
        yield Lack(frozenset({ARCHIVE}), "a picture is in CMYK", Problem(
            "A picture is in CMYK, the colors of a printing press.",
            hint="Save the picture as RGB and insert it again.", code="cmyk"))  # fmt: skip
    if "font" in found:
        yield Lack(_BOTH, "the glyphs of a font are pictures, such as color emoji, or differ from its widths")
    if "depth" in found:
        yield Lack(frozenset({ARCHIVE}), "tables are nested too deep")


_SOUND = KeptResults[bool](20_000)
"""The shapes of structures that lack nothing, by what they consist of: letters of one kind often have the same."""


def _lacks_of_structure(document: Node) -> Iterator[Lack]:
    rank = 0
    for node in document.every():
        if node.kind in ("H1", "H2", "H3", "H4", "H5", "H6"):
            if int(node.kind[1]) > rank + 1:
                yield Lack(frozenset({UA}), f"a heading skips a level (“{node.words[:40]}”)")
            rank = int(node.kind[1])
        elif node.kind == "Table":
            yield from _lacks_of_table(node)
        elif node.kind == "Figure" and not node.alternative:
            yield Lack(frozenset({UA}), "a picture has no alternative text")


def _lacks_of_table(table: Node) -> Iterator[Lack]:
    if any(node.kind == "TH" for node in table.every()) and _is_regular(table):
        return
    words = table.words
    problem = Problem(
        f"The rows of the table “{words[:40]}…” do not have the same columns, so no header fits its cells.",
        hint="In Word: give every row the same cells, or merge cells with Table Layout, Merge Cells.",
        code="table-shape",
    )
    yield Lack(frozenset({UA}), "the rows of a table do not have the same columns", problem)


def _is_regular(table: Node) -> bool:
    """Whether every place in the grid of the table is filled by exactly one cell (ISO 14289-1, 7.2 and 7.5)."""
    rows = list(_rows(table))
    filled: set[tuple[int, int]] = set()
    for at, row in enumerate(rows):
        column = 0
        for cell in row.kids:
            assert isinstance(cell, Node)
            while (at, column) in filled:
                column += 1
            place = {(at + down, column + over) for down in range(cell.rows) for over in range(cell.columns)}
            if place & filled:
                return False
            filled |= place
    width = max((column for _, column in filled), default=-1) + 1
    return bool(rows) and len(filled) == width * len(rows) and all(at < len(rows) for at, _ in filled)


def _rows(table: Node) -> Iterator[Node]:
    for kid in table.kids:
        if isinstance(kid, Node) and kid.kind == "TR":
            yield kid
        elif isinstance(kid, Node):
            yield from _rows(kid)
