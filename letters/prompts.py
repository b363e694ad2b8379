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
from letters.fields import Field, fields_of, get
from letters.library import Library

_KEYS = {"field", "ask", "help", "choices", "default", "default_from", "when", "only_if_required"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. See `prompts/request.toml` for what each part means to its author."""

    field: Field
    section: str
    ask: str
    help: str = ""
    choices: Mapping[str, str] = part(default_factory=dict)
    default: Any = None
    default_from: str = ""
    when: Mapping[str, Any] = part(default_factory=dict)
    only_if_required: bool = False

    def applies(self, answers: Mapping[str, Any]) -> bool:
        """Whether its conditions hold. An answer not given counts as the field's default."""
        return all(_holds(wanted, get(answers, name)) for name, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class Script:
    """Every question of one kind of letter, in order, and the answers that follow from the kind."""

    kind: str
    questions: tuple[Question, ...]
    presets: Mapping[str, Any]

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question.section for question in self.questions))


def _holds(wanted: Any, answer: Any) -> bool:
    if wanted == "any":
        return answer not in (None, "", [])
    if wanted is False:  # a yes-no question not yet asked is “no”
        return not answer
    options = wanted if isinstance(wanted, list) else [wanted]
    given = answer if isinstance(answer, list) else [answer]
    return any(option in given for option in options)


def load_script(library: Library, kind: str) -> Script:
    """The questions for one kind. Raises LibraryAtFault with every mistake in the prompt files."""
    problems = Collector()
    questions: list[Question] = []
    presets: dict[str, Any] = {}
    for file in (library.prompts / "request.toml", library.prompts / f"{kind}.toml"):
        with problems.collect():
            data = library.toml(file)
            questions += _questions(data, kind, file, library, problems)
            presets |= data.get("set", {})
            for name in presets:
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
        title = str(section.get("title", ""))
        for entry in section.get("question", []):
            name = entry.get("field", "")
            where = f"{library.name_of(file)}, question {name or '?'}"
            if name not in fields:
                # request.toml serves every kind: a field that only other kinds have is theirs to ask.
                if not _asked_elsewhere(entry, kind):
                    problems.add(_unknown_field(name, kind, where))
                continue
            found = list(_mistakes(entry, fields[name], where))
            for problem in found:
                problems.add(problem)
            if not found:
                yield Question(fields[name], title, **{key: value for key, value in entry.items() if key != "field"})


def _mistakes(entry: Mapping[str, Any], target: Field, where: str) -> Iterator[Problem]:
    if not isinstance(entry.get("ask"), str):
        yield Problem("The question has no wording.", where, 'Add a line: ask = "…?"')
    for key in entry.keys() - _KEYS:
        near = get_close_matches(key, _KEYS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"It may hold: {', '.join(sorted(_KEYS))}."
        yield Problem(f"“{key}” is not a part of a question.", where, hint)
    choices = entry.get("choices", {})
    if not isinstance(choices, dict):
        yield Problem("“choices” must give each value its wording.", where, 'Write: choices = { value = "wording" }')
        return
    for value in choices:
        if target.choices and value not in target.choices:
            yield Problem(f"offers “{value}”, which cannot be.", where, f"It may be: {', '.join(target.choices)}.")
    if not isinstance(entry.get("when", {}), dict):
        yield Problem("“when” must name fields and answers.", where, 'Write: when = { kind = "denial" }')


def _check_whole(
    questions: list[Question], presets: Mapping[str, Any], kind: str, library: Library, problems: Collector
) -> None:
    fields = fields_of(kind)
    asked = [question.field.name for question in questions]
    where = f"{library.name_of(library.prompts)}, kind {kind}"
    for name in sorted({name for name in asked if asked.count(name) > 1}):
        problems.add(Problem(f"{name} is asked twice.", where, "Take one of the questions out."))
    for question in questions:
        for other in (*question.when, *([question.default_from] if question.default_from else ())):
            if other not in fields:
                problems.add(_unknown_field(other, kind, f"{where}, question {question.field.name}"))
    for name, target in fields.items():
        if target.required and name not in asked and name not in presets and name != "kind":
            problems.add(Problem(f"No question asks for {name}, which is required.", where, "Add a question for it."))


def _asked_elsewhere(entry: Mapping[str, Any], kind: str) -> bool:
    when = entry.get("when", {})
    kinds = when.get("kind") if isinstance(when, dict) else None
    return kinds is not None and kind not in (kinds if isinstance(kinds, list) else [kinds])


def _unknown_field(name: str, kind: str, where: str) -> Problem:
    near = get_close_matches(name, fields_of(kind), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"`letters fields {kind}` lists what there is."
    return Problem(f"“{name}” is not a field of this kind of letter.", where, hint)
