"""Two versions of a Word document as one with tracked changes: rejecting them gives the old, accepting them the new.

Changes of words, pictures and formatting are tracked in the text, in tables, text boxes, headers, footers and notes.
What a page does not show, such as a changed style or the address of a link, is listed at the end. Changes that a
version tracks itself count as accepted. A note whose mark has moved stays one note, and the move is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lxml import etree

from letters.docx.adopted_parts import AdoptedParts
from letters.docx.beside_words import Appendix, beside_the_words, part_of
from letters.docx.change_marks import ChangeMarks
from letters.docx.diff import Op
from letters.docx.markup import all_styles, remove, serialized, text_of
from letters.docx.names import BODY, IGNORABLE, P_PR, SECT_PR, Node, P, w, ws
from letters.docx.package import Package, write_parts
from letters.docx.revisions import TRACKED, accepted, drop_comments
from letters.docx.story_pairs import NOTES, heading_pairs, note_pairs, note_places, notes_of, real_notes

_LEFT_BEHIND = ws("bookmarkStart bookmarkEnd permStart permEnd proofErr")
_PARAGRAPH_IDS = ("paraId", "textId")


def redline(old: Package, new: Package, *, by: str, on: date, appendices: Iterable[Appendix] = ()) -> bytes:
    """The bytes of a .docx in which every change from ``old`` to ``new`` is tracked or listed.

    Args:
        by: the author named in the changes.
        on: the date of the changes.
        appendices: text files to compare as well.
    """
    return _Redline(_settled(old), _settled(new), by, on).written(appendices)


class _Redline:
    """The parts of the new version, with what was different in the old one marked in them."""

    def __init__(self, old: Package, new: Package, by: str, on: date) -> None:
        self._old, self._new = old, new
        self._adopted = AdoptedParts(old, new)
        self._marks = ChangeMarks(by, on, _known(new))

    def written(self, appendices: Iterable[Appendix]) -> bytes:
        """The bytes of the redline."""
        old, new, marks = self._old, self._new, self._marks
        before, now = self._tree(old, old.main, new.main), self._tree(new, new.main, new.main)
        for kind in NOTES:
            self._notes(kind, before, now)
        self._sections(before, now)
        marks.container(_body(before), _body(now))
        listed = [*_moved_notes(marks.moved_notes, old, new), *self._headings()]
        for appendix in (*listed, *beside_the_words(old, new, in_place=True), *appendices):
            marks.append(appendix, _body(now))
        self._finish(new.main, now, before)
        return write_parts(self._adopted.parts)

    def _tree(self, package: Package, part: str, into: str) -> Node:
        """A part to work on, with relationship ids of the part ``into`` of the new version."""
        root = package.xml(part)
        self._adopted.relink(root, package, part, into)
        if package is self._old:
            drop_comments(root)
            for node in list(root.iter(etree.Element)):
                if node.tag in _LEFT_BEHIND:
                    remove(node)
                for name in [name for name in node.attrib if etree.QName(name).localname in _PARAGRAPH_IDS]:
                    del node.attrib[name]
        return root

    def _finish(self, part: str, root: Node, before: Node | None) -> None:
        self._adopted.finish(root, part)
        self._adopted.parts[part] = serialized(root if before is None else _with_namespaces(root, before))

    # --- headers, footers, sections ---

    def _headings(self) -> Iterator[Appendix]:
        """Mark headers and footers; those that are gone are listed."""
        for name, left, right in heading_pairs(self._old, self._new):
            if right is None:
                assert left is not None, "one of the two exists"
                lines = [text_of(each) for each in self._old.tree(left).iter(P)]
                yield Appendix(f"The {name} is gone", [line for line in lines if line.strip()], [])
                continue
            root = self._tree(self._new, right, right)
            earlier = None if left is None else self._tree(self._old, left, right)
            if earlier is None:
                self._marks.all_of(root, Op.INSERTED)
            else:
                self._marks.container(earlier, root)
            self._finish(right, root, earlier)

    def _sections(self, before: Node, now: Node) -> None:
        """Track what changed in the sections; of the old version nothing else about them is shown."""
        old, new = (list(root.iter(SECT_PR)) for root in (before, now))
        for left, right in zip(old, new, strict=True) if len(old) == len(new) else zip(old[-1:], new[-1:], strict=True):
            self._marks.section(left, right)
        for section in old:
            remove(section)

    # --- notes ---

    def _notes(self, kind: str, before: Node, now: Node) -> None:
        """Mark what changed in the notes, and give the marks of the old version the ids that its notes have here."""
        earlier, part = part_of(self._old, kind), part_of(self._new, kind)
        if earlier is None and part is None:
            return
        into = part or self._free(earlier or "")
        old = None if earlier is None else self._tree(self._old, earlier, into)
        new = _without_notes(old) if part is None and old is not None else self._tree(self._new, into, into)
        ids = self._mark_notes([] if old is None else real_notes(old), new)
        if part is None:
            if not ids:
                return
            content_type = self._old.content_type(earlier or "")
            self._adopted.add(into, b"", content_type, kind, self._new.main)
        name = w(f"{kind[:-1]}Reference")
        for mark in before.iter(name):
            mark.set(w("id"), ids.get(mark.get(w("id"), ""), mark.get(w("id"), "")))
        marked = ({mark.get(w("id"), "") for mark in root.iter(name)} for root in (before, now))
        self._marks.note_stays(kind[:-1], set.intersection(*marked))
        self._finish(into, new, old)

    def _mark_notes(self, old: list[Node], new: Node) -> dict[str, str]:
        """The id of each old note in the redline."""
        ids = {}
        now = real_notes(new)
        numbers = [int(note.get(w("id"), "0")) for note in new if isinstance(note.tag, str)]
        fresh = max(numbers, default=0)
        for left, right in note_pairs(old, now):
            if left is None:
                assert right is not None, "one of the two exists"
                self._marks.container(_emptied(right), right)
                continue
            if right is None:
                fresh += 1
                right = _emptied(left)
                right.set(w("id"), str(fresh))
                new.append(right)
            ids[left.get(w("id"), "")] = right.get(w("id"), "")
            self._marks.container(left, right)
        return ids

    def _free(self, part: str) -> str:
        return part if part not in self._new.parts else self._adopted.free_name(part)


def _settled(package: Package) -> Package:
    """The version with the changes that it tracks itself accepted."""
    parts = [package.parts[part] for part in package.parts if part.endswith(".xml")]
    names = [f":{etree.QName(each).localname} ".encode() for each in TRACKED]
    return accepted(package) if any(name in data for data in parts for name in names) else package


def _known(package: Package) -> frozenset[str]:
    """The styles and lists of a document."""
    styles = {f"style {style.get(w('styleId'))}" for style in all_styles(package)}
    part = part_of(package, "numbering")
    lists = () if part is None else package.tree(part).iter(w("num"))
    return frozenset(styles | {f"list {each.get(w('numId'))}" for each in lists})


def _body(root: Node) -> Node:
    body = root.find(BODY)
    assert body is not None, "a document has a body"
    return body


def _with_namespaces(root: Node, before: Node) -> Node:
    """The root with the namespaces of the old version as well, and those that may be ignored marked as such."""
    names = dict(before.nsmap) | dict(root.nsmap)
    ignored = [*root.get(IGNORABLE, "").split()]
    known = {root.nsmap.get(prefix) for prefix in ignored}
    for prefix in before.get(IGNORABLE, "").split():
        if (uri := before.nsmap.get(prefix)) not in known and names.get(prefix) == uri:
            ignored.append(prefix)
    if names == dict(root.nsmap) and ignored == root.get(IGNORABLE, "").split():
        return root
    found = etree.Element(root.tag, dict(root.attrib), nsmap=names)
    if ignored:
        found.set(IGNORABLE, " ".join(ignored))
    found.extend(list(root))
    return found


def _without_notes(root: Node) -> Node:
    found = etree.fromstring(etree.tostring(root))
    for note in real_notes(found):
        remove(note)
    return found


def _emptied(note: Node) -> Node:
    """A note like this with one empty paragraph."""
    found = etree.Element(note.tag, dict(note.attrib))
    paragraph = etree.SubElement(found, P)
    first = note.find(f"{P}/{P_PR}")
    if first is not None:
        paragraph.append(etree.fromstring(etree.tostring(first, with_tail=False)))
    return found


def _moved_notes(moved: Mapping[str, set[str]], old: Package, new: Package) -> Iterator[Appendix]:
    """Where the notes stood whose marks have moved, and where they stand now."""
    for kind in NOTES:
        ids = moved.get(kind.removesuffix("s"), set())
        now = [note for note in notes_of(new, kind) if note.get(w("id")) in ids]
        before = [
            left
            for left, right in note_pairs(notes_of(old, kind), notes_of(new, kind))
            if left is not None and right in now
        ]
        if now:
            yield Appendix(f"{kind.capitalize()} that moved", [*_places(old, kind, before)], [*_places(new, kind, now)])


def _places(package: Package, kind: str, notes: list[Node]) -> Iterator[str]:
    places = note_places(package, kind)
    for note in notes:
        if (place := places.get(note.get(w("id"), ""))) is not None:
            yield f"“{text_of(note).strip()}” after “{place.before}”"
