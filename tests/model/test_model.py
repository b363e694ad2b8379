"""What may be sent: the rules of the model, one broken at a time, and all together."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest
from helpers import KINDS
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers, Problem
from letters.library.validation import rules_broken
from letters.model.error_wording import problems_in
from letters.model.fields import fields_of, get, put
from letters.model.json_schema import schema_of
from letters.model.kinds.request_for_justification import RequestForJustification
from letters.model.kinds.subpoena_response import SubpoenaResponse
from letters.model.office import Office
from letters.model.values import NO_PROCESS

Sample = Callable[[str], dict[str, Any]]


def problems(assembler: Assembler, answers: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InvalidAnswers) as caught:
        assembler.check(answers)
    return list(caught.value.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_sample_is_a_letter(assembler: Assembler, sample: Sample, kind: str) -> None:
    assert assembler.check(sample(kind)).kind == kind


def changed(answers: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    answers = deepcopy(answers)
    for name, value in changes.items():
        put(answers, name, value)
    return answers


def fields_blamed(assembler: Assembler, answers: dict[str, Any]) -> dict[str, str]:
    return {problem.field: str(problem) for problem in problems(assembler, answers)}


# Words no lawyer writes: names of types, of classes and of their parts.
ENGINE = re.compile(r"None\b|\b(?:True|False|dict|str|Enum|int|tuple|object|null)\b|[<>\[\]{}_]{2}|[a-z]\(\)")

BROKEN: list[tuple[str, str, dict[str, Any], str, str]] = [
    # name, kind, answers changed (None: taken out), field blamed, words in the message
    ("a denial without law", "denial", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("law of 2025 in 2019", "denial", {"legal_basis": ["nm-sensitive-information-2025"]}, "legal_basis.1", "not in force"),
    ("a case not yet decided", "denial", {"date": date(2019, 4, 1), "request.received": date(2019, 4, 1),
     "request.dated": None, "legal_basis": ["us-v-california"]}, "legal_basis.1", "not in force on April 1, 2019"),
    ("law for another kind", "denial", {"legal_basis": ["ssa-303-e-child-support"]}, "legal_basis.1", "does not support"),
    ("law nobody read", "denial", {"legal_basis": ["cfr-603-12"]}, "legal_basis.1", "is not in the library"),
    ("the same law twice", "denial", {"legal_basis": ["cfr-603-4", "cfr-603-4"]}, "legal_basis.2", "a second time"),
    ("half of a pair", "denial", {"legal_basis": ["ssa-303-a-1"]}, "legal_basis", "must be cited with it"),
    ("a records-act clock without such a request", "denial", {"legal_basis": ["ipra-14-2-11-b"]}, "legal_basis.1",
     "only where the request is about public-records"),
    ("a records-act denial by nobody", "denial", {"request.public_records": True, "responsible": []}, "responsible",
     "must name each person responsible"),
    ("a denial of process", "denial", {"request.process": "court-order"}, "request.process", "without compulsory process"),
    ("a denial despite releases", "denial", {"request.released": True, "request.subjects": ["A"]}, "request.released",
     "would be wrong"),
    ("a letter before the request", "denial", {"date": date(2019, 7, 1)}, "date", "before the request was received"),
    ("a request dated after it came", "denial", {"request.dated": date(2019, 8, 3)}, "request.dated", "after the day"),
    ("a signatory nobody knows", "denial", {"signatory": "chef-counsel"}, "signatory", "Did you mean chief-counsel?"),
    ("post without an address", "denial", {"request.requester.address": None}, "request.requester.address", "by mail"),
    ("fax without a number", "denial", {"delivery": ["fax"]}, "request.requester.fax", "by fax"),
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
     "covers only criminal investigations"),
    ("approval without counsel's advice", "conditional-approval", {"counsel_advised": None}, "counsel_advised",
     "general counsel's advice"),
    ("approval without the secretary", "conditional-approval", {"head_consented": None}, "head_consented",
     "consent and approval"),
    ("consent after the letter", "conditional-approval", {"head_consented": date(2019, 9, 1)},
     "head_consented", "after the letter's date"),
    ("advice before the request", "conditional-approval", {"counsel_advised": date(2019, 8, 1)}, "counsel_advised",
     "before the request was received"),
    ("approval of status data", "conditional-approval",
     {"request.records": ["immigration-status"], "approved": ["immigration-status"]}, "approved.1", "no automatic letter"),
    ("approval of more than was asked", "conditional-approval", {"request.records": ["wage"]}, "approved.2",
     "does not ask for"),
    ("withholding without a reason", "conditional-approval", {"withheld_reason": None}, "withheld_reason",
     "addresses"),
    ("approval without its safeguards", "conditional-approval", {"conditions": ["purpose"]}, "conditions", "“Safeguards”"),
    ("cost chosen, not said", "conditional-approval", {"cost": None}, "cost", "the condition on cost"),
    ("an approval that has ended", "conditional-approval", {"expires": date(2019, 8, 26)}, "expires", "not after"),
    ("child support for another agency", "conditional-approval", {"request.nature": "child-support"},
     "request.requester.agency_kind", "only to a State or local child support"),
    ("approval of a subpoena", "conditional-approval", {"request.process": "administrative-subpoena"},
     "request.process", "answered on its own terms"),
    # --- every kind ---
    ("sent twice the same way", "denial", {"delivery": ["email", "email"]}, "delivery.2", "a second time"),
    ("a category nobody has", "denial", {"request.records": ["wages"]}, "request.records.1", "Did you mean wage?"),
    ("a category twice", "denial", {"request.records": ["wage", "wage"]}, "request.records.2", "a second time"),
    ("somebody named twice", "denial", {"request.subjects": ["A", "A"]}, "request.subjects.2", "a second time"),
    ("a statute nobody knows", "denial", {"request.asserted": ["ina-290"]}, "request.asserted.1", "ina-290-b"),
    ("a statute no requester relies on", "denial", {"request.asserted": ["printz"]}, "request.asserted.1",
     "among the law that requesters rely on"),
    ("a statute relied on twice", "denial", {"request.asserted": ["ina-290-b", "ina-290-b"]}, "request.asserted.2", "a second time"),
    ("law for those who rely on it", "denial", {"legal_basis": ["nm-51-1-32", "ina-290-b"]}, "legal_basis.2",
     "only in answer to a requester who relies on it"),
    ("nothing that binds", "policy-statement", {"legal_basis": ["us-v-california"]}, "legal_basis", "not binding"),
    ("nothing enclosed", "repeat-denial", {"enclosures": []}, "enclosures", "encloses each earlier answer"),
    ("an immigration objection elsewhere", "subpoena-response", {"request.paper.power": "other"}, "objections.2",
     "not an objection to a paper that relies on the power"),
    ("releases of nobody", "denial", {"request.released": True}, "request.released", "nobody is named"),
    ("an earlier letter of ours to come", "contact-notice", {"earlier_letters": [{"date": date(2019, 8, 10), "said": "denied it"}]},
     "earlier_letters.1.date", "after the letter's own date"),
    ("this letter as an earlier one", "contact-notice",
     {"earlier_letters": [{"date": date(2019, 8, 2), "reference": "OGC-2019-0148", "said": "denied it"}]},
     "earlier_letters.1.reference", "this letter's own reference"),
    ("an earlier letter's sentence", "contact-notice", {"earlier_letters": [{"date": date(2019, 8, 2), "said": "denied it."}]},
     "earlier_letters.1.said", "ends with “.”"),
    ("an earlier request to come", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 8), "channel": "email", "reached": "us", "answered": date(2019, 8, 8)}]},
     "request.earlier.1.day", "after this request was received"),
    ("an answer before its request", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 2), "channel": "email", "reached": "us", "answered": date(2019, 8, 1)}]},
     "request.earlier.1.answered", "before that request was made"),
    ("an answer to come", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 2), "channel": "email", "reached": "us", "answered": date(2019, 8, 9)}]},
     "request.earlier.1.answered", "after the letter's date"),
    ("an answer with a number and no day", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 2), "channel": "email", "reached": "us", "reference": "OGC-1"}]},
     "request.earlier.1.answered", "has a reference"),
    ("an answer that is this letter", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 2), "channel": "email", "reached": "us", "answered": date(2019, 8, 3),
                           "reference": "OGC-2019-0146"}]},
     "request.earlier.1.reference", "this letter's own reference"),
    ("whom it reached, with a stop", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 2), "channel": "email", "reached": "us.", "answered": date(2019, 8, 3)}]},
     "request.earlier.1.reached", "ends with “.”"),
    ("a child victim of nothing", "denial", {"request.child_victim": True}, "request.trafficking", "child victim"),
    ("burdensome, and no public-records request", "denial", {"request.burdensome": True}, "request.burdensome",
     "not a public-records request"),
    ("law outside the file with a stop", "denial", {"unvetted_law": [{"citation": "42 U.S.C. § 654", "summary": "lists it."}]},
     "unvetted_law.1.summary", "ends with “.”"),
    ("law outside the file twice", "denial", {"unvetted_law": [{"citation": "42 U.S.C. § 654", "summary": "lists it"}] * 2},
     "unvetted_law.2", "a second time"),
    # --- denial and repeat-denial ---
    ("a denial that rests on a case alone", "denial", {"legal_basis": ["printz"]}, "legal_basis", "no law that makes the records confidential"),
    ("a denial of a question", "denial", {"request.access": "policy-inquiry"}, "request.access", "nothing is asked for that could be denied"),
    ("a repeated denial without law", "repeat-denial", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("a repeated denial of process", "repeat-denial", {"request.process": "search-warrant"}, "request.process", "without compulsory process"),
    ("a repeated denial despite releases", "repeat-denial", {"request.released": True, "request.subjects": ["A"]},
     "request.released", "would be wrong"),
    ("a repeated denial of child support", "repeat-denial",
     {"request.nature": "child-support", "request.requester.agency_kind": "child-support"}, "request.nature", "would be wrong"),
    ("a repeated denial of a question", "repeat-denial", {"request.access": "policy-inquiry"}, "request.access", "policy-statement"),
    ("a repeated records-act denial by nobody", "repeat-denial", {"request.public_records": True, "responsible": []},
     "responsible", "must name each person"),
    ("a repetition of nothing", "repeat-denial", {"request.earlier": []}, "request.earlier", "lists each earlier request"),
    ("a repetition of nothing denied", "repeat-denial",
     {"request.earlier": [{"day": date(2019, 8, 5), "channel": "telephone", "reached": "us"}]}, "request.earlier",
     "nothing has been denied before"),
    ("something new that changes nothing", "repeat-denial", {"new_matter": "a list of employers"}, "why_unchanged",
     "something new"),
    ("a reason about nothing new", "repeat-denial", {"why_unchanged": "It names no investigation."}, "new_matter",
     "a reason is given"),
    ("something new with a stop", "repeat-denial", {"new_matter": "a list.", "why_unchanged": "It names nobody."}, "new_matter",
     "ends with “.”"),
    # --- routing-memo ---
    ("a memo without law", "routing-memo", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("a memo that binds backwards", "routing-memo", {"effective": date(2019, 8, 8)}, "effective", "cannot take effect before it is given"),
    ("addressees with a stop", "routing-memo", {"addressees": "All employees."}, "addressees", "ends with “.”"),
    ("records-act clocks in a memo without them", "routing-memo",
     {"covers_public_records": False, "legal_basis": ["nm-51-1-32", "ipra-14-2-8"]}, "legal_basis.2", "public-records"),
    # --- contact-notice ---
    ("a notice of nobody approached", "contact-notice", {"request.received_by": None}, "request.received_by",
     "whom in the Department the requester contacted"),
    ("whom it reached with a stop", "contact-notice", {"request.received_by": "the office."}, "request.received_by",
     "ends with “.”"),
    ("an answer day for an ordinary request", "contact-notice", {"answer_by": date(2019, 8, 16)}, "answer_by",
     "not a public-records request"),
    ("a records-act notice without its day", "contact-notice", {"request.public_records": True}, "answer_by",
     "must say when the Department will respond"),
    ("a records-act notice of a day too late", "contact-notice",
     {"request.public_records": True, "answer_by": date(2019, 8, 24)}, "answer_by", "after August 23, 2019, the last day"),
    ("a notice of a day gone by", "contact-notice", {"request.public_records": True, "answer_by": date(2019, 8, 8)},
     "answer_by", "before the letter's date"),
    # --- policy-statement ---
    ("a policy without law", "policy-statement", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("a policy against a subpoena", "policy-statement", {"request.process": "administrative-subpoena"}, "request.process",
     "on its own terms"),
    # --- request-for-justification ---
    ("questions without law", "request-for-justification", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("questions about a question", "request-for-justification", {"request.access": "policy-inquiry"}, "request.access",
     "nothing to justify"),
    ("questions about a subpoena", "request-for-justification", {"request.process": "court-order"}, "request.process",
     "on its own terms"),
    ("questions without a day", "request-for-justification", {"due": None}, "due", "when an answer is due"),
    ("questions for yesterday", "request-for-justification", {"due": date(2019, 8, 21)}, "due", "not after the letter's date"),
    ("a day of ours for an ordinary request", "request-for-justification", {"answer_by": date(2019, 9, 30)}, "answer_by",
     "not a public-records request"),
    ("reasons asked of a records-act request", "request-for-justification", {"request.public_records": True}, "due",
     "asked to justify a public-records request"),
    ("questions asked of a records-act request", "request-for-justification",
     {"request.public_records": True, "also_asked": ["why"]}, "also_asked", "asked to justify a public-records request"),
    ("more time for a light request", "request-for-justification", {"request.public_records": True}, "request.burdensome",
     "may be extended only for"),
    ("more time without a day", "request-for-justification", {"request.public_records": True, "request.burdensome": True},
     "answer_by", "when the answer will come"),
    ("more time until yesterday", "request-for-justification",
     {"request.public_records": True, "request.burdensome": True, "answer_by": date(2019, 8, 21)}, "answer_by",
     "not after the letter's date"),
    ("more time without its law", "request-for-justification",
     {"request.public_records": True, "request.burdensome": True, "answer_by": date(2019, 9, 30)}, "legal_basis",
     "the law that allows more time"),
    # --- conditional-approval ---
    ("approval without law", "conditional-approval", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("approval without a purpose", "conditional-approval", {"request.purpose": None}, "request.purpose", "request-for-justification"),
    ("approval without an investigation", "conditional-approval", {"request.investigation": None, "request.case_number": None},
     "request.investigation", "request-for-justification"),
    ("approval of no records", "conditional-approval", {"request.records": []}, "request.records", "request-for-justification"),
    ("approval for a nature not stated", "conditional-approval", {"request.nature": "not-stated"}, "request.nature",
     "covers only criminal investigations"),
    ("approval for a private party", "conditional-approval", {"request.requester.agency_kind": "private"},
     "request.requester.agency_kind", "allows release only to law enforcement agencies"),
    ("approval of a records-act request", "conditional-approval", {"request.public_records": True}, "request.public_records",
     "cannot be approved on conditions"),
    ("consent before the request", "conditional-approval", {"head_consented": date(2019, 8, 13)}, "head_consented",
     "before the request was received"),
    ("advice after the letter", "conditional-approval", {"counsel_advised": date(2019, 8, 27)}, "counsel_advised",
     "after the letter's date"),
    ("approval of a category nobody has", "conditional-approval", {"approved": ["wage", "payroll"]}, "approved.2", "not in the library"),
    ("approval of numbers never released by letter", "conditional-approval",
     {"request.records": ["wage", "ssn"], "approved": ["wage", "ssn"]}, "approved.2", "not released by letter"),
    ("a reason for withholding nothing", "conditional-approval", {"approved": ["wage", "claim", "employer", "address"]},
     "withheld_reason", "nothing that was asked for is withheld"),
    ("a condition nobody wrote", "conditional-approval", {"conditions": ["agreements"]}, "conditions.1", "Did you mean agreement?"),
    ("a condition twice", "conditional-approval", {"conditions": ["agreement", "agreement"]}, "conditions.2", "a second time"),
    ("a cost nobody would read", "conditional-approval",
     {"conditions": ["agreement", "purpose", "need-to-know", "safeguards", "redisclosure", "penalties"]}, "cost",
     "would not mention it"),
    ("an agreement with a stop", "conditional-approval", {"agreement": "Agreement A07."}, "agreement", "ends with “.”"),
    ("a method with a stop", "conditional-approval", {"method": "by file."}, "method", "ends with “.”"),
    ("a time with a stop", "conditional-approval", {"timing": "soon."}, "timing", "ends with “.”"),
    ("a format with a stop", "conditional-approval", {"format": "as a file."}, "format", "ends with “.”"),
    ("a cost with a stop", "conditional-approval", {"cost": "the cost."}, "cost", "ends with “.”"),
    ("consent without its law", "conditional-approval", {"legal_basis": ["cfr-603-9"]}, "legal_basis", "Add 11.3.100.106(D) NMAC"),
    # --- subpoena-response ---
    ("an answer to process without law", "subpoena-response", {"legal_basis": []}, "legal_basis", "what law it rests on"),
    ("an answer to no process", "subpoena-response", {"request.process": "none"}, "request.process", "which was served"),
    ("process that asks for a policy", "subpoena-response", {"request.access": "policy-inquiry"}, "request.access", "demands records"),
    ("an objection without objections", "subpoena-response", {"objections": []}, "objections", "at least one objection"),
    ("an objection nobody wrote", "subpoena-response", {"objections": ["scop"]}, "objections.1", "Did you mean scope?"),
    ("an objection twice", "subpoena-response", {"objections": ["scope", "scope"]}, "objections.2", "a second time"),
    ("an objection to another paper", "subpoena-response", {"objections": ["customs-purpose"]}, "objections.1",
     "not an objection to “administrative-subpoena”"),
    ("an objection that hands over", "subpoena-response", {"produces": "the wage records"}, "produces", "nothing is produced"),
    ("a motion nobody makes", "subpoena-response", {"motion_filed": date(2019, 8, 28)}, "motion_filed", "not answered with a motion"),
    ("a paper from nobody", "subpoena-response", {"request.paper.issued_by": None}, "request.paper.issued_by", "identify the paper"),
    ("a paper nobody served", "subpoena-response", {"request.paper.served": None}, "request.paper.served", "identify the paper"),
    ("a paper served in no way", "subpoena-response", {"request.paper.served_how": None}, "request.paper.served_how",
     "identify the paper"),
    ("a paper without a return date", "subpoena-response", {"request.paper.return_date": None}, "request.paper.return_date",
     "identify the paper"),
    ("a paper served before it was written", "subpoena-response", {"request.paper.served": date(2019, 8, 25)},
     "request.paper.served", "before the date on the paper"),
    ("a paper returned before it was served", "subpoena-response", {"request.paper.return_date": date(2019, 8, 26)},
     "request.paper.return_date", "before the day of service"),
    ("a paper still to be served", "subpoena-response", {"request.paper.served": date(2019, 8, 31)}, "request.paper.served",
     "after the letter's date"),
    ("a paper still to be written", "subpoena-response",
     {"request.paper.issued": date(2019, 9, 1), "request.paper.served": date(2019, 9, 1)}, "request.paper.issued",
     "after the letter's date"),
    ("a signer's title with a stop", "subpoena-response", {"request.paper.signer_title": "Agent."},
     "request.paper.signer_title", "ends with “.”"),
    ("an agency's paper a judge signed", "subpoena-response", {"request.paper.signed_by_judge": True},
     "request.paper.signed_by_judge", "a paper signed by a judge"),
    ("an answer without the rule it rests on", "subpoena-response", {"legal_basis": ["nmac-106-c"]}, "legal_basis",
     "Add 20 C.F.R. § 603.7(b)(2)"),
    ("an answer without the State rule", "subpoena-response", {"legal_basis": ["cfr-603-7-b-2"]}, "legal_basis", "Add 11.3.100.106(C) NMAC"),
    ("the power of another paper", "subpoena-response", {"request.asserted": [], "request.paper.power": "employer-sanctions"},
     "legal_basis.4", "a power that this paper does not rely on"),
    ("the customs power against an immigration paper", "subpoena-response",
     {"legal_basis": ["cfr-603-7-b-2", "nmac-106-c", "tariff-act-509"]}, "legal_basis.3", "does not rely on"),
    ("an objection despite releases", "subpoena-response", {"request.released": True, "request.subjects": ["A"]},
     "request.released", "resisting would be wrong"),
    ("an objection to child support", "subpoena-response",
     {"request.nature": "child-support", "request.requester.agency_kind": "child-support"}, "request.nature",
     "resisting would be wrong"),
    ("what is produced, with a stop", "subpoena-response", {"produces": "the records."}, "produces", "ends with “.”"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "blamed", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_rule_names_its_field_and_what_to_do(
    assembler: Assembler, sample: Sample, kind: str, changes: dict[str, Any], blamed: str, words: str
) -> None:
    answers = changed(sample(kind), changes)
    everything = problems(assembler, answers)
    found = [problem for problem in everything if problem.field == blamed]
    assert any(words in str(problem) for problem in found), everything
    assert all(f"({problem.field})" in problem.where and problem.hint for problem in everything)
    assert not [problem for problem in everything if ENGINE.search(f"{problem.message} {problem.hint}")]

    # a field that is wrong by itself hides no broken rule
    junk = changed(answers, {"request.channel": "fax", "copies": 7})
    at_once = {(problem.field, problem.message) for problem in problems(assembler, junk)}
    assert {(problem.field, problem.message) for problem in found} | {("copies", "is not a list.")} <= at_once


CHILD_SUPPORT: dict[str, Any] = {
    "request.nature": "child-support",
    "request.trafficking": False,
    "request.requester.agency_kind": "child-support",
    "request.records": ["wage"],
    "request.explanation": None,
    "request.justification": None,
    "approved": ["wage"],
    "withheld_reason": None,
    "counsel_advised": None,
    "head_consented": None,
    "legal_basis": ["ssa-303-e-child-support", "cfr-603-9"],
}


def test_wages_for_child_support_are_a_duty_and_need_no_consent(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    for name, value in CHILD_SUPPORT.items():
        put(answers, name, value)
    letter = assembler.check(answers)
    assert assembler.context(letter)["confirms_duty"] is True


def test_other_records_for_child_support_are_granted_and_need_consent(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    granted: dict[str, Any] = {"request.records": ["claim"], "approved": ["claim"], "legal_basis": ["nmac-106-d"]}
    for name, value in (CHILD_SUPPORT | granted).items():
        put(answers, name, value)
    fields = {problem.field for problem in problems(assembler, answers)}
    assert {"counsel_advised", "head_consented"} <= fields
    put(answers, "counsel_advised", date(2019, 8, 20))
    put(answers, "head_consented", date(2019, 8, 22))
    assert assembler.context(assembler.check(answers))["confirms_duty"] is False


def test_what_the_law_requires_and_what_is_granted_do_not_share_a_letter(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    for name, value in (CHILD_SUPPORT | {"request.records": ["wage", "claim"], "approved": ["wage", "claim"]}).items():
        put(answers, name, value)
    assert any(problem.field == "approved" and "mixes" in problem.message for problem in problems(assembler, answers))


def test_the_law_of_an_approval_is_the_law_of_its_decision(assembler: Assembler, sample: Sample) -> None:
    duty = sample("conditional-approval")
    for name, value in (CHILD_SUPPORT | {"legal_basis": ["nmac-106-d"]}).items():
        put(duty, name, value)
    said = " ".join(str(problem) for problem in problems(assembler, duty))
    assert "Add 42 U.S.C. § 503(e)(1)" in said
    assert "Remove 11.3.100.106(D) NMAC" in said

    released = sample("conditional-approval")
    for name, value in {
        "request.released": True, "request.nature": "civil", "counsel_advised": None, "head_consented": None,
    }.items():  # fmt: skip
        put(released, name, value)
    assert "Add 11.3.100.106(C) NMAC" in " ".join(str(problem) for problem in problems(assembler, released))
    put(released, "legal_basis", ["nmac-106-c", "nm-51-1-32"])
    assert assembler.check(released).kind == "conditional-approval"


def test_a_child_support_agency_s_request_is_not_denied(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    put(answers, "request.requester.agency_kind", "child-support")
    put(answers, "request.nature", "child-support")
    put(answers, "request.investigation", "a child support proceeding")
    assert "requires wage information" in " ".join(str(problem) for problem in problems(assembler, answers))


def test_counsel_is_warned_of_a_late_denial_and_of_law_that_fits_other_requests(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("denial") | {"date": date(2019, 10, 1), "legal_basis": ["ipra-14-2-11-b", "nm-51-1-32", "printz"]}
    put(answers, "request.public_records", True)
    put(answers, "request.access", "targeted")
    put(answers, "request.subjects", ["Example Fabrication LLC"])
    told = [str(caution) for caution in assembler.cautions(assembler.check(answers))]
    assert len(told) == 2
    assert "Legal basis, item 3" in told[0]
    assert "after August 16, 2019, the last day for a written denial" in told[1]
    assert "15 calendar days from receipt" in told[1]


MORE: list[tuple[str, dict[str, Any], str, str]] = [
    ("denial", {"signatory": ""}, "signatory", "is empty"),
    ("denial", {"request.sought": "the records."}, "request.sought", "ends with “.”"),
    ("denial", {"request.requester.greeting": "Ms. Sample:"}, "request.requester.greeting", "ends with “:”"),
    ("denial", {"request.nature": "criminal", "request.case_number": "X-1"}, "request.investigation", "case number"),
    ("conditional-approval", {"approved": ["wage", "wage"]}, "approved.2", "a second time"),
    ("conditional-approval", {"request.dated": {}}, "request.dated", "is not a date"),
]


@pytest.mark.parametrize(("kind", "changes", "blamed", "words"), MORE)
def test_an_answer_that_would_read_wrong_in_the_letter_is_named(
    assembler: Assembler, sample: Sample, kind: str, changes: dict[str, Any], blamed: str, words: str
) -> None:
    answers = sample(kind)
    for name, value in changes.items():
        put(answers, name, value)
    assert any(problem.field == blamed and words in str(problem) for problem in problems(assembler, answers))


def test_problems_of_fields_and_of_rules_come_together(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    put(answers, "request.channel", "fax")
    put(answers, "request.sought", None)
    put(answers, "request.explanation", None)
    put(answers, "date", "31/12/2019")
    put(answers, "legal_basis", ["ipra-14-2-12"])
    put(answers, "delivry", ["mail"])

    found = {problem.field for problem in problems(assembler, answers)}

    assert {"request.channel", "request.sought", "request.explanation", "date", "legal_basis.1", "delivry"} <= found


def test_messages_are_sentences_without_engine_words(assembler: Assembler) -> None:
    junk = {
        "kind": "denial",
        "date": 1,
        "request": {"requester": [], "received": None, "subjects": "one"},
        "copies": [1],
    }
    for problem in problems(assembler, junk):
        assert str(problem).rstrip().endswith((".", "]", "}", '"', "?")), problem
        for word in ("Input", "input", "NoneType", "type=", "pydantic", "Traceback", "loc"):
            assert word not in str(problem).replace("located", "")


def test_an_unknown_field_suggests_the_nearest(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["requester"]["adress"] = "x"
    (problem,) = problems(assembler, answers)
    assert "Did you mean request.requester.address?" in problem.hint
    with pytest.raises(ValidationError) as caught:
        Office.model_validate({"phone": "555-0100"})  # not contact.telephone, which is of another group
    told = [problem for problem in problems_in(caught.value, Office) if problem.field in ("phone", "telephone")]
    assert [(each.field, each.hint) for each in told] == [("phone", "Did you mean telephone?")]
    answers = sample("denial") | {"request.received": date(2019, 8, 1)}
    (problem,) = problems(assembler, answers)
    assert problem.hint == "Write it in its group: received, under [request]."


@pytest.mark.parametrize("number", [0, 1735689600, 20190802, True, 1.5])
def test_a_number_is_never_taken_for_a_date(assembler: Assembler, sample: Sample, number: object) -> None:
    answers = sample("denial")
    answers["date"] = number
    (problem,) = problems(assembler, answers)
    assert problem.field == "date"
    assert "is not a date" in problem.message


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x0c", "\x07", "\x1b", "\ufffe", "\ud83d", "\ufdd0", "\x7f"])
def test_a_character_no_letter_can_print_is_refused_with_its_field(
    assembler: Assembler, sample: Sample, character: str
) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = f"one{character}two"
    (problem,) = problems(assembler, answers)
    assert problem.where == "Records sought (request.sought)"
    assert f"U+{ord(character):04X}" in problem.message


def test_line_ends_become_one_newline_and_nothing_else_changes(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = "  a\r\nb\rc\u2028d\u0085e & <f> \u00a0“Amélie” 🙂  "
    assert assembler.check(answers).request.sought == "a\nb\nc\nd\ne & <f> \u00a0“Amélie” 🙂"


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_a_meaning_and_an_example(kind: str) -> None:
    fields = fields_of(kind)
    assert len(fields) > 30
    for field in fields.values():
        assert field.title[0].isupper(), field.name
        assert field.description.endswith("."), field.name
        assert field.example is not None, field.name


# --- the gate of the conditional approval ---


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("request.access", "bulk"),
        ("request.subjects", []),
        ("request.records", []),
        ("request.purpose", None),
        ("request.investigation", None),
        ("request.explanation", None),
        ("request.justification", None),
        ("request.nature", "not-stated"),
    ],
)
def test_an_approval_of_an_incomplete_request_says_what_is_missing_and_which_letter_asks_for_it(
    assembler: Assembler, sample: Sample, name: str, empty: object
) -> None:
    answers = changed(sample("conditional-approval"), {name: empty, "request.case_number": None})
    assert "request-for-justification" in fields_blamed(assembler, answers)[name]
    del answers["request"]["channel"], answers["agreement"]  # while the answers are incomplete, too
    assert "request-for-justification" in fields_blamed(assembler, answers)[name]


def test_an_approval_the_office_has_not_decided_says_what_must_still_be_obtained(
    assembler: Assembler, sample: Sample
) -> None:
    undecided = {"counsel_advised": None, "head_consented": None, "approved": None, "conditions": None}
    blamed = fields_blamed(assembler, changed(sample("conditional-approval"), undecided))
    assert blamed.keys() == undecided.keys()
    assert "Obtain it first; no approval can be written until then." in blamed["counsel_advised"]
    assert "the secretary's consent and approval" in blamed["head_consented"]


def test_everything_missing_from_an_approval_is_reported_at_once(assembler: Assembler) -> None:
    blamed = fields_blamed(
        assembler, {"kind": "conditional-approval", "request": {"requester": {"agency_kind": "federal"}}}
    )
    assert {"counsel_advised", "head_consented", "request.explanation", "request.justification", "request.subjects",
            "request.purpose", "request.received", "approved", "recipients", "agreement", "legal_basis"} <= blamed.keys()  # fmt: skip


def test_a_release_by_everybody_named_needs_no_consent_and_no_justification(
    assembler: Assembler, sample: Sample
) -> None:
    released: dict[str, Any] = {
        "request.released": True, "request.nature": "civil", "request.trafficking": False, "request.requester.agency_kind": "private",
        "request.explanation": None, "request.justification": None, "counsel_advised": None, "head_consented": None,
        "legal_basis": ["nmac-106-c", "nm-51-1-32"],
    }  # fmt: skip
    assert assembler.check(changed(sample("conditional-approval"), released)).kind == "conditional-approval"


def test_counsel_is_warned_of_consent_before_advice_and_of_an_approval_without_a_period(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("conditional-approval"), {"counsel_advised": date(2019, 8, 23), "request.period": None})
    told = {caution.field: str(caution) for caution in assembler.cautions(assembler.check(answers))}
    assert "before counsel advised (August 23, 2019)" in told["head_consented"]
    assert "records from any period" in told["request.period"]


# --- what a request for justification asks for ---

SHOWN: dict[str, Any] = {
    "also_asked": None,
    "request.subjects": ["Ejemplo Dairy LLC"],
    "request.records": ["wage"],
    "request.period": "January 1, 2018, to June 30, 2019",
    "request.purpose": "an inquiry into one employer's payroll",
    "request.nature": "criminal",
    "request.investigation": "a criminal investigation of wage theft",
    "request.case_number": "EP-2019-0000",
    "request.statute": "18 U.S.C. § 1589, as named in the request",
    "request.authority": "none stated",
    "request.explanation": "The reports show who was paid.",
    "request.justification": "No other source holds them.",
    "request.other_sources": "The employer did not answer.",
    "request.requester.name": "Drew Specimen",
    "request.requester.title": "Supervisory Special Agent",
    "request.requester.supervisor": "Quinn Example, Resident Agent",
    "request.safeguards": "Encrypted storage",
}
ASKED_BY = {
    "request.subjects": "subjects", "request.records": "records", "request.period": "period", "request.purpose": "purpose",
    "request.nature": "matter", "request.investigation": "matter", "request.case_number": "case-number",
    "request.statute": "statute", "request.authority": "authority", "request.explanation": "explanation",
    "request.justification": "justification", "request.other_sources": "other-sources", "request.requester.name": "official",
    "request.requester.title": "official", "request.requester.supervisor": "official", "request.safeguards": "safeguards",
}  # fmt: skip


def missing(assembler: Assembler, answers: dict[str, Any]) -> list[str]:
    letter = assembler.check(answers)
    assert isinstance(letter, RequestForJustification)
    return [element.id for element in letter.missing(assembler.rulebook)]


@pytest.mark.parametrize(("name", "asked"), ASKED_BY.items())
def test_what_a_request_does_not_show_is_asked_for_and_nothing_else(
    assembler: Assembler, sample: Sample, name: str, asked: str
) -> None:
    without: Any = "not-stated" if name == "request.nature" else [] if isinstance(SHOWN[name], list) else None
    rest = {"request.case_number": None} if name == "request.investigation" else {}  # a number names a matter
    answers = changed(sample("request-for-justification"), SHOWN | {name: without} | rest)
    assert missing(assembler, answers) == [asked, *(["case-number"] if rest else [])]


def test_every_element_of_the_showing_has_been_missing_once(assembler: Assembler) -> None:
    of_programs = {"program-matter"}
    assert set(ASKED_BY.values()) == assembler.rulebook.showing.keys() - of_programs


def test_an_agency_to_which_the_law_requires_disclosure_is_asked_to_justify_nothing(
    assembler: Assembler, sample: Sample
) -> None:
    nothing: dict[str, Any] = dict.fromkeys(SHOWN) | {"request.subjects": [], "request.records": []}
    for kind in ("nutrition-program", "family-assistance", "workforce-agency", "child-support"):
        asked = missing(assembler, changed(sample("request-for-justification"), nothing | {"request.nature": "not-stated", "request.requester.agency_kind": kind}))  # fmt: skip
        assert {"subjects", "records", "purpose", "safeguards"} <= set(asked)
        assert not {"explanation", "justification", "statute", "other-sources"} & set(asked)
    refused = changed(sample("request-for-justification"), {"request.requester.agency_kind": "press"})
    assert "no explanation or justification opens" in fields_blamed(assembler, refused)["request.requester.agency_kind"]


def test_a_request_that_lacks_nothing_is_decided_unless_something_else_is_asked(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("request-for-justification"), SHOWN)
    assert "Decide the request" in fields_blamed(assembler, answers)["also_asked"]
    assert missing(assembler, changed(answers, {"also_asked": ["whether another agency will see the records"]})) == []


def test_what_is_missing_is_listed_in_the_order_of_its_file(assembler: Assembler, sample: Sample) -> None:
    nothing: dict[str, Any] = dict.fromkeys(SHOWN) | {"request.subjects": ["Ejemplo Dairy LLC"], "request.records": []}
    answers = changed(sample("request-for-justification"), nothing | {"request.nature": "not-stated"})
    assert missing(assembler, answers) == [
        name for name in assembler.rulebook.showing if name not in ("subjects", "program-matter")
    ]


MORE_TIME: dict[str, Any] = {
    "request.public_records": True, "request.burdensome": True, "due": None, "also_asked": None,
    "answer_by": date(2019, 9, 30), "legal_basis": ["ipra-14-2-10"],
}  # fmt: skip


def test_a_burdensome_public_records_request_gets_its_notice_and_no_questions(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("request-for-justification"), MORE_TIME)
    assert missing(assembler, answers) == []
    letter = assembler.check(answers)
    assert letter.deadlines(assembler.rulebook)["more-time"].day == date(2019, 9, 4)
    late = assembler.check(changed(answers, {"date": date(2019, 9, 5)}))
    assert any(
        "after September 4, 2019, the last day for this notice" in str(each) for each in assembler.cautions(late)
    )
    assert not any(each.field == "date" for each in assembler.cautions(letter))


def test_a_closed_day_is_refused_and_counsel_is_told_of_questions_that_need_not_be_asked(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(
        sample("request-for-justification"),
        {"request.nature": "child-support", "request.released": True},
    )
    with pytest.raises(InvalidAnswers, match="September 14, 2019, a day on which the office is closed"):
        assembler.check(answers | {"due": date(2019, 9, 14)})
    told = {caution.field: str(caution) for caution in assembler.cautions(assembler.check(answers))}
    assert "requires wage information" in told["request.nature"]
    assert "no justification in addition" in told["request.released"]


# --- compulsory process, each on its own terms ---

JUDGED = {"decision": "compliance", "objections": [], "produces": "the records of the person named", "legal_basis": ["nmac-106-c"],
          "request.asserted": [], "request.paper.power": "other"}  # fmt: skip
ANSWERED: dict[str, dict[str, Any]] = {
    "administrative-subpoena": {},
    "customs-summons": {"objections": ["state-rule", "customs-purpose"], "request.paper.power": "other",
                        "request.asserted": [], "legal_basis": ["tariff-act-509", "nmac-106-c"]},
    "litigant-subpoena": {"decision": "motion-to-quash", "objections": [], "request.asserted": [],
                          "request.paper.power": "other", "request.requester.agency_kind": "private",
                          "request.paper.court": "First Judicial District Court", "legal_basis": ["cfr-603-7-a"]},
    "grand-jury-subpoena": JUDGED,
    "court-order": JUDGED | {"request.paper.signed_by_judge": True},
    "search-warrant": JUDGED | {"request.paper.signed_by_judge": True},
}  # fmt: skip


def answer_to(sample: Sample, process: str, **more: Any) -> dict[str, Any]:
    return changed(sample("subpoena-response"), {"request.process": process} | ANSWERED[process] | more)


@pytest.mark.parametrize("process", ANSWERED)
def test_every_process_has_one_answer(assembler: Assembler, sample: Sample, process: str) -> None:
    right = assembler.check(answer_to(sample, process))
    assert isinstance(right, SubpoenaResponse)
    for decision in assembler.rulebook.decisions:
        if decision != right.decision:
            blamed = fields_blamed(assembler, answer_to(sample, process, decision=decision))
            assert f"does not answer “{process}”. Write {right.decision};" in blamed["decision"]


def test_every_process_there_is_is_answered(assembler: Assembler) -> None:
    assert ANSWERED.keys() == set(assembler.rulebook.processes) - {NO_PROCESS}


@pytest.mark.parametrize("process", ["court-order", "search-warrant"])
def test_a_paper_no_judge_signed_is_no_order(assembler: Assembler, sample: Sample, process: str) -> None:
    blamed = fields_blamed(assembler, answer_to(sample, process, **{"request.paper.signed_by_judge": False}))
    assert "stop and ask counsel" in blamed["request.paper.signed_by_judge"]


def test_compliance_says_what_is_produced(assembler: Assembler, sample: Sample) -> None:
    assert "what is produced" in fields_blamed(assembler, answer_to(sample, "court-order", produces=None))["produces"]


def test_compliance_raises_no_objection(assembler: Assembler, sample: Sample) -> None:
    blamed = fields_blamed(assembler, answer_to(sample, "court-order", objections=["scope"]))
    assert "not an objection to “court-order”" in blamed["objections.1"]


def test_a_motion_names_its_court_and_is_filed_between_service_and_letter(assembler: Assembler, sample: Sample) -> None:
    assert "request.paper.court" in fields_blamed(
        assembler, answer_to(sample, "litigant-subpoena", **{"request.paper.court": None})
    )
    assert assembler.check(answer_to(sample, "litigant-subpoena", motion_filed=date(2019, 8, 28))).kind
    for day, words in (
        (date(2019, 8, 31), "after the letter's date"),
        (date(2019, 8, 26), "before the paper was served"),
    ):
        assert (
            words in fields_blamed(assembler, answer_to(sample, "litigant-subpoena", motion_filed=day))["motion_filed"]
        )


@pytest.mark.parametrize("process", [process for process in ANSWERED if ANSWERED[process] is not JUDGED])
def test_an_answer_cites_the_law_it_rests_on(assembler: Assembler, sample: Sample, process: str) -> None:
    right = answer_to(sample, process)
    for name in right["legal_basis"]:
        rest = [other for other in right["legal_basis"] if other != name] or ["nm-51-1-32"]
        if name in ("cfr-603-7-a", "cfr-603-7-b-2", "tariff-act-509", "nmac-106-c"):
            assert (
                f"Add {assembler.rulebook.bases[name].citation}."
                in fields_blamed(assembler, right | {"legal_basis": rest})["legal_basis"]
            )


def test_a_power_is_cited_for_the_paper_that_rests_on_it_or_claims_to(assembler: Assembler, sample: Sample) -> None:
    answers = answer_to(sample, "administrative-subpoena", legal_basis=["cfr-603-7-b-2", "nmac-106-c", "ina-274a-e-2"])
    answers["objections"] = ["state-rule"]
    assert "legal_basis.3" in fields_blamed(assembler, answers)
    assert assembler.check(changed(answers, {"request.paper.power": "employer-sanctions"}))
    assert assembler.check(changed(answers, {"request.asserted": ["ina-274a-e-2"]}))


def test_counsel_is_warned_of_an_answer_after_the_return_date(assembler: Assembler, sample: Sample) -> None:
    late = assembler.check(sample("subpoena-response") | {"date": date(2019, 9, 11)})
    assert "after the return date of the paper (September 10, 2019)" in " ".join(map(str, assembler.cautions(late)))
    in_time = assembler.check(sample("subpoena-response") | {"date": date(2019, 9, 10)})
    assert not any(each.field == "date" for each in assembler.cautions(in_time))


# --- notices ---


def test_a_records_act_notice_gives_its_day_and_counsel_is_warned_when_it_is_late(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("contact-notice"), {"request.public_records": True, "answer_by": date(2019, 8, 23)})
    assert not any(each.field == "date" for each in assembler.cautions(assembler.check(answers)))
    late = assembler.check(answers | {"date": date(2019, 8, 14)})  # 8 August is a Thursday
    told = {each.field: str(each) for each in assembler.cautions(late)}
    assert (
        "after August 13, 2019, the day by which this notice was due. NMSA 1978, § 14-2-8 gives 3 business days"
        in told["date"]
    )
    # after the last day of all the notice can still be written, for the earliest day there is
    assert assembler.check(answers | {"date": date(2019, 8, 26), "answer_by": date(2019, 8, 27)})


def test_a_notice_does_not_answer_a_subpoena(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("contact-notice"), {"request.process": "administrative-subpoena"})
    told = {each.field: str(each) for each in assembler.cautions(assembler.check(answers))}
    assert "with a subpoena-response" in told["request.process"]


def test_a_memo_goes_to_our_own_staff_and_needs_no_address(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("routing-memo"), {"request.requester.address": None, "request.requester.email": None})
    assert assembler.check(answers | {"delivery": ["email", "mail", "hand", "certified-mail"]})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("routing-memo", "contact-notice")])
def test_counsel_is_warned_where_the_guide_says_stop(assembler: Assembler, sample: Sample, kind: str) -> None:
    stops = {"request.requester.agency_kind": "labor", "request.trafficking": True, "request.child_victim": True}
    answers = changed(sample(kind), stops)
    if kind != "conditional-approval":
        answers = changed(answers, {"request.records": ["wage", "immigration-status"]})
    told = {each.field: str(each) for each in assembler.cautions(assembler.check(answers))}
    assert "ask the chief legal counsel" in told["request.requester.agency_kind"]
    assert "within 24 hours" in told["request.child_victim"]
    assert ("there is no automatic letter" in told.get("request.records", "")) == (kind != "conditional-approval")


# --- whatever stands in the answers ---

JUNK: list[Any] = [
    None, 0, -1, 1.5, float("nan"), float("inf"), 10**30, True, False, "", " ", "x", "\ud800", "a\x00b", "none", "targeted", "direct-access",
    "2019-13-45", "9999-12-31", "0001-01-01", "1 U.S.C. § 2", b"x", [], [None], [0], [True], [[]], [{}], [""], ["x"], ["x", "x"],
    ["\ud800"], [["x"]], {}, {"x": 1}, {"name": 1}, {1: 2}, {"\ud800": "x"}, {"name": "a", "title": None}, [{"name": "a"}],
    [1, "x", None], (), ("a",), set(), range(3), object(), Exception, date.min, date.max, datetime(2019, 8, 2, 1), [date(2019, 8, 2)],
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in entries:
        yield from places(each, (*path, step))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def everything_answered(sample: Sample, kind: str) -> dict[str, Any]:
    answers = sample(kind)
    for name, field in fields_of(kind).items():
        if get(answers, name) is None:
            put(answers, name, deepcopy(field.example))
    return answers


@pytest.mark.parametrize("kind", KINDS)
def test_any_answers_are_checked_without_a_crash(assembler: Assembler, sample: Sample, kind: str) -> None:
    chance = random.Random(f"letters {kind}")
    whole = everything_answered(sample, kind)
    all_places = list(places(whole))
    assert len(all_places) > 90
    spoilt = [[(place, chance.choice(JUNK))] for place in all_places]
    spoilt += [[(place, chance.choice(JUNK)) for place in chance.sample(all_places, 6)] for _ in range(30)]
    said: list[str] = []
    for changes in spoilt:
        answers = deepcopy(whole)
        for (*path, last), junk in changes:
            with suppress(KeyError, IndexError, TypeError):  # what it stood in is junk by now
                at(answers, tuple(path))[last] = deepcopy(junk) if isinstance(junk, (dict, list)) else junk
        try:
            letter = assembler.check(answers)
            list(assembler.cautions(letter))
        except InvalidAnswers as error:
            said.append(str(error))
        said += map(str, rules_broken(answers, assembler.rulebook))
    assert len(said) > len(spoilt) / 2
    assert "\n".join(said).encode("utf-8")  # every message can be shown


@pytest.mark.parametrize("kind", KINDS)
def test_answers_may_lack_anything(assembler: Assembler, sample: Sample, kind: str) -> None:
    whole = everything_answered(sample, kind)
    for *path, last in places(whole):
        answers = deepcopy(whole)
        del at(answers, tuple(path))[last]
        list(rules_broken(answers, assembler.rulebook))
        if last != "kind":
            with suppress(InvalidAnswers):
                list(assembler.cautions(assembler.check(answers)))


@pytest.mark.parametrize("day", [date(219, 8, 2), "0219-08-02", "8/2/0219", date(1899, 12, 31), date(2200, 1, 1)])
def test_a_slip_in_the_year_is_not_taken_for_a_day(assembler: Assembler, sample: Sample, day: object) -> None:
    assert "must be a typing error" in fields_blamed(assembler, sample("denial") | {"date": day})["date"]


def test_answers_to_an_office_s_own_questions_can_be_printed(assembler: Assembler, sample: Sample) -> None:
    fine = {"shelf": "A 3\r\n", "copies": 2, "day": date(2019, 8, 2), "list": ["a", {"b": True}]}
    assert assembler.check(sample("denial") | {"extra": fine}).extra == fine | {"shelf": "A 3"}
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    for bad in ("a\x00b", "\ud800", None, deep, float("nan"), datetime(2019, 8, 2, 1), b"x", {1: "x"}):
        assert "extra" in fields_blamed(assembler, sample("denial") | {"extra": {"shelf": bad}})


# --- the fields, and their schema ---


@pytest.mark.parametrize("kind", KINDS)
def test_entries_of_a_list_have_their_fields_listed(kind: str) -> None:
    groups = {
        name: [part.name for part in field.parts] for name, field in fields_of(kind).items() if field.kind == "group"
    }
    assert groups == {
        "request.earlier": ["day", "channel", "reached", "answered", "reference"],
        "unvetted_law": ["citation", "summary"],
        "earlier_letters": ["date", "reference", "to", "said"],
    }
    for name in groups:
        assert "list of tables: " in fields_of(kind)[name].type_in_words
        assert all(part.title and part.description.endswith(".") for part in fields_of(kind)[name].parts)


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_takes_the_sample_and_refuses_junk(assembler: Assembler, sample: Sample, kind: str) -> None:
    schema = schema_of(kind, assembler.rulebook)
    Draft202012Validator.check_schema(schema)
    accepts = Draft202012Validator(schema).is_valid
    answers = as_json(sample(kind))
    assert accepts(answers)
    assert accepts(as_json(everything_answered(sample, kind)))
    for junk in ({"kind": "x"}, {"date": 7}, {"signatory": "nobody"}, {"legal_basis": ["cfr-603-12"]}, {"request.process": "fax"},
                 {"request.records": ["payroll"]}, {"request.earlier": [{"day": "2019-08-01"}]}, {"earlier_letters": [{}]},
                 {"delivery": []}, {"request.asserted": ["printz"]}, {"request.unknown": 1}, {"unknown": 1}, {"request": []}):  # fmt: skip
        assert not accepts(changed(answers, junk)), junk
    assert not accepts({name: each for name, each in answers.items() if name != "request"})


def test_the_schema_of_a_subpoena_s_answer_knows_the_objections(assembler: Assembler, sample: Sample) -> None:
    accepts = Draft202012Validator(schema_of("subpoena-response", assembler.rulebook)).is_valid
    answers = as_json(sample("subpoena-response"))
    assert accepts(answers | {"objections": ["indefinite"]})
    assert not accepts(answers | {"objections": ["weather"]})
