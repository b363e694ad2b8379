"""Writes the content of a paragraph: text, tabs at Word's tab stops, links and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from letters._text.held_together import held_together
from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.document import (
    PAGE_FIELDS,
    Bookmark,
    Footnote,
    Formula,
    Image,
    Inline,
    LineBreak,
    Link,
    PageBreak,
    Paragraph,
    RunFormat,
    Tab,
    TabStop,
    Text,
    WordField,
)
from letters.pdf.html.css import css_string, pt, run_declarations
from letters.pdf.html.positions import is_in_flow, placing
from letters.pdf.html.stylesheet import CssCollector
from letters.pdf.layout_rules.text import (
    NON_BREAKING_HYPHEN,
    NUMBER_AFFIXES,
    above_notes,
    flattened,
    is_safe_link,
    next_stop,
    on_one_line,
    other_page_number,
    page_number,
    unsafe_link,
    width_of,
)

_ROUNDING = 0.05
"""Points by which a line stays short of the margin, so that rounding does not break it."""
_ZERO_WIDTH_SPACE = "\u200b"
_COUNTERS = {
    "lowerRoman": "lower-roman", "upperRoman": "upper-roman", "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha", "decimalZero": "decimal-leading-zero",
}  # fmt: skip
_BLACK = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
"""A black picture of one pixel."""


class _Segment(Struct, frozen=True):
    """The content between two tabs or line breaks, and its width on one line."""

    content: tuple[Inline, ...]
    width: float


class TextWriter:
    """Writes the content of one paragraph."""

    def __init__(self, sheet: CssCollector, paragraph: Paragraph, width: float, base: RunFormat) -> None:
        self.sheet = sheet
        self.paragraph = paragraph
        self.layout = paragraph.format
        self.base = base
        self.width = width
        self.in_link = False

    def write(self, content: tuple[Inline, ...], start: float) -> str:
        """HTML of ``content``; the first line begins ``start`` points from the left margin of the column."""
        items = self._with_breaks_in_long_words(list(flattened(content)))
        if not any(isinstance(item, Tab) for item in items):
            return "".join(self._inline(item) for item in self._with_kept_spaces(items))
        lines: list[list[Inline]] = [[]]
        breaks: list[LineBreak] = []
        for item in items:
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
                segments.append(_Segment(tuple(held), width_of(tuple(held))))
                tabs.append(item)
                held = []
            else:
                held.append(item)
        if tabs and all(isinstance(item, Text) and not item.text.strip(" ") for item in held):
            held = []  # spaces after the last tab, which may fill the line, do not begin another
        segments.append(_Segment(tuple(held), width_of(tuple(held))))
        out = [self._segment(segments[0])]
        x += segments[0].width
        for tab, segment in zip(tabs, segments[1:], strict=True):
            text, x = self._tabbed(tab, segment, x)
            out.append(text)
        return "".join(out)

    def _segment(self, segment: _Segment) -> str:
        return "".join(self._inline(item) for item in self._with_kept_spaces(list(segment.content)))

    def _width_to_point(self, segment: _Segment) -> float:
        """The width of a number up to its decimal point, or its whole width if it has none."""
        point = "." if self.sheet.document.language.casefold().startswith("en") else ","
        width = 0.0
        for item in segment.content:
            if isinstance(item, Text) and point in item.text:
                return width + fonts.text_width(item.text[: item.text.index(point)], item.format)
            width += width_of((item,))
        return width

    def _tabbed(self, tab: Tab, segment: _Segment, x: float) -> tuple[str, float]:
        """A tab and what follows up to the next tab; and where that ends."""
        right_edge = self.width - self.layout.right
        if x > right_edge + 1 and not tab.absolute:
            self._note_tab()
            return self.space(self.sheet.document.default_tab / 2, tab.format, "") + self._segment(segment), x
        if tab.absolute:
            at = {"left": 0.0, "center": self.width / 2, "right": self.width}[tab.absolute]
            stop = TabStop(at, tab.absolute)
        else:
            stop = next_stop(self.layout, x, self.sheet.document.default_tab, self.width)
        room = max(stop.position - x, 0.0)
        before_point = self._width_to_point(segment) if stop.kind == "decimal" else 0.0
        if stop.kind == "right" or (stop.kind == "decimal" and before_point == segment.width):
            return self._right(tab, segment, stop, x, room)
        shift = segment.width / 2 if stop.kind == "center" else before_point
        gap = max(room - shift, 0.0)
        if stop.kind == "center" and x + gap + segment.width <= right_edge:
            box = self.sheet.classes.name("b", f"width:{pt(segment.width)};text-align:center")
            inner = f'<span class="box {box}">{self._segment(segment)}</span>' if segment.content else ""
            return self.space(gap, tab.format, stop.leader) + inner, x + gap + segment.width
        return self.space(gap, tab.format, stop.leader) + self._segment(segment), x + gap + segment.width

    def _right(self, tab: Tab, segment: _Segment, stop: TabStop, x: float, room: float) -> tuple[str, float]:
        """Text that ends at a tab stop: a right-aligned box, so that a longer page number ends there too."""
        if segment.width > room:
            return self.space(0.0, tab.format, "") + self._segment(segment), x + segment.width
        if stop.leader or tab.format.underline:
            gap = room - segment.width
            if stop.position > self.width - self.layout.right - _ROUNDING:
                gap = max(gap - _ROUNDING, 0.0)
            return self.space(gap, tab.format, stop.leader) + self._segment(segment), stop.position
        box = self.sheet.classes.name("b", f"width:{pt(room)};text-align:right")
        return f'<span class="box {box}"> {self._segment(segment)}</span>', stop.position

    def space(self, gap: float, run_format: RunFormat, leader: str) -> str:
        """Horizontal space, with a line if it is a leader or an underlined tab."""
        rule = ""
        if run_format.underline or leader == "_":
            rule = f";border-bottom:0.6pt solid {run_format.color or '#000000'}"
        elif leader:
            rule = f";border-bottom:0.8pt dotted {run_format.color or '#000000'}"
        name = self.sheet.classes.name("w", f"width:{pt(gap)}{rule}")
        return f'<span class="tab {name}"> </span>'

    def _note_tab(self) -> None:
        self.sheet.note(
            Problem(
                "A tab after text that may reach a second line is printed as a short space.",
                where=self.paragraph.location.text,
                hint="Use a hanging indent or a table.",
                code="tab",
            )
        )

    def _with_breaks_in_long_words(self, content: list[Inline]) -> list[Inline]:
        """The content with a possible break wherever the format changes in a word longer than the line.

        WeasyPrint breaks such a word only inside its pieces of one format.
        """
        found, room = list(content), self.width - self.layout.left - self.layout.right
        word: list[tuple[int, Text]] = []

        def close() -> None:
            if len(word) > 1 and width_of(tuple(piece for _, piece in word)) > room:
                for at, _ in word[1:]:
                    whole = found[at]
                    assert isinstance(whole, Text)
                    found[at] = replace(whole, text=_ZERO_WIDTH_SPACE + whole.text)
            word.clear()

        for at, item in enumerate(content):
            if not isinstance(item, Text):
                close()
                continue
            first, *rest = item.text.split(" ")
            if first:
                word.append((at, replace(item, text=first)))
            if rest:
                close()
                if rest[-1]:
                    word.append((at, replace(item, text=rest[-1])))
        close()
        return found

    @staticmethod
    def _with_kept_spaces(content: list[Inline]) -> Iterator[Inline]:
        """HTML collapses spaces, Word does not: all but the last of several become no-break spaces."""
        after_space = True  # a space at the start of a line counts too
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
            case Text(text, run_format):
                return "" if run_format.hidden else self.styled(self.html_of(text, run_format), run_format)
            case LineBreak():
                return "<br>"
            case WordField():
                return self._field(item)
            case Footnote(mark, run_format, blocks):
                note = f'<span class="{self._note_class()}">{self.sheet.write_note(blocks)}</span>' if blocks else ""
                return self.styled(self.html_of(mark, run_format), run_format) + note
            case Formula(alternative, content):
                if item.shape is not None:
                    self.sheet.note(on_one_line(item, self.paragraph.location.text))
                inner = "".join([self._inline(each) for each in content])
                return f'<formula alt="{escape(alternative)}">{inner}</formula>'
            case Link(target, content):
                return self._link(target, content)
            case Image():
                return self._image(item)
            case Bookmark(name):
                return self.sheet.place(name)
            case Tab() | PageBreak():
                return ""

    def html_of(self, text: str, run_format: RunFormat) -> str:
        """Escaped text."""
        return text_html(text, run_format, holds_citations=self.sheet.document.holds_citations)

    def styled(self, html: str, run_format: RunFormat) -> str:
        declarations = ";".join(run_declarations(run_format, self.base, self.layout))
        language = f' lang="{escape(run_format.language)}"' if self.sheet.is_foreign(run_format.language) else ""
        direction = ' dir="rtl"' if run_format.rtl and not self.layout.bidi else ""
        if not declarations and not language and not direction:
            return html
        name = f' class="{self.sheet.classes.name("r", declarations)}"' if declarations else ""
        return f"<span{name}{language}{direction}>{html}</span>"

    def _field(self, field: WordField) -> str:
        if field.kind not in PAGE_FIELDS:
            return "".join(self._inline(inner) for inner in self._with_kept_spaces(list(field.content)))
        shape = field.number_format or (self.sheet.section.page_number_format if field.kind == "PAGE" else "decimal")
        literal = self.sheet.page_number if field.kind == "PAGE" else None
        if literal is not None:
            return self.styled(page_number(literal, shape), field.format)
        return self.styled(f'<span class="{self._number_class(field.kind, shape)}"></span>', field.format)

    def _number_class(self, kind: str, shape: str) -> str:
        """The class of an element that shows the page number or the number of pages."""
        counter = "page" if kind == "PAGE" else "pages"
        if shape == "decimal":
            return counter
        if shape not in _COUNTERS and shape not in NUMBER_AFFIXES:
            self.sheet.note(other_page_number(shape, self.paragraph.location.text))
        before, after = (css_string(part) for part in NUMBER_AFFIXES.get(shape, ("", "")))
        content = f"{before} counter({counter},{_COUNTERS.get(shape, 'decimal')}) {after}"
        return self.sheet.classes.name(f"g{counter}{shape}", "", extra=f"&::before{{content:{content}}}")

    def _note_class(self) -> str:
        """Footnotes go below a short line, on the page that refers to them (17.11.1)."""
        half = above_notes(self.sheet.document) / 2
        return self.sheet.classes.name(
            "note",
            "float:footnote;footnote-policy:line;color:#000000;letter-spacing:normal;text-transform:none",
            extra="&::footnote-call{content:none;font-size:0;line-height:0}&::footnote-marker{content:none}"
            # A little padding at the bottom: without it, rounding makes WeasyPrint think that the notes do not fit.
            f"@page{{@footnote{{margin-top:{pt(half)};padding:{pt(half)} 0 0.05pt;"
            f"background:url(data:image/png;base64,{_BLACK}) 0 0/117pt 0.5pt no-repeat}}}}",
        )

    def _link(self, target: str, content: tuple[Inline, ...]) -> str:
        inside, self.in_link = self.in_link, True
        inner = "".join(self._inline(item) for item in self._with_kept_spaces(list(content)))
        self.in_link = inside
        if inside:
            return inner  # HTML has no nested links
        if target.startswith("#"):
            anchor = self.sheet.anchors.get(target[1:])
            return f'<a href="#{anchor}">{inner}</a>' if anchor else inner
        if is_safe_link(target):
            return f'<a href="{escape(target)}">{inner}</a>'
        self.sheet.note(unsafe_link(target, self.paragraph.location.text))
        return inner

    def _image(self, image: Image) -> str:
        source = self.sheet.picture(image.data, image.media_type)
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        style = f"width:{pt(width)};height:{pt(height)}"
        if any(image.around):
            style += f";margin:{' '.join(map(pt, image.around))}"
        if image.edge is not None:
            line = image.edge.line
            style += (
                f";outline:{pt(line.width)} {line.style} {line.color or '#000000'};outline-offset:{pt(-line.width / 2)}"
            )
        if image.floating is not None:
            found = placing(self.sheet, image.floating, width, height, self.width)
            if is_in_flow(self.sheet, image.floating, width, self.width):
                found[0] = "display:block"
            # Inside the paragraph, lengths would count from its indent.
            style += ";" + ";".join([*found, "text-indent:0"])
        if not image.description:
            # An img without alternative text would be read as a figure without a name.
            name = self.sheet.classes.name("i", f"{style};background:url({source}) 0 0/100% 100% no-repeat")
            return f'<span class="box {name}"></span>'
        name = self.sheet.classes.name("i", style)
        return f'<img class="{name}" alt="{escape(image.description)}" src="{source}">'


def _held_html(text: str, holds_citations: bool) -> Iterator[str]:
    """Escaped text, in which no line may break within a citation, if these are held."""
    at = 0
    for start, end in held_together(text) if holds_citations else ():
        yield escape(text[at:start])
        yield f'<span class="held">{escape(text[start:end])}</span>'
        at = end
    yield escape(text[at:])


def text_html(text: str, run_format: RunFormat, *, holds_citations: bool) -> str:
    """Escaped text. Small capitals are smaller capitals, since most fonts have none of their own.

    In a font without a non-breaking hyphen, an ordinary one between word joiners avoids a fallback font.
    """
    if NON_BREAKING_HYPHEN in text and not fonts.metrics(run_format.family, run_format.bold, run_format.italic).has(
        NON_BREAKING_HYPHEN
    ):
        text = text.replace(NON_BREAKING_HYPHEN, "\u2060-\u2060")
    if not run_format.small_caps or run_format.caps:
        return "".join(_held_html(text, holds_citations))
    pieces = re.findall(r"[^\W\d_A-Z]+|.", text, re.DOTALL)
    joined = "".join(
        f'<span class="small">{escape(piece)}</span>' if piece.islower() else escape(piece) for piece in pieces
    )
    return joined
