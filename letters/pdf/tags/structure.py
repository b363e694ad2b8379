"""The structure tree of a tagged PDF: what assistive technology reads aloud, in the order in which it reads it.

A paragraph, list or table that continues on the next page, and a link that continues on the next line, is one element
with several pieces of content, so that it is read once and whole. Headers and footers, and table headers repeated on
later pages, are page furniture and not in the tree at all (ISO 32000-1, 14.8.2.2).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern

_KEPT_EMPTY = frozenset({"TR", "TH", "TD", "LBody"})
_WITH_MORE = frozenset({"TH", "TD", "L"})
"""What a file says more of."""
_CLICKABLE = object()
_COUNT, _ROMAN = pattern(r"[^\W\d_]+|\d+"), pattern("[ivx]+|[ivxlcdm]{2,}")
_BULLETS = {"○": "Circle", "o": "Circle", "◦": "Circle", "■": "Square", "▪": "Square", "□": "Square"}


class Mark(Struct, frozen=True):
    """A piece of marked content on a page, with its number (MCID)."""

    page: int
    number: int
    text: str


class Clickable(Struct, frozen=True):
    """The annotation that makes an area of a page a link."""

    page: int
    annotation: Any


class Node(Struct, eq=False):
    """An element of the structure tree (ISO 32000-1, 14.8.4).

    Args:
        kind: its type, such as ``P`` or ``Figure``; empty for a group, which only keeps its kids together.
        kids: its content, in reading order.
        language: of its words, where it is not that of the document.
    """

    kind: str
    kids: list[Node | Mark | Clickable] = field(default_factory=list)
    language: str = ""
    alternative: str = ""
    """Alternate text: the description of a picture, the words of a link."""
    spoken: str = ""
    """The words in the order in which they are spoken, where the page shows them in another order."""
    columns: int = 1
    """How many columns a cell spans; rows likewise."""
    rows: int = 1
    scope: str = "Column"
    """What a header cell is the heading of: ``Column`` or ``Row``."""
    box: tuple[int, float, float, float, float] | None = None
    """Where a picture is: page, left, top, right and bottom, in points from the upper left corner of the page."""

    @property
    def words(self) -> str:
        """All its words, with single spaces."""
        said = [kid.text if isinstance(kid, Mark) else kid.words for kid in self.kids if not isinstance(kid, Clickable)]
        return " ".join(" ".join(said).split())

    def every(self) -> list[Node]:
        """The element itself and all elements in it, in reading order."""
        found: list[Node] = []
        _add_every(self, found)
        return found

    @property
    def numbering(self) -> str:
        """How the items of a list are numbered (14.8.5.5)."""
        label = self._first("Lbl")
        return "None" if label is None else _numbering(label.words)

    def _first(self, kind: str) -> Node | None:
        """The first element of a kind that is in it."""
        for kid in self.kids:
            if isinstance(kid, Node) and (found := kid if kid.kind == kind else kid._first(kind)) is not None:
                return found
        return None


def _add_every(node: Node, found: list[Node]) -> None:
    found.append(node)
    for kid in node.kids:
        if type(kid) is Node:
            _add_every(kid, found)


class StructureTree(Struct, frozen=True):
    """The structure of a whole PDF, and the content that is not part of it.

    Args:
        document: the root.
        furniture: page furniture: page, number of the mark, and ``Header``, ``Footer`` or nothing for layout.
        idle: annotations that repeat another one over the same words, to be removed.
        shape: all that decides how its elements are written, if they are written in the same place; None for one with
            links.
    """

    document: Node
    furniture: tuple[tuple[int, int, str], ...] = ()
    idle: tuple[Clickable, ...] = ()
    shape: tuple[object, ...] | None = None


def pruned(document: Node) -> tuple[object, ...] | None:
    """Remove empty elements, and replace groups with what is in them. Returns the shape of what is left."""
    shape: list[object] = []
    _prune(document, shape)
    return None if _CLICKABLE in shape else tuple(shape)


def _prune(node: Node, shape: list[object]) -> bool:
    """The same for an element, whose shape is added. Returns whether anything is left of it."""
    kept: list[Node | Mark | Clickable] = []
    for kid in node.kids:
        if isinstance(kid, Mark):
            kept.append(kid)
            shape += (kid.page, kid.number)
        elif not isinstance(kid, Node):
            kept.append(kid)
            shape.append(_CLICKABLE)
        elif not kid.kind:
            _prune(kid, shape)
            kept += kid.kids
        else:
            more = kid.kind in _WITH_MORE or kid.language or kid.spoken or kid.alternative or kid.box is not None
            only = kid.kids[0] if len(kid.kids) == 1 else None
            if isinstance(only, Mark) and not more:  # as most have
                kept.append(kid)
                shape += (kid.kind, only.page, only.number, None)
                continue
            begun = len(shape)
            shape.append(kid.kind)
            if _prune(kid, shape):
                kept.append(kid)
                shape.append(_about(kid) if more else None)
            else:
                del shape[begun:]
    node.kids = kept
    return bool(kept) or node.kind in _KEPT_EMPTY


def _about(node: Node) -> tuple[object, ...]:
    """What is written of an element beside its kind and its place in the tree."""
    return (
        node.language, node.spoken, node.alternative, node.columns, node.rows, node.scope, node.box,
        node.kind == "L" and node.numbering,
    )  # fmt: skip


def _numbering(label: str) -> str:
    """The numbering of a list with this first label, as ISO 32000-1, table 347, names it."""
    counts = _COUNT.findall(label)
    if label in _BULLETS or not counts:
        return _BULLETS.get(label, "Disc")
    last = counts[-1]
    if last.isdecimal():
        return "Decimal"
    # A first label “c” or “d” is a letter, not the Roman numeral for a hundred or five hundred.
    roman = _ROMAN.fullmatch(last.lower())
    return f"{'Lower' if last.islower() else 'Upper'}{'Roman' if roman else 'Alpha'}"
