"""The assembler: one library, any number of letters."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers import ROOT
from helpers.edits import edit
from helpers.offices import approved_office

from letters.assembly.assembler import Assembler
from letters.library.library import Library

Sample = Callable[[str], dict[str, Any]]


def test_a_second_letter_reads_nothing_from_the_library_again(tmp_path: Path, sample: Sample) -> None:
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    assembler = Assembler(Library(tmp_path))
    first = assembler.make(assembler.check(sample("denial")))
    for folder in ("templates", "prompts"):
        shutil.rmtree(tmp_path / folder)
    second = assembler.make(assembler.check(sample("denial")))
    assert second.files == first.files


def test_a_template_is_compiled_once(assembler: Assembler) -> None:
    assert assembler.template("denial") is assembler.template("denial")


def test_the_library_as_it_was_approved_makes_letters_of_its_own(tmp_path: Path, sample: Sample) -> None:
    office = Assembler(Library(approved_office(tmp_path)))
    before = office.make(office.check(sample("contact-notice")), ["docx"]).files
    edit(tmp_path / "templates" / "contact-notice" / "letter.docx", "word/document.xml", "From now on", "As of today")
    now = Assembler(Library(tmp_path))
    assert now.make(now.check(sample("contact-notice")), ["docx"]).files != before
    then = now.as_approved(now.approvals.approvals("contact-notice")[-1])
    assert then.make(then.check(sample("contact-notice")), ["docx"]).files == before
