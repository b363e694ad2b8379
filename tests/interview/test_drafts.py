"""Drafts: saved after every answer, listed, read again, and the start of the next letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.drafts import TODAY, begin, saved_and_resumed

from letters.assembly.assembler import Assembler
from letters.interview import answering, applicability, entries, kind_choice, navigation, options
from letters.interview.drafts import SavedAnswers, list_drafts, parse_saved, read_draft
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
    assert "cannot be read as TOML" in found["bad.toml"].error
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


def test_the_next_letter_in_a_matter_asks_only_what_is_new(
    assembler: Assembler, session_with: Callable[..., Session], sample: Sample
) -> None:
    first = session_with(SavedAnswers(sample("denial"), tuple(names(assembler, sample("denial")))))
    paths, _ = first.finish(["docx"])
    assert not list((paths[0].parent / "drafts").glob("*"))
    second = session_with(read_draft(paths[0]), kind="contact-notice")
    asked = {each.field.name for each in applicability.open_questions(second.state)}
    assert {"date", "reference"} <= asked
    assert not any(name.startswith("request.") for name in asked)
    assert second.state.previous["reference"] == "OGC-2019-0142"
    day = second.state.question("date")
    assert day is not None
    assert options.default_for(second.state, day) == TODAY
    third = session_with(read_draft(paths[0]))  # the advice and counsel decide which letter is next
    for name in ("date", "reference"):
        if (question := third.state.question(name)) is not None:
            answering.accept(third.state, question, "8/5/2019" if name == "date" else "OGC-2019-0143")
    assert navigation.current_step(third.state).what == "kind"
    assert kind_choice.default_kind(third.state) == "denial"


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
