"""Sections of a Word letter: their paper, margins, headers, footers and text (17.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from letters.errors import LettersError, Problem
from letters.package import R
from letters.printing.document import Block, Field, Furniture, Section, inlines, paragraphs
from letters.printing.reader_blocks import BlockReader
from letters.printing.reader_book import Book
from letters.printing.reader_xml import Node, flag, number_of, points, value_of, w


class SectionReader:
    """Cuts the body at its section properties (17.6.17) and reads each section's headers and footers."""

    def __init__(self, book: Book, even_and_odd: bool) -> None:
        self.book = book
        self.even_and_odd = even_and_odd
        self.body = BlockReader(book, book.package.main, "body")
        self.inherited: dict[str, tuple[Block, ...]] = {}

    def read(self, body: Node) -> list[Section]:
        found: list[Section] = []
        pending: list[Node] = []
        nodes = list(self._flatten(body))
        last = next((node for node in reversed(nodes) if node.tag == w("sectPr")), None)
        for node in nodes:
            if node is last:
                continue
            pending.append(node)
            own = node.find(f"{w('pPr')}/{w('sectPr')}") if node.tag == w("p") else None
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
        if found and value_of(node, "type") == "continuous":
            paper = ("width", "height", "left", "right")
            if all(getattr(found[-1], name) == getattr(section, name) for name in paper):
                found[-1] = replace(found[-1], blocks=found[-1].blocks + section.blocks)
                return
            self.body.part.note("A section with other margins begins on a new page instead of the same one.")
        found.append(section)

    def _flatten(self, parent: Node) -> Iterator[Node]:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag in (w("sdt"), w("sdtContent"), w("customXml")):
                yield from self._flatten(child)
            else:
                yield child

    def _section(self, node: Node | None, content: list[Node]) -> Section:
        paper = _paper(node)
        if paper.text_width < 36:
            raise LettersError(
                Problem(
                    "The margins leave no room for text.",
                    where=self.book.package.name,
                    hint="In Word: Layout, Margins.",
                )
            )
        self.book.text_width = paper.text_width
        self._note_left_out(node)
        # Headers and footers before the text: the counting of lists goes on from one to the other.
        headers, footers = self._furniture(node, "header"), self._furniture(node, "footer")
        section = replace(paper, headers=headers, footers=footers, blocks=tuple(self.body.read(content)))
        shape = (None if node is None else value_of(node, "pgNumType", "fmt")) or "decimal"
        if shape != "decimal" and _numbers_pages(section):
            self.body.part.note(
                f"Page numbers are set in figures, not in the form “{shape}”.",
                "In Word: Insert, Page Number, Format Page Numbers: choose 1, 2, 3.",
                "page-number",
            )
        return section

    def _note_left_out(self, node: Node | None) -> None:
        columns = None if node is None else node.find(w("cols"))
        if columns is not None and (number_of(columns.get(w("num")), 1) > 1 or len(columns) > 1):
            self.body.part.note("Columns are not carried over: the text is set in one column.", code="columns")
        if node is not None and node.find(w("pgBorders")) is not None:
            self.body.part.note("A border round the page is not carried over.")

    def _furniture(self, node: Node | None, kind: str) -> Furniture:
        """A section without a header of its own takes the one of the section before (17.10.2)."""
        for reference in () if node is None else node.iterchildren(w(f"{kind}Reference")):
            relation = self.book.links.get(reference.get(f"{{{R}}}id", ""))
            which = reference.get(w("type"), "default")
            if relation is not None and relation.target in self.book.package.parts:
                title = f"{'first-page ' if which == 'first' else 'even-page ' if which == 'even' else ''}{kind}"
                reader = BlockReader(self.book, relation.target, title)
                self.inherited[f"{kind}-{which}"] = tuple(reader.blocks(self.book.package.tree(relation.target)))
        title_page = flag(node, "titlePg")
        return Furniture(
            default=self.inherited.get(f"{kind}-default", ()),
            first=self.inherited.get(f"{kind}-first", ()) if title_page else (),
            even=self.inherited.get(f"{kind}-even", ()) if self.even_and_odd else (),
        )


def _numbers_pages(section: Section) -> bool:
    headers, footers = section.headers, section.footers
    places = [
        section.blocks,
        *(getattr(held, which) for held in (headers, footers) for which in ("default", "first", "even")),
    ]
    return any(
        isinstance(item, Field) and item.kind == "PAGE"
        for blocks in places
        for paragraph in paragraphs(blocks)
        for item in inlines(paragraph.content)
    )


def _paper(node: Node | None) -> Section:
    """A section still without text: what its ``sectPr`` says of the page."""
    size, margins = (None if node is None else node.find(w(name)) for name in ("pgSz", "pgMar"))

    def length(source: Node | None, name: str, otherwise: float) -> float:
        return points(None if source is None else source.get(w(name)), otherwise)

    width, height = (
        found if 72 <= found <= 1584 else usual
        for found, usual in ((length(size, "w", 612), 612.0), (length(size, "h", 792), 792.0))
    )
    start = None if node is None else value_of(node, "pgNumType", "start")
    return Section(
        width=width,
        height=height,
        top=length(margins, "top", 72),
        right=length(margins, "right", 72),
        bottom=length(margins, "bottom", 72),
        left=length(margins, "left", 72) + length(margins, "gutter", 0),
        header_distance=length(margins, "header", 36),
        footer_distance=length(margins, "footer", 36),
        title_page=flag(node, "titlePg"),
        headers=Furniture(),
        footers=Furniture(),
        blocks=(),
        first_page_number=None if start is None else int(number_of(start, 1)),
    )
