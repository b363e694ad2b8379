"""Unfinished interviews: the drafts a command has saved, and answers files that leave a few questions open."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.interview import applicability, seldom
from letters.interview.applicability import advice_rules
from letters.interview.drafts import format_answers, format_draft, parse_saved
from letters.interview.interview import start
from letters.interview.state import InterviewState
from letters.model.fields import get, put

TODAY = date(2019, 9, 2)


def drafts(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "letters" / "drafts").glob("*.toml"))


def until_requester(tmp_path: Path) -> Path:
    """An answers file with everything before the question about the requester's agency."""
    begun = tmp_path / "begun.toml"
    begun.write_text(
        """
date = 2019-08-02
reference = "OGC-2019-0142"

[request]
process = "none"
access = "direct-access"
channel = "email"
dated = 2019-08-01
received = 2019-08-01
""",
        encoding="utf-8",
    )
    return begun


def draft(tmp_path: Path) -> dict[str, Any]:
    """The answers in the only draft there is."""
    (found,) = drafts(tmp_path)
    return tomllib.loads(found.read_text(encoding="utf-8"))


def all_but(assembler: Assembler, tmp_path: Path, answers: dict[str, Any], *names: str, opened: bool = True) -> Path:
    """An answers file with everything answered or skipped except the fields named, as if picked from their list."""
    for name in names:
        put(answers, name, None)
    answers = {name: value for name, value in answers.items() if value is not None}
    state = begin(assembler, answers)
    skipped = {each.field.name for each in state.questionnaire.questions} - set(names)
    source = tmp_path / "unfinished.toml"
    source.write_bytes(
        format_answers(
            answers, sorted(skipped), state={"decided": advice_rules(state), "opened": names if opened else ()}
        )
    )
    return source


def begin(assembler: Assembler, answers: dict[str, Any] | None = None, **more: Any) -> InterviewState:
    """An interview with the office's advice, on September 2, 2019."""
    return start(assembler.library, assembler.rulebook, answers or {}, TODAY, advice=assembler.advice, **more)


def pick_seldom(state: InterviewState, wanted: dict[str, Any]) -> None:
    """Tick, in each list of what is seldom needed that is due, the lines of the answers wanted."""
    for facts in (True, False):
        if applicability.list_is_due(state, facts=facts):
            lines = [option.value for option in seldom.options(state, facts=facts)]
            seldom.pick(state, [name for name in lines if get(wanted, name)], facts=facts)


def saved_and_resumed(assembler: Assembler, state: InterviewState) -> InterviewState:
    """The interview read back from the bytes of its draft, as after `kill -9`."""
    saved = parse_saved(format_draft(state), "draft.toml")
    return begin(assembler, saved.answers, kind=state.kind, skipped=saved.skipped, saved=saved.state)
