"""Another layout for a letter that cannot be laid out as Word has it: everything reflowed into the running text.

Where a box would run off the page, or columns and cells would lose words between pages, the same words are set one
after another: boxes and floating tables where they are anchored, columns one below another, footnotes at the end.
Nothing is left out, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from letters.errors import Problem
from letters.pdf.document import (
    Block,
    Box,
    Document,
    Floating,
    Footnote,
    Formula,
    HeaderFooter,
    Image,
    Inline,
    Link,
    ListBlock,
    ListItem,
    Paragraph,
    Row,
    Section,
    Table,
    WordField,
    inlines,
)

_EDGE = 18.0
"""Space between a table and the edge of the paper, in points."""
_ROUNDING = 0.02
"""Points by which a table that was made narrower may be too wide."""


def reflowed(document: Document) -> Document | None:
    """The document with everything in the running text; None if it is so already."""
    ends: list[Block] = []
    sections = tuple(_section(section, ends) for section in document.sections)
    if ends:
        sections = (*sections[:-1], replace(sections[-1], blocks=(*sections[-1].blocks, *ends)))
    if sections == document.sections:
        return None
    note = Problem(
        "Text boxes, columns, or footnotes follow one another in the text, not where Word has them, headers push the "
        "text down, and tables are no wider than the page, because they would not fit on it there.",
        hint="In Word: make the boxes or tables smaller, or move the words of the boxes into paragraphs or a table.",
        code="reflowed",
    )
    return replace(document, sections=sections, notes=(*document.notes, note))


def narrowed(document: Document) -> Document | None:
    """The document with tables that end on the page; None if all do."""
    sections = tuple(
        replace(section, blocks=tuple(_narrowed(section.blocks, section.width - section.left, _EDGE)))
        for section in document.sections
    )
    if sections == document.sections:
        return None
    note = Problem(
        "A table that would run off the page is made narrower.",
        hint="In Word: Layout, AutoFit, AutoFit Window.",
        code="reflowed",
    )
    return replace(document, sections=sections, notes=(*document.notes, note))


def _section(section: Section, ends: list[Block]) -> Section:
    return replace(
        section,
        top=abs(section.top),  # negative ones let the text and the header overlap (17.6.11)
        bottom=abs(section.bottom),
        headers=_furniture(section.headers, ends),
        footers=_furniture(section.footers, ends),
        blocks=tuple(_narrowed(_blocks(section.blocks, ends), section.width - section.left, _EDGE)),
    )


def _narrowed(blocks: Iterable[Block], room: float, edge: float = 0.0) -> Iterator[Block]:
    """The blocks, with tables that end within this distance from where they begin; those in cells end within them."""
    for block in blocks:
        if not isinstance(block, Table):
            yield block
            continue
        wide = sum(block.columns)
        if wide + max(block.indent, 0.0) > room + _ROUNDING:
            scale = max(room - edge, _EDGE) / wide
            block = replace(
                block, columns=tuple([width * scale for width in block.columns]), indent=min(block.indent, 0.0)
            )
        yield replace(block, rows=tuple([_narrowed_row(block, row) for row in block.rows]))


def _narrowed_row(table: Table, row: Row) -> Row:
    if not any(isinstance(block, Table) for cell in row.cells for block in cell.blocks):
        return row
    cells = []
    for cell in row.cells:
        width = sum(table.columns[cell.column : cell.column + cell.columns]) - cell.padding[3]
        cells.append(replace(cell, blocks=tuple(_narrowed(cell.blocks, width))))
    return replace(row, cells=tuple(cells))


def _furniture(furniture: HeaderFooter, ends: list[Block]) -> HeaderFooter:
    def inline(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(_blocks(blocks, ends))

    return HeaderFooter(inline(furniture.default), inline(furniture.first), inline(furniture.even))


def _blocks(blocks: tuple[Block, ...], ends: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Paragraph):
            if any(isinstance(item, Image | Footnote) for item in inlines(block.content)):
                block = replace(block, content=tuple(_inlines(block.content, ends)))
            yield block
        elif isinstance(block, Box):
            yield from _box(block, ends)
        elif isinstance(block, ListBlock):
            yield replace(block, items=tuple(_item(item, ends) for item in block.items))
        else:
            # Header rows that do not fit are left out on one page and shown on the next; here they appear once.
            rows = tuple(
                replace(
                    row,
                    header=False,
                    cells=tuple(replace(cell, blocks=tuple(_blocks(cell.blocks, ends))) for cell in row.cells),
                )
                for row in block.rows
            )
            yield replace(block, rows=rows, floating=None)


def _item(item: ListItem, ends: list[Block]) -> ListItem:
    return ListItem(tuple(block for block in _blocks(item.blocks, ends) if isinstance(block, Paragraph | ListBlock)))


def _box(box: Box, ends: list[Block]) -> Iterator[Block]:
    """The content of a box without the box."""
    inside = list(_blocks(box.blocks, ends))
    if box.page_break_before and inside and isinstance(inside[0], Paragraph):
        inside[0] = replace(inside[0], format=replace(inside[0].format, page_break_before=True))
    yield from inside


def _inlines(content: tuple[Inline, ...], ends: list[Block]) -> Iterator[Inline]:
    for item in content:
        if isinstance(item, Image) and item.floating is not None and not _is_behind(item.floating):
            yield replace(item, floating=_in_flow(item.floating))
        elif isinstance(item, Footnote):
            ends += item.blocks
            yield replace(item, blocks=())
        elif isinstance(item, Link | WordField | Formula):
            yield replace(item, content=tuple(_inlines(item.content, ends)))
        else:
            yield item


def _is_behind(place: Floating) -> bool:
    """Whether it is behind the text of every page, such as a watermark, which would push all text off the pages."""
    return place.in_margin and place.wraps == "none"


def _in_flow(place: Floating) -> Floating:
    return Floating(0.0, 0.0, "column", "paragraph", wraps="top-and-bottom", story=place.story)
