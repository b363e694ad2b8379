"""Checks what tags say: unknown names, comparisons with impossible values, values that cannot be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from jinja2 import nodes
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.assembly.template.grammar import has_clear_names
from letters.assembly.template.names_used import ParsedTag, loop_names, only_in_its_loop, parsed_tags, path_of, paths_in
from letters.assembly.template.tags import Tag, fold, short
from letters.errors import Problem
from letters.linter.condition_analysis import TagInContext, compared, tags_in_context
from letters.linter.template_names import ANY, DATE, GROUP, LIST, NUMBER, TEXT, YES_NO, NameShape, TemplateNames

_OF_A_LIST = frozenset({"and_list", "or_list", "join", "first", "last", "length"})
_OF_A_DATE = frozenset({"date"})
_HYPHENS = pattern(r"[\w.]+(-[\w.]+)+")


class ConditionVerdict(Struct, frozen=True):
    """Whether a condition is true in every letter of a kind (True), in none (False), or in some (None)."""

    tag: Tag
    holds: bool | None


def check_tags(
    tags: Iterable[Tag], faulty: frozenset[Tag], names: TemplateNames
) -> tuple[list[Problem], list[ConditionVerdict]]:
    """What is wrong with tags that can be parsed, and what is known about each condition."""
    tags = tuple(tags)
    loops = loop_names(tags)
    problems: list[Problem] = []
    verdicts: list[ConditionVerdict] = []
    for each in tags_in_context(parsed_tags(tags, faulty), names):
        if not each.reached or each.use.tree is None:
            continue
        problems += _problems(each, names, loops)
        if each.test is not None:
            verdicts.append(ConditionVerdict(each.use.tag, each.facts.truth_of(each.test, each.use.bound, names)))
    for one in parsed_tags(tags, [tag for tag in faulty if not has_clear_names(tag)]) if faulty else ():
        if one.tag in faulty:
            problems += _unknown_names(one, names, loops)
    return list(dict.fromkeys(problems)), verdicts


def _problems(each: TagInContext, names: TemplateNames, loops: Mapping[str, Tag]) -> Iterator[Problem]:
    one = each.use
    assert one.tree is not None
    unknown = list(_unknown_names(one, names, loops))
    yield from unknown
    if unknown:
        return
    for node in one.tree.find_all(nodes.Compare):
        if each.facts.truth_of(node, one.bound, names) is None:
            yield from _impossible(node, one, names)
    yield from _no_numbers(one, names)
    if one.loop is not None:
        yield from _not_a_list(one.loop.iter, one, names)
    elif one.tag.mark == "{{":
        yield from _unprintable(one, names)


# --- names ---


def _unknown_names(one: ParsedTag, names: TemplateNames, loops: Mapping[str, Tag]) -> Iterator[Problem]:
    meant = one.tag.says.replace("-", "_")
    if one.tag.mark == "{{" and _HYPHENS.fullmatch(one.tag.says) and names.find(meant) is not None:
        message = f"In {short(one.tag.raw, 60)}, the name has hyphens."
        yield one.tag.fault(message, f"Write underscores: {{{{ {meant} }}}}.", "name")
        return
    optional = _with_default(one)
    loop = one.loop
    taken = (
        [path_of(loop.iter, one.bound)] if loop is not None else [*paths_in(one.tree, one.bound)] if one.tree else []
    )
    for path in dict.fromkeys(filter(None, taken)):
        if path not in optional and names.find(path) is None and not _is_of_unknown_list(path, names):
            first = path.partition(".")[0]
            yield only_in_its_loop(first, one.tag, loops[first]) if first in loops else _unknown_name(path, one, names)


def _is_of_unknown_list(path: str, names: TemplateNames) -> bool:
    """Whether it is an entry of what is unknown itself or no list, which is reported where the loop begins."""
    of_list, _, _ = path.rpartition("[]")
    shape = names.find(of_list) if of_list else None
    return bool(of_list) and (shape is None or shape.kind not in (LIST, ANY))


def _with_default(one: ParsedTag) -> set[str]:
    """Paths that have a |default(…), so they may be missing."""
    if one.tree is None:
        return set()
    filters = [node for node in one.tree.find_all(nodes.Filter) if node.name == "default" and node.node is not None]
    return {path for node in filters if node.node is not None for path in paths_in(node.node, one.bound)}


def _unknown_name(path: str, one: ParsedTag, names: TemplateNames) -> Problem:
    first, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    if first == "law" and name in names.barred:
        message = f"“law.{name}” may not be cited in this kind of letter."
        hint = f"Add this kind to what {names.barred[name]} supports, in legal_basis.toml, or remove the tag."
        return one.tag.fault(message, hint, "name")
    if first == "loop":
        message = f"“{path}” in {short(one.tag.raw, 60)} exists only inside a loop."
        return one.tag.fault(message, "Put it between {% for … %} and {% endfor %}, or delete it.", "name")
    near = names.nearest(path)
    if "[]" in path:
        return _unknown_part(path, near, one, names)
    hint = f"Write {near}." if near else "`letters fields KIND` lists the names."
    if one.tag.mark == "{{" and near and one.tag.says == path:
        hint = f"Did you mean {{{{ {near} }}}}?"
    elif near:
        hint = f"Did you mean “{near}”?"
    return one.tag.fault(f"Unknown name “{path}” in {short(one.tag.raw, 60)}.", hint, "name")


def _unknown_part(path: str, near: str, one: ParsedTag, names: TemplateNames) -> Problem:
    within, _, last = path.rpartition(".")
    many = within.removesuffix("[]")
    entry = names.find(within)
    known = ", ".join(entry.parts) if entry is not None else ""
    same_list = near.rpartition(".")[0] == within
    hint = f"Did you mean “{near.rpartition('.')[2]}”?" if same_list else f"It has: {known}." if known else ""
    return one.tag.fault(f"Unknown name “{last}” in {one.tag.raw}: an entry of {many} has no such part.", hint, "name")


# --- values ---


def _impossible(node: nodes.Compare, one: ParsedTag, names: TemplateNames) -> Iterator[Problem]:
    """Comparisons with a value that the path never has."""
    for path, values, lists in _values_compared(node, one.bound):
        shape = names.find(path)
        if shape is None:
            continue
        if lists and shape.kind == TEXT and not shape.values:
            continue  # whether a text contains another
        if shape.kind == LIST and not lists and (value := next((each for each in values if each is not None), None)):
            hint = f'Write {{% if "{value}" in {path} %}}.'
            yield one.tag.fault(f"“{path}” is a list, so it is never {_shown(value)}.", hint, "value")
            continue
        yield from _never(path, shape, values, one)


def _values_compared(node: nodes.Compare, bound: Mapping[str, str]) -> Iterator[tuple[str, list[object], bool]]:
    """Each path, the values it is compared with, and whether it may contain them rather than equal them."""
    if found := compared(node, bound):
        yield found.path, [found.value], found.op == "in"
    elif len(node.ops) == 1 and node.ops[0].op in ("in", "notin") and isinstance(node.ops[0].expr, nodes.List):
        constants = [each.value for each in node.ops[0].expr.items if isinstance(each, nodes.Const)]
        if path := path_of(node.expr, bound):
            yield path, [fold(each) if isinstance(each, str) else each for each in constants], False


def _never(path: str, shape: NameShape, values: list[object], one: ParsedTag) -> Iterator[Problem]:
    entry = shape.entry if shape.kind == LIST and shape.entry is not None else shape
    for value in values:
        if value is None or entry.kind == ANY:
            continue
        kinds = {bool: YES_NO, str: TEXT, int: NUMBER}
        if kinds.get(type(value), ANY) != entry.kind:
            message = f"“{path}” is {entry.in_words}, so it is never {_shown(value)}."
            yield one.tag.fault(message, _how_to_ask(path, shape), "value")
        elif shape.values and value not in {fold(each) for each in shape.values}:
            near = get_close_matches(str(value), shape.values, 1)
            some = ", ".join(shape.values[:12]) + (", …" if len(shape.values) > 12 else "")
            hint = f"Did you mean “{near[0]}”?" if near else f"It can be: {some}."
            verb = "includes" if shape.kind == LIST else "is"
            yield one.tag.fault(f"“{path}” never {verb} {_shown(value)}.", hint, "value")


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()


def _how_to_ask(path: str, shape: NameShape) -> str:
    if shape.kind == YES_NO:
        return f"Write {{% if {path} %}} or {{% if not {path} %}}."
    return "" if shape.kind != LIST else f'Write {{% if "…" in {path} %}} or {{% if {path} %}}.'


# --- what prints, what lists ---


def _not_a_list(node: nodes.Node, one: ParsedTag, names: TemplateNames) -> Iterator[Problem]:
    path = path_of(node, one.bound)
    shape = names.find(path) if path else None
    if shape is not None and shape.kind not in (LIST, ANY):
        message = f"“{path}” is {shape.in_words}, not a list, so it cannot be looped over."
        yield one.tag.fault(message, f"Print it: {{{{ {path} }}}}." if shape.kind in (TEXT, DATE) else "", "shape")


def _no_numbers(one: ParsedTag, names: TemplateNames) -> Iterator[Problem]:
    """Values that are no numbers beside a sign of calculation; texts may be added."""
    assert one.tree is not None
    for node in one.tree.find_all((nodes.Add, nodes.Sub, nodes.Mod, nodes.Neg)):
        for path in filter(None, (path_of(each, one.bound) for each in node.iter_child_nodes())):
            shape = names.find(path)
            is_added = shape is not None and shape.kind == TEXT and isinstance(node, nodes.Add)
            if shape is not None and shape.kind not in (NUMBER, ANY) and not is_added:
                message = f"“{path}” is {shape.in_words}, so it cannot be calculated with in {short(one.tag.raw, 60)}."
                yield one.tag.fault(message, f"Write {{{{ {path} }}}}, with other signs outside the braces.", "shape")


def _unprintable(one: ParsedTag, names: TemplateNames) -> Iterator[Problem]:
    output = one.tree.find(nodes.Output) if one.tree is not None else None
    if output is None or len(output.nodes) != 1:
        return
    filters: list[str] = []
    node: nodes.Node | None = output.nodes[0]
    while isinstance(node, nodes.Filter):
        filters.insert(0, node.name)
        node = node.node
    if isinstance(node, nodes.Name) and node.name == "loop" and "loop" in one.bound:
        message = "“loop” is the counter of the loop, which cannot be printed as a whole."
        yield one.tag.fault(message, "Write {{ loop.index }} for the number of the entry.", "shape")
    path = path_of(node, one.bound) if node is not None else ""
    shape = names.find(path) if path else None
    if shape is not None and shape.kind != ANY:
        found = list(_misfit(path, shape, filters, one.tag))
        yield from found or _raw_choice(path, shape, one.tag, names)


def _raw_choice(path: str, shape: NameShape, tag: Tag, names: TemplateNames) -> Iterator[Problem]:
    """A choice that is printed as its code, such as “direct-access”, although there are words for it."""
    entry = shape.entry if shape.kind == LIST and shape.entry is not None else shape
    words = names.find(f"{path}_words")
    if entry.kind == TEXT and entry.values and words is not None and words.kind != ANY:
        code = next((each for each in entry.values if not each.isalpha()), entry.values[0])
        listed = "|and_list" if words.kind == LIST else ""
        yield tag.fault(
            f"“{path}” is printed as a code, such as “{code}”.", f"Write {{{{ {path}_words{listed} }}}}.", "code"
        )


def _misfit(path: str, shape: NameShape, filters: list[str], tag: Tag) -> Iterator[Problem]:
    first = next((name for name in filters if name != "default"), "")
    kind = shape.kind
    if first == "count":
        if kind not in (LIST, NUMBER):
            yield tag.fault(
                f"“{path}” is {shape.in_words}, which cannot be counted.", f"Write {{{{ {path} }}}}.", "shape"
            )
    elif first in _OF_A_LIST:
        if kind != LIST:
            yield tag.fault(f"“{path}” is {shape.in_words}, not a list.", f"Write {{{{ {path} }}}}.", "shape")
        elif shape.entry is not None and shape.entry.kind == GROUP and first != "length":
            parts = ", ".join(shape.entry.parts)
            message = f"Each entry of “{path}” is a group of fields, which cannot be printed as a whole."
            yield tag.fault(message, f"Loop over the list, and print one of the fields: {parts}.", "shape")
    elif first in _OF_A_DATE:
        if kind != DATE:
            yield tag.fault(f"“{path}” is {shape.in_words}, not a date.", f"Write {{{{ {path} }}}}.", "shape")
    elif kind == YES_NO:
        yield tag.fault(f"“{path}” is yes or no, which cannot be printed.", f"Use {{% if {path} %}}.", "shape")
    elif kind == LIST:
        yield tag.fault(f"“{path}” is a list.", f"Write {{{{ {path}|and_list }}}}, or loop over it.", "shape")
    elif kind == GROUP:
        parts = ", ".join(list(shape.parts)[:12])
        yield tag.fault(f"“{path}” is a group of fields.", f"Print one of them: {parts}.", "shape")
