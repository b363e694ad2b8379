"""The interview without a terminal: what it asks, what it accepts, and which letter it makes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT
from helpers.drafts import pick_seldom

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers
from letters.interview import (
    answering,
    applicability,
    completion,
    deadline_notices,
    derived_answers,
    entries,
    kind_choice,
    navigation,
    options,
    review,
    saved_state,
    seldom,
    suggestions,
    wording,
)
from letters.interview.interview import start
from letters.interview.state import InterviewState
from letters.interview.text_input import as_typed
from letters.library.advice import Advice
from letters.library.advice_file import load_advice
from letters.library.library import Library
from letters.library.prompts import Question, load_questionnaire
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2019, 9, 2)


@pytest.fixture(scope="session")
def advice(assembler: Assembler) -> Advice:
    return load_advice(assembler.library, assembler.rulebook)


def begin(
    assembler: Assembler,
    kind: str = "",
    answers: dict[str, Any] | None = None,
    advice: Advice | None = None,
    **more: Any,
) -> InterviewState:
    return start(assembler.library, assembler.rulebook, answers or {}, TODAY, kind=kind, advice=advice, **more)


def question(state: InterviewState, name: str) -> Question:
    return next(each for each in state.questionnaire.questions if each.field.name == name)


def typed(each: Question, value: Any) -> Any:
    """The answer in the form a front end returns it."""
    if value is None:
        return ""
    return value if each.field.kind in ("choice", "choices", "yes-no", "group") else as_typed(each, value)


def answer_all(state: InterviewState, wanted: dict[str, Any]) -> list[str]:
    """Answer every open question from ``wanted``; returns the fields asked for, in order."""
    asked: list[str] = []
    while True:
        each = applicability.next_open_question(state)
        if each is None:
            pick_seldom(state, wanted)
            if applicability.next_open_question(state) is None:
                return asked
            continue
        value = get(wanted, each.field.name)
        if value is None and not each.field.library:
            value = options.default_for(state, each) if each.field.kind in ("choice", "yes-no") else None
        answer = typed(each, value)
        assert answering.error_in(state, each, answer) == "", each.field.name
        answering.accept(state, each, answer)
        asked.append(each.field.name)


@pytest.mark.parametrize("kind", KINDS)
def test_answering_straight_through_gives_the_sample_letter(
    assembler: Assembler, sample: Sample, advice: Advice, kind: str
) -> None:
    wanted, state = sample(kind), begin(assembler, advice=advice)
    facts = answer_all(state, wanted)
    assert 12 < len(facts) < 40
    assert all(name.startswith("request.") or name in ("date", "reference") for name in facts)
    assert kind_choice.is_due(state)
    assert kind in (outcome := applicability.outcome(state)).kinds, outcome
    assert kind in [choice.value for choice in kind_choice.kind_options(state)]
    assert kind_choice.choose(state, kind) == ()
    asked = answer_all(state, wanted)
    assert "departure" not in asked
    assert facts[:4] == ["request.process", "request.access", "request.channel", "request.dated"]
    assert {"date", "reference"} <= set(facts[:7])  # early, since law and deadlines depend on the day
    assert "legal_basis" in asked
    assert not set(asked) & set(facts)
    for name in ("request.requester.email", "request.requester.address"):
        if name not in asked:  # a letter not sent there does not need it
            put(wanted, name, None)
    assert completion.problems_in(state) == ()
    assert completion.letter_of(state) == assembler.check(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_asked_for(assembler: Assembler, kind: str) -> None:
    from letters.model.fields import fields_of

    asked = {each.field.name for each in load_questionnaire(assembler.library, kind).questions}
    assert set(fields_of(kind)) - asked <= {"kind", "extra", "responsible", "language"}
    for each in load_questionnaire(assembler.library, kind).questions:
        assert {item.field.name for item in each.items} == {part.name for part in each.field.parts}


def test_every_fact_that_decides_the_advice_is_asked_before_the_kind_is_chosen(
    assembler: Assembler, advice: Advice
) -> None:
    facts = {each.field.name for each in load_questionnaire(assembler.library, "").questions}
    assert set(advice.facts) - {"names-others"} <= facts, "which follows from others"
    assert all(each.facts for each in load_questionnaire(assembler.library, "").questions)
    assert not any("kind" in each.when for each in load_questionnaire(assembler.library, "").questions)


@pytest.mark.parametrize("kind", KINDS)
def test_changing_answers_back_and_forth_ends_in_the_same_letter(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    chance, wanted = random.Random(kind), sample(kind)
    state = begin(assembler, kind, wanted)
    for _ in range(60):
        each = chance.choice(applicability.applicable_questions(state))
        before = get(state.answers, each.field.name)
        if before is None:
            continue
        if each.field.kind == "choice":
            other: Any = chance.choice(options.options_for(state, each)).value
        elif each.field.kind == "text" and each.field.name not in ("request.requester.email",):
            other = "something else"
        else:
            continue
        answering.accept(state, each, other)
        answering.accept(state, each, typed(each, before))
    assert completion.letter_of(state) == assembler.check(wanted)


def test_only_law_that_suits_the_kind_the_request_and_the_date_is_offered(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    offered = {choice.value for choice in options.options_for(state, question(state, "legal_basis"))}
    assert {"cfr-603-4", "nm-51-1-32", "nmac-106-d"} <= offered
    assert "nm-sensitive-information-2025" not in offered  # in force from July 2025
    assert "ssa-303-e-child-support" not in offered  # supports no denial
    assert "ipra-14-2-11-b" not in offered  # no public-records request
    for name in offered:
        basis = assembler.rulebook.bases[name]
        assert "denial" in basis.supports
        assert basis.in_force_on(date(2019, 8, 2))

    answering.accept(state, question(state, "date"), "July 2, 2025")
    later = {choice.value for choice in options.options_for(state, question(state, "legal_basis"))}
    assert "nm-sensitive-information-2025" in later

    answering.accept(state, question(state, "request.public_records"), True)
    records = {choice.value for choice in options.options_for(state, question(state, "legal_basis"))}
    assert {"ipra-14-2-11-b", "ipra-14-2-8"} <= records


def test_each_legal_basis_is_shown_with_its_citation_summary_and_caveat(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "policy-statement", sample("policy-statement"))
    choices = {choice.value: choice for choice in options.options_for(state, question(state, "legal_basis"))}
    choice, basis = choices["us-v-california"], assembler.rulebook.bases["us-v-california"]
    assert basis.citation in choice.line
    assert basis.summary[1:] in choice.detail
    assert basis.caveat in choice.detail
    assert "Persuasive only, not binding." in choice.detail
    assert "In force from April 18, 2019." in choice.detail
    assert choice.caution == f"{basis.citation}: persuasive only"
    old, fresh = choices["cfr-603-10"], choices["nm-51-1-32"]
    assert "Text as of: undated. Confidence: high." in old.detail
    why = "our copy is undated, so it may have read otherwise on"
    assert f"Look up the text in the official publication: {why}" in old.detail
    assert f"look up the text: {why}" in old.caution
    assert fresh.caution == ""


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("date", "02/30/2019", "not a calendar date"),
        ("date", "8/2/19", "may mean August 2, 2019"),
        ("date", "July 31, 2019", "before the request was received"),
        ("request.requester.agency", "", "An answer is required: full name of the agency, organization, or person"),
        ("request.requester.email", "jordan at agency", "not an email address"),
        ("responsible", "Casey Specimen", "has no title"),
        ("legal_basis", [], "what law it rests on"),
    ],
)
def test_an_invalid_answer_is_refused_at_once(
    assembler: Assembler, sample: Sample, name: str, answer: Any, said: str
) -> None:
    state = begin(assembler, "denial", sample("denial"))
    assert said in answering.error_in(state, question(state, name), answer)


@pytest.mark.parametrize("written", ["8/2/2019", "Aug 2 2019", "aug. 2, 2019", "2 August 2019", "2019-08-02",
                                     "August 2nd, 2019", " august  2 , 2019 "])  # fmt: skip
def test_dates_are_read_as_people_write_them(assembler: Assembler, sample: Sample, written: str) -> None:
    state = begin(assembler, "denial", sample("denial"))
    answering.accept(state, question(state, "date"), written)
    assert state.answers["date"] == date(2019, 8, 2)


def test_yesterday_is_relative_to_the_day_of_writing(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    answering.accept(state, question(state, "date"), "yesterday")
    assert state.answers["date"] == date(2019, 9, 1)


def test_an_answer_whose_condition_no_longer_holds_is_set_aside_not_lost(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval"))
    answering.accept(state, question(state, "request.nature"), "not-stated")
    assert get(applicability.effective_answers(state), "request.case_number") is None
    answering.accept(state, question(state, "request.nature"), "criminal")
    assert get(applicability.effective_answers(state), "request.case_number") == "TF-2019-0000"


def test_a_question_the_rules_call_for_appears_only_then(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval"))
    reason = question(state, "withheld_reason")
    assert reason in applicability.applicable_questions(state)
    answering.accept(state, question(state, "approved"), ["wage", "claim", "employer", "address"])
    assert reason not in applicability.applicable_questions(state)


def test_a_value_where_a_table_belongs_is_reported(assembler: Assembler) -> None:
    for answers in ({"request": {"requester": "x"}}, {"request": 5}, {"extra": "x"}):
        with pytest.raises(InvalidAnswers) as caught:
            begin(assembler, "denial", answers)
        assert "is not a table" in str(caught.value)


def test_answers_of_the_wrong_type_are_asked_again_with_their_text(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"date": "soon", "copies": "one", "signatory": "nobody"}
    put(answers, "request.channel", "fax")
    state = begin(assembler, "denial", answers)
    asked = {each.field.name for each in applicability.open_questions(state)}
    assert {"date", "request.channel", "signatory"} <= asked
    assert "copies" in [option.value for option in seldom.options(state, facts=False)]
    assert state.previous.get("date", "") == "soon"
    assert state.previous.get("copies", "") == "one"
    assert state.previous.get("request.channel", "") == "fax"
    assert "Did you mean" in state.conflicts["signatory"] or "Write one of" in state.conflicts["signatory"]
    answering.accept(state, question(state, "date"), "August 2, 2019")
    assert state.previous.get("date", "") == ""


def test_answers_to_no_question_are_set_aside_and_reported(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"coppies": ["x"]}
    put(answers, "request.requester.telex", "none")
    state = begin(assembler, "denial", answers)
    assert any("coppies" in each for each in state.unused_at_start)
    assert any("request.requester.telex" in each for each in state.unused_at_start)
    assert completion.letter_of(state) == assembler.check(sample("denial"))


def test_the_wording_of_a_question_comes_from_the_prompt_file(tmp_path: Path, assembler: Assembler) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "prompts").mkdir()
    for file in (ROOT / "prompts").glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace("Who will sign it?", "Whose name goes under it?")
        (tmp_path / "prompts" / file.name).write_text(text, encoding="utf-8")
    script = load_questionnaire(Library(tmp_path), "denial")
    assert "Whose name goes under it?" in [each.ask for each in script.questions]


# --- facts first, then the kind ---------------------------------------------------------------------------------------


def facts_of(answers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Only the request from these answers, with some of its values changed."""
    facts: dict[str, Any] = {"request": answers["request"]}
    for name, value in changed.items():
        put(facts, f"request.{name}", value)
    return facts


def with_all_facts(
    assembler: Assembler, advice: Advice | None, facts: dict[str, Any], kind: str = ""
) -> InterviewState:
    state = begin(assembler, kind, advice=advice)
    while applicability.facts_are_open(state):
        each = applicability.next_open_question(state)
        if each is None or not each.facts:
            pick_seldom(state, facts)
            continue
        value = get(facts, each.field.name)
        default = options.default_for(state, each) if each.field.kind in ("choice", "yes-no", "date") else None
        answering.accept(state, each, typed(each, value if value is not None else default))
    return state


def test_the_facts_are_asked_whatever_the_kind_and_the_advice_comes_when_they_are_complete(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    wanted = sample("denial")
    for kind in ("", "denial", "contact-notice"):
        state = begin(assembler, kind, advice=advice)
        assert applicability.outcome(state) is None
        assert kind_choice.advice_lines(state) == []
        assert not kind_choice.is_due(state)
        state = with_all_facts(assembler, advice, wanted, kind)
        outcome = applicability.outcome(state)
        assert outcome is not None
        assert outcome.kind == "denial"
        said = "\n".join(text for _, text in kind_choice.advice_lines(state))
        assert said.startswith("Advice: denial")
        assert outcome.rules[0].reason in said
        assert outcome.rules[0].source in said
        assert outcome.rules[0].ask in said


def test_the_recommended_kind_is_preselected_and_the_alternatives_are_marked(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    state = with_all_facts(assembler, advice, sample("repeat-denial"))
    marks = {choice.value: choice.mark for choice in kind_choice.kind_options(state)}
    assert kind_choice.default_kind(state) == "repeat-denial"
    assert marks["repeat-denial"] == "recommended"
    assert marks["routing-memo"] == marks["contact-notice"] == "also"
    assert marks["policy-statement"] == ""


def test_without_advice_nothing_is_recommended_and_no_reason_is_asked_for(assembler: Assembler, sample: Sample) -> None:
    state = with_all_facts(assembler, None, sample("denial"))
    assert kind_choice.is_due(state)
    kind_choice.choose(state, "contact-notice")
    assert not kind_choice.is_due(state)
    assert "departure" not in {each.field.name for each in applicability.applicable_questions(state)}


def test_a_fact_is_accepted_as_it_is_and_judged_with_the_letter(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval"), advice)
    for name, value in (("explanation", ""), ("process", "court-order"), ("access", "direct-access")):
        assert answering.error_in(state, question(state, f"request.{name}"), value) == ""
    answering.accept(state, question(state, "request.explanation"), "")
    assert "must give an explanation" in str(completion.problems_in(state)[0])


def test_a_departure_from_the_advice_needs_a_reason_which_is_kept_with_the_answers(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    wanted = sample("denial")
    state = with_all_facts(assembler, advice, wanted)
    kind_choice.choose(state, "contact-notice")
    assert applicability.departs(state)
    reason = applicability.next_open_question(state)
    assert reason is not None
    assert reason.field.name == "departure"
    assert "A reason is required" in answering.error_in(state, reason, "")
    answering.accept(state, reason, "The denial went out yesterday; this only says whom to ask.")
    put(wanted, "legal_basis", ["nm-51-1-32"])
    answer_all(state, wanted)
    assert completion.letter_of(state).departure == "The denial went out yesterday; this only says whom to ask."

    # The facts change, so that the advice is this letter: the reason is not asked for and not kept.
    answering.accept(state, question(state, "request.staff_contacted"), True)
    assert not applicability.departs(state)
    assert reason not in applicability.applicable_questions(state)
    assert "departure" not in applicability.effective_answers(state)
    assert completion.letter_of(state).departure is None


def test_counsel_is_asked_once_to_confirm_a_kind_that_departs_from_the_advice(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    state = with_all_facts(assembler, advice, sample("denial"), "contact-notice")
    assert kind_choice.is_due(state)
    assert kind_choice.default_kind(state) == "contact-notice"
    kind_choice.choose(state, "contact-notice")
    assert not kind_choice.is_due(state)
    answering.accept(state, question(state, "request.access"), "policy-inquiry")  # other facts, other advice
    assert kind_choice.is_due(state)


def test_when_the_advice_is_to_stop_every_letter_departs_from_it(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    wanted = sample("denial")
    put(wanted, "request.requester.agency_kind", "labor")
    state = with_all_facts(assembler, advice, wanted, "denial")
    assert applicability.departs(state)
    assert kind_choice.advice_lines(state)[0] == ("section", "Advice: stop. On these facts, no letter is recommended.")


def test_what_is_asked_about_the_request_depends_on_the_facts_alone(assembler: Assembler, advice: Advice) -> None:
    def asked(**facts: Any) -> set[str]:
        state = begin(assembler, advice=advice)
        for name, value in facts.items():
            answering.accept(state, question(state, f"request.{name}"), value)
        return {each.field.name.removeprefix("request.") for each in applicability.applicable_questions(state)}

    policy = asked(access="policy-inquiry")
    assert not {"purpose", "nature", "records", "explanation", "paper.form"} & policy
    targeted = asked(access="targeted", process="none", public_records=False)
    assert {"subjects", "explanation", "justification", "other_sources", "safeguards", "released"} <= targeted
    assert "burdensome" not in targeted
    records = asked(access="bulk", process="none", public_records=True)
    assert {"burdensome", "nature"} <= records
    assert not {"purpose", "explanation", "justification", "statute"} & records
    agency = asked(access="targeted", process="administrative-subpoena")
    assert {"paper.power", "paper.issued_by", "paper.return_date"} <= agency
    assert not {"paper.signed_by_judge", "paper.court", "explanation"} & agency
    order = asked(access="targeted", process="court-order")
    assert {"paper.signed_by_judge", "paper.court", "paper.docket"} <= order
    assert "paper.power" not in order


def test_values_preset_by_a_kind_never_replace_an_answer(assembler: Assembler, advice: Advice) -> None:
    assert get(begin(assembler, "policy-statement").answers, "request.access") == "policy-inquiry"
    state = begin(assembler, advice=advice)
    answering.accept(state, question(state, "request.access"), "direct-access")
    kind_choice.choose(state, "policy-statement")
    assert get(state.answers, "request.access") == "direct-access"
    assert get(applicability.effective_answers(state), "request.access") == "direct-access"


# --- defaults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("process", "decision", "basis"),
    [
        ("litigant-subpoena", "motion-to-quash", "cfr-603-7-a"),
        ("administrative-subpoena", "objection", "cfr-603-7-b-2"),
        ("customs-summons", "objection", "tariff-act-509"),
        ("grand-jury-subpoena", "compliance", "nmac-106-c"),
        ("court-order", "compliance", "nmac-106-c"),
    ],
)
def test_the_defaults_for_answering_a_paper_are_those_the_law_provides(
    assembler: Assembler, sample: Sample, process: str, decision: str, basis: str
) -> None:
    answers = sample("subpoena-response")
    for name in ("decision", "legal_basis", "objections"):
        del answers[name]
    put(answers, "request.process", process)
    state = begin(assembler, "subpoena-response", answers)
    assert options.default_for(state, question(state, "decision")) == decision
    answering.accept(state, question(state, "decision"), decision)
    law = question(state, "legal_basis")
    assert basis in options.default_for(state, law)
    if question(state, "objections") in applicability.applicable_questions(state):
        answering.accept(
            state, question(state, "objections"), options.default_for(state, question(state, "objections"))
        )
    assert answering.error_in(state, law, options.default_for(state, law)) == ""
    offered = {choice.value for choice in options.options_for(state, question(state, "objections"))}
    assert all(process in assembler.rulebook.objections[name].answers_to for name in offered)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "subpoena-response"])
def test_the_law_a_prompt_file_proposes_is_accepted(assembler: Assembler, sample: Sample, kind: str) -> None:
    answers = sample(kind)
    del answers["legal_basis"]
    state = begin(assembler, kind, answers)
    law = question(state, "legal_basis")
    assert options.default_for(state, law)
    assert answering.error_in(state, law, options.default_for(state, law)) == ""


def test_law_named_in_the_advice_comes_first(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    state = begin(assembler, advice=advice)
    answer_all(state, sample("subpoena-response"))
    kind_choice.choose(state, "subpoena-response")
    marks = [choice.mark for choice in options.options_for(state, question(state, "legal_basis"))]
    assert marks == sorted(marks, reverse=True)
    assert {"recommended", ""} == set(marks)


def test_the_law_list_begins_with_what_is_chosen_in_its_order(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"legal_basis": ["nmac-106-d", "nm-51-1-32", "cfr-603-4"]}
    state = begin(assembler, "denial", answers)
    lines = [option.value for option in options.options_for(state, question(state, "legal_basis"))]
    assert lines[:3] == ["nmac-106-d", "nm-51-1-32", "cfr-603-4"]


def test_the_law_that_the_letter_itself_cites_is_in_its_list(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    listed = {option.value: option for option in options.options_for(state, question(state, "legal_basis"))}
    in_text = {
        basis.id
        for name in assembler.rulebook.template_law["denial"]
        for basis in assembler.rulebook.named(name)  # by its short name, or by its role
        if "denial" in basis.supports and not basis.only_if_asserted and basis.in_force_on(date(2019, 8, 2))
    }
    assert in_text
    assert in_text <= listed.keys()
    assert "own text cites it" in listed["nmac-106-c"].detail


def test_law_about_a_claim_is_offered_only_if_the_requester_makes_that_claim(
    assembler: Assembler, sample: Sample
) -> None:
    state = begin(assembler, "denial", sample("denial"))
    law = question(state, "legal_basis")
    assert "ina-290-b" not in {choice.value for choice in options.options_for(state, law)}
    answering.accept(state, question(state, "request.asserted"), ["ina-290-b"])
    assert "ina-290-b" in {choice.value for choice in options.options_for(state, law)}


# --- lists of entries -------------------------------------------------------------------------------------------------


def part(each: Question, name: str) -> Question:
    return next(item for item in each.items if item.field.name == name)


def test_entries_are_given_part_by_part_and_checked_at_once(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "repeat-denial", sample("repeat-denial"))
    each = question(state, "request.earlier")
    before = len(entries.entries_of(state, each))
    entries.add_entry(state, each)

    def said(name: str, value: Any) -> str:
        return entries.error_in_part(state, each, part(each, name), value)

    def asked() -> str:
        step = navigation.current_step(state)
        return step.item.field.name if step.item else step.what

    assert asked() == "day"
    assert "An answer is required" in said("day", "")
    assert "not a calendar date" in said("day", "2/30/2019")
    assert "after this request was received" in said("day", "August 9, 2019")
    assert said("day", "8/6/2019") == ""
    entries.accept_part(state, each, part(each, "day"), "8/6/2019")
    assert len(entries.entries_of(state, each)) == before  # it is not complete yet
    assert "in the middle of a sentence" in said("reached", "the front desk.")
    entries.accept_part(state, each, part(each, "channel"), "visit")
    entries.accept_part(state, each, part(each, "reached"), "the front desk")
    assert len(entries.entries_of(state, each)) == before + 1
    assert asked() == "answered"
    assert "before that request was made" in said("answered", "8/5/2019")
    entries.accept_part(state, each, part(each, "answered"), "8/7/2019")
    entries.accept_part(state, each, part(each, "reference"), "OGC-2019-0145")
    assert asked() == "list"
    assert entries.entry_line(each, entries.entries_of(state, each)[before]) == (
        "August 6, 2019 · In person · the front desk · August 7, 2019 · OGC-2019-0145"
    )
    entries.edit_entry(state, each, before)
    while asked() != "answered":
        name = asked()
        entries.accept_part(state, each, part(each, name), state.entry.parts[name])  # type: ignore[union-attr]
    entries.accept_part(state, each, part(each, "answered"), "")  # not answered, so it has no number
    assert asked() == "list"
    assert entries.entries_of(state, each)[before] == {
        "day": date(2019, 8, 6), "channel": "visit", "reached": "the front desk",
    }  # fmt: skip
    assert entries.finish_list(state, each) == ""
    assert len(completion.letter_of(state).request.earlier) == before + 1
    assert review.shown_answer(state, each).count("\n") == before


def test_a_part_that_contradicts_the_others_is_asked_again(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    law = question(state, "unvetted_law")
    entries.add_entry(state, law)
    assert "which is in legal_basis.toml" in entries.error_in_part(state, law, law.items[0], "20 C.F.R. § 603.4(b)")
    entries.accept_part(state, law, law.items[0], "42 U.S.C. § 654")
    entries.accept_part(state, law, law.items[1], "lists what.")
    step = navigation.current_step(state)
    assert step.item is law.items[1]
    assert "middle of a sentence" in state.entry.error  # type: ignore[union-attr]
    entries.accept_part(state, law, law.items[1], "lists what a State plan must provide")
    assert navigation.current_step(state).what == "list"


def test_going_back_within_an_entry_goes_part_by_part_and_loses_nothing(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    each = question(state, "request.earlier")
    entries.add_entry(state, each)
    entries.accept_part(state, each, part(each, "day"), "7/30/2019")
    entries.accept_part(state, each, part(each, "channel"), "visit")
    assert navigation.current_step(state).item == part(each, "reached")
    assert navigation.back(state)
    assert navigation.current_step(state).item == part(each, "channel")
    assert navigation.back(state)
    assert navigation.current_step(state).item == part(each, "day")
    assert navigation.back(state)  # out of the entry, to the question before the list
    assert navigation.current_step(state).what == "question"
    entries.add_entry(state, each)
    assert state.entry.parts["channel"] == "visit"  # type: ignore[union-attr]


def test_entries_of_a_plain_list_are_moved_and_changed_one_by_one(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"))
    people = question(state, "responsible")
    navigation.go_to(state, "responsible")
    assert navigation.current_step(state).what == "list"
    first, second = entries.entries_of(state, people)
    entries.replace_entries(state, people, [second, first])
    assert navigation.current_step(state).question == people
    assert "has no title" in entries.error_in_line(state, people, [second, first], 0, "Somebody")
    entries.replace_entries(state, people, [*entries.lines_in(state, people, "Quinn Example, Clerk"), first])
    assert entries.finish_list(state, people) == ""
    assert [each.name for each in completion.letter_of(state).responsible] == ["Quinn Example", first["name"]]


def test_dates_in_entries_from_json_are_read(assembler: Assembler) -> None:
    answers = {"earlier_letters": [{"date": "2019-08-02", "said": "denied it"}]}
    state = begin(assembler, "denial", answers)
    assert review.shown_answer(state, question(state, "earlier_letters")) == "August 2, 2019 · denied it"


# --- deadlines --------------------------------------------------------------------------------------------------------


def test_each_deadline_is_reported_as_soon_as_it_is_known(assembler: Assembler) -> None:
    state = begin(assembler)
    answering.accept(state, question(state, "request.received"), "August 1, 2019")
    assert deadline_notices.new_notices(state) == []
    answering.accept(state, question(state, "request.public_records"), True)
    notices = deadline_notices.new_notices(state)
    assert notices[0].startswith(
        "By August 6, 2019 (3 business days after receipt, NMSA 1978, § 14-2-8), the Department must permit "
        "inspection, or explain in writing"
    )
    assert any("15 calendar days after receipt, NMSA 1978, § 14-2-11(B)" in notice for notice in notices)
    assert deadline_notices.new_notices(state) == []  # shown once
    assert deadline_notices.notices(state) == notices  # and again in the review

    answering.accept(state, question(state, "request.received"), "August 2, 2019")
    (saturday, *_) = [notice for notice in deadline_notices.new_notices(state) if "August 17, 2019" in notice]
    assert "The period ends on August 17, 2019 (a Saturday); this is the last business day before it." in saturday


def test_the_return_date_of_a_paper_is_reported(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "subpoena-response", sample("subpoena-response"))
    assert deadline_notices.notices(state) == ["The paper served requires an answer by September 10, 2019."]
    answering.accept(state, question(state, "request.paper.return_date"), "September 2, 2019")
    assert "(Labor Day); the last working day before it is August 30, 2019" in deadline_notices.notices(state)[0]
    answering.accept(state, question(state, "request.process"), "none")
    assert deadline_notices.notices(state) == []


def test_a_contact_notice_on_a_public_records_request_defaults_to_the_statutory_deadline(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("contact-notice")
    put(answers, "request.public_records", True)
    state = begin(assembler, "contact-notice", answers)
    by = question(state, "answer_by")
    assert by in applicability.applicable_questions(state)
    assert options.default_for(state, by) == date(2019, 8, 23)
    assert "after August 23, 2019, the last day the law allows" in answering.error_in(state, by, "August 24, 2019")


# --- damaged text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("JosÃ© Sample", "“Ã©”, which is “é” in the wrong encoding"),
        ("Jos\ufffd", "U+FFFD"),
        ("N/A", "is “N/A”, which a letter would print. If there is none, leave it empty."),
        ("Smith &amp; Co.", "Write “&”."),
        ("Jordan Null", ""),
    ],
)
def test_damaged_text_is_refused_at_the_prompt_as_in_a_file(assembler: Assembler, typed: str, said: str) -> None:
    state = begin(assembler)
    error = answering.error_in(state, question(state, "request.requester.name"), typed)
    assert said in error if said else error == ""


# --- another kind of letter -------------------------------------------------------------------------------------------


def test_an_approval_whose_request_lacks_something_can_become_a_request_for_justification(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    answers = sample("conditional-approval")
    state = begin(assembler, "conditional-approval", answers, advice)
    assert kind_choice.alternative(state) == ""
    answering.accept(state, question(state, "request.justification"), "")
    answering.accept(state, question(state, "request.other_sources"), "")
    assert kind_choice.alternative(state) == "request-for-justification"

    aside = kind_choice.choose(state, "request-for-justification")
    assert {"Date of counsel's advice", "Categories approved", "Recipients", "Expiry date"} <= set(aside)
    assert "approved" not in state.answers
    assert state.answers["reference"] == answers["reference"]
    assert get(state.answers, "request.explanation") == answers["request"]["explanation"]
    asked = answer_all(state, {"due": date(2019, 9, 13)})
    assert asked == ["due"]
    assert "also_asked" in state.skipped  # offered there
    assert not {"date", "signatory", "legal_basis", "request.purpose"} & set(asked)
    assert completion.problems_in(state) == ()
    assert "justification" in [element.id for element in completion.letter_of(state).missing(assembler.rulebook)]

    assert kind_choice.choose(state, "conditional-approval") == ("Answer due",)
    assert state.answers["approved"] == answers["approved"]  # brought back
    assert state.answers["legal_basis"] == answers["legal_basis"]


def test_a_public_records_request_is_never_asked_for_its_reasons(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval"))
    answering.accept(state, question(state, "request.subjects"), "")
    answering.accept(state, question(state, "request.public_records"), True)
    assert completion.problems_in(state)
    assert kind_choice.alternative(state) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_answers_for_any_kind_can_be_used_for_any_other(
    assembler: Assembler, sample: Sample, advice: Advice, kind: str, other: str
) -> None:
    answers = sample(kind)
    answers["departure"] = "A reason that was about the other letter."
    state = begin(assembler, other, answers, advice)
    assert state.kind == state.answers["kind"] == other
    assert bool(state.unused_at_start) == (kind != other)
    if kind != other:
        assert "departure" not in state.answers
    for basis in state.answers.get("legal_basis", []):
        assert other in assembler.rulebook.bases[basis].supports
    assert not [problem for problem in completion.problems_in(state) if problem.code == "unknown"]


def test_resuming_asks_nothing_that_was_skipped(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    state = begin(assembler, advice=advice)
    answer_all(state, sample("denial"))
    kind_choice.choose(state, "denial")
    answer_all(state, sample("denial"))
    assert "request.their_reference" in saved_state.skipped_in_order(state)
    again = begin(assembler, "", state.answers, advice, skipped=saved_state.skipped_in_order(state))
    assert applicability.next_open_question(again) is None
    assert not kind_choice.is_due(again)
    assert applicability.next_open_question(begin(assembler, "", state.answers, advice)) is not None


def test_messages_lists_and_sentences_are_in_the_words_of_counsel(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval"))
    shown = [each.detail for each in options.options_for(state, question(state, "conditions"))]
    assert any("have both signed Disclosure Agreement OGC-2019-A07" in each for each in shown)
    put(state.answers, "agreement", None)
    shown += [each.detail for each in options.options_for(state, question(state, "conditions"))]
    assert any("have both signed [written agreement]" in each for each in shown)
    assert not [each for each in shown if "{" in each]

    law = question(state, "legal_basis")
    assert answering.error_in(state, law, ["cfr-603-9"]) == (
        "This does not cite 11.3.100.106(D) NMAC, but the approval rests on the secretary's consent and counsel's "
        "advice. Add 11.3.100.106(D) NMAC."
    )
    why = question(state, "withheld_reason")
    assert "must be a whole sentence" in answering.error_in(state, why, "not needed for the purpose stated")
    assert not answering.error_in(state, why, "They are not needed.")
    sought = question(state, "request.sought")
    assert "Write “the”." in answering.error_in(state, sought, "The wage records of one employer")
    assert wording.sentence_with(sought, "wage records") == "“your request for wage records”"


# --- what is not asked one by one -------------------------------------------------------------------------------------


def test_what_is_seldom_needed_is_picked_from_a_list(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    state = with_all_facts(assembler, advice, sample("denial"))
    lines = {option.value: option.line for option in seldom.options(state, facts=True)}
    assert "request.quoted" in seldom.picked(state, facts=True)
    assert lines["request.quoted"].endswith(
        ": direct access to the State\N{RIGHT SINGLE QUOTATION MARK}s employment records"
    )
    assert "request.subjects" not in lines  # asked, where records of named persons are requested
    seldom.pick(state, ["request.public_records", "request.their_reference"], facts=True)
    assert get(state.answers, "request.public_records") is True
    assert get(state.answers, "request.staff_contacted") is False
    assert get(state.answers, "request.quoted") is None
    assert (
        state.previous["request.quoted"]
        == "direct access to the State\N{RIGHT SINGLE QUOTATION MARK}s employment records"
    )
    for follows, answer in (("request.custodian_received", date(2019, 8, 2)), ("request.burdensome", False)):
        step = navigation.current_step(state)
        assert (step.question and step.question.field.name) == follows  # from what was ticked
        answering.accept(state, question(state, follows), answer)
    step = navigation.current_step(state)
    assert (step.question and step.question.field.name) == "request.their_reference"
    assert navigation.back(state)
    assert navigation.back(state)
    assert navigation.back(state)


def test_a_rule_gets_a_question_asked_that_counsel_did_not_pick(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "denial", sample("denial"), skipped=["responsible"])
    seldom.pick(state, [], facts=False)
    assert "responsible" in state.skipped
    answering.accept(state, question(state, "request.public_records"), True)
    assert "responsible" in {each.field.name for each in applicability.open_questions(state)}


def test_answers_that_follow_from_others_are_filled_in_and_follow_them(assembler: Assembler) -> None:
    state = begin(assembler)
    for name, value in (("process", "none"), ("access", "targeted"), ("channel", "email"), ("dated", "8/1/2019")):
        answering.accept(state, question(state, f"request.{name}"), value)
    assert [each.field.name for each in derived_answers.fill(state)] == ["request.received"]
    assert get(state.answers, "request.received") == date(2019, 8, 1)
    answering.accept(state, question(state, "request.dated"), "8/2/2019")
    assert [each.field.name for each in derived_answers.fill(state)] == ["request.received"]
    assert get(state.answers, "request.received") == date(2019, 8, 2)
    answering.accept(state, question(state, "request.received"), "8/5/2019")  # counsel's own answer follows nothing
    answering.accept(state, question(state, "request.dated"), "8/3/2019")
    assert derived_answers.fill(state) == []
    assert get(state.answers, "request.received") == date(2019, 8, 5)


def test_a_person_who_asks_in_her_own_name_is_named_once(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, "release-needed")
    for name, value in (("agency", "Jane Placeholder"), ("agency_kind", "person")):
        answering.accept(state, question(state, f"request.requester.{name}"), value)
    name = question(state, "request.requester.name")
    assert options.default_for(state, name) == "Jane Placeholder"
    assert name.is_filled_in(state.answers)
    for about_an_agency in ("request.requester.office", "request.requester.title"):
        assert not applicability.applies(state, question(state, about_an_agency))
    answering.accept(state, question(state, "request.requester.agency_kind"), "federal")
    assert options.default_for(state, name) is None  # an agency is nobody's name
    assert applicability.applies(state, question(state, "request.requester.office"))


def test_only_an_agency_is_asked_how_it_explains_and_justifies_its_request(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    asked = {}
    for kind in ("private", "person", "press", "federal"):
        answers = sample("request-for-justification")
        put(answers, "request.requester.agency_kind", kind)
        state = begin(assembler, answers=answers, advice=advice)
        reasons = [question(state, f"request.{name}") for name in ("explanation", "justification")]
        asked[kind] = [each.is_seldom(state.answers) for each in reasons]
        assert all(applicability.applies(state, each) for each in reasons)
    assert asked == {"private": [True] * 2, "person": [True] * 2, "press": [True] * 2, "federal": [False] * 2}


def test_the_counter_shows_the_whole_way(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    state = begin(assembler, advice=advice)
    number, about, certain = navigation.progress(state)
    assert (number, certain) == (1, False)
    assert 15 < about < 30
    state = begin(assembler, answers=sample("denial"), advice=advice, skipped=["request.purpose"])
    navigation.go_to(state, navigation.REVIEW)
    number, total, certain = navigation.progress(state)
    assert number == total
    assert certain


def test_what_was_typed_finds_suggestions_by_any_of_their_words(assembler: Assembler) -> None:
    state = begin(assembler)
    state.used_before = {"request.requester.agency": ["Example Bureau of Immigration"]}
    found = suggestions.suggestions_for(state, question(state, "request.requester.agency"))
    assert list(suggestions.matching("immi", found))[:2] == [
        "Example Bureau of Immigration",
        "U.S. Immigration and Customs Enforcement",
    ]
    assert list(suggestions.matching("migration", found)) == []


def test_a_suggestion_may_only_begin_an_answer_which_is_then_to_be_completed(assembler: Assembler) -> None:
    state = begin(assembler, answers={"date": date(2019, 8, 2)})
    matter, reference = question(state, "request.investigation"), question(state, "reference")
    assert "a criminal investigation of …" in suggestions.suggestions_for(state, matter)
    assert "Complete the answer" in answering.error_in(state, matter, "a criminal investigation of ")
    assert answering.error_in(state, matter, "a criminal investigation of wage fraud") == ""
    assert suggestions.suggestions_for(state, reference) == ("OGC-2019-…",)  # the year of the letter
    assert "Complete the answer" in answering.error_in(state, reference, "OGC-2019-")


def test_a_date_without_its_year_is_offered_in_full_where_the_rules_allow_it(
    assembler: Assembler, sample: Sample
) -> None:
    state = begin(assembler, "conditional-approval", sample("conditional-approval") | {"expires": None})
    expires, received = question(state, "expires"), question(state, "request.received")
    days = [
        answering.possible_dates(state, each, "1/15", lambda day, each=each: answering.error_in(state, each, day))
        for each in (expires, received)
    ]
    assert days == [(date(2020, 1, 15),), (date(2019, 1, 15), date(2018, 1, 15))]
    put(state.answers, "request.dated", date(2017, 8, 1))  # the year of another date of the matter comes first
    assert answering.possible_dates(state, received, "8/2") == (date(2017, 8, 2), date(2019, 8, 2), date(2018, 8, 2))


def test_the_words_of_a_question_follow_the_sentence_that_it_completes(assembler: Assembler) -> None:
    state = begin(assembler)
    sought = question(state, "request.sought")
    assert "“your request for …”" in sought.help
    put(state.answers, "request.access", "policy-inquiry")
    put(state.answers, "request.process", "none")
    navigation.go_to(state, "request.sought")
    asked = navigation.current_step(state).question
    assert asked is not None
    assert (asked.ask, "“its policy on …”" in asked.help) == ("What is the policy asked for about, in our words?", True)
    put(state.answers, "request.access", "targeted")
    put(state.answers, "request.process", "court-order")
    for name, words in (("request.dated", "date on the order?"), ("request.received", "order served on the")):
        navigation.go_to(state, name)
        asked = navigation.current_step(state).question
        assert asked is not None
        assert words in asked.ask


def test_a_repeat_encloses_our_earlier_letters_one_line_each(assembler: Assembler, sample: Sample) -> None:
    answers = sample("repeat-denial") | {"enclosures": []}
    first = answers["request"]["earlier"][0] | {"answered": date(2019, 8, 2), "reference": "OGC-2019-0142"}
    put(answers, "request.earlier", [first, first | {"day": date(2019, 8, 3), "reference": "OGC-2019-0143"}])
    state = begin(assembler, "repeat-denial", answers)
    put(state.answers, "enclosures", None)
    assert options.default_for(state, question(state, "enclosures")) == [
        "Our letter of August 2, 2019 (OGC-2019-0142)",
        "Our letter of August 2, 2019 (OGC-2019-0143)",
    ]
    put(state.answers, "request.earlier", None)
    assert options.default_for(state, question(state, "enclosures"))[0].startswith("Your request of ")
