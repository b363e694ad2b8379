"""The markup of Word: names of its elements, and the few moves on its trees that every step of filling makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import etree

from letters.docx.package import Package, W


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

# Marks a paragraph or run that filling may leave empty. A processing instruction, because no text can look like one
# in a serialised part (its “<” would be escaped), and a template's own are dropped on the way in.
MARK = etree.PI
_PARAGRAPH_MARK, _RUN_MARK = "<?letters p?>", "<?letters r?>"
# Found in the text and not in the tree, which would have to be written once more: every letter has some. The mark and
# the empty text are as lxml writes what we set; a run that looks different stays.
# No possessive quantifiers: Python before 3.11.5 matches them wrongly (CPython gh-106052). This one cannot backtrack
# far, as no part of it matches the `<` the next begins with.
_EMPTY_RUN = re.compile(
    r"<w:r><\?letters r\?>(?:<w:rPr/>|<w:rPr>(?:<(?!/w:rPr>)[^<]*)*</w:rPr>)?"
    r'(?:<w:t xml:space="preserve"(?:/>|></w:t>))+</w:r>'
)

_TEXT = re.compile(">([^<>]+)<(?!/w:instrText>)")

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES, CHOICE, FALLBACK, IGNORABLE = (
    f"{_MC}{name}" for name in ("AlternateContent", "Choice", "Fallback", "Ignorable")
)
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
STRICT = etree.XMLParser(resolve_entities=False, no_network=True)
DOCUMENT_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def mark_maybe_blank(element: etree._Element) -> None:
    """Mark a paragraph for ``repair``, or a run for ``without_empty_runs``."""
    element.insert(0, MARK("letters", etree.QName(element).localname))


def without_empty_runs(xml: str) -> str:
    """A filled part without the marked runs of which nothing is left, and without the marks of the others."""
    return _EMPTY_RUN.sub("", xml).replace(_RUN_MARK, "")


def without_blank_marks(xml: str) -> str:
    return xml.replace(_PARAGRAPH_MARK, "")


def serialised(root: etree._Element) -> bytes:
    xml: str = etree.tostring(root, encoding="unicode")
    return (DOCUMENT_HEAD + xml).encode()


@lru_cache(maxsize=16)
def taken_apart(xml: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The paragraphs of a part, each as its markup, with a NUL for every text in it, and those texts.

    What stands behind the last paragraph comes last. Letters from one template have most of their markup in common, so
    that what is found out about it can be kept. The code of a field counts as markup, and so does a text that looks
    like an attribute.
    """
    pieces = _TEXT.split(xml.replace("\0", ""))
    texts = pieces[1::2]
    markup = ">\0<".join(pieces[::2])
    if '="' in "".join(texts):
        holes = [text if '="' in text else "\0" for text in texts]
        markup = pieces[0] + "".join(f">{hole}<{after}" for hole, after in zip(holes, pieces[2::2], strict=True))
        texts = [text for text in texts if '="' not in text]
    found, begin = [], 0
    for paragraph in markup.split("</w:p>"):
        end = begin + paragraph.count("\0")
        found.append((paragraph, tuple(texts[begin:end])))
        begin = end
    return tuple(found)


def text_of(element: etree._Element) -> str:
    """All text in it, that of text boxes inside too."""
    return "".join(node.text or "" for node in element.iter(T))


def numbered(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """Every paragraph with its number; the second copy of a text box, for old programs, counts as its first."""
    number = 0
    for paragraph in root.iter(P):
        number += around(paragraph, FALLBACK) is None
        yield number, paragraph


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{P_PR}/{w('pStyle')}")
    return "" if style is None else style.get(VAL, "")


def all_styles(package: Package) -> list[etree._Element]:
    """The styles of a document; only to be read."""
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            return list(package.tree(link.target).iter(w("style")))
    return []


def ids_of(styles: Iterable[etree._Element]) -> frozenset[str]:
    return frozenset(style.get(STYLE_ID, "") for style in styles)


def around(node: etree._Element, kind: str) -> etree._Element | None:
    """The nearest paragraph, row … that ``node`` stands in."""
    return next(node.iterancestors(kind), None)


def on(node: etree._Element | None) -> bool:
    """Whether a switch such as ``w:vanish`` is there and on."""
    return node is not None and node.get(VAL, "1") not in ("0", "false", "off")


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
