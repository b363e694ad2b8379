r"""Computes the results of fields that follow from the words of a letter, and writes them into its parts.

REF prints the text or the paragraph number of a bookmark, NOTEREF the number of a note, SEQ a running number,
STYLEREF the text of the nearest paragraph in a style, PAGEREF the page of a bookmark. Word stores the last result and
shows it until the field is updated, so whatever was stored in the template is wrong once a clause is left out. Here
the results are computed from the finished letter as Word computes them (ISO/IEC 29500-1, 17.16.5), so that Word,
LibreOffice and the PDF say the same.
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from lxml import etree
from msgspec import Struct, field

from letters._text.english import listed
from letters.docx.attribute_values import is_on, value_of
from letters.docx.fields import COMPUTED, FieldInstruction, FieldMarkup, copied_name, fields
from letters.docx.markup import first_words, serialized
from letters.docx.names import (
    BOOKMARK_START,
    FALLBACK,
    FLD_CHAR,
    FLD_SIMPLE,
    ID,
    INSTR,
    NAME,
    R_PR,
    SPACE,
    Node,
    P,
    R,
    T,
    w,
)
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.numerals import format_number
from letters.pdf.reader.context import NO_CELL_STYLE, ReadingContext
from letters.pdf.reader.notes import note_kind

_STORIES = ("header", "footer", "footnotes", "endnotes")
_NUMBER_SWITCHES = (r"\n", r"\r", r"\w")
_SUPPORTED = {
    "REF": {r"\h", r"\n", r"\r", r"\w", r"\p", r"\t", r"\*"},
    "NOTEREF": {r"\h", r"\f", r"\p", r"\*"},
    "SEQ": {r"\c", r"\h", r"\n", r"\r", r"\*"},
    "PAGEREF": {r"\h", r"\*"},
    "STYLEREF": {r"\l", r"\n", r"\r", r"\w", r"\t", r"\*"},
}
_LOOKS = frozenset({"mergeformat", "charformat"})
_CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "firstcap": lambda text: text[:1].upper() + text[1:],
    "caps": lambda text: re.sub(r"(?<!\S)\w", lambda found: found[0].upper(), text),
}
_SHAPES = {"arabic": "decimal", "ordinal": "ordinal", "cardtext": "cardinalText", "ordtext": "ordinalText"}
_CHARACTERS = {w("tab"): "\t", w("noBreakHyphen"): "\u2011", w("br"): " ", w("cr"): " "}
_RESULT = frozenset({T, INSTR, FLD_CHAR, w("sym"), w("br"), w("cr"), w("tab"), w("noBreakHyphen"), w("softHyphen")})
_MOST_REPEATED = 5
_MOST_LAYOUTS = 4
_HINT = "Correct the cross-reference in Word, or replace it with text."


class WrongField(LettersError):
    """A field whose result cannot be computed from the letter."""


class _Fault(Exception):
    """Why one field cannot be computed: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str = _HINT) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class FieldResults(Struct, frozen=True):
    """A letter with the results of its fields computed.

    Args:
        parts: the parts that have changed, by name.
        changed: for each field whose stored result was another one, what it said and what it says now.
    """

    parts: Mapping[str, bytes]
    changed: tuple[Problem, ...]


def computed_results(package: Package, *, language: str = "") -> FieldResults:
    """The results of every field in `COMPUTED`. A letter with a PAGEREF is laid out to see what is on which page.

    Args:
        language: of the letter, instead of the one that the file names.

    Raises:
        WrongField: a field refers to something that the letter does not contain, or cannot be computed.
        LettersError: the result depends on the pages, and the letter cannot be laid out.
    """
    found = _computed(package, None)
    if not any(b"PAGEREF" in data for data in package.parts.values()):
        return found
    from letters.pdf.convert import convert_package  # here, because few letters need their pages for this

    for _ in range(_MOST_LAYOUTS):
        current = Package(package.name, {**package.parts, **found.parts})
        pages = convert_package(current, title=package.name, language=language).bookmarks
        again = _computed(current, pages)
        found = FieldResults({**found.parts, **again.parts}, (*found.changed, *again.changed))
        if not again.changed:
            return found
    message = "The page numbers in the text move what they refer to from page to page."
    raise WrongField(Problem(message, package.name, "Refer to a heading or a number instead.", "field"))


def _computed(package: Package, pages: Mapping[str, str] | None) -> FieldResults:
    """The results; those of PAGEREF only if the pages are known."""
    letter = _ReferencedLetter(package, pages)
    if not letter.fields:
        return FieldResults({}, ())
    before = [_text_between(each) for each in letter.fields]
    letter.compute()
    if letter.problems:
        raise WrongField(letter.problems)
    changed = []
    parts = set()
    for (part, each), old in zip(letter.placed(), before, strict=True):
        parts.add(part)
        new = _text_between(each)
        if old != new:
            message = f"The field {{ {_code(each)} }} says “{old}” in the Word file; in this letter it is “{new}”."
            hint = "In Word: press Ctrl-A, then F9, and save."
            changed.append(Problem(message, letter.place(part, each), hint, "field-updated"))
    return FieldResults({part: serialized(letter.roots[part]) for part in sorted(parts)}, tuple(changed))


def _names(package: Package) -> list[str]:
    """The parts that may have fields, each once."""
    stories = [
        link.target
        for link in package.links(package.main).values()
        if link.kind in _STORIES and not link.external and link.target in package.parts
    ]
    return list(dict.fromkeys([package.main, *stories]))


class _Number(Struct):
    """The number of one paragraph, and the labels of the levels above it."""

    list: int
    level: int
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    counts: tuple[int, ...]


class _BookmarkedText(Struct):
    """A bookmark: where it begins, and the run content inside it."""

    name: str
    part: str
    start: Node
    order: int
    nodes: list[Node] = field(default_factory=list)
    fields: list[Node] = field(default_factory=list)
    paragraphs: list[Node] = field(default_factory=list)


class _ReferencedLetter:
    """A letter while the results of its fields are computed."""

    def __init__(self, package: Package, pages: Mapping[str, str] | None) -> None:
        self.package, self.pages = package, pages
        names = _names(package)
        self.roots: dict[str, Node] = {}
        self._places: dict[str, dict[Node, int]] = {}
        self._computed: list[tuple[str, FieldMarkup]] = []
        for part in names:
            if b"instr" not in package.parts[part]:
                continue
            self.roots[part] = package.xml(part)
            self._computed += [(part, each) for each in fields(self.roots[part]) if each.parsed.name in COMPUTED]
        self.fields = [each for _, each in self._computed]
        self.problems: list[Problem] = []
        if self.fields:
            for part in names:
                self.roots.setdefault(part, package.xml(part))

    def placed(self) -> list[tuple[str, FieldMarkup]]:
        return self._computed

    def place(self, part: str, each: FieldMarkup) -> str:
        paragraph = each.paragraph
        label = "body" if part == self.package.main else part.rpartition("/")[2].removesuffix(".xml")
        if paragraph is None:
            return label
        if part not in self._places:
            self._places[part] = {node: at for at, node in enumerate(self.roots[part].iter(P), 1)}
        number = self._places[part][paragraph]
        return f"{label}, paragraph {number}, “{first_words(paragraph)}”"

    def compute(self) -> None:
        self._body = self.roots[self.package.main]
        self._context = ReadingContext(self.package)
        self._order = {node: at for at, node in enumerate(self._body.iter())}
        self._numbers = dict(self._numbered())
        self._in_lists: dict[int, tuple[list[int], list[_Number]]] = {}
        for node, number in self._numbers.items():
            orders, numbers = self._in_lists.setdefault(number.list, ([], []))
            orders.append(self._order[node])
            numbers.append(number)
        self._styled: dict[str, list[Node]] = {}
        for node in self._body.iter(P):
            self._styled.setdefault(self._style_of(node), []).append(node)
        self._targets = {each.parsed.target.casefold() for each in self.fields}
        self._notes = dict(self._note_marks())
        self._sequences: dict[str, int] = {}
        self._bookmarks = self._read_bookmarks()
        self._pass(only_numbers=True)
        if self.problems:
            return
        for repeated in range(_MOST_REPEATED + 1):  # a field may repeat words that are the result of another one
            self.problems.clear()
            self._bookmarks = self._read_bookmarks()
            changed = self._pass(only_numbers=False)
            if not repeated and (changed or self.problems) and (circle := self._circle()):
                self._report_circle(circle)
                return
            if not changed:
                return
        self.problems.clear()
        fault = _Fault(f"repeats a field that repeats another, and so on more than {_MOST_REPEATED} times.")
        self._report(*changed[0], fault)

    def _pass(self, *, only_numbers: bool) -> list[tuple[str, FieldMarkup]]:
        """Compute every field once. Returns those whose results changed."""
        changed = []
        for part, each in self._computed:
            parsed = each.parsed
            if _is_number(parsed) != only_numbers:
                continue
            try:
                result = self._result(part, each, parsed)
                if _write(each, result):
                    changed.append((part, each))
            except _Fault as fault:
                self._report(part, each, fault)
        return changed

    def _circle(self) -> list[str]:
        """Bookmarks, as written, each of which has a field that repeats the next one, and the last the first."""
        texts = [each for each in self.fields if each.parsed.name == "REF" and not _is_number(each.parsed)]
        repeated = {each.begin: each.parsed.target.casefold() for each in texts}
        left = {
            name: iter([repeated[node] for node in one.fields if node in repeated])
            for name, one in self._bookmarks.items()
        }
        for first in self._bookmarks:
            path = {first: None}  # a dictionary, because a name is looked for in it at every step
            while path:
                last = next(reversed(path))
                following = next(left[last], None)
                if following is None:
                    path.popitem()
                elif following in path:
                    circle = list(path)
                    return [self._bookmarks[name].name for name in circle[circle.index(following) :]]
                elif following in left:
                    path[following] = None
        return []

    def _report_circle(self, names: Sequence[str]) -> None:
        """Report, once and instead of what follows from it, that bookmarks repeat each other."""
        target = names[1 % len(names)].casefold()
        part, first = next((part, each) for part, each in self._computed if each.parsed.target.casefold() == target)
        message = (
            f"The bookmark “{names[0]}” contains a cross-reference to its own text."
            if len(names) == 1
            else f"The bookmarks {_quoted(names)} contain cross-references to each other's text."
        )
        self.problems = [Problem(message, self.place(part, first), _HINT, "field")]

    def _report(self, part: str, each: FieldMarkup, fault: _Fault) -> None:
        message = f"The field {{ {_code(each)} }} {fault.message}"
        self.problems.append(Problem(message, self.place(part, each), fault.hint, "field"))

    def _result(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        if each.nested:
            raise _Fault("has another field in its code, so it cannot be computed.")
        unsupported = [name for name, _ in parsed.switches if name not in _SUPPORTED[parsed.name]]
        if unsupported:
            raise _Fault(f"has the switch {unsupported[0]}, which cannot be computed.")
        if each.paragraph is None or (each.begin.tag == FLD_CHAR and not _in_one_paragraph(each)):
            raise _Fault("does not end in the paragraph in which it begins.")
        if not parsed.target:
            raise _Fault("does not say what it refers to.")
        pieces = {
            "REF": self._ref, "NOTEREF": self._noteref, "SEQ": self._seq, "STYLEREF": self._styleref,
            "PAGEREF": self._pageref,
        }[parsed.name](part, each, parsed)  # fmt: skip
        return _formatted(pieces, parsed)

    # --- REF and NOTEREF ---

    def _bookmark(self, parsed: FieldInstruction) -> _BookmarkedText:
        found = self._bookmarks.get(parsed.target.casefold())
        if copied_name(parsed.target, 2).casefold() in self._bookmarks:
            raise _Fault(
                f"refers to the bookmark “{parsed.target}”, which this letter contains more than once.",
                "A bookmark inside a loop is repeated with it: refer to something that the letter has once.",
            )
        if found is None:
            raise _Fault(
                f"refers to the bookmark “{parsed.target}”, which this letter does not contain.",
                "A clause that is left out takes its bookmark with it: put the sentence with the field under the same "
                "condition, or refer to something that every letter has.",
            )
        return found

    def _ref(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        target = self._bookmark(parsed)
        direction = self._direction(part, each, target) if parsed.has(r"\p") else ""
        if any(map(parsed.has, _NUMBER_SWITCHES)):
            return [(" ".join(filter(None, (self._number_of(target, part, each, parsed), direction))), None)]
        if direction:
            return [(direction, None)]
        if len(target.paragraphs) > 1:
            raise _Fault(
                f"refers to several paragraphs (bookmark “{target.name}”), which cannot be repeated in a line."
            )
        pieces = [(text, node.getparent()) for node in target.nodes if (text := _text(node))]
        if not "".join(text for text, _ in pieces).strip():
            raise _Fault(f"refers to the bookmark “{target.name}”, which marks no text.")
        runs = [(text, None if run is None else run.find(R_PR)) for text, run in pieces]
        return runs if any(look is not None for _, look in runs) else [("".join(text for text, _ in runs), None)]

    def _number_of(self, target: _BookmarkedText, part: str, each: FieldMarkup, parsed: FieldInstruction) -> str:
        paragraph = target.paragraphs[0] if target.paragraphs else next(target.start.iterancestors(P), None)
        number = self._numbers.get(paragraph) if paragraph is not None and target.part == self.package.main else None
        if number is None:
            words = "" if paragraph is None else f" (“{first_words(paragraph)}”)"
            raise _Fault(f"asks for the number of a paragraph that has none: the bookmark “{target.name}”{words}.")
        return self._label(number, part, each, parsed)

    def _label(self, number: _Number, part: str, each: FieldMarkup, parsed: FieldInstruction) -> str:
        r"""The number with the levels above it (\w), in relation to the field (\r), or alone (\n)."""
        first = number.level
        if parsed.has(r"\w"):
            first = 0
        elif parsed.has(r"\r"):
            first = min(self._shared_levels(number, part, each), number.level)
        labels: list[str] = []
        level = number.level
        while level >= first:
            shown = [int(at) - 1 for at in re.findall(r"%([1-9])", number.texts[level])]
            label = number.labels[level]
            if parsed.has(r"\t"):
                label = re.sub(r"[^\W\d_]{2,}\s*", "", label)
            labels.insert(0, label.strip().rstrip("."))
            level = min([level, *shown]) - 1
        return "".join(labels)

    def _shared_levels(self, number: _Number, part: str, each: FieldMarkup) -> int:
        """How many levels the field's own paragraph, or the last numbered one before it, shares with the target."""
        own = self._numbers.get(each.paragraph) if each.paragraph is not None else None
        if part == self.package.main and own is None:
            at = self._order[each.begin]
            orders, numbers = self._in_lists[number.list]
            before = bisect_left(orders, at)
            own = numbers[before - 1] if before else None
        if own is None or own.list != number.list:
            return 0
        shared = 0
        for mine, theirs in zip(own.counts, number.counts, strict=False):
            if mine != theirs:
                break
            shared += 1
        return shared

    def _pageref(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        target = self._bookmark(parsed)
        if self.pages is None:
            return [(_text_between(each), None)]
        if target.name not in self.pages:
            raise _Fault(f"refers to the bookmark “{target.name}”, whose page cannot be found.")
        return [(self.pages[target.name], None)]

    def _direction(self, part: str, each: FieldMarkup, target: _BookmarkedText) -> str:
        if part != self.package.main or target.part != part:
            raise _Fault(r"has the switch \p, which cannot be computed in a header, a footer, or a note.")
        return "above" if self._order[target.start] < self._order[each.begin] else "below"

    def _noteref(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        target = self._bookmark(parsed)
        marks = [mark for node in target.nodes if (mark := self._notes.get(node))]
        if not marks:
            raise _Fault(f"refers to a footnote, but the bookmark “{target.name}” does not mark one.")
        direction = self._direction(part, each, target) if parsed.has(r"\p") else ""
        return [(" ".join(filter(None, (marks[0], direction))), None)]

    # --- SEQ and STYLEREF ---

    def _seq(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        if part != self.package.main:
            raise _Fault("counts in a header, a footer, or a note, where the order is not known.")
        if len(parsed.arguments) > 1:
            raise _Fault("refers to a bookmark, which cannot be computed.")
        name = parsed.target.casefold()
        if reset := parsed.values(r"\r"):
            if not reset[0].isdigit():
                raise _Fault(f"starts again at “{reset[0]}”, which is not a number.")
            self._sequences[name] = int(reset[0])
        elif not parsed.has(r"\c"):
            self._sequences[name] = self._sequences.get(name, 0) + 1
        hidden = parsed.has(r"\h") and not [each for each in parsed.values(r"\*") if each.casefold() not in _LOOKS]
        return [("" if hidden else str(self._sequences.get(name, 0)), None)]

    def _styleref(self, part: str, each: FieldMarkup, parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
        wanted = parsed.target.casefold()
        wanted = f"heading {wanted}" if wanted in "123456789" else wanted
        nodes = self._in_style(wanted)
        first = next(_with_text(nodes), None)
        if first is None:
            raise _Fault(f"refers to the style “{parsed.target}”, in which this letter has no text.")
        if part == self.package.main:
            before = nodes[: bisect_left(nodes, self._order[each.begin], key=self._order.__getitem__)]
            node, text = next(_with_text(one for one in reversed(before) if one is not each.paragraph), first)
        elif len(list(islice(_with_text(nodes), 2))) > 1:
            raise _Fault(f"depends on the page: the letter has several paragraphs in the style “{parsed.target}”.")
        else:
            node, text = first
        if any(map(parsed.has, _NUMBER_SWITCHES)):
            number = self._numbers.get(node)
            if number is None:
                raise _Fault(f"asks for the number of a paragraph that has none (“{first_words(node)}”).")
            text = self._label(number, part, each, parsed)
        return [(text, None)]

    def _in_style(self, name: str) -> list[Node]:
        """The paragraphs in the styles of this name, in order."""
        ids = [style.id for style in self._context.styles.by_id.values() if style.name.casefold() == name]
        held = [self._styled[each] for each in ids if each in self._styled]
        return held[0] if len(held) == 1 else sorted(chain.from_iterable(held), key=self._order.__getitem__)

    def _style_of(self, node: Node) -> str:
        return value_of(node.find(w("pPr")), "pStyle") or self._context.styles.default.get("paragraph", "")

    # --- reading the letter ---

    def _numbered(self) -> Iterator[tuple[Node, _Number]]:
        """The number of every paragraph in a list of numbers, counted as the reader of the PDF counts them."""
        context, numbering = self._context, self._context.numbering
        for node in _paragraphs(self._body):
            _, level, list_id = context.paragraph_layout(node.find(w("pPr")), self._style_of(node), NO_CELL_STYLE)
            if not list_id or level is None:
                continue
            numbering.next(list_id, level)
            levels = [numbering.level(list_id, at) for at in range(level + 1)]
            own = levels[level]
            if own is None or own.format in ("bullet", "none"):
                continue
            labels = tuple("" if each is None else numbering.label(list_id, at) for at, each in enumerate(levels))
            texts = tuple("" if each is None else each.text for each in levels)
            yield node, _Number(numbering.abstract_id(list_id), level, labels, texts, numbering.counts(list_id, level))

    def _note_marks(self) -> Iterator[tuple[Node, str]]:
        notes = self._context.note_texts
        sections = [node.find(f"{w('pPr')}/{w('sectPr')}") for node in self._body.iter(P)]
        waiting = iter([each for each in sections if each is not None] + list(self._body.iter(w("sectPr")))[-1:])
        notes.begin_section(next(waiting, None))
        for node in self._body.iter(w("footnoteReference"), w("endnoteReference"), w("sectPr")):
            if node.tag == w("sectPr"):
                if _parent(node).tag == w("pPr"):
                    notes.begin_section(next(waiting, None))
            elif node.get(w("customMarkFollows")) not in ("1", "true", "on"):
                yield node, notes.next_mark(note_kind(node))

    def _read_bookmarks(self) -> dict[str, _BookmarkedText]:
        found: dict[str, _BookmarkedText] = {}
        for part, root in self.roots.items():
            open_: dict[str, _BookmarkedText] = {}
            depth: list[bool] = []
            for at, node in enumerate(root.iter()):
                if node.tag == BOOKMARK_START:
                    one = _BookmarkedText(node.get(NAME, ""), part, node, at)
                    found.setdefault(one.name.casefold(), one)
                    if one.name.casefold() in self._targets:
                        open_[node.get(ID, "")] = one
                elif node.tag == w("bookmarkEnd"):
                    open_.pop(node.get(ID, ""), None)
                elif node.tag == FLD_CHAR:
                    _follow(depth, node.get(w("fldCharType")))
                    for one in open_.values():
                        one.fields.append(node)
                elif node.tag == FLD_SIMPLE:
                    for one in open_.values():
                        one.fields.append(node)
                elif open_ and all(depth) and _parent(node).tag == R:
                    if node.tag == R_PR or is_on(_parent(node).find(f"{R_PR}/{w('vanish')}")):
                        continue
                    paragraph = next(node.iterancestors(P), None)
                    for one in open_.values():
                        one.nodes.append(node)
                        if paragraph is not None and one.paragraphs[-1:] != [paragraph]:
                            one.paragraphs.append(paragraph)
        return found


def _parent(node: Node) -> Node:
    """The element around this one; itself for the root."""
    around = node.getparent()
    return node if around is None else around


def _follow(depth: list[bool], state: str | None) -> None:
    """Keep track of open fields, and of whether each is in its result."""
    if state == "begin":
        depth.append(False)
    elif state == "separate" and depth:
        depth[-1] = True
    elif state == "end" and depth:
        depth.pop()


def _paragraphs(root: Node) -> Iterator[Node]:
    for node in root.iter(P):
        if next(node.iterancestors(FALLBACK), None) is None:
            yield node


def _is_number(parsed: FieldInstruction) -> bool:
    """Whether the result is a number, which does not depend on the results of other fields."""
    return parsed.name in ("SEQ", "NOTEREF", "PAGEREF") or any(map(parsed.has, (*_NUMBER_SWITCHES, r"\p")))


def _quoted(names: Sequence[str]) -> str:
    shown = [f"“{name}”" for name in names[:3]]
    return listed([*shown, f"{len(names) - 3:,} more"] if len(names) > 3 else shown)


def _code(each: FieldMarkup) -> str:
    return " ".join(each.code.split())[:80]


def _text(node: Node) -> str:
    if node.tag == T:
        return node.text or ""
    return _CHARACTERS.get(str(node.tag), "")


def _content(paragraph: Node) -> Iterator[Node]:
    """The run content of a paragraph without field codes."""
    depth: list[bool] = []
    for node in paragraph.iter():
        if node.tag == FLD_CHAR:
            _follow(depth, node.get(w("fldCharType")))
        elif all(depth) and _parent(node).tag == R:
            yield node


def _with_text(paragraphs: Iterable[Node]) -> Iterator[tuple[Node, str]]:
    """Those of the paragraphs that say something, with what they say."""
    for node in paragraphs:
        if text := "".join(map(_text, _content(node))).strip():
            yield node, text


def _formatted(pieces: list[tuple[str, Node | None]], parsed: FieldInstruction) -> list[tuple[str, Node | None]]:
    r"""Apply the ``\*`` switches: letter case, the format of a number, and whether the look of the source is kept."""
    for asked in parsed.values(r"\*"):
        name = asked.casefold()
        if name in _LOOKS:
            pieces = [("".join(text for text, _ in pieces), None)]
        elif name in _CASES:
            pieces = [(_CASES[name](text), look) for text, look in pieces]
        elif (shape := _shape(asked)) and len(pieces) == 1 and pieces[0][0].isdigit():
            pieces = [(format_number(int(pieces[0][0]), shape).lower() if "Text" in shape else
                       format_number(int(pieces[0][0]), shape), pieces[0][1])]  # fmt: skip
        else:
            raise _Fault(rf"has the switch \* {asked}, which cannot be computed.")
    return pieces


def _shape(asked: str) -> str:
    name = asked.casefold()
    if name in ("roman", "alphabetic"):
        return ("lower" if asked[0].islower() else "upper") + {"roman": "Roman", "alphabetic": "Letter"}[name]
    return _SHAPES.get(name, "")


# --- writing results ---


def _in_one_paragraph(each: FieldMarkup) -> bool:
    return each.end is not None and next(each.end.iterancestors(P), None) is each.paragraph


def _result_nodes(each: FieldMarkup) -> list[Node]:
    """The run content that shows the stored result."""
    if each.begin.tag == FLD_SIMPLE:
        return [node for run in each.begin.iter(R) for node in run if node.tag in _RESULT]
    if each.separate is None or each.paragraph is None:
        return []
    found: list[Node] = []
    for node in _after(each.separate, each.paragraph):
        if node is each.end:
            break
        if node.tag in _RESULT:
            found.append(node)
    return found


def _after(node: Node, holder: Node) -> Iterator[Node]:
    """What follows a node inside its holder, in the order of the file; what comes before it costs no time."""
    while node is not holder:
        following = node.getnext()
        if following is None:
            node = _parent(node)
        else:
            yield from following.iter()
            node = following


def _text_between(each: FieldMarkup) -> str:
    return "".join(map(_text, _result_nodes(each)))


def _write(each: FieldMarkup, pieces: list[tuple[str, Node | None]]) -> bool:
    """Write a result. Returns whether it differs from the stored one."""
    old = _result_nodes(each)
    for name in ("dirty", "fldLock"):
        each.begin.attrib.pop(w(name), None)
    if "".join(map(_text, old)) == "".join(text for text, _ in pieces) and all(node.tag == T for node in old):
        return False
    carrier = next((node.getparent() for node in old if node.tag == T), None)
    look = None if carrier is None else carrier.find(R_PR)
    look = copy.deepcopy(look)
    for node in old:
        run = _parent(node)
        run.remove(node)
        if run is not carrier and run.getparent() is not None and all(child.tag == R_PR for child in run):
            _parent(run).remove(run)
    runs = [_run(text, look if own is None else own) for text, own in pieces if text]
    if carrier is not None and all(child.tag == R_PR for child in carrier):
        for one in runs:
            carrier.addprevious(one)
        _parent(carrier).remove(carrier)
        return True
    if each.begin.tag == FLD_SIMPLE:
        each.begin.extend(runs)
        return True
    _insert(each, runs)
    return True


def _insert(each: FieldMarkup, runs: list[Node]) -> None:
    """Put runs before the end of a complex field, which gets the mark of a result if it had none."""
    assert each.end is not None
    run = each.end.getparent()
    assert run is not None
    before = _split(run, each.end)
    if each.separate is None:
        mark = run.makeelement(run.tag, dict(run.attrib))
        mark.extend(copy.deepcopy(child) for child in run.iterchildren(R_PR))
        each.separate = mark.makeelement(FLD_CHAR, {w("fldCharType"): "separate"})
        mark.append(each.separate)
        runs = [mark, *runs]
    for one in runs:
        before.addprevious(one)


def _split(run: Node, at: Node) -> Node:
    """Split a run so that ``at`` comes first in its own run, and return that run."""
    if all(child.tag == R_PR for child in run[: run.index(at)]):
        return run
    second = run.makeelement(run.tag, dict(run.attrib))
    second.extend(copy.deepcopy(child) for child in run.iterchildren(R_PR))
    moved = run[run.index(at) :]
    run.addnext(second)
    second.extend(moved)
    return second


def _run(text: str, look: Node | None) -> Node:
    run = etree.Element(R)
    if look is not None:
        run.append(copy.deepcopy(look))
    for piece in re.split("(\t|\u2011)", text):
        if piece == "\t":
            etree.SubElement(run, w("tab"))
        elif piece == "\u2011":
            etree.SubElement(run, w("noBreakHyphen"))
        elif piece:
            etree.SubElement(run, T, {SPACE: "preserve"}).text = piece
    return run
