"""The PDF of a Word letter, with the record of where the letter came from.

`letters pdf` comes here directly, so that a letter is converted without reading the law, the prompts and the kinds.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from letters._system.garbage import less_garbage_collection
from letters._system.resource_limits import SECONDS, within_limits
from letters._text.lazy_property import lazy_property
from letters.assembly.edited_letter import (
    PLAIN,
    ConversionOptions,
    as_printed,
    leftovers_in,
    refuse_loss,
    with_options,
)
from letters.docx.package import Package, open_package
from letters.errors import LettersError, Problem
from letters.library.library import Library
from letters.pdf.size_limits import CannotConvert, times_ordinary
from letters.privacy.disclosure_scan import disclosures_in
from letters.provenance.seal import Seal, load_seal

if TYPE_CHECKING:
    from letters.pdf.job import ConvertedLetter
    from letters.pdf.tags.metadata import XmpExtension
    from letters.provenance.letter_text import LetterText
    from letters.provenance.record import Record


_MOST_SECONDS = 10.0


def _limits(name: str, seconds: float = SECONDS) -> AbstractContextManager[None]:
    hint = "In Word: leave out its long tables, lists, and enclosures, and convert those by themselves."
    return within_limits(name, seconds, doing="Converting", fault=CannotConvert, hint=hint)


class LetterConverter:
    """Converts Word letters under the seal of one library, which is read when first needed, and once."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @lazy_property
    def seal(self) -> Seal:
        return load_seal(self.library)

    @lazy_property
    def _language(self) -> str:
        """The language of the office's letters."""
        from letters.library.office_files import load_office

        try:
            return load_office(self.library).language
        except LettersError:
            return ""

    def convert(self, docx: bytes, name: str, options: ConversionOptions = PLAIN) -> ConvertedLetter:
        """The PDF of any Word letter, above all of one edited by hand. Its notes name what could not be carried over,
        placeholders that are left, and Social Security numbers and wages that it states.

        Raises:
            LettersError: for everything the options do not allow.
        """
        with less_garbage_collection():
            with _limits(name):
                package = open_package(docx, name)
                seconds = min(SECONDS * times_ordinary(package), _MOST_SECONDS)
            with _limits(name, seconds):
                return self._converted(package, docx, options)

    def _converted(self, package: Package, docx: bytes, options: ConversionOptions) -> ConvertedLetter:
        from letters.pdf.convert import convert_package

        extension, doubts = self._record_of(package, docx)
        printed, updated = as_printed(package, options)
        found = convert_package(
            printed,
            extension=extension,
            title=options.title,
            language=options.language,
            usual_language=lambda: self._language,
            alternatives=dict(options.alternatives),
            holds_citations=bool(extension.properties),
        )
        notes = (*with_options(found.notes), *updated, *doubts)
        if options.strict and notes:
            raise LettersError(notes)
        if not options.allow_loss:
            refuse_loss(found.notes)
        notes = (*notes, *leftovers_in(printed), *disclosures_in(package))
        return replace(self._fingerprinted(found), notes=notes)

    def convert_new(self, package: Package, dated: date, record: Record, text: LetterText) -> ConvertedLetter:
        """The PDF of a letter just assembled.

        Args:
            package: the letter.
            dated: the date of the letter.
            record: what it was made with.
            text: what it says.
        """
        from letters.pdf.convert import convert_package

        extension = self._xmp(record, text)
        converted = convert_package(package, dated=dated, extension=extension, holds_citations=True)
        return self._fingerprinted(converted)

    def _fingerprinted(self, letter: ConvertedLetter) -> ConvertedLetter:
        from letters.provenance.xmp import with_file_fingerprint

        return replace(letter, data=with_file_fingerprint(letter.data, self.seal))

    def _xmp(self, record: Record, text: LetterText) -> XmpExtension:
        from letters.provenance.custom_properties import sealed_record
        from letters.provenance.xmp import xmp_of

        return xmp_of(sealed_record(record, text, self.seal, cased=False))

    def _record_of(self, package: Package, docx: bytes) -> tuple[XmpExtension, tuple[Problem, ...]]:
        """The record of a Word letter for its PDF: with its words as they are now, and whether counsel changed them.

        A letter without a record gives a PDF without one, and so does a letter whose record is not ours, with a note.
        """
        from letters.pdf.tags.metadata import XmpExtension
        from letters.provenance.record_comparison import EDITED, compare_word

        found = compare_word(package, docx, self.seal)
        if found.record is None or found.text is None or found.state not in EDITED:
            if found.record is None:
                return XmpExtension(), ()
            message = f"The record of where the letter came from is not reliable ({found.state}), so the PDF has none."
            return XmpExtension(), (Problem(message, package.name, "`letters verify` says more.", "record"),)
        record = replace(found.record, edited=EDITED[found.state], changed=str(found.sentences or ""))
        return self._xmp(record, found.text), ()
