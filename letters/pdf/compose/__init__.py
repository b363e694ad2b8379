"""The composer: ordinary letters as PDF without HTML in between, many times faster than by way of WeasyPrint.

It sets what letters are made of, by Word's own measures, and gives up as soon as it meets anything else
(``reach.Unsupported``); then WeasyPrint sets the letter. Its stages, each with its own types::

    Paragraph ──content──▶ words, tabs, pictures ──lines──▶ Lines ─┐
                 └─ shaping (HarfBuzz; Pango's rules for breaks)  │
    Document ──────────flow, tables──────────▶ fragments ◀────────────┘
                                                 └──pages──▶ Sheets ──drawing──▶ DrawnPage ──file──▶ bytes

`context.LayoutContext` is what they share, `nodes` makes what is told, `borders` settles the lines of a table, `floats` says
where things stand that are placed on the page, `decoration` spells what is drawn, `resources` keeps what the file must hold,
and `pictures` packs pictures. The structure tree, the claims and the comparison of words are those of the other writer
(`finisher`, `claims`, `parity`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from letters.errors import Problem
from letters.pdf.compose.context import LayoutContext
from letters.pdf.compose.drawing import draw
from letters.pdf.compose.file import FileWriter
from letters.pdf.compose.pages import ComposedPage, Paginator
from letters.pdf.compose.resources import LinkTargets, PageResources
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Document
from letters.pdf.layout_rules.text import substituted_fonts
from letters.pdf.tags.finisher import Describe
from letters.pdf.tags.structure import Node

__all__ = ["Composed", "Unsupported", "compose"]


@dataclass(frozen=True)
class Composed:
    """The pages of a letter, ready to be written."""

    document: Document
    context: LayoutContext
    structure: Node
    pages: list[ComposedPage]
    notes: tuple[Problem, ...]

    def write(self, dated: date, describe: Describe) -> bytes:
        """The finished PDF, as of ``dated``. May raise Unsupported."""
        resources, targets = PageResources(), LinkTargets()
        drawn = draw(self.pages, self.context, resources, targets)
        return FileWriter(self.document, dated, self.context, self.structure, drawn, resources, targets).write(describe)


def compose(document: Document, most_pages: int) -> Composed:
    """Set the pages of a letter. Raises Unsupported for what is not set here."""
    composed = _composed(document, most_pages)
    if composed.context.used_expected_count and len(composed.pages) != composed.context.expected_pages:
        composed = _composed(document, most_pages, len(composed.pages))
        if len(composed.pages) != composed.context.expected_pages:
            raise Unsupported("the number of pages changes how many there are")
    return composed


def _composed(document: Document, most_pages: int, expected: int = 1) -> Composed:
    paginator = Paginator(document, most_pages, expected)
    for note in substituted_fonts(document):
        paginator.context.note(note)
    pages = paginator.paginate()
    return Composed(document, paginator.context, paginator.structure, pages, tuple(paginator.context.notes))
