"""What both writers are given, and what they give back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.document import Document
from letters.pdf.limits import CannotPrint
from letters.pdf.tags.claims import Lack, XmpClaims, claims, lacks_of_file, lacks_of_letter, metadata
from letters.pdf.tags.structure import Node


@dataclass(frozen=True)
class PageTemplate:
    """The office's vetted page: ``letter.html`` and ``letter.css`` of the library's ``templates/page``."""

    html: str
    css: str

    @cached_property
    def digest(self) -> str:
        """Names this page and no other."""
        return hashlib.sha256(f"{self.html}\0{self.css}".encode()).hexdigest()


@dataclass(frozen=True)
class PrintedLetter:
    """A PDF, and what of the Word letter it could not carry over."""

    data: bytes
    pages: int
    notes: tuple[Problem, ...]


@dataclass(frozen=True)
class PrintJob:
    """A letter to print.

    Args:
        package: the Word file, with which the PDF is compared.
        document: what was read from it.
        name: how messages call it.
        page: the page it is set into.
        dated: the date the PDF says it was made on.
        says: what else the PDF says of itself.
    """

    package: Package
    document: Document
    name: str
    page: PageTemplate
    dated: date
    says: XmpClaims

    def describer(self) -> Describer:
        """Describes the PDF."""
        return Describer(self.document, self.dated, tuple(lacks_of_letter(self.document)), self.says)

    def printed(self, data: bytes, pages: int, noted: tuple[Problem, ...], describer: Describer) -> PrintedLetter:
        notes = self.document.notes + noted + describer.notes
        return PrintedLetter(
            data, pages, tuple(note.within(self.name) if note.where != self.name else note for note in notes)
        )


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say of every problem which letter it is in, and in words what nesting without end does to Python."""
    try:
        yield
    except RecursionError as error:
        raise CannotPrint(
            Problem(
                "Tables, boxes or controls are nested too deep.",
                where=name,
                hint="In Word: take the inner ones out of the outer ones.",
                code="too-deep",
            )
        ) from error
    except LettersError as error:
        problems = [each if each.where.startswith(name) else each.within(name) for each in error.problems]
        raise type(error)(problems) from error


class Describer:
    """Decides what a finished PDF may claim, and says it with its title, language and date."""

    def __init__(self, document: Document, dated: date, lacks: tuple[Lack, ...], says: XmpClaims) -> None:
        self.document, self.dated, self.lacks, self.says = document, dated, lacks, says
        self.notes: tuple[Problem, ...] = ()

    def __call__(self, told: Node, found: list[str], info: Mapping[str, str]) -> bytes:
        document = self.document
        claimed = claims((*self.lacks, *lacks_of_file(told, found)))
        self.notes = claimed.notes
        return metadata(document.title, document.language, self.dated, claimed.standards, info, self.says)
