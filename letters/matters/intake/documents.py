"""A request that arrived as PDF or Word file: its text, to read beside the questions. Nothing in it is interpreted."""

from __future__ import annotations

import re

from letters.docx.package import open_package
from letters.errors import CannotWrite, InvalidAnswers, LettersError, Problem
from letters.matters.intake.arrived import Arrived, Proposal
from letters.matters.intake.clean_text import clean
from letters.provenance.letter_text import paragraphs_of, stories_of

_MOST_PAGES = 200
_SCAN = 20  # characters on a page; with fewer, it is a picture of a page


def read_document(data: bytes, name: str) -> Arrived:
    """Read a PDF or a Word file. Raises InvalidAnswers if it can be neither."""
    try:
        text, pages = _pdf_text(data, name) if not data.startswith(b"PK") else (_docx_text(data, name), 1)
    except CannotWrite:
        raise
    except LettersError as error:
        raise InvalidAnswers(error.problems) from error
    arrived = Arrived()
    arrived.text = re.sub(r"\n{3,}", "\n\n", clean(text)[0]).strip()
    arrived.proposals["request.channel"] = Proposal("letter", "the kind of file", "it may have come another way")
    if len(arrived.text) < _SCAN * pages:
        arrived.note("It has no text: it is a scan. Read it in another window, and type what it says.")
    return arrived


def _docx_text(data: bytes, name: str) -> str:
    package = open_package(data, name)
    parts = (package.parts[part].decode("utf-8", "replace") for part in stories_of(package))
    return "\n".join(paragraph for part in parts for paragraph in paragraphs_of(part))


def _pdf_text(data: bytes, name: str) -> tuple[str, int]:
    """The text of a PDF as it stands on its pages, and how many pages there are."""
    try:
        import pypdfium2
    except ImportError as error:
        hint = "Install it: pip install 'letters[intake]'."
        raise CannotWrite(Problem(f"Reading {name} needs pypdfium2, which is not installed.", hint=hint)) from error
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = min(len(document), _MOST_PAGES)
            return "\n".join(document[number].get_textpage().get_text_range() for number in range(pages)), pages
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        hint = "If it has a password, save it without one."
        raise InvalidAnswers(Problem("cannot be read as a PDF.", name, hint, "pdf")) from error
