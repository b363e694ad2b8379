"""The office's rules as a file: `templates/rules.toml`, read into a `RuleSet`, or every problem in it.

The top of that file explains its parts to its author. A rule may name only what exists: answers of its kinds of letter,
facts above it, deadlines, and roles that some law of the library has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from letters.errors import Collector, Problem
from letters.library.criteria_problems import criterion_problems, possible_values
from letters.library.library import Library
from letters.library.prompts import extra_fields
from letters.library.rule_values import defining_entries, with_rule_values
from letters.library.stand_ins import with_stand_ins
from letters.model.criteria import asked_about
from letters.model.error_wording import problems_in
from letters.model.fields import Field, fields_of
from letters.model.kinds import KINDS
from letters.model.legal_basis import LegalBasis
from letters.model.office_rules import (
    TAG,
    DecisionRule,
    MatterNature,
    OfficeFact,
    OfficeRule,
    OfficeTopic,
    PowerRule,
    ProcessRule,
    RequesterKind,
    RuleSet,
)
from letters.model.rulebook import Rulebook
from letters.model.values import NATURE_NOT_STATED, NO_PROCESS, Model

NAME = "templates/rules.toml"
_TABLES = ("renamed", "requester", "nature", "decision", "topic", "process", "power", "fact", "rule")
_ANSWERS_PROCESS = "subpoena-response"
# What a rule may test besides answers.
_DERIVED = ("cites", "owed", "names-others")
_OWED = ("all", "part", "none")
M = TypeVar("M", bound=Model)


def read_rules(library: Library, problems: Collector, unreadable: set[str]) -> RuleSet:
    """The rules, with stand-ins for what is wrong in them, which is added to ``problems``.

    Args:
        unreadable: the name of the file is added if some of its entries could not be read at all.
    """
    data: Mapping[str, Any] = {}
    file = library.templates / "rules.toml"
    before = len(problems)
    with problems.collect():
        data = library.toml(file)
    if library.lost(file) or len(problems) > before:
        unreadable.add(file.name)
    for table in data.keys() - set(_TABLES):
        problems.add(_unknown(f"“{table}” is not known here, so nothing reads it.", table, _TABLES, NAME))

    def entries(table: str, model: type[M]) -> list[M]:
        found: list[M] = []
        listed = data.get(table, [])
        if table in ("requester", "nature", "decision") and data:
            listed = defining_entries(library, table)
        if not isinstance(listed, list):
            problems.add(Problem(f"“{table}” is not a list of entries.", NAME, f"Begin each entry with [[{table}]]."))
            return found
        for number, entry in enumerate(listed, 1):
            name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
            try:
                found.append(model.model_validate(entry))
            except ValidationError as error:
                for problem in problems_in(error, model):
                    problems.add(problem.within(f"{NAME}, {table} {name}"))
                if isinstance(entry, dict) and ("id" in entry or "id" not in model.model_fields):
                    found.append(with_stand_ins(model, entry))
                else:
                    unreadable.add(file.name)
        return found

    def by_id(table: str, model: type[M]) -> dict[str, M]:
        found: dict[str, M] = {}
        for entry in entries(table, model):
            name = str(entry.id)  # type: ignore[attr-defined]
            if name in found:
                problems.add(Problem("appears twice.", f"{NAME}, {table} {name}", "Give each one a name of its own."))
            found[name] = entry
        return found

    renamed = data.get("renamed", {})
    if not isinstance(renamed, dict) or not all(isinstance(new, str) for new in renamed.values()):
        problems.add(Problem("[renamed] must list names of fields.", NAME, 'Write: old_name = "new_name"'))
        renamed = {}
    return RuleSet(
        facts=by_id("fact", OfficeFact),
        topics=by_id("topic", OfficeTopic),
        requesters=by_id("requester", RequesterKind),
        natures=by_id("nature", MatterNature),
        decisions=by_id("decision", DecisionRule),
        processes=by_id("process", ProcessRule),
        powers=entries("power", PowerRule),
        rules=by_id("rule", OfficeRule),
        renamed=renamed,
    )


def rule_problems(
    library: Library, rulebook: Rulebook, kinds: Collection[str], elsewhere: Collection[str] = ()
) -> Iterator[Problem]:
    """Rules that name what does not exist, or ask for law that the library does not have.

    Args:
        kinds: the kinds of letter in the library.
        elsewhere: kinds of other libraries, which rules that were copied may name.
    """
    return _Checker(library, rulebook, kinds, elsewhere).problems()


def roles_needed(rules: RuleSet, kinds: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Every role of law that the rules on these kinds of letter ask for, with the entries that ask for it."""
    about = [rule for rule in rules.rules.values() if not rule.kinds or set(rule.kinds) & set(kinds)]
    found = [(role, f"rule {rule.id}") for rule in about for role in rules.roles(rule)]
    found += [(each.duty, f"requester {each.id}") for each in rules.requesters.values() if each.duty]
    if _ANSWERS_PROCESS in kinds:
        found += [(role, f"process {process.id}") for process in rules.processes.values() for role in process.cites]
        found += [(power.role, f"power {power.role}") for power in rules.powers]
    needed: dict[str, list[str]] = {}
    for role, entry in dict.fromkeys(found):
        needed.setdefault(role, []).append(entry)
    return needed


class _Checker:
    def __init__(
        self, library: Library, rulebook: Rulebook, kinds: Collection[str], elsewhere: Collection[str]
    ) -> None:
        self.library, self.rulebook, self.kinds, self.elsewhere = library, rulebook, kinds, elsewhere
        self.rules = rulebook.office_rules
        self._fields: dict[str, dict[str, Field]] = {}
        self._answers: dict[tuple[tuple[str, ...], bool], Mapping[str, Field]] = {}
        self.deadlines = {deadline.id for basis in rulebook.bases.values() for deadline in basis.deadlines}
        self.holders: dict[str, list[LegalBasis]] = {}
        for basis in rulebook.bases.values():
            for role in dict.fromkeys(basis.roles):
                self.holders.setdefault(role, []).append(basis)

    def problems(self) -> Iterator[Problem]:
        facts: list[str] = []
        for fact in self.rules.facts.values():
            yield from self._tables([*fact.when, *fact.unless], (), facts, f"{NAME}, fact {fact.id}")
            facts.append(fact.id)
        for topic in self.rules.topics.values():
            yield from self._tables(topic.when, (), [], f"{NAME}, topic {topic.id}")
        for rule in self.rules.rules.values():
            yield from self._rule(rule, facts)
        yield from self._process_problems()
        yield from self._value_table_problems()
        yield from self._topic_problems()
        yield from self._renamed_problems()
        for role in sorted(self.holders):
            if role in self.rulebook.bases:
                message = f"“{role}” is the name of an entry and of a role, so a tag could mean either."
                yield Problem(message, "templates/legal_basis.toml", "Rename one of them.")

    # --- rules ---

    def _rule(self, rule: OfficeRule, facts: Sequence[str]) -> Iterator[Problem]:
        where = f"{NAME}, rule {rule.id}"
        for kind in rule.kinds:
            if kind not in (*self.kinds, *KINDS, *self.elsewhere):
                yield _unknown(f"is about “{kind}”, which is not a kind of letter.", kind, self.kinds, where)
        kinds = [kind for kind in rule.kinds if kind in self.kinds]
        if rule.kinds and not kinds:
            return  # about letters that this library does not have
        yield from self._tables([*rule.when, *rule.unless], kinds, facts, where)
        for name in filter(None, (rule.at, *rule.needs)):
            yield from self._name_problems(name, kinds, facts, where)
        for term in filter(None, (rule.earliest, rule.latest)):
            if term.deadline:
                yield from self._deadline_problems(term.deadline, where)
            else:
                yield from self._name_problems(term.field, kinds, facts, where)
        yield from self._tag_problems(rule, kinds, facts, where)
        for role in self.rules.roles(rule):
            yield from self._role_problems(role, kinds if role in rule.cites else (), where)

    def _tag_problems(
        self, rule: OfficeRule, kinds: Sequence[str], facts: Sequence[str], where: str
    ) -> Iterator[Problem]:
        for name in TAG.findall(rule.texts):
            first, _, rest = name.partition(".")
            if first == "deadlines":
                id_, _, part = rest.partition(".")
                yield from self._deadline_problems(id_, where)
                if part not in ("day", "days", "citation"):
                    yield Problem(f"prints “{name}”, which has no value.", where, "Add .day, .days or .citation.")
            elif first not in ("law", "ids"):
                yield from self._name_problems(name, kinds, facts, where)
        if "{{" in TAG.sub("", rule.texts) or "{%" in rule.texts:
            yield Problem(
                "has a tag that a rule cannot print.", where, "Write {{ FIELD }}, {{ law.ROLE }} or {{ ids.ROLE }}."
            )

    def _role_problems(self, role: str, kinds: Sequence[str], where: str) -> Iterator[Problem]:
        """That no law has a role; or none that binds and supports each kind that has to cite it."""
        holders = self.holders.get(role)
        add = f'Add to the entry in legal_basis.toml that does this: roles = ["{role}"]. Or remove it here.'
        if not holders:
            near = get_close_matches(role, self.holders, n=1)
            yield Problem(
                f"asks for law with the role “{role}”, but no entry of legal_basis.toml has it.",
                where,
                f"Did you mean {near[0]}? {add}" if near else add,
                "role",
            )
            return
        for kind in kinds:
            if not any(basis.can_fill_a_role and kind in basis.supports for basis in holders):
                yield Problem(
                    f"asks that a letter of the kind {kind} cite law with the role “{role}”, but no binding entry with "
                    "that role supports it.",
                    where,
                    f"Add {kind} to what one of these supports: {', '.join(basis.id for basis in holders)}.",
                    "role",
                )

    # --- names ---

    def _tables(
        self, tables: Sequence[Mapping[str, Any]], kinds: Sequence[str], facts: Sequence[str], where: str
    ) -> Iterator[Problem]:
        for table in tables:
            if not table:
                yield Problem("has a table that names no answer.", where, 'Write: when = { "request.access" = "bulk" }')
            for name, wanted in table.items():
                found = list(self._name_problems(asked_about(name), kinds, facts, where))
                if name != asked_about(name):
                    known = {} if found else self._known(kinds, asked_about(name))
                    yield from found or criterion_problems(name, wanted, where, known, self.rulebook)
                else:
                    yield from found or self._value_problems(name, wanted, kinds, where)

    def _name_problems(self, name: str, kinds: Sequence[str], facts: Sequence[str], where: str) -> Iterator[Problem]:
        first, _, rest = name.partition(".")
        if name in _DERIVED:
            return
        if first == "fact":
            if rest not in facts:
                yield _unknown(f"tests the fact “{rest}”, which is not defined above.", rest, facts, where)
        elif first == "late":
            yield from self._deadline_problems(rest, where)
        else:
            known = self._known(kinds, name)
            if name not in known:
                of = f" of a letter of the kind {' or '.join(kinds)}" if kinds else ""
                yield _unknown(f"names “{name}”, which is not an answer{of}.", name, known, where)

    def _known(self, kinds: Sequence[str], name: str) -> Mapping[str, Field]:
        """The answers that a rule on these kinds may name: those of each; of any kind, if no kind is given.

        Args:
            name: the one it names. Answers to the office's own questions are left out if it is another, because to
                read the questions of all kinds takes as long as to write fifty letters.
        """
        known = self._common(kinds, own=False)
        return known if name in known else self._common(kinds, own=True)

    def _common(self, kinds: Sequence[str], *, own: bool) -> Mapping[str, Field]:
        """The answers that each of these kinds has; that any kind has, if no kind is given.

        Args:
            own: whether with the answers to the office's own questions.
        """
        if (about := (tuple(kinds), own)) not in self._answers:
            each = [self._fields_of(kind, own=own) for kind in kinds or (*self.kinds, *KINDS)]
            shared = set(each[0]).intersection(*each)
            self._answers[about] = (
                {name: field for name, field in each[0].items() if name in shared}
                if kinds
                else {name: field for fields in each for name, field in fields.items()}
            )
        return self._answers[about]

    def _fields_of(self, kind: str, *, own: bool) -> Mapping[str, Field]:
        if kind not in self._fields:
            self._fields[kind] = with_rule_values(fields_of(kind, self.library.form(kind)), self.rulebook.values)
        return self._fields[kind] | (extra_fields(self.library, kind) if own and kind in self.kinds else {})

    def _value_problems(self, name: str, wanted: Any, kinds: Sequence[str], where: str) -> Iterator[Problem]:
        options = wanted if isinstance(wanted, list) else [wanted]
        if name == "owed":
            possible: Collection[str] = _OWED
        elif name == "cites":
            return  # checked as a role
        elif name == "kind":
            possible = [*self.kinds, *KINDS]
        elif name.startswith(("fact.", "late.")) or name == "names-others":
            if not isinstance(wanted, bool):
                yield Problem(f"waits for {name} to be “{wanted}”, which it can never be.", where, _YES_OR_NO)
            return
        else:
            field = self._known(kinds, name)[name]
            if field.kind == "yes-no":
                if not all(isinstance(option, bool) for option in options):
                    yield Problem(f"waits for {name} to be “{wanted}”, which it can never be.", where, _YES_OR_NO)
                return
            possible = possible_values(field, self.rulebook)
        for option in options:
            if possible and option not in (*possible, "any", False):
                yield _unknown(
                    f"waits for {name} to be “{option}”, which it can never be.", str(option), possible, where
                )

    def _deadline_problems(self, name: str, where: str) -> Iterator[Problem]:
        if name not in self.deadlines:
            yield _unknown(
                f"names the deadline “{name}”, which no entry of legal_basis.toml sets.", name, self.deadlines, where
            )

    # --- the other tables ---

    def _process_problems(self) -> Iterator[Problem]:
        if _ANSWERS_PROCESS not in self.kinds:
            return
        for process in self.rulebook.processes:
            if process != NO_PROCESS and process not in self.rules.processes:
                yield Problem(
                    f"No [[process]] says what answers “{process}”, so a {_ANSWERS_PROCESS} could say anything.",
                    NAME,
                    "Add one, with the decisions that may answer it.",
                )
        for process_rule in self.rules.processes.values():
            where = f"{NAME}, process {process_rule.id}"
            for name in process_rule.needs:
                yield from self._name_problems(name, [_ANSWERS_PROCESS], (), where)
            for role in process_rule.cites:
                yield from self._role_problems(role, [_ANSWERS_PROCESS], where)
            yield from self._among(process_rule.decisions, "decision", where)
        for power in self.rules.powers:
            yield from self._role_problems(power.role, (), f"{NAME}, power {power.role}")
            yield from self._among([power.process], "process", f"{NAME}, power {power.role}")

    def _value_table_problems(self) -> Iterator[Problem]:
        """Values that other files name and no table defines, and duties that no law imposes."""
        for kind in self.rules.requesters.values():
            if kind.duty:
                yield from self._role_problems(kind.duty, (), f"{NAME}, requester {kind.id}")
            for group in sorted(set(kind.groups) & self.rules.requesters.keys()):
                message = f"belongs to a group called “{group}”, which is also the name of a kind of requester."
                yield Problem(message, f"{NAME}, requester {kind.id}", "Give the group a name of its own.")
        if self.rules.natures and NATURE_NOT_STATED not in self.rules.natures:
            yield Problem(
                f"No [[nature]] is “{NATURE_NOT_STATED}”, which holds while nothing is said.", NAME, "Add it."
            )
        for category in self.rulebook.records.values():
            where = f"templates/conditions.toml, {category.id}"
            yield from self._among(category.owed_for, "nature", where)
            yield from self._among(category.owed_to, "requester", where)
        for objection in self.rulebook.objections.values():
            where = f"templates/objections.toml, {objection.id}"
            yield from self._among(objection.answers_to, "process", where)
            yield from self._among(objection.powers, "power", where)

    def _among(self, named: Sequence[str], table: str, where: str) -> Iterator[Problem]:
        known = self.rulebook.values[table]
        for name in named:
            if name not in known:
                yield _unknown(f"names “{name}”, which no [[{table}]] in rules.toml defines.", name, known, where)

    def _topic_problems(self) -> Iterator[Problem]:
        """Topics that entries of the law name and that no request can be about."""
        topics = self.rules.topics
        for basis in self.rulebook.bases.values():
            for part in ("applies_to", "only_for", "pair_for"):
                for topic in getattr(basis, part):
                    if topic not in topics:
                        where = f"templates/legal_basis.toml, basis {basis.id}"
                        yield _unknown(
                            f"names the topic “{topic}” under {part}, which rules.toml does not define.",
                            topic,
                            topics,
                            where,
                        )

    def _renamed_problems(self) -> Iterator[Problem]:
        for old, new in self.rules.renamed.items():
            if new not in (known := self._known((), new)):
                yield _unknown(f"[renamed] leads to “{new}”, which is not an answer.", new, known, NAME)
            if old in self._common((), own=old.startswith("extra.")):
                yield Problem(f"[renamed] gives another name to “{old}”, which is in use.", NAME, "Remove the line.")


_YES_OR_NO = "Write true or false."


def _unknown(message: str, name: str, known: Collection[str], where: str) -> Problem:
    near = get_close_matches(name, known, n=1)
    few = f"Possible: {', '.join(sorted(known))}." if 0 < len(known) <= 12 else ""
    return Problem(message, where, f"Did you mean {near[0]}?" if near else few)
