"""What becomes of answers: the words of their letter, or how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.reading import words
from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers
from letters.model.fields import put


def text_of(assembler: Assembler, answers: dict[str, Any]) -> str:
    """The words of the letter, on one line."""
    return " ".join(words(assembler.make(assembler.check(answers), ["docx"]).files["docx"]).split())


def refused(assembler: Assembler, answers: dict[str, Any]) -> str:
    """What is wrong with answers that give no letter."""
    with pytest.raises(InvalidAnswers) as caught:
        assembler.make(assembler.check(answers), ["docx"])
    return str(caught.value)


def changed(answers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The answers, with ``request__nature`` for the field ``request.nature``."""
    for name, value in changes.items():
        put(answers, name.replace("__", "."), value)
    return answers
