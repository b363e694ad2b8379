"""Fills pages with slabs: headers and footers in the margins, and the text between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from letters.pdf.compose.flow import Flow
from letters.pdf.compose.reach import BeyondReach
from letters.pdf.compose.setting import Setting
from letters.pdf.compose.slabs import Above, LineSlab, NotePart, RowSlab, Slab, stacked
from letters.pdf.compose.tables import split
from letters.pdf.document import Block, Document, HeaderFooter, Section
from letters.pdf.layout_rules.paragraphs import shows
from letters.pdf.tags.structure import Node

_RULE = 10.0
"""Room for the line above the footnotes of a page, which stands in its middle."""
_EPS = 0.1
"""Points by which a line may miss the margin: Word counts in twentieths of a point, and rounds."""


@dataclass(slots=True)
class Placed:
    """A slab on a page: how far below the upper edge of the paper it begins, its free room left out."""

    slab: Slab
    y: float
    again: bool = False
    """A header row shown once more, which is not told again."""


@dataclass(slots=True)
class ComposedPage:
    """One page. Lengths are counted from the upper left corner of the paper."""

    section: Section
    number: int
    slabs: list[Placed] = field(default_factory=list)
    notes: list[Placed] = field(default_factory=list)
    rule: float | None = None
    """How far down the line above the footnotes stands."""
    header: list[Placed] = field(default_factory=list)
    footer: list[Placed] = field(default_factory=list)


class Pager:
    """Composes the pages of one letter."""

    def __init__(self, document: Document, most_pages: int, expected: int = 1) -> None:
        self.document, self.most = document, most_pages
        self.setting = Setting(document, expected)
        self.flow = Flow(self.setting)
        self.told = Node("Document")
        self.sheets: list[ComposedPage] = []

    def pages(self) -> list[ComposedPage]:
        number = 0
        for at, section in enumerate(self.document.sections):
            if section.page_borders or section.starts != "page":
                raise BeyondReach("lines round the page, or sections that begin on a left or right page")
            self.setting.section = section
            number = section.first_page_number if section.first_page_number is not None else number + 1
            number = _SectionPager(self, section, at, number).fill()
        self.setting.pages = len(self.sheets)
        for at, sheet in enumerate(self.sheets):
            self.setting.section_pages = sum([each.section is sheet.section for each in self.sheets])
            self._furnish(sheet, first=not at or self.sheets[at - 1].section is not sheet.section, opening=not at)
        return self.sheets

    def which(self, section: Section, number: int, *, first: bool) -> str:
        """Which of a section's headers and footers stands on a page."""
        if first and section.title_page:
            return "first"
        return "even" if self.document.even_and_odd and number % 2 == 0 else "default"

    def running(self, furniture: HeaderFooter, which: str, width: float) -> tuple[list[Slab], float]:
        """A header or footer and its height, for the page at hand."""
        blocks: tuple[Block, ...] = getattr(furniture, which)
        if not shows(blocks):
            return [], 0.0
        above = Above()
        slabs = self.flow.blocks(blocks, width, None, above)
        return slabs, stacked(slabs) + max(above.after, 0.0)

    def _furnish(self, sheet: ComposedPage, *, first: bool, opening: bool) -> None:
        """Set the header and the footer of a page. The header of the first page is the letterhead, and part of the
        text.
        """
        section = self.setting.section = sheet.section
        self.setting.page = sheet.number
        which = self.which(section, sheet.number, first=first)
        if not opening:
            slabs, _ = self.running(section.headers, which, section.text_width)
            sheet.header = stack(slabs, section.header_distance)
        slabs, height = self.running(section.footers, which, section.text_width)
        sheet.footer = stack(slabs, section.height - section.footer_distance - height)
        self.setting.page = None


class _SectionPager:
    """Fills the pages of one section."""

    def __init__(self, pager: Pager, section: Section, at: int, number: int) -> None:
        self.pager, self.section, self.at, self.number = pager, section, at, number
        self.first = True
        self.heights: dict[tuple[str, str], float] = {}
        self.sheet = ComposedPage(section, number)
        self.noted = 0.0
        """The room for the footnotes of the page at hand."""

    def fill(self) -> int:
        """Add the pages of the section, and return the number of the last one."""
        letterhead, foot = self._letterhead()
        slabs = self.pager.flow.blocks(self.section.blocks, self.section.text_width, self.pager.told, Above())
        self._begin()
        if letterhead:
            self.sheet.slabs += letterhead
            self.top = foot
            if self.bottom - self.top < self.section.height / 8:
                raise BeyondReach("a letterhead that leaves no room")
        begun = at = 0
        y, fresh = self.top, True
        while at < len(slabs):
            slab = slabs[at]
            if slab.forced and at > begun:
                self._next()
                begun, y, fresh = at, self.top, True
            bare = fresh and at > 0 and not slab.forced
            if bare and at == begun and isinstance(slab, RowSlab) and slab.heads:
                for head in slab.heads:
                    self.sheet.slabs.append(Placed(head, y, again=True))
                    y += head.height
            top = y + (0.0 if bare else slab.before)
            noted = self._noted(slab)
            if top + slab.needs <= self.bottom - noted + _EPS:
                self.sheet.slabs.append(Placed(slab, top))
                self.noted = noted
                y, fresh = top + slab.height, False
                at += 1
                continue
            if isinstance(slab, RowSlab) and (parts := split(slab, self.bottom - noted - top)) is not None:
                self.sheet.slabs.append(Placed(parts[0], top))
                slabs[at] = parts[1]
                self._next()
                begun, y, fresh = at, self.top, True
                continue
            back = at
            while back > begun and slabs[back].keep:
                back -= 1
            if back == begun:
                back = at
            if back == begun or (back == at and isinstance(slab, RowSlab) and slab.tied):  # it fits on no page
                raise BeyondReach("something taller than a page")
            if at > back:
                del self.sheet.slabs[len(self.sheet.slabs) - (at - back) :]
            self._next()
            begun = at = back
            y, fresh = self.top, True
        self._foot()
        self.pager.sheets.append(self.sheet)
        return self.number

    def _noted(self, slab: Slab) -> float:
        """The room for the footnotes of the page, with those of one more slab."""
        if not isinstance(slab, LineSlab) or not slab.notes:
            return self.noted
        placed = [each.slab for each in self.sheet.slabs]
        return _RULE + _together(_notes([*placed, slab]))

    def _foot(self) -> None:
        """Set the footnotes whose marks the page has."""
        notes = _notes([each.slab for each in self.sheet.slabs])
        if not notes:
            return
        y = self.bottom - _together(notes)
        self.sheet.rule = y - _RULE / 2
        for note in notes:
            self.sheet.notes += stack(note.slabs, y)
            y += note.height + note.after

    def _begin(self) -> None:
        section, which = self.section, self.pager.which(self.section, self.number, first=self.first)
        self.top, bottom = abs(section.top), abs(section.bottom)
        if not (self.first and not self.at):
            height = self._height("header", section.headers, which)
            if height and section.top >= 0:
                self.top = max(self.top, section.header_distance + height)
        height = self._height("footer", section.footers, which)
        if height and section.bottom >= 0:
            bottom = max(bottom, section.footer_distance + height)
        self.bottom = section.height - bottom
        if self.bottom - self.top < section.height / 8:
            raise BeyondReach("a header or footer that leaves no room")

    def _next(self) -> None:
        if len(self.pager.sheets) >= self.pager.most:
            raise BeyondReach("more pages than a letter has")
        self._foot()
        self.pager.sheets.append(self.sheet)
        self.number += 1
        self.first = False
        self.sheet = ComposedPage(self.section, self.number)
        self.noted = 0.0
        self._begin()

    def _height(self, kind: str, furniture: HeaderFooter, which: str) -> float:
        if (kind, which) not in self.heights:
            setting = self.pager.setting
            setting.page = setting.pages = setting.section_pages = self.number
            self.heights[kind, which] = self.pager.running(furniture, which, self.section.text_width)[1]
            setting.page = setting.pages = setting.section_pages = None
        return self.heights[kind, which]

    def _letterhead(self) -> tuple[list[Placed], float]:
        """The header of the letter's first page, which is the beginning of its text; and where it ends."""
        which = self.pager.which(self.section, self.number, first=True)
        blocks: tuple[Block, ...] = getattr(self.section.headers, which)
        if self.at or not shows(blocks):
            return [], 0.0
        setting, above = self.pager.setting, Above()
        setting.page = self.number
        slabs = self.pager.flow.blocks(blocks, self.section.text_width, self.pager.told, above)
        setting.page = None
        start = self.section.header_distance
        foot = start + stacked(slabs) + max(above.after, 0.0)
        return stack(slabs, start), max(foot, abs(self.section.top) if self.section.top >= 0 else foot)


def _notes(slabs: list[Slab]) -> list[NotePart]:
    return [note for slab in slabs if isinstance(slab, LineSlab) for note in slab.notes]


def _together(notes: list[NotePart]) -> float:
    """Height of footnotes one below another; the space below the last one is left out."""
    return sum([note.height + note.after for note in notes]) - notes[-1].after


def stack(slabs: list[Slab], y: float) -> list[Placed]:
    """Slabs one on another from ``y`` down."""
    placed = []
    for slab in slabs:
        y += slab.before
        placed.append(Placed(slab, y))
        y += slab.height
    return placed
