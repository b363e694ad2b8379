"""Puts diagrams, charts and locked drawings into a Word file as drawn shapes, before it is read.

What is in parts of its own, or has names of its own, is then read, laid out and compared like any other drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from letters.docx.attribute_values import number_of
from letters.docx.names import WP, A, Node, w
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
            if frame is not None and frame.tag == _INLINE:
                _begin_paragraph(frame)
    return found


_INLINE = f"{{{WP}}}inline"


def _begin_paragraph(frame: Node) -> None:
    """Let a drawing that has a line for itself after another one begin a paragraph.

    What is drawn has its place by the beginning of its paragraph, which may be on an earlier page.
    """
    from letters.pdf.reader.drawingml import emu

    run = next(frame.iterancestors(w("r")), None)
    paragraph = None if run is None else run.getparent()
    if run is None or paragraph is None or paragraph.tag != w("p"):
        return
    earlier = [each for it in run.itersiblings(preceding=True) for each in it.iter(_INLINE)]
    widths = [emu(each.find(f"{{{WP}}}extent"), "cx") for each in (*earlier, frame)]
    if not earlier or sum(widths) <= _text_width(paragraph):
        return
    properties, new = paragraph.find(w("pPr")), etree.Element(w("p"))
    if properties is not None:
        new.append(deepcopy(properties))
        _remove(properties, "sectPr")
        _remove(new[0], "numPr", "pageBreakBefore")
    new.extend([run, *run.itersiblings()])
    paragraph.addnext(new)
    for part, side in ((paragraph, "after"), (new, "before")):
        _spacing_of(part).set(w(side), "0")


def _remove(properties: Node, *names: str) -> None:
    for each in list(properties.iterchildren(*map(w, names))):
        properties.remove(each)


def _spacing_of(paragraph: Node) -> Node:
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    found = properties.find(w("spacing"))
    return etree.SubElement(properties, w("spacing")) if found is None else found


def _text_width(paragraph: Node) -> float:
    """The width of the text in the section of a paragraph, in points; that of a sheet in a header or a note."""
    sections = (each for after in paragraph.itersiblings() for each in after.iter(w("sectPr")))
    section = next(sections, None)
    size, margins = (None if section is None else section.find(w(name)) for name in ("pgSz", "pgMar"))
    if size is None or margins is None:
        return _USUAL_WIDTH
    return (number_of(size.get(w("w"))) - number_of(margins.get(w("left"))) - number_of(margins.get(w("right")))) / 20


_USUAL_WIDTH = 468.0


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
