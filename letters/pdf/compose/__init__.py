"""The composer: lays out ordinary letters as PDF without HTML, several times as fast as WeasyPrint.

In comes a `document.Document`; out come the bytes of a PDF and notes on what was substituted. The composer measures
text the way Word does and raises `Unsupported` at the first thing it cannot lay out; the caller then uses the writer
in `html`. It may import the layout rules, the fonts and the structure tree of the pdf room, but nothing about HTML or
about the XML of Word files. The stages::

    Paragraph ──inline──▶ words, tabs, pictures ──lines──▶ Line ─┐
                   └─ shaping, line_breaking, text_direction      │
    Document ─────────flow, tables──────────▶ Fragment ◀──────────┘
                                                 └──pages──▶ ComposedPage ──drawing──▶ DrawnPage ──file──▶ bytes

- `unsupported`: the exception for letters the composer cannot lay out
- `layout_context`: what all stages of one letter share
- `inline`: splits a paragraph into words, tabs, breaks and pictures
- `runs`: text of one format as glyphs
- `shaping`: glyphs and font subsets, from HarfBuzz
- `line_breaking`: where a line may break (Unicode Standard Annex 14)
- `text_direction`: which text is written from right to left (Unicode Standard Annex 9)
- `lines`: breaks a paragraph into lines
- `fragments`: the lines, paragraphs and table rows that pages are filled with
- `flow`: lays out paragraphs, lists, tables and text boxes
- `tables`, `table_borders`: lay out tables and resolve the conflicts between their borders
- `row_breaks`: breaks rows of tables across pages
- `pages`: breaks the flow into pages and adds headers, footers and footnotes
- `formula_layout`: sets formulas in two dimensions
- `floats`: positions pictures, text boxes and tables that are not in line with the text
- `wrapping`: breaks paragraphs into lines around floats
- `columns`: fills newspaper columns
- `drawing`, `operators`: write content streams
- `resources`: the fonts and pictures the pages use, and their links
- `pictures`: encodes pictures for PDF
- `file`: writes the PDF file
- `writer`: composes a letter and compares its words with the Word file"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from letters.errors import Problem
from letters.pdf.compose.drawing import draw
from letters.pdf.compose.file import FileWriter
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.pages import ComposedPage, Paginator
from letters.pdf.compose.resources import LinkTargets, PageResources
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Document
from letters.pdf.layout_rules.text import page_number, substituted_fonts
from letters.pdf.tags.structure import Node
from letters.pdf.tags.tree import Describe

__all__ = ["Composed", "Unsupported", "compose"]


_ATTEMPTS = 4
"""How often to lay out a letter whose text has page numbers, or the number of pages, until they are right."""


class Composed(Struct, frozen=True):
    """The pages of a letter, ready to be written."""

    document: Document
    context: LayoutContext
    structure: Node
    pages: list[ComposedPage]
    notes: tuple[Problem, ...]

    def write(self, dated: date, describe: Describe) -> tuple[bytes, dict[str, str]]:
        """The finished PDF, dated ``dated``, and the page number of each linked bookmark. May raise Unsupported."""
        resources, targets = PageResources(), LinkTargets()
        drawn = draw(self.pages, self.context, resources, targets)
        writer = FileWriter(self.document, dated, self.context, self.structure, drawn, resources, targets)
        return writer.write(describe), {
            name: page_number(self.pages[page].number, self.pages[page].section.page_number_format)
            for name, (page, _, _) in targets.anchors.items()
        }


def compose(document: Document, most_pages: int) -> Composed:
    """Lay out the pages of a letter.

    Raises:
        Unsupported: for anything the composer cannot lay out.
    """
    pages, numbers = 1, dict[int, int]()
    for _ in range(_ATTEMPTS):
        paginator = _paginated(document, most_pages, pages, numbers)
        context, found = paginator.context, paginator.page_numbers()
        if len(paginator.pages) == pages or not context.used_expected_count:
            pages = len(paginator.pages)
            if all(numbers.get(field, 1) == number for field, number in found.items()):
                return Composed(document, context, paginator.structure, paginator.pages, tuple(context.notes))
        pages, numbers = len(paginator.pages), found
    raise Unsupported("page numbers in the text that change the pages they are on")


def _paginated(document: Document, most_pages: int, pages: int, numbers: Mapping[int, int]) -> Paginator:
    paginator = Paginator(document, most_pages, pages, numbers)
    for note in substituted_fonts(document):
        paginator.context.note(note)
    paginator.paginate()
    return paginator
