"""Content stream operators (ISO 32000-1, annex A). Lengths are in points from the bottom left corner of the page."""

from __future__ import annotations

import math

from letters.pdf.compose.lines import Leader, RunSlice
from letters.pdf.compose.runs import Stroke
from letters.pdf.document import Border, PictureEdge

_LEADER_STEP = 0.278
"""The distance between the dots of a leader: the width of a period, relative to the font size."""
SLANT, EMBOLDENED = 0.2, 0.035
"""How far letters lean, and how much thicker they are, by the font size, where a font has no italic or bold face."""
_DASHES = {"dotted": "[{0} {0}] 0 d", "dashed": "[{1} {0}] 0 d"}


def fill(x: float, y: float, width: float, height: float, color: str) -> str:
    return f"{rgb(color)} rg {x:.3f} {y:.3f} {width:.3f} {height:.3f} re f"


def stroke(x: float, y: float, to_x: float, to_y: float, thick: float, style: str, color: str) -> str:
    return f"{_pen(thick, style, color)} {x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S"


def _pen(thick: float, style: str, color: str) -> str:
    dash = _DASHES.get(style, "[] 0 d").format(f"{max(thick, 0.5):.2f}", f"{max(thick, 0.5) * 3:.2f}")
    return f"{rgb(color or '#000000')} RG {thick:.3f} w {dash}"


def around(edge: PictureEdge, left: float, top: float) -> str:
    """The line around a picture whose top left corner is here."""
    (x, y), *others = ((left + across, top - down) for across, down in edge.points)
    path = " ".join([f"{x:.3f} {y:.3f} m", *(f"{to_x:.3f} {to_y:.3f} l" for to_x, to_y in others)])
    return f"q {_pen(edge.line.width, edge.line.style, edge.line.color)} {path} s Q"


def wave(x: float, y: float, to_x: float, thick: float, color: str) -> str:
    """A wavy line."""
    step = max(thick * 2, 0.8)
    count = max(math.ceil((to_x - x) / step), 1)
    points = [f"{x + at * step:.3f} {y + (at % 2) * step / 2:.3f}" for at in range(count + 1)]
    path = " ".join([f"{points[0]} m", *(f"{point} l" for point in points[1:])])
    return f"{rgb(color or '#000000')} RG {thick:.3f} w [] 0 d {path} S"


def border(line: Border, x: float, y: float, to_x: float, to_y: float) -> list[str]:
    """A border, centered on the given line; a double one is two lines."""
    if line.style == "double" and line.width >= 1:
        third = line.width / 3
        sides = [(0.0, side) if y == to_y else (side, 0.0) for side in (-third, third)]
        return [
            stroke(x + across, y + down, to_x + across, to_y + down, third, "solid", line.color)
            for across, down in sides
        ]
    return [stroke(x, y, to_x, to_y, line.width, line.style, line.color)]


def leader(rule: Leader, x: float, baseline: float) -> list[str]:
    """A leader. The dots of consecutive lines are aligned."""
    color, end = rule.color or "#000000", x + rule.width
    if rule.leader == "_":
        return [stroke(x, baseline - 1.2, end, baseline - 1.2, 0.6, "solid", color)]
    step = rule.size * _LEADER_STEP
    first = math.ceil(x / step + 0.3) * step
    if first > end:
        return []
    thick, height = rule.size * (0.09 if rule.leader != "-" else 0.05), 0.25 if rule.leader != "." else 0.045
    dash = f"1 J [0 {step:.3f}] 0 d" if rule.leader != "-" else f"[{step * 0.6:.3f} {step * 0.4:.3f}] 0 d"
    y = baseline + rule.size * height
    return [f"q {rgb(color)} RG {thick:.3f} w {dash} {first:.3f} {y:.3f} m {end - thick:.3f} {y:.3f} l S Q"]


def path(line: Stroke, x: float, baseline: float) -> str:
    """A line through several points."""
    first, *others = [f"{x + across:.3f} {baseline + up:.3f}" for across, up in line.points]
    drawn = " ".join([f"{first} m", *[f"{each} l" for each in others]])
    return f"q {rgb(line.color or '#000000')} RG {line.thick:.3f} w 1 J 1 j [] 0 d {drawn} S Q"


_LONGEST = 16_000
"""Glyphs in one string, of two bytes each: a string has at most 32,767 bytes (ISO 19005-2, 6.1.13)."""


def glyphs_of(piece: RunSlice, start: int, end: int) -> str:
    """The operator that shows the glyphs from ``start`` to ``end``, with adjustments between them."""
    shaped, size = piece.run.shaped, piece.run.size
    codes = shaped.codes
    if shaped.painted is None and not piece.stretch and shaped.adjustments is None and shaped.offsets is None:
        if end - start <= _LONGEST:
            return f"<{codes[4 * start : 4 * end]}> Tj"
        parts = [codes[4 * at : 4 * min(at + _LONGEST, end)] for at in range(start, end, _LONGEST)]
        return " ".join([f"<{part}> Tj" for part in parts])
    more = [0.0] * (end - start) if shaped.adjustments is None else list(shaped.adjustments[start:end])
    if piece.stretch:
        wide = size * piece.run.run_format.stretch
        for at, character in enumerate(piece.text):
            if character == " ":
                more[shaped.glyphs_of(piece.start + at, piece.end)[0] - start] += piece.stretch / wide
    out: list[str] = []
    held: list[str] = []
    shown: list[str] = []
    rise = 0.0
    for at in shaped.order(start, end):
        extra = more[at - start]
        right, up = (0.0, 0.0) if shaped.offsets is None else shaped.offsets[at]
        if abs(up - rise) > 0.0005:
            shown += [_array(out, held), f"{up * size:.3f} Ts"]
            out, held, rise = [], [], up
        if abs(right) > 0.0005:
            out.append(f"<{''.join(held)}>{-right * 1000:.1f}" if held else f" {-right * 1000:.1f} ")
            held = []
        held.append(codes[4 * at : 4 * at + 4])
        if len(held) == _LONGEST:
            out.append(f"<{''.join(held)}>")
            held = []
        if abs(extra - right) > 0.0005:
            out.append(f"<{''.join(held)}>{(right - extra) * 1000:.1f}")
            held = []
    shown.append(_array(out, held))
    if rise:
        shown.append("0 Ts")
    return " ".join(filter(None, shown))


def _array(out: list[str], held: list[str]) -> str:
    if held:
        out.append(f"<{''.join(held)}>")
    return f"[{''.join(out)}] TJ" if out else ""


def rgb(code: str) -> str:
    """A color as the operands of ``rg`` and ``RG``."""
    value = int(code[1:], 16)
    parts = (value >> 16 & 255, value >> 8 & 255, value & 255)
    return " ".join([f"{part / 255:.3f}".rstrip("0").rstrip(".") for part in parts])
