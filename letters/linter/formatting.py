"""Checks the formatting and accessibility of a template, as the PDF converter reads it.

It reports what the PDF would lack: alternative text, a header row, readable colors, and anything the converter cannot
carry over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.assembly.template.compilation import ExpandedTemplate
from letters.assembly.template.document_properties import is_in_another_language, mark_language
from letters.assembly.template.package_editor import PackageEditor
from letters.assembly.template.tags import TagPlace, short
from letters.docx.attribute_values import red_green_blue
from letters.docx.markup import text_of
from letters.docx.names import CORE_LINK, CORE_PROPERTIES, CORE_TYPE, DUBLIN_CORE, P
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
from letters.pdf.layout_rules.tables import is_data
from letters.pdf.note_codes import APPEARANCE
from letters.pdf.reader.reader import read_document

_SMALLEST = 6.0  # points, of type that people can read on paper
_CONTRAST, _LARGE_CONTRAST = 4.5, 3.0  # minimum for text and large text (WCAG 2.1, 1.4.3)
# What stands between marks, and a tag that sets them: {{ request.quoted|quoted }}.
_QUOTATION = pattern(r"\u201c[^\u201c\u201d]+\u201d|\{\{[^{}]*\|\s*quoted\s*\}\}")
_REPORTED_ELSEWHERE = frozenset({"comments", "hidden"})
GradedProblem = tuple[Severity, Problem]


def check_formatting(expanded: ExpandedTemplate, language: str) -> Iterator[GradedProblem]:
    """What is wrong with the formatting of a template, with its shared passages in place.

    Args:
        language: of the letters, such as ``en-US``; text in another would be read aloud wrongly. Empty if not known.
    """
    try:
        document = read_document(_titled(expanded.package, language or "en-US"))
    except LettersError as error:
        for problem in error.problems:
            yield "error", problem.within(expanded.package.name)
        return
    places = _ParagraphFinder(expanded)
    for note in document.notes:
        if note.code not in _REPORTED_ELSEWHERE:
            severity: Severity = "note" if note.code in APPEARANCE else "error"
            message = f"{note.message} The PDF would not have it."
            yield severity, places.of(note.about).fault(message, note.hint, note.code)
    for severity, location, message, hint, code in _inspected(document, language):
        yield severity, places.of(location).fault(message, hint, code)


class _ParagraphFinder(Struct, frozen=True):
    """Finds the paragraphs that the converter names in the files that authors edit."""

    expanded: ExpandedTemplate
    _paragraphs: dict[str, list[etree._Element]] = field(default_factory=dict)
    _words: dict[tuple[str, int], str] = field(default_factory=dict)

    def of(self, location: object) -> TagPlace:
        name = self.expanded.package.name
        if not isinstance(location, Location):
            return TagPlace(name)
        places = self.expanded.places.get(location.part, ())
        if not 0 <= location.index < len(places):
            return TagPlace(f"{name}, {location.title}")
        place = places[location.index]
        key = location.part, location.index
        if key not in self._words:
            if location.part not in self._paragraphs:
                self._paragraphs[location.part] = list(self.expanded.package.tree(location.part).iter(P))
            self._words[key] = " ".join(text_of(self._paragraphs[location.part][location.index]).split())
        return TagPlace(place.part, place.number, words=self._words[key])


def _titled(package: Package, language: str) -> Package:
    """The file with a title and language, as every letter has them."""
    editor = PackageEditor(package)
    core = f'<cp:coreProperties xmlns:cp="{CORE_PROPERTIES}" xmlns:dc="{DUBLIN_CORE}"/>'
    targets = [link.target for link in package.links("").values() if link.kind == "core-properties"]
    part = next(filter(editor.has, targets), "")
    if not part:
        part = editor.add("docProps/core.xml", core.encode(), CORE_TYPE)
        editor.link("", CORE_LINK, part)
    root = editor.tree(part)
    for name, value in (("title", "A letter"), ("language", language)):
        tag = f"{{{DUBLIN_CORE}}}{name}"
        node = root.find(tag)
        node = etree.SubElement(root, tag) if node is None else node
        node.text = value
    links = package.links(package.main).values()
    styles = [link.target for link in links if link.kind == "styles" and editor.has(link.target)]
    if any(is_in_another_language(package.tree(each), language) for each in styles):
        others = [link.target for link in links if link.kind in ("header", "footer") and editor.has(link.target)]
        mark_language([editor.tree(each) for each in (*styles, package.main, *others)], language)
    return editor.result()


# --- what readers see and hear ---

_Found = tuple[Severity, Location, str, str, str]  # severity, where, message, hint, code


def _inspected(document: Document, language: str) -> Iterator[_Found]:
    reported_fonts: set[str] = set()
    reported_languages: set[str] = set()
    rank = 0
    for paragraph, background in _paragraphs(document):
        for item in inlines(paragraph.content):
            if isinstance(item, Image) and not item.description and not item.decorative:
                message = "A picture has no alternative text, so people who cannot see it do not know what it shows."
                hint = "In Word: right-click the picture, View Alt Text, then describe it or mark it as decorative."
                yield "error", paragraph.location, message, hint, "alternative-text"
        texts = [item for item in inlines(paragraph.content) if isinstance(item, Text) and item.text.strip()]
        yield from _low_contrast(paragraph, texts, background)
        yield from _too_small(paragraph, texts)
        if not language or language.startswith("en"):
            yield from _doubly_quoted(paragraph, texts)
        for text in texts:
            yield from _unknown_font(paragraph, text.format, reported_fonts)
            yield from _other_language(paragraph, text.format, language, reported_languages)
        level = paragraph.format.outline_level
        if level is not None and texts:
            if level > rank:
                words = f"This heading is at level {level + 1}, but the one before it is at level {rank}."
                words = words if rank else f"The first heading is at level {level + 1}."
                hint = f"In Word: give it the style Heading {rank + 1}."
                yield (
                    "note",
                    paragraph.location,
                    f"{words} Screen readers use heading levels to navigate.",
                    hint,
                    "heading",
                )
            rank = level + 1
    for section in document.sections:
        for table in tables(section.blocks):
            if not is_data(table) and _is_ruled(table):
                message = "The table has no header row, so a screen reader cannot name its columns."
                hint = "In Word: select the first row, then Table Layout, Repeat Header Rows."
                yield "note", table.location, message, hint, "table-header"


def _is_ruled(table: Table) -> bool:
    ruled = any(cell.borders for row in table.rows for cell in row.cells)
    return len(table.rows) > 1 and len(table.columns) > 1 and ruled


def _low_contrast(paragraph: Paragraph, texts: Sequence[Text], background: str) -> Iterator[_Found]:
    for text in texts:
        format_ = text.format
        behind = format_.background or background or "#ffffff"
        if not format_.color or format_.hidden:
            continue  # automatic: black, or white on a dark background
        large = format_.size >= 18 or (format_.bold and format_.size >= 14)
        found, wanted = contrast(format_.color, behind), _LARGE_CONTRAST if large else _CONTRAST
        if found < wanted:
            shown = " ".join(text.text.split())[:40]
            message = f"“{shown}” is hard to read: {format_.color} on {behind} has a contrast of {found:.1f} to 1."
            hint = f"Choose a color with a contrast of at least {wanted:g} to 1."
            yield "error", paragraph.location, message, hint, "contrast"
            return


def _too_small(paragraph: Paragraph, texts: Sequence[Text]) -> Iterator[_Found]:
    for text in texts:
        if text.format.size < _SMALLEST and not text.format.hidden:
            shown = " ".join(text.text.split())[:40]
            message = f"“{shown}” is in {text.format.size:g}-point type, which is too small to read."
            yield "error", paragraph.location, message, "In Word: set it in 8 points or more.", "small"
            return


def _doubly_quoted(paragraph: Paragraph, texts: Sequence[Text]) -> Iterator[_Found]:
    """A quotation all of whose words are in italics and between marks, or in italics where a tag sets the marks."""
    words = "".join(text.text for text in texts)
    italic = "".join(("1" if text.format.italic else "0") * len(text.text) for text in texts)
    for found in _QUOTATION.finditer(words):
        if "0" not in italic[found.start() + 1 : found.end() - 1]:
            message = f"“{short(found[0], 60)}” is set off by italics and by quotation marks."
            yield "error", paragraph.location, message, "Use one of them: take the italics away.", "english"


def contrast(one: str, other: str) -> float:
    """The contrast of two colors (``#rrggbb``), from 1 to 21 (WCAG 2.1)."""

    def luminance(color: str) -> float:
        parts = [part / 255 for part in red_green_blue(color)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _unknown_font(paragraph: Paragraph, format_: RunFormat, reported: set[str]) -> Iterator[_Found]:
    if format_.family in reported:
        return
    reported.add(format_.family)
    try:
        choice = fonts.choose(format_.family)
    except LettersError:
        return  # there is no font at all, which is reported when a letter is printed
    if not choice.same_widths:
        message = (
            f"The font {format_.family} is not installed. The PDF uses {choice.family}, so lines may break differently."
        )
        hint = f"Install {format_.family}, or use Times New Roman, Arial, Cambria, or Calibri."
        yield "note", paragraph.location, message, hint, "font"


def _other_language(paragraph: Paragraph, format_: RunFormat, language: str, reported: set[str]) -> Iterator[_Found]:
    marked = format_.language
    if not marked or not language or marked in reported:
        return
    if marked.split("-")[0].lower() == language.split("-")[0].lower():
        return
    reported.add(marked)
    message = f"The text is marked as {marked}, so it would be read aloud wrongly: the letters are in {language}."
    hint = "In Word: select all, then Review, Language, Set Proofing Language."
    yield "note", paragraph.location, message, hint, "language"


def _paragraphs(document: Document) -> Iterator[tuple[Paragraph, str]]:
    """Every paragraph of headers, body and footers, with the color behind it."""
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
