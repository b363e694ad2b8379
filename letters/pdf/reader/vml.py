"""VML, the drawing format of older Word files (Part 4, 19.1): text boxes, drawn lines, and positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from lxml import etree
from msgspec.structs import replace

from letters.docx.attribute_values import color_of, number_of, within_reach
from letters.docx.names import A, Node, V, w
from letters.pdf.document import Border, Borders, Floating
from letters.pdf.reader.anchors import AxisPosition, floating_at
from letters.pdf.reader.context import StoryPart
from letters.pdf.reader.drawingml import Shape, Turn

if TYPE_CHECKING:
    from letters.pdf.reader.drawn_shapes import DrawnShape

_OFFICE = "urn:schemas-microsoft-com:office:office"
_WORD = "urn:schemas-microsoft-com:office:word"
_SHAPES = frozenset({"shape", "rect", "roundrect", "line", "oval"})
_KINDS = {
    "3": "ellipse", "4": "diamond", "5": "triangle", "6": "rtTriangle", "7": "parallelogram", "8": "trapezoid",
    "9": "hexagon", "10": "octagon", "11": "plus", "12": "star5", "13": "rightArrow", "15": "homePlate",
    "20": "straightConnector1", "23": "donut", "32": "straightConnector1", "34": "bentConnector3", "55": "chevron",
    "56": "pentagon", "58": "star8", "61": "wedgeRectCallout", "62": "wedgeRoundRectCallout",
    "63": "wedgeEllipseCallout", "66": "leftArrow", "67": "downArrow", "68": "upArrow", "69": "leftRightArrow",
    "70": "upDownArrow", "110": "flowChartDecision", "111": "flowChartInputOutput", "116": "flowChartTerminator",
    "120": "flowChartConnector", "176": "flowChartAlternateProcess",
}  # fmt: skip
"""The numbers of shapes that Word has a name for (Part 4, 19.1.2.20)."""
_THIN = 1.5
"""A shape with a side of no more than this many points is a line."""
_NAMED = {"black": "#000000", "white": "#ffffff", "red": "#ff0000", "blue": "#0000ff", "gray": "#808080",
          "grey": "#808080", "silver": "#c0c0c0", "navy": "#000080", "green": "#008000", "maroon": "#800000"}  # fmt: skip


def style_of(node: Node) -> dict[str, str]:
    """The CSS-like style of a VML element."""
    return {name: value.strip() for name, value in re.findall(r"([\w-]+)\s*:\s*([^;]+)", node.get("style", ""))}


def length(text: str | None) -> float:
    """A VML length in points; a plain number is in pixels (1/96 inch)."""
    match = re.fullmatch(r"\s*(-?[\d.]+)(px)?\s*", text or "")
    if match:
        return within_reach(number_of(match[1]) * 0.75)
    match = re.fullmatch(r"\s*(-?)(\.\d+)(\w*)\s*", text or "")
    return within_reach(number_of(f"{match[1]}0{match[2]}{match[3]}" if match else text) / 20)


def vml_position(part: StoryPart, node: Node) -> Floating | None:
    """The position of a VML shape; None if it is in line with the text."""
    style = style_of(node)
    if style.get("position") not in ("absolute", "relative"):
        return None

    def along(axis: str, margin: str, offset: str) -> AxisPosition:
        name = f"mso-position-{axis}"
        relative_to, align = style.get(f"{name}-relative", "text"), style.get(name, "")
        return AxisPosition(length(style.get(margin, style.get(offset))), relative_to, align)

    wrap = node.find(f"{{{_WORD}}}wrap")
    kind = "" if wrap is None else wrap.get("type", "")
    top, right, bottom, left = (
        length(style.get(f"mso-wrap-distance-{side}", "0")) for side in ("top", "right", "bottom", "left")
    )
    return floating_at(
        part,
        along("horizontal", "margin-left", "left"),
        along("vertical", "margin-top", "top"),
        wraps="top-and-bottom" if kind == "topAndBottom" else "square" if kind in ("square", "tight") else "none",
        distance=(top, right, bottom, left),
        sides="" if wrap is None else wrap.get("side", ""),
        behind=style.get("z-index", "").startswith("-"),
    )


def vml_shapes(part: StoryPart, node: Node) -> Iterator[Shape]:
    """Text boxes, lines and rectangles in a ``w:pict``; other drawings are noted."""
    for child in node.iterchildren(tag=etree.Element):
        if child.tag == f"{{{V}}}group":
            yield from _group(part, child)
        elif etree.QName(child).namespace == V and etree.QName(child).localname in _SHAPES:
            yield from _shape(part, child, vml_position(part, child), None)
        elif etree.QName(child).localname in ("polyline", "curve", "arc"):
            _note_drawing(part)


def _group(part: StoryPart, group: Node) -> Iterator[Shape]:
    """The shapes of a group, which are measured in the group's own units."""
    style, place = style_of(group), vml_position(part, group)
    place = place or Floating(0.0, 0.0, "column", "paragraph", wraps="top-and-bottom", story=part.story)
    wide, high = (number_of(found, 1000) for found in (group.get("coordsize", "1000,1000") + ",1000").split(",")[:2])
    left, top = (number_of(found) for found in (group.get("coordorigin", "0,0") + ",0").split(",")[:2])
    across, down = length(style.get("width")) / (wide or 1000), length(style.get("height")) / (high or 1000)
    if place.wraps != "none":
        yield Shape(None, length(style.get("width")), length(style.get("height")), place)
    for child in group.iterchildren(*(f"{{{V}}}{name}" for name in _SHAPES)):
        own = style_of(child)
        x, y = (number_of(own.get("left")) - left) * across, (number_of(own.get("top")) - top) * down
        size = number_of(own.get("width")) * across, number_of(own.get("height")) * down
        at = Floating(place.x + x, place.y + y, place.x_from, place.y_from, story=part.story, behind=place.behind)
        yield from _shape(part, child, at, size)


def _shape(part: StoryPart, node: Node, place: Floating | None, size: tuple[float, float] | None) -> Iterator[Shape]:
    style = style_of(node)
    width, height = size or (length(style.get("width")), length(style.get("height")))
    words = node.find(f"{{{V}}}textbox/{w('txbxContent')}")
    line, fill = _line(node), _color(node.get("fillcolor", "")) if _says(node, "filled", "t") else ""
    name = etree.QName(node).localname
    drawn = _drawn(node, name, (width, height), line, fill) if place is not None else None
    if node.get(f"{{{_OFFICE}}}hr") in ("t", "true"):
        yield Shape(None, width or part.context.text_width, max(height, 0.5), None, fill=fill or "#a0a0a0")
    elif words is not None:
        inset = next(node.iterchildren(f"{{{V}}}textbox")).get("inset", "").split(",")
        left, top, right, bottom = (
            length(inset[at]) if at < len(inset) and inset[at].strip() else usual
            for at, usual in enumerate((7.2, 3.6, 7.2, 3.6))
        )
        if name == "shape" and not fill and node.get("stroked") is None and not node.get("type", "").endswith("202"):
            line = None
        room, flow = (top, right, bottom, left), style_of(next(node.iterchildren(f"{{{V}}}textbox")))
        turned: Turn = ""
        if flow.get("layout-flow") in ("vertical", "vertical-ideographic"):
            turned = "left" if flow.get("mso-layout-flow-alt") == "bottom-to-top" else "right"
        if drawn is not None:
            yield Shape(words, width, height, place, padding=_with(room, drawn[1]), drawing=drawn[0], turned=turned)
        else:
            if place is not None and flow.get("mso-fit-shape-to-text", "f").startswith("t"):
                height = 0.0  # as tall as its words; what the file says may be out of date
            yield Shape(
                words, width, height, place, Borders(line, line, line, line), fill, room, turned=turned,
                unwrapped=style.get("mso-wrap-style") == "none",
            )  # fmt: skip
    elif name == "line":
        yield from _drawn_line(part, node, place, line)
    elif (path := node.find(f"{{{V}}}textpath")) is not None:
        yield from _word_art(part, node, path, Shape(None, width, height, place))
    elif drawn is not None:
        yield Shape(None, width, height, place, drawing=drawn[0])
    elif node.find(f"{{{V}}}imagedata") is None and name in ("rect", "roundrect") and (line or fill):
        yield Shape(None, width, height, place, Borders(line, line, line, line), fill)
    elif node.find(f"{{{V}}}imagedata") is None and (width or height):
        if min(width, height) <= _THIN and line is not None:
            yield Shape(None, width, height, place, Borders(top=line) if width >= height else Borders(left=line))
        else:
            _note_drawing(part)


_Room = tuple[float, float, float, float]


def _drawn(
    node: Node, name: str, size: tuple[float, float], line: Border | None, fill: str
) -> tuple[DrawnShape, _Room] | None:
    """The picture of a shape that Word has a name for, and how far inside it its words begin; None for others."""
    kind = "ellipse" if name == "oval" else _KINDS.get(node.get("type", "").rpartition("_t")[2], "")
    if not kind or name not in ("oval", "shape") or min(size) <= _THIN or (line is None and not fill):
        return None
    from letters.pdf.reader.drawn_shapes import draw_shape  # it needs Pillow, which few letters do
    from letters.pdf.reader.geometry import text_room

    style = style_of(node)
    look = etree.Element(f"{{{A}}}spPr")
    turned = _degrees(style.get("rotation", "")) * 60_000
    frame = etree.SubElement(look, f"{{{A}}}xfrm", {"rot": f"{turned:.0f}"})
    for flip, axis in (("flipH", "x"), ("flipV", "y")):
        frame.set(flip, "1" if axis in style.get("flip", "") else "0")
    etree.SubElement(look, f"{{{A}}}prstGeom", {"prst": kind})
    ends, stroke = etree.SubElement(look, f"{{{A}}}ln"), node.find(f"{{{V}}}stroke")
    for end, arrow in (("headEnd", "startarrow"), ("tailEnd", "endarrow")):
        etree.SubElement(ends, f"{{{A}}}{end}", {"type": "none" if stroke is None else stroke.get(arrow, "none")})
    drawn = draw_shape(look, size, line, fill, None)
    return None if drawn is None else (drawn, text_room(look, size))


def _with(room: _Room, more: _Room) -> _Room:
    return room[0] + more[0], room[1] + more[1], room[2] + more[2], room[3] + more[3]


def _word_art(part: StoryPart, node: Node, path: Node, shape: Shape) -> Iterator[Shape]:
    """Words drawn as WordArt, such as a watermark (Part 4, 19.1.2.23)."""
    from letters.pdf.reader.word_art import WordArt, draw_words  # it needs Pillow, which few letters do

    looks, words = style_of(path), path.get("string", "")
    shade = node.find(f"{{{V}}}fill")
    art = WordArt(
        words,
        looks.get("font-family", "Arial").strip("\"' "),
        looks.get("font-weight", "") in ("bold", "700"),
        looks.get("font-style", "") == "italic",
        (_color(node.get("fillcolor", "")) if _says(node, "filled", "t") else "") or "#808080",
        min(max(share(None if shade is None else shade.get("opacity"), 1.0), 0.0), 1.0),
        _degrees(style_of(node).get("rotation", "")),
    )
    drawn = draw_words(art, (shape.width, shape.height))
    if drawn is None:
        part.note(f"A watermark or WordArt is not carried over (“{words[:40]}”).", code="watermark")
        return
    if not (node.get("type") or "#_x0000_t136").endswith("t136"):
        part.note(f"The WordArt “{words[:40]}” is printed on a straight line.", code="look")
    yield replace(shape, drawing=drawn, description=" ".join(words.split()))


def _degrees(text: str) -> float:
    """An angle in degrees, or in 65536ths of one."""
    return number_of(text[:-2]) / 65536 if text.endswith("fd") else number_of(text)


def share(text: str | None, otherwise: float = 0.0) -> float:
    """A share: ``.5``, or in 65536ths, ``32768f``."""
    said = text or ""
    if said.endswith("f"):
        return number_of(said[:-1]) / 65536
    return number_of(f"0{said}" if said.startswith(".") else said, otherwise)


def _drawn_line(part: StoryPart, node: Node, place: Floating | None, line: Border | None) -> Iterator[Shape]:
    ends = [[length(found) for found in node.get(name, "0,0").split(",")] for name in ("from", "to")]
    if line is None or any(len(end) != 2 for end in ends):
        return
    (x1, y1), (x2, y2) = ends
    wide, high = abs(x2 - x1), abs(y2 - y1)
    if min(wide, high) > _THIN:
        _note_drawing(part)
        return
    at = place or Floating(0.0, 0.0, "column", "paragraph", story=part.story)
    wraps: Literal["none", "top-and-bottom"] = "top-and-bottom" if at.wraps == "top-and-bottom" else "none"
    at = Floating(
        at.x + min(x1, x2), at.y + min(y1, y2), at.x_from, at.y_from, wraps=wraps, distance=at.distance, story=part.story,
    )  # fmt: skip
    yield Shape(None, wide, high, at, Borders(top=line) if wide >= high else Borders(left=line))


def _line(node: Node) -> Border | None:
    if not _says(node, "stroked", "t"):
        return None
    weight = node.get("strokeweight")
    return Border("solid", max(length(weight), 0.25) if weight else 0.75, _color(node.get("strokecolor", "")))


def _color(text: str) -> str:
    """A VML color: ``#rrggbb``, ``#rgb`` or a name, perhaps followed by a palette index."""
    first = text.split(" ")[0].casefold()
    if re.fullmatch(r"#[0-9a-f]{3}", first):
        first = "#" + "".join(digit * 2 for digit in first[1:])
    return color_of(first.removeprefix("#")) or _NAMED.get(first, "")


def _says(node: Node, name: str, otherwise: str) -> bool:
    return node.get(name, otherwise) in ("t", "true", "1")


def _note_drawing(part: StoryPart) -> None:
    part.note("A drawn shape is not carried over.", "For a line, use a paragraph border.")
