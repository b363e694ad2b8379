"""The syntax tree of a tag or a template, walked without recursion: Jinja's own way takes several times as long."""

from __future__ import annotations

from jinja2 import nodes


def children(node: nodes.Node) -> list[nodes.Node]:
    """The nodes directly below one, in the order in which they are written."""
    found = list[nodes.Node]()
    for name in node.fields:
        item = getattr(node, name, None)
        if isinstance(item, nodes.Node):
            found.append(item)
        elif isinstance(item, list):
            found += [each for each in item if isinstance(each, nodes.Node)]
    return found


def nodes_below(node: nodes.Node) -> list[nodes.Node]:
    """All nodes below one, each before those below it."""
    found, left = list[nodes.Node](), children(node)[::-1]
    while left:
        found.append(left.pop())
        left += children(found[-1])[::-1]
    return found
