"""Word's rules for paragraphs, headings and labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Box,
    Footnote,
    Image,
    Inline,
    Label,
    LineBreak,
    ListBlock,
    PageBreak,
    Paragraph,
    ParagraphFormat,
    RunFormat,
    Tab,
    Table,
    Text,
    WordField,
    facts_of,
    inlines,
    paragraphs,
)
from letters.pdf.layout_rules.text import after_label, flattened

NARROWEST = 24.0
"""The width in points that indents leave for text at least."""


def narrowed(layout: ParagraphFormat, width: float) -> ParagraphFormat:
    """``layout`` with indents that leave room for text in a column ``width`` points wide.

    Word would put one letter on each line.
    """
    if width - layout.left - layout.right - max(layout.first_line, 0.0) >= NARROWEST:
        return layout
    right = min(layout.right, max(width / 4, 0.0))
    left = max(min(layout.left, width - right - NARROWEST), 0.0)
    first = max(min(layout.first_line, width - left - right - NARROWEST), -left)
    return replace(layout, left=left, right=right, first_line=first)


def below_heading(block: Paragraph) -> Paragraph:
    """The text that Word has on the same line as the heading before it, where it is below that: without space or
    indent.
    """
    return replace(block, format=replace(block.format, before=0.0, first_line=min(block.format.first_line, 0.0)))


def heading_above(block: Paragraph) -> Problem:
    """The note on such text."""
    return Problem(
        "A heading on the same line as this text is printed above it.", where=block.location.text, code="look"
    )


def same_box(one: ParagraphFormat, other: ParagraphFormat) -> bool:
    """Neighbors with the same borders, shading and indents share one box (17.3.1.24)."""
    return (
        bool(one.borders or one.shading)
        and one.borders == other.borders
        and one.shading == other.shading
        and (one.left, one.right, one.bidi) == (other.left, other.right, other.bidi)
    )


class PrecedingBlock(Struct):
    """What precedes the next block: the space after it, and the baseline shift of its last line."""

    after: float = 0.0
    baseline_shift: float = 0.0
    paragraph: Paragraph | None = None
    break_page: bool = False
    break_column: bool = False


def heading_rank(headings: list[int], level: int) -> int:
    """The rank of a heading: the first is 1, and none is skipped, so that headings can be used for navigation.

    Args:
        headings: outline levels of the headings above it; updated.
    """
    while headings and headings[-1] >= level:
        headings.pop()
    headings.append(level)
    return min(len(headings), 6)


def fitted(block: Paragraph, width: float) -> Paragraph:
    """The paragraph with indents that leave room for text."""
    layout = narrowed(block.format, width)
    return block if layout is block.format else replace(block, format=layout)


_T = TypeVar("_T")
_Last = TypeVar("_Last")


def with_following(items: Sequence[_T], last: _Last) -> Iterator[tuple[_T, _T | _Last]]:
    """Each item with the next one; the last one with ``last``."""
    following: list[_T | _Last] = [*items[1:], last]
    return zip(items, following, strict=True)


def joins(block: Paragraph, following: Block | None) -> bool:
    """Whether the next block shares the borders and shading of a paragraph."""
    if isinstance(following, ListBlock):
        following = paragraphs((following,))[0]
    return isinstance(following, Paragraph) and same_box(block.format, following.format)


def base_format(block: Paragraph) -> RunFormat:
    """The format most of a paragraph has; that of its mark if it is empty."""
    amounts: dict[RunFormat, int] = {}
    looks = {
        id(item.format): item.format for item in block.content if isinstance(item, Text) and not item.format.hidden
    }
    if len(looks) == 1 and all(isinstance(item, Text | Tab | LineBreak) for item in block.content):  # as in most
        return looks.popitem()[1]
    for item in inlines(block.content):
        if isinstance(item, Text) and not item.format.hidden:
            amounts[item.format] = amounts.get(item.format, 0) + len(item.text)
        elif isinstance(item, WordField) and not item.content:
            amounts[item.format] = amounts.get(item.format, 0) + 1
    return max(amounts, key=lambda run_format: amounts[run_format]) if amounts else block.mark


def has_words(block: Paragraph) -> bool:
    return any(
        isinstance(item, Text) and item.text.strip() and not item.format.hidden for item in inlines(block.content)
    )


def is_empty(block: Paragraph) -> bool:
    """Nothing is visible: no text, no picture, no number."""
    if block.label is not None and block.label.text:
        return False
    for item in inlines(block.content):
        if isinstance(item, Image | Footnote) or (isinstance(item, WordField) and not item.content):
            return False
        if isinstance(item, Tab) and (item.format.underline or any(stop.leader for stop in block.format.tabs)):
            return False
        if isinstance(item, LineBreak):
            return False
    return not has_words(block)


def at_page_breaks(block: Paragraph) -> list[tuple[Paragraph, str]]:
    """The pieces of a paragraph between its page and column breaks, each with the kind of break before it."""
    if not facts_of(block.content).page_breaks:
        return [(block, "")]
    pieces: list[list[Inline]] = [[]]
    kinds = [""]
    for item in flattened(block.content):
        if isinstance(item, PageBreak):
            pieces.append([])
            kinds.append("column" if item.column else "page")
        else:
            pieces[-1].append(item)
    if len(pieces) == 1:
        return [(block, "")]
    found = []
    for at, piece in enumerate(pieces):
        layout = block.format if at == 0 else replace(block.format, before=0.0, first_line=0.0, page_break_before=False)
        if at < len(pieces) - 1:
            layout = replace(layout, after=0.0)
        label = block.label if at == 0 else None
        found.append((replace(block, content=tuple(piece), format=layout, label=label), kinds[at]))
    return found


def label_places(label: Label, layout: ParagraphFormat, default_tab: float, width: float) -> tuple[float, float, float]:
    """Where a label begins and ends, and where the text after it begins."""
    label_width = fonts.text_width(label.text, label.format)
    start = layout.left + layout.first_line
    start -= {"left": 0.0, "center": label_width / 2, "right": label_width}[label.align]
    end = start + label_width
    words = after_label(label, layout, end, default_tab, width)
    # In a narrow cell the label may leave no room; WeasyPrint would not break such a line at all.
    most = width - layout.right - NARROWEST / 2
    return start, min(end, most), min(words, most)


def shows(blocks: tuple[Block, ...]) -> bool:
    """Whether anything in a header or footer is visible."""
    return any(not is_empty(paragraph) or paragraph.format.borders for paragraph in paragraphs(blocks)) or any(
        isinstance(block, Table | Box) for block in blocks
    )
