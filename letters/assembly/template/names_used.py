"""The names and paths that the tags of a template use from its data, found without filling anything."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping

from jinja2 import TemplateSyntaxError, nodes
from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.template.grammar import BARE, parsed
from letters.assembly.template.syntax_tree import children, nodes_below
from letters.assembly.template.tags import Tag, short
from letters.errors import Problem


class Use(Struct, frozen=True):
    """A name or dotted path that a tag uses from the data. ``[]`` stands for one entry of a list.

    Args:
        optional: it is under ``|default(…)``, so the name may be missing.

    >>> from letters.assembly.template.grammar import read_tag
    >>> from letters.assembly.template.tags import TEXT, TagPlace
    >>> texts = "{% for basis in bases %}", "{{ basis.citation }}", "{% endfor %}"
    >>> [use.path for use in uses(read_tag(text, TagPlace("body"), TEXT)[0] for text in texts)]
    ['bases', 'bases[].citation']
    """

    path: str
    tag: Tag
    optional: bool = False

    @property
    def name(self) -> str:
        """The first name of the path."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


_SET = pattern(r"(?:(?:p|tr|tc|r)\s+)?(?:set|with)\s+(\w+)", re.IGNORECASE)
_DEEPEST = 64
"""Loops one inside another whose names are looked up; so many are refused anyway."""


class ParsedTag(Struct, frozen=True):
    """A tag with its syntax tree.

    Args:
        tree: None if the tag contains nothing that can be read.
        bound: the path that each name defined by an enclosing loop stands for; empty if unknown.
    """

    tag: Tag
    tree: nodes.Template | None
    bound: Mapping[str, str]

    @property
    def loop(self) -> nodes.For | None:
        return self.tree.find(nodes.For) if self.tree is not None and self.tag.word == "for" else None


def parsed_tags(tags: Iterable[Tag], faulty: Collection[Tag] = ()) -> Iterator[ParsedTag]:
    """Every tag in reading order with its syntax tree, which the ``faulty`` ones do not have."""
    scopes: list[dict[str, str]] = []
    named: dict[str, str] = {}
    for tag in tags:
        if tag.word == "endfor" and scopes:
            scopes.pop()
        loops = {name: path for scope in scopes[-_DEEPEST:] for name, path in scope.items()}
        bound = ChainMap(loops, named) if named else loops
        one = ParsedTag(tag, None if tag in faulty else _tree(tag), bound)
        yield one
        if tag.word == "?" and (given := _SET.match(tag.says)):  # refused, but no reason to call its name unknown
            named[given[1]] = ""
        if tag.word == "for":
            loop = one.loop
            if loop is not None and isinstance(loop.target, nodes.Name):
                scopes.append(_used_by_loop(loop, loop.target.name, bound)[1])
            else:  # the names of its entries cannot be read
                scopes.append(dict.fromkeys(["loop", *re.findall(r"\w+", tag.says.partition(" in ")[0])], ""))


def _tree(tag: Tag) -> nodes.Template | None:
    if tag.mark == "{#" or tag.word in BARE or not tag.says:
        return None
    try:
        return parsed(tag)
    except TemplateSyntaxError:
        return None


def uses(tags: Iterable[Tag], faulty: Collection[Tag] = ()) -> tuple[Use, ...]:
    """Every path the tags use, in all branches."""
    found: list[Use] = []
    for one in parsed_tags(tags, faulty):
        loop = one.loop
        if one.tree is None:
            continue
        if loop is not None and isinstance(loop.target, nodes.Name):
            found += [Use(path, one.tag) for path in _used_by_loop(loop, loop.target.name, one.bound)[0] if path]
        else:
            with_default = _with_default(one.tree, one.bound)
            found += [Use(path, one.tag, path in with_default) for path in paths_in(one.tree, one.bound) if path]
    return tuple(found)


def _used_by_loop(loop: nodes.For, one: str, bound: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The paths that a loop's own tag uses, and the paths that the names it defines stand for inside."""
    paths = list(paths_in(loop.iter, bound))
    inner = {"loop": "", one: f"{paths[0]}[]" if paths and paths[0] else ""}
    return paths + (list(paths_in(loop.test, {**bound, **inner})) if loop.test is not None else []), inner


def _with_default(tree: nodes.Template, bound: Mapping[str, str]) -> set[str]:
    """Paths under |default(…)."""
    return {
        path
        for node in nodes_below(tree)
        if isinstance(node, nodes.Filter) and node.name == "default" and node.node
        for path in paths_in(node.node, bound)
    }


def loop_names(tags: Iterable[Tag]) -> dict[str, Tag]:
    """Each name that a loop defines for its entries, with the tag of its first loop."""
    found: dict[str, Tag] = {}
    for tag in tags:
        if tag.word == "for":
            for name in re.findall(r"\w+", tag.says.partition(" in ")[0]):
                found.setdefault(name, tag)
    return found


def only_in_its_loop(name: str, tag: Tag, loop: Tag) -> Problem:
    """The problem with a tag outside a loop that uses the name of the loop's entries."""
    message = f"“{name}” in {short(tag.raw, 60)} exists only inside its loop, {short(loop.raw, 60)}."
    return replace(tag.fault(message, "Move the tag into the loop.", "name"), field=name)


def entries_picked(tags: Iterable[Tag]) -> Iterator[Problem]:
    """Notes on tags that print one entry of a list by its number, which is allowed but probably a mistake."""
    for tag in tags:
        if tag.mark == "{{" and re.search(r"\[-?\d+\]", tag.says):
            yield tag.fault(
                f"{tag.raw} prints one entry of a list and ignores the others.",
                "Loop over the list, or write |first if there can be only one.",
                "index",
            )


def path_of(node: nodes.Node, bound: Mapping[str, str]) -> str:
    """The path that a name or a chain of dots stands for; empty for anything else, or if unknown."""
    return next(paths_in(node, bound), "") if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem) else ""


def paths_in(node: nodes.Node, bound: Mapping[str, str]) -> Iterator[str]:
    """Every path in an expression."""
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
        yield from paths_in(inner, bound)
    else:
        for child in children(node):
            yield from paths_in(child, bound)
