"""Writes a Document as HTML and CSS that look like Word's pages and read like a letter.

Each distinct format gets one CSS class, which keeps the style sheet small and WeasyPrint fast. The elements carry the
structure (headings, lists, tables with headers), from which the tags of the PDF follow. Vertical spacing is Word's,
and disappears at automatic page breaks. All lengths are in points."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Box,
    Document,
    HeaderFooter,
    Image,
    LineBreak,
    ListBlock,
    PageBreak,
    PageKind,
    Paragraph,
    Section,
    Table,
    Text,
    inlines,
    paragraphs,
)
from letters.pdf.html.boxes import BoxWriter
from letters.pdf.html.css import pt
from letters.pdf.html.lists import ListWriter
from letters.pdf.html.paragraphs import ParagraphWriter
from letters.pdf.html.stylesheet import CssCollector, Picture
from letters.pdf.html.tables import TableWriter
from letters.pdf.layout_rules.paragraphs import PrecedingBlock, base_format, shows, with_following
from letters.pdf.layout_rules.text import height_of, stretched_text, substituted_fonts, width_of
from letters.pdf.size_limits import CannotConvert

__all__ = ["HtmlToMeasure", "Measure", "Page", "pt", "write_page"]

Measure = Callable[["HtmlToMeasure", float], Mapping[str, float]]
"""The heights of headers and footers in a column of the given width, by name."""

_WHOLE = "body{hyphens:none}"
"""A hyphen at a line break would be read aloud, and would hide the word from a search."""
_PAGE_KINDS: tuple[PageKind, ...] = ("default", "first", "even")
_TALLEST = 3.0
"""In pages; a taller header or footer is not tried."""
_SURE_FIT = 0.97
"""A header line narrower than this share of the column is certain to fit on one line in spite of rounding."""


class HtmlToMeasure(Struct, frozen=True):
    """Headers and footers whose height decides the layout of the page, with their classes and pictures."""

    html: Mapping[str, str]
    css: str
    pictures: Mapping[str, Picture]


class Page(Struct, frozen=True):
    """The body and styles of a letter, which `base.page_with` makes a whole page of."""

    body: str
    styles: str
    pictures: Mapping[str, Picture]
    """Pictures by the addresses that body and styles use for them."""
    notes: tuple[Problem, ...]


def write_page(document: Document, measure: Measure) -> Page:
    """Write ``document`` as HTML and CSS.

    Args:
        measure: called only for headers and footers whose height cannot be calculated.
    """
    return _Writer(document, measure).write()


class _Writer:
    """Writes one section after another."""

    def __init__(self, document: Document, measure: Measure) -> None:
        self.document = document
        self.measure = measure
        self.sheet = CssCollector(document)
        self.paragraphs = ParagraphWriter(self.sheet)

    def write(self) -> Page:
        for note in (*substituted_fonts(self.document), *stretched_text(self.document)):
            self.sheet.note(note)
        body, rules = [], []
        for at, section in enumerate(self.document.sections):
            self.sheet.section = section
            html, css = _SectionWriter(self, section, at).write()
            body.append(html)
            rules.append(css)
        styles = "\n".join([_WHOLE, *rules, self.sheet.classes.css()])
        return Page("\n".join(body), styles, self.sheet.pictures, tuple(self.sheet.notes))

    def blocks(self, blocks: tuple[Block, ...], width: float, before: PrecedingBlock | None = None) -> str:
        """Blocks in a column ``width`` points wide; the space after the last one is left to ``before``."""
        before = before if before is not None else PrecedingBlock()
        out: list[str] = []
        for block, following in with_following(blocks, None):
            match block:
                case Table():
                    out.append(TableWriter(self.sheet, block, width, self.blocks).write(before))
                case Box():
                    out.append(BoxWriter(self.sheet, block, width, self.blocks).write(before))
                case ListBlock():
                    out.append(ListWriter(self.paragraphs, width, before).write(block, following))
                case Paragraph():
                    out.append(self.paragraphs.paragraph(block, width, before, following))
        return "\n".join(out)


class _SectionWriter:
    """Writes one section: page size, margins, headers, footers and text."""

    def __init__(self, writer: _Writer, section: Section, at: int) -> None:
        self.writer, self.sheet, self.section, self.at = writer, writer.sheet, section, at
        self.many = len(writer.document.sections) > 1
        self.width = section.text_width
        self.running: dict[str, str] = {}
        self.heights: dict[str, float] = {}

    def write(self) -> tuple[str, str]:
        opening = self._first(self.section.headers)
        self._headers_and_footers()
        letterhead, before = self._letterhead(opening)
        text = self.writer.blocks(self.section.blocks, self.width, before)
        running = "".join(f'<div class="run {name}">{html}</div>' for name, html in self.running.items())
        name = f' class="s{self.at}"' if self.many else ""
        return f"<div{name}>{running}{letterhead}\n{text}</div>", self._page_rules(bool(letterhead))

    def _hanging(self) -> float:
        """How far the space that line spacing adds below a page's last line may extend into the bottom margin.

        As in LibreOffice. It is the same for all pages: that of the format most of the text has.
        """
        amounts: dict[float, int] = {}
        for paragraph in paragraphs(self.section.blocks):
            base, layout = base_format(paragraph), paragraph.format
            extra = height_of(layout, base) - fonts.line_height(base) if layout.line_rule == "auto" else 0.0
            words = sum(len(item.text) for item in inlines(paragraph.content) if isinstance(item, Text))
            amounts[max(round(extra, 2), 0.0)] = amounts.get(max(round(extra, 2), 0.0), 0) + words
        return max(amounts, key=lambda extra: amounts[extra]) if amounts else 0.0

    def _first(self, variants: HeaderFooter) -> tuple[Block, ...]:
        """The header or footer of the section's first page."""
        if self.section.title_page:
            return variants.first
        first_is_even = (self.section.first_page_number or 1) % 2 == 0
        return variants.even if self.writer.document.even_and_odd and first_is_even else variants.default

    def _letterhead(self, blocks: tuple[Block, ...]) -> tuple[str, PrecedingBlock]:
        """The header of the first page, as the beginning of the text, so that it is read aloud."""
        if self.at or not shows(blocks):
            return "", PrecedingBlock()
        self.sheet.page_number = self.section.first_page_number or 1
        before = PrecedingBlock()
        html = self.writer.blocks(blocks, self.width, before)
        self.sheet.page_number = None
        room = max(abs(self.section.top) - self.section.header_distance, 0.0)
        below = before.after - before.baseline_shift
        below = max(below, 0.0)
        name = self.sheet.classes.name(
            "h", f"display:flow-root;min-height:{pt(max(room - below, 0.0))};padding-bottom:{pt(below)}"
        )
        return f'<div class="{name}">{html}</div>', PrecedingBlock()

    def _headers_and_footers(self) -> None:
        """Write every header and footer that goes into the margins, and find its height."""
        unknown: dict[str, str] = {}
        for kind, variants in (("h", self.section.headers), ("f", self.section.footers)):
            for which in _PAGE_KINDS:
                blocks = variants.on(which)
                name = f"{kind}{which[0]}{self.at}"
                if not shows(blocks):
                    if blocks:  # empty paragraphs take their place, too
                        height = _known_height(blocks, self.width, self.writer.document.spaces_add)
                        self.heights[name] = height or 0.0
                    continue
                if kind == "h" and which == "first" and not self.at:
                    continue
                before = PrecedingBlock()
                html = self.writer.blocks(blocks, self.width, before)
                below = before.after - before.baseline_shift
                end = self.sheet.classes.name("z", f"height:{pt(below)}") if below > 0.005 else ""
                self.running[name] = html + (f'<div class="{end}"></div>' if end else "")
                height = _known_height(blocks, self.width, self.writer.document.spaces_add)
                if height is None:
                    unknown[name] = self.running[name]
                else:
                    self.heights[name] = height
        if unknown:
            fragments = HtmlToMeasure(unknown, self.sheet.classes.css(), self.sheet.pictures)
            self.heights.update(self.writer.measure(fragments, self.width))
        if max(self.heights.values(), default=0.0) > self.section.height * _TALLEST:
            raise CannotConvert(
                Problem(
                    "A header or footer is as tall as the page.",
                    hint="In Word: move its text into the letter.",
                    code="furniture",
                )
            )

    def _page_rules(self, letterhead: bool) -> str:
        section = self.section
        name = f" s{self.at}" if self.many else ""
        rules = [f".s{self.at}{{page:s{self.at}}}"] if self.many else []
        first = f"{name}:first" if not self.at else f" :nth(1 of s{self.at})"
        rules.append(self._page(name, "default", size=True))
        if self.writer.document.even_and_odd:
            rules.append(self._page(f"{name}:left", "even"))
        if section.title_page or letterhead:
            which = "first" if section.title_page else "default"
            rules.append(self._page(first, which, letterhead=letterhead))
        if section.first_page_number is not None:
            rules.append(f"@page{first}{{counter-reset:page {section.first_page_number}}}")
        rules += [f".{running}{{position:running({running})}}" for running in self.running]
        return "\n".join(rules)

    def _page(self, selector: str, which: str, *, size: bool = False, letterhead: bool = False) -> str:
        section = self.section
        header, footer = f"h{which[0]}{self.at}", f"f{which[0]}{self.at}"
        top, bottom = abs(section.top), abs(section.bottom)
        if letterhead:
            top = section.header_distance
        elif header in self.heights and section.top >= 0:
            top = max(top, section.header_distance + self.heights[header])
        bottom -= min(self._hanging(), bottom / 2)
        if footer in self.heights and section.bottom >= 0:
            bottom = max(bottom, section.footer_distance + self.heights[footer])
        found = [f"size:{pt(section.width)} {pt(section.height)}"] if size else []
        found.append(f"margin:{pt(top)} {pt(section.right)} {pt(bottom)} {pt(section.left)}")
        if header in self.running and not letterhead:
            found.append(
                f"@top-left{{content:element({header});width:100%;z-index:-1;vertical-align:top;"
                f"padding-top:{pt(section.header_distance)}}}"
            )
        elif not size:
            found.append("@top-left{content:none}")
        if footer in self.running:
            found.append(
                f"@bottom-left{{content:element({footer});width:100%;z-index:-1;vertical-align:bottom;"
                f"padding-bottom:{pt(section.footer_distance)}}}"
            )
        elif not size:
            found.append("@bottom-left{content:none}")
        return f"@page{selector}{{{';'.join(found)}}}"


def _known_height(blocks: tuple[Block, ...], width: float, spaces_add: bool) -> float | None:
    """The height of a header or footer of single lines; None if it must be measured."""
    total, after = 0.0, 0.0
    previous: Paragraph | None = None
    for block in blocks:
        if not isinstance(block, Paragraph) or block.label is not None:
            return None
        layout = block.format
        if any(isinstance(item, Image | LineBreak | PageBreak) for item in inlines(block.content)):
            return None
        ends_right = any(stop.kind != "left" for stop in layout.tabs)
        room = (width - layout.left - layout.right - max(layout.first_line, 0.0)) * (1.0 if ends_right else _SURE_FIT)
        if width_of(block.content) > room:
            return None
        before = layout.before
        if previous is not None and previous.style == block.style:
            before = 0.0 if layout.contextual_spacing else before
            after = 0.0 if previous.format.contextual_spacing else after
        run_formats = {item.format for item in inlines(block.content) if isinstance(item, Text)} or {block.mark}
        total += (after + before if spaces_add else max(after, before)) + max(
            height_of(layout, run_format) for run_format in run_formats
        )
        for line in (layout.borders.top, layout.borders.bottom):
            total += line.width + line.space if line is not None else 0.0
        after, previous = layout.after, block
    return total + after
