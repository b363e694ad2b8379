"""Changes to the sample answers that make a test letter take each branch of a template, and lists of every length.

Each variation starts from the sample with every gap filled, so that each test letter differs in one thing only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jinja2 import nodes
from msgspec import Struct, field

from letters.assembly.template.names_used import ParsedTag, parsed_tags, path_of, paths_in
from letters.assembly.template.tags import Tag
from letters.linter.answer_changes import EMPTY, FILL, AnswerChange, Changes, both
from letters.linter.condition_analysis import compared, test_of
from letters.linter.template_names import LIST, YES_NO, TemplateNames

_LENGTHS = (0, 1, 3, 40)


class Variation(Struct, frozen=True):
    """One test letter.

    Args:
        changes: to the sample answers, by path.
    """

    changes: Changes

    @property
    def in_words(self) -> str:
        """What is different: “If reference has no value and request.released is yes”."""
        changes = [f"{path} {change.in_words}" for path, change in self.changes.items() if change.in_words]
        return f"If {' and '.join(changes)}"

    @property
    def emptied(self) -> tuple[str, ...]:
        """The paths that have no value in it."""
        return tuple(path for path, change in self.changes.items() if change.empties)


def variations(tags: Iterable[Tag], faulty: frozenset[Tag], names: TemplateNames) -> Iterator[Variation]:
    """Every branch of every condition, taken and not taken; every list empty, and with one, some and many entries;
    every answer that is printed and may be missing, missing.
    """
    seen: set[str] = set()
    for each in (*_branches(parsed_tags(tags, faulty), names), *_lengths(tags, faulty, names)):
        key = repr(sorted(each.changes.items(), key=str))
        differs = any(change.do != "fill" for change in each.changes.values())  # filling the gaps alone is no variation
        if differs and key not in seen:
            seen.add(key)
            yield each


# --- branches ---


class _Branching(Struct):
    outside: Changes | None  # the changes that reach the block; None if there are none
    tests: list[tuple[nodes.Node, Mapping[str, str]]] = field(default_factory=list)

    def reach(self, names: TemplateNames, upto: int, wanted: bool | None) -> Changes | None:
        """The changes that make the tests before ``upto`` false, and that test as wanted."""
        found = self.outside
        for test, bound in self.tests[:upto]:
            found = both(found, solve(test, bound, False, names))
        if wanted is not None:
            test, bound = self.tests[upto]
            found = both(found, solve(test, bound, wanted, names))
        return found


def _branches(tag_uses: Iterable[ParsedTag], names: TemplateNames) -> Iterator[Variation]:
    blocks: list[_Branching] = []
    open_: list[Changes | None] = [{}]
    for one in tag_uses:
        word = one.tag.word
        test = test_of(one)
        if word == "if" or (word == "elif" and blocks):
            if word == "if":
                blocks.append(_Branching(open_[-1]))
                open_.append({})
            block = blocks[-1]
            if test is not None:
                block.tests.append((test, one.bound))
                at = len(block.tests) - 1
                open_[-1] = block.reach(names, at, True)
                for wanted in (True, False):
                    changes = block.reach(names, at, wanted)
                    if changes is not None:
                        yield Variation(changes)
        elif word == "else" and blocks:
            open_[-1] = blocks[-1].reach(names, len(blocks[-1].tests), None)
        elif word == "endif" and blocks:
            blocks.pop()
            open_.pop()
        elif one.tag.mark == "{{":
            yield from _unanswered(one, open_[-1], names)


def _unanswered(one: ParsedTag, outside: Changes | None, names: TemplateNames) -> Iterator[Variation]:
    """What a tag prints, without a value: the letter cannot be written unless something sees to that."""
    for path in dict.fromkeys(paths_in(one.tree, one.bound)) if one.tree is not None else ():
        shape = names.find(path) if path else None
        if shape is not None and shape.optional and (changes := both(outside, {path: EMPTY})) is not None:
            yield Variation(changes)


def solve(node: nodes.Node, bound: Mapping[str, str], wanted: bool, names: TemplateNames) -> Changes | None:
    """The changes that make a condition true (or false); None if there are none."""
    match node:
        case nodes.Not():
            return solve(node.node, bound, not wanted, names)
        case nodes.And() | nodes.Or():
            left, right = (solve(side, bound, wanted, names) for side in (node.left, node.right))
            if isinstance(node, nodes.And) == wanted:
                return both(left, right)
            return right if left is None else left
        case nodes.Compare():
            return _solve_compared(node, bound, wanted, names)
        case nodes.Const():
            return {} if bool(node.value) == wanted else None
    path = path_of(node, bound)
    shape = names.find(path) if path else None
    if shape is None:
        return None if path else {}
    if shape.kind == YES_NO:
        return {path: AnswerChange("set", wanted)}
    if wanted:
        return {path: FILL}
    return {path: EMPTY} if shape.optional else None


def _solve_compared(
    node: nodes.Compare, bound: Mapping[str, str], wanted: bool, names: TemplateNames
) -> Changes | None:
    found = compared(node, bound)
    if found is None:
        return _solve_others(node, bound, wanted)
    shape, same = names.find(found.path), wanted == found.wanted
    if shape is None:
        return None
    if found.path == "kind":
        return {} if (found.value == names.kind) == same else None
    if found.op == "in":
        members = ((found.value,), ()) if same else ((), (found.value,))
        return {found.path: AnswerChange("members", members)} if shape.kind == LIST else {}
    return {found.path: AnswerChange("set", found.value) if same else AnswerChange("avoid", (found.value,))}


def _solve_others(node: nodes.Compare, bound: Mapping[str, str], wanted: bool) -> Changes:
    """Two paths compared, or the length of a list compared with a number. Anything else needs no changes."""
    if len(node.ops) != 1:
        return {}
    op, left, right = node.ops[0].op, node.expr, node.ops[0].expr
    if isinstance(left, nodes.Filter) and left.name == "length" and isinstance(right, nodes.Const) and left.node:
        path, number = path_of(left.node, bound), right.value
        holds = {"eq": number, "gt": number + 1, "gteq": number, "lt": number - 1, "lteq": number, "ne": number + 1}
        fails = {"eq": number + 1, "gt": number, "gteq": number - 1, "lt": number, "lteq": number + 1, "ne": number}
        length = (holds if wanted else fails).get(op)
        return {path: AnswerChange("length", max(length, 1))} if path and length is not None else {}
    path, other = path_of(left, bound), path_of(right, bound)
    if op in ("eq", "ne") and path and other and "[]" not in path + other:
        return {path: AnswerChange("as" if wanted == (op == "eq") else "unlike", other)}
    return {}


def _lengths(tags: Iterable[Tag], faulty: frozenset[Tag], names: TemplateNames) -> Iterator[Variation]:
    loops = [one for one in parsed_tags(tags, faulty) if one.loop is not None]
    for path in dict.fromkeys(path_of(one.loop.iter, one.bound) for one in loops if one.loop is not None):
        shape = names.find(path) if path else None
        for length in _LENGTHS:
            if shape is not None and shape.kind == LIST and (length or shape.optional):
                yield Variation({path: AnswerChange("length", length) if length else EMPTY})
