"""A form in words: its fields, a line each, for `letters fields`, and to show what changed since it was approved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from letters.forms.acroform import FieldKind, FormField, fields_in
from letters.forms.intake import open_form
from letters.pdf.pdf_objects import Pdf


def summary(data: bytes, name: str) -> list[str]:
    """The pages and fields of a form, a line each. Raises NotAPdf.

    Args:
        name: of the file, for messages.
    """
    pdf = open_form(data, name)
    return [*_pages(pdf), *(line_of(field) for field in fields_in(pdf).fields.values())]


def line_of(field: FormField) -> str:
    """A field in one line."""
    return f"{field.name}: {'; '.join(traits_of(field))}"


def traits_of(field: FormField) -> Iterator[str]:
    """What is worth knowing about a field, each in a few words."""
    pages = sorted({widget.page + 1 for widget in field.widgets if widget.page >= 0})
    yield str(field.kind)
    yield f"page {', '.join(map(str, pages))}" if pages else "on no page"
    if field.multiline:
        yield "several lines"
    if field.max_length:
        yield f"{field.max_length} cells" if field.comb else f"at most {field.max_length} characters"
    if field.required:
        yield "required"
    if field.read_only:
        yield "read-only"
    if field.hidden:
        yield "hidden"
    if field.password:
        yield "a password"
    if field.calculated:
        yield "calculated by a script"
    if field.formatted:
        yield "formatted by a script"
    if field.several:
        yield "several may be chosen"
    if len(field.objects) > 1:
        yield f"{len(field.objects)} fields of this name"
    if field.tooltip:
        yield f"“{' '.join(field.tooltip.split())}”"
    if field.kind in (FieldKind.ONE_OF, FieldKind.CHOICE):
        yield "choices: " + ", ".join(_option(stored, shown) for stored, shown in field.options)
    if field.words and not field.password:
        yield f"says “{field.words}”"


def field_data(field: FormField) -> dict[str, Any]:
    """A field as JSON data."""
    return {
        "name": field.name,
        "type": str(field.kind),
        "pages": sorted({widget.page + 1 for widget in field.widgets if widget.page >= 0}),
        "tooltip": field.tooltip,
        "required": field.required,
        "read_only": field.read_only,
        "hidden": field.hidden,
        "several_lines": field.multiline,
        "longest": field.max_length,
        "choices": [{"stored": stored, "shown": shown} for stored, shown in field.options],
        "value": list(field.value) if isinstance(field.value, tuple) else field.value,
    }


def shortened(text: str, most: int = 100) -> str:
    """A name or label, short enough for a message: whoever made the file decides how long it is."""
    return text if len(text) <= most else f"{text[:most]}…"


def named_list(names: Sequence[str], most: int = 12) -> str:
    """Names for a message, as many as can be read at once."""
    shown = ", ".join(shortened(each) for each in names[:most])
    return f"{shown}, and {len(names) - most} more" if len(names) > most else shown


def _option(stored: str, shown: str) -> str:
    return shown if stored == shown else f"{shown} ({stored})"


def _pages(pdf: Pdf) -> Iterator[str]:
    """A line for each page that changes whenever its print does."""
    for number, page in enumerate(pdf.pages, 1):
        page.contents_coalesce()
        contents = page.obj.get("/Contents")
        drawn = bytes(contents.read_bytes()) if contents is not None else b""
        yield f"page {number}, what is printed on it: {hashlib.sha256(drawn).hexdigest()[:12]}"
