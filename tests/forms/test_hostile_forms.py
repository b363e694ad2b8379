"""Returned forms made to harm: each is read within limits, or refused in words; nothing in them is run or believed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from helpers.forms import FormBuilder
from pikepdf import Array, Dictionary, Name, String

from letters.assembly.assembler import Assembler
from letters.errors import LettersError
from letters.forms.acroform import fields_in
from letters.forms.data_files import read_fdf
from letters.forms.finishing import print_digest
from letters.forms.returned import FormIdentity, FormReader, ReturnedForm
from letters.pdf.pdf_objects import opened

Change = Callable[[FormBuilder, Any], None]
SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


@cache
def bomb() -> bytes:
    """A few hundred kilobytes that unpack to far more than any form."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(101)) + packer.flush()


def read(assembler: Assembler, change: Change) -> ReturnedForm:
    form = FormBuilder()
    field = form.text("purpose", (10, 250, 390, 270), V=String("one employer"))
    change(form, field)
    return FormReader((), assembler.seal).read(form.written(), "returned.pdf")


def runs_something(form: FormBuilder, field: Any) -> None:
    form.pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("/bin/sh"))
    field.AA = Dictionary(K=SCRIPT)
    form.pdf.attachments["x.exe"] = b"MZ"


def is_its_own_parent(form: FormBuilder, field: Any) -> None:
    field.Parent = field


def goes_in_circles(form: FormBuilder, field: Any) -> None:
    outer = form.pdf.make_indirect(Dictionary(T=String("a"), Kids=Array()))
    inner = form.pdf.make_indirect(Dictionary(T=String("b"), Parent=outer, Kids=Array([outer])))
    outer.Parent = inner
    outer.Kids.append(inner)
    form.form.Fields.append(outer)


def branches_without_end(form: FormBuilder, field: Any) -> None:
    node = form.pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("leaf"), V=String("x")))
    for _ in range(25):
        node = form.pdf.make_indirect(Dictionary(T=String("n"), Kids=Array([node, node])))
    form.form.Fields.append(node)


def has_a_label_without_end(form: FormBuilder, field: Any) -> None:
    field.TU = String("label " * 50_000)


def has_no_types(form: FormBuilder, field: Any) -> None:
    field.V, field.TU, field.Ff, field.MK = Array([1, Name.x]), 7, String("x"), Array()
    form.page.obj.Annots = Array([1, Name.x, Array(), Dictionary(), *form.page.obj.Annots])


def draws_a_bomb(form: FormBuilder, field: Any) -> None:
    look = form.pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    look.write(bomb(), filter=Name.FlateDecode)
    field.AP = Dictionary(N=look)


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        (runs_something, ("an action on opening the file", "script", "attached files", "Nothing of it was run.")),
        (is_its_own_parent, ()),
        (goes_in_circles, ()),
        (branches_without_end, ()),
        (has_a_label_without_end, ()),
        (has_no_types, ()),
        (draws_a_bomb, ()),
    ],
)
def test_a_hostile_form_is_read_and_proposes_nothing(
    assembler: Assembler, change: Change, notes: tuple[str, ...]
) -> None:
    found = read(assembler, change)
    assert (found.identity, found.proposed) == (FormIdentity.OTHER, {})
    said = "\n".join(map(str, found.notes))
    assert all(each in said for each in notes)
    assert len(str(found.as_dict())) < 5_000


def test_a_second_copy_that_unpacks_without_end_is_refused(assembler: Assembler) -> None:
    def change(form: FormBuilder, field: Any) -> None:
        form.form.XFA = form.pdf.make_stream(b"")
        form.form.XFA.write(bomb(), filter=Name.FlateDecode)

    with pytest.raises(LettersError, match="damaged"):
        read(assembler, change)


def test_more_pages_or_options_than_any_form_has_are_refused(assembler: Assembler) -> None:
    def with_pages(form: FormBuilder, field: Any) -> None:
        form.pdf.Root.Pages.Kids.extend([form.pdf.pages[0].obj] * 2_000)

    def with_options(form: FormBuilder, field: Any) -> None:
        field.FT, field.Opt = Name.Ch, Array([String("x")] * 20_001)

    with pytest.raises(LettersError, match=r"has 2,001 pages, more than any form"):
        read(assembler, with_pages)
    with pytest.raises(LettersError, match="damaged"):
        read(assembler, with_options)


def test_an_answer_longer_than_anybody_reads_is_cut_and_doubted(assembler: Assembler) -> None:
    found = read(assembler, lambda form, field: field.__setattr__("V", String("x" * 200_000)))
    (claim,) = found.claims
    assert len(claim.says) == 10_000
    assert "200000 characters" in claim.doubt


FDF = b"%%FDF-1.2\n1 0 obj\n<</FDF<</Fields[2 0 R]>>>>\nendobj\n%btrailer\n<</Root 1 0 R>>\n%%%%EOF\n"


@pytest.mark.parametrize(
    "inner",
    [
        b"2 0 obj\n<</T(a)/Kids[2 0 R 2 0 R]>>\nendobj\n",
        b"2 0 obj\n<</T(a)/Kids[3 0 R 3 0 R]>>\nendobj\n3 0 obj\n<</T(b)/V(x)>>\nendobj\n",
    ],
    ids=["a field in itself", "a field twice"],
)
def test_form_data_that_goes_in_circles_is_refused(inner: bytes) -> None:
    with pytest.raises(LettersError, match="damaged"):
        read_fdf(FDF % inner, "a.fdf")


def test_form_data_of_empty_lines_is_read_in_time() -> None:
    assert read_fdf(FDF % (b" \n" * 100_000), "a.fdf") == {}


def test_a_drawing_that_draws_itself_and_a_photograph_have_a_digest() -> None:
    form = FormBuilder()
    drawing = form.pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    drawing.Resources = Dictionary(XObject=Dictionary({f"/X{number}": drawing for number in range(20)}))
    photograph = form.pdf.make_stream(b"\xff\xd8", Type=Name.XObject, Subtype=Name.Image, Filter=Name.DCTDecode)
    form.page.obj.Resources = Dictionary(XObject=Dictionary(X=drawing, Y=photograph))
    before = print_digest(form.pdf)
    photograph.write(b"\xff\xd8\xff", filter=Name.DCTDecode)
    assert print_digest(form.pdf) != before


def test_a_name_with_a_dot_and_a_field_inside_another_are_one_field() -> None:
    form = FormBuilder()
    form.text("a.b", (10, 250, 390, 270))
    group = form.pdf.make_indirect(Dictionary(T=String("a"), Kids=Array()))
    inner = form.text("b", (10, 200, 390, 220), listed=False)
    inner.Parent = group
    group.Kids.append(inner)
    form.form.Fields.append(group)
    found = fields_in(opened(form.written())).fields
    assert {name: len(field.objects) for name, field in found.items()} == {"a.b": 2}
