"""Formulas in two dimensions: fractions, roots, exponents, large operators with their limits, brackets, matrices.

Lengths are in points, from the beginning of the formula on the baseline, up and to the right. The proportions are those
that TeX and Word have for their own fonts, rounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.pdf.compose.runs import Run, Stroke
from letters.pdf.document import FormulaPart, FormulaSign, RunFormat, Text

_UP, _DOWN = 0.72, 0.22
"""How far text reaches above and below its baseline, by its size."""
_AXIS = 0.25
"""How high above the baseline the lines of fractions are, and the middle of what stands around it."""
_RULE, _GAP = 0.05, 0.14
"""How thick lines are, and how far what is above and below them is away."""
_SMALLER = (1.0, 1.0, 0.7, 0.55)
"""The size of what is displayed, in the text, an exponent, and an exponent of an exponent."""
_SPACE = 0.22
"""Around signs between two things."""
_MINUS = "\u2212"
_OPERATORS = pattern(
    "([-+=<>\u00b1\u00b7\u00d7\u00f7\u2190-\u21ff\u2208-\u220b\u2212\u2213\u221d\u2227-\u222a\u223c-\u228b]+)"
)
_LARGE = 1.5
_TALL = 1.25
"""How much higher than text what is in brackets must be for these to grow."""

Runs = Callable[[str, RunFormat], Iterable[Run]]
"""Gives the glyphs of a text."""


class FormulaLayout(Struct):
    """A formula or a part of it, as it is set: how wide it is, and how far it reaches above and below its baseline."""

    width: float = 0.0
    up: float = 0.0
    down: float = 0.0
    pieces: list[tuple[Run | str, float, float]] = []
    """Text with its place, and signs that are only read, in the order in which all is read."""
    strokes: list[Stroke] = []

    def put(self, other: FormulaLayout, x: float, y: float = 0.0) -> None:
        """Place another part in this one."""
        self.pieces += [(what, left + x, up + y) for what, left, up in other.pieces]
        self.strokes += [
            replace(each, points=tuple([(left + x, up + y) for left, up in each.points])) for each in other.strokes
        ]
        self.width = max(self.width, x + other.width)
        self.up, self.down = max(self.up, other.up + y), max(self.down, other.down - y)

    def runs(self) -> list[tuple[Run, float]]:
        """The text with its distance from the left, raised as far as it is; signs that are only read are spelled with
        the text beside them.
        """
        found: list[tuple[Run, float]] = []
        before = ""
        for what, x, y in self.pieces:
            if isinstance(what, str):
                before += what
            else:
                found.append((_spelled(replace(what, rise=what.rise + y), before, ""), x))
                before = ""
        if before and found:
            last, x = found.pop()
            found.append((_spelled(last, "", before), x))
        return found


def _spelled(run: Run, before: str, after: str) -> Run:
    """The same glyphs, read with other characters before and after them."""
    if not before and not after:
        return run
    shaped = run.shaped
    count = len(shaped.codes) // 4
    firsts = tuple(range(count + 1)) if shaped.firsts is None else shaped.firsts
    edges = shaped.edges
    text = f"{before}{shaped.text}{after}"
    more = replace(
        shaped,
        text=text,
        firsts=(0,) * len(before) + firsts + (count,) * len(after),
        edges=(0,) * len(before) + tuple(edges) + (edges[-1],) * len(after),
    )
    return replace(run, shaped=more, typed="", spelled=True)


def lay_out(shape: FormulaPart, size: float, color: str, runs: Runs) -> FormulaLayout:
    """Set a formula.

    Args:
        size: of the text around it.
        color: of its lines.
        runs: gives the glyphs of a text.
    """
    return _Setting(size, color, runs).row(shape.content, 0 if shape.kind == "oMathPara" else 1)


class _Setting:
    """Sets the parts of one formula. Each method takes the level: 0 for what is displayed, 1 in the text, 2 and 3 for
    exponents and what is in them.
    """

    def __init__(self, size: float, color: str, runs: Runs) -> None:
        self.size, self.color, self.runs = size, color, runs

    def row(self, content: Iterable[FormulaPart | FormulaSign | Text], level: int) -> FormulaLayout:
        """Parts one after another. In several rows, as displayed formulas may be, they are below one another."""
        parts = list(content)
        if any(isinstance(each, FormulaPart) and each.kind == "mr" for each in parts):
            return self._rows(parts, level, across=0.0)
        found = FormulaLayout()
        for each in parts:
            if isinstance(each, FormulaPart):
                made = self.part(each, level)
                found.put(made, found.width + (0.06 * self._em(level) if found.width and each.kind == "f" else 0.0))
            elif isinstance(each, FormulaSign):
                found.put(self._sign(each, level), found.width)
            else:
                found.put(self._text(each, level, begins=not found.width), found.width)
        return found

    def part(self, part: FormulaPart, level: int) -> FormulaLayout:
        make = {
            "f": self._fraction, "rad": self._root, "nary": self._large, "d": self._bracketed, "m": self._matrix,
            "eqArr": self._matrix, "acc": self._marked, "bar": self._marked,
            **dict.fromkeys(("sSup", "sSub", "sSubSup", "sPre", "limLow", "limUpp"), self._scripted),
        }.get(part.kind)  # fmt: skip
        return self.row(part.content, level) if make is None else make(part, level)

    def _em(self, level: int) -> float:
        return self.size * _SMALLER[min(level, 3)]

    def _text(self, text: Text, level: int, *, begins: bool = False, larger: float = 1.0) -> FormulaLayout:
        """Text, with space around the signs between two things."""
        scale = _SMALLER[min(level, 3)] * larger
        look = replace(text.format, size=text.format.size * scale, position="baseline", raised=0.0)
        found = FormulaLayout(up=_UP * look.size, down=_DOWN * look.size)
        pieces = [each for each in _OPERATORS.split(text.text) if each]
        for at, piece in enumerate(pieces):
            space = _SPACE * look.size if level < 2 and _OPERATORS.fullmatch(piece) and (at or not begins) else 0.0
            x = found.width + space
            for run in self.runs(piece.replace("-", _MINUS), look):
                found.pieces.append((run, x, 0.0))
                x += run.width(0, len(run.shaped.text))
            found.width = x + space
        return found

    def _sign(self, sign: FormulaSign, level: int, larger: float = 1.0) -> FormulaLayout:
        """A sign as it is shown; one that is not shown is only read."""
        if sign.shown == sign.text.text:
            return self._text(sign.text, level, larger=larger)
        if not sign.shown:
            gap = 0.17 * self._em(level) if sign.text.text.isspace() else 0.0
            return FormulaLayout(width=gap, pieces=[(sign.text.text, 0.0, 0.0)])
        found = self._text(replace(sign.text, text=sign.shown), level)
        (run, x, y), *others = found.pieces
        assert isinstance(run, Run)
        spelled = replace(run, shaped=replace(run.shaped, text=sign.text.text), spelled=True)
        found.pieces = [(spelled, x, y), *others]
        return found

    def _fraction(self, part: FormulaPart, level: int) -> FormulaLayout:
        if part.said in ("lin", "skw"):
            return self.row(part.content, level)
        em = self._em(level)
        above, below = (self.part(each, max(level, 1) + (level > 0)) for each in _parts(part, "e"))
        found = FormulaLayout()
        bare, rule = part.said == "noBar", _RULE * em
        gap = (_GAP + (0.06 if bare else 0.0)) * em + rule / 2
        side = 0.0 if bare else 0.1 * em
        width = max(above.width, below.width) + 2 * side
        line = _AXIS * em
        found.put(above, (width - above.width) / 2, line + gap + above.down)
        found.pieces += _read(part)
        found.put(below, (width - below.width) / 2, line - gap - below.up)
        found.width = width
        if not bare:
            found.strokes.append(Stroke(((0.04 * em, line), (width - 0.04 * em, line)), rule, self.color))
        return found

    def _root(self, part: FormulaPart, level: int) -> FormulaLayout:
        em, found = self._em(level), FormulaLayout()
        (inner,) = (self.part(each, level) for each in _parts(part, "e"))
        rule, gap = _RULE * em, _GAP * em
        top, bottom = inner.up + gap + rule / 2, -inner.down
        begins = 0.0
        for degree in _parts(part, "sup"):
            small = self.part(degree, 3)
            found.put(small, 0.0, bottom + (top - bottom) * 0.55)
            begins = max(small.width - 0.3 * em, 0.0)
        found.pieces += _read(part)
        rise = min((top - bottom) * 0.55, 0.5 * em)
        hook, low, high = (begins, bottom + rise), (begins + 0.3 * em, bottom), (begins + 0.55 * em, top)
        ends = high[0] + inner.width + 0.1 * em
        points = (hook, (begins + 0.12 * em, bottom + rise + 0.06 * em), low, high, (ends, top))
        found.strokes.append(Stroke(points, rule, self.color))
        found.put(inner, high[0] + 0.05 * em)
        found.width, found.up = ends, max(found.up, top + rule)
        return found

    def _scripted(self, part: FormulaPart, level: int) -> FormulaLayout:
        """A base with an exponent, an index or both, or with a limit above or below it."""
        em = self._em(level)
        above, below = (
            [self.part(each, max(level, 1) + 1) for each in _parts(part, kind) if each.content]
            for kind in ("sup", "sub")
        )
        (base,) = (self.part(each, level) for each in _parts(part, "e"))
        if part.kind in ("limLow", "limUpp"):
            return self._stacked(part, base, above, below, em)
        up = max(0.36 * em, base.up - 0.36 * em)
        down = max(0.17 * em, base.down - 0.06 * em)
        down += _overlap(above, below, up, down, em)
        found, x = FormulaLayout(), 0.0
        if part.kind == "sPre":
            x = max([each.width for each in (*above, *below)], default=0.0) + 0.04 * em
        for each in part.content:
            if isinstance(each, FormulaSign):
                found.put(self._sign(each, level), 0.0)
            elif isinstance(each, FormulaPart) and each.kind == "e":
                found.put(base, x)
            elif isinstance(each, FormulaPart) and each.content:
                small, y = (above[0], up) if each.kind == "sup" else (below[0], -down)
                found.put(small, x - 0.04 * em - small.width if part.kind == "sPre" else base.width + 0.04 * em, y)
        return found

    def _stacked(
        self, part: FormulaPart, base: FormulaLayout, above: list[FormulaLayout], below: list[FormulaLayout], em: float
    ) -> FormulaLayout:
        """A base with its limits above and below it."""
        width = max([each.width for each in (base, *above, *below)])
        found = FormulaLayout()
        found.put(base, (width - base.width) / 2)
        found.pieces += _read(part)
        for each in below:
            found.put(each, (width - each.width) / 2, -base.down - 0.08 * em - each.up)
        for each in above:
            found.put(each, (width - each.width) / 2, base.up + 0.1 * em + each.down)
        found.width = width
        return found

    def _large(self, part: FormulaPart, level: int) -> FormulaLayout:
        """A sum, an integral or the like, with its limits."""
        em = self._em(level)
        larger = _LARGE if level < 2 else 1.0
        sign = FormulaLayout()
        for each in _parts(part, "chr"):
            for shown in each.content:
                assert isinstance(shown, FormulaSign)
                own = self._sign(shown, level, larger)
                sign.put(own, 0.0, _AXIS * em - (own.up - own.down) / 2)
        above, below = (
            [self.part(each, max(level, 1) + 1) for each in _parts(part, kind) if each.content]
            for kind in ("sup", "sub")
        )
        if part.said == "undOvr":
            found = self._stacked(FormulaPart("", ()), sign, above, below, em)
        else:
            found = FormulaLayout()
            found.put(sign, 0.0)
            up, down = sign.up - 0.5 * em, sign.down - 0.1 * em
            down += _overlap(above, below, up, down, em)
            for limit in below:
                found.put(limit, sign.width - 0.05 * em, -down)
            for limit in above:
                found.put(limit, sign.width + 0.1 * em, up)
        for each in _parts(part, "e"):
            found.put(self.part(each, level), found.width)
        return found

    def _bracketed(self, part: FormulaPart, level: int) -> FormulaLayout:
        """Parts in brackets, which are as high as they are."""
        em = self._em(level)
        inside = [self.part(each, level) for each in _parts(part, "e")]
        up, down = max([each.up for each in inside], default=0.0), max([each.down for each in inside], default=0.0)
        grow = up + down > _TALL * (_UP + _DOWN) * em
        reach = max(up - _AXIS * em, down + _AXIS * em) + 0.05 * em
        found, waiting = FormulaLayout(), iter(inside)
        begun = False
        for each in part.content:
            if isinstance(each, FormulaPart):
                found.put(next(waiting), found.width)
                begun = True
            elif isinstance(each, FormulaSign) and grow and (path := _BRACKETS.get(each.shown)) is not None:
                wide = (0.3 if each.shown in "(){}" else 0.22) * em
                across = [(found.width + x * wide, _AXIS * em + y * reach) for x, y in path(opens=not begun)]
                found.strokes.append(Stroke(tuple(across), _RULE * em, self.color))
                found.pieces.append((each.text.text, found.width, 0.0))
                found.width += wide
                found.up, found.down = max(found.up, _AXIS * em + reach), max(found.down, reach - _AXIS * em)
            elif isinstance(each, FormulaSign):
                found.put(self._sign(each, level), found.width)
        return found

    def _matrix(self, part: FormulaPart, level: int) -> FormulaLayout:
        return self._rows(part.content, max(level, 1), across=0.8 if part.kind == "m" else 0.0)

    def _rows(self, content: Iterable[FormulaPart | FormulaSign | Text], level: int, *, across: float) -> FormulaLayout:
        """Rows of cells; in columns if there is space ``across`` between them."""
        em = self._em(level)
        rows = [
            (each, [self.part(cell, level) for cell in _parts(each, "e")])
            for each in content
            if isinstance(each, FormulaPart)
        ]
        count = max([len(cells) for _, cells in rows], default=0)
        widths = [max([cells[at].width for _, cells in rows if at < len(cells)]) for at in range(count)]
        heights = [
            (max([_UP * em, *[cell.up for cell in cells]]), max([_DOWN * em, *[cell.down for cell in cells]]))
            for _, cells in rows
        ]
        total = sum([up + down for up, down in heights]) + 0.25 * em * (len(rows) - 1)
        y, found = _AXIS * em + total / 2, FormulaLayout()
        signs = iter([each for each in content if isinstance(each, FormulaSign)])
        for at, ((row, cells), (up, down)) in enumerate(zip(rows, heights, strict=True)):
            if at and (sign := next(signs, None)) is not None:
                found.pieces.append((sign.text.text, 0.0, 0.0))
            y -= up
            x, own = 0.0, iter(_read(row))
            for column, cell in enumerate(cells):
                if column:
                    found.pieces += [each for each in (next(own, None),) if each is not None]
                found.put(cell, x + ((widths[column] - cell.width) / 2 if across else 0.0), y)
                x += widths[column] + across * em
            y -= down + 0.25 * em
        found.width = sum(widths) + across * em * max(count - 1, 0)
        return found

    def _marked(self, part: FormulaPart, level: int) -> FormulaLayout:
        """Something with a line above or below all of it, or with a mark above its middle."""
        em, found = self._em(level), FormulaLayout()
        inside = self.row([each for each in part.content if not isinstance(each, FormulaSign)], level)
        sign = next((each for each in part.content if isinstance(each, FormulaSign)), None)
        if sign is None:
            return inside
        found.pieces.append((sign.text.text, 0.0, 0.0))
        y = inside.up + 0.1 * em if part.said != "\u0332" else -inside.down - 0.1 * em
        for points in _MARKS[part.said](inside.width / em):
            placed = tuple([(x * em, y + up * em) for x, up in points])
            found.strokes.append(Stroke(placed, _RULE * em, self.color))
        found.up, found.down = max(y + 0.25 * em, 0.0), max(0.1 * em - y, 0.0)
        found.put(inside, 0.0)
        return found


def _overlap(above: list[FormulaLayout], below: list[FormulaLayout], up: float, down: float, em: float) -> float:
    """How much further down an index must be for an exponent above it."""
    if not above or not below:
        return 0.0
    return max(0.08 * em - (up - above[0].down - (below[0].up - down)), 0.0)


def _parts(part: FormulaPart, kind: str) -> Iterator[FormulaPart]:
    return (each for each in part.content if isinstance(each, FormulaPart) and each.kind == kind)


def _read(part: FormulaPart) -> list[tuple[Run | str, float, float]]:
    """The signs of a part that are only read."""
    return [(each.text.text, 0.0, 0.0) for each in part.content if isinstance(each, FormulaSign)]


_Path = list[tuple[float, float]]


def _line(wide: float) -> list[_Path]:
    return [[(0.0, 0.0), (wide, 0.0)]]


def _arrow(wide: float) -> list[_Path]:
    return [[(0.0, 0.06), (wide, 0.06)], [(wide - 0.12, 0.13), (wide, 0.06), (wide - 0.12, -0.01)]]


def _hat(wide: float) -> list[_Path]:
    half = min(wide / 2, 0.35)
    return [[(wide / 2 - half, 0.0), (wide / 2, 0.14), (wide / 2 + half, 0.0)]]


def _tilde(wide: float) -> list[_Path]:
    half = min(wide / 2, 0.35)
    turns = [at / 12 for at in range(13)]
    return [[(wide / 2 - half + 2 * half * turn, 0.06 + 0.05 * math.sin(2 * math.pi * turn)) for turn in turns]]


def _dot(wide: float) -> list[_Path]:
    return [[(wide / 2, 0.06), (wide / 2, 0.06)]]


def _dots(wide: float) -> list[_Path]:
    return [[(x, 0.06), (x, 0.06)] for x in (wide / 2 - 0.1, wide / 2 + 0.1)]


_MARKS: dict[str, Callable[[float], list[_Path]]] = {
    "\u0302": _hat, "\u0303": _tilde, "\u0304": _line, "\u0305": _line, "\u0307": _dot, "\u0308": _dots,
    "\u20d7": _arrow, "\u0332": _line,
}  # fmt: skip
"""The lines of marks above or below something so wide, by its size."""


def _round(*, opens: bool) -> Iterator[tuple[float, float]]:
    for at in range(13):
        turn = math.pi * at / 12
        bow = 0.2 + 0.7 * math.sin(turn)
        yield (1 - bow if opens else bow), math.cos(turn)


def _square(*, opens: bool) -> Iterator[tuple[float, float]]:
    for x, y in ((0.9, 1.0), (0.3, 1.0), (0.3, -1.0), (0.9, -1.0)):
        yield (x if opens else 1 - x), y


def _curly(*, opens: bool) -> Iterator[tuple[float, float]]:
    half = [(0.85, 1.0), (0.62, 0.95), (0.5, 0.85), (0.5, 0.2), (0.42, 0.06), (0.15, 0.0)]
    for x, y in [*half, *[(x, -y) for x, y in reversed(half[:-1])]]:
        yield (x if opens else 1 - x), y


def _upright(*, opens: bool) -> Iterator[tuple[float, float]]:
    yield 0.5, 1.0
    yield 0.5, -1.0


def _pointed(*, opens: bool) -> Iterator[tuple[float, float]]:
    for x, y in ((0.8, 1.0), (0.25, 0.0), (0.8, -1.0)):
        yield (x if opens else 1 - x), y


_BRACKETS = {
    **dict.fromkeys("()", _round), **dict.fromkeys("[]", _square), **dict.fromkeys("{}", _curly),
    "|": _upright, **dict.fromkeys("⟨⟩〈〉", _pointed),
}  # fmt: skip
"""The paths of brackets that grow, from the top down, between 0 and 1 across and 1 and -1 in height."""
