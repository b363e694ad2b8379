"""What a drawing shows: pictures, shapes, and groups of both, one by one and from back to front."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from msgspec.structs import replace

from letters.docx.names import PIC, WP, WPS, A, Node
from letters.pdf.document import Floating, Image
from letters.pdf.reader.context import StoryPart
from letters.pdf.reader.drawingml import Shape, anchor_position, emu, group_members, shapes_of
from letters.pdf.reader.pictures import picture_in, space_around
from letters.pdf.vector_pictures import SVG, as_svg

_GROUPS = frozenset({"wgp", "wpc", "lockedCanvas"})


def drawn_in(part: StoryPart, drawing: Node) -> Iterator[Shape | Image]:
    """What a ``w:drawing`` shows. What is neither a picture nor a shape is noted."""
    for frame in drawing.iterchildren(f"{{{WP}}}inline", f"{{{WP}}}anchor"):
        data, extent = frame.find(f"{{{A}}}graphic/{{{A}}}graphicData"), frame.find(f"{{{WP}}}extent")
        place = anchor_position(part, frame) if frame.tag == f"{{{WP}}}anchor" else None
        size = emu(extent, "cx"), emu(extent, "cy")
        for node in () if data is None else data.iterchildren(tag=etree.Element):
            if node.tag == f"{{{PIC}}}pic":
                image = picture_in(part, frame, node, size, place)
                if image is not None:
                    yield image
            elif node.tag == f"{{{WPS}}}wsp":
                said = _described(frame.find(f"{{{WP}}}docPr"))
                shapes = list(shapes_of(part, node, size, place))
                yield from (replace(shape, description=said) for shape in shapes)
                if not shapes:  # nobody sees it, and what follows keeps clear of it
                    yield from _room(frame, size, place)
            elif etree.QName(node).localname in _GROUPS:
                yield from _group(part, frame, node, size, place)
            else:
                part.note(
                    "A drawing, chart, or diagram is not carried over.",
                    "Insert it as a picture (PNG), in line with text.",
                    "drawing",
                )


def _group(
    part: StoryPart, frame: Node, node: Node, size: tuple[float, float], place: Floating | None
) -> Iterator[Shape | Image]:
    """The members of a group, each at its own position, before an empty picture that takes up the space of the group.

    Word draws them in their order, so all but their words are pictures behind these.
    """
    at = place or Floating(_start(part, size[0]), 0.0, "column", "paragraph", story=part.story)
    for member, x, y, width, height in group_members(node, size):
        own = replace(at, x=at.x + x, y=at.y + y, wraps="none", story=part.story, behind=False)
        if etree.QName(member).localname == "pic":
            image = picture_in(part, frame, member, (width, height), replace(own, behind=True))
            if image is not None:
                yield image
        else:
            said = _described(next(member.iterchildren(f"{{{WPS}}}cNvPr"), None))
            for shape in shapes_of(part, member, (width, height), own, layered=True):
                behind = shape.words is None
                yield replace(shape, description=said, floating=replace(own, behind=behind))
    yield from _room(frame, size, place)


def _room(frame: Node, size: tuple[float, float], place: Floating | None) -> Iterator[Image]:
    """An empty picture that takes up the room of a drawing, if it takes up any."""
    if place is None or place.wraps != "none":
        yield Image(as_svg(*size, ()), SVG, *size, "", place, decorative=True, around=space_around(frame))


def _start(part: StoryPart, width: float) -> float:
    """Where in its column a drawing of this width begins that is a line of its own."""
    layout = part.layout
    free = part.context.text_width - layout.left - layout.right - width
    first = layout.left + layout.first_line
    return {"center": layout.left + free / 2, "right": layout.left + free}.get(layout.align, first)


def _described(named: Node | None) -> str:
    said = "" if named is None else named.get("descr") or named.get("title") or ""
    return " ".join(said.split())
