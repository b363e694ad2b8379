"""`letters advise`: recommend a letter for the facts in an answers file, with reasons and law."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import asdict

from letters._text.dates import long_date
from letters.assembly.assembler import Assembler
from letters.cli.common import library_of, now_at, read_answers, say, visible
from letters.errors import Collector, InvalidAnswers, Problem
from letters.library.advice import Advice, Outcome
from letters.library.advice_file import load_advice
from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.validation import check, partial_letter
from letters.model.due_dates import DueDate, due_dates
from letters.model.fields import fields_of_model
from letters.model.kinds import KINDS
from letters.model.legal_basis import LegalBasis
from letters.model.letter import Letter
from letters.model.values import read_date


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("answers", metavar="ANSWERS", help="TOML or JSON file of answers, which may be incomplete")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    assembler = Assembler(library_of(arguments))
    answers = read_answers(Path(arguments.answers))
    problems = Collector()
    with problems.collect():
        _check_given(answers, assembler, arguments.answers)
    with problems.collect():
        advice = load_advice(assembler.library, assembler.rulebook)
    problems.stop_if_any(InvalidAnswers)
    outcome = advice.on(answers)
    day = read_date(answers["date"]) if answers.get("date") is not None else now_at(assembler).date()
    named = dict.fromkeys(name for rule in outcome.rules if rule.stop or not outcome.stop for name in rule.bases)
    bases = [assembler.rulebook.bases[name] for name in named]
    kind = answers.get("kind")
    departs = outcome.departs(kind) if kind else False
    deadlines = due_dates(partial_letter(answers), assembler.rulebook, day)
    notes = _notes_on(answers, assembler)
    if arguments.json:
        found = {
            "kind": outcome.kind,
            "stop": outcome.stop,
            "kinds": outcome.kinds,
            "date": day,
            "rules": [asdict(rule) for rule in outcome.rules],
            "bases": [
                {
                    "id": basis.id,
                    "citation": basis.citation,
                    "authority": basis.authority,
                    "in_force": basis.in_force_on(day),
                    "stale": basis.stale_on(day),
                    "amended": basis.amended_before(day),
                    "supports": basis.supports,
                    "caveat": basis.caveat,
                }
                for basis in bases
            ],
            "deadlines": [each.as_dict() for each in deadlines],
            "notes": [note.as_dict() for note in notes],
            "unanswered": advice.unanswered(answers),
            "weighing": advice.weighing(answers),
            "departs": departs,
            "departure": answers.get("departure"),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return 0
    _tell_advice(outcome, assembler.library)
    _tell_bases(bases, outcome, day)
    _tell_dates(deadlines, notes)
    _tell_open(advice, answers)
    if departs:
        why = answers.get("departure")
        print("\nYour answers depart from this")
        say(f"They ask for {kind}." + (f" Recorded reason: {visible(why)}" if why else ""), indent="  ")
        if not why:
            say("No reason is recorded. If counsel so decides, add one to the answers: departure = “…”", indent="  ")
    return 0


def _notes_on(answers: Answers, assembler: Assembler) -> Sequence[Problem]:
    """What counsel should know about the letter these answers describe, once they describe one."""
    if answers.get("kind") not in assembler.library.kinds:
        return ()
    try:
        letter = assembler.check(answers)
    except InvalidAnswers:  # the answers may be incomplete
        return ()
    return [note for note in assembler.notes_on(letter) if note.code != "departure"]  # which is told by itself


def _check_given(answers: Answers, assembler: Assembler, source: str) -> None:
    """Raise InvalidAnswers if an answer that advice depends on is given, but wrong. Answers may be incomplete."""
    fields = {name for model in KINDS.values() for name in model.model_fields}
    relevant = {"kind", "date", "departure", "request"}
    given = {name: answers[name] for name in answers if name in relevant or name not in fields}
    kinds = list(dict.fromkeys([*assembler.library.kinds, *KINDS]))
    if given.get("kind") is None:  # check then only what every kind of letter has
        given["kind"] = "letter"
        kinds.append("letter")
    try:
        check(given, assembler.rulebook, kinds)
    except InvalidAnswers as error:
        problems = [each for each in error.problems if each.code in ("value", "unknown")]
        problems = [each.within(source) for each in problems if each.field.split(".")[0] in given]
        if problems:
            raise InvalidAnswers(problems) from error


def _tell_advice(outcome: Outcome, library: Library) -> None:
    def title(kind: str) -> str:
        return f"{library.kinds[kind].title} ({kind})" if kind in library.kinds else kind

    print("No letter is recommended. Stop and ask counsel." if outcome.stop else f"Recommended: {title(outcome.kind)}")
    print("\nWhy")
    leading = [rule for rule in outcome.rules if rule.stop or not outcome.stop]
    for rule in leading:
        prefix = f"For {rule.recommend}: " if rule.recommend not in ("", outcome.kind) else ""
        say(f"{prefix}{rule.reason} [{rule.row}: {rule.source}]", indent="  ")
    # After a stop, a refusal is not even mentioned: that it may be wrong is why the guide stops.
    if without := [rule for rule in outcome.rules if rule not in leading and not _refuses(rule.recommend, library)]:
        print("\nOtherwise, these would apply")
        for rule in without:
            say(f"{title(rule.recommend)} [{rule.row}]", indent="  ")
    if len(outcome.kinds) > 1:
        print("\nIn addition, or instead")
        for kind in outcome.kinds[1:]:
            print(f"  {title(kind)}")
    print("\nWhen to stop and ask" if not outcome.stop else "\nWhat to ask")
    for line in dict.fromkeys(rule.ask for rule in leading if rule.ask):
        say(line, indent="  ")


def _refuses(kind: str, library: Library) -> bool:
    return kind in library.kinds and library.kinds[kind].effect == "refuses"


def _tell_bases(bases: Sequence[LegalBasis], outcome: Outcome, day: date) -> None:
    if usable := [basis for basis in bases if basis.in_force_on(day)]:
        print(f"\n{'Law for counsel to consider first' if outcome.stop else 'Law it may cite'}, as of {long_date(day)}")
    for basis in usable:
        others = [kind for kind in outcome.kinds if kind in basis.supports]
        marks = ["persuasive only"] if basis.authority == "persuasive" else []
        if others and outcome.kind not in others:
            marks.append(f"for {', '.join(others)}")
        say(f"{basis.id}: {basis.citation}{' (' + '; '.join(marks) + ')' if marks else ''}", indent="  ")
        say(basis.caveat)
        if amended := basis.amended_before(day):
            say(f"It was amended effective {long_date(amended)}; its text was read for {basis.read_as_of}. Look it up.")
        elif basis.stale_on(day):
            say("Its text was not read as it stood on that day, or from an undated copy. Look it up before citing it.")
    if absent := [basis for basis in bases if not basis.in_force_on(day)]:
        print(f"\nLeft out, because not in force on {long_date(day)}")
        for basis in absent:
            say(f"{basis.id}: {basis.citation}", indent="  ")


def _tell_dates(deadlines: Sequence[DueDate], notes: Sequence[Problem]) -> None:
    if deadlines:
        print("\nDeadlines")
    for each in deadlines:
        say(str(each), indent="  ")
    if notes:
        print("\nNotes on the letter your answers ask for")
    for note in notes:
        say(visible(str(note)), indent="  ")


def _tell_open(advice: Advice, answers: Answers) -> None:
    titles = {name: field.title for name, field in fields_of_model(Letter).items()}
    weighing = advice.weighing(answers)
    if weighing:
        print("\nNot answered, and could change the recommendation")
        for name in weighing:
            print(f"  {titles[name]} ({name})")
    if rest := [titles[name].lower() for name in advice.unanswered(answers) if name not in weighing]:
        print("\nNot answered, and would not change the recommendation")
        say(f"{', '.join(rest)}.", indent="  ")
