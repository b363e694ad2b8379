"""The press: any Word letter as the PDF that says the same, for those who need nothing else the office owns.

`letters pdf` comes here straight, so that a letter is printed without reading the law, the prompts and the kinds first.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from letters.docx.names import DUBLIN_CORE_TERMS
from letters.docx.package import Package, open_package
from letters.errors import LettersError, Problem
from letters.library.library import Library
from letters.privacy.disclosure_scan import disclosures_in
from letters.provenance.seal import Seal, load_seal

if TYPE_CHECKING:
    from letters.pdf.convert import PageTemplate, PrintedLetter
    from letters.pdf.tags.claims import XmpClaims


class Printer:
    """Prints with the page and the seal of one library; each is read when first needed, and once."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @cached_property
    def page(self) -> PageTemplate:
        from letters.pdf.convert import PageTemplate

        folder = self.library.templates / "page"
        return PageTemplate(self.library.text(folder / "letter.html"), self.library.text(folder / "letter.css"))

    @cached_property
    def seal(self) -> Seal:
        return load_seal(self.library)

    def print_word(
        self, docx: bytes, name: str, *, accept_changes: bool = False, strict: bool = False
    ) -> PrintedLetter:
        """The PDF of any Word letter, a hand-edited one first of all. Its notes name what was not carried over, and
        social security numbers and wages it states.

        Args:
            accept_changes: print it as it reads with its tracked changes accepted; otherwise they are refused.
            strict: what was not carried over is an error, and raises LettersError.
        """
        package = open_package(docx, name)
        printed = self.print(docx, name, _last_changed(package), accept_changes=accept_changes)
        if strict and printed.notes:
            raise LettersError(printed.notes)
        return replace(printed, notes=(*printed.notes, *disclosures_in(package)))

    def print(self, docx: bytes, name: str, dated: date, *, accept_changes: bool = False) -> PrintedLetter:
        """The PDF of a Word letter, with its record, as of ``dated``."""
        from letters.pdf.convert import print_letter
        from letters.provenance.xmp import with_file_fingerprint

        says, notes = self._says(docx, name)
        printed = print_letter(docx, name=name, page=self.page, dated=dated, accept_changes=accept_changes, says=says)
        return replace(printed, data=with_file_fingerprint(printed.data, self.seal), notes=(*printed.notes, *notes))

    def _says(self, docx: bytes, name: str) -> tuple[XmpClaims, tuple[Problem, ...]]:
        """The record of a Word letter for its PDF: for the words it holds now, and whether counsel has changed them.

        A letter without a record gives a PDF without; one with a record that is not ours too, with a note.
        """
        from letters.pdf.tags.claims import XmpClaims
        from letters.provenance.comparison import EDITED, compare
        from letters.provenance.custom_properties import sealed_record
        from letters.provenance.xmp import xmp_of

        found = compare(docx, name, self.seal)
        if found.record is None or found.text is None or found.state not in EDITED:
            if found.record is None:
                return XmpClaims(), ()
            message = (
                f"What the letter says of its origin cannot be relied on ({found.state}); the PDF does not repeat it."
            )
            return XmpClaims(), (Problem(message, name, "`letters verify` says more.", "record"),)
        edited = EDITED[found.state]
        record = replace(found.record, edited=edited, changed=str(found.sentences or ""))
        return xmp_of(sealed_record(record, found.text, self.seal, cased=False)), ()


def _last_changed(package: Package) -> date:
    """The day the file says it was last changed, so that the same file always gives the same PDF."""
    for link in package.links("").values():
        if link.kind == "core-properties" and link.target in package.parts:
            for moment in ("modified", "created"):
                for node in package.xml(link.target).iter(f"{{{DUBLIN_CORE_TERMS}}}{moment}"):
                    with suppress(ValueError):
                        return date.fromisoformat((node.text or "")[:10])
    return date(1980, 1, 1)  # the file does not say; the first day a zip can name
