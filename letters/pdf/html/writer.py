"""The writer for everything else: the letter as HTML and CSS, laid out by WeasyPrint.

Whatever WeasyPrint warns about is an error here, because a letter without its seal, or with a box in place of a
character, must not go out.
"""

from __future__ import annotations

from letters._system.resource_limits import room_for_libraries
from letters._system.time_limit import OutOfTime, time_limit
from letters.errors import Problem
from letters.pdf.document import Document
from letters.pdf.font_files import installed_faces
from letters.pdf.html.base import page_with
from letters.pdf.html.page import write_page
from letters.pdf.html.weasyprint import LaidOutPdf, engine, listening, without_glyph
from letters.pdf.job import ConversionJob, ConvertedLetter, naming
from letters.pdf.layout_rules.text import anchors_of, page_number
from letters.pdf.missing_characters import refuse_characters
from letters.pdf.parity.comparison import WordsDiffer, check_pages
from letters.pdf.size_limits import CannotConvert, most_pages

_SECONDS = 10.0
"""Of processor time, for laying out one letter."""
_REPORT = "Please report this, with the Word letter, to whoever maintains Letters."


def write_by_html(job: ConversionJob) -> ConvertedLetter:
    """Lay the letter out, write it, and compare the words. Raises LettersError, with the name of the letter."""
    with room_for_libraries():  # Pango ends the process where it gets no memory
        return _written(job)


def _written(job: ConversionJob) -> ConvertedLetter:
    installed_faces()  # refuses a machine without any font, where Pango would end the process
    weasyprint, document, name = engine(), job.document, job.name
    try:
        with naming(name), time_limit(_SECONDS), listening() as warnings:
            page = write_page(document, weasyprint.measure)
            html = page_with(page.body, page.styles, title=document.title, language=document.language, dated=job.dated)
            describer = job.describer()
            laid_out = weasyprint.print(html, page.pictures, describer, most_pages(document))
    except OutOfTime as error:
        raise CannotConvert(
            Problem(
                f"The letter cannot be laid out within {_SECONDS:.0f} seconds.",
                where=name,
                hint="In Word: simplify its tables, columns, and text boxes, or convert it without its enclosures.",
                code="too-slow",
            )
        ) from error
    except (AssertionError, IndexError, KeyError, OverflowError) as error:  # a layout that WeasyPrint cannot do
        raise CannotConvert(
            Problem(
                "The page cannot be laid out.",
                where=name,
                hint=f"Simplify its headers, footers, and tables. {_REPORT}",
                code="layout",
            )
        ) from error
    _refuse_warnings(warnings, name)
    _refuse_text_off_page(laid_out, name)
    try:
        check_pages(job.package, document, laid_out.data)
    except WordsDiffer:
        _refuse_split_rows(laid_out, name)
        raise
    return job.converted(laid_out.data, len(laid_out.pages), page.notes, describer, _bookmarks(job.document, laid_out))


def _bookmarks(document: Document, laid_out: LaidOutPdf) -> dict[str, str]:
    """The page number of each linked bookmark; none where sections number their pages in different ways."""
    first, *others = document.sections
    shape = first.page_number_format
    if any(each.first_page_number is not None or each.page_number_format != shape for each in others):
        return {}
    pages = laid_out.pages_of_anchors()
    return {
        name: page_number(pages[anchor] + (first.first_page_number or 1), shape)
        for name, anchor in anchors_of(document).items()
        if anchor in pages
    }


def _refuse_warnings(warnings: list[str], name: str) -> None:
    refuse_characters(without_glyph(warnings), name)
    if warnings:
        raise CannotConvert(
            Problem(f"The page cannot be set as it should be: {line}", where=name, hint=_REPORT, code="page")
            for line in dict.fromkeys(warnings)
        )


def _refuse_text_off_page(laid_out: LaidOutPdf, name: str) -> None:
    for number, words in laid_out.off_page():
        raise CannotConvert(
            Problem(
                f"Words run off page {number}: “{words[:60]}”.",
                where=name,
                hint="Check the indents, table widths, and text boxes there in Word.",
                code="off-page",
            )
        )


def _refuse_split_rows(laid_out: LaidOutPdf, name: str) -> None:
    """A row of several cells that is taller than a page is cut, and its cells can no longer be read one by one."""
    for words in laid_out.rows_in_pieces():
        raise CannotConvert(
            Problem(
                f"A table row is taller than a page: “{words[:60]}”.",
                where=name,
                hint="In Word: split it into several rows, or move its text below the table.",
                code="tall-row",
            )
        )
