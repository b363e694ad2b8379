"""The proof book: every sample letter, and variants that show every other sentence, for counsel to read and strike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from msgspec import Struct

from letters._text.dates import long_date
from letters.approval.proof.pack import Proof, pack, printed_sheet, proof_of
from letters.assembly.assembler import Assembler
from letters.docx.builder import DocumentBuilder
from letters.errors import LettersError, LibraryAtFault
from letters.pdf.pdf_file import joined

LEAST_VARIANTS = 40
_VARIANTS_OF_A_KIND = 3


class BookOfProofs(Struct, frozen=True):
    """The book, as a PDF, and what is in it.

    Args:
        samples, variants: how many letters it holds: samples as they are, and others.
        failed: for each kind whose proof could not be made, why.
    """

    data: bytes
    samples: int
    variants: int
    failed: tuple[tuple[str, LettersError], ...]


def proofs_in(assembler: Assembler, kinds: Iterable[str], failed: list[tuple[str, LettersError]]) -> Iterator[Proof]:
    """The proofs of some kinds, for a book. What cannot be made is added to ``failed``."""
    for kind in kinds:
        try:
            yield proof_of(assembler, kind, _VARIANTS_OF_A_KIND)
        except LettersError as error:
            failed.append((kind, error))


def bound(
    assembler: Assembler, proofs: Collection[Proof], failed: Iterable[tuple[str, LettersError]], on: date
) -> BookOfProofs:
    """Proofs as one PDF with a front page that counts the letters. Raises LibraryAtFault if there is none."""
    if not proofs:
        raise LibraryAtFault(problem for _, error in failed for problem in error.problems)
    counts = [_counts(proof) for proof in proofs]
    samples, variants = (sum(each[at] for each in counts) for at in (0, 1))
    front = _front_page(assembler, proofs, counts, on)
    parts = [("The letters in this book", printed_sheet(assembler, front, "front page of the book"))]
    parts += [(assembler.library.kinds[proof.kind].title, pack(assembler, proof, on)) for proof in proofs]
    return BookOfProofs(joined(parts), samples, variants, tuple(failed))


def _counts(proof: Proof) -> tuple[int, int]:
    samples = sum(1 for each in proof.letters if each.sample)
    return samples, len(proof.letters) - samples


def _front_page(
    assembler: Assembler, proofs: Collection[Proof], counts: Collection[tuple[int, int]], on: date
) -> DocumentBuilder:
    sheet = DocumentBuilder("Proof book", on, assembler.office.language)
    sheet.heading(f"Proof book: the letters of the {assembler.office.name}")
    samples, variants = (sum(each[at] for each in counts) for at in (0, 1))
    sheet.say(
        f"{samples + variants} letters: every sample ({samples}) and {variants} variants, in which every sentence that "
        "depends on facts appears at least once. Before each letter stands a sheet with the facts behind it, and with "
        "the conditions of each sentence that it is the first to show. Strike what should not be said, and sign what "
        f"may be. Printed on {long_date(on)}."
    )
    rows = [
        (assembler.library.kinds[proof.kind].title, _in_words(*each))
        for proof, each in zip(proofs, counts, strict=True)
    ]
    sheet.table([("Kind of letter", "Letters"), *rows, ("All", _in_words(samples, variants))], (6120, 3240))
    return sheet


def _in_words(samples: int, variants: int) -> str:
    return ", ".join(
        f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((samples, "sample"), (variants, "variant"))
    )
