"""What all stories of one Word file share while it is read: styles, lists, settings and notes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.docx.attribute_values import flag, number_of, value_of
from letters.docx.fields import unclosed
from letters.docx.markup import first_words
from letters.docx.names import Node, w
from letters.docx.package import Package, Relationship
from letters.errors import Problem
from letters.pdf.document import Block, Inline, Label, Location, Paragraph, ParagraphFormat, RunFormat, StoryType
from letters.pdf.reader.font_names import FontNames, embedded_names, theme_fonts
from letters.pdf.reader.formats import (
    Props,
    Script,
    lay_over,
    paragraph_format,
    paragraph_properties,
    run_format,
    run_properties,
    stack_runs,
)
from letters.pdf.reader.notes import Notes
from letters.pdf.reader.numbering import NumberedList, Numbering
from letters.pdf.reader.styles import Styles, theme_colors


class CellStyle(Struct, frozen=True):
    """What the table style says about the paragraphs of one cell."""

    run: Props
    paragraph: Props
    key: str


NO_CELL_STYLE = CellStyle({}, {}, "")
_WORD_2013 = 15
"""The compatibility mode of files that Word 2013 and later lay out in their own way."""


class KnownParagraph(Struct, gc=False):
    """What a paragraph comes to, in every letter with the same styles."""

    style: str
    frame: Props
    """The frame that it asks for; empty for none."""
    layout: ParagraphFormat
    level: int | None
    list_id: str
    mark: RunFormat
    content: tuple[Inline, ...] | None = None
    """None if it depends on more than the paragraph and its styles: on fields, notes or relationships."""
    labels: dict[str, Label] = field(default_factory=dict)
    """Its label, by the text of it."""
    placed: dict[tuple[tuple[str, str, str], int, int, str | None], Paragraph] = field(default_factory=dict)
    """It with its content, by the story, its index and number there, and the text of its label."""
    runs_in: bool = False
    """Whether it is a heading on the same line as the text after it: its mark is a style separator (17.3.2.36)."""


class _SharedStyles(Struct):
    """What the styles of a letter come to: letters of one kind have it in common."""

    styles: Styles | None = None
    lists: dict[str, NumberedList | None] = field(default_factory=dict)
    runs: dict[tuple[str, str, str, str], RunFormat] = field(default_factory=dict)
    layouts: dict[tuple[str, str, str, float], tuple[ParagraphFormat, int | None, str]] = field(default_factory=dict)
    paragraphs: dict[tuple[str, str, bool, bool, bool, float], KnownParagraph] = field(default_factory=dict)
    stories: dict[tuple[tuple[str, str, str], bytes, bool, float], tuple[Block, ...]] = field(default_factory=dict)
    """Headers and footers, by what they are, their part, and what the letter says of spacing."""


_MOST_FORMATS = 3_000
_MOST_PARAGRAPHS, _LONG_PARAGRAPH = 3_000, 10_000
"""How many paragraphs are kept, and the length of the XML of one that is not."""
MOST_PLACES = 6
"""In how many places each of them is kept."""
MOST_STORIES, LARGEST_STORY = 32, 50_000
"""How many headers and footers are kept, and the bytes of the largest of them."""


@lru_cache(maxsize=8)
def _shared_styles(
    styles: bytes,
    theme: bytes,
    numbering: bytes,
    embedded: tuple[tuple[str, str], ...],
    languages: tuple[str, str],
) -> _SharedStyles:
    """By the bytes of the parts that decide it, the fonts that are embedded, and the languages of the theme."""
    return _SharedStyles()


_LOST = "not-carried-over"
_MOST_NOTES = 2000


class ReadingContext:
    """The styles, lists, settings and notes of one Word file, and the current position in it."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.notes: list[Problem] = []
        self.noted: set[Problem] = set()
        self.links = package.links(package.main)
        theme = self._part("theme")
        embedded = embedded_names(package, self._name("fontTable"))
        self.settings = self._part("settings")
        spoken = None if self.settings is None else self.settings.find(w("themeFontLang"))
        languages = ("", "") if spoken is None else (spoken.get(w("eastAsia"), ""), spoken.get(w("bidi"), ""))
        self._shared = shared = _shared_styles(
            self._bytes("styles"), self._bytes("theme"), self._bytes("numbering"), tuple(embedded.items()), languages
        )
        if shared.styles is None:
            names = FontNames({} if theme is None else theme_fonts(theme, languages), embedded)
            shared.styles = Styles(self._part("styles"), names)
        self.styles, self.stories = shared.styles, shared.stories
        self.colors = {} if theme is None else theme_colors(theme)
        self.numbering = Numbering(self._part("numbering"), self.styles, shared.lists)
        self.note_texts = Notes(package, self.settings)
        compatible = None if self.settings is None else self.settings.find(w("compat"))
        self.like_html = not flag(compatible, "doNotUseHTMLParagraphAutoSpacing")
        """Whether automatic space is as in HTML, and the larger of two spaces between paragraphs counts."""
        self.endnotes: list[Block] = []
        """The blocks of the endnotes read so far, which go after the text."""
        self.text_width = 468.0
        self.in_columns = False
        self.grid = 0.0
        """The height of the lines of the grid at the current position; 0 without one."""
        self.grid_in_cells = flag(compatible, "adjustLineHeightInTable")
        self.breakable = True
        """Whether a page may break at the current position: not in cells and boxes."""
        self.since_word_2013 = self._version() >= _WORD_2013
        """Whether the file is laid out for Word 2013 or later, which sets some things in another way."""
        self.pixels: dict[str, int] = {}
        """The number of pixels of each picture that must be decoded, by part name."""

    def _name(self, kind: str) -> str:
        """The name of a part; empty if there is none."""
        for link in self.links.values():
            if link.kind == kind and not link.external and link.target in self.package.parts:
                return link.target
        return ""

    def _bytes(self, kind: str) -> bytes:
        return self.package.parts[part] if (part := self._name(kind)) else b""

    def _part(self, kind: str) -> Node | None:
        return self.package.tree(part) if (part := self._name(kind)) else None

    def _version(self) -> int:
        """The version of Word the file is laid out for; 12 if it does not say, as in Word."""
        for node in () if self.settings is None else self.settings.iter(w("compatSetting")):
            if node.get(w("name")) == "compatibilityMode":
                return int(number_of(node.get(w("val")), 12))
        return 12

    def run_props(self, node: Node | None, style: str, cell_style: CellStyle) -> Props:
        direct = run_properties(node, self.styles.fonts)
        character = self.styles.resolved(value_of(node, "rStyle"), "character")
        levels = [cell_style.run, self.styles.run(style), self.styles.run(character) if character else {}]
        return stack_runs(levels, direct, self.styles.default_run)

    def run(self, node: Node | None, style: str, cell_style: CellStyle, script: Script = "") -> RunFormat:
        """The effective format of a run; cached, since most runs of a letter share a handful of formats."""
        said = "" if node is None else etree.tostring(node, encoding="unicode", with_tail=False)
        key = (said, style, cell_style.key, script)
        runs = self._shared.runs
        if key not in runs:
            remember(runs, _MOST_FORMATS, key, run_format(self.run_props(node, style, cell_style), script))
        return runs[key]

    def paragraph_style(self, node: Node | None) -> str:
        """The style of a paragraph with these properties (17.3.1.27)."""
        return self.styles.resolved(value_of(node, "pStyle"), "paragraph")

    def known_paragraph(self, node: Node, cell_style: CellStyle, *, breakable: bool, in_margin: bool) -> KnownParagraph:
        """What a paragraph comes to: worked out once for all paragraphs that are written in the same way.

        Args:
            breakable: whether a page may break there.
            in_margin: whether it is in a header or footer.
        """
        said = self.package.markup(node)
        key = said, cell_style.key, breakable, self.in_columns, in_margin, self.grid
        paragraphs = self._shared.paragraphs
        found = paragraphs.get(key)
        if found is None:
            properties = node.find(w("pPr"))
            style = self.paragraph_style(properties)
            layout, level, list_id = self.paragraph_layout(properties, style, cell_style)
            if not breakable:  # Word lets a page end after any line of a cell
                layout = replace(layout, page_break_before=False, widow_control=False)
            mark_node = None if properties is None else properties.find(w("rPr"))
            mark = self.run(mark_node, style, cell_style)
            found = KnownParagraph(style, self.frame(properties, style), layout, level, list_id, mark)
            found.runs_in = flag(mark_node, "specVanish")
            if len(said) <= _LONG_PARAGRAPH:
                remember(paragraphs, _MOST_PARAGRAPHS, key, found)
        return found

    def frame(self, node: Node | None, style: str) -> Props:
        """The frame that the style and the paragraph ask for; empty for none (17.3.1.11)."""
        merged: Props = {}
        for found in self.styles.chain(style):
            merged.update(found.paragraph.get("frame", {}))
        if node is not None and node.find(w("framePr")) is not None:
            merged.update(paragraph_properties(node).get("frame", {}))
        return merged

    def paragraph_layout(
        self, node: Node | None, style: str, cell_style: CellStyle
    ) -> tuple[ParagraphFormat, int | None, str]:
        """The effective format of a paragraph, with its list level and list; cached, as `run` is."""
        said = "" if node is None else etree.tostring(node, encoding="unicode", with_tail=False)
        key, layouts = (said, style, cell_style.key, self.grid), self._shared.layouts
        if key not in layouts:
            remember(layouts, _MOST_FORMATS, key, self._laid_out(node, style, cell_style))
        return layouts[key]

    def _laid_out(
        self, node: Node | None, style: str, cell_style: CellStyle
    ) -> tuple[ParagraphFormat, int | None, str]:
        """The same, worked out.

        A list's indents override those inherited by the style that has the list, but not that style's own; if the
        paragraph itself has the list, they override the whole style. The standard does not say so; Word does it.
        """
        merged = dict(self.styles.default_paragraph)
        lay_over(merged, cell_style.paragraph)
        list_id, at = self._lay_styles(merged, style)
        own = None if node is None else node.find(w("numPr"))
        if own is not None:
            list_id, at = self._lay_own_list(merged, own, style, (list_id, at))
        lay_over(merged, paragraph_properties(node))
        if "outline_level" not in merged:
            merged["outline_level"] = self.styles.heading_level(style)
        known = self.numbering.level(list_id, at) is not None
        return paragraph_format(merged, self.grid), at if known else None, list_id if known else ""

    def _lay_styles(self, merged: Props, style: str) -> tuple[str, int]:
        """Apply the style and its lists to ``merged``; return the list and level the style sets."""
        list_id, at = "", 0
        for found in self.styles.chain(style):
            if found.number is not None:
                list_id = found.number[0] or list_id
                tied = self.numbering.level_of_style(list_id, [found.id])
                at = tied if tied is not None else int(number_of(found.number[1] or str(at)))
                level = self.numbering.level(list_id, at)
                if level is not None:
                    lay_over(merged, level.paragraph)
            lay_over(merged, found.paragraph)
        return list_id, at

    def _lay_own_list(self, merged: Props, node: Node, style: str, inherited: tuple[str, int]) -> tuple[str, int]:
        """Apply the paragraph's own list to ``merged``; return that list and level."""
        chain = self.styles.chain(style)
        list_id = value_of(node, "numId") or inherited[0]
        said = value_of(node, "ilvl")
        tied = self.numbering.level_of_style(list_id, [found.id for found in chain]) if said is None else None
        at = tied if tied is not None else int(number_of(said, inherited[1]))
        level = self.numbering.level(list_id, at)
        if level is not None:
            lay_over(merged, level.paragraph)
        elif list_id == "0":
            # "No list" also removes the list's indents.
            for key in ("left", "first_line"):
                if not any(key in found.paragraph for found in chain):
                    merged.pop(key, None)
        return list_id, at


class StoryPart:
    """One story while it is read. Counts its paragraphs, so that messages can refer to them."""

    def __init__(self, context: ReadingContext, name: str, story: StoryType, title: str) -> None:
        self.context = context
        self.name = name
        self.story = story
        self.title = title
        self.identity = story, title, name
        self.in_margin = story in ("header", "footer")
        """Whether it is a header or footer."""
        self.count = 0
        """How many paragraphs have been read."""
        self.index = -1
        """The index of the last one in the part."""
        self.noted = 0
        """How many notes have been made."""
        self._node: Node | None = None
        self.layout = ParagraphFormat()
        """The layout of the last paragraph read, or being read."""
        self.note_mark = ""
        """The number of the footnote or endnote, if this is one."""

    @lazy_property
    def numbers(self) -> Mapping[Node, int]:
        """The index of each paragraph in the part."""
        return self.context.package.paragraphs(self.name)

    @lazy_property
    def links(self) -> Mapping[str, Relationship]:
        return self.context.package.links(self.name)

    @lazy_property
    def unclosed_fields(self) -> frozenset[Node]:
        """The begin marks of fields that do not end."""
        return unclosed(self.context.package.tree(self.name))

    @property
    def breakable(self) -> bool:
        """Whether a page may break at the current position."""
        return self.story == "body" and self.context.breakable

    def begin_paragraph(self, node: Node) -> None:
        self.count += 1
        self.index = self.numbers[node]
        self._node = node

    def location(self, kind: str = "paragraph", first: Node | None = None) -> Location:
        """Where the last paragraph read is; for a table, where its first paragraph is."""
        index = self.index if first is None else self.numbers.get(first, -1)
        return Location(self.story, self.title, self.name, index, f"{self.title}, {kind} {self.count}")

    def note(self, message: str, hint: str = "", code: str = _LOST) -> None:
        self.noted += 1
        words = "" if self._node is None else first_words(self._node)
        words = f" (“{words}”)" if words else ""
        place = f"{self.title}, paragraph {self.count}{words}" if self.count else self.title
        problem = Problem(message, where=place, hint=hint, code=code, about=self.location())
        noted = self.context.noted
        if problem not in noted and len(noted) <= _MOST_NOTES:
            if len(noted) == _MOST_NOTES:
                problem = Problem("More than is listed here is not carried over.", where=self.title, code=_LOST)
            noted.add(problem)
            self.context.notes.append(problem)
