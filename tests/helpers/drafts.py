"""Interviews begun: the drafts a command has saved, and answers with everything done but for a few questions."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.interview.drafts import document
from letters.interview.interview import Interview
from letters.model.fields import put


def drafts(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "letters" / "drafts").glob("*.toml"))


def draft(tmp_path: Path) -> dict[str, Any]:
    """The answers of the only draft there is."""
    (found,) = drafts(tmp_path)
    return tomllib.loads(found.read_text(encoding="utf-8"))


def all_but(assembler: Assembler, tmp_path: Path, answers: dict[str, Any], *names: str) -> Path:
    """A file of answers with everything answered or passed over, but for the fields named."""
    for name in names:
        put(answers, name, None)
    answers = {name: value for name, value in answers.items() if value is not None}
    interview = Interview(assembler.library, assembler.rulebook, answers, date(2019, 9, 2), advice=assembler.advice)
    passed = {each.field.name for each in interview.script.questions} - set(names)
    source = tmp_path / "begun.toml"
    source.write_bytes(document(answers, sorted(passed), {"decided": interview.state.rules_advised()}))
    return source
