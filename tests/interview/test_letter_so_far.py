"""The unfinished letter as text: answers in place, blanks for what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT
from helpers.drafts import begin

from letters.assembly.assembler import Assembler
from letters.interview.letter_so_far import letter_so_far
from letters.library.library import Library
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_letter_so_far_can_be_shown_at_every_question(assembler: Assembler, sample: Sample, kind: str) -> None:
    wanted = sample(kind)
    for upto in range(0, 80, 8):
        state = begin(assembler, kind=kind)
        for number, question in enumerate(state.questionnaire.questions):
            if number < upto and (value := get(wanted, question.field.name)) is not None:
                put(state.answers, question.field.name, value)
        text = letter_so_far(assembler, state, "request.sought")
        assert "cannot be shown" not in text
        assert (">>" in text.partition("---")[2]) == (get(state.answers, "request.sought") is not None)
    full = letter_so_far(assembler, begin(assembler, wanted))
    assert "[" not in full.partition("---")[2]


def test_a_template_that_cannot_be_filled_is_reported_in_the_text(assembler: Assembler, tmp_path: Path) -> None:
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "templates" / "denial" / "letter.docx").write_bytes(b"no Word file")
    broken = Assembler(Library(tmp_path))
    told = letter_so_far(broken, begin(broken, kind="denial"))
    assert "The letter cannot be shown yet" in told
    assert "For everything that is wrong: letters check" in told
