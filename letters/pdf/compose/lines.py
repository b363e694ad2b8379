"""Breaks paragraphs into lines, with tabs where Word puts them.

Lengths are in points: across from the left margin of the column, up and down from the baseline."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby, islice, tee
from typing import Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_property import lazy_property
from letters.pdf import fonts
from letters.pdf.compose.inline import (
    FloatingPicture,
    InlineContent,
    InlineFormula,
    InlinePicture,
    Item,
    Word,
    WordsOfRun,
)
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.runs import SOFT_HYPHEN, Run, Stroke
from letters.pdf.compose.shaping import Font
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import (
    PAGE_FIELDS,
    Align,
    Footnote,
    LineBreak,
    Paragraph,
    RunFormat,
    Tab,
    TabStop,
    Text,
    WordField,
    facts_of,
)
from letters.pdf.font_files import FontFace
from letters.pdf.kept_results import KeptResults
from letters.pdf.layout_rules.paragraphs import base_format
from letters.pdf.layout_rules.text import height_of, next_stop, on_grid
from letters.pdf.tags.structure import Node


class LineRoom(Struct, frozen=True, gc=False):
    """What floats leave free of a line."""

    left: float
    """Where it may begin."""
    right: float
    """Where it must end."""
    skip: float = 0.0
    """How far down it must move."""
    floats: tuple[tuple[float, float], ...] = ()
    """Where floats begin and end in between, at whose other side it goes on."""


Room: TypeAlias = Callable[[float, float, tuple[float, float, float], bool], LineRoom]
"""For the top of a line, its height without what line spacing adds below its words, the widths of its indents and,
between them, of what must have room, and whether it may go on at the other side of a float."""
_EPS = 0.02
_SQUEEZED = 0.25
"""How much narrower the spaces of a line may become at most, as a fraction of their width."""
_NARROWEST = 36.0
"""An indent beside a float leaves at least this much room for text."""
_TURNED: dict[Align, Align] = {"left": "right", "right": "left", "center": "center"}


class RunSlice(Struct, gc=False):
    """The part of a run that is on one line."""

    run: Run
    start: int
    end: int
    x: float
    width: float
    stretch: float = 0.0
    """Added to each space of a justified line."""
    gap: float | None = None
    """The width of a tab, which is drawn as a single space."""

    @property
    def text(self) -> str:
        """The text as shown."""
        return self.run.shaped.text[self.start : self.end]

    @property
    def actual_text(self) -> str:
        """The text as typed."""
        return self.run.typed[self.start : self.end] if self.run.typed else self.text


class Leader(Struct, frozen=True, gc=False):
    """The dots or line that lead to the text after a tab."""

    x: float
    width: float
    leader: str
    """``.`` or ``·`` for dots, ``-`` for dashes, ``_`` for a line."""
    size: float
    color: str


class SharedLook(Struct, gc=False):
    """What lines that letters share look like."""

    fonts: tuple[Font, ...]
    """Those of their pieces, each once."""
    uses: tuple[tuple[Font, dict[int, str]], ...]
    """The fonts, and the characters that their glyphs stand for in the runs of these lines."""
    drawn: dict[object, Any] = field(default_factory=dict)
    """How they are drawn, by the place and what else decides it."""


class Line(Struct, gc=False):
    """A line. ``baseline`` counts from its top; ``hangs`` is how much of it may extend into the bottom margin."""

    pieces: list[RunSlice] = field(default_factory=list)
    pictures: list[InlinePicture] = field(default_factory=list)
    floats: tuple[FloatingPicture, ...] = ()
    """On the first line of a paragraph: all floats anchored in the paragraph."""
    notes: tuple[Footnote, ...] = ()
    """The footnotes it refers to."""
    rules: list[Leader] = field(default_factory=list)
    strokes: tuple[Stroke, ...] = ()
    anchors: list[tuple[str, float]] = field(default_factory=list)
    baseline: float = 0.0
    height: float = 0.0
    hangs: float = 0.0
    start: float = 0.0
    last_tab: int = 0
    """The first piece after the last tab."""
    skip: float = 0.0
    """How far below the line before it is, because a float is in between."""
    end: float = 0.0
    """Where its words end, without the spaces behind them."""
    crossed: tuple[tuple[float, float], ...] = ()
    """Where floats begin and end at whose other side it goes on."""
    shared: bool = False
    """Whether it looks the same in every letter that has it."""
    _look: SharedLook | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on it."""
        return not (self.pieces or self.pictures or self.floats or self.rules or self.strokes or self.anchors)

    @property
    def has_words(self) -> bool:
        """Whether there is more text on it than spaces."""
        return any(piece.text.strip() for piece in self.pieces)

    @property
    def look(self) -> SharedLook:
        """That of a line that letters share."""
        if self._look is None:
            self._look = _look([self])
        return self._look


class ParagraphLines(Struct, frozen=True, gc=False):
    """The lines of a paragraph."""

    lines: list[Line]
    look: SharedLook | None = None
    """That of all of them; None if it depends on the letter, or if some line takes no room."""


OWN, OF_LABEL = Node("P"), Node("Lbl")
"""Stand for the structure nodes of a paragraph and of its label in lines that letters share."""


class LabelLayout(Struct, frozen=True):
    """The number or bullet of a paragraph: where it begins, and where the text after it begins."""

    text: str
    run_format: RunFormat
    begins: float
    words: float
    node: Node | None


class LineBreaker:
    """Breaks one paragraph into lines, in a column ``width`` points wide."""

    def __init__(
        self,
        context: LayoutContext,
        paragraph: Paragraph,
        width: float,
        node: Node | None,
        rest: tuple[Paragraph, Node | None] | None = None,
    ) -> None:
        self.context, self.paragraph, self.layout, self.node = context, paragraph, paragraph.format, node
        self.width, self.rest = width, rest

    @lazy_property
    def content(self) -> InlineContent:
        return InlineContent(self.context, self.paragraph, self.width, self.node)

    @lazy_property
    def base(self) -> RunFormat:
        return base_format(self.paragraph)

    @lazy_property
    def items(self) -> list[Item]:
        found = list(self.content.items())
        if self.rest is not None:
            paragraph, node = self.rest
            rest = InlineContent(self.context, paragraph, self.width, node)
            if rest.mixed:
                raise Unsupported("text from right to left in the line of a heading")
            found += rest.items()
            self.content.floats += rest.floats
        return found

    def lines(self, label: LabelLayout | None = None, room: Room | None = None, y: float = 0.0) -> ParagraphLines:
        """The lines, around floats if there is ``room`` to be asked for, beginning at ``y``."""
        kept = self.kept(label) if room is None else None
        return ParagraphLines(self._broken(label, room, y)) if kept is None else kept

    def kept(self, label: LabelLayout | None = None) -> ParagraphLines | None:
        """The lines of a plain paragraph, which are kept: letters of one kind have most paragraphs in common. None if
        they depend on more than its content, its width, and the pages.
        """
        if self.rest is not None:
            return None
        block, context = self.paragraph, self.context
        look = None if label is None else label.run_format
        of_label = None if label is None else (label.text, label.begins, label.words)
        numbers, facts = None, facts_of(block.content)
        if WordField in facts.kinds:
            if context.page is None or context.pages is None:
                return None
            numbers = *context.numbers_in(facts.page_fields), context.section.page_number_format
        shared = (block.content, block.format, block.mark, look)
        document = context.document
        squeezes = document.squeezes and block.format.align == "justify"
        of_file = document.language, document.default_tab, document.holds_citations, squeezes
        key = *map(id, shared), of_label, self.width, of_file, numbers
        kept = _KEPT.get(key)
        if kept is None:
            if not self._is_plain(label):
                return None
            breaker = self if self.node is OWN else LineBreaker(context, block, self.width, OWN)
            lines = breaker._broken(None if label is None else replace(label, node=OF_LABEL), None, 0.0)
            for line in lines:
                if not any(piece.run.spelled for piece in line.pieces):
                    line.shared = True
                    line.pictures, line.anchors, line.rules = _NOTHING, _NOTHING, line.rules or _NOTHING
            whole = all(line.shared and line.height > 0 for line in lines)
            kept = ParagraphLines(lines, _look(lines) if whole else None)
            _KEPT.keep(key, shared, kept, sum([1 + len(line.pieces) for line in lines]))
        return kept

    def _is_plain(self, label: LabelLayout | None) -> bool:
        """Whether its lines depend on nothing but its content and its width."""
        foreign = self.context.is_foreign
        return (
            not self.content.mixed
            and not any(stop.kind != "left" and stop.position > self.width for stop in self.layout.tabs)
            and (label is None or not (label.run_format.language and foreign(label.run_format.language)))
            and all(
                (isinstance(item, Text | Tab | LineBreak) or (isinstance(item, WordField) and item.kind in PAGE_FIELDS))
                and not (item.format.language and foreign(item.format.language))
                for item in self.paragraph.content
            )
        )

    def _broken(self, label: LabelLayout | None, room: Room | None, y: float) -> list[Line]:
        """The lines, broken anew. The first begins after the label, or at the first-line indent.

        Args:
            room: what floats leave free.
            y: the top of the first line, for ``room``.
        """
        items = self.items
        self.room, self.y = room, y
        self.done: list[Line] = []
        if label is None:
            self._begin(self.layout.left + self.layout.first_line)
        else:
            self._begin(label.words, label.begins)
            self._label(label)
        for at, item in enumerate(items):
            if isinstance(item, Word):
                self._word(item)
            elif isinstance(item, WordsOfRun):
                self._words(item)
            elif isinstance(item, Tab):
                self._tab(item, islice(items, at + 1, None))
            elif isinstance(item, LineBreak):
                self._end(item.format, last=True)
            elif isinstance(item, InlinePicture):
                self._picture(item)
            elif isinstance(item, InlineFormula):
                self._formula(item)
            elif item.name in self.context.linked_bookmarks:
                self.line.anchors.append((item.name, self.x))
        self._end(self.base, last=True)
        self.done[0].floats = tuple(self.content.floats)
        return self.done

    def _begin(self, start: float, label: float = math.inf, needed: float = 0.0) -> None:
        """Begin a line at the indent ``start``, or where floats let it.

        Args:
            label: where the number or bullet begins that is before it.
            needed: the width of a word for which there is no room beside the floats; it goes below them.
        """
        self.right, skip, left = self.width - self.layout.right, 0.0, 0.0
        self.ahead: list[tuple[float, float]] = _NOTHING
        """The floats at whose other side the line may go on."""
        if self.room is not None:
            height = height_of(self.layout, self.base)
            if self.layout.line_rule == "auto":
                height = min(height, fonts.line_height(self.base))
            across = not (self.content.mixed or needed)
            widths = max(start, 0.0), needed + _NARROWEST, max(self.layout.right, 0.0)
            free = self.room(self.y, height, widths, across)
            skip, left, right = free.skip, free.left, free.right
            if (left or right < self.width) and self.layout.bidi:
                raise Unsupported("right-to-left text beside a float")
            self.ahead = []
            for begins, ends in free.floats:
                if begins - max(start, left) < _NARROWEST:
                    left = ends
                elif self.right - ends < _NARROWEST:
                    right = min(right, begins)
                else:
                    self.ahead.append((begins, ends))
            self.right = max(min(self.right, right), left + 1.0)
        # Word measures the indent from a float that reaches into the text, not from the margin.
        begins = min(start, label, self.layout.left + self.layout.first_line)
        self.pushed = max(min(left, self.right - _NARROWEST - start), left - begins) if left > max(begins, 0.0) else 0.0
        """How far the line begins after its indent."""
        start += self.pushed
        self.line, self.x = Line(start=start, skip=skip), start
        self.limit = self.ahead[0][0] if self.ahead else self.right
        self.empty, self.side = True, 0
        """Whether nothing is on it, and the first piece beyond the last float that it crossed."""
        self.up = self.down = 0.0
        """How far its formulas reach above and below the baseline."""

    def _cross(self, *, full: bool = True) -> bool:
        """Go on at the other side of the next float; False if the line ends before it.

        Args:
            full: the line has as many words before the float as it can have.
        """
        if not self.ahead:
            return False
        if full:
            self._align(self.line, last=False)
        crossed = self.ahead.pop(0)
        self.line.crossed += (crossed,)
        self.x, self.limit = crossed[1], self.ahead[0][0] if self.ahead else self.right
        self.side = self.line.last_tab = len(self.line.pieces)
        return True

    def _makes_room(self, width: float) -> bool:
        """Go on at the other side of a float, on the next line, or below floats, where there is room for something this
        wide. Returns whether there is.
        """
        while self.x + width > self.limit + _EPS:
            if self._cross():
                continue
            if not self.empty:
                self._end(self.base)
            elif not self.line.pieces and (
                self.line.crossed or self.pushed or self.right + _EPS < self.width - self.layout.right
            ):
                skipped = self.line.skip
                self._begin(self.line.start - self.pushed, needed=width)
                if self.line.skip <= skipped:
                    return False
            else:
                return False
        return True

    def _put(self, run: Run, start: int, end: int, width: float) -> None:
        pieces = self.line.pieces
        if (
            len(pieces) > self.line.last_tab
            and pieces[-1].run is run
            and pieces[-1].end == start
            and pieces[-1].gap is None
        ):
            pieces[-1].end, pieces[-1].width = end, pieces[-1].width + width
        else:
            pieces.append(RunSlice(run, start, end, self.x, width))
        if run.note is not None and end == len(run.shaped.text):
            self.line.notes += (run.note,)
        self.x += width
        self.empty = False

    def _word(self, word: Word) -> None:
        too_wide = self.x + word.bare > self.limit + _EPS
        if too_wide and not self._squeezes(word.bare) and not self._makes_room(word.bare):
            self._long(word.parts)
            return
        for run, start, end in word.parts:
            self._put(run, start, end, run.width(start, end))

    def _words(self, words: WordsOfRun) -> None:
        """The same for words of one run, as many on each line as fit."""
        run, begun, ends, at = words.run, words.start, words.ends, 0
        while at < len(ends):
            reached = bisect_right(words.reaches, self.limit + _EPS - self.x + run.width(0, begun), at)
            if reached > at:
                self._put(run, begun, ends[reached - 1], run.width(begun, ends[reached - 1]))
            else:
                reached, width = at + 1, words.reaches[at] - run.width(0, begun)
                if self._squeezes(width) or self._makes_room(width):
                    self._put(run, begun, ends[at], run.width(begun, ends[at]))
                else:
                    self._long(((run, begun, ends[at]),))
            at, begun = reached, ends[reached - 1]

    def _squeezes(self, bare: float) -> bool:
        """Whether a word that is too wide for the line goes on it all the same, because its spaces may be narrower.

        Word does so on justified lines if each space then loses at most a quarter, and less than half of what it would
        gain if the word went on the next line (measured in its PDFs).
        """
        if self.layout.align != "justify" or not self.context.document.squeezes or self.content.mixed:
            return False
        pieces = self.line.pieces[self.line.last_tab :]
        if not pieces:
            return False
        spaces, trailing = sum(map(_spaces, pieces)), _trailing(pieces)
        lost = (self.x + bare - self.limit) / spaces if spaces else math.inf
        return lost <= _SQUEEZED and 2 * lost * (spaces - trailing) <= self.limit - self.x + trailing

    def _long(self, parts: tuple[tuple[Run, int, int], ...]) -> None:
        """A word longer than the line breaks where the line ends."""
        for run, start, end in parts:
            for at in range(start, end):
                width = run.width(at, at + 1)
                blank = run.shaped.text[at] == " "
                if not self.empty and not blank and self.x + width > self.limit + _EPS:
                    self._end(self.base)
                self._put(run, at, at + 1, width)

    def _picture(self, shown: InlinePicture) -> None:
        self._makes_room(shown.width)
        shown.x = self.x
        self.line.pictures.append(shown)
        self.x += shown.width
        self.empty = False

    def _formula(self, formula: InlineFormula) -> None:
        self._makes_room(formula.width)
        line = self.line
        for run, x in formula.runs:
            line.pieces.append(RunSlice(run, 0, len(run.shaped.text), self.x + x, run.width(0, len(run.shaped.text))))
        line.strokes += tuple([_moved(each, self.x) for each in formula.strokes])
        self.up, self.down = max(self.up, formula.up), max(self.down, formula.down)
        self.x += formula.width
        self.empty = False

    def _tab(self, tab: Tab, behind: Iterator[Item]) -> None:
        if tab.absolute:
            at = {"left": 0.0, "center": self.width / 2, "right": self.width}[tab.absolute]
            stop = TabStop(at, tab.absolute)
        else:
            stop = next_stop(self.layout, self.x, self.context.document.default_tab, self.width)
            while stop.position > self.limit + _EPS and self._cross(full=False):
                stop = next_stop(self.layout, self.x, self.context.document.default_tab, self.width)
        if stop.kind != "left" and stop.position > self.context.section.width - self.context.section.left:
            stop = replace(stop, position=self.right, kind="right")  # it would be off the page
        if self.right + _EPS < stop.position < self.width - _EPS and stop.kind == "left" and self.room is None:
            # Beyond the right indent, as the title of a court's caption, the text goes on to the margin.
            self.limit = self.width
        elif stop.position > self.right + _EPS and stop.kind == "left" and not tab.absolute:
            if self.x > self.right - _EPS:  # no tab stop is left on this line
                self._end(self.base)
                stop = next_stop(self.layout, self.x, self.context.document.default_tab, self.width)
            else:
                stop = TabStop(self.right, "left", stop.leader)
        elif stop.kind != "left":
            self.limit = max(self.right, stop.position)
        shift = whole = 0.0
        if stop.kind in ("center", "right"):
            whole = _width_behind(behind)
            shift = whole / 2 if stop.kind == "center" else whole
        elif stop.kind == "decimal":
            behind, again = tee(behind)
            whole, shift = _width_behind(behind), self._width_to_point(again)
        gap = max(stop.position - self.x - shift, 0.0)
        if stop.kind in ("center", "decimal"):  # what has no room after the stop begins further left
            gap = max(min(gap, self.limit - self.x - whole), 0.0)
        self._gap(gap, tab.format, stop.leader)

    def _gap(self, gap: float, run_format: RunFormat, leader: str) -> None:
        """The space of a tab. A space character keeps the words on either side apart when they are read aloud."""
        if gap > 0 and (leader or run_format.underline):
            self.line.rules.append(
                Leader(self.x, gap, "_" if run_format.underline else leader, run_format.size, run_format.color)
            )
        plain = replace(run_format, underline="", strike=False, background="", spacing=0.0, hidden=False, rtl=False)
        for run in self.content.runs(" ", plain, self.node, None):
            self.line.pieces.append(RunSlice(run, 0, 1, self.x, 0.0, gap=gap))
        self.x += gap
        self.line.last_tab = len(self.line.pieces)
        self.empty = False

    def _width_to_point(self, behind: Iterator[Item]) -> float:
        """The width of a number up to its decimal point, or its whole width if it has none."""
        point = "." if self.context.document.language.casefold().startswith("en") else ","
        width = 0.0
        for item in behind:
            if not isinstance(item, Word | WordsOfRun):
                return width
            for run, start, end in item.parts:
                if point in run.shaped.text[start:end]:
                    return width + run.width(start, run.shaped.text.index(point, start))
                width += run.width(start, end)
        return width

    def _label(self, label: LabelLayout) -> None:
        """The number or bullet before the first line, and the space after it."""
        if not label.text:
            return
        at = label.begins + self.pushed
        for run in self.content.runs(label.text, label.run_format, label.node, None):
            length = len(run.shaped.text)
            width = run.width(0, length)
            self.line.pieces.append(RunSlice(run, 0, length, at, width))
            at += width
        for run in self.content.runs(" ", replace(label.run_format, underline=""), label.node, None):
            self.line.pieces.append(RunSlice(run, 0, 1, at, 0.0, gap=max(label.words + self.pushed - at, 0.0)))
        self.line.last_tab = len(self.line.pieces)

    def _end(self, base: RunFormat, *, last: bool = False) -> None:
        """End the line: ``last`` at the end of the paragraph or before a break."""
        line = self.line
        if not last and line.pieces and (piece := line.pieces[-1]).text.endswith(SOFT_HYPHEN):
            hyphen = piece.run.hyphen()
            self._put(hyphen, 0, 1, hyphen.width(0, 1))
        self._align(line, last)
        if self.content.mixed:
            self._turn(line)
        run_formats = [piece.run.run_format for piece in line.pieces[: line.last_tab] if piece.text.strip()]
        run_formats += [piece.run.run_format for piece in line.pieces[line.last_tab :]]
        if base is self.base and not line.has_words:
            run_formats = [self.paragraph.mark]  # in Word, spaces alone are as high as the end of the paragraph
        self._measure(line, run_formats or [base])
        line.end = _end_of(line)
        self.done.append(line)
        self.y += line.skip + line.height
        self._begin(self.layout.left)

    def _turn(self, line: Line) -> None:
        """Put the pieces of a line where they are read from: laid out from the leading edge, in the order of the text,
        they are turned around by their levels, and the whole line if the paragraph is written from right to left
        (Unicode Standard Annex 9, L2).
        """
        base = int(self.layout.bidi)
        pieces = list(_without_trailing(line.pieces)) if not base else line.pieces
        line.pieces = pieces
        levels = [max(piece.run.level - base, 0) if piece.gap is None else 0 for piece in pieces]
        if any(levels):
            if line.pictures:
                raise Unsupported("a picture in a line of right-to-left text")
            order = list(range(len(pieces)))
            for level in range(max(levels), 0, -1):
                order = _turned(order, levels, level)
            x = pieces[0].x
            for at in order:
                pieces[at].x = x
                x += pieces[at].width if pieces[at].gap is None else pieces[at].gap or 0.0
        if base:
            for piece in pieces:
                piece.x = self.width - piece.x - (piece.width if piece.gap is None else piece.gap)
            for shown in line.pictures:
                shown.x = self.width - shown.x - shown.width
            line.rules = [replace(rule, x=self.width - rule.x - rule.width) for rule in line.rules]
            line.anchors = [(name, self.width - x) for name, x in line.anchors]

    def _align(self, line: Line, last: bool) -> None:
        """Align the line, or what is on it beyond the last float that it crossed."""
        align = self.layout.align
        if self.layout.bidi and align != "justify":  # from the leading edge
            align = _TURNED[align]
        if align == "left":
            return
        behind, right = line.pieces[line.last_tab :], self.ahead[0][0] if self.ahead else self.right
        if align == "justify":
            if not last or self.x - _trailing(behind) > right + _EPS:  # it has been squeezed
                _stretch(behind, right)
            return
        ends_with_picture = bool(line.pictures) and line.pictures[-1].x + line.pictures[-1].width >= self.x
        end = self.x - (0.0 if ends_with_picture else _trailing(behind))
        shift = (right - end) / (2 if align == "center" else 1)
        for piece in line.pieces[self.side :]:
            piece.x += shift
        begins = line.crossed[-1][1] if line.crossed else -math.inf
        for shown in line.pictures:
            shown.x += shift if shown.x >= begins else 0.0
        line.rules = [replace(rule, x=rule.x + shift) if rule.x >= begins else rule for rule in line.rules]
        line.strokes = tuple([_moved(each, shift) for each in line.strokes])
        line.anchors = [(name, x + shift if x >= begins else x) for name, x in line.anchors]

    def _measure(self, line: Line, run_formats: list[RunFormat]) -> None:
        """Find the baseline: line spacing adds space below the text if it is a multiple, above it if it is "at
        least".
        """
        up = down = 0.0
        # In Word, superscripts and subscripts are as high as text of their full size on the baseline.
        for run_format in {id(each): each for each in run_formats}.values():
            natural, below = _measures(run_format.family, run_format.bold, run_format.italic)
            up = max(up, (natural - below) * run_format.size + run_format.raised)
            down = max(down, below * run_format.size - run_format.raised)
        spelled = [piece for piece in line.pieces if piece.run.spelled]
        if spelled:
            up, down = _with_fonts(up, down, _other_fonts(spelled, of_formulas=False))
        if self.layout.grid and self.layout.line_rule != "exact":
            more = on_grid(self.layout, up + down) - up - down
            up, down = up + more / 2, down + more / 2
        text = up + down
        if spelled:
            up, down = _with_fonts(up, down, _other_fonts(spelled, of_formulas=True))
        up, down = max(up, self.up), max(down, self.down)
        words = up + down
        for shown in line.pictures:
            up = max(up, shown.height)
        if line.pictures and not line.has_words:
            down = max(words - up, 0.0)  # in Word, a picture without words has nothing below it
        natural, layout = up + down, self.layout
        if layout.line_rule == "exact":
            line.height = layout.line
            line.baseline = 0.8 * layout.line
            for shown in line.pictures:
                shown.shows = line.baseline
        elif layout.line_rule == "atLeast":
            line.height = max(layout.line, natural)
            line.baseline = line.height - down
        elif natural > words:  # line spacing does not multiply a picture taller than the text
            line.height = max(natural + words * (layout.line - 1), natural)
            line.baseline = up
            line.hangs = line.height - natural
        else:  # line spacing multiplies the text, and not what a formula adds to it
            line.height = text * layout.line + natural - text
            line.baseline = up if layout.line >= 1 else line.height - down
            line.hangs = max(line.height - natural, 0.0)


def _with_fonts(up: float, down: float, others: set[tuple[FontFace, float]]) -> tuple[float, float]:
    for face, size in others:
        natural, below = _measures(face.family, face.bold, face.italic)
        up, down = max(up, (natural - below) * size), max(down, below * size)
    return up, down


_NOTHING: list[Any] = []
"""What lines that are kept have none of: one object for all, because the search for garbage looks at every list."""
_KEPT = KeptResults[ParagraphLines](20_000)
"""The lines of paragraphs that letters have in common, by the number of lines and pieces; about 20 MB at most."""


def _look(lines: list[Line]) -> SharedLook:
    """That of lines which have not been drawn yet."""
    uses: dict[Font, dict[int, str]] = {}
    for line in lines:
        for piece in line.pieces:
            font, its = piece.run.font, piece.run.shaped.uses
            uses[font] = its | uses[font] if font in uses and its is not uses[font] else its
    return SharedLook(tuple(uses), tuple(uses.items()))


def _moved(stroke: Stroke, x: float) -> Stroke:
    return replace(stroke, points=tuple([(left + x, up) for left, up in stroke.points]))


def _end_of(line: Line) -> float:
    """Where its last word ends, or a line that is drawn in a tab may."""
    for last in reversed(line.pieces):
        if last.gap is None:
            bare = last.run.bare_end(last.start, last.end)
            if bare > last.start:
                return last.x + last.width - last.run.width(bare, last.end)
        elif line.rules:
            return last.x
    return line.start


def _turned(order: list[int], levels: list[int], level: int) -> list[int]:
    """The order with every stretch at this level or a deeper one turned around."""
    found: list[int] = []
    for deep, group in groupby(order, key=lambda at: levels[at] >= level):
        stretch = list(group)
        found += reversed(stretch) if deep else stretch
    return found


def _without_trailing(pieces: list[RunSlice]) -> Iterator[RunSlice]:
    """The pieces of a line without the spaces at its end, which would otherwise come before its last word."""
    for at, piece in enumerate(pieces):
        bare = piece.run.bare_end(piece.start, piece.end)
        if at == len(pieces) - 1 and piece.run.level and piece.gap is None and piece.start < bare < piece.end:
            width = piece.width - piece.run.width(bare, piece.end)
            yield replace(piece, end=bare, width=width)
            yield replace(
                piece, start=bare, x=piece.x + width, width=piece.width - width, run=replace(piece.run, level=0)
            )
        else:
            yield piece


def _other_fonts(pieces: list[RunSlice], *, of_formulas: bool) -> set[tuple[FontFace, float]]:
    """The fonts of words in scripts that the font of the text lacks, with their sizes; they make lines higher. Or those
    of the letters of formulas. Only runs whose glyphs are spelled have any.
    """
    return {
        (piece.run.font.face, piece.run.size)
        for piece in pieces
        if any(map(str.isalpha, piece.text))
        and any(_FIRST_OF_FORMULAS <= each <= _LAST_OF_FORMULAS for each in piece.text) is of_formulas
        and piece.run.font.face.family.casefold() != fonts.choose(piece.run.run_format.family).family.casefold()
        and not (piece.run.level % 2 and _has_right_to_left(piece.run.run_format.family))
    }


def _has_right_to_left(family: str) -> bool:
    """Whether a font has Arabic and Hebrew in Word, though that which replaces it does not: its lines are no higher.
    One that is named for such text and is not here has them.
    """
    chosen = fonts.choose(family)
    return family.casefold() in _RIGHT_TO_LEFT_TOO or not (chosen.same_widths or fonts.is_symbol_font(family))


_FIRST_OF_FORMULAS, _LAST_OF_FORMULAS = "\U0001d400", "\U0001d7ff"
_RIGHT_TO_LEFT_TOO = frozenset({
    "arial", "courier new", "microsoft sans serif", "segoe ui", "tahoma", "times new roman",
})  # fmt: skip
"""Fonts that have Arabic and Hebrew in Word, though those that replace them with the same widths do not."""


@cache
def _measures(family: str, bold: bool, italic: bool) -> tuple[float, float]:
    """Height and descent of a single-spaced line, relative to the font size."""
    metrics = fonts.metrics(family, bold, italic)
    return metrics.single, metrics.descent


def _width_behind(items: Iterator[Item]) -> float:
    """The width of what follows a tab, up to the next tab or break."""
    width = bare = 0.0
    for item in items:
        if isinstance(item, Tab | LineBreak):
            break
        if isinstance(item, Word | WordsOfRun):
            width, bare = width + item.width, width + item.bare
        elif isinstance(item, InlinePicture | InlineFormula):
            width = bare = width + item.width
    return bare


def _spaces(piece: RunSlice) -> float:
    """The width of all spaces of a piece."""
    run = piece.run
    return sum([run.width(at, at + 1) for at in range(piece.start, piece.end) if run.shaped.text[at] == " "])


def _trailing(pieces: list[RunSlice]) -> float:
    """The width of the spaces at the end of a line."""
    total = 0.0
    for piece in reversed(pieces):
        stop = piece.run.bare_end(piece.start, piece.end)
        total += piece.run.width(stop, piece.end)
        if stop > piece.start:
            break
    return total


def _stretch(pieces: list[RunSlice], right: float) -> None:
    """Widen the spaces of a line, or make them narrower, so that it ends at the right margin."""
    if not pieces:
        return
    trailing = _trailing(pieces)
    free = right - (pieces[-1].x + pieces[-1].width - trailing)
    text = "".join([piece.text for piece in pieces]).rstrip(" ")
    spaces = text.count(" ")
    if not spaces or -_EPS <= free <= 0 or free < -_EPS - _SQUEEZED * (sum(map(_spaces, pieces)) - trailing):
        return
    each, shift, seen = free / spaces, 0.0, 0
    for piece in pieces:
        piece.x += shift
        inside = min(piece.text.count(" "), spaces - seen)
        seen += inside
        if inside:
            piece.stretch = each
            piece.width += inside * each
            shift += inside * each
