"""`letters explain`: trace a rule of the office: where it stands, what it asks, and which law it finds."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.cli.common import library_of, read_answers, say
from letters.errors import Problem, Usage
from letters.library.rules_file import NAME
from letters.library.validation import partial_letter, with_new_names
from letters.model.criteria import UNKNOWN, holds
from letters.model.office_rules import DayTerm, OfficeRule
from letters.model.rule_engine import Case
from letters.model.rulebook import Rulebook


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help="short name of a rule; without it, all are listed")
    parser.add_argument("--answers", metavar="FILE", help="answers to apply the rule to, test by test")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    assembler = Assembler(library_of(arguments))
    rulebook = assembler.rulebook
    rules = rulebook.office_rules.rules
    if arguments.rule is None:
        return _list(rulebook, as_json=arguments.json)
    rule = rules.get(arguments.rule)
    if rule is None:
        near = get_close_matches(arguments.rule, rules, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`letters explain` lists the rules."
        raise Usage(Problem(f"There is no rule called “{arguments.rule}”.", hint=hint))
    case = None
    if arguments.answers:
        answers = with_new_names(read_answers(Path(arguments.answers)), rulebook)
        case = Case(partial_letter(answers), rulebook)
    law = _law(rule, rulebook)
    place = f"{NAME}, line {_line(assembler, rule.id)}"
    if arguments.json:
        told = rule.model_dump(mode="json", exclude_defaults=True) | {"place": place, "law": law}
        if case:
            told |= {"speaks": _speaks(rule, case), "problems": [each.as_dict() for each in _found(rule, case)]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(f"{rule.id}  ({place})\n")
    texts = case or _Unfilled(rulebook)
    say(f"Rests on: {texts.filled(rule.why)}", indent="  ")
    say(f"Kinds of letter: {', '.join(rule.kinds) or 'every kind'}", indent="  ")
    stops = rule.level == "refuse"
    say("Stops the letter." if stops else "Tells counsel, and does not stop the letter.", indent="  ")
    _tell_tests("It speaks if", rule.when, case, rulebook)
    _tell_tests("It does not speak if", rule.unless, case, rulebook)
    print("\nIt asks")
    for line in _asks(rule):
        say(line, indent="  ")
    if law:
        print("\nThe law it finds, by role")
        for role, entries in law.items():
            say(f"{role}: {'; '.join(f'{citation} ({id_})' for id_, citation in entries.items())}", indent="  ")
    print("\nIts message")
    say(f"… {texts.filled(rule.says)} {texts.filled(rule.do or '')}".strip(), indent="  ")
    if case:
        print("\nOn these answers")
        speaks = _speaks(rule, case)
        if not speaks:
            why = "an answer it depends on is not known" if speaks is None else "its tests are not met"
            say(f"It does not speak: {why}.", indent="  ")
        elif found := _found(rule, case):
            for problem in found:
                say(f"{problem.field} {problem.message} {problem.hint}", indent="  ")
        else:
            say("It speaks, and the letter keeps it.", indent="  ")
    return 0


class _Unfilled:
    """Prints the law in the text of a rule, and leaves the answers as tags."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._case = Case(partial_letter({}), rulebook)

    def filled(self, text: str) -> str:
        return re.sub(r"\{\{\s*(?:law|ids)\.[\w-]+\s*\}\}", lambda tag: self._case.filled(tag[0]), text)


def _list(rulebook: Rulebook, *, as_json: bool) -> int:
    rules = rulebook.office_rules.rules.values()
    if as_json:
        print(json.dumps([rule.model_dump(mode="json", exclude_defaults=True) for rule in rules], ensure_ascii=False))
        return 0
    for rule in rules:
        print(f"{rule.id}  ({', '.join(rule.kinds) or 'every kind'}{'' if rule.level == 'refuse' else '; caution'})")
        say(rulebook.with_law(rule.why), indent="    ")
    return 0


def _line(assembler: Assembler, rule: str) -> int:
    library = assembler.library
    text = library.text(library.templates / "rules.toml")
    found = re.search(rf'^\[\[rule\]\]\s*\n(?:[^\[\n].*\n)*?id\s*=\s*["\']{rule}["\']', text, re.M)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _law(rule: OfficeRule, rulebook: Rulebook) -> dict[str, dict[str, str]]:
    return {
        role: {basis.id: basis.citation for basis in rulebook.bases.values() if role in basis.roles}
        for role in rulebook.office_rules.roles(rule)
    }


def _asks(rule: OfficeRule) -> Iterator[str]:
    if rule.needs:
        yield f"that these answers be given: {', '.join(rule.needs)}"
    elif rule.cites:
        yield f"that the letter cite binding law with the role {' and with the role '.join(rule.cites)}"
    elif rule.earliest or rule.latest:
        if rule.earliest:
            yield f"that {rule.at} be no earlier than {_day(rule.earliest)}"
        if rule.latest:
            yield f"that {rule.at} be no later than {_day(rule.latest)}"
    else:
        yield f"that {rule.at} be corrected: no letter keeps the rule when it speaks"


def _day(term: DayTerm) -> str:
    if term.deadline:
        return f"the deadline {term.deadline}"
    kind = "business" if term.working else "calendar"
    return f"{term.field} and {term.days} {kind} days" if term.days else term.field


def _tell_tests(title: str, tables: Sequence[Mapping[str, Any]], case: Case | None, rulebook: Rulebook) -> None:
    for number, table in enumerate(tables):
        print(f"\n{title if not number else 'or if'}")
        for name, wanted in table.items():
            given = ""
            if case:
                answer = case.answer_to(name)
                met = "not known" if answer is UNKNOWN else "yes" if holds(wanted, answer) else "no"
                given = f"  → {met}"
            say(f"{_test(name, wanted, rulebook)}{given}", indent="  ")


def _test(name: str, wanted: Any, rulebook: Rulebook) -> str:
    if name.startswith("fact."):
        fact = rulebook.office_rules.facts[name.removeprefix("fact.")]
        return f"{fact.says} ({name})" if wanted else f"not: {fact.says} ({name})"
    if name == "cites":
        return f"it cites law with the role {_or(wanted)}"
    if wanted == "any":
        return f"{name} is answered"
    if wanted is True:
        return f"{name} is yes"
    return f"{name} is no, or not answered" if wanted is False else f"{name} is {_or(wanted)}"


def _or(wanted: Any) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)


def _speaks(rule: OfficeRule, case: Case) -> bool | None:
    if rule.kinds and case.letter.kind not in rule.kinds:
        return False
    return case.meets(rule.when, rule.unless)


def _found(rule: OfficeRule, case: Case) -> list[Problem]:
    return list(case.broken_by(rule)) if _speaks(rule, case) else []
