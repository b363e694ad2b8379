"""What a template takes from its data: every name and path in its tags, without filling anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from letters.errors import Problem
from letters.filling.grammar import BARE, parsed
from letters.filling.tags import Tag


@dataclass(frozen=True, slots=True)
class Use:
    """A name or dotted path a template takes from its data; ``[]`` stands for one entry of a list.

    >>> from letters.filling.grammar import read_tag
    >>> from letters.filling.tags import TEXT, Place
    >>> texts = "{% for basis in bases %}", "{{ basis.citation }}", "{% endfor %}"
    >>> [use.path for use in uses(read_tag(text, Place("body"), TEXT)[0] for text in texts)]
    ['bases', 'bases[].citation']
    """

    path: str
    tag: Tag
    optional: bool = False  # under |default(…): the name may be missing

    @property
    def name(self) -> str:
        """The name the path starts from."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def uses(tags: Iterable[Tag]) -> tuple[Use, ...]:
    """Every path the tags take, branches never taken included."""
    found: list[Use] = []
    scopes: list[dict[str, str]] = []
    for tag in tags:
        if tag.word == "endfor" and scopes:
            scopes.pop()
        if tag.mark == "{#" or tag.word in BARE or not tag.says:
            continue
        tree = parsed(tag)
        bound = {name: path for scope in scopes for name, path in scope.items()}
        loop = tree.find(nodes.For)
        if loop is not None and isinstance(loop.target, nodes.Name):
            taken, inner = _taken_by_loop(loop, loop.target.name, bound)
            found += [Use(path, tag) for path in taken if path]
            scopes.append(inner)
        else:
            spared = _spared(tree, bound)
            found += [Use(path, tag, path in spared) for path in _paths(tree, bound) if path]
    return tuple(found)


def _taken_by_loop(loop: nodes.For, one: str, bound: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The paths a loop's own tag takes, and what the names it introduces stand for inside."""
    paths = list(_paths(loop.iter, bound))
    inner = {"loop": "", one: f"{paths[0]}[]" if paths else ""}
    return paths + (list(_paths(loop.test, {**bound, **inner})) if loop.test is not None else []), inner


def _spared(tree: nodes.Template, bound: Mapping[str, str]) -> set[str]:
    """Paths under |default(…)."""
    return {
        path
        for node in tree.find_all(nodes.Filter)
        if node.name == "default" and node.node
        for path in _paths(node.node, bound)
    }


def entries_picked(tags: Iterable[Tag]) -> Iterator[Problem]:
    """Tags that print one entry of a list by its number: allowed, and seldom meant."""
    for tag in tags:
        if tag.mark == "{{" and re.search(r"\[-?\d+\]", tag.says):
            yield tag.fault(
                f"{tag.raw} prints one entry of a list and says nothing of the others.",
                "Loop over the list, or write |first if there can be only one.",
                "index",
            )


def _paths(node: nodes.Node, bound: Mapping[str, str]) -> Iterator[str]:
    steps: list[str] = []
    inner = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem):
        if isinstance(inner, nodes.Getattr):
            steps.append(f".{inner.attr}")
        elif isinstance(inner.arg, nodes.Const) and isinstance(inner.arg.value, int):
            steps.append("[]")
        elif isinstance(inner.arg, nodes.Const):
            steps.append(f".{inner.arg.value}")
        inner = inner.node
    if isinstance(inner, nodes.Name):
        start = bound.get(inner.name, inner.name)
        yield start + "".join(reversed(steps)) if start else ""
    elif inner is not node:
        yield from _paths(inner, bound)
    else:
        for child in node.iter_child_nodes():
            yield from _paths(child, bound)
