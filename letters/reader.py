"""Reads a .docx into a Document: every style, number and field worked out, as Word would show it.

The rules are ECMA-376 Part 1 (5th edition), cited by clause, and where Word differs, Word. Nothing met is
dropped in silence: what a Document cannot hold becomes a note with its place, and tracked changes stop the
reading, because nobody can say which of two wordings was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias, cast

from lxml import etree

from letters import fonts
from letters.document import (
    Align,
    Block,
    Bookmark,
    Border,
    Borders,
    Cell,
    Document,
    Field,
    Floating,
    Furniture,
    Image,
    Inline,
    Label,
    LineBreak,
    LineRule,
    Link,
    PageBreak,
    Paragraph,
    ParagraphFormat,
    Row,
    RunFormat,
    Section,
    Tab,
    Table,
    TabStop,
    Text,
)
from letters.errors import LettersError, Problem
from letters.package import Package, R, Relationship, W

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
V = "urn:schemas-microsoft-com:vml"
_DC = "http://purl.org/dc/elements/1.1/"
_ADEC = "http://schemas.microsoft.com/office/drawing/2017/decorative"

Node: TypeAlias = etree._Element
Props: TypeAlias = dict[str, Any]

_MAX_DEPTH = 60
_EMU = 12700
_AUTO_SPACE = 14.0  # what Word puts for "automatic" spacing before and after
_TOGGLES = ("bold", "italic", "caps", "small_caps", "strike", "hidden")  # 17.7.3
_IMAGE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


class TrackedChanges(LettersError):
    """The document holds tracked changes, so its wording is not settled."""


def q(name: str) -> str:
    """``w:p`` as lxml spells it: the WordprocessingML name ``name``."""
    return f"{{{W}}}{name}"


def _val(node: Node | None, name: str, attribute: str = "val") -> str | None:
    """Attribute of the child ``name`` of ``node``, or None."""
    child = None if node is None else node.find(q(name))
    return None if child is None else child.get(q(attribute))


def _on(child: Node) -> bool:
    """The value of an on/off property (17.17.4)."""
    return child.get(q("val"), "true") not in ("0", "false", "off", "none")


def _flag(node: Node | None, name: str) -> bool:
    child = None if node is None else node.find(q(name))
    return child is not None and _on(child)


def _number(text: str | None, otherwise: float = 0.0) -> float:
    """A measure: a plain number, or one with a unit (``12pt``, ``1in``), which comes back in twentieths of a
    point.
    """
    if not text:
        return otherwise
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(pt|in|cm|mm|pc|pi)?\s*", text)
    if not match:
        return otherwise
    factor = {None: 1, "pt": 20, "in": 1440, "cm": 567, "mm": 56.7, "pc": 240, "pi": 240}[match[2]]
    return float(match[1]) * factor


def _points(text: str | None, otherwise: float = 0.0) -> float:
    """Twentieths of a point, as points."""
    return otherwise if text is None else _number(text, otherwise * 20) / 20


def _hex(text: str | None) -> int:
    """A number in base 16; 0 for anything else."""
    return int(text, 16) if text and re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0


def _size(text: str | None) -> float:
    """A font size in half points, as points, kept within what Word allows (1 to 1638)."""
    return min(max(_number(text, 20) / 2, 1.0), 1638.0)


def _colour(text: str | None) -> str:
    """``#rrggbb``, or empty for automatic."""
    return f"#{text.lower()}" if text and re.fullmatch(r"[0-9A-Fa-f]{6}", text) else ""


def _shade(node: Node | None) -> str:
    """Background of ``w:shd``; patterns are mixed to the even grey or colour they look like (17.18.78)."""
    if node is None:
        return ""
    fill, pattern = _colour(node.get(q("fill"))), node.get(q("val"), "clear")
    if pattern in ("clear", "nil"):
        return fill
    ink = _colour(node.get(q("color"))) or "#000000"
    share = 100 if pattern == "solid" else min(int((re.findall(r"\d+", pattern) or ["25"])[0]), 100)
    mixed = [
        (int(ink[at : at + 2], 16) * share + int((fill or "#ffffff")[at : at + 2], 16) * (100 - share)) // 100
        for at in (1, 3, 5)
    ]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


# ---------------------------------------------------------------- run properties

_HIGHLIGHT = {
    "yellow": "#ffff00", "green": "#00ff00", "cyan": "#00ffff", "magenta": "#ff00ff", "blue": "#0000ff",
    "red": "#ff0000", "darkBlue": "#000080", "darkCyan": "#008080", "darkGreen": "#008000",
    "darkMagenta": "#800080",
    "darkRed": "#800000", "darkYellow": "#808000", "darkGray": "#808080", "lightGray": "#c0c0c0",
    "black": "#000000",
    "white": "#ffffff", "none": "",
}  # fmt: skip
_UNDERLINE = {"double": "double", "wavyDouble": "wavy", "none": ""}
_RUN_FLAGS = {
    "b": "bold", "i": "italic", "caps": "caps", "smallCaps": "small_caps", "strike": "strike",
    "dstrike": "strike",
    "vanish": "hidden", "rtl": "rtl", "cs": "complex",
}  # fmt: skip


def _underline(kind: str) -> str:
    if kind in _UNDERLINE:
        return _UNDERLINE[kind]
    for part, style in (("wav", "wavy"), ("dotted", "dotted"), ("dash", "dashed"), ("dot", "dashed")):
        if part in kind.casefold():
            return style
    return "solid"


def _read_fonts(node: Node, theme: Mapping[str, str], into: Props) -> None:
    """17.3.2.26; a theme font beats a named one on the same element."""
    for slot, key in (("ascii", "family"), ("cs", "complex_family")):
        named, themed = node.get(q(slot)), node.get(q(f"{slot}Theme" if slot != "cs" else "cstheme"))
        family = theme.get(themed or "") or named
        if family:
            into[key] = family
    if "family" not in into and node.get(q("hAnsi")):
        into["family"] = node.get(q("hAnsi"))


def _run_properties(node: Node | None, theme: Mapping[str, str]) -> Props:
    """The children of one ``w:rPr``, as values; only what is said there (17.3.2)."""
    found: Props = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name, value = etree.QName(child).localname, child.get(q("val"))
        if child.tag == q(name) and name in _RUN_FLAGS:
            found[_RUN_FLAGS[name]] = _on(child)
        elif name == "rFonts":
            _read_fonts(child, theme, found)
        elif name == "sz":
            found["size"] = _size(value)
        elif name == "szCs":
            found["complex_size"] = _size(value)
        elif name == "u":
            found["underline"] = _underline(value or "single")
        elif name == "color":
            found["colour"] = _colour(value)
        elif name == "highlight":
            found["highlight"] = _HIGHLIGHT.get(value or "", "")
        elif name == "shd":
            found["background"] = _shade(child)
        elif name == "vertAlign":
            found["position"] = {"superscript": "super", "subscript": "sub"}.get(value or "", "baseline")
        elif name == "position":
            found["raised"] = _number(value) / 2
        elif name == "spacing":
            found["spacing"] = _points(value)
        elif name == "kern":
            found["kern_from"] = _number(value) / 2
        elif name == "lang":
            found["language"] = value or ""
            if bidi := child.get(q("bidi")):
                found["complex_language"] = bidi
        elif child.tag == f"{{{W14}}}ligatures":
            found["ligatures"] = child.get(f"{{{W14}}}val", "none") != "none"
    return found


def _run_format(props: Props, complex_script: bool) -> RunFormat:
    """Values to a RunFormat, taking the complex-script font and size where that script is set (17.3.2.26)."""
    use_complex = complex_script or bool(props.get("complex"))
    size = float(props.get("size", 10.0))
    family = props.get("family", "Times New Roman")
    language = props.get("language", "")
    if use_complex:
        size = float(props.get("complex_size", size))
        family = props.get("complex_family", family)
        language = props.get("complex_language", language)
    kern = props.get("kern_from", 0.0)
    return RunFormat(
        family=family,
        size=size,
        bold=bool(props.get("bold")),
        italic=bool(props.get("italic")),
        underline=props.get("underline", ""),
        strike=bool(props.get("strike")),
        colour=props.get("colour", ""),
        background=props.get("highlight") or props.get("background", ""),
        caps=bool(props.get("caps")),
        small_caps=bool(props.get("small_caps")),
        position=props.get("position", "baseline"),
        raised=props.get("raised", 0.0),
        language=language,
        spacing=props.get("spacing", 0.0),
        kerning=bool(kern) and size >= kern,
        ligatures=bool(props.get("ligatures")),
        rtl=bool(props.get("rtl")),
        hidden=bool(props.get("hidden")),
    )


def _stack_runs(levels: list[Props], direct: Props, defaults: Props) -> Props:
    """Toggles are XORed over style levels and then overridden by direct formatting (17.7.3); the rest just
    override.
    """
    merged = dict(defaults)
    for level in levels:
        merged.update(level)
    for name in _TOGGLES:
        said = [bool(level[name]) for level in levels if name in level]
        if said:
            merged[name] = bool(defaults.get(name)) or sum(said) % 2 == 1
    merged.update(direct)
    return merged


# ---------------------------------------------------------------- paragraph properties

_LINE_STYLES = {
    "nil": "", "none": "", "double": "double", "dotted": "dotted", "dashed": "dashed",
    "dashSmallGap": "dashed",
    "dotDash": "dashed", "dotDotDash": "dashed", "triple": "double", "inset": "inset", "outset": "outset",
}  # fmt: skip


def _border(node: Node | None) -> Border | None:
    """17.3.4; width is in eighths of a point, space in points."""
    if node is None:
        return None
    kind = node.get(q("val"), "nil")
    style = "double" if "thick" in kind.casefold() and "Gap" in kind else _LINE_STYLES.get(kind, "solid")
    width = _number(node.get(q("sz")), 4) / 8
    if not style or width <= 0:
        return Border("none", 0, "")
    if style == "double":
        width = max(width * 3, 1.5)  # Word's width is that of one of the lines
    return Border(style, max(width, 0.25), _colour(node.get(q("color"))), max(_number(node.get(q("space"))), 0.0))


def _edges(node: Node | None) -> dict[str, Border]:
    """Every border named in a ``pBdr``, ``tblBorders`` or ``tcBorders``."""
    found = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name = {"start": "left", "end": "right"}.get(etree.QName(child).localname, etree.QName(child).localname)
        if border := _border(child):
            found[name] = border
    return found


def _tab_stops(node: Node) -> dict[float, TabStop | None]:
    """17.3.1.38; a ``clear`` takes away a stop of the style below."""
    found: dict[float, TabStop | None] = {}
    for child in node.iterchildren(q("tab")):
        at, kind = _points(child.get(q("pos"))), child.get(q("val"), "left")
        leader = {"dot": ".", "hyphen": "-", "underscore": "_", "heavy": "_", "middleDot": "·"}
        kind = {"start": "left", "end": "right", "num": "left"}.get(kind, kind)
        if kind == "clear":
            found[at] = None
        elif kind in ("left", "center", "right", "decimal"):
            found[at] = TabStop(at, cast(Any, kind), leader.get(child.get(q("leader"), ""), ""))
    return found


_PARAGRAPH_FLAGS = {
    "keepNext": "keep_next", "keepLines": "keep_lines", "pageBreakBefore": "page_break_before",
    "widowControl": "widow_control", "contextualSpacing": "contextual_spacing", "bidi": "bidi",
}  # fmt: skip


def _paragraph_properties(node: Node | None) -> Props:
    """The children of one ``w:pPr``, as values; only what is said there (17.3.1)."""
    found: Props = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name in _PARAGRAPH_FLAGS:
            found[_PARAGRAPH_FLAGS[name]] = _on(child)
        elif name == "jc":
            found["align"] = child.get(q("val"), "left")
        elif name == "ind":
            _read_indents(child, found)
        elif name == "spacing":
            _read_spacing(child, found)
        elif name == "tabs":
            found["tabs"] = _tab_stops(child)
        elif name == "pBdr":
            found["borders"] = _edges(child)
        elif name == "shd":
            found["shading"] = _shade(child)
        elif name == "outlineLvl":
            level = int(_number(child.get(q("val")), 9))
            found["outline_level"] = level if level < 9 else None
    return found


def _read_indents(node: Node, into: Props) -> None:
    for key, names in (("left", ("start", "left")), ("right", ("end", "right"))):
        for name in names:
            if node.get(q(name)) is not None:
                into[key] = _points(node.get(q(name)))
                break
    if node.get(q("hanging")) is not None:
        into["first_line"] = -_points(node.get(q("hanging")))
    elif node.get(q("firstLine")) is not None:
        into["first_line"] = _points(node.get(q("firstLine")))


def _read_spacing(node: Node, into: Props) -> None:
    for key in ("before", "after"):
        auto = node.get(q(f"{key}Autospacing"))
        if auto is not None and auto not in ("0", "false", "off"):
            into[key] = _AUTO_SPACE
        elif node.get(q(key)) is not None:
            into[key] = _points(node.get(q(key)))
    if node.get(q("line")) is not None:
        rule = node.get(q("lineRule"), "auto")
        into["line_rule"] = rule
        line = _number(node.get(q("line")), 240)
        into["line"] = line / (240 if rule == "auto" else 20) if 0 < line < 32_000 else 1.0
        if line <= 0 or rule not in ("auto", "exact", "atLeast"):
            into["line_rule"], into["line"] = "auto", 1.0


def _merge_paragraph(into: Props, more: Props) -> None:
    """Lay ``more`` over ``into``; tab stops and borders add up, the rest overrides."""
    for key, value in more.items():
        if key in ("tabs", "borders"):
            into[key] = {**into.get(key, {}), **value}
        else:
            into[key] = value


_ALIGN: dict[str, Align] = {
    "left": "left", "start": "left", "right": "right", "end": "right", "center": "center", "both": "justify",
    "distribute": "justify", "thaiDistribute": "justify", "mediumKashida": "justify",
}  # fmt: skip


def _paragraph_format(props: Props) -> ParagraphFormat:
    align = _ALIGN.get(props.get("align", "left"), "left")
    bidi = bool(props.get("bidi"))
    if bidi and align in ("left", "right"):
        align = "right" if align == "left" else "left"  # "left" means the leading edge (17.3.1.13)
    edges = {key: value for key, value in props.get("borders", {}).items() if value.style != "none"}
    stops = sorted((stop for stop in props.get("tabs", {}).values() if stop), key=lambda stop: stop.position)
    return ParagraphFormat(
        align=align,
        left=props.get("left", 0.0),
        right=props.get("right", 0.0),
        first_line=props.get("first_line", 0.0),
        before=props.get("before", 0.0),
        after=props.get("after", 0.0),
        line=props.get("line", 1.0) or 1.0,
        line_rule=cast(LineRule, props.get("line_rule", "auto")),
        keep_next=bool(props.get("keep_next")),
        keep_lines=bool(props.get("keep_lines")),
        page_break_before=bool(props.get("page_break_before")),
        widow_control=bool(props.get("widow_control", True)),
        contextual_spacing=bool(props.get("contextual_spacing")),
        tabs=tuple(stops),
        borders=Borders(**{k: v for k, v in edges.items() if k in ("top", "right", "bottom", "left", "between")}),
        shading=props.get("shading", ""),
        outline_level=props.get("outline_level"),
        bidi=bidi,
    )


# ---------------------------------------------------------------- styles


@dataclass(frozen=True)
class _Style:
    id: str
    kind: str
    name: str
    based_on: str
    node: Node
    run: Props
    paragraph: Props
    number: tuple[str, str] | None
    """numId and ilvl, when the style is a list style of its own."""


class _Styles:
    """``word/styles.xml`` with inheritance worked out (17.7)."""

    def __init__(self, root: Node | None, theme: Mapping[str, str]) -> None:
        self.theme = theme
        defaults = None if root is None else root.find(q("docDefaults"))
        default_run = None if defaults is None else defaults.find(f"{q('rPrDefault')}/{q('rPr')}")
        default_paragraph = None if defaults is None else defaults.find(f"{q('pPrDefault')}/{q('pPr')}")
        self.default_run = _run_properties(default_run, theme)
        self.default_paragraph = _paragraph_properties(default_paragraph)
        self.by_id: dict[str, _Style] = {}
        self.default: dict[str, str] = {}
        for node in () if root is None else root.iterchildren(q("style")):
            style = self._read(node)
            self.by_id[style.id] = style
            if node.get(q("default")) in ("1", "true", "on"):
                self.default[style.kind] = style.id
        self._chains: dict[str, tuple[_Style, ...]] = {}

    def _read(self, node: Node) -> _Style:
        properties = node.find(q("pPr"))
        number = None if properties is None else properties.find(q("numPr"))
        return _Style(
            id=node.get(q("styleId"), ""),
            kind=node.get(q("type"), "paragraph"),
            name=_val(node, "name") or "",
            based_on=_val(node, "basedOn") or "",
            node=node,
            run=_run_properties(node.find(q("rPr")), self.theme),
            paragraph=_paragraph_properties(properties),
            number=None if number is None else (_val(number, "numId") or "", _val(number, "ilvl") or ""),
        )

    def chain(self, style_id: str) -> tuple[_Style, ...]:
        """The style and what it is based on, the most basic first."""
        if style_id not in self._chains:
            found: list[_Style] = []
            at = style_id
            while at in self.by_id and self.by_id[at] not in found:
                found.append(self.by_id[at])
                at = found[-1].based_on
            self._chains[style_id] = tuple(reversed(found))
        return self._chains[style_id]

    def run(self, style_id: str) -> Props:
        merged: Props = {}
        for style in self.chain(style_id):
            merged.update(style.run)
        return merged

    def number(self, style_id: str) -> tuple[str, str] | None:
        """The list a paragraph style belongs to; ``numId`` may come from the style it is based on."""
        list_id, level = "", ""
        for style in self.chain(style_id):
            if style.number is not None:
                list_id, level = style.number[0] or list_id, style.number[1] or level
        return (list_id, level) if list_id else None

    def heading_level(self, style_id: str) -> int | None:
        """Level of a style Word knows as a heading, even if the file does not spell out its outline level."""
        for style in reversed(self.chain(style_id)):
            match = re.fullmatch(r"heading ([1-9])", style.name.casefold())
            if match:
                return int(match[1]) - 1
            if style.name.casefold() == "title":
                return 0
        return None


# ---------------------------------------------------------------- numbering


@dataclass(frozen=True)
class _Level:
    """One level of a list (17.9.6)."""

    start: int
    format: str
    text: str
    suffix: str
    align: str
    restart: int | None
    legal: bool
    paragraph: Props
    run: Props
    style: str


@dataclass
class _List:
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]
    """Levels this list starts anew, and with which number (17.9.27)."""
    begun: bool = False


class _Numbering:
    """``word/numbering.xml`` and the counters as the reading goes on."""

    def __init__(self, root: Node | None, styles: _Styles) -> None:
        self._styles = styles
        self._counters: dict[str, dict[int, int]] = {}
        self._abstract: dict[str, Node] = {}
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        self._abstract = {node.get(q("abstractNumId"), ""): node for node in root.iterchildren(q("abstractNum"))}
        self._nums = {node.get(q("numId"), ""): node for node in root.iterchildren(q("num"))}
        for list_id, node in self._nums.items():
            abstract = self._resolve(_val(node, "abstractNumId") or "")
            if abstract in self._abstract:
                self._lists[list_id] = self._read_list(node, abstract)

    def _resolve(self, abstract: str, depth: int = 0) -> str:
        """Follow ``numStyleLink``: the list is described where its numbering style is (17.9.21)."""
        node = self._abstract.get(abstract)
        link = _val(node, "numStyleLink")
        if link and depth < 5:
            for chained in reversed(self._styles.chain(link)):
                if chained.number and chained.number[0] in self._nums:
                    return self._resolve(_val(self._nums[chained.number[0]], "abstractNumId") or "", depth + 1)
        return abstract

    def _read_list(self, node: Node, abstract: str) -> _List:
        levels = dict(map(self._read_level, self._abstract[abstract].iterchildren(q("lvl"))))
        starts = {}
        for override in node.iterchildren(q("lvlOverride")):
            level = int(_number(override.get(q("ilvl"))))
            if (own := override.find(q("lvl"))) is not None:
                levels[level] = self._read_level(own)[1]
            if (start := _val(override, "startOverride")) is not None:
                starts[level] = int(_number(start, 1))
        return _List(abstract, levels, starts)

    def _read_level(self, node: Node) -> tuple[int, _Level]:
        restart = _val(node, "lvlRestart")
        text_node = node.find(q("lvlText"))
        return int(_number(node.get(q("ilvl")))), _Level(
            start=int(_number(_val(node, "start"), 0 if node.find(q("start")) is None else 1)),
            format=_val(node, "numFmt") or "decimal",
            text="" if text_node is None else text_node.get(q("val"), ""),
            suffix=_val(node, "suff") or "tab",
            align={"start": "left", "end": "right"}.get(_val(node, "lvlJc") or "left", _val(node, "lvlJc") or "left"),
            restart=None if restart is None else int(_number(restart)),
            legal=_flag(node, "isLgl"),
            paragraph=_paragraph_properties(node.find(q("pPr"))),
            run=_run_properties(node.find(q("rPr")), self._styles.theme),
            style=_val(node, "pStyle") or "",
        )

    def level(self, list_id: str, level: int) -> _Level | None:
        found = self._lists.get(list_id)
        return None if found is None else found.levels.get(level)

    def level_of_style(self, list_id: str, style_ids: list[str]) -> int | None:
        """The level a paragraph style is tied to (17.9.23)."""
        found = self._lists.get(list_id)
        for level, described in () if found is None else found.levels.items():
            if described.style and described.style in style_ids:
                return level
        return None

    def abstract_id(self, list_id: str) -> int:
        found = self._lists.get(list_id)
        names = sorted(self._abstract)
        return names.index(found.abstract) if found and found.abstract in names else -1

    def next(self, list_id: str, level: int) -> str:
        """Count one paragraph and give its label's text."""
        found = self._lists[list_id]
        counters = self._counters.setdefault(found.abstract, {})
        if not found.begun:
            found.begun = True
            for at, start in found.starts.items():
                counters[at] = start - 1
                for deeper in [key for key in counters if key > at]:
                    del counters[deeper]
        for above in range(level):
            counters.setdefault(above, found.levels[above].start if above in found.levels else 1)
        start = found.levels[level].start
        counters[level] = counters[level] + 1 if level in counters else start
        for deeper in [key for key in counters if key > level]:
            after = found.levels[deeper].restart if deeper in found.levels else None
            if after is None or (after > 0 and level < after):
                del counters[deeper]
        return self._label(found, level, counters)

    def _label(self, found: _List, level: int, counters: dict[int, int]) -> str:
        described = found.levels[level]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shape = found.levels[at].format if at in found.levels else "decimal"
            if described.legal and shape not in ("none", "bullet"):
                shape = "decimal"
            return spell_number(counters.get(at, 1), shape)

        if described.format == "none":
            return ""
        return re.sub(r"%([1-9])", number, described.text)


_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10,
    "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip
_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def spell_number(number: int, shape: str) -> str:
    """``number`` as Word spells it in a list (17.18.59); a shape we do not know is set in figures."""
    if shape in ("lowerLetter", "upperLetter") and number > 0:
        turns, letter = divmod(number - 1, 26)
        text = chr(ord("a") + letter) * (turns + 1)
        return text if shape == "lowerLetter" else text.upper()
    if shape in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text, rest = "", number
        for value, letters in _ROMAN:
            text, rest = text + letters * (rest // value), rest % value
        return text if shape == "lowerRoman" else text.upper()
    if shape == "ordinal":
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    if shape in ("cardinalText", "ordinalText") and 0 < number < 100:
        return _in_words(number, ordinal=shape == "ordinalText")
    if shape == "decimalZero":
        return f"{number:02d}"
    return "" if shape == "none" else str(number)


def _in_words(number: int, *, ordinal: bool) -> str:
    words = [_SMALL[number]] if number < 20 else [_TENS[number // 10], *([_SMALL[number % 10]] if number % 10 else [])]
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return "-".join(words).capitalize()


KNOWN_NUMBERS = frozenset(
    [
        "decimal",
        "lowerLetter",
        "upperLetter",
        "lowerRoman",
        "upperRoman",
        "bullet",
        "none",
        "ordinal",
        "cardinalText",
        "ordinalText",
        "decimalZero",
    ]
)


# ---------------------------------------------------------------- fields


@dataclass
class _OpenField:
    """A complex field between its begin and end marks (17.16.18). Fields nest, and may span paragraphs."""

    code: str = ""
    in_result: bool = False
    format: RunFormat = field(default_factory=RunFormat)
    content: list[Inline] = field(default_factory=list)

    @property
    def kind(self) -> str:
        words = self.code.split()
        return words[0].upper() if words else ""


PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
# Fields that mark a place or an index entry and show nothing.
_SILENT_FIELDS = frozenset({"XE", "TC", "RD", "TA", "SET", "ASK", "PRIVATE", "NEXT", "NEXTIF", "SKIPIF", ""})


def _finish_field(done: _OpenField) -> Inline | None:
    """What a field shows: the page number, a link, or its stored result."""
    if done.kind in PAGE_FIELDS:
        return Field(done.kind, done.format)
    if done.kind == "HYPERLINK" and done.content:
        match = re.search(r'HYPERLINK\s+(?:(\\l)\s+)?"?([^"\s]+)"?', done.code, re.IGNORECASE)
        if match:
            return Link(f"#{match[2]}" if match[1] else match[2], tuple(done.content))
    return Field(done.kind, done.format, tuple(done.content)) if done.content else None


# ---------------------------------------------------------------- one part: body, header or footer

# Children of a run or paragraph that carry nothing to print.
_SILENT = frozenset(
    q(name)
    for name in (
        "rPr", "pPr", "proofErr", "bookmarkEnd", "lastRenderedPageBreak", "commentRangeStart",
        "commentRangeEnd",
        "commentReference", "annotationRef", "permStart", "permEnd", "instrText", "delInstrText", "delText",
        "sdtPr", "sdtEndPr", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "customXmlPr", "smartTagPr", "footnoteRef", "endnoteRef", "separator", "continuationSeparator",
        "tblPr",
        "tblGrid", "trPr", "tcPr", "sectPr", "tblPrEx", "softHyphen",
    )
)  # fmt: skip
_THROUGH = frozenset(q(name) for name in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "dir", "bdo"))
_TRACKED = tuple(q(name) for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))


@dataclass(frozen=True)
class _TableLook:
    """What the table style says about the paragraphs of one cell."""

    run: Props
    paragraph: Props
    key: str


_NO_TABLE = _TableLook({}, {}, "")


class _PartReader:
    """Reads the blocks of one part. Keeps the paragraph count for messages and the fields still open."""

    def __init__(self, book: _Book, part: str, title: str) -> None:
        self.book = book
        self.part = part
        self.title = title
        self.count = 0
        self.open: list[_OpenField] = []
        self.words = ""

    @cached_property
    def links(self) -> dict[str, Relationship]:
        return self.book.package.links(self.part)

    def note(self, message: str, hint: str = "", code: str = "not-carried-over") -> None:
        words = f" (“{self.words}”)" if self.words else ""
        place = f"{self.title}, paragraph {self.count}{words}" if self.count else self.title
        problem = Problem(message, where=place, hint=hint, code=code)
        if problem not in self.book.notes:
            self.book.notes.append(problem)

    # ---- blocks

    def blocks(self, parent: Node, look: _TableLook = _NO_TABLE, depth: int = 0) -> list[Block]:
        found: list[Block] = []
        if depth > _MAX_DEPTH:
            raise LettersError(Problem("Tables or controls are nested too deep.", where=self.title))
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == q("p"):
                found.append(self.paragraph(child, look))
            elif child.tag == q("tbl"):
                found += _TableReader(self, child, depth).read()
            elif child.tag in _THROUGH:
                found += self.blocks(child, look, depth + 1)
            elif child.tag == f"{{{MC}}}AlternateContent":
                if (chosen := self._alternative(child)) is not None:
                    found += self.blocks(chosen, look, depth + 1)
            elif child.tag == q("altChunk"):
                self.note("An embedded document is not carried over.", "Open the letter in Word and save it again.")
            elif child.tag not in _SILENT and not _is_marker(child):
                self._unknown(child)
        return found

    def paragraph(self, node: Node, look: _TableLook = _NO_TABLE) -> Paragraph:
        self.count += 1
        self.words = _first_words(node)
        properties = node.find(q("pPr"))
        style = _val(properties, "pStyle") or self.book.styles.default.get("paragraph", "")
        layout, label_level, list_id = self.book.paragraph_layout(properties, style, look)
        mark_node = None if properties is None else properties.find(q("rPr"))
        mark = self.book.run(mark_node, style, look)
        label = None
        if list_id and label_level is not None:
            label = self._label(list_id, label_level, mark_node, style, look)
        if properties is not None and properties.find(q("framePr")) is not None:
            self.note(
                "A text frame is set as an ordinary paragraph.",
                "Use a table or a tab stop instead of a frame.",
            )
        content = self.inlines(node, style, look)
        for still_open in self.open:
            if still_open.in_result and still_open.content:
                content += still_open.content
                still_open.content = []
        return Paragraph(
            content=tuple(_joined(content)),
            format=layout,
            mark=mark,
            label=label,
            style=style,
            place=f"{self.title}, paragraph {self.count}",
        )

    def _label(self, list_id: str, at: int, mark: Node | None, style: str, look: _TableLook) -> Label | None:
        level = self.book.numbering.level(list_id, at)
        if level is None:
            return None
        text = self.book.numbering.next(list_id, at)
        props = self.book.run_props(mark, style, look)
        props.update(level.run)
        props.pop("underline", None) if "underline" not in level.run else None
        if level.format not in KNOWN_NUMBERS:
            self.note(f"Numbers of the kind “{level.format}” are set in figures.")
        family = props.get("family", "")
        if fonts.is_symbol_font(family) or any(0xE000 <= ord(character) <= 0xF8FF for character in text):
            text = self._from_symbols(text, family)
            props["family"] = "Arial"  # its bullet is nearest in size to that of the symbol fonts
        look_of_label = replace(_run_format(props, False), hidden=False)
        return Label(
            text=text,
            format=look_of_label,
            ordered=level.format not in ("bullet", "none"),
            level=at,
            list_id=self.book.numbering.abstract_id(list_id),
            suffix=cast(Any, level.suffix if level.suffix in ("tab", "space", "nothing") else "tab"),
            align=cast(Any, level.align if level.align in ("left", "center", "right") else "left"),
        )

    def _from_symbols(self, text: str, family: str) -> str:
        known = "".join(
            fonts.symbol(family, ord(character)) or fonts.symbol("symbol", ord(character)) if ord(character) > 0xE000
            else fonts.symbol(family, ord(character)) or character
            for character in text
        )  # fmt: skip
        if not known and text:
            self.note(f"A bullet of the font {family} is set as “•”.")
            return "•"
        return known

    # ---- inside a paragraph

    def inlines(self, parent: Node, style: str, look: _TableLook, depth: int = 0) -> list[Inline]:
        found: list[Inline] = []
        if depth > _MAX_DEPTH:
            raise LettersError(Problem("Controls are nested too deep.", where=self.title))
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == q("r"):
                self._run(child, style, look, found)
            elif child.tag == q("hyperlink"):
                inner = self.inlines(child, style, look, depth + 1)
                self._emit(found, *self._link(child, inner))
            elif child.tag == q("fldSimple"):
                inner = self.inlines(child, style, look, depth + 1)
                done = _OpenField(child.get(q("instr"), ""), True, self.book.run(None, style, look), inner)
                first = next((item.format for item in inner if isinstance(item, Text)), None)
                done.format = first or done.format
                self._close(done, found)
            elif child.tag == q("bookmarkStart"):
                if (name := child.get(q("name"), "")) and name != "_GoBack":
                    self._emit(found, Bookmark(name))
            elif child.tag in _THROUGH:
                found += self.inlines(child, style, look, depth + 1)
            elif child.tag == f"{{{MC}}}AlternateContent":
                if (chosen := self._alternative(child)) is not None:
                    found += self.inlines(chosen, style, look, depth + 1)
            elif child.tag not in _SILENT and not _is_marker(child):
                self._unknown(child)
        return found

    def _emit(self, found: list[Inline], *items: Inline) -> None:
        """Add to the innermost open field, unless that is still in its code, which is never shown."""
        if not self.open:
            found.extend(items)
        elif all(still_open.in_result for still_open in self.open):
            self.open[-1].content.extend(items)

    def _link(self, node: Node, inner: list[Inline]) -> list[Inline]:
        relation = self.links.get(node.get(f"{{{R}}}id", ""))
        anchor = node.get(q("anchor"))
        if relation is not None and relation.external:
            return [Link(relation.target + (f"#{anchor}" if anchor else ""), tuple(inner))] if inner else []
        if anchor and inner:
            return [Link(f"#{anchor}", tuple(inner))]
        return inner

    def _run(self, run: Node, style: str, look: _TableLook, found: list[Inline]) -> None:
        properties = run.find(q("rPr"))
        plain: RunFormat | None = None
        for child in run.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag == q("rPr"):
                continue
            if plain is None:
                plain = self.book.run(properties, style, look)
                if plain.hidden:
                    self._hidden(run)
                    self._fields_only(run, plain, found)
                    return
            if tag == q("t"):
                self._text(child.text or "", properties, style, look, plain, found)
            elif tag == q("fldChar"):
                self._field_mark(child, plain, found)
            elif tag == q("instrText"):
                if self.open:
                    self.open[-1].code += child.text or ""
            else:
                self._run_child(child, plain, found)

    def _run_child(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        tag = child.tag
        if tag == q("tab"):
            self._emit(found, Tab(plain))
        elif tag == q("ptab"):
            self._emit(found, Tab(plain, cast(Any, child.get(q("alignment"), "left"))))
        elif tag in (q("br"), q("cr")):
            kind = child.get(q("type"), "textWrapping")
            if kind == "column":
                self.note("A column break is set as a page break.")
            self._emit(found, PageBreak() if kind in ("page", "column") else LineBreak(plain))
        elif tag == q("noBreakHyphen"):
            self._emit(found, Text("\u2011", plain))
        elif tag == q("softHyphen"):
            self._emit(found, Text("\u00ad", plain))
        elif tag == q("sym"):
            self._symbol(child, plain, found)
        elif tag == q("drawing"):
            self._drawing(child, found)
        elif tag in (q("pict"), q("object")):
            self._vml(child, found)
        elif tag == f"{{{MC}}}AlternateContent":
            if (chosen := self._alternative(child)) is not None:
                for inner in chosen.iterchildren(tag=etree.Element):
                    self._run_child(inner, plain, found)
        elif tag in (q("footnoteReference"), q("endnoteReference")):
            self.note(
                "A footnote or endnote is not carried over into the PDF.",
                "Put what it says into the text, in brackets.",
                "footnote",
            )
        elif tag not in _SILENT:
            self._unknown(child)

    def _text(
        self,
        text: str,
        properties: Node | None,
        style: str,
        look: _TableLook,
        plain: RunFormat,
        found: list[Inline],
    ) -> None:
        """Words; a line feed in the file is a space, and right-to-left letters take the complex-script font."""
        text = re.sub(r"[\t\r\n]", " ", text)
        if not text:
            return
        for piece, complex_script in _by_script(text):
            shown = self.book.run(properties, style, look, complex_script=True) if complex_script else plain
            self._emit(found, Text(piece, shown))

    def _hidden(self, run: Node) -> None:
        if "".join(run.itertext(q("t"))).strip():
            self.note(
                "Hidden text is not printed.",
                "Delete it in the Word file if it must not leave the office.",
                "hidden",
            )

    def _fields_only(self, run: Node, plain: RunFormat, found: list[Inline]) -> None:
        """A hidden run may still open or close a field."""
        for child in run.iterchildren(q("fldChar"), q("instrText")):
            if child.tag == q("fldChar"):
                self._field_mark(child, plain, found)
            elif self.open:
                self.open[-1].code += child.text or ""

    def _symbol(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        family = child.get(q("font"), "")
        code = _hex(child.get(q("char")))
        text = fonts.symbol(family, code)
        if not text and not fonts.is_symbol_font(family) and not 0xE000 <= code <= 0xF8FF and code > 31:
            text = chr(code)
        if text:
            self._emit(found, Text(text, plain))
        else:
            self.note(f"A symbol of the font {family} (code {code:04X}) is not carried over.",
                      "Replace it by a character of an ordinary font.")  # fmt: skip

    # ---- fields

    def _field_mark(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        kind = child.get(q("fldCharType"))
        if kind == "begin":
            self.open.append(_OpenField(format=plain))
            box = child.find(f"{q('ffData')}/{q('checkBox')}")
            if box is not None:
                ticked = box.find(q("checked")) if box.find(q("checked")) is not None else box.find(q("default"))
                self.open[-1].content.append(Text("☒" if ticked is not None and _on(ticked) else "☐", plain))
        elif kind == "separate" and self.open:
            self.open[-1].in_result = True
            self.open[-1].format = plain
        elif kind == "end" and self.open:
            done = self.open.pop()
            self._close(done, found)

    def _close(self, done: _OpenField, found: list[Inline]) -> None:
        shown = _finish_field(done)
        if shown is not None:
            self._emit(found, shown)
        elif done.kind not in _SILENT_FIELDS and not done.in_result:
            self.note(
                f"The field {done.kind} has no stored result and prints nothing.",
                "Open the letter in Word, press Ctrl-A and F9, and save it.",
                "field",
            )

    # ---- pictures and what else is not text

    def _alternative(self, node: Node) -> Node | None:
        """Of two versions of the same thing, the one we can read: a picture if there is one, else the
        fallback.
        """
        choices = list(node.iterchildren(f"{{{MC}}}Choice"))
        for choice in choices:
            if not set(choice.get("Requires", "").split()) & {
                "wps",
                "wpg",
                "wpc",
                "wpi",
                "am3d",
                "aink",
                "cx",
            }:
                return choice
        for choice in choices:
            if choice.find(f".//{{{PIC}}}pic") is not None and choice.find(f".//{q('txbxContent')}") is None:
                return choice
        return node.find(f"{{{MC}}}Fallback")

    def _drawing(self, node: Node, found: list[Inline]) -> None:
        for frame in node.iterchildren(f"{{{WP}}}inline", f"{{{WP}}}anchor"):
            picture = frame.find(f".//{{{PIC}}}pic")
            if frame.find(f".//{q('txbxContent')}") is not None:
                self._text_box(frame)
                continue
            if picture is None:
                self.note(
                    "A drawing, chart or diagram is not carried over.",
                    "Insert it as a picture (PNG), in line with text.",
                )
                continue
            image = self._picture(frame, picture)
            if image is not None:
                self._emit(found, image)

    def _text_box(self, frame: Node) -> None:
        words = " ".join("".join(frame.itertext(q("t"))).split())[:60]
        self.note(
            f"A text box is not carried over (“{words}”).",
            "Put its words into a paragraph or a table; text boxes cannot be read aloud in order either.",
            "text-box",
        )

    def _picture(self, frame: Node, picture: Node) -> Image | None:
        blip = picture.find(f".//{{{A}}}blip")
        relation = None if blip is None else self.links.get(blip.get(f"{{{R}}}embed", ""))
        extent, properties = frame.find(f"{{{WP}}}extent"), frame.find(f"{{{WP}}}docPr")
        if relation is None or relation.external or relation.target not in self.book.package.parts:
            self.note(
                "A picture that is only linked to is not carried over.",
                "In Word: Insert, Pictures, Insert (not Link).",
            )
            return None
        media = _IMAGE_TYPES.get(relation.target.rsplit(".", 1)[-1].lower())
        if media is None:
            self.note(
                f"The picture {relation.target} is not carried over: not PNG or JPEG.",
                "Insert it again as PNG.",
            )
            return None
        crop = picture.find(f".//{{{A}}}srcRect")
        if crop is not None and any(_number(value) for value in crop.attrib.values()):
            self.note(
                "A cropped picture is set uncropped.",
                "In Word: Picture Format, Compress Pictures, Delete cropped areas.",
            )
        decorative = properties is not None and any(
            mark.get("val") in ("1", "true") for mark in properties.iter(f"{{{_ADEC}}}decorative")
        )
        words = "" if properties is None or decorative else (properties.get("descr") or properties.get("title") or "")
        return Image(
            data=self.book.package.parts[relation.target],
            media_type=media,
            width=_number(None if extent is None else extent.get("cx")) / _EMU,
            height=_number(None if extent is None else extent.get("cy")) / _EMU,
            description=" ".join(words.split()),
            floating=_floating(frame) if frame.tag == f"{{{WP}}}anchor" else None,
        )

    def _vml(self, node: Node, found: list[Inline]) -> None:
        """Old-style drawings: an embedded picture is read, anything else noted (Part 4, 19.1)."""
        if node.find(f".//{q('txbxContent')}") is not None:
            self._text_box(node)
            return
        data = node.find(f".//{{{V}}}imagedata")
        if data is None:
            if node.find(f".//{{{V}}}textpath") is not None:
                self.note("A watermark or WordArt is not carried over.")
            elif _draws(node):
                self.note("A drawn shape is not carried over.", "Use a paragraph border for a rule.")
            return
        shape = data.getparent()
        relation = self.links.get(data.get(f"{{{R}}}id", ""))
        media = None if relation is None else _IMAGE_TYPES.get(relation.target.rsplit(".", 1)[-1].lower())
        if shape is None or relation is None or media is None or relation.target not in self.book.package.parts:
            self.note("A picture in an old format is not carried over.", "Insert it again as PNG.")
            return
        style = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", shape.get("style", "")))
        width, height = (_number(style.get(name), 0) / 20 for name in ("width", "height"))
        words = " ".join((shape.get("alt") or "").split())
        if width and height:
            self._emit(found, Image(self.book.package.parts[relation.target], media, width, height, words))

    def _unknown(self, node: Node) -> None:
        words = " ".join(
            "".join(node.itertext(q("t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")).split()
        )
        name = etree.QName(node).localname
        if "math" in (etree.QName(node).namespace or ""):
            self.note(
                f"A formula is not carried over (“{words[:40]}”).",
                "Insert it as a picture with alternative text.",
            )
        elif words:
            self.note(f"Text inside “{name}” is not carried over (“{words[:40]}”).")
        elif node.tag == q(name):
            self.note(f"“{name}” is not carried over.")


def _floating(frame: Node) -> Floating:
    """Where an anchored picture stands (20.4.2.3)."""

    def offset(axis: str) -> tuple[float, str, str]:
        node = frame.find(f"{{{WP}}}position{axis}")
        if node is None:
            return 0.0, "", ""
        moved, aligned = node.find(f"{{{WP}}}posOffset"), node.find(f"{{{WP}}}align")
        return (
            _number(None if moved is None else moved.text) / _EMU,
            node.get("relativeFrom", ""),
            "" if aligned is None else (aligned.text or ""),
        )

    x, x_from, x_align = offset("H")
    y, y_from, _ = offset("V")
    wraps: Literal["none", "square", "top-and-bottom"] = "none"
    if frame.find(f"{{{WP}}}wrapTopAndBottom") is not None:
        wraps = "top-and-bottom"
    elif frame.find(f"{{{WP}}}wrapNone") is None:
        wraps = "square"
    return Floating(
        x=x,
        y=y,
        x_from="page" if x_from == "page" else "margin" if "argin" in x_from else "column",
        y_from="page" if y_from == "page" else "margin" if "argin" in y_from else "paragraph",
        x_align=cast(Any, {"inside": "left", "outside": "right"}.get(x_align, x_align)),
        wraps=wraps,
    )


def _draws(node: Node) -> bool:
    return any(
        True for name in ("shape", "rect", "line", "oval", "roundrect", "group") for _ in node.iter(f"{{{V}}}{name}")
    )


def _is_marker(node: Node) -> bool:
    """Range marks and the like: nothing inside them is text."""
    name = etree.QName(node).localname
    return name.endswith(("RangeStart", "RangeEnd", "Start", "End")) and len(node) == 0


def _first_words(node: Node) -> str:
    """How a message names a paragraph: its first words."""
    text = ""
    for piece in node.iter(q("t")):
        text += piece.text or ""
        if len(text) > 60:
            break
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:40].rsplit(" ", 1)[0] + " …"


_COMPLEX = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_COMPLEX_RUN = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ \u00a0]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)


def _by_script(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of ``text``, each with whether it is in a right-to-left script."""
    if not _COMPLEX.search(text):
        yield text, False
        return
    at = 0
    for match in _COMPLEX_RUN.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def _joined(content: list[Inline]) -> Iterator[Inline]:
    """Word splits a sentence into many runs; put together again what looks the same."""
    held: Text | None = None
    for item in content:
        if isinstance(item, Text):
            if held is not None and held.format == item.format:
                held = Text(held.text + item.text, held.format)
                continue
            if held is not None:
                yield held
            held = item
        else:
            if held is not None:
                yield held
                held = None
            yield item
    if held is not None:
        yield held


# ---------------------------------------------------------------- tables

_CONDITIONS = (
    "wholeTable", "band1Vert", "band2Vert", "band1Horz", "band2Horz", "firstCol", "lastCol", "firstRow",
    "lastRow",
    "neCell", "nwCell", "seCell", "swCell",
)  # fmt: skip
_NO_BORDER = Border("none", 0, "")


@dataclass
class _Slot:
    """A cell before vertical merging: where it stands in the grid."""

    node: Node
    row: int
    column: int
    span: int
    merge: str
    rows: int = 1


class _TableReader:
    """Reads one ``w:tbl`` (17.4) and lays its style over it (17.7.6)."""

    def __init__(self, part: _PartReader, node: Node, depth: int) -> None:
        self.part, self.node, self.depth = part, node, depth
        self.styles = part.book.styles
        properties = node.find(q("tblPr"))
        self.properties = properties
        self.chain = self.styles.chain(_val(properties, "tblStyle") or self.styles.default.get("table", ""))
        self.look = self._read_look()
        self.rows = list(self._iter_rows(node))
        self.bands = [int(self._own(name, 1)) or 1 for name in ("tblStyleRowBandSize", "tblStyleColBandSize")]

    def _iter_rows(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == q("tr"):
                yield child
            elif child.tag in _THROUGH:
                yield from self._iter_rows(child)

    def _iter_cells(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == q("tc"):
                yield child
            elif child.tag in _THROUGH:
                yield from self._iter_cells(child)

    def _own(self, name: str, otherwise: float) -> float:
        for style in reversed(self.chain):
            if (value := _val(style.node.find(q("tblPr")), name)) is not None:
                return _number(value, otherwise)
        return otherwise

    def _table_properties(self) -> Iterator[Node]:
        """``tblPr`` of the styles, the most basic first, then the table's own."""
        for style in self.chain:
            if (found := style.node.find(q("tblPr"))) is not None:
                yield found
        if self.properties is not None:
            yield self.properties

    def _read_look(self) -> dict[str, bool]:
        node = None if self.properties is None else self.properties.find(q("tblLook"))
        if node is None:
            return dict.fromkeys(("firstRow", "lastRow", "firstColumn", "lastColumn", "noHBand", "noVBand"), False)
        bits = _hex(node.get(q("val")))
        named = {
            "firstRow": 0x20,
            "lastRow": 0x40,
            "firstColumn": 0x80,
            "lastColumn": 0x100,
            "noHBand": 0x200,
            "noVBand": 0x400,
        }
        return {
            name: node.get(q(name), "1" if bits & bit else "0") in ("1", "true", "on") for name, bit in named.items()
        }

    def read(self) -> list[Block]:
        place = f"{self.part.title}, table after paragraph {self.part.count}"
        if self.properties is not None and self.properties.find(q("tblpPr")) is not None:
            self.part.note("A table with text flowing round it is set in its own place.",
                           "In Word: Table Properties, Text wrapping, None.")  # fmt: skip
        columns = self._grid()
        slots = self._slots()
        width = max([1, len(columns), *(slot.column + slot.span for row in slots for slot in row)])
        columns = self._fitted((columns + [36.0] * width)[:width])
        self._merge(slots)
        self.size = (len(slots), width)
        padding = self._padding(self._table_properties())
        rows = tuple(self._row(node, row, padding) for node, row in zip(self.rows, slots, strict=True))
        if not any(row.cells for row in rows):
            return []
        return [Table(rows, tuple(columns), self._align(), self._indent(padding), place)]

    def _grid(self) -> list[float]:
        grid = self.node.find(q("tblGrid"))
        widths = [] if grid is None else [_points(col.get(q("w"))) for col in grid.iterchildren(q("gridCol"))]
        if any(width <= 0 for width in widths) or not widths:
            widths = self._widths_from_cells(len(widths))
        return widths

    def _fitted(self, columns: list[float]) -> list[float]:
        """The grid is what Word last drew; the table's own width counts more, and the page's when there is none."""
        total, room = sum(columns), self.part.book.text_width
        kind, said = _val(self.properties, "tblW", "type"), _val(self.properties, "tblW", "w") or ""
        fixed = _val(self.properties, "tblLayout", "type") == "fixed"
        wanted = total
        if kind == "pct":
            share = float(said[:-1]) / 100 if said.endswith("%") else _number(said) / 5000
            wanted = room * share if share > 0 else total
        elif kind == "dxa" and _points(said) > 0 and not fixed:
            wanted = _points(said)
        elif not fixed and self.depth == 0 and total > room:
            wanted = room
        if abs(wanted - total) < total / 100:
            return columns
        return [width * wanted / total for width in columns]

    def _widths_from_cells(self, known: int) -> list[float]:
        """A grid without widths: take those of the widest row's cells, or share the page's width."""
        best: list[float] = []
        for row in self.rows:
            widths: list[float] = []
            for cell in self._iter_cells(row):
                properties = cell.find(q("tcPr"))
                span = max(1, int(_number(_val(properties, "gridSpan"), 1)))
                width = _points(_val(properties, "tcW", "w")) if _val(properties, "tcW", "type") == "dxa" else 0.0
                widths += [width / span] * span
            if len(widths) > len(best):
                best = widths
        count = max(known, len(best), 1)
        share = self.part.book.text_width / count
        best += [0.0] * (count - len(best))
        return [width or share for width in best]

    def _slots(self) -> list[list[_Slot]]:
        found = []
        for at, row in enumerate(self.rows):
            properties = row.find(q("trPr"))
            column = int(_number(_val(properties, "gridBefore")))
            slots = []
            for cell in self._iter_cells(row):
                cell_properties = cell.find(q("tcPr"))
                span = min(max(1, int(_number(_val(cell_properties, "gridSpan"), 1))), 63)
                merge_node = None if cell_properties is None else cell_properties.find(q("vMerge"))
                merge = "" if merge_node is None else merge_node.get(q("val"), "continue")
                slots.append(_Slot(cell, at, column, span, merge))
                column += span
            found.append(slots)
        return found

    def _merge(self, rows: list[list[_Slot]]) -> None:
        """17.4.84: a cell that continues the one above adds to its height and is not set itself."""
        above: dict[int, _Slot] = {}
        for row in rows:
            here: dict[int, _Slot] = {}
            for slot in row:
                owner = above.get(slot.column) if slot.merge == "continue" else None
                # Words in a merged-away cell, which Word hides, are shown rather than lost.
                has_words = "".join(slot.node.itertext(q("t"))).strip()
                if owner is not None and owner.span == slot.span and not has_words:
                    owner.rows += 1
                    slot.rows = 0
                    here[slot.column] = owner
                elif slot.merge:
                    here[slot.column] = slot
            above = here

    def _align(self) -> Literal["left", "center", "right"]:
        found = "left"
        for properties in self._table_properties():
            found = _val(properties, "jc") or found
        return "center" if found == "center" else "right" if found in ("right", "end") else "left"

    def _indent(self, padding: tuple[float, float, float, float]) -> float:
        """From the text margin. Before Word 2013 the text, from then on the grid, stands at the indent."""
        indent = 0.0
        for properties in self._table_properties():
            if (value := _val(properties, "tblInd", "w")) is not None:
                indent = _points(value)
        return indent if self.part.book.compatibility >= 15 else indent - padding[3]

    def _padding(self, sources: Iterator[Node], name: str = "tblCellMar") -> tuple[float, float, float, float]:
        found = {"top": 0.0, "right": 5.4, "bottom": 0.0, "left": 5.4}
        for properties in sources:
            self._read_padding(properties.find(q(name)), found)
        return found["top"], found["right"], found["bottom"], found["left"]

    @staticmethod
    def _read_padding(node: Node | None, into: dict[str, float]) -> None:
        for child in () if node is None else node.iterchildren(tag=etree.Element):
            side = {"start": "left", "end": "right"}.get(etree.QName(child).localname, etree.QName(child).localname)
            if side in into and child.get(q("type"), "dxa") == "dxa":
                into[side] = max(_points(child.get(q("w"))), 0.0)

    def _row(self, node: Node, slots: list[_Slot], padding: tuple[float, float, float, float]) -> Row:
        properties = node.find(q("trPr"))
        height = _points(_val(properties, "trHeight"))
        at = slots[0].row if slots else 0
        header = _flag(properties, "tblHeader") and all(
            _flag(above.find(q("trPr")), "tblHeader") for above in self.rows[:at]
        )
        set_apart = (
            at == 0
            and self.look["firstRow"]
            and any(self._conditional(style, "firstRow") is not None for style in self.chain)
        )
        return Row(
            cells=tuple(self._cell(slot, padding) for slot in slots if slot.rows),
            height=height,
            exact=_val(properties, "trHeight", "hRule") == "exact",
            header=header,
            names_columns=header or (set_apart and self.size[0] > 1),
            cant_split=_flag(properties, "cantSplit"),
        )

    @staticmethod
    def _conditional(style: _Style, kind: str) -> Node | None:
        for node in style.node.iterchildren(q("tblStylePr")):
            if node.get(q("type")) == kind:
                return node
        return None

    def _conditions(self, slot: _Slot) -> list[str]:
        """Which parts of the table style apply to a cell, the weakest first (17.7.6)."""
        rows, columns = self.size
        last_row, last_column = slot.row + slot.rows == rows, slot.column + slot.span == columns
        first_row, first_column = (
            slot.row == 0 and self.look["firstRow"],
            slot.column == 0 and self.look["firstColumn"],
        )
        last_row, last_column = last_row and self.look["lastRow"], last_column and self.look["lastColumn"]
        found = {"wholeTable"}
        if not self.look["noVBand"] and not first_column and not last_column:
            band = (slot.column - self.look["firstColumn"]) // self.bands[1] % 2
            found.add(f"band{band + 1}Vert")
        if not self.look["noHBand"] and not first_row and not last_row:
            band = (slot.row - self.look["firstRow"]) // self.bands[0] % 2
            found.add(f"band{band + 1}Horz")
        named = {
            "firstRow": first_row, "lastRow": last_row, "firstCol": first_column, "lastCol": last_column,
            "nwCell": first_row and first_column, "neCell": first_row and last_column,
            "swCell": last_row and first_column, "seCell": last_row and last_column,
        }  # fmt: skip
        found |= {name for name, applies in named.items() if applies}
        return [name for name in _CONDITIONS if name in found]

    def _cell(self, slot: _Slot, padding: tuple[float, float, float, float]) -> Cell:
        conditions = self._conditions(slot)
        run: Props = {}
        paragraph: Props = {}
        shading = ""
        align = "top"
        for style in self.chain:
            run.update(style.run)
            _merge_paragraph(paragraph, style.paragraph)
        sources: list[tuple[str | None, Node]] = [(None, style.node) for style in self.chain]
        sources += [(name, node) for name in conditions for style in self.chain
                    if (node := self._conditional(style, name)) is not None]  # fmt: skip
        for name, node in sources:
            if name is not None:
                run.update(_run_properties(node.find(q("rPr")), self.styles.theme))
                _merge_paragraph(paragraph, _paragraph_properties(node.find(q("pPr"))))
            properties = node.find(q("tcPr"))
            shading = _shade(None if properties is None else properties.find(q("shd"))) or shading
            align = _val(properties, "vAlign") or align
        own = slot.node.find(q("tcPr"))
        if own is not None and own.find(q("shd")) is not None:
            shading = _shade(own.find(q("shd")))
        align = _val(own, "vAlign") or align
        sides = dict(zip(("top", "right", "bottom", "left"), padding, strict=True))
        self._read_padding(None if own is None else own.find(q("tcMar")), sides)
        key = f"{'/'.join(style.id for style in self.chain)}|{'/'.join(conditions)}" if self.chain else ""
        look = _TableLook(run, paragraph, key)
        return Cell(
            blocks=tuple(self.part.blocks(slot.node, look, self.depth + 1)),
            column=slot.column,
            columns=slot.span,
            rows=slot.rows,
            borders=self._borders(slot, conditions, own),
            shading=shading,
            padding=(sides["top"], sides["right"], sides["bottom"], sides["left"]),
            align="middle" if align in ("center", "both") else "bottom" if align == "bottom" else "top",
        )

    def _borders(self, slot: _Slot, conditions: list[str], own: Node | None) -> Borders:
        """The four edges of a cell: the table's, then the style's conditional ones, then the cell's own
        (17.4.67).
        """
        rows, columns = self.size
        edges: dict[str, Border] = {}
        table: dict[str, Border] = {}
        for properties in self._table_properties():
            table.update(_edges(properties.find(q("tblBorders"))))
        whole = (0, rows, 0, columns)
        self._lay(edges, table, slot, whole)
        for name in conditions:
            region = {
                "firstRow": (0, 1, 0, columns), "lastRow": (rows - 1, rows, 0, columns),
                "firstCol": (0, rows, 0, 1), "lastCol": (0, rows, columns - 1, columns),
                "wholeTable": whole,
            }.get(name, (slot.row, slot.row + slot.rows, 0, columns) if "Horz" in name
                  else (slot.row, slot.row + slot.rows, slot.column, slot.column + slot.span))  # fmt: skip
            for style in self.chain:
                node = self._conditional(style, name)
                if node is not None:
                    found = _edges(node.find(f"{q('tblPr')}/{q('tblBorders')}"))
                    found.update(_edges(node.find(f"{q('tcPr')}/{q('tcBorders')}")))
                    self._lay(edges, found, slot, region)
        edges.update(_edges(None if own is None else own.find(q("tcBorders"))))
        shown = {side: line for side, line in edges.items() if side in ("top", "right", "bottom", "left")}
        return Borders(**{side: line for side, line in shown.items() if line.style != "none"})

    @staticmethod
    def _lay(
        edges: dict[str, Border], found: dict[str, Border], slot: _Slot, region: tuple[int, int, int, int]
    ) -> None:
        top, bottom, left, right = region
        inner = {
            "top": "top" if slot.row <= top else "insideH",
            "bottom": "bottom" if slot.row + slot.rows >= bottom else "insideH",
            "left": "left" if slot.column <= left else "insideV",
            "right": "right" if slot.column + slot.span >= right else "insideV",
        }
        for side, name in inner.items():
            if name in found:
                edges[side] = found[name]


# ---------------------------------------------------------------- the whole file


class _Book:
    """What all parts share: styles, lists, settings, notes."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.notes: list[Problem] = []
        self.links = package.links(package.main)
        theme = self._part("theme")
        self.styles = _Styles(self._part("styles"), {} if theme is None else _theme_fonts(theme))
        self.numbering = _Numbering(self._part("numbering"), self.styles)
        self.settings = self._part("settings")
        self.text_width = 468.0
        self.compatibility = self._compatibility()
        self._runs: dict[tuple[str, str, str, bool], RunFormat] = {}

    def _part(self, kind: str) -> Node | None:
        for link in self.links.values():
            if link.kind == kind and not link.external and link.target in self.package.parts:
                return self.package.xml(link.target)
        return None

    def _compatibility(self) -> int:
        """The Word version the file says it is laid out for; 12 when it says nothing (as Word does)."""
        for node in () if self.settings is None else self.settings.iter(q("compatSetting")):
            if node.get(q("name")) == "compatibilityMode":
                return int(_number(node.get(q("val")), 12))
        return 12

    def run_props(self, node: Node | None, style: str, look: _TableLook) -> Props:
        direct = _run_properties(node, self.styles.theme)
        character = _val(node, "rStyle") or ""
        levels = [look.run, self.styles.run(style), self.styles.run(character) if character else {}]
        return _stack_runs(levels, direct, self.styles.default_run)

    def run(self, node: Node | None, style: str, look: _TableLook, *, complex_script: bool = False) -> RunFormat:
        """Effective format of a run; most runs of a letter share one of a handful, so it is kept."""
        said = "" if node is None else etree.tostring(node, encoding="unicode", with_tail=False)
        key = (said, style, look.key, complex_script)
        if key not in self._runs:
            self._runs[key] = _run_format(self.run_props(node, style, look), complex_script)
        return self._runs[key]

    def paragraph_layout(
        self, node: Node | None, style: str, look: _TableLook
    ) -> tuple[ParagraphFormat, int | None, str]:
        """Effective format, list level and list of a paragraph.

        A list's indents stand above what the style with the list inherits, below what that style itself says,
        and above the whole style when the list is set on the paragraph: not in the standard, but what Word
        does.
        """
        merged = dict(self.styles.default_paragraph)
        _merge_paragraph(merged, look.paragraph)
        chain = self.styles.chain(style)
        style_ids = [found.id for found in chain]
        list_id, at = "", 0
        for found in chain:
            if found.number is not None:
                list_id = found.number[0] or list_id
                tied = self.numbering.level_of_style(list_id, [found.id])
                at = tied if tied is not None else int(_number(found.number[1] or str(at)))
                level = self.numbering.level(list_id, at)
                if level is not None:
                    _merge_paragraph(merged, level.paragraph)
            _merge_paragraph(merged, found.paragraph)
        own = None if node is None else node.find(q("numPr"))
        if own is not None:
            list_id = _val(own, "numId") or list_id
            said = _val(own, "ilvl")
            tied = self.numbering.level_of_style(list_id, style_ids) if said is None else None
            at = tied if tied is not None else int(_number(said, at))
            level = self.numbering.level(list_id, at)
            if level is not None:
                _merge_paragraph(merged, level.paragraph)
            elif list_id == "0":
                # "No list" also takes away the list's indents.
                for key in ("left", "first_line"):
                    if not any(key in found.paragraph for found in chain):
                        merged.pop(key, None)
        _merge_paragraph(merged, _paragraph_properties(node))
        if "outline_level" not in merged:
            merged["outline_level"] = self.styles.heading_level(style)
        known = self.numbering.level(list_id, at) is not None
        return _paragraph_format(merged), at if known else None, list_id if known else ""


def _theme_fonts(root: Node) -> dict[str, str]:
    """``majorHAnsi`` and the like, to the Latin, complex-script or East Asian family of the theme (20.1.6)."""
    found = {}
    for kind in ("major", "minor"):
        for slot, names in (("latin", ("HAnsi", "Ascii")), ("ea", ("EastAsia",)), ("cs", ("Bidi",))):
            node = root.find(f".//{{{A}}}{kind}Font/{{{A}}}{slot}")
            family = "" if node is None else node.get("typeface", "")
            for name in names if family else ():
                found[f"{kind}{name}"] = family
    return found


def read_document(package: Package) -> Document:
    """Read an opened .docx. Raises TrackedChanges, or LettersError when it has no title or language."""
    book = _Book(package)
    root = package.xml(package.main)
    body = root.find(q("body"))
    if body is None:
        raise LettersError(Problem("The document has no body.", where=package.name))
    _refuse_tracked_changes(package, root)
    title, language = _title_and_language(package, book)
    even_and_odd = _flag(book.settings, "evenAndOddHeaders")
    sections = _SectionReader(book, even_and_odd).read(body)
    if (
        any(link.kind == "comments" for link in book.links.values())
        and next(root.iter(q("commentReference")), None) is not None
    ):
        book.notes.append(
            Problem(
                "Comments are not printed.",
                where=package.name,
                hint="Delete them in the Word file before it leaves the office.",
                code="comments",
            )
        )
    return Document(
        language=language,
        title=title,
        sections=tuple(sections),
        even_and_odd=even_and_odd,
        default_tab=_points(_val(book.settings, "defaultTabStop"), 36.0) or 36.0,
        # Named for HTML's automatic spacing, but Word and LibreOffice obey it for all spacing (Part 1,
        # 17.15.3.27).
        spaces_add=_flag(
            None if book.settings is None else book.settings.find(q("compat")),
            "doNotUseHTMLParagraphAutoSpacing",
        ),
        notes=tuple(book.notes),
    )


def _refuse_tracked_changes(package: Package, root: Node) -> None:
    parts = {
        link.target for link in package.links(package.main).values() if link.kind in ("header", "footer", "footnotes")
    }
    found = [(node, package.main) for node in root.iter(*_TRACKED)]
    found += [
        (node, part) for part in sorted(parts) if part in package.parts for node in package.xml(part).iter(*_TRACKED)
    ]
    if not found:
        return
    node, part = found[0]
    paragraph = node if node.tag == q("p") else next(node.iterancestors(q("p")), node)
    everyone = list(root.iter(q("p")))
    where = f"paragraph {everyone.index(paragraph) + 1}" if part == package.main and paragraph in everyone else part
    count = len(found)
    raise TrackedChanges(
        Problem(
            f"The document holds {count} tracked change{'s' if count > 1 else ''}, the first in {where} "
            f"(“{_first_words(paragraph)}”).",
            where=package.name,
            hint="Accept or reject them in Word: Review, Accept, Accept All Changes. Then save.",
            code="tracked-changes",
        )
    )


def _title_and_language(package: Package, book: _Book) -> tuple[str, str]:
    """From the document's properties; the language also from the styles. Both are needed to read a PDF aloud."""
    title = language = ""
    for link in package.links("").values():
        if link.kind.endswith("core-properties") and link.target in package.parts:
            core = package.xml(link.target)
            title = " ".join((core.findtext(f"{{{_DC}}}title") or "").split())
            language = (core.findtext(f"{{{_DC}}}language") or "").strip()
    language = language or book.run_props(None, book.styles.default.get("paragraph", ""), _NO_TABLE).get("language", "")
    problems = []
    if not title:
        problems.append(
            Problem(
                "The document has no title, which an accessible PDF must show.",
                where=package.name,
                code="no-title",
                hint="In Word: File, Info, Properties, Title: say what it is, such as “Answer to your request”.",
            )
        )
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        problems.append(
            Problem(
                "The document does not say which language it is in.",
                where=package.name,
                code="no-language",
                hint="In Word: select all, then Review, Language, Set Proofing Language. Then save.",
            )
        )
    if problems:
        raise LettersError(problems)
    return title, language


class _SectionReader:
    """Cuts the body at its section properties (17.6.17) and reads each section's headers and footers."""

    def __init__(self, book: _Book, even_and_odd: bool) -> None:
        self.book = book
        self.even_and_odd = even_and_odd
        self.body = _PartReader(book, book.package.main, "body")
        self.inherited: dict[str, tuple[Block, ...]] = {}

    def read(self, body: Node) -> list[Section]:
        found: list[Section] = []
        pending: list[Node] = []
        nodes = list(self._flatten(body))
        last = next((node for node in reversed(nodes) if node.tag == q("sectPr")), None)
        for node in nodes:
            if node is last:
                continue
            pending.append(node)
            own = node.find(f"{q('pPr')}/{q('sectPr')}") if node.tag == q("p") else None
            if own is not None:
                self._add(found, own, pending)
                pending = []
        self._add(found, last, pending)
        return found

    def _add(self, found: list[Section], node: Node | None, content: list[Node]) -> None:
        """A section that begins on the same page, on the same paper, goes on with the one before."""
        section = self._section(node, content)
        if found and not section.blocks:
            return
        if found and _val(node, "type") == "continuous":
            paper = ("width", "height", "left", "right")
            if all(getattr(found[-1], name) == getattr(section, name) for name in paper):
                found[-1] = replace(found[-1], blocks=found[-1].blocks + section.blocks)
                return
            self.body.note("A section with other margins begins on a new page instead of the same one.")
        found.append(section)

    def _flatten(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag in (q("sdt"), q("sdtContent"), q("customXml")):
                yield from self._flatten(child)
            else:
                yield child

    def _section(self, node: Node | None, content: list[Node]) -> Section:
        size, margins = (None if node is None else node.find(q(name)) for name in ("pgSz", "pgMar"))

        def length(source: Node | None, name: str, otherwise: float) -> float:
            return _points(None if source is None else source.get(q(name)), otherwise)

        width, height = (
            found if 72 <= found <= 1584 else usual
            for found, usual in ((length(size, "w", 612), 612.0), (length(size, "h", 792), 792.0))
        )
        gutter = length(margins, "gutter", 0)
        left, right = length(margins, "left", 72) + gutter, length(margins, "right", 72)
        if width - left - right < 36:
            raise LettersError(
                Problem(
                    "The margins leave no room for text.",
                    where=self.book.package.name,
                    hint="In Word: Layout, Margins.",
                )
            )
        self.book.text_width = width - left - right
        columns = None if node is None else node.find(q("cols"))
        if columns is not None and (_number(columns.get(q("num")), 1) > 1 or len(columns) > 1):
            self.body.note("Columns are not carried over: the text is set in one column.", code="columns")
        if node is not None and node.find(q("pgBorders")) is not None:
            self.body.note("A border round the page is not carried over.")
        headers, footers = self._furniture(node, "header"), self._furniture(node, "footer")
        blocks = tuple(self._blocks(content))
        start = None if node is None else _val(node, "pgNumType", "start")
        return Section(
            width=width,
            height=height,
            top=length(margins, "top", 72),
            right=right,
            bottom=length(margins, "bottom", 72),
            left=left,
            header_distance=length(margins, "header", 36),
            footer_distance=length(margins, "footer", 36),
            title_page=_flag(node, "titlePg"),
            headers=headers,
            footers=footers,
            blocks=blocks,
            first_page_number=None if start is None else int(_number(start, 1)),
        )

    def _blocks(self, content: list[Node]) -> Iterator[Block]:
        for node in content:
            if node.tag == q("p"):
                yield self.body.paragraph(node)
            elif node.tag == q("tbl"):
                yield from _TableReader(self.body, node, 0).read()
            elif node.tag == f"{{{MC}}}AlternateContent":
                if (chosen := self.body._alternative(node)) is not None:
                    yield from self.body.blocks(chosen)
            elif node.tag == q("altChunk"):
                self.body.note(
                    "An embedded document is not carried over.", "Open the letter in Word and save it again."
                )
            elif node.tag not in _SILENT and not _is_marker(node):
                self.body._unknown(node)

    def _furniture(self, node: Node | None, kind: str) -> Furniture:
        """A section without a header of its own takes the one of the section before (17.10.2)."""
        for reference in () if node is None else node.iterchildren(q(f"{kind}Reference")):
            relation = self.book.links.get(reference.get(f"{{{R}}}id", ""))
            which = reference.get(q("type"), "default")
            if relation is not None and relation.target in self.book.package.parts:
                title = f"{'first-page ' if which == 'first' else 'even-page ' if which == 'even' else ''}{kind}"
                reader = _PartReader(self.book, relation.target, title)
                self.inherited[f"{kind}-{which}"] = tuple(reader.blocks(self.book.package.xml(relation.target)))
        title_page = _flag(node, "titlePg")
        return Furniture(
            default=self.inherited.get(f"{kind}-default", ()),
            first=self.inherited.get(f"{kind}-first", ()) if title_page else (),
            even=self.inherited.get(f"{kind}-even", ()) if self.even_and_odd else (),
        )
