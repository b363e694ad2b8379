"""The proof of one kind of letter: the letters found, printed as one PDF for counsel to sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from letters._text.dates import long_date
from letters.approval.proof.search import Candidate, Search
from letters.assembly.anatomy import WordingPiece
from letters.assembly.assembler import Assembler
from letters.assembly.edited_letter import ConversionOptions
from letters.docx.builder import DocumentBuilder
from letters.errors import LibraryAtFault, Problem
from letters.forms.flattening import printed
from letters.model.fields import get
from letters.pdf.pdf_file import joined

# At the beginning of a sentence.
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


class Proof(Struct, frozen=True):
    """The letters in which every piece of a template appears.

    Args:
        facts: the titles of the answers that its conditions ask about, by dotted name.
        elsewhere: pieces of shared passages that only letters of other kinds show.
        notes: about words within paragraphs that no letter was found to show.
        is_for_book: whether it has every sample, and not the fewest letters.
    """

    kind: str
    letters: tuple[Candidate, ...]
    pieces: tuple[WordingPiece, ...]
    facts: Mapping[str, str]
    elsewhere: tuple[WordingPiece, ...]
    notes: tuple[Problem, ...]
    is_for_book: bool = False


def proof_of(assembler: Assembler, kind: str, variants: int = 0) -> Proof:
    """The proof of one kind, in each of its languages.

    Args:
        variants: for a book, which has every sample and at least as many other letters as this, if they can be found.

    Raises:
        LibraryAtFault: no letter shows some paragraphs of the template; each is named with its conditions.
    """
    proof, *others = (_proof_in(assembler, kind, translation, variants) for translation in assembler.translations(kind))
    for other in others:
        proof = _joined(proof, other)
    return proof


def _joined(one: Proof, other: Proof) -> Proof:
    """Two proofs as one; the pieces of the second are numbered after those of the first."""
    shift = max((piece.number for piece in one.pieces), default=-1) + 1
    letters = (replace(each, seen=frozenset(number + shift for number in each.seen)) for each in other.letters)
    pieces = (replace(piece, number=piece.number + shift) for piece in other.pieces)
    return Proof(
        one.kind,
        (*one.letters, *letters),
        (*one.pieces, *pieces),
        {**one.facts, **other.facts},
        (*one.elsewhere, *other.elsewhere),
        (*one.notes, *other.notes),
        one.is_for_book,
    )


def _proof_in(assembler: Assembler, kind: str, translation: str, variants: int) -> Proof:
    search = Search(assembler, kind, translation)
    search.run()
    missed = [piece for piece in search.pieces if piece.number not in search.seen]
    elsewhere = [piece for piece in missed if piece.is_shared and _shown_elsewhere(assembler, kind, piece, search)]
    never = [piece for piece in missed if piece not in elsewhere]
    # A shared passage may hold paragraphs for kinds that this library does not have: they are notes.
    if unshown := [_never_shown(piece, kind) for piece in never if not piece.branch and not piece.is_shared]:
        raise LibraryAtFault(unshown)
    return Proof(
        kind,
        tuple(search.for_book(variants) if variants else search.cover()),
        tuple(search.pieces),
        {name: search.fields[name].title for name in search.facts},
        tuple(elsewhere),
        tuple(_never_shown(piece, kind) for piece in never),
        variants > 0,
    )


def _shown_elsewhere(assembler: Assembler, kind: str, piece: WordingPiece, search: Search) -> bool:
    """Whether a piece of a shared passage appears in letters of another kind that includes it."""
    passage = piece.place.part.rsplit("/", 1)[-1].removesuffix(".docx")
    for other in assembler.library.kinds:
        if other != kind and passage in assembler.template(other).passages:
            if other not in search.others:
                search.others[other] = Search(assembler, other)
            if search.others[other].look_for(piece.origin):
                return True
    return False


def _never_shown(piece: WordingPiece, kind: str) -> Problem:
    under = "; ".join(f"“{guard}”" for guard in piece.guards) or "nothing"
    what = "of these words in it" if piece.branch else "of this paragraph"
    shown = str(piece).split(": ", 1)[1]
    remedy = (
        "Correct them, or delete it if it is meant for kinds of letter that this library does not have"
        if piece.is_shared
        else "Correct them, or delete it"
    )
    return Problem(
        f"No letter could be found that shows {'these words' if piece.branch else 'this paragraph'}: {shown}.",
        where=f"{piece.place.part}, paragraph {piece.place.number}",
        hint=f"The conditions {what} are {under}. {remedy}; if a letter can show it, save its "
        f"answers as templates/{kind}/sample-2.toml.",
        code="never-shown",
    )


def pack(assembler: Assembler, proof: Proof, on: date) -> bytes:
    """The proof as one PDF: what is signed, then each letter behind a sheet with the facts that made it."""
    parts = [("What is being approved", printed_sheet(assembler, _front_page(assembler, proof, on), "front page"))]
    shown: set[int] = set()
    for number, found in enumerate(proof.letters, 1):
        title = f"Letter {number} of {len(proof.letters)}"
        parts.append((title, printed_sheet(assembler, _fact_sheet(assembler, proof, found, title, shown, on), title)))
        made = assembler.make(found.letter, ["pdf"]).files
        parts.append(("", made["pdf"]))
        # A form is bound as print: two forms in one file would share the names of their fields.
        parts += [(f"Goes out with letter {number}: {name}", printed(made[name])) for name in made if name != "pdf"]
        shown |= found.seen
    return joined(parts)


def printed_sheet(assembler: Assembler, sheet: DocumentBuilder, name: str) -> bytes:
    return assembler.converter.convert(sheet.written(), name, ConversionOptions(keep_tags=True)).data


def _front_page(assembler: Assembler, proof: Proof, on: date) -> DocumentBuilder:
    title = assembler.library.kinds[proof.kind].title
    sheet = DocumentBuilder(f"Proof: {title}", on, assembler.office.language)
    sheet.heading(f"Proof: {title} ({proof.kind})")
    count = len(proof.letters)
    letters = f"{_NUMBERS[count] if count < len(_NUMBERS) else count} letter{'s' if count > 1 else ''}"
    fewest = "every sample and others" if proof.is_for_book else "the fewest found"
    sheet.say(
        f"{letters}, {fewest}, in which every paragraph of the template, and every alternative within a "
        f"paragraph, appears at least once. Printed on {long_date(on)}. {assembler.vetting(proof.kind).in_words(on)}"
    )
    sheet.heading("What is being approved", 2)
    files = assembler.files_of(proof.kind)
    sheet.table([("File", "SHA-256"), *((name, assembler.approvals.digest(name) or "missing") for name in files)])
    if proof.elsewhere:
        sheet.heading("In shared passages, but printed only in letters of other kinds", 2)
        sheet.points(str(piece) for piece in proof.elsewhere)
    if proof.notes:
        sheet.heading("Words that appear in no letter found", 2)
        sheet.points(str(note) for note in proof.notes)
    sheet.heading("Approved", 2)
    sheet.table([("Name and title", "Date and signature"), ("\n\n", "")], (4680, 4680))
    return sheet


def _fact_sheet(
    assembler: Assembler, proof: Proof, found: Candidate, title: str, shown: set[int], on: date
) -> DocumentBuilder:
    sheet = DocumentBuilder(title, on, assembler.office.language)
    sheet.heading(title)
    if found.sample:
        sheet.say(f"The sample letter, templates/{proof.kind}/{found.sample}.")
    if why := assembler.why_draft(found.letter):
        sheet.say(why)
    sheet.heading("The facts behind this letter", 2)
    sheet.say("The answers that the conditions of the template ask about; all others are as in the sample.")
    sheet.table([("Fact", "In this letter"), *_facts(proof, found)])
    sheet.heading("Shown here for the first time" if shown else "Shown here", 2)
    new = [_with_guards(piece) for piece in proof.pieces if piece.number in found.seen - shown]
    if new:
        sheet.points(new)
    else:
        sheet.say(
            "Nothing: every sentence stands in a letter before this one. Here they stand together on other facts."
        )
    return sheet


def _facts(proof: Proof, found: Candidate) -> Iterator[tuple[str, str]]:
    for name, title in proof.facts.items():
        yield f"{title} ({name})", in_words(get(found.answers, name))


def in_words(value: Any) -> str:
    """An answer in words."""
    match value:
        case None | [] | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case date():
            return long_date(value)
        case dict():
            return ", ".join(in_words(each) for each in value.values())
        case list():
            return "; ".join(in_words(each) for each in value)
    return str(value)


def _with_guards(piece: WordingPiece) -> str:
    guards = "; ".join(map(str, piece.guards))
    return f"{piece}{f' [{guards}]' if guards else ''}"
