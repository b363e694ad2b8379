"""A letter as a tree of blocks: paragraphs, lists, tables and boxes, with every format resolved.

There is no XML and no HTML in here. `reader` builds a Document from a .docx; `compose` and `html` lay it out as PDF.
All lengths are in points (1/72 inch). Colors are ``#rrggbb``, or empty for "none" or "automatic".

The records form trees without cycles, so the search for cyclic garbage need not look at them (``gc=False``): those of
paragraphs that letters have in common stay for many letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remembered_by_identity
from letters.errors import Problem
from letters.pdf.kept_results import ByIdentity, KeptResults

Align = Literal["left", "right", "center", "justify"]
LineRule = Literal["auto", "exact", "atLeast"]
TabKind = Literal["left", "center", "right", "decimal"]
Side = Literal["top", "right", "bottom", "left"]
SIDES: tuple[Side, ...] = ("top", "right", "bottom", "left")
PageKind = Literal["default", "first", "even"]
StoryType = Literal["body", "header", "footer", "footnote", "endnote"]
"""The part of the letter that a block belongs to; text boxes belong to the story they are anchored in."""


class Location(Struct, frozen=True, gc=False):
    """Where something is in the Word file."""

    story: StoryType
    title: str
    """What messages call the story: ``body``, ``first-page header``, ``footnote 2``."""
    part: str
    """The name of its part in the package."""
    index: int
    """Which of the part's paragraphs it is, or begins with: from 0, in the order of the file; -1 for none."""
    text: str
    """What messages call the place: ``body, paragraph 3``."""


class RunFormat(Struct, frozen=True, gc=False):
    """How characters look, with styles, themes and toggles resolved (ECMA-376 Part 1, 17.3.2, 17.7)."""

    family: str = "Times New Roman"
    size: float = 10.0
    bold: bool = False
    italic: bool = False
    underline: str = ""
    """A CSS line style (``solid``, ``double``, ``dotted``, ``dashed``, ``wavy``), or empty."""
    strike: bool = False
    color: str = ""
    background: str = ""
    caps: bool = False
    small_caps: bool = False
    position: Literal["baseline", "super", "sub"] = "baseline"
    raised: float = 0.0
    language: str = ""
    spacing: float = 0.0
    """Extra space after each character."""
    stretch: float = 1.0
    """How wide characters are, relative to their usual width."""
    kerning: bool = False
    """Off unless the file turns it on (17.3.2.19)."""
    ligatures: bool = False
    rtl: bool = False
    hidden: bool = False


class Border(Struct, frozen=True, gc=False):
    """A line along one edge of a paragraph, cell, box or page; ``space`` is its distance from the text."""

    style: str
    width: float
    color: str
    space: float = 0.0


class Borders(Struct, frozen=True, gc=False):
    """Lines around a paragraph, cell, box or page; ``between`` separates paragraphs with the same borders."""

    top: Border | None = None
    right: Border | None = None
    bottom: Border | None = None
    left: Border | None = None
    between: Border | None = None

    def __bool__(self) -> bool:
        lines = self.top, self.right, self.bottom, self.left, self.between
        return lines != _NO_LINES

    def on(self, side: Side) -> Border | None:
        """The line on one side."""
        return {"top": self.top, "right": self.right, "bottom": self.bottom, "left": self.left}[side]

    def edges(self) -> Iterator[tuple[Side, Border]]:
        """The sides that have a line, clockwise from the top."""
        for side in SIDES:
            if (line := self.on(side)) is not None:
                yield side, line


_NO_LINES = (None,) * 5


class TabStop(Struct, frozen=True, gc=False):
    """A custom tab stop, measured from the left margin (17.3.1.37)."""

    position: float
    kind: TabKind
    leader: str = ""


class ParagraphFormat(Struct, frozen=True, gc=False):
    """The layout of a paragraph, fully resolved (17.3.1)."""

    align: Align = "left"
    left: float = 0.0
    right: float = 0.0
    first_line: float = 0.0
    """Added to ``left`` on the first line; negative is a hanging indent."""
    before: float = 0.0
    after: float = 0.0
    line: float = 1.0
    """A multiple when ``line_rule`` is ``auto``, else points."""
    line_rule: LineRule = "auto"
    keep_next: bool = False
    keep_lines: bool = False
    page_break_before: bool = False
    widow_control: bool = True
    contextual_spacing: bool = False
    tabs: tuple[TabStop, ...] = ()
    borders: Borders = field(default_factory=Borders)
    shading: str = ""
    outline_level: int | None = None
    """0 for a first-level heading, None for body text."""
    bidi: bool = False
    before_is_automatic: bool = False
    after_is_automatic: bool = False
    """Whether the space is as much as a browser would leave there."""
    grid: float = 0.0
    """The height of a line of the section's grid, of which its lines are multiples; 0 without a grid (17.6.5)."""


class Text(Struct, frozen=True, gc=False):
    """Characters of one format."""

    text: str
    format: RunFormat


class LineBreak(Struct, frozen=True, gc=False):
    format: RunFormat


class PageBreak(Struct, frozen=True, gc=False):
    """A manual page break, or a break to the next column."""

    column: bool = False


class Tab(Struct, frozen=True, gc=False):
    format: RunFormat
    absolute: Literal["", "left", "center", "right"] = ""
    """Set for a tab that ignores the tab stops and aligns to the margins (``w:ptab``, 17.3.3.23)."""


class PictureEdge(Struct, frozen=True):
    """The line around a picture, through these points, in points from its top left corner."""

    line: Border
    points: tuple[tuple[float, float], ...]


class Image(Struct, frozen=True, gc=False):
    """A picture. Assistive technology skips a picture without a ``description``."""

    data: bytes
    media_type: str
    width: float
    height: float
    description: str
    floating: Floating | None = None
    decorative: bool = False
    """Marked as decorative in Word, so that it needs no description."""
    number: int = 0
    """Its number among the pictures without a description, once some of them have been described; else 0."""
    around: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """The space above it, at its right, below it and at its left that its effects take in its line, such as a shadow,
    which is not drawn."""
    edge: PictureEdge | None = None


class Floating(Struct, frozen=True, gc=False):
    """The position of a picture, box or table that is not in line with the text, measured from ``x_from`` and
    ``y_from``.
    """

    x: float
    y: float
    x_from: Literal["page", "margin", "left-margin", "right-margin", "column"]
    """``margin`` is the text area between the margins; ``left-margin`` and ``right-margin`` are the margins."""
    y_from: Literal["page", "margin", "top-margin", "bottom-margin", "paragraph"]
    x_align: Literal["", "left", "center", "right"] = ""
    y_align: Literal["", "top", "center", "bottom"] = ""
    wraps: Literal["none", "square", "top-and-bottom"] = "none"
    """How text wraps around it."""
    sides: Literal["both", "left", "right", "largest"] = "both"
    """Where text goes that wraps around it in a square."""
    distance: tuple[float, float, float, float] = (0.0, 9.0, 0.0, 9.0)
    """Space kept clear around it: top, right, bottom, left."""
    behind: bool = False
    """Behind the text."""
    story: StoryType = "body"
    """The story it is anchored in."""

    @property
    def in_margin(self) -> bool:
        """Whether it is anchored in a header or footer."""
        return self.story in ("header", "footer")


PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})


class WordField(Struct, frozen=True, gc=False):
    """A field. ``PAGE_FIELDS`` are computed at layout; every other field shows its stored result."""

    kind: str
    format: RunFormat
    content: tuple[Inline, ...] = ()
    number_format: str = ""
    """Of a page number: a name from 17.18.59, or empty to follow the section."""


class Link(Struct, frozen=True, gc=False):
    """A hyperlink to an address, or to a bookmark when ``target`` starts with ``#``."""

    target: str
    content: tuple[Inline, ...]


class FormulaSign(Struct, frozen=True):
    """A sign that stands for the shape of a formula where it is text on one line."""

    text: Text
    shown: str
    """What is there where the formula has its shape, often nothing."""


class FormulaPart(Struct, frozen=True):
    """Part of a formula: ``kind`` is the name of its element (22.1), ``said`` what that says of its shape."""

    kind: str
    content: tuple[FormulaPart | FormulaSign | Text, ...]
    said: str = ""


class Formula(Struct, frozen=True):
    """A formula, as text on one line; ``alternative`` has the same without raised and lowered characters."""

    alternative: str
    content: tuple[Inline, ...]
    shape: FormulaPart | None = None
    """The same characters in two dimensions; None where one line is all there is to it."""


class Bookmark(Struct, frozen=True, gc=False):
    """The destination of a link."""

    name: str


class Footnote(Struct, frozen=True, gc=False):
    """A reference mark, such as the note's number, and the note at the foot of the page."""

    mark: str
    format: RunFormat
    blocks: tuple[Block, ...]


Inline: TypeAlias = Text | LineBreak | PageBreak | Tab | Image | WordField | Link | Formula | Bookmark | Footnote


class Label(Struct, frozen=True, gc=False):
    """The number or bullet of a list paragraph, exactly as Word shows it (17.9)."""

    text: str
    format: RunFormat
    ordered: bool
    level: int
    list_id: int
    suffix: Literal["tab", "space", "nothing"] = "tab"
    align: Literal["left", "center", "right"] = "left"


class Paragraph(Struct, frozen=True, gc=False):
    """A paragraph or heading."""

    content: tuple[Inline, ...]
    format: ParagraphFormat
    mark: RunFormat
    """The format of the paragraph mark, which gives an empty paragraph its height."""
    location: Location
    label: Label | None = None
    style: str = ""
    runs_in: bool = False
    """The next paragraph goes on in its last line: it is a heading before a style separator."""


class ListItem(Struct, frozen=True, gc=False):
    """An item of a list: a paragraph with a label, then paragraphs without one and lists inside the item."""

    blocks: tuple[Paragraph | ListBlock, ...]

    @property
    def label(self) -> Label:
        first = self.blocks[0]
        assert isinstance(first, Paragraph)
        assert first.label is not None
        return first.label


class ListBlock(Struct, frozen=True, gc=False):
    """A list, with the lists nested in its items."""

    items: tuple[ListItem, ...]
    ordered: bool
    """Numbered or lettered, not bulleted."""


class Cell(Struct, frozen=True, gc=False):
    """A table cell. ``column`` counts grid columns from 0; ``rows`` and ``columns`` are how many it spans."""

    blocks: tuple[Block, ...]
    column: int
    columns: int
    rows: int
    borders: Borders
    shading: str
    padding: tuple[float, float, float, float]
    """Top, right, bottom, left."""
    align: Literal["top", "middle", "bottom"] = "top"
    names_row: bool = False
    """It is the heading of its row."""
    turned: Literal["", "left", "right"] = ""
    """Its text reads upward if it is turned to the left, and downward if it is turned to the right."""


class Row(Struct, frozen=True, gc=False):
    cells: tuple[Cell, ...]
    height: float
    exact: bool
    header: bool
    """Repeated on every page the table reaches (17.4.49)."""
    names_columns: bool
    """Its cells are column headings: a header row, or a first row that the table style formats as one."""
    cant_split: bool


class Table(Struct, frozen=True, gc=False):
    rows: tuple[Row, ...]
    columns: tuple[float, ...]
    """Widths of the grid columns."""
    align: Literal["left", "center", "right"]
    indent: float
    """From the text margin to the left edge of the grid; often negative, by the cell padding."""
    location: Location
    floating: Floating | None = None
    bidi: bool = False
    """The first column is at the right."""


class Columns(Struct, frozen=True, gc=False):
    """Newspaper columns, of equal width unless ``widths`` and ``gaps`` say otherwise (17.6.4)."""

    count: int
    gap: float
    balanced: bool
    """Of equal height, as before a continuous section; otherwise each is filled before the next."""
    ruled: bool = False
    """With a line between the columns."""
    widths: tuple[float, ...] = ()
    gaps: tuple[float, ...] = ()


class Box(Struct, frozen=True, gc=False):
    """Blocks in a frame of their own: a text box, a frame, text in columns or between other margins.

    A box without blocks is a drawn line or rectangle, which assistive technology skips.
    """

    blocks: tuple[Block, ...]
    width: float
    location: Location
    height: float = 0.0
    """The minimum; 0 for as tall as the text."""
    exact_height: bool = False
    align: Literal["left", "center", "right"] = "left"
    indent: float = 0.0
    """From the text margin to the left edge."""
    floating: Floating | None = None
    borders: Borders = field(default_factory=Borders)
    shading: str = ""
    padding: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Top, right, bottom, left."""
    vertical_align: Literal["top", "middle", "bottom"] = "top"
    text_columns: Columns | None = None
    page_break_before: bool = False
    grows: bool = False
    """As wide as its longest line: ``width``, and what its page numbers take."""
    keeps_height: bool = False
    """Whether it is as high in Word as it says, so that it grows only for words, not for what is empty at its end."""

    @property
    def has_fixed_height(self) -> bool:
        """Whether it does not grow with its text."""
        return self.exact_height or not self.blocks


Block: TypeAlias = Paragraph | ListBlock | Table | Box


class HeaderFooter(Struct, frozen=True):
    """The headers or the footers of a section: the usual one, and those of the first page and of even pages."""

    default: tuple[Block, ...] = ()
    first: tuple[Block, ...] = ()
    even: tuple[Block, ...] = ()

    def on(self, pages: PageKind) -> tuple[Block, ...]:
        """The header or footer on pages of this kind."""
        return {"default": self.default, "first": self.first, "even": self.even}[pages]

    def all(self) -> tuple[tuple[Block, ...], ...]:
        return self.default, self.first, self.even


class Section(Struct, frozen=True):
    """A run of pages with one page size, one set of margins, and one set of headers and footers (17.6)."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    header_distance: float
    footer_distance: float
    title_page: bool
    headers: HeaderFooter
    footers: HeaderFooter
    blocks: tuple[Block, ...]
    first_page_number: int | None = None
    page_number_format: str = "decimal"
    """A name from 17.18.59."""
    page_borders: Borders = field(default_factory=Borders)
    """Lines around the page; ``space`` is the distance to the edge of the paper."""
    starts: Literal["page", "odd", "even"] = "page"
    """The page it begins on: the next, the next odd or the next even one."""
    number: int = 0
    """Its number among the sections of the file; a continuous section counts, and is part of the one before."""

    @property
    def text_width(self) -> float:
        return self.width - self.left - self.right


class Document(Struct, frozen=True, dict=True):
    """A whole letter. ``notes`` names everything in the Word file that is not carried over."""

    language: str
    title: str
    sections: tuple[Section, ...]
    even_and_odd: bool
    """Whether even pages have headers and footers of their own."""
    default_tab: float
    spaces_add: bool
    """Whether the space after a paragraph and the space before the next add up; otherwise, as usual in Word, the
    larger one counts.
    """
    notes: tuple[Problem, ...]
    squeezes: bool = False
    """Whether the spaces of justified lines may become narrower, as in files for Word 2013 and later."""
    holds_citations: bool = False
    """Whether no line breaks within a citation or a date, as in files that have no-break spaces in their citations."""
    note_separator: tuple[ParagraphFormat, RunFormat] | None = None
    """The format of the paragraph above the footnotes, which holds the line, and of its mark; None for a usual one."""

    @lazy_property
    def facts(self) -> ContentFacts:
        """What is in all its paragraphs: of the body, headers, footers, and notes."""
        return _together([facts for blocks in _stories(self) for facts in facts_of_block.of_all(blocks)])


class ContentFacts(Struct, frozen=True, gc=False):
    """What is in the content of a paragraph, and of the links and fields in it."""

    kinds: frozenset[type]
    families: tuple[str, ...]
    """The fonts of its text."""
    capitals: bool
    """Whether text or labels are shown in capitals."""
    number_formats: frozenset[str]
    """Those of its fields."""
    page_fields: frozenset[str]
    """The kinds of its fields that are computed at layout."""
    targets: frozenset[str]
    """The bookmarks that its links lead to."""
    bookmarks: tuple[str, ...]
    page_breaks: int


@remembered_by_identity(5_000)
def facts_of(content: tuple[Inline, ...]) -> ContentFacts:
    """What is in the content of a paragraph, found out once for all letters that have it."""
    every = list(inlines(content))
    formats = [item.format for item in every if isinstance(item, Text)]
    families, capitals = (
        tuple({look.family: 0 for look in formats}),
        any(look.caps or look.small_caps for look in formats),
    )
    kinds = frozenset(map(type, every))
    if kinds <= _TEXT_ALONE:  # most
        return _of_text(kinds, families, capitals)
    return ContentFacts(
        kinds=kinds,
        families=families,
        capitals=capitals,
        number_formats=frozenset(item.number_format for item in every if isinstance(item, WordField)),
        page_fields=PAGE_FIELDS.intersection([item.kind for item in every if isinstance(item, WordField)]),
        targets=frozenset(item.target[1:] for item in every if isinstance(item, Link) and item.target[:1] == "#"),
        bookmarks=tuple(item.name for item in every if isinstance(item, Bookmark)),
        page_breaks=sum(isinstance(item, PageBreak) for item in every),
    )


def _facts_in(block: Block) -> ContentFacts:
    """What is in the paragraphs of a block and in their labels and footnotes."""
    everyone = [each for paragraph in paragraphs((block,)) for each in (paragraph, *footnotes(paragraph))]
    found = _together([facts_of(each.content) for each in everyone])
    looks = [each.label.format for each in everyone if each.label is not None]
    if not found.capitals and any(look.caps or look.small_caps for look in looks):
        return replace(found, capitals=True)
    return found


def extent(block: Block) -> int:
    """How many paragraphs there are in a block, which decides how much memory it takes."""
    return 1 if isinstance(block, Paragraph) else len(paragraphs((block,)))


facts_of_block = ByIdentity(_facts_in, 5_000, extent)


def _together(every: list[ContentFacts]) -> ContentFacts:
    found = list({id(facts): facts for facts in every}.values())
    if len(found) == 1 and not (found[0].bookmarks or found[0].page_breaks):  # as in most paragraphs and lists
        return found[0]
    return ContentFacts(
        kinds=frozenset[type]().union(*[each.kinds for each in found]),
        families=tuple(dict.fromkeys([family for each in found for family in each.families])),
        capitals=any(each.capitals for each in found),
        number_formats=frozenset[str]().union(*[each.number_formats for each in found]),
        page_fields=frozenset[str]().union(*[each.page_fields for each in found]),
        targets=frozenset[str]().union(*[each.targets for each in found]),
        bookmarks=tuple([name for each in every for name in each.bookmarks]),
        page_breaks=sum([each.page_breaks for each in every]),
    )


_TEXT_ALONE, _NONE = frozenset[type]({Text, Tab, LineBreak}), frozenset[str]()


@lru_cache(maxsize=500)
def _of_text(kinds: frozenset[type], families: tuple[str, ...], capitals: bool) -> ContentFacts:
    """One object for all content in which nothing else is found."""
    return ContentFacts(kinds, families, capitals, _NONE, _NONE, _NONE, (), 0)


def inlines(content: tuple[Inline, ...]) -> Iterable[Inline]:
    """Every inline in reading order, including those inside links and fields but not those inside footnotes."""
    kinds = set(map(type, content))
    return content if kinds.isdisjoint((Link, WordField, Formula)) else _with_inner(content)


def _with_inner(content: tuple[Inline, ...]) -> Iterator[Inline]:
    for item in content:
        yield item
        if isinstance(item, Link | WordField | Formula):
            yield from _with_inner(item.content)


def children(block: Block) -> Iterator[tuple[Block, ...]]:
    """The runs of blocks directly inside a block, in reading order: of list items, of cells, or of a box."""
    match block:
        case ListBlock():
            for item in block.items:
                yield item.blocks
        case Table():
            for row in block.rows:
                for cell in row.cells:
                    yield cell.blocks
        case Box():
            yield block.blocks


def paragraphs(blocks: Iterable[Block]) -> list[Paragraph]:
    """Every paragraph in reading order, including those inside lists, tables and boxes."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            found += _inside(block)
    return found


def _inside(block: ListBlock | Table | Box) -> list[Paragraph]:
    """The paragraphs inside a block; those of a list are kept, because letters have most lists in common."""
    if not isinstance(block, ListBlock):
        return [paragraph for inner in children(block) for paragraph in paragraphs(inner)]
    found = _IN_LISTS.get(id(block))
    if found is None:
        found = [paragraph for inner in children(block) for paragraph in paragraphs(inner)]
        _IN_LISTS.keep(id(block), block, found, len(found))
    return found


_IN_LISTS = KeptResults[list[Paragraph]](3_000)
"""A number of paragraphs."""


def tables(blocks: tuple[Block, ...]) -> Iterator[Table]:
    """Every table in reading order, including those inside tables and boxes."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
        for inner in children(block):
            yield from tables(inner)


def footnotes(paragraph: Paragraph) -> Iterable[Paragraph]:
    """The paragraphs of the footnotes referred to in ``paragraph``."""
    if Footnote not in facts_of(paragraph.content).kinds:
        return ()
    notes = [item for item in inlines(paragraph.content) if isinstance(item, Footnote)]
    return [inside for note in notes for inside in paragraphs(note.blocks)]


def all_paragraphs(document: Document) -> Iterator[Paragraph]:
    """Every paragraph: of the body, headers, footers, and notes."""
    for blocks in _stories(document):
        for paragraph in paragraphs(blocks):
            yield paragraph
            yield from footnotes(paragraph)


def _stories(document: Document) -> Iterator[tuple[Block, ...]]:
    for section in document.sections:
        yield from (section.blocks, *section.headers.all(), *section.footers.all())
