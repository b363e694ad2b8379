"""What Word's Review tab leaves in a document, tracked changes and comments, settled as Word settles them.

Accepting is for reading on, and for the cleaned copy that `letters check --fix` writes; a letter is never filled from
a template that still holds any.
"""

from __future__ import annotations

from lxml import etree

from letters.docx.markup import P_PR, R_PR, TBL, TC, TR, P, around, remove, w, ws

TRACKED = ws(
    "ins del moveFrom moveTo rPrChange pPrChange sectPrChange tblPrChange tcPrChange trPrChange "
    "tblGridChange tblPrExChange numberingChange cellIns cellDel cellMerge"
)
_GONE = ws("del moveFrom")
_KEPT = ws("ins moveTo")
_EDGES = ws(
    "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd "
    "customXmlDelRangeStart customXmlDelRangeEnd"
)
COMMENTS = ws("commentRangeStart commentRangeEnd commentReference")


def accept_changes(root: etree._Element) -> None:
    """Settle every tracked change of a part, as Accept All Changes does."""
    joined = [mark for mark in root.iter(*_GONE) if _is_mark(mark)]
    for row in [around(node, TR) for node in root.iter(w("del")) if _holder(node) == w("trPr")]:
        _take(row, TBL)
    for cell in [around(node, TC) for node in root.iter(w("cellDel"))]:
        _take(cell, TR)
    paragraphs = [around(mark, P) for mark in joined]
    for node in list(root.iter(*TRACKED)):
        if node.tag in _KEPT and len(node):
            _unwrap(node)
        else:
            remove(node)
    for node in list(root.iter(*_EDGES)):
        remove(node)
    for paragraph in paragraphs:
        if paragraph is not None:
            _join_with_next(paragraph)


def drop_comments(root: etree._Element) -> None:
    """Take out every mark of a comment, and the runs that held nothing else."""
    for node in list(root.iter(*COMMENTS)):
        run = node.getparent()
        remove(node)
        if run is not None and run.tag == w("r") and all(child.tag == R_PR for child in run):
            remove(run)


def _holder(node: etree._Element) -> str:
    parent = node.getparent()
    return "" if parent is None else str(parent.tag)


def _is_mark(node: etree._Element) -> bool:
    """Whether what was deleted or moved away is the end of a paragraph."""
    parent = node.getparent()
    return parent is not None and parent.tag == R_PR and _holder(parent) == P_PR


def _take(element: etree._Element | None, outer: str) -> None:
    """Remove a row or cell, and what held nothing but it."""
    if element is None:
        return
    holder, kind = around(element, outer), element.tag
    remove(element)
    if holder is not None and next(holder.iter(kind), None) is None:
        remove(holder)


def _unwrap(node: etree._Element) -> None:
    for child in list(node):
        node.addprevious(child)
    remove(node)


def _join_with_next(paragraph: etree._Element) -> None:
    """The text of a paragraph whose end was deleted stands at the head of the next."""
    after = paragraph.getnext()
    content = [child for child in paragraph if child.tag != P_PR]
    if after is None or after.tag != P:
        if not content and paragraph.getprevious() is not None:
            remove(paragraph)
        return
    properties = after.find(P_PR)
    at = 0 if properties is None else after.index(properties) + 1
    for child in reversed(content):
        after.insert(at, child)
    remove(paragraph)
