"""DrawingML: text boxes, drawn lines and groups, with their position, size, lines and colors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from letters.docx.attribute_values import number_of, red_green_blue, within_reach
from letters.docx.names import WP, WPG, WPS, A, Node, w
from letters.pdf.document import Border, Borders, Floating, Image
from letters.pdf.reader.anchors import AxisPosition, floating_at
from letters.pdf.reader.context import StoryPart

if TYPE_CHECKING:
    from letters.pdf.metafiles.raster import Shading
    from letters.pdf.reader.drawn_shapes import DrawnShape

EMU = 12700
GROUPS = frozenset({"wgp", "wpc", "lockedCanvas"})
_RULES = frozenset({"line", "straightConnector1"})
_PLAIN = frozenset({"rect", "roundRect", "snip1Rect", "round2SameRect", "flowChartProcess", "frame", "plaque", ""})
_VERTICAL_ALIGN: dict[str, Literal["middle", "bottom"]] = {"ctr": "middle", "b": "bottom"}
Turn = Literal["", "left", "right"]
_TURNED: dict[str, Turn] = {"vert": "right", "vert270": "left", "eaVert": "right"}
_MOST_STOPS = 100
_COLORED = ("gs", "fgClr", "bgClr")
_THIN = 1.5
"""A rectangle with a side of no more than this many points is a line."""


class Shape(Struct, frozen=True):
    """A drawn shape: its position and format, and the text in it, still unread."""

    words: Node | None
    width: float
    height: float
    floating: Floating | None = None
    borders: Borders = field(default_factory=Borders)
    fill: str = ""
    padding: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    align: Literal["top", "middle", "bottom"] = "top"
    drawing: DrawnShape | None = None
    """Its picture, if it is more than a rectangle of one color."""
    description: str = ""
    """The alternative text of a drawing."""
    turned: Turn = ""
    """Its words read upward if they are turned to the left, and downward if they are turned to the right."""
    unwrapped: bool = False
    """Whether it is as wide as its words, which go on to another line only where a paragraph ends."""


def emu(node: Node | None, name: str, otherwise: float = 0.0) -> float:
    """A length in English metric units, converted to points."""
    return otherwise if node is None or node.get(name) is None else within_reach(number_of(node.get(name)) / EMU)


def group_members(node: Node, size: tuple[float, float]) -> Iterator[tuple[Node, float, float, float, float]]:
    """The shapes and pictures of a group, each with its position in the group and its size, in points (20.1.7.5)."""
    transform = next(node.iterchildren(f"{{{WPG}}}grpSpPr", f"{{{A}}}grpSpPr"), None)
    frame = None if transform is None else transform.find(f"{{{A}}}xfrm")
    origin, inner = (None if frame is None else frame.find(f"{{{A}}}{name}") for name in ("chOff", "chExt"))
    wide, high = emu(inner, "cx") or size[0], emu(inner, "cy") or size[1]
    across, down = (size[0] / wide if wide else 1.0), (size[1] / high if high else 1.0)
    for child in node.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name not in ("wsp", "pic", "grpSp", "wgp"):
            continue
        own = next(child.iter(f"{{{A}}}xfrm"), None)
        off, extent = (None if own is None else own.find(f"{{{A}}}{part}") for part in ("off", "ext"))
        x, y = (emu(off, "x") - emu(origin, "x")) * across, (emu(off, "y") - emu(origin, "y")) * down
        width, height = emu(extent, "cx") * across, emu(extent, "cy") * down
        if name in ("grpSp", "wgp"):
            for shape, more_x, more_y, *extents in group_members(child, (width, height)):
                yield shape, x + more_x, y + more_y, extents[0], extents[1]
        else:
            yield child, x, y, width, height


def shapes_of(
    part: StoryPart, node: Node, size: tuple[float, float], place: Floating | None, *, layered: bool = False
) -> Iterator[Shape]:
    """A ``wps:wsp`` of this size in points; nothing if it shows nothing.

    Args:
        layered: it covers what comes before it and is covered by what comes after it, so it is drawn as a picture.
    """
    words = node.find(f"{{{WPS}}}txbx/{w('txbxContent')}")
    look, room = node.find(f"{{{WPS}}}spPr"), node.find(f"{{{WPS}}}bodyPr")
    geometry = None if look is None else look.find(f"{{{A}}}prstGeom")
    kind = "" if geometry is None else geometry.get("prst", "")
    width, height = size
    warp = None if room is None else room.find(f"{{{A}}}prstTxWarp")
    if words is not None and warp is not None and warp.get("prst") not in (None, "textNoShape", "textPlain"):
        part.note("The words of WordArt are printed on straight lines.", code="look")
    vert = "horz" if room is None else room.get("vert", "horz")
    if words is not None and vert != "horz" and vert not in _TURNED:
        part.note("Turned text in a text box is printed upright.", code="look")
    line, shading = line_of(part, node, look), _shading(part, look)
    fill = "" if shading is not None and place is not None else _fill(part, node, look)
    thin = kind in _RULES and min(size) <= _THIN
    points = look is not None and look.find(f"{{{A}}}custGeom") is not None
    drawn: DrawnShape | None = None
    stands_in_line = words is None and place is None
    special = points or shading is not None or ((kind not in _PLAIN or stands_in_line) and not thin)
    if (special or (layered and (line or fill))) and (words is None or place is not None):
        from letters.pdf.reader.drawn_shapes import draw_shape  # it needs Pillow, which few letters do

        drawn = None if look is None else draw_shape(look, size, line, fill, shading)
    if drawn is not None and words is None:
        yield Shape(None, width, height, place, drawing=drawn)
        return
    if words is None and points:
        part.note("A drawn shape is not carried over.", "Insert it as a picture.")
        return
    if words is None:
        yield from _rule_or_note(part, Shape(None, width, height, place), kind, line, fill)
        return
    more = (0.0, 0.0, 0.0, 0.0)
    if drawn is not None:
        from letters.pdf.reader.geometry import text_room

        line, fill, more = None, "", text_room(look, size)
    elif kind not in _PLAIN or points:
        part.note(f"The text of a drawn shape (“{kind}”) is printed in a plain box.", code="shape")
    if place is not None and drawn is None and room is not None and room.find(f"{{{A}}}spAutoFit") is not None:
        height = 0.0  # as tall as its words; what the file says may be out of date
    yield Shape(
        words,
        width,
        height,
        place,
        Borders(line, line, line, line),
        fill,
        (
            emu(room, "tIns", 3.6) + more[0],
            emu(room, "rIns", 7.2) + more[1],
            emu(room, "bIns", 3.6) + more[2],
            emu(room, "lIns", 7.2) + more[3],
        ),
        _VERTICAL_ALIGN.get("" if room is None else room.get("anchor", ""), "top"),
        drawing=drawn,
        turned=_TURNED.get(vert, ""),
        unwrapped=drawn is None and room is not None and room.get("wrap") == "none",
    )


def _rule_or_note(part: StoryPart, shape: Shape, kind: str, line: Border | None, fill: str) -> Iterator[Shape]:
    """A drawn line or rectangle; any other shape without text is noted."""
    thin = min(shape.width, shape.height) <= _THIN
    if kind in _RULES and thin and line is not None:
        lying = shape.width >= shape.height
        yield replace(shape, borders=Borders(top=line) if lying else Borders(left=line))
    elif kind in _PLAIN and (line is not None or fill):
        yield replace(shape, borders=Borders(line, line, line, line), fill=fill)
    elif line is not None or fill:
        part.note("A drawn shape is not carried over.", "For a line, use a paragraph border.")


def _fill(part: StoryPart, node: Node, look: Node | None) -> str:
    for found in () if look is None else look.iterchildren(tag=etree.Element):
        if found.tag == f"{{{A}}}noFill":
            return ""
        if found.tag == f"{{{A}}}solidFill":
            return color(found, part.context.colors)
        if found.tag in (f"{{{A}}}gradFill", f"{{{A}}}pattFill"):
            colors = [color(each, part.context.colors) for each in found.iter(*(f"{{{A}}}{name}" for name in _COLORED))]
            part.note("The shading of a drawn box is printed as one color.", code="look")
            return _mixed([each for each in colors if each])
        if found.tag == f"{{{A}}}blipFill":
            part.note("The picture behind the text of a drawn box is not carried over.", "Insert it as a picture.")
            return ""
    style = node.find(f"{{{WPS}}}style/{{{A}}}fillRef")
    return color(style, part.context.colors) if style is not None and style.get("idx", "0") != "0" else ""


def _mixed(colors: list[str]) -> str:
    """The color between these."""
    if not colors:
        return ""
    parts = zip(*map(red_green_blue, colors), strict=True)
    return "#" + "".join([f"{sum(values) // len(values):02x}" for values in parts])


def _shading(part: StoryPart, look: Node | None) -> Shading | None:
    """How the color of a shape changes (20.1.8.33); None if it does not."""
    gradient = None if look is None else look.find(f"{{{A}}}gradFill")
    stops = [] if gradient is None else list(gradient.iter(f"{{{A}}}gs"))[:_MOST_STOPS]
    if gradient is None or not stops:
        return None
    from letters.pdf.metafiles.raster import Shading  # it needs Pillow, which few letters do

    found = sorted(
        (
            min(max(number_of(stop.get("pos")) / 100_000, 0.0), 1.0),
            red_green_blue(color(stop, part.context.colors) or "#ffffff"),
        )
        for stop in stops
    )
    line = gradient.find(f"{{{A}}}lin")
    outward = gradient.find(f"{{{A}}}path") is not None
    return Shading(tuple(found), None if outward else number_of(None if line is None else line.get("ang")) / 60_000)


def line_of(part: StoryPart, node: Node, look: Node | None) -> Border | None:
    """The outline of a shape (20.1.2.2.24); what it leaves out comes from the theme's line styles."""
    own = None if look is None else look.find(f"{{{A}}}ln")
    style = node.find(f"{{{WPS}}}style/{{{A}}}lnRef")
    styled = style is not None and style.get("idx", "0") != "0"
    if (own is None and not styled) or (own is not None and own.find(f"{{{A}}}noFill") is not None):
        return None
    width = emu(own, "w", {"2": 1.0, "3": 1.5}.get("" if style is None else style.get("idx", ""), 0.5))
    solid = None if own is None else own.find(f"{{{A}}}solidFill")
    if solid is None and not styled:
        return None
    ink = color(solid if solid is not None else style, part.context.colors) or "#000000"
    dash = None if own is None else own.find(f"{{{A}}}prstDash")
    kind = "solid" if dash is None else dash.get("val", "solid")
    shown = "solid" if kind == "solid" else "dotted" if "ot" in kind and "ash" not in kind else "dashed"
    return Border(shown, max(width, 0.25), ink)


def picture_of(shape: Shape, drawn: DrawnShape) -> Image:
    """The picture of a shape; behind its words, if it has any."""
    place, worded = shape.floating, shape.words is not None
    if place is not None:
        place = replace(
            place,
            x=place.x + drawn.left,
            y=place.y + drawn.top,
            wraps="none" if worded else place.wraps,
            behind=worded or place.behind,
        )
    said = "" if worded else shape.description
    picture = Image(drawn.data, drawn.media_type, drawn.width, drawn.height, said, place, decorative=not said)
    if place is not None:
        return picture
    # In a line, a shape takes up its own size; its outline and arrowheads may go beyond that.
    right, bottom = shape.width - drawn.left - drawn.width, shape.height - drawn.top - drawn.height
    return replace(picture, around=(drawn.top, right, bottom, drawn.left))


def color(holder: Node | None, theme: Mapping[str, str]) -> str:
    """The color of a fill, as ``#rrggbb``; a theme color may be made lighter or darker (20.1.2.3)."""
    node = None if holder is None else next(holder.iterchildren(tag=etree.Element), None)
    if node is None:
        return ""
    said = node.get("lastClr") or node.get("val") or ""
    name = etree.QName(node).localname
    if name == "schemeClr":
        alias = {"tx1": "dk1", "tx2": "dk2", "bg1": "lt1", "bg2": "lt2"}.get(said, said)
        found = theme.get(alias, "")
    elif name == "prstClr":
        found = {"black": "#000000", "white": "#ffffff", "red": "#ff0000", "blue": "#0000ff"}.get(said, "#808080")
    else:
        found = f"#{said.lower()}" if len(said) == 6 else ""
    for change in node.iterchildren(tag=etree.Element):
        found = _changed(found, etree.QName(change).localname, number_of(change.get("val")) / 100_000)
    return found


def _changed(ink: str, how: str, amount: float) -> str:
    if not ink or how not in ("lumMod", "lumOff", "shade", "tint"):
        return ink
    parts = [part / 255 for part in red_green_blue(ink)]
    if how in ("lumMod", "shade"):
        parts = [part * amount for part in parts]
    elif how == "lumOff":
        parts = [min(part + amount, 1.0) for part in parts]
    else:
        parts = [part * amount + 1 - amount for part in parts]
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


_AROUND = ("Square", "Tight", "Through")
"""The ways of text to go beside a drawing."""


def anchor_position(part: StoryPart, frame: Node) -> Floating:
    """The position of an anchored picture or shape (20.4.2.3)."""

    def along(axis: str) -> AxisPosition:
        node = frame.find(f"{{{WP}}}position{axis}")
        if node is None:
            return AxisPosition()
        offset, align = node.findtext(f"{{{WP}}}posOffset"), node.findtext(f"{{{WP}}}align")
        return AxisPosition(within_reach(number_of(offset) / EMU), node.get("relativeFrom", ""), align or "")

    wraps: Literal["none", "square", "top-and-bottom"] = "none"
    if frame.find(f"{{{WP}}}wrapTopAndBottom") is not None:
        wraps = "top-and-bottom"
    elif frame.find(f"{{{WP}}}wrapNone") is None:
        wraps = "square"
    top, right, bottom, left = (emu(frame, f"dist{side}") for side in "TRBL")
    around = next((node for kind in _AROUND if (node := frame.find(f"{{{WP}}}wrap{kind}")) is not None), None)
    return floating_at(
        part,
        along("H"),
        along("V"),
        wraps=wraps,
        distance=(top, right, bottom, left),
        sides="" if around is None else around.get("wrapText", ""),
        behind=frame.get("behindDoc") in ("1", "true"),
    )
