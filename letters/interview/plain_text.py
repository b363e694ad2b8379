"""A Word letter as paragraphs and lines of plain text, to read on a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from letters.docx.names import w
from letters.docx.package import Package, open_package

WIDTH = 76
_BREAKS = {w("tab"): " ", w("br"): "\n", w("noBreakHyphen"): "-"}
# How a paragraph begins, and its further lines.
_PLAIN, _ENTRY, _ROW = ("", ""), ("  - ", "    "), ("  ", "      ")


class TextParagraph(NamedTuple):
    """One paragraph, list entry, or table row.

    Args:
        text: its text; a line break stands where the letter has one.
        first: what stands before its first line.
        rest: what stands before the others.
    """

    text: str
    first: str = ""
    rest: str = ""

    def lines(self, width: int) -> list[str]:
        """It in lines of at most this many characters, and an empty line after it."""
        if not self.text:
            return [""]
        lines = []
        for number, line in enumerate(self.text.split("\n")):
            begin = self.rest if number else self.first
            lines += textwrap.wrap(line, width, initial_indent=begin, subsequent_indent=self.rest) or [""]
        return lines if self.first == _ROW[0] else [*lines, ""]


def lines_of(docx: bytes, change: Callable[[str], str] = str) -> Iterator[str]:
    """The letterhead and the body, wrapped to `WIDTH`; list entries get a dash, each table row a line.

    Args:
        change: applied to the text of each paragraph before it is wrapped.
    """
    for paragraph in paragraphs_of(docx, change):
        yield from paragraph.lines(WIDTH)


def paragraphs_of(docx: bytes, change: Callable[[str], str] = str) -> Iterator[TextParagraph]:
    """The paragraphs of the letterhead and the body; a table ends with an empty one.

    Args:
        change: applied to the text of each paragraph.
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


def _blocks(node: etree._Element, list_styles: frozenset[str], change: Callable[[str], str]) -> Iterator[TextParagraph]:
    for child in node.iterchildren(tag=etree.Element):
        if child.tag == w("p"):
            if text := _text(child, change):
                yield TextParagraph(text, *(_ENTRY if _is_list_entry(child, list_styles) else _PLAIN))
        elif child.tag == w("tbl"):
            yield from _table(child, change)
        else:
            yield from _blocks(child, list_styles, change)


def _table(table: etree._Element, change: Callable[[str], str]) -> Iterator[TextParagraph]:
    for row in table.iter(w("tr")):
        cells = (
            " ".join(filter(None, (_text(each, change) for each in cell.iter(w("p"))))) for cell in row.iter(w("tc"))
        )
        yield TextParagraph("  |  ".join(" ".join(cell.split()) for cell in cells), *_ROW)
    yield TextParagraph("")


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
