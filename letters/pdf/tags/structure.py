"""The structure tree of a PDF: what an assistive reader is told, in the order in which it is told.

WeasyPrint tags the boxes it lays out. A paragraph, list or table that goes over to the next page, and a link that
goes over to the next line, is several boxes, and would be told as several things. Here the tree follows the elements
of the page's HTML, so that each is told once and whole, wherever its pieces stand. Headers and footers, and header
rows shown again on later pages, are page furniture and not told at all (ISO 32000-1, 14.8.2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_KINDS = {
    "p": "P", "a": "Link", "img": "Figure", "ul": "L", "ol": "L", "li": "LI", "li::marker": "Lbl",
    "table": "Table", "thead": "THead", "tbody": "TBody", "tr": "TR", "th": "TH", "td": "TD",
    **{f"h{rank}": f"H{rank}" for rank in range(1, 7)},
}  # fmt: skip
_HOLDS_NOTES = frozenset({"P", "H1", "H2", "H3", "H4", "H5", "H6"})
_GROUPED = frozenset({"div"})
"""Elements that are not told, but whose content stays together though it stands on several pages."""
_KEPT_EMPTY = frozenset({"TR", "TH", "TD", "LBody"})
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PT = 0.75  # points in a CSS pixel, WeasyPrint's inner unit
_BULLETS = {"○": "Circle", "o": "Circle", "◦": "Circle", "■": "Square", "▪": "Square", "□": "Square"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of marked content: what a page shows under one number."""

    page: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Clickable:
    """The annotation that makes a place of a page a link."""

    page: int
    annotation: Any


@dataclass(eq=False, slots=True)
class Node:
    """One element of the structure (ISO 32000-1, 14.8.4), with what a reader must know of it; a group has no kind."""

    kind: str
    kids: list[Node | Mark | Clickable] = field(default_factory=list)
    language: str = ""
    alternative: str = ""
    """Of a picture, its description; of a link, its words."""
    spoken: str = ""
    """The words in the order in which they are spoken, where the page shows them in another."""
    columns: int = 1
    rows: int = 1
    box: tuple[int, float, float, float, float] | None = None
    """Of a picture: page, left, top, right and bottom, in points from the upper left corner of the page."""

    @property
    def words(self) -> str:
        told = [kid.text if isinstance(kid, Mark) else kid.words for kid in self.kids if not isinstance(kid, Clickable)]
        return " ".join(" ".join(told).split())

    def every(self) -> Iterator[Node]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.every()

    @property
    def numbering(self) -> str:
        """Of a list: how its items are counted (14.8.5.5)."""
        return next((_numbering(node.words) for node in self.every() if node.kind == "Lbl"), "None")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a letter, and the marks of what is not: by page, number of the mark and kind of furniture."""

    document: Node
    furniture: tuple[tuple[int, int, str], ...]
    idle: tuple[Clickable, ...]
    """Links laid once more over the words of a link."""


def tell(pages: list[Any], marks: list[dict[Any, int]]) -> Told:
    """The structure of laid-out pages.

    Args:
        pages: WeasyPrint's page boxes.
        marks: for each page, the numbers of the marks its boxes are drawn under.
    """
    return _StructureWriter(marks).tell(pages)


class _StructureWriter:
    def __init__(self, marks: list[dict[Any, int]]) -> None:
        self.marks = marks
        self.document = Node("Document")
        self.by_element: dict[tuple[Any, str], Node] = {}
        self.bodies: dict[Node, Node] = {}
        """Of each list item, what stands beside its label."""
        self.headed: dict[Any, int] = {}
        """The page on which each table's header rows stand first."""
        self.notes: dict[Any, Node] = {}
        """What footnotes say, by their elements."""
        self.furniture: list[tuple[int, int, str]] = []
        self.idle: list[Clickable] = []
        self.page = 0

    def tell(self, pages: list[Any]) -> Told:
        for self.page, box in enumerate(pages):
            for child in box.children:
                if margin := getattr(child, "at_keyword", ""):
                    self._furniture(child, "Footer" if "bottom" in margin else "Header")
                elif child.element is None:
                    for note in child.children:
                        self._note(note)
                else:
                    self._walk(child, self.document)
        self._place_notes(pages)
        self._furniture_links(pages)
        prune(self.document)
        return Told(self.document, tuple(self.furniture), tuple(self.idle))

    def _walk(self, box: Any, above: Node) -> None:
        box = getattr(box, "_box", box)  # what stands at another place has a placeholder at its own
        if getattr(box, "is_header", False) and self.headed.setdefault(box.element, self.page) != self.page:
            self._furniture(box, "")
            return
        node = self._node(box, above)
        if box.link_annotation is not None:
            self._link(box, node, above)
        number = self.marks[self.page].get(box)
        if number is not None:
            self._mark(box, node, number)
        for child in getattr(box, "children", ()):
            self._walk(child, node)

    def _node(self, box: Any, above: Node) -> Node:
        """The node of the box's element; of those that only carry a look, the one above."""
        tag, element = box.element_tag, box.element
        kind: str | None
        language = element.get("lang", "") if tag == "span" else ""
        if tag == "span" and above.kind == "Note" and element not in self.notes:
            kind = "P"  # a footnote stands inside a paragraph of HTML, which holds no other
        else:
            kind = "Span" if language else "" if tag in _GROUPED else _KINDS.get(tag)
        if kind is None:
            return above
        key = (element, tag)
        node = self.by_element.get(key)
        if node is None:
            node = self.by_element[key] = Node(kind, language=language)
            if kind == "Lbl":
                self.by_element[element, "li"].kids.insert(0, node)
            else:
                self._inside(above).kids.append(node)
            if kind in ("TH", "TD"):
                node.columns, node.rows = int(element.get("colspan", 1)), int(element.get("rowspan", 1))
            elif kind == "Figure":
                node.alternative = element.get("alt", "")
                node.box = (self.page, *_edges(box))
            elif kind == "Link":
                node.alternative = _words(element)
        return node

    def _note(self, box: Any) -> None:
        node = self.notes.setdefault(box.element, Node("Note"))
        for child in box.children:
            self._walk(child, node)

    def _place_notes(self, pages: list[Any]) -> None:
        """A footnote is told at the end of the paragraph with its mark, so as not to cut its sentence in two."""
        if not self.notes:
            return
        body = next(child.element for child in pages[0].children if child.element is not None)
        above = {child: element for element in body.iter() for child in element}
        for element, note in self.notes.items():
            holder = above[element]
            while (node := self.by_element.get((holder, holder.tag))) is None or node.kind not in _HOLDS_NOTES:
                holder = above[holder]
            node.kids.append(note)

    def _inside(self, node: Node) -> Node:
        """Where the content of a node goes: that of a list item into its body."""
        if node.kind != "LI":
            return node
        if node not in self.bodies:
            self.bodies[node] = Node("LBody")
            node.kids.append(self.bodies[node])
        return self.bodies[node]

    def _mark(self, box: Any, node: Node, number: int) -> None:
        text = getattr(box, "text", "")
        mark = Mark(self.page, number, text)
        node = self._inside(node)
        if node.kind in ("Document", ""):
            node.kids.append(Node("P", [mark]))
        elif _RIGHT_TO_LEFT.search(text):
            node.kids.append(Node("Span", [mark], spoken=text))
        else:
            node.kids.append(mark)

    def _link(self, box: Any, node: Node, above: Node) -> None:
        """A link's own boxes are its places; the boxes inside it would be the same places once more."""
        place = Clickable(self.page, box.link_annotation)
        if node.kind == "Link" and node is not above:
            node.kids.append(place)
        else:
            self.idle.append(place)

    def _furniture(self, box: Any, kind: str) -> None:
        for inner in box.descendants(placeholders=True):
            number = self.marks[self.page].get(getattr(inner, "_box", inner))
            if number is not None:
                self.furniture.append((self.page, number, kind))

    def _furniture_links(self, pages: list[Any]) -> None:
        """Links in headers and footers can be reached on every page, and are told once, after the letter."""
        for self.page, page in enumerate(pages):
            for margin in page.children:
                if getattr(margin, "at_keyword", ""):
                    for box in margin.descendants(placeholders=True):
                        self._furniture_link(getattr(box, "_box", box))

    def _furniture_link(self, box: Any) -> None:
        if box.link_annotation is None:
            return
        place = Clickable(self.page, box.link_annotation)
        if box.element_tag != "a":
            self.idle.append(place)
            return
        key = (box.element, "a")
        if key not in self.by_element:
            self.by_element[key] = Node("Link", alternative=_words(box.element))
            self.document.kids.append(Node("P", [self.by_element[key]]))
        self.by_element[key].kids.append(place)


def prune(node: Node) -> bool:
    """Drop what holds nothing, and groups but not what they hold; says whether anything is left."""
    kept: list[Node | Mark | Clickable] = []
    for kid in node.kids:
        if not isinstance(kid, Node):
            kept.append(kid)
        elif prune(kid):
            kept += [kid] if kid.kind else kid.kids
    node.kids = kept
    return bool(node.kids) or node.kind in _KEPT_EMPTY


def _edges(box: Any) -> tuple[float, float, float, float]:
    left, top = box.content_box_x() * _PT, box.content_box_y() * _PT
    return left, top, left + box.width * _PT, top + box.height * _PT


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _numbering(label: str) -> str:
    """How a list whose first label is this one is counted, in the words of ISO 32000-1, table 347."""
    counts = re.findall(r"[^\W\d_]+|\d+", label)
    if label in _BULLETS or not counts:
        return _BULLETS.get(label, "Disc")
    last = counts[-1]
    if last.isdecimal():
        return "Decimal"
    # A first item counted “c” or “d” is a letter, not a hundred or five hundred.
    roman = re.fullmatch("[ivx]+|[ivxlcdm]{2,}", last.lower())
    return f"{'Lower' if last.islower() else 'Upper'}{'Roman' if roman else 'Alpha'}"
