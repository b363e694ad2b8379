"""An office's form as it comes into the library: clean, drawn by Letters, and in words what was removed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from letters.errors import Problem
from letters.forms.acroform import FormInFile, fields_in
from letters.forms.enclosure_file import SMALLEST
from letters.forms.filling import FormFiller
from letters.forms.form_summary import named_list
from letters.forms.intake import (
    NotAForm,
    adopt,
    clean,
    is_tagged,
    left_values,
    open_form,
    refuse_hidden,
    refuse_unusable,
)
from letters.pdf.pdf_objects import Dictionary, Pdf, saved, text_of


class TakenIn(Struct, frozen=True):
    """A form that can be kept in a library.

    Args:
        data: the PDF.
        form: its fields.
        title: that it gives itself; may be empty.
        removed: what was removed from it, each in words.
        notes: what whoever maps it should know.
    """

    data: bytes
    form: FormInFile
    title: str
    removed: tuple[str, ...]
    notes: tuple[Problem, ...]


def take_in(data: bytes, name: str, language: str) -> TakenIn:
    """A form, made ready. Raises NotAForm or NotAPdf with every reason why it cannot be used.

    Args:
        name: of the file, for messages.
        language: of the office, such as ``en-US``, for the words that are in the form already.
    """
    pdf = open_form(data, name)
    added = adopt(pdf)
    form = fields_in(pdf)
    refuse_unusable(pdf, form, name)
    removed, notes = clean(pdf), list(_notes(pdf, form, name, added))
    result = FormFiller(pdf, form, name, SMALLEST, language).fill({})
    notes += [
        Problem(
            f"The words that “{each.field.name}” has already {each.reason}; they were left as they are.",
            name,
            code="left-value",
            field=each.field.name,
        )
        for each in result.untouched
    ]
    info = pdf.trailer.get("/Info")
    title = text_of(info.get("/Title")).strip() if isinstance(info, Dictionary) else ""
    return TakenIn(saved(pdf), form, title, removed, tuple(notes))


def _notes(pdf: Pdf, form: FormInFile, name: str, added: int) -> Iterator[Problem]:
    if added:
        fields = "1 field was" if added == 1 else f"{added} fields were"
        yield Problem(f"{fields} on a page but not in the form, and can now be filled.", name, code="outside-form")
    if not is_tagged(pdf):
        yield Problem(
            "The form has no structure tags, so a screen reader may read it in the wrong order.",
            name,
            "Ask its publisher for an accessible one, or add tags in a PDF editor.",
            "untagged",
        )
    if left := left_values(form):
        yield Problem(
            f"These fields say something already, which stays unless they get a value: {named_list(list(left))}.",
            name,
            code="left-value",
        )
    for each in form.fields.values():
        if len(each.objects) > 1:
            yield Problem(
                f"{len(each.objects)} fields are called “{each.name}”; they will get the same value.",
                name,
                code="same-name",
            )
    if form.loops:
        yield Problem("A field is listed twice, or inside itself. It is read once.", name, code="loop")
    try:
        refuse_hidden(pdf, form, name)
    except NotAForm as error:  # whoever takes the form in may still correct it; `letters check` says so again
        yield from error.problems
