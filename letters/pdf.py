"""Prints a Word letter as an accessible PDF: same words, same look, and nothing left to chance.

Every mishap WeasyPrint tells of is an error, because a letter without its seal, or with a box for a letter, must not
go out. What cannot be laid out as Word has it is laid out once more with everything in its place in the text, which
is noted (see ``printing.settling``). The same letter gives the same bytes, today, tomorrow and in
another process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from string import Template

from letters.errors import LettersError, LibraryAtFault, Problem
from letters.package import Package, open_package
from letters.printing import fonts
from letters.printing.accepting import accepted
from letters.printing.claims import Lack, Said, claims, lacks_of_file, lacks_of_letter, metadata
from letters.printing.composing import BeyondReach, compose
from letters.printing.document import Document
from letters.printing.engine import Printed, engine, listening
from letters.printing.limits import CannotPrint, most_pages, refuse_excess
from letters.printing.page import Page, write_page
from letters.printing.parity import WordsDiffer, check_words
from letters.printing.reader import read_document
from letters.printing.settling import settle
from letters.printing.structure import Node

__all__ = ["CannotPrint", "PageTemplate", "PrintedLetter", "print_letter"]

_PLACEHOLDERS = frozenset({"title", "language", "dated", "styles", "body"})
_NO_GLYPH = re.compile(
    r'\.notdef glyph rendered for Unicode string unsupported by fonts: ".*" \(U\+([0-9A-F]+)\)', re.S
)
_PLAIN_PAGE = "6d0dd8fd30344855bf8b30d1b227bb9bb5342082ef3566a1aa76860a96becf24"
"""The page that comes with Letters, by its digest: it asks for nothing but what the Word file asks for, so a letter can
be set without it. An office that changes its page gets what it asks for from WeasyPrint.
"""
_OF_THE_LAYOUT = frozenset({"furniture", "layout", "off-page", "page", "tall-row", "words-differ"})
"""Codes of what another layout may mend: a box that runs off the page, words lost between pages."""


@dataclass(frozen=True)
class PageTemplate:
    """The office's vetted page: ``letter.html`` and ``letter.css`` of the library's ``templates/page``."""

    html: str
    css: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.html}\0{self.css}".encode()).hexdigest()


@dataclass(frozen=True)
class PrintedLetter:
    """A PDF, and what of the Word letter it could not carry over."""

    data: bytes
    pages: int
    notes: tuple[Problem, ...]


def print_letter(
    docx: bytes,
    *,
    name: str,
    page: PageTemplate,
    dated: date,
    accept_changes: bool = False,
    says: Said = Said(),  # noqa: B008 - frozen
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
    try:
        refuse_excess(package)
        document = read_document(package)
    except RecursionError as error:
        raise _too_deep(name) from error
    except LettersError as error:
        problems = [each if each.where.startswith(name) else each.within(name) for each in error.problems]
        raise type(error)(problems) from error
    fonts.check_fonts()  # before WeasyPrint: without any font Pango ends the process
    try:
        return _print(package, document, name, page, dated, says)
    except (CannotPrint, WordsDiffer, LibraryAtFault) as error:
        settled = settle(document) if error.problems[0].code in _OF_THE_LAYOUT else None
        if settled is None:
            raise
        try:
            return _print(package, settled, name, page, dated, says)
        except LettersError:
            raise error from None  # what is wrong with the letter as Word has it


def _print(
    package: Package, document: Document, name: str, page: PageTemplate, dated: date, says: Said
) -> PrintedLetter:
    """Set, write, and compare."""
    try:
        data, pages, notes = _composed(document, name, page, dated, says)
    except BeyondReach:
        return _laid_out(package, document, name, page, dated, says)
    check_words(package, document, data)
    return PrintedLetter(data, pages, _within(name, document.notes + notes))


def _composed(
    document: Document, name: str, page: PageTemplate, dated: date, says: Said
) -> tuple[bytes, int, tuple[Problem, ...]]:
    """An ordinary letter, set without HTML: the file, how many pages it has, and notes."""
    if page.digest != _PLAIN_PAGE:
        raise BeyondReach("the office has a page of its own")
    try:
        composed = compose(document, most_pages(document))
        describer = _Describer(document, dated, tuple(lacks_of_letter(document, composed.notes)), says)
        data = composed.write(dated, describer)
    except LettersError as error:
        raise type(error)([problem.within(name) for problem in error.problems]) from error
    except RecursionError as error:
        raise _too_deep(name) from error
    return data, len(composed.sheets), composed.notes + describer.notes


def _laid_out(
    package: Package, document: Document, name: str, page: PageTemplate, dated: date, says: Said
) -> PrintedLetter:
    """Any letter, set by way of HTML."""
    printer = engine()
    try:
        with listening() as heard:
            base = printer.stylesheet(page.css)
            laid_out = write_page(document, printer.measurer(base))
            html = _fill(page, laid_out, document.title, document.language, dated)
            describer = _Describer(document, dated, tuple(lacks_of_letter(document, laid_out.notes)), says)
            printed = printer.print(html, base, laid_out.pictures, describer, most_pages(document))
    except LettersError as error:
        raise type(error)([problem.within(name) for problem in error.problems]) from error
    except RecursionError as error:
        raise _too_deep(name) from error
    except (AssertionError, IndexError, KeyError, OverflowError) as error:  # WeasyPrint: a layout it cannot do
        raise CannotPrint(
            Problem(
                "The page cannot be laid out.",
                where=name,
                hint="Simplify its headers, footers and tables, and send the Word letter to whoever keeps Letters.",
                code="layout",
            )
        ) from error
    _refuse_mishaps(heard, name)
    _refuse_text_off_page(printed, name)
    try:
        check_words(package, document, printed.data)
    except WordsDiffer:
        _refuse_row_in_pieces(printed, name)
        raise
    notes = document.notes + laid_out.notes + describer.notes
    return PrintedLetter(printed.data, len(printed.pages), _within(name, notes))


def _within(name: str, notes: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(note.within(name) if note.where != name else note for note in notes)


def _too_deep(name: str) -> CannotPrint:
    return CannotPrint(
        Problem(
            "Tables, boxes or controls are nested too deep.",
            where=name,
            hint="In Word: take the inner ones out of the outer ones.",
            code="too-deep",
        )
    )


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


class _Describer:
    """Decides what a finished PDF may claim, and says it with its title, language and date."""

    def __init__(self, document: Document, dated: date, lacks: tuple[Lack, ...], says: Said) -> None:
        self.document, self.dated, self.lacks, self.says = document, dated, lacks, says
        self.notes: tuple[Problem, ...] = ()

    def __call__(self, told: Node, found: list[str], info: Mapping[str, str]) -> bytes:
        document = self.document
        claimed = claims((*self.lacks, *lacks_of_file(told, found)))
        self.notes = claimed.notes
        return metadata(document.title, document.language, self.dated, claimed.standards, info, self.says)


# ---------------------------------------------------------------- what went wrong


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


def _refuse_text_off_page(printed: Printed, name: str) -> None:
    for number, words in printed.off_page():
        raise CannotPrint(
            Problem(
                f"Words run off page {number}: “{words[:60]}”.",
                where=name,
                hint="Look at the indents, table widths and text boxes there in Word.",
                code="off-page",
            )
        )


def _refuse_row_in_pieces(printed: Printed, name: str) -> None:
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
