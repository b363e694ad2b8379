"""Prints a Word letter as an accessible PDF: same words, same look, and nothing left to chance.

An ordinary letter is set by the composer, which is quick; any other by way of HTML. What cannot be laid out as Word has
it is laid out once more with everything in its place in the text, which is noted (see ``printing.settling``). The same
letter gives the same bytes, today, tomorrow and in another process."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from letters.docx.package import open_package
from letters.docx.revisions import accepted
from letters.errors import LettersError, LibraryAtFault
from letters.pdf import fonts
from letters.pdf.compose import Unsupported
from letters.pdf.compose.writer import print_by_composing
from letters.pdf.job import PageTemplate, PrintedLetter, PrintJob, naming
from letters.pdf.limits import CannotPrint, refuse_excess
from letters.pdf.parity.parity import WordsDiffer
from letters.pdf.reader.reader import read_document
from letters.pdf.settling import settle
from letters.pdf.tags.claims import XmpClaims

__all__ = ["CannotPrint", "PageTemplate", "PrintedLetter", "print_letter"]

_OF_THE_LAYOUT = frozenset({"furniture", "layout", "off-page", "page", "tall-row", "words-differ"})
"""Codes of what another layout may mend: a box that runs off the page, words lost between pages."""


def print_letter(
    docx: bytes,
    *,
    name: str,
    page: PageTemplate,
    dated: date,
    accept_changes: bool = False,
    says: XmpClaims = XmpClaims(),  # noqa: B008 - frozen
) -> PrintedLetter:
    """Print the bytes of a .docx.

    Args:
        docx: the whole file.
        name: how messages call it.
        page: the page it is set into.
        dated: the date the PDF says it was made on: that of the letter.
        accept_changes: print it as it reads with its tracked changes accepted; otherwise they are refused.
        says: what else the PDF says of itself.

    Raises:
        LettersError: of the kinds NotAWordFile, TrackedChanges, CannotPrint, WordsDiffer, LibraryAtFault (the page
            template is wrong) or CannotWrite (fonts or libraries are missing here).
    """
    package = open_package(docx, name)
    if accept_changes:
        package = accepted(package)
    with naming(name):
        refuse_excess(package)
        document = read_document(package)
    fonts.check_fonts()  # before WeasyPrint: without any font Pango ends the process
    job = PrintJob(package, document, name, page, dated, says)
    try:
        return _print(job)
    except (CannotPrint, WordsDiffer, LibraryAtFault) as error:
        settled = settle(document) if error.problems[0].code in _OF_THE_LAYOUT else None
        if settled is None:
            raise
        try:
            return _print(replace(job, document=settled))
        except LettersError:
            raise error from None  # what is wrong with the letter as Word has it


def _print(job: PrintJob) -> PrintedLetter:
    try:
        return print_by_composing(job)
    except (Unsupported, WordsDiffer):
        from letters.pdf.html.writer import print_by_html  # here, for few letters need all it imports

        return print_by_html(job)
