"""Word's styles with inheritance worked out, and the fonts of the theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from letters.printing.reader_formats import Props, paragraph_properties, run_properties
from letters.printing.reader_xml import A, Node, value_of, w


@dataclass(frozen=True)
class Style:
    id: str
    kind: str
    name: str
    based_on: str
    node: Node
    run: Props
    paragraph: Props
    number: tuple[str, str] | None
    """numId and ilvl, when the style is a list style of its own."""


class Styles:
    """``word/styles.xml`` with inheritance worked out (17.7)."""

    def __init__(self, root: Node | None, theme: Mapping[str, str]) -> None:
        self.theme = theme
        defaults = None if root is None else root.find(w("docDefaults"))
        default_run = None if defaults is None else defaults.find(f"{w('rPrDefault')}/{w('rPr')}")
        default_paragraph = None if defaults is None else defaults.find(f"{w('pPrDefault')}/{w('pPr')}")
        self.default_run = run_properties(default_run, theme)
        self.default_paragraph = paragraph_properties(default_paragraph)
        self.by_id: dict[str, Style] = {}
        self.default: dict[str, str] = {}
        for node in () if root is None else root.iterchildren(w("style")):
            style = self._read(node)
            self.by_id[style.id] = style
            if node.get(w("default")) in ("1", "true", "on"):
                self.default[style.kind] = style.id
        self._chains: dict[str, tuple[Style, ...]] = {}

    def _read(self, node: Node) -> Style:
        properties = node.find(w("pPr"))
        number = None if properties is None else properties.find(w("numPr"))
        return Style(
            id=node.get(w("styleId"), ""),
            kind=node.get(w("type"), "paragraph"),
            name=value_of(node, "name") or "",
            based_on=value_of(node, "basedOn") or "",
            node=node,
            run=run_properties(node.find(w("rPr")), self.theme),
            paragraph=paragraph_properties(properties),
            number=None if number is None else (value_of(number, "numId") or "", value_of(number, "ilvl") or ""),
        )

    def chain(self, style_id: str) -> tuple[Style, ...]:
        """The style and what it is based on, the most basic first."""
        if style_id not in self._chains:
            found: list[Style] = []
            at = style_id
            while at in self.by_id and self.by_id[at] not in found:
                found.append(self.by_id[at])
                at = found[-1].based_on
            self._chains[style_id] = tuple(reversed(found))
        return self._chains[style_id]

    def run(self, style_id: str) -> Props:
        merged: Props = {}
        for style in self.chain(style_id):
            merged.update(style.run)
        return merged

    def heading_level(self, style_id: str) -> int | None:
        """Level of a style Word knows as a heading, even if the file does not spell out its outline level."""
        for style in reversed(self.chain(style_id)):
            match = re.fullmatch(r"heading ([1-9])", style.name.casefold())
            if match:
                return int(match[1]) - 1
            if style.name.casefold() == "title":
                return 0
        return None


def theme_fonts(root: Node) -> dict[str, str]:
    """``majorHAnsi`` and the like, to the Latin, complex-script or East Asian family of the theme (20.1.6)."""
    found = {}
    for kind in ("major", "minor"):
        for slot, names in (("latin", ("HAnsi", "Ascii")), ("ea", ("EastAsia",)), ("cs", ("Bidi",))):
            node = root.find(f".//{{{A}}}{kind}Font/{{{A}}}{slot}")
            family = "" if node is None else node.get("typeface", "")
            for name in names if family else ():
                found[f"{kind}{name}"] = family
    return found


def theme_colours(root: Node) -> dict[str, str]:
    """``accent1`` and the like, to ``#rrggbb`` (20.1.6.2)."""
    found = {}
    scheme = root.find(f".//{{{A}}}clrScheme")
    for node in () if scheme is None else scheme.iterchildren(tag=etree.Element):
        for value in node.iterchildren(tag=etree.Element):
            said = value.get("lastClr") or value.get("val", "")
            if re.fullmatch(r"[0-9A-Fa-f]{6}", said):
                found[etree.QName(node).localname] = f"#{said.lower()}"
    return found
