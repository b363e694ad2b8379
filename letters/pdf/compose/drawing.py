"""Draws composed pages as content streams, with all text and every picture in the marked content of its node.

Input coordinates count from the top left corner of the page, output coordinates from the bottom left (ISO 32000-1,
8.3.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from letters._text.limited_memory import remember
from letters.pdf import fonts
from letters.pdf.compose.floats import Edges, box_size, corner, moves_words
from letters.pdf.compose.fragments import (
    BoxFragment,
    CellFragment,
    ColumnsFragment,
    Fragment,
    Frame,
    InlineBoxFragment,
    LineFragment,
    ParagraphFragment,
    RowFragment,
    TextFragment,
    stacked,
)
from letters.pdf.compose.inline import FloatingPicture, InlinePicture, PictureLink
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.lines import OWN, Line, RunSlice, SharedLook
from letters.pdf.compose.operators import (
    EMBOLDENED,
    SLANT,
    around,
    border,
    fill,
    glyphs_of,
    leader,
    path,
    rgb,
    stroke,
    wave,
)
from letters.pdf.compose.pages import ComposedPage, PlacedFragment, stack
from letters.pdf.compose.resources import DrawnPage, LinkArea, LinkTargets, PageResources
from letters.pdf.compose.runs import SOFT_HYPHEN, Run
from letters.pdf.compose.unsupported import OffPage, Unsupported
from letters.pdf.document import Box, Floating, Image, Link, Paragraph
from letters.pdf.tags.structure import Mark, Node

_EDGE = 1.0
"""Points a glyph may reach beyond the page: rounding errors, not lost words."""
_CONTENT = None
_LAYOUT = ""
_MOST_PLACES = 6
"""How many places of lines are remembered."""
_NOTE_RULE = 117.0
"""The length of the line above the footnotes."""


class _DrawnLines(Struct, frozen=True, gc=False):
    """What lines add to a page."""

    spans: tuple[tuple[Run, str, str], ...]
    """A run of each structure node in turn, the operators and the text."""
    under: tuple[str, ...]
    over: tuple[str, ...]
    state: tuple[str, float, str, float]
    """The state after them."""


def draw(
    pages: list[ComposedPage], context: LayoutContext, resources: PageResources, targets: LinkTargets
) -> list[DrawnPage]:
    attached: set[Node] = set()
    drawn = [_Canvas(at, page, context, resources, targets, attached).draw() for at, page in enumerate(pages)]
    for paragraph, note in context.footnotes:
        paragraph.kids.append(note)
    return drawn


def _as_read(run: Run, start: int, end: int) -> Sequence[int]:
    """The glyphs in the order of the text, as viewers find it: they turn round what is written from right to left.

    A text of such a script is spelled only where its glyphs do not say what they stand for: most viewers would turn
    the spelling round, too, and find each word backwards.
    """
    order = run.shaped.order(start, end)
    return order[::-1] if run.level % 2 else order


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


class _Canvas:
    """Draws one page in layers, from the background to the foreground."""

    def __init__(
        self,
        page_number: int,
        page: ComposedPage,
        context: LayoutContext,
        resources: PageResources,
        targets: LinkTargets,
        attached: set[Node],
    ) -> None:
        self.page_number, self.page, self.context = page_number, page, context
        self.resources, self.targets = resources, targets
        self.attached = attached
        self.height, self.width = page.section.height, page.section.width
        self.edges = self.width, self.height
        self.left = page.section.left
        self.under: list[str] = []
        self.behind: list[str] = []
        self.out: list[str] = []
        self.over: list[str] = []
        self.before: list[str] = []
        """The layers, from back to front: shading, floats behind the text, text, lines, floats in front of the text."""
        self.links: list[LinkArea] = []
        self.words: list[Edges] = []
        """The edges of lines of text and table rows."""
        self.paragraphs: list[tuple[ParagraphFragment, float, float]] = []
        """Whole paragraphs, the left edges of their columns, and their tops."""
        self.floats: list[tuple[Floating, Edges, tuple[Edges, ...]]] = []
        """Floats that text might have to wrap around: their edges, and the cells that they are anchored in."""
        self.rows: set[Edges] = set()
        """Those that are edges of cells."""
        self.cells: tuple[Edges, ...] = ()
        """The cells that are being drawn, one in the other."""
        self.marks = 0
        self.artifact: str | None = _CONTENT
        self.open: Node | str | None = None
        """The node whose marked content is open, or the operator that opened an artifact."""
        self.shown_text: list[str] = []
        self.state: tuple[str, float, str, float] = ("", 0.0, "#000000", 0.0)

    def draw(self) -> DrawnPage:
        self._stack(self.page.fragments)
        self._stack(self.page.notes)
        self._close()
        self._refuse_overlap()
        self._page_borders()
        if (rule := self.page.rule) is not None:
            y = self.height - rule
            self.over.append(stroke(self.left, y, self.left + _NOTE_RULE, y, 0.5, "solid", ""))
        self.artifact = "Header"
        self._stack(self.page.header)
        self._close()
        self.artifact = "Footer"
        self._stack(self.page.footer)
        self._close()
        self._refuse_overlap()
        parts = []
        if self.under:
            parts += ["/Artifact BMC q", *self.under, "Q EMC"]
        parts += [*self.behind, *self.out]
        if self.over:
            parts += ["/Artifact BMC q", *self.over, "Q EMC"]
        parts += self.before
        return DrawnPage(self.width, self.height, "\n".join(parts).encode(), self.marks, self.links)

    def _page_borders(self) -> None:
        """The lines around the page; their space is the distance to the edge of the paper."""
        lines = self.page.section.page_borders
        inset = {side: line.space + line.width / 2 for side, line in lines.edges()}
        left, right = inset.get("left", 0.0), self.width - inset.get("right", 0.0)
        top, bottom = self.height - inset.get("top", 0.0), inset.get("bottom", 0.0)
        for side, line in lines.edges():
            ends = {
                "top": (left, top, right, top), "bottom": (left, bottom, right, bottom),
                "left": (left, bottom, left, top), "right": (right, bottom, right, top),
            }[side]  # fmt: skip
            self.over += border(line, *ends)

    def _refuse_overlap(self) -> None:
        """Text does not wrap around the floats of headers and footers, nor theirs around those of the text."""
        if self.floats:
            for fragment, x, y in self.paragraphs:
                for line in fragment.known.lines:
                    self._add_words(line, x, y, y + line.height - line.hangs)
                    y += line.height
        lines = [each for each in self.words if each not in self.rows]
        if any(
            moves_words(place, edges, lines if around else self.words)  # a row makes room for those in it
            for place, edges, around in self.floats
        ):
            raise Unsupported("text that wraps around a float")
        self.words, self.paragraphs, self.floats, self.rows = [], [], [], set()

    def _stack(self, fragments: list[PlacedFragment]) -> None:
        framed: list[tuple[LineFragment, float]] = []
        for at, placed in enumerate(fragments):
            fragment, kept = placed.fragment, self.artifact
            if type(fragment) is ParagraphFragment:
                if framed:
                    self._frame(framed)
                    framed = []
                self._whole_paragraph(fragment, self.left + fragment.shift, placed.y)
            elif isinstance(fragment, LineFragment):
                if framed and framed[-1][0].frame is not fragment.frame:
                    self._frame(framed)
                    framed = []
                if fragment.frame is not None:
                    framed.append((fragment, placed.y))
                self._line_fragment(fragment, self.left + fragment.shift, placed.y)
            elif isinstance(fragment, RowFragment):
                if placed.repeated:
                    self._close()
                    self.artifact = _LAYOUT
                following = fragments[at + 1].fragment if at + 1 < len(fragments) else None
                last = not isinstance(following, RowFragment) or (fragment.below is not None and fragment.below.closing)
                self._row(fragment, self.left + fragment.shift, placed.y, last=last)
                if placed.repeated:
                    self._close()
                    self.artifact = kept
            elif isinstance(fragment, InlineBoxFragment) and fragment.box is not None:
                x = self.left + fragment.shift + fragment.x
                self.words.append((x, placed.y, x + fragment.box.width, placed.y + fragment.height))
                self._box_at(fragment.box, x, placed.y, fragment.height, fragment.fragments, fragment.content)
            elif isinstance(fragment, ColumnsFragment):
                self._columns(fragment, placed.y)
        if framed:
            self._frame(framed)

    def _columns(self, fragment: ColumnsFragment, y: float) -> None:
        columns, kept = fragment.columns, self.left
        assert columns is not None
        self.left += fragment.shift
        for at, column in enumerate(fragment.filled):
            gap = columns.gaps[at - 1] if at and columns.gaps else columns.gap
            if at and columns.ruled:
                x, end = self.left - gap / 2, self.height - y - fragment.height
                self.over.append(stroke(x, self.height - y, x, end, 0.5, "solid", ""))
            self._stack([PlacedFragment(each, y + down) for each, down in column])
            after = columns.gaps[at] if at < len(columns.gaps) else columns.gap
            self.left += (columns.widths[at] if columns.widths else fragment.width) + after
        self.left = kept

    # ------------------------------------------------------------ lines

    def _whole_paragraph(self, fragment: ParagraphFragment, x: float, y: float) -> None:
        lines, look = fragment.known.lines, fragment.known.look
        assert look is not None
        if fragment.heading is not None:
            self._heading(fragment, x + lines[0].start, y)
        self.paragraphs.append((fragment, x, y))
        if fragment.of_label is fragment.own:  # as that of a heading, whose number is part of its text
            self._shared_lines(fragment, lines, look, x, y)
            return
        drawn = self._drawn_at(lines, look, x, y)
        if self.open is not None:
            self._close()
        for run, operators, text in drawn.spans:
            node = fragment.own if run.node is OWN else fragment.of_label
            assert node is not None
            self.out.append(f"/{node.kind} <</MCID {self.marks}>> BDC\nBT\n{operators}\nET EMC")
            node.kids.append(Mark(self.page_number, self.marks, text))
            self.marks += 1

    def _heading(self, fragment: TextFragment, x: float, y: float) -> None:
        if fragment.heading is not None and self.artifact is _CONTENT:
            self.targets.headings.append((fragment.heading, self.page_number, x, self.height - y))

    def _add_words(self, line: Line, x: float, top: float, bottom: float) -> None:
        if line.pieces or line.pictures:
            begins = [line.start, *[end for _, end in line.crossed]]
            ends = [*[begin for begin, _ in line.crossed], line.end]
            self.words += [(x + begin, top, x + end, bottom) for begin, end in zip(begins, ends, strict=True)]

    def _line_fragment(self, fragment: LineFragment, x: float, y: float) -> None:
        line, top = fragment.line, y + fragment.space_above
        self._heading(fragment, x + line.start, y)
        self._add_words(line, x, top, y + fragment.height - line.hangs)
        anchor = top - fragment.skip
        for part in fragment.boxes:
            self._box(part, x, anchor)
        for floating in line.floats:
            self._floating_picture(floating, x, anchor)
        for name, at in line.anchors:
            self.targets.anchors.setdefault(name, (self.page_number, x + at, self.height - y))
        if not line.shared:
            self._line(fragment, x, self.height - (top + line.baseline))
        else:
            self._shared_lines(fragment, (line,), line.look, x, top)

    def _line(self, fragment: LineFragment, x: float, baseline: float) -> None:
        line = fragment.line
        pictures = list(line.pictures)
        for at, piece in enumerate(line.pieces):
            while pictures and pictures[0].x <= piece.x:
                self._picture(pictures.pop(0), x, baseline)
            node = fragment.node_of(piece.run)
            self._mark(node)
            self._piece(piece, node, x + piece.x, baseline, last=at == len(line.pieces) - 1)
        for shown in pictures:
            self._picture(shown, x, baseline)
        for rule in line.rules:
            self.over += leader(rule, x + rule.x, baseline)
        self.over += [path(each, x, baseline) for each in line.strokes]

    def _shared_lines(
        self, fragment: TextFragment, lines: Sequence[Line], look: SharedLook, x: float, top: float
    ) -> None:
        for run, operators, text in self._drawn_at(lines, look, x, top).spans:
            node = fragment.own if run.node is OWN else fragment.node_of(run)
            if node is None or node is not self.open:
                self._mark(node)
            self.out.append(operators)
            self.shown_text.append(text)

    def _drawn_at(self, lines: Sequence[Line], look: SharedLook, x: float, top: float) -> _DrawnLines:
        """Lines that letters have in common, drawn once for each place where they stand in them."""
        key = x, top, self.edges, self.state, self.resources.show_shared(look)
        drawn: _DrawnLines | None = look.drawn.get(key)
        if drawn is None:
            drawn = remember(look.drawn, _MOST_PLACES, key, self._drawn(lines, x, top))
        if drawn.under:
            self.under += drawn.under
        if drawn.over:
            self.over += drawn.over
        self.state = drawn.state
        return drawn

    def _drawn(self, lines: Sequence[Line], x: float, top: float) -> _DrawnLines:
        canvas = _Canvas.__new__(_Canvas)
        canvas.__dict__.update(self.__dict__)
        canvas.under, canvas.over = [], []
        spans: list[tuple[Run, str, str]] = []
        for line in lines:
            baseline = self.height - (top + line.baseline)
            top += line.height
            for at, piece in enumerate(line.pieces):
                canvas.out, canvas.shown_text = [], []
                canvas._piece(piece, piece.run.node, x + piece.x, baseline, last=at == len(line.pieces) - 1)
                operators, text = "\n".join(canvas.out), "".join(canvas.shown_text)
                if spans and spans[-1][0].node is piece.run.node:
                    _, before, said = spans.pop()
                    operators, text = f"{before}\n{operators}", said + text
                spans.append((piece.run, operators, text))
            for rule in line.rules:
                canvas.over += leader(rule, x + rule.x, baseline)
        return _DrawnLines(tuple(spans), tuple(canvas.under), tuple(canvas.over), canvas.state)

    def _piece(self, piece: RunSlice, node: Node | None, x: float, baseline: float, *, last: bool) -> None:
        run = piece.run
        run_format, size = run.run_format, run.size
        y = baseline + run.rise
        if piece.gap is None and (x < -_EDGE or y < -_EDGE or y > self.height + _EDGE or (
            x + piece.width - size > self.width + _EDGE
            and (bare := run.bare_end(piece.start, piece.end)) > piece.start
            and x + run.width(piece.start, bare) > self.width + _EDGE
        )):  # fmt: skip
            raise OffPage("text off the page")
        wide = run_format.stretch
        self._set(self.resources.font(run.font), size, run_format.color or "#000000", run_format.spacing / wide)
        start, end = run.shaped.glyphs_of(piece.start, piece.end)
        self.resources.show(run)
        shown = f"{wide:g} 0 {SLANT if run.slanted else 0} 1 {x:.3f} {y:.3f} Tm {glyphs_of(piece, start, end)}"
        if run.emboldened:
            color = rgb(run_format.color or "#000000")
            shown = f"{color} RG {size * EMBOLDENED:.3f} w 2 Tr {shown} 0 Tr"
        if run.spelled and not _same(self.resources.reads(run, _as_read(run, start, end)), piece.text):
            typed = piece.text.replace(SOFT_HYPHEN, "").encode("utf-16-be").hex()
            shown = f"/Span <</ActualText <feff{typed}>>> BDC {shown} EMC"
        self.out.append(shown)
        self.shown_text.append(piece.actual_text)
        if run_format.underline or run_format.strike or run_format.background or run.link is not None:
            self._decorate(piece, node, x, y, last=last)
        if run.note is not None:
            self._close()  # so that the reference mark is read apart from what follows

    def _decorate(self, piece: RunSlice, node: Node | None, x: float, y: float, *, last: bool) -> None:
        """Underlines, strikethrough, background color and link areas."""
        run = piece.run
        run_format, size = run.run_format, run.size
        width = piece.width if piece.gap is None else piece.gap
        if last:
            width -= run.width(run.bare_end(piece.start, piece.end), piece.end)
        up, down = (part * size for part in fonts.metrics(run_format.family, run_format.bold, run_format.italic).drawn)
        if run_format.background:
            self.under.append(fill(x, y - down, width, up + down, run_format.background))
        for wanted, (place, thick) in (
            (run_format.underline, run.font.decoration.underline),
            ("solid" if run_format.strike else "", run.font.decoration.strike),
        ):  # fmt: skip
            if wanted:
                middle = y + (place - thick / 2) * size
                if wanted == "wavy":
                    self.over.append(wave(x, middle, x + width, thick * size, run_format.color))
                    continue
                offsets = (0.0, -1.8 * thick * size) if wanted == "double" else (0.0,)
                for offset in offsets:
                    at = middle + offset
                    self.over.append(stroke(x, at, x + width, at, thick * size, wanted, run_format.color))
        if run.link is not None:
            self._link_area((x, y - down, x + width, y + up), run.link, node)

    def _link_area(self, edges: tuple[float, float, float, float], link: Link, node: Node | None) -> None:
        if self.artifact is _LAYOUT:
            return
        if node is None:
            node = self.context.header_links[id(link)]
        while node.kind != "Link":  # text in another language inside it
            node = self.context.parents[node]
        if self.links and self.links[-1].link is link and abs(self.links[-1].edges[1] - edges[1]) < edges[3] - edges[1]:
            known = self.links.pop().edges
            edges = known[0], min(known[1], edges[1]), edges[2], max(known[3], edges[3])
        self.links.append(LinkArea(edges, link, node))

    def _picture(self, shown: InlinePicture, x: float, baseline: float) -> None:
        image = shown.image
        left, height = x + shown.x + image.around[3], max(image.height, 0.0)
        baseline += image.around[2]
        cut = max(height + image.around[2] - shown.shows, 0.0)
        if baseline + height - cut > self.height + _EDGE:
            raise Unsupported("a picture off the page")
        self._close()
        self.out.append(self._figure(image, shown.node, left, self.height - baseline - height, cut))
        self._link_picture(shown.link, (left, baseline, left + max(image.width, 0.0), baseline + height - cut))

    def _floating_picture(self, floating: FloatingPicture, x: float, y: float) -> None:
        """A picture with a position on the page. In headers and footers it is behind the text, as in Word."""
        image, place = floating.image, floating.place
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        left, top = corner(self.page.section, place, (width, height), (x, floating.room), y, in_cell=bool(self.cells))
        self.floats.append((place, (left, top, left + width, top + height), self.cells))
        self._close()
        where = self.behind if place.behind or place.in_margin else self.before
        where.append(self._figure(image, floating.node, left, top))
        self._link_picture(floating.link, (left, self.height - top - height, left + width, self.height - top))

    def _link_picture(self, within: PictureLink | None, edges: tuple[float, float, float, float]) -> None:
        if within is None:
            return
        if within.node is not None and self.artifact is _CONTENT:
            self._attach(within.node)  # a picture without a description has no node of its own
        self._link_area(edges, within.link, within.node)

    def _figure(self, image: Image, node: Node | None, left: float, top: float, cut: float = 0.0) -> str:
        """The operators for a picture, marked as a figure; as an artifact in headers and footers or without a
        description.

        Args:
            cut: how much of it does not show, from its top.
        """
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        mark = "/Artifact BMC"
        if node is not None and self.artifact is _CONTENT:
            self._attach(node)
            node.kids.append(Mark(self.page_number, self.marks, ""))
            node.box = (self.page_number, left, top + cut, left + width, top + height)
            mark = f"/Figure <</MCID {self.marks}>> BDC"
            self.marks += 1
        lower = self.height - top - height
        shown = f"{left:.3f} {lower:.3f} {width:.3f} {height - cut:.3f} re W n " if cut else ""
        matrix = f"{width:.3f} 0 0 {height:.3f} {left:.3f} {lower:.3f}"
        edge = "" if image.edge is None or cut else f" {around(image.edge, left, lower + height)}"
        return f"{mark} q {shown}{matrix} cm /{self.resources.picture(image)} Do Q{edge} EMC"

    # ------------------------------------------------------------ marks

    def _mark(self, node: Node | None) -> None:
        """Begin the marked content of a node, unless it is open already."""
        wanted: Node | str
        if self.artifact is not _CONTENT:
            kind = f"/Type /Pagination /Subtype /{self.artifact}" if self.artifact else "/Type /Layout"
            wanted = f"/Artifact <<{kind}>> BDC"
        else:
            assert node is not None
            wanted = node
        if wanted == self.open:
            return
        self._close()
        self.open = wanted
        if isinstance(wanted, Node):
            self._attach(wanted)
            self.out.append(f"/{wanted.kind or 'P'} <</MCID {self.marks}>> BDC")
        else:
            self.out.append(wanted)
        self.out.append("BT")

    def _close(self) -> None:
        if self.open is None:
            return
        self.out.append("ET EMC")
        if isinstance(self.open, Node):
            self.open.kids.append(Mark(self.page_number, self.marks, "".join(self.shown_text)))
            self.marks += 1
        self.open = None
        self.shown_text.clear()

    def _attach(self, node: Node) -> None:
        """Attach the node of a link, a picture or foreign-language text to its parent when it is first drawn."""
        above = self.context.parents.get(node) if self.context.parents else None
        if above is not None and node not in self.attached:
            self.attached.add(node)
            self._attach(above)
            above.kids.append(node)

    def _set(self, font: str, size: float, color: str, spacing: float) -> None:
        before = self.state
        if (font, size) != before[:2]:
            self.out.append(f"/{font} {size:g} Tf")
        if color != before[2]:
            self.out.append(f"{rgb(color)} rg")
        if spacing != before[3]:
            self.out.append(f"{spacing:g} Tc")
        self.state = font, size, color, spacing

    # ------------------------------------------------------------ boxes

    def _box(self, part: BoxFragment, x: float, y: float) -> None:
        """A text box with a position on the page."""
        box, (width, height) = part.box, box_size(part)
        left, top = corner(self.page.section, part.place, (width, height), (x, part.room), y, in_cell=bool(self.cells))
        right, bottom = left + width, top + height
        self.floats.append((part.place, (left, top, right, bottom), self.cells))
        words, self.words = self.words, []
        self._box_at(box, left, top, height, part.fragments, stacked(part.fragments) + part.after)
        self.words = words

    def _box_at(
        self, box: Box, left: float, top: float, height: float, fragments: list[Fragment], content: float
    ) -> None:
        """A box: background, borders and content."""
        above, _, below, inset = box.padding
        width = box.width
        right, bottom = left + width, top + height
        upper, lower = self.height - top, self.height - bottom
        if box.shading:
            self.under.append(fill(left, lower, width, height, box.shading))
        lines = box.borders
        for line, edges in (
            (lines.top, (left, upper, right, upper)), (lines.bottom, (left, lower, right, lower)),
            (lines.left, (left, upper, left, lower)), (lines.right, (right, upper, right, lower)),
        ):  # fmt: skip
            if line is not None:
                self.over += border(line, *edges)
        free = max(height - above - content - below, 0.0)
        kept, self.left = self.left, left + inset
        self._stack(
            stack(fragments, top + above + {"top": 0.0, "middle": free / 2, "bottom": free}[box.vertical_align])
        )
        self.left = kept

    def _row(self, row: RowFragment, x: float, y: float, *, last: bool) -> None:
        edges = [(x + cell.x, y, x + cell.x + cell.width, y + cell.full_height) for cell in row.cells]
        self.words += edges
        self.rows.update(edges)
        for cell in row.cells:
            if cell.cell.shading:
                self.under.append(
                    fill(
                        x + cell.x, self.height - y - cell.full_height, cell.width, cell.full_height, cell.cell.shading
                    )
                )
        self._lines_of_row(row, x, y, last=last)
        around = self.cells
        for cell, own in zip(row.cells, edges, strict=True):
            self.cells = (*around, own)
            if cell.cell.turned:
                self._turned(cell, own)
                continue
            free = cell.full_height - cell.top - cell.bottom - stacked(cell.fragments)
            down = {"top": 0.0, "middle": free / 2, "bottom": free}[cell.cell.align]
            kept, self.left = self.left, x + cell.x + cell.inset
            self._stack(stack(cell.fragments, y + cell.top + max(down, 0.0)))
            self.left = kept
        self.cells = around

    def _turned(self, cell: CellFragment, edges: Edges) -> None:
        """The text of a cell whose lines are upright: drawn as if it were level, with the page turned for it."""
        left, top, right, bottom = edges
        left, right, top, bottom = left + cell.inset, right - cell.inset, top + cell.top, bottom - cell.bottom
        align = next((each.format.align for each in cell.cell.blocks if isinstance(each, Paragraph)), "left")
        along = {"center": 0.5, "right": 1.0}.get(align, 0.0) * max(bottom - top - cell.length, 0.0)
        free = max(right - left - stacked(cell.fragments), 0.0)
        across = {"top": 0.0, "middle": free / 2, "bottom": free}[cell.cell.align]
        if cell.cell.turned == "left":
            matrix = (0, 1, -1, 0, left + across + self.height, self.height - bottom + along)
        else:
            matrix = (0, -1, 1, 0, right - across - self.height, self.height - top - along)
        self._close()
        layers = self.under, self.behind, self.out, self.over, self.before
        begun = [len(layer) for layer in layers]
        kept, links, words, state = self.left, len(self.links), len(self.words), self.state
        self.left = 0.0
        self._stack(stack(cell.fragments, 0.0))
        self._close()
        self.left, self.state = kept, state
        del self.words[words:]
        for layer, start in zip(layers, begun, strict=True):
            if len(layer) > start:
                layer[start:] = [f"q {' '.join([f'{each:g}' for each in matrix])} cm", *layer[start:], "Q"]
        self.links[links:] = [replace(each, edges=_turned_edges(each.edges, matrix)) for each in self.links[links:]]

    def _lines_of_row(self, row: RowFragment, x: float, y: float, *, last: bool) -> None:
        """The borders above and beside a row; those below it only if the next row does not draw them."""
        top, bottom = self.height - y, self.height - y - row.height
        for boundary, wanted in ((row.above, True), (row.below, last)):
            if boundary is None or not wanted:
                continue
            upper = top if boundary is row.above else bottom + (boundary.depth if boundary.closing else 0.0)
            middle = upper - boundary.depth / 2
            for line in boundary.lines:
                self.over += border(line.border, x + line.start, middle, x + line.end, middle)
        for line in row.vertical:
            self.over += border(line.border, x + line.start, top, x + line.end, bottom)

    def _frame(self, fragments: list[tuple[LineFragment, float]]) -> None:
        """The box behind consecutive lines of a paragraph."""
        frame = fragments[0][0].frame
        assert isinstance(frame, Frame)
        left = self.left + fragments[0][0].shift + frame.left
        right = self.left + fragments[0][0].shift + frame.right
        top = self.height - fragments[0][1]
        bottom = self.height - fragments[-1][1] - fragments[-1][0].height
        if frame.shading:
            self.under.append(fill(left, bottom, right - left, top - bottom, frame.shading))
        if (line := frame.left_line) is not None:
            self.under += border(line, left + line.width / 2, top, left + line.width / 2, bottom)
        if (line := frame.right_line) is not None:
            self.under += border(line, right - line.width / 2, top, right - line.width / 2, bottom)
        for fragment, y in fragments:
            upper, lower = self.height - y, self.height - y - fragment.height
            if (line := fragment.top_line) is not None:
                self.under += border(line, left, upper - line.width / 2, right, upper - line.width / 2)
            if (line := fragment.bottom_line) is not None:
                self.under += border(line, left, lower + line.width / 2, right, lower + line.width / 2)


def _turned_edges(
    edges: tuple[float, float, float, float], matrix: tuple[float, float, float, float, float, float]
) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an area once the page is turned."""
    a, b, c, d, e, f = matrix
    across, down = zip(*((a * x + c * y + e, b * x + d * y + f) for x in edges[::2] for y in edges[1::2]), strict=True)
    return min(across), min(down), max(across), max(down)
