"""Unfinished interviews: the drafts a command has saved, and answers files that leave a few questions open."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.interview.applicability import advice_rules
from letters.interview.drafts import format_answers, format_draft, parse_saved
from letters.interview.interview import start
from letters.interview.state import InterviewState
from letters.model.fields import put

TODAY = date(2019, 9, 2)


def drafts(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "letters" / "drafts").glob("*.toml"))


def draft(tmp_path: Path) -> dict[str, Any]:
    """The answers in the only draft there is."""
    (found,) = drafts(tmp_path)
    return tomllib.loads(found.read_text(encoding="utf-8"))


def all_but(assembler: Assembler, tmp_path: Path, answers: dict[str, Any], *names: str) -> Path:
    """An answers file with everything answered or skipped except the fields named."""
    for name in names:
        put(answers, name, None)
    answers = {name: value for name, value in answers.items() if value is not None}
    state = begin(assembler, answers)
    skipped = {each.field.name for each in state.questionnaire.questions} - set(names)
    source = tmp_path / "unfinished.toml"
    source.write_bytes(format_answers(answers, sorted(skipped), state={"decided": advice_rules(state)}))
    return source


def begin(assembler: Assembler, answers: dict[str, Any] | None = None, **more: Any) -> InterviewState:
    """An interview with the office's advice, on September 2, 2019."""
    return start(assembler.library, assembler.rulebook, answers or {}, TODAY, advice=assembler.advice, **more)


def saved_and_resumed(assembler: Assembler, state: InterviewState) -> InterviewState:
    """The interview read back from the bytes of its draft, as after `kill -9`."""
    saved = parse_saved(format_draft(state), "draft.toml")
    return begin(assembler, saved.answers, kind=state.kind, skipped=saved.skipped, saved=saved.state)
