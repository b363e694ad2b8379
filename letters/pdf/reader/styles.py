"""Word's styles with inheritance resolved, and the colors of the theme."""

from __future__ import annotations

import re
from functools import cached_property

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.docx.attribute_values import value_of
from letters.docx.names import A, Node, w
from letters.errors import LettersError, Problem
from letters.pdf.reader.font_names import FontNames
from letters.pdf.reader.formats import Props, paragraph_properties, run_properties

_HEADING = pattern("heading ([1-9])")
_WITHOUT_ID = "\0"
"""Begins the ids given to styles without one."""
_DEEPEST = 64
"""The longest chain of styles based on one another; Word's own limit is much lower."""


class Style(Struct, frozen=True, dict=True):
    """One style. Its properties are read on first use, since most styles are never used."""

    id: str
    kind: str
    node: Node
    fonts: FontNames

    @cached_property
    def name(self) -> str:
        return value_of(self.node, "name") or ""

    @cached_property
    def based_on(self) -> str:
        return value_of(self.node, "basedOn") or ""

    @cached_property
    def run(self) -> Props:
        return run_properties(self.node.find(w("rPr")), self.fonts)

    @cached_property
    def paragraph(self) -> Props:
        return paragraph_properties(self.node.find(w("pPr")))

    @cached_property
    def number(self) -> tuple[str, str] | None:
        """numId and ilvl, if the style is numbered."""
        number = self.node.find(f"{w('pPr')}/{w('numPr')}")
        return None if number is None else (value_of(number, "numId") or "", value_of(number, "ilvl") or "")


class Styles:
    """``word/styles.xml`` with inheritance resolved (17.7)."""

    def __init__(self, root: Node | None, fonts: FontNames) -> None:
        self.fonts = fonts
        defaults = None if root is None else root.find(w("docDefaults"))
        default_run = None if defaults is None else defaults.find(f"{w('rPrDefault')}/{w('rPr')}")
        default_paragraph = None if defaults is None else defaults.find(f"{w('pPrDefault')}/{w('pPr')}")
        self.default_run = run_properties(default_run, fonts)
        self.default_paragraph = paragraph_properties(default_paragraph)
        self.by_id: dict[str, Style] = {}
        self.default: dict[str, str] = {}
        for at, node in enumerate(() if root is None else root.iterchildren(w("style"))):
            # Without an id, nothing can refer to the style, but it may still be a default (17.7.4.17).
            style_id = node.get(w("styleId")) or f"{_WITHOUT_ID}{at}"
            style = Style(style_id, node.get(w("type"), "paragraph"), node, fonts)
            self.by_id[style.id] = style
            if node.get(w("default")) in ("1", "true", "on"):
                self.default[style.kind] = style.id
        self._chains: dict[str, tuple[Style, ...]] = {}

    def resolved(self, style_id: str | None, kind: str) -> str:
        """The id of the style to apply: the default one if none is named, none if it is missing or of another kind
        (17.3.1.27, 17.3.2.29, 17.4.62). No style of characters applies by default, as in Word.
        """
        if style_id is None:
            return "" if kind == "character" else self.default.get(kind, "")
        return style_id if style_id in self.by_id and self.by_id[style_id].kind == kind else ""

    def chain(self, style_id: str) -> tuple[Style, ...]:
        """The style and those of the same kind that it is based on, the most basic first (17.7.4.3)."""
        if style_id not in self._chains:
            found: list[Style] = []
            seen: set[str] = set()
            at = style_id
            while at in self.by_id and at not in seen and (not found or self.by_id[at].kind == found[0].kind):
                found.append(self.by_id[at])
                seen.add(at)
                at = found[-1].based_on
                if len(found) > _DEEPEST:
                    raise LettersError(
                        Problem(f"More than {_DEEPEST} styles are based on one another.", where=f"style {style_id}")
                    )
            self._chains[style_id] = tuple(reversed(found))
        return self._chains[style_id]

    def run(self, style_id: str) -> Props:
        merged: Props = {}
        for style in self.chain(style_id):
            merged.update(style.run)
        return merged

    def heading_level(self, style_id: str) -> int | None:
        """The level of a style that Word knows as a heading, even if the file does not give its outline level."""
        for style in reversed(self.chain(style_id)):
            match = _HEADING.fullmatch(style.name.casefold())
            if match:
                return int(match[1]) - 1
            if style.name.casefold() == "title":
                return 0
        return None


def theme_colors(root: Node) -> dict[str, str]:
    """The theme's colors as ``#rrggbb``, by names such as ``accent1`` (20.1.6.2)."""
    found = {}
    scheme = root.find(f".//{{{A}}}clrScheme")
    for node in () if scheme is None else scheme.iterchildren(tag=etree.Element):
        for value in node.iterchildren(tag=etree.Element):
            said = value.get("lastClr") or value.get("val") or ""
            if re.fullmatch(r"[0-9A-Fa-f]{6}", said):
                found[etree.QName(node).localname] = f"#{said.lower()}"
    return found
