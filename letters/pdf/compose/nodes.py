"""What is told of blocks: nodes of paragraphs, and of lists in one another."""

from __future__ import annotations

from letters.pdf.tags.structure import Node


def under(holder: Node, kind: str) -> Node:
    """A new node as the last one in ``holder``."""
    node = Node(kind)
    holder.kids.append(node)
    return node
