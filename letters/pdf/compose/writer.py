"""The way without HTML: an ordinary letter, set by the composer; several times as fast as the way by HTML.

The composer knows nothing of the office's page template, so it sets letters only into the page that comes with Letters,
which asks for nothing beyond the Word file."""

from __future__ import annotations

from letters.pdf.compose import Unsupported, compose
from letters.pdf.job import PrintedLetter, PrintJob, naming
from letters.pdf.limits import most_pages
from letters.pdf.parity.parity import check_words

PLAIN_PAGE = "6d0dd8fd30344855bf8b30d1b227bb9bb5342082ef3566a1aa76860a96becf24"
"""The page that comes with Letters, by its digest: it asks for nothing but what the Word file asks for, so a letter can
be set without it. An office that changes its page gets what it asks for from WeasyPrint."""


def print_by_composing(job: PrintJob) -> PrintedLetter:
    """Set, write, and compare. Raises Unsupported for a letter the composer does not set, else LettersError."""
    if job.page.digest != PLAIN_PAGE:
        raise Unsupported("the office has a page of its own")
    with naming(job.name):
        composed = compose(job.document, most_pages(job.document))
        describer = job.describer()
        data = composed.write(job.dated, describer)
    check_words(job.package, job.document, data)
    return job.printed(data, len(composed.pages), composed.notes, describer)
