"""Tracked changes and comments: what Word's Review tab leaves in a document, accepted as Word accepts it (17.13.5).

Accepting is for reading on: the PDF of a letter that counsel has edited, the words that `letters verify` compares, and
the cleaned copy that `letters check --fix` writes. No letter is filled from a template that still holds any.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from letters.docx.markup import around, is_marker, remove
from letters.docx.names import P_PR, R_PR, TBL, TC, TC_PR, TR, TR_PR, VAL, Node, P, R, w, ws
from letters.docx.package import Package

TRACKED = ws(
    "ins del moveFrom moveTo rPrChange pPrChange sectPrChange tblPrChange tcPrChange trPrChange "
    "tblGridChange tblPrExChange numberingChange cellIns cellDel cellMerge"
)
"""Elements that record a change."""
COMMENTS = ws("commentRangeStart commentRangeEnd commentReference")
_GONE = ws("del moveFrom")
_KEPT = ws("ins moveTo")
_RANGES = ws(
    "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd "
    "customXmlDelRangeStart customXmlDelRangeEnd customXmlMoveFromRangeStart customXmlMoveFromRangeEnd "
    "customXmlMoveToRangeStart customXmlMoveToRangeEnd"
)
_STORIES = frozenset({"header", "footer", "footnotes", "endnotes"})


def accepted(package: Package) -> Package:
    """The package with every tracked change accepted in its body, headers, footers and notes."""
    parts = dict(package.parts)
    names = {link.target for link in package.links(package.main).values() if link.kind in _STORIES}
    for name in sorted({package.main, *names} & set(parts)):
        root = package.xml(name)
        accept_changes(root)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return Package(package.name, parts)


def accept_changes(root: Node) -> None:
    """Accept every tracked change of a part, in place, as Word's Accept All Changes does."""
    paragraphs = [around(mark, P) for mark in root.iter(*_GONE) if _is_paragraph_mark(mark)]
    for row in [around(node, TR) for node in root.iter(w("del")) if _parent_tag(node) == TR_PR]:
        _remove_with_empty_parent(row, TBL)
    for cell in [around(node, TC) for node in root.iter(w("cellDel"))]:
        _remove_with_empty_parent(cell, TR)
    for node in list(root.iter(*TRACKED)):
        if node.tag in _KEPT and len(node):
            _unwrap(node)
        elif node.tag == w("cellMerge"):
            _merge_cell(node)
        else:
            remove(node)
    for node in list(root.iter(*_RANGES)):
        remove(node)
    for paragraph in reversed(paragraphs):  # the last first, so that nothing is moved more than once
        if paragraph is not None:
            _join_with_next(paragraph)


def drop_comments(root: Node) -> None:
    """Remove every mark of a comment, and the runs that held nothing else."""
    for node in list(root.iter(*COMMENTS)):
        run = node.getparent()
        remove(node)
        if run is not None and run.tag == R and all(child.tag == R_PR for child in run):
            remove(run)


def _parent_tag(node: Node) -> str:
    parent = node.getparent()
    return "" if parent is None else str(parent.tag)


def _is_paragraph_mark(node: Node) -> bool:
    """Whether what was deleted or moved away is the end of a paragraph."""
    parent = node.getparent()
    return parent is not None and parent.tag == R_PR and _parent_tag(parent) == P_PR


def _remove_with_empty_parent(element: Node | None, outer: str) -> None:
    """Remove a row or cell, and then its table or row if it was the last one."""
    if element is None:
        return
    holder, kind = around(element, outer), str(element.tag)
    remove(element)
    if holder is not None and next(holder.iter(kind), None) is None:
        _remove_with_empty_parent(holder, TBL) if holder.tag == TR else remove(holder)


def _merge_cell(change: Node) -> None:
    """A tracked vertical merge (17.13.5.3) takes effect."""
    properties, merge = change.getparent(), change.get(w("vMerge"))
    if properties is not None and properties.tag == TC_PR and properties.find(w("vMerge")) is None and merge:
        change.addprevious(etree.Element(w("vMerge"), {VAL: "restart" if merge == "rest" else "continue"}))
    remove(change)


def _unwrap(node: Node) -> None:
    for child in list(node):
        node.addprevious(child)
    remove(node)


def _join_with_next(paragraph: Node) -> None:
    """A paragraph whose end was deleted runs on into the next one, which keeps its own properties (17.13.5.15).

    Where no paragraph follows, at the end of the body or a cell or before a table, there is nothing to run on into:
    what is left of the paragraph stays, and an empty one goes, unless Word needs a paragraph in that place.
    """
    markers, following = [], paragraph.getnext()
    while following is not None and is_marker(following):
        markers.append(following)
        following = following.getnext()
    content = [child for child in paragraph if child.tag != P_PR]
    if following is None or following.tag != P:
        if not any(_is_content(child) for child in content) and not _is_needed(paragraph, following):
            for child in content:
                paragraph.addprevious(child)
            remove(paragraph)
        return
    properties = following.find(P_PR)
    at = 0 if properties is None else following.index(properties) + 1
    following[at:at] = [*content, *markers]
    remove(paragraph)


def _is_content(child: Node) -> bool:
    return isinstance(child.tag, str) and not is_marker(child)


def _is_needed(paragraph: Node, following: Node | None) -> bool:
    """Whether a paragraph must stay: a story or cell ends with one, and two tables need one between them."""
    before = next(_blocks_before(paragraph), None)
    if following is not None and following.tag == TBL:
        return before is not None and before.tag == TBL
    return before is None or before.tag != P


def _blocks_before(paragraph: Node) -> Iterator[Node]:
    return (
        node for node in paragraph.itersiblings(preceding=True) if isinstance(node.tag, str) and not is_marker(node)
    )
