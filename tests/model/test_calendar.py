"""Days: which the office works on, and when a number of them is up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from pydantic import ValidationError

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.library.library import Library
from letters.library.office_files import load_office
from letters.library.validation import partial_letter
from letters.model.calendar import WorkCalendar
from letters.model.fields import put
from letters.model.legal_basis import Deadline

Sample = Callable[[str], dict[str, Any]]
NM = WorkCalendar(subdivision="NM")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2019, 8, 1), ""),
        (date(2019, 8, 3), "a Saturday"),
        (date(2019, 8, 4), "a Sunday"),
        (date(2019, 7, 4), "Independence Day"),
        (date(2019, 9, 2), "Labor Day"),
        (date(2019, 10, 14), "Indigenous Peoples' Day"),
        (date(2019, 11, 28), "Thanksgiving Day"),
        (date(2019, 2, 18), ""),  # New Mexico keeps Presidents' Day ...
        (date(2019, 11, 29), "Presidents' Day"),  # ... on the Friday after Thanksgiving
    ],
)
def test_the_office_keeps_weekends_and_the_state_s_holidays(day: date, why: str) -> None:
    assert NM.why_closed(day).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") == why


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        (date(2019, 8, 5), 3, date(2019, 8, 8)),  # Monday to Thursday
        (date(2019, 8, 1), 3, date(2019, 8, 6)),  # Thursday, over a weekend
        (date(2019, 8, 3), 3, date(2019, 8, 7)),  # received on a Saturday
        (date(2019, 8, 2), 1, date(2019, 8, 5)),
        (date(2019, 8, 30), 3, date(2019, 9, 5)),  # over Labor Day
        (date(2019, 10, 11), 3, date(2019, 10, 17)),  # over Indigenous Peoples' Day
        (date(2019, 11, 26), 3, date(2019, 12, 3)),  # over Thanksgiving and the Friday after it
        (date(2019, 12, 31), 1, date(2020, 1, 2)),  # into a new year
    ],
)
def test_business_days_are_counted_from_the_day_after_receipt(received: date, days: int, due: date) -> None:
    assert NM.after(received, days, working=True) == due


def test_calendar_days_are_counted_through() -> None:
    assert NM.after(date(2019, 8, 1), 15, working=False) == date(2019, 8, 16)
    assert NM.after(date(2019, 8, 16), 15, working=False) == date(2019, 8, 31)  # a Saturday is not moved
    assert NM.after(date(2020, 2, 20), 15, working=False) == date(2020, 3, 6)


def test_the_office_s_own_days_count_before_the_state_s() -> None:
    own = WorkCalendar(subdivision="NM", closed=[date(2019, 8, 5)], open=[date(2019, 11, 29), date(2019, 8, 10)])
    assert own.why_closed(date(2019, 8, 5)) == "a day on which the office is closed"
    assert own.after(date(2019, 8, 1), 3, working=True) == date(2019, 8, 7)
    assert own.after(date(2019, 11, 26), 3, working=True) == date(2019, 12, 2)
    assert own.why_closed(date(2019, 8, 10)) == ""  # a Saturday on which the office works


def test_another_weekend() -> None:
    own = WorkCalendar.model_validate({"subdivision": "NM", "weekend": ["friday", " Saturday"]})
    assert own.why_closed(date(2019, 8, 2)) == "a Friday"
    assert own.why_closed(date(2019, 8, 4)) == ""
    assert own.after(date(2019, 8, 1), 3, working=True) == date(2019, 8, 6)  # Sunday, Monday, Tuesday


def test_the_last_working_day_is_that_day_or_one_before() -> None:
    assert NM.last_working_day(date(2019, 8, 16)) == date(2019, 8, 16)
    assert NM.last_working_day(date(2019, 8, 18)) == date(2019, 8, 16)
    assert NM.last_working_day(date(2019, 9, 2)) == date(2019, 8, 30)
    assert NM.last_working_day(date(2019, 12, 1)) == date(2019, 11, 27)


def test_one_country_s_holidays_need_no_other_s_and_are_named_in_english() -> None:
    code = (
        "import sys\nfrom datetime import date\nfrom letters.model.calendar import WorkCalendar\n"
        "print(WorkCalendar().why_closed(date(2019, 12, 25)), 'holidays.countries.france' in sys.modules)\n"
        "print(WorkCalendar(country='FR').why_closed(date(2020, 7, 14)))\n"
        "import holidays.countries\nprint(holidays.countries.Spain().get(date(2019, 12, 25)) is not None)"
    )
    run = [sys.executable, "-c", code]
    said = subprocess.run(run, env={**os.environ, "LANGUAGE": "fr"}, capture_output=True, text=True, check=True).stdout
    assert said == "Christmas Day False\nNational Day\nTrue\n"


def test_another_state_keeps_other_holidays() -> None:
    assert WorkCalendar(subdivision="TX").why_closed(date(2019, 2, 18)) == "Presidents' Day"
    assert WorkCalendar().why_closed(date(2019, 11, 29)) == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weekend": ["saturn"]}, "is not a day of the week"),
        ({"weekend": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
         "covers the whole week"),
        ({"closed": ["soon"]}, "closed"),
        ({"state": "NM"}, "state"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        WorkCalendar.model_validate(wrong)


# --- what letters make of it ---


def test_a_letter_s_days_are_those_of_the_office_s_calendar(assembler: Assembler, sample: Sample) -> None:
    answers = (
        sample("contact-notice")
        | {"date": date(2019, 11, 26), "answer_by": date(2019, 12, 11)}
        | {"law_checked": ["nmac-106-d"]}
    )
    put(answers, "request.public_records", True)
    put(answers, "request.received", date(2019, 11, 26))
    due = assembler.check(answers).deadlines(assembler.rulebook)
    assert (due["explain-when"].day, due["permit-inspection"].day) == (date(2019, 12, 3), date(2019, 12, 11))
    assert due["explain-when"].deadline.in_words == "3 business days"
    assert assembler.context(assembler.check(answers))["deadlines"]["explain_when"]["day"] == date(2019, 12, 3)


@pytest.mark.parametrize(
    ("counting", "day"),
    [
        ({}, date(2019, 8, 16)),  # August 17 is a Saturday: the last business day before it
        ({"closed_last_day": "later"}, date(2019, 8, 19)),
        ({"closed_last_day": "stays"}, date(2019, 8, 17)),
        ({"first_day": "included"}, date(2019, 8, 16)),
        ({"counted": "working"}, date(2019, 8, 23)),
        ({"counted": "working", "first_day": "included"}, date(2019, 8, 22)),
    ],
)
def test_how_days_count_is_the_deadline_s_own(counting: dict[str, Any], day: date) -> None:
    deadline = Deadline.model_validate({"id": "x", "days": 15, "counted": "calendar", "what": "answer"} | counting)
    assert deadline.settled(deadline.counted_day(date(2019, 8, 2), NM), NM) == day


def test_a_clock_starts_with_the_answer_that_its_deadline_names(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"date": date(2019, 8, 9)}
    put(answers, "request.public_records", True)
    put(answers, "request.custodian_received", date(2019, 8, 5))
    due = partial_letter(answers).deadlines(assembler.rulebook)
    assert due["explain-when"].day == date(2019, 8, 8)  # from delivery to the custodian's office
    assert due["written-denial"].day == date(2019, 8, 16)  # from receipt


@pytest.mark.parametrize(
    ("kind", "field"),
    [("conditional-approval", "expires"), ("request-for-justification", "due"), ("acknowledgment", "extra.answer_by")],
)
def test_no_letter_names_a_day_on_which_the_office_is_closed(
    assembler: Assembler, sample: Sample, kind: str, field: str
) -> None:
    answers = sample(kind)
    put(answers, field, date(2026, 3, 15) if kind == "acknowledgment" else date(2019, 12, 1))
    with pytest.raises(InvalidAnswers, match="a day on which the office is closed"):
        assembler.check(answers)


def with_calendar(folder: Path, lines: str) -> Library:
    shutil.copytree(ROOT / "templates", folder / "templates", ignore=shutil.ignore_patterns("*.docx"))
    shutil.copytree(ROOT / "prompts", folder / "prompts")
    file = folder / "templates" / "office.toml"
    text = file.read_text(encoding="utf-8")
    head, rest = text.split("[calendar]\n", 1)
    file.write_text(
        f"{head}[calendar]\n{lines}\n\n[records_custodian]{rest.split('[records_custodian]', 1)[1]}", encoding="utf-8"
    )
    return Library(folder)


@pytest.mark.parametrize("lines", ['country = "US"\nsubdivision = "ZZ"', 'country = "Utopia"'])
def test_a_state_nobody_knows_is_said_in_plain_words(tmp_path: Path, sample: Sample, lines: str) -> None:
    assembler = Assembler(with_calendar(tmp_path, lines))
    answers = sample("contact-notice") | {"answer_by": date(2019, 8, 16)}
    put(answers, "request.public_records", True)
    with pytest.raises(LibraryAtFault) as caught:
        assembler.check(answers)
    (problem,) = caught.value.problems
    assert problem.where == "templates/office.toml, [calendar]"
    assert "The public holidays of" in problem.message
    assert "the two letters of the State under subdivision" in problem.hint


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('weekend = ["saturn"]', "Weekend, item 1 (calendar.weekend.1) is not a day of the week"),
        ('closed = ["2019-13-01"]', "is not a calendar date"),
        ("closed = [5.5]", "is not"),
        ('weekends = ["saturday"]', "Did you mean calendar.weekend?"),
    ],
)
def test_a_mistake_in_the_calendar_is_said_with_its_place(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(LibraryAtFault) as caught:
        load_office(with_calendar(tmp_path, lines))
    said = "\n".join(map(str, caught.value.problems))
    assert "templates/office.toml" in said
    assert "calendar" in said.lower()
    assert words in said
