"""Splits a paragraph into what lines are made of: words as glyphs, tabs, breaks and pictures, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from letters.pdf import fonts
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.shaping import Font, ShapedText, breaks, font_of
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import (
    PAGE_FIELDS,
    Bookmark,
    Floating,
    Footnote,
    Image,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    RunFormat,
    Tab,
    Text,
    WordField,
)
from letters.pdf.layout_rules.text import LOWER, NON_BREAKING_HYPHEN, NUMBER_AFFIXES, RAISE, flattened
from letters.pdf.numerals import format_number
from letters.pdf.tags.structure import Node

_OBJECT = "\ufffc"
_LINE_END = "\u2028"
_SMALL_OR_NOT = re.compile(r"[^\W\d_A-Z]+|.", re.DOTALL)
_PLAIN = re.compile(
    "[\\x20-\\x7e\u00a0-\u00ac\u00ae-\u058f\u1d00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205f\u2070-\u2bff\ufb00-\ufb06]*"
)
"""Characters of scripts written left to right, one letter after another."""
SUPPORTED_NUMBER_FORMATS = frozenset(
    {"decimal", "decimalZero", "lowerRoman", "upperRoman", "lowerLetter", "upperLetter", *NUMBER_AFFIXES}
)


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one format."""

    shaped: ShapedText
    font: Font
    size: float
    run_format: RunFormat
    node: Node | None
    """The structure node; None in headers and footers."""
    rise: float = 0.0
    link: Link | None = None
    typed: str = ""
    """The text as typed, where it is shown in capitals."""
    note: Footnote | None = None
    """The footnote, if this is its reference mark."""

    def width(self, start: int, end: int) -> float:
        edges = self.shaped.edges
        return (edges[end] - edges[start]) * self.size + self.run_format.spacing * (end - start)

    def bare_end(self, start: int, end: int) -> int:
        """Where the text from ``start`` to ``end`` stops and its trailing spaces begin."""
        return start + len(self.shaped.text[start:end].rstrip(" "))


@dataclass(slots=True)
class InlinePicture:
    """A picture in line with the text."""

    image: Image
    x: float
    node: Node | None


@dataclass(frozen=True, slots=True)
class FloatingPicture:
    """A picture with a position on the page, anchored in a column ``room`` points wide."""

    image: Image
    place: Floating
    room: float
    node: Node | None


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of text between two line-break opportunities: parts of runs."""

    parts: tuple[tuple[Run, int, int], ...]
    width: float
    bare: float
    """The width without trailing spaces."""


Item: TypeAlias = Word | Tab | LineBreak | InlinePicture | Bookmark


class InlineContent:
    """Splits one paragraph, in a column ``width`` points wide."""

    def __init__(self, context: LayoutContext, paragraph: Paragraph, width: float, node: Node | None) -> None:
        self.context, self.paragraph, self.width, self.node = context, paragraph, width, node
        self.floats: list[FloatingPicture] = []
        """The floating pictures anchored in it."""

    def items(self) -> Iterator[Item]:
        """Words, tabs, breaks and pictures, in order."""
        leaves = list(self._leaves(flattened(self.paragraph.content), self.node, None))
        whole = "".join([_stands_for(leaf) for leaf in leaves])
        may_break = breaks(whole, self.context.document.language)
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
    ) -> Iterator[Run | Tab | LineBreak | InlinePicture | Bookmark]:
        for item in content:
            match item:
                case Text(text, run_format):
                    if not run_format.hidden and text:
                        yield from self.runs(text, run_format, node, link)
                case WordField():
                    yield from self._field(item, node, link)
                case Link(target, inner):
                    if link is not None or not self.context.has_destination(target, self.paragraph.location.text):
                        yield from self._leaves(inner, node, link)
                    else:
                        yield from self._leaves(inner, self.context.link_node(item, node), item)
                case Footnote(mark, run_format, blocks):
                    if node is None or not (mark and blocks):
                        raise Unsupported("a footnote without a mark, or in a header or footer")
                    *marks, last = self.runs(mark, replace(run_format, hidden=False), node, link)
                    yield from marks
                    yield replace(last, note=item)
                case Tab() | LineBreak() | Bookmark():
                    yield item
                case Image(floating=Floating() as place):
                    self.floats.append(FloatingPicture(item, place, self.width, self._figure(item, node)))
                case Image():
                    yield self._shown(item, node)
                case _:
                    raise Unsupported(f"{type(item).__name__} in a line")

    def _shown(self, image: Image, node: Node | None) -> InlinePicture:
        if self.paragraph.format.line_rule == "exact":
            raise Unsupported("a picture in a line of fixed height")
        return InlinePicture(image, 0.0, self._figure(image, node))

    def _figure(self, image: Image, node: Node | None) -> Node | None:
        """The node of a picture; None in headers and footers, and for a picture without a description."""
        if node is None or not image.description:
            return None
        return self.context.with_parent(Node("Figure", alternative=image.description), node)

    def _field(
        self, field: WordField, node: Node | None, link: Link | None
    ) -> Iterator[Run | Tab | LineBreak | InlinePicture | Bookmark]:
        if field.kind not in PAGE_FIELDS:
            yield from self._leaves(field.content, node, link)
            return
        context = self.context
        number = context.page if field.kind == "PAGE" else context.page_count(of_section=field.kind == "SECTIONPAGES")
        shape = field.number_format or (context.section.page_number_format if field.kind == "PAGE" else "decimal")
        if number is None or shape not in SUPPORTED_NUMBER_FORMATS:
            raise Unsupported("a page number in the text, or in another format")
        before, after = NUMBER_AFFIXES.get(shape, ("", ""))
        yield from self.runs(f"{before}{format_number(number, shape)}{after}", field.format, node, link)

    def runs(self, text: str, run_format: RunFormat, node: Node | None, link: Link | None = None) -> Iterator[Run]:
        """Text of one format; several runs where small capitals have two sizes."""
        if run_format.rtl or run_format.underline not in ("", "solid", "double"):
            raise Unsupported("right-to-left text, or another kind of underline")
        if not _PLAIN.fullmatch(text):
            raise Unsupported("characters of other scripts")
        if run_format.language and node is not None and self.context.is_foreign(run_format.language):
            node = self.context.with_parent(Node("Span", language=run_format.language), node)
        face = fonts.metrics(run_format.family, run_format.bold, run_format.italic).face
        if (face.bold, face.italic) != (run_format.bold, run_format.italic):
            raise Unsupported(f"the font {face.family} has no bold or italic face")
        font = font_of(face)
        size = run_format.size * (fonts.SCRIPT_SIZE if run_format.position != "baseline" else 1.0)
        rise = (
            run_format.raised + {"super": RAISE, "sub": -LOWER, "baseline": 0.0}[run_format.position] * run_format.size
        )
        language = run_format.language or self.context.document.language
        # A font without a non-breaking hyphen shows an ordinary one; the line still does not break there.
        lacking = NON_BREAKING_HYPHEN in text and not font.glyph(NON_BREAKING_HYPHEN)
        for typed, piece, part in _with_case(text, run_format):
            drawn = piece.replace(NON_BREAKING_HYPHEN, "-") if lacking else piece
            shaped = font.shape(drawn, kerning=run_format.kerning, ligatures=run_format.ligatures, language=language)
            if drawn != piece:
                shaped = replace(shaped, text=piece)
            yield Run(
                shaped, font, size * part, run_format, node, rise, link, typed if len(typed) == len(piece) else ""
            )


def _stands_for(leaf: Run | Tab | LineBreak | InlinePicture | Bookmark) -> str:
    """The character that represents an item to the line-breaking algorithm."""
    if isinstance(leaf, Run):
        return leaf.shaped.text
    return {Tab: "\t", LineBreak: _LINE_END, InlinePicture: _OBJECT, Bookmark: ""}[type(leaf)]


def _word(parts: list[tuple[Run, int, int]]) -> Word:
    width = sum([run.width(start, end) for run, start, end in parts])
    bare = width
    for run, start, end in reversed(parts):
        stop = run.bare_end(start, end)
        bare -= run.width(stop, end)
        if stop > start:
            break
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
