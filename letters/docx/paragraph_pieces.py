"""A paragraph in the smallest pieces that a redline keeps, deletes or inserts whole, and formatting to compare.

What a word processor writes anew with each save (the ids of shapes, where a page broke, marks of its spelling checker)
is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import accumulate, groupby

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.docx.diff import Op, differences, words_of
from letters.docx.markup import is_marker, text_of
from letters.docx.names import (
    FLD_CHAR,
    FLD_SIMPLE,
    HYPERLINK,
    ID,
    INSTR,
    P_PR,
    R_PR,
    SDT,
    SDT_CONTENT,
    SPACE,
    TXBX,
    VAL,
    M,
    Node,
    P,
    R,
    T,
    V,
    w,
    ws,
)

NOTE_MARKS = ws("footnoteReference endnoteReference")
UNSEEN = ws("lang noProof rPrChange pPrChange tblPrChange trPrChange tcPrChange sectPr ins del moveFrom moveTo")
"""Properties that do not show, or say nothing about the look of what has them."""
WRAPPERS = frozenset({HYPERLINK, FLD_SIMPLE, SDT, *ws("smartTag customXml dir bdo")})
"""Children of a paragraph that hold runs."""
_WRAPPED_PROPERTIES = ws("smartTagPr customXmlPr fldData")
_SHAPE = pattern(r"\{urn:schemas-microsoft-com:(vml|office:office)\}")
_PASSING = ws("proofErr lastRenderedPageBreak annotationRef commentReference")
_MARKS_OF_COMMENTS = ws("commentReference annotationRef")
_PASSING_NAMES = frozenset({"paraId", "textId", "anchorId", "editId", "spid", "gfxdata"})
_NAMES = {"tab": "tab", "ptab": "tab", "sym": "symbol", "noBreakHyphen": "hyphen", "object": "object"}
_BREAKS = {"page": "page", "column": "column"}
_FORMATS = {
    "b": "bold", "i": "italic", "u": "underlined", "sz": "size in half points", "jc": "alignment", "ind": "indent",
    "rFonts": "font", "pStyle": "style", "rStyle": "style", "numPr": "list", "vanish": "hidden", "caps": "capitals",
    "smallCaps": "small capitals", "strike": "struck out", "bCs": "bold (other scripts)",
    "iCs": "italic (other scripts)", "szCs": "size in half points (other scripts)",
    "spacing": "spacing", "keepNext": "kept with the next paragraph",
    "keepLines": "lines kept together", "pageBreakBefore": "on a new page", "vertAlign": "position", "shd": "shading",
    "pBdr": "border", "highlight": "highlighted",
}  # fmt: skip
_ON = frozenset({"1", "true", "on"})
_OFF = frozenset({"0", "false", "off"})


class ParagraphPiece(Struct):
    """The smallest unit that is kept, deleted or inserted whole: a word, a picture, a field, a link."""

    key: str
    nodes: list[Node]
    words: str = ""
    runs: list[tuple[int, Node]] = field(default_factory=list)  # of a word: its runs, and how many letters are in each
    before: list[Node] = field(default_factory=list)  # bookmarks and the like


def pieces_of(holder: Node) -> list[ParagraphPiece]:
    """A paragraph, link or content control in pieces, each with copies of the elements to write for it."""
    return list(_PieceReader(holder).pieces())


class _PieceReader:
    """Reads the words of runs that follow each other together: a word may begin in one run and end in another."""

    def __init__(self, holder: Node) -> None:
        skipped = (P_PR, *_WRAPPED_PROPERTIES)
        self._children = [each for each in holder if isinstance(each.tag, str) and each.tag not in skipped]
        self._texts: list[tuple[str, Node]] = []
        self._waiting: list[tuple[int, Node]] = []  # bookmarks and the like, with the letters that stand before them

    def pieces(self) -> Iterator[ParagraphPiece]:
        at = 0
        while at < len(self._children):
            node = self._children[at]
            end = _end_of_field(self._children, at)
            if end is not None:
                nodes = [deepcopy(each) for each in self._children[at : end + 1]]
                words = "".join(text_of(each) for each in nodes)
                yield from self._whole(ParagraphPiece(f"field {_code(nodes)} {words}", nodes, words))
                at = end
            elif node.tag == R:
                yield from self._of_run(node)
            elif is_passing(node):
                self._wait(node)
            else:  # a link, a content control, a formula
                key = _key_of_wrapper(node) if node.tag in WRAPPERS else fingerprint(node)
                yield from self._whole(ParagraphPiece(key, [deepcopy(node)], text_of(node)))
            at += 1
        yield from self._words()
        if self._waiting:
            yield ParagraphPiece("", [], before=[node for _, node in self._waiting])

    def _wait(self, node: Node) -> None:
        self._waiting.append((sum(len(words) for words, _ in self._texts), deepcopy(node)))

    def _of_run(self, run: Node) -> Iterator[ParagraphPiece]:
        look = run.find(R_PR)
        for child in run:
            if child.tag == T:
                self._texts.append((child.text or "", run))
            elif child.tag in _MARKS_OF_COMMENTS:
                self._wait(run_of(look, deepcopy(child)))
            elif child.tag != R_PR and isinstance(child.tag, str) and child.tag not in _PASSING:
                yield from self._whole(
                    ParagraphPiece(fingerprint(child), [run_of(look, deepcopy(child))], runs=[(0, run)])
                )

    def _whole(self, piece: ParagraphPiece) -> Iterator[ParagraphPiece]:
        yield from self._words()
        piece.before, self._waiting = [node for _, node in self._waiting], []
        yield piece

    def _words(self) -> Iterator[ParagraphPiece]:
        texts, self._texts = self._texts, []
        runs = [(run, letter) for words, run in texts for letter in words]
        at = 0
        for word in words_of("".join(words for words, _ in texts)):
            before = [node for place, node in self._waiting if place <= at]
            self._waiting = [(place, node) for place, node in self._waiting if place > at]
            parts = [
                (len(list(group)), run)
                for run, group in groupby((run for run, _ in runs[at : at + len(word)]), key=lambda run: run)
            ]
            nodes, start = [], 0
            for length, run in parts:
                nodes.append(run_of(run.find(R_PR), plain_text(word[start : start + length])))
                start += length
            yield ParagraphPiece(word, nodes, word, parts, before)
            at += len(word)
        self._waiting = [(0, node) for _, node in self._waiting]


def compared_runs(now: ParagraphPiece, was: ParagraphPiece) -> Iterator[tuple[str, Node, Node]]:
    """Of a word in both versions: its letters, with the run that they are in now and the one that they were in."""
    start, ends = 0, [list(accumulate(length for length, _ in piece.runs)) for piece in (now, was)]
    for end in sorted({*ends[0], *ends[1]}):
        runs = [
            next(run for after, (_, run) in zip(each, piece.runs, strict=True) if after >= end)
            for each, piece in zip(ends, (now, was), strict=True)
        ]
        yield now.words[start:end], runs[0], runs[1]
        start = end


def is_passing(node: Node) -> bool:
    """Whether a redline neither compares it nor marks it: a bookmark, a mark of the spelling checker, a comment, …"""
    return node.tag in (*_PASSING, w("permStart"), w("permEnd")) or is_marker(node) or not isinstance(node.tag, str)


def inside_of(wrapper: Node) -> Node:
    """The element with the runs of a link, field or content control."""
    content = wrapper.find(SDT_CONTENT)
    return wrapper if content is None else content


def _end_of_field(children: Sequence[Node], at: int) -> int | None:
    """Where the field ends that begins here; None if none begins, or if it ends in another paragraph."""
    depth = 0
    for end in range(at, len(children)):
        marks = [each.get(w("fldCharType")) for each in children[end].iter(FLD_CHAR)]
        depth += marks.count("begin") - marks.count("end")
        if end == at and not marks:
            return None
        if depth == 0:
            return end
    return None


def _code(nodes: Sequence[Node]) -> str:
    return " ".join("".join(each.text or "" for node in nodes for each in node.iter(INSTR)).split())


def _key_of_wrapper(node: Node) -> str:
    shell = etree.Element(node.tag, dict(node.attrib))
    shell.extend(deepcopy(each) for each in node if each.tag in (*_WRAPPED_PROPERTIES, w("sdtPr")))
    return fingerprint(shell)


def run_of(look: Node | None, content: Node) -> Node:
    """A run with that formatting and content."""
    run = etree.Element(R)
    if look is not None:
        run.append(deepcopy(look))
    run.append(content)
    return run


def plain_text(words: str) -> Node:
    """The element with the text of a run."""
    node = etree.Element(T, {SPACE: "preserve"})
    node.text = words
    return node


def fingerprint(node: Node) -> str:
    """An element in a form that is the same for what looks the same; the content of text boxes is left out."""
    if len(node) == 0 and not node.attrib:
        return f"{etree.QName(node).localname} {node.text or ''}".strip()
    copy = deepcopy(node)
    for each in list(copy.iter(etree.Element)):
        if each.tag == TXBX:
            for block in list(each):
                each.remove(block)
        name = etree.QName(each).localname
        for key in list(each.attrib):
            local = etree.QName(key).localname
            is_id = local in ("id", "name") and (name in ("docPr", "cNvPr") or _SHAPE.match(str(each.tag)) is not None)
            if is_id or local.startswith("rsid") or local in _PASSING_NAMES:
                del each.attrib[key]
        parent = each.getparent()
        if parent is not None and each.tag == ID and parent.tag == w("sdtPr"):
            parent.remove(each)
    return canonical(copy)


def canonical(node: Node) -> str:
    """An element as one text, whatever the prefixes of its namespaces are."""
    values = "".join(f" {name}={value!r}" for name, value in sorted(node.items()))
    inside = "".join(canonical(each) + (each.tail or "") for each in node if isinstance(each.tag, str))
    return f"<{node.tag!s}{values}>{node.text or ''}{inside}</>"


# --- formatting ---


def look_of(properties: Node | None, *, besides: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Formatting in a form that can be compared.

    Args:
        besides: more properties to leave out.
    """
    found = () if properties is None else properties
    looks = (_normal(each) for each in found if isinstance(each.tag, str) and each.tag not in UNSEEN | besides | {R_PR})
    return tuple(sorted(filter(None, looks)))


def _normal(each: Node) -> str:
    """A property as text; empty for one that says what holds anyway."""
    value = each.get(VAL)
    if len(each) == 0 and len(each.attrib) == 1 and value is not None:
        if (each.tag == w("pStyle") and value == "Normal") or (each.tag == w("bidi") and value in _OFF):
            return ""
        if value in _ON:
            return str(each.tag)
        if each.tag == w("jc"):
            return f"{each.tag} {({'start': 'left', 'end': 'right'}).get(value, value)}"
    return fingerprint(each)


def is_reformatted(now: ParagraphPiece, was: ParagraphPiece) -> bool:
    """Whether words that stayed have another format."""
    return any(look_of(new.find(R_PR)) != look_of(old.find(R_PR)) for _, new, old in compared_runs(now, was))


def shown_words(paragraph: Node) -> str:
    """The text of a paragraph, with what is no text named in brackets, and without that of text boxes inside it."""
    return "".join(_shown(piece) for piece in pieces_of(paragraph))


def _shown(piece: ParagraphPiece) -> str:
    if piece.runs and not piece.words:
        return "".join(_in_brackets(child) for node in piece.nodes for child in node if child.tag != R_PR)
    if piece.nodes and piece.nodes[0].tag in WRAPPERS:
        return "".join(shown_words(inside_of(node)) for node in piece.nodes)
    formulas = [node for node in piece.nodes if str(node.tag).startswith(f"{{{M}}}")]
    return "".join(f"[formula {''.join(node.itertext())}]" for node in formulas) or piece.words


def _in_brackets(child: Node) -> str:
    name = etree.QName(child).localname
    if name in ("br", "cr"):
        return f"[{_BREAKS.get(child.get(w('type'), ''), 'line')} break]"
    return f"[{_NAMES[name]}]" if name in _NAMES else "[picture or shape]" if has_shape(child) else ""


def reformatted(left: Node, right: Node) -> list[str]:
    """What changed in the formatting of a paragraph, its words and its pictures: the words, and how they differ.

    Changed words themselves are left out.
    """
    found = _difference("the paragraph", look_of(left.find(P_PR)), look_of(right.find(P_PR)))
    old, new = pieces_of(left), pieces_of(right)
    changes: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []  # words, how they looked and how they look
    gone: list[str] = []
    for op, a, b in differences([piece.key for piece in old], [piece.key for piece in new]):
        if op is not Op.SAME:
            gone += [shown] if op is Op.DELETED and not old[a].words and (shown := _shown(old[a])) else []
            if op is Op.INSERTED and not new[b].words and _shown(new[b]) in gone:
                found.append(f"{_shown(new[b])} is another one, or has another size")
            continue
        for words, run, earlier in compared_runs(new[b], old[a]):
            looks = look_of(earlier.find(R_PR)), look_of(run.find(R_PR))
            if changes and changes[-1][1:] == looks:
                changes[-1] = (changes[-1][0] + words, *looks)
            else:
                changes.append((words, *looks))
    for words, was, now in changes:
        found += _difference(f"“{' '.join(words.split())}”", was, now) if was != now and words.strip() else []
    return found


def _difference(what: str, was: Sequence[str], now: Sequence[str]) -> list[str]:
    """What was taken away from a format and what was added, as ``“two” {+bold+}``."""
    gone = [f"[-{_as_words(each)}-]" for each in was if each not in now]
    come = [f"{{+{_as_words(each)}+}}" for each in now if each not in was]
    return [f"{what} {' '.join((*gone, *come))}"] if gone or come else []


def _as_words(look: str) -> str:
    """A property as look_of has it, in words."""
    plain = re.sub(r"\{[^{}]*\}", "", look).replace("</>", "").replace("<", " ").replace(">", "").replace("'", "")
    name, *values = re.sub(r"\bval=|\bascii=", "", plain).split()
    return " ".join([_FORMATS.get(name, name), *values])


# --- blocks ---


def own_runs(node: Node) -> list[Node]:
    """Its runs, except those in text boxes."""
    if node.tag == R:
        return [node]
    return [run for each in node if isinstance(each.tag, str) and each.tag != P for run in own_runs(each)]


def text_boxes(node: Node) -> list[Node]:
    """The contents of its text boxes, except those in other text boxes."""
    return [each for each in node.iter(TXBX) if not any(outer.tag == TXBX for outer in _within(each, node))]


def _within(node: Node, outermost: Node) -> Iterator[Node]:
    for outer in node.iterancestors():
        if outer is outermost:
            return
        yield outer


def has_shape(node: Node) -> bool:
    """Whether it holds a picture or shape."""
    return next(node.iter(w("drawing"), w("pict"), f"{{{V}}}shape"), None) is not None
