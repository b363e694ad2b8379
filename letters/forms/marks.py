"""The marks of check boxes and option buttons, drawn as lines: fonts for them are missing on some machines."""

from __future__ import annotations

import math

_CURVE = 0.5523  # of the radius: where the handles of a curve for a quarter of a circle are
CHECK, CROSS, DOT, DIAMOND, SQUARE, STAR = "4", "8", "l", "u", "n", "H"
"""The characters by which a form names its marks (ISO 32000-1, 12.5.6.19: those of ZapfDingbats)."""


def mark(style: str, width: float, height: float, color: str) -> str:
    """The operators that draw a mark in the middle of a box.

    Args:
        style: which mark.
        color: the operator that sets the color for filling.
    """
    side, x, y = min(width, height), width / 2, height / 2
    stroke = " ".join([*color.split()[:-1], color.split()[-1].upper()])
    match style:
        case "l":
            return f"{color} {circle(x, y, side * 0.26)} f"
        case "u":
            r = side * 0.33
            return f"{color} {_polygon([(x, y + r), (x + r, y), (x, y - r), (x - r, y)])} f"
        case "n":
            r = side * 0.27
            return f"{color} {_polygon([(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)])} f"
        case "H":
            return f"{color} {_polygon(_star(x, y, side * 0.38))} f"
        case "8":
            r = side * 0.3
            low, left, high, right = _n(y - r), _n(x - r), _n(y + r), _n(x + r)
            up, down = f"{left} {low} m {right} {high} l S", f"{left} {high} m {right} {low} l S"
            return f"{stroke} 1 J {_n(max(0.8, side / 8))} w {up} {down}"
        case _:
            points = ((-0.32, 0.02), (-0.1, -0.24), (0.34, 0.3))
            (a, b), (c, d), (e, f) = ((x + side * dx, y + side * dy) for dx, dy in points)
            return (
                f"{stroke} 1 J 1 j {_n(max(0.9, side / 7))} w {_n(a)} {_n(b)} m {_n(c)} {_n(d)} l {_n(e)} {_n(f)} l S"
            )


def circle(x: float, y: float, r: float) -> str:
    """The path of a circle."""
    c = _CURVE * r
    return (
        f"{_n(x + r)} {_n(y)} m {_n(x + r)} {_n(y + c)} {_n(x + c)} {_n(y + r)} {_n(x)} {_n(y + r)} c "
        f"{_n(x - c)} {_n(y + r)} {_n(x - r)} {_n(y + c)} {_n(x - r)} {_n(y)} c "
        f"{_n(x - r)} {_n(y - c)} {_n(x - c)} {_n(y - r)} {_n(x)} {_n(y - r)} c "
        f"{_n(x + c)} {_n(y - r)} {_n(x + r)} {_n(y - c)} {_n(x + r)} {_n(y)} c h"
    )


def _polygon(points: list[tuple[float, float]]) -> str:
    (x, y), *others = points
    return f"{_n(x)} {_n(y)} m {' '.join(f'{_n(a)} {_n(b)} l' for a, b in others)} h"


def _star(x: float, y: float, r: float) -> list[tuple[float, float]]:
    angles = [(math.pi / 2 + at * math.pi / 5, r if at % 2 == 0 else r * 0.4) for at in range(10)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle, radius in angles]


def _n(value: float) -> str:
    return f"{value:.2f}"
