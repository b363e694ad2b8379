"""Any Word file as an accessible PDF with the same words and the same look: `convert`.

The composer sets ordinary letters, which is fast; what it does not support is set by way of HTML. A letter that cannot
be laid out as Word has it is laid out once more with its boxes, columns and footnotes reflowed into the text, which is
noted (see ``reflow``). The same file gives the same bytes, on any day and in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeAlias

from msgspec.structs import replace

from letters.docx.names import DUBLIN_CORE_TERMS
from letters.docx.package import Package, open_package
from letters.errors import LettersError, Problem
from letters.pdf.alternatives import with_alternatives
from letters.pdf.compose.unsupported import NoGlyph, OffPage, Unsupported
from letters.pdf.compose.writer import write_composed
from letters.pdf.job import ConversionJob, ConvertedLetter, naming
from letters.pdf.parity.comparison import WordsDiffer
from letters.pdf.parity.overprint import TextOverText
from letters.pdf.reader.drawn_parts import with_drawn_parts
from letters.pdf.reader.reader import read_document
from letters.pdf.size_limits import CannotConvert, refuse_excess
from letters.pdf.tags.metadata import XmpExtension

__all__ = ["CannotConvert", "ConvertedLetter", "Writer", "convert", "convert_package"]

Writer: TypeAlias = Literal["composer", "html"]
"""What sets the pages; either gives the same words in the same places."""

_REFLOW_MAY_HELP = frozenset({"furniture", "layout", "off-page", "overprint", "page", "tall-row", "words-differ"})
"""Codes of problems that another layout may solve: a box that runs off the page, words lost between pages."""
_NO_DATE = date(1980, 1, 1)  # the first day that a zip can hold


def convert(
    docx: bytes,
    *,
    name: str = "letter.docx",
    dated: date | None = None,
    accept_changes: bool = False,
    extension: XmpExtension = XmpExtension(),  # noqa: B008 - frozen
    writer: Writer | None = None,
) -> ConvertedLetter:
    """Convert the bytes of a .docx to PDF.

    Args:
        docx: the whole file.
        name: what messages call it.
        dated: the date the PDF says it was made on; by default the day on which the file says it was last changed.
        accept_changes: convert it as it reads with its tracked changes accepted; otherwise they are refused.
        extension: further metadata for the PDF.
        writer: what sets the pages; by default the composer, and HTML where the composer does not support the letter.

    Raises:
        LettersError: ``NotAWordFile``, ``TrackedChanges``; ``CannotConvert``, when the letter cannot be laid out;
            ``WordsDiffer``, when the PDF would not have the same words; ``TextOverText``, when some would be printed
            over others; ``CannotWrite``, when this machine lacks fonts or libraries.

    >>> convert(LETTER_DOCX).pages
    1
    """
    return convert_package(
        open_package(docx, name), dated=dated, accept_changes=accept_changes, extension=extension, writer=writer
    )


def convert_package(
    package: Package,
    *,
    dated: date | None = None,
    accept_changes: bool = False,
    extension: XmpExtension = XmpExtension(),  # noqa: B008 - frozen
    writer: Writer | None = None,
    title: str = "",
    language: str = "",
    usual_language: Callable[[], str] = str,
    alternatives: Mapping[int, str] = MappingProxyType({}),
    holds_citations: bool = False,
) -> ConvertedLetter:
    """Convert a .docx that is open already; otherwise as `convert`.

    Args:
        title, language: of the letter, instead of those that the file names.
        usual_language: gives that of a letter that does not say which language it is in, which is then noted; empty
            to refuse it.
        alternatives: alternative text for pictures that have none, by their number among these, from 1; an empty text
            means that the picture is decorative.
        holds_citations: whether no line may break within a citation, or between a month and its day: Word does not
            break them at no-break spaces either.
    """
    name, dated = package.name, dated or last_changed(package)
    if accept_changes:
        from letters.docx.revisions import accepted

        package = accepted(package)
    with naming(name):
        package, notes = with_drawn_parts(package)
        refuse_excess(package)
        document = read_document(
            package,
            title=title,
            language=language,
            usual_language=usual_language,
            holds_citations=holds_citations,
        )
        if notes:
            document = replace(document, notes=(*document.notes, *notes))
        document = with_alternatives(document, alternatives, name)
    job = ConversionJob(package, document, name, dated, extension)
    try:
        return _write(job, writer)
    except (CannotConvert, TextOverText, WordsDiffer) as error:
        if error.problems[0].code == "no-glyph":
            from letters.pdf.missing_characters import without_emoji

            if (left := without_emoji(package, document)) is None:
                raise
            package, note = left
            converted = convert_package(
                package, dated=dated, extension=extension, writer=writer, title=title, language=language,
                usual_language=usual_language, alternatives=alternatives, holds_citations=holds_citations,
            )  # fmt: skip
            return replace(converted, notes=(note, *notes, *converted.notes))
        from letters.pdf.reflow import reflowed

        other = reflowed(document) if error.problems[0].code in _REFLOW_MAY_HELP else None
        if other is None:
            raise
        try:
            return _write(replace(job, document=other), writer)
        except LettersError:
            raise error from None  # what is wrong with the letter as Word has it


def _with_narrower_tables(job: ConversionJob) -> ConvertedLetter | None:
    """The letter with tables that end on the page; None if they do so already, or it cannot be composed even then."""
    from letters.pdf.reflow import narrowed

    other = narrowed(job.document)
    if other is not None:
        with suppress(LettersError, Unsupported):
            return write_composed(replace(job, document=other))
    return None


def last_changed(package: Package) -> date:
    """The day on which the file says it was last changed, or else created; January 1, 1980, if it does not say."""
    for link in package.links("").values():
        if link.kind == "core-properties" and link.target in package.parts:
            for moment in ("modified", "created"):
                for node in package.tree(link.target).iter(f"{{{DUBLIN_CORE_TERMS}}}{moment}"):
                    with suppress(ValueError):
                        return date.fromisoformat((node.text or "")[:10])
    return _NO_DATE


def _write(job: ConversionJob, writer: Writer | None) -> ConvertedLetter:
    if writer != "html":
        try:
            return write_composed(job)
        except Unsupported as reason:
            if isinstance(reason, OffPage) and (other := _with_narrower_tables(job)) is not None:
                return other
            if writer == "composer":
                message = f"The composer does not set this letter: {reason}."
                raise CannotConvert(Problem(message, where=job.name, code="unsupported")) from reason
            if isinstance(reason, NoGlyph):
                from letters.pdf.missing_characters import refuse_missing  # here, as below, because few letters need it

                refuse_missing(job.document, job.name)
        except (TextOverText, WordsDiffer):
            if writer == "composer":
                raise
    from letters.pdf.html.writer import write_by_html  # here, because it imports much that few letters need

    return write_by_html(job)
