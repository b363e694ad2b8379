"""Compares the TOML file of an enclosure with its form: what would stop a letter, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Literal

from letters.errors import Problem
from letters.forms.acroform import FieldKind, FormField, FormInFile
from letters.forms.appearances import AppearanceWriter
from letters.forms.enclosure_file import Enclosure
from letters.forms.fitting import DoesNotFit
from letters.forms.form_summary import named_list
from letters.forms.page_fields import names_in
from letters.model.typed_law import by_words
from letters.pdf.pdf_objects import Pdf

Graded = tuple[Literal["error", "note"], Problem]
_TABLES = {"[fields]": (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.ONE_OF), "[ticks]": (FieldKind.TICK,),
           "[choices]": (FieldKind.CHOICE, FieldKind.ONE_OF)}  # fmt: skip


def mapping_problems(enclosure: Enclosure, pdf: Pdf, form: FormInFile, language: str) -> Iterator[Graded]:
    """What is wrong between a form and its TOML file.

    Args:
        pdf: the form, opened; fields are measured in it.
        language: of the words.
    """
    about, where = enclosure.about, enclosure.where
    tables: dict[str, Iterable[str]] = {"[fields]": about.fields, "[ticks]": about.ticks, "[choices]": about.choices}
    for table, entries in tables.items():
        for name in entries:
            yield from _entry(form, name, table, where)
    for table, names in (("[empty]", enclosure.left_empty), ("[read]", tuple(about.read))):
        for name in names:
            if name not in form.fields:
                yield "error", _unknown(form, name, table, where)
    for name, choice in about.choices.items():
        field = form.fields.get(name)
        for value, words in choice.items() if field is not None else ():
            if value != "from" and words and field is not None and field.option(words) is None and not field.editable:
                known = named_list([shown for _, shown in field.options])
                yield (
                    "error",
                    Problem(
                        f"“{words}” is not a choice of “{name}”.",
                        f"{where}, [choices] {name}, {value}",
                        f"The choices are: {known}.",
                        "form-value",
                        name,
                    ),
                )
    yield from _unmapped(enclosure, form)
    yield from _boxes(enclosure, pdf, form, language)
    yield from _form_itself(enclosure, form)


def _entry(form: FormInFile, name: str, table: str, where: str) -> Iterator[Graded]:
    field = form.fields.get(name)
    if field is None:
        yield "error", _unknown(form, name, table, where)
        return
    if field.kind not in _TABLES[table]:
        right = next((each for each, kinds in _TABLES.items() if field.kind in kinds), "")
        hint = f"List it under {right}." if right else "Leave it out."
        yield (
            "error",
            Problem(
                f"“{name}” is a {field.kind}, which does not belong under {table}.", where, hint, "form-value", name
            ),
        )
    elif field.password:
        yield (
            "error",
            Problem(f"“{name}” is a password, which no page shows.", where, "Leave it out.", "form-value", name),
        )
    elif field.hidden:
        yield (
            "error",
            Problem(
                f"“{name}” gets a value, but no page shows it.",
                where,
                "Leave it out, or make the field visible in the program that made the form.",
                "hidden",
                name,
            ),
        )
    if field.calculated:
        yield (
            "note",
            Problem(
                f"“{name}” was calculated by a script, which has been removed.",
                where,
                "Make sure that the value is right without it.",
                "calculated",
                name,
            ),
        )


def _unknown(form: FormInFile, name: str, table: str, where: str) -> Problem:
    near = get_close_matches(name, form.fields, 1)
    hint = f"Did you mean “{near[0]}”?" if near else "`letters fields FORM.pdf` lists the fields."
    return Problem(f"The form has no field “{name}”, which {table} names.", where, hint, "unknown-field", name)


def _unmapped(enclosure: Enclosure, form: FormInFile) -> Iterator[Graded]:
    known = {*enclosure.mapped, *enclosure.left_empty}
    missing = [
        each.name for each in form.fields.values() if each.can_be_filled and not each.hidden and each.name not in known
    ]
    if missing:
        fields = "1 field gets" if len(missing) == 1 else f"{len(missing)} fields get"
        yield (
            "error",
            Problem(
                f"{fields} no value: {named_list(missing)}.",
                enclosure.where,
                "Give each a value, or name it under [empty], so that nothing is forgotten.",
                "unmapped",
            ),
        )
    left = [form.fields[name] for name in enclosure.left_empty if name in form.fields]
    if enclosure.about.ships_as != "fillable" and (needed := [each.name for each in left if each.required]):
        yield (
            "note",
            Problem(
                f"The form requires {named_list(needed)}, which stays empty, and the recipient cannot type into it.",
                enclosure.where,
                'Fill it, or send the form open: ships_as = "fillable".',
                "required-empty",
            ),
        )


def _boxes(enclosure: Enclosure, pdf: Pdf, form: FormInFile, language: str) -> Iterator[Graded]:
    """Text fields so low that not even one line of the smallest size fits."""
    writer = AppearanceWriter(pdf, form, enclosure.about.smallest, language)
    for name in enclosure.about.fields:
        field = form.fields.get(name)
        if field is None or field.kind is not FieldKind.TEXT:
            continue
        for widget in field.widgets:
            try:
                writer.measure(field, widget, "x")
            except DoesNotFit as error:
                yield (
                    "error",
                    Problem(
                        f"The words of “{name}” {error.message}.",
                        enclosure.where,
                        "Allow smaller words (smallest = 6), or make the box higher in the program that made the form.",
                        "box-too-low",
                        name,
                    ),
                )
                break


def _form_itself(enclosure: Enclosure, form: FormInFile) -> Iterator[Graded]:
    where = f"{enclosure.where}, its form"
    used = [each for each in form.fields.values() if each.can_be_filled and not each.hidden]
    if silent := [each.name for each in used if not each.tooltip]:
        fields = "1 field has" if len(silent) == 1 else f"{len(silent)} fields have"
        yield (
            "note",
            Problem(
                f"{fields} no tooltip, so a screen reader says only the name: {named_list(silent)}.",
                where,
                "Add tooltips in the program that made the form.",
                "no-tooltip",
            ),
        )
    for field in used:
        if len(field.objects) > 1:
            yield "note", _same_name(field, where)
    if form.orphans:
        pages = sorted({page + 1 for page, _ in form.orphans})
        yield (
            "note",
            Problem(
                f"Fields on page {', '.join(map(str, pages))} do not belong to the form, so they cannot be filled.",
                where,
                "Take the form in again with `letters enclose`, which adds those that it can.",
                "outside-form",
            ),
        )


def _same_name(field: FormField, where: str) -> Problem:
    return Problem(
        f"{len(field.objects)} fields are called “{field.name}”. They all get the same value.",
        where,
        "If they mean different things, give each its own name in the program that made the form.",
        "same-name",
        field.name,
    )


def page_problems(enclosure: Enclosure, source: str) -> Iterator[Graded]:
    """What is wrong between a page of our own and its TOML file.

    Args:
        source: the page, with its tags.
    """
    names = set(names_in(source))
    for table, listed in (("[empty]", enclosure.left_empty), ("[read]", tuple(enclosure.about.read))):
        for name in listed:
            if name not in names:
                near = get_close_matches(name, names, 1)
                hint = f"Did you mean “{near[0]}”?" if near else "Write it as the page does."
                message = f"The page has no field “{name}”, which {table} names."
                yield "error", Problem(message, enclosure.where, hint, "unknown-field", name)
    for citation, _ in by_words(source):
        message = f"The page cites “{citation}” as plain text."
        yield "error", Problem(message, enclosure.where, "Print it with a tag: {{ law.….citation }}.", "typed-law")
