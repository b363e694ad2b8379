"""The assembler: one library, any number of letters."""

from __future__ import annotations

import gc
import pickle
import shutil
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from helpers import ROOT
from helpers.edits import edit
from helpers.offices import approved_office
from helpers.reading import plain

from letters.assembly.assembler import Assembler
from letters.assembly.template.template import fill_text
from letters.assembly.template_context import context_of
from letters.docx.package import open_package
from letters.library.library import Library
from letters.pdf.pdf_file import pdf_words
from letters.provenance.verify import UNTOUCHED, Verifier

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


def test_names_that_are_worked_out_alone_have_the_values_that_they_have_with_all(assembler: Assembler) -> None:
    for kind in assembler.library.kinds:
        for answers in assembler.samples(kind).values():
            letter = assembler.check(answers)
            wording = assembler.wording(assembler.translation_of(letter))

            context = partial(
                context_of,
                letter,
                wording.office,
                wording.rulebook,
                wording.phrases,
                fill_text,
                extras=assembler.extras(kind),
                language=wording.language,
            )
            full = context()
            for name in full.keys() - {"law"}:
                assert context(wanted=[name])[name] == full[name]
            assert dict(context(wanted=["law"])["law"]) == dict(full["law"])


def test_a_finished_letter_leaves_nothing_for_the_garbage_collection(assembler: Assembler, sample: Sample) -> None:
    gc.disable()
    try:
        first = assembler.check(sample("contact-notice"))
        assembler.suffixes(first)
        assembler.notes_on(first)
        assembler.make(first, ["docx"])
        left = weakref.ref(first)
        del first
        for _ in range(2):  # the latest letters are kept, because much is asked about them
            assembler.make(assembler.check(sample("contact-notice")), ["docx"])
        assert left() is None
    finally:
        gc.enable()


def test_the_library_as_it_was_approved_makes_letters_of_its_own(tmp_path: Path, sample: Sample) -> None:
    office = Assembler(Library(approved_office(tmp_path)))
    before = office.make(office.check(sample("contact-notice")), ["docx"]).files
    edit(tmp_path / "templates" / "contact-notice" / "letter.docx", "word/document.xml", "From now on", "As of today")
    now = Assembler(Library(tmp_path))
    assert now.make(now.check(sample("contact-notice")), ["docx"]).files != before
    then = now.as_approved(now.approvals.approvals("contact-notice")[-1])
    assert then.make(then.check(sample("contact-notice")), ["docx"]).files == before


def test_citations_do_not_break_in_the_word_file_and_are_as_typed_in_the_pdf(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = "under 20 C.F.R. § 603.5(e), with 10\u00a0000 'open' records"
    letter = assembler.check(answers)
    files = assembler.make(letter).files
    in_word, in_pdf = (
        "\n".join(plain(open_package(files["docx"], "l"), "word/document.xml")),
        pdf_words(files["pdf"]).body,
    )
    assert "under 20\u00a0C.F.R.\u00a0§\u00a0603.5(e), with 10\u00a0000 \u2018open\u2019 records" in in_word
    assert "§ " not in in_word
    assert "under 20 C.F.R. § 603.5(e), with" in " ".join(in_pdf.split(" "))
    assert "§\u00a0" not in in_pdf
    states = [Verifier(assembler).verify(files[each], each).comparison.state for each in ("docx", "pdf")]
    assert set(states) <= UNTOUCHED, states


def test_a_letter_that_waits_on_disk_comes_back_as_it_was(assembler: Assembler) -> None:
    for kind in assembler.library.kinds:
        for answers in assembler.samples(kind).values():
            letter = assembler.check(answers)
            again = pickle.loads(pickle.dumps(letter, pickle.HIGHEST_PROTOCOL))
            assert again == letter
            assert again.model_fields_set == letter.model_fields_set
            assert again.notes == letter.notes
            assert again.model_dump_json() == letter.model_dump_json()
