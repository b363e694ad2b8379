"""A Word letter as lines of plain text, to read on a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from lxml import etree

from letters.docx.names import w
from letters.docx.package import Package, open_package

WIDTH = 76
_BREAKS = {w("tab"): " ", w("br"): "\n", w("noBreakHyphen"): "-"}


def lines_of(docx: bytes, change: Callable[[str], str] = str) -> Iterator[str]:
    """The letterhead and the body, wrapped to `WIDTH`; list entries get a dash, each table row a line.

    Args:
        change: applied to the text of each paragraph before it is wrapped.
    """
    package = open_package(docx, "the letter")
    headers = [link.target for link in package.links(package.main).values() if link.kind == "header"]
    list_styles = _list_styles(package)
    for part in (*headers[:1], package.main):
        yield from _blocks(package.xml(part), list_styles, change)


def _list_styles(package: Package) -> frozenset[str]:
    """The paragraph styles that are numbered or bulleted."""
    return frozenset(
        style.get(w("styleId"), "")
        for link in package.links(package.main).values()
        if link.kind == "styles" and link.target in package.parts
        for style in package.xml(link.target).iter(w("style"))
        if style.find(f"{w('pPr')}/{w('numPr')}") is not None
    )


def _blocks(node: etree._Element, list_styles: frozenset[str], change: Callable[[str], str]) -> Iterator[str]:
    for child in node.iterchildren(tag=etree.Element):
        if child.tag == w("p"):
            yield from _paragraph(_text(child, change), "  - " if _is_list_entry(child, list_styles) else "")
        elif child.tag == w("tbl"):
            yield from _table(child, change)
        else:
            yield from _blocks(child, list_styles, change)


def _table(table: etree._Element, change: Callable[[str], str]) -> Iterator[str]:
    for row in table.iter(w("tr")):
        cells = (
            " ".join(filter(None, (_text(each, change) for each in cell.iter(w("p"))))) for cell in row.iter(w("tc"))
        )
        line = "  |  ".join(" ".join(cell.split()) for cell in cells)
        yield textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="      ")
    yield ""


def _is_list_entry(paragraph: etree._Element, list_styles: frozenset[str]) -> bool:
    style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
    styled = style is not None and style.get(w("val"), "") in list_styles
    return styled or paragraph.find(f"{w('pPr')}/{w('numPr')}") is not None


def _text(node: etree._Element, change: Callable[[str], str]) -> str:
    pieces = (
        each.text or "" if each.tag == w("t") else _BREAKS.get(str(each.tag), "")
        for run in node.iter(w("r"))
        for each in run.iterchildren(tag=etree.Element)
    )
    return change("".join(pieces).strip())


def _paragraph(text: str, mark: str) -> Iterator[str]:
    if not text:
        return
    for number, line in enumerate(text.split("\n")):
        first = mark if number == 0 else " " * len(mark)
        yield textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=" " * len(mark))
    yield ""
