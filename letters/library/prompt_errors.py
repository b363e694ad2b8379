"""Mistakes in prompt files: each with its file, its line, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError

from letters._text.dates import Doubtful, parse_date
from letters.errors import Problem
from letters.library.extra_questions import OWN_KEYS, TYPES, extra_field, is_extra, is_named_well
from letters.library.toml_lines import TableLines
from letters.model.fields import Field

KEYS = frozenset(
    {
        "field",
        "ask",
        "help",
        "choices",
        "default",
        "default_from",
        "default_by",
        "default_due",
        "when",
        "unless",
        "only_if_required",
        "only_if_departing",
        "several_lines",
        "anew",
        "item",
    }
)
ITEM_KEYS = frozenset({"field", "ask", "help", "choices", "default", "when", "several_lines"})
_TEXTS = ("field", "ask", "help", "default_from", "default_due", "title")
_MARKS = ("only_if_required", "only_if_departing", "several_lines", "anew", "required", "confidential")
_OF_A_FILE, _OF_A_SECTION = ("section", "set"), ("title", "when", "question")


class MistakePlace:
    """Where a mistake is: file, line and question, in words."""

    def __init__(self, file: str, place: TableLines, *called: str) -> None:
        self._file, self._place, self._called = file, place, called

    def at(self, key: str = "") -> str:
        line = self._place.of(key) if key else self._place.line
        return ", ".join([self._file, *([f"line {line}"] if line else []), *filter(None, self._called)])

    def inner(self, place: TableLines, called: str) -> MistakePlace:
        return MistakePlace(self._file, place, *self._called, called)


def file_mistakes(data: Mapping[str, Any], place: TableLines, file: str) -> Iterator[Problem]:
    """Tables nothing reads: what they ask would be lost in silence."""
    spot = MistakePlace(file, place)
    for key in data.keys() - set(_OF_A_FILE):
        yield Problem(f"“{key}” is not known here, so nothing reads it.", spot.at(key), _near(key, _OF_A_FILE))
    sections = data.get("section", [])
    if not _tables(sections):
        yield Problem("“section” must be a list of tables.", spot.at("section"), "Begin each with: [[section]]")
        return
    if not isinstance(data.get("set", {}), dict):
        yield Problem("“set” must name fields and answers.", spot.at("set"), "Begin it with a line: [set]")
    for section, where in zip(sections, place.within, strict=True):
        inner = spot.inner(where, f"section “{section.get('title', '?')}”")
        for key in section.keys() - set(_OF_A_SECTION):
            hint = _near(key, _OF_A_SECTION)
            yield Problem(f"“{key}” is not a part of a section.", inner.at(key), hint)
        if not isinstance(section.get("title"), str):
            yield Problem("The section has no title.", inner.at("title"), 'Add a line: title = "…"')
        if not _tables(section.get("question", [])):
            hint = "Begin each question with: [[section.question]]"
            yield Problem("“question” must be a list of tables.", inner.at("question"), hint)


def extra_mistakes(entry: Mapping[str, Any], spot: MistakePlace) -> Iterator[Problem]:
    """Mistakes in what a question says of a field that the office adds."""
    name, kind, choices = entry.get("field", ""), entry.get("type", "text"), entry.get("choices", {})
    if not is_named_well(name):
        yield Problem(
            f"“{name}” is not a name a template can use.",
            spot.at("field"),
            'Write small letters, digits and underscores: field = "extra.tracking_number"',
        )
    if kind not in TYPES:
        yield Problem(f"There is no type “{kind}”.", spot.at("type"), _near(str(kind), TYPES))
    elif kind in ("choice", "choices") and not choices:
        hint = 'Add: choices = { value = "wording", other = "wording" }'
        yield Problem("Nothing is offered to choose from.", spot.at("type"), hint)
    elif kind not in ("choice", "choices") and choices:
        hint = 'Write type = "choice" (one of them) or "choices" (several), or take the choices out.'
        yield Problem(f"offers choices, but its type is “{kind}”.", spot.at("choices"), hint)


def question_mistakes(
    entry: Mapping[str, Any],
    target: Field,
    fields: Mapping[str, Field],
    spot: MistakePlace,
    keys: Collection[str] = KEYS,
) -> Iterator[Problem]:
    """Mistakes in one question, or in the question for one part of an entry."""
    allowed = {*keys, *(OWN_KEYS if is_extra(entry.get("field")) else ())}
    for key in entry.keys() - allowed:
        own = key in OWN_KEYS
        hint = "The program knows it of this field; take it out." if own else _near(key, sorted(allowed))
        yield Problem(f"“{key}” is not a part of a question.", spot.at(key), hint)
    if not isinstance(entry.get("ask"), str) or not entry["ask"].strip():
        yield Problem("The question has no wording.", spot.at("ask"), 'Add a line: ask = "…?"')
    for key in _TEXTS:
        if key != "ask" and not isinstance(entry.get(key, ""), str):
            yield Problem(f"“{key}” must be a text.", spot.at(key), f'Write: {key} = "…"')
    for key in _MARKS:
        if not isinstance(entry.get(key, False), bool):
            yield Problem(f"“{key}” must be true or false.", spot.at(key), f"Write: {key} = true, or leave it out.")
    yield from _condition_mistakes(entry, fields, spot)
    choices = entry.get("choices", {})
    if not isinstance(choices, dict) or not all(isinstance(line, str) for line in choices.values()):
        hint = 'Write: choices = { value = "wording" }'
        yield Problem("“choices” must give each value its wording.", spot.at("choices"), hint)
        return
    for value in choices:
        if target.choices and value not in target.choices:
            hint = f"It may be: {', '.join(target.choices)}."
            yield Problem(f"offers “{value}”, which cannot be.", spot.at("choices"), hint)
    yield from _default_mistakes(entry, target, spot)


def _condition_mistakes(entry: Mapping[str, Any], fields: Mapping[str, Field], spot: MistakePlace) -> Iterator[Problem]:
    for key in ("when", "unless"):
        if not isinstance(entry.get(key, {}), dict):
            hint = f'Write: {key} = {{ kind = "denial" }}'
            yield Problem(f"“{key}” must name fields and answers.", spot.at(key), hint)
            continue
        for name, wanted in entry.get(key, {}).items():
            yield from _impossible(name, wanted, fields, spot.at(key))
    for name, key in _others(entry):
        if name not in fields:
            yield unknown_field(name, "", fields, spot.at(key))
    by = entry.get("default_by", {})
    if not isinstance(by, dict) or not all(isinstance(values, dict) for values in by.values()):
        yield Problem(
            "“default_by” must name a field, and a default for each of its answers.",
            spot.at("default_by"),
            'Write: default_by = { "request.process" = { court-order = "compliance" } }',
        )


def _impossible(name: str, wanted: Any, fields: Mapping[str, Field], where: str) -> Iterator[Problem]:
    """Answers a condition waits for that can never come."""
    target = fields.get(name)
    if target is None:
        yield unknown_field(name, "", fields, where)
        return
    if name == "kind":
        return  # the kinds are the library's
    for option in wanted if isinstance(wanted, list) else [wanted]:
        if target.kind == "yes-no" and not isinstance(option, bool):
            yield Problem(f"waits until {name} is “{option}”, which cannot be.", where, "Write true or false.")
        elif target.choices and option not in (*target.choices, "any", False):
            hint = _near(str(option), target.choices)
            yield Problem(f"waits until {name} is “{option}”, which cannot be.", where, hint)


def _others(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Other fields a question names outside its conditions, each with the key that does."""
    by = entry.get("default_by", {})
    yield from ((name, "default_by") for name in (by if isinstance(by, dict) else ()))
    if isinstance(entry.get("default_from"), str):
        yield entry["default_from"], "default_from"


def _default_mistakes(entry: Mapping[str, Any], target: Field, spot: MistakePlace) -> Iterator[Problem]:
    default = entry.get("default")
    if default is None or target.library or target.kind == "group":
        return
    if target.kind == "date":
        if not isinstance(default, str) or default not in ("today", "yesterday", "tomorrow"):
            try:
                parse_date(str(default))
            except (ValueError, Doubtful):
                hint = 'Write: default = "today", or a day such as "2019-08-02".'
                yield Problem(f"The default “{default}” is no date.", spot.at("default"), hint)
        return
    offered = tuple(entry.get("choices", {})) or target.choices
    given = default if isinstance(default, list) else [default]
    try:
        TypeAdapter(target.annotation).validate_python(default)
        fits = not offered or set(given) <= set(offered)
    except (ValidationError, TypeError):
        fits = False
    if not fits:
        hint = f"It may be: {', '.join(offered)}." if offered else f"What is wanted: {target.type_in_words}."
        yield Problem(f"The default “{default}” cannot be.", spot.at("default"), hint)


def item_mistakes(entry: Mapping[str, Any], target: Field, place: TableLines, spot: MistakePlace) -> Iterator[Problem]:
    """Mistakes in the questions for the parts of an entry, where the answer is a list of tables."""
    items = entry.get("item", [])
    if target.kind != "group":
        if items:
            hint = "Take it out."
            yield Problem("“item” is for a field that is a list of tables.", spot.at("item"), hint)
        return
    if not _tables(items):
        yield Problem("“item” must be a table for each part.", spot.at("item"), "Write: [[section.question.item]]")
        return
    parts = {each.name: each for each in target.parts}
    for item, where in zip(items, place.within, strict=True):
        name = item.get("field", "")
        inner = spot.inner(where, str(name))
        if name not in parts:
            yield Problem(f"“{name}” is not a part of {target.name}.", inner.at("field"), _near(str(name), parts))
            continue
        yield from question_mistakes(item, parts[name], parts, inner, ITEM_KEYS)
    for each in parts.values():
        if each.required and each.name not in [item.get("field") for item in items]:
            yield Problem(
                f"No item asks for {each.name}, which every entry must have.",
                spot.at(),
                f'Add: [[section.question.item]] with field = "{each.name}"',
            )


def unasked(asked: Collection[str], kind: str, fields: Mapping[str, Field], where: str) -> Iterator[Problem]:
    """Fields that every letter of the kind must have, and no question asks for."""
    for name, target in fields.items():
        expected = target.required and name != "kind" and (kind or name.startswith("request."))
        if expected and name not in asked:
            yield Problem(f"No question asks for {name}, which is required.", where, "Add a question for it.")


def described(entry: Mapping[str, Any]) -> Field | None:
    """The field an office adds, as far as the entry describes one at all."""
    try:
        return extra_field(entry)
    except (KeyError, TypeError, AttributeError):
        return None


def unknown_field(name: str, kind: str, fields: Mapping[str, Field], where: str) -> Problem:
    """A name no field has."""
    near = get_close_matches(name, fields, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"`letters fields {kind or 'KIND'}` lists what there is."
    if name == "extra":
        hint = 'Give the question a field of its own: field = "extra.tracking_number"'
    return Problem(f"“{name}” is not a field of this kind of letter.", where, hint)


def _tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"It may be: {', '.join(known)}."
