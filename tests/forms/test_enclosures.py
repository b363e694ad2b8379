"""A form that goes out beside its letter: which one, listed where, vetted how, and the same every time."""

from __future__ import annotations

import io
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import ROOT
from helpers.forms import MULTILINE, FormBuilder, seen_by_pdfium, values_in
from helpers.offices import COUNSEL, office_of_one_kind

from letters.approval.approve import record
from letters.approval.changes_since_approval import changes_of, pages_changed
from letters.assembly.assembler import Assembler
from letters.batches.api import batch
from letters.errors import InvalidAnswers, TemplateAtFault
from letters.forms.flattening import printed
from letters.library.library import Library
from letters.pdf.pdf_file import joined, pdf_words
from letters.provenance.rebuild import rebuild, record_from_letter
from letters.provenance.verify import Verifier

KIND = "request-for-justification"
TOML = """
title = "Form AF-1 for {{ request.requester.agency }}"
when = "request.access == 'targeted'"
ships_as = "fillable"

[fields]
"agency" = "{{ request.requester.agency }}"
"why" = "{{ request.requester.address_block }}"

[ticks]
"targeted" = "request.subjects"

[choices]
"nature" = { from = "request.nature", criminal = "Criminal", civil = "Civil", not-stated = "" }

[empty]
fields = ["signed"]
"""


def form() -> FormBuilder:
    made = FormBuilder()
    made.text("agency", (10, 250, 390, 270))
    made.text("why", (10, 120, 390, 240), MULTILINE)
    made.tick("targeted", (10, 90, 22, 102))
    made.choice("nature", (40, 88, 200, 104), [("c", "Criminal"), ("v", "Civil")])
    made.text("signed", (10, 20, 200, 40))
    return made


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A library whose request for justification has a form of an agency."""
    enclose(office_of_one_kind(tmp_path, KIND))
    return tmp_path


def enclose(root: Path, toml: str = TOML, made: FormBuilder | None = None) -> None:
    folder = root / "templates" / KIND / "enclosures"
    folder.mkdir(exist_ok=True)
    (folder / "agency-form.toml").write_text(toml, encoding="utf-8")
    (folder / "agency-form.pdf").write_bytes((made or form()).written())


def answers() -> dict[str, Any]:
    return tomllib.loads((ROOT / "templates" / KIND / "sample.toml").read_text(encoding="utf-8"))


def made(root: Path, change: Callable[[dict[str, Any]], None] = lambda found: None) -> dict[str, bytes]:
    assembler, given = Assembler(Library(root)), answers()
    change(given)
    return dict(assembler.make(assembler.check(given)).files)


def test_the_form_is_filled_and_the_letter_lists_it(office: Path) -> None:
    files = made(office)
    assert list(files) == ["docx", "pdf", "agency-form.pdf"]
    stored = values_in(files["agency-form.pdf"])
    assert stored["agency"] == "U.S. Immigration and Customs Enforcement"
    assert stored["targeted"] == "/Yes"
    assert (stored["signed"], stored["nature"]) == (None, None)
    assert "Enclosures: Form AF-1 for U.S. Immigration and Customs Enforcement" in " ".join(
        pdf_words(files["pdf"]).body.split()
    )


def test_a_form_whose_condition_does_not_hold_is_neither_made_nor_listed(office: Path) -> None:
    def change(given: dict[str, Any]) -> None:
        given["request"]["access"] = "bulk"

    files = made(office, change)
    assert list(files) == ["docx", "pdf"]
    assert "AF-1" not in pdf_words(files["pdf"]).body


def test_the_same_answers_give_the_same_form_and_it_can_be_rebuilt(office: Path) -> None:
    first, assembler = made(office)["agency-form.pdf"], Assembler(Library(office))
    assert made(office)["agency-form.pdf"] == first
    again = rebuild(assembler, answers(), record_from_letter(first, "form", assembler.seal), ["docx"], "pdf")
    assert again.files["agency-form.pdf"] == first
    assert again.proven


def test_verify_knows_the_form_and_names_the_field_that_was_filled_in(office: Path) -> None:
    data, assembler = made(office)["agency-form.pdf"], Assembler(Library(office))
    assert Verifier(assembler).verify(data, "form.pdf").is_genuine
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.Root.AcroForm.Fields[4].V = pikepdf.String("Drew Specimen")
        out = io.BytesIO()
        pdf.save(out)
    verdict = Verifier(assembler).verify(out.getvalue(), "returned.pdf")
    assert not verdict.is_genuine
    lines = "\n".join(verdict.lines())
    assert "Filled in or changed since it went out: 1 field." in lines
    assert "- signed: (empty)\n  + signed: Drew Specimen" in lines


def test_a_new_or_changed_form_makes_letters_drafts_until_it_is_vetted(office: Path) -> None:
    shutil.rmtree(office / "templates" / KIND / "enclosures")
    record(Assembler(Library(office)), [KIND], COUNSEL, key=bytes(32))
    enclose(office)
    assembler = Assembler(Library(office))
    letter = assembler.check(answers())
    assert "enclosures/agency-form.toml" in assembler.why_draft(letter)
    assert f"templates/{KIND}/enclosures/agency-form.pdf" in assembler.files_of(KIND)
    assert "DRAFT: not vetted, not for release" in seen_by_pdfium(printed(made(office)["agency-form.pdf"]))
    record(assembler, [KIND], COUNSEL)
    now = Assembler(Library(office))
    assert now.why_draft(letter) == ""
    assert "DRAFT" not in seen_by_pdfium(printed(made(office)["agency-form.pdf"]))
    changed = form()
    changed.text("new", (210, 20, 390, 40))
    enclose(office, made=changed)
    later = Assembler(Library(office))
    pages = pages_changed(later, KIND)["agency-form"]
    assert all(each in seen_by_pdfium(pages) for each in ("Page 1, as approved", "Page 1, now", "6"))
    assert later.why_draft(letter).endswith(f"changed since then: templates/{KIND}/enclosures/agency-form.pdf.")
    lines = "\n".join(changes_of(later, KIND).lines())
    assert "{+new: text; page 1; “What new is for”+}" in lines


def test_fixed_and_flat(office: Path) -> None:
    enclose(office, TOML.replace("fillable", "fixed"))
    with pikepdf.open(io.BytesIO(made(office)["agency-form.pdf"])) as pdf:
        assert all(int(field.get("/Ff", 0)) & 1 for field in pdf.Root.AcroForm.Fields)
    enclose(office, TOML.replace("fillable", "flat"))
    flat = made(office)["agency-form.pdf"]
    assert "U.S. Immigration and Customs Enforcement" in seen_by_pdfium(flat)
    assert b"/AcroForm" not in flat


def test_words_that_do_not_fit_stop_the_letter_or_go_on_a_sheet(office: Path) -> None:
    def change(given: dict[str, Any]) -> None:
        given["request"]["requester"]["address"] = "\n".join(f"Floor {number}" for number in range(20))

    with pytest.raises(InvalidAnswers, match=r"The words for “why” need \d+ lines at 8 points; there is room for \d+"):
        made(office, change)
    enclose(office, TOML.replace("ships_as", 'fits = "continue"\nships_as'))
    data = made(office, change)["agency-form.pdf"]
    assert values_in(data)["why"] == "See continuation sheet."
    seen = seen_by_pdfium(printed(data))
    assert "Continuation sheet: Form AF-1" in seen
    assert "What why is for" in seen
    assert all(f"Floor {number}" in seen for number in range(20))


def test_a_sheet_after_a_tagged_form_is_read_aloud_after_it(office: Path) -> None:
    def change(given: dict[str, Any]) -> None:
        given["request"]["requester"]["address"] = "\n".join(f"Floor {number}" for number in range(20))

    tagged = FormBuilder(tagged=True)
    tagged.text("why", (10, 120, 390, 160), MULTILINE)
    toml = 'title = "Form"\nfits = "continue"\n[fields]\nwhy = "{{ request.requester.address_block }}"\n'
    enclose(office, toml, tagged)
    body = " ".join(pdf_words(made(office, change)["agency-form.pdf"]).body.split())
    assert body.startswith("Continuation sheet: Form")
    assert "Floor 19" in body


OPEN = ', not-stated = ""'
AGENCY = '"{{ request.requester.agency }}"\n'


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('"agency" =', '"agencie" =', "The form has no field “agencie”."),
        (AGENCY, AGENCY.replace("agency", "agenci"), "Did you mean “agency”?"),
        (OPEN, "", "request.nature is “not-stated”, for which the form has no words here."),
        (OPEN, ', not-stated = "Tax"', "“Tax” is not a choice of “nature”. The choices are: Criminal; Civil."),
        ("[ticks]", "[tick]", "tick"),
        ('fields = ["signed"]', 'fields = ["signed", "why"]', "[empty] leaves it for the recipient"),
        ('"request.subjects"', '"request.subject"', "Did you mean “subjects”?"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(office: Path, was: str, now: str, says: str) -> None:
    assert was in TOML
    enclose(office, TOML.replace(was, now))
    with pytest.raises(Exception, match="agency-form") as caught:
        made(office)
    assert says in str(caught.value)


def test_a_form_that_was_not_taken_in_is_refused(office: Path) -> None:
    raw = form()
    raw.form.NeedAppearances = True
    enclose(office, made=raw)
    with pytest.raises(TemplateAtFault, match="Take it in: letters enclose"):
        made(office)


def test_words_that_no_page_shows_stop_the_letter(office: Path) -> None:
    hidden = form()
    hidden.text("unseen", (210, 20, 390, 40), V=pikepdf.String("an instruction nobody sees")).F = 2
    enclose(office, made=hidden)
    with pytest.raises(TemplateAtFault, match="“unseen” holds words that no page shows"):
        made(office)


def test_a_batch_writes_a_form_beside_each_letter(office: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rows = [{"request.requester.agency": "One Agency"}, {"request.requester.agency": "Other Agency"}]
    results = list(
        batch(rows, library=office, answers=answers(), out=out, formats=["docx"], drafts=True, allow_duplicates=True)
    )
    assert [sorted(Path(name).name for name in map(str, each.files.values())) for each in results] == [
        [
            "1-One-Agency-request-for-justification-DRAFT.docx",
            "1-One-Agency-request-for-justification-agency-form-DRAFT.pdf",
        ],
        [
            "2-Other-Agency-request-for-justification-DRAFT.docx",
            "2-Other-Agency-request-for-justification-agency-form-DRAFT.pdf",
        ],
    ]
    found = {values_in(file.read_bytes())["agency"] for file in out.glob("*.pdf")}
    assert found == {"One Agency", "Other Agency"}


def test_forms_are_bound_as_print(office: Path) -> None:
    data = made(office)["agency-form.pdf"]
    with pikepdf.open(io.BytesIO(joined([("one", printed(data)), ("two", printed(data))]))) as pdf:
        assert len(pdf.pages) == 2
        assert all("/Annots" not in page.obj for page in pdf.pages)
