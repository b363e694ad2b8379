"""What the office may cite, grant and sign with: `legal_basis.toml`, `conditions.toml`, `office.toml`, checked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from letters.errors import Collector, LibraryAtFault, Problem
from letters.fields import fields_of
from letters.holdings import Condition, LegalBasis, Office, RecordCategory, Rulebook
from letters.library import Library
from letters.model import Letter
from letters.values import Access, AgencyKind, Channel, Delivery, Model, Nature, Process
from letters.wording import problems_in

Entry = TypeVar("Entry", LegalBasis, Condition, RecordCategory)
M = TypeVar("M", bound=Model)
# The choices a letter may print; each needs its words in phrases.toml.
_IN_WORDS: Mapping[str, type[StrEnum]] = {
    "channel": Channel,
    "delivery": Delivery,
    "agency_kind": AgencyKind,
    "access": Access,
    "nature": Nature,
    "process": Process,
}


def load_office(library: Library) -> Office:
    """Who we are. Raises LibraryAtFault with every problem of `office.toml`."""
    file = library.templates / "office.toml"
    return _checked(Office, library.toml(file), library.name_of(file))


def load_phrases(library: Library) -> Mapping[str, Mapping[str, str]]:
    """The words a letter prints for a choice: field, to choice, to words."""
    file = library.templates / "phrases.toml"
    phrases = library.toml(file)
    for field, words in phrases.items():
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            raise LibraryAtFault(
                Problem(f'[{field}] must hold lines like: choice = "words".', where=library.name_of(file))
            )
    lacking = [
        Problem(f"[{field}] lacks the words for “{choice}”.", library.name_of(file), f'Add a line: {choice} = "…"')
        for field, choices in _IN_WORDS.items()
        for choice in choices
        if choice not in phrases.get(field, {})
    ]
    if lacking:
        raise LibraryAtFault(lacking)
    return phrases


def load_rulebook(library: Library, office: Office) -> Rulebook:
    """Everything the rules of the model need. Raises LibraryAtFault with every problem found."""
    law, terms = library.templates / "legal_basis.toml", library.templates / "conditions.toml"
    problems = Collector()
    bases = _entries(library, law, "basis", LegalBasis, problems)
    conditions = _entries(library, terms, "condition", Condition, problems)
    records = _entries(library, terms, "records", RecordCategory, problems)
    for file, name, references in (
        *((law, basis.id, basis.pair_with) for basis in bases.values()),
        *((terms, condition.id, condition.basis) for condition in conditions.values()),
    ):
        for reference in references:
            if reference not in bases:
                problems.add(
                    Problem(
                        f"{name} refers to the legal basis “{reference}”, which legal_basis.toml does not have.",
                        where=library.name_of(file),
                    )
                )
    problems.stop_if_any(LibraryAtFault)
    return Rulebook({person.id: person for person in office.signatory}, bases, conditions, records)


def citable(letter: Letter, rulebook: Rulebook) -> dict[str, LegalBasis]:
    """The bases this letter's own wording may cite: those that support its kind and are in force on its date."""
    return {
        name: basis
        for name, basis in rulebook.bases.items()
        if letter.kind in basis.supports and basis.in_force_on(letter.date)
    }


def ids_for(kind: str, rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """What the library's ids mean that answers of this kind may hold: field, to id, to a line to read."""
    lines = {
        "signatories": {each.id: f"{each.name}, {each.title}" for each in rulebook.signatories.values()},
        "bases": {
            each.id: f"{each.citation}: {each.title}" for each in rulebook.bases.values() if kind in each.supports
        },
        "conditions": {each.id: f"{each.subject}: {each.text}" for each in rulebook.conditions.values()},
        "records": {each.id: each.name for each in rulebook.records.values()},
    }
    return {field.name: lines[field.library] for field in fields_of(kind).values() if field.library}


def _entries(library: Library, file: Path, table: str, model: type[Entry], problems: Collector) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    with problems.collect():
        for number, data in enumerate(library.toml(file).get(table, []), 1):
            name = data.get("id", f"number {number}") if isinstance(data, dict) else f"number {number}"
            with problems.collect():
                entry = _checked(model, data, f"{library.name_of(file)}, {table} {name}")
                if entry.id in found:
                    problems.add(Problem(f"{table} {entry.id} stands twice.", where=library.name_of(file)))
                found[entry.id] = entry
    return found


def _checked(model: type[M], data: Any, where: str) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise LibraryAtFault(problem.within(where) for problem in problems_in(error, model)) from error
