"""What the office may cite, grant, object to, ask for and sign with: its TOML files below `templates/`, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from letters._text.citations import citations_in
from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.library import Library
from letters.model.calendar import WorkCalendar
from letters.model.error_wording import problems_in
from letters.model.fields import fields_of, fields_of_model
from letters.model.kinds import KINDS
from letters.model.office_data import Condition, Element, LegalBasis, Objection, Office, RecordCategory, Rulebook
from letters.model.request import Request
from letters.model.values import Access, AgencyKind, Channel, Decision, Delivery, Model, Nature, Power, Process

_TABLES = {
    "legal_basis.toml": ("basis",),
    "conditions.toml": ("records", "condition"),
    "objections.toml": ("objection",),
    "showing.toml": ("element",),
}
Entry = TypeVar("Entry", LegalBasis, Condition, RecordCategory, Objection, Element)
M = TypeVar("M", bound=Model)
# The choices a letter may print; each needs its words in phrases.toml.
_IN_WORDS: Mapping[str, type[StrEnum]] = {
    "channel": Channel,
    "delivery": Delivery,
    "agency_kind": AgencyKind,
    "access": Access,
    "nature": Nature,
    "process": Process,
    "power": Power,
    "decision": Decision,
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
    if not phrases.get("mark", {}).get("draft"):
        raise LibraryAtFault(
            Problem("[mark] lacks the words a draft bears.", library.name_of(file), 'Add under [mark]: draft = "DRAFT"')
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
    rulebook, problems = read_rulebook(library, office)
    problems.stop_if_any(LibraryAtFault)
    return rulebook


def read_rulebook(library: Library, office: Office | None) -> tuple[Rulebook, Collector]:
    """Everything that is right in the law files, and every problem found in them.

    Args:
        office: None where it is at fault itself; nobody can sign then, and the usual days are kept.
    """
    problems = Collector()
    faulty: set[str] = set()
    for stray in _stray_tables(library):
        problems.add(stray)

    def entries(file: str, table: str, model: type[Entry]) -> dict[str, Entry]:
        return _entries(library, library.templates / file, table, model, problems, faulty)

    bases = entries("legal_basis.toml", "basis", LegalBasis)
    conditions = entries("conditions.toml", "condition", Condition)
    records = entries("conditions.toml", "records", RecordCategory)
    objections = entries("objections.toml", "objection", Objection)
    showing = entries("showing.toml", "element", Element)
    for file, name, references in (
        *(("legal_basis.toml", basis.id, basis.pair_with) for basis in bases.values()),
        *(("conditions.toml", each.id, each.basis) for each in conditions.values()),
        *(("objections.toml", each.id, each.basis) for each in objections.values()),
        *(("showing.toml", each.id, each.basis) for each in showing.values()),
    ):
        for reference in references:
            if reference not in bases.keys() | faulty:
                near = get_close_matches(reference, bases, n=1)
                problems.add(
                    Problem(
                        f"{name} refers to the legal basis “{reference}”, which legal_basis.toml does not have.",
                        where=f"templates/{file}",
                        hint=f"Did you mean {near[0]}?" if near else "Take it out, or enter it there.",
                    )
                )
    for file, kind, owned in (
        ("objections.toml", "subpoena-response", {each.id: each.basis for each in objections.values()}),
        ("showing.toml", "request-for-justification", {each.id: each.basis for each in showing.values()}),
    ):
        for name, references in owned.items():
            for reference in references:
                if reference in bases and kind not in bases[reference].supports:
                    problems.add(
                        Problem(
                            f"{name} cites {reference}, which does not support a letter of the kind {kind}.",
                            where=f"templates/{file}",
                            hint=f"Add {kind} to what {reference} supports in legal_basis.toml, or cite other law.",
                        )
                    )
    kinds: tuple[str, ...] = ()
    with problems.collect():
        kinds = (*library.kinds, *KINDS)
    for basis in bases.values() if kinds else ():
        for kind in basis.supports:
            if kind not in kinds:
                near = get_close_matches(kind, kinds, n=1)
                problems.add(
                    Problem(
                        f"{basis.id} supports “{kind}”, which is no kind of letter.",
                        where="templates/legal_basis.toml",
                        hint=f"Did you mean {near[0]}?" if near else "A kind is called like its folder in templates.",
                    )
                )
    for file, name, text in (
        *(("conditions.toml", each.id, each.text) for each in conditions.values()),
        *(("objections.toml", each.id, each.text) for each in objections.values()),
        *(("showing.toml", each.id, f"{each.text} {each.why}") for each in showing.values()),
    ):
        for words in citations_in(text).values():
            problems.add(
                Problem(
                    f"{name} cites “{words}” in plain words.",
                    where=f"templates/{file}",
                    hint="Write a tag in its place, such as {{ law.nmac_106_d.citation }}, so that it is checked.",
                )
            )
    asked = {f"request.{name}" for name in fields_of_model(Request)}
    for element in showing.values():
        for name in element.fields:
            if name not in asked:
                problems.add(
                    Problem(
                        f"{element.id} refers to “{name}”, which is not a field of a request.",
                        where="templates/showing.toml",
                        hint="`letters fields request-for-justification` lists them; their names begin with request.",
                    )
                )
    for deadline, ids in _by_deadline(bases).items():
        if len(ids) > 1:
            problems.add(
                Problem(
                    f"the deadline {deadline} stands at {' and at '.join(ids)}.",
                    where="templates/legal_basis.toml",
                    hint="Give each deadline a short name of its own.",
                )
            )
    if office is None:
        return Rulebook({}, bases, conditions, records, objections, showing, WorkCalendar()), problems
    signatories = {person.id: person for person in office.signatory}
    rulebook = Rulebook(
        signatories, bases, conditions, records, objections, showing, office.calendar, office.date_order
    )
    return rulebook, problems


def _by_deadline(bases: Mapping[str, LegalBasis]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for basis in bases.values():
        for deadline in basis.deadlines:
            found.setdefault(deadline.id, []).append(basis.id)
    return found


def ids_for(kind: str, rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """What the library's ids mean that answers of this kind may hold: field, to id, to a line to read."""
    lines = {
        "signatories": {each.id: f"{each.name}, {each.title}" for each in rulebook.signatories.values()},
        "bases": {
            each.id: f"{each.citation}: {each.title}" for each in rulebook.bases.values() if kind in each.supports
        },
        "assertable": {each.id: f"{each.citation}: {each.title}" for each in rulebook.assertable.values()},
        "conditions": {each.id: f"{each.subject}: {each.text}" for each in rulebook.conditions.values()},
        "objections": {each.id: f"{each.subject}: {each.text}" for each in rulebook.objections.values()},
        "records": {each.id: each.name for each in rulebook.records.values()},
    }
    return {field.name: lines[field.library] for field in fields_of(kind).values() if field.library}


def _entries(
    library: Library, file: Path, table: str, model: type[Entry], problems: Collector, faulty: set[str]
) -> dict[str, Entry]:
    """The entries of a file that are right, by short name; the names of the others go into ``faulty``."""
    found: dict[str, Entry] = {}
    with problems.collect():
        data = library.toml(file).get(table, [])
        if not isinstance(data, list):
            raise LibraryAtFault(
                Problem(f"“{table}” is no list of entries.", library.name_of(file), f"Begin each with [[{table}]].")
            )
        for number, each in enumerate(data, 1):
            name = str(each.get("id", f"number {number}")) if isinstance(each, dict) else f"number {number}"
            faulty.add(name)
            with problems.collect():
                entry = _checked(model, each, f"{library.name_of(file)}, {table} {name}")
                faulty.discard(name)
                if entry.id in found:
                    problems.add(
                        Problem(
                            f"{table} {entry.id} stands twice.", library.name_of(file), "Give each a name of its own."
                        )
                    )
                found[entry.id] = entry
    return found


def _stray_tables(library: Library) -> Iterator[Problem]:
    """Tables of the law files that nothing reads, such as [[objektion]]: their entries would be lost in silence."""
    for name, tables in _TABLES.items():
        file = library.templates / name
        if not file.is_file():
            continue  # said when its entries are read
        with suppress(LibraryAtFault):
            for table in library.toml(file):
                if table not in tables:
                    yield Problem(
                        f"“{table}” is not known here, so nothing reads it.",
                        where=library.name_of(file),
                        hint=f"Its entries begin with {' or '.join(f'[[{each}]]' for each in tables)}.",
                    )


def _checked(model: type[M], data: Any, where: str) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise LibraryAtFault(problem.within(where) for problem in problems_in(error, model)) from error
