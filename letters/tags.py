"""The tags of a template: found in its paragraphs, read, judged, paired, and put where they can be filled.

Word cuts a tag into runs, curls its quotes, capitalises its first word and hides marks in it. Authors lose a
brace, or close a block in another cell. So tags are read from the nodes of the document, never from its
serialised text, and everything doubtful becomes a Problem that quotes the paragraph. Nothing is filled here.
"""

from __future__ import annotations

import difflib
import inspect
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from lxml import etree

from letters.errors import Problem
from letters.package import W

Filters = Mapping[str, Callable[..., Any]]

TEXT, ATTRIBUTE, CODE, PROPERTY = "text", "attribute", "code", "property"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a template: ``body, paragraph 3 under “Facts”, “Dear {{ name }},”``."""

    part: str
    number: int = 0
    heading: str = ""
    words: str = ""

    def __str__(self) -> str:
        number = f", paragraph {self.number}" if self.number else ""
        heading = f" under “{_short(self.heading, 40)}”" if self.heading else ""
        words = f", “{_short(self.words)}”" if self.words else ""
        return f"{self.part}{number}{heading}{words}"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag.

    Args:
        raw: as the author typed it.
        mark: how it opens: ``{{``, ``{%`` or ``{#``.
        level: what disappears with it: ``p`` paragraph, ``tr`` row, ``tc`` cell; empty within a text.
        word: ``if``, ``for``, ``endif`` …; empty in a tag that prints.
        says: the rest, quotes and dashes straightened.
        place: where it stands.
        medium: what it is filled into: text, an attribute, a field code or a document property.
    """

    raw: str
    mark: str
    level: str
    word: str
    says: str
    place: Place
    medium: str = TEXT

    def fault(self, message: str, hint: str = "", code: str = "template-syntax") -> Problem:
        return Problem(message, str(self.place), hint, code)


# --- Finding tags in a text ---

_OPENING = re.compile(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_DOUBLE = '"“”„‟«»″〝〞＂'  # noqa: RUF001
_SINGLE = "'‘’‚‛‹›′´`＇"  # noqa: RUF001
_FAMILY = {mark: family for family in (_DOUBLE, _SINGLE) for mark in family}
_PARTNER = {"“": "”", "„": "“”", "«": "»", "»": "«»", "‘": "’", "‚": "‘’", "‹": "›"}  # noqa: RUF001
_DASHES = "‐‑‒–—―−﹘﹣－"  # noqa: RUF001
# Everything Word or a keyboard may put for a plain character, outside quoted text.
_PLAIN: dict[int, str | None] = {
    code: None if kind == "Cf" else " "
    for code in (*range(0x3001), 0xFEFF)
    if (kind := unicodedata.category(chr(code))) in ("Cf", "Zs", "Zl", "Zp")
    or code in (9, 10, 11, 12, 13, 0x85)
}
_PLAIN.update(dict.fromkeys(map(ord, _DASHES), "-"))
_PLAIN.update({ord("≠"): "!=", ord("≤"): "<=", ord("≥"): ">="})
_LONGEST_TAG = 1_000
_OBJECT = "\ufffc"  # stands for a picture, a field, a note mark


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a text that looks like a tag and is none."""

    start: int
    message: str
    hint: str
    code: str


def scan(text: str) -> tuple[list[tuple[int, int]], list[Fault]]:
    """Start and end of every tag in ``text``, and what only looks like one."""
    spans: list[tuple[int, int]] = []
    faults: list[Fault] = []
    rest, position = list(text), 0
    while opening := _OPENING.search(text, position):
        start, inside = opening.span()
        close = _CLOSING[opening[0]]
        end = _end_of_tag(text, inside, close)
        if end is None:
            later = _OPENING.search(text, inside)
            end = later.start() if later else len(text)
            faults.append(
                Fault(
                    start,
                    f"{close} is missing after “{_short(text[start:end], 40)}”.",
                    f"Close it with {close}.",
                    "unclosed-tag",
                )
            )
        else:
            spans.append((start, end))
        rest[start:end] = "\0" * (end - start)
        position = end
    return spans, sorted([*faults, *_strays("".join(rest))], key=lambda fault: fault.start)


def _end_of_tag(text: str, inside: int, close: str) -> int | None:
    """Where the tag ends; a closing mark inside quotes does not count. None when it never closes."""
    limit = min(len(text), inside + _LONGEST_TAG)
    first = end = text.find(close, inside, limit)
    if close == "#}":
        return end + 2 if end >= 0 else None
    for _ in range(8):
        if end < 0:
            break
        pieces = _pieces(text[inside:end])
        if pieces is not None:
            bare = "".join(piece for quoted, piece in pieces if not quoted)
            return None if _OPENING.search(bare) else end + 2
        end = text.find(close, end + 1, limit)
    return first + 2 if first >= 0 and not _OPENING.search(text, inside, first) else None


# Bounded, so that a page of braces costs no more than a page of letters.
_STRAY = re.compile(
    r"\{[^}\0]{0,80}\}+|[{}]+|\[\[\s?([\w.]{1,80})\s?\]\]|<<\s?([\w.]{1,80})\s?>>|«\s?([\w.]{1,80})\s?»"
)


def _strays(rest: str) -> Iterator[Fault]:
    for match in _STRAY.finditer(rest):
        seen = match[0]
        shown = _short(seen, 40)
        name = next((group for group in match.groups() if group), seen.strip("{}%# "))
        if seen[0] == "«":
            yield Fault(
                match.start(),
                f"“{shown}” is not a tag and would be printed as it stands.",
                f"Write {{{{ {name} }}}}.",
                "perhaps-a-tag",
            )
        elif re.fullmatch(r"\w[\w.]*", name):
            yield Fault(
                match.start(),
                f"“{shown}” is not a tag and would be printed as it stands.",
                f"Write {{{{ {name} }}}}.",
                "not-a-tag",
            )
        elif seen[0] == "{" and "}" in seen:
            yield Fault(
                match.start(),
                f"“{shown}” would be printed as it stands, braces and all.",
                "A tag has two braces on each side: {{ name }}.",
                "not-a-tag",
            )
        elif "}" in seen:
            yield Fault(
                match.start(),
                f"“{shown}” closes a tag that was never opened.",
                "Put the opening braces before it, or delete it.",
                "unopened-tag",
            )
        else:
            yield Fault(
                match.start(),
                f"“{shown}” opens a tag that is not complete.",
                "Write two braces, such as {{ name }}, or delete it.",
                "unclosed-tag",
            )


def _pieces(inside: str) -> list[tuple[bool, str]] | None:
    """The inside of a tag cut into (quoted?, piece). None when a quotation stays open."""
    found, position, plain = [], 0, 0
    while position < len(inside):
        family = _FAMILY.get(inside[position])
        if family is None:
            position += 1
            continue
        end = _closing_quote(inside, position, family)
        if end is None:
            return None
        found += [(False, inside[plain:position]), (True, inside[position : end + 1])]
        position = plain = end + 1
    return [*found, (False, inside[plain:])]


def _closing_quote(inside: str, start: int, family: str) -> int | None:
    """The mark that ends the quotation: the partner of the one that opened it, else any of its kind."""
    mark = inside[start]
    for wanted in (_PARTNER.get(mark, mark), family):
        for position in range(start + 1, len(inside)):
            if inside[position] in wanted and inside[position - 1] != "\\":
                return position
    return None


def tidy(inside: str) -> str:
    """The inside of a tag as the author meant it: straight quotes round quoted text, plain dashes and spaces.

    What stands between quotes is left as typed: it may be printed.
    """
    pieces = _pieces(inside)
    if pieces is None:
        return inside.translate(_PLAIN).strip()
    tidied = []
    for quoted, piece in pieces:
        if not quoted:
            tidied.append(piece.translate(_PLAIN))
        elif piece[0] == piece[-1] and piece[0] in "\"'":
            tidied.append(re.sub(r"[\t\r\n]", " ", piece))
        else:
            tidied.append('"' + re.sub(r"[\t\r\n]", " ", piece[1:-1]).replace('"', '\\"') + '"')
    return "".join(tidied).strip()


_FOLDED: dict[int, str | None] = {
    **_PLAIN,
    **dict.fromkeys(map(ord, _DOUBLE), '"'),
    **dict.fromkeys(map(ord, _SINGLE), "'"),
}


def fold(text: str) -> str:
    """``text`` without typography, for comparing: a curly apostrophe equals a straight one."""
    return text if text.isascii() else text.translate(_FOLDED)


# --- Reading one tag ---

_WORDS = "if|elif|else|endif|for|endfor|colspan|cellbg|vm|hm"
_BLOCK = re.compile(rf"\s*(?:(p|tr|tc|r)\s*)?({_WORDS})\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_PREFIX = re.compile(r"(p|tr|tc|r)(?=\s|$)\s*(.*)", re.DOTALL)
_BARE = frozenset({"else", "endif", "endfor", "vm", "hm"})
CELL_WORDS = frozenset({"colspan", "cellbg", "vm", "hm"})
_PARSER = Environment(autoescape=True)
_SNIPPETS = {
    "if": "{%% if %s %%}{%% endif %%}",
    "elif": "{%% if 0 %%}{%% elif %s %%}{%% endif %%}",
    "for": "{%% for %s %%}{%% endfor %%}",
}


def read_tag(raw: str, place: Place, medium: str, filters: Filters) -> tuple[Tag, list[Problem]]:
    """The tag, and all that is wrong with it alone."""
    mark, inside = raw[:2], raw[2:-2]
    if mark == "{#":
        prefix = _PREFIX.match(inside)
        return Tag(raw, mark, prefix[1] if prefix and prefix[1] != "r" else "", "", "", place, medium), []
    trimmed = inside.strip("-+" + _DASHES)
    tag = replace(_parse(raw, trimmed, place), medium=medium)
    if trimmed != inside:
        return tag, [
            tag.fault(f"The dash in {_short(raw, 60)} would eat the text beside it.", "Remove the dash.")
        ]
    if _OBJECT in raw:
        return tag, [
            tag.fault("A picture, field or note mark stands inside a tag.", "Move it out of the braces.")
        ]
    return tag, list(_judge(tag, filters))


def _parse(raw: str, inside: str, place: Place) -> Tag:
    if raw.startswith("{%"):
        text = tidy(inside)
        if block := _BLOCK.match(text):
            level = (block[1] or "").lower()
            return Tag(raw, "{%", "" if level == "r" else level, block[2].lower(), block[3].strip(), place)
        return Tag(raw, "{%", "", "?", text, place)
    # A value is plain text, so docxtpl's {{r x}} (rich text) means no more than {{ x }}.
    prefix = _PREFIX.match(inside)
    if prefix and (prefix[1] != "r" or not prefix[2].strip()):
        return Tag(raw, "{{", "", prefix[1], tidy(prefix[2]), place)
    return Tag(raw, "{{", "", "", tidy(prefix[2] if prefix else inside), place)


def _judge(tag: Tag, filters: Filters) -> Iterator[Problem]:
    shown = _short(tag.raw, 60)
    if tag.mark == "{{" and tag.word:
        name = tag.says or tag.word
        yield tag.fault(
            f"In {shown} the letters “{tag.word}” right after the braces are not read as a name.",
            f"Write {{{{ {name} }}}}, with a space after the braces.",
        )
    elif tag.word == "?":
        first = re.match(r"\w*", tag.says)
        word = first[0] if first else ""
        near = difflib.get_close_matches(word.lower(), _WORDS.split("|"), 1)
        yield tag.fault(
            f"{shown} is not an instruction a template knows." if word else f"{shown} says nothing.",
            f"Did you mean {{% {near[0]} %}}?" if near else "Use if, elif, else, endif, for or endfor.",
        )
    elif tag.word in _BARE and tag.says:
        better = (
            f"{{% elif {tag.says[2:].strip()} %}}" if tag.says.startswith("if") else f"{{% {tag.word} %}}"
        )
        yield tag.fault(f"Nothing may follow the word “{tag.word}” in {shown}.", f"Write {better}.")
    elif tag.medium != TEXT and (tag.level or tag.word in CELL_WORDS):
        yield tag.fault(f"{shown} belongs in a paragraph.", "Use {% if %} without a letter here.")
    elif tag.word not in _BARE:
        yield from _judge_expression(tag, filters)


def _judge_expression(tag: Tag, filters: Filters) -> Iterator[Problem]:
    if not tag.says:
        yield tag.fault(f"{_short(tag.raw, 60)} says nothing.", "Write a name in it, or delete it.")
        return
    try:
        tree = _PARSER.parse(_SNIPPETS.get(tag.word, "{{ %s }}") % tag.says.replace("\n", " "))
    except TemplateSyntaxError:
        yield tag.fault(*_why_unreadable(tag))
        return
    for node in tree.find_all(nodes.Node):
        complaint = _complaint(node, filters)
        if complaint:
            yield tag.fault(*complaint)
            return


_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.For,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.CondExpr,
    nodes.Add,
    nodes.Sub,
    nodes.Mod,
    nodes.List,
    nodes.Tuple,
    nodes.Filter,
)


def _complaint(node: nodes.Node, filters: Filters) -> tuple[str, str] | None:
    """What is wrong with this bit of an expression, and the way out; None when it is allowed."""
    if isinstance(node, nodes.Filter):
        return _filter_complaint(node, filters)
    if isinstance(node, nodes.Call):
        return "A tag cannot call anything: brackets after a name are not allowed.", "Print the name alone."
    if isinstance(node, nodes.Test):
        return f"“is {node.name}” cannot be used in a tag.", "Write {% if name %} or {% if not name %}."
    if isinstance(node, nodes.Concat):
        return "Values cannot be joined with ~ in a tag.", "Print them in two tags, one after the other."
    if isinstance(node, nodes.Mul | nodes.Div | nodes.FloorDiv | nodes.Pow):
        return (
            "A tag cannot multiply or divide.",
            "Have the number worked out before it reaches the template.",
        )
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        return (
            "This “if” has no “else”: what is printed otherwise?",
            "Add an else, or use {% if %} and {% endif %}.",
        )
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.target, nodes.Name)):
        return "This loop cannot be read.", "Write {% for one in many %}."
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"“{node.attr}” is not a field.", "Field names begin with a letter."
    if isinstance(node, nodes.Name) and node.name.endswith("__"):
        return f"“{node.name}” is not a field.", "Field names do not end in two underscores."
    if isinstance(node, nodes.Const) and isinstance(node.value, float):
        return f"The number {node.value} cannot stand in a tag.", "Only whole numbers can."
    if not isinstance(node, _ALLOWED):
        return (
            "This tag says something a template cannot do.",
            "Use names, filters, comparisons, and, or, not.",
        )
    return None


def _filter_complaint(node: nodes.Filter, filters: Filters) -> tuple[str, str] | None:
    known = sorted(name for name in filters if not name.endswith("__"))
    if node.name not in known:
        near = difflib.get_close_matches(node.name, known, 1)
        return (
            f"There is no filter “{node.name}”.",
            f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}.",
        )
    try:
        inspect.signature(filters[node.name]).bind(
            None, *node.args, **{str(pair.key): pair for pair in node.kwargs}
        )
    except TypeError:
        return f"The filter “{node.name}” was given the wrong number of words in its brackets.", ""
    return None


def _why_unreadable(tag: Tag) -> tuple[str, str]:
    shown = _short(tag.raw, 60)
    pieces = _pieces(tag.says)
    if pieces is None:
        return (
            f"In {shown} a quotation is opened and not closed.",
            "Put straight double quotes on both sides.",
        )
    bare = " ".join(piece for quoted, piece in pieces if not quoted)
    odd = re.search(r"[^\w\s.,|()\[\]<>=!+\-%*/~:]", bare)
    if odd:
        return (
            f"In {shown} the character “{odd[0]}” means nothing.",
            "Delete it, or put quotation marks round the text.",
        )
    if re.search(r"(?<![=!<>])=(?!=)", bare):
        return f"In {shown} a single = does not compare.", "Write ==."
    if tag.word == "for":
        return f"{shown} is not a loop.", "Write {% for one in many %}."
    if re.search(r"\w\s+\w", bare):
        return (
            f"{shown} cannot be read: two words stand side by side.",
            "A name is one word, such as requester_name.",
        )
    return f"{shown} cannot be read.", "Look for a missing bracket, dot or name."


def _short(text: str, width: int = 80) -> str:
    text = " ".join(text.replace(_OBJECT, " ").split())
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _spaces_left(text: str, found: list[tuple[int, int, Tag]]) -> Iterator[Problem]:
    """Conditions that, when they do not hold, leave two spaces or a space before a full stop."""
    open_: list[tuple[int, Tag | None]] = []
    for start, end, tag in found:
        if tag.word == "if":
            open_.append((start, tag))
        elif tag.word == "else" and open_:
            open_[-1] = (start, None)
        elif tag.word == "endif" and open_:
            begin, opening = open_.pop()
            if opening and text[begin - 1 : begin] == " " and text[end : end + 1] in (*" .,;:)",):
                yield opening.fault(
                    "Left out, this condition leaves a space too many.",
                    "Move one of the spaces beside it to the inside.",
                    "spaces",
                )


# --- Reading a part ---

P, R, T, TR, TC, TBL = (f"{{{W}}}{name}" for name in ("p", "r", "t", "tr", "tc", "tbl"))
INSTR, P_PR, R_PR, BR, FLD_CHAR = (f"{{{W}}}{name}" for name in ("instrText", "pPr", "rPr", "br", "fldChar"))
SDT_CONTENT, TXBX, SECT_PR = (f"{{{W}}}{name}" for name in ("sdtContent", "txbxContent", "sectPr"))
BOOKMARKS = (f"{{{W}}}bookmarkStart", f"{{{W}}}bookmarkEnd")
_W = f"{{{W}}}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AS_TEXT = {_W + "tab": " ", _W + "cr": " ", _W + "noBreakHyphen": "-", _W + "softHyphen": "\u00ad"}
_SILENT = frozenset({R_PR, INSTR, *BOOKMARKS})
_ALT = frozenset({"descr", "title", "tooltip", "alt"})
_TABLE_ALT = frozenset({_W + "tblCaption", _W + "tblDescription"})
MAYBE_BLANK = (
    _W + "rsidP",
    "00000000",
)  # marks a paragraph that may come out empty; every real rsid is stripped


@dataclass(slots=True)
class Spot:
    """A tag in its part, until it is lifted out."""

    tag: Tag
    number: int
    node: etree._Element  # the w:t or w:instrText, or the element with the attribute
    attribute: str = ""
    field_depth: int = 0
    alone: bool = False  # nothing else in its paragraph

    @property
    def paragraph(self) -> etree._Element:
        return next(self.node.iterancestors(P), self.node)

    @property
    def element(self) -> etree._Element:
        """What disappears with the tag: its paragraph, row or cell, or (in text) its run."""
        wanted = {"p": P, "tr": TR, "tc": TC}.get(self.tag.level)
        if wanted is None:
            parent = self.node.getparent()
            return self.node if parent is None else parent
        return next(self.node.iterancestors(wanted), self.node)

    @property
    def holder(self) -> tuple[etree._Element | None, str]:
        """Both ends of a block must share this, or taking the block out would tear the document."""
        if self.attribute:
            return self.node, self.attribute
        return self.element.getparent(), self.tag.level or self.tag.medium


@dataclass(slots=True)
class Reading:
    """Reads the tags of all parts of one template, numbering them through."""

    filters: Filters
    headings: frozenset[str] = frozenset()
    tags: list[Tag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubtful: list[Problem] = field(
        default_factory=list
    )  # «name»: a quotation, unless the template uses the name
    notes: list[Problem] = field(default_factory=list)

    def text(self, text: str, place: Place, medium: str) -> list[tuple[int, int, int]]:
        """Tags of one text: (start, end, number). What only looks like a tag becomes a problem."""
        spans, faults = scan(text)
        for fault in faults:
            certain = self.problems if fault.code != "perhaps-a-tag" else self.doubtful
            certain.append(Problem(fault.message, str(place), fault.hint, fault.code))
        found = []
        for start, end in spans:
            tag, problems = read_tag(text[start:end], place, medium, self.filters)
            self.problems += problems
            self.tags.append(tag)
            found.append((start, end, len(self.tags) - 1))
        self.notes += _spaces_left(text, [(start, end, self.tags[number]) for start, end, number in found])
        return found

    def part(self, root: etree._Element, label: str) -> list[Spot]:
        """All tags of a part in reading order; each now stands whole, as a token, where it began."""
        spots: list[Spot] = []
        heading, number, depth = "", 0, 0
        for paragraph in root.iter(P):
            number += next(paragraph.iterancestors(_FALLBACK), None) is None
            nodes_ = list(own_nodes(paragraph))
            pieces = [(node, text) for node in nodes_ if (text := _text_of(node)) is not None]
            words = "".join(text for _, text in pieces)
            place = Place(label, number, heading, words)
            before = len(self.problems)
            depths, depth = _field_depths(nodes_, depth)
            spots += self._stream(paragraph, pieces, place, TEXT, depths)
            codes = [(node, node.text or "") for node in nodes_ if node.tag == INSTR]
            if codes:
                spots += self._stream(
                    paragraph, codes, replace(place, part=f"{label}, field code"), CODE, depths
                )
            self._merge_halves(before, place)
            if style_of(paragraph) in self.headings and words.strip():
                heading = words
        spots += self._attributes(root, label)
        return spots

    def _stream(
        self,
        paragraph: etree._Element,
        pieces: list[tuple[etree._Element, str]],
        place: Place,
        medium: str,
        depths: dict[etree._Element, int],
    ) -> list[Spot]:
        text = "".join(piece for _, piece in pieces)
        if "{" not in text and "}" not in text and "[[" not in text and "<<" not in text and "«" not in text:
            return []
        found = self.text(text, place, medium)
        starts = _gather(
            pieces, [(start, end, token(self.tags[number], number)) for start, end, number in found]
        )
        rest = "".join(text[a:b] for a, b in _gaps(len(text), found))
        if medium == TEXT and found and not self._outside_blocks(text, found).strip():
            paragraph.set(*MAYBE_BLANK)
        return [
            Spot(
                self.tags[number], number, node, "", depths.get(node, 0), len(found) == 1 and not rest.strip()
            )
            for (_, _, number), node in zip(found, starts, strict=True)
        ]

    def _outside_blocks(self, text: str, found: list[tuple[int, int, int]]) -> str:
        """The words of a paragraph that are there whatever its inline conditions say."""
        depth, kept, position = 0, "", 0
        for start, end, number in found:
            kept += "" if depth else text[position:start]
            word, position = self.tags[number].word, end
            depth += (word in ("if", "for")) - (word in ("endif", "endfor"))
        return kept + ("" if depth else text[position:])

    def _attributes(self, root: etree._Element, label: str) -> list[Spot]:
        """Alternative texts and tooltips."""
        spots = []
        for node in root.iter(etree.Element):
            for name, value in node.items():
                local = etree.QName(name).localname
                code = node.tag == _W + "fldSimple" and local == "instr"
                if "{" in value and (local in _ALT or code or (node.tag in _TABLE_ALT and local == "val")):
                    place = Place(
                        f"{label}, {'field code' if code else 'alternative text or tooltip'}", words=value
                    )
                    found = self.text(value, place, CODE if code else ATTRIBUTE)
                    spots += [Spot(self.tags[number], number, node, name) for _, _, number in found]
                    node.set(name, substitute(value, found, self.tags))
        return spots

    def _merge_halves(self, before: int, place: Place) -> None:
        """A tag cut by the Enter key shows as two faults; say it once."""
        if not 0 < before < len(self.problems):
            return
        first, second = self.problems[before - 1], self.problems[before]
        if first.code == "unclosed-tag" and second.code == "unopened-tag":
            if f"paragraph {place.number - 1}" not in first.where:
                return
            self.problems[before - 1 : before + 1] = [
                Problem(
                    f"A tag starts in paragraph {place.number - 1} and ends in paragraph {place.number}.",
                    first.where,
                    "Put the whole tag into one paragraph.",
                    "split-tag",
                )
            ]


def substitute(text: str, found: list[tuple[int, int, int]], tags: list[Tag]) -> str:
    """``text`` with each tag replaced by its token."""
    for start, end, number in reversed(found):
        text = text[:start] + token(tags[number], number) + text[end:]
    return text


TOKEN = re.compile(r"\{([{%#])\s*letters(\d+)\s*[}%#]\}")


def token(tag: Tag, number: int) -> str:
    """What stands for a tag while docxtpl patches the part: it confuses no regular expression."""
    if tag.mark == "{{":
        return f"{{{{ letters{number} }}}}"
    if tag.word in ("vm", "hm"):
        return f"{{% {tag.word} %}}"
    if tag.word in CELL_WORDS:
        return f"{{% {tag.word} letters{number} %}}"
    if tag.mark == "{%":
        return f"{{% letters{number} %}}"
    return f"{{# letters{number} #}}" if tag.level else ""


def own_nodes(element: etree._Element) -> Iterator[etree._Element]:
    """Descendants in order, without those of paragraphs inside (text boxes)."""
    for child in element:
        if child.tag in (TXBX, P) or not isinstance(child.tag, str):
            continue
        yield child
        if child.tag not in (P_PR, R_PR):
            yield from own_nodes(child)


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{P_PR}/{_W}pStyle")
    return "" if style is None else style.get(_W + "val", "")


def _text_of(node: etree._Element) -> str | None:
    if node.tag == T:
        return node.text or ""
    parent = node.getparent()
    if parent is None or parent.tag != R or node.tag in _SILENT:
        return None
    if node.tag == BR:
        return _OBJECT if node.get(_W + "type") in ("page", "column") else " "
    return _AS_TEXT.get(str(node.tag), _OBJECT)


def _field_depths(found: list[etree._Element], depth: int) -> tuple[dict[etree._Element, int], int]:
    depths = {}
    for node in found:
        if node.tag == FLD_CHAR:
            depth += {"begin": 1, "end": -1}.get(node.get(_W + "fldCharType", ""), 0)
        depths[node] = depth
    return depths, depth


def _gaps(length: int, found: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    position = 0
    for start, end, _ in found:
        yield position, start
        position = end
    yield position, length


def _gather(
    pieces: list[tuple[etree._Element, str]], edits: list[tuple[int, int, str]]
) -> list[etree._Element]:
    """Put each tag's token into the node where the tag starts and take its other characters out of the rest.

    Bookmarks and the like between the runs stay, so they stay paired; the formatting of the first run wins.
    """
    starts: list[etree._Element] = []
    position = 0
    for node, text in pieces:
        begin, stop, kept, cursor = position, position + len(text), "", position
        for start, end, shown in edits:
            if end <= begin or start >= stop:
                continue
            kept += text[cursor - begin : max(start, begin) - begin]
            if start >= begin:
                kept += shown
                starts.append(node)
            cursor = min(end, stop)
        position = stop
        if cursor != begin or kept:
            _set_text(node, kept + text[cursor - begin :])
    return starts


def _set_text(node: etree._Element, text: str) -> None:
    run = node.getparent()
    if text and node.tag in (T, INSTR):
        node.text = text
        node.set(_SPACE, "preserve")
        return
    remove(node)
    if run is not None and run.tag == R and all(child.tag == R_PR for child in run):
        remove(run)


def remove(node: etree._Element, instead: str = "") -> None:
    """Take ``node`` out, leaving ``instead`` as text in its place."""
    parent = node.getparent()
    if parent is None:
        return
    previous, text = node.getprevious(), instead + (node.tail or "")
    parent.remove(node)
    if text and previous is not None:
        previous.tail = (previous.tail or "") + text
    elif text:
        parent.text = (parent.text or "") + text


# --- Pairing blocks and lifting ---

_OPENS = {"endif": "if", "endfor": "for"}


def pair(spots: list[Spot]) -> tuple[list[list[Spot]], list[Problem]]:
    """The blocks of a part, each as its tags from opening to end, and what is wrong with the rest."""
    blocks: list[list[Spot]] = []
    problems: list[Problem] = []
    stack: list[list[Spot]] = []
    for spot in spots:
        word = spot.tag.word
        if word in ("if", "for"):
            stack.append([spot])
        elif word in ("elif", "else"):
            problems += _take_branch(stack, spot)
        elif word in _OPENS:
            while stack and stack[-1][0].tag.word != _OPENS[word]:
                if not any(open_[0].tag.word == _OPENS[word] for open_ in stack):
                    break
                problems.append(_unclosed(stack.pop()[0]))
            if stack and stack[-1][0].tag.word == _OPENS[word]:
                blocks.append([*stack.pop(), spot])
            else:
                problems.append(
                    spot.tag.fault(
                        f"{spot.tag.raw} closes an “{_OPENS[word]}” that was never opened.",
                        f"Put {{% {_OPENS[word]} … %}} before it, or delete it.",
                        "block",
                    )
                )
        elif word in ("vm", "hm") and not any(open_[0].tag.word == "for" for open_ in stack):
            problems.append(
                spot.tag.fault(f"{spot.tag.raw} works only inside a loop.", "Delete it.", "block")
            )
    return blocks, problems + [_unclosed(open_[0]) for open_ in stack]


def _unclosed(spot: Spot) -> Problem:
    word = spot.tag.word
    level = spot.tag.level
    return spot.tag.fault(
        f"{_short(spot.tag.raw, 60)} is opened here and never closed.",
        f"Put {{%{level} end{word} %}} where it should end.",
        "block",
    )


def _take_branch(stack: list[list[Spot]], spot: Spot) -> list[Problem]:
    word = spot.tag.word
    if not stack or (word == "elif" and stack[-1][0].tag.word == "for"):
        return [
            spot.tag.fault(f"{spot.tag.raw} stands outside any “if”.", "Put {% if … %} before it.", "block")
        ]
    if any(member.tag.word == "else" for member in stack[-1]):
        return [
            spot.tag.fault(
                f"{spot.tag.raw} comes after the “else” of the same block.", "Move it up.", "block"
            )
        ]
    stack[-1].append(spot)
    return []


def settle(blocks: list[list[Spot]]) -> Iterator[Problem]:
    """Decide what each block's tags take with them, and refuse blocks whose ends do not share a container.

    A plain ``{% if %}`` alone in its paragraph whose ``{% endif %}`` is in another means ``{%p if %}``: read
    literally it would leave a blank line.
    """
    for block in blocks:
        apart = len({spot.paragraph for spot in block}) > 1
        if apart and all(spot.alone and spot.tag.level in ("", "p") for spot in block):
            for spot in block:
                spot.tag = replace(spot.tag, level="p")
        first = block[0]
        for spot in block[1:]:
            if spot.holder != first.holder:
                yield _torn(first, spot)
                break
            if not first.tag.level and spot.paragraph is not first.paragraph:
                yield _torn(first, spot)
                break
            if spot.field_depth != first.field_depth:
                yield spot.tag.fault(
                    f"The block {_short(first.tag.raw, 60)} closes on the other side of a field's edge.",
                    "Put both tags before or after the field.",
                    "block",
                )
                break


def _torn(first: Spot, last: Spot) -> Problem:
    opening, closing = _short(first.tag.raw, 60), _short(last.tag.raw, 60)
    rows = [next(spot.node.iterancestors(TR), None) for spot in (first, last)]
    cells = [next(spot.node.iterancestors(TC), None) for spot in (first, last)]
    word = first.tag.word
    if rows[0] is not None and rows[0] is rows[1] and cells[0] is not cells[1]:
        message = f"{opening} opens in one cell and {closing} stands in another."
        hint = f"Put {{%tr {word} {first.tag.says} %}} into a row above and {{%tr end{word} %}} below."
    elif first.tag.level != last.tag.level:
        message = f"{opening} and {closing} do not stand for the same thing (text, paragraph, row or cell)."
        hint = f"Use the same letters in both, such as {{%p {word} … %}} and {{%p end{word} %}}."
    elif cells[0] is not cells[1]:
        message = f"Only one of {opening} and {closing} stands in a table cell (or both, in different ones)."
        hint = "Put both into the same cell, or both outside."
    else:
        message = f"{opening} opens here and {closing} stands in another place: {last.tag.place}."
        hint = f"Give each a paragraph of its own: {{%p {word} {first.tag.says} %}} and {{%p end{word} %}}."
    return first.tag.fault(message, hint, "block")


def lift(spots: list[Spot]) -> Iterator[Problem]:
    """Replace the paragraphs, rows and cells that stand for a tag by the tag itself."""
    seen: dict[etree._Element, list[Spot]] = {}
    for spot in spots:
        if spot.tag.level:
            seen.setdefault(spot.element, []).append(spot)
    for element, group in seen.items():
        tag = group[0].tag
        kind = {"p": "paragraph", "tr": "row", "tc": "cell"}[tag.level]
        if element is group[0].node:
            yield tag.fault(f"{tag.raw} does not stand in a table.", "Use {%p instead.", "lift")
        elif len(group) > 1:
            plain = (
                "Use {% if %} without the letter" if kind == "paragraph" else f"Give each a {kind} of its own"
            )
            yield tag.fault(f"{len(group)} {{%{tag.level} tags stand in one {kind}.", f"{plain}.", "lift")
        elif beside := _beside(group[0]):
            yield tag.fault(
                f"{_short(tag.raw, 60)} takes its whole {kind} away, and with it {beside}.",
                f"Put the tag into a {kind} of its own, or write it without the “{tag.level}”.",
                "lift",
            )
    for element, (spot, *_) in seen.items():
        if element is spot.node:
            continue
        for bookmark in list(element.iter(*BOOKMARKS)) if spot.tag.level == "p" else ():
            element.addprevious(bookmark)
        remove(element, token(spot.tag, spot.number) if spot.tag.mark == "{%" else "")


_COMPANY = {
    SECT_PR: "a section break",
    _W + "drawing": "a picture",
    _W + "pict": "a picture",
    _W + "object": "an object",
    _W + "footnoteReference": "a footnote",
    _W + "endnoteReference": "an endnote",
    FLD_CHAR: "a field",
    _W + "fldSimple": "a field",
    TBL: "a table",
}


def _beside(spot: Spot) -> str:
    """What else stands in the paragraph, row or cell of a lifted tag, in words; empty when nothing does."""
    text = "".join(node.text or "" for node in spot.element.iter(T))
    text = TOKEN.sub("", text).strip()
    if text:
        return f"the text “{_short(text, 40)}”"
    for node in spot.element.iter(*_COMPANY, BR):
        if node.tag == BR and node.get(_W + "type") in ("page", "column"):
            return "a page break"
        if node.tag in _COMPANY:
            return _COMPANY[str(node.tag)]
    return ""


# --- What a template uses ---


@dataclass(frozen=True, slots=True)
class Use:
    """A name or dotted path a template takes from its data; ``[]`` stands for one entry of a list.

    >>> reading = Reading({})
    >>> _ = reading.text("{% for basis in bases %}{{ basis.citation }}{% endfor %}", Place("body"), TEXT)
    >>> [use.path for use in uses(reading.tags)]
    ['bases', 'bases[].citation']
    """

    path: str
    tag: Tag
    optional: bool = False  # under |default(…): the name may be missing

    @property
    def name(self) -> str:
        """The name the path starts from."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def uses(tags: list[Tag]) -> tuple[Use, ...]:
    """Every path the tags take, branches never taken included."""
    found: list[Use] = []
    scopes: list[dict[str, str]] = []
    for tag in tags:
        if tag.word == "endfor" and scopes:
            scopes.pop()
        if tag.mark == "{#" or tag.word in _BARE or not tag.says:
            continue
        tree = _PARSER.parse(_SNIPPETS.get(tag.word, "{{ %s }}") % tag.says)
        bound = {name: path for scope in scopes for name, path in scope.items()}
        inner = dict.fromkeys(("loop",), "") if tag.word == "for" else {}
        loop = tree.find(nodes.For)
        if loop is not None and isinstance(loop.target, nodes.Name):
            paths = list(_paths(loop.iter, bound))
            inner[loop.target.name] = f"{paths[0]}[]" if paths else ""
            found += [Use(path, tag) for path in paths if path]
            tests = list(_paths(loop.test, {**bound, **inner})) if loop.test is not None else []
            found += [Use(path, tag) for path in tests if path]
            scopes.append(inner)
        else:
            spared = [
                path
                for node in tree.find_all(nodes.Filter)
                if node.name == "default" and node.node
                for path in _paths(node.node, bound)
            ]
            found += [Use(path, tag, path in spared) for path in _paths(tree, bound) if path]
    return tuple(found)


def _paths(node: nodes.Node, bound: Mapping[str, str]) -> Iterator[str]:
    steps: list[str] = []
    inner = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem):
        if isinstance(inner, nodes.Getattr):
            steps.append(f".{inner.attr}")
        elif isinstance(inner.arg, nodes.Const) and isinstance(inner.arg.value, int):
            steps.append("[]")
        elif isinstance(inner.arg, nodes.Const):
            steps.append(f".{inner.arg.value}")
        inner = inner.node
    if isinstance(inner, nodes.Name):
        start = bound.get(inner.name, inner.name)
        yield start + "".join(reversed(steps)) if start else ""
    elif inner is not node:
        yield from _paths(inner, bound)
    else:
        for child in node.iter_child_nodes():
            yield from _paths(child, bound)


def notes(tags: list[Tag]) -> Iterator[Problem]:
    """What is allowed and yet seldom meant."""
    for tag in tags:
        if tag.mark == "{{" and re.search(r"\[-?\d+\]", tag.says):
            yield tag.fault(
                f"{tag.raw} prints one entry of a list and says nothing of the others.",
                "Loop over the list, or write |first if there can be only one.",
                "index",
            )


def numbered_twice(blocks: list[list[Spot]], numbered_styles: frozenset[str]) -> Iterator[Problem]:
    """Loops that hold several numbered paragraphs: their numbering runs on into the next round."""
    for block in blocks:
        if block[0].tag.word != "for" or block[0].tag.level != "p":
            continue
        inside, node = 0, block[0].element.getnext()
        while node is not None and node is not block[-1].element:
            style = node.tag == P and style_of(node) in numbered_styles
            inside += bool(style or node.find(f"{P_PR}/{_W}numPr") is not None)
            node = node.getnext()
        if inside > 1:
            yield block[0].tag.fault(
                "The numbering in this loop runs on from one round to the next.",
                "Number such paragraphs by hand, or use one numbered paragraph a round.",
                "numbering",
            )
