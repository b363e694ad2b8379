"""Character and paragraph formatting: Word's ``rPr`` and ``pPr`` as dictionaries, merged, and turned into formats.

The properties set in one place are ``Props``. Those of styles, lists and tables are merged, and only the result becomes
a RunFormat or ParagraphFormat."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, cast

from lxml import etree

from letters.docx.attribute_values import (
    color_of,
    font_size,
    half_points,
    is_on,
    language_of,
    number_of,
    points,
    shade_of,
)
from letters.docx.names import W14, Node, w
from letters.pdf.document import Align, Border, Borders, LineRule, ParagraphFormat, RunFormat, TabKind, TabStop
from letters.pdf.fonts import fitted, is_symbol_font
from letters.pdf.reader.automatic_color import WHITE, is_dark
from letters.pdf.reader.font_names import FontNames

Props: TypeAlias = dict[str, Any]
Script = Literal["", "other", "complex", "east"]
"""The kinds of characters that have a font of their own: ASCII, other Latin, complex scripts, East Asian ones."""
"""Which font of a run applies: the ordinary one, the one for complex (right-to-left) scripts, or the East Asian one."""

_AUTO_SPACE = 14.0  # what Word uses for "automatic" spacing before and after
_TOGGLES = ("bold", "italic", "complex_bold", "complex_italic", "caps", "small_caps", "strike", "hidden")  # 17.7.3

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
    "dstrike": "double_strike",
    "vanish": "hidden", "rtl": "rtl", "cs": "complex", "bCs": "complex_bold", "iCs": "complex_italic",
}  # fmt: skip


_NEED_VALUE = frozenset({"sz", "szCs", "u", "color", "highlight", "vertAlign", "position", "spacing", "kern"})


def _underline(kind: str) -> str:
    if kind in _UNDERLINE:
        return _UNDERLINE[kind]
    for part, style in (("wav", "wavy"), ("dotted", "dotted"), ("dash", "dashed"), ("dot", "dashed")):
        if part in kind.casefold():
            return style
    return "solid"


def _read_fonts(node: Node, names: FontNames, into: Props) -> None:
    """17.3.2.26"""
    slots = (("ascii", "family"), ("hAnsi", "other_family"), ("cs", "complex_family"), ("eastAsia", "east_family"))
    for slot, key in slots:
        named, themed = node.get(w(slot)), node.get(w(f"{slot}Theme" if slot != "cs" else "cstheme"))
        if family := names.family(themed or "", named or ""):
            into[key] = family


def run_properties(node: Node | None, names: FontNames) -> Props:
    """The properties set in one ``w:rPr`` (17.3.2). One whose value is missing leaves what is inherited."""
    found: Props = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name, value = etree.QName(child).localname, child.get(w("val"))
        if child.tag == w(name) and name in _RUN_FLAGS:
            found[_RUN_FLAGS[name]] = is_on(child)
        elif value is None and name in _NEED_VALUE:
            continue
        elif name == "rFonts":
            _read_fonts(child, names, found)
        elif name == "sz":
            found["size"] = font_size(value)
        elif name == "szCs":
            found["complex_size"] = font_size(value)
        elif name == "w":
            wide = number_of((value or "").rstrip("%"), 100.0)
            found["stretch"] = (wide if 1 <= wide <= 600 else 100.0) / 100  # 0 is for not at all (17.18.95)
        elif name == "u":
            found["underline"] = _underline(value or "")
        elif name == "color":
            found["color"] = color_of(value)
        elif name == "highlight":
            found["highlight"] = _HIGHLIGHT.get(value or "", "")
        elif name == "shd":
            found["background"] = shade_of(child)
        elif name == "vertAlign":
            found["position"] = {"superscript": "super", "subscript": "sub"}.get(value or "", "baseline")
        elif name == "position":
            found["raised"] = half_points(value)
        elif name == "spacing":
            found["spacing"] = points(value)
        elif name == "kern":
            found["kern_from"] = half_points(value)
        elif name == "lang":
            for slot, key in (("val", "language"), ("bidi", "complex_language"), ("eastAsia", "east_language")):
                if said := language_of(child.get(w(slot))):
                    found[key] = said
        elif child.tag == f"{{{W14}}}ligatures":
            found["ligatures"] = child.get(f"{{{W14}}}val", "none") != "none"
    return found


def run_format(props: Props, script: Script = "") -> RunFormat:
    """The properties as a RunFormat, with the font and size for the script (17.3.2.26)."""
    size = float(props.get("size", 10.0))
    other = props.get("other_family", "")
    family = props.get("family") or ("Times New Roman" if is_symbol_font(other) else other or "Times New Roman")
    language = props.get("language", "")
    bold, italic = bool(props.get("bold")), bool(props.get("italic"))
    if script == "complex" or props.get("complex"):
        size = float(props.get("complex_size", size))
        family = props.get("complex_family", family)
        language = props.get("complex_language", language)
        bold, italic = bool(props.get("complex_bold")), bool(props.get("complex_italic"))
    elif script == "other":
        family = other or family
    elif script == "east":
        family = props.get("east_family", family)
        language = props.get("east_language", language)
    kern = props.get("kern_from", 0.0)
    family, wide = fitted(family, bold, italic)
    ground = props.get("highlight") or props.get("background", "")
    return RunFormat(
        family=family,
        size=size,
        bold=bold,
        italic=italic,
        underline=props.get("underline", ""),
        strike=bool(props.get("strike") or props.get("double_strike")),
        color=props.get("color") or (WHITE if is_dark(ground) else ""),
        background=ground,
        caps=bool(props.get("caps")),
        small_caps=bool(props.get("small_caps")),
        position=props.get("position", "baseline"),
        raised=props.get("raised", 0.0),
        language=language,
        spacing=props.get("spacing", 0.0),
        stretch=props.get("stretch", 1.0) * wide,
        kerning=bool(kern) and size >= kern,
        ligatures=bool(props.get("ligatures")),
        rtl=bool(props.get("rtl")),
        hidden=bool(props.get("hidden")),
    )


def stack_runs(levels: list[Props], direct: Props, defaults: Props) -> Props:
    """Merge run properties. Toggle properties are XORed over style levels and then overridden by direct formatting
    (17.7.3); the others just override.
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
    """17.3.4; the width is in eighths of a point, the space in points."""
    if node is None:
        return None
    kind = node.get(w("val"), "nil")
    style = "double" if "thick" in kind.casefold() and "Gap" in kind else _LINE_STYLES.get(kind, "solid")
    width = number_of(node.get(w("sz")), 4) / 8
    if not style or width < 0:
        return Border("none", 0, "")
    if style == "double":
        width = max(_of_lines(kind, width), 1.5)
    return Border(style, max(width, 0.25), color_of(node.get(w("color"))), max(number_of(node.get(w("space"))), 0.0))


def _of_lines(kind: str, width: float) -> float:
    """The width of a border of several lines and the gaps between them.

    Word gives the width of one of the lines, or of the thick one (measured with LibreOffice 7.4).
    """
    if kind.endswith("SmallGap"):
        return width + 1.5
    if kind.endswith("LargeGap"):
        return width + 2.25
    return width * (2 if kind.endswith("MediumGap") else 3)


def edges_of(node: Node | None) -> dict[str, Border]:
    """The borders in a ``pBdr``, ``tblBorders`` or ``tcBorders``."""
    found = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name = {"start": "left", "end": "right"}.get(etree.QName(child).localname, etree.QName(child).localname)
        if border := _border(child):
            found[name] = border
    return found


_TAB_KINDS: dict[str, TabKind] = {
    "left": "left", "start": "left", "num": "left", "center": "center", "right": "right", "end": "right",
    "decimal": "decimal",
}  # fmt: skip


def _tab_stops(node: Node) -> dict[float, TabStop | None]:
    """17.3.1.38; ``clear`` removes a tab stop of the style."""
    found: dict[float, TabStop | None] = {}
    for child in node.iterchildren(w("tab")):
        if child.get(w("pos")) is None:
            continue
        at, kind = points(child.get(w("pos"))), child.get(w("val"), "left")
        leader = {"dot": ".", "hyphen": "-", "underscore": "_", "heavy": "_", "middleDot": "·"}
        if kind == "clear":
            found[at] = None
        elif kind in _TAB_KINDS:
            found[at] = TabStop(at, _TAB_KINDS[kind], leader.get(child.get(w("leader"), ""), ""))
    return found


_PARAGRAPH_FLAGS = {
    "keepNext": "keep_next", "keepLines": "keep_lines", "pageBreakBefore": "page_break_before",
    "widowControl": "widow_control", "contextualSpacing": "contextual_spacing", "bidi": "bidi",
    "snapToGrid": "on_grid",
}  # fmt: skip


def paragraph_properties(node: Node | None) -> Props:
    """The properties set in one ``w:pPr`` (17.3.1)."""
    found: Props = {}
    for child in () if node is None else node.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name in _PARAGRAPH_FLAGS:
            found[_PARAGRAPH_FLAGS[name]] = is_on(child)
        elif name == "jc" and child.get(w("val")) is not None:
            found["align"] = child.get(w("val"))
        elif name == "ind":
            _read_indents(child, found)
        elif name == "spacing":
            _read_spacing(child, found)
        elif name == "tabs":
            found["tabs"] = _tab_stops(child)
        elif name == "framePr":
            found["frame"] = {etree.QName(key).localname: str(value) for key, value in child.attrib.items()}
        elif name == "pBdr":
            found["borders"] = edges_of(child)
        elif name == "shd":
            found["shading"] = shade_of(child)
        elif name == "outlineLvl":
            level = int(number_of(child.get(w("val")), 9))
            found["outline_level"] = level if level < 9 else None
    return found


def _read_indents(node: Node, into: Props) -> None:
    for key, names in (("left", ("start", "left")), ("right", ("end", "right"))):
        for name in names:
            if node.get(w(name)) is not None:
                into[key] = points(node.get(w(name)))
                break
    if node.get(w("hanging")) is not None:
        into["first_line"] = -points(node.get(w("hanging")))
    elif node.get(w("firstLine")) is not None:
        into["first_line"] = points(node.get(w("firstLine")))


def _read_spacing(node: Node, into: Props) -> None:
    for key in ("before", "after"):
        auto = node.get(w(f"{key}Autospacing"))
        if auto is not None:
            into[f"{key}_auto"] = auto not in ("0", "false", "off")
        if node.get(w(key)) is not None:
            into[key] = points(node.get(w(key)))
    line, rule = node.get(w("line")), node.get(w("lineRule"))
    if line is not None:
        into["line"] = number_of(line, 240)
    if line is not None or rule is not None:
        into["line_rule"] = rule or "auto"


def lay_over(into: Props, more: Props) -> None:
    """Merge ``more`` into ``into``: tab stops and borders are added, the rest is overridden."""
    for key, value in more.items():
        if key in ("tabs", "borders", "frame"):
            into[key] = {**into.get(key, {}), **value}
        else:
            into[key] = value


_ALIGN: dict[str, Align] = {
    "left": "left", "start": "left", "right": "right", "end": "right", "center": "center", "both": "justify",
    "distribute": "justify", "thaiDistribute": "justify", "mediumKashida": "justify",
}  # fmt: skip


def _line_spacing(props: Props) -> tuple[float, LineRule]:
    """The height of lines, in the unit of the rule: a multiple of a line, or points (17.3.1.33)."""
    line, rule = props.get("line", 240.0), props.get("line_rule", "auto")
    if line <= 0 or rule not in ("auto", "exact", "atLeast"):
        return 1.0, "auto"
    return line / (240 if rule == "auto" else 20) if line < 32_000 else 1.0, cast(LineRule, rule)


def paragraph_format(props: Props, grid: float = 0.0) -> ParagraphFormat:
    """The format of a paragraph with these properties, in a section whose lines are on a ``grid`` of this height."""
    align = _ALIGN.get(props.get("align", "left"), "left")
    bidi = bool(props.get("bidi"))
    if bidi and align in ("left", "right"):
        align = "right" if align == "left" else "left"  # "left" means the leading edge (17.3.1.13)
    edges = {key: value for key, value in props.get("borders", {}).items() if value.style != "none"}
    stops = sorted((stop for stop in props.get("tabs", {}).values() if stop), key=lambda stop: stop.position)
    line, line_rule = _line_spacing(props)
    return ParagraphFormat(
        align=align,
        left=props.get("left", 0.0),
        right=props.get("right", 0.0),
        first_line=props.get("first_line", 0.0),
        before=_AUTO_SPACE if props.get("before_auto") else props.get("before", 0.0),
        after=_AUTO_SPACE if props.get("after_auto") else props.get("after", 0.0),
        line=line,
        line_rule=line_rule,
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
        before_is_automatic=bool(props.get("before_auto")),
        after_is_automatic=bool(props.get("after_auto")),
        grid=grid if props.get("on_grid", True) else 0.0,
    )
