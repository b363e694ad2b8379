"""A form with its fields numbered and colored, and a list of them: for whoever writes what goes into them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from letters.docx.builder import DocumentBuilder
from letters.docx.package import open_package
from letters.forms.acroform import FieldKind, FormField, FormInFile, Widget, fields_in
from letters.forms.continuation import append
from letters.forms.flattening import flatten
from letters.forms.form_summary import traits_of
from letters.forms.shaped_text import EmbeddedText, typeface, undrawable
from letters.pdf.convert import convert_package
from letters.pdf.pdf_objects import Array, Dictionary, Name, Pdf, opened, saved, with_drawing

_COLORS = {
    FieldKind.TEXT: ("0.05 0.3 0.75", "blue"),
    FieldKind.TICK: ("0 0.45 0.2", "green"),
    FieldKind.ONE_OF: ("0.6 0.1 0.5", "purple"),
    FieldKind.CHOICE: ("0.7 0.35 0", "orange"),
}
_OTHER = ("0.4 0.4 0.4", "gray")
_SIZE = 6.5  # points


def field_map(
    data: bytes, title: str, dated: date, language: str, mapped: Collection[str] = (), empty: Collection[str] = ()
) -> bytes:
    """The map of a form, as a PDF without fields.

    Args:
        data: the form, which can be opened.
        mapped: the names of fields that get a value.
        empty: the names of fields left for the recipient.
    """
    with opened(data) as pdf:
        form = fields_in(pdf)
        outline_fields(pdf, form)
        numbers = _numbers(form)
        with opened(_list(form, numbers, title, dated, language, mapped, empty)) as more:
            append(pdf, more)
        return saved(pdf)


def outline_fields(pdf: Pdf, form: FormInFile) -> None:
    """Make a form plain print with its fields outlined, numbered and colored.

    Args:
        form: its fields.
    """
    boxes: dict[int, list[tuple[Widget, FormField]]] = {}
    for field in form.fields.values():
        for widget in field.widgets:
            boxes.setdefault(widget.page, []).append((widget, field))
    flatten(pdf)
    for number, page in enumerate(pdf.pages):
        _draw(pdf, page, boxes.get(number, []), _numbers(form))


def _numbers(form: FormInFile) -> dict[str, int]:
    return {name: number for number, name in enumerate(form.fields, 1)}


def _draw(pdf: Pdf, page: Any, boxes: list[tuple[Widget, FormField]], numbers: dict[str, int]) -> None:
    text, face = EmbeddedText(), typeface("Helvetica-Bold")
    drawn = []
    for widget, field in boxes:
        color = _COLORS.get(field.kind, _OTHER)[0]
        left, bottom, right, top = widget.rect
        label = str(numbers[field.name])
        wide, high = text.width(label, face) * _SIZE + 2, face.line_height * _SIZE
        dashes = "[2 1] 0 d" if field.hidden else "[] 0 d"
        drawn.append(
            f"{color} RG {dashes} 0.8 w {left:.2f} {bottom:.2f} {right - left:.2f} {top - bottom:.2f} re S "
            f"{color} rg {left:.2f} {top - high:.2f} {wide:.2f} {high:.2f} re f "
            f"1 g BT 1 0 0 1 {left + 1:.2f} {top - face.up * _SIZE:.2f} Tm {text.shown(label, face, _SIZE)} ET"
        )
    if not drawn:
        return
    fonts = pdf.make_indirect(Dictionary())
    text.embed(pdf, fonts)
    layer = pdf.make_stream(
        "\n".join(drawn).encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array(list(page.mediabox)),
        Resources=Dictionary(Font=fonts),
    )  # fmt: skip
    name = with_drawing(page, layer)
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(f"\nQ\n/Artifact BMC q {name} Do Q EMC".encode())


def _list(
    form: FormInFile,
    numbers: dict[str, int],
    title: str,
    dated: date,
    language: str,
    mapped: Collection[str],
    empty: Collection[str],
) -> bytes:
    sheet = DocumentBuilder(f"Fields of {title}", dated, language)
    sheet.heading(f"Fields of {title}")
    colors = [f"{kind}: {color}" for kind, (_, color) in _COLORS.items()]
    sheet.say(f"Colors on the pages: {'; '.join(colors)}; others: {_OTHER[1]}. Hidden fields have a broken outline.")
    rows = [(f"{numbers[name]}. {name}", "; ".join(_told(field, mapped, empty))) for name, field in form.fields.items()]
    sheet.table([("Field", "What it is"), *rows])
    return convert_package(open_package(sheet.written(), "list of fields"), dated=dated).data


def _told(field: FormField, mapped: Collection[str], empty: Collection[str]) -> Iterator[str]:
    for trait in traits_of(field):
        missing = undrawable(trait)
        yield "".join("\ufffd" if character in missing else character for character in trait)
    if mapped or empty:
        if field.name in mapped:
            yield "gets a value"
        elif field.name in empty:
            yield "left for the recipient"
        elif field.can_be_filled:
            yield "NOT MAPPED"
