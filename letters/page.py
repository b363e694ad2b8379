"""Writes a Document as HTML and CSS that look like Word's page and read like a letter.

One CSS class for each distinct format keeps the style sheet small, and WeasyPrint quick. Structure is told by
elements (headings, lists, tables with headers), so that the tags of the PDF follow by themselves. Vertical
space follows Word, and vanishes where a page begins by itself. All lengths are in points."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

from letters import fonts
from letters.document import (
    Block,
    Bookmark,
    Border,
    Cell,
    Document,
    Field,
    Furniture,
    Image,
    Inline,
    Label,
    LineBreak,
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
    inlines,
    paragraphs,
)
from letters.errors import Problem

Measure = Callable[["Fragments", float], Mapping[str, float]]
"""Heights of some fragments set in a column of the given width: by name."""

_RAISE = 0.33
"""Superscripts stand this part of the size above the line, subscripts ``_LOWER`` below it."""
_LOWER = 0.14
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_SURE_FIT = 0.97
"""A header line this much narrower than the page is sure to stay one line whatever the rounding."""


@dataclass(frozen=True)
class Fragments:
    """Pieces of a page that must be measured before the page can be laid out, with the classes they use."""

    html: Mapping[str, str]
    css: str


@dataclass(frozen=True)
class Page:
    """The parts of the printed page, ready to be set into the office's template."""

    body: str
    styles: str
    notes: tuple[Problem, ...]


def write_page(document: Document, measure: Measure) -> Page:
    """Write ``document`` as HTML and CSS; ``measure`` is asked only for headers and footers of unknown
    height.
    """
    return _Writer(document, measure).write()


def pt(length: float) -> str:
    """A length for CSS: points, to a hundredth."""
    text = f"{length:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("0", "-0", "") else f"{text}pt"


class _Classes:
    """Names for distinct sets of declarations."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.rules: list[str] = []

    def name(self, prefix: str, declarations: str, *, extra: str = "") -> str:
        """The class for ``declarations``; ``extra`` holds more rules, with ``&`` for the class."""
        key = f"{prefix}{declarations}{extra}"
        if key not in self._names:
            name = f"{prefix}{len(self._names)}"
            self._names[key] = name
            self.rules.append(f".{name}{{{declarations}}}" + extra.replace("&", f".{name}"))
        return self._names[key]

    def css(self) -> str:
        return "\n".join(self.rules)


# ---------------------------------------------------------------- formats as CSS


def _css_string(text: str) -> str:
    """A quoted CSS string, safe for any text (CSS Syntax 3, 4.3.5)."""
    return '"' + re.sub(r'[\\"<>&\x00-\x1f\x7f]', lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _height_of(layout: ParagraphFormat, look: RunFormat) -> float:
    """Height of a line of ``look`` in a paragraph of ``layout`` (17.3.1.33)."""
    natural = fonts.line_height(look)
    if layout.line_rule == "exact":
        return layout.line
    if layout.line_rule == "atLeast":
        return max(layout.line, natural)
    return natural * layout.line


def _lift(layout: ParagraphFormat, look: RunFormat) -> float:
    """How much lower Word's baseline stands in its line than CSS's, which centres the letters.

    Word and LibreOffice put the gap above the letters; what a multiple adds goes below, what "at least" adds above;
    an exact line has four fifths above the baseline (measured with LibreOffice 7.4).
    """
    face = fonts.metrics(look.family, look.bold, look.italic)
    up, down = (part * look.size for part in face.drawn)
    height = _height_of(layout, look)
    natural = fonts.line_height(look)
    if layout.line_rule == "exact":
        wanted = 0.8 * height
    elif layout.line_rule == "auto" and layout.line >= 1:
        wanted = natural - down
    else:
        wanted = height - down
    return wanted - ((height - up - down) / 2 + up)


def _run_declarations(look: RunFormat, base: RunFormat | None, layout: ParagraphFormat) -> list[str]:
    """Declarations for ``look``; only what differs from ``base``, which it stands in."""
    found: list[str] = []

    def differs(*names: str) -> bool:
        return base is None or any(getattr(look, name) != getattr(base, name) for name in names)

    if differs("family"):
        found.append(f"font-family:{_css_string(fonts.choose(look.family).family)}")
    if differs("size", "position"):
        found.append(f"font-size:{pt(look.size * (fonts.SCRIPT_SIZE if look.position != 'baseline' else 1))}")
    if differs("family", "size", "bold", "italic") and (
        base is None or _height_of(layout, look) != _height_of(layout, base)
    ):
        found.append(f"line-height:{pt(_height_of(layout, look))}")
    if differs("bold"):
        found.append(f"font-weight:{'bold' if look.bold else 'normal'}")
    if differs("italic"):
        found.append(f"font-style:{'italic' if look.italic else 'normal'}")
    if differs("colour") and (base is not None or look.colour):
        found.append(f"color:{look.colour or '#000000'}")
    if differs("spacing") and (base is not None or look.spacing):
        found.append(f"letter-spacing:{pt(look.spacing) if look.spacing else 'normal'}")
    if differs("kerning", "ligatures") and (base is not None or look.kerning or look.ligatures):
        found.append(f"font-kerning:{'normal' if look.kerning else 'none'}")
        found.append(f"font-variant-ligatures:{'normal' if look.ligatures else 'none'}")
    if look.caps and differs("caps"):
        found.append("text-transform:uppercase")
    return found + _own_declarations(look)


def _own_declarations(look: RunFormat) -> list[str]:
    """Declarations that are not inherited, and so always said on the run itself."""
    found = []
    lines = [name for name, wanted in (("underline", look.underline), ("line-through", look.strike)) if wanted]
    if lines:
        style = look.underline if look.underline not in ("", "solid") else ""
        found.append(f"text-decoration:{' '.join([*lines, style]).strip()}")
    if look.background:
        found.append(f"background:{look.background}")
    if look.position != "baseline" or look.raised:
        moved = look.raised + {"super": _RAISE, "sub": -_LOWER, "baseline": 0.0}[look.position] * look.size
        found.append(f"vertical-align:{pt(moved)};line-height:0")
    return found


def _border_css(side: str, line: Border) -> str:
    return f"border-{side}:{pt(line.width)} {line.style} {line.colour or '#000000'}"


def _same_box(one: ParagraphFormat, other: ParagraphFormat) -> bool:
    """Neighbours with the same borders, shading and indents share one box (17.3.1.24)."""
    return (
        bool(one.borders or one.shading)
        and one.borders == other.borders
        and one.shading == other.shading
        and (one.left, one.right) == (other.left, other.right)
    )


# ---------------------------------------------------------------- words and tabs


@dataclass(frozen=True, slots=True)
class _Segment:
    """What stands between two tabs or line breaks: inlines, and how wide they are on one line."""

    content: tuple[Inline, ...]
    width: float


def _width(content: tuple[Inline, ...]) -> float:
    """Width of inlines on one line; a page number counts as one figure."""
    total = 0.0
    for item in content:
        if isinstance(item, Text):
            total += fonts.text_width(item.text, item.format)
        elif isinstance(item, Field):
            total += (
                _width(item.content)
                if item.kind not in ("PAGE", "NUMPAGES", "SECTIONPAGES")
                else fonts.text_width("0", item.format)
            )
        elif isinstance(item, Link):
            total += _width(item.content)
        elif isinstance(item, Image) and item.floating is None:
            total += item.width
    return total


def _flat(content: tuple[Inline, ...]) -> Iterator[Inline]:
    """Lift tabs and breaks out of links and fields, which would otherwise hide them."""
    for item in content:
        if isinstance(item, Link | Field) and any(
            isinstance(inner, Tab | LineBreak | PageBreak) for inner in item.content
        ):
            held: list[Inline] = []
            for inner in _flat(item.content):
                if isinstance(inner, Tab | LineBreak | PageBreak):
                    if held:
                        yield replace(item, content=tuple(held))
                        held = []
                    yield inner
                else:
                    held.append(inner)
            if held:
                yield replace(item, content=tuple(held))
        else:
            yield item


def _next_stop(layout: ParagraphFormat, x: float, default_tab: float, text_width: float) -> TabStop:
    """Where a tab at ``x`` leads: a stop of the paragraph, its hanging indent, or the next default stop."""
    ahead = [stop for stop in layout.tabs if stop.position > x + 0.01]
    if layout.first_line < 0 and x < layout.left - 0.01:
        ahead.append(TabStop(layout.left, "left"))
    if ahead:
        return min(ahead, key=lambda stop: stop.position)
    return TabStop((int(x / default_tab + 0.001) + 1) * default_tab, "left")


class _InlineWriter:
    """Writes the content of one paragraph."""

    def __init__(self, writer: _Writer, paragraph: Paragraph, width: float, base: RunFormat) -> None:
        self.writer = writer
        self.paragraph = paragraph
        self.layout = paragraph.format
        self.base = base
        self.width = width

    def write(self, content: tuple[Inline, ...], start: float) -> str:
        """HTML of ``content``; the first line begins ``start`` points from the left margin of the text."""
        flat = list(_flat(content))
        if not any(isinstance(item, Tab) for item in flat):
            return "".join(self._inline(item) for item in self._spaced(flat))
        lines: list[list[Inline]] = [[]]
        breaks: list[LineBreak] = []
        for item in flat:
            if isinstance(item, LineBreak):
                breaks.append(item)
                lines.append([])
            else:
                lines[-1].append(item)
        written = [self._line(line, start if at == 0 else self.layout.left) for at, line in enumerate(lines)]
        return "<br>".join(written)

    def _line(self, line: list[Inline], x: float) -> str:
        segments: list[_Segment] = []
        tabs: list[Tab] = []
        held: list[Inline] = []
        for item in line:
            if isinstance(item, Tab):
                segments.append(_Segment(tuple(held), _width(tuple(held))))
                tabs.append(item)
                held = []
            else:
                held.append(item)
        segments.append(_Segment(tuple(held), _width(tuple(held))))
        out = [self._segment(segments[0])]
        x += segments[0].width
        for tab, segment in zip(tabs, segments[1:], strict=True):
            is_last = segment is segments[-1]
            text, x = self._tabbed(tab, segment, x, is_last)
            out.append(text)
        return "".join(out)

    def _segment(self, segment: _Segment) -> str:
        return "".join(self._inline(item) for item in self._spaced(list(segment.content)))

    def _tabbed(self, tab: Tab, segment: _Segment, x: float, is_last: bool) -> tuple[str, float]:
        """A tab and what follows it, up to the next tab; also where that ends."""
        right_edge = self.width - self.layout.right
        if x > right_edge + 1 and not tab.absolute:
            self._note_tab()
            return self._space(self.writer.document.default_tab / 2, tab.format, "") + self._segment(segment), x
        if tab.absolute:
            at = {"left": 0.0, "center": self.width / 2, "right": self.width}[tab.absolute]
            stop = TabStop(at, tab.absolute)
        else:
            stop = _next_stop(self.layout, x, self.writer.document.default_tab, self.width)
        room = max(stop.position - x, 0.0)
        if stop.kind == "right" or (stop.kind == "decimal" and is_last):
            return self._right(tab, segment, stop, x, room)
        shift = segment.width / 2 if stop.kind == "center" else 0.0
        gap = max(room - shift, 0.0)
        if stop.kind == "center":
            box = self.writer.classes.name("b", f"width:{pt(segment.width)};text-align:center")
            inner = f'<span class="box {box}">{self._segment(segment)}</span>' if segment.content else ""
            return self._space(gap, tab.format, stop.leader) + inner, x + gap + segment.width
        return self._space(gap, tab.format, stop.leader) + self._segment(segment), x + gap + segment.width

    def _right(self, tab: Tab, segment: _Segment, stop: TabStop, x: float, room: float) -> tuple[str, float]:
        """Words that end at a stop: set in a box that ends there, so that a longer page number still does."""
        if segment.width > room:
            return self._space(0.0, tab.format, "") + self._segment(segment), x + segment.width
        if stop.leader or tab.format.underline:
            gap = room - segment.width
            return self._space(gap, tab.format, stop.leader) + self._segment(segment), stop.position
        box = self.writer.classes.name("b", f"width:{pt(room)};text-align:right")
        return f'<span class="box {box}"> {self._segment(segment)}</span>', stop.position

    def _space(self, gap: float, look: RunFormat, leader: str) -> str:
        """An empty stretch; a leader or an underlined tab draws its line."""
        rule = ""
        if look.underline or leader == "_":
            rule = f";border-bottom:0.6pt solid {look.colour or '#000000'}"
        elif leader:
            rule = f";border-bottom:0.8pt dotted {look.colour or '#000000'}"
        name = self.writer.classes.name("w", f"width:{pt(gap)}{rule}")
        return f'<span class="tab {name}"> </span>'

    def _note_tab(self) -> None:
        self.writer.note(
            Problem(
                "A tab after words that may reach a second line is set as a short space.",
                where=self.paragraph.place,
                hint="Use a hanging indent or a table.",
                code="tab",
            )
        )

    @staticmethod
    def _spaced(content: list[Inline]) -> Iterator[Inline]:
        """HTML folds runs of spaces, Word does not: all but the last become no-break spaces."""
        after_space = True  # a space at the start of a line is kept too
        for item in content:
            if isinstance(item, Text):
                text = item.text
                if after_space and text.startswith(" "):
                    text = "\u00a0" + text[1:]
                text = re.sub(r" (?= )", "\u00a0", text)
                after_space = text.endswith(" ")
                yield item if text == item.text else Text(text, item.format)
            else:
                after_space = isinstance(item, LineBreak)
                yield item

    def _inline(self, item: Inline) -> str:
        match item:
            case Text(text, look):
                return "" if look.hidden else self._dressed(_text_html(text, look), look)
            case LineBreak():
                return "<br>"
            case Field(kind, look, content):
                return self._field(kind, look, content)
            case Link(target, content):
                return self._link(target, content)
            case Image():
                return self._image(item)
            case Bookmark(name):
                anchor = self.writer.anchors.get(name)
                return f'<span id="{anchor}"></span>' if anchor else ""
            case Tab() | PageBreak():
                return ""

    def _dressed(self, html: str, look: RunFormat) -> str:
        declarations = ";".join(_run_declarations(look, self.base, self.layout))
        language = f' lang="{escape(look.language)}"' if self.writer.is_foreign(look.language) else ""
        direction = ' dir="rtl"' if look.rtl and not self.layout.bidi else ""
        if not declarations and not language and not direction:
            return html
        name = f' class="{self.writer.classes.name("r", declarations)}"' if declarations else ""
        return f"<span{name}{language}{direction}>{html}</span>"

    def _field(self, kind: str, look: RunFormat, content: tuple[Inline, ...]) -> str:
        if kind == "PAGE":
            literal = self.writer.page_number
            return self._dressed('<span class="page"></span>' if literal is None else str(literal), look)
        if kind in ("NUMPAGES", "SECTIONPAGES"):
            return self._dressed('<span class="pages"></span>', look)
        return "".join(self._inline(inner) for inner in self._spaced(list(content)))

    def _link(self, target: str, content: tuple[Inline, ...]) -> str:
        inner = "".join(self._inline(item) for item in self._spaced(list(content)))
        if target.startswith("#"):
            anchor = self.writer.anchors.get(target[1:])
            return f'<a href="#{anchor}">{inner}</a>' if anchor else inner
        if _SAFE_LINK.match(target) and "#" not in target[:5]:
            return f'<a href="{escape(target)}">{inner}</a>'
        self.writer.note(
            Problem(
                f"The link to “{target[:60]}” is left out, its words stay.",
                where=self.paragraph.place,
                hint="Links may lead to https, mailto and tel addresses.",
                code="link",
            )
        )
        return inner

    def _image(self, image: Image) -> str:
        source = f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"
        style = f"width:{pt(max(image.width, 0.0))};height:{pt(max(image.height, 0.0))}"
        if image.floating is not None:
            style += self._float(image)
        if not image.description:
            # An img without alternative text would be read as a nameless figure.
            name = self.writer.classes.name("i", f"{style};background:url({source}) 0 0/100% 100% no-repeat")
            return f'<span class="box {name}"></span>'
        name = self.writer.classes.name("i", style)
        return f'<img class="{name}" alt="{escape(image.description)}" src="{source}">'

    def _float(self, image: Image) -> str:
        """A picture beside or behind the text: floated, or moved from its paragraph."""
        place = image.floating
        assert place is not None
        self.writer.note(
            Problem(
                "A floating picture is set near its place.",
                where=self.paragraph.place,
                hint="In Word: Layout Options, In Line with Text, keeps it exactly where it belongs.",
                code="floating-picture",
            )
        )
        section = self.writer.section
        x = place.x - (section.left if place.x_from == "page" else 0)
        if place.x_align:
            x = {"left": 0.0, "center": (self.width - image.width) / 2, "right": self.width - image.width}[
                place.x_align
            ]
        if place.wraps == "top-and-bottom":
            return f";display:block;margin-left:{pt(x)}"
        if place.wraps == "square":
            side = "right" if x + image.width / 2 > self.width / 2 else "left"
            return f";float:{side};margin-{'left' if side == 'right' else 'right'}:9pt"
        y = place.y if place.y_from == "paragraph" else 0.0
        return f";position:absolute;margin-left:{pt(x - self.layout.left)};margin-top:{pt(y)}"


def _text_html(text: str, look: RunFormat) -> str:
    """Escaped text; small capitals are set as smaller capitals, since most fonts have no drawn ones."""
    if not look.small_caps or look.caps:
        return escape(text)
    pieces = re.findall(r"[^\W\d_A-Z]+|.", text, re.DOTALL)
    joined = "".join(
        f'<span class="small">{escape(piece)}</span>' if piece.islower() else escape(piece) for piece in pieces
    )
    return joined


# ---------------------------------------------------------------- blocks


@dataclass
class _Before:
    """What stands just before the next block: its space after, and how its last line sat."""

    after: float = 0.0
    lift: float = 0.0
    paragraph: Paragraph | None = None
    break_page: bool = False


class _Writer:
    """Collects classes and notes while the document is written."""

    def __init__(self, document: Document, measure: Measure) -> None:
        self.document = document
        self.measure = measure
        self.classes = _Classes()
        self.notes: list[Problem] = []
        self.section = document.sections[0]
        self.page_number: int | None = None
        self.anchors = self._anchors()
        self.headings: list[int] = []
        """Outline levels of the headings the next one stands under."""
        self._language = document.language.split("-")[0].casefold()

    def note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def is_foreign(self, language: str) -> bool:
        return bool(language) and language.split("-")[0].casefold() != self._language

    def _anchors(self) -> dict[str, str]:
        """Bookmarks that a link leads to: only these need a place in the PDF."""
        wanted, there = set(), []
        for section in self.document.sections:
            for paragraph in paragraphs(section.blocks):
                for item in inlines(paragraph.content):
                    if isinstance(item, Link) and item.target.startswith("#"):
                        wanted.add(item.target[1:])
                    elif isinstance(item, Bookmark):
                        there.append(item.name)
        return {name: f"a{at}" for at, name in enumerate(there) if name in wanted}

    # ---- pages

    def write(self) -> Page:
        self._note_fonts()
        body, rules = [], []
        for at, section in enumerate(self.document.sections):
            self.section = section
            html, css = _SectionWriter(self, section, at).write()
            body.append(html)
            rules.append(css)
        return Page("\n".join(body), "\n".join([*rules, self.classes.css()]), tuple(self.notes))

    def _note_fonts(self) -> None:
        seen: dict[str, str] = {}
        for look in self._looks():
            if look.family not in seen:
                choice = fonts.choose(look.family)
                seen[look.family] = choice.family
                if not choice.same_widths:
                    self.note(
                        Problem(
                            f"The font {look.family} is not installed; {choice.family} is used, so lines "
                            "may break elsewhere.",
                            hint=(
                                f"Install {look.family}, or use Times New Roman, Arial, Cambria or "
                                "Calibri, for which there are stand-ins of the same widths."
                            ),
                            code="font",
                        )
                    )

    def _looks(self) -> Iterator[RunFormat]:
        for section in self.document.sections:
            sources = [section.blocks]
            for furniture in (section.headers, section.footers):
                sources += [furniture.default, furniture.first, furniture.even]
            for blocks in sources:
                for paragraph in paragraphs(blocks):
                    for item in inlines(paragraph.content):
                        if isinstance(item, Text):
                            yield item.format

    # ---- blocks

    def blocks(self, blocks: tuple[Block, ...], width: float, before: _Before | None = None) -> str:
        """A run of blocks in a column ``width`` points wide, with the space after the last one left to
        ``before``.
        """
        before = before if before is not None else _Before()
        out: list[str] = []
        at = 0
        while at < len(blocks):
            block = blocks[at]
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if isinstance(block, Table):
                out.append(_TableWriter(self, block, width).write(before))
                at += 1
            elif _is_listed(block):
                end = _end_of_list(blocks, at)
                out.append(_ListWriter(self, width, before).write(blocks[at:end]))
                at = end
            else:
                out.append(self.paragraph(block, width, before, following))
                at += 1
        return "\n".join(out)

    def paragraph(self, block: Paragraph, width: float, before: _Before, following: Block | None = None) -> str:
        """A paragraph or heading; a page break inside makes it two."""
        pieces = _at_page_breaks(block)
        out = []
        for at, piece in enumerate(pieces):
            if at:
                before.break_page = True
            if at and at == len(pieces) - 1 and not piece.content:
                # The mark after a page break takes no line of its own (17.15.3.57, splitPgBreakAndParaMark).
                break
            out.append(self._piece(piece, width, before, following if at == len(pieces) - 1 else None))
        return "\n".join(out)

    def _piece(self, block: Paragraph, width: float, before: _Before, following: Block | None) -> str:
        base = base_look(block)
        declarations = self.placed(block, base, before, following)
        layout = block.format
        start = layout.left + layout.first_line
        if _is_empty(block):
            height = _height_of(layout, base)
            name = self.classes.name("e", f"{declarations};height:{pt(height)}")
            anchors = "".join(_InlineWriter(self, block, width, base).write(block.content, start))
            return f'<div class="{name}">{anchors}</div>'
        writer = _InlineWriter(self, block, width, base)
        label = ""
        if block.label is not None and block.label.text:
            label, start = self._label_in_line(block.label, writer, start, width)
        inner = label + writer.write(block.content, start)
        level = layout.outline_level
        tag = "p" if level is None or not _has_words(block) else f"h{self._heading(level)}"
        if tag != "p":
            declarations = f"{declarations};{_heading_reset(base)}"
        direction = ' dir="rtl"' if layout.bidi else ""
        name = self.classes.name("p", f"{declarations};{_indents(layout)}")
        return f'<{tag} class="{name}"{direction}>{inner}</{tag}>'

    def _heading(self, level: int) -> int:
        """Rank of a heading: the first is 1, and none skips a rank, for those who find their way by headings."""
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        self.headings.append(level)
        return min(len(self.headings), 6)

    def _label_in_line(self, label: Label, writer: _InlineWriter, start: float, width: float) -> tuple[str, float]:
        """The number of a numbered heading: part of the heading's words."""
        end = start + fonts.text_width(label.text, label.format)
        html = writer._dressed(_text_html(label.text, label.format), label.format)
        to = _after_label(label, writer.layout, end, self.document.default_tab, width)
        gap = writer._space(to - end, replace(label.format, underline=""), "") if label.suffix == "tab" else ""
        return html + (gap or (" " if label.suffix == "space" else "")), to

    def placed(
        self,
        block: Paragraph,
        base: RunFormat,
        before: _Before,
        following: Block | None,
        *,
        indented: float = 0.0,
    ) -> str:
        """Declarations of a block: its look, its gap to the block above, and how it may break. Updates
        ``before``.
        """
        layout = block.format
        previous = before.paragraph
        space_before, space_after = layout.before, before.after
        if previous is not None and previous.style == block.style:
            space_before = 0.0 if layout.contextual_spacing else space_before
            space_after = 0.0 if previous.format.contextual_spacing else space_after
        lift = 0.0 if _is_empty(block) else _lift(layout, base)
        gap = space_after + space_before if self.document.spaces_add else max(space_after, space_before)
        found = _run_declarations(
            replace(base, underline="", strike=False, background="", position="baseline", raised=0.0),
            None,
            layout,
        )
        boxed = previous is not None and _same_box(previous.format, layout) and not before.break_page
        if boxed:
            found.append(f"padding-top:{pt(gap)}")
        margin = lift - before.lift + (0.0 if boxed else gap)
        if pt(margin) != "0":
            found.append(f"margin-top:{pt(margin)}")
        found += self._box(layout, joined_above=boxed, joined_below=_joins(block, following))
        found += self._breaks(layout, before)
        if layout.align != "left" or layout.bidi:
            found.append(f"text-align:{layout.align}")
        before.after, before.lift, before.paragraph, before.break_page = layout.after, lift, block, False
        return ";".join(found)

    @staticmethod
    def _breaks(layout: ParagraphFormat, before: _Before) -> list[str]:
        found = []
        if layout.page_break_before or before.break_page:
            found.append("break-before:page")
        if layout.keep_next:
            found.append("break-after:avoid")
        if layout.keep_lines:
            found.append("break-inside:avoid")
        if not layout.widow_control:
            found.append("widows:1;orphans:1")
        return found

    @staticmethod
    def _box(layout: ParagraphFormat, *, joined_above: bool, joined_below: bool) -> list[str]:
        """Borders and shading. Lines at the sides stand outside the text (17.3.1.7)."""
        found = [f"background:{layout.shading}"] if layout.shading else []
        for side in ("top", "right", "bottom", "left"):
            line: Border | None = getattr(layout.borders, side)
            if side == "top" and joined_above:
                line = layout.borders.between
            if side == "bottom" and joined_below:
                line = None
            if line is None:
                continue
            found.append(_border_css(side, line))
            if side != "top" or not joined_above:
                found.append(f"padding-{side}:{pt(line.space)}")
        return found


def _joins(block: Paragraph, following: Block | None) -> bool:
    return isinstance(following, Paragraph) and _same_box(block.format, following.format)


def _indents(layout: ParagraphFormat, inside: float = 0.0) -> str:
    """Left and right indents, with room for lines at the sides; ``inside`` is where the holder's text begins."""
    left, right = layout.left - inside, layout.right
    if layout.borders.left is not None:
        left -= layout.borders.left.space + layout.borders.left.width
    if layout.borders.right is not None:
        right -= layout.borders.right.space + layout.borders.right.width
    if layout.bidi:
        left, right = right, left
    found = [f"margin-{side}:{pt(value)}" for side, value in (("left", left), ("right", right)) if pt(value) != "0"]
    if layout.first_line:
        found.append(f"text-indent:{pt(layout.first_line)}")
    return ";".join(found)


def _heading_reset(base: RunFormat) -> str:
    """A heading is bold in HTML unless told otherwise; ours says its own weight already."""
    return f"font-weight:{'bold' if base.bold else 'normal'}"


def base_look(block: Paragraph) -> RunFormat:
    """The look most of a paragraph is set in; that of its mark when it is empty."""
    amounts: dict[RunFormat, int] = {}
    for item in inlines(block.content):
        if isinstance(item, Text) and not item.format.hidden:
            amounts[item.format] = amounts.get(item.format, 0) + len(item.text)
        elif isinstance(item, Field) and not item.content:
            amounts[item.format] = amounts.get(item.format, 0) + 1
    return max(amounts, key=lambda look: amounts[look]) if amounts else block.mark


def _has_words(block: Paragraph) -> bool:
    return any(
        isinstance(item, Text) and item.text.strip() and not item.format.hidden for item in inlines(block.content)
    )


def _is_empty(block: Paragraph) -> bool:
    """Nothing to see: no words, no picture, no number."""
    if block.label is not None and block.label.text:
        return False
    for item in inlines(block.content):
        if isinstance(item, Image) or (isinstance(item, Field) and not item.content):
            return False
        if isinstance(item, Tab) and (item.format.underline or any(stop.leader for stop in block.format.tabs)):
            return False
        if isinstance(item, LineBreak):
            return False
    return not _has_words(block)


def _at_page_breaks(block: Paragraph) -> list[Paragraph]:
    pieces: list[list[Inline]] = [[]]
    for item in _flat(block.content):
        if isinstance(item, PageBreak):
            pieces.append([])
        else:
            pieces[-1].append(item)
    if len(pieces) == 1:
        return [block]
    found = []
    for at, piece in enumerate(pieces):
        layout = block.format if at == 0 else replace(block.format, before=0.0, first_line=0.0, page_break_before=False)
        if at < len(pieces) - 1:
            layout = replace(layout, after=0.0)
        found.append(replace(block, content=tuple(piece), format=layout, label=block.label if at == 0 else None))
    return found


# ---------------------------------------------------------------- lists


def _is_listed(block: Block) -> bool:
    """A paragraph with a number or bullet; numbered headings are headings, and centred ones have it in the line."""
    return (
        isinstance(block, Paragraph)
        and block.label is not None
        and block.format.outline_level is None
        and block.format.align in ("left", "justify")
    )


def _end_of_list(blocks: tuple[Block, ...], at: int) -> int:
    """Where a run of list paragraphs ends; unnumbered ones as deep as the list, with more list behind, belong
    to it.
    """
    end = at + 1
    first = blocks[at]
    assert isinstance(first, Paragraph)
    while end < len(blocks):
        if _is_listed(blocks[end]):
            end += 1
            continue
        ahead = end
        while ahead < len(blocks) and _continues(blocks[ahead], first):
            ahead += 1
        if ahead > end and ahead < len(blocks) and _is_listed(blocks[ahead]):
            end = ahead
            continue
        return end
    return end


def _continues(block: Block, item: Paragraph) -> bool:
    return (
        isinstance(block, Paragraph)
        and block.label is None
        and block.format.outline_level is None
        and block.format.left >= max(item.format.left, 1.0)
        and not any(isinstance(inner, PageBreak) for inner in block.content)
    )


def _after_label(label: Label, layout: ParagraphFormat, end: float, default_tab: float, width: float) -> float:
    """Where the words begin that follow a label ending at ``end`` (17.9.28)."""
    if label.suffix == "tab":
        return _next_stop(layout, end, default_tab, width).position
    return end + (fonts.text_width(" ", label.format) if label.suffix == "space" else 0.0)


class _ListWriter:
    """Writes a run of list paragraphs as nested lists."""

    def __init__(self, writer: _Writer, width: float, before: _Before) -> None:
        self.writer, self.width, self.before = writer, width, before
        self.out: list[str] = []
        self.open: list[tuple[str, int, int, float]] = []
        """Lists now open: element, level, list id, and where their items' boxes begin."""

    def write(self, blocks: tuple[Block, ...]) -> str:
        for at, block in enumerate(blocks):
            assert isinstance(block, Paragraph)
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if block.label is None:
                self._continuation(block, following)
            else:
                self._item(block, block.label, following)
        while self.open:
            self._close()
        return "\n".join(self.out)

    def _close(self) -> None:
        tag = self.open.pop()[0]
        self.out.append(f"</li></{tag}>")

    def _item(self, block: Paragraph, label: Label, following: Block | None) -> None:
        tag = "ol" if label.ordered else "ul"
        while self.open and (
            self.open[-1][1] > label.level
            or (self.open[-1][1] == label.level and self.open[-1][2] != label.list_id and len(self.open) > 1)
        ):
            self._close()
        if (
            self.open
            and self.open[-1][1] == label.level
            and self.open[-1][2] == label.list_id
            and self.open[-1][0] == tag
        ):
            self.out.append("</li>")
        else:
            if self.open and self.open[-1][1] >= label.level:
                self._close()
            inside = self.open[-1][3] if self.open else 0.0
            self.out.append(f"<{tag}>")
            self.open.append((tag, label.level, label.list_id, inside))
        inside = self.open[-2][3] if len(self.open) > 1 else 0.0
        html, begins = self._item_html(block, label, following, inside)
        self.open[-1] = (*self.open[-1][:3], begins)
        self.out.append(html)

    def _item_html(self, block: Paragraph, label: Label, following: Block | None, inside: float) -> tuple[str, float]:
        """Opening tag and words of an item. Its box begins where its label ends, for the marker stands left
        of it.
        """
        layout = block.format
        base = base_look(block) if _has_words(block) else block.mark
        declarations = self.writer.placed(block, base, self.before, following)
        label_width = fonts.text_width(label.text, label.format)
        start = layout.left + layout.first_line
        start -= {"left": 0.0, "center": label_width / 2, "right": label_width}[label.align]
        end = start + label_width
        words = _after_label(label, layout, end, self.writer.document.default_tab, self.width)
        marker = ";".join(_run_declarations(label.format, base, layout))
        kind = _css_string(label.text) if label.text else "none"
        side = "right" if layout.bidi else "left"
        item = self.writer.classes.name(
            "l",
            f"{declarations};margin-{side}:{pt(end - inside)};"
            f"margin-{'left' if layout.bidi else 'right'}:{pt(layout.right)};list-style:{kind} outside",
            extra=f"&::marker{{{marker}}}" if marker else "",
        )
        inner = self.writer.classes.name(
            "x", f"margin-{side}:{pt(layout.left - end)};text-indent:{pt(words - layout.left)}"
        )
        html = _InlineWriter(self.writer, block, self.width, base).write(block.content, words)
        direction = ' dir="rtl"' if layout.bidi else ""
        return f'<li class="{item}"{direction}><p class="{inner}">{html}</p>', end

    def _continuation(self, block: Paragraph, following: Block | None) -> None:
        """A paragraph of an item that has no number of its own."""
        while len(self.open) > 1 and self.open[-1][3] > block.format.left:
            self._close()
        base = base_look(block)
        declarations = self.writer.placed(block, base, self.before, following)
        inside = self.open[-1][3]
        if _is_empty(block):
            name = self.writer.classes.name("e", f"{declarations};height:{pt(_height_of(block.format, base))}")
            self.out.append(f'<div class="{name}"></div>')
            return
        name = self.writer.classes.name("p", f"{declarations};{_indents(block.format, inside)}")
        start = block.format.left + block.format.first_line
        html = _InlineWriter(self.writer, block, self.width, base).write(block.content, start)
        self.out.append(f'<p class="{name}">{html}</p>')


# ---------------------------------------------------------------- tables


class _TableWriter:
    """Writes a table; one without column headings and lines is a means of layout, and not told as a table."""

    def __init__(self, writer: _Writer, table: Table, width: float) -> None:
        self.writer, self.table, self.width = writer, table, width
        cells = [cell for row in table.rows for cell in row.cells]
        self.is_data = any(row.names_columns for row in table.rows)
        if not self.is_data and len(table.rows) > 1 and len(table.columns) > 1 and any(cell.borders for cell in cells):
            writer.note(
                Problem(
                    "The table has no header row, so it cannot be read aloud as a table.",
                    where=table.place,
                    hint="In Word: select the first row, then Table Layout, Repeat Header Rows.",
                    code="table-header",
                )
            )
        self.tags = ("table", "tr", "td") if self.is_data else ("div", "div", "div")
        self.covered: dict[int, int] = {}
        """Columns that a cell of a row above still fills, and for how many rows more."""

    def write(self, before: _Before) -> str:
        table = self.table
        total = sum(table.columns)
        left = {
            "left": table.indent, "center": (self.width - total) / 2, "right": self.width - total,
        }[table.align]  # fmt: skip
        found = [f"width:{pt(total)}"]
        if pt(left) != "0":
            found.append(f"margin-left:{pt(left)}")
        margin = before.after - before.lift
        if pt(margin) != "0":
            found.append(f"margin-top:{pt(margin)}")
        if before.break_page:
            found.append("break-before:page")
        before.after, before.lift, before.paragraph, before.break_page = 0.0, 0.0, None, False
        name = self.writer.classes.name("t", ";".join(found))
        tag, row_tag, _ = self.tags
        kind = "" if self.is_data else " layout"
        heads = [row for row in table.rows if row.header] if self.is_data else []
        rest = [row for row in table.rows if row not in heads]
        out = [f'<{tag} class="grid{kind} {name}">']
        out += self._sizing()
        if heads and rest:
            out.append("<thead>" + "".join(self._row(row, row_tag) for row in heads) + "</thead>")
        else:
            rest = list(table.rows)
        body = "".join(self._row(row, row_tag) for row in rest)
        out.append(f"<tbody>{body}</tbody>" if self.is_data else body)
        out.append(f"</{tag}>")
        return "".join(out)

    def _sizing(self) -> list[str]:
        """Column widths; without column elements the cells of the first row say them."""
        if not self.is_data:
            return []
        names = [self.writer.classes.name("c", f"width:{pt(width)}") for width in self.table.columns]
        return ["<colgroup>", *(f'<col class="{name}">' for name in names), "</colgroup>"]

    def _row(self, row: Row, tag: str) -> str:
        found = []
        if row.height:
            found.append(f"height:{pt(max(row.height, 0.0))}")
        if row.cant_split or len(row.cells) > 1:
            # Word may split any row; cells in halves could not be read aloud one after another.
            found.append("break-inside:avoid")
        if row.cells and all(_keeps_next(cell) for cell in row.cells):
            found.append("break-after:avoid")
        name = self.writer.classes.name("tr", ";".join(found)) if found else ""
        kinds = " ".join(part for part in ("" if self.is_data else "row", name) if part)
        cells, column = [], 0
        for cell in row.cells:
            cells += self._fillers(column, cell.column)
            cells.append(self._cell(row, cell))
            column = cell.column + cell.columns
            for covered in range(cell.column, column):
                self.covered[covered] = cell.rows
        cells += self._fillers(column, len(self.table.columns))
        self.covered = {at: left - 1 for at, left in self.covered.items() if left > 1}
        open_tag = f'<{tag} class="{kinds}">' if kinds else f"<{tag}>"
        return f"{open_tag}{''.join(cells)}</{tag}>"

    def _fillers(self, start: int, end: int) -> list[str]:
        """Empty cells before a row that begins further in, or behind a short one; a cell from above needs none."""
        tag = self.tags[2]
        kinds = "" if self.is_data else ' class="cell"'
        return [f"<{tag}{kinds}></{tag}>" for at in range(start, end) if at not in self.covered]

    def _cell(self, row: Row, cell: Cell) -> str:
        width = sum(self.table.columns[cell.column : cell.column + cell.columns])
        top, right, bottom, left = cell.padding
        before = _Before()
        inner = self.writer.blocks(cell.blocks, max(width - left - right, 1.0), before)
        found = [f"padding:{pt(top)} {pt(right)} {pt(max(bottom + before.after - before.lift, 0.0))} {pt(left)}"]
        found += [_border_css(side, line) for side in ("top", "right", "bottom", "left")
                  if (line := getattr(cell.borders, side)) is not None]  # fmt: skip
        if cell.shading:
            found.append(f"background:{cell.shading}")
        if cell.align != "top":
            found.append(f"vertical-align:{cell.align}")
        if not self.is_data:
            found.append(f"width:{pt(width)}")
        name = self.writer.classes.name("d", ";".join(found))
        tag = "th" if self.is_data and row.names_columns else self.tags[2]
        kinds = name if self.is_data else f"cell {name}"
        spans = (f' colspan="{cell.columns}"' if cell.columns > 1 else "") + (
            f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        )
        scope = ' scope="col"' if tag == "th" else ""
        return f'<{tag} class="{kinds}"{scope}{spans}>{inner}</{tag}>'


def _keeps_next(cell: Cell) -> bool:
    first = next(iter(paragraphs(cell.blocks)), None)
    return first is not None and first.format.keep_next


# ---------------------------------------------------------------- pages with headers and footers


class _SectionWriter:
    """Writes one section: its pages' size, margins, headers and footers, and its text."""

    def __init__(self, writer: _Writer, section: Section, at: int) -> None:
        self.writer, self.section, self.at = writer, section, at
        self.many = len(writer.document.sections) > 1
        self.width = section.text_width
        self.running: dict[str, str] = {}
        self.heights: dict[str, float] = {}

    def write(self) -> tuple[str, str]:
        opening = self._first(self.section.headers)
        self._furniture()
        letterhead, before = self._letterhead(opening)
        text = self.writer.blocks(self.section.blocks, self.width, before)
        furniture = "".join(f'<div class="run {name}">{html}</div>' for name, html in self.running.items())
        name = f' class="s{self.at}"' if self.many else ""
        return f"<div{name}>{furniture}{letterhead}\n{text}</div>", self._page_rules(bool(letterhead))

    def _hanging(self) -> float:
        """What a line multiple adds below the last line may hang into the bottom margin, as in LibreOffice.

        One allowance for all pages: that of the format most of the text is set in.
        """
        amounts: dict[float, int] = {}
        for paragraph in paragraphs(self.section.blocks):
            base, layout = base_look(paragraph), paragraph.format
            extra = _height_of(layout, base) - fonts.line_height(base) if layout.line_rule == "auto" else 0.0
            words = sum(len(item.text) for item in inlines(paragraph.content) if isinstance(item, Text))
            amounts[max(round(extra, 2), 0.0)] = amounts.get(max(round(extra, 2), 0.0), 0) + words
        return max(amounts, key=lambda extra: amounts[extra]) if amounts else 0.0

    def _first(self, furniture: Furniture) -> tuple[Block, ...]:
        """What stands on the first page of the section."""
        if self.section.title_page:
            return furniture.first
        first_is_even = (self.section.first_page_number or 1) % 2 == 0
        return furniture.even if self.writer.document.even_and_odd and first_is_even else furniture.default

    def _letterhead(self, blocks: tuple[Block, ...]) -> tuple[str, _Before]:
        """The header of the letter's first page, as the beginning of its text, so that it is read aloud."""
        if self.at or not _shows(blocks):
            return "", _Before()
        self.writer.page_number = self.section.first_page_number or 1
        before = _Before()
        html = self.writer.blocks(blocks, self.width, before)
        self.writer.page_number = None
        room = max(abs(self.section.top) - self.section.header_distance, 0.0)
        below = before.after - before.lift
        below = max(below, 0.0)
        name = self.writer.classes.name(
            "h", f"display:flow-root;min-height:{pt(max(room - below, 0.0))};padding-bottom:{pt(below)}"
        )
        return f'<div class="{name}">{html}</div>', _Before()

    def _furniture(self) -> None:
        """Set every header and footer that runs in the margins, and learn how high each is."""
        unknown: dict[str, str] = {}
        for kind, furniture in (("h", self.section.headers), ("f", self.section.footers)):
            for which in ("default", "first", "even"):
                blocks: tuple[Block, ...] = getattr(furniture, which)
                if not _shows(blocks) or (kind == "h" and which == "first" and not self.at):
                    continue
                name = f"{kind}{which[0]}{self.at}"
                before = _Before()
                html = self.writer.blocks(blocks, self.width, before)
                below = before.after - before.lift
                end = self.writer.classes.name("z", f"height:{pt(below)}") if below > 0.005 else ""
                self.running[name] = html + (f'<div class="{end}"></div>' if end else "")
                height = _known_height(blocks, self.width, self.writer.document.spaces_add)
                if height is None:
                    unknown[name] = self.running[name]
                else:
                    self.heights[name] = height
        if unknown:
            self.heights.update(self.writer.measure(Fragments(unknown, self.writer.classes.css()), self.width))

    def _page_rules(self, letterhead: bool) -> str:
        section = self.section
        name = f" s{self.at}" if self.many else ""
        rules = [f".s{self.at}{{page:s{self.at}}}"] if self.many else []
        first = f"{name}:first" if not self.at else f" :nth(1 of s{self.at})"
        rules.append(self._page(name, "default", size=True))
        if self.writer.document.even_and_odd:
            rules.append(self._page(f"{name}:left", "even"))
        if section.title_page or letterhead:
            which = "first" if section.title_page else "default"
            rules.append(self._page(first, which, letterhead=letterhead))
        if section.first_page_number is not None:
            rules.append(f"@page{first}{{counter-reset:page {section.first_page_number}}}")
        rules += [f".{running}{{position:running({running})}}" for running in self.running]
        return "\n".join(rules)

    def _page(self, selector: str, which: str, *, size: bool = False, letterhead: bool = False) -> str:
        section = self.section
        header, footer = f"h{which[0]}{self.at}", f"f{which[0]}{self.at}"
        top, bottom = abs(section.top), abs(section.bottom)
        if letterhead:
            top = section.header_distance
        elif header in self.heights and section.top >= 0:
            top = max(top, section.header_distance + self.heights[header])
        bottom -= min(self._hanging(), bottom / 2)
        if footer in self.heights and section.bottom >= 0:
            bottom = max(bottom, section.footer_distance + self.heights[footer])
        found = [f"size:{pt(section.width)} {pt(section.height)}"] if size else []
        found.append(f"margin:{pt(top)} {pt(section.right)} {pt(bottom)} {pt(section.left)}")
        if header in self.running and not letterhead:
            found.append(
                f"@top-left{{content:element({header});width:100%;vertical-align:top;"
                f"padding-top:{pt(section.header_distance)}}}"
            )
        elif not size:
            found.append("@top-left{content:none}")
        if footer in self.running:
            found.append(
                f"@bottom-left{{content:element({footer});width:100%;vertical-align:bottom;"
                f"padding-bottom:{pt(section.footer_distance)}}}"
            )
        elif not size:
            found.append("@bottom-left{content:none}")
        return f"@page{selector}{{{';'.join(found)}}}"


def _shows(blocks: tuple[Block, ...]) -> bool:
    """Whether a header or footer has anything to see."""
    return any(not _is_empty(paragraph) or paragraph.format.borders for paragraph in paragraphs(blocks)) or any(
        isinstance(block, Table) for block in blocks
    )


def _known_height(blocks: tuple[Block, ...], width: float, spaces_add: bool) -> float | None:
    """Height of a header or footer of single lines, or None when it must be measured."""
    total, after = 0.0, 0.0
    previous: Paragraph | None = None
    for block in blocks:
        if isinstance(block, Table) or block.label is not None:
            return None
        layout = block.format
        if any(isinstance(item, Image | LineBreak | PageBreak) for item in inlines(block.content)):
            return None
        ends_right = any(stop.kind != "left" for stop in layout.tabs)
        room = (width - layout.left - layout.right - max(layout.first_line, 0.0)) * (1.0 if ends_right else _SURE_FIT)
        if _width(block.content) > room:
            return None
        before = layout.before
        if previous is not None and previous.style == block.style:
            before = 0.0 if layout.contextual_spacing else before
            after = 0.0 if previous.format.contextual_spacing else after
        looks = {item.format for item in inlines(block.content) if isinstance(item, Text)} or {block.mark}
        total += (after + before if spaces_add else max(after, before)) + max(
            _height_of(layout, look) for look in looks
        )
        for line in (layout.borders.top, layout.borders.bottom):
            total += line.width + line.space if line is not None else 0.0
        after, previous = layout.after, block
    return total + after
