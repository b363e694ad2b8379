"""The structure of a filled part: what blocks and loops leave behind is put right, or the letter is refused.

A loop copies bookmarks and pictures with their ids; a condition may empty a row, a cell or a whole table. Word
calls such a file damaged, or mends it by dropping text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from letters.docx.markup import (
    BODY,
    BOOKMARK_START,
    DOC_PR,
    FLD_CHAR,
    HYPERLINK,
    ID,
    IDENTIFIED,
    MARK,
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
    own_nodes,
    remove,
    w,
    ws,
)
from letters.docx.package import W
from letters.errors import Problem, TemplateAtFault

_BLOCK_HOLDERS = (TXBX, *sorted(ws("hdr ftr footnote endnote")))
_WATCHED = (MARK, FLD_CHAR, *IDENTIFIED, TR, TBL, SDT_CONTENT, TC, *_BLOCK_HOLDERS)
_MISPLACED = etree.XPath(
    "//w:p/w:p | //w:r/w:p | //w:r/w:r | //w:t/* | //text()[not(parent::w:t)][normalize-space()]"
    "[parent::w:p or parent::w:r or parent::w:tc or parent::w:tr or parent::w:tbl or parent::w:body"
    " or parent::w:hyperlink]",
    namespaces={"w": W},
)
_NOTHING = frozenset({R, T, R_PR, P_PR, HYPERLINK, w("smartTag")})


@dataclass(frozen=True, slots=True)
class Structure:
    """What the structure of a part must be once it is filled."""

    label: str
    ends_with_section: bool
    watched: tuple[object, ...]  # elements and marks that may need repair, of those this part has
    base: int  # ids from here on are free for copies made by loops

    @classmethod
    def of(cls, root: etree._Element, label: str, base: int) -> Structure:
        watched = tuple(tag for tag in _WATCHED if next(root.iter(tag), None) is not None)
        return cls(label, _ends_with_section(root), watched, base)

    def repair(self, root: etree._Element) -> bool:
        """Put right what can be, refuse what cannot (TemplateAtFault); say whether anything changed."""
        if _MISPLACED(root):
            raise self.damaged("text or a paragraph stands where none can")
        if self.ends_with_section and not _ends_with_section(root):
            raise self.damaged("the page settings are lost")
        if not self.watched:
            return False
        marks, edges, identified, containers = [], [], False, []
        for node in root.iter(*self.watched):
            kind = node.tag
            if kind is MARK:
                marks.append(node.getparent())
            elif kind == FLD_CHAR:
                edges.append(node.get(w("fldCharType")))
            elif kind in IDENTIFIED:
                identified = True
            else:
                containers.append(node)
        if edges.count("begin") != edges.count("end"):
            raise self.damaged("a field is cut in two")
        changed = False
        for node in marks:
            changed |= _drop_if_blank(node)
        if identified:
            changed |= Ids(highest=self.base).separate_copies(root)
        for node in reversed(containers):  # emptiness spreads from the inside out
            changed |= _complete(node)
        return changed

    def damaged(self, why: str) -> TemplateAtFault:
        message = f"The filled letter would be damaged: {why}."
        return TemplateAtFault(Problem(message, self.label, "Please report this template.", "damaged"))


@dataclass(slots=True)
class Ids:
    """Identifiers in use, so that no two things in a letter share one."""

    used: set[tuple[str, str]] = field(default_factory=set)
    highest: int = 0

    def separate_copies(self, root: etree._Element) -> bool:
        """Give bookmarks and pictures ids of their own, drop half bookmarks; say whether anything changed."""
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
        name, copy = wanted, 1
        while ("name", name) in self.used:
            copy += 1
            name = f"{wanted[:34]}_{copy}"
        self.used.add(("name", name))
        return name


def _ends_with_section(root: etree._Element) -> bool:
    body = root.find(BODY)
    return body is not None and len(body) > 0 and body[-1].tag == SECT_PR


def _drop_if_blank(paragraph: etree._Element) -> bool:
    """Remove a paragraph whose tags left nothing of it, unless something needs it to stand there."""
    for text in paragraph.itertext(T):
        if not text.isspace():
            return False
    if paragraph.find(f"{P_PR}/{SECT_PR}") is not None:
        return False
    if any(node.tag not in _NOTHING for node in own_nodes(paragraph)):
        return False
    before, after = paragraph.getprevious(), paragraph.getnext()
    if P not in (None if before is None else before.tag, None if after is None else after.tag):
        return False  # the last of its cell, or what keeps two tables apart
    remove(paragraph)
    return True


def _complete(node: etree._Element) -> bool:
    """Give an emptied container the least it must hold, or remove it. Returns whether it changed."""
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
    """Remove a row without cells, or a table without rows."""
    if next(node.iter(wanted), None) is not None:
        return False
    remove(node)
    return True


def _complete_control(content: etree._Element) -> bool:
    if len(content):
        return False
    control = content.getparent()
    outer = control.getparent() if control is not None else None
    if outer is not None and outer.tag in (TBL, TR):
        remove(control)
    else:
        etree.SubElement(content, R if outer is not None and outer.tag in (P, HYPERLINK) else P)
    return True
