"""Lays out paragraphs, lists, tables and text boxes in a column, with Word's spacing between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace

from letters.pdf import fonts
from letters.pdf.compose.fragments import (
    BoxFragment,
    ColumnsFragment,
    FootnoteFragment,
    Fragment,
    Frame,
    InlineBoxFragment,
    LineFragment,
    ParagraphFragment,
    PrecedingFragment,
    all_apart,
    notes_of,
    shows_nothing,
    stacked,
)
from letters.pdf.compose.layout_context import LayoutContext, add_node
from letters.pdf.compose.lines import OF_LABEL, OWN, LabelLayout, Line, LineBreaker, LineRoom, ParagraphLines, Room
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.compose.wrapping import wrapped_in_cell
from letters.pdf.document import (
    PAGE_FIELDS,
    Block,
    Bookmark,
    Box,
    Columns,
    Floating,
    Footnote,
    Label,
    ListBlock,
    Paragraph,
    ParagraphFormat,
    Table,
    WordField,
    facts_of,
    inlines,
    paragraphs,
)
from letters.pdf.kept_results import KeptResults
from letters.pdf.layout_rules.paragraphs import (
    at_page_breaks,
    below_heading,
    fitted,
    has_words,
    heading_above,
    heading_rank,
    is_empty,
    joins,
    label_places,
    same_box,
    with_following,
)
from letters.pdf.layout_rules.tables import lacks_header
from letters.pdf.layout_rules.text import page_number
from letters.pdf.tags.structure import Node

_NARROWEST = 48.0
"""Text does not go beside a floating table that leaves less room than this."""
_LABEL_PLACES = KeptResults[tuple[float, float, float]](2_000)
_ORPHANS = 2
"""How many lines of a paragraph must stay together at the bottom and the top of a page."""


def _level(block: Paragraph) -> int | None:
    """The outline level of a heading; None for any other paragraph."""
    return block.format.outline_level if has_words(block) else None


def _may_go_on(block: Paragraph) -> bool:
    """Whether a paragraph can go on in the line of the one before it."""
    layout = block.format
    boxed = bool(layout.borders) or layout.shading not in ("", "#ffffff")
    apart = layout.page_break_before or layout.bidi or boxed
    return block.label is None and not apart and not facts_of(block.content).page_breaks


class Flow:
    """Lays out the blocks of one letter. Without a node to attach them to, they are artifacts: headers and footers."""

    def __init__(self, context: LayoutContext) -> None:
        self.context = context
        document = context.document
        self._spaces_add = document.spaces_add
        self._setting = document.default_tab, document.language, document.holds_citations, document.squeezes
        """What paragraphs depend on in all of a letter."""
        self.begun = False
        """Whether the text has begun: a page break before the first paragraph changes nothing."""

    def blocks(
        self, blocks: tuple[Block, ...], width: float, node: Node | None, above: PrecedingFragment
    ) -> list[Fragment]:
        """Lay out blocks in a column ``width`` points wide; the space after the last one is left to ``above``."""
        return all_apart(self.whole(blocks, width, node, above))

    def whole(
        self, blocks: tuple[Block, ...], width: float, node: Node | None, above: PrecedingFragment
    ) -> list[Fragment]:
        """The same, with paragraphs that need not be taken apart into lines."""
        fragments: list[Fragment] = []
        boxes: list[BoxFragment] = []
        at = begun = 0
        while at < len(blocks):
            if boxes and len(fragments) > begun:
                self._anchor(boxes, fragments, begun)
                boxes = []
            begun = len(fragments)
            block = blocks[at]
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            at += 1
            if isinstance(block, Paragraph):
                if above.paragraph is not None and above.paragraph.runs_in:
                    block = below_heading(block)
                    self.context.note(heading_above(block))
                if block.runs_in and isinstance(following, Paragraph) and _may_go_on(following):
                    at += 1
                    fragments += self._run_in(
                        block, following, width, node, above, blocks[at] if at < len(blocks) else None
                    )
                elif (plain := self._plain(block, width, in_list=False)) is not None:
                    own = None if node is None else self._node(plain.level, node)
                    of_label = None if plain.label is None else own
                    fragments.append(self._whole(plain, width, own, of_label, above, following))
                else:
                    fragments += self._paragraph(block, width, node, above, following)
                continue
            if isinstance(block, Table) and block.floating is not None:
                block = self._floating_table(block, block.floating, width)
            if isinstance(block, Box):
                if block.floating is not None:
                    boxes.append(self._box(block, block.floating, width, node))
                else:
                    fragments += self._inline_box(block, width, node, above)
            elif isinstance(block, Table):
                if (note := lacks_header(block)) is not None:
                    self.context.note(note)
                fragments += self._rows(block, width, node, above)
                self.begun = True
            else:
                fragments += self._list(block, width, node, above, following)
        if boxes:
            self._anchor(boxes, fragments, begun)
        return fragments

    def _cell(
        self, blocks: tuple[Block, ...], width: float, node: Node | None, above: PrecedingFragment
    ) -> list[Fragment]:
        """Lay out what is in a cell, which is at least as tall as the floats anchored in it."""
        fragments = self.blocks(blocks, width, node, above)
        above.after = max(above.after, wrapped_in_cell(fragments, self.context.section, width))
        return fragments

    # ------------------------------------------------------------ boxes

    def _box(self, box: Box, place: Floating, width: float, node: Node | None) -> BoxFragment:
        """A text box with a position on the page."""
        if box.text_columns is not None:
            raise Unsupported("columns in a box")
        if box.grows:
            box = replace(box, width=box.width + max(map(self._width_of_numbers, paragraphs(box.blocks)), default=0.0))
        fragments, after = self._inside(box, node)
        if box.keeps_height:
            room = box.height - box.padding[0] - box.padding[2]
            if stacked(fragments) + after > room:
                after = 0.0
            while stacked(fragments) > room and len(fragments) > 1 and shows_nothing(fragments[-1]):
                del fragments[-1]
        return BoxFragment(box, place, width, fragments, after)

    def _width_of_numbers(self, block: Paragraph) -> float:
        """How wide the page numbers in a paragraph are together."""
        context, total = self.context, 0.0
        for item in inlines(block.content):
            if isinstance(item, WordField) and item.kind in PAGE_FIELDS:
                of_section = item.kind == "SECTIONPAGES"
                number = context.page if item.kind == "PAGE" else context.page_count(of_section=of_section)
                shape = item.number_format or context.section.page_number_format
                total += fonts.text_width(page_number(number or 1, shape), item.format)
        return total

    def _inside(self, box: Box, node: Node | None) -> tuple[list[Fragment], float]:
        """The content of a box, and the space after it."""
        _, right, _, left = box.padding
        above, begun = PrecedingFragment(), self.begun
        fragments = self.blocks(
            box.blocks, max(box.width - left - right, 1.0), None if node is None else add_node(node, ""), above
        )
        self.begun = begun
        if any(fragment.page_break_before or notes_of(fragment) for fragment in fragments):
            raise Unsupported("a page break or a footnote in a box")
        return fragments, max(above.after, 0.0)

    def _rows(self, table: Table, width: float, node: Node | None, above: PrecedingFragment) -> list[Fragment]:
        from letters.pdf.compose.tables import TableLayout  # most letters have no table

        return list(TableLayout(table, width, node, self._cell, self.context.note).rows(above))

    def _floating_table(self, table: Table, place: Floating, width: float) -> Table | Box:
        """A table with a position on the page, as a box; one that leaves no room beside it is part of the text, and so
        is one with footnotes.
        """
        wide, section = sum(table.columns), self.context.section
        alone = replace(table, floating=None, align="left", indent=0.0)
        box = Box((alone,), wide, table.location, floating=place)
        noted = any(Footnote in facts_of(each.content).kinds for each in paragraphs((table,)))
        beside = width - wide >= _NARROWEST or (place.y_from != "paragraph" and place.wraps == "square")
        if beside and not noted:
            begun = self.begun
            rows = self._rows(alone, wide, None, PrecedingFragment())
            self.begun = begun
            if stacked(rows) <= section.height - abs(section.top) - abs(section.bottom):
                return box
        if place.x_from == "page":
            return replace(alone, indent=place.x - section.left)
        return replace(alone, align=place.x_align or "left", indent=place.x)

    def _inline_box(self, box: Box, width: float, node: Node | None, above: PrecedingFragment) -> list[Fragment]:
        """A box in line with the text: text between other margins, text in columns, or a drawn box."""
        if box.page_break_before and self.begun:
            above.break_page = True
        inside = None if node is None else add_node(node, "")
        if box.text_columns is not None:
            return [self._columns(box, box.text_columns, inside, above)]
        if not (box.borders or box.shading or any(box.padding) or box.height):
            fragments = self.blocks(box.blocks, box.width, inside, above)
            for fragment in fragments:
                fragment.shift += box.indent
            return fragments
        fragments, after = self._inside(box, inside)
        content = stacked(fragments) + after
        height = box.height
        if not box.has_fixed_height:
            height = max(height, box.padding[0] + content + box.padding[2])
        free = {"left": 0.0, "center": 0.5, "right": 1.0}[box.align] * (width - box.width)
        found = InlineBoxFragment(height, box=box, x=box.indent + free, fragments=fragments, content=content)
        self._in_flow(found, above)
        return [found]

    def _columns(self, box: Box, columns: Columns, node: Node | None, above: PrecedingFragment) -> ColumnsFragment:
        """Text in columns, which the pages are filled with later."""
        each = max(columns.widths, default=(box.width - columns.gap * (columns.count - 1)) / columns.count)
        found = ColumnsFragment(0.0, columns=columns, width=each, shift=box.indent)
        self._in_flow(found, above)
        inner = PrecedingFragment()
        found.fragments = self.blocks(box.blocks, each, node, inner)
        if found.fragments and not self._spaces_add:  # the space above the columns is also that above their first line
            found.fragments[0].before = max(found.fragments[0].before - found.before, 0.0)
        if any(fragment.page_break_before or isinstance(fragment, ColumnsFragment) for fragment in found.fragments):
            raise Unsupported("a page break in columns")
        if columns.widths:
            found.fragments = all_apart(found.fragments)
            if not all(isinstance(fragment, LineFragment) for fragment in found.fragments):
                raise Unsupported("a table in columns of different widths")
        else:
            for fragment in found.fragments:
                if isinstance(fragment, LineFragment):
                    fragment.source = None
        above.after = inner.after
        return found

    def _in_flow(self, fragment: Fragment, above: PrecedingFragment) -> None:
        """Put a box below what is above it."""
        fragment.before, fragment.page_break_before = (0.0 if above.break_page else above.after), above.break_page
        fragment.keep = above.keep and not above.break_page
        above.after, above.paragraph, above.frame = 0.0, None, None
        above.break_page = above.break_column = above.keep = False
        self.begun = True

    @staticmethod
    def _anchor(boxes: list[BoxFragment], fragments: list[Fragment], at: int) -> None:
        """Text boxes are anchored in the paragraph that follows them, or else in an empty line of no height."""
        fragments[at:] = all_apart(fragments[at:])
        if at >= len(fragments) or not isinstance(fragments[at], LineFragment):
            anchor = LineFragment(0.0, keep=at > 0)
            if at < len(fragments):
                below = fragments[at]
                anchor.keep, anchor.page_break_before = below.keep, below.page_break_before
                anchor.before, below.before = below.before, 0.0
                below.keep, below.page_break_before = True, False
            fragments.insert(at, anchor)
        fragment = fragments[at]
        assert isinstance(fragment, LineFragment)
        fragment.boxes += tuple(boxes)

    # ------------------------------------------------------------ paragraphs

    def _plain(self, block: Paragraph, width: float, *, in_list: bool) -> _PlainParagraph | None:
        """A paragraph that can be placed and drawn whole; None for one whose lines depend on the letter, or that has
        anything behind its lines or in them.
        """
        key = id(block), width, self._setting, in_list
        found = _PLAIN.get(key)
        if found is None:
            fit, facts = fitted(block, width), facts_of(block.content)
            layout = fit.format
            if fit.mark.hidden or facts.page_breaks or WordField in facts.kinds or layout.borders or layout.shading:
                return None
            label = None
            if fit.label is not None and (in_list or fit.label.text):  # in a list, an empty label takes room, too
                label = self._label(fit, fit.label, width, OF_LABEL)
            lines = LineBreaker(self.context, fit, width, OWN).kept(label)
            if lines is None or lines.look is None:
                return None
            height = sum([line.height for line in lines.lines])
            found = _PlainParagraph(fit, label, lines, height, _level(fit), fit.location.story == "body")
            _PLAIN.keep(key, block, found)
        return found

    def _whole(
        self,
        plain: _PlainParagraph,
        width: float,
        node: Node | None,
        of_label: Node | None,
        above: PrecedingFragment,
        following: Block | None,
    ) -> Fragment:
        """A plain paragraph as one fragment, with the space above it."""
        heading = node if node is not None and node.kind in _HEADINGS else None
        found = ParagraphFragment(
            plain.height, heading=heading, own=node, of_label=of_label, known=plain.lines,
            paragraph=partial(self._apart, plain, width, (node, of_label, heading), following),
        )  # fmt: skip
        self._below(found, plain.block, above, None, boxed=False)
        self.begun |= plain.in_body
        return found

    def _apart(
        self,
        plain: _PlainParagraph,
        width: float,
        nodes: tuple[Node | None, Node | None, Node | None],
        following: Block | None,
    ) -> _ParagraphSource:
        """A plain paragraph that has to be taken apart. Nodes: its own, that of its label, and that of a heading."""
        block, (node, of_label, heading) = plain.block, nodes
        label = None if plain.label is None else replace(plain.label, node=of_label)
        return _ParagraphSource(
            LineBreaker(self.context, block, width, node), label, None, 0.0, boxed=False,
            joined=joins(block, following), note=lambda note: self._note(note, node), heading=heading,
        )  # fmt: skip

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

    def _run_in(
        self,
        block: Paragraph,
        text: Paragraph,
        width: float,
        holder: Node | None,
        above: PrecedingFragment,
        following: Block | None,
    ) -> Iterator[Fragment]:
        """A heading, and the text that goes on in its last line. Together they are laid out as the heading is, up to
        the mark of the text, which has the space below it: Word takes the format of a paragraph from where it begins.
        """
        node, beside = self._told(block, holder), self._told(text, holder)
        layout = replace(block.format, after=text.format.after, keep_next=text.format.keep_next)
        block = fitted(replace(block, format=layout), width)
        label = self._heading_label(block, width, node)
        yield from self._lines(block, width, node, above, following, label, rest=(text, beside))
        above.paragraph = text
        self.begun |= block.location.story == "body"

    def _at_breaks(
        self, block: Paragraph, above: PrecedingFragment, following: Block | None
    ) -> Iterator[tuple[Paragraph, Block | None]]:
        """The pieces of a paragraph between its page breaks, each with what follows it on its page."""
        if not facts_of(block.content).page_breaks:
            yield block, following
            return
        pieces = at_page_breaks(block)
        for at, (piece, kind) in enumerate(pieces):
            if at:
                above.break_page, above.break_column = kind == "page", kind == "column"
            elif pieces[1][1] == "page" and pieces[1][0].content and self._shows_nothing(piece):
                continue  # a line before the break might have no room on its page
            last = at == len(pieces) - 1
            if kind == "page" and last and not piece.content:
                break  # the paragraph mark after a page break takes no line of its own
            yield piece, following if last else None

    def _shows_nothing(self, block: Paragraph) -> bool:
        """Whether nothing is seen of a paragraph at the end of a page."""
        layout = block.format
        return self.begun and not (block.content or block.label or layout.borders or layout.shading not in ("", _WHITE))

    def _told(self, block: Paragraph, holder: Node | None) -> Node | None:
        return None if holder is None else self._node(_level(block), holder)

    def _node(self, level: int | None, holder: Node) -> Node:
        return add_node(holder, "P" if level is None else f"H{heading_rank(self.context.headings, level)}")

    def _heading_label(self, block: Paragraph, width: float, node: Node | None) -> LabelLayout | None:
        """The number of a numbered heading is part of its text."""
        return None if block.label is None or not block.label.text else self._label(block, block.label, width, node)

    def _label(self, block: Paragraph, label: Label, width: float, node: Node | None) -> LabelLayout:
        default_tab = self.context.document.default_tab
        key = id(label), id(block.format), default_tab, width
        places = _LABEL_PLACES.get(key)
        if places is None:
            places = label_places(label, block.format, default_tab, width)
            _LABEL_PLACES.keep(key, (label, block.format), places)
        return LabelLayout(label.text, label.format, places[0], places[2], node)

    def _lines(
        self,
        block: Paragraph,
        width: float,
        node: Node | None,
        above: PrecedingFragment,
        following: Block | None,
        label: LabelLayout | None = None,
        rest: tuple[Paragraph, Node | None] | None = None,
    ) -> list[Fragment]:
        """The lines of a paragraph as fragments, with the space above them.

        Args:
            rest: the paragraph that goes on in its last line, and the node of that.
        """
        breaker = LineBreaker(self.context, block, width, node, rest)
        layout, previous = block.format, above.paragraph
        gap = self._gap(block, above)
        boxed = previous is not None and same_box(previous.format, layout) and not above.break_page
        frame = self._frame(layout, width, above.frame if boxed else None)
        heading = node if node is not None and node.kind in _HEADINGS else None

        def source() -> _ParagraphSource:
            return _ParagraphSource(
                breaker, label, frame, gap if boxed else 0.0, boxed=boxed, joined=joins(block, following),
                note=lambda note: self._note(note, node), heading=heading,
            )  # fmt: skip

        known = breaker.lines(label)
        if known.look is None or frame is not None or boxed or layout.borders:
            fragments: list[Fragment] = [*source().broken(known.lines)]
        else:
            fragments = [
                ParagraphFragment(
                    sum([line.height for line in known.lines]), heading=heading, paragraph=source, own=node,
                    of_label=None if label is None else label.node, known=known,
                )
            ]  # fmt: skip
        self._below(fragments[0], block, above, frame, boxed=boxed)
        return fragments

    def _gap(self, block: Paragraph, above: PrecedingFragment) -> float:
        """The space between a paragraph and what is above it."""
        layout, previous = block.format, above.paragraph
        space_before, space_after = layout.before, above.after
        if previous is not None and previous.style == block.style:
            if layout.contextual_spacing:
                space_before = 0.0
            if previous.format.contextual_spacing:
                space_after = 0.0
        return space_after + space_before if self._spaces_add else max(space_after, space_before)

    def _below(
        self, first: Fragment, block: Paragraph, above: PrecedingFragment, frame: Frame | None, *, boxed: bool
    ) -> None:
        """Put a paragraph, which begins with the fragment ``first``, below what is above it."""
        layout = block.format
        page_break_before = above.break_page or (layout.page_break_before and self.begun)
        first.keep, first.page_break_before = above.keep, page_break_before
        first.column_break_before = above.break_column
        if not boxed:
            first.before = layout.before if page_break_before else self._gap(block, above)
        above.after, above.paragraph, above.keep, above.frame = layout.after, block, layout.keep_next, frame
        above.break_page = above.break_column = False

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
    def _frame(layout: ParagraphFormat, width: float, shared: Frame | None) -> Frame | None:
        if not layout.borders and not layout.shading:
            return None
        if shared is not None:
            return shared
        begins, ends = layout.left - max(0.0, -layout.first_line), layout.right
        left, right = (ends, width - begins) if layout.bidi else (begins, width - ends)
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
                node = None if body is None else add_node(body, "P")
                if (plain := self._plain(each, width, in_list=True)) is not None:
                    yield self._whole(plain, width, node, None if plain.label is None else label_node, above, below)
                    continue
                each = fitted(each, width)
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


class _PlainParagraph(Struct, frozen=True, gc=False):
    """A paragraph that letters have in common, with nothing behind its lines and nothing in them but text."""

    block: Paragraph
    """With indents that leave room for text."""
    label: LabelLayout | None
    lines: ParagraphLines
    height: float
    level: int | None
    """That of a heading."""
    in_body: bool


_PLAIN = KeptResults[_PlainParagraph](3_000)


class _ParagraphSource(Struct):
    """A paragraph, which is broken into lines again where a float turns out to be beside it."""

    breaker: LineBreaker
    label: LabelLayout | None
    frame: Frame | None
    gap: float
    """The space above it inside the box that it shares with the paragraph before."""
    boxed: bool
    joined: bool
    """Whether it shares a box with the paragraph after it."""
    note: Callable[[Footnote], FootnoteFragment]
    heading: Node | None
    wrapped: bool = False
    notes: dict[int, FootnoteFragment] = field(default_factory=dict)
    free: list[LineRoom] = field(default_factory=list)
    """What floats left free of each line, if it is broken around them."""
    asked: float | None = None
    """The top of the line for which this was asked last."""

    def lines(self, y: float, room: Room | None, first: LineFragment) -> list[LineFragment]:
        """Its lines, broken again."""
        found = self._around_floats(y + first.space_above - first.skip, room)
        anew = found[0]
        anew.keep, anew.page_break_before, anew.column_break_before = (
            first.keep, first.page_break_before, first.column_break_before,
        )  # fmt: skip
        anew.before, anew.boxes = first.before, first.boxes
        for fragment in found:
            fragment.shift = first.shift
        return found

    def continued(self, y: float, room: Room, first: LineFragment) -> list[LineFragment]:
        """Its lines from ``first`` on, broken again for the page that begins with it."""
        at = first.place_in_paragraph
        before = [*self.free, *[LineRoom(0.0, self.breaker.width)] * at][:at]
        moved: list[float] = []

        def free(top: float, height: float, widths: tuple[float, float, float], across: bool) -> LineRoom:
            if before:
                return before.pop(0)
            moved.append(y - top)
            return room(top + moved[0], height, widths, across)

        found = self._around_floats(0.0, free)[at:]
        for fragment in found:
            fragment.shift = first.shift
        return found

    def _around_floats(self, y: float, room: Room | None) -> list[LineFragment]:
        self.wrapped, self.free, self.asked = room is not None, [], None

        def free(top: float, height: float, widths: tuple[float, float, float], across: bool) -> LineRoom:
            assert room is not None
            if self.asked == top:  # for the same line, which goes below the float
                self.free.pop()
            self.asked = top
            self.free.append(room(top, height, widths, across))
            return self.free[-1]

        lines = self.breaker.lines(self.label, None if room is None else free, y)
        found = self.broken(lines.lines)
        if self.wrapped and self.frame is not None:
            self._narrow_frames(found, self.frame)
        return found

    def _narrow_frames(self, found: list[LineFragment], whole: Frame) -> None:
        """Let the box behind the paragraph end where floats begin."""
        if any(fragment.skip for fragment in found[1:]):
            raise Unsupported("a box around text that wraps around a float")
        frames: dict[tuple[float, float], Frame] = {(0.0, self.breaker.width): whole}
        for fragment, free in zip(found, self.free, strict=False):
            left, right = free.left, free.right
            if (left, right) not in frames:
                narrow = replace(whole, left=max(whole.left, left), right=min(whole.right, right))
                frames[left, right] = narrow
            fragment.frame = frames[left, right]

    def broken(self, lines: list[Line]) -> list[LineFragment]:
        """Lines as fragments."""
        layout, of_label = self.breaker.layout, None if self.label is None else self.label.node
        fragments = [
            LineFragment(
                line.height + line.skip, line=line, frame=self.frame, keep=_keeps(layout, at, len(lines)),
                space_above=line.skip, skip=line.skip, source=self, place_in_paragraph=at,
                own=self.breaker.node, of_label=of_label,
            )
            for at, line in enumerate(lines)
        ]  # fmt: skip
        for fragment in fragments:
            if fragment.line.notes:
                fragment.notes = tuple([self._note(note) for note in fragment.line.notes])
        first, last = fragments[0], fragments[-1]
        self._edge_lines(first, last)
        first.heading = self.heading
        return fragments

    def _note(self, note: Footnote) -> FootnoteFragment:
        if id(note) not in self.notes:
            self.notes[id(note)] = self.note(note)
        return self.notes[id(note)]

    def _edge_lines(self, first: LineFragment, last: LineFragment) -> None:
        """The borders above and below a paragraph, or between paragraphs that share a box."""
        borders, added, below = self.breaker.layout.borders, self.gap, 0.0
        top = borders.between if self.boxed else borders.top
        if top is not None:
            first.top_line = top
            added += top.width + (0.0 if self.boxed else top.space)
        bottom = None if self.joined else borders.bottom
        if bottom is not None:
            last.bottom_line = bottom
            below = bottom.width + bottom.space
        first.space_above += added
        first.height += added
        first.gap = self.gap
        last.space_below += below
        last.height += below


_WHITE = "#ffffff"
_HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})


def _keeps(layout: ParagraphFormat, at: int, count: int) -> bool:
    """Whether no page may begin with this line of the paragraph."""
    if not at:
        return False
    if layout.keep_lines or layout.keep_next:  # LibreOffice moves a paragraph kept with the next one as a whole
        return True
    return layout.widow_control and (at < _ORPHANS or count - at < _ORPHANS)
