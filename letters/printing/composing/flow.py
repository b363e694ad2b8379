"""Sets paragraphs, lists and tables one under another, with the room Word leaves between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from letters.printing.composing.lines import LabelPlace, Line, LineSetter
from letters.printing.composing.reach import BeyondReach
from letters.printing.composing.ruling import Ruling
from letters.printing.composing.setting import Setting
from letters.printing.composing.slabs import BoxPart, CellBox, Frame, LineSlab, NotePart, RowSlab, Slab, stacked
from letters.printing.document import (
    Block,
    Bookmark,
    Box,
    Cell,
    Floating,
    Footnote,
    Label,
    Paragraph,
    ParagraphFormat,
    Row,
    Table,
    inlines,
)
from letters.printing.rules_paragraphs import (
    Before,
    at_page_breaks,
    end_of_list,
    fitted,
    has_words,
    is_empty,
    is_listed,
    joins,
    label_places,
    rank_of,
    same_box,
)
from letters.printing.rules_tables import keeps_next, lacks_header, repeated
from letters.printing.structure import Node

_ORPHANS = 2
"""Lines of a paragraph that stay together at the foot and at the head of a page."""


@dataclass
class Above(Before):
    """What stands just above the next block."""

    keep: bool = False
    """Whether it must not be parted from what follows."""
    frame: Frame | None = None


class Flow:
    """Sets the blocks of one letter. With no node to stand in, they are page furniture, and not told."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.begun = False
        """Whether anything of the text is set: a page break before the first paragraph changes nothing."""

    def blocks(self, blocks: tuple[Block, ...], width: float, node: Node | None, above: Above) -> list[Slab]:
        """A run of blocks in a column ``width`` points wide; the room after the last one is left to ``above``."""
        slabs: list[Slab] = []
        boxes: list[BoxPart] = []
        at = begun = 0
        while at < len(blocks):
            if boxes and len(slabs) > begun:
                self._anchor(boxes, slabs[begun])
                boxes = []
            begun = len(slabs)
            block = blocks[at]
            if isinstance(block, Box) and block.floating is not None:
                boxes.append(self._box(block, block.floating, width, node))
                at += 1
                continue
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if isinstance(block, Table):
                slabs += self._table(block, width, node, above)
                at += 1
            elif is_listed(block):
                end = end_of_list(blocks, at)
                slabs += self._list(blocks[at:end], width, node, above)
                at = end
            else:
                slabs += self._paragraph(block, width, node, above, following)
                at += 1
        if boxes:
            self._anchor(boxes, slabs[begun] if len(slabs) > begun else None)
        return slabs

    # ------------------------------------------------------------ boxes

    def _box(self, box: Box, place: Floating, width: float, node: Node | None) -> BoxPart:
        """A box placed on the page, which leaves the text as it is."""
        if box.text_columns is not None:
            raise BeyondReach("columns")
        cell = box.rows[0].cells[0]
        _, right, _, left = cell.padding
        above, begun = Above(), self.begun
        slabs = self.blocks(
            cell.blocks, max(sum(box.columns) - left - right, 1.0), None if node is None else _under(node, ""), above
        )
        self.begun = begun
        if any(slab.forced or (isinstance(slab, LineSlab) and slab.notes) for slab in slabs):
            raise BeyondReach("a page break or a footnote in a box")
        return BoxPart(box, place, width, slabs, max(above.after, 0.0))

    @staticmethod
    def _anchor(boxes: list[BoxPart], slab: Slab | None) -> None:
        """Boxes stand where the paragraph behind them does."""
        if not isinstance(slab, LineSlab):
            raise BeyondReach("a box that is not anchored in a paragraph")
        slab.boxes += tuple(boxes)

    # ------------------------------------------------------------ paragraphs

    def _paragraph(
        self, block: Paragraph, width: float, holder: Node | None, above: Above, following: Block | None
    ) -> Iterator[Slab]:
        block = fitted(block, width)
        if block.mark.hidden and is_empty(block):
            if any(isinstance(item, Bookmark) and item.name in self.setting.wanted for item in inlines(block.content)):
                raise BeyondReach("a place that is not shown")
            return
        for piece, following_piece in self._at_breaks(block, above, following):
            node = self._told(piece, holder)
            label = self._heading_label(piece, width, node)
            yield from self._lines(piece, width, node, above, following_piece, label)
        self.begun |= block.place.startswith("body")

    @staticmethod
    def _at_breaks(block: Paragraph, above: Above, following: Block | None) -> Iterator[tuple[Paragraph, Block | None]]:
        """The pieces of a paragraph between its page breaks, each with what follows it on its page."""
        pieces = at_page_breaks(block)
        for at, (piece, kind) in enumerate(pieces):
            if kind == "column":
                raise BeyondReach("columns")
            if at:
                above.break_page = True
            last = at == len(pieces) - 1
            if at and last and not piece.content:
                break  # the mark after a page break takes no line of its own
            yield piece, following if last else None

    def _told(self, block: Paragraph, holder: Node | None) -> Node | None:
        if holder is None or is_empty(block):
            return None if holder is None else _under(holder, "P")
        level = block.format.outline_level
        if level is None or not has_words(block):
            return _under(holder, "P")
        return _under(holder, f"H{rank_of(self.setting.headings, level)}")

    def _heading_label(self, block: Paragraph, width: float, node: Node | None) -> LabelPlace | None:
        """The number of a numbered heading is part of its words."""
        label, layout = block.label, block.format
        if label is None or not label.text:
            return None
        begins, _, words = label_places(label, layout, self.setting.document.default_tab, width)
        return LabelPlace(label.text, label.format, begins, words, node)

    def _lines(
        self,
        block: Paragraph,
        width: float,
        node: Node | None,
        above: Above,
        following: Block | None,
        label: LabelPlace | None = None,
    ) -> list[Slab]:
        lines = LineSetter(self.setting, block, width, node).lines(label)
        return self._placed(block, lines, width, node, above, following)

    def _placed(
        self,
        block: Paragraph,
        lines: list[Line],
        width: float,
        node: Node | None,
        above: Above,
        following: Block | None,
    ) -> list[Slab]:
        """The lines of a paragraph as slabs, with its gap to what stands above."""
        layout, previous = block.format, above.paragraph
        space_before, space_after = layout.before, above.after
        if previous is not None and previous.style == block.style:
            space_before = 0.0 if layout.contextual_spacing else space_before
            space_after = 0.0 if previous.format.contextual_spacing else space_after
        gap = space_after + space_before if self.setting.document.spaces_add else max(space_after, space_before)
        forced = above.break_page or (layout.page_break_before and self.begun)
        boxed = previous is not None and same_box(previous.format, layout) and not above.break_page
        frame = self._frame(layout, width, above.frame if boxed else None)
        slabs = [
            LineSlab(line.height, line=line, frame=frame, keep=_keeps(layout, at, len(lines)))
            for at, line in enumerate(lines)
        ]
        for slab in slabs:
            if slab.line.notes:
                slab.notes = tuple([self._note(note, node) for note in slab.line.notes])
        first, last = slabs[0], slabs[-1]
        first.keep, first.forced = above.keep and not forced, forced
        if boxed:
            first.lead = gap
        else:
            first.before = layout.before if forced else gap
        self._edge_lines(layout, first, last, boxed=boxed, joined=joins(block, following))
        if node is not None and node.kind in _HEADINGS:
            first.heading = node
        above.after, above.paragraph, above.keep, above.frame = layout.after, block, layout.keep_next, frame
        above.break_page = above.break_column = False
        return list[Slab](slabs)

    def _note(self, note: Footnote, paragraph: Node | None) -> NotePart:
        """A footnote, told at the end of the paragraph with its mark, so as not to cut its sentence in two."""
        assert paragraph is not None
        node, above, begun = Node("Note"), Above(), self.begun
        self.setting.notes_told.append((paragraph, node))
        slabs = self.blocks(note.blocks, self.setting.section.text_width, node, above)
        self.begun = begun
        if any(not isinstance(slab, LineSlab) or slab.forced or slab.notes for slab in slabs):
            raise BeyondReach("a footnote with more than paragraphs")
        return NotePart(slabs, stacked(slabs), max(above.after, 0.0))

    @staticmethod
    def _edge_lines(layout: ParagraphFormat, first: LineSlab, last: LineSlab, *, boxed: bool, joined: bool) -> None:
        """The lines above and below a paragraph, between paragraphs of one box where they stand there."""
        top = layout.borders.between if boxed else layout.borders.top
        if top is not None:
            first.top_line = top
            first.lead += top.width + (0.0 if boxed else top.space)
        bottom = None if joined else layout.borders.bottom
        if bottom is not None:
            last.bottom_line = bottom
            last.tail += bottom.width + bottom.space
        first.height += first.lead
        last.height += last.tail

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

    def _list(self, blocks: tuple[Block, ...], width: float, holder: Node | None, above: Above) -> Iterator[Slab]:
        lists = _Lists(holder)
        for at, block in enumerate(blocks):
            assert isinstance(block, Paragraph)
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            block = fitted(block, width)
            if block.label is None:
                node = lists.continuation(block)
                yield from self._lines(block, width, node, above, following)
                continue
            mark, node = lists.item(block, block.label)
            begins, _, words = label_places(block.label, block.format, self.setting.document.default_tab, width)
            label: LabelPlace | None = LabelPlace(block.label.text, block.label.format, begins, words, mark)
            for piece, following_piece in self._at_breaks(block, above, following):
                yield from self._lines(piece, width, node, above, following_piece, label)
                label = None
            self.begun |= block.place.startswith("body")

    # ------------------------------------------------------------ tables

    def _table(self, table: Table, width: float, holder: Node | None, above: Above) -> Iterator[Slab]:
        if isinstance(table, Box) or table.floating is not None or table.bidi:
            raise BeyondReach("boxes, and tables beside the text")
        if (note := lacks_header(table)) is not None:
            self.setting.note(note)
        data = any(row.names_columns for row in table.rows)
        heads = repeated(table)
        head = body = grid = None
        if holder is not None:
            grid = _under(holder, "Table" if data else "")
            head = _under(grid, "THead") if data and heads and len(heads) < len(table.rows) else None
            body = _under(grid, "TBody" if data else "")
        left = {
            "left": table.indent,
            "center": (width - sum(table.columns)) / 2,
            "right": width - sum(table.columns),
        }[table.align]
        ruling = Ruling(table, left)
        rows: list[RowSlab] = []
        covered: dict[int, int] = {}
        for at in range(len(table.rows)):
            node = head if at < len(heads) and head is not None else body
            rows.append(self._row(table, at, ruling, None if node is None else _under(node, "TR" if data else ""),
                                  covered, data=data))  # fmt: skip
        _stretch(table, rows)
        tops = rows[: len(heads)] if len(heads) < len(rows) else []
        for at, slab in enumerate(rows):
            slab.keep = above.keep if at == 0 else keeps_next(table.rows[at - 1]) or 0 < at <= len(tops)
            if at >= len(tops):
                slab.heads = tops
        for at, row in enumerate(table.rows):
            for cell in row.cells:  # rows that a cell spans stay together
                for below in range(at + 1, min(at + cell.rows, len(rows))):
                    rows[below].keep = rows[below].tied = True
                    rows[below].splits = rows[at].splits = False
        rows[0].before, rows[0].forced = (0.0 if above.break_page else above.after), above.break_page
        above.after, above.paragraph, above.frame, above.break_page = 0.0, None, None, False
        above.keep = keeps_next(table.rows[-1])
        self.begun = True
        yield from rows

    def _row(
        self, table: Table, number: int, ruling: Ruling, node: Node | None, covered: dict[int, int], *, data: bool
    ) -> RowSlab:
        row = table.rows[number]
        cells: list[CellBox] = []
        column = 0
        # All cells of a row begin as low as the one with the most room above, and end likewise.
        top = max([cell.padding[0] for cell in row.cells], default=0.0) + ruling.boundaries[number].depth
        bottom = max([cell.padding[2] for cell in row.cells], default=0.0)
        for cell in row.cells:
            self._fill(node, column, cell.column, covered, data=data)
            cells.append(self._cell(ruling, number, cell, (top, bottom), self._cell_node(node, row, cell, data=data)))
            column = cell.column + cell.columns
            for at in range(cell.column, column):
                covered[at] = cell.rows
        self._fill(node, column, len(table.columns), covered, data=data)
        for at in [at for at, more in covered.items()]:
            covered[at] -= 1
            if not covered[at]:
                del covered[at]
        single = [cell for cell in cells if cell.cell.rows == 1]
        height = max([cell.top + stacked(cell.slabs) + cell.bottom for cell in single], default=0.0)
        return RowSlab(
            max(height, row.height), cells=cells, splits=not (row.cant_split or row.header or row.exact),
            least=row.height, above=ruling.boundaries[number], below=ruling.boundaries[number + 1],
            upright=ruling.uprights(number),
        )  # fmt: skip

    @staticmethod
    def _fill(node: Node | None, start: int, end: int, covered: dict[int, int], *, data: bool) -> None:
        """Empty cells where a row has none; a cell from above needs none."""
        if node is not None and data:
            for at in range(start, end):
                if at not in covered:
                    _under(node, "TD")

    @staticmethod
    def _cell_node(row_node: Node | None, row: Row, cell: Cell, *, data: bool) -> Node | None:
        if row_node is None:
            return None
        node = _under(row_node, ("TH" if row.names_columns else "TD") if data else "")
        node.columns, node.rows = cell.columns, cell.rows
        return node

    def _cell(self, ruling: Ruling, number: int, cell: Cell, room: tuple[float, float], node: Node | None) -> CellBox:
        """A cell whose first row is the given one. Its words begin where its padding says, or beside a wider line."""
        x = ruling.edges[cell.column]
        width = ruling.edges[min(cell.column + cell.columns, ruling.columns)] - x
        top, bottom = room
        _, right, _, inset = cell.padding
        left_line, right_line = ruling.beside(number, cell)
        inset, right = max(inset, left_line), max(right, right_line)
        above = Above()
        slabs = self.blocks(cell.blocks, max(width - inset - right, 1.0), node, above)
        if any(slab.forced or (isinstance(slab, LineSlab) and slab.notes) for slab in slabs):
            raise BeyondReach("a page break or a footnote in a table")
        below = max(bottom + above.after, 0.0)
        if number + cell.rows >= ruling.rows:
            below += ruling.boundaries[-1].depth
        return CellBox(cell, x, width, top, below, inset, slabs, node)


_HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})


def _under(holder: Node, kind: str) -> Node:
    node = Node(kind)
    holder.kids.append(node)
    return node


def _keeps(layout: ParagraphFormat, at: int, count: int) -> bool:
    """Whether no page may begin with a line of a paragraph."""
    if not at:
        return False
    if layout.keep_lines or layout.keep_next:  # LibreOffice moves what is kept with the next paragraph as a whole
        return True
    return layout.widow_control and (at < _ORPHANS or count - at < _ORPHANS)


def _stretch(table: Table, rows: list[RowSlab]) -> None:
    """Let the last row that a cell spans hold what the cell's rows do not, and say how far down each cell goes."""
    for at, (row, slab) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, slab.cells, strict=True):
            last = min(at + cell.rows, len(rows))
            wanted = box.top + stacked(box.slabs) + box.bottom
            there = sum([each.height for each in rows[at:last]])
            if wanted > there:
                rows[last - 1].height += wanted - there
    for at, (row, slab) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, box in zip(row.cells, slab.cells, strict=True):
            box.reach = sum([each.height for each in rows[at : at + cell.rows]])


class _Lists:
    """The nodes of a run of list paragraphs: nested lists, whose items have a label and a body."""

    def __init__(self, holder: Node | None) -> None:
        self.holder = holder
        self.open: list[tuple[bool, int, int, Node, Node, float]] = []
        """Lists now open: ordered, level, list id, node, body of the last item, and where its words begin."""

    def item(self, block: Paragraph, label: Label) -> tuple[Node | None, Node | None]:
        """The nodes of the label and of the words of an item."""
        if self.holder is None:
            return None, None
        while self.open and (
            self.open[-1][1] > label.level
            or (self.open[-1][1] == label.level and self.open[-1][2] != label.list_id and len(self.open) > 1)
        ):
            self.open.pop()
        if self.open and self.open[-1][:3] == (label.ordered, label.level, label.list_id):
            node = self.open.pop()[3]
        else:
            if self.open and self.open[-1][1] >= label.level:
                self.open.pop()
            node = _under(self.open[-1][4] if self.open else self.holder, "L")
        item = _under(node, "LI")
        mark = _under(item, "Lbl") if label.text else None
        body = _under(item, "LBody")
        self.open.append((label.ordered, label.level, label.list_id, node, body, block.format.left))
        return mark, _under(body, "P")

    def continuation(self, block: Paragraph) -> Node | None:
        """The node of a paragraph of an item that has no number of its own."""
        if self.holder is None:
            return None
        while len(self.open) > 1 and self.open[-1][5] > block.format.left:
            self.open.pop()
        return _under(self.open[-1][4], "P")
