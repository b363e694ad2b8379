"""What may be sent: the rules of the model, one broken at a time, and all together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from conftest import KINDS

from letters.desk import Desk
from letters.errors import InvalidAnswers, Problem
from letters.fields import fields_of, put

Sample = Callable[[str], dict[str, Any]]


def problems(desk: Desk, answers: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InvalidAnswers) as caught:
        desk.check(answers)
    return list(caught.value.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_sample_is_a_letter(desk: Desk, sample: Sample, kind: str) -> None:
    assert desk.check(sample(kind)).kind == kind


BROKEN: list[tuple[str, str, dict[str, Any], str, str]] = [
    # name, kind, answers changed (None: taken out), field blamed, words in the message
    ("a denial without law", "denial", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("law of 2025 in 2019", "denial", {"legal_basis": ["nm-sensitive-information-2025"]}, "legal_basis.1", "not in force"),
    ("a case not yet decided", "denial", {"date": date(2019, 4, 1), "request.received": date(2019, 4, 1),
     "request.dated": None, "legal_basis": ["us-v-california"]}, "legal_basis.1", "not in force on April 1, 2019"),
    ("law for another kind", "denial", {"legal_basis": ["ssa-303-e-child-support"]}, "legal_basis.1", "does not support"),
    ("law nobody read", "denial", {"legal_basis": ["cfr-603-12"]}, "legal_basis.1", "does not have"),
    ("the same law twice", "denial", {"legal_basis": ["cfr-603-4", "cfr-603-4"]}, "legal_basis.2", "twice"),
    ("half of a pair", "denial", {"legal_basis": ["ssa-303-a-1"]}, "legal_basis", "must stand beside it"),
    ("a records-act clock without such a request", "denial", {"legal_basis": ["ipra-14-2-11-b"]}, "legal_basis.1",
     "only where the request is about public-records"),
    ("a records-act denial by nobody", "denial", {"request.public_records": True, "responsible": []}, "responsible",
     "must name each person responsible"),
    ("a denial of process", "denial", {"request.process": "court-order"}, "request.process", "without compulsory process"),
    ("a denial despite releases", "denial", {"request.released": True}, "request.released", "would be wrong"),
    ("a letter before the request", "denial", {"date": date(2019, 7, 1)}, "date", "before the request was received"),
    ("a request dated after it came", "denial", {"request.dated": date(2019, 8, 3)}, "request.dated", "after the day"),
    ("a signatory nobody knows", "denial", {"signatory": "chef-counsel"}, "signatory", "Did you mean chief-counsel?"),
    ("post without an address", "denial", {"request.requester.address": None}, "request.requester.address", "by post"),
    ("email without an address", "denial", {"request.requester.email": None}, "request.requester.email", "by email"),
    ("a policy statement to a request for records", "policy-statement", {"request.access": "bulk"}, "request.access",
     "a question about policy"),
    ("603.7(a) without (b)(2)", "policy-statement", {"legal_basis": ["cfr-603-7-a"]}, "legal_basis", "603.7(b)(2)"),
    ("approval of open access", "conditional-approval", {"request.access": "direct-access"}, "request.access",
     "only a targeted request"),
    ("approval without an explanation", "conditional-approval", {"request.explanation": None}, "request.explanation",
     "request-for-justification"),
    ("approval without a justification", "conditional-approval", {"request.justification": None},
     "request.justification", "request-for-justification"),
    ("approval naming nobody", "conditional-approval", {"request.subjects": []}, "request.subjects", "is named"),
    ("approval for civil enforcement", "conditional-approval", {"request.nature": "civil"}, "request.nature",
     "names only criminal investigations"),
    ("approval without counsel's advice", "conditional-approval", {"counsel_advised": None}, "counsel_advised",
     "general counsel's advice"),
    ("approval without the secretary", "conditional-approval", {"secretary_consented": None}, "secretary_consented",
     "consent and approval"),
    ("consent after the letter", "conditional-approval", {"secretary_consented": date(2019, 9, 1)},
     "secretary_consented", "after the letter's date"),
    ("advice before the request", "conditional-approval", {"counsel_advised": date(2019, 8, 1)}, "counsel_advised",
     "before the request was received"),
    ("approval of status data", "conditional-approval",
     {"request.records": ["immigration-status"], "approved": ["immigration-status"]}, "approved.1", "no automatic letter"),
    ("approval of more than was asked", "conditional-approval", {"request.records": ["wage"]}, "approved.2",
     "does not ask for"),
    ("withholding without a reason", "conditional-approval", {"withheld_reason": None}, "withheld_reason",
     "addresses of the persons named"),
    ("approval without its safeguards", "conditional-approval", {"conditions": ["purpose"]}, "conditions", "“Safeguards”"),
    ("cost chosen, not said", "conditional-approval", {"cost": None}, "cost", "the condition on cost"),
    ("an approval that has ended", "conditional-approval", {"expires": date(2019, 8, 26)}, "expires", "not after"),
    ("child support for another agency", "conditional-approval", {"request.nature": "child-support"},
     "request.requester.agency_kind", "only to a State or local child support"),
    ("approval of a subpoena", "conditional-approval", {"request.process": "administrative-subpoena"},
     "request.process", "answered on its own terms"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "blamed", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_rule_names_its_field_and_what_to_do(
    desk: Desk, sample: Sample, kind: str, changes: dict[str, Any], blamed: str, words: str
) -> None:
    answers = sample(kind)
    for name, value in changes.items():
        put(answers, name, value)

    found = [problem for problem in problems(desk, answers) if problem.field == blamed]

    assert any(words in str(problem) for problem in found), problems(desk, answers)
    assert all(f"({blamed})" in problem.where and problem.hint for problem in found)


CHILD_SUPPORT: dict[str, Any] = {
    "request.nature": "child-support",
    "request.trafficking": False,
    "request.requester.agency_kind": "child-support",
    "request.records": ["wage"],
    "request.explanation": None,
    "request.justification": None,
    "approved": ["wage"],
    "counsel_advised": None,
    "secretary_consented": None,
    "legal_basis": ["ssa-303-e-child-support", "cfr-603-9"],
}


def test_wages_for_child_support_are_a_duty_and_need_no_consent(desk: Desk, sample: Sample) -> None:
    answers = sample("conditional-approval")
    for name, value in CHILD_SUPPORT.items():
        put(answers, name, value)
    letter = desk.check(answers)
    assert desk.context(letter)["confirms_duty"] is True


def test_other_records_for_child_support_are_granted_and_need_consent(desk: Desk, sample: Sample) -> None:
    answers = sample("conditional-approval")
    granted = {"request.records": ["claim"], "approved": ["claim"], "legal_basis": ["nmac-106-d"]}
    for name, value in (CHILD_SUPPORT | granted).items():
        put(answers, name, value)
    fields = {problem.field for problem in problems(desk, answers)}
    assert {"counsel_advised", "secretary_consented"} <= fields
    put(answers, "counsel_advised", date(2019, 8, 20))
    put(answers, "secretary_consented", date(2019, 8, 22))
    assert desk.context(desk.check(answers))["confirms_duty"] is False


def test_what_the_law_requires_and_what_is_granted_do_not_share_a_letter(desk: Desk, sample: Sample) -> None:
    answers = sample("conditional-approval")
    for name, value in (CHILD_SUPPORT | {"request.records": ["wage", "claim"], "approved": ["wage", "claim"]}).items():
        put(answers, name, value)
    assert any(problem.field == "approved" and "mixes" in problem.message for problem in problems(desk, answers))


def test_the_law_of_an_approval_is_the_law_of_its_decision(desk: Desk, sample: Sample) -> None:
    duty = sample("conditional-approval")
    for name, value in (CHILD_SUPPORT | {"legal_basis": ["nmac-106-d"]}).items():
        put(duty, name, value)
    said = " ".join(str(problem) for problem in problems(desk, duty))
    assert "Add ssa-303-e-child-support" in said
    assert "Take nmac-106-d out" in said

    released = sample("conditional-approval")
    for name, value in {
        "request.released": True, "request.nature": "civil", "counsel_advised": None, "secretary_consented": None,
    }.items():  # fmt: skip
        put(released, name, value)
    assert "Add nmac-106-c" in " ".join(str(problem) for problem in problems(desk, released))
    put(released, "legal_basis", ["nmac-106-c", "nm-51-1-32"])
    assert desk.check(released).kind == "conditional-approval"


def test_a_child_support_agency_s_request_is_not_denied(desk: Desk, sample: Sample) -> None:
    answers = sample("denial")
    put(answers, "request.requester.agency_kind", "child-support")
    put(answers, "request.nature", "child-support")
    put(answers, "request.investigation", "a child support proceeding")
    assert "requires wage information" in " ".join(str(problem) for problem in problems(desk, answers))


def test_counsel_is_told_of_a_late_denial_and_of_law_that_fits_other_requests(desk: Desk, sample: Sample) -> None:
    answers = sample("denial") | {"date": date(2019, 10, 1), "legal_basis": ["ipra-14-2-11-b", "nm-51-1-32", "printz"]}
    put(answers, "request.public_records", True)
    put(answers, "request.access", "targeted")
    put(answers, "request.subjects", ["Example Fabrication LLC"])
    told = [str(caution) for caution in desk.cautions(desk.check(answers))]
    assert len(told) == 2
    assert "Legal basis, item 3" in told[0]
    assert "61 days after the request was received" in told[1]
    assert desk.cautions(desk.check(sample("denial"))) == ()


MORE: list[tuple[str, dict[str, Any], str, str]] = [
    ("denial", {"signatory": ""}, "signatory", "does not have"),
    ("denial", {"request.sought": "the records."}, "request.sought", "ends with “.”"),
    ("denial", {"request.requester.greeting": "Ms. Sample:"}, "request.requester.greeting", "ends with “:”"),
    ("denial", {"request.nature": "criminal", "request.case_number": "X-1"}, "request.investigation", "case number"),
    ("conditional-approval", {"approved": ["wage", "wage"]}, "approved.2", "twice"),
    ("conditional-approval", {"request.dated": {}}, "request.dated", "is not a date"),
]


@pytest.mark.parametrize(("kind", "changes", "blamed", "words"), MORE)
def test_an_answer_that_would_read_wrong_in_the_letter_is_named(
    desk: Desk, sample: Sample, kind: str, changes: dict[str, Any], blamed: str, words: str
) -> None:
    answers = sample(kind)
    for name, value in changes.items():
        put(answers, name, value)
    assert any(problem.field == blamed and words in str(problem) for problem in problems(desk, answers))


def test_problems_of_fields_and_of_rules_come_together(desk: Desk, sample: Sample) -> None:
    answers = sample("conditional-approval")
    put(answers, "request.channel", "fax")
    put(answers, "request.sought", None)
    put(answers, "request.explanation", None)
    put(answers, "date", "31/12/2019")
    put(answers, "legal_basis", ["cfr-603-7-a"])
    put(answers, "delivry", ["mail"])

    found = {problem.field for problem in problems(desk, answers)}

    assert {"request.channel", "request.sought", "request.explanation", "date", "legal_basis.1", "delivry"} <= found


def test_messages_are_sentences_without_engine_words(desk: Desk) -> None:
    junk = {
        "kind": "denial",
        "date": 1,
        "request": {"requester": [], "received": None, "subjects": "one"},
        "copies": [1],
    }
    for problem in problems(desk, junk):
        assert str(problem).rstrip().endswith((".", "]", "}", '"', "?")), problem
        for word in ("Input", "input", "NoneType", "type=", "pydantic", "Traceback", "loc"):
            assert word not in str(problem).replace("located", "")


def test_an_unknown_field_suggests_the_nearest(desk: Desk, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["requester"]["adress"] = "x"
    (problem,) = problems(desk, answers)
    assert "Did you mean request.requester.address?" in problem.hint


@pytest.mark.parametrize("number", [0, 1735689600, 20190802, True, 1.5])
def test_a_number_is_never_taken_for_a_date(desk: Desk, sample: Sample, number: object) -> None:
    answers = sample("denial")
    answers["date"] = number
    (problem,) = problems(desk, answers)
    assert problem.field == "date"
    assert "is not a date" in problem.message


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x0c", "\x07", "\x1b", "\ufffe", "\ud83d", "\ufdd0", "\x7f"])
def test_a_character_no_letter_can_print_is_refused_with_its_field(desk: Desk, sample: Sample, character: str) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = f"one{character}two"
    (problem,) = problems(desk, answers)
    assert problem.where == "Records sought (request.sought)"
    assert f"U+{ord(character):04X}" in problem.message


def test_line_ends_become_one_newline_and_nothing_else_changes(desk: Desk, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = "  a\r\nb\rc\u2028d\u0085e & <f> \u00a0“Amélie” 🙂  "
    assert desk.check(answers).request.sought == "a\nb\nc\nd\ne & <f> \u00a0“Amélie” 🙂"


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_a_meaning_and_an_example(kind: str) -> None:
    fields = fields_of(kind)
    assert len(fields) > 30
    for field in fields.values():
        assert field.title[0].isupper(), field.name
        assert field.description.endswith("."), field.name
        assert field.example is not None, field.name
