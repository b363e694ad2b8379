"""The decision guide as a file: `prompts/advice.toml`, read into `Advice`, or every problem in it.

The top of that file explains its parts to its author.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from letters.errors import Collector, Problem
from letters.library.advice import Advice, Rule, facts, options_of
from letters.library.criteria_problems import criterion_problems, possible_values
from letters.library.library import Library
from letters.model.criteria import asked_about, tables_of
from letters.model.kinds import KINDS
from letters.model.office_rules import LAW_TAG
from letters.model.rulebook import Rulebook
from letters.model.values import NO_PROCESS

_TEXTS = ("id", "row", "recommend", "reason", "source", "ask")
_LISTS = ("also", "bases")
_FLAGS = ("stop", "otherwise")
_TABLES = ("when", "unless")
_KEYS = (*_TEXTS, *_LISTS, *_FLAGS, *_TABLES)


def load_advice(library: Library, rulebook: Rulebook) -> Advice:
    """The decision guide of a library. Raises LibraryAtFault with every problem in `prompts/advice.toml`."""
    return library.kept_if_right("advice", lambda: _read_advice(library, rulebook))[0]


def _read_advice(library: Library, rulebook: Rulebook) -> tuple[Advice, Collector]:
    file = library.prompts / "advice.toml"
    name = library.name_of(file)
    if not library.has(file) and not library.prompt_files(""):
        return Advice((), ()), Collector()  # no kind answers a records request, so there is nothing to advise on
    problems = Collector()
    # A guide that was copied from the shipped library may name kinds that this one has left out.
    kinds: dict[str, object] = {**KINDS, **Library.shipped().kinds}
    here: Collection[str] = KINDS
    with problems.collect():
        kinds |= library.kinds
        here = {*KINDS, *library.kinds}
    data = library.toml(file)
    for key in data.keys() - {"rule", "always"}:
        problems.add(_unknown_part(key, ("rule", "always"), name, "the guide"))
    always = data.get("always", [])
    for kind in always if isinstance(always, list) else ["always"]:
        if kind not in kinds:
            hint = "List short names of kinds of letter that may go out whatever else the guide says."
            problems.add(Problem(f"“{kind}” is not a kind of letter.", f"{name}, always", hint))
    entries = data.get("rule", [])
    if not isinstance(entries, list):
        problems.add(Problem("“rule” must be a list of tables.", name, "Begin each rule with a line: [[rule]]"))
        entries = []
    rules: list[Rule] = []
    for number, entry in enumerate(entries, 1):
        rule_id = entry.get("id") if isinstance(entry, dict) else None
        where = f"{name}, rule {rule_id if isinstance(rule_id, str) and rule_id else f'number {number}'}"
        found = list(_rule_problems(entry, where, kinds, here, rulebook))
        for problem in found:
            problems.add(problem)
        if not found:
            rules.append(_rule(entry, rulebook))
        for problem in _refusals_of_duties(rules[-1:] if not found else [], library, rulebook, where):
            problems.add(problem)
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    for twice in sorted({each for each in ids if isinstance(each, str) and ids.count(each) > 1}):
        problems.add(Problem(f"The rule {twice} appears twice.", name, "Give each rule an id of its own."))
    defaults = [entry for entry in entries if isinstance(entry, dict) and entry.get("otherwise") is True]
    if len(defaults) != 1 and not library.lost(file):
        says = f"{len(defaults)} rules say" if defaults else "No rule says"
        hint = "Exactly one rule must say: otherwise = true. It applies when no other rule does."
        problems.add(Problem(f"{says} what to do when no other rule applies.", name, hint))
    tested = {fact for rule in rules for table in (*rule.when, *rule.unless) for fact in map(asked_about, table)}
    choices = {name: possible_values(field, rulebook) for name, field in facts().items() if field.library}
    here_always = tuple(kind for kind in always if kind in here) if isinstance(always, list) else ()
    return Advice(tuple(rules), tuple(fact for fact in facts() if fact in tested), choices, here_always), problems


def _refusals_of_duties(rules: list[Rule], library: Library, rulebook: Rulebook, where: str) -> Iterator[Problem]:
    """Advice to refuse a requester to whom the law requires disclosure (`duty` in rules.toml)."""
    owed = {kind.id for kind in rulebook.office_rules.requesters.values() if kind.duty}
    for rule in rules:
        if not any(_refuses(kind, rule, library, rulebook) for kind in (rule.recommend, *rule.also) if kind):
            continue
        excluded = {
            each for table in rule.unless if table.keys() == {_REQUESTER} for each in options_of(table[_REQUESTER])
        }
        reached = set().union(*(options_of(table[_REQUESTER]) if _REQUESTER in table else owed for table in rule.when))
        if refused := sorted((reached & owed) - excluded):
            yield Problem(
                f"could recommend refusing {' or '.join(refused)}, to whom the law requires disclosure.",
                where,
                f"Name these kinds under [[rule.unless]] ({_REQUESTER}), and give them a rule of their own.",
                "duty",
            )


_REQUESTER = "request.requester.agency_kind"


def _refuses(kind: str, rule: Rule, library: Library, rulebook: Rulebook) -> bool:
    """Whether a letter of a kind would refuse: by what the kind says, or by the answer that the process has."""
    if kind in library.kinds and library.kinds[kind].effect == "refuses":
        return True
    rules = rulebook.office_rules
    answers = [
        [rules.decisions[each] for each in rules.processes[process].decisions if each in rules.decisions]
        for table in rule.when
        for process in options_of(table.get("request.process", NO_PROCESS))
        if process in rules.processes
    ]
    return any(not any(each.releases or each.asks_withdrawal for each in found) for found in answers)


def _rule(entry: Mapping[str, Any], rulebook: Rulebook) -> Rule:
    text = {key: entry.get(key, "").strip() for key in _TEXTS}
    when, unless = (tuple(tables_of(entry.get(key))) for key in _TABLES)
    return Rule(
        id=text["id"],
        row=text["row"],
        when=when,
        unless=unless,
        recommend=text["recommend"],
        also=tuple(entry.get("also", ())),
        bases=tuple(entry.get("bases", ())),
        reason=text["reason"],
        source=rulebook.with_law(text["source"]),
        ask=text["ask"],
        stop=entry.get("stop", False),
        otherwise=entry.get("otherwise", False),
    )


def _rule_problems(
    entry: Any, where: str, kinds: Mapping[str, object], here: Collection[str], rulebook: Rulebook
) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield Problem("A rule must be a table.", where, "Begin each rule with a line: [[rule]]")
        return
    for key in entry.keys() - set(_KEYS):
        yield _unknown_part(key, _KEYS, where, "a rule")
    misshapen = list(_misshapen(entry, where))
    yield from misshapen
    if misshapen:  # the rest can be checked only if the rule can be read
        return
    yield from _missing(entry, where)
    for key in _TABLES:
        for table in tables_of(entry.get(key)):
            if not table:
                yield Problem(f"“{key}” names no fact.", where, 'Write: when = { "request.access" = "bulk" }')
            for name, wanted in table.items():
                yield from criterion_problems(name, wanted, where, facts(), rulebook)
    for role in LAW_TAG.findall(entry.get("source", "")):
        if not rulebook.named(role):
            hint = (
                f'Add to the entry in legal_basis.toml that does this: roles = ["{role}"]. Or cite it in plain words.'
            )
            yield Problem(f"“source” prints law with the role “{role}”, which no entry has.", where, hint)
    advised = [kind for kind in (entry.get("recommend", ""), *entry.get("also", ())) if kind]
    for kind in advised:
        if kind not in kinds:
            yield _unknown("kind of letter", kind, kinds, where)
    for number, basis in enumerate(entry.get("bases", ())):
        if basis not in rulebook.bases:
            yield _unknown("legal basis", basis, rulebook.bases, where)
        elif basis in entry["bases"][:number]:
            yield Problem(f"“{basis}” appears twice under bases.", where, "Name each basis once.")
        elif (
            advised
            and set(advised) <= set(here)
            and not set(advised) & set(rulebook.bases[basis].supports)
            and (
                set(rulebook.bases[basis].supports) <= set(kinds)  # what is no kind is reported, and may be this one
            )
        ):
            yield Problem(
                f"“{basis}” does not support a letter of the kind {' or '.join(advised)}.",
                where,
                f"It supports: {', '.join(rulebook.bases[basis].supports)}.",
            )


def _misshapen(entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in _TEXTS:
        if not isinstance(entry.get(key, ""), str):
            yield Problem(f"“{key}” must be text.", where, f'Write: {key} = "…"')
    for key in _LISTS:
        value = entry.get(key, [])
        if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            yield Problem(f"“{key}” must be a list of short names.", where, f'Write: {key} = ["…", "…"]')
    for key in _FLAGS:
        if not isinstance(entry.get(key, False), bool):
            yield Problem(f"“{key}” must be true or false.", where, f"Write: {key} = true, or leave it out.")
    for key in _TABLES:
        if not all(isinstance(table, dict) for table in tables_of(entry.get(key))):
            yield Problem(
                f"“{key}” must list facts and answers.", where, f'Write: {key} = {{ "request.access" = "bulk" }}'
            )


def _missing(entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in ("id", "row", "reason", "source"):
        if not entry.get(key, "").strip():
            yield Problem(f"“{key}” is missing.", where, f'Add a line: {key} = "…"')
    if entry.get("otherwise"):
        for key in _TABLES:
            if key in entry:
                yield Problem(f"“{key}” does not belong in the rule with otherwise = true.", where, "Remove it.")
    elif "when" not in entry or entry["when"] == []:
        yield Problem("“when” is missing: nothing says when the rule applies.", where, "Add the facts it applies to.")
    if entry.get("stop") and (entry.get("recommend") or entry.get("also")):
        yield Problem("recommends a letter, but is a stop.", where, "Remove stop, or remove recommend and also.")
    if not entry.get("stop") and not entry.get("recommend"):
        yield Problem(
            "“recommend” is missing.",
            where,
            'Add a line: recommend = "…" with a kind of letter; or stop = true, if none is recommended.',
        )


def _unknown_part(key: str, known: tuple[str, ...], where: str, whole: str) -> Problem:
    near = get_close_matches(key, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Possible parts: {', '.join(known)}."
    return Problem(f"“{key}” is not part of {whole}.", where, hint)


def _unknown(what: str, name: str, known: Mapping[str, object], where: str) -> Problem:
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
    return Problem(f"There is no {what} called “{name}”.", where, hint)
