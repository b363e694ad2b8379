"""A Word letter as it reads once all its tracked changes are accepted (17.13.5): insertions stay, deletions go."""

from __future__ import annotations

from lxml import etree

from letters.docx.package import Package
from letters.docx.values import Node, w

_GONE = frozenset(w(name) for name in ("del", "moveFrom"))
_KEPT = frozenset(w(name) for name in ("ins", "moveTo"))
# What says how something looked before, and marks of moved stretches.
_FORMER = frozenset(
    w(name)
    for name in (
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange", "tblGridChange",
        "tblPrExChange", "numberingChange", "cellIns", "cellMerge", "moveFromRangeStart", "moveFromRangeEnd",
        "moveToRangeStart", "moveToRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd",
        "customXmlInsRangeStart", "customXmlInsRangeEnd",
    )
)  # fmt: skip
_STORIES = frozenset({"header", "footer", "footnotes", "endnotes"})


def accepted(package: Package) -> Package:
    """``package`` with its changes accepted in the text, headers, footers and notes."""
    parts = dict(package.parts)
    names = {link.target for link in package.links(package.main).values() if link.kind in _STORIES}
    for name in sorted({package.main, *names} & set(parts)):
        root = package.xml(name)
        _accept(root)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return Package(package.name, parts)


def _accept(root: Node) -> None:
    # Properties first: a mark inside them says that a row, a cell or the end of a paragraph is new or gone.
    for row in list(root.iter(w("tr"))):
        if row.find(f"{w('trPr')}/{w('del')}") is not None:
            _drop(row)
    for cell in list(root.iter(w("tc"))):
        if cell.find(f"{w('tcPr')}/{w('cellDel')}") is not None:
            _drop(cell)
    for table in list(root.iter(w("tbl"))):
        if table.find(f".//{w('tc')}") is None:
            _drop(table)
    _join_paragraphs(root)
    for node in list(root.iter(*_GONE)):
        _drop(node)
    for node in list(root.iter(*_KEPT)):
        _unwrap(node)
    for node in list(root.iter(*_FORMER)):
        _drop(node)


def _join_paragraphs(root: Node) -> None:
    """A paragraph whose end is deleted goes on with the next one, and looks like that one (17.13.5.15)."""
    for paragraph in list(root.iter(w("p"))):
        mark = paragraph.find(f"{w('pPr')}/{w('rPr')}")
        if mark is None or all(mark.find(name) is None for name in _GONE):
            continue
        following = paragraph.getnext()
        properties = paragraph.find(w("pPr"))
        if following is None or following.tag != w("p"):
            for node in [found for name in _GONE for found in mark.iterchildren(name)]:
                mark.remove(node)
            continue
        at = 0 if following.find(w("pPr")) is None else 1
        for node in [child for child in paragraph if child is not properties]:
            following.insert(at, node)
            at += 1
        _drop(paragraph)


def _drop(node: Node) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _unwrap(node: Node) -> None:
    """Put what a node holds in its place."""
    parent = node.getparent()
    if parent is None:
        return
    at = parent.index(node)
    for child in list(node):
        parent.insert(at, child)
        at += 1
    parent.remove(node)
