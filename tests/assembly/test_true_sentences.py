"""What letters say is so: each sentence is printed on its facts, and no letter says what its own facts refute."""

# ruff: noqa: RUF001 - the letters have typographic quotation marks

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from helpers.answered import changed, refused, text_of

from letters.assembly.assembler import Assembler
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]
# Law of the State that was amended in 2019: a letter of 2026 says that counsel has looked it up.
LOOKED_UP = ["nmac-106-c", "nmac-106-d", "nmac-106-e"]


@pytest.fixture
def litigant(sample: Sample) -> dict[str, Any]:
    answers = sample("subpoena-response")
    return changed(
        answers,
        decision="motion-to-quash",
        objections=["confidential", "no-release"],
        legal_basis=["cfr-603-7-a", "nmac-106-c", "nm-51-1-32"],
        earlier_letters=[],
        request__process="litigant-subpoena",
        request__access="targeted",
        request__subjects=["Jane Placeholder"],
        request__asserted=[],
        request__requester__agency="Placeholder & Sample, P.C.",
        request__requester__agency_kind="private",
        request__paper__court="the Second Judicial District Court",
        request__paper__power=None,
        request__paper__signer_authority=None,
    )


# --- objections ---


@pytest.mark.parametrize(
    ("objection", "fact", "value"),
    [
        ("unnamed-group", "request.subjects", ["Jane Placeholder"]),
        ("scope", "request.subjects", ["Jane Placeholder"]),
        ("relevance", "request.investigation", "an investigation of passport fraud"),
        ("issuer", "request.paper.signer_authority", "shown"),
        ("issuer", "request.paper.signer_title", "Special Agent in Charge"),
        ("state-rule", "request.agreement", "Agreement 2018-00 of March 1, 2018"),
    ],
)
def test_an_objection_that_the_facts_refute_is_refused(
    assembler: Assembler, sample: Sample, objection: str, fact: str, value: Any
) -> None:
    answers = changed(sample("subpoena-response"), objections=[objection])
    assembler.check(answers)
    put(answers, fact, value)
    assert "which the facts given here do not bear out" in refused(assembler, answers)


def test_a_paper_that_gives_its_records_and_period_is_not_called_indefinite(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("subpoena-response"), objections=["indefinite"])
    assert "do not bear out" in refused(assembler, answers)
    put(answers, "request.period", None)
    assert "mentions “since”" in refused(assembler, answers)  # what it seeks, since January 1, 2018
    put(answers, "request.sought", "the wages of all persons employed by Ejemplo Dairy LLC")
    assert "does not state the period of the records it seeks" in text_of(assembler, answers)


def test_a_customs_summons_may_be_asked_for_the_rank_of_its_signer(assembler: Assembler) -> None:
    assert assembler.rulebook.objections["customs-signer"].answers_to == ["customs-summons"]


def test_counsel_s_own_words_may_not_contradict_the_letter(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("subpoena-response"), reasons="In answer to it the Department produces what is public.")
    assert "The letter says both" in refused(assembler, answers)


# --- what is released, kept, and reserved ---


def test_records_are_said_to_be_preserved_only_if_a_hold_was_confirmed(assembler: Assembler, sample: Sample) -> None:
    answers = sample("subpoena-response")
    assert "are being preserved" in text_of(assembler, answers)
    put(answers, "preserved", False)
    assert "preserv" not in text_of(assembler, answers)
    assert any("a hold" in caution.hint for caution in assembler.cautions(assembler.check(answers)))


def test_an_approval_carries_the_terms_that_federal_law_requires(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    for term, subject in (
        ("inspection", "Inspection"), ("cost", "Cost"), ("return", "Return or destruction"), ("log", "Log and audit"),
        ("process", "Subpoenas for the records"),
    ):  # fmt: skip
        fewer = changed(sample("conditional-approval"), conditions=[x for x in answers["conditions"] if x != term])
        assert f"{subject}”, which every approval must carry" in refused(assembler, fewer)


def test_the_state_rule_and_the_test_for_a_demand_are_not_overstated(assembler: Assembler, sample: Sample) -> None:
    bases, objections = assembler.rulebook.bases, assembler.rulebook.objections
    assert "apart from what subsections (B), (D), and (E) allow" in bases["nmac-106-c"].summary
    assert objections["state-rule"].text.startswith("Apart from what its subsections (B), (D), and (E) allow")
    assert "is sufficient if" in bases["morton-salt"].summary
    assert "must be" not in objections["scope"].text
    text = text_of(assembler, sample("policy-statement"))
    assert "it names criminal investigations and child support proceedings" in text
    assert "no other purpose" not in text


def test_records_and_period_are_asked_for_apart_and_practice_cites_no_law(assembler: Assembler) -> None:
    showing = assembler.rulebook.showing
    assert showing["records"].fields == ["request.records"]
    assert showing["period"].fields == ["request.period"]
    for practice in ("period", "case-number", "authority"):
        assert "law." not in showing[practice].why
        assert not showing[practice].basis


def test_a_duty_is_not_called_an_approval(assembler: Assembler, sample: Sample) -> None:
    answers = changed(
        sample("conditional-approval"),
        approved=["wage"],
        withheld_reason=None,
        counsel_advised=None,
        head_consented=None,
        legal_basis=["ssa-303-e-child-support", "cfr-603-9", "cfr-603-10"],
        request__records=["wage"],
        request__nature="child-support",
        request__investigation="a child support proceeding",
        request__trafficking=False,
        request__requester__agency_kind="child-support",
    )
    text = text_of(assembler, answers)
    assert "it is not a discretionary approval" in text
    assert "this approval" not in text.lower()
    assert "may suspend" not in text


def test_an_exchange_agreement_is_a_ground_of_release_of_its_own(assembler: Assembler, sample: Sample) -> None:
    answers = changed(
        sample("conditional-approval"),
        legal_basis=["nmac-106-e", "cfr-603-9", "cfr-603-10", "nm-51-1-32"],
        counsel_advised=None,
        head_consented=None,
        request__nature="civil",
        request__investigation="the audits of tax returns",
        request__agreement="Exchange Agreement 2018-00",
        request__trafficking=False,
    )
    assert "allows the Department to enter into agreements to exchange" in text_of(assembler, answers)
    assert assembler.advice.on(answers).kind == "conditional-approval"
    assert "nmac-106-e" in assembler.advice.on(answers).rules[0].bases


# --- process of courts and litigants ---


def test_a_litigant_is_told_by_when_to_withdraw_and_what_else_would_do(
    assembler: Assembler, litigant: dict[str, Any]
) -> None:
    text = text_of(assembler, litigant)
    assert "Please withdraw the subpoena in writing by September 6, 2019." in text  # two business days before the 10th
    assert "a signed, written release from every person" in text
    assert "1373" not in text
    put(litigant, "request.paper.return_date", dt.date(2019, 9, 3))  # after Labor Day; the letter is of August 30
    assert "withdraw_by" in refused(assembler, litigant)


def test_a_withdrawal_is_never_asked_for_on_a_closed_day(assembler: Assembler, litigant: dict[str, Any]) -> None:
    put(litigant, "withdraw_by", dt.date(2019, 9, 8))
    assert "is September 8, 2019, a Sunday" in refused(assembler, litigant)


@pytest.mark.parametrize(("process", "says"), [
    ("grand-jury-subpoena", "The Department produces them to the grand jury, and to no one else."),
    ("court-order", "will be made to the court by motion"),
    ("search-warrant", "used only in the matter in which the warrant was issued"),
])  # fmt: skip
def test_no_judge_and_no_grand_jury_is_asked_by_letter_for_costs_or_a_seal(
    assembler: Assembler, litigant: dict[str, Any], process: str, says: str
) -> None:
    answers = changed(
        litigant,
        decision="compliance",
        objections=[],
        legal_basis=["nmac-106-c", "nm-51-1-32"],
        produces="the wage records of the person named in it",
        request__process=process,
        request__paper__signed_by_judge=True,
    )
    text = text_of(assembler, answers)
    assert says in text
    assert "seal" not in text
    assert "costs of producing" not in text


# --- the sentence on 8 U.S.C. § 1373 ---


def test_the_status_sentence_is_for_federal_agencies_under_a_heading_of_its_own(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("denial")
    assert "Citizenship and immigration status Nothing in this letter prohibits" in text_of(assembler, answers)
    put(answers, "request.requester.agency_kind", "state")
    assert "1373" not in text_of(assembler, answers)


def test_the_status_sentence_never_stands_beside_the_prohibition_of_2025(assembler: Assembler, sample: Sample) -> None:
    day = dt.date(2026, 3, 10)
    answers = changed(sample("routing-memo"), date=day, effective=day, law_checked=LOOKED_UP)
    text = text_of(assembler, answers)
    assert "forbid a state agency employee to intentionally disclose" in text
    assert "prohibits or restricts sending to" not in text
    assert "who decides it under 8 U.S.C. §§ 1373(a)-(b) and 1644 and under 2025 N.M. Laws, ch. 138" in text


# --- reasons for a refusal ---


def test_a_private_person_is_not_told_to_name_a_criminal_investigation(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("denial"), request__requester__agency_kind="private", request__access="targeted")
    text = text_of(assembler, answers)
    assert "criminal investigation" not in text.split("Why the request is outside")[1]
    assert "upon that person’s or employer’s signed, written release" in text


def test_federal_grounds_are_given_only_if_counsel_chooses_them(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    assert "only if State law authorizes it" not in text_of(assembler, answers)
    put(answers, "grounds", ["no-state-authority", "interference"])
    assert "interference" in refused(assembler, answers)
    put(answers, "interference", "Each query would take an examiner from the claims that wait.")
    text = text_of(assembler, answers)
    assert "the Department finds no State law that authorizes direct, unlimited, or standing access" in text
    assert "Each query would take an examiner from the claims that wait." in text
    put(answers, "request.agreement", "Agreement 2018-00")
    assert "do not bear out" in refused(assembler, answers)


def test_a_public_records_denial_says_which_records_are_confidential_and_sends_nobody_to_counsel(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("denial"), request__public_records=True, request__purpose=None, request__access="bulk")
    text = text_of(assembler, answers)
    assert "Records of the kinds asked for (quarterly wage records and employer information" in text
    assert "Harper Sample, Records Custodian" in text
    assert "are not authorized to answer it" not in text
    put(answers, "request.records", [])
    assert "What is not confidential is released" in refused(assembler, answers)


def test_no_purpose_is_claimed_to_be_missing_where_the_request_explains_itself(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("denial")
    assert "The request states no purpose." in text_of(assembler, answers)
    put(answers, "request.explanation", "The records show who was paid.")
    assert "states no purpose" not in text_of(assembler, answers)


def test_what_a_request_should_state_is_the_same_in_every_letter(assembler: Assembler, sample: Sample) -> None:
    texts = [each.text for each in assembler.rulebook.showing.values() if each.id != "program-matter"]
    for kind in ("denial", "contact-notice", "policy-statement"):
        letter = text_of(assembler, sample(kind))
        assert all(text in letter for text in texts)


# --- stop and ask ---


def test_a_letter_where_the_guide_says_stop_is_a_draft_until_the_reason_is_recorded(
    assembler: Assembler, sample: Sample
) -> None:
    answers = changed(sample("denial"), request__requester__agency_kind="labor")
    letter = assembler.check(answers)
    assert "stop and ask counsel (guide 18)" in assembler.why_draft(letter)
    assert assembler.make(letter, ["docx"]).is_draft
    letter = assembler.check(changed(answers, departure="The Department of Labor withdrew its request."))
    assert not assembler.is_draft(letter)


@pytest.mark.parametrize("kind", ["acknowledgment", "release-needed", "own-record-release", "closing"])
def test_a_stop_makes_a_draft_of_every_letter_that_answers_a_request(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    answers = changed(sample(kind), request__emergency=True, departure=None)
    assert "stop and ask counsel (guide 33)" in assembler.why_draft(assembler.check(answers))
    answers = changed(answers, departure="Counsel was called first.")
    assert not assembler.is_draft(assembler.check(answers))


@pytest.mark.parametrize("access", ["targeted", "bulk", "direct-access"])
@pytest.mark.parametrize("program", ["nutrition-program", "family-assistance", "housing-agency", "required-recipient"])
def test_a_program_that_the_law_serves_is_never_denied(
    assembler: Assembler, sample: Sample, program: str, access: str
) -> None:
    answers = changed(sample("denial"), request__requester__agency_kind=program, request__access=access)
    assert "so a denial would be wrong" in refused(assembler, answers)


@pytest.mark.parametrize("kind", ["contact-notice", "routing-memo"])
@pytest.mark.parametrize("asker", ["press", "person", "nutrition-program", "labor"])
def test_what_is_for_law_enforcement_goes_to_nobody_else(
    assembler: Assembler, sample: Sample, kind: str, asker: str
) -> None:
    answers = changed(sample(kind), request__requester__agency_kind=asker)
    assert "law enforcement agenc" in refused(assembler, answers)


# --- days, earlier letters, agreements ---


def test_the_last_business_day_is_not_called_the_last_of_the_days(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("extension-notice"), request__received=dt.date(2026, 3, 7))  # the 15th day is a Sunday
    text = text_of(assembler, answers)
    assert "The last business day of the 15 calendar days after receipt is March 20, 2026." in text
    assert "March 22" not in text


def test_an_earlier_letter_to_somebody_else_says_to_whom_it_went(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    earlier = {"date": dt.date(2019, 8, 1), "reference": "OGC-2019-0100", "said": "denied access"}
    put(answers, "earlier_letters", [earlier])
    assert "our letter of August 1, 2019 (OGC-2019-0100), in which" in text_of(assembler, answers)
    put(answers, "earlier_letters", [earlier | {"to": "Example County"}])
    assert "our letter to Example County of August 1, 2019 (OGC-2019-0100), in which" in text_of(assembler, answers)
    put(answers, "earlier_letters", [earlier | {"to": "Example County", "reference": None}])
    assert "our letter to Example County of August 1, 2019, in which" in text_of(assembler, answers)


def test_a_repeated_denial_counts_answers_and_not_enclosures(assembler: Assembler, sample: Sample) -> None:
    answers = sample("repeat-denial")
    put(answers, "request.earlier", answers["request"]["earlier"][:1])
    put(answers, "enclosures", ["Our letter of August 2, 2019", "Your email of August 1, 2019"])
    assert "A copy of the earlier answer is enclosed." in text_of(assembler, answers)
    also = {"day": dt.date(2019, 8, 3), "channel": "email", "reached": "us", "answered": dt.date(2019, 8, 5)}
    put(answers, "request.earlier", [*answers["request"]["earlier"], also])
    put(answers, "enclosures", ["Our letter of August 2, 2019"])
    assert "2 earlier answers are enclosed" in refused(assembler, answers)


def test_an_agreement_in_force_is_not_signed_again(assembler: Assembler, sample: Sample) -> None:
    answers = changed(
        sample("conditional-approval"),
        legal_basis=["nmac-106-e", "cfr-603-9", "cfr-603-10", "nm-51-1-32"],
        agreement="Exchange Agreement 2018-00",
        counsel_advised=None,
        head_consented=None,
        request__nature="civil",
        request__investigation="the audits of tax returns",
        request__trafficking=False,
    )
    assert "the letter names it" in refused(assembler, answers)
    put(answers, "request.agreement", "Exchange Agreement 2018-00")
    text = text_of(assembler, answers)
    assert "Under Exchange Agreement 2018-00, the Department approves" in text
    assert "The records are released under Exchange Agreement 2018-00, and only while it is in force." in text
    assert "have both signed" not in text


def test_one_s_own_records_are_not_those_of_others(assembler: Assembler, sample: Sample) -> None:
    answers = sample("own-record-release")
    for others in (["Jane Placeholder"], ["Example Fabrication LLC", "Jane Placeholder"]):
        put(answers, "request.subjects", others)
        assert "name somebody besides the requester" in refused(assembler, answers)
    put(answers, "request.subjects", ["Example Fabrication, LLC"])
    assert assembler.check(answers)
    needed = changed(
        sample("release-needed"), request__subjects=["John Q. Placeholder"], request__requester__agency_kind="person"
    )
    assert "would be those of John Q. Placeholder" in text_of(assembler, needed)
    assert "names you as the one to whom they may be released" in text_of(assembler, needed)


def test_a_letter_dated_on_a_sunday_gets_a_note(assembler: Assembler, sample: Sample) -> None:
    answers = sample("own-record-release")
    assert not assembler.cautions(assembler.check(answers))
    put(answers, "date", dt.date(2026, 3, 15))
    (note,) = assembler.cautions(assembler.check(answers))
    assert "March 15, 2026, a day on which the office is closed" in str(note)


# --- how sentences begin ---


@pytest.mark.parametrize(
    ("channel", "begins"),
    [
        ("visit", "in answer to your visit of August 1, 2019, during which"),
        ("service", "in answer to the papers served on the Department on August 1, 2019, in which"),
        ("email", "in answer to your email of August 1, 2019, in which"),
    ],
)
def test_a_letter_begins_as_the_request_came(assembler: Assembler, sample: Sample, channel: str, begins: str) -> None:
    assert begins in text_of(assembler, changed(sample("denial"), request__channel=channel))


def test_a_visit_is_not_received_and_a_policy_is_asked_about(assembler: Assembler, sample: Sample) -> None:
    days = {"request__dated": dt.date(2026, 3, 2), "request__received": dt.date(2026, 3, 4)}
    asked = {"request__access": "policy-inquiry", "request__sought": "subpoenas", "request__subjects": []}
    answers = changed(sample("closing"), **days, **asked)
    assert "your email of March 2, 2026, received on March 4, 2026, in which" in text_of(assembler, answers)
    put(answers, "request.channel", "visit")
    text = text_of(assembler, answers)
    assert "your visit of March 2, 2026, during which U.S. Customs and Border Protection asked about subpoenas." in text
    assert "Your request of March 2, 2026, about subpoenas" in text


def test_a_statistical_agency_is_asked_for_no_justification(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("request-for-justification"), request__requester__agency_kind="statistical-agency")
    assert "a justification" not in text_of(assembler, answers)


def test_the_memo_begins_as_the_contact_came(assembler: Assembler, sample: Sample) -> None:
    text = text_of(assembler, changed(sample("routing-memo"), request__channel="visit"))
    assert "In person on August 7, 2019, U.S. Immigration" in text


def test_a_letter_that_names_persons_is_marked_confidential(assembler: Assembler, sample: Sample) -> None:
    assert " Confidential " in text_of(assembler, sample("conditional-approval"))
    assert " Confidential " not in text_of(assembler, sample("denial"))


@pytest.mark.parametrize(
    ("received_by", "asked"),
    [
        ("Office of the Secretary", "the Office of the Secretary"),
        ("The Office of General Counsel", "the Office of General Counsel"),
        ("Unemployment Insurance Tax Bureau", "the Unemployment Insurance Tax Bureau"),
        ("Las Cruces field office", "the Las Cruces field office"),
        ("Secretary's Office, Santa Fe", "the Secretary’s Office, Santa Fe"),
        ("the Las Cruces field office", "the Las Cruces field office"),
        ("an employee of the Tax Bureau", "an employee of the Tax Bureau"),
        ("Casey Specimen, Director", "Casey Specimen, Director"),
        ("Secretary Casey Specimen", "Secretary Casey Specimen"),
    ],
)
def test_an_office_that_was_asked_has_its_article_and_a_person_has_none(
    assembler: Assembler, sample: Sample, received_by: str, asked: str
) -> None:
    notice = changed(sample("contact-notice"), request__received_by=received_by)
    assert f"asked {asked} for direct access" in text_of(assembler, notice)
    memo = changed(sample("routing-memo"), request__received_by=received_by)
    memo["request"]["earlier"][0]["reached"] = received_by
    words = text_of(assembler, memo)
    assert f"asked {asked} for a log-in" in words
    assert f"by email, reaching {asked}; answered" in words


@pytest.mark.parametrize(
    ("greeting", "salutation"),
    [
        ("Ms. Placeholder", "Estimada Sra. Placeholder:"),
        ("Mr. Placeholder", "Estimado Sr. Placeholder:"),
        ("Sra. Placeholder", "Estimada Sra. Placeholder:"),
        ("Jane Placeholder", "Estimado/a Jane Placeholder:"),
    ],
)
def test_a_title_in_english_is_translated_in_a_salutation_in_spanish(
    assembler: Assembler, sample: Sample, greeting: str, salutation: str
) -> None:
    answers = changed(sample("own-records"), language="es", recipient__greeting=greeting)
    assert salutation in text_of(assembler, answers)
