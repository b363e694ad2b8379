"""What all writers of one page share: the classes named so far, the notes, and which places links lead to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

from letters.errors import Problem
from letters.pdf.document import Block, Document, Floating, Section, paragraphs
from letters.pdf.html.css import pt
from letters.pdf.layout_rules.text import anchors_of

Picture: TypeAlias = tuple[bytes, str]
"""A file, and what it is: ``image/png`` or ``image/jpeg``."""


class Classes:
    """Names for distinct sets of declarations."""

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
    """Collects classes and notes while a document is written; knows where the writing is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.classes = Classes()
        self.pictures: dict[str, Picture] = {}
        """What the addresses of pictures stand for."""
        self.notes: list[Problem] = []
        self.section = document.sections[0]
        self.begun = False
        """Whether anything of the section's text is written: only before it is known where on the page we are."""
        self.pages_begun = 0
        """Page breaks met so far."""
        self.write_note: Callable[[tuple[Block, ...]], str] = lambda blocks: ""
        """Writes what a footnote says; the writer of paragraphs puts itself here."""
        self._page_number: int | None = None
        self._has_letterhead = False
        self.anchors = anchors_of(document)
        self._placed: set[str] = set()
        self.headings: list[int] = []
        """Outline levels of the headings the next one stands under."""
        self._language = document.language.split("-")[0].casefold()
        self._page_rules()

    def _page_rules(self) -> None:
        """What concerns whole pages: sections that begin on an odd or even page, and lines round the page."""
        many = len(self.document.sections) > 1
        for at, section in enumerate(self.document.sections):
            if at and section.starts != "page":
                self.classes.rules.append(f".s{at}{{break-before:{'right' if section.starts == 'odd' else 'left'}}}")
            if section.page_borders:
                page = f"@page{f' s{at}' if many else ''}"
                self.classes.rules.append(f"{page}{{{_round_page(section)}}}")

    @property
    def page_number(self) -> int | None:
        """The number of the page, known only while the header of the first page is written, as part of its text."""
        return self._page_number

    @page_number.setter
    def page_number(self, number: int | None) -> None:
        self._page_number = number
        self._has_letterhead |= number is not None

    @property
    def has_footers(self) -> bool:
        """Whether a footer may stand where the last line of a page would hang into the margin."""
        footers = self.section.footers
        return any(list(paragraphs(blocks)) for blocks in (footers.default, footers.first, footers.even))

    def origin(self, place: Floating) -> float:
        """Where the holder of things placed on the page begins, counted from the upper edge of the paper."""
        if place.in_margin and self._page_number is None:  # running in the margin
            return self.section.header_distance if place.story == "header" else 0.0
        first = self.section is self.document.sections[0] and self.pages_begun == 0
        return self.section.header_distance if first and self._has_letterhead else abs(self.section.top)

    def picture(self, data: bytes, media_type: str) -> str:
        """An address for a picture: the same for the same bytes."""
        address = f"picture:{hashlib.sha256(data).hexdigest()[:32]}"
        self.pictures[address] = data, media_type
        return address

    def note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def place(self, name: str) -> str:
        """The place a link to the bookmark leads to, where the name stands first; nothing where no link wants it."""
        anchor = self.anchors.get(name)
        if not anchor or anchor in self._placed:
            return ""
        self._placed.add(anchor)
        return f'<span id="{anchor}"></span>'

    def is_foreign(self, language: str) -> bool:
        return bool(language) and language.split("-")[0].casefold() != self._language


def _round_page(section: Section) -> str:
    """Lines round a page as backgrounds of it, for its borders stand at the margins."""
    found = []
    edges = section.page_borders
    near = {side: line.space for side in ("top", "right", "bottom", "left") if (line := getattr(edges, side))}
    across = section.width - near.get("left", 0.0) - near.get("right", 0.0)
    down = section.height - near.get("top", 0.0) - near.get("bottom", 0.0)
    for side, space in near.items():
        line = getattr(edges, side)
        lying = side in ("top", "bottom")
        x = near.get("left", 0.0) if lying else space if side == "left" else section.width - space - line.width
        y = near.get("top", 0.0) if not lying else space if side == "top" else section.height - space - line.width
        size = f"{pt(across)} {pt(line.width)}" if lying else f"{pt(line.width)} {pt(down)}"
        ink = line.color or "#000000"
        found.append(f"linear-gradient({ink},{ink} 50%,{ink}) {pt(x)} {pt(y)}/{size} no-repeat")
    return f"background:{','.join(found)}"
