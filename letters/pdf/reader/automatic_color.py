"""The color of text that Word chooses itself: white on a dark ground, and otherwise black (17.3.2.6, 17.3.2.32).

The standard leaves it to the program. What counts as dark is as in LibreOffice, which is close to Word."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from letters.docx.attribute_values import red_green_blue
from letters.pdf.document import Block, Footnote, Formula, Inline, Link, ListBlock, Paragraph, Table, Text, WordField

WHITE = "#ffffff"
_DARK = 62.0


def is_dark(ground: str) -> bool:
    """Whether text without a color is white on this ground; an empty one is the paper."""
    if not ground:
        return False
    red, green, blue = red_green_blue(ground)
    return (76 * red + 151 * green + 29 * blue) / 256 <= _DARK


def on_dark(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks with white text where it has neither a color nor a ground of its own."""
    return [_block(each) for each in blocks]


def _block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    if isinstance(block, ListBlock):
        return _list(block)
    if isinstance(block, Table):
        rows = [
            replace(row, cells=tuple([
                cell if cell.shading else replace(cell, blocks=tuple(on_dark(cell.blocks))) for cell in row.cells
            ]))
            for row in block.rows
        ]  # fmt: skip
        return replace(block, rows=tuple(rows))
    return block  # a box has a ground of its own


def _paragraph(block: Paragraph) -> Paragraph:
    return block if block.format.shading else on_dark_ground(block)


def _list(block: ListBlock) -> ListBlock:
    items = []
    for item in block.items:
        blocks = [_list(each) if isinstance(each, ListBlock) else _paragraph(each) for each in item.blocks]
        items.append(replace(item, blocks=tuple(blocks)))
    return replace(block, items=tuple(items))


def on_dark_ground(paragraph: Paragraph) -> Paragraph:
    """A paragraph whose ground is dark, with white text and a white number where they have no color."""
    label = paragraph.label
    if label is not None and not label.format.color:
        label = replace(label, format=replace(label.format, color=WHITE))
    return replace(paragraph, content=tuple(map(_inline, paragraph.content)), label=label)


def _inline(item: Inline) -> Inline:
    if isinstance(item, Link | Formula):
        return replace(item, content=tuple(map(_inline, item.content)))
    if isinstance(item, Text | WordField | Footnote):
        look = item.format
        if not look.color and not look.background:
            item = replace(item, format=replace(look, color=WHITE))
        return replace(item, content=tuple(map(_inline, item.content))) if isinstance(item, WordField) else item
    return item
