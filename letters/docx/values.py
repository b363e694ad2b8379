"""Names and values of Word's XML as the reader needs them: which elements print, what an attribute's value means."""

from __future__ import annotations

import re
from typing import TypeAlias

from lxml import etree

from letters.docx.package import W

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
V = "urn:schemas-microsoft-com:vml"

Node: TypeAlias = etree._Element

MAX_DEPTH = 40
"""How deep tables and controls may nest."""
_FARTHEST = 1584.0
"""Points: 22 inches, the longest measure Word takes for an indent, a space or a margin."""
_LARGEST = float(2**31 - 1)


def w(name: str) -> str:
    """``w:p`` as lxml spells it: the WordprocessingML name ``name``."""
    return f"{{{W}}}{name}"


# Children of a run or paragraph that carry nothing to print, and those whose content stands in their place.
SILENT = frozenset(
    w(name)
    for name in (
        "rPr", "pPr", "proofErr", "bookmarkEnd", "lastRenderedPageBreak", "commentRangeStart",
        "commentRangeEnd",
        "commentReference", "annotationRef", "permStart", "permEnd", "instrText", "delInstrText", "delText",
        "sdtPr", "sdtEndPr", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "customXmlPr", "smartTagPr", "separator", "continuationSeparator",
        "tblPr",
        "tblGrid", "trPr", "tcPr", "sectPr", "tblPrEx", "softHyphen",
    )
)  # fmt: skip
THROUGH = frozenset(w(name) for name in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "dir", "bdo"))


def value_of(node: Node | None, name: str, attribute: str = "val") -> str | None:
    """Attribute of the child ``name`` of ``node``, or None."""
    child = None if node is None else node.find(w(name))
    return None if child is None else child.get(w(attribute))


def is_on(child: Node) -> bool:
    """The value of an on/off property (17.17.4)."""
    return child.get(w("val"), "true") not in ("0", "false", "off", "none")


def flag(node: Node | None, name: str) -> bool:
    child = None if node is None else node.find(w(name))
    return child is not None and is_on(child)


def number_of(text: str | None, otherwise: float = 0.0) -> float:
    """A measure: a plain number, or one with a unit (``12pt``, ``1in``), which comes back in twentieths of a
    point.
    """
    if not text:
        return otherwise
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(pt|in|cm|mm|pc|pi)?\s*", text)
    if not match:
        return otherwise
    factor = {None: 1, "pt": 20, "in": 1440, "cm": 567, "mm": 56.7, "pc": 240, "pi": 240}[match[2]]
    return min(max(float(match[1]) * factor, -_LARGEST), _LARGEST)


def points(text: str | None, otherwise: float = 0.0) -> float:
    """Twentieths of a point, as points, kept within what Word allows."""
    return otherwise if text is None else within_reach(number_of(text, otherwise * 20) / 20)


def within_reach(length: float) -> float:
    """A length in points, no longer than Word allows."""
    return min(max(length, -_FARTHEST), _FARTHEST)


def hex_of(text: str | None) -> int:
    """A number in base 16; 0 for anything else."""
    return int(text, 16) if text and re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0


def font_size(text: str | None) -> float:
    """A font size in half points, as points, kept within what Word allows (1 to 1638)."""
    return min(max(number_of(text, 20) / 2, 1.0), 1638.0)


def colour_of(text: str | None) -> str:
    """``#rrggbb``, or empty for automatic."""
    return f"#{text.lower()}" if text and re.fullmatch(r"[0-9A-Fa-f]{6}", text) else ""


def shade_of(node: Node | None) -> str:
    """Background of ``w:shd``; patterns are mixed to the even grey or colour they look like (17.18.78)."""
    if node is None:
        return ""
    fill, pattern = colour_of(node.get(w("fill"))), node.get(w("val"), "clear")
    if pattern in ("clear", "nil"):
        return fill
    ink = colour_of(node.get(w("color"))) or "#000000"
    share = 100 if pattern == "solid" else min(int((re.findall(r"\d+", pattern) or ["25"])[0]), 100)
    mixed = [
        (int(ink[at : at + 2], 16) * share + int((fill or "#ffffff")[at : at + 2], 16) * (100 - share)) // 100
        for at in (1, 3, 5)
    ]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def is_marker(node: Node) -> bool:
    """Range marks and the like: nothing inside them is text."""
    name = etree.QName(node).localname
    return name.endswith(("RangeStart", "RangeEnd", "Start", "End")) and len(node) == 0


def first_words(node: Node) -> str:
    """How a message names a paragraph: its first words."""
    text = ""
    for piece in node.iter(w("t")):
        text += piece.text or ""
        if len(text) > 60:
            break
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:40].rsplit(" ", 1)[0] + " …"
