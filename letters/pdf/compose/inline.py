"""Splits a paragraph into what lines are made of: words as glyphs, tabs, breaks and pictures, in order."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import compress, groupby, pairwise
from operator import itemgetter
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters._text.usual_characters import RIGHT_TO_LEFT, is_usual
from letters.pdf import fonts
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.line_breaking import breaks
from letters.pdf.compose.runs import SOFT_HYPHEN, Run, Stroke
from letters.pdf.compose.shaping import Font, fallback, font_for, script_of
from letters.pdf.compose.unsupported import NoGlyph, Unsupported
from letters.pdf.document import (
    PAGE_FIELDS,
    Bookmark,
    Floating,
    Footnote,
    Formula,
    FormulaPart,
    Image,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    RunFormat,
    Tab,
    Text,
    WordField,
    inlines,
)
from letters.pdf.layout_rules.text import (
    LOWER,
    NON_BREAKING_HYPHEN,
    NUMBER_AFFIXES,
    RAISE,
    flattened,
    on_one_line,
    other_page_number,
    page_number,
)
from letters.pdf.tags.structure import Node

_OBJECT = "\ufffc"
_FIGURE = "0"
_AROUND, _BESIDE = ("\u202b", "\u202c"), ("\u200f", "\u200f")
"""Marks that embed text from right to left, and those that make it continue a paragraph that is written so, too."""
_JOINER = "\u200d"
_JOINERS = frozenset({_JOINER, "\u200c", *map(chr, range(0xFE00, 0xFE10))})
_BACKWARDS = pattern(f"[{RIGHT_TO_LEFT}\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LINE_END = "\u2028"
_SMALL_OR_NOT = pattern(r"[^\W\d_A-Z]+|.", re.DOTALL)
_LATIN = pattern(
    "[\\x20-\\x7e\u00a0-\u00ac\u00ae-\u058f\u1d00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205f\u2070-\u2bff\ufb00-\ufb06]*"
)
"""Characters of scripts written left to right, one letter after another."""
_MARKS = pattern("[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff]")
"""Accents that are characters of their own."""

_PAGE_NUMBERS = frozenset(
    {"decimal", "decimalZero", "lowerRoman", "upperRoman", "lowerLetter", "upperLetter", *NUMBER_AFFIXES}
)
"""Formats of page numbers; in any other they are digits."""


class PictureLink(Struct, frozen=True):
    """The link that a picture is in, and its node; none in headers and footers."""

    link: Link
    node: Node | None


class InlinePicture(Struct):
    """A picture in line with the text."""

    image: Image
    x: float
    node: Node | None
    width: float
    height: float
    """With the space around it."""
    link: PictureLink | None = None
    shows: float = math.inf
    """How far above the baseline it shows: a line of fixed height cuts it off, as in Word."""


class InlineFormula(Struct):
    """A formula in two dimensions: its text, how far each is from its beginning, and its lines."""

    runs: list[tuple[Run, float]]
    strokes: list[Stroke]
    width: float
    up: float
    down: float


class FloatingPicture(Struct, frozen=True):
    """A picture with a position on the page, anchored in a column ``room`` points wide."""

    image: Image
    place: Floating
    room: float
    node: Node | None
    link: PictureLink | None = None


class Word(Struct, frozen=True, gc=False):
    """A stretch of text between two line-break opportunities: parts of runs."""

    parts: tuple[tuple[Run, int, int], ...]
    width: float
    bare: float
    """The width without trailing spaces, but with the hyphen that a line ending here would show."""


class WordsOfRun(Struct, frozen=True, gc=False):
    """Several stretches of text, one after another in the same run, each between two line-break opportunities."""

    run: Run
    start: int
    ends: list[int]
    """Where each ends."""
    reaches: list[float]
    """How far each reaches from the beginning of the run, without trailing spaces."""

    @property
    def parts(self) -> tuple[tuple[Run, int, int], ...]:
        return ((self.run, self.start, self.ends[-1]),)

    @property
    def width(self) -> float:
        return self.run.width(self.start, self.ends[-1])

    @property
    def bare(self) -> float:
        """The width without trailing spaces."""
        return self.reaches[-1] - self.run.width(0, self.start)


Leaf: TypeAlias = Run | Tab | LineBreak | InlinePicture | InlineFormula | Bookmark
Item: TypeAlias = Word | WordsOfRun | Tab | LineBreak | InlinePicture | InlineFormula | Bookmark


class InlineContent:
    """Splits one paragraph, in a column ``width`` points wide."""

    def __init__(self, context: LayoutContext, paragraph: Paragraph, width: float, node: Node | None) -> None:
        self.context, self.paragraph, self.width, self.node = context, paragraph, width, node
        self.floats: list[FloatingPicture] = []
        """The floating pictures anchored in it."""
        self.levels = b""
        """Of the characters of the paragraph that are not yet set, where some are written from right to left."""
        label = "" if paragraph.label is None else paragraph.label.text
        self.mixed = paragraph.format.bidi or any(
            isinstance(item, Text) and (item.format.rtl or _runs_backwards(item.text))
            for item in inlines(paragraph.content)
        ) or _runs_backwards(label)  # fmt: skip
        """Whether any of it is written from right to left."""

    def items(self) -> Iterator[Item]:
        """Words, tabs, breaks and pictures, in order."""
        content = list(flattened(self.paragraph.content))
        if self.mixed:
            from letters.pdf.compose.text_direction import levels_of

            backwards = self.paragraph.format.bidi
            directed = list(_marked(_directed(content), _BESIDE if backwards else _AROUND))
            levels = levels_of("".join([text for text, _ in directed]), backwards=backwards)
            shown = (is_shown for text, is_shown in directed for _ in text)
            self.levels = bytes(compress(levels, shown))
        leaves = list(self._leaves(content, self.node, None))
        whole = "".join([_stands_for(leaf) for leaf in leaves])
        may_break = breaks(whole, holds_citations=self.context.document.holds_citations)
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
            ends = list(compress(range(1, length), may_break[at + 1 : at + length]))
            if held and ends:
                begun, *ends = ends
                yield _word([*held, (leaf, 0, begun)])
                held = []
            if ends:
                yield from _words(leaf, begun, ends)
                begun = ends[-1]
            held.append((leaf, begun, length))
            at += length
        if held:
            yield _word(held)

    def _leaves(self, content: Iterable[Inline], node: Node | None, link: Link | None) -> Iterator[Leaf]:
        awaited: Footnote | None = None
        for item in content:
            match item:
                case Text(text, run_format):
                    if not run_format.hidden and text:
                        runs = list(self.runs(text, run_format, node, link))
                        if awaited is not None:
                            runs[-1], awaited = replace(runs[-1], note=awaited), None
                        yield from runs
                case WordField():
                    yield from self._field(item, node, link)
                case Formula(alternative, inner):
                    within = node
                    if node is not None:
                        within = self.context.with_parent(Node("Formula", alternative=alternative), node)
                    formula = None if item.shape is None else self._formula(item, item.shape, within)
                    if formula is not None:
                        yield formula
                    else:
                        yield from self._leaves(inner, within, link)
                case Link(target, inner):
                    if link is not None or not self.context.has_destination(target, self.paragraph.location.text):
                        yield from self._leaves(inner, node, link)
                    else:
                        yield from self._leaves(inner, self.context.link_node(item, node), item)
                case Footnote(mark, run_format, blocks):
                    if blocks and node is None:
                        raise Unsupported("a footnote in a header or footer")
                    runs = list(self.runs(mark, replace(run_format, hidden=False), node, link)) if mark else []
                    if blocks and runs:
                        runs[-1] = replace(runs[-1], note=item)
                    elif blocks:  # its mark is the text that follows (17.11.14)
                        awaited = item
                    yield from runs
                case Tab() | LineBreak() | Bookmark():
                    yield item
                case Image(floating=Floating() as place):
                    self.floats.append(
                        FloatingPicture(item, place, self.width, self._figure(item, node), _link_of(link, node))
                    )
                case Image():
                    yield self._shown(item, node, link)
                case _:
                    raise Unsupported(f"{type(item).__name__} in a line")
        if awaited is not None:
            raise Unsupported("a footnote without a mark")

    def _formula(self, formula: Formula, shape: FormulaPart, node: Node | None) -> InlineFormula | None:
        """A formula in two dimensions; None where there is no room for it, or text runs from right to left."""
        from letters.pdf.compose.formula_layout import lay_out  # most letters have none

        layout = self.paragraph.format
        if not self.mixed and layout.line_rule != "exact":
            look = next((each.format for each in formula.content if isinstance(each, Text)), self.paragraph.mark)
            laid = lay_out(
                shape, look.size, look.color, lambda text, run_format: self.runs(text, run_format, node, None)
            )
            runs = laid.runs()
            if runs and laid.width <= self.width - layout.left - layout.right:
                return InlineFormula(runs, laid.strokes, laid.width, laid.up, laid.down)
        self.context.note(on_one_line(formula, self.paragraph.location.text))
        return None

    def _shown(self, image: Image, node: Node | None, link: Link | None) -> InlinePicture:
        above, right, below, left = image.around
        width, height = max(image.width, 0.0) + left + right, max(image.height, 0.0) + above + below
        return InlinePicture(image, 0.0, self._figure(image, node), width, height, _link_of(link, node))

    def _figure(self, image: Image, node: Node | None) -> Node | None:
        """The node of a picture; None in headers and footers, and for a picture without a description."""
        if node is None or not image.description:
            return None
        return self.context.with_parent(Node("Figure", alternative=image.description), node)

    def _field(self, field: WordField, node: Node | None, link: Link | None) -> Iterator[Leaf]:
        if field.kind not in PAGE_FIELDS:
            yield from self._leaves(field.content, node, link)
            return
        context = self.context
        if field.kind == "PAGE":
            number: int | None = (
                context.page if context.page is not None else context.expected_numbers.get(id(field), 1)
            )
        else:
            number = context.page_count(of_section=field.kind == "SECTIONPAGES")
        shape = field.number_format or (context.section.page_number_format if field.kind == "PAGE" else "decimal")
        if number is None:
            raise Unsupported("a number of pages that is not known yet")
        if shape not in _PAGE_NUMBERS:
            self.context.note(other_page_number(shape, self.paragraph.location.text))
            shape = "decimal"
        shown = page_number(number, shape)
        if self.levels:  # where the number was not yet known, one figure stood for it
            self.levels = self.levels[:1] * len(shown) + self.levels[1:]
        in_text = field.kind == "PAGE" and context.page is None
        for run in self.runs(shown, field.format, node, link):
            yield replace(run, page_field=id(field)) if in_text else run

    def runs(self, text: str, run_format: RunFormat, node: Node | None, link: Link | None = None) -> Iterator[Run]:
        """Text of one format; several runs where it needs several fonts, scripts, directions or sizes."""
        if run_format.language and node is not None and self.context.is_foreign(run_format.language):
            node = self.context.with_parent(Node("Span", language=run_format.language), node)
        font = font_for(run_format.family, run_format.bold, run_format.italic)
        size = run_format.size * (fonts.SCRIPT_SIZE if run_format.position != "baseline" else 1.0)
        rise = (
            run_format.raised + {"super": RAISE, "sub": -LOWER, "baseline": 0.0}[run_format.position] * run_format.size
        )
        language = run_format.language or self.context.document.language
        levels = self._levels(text, run_format)
        # A font without a non-breaking hyphen shows an ordinary one; the line still does not break there.
        lacking = NON_BREAKING_HYPHEN in text and not font.glyph(NON_BREAKING_HYPHEN)
        at = 0
        for typed, whole, part in _with_case(text, run_format):
            drawn = whole.replace(NON_BREAKING_HYPHEN, "-") if lacking else whole
            plain = (
                levels is None
                and (is_usual(drawn) or (_LATIN.fullmatch(drawn) is not None and _MARKS.search(drawn) is None))
                and font.spells(drawn)
            )
            for start, end, own, level in (
                ((0, len(drawn), font, 0),)
                if plain
                else _segments(drawn, font, run_format, language, None if levels is None else levels[at:])
            ):
                piece, latin = drawn[start:end], plain or _LATIN.fullmatch(drawn[start:end]) is not None
                shaped = own.shape(
                    piece,
                    # Other scripts need ligatures and the like to be spelled right.
                    kerning=run_format.kerning or not latin,
                    ligatures=run_format.ligatures or not latin,
                    language=language,
                    backwards=level % 2 == 1,
                )
                if drawn != whole:
                    shaped = replace(shaped, text=whole[start:end])
                yield Run(
                    shaped, own, size * part, run_format, node, rise, link,
                    typed[start:end] if len(typed) == len(whole) else "", level=level, spelled=not plain,
                    slanted=latin and run_format.italic and not own.face.italic,
                    emboldened=run_format.bold and not own.face.bold,
                )  # fmt: skip
            at += len(typed)

    def _levels(self, text: str, run_format: RunFormat) -> bytes | None:
        """The levels of the next characters of the paragraph; None if all text is written from left to right."""
        if not self.mixed:
            return None
        if not self.levels:  # a label, or the space of a tab
            from letters.pdf.compose.text_direction import levels_of

            return levels_of(text, backwards=self.paragraph.format.bidi or run_format.rtl)
        found, self.levels = self.levels[: len(text)], self.levels[len(text) :]
        return found


def _link_of(link: Link | None, node: Node | None) -> PictureLink | None:
    return None if link is None else PictureLink(link, node)


def _runs_backwards(text: str) -> bool:
    return not is_usual(text) and _BACKWARDS.search(text) is not None


def _directed(content: Iterable[Inline]) -> Iterator[tuple[str, bool, bool]]:
    """The text of a paragraph; with each piece goes whether it is shown, and whether its file says that it is written
    from right to left.
    """
    for item in content:
        if isinstance(item, Text) and not item.format.hidden:
            yield item.text, True, item.format.rtl
        elif isinstance(item, WordField) and item.kind in PAGE_FIELDS:
            yield _FIGURE, True, False
        elif isinstance(item, Link | WordField | Formula):
            yield from _directed(item.content)
        elif isinstance(item, Footnote):
            yield item.mark, True, False
        elif isinstance(item, Tab | LineBreak | Image):
            yield _OBJECT, False, False


def _marked(directed: Iterable[tuple[str, bool, bool]], marks: tuple[str, str]) -> Iterator[tuple[str, bool]]:
    """The text of a paragraph, with marks before and after what is said to be written from right to left; with each
    piece goes whether it is shown, as such marks are not unless they were typed.
    """
    for backwards, pieces in groupby(directed, key=itemgetter(2)):
        if backwards:
            yield marks[0], False
        for text, is_shown, _ in pieces:
            yield text, is_shown
        if backwards:
            yield marks[1], False


def _segments(
    text: str, font: Font, run_format: RunFormat, language: str, levels: bytes | None
) -> Iterator[tuple[int, int, Font, int]]:
    """The parts of a text that are each set in one font, one script and one direction: start, end, font and level."""
    begun, script = 0, ""
    known: tuple[Font, int] | None = None
    for start, end in _letters(text):
        letter = text[start:end]
        own: Font | None = font
        if not font.covers(letter):
            same = known is not None and not script_of(letter[0]) and known[0].covers(letter)
            own = (
                known[0]
                if known is not None and same
                else fallback(letter, font.face.family, run_format.bold, run_format.italic, language)
            )
        if own is None:
            raise NoGlyph(f"no font has U+{ord(letter[0]):04X}")
        level = 0 if levels is None else levels[start]
        its = script_of(letter[0])
        if known is not None and ((own, level) != known or (its and script and its != script)):
            yield begun, start, *known
            begun, script = start, ""
        known, script = (own, level), its or script
    if known is not None:
        yield begun, len(text), *known


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """Each letter with its accents and joiners: its start and end."""
    start = 0
    for at in range(1, len(text)):
        if not (unicodedata.category(text[at])[0] == "M" or text[at] in _JOINERS or text[at - 1] == _JOINER):
            yield start, at
            start = at
    if text:
        yield start, len(text)


def _stands_for(leaf: Leaf) -> str:
    """The character that represents an item to the line-breaking algorithm."""
    if isinstance(leaf, Run):
        return leaf.shaped.text
    return {Tab: "\t", LineBreak: _LINE_END, Bookmark: ""}.get(type(leaf), _OBJECT)


def _words(run: Run, start: int, ends: list[int]) -> Iterator[Word | WordsOfRun]:
    """Words of one run: together, unless one might reach less far than the one before it or ends with a hyphen."""
    text, edges, units, look = run.shaped.text, run.shaped.edges, run.shaped.units, run.run_format
    size, spacing = run.size * look.stretch, look.spacing
    if spacing < 0 or SOFT_HYPHEN in text:
        for begun, end in pairwise([start, *ends]):
            yield _word([(run, begun, end)])
        return
    if "  " in text:
        bare = [run.bare_end(begun, end) for begun, end in pairwise([start, *ends])]
    else:
        bare = [end - (text[end - 1] == " ") for end in ends]
    yield WordsOfRun(run, start, ends, [edges[end] / units * size + spacing * end for end in bare])


def _word(parts: list[tuple[Run, int, int]]) -> Word:
    width = sum([run.width(start, end) for run, start, end in parts])
    bare = width
    for run, start, end in reversed(parts):
        stop = run.bare_end(start, end)
        bare -= run.width(stop, end)
        if stop > start:
            break
    run, _, end = parts[-1]
    if run.shaped.text[end - 1 : end] == SOFT_HYPHEN:
        bare += run.hyphen().width(0, 1)
    return Word(tuple(parts), width, bare)


def _with_case(text: str, run_format: RunFormat) -> Iterator[tuple[str, str, float]]:
    """The text as typed, as shown, and its relative size: small capitals are smaller capitals."""
    if run_format.caps:
        yield text, text.upper(), 1.0
    elif run_format.small_caps:
        for piece in _SMALL_OR_NOT.findall(text):
            yield (piece, piece.upper(), fonts.SMALL_CAPS_SIZE) if piece.islower() else (piece, piece, 1.0)
    else:
        yield text, text, 1.0
