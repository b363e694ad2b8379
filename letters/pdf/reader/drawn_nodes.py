"""Makes the markup of drawn shapes and their words, as Word itself writes it, from what other markup says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml import etree
from msgspec import Struct

from letters.docx.attribute_values import number_of
from letters.docx.names import WPG, WPS, A, Node, w
from letters.pdf.reader.drawingml import EMU, color

_ALIGN = {"l": "left", "ctr": "center", "r": "right", "just": "both", "dist": "both"}
_LARGEST = 400.0  # points of a font


class Rect(Struct, frozen=True):
    """A rectangle, in points from the top left corner of the drawing."""

    x: float
    y: float
    width: float
    height: float


class Words(Struct, frozen=True):
    """Words on one line and how they look."""

    text: str
    size: float
    color: str = "#000000"
    bold: bool = False
    align: str = "ctr"
    """As DrawingML calls it: ``l``, ``ctr`` or ``r``."""


class TextDefaults(Struct, frozen=True):
    """What the words of a shape look like unless they say otherwise."""

    size: float = 18.0
    color: str = "#000000"
    scale: float = 1.0
    """By how much they are made smaller to fit."""


def group(width: float, height: float, members: Iterable[Node]) -> Node:
    """A group of shapes of this size in points, which are measured in the same units as the group."""
    node = etree.Element(f"{{{WPG}}}wgp", nsmap={"wpg": WPG, "wps": WPS, "a": A, "w": w("x")[1:-2]})
    frame = etree.SubElement(etree.SubElement(node, f"{{{WPG}}}grpSpPr"), f"{{{A}}}xfrm")
    for name in ("off", "chOff"):
        etree.SubElement(frame, f"{{{A}}}{name}", {"x": "0", "y": "0"})
    for name in ("ext", "chExt"):
        etree.SubElement(frame, f"{{{A}}}{name}", {"cx": _emu(width), "cy": _emu(height)})
    node.extend(members)
    return node


def rectangle(at: Rect, fill: str, line: str = "") -> Node:
    """A rectangle of one color, with an outline if ``line`` names its color."""
    look = _look(at)
    _named(look, "rect")
    _paint(look, fill, line, 0.75)
    return _shape(look)


def outline(
    at: Rect, paths: Sequence[Sequence[tuple[float, float]]], fill: str, line: str, width: float, said: str = ""
) -> Node:
    """A shape with these points, which are measured from its own top left corner; open unless it is filled.

    Args:
        said: its alternative text.
    """
    look = _look(at)
    path_list = etree.SubElement(etree.SubElement(look, f"{{{A}}}custGeom"), f"{{{A}}}pathLst")
    for points in paths:
        path = etree.SubElement(path_list, f"{{{A}}}path", {"w": _emu(at.width), "h": _emu(at.height)})
        if not fill:
            path.set("fill", "none")
        for number, (x, y) in enumerate(points):
            step = etree.SubElement(path, f"{{{A}}}{'lnTo' if number else 'moveTo'}")
            etree.SubElement(step, f"{{{A}}}pt", {"x": _emu(x), "y": _emu(y)})
        if fill:
            etree.SubElement(path, f"{{{A}}}close")
    _paint(look, fill, line, width)
    return _shape(look, said)


def text_box(at: Rect, words: Words, family: str) -> Node:
    """Words of this font in the middle of a rectangle that is not drawn."""
    look = _look(at)
    _named(look, "rect")
    _paint(look, "", "", 0.0)
    paragraph = _paragraph(words.align)
    _run(paragraph, words.text, words.size, words.color, {"b": words.bold}, family)
    return with_words(_shape(look), [paragraph], etree.Element(f"{{{A}}}bodyPr", dict.fromkeys(_INSETS, "0")))


_INSETS = ("lIns", "tIns", "rIns", "bIns")


def with_words(shape: Node, paragraphs: Sequence[Node], room: Node | None) -> Node:
    """A shape with these paragraphs in it.

    Args:
        room: the ``bodyPr`` that says where they are in the shape; its attributes are taken over.
    """
    if paragraphs:
        content = etree.SubElement(etree.SubElement(shape, f"{{{WPS}}}txbx"), w("txbxContent"))
        content.extend(paragraphs)
    own = etree.SubElement(shape, f"{{{WPS}}}bodyPr", {"anchor": "ctr"})
    for name, value in () if room is None else room.attrib.items():
        own.set(name, value)
    return shape


def word_paragraphs(body: Node, defaults: TextDefaults, theme: Mapping[str, str]) -> Iterator[Node]:
    """The paragraphs of a DrawingML text body (21.1.2.1.1) as those of a text box; none if there are no words."""
    found = list(body.iterchildren(f"{{{A}}}p"))
    if not any("".join(each.itertext(f"{{{A}}}t")).strip() for each in found):
        return
    for node in found:
        said = node.find(f"{{{A}}}pPr")
        paragraph = _paragraph("l" if said is None else said.get("algn", "l"))
        properties = paragraph[0]
        first = next(node.iter(f"{{{A}}}rPr", f"{{{A}}}endParaRPr"), None)
        size = _size(first, defaults)
        _space(properties, said, size, defaults.scale)
        _indent(properties, said)
        bullet = None if said is None else said.find(f"{{{A}}}buChar")
        if bullet is not None and node.find(f"{{{A}}}r") is not None:
            _run(paragraph, bullet.get("char", "•"), size, _color(first, defaults, theme), {})
            etree.SubElement(etree.SubElement(paragraph, w("r")), w("tab"))
        for piece in node.iterchildren(f"{{{A}}}r", f"{{{A}}}fld", f"{{{A}}}br"):
            look = piece.find(f"{{{A}}}rPr")
            if piece.tag == f"{{{A}}}br":
                etree.SubElement(etree.SubElement(paragraph, w("r")), w("br"))
                continue
            on = {name: look is not None and look.get(name) in ("1", "true") for name in ("b", "i")}
            on["u"] = look is not None and look.get("u", "none") != "none"
            words = piece.findtext(f"{{{A}}}t") or ""
            _run(paragraph, words, _size(look, defaults), _color(look, defaults, theme), on, _family(look))
        yield paragraph


def _size(look: Node | None, defaults: TextDefaults) -> float:
    said = number_of(None if look is None else look.get("sz"))
    return min(said / 100 if said > 0 else defaults.size, _LARGEST) * defaults.scale


def _color(look: Node | None, defaults: TextDefaults, theme: Mapping[str, str]) -> str:
    return (color(None if look is None else look.find(f"{{{A}}}solidFill"), theme)) or defaults.color


def _family(look: Node | None) -> str:
    named = None if look is None else look.find(f"{{{A}}}latin")
    return "" if named is None else named.get("typeface", "")


def _space(properties: Node, said: Node | None, size: float, scale: float) -> None:
    """The space between lines and around a paragraph, in hundredths of a percent or of a point (21.1.2.2.5)."""
    into = next(properties.iterchildren(w("spacing")))
    for name, written in (("spcBef", "before"), ("spcAft", "after")):
        for each in () if said is None else said.iterfind(f"{{{A}}}{name}/*"):
            amount = number_of(each.get("val"))
            share = etree.QName(each).localname == "spcPct"
            into.set(w(written), f"{(amount / 100_000 * size if share else amount / 100 * scale) * 20:.0f}")
    for each in () if said is None else said.iterfind(f"{{{A}}}lnSpc/*"):
        amount = number_of(each.get("val"))
        if etree.QName(each).localname == "spcPct":
            into.set(w("line"), f"{amount / 100_000 * 240:.0f}")
        else:
            into.set(w("line"), f"{amount / 100 * 20 * scale:.0f}")
            into.set(w("lineRule"), "exact")


def _indent(properties: Node, said: Node | None) -> None:
    left, first = (0.0 if said is None else number_of(said.get(name)) / EMU * 20 for name in ("marL", "indent"))
    into = next(properties.iterchildren(w("ind")))
    into.set(w("left"), f"{left:.0f}")
    into.set(w("hanging" if first < 0 else "firstLine"), f"{abs(first):.0f}")


def _paragraph(align: str) -> Node:
    """An empty paragraph that takes nothing from the styles of the letter."""
    paragraph = etree.Element(w("p"))
    properties = etree.SubElement(paragraph, w("pPr"))
    etree.SubElement(properties, w("snapToGrid"), {w("val"): "0"})
    spacing = {"before": "0", "after": "0", "line": "240", "lineRule": "auto"}
    etree.SubElement(properties, w("spacing"), {w(name): value for name, value in spacing.items()})
    etree.SubElement(properties, w("ind"), {w("left"): "0", w("right"): "0", w("firstLine"): "0"})
    etree.SubElement(properties, w("jc"), {w("val"): _ALIGN.get(align, "left")})
    return paragraph


def _run(paragraph: Node, words: str, size: float, ink: str, on: Mapping[str, bool], family: str = "") -> None:
    run = etree.SubElement(paragraph, w("r"))
    look = etree.SubElement(run, w("rPr"))
    theme = {"+mj-lt": "majorHAnsi", "+mn-lt": "minorHAnsi", "": "minorHAnsi"}.get(family)
    names = ("asciiTheme", "hAnsiTheme") if theme else ("ascii", "hAnsi")
    etree.SubElement(look, w("rFonts"), {w(name): theme or family for name in names})
    for name in ("b", "i"):
        etree.SubElement(look, w(name), {w("val"): "1" if on.get(name) else "0"})
    etree.SubElement(look, w("color"), {w("val"): ink.removeprefix("#")})
    etree.SubElement(look, w("sz"), {w("val"): f"{size * 2:.0f}"})
    if on.get("u"):
        etree.SubElement(look, w("u"), {w("val"): "single"})
    text = etree.SubElement(run, w("t"), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    text.text = words


def _shape(look: Node, said: str = "") -> Node:
    node = etree.Element(f"{{{WPS}}}wsp")
    etree.SubElement(node, f"{{{WPS}}}cNvPr", {"id": "0", "name": "", "descr": said})
    node.append(look)
    return node


def _look(at: Rect) -> Node:
    look = etree.Element(f"{{{WPS}}}spPr")
    frame = etree.SubElement(look, f"{{{A}}}xfrm")
    etree.SubElement(frame, f"{{{A}}}off", {"x": _emu(at.x), "y": _emu(at.y)})
    etree.SubElement(frame, f"{{{A}}}ext", {"cx": _emu(at.width), "cy": _emu(at.height)})
    return look


def _named(look: Node, kind: str) -> None:
    etree.SubElement(look, f"{{{A}}}prstGeom", {"prst": kind})


def _paint(look: Node, fill: str, line: str, width: float) -> None:
    _solid(look, fill)
    _solid(etree.SubElement(look, f"{{{A}}}ln", {"w": _emu(width)}), line)


def _solid(into: Node, ink: str) -> None:
    if ink:
        etree.SubElement(etree.SubElement(into, f"{{{A}}}solidFill"), f"{{{A}}}srgbClr", {"val": ink.removeprefix("#")})
    else:
        etree.SubElement(into, f"{{{A}}}noFill")


def _emu(length: float) -> str:
    return str(round(length * EMU))
