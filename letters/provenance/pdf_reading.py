"""The text of a PDF, the headers and footers of its pages, and its record."""

from __future__ import annotations

from msgspec import Struct

from letters.provenance.record import Record
from letters.provenance.xmp import read_xmp

_LIST_NUMBERS = frozenset({"/Lbl"})  # not part of any paragraph of the Word letter


class PdfReading(Struct, frozen=True):
    """What a PDF says.

    Args:
        record: None if it has none; then the text is not read.
        body: its text in reading order.
        headings: header and footer of each page.
    """

    record: Record | None
    body: str = ""
    headings: tuple[str, ...] = ()


def read_pdf(data: bytes, name: str) -> PdfReading:
    """Read a PDF. Raises NotAPdf, a LettersError, when that is impossible.

    Args:
        name: of the file, for messages.
    """
    from letters.pdf.pdf_file import metadata_of, pdf_words, reading  # here, because a .docx needs none of it

    with reading(name):
        record = read_xmp(metadata_of(data), name)
        if record is None:
            return PdfReading(None)
        if record.enclosure:
            return PdfReading(record)
        words = pdf_words(data, without=_LIST_NUMBERS)
    return PdfReading(record, words.body, tuple(words.furniture))
