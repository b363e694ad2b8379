"""Breaks the flow of a letter into pages: headers and footers in the margins, the text and footnotes between them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct, field

from letters.pdf.compose.columns import fill_columns
from letters.pdf.compose.flow import Flow
from letters.pdf.compose.fragments import (
    ColumnsFragment,
    FootnoteFragment,
    Fragment,
    LineFragment,
    ParagraphFragment,
    PrecedingFragment,
    RowFragment,
    lines_of,
    notes_of,
    stacked,
)
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.row_breaks import divide, shorten, split
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.compose.wrapping import Exclusion, Exclusions, end_of_paragraph, has_floats, wrapped
from letters.pdf.document import Document, HeaderFooter, PageKind, Section, facts_of_block
from letters.pdf.layout_rules.paragraphs import shows
from letters.pdf.layout_rules.text import above_notes
from letters.pdf.tags.structure import Node

_MOST_MOVES = 40
"""How often the pages of a section may be filled again because of a float."""
_MOST_FILLINGS = 6
"""How often columns may be filled anew because they refer to footnotes."""
_FEWEST = 40.0
"""Room for text that footnotes of the page before leave on the next, in points."""
_EPS = 0.1
"""Points by which a line may overrun the margin: Word counts in twentieths of a point, and rounds."""


class PlacedFragment(Struct):
    """A fragment on a page; ``y`` is the distance of its top from the top of the page, without the space before it."""

    fragment: Fragment
    y: float
    repeated: bool = False
    """A repeated header row, which is not read again."""


class ComposedPage(Struct):
    """One page. Lengths count from the top left corner."""

    section: Section
    number: int
    fragments: list[PlacedFragment] = field(default_factory=list)
    notes: list[PlacedFragment] = field(default_factory=list)
    rule: float | None = None
    """The position of the line above the footnotes."""
    header: list[PlacedFragment] = field(default_factory=list)
    footer: list[PlacedFragment] = field(default_factory=list)
    blank: bool = False
    """An empty page, so that what follows begins on an odd or even one."""


class Paginator:
    """Lays out the pages of one letter."""

    def __init__(
        self, document: Document, most_pages: int, expected: int = 1, numbers: Mapping[int, int] | None = None
    ) -> None:
        self.document, self.most = document, most_pages
        self.context = LayoutContext(document, expected, numbers)
        self.flow = Flow(self.context)
        self.structure = Node("Document")
        self.pages: list[ComposedPage] = []
        self.margins: dict[object, tuple[list[Fragment], float]] = {}
        """The headers and footers that have been laid out, by their blocks, where they are and the numbers in them."""

    def paginate(self) -> list[ComposedPage]:
        number = 0
        for at, section in enumerate(self.document.sections):
            self.context.section = section
            number = section.first_page_number if section.first_page_number is not None else number + 1
            if at and section.starts != "page" and (number % 2 == 1) is not (section.starts == "odd"):
                self.pages.append(ComposedPage(self.document.sections[at - 1], number, blank=True))
                number += section.first_page_number is None
            number = _SectionPaginator(self, section, at, number).fill()
        self.context.pages = len(self.pages)
        for at, page in enumerate(self.pages):
            self.context.section_pages = sum([each.section is page.section for each in self.pages])
            self._add_header_and_footer(
                page, first=not at or self.pages[at - 1].section is not page.section, is_first=not at
            )
        return self.pages

    def page_numbers(self) -> dict[int, int]:
        """The number of the page that each page field of the text is on, by the identity of the field."""
        return {
            piece.run.page_field: page.number
            for page in self.pages
            for placed in (*page.fragments, *page.notes)
            if not isinstance(placed.fragment, ParagraphFragment)  # other letters have no such lines
            for line in lines_of(placed.fragment)
            if not line.shared
            for piece in line.pieces
            if piece.run.page_field
        }

    def which(self, section: Section, number: int, *, first: bool) -> PageKind:
        """Which of a section's headers and footers a page has."""
        if first and section.title_page:
            return "first"
        return "even" if self.document.even_and_odd and number % 2 == 0 else "default"

    def running(self, variants: HeaderFooter, which: PageKind, width: float, y: float) -> tuple[list[Fragment], float]:
        """The fragments of a header or footer on the current page, and their height; ``y`` is about where it begins."""
        blocks, context = variants.on(which), self.context
        fields = frozenset[str]().union(*[facts.page_fields for facts in facts_of_block.of_all(blocks)])
        key = id(blocks), id(context.section), y, context.numbers_in(fields)
        if key not in self.margins:
            above = PrecedingFragment()
            fragments = wrapped(self.flow.blocks(blocks, width, None, above), context.section, y)
            height = stacked(fragments) + max(above.after, 0.0)
            # Empty paragraphs take their place, too.
            self.margins[key] = fragments if shows(blocks) else [], height
        return self.margins[key]

    def _add_header_and_footer(self, page: ComposedPage, *, first: bool, is_first: bool) -> None:
        """Lay out the header and the footer of a page. The first page's header is the letterhead, and part of
        the text.
        """
        if page.blank:
            return
        section = self.context.section = page.section
        self.context.page = page.number
        which = self.which(section, page.number, first=first)
        if not is_first:
            fragments, _ = self.running(section.headers, which, section.text_width, section.header_distance)
            page.header = stack(fragments, section.header_distance)
        about = section.height - max(abs(section.bottom), section.footer_distance)
        fragments, height = self.running(section.footers, which, section.text_width, about)
        page.footer = stack(fragments, section.height - section.footer_distance - height)
        self.context.page = None


class _SectionPaginator:
    """Fills the pages of one section."""

    def __init__(self, paginator: Paginator, section: Section, at: int, number: int) -> None:
        self.paginator, self.section, self.at, self.number = paginator, section, at, number
        self.first = True
        self.margins: dict[tuple[str, PageKind], tuple[float, list[Exclusion]]] = {}
        """The height of each header and footer, and what its floats keep clear of the text."""
        self.page = ComposedPage(section, number)
        self.above_notes = above_notes(paginator.document)
        """The height of the separator above footnotes; the line is in its middle."""
        self.notes_height = 0.0
        """The height of the footnotes of the current page."""
        self.carried: FootnoteFragment | None = None
        """What footnotes of the page before left for the current one."""
        self.rest: FootnoteFragment | None = None
        """What those of the current page leave for the next."""
        self.begun_notes: dict[int, FootnoteFragment] = {}
        """What is on the current page of footnotes that go on on the next, by identity."""
        self.exclusions = Exclusions(section, 0.0)
        """What the floats of the page keep clear."""
        self.letterhead_floats: list[Exclusion] = []
        self.known: set[int] = set()
        """The paragraphs whose floats are on the page, by identity."""
        self.pulled: dict[int, list[Exclusion]] = {}
        """What the floats of these paragraphs keep clear that were where text already was."""
        self.put_off: set[int] = set()
        """The paragraphs that go to the next page with their floats."""

    def fill(self) -> int:
        """Add the pages of the section, and return the number of the last one."""
        letterhead, foot = self._letterhead()
        fragments = self.paginator.flow.whole(
            self.section.blocks, self.section.text_width, self.paginator.structure, PrecedingFragment()
        )
        self._begin()
        if letterhead:
            self.page.fragments += letterhead
            self.top = foot
            self._keep_clear(self.letterhead_floats)
            if self.bottom - self.top < self.section.height / 8:
                raise Unsupported("a letterhead that leaves no room")
        begun = at = 0
        y, at_top = self.top, True
        moved = 0
        while at < len(fragments):
            fragment = fragments[at]
            if fragment.page_break_before and at > begun:
                self._next()
                begun, y, at_top = at, self.top, True
            bare = at_top and at > 0 and not fragment.page_break_before
            if bare and at == begun and isinstance(fragment, RowFragment) and fragment.header_rows:
                for head in fragment.header_rows:
                    self.page.fragments.append(PlacedFragment(head, y, repeated=True))
                    y += head.height
            top = y + (0.0 if bare else fragment.before)
            if isinstance(fragment, ParagraphFragment):
                end, needed = fragment.ends(top)
                if self.notes_height:
                    needed = end
                if self.exclusions.found or needed > self.bottom - self.notes_height + _EPS:
                    fragments[at : at + 1] = fragment.apart()
                else:
                    self.page.fragments.append(PlacedFragment(fragment, top))
                    y, at_top = end, False
                    at += 1
                continue
            if isinstance(fragment, LineFragment):
                if bare and fragment.gap:
                    _without_gap(fragment)
                if self._begins_here(fragments, at, top) and self._makes_room(fragment, top) and moved < _MOST_MOVES:
                    moved += 1
                    self._clear(len(self.page.fragments) - (at - begun))
                    at, y, at_top = begun, self.top, True
                    continue
                continues = at_top and fragment.place_in_paragraph > 0
                if not continues:
                    self.exclusions.wrap(fragments, at, top)
                elif not self.exclusions.go_on(fragments, at, top) and fragment.skip:  # for a float of the page before
                    _without_skip(fragment)
                fragment = fragments[at]
                assert isinstance(fragment, LineFragment)
            else:
                top = self.exclusions.below(fragment, top)
            if isinstance(fragment, ColumnsFragment):
                rest = self._fill_columns(fragment, top)
                if fragment.filled and any(fragment.filled):
                    self.page.fragments.append(PlacedFragment(fragment, top))
                    y, at_top = top + fragment.height, False
                elif at_top:
                    raise Unsupported("something taller than a page")
                if rest is None:
                    at += 1
                    continue
                fragments[at] = rest
                self._next()
                begun, y, at_top = at, self.top, True
                continue
            notes_height = self._notes_height(fragment)
            put_off = bool(self.put_off) and not at_top and _anchor(fragment) in self.put_off
            # In Word, the space below the last line of a page may hang into the margin, but not into footnotes.
            needed = fragment.height if notes_height else fragment.required_height
            if top + needed <= self.bottom - notes_height + _EPS and not put_off:
                self.page.fragments.append(PlacedFragment(fragment, top))
                self.notes_height = notes_height
                y, at_top = top + fragment.height, False
                at += 1
                continue
            alone = at == begun or self._fills_page(fragment)
            if isinstance(fragment, LineFragment) and alone and not put_off and self._begins_note(fragment, top):
                self.page.fragments.append(PlacedFragment(fragment, top))
                self.notes_height = self._height_of_notes()
                y, at_top = top + fragment.height, False
                at += 1
                continue
            if self.rest is not None and at == begun and notes_of(fragment):  # after footnotes that fill the page
                self._next()
                y, at_top = self.top, True
                continue
            if self.pulled and self._puts_off_floats(len(self.page.fragments) - (at - begun)):
                at, y, at_top = begun, self.top, True
                continue
            room = self.bottom - notes_height - top
            if isinstance(fragment, RowFragment):
                if fragment.spanned and fragment.can_split and at > begun:
                    divide(fragments, at, closed=False)
                if (parts := split(fragment, room, whole=fragment.height <= self.bottom - self.top)) is not None:
                    self.page.fragments.append(PlacedFragment(parts[0], top))
                    fragments[at] = parts[1]
                    self._next()
                    begun, y, at_top = at, self.top, True
                    continue
            back, lines_only = at, self._is_endless(fragments, begun, at)
            while back > begun and fragments[back].keep and not (lines_only and _begins_paragraph(fragments[back])):
                back -= 1
                if isinstance(fragments[back], ParagraphFragment):
                    more = self._take_apart(fragments, back, at)
                    at, back = at + more, back + more
            if back == begun:
                back = at
            first = fragments[back]
            if back > begun and isinstance(first, RowFragment) and first.spanned:
                divide(fragments, back)
            if back == begun:  # it fits on no page
                if isinstance(fragment, RowFragment) and (parts := split(fragment, room, forced=True)) is not None:
                    self.page.fragments.append(PlacedFragment(parts[0], top))
                    fragments[at] = parts[1]
                    self._next()
                    begun, y, at_top = at, self.top, True
                    continue
                if isinstance(fragment, RowFragment) and not shorten(fragment, room) and not _is_one_picture(fragment):
                    raise Unsupported("something taller than a page")
                # Otherwise it is a picture that ends in the margin, or a row with space at its end.
                self.page.fragments.append(PlacedFragment(fragment, top))
                self.notes_height = notes_height
                y, at_top = top + fragment.height, False
                at += 1
                continue
            if at > back:
                del self.page.fragments[len(self.page.fragments) - (at - back) :]
                self._forget_begun_notes()
            self._next()
            begun = at = back
            y, at_top = self.top, True
        while self.rest is not None:
            self._next()
        self._foot()
        self.paginator.pages.append(self.page)
        return self.number

    def _is_endless(self, fragments: list[Fragment], begun: int, at: int) -> bool:
        """Whether what stays together with a fragment is taller than a page. Word then keeps none of it together."""
        first = last = at
        while first > begun and fragments[first].keep:
            first -= 1
        room = self.bottom - self.top
        height = sum([fragment.before + fragment.height for fragment in fragments[first : at + 1]])
        while height <= room and (last := last + 1) < len(fragments) and fragments[last].keep:
            height += fragments[last].before + fragments[last].height
        return height > room

    def _fill_columns(self, fragment: ColumnsFragment, top: float) -> ColumnsFragment | None:
        """Fill columns from ``top`` down to the footnotes, those that they refer to among them."""
        for _ in range(_MOST_FILLINGS):
            rest = fill_columns(fragment, self.bottom - self.notes_height - top)
            height = self._notes_height(fragment)
            if height <= self.notes_height + _EPS:
                return rest
            self.notes_height = height
        raise Unsupported("footnotes in columns that leave no room for their references")

    def _take_apart(self, fragments: list[Fragment], at: int, behind: int) -> int:
        """Take apart a paragraph that is already on the page, and return how many more fragments there are.

        Args:
            behind: the index of the first fragment that is not on the page.
        """
        place = len(self.page.fragments) - (behind - at)
        placed, whole = self.page.fragments[place], fragments[at]
        assert isinstance(whole, ParagraphFragment)
        lines, y = whole.apart(), placed.y
        fragments[at : at + 1] = lines
        self.page.fragments[place : place + 1] = []
        for more, line in enumerate(lines):
            self.page.fragments.insert(place + more, PlacedFragment(line, y))
            y += line.height
        return len(lines) - 1

    def _begins_here(self, fragments: list[Fragment], at: int, top: float) -> bool:
        """Whether the page has room at ``top`` for a line and those that stay with it, so that its floats are here."""
        y = top + fragments[at].height
        for line in fragments[at + 1 : end_of_paragraph(fragments, at)]:
            if not line.keep:
                break
            y += line.height
        return y <= self.bottom + _EPS or top <= self.top + _EPS

    def _makes_room(self, fragment: LineFragment, y: float) -> bool:
        """Take note of the floats anchored in a line at ``y``. Returns whether any of them is where text already is,
        so that the page has to be filled again.
        """
        if not fragment.boxes and not fragment.line.floats:
            return False
        anchor = _anchor(fragment)
        if not anchor or anchor in self.known:
            return False
        found = [*self.exclusions.floats_of(fragment, y)]
        if not found:
            return False
        self.known.add(anchor)
        self.exclusions.found += found
        left, right = self.exclusions.left, self.exclusions.left + self.exclusions.width
        text = [each for each in self.page.fragments if each.fragment.height and each.y < y]
        if not any(
            each.concerns(left, right, placed.y, placed.y + placed.fragment.height) for each in found for placed in text
        ):
            return False
        self.pulled[anchor] = found
        return True

    def _puts_off_floats(self, kept: int) -> bool:
        """Whether floats made room for themselves on the page where their paragraphs then found none. They go to the
        next page with these, as in Word, and the page has to be filled again.
        """
        lost = self.pulled.keys() - {_anchor(each.fragment) for each in self.page.fragments}
        if not lost:
            return False
        gone = {id(each) for anchor in lost for each in self.pulled.pop(anchor)}
        self.exclusions.found = [each for each in self.exclusions.found if id(each) not in gone]
        self.put_off |= lost
        self._clear(kept)
        return True

    def _clear(self, kept: int) -> None:
        """Take everything but the letterhead and repeated header rows off the page, to fill it again."""
        kept = sum(1 for each in self.page.fragments[:kept] if not each.repeated)
        self.page.fragments = [each for each in self.page.fragments if not each.repeated][:kept]
        self._forget_begun_notes()
        self.notes_height = self._height_of_notes()

    def _notes_height(self, fragment: Fragment) -> float:
        """The height of the footnotes of the page, including those of one more fragment."""
        if not notes_of(fragment):
            return self.notes_height
        return self._height_of_notes(fragment) if self.rest is None else math.inf

    def _height_of_notes(self, more: Fragment | None = None) -> float:
        """The height of the footnotes of the page, with those of one more fragment."""
        notes = self._notes_here(more)
        return self.above_notes + _total_height(notes) if notes else 0.0

    def _notes_here(self, more: Fragment | None = None) -> list[FootnoteFragment]:
        """The footnotes of the page, as far as they are on it, with those of one more fragment."""
        placed = [each.fragment for each in self.page.fragments]
        own = [self.begun_notes.get(id(note), note) for note in _notes([*placed, more] if more else placed)]
        return own if self.carried is None else [self.carried, *own]

    def _fills_page(self, fragment: Fragment) -> bool:
        """Whether a line and its footnotes would have no room on any page: otherwise Word divides no footnote."""
        notes = sum([note.height + note.after for note in notes_of(fragment)])
        return fragment.height + self.above_notes + notes > self.bottom - self.top

    def _begins_note(self, fragment: LineFragment, top: float) -> bool:
        """Whether a line fits at ``top`` because its last footnote goes on on the next page, as it does from now on."""
        if self.rest is not None or not fragment.notes:
            return False
        *whole, last = fragment.notes
        above = sum([note.height + note.after for note in (*self._notes_here(), *whole)])
        parts = divided(last, self.bottom + _EPS - top - fragment.height - self.above_notes - above)
        if parts is None:
            return False
        self.begun_notes[id(last)], self.rest = parts
        return True

    def _forget_begun_notes(self) -> None:
        """Let no footnote go on on the next page whose reference is not on this one."""
        here = set(map(id, _notes([each.fragment for each in self.page.fragments])))
        if not here >= self.begun_notes.keys():
            self.begun_notes, self.rest = {}, None

    def _carry(self) -> None:
        """Begin the page with what the footnotes of the page before left, as much as leaves room for some text."""
        self.carried, self.rest, self.begun_notes = self.rest, None, {}
        room = self.bottom - self.top - self.above_notes - _FEWEST
        if self.carried is not None and self.carried.height > room and (parts := divided(self.carried, room)):
            self.carried, self.rest = parts
        self.notes_height = self._height_of_notes()

    def _foot(self) -> None:
        """Place the footnotes of the page."""
        notes = self._notes_here()
        if not notes:
            return
        y = self.bottom - _total_height(notes)
        self.page.rule = y - self.above_notes / 2
        for note in notes:
            self.page.notes += stack(note.fragments, y)
            y += note.height + note.after

    def _begin(self) -> None:
        section, which = self.section, self.paginator.which(self.section, self.number, first=self.first)
        self.top, bottom = abs(section.top), abs(section.bottom)
        if not (self.first and not self.at and shows(section.headers.on(which))):  # that one is the letterhead
            height, kept_clear = self._margin("header", section.headers, which)
            if height and section.top >= 0:
                self.top = max(self.top, section.header_distance + height)
        else:
            kept_clear = []
        height, more = self._margin("footer", section.footers, which)
        if height and section.bottom >= 0:
            bottom = max(bottom, section.footer_distance + height)
        self.bottom = section.height - bottom
        self.exclusions, self.known = Exclusions(section, self.bottom), set()
        self.pulled, self.put_off = {}, set()
        self._keep_clear([*kept_clear, *more])
        if self.bottom - self.top < section.height / 8:
            raise Unsupported("a header or footer that leaves no room")

    def _next(self) -> None:
        if len(self.paginator.pages) >= self.paginator.most:
            raise Unsupported("more pages than a letter has")
        self._foot()
        self.paginator.pages.append(self.page)
        self.number += 1
        self.first = False
        self.page = ComposedPage(self.section, self.number)
        self._begin()
        self._carry()

    def _keep_clear(self, found: list[Exclusion]) -> None:
        """Let the text of the page give way to the floats of its header and footer, unless they leave it no room."""
        text = self.section.left, self.section.left + self.section.text_width, self.top, self.bottom
        self.exclusions.found += [
            each for each in found if each.concerns(*text) and not self.exclusions.fills(each, self.top)
        ]

    def _margin(self, kind: str, variants: HeaderFooter, which: PageKind) -> tuple[float, list[Exclusion]]:
        """The height of a header or footer, and what its floats keep clear of the text."""
        if (kind, which) not in self.margins:
            context, section = self.paginator.context, self.section
            context.page = context.pages = context.section_pages = self.number
            fragments, height = self.paginator.running(variants, which, section.text_width, self._about(kind))
            context.page = context.pages = context.section_pages = None
            start = section.header_distance if kind == "header" else section.height - section.footer_distance - height
            self.margins[kind, which] = height, _kept_clear(section, fragments, start)
        return self.margins[kind, which]

    def _about(self, kind: str) -> float:
        section = self.section
        return (
            section.header_distance
            if kind == "header"
            else section.height - max(abs(section.bottom), section.footer_distance)
        )

    def _letterhead(self) -> tuple[list[PlacedFragment], float]:
        """The header of the first page, which is the beginning of the text, and where it ends."""
        which = self.paginator.which(self.section, self.number, first=True)
        blocks = self.section.headers.on(which)
        if self.at or not shows(blocks):
            return [], 0.0
        context, above = self.paginator.context, PrecedingFragment()
        context.page = self.number
        fragments = self.paginator.flow.blocks(blocks, self.section.text_width, self.paginator.structure, above)
        context.page = None
        start = self.section.header_distance
        fragments = wrapped(fragments, self.section, start)
        self.letterhead_floats = _kept_clear(self.section, fragments, start)
        foot = start + stacked(fragments) + max(above.after, 0.0)
        return stack(fragments, start), max(foot, abs(self.section.top) if self.section.top >= 0 else foot)


def _is_one_picture(row: RowFragment) -> bool:
    """Whether a row is as tall as it is because of a picture, with nothing below it."""
    tallest = max(row.cells, key=lambda cell: cell.height)
    last = tallest.fragments[-1] if tallest.fragments else None
    return isinstance(last, LineFragment) and bool(last.line.pictures)


def _anchor(fragment: Fragment) -> int:
    """The identity of the paragraph that a line begins; 0 if it begins none."""
    if not isinstance(fragment, LineFragment) or fragment.place_in_paragraph:
        return 0
    return id(fragment if fragment.source is None else fragment.source)


def _begins_paragraph(fragment: Fragment) -> bool:
    return not isinstance(fragment, LineFragment) or not fragment.place_in_paragraph


def _kept_clear(section: Section, fragments: list[Fragment], start: float) -> list[Exclusion]:
    """What the floats of a header or footer keep clear, which begins at ``start``."""
    if not has_floats(fragments):
        return []
    margin = Exclusions(section, section.height)
    return [
        each
        for placed in stack(fragments, start)
        if isinstance(placed.fragment, LineFragment)
        for each in margin.floats_of(placed.fragment, placed.y, running=True)
    ]


def _without_gap(fragment: LineFragment) -> None:
    fragment.height -= fragment.gap
    fragment.space_above -= fragment.gap
    fragment.gap = 0.0


def _without_skip(fragment: LineFragment) -> None:
    fragment.height -= fragment.skip
    fragment.space_above -= fragment.skip
    fragment.skip = 0.0


def _notes(fragments: list[Fragment]) -> list[FootnoteFragment]:
    return [
        note for fragment in fragments if not isinstance(fragment, ParagraphFragment) for note in notes_of(fragment)
    ]


def divided(note: FootnoteFragment, room: float) -> tuple[FootnoteFragment, FootnoteFragment] | None:
    """A footnote in two parts, the first of which fits into ``room``; None if it fits whole or no part of it does."""
    lines, y, count = note.fragments, 0.0, 0
    while count < len(lines) and y + lines[count].before + lines[count].height <= room:
        y += lines[count].before + lines[count].height
        count += 1
    if count == len(lines):
        return None
    while count and lines[count].keep:
        count -= 1
    if not count:
        return None
    first, second = lines[:count], lines[count:]
    return FootnoteFragment(first, stacked(first), 0.0), FootnoteFragment(second, stacked(second), note.after)


def _total_height(notes: list[FootnoteFragment]) -> float:
    """Total height of footnotes, without the space after the last one."""
    return sum([note.height + note.after for note in notes]) - notes[-1].after


def stack(fragments: list[Fragment], y: float) -> list[PlacedFragment]:
    """Place fragments one below another, from ``y`` down."""
    placed = []
    for fragment in fragments:
        y += fragment.before
        placed.append(PlacedFragment(fragment, y))
        y += fragment.height
    return placed
