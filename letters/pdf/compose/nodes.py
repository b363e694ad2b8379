"""What is told of blocks: nodes of paragraphs, and of lists in one another."""

from __future__ import annotations

from letters.pdf.document import Label, Paragraph
from letters.pdf.tags.structure import Node


def under(holder: Node, kind: str) -> Node:
    """A new node as the last one in ``holder``."""
    node = Node(kind)
    holder.kids.append(node)
    return node


class ListNodes:
    """The nodes of a run of list paragraphs: nested lists, whose items have a label and a body."""

    def __init__(self, holder: Node | None) -> None:
        self.holder = holder
        self.open: list[tuple[bool, int, int, Node, Node, float]] = []
        """Lists now open: ordered, level, list id, node, body of the last item, and where its words begin."""

    def item(self, block: Paragraph, label: Label) -> tuple[Node | None, Node | None]:
        """The nodes of the label and of the words of an item."""
        if self.holder is None:
            return None, None
        while self.open and (
            self.open[-1][1] > label.level
            or (self.open[-1][1] == label.level and self.open[-1][2] != label.list_id and len(self.open) > 1)
        ):
            self.open.pop()
        if self.open and self.open[-1][:3] == (label.ordered, label.level, label.list_id):
            node = self.open.pop()[3]
        else:
            if self.open and self.open[-1][1] >= label.level:
                self.open.pop()
            node = under(self.open[-1][4] if self.open else self.holder, "L")
        item = under(node, "LI")
        mark = under(item, "Lbl") if label.text else None
        body = under(item, "LBody")
        self.open.append((label.ordered, label.level, label.list_id, node, body, block.format.left))
        return mark, under(body, "P")

    def continuation(self, block: Paragraph) -> Node | None:
        """The node of a paragraph of an item that has no number of its own."""
        if self.holder is None:
            return None
        while len(self.open) > 1 and self.open[-1][5] > block.format.left:
            self.open.pop()
        return under(self.open[-1][4], "P")
