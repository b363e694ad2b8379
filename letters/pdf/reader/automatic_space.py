"""Space before and after paragraphs that Word chooses itself, as a browser does (17.3.1.33, 17.15.3.27).

The standard leaves the amount to the program. As in Word and LibreOffice, there is none at the beginning of the text,
at the beginning and end of a cell, and between the items of a list."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from letters.pdf.document import Block, Paragraph

_FIXED = 5.0
"""The space where a document does not want that of HTML."""


def with_automatic_space(
    blocks: Iterable[Block], *, like_html: bool, begins: bool = False, ends: bool = False
) -> list[Block]:
    """The same blocks, not yet grouped into lists, with the automatic space that they have in their place.

    Args:
        like_html: as in HTML, which is what a document wants unless it says otherwise.
        begins: they begin the text or a cell.
        ends: they end a cell.
    """
    found = list(blocks)
    said = [block.format for block in found if isinstance(block, Paragraph)]
    if not any(layout.before_is_automatic or layout.after_is_automatic for layout in said):
        return found
    if not like_html:
        for at, block in enumerate(found):
            found[at] = _spaced(block, before=_FIXED, after=_FIXED)
        return found
    if begins:
        found[0] = _spaced(found[0], before=0.0)
    if ends:
        found[-1] = _spaced(found[-1], after=0.0)
    for at in range(len(found) - 1):
        above, below = found[at : at + 2]
        if _list_of(above) is not None and _list_of(above) == _list_of(below):
            found[at : at + 2] = _spaced(above, after=0.0), _spaced(below, before=0.0)
    return found


def _list_of(block: Block) -> int | None:
    return block.label.list_id if isinstance(block, Paragraph) and block.label is not None else None


def _spaced(block: Block, *, before: float | None = None, after: float | None = None) -> Block:
    """A block with other space before or after it, where it is automatic."""
    if not isinstance(block, Paragraph):
        return block
    layout = block.format
    if before is not None and layout.before_is_automatic:
        layout = replace(layout, before=before)
    if after is not None and layout.after_is_automatic:
        layout = replace(layout, after=after)
    return block if layout is block.format else replace(block, format=layout)
