"""An office's PDF form, filled: what is stored, what is shown, and what does not fit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers.forms import COMB, MULTILINE, SEVERAL, FormBuilder, ink_in, seen_by_pdfium, values_in
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from letters.forms.acroform import fields_in
from letters.forms.filling import FieldValue, FillResult, FormFiller
from letters.forms.flattening import printed
from letters.pdf.pdf_objects import opened, saved

WIDE = (10.0, 250.0, 390.0, 270.0)
HIGH = (10.0, 120.0, 390.0, 240.0)


def filled(
    form: FormBuilder, values: dict[str, FieldValue], *, smallest: float = 8, instead: str = ""
) -> tuple[bytes, FillResult]:
    pdf = opened(form.written())
    result = FormFiller(pdf, fields_in(pdf), "form.pdf", smallest, "en-US", instead).fill(values)
    return saved(pdf), result


def one_text(text: str, rect: Any = WIDE, flags: int = 0, **more: Any) -> tuple[bytes, FillResult]:
    form = FormBuilder()
    form.text("answer", rect, flags, **more)
    return filled(form, {"answer": text})


def words(data: bytes) -> str:
    return " ".join(seen_by_pdfium(printed(data)).split())


def test_a_text_is_stored_and_shown() -> None:
    data, result = one_text("Doña Ana “Žižka” Łódź")
    assert result == FillResult((), ())
    assert values_in(data) == {"answer": "Doña Ana “Žižka” Łódź"}
    assert words(data) == "Doña Ana “Žižka” Łódź"
    assert ink_in(data, WIDE) > 200


def test_every_font_of_what_is_shown_is_in_the_file() -> None:
    data, _ = one_text("Doña Ana ☑ Жизнь")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        look = pdf.Root.AcroForm.Fields[0].AP.N
        fonts = [look.Resources.Font[name] for name in look.Resources.Font]
        assert fonts
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


@pytest.mark.parametrize(
    "text", ["مرحبا بكم", "ą́ą́h bąąh", "नमस्ते", "ภาษาไทย", "שלום"], ids=["Arabic", "Navajo", "Hindi", "Thai", "Hebrew"]
)
@pytest.mark.parametrize("flags", [0, MULTILINE])
def test_words_of_other_scripts_are_drawn(text: str, flags: int) -> None:
    rect = HIGH if flags else WIDE
    data, result = one_text(text, rect, flags)
    assert result.too_long == ()
    assert values_in(data) == {"answer": text}
    assert ink_in(data, rect) > 60


def test_several_lines_are_broken_at_words() -> None:
    text = "The employment records of one named employer, from January 2018 through July 2019.\nNothing else."
    data, result = one_text(text, (10, 120, 200, 240), MULTILINE)
    assert not result.too_long
    assert words(data) == " ".join(text.split())
    assert values_in(data)["answer"].split("\r") == text.split("\n")


def test_a_comb_has_one_character_in_each_cell() -> None:
    rect = (10, 250, 190, 270)
    data, _ = one_text("87102", rect, COMB, MaxLen=9)
    assert values_in(data) == {"answer": "87102"}
    filled_cells = [ink_in(data, (10 + 20 * at, 250, 30 + 20 * at, 270)) > 5 for at in range(9)]
    assert filled_cells == [True] * 5 + [False] * 4


def test_a_turned_field_is_drawn_along_its_long_side() -> None:
    form = FormBuilder(rotate=90)
    field = form.text("turned", (10, 20, 30, 280))
    field.MK.R = 90
    data, result = filled(form, {"turned": "a turned field that is long enough to need it"})
    assert not result.too_long
    assert words(data) == "a turned field that is long enough to need it"


def test_ticks_and_choices_are_drawn_without_any_font() -> None:
    form = FormBuilder()
    form.tick("agree", (10, 10, 22, 22))
    form.radio("process", ["none", "court order"])
    data, result = filled(form, {"agree": True, "process": "court order"})
    assert result == FillResult((), ())
    assert values_in(data) == {"agree": "/Yes", "process": "/1"}
    assert ink_in(data, (10, 10, 22, 22)) > 15
    assert ink_in(data, (10, 60, 22, 72)) > 15
    assert ink_in(data, (10, 40, 22, 52)) < 6


def test_a_list_shows_and_stores_what_is_chosen() -> None:
    form = FormBuilder()
    form.choice("nature", (10, 250, 200, 268), [("c", "Criminal"), ("v", "Civil")])
    form.choice("records", (10, 150, 200, 240), [("w", "Wage records"), ("a", "Addresses"), ("b", "Benefits")], SEVERAL)
    data, result = filled(form, {"nature": "civil", "records": ("Wage records", "Benefits")})
    assert result == FillResult((), ())
    assert values_in(data) == {"nature": "v", "records": ["w", "b"]}
    assert words(data).startswith("Civil")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Tax", "“Tax” is not a choice of “nature”. The choices are: Criminal; Civil."),
        (("Criminal", "Civil"), "“nature” takes one choice, not 2."),
    ],
)
def test_a_choice_that_a_form_does_not_have_is_a_problem(value: FieldValue, says: str) -> None:
    form = FormBuilder()
    form.choice("nature", (10, 250, 200, 268), [("c", "Criminal"), ("v", "Civil")])
    _, result = filled(form, {"nature": value})
    assert says in str(result.problems[0])


def test_a_value_for_a_field_that_does_not_exist_is_a_problem() -> None:
    form = FormBuilder()
    form.text("agency", WIDE)
    _, result = filled(form, {"agencie": "x"})
    assert "The form has no field “agencie”." in str(result.problems[0])


def test_words_are_made_smaller_only_as_far_as_allowed() -> None:
    text = "x" * 90
    data, result = one_text(text)
    assert not result.too_long
    assert words(data) == text
    _, result = one_text("x" * 120)
    assert "there is room for 376" in str(result.too_long[0].problem("form.toml"))


def test_words_that_do_not_fit_are_never_cut() -> None:
    form = FormBuilder()
    form.text("why", (10, 200, 200, 230), MULTILINE)
    data, result = filled(form, {"why": "word " * 80}, instead="See sheet.")
    assert [each.field.name for each in result.too_long] == ["why"]
    assert "need " in result.too_long[0].reason
    assert values_in(data) == {"why": "See sheet."}
    assert words(data) == "See sheet."


@pytest.mark.parametrize(
    ("flags", "more", "text", "says"),
    [
        (COMB, {"MaxLen": 3}, "1234", "have 4 characters; the form allows 3"),
        (0, {"MaxLen": 3}, "1234", "have 4 characters; the form allows 3"),
    ],
)
def test_a_text_longer_than_the_form_allows_is_told_with_both_lengths(
    flags: int, more: dict[str, int], text: str, says: str
) -> None:
    _, result = one_text(text, WIDE, flags, **more)
    assert says in result.too_long[0].reason


def test_a_box_lower_than_its_words_is_told() -> None:
    _, result = one_text("x", (10, 250, 390, 254))
    assert "cannot be read in a box 4 points high" in result.too_long[0].reason


def test_the_formatted_copy_of_an_old_value_is_removed() -> None:
    data, _ = one_text("new", RV=String("<body>old</body>"), V=String("old"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/RV" not in pdf.Root.AcroForm.Fields[0]


def test_fields_of_one_name_get_one_value() -> None:
    form = FormBuilder()
    form.text("name", (10, 250, 190, 270))
    form.text("name", (210, 250, 390, 270))
    data, _ = filled(form, {"name": "twice"})
    assert words(data) == "twice twice"


def test_a_form_made_print_has_no_fields_and_the_same_words() -> None:
    form = FormBuilder(tagged=True)
    form.text("agency", WIDE)
    form.tick("agree")
    data, _ = filled(form, {"agency": "U.S. Agency", "agree": True})
    flat = printed(data)
    assert seen_by_pdfium(flat).strip() == "U.S. Agency"
    with pikepdf.open(io.BytesIO(flat)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[0].obj
        held = [element.K for element in pdf.Root.StructTreeRoot.K[0].K]
        assert [(str(mark.Type), int(mark.MCID)) for mark in held] == [("/MCR", 0), ("/MCR", 1)]
        assert abs(ink_in(flat, WIDE) - ink_in(data, WIDE)) < 40


def test_the_same_values_give_the_same_bytes() -> None:
    assert one_text("same مرحبا")[0] == one_text("same مرحبا")[0]


def test_a_field_that_is_its_own_child_does_not_matter() -> None:
    form = FormBuilder()
    loop = form.pdf.make_indirect(Dictionary(T=String("loop"), Kids=Array()))
    loop.Kids.append(loop)
    form.form.Fields.append(loop)
    form.text("ok", WIDE)
    data, _ = filled(form, {"ok": "fine"})
    assert words(data) == "fine"
    assert Name.AcroForm in pikepdf.open(io.BytesIO(data)).Root


LETTERS = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x4FF, exclude_categories=("Cc", "Cf", "Mn", "Me", "Zs", "Cn")),
    st.sampled_from(
        "-;:\u037e\u00c5\u212b\u03a9\u2126\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac\u2212\u00bd"
    ),  # some share a glyph
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.lists(st.text(LETTERS, min_size=1, max_size=14), min_size=1, max_size=40).map(" ".join),
    width=st.integers(30, 380),
    height=st.integers(5, 120),
    flags=st.sampled_from([0, MULTILINE]),
)
@example(text="; \u037e Å \u212b", width=380, height=20, flags=0)
def test_any_text_is_found_whole_on_the_page_or_does_not_fit(text: str, width: int, height: int, flags: int) -> None:
    data, result = one_text(text, (10, 150, 10 + width, 150 + height), flags)
    if result.too_long:
        assert "answer" not in words(data)
        return
    assert result == FillResult((), ())
    assert "".join(words(data).split()) == "".join(text.split())


def test_the_examples_are_not_in_the_repository() -> None:
    """The tests build their own forms: a form of some agency would be somebody's work."""
    assert not list((Path(__file__).parents[2] / "tests").rglob("*.pdf"))
