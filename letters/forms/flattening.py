"""Makes a form plain print: its fields become part of the page, and are read aloud where they were."""

from __future__ import annotations

from typing import Any

from letters.forms.acroform import annotations_of, rectangle
from letters.forms.structure_tree import FieldElement, PageMarks, field_elements, forget_annotations
from letters.pdf.pdf_objects import (
    Array,
    Dictionary,
    Name,
    Page,
    Pdf,
    Stream,
    inherited,
    integer,
    opened,
    saved,
    text_of,
    with_drawing,
)

_HIDDEN = 0b100010


def flatten(pdf: Pdf) -> None:
    """Print every visible field onto its page, and remove the form."""
    elements = field_elements(pdf)
    tagged = "/StructTreeRoot" in pdf.Root
    gone: list[int] = []
    for page in pdf.pages:
        widgets = [each for each in annotations_of(page.obj) if each.get("/Subtype") == "/Widget"]
        if not widgets:
            continue
        marks = PageMarks(pdf, page.obj) if tagged else None
        printed = [drawn for widget in widgets if (drawn := _printed(pdf, page, widget, elements, marks))]
        gone += [integer(each["/StructParent"]) for each in widgets if "/StructParent" in each]
        kept = [each for each in page.obj.Annots if not _is_widget(each)]
        if kept:
            page.obj.Annots = Array(kept)
        else:
            del page.obj["/Annots"]
        if printed:
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(("\nQ\n" + "\n".join(printed)).encode())
    forget_annotations(pdf, gone)
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]


def printed(data: bytes) -> bytes:
    """A finished form as plain print, such as to be bound with other files."""
    with opened(data) as pdf:
        flatten(pdf)
        return saved(pdf)


def _is_widget(annotation: Any) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get("/Subtype") == "/Widget"


def _printed(pdf: Pdf, page: Page, widget: Any, elements: dict[Any, FieldElement], marks: PageMarks | None) -> str:
    """The operators that draw a widget on its page; empty if it shows nothing."""
    look = appearance_of(widget)
    if look is None or integer(widget.get("/F")) & _HIDDEN or "/Rect" not in widget:
        return ""
    left, bottom, right, top = rectangle(widget.Rect)
    a, b, c, d = _bounds(look)
    if c <= a or d <= b:
        return ""
    across, up = (right - left) / (c - a), (top - bottom) / (d - b)
    look.Type, look.Subtype = Name.XObject, Name.Form
    name = with_drawing(page, look)
    drawn = f"q {across:.6g} 0 0 {up:.6g} {left - a * across:.4f} {bottom - b * up:.4f} cm {name} Do Q"
    if marks is None:
        return drawn
    if held := elements.get(widget.objgen):
        words = text_of(inherited(widget, "/TU")).strip()
        if words and "/Alt" not in held.element and "/ActualText" not in held.element and not _has_words(widget):
            held.element.Alt = words  # an empty field would otherwise be read as nothing
        return f"/Form <</MCID {marks.replace(held)}>> BDC {drawn} EMC"
    return drawn if _has_words(widget) else f"/Artifact BMC {drawn} EMC"


def _has_words(widget: Any) -> bool:
    value = inherited(widget, "/V")
    return value is not None and text_of(value) not in ("", "Off") if not isinstance(value, Array) else bool(len(value))


def appearance_of(widget: Any) -> Any:
    """What a widget shows in its present state: a stream; None if it shows nothing."""
    looks = widget.get("/AP")
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(normal, Dictionary) and not isinstance(normal, Stream):
        state = widget.get("/AS")
        normal = normal.get(str(state)) if state is not None else None
    return normal if isinstance(normal, Stream) else None


def _bounds(look: Any) -> tuple[float, float, float, float]:
    """The box of an appearance after its matrix."""
    a, b, c, d = rectangle(look.get("/BBox") or [0, 0, 0, 0])
    matrix = [float(each) for each in look.get("/Matrix") or [1, 0, 0, 1, 0, 0]]
    corners = [
        (x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5])
        for x in (a, c)
        for y in (b, d)
    ]
    return (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )
