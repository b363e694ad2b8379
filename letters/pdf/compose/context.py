"""What all who compose one letter share: the document, the page at hand, the notes, and which node stands in which."""

from __future__ import annotations

from letters.errors import Problem
from letters.pdf.document import Document, Link, inlines
from letters.pdf.layout_rules.text import anchors_of, is_safe_link, unsafe_link
from letters.pdf.tags.structure import Node


class LayoutContext:
    """Collects notes and nodes while a letter is composed; knows the section and, for page artifact, the page."""

    def __init__(self, document: Document, pages: int = 1) -> None:
        """``pages``: how many there will be, as far as can be said beforehand."""
        self.document, self.expected_pages = document, pages
        self.section = document.sections[0]
        self.page: int | None = None
        """The number of the page, where it is known."""
        self.pages: int | None = None
        """How many pages there are, once it is known."""
        self.section_pages: int | None = None
        """How many of them are of the section."""
        self.used_expected_count = False
        """Whether the text of the letter says how many pages were expected."""
        self.notes: list[Problem] = []
        self.linked_bookmarks = frozenset(anchors_of(document))
        """Bookmarks that a link leads to."""
        self.parents: dict[Node, Node] = {}
        """Where the nodes of links, pictures and foreign words belong, once they are shown."""
        self.headings: list[int] = []
        """Outline levels of the headings the next one stands under."""
        self.header_links: dict[int, Node] = {}
        """The links of headers and footers, which are told once."""
        self.footnotes: list[tuple[Node, Node]] = []
        """Footnotes, each behind the node of the paragraph with its mark, at whose end it is told."""
        self._language = document.language.split("-")[0].casefold()

    def note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def is_foreign(self, language: str) -> bool:
        return language.split("-")[0].casefold() != self._language

    def page_count(self, *, of_section: bool) -> int | None:
        """How many pages there are; before it is known, how many are expected."""
        if self.pages is not None:
            return self.section_pages if of_section else self.pages
        if of_section and len(self.document.sections) > 1:
            return None
        self.used_expected_count = True
        return self.expected_pages

    def with_parent(self, node: Node, above: Node | None) -> Node:
        assert above is not None
        self.parents[node] = above
        return node

    def has_destination(self, target: str, place: str) -> bool:
        """Whether a link leads anywhere."""
        if target.startswith("#"):
            return target[1:] in self.linked_bookmarks
        if is_safe_link(target):
            return True
        self.note(unsafe_link(target, place))
        return False

    def link_node(self, link: Link, above: Node | None) -> Node | None:
        """The node of a link; in page artifact there is none, and the link is told after the letter."""
        if above is not None:
            return self.with_parent(Node("Link", alternative=_words(link)), above)
        if id(link) not in self.header_links:
            self.header_links[id(link)] = Node("Link", alternative=_words(link))
        return None


def _words(link: Link) -> str:
    return " ".join("".join([getattr(item, "text", "") for item in inlines(link.content)]).split())


def add_node(holder: Node, kind: str) -> Node:
    """A new node as the last one in ``holder``."""
    node = Node(kind)
    holder.kids.append(node)
    return node
