"""Groups consecutive list paragraphs into lists, nested by level.

Word has no lists, only paragraphs with a number or bullet. Their levels, numbering and indents show which of them form
one list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from msgspec import Struct, field

from letters.pdf.document import Block, Label, ListBlock, ListItem, PageBreak, Paragraph
from letters.pdf.kept_results import KeptResults

_KEPT = KeptResults[list[ListBlock]](10_000)
"""The lists that paragraphs form, a number of paragraphs."""


def with_lists(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks, with list paragraphs grouped into lists."""
    blocks = tuple(blocks)
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        if not _is_list_paragraph(blocks[at]):
            found.append(blocks[at])
            at += 1
            continue
        run = _run_of_list(blocks[at:])
        at += len(run)
        key = tuple(map(id, run))
        lists = _KEPT.get(key)
        if lists is None:
            lists = _lists(run)
            _KEPT.keep(key, run, lists, len(run))
        found += lists
    return tuple(found)


def _is_list_paragraph(block: Block) -> TypeGuard[Paragraph]:
    """Has a label. A numbered heading is a heading, and a centered paragraph has the number in its line."""
    return (
        isinstance(block, Paragraph)
        and block.label is not None
        and block.format.outline_level is None
        and block.format.align in ("right" if block.format.bidi else "left", "justify")
    )


def _run_of_list(blocks: Sequence[Block]) -> list[Paragraph]:
    """The list paragraphs that ``blocks`` begins with.

    Paragraphs without a label belong to the list if they are indented as far and more of the list follows.
    """
    run: list[Paragraph] = []
    between: list[Paragraph] = []
    for block in blocks:
        if _is_list_paragraph(block):
            run += [*between, block]
            between = []
        elif run and isinstance(block, Paragraph) and _may_continue(block, run[0]):
            between.append(block)
        else:
            break
    return run


def _may_continue(block: Paragraph, first: Paragraph) -> bool:
    return (
        block.label is None
        and block.format.outline_level is None
        and block.format.left >= max(first.format.left, 1.0)
        and not any(isinstance(inline, PageBreak) for inline in block.content)
    )


class _OpenList(Struct):
    """A list that later paragraphs may still belong to."""

    label: Label
    left: float = 0.0
    """The left indent of the last item."""
    items: list[list[Paragraph | _OpenList]] = field(default_factory=list)

    def continues_with(self, label: Label) -> bool:
        return (self.label.ordered, self.label.level, self.label.list_id) == (
            label.ordered,
            label.level,
            label.list_id,
        )

    def close(self) -> ListBlock:
        items = [
            ListItem(tuple([each.close() if isinstance(each, _OpenList) else each for each in item]))
            for item in self.items
        ]
        return ListBlock(tuple(items), self.label.ordered)


def _lists(run: list[Paragraph]) -> list[ListBlock]:
    """List paragraphs as nested lists; several if the numbering changes on the outermost level."""
    outermost: list[_OpenList] = []
    open_lists: list[_OpenList] = []
    for paragraph in run:
        if paragraph.label is None:
            while len(open_lists) > 1 and open_lists[-1].left > paragraph.format.left:
                open_lists.pop()
            open_lists[-1].items[-1].append(paragraph)
        else:
            _add_item(outermost, open_lists, paragraph, paragraph.label)
    return [each.close() for each in outermost]


def _add_item(outermost: list[_OpenList], open_lists: list[_OpenList], paragraph: Paragraph, label: Label) -> None:
    while open_lists and (
        open_lists[-1].label.level > label.level
        or (
            open_lists[-1].label.level == label.level
            and open_lists[-1].label.list_id != label.list_id
            and len(open_lists) > 1
        )
    ):
        open_lists.pop()
    if not (open_lists and open_lists[-1].continues_with(label)):
        if open_lists and open_lists[-1].label.level >= label.level:
            open_lists.pop()
        begun = _OpenList(label)
        if open_lists:
            open_lists[-1].items[-1].append(begun)
        else:
            outermost.append(begun)
        open_lists.append(begun)
    open_lists[-1].items.append([paragraph])
    open_lists[-1].left = paragraph.format.left
