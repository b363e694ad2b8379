"""Marks of tracked changes (17.13.5): what differs in two bodies, cells, headers or notes, marked in the new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import date
from itertools import count, groupby

from lxml import etree

from letters.docx.beside_words import Appendix
from letters.docx.diff import Op, aligned, differences
from letters.docx.markup import remove, text_of
from letters.docx.names import (
    DOC_PR,
    INSTR,
    P_PR,
    R_PR,
    SDT,
    SDT_CONTENT,
    SECT_PR,
    TBL,
    TC,
    TC_PR,
    TR,
    TR_PR,
    VAL,
    WP,
    Node,
    P,
    R,
    T,
    w,
    ws,
)
from letters.docx.paragraph_pieces import (
    NOTE_MARKS,
    UNSEEN,
    WRAPPERS,
    ParagraphPiece,
    canonical,
    compared_runs,
    fingerprint,
    has_shape,
    inside_of,
    is_passing,
    is_reformatted,
    look_of,
    own_runs,
    pieces_of,
    plain_text,
    run_of,
    text_boxes,
)

_MARKS = {Op.INSERTED: "ins", Op.DELETED: "del"}
_GROUPS = (SDT, w("customXml"))  # hold blocks
_HOLDER_PROPERTIES = ws("tcPr sectPr sdtPr sdtEndPr customXmlPr")
_DELETED = {T: w("delText"), INSTR: w("delInstrText")}
_SECTION_LINKS = ws("headerReference footerReference sectPrChange")
_ANCHOR, _INLINE = f"{{{WP}}}anchor", f"{{{WP}}}inline"
_OF_INLINE = frozenset(f"{{{WP}}}{name}" for name in ("extent", "docPr", "cNvGraphicFramePr", "effectExtent"))
_TABLE_PROPERTIES = w("tblPr")


class ChangeMarks:
    """Marks changes, each with a number, the author and the date."""

    def __init__(self, by: str, on: date, known: frozenset[str] = frozenset()) -> None:
        self._by, self._on, self._numbers, self._known = by, f"{on.isoformat()}T00:00:00Z", count(1), known
        self._notes: dict[str, set[str]] = {}
        self.moved_notes: dict[str, set[str]] = {}
        """Ids of the notes whose marks stand elsewhere than before, by kind."""

    def note_stays(self, kind: str, ids: Iterable[str]) -> None:
        """Say which notes are in both versions: their marks are neither deleted nor inserted."""
        self._notes[kind] = set(ids)

    def _change(self, op: Op) -> Node:
        return self._tracked(_MARKS[op])

    def _tracked(self, name: str) -> Node:
        number = str(90_000_000 + next(self._numbers))  # higher than the ids of bookmarks
        return etree.Element(w(name), {w("id"): number, w("author"): self._by, w("date"): self._on})

    # --- formatting ---

    def _reformatted(self, now: ParagraphPiece, was: ParagraphPiece) -> None:
        """Track a change in the formatting of words, a picture or a field that stayed."""
        if now.words and now.runs:
            if is_reformatted(now, was):
                now.nodes = [
                    self._with_look(run_of(new.find(R_PR), plain_text(words)), old)
                    for words, new, old in compared_runs(now, was)
                ]
            return
        before, after = ([run for node in piece.nodes for run in own_runs(node)] for piece in (was, now))
        if len(before) == len(after):
            for old, new in zip(before, after, strict=True):
                self._with_look(new, old)

    def _with_look(self, run: Node, was: Node) -> Node:
        """The run, with the formatting that it had as a tracked change."""
        if look_of(run.find(R_PR)) != look_of(was.find(R_PR)):
            self._add_change("rPrChange", _properties(run, R_PR), was.find(R_PR))
        return run

    def _reshaped(self, paragraph: Node, left: Node, right: Node) -> None:
        """Track a change in the formatting of a paragraph that stayed, and of its mark."""
        before, now = left.find(P_PR), right.find(P_PR)
        marks = [None if each is None else each.find(R_PR) for each in (before, now)]
        if look_of(marks[0]) != look_of(marks[1]):
            properties = _properties(paragraph, P_PR)
            self._add_change("rPrChange", _look_of_mark(properties), marks[0])
        if look_of(before) != look_of(now):
            self._add_change("pPrChange", _properties(paragraph, P_PR), before)

    def section(self, left: Node, right: Node) -> None:
        """Track a change in the size of the pages, the margins, the columns and so on."""
        if look_of(left, besides=_SECTION_LINKS) != look_of(right, besides=_SECTION_LINKS):
            self._add_change("sectPrChange", right, left, _SECTION_LINKS)

    def _add_change(self, name: str, now: Node, was: Node | None, besides: frozenset[str] = frozenset()) -> None:
        for earlier in now.findall(w(name)):
            now.remove(earlier)
        change = self._tracked(name)
        inner = etree.SubElement(change, str(now.tag))
        for each in was if was is not None else ():
            if isinstance(each.tag, str) and each.tag not in UNSEEN | besides | {R_PR} and self._exists(each):
                inner.append(deepcopy(each))
        now.append(change)

    def _exists(self, element: Node) -> bool:
        """Whether the style or list that a property names is in the new version, too."""
        if element.tag in (w("pStyle"), w("rStyle"), w("tblStyle")):
            return f"style {element.get(VAL)}" in self._known
        number = element.find(w("numId")) if element.tag == w("numPr") else None
        return number is None or number.get(VAL) == "0" or f"list {number.get(VAL)}" in self._known

    # --- blocks ---

    def container(self, old: Node, new: Node) -> None:
        """Mark what changed in the body, a cell or a header, in place in the new version."""
        pairs = aligned(_blocks(old), _blocks(new), _words, _fit)
        flat = [each for pair in pairs for each in _without_lone_groups(pair)]
        ready: list[tuple[Node, Node | None]] = []  # each with the block of the new version that it comes from
        for is_text, group in groupby(flat, key=lambda pair: all(b is None or b.tag == P for b in pair)):
            blocks = list(group)
            ready += self._paragraphs(blocks) if is_text else [each for pair in blocks for each in self._block(*pair)]
        before = _markers_before(new)
        first = next((at for at, node in enumerate(new) if _is_block(node) or is_passing(node)), len(new))
        end = before.pop(None, [])
        for node in [node for node in new if _is_block(node)]:
            new.remove(node)
        at = min(first, len(new))
        for node, source in ready:
            for marker in before.get(source, []) if source is not None else []:
                new.insert(at, marker)
                at = new.index(marker) + 1
            new.insert(at, node)
            at += 1
        for marker in end:
            new.insert(at, marker)
            at = new.index(marker) + 1

    def _paragraphs(self, pairs: list[tuple[Node | None, Node | None]]) -> list[tuple[Node, Node | None]]:
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
        return [(paragraph, right) for paragraph, (_, right) in zip(found, pairs, strict=True)]

    def _paragraph(self, left: Node | None, right: Node | None) -> Node:
        """One paragraph with its changed words marked."""
        shape = right if right is not None else left
        assert shape is not None, "one of the two exists"
        paragraph = etree.Element(P, dict(shape.attrib))
        properties = shape.find(P_PR)
        if properties is not None:
            paragraph.append(deepcopy(properties))
            if right is None:
                self._keep_known(paragraph)
        if left is not None and right is not None:
            self._reshaped(paragraph, left, right)
        self._content(left, right, paragraph)
        return paragraph

    def _content(self, left: Node | None, right: Node | None, into: Node) -> None:
        """The runs, links, fields and so on of a paragraph, link or content control."""
        old, new = (pieces_of(each) if each is not None else [] for each in (left, right))
        steps = []
        for op, a, b in differences([piece.key for piece in old], [piece.key for piece in new]):
            if op is Op.SAME:
                self._compare_inside(new[b], old[a])
            steps.append((op, new[b] if op is not Op.DELETED else old[a]))
        groups = [(op, [piece for _, piece in group]) for op, group in groupby(steps, key=lambda step: step[0])]
        if [op for op, _ in groups[-2:]] == [Op.DELETED, Op.INSERTED]:
            groups[-2:] = groups[:-3:-1]
        replaced = any(
            has_shape(node) for op, pieces in groups if op is Op.INSERTED for p in pieces for node in p.nodes
        )
        for op, pieces in groups:
            for piece in pieces:
                into.extend(piece.before if op is not Op.DELETED else [])
                for node in piece.nodes:
                    if op is Op.DELETED:
                        self._make_deleted(node, inline=replaced)
                    self._place(node, op, into)

    def _compare_inside(self, now: ParagraphPiece, was: ParagraphPiece) -> None:
        """Mark what changed within a piece that stayed: its formatting, a link, a content control, a text box."""
        if now.nodes and now.nodes[0].tag in WRAPPERS and len(now.nodes) == 1 == len(was.nodes):
            inner = inside_of(now.nodes[0])
            before, after = inside_of(was.nodes[0]), deepcopy(inner)
            if now.nodes[0].tag == SDT and [p.key for p in pieces_of(before)] != [p.key for p in pieces_of(after)]:
                holder = etree.Element(P)
                self._content(before, after, holder)
                now.nodes[:] = list(holder)
                return
            for child in [each for each in inner if not str(each.tag).endswith("Pr") and each.tag != w("fldData")]:
                inner.remove(child)
            self._content(before, after, inner)
            return
        self._reformatted(now, was)
        old = [box for node in was.nodes for box in text_boxes(node)]
        new = [box for node in now.nodes for box in text_boxes(node)]
        if len(old) == len(new):
            for left, right in zip(old, new, strict=True):
                self.container(left, right)

    def _make_deleted(self, node: Node, *, inline: bool) -> None:
        """What was taken from the old version, as deleted words.

        Args:
            inline: put pictures that float into the line, as one that takes their place would cover them.
        """
        for run in own_runs(node):
            for child in list(run):
                if child.tag in NOTE_MARKS and child.get(w("id")) in self._notes.get(_kind(child), ()):
                    run.remove(child)  # the note itself stays
                elif child.tag in _DELETED:
                    child.tag = _DELETED[child.tag]
            self._keep_known(run)
        for shape in node.iter(DOC_PR):
            shape.set("id", str(1_900_000_000 + next(self._numbers)))
        if inline:
            for anchor in list(node.iter(_ANCHOR)):
                _put_in_line(anchor)
        for properties in node.iter(w("sdtPr")):
            for each in properties.findall(w("id")):
                properties.remove(each)

    def _keep_known(self, element: Node) -> None:
        """Drop names of styles and lists that the new version does not have."""
        for properties in element.iterchildren(P_PR, R_PR, _TABLE_PROPERTIES):
            for each in [each for each in properties if isinstance(each.tag, str) and not self._exists(each)]:
                properties.remove(each)

    def _place(self, node: Node, op: Op, into: Node) -> None:
        if node.tag == SDT and op is not Op.SAME:  # for the same reason as of those that hold paragraphs
            for child in [each for each in inside_of(node) if isinstance(each.tag, str)]:
                self._place(child, op, into)
            return
        last = into[-1] if len(into) else None
        mark = next(node.iterchildren(*NOTE_MARKS), None) if node.tag == R else None
        if op is Op.INSERTED and mark is not None and mark.get(w("id")) in self._notes.get(_kind(mark), ()):
            self.moved_notes.setdefault(_kind(mark), set()).add(mark.get(w("id"), ""))
            op = Op.SAME
        if op is Op.SAME:
            if last is not None and last.tag == R and _goes_on(last, node):
                _add_words(last, node)
            else:
                into.append(node)
        elif node.tag in WRAPPERS:  # a link may contain a change, but not a change a link
            for run in own_runs(node):
                change = self._change(op)
                run.addprevious(change)
                change.append(run)
            into.append(node)
        elif op is Op.DELETED and (is_passing(node) or (node.tag == R and all(each.tag == R_PR for each in node))):
            return
        else:
            if last is None or last.tag != w(_MARKS[op]):
                last = self._change(op)
                into.append(last)
            if len(last) and _goes_on(last[-1], node):
                _add_words(last[-1], node)
            else:
                last.append(node)

    def _mark(self, paragraph: Node, op: Op) -> None:
        """Track the end of a paragraph."""
        if op is not Op.SAME:
            _look_of_mark(_properties(paragraph, P_PR)).insert(0, self._change(op))

    def _block(self, left: Node | None, right: Node | None) -> list[tuple[Node, Node | None]]:
        """A table or content control, or a paragraph beside one."""
        if left is None or right is None:
            block = deepcopy(right if right is not None else left)
            assert block is not None, "one of the two exists"
            self.all_of(block, _op(left))
            return [(block, right)]
        block = deepcopy(right)
        if block.tag in _GROUPS:
            before, now = (inside_of(each) for each in (left, block))
            self.container(before, now)
        elif block.tag != TBL:
            pass
        elif _has_plain_rows(left) and _has_plain_rows(right):
            self._table(left, block)
        elif fingerprint(left) != fingerprint(right):
            gone = deepcopy(left)
            self.all_of(gone, Op.DELETED)
            self.all_of(block, Op.INSERTED)
            return [(gone, None), (block, right)]
        return [(block, right)]

    def _table(self, old: Node, new: Node) -> None:
        rows = aligned(old.findall(TR), new.findall(TR), text_of, lambda a, b: len(a.findall(TC)) == len(b.findall(TC)))
        self._resized(old, new, _TABLE_PROPERTIES)
        place = next((at for at, node in enumerate(new) if node.tag == TR), len(new))
        ready = []
        for left, right in rows:
            if left is not None and right is not None:
                self._resized(left, right, TR_PR)
                for before, now in zip(left.findall(TC), right.findall(TC), strict=True):
                    self._resized(before, now, TC_PR)
                    self.container(before, now)
                ready.append(right)
            else:
                row = deepcopy(right if right is not None else left)
                assert row is not None, "one of the two exists"
                self._row(row, _op(left))
                ready.append(row)
        for row in new.findall(TR):
            new.remove(row)
        new[place:place] = ready

    def _resized(self, old: Node, new: Node, name: str) -> None:
        """Track a change in the properties of a table, row or cell."""
        if look_of(old.find(name)) != look_of(new.find(name)):
            self._add_change(f"{etree.QName(name).localname}Change", _properties(new, name), old.find(name))

    def _row(self, row: Node, op: Op) -> None:
        _properties(row, TR_PR).append(self._change(op))
        self.all_of(row, op)

    def all_of(self, block: Node, op: Op) -> None:
        """Mark a whole block, or everything in a header, as deleted or inserted."""
        if block.tag == P:
            pair = (block, None) if op is Op.DELETED else (None, block)
            marked = self._paragraph(*pair)
            self._mark(marked, op)
            block[:] = marked[:]
            return
        if op is Op.DELETED and block.tag == TBL:
            self._keep_known(block)
        for child in list(block):
            if child.tag == TR:
                self._row(child, op)
            elif child.tag in (P, TBL, TC, SDT_CONTENT, *_GROUPS):
                self.all_of(child, op)

    def append(self, appendix: Appendix, body: Node) -> None:
        """Add the lines of a text file at the end, starting on a new page."""
        lines = aligned(appendix.old, appendix.new, str, lambda left, right: True)
        ready = [_plain(appendix.name, bold=True, new_page=True)]
        marked = self._paragraphs(
            [(None if old is None else _plain(old), None if new is None else _plain(new)) for old, new in lines]
        )
        end = body.find(SECT_PR)
        for paragraph in [*ready, *(each for each, _ in marked)]:
            body.append(paragraph) if end is None else end.addprevious(paragraph)


# --- blocks ---


def _is_block(node: Node) -> bool:
    return isinstance(node.tag, str) and node.tag not in (*_HOLDER_PROPERTIES,) and not is_passing(node)


def _blocks(holder: Node) -> list[Node]:
    return [node for node in holder if _is_block(node)]


def _words(block: Node) -> str:
    return text_of(block) if block.tag in (P, TBL, *_GROUPS) else fingerprint(block)


def _fit(left: Node, right: Node) -> bool:
    """Whether two blocks may be compared: what cannot be looked into has to be the same."""
    return left.tag == right.tag and (left.tag in (P, TBL, *_GROUPS) or fingerprint(left) == fingerprint(right))


def _without_lone_groups(pair: tuple[Node | None, Node | None]) -> list[tuple[Node | None, Node | None]]:
    """Of a content control that is new or gone, its paragraphs.

    LibreOffice keeps the first of them whatever is accepted or rejected, and Word does not let locked ones be changed.
    """
    left, right = pair
    alone = left if right is None else right if left is None else None
    if alone is None or alone.tag in (P, TBL):
        return [pair]
    if alone.tag not in _GROUPS:  # cannot be marked: what is gone is not shown
        return [] if right is None else [pair]
    inside = [(block, None) if right is None else (None, block) for block in _blocks(inside_of(alone))]
    return [each for inner in inside for each in _without_lone_groups(inner)]


def _markers_before(holder: Node) -> dict[Node | None, list[Node]]:
    """The bookmarks and the like before each block, and under None those after the last one."""
    found: dict[Node | None, list[Node]] = {}
    waiting: list[Node] = []
    for node in holder:
        if _is_block(node):
            found[node], waiting = waiting, []
        elif is_passing(node):
            waiting.append(node)
    return {**found, None: waiting}


def _has_plain_rows(table: Node) -> bool:
    """Whether no row or cell is within a content control."""
    rows = table.findall(TR)
    return len(rows) == len([each for each in table.iter(TR) if next(each.iterancestors(TBL)) is table]) and all(
        not any(each.tag in _GROUPS for each in row) for row in rows
    )


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


def _op(left: object) -> Op:
    return Op.INSERTED if left is None else Op.DELETED


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
    run.append(plain_text(words))
    return paragraph


# --- properties and runs ---


def _properties(holder: Node, name: str) -> Node:
    """The properties of a paragraph, run, table, row or cell, added in their place if there are none."""
    properties = holder.find(name)
    if properties is None:
        properties = etree.Element(name)
        holder.insert(1 if name == TR_PR and holder.find(w("tblPrEx")) is not None else 0, properties)
    return properties


def _look_of_mark(properties: Node) -> Node:
    """The formatting of the mark of a paragraph, added in its place if there is none."""
    look = properties.find(R_PR)
    if look is None:
        look = etree.Element(R_PR)
        after = next((each for each in properties if each.tag in (SECT_PR, w("pPrChange"))), None)
        properties.append(look) if after is None else after.addprevious(look)
    return look


def _kind(mark: Node) -> str:
    return str(etree.QName(mark).localname).removesuffix("Reference")


def _put_in_line(anchor: Node) -> None:
    """Turn a picture that floats over the page into one that stands in the line (20.4.2.8)."""
    anchor.tag = _INLINE
    for name in list(anchor.attrib):
        if name not in ("distT", "distB", "distL", "distR"):
            del anchor.attrib[name]
    for child in list(anchor):
        if isinstance(child.tag, str) and child.tag not in _OF_INLINE and etree.QName(child).localname != "graphic":
            remove(child)


def _goes_on(run: Node, node: Node) -> bool:
    """Whether both are words with the same formatting, so that one run can hold them."""
    if run.tag != R or node.tag != R or not len(run) or not len(node):
        return False
    if run[-1].tag not in (T, w("delText")) or node[-1].tag != run[-1].tag:
        return False
    return _format(run) == _format(node)


def _format(run: Node) -> tuple[list[str], list[str] | None]:
    """The formatting of a run, and what it was before if that is tracked."""
    look = run.find(R_PR)
    if look is None:
        return [], None
    before = look.find(f"{w('rPrChange')}/{R_PR}")
    now = [canonical(each) for each in look if isinstance(each.tag, str) and each.tag != w("rPrChange")]
    return now, None if before is None else [canonical(each) for each in before]


def _add_words(run: Node, node: Node) -> None:
    run[-1].text = (run[-1].text or "") + (node[-1].text or "")
