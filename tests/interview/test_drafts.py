"""Drafts: saved after every answer, listed, read again, and the start of the next letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.drafts import TODAY, begin, saved_and_resumed

from letters.assembly.assembler import Assembler
from letters.interview import (
    answering,
    applicability,
    entries,
    kind_choice,
    navigation,
    next_letter,
    options,
    review,
    suggestions,
)
from letters.interview.drafts import SavedAnswers, format_answers, list_drafts, parse_saved, read_draft
from letters.interview.session import Session
from letters.model.fields import get

Sample = Callable[[str], dict[str, Any]]


@pytest.fixture
def session_with(assembler: Assembler, tmp_path: Path) -> Callable[..., Session]:
    def begin_session(saved: SavedAnswers | None = None, kind: str = "", draft: Path | None = None) -> Session:
        now = datetime(2019, 9, 2, 12, 0)
        folders = {"drafts": tmp_path / "drafts", "out": tmp_path}
        return Session(assembler, kind, saved or SavedAnswers(), now=now, number=1, draft=draft, **folders)

    return begin_session


def put_agency(session: Session, agency: str) -> None:
    question = session.state.question("request.requester.agency")
    assert question is not None
    answering.accept(session.state, question, agency)
    session.save()


def test_a_draft_is_private_and_lists_requester_kind_and_time(
    session_with: Callable[..., Session], tmp_path: Path
) -> None:
    session = session_with(kind="denial")
    put_agency(session, "Example Agency")
    (draft,) = list_drafts([tmp_path / "drafts"])
    assert draft.path == session.saved_at
    assert (draft.path.stat().st_mode | draft.path.parent.stat().st_mode) & 0o077 == 0
    assert (draft.who, draft.kind, draft.answered) == ("Example Agency", "denial", 1)
    assert draft.when(datetime.fromtimestamp(draft.saved)).startswith("today at ")
    assert re.match(r"\w+ \d+, \d{4}, at ", draft.when(datetime.fromtimestamp(draft.saved + 10 * 86_400)))


def test_two_windows_on_one_draft_do_not_overwrite_each_other(
    session_with: Callable[..., Session], tmp_path: Path
) -> None:
    put_agency(session_with(kind="denial"), "Example Agency")
    (draft,) = list_drafts([tmp_path / "drafts"])
    one, other = (session_with(read_draft(draft.path), draft=draft.path) for _ in range(2))
    put_agency(one, "One Agency")
    put_agency(other, "Other Agency")
    assert (one.draft_was_changed, other.draft_was_changed) == (False, True)
    assert {each.who for each in list_drafts([tmp_path / "drafts"])} == {"One Agency", "Other Agency"}


def test_a_damaged_draft_is_reported_and_hides_no_other(session_with: Callable[..., Session], tmp_path: Path) -> None:
    put_agency(session_with(kind="denial"), "Example Agency")
    (tmp_path / "drafts" / "bad.toml").write_text("kind = \n", encoding="utf-8")
    (tmp_path / "drafts" / "empty.toml").write_bytes(b"")
    found = {draft.path.name: draft for draft in list_drafts([tmp_path / "drafts"])}
    assert "cannot be read" in found["bad.toml"].error
    assert found["empty.toml"].who == "no requester named yet"
    assert len(found) == 3


def test_a_draft_whose_comments_were_edited_by_hand_still_has_its_answers(assembler: Assembler) -> None:
    edited = '# For resuming (do not edit): {"aside": 5, "old": [], "unfinished": {"x": 1}, "entry": {}}\n'
    saved = parse_saved(f'{edited}kind = "denial"\n'.encode(), "draft.toml")
    state = begin(assembler, saved.answers, saved=saved.state)
    assert state.kind == "denial"
    assert parse_saved(b"# For resuming (do not edit): {{{\n", "draft.toml").state == {}


def test_an_unfinished_entry_resumes_at_its_first_open_part(assembler: Assembler) -> None:
    state = begin(assembler)
    question = state.question("request.earlier")
    assert question is not None
    entries.add_entry(state, question)
    for name, value in (("day", "7/30/2019"), ("channel", "visit")):
        item = next(each for each in question.items if each.field.name == name)
        entries.accept_part(state, question, item, value)
    step = navigation.current_step(saved_and_resumed(assembler, state))
    assert step.what == "part"
    assert step.item is not None
    assert step.item.field.name == "reached"


@pytest.fixture
def written(assembler: Assembler, session_with: Callable[..., Session], sample: Sample) -> Path:
    """The answers file of a denial that has been written."""
    first = session_with(SavedAnswers(sample("denial"), tuple(names(assembler, sample("denial")))))
    paths, _ = first.finish(["docx"])
    assert not list((paths[0].parent / "drafts").glob("*"))
    return paths[0]


def test_the_next_letter_about_the_same_request_asks_only_what_is_new(
    written: Path, session_with: Callable[..., Session]
) -> None:
    second = session_with(read_draft(written), kind="contact-notice").state
    assert navigation.current_step(second).what == "next"
    assert next_letter.options(second)[0].line == "The same request of August 1, 2019"
    next_letter.choose(second, next_letter.SAME)
    asked = {each.field.name for each in applicability.open_questions(second)}
    assert {"date", "reference"} <= asked
    assert not any(name.startswith("request.") for name in asked)
    assert second.previous["reference"] == "OGC-2019-0142"
    day = second.question("date")
    assert day is not None
    assert options.default_for(second, day) == TODAY
    assert next_letter.warning(second) == ""

    third = session_with(read_draft(written)).state  # the advice and counsel decide which letter is next
    next_letter.choose(third, next_letter.SAME)
    for name in ("date", "reference"):
        if (question := third.question(name)) is not None:
            answering.accept(third, question, "8/5/2019" if name == "date" else "OGC-2019-0143")
    assert navigation.current_step(third).what == "kind"
    assert kind_choice.default_kind(third) == "denial"
    kind_choice.choose(third, "denial")
    warning = "answered by a letter of the same kind: denial (August 2, 2019, OGC-2019-0142)"
    assert warning in next_letter.warning(third)
    assert warning in "\n".join(text for _, text in review.page(third, ()))


def test_a_new_request_is_asked_about_afresh_and_the_old_one_becomes_an_earlier_one(
    assembler: Assembler, written: Path, session_with: Callable[..., Session]
) -> None:
    state = session_with(read_draft(written)).state
    state = saved_and_resumed(assembler, state)
    assert navigation.current_step(state).what == "next"  # a crash forgets nothing of it
    next_letter.choose(state, next_letter.NEW)
    assert get(state.answers, "request.earlier") == [
        {
            "day": date(2019, 8, 1), "channel": "email", "reached": "Office of the Secretary",
            "answered": date(2019, 8, 2), "reference": "OGC-2019-0142",
        }
    ]  # fmt: skip
    open_names = {each.field.name for each in applicability.open_questions(state)}
    assert {"request.access", "request.dated", "request.sought", "request.process"} <= open_names
    assert get(state.answers, "request.requester.agency") == "U.S. Immigration and Customs Enforcement"
    assert state.previous["request.sought"].startswith("a log-in giving direct access")  # offered, not answered
    enclosures = state.question("enclosures")
    assert enclosures is None  # until the kind is known
    kind_choice.choose(state, "repeat-denial")
    enclosures = state.question("enclosures")
    assert enclosures is not None
    assert "Our letter of August 2, 2019 (OGC-2019-0142)" in suggestions.suggestions_for(state, enclosures)
    assert "same kind" not in next_letter.warning(state)


def test_who_received_the_old_request_is_asked_if_nobody_is_known(
    assembler: Assembler, written: Path, session_with: Callable[..., Session]
) -> None:
    text = written.read_text(encoding="utf-8").replace('received_by = "Office of the Secretary"\n', "")
    written.write_text(text, encoding="utf-8")
    state = session_with(read_draft(written)).state
    next_letter.choose(state, next_letter.NEW)
    step = navigation.current_step(state)
    assert (step.what, step.item and step.item.field.name) == ("part", "reached")
    assert state.entry is not None
    assert state.entry.parts["reference"] == "OGC-2019-0142"


def test_the_present_request_is_not_one_of_the_earlier_ones(assembler: Assembler, sample: Sample) -> None:
    state = begin(assembler, sample("denial"))
    question = state.question("request.earlier")
    assert question is not None
    entry = {"day": date(2019, 8, 1), "channel": "email", "reached": "Office of the Secretary"}
    assert "is the request that this letter answers" in answering.error_in(state, question, [entry])
    assert answering.error_in(state, question, [entry | {"reached": "the front desk"}]) == ""


def names(assembler: Assembler, answers: dict[str, Any]) -> Iterator[str]:
    """Everything that these answers leave open."""
    state = begin(assembler, answers)
    asked = applicability.applicable_questions(state)
    return (each.field.name for each in asked if get(state.answers, each.field.name) is None)


def test_drafts_of_earlier_versions_can_be_read() -> None:
    """Their comments were worded differently."""
    data = (
        b"# Passed over without an answer: copies, enclosures\n"
        b'# Made with (leave as it is): {"letters": "0.1"}\n'
        b'# For going on (leave as it is): {"old": {"date": "soon"}}\n'
        b'kind = "denial"\n'
    )
    saved = parse_saved(data, "draft.toml")
    assert saved.skipped == ("copies", "enclosures")
    assert saved.made_with == {"letters": "0.1"}
    assert saved.state == {"old": {"date": "soon"}}


def test_the_lists_of_the_letters_in_the_folder_are_offered(
    session_with: Callable[..., Session], tmp_path: Path
) -> None:
    matter = tmp_path / "a matter"
    matter.mkdir()
    answers = {"kind": "denial", "copies": ["Office of the Auditor"], "responsible": [{"name": "A", "title": "B"}]}
    (matter / "a.toml").write_bytes(format_answers(answers, written="a"))
    (tmp_path / "b.toml").write_bytes(format_answers({"copies": ["An unfinished one"]}))
    state = session_with(kind="denial").state
    offered = {
        name: suggestions.suggestions_for(state, question)
        for name in ("copies", "responsible", "enclosures")
        if (question := state.question(name))
    }
    assert offered == {
        "copies": ("Office of the Auditor", "Office of the Secretary"), "responsible": ("A, B",), "enclosures": ()
    }  # fmt: skip
    entries.replace_entries(
        state,
        state.questionnaire.questions[
            [each.field.name for each in state.questionnaire.questions].index("request.earlier")
        ],
        [{"day": date(2019, 8, 1), "channel": "email", "reached": "a desk", "answered": date(2019, 8, 2)}],
    )
    enclosures = state.question("enclosures")
    assert enclosures is not None
    assert suggestions.suggestions_for(state, enclosures) == (
        "Your request of August 1, 2019", "Our letter of August 2, 2019"
    )  # fmt: skip


def test_the_folder_of_a_matter_has_the_letter_its_answers_and_what_goes_with_it(
    assembler: Assembler, tmp_path: Path, sample: Sample
) -> None:
    for _ in range(2):
        session = Session(
            assembler, "denial", SavedAnswers(sample("denial")), now=datetime(2019, 8, 2, 12, 0), number=1,
            drafts=tmp_path / "drafts", out=tmp_path, per_matter=True, put_with_it={"Anlage ß.pdf": b"%PDF-"},
        )  # fmt: skip
        session.offer("enclosures", ["The form"])
        enclosures = session.state.question("enclosures")
        assert enclosures is not None
        assert suggestions.suggestions_for(session.state, enclosures)[0] == "The form"
        session.finish(["docx"])
    (matter,) = (each for each in tmp_path.iterdir() if each.name != "drafts")
    assert matter.name == "2019-08-01-U.S.-Immigration-and-Customs-Enforcement"
    letter = matter.name.replace("2019-08-01", "2019-08-02-denial")
    names = {each.name.replace("-DRAFT", "") for each in matter.iterdir()}
    assert names == {"Anlage-ss.pdf", *(f"{letter}{number}.{end}" for number in ("", "-2") for end in ("toml", "docx"))}
