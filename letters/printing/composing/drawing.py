"""Draws composed pages: content streams, with every piece of text and every picture under the mark of its node.

Lengths come in from the upper left corner of the paper and go out from the lower left (ISO 32000-1, 8.3.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from letters.printing import fonts
from letters.printing.composing.afloat import Edges, corner, moves_words
from letters.printing.composing.lines import Afloat, Line, Piece, Rule, Run, Shown
from letters.printing.composing.pages import Placed, Sheet, stack
from letters.printing.composing.reach import BeyondReach
from letters.printing.composing.setting import Setting
from letters.printing.composing.shaping import Font, Shaped
from letters.printing.composing.slabs import BoxPart, Frame, LineSlab, RowSlab, stacked
from letters.printing.document import Border, Floating, Image, Link
from letters.printing.structure import Mark, Node

_EDGE = 1.0
"""Points a glyph may stick out of the paper: rounding, not a lost word."""
_TOLD = None
_LAYOUT = ""
_LEADER_STEP = 0.278
"""From dot to dot of a leader: as wide as a full stop, in parts of the size."""
_NOTE_RULE = 117.0
"""How long the line above the footnotes is."""
_DASHES = {"dotted": "[{0} {0}] 0 d", "dashed": "[{1} {0}] 0 d"}


@dataclass
class Inks:
    """What the pages of one letter use: fonts with the glyphs shown, and pictures; each by its name in the file."""

    fonts: dict[Font, dict[int, str]] = field(default_factory=dict)
    """Of each font, the glyphs and what each stands for: where it is several characters, the first one shown."""
    font_names: dict[Font, str] = field(default_factory=dict)
    pictures: dict[bytes, tuple[str, Image]] = field(default_factory=dict)
    _seen: set[Shaped] = field(default_factory=set)

    def font(self, font: Font) -> str:
        if font not in self.fonts:
            self.fonts[font] = {}
            self.font_names[font] = f"F{len(self.font_names)}"
        return self.font_names[font]

    def show(self, run: Run) -> None:
        if run.shaped not in self._seen:
            self._seen.add(run.shaped)
            known = self.fonts[run.font]
            for glyph, told in zip(run.shaped.glyphs, run.shaped.told, strict=True):
                known.setdefault(glyph, told)

    def picture(self, image: Image) -> str:
        if image.data not in self.pictures:
            self.pictures[image.data] = f"P{len(self.pictures)}", image
        return self.pictures[image.data][0]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a page that leads somewhere: left, lower, right and upper edge; the node is that of the link."""

    edges: tuple[float, float, float, float]
    link: Link
    node: Node


@dataclass
class Drawn:
    """One drawn page."""

    width: float
    height: float
    content: bytes
    marks: int
    """How many marks it has, numbered from 0."""
    spots: list[Spot]


@dataclass
class Places:
    """Where links and the outline lead: page from 0, and the place in points from the lower left corner."""

    anchors: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    headings: list[tuple[Node, int, float, float]] = field(default_factory=list)


def draw(sheets: list[Sheet], setting: Setting, inks: Inks, places: Places) -> list[Drawn]:
    attached: set[Node] = set()
    drawn = [_Canvas(at, sheet, setting, inks, places, attached).draw() for at, sheet in enumerate(sheets)]
    for paragraph, note in setting.notes_told:
        paragraph.kids.append(note)
    return drawn


class _Canvas:
    """Draws one page: what lies behind the words, the words, and the lines drawn over them."""

    def __init__(
        self, page: int, sheet: Sheet, setting: Setting, inks: Inks, places: Places, attached: set[Node]
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
        self.spots: list[Spot] = []
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
            self._stroke(self.left, y, self.left + _NOTE_RULE, y, 0.5, "solid", "", self.over)
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
            self._leader(rule, x + rule.x, baseline)

    def _leader(self, rule: Rule, x: float, baseline: float) -> None:
        """Dots, dashes or a line up to what stands behind a tab; dots of several lines stand one below another."""
        colour, end = rule.colour or "#000000", x + rule.width
        if rule.leader == "_":
            self._stroke(x, baseline - 1.2, end, baseline - 1.2, 0.6, "solid", colour, self.over)
            return
        step = rule.size * _LEADER_STEP
        first = math.ceil(x / step + 0.3) * step
        if first > end:
            return
        thick, height = rule.size * (0.09 if rule.leader != "-" else 0.05), 0.25 if rule.leader != "." else 0.045
        dash = f"1 J [0 {step:.3f}] 0 d" if rule.leader != "-" else f"[{step * 0.6:.3f} {step * 0.4:.3f}] 0 d"
        y = baseline + rule.size * height
        self.over.append(
            f"q {_colour(colour)} RG {thick:.3f} w {dash} {first:.3f} {y:.3f} m {end - thick:.3f} {y:.3f} l S Q"
        )

    def _piece(self, piece: Piece, x: float, baseline: float, *, last: bool) -> None:
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
        self.out.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm {_shown(piece, start, end)}")
        self.said.append(piece.told)
        if look.underline or look.strike or look.background or run.link is not None:
            self._dress(piece, x, y, last=last)
        if run.note is not None:
            self._close()  # so that the mark of a footnote is heard apart from what follows

    def _dress(self, piece: Piece, x: float, y: float, *, last: bool) -> None:
        """Lines under and through words, the colour behind them, and where they lead."""
        run = piece.run
        look, size = run.look, run.size
        width = piece.width if piece.gap is None else piece.gap
        if last:
            kept = len(piece.text.rstrip(" "))
            width -= run.width(piece.start + kept, piece.end)
        up, down = (part * size for part in fonts.metrics(look.family, look.bold, look.italic).drawn)
        if look.background:
            self._fill(x, y - down, width, up + down, look.background)
        for wanted, (place, thick) in (
            (look.underline, run.font.strokes.underline), ("solid" if look.strike else "", run.font.strokes.strike),
        ):  # fmt: skip
            if wanted:
                middle = y + (place - thick / 2) * size
                offsets = (0.0, -1.8 * thick * size) if wanted == "double" else (0.0,)
                for offset in offsets:
                    self._stroke(x, middle + offset, x + width, middle + offset, thick * size, "solid",
                                 look.colour, self.over)  # fmt: skip
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
        self.spots.append(Spot(edges, link, node))

    def _picture(self, shown: Shown, x: float, baseline: float) -> None:
        image = shown.image
        left, width, height = x + shown.x, max(image.width, 0.0), max(image.height, 0.0)
        if left < -_EDGE or left + width > self.width + _EDGE or baseline + height > self.height + _EDGE:
            raise BeyondReach("a picture off the page")
        if shown.node is None or self.furniture is not _TOLD:
            self._close()
            self.out.append("/Artifact BMC")
        else:
            self._mark(shown.node, text=False)
            top = self.height - baseline - height
            shown.node.box = (self.page, left, top, left + width, top + height)
        name = self.inks.picture(image)
        self.out.append(f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {baseline:.3f} cm /{name} Do Q")
        if shown.node is None or self.furniture is not _TOLD:
            self.out.append("EMC")
        else:
            self._close(text=False)

    def _afloat(self, thing: Afloat, x: float, y: float) -> None:
        """A picture placed on the page. What belongs to a header or footer is behind the text, as in Word."""
        image, place = thing.image, thing.place
        width, height = max(image.width, 0.0), max(image.height, 0.0)
        left, top = corner(self.sheet.section, place, (width, height), (x, thing.room), y)
        if top < -_EDGE or top + height > self.height + _EDGE:
            raise BeyondReach("a picture off the page")
        self.apart.append((place, (left, top, left + width, top + height)))
        self._close()
        if thing.node is None or self.furniture is not _TOLD:
            mark = "/Artifact BMC"
        else:
            self._attach(thing.node)
            thing.node.kids.append(Mark(self.page, self.marks, ""))
            thing.node.box = (self.page, left, top, left + width, top + height)
            mark = f"/Figure <</MCID {self.marks}>> BDC"
            self.marks += 1
        matrix = f"{width:.3f} 0 0 {height:.3f} {left:.3f} {self.height - top - height:.3f}"
        (self.behind if place.behind or place.part != "body" else self.before).append(
            f"{mark} q {matrix} cm /{self.inks.picture(image)} Do Q EMC"
        )

    # ------------------------------------------------------------ marks

    def _mark(self, node: Node | None, *, text: bool = True) -> None:
        """Begin the marked content of a node, unless it is open."""
        wanted: Node | str
        if self.furniture is not _TOLD:
            kind = f"/Type /Pagination /Subtype /{self.furniture}" if self.furniture else "/Type /Layout"
            wanted = f"/Artifact <<{kind}>> BDC"
        else:
            assert node is not None
            wanted = node
        if wanted == self.open and text:
            return
        self._close()
        self.open = wanted
        if isinstance(wanted, Node):
            self._attach(wanted)
            self.out.append(f"/{wanted.kind or 'P'} <</MCID {self.marks}>> BDC")
        else:
            self.out.append(wanted)
        if text:
            self.out.append("BT")

    def _close(self, *, text: bool = True) -> None:
        if self.open is None:
            return
        self.out.append("ET EMC" if text else "EMC")
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
            self.out.append(f"{_colour(colour)} rg")
        if spacing != before[3]:
            self.out.append(f"{spacing:g} Tc")
        self.state = font, size, colour, spacing

    # ------------------------------------------------------------ boxes

    def _box(self, part: BoxPart, x: float, y: float) -> None:
        """A box placed on the page, with its lines, its colour and what it holds."""
        box, cell = part.box, part.box.rows[0].cells[0]
        above, _, below, inset = cell.padding
        width, content = sum(box.columns), stacked(part.slabs) + part.after
        height = box.height
        if not (box.rows[0].exact or box.drawn):
            height = max(height, above + content + below)
        left, top = corner(self.sheet.section, part.place, (width, height), (x, part.room), y)
        right, bottom = left + width, top + height
        if left < -_EDGE or top < -_EDGE or right > self.width + _EDGE or bottom > self.height + _EDGE:
            raise BeyondReach("a box off the page")
        self.apart.append((part.place, (left, top, right, bottom)))
        upper, lower = self.height - top, self.height - bottom
        if cell.shading:
            self._fill(left, lower, width, height, cell.shading)
        lines = cell.borders
        for line, edges in (
            (lines.top, (left, upper, right, upper)), (lines.bottom, (left, lower, right, lower)),
            (lines.left, (left, upper, left, lower)), (lines.right, (right, upper, right, lower)),
        ):  # fmt: skip
            if line is not None:
                self._border(line, *edges, self.over)
        free = max(height - above - content - below, 0.0)
        kept, words = self.left, self.words
        self.left, self.words = left + inset, []
        self._stack(stack(part.slabs, top + above + {"top": 0.0, "middle": free / 2, "bottom": free}[cell.align]))
        self.left, self.words = kept, words

    def _row(self, row: RowSlab, x: float, y: float, *, last: bool) -> None:
        for cell in row.cells:
            self.words.append((x + cell.x, y, x + cell.x + cell.width, y + cell.reach))
            if cell.cell.shading:
                self._fill(x + cell.x, self.height - y - cell.reach, cell.width, cell.reach, cell.cell.shading)
        self._lines_of_row(row, x, y, last=last)
        for cell in row.cells:
            free = cell.reach - cell.top - cell.bottom - stacked(cell.slabs)
            down = {"top": 0.0, "middle": free / 2, "bottom": free}[cell.cell.align]
            top = y + cell.top + max(down, 0.0)
            placed = []
            for slab in cell.slabs:
                top += slab.before
                placed.append(Placed(slab, top))
                top += slab.height
            kept, self.left = self.left, x + cell.x + cell.inset
            self._stack(placed)
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
                self._border(line.border, x + line.start, middle, x + line.end, middle, self.over)
        for line in row.upright:
            self._border(line.border, x + line.start, top, x + line.end, bottom, self.over)

    def _frame(self, slabs: list[tuple[LineSlab, float]]) -> None:
        """The box behind lines of a paragraph that stand one under another."""
        frame = slabs[0][0].frame
        assert isinstance(frame, Frame)
        left, right = self.left + frame.left, self.left + frame.right
        top = self.height - slabs[0][1]
        bottom = self.height - slabs[-1][1] - slabs[-1][0].height
        if frame.shading:
            self._fill(left, bottom, right - left, top - bottom, frame.shading)
        if (line := frame.left_line) is not None:
            self._border(line, left + line.width / 2, top, left + line.width / 2, bottom, self.under)
        if (line := frame.right_line) is not None:
            self._border(line, right - line.width / 2, top, right - line.width / 2, bottom, self.under)
        for slab, y in slabs:
            upper, lower = self.height - y, self.height - y - slab.height
            if (line := slab.top_line) is not None:
                self._border(line, left, upper - line.width / 2, right, upper - line.width / 2, self.under)
            if (line := slab.bottom_line) is not None:
                self._border(line, left, lower + line.width / 2, right, lower + line.width / 2, self.under)

    def _border(self, line: Border, x: float, y: float, to_x: float, to_y: float, where: list[str]) -> None:
        if line.style == "double" and line.width >= 1:
            third = line.width / 3
            for side in (-third, third):
                across, down = (0.0, side) if y == to_y else (side, 0.0)
                self._stroke(x + across, y + down, to_x + across, to_y + down, third, "solid", line.colour, where)
            return
        self._stroke(x, y, to_x, to_y, line.width, line.style, line.colour, where)

    def _fill(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.under.append(f"{_colour(colour)} rg {x:.3f} {y:.3f} {width:.3f} {height:.3f} re f")

    def _stroke(
        self, x: float, y: float, to_x: float, to_y: float, thick: float, style: str, colour: str, where: list[str]
    ) -> None:
        dash = _DASHES.get(style, "[] 0 d").format(f"{max(thick, 0.5):.2f}", f"{max(thick, 0.5) * 3:.2f}")
        where.append(
            f"{_colour(colour or '#000000')} RG {thick:.3f} w {dash} {x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S"
        )


def _shown(piece: Piece, start: int, end: int) -> str:
    """The operator that shows the glyphs from ``start`` to ``end``, with what is added between them."""
    shaped, size = piece.run.shaped, piece.run.size
    codes = shaped.codes
    if not piece.stretch and shaped.nudges is None:
        return f"<{''.join(codes[start:end])}> Tj"
    more = [0.0] * (end - start) if shaped.nudges is None else list(shaped.nudges[start:end])
    if piece.stretch:
        for at, character in enumerate(piece.text):
            if character == " ":
                more[shaped.glyphs_of(piece.start + at, piece.end)[0] - start] += piece.stretch / size
    out, held = [], []
    for code, extra in zip(codes[start:end], more, strict=True):
        held.append(code)
        if abs(extra) > 0.0005:
            out.append(f"<{''.join(held)}>{-extra * 1000:.1f}")
            held = []
    if held:
        out.append(f"<{''.join(held)}>")
    return f"[{''.join(out)}] TJ"


def _colour(code: str) -> str:
    value = int(code[1:], 16)
    parts = (value >> 16 & 255, value >> 8 & 255, value & 255)
    return " ".join([f"{part / 255:.3f}".rstrip("0").rstrip(".") for part in parts])
