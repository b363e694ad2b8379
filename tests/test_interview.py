"""The interview without a terminal: what it asks, what it accepts, and that the order of answers does not matter."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import KINDS, ROOT

from letters.desk import Desk
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.fields import get
from letters.interview import Interview, as_typed
from letters.library import Library
from letters.prompts import Question, load_script

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2019, 9, 2)


def begin(desk: Desk, kind: str, answers: dict[str, Any] | None = None) -> Interview:
    return Interview(load_script(desk.library, kind), desk.rulebook, answers or {}, TODAY)


def question(interview: Interview, name: str) -> Question:
    return next(each for each in interview.script.questions if each.field.name == name)


def typed(each: Question, value: Any) -> Any:
    """The answer as the terminal would hand it over."""
    if value is None:
        return ""
    return value if each.field.kind in ("choice", "choices", "yes-no") else as_typed(each, value)


@pytest.mark.parametrize("kind", KINDS)
def test_answering_straight_through_gives_the_sample_letter(desk: Desk, sample: Sample, kind: str) -> None:
    wanted, interview = sample(kind), begin(desk, kind)
    asked = 0
    while (each := interview.next_question()) is not None:
        value = get(wanted, each.field.name)
        answer = typed(each, value if value is not None else each.field.default)
        assert interview.objection(each, answer) == "", each.field.name
        interview.answer(each, answer)
        asked += 1
    assert asked > 15
    assert interview.problems() == ()
    assert interview.letter() == desk.check(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_changing_answers_back_and_forth_ends_in_the_same_letter(desk: Desk, sample: Sample, kind: str) -> None:
    chance, wanted = random.Random(kind), sample(kind)
    interview = begin(desk, kind, wanted)
    for _ in range(60):
        each = chance.choice(interview.asked())
        before = get(interview.answers, each.field.name)
        if each.field.kind == "choice":
            other: Any = chance.choice(interview.choices(each)).value
        elif each.field.kind == "text" and each.field.name not in ("request.requester.email",):
            other = "something else"
        else:
            continue
        interview.answer(each, other)
        interview.answer(each, typed(each, before))
    assert interview.letter() == desk.check(wanted)


def test_only_law_that_fits_kind_request_and_date_is_offered(desk: Desk, sample: Sample) -> None:
    interview = begin(desk, "denial", sample("denial"))
    offered = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert {"cfr-603-4", "nm-51-1-32", "nmac-106-d"} <= offered
    assert "nm-sensitive-information-2025" not in offered  # in force from July 2025
    assert "ssa-303-e-child-support" not in offered  # supports no denial
    assert "ipra-14-2-11-b" not in offered  # no public-records request
    for name in offered:
        basis = desk.rulebook.bases[name]
        assert "denial" in basis.supports
        assert basis.in_force_on(date(2019, 8, 2))

    interview.answer(question(interview, "date"), "July 2, 2025")
    later = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert "nm-sensitive-information-2025" in later

    interview.answer(question(interview, "request.public_records"), True)
    records = {choice.value for choice in interview.choices(question(interview, "legal_basis"))}
    assert {"ipra-14-2-11-b", "ipra-14-2-8"} <= records


def test_each_basis_is_shown_with_citation_what_it_says_and_its_caveat(desk: Desk, sample: Sample) -> None:
    interview = begin(desk, "policy-statement", sample("policy-statement"))
    choices = {choice.value: choice for choice in interview.choices(question(interview, "legal_basis"))}
    choice, basis = choices["us-v-california"], desk.rulebook.bases["us-v-california"]
    assert basis.citation in choice.line
    assert basis.summary[1:] in choice.detail
    assert "Persuasive only" in choice.caution
    assert basis.caveat in choice.caution


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("date", "02/30/2019", "not a day of the calendar"),
        ("date", "8/2/19", "not a date I can read"),
        ("date", "July 31, 2019", "before the request was received"),
        ("request.requester.agency", "", "An answer is needed"),
        ("request.requester.email", "jordan at agency", "not an email address"),
        ("responsible", "Casey Specimen", "lacks a title"),
        ("legal_basis", [], "what law it rests on"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_once(
    desk: Desk, sample: Sample, name: str, answer: Any, said: str
) -> None:
    interview = begin(desk, "denial", sample("denial"))
    assert said in interview.objection(question(interview, name), answer)


@pytest.mark.parametrize("written", ["8/2/2019", "Aug 2 2019", "aug. 2, 2019", "2 August 2019", "2019-08-02",
                                     "August 2nd, 2019", " august  2 , 2019 "])  # fmt: skip
def test_dates_are_read_as_people_write_them(desk: Desk, sample: Sample, written: str) -> None:
    interview = begin(desk, "denial", sample("denial"))
    interview.answer(question(interview, "date"), written)
    assert interview.answers["date"] == date(2019, 8, 2)


def test_yesterday_counts_from_the_day_of_writing(desk: Desk, sample: Sample) -> None:
    interview = begin(desk, "denial", sample("denial"))
    interview.answer(question(interview, "date"), "yesterday")
    assert interview.answers["date"] == date(2019, 9, 1)


def test_an_answer_whose_condition_no_longer_holds_is_set_aside_not_lost(desk: Desk, sample: Sample) -> None:
    interview = begin(desk, "conditional-approval", sample("conditional-approval"))
    interview.answer(question(interview, "request.nature"), "not-stated")
    assert get(interview.settled(), "request.case_number") is None
    interview.answer(question(interview, "request.nature"), "criminal")
    assert get(interview.settled(), "request.case_number") == "TF-2019-0000"


def test_a_question_the_rules_call_for_appears_only_then(desk: Desk, sample: Sample) -> None:
    interview = begin(desk, "conditional-approval", sample("conditional-approval"))
    reason = question(interview, "withheld_reason")
    assert reason in interview.asked()
    interview.answer(question(interview, "approved"), ["wage", "claim", "employer", "address"])
    assert reason not in interview.asked()


def test_misshapen_answers_to_start_from_are_named(desk: Desk) -> None:
    for answers in ({"request": {"requester": "x"}}, {"date": 5, "copies": "one"}):
        with pytest.raises(InvalidAnswers) as caught:
            begin(desk, "denial", answers)
        assert "is not" in str(caught.value)


MISTAKES = [
    ('field = "request.requester.agancy"\nask = "?"', "Did you mean request.requester.agency?"),
    ('field = "reference"\nask = "?"\nhlep = "x"', "Did you mean help?"),
    ('field = "reference"', "has no wording"),
    ('field = "request.channel"\nask = "?"\nchoices = { fax = "By fax" }', "offers “fax”"),
    ('field = "request.channel"\nask = "again?"', "is asked twice"),
    ('field = "extra"\nask = "?"\nwhen = { kidn = "denial" }', "is not a field"),
]


@pytest.mark.parametrize(("entry", "said"), MISTAKES)
def test_a_mistake_in_a_prompt_file_is_named_with_a_fix(tmp_path: Path, entry: str, said: str) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "prompts").mkdir()
    for file in (ROOT / "prompts").glob("*.toml"):
        (tmp_path / "prompts" / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "prompts" / "denial.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[section]]\ntitle = 'More'\n[[section.question]]\n{entry}\n")
    with pytest.raises(LibraryAtFault) as caught:
        load_script(Library(tmp_path), "denial")
    assert said in str(caught.value)
    assert "prompts" in str(caught.value)


def test_the_wording_of_a_question_is_the_prompt_file_s(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "prompts").mkdir()
    for file in (ROOT / "prompts").glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace("Who signs?", "Whose name goes under it?")
        (tmp_path / "prompts" / file.name).write_text(text, encoding="utf-8")
    script = load_script(Library(tmp_path), "denial")
    assert "Whose name goes under it?" in [each.ask for each in script.questions]
