"""What is known about the answers at each tag, from the conditions around it.

This finds conditions that can never be true, because of the kind of letter or because of another condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import nodes
from msgspec import Struct, field

from letters.assembly.template.names_used import ParsedTag, path_of
from letters.assembly.template.tags import Tag, fold
from letters.linter.template_names import ANY, GROUP, LIST, YES_NO, TemplateNames


class Facts(Struct, frozen=True):
    """What is known about the answers at one place in a template, by path."""

    holds: Mapping[str, bool] = field(default_factory=dict)  # whether it has a value, or is yes
    equals: Mapping[str, object] = field(default_factory=dict)
    differs: frozenset[tuple[str, object]] = frozenset()
    contains: Mapping[tuple[str, object], bool] = field(default_factory=dict)

    def and_(self, node: nodes.Node, bound: Mapping[str, str], truth: bool) -> Facts:
        """These facts, and that a condition is true, or false."""
        match node:
            case nodes.Not():
                return self.and_(node.node, bound, not truth)
            case nodes.And() if truth:
                return self.and_(node.left, bound, True).and_(node.right, bound, True)
            case nodes.Or() if not truth:
                return self.and_(node.left, bound, False).and_(node.right, bound, False)
            case nodes.Compare():
                return self._compared(compared(node, bound), truth)
        if path := path_of(node, bound):
            return Facts({**self.holds, path: truth}, self.equals, self.differs, self.contains)
        return self

    def _compared(self, found: Comparison | None, truth: bool) -> Facts:
        if found is None:
            return self
        if found.op == "in":
            contains = {**self.contains, (found.path, found.value): truth == found.wanted}
            return Facts(self.holds, self.equals, self.differs, contains)
        if truth == found.wanted:
            return Facts(self.holds, {**self.equals, found.path: found.value}, self.differs, self.contains)
        return Facts(self.holds, self.equals, self.differs | {(found.path, found.value)}, self.contains)

    def without(self, prefix: str) -> Facts:
        """The facts that are still known in the next round of a loop over ``prefix``."""

        def stays(path: str) -> bool:
            return not path.startswith(prefix)

        return Facts(
            {path: truth for path, truth in self.holds.items() if stays(path)},
            {path: value for path, value in self.equals.items() if stays(path)},
            frozenset(pair for pair in self.differs if stays(pair[0])),
            {pair: truth for pair, truth in self.contains.items() if stays(pair[0])},
        )

    def truth_of(self, node: nodes.Node, bound: Mapping[str, str], names: TemplateNames) -> bool | None:
        """Whether a condition is true; None if that is not known."""
        match node:
            case nodes.Not():
                inner = self.truth_of(node.node, bound, names)
                return None if inner is None else not inner
            case nodes.And() | nodes.Or():
                sides = self.truth_of(node.left, bound, names), self.truth_of(node.right, bound, names)
                decisive = isinstance(node, nodes.Or)
                return decisive if decisive in sides else None if None in sides else not decisive
            case nodes.Compare():
                found = compared(node, bound)
                return None if found is None else self._truth_of_comparison(found)
            case nodes.Const():
                return bool(node.value)
        path = path_of(node, bound)
        return self._truth_of_path(path, names) if path else None

    def _truth_of_comparison(self, found: Comparison) -> bool | None:
        if found.op == "in":
            holds = self.contains.get((found.path, found.value))
            return None if holds is None else holds == found.wanted
        if found.path in self.equals:
            return (self.equals[found.path] == found.value) == found.wanted
        return not found.wanted if (found.path, found.value) in self.differs else None

    def _truth_of_path(self, path: str, names: TemplateNames) -> bool | None:
        if path in self.holds:
            return self.holds[path]
        if path in self.equals:
            return bool(self.equals[path])
        shape = names.find(path)
        always = shape is not None and not shape.optional and shape.kind not in (ANY, LIST, YES_NO, GROUP)
        return True if always else None


class Comparison(Struct, frozen=True):
    """A path compared with a value: ``a == "x"``, ``a != "x"``, ``"x" in a``."""

    path: str
    op: str  # == or in
    value: object
    wanted: bool  # false for != and not in


def compared(node: nodes.Compare, bound: Mapping[str, str]) -> Comparison | None:
    """A comparison of one path with one value; None for any other."""
    if len(node.ops) != 1:
        return None
    op, left, right = node.ops[0].op, node.expr, node.ops[0].expr
    if op in ("eq", "ne"):
        for one, other in ((left, right), (right, left)):
            if isinstance(other, nodes.Const) and (path := path_of(one, bound)):
                return Comparison(path, "==", _plain(other.value), op == "eq")
    if op in ("in", "notin") and isinstance(left, nodes.Const) and (path := path_of(right, bound)):
        return Comparison(path, "in", _plain(left.value), op == "in")
    return None


def _plain(value: Any) -> object:
    return fold(value) if isinstance(value, str) else value


class _OpenBlock(Struct):
    """A block that is open.

    Args:
        known: what is known before its branch: the conditions of the branches before it are false.
        test: the condition of the branch; None for ``else``, a loop, and a condition that cannot be read.
        outside: whether any letter gets to the block.
        exhausted: whether one of the branches before it is taken by every letter.
    """

    tag: Tag
    known: Facts
    test: nodes.Node | None = None
    bound: Mapping[str, str] = field(default_factory=dict)
    outside: bool = True
    exhausted: bool = False

    def facts(self) -> Facts:
        """What is known in the branch."""
        return self.known if self.test is None else self.known.and_(self.test, self.bound, True)

    def is_reached(self, names: TemplateNames) -> bool:
        """Whether any letter gets to the branch."""
        if self.exhausted or not self.outside:
            return False
        return self.test is None or self.known.truth_of(self.test, self.bound, names) is not False

    def end_branch(self, names: TemplateNames) -> None:
        """Go on to the next branch."""
        if self.test is not None:
            self.exhausted |= self.known.truth_of(self.test, self.bound, names) is True
            self.known, self.test = self.known.and_(self.test, self.bound, False), None


class TagInContext(Struct, frozen=True):
    """A tag, and what is known where it is.

    Args:
        use: what the tag says.
        facts: what is known from the conditions around it; for an ``elif``, also from those before it in its block.
        test: the condition of an ``if`` or ``elif``.
        reached: false if it is known that no letter gets there.
    """

    use: ParsedTag
    facts: Facts
    test: nodes.Node | None
    reached: bool


def tags_in_context(tag_uses: Iterable[ParsedTag], names: TemplateNames) -> Iterator[TagInContext]:
    """Every tag, with what is known about the answers where it is."""
    start = Facts(equals={"kind": names.kind})
    blocks: list[_OpenBlock] = []
    for use in tag_uses:
        tag, now = use.tag, blocks[-1].facts() if blocks else start
        reached = not blocks or blocks[-1].is_reached(names)
        test = test_of(use)
        if tag.word in ("elif", "else") and blocks and blocks[-1].tag.word == "if":
            block = blocks[-1]
            block.end_branch(names)
            yield TagInContext(use, block.known, test, block.outside)
            block.test = test
            continue
        yield TagInContext(use, now, test, reached)
        if tag.word == "if":
            blocks.append(_OpenBlock(tag, now, test, use.bound, reached))
        elif tag.word == "for":
            loop = use.loop
            over = path_of(loop.iter, use.bound) if loop is not None else ""
            inside = now.and_(loop.iter, use.bound, True) if loop is not None else now
            blocks.append(_OpenBlock(tag, inside.without(f"{over}[]") if over else inside, outside=reached))
        elif tag.word in ("endif", "endfor") and blocks:
            blocks.pop()


def test_of(use: ParsedTag) -> nodes.Node | None:
    """The condition of an ``if`` or ``elif``."""
    if use.tree is None or use.tag.word not in ("if", "elif"):
        return None
    found = use.tree.find(nodes.If)
    if found is None:
        return None
    return found.elif_[0].test if use.tag.word == "elif" else found.test
