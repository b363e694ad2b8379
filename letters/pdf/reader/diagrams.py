"""Diagrams (SmartArt) and locked drawings as groups of drawn shapes.

Word stores a diagram twice: as data, and as the shapes that it last drew of them. The shapes are what is printed; they
are DrawingML with names of their own, and so are those of drawings that Word keeps locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy

from lxml import etree

from letters.docx.attribute_values import number_of
from letters.docx.names import PIC, RELATIONSHIPS, WPG, WPS, A, Node
from letters.docx.package import Package
from letters.pdf.reader.drawingml import color
from letters.pdf.reader.drawn_nodes import TextDefaults, group, with_words, word_paragraphs

_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_DRAWN = "http://schemas.microsoft.com/office/drawing/2008/diagram"
_MOST_DEEP = 20


def drawn_diagram(
    package: Package, part: str, node: Node, size: tuple[float, float], theme: Mapping[str, str]
) -> Node | None:
    """The shapes that Word last drew of a diagram of this size in points; None if the file does not have them.

    Args:
        part: the part that the diagram is in.
        node: its ``dgm:relIds``.
    """
    links = package.links(part)
    data = links.get(node.get(f"{{{RELATIONSHIPS}}}dm", ""))
    if data is None or data.target not in package.parts:
        return None
    said = next(package.tree(data.target).iter(f"{{{_DRAWN}}}dataModelExt"), None)
    drawn = links.get("" if said is None else said.get("relId", ""))
    if drawn is None or drawn.target not in package.parts:
        return None
    tree = next(package.tree(drawn.target).iter(f"{{{_DRAWN}}}spTree"), None)
    found = [] if tree is None else list(_members(tree, theme))
    return group(*size, found) if found else None


def unlocked(canvas: Node, theme: Mapping[str, str]) -> Node:
    """The shapes of a locked drawing (20.3)."""
    found = etree.Element(f"{{{WPG}}}wgp")
    found.extend(_members(canvas, theme))
    return found


def _members(tree: Node, theme: Mapping[str, str], depth: int = 0) -> Iterator[Node]:
    for child in tree.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name == "grpSpPr" and depth < _MOST_DEEP:
            yield _renamed(child, f"{{{WPG}}}grpSpPr")
        elif name == "grpSp" and depth < _MOST_DEEP:
            inner = etree.Element(f"{{{WPG}}}grpSp")
            inner.extend(_members(child, theme, depth + 1))
            yield inner
        elif name in ("sp", "cxnSp"):
            yield from _shape(child, theme)
        elif name == "pic":
            picture = _renamed(child, f"{{{PIC}}}pic")
            for each in picture:
                each.tag = f"{{{PIC}}}{etree.QName(each).localname}"
            yield picture


def _shape(node: Node, theme: Mapping[str, str]) -> Iterator[Node]:
    """A shape; its words in a shape of their own where they have other room than the whole."""
    parts = {etree.QName(child).localname: child for child in node.iterchildren(tag=etree.Element)}
    look = parts.get("spPr")
    if look is None:
        return
    shape = etree.Element(f"{{{WPS}}}wsp")
    shape.append(_renamed(look, f"{{{WPS}}}spPr"))
    if "style" in parts:
        shape.append(_renamed(parts["style"], f"{{{WPS}}}style"))
    body = parts.get("txBody")
    if body is None and "txSp" in parts:
        body = parts["txSp"].find(f"{{{A}}}txBody")
    room = None if body is None else body.find(f"{{{A}}}bodyPr")
    paragraphs = [] if body is None else list(word_paragraphs(body, _defaults(parts.get("style"), room, theme), theme))
    frame = parts.get("txXfrm")
    if not paragraphs or frame is None or _same_room(look, frame):
        yield with_words(shape, paragraphs, room)
        return
    yield with_words(shape, [], None)
    worded = etree.Element(f"{{{WPS}}}wsp")
    bare = etree.SubElement(worded, f"{{{WPS}}}spPr")
    bare.append(_renamed(frame, f"{{{A}}}xfrm"))
    etree.SubElement(bare, f"{{{A}}}prstGeom", {"prst": "rect"})
    etree.SubElement(bare, f"{{{A}}}noFill")
    yield with_words(worded, paragraphs, room)


def _same_room(look: Node, frame: Node) -> bool:
    own = look.find(f"{{{A}}}xfrm")
    kind = look.find(f"{{{A}}}prstGeom")
    if own is None or kind is None or kind.get("prst") != "rect":
        return False
    return all(
        number_of(each.get(name)) == number_of(other.get(name))
        for each, other in zip(own, frame, strict=False)
        for name in ("x", "y", "cx", "cy")
    )


def _defaults(style: Node | None, room: Node | None, theme: Mapping[str, str]) -> TextDefaults:
    shrunk = None if room is None else room.find(f"{{{A}}}normAutofit")
    scale = number_of(None if shrunk is None else shrunk.get("fontScale"), 100_000) / 100_000
    ink = "" if style is None else color(style.find(f"{{{A}}}fontRef"), theme)
    return TextDefaults(color=ink or "#000000", scale=min(max(scale, 0.1), 1.0))


def _renamed(node: Node, name: str) -> Node:
    found = deepcopy(node)
    found.tag = name
    return found
