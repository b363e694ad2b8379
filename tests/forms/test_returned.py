"""Forms that come back: what may be proposed, and everything that must not be believed."""

from __future__ import annotations

import io
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import ROOT
from helpers.forms import MULTILINE, FormBuilder
from helpers.offices import office_of_one_kind
from pikepdf import Array, Dictionary, Name, String

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.cli.read import read_returned
from letters.errors import LettersError
from letters.forms.flattening import printed
from letters.forms.returned import FormIdentity, ReturnedForm
from letters.interview.drafts import SavedAnswers
from letters.interview.session import Session
from letters.library.library import Library
from letters.model.fields import get

KIND = "request-for-justification"
TOML = """
title = "Form"
ships_as = "fillable"
[fields]
agency = "{{ request.requester.agency }}"
[empty]
fields = ["purpose", "subjects", "urgent"]
[read]
purpose = { to = "request.purpose", longest = 200 }
subjects = { to = "request.subjects", split = "lines" }
"""
Change = Callable[[Any, dict[str, Any]], None]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = office_of_one_kind(tmp_path_factory.mktemp("office"), KIND)
    form = FormBuilder()
    form.text("agency", (10, 250, 390, 270))
    form.text("purpose", (10, 120, 390, 240), MULTILINE)
    form.text("subjects", (10, 40, 390, 110), MULTILINE)
    form.tick("urgent")
    folder = root / "templates" / KIND / "enclosures"
    folder.mkdir()
    (folder / "form.toml").write_text(TOML, encoding="utf-8")
    (folder / "form.pdf").write_bytes(form.written())
    return root


@pytest.fixture(scope="module")
def sent(office: Path) -> bytes:
    assembler = Assembler(Library(office))
    answers = tomllib.loads((ROOT / "templates" / KIND / "sample.toml").read_text(encoding="utf-8"))
    return assembler.make(assembler.check(answers), ["docx"]).files["form.pdf"]


@pytest.fixture
def back(office: Path, sent: bytes, tmp_path: Path) -> Callable[[Change], ReturnedForm]:
    """What is read from the form after somebody changed it."""

    def read(change: Change) -> ReturnedForm:
        with pikepdf.open(io.BytesIO(sent)) as pdf:
            change(pdf, {str(field.T): field for field in pdf.Root.AcroForm.Fields})
            pdf.save(tmp_path / "returned.pdf")
        return read_returned(Assembler(Library(office)), tmp_path / "returned.pdf")

    return read


def typed(field: Any, text: str) -> None:
    """A value typed in a program that lets readers draw it."""
    field.V = String(text)
    if "/AP" in field:
        del field["/AP"]


def drawn(pdf: Any, field: Any, text: str, content: bytes) -> None:
    """A value, and the words that a program drew for it in a font of the form."""
    field.V = String(text)
    box = Array([0, 0, 380, 120])
    resources = Dictionary(Font=pdf.Root.AcroForm.DR.Font)
    look = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=resources)
    field.AP = Dictionary(N=look)


def added(pdf: Any) -> None:
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("new"))))


def altered(pdf: Any) -> None:
    metadata = pdf.Root.Metadata
    metadata.write(metadata.read_bytes().replace(b"2019-08-21", b"2020-01-01"))


def test_what_is_typed_into_our_form_is_proposed(back: Callable[[Change], ReturnedForm]) -> None:
    def change(_: Any, fields: dict[str, Any]) -> None:
        typed(fields["purpose"], "an inquiry into one employer")
        typed(fields["subjects"], "Ejemplo Dairy LLC\r\rOther LLC")
        fields["urgent"].V, fields["urgent"].AS = Name.Yes, Name.Yes

    found = back(change)
    assert found.identity is FormIdentity.OURS
    assert found.record is not None
    assert found.record.dated == "2019-08-21"
    assert found.proposed == {
        "request.purpose": "an inquiry into one employer",
        "request.subjects": ["Ejemplo Dairy LLC", "Other LLC"],
    }
    assert [each.field for each in found.claims if not each.to] == ["urgent"]


def test_words_drawn_by_another_program_count_if_they_are_those_stored(back: Callable[[Change], ReturnedForm]) -> None:
    found = back(lambda pdf, fields: drawn(pdf, fields["purpose"], "Doña Ana", b"BT /Helv 9 Tf (Do\\361a Ana) Tj ET"))
    assert found.proposed == {"request.purpose": "Doña Ana"}


def test_what_shows_other_words_than_it_stores_is_not_proposed(back: Callable[[Change], ReturnedForm]) -> None:
    def change(pdf: Any, fields: dict[str, Any]) -> None:
        drawn(pdf, fields["purpose"], "the whole database", b"BT /Helv 9 Tf (one named employer) Tj ET")

    claim = next(each for each in back(change).claims if each.field == "purpose")
    assert (claim.says, claim.shows) == ("the whole database", "one named employer")
    assert claim.doubt == "it shows other words than it stores"
    assert not claim.is_proposed


def test_what_we_filled_and_the_sender_changed_is_told(back: Callable[[Change], ReturnedForm]) -> None:
    found = back(lambda _, fields: typed(fields["agency"], "Somebody Else"))
    assert [(each.field, each.says, each.changed) for each in found.claims] == [("agency", "Somebody Else", True)]
    assert found.proposed == {}


def test_a_hidden_field_a_long_answer_and_a_drawing_are_told(back: Callable[[Change], ReturnedForm]) -> None:
    def change(pdf: Any, fields: dict[str, Any]) -> None:
        typed(fields["purpose"], "x" * 201)
        typed(fields["subjects"], "unseen")
        fields["subjects"].F = 2
        note = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 400, 300]), Contents=String("!"))
        pdf.pages[0].obj.Annots.append(pdf.make_indirect(note))

    found = back(change)
    assert found.proposed == {}
    doubts = {each.field: each.doubt for each in found.claims}
    assert doubts["purpose"] == "it has 201 characters, more than the 200 that are read"
    assert doubts["subjects"] == "no page shows it"
    assert "added comments or drawings on page 1" in "\n".join(map(str, found.notes))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda pdf, fields: pdf.pages[0].contents_add(b"BT ET"), "Its pages print something else"),
        (lambda pdf, fields: added(pdf), "Fields were added to our form"),
        (lambda pdf, fields: pdf.Root.__delitem__("/Metadata"), "it has no record of ours"),
        (lambda pdf, fields: altered(pdf), "its record was made with another seal, or was altered"),
    ],
)  # fmt: skip
def test_what_is_not_our_form_proposes_nothing(
    back: Callable[[Change], ReturnedForm], change: Change, says: str
) -> None:
    def both(pdf: Any, fields: dict[str, Any]) -> None:
        typed(fields["purpose"], "anything")
        change(pdf, fields)

    found = back(both)
    assert found.identity is FormIdentity.OTHER
    assert says in str(found.notes[0])
    assert found.proposed == {}
    assert any(each.says == "anything" for each in found.claims)


def test_scripts_are_told_and_a_signature_is_not_checked(back: Callable[[Change], ReturnedForm]) -> None:
    def change(pdf: Any, fields: dict[str, Any]) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        signature = Dictionary(Type=Name.Sig, Contents=String("00"))
        pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("sig"), V=signature)))

    notes = "\n".join(map(str, back(change).notes))
    assert "The form is signed (sig). The signature was not checked." in notes
    assert "an action on opening the file. Nothing of it was run." in notes


def test_a_second_copy_of_the_answers_that_differs_is_refused(back: Callable[[Change], ReturnedForm]) -> None:
    def change(pdf: Any, fields: dict[str, Any]) -> None:
        typed(fields["purpose"], "one employer")
        data = '<x xmlns:d="http://www.xfa.org/schema/xfa-data/1.0/"><d:data><purpose>all of it</purpose></d:data></x>'
        pdf.Root.AcroForm.XFA = pdf.make_stream(data.encode())

    with pytest.raises(LettersError, match="“all of it”"):
        back(change)


def test_print_and_pictures_are_told_with_what_to_do(office: Path, sent: bytes, tmp_path: Path) -> None:
    blank = pikepdf.new()
    blank.add_blank_page()
    blank.save(tmp_path / "scan.pdf")
    (tmp_path / "print.pdf").write_bytes(printed(sent))
    assembler = Assembler(Library(office))
    for name, says in (("scan.pdf", "picture of a form"), ("print.pdf", "came back as print")):
        with pytest.raises(LettersError, match=rf"(?s){says}.*letters new"):
            read_returned(assembler, tmp_path / name)


# --- data files ---

XFDF = '<xfdf xmlns="http://ns.adobe.com/xfdf/"><fields>{}</fields></xfdf>'
FDF = b"%FDF-1.2\n1 0 obj\n<</FDF<</Fields[<</T(purpose)/V(VALUE)>>]>>>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
PURPOSE = '<field name="purpose"><value>Doña\nAna</value></field>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xfdf", XFDF.format(PURPOSE).encode()),
        ("a.fdf", FDF.replace(b"VALUE", b"\xfe\xff" + "Doña\nAna".encode("utf-16-be"))),
    ],
)  # fmt: skip
def test_data_without_a_form_is_proposed_with_a_warning(office: Path, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    found = read_returned(Assembler(Library(office)), tmp_path / name)
    assert found.identity is FormIdentity.DATA
    assert found.proposed == {"request.purpose": "Doña\nAna"}
    assert "holds only what was typed" in str(found.notes[0])


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xfdf", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + XFDF.format(PURPOSE), "DOCTYPE"),
        ("a.xfdf", "<xfdf", "damaged"),
        ("a.xfdf", "<other/>", "not XFDF"),
        ("a.fdf", "%FDF-1.2\nnothing", "damaged"),
        ("a.pdf", "%PDF-1.7\nnothing", "damaged"),
        ("a.docx", "PK", "neither a PDF form nor its data"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(office: Path, tmp_path: Path, name: str, data: str, says: str) -> None:
    (tmp_path / name).write_text(data, encoding="utf-8")
    with pytest.raises(LettersError, match=says):
        read_returned(Assembler(Library(office)), tmp_path / name)


def test_data_for_fields_of_no_form_of_ours_proposes_nothing(office: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xfdf").write_text(XFDF.format('<field name="x"><field name="y"><value>z</value></field></field>'))
    found = read_returned(Assembler(Library(office)), tmp_path / "a.xfdf")
    assert (found.identity, found.proposed) == (FormIdentity.OTHER, {})
    assert [(each.field, each.says) for each in found.claims] == [("x.y", "z")]


@pytest.mark.parametrize("name", ["signatory", "legal_basis", "request.released", "request.asserted", "kind"])
def test_a_form_never_answers_law_consent_or_who_signs(office: Path, name: str, tmp_path: Path) -> None:
    for folder in ("templates", "prompts"):
        shutil.copytree(office / folder, tmp_path / folder)
    file = tmp_path / "templates" / KIND / "enclosures" / "form.toml"
    file.write_text(TOML.replace("request.purpose", name), encoding="utf-8")
    with pytest.raises(LettersError, match="never law, consent, or who signs"):
        Assembler(Library(tmp_path)).enclosures.of(KIND)


# --- the commands ---


def test_read_shows_each_claim_beside_what_we_have(
    back: Callable[[Change], ReturnedForm], office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back(lambda _, fields: typed(fields["purpose"], "one employer\x1b[31m"))
    sample = str(ROOT / "templates" / KIND / "sample.toml")
    assert main(["read", str(tmp_path / "returned.pdf"), "--library", str(office), "--answers", sample]) == 0
    out = capsys.readouterr().out
    assert "our form: “form” of request-for-justification, which went out with a letter dated 2019-08-21" in out
    assert "they say:  one employer<U+001B>[31m" in out
    assert "we have:  an inquiry into the employer\u2019s workforce" in out


def test_the_interview_asks_what_a_form_contradicts_and_shows_both(office: Path, tmp_path: Path) -> None:
    answers = tomllib.loads((ROOT / "templates" / KIND / "sample.toml").read_text(encoding="utf-8"))
    session = Session(
        Assembler(Library(office)),
        KIND,
        SavedAnswers(answers),
        now=datetime(2019, 8, 22, 9, 0),
        drafts=tmp_path,
        out=tmp_path,
        number=1,
        claims={"request.purpose": "one employer", "request.subjects": ["Ejemplo Dairy LLC, Doña Ana County"]},
    )
    state = session.state
    assert get(state.answers, "request.purpose") is None
    assert state.claims == {"request.purpose": "one employer"}
    assert state.previous["request.purpose"] == "an inquiry into the employer\u2019s workforce"
    session.save()
    assert session.saved_at is not None
    assert "one employer" in session.saved_at.read_text(encoding="utf-8")
