"""Pictures made of lines and areas: as SVG, which is how a letter has them, and as operators of a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree
from msgspec import Struct

from letters.docx.attribute_values import red_green_blue

SVG = "image/svg+xml"
"""The media type of these pictures."""
_SPACE = "http://www.w3.org/2000/svg"


class Area(Struct, frozen=True):
    """An area of one color, between outlines that count alternately as its edge and as that of a hole."""

    outlines: Sequence[Sequence[tuple[float, float]]]
    color: str


class DrawnLine(Struct, frozen=True):
    """A line through these points, and back to the first one if it is ``closed``; ``dash`` is as in SVG."""

    points: Sequence[tuple[float, float]]
    color: str
    width: float
    closed: bool = False
    dash: tuple[float, ...] = ()


def as_svg(width: float, height: float, drawn: Iterable[Area | DrawnLine]) -> bytes:
    """A picture of this size in points, drawn from its top left corner."""
    root = etree.Element(f"{{{_SPACE}}}svg", {"viewBox": f"0 0 {width:.2f} {height:.2f}"}, nsmap={None: _SPACE})
    root.set("preserveAspectRatio", "none")
    for each in drawn:
        path = etree.SubElement(root, f"{{{_SPACE}}}path")
        if isinstance(each, Area):
            look = {"fill": each.color, "fill-rule": "evenodd"}
            path.set("d", " ".join([_path(points, closed=True) for points in each.outlines]))
        else:
            look = {"fill": "none", "stroke": each.color, "stroke-width": f"{each.width:.2f}"}
            path.set("d", _path(each.points, closed=each.closed))
            if each.dash:
                look["stroke-dasharray"] = " ".join([f"{length:.2f}" for length in each.dash])
        for name, value in look.items():
            path.set(name, value)
    return etree.tostring(root)


def _path(points: Sequence[tuple[float, float]], *, closed: bool) -> str:
    steps = [f"{'L' if at else 'M'} {x:.2f} {y:.2f}" for at, (x, y) in enumerate(points)]
    return " ".join([*steps, "Z"] if closed else steps)


def as_operators(svg: bytes) -> bytes:
    """A picture that `as_svg` made, in a square whose sides are 1 long and whose origin is at the bottom left."""
    root = etree.fromstring(svg)
    width, height = map(float, root.get("viewBox", "").split()[2:])
    out = [f"{1 / width:.8f} 0 0 {-1 / height:.8f} 0 1 cm"]
    for path in root:
        fill, stroke = path.get("fill", "none"), path.get("stroke", "none")
        if fill != "none":
            out.append(f"{_ink(fill)} rg")
        else:
            dash = path.get("stroke-dasharray", "")
            out.append(f"{_ink(stroke)} RG {path.get('stroke-width')} w [{dash}] 0 d")
        out += [*_steps(path.get("d", "").split()), "f*" if fill != "none" else "S"]
    return "\n".join(out).encode()


def _steps(words: list[str]) -> list[str]:
    """The steps of a path as operators."""
    out, at = [], 0
    while at < len(words):
        if words[at] == "Z":
            out.append("h")
            at += 1
        else:
            out.append(f"{words[at + 1]} {words[at + 2]} {words[at].lower()}")
            at += 3
    return out


def _ink(color: str) -> str:
    return " ".join([f"{part / 255:.3f}" for part in red_green_blue(color)])
