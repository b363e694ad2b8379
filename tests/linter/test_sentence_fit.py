"""Wording that completes a sentence of the letter fits into it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from letters.assembly.assembler import Assembler
from letters.linter.sentence_fit import office_fit, wording_fit

PHRASES = {
    "channel": {"email": "email", "mail": "U.S. Mail", "carrier": "Federal Express, Inc."},
    "mark": {"draft": "X."},
}


def told(assembler: Assembler, table: str, entry: str, **changed: str) -> list[tuple[str, str, str]]:
    rulebook = assembler.rulebook
    entries = dict(getattr(rulebook, table))
    entries[entry] = entries[entry].model_copy(update=changed)
    found = wording_fit(replace(rulebook, **{table: entries}), PHRASES, in_english=True)
    return [(severity, problem.where, problem.message) for severity, problem in found]


def test_the_shipped_wording_fits(assembler: Assembler) -> None:
    assert list(wording_fit(assembler.rulebook, assembler.phrases, in_english=True)) == []


@pytest.mark.parametrize(
    ("table", "entry", "field", "text", "said"),
    [
        ("bases", "cfr-603-4", "summary", "The State must keep it confidential", "20 C.F.R. § 603.4(b)-(c) The State"),
        ("bases", "cfr-603-4", "summary", "Requires confidentiality", "does not go on after the citation"),
        ("bases", "cfr-603-4", "summary", "that records are confidential", "does not go on after the citation"),
        ("bases", "cfr-603-4", "summary", "requires confidentiality.", "ends with a punctuation mark"),
        ("records", "wage", "name", "quarterly wage records;", "ends with a punctuation mark"),
        ("reasons", "no-process", "text", "It names no process", "does not end like a sentence"),
        ("reasons", "no-process", "text", "it names no process.", "does not begin like a sentence"),
    ],
)
def test_what_does_not_fit_is_an_error_at_its_entry(
    assembler: Assembler, table: str, entry: str, field: str, text: str, said: str
) -> None:
    (found,) = told(assembler, table, entry, **{field: text})
    assert found[0] == "error"
    assert entry in found[1]
    assert said in found[2]


def test_details_of_the_office_do_not_end_the_sentence_they_stand_in(assembler: Assembler) -> None:
    assert not list(office_fit(assembler.office))
    office = assembler.office.model_copy(update={"unit": "Smith & Co.", "accepts_service": "the clerk, at Room 5."})
    assert [each.where for each in office_fit(office)] == ["templates/office.toml, accepts_service"]


def test_a_capital_letter_is_a_note_and_only_in_english(assembler: Assembler) -> None:
    (found,) = told(assembler, "records", "wage", name="Wage records")
    assert found[0] == "note"
    assert not list(wording_fit(assembler.rulebook, {"channel": {"brief": "Brief"}}, in_english=False))
