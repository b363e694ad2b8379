"""Deadlines computed from what happened, and as a calendar file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.drafts import begin
from helpers.registers import AGENCY, new_register, place_at, wanted
from msgspec.structs import replace

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.interview import deadline_notices
from letters.matters.calendar_file import calendar_file
from letters.matters.clocks import OpenDeadline, last_day, open_deadlines
from letters.matters.location import open_at
from letters.matters.memory import Memory
from letters.matters.register import Register
from letters.model.calendar import WorkCalendar
from letters.model.fields import put
from letters.model.legal_basis import Deadline
from letters.model.rulebook import due

MEXICO = WorkCalendar(country="US", subdivision="NM")
STOP = ("stopped", date(2019, 8, 6), None, "", "a statute")
RESTART = ("restarted", date(2019, 8, 20), None, "", "")


def period(days: int, counted: str = "calendar", after_stop: str = "continues") -> Deadline:
    return Deadline.model_validate(
        {"id": "answer", "days": days, "counted": counted, "what": "answer", "after_stop": after_stop}
    )


@pytest.mark.parametrize(
    ("received", "deadline", "events", "day"),
    [
        (date(2019, 8, 29), period(3, "working"), [], date(2019, 9, 4)),  # September 2 is Labor Day
        (date(2019, 8, 4), period(3, "working"), [], date(2019, 8, 7)),  # received on a Sunday
        (date(2019, 8, 2), period(15), [], date(2019, 8, 16)),  # the 17th is a Saturday
        (date(2019, 8, 1), period(15), [], date(2019, 8, 16)),
        (date(2019, 8, 2), period(15), [STOP, RESTART], date(2019, 8, 30)),  # 4 days before, 11 after: a Saturday
        (date(2019, 8, 2), period(15, after_stop="begins-anew"), [STOP, RESTART], date(2019, 9, 4)),
        (date(2019, 8, 2), period(15), [STOP], None),
        (date(2019, 8, 2), period(15), [("extended", date(2019, 8, 12), 10, "", "x")], date(2019, 8, 27)),
        (date(2019, 8, 2), period(15), [("extended", date(2019, 8, 12), 10, "other", "x")], date(2019, 8, 16)),
        (date(2019, 8, 2), period(15), [("stopped", date(2019, 9, 30), None, "", "too late")], date(2019, 8, 16)),
        (date(2019, 8, 2), period(5, "working"), [("stopped", date(2019, 8, 1), None, "", ""), RESTART],
         date(2019, 8, 27)),
    ],
)  # fmt: skip
def test_the_last_day(received: date, deadline: Deadline, events: list[Any], day: date | None) -> None:
    assert last_day(MEXICO, received, deadline, events) == day


def test_a_period_that_ends_on_a_weekend_is_due_on_the_business_day_before(assembler: Assembler) -> None:
    rulebook = assembler.rulebook
    found = due(lambda deadline: date(2026, 3, 7), frozenset({"public-records"}), rulebook).values()
    days = {
        (each.day, each.counted) for each in found if (each.deadline.days, each.deadline.counted) == (15, "calendar")
    }
    assert days == {(date(2026, 3, 20), date(2026, 3, 22))}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(new_register(tmp_path, y2019=142)) as found:
        yield found


def test_a_request_is_due_until_its_letter_is_sent(register: Register, assembler: Assembler) -> None:
    about = {"agency": "An Agency", "received": "2019-08-02", "topics": ["public-records"], "return_date": "2019-08-30"}
    filed = register.file_request(date(2019, 8, 2), about, {})
    found = open_deadlines(register, assembler.rulebook)
    assert [each.day for each in found] == sorted(each.day for each in found if each.day)
    assert {"return-date"} < {each.id for each in found}
    assert {each.reference for each in found} == {filed.reference}
    register.add_clock(filed.reference, "stopped", date(2019, 8, 6), days=None, deadline="", basis="clarification")
    stopped = [each for each in open_deadlines(register, assembler.rulebook) if each.day is None]
    assert stopped
    assert "stopped on August 6, 2019 (clarification)" in stopped[0].why
    assert stopped[0].state(date(2019, 8, 7)) == "stopped"
    [numbered] = register.reserve([replace(wanted("letter", date(2019, 8, 8)), about=about)])
    register.join(numbered.reference, filed.reference)
    register.change(numbered.reference, "issued", "issued", ("reserved",))
    assert open_deadlines(register, assembler.rulebook)
    register.sent(numbered.reference, date(2019, 8, 9), "email")
    assert open_deadlines(register, assembler.rulebook) == []


def test_the_interview_counts_by_the_clock_of_the_register(
    register: Register, assembler: Assembler, sample: Callable[[str], dict[str, Any]]
) -> None:
    """A period of fifteen days from August 1 ends on the 16th; three days without counting move it to the 19th."""
    answers = sample("denial")
    put(answers, "request.public_records", True)
    state = begin(assembler, answers)
    state.memory = Memory(register)
    assert any("By August 16, 2019" in each for each in deadline_notices.notices(state))
    about = {"agency": AGENCY, "received": "2019-08-01"}
    filed = register.file_request(date(2019, 8, 1), about, {}).reference
    register.add_clock(filed, "stopped", date(2019, 8, 5), days=None, deadline="", basis="clarification")
    stopped = " ".join(deadline_notices.new_notices(state))
    assert "stopped on August 5, 2019 (clarification)" in stopped
    assert "is stopped." in stopped
    assert "By August 16" not in stopped
    register.add_clock(filed, "restarted", date(2019, 8, 8), days=None, deadline="", basis="")
    assert any("By August 19, 2019" in each for each in deadline_notices.new_notices(state))


def test_the_calendar_file_is_stable_folded_and_names_no_person() -> None:
    long = "answer, in writing; " * 12 + "§ 14-2-11(B) äöü"
    deadlines = [
        OpenDeadline("OGC-2019-0142", "written-denial", date(2019, 8, 16), long, "Jordan Sample"),
        OpenDeadline("R-1", "written-denial", None, "answer", "stopped"),
    ]
    data = calendar_file(deadlines, "0123456789abcdef0123")
    assert data == calendar_file(deadlines, "0123456789abcdef0123")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    unfolded = data.replace(b"\r\n ", b"").decode()
    assert "UID:ogc-2019-0142-written-denial@0123456789abcdef.letters" in unfolded
    assert "DTSTART;VALUE=DATE:20190816" in unfolded
    assert "DTEND;VALUE=DATE:20190817" in unfolded
    assert "answer\\, in writing\\;" in unfolded
    assert unfolded.count("BEGIN:VEVENT") == 1
    assert "Jordan" not in unfolded


def test_the_list_of_what_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    new_register(tmp_path).close()
    monkeypatch.setenv("LETTERS_REGISTER", str(tmp_path / "register.db"))
    monkeypatch.setenv("LETTERS_LIBRARY", str(ROOT))
    monkeypatch.chdir(tmp_path)
    add = ["register", "add", "--received", "2019-08-02", "--agency", "An Agency", "--topic", "public-records"]
    assert main(add) == 0
    assert main(["register", "list", "--due", "--json", "--ics", "due.ics"]) == 0
    found = json.loads(capsys.readouterr().out.partition("\n")[2].partition("due.ics\n")[2] or "[]")
    assert {each["state"] for each in found} == {"passed"}
    assert b"BEGIN:VEVENT" in (tmp_path / "due.ics").read_bytes()
    with closing(open_at(place_at(tmp_path))) as register:
        assert register.entries()[0].reference == "R-1"
