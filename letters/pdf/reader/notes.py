"""The footnotes and endnotes of a Word file: where their text is, and their numbers (17.11)."""

from __future__ import annotations

from typing import Literal

from lxml import etree

from letters.docx.attribute_values import number_of, value_of
from letters.docx.names import Node, w
from letters.docx.package import Package
from letters.pdf.numerals import format_number

_USUAL = {"footnote": "decimal", "endnote": "lowerRoman"}
_STARS = "*†‡§"
_MOST_STARS = 100


class Notes:
    """The notes of one file, and their numbering so far."""

    def __init__(self, package: Package, settings: Node | None) -> None:
        self._settings = settings
        self._known: dict[str, dict[str, Node]] = {"footnote": {}, "endnote": {}}
        self.part: dict[str, str] = {}
        """The name of the part that holds each kind of note."""
        for link in package.links(package.main).values():
            kind = link.kind.removesuffix("s")
            if kind in self._known and not link.external and link.target in package.parts:
                self.part[kind] = link.target
                self._known[kind] = {
                    name: node
                    for node in package.tree(link.target).iterchildren(w(kind))
                    if (name := node.get(w("id")))
                }
        self._counts = {kind: self._start(kind, None) for kind in _USUAL}
        self._section: Node | None = None

    def _said(self, kind: str, name: str, section: Node | None) -> str | None:
        """A setting for notes: the section's, or that of the whole file (17.11.2, 17.11.11)."""
        for holder in (section, self._settings):
            properties = None if holder is None else holder.find(w(f"{kind}Pr"))
            if (found := value_of(properties, name)) is not None:
                return found
        return None

    def _start(self, kind: str, section: Node | None) -> int:
        return int(number_of(self._said(kind, "numStart", section), 1))

    def begin_section(self, section: Node | None) -> None:
        """Begin a section, which may restart the numbering."""
        if self._section is not None:
            for kind in _USUAL:
                if self._said(kind, "numRestart", section) == "eachSect":
                    self._counts[kind] = self._start(kind, section)
        self._section = section if section is not None else self._settings

    def restarts_on_pages(self) -> bool:
        return self._said("footnote", "numRestart", self._section) == "eachPage"

    def find(self, kind: str, note_id: str) -> Node | None:
        return self._known[kind].get(note_id)

    def separator(self) -> Node | None:
        """The paragraph that holds the line above the footnotes (17.11.23)."""
        kept = (node for node in self._known["footnote"].values() if node.get(w("type")) == "separator")
        return next((paragraph for node in kept for paragraph in node.iterchildren(w("p"))), None)

    def next_mark(self, kind: str) -> str:
        """Count one note, and return its reference mark."""
        count = self._counts[kind]
        self._counts[kind] += 1
        shape = self._said(kind, "numFmt", self._section) or _USUAL[kind]
        if shape == "chicago" and count <= _MOST_STARS:
            turns, at = divmod(count - 1, len(_STARS))
            return _STARS[at] * (turns + 1)
        return format_number(count, "decimal" if shape == "chicago" else shape)


def note_kind(node: Node) -> Literal["footnote", "endnote"]:
    """The kind of note a reference, or the number inside a note, belongs to."""
    return "footnote" if etree.QName(node).localname.startswith("footnote") else "endnote"
