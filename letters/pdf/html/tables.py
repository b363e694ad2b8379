"""Writes tables: data tables with their headers, and layout tables as plain boxes."""

from __future__ import annotations

from collections.abc import Callable

from letters.pdf.document import Block, Box, Cell, Row, Table
from letters.pdf.html.css import border_css, pt
from letters.pdf.html.positions import is_in_flow, placing
from letters.pdf.html.stylesheet import CssCollector
from letters.pdf.layout_rules.paragraphs import PrecedingBlock
from letters.pdf.layout_rules.tables import is_data, keeps_next, lacks_header, printed_upright, repeated

Blocks = Callable[[tuple[Block, ...], float, PrecedingBlock], str]
"""Writes blocks in a column of the given width."""


class TableWriter:
    """Writes a table. One without column headings is not tagged as a table."""

    def __init__(self, sheet: CssCollector, table: Table, width: float, blocks: Blocks) -> None:
        self.sheet, self.table, self.width, self.blocks = sheet, table, width, blocks
        self.is_data = is_data(table)
        if (note := lacks_header(table)) is not None:
            sheet.note(note)
        if any(cell.turned for row in table.rows for cell in row.cells):
            sheet.note(printed_upright(table))
        self.tags = ("table", "tr", "td") if self.is_data else ("div", "div", "div")
        self.covered: dict[int, int] = {}
        """Columns that a cell from a row above still spans, and for how many more rows."""

    def write(self, before: PrecedingBlock) -> str:
        table = self.table
        total = sum(table.columns)
        left = {
            "left": table.indent, "center": (self.width - total) / 2, "right": self.width - total,
        }[table.align]  # fmt: skip
        found = [f"width:{pt(total)}"]
        if table.bidi:
            left = self.width - total - left
            found.append("direction:rtl")
        place = table.floating
        if place is not None:
            found += placing(self.sheet, place, total, sum(row.height for row in table.rows), self.width)
        elif pt(left) != "0":
            found.append(f"margin-left:{pt(left)}")
        if place is None or is_in_flow(self.sheet, place, total, self.width):
            margin = before.after - before.baseline_shift
            if pt(margin) != "0" and place is None:
                found.append(f"margin-top:{pt(margin)}")
            if before.break_page:
                found.append("break-before:page")
            before.after, before.baseline_shift, before.paragraph, before.break_page = 0.0, 0.0, None, False
        name = self.sheet.classes.name("t", ";".join(found))
        tag, row_tag, _ = self.tags
        kind = "" if self.is_data else " layout"
        heads = repeated(table)
        rest = list(table.rows[len(heads) :])
        out = [f'<{tag} class="grid{kind} {name}">']
        out += self._sizing()
        if heads and rest:
            out.append("<thead>" + "".join(self._row(row, row_tag) for row in heads) + "</thead>")
        else:
            rest = list(table.rows)
        body = "".join(self._row(row, row_tag) for row in rest)
        out.append(f"<tbody>{body}</tbody>" if self.is_data else body)
        out.append(f"</{tag}>")
        return "".join(out)

    def _sizing(self) -> list[str]:
        """Column widths; in a layout table the cells of the first row give them, unless one spans columns."""
        if not self.is_data and all(cell.columns == 1 for cell in self.table.rows[0].cells):
            return []
        column = "" if self.is_data else "display:table-column;"
        names = [self.sheet.classes.name("c", f"{column}width:{pt(width)}") for width in self.table.columns]
        if not self.is_data:
            return [f'<div class="{name}"></div>' for name in names]
        return ["<colgroup>", *(f'<col class="{name}">' for name in names), "</colgroup>"]

    def _row(self, row: Row, tag: str) -> str:
        found = []
        if row.height:
            found.append(f"height:{pt(max(row.height, 0.0))}")
        if row.cant_split or any(isinstance(block, Table | Box) for cell in row.cells for block in cell.blocks):
            # WeasyPrint loses what follows a nested table in a cell that breaks across pages.
            found.append("break-inside:avoid")
        if keeps_next(row):
            found.append("break-after:avoid")
        name = self.sheet.classes.name("tr", ";".join(found)) if found else ""
        kinds = " ".join(part for part in ("" if self.is_data else "row", name) if part)
        cells, column = [], 0
        for cell in row.cells:
            cells += self._fillers(column, cell.column)
            cells.append(self._cell(row, cell))
            column = cell.column + cell.columns
            for covered in range(cell.column, column):
                self.covered[covered] = cell.rows
        cells += self._fillers(column, len(self.table.columns))
        self.covered = {at: left - 1 for at, left in self.covered.items() if left > 1}
        open_tag = f'<{tag} class="{kinds}">' if kinds else f"<{tag}>"
        return f"{open_tag}{''.join(cells)}</{tag}>"

    def _fillers(self, start: int, end: int) -> list[str]:
        """Empty cells where a row has none, except under a cell that spans rows."""
        tag = self.tags[2]
        kinds = "" if self.is_data else ' class="cell"'
        return [f"<{tag}{kinds}></{tag}>" for at in range(start, end) if at not in self.covered]

    def _cell(self, row: Row, cell: Cell) -> str:
        width = sum(self.table.columns[cell.column : cell.column + cell.columns])
        top, right, bottom, left = cell.padding
        before = PrecedingBlock()
        inner = self.blocks(cell.blocks, max(width - left - right, 1.0), before)
        found = [
            f"padding:{pt(top)} {pt(right)} {pt(max(bottom + before.after - before.baseline_shift, 0.0))} {pt(left)}"
        ]
        found += [border_css(side, line) for side, line in cell.borders.edges()]
        if self.table.bidi:
            found.append("direction:ltr")
        if cell.shading:
            found.append(f"background:{cell.shading}")
        if cell.align != "top":
            found.append(f"vertical-align:{cell.align}")
        if not self.is_data:
            found.append(f"width:{pt(width)};box-sizing:border-box")
        name = self.sheet.classes.name("d", ";".join(found))
        tag = "th" if self.is_data and (row.names_columns or cell.names_row) else self.tags[2]
        kinds = name if self.is_data else f"cell {name}"
        spans = (f' colspan="{cell.columns}"' if cell.columns > 1 else "") + (
            f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        )
        scope = f' scope="{"col" if row.names_columns else "row"}"' if tag == "th" else ""
        return f'<{tag} class="{kinds}"{scope}{spans}>{inner}</{tag}>'
