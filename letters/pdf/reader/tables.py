"""Reads tables: their grid, merged cells, and the table style of every cell (17.4, 17.7.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Literal, TypeAlias

from lxml import etree
from msgspec import Struct

from letters._text.lazy_property import lazy_property
from letters.docx.attribute_values import flag, hex_of, number_of, points, shade_of, value_of
from letters.docx.markup import THROUGH
from letters.docx.names import P_PR, TC, TR, Node, P, w
from letters.pdf.document import Block, Border, Borders, Cell, Floating, Row, Table
from letters.pdf.reader.automatic_color import is_dark, on_dark
from letters.pdf.reader.automatic_space import with_automatic_space
from letters.pdf.reader.boxes import frame_position, table_position
from letters.pdf.reader.context import CellStyle, StoryPart
from letters.pdf.reader.formats import Props, edges_of, lay_over, paragraph_properties, run_properties
from letters.pdf.reader.lists import with_lists
from letters.pdf.reader.styles import Style
from letters.pdf.reader.table_headings import with_plain_headings

Blocks = Callable[[Node, CellStyle, int], list[Block]]
"""Reads the blocks inside a cell, at some depth of nesting."""
Padding: TypeAlias = tuple[float, float, float, float]
"""Top, right, bottom, left."""

_CONDITIONS = (
    "wholeTable", "band1Vert", "band2Vert", "band1Horz", "band2Horz", "firstCol", "lastCol", "firstRow",
    "lastRow",
    "neCell", "nwCell", "seCell", "swCell",
)  # fmt: skip


_MOST_COLUMNS = 63
"""The most Word allows in a table."""


_USUAL_LOOK = 0x04A0
"""The parts of its style that a table has if it does not say: first row, first column, and bands of rows."""


def _measure(node: Node | None) -> tuple[str, str]:
    """The type and the value of a table measurement (17.4.87): twentieths of a point unless it says otherwise."""
    if node is None:
        return "auto", "0"
    said = node.get(w("w"), "0")
    return "pct" if said.endswith("%") else node.get(w("type"), "dxa"), said


def _span(properties: Node | None) -> int:
    """How many columns a cell spans (17.4.17)."""
    return min(max(1, int(number_of(value_of(properties, "gridSpan"), 1))), _MOST_COLUMNS)


def frame_around(table: Node) -> Props:
    """The frame that a table is in: all of its paragraphs ask for the same one, as old versions of Word wrote it; empty
    for none.
    """
    if table.find(_FIRST_FRAME) is None:
        return {}
    frames = [paragraph_properties(each.find(P_PR)).get("frame", {}) for each in table.iter(P)]
    return frames[0] if all(each == frames[0] for each in frames) else {}


_FIRST_FRAME = f"{TR}/{TC}/{P}/{P_PR}/{w('framePr')}"
_TURNED: dict[str, Literal["left", "right"]] = {
    "btLr": "left", "tbRl": "right", "tbRlV": "right", "tbLrV": "right", "lr": "left", "rl": "right", "rlV": "right",
}  # fmt: skip
"""The directions of text (17.18.93) in which lines are upright, by both of their names."""


class _Slot(Struct):
    """A cell before vertical merging, with its position in the grid."""

    node: Node
    row: int
    column: int
    span: int
    merge: str
    rows: int = 1


class TableReader:
    """Reads one ``w:tbl`` (17.4) and applies its style (17.7.6)."""

    def __init__(self, part: StoryPart, node: Node, depth: int, blocks: Blocks) -> None:
        self.part, self.node, self.depth, self.blocks = part, node, depth, blocks
        self.styles = part.context.styles
        properties = node.find(w("tblPr"))
        self.properties = properties
        self.chain = self.styles.chain(self.styles.resolved(value_of(properties, "tblStyle"), "table"))
        self.look = self._read_look()
        self.rows = list(self._iter_rows(node))
        self.bands = [int(self._own(name, 1)) or 1 for name in ("tblStyleRowBandSize", "tblStyleColBandSize")]

    def _iter_rows(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == w("tr"):
                yield child
            elif child.tag in THROUGH:
                yield from self._iter_rows(child)

    def _iter_cells(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == w("tc"):
                yield child
            elif child.tag in THROUGH:
                yield from self._iter_cells(child)

    def _own(self, name: str, otherwise: float) -> float:
        for style in reversed(self.chain):
            if (value := value_of(style.node.find(w("tblPr")), name)) is not None:
                return number_of(value, otherwise)
        return otherwise

    def _table_properties(self) -> Iterator[Node]:
        """``tblPr`` of the styles, the most basic first, then the table's own."""
        for style in self.chain:
            if (found := style.node.find(w("tblPr"))) is not None:
                yield found
        if self.properties is not None:
            yield self.properties

    def _read_look(self) -> dict[str, bool]:
        node = None if self.properties is None else self.properties.find(w("tblLook"))
        bits = _USUAL_LOOK if node is None else hex_of(node.get(w("val")))
        named = {
            "firstRow": 0x20,
            "lastRow": 0x40,
            "firstColumn": 0x80,
            "lastColumn": 0x100,
            "noHBand": 0x200,
            "noVBand": 0x400,
        }
        said = {name: None if node is None else node.get(w(name)) for name in named}
        return {
            name: bool(bits & bit) if (own := said[name]) is None else own in ("1", "true", "on")
            for name, bit in named.items()
        }

    def read(self) -> list[Block]:
        location = self.part.location("table after paragraph", first=next(self.node.iter(w("p")), None))
        columns = self._grid()
        slots = self._slots()
        width = max([1, len(columns), *(slot.column + slot.span for row in slots for slot in row)])
        padding = self._padding(self._table_properties())
        columns = self._fitted((columns + [36.0] * width)[:width], padding)
        self._merge(slots)
        self.size, self.columns = (len(slots), width), columns
        rows = tuple(self._row(node, row, padding) for node, row in zip(self.rows, slots, strict=True))
        if not any(row.cells for row in rows):
            return []
        rtl = flag(self.properties, "bidiVisual")
        indent = self._indent(padding)
        if any(number_of(node.get(w("w"))) > 0 for node in self._own_properties("tblCellSpacing")):
            self.part.note("The space between the cells of a table is not carried over.", code="look")
        table = Table(rows, tuple(columns), self._align(), indent, location, self._floating(), rtl)
        return [with_plain_headings(table)]

    def _own_properties(self, name: str) -> Iterator[Node]:
        """A property of the table, and of its rows (17.4.43, 17.4.44)."""
        for holder in (self.properties, *[row.find(w("trPr")) for row in self.rows]):
            if holder is not None:
                yield from holder.iterchildren(w(name))

    def _floating(self) -> Floating | None:
        node = None if self.properties is None else self.properties.find(w("tblpPr"))
        if node is None:
            return frame_position(self.part, frame) if (frame := frame_around(self.node)) else None
        return table_position(self.part, {etree.QName(key).localname: value for key, value in node.attrib.items()})

    def _grid(self) -> list[float]:
        grid = self.node.find(w("tblGrid"))
        widths = [] if grid is None else [points(col.get(w("w"))) for col in grid.iterchildren(w("gridCol"))]
        if any(width <= 0 for width in widths) or not widths:
            widths = self._widths_from_cells(len(widths))
        return widths

    def _fitted(self, columns: list[float], padding: Padding) -> list[float]:
        """The grid is what Word drew last; the table's own width overrides it, or the page's if the table has none.

        In files for older versions than Word 2013, the text of a table may be as wide as that of the page, and its
        cells are wider by their padding.
        """
        total, room = sum(columns), self.part.context.text_width
        kind, said = _measure(None if self.properties is None else self.properties.find(w("tblW")))
        fixed = value_of(self.properties, "tblLayout", "type") == "fixed"
        if total <= 0:  # no width anywhere
            return [room / len(columns)] * len(columns)
        wanted = total
        if kind == "pct":
            share = float(said[:-1]) / 100 if said.endswith("%") else number_of(said) / 5000
            wanted = room * share if share > 0 else total
        elif kind == "dxa" and points(said) > 0 and not fixed:
            wanted = points(said)
        elif not fixed:
            outside = 0.0 if self.part.context.since_word_2013 else padding[1] + padding[3]
            wanted = min(total, room + outside)
        if abs(wanted - total) < total / 100:
            return columns
        return [width * wanted / total for width in columns]

    def _widths_from_cells(self, known: int) -> list[float]:
        """The widths of the cells of the row with the most columns, or equal shares of the page."""
        best: list[float] = []
        for row in self.rows:
            widths: list[float] = []
            for cell in self._iter_cells(row):
                properties = cell.find(w("tcPr"))
                span = _span(properties)
                kind, said = _measure(None if properties is None else properties.find(w("tcW")))
                width = points(said) if kind == "dxa" else 0.0
                widths += [width / span] * span
            if len(widths) > len(best):
                best = widths
        count = max(known, len(best), 1)
        share = self.part.context.text_width / count
        best += [0.0] * (count - len(best))
        return [width or share for width in best]

    def _slots(self) -> list[list[_Slot]]:
        found = []
        for at, row in enumerate(self.rows):
            properties = row.find(w("trPr"))
            column = min(max(int(number_of(value_of(properties, "gridBefore"))), 0), _MOST_COLUMNS)
            slots = []
            for cell in self._iter_cells(row):
                cell_properties = cell.find(w("tcPr"))
                span = _span(cell_properties)
                merge_node = None if cell_properties is None else cell_properties.find(w("vMerge"))
                merge = "" if merge_node is None else merge_node.get(w("val"), "continue")
                slots.append(_Slot(cell, at, column, span, merge))
                column += span
            found.append(slots)
        return found

    def _merge(self, rows: list[list[_Slot]]) -> None:
        """17.4.84: a cell that continues the one above extends it."""
        above: dict[int, _Slot] = {}
        for row in rows:
            here: dict[int, _Slot] = {}
            for slot in row:
                owner = above.get(slot.column) if slot.merge == "continue" else None
                # Word hides text in a cell merged away; it is shown here rather than lost.
                has_words = "".join(slot.node.itertext(w("t"))).strip()
                if owner is not None and owner.span == slot.span and not has_words:
                    owner.rows += 1
                    slot.rows = 0
                    here[slot.column] = owner
                elif slot.merge:
                    here[slot.column] = slot
            above = here

    def _align(self) -> Literal["left", "center", "right"]:
        found = "left"
        for properties in self._table_properties():
            found = value_of(properties, "jc") or found
        return "center" if found == "center" else "right" if found in ("right", "end") else "left"

    def _indent(self, padding: Padding) -> float:
        """From the text margin: of the cell's text before Word 2013, of the grid since then."""
        indent = 0.0
        for properties in self._table_properties():
            kind, said = _measure(properties.find(w("tblInd")))
            if kind == "dxa":  # other types are ignored (17.4.50)
                indent = points(said)
        return indent if self.part.context.since_word_2013 else indent - padding[3]

    def _padding(self, sources: Iterator[Node], name: str = "tblCellMar") -> Padding:
        found = {"top": 0.0, "right": 5.4, "bottom": 0.0, "left": 5.4}
        for properties in sources:
            self._read_padding(properties.find(w(name)), found)
        return found["top"], found["right"], found["bottom"], found["left"]

    @staticmethod
    def _read_padding(node: Node | None, into: dict[str, float]) -> None:
        for child in () if node is None else node.iterchildren(tag=etree.Element):
            side = {"start": "left", "end": "right"}.get(etree.QName(child).localname, etree.QName(child).localname)
            kind, said = _measure(child)
            if side in into and kind in ("dxa", "nil"):
                into[side] = max(points(said), 0.0) if kind == "dxa" else 0.0

    @lazy_property
    def _first_headers(self) -> int:
        """How many rows at the beginning are marked as headers."""
        marked = (flag(row.find(w("trPr")), "tblHeader") for row in self.rows)
        return sum(takewhile(bool, marked))

    def _row(self, node: Node, slots: list[_Slot], padding: Padding) -> Row:
        properties = node.find(w("trPr"))
        height = points(value_of(properties, "trHeight"))
        at = slots[0].row if slots else 0
        header = flag(properties, "tblHeader") and at <= self._first_headers
        set_apart = (
            at == 0
            and self.look["firstRow"]
            and any(self._conditional(style, "firstRow") is not None for style in self.chain)
        )
        return Row(
            cells=tuple(self._cell(slot, padding) for slot in slots if slot.rows),
            height=height,
            exact=value_of(properties, "trHeight", "hRule") == "exact",
            header=header,
            names_columns=header or (set_apart and self.size[0] > 1),
            cant_split=flag(properties, "cantSplit"),
        )

    @staticmethod
    def _conditional(style: Style, kind: str) -> Node | None:
        for node in style.node.iterchildren(w("tblStylePr")):
            if node.get(w("type")) == kind:
                return node
        return None

    def _conditions(self, slot: _Slot) -> list[str]:
        """The parts of the table style that apply to a cell, the weakest first (17.7.6)."""
        rows, columns = self.size
        last_row, last_column = slot.row + slot.rows == rows, slot.column + slot.span == columns
        first_row, first_column = (
            slot.row == 0 and self.look["firstRow"],
            slot.column == 0 and self.look["firstColumn"],
        )
        last_row, last_column = last_row and self.look["lastRow"], last_column and self.look["lastColumn"]
        found = {"wholeTable"}
        if not self.look["noVBand"] and not first_column and not last_column:
            band = (slot.column - self.look["firstColumn"]) // self.bands[1] % 2
            found.add(f"band{band + 1}Vert")
        if not self.look["noHBand"] and not first_row and not last_row:
            band = (slot.row - self.look["firstRow"]) // self.bands[0] % 2
            found.add(f"band{band + 1}Horz")
        named = {
            "firstRow": first_row, "lastRow": last_row, "firstCol": first_column, "lastCol": last_column,
            "nwCell": first_row and first_column, "neCell": first_row and last_column,
            "swCell": last_row and first_column, "seCell": last_row and last_column,
        }  # fmt: skip
        found |= {name for name, applies in named.items() if applies}
        return [name for name in _CONDITIONS if name in found]

    def _cell(self, slot: _Slot, padding: Padding) -> Cell:
        conditions = self._conditions(slot)
        run: Props = {}
        paragraph: Props = {}
        shading = ""
        align = "top"
        for style in self.chain:
            run.update(style.run)
            lay_over(paragraph, style.paragraph)
        sources: list[tuple[str | None, Node]] = [(None, style.node) for style in self.chain]
        sources += [(name, node) for name in conditions for style in self.chain
                    if (node := self._conditional(style, name)) is not None]  # fmt: skip
        for name, node in sources:
            if name is not None:
                run.update(run_properties(node.find(w("rPr")), self.styles.fonts))
                lay_over(paragraph, paragraph_properties(node.find(w("pPr"))))
            properties = node.find(w("tcPr"))
            shading = shade_of(None if properties is None else properties.find(w("shd"))) or shading
            align = value_of(properties, "vAlign") or align
        own = slot.node.find(w("tcPr"))
        if own is not None and own.find(w("shd")) is not None:
            shading = shade_of(own.find(w("shd")))
        align = value_of(own, "vAlign") or align
        sides = dict(zip(("top", "right", "bottom", "left"), padding, strict=True))
        self._read_padding(None if own is None else own.find(w("tcMar")), sides)
        key = f"{'/'.join(style.id for style in self.chain)}|{'/'.join(conditions)}" if self.chain else ""
        look = CellStyle(run, paragraph, key)
        blocks = self._inside(slot, look, sides)
        return Cell(
            blocks=tuple(on_dark(blocks)) if is_dark(shading) else blocks,
            column=slot.column,
            columns=slot.span,
            rows=slot.rows,
            borders=self._borders(slot, conditions, own),
            shading=shading,
            padding=(sides["top"], sides["right"], sides["bottom"], sides["left"]),
            align="middle" if align in ("center", "both") else "bottom" if align == "bottom" else "top",
            turned=_TURNED.get(value_of(own, "textDirection") or "", ""),
        )

    def _inside(self, slot: _Slot, look: CellStyle, padding: dict[str, float]) -> tuple[Block, ...]:
        """The content of a cell, read for its width. Pages do not break in it."""
        context = self.part.context
        room, breakable = context.text_width, context.breakable
        width = sum(self.columns[slot.column : slot.column + slot.span]) - padding["left"] - padding["right"]
        context.text_width, context.breakable = max(width, 1.0), False
        blocks = self.blocks(slot.node, look, self.depth + 1)
        found = with_lists(with_automatic_space(blocks, like_html=context.like_html, begins=True, ends=True))
        context.text_width, context.breakable = room, breakable
        return found

    def _borders(self, slot: _Slot, conditions: list[str], own: Node | None) -> Borders:
        """The four borders of a cell: the table's, then the style's conditional ones, then the cell's own (17.4.67)."""
        rows, columns = self.size
        edges: dict[str, Border] = {}
        table: dict[str, Border] = {}
        for properties in self._table_properties():
            table.update(edges_of(properties.find(w("tblBorders"))))
        whole = (0, rows, 0, columns)
        self._lay(edges, table, slot, whole)
        for name in conditions:
            region = {
                "firstRow": (0, 1, 0, columns), "lastRow": (rows - 1, rows, 0, columns),
                "firstCol": (0, rows, 0, 1), "lastCol": (0, rows, columns - 1, columns),
                "wholeTable": whole,
            }.get(name, (slot.row, slot.row + slot.rows, 0, columns) if "Horz" in name
                  else (slot.row, slot.row + slot.rows, slot.column, slot.column + slot.span))  # fmt: skip
            for style in self.chain:
                node = self._conditional(style, name)
                if node is not None:
                    found = edges_of(node.find(f"{w('tblPr')}/{w('tblBorders')}"))
                    found.update(edges_of(node.find(f"{w('tcPr')}/{w('tcBorders')}")))
                    self._lay(edges, found, slot, region)
        edges.update(edges_of(None if own is None else own.find(w("tcBorders"))))
        shown = {side: line for side, line in edges.items() if side in ("top", "right", "bottom", "left")}
        return Borders(**{side: line for side, line in shown.items() if line.style != "none"})

    @staticmethod
    def _lay(
        edges: dict[str, Border], found: dict[str, Border], slot: _Slot, region: tuple[int, int, int, int]
    ) -> None:
        top, bottom, left, right = region
        inner = {
            "top": "top" if slot.row <= top else "insideH",
            "bottom": "bottom" if slot.row + slot.rows >= bottom else "insideH",
            "left": "left" if slot.column <= left else "insideV",
            "right": "right" if slot.column + slot.span >= right else "insideV",
        }
        for side, name in inner.items():
            if name in found:
                edges[side] = found[name]
