"""Writes boxes: text boxes, frames, drawn lines, and text in columns."""

from __future__ import annotations

from collections.abc import Callable

from letters.errors import Problem
from letters.pdf.document import Block, Box
from letters.pdf.html.css import border_css, pt
from letters.pdf.html.positions import is_in_flow, placing
from letters.pdf.html.stylesheet import CssCollector
from letters.pdf.layout_rules.paragraphs import PrecedingBlock

Blocks = Callable[[tuple[Block, ...], float, PrecedingBlock], str]
"""Writes blocks in a column of the given width."""


class BoxWriter:
    """Writes one box in a column ``width`` points wide."""

    def __init__(self, sheet: CssCollector, box: Box, width: float, blocks: Blocks) -> None:
        self.sheet, self.box, self.width, self.blocks = sheet, box, width, blocks
        self.own_width = box.width

    def write(self, before: PrecedingBlock) -> str:
        if self.box.text_columns is not None:
            return self._columns(before)
        plain = not (self.box.borders or self.box.shading or any(self.box.padding) or self.box.height)
        if self.box.floating is None and plain:
            return self._shifted(before)
        return self._set_apart(before)

    def _columns(self, before: PrecedingBlock) -> str:
        columns = self.box.text_columns
        assert columns is not None
        if columns.widths:
            self.sheet.note(
                Problem(
                    "Columns of different widths are printed with equal widths.",
                    where=self.box.location.text,
                    code="columns",
                )
            )
        found = [
            f"column-count:{columns.count}",
            f"column-gap:{pt(columns.gap)}",
            f"column-fill:{'balance' if columns.balanced else 'auto'}",
            f"margin-left:{pt(self.box.indent)}",
            f"width:{pt(self.own_width)}",
            *self._gap(before),
        ]
        if columns.ruled:
            found.append("column-rule:0.5pt solid #000000")
        each = (self.own_width - columns.gap * (columns.count - 1)) / columns.count
        inner = PrecedingBlock()
        html = self.blocks(self.box.blocks, each, inner)
        before.after, before.baseline_shift, before.paragraph, before.break_page = (
            inner.after,
            inner.baseline_shift,
            None,
            False,
        )
        return f'<div class="{self.sheet.classes.name("k", ";".join(found))}">{html}</div>'

    def _shifted(self, before: PrecedingBlock) -> str:
        """Text between other margins, which continues the flow."""
        html = self.blocks(self.box.blocks, self.own_width, before)
        right = self.width - self.box.indent - self.own_width
        name = self.sheet.classes.name("k", f"margin-left:{pt(self.box.indent)};margin-right:{pt(right)}")
        return f'<div class="{name}">{html}</div>'

    def _gap(self, before: PrecedingBlock) -> list[str]:
        found = ["break-before:page"] if before.break_page or self.box.page_break_before else []
        margin = before.after - before.baseline_shift
        return [*found, f"margin-top:{pt(margin)}"] if pt(margin) != "0" else found

    def _set_apart(self, before: PrecedingBlock) -> str:
        box, place = self.box, self.box.floating
        top, right, bottom, left = box.padding
        # before its content is written, which begins the text
        placed = placing(self.sheet, place, self.own_width, box.height, self.width) if place is not None else []
        in_flow = is_in_flow(self.sheet, place, self.own_width, self.width)
        begun, inner = self.sheet.begun, PrecedingBlock()
        html = self.blocks(box.blocks, max(self.own_width - left - right, 1.0), inner) if box.blocks else ""
        self.sheet.begun = begun or in_flow
        below = max(inner.after - inner.baseline_shift, 0.0)
        found = [
            "box-sizing:border-box",
            f"width:{pt(self.own_width)}",
            f"{'height' if box.has_fixed_height else 'min-height'}:{pt(box.height)}",
            f"padding:{pt(top)} {pt(right)} {pt(bottom + below)} {pt(left)}",
            "text-indent:0",
        ]
        found += [border_css(side, line) for side, line in box.borders.edges()]
        if box.shading:
            found.append(f"background:{box.shading}")
        if place is not None:
            found += placed
            if in_flow:
                self._ended(before)
        else:
            free = {"left": 0.0, "center": 0.5, "right": 1.0}[box.align] * (self.width - self.own_width)
            found += [f"margin-left:{pt(box.indent + free)}", *self._gap(before)]
            self._ended(before)
        if box.vertical_align != "top" and html:
            inside = self.sheet.classes.name(
                "v",
                f"display:table-cell;vertical-align:{box.vertical_align};height:{pt(box.height - top - bottom)};"
                f"width:{pt(self.own_width - left - right)}",
            )
            html = f'<div class="{inside}">{html}</div>'
        return f'<div class="{self.sheet.classes.name("b", ";".join(found))}">{html}</div>'

    @staticmethod
    def _ended(before: PrecedingBlock) -> None:
        before.after, before.baseline_shift, before.paragraph, before.break_page = 0.0, 0.0, None, False
