"""Restores a valid structure after conditions and loops were filled, or refuses the letter.

A loop duplicates the ids of bookmarks and pictures, and a condition may leave a row, a cell or a table empty. Word
reports such a file as damaged, or repairs it by dropping text.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree
from msgspec import Struct, field

from letters.docx.fields import copied_name
from letters.docx.markup import MARK, own_nodes, remove
from letters.docx.names import (
    BODY,
    BOOKMARK_START,
    DOC_PR,
    FLD_CHAR,
    HYPERLINK,
    ID,
    IDENTIFIED,
    NAME,
    P_PR,
    R_PR,
    SDT,
    SDT_CONTENT,
    SECT_PR,
    TBL,
    TC,
    TR,
    TXBX,
    P,
    R,
    T,
    W,
    w,
    ws,
)
from letters.errors import Problem, TemplateAtFault

_NodeType = str | Callable[..., etree._Element]  # a tag, or a factory such as the one for processing instructions
_BLOCK_HOLDERS = (TXBX, *sorted(ws("hdr ftr footnote endnote")))
_WATCHED: tuple[_NodeType, ...] = (MARK, FLD_CHAR, *IDENTIFIED, TR, TBL, SDT_CONTENT, TC, *_BLOCK_HOLDERS)
_MISPLACED = etree.XPath(
    "//w:p/w:p | //w:r/w:p | //w:r/w:r | //w:t/* | //text()[not(parent::w:t)][normalize-space()]"
    "[parent::w:p or parent::w:r or parent::w:tc or parent::w:tr or parent::w:tbl or parent::w:body"
    " or parent::w:hyperlink]",
    namespaces={"w": W},
)
_NOTHING = frozenset({R, T, R_PR, P_PR, HYPERLINK, w("smartTag")})


class PartStructure(Struct, frozen=True):
    """The structure that a part must have once it is filled.

    Args:
        label: of the part, for messages.
        ends_with_section: whether its last element is the page settings.
        watched: elements and nodes that may need repair, of those in this part.
        base: first id that is free for copies made by loops.
    """

    label: str
    ends_with_section: bool
    watched: tuple[_NodeType, ...]
    base: int

    @classmethod
    def of(cls, root: etree._Element, label: str, base: int) -> PartStructure:
        watched = tuple(tag for tag in _WATCHED if next(root.iter(tag), None) is not None)
        return cls(label, _ends_with_section(root), watched, base)

    def repair(self, root: etree._Element) -> bool:
        """Repair what can be repaired; returns whether anything changed. Raises TemplateAtFault for the rest."""
        if _MISPLACED(root):
            raise self.damaged("text or a paragraph is in a place where it is not allowed")
        if self.ends_with_section and not _ends_with_section(root):
            raise self.damaged("the page settings are missing")
        if not self.watched:
            return False
        blanks, containers = list[etree._Element](), list[etree._Element]()
        edges, identified = list[str | None](), False
        for node in root.iter(*self.watched):
            kind = node.tag
            if not isinstance(kind, str):  # MARK is the only one that is not an element
                if (marked := node.getparent()) is not None:
                    blanks.append(marked)
            elif kind == FLD_CHAR:
                edges.append(node.get(w("fldCharType")))
            elif kind in IDENTIFIED:
                identified = True
            else:
                containers.append(node)
        if edges.count("begin") != edges.count("end"):
            raise self.damaged("a field has no end")
        changed = False
        for node in blanks:
            changed |= _drop_if_blank(node)
        if identified:
            changed |= UniqueIds(highest=self.base).separate_copies(root)
        for node in reversed(containers):  # inner containers first, because they may leave the outer ones empty
            changed |= _complete(node)
        return changed

    def damaged(self, why: str) -> TemplateAtFault:
        message = f"The filled letter would be damaged: {why}."
        return TemplateAtFault(Problem(message, self.label, "Please report this template.", "damaged"))


class UniqueIds(Struct):
    """Keeps the ids of bookmarks and pictures in a letter unique."""

    used: set[tuple[str, str]] = field(default_factory=set)
    highest: int = 0
    copies: dict[str, int] = field(default_factory=dict)
    """How often each name of a bookmark has occurred, so that a thousand copies are not counted a thousand times."""

    def separate_copies(self, root: etree._Element) -> bool:
        """Make ids unique and drop bookmarks without start or end. Returns whether anything changed."""
        open_: dict[str, tuple[str, etree._Element]] = {}
        changed = False
        for node in list(root.iter(*IDENTIFIED)):
            if node.tag == DOC_PR:
                old = node.get("id", "")
                node.set("id", self._take("picture", old))
                changed |= node.get("id") != old
                continue
            old = node.get(ID, "")
            if node.tag == BOOKMARK_START:
                new, name = self._take("bookmark", old), node.get(NAME, "")
                node.set(ID, new)
                node.set(NAME, self._take_name(name))
                open_[old] = (new, node)
                changed |= new != old or node.get(NAME) != name
            elif old in open_:
                node.set(ID, open_.pop(old)[0])
            else:
                remove(node)
                changed = True
        for _, node in open_.values():
            remove(node)
        return changed or bool(open_)

    def _take(self, kind: str, wanted: str) -> str:
        if not wanted.isdigit() or (kind, wanted) in self.used:
            wanted = str(self.highest + 1)
        self.highest = max(self.highest, int(wanted))
        self.used.add((kind, wanted))
        return wanted

    def _take_name(self, wanted: str) -> str:
        name, copy = wanted, self.copies.get(wanted, 1)
        while ("name", name) in self.used:
            copy += 1
            name = copied_name(wanted, copy)
        self.copies[wanted] = copy
        self.used.add(("name", name))
        return name


def _ends_with_section(root: etree._Element) -> bool:
    body = root.find(BODY)
    return body is not None and len(body) > 0 and body[-1].tag == SECT_PR


def _drop_if_blank(paragraph: etree._Element) -> bool:
    """Remove a paragraph that its tags left empty, unless it is needed there. Returns whether it was removed."""
    for text in paragraph.itertext(T):
        if not text.isspace():
            return False
    if paragraph.find(f"{P_PR}/{SECT_PR}") is not None:
        return False
    if any(node.tag not in _NOTHING for node in own_nodes(paragraph)):
        return False
    before, after = paragraph.getprevious(), paragraph.getnext()
    if P not in (None if before is None else before.tag, None if after is None else after.tag):
        return False  # the last one of its cell, or the one between two tables
    remove(paragraph)
    return True


def _complete(node: etree._Element) -> bool:
    """Give an empty container the minimum it needs, or remove it. Returns whether anything changed."""
    if node.tag in (TR, TBL):
        return _remove_without(node, TC if node.tag == TR else TR)
    if node.tag == SDT_CONTENT:
        return _complete_control(node)
    blocks = [child.tag for child in node if child.tag in (P, TBL, SDT)]
    if blocks and blocks[-1] != TBL:
        return False
    etree.SubElement(node, P)
    return True


def _remove_without(node: etree._Element, wanted: str) -> bool:
    """Remove a row without cells, or a table without rows. Returns whether it was removed."""
    if next(node.iter(wanted), None) is not None:
        return False
    remove(node)
    return True


def _complete_control(content: etree._Element) -> bool:
    if len(content):
        return False
    control = content.getparent()
    outer = None if control is None else control.getparent()
    if control is not None and outer is not None and outer.tag in (TBL, TR):
        remove(control)
    else:
        etree.SubElement(content, R if outer is not None and outer.tag in (P, HYPERLINK) else P)
    return True
