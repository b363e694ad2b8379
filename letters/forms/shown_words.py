"""The words that a field of another program's making shows, to compare them with what it stores."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from letters.forms.acroform import FieldKind, FormField, form_of
from letters.forms.flattening import appearance_of
from letters.pdf.pdf_file import TextDecoder
from letters.pdf.pdf_objects import Array, Dictionary, Pdf, PdfError, Stream, String, parse_content_stream

_CODECS = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_MOST = 200_000  # bytes; what draws a field is shorter


class Unreadable(Exception):
    """The words that a field shows cannot be told from its fonts."""


def agrees(pdf: Pdf, field: FormField) -> bool | None:
    """Whether a field shows what it stores; None if that cannot be told.

    A field without anything drawn is drawn from its value by whatever program opens it, so it agrees.
    """
    answers = [_widget_agrees(pdf, field, widget.obj) for widget in field.widgets if widget.visible]
    if False in answers:
        return False
    return None if None in answers else True


def _widget_agrees(pdf: Pdf, field: FormField, widget: Any) -> bool | None:
    if field.kind in (FieldKind.TICK, FieldKind.ONE_OF):
        return _button_agrees(field, widget)
    look = appearance_of(widget)
    if look is None or field.is_list:
        return True
    try:
        shown = shown_in(pdf, look)
    except Unreadable:
        return None
    form = form_of(pdf)
    if not shown.strip() and form is not None and form.get("/NeedAppearances") is True:
        return True  # every reader draws it anew from its value
    values = field.value if isinstance(field.value, tuple) else (field.value or "",)
    texts = {folded("".join(values)), folded(field.words)}
    return folded(shown) in texts


def _button_agrees(field: FormField, widget: Any) -> bool:
    """Whether the buttons that are shown as set are those of the stored value."""
    state = str(widget.get("/AS", "/Off"))[1:]
    if state == "Off":
        on_here = appearance_states(widget)
        return field.value is None or field.value not in on_here or len(field.widgets) > 1
    return state == field.value


def appearance_states(widget: Any) -> set[str]:
    """The names of the states that a button can show."""
    looks = widget.get("/AP")
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    return {str(key)[1:] for key in normal if key != "/Off"} if isinstance(normal, Dictionary) else set()


def words_shown(pdf: Pdf, field: FormField) -> str:
    """The words that a text field shows. Raises Unreadable."""
    return " ".join(
        shown_in(pdf, look)
        for widget in field.widgets
        if widget.visible and (look := appearance_of(widget.obj)) is not None
    )


def shown_in(pdf: Pdf, look: Any) -> str:
    """The words that a stream draws. Raises Unreadable."""
    resources = look.get("/Resources")
    form = form_of(pdf)
    own = resources.get("/Font") if isinstance(resources, Dictionary) else None
    usual = form.get("/DR") if form is not None else None
    others = usual.get("/Font") if isinstance(usual, Dictionary) else None
    found: list[str] = []
    font: Any = None
    try:
        if len(look.read_bytes()) > _MOST:
            raise Unreadable
        for instruction in parse_content_stream(look, "Tf Tj TJ ' \" Do T* Td TD Tm"):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator == "Tf":
                key = str(operands[0])
                font = next((each[key] for each in (own, others) if isinstance(each, Dictionary) and key in each), None)
            elif operator == "Do":
                raise Unreadable
            elif operator in ("Tj", "TJ", "'", '"'):
                pieces = operands[-1] if isinstance(operands[-1], Array) else [operands[-1]]
                found += [_decoded(font, bytes(each)) for each in pieces if isinstance(each, String)]
            else:
                found.append(" ")
    except (PdfError, KeyError, IndexError, TypeError, ValueError) as error:
        raise Unreadable from error
    return "".join(found)


def _decoded(font: Any, codes: bytes) -> str:
    if isinstance(font, Dictionary) and "/ToUnicode" in font:
        return TextDecoder().text(font, String(codes))
    if isinstance(font, Dictionary) and font.get("/Subtype") == "/Type0":
        raise Unreadable
    encoding = font.get("/Encoding") if isinstance(font, Dictionary) else None
    base = encoding.get("/BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    letters = dict(enumerate(bytes(range(256)).decode(_CODECS.get(str(base), "cp1252"), "replace")))
    if isinstance(encoding, Dictionary) and not isinstance(encoding, Stream):
        letters |= _differences(encoding.get("/Differences"))
    return "".join(letters.get(code, "\ufffd") for code in codes)


def _differences(listed: Any) -> dict[int, str]:
    """The letters that an encoding names one by one."""
    from fontTools.agl import toUnicode

    found, code = {}, 0
    for each in listed if isinstance(listed, Array) else ():
        if isinstance(each, int):
            code = each
        else:
            found[code] = toUnicode(str(each)[1:]) or "\ufffd"
            code += 1
    return found


def folded(text: str) -> str:
    """A text as it is compared: without white space and hyphens at line ends, in one composed form."""
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text))
