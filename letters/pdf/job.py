"""What both writers are given, a `ConversionJob`, and what they give back, a `ConvertedLetter`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from msgspec import Struct, field

from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.document import Document
from letters.pdf.size_limits import CannotConvert
from letters.pdf.tags.claims import Lack, claims, lacks_of_file, lacks_of_letter
from letters.pdf.tags.metadata import XmpExtension, metadata
from letters.pdf.tags.structure import StructureTree


class ConvertedLetter(Struct, frozen=True):
    """A finished PDF.

    Args:
        data: the bytes of the file.
        pages: how many it has.
        notes: what of the Word letter looks different or could not be carried over.
        bookmarks: the number of the page, as it is printed, on which each bookmark is that something links to.
    """

    data: bytes
    pages: int
    notes: tuple[Problem, ...]
    bookmarks: Mapping[str, str] = field(default_factory=dict)


class ConversionJob(Struct, frozen=True):
    """A letter to convert.

    Args:
        package: the Word file, with which the PDF is compared.
        document: what was read from it.
        name: what messages call it.
        dated: the date the PDF says it was made on.
        extension: further metadata for the PDF.
    """

    package: Package
    document: Document
    name: str
    dated: date
    extension: XmpExtension

    def describer(self) -> Describer:
        """Gives the metadata of the PDF."""
        return Describer(self.document, self.dated, tuple(lacks_of_letter(self.document)), self.extension)

    def converted(
        self,
        data: bytes,
        pages: int,
        noted: tuple[Problem, ...],
        describer: Describer,
        bookmarks: Mapping[str, str],
    ) -> ConvertedLetter:
        """The result, with the notes of the reader, of the writer and on the claims."""
        notes = self.document.notes + noted + describer.notes
        return ConvertedLetter(
            data, pages, tuple(note.within(self.name) if note.where != self.name else note for note in notes), bookmarks
        )


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Name the letter in every problem, and turn endless nesting, which Python runs into, into a problem."""
    try:
        yield
    except RecursionError as error:
        raise CannotConvert(
            Problem(
                "Tables, boxes, or content controls are nested too deep.",
                where=name,
                hint="In Word: move the inner ones out of the outer ones.",
                code="too-deep",
            )
        ) from error
    except LettersError as error:
        problems = [each if each.where.startswith(name) else each.within(name) for each in error.problems]
        raise type(error)(problems) from error


class Describer:
    """Decides which standards a finished PDF may claim, and gives its metadata."""

    def __init__(self, document: Document, dated: date, lacks: tuple[Lack, ...], extension: XmpExtension) -> None:
        self.document, self.dated, self.lacks, self.extension = document, dated, lacks, extension
        self.notes: tuple[Problem, ...] = ()

    def __call__(self, tree: StructureTree, found: list[str], info: Mapping[str, str]) -> bytes:
        document = self.document
        claimed = claims((*self.lacks, *lacks_of_file(tree, found)))
        self.notes = claimed.notes
        return metadata(document.title, document.language, self.dated, claimed.standards, info, self.extension)
