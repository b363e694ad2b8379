"""The structure tree read off the pages that WeasyPrint has laid out.

WeasyPrint tags boxes: a paragraph, list or table that continues on the next page, or a link that continues on the next
line, is several boxes and would be read aloud as several things. Here the tree follows the elements of the HTML, so
that each is read once and whole, wherever its boxes are.
"""

from __future__ import annotations

from typing import Any

from letters._text.lazy_pattern import pattern
from letters._text.usual_characters import RIGHT_TO_LEFT
from letters.pdf.tags.structure import Clickable, Mark, Node, StructureTree, pruned

_KINDS = {
    "p": "P", "a": "Link", "formula": "Formula", "img": "Figure", "ul": "L", "ol": "L", "li": "LI", "li::marker": "Lbl",
    "table": "Table", "thead": "THead", "tbody": "TBody", "tr": "TR", "th": "TH", "td": "TD",
    **{f"h{rank}": f"H{rank}" for rank in range(1, 7)},
}  # fmt: skip
_HOLDS_NOTES = frozenset({"P", "H1", "H2", "H3", "H4", "H5", "H6"})
_GROUPED = frozenset({"div"})
"""Elements that are not in the tree, but whose content stays together when it is spread over pages."""
_RIGHT_TO_LEFT = pattern(f"[{RIGHT_TO_LEFT}]")
_PT = 0.75  # points in a CSS pixel, WeasyPrint's inner unit


def structure_of(pages: list[Any], marks: list[dict[Any, int]]) -> StructureTree:
    """The structure of laid-out pages.

    Args:
        pages: WeasyPrint's page boxes.
        marks: for each page, the numbers of the marks that its boxes are drawn under.
    """
    return _StructureReader(marks).read(pages)


class _StructureReader:
    def __init__(self, marks: list[dict[Any, int]]) -> None:
        self.marks = marks
        self.document = Node("Document")
        self.by_element: dict[tuple[Any, str], Node] = {}
        self.bodies: dict[Node, Node] = {}
        """The body of each list item, beside its label."""
        self.headed: dict[Any, int] = {}
        """The page on which the header rows of each table appear first."""
        self.notes: dict[Any, Node] = {}
        """Footnotes, by their elements."""
        self.furniture: list[tuple[int, int, str]] = []
        self.idle: list[Clickable] = []
        self.page = 0

    def read(self, pages: list[Any]) -> StructureTree:
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
        pruned(self.document)
        return StructureTree(self.document, tuple(self.furniture), tuple(self.idle))

    def _walk(self, box: Any, above: Node) -> None:
        box = getattr(box, "_box", box)  # a box that is placed elsewhere has a placeholder in its own place
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
        """The node of the box's element; for an element that only carries formatting, the node above."""
        tag, element = box.element_tag, box.element
        kind: str | None
        language = element.get("lang", "") if tag == "span" else ""
        if tag == "span" and above.kind == "Note" and element not in self.notes:
            kind = "P"  # a footnote is inside a paragraph of the HTML, which cannot hold another one
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
                node.scope = "Row" if element.get("scope") == "row" else "Column"
            elif kind == "Figure":
                node.alternative = element.get("alt", "")
                node.box = (self.page, *_edges(box))
            elif kind == "Link":
                node.alternative = _words(element)
            elif kind == "Formula":
                node.alternative = element.get("alt", "")
        return node

    def _note(self, box: Any) -> None:
        node = self.notes.setdefault(box.element, Node("Note"))
        for child in box.children:
            self._walk(child, node)

    def _place_notes(self, pages: list[Any]) -> None:
        """A footnote is read after the paragraph with its mark, so as not to interrupt the sentence."""
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
        """Where the content of a node goes; that of a list item goes into its body."""
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
        """The boxes of a link itself are its areas; the boxes inside it would repeat them."""
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
        """Links in headers and footers work on every page, and are read once, after the letter."""
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


def _edges(box: Any) -> tuple[float, float, float, float]:
    left, top = box.content_box_x() * _PT, box.content_box_y() * _PT
    return left, top, left + box.width * _PT, top + box.height * _PT


def _words(link: Any) -> str:
    said = "".join([(part.get("alt") or "") + (part.text or "") + (part.tail or "" if part is not link else "")
                    for part in link.iter()])  # fmt: skip
    return " ".join(said.split()) or link.get("href", "").lstrip("#")
