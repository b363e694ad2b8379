"""Draws composed pages: content streams, with every piece of text and every picture under the mark of its node.

Lengths come in from the upper left corner of the paper and go out from the lower left (ISO 32000-1, 8.3.2)."""

from __future__ import annotations

from letters.pdf import fonts
from letters.pdf.compose.afloat import Edges, corner, moves_words
from letters.pdf.compose.inks import Drawn, Inks, LinkArea, LinkTargets
from letters.pdf.compose.lines import Line, RunPiece
from letters.pdf.compose.matter import Afloat, Shown
from letters.pdf.compose.pages import ComposedPage, Placed, stack
from letters.pdf.compose.reach import BeyondReach
from letters.pdf.compose.setting import Setting
from letters.pdf.compose.slabs import BoxPart, Frame, LineSlab, RowSlab, stacked
from letters.pdf.compose.strokes import border, fill, glyphs_of, ink, leader, stroke
from letters.pdf.document import Floating, Image, Link
from letters.pdf.tags.structure import Mark, Node

_EDGE = 1.0
"""Points a glyph may stick out of the paper: rounding, not a lost word."""
_TOLD = None
_LAYOUT = ""
_NOTE_RULE = 117.0
"""How long the line above the footnotes is."""


def draw(sheets: list[ComposedPage], setting: Setting, inks: Inks, places: LinkTargets) -> list[Drawn]:
    attached: set[Node] = set()
    drawn = [_Canvas(at, sheet, setting, inks, places, attached).draw() for at, sheet in enumerate(sheets)]
    for paragraph, note in setting.notes_told:
        paragraph.kids.append(note)
    return drawn


class _Canvas:
    """Draws one page: what lies behind the words, the words, and the lines drawn over them."""

    def __init__(
        self, page: int, sheet: ComposedPage, setting: Setting, inks: Inks, places: LinkTargets, attached: set[Node]
    ) -> None:
        self.page, self.sheet, self.setting, self.inks, self.places = page, sheet, setting, inks, places
        self.attached = attached
        self.height, self.width = sheet.section.height, sheet.section.width
        self.left = sheet.section.left
        self.under: list[str] = []
        self.behind: list[str] = []
        self.out: list[str] = []
        self.over: list[str] = []
        self.before: list[str] = []
        """What is drawn, from the back to the front: shading, things behind the words, words, lines, things before."""
        self.spots: list[LinkArea] = []
        self.words: list[Edges] = []
        """Where lines and rows of tables stand."""
        self.apart: list[tuple[Floating, Edges]] = []
        """Where things stand that text might go round."""
        self.marks = 0
        self.furniture: str | None = _TOLD
        self.open: Node | str | None = None
        """The node whose mark is open, or the property list of an artifact."""
        self.said: list[str] = []
        self.state: tuple[str, float, str, float] = ("", 0.0, "#000000", 0.0)

    def draw(self) -> Drawn:
        self._stack(self.sheet.slabs)
        self._stack(self.sheet.notes)
        self._close()
        if (rule := self.sheet.rule) is not None:
            y = self.height - rule
            self.over.append(stroke(self.left, y, self.left + _NOTE_RULE, y, 0.5, "solid", ""))
        self.furniture = "Header"
        self._stack(self.sheet.header)
        self._close()
        self.furniture = "Footer"
        self._stack(self.sheet.footer)
        self._close()
        if any(moves_words(place, edges, self.words) for place, edges in self.apart):
            raise BeyondReach("a thing that text goes round")
        parts = []
        if self.under:
            parts += ["/Artifact BMC q", *self.under, "Q EMC"]
        parts += [*self.behind, *self.out]
        if self.over:
            parts += ["/Artifact BMC q", *self.over, "Q EMC"]
        parts += self.before
        return Drawn(self.width, self.height, "\n".join(parts).encode(), self.marks, self.spots)

    def _stack(self, slabs: list[Placed]) -> None:
        framed: list[tuple[LineSlab, float]] = []
        for at, placed in enumerate(slabs):
            slab, kept = placed.slab, self.furniture
            if isinstance(slab, LineSlab):
                if framed and framed[-1][0].frame is not slab.frame:
                    self._frame(framed)
                    framed = []
                if slab.frame is not None:
                    framed.append((slab, placed.y))
                self._line_slab(slab, self.left, placed.y)
            elif isinstance(slab, RowSlab):
                if placed.again:
                    self._close()
                    self.furniture = _LAYOUT
                following = slabs[at + 1].slab if at + 1 < len(slabs) else None
                last = not isinstance(following, RowSlab) or (slab.below is not None and slab.below.closing)
                self._row(slab, self.left, placed.y, last=last)
                if placed.again:
                    self._close()
                    self.furniture = kept
        if framed:
            self._frame(framed)

    # ------------------------------------------------------------ lines

    def _line_slab(self, slab: LineSlab, x: float, y: float) -> None:
        line = slab.line
        baseline = self.height - (y + slab.lead + line.baseline)
        if slab.heading is not None and self.furniture is _TOLD:
            self.places.headings.append((slab.heading, self.page, x + line.start, self.height - y))
        end = line.pieces[-1].x + line.pieces[-1].width if line.pieces else line.start
        self.words.append((x + line.start, y, x + end, y + slab.height))
        for part in slab.boxes:
            self._box(part, x, y + slab.lead)
        for thing in line.afloat:
            self._afloat(thing, x, y + slab.lead)
        for name, at in line.anchors:
            self.places.anchors.setdefault(name, (self.page, x + at, self.height - y))
        self._line(line, x, baseline)

    def _line(self, line: Line, x: float, baseline: float) -> None:
        pictures = list(line.pictures)
        for at, piece in enumerate(line.pieces):
            while pictures and pictures[0].x <= piece.x:
                self._picture(pictures.pop(0), x, baseline)
            self._piece(piece, x + piece.x, baseline, last=at == len(line.pieces) - 1)
        for shown in pictures:
            self._picture(shown, x, baseline)
        for rule in line.rules:
            self.over += leader(rule, x + rule.x, baseline)

    def _piece(self, piece: RunPiece, x: float, baseline: float, *, last: bool) -> None:
        run = piece.run
        look, size = run.look, run.size
        y = baseline + run.rise
        if x < -_EDGE or y < -_EDGE or y > self.height + _EDGE or (
            piece.gap is None and x + piece.width - (size if last else 0.0) > self.width + _EDGE
        ):  # fmt: skip
            raise BeyondReach("words off the page")
        self._mark(run.node)
        self._set(self.inks.font(run.font), size, look.colour or "#000000", look.spacing)
        start, end = run.shaped.glyphs_of(piece.start, piece.end)
        self.inks.show(run)
        self.out.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm {glyphs_of(piece, start, end)}")
        self.said.append(piece.told)
        if look.underline or look.strike or look.background or run.link is not None:
            self._dress(piece, x, y, last=last)
        if run.note is not None:
            self._close()  # so that the mark of a footnote is heard apart from what follows

    def _dress(self, piece: RunPiece, x: float, y: float, *, last: bool) -> None:
        """Lines under and through words, the colour behind them, and where they lead."""
        run = piece.run
        look, size = run.look, run.size
        width = piece.width if piece.gap is None else piece.gap
        if last:
            width -= run.width(run.bare_end(piece.start, piece.end), piece.end)
        up, down = (part * size for part in fonts.metrics(look.family, look.bold, look.italic).drawn)
        if look.background:
            self.under.append(fill(x, y - down, width, up + down, look.background))
        for wanted, (place, thick) in (
            (look.underline, run.font.strokes.underline), ("solid" if look.strike else "", run.font.strokes.strike),
        ):  # fmt: skip
            if wanted:
                middle = y + (place - thick / 2) * size
                offsets = (0.0, -1.8 * thick * size) if wanted == "double" else (0.0,)
                for offset in offsets:
                    at = middle + offset
                    self.over.append(stroke(x, at, x + width, at, thick * size, "solid", look.colour))
        if run.link is not None:
            self._spot((x, y - down, x + width, y + up), run.link, run.node)

    def _spot(self, edges: tuple[float, float, float, float], link: Link, node: Node | None) -> None:
        if self.furniture is _LAYOUT:
            return
        if node is None:
            node = self.setting.running_links[id(link)]
        while node.kind != "Link":  # words of another language in it
            node = self.setting.above[node]
        if self.spots and self.spots[-1].link is link and abs(self.spots[-1].edges[1] - edges[1]) < edges[3] - edges[1]:
            known = self.spots.pop().edges
            edges = known[0], min(known[1], edges[1]), edges[2], max(known[3], edges[3])
        self.spots.append(LinkArea(edges, link, node))

    def _picture(self, shown: Shown, x: float, baseline: float) -> None:
        image = shown.image
        left, width, height = x + shown.x, max(image.width, 0.0), max(image.height, 0.0)
        if left < -_EDGE or left + width > self.width + _EDGE or baseline + height > self.height + _EDGE:
            raise BeyondReach("a picture off the page")
        self._close()
        self.out.append(self._figure(image, shown.node, left, self.height - baseline - height))

    def _afloat(self, thing: Afloat, x: float, y: float) -> None:
        """A picture placed on the page. What belongs to a header or footer is behind the text, as in Word."""
        image, place = thing.image, thing.place
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        left, top = corner(self.sheet.section, place, (width, height), (x, thing.room), y)
        if top < -_EDGE or top + height > self.height + _EDGE:
            raise BeyondReach("a picture off the page")
        self.apart.append((place, (left, top, left + width, top + height)))
        self._close()
        where = self.behind if place.behind or place.in_margin else self.before
        where.append(self._figure(image, thing.node, left, top))

    def _figure(self, image: Image, node: Node | None, left: float, top: float) -> str:
        """What draws a picture, under the mark of its node; page furniture, and what nothing is said of, has none."""
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        mark = "/Artifact BMC"
        if node is not None and self.furniture is _TOLD:
            self._attach(node)
            node.kids.append(Mark(self.page, self.marks, ""))
            node.box = (self.page, left, top, left + width, top + height)
            mark = f"/Figure <</MCID {self.marks}>> BDC"
            self.marks += 1
        matrix = f"{width:.3f} 0 0 {height:.3f} {left:.3f} {self.height - top - height:.3f}"
        return f"{mark} q {matrix} cm /{self.inks.picture(image)} Do Q EMC"

    # ------------------------------------------------------------ marks

    def _mark(self, node: Node | None) -> None:
        """Begin the marked content of a node, unless it is open."""
        wanted: Node | str
        if self.furniture is not _TOLD:
            kind = f"/Type /Pagination /Subtype /{self.furniture}" if self.furniture else "/Type /Layout"
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
            self.open.kids.append(Mark(self.page, self.marks, "".join(self.said)))
            self.marks += 1
        self.open = None
        self.said.clear()

    def _attach(self, node: Node) -> None:
        """Tell a link, a picture or foreign words where they are first shown."""
        above = self.setting.above.get(node)
        if above is not None and node not in self.attached:
            self.attached.add(node)
            self._attach(above)
            above.kids.append(node)

    def _set(self, font: str, size: float, colour: str, spacing: float) -> None:
        before = self.state
        if (font, size) != before[:2]:
            self.out.append(f"/{font} {size:g} Tf")
        if colour != before[2]:
            self.out.append(f"{ink(colour)} rg")
        if spacing != before[3]:
            self.out.append(f"{spacing:g} Tc")
        self.state = font, size, colour, spacing

    # ------------------------------------------------------------ boxes

    def _box(self, part: BoxPart, x: float, y: float) -> None:
        """A box placed on the page, with its lines, its colour and what it holds."""
        box = part.box
        above, _, below, inset = box.padding
        width, content = box.width, stacked(part.slabs) + part.after
        height = box.height
        if not box.has_fixed_height:
            height = max(height, above + content + below)
        left, top = corner(self.sheet.section, part.place, (width, height), (x, part.room), y)
        right, bottom = left + width, top + height
        if left < -_EDGE or top < -_EDGE or right > self.width + _EDGE or bottom > self.height + _EDGE:
            raise BeyondReach("a box off the page")
        self.apart.append((part.place, (left, top, right, bottom)))
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
        kept, words = self.left, self.words
        self.left, self.words = left + inset, []
        self._stack(
            stack(part.slabs, top + above + {"top": 0.0, "middle": free / 2, "bottom": free}[box.vertical_align])
        )
        self.left, self.words = kept, words

    def _row(self, row: RowSlab, x: float, y: float, *, last: bool) -> None:
        for cell in row.cells:
            self.words.append((x + cell.x, y, x + cell.x + cell.width, y + cell.reach))
            if cell.cell.shading:
                self.under.append(
                    fill(x + cell.x, self.height - y - cell.reach, cell.width, cell.reach, cell.cell.shading)
                )
        self._lines_of_row(row, x, y, last=last)
        for cell in row.cells:
            free = cell.reach - cell.top - cell.bottom - stacked(cell.slabs)
            down = {"top": 0.0, "middle": free / 2, "bottom": free}[cell.cell.align]
            kept, self.left = self.left, x + cell.x + cell.inset
            self._stack(stack(cell.slabs, y + cell.top + max(down, 0.0)))
            self.left = kept

    def _lines_of_row(self, row: RowSlab, x: float, y: float, *, last: bool) -> None:
        """The lines above and beside a row; and those below it, unless they are those above the next."""
        top, bottom = self.height - y, self.height - y - row.height
        for boundary, wanted in ((row.above, True), (row.below, last)):
            if boundary is None or not wanted:
                continue
            upper = top if boundary is row.above else bottom + (boundary.depth if boundary.closing else 0.0)
            middle = upper - boundary.depth / 2
            for line in boundary.lines:
                self.over += border(line.border, x + line.start, middle, x + line.end, middle)
        for line in row.upright:
            self.over += border(line.border, x + line.start, top, x + line.end, bottom)

    def _frame(self, slabs: list[tuple[LineSlab, float]]) -> None:
        """The box behind lines of a paragraph that stand one under another."""
        frame = slabs[0][0].frame
        assert isinstance(frame, Frame)
        left, right = self.left + frame.left, self.left + frame.right
        top = self.height - slabs[0][1]
        bottom = self.height - slabs[-1][1] - slabs[-1][0].height
        if frame.shading:
            self.under.append(fill(left, bottom, right - left, top - bottom, frame.shading))
        if (line := frame.left_line) is not None:
            self.under += border(line, left + line.width / 2, top, left + line.width / 2, bottom)
        if (line := frame.right_line) is not None:
            self.under += border(line, right - line.width / 2, top, right - line.width / 2, bottom)
        for slab, y in slabs:
            upper, lower = self.height - y, self.height - y - slab.height
            if (line := slab.top_line) is not None:
                self.under += border(line, left, upper - line.width / 2, right, upper - line.width / 2)
            if (line := slab.bottom_line) is not None:
                self.under += border(line, left, lower + line.width / 2, right, lower + line.width / 2)
