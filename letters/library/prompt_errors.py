"""Problems in prompt files: each with its file, its line, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError

from letters._text.dates import AmbiguousDate, parse_date
from letters._text.lazy_pattern import pattern
from letters.errors import Problem
from letters.library.extra_questions import (
    OWN_KEYS,
    PART_TYPES,
    TYPES,
    extra_field,
    is_extra,
    is_valid_name,
    is_valid_part,
)
from letters.library.toml_lines import TableLines
from letters.model.fields import Field, fields_of
from letters.model.kinds import KINDS

KEYS = frozenset(
    {
        "field",
        "ask",
        "help",
        "ask_by",
        "help_by",
        "choices",
        "default",
        "default_from",
        "default_by",
        "default_due",
        "default_text",
        "default_when",
        "suggest",
        "filled",
        "filled_when",
        "seldom",
        "seldom_when",
        "no_default",
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
_TEXTS = ("field", "ask", "help", "default_from", "default_due", "seldom", "title")
_FLAGS = (
    "only_if_required", "only_if_departing", "several_lines", "no_default", "anew", "filled", "required",
    "confidential",
)  # fmt: skip
_CRITERIA = ("when", "unless", "default_when", "filled_when", "seldom_when")
_FILE_KEYS, _SECTION_KEYS = ("section", "set", "seldom"), ("title", "when", "question")
_BLANK = pattern(r"\{([^{}]*)\}")


class PromptLocation:
    """A place in a prompt file, in words: file, line, section and question."""

    def __init__(self, file: str, lines: TableLines, *names: str) -> None:
        self._file, self._lines, self._names = file, lines, names

    def at(self, key: str = "") -> str:
        """The place of a key of this table; without a key, of the table itself."""
        line = self._lines.of(key) if key else self._lines.line
        return ", ".join([self._file, *([f"line {line}"] if line else []), *filter(None, self._names)])

    def inner(self, lines: TableLines, name: str) -> PromptLocation:
        """The place of a table inside this one."""
        return PromptLocation(self._file, lines, *self._names, name)


def file_problems(data: Mapping[str, Any], lines: TableLines, file: str) -> Iterator[Problem]:
    """Tables that nothing reads, so that what they ask would be silently lost."""
    location = PromptLocation(file, lines)
    for key in data.keys() - set(_FILE_KEYS):
        yield Problem(f"“{key}” is not known here, so nothing reads it.", location.at(key), _near(key, _FILE_KEYS))
    sections = data.get("section", [])
    if not _tables(sections):
        yield Problem("“section” must be a list of tables.", location.at("section"), "Begin each one with: [[section]]")
        return
    if not isinstance(data.get("set", {}), dict):
        yield Problem("“set” must list fields and answers.", location.at("set"), "Begin it with a line: [set]")
    seldom = data.get("seldom", {"ask": ""})
    if not isinstance(seldom, dict) or not _is_question(seldom):
        hint = 'Write: [seldom], then ask = "…?" and, if it needs any, help = "…"'
        yield Problem("“seldom” must have a question.", location.at("seldom"), hint)
    for section, where in zip(sections, lines.within, strict=True):
        inner = location.inner(where, f"section “{section.get('title', '?')}”")
        for key in section.keys() - set(_SECTION_KEYS):
            hint = _near(key, _SECTION_KEYS)
            yield Problem(f"“{key}” is not part of a section.", inner.at(key), hint)
        if not isinstance(section.get("title"), str):
            yield Problem("The section has no title.", inner.at("title"), 'Add a line: title = "…"')
        if not _tables(section.get("question", [])):
            hint = "Begin each question with: [[section.question]]"
            yield Problem("“question” must be a list of tables.", inner.at("question"), hint)


def extra_problems(entry: Mapping[str, Any], location: PromptLocation) -> Iterator[Problem]:
    """Problems in what a question says about a field that the office adds."""
    name, kind, choices = entry.get("field", ""), entry.get("type", "text"), entry.get("choices", {})
    if not is_valid_name(name):
        yield Problem(
            f"“{name}” is not a name that a template can use.",
            location.at("field"),
            'Use lowercase letters, digits, and underscores: field = "extra.tracking_number"',
        )
    if kind not in TYPES:
        yield Problem(f"There is no type “{kind}”.", location.at("type"), _near(str(kind), TYPES))
    elif kind == "entries":
        yield from _part_problems(entry, location)
    elif kind in ("choice", "choices") and not choices:
        hint = 'Add: choices = { value = "wording", other = "wording" }'
        yield Problem("There is nothing to choose from.", location.at("type"), hint)
    elif kind not in ("choice", "choices") and choices:
        hint = 'Write type = "choice" (one) or "choices" (several), or remove the choices.'
        yield Problem(f"offers choices, but its type is “{kind}”.", location.at("choices"), hint)


def _part_problems(entry: Mapping[str, Any], location: PromptLocation) -> Iterator[Problem]:
    """Problems in what a question says about the parts of an entry that the office adds."""
    items = entry.get("item", [])
    if not _tables(items) or not items:
        hint = "Add for each part: [[section.question.item]] with field, type, and ask."
        yield Problem("The entries have no parts.", location.at("type"), hint)
        return
    names = [item.get("field") for item in items]
    for item in items:
        name, kind = item.get("field"), item.get("type", "text")
        if not is_valid_part(name) or names.count(name) > 1:
            hint = 'Use lowercase letters, digits, and underscores, each name once: field = "number"'
            yield Problem(f"“{name}” cannot be the name of a part.", location.at("item"), hint)
        if kind not in PART_TYPES:
            yield Problem(f"There is no type “{kind}” for a part.", location.at("item"), _near(str(kind), PART_TYPES))
        elif (kind == "choice") != bool(item.get("choices")):
            hint = 'A choice needs choices = { value = "wording" }; no other type has them.'
            yield Problem(f"The part {name} is of the type “{kind}”.", location.at("item"), hint)


def question_problems(
    entry: Mapping[str, Any],
    target: Field,
    fields: Mapping[str, Field],
    location: PromptLocation,
    keys: Collection[str] = KEYS,
) -> Iterator[Problem]:
    """Problems in one question, or in the question for one part of an entry."""
    allowed = {*keys, *(OWN_KEYS if is_extra(entry.get("field")) else ())}
    meant = set()
    for key in entry.keys() - allowed:
        own = key in OWN_KEYS
        hint = "The program already knows this about the field; remove it." if own else _near(key, sorted(allowed))
        meant.add(hint)
        yield Problem(f"“{key}” is not part of a question.", location.at(key), hint)
    has_wording = isinstance(entry.get("ask"), str) and entry["ask"].strip()
    if not has_wording and _near("ask", ("ask",)) not in meant:
        yield Problem("The question has no wording.", location.at("ask"), 'Add a line: ask = "…?"')
    for key in _TEXTS:
        if key != "ask" and not isinstance(entry.get(key, ""), str):
            yield Problem(f"“{key}” must be text.", location.at(key), f'Write: {key} = "…"')
    for key in _FLAGS:
        if not isinstance(entry.get(key, False), bool):
            yield Problem(f"“{key}” must be true or false.", location.at(key), f"Write: {key} = true, or leave it out.")
    yield from _condition_problems(entry, fields, location)
    for key in ("suggest", "default_text"):
        given = entry.get(key, [])
        if not _texts(given) and not (key == "default_text" and isinstance(given, str)):
            yield Problem(f"“{key}” must be a list of texts.", location.at(key), f'Write: {key} = ["…", "…"]')
    choices = entry.get("choices", {})
    if not isinstance(choices, dict) or not all(isinstance(line, str) for line in choices.values()):
        hint = 'Write: choices = { value = "wording" }'
        yield Problem("“choices” must give each value its wording.", location.at("choices"), hint)
        return
    for value in choices:
        if target.choices and value not in target.choices:
            hint = f"Possible answers: {', '.join(target.choices)}."
            yield Problem(f"offers “{value}”, which is not a possible answer.", location.at("choices"), hint)
    yield from _default_problems(entry, target, location)


def _condition_problems(
    entry: Mapping[str, Any], fields: Mapping[str, Field], location: PromptLocation
) -> Iterator[Problem]:
    for key in _CRITERIA:
        if not isinstance(entry.get(key, {}), dict):
            hint = f'Write: {key} = {{ kind = "denial" }}'
            yield Problem(f"“{key}” must list fields and answers.", location.at(key), hint)
            continue
        for name, wanted in entry.get(key, {}).items():
            yield from _impossible(name, wanted, fields, location.at(key))
    for name, key in _others(entry):
        in_text = key in ("suggest", "default_text")
        if name not in fields and not (in_text and (_is_field_of_some_kind(name) or _is_part(name, fields))):
            yield unknown_field(name, "", fields, location.at(key))
    for key in ("ask_by", "help_by"):
        yield from _wording_problems(entry.get(key, {}), key, fields, location.at(key))
    by = entry.get("default_by", {})
    if not isinstance(by, dict) or not all(isinstance(values, dict) for values in by.values()):
        yield Problem(
            "“default_by” must name a field, and a default for each of its answers.",
            location.at("default_by"),
            'Write: default_by = { "request.process" = { court-order = "compliance" } }',
        )


def _wording_problems(given: Any, key: str, fields: Mapping[str, Field], where: str) -> Iterator[Problem]:
    """What is wrong with wordings by another answer."""
    tables = given.values() if isinstance(given, dict) else [given]
    if not all(isinstance(by, dict) and all(isinstance(text, str) for text in by.values()) for by in tables):
        hint = f'Write: {key} = {{ "request.access" = {{ policy-inquiry = "…" }} }}'
        yield Problem(f"“{key}” must name a field, and a wording for each of its answers.", where, hint)
        return
    for name, by in given.items():
        yield from _impossible(name, list(by), fields, where)


def _is_part(name: str, fields: Mapping[str, Field]) -> bool:
    """Whether a default text names a part of the entries of a list, which makes one text for each entry."""
    holder, _, part = name.rpartition(".")
    return holder in fields and part in {each.name for each in fields[holder].parts}


def _is_field_of_some_kind(name: str) -> bool:
    """Whether a question that every kind shares may name the field: where a kind lacks it, it has no answer."""
    return any(name in fields_of(kind) for kind in KINDS)


def _impossible(name: str, wanted: Any, fields: Mapping[str, Field], where: str) -> Iterator[Problem]:
    """Answers that a criterion asks for and that are never given."""
    target = fields.get(name)
    if target is None:
        yield unknown_field(name, "", fields, where)
        return
    if name == "kind":
        return  # the kinds are the library's
    for option in wanted if isinstance(wanted, list) else [wanted]:
        if target.kind == "yes-no" and not isinstance(option, bool):
            yield Problem(f"waits for {name} to be “{option}”, which it can never be.", where, "Write true or false.")
        elif target.choices and option not in (*target.choices, "any", False):
            hint = _near(str(option), target.choices)
            yield Problem(f"waits for {name} to be “{option}”, which it can never be.", where, hint)


def _others(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Other fields that a question names outside its criteria, each with the key that names it."""
    by = entry.get("default_by", {})
    yield from ((name, "default_by") for name in (by if isinstance(by, dict) else ()))
    if isinstance(entry.get("default_from"), str):
        yield entry["default_from"], "default_from"
    for key in ("suggest", "default_text"):
        texts = entry.get(key, [])
        for text in [texts] if isinstance(texts, str) else texts if _texts(texts) else []:
            yield from ((name, key) for name in _BLANK.findall(text) if (key, name) != ("suggest", "year"))


def _default_problems(entry: Mapping[str, Any], target: Field, location: PromptLocation) -> Iterator[Problem]:
    default = entry.get("default")
    if default is None or target.library or target.kind == "group":
        return
    if target.kind == "date":
        if not isinstance(default, str) or default not in ("today", "yesterday", "tomorrow"):
            try:
                parse_date(str(default))
            except (ValueError, AmbiguousDate):
                hint = 'Write: default = "today", or a day such as "2019-08-02".'
                yield Problem(f"The default “{default}” is not a date.", location.at("default"), hint)
        return
    offered = tuple(entry.get("choices", {})) or target.choices
    given = default if isinstance(default, list) else [default]
    try:
        TypeAdapter(target.annotation).validate_python(default)
        fits = not offered or set(given) <= set(offered)
    except (ValidationError, TypeError):
        fits = False
    if not fits:
        hint = f"Possible answers: {', '.join(offered)}." if offered else f"Expected: {target.type_in_words}."
        yield Problem(f"The default “{default}” is not a possible answer.", location.at("default"), hint)


def item_problems(
    entry: Mapping[str, Any], target: Field, lines: TableLines, location: PromptLocation
) -> Iterator[Problem]:
    """Problems in the questions for the parts of an entry, if the answer is a list of tables."""
    items = entry.get("item", [])
    if target.kind != "group":
        if items:
            yield Problem("“item” is only for a field that is a list of tables.", location.at("item"), "Remove it.")
        return
    if not _tables(items):
        yield Problem(
            "“item” must be a list of tables, one for each part.",
            location.at("item"),
            "Write: [[section.question.item]]",
        )
        return
    parts = {each.name: each for each in target.parts}
    for item, where in zip(items, lines.within, strict=True):
        name = item.get("field", "")
        inner = location.inner(where, str(name))
        if name not in parts:
            yield Problem(f"“{name}” is not part of {target.name}.", inner.at("field"), _near(str(name), parts))
            continue
        keys = ITEM_KEYS | OWN_KEYS if is_extra(target.name) else ITEM_KEYS
        yield from question_problems(item, parts[name], parts, inner, keys)
    for each in parts.values():
        if each.required and each.name not in [item.get("field") for item in items]:
            yield Problem(
                f"No item asks for {each.name}, which every entry must have.",
                location.at(),
                f'Add: [[section.question.item]] with field = "{each.name}"',
            )


def unasked(asked: Collection[str], kind: str, fields: Mapping[str, Field], where: str) -> Iterator[Problem]:
    """Fields that every letter of the kind must have, but no question asks for."""
    for name, target in fields.items():
        expected = target.required and name != "kind" and (kind or name.startswith("request."))
        if expected and name not in asked:
            yield Problem(f"No question asks for {name}, which is required.", where, "Add a question for it.")


def try_extra_field(entry: Mapping[str, Any]) -> Field | None:
    """The field that an entry describes; None if it does not describe one."""
    try:
        return extra_field(entry)
    except (KeyError, TypeError, AttributeError):
        return None


def without_field(entry: Mapping[str, Any], location: PromptLocation) -> Problem:
    """The problem of a question that does not say which field it fills, perhaps because the word is mistyped."""
    mistyped = get_close_matches("field", entry, n=1)
    if mistyped:
        return Problem(f"“{mistyped[0]}” is not part of a question.", location.at(mistyped[0]), "Did you mean field?")
    hint = 'Add a line: field = "extra.tracking_number", or the name of another answer.'
    return Problem("The question does not say which answer it asks for.", location.at(), hint)


def unknown_field(name: str, kind: str, fields: Mapping[str, Field], where: str) -> Problem:
    """The problem of a name that no field has."""
    near = get_close_matches(name, fields, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"`letters fields {kind or 'KIND'}` lists the fields."
    if name == "extra":
        hint = 'Give the question a field of its own: field = "extra.tracking_number"'
    return Problem(f"“{name}” is not a field of this kind of letter.", where, hint)


def _is_question(table: Mapping[str, Any]) -> bool:
    return {"ask"} <= table.keys() <= {"ask", "help"} and all(isinstance(text, str) for text in table.values())


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(known)}."
