"""What all writers of one page share: CSS classes, notes, and the destinations of links."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

from letters.errors import Problem
from letters.pdf.document import Block, Document, Floating, Section, paragraphs
from letters.pdf.embedded_fonts import contents_of, embedded_faces
from letters.pdf.html.css import css_string, pt
from letters.pdf.layout_rules.text import anchors_of, formats_of

Picture: TypeAlias = tuple[bytes, str]
"""A file, and its media type: ``image/png`` or ``image/jpeg``, or ``font/otf`` of an embedded font."""


class Classes:
    """One class for each distinct set of declarations."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.rules: list[str] = []

    def name(self, prefix: str, declarations: str, *, extra: str = "") -> str:
        """The class for ``declarations``; ``extra`` holds more rules, with ``&`` for the class."""
        key = f"{prefix}{declarations}{extra}"
        if key not in self._names:
            name = f"{prefix}{len(self._names)}"
            self._names[key] = name
            self.rules.append(f".{name}{{{declarations}}}" + extra.replace("&", f".{name}"))
        return self._names[key]

    def css(self) -> str:
        return "\n".join(self.rules)


class CssCollector:
    """Collects classes, pictures and notes while a document is written; knows the current position."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.classes = Classes()
        self.pictures: dict[str, Picture] = {}
        """Pictures by their addresses."""
        self.notes: list[Problem] = []
        self.section = document.sections[0]
        self.begun = False
        """Whether the section's text has begun: only before that is the position on the page known."""
        self.pages_begun = 0
        """The number of page breaks so far."""
        self.write_note: Callable[[tuple[Block, ...]], str] = lambda blocks: ""
        """Writes the blocks of a footnote; set by the paragraph writer."""
        self._page_number: int | None = None
        self._has_letterhead = False
        self.anchors = anchors_of(document)
        self._placed: set[str] = set()
        self.headings: list[int] = []
        """Outline levels of the headings above the current position."""
        self._language = document.language.split("-")[0].casefold()
        self._page_rules()
        self._embedded_fonts()

    def _embedded_fonts(self) -> None:
        """Rules for the fonts that the Word file brings along."""
        for family in sorted({run_format.family for run_format in formats_of(self.document)}):
            for face in embedded_faces(family):
                if (data := contents_of(face)) is not None:
                    self.pictures[address := f"font:{face.file.replace(' ', '-')}"] = data, "font/otf"
                    style, weight = "italic" if face.italic else "normal", 700 if face.bold else 400
                    self.classes.rules.append(
                        f"@font-face{{font-family:{css_string(face.family)};src:url({css_string(address)});"
                        f"font-style:{style};font-weight:{weight}}}"
                    )

    def _page_rules(self) -> None:
        """Rules for whole pages: sections that begin on an odd or even page, and page borders."""
        many = len(self.document.sections) > 1
        for at, section in enumerate(self.document.sections):
            if at and section.starts != "page":
                self.classes.rules.append(f".s{at}{{break-before:{'right' if section.starts == 'odd' else 'left'}}}")
            if section.page_borders:
                page = f"@page{f' s{at}' if many else ''}"
                self.classes.rules.append(f"{page}{{{_page_border_css(section)}}}")

    @property
    def page_number(self) -> int | None:
        """The page number, known only while the header of the first page is written as part of the text."""
        return self._page_number

    @page_number.setter
    def page_number(self, number: int | None) -> None:
        self._page_number = number
        self._has_letterhead |= number is not None

    @property
    def has_footers(self) -> bool:
        """Whether a footer may be where the last line of a page would extend into the margin."""
        return any(list(paragraphs(blocks)) for blocks in self.section.footers.all())

    def origin(self, place: Floating) -> float:
        """The top of the CSS containing block of a float, from the top of the page."""
        if place.in_margin and self._page_number is None:  # a header or footer in the margin
            return self.section.header_distance if place.story == "header" else 0.0
        first = self.section is self.document.sections[0] and self.pages_begun == 0
        return self.section.header_distance if first and self._has_letterhead else abs(self.section.top)

    def picture(self, data: bytes, media_type: str) -> str:
        """The address of a picture; the same for the same bytes."""
        address = f"picture:{hashlib.sha256(data).hexdigest()[:32]}"
        self.pictures[address] = data, media_type
        return address

    def note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def place(self, name: str) -> str:
        """The destination of links to a bookmark, where it occurs first; empty if no link leads to it."""
        anchor = self.anchors.get(name)
        if not anchor or anchor in self._placed:
            return ""
        self._placed.add(anchor)
        return f'<span id="{anchor}"></span>'

    def is_foreign(self, language: str) -> bool:
        return bool(language) and language.split("-")[0].casefold() != self._language


def _page_border_css(section: Section) -> str:
    """Page borders as backgrounds, since CSS would draw them at the margins."""
    found = []
    room = {side: line.space for side, line in section.page_borders.edges()}
    width = section.width - room.get("left", 0.0) - room.get("right", 0.0)
    height = section.height - room.get("top", 0.0) - room.get("bottom", 0.0)
    for side, line in section.page_borders.edges():
        x = section.width - line.space - line.width if side == "right" else room.get("left", 0.0)
        y = section.height - line.space - line.width if side == "bottom" else room.get("top", 0.0)
        horizontal = side in ("top", "bottom")
        size = f"{pt(width)} {pt(line.width)}" if horizontal else f"{pt(line.width)} {pt(height)}"
        color = line.color or "#000000"
        found.append(f"linear-gradient({color},{color} 50%,{color}) {pt(x)} {pt(y)}/{size} no-repeat")
    return f"background:{','.join(found)}"
