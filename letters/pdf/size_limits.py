"""How large a letter may be: one far larger than any real letter is refused before it costs time or memory.

The weights are thousandths of a second on a slow machine. The longest letter accepted has some four hundred full
pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters._text.stretches import has_long_stretch
from letters.docx.markup import ByMarkup
from letters.docx.names import A, Node, P, T, V, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.document import (
    Block,
    Box,
    Document,
    Image,
    LineBreak,
    ListBlock,
    Paragraph,
    Row,
    Tab,
    Table,
    Text,
    children,
    extent,
    facts_of,
    inlines,
)
from letters.pdf.kept_results import ByIdentity, KeptResults

MOST = 30_000
"""The greatest total weight of the parts of a letter."""
_WEIGHTS = {
    w("p"): 1.0, w("r"): 0.05, w("tc"): 0.6, w("tab"): 0.3, w("br"): 0.4, w("fldChar"): 0.05, w("sectPr"): 25.0,
    w("numPr"): 2.0, w("pageBreakBefore"): 7.0,
    w("footnoteReference"): 4.0, w("endnoteReference"): 2.0, w("txbxContent"): 4.0, w("hyperlink"): 0.5,
    w("bookmarkStart"): 0.05, w("sdt"): 0.05, w("style"): 0.05, w("num"): 0.02, w("abstractNum"): 0.1,
    f"{{{A}}}blip": 1.0, f"{{{V}}}imagedata": 1.0,
}  # fmt: skip
_BREAK, _TYPE = w("br"), w("type")
_OF_CHARACTER = 0.01
_OF_PAGE_BREAK = 7.0
_OF_LONG_WORD = 11.0
"""For a thousand characters without a place to break a line; twice as many weigh four times as much."""
_LONG = 1_000
_LONG_WORD = pattern(f"[!-\u2dff]{{{_LONG},}}")
_READ = frozenset({"styles", "numbering", "header", "footer", "footnotes", "endnotes"})
_ORDINARY = 500_000
"""Bytes of markup that a letter of a hundred pages may have."""
MOST_PIXELS = 40_000_000
"""In one picture that has to be decoded, at four bytes each."""
MOST_PIXELS_TOGETHER = 100_000_000
_NARROWEST = 12.0
_SLACK = 1.25
"""Lines count twice as high and characters twice as wide as they are; this allows for rows that do not break."""


class CannotConvert(LettersError):
    """The letter cannot be converted as it is; the problems say what to change in it."""


def times_ordinary(package: Package) -> float:
    """How many times as long as any ordinary letter one is, by its markup, and at least 1."""
    return max(len(package.parts[package.main]) / _ORDINARY, 1.0)


def refuse_excess(package: Package) -> None:
    """Raise CannotConvert for a letter longer than any real one."""
    parts = {package.main}
    parts |= {link.target for link in package.links(package.main).values() if link.kind in _READ and not link.external}
    found = [_amounts(package, part) for part in sorted(parts & package.parts.keys())]
    weight, paragraphs, characters = map(sum, zip(*found, strict=True))
    if weight > MOST:
        raise CannotConvert(
            Problem(
                f"This is longer than any letter: {characters:,} characters, {paragraphs:,} paragraphs and cells.",
                where=package.name,
                hint="Convert the letter without its long enclosures; about four hundred full pages are accepted.",
                code="too-long",
            )
        )


_AMOUNTS: dict[bytes, tuple[float, int, int]] = {}
_AMOUNTS_KEPT, _LARGEST_KEPT = 32, 500_000


def _amounts(package: Package, part: str) -> tuple[float, int, int]:
    """The weight of a part, and how many paragraphs and characters it has.

    Kept for all parts but the body, because letters have them in common.
    """
    data = package.parts[part]
    if data in _AMOUNTS:
        return _AMOUNTS[data]
    root = package.tree(part)
    body = root.find(w("body"))
    pieces = [root] if body is None else [*(node for node in root if node is not body), *body]
    known = [_of_piece(node) for node in pieces if node.tag != P]
    paragraphs = package.marked(part)
    if len(known) + len(paragraphs) == len(pieces) and not any(said for _, _, said in known):  # as most letters are
        known += _of_paragraph.of_all(paragraphs)
    else:
        known = [_of_paragraph(node, package.markup(node)) if node.tag == P else _of_piece(node) for node in pieces]
    text = "".join([said for _, _, said in known])
    weight = sum([each for each, _, _ in known]) + len(text) * _OF_CHARACTER
    if has_long_stretch(text, " ", _LONG):
        weight += sum((len(word) / 1000) ** 2 for word in _LONG_WORD.findall(text)) * _OF_LONG_WORD
    found = weight, sum([count for _, count, _ in known]), len(text)
    if part != package.main and len(data) <= _LARGEST_KEPT:
        remember(_AMOUNTS, _AMOUNTS_KEPT, data, found)
    return found


def _of_piece(root: Node) -> tuple[float, int, str]:
    """The weight of an element without its characters, how many paragraphs it has, and its text."""
    nodes = list(root.iter(etree.Element))
    tags = [str(node.tag) for node in nodes]
    weight = sum([_WEIGHTS[tag] for tag in tags if tag in _WEIGHTS])
    if _BREAK in tags:
        weight += _OF_PAGE_BREAK * sum(node.get(_TYPE) in ("page", "column") for node in root.iter(_BREAK))
    texts = [node.text or "" for node, tag in zip(nodes, tags, strict=True) if tag == T]
    return weight, tags.count(P), "".join(texts)


_of_paragraph = ByMarkup(_of_piece)
"""Kept, because letters have most paragraphs in common."""


def most_pages(document: Document) -> int:
    """The most pages that the document can fill; a layout with more would never end."""
    pages = 10.0
    for section in document.sections:
        room = max(section.height - abs(section.top) - abs(section.bottom), section.height / 4)
        furniture = [getattr(held, which) for held in (section.headers, section.footers)
                     for which in ("default", "first", "even")]  # fmt: skip
        running = max((_height(blocks, section.text_width) for blocks in furniture), default=0.0)
        room = max(room - running, room / 8)
        breaks = sum(_breaks.of_all(section.blocks))
        pages += 3 + _SLACK * _height(section.blocks, section.text_width) / room + 2 * breaks
    return ceil(pages)


_HEIGHTS = KeptResults[float](5_000)


def _height(blocks: Sequence[Block], width: float) -> float:
    """The greatest height of blocks set one below another, in points."""
    kept = [_HEIGHTS.get((id(block), width)) for block in blocks]
    return sum(
        [_height_of(block, width) if height is None else height for block, height in zip(blocks, kept, strict=True)]
    )


def _height_of(block: Block, width: float) -> float:
    if isinstance(block, Paragraph | ListBlock):
        height = _height_of_list(block, width) if isinstance(block, ListBlock) else _paragraph_height(block, width)
        _HEIGHTS.keep((id(block), width), block, height)
        return height
    if isinstance(block, Box):
        inside = _height(block.blocks, block.width) + block.padding[0] + block.padding[2]
        return max(block.height, inside) + block.height
    return sum([_row_height(block, row) for row in block.rows])


def _height_of_list(block: ListBlock, width: float) -> float:
    return sum(_height(item.blocks, width) for item in block.items)


def _row_height(table: Table, row: Row) -> float:
    cells = [
        _height(cell.blocks, sum(table.columns[cell.column : cell.column + cell.columns]))
        + cell.padding[0]
        + cell.padding[2]
        for cell in row.cells
    ]
    return max([row.height, *cells])


def _paragraph_height(block: Paragraph, width: float) -> float:
    layout = block.format
    room = max(width - max(layout.left, 0.0) - max(layout.right, 0.0), _NARROWEST)
    lines, size, pictures, notes = 1, block.mark.size, 0.0, 0.0
    for item in inlines(block.content):
        if isinstance(item, Text):
            size = max(size, item.format.size)
            lines += ceil(len(item.text) * (item.format.size + max(item.format.spacing, 0.0)) / room)
        elif isinstance(item, Tab | LineBreak):
            lines += 1
        elif isinstance(item, Image):
            pictures += item.height
        elif hasattr(item, "blocks"):
            notes += _height(item.blocks, width)
    line = layout.line if layout.line_rule != "auto" else 0.0
    each = max(line, 2 * size * (layout.line if layout.line_rule == "auto" else 1.0))
    return max(layout.before, 0.0) + max(layout.after, 0.0) + lines * each + pictures + notes


def _breaks_in(block: Block) -> int:
    """How often a page ends in a block, or before one in it, because the letter says so."""
    if isinstance(block, Paragraph):
        return block.format.page_break_before + facts_of(block.content).page_breaks
    breaks = isinstance(block, Box) and block.page_break_before
    return breaks + sum([sum(_breaks.of_all(inside)) for inside in children(block)])


_breaks = ByIdentity(_breaks_in, 5_000, extent)
