"""The composer: ordinary letters as PDF without HTML in between, many times faster than by way of WeasyPrint.

It sets what letters are made of, by Word's own measures, and gives up as soon as it meets anything else
(``reach.BeyondReach``); then WeasyPrint sets the letter. Its stages, each with its own types::

    Paragraph ──matter──▶ words, tabs, pictures ──lines──▶ Lines ─┐
                 └─ shaping (HarfBuzz; Pango's rules for breaks)  │
    Document ──────────flow, tables──────────▶ slabs ◀────────────┘
                                                 └──pages──▶ Sheets ──drawing──▶ Drawn ──file──▶ bytes

`setting.Setting` is what they share, `nodes` makes what is told, `ruling` settles the lines of a table, `afloat` says
where things stand that are placed on the page, `strokes` spells what is drawn, `inks` keeps what the file must hold,
and `pictures` packs pictures. The structure tree, the claims and the comparison of words are those of the other writer
(`finisher`, `claims`, `parity`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from letters.errors import Problem
from letters.pdf.compose.drawing import draw
from letters.pdf.compose.file import FileWriter
from letters.pdf.compose.inks import Inks, LinkTargets
from letters.pdf.compose.pages import ComposedPage, Pager
from letters.pdf.compose.reach import BeyondReach
from letters.pdf.compose.setting import Setting
from letters.pdf.document import Document
from letters.pdf.layout_rules.text import stand_ins
from letters.pdf.tags.finisher import Describe
from letters.pdf.tags.structure import Node

__all__ = ["BeyondReach", "Composed", "compose"]


@dataclass(frozen=True)
class Composed:
    """The pages of a letter, ready to be written."""

    document: Document
    setting: Setting
    told: Node
    sheets: list[ComposedPage]
    notes: tuple[Problem, ...]

    def write(self, dated: date, describe: Describe) -> bytes:
        """The finished PDF, as of ``dated``. May raise BeyondReach."""
        inks, places = Inks(), LinkTargets()
        drawn = draw(self.sheets, self.setting, inks, places)
        return FileWriter(self.document, dated, self.setting, self.told, drawn, inks, places).write(describe)


def compose(document: Document, most_pages: int) -> Composed:
    """Set the pages of a letter. Raises BeyondReach for what is not set here."""
    composed = _composed(document, most_pages)
    if composed.setting.trusted and len(composed.sheets) != composed.setting.expected:
        composed = _composed(document, most_pages, len(composed.sheets))
        if len(composed.sheets) != composed.setting.expected:
            raise BeyondReach("the number of pages changes how many there are")
    return composed


def _composed(document: Document, most_pages: int, expected: int = 1) -> Composed:
    pager = Pager(document, most_pages, expected)
    for note in stand_ins(document):
        pager.setting.note(note)
    sheets = pager.pages()
    return Composed(document, pager.setting, pager.told, sheets, tuple(pager.setting.notes))
