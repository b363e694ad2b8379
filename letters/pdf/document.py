"""A letter as typeset matter: paragraphs, tables and pages with every format worked out.

No XML and no HTML in here. ``reader`` makes a Document from a .docx, ``page`` writes it as HTML and CSS;
another writer could set the same Document by other means. All lengths are in points (1/72 inch); colours are
``#rrggbb`` or empty for "none / automatic"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from letters.errors import Problem

Align = Literal["left", "right", "center", "justify"]
LineRule = Literal["auto", "exact", "atLeast"]
TabKind = Literal["left", "center", "right", "decimal"]


@dataclass(frozen=True, slots=True)
class RunFormat:
    """How characters look, with styles, themes and toggles already resolved (ECMA-376 Part 1, 17.3.2, 17.7)."""

    family: str = "Times New Roman"
    size: float = 10.0
    bold: bool = False
    italic: bool = False
    underline: str = ""
    """CSS line style (``solid``, ``double``, ``dotted``, ``dashed``, ``wavy``) or empty."""
    strike: bool = False
    colour: str = ""
    background: str = ""
    caps: bool = False
    small_caps: bool = False
    position: Literal["baseline", "super", "sub"] = "baseline"
    raised: float = 0.0
    language: str = ""
    spacing: float = 0.0
    """Extra space after each character."""
    kerning: bool = False
    """Word sets pairs unkerned unless told otherwise (17.3.2.19)."""
    ligatures: bool = False
    rtl: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Border:
    """One line beside a paragraph or a cell; ``space`` is the distance to the text."""

    style: str
    width: float
    colour: str
    space: float = 0.0


@dataclass(frozen=True, slots=True)
class Borders:
    """Lines around a paragraph or a cell; ``between`` stands between paragraphs of equal borders."""

    top: Border | None = None
    right: Border | None = None
    bottom: Border | None = None
    left: Border | None = None
    between: Border | None = None

    def __bool__(self) -> bool:
        return any((self.top, self.right, self.bottom, self.left, self.between))


@dataclass(frozen=True, slots=True)
class TabStop:
    """A custom tab stop, measured from the left margin (17.3.1.37)."""

    position: float
    kind: TabKind
    leader: str = ""


@dataclass(frozen=True, slots=True)
class ParagraphFormat:
    """How a paragraph sits on the page, fully resolved (17.3.1)."""

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


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    format: RunFormat


@dataclass(frozen=True, slots=True)
class LineBreak:
    format: RunFormat


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A page break typed between words; or a break to the next column."""

    column: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    format: RunFormat
    absolute: Literal["", "left", "center", "right"] = ""
    """Set for a tab that ignores the tab stops and goes to the margins (``w:ptab``, 17.3.3.23)."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. Assistive technology skips one without a ``description``."""

    data: bytes
    media_type: str
    width: float
    height: float
    description: str
    floating: Floating | None = None
    decorative: bool = False
    """Marked as decoration in Word, so that nobody misses a description."""


@dataclass(frozen=True, slots=True)
class Floating:
    """Where a picture, box or table stands that does not stand in the line: from the edge of ``x_from`` and
    ``y_from``.
    """

    x: float
    y: float
    x_from: Literal["page", "margin", "left-margin", "right-margin", "column"]
    """``margin`` is the text between the margins; ``left-margin`` and ``right-margin`` are these themselves."""
    y_from: Literal["page", "margin", "top-margin", "bottom-margin", "paragraph"]
    x_align: Literal["", "left", "center", "right"] = ""
    y_align: Literal["", "top", "center", "bottom"] = ""
    wraps: Literal["none", "square", "top-and-bottom"] = "none"
    distance: tuple[float, float, float, float] = (0.0, 9.0, 0.0, 9.0)
    """Room kept free round it: top, right, bottom, left."""
    behind: bool = False
    """Behind the text."""
    part: Literal["body", "header", "footer"] = "body"


PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})


@dataclass(frozen=True, slots=True)
class WordField:
    """A field. ``PAGE_FIELDS`` are computed when printing; every other one carries its stored result."""

    kind: str
    format: RunFormat
    content: tuple[Inline, ...] = ()
    shape: str = ""
    """How a page number is spelt: a name of 17.18.59, or empty to follow the section."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an outside address, or to a bookmark when ``target`` starts with ``#``."""

    target: str
    content: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bookmark:
    name: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """The mark of a footnote (its number as the words show it) and what the note says at the foot of the page."""

    mark: str
    format: RunFormat
    blocks: tuple[Block, ...]


Inline: TypeAlias = Text | LineBreak | PageBreak | Tab | Image | WordField | Link | Bookmark | Footnote


@dataclass(frozen=True, slots=True)
class Label:
    """The number or bullet before a list paragraph, exactly as Word shows it (17.9)."""

    text: str
    format: RunFormat
    ordered: bool
    level: int
    list_id: int
    suffix: Literal["tab", "space", "nothing"] = "tab"
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Paragraph:
    content: tuple[Inline, ...]
    format: ParagraphFormat
    mark: RunFormat
    """Format of the paragraph mark: the height of an empty paragraph."""
    label: Label | None = None
    style: str = ""
    place: str = ""
    """For messages: the part and the number of the paragraph."""
    number: int = -1
    """Which of the paragraphs of its part it is, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. ``column`` counts grid columns from 0; ``rows`` and ``columns`` are what it spans."""

    blocks: tuple[Block, ...]
    column: int
    columns: int
    rows: int
    borders: Borders
    shading: str
    padding: tuple[float, float, float, float]
    """Top, right, bottom, left."""
    align: Literal["top", "middle", "bottom"] = "top"


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    height: float
    exact: bool
    header: bool
    """Repeated on every page the table reaches (17.4.49)."""
    names_columns: bool
    """Cells say what the columns hold: a header row, or a first row the table style sets apart."""
    cant_split: bool


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    columns: tuple[float, ...]
    """Widths of the grid columns."""
    align: Literal["left", "center", "right"]
    indent: float
    """From the text margin to the left edge of the grid; often negative, by the cell padding."""
    place: str = ""
    floating: Floating | None = None
    bidi: bool = False
    """The first column stands at the right."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Text in newspaper columns (17.6.4), all of one width."""

    count: int
    gap: float
    balanced: bool
    """Equally long, as before a section that goes on on the same page; else one is filled before the next."""
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Box(Table):
    """Blocks set apart in a box: a text box, a frame, a drawn rule, or text in columns.

    It is a table of one cell, which holds its text, borders, shading and inner room.
    """

    height: float = 0.0
    """At least; 0 for as high as the text."""
    text_columns: Columns | None = None
    page_break_before: bool = False
    drawn: bool = False
    """A drawn shape without words, which is not read aloud."""


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Furniture:
    """Header or footer of a section: the usual one, and those of the first and of even pages."""

    default: tuple[Block, ...] = ()
    first: tuple[Block, ...] = ()
    even: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A run of pages with one page size, one set of margins and one header and footer (17.6)."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    header_distance: float
    footer_distance: float
    title_page: bool
    headers: Furniture
    footers: Furniture
    blocks: tuple[Block, ...]
    first_page_number: int | None = None
    page_shape: str = "decimal"
    """How its page numbers are spelt (17.18.59)."""
    page_borders: Borders = field(default_factory=Borders)
    """Lines round the page; ``space`` is the distance to the edge of the paper."""
    starts: Literal["page", "odd", "even"] = "page"
    number: int = 0
    """Which of the file's sections it is, in order; those that go on on its pages belong to it."""

    @property
    def text_width(self) -> float:
        return self.width - self.left - self.right


@dataclass(frozen=True, slots=True)
class Document:
    """A whole letter. ``notes`` names everything met that is not carried over."""

    language: str
    title: str
    sections: tuple[Section, ...]
    even_and_odd: bool
    default_tab: float
    spaces_add: bool
    """Space after one paragraph and before the next add up; otherwise, as Word does unless told so, the
    larger counts.
    """
    notes: tuple[Problem, ...]


def inlines(content: tuple[Inline, ...]) -> Iterator[Inline]:
    """Every inline in reading order, those inside links and fields included, those inside footnotes not."""
    for item in content:
        yield item
        if isinstance(item, Link | WordField):
            yield from inlines(item.content)


def paragraphs(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """Every paragraph in reading order, those in table cells included."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs(cell.blocks)


def footnotes(paragraph: Paragraph) -> Iterator[Paragraph]:
    """The paragraphs of the footnotes whose marks stand in ``paragraph``."""
    for item in inlines(paragraph.content):
        if isinstance(item, Footnote):
            yield from paragraphs(item.blocks)
