"""How a template looks, to those who see it and to those who hear it: read as the printer reads it.

So what is told here is what the PDF would lack: an alternative text, a header row, a colour that can be read, and
whatever the way to the PDF cannot carry over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from letters.assembly.template.tags import TagPlace
from letters.assembly.template.template import Expanded
from letters.assembly.template.workbench import Workbench
from letters.docx.markup import P, text_of
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.linter.findings import Severity
from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Box,
    Document,
    Image,
    Location,
    Paragraph,
    RunFormat,
    Section,
    Table,
    Text,
    children,
    inlines,
    tables,
)
from letters.pdf.notes import LOOKS
from letters.pdf.reader.reader import read_document

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_CORE_LINK = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_ENOUGH, _ENOUGH_IF_LARGE = 4.5, 3.0  # contrast of text (WCAG 2.1, 1.4.3)
_SAID_ELSEWHERE = frozenset({"comments", "hidden"})
GradedProblem = tuple[Severity, Problem]


def looks(expanded: Expanded, language: str) -> Iterator[GradedProblem]:
    """What is wrong with the looks of a template, its passages in place.

    Args:
        language: of the letters; what is marked as another is read aloud wrongly. Empty where nobody can say.
    """
    try:
        document = read_document(_titled(expanded.package, language or "en-US"))
    except LettersError as error:
        for problem in error.problems:
            yield "error", problem.within(expanded.package.name)
        return
    places = _ParagraphFinder(expanded)
    for note in document.notes:
        if note.code not in _SAID_ELSEWHERE:
            severity: Severity = "note" if note.code in LOOKS else "error"
            yield severity, places.of(note.about).fault(f"{note.message} The PDF would lack it.", note.hint, note.code)
    for severity, location, message, hint, code in _seen(document, language):
        yield severity, places.of(location).fault(message, hint, code)


@dataclass(frozen=True)
class _ParagraphFinder:
    """Finds the paragraphs the reader names in the files their authors have open."""

    expanded: Expanded

    def of(self, location: object) -> TagPlace:
        name = self.expanded.package.name
        if not isinstance(location, Location):
            return TagPlace(name)
        places = self.expanded.places.get(location.part, ())
        if not 0 <= location.index < len(places):
            return TagPlace(f"{name}, {location.title}")
        place = places[location.index]
        paragraph = next(islice(self.expanded.package.tree(location.part).iter(P), location.index, None))
        return TagPlace(place.part, place.number, words=" ".join(text_of(paragraph).split()))


def _titled(package: Package, language: str) -> Package:
    """With the title and the language that every letter gets."""
    bench = Workbench(package)
    core = f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"/>'
    targets = [link.target for link in package.links("").values() if link.kind == "core-properties"]
    part = next(filter(bench.has, targets), "")
    if not part:
        part = bench.add("docProps/core.xml", core.encode(), _CORE_TYPE)
        bench.link("", _CORE_LINK, part)
    root = bench.tree(part)
    for name, value in (("title", "A letter"), ("language", language)):
        tag = f"{{http://purl.org/dc/elements/1.1/}}{name}"
        node = root.find(tag)
        node = etree.SubElement(root, tag) if node is None else node
        node.text = value
    return bench.result()


# --- what is seen ---

_Seen = tuple[Severity, Location, str, str, str]  # severity, where, message, hint, code


def _seen(document: Document, language: str) -> Iterator[_Seen]:
    told_fonts: set[str] = set()
    told_languages: set[str] = set()
    rank = 0
    for paragraph, background in _paragraphs(document):
        for item in inlines(paragraph.content):
            if isinstance(item, Image) and not item.description and not item.decorative:
                message = "A picture has no alternative text, so nobody is told of it who cannot see it."
                hint = "In Word: right-click the picture, View Alt Text; describe it, or mark it as decorative."
                yield "error", paragraph.location, message, hint, "alternative-text"
        texts = [item for item in inlines(paragraph.content) if isinstance(item, Text) and item.text.strip()]
        yield from _pale(paragraph, texts, background)
        for text in texts:
            yield from _unknown_font(paragraph, text.format, told_fonts)
            yield from _other_language(paragraph, text.format, language, told_languages)
        level = paragraph.format.outline_level
        if level is not None and texts:
            if level > rank:
                words = f"This heading is of rank {level + 1}, and the one before it of rank {rank}."
                words = words if rank else f"The first heading is of rank {level + 1}."
                hint = f"In Word: give it the style Heading {rank + 1}."
                yield (
                    "note",
                    paragraph.location,
                    f"{words} Readers who cannot see find their way by them.",
                    hint,
                    "heading",
                )
            rank = level + 1
    for section in document.sections:
        for table in tables(section.blocks):
            if not any(row.names_columns for row in table.rows) and _is_data(table):
                message = "The table has no header row, so it cannot be read aloud as a table."
                hint = "In Word: select the first row, then Table Layout, Repeat Header Rows."
                yield "note", table.location, message, hint, "table-header"


def _is_data(table: Table) -> bool:
    ruled = any(cell.borders for row in table.rows for cell in row.cells)
    return len(table.rows) > 1 and len(table.columns) > 1 and ruled


def _pale(paragraph: Paragraph, texts: Sequence[Text], background: str) -> Iterator[_Seen]:
    for text in texts:
        look = text.format
        behind = look.background or background or "#ffffff"
        if not look.color or look.hidden:
            continue  # automatic: black, or white on dark
        large = look.size >= 18 or (look.bold and look.size >= 14)
        found, wanted = contrast(look.color, behind), _ENOUGH_IF_LARGE if large else _ENOUGH
        if found < wanted:
            shown = " ".join(text.text.split())[:40]
            message = f"“{shown}” is hard to read: {look.color} on {behind} has a contrast of {found:.1f} to 1."
            yield "error", paragraph.location, message, f"Choose a darker colour: at least {wanted:g} to 1.", "contrast"
            return


def contrast(one: str, other: str) -> float:
    """Of two colours (``#rrggbb``), from 1 to 21 (WCAG 2.1)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _unknown_font(paragraph: Paragraph, look: RunFormat, told: set[str]) -> Iterator[_Seen]:
    if look.family in told:
        return
    told.add(look.family)
    try:
        choice = fonts.choose(look.family)
    except LettersError:
        return  # no font at all: said when a letter is printed
    if not choice.same_widths:
        message = (
            f"The font {look.family} is not installed here; the PDF uses {choice.family}, so lines break elsewhere."
        )
        hint = f"Install {look.family}, or use Times New Roman, Arial, Cambria or Calibri."
        yield "note", paragraph.location, message, hint, "font"


def _other_language(paragraph: Paragraph, look: RunFormat, language: str, told: set[str]) -> Iterator[_Seen]:
    marked = look.language
    if not marked or not language or marked in told or marked.split("-")[0].lower() == language.split("-")[0].lower():
        return
    told.add(marked)
    message = f"The text is marked as {marked}, and would be read aloud so; the letters are in {language}."
    hint = "In Word: select all, then Review, Language, Set Proofing Language."
    yield "note", paragraph.location, message, hint, "language"


def _paragraphs(document: Document) -> Iterator[tuple[Paragraph, str]]:
    """Every paragraph with the colour behind it: header, body, footer."""
    for section in document.sections:
        for blocks in _stories(section):
            yield from _within(blocks, "")


def _stories(section: Section) -> Iterator[tuple[Block, ...]]:
    heads, feet = section.headers, section.footers
    yield from (heads.first, heads.default, heads.even, section.blocks, feet.first, feet.default, feet.even)


def _within(blocks: tuple[Block, ...], background: str) -> Iterator[tuple[Paragraph, str]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block, block.format.shading or background
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    yield from _within(cell.blocks, cell.shading or background)
        else:
            shading = block.shading if isinstance(block, Box) else ""
            for inside in children(block):
                yield from _within(inside, shading or background)
