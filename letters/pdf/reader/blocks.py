"""Reads the paragraphs and tables of a story, in order, with labels and locations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Literal

from lxml import etree
from msgspec.structs import replace

from letters._text.limited_memory import remember
from letters.docx.markup import MAX_DEPTH, SILENT, THROUGH, is_marker
from letters.docx.names import MC, Node, P, R, w
from letters.errors import LettersError, Problem
from letters.pdf import fonts
from letters.pdf.document import PAGE_FIELDS, Block, Box, Formula, Inline, Label, Paragraph, Tab, Text, WordField
from letters.pdf.numerals import SUPPORTED_NUMBER_FORMATS
from letters.pdf.reader.automatic_color import is_dark, on_dark_ground
from letters.pdf.reader.automatic_space import with_automatic_space
from letters.pdf.reader.context import (
    MOST_PLACES,
    NO_CELL_STYLE,
    CellStyle,
    KnownParagraph,
    ReadingContext,
    StoryPart,
)
from letters.pdf.reader.foreign_elements import alternative, unknown
from letters.pdf.reader.formats import Props, run_format
from letters.pdf.reader.numbering import Level
from letters.pdf.reader.text import TextReader

_SUFFIXES: dict[str, Literal["space", "nothing"]] = {"space": "space", "nothing": "nothing"}
_LABEL_ALIGN: dict[str, Literal["center", "right"]] = {"center": "center", "right": "right"}


_PLAIN = frozenset(map(w, ("pPr", "r", "bookmarkStart", "bookmarkEnd", "proofErr")))
_PLAIN_IN_RUN = frozenset(
    map(w, ("rPr", "t", "tab", "br", "cr", "noBreakHyphen", "softHyphen", "sym", "lastRenderedPageBreak"))
)


def _stands_alone(paragraph: Node) -> bool:
    """Whether its content depends on nothing but itself and the styles: it has text and breaks alone."""
    return all(
        child.tag in _PLAIN and (child.tag != R or all(inner.tag in _PLAIN_IN_RUN for inner in child))
        for child in paragraph
    )


def _is_text_or_number(item: Inline) -> bool:
    """Whether it is text, a tab, or a page number; what else there is may depend on more than the paragraph."""
    return isinstance(item, Text | Tab) or (isinstance(item, WordField) and item.kind in PAGE_FIELDS)


def is_plain(block: Block) -> bool:
    """Whether it is a paragraph without a label, of nothing but text and page numbers."""
    return isinstance(block, Paragraph) and block.label is None and all(map(_is_text_or_number, block.content))


def _has(family: str, text: str) -> bool:
    """Whether a font has all characters of a bullet."""
    return all(fonts.metrics(family, False, False).has(character) for character in text)


class BlockReader:
    """Reads the blocks of one story, or of a text box in it.

    List paragraphs are not grouped yet: `lists.with_lists` does that once the whole story has been read.
    """

    def __init__(self, part: StoryPart, *, in_box: bool = False) -> None:
        self.context, self.part = part.context, part
        self.text = TextReader(part, partial(_read_note, self.context), boxed=in_box)
        self.in_framed_table = False

    def blocks(self, parent: Node, cell_style: CellStyle = NO_CELL_STYLE, depth: int = 0) -> list[Block]:
        """Everything inside ``parent``."""
        return self.read(parent.iterchildren(tag=etree.Element), cell_style, depth)

    def read(self, nodes: Iterable[Node], cell_style: CellStyle = NO_CELL_STYLE, depth: int = 0) -> list[Block]:
        if depth > MAX_DEPTH:
            raise LettersError(Problem("Tables or controls are nested too deep.", where=self.part.title))
        found: list[Block] = []
        framed: tuple[Props, list[Block]] = ({}, [])
        for node in nodes:
            known = self._known(node, cell_style) if node.tag == P else None
            frame = {} if known is None or self.in_framed_table else known.frame
            if framed[1] and frame != framed[0] and not is_marker(node):
                found.append(self._framed(*framed))
                framed = ({}, [])
            if known is not None and known.content is not None and self._is_ordinary(known, framed[1]):
                found.append(self._paragraph(node, known, cell_style))
            elif known is not None:
                read = self._with_boxes(node, known, cell_style, depth)
                if known.runs_in and isinstance(paragraph := read[-1], Paragraph):
                    read[-1] = replace(paragraph, runs_in=True)
                if frame:
                    framed = (frame, framed[1] + read)
                else:
                    found += read
            elif node.tag == w("tbl"):
                grid = self.context.grid
                self.context.grid = grid if self.context.grid_in_cells else 0.0
                from letters.pdf.reader.tables import TableReader, frame_around

                outside, self.in_framed_table = self.in_framed_table, bool(frame_around(node))
                found += TableReader(self.part, node, depth, self.blocks).read()
                self.context.grid, self.in_framed_table = grid, outside
            elif node.tag in THROUGH:
                found += self.blocks(node, cell_style, depth + 1)
            elif node.tag == f"{{{MC}}}AlternateContent":
                if (chosen := alternative(node)) is not None:
                    found += self.blocks(chosen, cell_style, depth + 1)
            elif node.tag == w("altChunk"):
                self.part.note(
                    "An embedded document is not carried over.", "Open the letter in Word and save it again."
                )
            elif node.tag not in SILENT and not is_marker(node):
                unknown(self.part, node)
        if framed[1]:
            found.append(self._framed(*framed))
        return found

    def _is_ordinary(self, known: KnownParagraph, framed: list[Block]) -> bool:
        """Whether nothing is to be done about a paragraph but to read it, as about most."""
        special = known.frame or known.runs_in or known.layout.shading
        return not (special or framed or self.text.open or self.text.shapes)

    def _framed(self, frame: Props, blocks: list[Block]) -> Box:
        from letters.pdf.reader.boxes import frame_box  # here, as other readers of what few letters have

        return frame_box(self.part, frame, blocks)

    def _known(self, node: Node, cell_style: CellStyle) -> KnownParagraph:
        part = self.part
        return self.context.known_paragraph(node, cell_style, breakable=part.breakable, in_margin=part.in_margin)

    def _with_boxes(self, node: Node, known: KnownParagraph, cell_style: CellStyle, depth: int) -> list[Block]:
        """A paragraph, preceded by the boxes anchored in it."""
        paragraph = self._paragraph(node, known, cell_style)
        if known.layout.shading and is_dark(known.layout.shading):
            paragraph = on_dark_ground(paragraph)
        if not self.text.shapes:
            return [paragraph]
        from letters.pdf.reader.boxes import shape_box, text_room, with_room

        shapes = self.text.take_shapes()
        found: list[Block] = []
        room, breakable, grid = self.context.text_width, self.context.breakable, self.context.grid
        self.context.breakable, self.context.grid = False, 0.0
        for shape in shapes:
            inside: list[Block] = []
            if shape.words is not None:
                self.context.text_width = text_room(shape)[1 if shape.turned else 0]
                inside = BlockReader(self.part, in_box=True).blocks(shape.words, NO_CELL_STYLE, depth + 1)
                self.context.text_width = room
            inside = with_automatic_space(inside, like_html=self.context.like_html, begins=True)
            found.append(shape_box(shape, inside, self.part.location(), paragraph.format.align))
        self.context.breakable, self.context.grid = breakable, grid
        return [*with_room(found), paragraph]

    def _paragraph(self, node: Node, known: KnownParagraph, cell_style: CellStyle) -> Paragraph:
        part, content, label = self.part, known.content, None
        part.begin_paragraph(node)
        if known.list_id and known.level is not None:
            label = self._label(node, known, known.list_id, known.level, cell_style)
        if content is None or self.text.open:
            part.layout = known.layout
            content, layout = self._content(node, known, cell_style), known.layout
            if len(content) == 1 and isinstance(content[0], Formula):
                from letters.pdf.reader.formulas import align_of

                layout = replace(layout, align=align_of(node, layout.align))
            return Paragraph(content, layout, known.mark, part.location(), label, known.style)
        place = part.identity, part.index, part.count, None if label is None else label.text
        found = known.placed.get(place)
        if found is None:
            found = Paragraph(content, known.layout, known.mark, part.location(), label, known.style)
            remember(known.placed, MOST_PLACES, place, found)
        return found

    def _content(self, node: Node, known: KnownParagraph, cell_style: CellStyle) -> tuple[Inline, ...]:
        """The content of a paragraph, which is kept if the same paragraph always has the same."""
        noted, within_field = self.part.noted, bool(self.text.open)
        content = tuple(self.text.read(node, known.style, cell_style))
        # In the text, a page number is known by the identity of its field.
        alone = _stands_alone(node) or (self.part.in_margin and all(map(_is_text_or_number, content)))
        whole = not within_field and not self.text.open and not self.text.shapes
        if alone and whole and noted == self.part.noted:
            known.content = content
        return content

    def _label(self, node: Node, known: KnownParagraph, list_id: str, at: int, cell_style: CellStyle) -> Label | None:
        level = self.context.numbering.level(list_id, at)
        if level is None:
            return None
        text = self.context.numbering.next(list_id, at)
        if text in known.labels:
            return known.labels[text]
        noted, properties = self.part.noted, node.find(w("pPr"))
        mark = None if properties is None else properties.find(w("rPr"))
        label = self._new_label(text, level, list_id, at, self.context.run_props(mark, known.style, cell_style))
        if noted == self.part.noted:
            known.labels[text] = label
        return label

    def _new_label(self, text: str, level: Level, list_id: str, at: int, props: Props) -> Label:
        props.update(level.run)
        props.pop("underline", None) if "underline" not in level.run else None
        if level.format not in SUPPORTED_NUMBER_FORMATS:
            self.part.note(f"Numbers in the format “{level.format}” are printed as digits.", code="numbering")
        family = props.get("family", "")
        if fonts.is_symbol_font(family) or any(0xE000 <= ord(character) <= 0xF8FF for character in text):
            text = self._from_symbols(text, family)
            props["family"] = fonts.of_bullets(family)
        elif level.format == "bullet" and _has(own := fonts.of_bullets(family), text) and not _has(family, text):
            props["family"] = own  # rather than any font that has it, which may be much taller
        look_of_label = replace(run_format(props), hidden=False)
        return Label(
            text=text,
            format=look_of_label,
            ordered=level.format not in ("bullet", "none"),
            level=at,
            list_id=self.context.numbering.abstract_id(list_id),
            suffix=_SUFFIXES.get(level.suffix, "tab"),
            align=_LABEL_ALIGN.get(level.align, "left"),
        )

    def _from_symbols(self, text: str, family: str) -> str:
        known = "".join(
            fonts.symbol(family, ord(character)) or fonts.symbol("symbol", ord(character)) if ord(character) > 0xE000
            else fonts.symbol(family, ord(character)) or character
            for character in text
        )  # fmt: skip
        if not known and text:
            self.part.note(f"A bullet of the font {family} is printed as “•”.", code="look")
            return "•"
        return known


def _read_note(
    context: ReadingContext, node: Node, kind: Literal["footnote", "endnote"], mark: str
) -> tuple[Block, ...]:
    """The blocks of a note."""
    part = StoryPart(context, context.note_texts.part[kind], kind, f"{kind} {mark}")
    part.note_mark = mark
    return tuple(BlockReader(part).blocks(node))
