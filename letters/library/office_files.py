"""The office's TOML files in `templates/`, read and checked: its details, and its law and terms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from letters._text.languages import Language, is_known
from letters.errors import Collector, LettersError, LibraryAtFault, Problem
from letters.library.criteria_problems import criterion_problems
from letters.library.library import Library
from letters.library.rule_values import rule_values
from letters.library.rules_file import read_rules, rule_problems
from letters.library.stand_ins import with_stand_ins
from letters.model.calendar import WorkCalendar
from letters.model.contradictions import Contradictions, ExclusivePair, RefutedSentence
from letters.model.error_wording import problems_in
from letters.model.fields import fields_of, fields_of_model
from letters.model.kinds import KINDS
from letters.model.legal_basis import Jurisdiction, LegalBasis
from letters.model.office import Office
from letters.model.request import Request
from letters.model.rulebook import (
    RECORDS_REQUEST,
    Condition,
    Element,
    FactualWording,
    Objection,
    Reason,
    RecordCategory,
    Rulebook,
)
from letters.model.typed_law import by_words, tag_instead
from letters.model.values import Model

_TABLES = {
    "legal_basis.toml": ("jurisdiction", "basis"),
    "conditions.toml": ("records", "condition"),
    "objections.toml": ("objection",),
    "showing.toml": ("element",),
    "reasons.toml": ("reason",),
}
# Files that a library made before they were known does not have.
_MAY_BE_MISSING = frozenset({"reasons.toml"})
Entry = TypeVar("Entry", Jurisdiction, LegalBasis, Condition, RecordCategory, Objection, Element, Reason)
M = TypeVar("M", bound=Model)


def load_office(library: Library) -> Office:
    """The office's details. Raises LibraryAtFault with every problem in `office.toml`."""
    return library.kept_if_right("office", lambda: _read_office(library))[0]


def _read_office(library: Library) -> tuple[Office, Collector]:
    file = library.templates / "office.toml"
    problems = Collector()
    office = checked(Office, library.toml(file), library.name_of(file), problems)
    if not is_known(office.language) and not _names_its_language(library):
        hint = "Write a BCP 47 tag such as en-US, es-US, or vi."
        where = f"{library.name_of(file)}, Language (language)"
        problems.add(Problem(f"“{office.language}” is not the tag of a language that is known.", where, hint))
        office = office.model_copy(update={"language": "en-US"})
    if library.lost(file):  # what could not be read is not missing
        problems = Collector(each for each in problems if each.code != "missing")
    return office, problems


def _names_its_language(library: Library) -> bool:
    """Whether `phrases.toml` says which language the office's own tag means."""
    with suppress(LibraryAtFault):
        given = library.toml(library.templates / "phrases.toml").get("language")
        return isinstance(given, dict) and "tag" in given
    return False


def load_rulebook(library: Library, office: Office) -> Rulebook:
    """Everything that the rules of the model need. Raises LibraryAtFault with every problem found."""
    return library.kept_if_right("rulebook", lambda: read_rulebook(library, office))[0]


def read_rulebook(library: Library, office: Office | None) -> tuple[Rulebook, Collector]:
    """Everything that is right in these files, and every problem found in them.

    Args:
        office: the office's details; None if they cannot be read. The rulebook then has no signatories.
    """
    problems = Collector()
    unreadable: set[str] = set()
    for stray in _stray_tables(library):
        problems.add(stray)

    def entries(file: str, table: str, model: type[Entry]) -> dict[str, Entry]:
        return _entries(library, library.templates / file, table, model, problems, unreadable)

    rulebook = Rulebook(
        signatories={person.id: person for person in office.signatory} if office else {},
        jurisdictions=entries("legal_basis.toml", "jurisdiction", Jurisdiction),
        bases=entries("legal_basis.toml", "basis", LegalBasis),
        conditions=entries("conditions.toml", "condition", Condition),
        records=entries("conditions.toml", "records", RecordCategory),
        objections=entries("objections.toml", "objection", Objection),
        showing=entries("showing.toml", "element", Element),
        reasons=entries("reasons.toml", "reason", Reason),
        calendar=office.calendar if office else WorkCalendar(),
        date_order=office.date_order if office else "month-first",
        languages=_languages(library, office.language) if office else {},
        forms={kind: form for kind in _kind_names(library) if (form := library.form(kind)) != RECORDS_REQUEST},
        effects=_effects(library),
        translations={file.parent.name: library.translations(file.parent.name) for file in _kinds(library)},
        values=_rule_values(library),
        office_rules=read_rules(library, problems, unreadable),
    )
    kinds: tuple[str, ...] = ()
    with problems.collect():
        # Law that was copied from the shipped library may support kinds that this one has left out.
        kinds = (*library.kinds, *KINDS, *_kind_names(Library.shipped()))
        if not unreadable:  # an entry or a rule that cannot be read is not missing
            for problem in rule_problems(library, rulebook, library.kinds, kinds):
                problems.add(problem)
    law_is_whole = "legal_basis.toml" not in unreadable
    for problem in (
        *(_reference_problems(rulebook) if law_is_whole else ()),
        *(_jurisdiction_problems(rulebook) if law_is_whole else ()),
        *(_support_problems(rulebook, kinds) if law_is_whole else ()),
        *_wording_problems(rulebook),
        *_showing_problems(rulebook),
        *(_fact_problems(rulebook) if not unreadable else ()),
        *_deadline_problems(rulebook),
    ):
        problems.add(problem)
    return rulebook, problems


def _kind_names(library: Library) -> list[str]:
    return [file.parent.name for file in _kinds(library)]


def _rule_values(library: Library) -> Mapping[str, Sequence[str]]:
    """The values that rules.toml defines; the shipped ones if it cannot be read, which is reported elsewhere."""
    with suppress(LettersError):
        return rule_values(library)
    return rule_values(Library.shipped())


def _effects(library: Library) -> Mapping[str, str]:
    with suppress(LettersError):
        return {kind.name: kind.effect for kind in library.kinds.values() if kind.effect}
    return {}


def _kinds(library: Library) -> list[Path]:
    return sorted(library.templates.glob("*/kind.toml"))


def _languages(library: Library, own: str) -> dict[str, str]:
    """Every language that any kind has a template in, with its name; the office's own first."""
    tags = [own, *sorted({tag for file in _kinds(library) for tag in library.translations(file.parent.name)})]
    return {tag: Language(tag).name if is_known(tag) else tag for tag in tags}


def load_contradictions(library: Library) -> Contradictions:
    """The sentences that exclude each other; none if the office has no such file. Raises LibraryAtFault."""
    return library.kept("contradictions", lambda: _read_contradictions(library))


def _read_contradictions(library: Library) -> Contradictions:
    file = library.templates / "contradictions.toml"
    if not file.is_file():
        return Contradictions()
    data, name, problems = library.toml(file), library.name_of(file), Collector()
    for key in data.keys() - {"pair", "fact"}:
        problems.add(Problem(f"“{key}” is not known here, so nothing reads it.", name, "Write [[pair]] or [[fact]]."))
    facts = {field for kind in KINDS for field in fields_of(kind)}
    found: dict[str, list[Any]] = {"pair": [], "fact": []}
    for table, model in (("pair", ExclusivePair), ("fact", RefutedSentence)):
        for number, entry in enumerate(data.get(table, []), 1):
            found[table].append(checked(model, entry, f"{name}, {table} {number}", problems))
    for number, each in enumerate(found["fact"], 1):
        for fact in (fact for facts_of in each.facts for fact in facts_of if fact not in facts):
            if fact.startswith("extra."):
                continue  # `letters check` knows the office's own answers
            near = get_close_matches(fact, facts, n=1)
            hint = f"Did you mean {near[0]}?" if near else "`letters fields KIND` lists the facts."
            problems.add(Problem(f"“{fact}” is not an answer of any letter.", f"{name}, fact {number}", hint))
    library.refuse(problems)
    return Contradictions(tuple(found["pair"]), tuple(found["fact"]))


def _reference_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """References to legal bases that do not exist."""
    for file, name, references in (
        *(("legal_basis.toml", basis.id, basis.pair_with) for basis in rulebook.bases.values()),
        *(("conditions.toml", each.id, each.basis) for each in rulebook.conditions.values()),
        *(("objections.toml", each.id, each.basis) for each in rulebook.objections.values()),
        *(("showing.toml", each.id, each.basis) for each in rulebook.showing.values()),
        *(("reasons.toml", each.id, each.basis) for each in rulebook.reasons.values()),
    ):
        for reference in references:
            if reference not in rulebook.bases:
                near = get_close_matches(reference, rulebook.bases, n=1)
                yield Problem(
                    f"The legal basis “{reference}” is not in legal_basis.toml.",
                    where=f"templates/{file}, {name}",
                    hint=f"Did you mean {near[0]}?" if near else "Remove it, or add it there.",
                )


def _jurisdiction_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Law of a jurisdiction that the file does not name."""
    known = rulebook.jurisdictions
    for basis in rulebook.bases.values():
        name = basis.jurisdiction
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield Problem(
                f"The file names no jurisdiction “{name}”.",
                where=f"templates/legal_basis.toml, {basis.id}",
                hint=f"Did you mean {near[0]}?" if near else f'Add: [[jurisdiction]] with id = "{name}" and its name.',
            )


def _support_problems(rulebook: Rulebook, kinds: Collection[str]) -> Iterator[Problem]:
    """Law cited in a kind of letter that it does not support, and support for kinds that do not exist.

    Args:
        kinds: every kind of letter; empty if they cannot be read.
    """
    for file, kind, cited in (
        ("objections.toml", "subpoena-response", {each.id: each.basis for each in rulebook.objections.values()}),
        ("showing.toml", "request-for-justification", {each.id: each.basis for each in rulebook.showing.values()}),
        ("reasons.toml", "denial", {each.id: each.basis for each in rulebook.reasons.values()}),
        ("reasons.toml", "repeat-denial", {each.id: each.basis for each in rulebook.reasons.values()}),
    ):
        for name, references in cited.items():
            for reference in references:
                if reference in rulebook.bases and kind not in rulebook.bases[reference].supports:
                    yield Problem(
                        f"The legal basis {reference} does not support a letter of the kind {kind}.",
                        where=f"templates/{file}, {name}",
                        hint=f"Add {kind} to what {reference} supports in legal_basis.toml, or cite other law.",
                    )
    for basis in rulebook.bases.values() if kinds else ():
        for kind in basis.supports:
            if kind not in kinds:
                near = get_close_matches(kind, kinds, n=1)
                yield Problem(
                    f"“{kind}”, which it supports, is not a kind of letter.",
                    where=f"templates/legal_basis.toml, {basis.id}",
                    hint=f"Did you mean {near[0]}?" if near else "A kind has the name of its folder in templates.",
                )


def _wording_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Citations written as plain text, which nothing would check."""
    for file, name, text in (
        *(("conditions.toml", each.id, each.text) for each in rulebook.conditions.values()),
        *(("objections.toml", each.id, each.text) for each in rulebook.objections.values()),
        *(("showing.toml", each.id, f"{each.text} {each.why}") for each in rulebook.showing.values()),
        *(("reasons.toml", each.id, each.text) for each in rulebook.reasons.values()),
    ):
        for words, names in by_words(text):
            yield Problem(
                f"“{words}” is cited as plain text.",
                where=f"templates/{file}, {name}",
                hint=tag_instead(words, names, rulebook.bases.values()),
            )


def _showing_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Elements of the showing that look for fields a request does not have."""
    known = {f"request.{name}" for name in fields_of_model(Request)}
    for element in rulebook.showing.values():
        for name in element.fields:
            if name not in known:
                yield Problem(
                    f"“{name}” is not a field of a request.",
                    where=f"templates/showing.toml, {element.id}",
                    hint="`letters fields request-for-justification` lists the fields of a request.",
                )


# The kind of letter whose fields the `when` and `unless` of each table may ask about.
_FACTS_OF = {
    "conditions": "conditional-approval",
    "objections": "subpoena-response",
    "showing": "request-for-justification",
    "reasons": "denial",
}


def _fact_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Facts in `when` and `unless` that do not exist, or that can never be as they are asked about."""
    for table, kind in _FACTS_OF.items():
        entries: Mapping[str, FactualWording] = getattr(rulebook, table)
        for each in entries.values():
            for criteria in (*each.when, *each.unless):
                for name, wanted in criteria.items():
                    where = f"templates/{table}.toml, {each.id}"
                    yield from criterion_problems(name, wanted, where, fields_of(kind), rulebook)


def _deadline_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Short names that two deadlines share."""
    found: dict[str, list[str]] = {}
    for basis in rulebook.bases.values():
        for deadline in basis.deadlines:
            found.setdefault(deadline.id, []).append(basis.id)
    for name, bases in found.items():
        if len(bases) > 1:
            yield Problem(
                f"The deadline {name} appears in {' and in '.join(bases)}.",
                where="templates/legal_basis.toml",
                hint="Give each deadline a short name of its own.",
            )


def ids_for(kind: str, rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """The ids that answers of this kind may contain, by field, each with a line that says what it means."""
    fields = fields_of(kind, rulebook.form_of(kind))
    lines = {
        "signatories": {each.id: f"{each.name}, {each.title}" for each in rulebook.signatories.values()},
        "bases": {
            each.id: f"{each.citation}: {each.title}" for each in rulebook.bases.values() if kind in each.supports
        },
        "amended": {each.id: f"{each.citation}: {each.title}" for each in rulebook.amended.values()},
        "assertable": {each.id: f"{each.citation}: {each.title}" for each in rulebook.assertable.values()},
        "conditions": {each.id: f"{each.subject}: {each.text}" for each in rulebook.conditions.values()},
        "objections": {each.id: f"{each.subject}: {each.text}" for each in rulebook.objections.values()},
        "records": {each.id: each.name for each in rulebook.records.values()},
        "languages": dict(rulebook.languages_of(kind)),
        "grounds": {each.id: each.title or each.text for each in rulebook.grounds.values()},
        "requesters": dict.fromkeys(rulebook.requesters, ""),
        "natures": dict.fromkeys(rulebook.natures, ""),
        "processes": dict.fromkeys(rulebook.processes, ""),
        "powers": dict.fromkeys(rulebook.powers, ""),
        "decisions": dict.fromkeys(rulebook.decisions, ""),
    }
    return {field.name: lines[field.library] for field in fields.values() if field.library}


def _entries(
    library: Library, file: Path, table: str, model: type[Entry], problems: Collector, unreadable: set[str]
) -> dict[str, Entry]:
    """The entries of a file, by short name, with stand-ins for what is wrong in them.

    Args:
        unreadable: the name of the file is added if some of its entries could not be read at all.
    """
    found: dict[str, Entry] = {}
    if file.name in _MAY_BE_MISSING and not file.is_file():
        return found
    try:
        data = library.toml(file).get(table, [])
        if not isinstance(data, list):
            hint = f"Begin each entry with [[{table}]]."
            raise LibraryAtFault(Problem(f"“{table}” is not a list of entries.", library.name_of(file), hint))
    except LibraryAtFault as error:
        unreadable.add(file.name)
        for problem in error.problems:
            problems.add(problem)
        return found
    if library.lost(file):
        unreadable.add(file.name)
    of_file = library.name_of(file)
    for number, each in enumerate(data, 1):
        name = str(each.get("id", f"number {number}")) if isinstance(each, dict) else f"number {number}"
        faults = Collector()
        entry = checked(model, each, f"{of_file}, {table} {name}", faults)
        for fault in faults:
            if fault.code != "missing" or not library.lost(file):  # what could not be read is not missing
                problems.add(fault)
        if len(faults) and not (isinstance(each, dict) and isinstance(each.get("id"), str)):
            unreadable.add(file.name)
            continue
        if entry.id in found:
            hint = "Give each one a name of its own."
            problems.add(Problem("appears twice.", f"{of_file}, {table} {entry.id}", hint))
        found[entry.id] = entry
    return found


def _stray_tables(library: Library) -> Iterator[Problem]:
    """Tables that nothing reads, such as [[objektion]], so that their entries would be silently lost."""
    for name, tables in _TABLES.items():
        file = library.templates / name
        if not file.is_file():
            continue  # reported when its entries are read
        with suppress(LibraryAtFault):
            for table in library.tables(file):
                if table not in tables:
                    yield Problem(
                        f"“{table}” is not known here, so nothing reads it.",
                        where=library.name_of(file),
                        hint=f"Its entries begin with {' or '.join(f'[[{each}]]' for each in tables)}.",
                    )


def checked(model: type[M], data: Any, where: str, problems: Collector) -> M:
    """The entry that ``data`` describes; what is wrong with it is added to ``problems``, and replaced by stand-ins."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for problem in problems_in(error, model):
            problems.add(problem.within(where))
        return with_stand_ins(model, data)
