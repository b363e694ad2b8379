"""Formulas and alternative contents among the elements, and notes on elements that are not carried over."""

from __future__ import annotations

from lxml import etree

from letters.docx.names import MC, PIC, M, Node, w
from letters.pdf.reader.context import StoryPart

FORMULAS = frozenset({f"{{{M}}}oMath", f"{{{M}}}oMathPara"})
# Namespaces of alternatives that are not supported: ink, 3-D models and charts.
_UNREADABLE = frozenset({"wpi", "am3d", "aink", "cx", "cx1", "cx2", "v"})


def alternative(node: Node) -> Node | None:
    """The alternative to read: the first supported one, else one with a picture, else the fallback."""
    choices = list(node.iterchildren(f"{{{MC}}}Choice"))
    for choice in choices:
        if not set(choice.get("Requires", "").split()) & _UNREADABLE:
            return choice
    for choice in choices:
        if choice.find(f".//{{{PIC}}}pic") is not None and choice.find(f".//{w('txbxContent')}") is None:
            return choice
    return node.find(f"{{{MC}}}Fallback")


def unknown(part: StoryPart, node: Node) -> None:
    """Note an element that is not carried over, if it contains text or is one of Word's own."""
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
