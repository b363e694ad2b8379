"""Dates as people type them, by the convention of the office; what is not certain is asked about, never guessed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT

from letters._text.dates import AmbiguousDate, parse_date
from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.interview import answering, applicability
from letters.interview.interview import start
from letters.library.library import Library

TODAY = date(2019, 9, 2)
AUGUST_2, FEBRUARY_8 = date(2019, 8, 2), date(2019, 2, 8)


@pytest.mark.parametrize(
    "typed",
    ["8/2/2019", "08/02/2019", "8-2-2019", "8.2.2019", "8 / 2 / 2019", "Aug 2 2019", "aug. 2, 2019", "August 2nd, 2019",
     "2 August 2019", "2nd of August 2019", "2019-08-02", "2019-8-2", "2019/08/02", "2019.8.2",
     "Friday, August 2, 2019", "Fri 8/2/2019", "fri., 2 August 2019", " august  2 , 2019 ", "AUGUST 2 2019"],
)  # fmt: skip
def test_a_date_is_read_in_every_form_an_american_office_writes(typed: str) -> None:
    assert parse_date(typed, today=TODAY) == AUGUST_2


def test_a_day_of_the_week_that_is_not_that_of_the_date_is_a_mistake() -> None:
    for typed in ("Thursday, August 2, 2019", "thurs. 8/2/2019", "Tuesday 2019-08-02"):
        with pytest.raises(ValueError, match=r"August 2, 2019, is a Friday, not what “.*” says"):
            parse_date(typed, today=TODAY)
    assert parse_date("Wednesday, August 7, 2019") == date(2019, 8, 7)
    assert parse_date("Saturday August 3, 2019") == date(2019, 8, 3)
    with pytest.raises(ValueError, match="not a date that can be read"):
        parse_date("Friday", today=TODAY)


def test_relative_words_count_from_the_day_given() -> None:
    days = [parse_date(word, today=TODAY) for word in ("Yesterday", "today", "TOMORROW")]
    assert days == [date(2019, 9, 1), date(2019, 9, 2), date(2019, 9, 3)]
    with pytest.raises(ValueError, match="not a date that can be read"):
        parse_date("yesterday")


def test_the_office_says_what_comes_first() -> None:
    assert parse_date("8/2/2019", order="day-first") == FEBRUARY_8
    assert parse_date("8/8/2019", order="ask") == date(2019, 8, 8)
    assert parse_date("13/2/2019", order="ask") == date(2019, 2, 13)
    assert parse_date("2/13/2019", order="ask") == date(2019, 2, 13)
    with pytest.raises(AmbiguousDate) as caught:
        parse_date("8/2/2019", order="ask")
    assert caught.value.readings == (AUGUST_2, FEBRUARY_8)
    with pytest.raises(ValueError, match="The month comes first"):
        parse_date("13/2/2019")
    with pytest.raises(ValueError, match="The day comes first"):
        parse_date("2/13/2019", order="day-first")


def test_a_date_with_points_is_not_certain_where_nobody_sees_how_it_is_read() -> None:
    with pytest.raises(AmbiguousDate, match="may mean August 2, 2019 or February 8, 2019"):
        parse_date("8.2.2019")
    assert parse_date("13.02.2019") == date(2019, 2, 13)
    assert parse_date("08.02.2019", order="day-first") == FEBRUARY_8


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("8/2/19", (AUGUST_2,)),
        ("8/2", (AUGUST_2, date(2018, 8, 2))),
        ("Aug 2", (AUGUST_2, date(2018, 8, 2))),
        ("2 August", (AUGUST_2, date(2018, 8, 2))),
    ],
)
def test_a_year_is_never_guessed_but_offered(typed: str, readings: tuple[date, ...]) -> None:
    with pytest.raises(AmbiguousDate) as caught:
        parse_date(typed, today=TODAY)
    assert caught.value.readings == readings
    with pytest.raises(ValueError, match="not a date that can be read"):
        parse_date(typed)  # in a file there is nobody to ask


@pytest.mark.parametrize("typed", ["2/30/2019", "Febtember 2 2019", "Ju 2 2019", "32/13/2019", "soon", "8/2/201"])
def test_what_is_no_date_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="Write it like August 2, 2019"):
        parse_date(typed, today=TODAY, order="ask")


def office_that_says(folder: Path, order: str) -> Assembler:
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "prompts", folder / "prompts")
    file = folder / "templates" / "office.toml"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("date_order")]
    file.write_text(f'date_order = "{order}"\n' + "\n".join(lines) + "\n", encoding="utf-8")
    return Assembler(Library(folder))


def test_the_convention_is_in_the_office_s_file(tmp_path: Path, sample: Callable[[str], dict[str, Any]]) -> None:
    assembler = office_that_says(tmp_path, "day-first")
    answers = sample("denial") | {"date": "8/8/2019"}
    answers["request"] |= {"received": "2/8/2019", "dated": "2/8/2019"}
    assert assembler.check(answers).request.received == AUGUST_2
    state = start(assembler.library, assembler.rulebook, {}, TODAY)
    question = next(each for each in applicability.applicable_questions(state) if each.field.name == "request.received")
    answering.accept(state, question, "2/8/2019")
    assert answering.current_answer(state, question) == AUGUST_2


def test_an_office_that_wants_to_be_asked_is_asked_and_a_file_must_say_it_clearly(
    tmp_path: Path, sample: Callable[[str], dict[str, Any]]
) -> None:
    assembler = office_that_says(tmp_path, "ask")
    state = start(assembler.library, assembler.rulebook, {}, TODAY)
    question = next(each for each in applicability.applicable_questions(state) if each.field.name == "request.received")
    assert answering.possible_dates(state, question, "8/2/2019") == (AUGUST_2, FEBRUARY_8)
    assert answering.possible_dates(state, question, "8/8/2019") == ()
    with pytest.raises(InvalidAnswers, match="may mean August 2, 2019 or February 8, 2019"):
        assembler.check(sample("denial") | {"date": "8/2/2019"})


def test_another_convention_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryAtFault, match="month-first"):
        _ = office_that_says(tmp_path, "year-first").office
