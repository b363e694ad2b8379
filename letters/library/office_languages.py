"""The languages that an office writes letters in: its phrases, and its own names and law in each of them.

The office's own language is that of `office.toml`, and its words are in the files without a suffix. The words of
another language are in files beside them, which name only what differs: `phrases.es.toml`, `office.es.toml`,
`legal_basis.es.toml`, `conditions.es.toml`, `objections.es.toml` and `showing.es.toml`. Dates, lists, plurals and
numbers follow the language's own rules (`letters._text.languages`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import tomli
from msgspec import Struct
from msgspec.structs import replace

from letters._text.languages import Language, is_known
from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.library import Library
from letters.library.rule_values import defines, rule_values
from letters.model.office import Office
from letters.model.rulebook import Rulebook
from letters.model.values import Access, Channel, Delivery, Model

Phrases = Mapping[str, Mapping[str, str]]
M = TypeVar("M", bound=Model)
# The choices a letter may print; phrases.toml must have words for each.
_IN_WORDS: Mapping[str, type[StrEnum]] = {"channel": Channel, "delivery": Delivery, "access": Access}
# The same for those that rules.toml defines, by table.
_DEFINED_IN_WORDS = {"requester": "agency_kind", **{each: each for each in ("nature", "process", "power", "decision")}}
# What the program itself puts into letters. A library that says nothing about it gets the words that Letters ships.
_FIXED: Mapping[str, tuple[str, ...]] = {
    "salutation": ("named", "unnamed", "nobody"),
    "citations": ("and", "see_also", "one", "two", "more"),
    "asker": ("oneself",),
    "days": ("calendar-one", "calendar-other", "working-one", "working-other"),
    "ordinal": ("other",),
    "quotation": ("open", "close", "inner_open", "inner_close"),
}
_OPTIONAL = ("salutation_by_title",)
# What a letter prints of the office and must be given in its other languages, by the table of office.toml.
_OFFICE = {
    "": ("short_name", "law_name", "unit", "head_title", "accepts_service"),
    "contact": ("title",),
    "records_custodian": ("title",),
}
_OFFICE_OPTIONAL = ("name", "address")
# The words of an entry that may be given in another language, by file and table.
_WORDS = {
    ("legal_basis.toml", "basis"): ("title", "summary"),
    ("conditions.toml", "condition"): ("subject", "text"),
    ("conditions.toml", "records"): ("name",),
    ("objections.toml", "objection"): ("subject", "text"),
    ("showing.toml", "element"): ("text", "why"),
}
_ATTRIBUTE = {
    "basis": "bases",
    "condition": "conditions",
    "records": "records",
    "objection": "objections",
    "element": "showing",
}


class Untranslated(str):
    """A text that the library has only in the office's language. A letter in another one must not print it.

    Args:
        where: the file that lacks it, and the entry, for messages.
    """

    where: str

    def __new__(cls, text: str, where: str) -> Untranslated:
        made = super().__new__(cls, text)
        made.where = where
        return made

    def __reduce__(self) -> tuple[type[Untranslated], tuple[str, str]]:
        return Untranslated, (str(self), self.where)


class Wording(Struct, frozen=True):
    """Everything that letters in one language take from the office's files.

    Args:
        name: of the language in answers: that of the template's file, or the office's own tag.
        translation: the suffix of its files; empty for the office's own language.
    """

    name: str
    translation: str
    language: Language
    phrases: Phrases
    office: Office
    rulebook: Rulebook


def draft_title(mark: str, title: str) -> str:
    """The title of a draft: the draft notice as far as its colon, before the title of the letter."""
    return f"{mark.partition(':')[0].strip()}: {title}"


def load_phrases(library: Library, translation: str = "") -> Phrases:
    """The words that a letter prints for each choice, by field and choice; and the fixed phrases of its language.

    Args:
        translation: the language, by the suffix of its files; empty for the office's own.

    Raises:
        LibraryAtFault: with every phrase that is missing.
    """
    return library.kept(f"phrases {translation}", lambda: _read_phrases(library, translation))


def _read_phrases(library: Library, translation: str) -> Phrases:
    own = library.templates / "phrases.toml"
    file = library.translation(own, translation) if translation else own
    if file is None:
        name = f"phrases.{translation}.toml"
        hint = f"Copy phrases.toml to {name}, and write the phrases in that language."
        raise LibraryAtFault(Problem("The file is missing.", f"{library.name_of(library.templates)}/{name}", hint))
    data, name = library.toml(file), library.name_of(file)
    for field, words in data.items():
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            raise LibraryAtFault(Problem(f'[{field}] must contain lines like: choice = "words".', where=name))
    phrases = {**data, **_fixed(data, library, translation)}
    defined = {_DEFINED_IN_WORDS[table]: values for table, values in rule_values(library).items()}
    for table, field in _DEFINED_IN_WORDS.items():
        if not defines(library, table):  # its values are those that Letters ships, and so are their words
            phrases[field] = {**_shipped_phrases(translation).get(field, {}), **phrases.get(field, {})}
    if not phrases.get("mark", {}).get("draft"):
        raise LibraryAtFault(
            Problem("[mark] has no words to mark a draft with.", name, 'Add under [mark]: draft = "DRAFT"')
        )
    if missing := list(_missing(phrases, defined, name)):
        raise LibraryAtFault(missing)
    return phrases


def _fixed(data: Phrases, library: Library, translation: str) -> dict[str, dict[str, str]]:
    """The fixed phrases: the office's, and the shipped ones where it says nothing."""
    if all(key in data.get(section, {}) for section, keys in _FIXED.items() for key in keys):
        return {}
    ours = {} if library.is_shipped else _shipped_phrases(translation)
    sections = [*_FIXED, *(_OPTIONAL if "salutation" not in data else ())]
    return {each: {**ours.get(each, {}), **data.get(each, {})} for each in sections}


def _shipped_phrases(translation: str) -> dict[str, dict[str, str]]:
    file = Library.shipped().templates / (f"phrases.{translation}.toml" if translation else "phrases.toml")
    return tomli.loads(file.read_text("utf-8")) if file.is_file() else {}


def _missing(phrases: Phrases, defined: Mapping[str, tuple[str, ...]], name: str) -> Iterator[Problem]:
    wanted = {field: tuple(choices) for field, choices in _IN_WORDS.items()} | dict(defined) | dict(_FIXED)
    for field, choices in wanted.items():
        for choice in choices:
            if choice not in phrases.get(field, {}):
                yield Problem(f"[{field}] has no words for “{choice}”.", name, f'Add a line: {choice} = "…"')


def language_of(phrases: Phrases, name: str, where: str) -> Language:
    """The language that these phrases are for.

    Args:
        name: the language tag that the file or the office names; ``tag`` under ``[language]`` makes it exact.

    Raises:
        LibraryAtFault: no such language is known.
    """
    given = phrases.get("language", {})
    tag = given.get("tag", name)
    if not is_known(tag):
        hint = "Write a BCP 47 tag such as en-US, es-US, or vi."
        raise LibraryAtFault(Problem(f"“{tag}” is not the tag of a language that is known.", where, hint))
    marks = [phrases["quotation"][key] for key in _FIXED["quotation"]]
    return Language(tag).with_forms(phrases["ordinal"], marks, given.get("currency", ""))


def translated_office(library: Library, office: Office, translation: str) -> Office:
    """The office with its names in another language. Raises LibraryAtFault with each one that is missing."""
    name, data = _data(library, "office.toml", translation)
    problems = Collector()
    given: dict[str, Any] = {}
    for table, keys in _OFFICE.items():
        values = data.get(table, {}) if table else data
        for key in keys:
            if not _is_text(values.get(key) if isinstance(values, dict) else None):
                label = f"{table}.{key}" if table else key
                hint = f'Write it in the letters\' language: {key} = "…"'
                problems.add(Problem("is missing.", f"{name}, {label}", hint))
    people = {str(each.get("id")): each for each in data.get("signatory", []) if isinstance(each, dict)}
    for person in office.signatory:
        if not _is_text(people.get(person.id, {}).get("title")):
            hint = f'Add: [[signatory]] with id = "{person.id}" and title = "…"'
            problems.add(Problem(f"The title of the signatory {person.id} is missing.", name, hint))
    known = {*_OFFICE[""], *_OFFICE_OPTIONAL, *filter(None, _OFFICE), "signatory"}
    for key in data.keys() - known:
        problems.add(Problem(f"“{key}” is not known here, so nothing reads it.", name, _near(key, known)))
    problems.stop_if_any(LibraryAtFault)
    for key in (*_OFFICE[""], *_OFFICE_OPTIONAL):
        if key in data:
            given[key] = str(data[key]).strip()
    return office.model_copy(
        update={
            **given,
            "contact": _with(office.contact, {"title": data["contact"]["title"]}),
            "records_custodian": _with(office.records_custodian, {"title": data["records_custodian"]["title"]}),
            "signatory": [_with(each, {"title": people[each.id]["title"]}) for each in office.signatory],
        }
    )


def still_as_before(library: Library, office: Office, translation: str) -> Iterator[Problem]:
    """Names of the office that its translation gives as they are in `office.toml`: perhaps nobody has written them."""
    translated = translated_office(library, office, translation)
    name = library.name_of(_named(library.templates / "office.toml", translation))
    same = [key for key in _OFFICE[""] if getattr(office, key) == getattr(translated, key)]
    same += [f"{table}.title" for table in ("contact", "records_custodian")
             if getattr(office, table).title == getattr(translated, table).title]  # fmt: skip
    if same:
        message = f"These are as in office.toml, which is in another language: {', '.join(same)}."
        yield Problem(message, name, "Write them in this language, unless that is how they are said in it.")


def translated_rulebook(library: Library, rulebook: Rulebook, office: Office, translation: str) -> Rulebook:
    """The rulebook with the words of another language; texts that it lacks are `Untranslated`.

    Raises:
        LibraryAtFault: a file names an entry or a text that does not exist.
    """
    problems = Collector()
    changed: dict[str, Any] = {"signatories": {person.id: person for person in office.signatory}}
    files = {file for file, _ in _WORDS}
    contents = {file: _data(library, file, translation) for file in sorted(files)}
    for (file, table), keys in _WORDS.items():
        name, data = contents[file]
        entries: Mapping[str, Model] = getattr(rulebook, _ATTRIBUTE[table])
        words = {}
        for each in data.get(table, []):
            if not isinstance(each, dict) or each.get("id") not in entries:
                found = str(each.get("id")) if isinstance(each, dict) else "?"
                problems.add(Problem(f"There is no {table} “{found}” in {file}.", name, _near(found, entries)))
                continue
            words[each["id"]] = each
            for key in each.keys() - {"id", *keys}:
                hint = f"Only these are given in another language: {', '.join(keys)}."
                problems.add(Problem(f"“{key}” is not a text to translate.", f"{name}, {each['id']}", hint))
        changed[_ATTRIBUTE[table]] = {
            id_: _with(entry, {key: _text(entry, words.get(id_, {}), key, f"{name}, {id_}") for key in keys})
            for id_, entry in entries.items()
        }
    tables = {file: {table for each, table in _WORDS if each == file} for file in files}
    for file, (name, data) in contents.items():
        for key in data.keys() - tables[file]:
            problems.add(Problem(f"“{key}” is not known here, so nothing reads it.", name, _near(key, tables[file])))
    library.refuse(problems)
    return replace(rulebook, **changed)


def _text(entry: Model, words: Mapping[str, Any], key: str, where: str) -> str:
    if _is_text(words.get(key)):
        return str(words[key]).strip()
    return Untranslated(getattr(entry, key), where)


def _data(library: Library, file: str, translation: str) -> tuple[str, dict[str, Any]]:
    """The name and content of the translation of a file in `templates`; nothing if there is none."""
    found = library.translation(library.templates / file, translation)
    name = library.name_of(found or _named(library.templates / file, translation))
    return name, library.toml(found) if found else {}


def _named(file: Path, translation: str) -> Path:
    return file.with_name(f"{file.stem}.{translation}{file.suffix}")


def _with(model: M, values: Mapping[str, Any]) -> M:
    return model.model_copy(update=dict(values))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(sorted(known)[:12])}."
