"""The markup of Word: names of its elements, and the few moves on its trees that every step of filling makes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from letters.package import W


def w(name: str) -> str:
    """The name of an element or attribute of Word's main namespace, as lxml wants it."""
    return f"{{{W}}}{name}"


def ws(names: str) -> frozenset[str]:
    return frozenset(map(w, names.split()))


P, R, T, TR, TC, TBL = (w(name) for name in ("p", "r", "t", "tr", "tc", "tbl"))
P_PR, R_PR, TC_PR, BR, HYPERLINK = (w(name) for name in ("pPr", "rPr", "tcPr", "br", "hyperlink"))
INSTR, FLD_CHAR, FLD_SIMPLE = (w(name) for name in ("instrText", "fldChar", "fldSimple"))
BODY, SECT_PR, TXBX, SDT, SDT_CONTENT = (w(name) for name in ("body", "sectPr", "txbxContent", "sdt", "sdtContent"))
BOOKMARK_START = w("bookmarkStart")
BOOKMARKS = (BOOKMARK_START, w("bookmarkEnd"))
DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
IDENTIFIED = (*BOOKMARKS, DOC_PR)
STYLE_ID, VAL, ID, NAME = w("styleId"), w("val"), w("id"), w("name")

# Marks a paragraph that may come out empty. Borrowed, because Word reads the attribute and shows nothing of it;
# every real rsid is dropped from a template.
MAYBE_BLANK = w("rsidP")
_BLANK = "00000000"
_BLANK_MARK = f' w:rsidP="{_BLANK}"'

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
STRICT = etree.XMLParser(resolve_entities=False, no_network=True)
DOCUMENT_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def mark_maybe_blank(paragraph: etree._Element) -> None:
    paragraph.set(MAYBE_BLANK, _BLANK)


def without_blank_marks(xml: str) -> str:
    return xml.replace(_BLANK_MARK, "")


def serialised(root: etree._Element) -> bytes:
    xml: str = etree.tostring(root, encoding="unicode")
    return (DOCUMENT_HEAD + xml).encode()


def text_of(element: etree._Element) -> str:
    """All text in it, that of text boxes inside too."""
    return "".join(node.text or "" for node in element.iter(T))


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{P_PR}/{w('pStyle')}")
    return "" if style is None else style.get(VAL, "")


def around(node: etree._Element, kind: str) -> etree._Element | None:
    """The nearest paragraph, row … that ``node`` stands in."""
    return next(node.iterancestors(kind), None)


def own_nodes(element: etree._Element) -> Iterator[etree._Element]:
    """Descendants in order, without those of paragraphs inside (text boxes)."""
    for child in element:
        if child.tag in (TXBX, P) or not isinstance(child.tag, str):
            continue
        yield child
        if child.tag not in (P_PR, R_PR):
            yield from own_nodes(child)


def remove(node: etree._Element, instead: str = "") -> None:
    """Take ``node`` out, leaving ``instead`` as text in its place."""
    parent = node.getparent()
    if parent is None:
        return
    previous, text = node.getprevious(), instead + (node.tail or "")
    parent.remove(node)
    if text and previous is not None:
        previous.tail = (previous.tail or "") + text
    elif text:
        parent.text = (parent.text or "") + text
