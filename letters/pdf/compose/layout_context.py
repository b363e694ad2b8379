"""What all stages share while one letter is laid out: the document, the current page, notes, and structure nodes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from letters.errors import Problem
from letters.pdf.document import Document, Link, inlines
from letters.pdf.layout_rules.text import anchors_of, is_safe_link, unsafe_link
from letters.pdf.tags.structure import Node


class LayoutContext:
    """Collects notes and structure nodes; knows the current section and, for headers and footers, the current page."""

    def __init__(self, document: Document, pages: int = 1, numbers: Mapping[int, int] | None = None) -> None:
        """What is expected of the finished letter, which must then turn out right.

        Args:
            pages: how many it has.
            numbers: the number of the page that each page field of the text is on, by the identity of the field.
        """
        self.document, self.expected_pages, self.expected_numbers = document, pages, numbers or {}
        self.section = document.sections[0]
        self.page: int | None = None
        """The current page number, where it is known."""
        self.pages: int | None = None
        """The number of pages, once it is known."""
        self.section_pages: int | None = None
        """How many of them belong to the current section."""
        self.used_expected_count = False
        """Whether the text shows the expected number of pages, which must then turn out right."""
        self.notes: list[Problem] = []
        self.linked_bookmarks = frozenset(anchors_of(document))
        """Bookmarks that a link points to."""
        self.parents: dict[Node, Node] = {}
        """Where to attach the nodes of links, pictures and foreign-language text, once they are drawn."""
        self.headings: list[int] = []
        """Outline levels of the headings above the current position."""
        self.header_links: dict[int, Node] = {}
        """The links of headers and footers, each of which gets one structure node for all pages."""
        self.footnotes: list[tuple[Node, Node]] = []
        """The node of each footnote, preceded by that of the paragraph it is attached to."""
        self._language = _primary(document.language)

    def note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def is_foreign(self, language: str) -> bool:
        return _primary(language) != self._language

    def page_count(self, *, of_section: bool) -> int | None:
        """The number of pages; as long as it is unknown, the expected number."""
        if self.pages is not None:
            return self.section_pages if of_section else self.pages
        if of_section and len(self.document.sections) > 1:
            return None
        self.used_expected_count = True
        return self.expected_pages

    def numbers_in(self, fields: frozenset[str]) -> tuple[int | None, ...]:
        """What decides what page fields of these kinds show in a header or footer."""
        return (
            self.page if "PAGE" in fields else None,
            self.pages if "NUMPAGES" in fields else None,
            self.section_pages if "SECTIONPAGES" in fields else None,
        )

    def with_parent(self, node: Node, above: Node | None) -> Node:
        assert above is not None
        self.parents[node] = above
        return node

    def has_destination(self, target: str, place: str) -> bool:
        """Whether a link can be followed. If not because its address is unsafe, that is noted."""
        if target.startswith("#"):
            return target[1:] in self.linked_bookmarks
        if is_safe_link(target):
            return True
        self.note(unsafe_link(target, place))
        return False

    def link_node(self, link: Link, above: Node | None) -> Node | None:
        """The node of a link. In headers and footers it is None, and the link is attached at the end of the
        document.
        """
        if above is not None:
            return self.with_parent(Node("Link", alternative=_words(link)), above)
        if id(link) not in self.header_links:
            self.header_links[id(link)] = Node("Link", alternative=_words(link))
        return None


@lru_cache(maxsize=100)
def _primary(language: str) -> str:
    """A language without its country."""
    return language.split("-")[0].casefold()


def _words(link: Link) -> str:
    """What a link says: its text, and what its pictures show; or where it leads, which one without either says."""
    said = "".join([getattr(item, "text", "") or getattr(item, "description", "") for item in inlines(link.content)])
    return " ".join(said.split()) or link.target.lstrip("#")


def add_node(holder: Node, kind: str) -> Node:
    """Append a new node to ``holder``."""
    node = Node(kind)
    holder.kids.append(node)
    return node
