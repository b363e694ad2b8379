"""Word's rules for the content of paragraphs: tabs, labels, links, widths and line heights."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.document import (
    PAGE_FIELDS,
    Document,
    Footnote,
    Formula,
    Image,
    Inline,
    Label,
    LineBreak,
    Link,
    PageBreak,
    ParagraphFormat,
    RunFormat,
    Tab,
    TabStop,
    Text,
    WordField,
    all_paragraphs,
    facts_of,
    footnotes,
    inlines,
    paragraphs,
)
from letters.pdf.numerals import format_number

NUMBER_AFFIXES = {"numberInDash": ("- ", " -")}
NON_BREAKING_HYPHEN = "\u2011"
_SAFE_LINK = pattern(r"(https?://|mailto:|tel:)", re.IGNORECASE)
RAISE = 0.33
"""How far superscripts are raised, and subscripts lowered (``LOWER``), relative to the font size."""
LOWER = 0.14


def width_of(content: tuple[Inline, ...]) -> float:
    """The width of content on one line; a page number counts as one digit."""
    total = 0.0
    for item in content:
        if isinstance(item, Text):
            total += fonts.text_width(item.text, item.format)
        elif isinstance(item, WordField):
            total += width_of(item.content) if item.kind not in PAGE_FIELDS else fonts.text_width("0", item.format)
        elif isinstance(item, Link | Formula):
            total += width_of(item.content)
        elif isinstance(item, Image) and item.floating is None:
            total += item.width
        elif isinstance(item, Footnote):
            total += fonts.text_width(item.mark, item.format)
    return total


def flattened(content: tuple[Inline, ...]) -> Iterator[Inline]:
    """The content with tabs and breaks moved out of links and fields."""
    for item in content:
        if isinstance(item, Link | WordField | Formula) and any(
            isinstance(inner, Tab | LineBreak | PageBreak) for inner in item.content
        ):
            held: list[Inline] = []
            for inner in flattened(item.content):
                if isinstance(inner, Tab | LineBreak | PageBreak):
                    if held:
                        yield replace(item, content=tuple(held))
                        held = []
                    yield inner
                else:
                    held.append(inner)
            if held:
                yield replace(item, content=tuple(held))
        else:
            yield item


def is_safe_link(target: str) -> bool:
    return bool(_SAFE_LINK.match(target)) and "#" not in target[:5]


def unsafe_link(target: str, place: str) -> Problem:
    return Problem(
        f"The link to “{target[:60]}” is removed; its text stays.",
        where=place,
        hint="Use only https, mailto, and tel addresses.",
        code="link",
    )


def next_stop(layout: ParagraphFormat, x: float, default_tab: float, text_width: float) -> TabStop:
    """The next tab stop after ``x``: one of the paragraph's, its hanging indent, or a default one."""
    ahead = [stop for stop in layout.tabs if stop.position > x + 0.01]
    if layout.first_line < 0 and x < layout.left - 0.01:
        ahead.append(TabStop(layout.left, "left"))
    if ahead:
        return min(ahead, key=lambda stop: stop.position)
    return TabStop((int(x / default_tab + 0.001) + 1) * default_tab, "left")


def after_label(label: Label, layout: ParagraphFormat, end: float, default_tab: float, width: float) -> float:
    """Where the text begins after a label that ends at ``end`` (17.9.28)."""
    if label.suffix == "tab":
        return next_stop(layout, end, default_tab, width).position
    return end + (fonts.text_width(" ", label.format) if label.suffix == "space" else 0.0)


def height_of(layout: ParagraphFormat, run_format: RunFormat) -> float:
    """The height of a line of ``run_format`` in a paragraph of ``layout`` (17.3.1.33)."""
    natural = fonts.line_height(run_format)
    if layout.line_rule == "exact":
        return layout.line
    natural = on_grid(layout, natural)
    if layout.line_rule == "atLeast":
        return max(layout.line, natural)
    return natural * layout.line


def above_notes(document: Document) -> float:
    """The height of the separator above the footnotes of a page: that of the paragraph which holds the line."""
    if document.note_separator is None:
        return _ABOVE_NOTES
    layout, mark = document.note_separator
    return max(layout.before, 0.0) + height_of(layout, mark) + max(layout.after, 0.0)


_ABOVE_NOTES = 10.0


def on_grid(layout: ParagraphFormat, natural: float) -> float:
    """The height of a line of this natural height on the grid of its section, if there is one."""
    return natural if not layout.grid else max(math.ceil(natural / layout.grid - 0.001), 1) * layout.grid


def page_number(number: int, shape: str) -> str:
    """A page number as it is printed, in one of Word's number formats."""
    before, after = NUMBER_AFFIXES.get(shape, ("", ""))
    return f"{before}{format_number(number, shape)}{after}"


def other_page_number(shape: str, place: str) -> Problem:
    """The note on a page number in a format that cannot be printed."""
    return Problem(
        f"The page number is printed in digits, not in the format “{shape}”.",
        where=place,
        hint="In Word: Insert, Page Number, Format Page Numbers: choose 1, 2, 3.",
        code="page-number",
    )


def on_one_line(formula: Formula, place: str) -> Problem:
    """The note on a formula that does not have its shape."""
    return Problem(
        f"A formula is printed on one line (“{formula.alternative[:40]}”).",
        where=place,
        hint="If it must look as in Word, insert it as a picture with alternative text.",
        code="formula",
    )


def anchors_of(document: Document) -> dict[str, str]:
    """Bookmarks that a link points to, each with an id; only these need a destination in the PDF."""
    if not document.facts.targets:
        return {}
    wanted, there = set[str](), list[str]()
    for section in document.sections:
        for paragraph in paragraphs(section.blocks):
            for each in (paragraph, *footnotes(paragraph)):
                facts = facts_of(each.content)
                wanted |= facts.targets
                there += facts.bookmarks
    return {name: f"a{at}" for at, name in enumerate(dict.fromkeys(there)) if name in wanted}


def substituted_fonts(document: Document) -> Iterator[Problem]:
    """Notes on fonts that are not installed and have no substitute of the same widths."""
    for family in document.facts.families:
        choice = fonts.choose(family)
        if not choice.same_widths:
            yield Problem(
                f"The font {family} is not installed; {choice.family} is used, so lines may break elsewhere.",
                hint=f"Install {family}, or use Times New Roman, Arial, Cambria, or Calibri, which have "
                "substitutes of the same widths.",
                code="font",
            )


def stretched_text(document: Document) -> Iterator[Problem]:
    """The note on text that is wider or narrower than its font, where that cannot be had."""
    if any(look.stretch != fonts.fitted(look.family, look.bold, look.italic)[1] for look in formats_of(document)):
        yield Problem("Text that is stretched is printed plain.", code="look")


def formats_of(document: Document) -> Iterator[RunFormat]:
    """The formats of all text."""
    return (text.format for text in texts_of(document))


def texts_of(document: Document) -> Iterator[Text]:
    """All text: of the body, headers, footers, and notes."""
    for each in all_paragraphs(document):
        yield from (item for item in inlines(each.content) if isinstance(item, Text))
