"""The fast writer: ordinary letters, set by the composer without HTML."""

from __future__ import annotations

from letters.pdf.compose import compose
from letters.pdf.job import ConversionJob, ConvertedLetter, naming
from letters.pdf.parity.comparison import check_pages
from letters.pdf.size_limits import most_pages


def write_composed(job: ConversionJob) -> ConvertedLetter:
    """Set the letter, write it, and compare the words.

    Raises:
        Unsupported: the composer does not support something in the letter.
        LettersError: the letter cannot be laid out, or the words differ.
    """
    with naming(job.name):
        composed = compose(job.document, most_pages(job.document))
        describer = job.describer()
        data, bookmarks = composed.write(job.dated, describer)
    check_pages(job.package, job.document, data)
    return job.converted(data, len(composed.pages), composed.notes, describer, bookmarks)
