"""The way by HTML: any letter, set into the office's page and laid out by WeasyPrint.

Every mishap WeasyPrint tells of is an error, because a letter without its seal, or with a box for a letter, must not
go out."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from string import Template

from letters.errors import LibraryAtFault, Problem
from letters.pdf.html.page import Page, write_page
from letters.pdf.html.weasyprint import LaidOutPdf, engine, listening
from letters.pdf.job import PageTemplate, PrintedLetter, PrintJob, naming
from letters.pdf.limits import CannotPrint, most_pages
from letters.pdf.parity.parity import WordsDiffer, check_words

_PLACEHOLDERS = frozenset({"title", "language", "dated", "styles", "body"})
_NO_GLYPH = re.compile(
    r'\.notdef glyph rendered for Unicode string unsupported by fonts: ".*" \(U\+([0-9A-F]+)\)', re.S
)


def print_by_html(job: PrintJob) -> PrintedLetter:
    """Lay out, write, and compare. Raises LettersError, with the name of the letter."""
    printer, document, name = engine(), job.document, job.name
    try:
        with naming(name), listening() as heard:
            base = printer.stylesheet(job.page.css)
            laid_out = write_page(document, printer.measurer(base))
            html = _fill(job.page, laid_out, document.title, document.language, job.dated)
            describer = job.describer()
            printed = printer.print(html, base, laid_out.pictures, describer, most_pages(document))
    except (AssertionError, IndexError, KeyError, OverflowError) as error:  # WeasyPrint: a layout it cannot do
        raise CannotPrint(
            Problem(
                "The page cannot be laid out.",
                where=name,
                hint="Simplify its headers, footers and tables, and send the Word letter to whoever keeps Letters.",
                code="layout",
            )
        ) from error
    if heard:
        printer.forget()
        _refuse_mishaps(heard, name)
    _refuse_text_off_page(printed, name)
    try:
        check_words(job.package, document, printed.data)
    except WordsDiffer:
        _refuse_row_in_pieces(printed, name)
        raise
    return job.printed(printed.data, len(printed.pages), laid_out.notes, describer)


def _fill(page: PageTemplate, laid_out: Page, title: str, language: str, dated: date) -> str:
    """Set the letter into the page template. A placeholder that is missing or unknown is an error."""
    template = Template(page.html)
    found = set(template.get_identifiers())
    if not template.is_valid() or found != _PLACEHOLDERS:
        missing = ", ".join(f"${name}" for name in sorted(_PLACEHOLDERS - found))
        unknown = ", ".join(f"${name}" for name in sorted(found - _PLACEHOLDERS))
        said = " ".join(
            text
            for text in (
                f"It lacks {missing}." if missing else "",
                f"It has the unknown {unknown}." if unknown else "",
            )
            if text
        )
        raise LibraryAtFault(
            Problem(
                f"The page template cannot be filled. {said}".strip(),
                where="page/letter.html",
                hint="A plain dollar sign is written $$.",
                code="page-template",
            )
        )
    return template.substitute(
        title=escape(title),
        language=escape(language),
        dated=dated.isoformat(),
        styles=laid_out.styles,
        body=laid_out.body,
    )


def _refuse_mishaps(heard: list[str], name: str) -> None:
    characters = sorted({int(match[1], 16) for line in heard if (match := _NO_GLYPH.match(line))})
    if characters:
        shown = ", ".join(
            f"U+{code:04X} {chr(code)}" if chr(code).isprintable() else f"U+{code:04X} (invisible)"
            for code in characters
        )
        raise CannotPrint(
            Problem(
                "No font installed here has "
                f"{'this character' if len(characters) == 1 else 'these characters'}: {shown}.",
                where=name,
                hint=(
                    "Take it out of the letter, or install a font that has it (for instance sudo apt-get install "
                    "fonts-noto-core fonts-noto-cjk fonts-symbola)."
                ),
                code="no-glyph",
            )
        )
    if heard:
        raise LibraryAtFault(
            [Problem(f"The page could not be set as it should be: {line}", where=name, code="page",
                     hint="If page/letter.css was changed, look there.") for line in dict.fromkeys(heard)]
        )  # fmt: skip


def _refuse_text_off_page(printed: LaidOutPdf, name: str) -> None:
    for number, words in printed.off_page():
        raise CannotPrint(
            Problem(
                f"Words run off page {number}: “{words[:60]}”.",
                where=name,
                hint="Look at the indents, table widths and text boxes there in Word.",
                code="off-page",
            )
        )


def _refuse_row_in_pieces(printed: LaidOutPdf, name: str) -> None:
    """A row of several cells that no page can hold is cut, and its cells can no longer be read one after another."""
    for words in printed.rows_in_pieces():
        raise CannotPrint(
            Problem(
                f"A table row is taller than a page: “{words[:60]}”.",
                where=name,
                hint="In Word: make several rows of it, or put its text below the table.",
                code="tall-row",
            )
        )
