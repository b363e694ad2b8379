"""A PDF as what it says: its running text, the headers and footers of its pages, and its record."""

from __future__ import annotations

from dataclasses import dataclass

from letters.errors import LettersError, Problem
from letters.provenance.record import Record
from letters.provenance.xmp import read_xmp

_LABELS = frozenset({"/Lbl"})  # the numbers of a list stand in no paragraph of the Word letter


@dataclass(frozen=True)
class PdfReading:
    """What a PDF says.

    Args:
        body: its text in the order in which it is read aloud.
        headings: of each page.
    """

    record: Record | None
    body: str = ""
    headings: tuple[str, ...] = ()


def read_printed(data: bytes, name: str) -> PdfReading:
    """Raises LettersError when the file cannot be read as a PDF."""
    import pikepdf

    from letters.pdf.parity.pdf_text import metadata_of, pdf_words

    try:
        record = read_xmp(metadata_of(data), name)
        if record is None:
            return PdfReading(None)
        words = pdf_words(data, without=_LABELS)
    except pikepdf.PasswordError as error:
        raise LettersError(Problem("The PDF is protected by a password.", name, code="not-a-pdf")) from error
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError) as error:
        raise LettersError(
            Problem("The PDF is damaged, or has lost the structure it was written with.", name, code="not-a-pdf")
        ) from error
    return PdfReading(record, words.body, tuple(words.furniture))
