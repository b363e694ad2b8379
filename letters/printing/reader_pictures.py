"""Pictures of a Word letter; whatever else is drawn or unknown becomes a note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, cast

from lxml import etree

from letters.package import R
from letters.printing.document import Floating, Image
from letters.printing.reader_book import Part
from letters.printing.reader_xml import MC, PIC, WP, A, Node, V, number_of, w

_ADEC = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_EMU = 12700
# Shapes, groups, canvases, ink, models and charts: namespaces an alternative may ask for that are not read.
_UNREADABLE = frozenset({"wps", "wpg", "wpc", "wpi", "am3d", "aink", "cx"})
_IMAGE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


def alternative(node: Node) -> Node | None:
    """Of two versions of the same thing, the one we can read: a picture if there is one, else the fallback."""
    choices = list(node.iterchildren(f"{{{MC}}}Choice"))
    for choice in choices:
        if not set(choice.get("Requires", "").split()) & _UNREADABLE:
            return choice
    for choice in choices:
        if choice.find(f".//{{{PIC}}}pic") is not None and choice.find(f".//{w('txbxContent')}") is None:
            return choice
    return node.find(f"{{{MC}}}Fallback")


def drawn_pictures(part: Part, node: Node) -> Iterator[Image]:
    """The pictures in a drawing; anything else in it is noted."""
    for frame in node.iterchildren(f"{{{WP}}}inline", f"{{{WP}}}anchor"):
        picture = frame.find(f".//{{{PIC}}}pic")
        if frame.find(f".//{w('txbxContent')}") is not None:
            _text_box(part, frame)
            continue
        if picture is None:
            part.note(
                "A drawing, chart or diagram is not carried over.",
                "Insert it as a picture (PNG), in line with text.",
            )
            continue
        image = _picture(part, frame, picture)
        if image is not None:
            yield image


def _text_box(part: Part, frame: Node) -> None:
    words = " ".join("".join(frame.itertext(w("t"))).split())[:60]
    part.note(
        f"A text box is not carried over (“{words}”).",
        "Put its words into a paragraph or a table; text boxes cannot be read aloud in order either.",
        "text-box",
    )


def _picture(part: Part, frame: Node, picture: Node) -> Image | None:
    blip = picture.find(f".//{{{A}}}blip")
    relation = None if blip is None else part.links.get(blip.get(f"{{{R}}}embed", ""))
    extent, properties = frame.find(f"{{{WP}}}extent"), frame.find(f"{{{WP}}}docPr")
    if relation is None or relation.external or relation.target not in part.book.package.parts:
        part.note(
            "A picture that is only linked to is not carried over.",
            "In Word: Insert, Pictures, Insert (not Link).",
        )
        return None
    media = _IMAGE_TYPES.get(relation.target.rsplit(".", 1)[-1].lower())
    if media is None:
        part.note(
            f"The picture {relation.target} is not carried over: not PNG or JPEG.",
            "Insert it again as PNG.",
        )
        return None
    crop = picture.find(f".//{{{A}}}srcRect")
    if crop is not None and any(number_of(value) for value in crop.attrib.values()):
        part.note(
            "A cropped picture is set uncropped.",
            "In Word: Picture Format, Compress Pictures, Delete cropped areas.",
        )
    decorative = properties is not None and any(
        mark.get("val") in ("1", "true") for mark in properties.iter(f"{{{_ADEC}}}decorative")
    )
    words = "" if properties is None or decorative else (properties.get("descr") or properties.get("title") or "")
    return Image(
        data=part.book.package.parts[relation.target],
        media_type=media,
        width=number_of(None if extent is None else extent.get("cx")) / _EMU,
        height=number_of(None if extent is None else extent.get("cy")) / _EMU,
        description=" ".join(words.split()),
        floating=_floating(frame) if frame.tag == f"{{{WP}}}anchor" else None,
    )


def old_picture(part: Part, node: Node) -> Image | None:
    """Old-style drawings: an embedded picture is read, anything else noted (Part 4, 19.1)."""
    if node.find(f".//{w('txbxContent')}") is not None:
        _text_box(part, node)
        return None
    data = node.find(f".//{{{V}}}imagedata")
    if data is None:
        if node.find(f".//{{{V}}}textpath") is not None:
            part.note("A watermark or WordArt is not carried over.")
        elif _draws(node):
            part.note("A drawn shape is not carried over.", "Use a paragraph border for a rule.")
        return None
    shape = data.getparent()
    relation = part.links.get(data.get(f"{{{R}}}id", ""))
    media = None if relation is None else _IMAGE_TYPES.get(relation.target.rsplit(".", 1)[-1].lower())
    if shape is None or relation is None or media is None or relation.target not in part.book.package.parts:
        part.note("A picture in an old format is not carried over.", "Insert it again as PNG.")
        return None
    style = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", shape.get("style", "")))
    width, height = (number_of(style.get(name), 0) / 20 for name in ("width", "height"))
    words = " ".join((shape.get("alt") or "").split())
    if not (width and height):
        return None
    return Image(part.book.package.parts[relation.target], media, width, height, words)


def unknown(part: Part, node: Node) -> None:
    """Note an element that is not carried over, if it holds words or is Word's own."""
    words = " ".join(
        "".join(node.itertext(w("t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")).split()
    )
    name = etree.QName(node).localname
    if "math" in (etree.QName(node).namespace or ""):
        part.note(
            f"A formula is not carried over (“{words[:40]}”).",
            "Insert it as a picture with alternative text.",
        )
    elif words:
        part.note(f"Text inside “{name}” is not carried over (“{words[:40]}”).")
    elif node.tag == w(name):
        part.note(f"“{name}” is not carried over.")


def _floating(frame: Node) -> Floating:
    """Where an anchored picture stands (20.4.2.3)."""

    def offset(axis: str) -> tuple[float, str, str]:
        node = frame.find(f"{{{WP}}}position{axis}")
        if node is None:
            return 0.0, "", ""
        moved, aligned = node.find(f"{{{WP}}}posOffset"), node.find(f"{{{WP}}}align")
        return (
            number_of(None if moved is None else moved.text) / _EMU,
            node.get("relativeFrom", ""),
            "" if aligned is None else (aligned.text or ""),
        )

    x, x_from, x_align = offset("H")
    y, y_from, _ = offset("V")
    wraps: Literal["none", "square", "top-and-bottom"] = "none"
    if frame.find(f"{{{WP}}}wrapTopAndBottom") is not None:
        wraps = "top-and-bottom"
    elif frame.find(f"{{{WP}}}wrapNone") is None:
        wraps = "square"
    return Floating(
        x=x,
        y=y,
        x_from="page" if x_from == "page" else "margin" if "argin" in x_from else "column",
        y_from="page" if y_from == "page" else "margin" if "argin" in y_from else "paragraph",
        x_align=cast(Any, {"inside": "left", "outside": "right"}.get(x_align, x_align)),
        wraps=wraps,
    )


def _draws(node: Node) -> bool:
    return any(
        True for name in ("shape", "rect", "line", "oval", "roundrect", "group") for _ in node.iter(f"{{{V}}}{name}")
    )
