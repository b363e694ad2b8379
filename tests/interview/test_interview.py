"""The interview without a terminal: what it asks, what it accepts, and that the order of answers does not matter."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers
from letters.interview.interview import Interview, as_typed
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
) -> Interview:
    return Interview(assembler.library, assembler.rulebook, answers or {}, TODAY, kind=kind, advice=advice, **more)


def question(interview: Interview, name: str) -> Question:
    return next(each for each in interview.script.questions if each.field.name == name)


def typed(each: Question, value: Any) -> Any:
    """The answer as the terminal would hand it over."""
    if value is None:
        return ""
    return value if each.field.kind in ("choice", "choices", "yes-no", "group") else as_typed(each, value)


def answer_all(interview: Interview, wanted: dict[str, Any]) -> list[str]:
    """Answer every open question from ``wanted``, as counsel would; returns what was asked, in order."""
    asked = []
    while (each := interview.next_question()) is not None:
        value = get(wanted, each.field.name)
        if value is None and not each.field.library:
            value = interview.default(each) if each.field.kind in ("choice", "yes-no") else None
        answer = typed(each, value)
        assert interview.objection(each, answer) == "", each.field.name
        interview.answer(each, answer)
        asked.append(each.field.name)
    return asked


@pytest.mark.parametrize("kind", KINDS)
def test_answering_straight_through_gives_the_sample_letter(
    assembler: Assembler, sample: Sample, advice: Advice, kind: str
) -> None:
    wanted, interview = sample(kind), begin(assembler, advice=advice)
    facts = answer_all(interview, wanted)
    assert len(facts) > 15
    assert all(name.startswith("request.") for name in facts)
    assert interview.kind_is_due()
    assert kind in (outcome := interview.advice()).kinds, outcome
    assert kind in [choice.value for choice in interview.kind_choices()]
    assert interview.write_as(kind) == ()
    asked = answer_all(interview, wanted)
    assert "departure" not in asked
    assert {"date", "legal_basis"} <= set(asked)
    assert asked.index("date") < asked.index("legal_basis")
    assert not set(asked) & set(facts)
    for name in ("request.requester.email", "request.requester.address"):
        if name not in asked:  # a letter that does not go there has no need of it
            put(wanted, name, None)
    assert interview.problems() == ()
    assert interview.letter() == assembler.check(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_asked_for(assembler: Assembler, kind: str) -> None:
    from letters.model.fields import fields_of

    asked = {each.field.name for each in load_questionnaire(assembler.library, kind).questions}
    assert set(fields_of(kind)) - asked <= {"kind", "extra", "responsible"}
    for each in load_questionnaire(assembler.library, kind).questions:
        assert {item.field.name for item in each.items} == {part.name for part in each.field.parts}


def test_every_fact_that_decides_the_advice_is_asked_before_the_kind_is_chosen(
    assembler: Assembler, advice: Advice
) -> None:
    facts = {each.field.name for each in load_questionnaire(assembler.library, "").questions}
    assert set(advice.facts) <= facts
    assert all(each.facts for each in load_questionnaire(assembler.library, "").questions)
    assert not any("kind" in each.when for each in load_questionnaire(assembler.library, "").questions)


@pytest.mark.parametrize("kind", KINDS)
def test_changing_answers_back_and_forth_ends_in_the_same_letter(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    chance, wanted = random.Random(kind), sample(kind)
    interview = begin(assembler, kind, wanted)
    for _ in range(60):
        each = chance.choice(interview.asked())
        before = get(interview.answers, each.field.name)
        if before is None:
            continue
        if each.field.kind == "choice":
            other: Any = chance.choice(interview.choices(each)).value
        elif each.field.kind == "text" and each.field.name not in ("request.requester.email",):
            other = "something else"
        else:
            continue
        interview.answer(each, other)
        interview.answer(each, typed(each, before))
    assert interview.letter() == assembler.check(wanted)


def test_only_law_that_fits_kind_request_and_date_is_offered(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    offered = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert {"cfr-603-4", "nm-51-1-32", "nmac-106-d"} <= offered
    assert "nm-sensitive-information-2025" not in offered  # in force from July 2025
    assert "ssa-303-e-child-support" not in offered  # supports no denial
    assert "ipra-14-2-11-b" not in offered  # no public-records request
    for name in offered:
        basis = assembler.rulebook.bases[name]
        assert "denial" in basis.supports
        assert basis.in_force_on(date(2019, 8, 2))

    interview.answer(question(interview, "date"), "July 2, 2025")
    later = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert "nm-sensitive-information-2025" in later

    interview.answer(question(interview, "request.public_records"), True)
    records = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert {"ipra-14-2-11-b", "ipra-14-2-8"} <= records


def test_each_basis_is_shown_with_citation_what_it_says_and_its_caveat(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "policy-statement", sample("policy-statement"))
    choices = {choice.value: choice for choice in interview.choices(question(interview, "legal_basis"))}
    choice, basis = choices["us-v-california"], assembler.rulebook.bases["us-v-california"]
    assert basis.citation in choice.line
    assert basis.summary[1:] in choice.detail
    assert basis.caveat in choice.detail
    assert "Persuasive only, not binding in New Mexico." in choice.detail
    assert "In force from April 18, 2019." in choice.detail
    assert choice.caution == f"{basis.citation}: persuasive only"
    old, fresh = choices["cfr-603-10"], choices["nm-51-1-32"]
    assert "Text as of: undated. Look it up again" in old.detail
    assert old.caution.endswith("look it up again")
    assert fresh.caution == ""


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("date", "02/30/2019", "not a calendar date"),
        ("date", "8/2/19", "may mean August 2, 2019"),
        ("date", "July 31, 2019", "before the request was received"),
        ("request.requester.agency", "", "An answer is needed"),
        ("request.requester.email", "jordan at agency", "not an email address"),
        ("responsible", "Casey Specimen", "lacks a title"),
        ("legal_basis", [], "what law it rests on"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_once(
    assembler: Assembler, sample: Sample, name: str, answer: Any, said: str
) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    assert said in interview.objection(question(interview, name), answer)


@pytest.mark.parametrize("written", ["8/2/2019", "Aug 2 2019", "aug. 2, 2019", "2 August 2019", "2019-08-02",
                                     "August 2nd, 2019", " august  2 , 2019 "])  # fmt: skip
def test_dates_are_read_as_people_write_them(assembler: Assembler, sample: Sample, written: str) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    interview.answer(question(interview, "date"), written)
    assert interview.answers["date"] == date(2019, 8, 2)


def test_yesterday_counts_from_the_day_of_writing(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    interview.answer(question(interview, "date"), "yesterday")
    assert interview.answers["date"] == date(2019, 9, 1)


def test_an_answer_whose_condition_no_longer_holds_is_set_aside_not_lost(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "conditional-approval", sample("conditional-approval"))
    interview.answer(question(interview, "request.nature"), "not-stated")
    assert get(interview.settled(), "request.case_number") is None
    interview.answer(question(interview, "request.nature"), "criminal")
    assert get(interview.settled(), "request.case_number") == "TF-2019-0000"


def test_a_question_the_rules_call_for_appears_only_then(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "conditional-approval", sample("conditional-approval"))
    reason = question(interview, "withheld_reason")
    assert reason in interview.asked()
    interview.answer(question(interview, "approved"), ["wage", "claim", "employer", "address"])
    assert reason not in interview.asked()


def test_a_table_that_is_none_is_named(assembler: Assembler) -> None:
    for answers in ({"request": {"requester": "x"}}, {"request": 5}, {"extra": "x"}):
        with pytest.raises(InvalidAnswers) as caught:
            begin(assembler, "denial", answers)
        assert "is not a table" in str(caught.value)


def test_answers_of_the_wrong_type_are_asked_again_with_what_they_said(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"date": "soon", "copies": "one", "signatory": "nobody"}
    put(answers, "request.channel", "fax")
    interview = begin(assembler, "denial", answers)
    asked = {each.field.name for each in interview.open_questions()}
    assert {"date", "copies", "request.channel", "signatory"} <= asked
    assert interview.before(question(interview, "date")) == "soon"
    assert interview.before(question(interview, "copies")) == "one"
    assert interview.before(question(interview, "request.channel")) == "fax"
    assert "Did you mean" in interview.doubt(question(interview, "signatory")) or "Write one of" in interview.doubt(
        question(interview, "signatory")
    )
    interview.answer(question(interview, "date"), "August 2, 2019")
    assert interview.before(question(interview, "date")) == ""


def test_answers_nothing_asks_for_are_set_aside_and_named(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"coppies": ["x"]}
    put(answers, "request.requester.fax", "none")
    interview = begin(assembler, "denial", answers)
    assert any("coppies" in each for each in interview.set_aside)
    assert any("request.requester.fax" in each for each in interview.set_aside)
    assert interview.letter() == assembler.check(sample("denial"))


def test_the_wording_of_a_question_is_the_prompt_file_s(tmp_path: Path, assembler: Assembler) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "prompts").mkdir()
    for file in (ROOT / "prompts").glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace("Who will sign it?", "Whose name goes under it?")
        (tmp_path / "prompts" / file.name).write_text(text, encoding="utf-8")
    script = load_questionnaire(Library(tmp_path), "denial")
    assert "Whose name goes under it?" in [each.ask for each in script.questions]


# --- facts first, then the kind ---------------------------------------------------------------------------------------


def facts_of(answers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The request of some answers alone, with some of its answers changed."""
    facts: dict[str, Any] = {"request": answers["request"]}
    for name, value in changed.items():
        put(facts, f"request.{name}", value)
    return facts


def with_all_facts(assembler: Assembler, advice: Advice | None, facts: dict[str, Any], kind: str = "") -> Interview:
    interview = begin(assembler, kind, advice=advice)
    while (each := interview.next_question()) is not None and each.facts:
        value = get(facts, each.field.name)
        default = interview.default(each) if each.field.kind in ("choice", "yes-no") else None
        interview.answer(each, typed(each, value if value is not None else default))
    return interview


def test_the_facts_are_asked_whatever_the_kind_and_the_advice_comes_when_they_are_complete(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    wanted = sample("denial")
    for kind in ("", "denial", "contact-notice"):
        interview = begin(assembler, kind, advice=advice)
        assert interview.advice() is None
        assert interview.advice_lines() == []
        assert not interview.kind_is_due()
        interview = with_all_facts(assembler, advice, wanted, kind)
        outcome = interview.advice()
        assert outcome is not None
        assert outcome.kind == "denial"
        said = "\n".join(text for _, text in interview.advice_lines())
        assert said.startswith("The advice: denial")
        assert outcome.rules[0].reason in said
        assert outcome.rules[0].source in said
        assert outcome.rules[0].ask in said


def test_the_advised_kind_is_preselected_and_those_beside_it_are_marked(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    interview = with_all_facts(assembler, advice, sample("repeat-denial"))
    marks = {choice.value: choice.mark for choice in interview.kind_choices()}
    assert interview.kind_default() == "repeat-denial"
    assert marks["repeat-denial"] == "advised"
    assert marks["routing-memo"] == marks["contact-notice"] == "also"
    assert marks["policy-statement"] == ""


def test_without_an_advice_nothing_is_advised_and_no_reason_asked(assembler: Assembler, sample: Sample) -> None:
    interview = with_all_facts(assembler, None, sample("denial"))
    assert interview.kind_is_due()
    interview.write_as("contact-notice")
    assert not interview.kind_is_due()
    assert "departure" not in {each.field.name for each in interview.asked()}


def test_a_fact_is_taken_as_it_is_and_judged_with_the_letter(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    interview = begin(assembler, "conditional-approval", sample("conditional-approval"), advice)
    for name, value in (("explanation", ""), ("process", "court-order"), ("access", "direct-access")):
        assert interview.objection(question(interview, f"request.{name}"), value) == ""
    interview.answer(question(interview, "request.explanation"), "")
    assert "must give an explanation" in str(interview.problems()[0])


def test_a_departure_from_the_advice_needs_a_reason_which_is_kept_with_the_answers(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    wanted = sample("denial")
    interview = with_all_facts(assembler, advice, wanted)
    interview.write_as("contact-notice")
    assert interview.departs
    reason = interview.next_question()
    assert reason is not None
    assert reason.field.name == "departure"
    assert "A reason is needed" in interview.objection(reason, "")
    interview.answer(reason, "The denial went out yesterday; this only says whom to ask.")
    put(wanted, "legal_basis", ["nm-51-1-32"])
    answer_all(interview, wanted)
    assert interview.letter().departure == "The denial went out yesterday; this only says whom to ask."

    # The facts change, so that the advice is this letter: the reason is not asked for and not kept.
    interview.answer(question(interview, "request.staff_contacted"), True)
    assert not interview.departs
    assert reason not in interview.asked()
    assert "departure" not in interview.settled()
    assert interview.letter().departure is None


def test_a_kind_named_beforehand_that_departs_is_put_to_counsel_once(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    interview = with_all_facts(assembler, advice, sample("denial"), "contact-notice")
    assert interview.kind_is_due()
    assert interview.kind_default() == "contact-notice"
    interview.write_as("contact-notice")
    assert not interview.kind_is_due()
    interview.answer(question(interview, "request.access"), "policy-inquiry")  # other facts, other advice
    assert interview.kind_is_due()


def test_on_a_stop_every_letter_departs(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    wanted = sample("denial")
    put(wanted, "request.requester.agency_kind", "labor")
    interview = with_all_facts(assembler, advice, wanted, "denial")
    assert interview.departs
    assert interview.advice_lines()[0] == ("section", "The advice: stop. On these facts no letter is recommended.")


def test_what_is_asked_about_the_request_depends_on_the_facts_alone(assembler: Assembler, advice: Advice) -> None:
    def asked(**facts: Any) -> set[str]:
        interview = begin(assembler, advice=advice)
        for name, value in facts.items():
            interview.answer(question(interview, f"request.{name}"), value)
        return {each.field.name.removeprefix("request.") for each in interview.asked()}

    policy = asked(access="policy-inquiry")
    assert not {"process", "purpose", "nature", "records", "explanation", "paper.form"} & policy
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


def test_what_follows_from_a_kind_never_replaces_an_answer(assembler: Assembler, advice: Advice) -> None:
    assert get(begin(assembler, "policy-statement").answers, "request.access") == "policy-inquiry"
    interview = begin(assembler, advice=advice)
    interview.answer(question(interview, "request.access"), "direct-access")
    interview.write_as("policy-statement")
    assert get(interview.answers, "request.access") == "direct-access"
    assert get(interview.settled(), "request.access") == "direct-access"


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
def test_the_answer_to_a_paper_starts_from_what_the_law_provides_for_it(
    assembler: Assembler, sample: Sample, process: str, decision: str, basis: str
) -> None:
    answers = sample("subpoena-response")
    for name in ("decision", "legal_basis", "objections"):
        del answers[name]
    put(answers, "request.process", process)
    interview = begin(assembler, "subpoena-response", answers)
    assert interview.default(question(interview, "decision")) == decision
    interview.answer(question(interview, "decision"), decision)
    law = question(interview, "legal_basis")
    assert basis in interview.default(law)
    if question(interview, "objections") in interview.asked():
        interview.answer(question(interview, "objections"), interview.default(question(interview, "objections")))
    assert interview.objection(law, interview.default(law)) == ""
    offered = {choice.value for choice in interview.choices(question(interview, "objections"))}
    assert all(process in assembler.rulebook.objections[name].answers_to for name in offered)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "subpoena-response"])
def test_the_law_a_prompt_file_proposes_is_accepted(assembler: Assembler, sample: Sample, kind: str) -> None:
    answers = sample(kind)
    del answers["legal_basis"]
    interview = begin(assembler, kind, answers)
    law = question(interview, "legal_basis")
    assert interview.default(law)
    assert interview.objection(law, interview.default(law)) == ""


def test_law_the_advice_names_comes_first(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    interview = begin(assembler, advice=advice)
    answer_all(interview, sample("subpoena-response"))
    interview.write_as("subpoena-response")
    marks = [choice.mark for choice in interview.choices(question(interview, "legal_basis"))]
    assert marks == sorted(marks, reverse=True)
    assert {"advised", ""} == set(marks)


def test_law_is_offered_against_a_requester_only_who_relies_on_it(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    law = question(interview, "legal_basis")
    assert "ina-290-b" not in {choice.value for choice in interview.choices(law)}
    interview.answer(question(interview, "request.asserted"), ["ina-290-b"])
    assert "ina-290-b" in {choice.value for choice in interview.choices(law)}


# --- lists of entries -------------------------------------------------------------------------------------------------


def part(each: Question, name: str) -> Question:
    return next(item for item in each.items if item.field.name == name)


def test_entries_are_given_part_by_part_and_judged_at_once(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "repeat-denial", sample("repeat-denial"))
    each = question(interview, "request.earlier")
    before = len(interview.entries(each))
    interview.add_entry(each)

    def said(name: str, value: Any) -> str:
        return interview.part_objection(each, part(each, name), value)

    def asked() -> str:
        step = interview.step()
        return step.item.field.name if step.item else step.what

    assert asked() == "day"
    assert "An answer is needed" in said("day", "")
    assert "not a calendar date" in said("day", "2/30/2019")
    assert "after this request was received" in said("day", "August 9, 2019")
    assert said("day", "8/6/2019") == ""
    interview.answer_part(each, part(each, "day"), "8/6/2019")
    assert len(interview.entries(each)) == before  # it is not whole yet
    assert "in the middle of a sentence" in said("reached", "the front desk.")
    interview.answer_part(each, part(each, "channel"), "visit")
    interview.answer_part(each, part(each, "reached"), "the front desk")
    assert len(interview.entries(each)) == before + 1
    assert asked() == "answered"
    assert "before that request was made" in said("answered", "8/5/2019")
    interview.answer_part(each, part(each, "answered"), "8/7/2019")
    interview.answer_part(each, part(each, "reference"), "OGC-2019-0145")
    assert asked() == "list"
    assert interview.entry_line(each, interview.entries(each)[before]) == (
        "August 6, 2019 · In person · the front desk · August 7, 2019 · OGC-2019-0145"
    )
    interview.edit_entry(each, before)
    while asked() != "answered":
        name = asked()
        interview.answer_part(each, part(each, name), interview.entry().parts[name])  # type: ignore[union-attr]
    interview.answer_part(each, part(each, "answered"), "")  # no answer, so no number of one
    assert asked() == "list"
    assert interview.entries(each)[before] == {
        "day": date(2019, 8, 6), "channel": "visit", "reached": "the front desk",
    }  # fmt: skip
    assert interview.end_list(each) == ""
    assert len(interview.letter().request.earlier) == before + 1
    assert interview.shown(each).count("\n") == before


def test_a_part_that_the_others_speak_against_is_asked_again(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    law = question(interview, "unvetted_law")
    interview.add_entry(law)
    assert "which is in legal_basis.toml" in interview.part_objection(law, law.items[0], "20 C.F.R. § 603.4(b)")
    interview.answer_part(law, law.items[0], "42 U.S.C. § 654")
    interview.answer_part(law, law.items[1], "lists what.")
    step = interview.step()
    assert step.item is law.items[1]
    assert "middle of a sentence" in interview.entry().objection  # type: ignore[union-attr]
    interview.answer_part(law, law.items[1], "lists what a State plan must provide")
    assert interview.step().what == "list"


def test_going_back_within_an_entry_goes_from_part_to_part_and_loses_nothing(
    assembler: Assembler, sample: Sample
) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    each = question(interview, "request.earlier")
    interview.add_entry(each)
    interview.answer_part(each, part(each, "day"), "7/30/2019")
    interview.answer_part(each, part(each, "channel"), "visit")
    assert interview.step().item == part(each, "reached")
    assert interview.back()
    assert interview.step().item == part(each, "channel")
    assert interview.back()
    assert interview.step().item == part(each, "day")
    assert interview.back()  # out of the entry, to the question before the list
    assert interview.step().what == "question"
    interview.add_entry(each)
    assert interview.entry().parts["channel"] == "visit"  # type: ignore[union-attr]


def test_entries_of_a_plain_list_are_moved_and_changed_one_by_one(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "denial", sample("denial"))
    people = question(interview, "responsible")
    interview.go_to("responsible")
    assert interview.step().what == "list"
    first, second = interview.entries(people)
    interview.put_entries(people, [second, first])
    assert interview.step().question == people
    assert "lacks a title" in interview.line_objection(people, [second, first], 0, "Somebody")
    interview.put_entries(people, [*interview.lines(people, "Quinn Example, Clerk"), first])
    assert interview.end_list(people) == ""
    assert [each.name for each in interview.letter().responsible] == ["Quinn Example", first["name"]]


def test_dates_in_entries_from_json_are_read(assembler: Assembler) -> None:
    answers = {"earlier_letters": [{"date": "2019-08-02", "said": "denied it"}]}
    interview = begin(assembler, "denial", answers)
    assert interview.shown(question(interview, "earlier_letters")) == "August 2, 2019 · denied it"


# --- what the law wants by when ---------------------------------------------------------------------------------------


def test_each_day_the_law_gives_is_told_as_soon_as_it_is_known(assembler: Assembler) -> None:
    interview = begin(assembler)
    interview.answer(question(interview, "request.received"), "August 1, 2019")
    assert interview.new_notices() == []
    interview.answer(question(interview, "request.public_records"), True)
    notices = interview.new_notices()
    assert notices[0].startswith(
        "By August 6, 2019 (3 business days after receipt, NMSA 1978, § 14-2-8) the Department must permit inspection, "
        "or explain in writing"
    )
    assert any("15 calendar days after receipt, NMSA 1978, § 14-2-11(B)" in notice for notice in notices)
    assert interview.new_notices() == []  # told once
    assert interview.notices() == notices  # and shown at the review

    interview.answer(question(interview, "request.received"), "August 2, 2019")
    (saturday, *_) = [notice for notice in interview.new_notices() if "August 17, 2019" in notice]
    assert "It is not a working day (a Saturday); the last before it is August 16, 2019." in saturday


def test_the_return_date_of_a_paper_is_told(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "subpoena-response", sample("subpoena-response"))
    assert interview.notices() == ["The paper served asks for an answer by September 10, 2019."]
    interview.answer(question(interview, "request.paper.return_date"), "September 2, 2019")
    assert "(Labor Day); the last before it is August 30, 2019" in interview.notices()[0]
    interview.answer(question(interview, "request.process"), "none")
    assert interview.notices() == []


def test_a_contact_notice_on_a_public_records_request_offers_the_last_day_the_law_gives(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("contact-notice")
    put(answers, "request.public_records", True)
    interview = begin(assembler, "contact-notice", answers)
    by = question(interview, "answer_by")
    assert by in interview.asked()
    assert interview.default(by) == date(2019, 8, 23)
    assert "after August 23, 2019, the last day the law allows" in interview.objection(by, "August 24, 2019")


# --- another kind of letter -------------------------------------------------------------------------------------------


def test_an_approval_whose_request_falls_short_turns_into_the_letter_that_asks(
    assembler: Assembler, sample: Sample, advice: Advice
) -> None:
    answers = sample("conditional-approval")
    interview = begin(assembler, "conditional-approval", answers, advice)
    assert interview.instead() == ""
    interview.answer(question(interview, "request.justification"), "")
    interview.answer(question(interview, "request.other_sources"), "")
    assert interview.instead() == "request-for-justification"

    aside = interview.write_as("request-for-justification")
    assert {"Date of counsel's advice", "Categories approved", "Recipients", "Expiry date"} <= set(aside)
    assert "approved" not in interview.answers
    assert interview.answers["reference"] == answers["reference"]
    assert get(interview.answers, "request.explanation") == answers["request"]["explanation"]
    asked = answer_all(interview, {"due": date(2019, 9, 13), "status_sentence": True})
    assert {"also_asked", "due", "status_sentence"} <= set(asked)
    assert not {"date", "signatory", "legal_basis", "request.purpose"} & set(asked)
    assert interview.problems() == ()
    assert "justification" in [element.id for element in interview.letter().missing(assembler.rulebook)]

    assert interview.write_as("conditional-approval") == ("Answer due", "Sentence on 8 U.S.C. § 1373")
    assert interview.answers["approved"] == answers["approved"]  # taken back
    assert interview.answers["legal_basis"] == answers["legal_basis"]


def test_a_public_records_request_is_never_turned_into_one_for_reasons(assembler: Assembler, sample: Sample) -> None:
    interview = begin(assembler, "conditional-approval", sample("conditional-approval"))
    interview.answer(question(interview, "request.subjects"), "")
    interview.answer(question(interview, "request.public_records"), True)
    assert interview.problems()
    assert interview.instead() == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_answers_of_any_kind_may_be_gone_on_with_as_any_other(
    assembler: Assembler, sample: Sample, advice: Advice, kind: str, other: str
) -> None:
    answers = sample(kind)
    answers["departure"] = "A reason that was about the other letter."
    interview = begin(assembler, other, answers, advice)
    assert interview.kind == interview.answers["kind"] == other
    assert bool(interview.set_aside) == (kind != other)
    if kind != other:
        assert "departure" not in interview.answers
    for basis in interview.answers.get("legal_basis", []):
        assert other in assembler.rulebook.bases[basis].supports
    assert not [problem for problem in interview.problems() if problem.code == "unknown"]


def test_going_on_asks_nothing_that_was_passed_over(assembler: Assembler, sample: Sample, advice: Advice) -> None:
    interview = begin(assembler, advice=advice)
    answer_all(interview, sample("denial"))
    interview.write_as("denial")
    answer_all(interview, sample("denial"))
    assert "request.their_reference" in interview.passed
    again = begin(assembler, "", interview.answers, advice, passed=interview.passed)
    assert again.next_question() is None
    assert not again.kind_is_due()
    assert begin(assembler, "", interview.answers, advice).next_question() is not None
