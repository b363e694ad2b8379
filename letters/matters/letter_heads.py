"""The head of the log that a finished letter carries."""

from __future__ import annotations

from letters.docx.package import open_package
from letters.errors import LettersError, Problem
from letters.provenance.custom_properties import read_record
from letters.provenance.pdf_reading import read_pdf


def head_of(data: bytes, name: str) -> str:
    """The head in the record of a .docx or PDF; empty if it was not entered. Raises LettersError."""
    if data.startswith(b"%PDF-"):
        record = read_pdf(data, name).record
    elif data.startswith(b"PK"):
        record = read_record(open_package(data, name))
    else:
        raise LettersError(Problem("is neither a Word file nor a PDF.", name))
    return record.entered if record else ""
