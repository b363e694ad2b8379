"""Earlier requests: found with a reason, confirmed by counsel, used by the advice, and contradictions said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers.drafts import begin
from helpers.registers import AGENCY, new_register

from letters.assembly.assembler import Assembler
from letters.interview import navigation, options
from letters.interview.recall import take, to_recall
from letters.interview.suggestions import suggestions_for
from letters.matters.agency_names import folded, may_be_same
from letters.matters.memory import Memory
from letters.matters.register import Register
from letters.matters.registration import LetterToEnter, Registration
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(new_register(tmp_path, y2019=142)) as found:
        yield found


def enter(register: Register, assembler: Assembler, answers: dict[str, Any], *, issue: bool = True) -> str:
    letter = assembler.check(answers)
    registration = Registration(register)
    [numbered] = registration.number([LetterToEnter(letter)])
    if issue:
        registration.issue([registration.entered(letter, numbered, {}, is_draft=False, told={})])
    return numbered.reference


def remarks(register: Register, assembler: Assembler, answers: dict[str, Any]) -> list[str]:
    return [str(each) for each in Registration(register).remembered(assembler.check(answers))]


@pytest.mark.parametrize(
    "name",
    [
        "US Immigration & Customs Enforcement",
        "U. S. Immigration and Customs Enforcement",
        "United States Immigration and Customs Enforcement",
        "U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT",
        "Immigration and Customs Enforcement",
    ],
)
def test_spelling_makes_no_other_agency(name: str) -> None:
    assert folded(name) == folded(AGENCY)


@pytest.mark.parametrize(
    ("name", "known", "may_be"),
    [
        ("ICE", AGENCY, True),
        ("I.C.E.", AGENCY, True),
        ("ICE, El Paso", AGENCY, True),
        ("Immigration and Customs Enforcment", AGENCY, True),
        ("Homeland Security Investigations, El Paso", "Homeland Security Investigations", True),
        ("USCIS", "U.S. Citizenship and Immigration Services", True),
        ("Homeland Title Company", "U.S. Department of Homeland Security", False),
        ("Enforcement Services LLC", AGENCY, False),
        ("El Paso Police Department", "El Paso County Sheriff's Office", False),
        ("Customs Brokers of El Paso", "U.S. Customs and Border Protection", False),
        ("", AGENCY, False),
    ],
)
def test_a_name_that_may_be_the_same_is_only_asked_about(name: str, known: str, may_be: bool) -> None:
    assert may_be_same(name, known) is may_be


def test_an_earlier_denial_is_said_when_the_same_agency_is_denied_again(
    register: Register, assembler: Assembler, sample: Sample
) -> None:
    first = sample("denial")
    assert remarks(register, assembler, first) == []
    enter(register, assembler, first)
    assert remarks(register, assembler, first) == []  # it is that letter
    again = sample("denial") | {"date": date(2019, 8, 8), "reference": None}
    again = {name: value for name, value in again.items() if value is not None}
    again["request"] |= {"received": date(2019, 8, 7), "dated": date(2019, 8, 7)}
    again["request"]["requester"]["agency"] = "US Immigration & Customs Enforcement"
    [remark] = remarks(register, assembler, again)
    assert "does not list the request of August 1, 2019" in remark
    assert "denial of August 2, 2019 (OGC-2019-0142); the same agency" in remark
    repeat = sample("repeat-denial")
    register.take(date(2019, 8, 5), "other mail", 3)
    assert remarks(register, assembler, repeat) == []


def test_a_repeat_that_never_came_is_said(register: Register, assembler: Assembler, sample: Sample) -> None:
    [remark, *others] = remarks(register, assembler, sample("repeat-denial"))
    assert "is OGC-2019-0142, which the register does not have" in remark
    assert any("the register knows none of this agency" in each for each in others)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda earlier: earlier.update(answered=date(2019, 8, 5)), "is of August 5, 2019; the register has August 2"),
        (lambda earlier: earlier.update(reference="OGC-2019-0143"), "a letter to another agency: Another Agency"),
        (lambda earlier: earlier.update(reference="OGC-2019-0144"), "was not sent: it is void"),
        (lambda earlier: earlier.update(reference="OGC-2019-0001"), ""),  # before the register began
    ],
)
def test_what_a_letter_says_of_earlier_ones_is_compared(
    register: Register, assembler: Assembler, sample: Sample, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    enter(register, assembler, sample("denial"))
    other = {name: value for name, value in sample("denial").items() if name != "reference"}
    other["request"]["requester"] |= {"agency": "Another Agency", "email": "someone@another.example"}
    enter(register, assembler, other)
    register.take(date(2019, 8, 5), "a mistake")
    register.void("OGC-2019-0144", "a mistake")
    register.take(date(2019, 8, 5), "other mail")
    repeat = sample("repeat-denial")
    change(repeat["request"]["earlier"][0])
    found = [each for each in remarks(register, assembler, repeat) if said and said in each]
    assert bool(found) is bool(said)


def test_an_approval_of_what_was_refused_is_said(register: Register, assembler: Assembler, sample: Sample) -> None:
    approval = {name: value for name, value in sample("conditional-approval").items() if name != "reference"}
    denial = {name: value for name, value in sample("denial").items() if name != "reference"}
    denial |= {"date": approval["date"], "delivery": ["mail"]}
    denial["request"]["requester"] = approval["request"]["requester"]
    enter(register, assembler, approval)
    denial["request"] |= {"received": approval["date"], "dated": approval["date"]}
    denial["request"]["records"] = approval["request"]["records"]
    assert any("were approved" in each for each in remarks(register, assembler, denial))


def test_the_interview_asks_once_and_the_advice_goes_by_the_answer(
    register: Register, assembler: Assembler, sample: Sample
) -> None:
    enter(register, assembler, sample("denial"))
    answers = sample("repeat-denial")
    answers["request"].pop("earlier")
    answers.pop("kind")
    state = begin(assembler, answers)
    state.memory = Memory(register)
    [match] = to_recall(state)
    assert match.is_certain
    assert "the same" in match.line
    assert list(take(state, [match])) == []
    [listed] = get(state.answers, "request.earlier")
    assert (listed["reference"], listed["answered"]) == ("OGC-2019-0142", date(2019, 8, 2))
    assert assembler.advice.on(state.answers).kind == "repeat-denial"
    assert to_recall(state) == []
    assert "request.earlier" in state.opened  # shown, and not hidden in the list of what is seldom needed


def test_a_repeat_is_recommended_though_the_register_does_not_say_who_received_the_first(
    register: Register, assembler: Assembler, sample: Sample
) -> None:
    first, answers = sample("denial"), sample("repeat-denial")
    put(first, "request.received_by", None)
    enter(register, assembler, first)
    answers["request"].pop("earlier")
    answers.pop("kind")
    state = begin(assembler, answers)
    state.memory = Memory(register)
    register.file_request(date(2019, 8, 2), {"agency": AGENCY, "received": "2019-08-02"}, {})  # without its channel
    known, unfinished = sorted(to_recall(state), key=lambda each: each.as_request()["day"])
    assert "the list says “the Department”" in " ".join(take(state, [known]))
    assert [each["reached"] for each in get(state.answers, "request.earlier")] == ["the Department"]
    assert assembler.advice.on(state.answers).kind == "repeat-denial"
    assert "complete it in the list" in " ".join(take(state, [unfinished]))
    step = navigation.current_step(state)
    assert (step.what, step.item and step.item.field.name) == ("part", "channel")


def test_copies_of_any_letter_and_enclosures_of_this_requester_are_offered(
    register: Register, assembler: Assembler, sample: Sample
) -> None:
    denial, approval = sample("denial"), sample("conditional-approval")
    put(approval, "request.requester.agency", "Another Agency")
    enter(register, assembler, denial | {"copies": ["One"], "enclosures": ["The form"]})
    enter(register, assembler, approval | {"reference": None, "copies": ["Two"], "enclosures": ["The agreement"]})
    state = begin(assembler, sample("repeat-denial"))
    state.memory = Memory(register)
    offered = {
        name: suggestions_for(state, question)
        for name in ("copies", "enclosures", "responsible")
        if (question := state.question(name))
    }
    assert offered["copies"][:2] == ("One", "Two")
    assert "The form" in offered["enclosures"]
    assert "The agreement" not in offered["enclosures"]
    assert offered["responsible"] == ("Casey Specimen, Secretary", "Morgan Example, Chief Legal Counsel")


def test_a_name_counsel_confirms_becomes_an_alias(register: Register, assembler: Assembler, sample: Sample) -> None:
    enter(register, assembler, sample("denial"))
    answers = sample("repeat-denial")
    answers["request"].pop("earlier")
    for name, value in {"agency": "ICE", "email": None, "office": None, "name": None}.items():
        put(answers, f"request.requester.{name}", value)
    state = begin(assembler, answers)
    state.memory = Memory(register)
    [match] = to_recall(state)
    assert not match.is_certain
    assert "may be the same agency" in match.line
    assert any("one agency to the register" in each for each in take(state, [match]))
    [known] = Memory(register).earlier({"agency": "I.C.E.", "received": "2019-09-01"}, date(2019, 9, 1))
    assert (known.is_certain, known.reason) == (True, "a name confirmed as the same agency")


def test_the_request_that_was_read_in_is_not_an_earlier_one_whatever_its_day(
    register: Register, assembler: Assembler, sample: Sample
) -> None:
    about = {"person": "Jordan Sample", "received": "2019-07-30"}
    filed = register.file_request(date(2019, 7, 30), about, {}).reference
    state = begin(assembler, sample("denial") | {"kind": None})
    state.memory = Memory(register)
    assert [match.line.partition("; ")[2] for match in to_recall(state)] == ["the same person"]
    state.filed = filed
    assert to_recall(state) == []


def test_free_mail_addresses_and_the_request_itself_are_no_match(register: Register) -> None:
    about = {"agency": "One Agency", "email": "someone@gmail.com", "received": "2019-08-01"}
    register.file_request(date(2019, 8, 1), about, {})
    memory = Memory(register)
    other = {"agency": "Other People", "email": "else@gmail.com", "received": "2019-08-05"}
    assert memory.earlier(other, date(2019, 8, 5)) == []
    assert memory.earlier(about, date(2019, 8, 1)) == []
    [match] = memory.earlier(about | {"received": "2019-08-05"}, date(2019, 8, 5))
    assert "filed as R-1, not answered" in match.line


def test_the_next_number_of_the_letters_year_is_offered(register: Register, assembler: Assembler) -> None:
    state = begin(assembler, {"kind": "denial", "date": date(2019, 8, 2)}, kind="denial")
    state.memory = Memory(register)
    question = state.question("reference")
    assert question is not None
    assert options.default_for(state, question) == "OGC-2019-0142"
    put(state.answers, "date", date(2020, 1, 2))
    assert options.default_for(state, question) == "OGC-2020-0001"
    assert state.references_offered == {"OGC-2019-0142", "OGC-2020-0001"}
