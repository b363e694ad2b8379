"""Taking a form in: what is refused, what is removed, what is proposed, and what `letters check` finds afterwards."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from helpers.forms import MULTILINE, FormBuilder, seen_by_pdfium, values_in
from helpers.offices import office_of_one_kind
from pikepdf import Array, Dictionary, Name, String

from letters.cli.main import main
from letters.forms.field_map import field_map
from letters.forms.taking_in import take_in
from letters.linter.lint import lint

KIND = "request-for-justification"
WIDE = (10.0, 250.0, 390.0, 270.0)


def taken(form: FormBuilder, **options: object) -> tuple[bytes, str, str]:
    """The clean copy, what was removed, and the notes."""
    found = take_in(form.written(**options), "form.pdf", "en-US")
    return found.data, "; ".join(found.removed), "\n".join(map(str, found.notes))


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return office_of_one_kind(tmp_path, KIND)


def enclose(root: Path, form: FormBuilder, toml: str, name: str = "form") -> None:
    folder = root / "templates" / KIND / "enclosures"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(f'title = "The {name}"\n{toml}', encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(form.written())


# --- refused ---


def test_a_form_that_only_adobe_reader_shows_is_refused() -> None:
    form = FormBuilder()
    form.text("a", WIDE)
    form.form.XFA = form.pdf.make_stream(b"<xdp/>")
    form.pdf.Root.NeedsRendering = True
    with pytest.raises(Exception, match=r"dynamic XFA.*Ask its publisher"):
        taken(form)


def test_a_signed_form_is_refused() -> None:
    form = FormBuilder()
    form.field("sig", "Sig", WIDE, V=Dictionary(Type=Name.Sig, Contents=String("00")))
    with pytest.raises(Exception, match=r"has been signed \(field “sig”\)"):
        taken(form)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04", "This is not a PDF"),
        (b"%PDF-1.7\nnothing else", "The PDF is damaged"),
        (FormBuilder().written(), "has no fields to fill"),
    ],
)
def test_what_is_not_a_form_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Exception, match=says):
        take_in(data, "form.pdf", "en-US")


def test_a_form_that_needs_a_password_is_refused_and_one_that_only_restricts_is_not() -> None:
    form = FormBuilder()
    form.text("a", WIDE)
    with pytest.raises(Exception, match="protected by a password"):
        taken(form, encryption=pikepdf.Encryption(user="secret", owner="o"))
    data, removed, _ = taken(form, encryption=pikepdf.Encryption(user="", owner="o"))
    assert removed == "restrictions on printing or changing it (an owner password)"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert not pdf.is_encrypted


def test_two_fields_of_one_name_and_different_kinds_are_refused() -> None:
    form = FormBuilder()
    form.text("a", WIDE)
    form.tick("a")
    with pytest.raises(Exception, match="of different kinds"):
        taken(form)


def test_damaged_metadata_of_somebody_else_does_no_harm() -> None:
    form = FormBuilder()
    form.text("a", WIDE)
    damaged = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><'
    form.pdf.Root.Metadata = form.pdf.make_stream(damaged, Type=Name.Metadata, Subtype=Name.XML)
    assert list(values_in(taken(form, fix_metadata_version=False)[0])) == ["a"]


# --- removed ---


def test_scripts_and_actions_are_removed_and_told() -> None:
    form, script = FormBuilder(), Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    form.text("total", WIDE, AA=Dictionary(C=script), A=Dictionary(S=Name.SubmitForm, F=String("https://x.example")))
    form.form.CO = Array([form.form.Fields[0]])
    form.form.NeedAppearances = True
    form.pdf.Root.OpenAction = script
    data, removed, _ = taken(form)
    assert "2 actions of fields and pages (scripts, submissions)" in removed
    assert "the order of calculations" in removed
    assert "an action on opening the file" in removed
    assert "NeedAppearances" in removed
    assert not any(word in data for word in (b"JavaScript", b"SubmitForm", b"NeedAppearances", b"/CO "))
    assert take_in(data, "again.pdf", "en-US").removed == ()


def test_a_field_that_is_only_on_its_page_is_added_to_the_form() -> None:
    form = FormBuilder()
    form.text("orphan", WIDE, listed=False)
    data, _, notes = taken(form)
    assert list(values_in(data)) == ["orphan"]
    assert "1 field was on a page but not in the form, and can now be filled." in notes


def test_what_a_form_says_already_is_told_and_drawn_as_it_is_stored() -> None:
    form = FormBuilder()
    form.text("state", WIDE, V=String("New Mexico"))
    form.text("unseen", (10, 200, 390, 220), V=String("an instruction")).F = 2
    data, _, notes = taken(form)
    assert "These fields say something already, which stays unless they get a value: state, unseen." in notes
    assert "The field “unseen” holds words that no page shows: “an instruction”." in notes
    assert values_in(data)["state"] == "New Mexico"


# --- proposed ---


def test_the_command_writes_a_form_a_mapping_with_marked_guesses_and_a_map(office: Path, tmp_path: Path) -> None:
    form = FormBuilder()
    form.text("agency_name", WIDE).TU = String("Requesting agency")
    form.text("box7", (10, 200, 390, 220)).TU = String("Shoe size")
    form.choice("n", (10, 150, 390, 170), [("c", "Criminal"), ("v", "Civil")]).TU = String(
        "Nature of the investigation"
    )
    source = tmp_path / "AF 1.pdf"
    source.write_bytes(form.written())
    where = ["--library", str(office), "--kind", KIND]
    assert main(["enclose", str(source), *where, "--map", str(tmp_path / "map.pdf")]) == 0
    toml = (office / "templates" / KIND / "enclosures" / "af-1.toml").read_text(encoding="utf-8")
    assert '"agency_name" = "{{ request.requester.agency }}"  # GUESS: ' in toml
    assert '# "box7" = "{{ … }}"' in toml
    assert '"n" = { from = "request.nature", criminal = "Criminal", civil = "Civil"' in toml
    assert "2. box7" in seen_by_pdfium((tmp_path / "map.pdf").read_bytes())
    assert main(["enclose", str(source), *where]) == 4
    assert any("1 field gets no value: box7." in str(each) for each in lint(office, kinds=[KIND]).findings)


def test_a_map_says_what_each_field_gets() -> None:
    form = FormBuilder()
    for name, height in (("a", 250), ("b", 220), ("c", 190)):
        form.text(name, (10, height, 390, height + 20))
    seen = seen_by_pdfium(field_map(form.written(), "Form", date(2019, 8, 1), "en-US", ["a"], ["b"]))
    assert all(each in " ".join(seen.split()) for each in ("gets a value", "left for the recipient", "NOT MAPPED"))


def test_the_fields_of_a_form_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = FormBuilder()
    form.text("zip", WIDE, 1 << 24, MaxLen=9)
    form.radio("process", ["none", "court order"])
    (tmp_path / "f.pdf").write_bytes(form.written())
    assert main(["fields", str(tmp_path / "f.pdf")]) == 0
    out = capsys.readouterr().out
    assert "zip: text; page 1; 9 cells; “What zip is for”" in out
    assert "process: choice of one; page 1; choices: none (0), court order (1)" in out


# --- checked ---


MISTAKES = [
    ('[fields]\nagencie = "x"', "The form has no field “agencie”, which [fields] names."),
    ('[fields]\nagency = "x"', "1 field gets no value: nature."),
    ('[ticks]\nagency = "request.subjects"', "does not belong under [ticks]. List it under [fields]."),
    ('[fields]\nagency = "{{ request.nothing }}"', "“{{ request.nothing }}”: Unknown name"),
    ('[choices]\nnature = { from = "request.nature", criminal = "Tax" }', "“Tax” is not a choice of “nature”."),
    ('when = "request.nature == \'criminel\'"\n[fields]\nagency = "x"', "criminel"),
    ('ships_as = "fixed"\n[empty]\nfields = ["agency", "nature"]', "The form requires agency, which stays empty"),
    ('[fields]\nagency = "{% for each in range %}"', "error"),
    ('[fields]\nlow = "x"\n[empty]\nfields = ["agency"]', "The words of “low” cannot be read in a box 4 points high"),
]  # fmt: skip


@pytest.fixture(scope="module")
def found_by_check(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What `letters check` finds in a library with every mistake in an enclosure of its own."""
    root = office_of_one_kind(tmp_path_factory.mktemp("mistakes"), KIND)
    for number, (toml, _) in enumerate(MISTAKES):
        form = FormBuilder()
        form.text("agency", WIDE, 1 << 1)
        form.choice("nature", (10, 150, 390, 170), [("c", "Criminal"), ("v", "Civil")])
        if "low" in toml:
            form.text("low", (70, 200, 100, 204))
        enclose(root, form, toml, f"form-{number}")
    return [f"{each.severity}: {each}" for each in lint(root, kinds=[KIND]).findings if "form-" in each.file]


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[says for _, says in MISTAKES])
def test_check_compares_the_mapping_with_the_form(found_by_check: list[str], number: int) -> None:
    found = [each for each in found_by_check if f"form-{number}." in each]
    assert any(MISTAKES[number][1] in each for each in found), found


def test_check_makes_the_enclosures_of_every_sample(office: Path) -> None:
    narrow, odd = FormBuilder(), FormBuilder()
    narrow.text("why", (10, 200, 60, 220), MULTILINE)
    odd.text("agency", WIDE)
    enclose(office, narrow, 'listed = false\n[fields]\nwhy = "{{ request.requester.address_block }}"', "narrow")
    enclose(office, odd, 'listed = false\n[fields]\nagency = "\U000e0300"', "odd")
    found = [str(each) for each in lint(office, kinds=[KIND]).findings]
    assert any("The words for “why” need" in each and "sample.toml" in each for each in found)
    assert any("No font on this computer has what “agency” must show" in each for each in found)
