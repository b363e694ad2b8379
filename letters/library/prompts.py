"""The questions: what `prompts/*.toml` asks, in which order, and when.

A prompt file adds wording, order and conditions. Types, what is required and what is allowed come from the model; of a
field that the office adds itself (`extra.…`) the prompt file says its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from pathlib import Path
from typing import Any

from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.conditions import applies, holds
from letters.library.extra_questions import OWN_KEYS, is_extra
from letters.library.library import Library
from letters.library.prompt_errors import (
    MistakePlace,
    described,
    extra_mistakes,
    file_mistakes,
    item_mistakes,
    question_mistakes,
    unasked,
    unknown_field,
)
from letters.library.toml_lines import TableLines, places_in
from letters.model.fields import Field, fields_of, get


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
    anew: bool = False
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
class Questionnaire:
    """Every question of one kind of letter, in order, and the answers that follow from the kind.

    Without a kind: the questions about the request alone, which help to choose one.

    Args:
        fields: every field an answer may fill, those the office adds included.
    """

    kind: str
    questions: tuple[Question, ...]
    presets: Mapping[str, Any]
    fields: Mapping[str, Field] = part(default_factory=dict)

    @property
    def extras(self) -> tuple[Question, ...]:
        """The questions whose fields the office has added."""
        return tuple(question for question in self.questions if is_extra(question.field.name))


@dataclass(frozen=True)
class _PromptFile:
    """One prompt file, read."""

    name: str
    facts: bool
    data: Mapping[str, Any]
    place: TableLines

    def entries(self) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any], TableLines]]:
        """Each question: its section's title and conditions, the entry, and its place."""
        for section, where in zip(self.data.get("section", []), self.place.within, strict=True):
            for entry, place in zip(section.get("question", []), where.within, strict=True):
                yield section["title"], section.get("when", {}), entry, place


def load_script(library: Library, kind: str) -> Questionnaire:
    """The questions for one kind; without a kind (``""``) those about the request alone.

    Raises:
        LibraryAtFault: with every mistake in the prompt files, each with its line.
    """
    problems = Collector()
    sources = [
        source
        for name in (("request", "letter", kind) if kind else ("request",))
        if (source := _read(library, library.prompts / f"{name}.toml", problems))
    ]
    fields = {**fields_of(kind), **_added(sources)}
    questions: list[Question] = []
    presets: dict[str, Any] = {}
    first: dict[str, str] = {}
    for source in sources:
        questions += _questions(source, kind, fields, problems, first)
        for name, value in source.data.get("set", {}).items():
            presets[name] = value
            if name not in fields:
                spot = MistakePlace(source.name, source.place, "[set]")
                problems.add(unknown_field(name, kind, fields, spot.at("set")))
    name = library.name_of(library.prompts)
    if not problems:  # a question with a mistake in it is not missing
        for problem in unasked({*first, *presets}, kind, fields, f"{name}, kind {kind}" if kind else name):
            problems.add(problem)
    problems.stop_if_any(LibraryAtFault)
    return Questionnaire(kind, tuple(questions), presets, fields)


def load_extras(library: Library, kind: str) -> tuple[Question, ...]:
    """The questions of one kind whose fields the office has added; none where a kind has no prompt file."""
    files = [library.prompts / f"{name}.toml" for name in ("request", "letter", kind)]
    if not all(file.is_file() for file in files):
        return ()
    if not any(b"extra." in library.read(file) for file in files):
        return ()
    return load_script(library, kind).extras


def _read(library: Library, file: Path, problems: Collector) -> _PromptFile | None:
    """A prompt file whose sections and questions are tables; None, and why, where they are not."""
    name = library.name_of(file)
    with problems.collect():
        data = library.toml(file)
        place = places_in(library.text(file), data)
        found = list(file_mistakes(data, place, name))
        for problem in found:
            problems.add(problem)
        return None if found else _PromptFile(name, file.stem == "request", data, place)
    return None


def _added(sources: list[_PromptFile]) -> dict[str, Field]:
    """The fields the office adds, by name, as far as they are described at all."""
    entries = [entry for source in sources for _, _, entry, _ in source.entries() if is_extra(entry.get("field"))]
    return {entry["field"]: field for entry in entries if (field := described(entry))}


def _questions(
    source: _PromptFile, kind: str, fields: Mapping[str, Field], problems: Collector, first: dict[str, str]
) -> Iterator[Question]:
    """The questions of one file that can be asked; ``first`` remembers where each field was asked for."""
    for title, shared, raw, place in source.entries():
        name = raw.get("field", "")
        spot = MistakePlace(source.name, place, f"question {name or '?'}")
        own = raw.get("when", {})
        both = isinstance(shared, dict) and isinstance(own, dict)
        entry = {**raw, "when": {**shared, **own} if both else "?"} if shared or own else raw
        if is_extra(name) and (found := list(extra_mistakes(entry, spot))):
            for problem in found:
                problems.add(problem)
            continue
        if not isinstance(name, str) or name not in fields or name == "extra":
            # request.toml serves every kind: a field that only other kinds have is theirs to ask.
            if not _asked_elsewhere(entry, kind):
                problems.add(unknown_field(str(name), kind, fields, spot.at("field")))
            continue
        target = fields[name]
        found = [*question_mistakes(entry, target, fields, spot), *item_mistakes(entry, target, place, spot)]
        if name in first:
            found.append(Problem(f"{name} is asked twice.", spot.at(), f"First at {first[name]}. Take one out."))
        first.setdefault(name, spot.at())
        for problem in found:
            problems.add(problem)
        if not found:
            yield _question(entry, target, title, facts=source.facts)


def _question(entry: Mapping[str, Any], target: Field, section: str, *, facts: bool) -> Question:
    given = {key: value for key, value in entry.items() if key not in ("field", "item", *OWN_KEYS)}
    worded = {item["field"]: item for item in entry.get("item", [])}
    order = [each for name in worded for each in target.parts if each.name == name]
    items = tuple(
        Question(each, section, **{key: value for key, value in worded[each.name].items() if key != "field"})
        for each in order
    )
    return Question(target, section, **given, items=items, facts=facts)


def _asked_elsewhere(entry: Mapping[str, Any], kind: str) -> bool:
    when = entry.get("when", {})
    kinds = when.get("kind") if isinstance(when, dict) else None
    return kinds is not None and kind not in (kinds if isinstance(kinds, list) else [kinds])
