"""The words of a finished Word letter as lines of text: to be read on a screen, not to be compared or printed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from lxml import etree

from letters.docx.package import Package, open_package

WIDTH = 76


def lines_of(docx: bytes, change: Callable[[str], str] = str) -> Iterator[str]:
    """The letterhead and the body, wrapped; the entries of a list are marked, a table has a line a row.

    Args:
        change: what is done to the words of each paragraph before they are wrapped.
    """
    package = open_package(docx, "the letter")
    headers = [link.target for link in package.links(package.main).values() if link.kind == "header"]
    for part in (*headers[:1], package.main):
        root = package.xml(part)
        yield from _Reader(root, _listing_styles(package, root), change).below(root)


def _listing_styles(package: Package, root: etree._Element) -> frozenset[str]:
    """The styles that number their paragraphs or put a bullet before them."""
    word = root.tag.partition("}")[0] + "}"
    found = set()
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            for style in package.xml(link.target).iter(f"{word}style"):
                if style.find(f"{word}pPr/{word}numPr") is not None:
                    found.add(style.get(f"{word}styleId", ""))
    return frozenset(found)


class _Reader:
    def __init__(self, root: etree._Element, listing: frozenset[str], change: Callable[[str], str]) -> None:
        self._word = root.tag.partition("}")[0] + "}"
        self._listing = listing
        self._change = change

    def below(self, node: etree._Element) -> Iterator[str]:
        for child in node.iterchildren(tag=etree.Element):
            if child.tag == f"{self._word}p":
                yield from _wrapped(self._words(child), "  - " if self._is_listed(child) else "")
            elif child.tag == f"{self._word}tbl":
                yield from self._table(child)
            else:
                yield from self.below(child)

    def _table(self, table: etree._Element) -> Iterator[str]:
        for row in table.iter(f"{self._word}tr"):
            cells = (
                " ".join(filter(None, (self._words(each) for each in cell.iter(f"{self._word}p"))))
                for cell in row.iter(f"{self._word}tc")
            )
            line = "  |  ".join(" ".join(cell.split()) for cell in cells)
            yield textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="      ")
        yield ""

    def _is_listed(self, paragraph: etree._Element) -> bool:
        word = self._word
        style = paragraph.find(f"{word}pPr/{word}pStyle")
        named = style is not None and style.get(f"{word}val", "") in self._listing
        return named or paragraph.find(f"{word}pPr/{word}numPr") is not None

    def _words(self, node: etree._Element) -> str:
        word = self._word
        said = {f"{word}tab": " ", f"{word}br": "\n", f"{word}noBreakHyphen": "-"}
        runs = (each for run in node.iter(f"{word}r") for each in run.iterchildren(tag=etree.Element))
        pieces = (each.text or "" if each.tag == f"{word}t" else said.get(each.tag, "") for each in runs)
        return self._change("".join(pieces).strip())


def _wrapped(text: str, mark: str) -> Iterator[str]:
    if not text:
        return
    for number, line in enumerate(text.split("\n")):
        first = mark if number == 0 else " " * len(mark)
        yield textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=" " * len(mark))
    yield ""
