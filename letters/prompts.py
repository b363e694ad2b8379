"""The questions: what `prompts/*.toml` asks, in which order, and when.

A prompt file adds wording, order and conditions. Types, what is required and what is allowed come from the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from letters.errors import Collector, LibraryAtFault, Problem
from letters.facts import applies, holds
from letters.fields import Field, fields_of, get
from letters.library import Library

_KEYS = {
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
    "item",
}
_ITEM_KEYS = {"field", "ask", "help", "choices", "default", "when", "several_lines"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. See `prompts/request.toml` for what each part means to its author.

    Args:
        facts: asked about the request, whatever letter answers it.
        items: for a field whose answer is a list of tables: a question for each part of an entry.
    """

    field: Field
    section: str
    ask: str
    help: str = ""
    choices: Mapping[str, str] = part(default_factory=dict)
    default: Any = None
    default_from: str = ""
    default_by: Mapping[str, Mapping[str, Any]] = part(default_factory=dict)
    default_due: str = ""
    when: Mapping[str, Any] = part(default_factory=dict)
    unless: Mapping[str, Any] = part(default_factory=dict)
    only_if_required: bool = False
    only_if_departing: bool = False
    several_lines: bool = False
    items: tuple[Question, ...] = ()
    facts: bool = False

    def matters(self, answers: Mapping[str, Any]) -> bool:
        """Whether an answer to it counts, by the other answers."""
        return applies(self.when, answers)

    def applies(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is to be asked, by the other answers."""
        spared = any(holds(unwanted, get(answers, name)) for name, unwanted in self.unless.items())
        return self.matters(answers) and not spared


@dataclass(frozen=True, slots=True)
class Script:
    """Every question of one kind of letter, in order, and the answers that follow from the kind.

    Without a kind: the questions about the request alone, which help to choose one.
    """

    kind: str
    questions: tuple[Question, ...]
    presets: Mapping[str, Any]

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question.section for question in self.questions))


def load_script(library: Library, kind: str) -> Script:
    """The questions for one kind; without a kind (``""``) those about the request alone.

    Raises:
        LibraryAtFault: with every mistake in the prompt files.
    """
    problems = Collector()
    questions: list[Question] = []
    presets: dict[str, Any] = {}
    names = ("request", "letter", kind) if kind else ("request",)
    for file in (library.prompts / f"{name}.toml" for name in names):
        with problems.collect():
            data = library.toml(file)
            questions += _questions(data, kind, file, library, problems)
            presets |= data.get("set", {})
            for name in data.get("set", {}):
                if name not in fields_of(kind):
                    problems.add(_unknown_field(name, kind, f"{library.name_of(file)}, [set]"))
    _check_whole(questions, presets, kind, library, problems)
    problems.stop_if_any(LibraryAtFault)
    return Script(kind, tuple(questions), presets)


def _questions(
    data: Mapping[str, Any], kind: str, file: Path, library: Library, problems: Collector
) -> Iterator[Question]:
    fields = fields_of(kind)
    for section in data.get("section", []):
        title, shared = str(section.get("title", "")), section.get("when", {})
        for raw in section.get("question", []):
            name = raw.get("field", "")
            where = f"{library.name_of(file)}, question {name or '?'}"
            own = raw.get("when", {})
            both = isinstance(shared, dict) and isinstance(own, dict)
            entry = {**raw, "when": {**shared, **own} if both else "?"} if shared or own else raw
            if name not in fields:
                # request.toml serves every kind: a field that only other kinds have is theirs to ask.
                if not _asked_elsewhere(entry, kind):
                    problems.add(_unknown_field(name, kind, where))
                continue
            found = [*_mistakes(entry, fields[name], where, _KEYS), *_item_mistakes(entry, fields[name], where)]
            for problem in found:
                problems.add(problem)
            if not found:
                yield _question(entry, fields[name], title, facts=file.stem == "request")


def _question(entry: Mapping[str, Any], target: Field, section: str, *, facts: bool) -> Question:
    given = {key: value for key, value in entry.items() if key not in ("field", "item")}
    worded = {item["field"]: item for item in entry.get("item", [])}
    order = [each for name in worded for each in target.parts if each.name == name]
    items = tuple(
        Question(each, section, **{key: value for key, value in worded[each.name].items() if key != "field"})
        for each in order
    )
    return Question(target, section, **given, items=items, facts=facts)


def _mistakes(entry: Mapping[str, Any], target: Field, where: str, keys: set[str]) -> Iterator[Problem]:
    if not isinstance(entry.get("ask"), str):
        yield Problem("The question has no wording.", where, 'Add a line: ask = "…?"')
    for key in entry.keys() - keys:
        near = get_close_matches(key, keys, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"It may hold: {', '.join(sorted(keys))}."
        yield Problem(f"“{key}” is not a part of a question.", where, hint)
    for key in ("when", "unless"):
        if not isinstance(entry.get(key, {}), dict):
            yield Problem(f"“{key}” must name fields and answers.", where, f'Write: {key} = {{ kind = "denial" }}')
    by = entry.get("default_by", {})
    if not isinstance(by, dict) or not all(isinstance(values, dict) for values in by.values()):
        yield Problem(
            "“default_by” must name a field, and a default for each of its answers.",
            where,
            'Write: default_by = { "request.process" = { court-order = "compliance" } }',
        )
    choices = entry.get("choices", {})
    if not isinstance(choices, dict):
        yield Problem("“choices” must give each value its wording.", where, 'Write: choices = { value = "wording" }')
        return
    for value in choices:
        if target.choices and value not in target.choices:
            yield Problem(f"offers “{value}”, which cannot be.", where, f"It may be: {', '.join(target.choices)}.")


def _item_mistakes(entry: Mapping[str, Any], target: Field, where: str) -> Iterator[Problem]:
    """Mistakes in the questions for the parts of an entry, where the answer is a list of tables."""
    items = entry.get("item", [])
    if target.kind != "group":
        if items:
            yield Problem("“item” is for a field that is a list of tables.", where, "Take it out.")
        return
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield Problem("“item” must be a table for each part.", where, "Write: [[section.question.item]]")
        return
    parts = {each.name: each for each in target.parts}
    for item in items:
        name = item.get("field", "")
        if name not in parts:
            near = get_close_matches(str(name), parts, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It may be: {', '.join(parts)}."
            yield Problem(f"“{name}” is not a part of {target.name}.", where, hint)
            continue
        yield from _mistakes(item, parts[name], f"{where}, {name}", _ITEM_KEYS)
    for each in parts.values():
        if each.required and each.name not in [item.get("field") for item in items]:
            yield Problem(
                f"No item asks for {each.name}, which every entry must have.",
                where,
                f'Add: [[section.question.item]] with field = "{each.name}"',
            )


def _check_whole(
    questions: list[Question], presets: Mapping[str, Any], kind: str, library: Library, problems: Collector
) -> None:
    fields = fields_of(kind)
    asked = [question.field.name for question in questions]
    where = f"{library.name_of(library.prompts)}, kind {kind}" if kind else library.name_of(library.prompts)
    for name in sorted({name for name in asked if asked.count(name) > 1}):
        problems.add(Problem(f"{name} is asked twice.", where, "Take one of the questions out."))
    for question in questions:
        others = (
            *question.when,
            *question.unless,
            *question.default_by,
            *([question.default_from] if question.default_from else ()),
        )
        for other in others:
            if other not in fields:
                problems.add(_unknown_field(other, kind, f"{where}, question {question.field.name}"))
    for name, target in fields.items():
        expected = target.required and name != "kind" and (kind or name.startswith("request."))
        if expected and name not in asked and name not in presets:
            problems.add(Problem(f"No question asks for {name}, which is required.", where, "Add a question for it."))


def _asked_elsewhere(entry: Mapping[str, Any], kind: str) -> bool:
    when = entry.get("when", {})
    kinds = when.get("kind") if isinstance(when, dict) else None
    return kinds is not None and kind not in (kinds if isinstance(kinds, list) else [kinds])


def _unknown_field(name: str, kind: str, where: str) -> Problem:
    near = get_close_matches(name, fields_of(kind), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"`letters fields {kind or 'KIND'}` lists what there is."
    return Problem(f"“{name}” is not a field of this kind of letter.", where, hint)
