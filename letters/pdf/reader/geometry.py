"""The outlines of drawn shapes: those that Word has a name for, and those whose points are in the file (20.1.9)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from lxml import etree
from msgspec import Struct

from letters.docx.attribute_values import number_of
from letters.docx.names import A, Node
from letters.pdf.metafiles.raster import Point, curve, ellipse

_EMU = 12_700
_CIRCLE = 21_600_000
"""Angles are in sixty-thousandths of a degree."""
_MOST_STEPS = 5_000


class Outline(Struct, frozen=True):
    """A line that a shape is drawn with, in points from its top left corner."""

    points: Sequence[Point]
    closed: bool = True
    filled: bool = True
    stroked: bool = True


def outlines_of(look: Node, size: tuple[float, float]) -> list[Outline] | None:
    """The outlines of a shape with these properties (``spPr``) and size; None if its kind is not known here."""
    custom, preset = look.find(f"{{{A}}}custGeom"), look.find(f"{{{A}}}prstGeom")
    if custom is not None:
        return _custom(custom, size)
    if preset is None:
        return None
    adjusted = {
        guide.get("name", ""): number_of(guide.get("fmla", "").removeprefix("val ")) / 100_000
        for guide in preset.iter(f"{{{A}}}gd")
    }
    kind = preset.get("prst", "")
    draw = _PRESETS.get(kind)
    return None if draw is None else draw(*size, adjusted)


# ---------------------------------------------------------------- shapes with a name

_Adjusted = Mapping[str, float]
_Draw = Callable[[float, float, _Adjusted], list[Outline]]


def _polygon(*corners: Point) -> _Draw:
    """A shape with these corners, as shares of its width and height."""
    return lambda width, height, _: [Outline([(x * width, y * height) for x, y in corners])]


def _ellipse(width: float, height: float, _: _Adjusted) -> list[Outline]:
    return [Outline(ellipse(0.0, 0.0, width, height))]


def _star(points: int, inner: float) -> _Draw:
    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        depth = 2 * adjusted["adj"] if points != 5 and "adj" in adjusted else inner
        corners = []
        for at in range(2 * points):
            reach, angle = (1.0 if at % 2 == 0 else depth), math.pi * (at / points - 0.5)
            corners.append((width / 2 * (1 + reach * math.cos(angle)), height / 2 * (1 + reach * math.sin(angle))))
        return [Outline(corners)]

    return draw


def _regular(points: int) -> _Draw:
    corners = [(0.5 + 0.5 * math.cos(at), 0.5 + 0.5 * math.sin(at)) for at in _turns(points)]
    return _polygon(*corners)


def _turns(points: int) -> list[float]:
    return [2 * math.pi * at / points - math.pi / 2 for at in range(points)]


def _round(share: float) -> _Draw:
    """A rectangle with round corners; ``share`` of the shorter side is their radius."""

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        radius = min(adjusted.get("adj", share), 0.5) * min(width, height)
        return [Outline(_rounded(width, height, radius))]

    return draw


def _rounded(width: float, height: float, radius: float) -> list[Point]:
    found: list[Point] = []
    for x, y, start in (
        (width - radius, radius, -90), (width - radius, height - radius, 0), (radius, height - radius, 90),
        (radius, radius, 180),
    ):  # fmt: skip
        found += [
            (x + radius * math.cos(angle), y + radius * math.sin(angle))
            for angle in (math.radians(start + step * 15) for step in range(7))
        ]
    return found


def _arrow(direction: str, *, both: bool = False) -> _Draw:
    """A block arrow: ``adj1`` is the thickness of its shaft, ``adj2`` the length of its head."""

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        upright = direction in ("up", "down")
        long, across = (height, width) if upright else (width, height)
        shaft = min(adjusted.get("adj1", 0.5), 1.0) * across / 2
        head = min(adjusted.get("adj2", 0.5) * min(width, height), long / (2 if both else 1))
        middle, neck = across / 2, long - head
        corners = [(neck, middle - shaft), (neck, 0.0), (long, middle), (neck, across), (neck, middle + shaft)]
        if both:
            corners += [(head, middle + shaft), (head, across), (0.0, middle), (head, 0.0), (head, middle - shaft)]
        else:
            corners += [(0.0, middle + shaft), (0.0, middle - shaft)]
        if direction in ("left", "up"):
            corners = [(long - x, y) for x, y in corners]
        return [Outline([(y, x) for x, y in corners] if upright else corners)]

    return draw


def _slanted(share: float, *, both: bool) -> _Draw:
    """A parallelogram, or if ``both`` a trapezoid; ``share`` of the shorter side is how far its sides lean."""

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        lean = min(adjusted.get("adj", share) * min(width, height), width / 2 if both else width)
        right = width - lean
        bottom = [(width, height), (0.0, height)] if both else [(right, height), (0.0, height)]
        return [Outline([(lean, 0.0), (right if both else width, 0.0), *bottom])]

    return draw


def _pointed(*, notched: bool) -> _Draw:
    """A pentagon that points to the right; with a notch at its left it is a chevron."""

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        tip = min(adjusted.get("adj", 0.5) * min(width, height), width)
        corners = [(0.0, 0.0), (width - tip, 0.0), (width, height / 2), (width - tip, height), (0.0, height)]
        return [Outline([*corners, (tip, height / 2)] if notched else corners)]

    return draw


def _cross(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    cut = adjusted.get("adj", 0.25) * min(width, height)
    right, low = width - cut, height - cut
    return [Outline([
        (cut, 0.0), (right, 0.0), (right, cut), (width, cut), (width, low), (right, low), (right, height),
        (cut, height), (cut, low), (0.0, low), (0.0, cut), (cut, cut),
    ])]  # fmt: skip


def _cut(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    cut = adjusted.get("adj", 0.29289) * min(width, height)
    right, low = width - cut, height - cut
    return [Outline([
        (cut, 0.0), (right, 0.0), (width, cut), (width, low), (right, height), (cut, height), (0.0, low), (0.0, cut),
    ])]  # fmt: skip


def _ring(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    thick = adjusted.get("adj", 0.25) * min(width, height)
    return [
        Outline(ellipse(0.0, 0.0, width, height)),
        Outline(ellipse(thick, thick, width - thick, height - thick)),
    ]


def _line(width: float, height: float, _: _Adjusted) -> list[Outline]:
    return [Outline([(0.0, 0.0), (width, height)], closed=False, filled=False)]


def _bent(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    middle = adjusted.get("adj1", 0.5) * width
    points = [(0.0, 0.0), (middle, 0.0), (middle, height), (width, height)]
    return [Outline(points, closed=False, filled=False)]


def _bent_once(width: float, height: float, _: _Adjusted) -> list[Outline]:
    return [Outline([(0.0, 0.0), (width, 0.0), (width, height)], closed=False, filled=False)]


def _curved(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    """A line that leaves and arrives level, as steep as can be where ``adj1`` says."""
    middle, half = adjusted.get("adj1", 0.5) * width, height / 2
    points = [(0.0, 0.0), *curve((0.0, 0.0), (middle / 2, 0.0), (middle, height / 4), (middle, half))]
    points += curve((middle, half), (middle, height * 0.75), ((middle + width) / 2, height), (width, height))
    return [Outline(points, closed=False, filled=False)]


def _curved_once(width: float, height: float, _: _Adjusted) -> list[Outline]:
    end = width, height
    points = [(0.0, 0.0), *curve((0.0, 0.0), (width / 2, 0.0), (width, height / 2), end)]
    return [Outline(points, closed=False, filled=False)]


def _around(middle: Point, radii: tuple[float, float], start: int, turn: int) -> list[Point]:
    """An arc around a point, from an angle in degrees clockwise from the right, through others."""
    angles = [math.radians(start + turn * step / 8) for step in range(9)]
    return [(middle[0] + radii[0] * math.cos(angle), middle[1] + radii[1] * math.sin(angle)) for angle in angles]


def _bracket(width: float, height: float, adjusted: _Adjusted) -> list[Point]:
    high = min(adjusted.get("adj", 0.08333) * min(width, height), height / 2)
    radii = width, high
    return [*_around((width, height - high), radii, 90, 90), *_around((width, high), radii, 180, 90)]


def _brace(width: float, height: float, adjusted: _Adjusted) -> list[Point]:
    middle = adjusted.get("adj2", 0.5) * height
    high = min(adjusted.get("adj1", 0.08333) * min(width, height), middle / 2, (height - middle) / 2)
    radii = width / 2, high
    return [
        *_around((width, height - high), radii, 90, 90), *_around((0.0, middle + high), radii, 0, -90),
        *_around((0.0, middle - high), radii, 90, -90), *_around((width, high), radii, 180, 90),
    ]  # fmt: skip


def _on_left(points: Callable[[float, float, _Adjusted], list[Point]]) -> _Draw:
    return lambda width, height, adjusted: [Outline(points(width, height, adjusted), closed=False, filled=False)]


def _on_right(points: Callable[[float, float, _Adjusted], list[Point]]) -> _Draw:
    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        mirrored = [(width - x, y) for x, y in points(width, height, adjusted)]
        return [Outline(mirrored, closed=False, filled=False)]

    return draw


def _bracket_pair(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    radius = min(adjusted.get("adj", 0.16667), 0.5) * min(width, height)
    radii = radius, radius
    left = [*_around((radius, height - radius), radii, 90, 90), *_around((radius, radius), radii, 180, 90)]
    right = [(width - x, y) for x, y in left]
    return [Outline(_rounded(width, height, radius), stroked=False),
            *(Outline(side, closed=False, filled=False) for side in (left, right))]  # fmt: skip


def _corners(which: str, *usual: float, snipped: bool) -> _Draw:
    """A rectangle some of whose corners are cut or round.

    Args:
        which: a figure for each corner, from the top left one clockwise: 0 for a square one, 1 and 2 for those that
            ``adj1`` (or ``adj``) and ``adj2`` are for.
        usual: these, unless the file says otherwise: shares of the shorter side.
    """

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        first, second = adjusted.get("adj1", adjusted.get("adj", usual[0])), adjusted.get("adj2", usual[-1])
        by_figure = {"0": 0.0, "1": first, "2": second}
        sizes = [min(by_figure[figure], 0.5) * min(width, height) for figure in which]
        found: list[Point] = []
        for (x, y), size, (right, down), start in zip(
            ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)), sizes,
            ((1, 1), (-1, 1), (-1, -1), (1, -1)), (180, 270, 0, 90), strict=True,
        ):  # fmt: skip
            arc = _around((x + right * size, y + down * size), (size, size), start, 90)
            found += [arc[0], arc[-1]] if snipped else arc
        return [Outline(found)]

    return draw


def _folded(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
    fold = adjusted.get("adj", 0.16667) * min(width, height)
    paper = [(0.0, 0.0), (width, 0.0), (width, height - fold), (width - fold, height), (0.0, height)]
    flap = [(width - fold, height), (width - fold * 0.8, height - fold * 0.8), (width, height - fold)]
    return [Outline(paper), Outline(flap, closed=False, filled=False)]


def _callout(outline: Callable[[float, float], list[Point]]) -> _Draw:
    """A shape with a tip that points to something: where, is adjusted from its middle."""

    def draw(width: float, height: float, adjusted: _Adjusted) -> list[Outline]:
        tip = width * (0.5 + adjusted.get("adj1", -0.20833)), height * (0.5 + adjusted.get("adj2", 0.625))
        around = _fine(outline(width, height))
        nearest = min(range(len(around)), key=lambda at: math.dist(around[at], tip))
        around = around[nearest:] + around[:nearest]
        wide = max(min(round(min(width, height) / 36), len(around) // 4), 1)
        return [Outline([tip, *around[wide : len(around) - wide]])]

    return draw


def _fine(outline: list[Point]) -> list[Point]:
    """An outline in short steps."""
    found: list[Point] = []
    for (x, y), (to_x, to_y) in pairwise([*outline, outline[0]]):
        steps = max(round(math.hypot(to_x - x, to_y - y) / 6), 1)
        found += [(x + (to_x - x) * step / steps, y + (to_y - y) * step / steps) for step in range(steps)]
    return found


_DIAMOND = _polygon((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5))
_PRESETS: dict[str, _Draw] = {
    "rect": _polygon((0, 0), (1, 0), (1, 1), (0, 1)), "flowChartProcess": _polygon((0, 0), (1, 0), (1, 1), (0, 1)),
    "roundRect": _round(0.16667), "flowChartAlternateProcess": _round(0.16667), "flowChartTerminator": _round(0.5),
    "ellipse": _ellipse, "flowChartConnector": _ellipse, "donut": _ring,
    "triangle": lambda width, height, adjusted: [
        Outline([(width * adjusted.get("adj", 0.5), 0.0), (width, height), (0.0, height)])
    ],
    "rtTriangle": _polygon((0, 0), (1, 1), (0, 1)), "diamond": _DIAMOND, "flowChartDecision": _DIAMOND,
    "parallelogram": _slanted(0.25, both=False), "flowChartInputOutput": _slanted(0.2, both=False),
    "trapezoid": _slanted(0.25, both=True), "pentagon": _regular(5), "octagon": _cut, "plus": _cross,
    "hexagon": _polygon((0.25, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0.25, 1), (0, 0.5)),
    "star4": _star(4, 0.25), "star5": _star(5, 0.38197), "star6": _star(6, 0.57735), "star8": _star(8, 0.75),
    "rightArrow": _arrow("right"), "leftArrow": _arrow("left"), "upArrow": _arrow("up"), "downArrow": _arrow("down"),
    "leftRightArrow": _arrow("right", both=True), "upDownArrow": _arrow("down", both=True),
    "homePlate": _pointed(notched=False), "chevron": _pointed(notched=True),
    "line": _line, "straightConnector1": _line, "bentConnector3": _bent, "bentConnector2": _bent_once,
    "curvedConnector3": _curved, "curvedConnector2": _curved_once, "bracketPair": _bracket_pair,
    "leftBracket": _on_left(_bracket), "rightBracket": _on_right(_bracket),
    "leftBrace": _on_left(_brace), "rightBrace": _on_right(_brace), "foldedCorner": _folded,
    "round1Rect": _corners("0100", 0.16667, snipped=False), "snip1Rect": _corners("0100", 0.16667, snipped=True),
    "round2SameRect": _corners("1122", 0.16667, 0.0, snipped=False),
    "round2DiagRect": _corners("1212", 0.16667, 0.0, snipped=False),
    "snip2SameRect": _corners("1122", 0.16667, 0.0, snipped=True),
    "snip2DiagRect": _corners("1212", 0.0, 0.16667, snipped=True),
    "wedgeRectCallout": _callout(lambda w, h: [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)]),
    "wedgeEllipseCallout": _callout(lambda w, h: ellipse(0.0, 0.0, w, h)),
    "wedgeRoundRectCallout": _callout(lambda w, h: _rounded(w, h, 0.16667 * min(w, h))),
}  # fmt: skip


_TEXT_ROOM = {
    "ellipse": (0.146, 0.146, 0.146, 0.146), "flowChartConnector": (0.146, 0.146, 0.146, 0.146),
    "donut": (0.146, 0.146, 0.146, 0.146), "wedgeEllipseCallout": (0.146, 0.146, 0.146, 0.146),
    "diamond": (0.25, 0.25, 0.25, 0.25), "flowChartDecision": (0.25, 0.25, 0.25, 0.25),
    "triangle": (0.5, 0.25, 0.0, 0.25), "rtTriangle": (0.58, 0.42, 0.08, 0.08),
    "star5": (0.38, 0.31, 0.23, 0.31), "star4": (0.37, 0.37, 0.37, 0.37), "star6": (0.25, 0.17, 0.25, 0.17),
    "parallelogram": (0.1, 0.1, 0.1, 0.1), "trapezoid": (0.17, 0.1, 0.0, 0.1),
    "rightArrow": (0.25, 0.12, 0.25, 0.0), "leftArrow": (0.25, 0.0, 0.25, 0.12),
    "leftRightArrow": (0.25, 0.1, 0.25, 0.1),
    "upArrow": (0.12, 0.25, 0.0, 0.25), "downArrow": (0.0, 0.25, 0.12, 0.25), "plus": (0.25, 0.0, 0.25, 0.0),
    "homePlate": (0.0, 0.12, 0.0, 0.0), "chevron": (0.0, 0.2, 0.0, 0.2), "octagon": (0.15, 0.15, 0.15, 0.15),
    "hexagon": (0.12, 0.12, 0.12, 0.12), "pentagon": (0.2, 0.19, 0.0, 0.19),
}  # fmt: skip


def text_room(look: Node | None, size: tuple[float, float]) -> tuple[float, float, float, float]:
    """How far inside a shape its text begins, about as in Word: from the top, right, bottom and left, in points."""
    preset = None if look is None else look.find(f"{{{A}}}prstGeom")
    top, right, bottom, left = _TEXT_ROOM.get("" if preset is None else preset.get("prst", ""), (0.0, 0.0, 0.0, 0.0))
    return top * size[1], right * size[0], bottom * size[1], left * size[0]


# ---------------------------------------------------------------- shapes whose points are in the file


def _custom(geometry: Node, size: tuple[float, float]) -> list[Outline]:
    values = _guides(geometry, size)
    found: list[Outline] = []
    for path in geometry.iter(f"{{{A}}}path"):
        wide, high = number_of(path.get("w")), number_of(path.get("h"))
        across = size[0] / wide if wide else 1 / _EMU
        down = size[1] / high if high else 1 / _EMU
        filled, stroked = path.get("fill", "norm") != "none", path.get("stroke", "1") not in ("0", "false")
        for points, closed in _lines(path, values):
            drawn = [(x * across, y * down) for x, y in points]
            found.append(Outline(drawn, closed, filled, stroked))
            if len(found) > _MOST_STEPS:
                return found
    return found


def _lines(path: Node, values: Mapping[str, float]) -> list[tuple[list[Point], bool]]:
    """The lines of a path, and whether each is closed."""
    found: list[tuple[list[Point], bool]] = []
    here: list[Point] = []
    for step in path.iterchildren(tag=etree.Element):
        name = etree.QName(step).localname
        given = step.iterchildren(f"{{{A}}}pt")
        points = [(_value(point.get("x"), values), _value(point.get("y"), values)) for point in given]
        if name == "moveTo" and points:
            if len(here) > 1:
                found.append((here, False))
            here = [points[0]]
        elif name == "lnTo" and points:
            here = [*here, points[0]]
        elif name == "cubicBezTo" and len(points) == 3 and here:
            here = here + curve(here[-1], *points)
        elif name == "quadBezTo" and len(points) == 2 and here:
            here = here + curve(here[-1], _between(here[-1], points[0]), _between(points[1], points[0]), points[1])
        elif name == "arcTo" and here:
            here = here + _arc(here[-1], step, values)
        elif name == "close" and here:
            found.append((here, True))
            here = [here[0]]
    if len(here) > 1:
        found.append((here, False))
    return found


def _between(one: Point, other: Point) -> Point:
    return one[0] + 2 / 3 * (other[0] - one[0]), one[1] + 2 / 3 * (other[1] - one[1])


def _arc(start: Point, step: Node, values: Mapping[str, float]) -> list[Point]:
    """Part of an ellipse, from where the line is (20.1.9.4)."""
    wide, high, begin, swing = (_value(step.get(name), values) for name in ("wR", "hR", "stAng", "swAng"))
    first, turn = (math.radians(angle / 60_000) for angle in (begin, swing))
    middle = start[0] - wide * math.cos(first), start[1] - high * math.sin(first)
    count = max(min(round(abs(turn) / math.radians(10)), 72), 1)
    angles = [first + turn * at / count for at in range(1, count + 1)]
    return [(middle[0] + wide * math.cos(angle), middle[1] + high * math.sin(angle)) for angle in angles]


def _value(text: str | None, values: Mapping[str, float]) -> float:
    said = text or "0"
    return values[said] if said in values else number_of(said)


def _guides(geometry: Node, size: tuple[float, float]) -> dict[str, float]:
    """The values that the formulas of a shape come to (20.1.9.11, 20.1.10.56)."""
    wide, high = size[0] * _EMU, size[1] * _EMU
    short, long = min(wide, high), max(wide, high)
    values = {
        "w": wide, "h": high, "l": 0.0, "t": 0.0, "r": wide, "b": high, "hc": wide / 2, "vc": high / 2,
        "ss": short, "ls": long, "cd2": _CIRCLE / 2, "cd4": _CIRCLE / 4, "cd8": _CIRCLE / 8, "3cd4": _CIRCLE * 3 / 4,
        "3cd8": _CIRCLE * 3 / 8, "5cd8": _CIRCLE * 5 / 8, "7cd8": _CIRCLE * 7 / 8,
    }  # fmt: skip
    for part in (2, 3, 4, 5, 6, 8, 10, 12, 32):
        values |= {f"wd{part}": wide / part, f"hd{part}": high / part, f"ssd{part}": short / part}
    for guide in geometry.iter(f"{{{A}}}gd"):
        name, *given = guide.get("fmla", "").split()
        work, numbers = _FORMULAS.get(name), [_value(each, values) for each in given]
        if work is not None and len(numbers) == work[0]:
            try:
                values[guide.get("name", "")] = float(work[1](*numbers))
            except (ArithmeticError, ValueError):
                values[guide.get("name", "")] = 0.0
    return values


def _angle(value: float) -> float:
    return math.radians(value / 60_000)


_FORMULAS: dict[str, tuple[int, Callable[..., float]]] = {
    "val": (1, lambda x: x), "*/": (3, lambda x, y, z: x * y / z), "+-": (3, lambda x, y, z: x + y - z),
    "+/": (3, lambda x, y, z: (x + y) / z), "?:": (3, lambda x, y, z: y if x > 0 else z), "abs": (1, abs),
    "at2": (2, lambda x, y: math.degrees(math.atan2(y, x)) * 60_000),
    "cat2": (3, lambda x, y, z: x * math.cos(math.atan2(z, y))), "cos": (2, lambda x, y: x * math.cos(_angle(y))),
    "max": (2, max), "min": (2, min), "mod": (3, lambda x, y, z: math.sqrt(x * x + y * y + z * z)),
    "pin": (3, lambda x, y, z: max(x, min(y, z))), "sat2": (3, lambda x, y, z: x * math.sin(math.atan2(z, y))),
    "sin": (2, lambda x, y: x * math.sin(_angle(y))), "sqrt": (1, math.sqrt),
    "tan": (2, lambda x, y: x * math.tan(_angle(y))),
}  # fmt: skip
