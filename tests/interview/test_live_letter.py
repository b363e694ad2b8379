"""The sentence of the letter that an answer completes, and the letter around it, while the answer is being typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from helpers import KINDS
from helpers.drafts import begin

from letters.assembly.assembler import Assembler
from letters.interview import entries
from letters.interview.live_letter import LiveLetter, live_letter
from letters.interview.options import default_for, options_for
from letters.interview.state import InterviewState
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]


def live(assembler: Assembler, state: InterviewState, name: str, value: Any = None) -> LiveLetter | None:
    question = state.question(name)
    assert question is not None
    return live_letter(assembler, state, question, value)


def words(letter: LiveLetter | None, typed: str = "") -> str:
    """The sentence with the answer between asterisks; empty if there is none."""
    sentence = letter.sentence(typed) if letter else None
    return " ".join(f"{sentence.before}*{sentence.answer}*{sentence.after}".split()) if sentence else ""


@pytest.fixture
def denial(assembler: Assembler, sample: Sample) -> InterviewState:
    return begin(assembler, sample("denial"))


def test_the_sentence_follows_what_is_typed(assembler: Assembler, denial: InterviewState) -> None:
    letter = live(assembler, denial, "request.sought")
    assert "U.S. Immigration and Customs Enforcement asked for *[records sought]*." in words(letter)
    assert words(letter, "a log-in").endswith("asked for *a log-in*.")
    purpose = live(assembler, denial, "request.purpose")  # not given: the letter says that there is none
    assert words(purpose, "an audit") == "You gave the purpose of the request as *an audit*."
    assert words(live(assembler, denial, "reference"), "OGC-2019-0150") == "Our reference: *OGC-2019-0150*"
    assert words(live(assembler, denial, "request.requester.telephone"), "555-0100") == ""  # not printed


def test_dates_lists_and_persons_are_shown_as_they_will_be_printed(
    assembler: Assembler, denial: InterviewState
) -> None:
    letter = live(assembler, denial, "request.dated", date(2019, 8, 1))
    assert "your email of *August 2, 2019*" in words(letter, "8/2/2019")
    assert "your email of *8/2*" in words(letter, "8/2")
    assert words(live(assembler, denial, "copies"), "One\nTwo") == "Copies: *One Two*"
    assert words(live(assembler, denial, "responsible"), "Quinn Example, Clerk").startswith("*Quinn Example*, Clerk")


def test_a_choice_shows_its_words_or_what_it_changes(assembler: Assembler, denial: InterviewState) -> None:
    assert words(live(assembler, denial, "delivery", ["email", "hand"])) == "By *email and hand delivery*"
    assert "standing access by U.S. Immigration" in words(live(assembler, denial, "request.access", "direct-access"))
    assert "a bulk extract" in words(live(assembler, denial, "request.access", "bulk"))
    assert "Nothing in this letter prohibits" in words(live(assembler, denial, "status_sentence", True))
    assert words(live(assembler, denial, "request.staff_contacted", True)) == ""


def test_a_line_of_several_shows_the_sentence_that_it_puts_into_the_letter(
    assembler: Assembler, denial: InterviewState
) -> None:
    question = denial.question("legal_basis")
    assert question is not None
    chosen = ["cfr-603-4", "ssa-303-a-1", "nm-51-1-32", "nmac-106-c", "nmac-106-d"]
    shown = {}
    for highlighted in (*chosen, "printz"):  # the last is not ticked
        others = [each for each in chosen if each != highlighted]
        shown[highlighted] = words(live_letter(assembler, denial, question, chosen, without=others)).replace("*", "")
    assert [text.split(" ", 4)[:4] for text in shown.values()] == [
        ["20", "C.F.R.", "§", "603.4(b)-(c)"],
        ["42", "U.S.C.", "§", "503(a)(1)"],
        ["NMSA", "1978,", "§", "51-1-32"],
        ["11.3.100.106(C)", "NMAC", "forbids", "release"],
        ["11.3.100.106(D)", "NMAC", "allows", "release"],
        [""],
    ]


def test_a_blank_has_the_apostrophe_that_the_letter_prints(assembler: Assembler, denial: InterviewState) -> None:
    assert "[requester\u2019s agency]" in words(live(assembler, denial, "request.requester.agency"))


def test_each_part_of_an_entry_is_shown_in_its_sentence(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, sample("repeat-denial"))
    question = state.question("earlier_letters")
    assert question is not None
    entries.add_entry(state, question)
    assert state.entry is not None
    shown = {}
    for item, value, typed in zip(
        question.items, (date(2019, 8, 1), "OGC-1", None, "denied it"), ("8/1/2019", "", "the ABC", ""), strict=True
    ):
        shown[item.field.name] = words(live_letter(assembler, state, question, None, item), typed or value)
        state.entry.parts[item.field.name] = value
    follows = "This letter follows our letter of August 1, 2019"
    assert shown == {
        "date": "This letter follows our letter of *August 1, 2019*, in which the Department [what it said].",
        "reference": f"{follows} (*OGC-1*), in which the Department [what it said].",
        "to": "This letter follows our letter to *the ABC* of August 1, 2019 (OGC-1), in which the Department"
        " [what it said].",
        "said": f"{follows} (OGC-1), in which the Department *denied it*.",
    }
    earlier = state.question("request.earlier")
    assert earlier is not None
    entries.add_entry(state, earlier)
    state.entry.parts |= {"day": date(2019, 8, 6), "reached": "the desk"}
    channel = words(live_letter(assembler, state, earlier, "visit", earlier.items[1]))
    assert channel == "*August 6, 2019 | Visit | the desk | This letter*"


def test_the_letter_stands_beside_the_question(assembler: Assembler, denial: InterviewState) -> None:
    letter = live(assembler, denial, "request.sought")
    assert letter is not None
    lines, at = letter.lines("a log-in", 50)
    assert all(len(line) <= 50 for line in lines)
    assert "a log-in" in " ".join(lines[number] for number in at)
    assert not any(character in "".join(lines) for character in "\ue012\ue013\ue014\ue015")


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_of_every_kind_has_a_letter(assembler: Assembler, sample: Sample, kind: str) -> None:
    answers = sample(kind)
    for name in ("request.sought", "request.requester.name", "date"):
        put(answers, name, None)
    state, shown = begin(assembler, answers, kind=kind), 0
    for question in state.questionnaire.questions[:: 3 if kind != "denial" else 1]:
        value = default_for(state, question)
        if question.field.kind == "choice" and value is None:
            value = options_for(state, question)[0].value
        letter = live_letter(assembler, state, question, True if question.field.kind == "yes-no" else value)
        assert letter is not None or question.field.kind == "group", question.field.name
        shown += bool(letter and letter.sentence(""))
    assert shown > 2
