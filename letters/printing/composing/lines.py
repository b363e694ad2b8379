"""Breaks paragraphs into lines, with tabs where Word sets them.

Lengths are in points; across they are counted from the left margin of the text, up and down from the baseline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice

from letters.printing import fonts
from letters.printing.composing.reach import BeyondReach
from letters.printing.composing.setting import Setting
from letters.printing.composing.shaping import Font, Shaped, breaks, font_of
from letters.printing.document import (
    Bookmark,
    Field,
    Floating,
    Footnote,
    Image,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    RunFormat,
    Tab,
    TabStop,
    Text,
)
from letters.printing.numerals import spell_number
from letters.printing.rules_paragraphs import base_look
from letters.printing.rules_text import FIRM_HYPHEN, LOWER, NUMBER_FRAMES, RAISE, flat, next_stop
from letters.printing.structure import Node

_EPS = 0.02
_OBJECT = "\ufffc"
_LINE_END = "\u2028"
_SMALL_OR_NOT = re.compile(r"[^\W\d_A-Z]+|.", re.DOTALL)
_PLAIN = re.compile(
    "[\\x20-\\x7e\u00a0-\u00ac\u00ae-\u058f\u1d00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205f\u2070-\u2bff\ufb00-\ufb06]*"
)
"""Texts of scripts that go from left to right, letter after letter."""
SPELT = frozenset({"decimal", "decimalZero", "lowerRoman", "upperRoman", "lowerLetter", "upperLetter", *NUMBER_FRAMES})


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    shaped: Shaped
    font: Font
    size: float
    look: RunFormat
    node: Node | None
    """What is told; None where it is page furniture."""
    rise: float = 0.0
    link: Link | None = None
    typed: str = ""
    """The words as they are typed, where they are set in capitals."""
    note: Footnote | None = None
    """The footnote whose mark it is."""

    def width(self, start: int, end: int) -> float:
        edges = self.shaped.edges
        return (edges[end] - edges[start]) * self.size + self.look.spacing * (end - start)


@dataclass(slots=True)
class Piece:
    """A stretch of a run on one line."""

    run: Run
    start: int
    end: int
    x: float
    width: float
    stretch: float = 0.0
    """Added to each space, in a line that is set to both margins."""
    gap: float | None = None
    """The room of a tab, whose piece is a single space."""

    @property
    def text(self) -> str:
        """The words as they are set."""
        return self.run.shaped.text[self.start : self.end]

    @property
    def told(self) -> str:
        """The words as they are typed."""
        return self.run.typed[self.start : self.end] if self.run.typed else self.text


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that leads to what stands behind a tab."""

    x: float
    width: float
    leader: str
    """``.`` or ``·`` for dots, ``-`` for dashes, ``_`` for a line."""
    size: float
    colour: str


@dataclass(slots=True)
class Shown:
    """A picture in the line."""

    image: Image
    x: float
    node: Node | None


@dataclass(frozen=True, slots=True)
class Afloat:
    """A picture placed on the page, anchored in a column so many points wide."""

    image: Image
    place: Floating
    room: float
    node: Node | None


@dataclass(slots=True)
class Line:
    """A line: ``baseline`` is how far below its upper edge the words stand, ``hangs`` what may hang into the margin."""

    pieces: list[Piece] = field(default_factory=list)
    pictures: list[Shown] = field(default_factory=list)
    afloat: tuple[Afloat, ...] = ()
    """Of the first line of a paragraph: what is anchored anywhere in it."""
    notes: tuple[Footnote, ...] = ()
    """The footnotes whose marks it has."""
    rules: list[Rule] = field(default_factory=list)
    anchors: list[tuple[str, float]] = field(default_factory=list)
    baseline: float = 0.0
    height: float = 0.0
    hangs: float = 0.0
    start: float = 0.0
    last_tab: int = 0
    """The first piece behind the last tab."""


@dataclass(frozen=True, slots=True)
class _Word:
    """What stays together on a line: stretches of runs, up to where the line may break."""

    parts: tuple[tuple[Run, int, int], ...]
    width: float
    bare: float
    """The width without the spaces at its end."""


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """The number or bullet before a paragraph: where it begins, and where the words behind it do."""

    text: str
    look: RunFormat
    begins: float
    words: float
    node: Node | None


_Item = _Word | Tab | LineBreak | Shown | Bookmark


class LineSetter:
    """Sets the lines of one paragraph in a column ``width`` points wide."""

    def __init__(self, setting: Setting, paragraph: Paragraph, width: float, node: Node | None) -> None:
        self.setting, self.paragraph, self.layout, self.node = setting, paragraph, paragraph.format, node
        self.width = width
        self.base = base_look(paragraph)
        if self.layout.bidi:
            raise BeyondReach("text from right to left")

    def lines(self, label: LabelPlace | None = None) -> list[Line]:
        """The lines; the words of the first begin behind the label, or at the first-line indent."""
        start = label.words if label is not None else self.layout.left + self.layout.first_line
        self.afloat: list[Afloat] = []
        items = list(self._items(list(flat(self.paragraph.content))))
        self.right = self.width - self.layout.right
        self.done: list[Line] = []
        self.line, self.x, self.limit = Line(start=start), start, self.right
        self.empty = True
        if label is not None:
            self._label(label)
        for at, item in enumerate(items):
            if isinstance(item, _Word):
                self._word(item)
            elif isinstance(item, Tab):
                self._tab(item, islice(items, at + 1, None))
            elif isinstance(item, LineBreak):
                self._end(item.format, last=True)
            elif isinstance(item, Shown):
                self._picture(item)
            elif item.name in self.setting.wanted:
                self.line.anchors.append((item.name, self.x))
        self._end(self.base, last=True)
        self.done[0].afloat = tuple(self.afloat)
        return self.done

    # ------------------------------------------------------------ what stands in the paragraph

    def _items(self, content: list[Inline]) -> Iterator[_Item]:
        """Words, tabs, breaks and pictures, in order."""
        leaves = list(self._leaves(content, self.node, None))
        whole = "".join([_stands_for(leaf) for leaf in leaves])
        may_break = breaks(whole, self.setting.document.language)
        at = 0
        held: list[tuple[Run, int, int]] = []
        for leaf in leaves:
            if not isinstance(leaf, Run):
                if not isinstance(leaf, Bookmark):
                    at += 1
                    if held:
                        yield _word(held)
                        held = []
                yield leaf
                continue
            if held and may_break[at]:
                yield _word(held)
                held = []
            begun, length = 0, len(leaf.shaped.text)
            while (found := may_break.find(1, at + begun + 1, at + length)) >= 0:
                inner = found - at
                yield _word([*held, (leaf, begun, inner)])
                held, begun = [], inner
            held.append((leaf, begun, length))
            at += length
        if held:
            yield _word(held)

    def _leaves(
        self, content: Iterable[Inline], node: Node | None, link: Link | None
    ) -> Iterator[Run | Tab | LineBreak | Shown | Bookmark]:
        for item in content:
            match item:
                case Text(text, look):
                    if not look.hidden and text:
                        yield from self._runs(text, look, node, link)
                case Field():
                    yield from self._field(item, node, link)
                case Link(target, inner):
                    if link is not None or not self.setting.leads(target, self.paragraph.place):
                        yield from self._leaves(inner, node, link)
                    else:
                        yield from self._leaves(inner, self.setting.link_node(item, node), item)
                case Footnote(mark, look, blocks):
                    if node is None or not (mark and blocks):
                        raise BeyondReach("a footnote without a mark, or in a header or footer")
                    *marks, last = self._runs(mark, replace(look, hidden=False), node, link)
                    yield from marks
                    yield replace(last, note=item)
                case Tab() | LineBreak() | Bookmark():
                    yield item
                case Image(floating=Floating() as place):
                    self.afloat.append(Afloat(item, place, self.width, self._figure(item, node)))
                case Image():
                    yield self._shown(item, node)
                case _:
                    raise BeyondReach(f"{type(item).__name__} in a line")

    def _shown(self, image: Image, node: Node | None) -> Shown:
        if self.layout.line_rule == "exact":
            raise BeyondReach("a picture in a line of fixed height")
        return Shown(image, 0.0, self._figure(image, node))

    def _figure(self, image: Image, node: Node | None) -> Node | None:
        """The node of a picture; none where it is page furniture, or nothing is said of it."""
        if node is None or not image.description:
            return None
        return self.setting.inside(Node("Figure", alternative=image.description), node)

    def _field(
        self, field: Field, node: Node | None, link: Link | None
    ) -> Iterator[Run | Tab | LineBreak | Shown | Bookmark]:
        if field.kind not in ("PAGE", "NUMPAGES", "SECTIONPAGES"):
            yield from self._leaves(field.content, node, link)
            return
        setting = self.setting
        number = setting.page if field.kind == "PAGE" else setting.page_count(of_section=field.kind == "SECTIONPAGES")
        shape = field.shape or (setting.section.page_shape if field.kind == "PAGE" else "decimal")
        if number is None or shape not in SPELT:
            raise BeyondReach("a page number in the text, or one that is spelt in another way")
        before, after = NUMBER_FRAMES.get(shape, ("", ""))
        yield from self._runs(f"{before}{spell_number(number, shape)}{after}", field.format, node, link)

    def _runs(self, text: str, look: RunFormat, node: Node | None, link: Link | None) -> Iterator[Run]:
        if look.rtl or look.underline not in ("", "solid", "double"):
            raise BeyondReach("words from right to left, or lines under them that are not drawn here")
        if not _PLAIN.fullmatch(text):
            raise BeyondReach("characters of other scripts")
        if look.language and node is not None and self.setting.is_foreign(look.language):
            node = self.setting.inside(Node("Span", language=look.language), node)
        face = fonts.metrics(look.family, look.bold, look.italic).face
        if (face.bold, face.italic) != (look.bold, look.italic):
            raise BeyondReach(f"the font {face.family} has no such cut")
        font = font_of(face)
        size = look.size * (fonts.SCRIPT_SIZE if look.position != "baseline" else 1.0)
        rise = look.raised + {"super": RAISE, "sub": -LOWER, "baseline": 0.0}[look.position] * look.size
        language = look.language or self.setting.document.language
        # Where the font has no hyphen that does not break, another is drawn; the line still does not break there.
        lacking = FIRM_HYPHEN in text and not font.glyph(FIRM_HYPHEN)
        for typed, piece, part in _cased(text, look):
            drawn = piece.replace(FIRM_HYPHEN, "-") if lacking else piece
            shaped = font.shape(drawn, kerning=look.kerning, ligatures=look.ligatures, language=language)
            if drawn != piece:
                shaped = replace(shaped, text=piece)
            yield Run(shaped, font, size * part, look, node, rise, link, typed if len(typed) == len(piece) else "")

    # ------------------------------------------------------------ setting them

    def _put(self, run: Run, start: int, end: int, width: float) -> None:
        pieces = self.line.pieces
        if pieces and pieces[-1].run is run and pieces[-1].end == start and pieces[-1].gap is None:
            pieces[-1].end, pieces[-1].width = end, pieces[-1].width + width
        else:
            pieces.append(Piece(run, start, end, self.x, width))
        if run.note is not None and end == len(run.shaped.text):
            self.line.notes += (run.note,)
        self.x += width
        self.empty = False

    def _word(self, word: _Word) -> None:
        if not self.empty and self.x + word.bare > self.limit + _EPS:
            self._end(self.base)
        if self.x + word.bare > self.limit + _EPS:
            self._long(word)
            return
        for run, start, end in word.parts:
            self._put(run, start, end, run.width(start, end))

    def _long(self, word: _Word) -> None:
        """A word that is longer than the line is broken where the line ends."""
        for run, start, end in word.parts:
            for at in range(start, end):
                width = run.width(at, at + 1)
                blank = run.shaped.text[at] == " "
                if not self.empty and not blank and self.x + width > self.limit + _EPS:
                    self._end(self.base)
                self._put(run, at, at + 1, width)

    def _picture(self, shown: Shown) -> None:
        width = max(shown.image.width, 0.0)
        if not self.empty and self.x + width > self.limit + _EPS:
            self._end(self.base)
        shown.x = self.x
        self.line.pictures.append(shown)
        self.x += width
        self.empty = False

    def _tab(self, tab: Tab, behind: Iterator[_Item]) -> None:
        if tab.absolute:
            at = {"left": 0.0, "center": self.width / 2, "right": self.width}[tab.absolute]
            stop = TabStop(at, tab.absolute)
        else:
            stop = next_stop(self.layout, self.x, self.setting.document.default_tab, self.width)
        if stop.position > self.right + _EPS and stop.kind == "left" and not tab.absolute:
            if self.x > self.right - _EPS:  # nothing but the next line lies ahead
                self._end(self.base)
                stop = next_stop(self.layout, self.x, self.setting.document.default_tab, self.width)
            else:
                stop = TabStop(self.right, "left", stop.leader)
        elif stop.kind != "left":
            self.limit = max(self.right, stop.position)
        shift = 0.0
        if stop.kind in ("center", "right"):
            shift = _width_behind(behind) / (2 if stop.kind == "center" else 1)
        elif stop.kind == "decimal":
            shift = self._width_to_point(behind)
        gap = max(stop.position - self.x - shift, 0.0)
        if stop.kind == "center":
            gap = max(min(gap, self.limit - self.x - 2 * shift), 0.0)
        self._gap(gap, tab.format, stop.leader)

    def _gap(self, gap: float, look: RunFormat, leader: str) -> None:
        """The room of a tab: a space, so that the words beside it do not run together when they are read aloud."""
        if gap > 0 and (leader or look.underline):
            self.line.rules.append(Rule(self.x, gap, "_" if look.underline else leader, look.size, look.colour))
        plain = replace(look, underline="", strike=False, background="", spacing=0.0, hidden=False, rtl=False)
        for run in self._runs(" ", plain, self.node, None):
            self.line.pieces.append(Piece(run, 0, 1, self.x, 0.0, gap=gap))
        self.x += gap
        self.line.last_tab = len(self.line.pieces)
        self.empty = False

    def _width_to_point(self, behind: Iterator[_Item]) -> float:
        """How wide a number is up to its decimal point; all of it where it has none."""
        point = "." if self.setting.document.language.casefold().startswith("en") else ","
        width = 0.0
        for item in behind:
            if not isinstance(item, _Word):
                return width
            for run, start, end in item.parts:
                if point in run.shaped.text[start:end]:
                    return width + run.width(start, run.shaped.text.index(point, start))
                width += run.width(start, end)
        return width

    def _label(self, label: LabelPlace) -> None:
        """The number or bullet before the first line, and the room behind it."""
        if not label.text:
            return
        at = label.begins
        for run in self._runs(label.text, label.look, label.node, None):
            length = len(run.shaped.text)
            width = run.width(0, length)
            self.line.pieces.append(Piece(run, 0, length, at, width))
            at += width
        for run in self._runs(" ", replace(label.look, underline=""), label.node, None):
            self.line.pieces.append(Piece(run, 0, 1, at, 0.0, gap=max(label.words - at, 0.0)))
        self.line.last_tab = len(self.line.pieces)

    def _end(self, base: RunFormat, *, last: bool = False) -> None:
        """Finish the line: ``last`` of its paragraph, or before a break."""
        line = self.line
        self._align(line, last)
        looks = [piece.run.look for piece in line.pieces[: line.last_tab] if piece.text.strip()]
        looks += [piece.run.look for piece in line.pieces[line.last_tab :]]
        self._measure(line, looks or [base])
        self.done.append(line)
        self.line, self.x, self.limit = Line(start=self.layout.left), self.layout.left, self.right
        self.empty = True

    def _align(self, line: Line, last: bool) -> None:
        align = self.layout.align
        if align == "left" or (align == "justify" and last):
            return
        behind = line.pieces[line.last_tab :]
        if align == "justify":
            _stretch(behind, self.right)
            return
        end = self.x - _trailing(behind)
        shift = (self.right - end) / (2 if align == "center" else 1)
        for piece in line.pieces:
            piece.x += shift
        for shown in line.pictures:
            shown.x += shift
        line.rules = [replace(rule, x=rule.x + shift) for rule in line.rules]
        line.anchors = [(name, x + shift) for name, x in line.anchors]

    def _measure(self, line: Line, looks: list[RunFormat]) -> None:
        """Where the baseline stands: what a line multiple adds goes below the words, what "at least" adds above."""
        up = down = 0.0
        # Raised and lowered marks are smaller, and leave the line as high as its other words make it.
        for look in dict.fromkeys([look for look in looks if look.position == "baseline"] or looks):
            natural, below = _measures(look.family, look.bold, look.italic)
            up = max(up, (natural - below) * look.size + look.raised)
            down = max(down, below * look.size - look.raised)
        words = up + down
        for shown in line.pictures:
            up = max(up, shown.image.height)
        natural, layout = up + down, self.layout
        if layout.line_rule == "exact":
            line.height = layout.line
            line.baseline = 0.8 * layout.line
        elif layout.line_rule == "atLeast":
            line.height = max(layout.line, natural)
            line.baseline = line.height - down
        elif natural > words:  # a picture taller than the words is not multiplied
            line.height = max(natural + words * (layout.line - 1), natural)
            line.baseline = up
            line.hangs = line.height - natural
        else:
            line.height = natural * layout.line
            line.baseline = up if layout.line >= 1 else line.height - down
            line.hangs = max(line.height - natural, 0.0)


@cache
def _measures(family: str, bold: bool, italic: bool) -> tuple[float, float]:
    """Height of a single-spaced line, and how far it reaches below the baseline: parts of the size."""
    metrics = fonts.metrics(family, bold, italic)
    return metrics.single, metrics.descent


def _stands_for(leaf: Run | Tab | LineBreak | Shown | Bookmark) -> str:
    """What a leaf is to the rules for line breaks."""
    if isinstance(leaf, Run):
        return leaf.shaped.text
    return {Tab: "\t", LineBreak: _LINE_END, Shown: _OBJECT, Bookmark: ""}[type(leaf)]


def _word(parts: list[tuple[Run, int, int]]) -> _Word:
    width = sum([run.width(start, end) for run, start, end in parts])
    bare = width
    for run, start, end in reversed(parts):
        text = run.shaped.text[start:end]
        kept = len(text.rstrip(" "))
        bare -= run.width(start + kept, end)
        if kept:
            break
    return _Word(tuple(parts), width, bare)


def _width_behind(items: Iterator[_Item]) -> float:
    """How wide what follows a tab is, up to the next tab or break."""
    width = bare = 0.0
    for item in items:
        if isinstance(item, Tab | LineBreak):
            break
        if isinstance(item, _Word):
            width, bare = width + item.width, width + item.bare
        elif isinstance(item, Shown):
            width = bare = width + item.image.width
    return bare


def _trailing(pieces: list[Piece]) -> float:
    """How wide the spaces at the end of a line are."""
    total = 0.0
    for piece in reversed(pieces):
        kept = len(piece.text.rstrip(" "))
        total += piece.run.width(piece.start + kept, piece.end)
        if kept:
            break
    return total


def _stretch(pieces: list[Piece], right: float) -> None:
    """Widen the spaces of a line so that it ends at the right margin."""
    if not pieces:
        return
    free = right - (pieces[-1].x + pieces[-1].width - _trailing(pieces))
    text = "".join([piece.text for piece in pieces]).rstrip(" ")
    spaces = text.count(" ")
    if not spaces or free <= 0:
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


def _cased(text: str, look: RunFormat) -> Iterator[tuple[str, str, float]]:
    """The letters as they are typed and as they are set, and which part of the size they have: small capitals are
    smaller capitals.
    """
    if look.caps:
        yield text, text.upper(), 1.0
    elif look.small_caps:
        for piece in _SMALL_OR_NOT.findall(text):
            yield (piece, piece.upper(), fonts.SMALL_CAPS_SIZE) if piece.islower() else (piece, piece, 1.0)
    else:
        yield text, text, 1.0
