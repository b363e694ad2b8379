"""Changes to the answers a template is filled with: each changes one answer, and they can be combined."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from letters.linter.template_names import ANY, DATE, GROUP, LIST, NUMBER, TEXT, YES_NO, NameShape, TemplateNames
from letters.model.fields import get

_SOMETHING = {TEXT: "something", NUMBER: 3, YES_NO: True, ANY: "something"}


class AnswerChange(Struct, frozen=True):
    """A change to one answer.

    Args:
        do: ``fill`` (any value), ``empty`` (no value), ``set`` (this value), ``avoid`` (none of these values),
            ``length`` (a list of so many entries), ``members`` (a list with these entries and without those), ``as``
            (the value of another path), ``unlike`` (not the value of another path).
        value: the value, values, length or path.
    """

    do: str
    value: Any = None

    def combined(self, other: AnswerChange) -> AnswerChange | None:
        """One change that does what both do; None if they contradict each other."""
        if self == other:
            return self
        for one, two in ((self, other), (other, self)):
            if one.do == "fill" and two.fills:
                return two
            if one.do == "avoid" and two.do == "set":
                return None if two.value in one.value else two
            if one.do == "fill" and two.do == "avoid":
                return two
        if self.do == other.do == "avoid":
            return AnswerChange("avoid", (*self.value, *other.value))
        if self.do == other.do == "members":
            inside, outside = ({*mine, *its} for mine, its in zip(self.value, other.value, strict=True))
            return (
                None if inside & outside else AnswerChange("members", (tuple(sorted(inside)), tuple(sorted(outside))))
            )
        return None

    @property
    def in_words(self) -> str:
        """What the answer then is; empty if it may be anything."""
        match self.do:
            case "empty":
                return "has no value"
            case "set":
                return f"is {'yes' if self.value else 'no'}" if isinstance(self.value, bool) else f"is “{self.value}”"
            case "avoid":
                return f"is not {' or '.join(f'“{value}”' for value in self.value)}"
            case "length":
                return f"has {self.value} {'entry' if self.value == 1 else 'entries'}"
            case "members":
                inside, outside = ([f"“{value}”" for value in values] for values in self.value)
                return " and ".join(
                    [f"includes {each}" for each in inside] + [f"does not include {each}" for each in outside]
                )
            case "as" | "unlike":
                return f"{'is the same as' if self.do == 'as' else 'differs from'} {self.value}"
        return ""

    @property
    def fills(self) -> bool:
        return self.do in ("set", "as", "unlike", "members") or (self.do == "length" and self.value > 0)

    @property
    def empties(self) -> bool:
        return self.do == "empty" or (self.do == "length" and self.value == 0)


Changes = Mapping[str, AnswerChange]
EMPTY, FILL = AnswerChange("empty"), AnswerChange("fill")


def both(one: Changes | None, other: Changes | None) -> Changes | None:
    """Two sets of changes combined; None if they contradict each other."""
    if one is None or other is None:
        return None
    merged = dict(one)
    for path, change in other.items():
        combined = change.combined(merged[path]) if path in merged else change
        if combined is None:
            return None
        merged[path] = combined
    return merged


def without_gaps(context: Mapping[str, Any], names: TemplateNames, day: date) -> dict[str, Any]:
    """A copy of the context, with a value for everything that has none."""
    filled = _filled(context, names.root, day)
    assert isinstance(filled, dict)
    return filled


def with_something(context: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """A copy of the context, with some text at each of these paths."""
    found = dict(context)
    for path in paths:
        inner, *rest = path.split(".", 1)
        given = found.get(inner)
        if not rest:
            found[inner] = _SOMETHING[TEXT]
        elif given is None or isinstance(given, Mapping):
            group = with_something(given or {}, rest)
            # What is no dict, such as the law a letter may cite, need not have every name in every letter.
            found[inner] = group if given is None or type(given) is dict else ChainMap(group)
    return found


def _filled(value: Any, shape: NameShape, day: date) -> Any:
    if shape.kind == GROUP:
        given: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        others = {name: each for name, each in given.items() if name not in shape.parts}
        return {name: _filled(given.get(name), part, day) for name, part in shape.parts.items()} | others
    if shape.kind == LIST and shape.entry is not None:
        entries = value if isinstance(value, list) else []
        return [_filled(each, shape.entry, day) for each in entries] or [_filled(None, shape.entry, day)] * 2
    if value is not None and value != "":
        return value
    if shape.values:
        return shape.values[0]
    return day if shape.kind == DATE else _SOMETHING.get(shape.kind, "something")


def applied(context: Mapping[str, Any], changes: Changes, names: TemplateNames) -> dict[str, Any]:
    """A copy of the context, with the changes made."""
    changed: Any = context
    for path, change in changes.items():
        shape = names.find(path)
        if change.do in ("as", "unlike"):
            change = AnswerChange(change.do, get(context, change.value))
        if shape is not None:
            changed = _with(changed, path.split("."), change, shape)
    return dict(changed)


def _with(group: Any, steps: list[str], change: AnswerChange, shape: NameShape) -> Any:
    """A copy of a group with one thing in it changed; the rest is shared."""
    if not isinstance(group, Mapping):
        return group
    name, entries, _ = steps[0].partition("[")
    inner = group.get(name)
    if len(steps) == 1:
        return {**group, name: _changed(inner, change, shape)}
    if entries and isinstance(inner, list):
        return {**group, name: [_with(each, steps[1:], change, shape) for each in inner]}
    return {**group, name: _with(inner, steps[1:], change, shape)}


def _changed(given: Any, change: AnswerChange, shape: NameShape) -> Any:
    match change.do:
        case "set" | "as":
            return change.value
        case "empty":
            return [] if shape.kind == LIST else None
        case "avoid":
            others = [value for value in shape.values if value not in change.value]
            return given if given not in change.value else others[0] if others else f"not {change.value[0]}"
        case "length":
            return [given[at % len(given)] for at in range(change.value)] if given else []
        case "members":
            inside, outside = change.value
            return [*(each for each in given or [] if each not in (*inside, *outside)), *inside]
        case "unlike":
            return change.value + timedelta(days=1) if isinstance(change.value, date) else f"not {change.value}"
    return given
