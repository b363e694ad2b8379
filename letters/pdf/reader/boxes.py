"""Boxes of a Word letter made of what has been read: text boxes, drawn rules, frames and text in columns."""

from __future__ import annotations

from typing import Any, Literal, cast

from letters.docx.values import points
from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Box,
    Cell,
    Columns,
    Floating,
    Paragraph,
    Row,
    Text,
    inlines,
)
from letters.pdf.reader.book import StoryPart
from letters.pdf.reader.formats import Props
from letters.pdf.reader.shapes import Shape

_SLACK = 2.0
"""Points added to a box as wide as its words, so that rounding does not break its lines."""


def box_of(
    blocks: list[Block],
    width: float,
    place: str,
    *,
    height: float = 0.0,
    exact: bool = False,
    floating: Floating | None = None,
    text_columns: Columns | None = None,
    indent: float = 0.0,
    look: Shape | None = None,
    align: Literal["left", "center", "right"] = "left",
) -> Box:
    """One cell of ``blocks``, with the lines, colour and inner room of ``look``."""
    look = look or Shape(None, width, height)
    cell = Cell(tuple(blocks), 0, 1, 1, look.borders, look.fill, look.padding, look.align)
    return Box(
        rows=(Row((cell,), height, exact, header=False, names_columns=False, cant_split=False),),
        columns=(width,),
        align=align,
        indent=indent,
        place=place,
        floating=floating,
        height=height,
        text_columns=text_columns,
        drawn=not blocks,
    )


def shape_box(shape: Shape, blocks: list[Block], place: str, align: str) -> Box:
    """A text box, or a drawn rule when there are no blocks."""
    side = cast(Any, {"right": "right", "center": "center"}.get(align, "left"))
    return box_of(blocks, shape.width, place, height=shape.height, floating=shape.floating, look=shape, align=side)


def frame_box(part: StoryPart, said: Props, inside: list[Block], place: str) -> Box:
    """Paragraphs in a frame (17.3.1.11)."""
    # As LibreOffice has it: a frame told to stand at an edge stands at that of the margins.
    v_anchor, h_anchor = said.get("vAnchor", "margin" if "yAlign" in said else "text"), said.get("hAnchor", "text")
    x_align, y_align = said.get("xAlign", ""), said.get("yAlign", "")
    room_x, room_y = points(said.get("hSpace")), points(said.get("vSpace"))
    dropped = said.get("dropCap") in ("drop", "margin")
    wraps = "square" if dropped or said.get("wrap", "around") in ("around", "auto", "tight", "through") else "none"
    width = points(said.get("w")) or min(_natural_width(inside), part.book.text_width)
    place_at = Floating(
        x=points(said.get("x")),
        y=points(said.get("y")),
        x_from="page" if h_anchor == "page" else "margin" if h_anchor == "margin" else "column",
        y_from="page" if v_anchor == "page" else "margin" if v_anchor == "margin" else "paragraph",
        x_align=cast(Any, {"inside": "left", "outside": "right"}.get(x_align, x_align)),
        y_align=cast(Any, {"inside": "top", "outside": "bottom", "inline": ""}.get(y_align, y_align)),
        wraps=cast(Any, wraps if wraps == "square" else "top-and-bottom"),
        distance=(room_y, room_x, room_y, room_x),
        part=part.kind,
    )
    exact = said.get("hRule") == "exact"
    return box_of(inside, width, place, height=points(said.get("h")), exact=exact, floating=place_at)


def table_place(part: StoryPart, said: Props) -> Floating:
    """Where a table with text flowing round it stands (17.4.58)."""
    h_anchor, v_anchor = said.get("horzAnchor", "text"), said.get("vertAnchor", "text")
    x_align, y_align = said.get("tblpXSpec", ""), said.get("tblpYSpec", "")
    sides = [points(said.get(f"{side}FromText")) for side in ("top", "right", "bottom", "left")]
    return Floating(
        x=points(said.get("tblpX")),
        y=points(said.get("tblpY")),
        x_from="page" if h_anchor == "page" else "margin" if h_anchor == "margin" else "column",
        y_from="page" if v_anchor == "page" else "margin" if v_anchor == "margin" else "paragraph",
        x_align=cast(Any, {"inside": "left", "outside": "right"}.get(x_align, x_align)),
        y_align=cast(Any, {"inside": "top", "outside": "bottom", "inline": ""}.get(y_align, y_align)),
        wraps="square",
        distance=(sides[0], sides[1], sides[2], sides[3]),
        part=part.kind,
    )


def _natural_width(blocks: list[Block]) -> float:
    """How wide the longest paragraph is on one line."""
    widest = 0.0
    for block in blocks:
        if isinstance(block, Paragraph):
            texts = [item for item in inlines(block.content) if isinstance(item, Text)]
            line = sum(fonts.text_width(item.text, item.format) for item in texts)
            widest = max(widest, line + block.format.left + block.format.right + max(block.format.first_line, 0.0))
    return widest + _SLACK
