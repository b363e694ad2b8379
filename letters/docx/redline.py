"""Two versions of a Word document as one with tracked changes: rejecting them gives the old, accepting them the new.

Changes of words and of formatting are tracked in the text, in headers, footers and notes; what changed in styles,
numbering, pictures and document properties is listed at the end. Of a deleted field or link the words are shown, of a
deleted picture nothing; a deleted mark of a note is shown as “[note]”, because the note itself may only have moved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import count, groupby

from lxml import etree

from letters.docx.diff import Op, aligned, differences, words_of
from letters.docx.markup import all_styles, serialized, text_of
from letters.docx.names import (
    BODY,
    FLD_CHAR,
    FLD_SIMPLE,
    HYPERLINK,
    P_PR,
    R_PR,
    RELATIONSHIPS,
    SDT,
    SDT_CONTENT,
    SECT_PR,
    SPACE,
    TBL,
    TC,
    TR,
    VAL,
    Node,
    P,
    R,
    T,
    w,
    ws,
)
from letters.docx.package import Package, write_parts

_BLOCKS = (P, TBL, SDT)
_MARKS = {Op.INSERTED: "ins", Op.DELETED: "del"}
_NOTES = ("footnotes", "endnotes")
_NOTE_MARKS = ws("footnoteReference endnoteReference commentReference")
_UNSEEN = ws("lang noProof rPrChange pPrChange sectPr ins del moveFrom moveTo")
_WRAPPERS = (HYPERLINK, FLD_SIMPLE, SDT, w("smartTag"), w("customXml"))


@dataclass(frozen=True)
class Appendix:
    """A text file that is approved with the letter: its old and new lines, shown under a heading at the end."""

    name: str
    old: Sequence[str]
    new: Sequence[str]


def redline(old: Package, new: Package, *, by: str, on: date, appendices: Iterable[Appendix] = ()) -> bytes:
    """The bytes of a .docx in which every change of words from ``old`` to ``new`` is tracked.

    Args:
        by: the author named in the changes.
        on: the date of the changes.
        appendices: text files to compare as well.
    """
    pencil = _Pencil(by, on, _known(new))
    parts, before = dict(new.parts), _headings(old)
    root = new.xml(new.main)
    body = _body(root)
    pencil.container(_body(old.xml(old.main)), body)
    for appendix in (*beside_the_words(old, new), *appendices):
        pencil.append(appendix, body)
    parts[new.main] = serialized(root)
    for place, part in _headings(new).items():
        root = new.xml(part)
        if place in before:
            pencil.container(old.xml(before[place]), root)
        else:
            pencil.all_of(root, Op.INSERTED)
        parts[part] = serialized(root)
    for kind in _NOTES:
        if (notes := _part_of(new, kind)) is not None:
            earlier = _part_of(old, kind)
            root = new.xml(notes)
            pencil.notes(None if earlier is None else old.xml(earlier), root)
            parts[notes] = serialized(root)
    return write_parts(parts)


def _look(properties: Node | None) -> tuple[tuple[str, ...], ...]:
    """Formatting in a form that can be compared."""
    found = () if properties is None else (each for each in properties if each.tag not in (*_UNSEEN, R_PR))
    return tuple(sorted((etree.tostring(each, method="c14n").decode(),) for each in found))


def _known(package: Package) -> frozenset[str]:
    """The styles and lists of a document."""
    styles = {f"style {style.get(w('styleId'))}" for style in all_styles(package)}
    part = _part_of(package, "numbering")
    lists = () if part is None else package.tree(part).iter(w("num"))
    return frozenset(styles | {f"list {each.get(w('numId'))}" for each in lists})


def _part_of(package: Package, kind: str) -> str | None:
    links = package.links(package.main).values()
    return next((link.target for link in links if link.kind == kind and link.target in package.parts), None)


def reformatted(left: Node, right: Node) -> list[str]:
    """What changed in the formatting of a paragraph, in words; the changed words themselves are left out."""
    found = ["the paragraph has another format"] if _look(left.find(P_PR)) != _look(right.find(P_PR)) else []
    old, new = _atoms(left), _atoms(right)
    words = ""
    for op, a, b in differences([atom.key for atom in old], [atom.key for atom in new]):
        if op is Op.SAME and _is_reformatted(new[b], old[a]):
            words += new[b].words
            continue
        found += [words] if words.strip() else []
        words = ""
    return [*found, *([words] if words.strip() else [])]


def _is_reformatted(now: _Atom, was: _Atom) -> bool:
    return now.run is not None and was.run is not None and _look(now.run.find(R_PR)) != _look(was.run.find(R_PR))


# --- what is beside the words ---


def beside_the_words(old: Package, new: Package) -> Iterator[Appendix]:
    """What changed in the styles, the numbering, the pictures and the properties of a document, as lines."""
    for title, lines_of in _BESIDE.items():
        before, now = lines_of(old), lines_of(new)
        gone, come = [line for line in before if line not in now], [line for line in now if line not in before]
        if gone or come:
            yield Appendix(title, gone, come)


def _style_lines(package: Package) -> list[str]:
    found = []
    for style in all_styles(package):
        name = style.find(w("name"))
        words = [_in_words(each) for each in style if each.tag != w("name")]
        shown = (style.get(w("styleId"), "") if name is None else name.get(VAL, "")) or "?"
        found.append(f"{shown}: {', '.join(filter(None, words)) or 'nothing'}")
    return found


def _numbering_lines(package: Package) -> list[str]:
    part = _part_of(package, "numbering")
    levels = [] if part is None else list(package.tree(part).iter(w("lvl")))
    return [f"list level {level.get(w('ilvl'))}: {_in_words(level)}" for level in levels]


def _picture_lines(package: Package) -> list[str]:
    found = []
    for part, data in sorted(package.parts.items()):
        if "/media/" in part:
            found.append(f"{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}")
    return found


def _property_lines(package: Package) -> list[str]:
    parts = [link.target for link in package.links("").values() if link.kind.endswith("-properties")]
    nodes = [node for part in parts if part in package.parts for node in package.tree(part)]
    return [f"{etree.QName(node).localname}: {node.text}" for node in nodes if node.text and node.text.strip()]


def _in_words(element: Node) -> str:
    """An element as its name and values, such as “b”, “sz 24”, or “spacing after 120”."""
    values = [
        f"{etree.QName(name).localname} {value}" if name != VAL else str(value) for name, value in element.items()
    ]
    inside = [_in_words(each) for each in element if isinstance(each.tag, str)]
    own = " ".join([etree.QName(element).localname, *values]) if not inside or values else ""
    return ", ".join(filter(None, (own, *inside)))


_BESIDE: dict[str, Callable[[Package], list[str]]] = {
    "Styles": _style_lines,
    "Lists": _numbering_lines,
    "Pictures": _picture_lines,
    "Document properties": _property_lines,
}


def _body(root: Node) -> Node:
    body = root.find(BODY)
    assert body is not None, "a document has a body"
    return body


def _headings(package: Package) -> dict[tuple[int, str, str], str]:
    """The parts of headers and footers by section, kind and the pages they are for; each part once."""
    links = package.links(package.main)
    found: dict[tuple[int, str, str], str] = {}
    for section, holder in enumerate(package.tree(package.main).iter(SECT_PR)):
        for node in holder.iter(w("headerReference"), w("footerReference")):
            link = links.get(node.get(f"{{{RELATIONSHIPS}}}id", ""))
            if link is not None and link.target in package.parts and link.target not in found.values():
                found[section, link.kind, node.get(w("type"), "default")] = link.target
    return found


@dataclass
class _Atom:
    """The smallest unit that is kept, deleted or inserted whole: a word, a picture, a field, a link."""

    key: str
    nodes: list[Node]
    words: str = ""
    run: Node | None = None  # of a word: the run it was in
    before: list[Node] = field(default_factory=list)  # bookmarks and the like


class _Pencil:
    """Marks changes, each with a number, the author and the date."""

    def __init__(self, by: str, on: date, known: frozenset[str] = frozenset()) -> None:
        self._by, self._on, self._numbers, self._known = by, f"{on.isoformat()}T00:00:00Z", count(1), known

    def _change(self, op: Op) -> Node:
        return self._tracked(_MARKS[op])

    def _tracked(self, name: str) -> Node:
        number = str(90_000_000 + next(self._numbers))  # higher than the ids of bookmarks
        return etree.Element(w(name), {w("id"): number, w("author"): self._by, w("date"): self._on})

    # --- formatting ---

    def _reformatted(self, now: _Atom, was: _Atom) -> None:
        """Track a change in the formatting of words that stayed."""
        if was.run is None or not _is_reformatted(now, was):
            return
        for node in now.nodes:
            look = node.find(R_PR)
            if look is None:
                look = etree.Element(R_PR)
                node.insert(0, look)
            self._add_change("rPrChange", look, was.run.find(R_PR))

    def _reshaped(self, paragraph: Node, left: Node, right: Node) -> None:
        """Track a change in the formatting of a paragraph that stayed."""
        if _look(left.find(P_PR)) == _look(right.find(P_PR)):
            return
        properties = paragraph.find(P_PR)
        if properties is None:
            properties = etree.Element(P_PR)
            paragraph.insert(0, properties)
        self._add_change("pPrChange", properties, left.find(P_PR))

    def _add_change(self, name: str, now: Node, was: Node | None) -> None:
        for earlier in now.findall(w(name)):
            now.remove(earlier)
        change = self._tracked(name)
        inner = etree.SubElement(change, str(now.tag))
        for each in was if was is not None else ():
            if each.tag not in (*_UNSEEN, R_PR) and self._exists(each):
                inner.append(deepcopy(each))
        now.append(change)

    def _exists(self, element: Node) -> bool:
        """Whether the style or list that a property names is in the new version, too."""
        if element.tag in (w("pStyle"), w("rStyle")):
            return f"style {element.get(VAL)}" in self._known
        number = element.find(w("numId")) if element.tag == w("numPr") else None
        return number is None or f"list {number.get(VAL)}" in self._known

    def notes(self, old: Node | None, new: Node) -> None:
        """Mark what changed in the notes of a document."""
        names = [w("footnote"), w("endnote")]
        before = [] if old is None else list(old.iterchildren(*names))
        for left, right in aligned(before, list(new.iterchildren(*names)), text_of, lambda a, b: True):
            if left is not None and right is not None:
                self.container(left, right)
            elif right is not None and right.get(w("type")) is None:
                self.all_of(right, Op.INSERTED)

    # --- blocks ---

    def container(self, old: Node, new: Node) -> None:
        """Mark what changed in the body, a cell or a header, in place in the new version."""
        pairs = aligned(_blocks(old), _blocks(new), text_of, lambda left, right: left.tag == right.tag)
        ready: list[Node] = []
        for is_text, group in groupby(pairs, key=lambda pair: all(b is None or b.tag == P for b in pair)):
            blocks = list(group)
            ready += self._paragraphs(blocks) if is_text else [self._block(*pair) for pair in blocks]
        first = next((at for at, node in enumerate(new) if node.tag in _BLOCKS), len(new))
        for block in _blocks(new):
            new.remove(block)
        new[first:first] = ready

    def _paragraphs(self, pairs: list[tuple[Node | None, Node | None]]) -> list[Node]:
        """Consecutive paragraphs.

        A paragraph is deleted or inserted with its mark. The last mark before a table or the end has to stay, so there
        the mark of the paragraph before it is tracked instead.
        """
        if not any(left is not None and right is not None for left, right in pairs):
            gone, come = [left for left, _ in pairs if left is not None], [r for _, r in pairs if r is not None]
            if gone and come:
                pairs = [*((left, None) for left in gone[:-1]), *((None, r) for r in come[:-1]), (gone[-1], come[-1])]
        ops = [Op.SAME if left is not None and right is not None else _op(left) for left, right in pairs]
        found = [self._paragraph(left, right) for left, right in pairs]
        last = max((at for at, op in enumerate(ops) if op is Op.SAME), default=None)
        marks = ops if last is None else [*ops[:last], *ops[last + 1 :], Op.SAME]
        for paragraph, mark in zip(found, _told_apart(found, marks), strict=True):
            self._mark(paragraph, mark)
        return found

    def _paragraph(self, left: Node | None, right: Node | None) -> Node:
        """One paragraph with its changed words marked."""
        old, new = (_atoms(each) if each is not None else [] for each in (left, right))
        shape = right if right is not None else left
        assert shape is not None
        paragraph = etree.Element(P)
        properties = shape.find(P_PR)
        if properties is not None:
            properties = deepcopy(properties)
            paragraph.append(_without_links(properties) if right is None else properties)
        steps = []
        for op, a, b in differences([atom.key for atom in old], [atom.key for atom in new]):
            if op is Op.SAME:
                self._reformatted(new[b], old[a])
            steps.append((op, new[b] if op is not Op.DELETED else old[a]))
        if left is not None and right is not None:
            self._reshaped(paragraph, left, right)
        groups = [(op, [atom for _, atom in group]) for op, group in groupby(steps, key=lambda step: step[0])]
        if [op for op, _ in groups[-2:]] == [Op.DELETED, Op.INSERTED]:
            groups[-2:] = groups[:-3:-1]
        for op, atoms in groups:
            self._write(atoms, op, paragraph)
        return paragraph

    def _write(self, atoms: list[_Atom], op: Op, paragraph: Node) -> None:
        for atom in atoms:
            paragraph.extend(atom.before if op is not Op.DELETED else [])
            for node in _as_deleted(atom) if op is Op.DELETED else atom.nodes:
                self._place(node, op, paragraph)

    def _place(self, node: Node, op: Op, paragraph: Node) -> None:
        last = paragraph[-1] if len(paragraph) else None
        if op is Op.SAME:
            if last is not None and last.tag == R and _goes_on(last, node):
                _add_words(last, node)
            else:
                paragraph.append(node)
        elif node.tag in _WRAPPERS:  # a link may contain a change, but not a change a link
            for run in list(node.iter(R)):
                change = self._change(op)
                run.addprevious(change)
                change.append(run)
            paragraph.append(node)
        else:
            if last is None or last.tag != w(_MARKS[op]):
                last = self._change(op)
                paragraph.append(last)
            if len(last) and _goes_on(last[-1], node):
                _add_words(last[-1], node)
            else:
                last.append(node)

    def _mark(self, paragraph: Node, op: Op) -> None:
        """Track the end of a paragraph."""
        if op is Op.SAME:
            return
        properties = paragraph.find(P_PR)
        if properties is None:
            properties = etree.Element(P_PR)
            paragraph.insert(0, properties)
        look = properties.find(R_PR)
        if look is None:
            look = etree.Element(R_PR)
            after = next((each for each in properties if each.tag in (SECT_PR, w("pPrChange"))), None)
            properties.append(look) if after is None else after.addprevious(look)
        look.insert(0, self._change(op))

    def _block(self, left: Node | None, right: Node | None) -> Node:
        if left is None or right is None:
            block = _alone(left, right)
            self.all_of(block, _op(left))
            return block
        block = deepcopy(right)
        if block.tag == SDT:
            before, now = left.find(SDT_CONTENT), block.find(SDT_CONTENT)
            if before is not None and now is not None:
                self.container(before, now)
        else:
            self._table(left, block)
        return block

    def _table(self, old: Node, new: Node) -> None:
        rows = aligned(old.findall(TR), new.findall(TR), text_of, lambda a, b: len(a.findall(TC)) == len(b.findall(TC)))
        place = next((at for at, node in enumerate(new) if node.tag == TR), len(new))
        ready = []
        for left, right in rows:
            if left is not None and right is not None:
                for before, now in zip(left.findall(TC), right.findall(TC), strict=True):
                    self.container(before, now)
                ready.append(right)
            else:
                row = _alone(left, right)
                self._row(row, _op(left))
                ready.append(row)
        for row in new.findall(TR):
            new.remove(row)
        new[place:place] = ready

    def _row(self, row: Node, op: Op) -> None:
        properties = row.find(w("trPr"))
        if properties is None:
            properties = etree.Element(w("trPr"))
            row.insert(0 if row.find(w("tblPrEx")) is None else 1, properties)
        properties.append(self._change(op))
        self.all_of(row, op)

    def all_of(self, block: Node, op: Op) -> None:
        """Mark a whole block, or everything in a header, as deleted or inserted."""
        if block.tag == P:
            pair = (block, None) if op is Op.DELETED else (None, block)
            marked = self._paragraph(*pair)
            self._mark(marked, op)
            block[:] = marked[:]
            return
        for child in list(block):
            if child.tag == TR and block.tag == TBL:
                self._row(child, op)
            elif child.tag in (*_BLOCKS, TC, SDT_CONTENT):
                self.all_of(child, op)

    def append(self, appendix: Appendix, body: Node) -> None:
        """Add the lines of a text file at the end, starting on a new page."""
        lines = aligned(appendix.old, appendix.new, str, lambda left, right: True)
        ready = [_plain(appendix.name, bold=True, new_page=True)]
        ready += self._paragraphs(
            [(None if old is None else _plain(old), None if new is None else _plain(new)) for old, new in lines]
        )
        end = body.find(SECT_PR)
        for paragraph in ready:
            body.append(paragraph) if end is None else end.addprevious(paragraph)


def _told_apart(paragraphs: Sequence[Node], marks: Sequence[Op]) -> list[Op]:
    """The marks, arranged so that no kept paragraph ends with inserted words right before an inserted paragraph.

    LibreOffice takes the two for one insertion, and rejecting it would also remove the end of the paragraph.
    """
    found = list(marks)
    for at, paragraph in enumerate(paragraphs[:-1]):
        ends_new = len(paragraph) and paragraph[-1].tag == w(_MARKS[Op.INSERTED])
        if ends_new and found[at] is Op.SAME and found[at + 1] is Op.INSERTED:
            end = next((later for later in range(at + 1, len(found)) if found[later] is not Op.INSERTED), len(found))
            found[at], found[end - 1] = Op.INSERTED, Op.SAME
    return found


def _alone(left: Node | None, right: Node | None) -> Node:
    """A copy of the one that exists."""
    if right is not None:
        return deepcopy(right)
    assert left is not None, "one of the two exists"
    return _without_links(deepcopy(left))


def _op(left: object) -> Op:
    return Op.INSERTED if left is None else Op.DELETED


def _blocks(holder: Node) -> list[Node]:
    return [node for node in holder if node.tag in _BLOCKS]


def _plain(words: str, *, bold: bool = False, new_page: bool = False) -> Node:
    paragraph = etree.Element(P)
    properties = etree.SubElement(paragraph, P_PR)
    if new_page:
        etree.SubElement(properties, w("pageBreakBefore"))
    etree.SubElement(properties, w("spacing"), {w("before"): "0", w("after"): "0"})
    run = etree.SubElement(paragraph, R)
    look = etree.SubElement(run, R_PR)
    etree.SubElement(look, w("b"), {VAL: "1" if bold else "0"})
    etree.SubElement(look, w("sz"), {VAL: "18"})
    etree.SubElement(run, T, {SPACE: "preserve"}).text = words
    return paragraph


# --- the words of a paragraph ---


def _atoms(paragraph: Node) -> list[_Atom]:
    """A paragraph in pieces, each with the elements to write for it."""
    found: list[_Atom] = []
    waiting: list[Node] = []
    field_: list[Node] = []
    depth = 0
    for node in paragraph:
        if node.tag == P_PR or not isinstance(node.tag, str):
            continue
        starts = sum(each.get(w("fldCharType")) == "begin" for each in node.iter(FLD_CHAR))
        ends = sum(each.get(w("fldCharType")) == "end" for each in node.iter(FLD_CHAR))
        if depth or starts:
            field_.append(deepcopy(node))
            depth += starts - ends
            if depth <= 0:
                words = "".join(text_of(each) for each in field_)
                found.append(_Atom(f"field {words}", field_, words, before=waiting))
                waiting, field_, depth = [], [], 0
        elif node.tag == R:
            atoms = list(_of_run(node))
            if atoms:
                atoms[0].before, waiting = waiting, []
            found += atoms
        elif node.tag in _WRAPPERS:
            found.append(_Atom(f"{node.tag} {text_of(node)}", [deepcopy(node)], text_of(node), before=waiting))
            waiting = []
        else:
            waiting.append(deepcopy(node))
    if waiting or field_:
        found.append(_Atom("", [], before=[*waiting, *field_]))
    return found


def _of_run(run: Node) -> Iterator[_Atom]:
    look = run.find(R_PR)
    for child in run:
        if child.tag == T:
            for word in words_of(child.text or ""):
                yield _Atom(word, [_run(look, _text(word))], word, run)
        elif child.tag != R_PR and isinstance(child.tag, str):
            key = etree.QName(child).localname + text_of(child) + (child.get(w("type")) or "")
            yield _Atom(key, [_run(look, deepcopy(child))], run=run)


def _run(look: Node | None, content: Node) -> Node:
    run = etree.Element(R)
    if look is not None:
        run.append(deepcopy(look))
    run.append(content)
    return run


def _text(words: str) -> Node:
    node = etree.Element(T, {SPACE: "preserve"})
    node.text = words
    return node


def _as_deleted(atom: _Atom) -> Iterator[Node]:
    """The elements to write for a deleted piece: its words, and nothing that refers to parts of the old file."""
    for node in atom.nodes if atom.run is not None else [_run(None, _text(atom.words))] if atom.words else []:
        for mark in list(node.iter(*_NOTE_MARKS)):
            mark.addprevious(_text("[note]"))
            _detach(mark)
        for text in node.iter(T):
            text.tag = w("delText")
        if not any(
            name.startswith(f"{{{RELATIONSHIPS}}}") for each in node.iter(etree.Element) for name in each.attrib
        ):
            yield node


def _goes_on(run: Node, node: Node) -> bool:
    """Whether both are words with the same formatting, so that one run can hold them."""
    if run.tag != R or node.tag != R or run[-1].tag not in (T, w("delText")) or node[-1].tag != run[-1].tag:
        return False
    return _format(run) == _format(node)


def _format(run: Node) -> tuple[list[bytes], list[bytes] | None]:
    """The formatting of a run, and what it was before if that is tracked."""
    look = run.find(R_PR)
    if look is None:
        return [], None
    before = look.find(f"{w('rPrChange')}/{R_PR}")
    now = [etree.tostring(each, method="c14n") for each in look if each.tag != w("rPrChange")]
    return now, None if before is None else [etree.tostring(each, method="c14n") for each in before]


def _add_words(run: Node, node: Node) -> None:
    run[-1].text = (run[-1].text or "") + (node[-1].text or "")


def _without_links(element: Node) -> Node:
    """What was taken from the old file, without its sections and links, which would lead into that file."""
    for node in list(element.iter(SECT_PR)):
        _detach(node)
    for node in list(element.iter(etree.Element)):
        if any(name.startswith(f"{{{RELATIONSHIPS}}}") for name in node.attrib):
            _detach(node)
    return element


def _detach(node: Node) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
