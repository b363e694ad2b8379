"""Builds boxes from text boxes, drawn lines and frames."""

from __future__ import annotations

from msgspec.structs import replace

from letters.docx.attribute_values import points
from letters.pdf import fonts
from letters.pdf.document import (
    Block,
    Borders,
    Box,
    Cell,
    Floating,
    Location,
    Paragraph,
    Row,
    Table,
    Text,
    inlines,
)
from letters.pdf.reader.anchors import AxisPosition, floating_at
from letters.pdf.reader.context import StoryPart
from letters.pdf.reader.drawingml import Shape
from letters.pdf.reader.formats import Props
from letters.pdf.reader.lists import with_lists

_SLACK = 2.0
"""Points added to a box as wide as its text, so that rounding does not break its lines."""
_ROUNDING = 0.05
_NARROWEST = 0.6
"""How much of its width a word may lose."""


def text_room(shape: Shape) -> tuple[float, float]:
    """The width and the height that the words of a shape have."""
    top, right, bottom, left = shape.padding
    return max(shape.width - left - right, 1.0), max(shape.height - top - bottom, 1.0)


def _turned(shape: Shape, blocks: list[Block], location: Location) -> list[Block]:
    """The words of a shape in a cell as large as they have room, in which they can be turned."""
    width, height = text_room(shape)
    words = with_lists(blocks)
    cell = Cell(words, 0, 1, 1, Borders(), "", (0.0, 0.0, 0.0, 0.0), align=shape.align, turned=shape.turned)
    row = Row((cell,), height, exact=True, header=False, names_columns=False, cant_split=True)
    return [Table((row,), (width,), "left", 0.0, location)]


def shape_box(shape: Shape, blocks: list[Block], location: Location, align: str) -> Box:
    """A text box, or a drawn line if there are no blocks.

    Args:
        align: the alignment of the paragraph it is anchored in.
    """
    is_turned = bool(shape.turned and blocks)
    unwrapped, width = shape.unwrapped and bool(blocks) and not is_turned, shape.width
    if unwrapped:
        width = max(width, _natural_width(blocks) + shape.padding[1] + shape.padding[3])
    return Box(
        tuple(_turned(shape, blocks, location)) if is_turned else with_lists(blocks),
        width,
        location,
        height=shape.height,
        grows=unwrapped,
        keeps_height=shape.height > 0,
        align="right" if align == "right" else "center" if align == "center" else "left",
        floating=shape.floating,
        borders=shape.borders,
        shading=shape.fill,
        padding=shape.padding,
        vertical_align="top" if is_turned else shape.align,
    )


def with_room(boxes: list[Block]) -> list[Block]:
    """The boxes anchored in a paragraph, with each word narrowed that is alone in one and has no room there, or before
    the next box beside it, only because its font is not here: as other programs write the words of a page.
    """
    ends: dict[tuple[str, str, int], list[float]] = {}
    for box in boxes:
        if isinstance(box, Box) and box.floating is not None:
            ends.setdefault(_line_of(box.floating), []).append(box.floating.x)
    return [_narrowed(box, ends) if isinstance(box, Box) else box for box in boxes]


def _line_of(place: Floating) -> tuple[str, str, int]:
    return place.x_from, place.y_from, round(place.y)


def _narrowed(box: Box, beginnings: dict[tuple[str, str, int], list[float]]) -> Box:
    block = box.blocks[0] if len(box.blocks) == 1 else None
    if not isinstance(block, Paragraph):
        return box
    words = tuple([item for item in block.content if isinstance(item, Text)])
    if len(words) < len(block.content) or len("".join([item.text for item in words]).split()) != 1:
        return box
    if all(fonts.choose(item.format.family).same_widths for item in words):
        return box
    room = box.width - box.padding[1]
    if box.floating is not None:
        left = box.floating.x
        room = min([room, *[x - left for x in beginnings[_line_of(box.floating)] if x > left + _ROUNDING]])
    room -= box.padding[3] + max(block.format.left + block.format.first_line, 0.0) + _ROUNDING
    share = room / max(sum([fonts.text_width(item.text.rstrip(), item.format) for item in words]), _ROUNDING)
    if not _NARROWEST < share < 1:
        return box
    content = [replace(item, format=replace(item.format, stretch=item.format.stretch * share)) for item in words]
    return replace(box, blocks=(replace(block, content=tuple(content)),))


def frame_box(part: StoryPart, said: Props, blocks: list[Block]) -> Box:
    """Paragraphs in a frame (17.3.1.11).

    Args:
        said: the attributes of ``w:framePr``.
    """
    return Box(
        with_lists(blocks),
        points(said.get("w")) or min(_natural_width(blocks), part.context.text_width),
        part.location(),
        height=0.0 if said.get("hRule") == "auto" else points(said.get("h")),  # without a rule, at least, as in Word
        exact_height=said.get("hRule") == "exact",
        grows=not points(said.get("w")),
        floating=frame_position(part, said),
    )


def frame_position(part: StoryPart, said: Props) -> Floating:
    """The position of a frame.

    Args:
        said: the attributes of ``w:framePr``.
    """
    x_room, y_room = points(said.get("hSpace")), points(said.get("vSpace"))
    drop_cap = said.get("dropCap") in ("drop", "margin")
    beside = drop_cap or said.get("wrap", "around") in ("around", "auto", "tight", "through")
    # As in LibreOffice, an aligned frame without an anchor is aligned to the margins.
    y_anchor = said.get("vAnchor", "margin" if "yAlign" in said else "text")
    return floating_at(
        part,
        AxisPosition(points(said.get("x")), said.get("hAnchor", "text"), said.get("xAlign", "")),
        AxisPosition(points(said.get("y")), y_anchor, said.get("yAlign", "")),
        wraps="square" if beside else "top-and-bottom",
        distance=(y_room, x_room, y_room, x_room),
    )


def table_position(part: StoryPart, said: Props) -> Floating:
    """The position of a table that text wraps around (17.4.58).

    Args:
        said: the attributes of ``w:tblpPr``.
    """
    top, right, bottom, left = (points(said.get(f"{side}FromText")) for side in ("top", "right", "bottom", "left"))
    return floating_at(
        part,
        AxisPosition(points(said.get("tblpX")), said.get("horzAnchor", "text"), said.get("tblpXSpec", "")),
        # The standard says page for both anchors; Word and LibreOffice take these.
        AxisPosition(points(said.get("tblpY")), said.get("vertAnchor", "margin"), said.get("tblpYSpec", "")),
        wraps="square",
        distance=(top, right, bottom, left),
    )


def _natural_width(blocks: list[Block]) -> float:
    """The width of the longest paragraph on one line."""
    widest = 0.0
    for block in blocks:
        if isinstance(block, Paragraph):
            texts = [item for item in inlines(block.content) if isinstance(item, Text)]
            line = sum(fonts.text_width(item.text, item.format) for item in texts)
            widest = max(widest, line + block.format.left + block.format.right + max(block.format.first_line, 0.0))
    return widest + _SLACK
