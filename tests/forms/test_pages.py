"""Forms of our own, written in HTML: what becomes of each field, what is refused, and the ones that are shipped."""

from __future__ import annotations

import io
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import ROOT
from helpers.forms import seen_by_pdfium, values_in
from helpers.offices import office_of_one_kind
from pikepdf import String

from letters.assembly.assembler import Assembler
from letters.errors import TemplateAtFault
from letters.forms.acroform import FieldKind, fields_in
from letters.forms.flattening import printed
from letters.forms.html_pages import escaped, make_page
from letters.forms.returned import FormIdentity, FormReader
from letters.forms.structure_tree import field_elements
from letters.library.library import Library
from letters.linter.lint import lint
from letters.linter.window_envelope import window_problem
from letters.pdf.pdf_file import pdf_words
from letters.pdf.size_limits import CannotConvert


def test_each_field_is_tagged_labeled_and_as_its_author_wrote_it() -> None:
    source = """
      <h1>Form</h1>
      <field name="a.b" label="Agency" value="One Agency" required longest="40"></field>
      <field name="why" label="Why" lines="3" readonly value="because"></field>
      <tick name="sure" label="Are you sure?" checked></tick>
      <choose name="nature" label="Nature" options="Criminal; Civil" value="Civil"></choose>
    """
    page = make_page(source, "", "Form", "en-US", "form.html")
    assert page.accessible
    assert page.values == {"a.b": "One Agency", "why": "because", "sure": True, "nature": "Civil"}
    found = fields_in(page.pdf).fields
    assert [(each.name, each.kind, each.tooltip) for each in found.values()] == [
        ("a.b", FieldKind.TEXT, "Agency"),
        ("why", FieldKind.TEXT, "Why"),
        ("sure", FieldKind.TICK, "Are you sure?"),
        ("nature", FieldKind.CHOICE, "Nature"),
    ]
    assert (found["a.b"].required, found["a.b"].max_length) == (True, 40)
    assert (found["why"].read_only, found["why"].multiline) == (True, True)
    assert [shown for _, shown in found["nature"].options] == ["Criminal", "Civil"]
    assert "Criminal" not in seen_by_pdfium(printed(_bytes(page.pdf)))
    assert "/NeedAppearances" not in page.pdf.Root.AcroForm
    assert str(page.pdf.pages[0].obj.Tabs) == "/S"


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_a_character_that_no_font_has_is_no_mistake_of_the_styles() -> None:
    with pytest.raises(CannotConvert, match=r"page.html: No font installed here has this character: U\+1F9FF"):
        make_page("<p>An amulet: \U0001f9ff</p>", "", "Page", "en-US", "page.html")


def test_a_value_cannot_write_html() -> None:
    value = escaped({"x": ['<script>"&']})["x"][0]
    page = make_page(f'<p>{value}</p><field name="a" label="A" value="{value}"></field>', "", "T", "en", "form.html")
    assert page.values == {"a": '<script>"&'}
    assert '<script>"&' in seen_by_pdfium(_bytes(page.pdf))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('<p></p><input name="a">', "A page of a library may not have <input>"),
        ('<img src="https://agency.example/x.png">', "may not have <img>"),
        ('<field name="a"></field>', "“a” has no label"),
        ('<field label="A"></field>', "A field has no name"),
        ('<field name="a" label="A"></field><tick name="a" label="B"></tick>', "A second field is called “a”"),
        ('<p style="position:absolute;left:-300pt">far away</p>', "Words run off page 1"),
    ],
)
def test_what_a_page_may_not_have_is_told(source: str, says: str) -> None:
    with pytest.raises(TemplateAtFault, match=says):
        make_page(source, "", "Form", "en-US", "form.html")


def shipped(assembler: Assembler, kind: str) -> dict[str, bytes]:
    """The finished enclosures of the sample of a kind."""
    answers = tomllib.loads((ROOT / "templates" / kind / "sample.toml").read_text(encoding="utf-8"))
    return {
        name: data for name, data in assembler.make(assembler.check(answers), ["docx"]).files.items() if "." in name
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("request-for-justification", ["targeted-request.pdf"]),
        ("policy-statement", ["targeted-request.pdf"]),
        ("conditional-approval", ["disclosure-agreement.pdf", "return-of-records.pdf"]),
    ],
)
def test_the_shipped_pages_are_accessible_and_always_the_same(
    assembler: Assembler, kind: str, names: list[str]
) -> None:
    made = shipped(assembler, kind)
    assert list(made) == names
    assert made == shipped(assembler, kind)
    for data in made.values():
        with pikepdf.open(io.BytesIO(data)) as pdf:
            held = field_elements(pdf)
            assert b"<pdfuaid:part>1<" in pdf.Root.Metadata.read_bytes()
            assert str(pdf.Root.Lang) == "en-US"
            for page in pdf.pages:
                assert str(page.obj.Tabs) == "/S"
                for widget in page.obj.Annots:
                    assert widget.objgen in held
                    assert str(widget.TU).strip()
            assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
            assert read_aloud(pdf) == reached_by_tab(pdf)
            fonts = [
                each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/DescendantFonts" in each
            ]
            assert fonts
            for font in fonts:
                assert "/ToUnicode" in font
                assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
        assert pdf_words(data).loose == ""  # every printed word is read aloud, or is page furniture


def reached_by_tab(pdf: pikepdf.Pdf) -> list[str]:
    """The fields in the order in which the Tab key reaches them."""
    return [str(widget.T) for page in pdf.pages for widget in page.obj.get("/Annots") or ()]


def read_aloud(pdf: pikepdf.Pdf) -> list[str]:
    """The fields in the order of the structure tree, which a screen reader follows."""

    def below(element: Any) -> Iterator[str]:
        kids = element.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid:
                yield str(kid.Obj.T)
            elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from below(kid)

    return list(below(pdf.Root.StructTreeRoot))


def test_the_request_form_asks_for_everything_that_a_request_must_show(assembler: Assembler) -> None:
    text = " ".join(
        seen_by_pdfium(shipped(assembler, "request-for-justification")["targeted-request.pdf"]).split()
    ).casefold()
    for element in assembler.rulebook.showing.values():
        words = [word for word in element.text.split(",")[0].split() if len(word) > 3]
        assert sum(word in text for word in words) >= len(words) / 2, element.text


def test_the_request_form_can_be_read_when_it_comes_back(assembler: Assembler) -> None:
    data = shipped(assembler, "request-for-justification")["targeted-request.pdf"]
    assert values_in(data)["our_reference"] == "OGC-2019-0154"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            words = {"purpose": "an inquiry", "nature": "Civil", "subjects": "One\rTwo"}.get(str(field.T))
            if words:
                field.V = String(words)
                del field["/AP"]
        returned = _bytes(pdf)
    enclosures = [each for kind in assembler.library.kinds for each in assembler.enclosures.of(kind)]
    found = FormReader(enclosures, assembler.seal).read(returned, "returned.pdf")
    assert found.identity is FormIdentity.OURS
    assert found.record is not None
    assert date.fromisoformat(found.record.dated) == date(2019, 8, 21)
    assert found.proposed == {
        "request.purpose": "an inquiry",
        "request.nature": "civil",
        "request.subjects": ["One", "Two"],
    }


def test_the_data_of_a_whole_page_is_known_with_what_we_had_filled(assembler: Assembler) -> None:
    """Programs that export data export every field, and some redraw those that nobody touched."""
    data = shipped(assembler, "request-for-justification")["targeted-request.pdf"]
    names = "".join(
        f'<field name="{name}"><value>{value or ""}</value></field>' for name, value in values_in(data).items()
    )
    xfdf = f'<xfdf xmlns="http://ns.adobe.com/xfdf/"><fields>{names}</fields></xfdf>'
    enclosures = [each for kind in assembler.library.kinds for each in assembler.enclosures.of(kind)]
    reader = FormReader(enclosures, assembler.seal)
    assert reader.read(xfdf.encode(), "data.xfdf").identity is FormIdentity.DATA
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        for name in ("agency", "nature"):
            fields[name].V = String("Civil")
            del fields[name]["/AP"]
        changed = {each.field: each.changed for each in reader.read(_bytes(pdf), "returned.pdf").claims}
    assert changed == {"agency": True, "nature": False}


def by(assembler: Assembler, answers: dict[str, Any], *ways: str) -> dict[str, bytes]:
    """What goes out with a letter that is sent in these ways."""
    given = answers | {"delivery": list(ways)}
    to = given.get("recipient") or given["request"]["requester"]
    to |= {"fax": "(505) 555-0171", "address": "P.O. Box 0000\nAnytown 00000"}
    files = assembler.make(assembler.check(given), ["docx"]).files
    return {name: data for name, data in files.items() if "." in name}


def test_a_letter_by_fax_has_a_cover_in_its_language(
    assembler: Assembler, sample: Callable[[str], dict[str, Any]]
) -> None:
    assert list(by(assembler, sample("denial"), "mail")) == []
    cover = by(assembler, sample("denial"), "fax")["fax-cover.pdf"]
    assert "Fax: (505) 555-0171" in seen_by_pdfium(cover)
    assert values_in(cover) == {"pages": None}
    spanish = by(assembler, sample("own-records") | {"language": "es"}, "fax")["fax-cover.pdf"]
    assert "Número de páginas, incluida esta" in seen_by_pdfium(spanish)
    with pikepdf.open(io.BytesIO(spanish)) as pdf:
        assert str(pdf.trailer.Info.Title).removeprefix("BORRADOR: ") == "Portada de fax"
        assert str(pdf.Root.Lang) == "es-US"


def test_an_address_sheet_shows_the_address_in_the_window(
    tmp_path: Path, sample: Callable[[str], dict[str, Any]]
) -> None:
    office = office_of_one_kind(tmp_path, "contact-notice")
    shared = office / "templates" / "shared" / "enclosures"
    shutil.copytree(ROOT / "templates" / "shared" / "enclosures", shared)
    file = office / "templates" / "office.toml"
    file.write_text("window_envelope = true\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assembler = Assembler(Library(office))
    sheet = by(assembler, sample("contact-notice"), "mail")["address-sheet.pdf"]
    assert "/AcroForm" not in pikepdf.open(io.BytesIO(sheet)).Root
    assert window_problem(sheet, assembler.check(sample("contact-notice") | {"delivery": ["mail"]}), "sheet") is None
    assert "P.O. Box" in pdf_words(sheet).body


def test_a_page_and_a_title_without_a_translation_are_reported(tmp_path: Path) -> None:
    office = office_of_one_kind(tmp_path, "own-records")
    folder = office / "templates" / "own-records" / "enclosures"
    folder.mkdir()
    (folder / "sheet.toml").write_text('title = "Sheet"\nsource = "page"\n', encoding="utf-8")
    (folder / "sheet.html").write_text("<h1>Sheet</h1>", encoding="utf-8")
    found = [str(each) for each in lint(office, kinds=["own-records"]).findings]
    assert any("The title has no translation (es)" in each for each in found)
    assert any("The page has no translation (es)" in each for each in found)
