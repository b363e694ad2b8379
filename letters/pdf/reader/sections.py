"""The sections of a Word file: page size, margins, headers, footers and text (17.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree
from msgspec.structs import replace

from letters._text.limited_memory import remember
from letters.docx.attribute_values import flag, number_of, points, value_of
from letters.docx.names import RELATIONSHIPS, Node, P, w
from letters.errors import LettersError, Problem
from letters.pdf.document import Block, Borders, HeaderFooter, Paragraph, Section
from letters.pdf.reader.automatic_space import with_automatic_space
from letters.pdf.reader.blocks import BlockReader, is_plain
from letters.pdf.reader.columns import ColumnWidths, endnote_rule, in_columns
from letters.pdf.reader.context import LARGEST_STORY, MOST_STORIES, ReadingContext, StoryPart
from letters.pdf.reader.formats import edges_of
from letters.pdf.reader.lists import with_lists

_WRAPPERS = frozenset({w("sdt"), w("sdtContent"), w("customXml")})
_SECTION = w("sectPr")


class SectionReader:
    """Splits the body at its section properties (17.6.17) and reads each section's headers and footers."""

    def __init__(self, context: ReadingContext, even_and_odd: bool) -> None:
        self.context = context
        self.even_and_odd = even_and_odd
        self.body = BlockReader(StoryPart(context, context.package.main, "body", "body"))
        self.inherited: dict[str, tuple[Block, ...]] = {}

    def read(self, body: Node) -> list[Section]:
        found: list[Section] = []
        nodes = list(self._flatten(body))
        last = next((node for node in reversed(nodes) if node.tag == _SECTION), None)
        pieces: list[tuple[Node | None, list[Node]]] = [(last, [])]
        for node in nodes:
            if node is last:
                continue
            pieces[-1][1].append(node)
            own = None
            if node.tag == P and "sectPr" in self.context.package.markup(node):
                own = node.find(f"{w('pPr')}/{w('sectPr')}")
            if own is not None:
                pieces[-1] = (own, pieces[-1][1])
                pieces.append((last, []))
        for at, (own, content) in enumerate(pieces):
            self._add(found, own, content, pieces[at + 1][0] if at + 1 < len(pieces) else None, at)
        if self.context.endnotes:
            rule = endnote_rule(self.body.part)
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, rule, *self.context.endnotes))
        # Only now, because a list may continue across a continuous section break.
        like_html = self.context.like_html
        return [
            replace(
                section, blocks=with_lists(with_automatic_space(section.blocks, like_html=like_html, begins=not at))
            )
            for at, section in enumerate(found)
        ]

    def _add(
        self, found: list[Section], node: Node | None, content: list[Node], following: Node | None, number: int
    ) -> None:
        """Add a section. A continuous one on the same paper size is appended to the section before it (17.18.77)."""
        paper = _paper(node)
        base = found[-1] if found and value_of(node, "type") == "continuous" else None
        if base is not None and (base.width, base.height) != (paper.width, paper.height):
            base = None
        section = self._section(node, paper, content, base, following)
        if base is not None:
            found[-1] = replace(base, blocks=base.blocks + section.blocks)
        elif section.blocks or not found:
            found.append(replace(section, number=number))

    def _flatten(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag in _WRAPPERS:
                yield from self._flatten(child)
            else:
                yield child

    def _section(
        self, node: Node | None, paper: Section, content: list[Node], base: Section | None, following: Node | None
    ) -> Section:
        if paper.text_width < 36:
            raise LettersError(
                Problem(
                    "The margins leave no room for text.",
                    where=self.context.package.name,
                    hint="In Word: Layout, Margins.",
                )
            )
        self.context.text_width = paper.text_width
        self.context.note_texts.begin_section(node)
        self._note_left_out(node)
        # Headers and footers before the text, because list numbering continues from one to the other.
        headers, footers = self._running(node, "header"), self._running(node, "footer")
        same_page = following is not None and value_of(following, "type") == "continuous"
        columns = _columns(node, paper.text_width, same_page)
        self.context.in_columns = len(columns.widths) > 1
        self.context.text_width = min(columns.widths)
        self.context.grid = _grid(node)
        blocks = tuple(_without_own_line(self.body.read(content), content))
        self.context.in_columns, self.context.text_width, self.context.grid = False, paper.text_width, 0.0
        shifted = base is not None and (base.left, base.right) != (paper.left, paper.right)
        if blocks and (len(columns.widths) > 1 or shifted):
            indent = paper.left - base.left if base is not None and shifted else 0.0
            blocks = in_columns(self.body.part, blocks, columns, paper, indent)
        return replace(paper, headers=headers, footers=footers, blocks=blocks)

    def _note_left_out(self, node: Node | None) -> None:
        for name, what in (
            ("lnNumType", "Line numbers are not carried over."),
            ("textDirection", "The direction of the text on the page is not carried over."),
        ):
            found = None if node is None else node.find(w(name))
            attribute = "countBy" if name == "lnNumType" else "val"
            if found is not None and found.get(w(attribute), "0") not in ("0", "lrTb", "tb"):
                self.body.part.note(what)
        if value_of(node, "vAlign") not in (None, "top"):
            self.body.part.note(
                "The text begins at the top of the page; vertical alignment is not carried over.", code="place"
            )

    def _running(self, node: Node | None, kind: Literal["header", "footer"]) -> HeaderFooter:
        """A section without a header of its own has that of the section before (17.10.2)."""
        for reference in () if node is None else node.iterchildren(w(f"{kind}Reference")):
            relation = self.context.links.get(reference.get(f"{{{RELATIONSHIPS}}}id", ""))
            which = reference.get(w("type"), "default")
            if relation is not None and relation.target in self.context.package.parts:
                title = f"{'first-page ' if which == 'first' else 'even-page ' if which == 'even' else ''}{kind}"
                self.inherited[f"{kind}-{which}"] = self._story(StoryPart(self.context, relation.target, kind, title))
        title_page = flag(node, "titlePg")
        return HeaderFooter(
            default=self.inherited.get(f"{kind}-default", ()),
            first=self.inherited.get(f"{kind}-first", ()) if title_page else (),
            even=self.inherited.get(f"{kind}-even", ()) if self.even_and_odd else (),
        )

    def _story(self, part: StoryPart) -> tuple[Block, ...]:
        """The blocks of a header or footer. Those of a plain one are kept, because letters have it in common."""
        context = self.context
        data, like_html = context.package.parts[part.name], context.like_html
        key = part.identity, data, like_html, context.grid
        found = context.stories.get(key)
        if found is None:
            reader = BlockReader(part)
            blocks = reader.blocks(context.package.tree(part.name))
            found = with_lists(with_automatic_space(blocks, like_html=like_html, begins=True))
            plain = not part.noted and not reader.text.open and all(map(is_plain, found))
            if plain and len(data) <= LARGEST_STORY:
                remember(context.stories, MOST_STORIES, key, found)
        return found


def _without_own_line(blocks: list[Block], content: list[Node]) -> list[Block]:
    """An empty paragraph that only ends the section takes no line of its own, as in LibreOffice."""
    last = content[-1] if content else None
    if last is None or last.tag != w("p") or len(blocks) < 2 or last.find(f"{w('pPr')}/{w('sectPr')}") is None:
        return blocks
    end = blocks[-1]
    if isinstance(end, Paragraph) and not end.content and end.label is None:
        return [*blocks[:-1], replace(end, mark=replace(end.mark, hidden=True))]
    return blocks


def _grid(node: Node | None) -> float:
    """The height of the lines of the grid that a section sets its text on; 0 if it has none (17.6.5)."""
    said = None if node is None else node.find(w("docGrid"))
    if said is None or said.get(w("type"), "default") == "default":
        return 0.0
    return max(points(said.get(w("linePitch"))), 0.0)


def _columns(node: Node | None, width: float, same_page: bool) -> ColumnWidths:
    """The newspaper columns of a section (17.6.4). Those of the last section are filled one after another."""
    said = None if node is None else node.find(w("cols"))
    count = int(number_of(None if said is None else said.get(w("num")), 1))
    if said is None or not (1 < count <= 20 or len(said) > 1):
        return ColumnWidths((width,), (), False, False)
    ruled = said.get(w("sep")) in ("1", "true", "on")
    own = list(said.iterchildren(w("col")))
    if said.get(w("equalWidth")) not in ("1", "true", "on") and len(own) > 1:
        widths = tuple(max(points(col.get(w("w"))), 1.0) for col in own)
        gaps = tuple(points(col.get(w("space"))) for col in own[:-1])
        return ColumnWidths(widths, gaps, same_page, ruled)
    gap = points(said.get(w("space")), 36)
    each = (width - gap * (count - 1)) / count
    if each < 18:
        return ColumnWidths((width,), (), False, False)
    return ColumnWidths((each,) * count, (gap,) * (count - 1), same_page, ruled)


def _page_borders(node: Node | None, paper: Section) -> Borders:
    """The page borders (17.6.10), with their distance measured from the edge of the page."""
    said = None if node is None else node.find(w("pgBorders"))
    if said is None:
        return Borders()
    edges = {side: line for side, line in edges_of(said).items() if line.style != "none"}
    if said.get(w("offsetFrom"), "text") == "text":
        room = {"top": paper.top, "right": paper.right, "bottom": paper.bottom, "left": paper.left}
        edges = {
            side: replace(line, space=max(abs(room[side]) - line.space - line.width, 0.0))
            for side, line in edges.items()
            if side in room
        }
    return Borders(**{side: line for side, line in edges.items() if side in ("top", "right", "bottom", "left")})


def _paper(node: Node | None) -> Section:
    """A section without text: the page that its ``sectPr`` describes."""
    size, margins = (None if node is None else node.find(w(name)) for name in ("pgSz", "pgMar"))

    def length(source: Node | None, name: str, otherwise: float) -> float:
        return points(None if source is None else source.get(w(name)), otherwise)

    width, height = (
        found if 72 <= found <= 1584 else usual
        for found, usual in ((length(size, "w", 612), 612.0), (length(size, "h", 792), 792.0))
    )
    start = None if node is None else value_of(node, "pgNumType", "start")
    kind = value_of(node, "type")
    paper = Section(
        width=width,
        height=height,
        top=length(margins, "top", 72),
        right=length(margins, "right", 72),
        bottom=length(margins, "bottom", 72),
        left=length(margins, "left", 72) + length(margins, "gutter", 0),
        header_distance=length(margins, "header", 36),
        footer_distance=length(margins, "footer", 36),
        title_page=flag(node, "titlePg"),
        headers=HeaderFooter(),
        footers=HeaderFooter(),
        blocks=(),
        first_page_number=None if start is None else int(number_of(start, 1)),
        page_number_format=(None if node is None else value_of(node, "pgNumType", "fmt")) or "decimal",
        starts="odd" if kind == "oddPage" else "even" if kind == "evenPage" else "page",
    )
    return replace(paper, page_borders=_page_borders(node, paper))
