"""The story of August 2019: eight letters, each of which speaks rightly of those before it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS
from helpers.edits import edit

from letters._text.dates import long_date
from letters.assembly.assembler import Assembler
from letters.authoring.demo import samples_by_date
from letters.errors import TemplateAtFault
from letters.library.library import Library

Sample = Callable[[str], dict[str, Any]]


def mentioned(answers: dict[str, Any]) -> list[tuple[str, date]]:
    """Every letter of ours that these answers refer to: reference and date."""
    earlier = [(each["reference"], each["date"]) for each in answers.get("earlier_letters", [])]
    answered = [
        (each["reference"], each["answered"]) for each in answers["request"].get("earlier", []) if "reference" in each
    ]
    return [*earlier, *answered]  # fmt: skip


def test_the_letters_come_in_order_and_refer_to_each_other_rightly(assembler: Assembler) -> None:
    told: dict[str, date] = {}
    told_in_order = [each for each in samples_by_date(assembler) if each[0].parent.name in KINDS]
    for (source, answers), kind in zip(told_in_order, KINDS, strict=True):
        assert answers["kind"] == kind == source.parent.name
        assert date(2019, 8, 1) <= answers["date"] <= date(2019, 8, 31)
        for reference, day in mentioned(answers):
            assert told.get(reference) == day, f"{kind} refers to {reference} of {day}"
        assert answers["reference"] not in told
        told[answers["reference"]] = answers["date"]
    assert sum(len(mentioned(answers)) for _, answers in told_in_order) >= 10


@pytest.mark.parametrize("kind", KINDS[1:])
def test_what_a_letter_refers_to_is_printed_with_date_and_reference(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    answers = sample(kind)
    document = zipfile.ZipFile(io.BytesIO(assembler.make(assembler.check(answers), ["docx"]).files["docx"]))
    words = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode())
    for reference, day in mentioned(answers):
        assert f"{long_date(day)} ({reference})" in words


def test_nothing_in_the_story_departs_from_the_advice_or_needs_more_than_a_look_at_the_law(
    assembler: Assembler,
) -> None:
    for _, answers in samples_by_date(assembler):
        told = [each for each in assembler.cautions(assembler.check(answers)) if each.code != "stale"]
        assert told == [], answers["kind"]


def test_a_citation_typed_into_a_template_is_refused_where_it_stands(own: Path) -> None:
    shared = own / "templates" / "shared" / "reservation.docx"
    edit(shared, "word/document.xml", "This letter does not", "Under 5 U.S.C. § 552a this letter does not")
    with pytest.raises(TemplateAtFault) as caught:
        Assembler(Library(own)).template("denial")
    said = str(caught.value)
    assert "templates/shared/reservation.docx" in said
    assert "5 U.S.C. § 552a" in said
    assert "{{ law." in said


def test_what_a_letter_prints_is_paired_as_the_law_file_says(own: Path, sample: Sample) -> None:
    """Not only what counsel chose: what a template cites by itself counts too."""
    edit(
        own / "templates" / "denial" / "letter.docx",
        "word/document.xml",
        "The following law bears on",
        "{{ law.ssa_303_a_1.citation }} and",
    )
    assembler = Assembler(Library(own))
    alone = sample("denial") | {"legal_basis": ["nm-51-1-32", "nmac-106-c", "nmac-106-d"]}
    with pytest.raises(TemplateAtFault) as caught:
        assembler.make(assembler.check(alone), ["docx"])
    assert "cites 42 U.S.C. § 503(a)(1) without 20 C.F.R. § 603.4(b)-(c)" in str(caught.value)
    beside = alone | {"legal_basis": [*alone["legal_basis"], "cfr-603-4"]}
    assert assembler.make(assembler.check(beside), ["docx"])
