"""Puts diagrams, charts and locked drawings into a Word file as drawn shapes, before it is read.

What is in parts of its own, or has names of its own, is then read, laid out and compared like any other drawing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from letters.docx.names import WP, A, Node
from letters.docx.package import Package
from letters.errors import Problem

_KINDS = (b"2006/diagram", b"2006/chart", b"2006/lockedCanvas")
_STORIES = frozenset({"header", "footer", "footnotes", "endnotes"})


def with_drawn_parts(package: Package) -> tuple[Package, tuple[Problem, ...]]:
    """The file with its diagrams, charts and locked drawings as shapes, and notes on what looks different.

    What cannot be drawn is left as it is, for the reader to note.
    """
    changed, notes = dict[str, bytes](), list[Problem]()
    for part in stories(package):
        data = package.parts[part]
        if b"graphicData" in data and any(kind in data for kind in _KINDS):  # most letters have no drawing at all
            root = package.xml(part)
            if _draw_all(package, part, root, notes):
                changed[part] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return (Package(package.name, {**package.parts, **changed}) if changed else package), tuple(notes)


def stories(package: Package) -> Iterator[str]:
    """The names of the parts with words: the body, headers, footers, and notes."""
    yield package.main
    for link in package.links(package.main).values():
        if link.kind in _STORIES and link.target in package.parts:
            yield link.target


def _draw_all(package: Package, part: str, root: Node, notes: list[Problem]) -> bool:
    """Whether anything was drawn."""
    from letters.pdf.reader.drawingml import emu  # here, as below, because few letters need it

    theme = _theme(package)
    found = False
    for data in list(root.iter(f"{{{A}}}graphicData")):
        drawn = next(data.iterchildren(tag=etree.Element), None)
        kind = "" if drawn is None else etree.QName(drawn).localname
        if drawn is None or kind not in ("relIds", "chart", "lockedCanvas"):
            continue
        frame = next(data.iterancestors(f"{{{WP}}}inline", f"{{{WP}}}anchor"), None)
        extent = None if frame is None else frame.find(f"{{{WP}}}extent")
        size = emu(extent, "cx"), emu(extent, "cy")
        shapes: Node | None = None
        if kind == "lockedCanvas":
            from letters.pdf.reader.diagrams import unlocked

            shapes = unlocked(drawn, theme)
        elif min(size) > 0 and kind == "relIds":
            from letters.pdf.reader.diagrams import drawn_diagram

            shapes = drawn_diagram(package, part, drawn, size, theme)
        elif min(size) > 0 and kind == "chart":
            from letters.pdf.reader.chart_drawing import chart_in

            shapes = chart_in(package, part, drawn, size, theme, _described(frame))
            if shapes is not None:
                notes.append(_redrawn(package.name))
        if shapes is not None:
            data.replace(drawn, shapes)
            found = True
    return found


def _described(frame: Node | None) -> str:
    """The alternative text of a drawing."""
    named = None if frame is None else frame.find(f"{{{WP}}}docPr")
    return "" if named is None else " ".join((named.get("descr") or named.get("title") or "").split())


def _redrawn(name: str) -> Problem:
    return Problem(
        "A chart is drawn anew from its values, so it looks a little different.",
        where=name,
        hint="If it must look as in Word, insert it as a picture with alternative text.",
        code="look",
    )


def _theme(package: Package) -> dict[str, str]:
    from letters.pdf.reader.styles import theme_colors

    for link in package.links(package.main).values():
        if link.kind == "theme" and link.target in package.parts:
            return theme_colors(package.tree(link.target))
    return {}
