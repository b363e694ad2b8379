"""The objects of a PDF file: pikepdf is imported here and nowhere else.

Other modules take its types from here. The helpers read objects that other programs wrote, which may be damaged,
refer to themselves, or have a number where a name belongs.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pikepdf import (
    Array,
    Dictionary,
    Name,
    NumberTree,
    Object,
    OutlineItem,
    Page,
    PasswordError,
    Pdf,
    PdfError,
    Rectangle,
    Stream,
    String,
    parse_content_stream,
)
from pikepdf.settings import set_qpdf_limits

from letters.errors import LettersError, Problem

__all__ = [
    "Array",
    "Dictionary",
    "Name",
    "NotAPdf",
    "NumberTree",
    "Object",
    "OutlineItem",
    "Page",
    "Pdf",
    "PdfError",
    "Rectangle",
    "Stream",
    "String",
    "inherited",
    "integer",
    "opened",
    "parse_content_stream",
    "reading",
    "saved",
    "text_of",
    "with_drawing",
]

_MOST_PARENTS = 40  # a tree of fields that is deeper refers to itself
_MOST_UNPACKED = 100_000_000
"""Bytes of one stream once it is decompressed. A few kilobytes can be made to fill the memory."""

set_qpdf_limits(
    flate_max_memory=_MOST_UNPACKED,
    run_length_max_memory=_MOST_UNPACKED,
    png_max_memory=_MOST_UNPACKED,
    tiff_max_memory=_MOST_UNPACKED,
    dct_max_memory=_MOST_UNPACKED,
)


class NotAPdf(LettersError):
    """The file cannot be read as the PDF it should be; the message says why."""


@contextmanager
def reading(name: str, damage: str = "The PDF is damaged, or has lost its structure tags.") -> Iterator[None]:
    """Turn whatever goes wrong while a PDF is read into NotAPdf.

    Args:
        name: what messages call the file.
        damage: what to say of a file that is not what it should be.
    """
    try:
        yield
    except PasswordError as error:
        raise NotAPdf(Problem("The PDF is protected by a password.", name, code="not-a-pdf")) from error
    except (PdfError, AttributeError, KeyError, IndexError, ValueError, TypeError) as error:
        raise NotAPdf(Problem(damage, name, code="not-a-pdf")) from error


def opened(data: bytes) -> Pdf:
    """A PDF in memory. Raises what `reading` understands."""
    return Pdf.open(io.BytesIO(data))


def saved(pdf: Pdf) -> bytes:
    """The file, without encryption. The same objects give the same bytes."""
    out = io.BytesIO()
    with warnings.catch_warnings():  # about fields on pages that no form lists, which Letters reports itself
        warnings.simplefilter("ignore")
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)  # theirs may be damaged; ours has none
    return out.getvalue()


def with_drawing(page: Page, drawing: Any) -> Any:
    """The name under which a page can draw a form XObject from now on; the same for the same page."""
    resources = page.obj.get("/Resources")
    known = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    taken = set(known.keys()) if isinstance(known, Dictionary) else set()
    number = next(number for number in range(len(taken) + 1) if f"/LX{number}" not in taken)
    return page.add_resource(drawing, Name.XObject, Name(f"/LX{number}"))


def integer(value: Any, otherwise: int = 0) -> int:
    """A whole number, or ``otherwise`` for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError, ArithmeticError):
        return otherwise


def inherited(holder: Any, key: str) -> Any:
    """An entry of a dictionary, or of the nearest of its parents that has it; None if none has."""
    for _ in range(_MOST_PARENTS):
        if not isinstance(holder, Dictionary):
            return None
        if key in holder:
            return holder[key]
        holder = holder.get("/Parent")
    return None


def text_of(value: Any) -> str:
    """A text as a PDF holds it: a string, a name, or a stream; lines end with a line feed."""
    if value is None:
        return ""
    if isinstance(value, Stream):
        data = bytes(value.read_bytes())
        text = data.decode("utf-16") if data[:2] in (b"\xfe\xff", b"\xff\xfe") else data.decode("utf-8", "replace")
    elif isinstance(value, Name):
        text = str(value)[1:]
    else:
        text = str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")
