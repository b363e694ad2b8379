"""Forms and sheets of our own: HTML and CSS with the same tags as a letter, made PDFs with tagged fields.

What `page_fields` reads becomes ordinary form fields. WeasyPrint lays the page out and tags it; the fields are then
set right, because it ignores required and read-only ones, paints the choices of a list onto the page, and leaves the
drawing to each reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from lxml import html as markup
from msgspec import Struct

from letters.errors import Problem, TemplateAtFault
from letters.forms.acroform import form_of
from letters.forms.filling import FieldValue
from letters.forms.page_fields import OURS, PageField, field_written, fields_written
from letters.forms.structure_tree import field_elements
from letters.pdf.html.weasyprint import engine, listening, without_glyph
from letters.pdf.missing_characters import refuse_characters
from letters.pdf.pdf_objects import Array, Dictionary, Name, Pdf, String, opened

_MOST_PAGES = 30
_REQUIRED, _READ_ONLY, _MULTILINE, _COMBO = 1 << 1, 1, 1 << 12, 1 << 17
_LINE = 14.0  # points, of one line of a field
PAGE_STYLES = """
@page { size: Letter; margin: 0.8in 0.9in }
html { font: 10.5pt/1.35 "Liberation Serif" }
h1 { font-size: 16pt; margin: 0 0 6pt } h2 { font-size: 12pt; margin: 10pt 0 3pt } p { margin: 5pt 0 }
label { display: block; margin: 6pt 0 1pt; font-weight: bold }
.lines { white-space: pre-line }
input[type=text] { display: block; width: 100%; border: 0.7pt solid #444; padding: 0; box-sizing: border-box;
  appearance: auto; font: 10pt "Liberation Sans" }
input[type=checkbox] { width: 11pt; height: 11pt; border: 0; appearance: auto; display: inline-block }
.tick label { display: inline; font-weight: normal; margin: 0 }
"""


class MadePage(Struct, frozen=True):
    """A page made a PDF.

    Args:
        pdf: with empty fields that can be filled.
        values: what goes into them, by name.
        accessible: whether every field is tagged and has a label, so that the file may claim PDF/UA.
    """

    pdf: Pdf
    values: Mapping[str, FieldValue]
    accessible: bool


def escaped(value: Any) -> Any:
    """A value of a letter for use in HTML: every text in it escaped."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {key: escaped(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(each) for each in value]
    return value


def make_page(source: str, styles: str, title: str, language: str, where: str) -> MadePage:
    """A page as a PDF.

    Args:
        source: the body in HTML, its tags filled.
        styles: CSS of its own.
        title: of the document, plain text.
        where: what messages call it.

    Raises:
        TemplateAtFault: with everything that is wrong with the page.
        CannotConvert: no font has a character of it.
    """
    body = markup.fragment_fromstring(source, create_parent="body")
    fields = fields_written(body, where)
    for element in list(body.iter(*OURS)):
        _expand(element)
    page = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{PAGE_STYLES}{styles}</style></head>{markup.tostring(body, encoding='unicode')}</html>"
    )
    with listening() as heard:
        found = engine().draw(page, _MOST_PAGES, pdf_forms=True, pdf_tags=True)
    refuse_characters(without_glyph(heard), where)
    problems = [
        Problem(
            f"Words run off page {number}: “{text.strip()[:60]}”.",
            where,
            "Make them shorter, or the box wider.",
            "off-page",
        )
        for number, text in found.off_page()
    ]
    problems += [Problem(f"The styles have a mistake: {each[:120]}.", where, code="css") for each in heard]
    if problems:
        raise TemplateAtFault(problems)
    pdf = opened(found.data)
    _settle(pdf, fields)
    held = field_elements(pdf)
    widgets = [
        each for page in pdf.pages for each in page.obj.get("/Annots") or () if each.get("/Subtype") == "/Widget"
    ]
    accessible = all(each.objgen in held and "/TU" in each for each in widgets)
    return MadePage(pdf, {each.name: each.value for each in fields}, accessible)


def _expand(element: Any) -> None:
    """Put what WeasyPrint understands in the place of a field of ours."""
    field = field_written(element)
    identifier = "f-" + "".join(each if each.isalnum() else "-" for each in field.name)
    name, label = escape(field.name), escape(field.label)
    mark = " (required)" if field.required else ""
    if field.kind == "tick":
        text = (
            f'<p class="tick"><input type="checkbox" id="{identifier}" name="{name}"> '
            f'<label for="{identifier}">{label}{mark}</label></p>'
        )
    else:
        high = _LINE * field.lines + 4
        text = (
            f'<div class="field"><label for="{identifier}">{label}{mark}</label>'
            f'<input type="text" id="{identifier}" name="{name}" style="height:{high:g}pt"></div>'
        )
    new = markup.fragment_fromstring(text)
    new.tail = element.tail
    element.getparent().replace(element, new)


def _settle(pdf: Pdf, fields: Sequence[PageField]) -> None:
    form = form_of(pdf)
    if form is None:
        return
    known = {field.name: field for field in fields}
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=form.Fields,
            DA=String("/Helv 10 Tf 0 g"),
            DR=Dictionary(Font=Dictionary(Helv=pdf.make_indirect(helvetica))),
        )
    )
    for obj in form.Fields:
        field = known[str(obj.T)]
        obj.TU = String(field.label)
        for key in ("/V", "/DA", "/MaxLen", "/Ff"):
            if key in obj:
                del obj[key]
        flags = _REQUIRED * field.required | _READ_ONLY * field.read_only
        if field.kind == "tick":
            obj.MK = Dictionary(BC=Array([0.27]), CA=String("4"))
            for key in ("/AP", "/Border"):
                if key in obj:
                    del obj[key]
        else:
            obj.DA = String("/Helv 10 Tf 0 g")
        if field.kind == "field":
            flags |= _MULTILINE * (field.lines > 1)
            if field.longest:
                obj.MaxLen = field.longest
        if field.kind == "choose":
            flags |= _COMBO
            obj.FT, obj.Opt = Name.Ch, Array([String(each) for each in field.options])
        if flags:
            obj.Ff = flags
