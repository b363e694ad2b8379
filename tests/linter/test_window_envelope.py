"""The inside address of a printed letter, and the window of a #10 envelope."""

from __future__ import annotations

from typing import Any

import pytest

from letters.assembly.assembler import Assembler
from letters.linter.window_envelope import window_problem


@pytest.fixture(scope="module")
def printed(assembler: Assembler) -> tuple[bytes, Any]:
    answers = assembler.samples("denial")["sample.toml"]
    letter = assembler.check(answers)
    return assembler.make(letter, ["pdf"]).files["pdf"], letter


def test_the_shipped_letter_shows_its_address_in_the_window(printed: tuple[bytes, Any]) -> None:
    assert window_problem(*printed, "denial/letter.docx") is None


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("By email and first-class mail\nx", "below the top of the page, above the window"),
        ("Our reference:\nx", "below the window"),
        ("OGC-2019-0142\nx", "below the window"),
    ],
)
def test_lines_outside_the_window_are_named(printed: tuple[bytes, Any], address: str, found: str) -> None:
    """The address is said to be another line of the same page, whose place is known."""
    pdf, letter = printed
    who = letter.request.requester.model_copy(update={"address": address})
    request = letter.request.model_copy(update={"requester": who})
    problem = window_problem(pdf, letter.model_copy(update={"request": request}), "denial/letter.docx")
    assert found in str(problem)


def test_a_letter_that_does_not_go_by_mail_needs_no_window(printed: tuple[bytes, Any]) -> None:
    pdf, letter = printed
    who = letter.request.requester.model_copy(update={"address": "Our reference:"})
    request = letter.request.model_copy(update={"requester": who})
    by_email = letter.model_copy(update={"request": request, "delivery": ["email"]})
    assert window_problem(pdf, by_email, "denial/letter.docx") is None
