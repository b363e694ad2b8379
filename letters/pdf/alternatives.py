"""Alternative text for pictures that have none in the Word file (ISO 14289-1, 7.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from letters.errors import LettersError, Problem
from letters.pdf.document import (
    Block,
    Box,
    Document,
    Footnote,
    Formula,
    Image,
    Inline,
    Link,
    ListBlock,
    ListItem,
    PageKind,
    Paragraph,
    Table,
    WordField,
)


def is_undescribed(image: Image) -> bool:
    """Whether people who cannot see a picture do not learn what it shows, although it is not decorative."""
    return not image.description and not image.decorative


def with_alternatives(document: Document, texts: Mapping[int, str], name: str) -> Document:
    """The document with descriptions of pictures that have none.

    Args:
        texts: by the number of the picture among those without a description, from 1, in the order in which they are
            read aloud; an empty one means that the picture is decorative.
        name: what messages call the letter.

    Raises:
        LettersError: there is no picture of that number.
    """
    if not texts:
        return document
    seen = 0

    def described(image: Image) -> Image:
        nonlocal seen
        if not is_undescribed(image):
            return image
        seen += 1
        if seen not in texts:
            return replace(image, number=seen)
        return replace(image, description=texts[seen], decorative=not texts[seen])

    first, *rest = document.sections
    which: PageKind = "first" if first.title_page else "default"
    letterhead = tuple(_blocks(first.headers.on(which), described))
    first = replace(
        first,
        headers=replace(first.headers, **{which: letterhead}),
        blocks=tuple(_blocks(first.blocks, described)),
    )
    sections = (first, *(replace(section, blocks=tuple(_blocks(section.blocks, described))) for section in rest))
    if wrong := [number for number in texts if not 1 <= number <= seen]:
        count = f"{seen} pictures have" if seen != 1 else "1 picture has"
        raise LettersError(
            Problem(
                f"There is no picture {wrong[0]} without alternative text: {count} none.", where=name, code="no-picture"
            )
        )
    return replace(document, sections=sections)


def _blocks(blocks: tuple[Block, ...], change: Callable[[Image], Image]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _paragraph(block, change)
        elif isinstance(block, ListBlock):
            yield _list(block, change)
        elif isinstance(block, Box):
            yield replace(block, blocks=tuple(_blocks(block.blocks, change)))
        else:
            yield _table(block, change)


def _paragraph(block: Paragraph, change: Callable[[Image], Image]) -> Paragraph:
    content = tuple(_inline(item, change) for item in block.content)
    return block if content == block.content else replace(block, content=content)


def _list(block: ListBlock, change: Callable[[Image], Image]) -> ListBlock:
    items = [
        ListItem(
            tuple(
                _paragraph(each, change) if isinstance(each, Paragraph) else _list(each, change) for each in item.blocks
            )
        )
        for item in block.items
    ]
    return replace(block, items=tuple(items))


def _table(block: Table, change: Callable[[Image], Image]) -> Table:
    rows = [
        replace(row, cells=tuple(replace(cell, blocks=tuple(_blocks(cell.blocks, change))) for cell in row.cells))
        for row in block.rows
    ]
    return replace(block, rows=tuple(rows))


def _inline(item: Inline, change: Callable[[Image], Image]) -> Inline:
    if isinstance(item, Image):
        return change(item)
    if isinstance(item, Link | WordField | Formula):
        return replace(item, content=tuple(_inline(each, change) for each in item.content))
    if isinstance(item, Footnote):
        return replace(item, blocks=tuple(_blocks(item.blocks, change)))
    return item
