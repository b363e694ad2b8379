"""What all writers of one page share: the classes named so far, the notes, and which places links lead to."""

from __future__ import annotations

from letters.errors import Problem
from letters.printing.document import Bookmark, Document, Link, inlines, paragraphs


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


class Sheet:
    """Collects classes and notes while a document is written; knows where the writing is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.classes = Classes()
        self.notes: list[Problem] = []
        self.section = document.sections[0]
        self.page_number: int | None = None
        self.anchors = self._anchors()
        self._placed: set[str] = set()
        self.headings: list[int] = []
        """Outline levels of the headings the next one stands under."""
        self._language = document.language.split("-")[0].casefold()

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

    def _anchors(self) -> dict[str, str]:
        """Bookmarks that a link leads to: only these need a place in the PDF."""
        wanted, there = set(), []
        for section in self.document.sections:
            for paragraph in paragraphs(section.blocks):
                for item in inlines(paragraph.content):
                    if isinstance(item, Link) and item.target.startswith("#"):
                        wanted.add(item.target[1:])
                    elif isinstance(item, Bookmark):
                        there.append(item.name)
        return {name: f"a{at}" for at, name in enumerate(dict.fromkeys(there)) if name in wanted}
