"""Lays out paragraphs, lists, tables and text boxes in a column, with Word's spacing between them."""

from __future__ import annotations

from collections.abc import Iterator

from letters.pdf.compose.fragments import (
    BoxFragment,
    FootnoteFragment,
    Fragment,
    Frame,
    LineFragment,
    PrecedingFragment,
    stacked,
)
from letters.pdf.compose.layout_context import LayoutContext, add_node
from letters.pdf.compose.lines import LabelLayout, Line, LineBreaker
from letters.pdf.compose.tables import TableLayout
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import (
    Block,
    Bookmark,
    Box,
    Footnote,
    Label,
    ListBlock,
    Paragraph,
    ParagraphFormat,
    Table,
    inlines,
)
from letters.pdf.layout_rules.paragraphs import (
    at_page_breaks,
    fitted,
    has_words,
    heading_rank,
    is_empty,
    joins,
    label_places,
    same_box,
    with_following,
)
from letters.pdf.layout_rules.tables import lacks_header
from letters.pdf.tags.structure import Node

_ORPHANS = 2
"""How many lines of a paragraph must stay together at the bottom and the top of a page."""


class Flow:
    """Lays out the blocks of one letter. Without a node to attach them to, they are artifacts: headers and footers."""

    def __init__(self, context: LayoutContext) -> None:
        self.context = context
        self.begun = False
        """Whether the text has begun: a page break before the first paragraph changes nothing."""

    def blocks(
        self, blocks: tuple[Block, ...], width: float, node: Node | None, above: PrecedingFragment
    ) -> list[Fragment]:
        """Lay out blocks in a column ``width`` points wide; the space after the last one is left to ``above``."""
        fragments: list[Fragment] = []
        boxes: list[BoxFragment] = []
        at = begun = 0
        while at < len(blocks):
            if boxes and len(fragments) > begun:
                self._anchor(boxes, fragments[begun])
                boxes = []
            begun = len(fragments)
            block = blocks[at]
            if isinstance(block, Box):
                boxes.append(self._box(block, width, node))
                at += 1
                continue
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if isinstance(block, Table):
                if (note := lacks_header(block)) is not None:
                    self.context.note(note)
                fragments += TableLayout(block, width, node, self.blocks).rows(above)
                self.begun = True
                at += 1
            elif isinstance(block, ListBlock):
                fragments += self._list(block, width, node, above, following)
                at += 1
            else:
                fragments += self._paragraph(block, width, node, above, following)
                at += 1
        if boxes:
            self._anchor(boxes, fragments[begun] if len(fragments) > begun else None)
        return fragments

    # ------------------------------------------------------------ boxes

    def _box(self, box: Box, width: float, node: Node | None) -> BoxFragment:
        """A text box with a position on the page, which the text does not wrap around."""
        if box.floating is None or box.text_columns is not None:
            raise Unsupported("columns, and boxes in line with the text")
        _, right, _, left = box.padding
        above, begun = PrecedingFragment(), self.begun
        fragments = self.blocks(
            box.blocks, max(box.width - left - right, 1.0), None if node is None else add_node(node, ""), above
        )
        self.begun = begun
        if any(
            fragment.page_break_before or (isinstance(fragment, LineFragment) and fragment.notes)
            for fragment in fragments
        ):
            raise Unsupported("a page break or a footnote in a box")
        return BoxFragment(box, box.floating, width, fragments, max(above.after, 0.0))

    @staticmethod
    def _anchor(boxes: list[BoxFragment], fragment: Fragment | None) -> None:
        """Text boxes are anchored in the paragraph that follows them."""
        if not isinstance(fragment, LineFragment):
            raise Unsupported("a box that is not anchored in a paragraph")
        fragment.boxes += tuple(boxes)

    # ------------------------------------------------------------ paragraphs

    def _paragraph(
        self, block: Paragraph, width: float, holder: Node | None, above: PrecedingFragment, following: Block | None
    ) -> Iterator[Fragment]:
        block = fitted(block, width)
        if block.mark.hidden and is_empty(block):
            if any(
                isinstance(item, Bookmark) and item.name in self.context.linked_bookmarks
                for item in inlines(block.content)
            ):
                raise Unsupported("a link to hidden text")
            return
        for piece, following_piece in self._at_breaks(block, above, following):
            node = self._told(piece, holder)
            label = self._heading_label(piece, width, node)
            yield from self._lines(piece, width, node, above, following_piece, label)
        self.begun |= block.location.story == "body"

    @staticmethod
    def _at_breaks(
        block: Paragraph, above: PrecedingFragment, following: Block | None
    ) -> Iterator[tuple[Paragraph, Block | None]]:
        """The pieces of a paragraph between its page breaks, each with what follows it on its page."""
        pieces = at_page_breaks(block)
        for at, (piece, kind) in enumerate(pieces):
            if kind == "column":
                raise Unsupported("columns")
            if at:
                above.break_page = True
            last = at == len(pieces) - 1
            if at and last and not piece.content:
                break  # the paragraph mark after a page break takes no line of its own
            yield piece, following if last else None

    def _told(self, block: Paragraph, holder: Node | None) -> Node | None:
        if holder is None:
            return None
        level = block.format.outline_level
        if level is None or not has_words(block):
            return add_node(holder, "P")
        return add_node(holder, f"H{heading_rank(self.context.headings, level)}")

    def _heading_label(self, block: Paragraph, width: float, node: Node | None) -> LabelLayout | None:
        """The number of a numbered heading is part of its text."""
        return None if block.label is None or not block.label.text else self._label(block, block.label, width, node)

    def _label(self, block: Paragraph, label: Label, width: float, node: Node | None) -> LabelLayout:
        begins, _, words = label_places(label, block.format, self.context.document.default_tab, width)
        return LabelLayout(label.text, label.format, begins, words, node)

    def _lines(
        self,
        block: Paragraph,
        width: float,
        node: Node | None,
        above: PrecedingFragment,
        following: Block | None,
        label: LabelLayout | None = None,
    ) -> list[Fragment]:
        lines = LineBreaker(self.context, block, width, node).lines(label)
        return self._placed(block, lines, width, node, above, following)

    def _placed(
        self,
        block: Paragraph,
        lines: list[Line],
        width: float,
        node: Node | None,
        above: PrecedingFragment,
        following: Block | None,
    ) -> list[Fragment]:
        """The lines of a paragraph as fragments, with the space above them."""
        layout, previous = block.format, above.paragraph
        space_before, space_after = layout.before, above.after
        if previous is not None and previous.style == block.style:
            space_before = 0.0 if layout.contextual_spacing else space_before
            space_after = 0.0 if previous.format.contextual_spacing else space_after
        gap = space_after + space_before if self.context.document.spaces_add else max(space_after, space_before)
        page_break_before = above.break_page or (layout.page_break_before and self.begun)
        boxed = previous is not None and same_box(previous.format, layout) and not above.break_page
        frame = self._frame(layout, width, above.frame if boxed else None)
        fragments = [
            LineFragment(line.height, line=line, frame=frame, keep=_keeps(layout, at, len(lines)))
            for at, line in enumerate(lines)
        ]
        for fragment in fragments:
            if fragment.line.notes:
                fragment.notes = tuple([self._note(note, node) for note in fragment.line.notes])
        first, last = fragments[0], fragments[-1]
        first.keep, first.page_break_before = above.keep and not page_break_before, page_break_before
        if boxed:
            first.space_above = gap
        else:
            first.before = layout.before if page_break_before else gap
        self._edge_lines(layout, first, last, boxed=boxed, joined=joins(block, following))
        if node is not None and node.kind in _HEADINGS:
            first.heading = node
        above.after, above.paragraph, above.keep, above.frame = layout.after, block, layout.keep_next, frame
        above.break_page = above.break_column = False
        return list[Fragment](fragments)

    def _note(self, note: Footnote, paragraph: Node | None) -> FootnoteFragment:
        """A footnote. It is read at the end of the paragraph that refers to it, so as not to interrupt the sentence."""
        assert paragraph is not None
        node, above, begun = Node("Note"), PrecedingFragment(), self.begun
        self.context.footnotes.append((paragraph, node))
        fragments = self.blocks(note.blocks, self.context.section.text_width, node, above)
        self.begun = begun
        if any(
            not isinstance(fragment, LineFragment) or fragment.page_break_before or fragment.notes
            for fragment in fragments
        ):
            raise Unsupported("a footnote with more than paragraphs")
        return FootnoteFragment(fragments, stacked(fragments), max(above.after, 0.0))

    @staticmethod
    def _edge_lines(
        layout: ParagraphFormat, first: LineFragment, last: LineFragment, *, boxed: bool, joined: bool
    ) -> None:
        """The borders above and below a paragraph, or between paragraphs that share a box."""
        top = layout.borders.between if boxed else layout.borders.top
        if top is not None:
            first.top_line = top
            first.space_above += top.width + (0.0 if boxed else top.space)
        bottom = None if joined else layout.borders.bottom
        if bottom is not None:
            last.bottom_line = bottom
            last.space_below += bottom.width + bottom.space
        first.height += first.space_above
        last.height += last.space_below

    @staticmethod
    def _frame(layout: ParagraphFormat, width: float, shared: Frame | None) -> Frame | None:
        if not layout.borders and not layout.shading:
            return None
        if shared is not None:
            return shared
        left, right = layout.left - max(0.0, -layout.first_line), width - layout.right
        if layout.borders.left is not None:
            left -= layout.borders.left.space + layout.borders.left.width
        if layout.borders.right is not None:
            right += layout.borders.right.space + layout.borders.right.width
        return Frame(left, right, layout.shading, layout.borders.left, layout.borders.right)

    # ------------------------------------------------------------ lists

    def _list(
        self, block: ListBlock, width: float, holder: Node | None, above: PrecedingFragment, following: Block | None
    ) -> Iterator[Fragment]:
        list_node = None if holder is None else add_node(holder, "L")
        for item, after in with_following(block.items, None):
            item_node = None if list_node is None else add_node(list_node, "LI")
            label = item.label
            label_node = None if item_node is None or not label.text else add_node(item_node, "Lbl")
            body = None if item_node is None else add_node(item_node, "LBody")
            last = following if after is None else after.blocks[0]
            for each, below in with_following(item.blocks, last):
                if isinstance(each, ListBlock):
                    yield from self._list(each, width, body, above, below)
                    continue
                each, node = fitted(each, width), None if body is None else add_node(body, "P")
                if each.label is None:
                    yield from self._lines(each, width, node, above, below)
                else:
                    place = self._label(each, label, width, label_node)
                    yield from self._labelled(each, width, node, above, below, place)

    def _labelled(
        self,
        block: Paragraph,
        width: float,
        node: Node | None,
        above: PrecedingFragment,
        following: Block | None,
        label: LabelLayout | None,
    ) -> Iterator[Fragment]:
        for piece, following_piece in self._at_breaks(block, above, following):
            yield from self._lines(piece, width, node, above, following_piece, label)
            label = None
        self.begun |= block.location.story == "body"


_HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})


def _keeps(layout: ParagraphFormat, at: int, count: int) -> bool:
    """Whether no page may begin with this line of the paragraph."""
    if not at:
        return False
    if layout.keep_lines or layout.keep_next:  # LibreOffice moves a paragraph kept with the next one as a whole
        return True
    return layout.widow_control and (at < _ORPHANS or count - at < _ORPHANS)
