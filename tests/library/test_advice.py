"""Advice: every row of the decision guide, every combination of facts, every mistake in the file, the command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT

from letters.errors import LibraryAtFault
from letters.library.advice import Advice, Outcome, Rule
from letters.library.advice_file import load_advice
from letters.library.answers import write_answers
from letters.library.criteria_problems import possible_values
from letters.library.library import Library
from letters.library.office_files import load_office, load_rulebook
from letters.library.validation import partial_letter, rules_broken
from letters.model.criteria import holds
from letters.model.fields import fields_of_model, put
from letters.model.kinds import KINDS
from letters.model.letter import Letter
from letters.model.requester import NAMES_OTHERS
from letters.model.rulebook import Rulebook

# Rules that stop whatever else is answered: for an emergency, and for words or names that none of the answers here has.
BY_THEMSELVES = {"guide-33", "guide-33-mentioned", "guide-25-mentioned", "guide-18-mentioned", "guide-30-mentioned",
                 "guide-29-mentioned", "guide-29-others"}  # fmt: skip
Facts = dict[str, Any]
Run = Callable[..., subprocess.CompletedProcess[str]]

ROWS_OF_THE_GUIDE = range(1, 34)
# Rows that add to another and never lead: trafficking to row 5, 8 U.S.C. § 1360(b) to rows 1, 2, 4 and 14.
BESIDE = {"guide-19", "guide-21", "guide-21-repeated", "guide-21-policy"}


@cache
def rulebook() -> Rulebook:
    library = Library(ROOT)
    return load_rulebook(library, load_office(library))


@cache
def advice() -> Advice:
    return load_advice(Library(ROOT), rulebook())


def answers_of(facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Answers holding these facts: names below `request`, lists of ids as they are, “earlier” as one real entry."""
    answers: dict[str, Any] = dict(more)
    for name, value in facts.items():
        put(answers, name if name.startswith("request.") else f"request.{name}", deepcopy(value))
    return answers


def on(facts: Mapping[str, Any]) -> Outcome:
    return advice().on(answers_of(facts))


def ids(outcome: Outcome) -> list[str]:
    return [rule.id for rule in outcome.rules]


ASKED_BEFORE = [{"day": date(2019, 8, 1), "channel": "email", "reached": "Wage unit", "answered": date(2019, 8, 2)}]
BULK: Facts = {"access": "bulk"}
FEDERAL: Facts = {"requester.agency_kind": "federal"}
TARGETED: Facts = {"access": "targeted", **FEDERAL}
SHOWN: Facts = {
    **TARGETED,
    "nature": "criminal",
    "subjects": ["Example Fabrication LLC"],
    "records": ["wage"],
    "purpose": "a criminal prosecution",
    "authority": "18 U.S.C. § 1589",
    "investigation": "an investigation of labor trafficking",
    "explanation": "It shows who was paid.",
    "justification": "No other source holds it.",
}
AGENCY_SUBPOENA: Facts = {"process": "administrative-subpoena"}
IMMIGRATION: Facts = {**AGENCY_SUBPOENA, "paper.power": "immigration"}
NAMED: Facts = {"subjects": ["Riley Placeholder"]}
SUPPORT: Facts = {"requester.agency_kind": "child-support", "nature": "child-support"}
SNAP: Facts = {"access": "targeted", "requester.agency_kind": "nutrition-program"}
HOUSING: Facts = {"access": "targeted", "requester.agency_kind": "housing-agency"}
STATISTICS: Facts = {"access": "targeted", "requester.agency_kind": "statistical-agency"}
OWN: Facts = {"access": "targeted", "requester.agency_kind": "person"}
OWED = ["child-support", "nutrition-program", "family-assistance", "housing-agency", "required-recipient",
        "workforce-agency", "status-verification"]  # fmt: skip
PRIVATE = ["litigant", "press", "person", "employer", "representative", "elected-official", "private"]
CITES_1360: Facts = {"asserted": ["ina-290-b"]}

# Each rule on its own smallest facts: the rule, the facts, the kind recommended, every rule that fits.
ROWS: list[tuple[str, Facts, str, list[str]]] = [
    ("1", BULK, "denial", ["guide-1"]),
    ("1 direct", {"access": "direct-access"}, "denial", ["guide-1"]),
    ("2", {**BULK, "earlier": ASKED_BEFORE, "requester.agency_kind": "federal"}, "repeat-denial", ["guide-2"]),
    ("2 others", {**BULK, "earlier": ASKED_BEFORE, "requester.agency_kind": "press"}, "repeat-denial",
     ["guide-2-others"]),
    ("3", {**FEDERAL, "staff_contacted": True}, "contact-notice", ["guide-3"]),
    ("4", {"access": "policy-inquiry"}, "policy-statement", ["guide-4"]),
    ("5", SHOWN, "conditional-approval", ["guide-5"]),
    ("6", TARGETED, "request-for-justification", ["guide-6"]),
    ("6 shown but its nature", {**SHOWN, "nature": "not-stated"}, "request-for-justification", ["guide-6"]),
    ("7", {**TARGETED, "nature": "civil"}, "denial", ["guide-7"]),
    ("7", {**TARGETED, "nature": "civil", "agreement": "Exchange Agreement 2018-00"}, "conditional-approval",
     ["guide-7-exchange"]),
    ("8", {**IMMIGRATION, **NAMED}, "subpoena-response", ["guide-8"]),
    ("9", IMMIGRATION, "subpoena-response", ["guide-9"]),
    ("9 the database", {**IMMIGRATION, **NAMED, **BULK}, "subpoena-response", ["guide-9"]),
    ("9 other", AGENCY_SUBPOENA, "subpoena-response", ["guide-9-other-power", "ours-other-power"]),
    ("10", {**AGENCY_SUBPOENA, **NAMED, "paper.power": "employer-sanctions"}, "subpoena-response", ["guide-10"]),
    ("ours", {**AGENCY_SUBPOENA, **NAMED}, "subpoena-response", ["ours-other-power"]),
    ("11", {"process": "customs-summons"}, "subpoena-response", ["guide-11"]),
    ("12", {"process": "litigant-subpoena"}, "subpoena-response", ["guide-12"]),
    ("13", {"process": "court-order", "paper.signed_by_judge": True}, "subpoena-response", ["guide-13"]),
    ("13 warrant", {"process": "search-warrant", "paper.signed_by_judge": True}, "subpoena-response", ["guide-13"]),
    ("13 grand jury", {"process": "grand-jury-subpoena"}, "subpoena-response", ["guide-13"]),
    ("13 no judge", {"process": "search-warrant"}, "", ["guide-13-no-judge"]),
    ("14", {"public_records": True, "records": ["wage"]}, "denial", ["guide-14"]),
    ("14 open", {"public_records": True}, "public-records-release", ["guide-14-open"]),
    ("15", {"public_records": True, "burdensome": True}, "extension-notice", ["guide-15", "guide-14-open"]),
    ("16", SUPPORT, "conditional-approval", ["guide-16"]),
    ("16 bulk", {**SUPPORT, **BULK}, "request-for-justification", ["guide-16-not-targeted"]),
    ("16 not stated", {"requester.agency_kind": "child-support", "access": "targeted"}, "request-for-justification",
     ["guide-16-not-targeted"]),
    ("16 public records", {**SUPPORT, **BULK, "public_records": True}, "", ["guide-16-public-records"]),
    ("16 other agency", {**SUPPORT, "requester.agency_kind": "state"}, "", ["guide-16-other-agency"]),
    ("16 other use", {**SUPPORT, "access": "targeted", "nature": "civil"}, "", ["guide-16-other-use"]),
    ("17", {"records": ["wage", "immigration-status"]}, "", ["guide-17"]),
    ("18", {"requester.agency_kind": "labor"}, "", ["guide-18"]),
    ("19", {**SHOWN, "trafficking": True}, "conditional-approval", ["guide-5", "guide-19"]),
    ("20", {"released": True}, "conditional-approval", ["guide-20"]),
    ("20 public records", {"access": "targeted", "released": True, "public_records": True}, "",
     ["guide-20-public-records"]),
    ("20 bulk", {**BULK, "released": True}, "", ["guide-20-not-targeted"]),
    ("21", {**BULK, **CITES_1360}, "denial", ["guide-1", "guide-21"]),
    ("21 again", {**BULK, **CITES_1360, "earlier": ASKED_BEFORE}, "repeat-denial",
     ["guide-2-others", "guide-21-repeated"]),
    ("21 policy", {"access": "policy-inquiry", **CITES_1360}, "policy-statement", ["guide-4", "guide-21-policy"]),
    ("22", {**SNAP, **NAMED}, "conditional-approval", ["guide-22"]),
    ("22 bulk", {**SNAP, **BULK}, "", ["guide-22-not-targeted"]),
    ("23", {"access": "targeted", "requester.agency_kind": "family-assistance"}, "conditional-approval", ["guide-23"]),
    ("24", {**HOUSING, "released": True}, "conditional-approval", ["guide-24"]),
    ("24 no consent", HOUSING, "", ["guide-24-no-consent"]),
    ("25", {"requester.agency_kind": "required-recipient"}, "", ["guide-25"]),
    ("25 process", {**SNAP, "process": "customs-summons"}, "", ["guide-compelled-process"]),
    ("25 public records", {**SNAP, "public_records": True}, "", ["guide-compelled-public-records"]),
    ("25 as a State agency", {**TARGETED, "requester.agency_kind": "state", "purpose": "deciding on SNAP"}, "",
     ["guide-25-mentioned", "guide-6"]),
    ("26", {**STATISTICS, "nature": "civil", "agreement": "Agreement 2018-00"}, "conditional-approval", ["guide-26"]),
    ("26 sister agency", {"requester.agency_kind": "workforce-agency"}, "", ["guide-26-workforce"]),
    ("27", {"requester.agency_kind": "status-verification"}, "", ["guide-27"]),
    ("18 by name", {**TARGETED, "requester.agency": "Department of Labor"}, "", ["guide-18-mentioned", "guide-6"]),
    ("28", STATISTICS, "", ["guide-28"]),
    ("29", {**OWN, "released": True}, "own-record-release", ["guide-29"]),
    ("29 with others", {**OWN, **NAMED, "requester.agency": "Jane Placeholder", "released": True}, "",
     ["guide-29-others"]),
    ("29 by any of its names", {**OWN, **NAMED, "requester.agency": "A Firm", "requester.name": "Riley Q. Placeholder",
     "released": True}, "own-record-release", ["guide-29"]),
    ("29 as a private person", {"requester.agency_kind": "private", "sought": "my own wage record"}, "",
     ["guide-29-mentioned"]),
    ("30", {**OWN, **NAMED}, "release-needed", ["guide-30"]),
    ("30 as a State agency", {**TARGETED, "sought": "the claim of a constituent"}, "",
     ["guide-30-mentioned", "guide-6"]),
    ("31", {**OWN, "public_records": True}, "", ["guide-31"]),
    ("32", {"requester.agency_kind": "court"}, "", ["guide-32"]),
    ("33", {"emergency": True}, "", ["guide-33"]),
    ("33 by its words", {"purpose": "finding a kidnapped child"}, "", ["guide-33-mentioned"]),
    ("process for a policy", {"access": "policy-inquiry", "process": "customs-summons"}, "",
     ["ours-process-for-policy"]),
    ("nothing", {}, "", ["otherwise"]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "kind", "fitting"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_rule_fits_its_own_facts(facts: Facts, kind: str, fitting: list[str]) -> None:
    outcome = on(facts)

    assert ids(outcome) == fitting
    assert outcome.kind == kind
    assert outcome.stop == (kind == "")


def test_every_rule_has_its_facts_in_the_table() -> None:
    assert {rule for row in ROWS for rule in row[3]} == {rule.id for rule in advice().rules}


def test_every_row_of_the_guide_is_carried_in_its_order() -> None:
    rows = [int(rule.row.removeprefix("guide ")) for rule in advice().rules if rule.row != "ours"]
    assert set(rows) == set(ROWS_OF_THE_GUIDE)
    first_seen = list(dict.fromkeys(rows))
    first_seen.remove(15)  # its notice comes before the denial of row 14
    assert first_seen == sorted(first_seen)


# --- how rows combine ----------------------------------------------------------------------------------------------


def test_a_request_made_again_to_other_staff_gets_both_rows() -> None:
    outcome = on({**BULK, **FEDERAL, "earlier": ASKED_BEFORE, "staff_contacted": True})

    assert ids(outcome) == ["guide-2", "guide-3"]
    assert outcome.kinds == ("repeat-denial", "routing-memo", "contact-notice")
    assert not outcome.departs("routing-memo")
    assert outcome.departs("denial")


def test_an_authority_missing_alone_leaves_the_approval_first() -> None:
    outcome = on({name: fact for name, fact in SHOWN.items() if name != "authority"})

    assert ids(outcome) == ["guide-5", "guide-6"]
    assert outcome.kinds == ("conditional-approval", "request-for-justification", "closing")


@pytest.mark.parametrize("lacking", ["subjects", "records", "purpose", "investigation", "explanation", "justification"])
def test_whatever_else_is_missing_is_asked_for(lacking: str) -> None:
    assert ids(on({**SHOWN, lacking: None})) == ["guide-6"]


def test_a_stop_outranks_what_else_fits_and_every_letter_departs_from_it() -> None:
    outcome = on({**SHOWN, "records": ["immigration-status"]})

    assert ids(outcome) == ["guide-17", "guide-5"]
    assert (outcome.kind, outcome.kinds, outcome.stop) == ("", (), True)
    assert outcome.departs("conditional-approval")


def test_a_private_person_without_process_or_release_is_asked_for_one() -> None:
    private = {**SHOWN, "requester.agency_kind": "private", "staff_contacted": True}
    assert ids(on(private)) == ["guide-30"]
    assert on({**private, "released": True}).kind == "conditional-approval"
    assert on({**private, "process": "litigant-subpoena"}).kind == "subpoena-response"


def test_a_fact_not_answered_counts_as_the_model_takes_it() -> None:
    explicit = {"process": "none", "nature": "not-stated", "released": False, "earlier": [], "paper.power": "other"}
    assert on(TARGETED) == on({**TARGETED, **explicit})


@pytest.mark.parametrize(
    "odd", [{"request": "x"}, {"request": {"records": 7, "access": ["bulk"]}}, {"request": {"paper": []}}, {"x": {}}]
)
def test_answers_of_any_shape_get_an_outcome(odd: dict[str, Any]) -> None:
    outcome = advice().on(odd)
    assert outcome.rules
    assert advice().weighing(odd)


def test_only_facts_that_would_change_the_advice_weigh() -> None:
    weighing = advice().weighing(answers_of(BULK))
    assert "request.earlier" in weighing
    assert "request.process" in weighing
    assert "request.explanation" not in weighing
    assert "request.access" not in advice().unanswered(answers_of(BULK))
    assert set(weighing) <= set(advice().unanswered(answers_of(BULK)))


# --- the bases -----------------------------------------------------------------------------------------------------


def test_a_letter_may_cite_what_its_row_names() -> None:
    bases = {rule.id: rule.bases for rule in advice().rules}
    assert bases["guide-2"] == bases["guide-1"] == bases["guide-21"][1:]
    assert set(bases["guide-9"]) == {*bases["guide-8"], "peters-v-us"}
    assert bases["guide-18"] == ()


def test_the_clocks_of_the_public_records_law_are_for_its_requests() -> None:
    for rule in advice().rules:
        if any(basis.startswith("ipra-") for basis in rule.bases):
            assert rule.row in ("guide 14", "guide 15", "guide 20", "guide 31")
            assert all(table["request.public_records"] is True for table in rule.when)


def test_an_officials_subpoena_is_not_answered_with_the_duty_to_move_to_quash_alone() -> None:
    for rule in advice().rules:
        if "cfr-603-7-a" in rule.bases and rule.recommend == "subpoena-response":
            asked = [table.get("request.process") for table in rule.when]
            assert "administrative-subpoena" not in str(asked)
            assert "customs-summons" not in str(asked)


def test_the_reasons_are_sentences_counsel_can_read() -> None:
    for rule in advice().rules:
        assert rule.reason.endswith("."), rule.id
        assert re.match(r"Stop and ask counsel\b.*\.$", rule.ask), rule.id
        assert len(rule.reason) < 320, rule.id


# --- every combination of facts ------------------------------------------------------------------------------------

FIELDS = fields_of_model(Letter)


def domain(name: str) -> list[Any]:
    """Every answer the rules test, and one other: no answer, or the first choice that none of them names."""
    if name == NAMES_OTHERS:
        return [False]  # nobody is named as the requester
    field = FIELDS[name]
    wanted = [table[name] for rule in advice().rules for table in (*rule.when, *rule.unless) if name in table]
    tested = {
        option
        for each in wanted
        for option in (each if isinstance(each, list) else [each])
        if isinstance(option, str) and option != "any"
    }
    if field.kind == "yes-no":
        return [True, False]
    if name == "request.earlier":
        return [ASKED_BEFORE, []]
    if field.kind == "choices":
        other = next(each for each in rulebook().records if each not in tested) if name == "request.records" else None
        return [*([each] for each in sorted(tested)), *([[other]] if other else []), []]
    if field.kind == "list":
        return [["Example Fabrication LLC"], []]
    if choices := possible_values(field, rulebook()):
        # Answers that the same criteria name are alike: one of each sort is enough.
        sorts = {tuple(choice in (each if isinstance(each, list) else [each]) for each in wanted): choice
                 for choice in reversed(choices)}  # fmt: skip
        return [*sorts.values(), *([None] if field.required and field.name == "request.access" else [])]
    return ["As stated." if field.sentences else "as stated", None]


def verdict(rule: Rule, known: Facts) -> bool | str:
    """Whether the rule fits; or the first fact that must be known to say so."""

    def table(conditions: Mapping[str, Any]) -> bool | str:
        open_fact = ""
        for name, wanted in conditions.items():
            if name not in known:
                open_fact = open_fact or name
            elif not holds(wanted, known[name]):
                return False
        return open_fact or True

    def any_of(tables: tuple[Mapping[str, Any], ...]) -> bool | str:
        found = [table(each) for each in tables]
        if True in found:
            return True
        return next((each for each in found if isinstance(each, str)), False)

    out = any_of(rule.unless)
    if out is True:
        return False
    fits = any_of(rule.when)
    return out if fits is True and out else fits


def leaves(known: Facts) -> Iterator[tuple[Facts, list[Rule]]]:
    """Every combination of facts the rules tell apart: split on the first fact that an undecided rule needs."""
    fitting = []
    for rule in advice().rules:
        if rule.otherwise or rule.id in BY_THEMSELVES:
            continue
        found = verdict(rule, known)
        if isinstance(found, str):
            for value in domain(found):
                yield from leaves({**known, found: value})
            return
        if found:
            fitting.append(rule)
    yield known, fitting


@pytest.fixture(scope="module")
def every() -> list[tuple[Facts, Outcome]]:
    found = []
    for facts, fitting in leaves({}):
        outcome = advice().on(answers_of({name: fact for name, fact in facts.items() if fact is not None}))
        expected = [rule for rule in fitting if rule.stop] + [rule for rule in fitting if not rule.stop]
        assert list(outcome.rules) == (expected or [rule for rule in advice().rules if rule.otherwise]), facts
        found.append((facts, outcome))
    return found


Every = list[tuple[Facts, Outcome]]


def test_every_combination_has_an_outcome(every: Every) -> None:
    assert len(every) > 1000
    kinds = Library(ROOT).kinds
    for facts, outcome in every:
        assert outcome.rules, facts
        assert outcome.stop == (not outcome.kinds), facts
        assert outcome.stop or outcome.kind in kinds, facts


def test_every_rule_fits_somewhere_and_leads_unless_it_only_adds(every: Every) -> None:
    fits = Counter(rule.id for _, outcome in every for rule in outcome.rules)
    leads = Counter(outcome.rules[0].id for _, outcome in every)
    everything = {rule.id for rule in advice().rules} - BY_THEMSELVES
    assert set(fits) == everything
    assert set(leads) == everything - BESIDE


def test_only_what_the_guide_does_not_cover_is_left_to_the_last_rule(every: Every) -> None:
    left = [facts for facts, outcome in every if outcome.rules[0].otherwise]
    assert left
    for facts in left:
        assert facts["request.process"] == "none"
        assert not facts.get("request.released") or facts["request.requester.agency_kind"] in OWED
        assert not facts.get("request.public_records") or facts["request.access"] is None
        # Nobody has said what is sought; or an agency that may not be refused seeks what no row covers; or targeted
        # records are sought by nobody who is an agency of the guide's, of persons who are not named.
        asking = facts.get("request.requester.agency_kind")
        no_agency = asking in (None, *PRIVATE) and facts["request.access"] == "targeted"
        assert facts["request.access"] is None or asking in (*OWED, "statistical-agency") or no_agency, facts


def test_nobody_is_refused_to_whom_the_law_requires_disclosure(every: Every) -> None:
    owed = [(facts, outcome) for facts, outcome in every if facts.get("request.requester.agency_kind") in OWED]
    assert len({facts["request.requester.agency_kind"] for facts, _ in owed}) > 3
    for facts, outcome in owed:
        assert not {"denial", "repeat-denial"} & set(outcome.kinds), facts
        if facts["request.process"] in ("administrative-subpoena", "customs-summons"):
            assert outcome.stop, facts


def test_what_stops_stops_everywhere(every: Every) -> None:
    for facts, outcome in every:
        if "immigration-status" in (facts.get("request.records") or []):
            assert outcome.stop, facts
        if facts.get("request.requester.agency_kind") == "labor":
            assert outcome.stop, facts


def sampled(every: Every) -> list[tuple[Facts, Outcome]]:
    """Of each set of rules that fit together a few combinations, so that every advised letter is among them."""
    together: dict[tuple[str, ...], Every] = {}
    for facts, outcome in every:
        together.setdefault(tuple(rule.id for rule in outcome.rules), []).append((facts, outcome))
    return [each for alike in together.values() for each in alike[:: max(1, len(alike) // 4)]]


def test_the_model_accepts_every_letter_that_is_advised(every: Every) -> None:
    refused, tried = [], set()
    for facts, outcome in sampled(every):
        answers = answers_of({name: fact for name, fact in facts.items() if fact is not None})
        put(answers, "request.case_number", "TF-2019-0000")  # a targeted request must name something
        if facts.get("request.released") and not facts.get("request.subjects"):
            put(answers, "request.subjects", ["Example Fabrication LLC"])
        if contradictions(answers, "letter"):  # facts no letter could be written on
            continue
        for kind in outcome.kinds:
            tried.add(kind)
            if found := contradictions(answers, kind):
                refused.append((kind, ids(outcome), found, facts))
    assert refused == []
    of_their_own = {
        "acknowledgment",
        "closing",
        "extension-notice",
        "own-record-release",
        "public-records-release",
        "release-needed",
    }
    assert tried == {*KINDS, *of_their_own}


def contradictions(answers: dict[str, Any], kind: str) -> list[str]:
    return [
        str(problem)
        for problem in rules_broken({**answers, "kind": kind}, rulebook())
        if problem.code == "rule" and problem.field.startswith("request.")
    ]


# --- mistakes in the file ------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A library of one's own, to be spoiled."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / "library" / folder)
    return tmp_path / "library"


GOOD = """
[[rule]]
id = "one"
row = "guide 1"
when = { "request.access" = ["bulk", "direct-access"], "request.released" = false }
unless = [{ "request.nature" = "civil" }, { request.purpose = "any" },
  { "request.requester.agency_kind" = ["child-support", "nutrition-program", "family-assistance", "housing-agency",
    "required-recipient", "workforce-agency", "status-verification"] },
]
recommend = "denial"
also = ["contact-notice"]
bases = ["cfr-603-4"]
reason = "So."
source = "the rule"

[[rule]]
id = "rest"
row = "ours"
stop = true
otherwise = true
reason = "Nothing fits."
source = "ours"
"""


def load(own: Path, text: str) -> Advice:
    (own / "prompts" / "advice.toml").write_text(text, encoding="utf-8")
    return load_advice(Library(own), rulebook())


def test_a_rule_may_be_written_short_or_long(own: Path) -> None:
    rule = load(own, GOOD).rules[0]

    assert rule.when == ({"request.access": ["bulk", "direct-access"], "request.released": False},)
    assert rule.unless[:2] == ({"request.nature": "civil"}, {"request.purpose": "any"})
    asked = ("requester.agency_kind", "access", "purpose", "nature", "released")
    assert load(own, GOOD).facts == tuple(f"request.{name}" for name in asked)


MISTAKES: list[tuple[str, str, str, str]] = [
    ("unknown field", '"request.released" = false', '"request.relased" = false',
     "rule one: “request.relased” is not a fact about a request. Did you mean request.released?"),
    ("field of the letter", '"request.released" = false', '"delivery" = "any"',
     "“delivery” is not a fact about a request."),
    ("value a choice cannot have", '"direct-access"]', '"direct-acces"]',
     "rule one asks whether request.access is “direct-acces”, which it can never be. Did you mean direct-access?"),
    ("value a yes-no cannot have", '"request.released" = false', '"request.released" = "no"', "Write true or false."),
    ("yes-no answered", '"request.released" = false', '"request.released" = "any"', "counts as no"),
    ("id the library lacks", '"request.released" = false', '"request.records" = "wages"', "Did you mean wage?"),
    ("statute nobody asserts", '"request.released" = false', '"request.asserted" = "cfr-603-4"', "it can never be"),
    ("default never absent", '"request.released" = false', '"request.process" = false', "never true"),
    ("default always there", '"request.released" = false', '"request.process" = "any"', "always true"),
    ("true for a text", '"request.released" = false', '"request.purpose" = true', 'Write "any" if it is answered'),
    ("any in a list", '"request.released" = false', '"request.purpose" = ["any"]', "lists no answers for"),
    ("entries of a list", '"request.released" = false', '"request.earlier" = "email"', 'Write "any" if it is answered'),
    ("unknown kind", 'recommend = "denial"', 'recommend = "denail"',
     "rule one: There is no kind of letter called “denail”. Did you mean denial?"),
    ("unknown kind beside", '"contact-notice"', '"contact-note"', "Did you mean contact-notice?"),
    ("unknown basis", '["cfr-603-4"]', '["cfr-603-44"]', "There is no legal basis called “cfr-603-44”. Did you mean"),
    ("basis that does not support it", '["cfr-603-4"]', '["morton-salt"]',
     "rule one: “morton-salt” does not support a letter of the kind denial or contact-notice. It supports:"),
    ("basis twice", '["cfr-603-4"]', '["cfr-603-4", "cfr-603-4"]', "“cfr-603-4” appears twice under bases."),
    ("no reason", 'reason = "So."', "", "rule one: “reason” is missing. Add a line: reason ="),
    ("no source", 'source = "the rule"', "", "“source” is missing."),
    ("no id", 'id = "one"', "", "rule number 1: “id” is missing."),
    ("no row", 'row = "guide 1"', "", "“row” is missing."),
    ("no kind and no stop", 'recommend = "denial"', "", "or stop = true, if none is recommended"),
    ("a kind and a stop", 'source = "the rule"', 'source = "the rule"\nstop = true',
     "recommends a letter, but is a stop."),
    ("no facts", 'when = {', 'whenever = {', "“when” is missing"),
    ("unknown part", 'when = {', 'wen = {', "“wen” is not part of a rule. Did you mean when?"),
    ("facts that name none", 'unless = [{ "request.nature" = "civil" },', "unless = [{},", "“unless” names no fact."),
    ("facts that are none", 'unless = [{ "request.nature" = "civil" },', 'unless = ["civil",',
     "“unless” must list facts and answers."),
    ("text that is none", 'reason = "So."', "reason = 3", "“reason” must be text."),
    ("list that is none", 'bases = ["cfr-603-4"]', 'bases = "cfr-603-4"', "“bases” must be a list of short names."),
    ("yes that is none", "stop = true", 'stop = "yes"', "“stop” must be true or false."),
    ("id twice", 'id = "rest"', 'id = "one"', "The rule one appears twice."),
    ("no last rule", "otherwise = true", "", "No rule says what to do when no other rule applies."),
    ("two last rules", 'reason = "So."', 'reason = "So."\notherwise = true', "2 rules say what to do when no other"),
    ("last rule with facts", "otherwise = true", 'otherwise = true\nwhen = { "request.released" = true }',
     "“when” does not belong in the rule with otherwise = true."),
    ("other tables", '[[rule]]\nid = "one"', '[[rules]]\nid = "one"',
     "“rules” is not part of the guide. Did you mean rule?"),
    ("rule alone", GOOD, "rule = 3", "“rule” must be a list of tables."),
    ("not TOML", 'recommend = "denial"', "recommend = denial", "advice.toml, line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_in_the_file_is_named_with_its_rule(own: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(LibraryAtFault) as caught:
        load(own, GOOD.replace(old, new, 1))
    assert message in str(caught.value)
    assert "prompts/advice.toml" in str(caught.value)


def test_every_mistake_is_reported_at_once(own: Path) -> None:
    spoiled = GOOD.replace('"denial"', '"denail"').replace("cfr-603-4", "cfr-603-44").replace('"civil"', '"civic"')
    with pytest.raises(LibraryAtFault) as caught:
        load(own, spoiled)
    assert len(caught.value.problems) == 3


def test_a_library_without_a_guide_says_so(own: Path) -> None:
    (own / "prompts" / "advice.toml").unlink()
    with pytest.raises(LibraryAtFault, match=r"prompts/advice\.toml: The file is missing"):
        load_advice(Library(own), rulebook())


# --- the command ---------------------------------------------------------------------------------------------------


def saved(folder: Path, answers: Mapping[str, Any]) -> Path:
    file = folder / "answers.toml"
    file.write_text(write_answers(answers), encoding="utf-8")
    return file


def test_the_command_says_which_letter_and_why(letters: Run, tmp_path: Path) -> None:
    facts = {**TARGETED, "nature": "civil", "staff_contacted": True}
    run = letters("advise", saved(tmp_path, answers_of(facts, date=date(2019, 8, 2))))

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Recommended: ")
    assert "contact-notice" in run.stdout.splitlines()[0]
    text = " ".join(run.stdout.split())
    assert "guide 3" in text
    assert "For denial: The matter is civil" in text
    assert "nmac-106-d: 11.3.100.106(D) NMAC" in text
    assert "cfr-603-4: 20 C.F.R. § 603.4(b)-(c)" in text
    assert "Look it up before citing it." in text  # 11.3.100.106(D) was read in 2017
    assert "Stop and ask counsel if a life or safety emergency is claimed (guide 33)." in text
    left_out = text.split("Left out, because not in force on August 2, 2019")[1]
    assert "nm-sensitive-information-2025" in left_out
    assert "nm-sensitive-information-2025" not in text.split("Left out")[0]
    assert "(request.released)" in text
    assert max(map(len, run.stdout.splitlines())) <= 98


def test_the_command_says_every_deadline_and_note(letters: Run, tmp_path: Path, sample: Callable[[str], Any]) -> None:
    answers = sample("denial")
    answers["request"]["public_records"] = True
    path = saved(tmp_path, answers)
    text = " ".join(letters("advise", path).stdout.split())
    assert "Deadlines By August 6, 2019 (3 business days after receipt, NMSA 1978, § 14-2-8)" in text
    assert (
        "Notes on the letter your answers ask for Legal basis (legal_basis) rests on text that was not read as" in text
    )
    found = json.loads(letters("advise", path, "--json").stdout)
    assert [each["day"] for each in found["deadlines"]] == ["2019-08-06", "2019-08-16", "2019-08-16", "2019-08-16"]
    assert "stale" in [note["code"] for note in found["notes"]]


def test_the_command_marks_what_only_persuades(letters: Run, tmp_path: Path) -> None:
    run = letters("advise", saved(tmp_path, answers_of(BULK, date=date(2019, 8, 2))))
    assert "us-v-california" in run.stdout
    assert "(persuasive only)" in " ".join(run.stdout.split())


def test_law_in_force_on_the_letters_date_is_not_left_out(letters: Run, tmp_path: Path) -> None:
    facts = {**TARGETED, "nature": "civil"}
    run = letters("advise", saved(tmp_path, answers_of(facts, date=date(2025, 8, 1))))
    assert "nm-sensitive-information-2025" in run.stdout
    assert "Left out" not in run.stdout


def test_a_stop_is_said_first_and_is_no_failure(letters: Run, tmp_path: Path) -> None:
    run = letters("advise", saved(tmp_path, answers_of({**SHOWN, "records": ["immigration-status"]})))

    assert run.returncode == 0
    assert run.stdout.startswith("No letter is recommended. Stop and ask counsel.")
    assert "Recommended:" not in run.stdout
    assert "[guide 5]" in run.stdout.split("Otherwise, these would apply")[1]


@pytest.mark.parametrize("why", [None, "Counsel answers both at once."])
def test_a_letter_that_departs_is_said_to_and_whether_a_reason_is_recorded(
    letters: Run, tmp_path: Path, why: str | None
) -> None:
    answers = answers_of(BULK, kind="conditional-approval", departure=why)
    run = letters("advise", saved(tmp_path, answers))

    assert "Your answers depart from this" in run.stdout
    assert ("Recorded reason: Counsel answers both at once." in run.stdout) == bool(why)
    assert ("No reason is recorded" in run.stdout) == (not why)


def test_a_letter_as_advised_does_not_depart(letters: Run, tmp_path: Path) -> None:
    run = letters("advise", saved(tmp_path, answers_of(BULK, kind="denial")))
    assert "depart from this" not in run.stdout


def test_the_command_answers_scripts(letters: Run, tmp_path: Path) -> None:
    answers = answers_of({**BULK, **FEDERAL, "staff_contacted": True}, kind="denial", date=date(2019, 8, 2))
    run = letters("advise", saved(tmp_path, answers), "--json")
    found = json.loads(run.stdout)

    assert run.returncode == 0
    assert (found["kind"], found["stop"], found["date"]) == ("denial", False, "2019-08-02")
    assert found["kinds"] == ["denial", "contact-notice", "routing-memo"]
    assert [rule["id"] for rule in found["rules"]] == ["guide-1", "guide-3"]
    assert {"id", "citation", "authority", "in_force", "stale", "caveat"} <= found["bases"][0].keys()
    assert "request.process" in found["unanswered"]
    assert (found["departs"], found["departure"]) == (False, None)


def test_empty_answers_get_advice_dated_today(letters: Run, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text("{}", encoding="utf-8")
    run = letters("advise", file, "--json")

    found = json.loads(run.stdout)
    assert (run.returncode, found["stop"], found["kind"]) == (0, True, "")
    assert abs(date.fromisoformat(found["date"]) - date.today()).days <= 1
    assert "request.access" in found["weighing"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"request": {"access": "bulc"}}, "Access sought (request.access) is not one of the choices."),
        ({"request": {"proces": "court-order"}}, "Did you mean request.process?"),
        ({"request": "all of it"}, "Request (request) is not a table"),
        ({"request": {"released": "maybe"}}, "Signed releases (request.released) is neither true nor false."),
        ({"request": {"records": ["wages"]}}, "Did you mean wage?"),
        ({"kind": "denail"}, "Did you mean denial?"),
        ({"kind": "letter"}, "which is not a kind of letter in this library"),
        ({"date": "2019-02-31"}, "is not a calendar date"),
        ({"reqest": {"access": "bulk"}}, "“reqest” (reqest) is not a field here."),
        ([], "does not contain answers"),
    ],
)
def test_answers_that_cannot_be_are_named(letters: Run, tmp_path: Path, answers: Any, message: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    run = letters("advise", file)

    assert (run.returncode, run.stdout) == (1, "")
    assert message in run.stderr
    assert "answers.json" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_guide_at_fault_is_the_librarys_fault(letters: Run, own: Path, tmp_path: Path) -> None:
    (own / "prompts" / "advice.toml").write_text("rule = 3\n", encoding="utf-8")
    run = letters("advise", saved(tmp_path, answers_of(BULK)), "--library", own)
    assert run.returncode == 3
    assert "prompts/advice.toml" in run.stderr


def test_every_sample_is_the_letter_advised_on_its_facts(sample: Callable[[str], dict[str, Any]]) -> None:
    kinds = [file.parent.name for file in (ROOT / "templates").glob("*/sample.toml") if file.parent.name in KINDS]
    assert "denial" in kinds
    for kind in kinds:
        assert not advice().on(sample(kind)).departs(kind), kind


def test_the_advice_on_a_letter_is_that_on_its_answers(sample: Callable[[str], dict[str, Any]]) -> None:
    guide, advised = advice(), set()
    for kind in ("denial", "subpoena-response", "own-records"):
        for words in ("of a task force", "for Senator Sample", "about a hostage", "for SNAP", "on my own behalf"):
            for name in ("requester.agency", "requester.office", "sought", "purpose", "investigation", "subjects"):
                answers = sample(kind)
                put(answers, f"request.{name}", [words] if name == "subjects" else words)
                letter = partial_letter(answers)
                outcome = guide.on_letter(letter)
                assert outcome == guide.on({"request": letter.request.model_dump(mode="json")}), (kind, name, words)
                advised.add(tuple(ids(outcome)))
    assert len(advised) > 5
