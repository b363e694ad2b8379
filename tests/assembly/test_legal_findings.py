"""The eighteen findings of a hostile legal reading of the letters, in its order, each held by a test of its own.

Most have further tests where their subject is at home: `test_true_sentences`, `test_law`, `test_advice`, `test_rules`.
"""

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
LATER = dt.date(2026, 3, 10)
LOOKED_UP = ["nmac-106-c", "nmac-106-d", "nmac-106-e"]


def test_finding_1_the_amended_rule_is_cited_only_as_somebody_read_it(assembler: Assembler, sample: Sample) -> None:
    """11.3.100.106 NMAC was amended on October 29, 2019: (C) was read after that day, (D) and (E) before it."""
    bases, amended = assembler.rulebook.bases, dt.date(2019, 10, 29)
    for name in LOOKED_UP:
        assert bases[name].amended == [amended]
        assert "was amended effective October 29, 2019" in bases[name].caveat
    early = changed(sample("denial"), law_checked=[])  # of August 2, 2019
    assert "lacks nmac-106-c" in refused(assembler, early)
    assert "nmac-106-d" not in refused(assembler, early)
    late = changed(sample("denial"), date=LATER, law_checked=["nmac-106-c"])
    assert "lacks nmac-106-d" in refused(assembler, late)
    late = changed(late, law_checked=["nmac-106-d"], request__received=LATER, request__dated=LATER)
    assert "with the consent and approval of the Secretary" in text_of(assembler, late)


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"agency_kind": "nutrition-program"}, ["conditional-approval", "request-for-justification"]),
        ({"agency_kind": "family-assistance"}, ["conditional-approval", "request-for-justification"]),
        ({"agency_kind": "housing-agency"}, ["stop"]),  # until the signed consent is there
        ({"agency_kind": "required-recipient"}, ["stop"]),
        ({"agency_kind": "statistical-agency"}, ["stop"]),
        ({"agency_kind": "workforce-agency"}, ["stop"]),
        ({"agency_kind": "status-verification"}, ["stop"]),
        ({"agency_kind": "labor"}, ["stop"]),
        ({"agency_kind": "elected-official"}, ["release-needed", "closing"]),
        ({"agency_kind": "state", "agency": "Office of Senator Dana Sample"}, ["stop"]),
    ],
    ids=lambda case: str(case.get("agency", case["agency_kind"])) if isinstance(case, dict) else "",
)
def test_finding_2_nobody_is_refused_what_federal_law_compels(
    assembler: Assembler, facts: dict[str, str], kinds: list[str]
) -> None:
    outcome = assembler.advice.on(
        {
            "request": {
                "access": "targeted",
                "nature": "civil",
                "subjects": ["Jane Placeholder"],
                "records": ["claim"],
                "sought": "the claim of a constituent" if "agency" in facts else "a claim",
                "purpose": "deciding a case",
                "requester": facts,
            }
        }
    )
    assert "denial" not in outcome.kinds
    assert (["stop"] if outcome.stop else list(outcome.kinds)) == kinds


def test_finding_3_objections_are_tested_against_the_paper(assembler: Assembler, sample: Sample) -> None:
    answers = changed(
        sample("subpoena-response"),
        objections=["state-rule", "issuer", "scope", "unnamed-group", "relevance", "indefinite"],
        request__access="targeted",
        request__subjects=["Jane Placeholder"],
        request__period="2025",
        request__investigation="an investigation of passport fraud",
        request__case_number="1",
        request__paper__signer_title="Special Agent in Charge",
        request__paper__signer_authority=None,
    )
    said = refused(assembler, answers)
    for number in range(2, 7):
        assert f"objections.{number}" in said
    assert "objections.1" not in said
    assert text_of(assembler, changed(answers, objections=["state-rule"]))


def test_finding_4_an_employer_s_name_opens_no_records_of_its_workers(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("conditional-approval"), request__subjects=["Example Fabrication LLC"])
    assert "An employer’s name opens the records of no worker who is not named as well." in text_of(assembler, answers)


def test_finding_5_an_earlier_letter_to_somebody_else_names_its_addressee(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    earlier = {"date": dt.date(2019, 8, 1), "said": "stated its policy", "to": "Example County"}
    put(answers, "earlier_letters", [earlier])
    assert "This letter follows our letter to Example County of August 1, 2019, in which" in text_of(assembler, answers)


@pytest.mark.parametrize("kind", ["conditional-approval", "own-record-release", "public-records-release"])
def test_finding_6_what_releases_does_not_reserve_that_records_exist(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    text = text_of(assembler, sample(kind))
    assert "does not disclose or confirm" not in text
    assert "confirms nothing beyond the records it releases" in text


def test_finding_7_the_status_sentence_is_for_federal_agencies_before_the_2025_act(
    assembler: Assembler, sample: Sample
) -> None:
    text = text_of(assembler, sample("denial"))
    assert "Citizenship and immigration status Nothing in this letter prohibits" in text
    assert "§§ 1373(a)-(b) and 1644" in text
    assert "1373" not in text_of(assembler, changed(sample("denial"), request__requester__agency_kind="press"))
    later = changed(sample("routing-memo"), date=LATER, effective=LATER, law_checked=LOOKED_UP)
    memo = text_of(assembler, later)
    assert "who decides it under 8 U.S.C. §§ 1373(a)-(b) and 1644" in memo
    assert "prohibits or restricts" not in memo


def test_finding_8_the_state_rule_is_not_overstated(assembler: Assembler, sample: Sample) -> None:
    summary = assembler.rulebook.bases["nmac-106-c"].summary
    assert "apart from what subsections (B), (D), and (E) allow" in summary
    for kind in ("denial", "policy-statement", "routing-memo", "subpoena-response"):
        text = text_of(assembler, sample(kind))
        assert "no other purpose" not in text
        if "releases only upon" in text or "permits release only upon" in text:
            assert (
                "Apart from what its subsections (B), (D), and (E) allow, the State rule permits release only" in text
            )


def test_finding_9_subsection_e_can_be_used(assembler: Assembler) -> None:
    outcome = assembler.advice.on(
        {
            "request": {
                "access": "targeted",
                "nature": "civil",
                "agreement": "Exchange Agreement 2018-00",
                "requester": {"agency_kind": "state"},
            }
        }
    )
    assert outcome.kind == "conditional-approval"
    assert any("nmac-106-e" in rule.bases for rule in outcome.rules)


def test_finding_10_morton_salt_says_what_is_sufficient(assembler: Assembler) -> None:
    assert "is sufficient if" in assembler.rulebook.bases["morton-salt"].summary
    for objection in assembler.rulebook.objections.values():
        if "morton-salt" in objection.basis:
            assert "must be" not in objection.text
            assert objection.answers_to == ["administrative-subpoena", "customs-summons"]


def test_finding_11_nothing_is_called_missing_that_was_given(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("request-for-justification"), request__records=["wage"], request__period=None)
    text = text_of(assembler, answers)
    assert "The Department searches and releases records for a stated period only." in text
    assert "the records needed, by category" not in text
    assert assembler.rulebook.showing["period"].basis == []


def test_finding_12_a_letter_gives_the_business_day_before_a_sunday(assembler: Assembler, sample: Sample) -> None:
    answers = changed(
        sample("extension-notice"), request__received=dt.date(2026, 3, 7), request__dated=dt.date(2026, 3, 7)
    )
    text = text_of(assembler, answers)
    assert "is March 20, 2026." in text
    assert "March 22" not in text
    told = assembler.rulebook.bases["ipra-14-2-8"]
    assert "or when the public body will respond" in told.summary
    assert told.deadlines[0].starts == ["request.custodian_received", "request.received"]


def test_finding_13_a_public_records_requester_is_sent_to_the_custodian(assembler: Assembler, sample: Sample) -> None:
    answers = changed(sample("denial"), request__public_records=True, request__purpose=None, request__access="bulk")
    text = text_of(assembler, answers)
    assert "Harper Sample, Records Custodian" in text
    assert "will not be answered" not in text
    assert {"public-records-release", "extension-notice"} <= assembler.library.kinds.keys()


@pytest.mark.parametrize(
    "changes",
    [{"request__requester__agency_kind": "labor"}, {"request__sought": "my own wage record"}],
    ids=["Labor", "one’s own record"],
)
def test_finding_14_a_stop_makes_a_draft_until_the_reason_is_recorded(
    assembler: Assembler, sample: Sample, changes: dict[str, Any]
) -> None:
    answers = changed(sample("denial"), **changes)
    assert "stop and ask counsel" in assembler.why_draft(assembler.check(answers))
    assert not assembler.is_draft(assembler.check(changed(answers, departure="Counsel was asked, and decided so.")))


@pytest.mark.parametrize("sample_of", ["sample.toml", "sample-representative.toml"])
def test_finding_15_one_s_own_records_go_out_without_agreement_or_conditions(
    assembler: Assembler, sample: Sample, sample_of: str
) -> None:
    text = text_of(assembler, dict(assembler.samples("own-record-release")[sample_of]))
    assert "asks for no agreement, and sets no condition" in text
    for term in ("these conditions", "penalt", "redisclos", "Acceptance", "criminal investigation", " my "):
        assert term not in text
    person = changed(
        sample("denial"),
        request__requester__agency_kind="person",
        request__access="targeted",
        request__sought="the wage record of Jane Placeholder",
    )
    assert "are released to it upon its signed release, not denied" in refused(assembler, person)
    approval = changed(sample("conditional-approval"), request__requester__agency_kind="representative")
    assert "carry no conditions" in refused(assembler, approval)


def test_finding_16_an_approval_has_the_terms_of_603_10_and_binds_recipients(
    assembler: Assembler, sample: Sample
) -> None:
    required = {name for name, term in assembler.rulebook.conditions.items() if term.required}
    assert {"inspection", "cost", "return", "log", "process", "redisclosure", "agreement"} <= required
    text = text_of(assembler, sample("conditional-approval"))
    for said in (
        "may inspect, on site",
        "destroy them, copies included",
        "keep a record, which can be audited",
        "tells the Department at once, and moves to quash it",
        "to the prosecutor",
        "have both signed",
        " Statute ",
        " Authority ",
    ):
        assert said in text


def test_finding_17_the_memo_obstructs_no_warrant_and_passes_emergencies_on(
    assembler: Assembler, sample: Sample
) -> None:
    text = text_of(assembler, sample("routing-memo"))
    for said in ("do not resist, delay, or mislead the officer", "call 911 first", "delete, change, or hide a record"):
        assert said in text


def test_finding_18_the_smaller_ones(assembler: Assembler, sample: Sample) -> None:
    bases = assembler.rulebook.bases
    assert "material and relevant" in bases["ina-235-d-4"].summary
    assert "lacked subject matter jurisdiction" in bases["ramirez-ins-subpoena"].summary
    assert bases["ramirez-ins-subpoena"].authority == "persuasive"
    letters = {kind: text_of(assembler, sample(kind)) for kind in ("denial", "repeat-denial", "subpoena-response")}
    for text in letters.values():
        assert "rests on the following law" not in text
        assert "very limited" not in text
        assert "'" not in text
    # Whatever is asked of a requester is asked in the same words in every letter.
    showing = [each.text for each in assembler.rulebook.showing.values() if each.id != "program-matter"]
    assert all(text in letters["denial"] for text in showing)
    # An approval ends on a day on which the office is open; a letter that names a claimant is marked.
    holiday = changed(sample("conditional-approval"), expires=dt.date(2019, 11, 11))
    assert "a day on which the office is closed" in refused(assembler, holiday)
    assert " Confidential " in text_of(assembler, sample("conditional-approval"))
    # Row 11 of the guide promises an objection to a customs summons.
    assert {"customs-purpose", "customs-signer"} <= assembler.rulebook.objections.keys()
