"""Writes a Document as HTML and CSS that run_format like Word's page and read like a letter.

One CSS class for each distinct format keeps the style sheet small, and WeasyPrint quick. Structure is told by
elements (headings, lists, tables with headers), so that the tags of the PDF follow by themselves. Vertical
space follows Word, and vanishes where a page begins by itself. All lengths are in points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
from letters.pdf.layout_rules.text import height_of, substituted_fonts, width_of
from letters.pdf.limits import CannotPrint

__all__ = ["HtmlToMeasure", "Measure", "Page", "pt", "write_page"]

Measure = Callable[["HtmlToMeasure", float], Mapping[str, float]]
"""Heights of some fragments set in a column of the given width: by name."""

_WHOLE = "body{hyphens:none}"
"""A hyphen set where a word is broken would be read aloud, and found by nobody who searches for the word."""
_TALLEST = 3.0
"""Pages; what is taller is not worth trying."""
_SURE_FIT = 0.97
"""A header line this much narrower than the page is sure to stay one line whatever the rounding."""


@dataclass(frozen=True)
class HtmlToMeasure:
    """Pieces of a page to be measured before the page can be laid out, with the classes and pictures they use."""

    html: Mapping[str, str]
    css: str
    pictures: Mapping[str, Picture]


@dataclass(frozen=True)
class Page:
    """The parts of the printed page, ready to be set into the office's template."""

    body: str
    styles: str
    pictures: Mapping[str, Picture]
    """What the addresses of pictures in body and styles stand for."""
    notes: tuple[Problem, ...]


def write_page(document: Document, measure: Measure) -> Page:
    """Write ``document`` as HTML and CSS; ``measure`` is asked only for headers and footers of unknown
    height.
    """
    return _Writer(document, measure).write()


class _Writer:
    """Writes section after section on one sheet."""

    def __init__(self, document: Document, measure: Measure) -> None:
        self.document = document
        self.measure = measure
        self.sheet = CssCollector(document)
        self.paragraphs = ParagraphWriter(self.sheet)

    def write(self) -> Page:
        for note in substituted_fonts(self.document):
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
        """A run of blocks in a column ``width`` points wide, with the space after the last one left to
        ``before``.
        """
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
    """Writes one section: its pages' size, margins, headers and footers, and its text."""

    def __init__(self, writer: _Writer, section: Section, at: int) -> None:
        self.writer, self.sheet, self.section, self.at = writer, writer.sheet, section, at
        self.many = len(writer.document.sections) > 1
        self.width = section.text_width
        self.running: dict[str, str] = {}
        self.heights: dict[str, float] = {}

    def write(self) -> tuple[str, str]:
        opening = self._first(self.section.headers)
        self._furniture()
        letterhead, before = self._letterhead(opening)
        text = self.writer.blocks(self.section.blocks, self.width, before)
        furniture = "".join(f'<div class="run {name}">{html}</div>' for name, html in self.running.items())
        name = f' class="s{self.at}"' if self.many else ""
        return f"<div{name}>{furniture}{letterhead}\n{text}</div>", self._page_rules(bool(letterhead))

    def _hanging(self) -> float:
        """What a line multiple adds below the last line may hang into the bottom margin, as in LibreOffice.

        One allowance for all pages: that of the format most of the text is set in.
        """
        amounts: dict[float, int] = {}
        for paragraph in paragraphs(self.section.blocks):
            base, layout = base_format(paragraph), paragraph.format
            extra = height_of(layout, base) - fonts.line_height(base) if layout.line_rule == "auto" else 0.0
            words = sum(len(item.text) for item in inlines(paragraph.content) if isinstance(item, Text))
            amounts[max(round(extra, 2), 0.0)] = amounts.get(max(round(extra, 2), 0.0), 0) + words
        return max(amounts, key=lambda extra: amounts[extra]) if amounts else 0.0

    def _first(self, furniture: HeaderFooter) -> tuple[Block, ...]:
        """What stands on the first page of the section."""
        if self.section.title_page:
            return furniture.first
        first_is_even = (self.section.first_page_number or 1) % 2 == 0
        return furniture.even if self.writer.document.even_and_odd and first_is_even else furniture.default

    def _letterhead(self, blocks: tuple[Block, ...]) -> tuple[str, PrecedingBlock]:
        """The header of the letter's first page, as the beginning of its text, so that it is read aloud."""
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

    def _furniture(self) -> None:
        """Set every header and footer that runs in the margins, and learn how high each is."""
        unknown: dict[str, str] = {}
        for kind, furniture in (("h", self.section.headers), ("f", self.section.footers)):
            for which in ("default", "first", "even"):
                blocks: tuple[Block, ...] = getattr(furniture, which)
                if not shows(blocks) or (kind == "h" and which == "first" and not self.at):
                    continue
                name = f"{kind}{which[0]}{self.at}"
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
            raise CannotPrint(
                Problem(
                    "A header or footer is as tall as the page.",
                    hint="In Word: move its words into the letter.",
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
                f"@top-left{{content:element({header});width:100%;vertical-align:top;"
                f"padding-top:{pt(section.header_distance)}}}"
            )
        elif not size:
            found.append("@top-left{content:none}")
        if footer in self.running:
            found.append(
                f"@bottom-left{{content:element({footer});width:100%;vertical-align:bottom;"
                f"padding-bottom:{pt(section.footer_distance)}}}"
            )
        elif not size:
            found.append("@bottom-left{content:none}")
        return f"@page{selector}{{{';'.join(found)}}}"


def _known_height(blocks: tuple[Block, ...], width: float, spaces_add: bool) -> float | None:
    """Height of a header or footer of single lines, or None when it must be measured."""
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
