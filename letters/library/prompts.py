"""The questions: what `prompts/*.toml` asks, in which order, and when.

A prompt file adds wording, order and conditions. Types, and what is required or allowed, come from the model; a prompt
file gives the type only for a field that the office adds itself (`extra.…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec import field as part
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.extra_questions import OWN_KEYS, is_extra
from letters.library.library import Library
from letters.library.prompt_errors import (
    PromptLocation,
    extra_problems,
    file_problems,
    item_problems,
    question_problems,
    try_extra_field,
    unasked,
    unknown_field,
    without_field,
)
from letters.library.prompt_translations import PromptTranslation, load_translation, translation_problems
from letters.library.rule_values import rule_values, with_rule_values
from letters.library.toml_lines import TableLines, table_lines
from letters.model.criteria import applies, holds
from letters.model.fields import Field, fields_of, get
from letters.model.rulebook import RECORDS_REQUEST

YEAR = "year"
"""A blank of a suggestion, ``{year}``: that of the letter."""
_NAMES_EXTRA = pattern(rb"^[ \t]*[^#\s].*extra\.", re.M)
"""A line of a prompt file, but for its comments, that may name a field of the office's own."""


class Question(Struct, frozen=True):
    """One question. `prompts/request.toml` explains each part to its author.

    Args:
        facts: whether it asks about the request, whatever letter answers it.
        items: for a field whose answer is a list of tables: a question for each part of an entry.
    """

    field: Field
    section: str
    ask: str
    help: str = ""
    ask_by: Mapping[str, Mapping[str, str]] = part(default_factory=dict)
    help_by: Mapping[str, Mapping[str, str]] = part(default_factory=dict)
    choices: Mapping[str, str] = part(default_factory=dict)
    default: Any = None
    default_from: str = ""
    default_by: Mapping[str, Mapping[str, Any]] = part(default_factory=dict)
    default_due: str = ""
    default_text: tuple[str, ...] = ()
    default_when: Mapping[str, Any] = part(default_factory=dict)
    suggest: tuple[str, ...] = ()
    filled: bool = False
    filled_when: Mapping[str, Any] = part(default_factory=dict)
    seldom: str = ""
    seldom_when: Mapping[str, Any] = part(default_factory=dict)
    when: Mapping[str, Any] = part(default_factory=dict)
    unless: Mapping[str, Any] = part(default_factory=dict)
    only_if_required: bool = False
    only_if_departing: bool = False
    several_lines: bool = False
    no_default: bool = False
    anew: bool = False
    items: tuple[Question, ...] = ()
    facts: bool = False

    def worded(self, answers: Mapping[str, Any]) -> Question:
        """The question with the wording that fits the other answers."""
        ask, help_ = (_by_answer(wordings, answers) for wordings in (self.ask_by, self.help_by))
        return replace(self, ask=ask or self.ask, help=help_ or self.help) if ask or help_ else self

    def matters(self, answers: Mapping[str, Any]) -> bool:
        """Whether an answer to it counts, given the other answers."""
        return not self.when or applies(self.when, partial(get, answers))

    def has_default(self, answers: Mapping[str, Any]) -> bool:
        """Whether its default counts, given the other answers."""
        return applies(self.default_when, partial(get, answers))

    def is_filled_in(self, answers: Mapping[str, Any]) -> bool:
        """Whether its default is taken without asking, given the other answers."""
        return (self.filled or bool(self.filled_when)) and applies(self.filled_when, partial(get, answers))

    def is_seldom(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is asked only if counsel picks it from the list of what is seldom needed."""
        return bool(self.seldom) and applies(self.seldom_when, partial(get, answers))

    def applies(self, answers: Mapping[str, Any]) -> bool:
        """Whether to ask it, given the other answers."""
        return self.matters(answers) and not any(
            holds(unwanted, get(answers, name)) for name, unwanted in self.unless.items()
        )


def _by_answer(wordings: Mapping[str, Mapping[str, str]], answers: Mapping[str, Any]) -> str:
    """The wording for the first answer that has one of its own; empty if there is none."""
    given = ((get(answers, name), by) for name, by in wordings.items())
    return next((by[answer] for answer, by in given if isinstance(answer, str) and answer in by), "")


class Questionnaire(Struct, frozen=True):
    """Every question for one kind of letter, in order, and the answers that follow from the kind.

    Without a kind: only the questions about the request, which help to choose one.

    Args:
        presets: answers that follow from the kind, by dotted name.
        seldom: for the facts (True) and for the letter (False), the question that lists what is seldom needed, and
            its help.
        fields: every field that an answer may fill, including those the office adds.
        faulty: the fields of the office's own whose questions cannot be read, so that a template that names them is
            not at fault; empty for a question of which not even the field is known.
    """

    kind: str
    questions: tuple[Question, ...]
    presets: Mapping[str, Any]
    fields: Mapping[str, Field] = part(default_factory=dict)
    seldom: Mapping[bool, tuple[str, str]] = part(default_factory=dict)
    faulty: frozenset[str] = frozenset()

    @property
    def extras(self) -> tuple[Question, ...]:
        """The questions that the office has added."""
        return tuple(question for question in self.questions if is_extra(question.field.name))


class _PromptFile(Struct, frozen=True):
    """One prompt file, read.

    Args:
        about_letter_only: whether only those of its questions count that are about any letter, such as its date: it is
            `request.toml`, and the kind answers no records request.
    """

    name: str
    facts: bool
    data: Mapping[str, Any]
    lines: TableLines
    translation: PromptTranslation | None = None
    about_letter_only: bool = False

    @property
    def seldom(self) -> tuple[str, str]:
        """The question that lists what is seldom needed, and its help."""
        words = {**self.data["seldom"], **(self.translation.seldom if self.translation else {})}
        return words["ask"], words.get("help", "")

    @property
    def serves_all(self) -> bool:
        """Whether every kind is asked its questions, whatever its form."""
        return self.about_letter_only or self.name.endswith("/letter.toml")

    def entries(self) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any], TableLines]]:
        """Each question: its section's title and criteria, the entry, and its lines."""
        words = self.translation
        for section, inside in zip(self.data.get("section", []), self.lines.within, strict=True):
            for entry, lines in zip(section.get("question", []), inside.within, strict=True):
                title, when = section["title"], section.get("when", {})
                yield (words.section(title), when, words.entry(entry), lines) if words else (title, when, entry, lines)


def load_questionnaire(library: Library, kind: str, language: str = "") -> Questionnaire:
    """The questions for one kind; without a kind (``""``), only those about the request.

    Args:
        language: to ask them in, by the suffix of its files (``es``); empty for the office's own.

    Raises:
        LibraryAtFault: with every problem in the prompt files, each with its line.
    """
    form = library.form(kind) if kind else RECORDS_REQUEST
    files = [library.prompts / f"{name}.toml" for name in library.prompt_files(kind)]
    translations = [file for each in files if (file := library.translation(each, language))]
    values = [file for each in (library, Library.shipped()) if (file := each.templates / "rules.toml").is_file()]
    contents = tuple((file.name, _bytes_of(library, file)) for file in (*files, *translations, *values))
    asked = kind, form, language, bool(library.translations(kind)), contents
    if asked not in _SOUND:
        checked, problems = library.kept_if_right(
            f"questions {kind} {language}", lambda: _read_checked(library, kind, form, language)
        )
        found = checked.questionnaire()
        if problems or any(map(library.lost, files)):
            return found
        if len(_SOUND) >= _MOST_KEPT:
            del _SOUND[next(iter(_SOUND))]
        _SOUND[asked] = found
    return _SOUND[asked]


# One command asks for the same questions many times, and checking them takes longer than reading them. What they were
# read from is the key: the kind, its form, the language, whether the kind has other languages, and the files.
_SOUND: dict[tuple[Any, ...], Questionnaire] = {}
_MOST_KEPT = 64


def _bytes_of(library: Library, file: Path) -> bytes | None:
    try:
        return library.read(file)
    except LibraryAtFault:  # reported where the file is read as prompts
        return None


class _CheckedPrompts(Struct, frozen=True):
    """What prompt files say, once it has been checked. Unlike fields, whose types are told apart by identity, it can be
    kept from run to run.

    Args:
        entries: of each question, the title of its section, the entry, and whether it asks about the request.
        added: the entries of all questions that the office has added.
        values: those that the office's rules define, as of `rule_values`.
    """

    kind: str
    form: str
    entries: Sequence[tuple[str, Mapping[str, Any], bool]]
    added: Sequence[Mapping[str, Any]]
    values: Mapping[str, Sequence[str]]
    presets: Mapping[str, Any]
    seldom: Mapping[bool, tuple[str, str]]
    faulty: frozenset[str]

    def questionnaire(self) -> Questionnaire:
        fields = _fields(self.kind, self.form, self.values, self.added)
        asked = [_question(entry, fields[entry["field"]], title, facts=facts) for title, entry, facts in self.entries]
        return Questionnaire(self.kind, tuple(asked), self.presets, fields, self.seldom, self.faulty)


def _fields(
    kind: str, form: str, values: Mapping[str, Sequence[str]], added: Iterable[Mapping[str, Any]]
) -> dict[str, Field]:
    return {**with_rule_values(fields_of(kind, form), values), **_fields_added_by(added)}


def _read_checked(library: Library, kind: str, form: str, language: str) -> tuple[_CheckedPrompts, Collector]:
    problems = Collector()
    sources = [
        source if form == RECORDS_REQUEST else replace(source, facts=False, about_letter_only=source.facts)
        for name in library.prompt_files(kind)
        if (source := _read(library, library.prompts / f"{name}.toml", problems, language))
    ]
    added = [
        entry
        for source in sources
        if not source.about_letter_only
        for _, _, entry, _ in source.entries()
        if is_extra(entry.get("field"))
    ]
    values = rule_values(library)
    fields = _fields(kind, form, values, added)
    entries: list[tuple[str, Mapping[str, Any], bool]] = []
    presets: dict[str, Any] = {}
    first: dict[str, str] = {}
    seldom: dict[bool, tuple[str, str]] = {}
    for source in sources:
        if "seldom" in source.data and not source.about_letter_only:
            seldom.setdefault(source.facts, source.seldom)
        right = _right_entries(source, kind, fields, problems, first)
        entries += [(title, entry, source.facts) for title, entry in right]
        for name, value in source.data.get("set", {}).items() if not source.about_letter_only else ():
            presets[name] = value
            if name not in fields:
                location = PromptLocation(source.name, source.lines, "[set]")
                problems.add(unknown_field(name, kind, fields, location.at("set")))
    name = library.name_of(library.prompts)
    lost = any(library.lost(library.prompts / f"{name}.toml") for name in library.prompt_files(kind))
    if not problems and sources and not lost:  # a question with a problem is not missing
        for problem in unasked({*first, *presets}, kind, fields, f"{name}, kind {kind}" if kind else name):
            problems.add(problem)
    if kind and not library.translations(kind):  # there is nothing to choose
        entries = [each for each in entries if each[1]["field"] != "language"]
    faulty = _faulty(sources, kind, fields, {entry["field"] for _, entry, _ in entries})
    return _CheckedPrompts(kind, form, entries, added, values, presets, seldom, faulty), problems


def _faulty(sources: list[_PromptFile], kind: str, fields: Mapping[str, Field], asked: Set[str]) -> frozenset[str]:
    """The fields of the office's own whose questions cannot be read; empty for a question that names no known field."""
    found: set[str] = set()
    for source in sources:
        for _, _, entry, _ in source.entries() if not source.about_letter_only else ():
            name = entry.get("field", "")
            if is_extra(name) and name in fields:
                found.add(name)
            elif not isinstance(name, str) or name not in fields or name == "extra":
                known = _asked_elsewhere(entry, kind) or (source.serves_all and _is_of_another_form(name))
                found.update(() if known else ("",))
    return frozenset(found - asked)


def check_translations(library: Library) -> Iterator[Problem]:
    """What is wrong in the translations of prompt files. Raises LibraryAtFault if one cannot be read."""
    for file in sorted(library.prompts.glob("*.*.toml")):
        name, language = file.name.split(".")[:2]
        own = library.prompts / f"{name}.toml"
        if not own.is_file():
            hint = f"Rename it, or remove it: {name}.toml does not exist."
            yield Problem("It translates no prompt file.", library.name_of(file), hint)
            continue
        found = load_translation(library, name, language)
        if found.questions or found.sections:
            data = library.toml(own)
            entries = [entry for section in data.get("section", []) for entry in section.get("question", [])]
            yield from translation_problems(found, data, {str(entry.get("field")): entry for entry in entries})


def load_extras(library: Library, kind: str, language: str = "") -> tuple[Question, ...]:
    """The questions that the office has added for one kind; none if the kind has no prompt file.

    Args:
        language: of the letter, by the suffix of its files, for the wording of choices that it prints.
    """
    files = [library.prompts / f"{name}.toml" for name in library.prompt_files(kind)]
    if not all(file.is_file() for file in files):
        return ()
    if not any(_NAMES_EXTRA.search(library.read(file)) for file in files):
        return ()
    return load_questionnaire(library, kind, language).extras


def extra_fields(library: Library, kind: str) -> dict[str, Field]:
    """The fields that the office has added for one kind, by name, as far as they can be read.

    No question is checked: to read the questionnaires of all kinds takes as long as to write fifty letters.
    """
    found: dict[str, Field] = {}
    for name in library.prompt_files(kind):
        file = library.prompts / f"{name}.toml"
        if not file.is_file() or not _NAMES_EXTRA.search(library.read(file)):
            continue
        if name == "request" and library.form(kind) != RECORDS_REQUEST:
            continue
        with suppress(LibraryAtFault):  # reported where the questions are read
            found |= _extra_fields_in(library, file)
    return found


def _extra_fields_in(library: Library, file: Path) -> Mapping[str, Field]:
    text = library.text(file)
    if text not in _ADDED:
        sections = _tables(library.toml(file), "section")
        entries = [entry for section in sections for entry in _tables(section, "question")]
        remember(_ADDED, _MOST_KEPT, text, _fields_added_by(entries))
    return _ADDED[text]


# The fields that prompt files add, by the text of the file: rules about several kinds ask for those of each.
_ADDED: dict[str, Mapping[str, Field]] = {}


def _tables(inside: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = inside.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _read(library: Library, file: Path, problems: Collector, language: str = "") -> _PromptFile | None:
    """A prompt file whose sections and questions are tables; None, with the problems collected, if they are not."""
    name = library.name_of(file)
    with problems.collect():
        data = library.toml(file)
        lines = table_lines(library.text(file), data)
        found = list(file_problems(data, lines, name))
        for problem in found:
            problems.add(problem)
        translation = load_translation(library, file.stem, language) if language else None
        return None if found else _PromptFile(name, file.stem == "request", data, lines, translation)
    return None


def _fields_added_by(entries: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    return {
        field.name: field for entry in entries if is_extra(entry.get("field")) and (field := try_extra_field(entry))
    }


def _right_entries(
    source: _PromptFile, kind: str, fields: Mapping[str, Field], problems: Collector, first: dict[str, str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The questions of one file that have no problem, each with the title of its section; ``first`` records where each
    field was first asked for."""
    for title, shared, raw, lines in source.entries():
        name = raw.get("field", "")
        if source.about_letter_only and (is_extra(name) or _is_of_another_form(name)):
            continue
        location = PromptLocation(source.name, lines, f"question {name or '?'}")
        own = raw.get("when", {})
        both = isinstance(shared, dict) and isinstance(own, dict)
        entry = {**raw, "when": {**shared, **own} if both else "?"} if shared or own else raw
        if is_extra(name) and (found := list(extra_problems(entry, location))):
            for problem in found:
                problems.add(problem)
            continue
        if not isinstance(name, str) or name not in fields or name == "extra":
            # request.toml serves every kind: a field that only other kinds have is not asked here.
            if not _asked_elsewhere(entry, kind) and not (source.serves_all and _is_of_another_form(name)):
                problems.add(
                    unknown_field(str(name), kind, fields, location.at("field"))
                    if "field" in entry
                    else without_field(entry, location)
                )
            continue
        target = fields[name]
        # What every kind shares may depend on facts that only some have; where a kind lacks one, it has no answer.
        known = {**fields_of(""), **fields} if source.serves_all else fields
        found = [
            *question_problems(entry, target, known, location),
            *item_problems(entry, target, lines, location),
        ]
        if name in first:
            found.append(
                Problem(f"“{name}” is asked twice.", location.at(), f"It is first asked at {first[name]}. Remove one.")
            )
        first.setdefault(name, location.at())
        for problem in found:
            problems.add(problem)
        if not found:
            yield title, entry


def _question(entry: Mapping[str, Any], target: Field, section: str, *, facts: bool) -> Question:
    given = {key: value for key, value in entry.items() if key not in ("field", "item", *OWN_KEYS)}
    for key in ("suggest", "default_text"):
        if key in given:
            given[key] = (given[key],) if isinstance(given[key], str) else tuple(given[key])
    asked = {item["field"]: item for item in entry.get("item", [])}
    order = [each for name in asked for each in target.parts if each.name == name]
    items = tuple(
        Question(
            each,
            section,
            **{key: value for key, value in asked[each.name].items() if key != "field" and key not in OWN_KEYS},
        )
        for each in order
    )
    return Question(target, section, **given, items=items, facts=facts)


def _is_of_another_form(name: object) -> bool:
    """Whether a question is about whom a letter answers or is written to, which depends on the kind's form."""
    return isinstance(name, str) and name.startswith(("request.", "recipient."))


def _asked_elsewhere(entry: Mapping[str, Any], kind: str) -> bool:
    when = entry.get("when", {})
    kinds = when.get("kind") if isinstance(when, dict) else None
    return kinds is not None and kind not in (kinds if isinstance(kinds, list) else [kinds])
