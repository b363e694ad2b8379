"""`letters rebuild`: the same letter again, byte for byte, from its answers and the versions it was made with.

Approved files are kept (`templates/.vetted`), so the library of an earlier day can be put together again. Whatever is
no longer available is named, and no letter is written that is not exactly the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product

from msgspec import Struct

from letters._system.version import VERSION
from letters.errors import InvalidAnswers, LettersError, LibraryAtFault, Problem
from letters.library.answers import Answers
from letters.library.approval_record import VettingEntry, version_of
from letters.library.kind_files import TAKEN_IN_PART
from letters.provenance.letter_maker import LetterMaker
from letters.provenance.record import Record
from letters.provenance.record_comparison import EDITED, compare
from letters.provenance.seal import Seal

_LAW = "templates/legal_basis.toml"
_RESTORE_ALL = "Restore templates and prompts as they were that day, from a backup or from version control."


class Rebuilt(Struct, frozen=True):
    """A letter made again.

    Args:
        files: by suffix (``docx``, ``pdf``; an enclosure such as ``targeted-request.pdf``).
        proven: whether its bytes were compared with the fingerprint of the original letter.
    """

    files: Mapping[str, bytes]
    is_draft: bool
    proven: bool


def record_from_letter(data: bytes, name: str, seal: Seal) -> Record:
    """The record of a finished letter, which may have been edited by hand.

    Args:
        name: of the file, for messages.
        seal: of the library it was made with.

    Raises:
        InvalidAnswers: it has no record that can be relied on.
        LettersError: it is neither a readable .docx nor a readable PDF.
    """
    found = compare(data, name, seal)
    if found.record is None or found.state not in EDITED:
        raise InvalidAnswers(
            Problem(
                f"The letter has no usable record of what it was made from ({found.state}).",
                name,
                "Run `letters verify` on it for details.",
                "no-record",
            )
        )
    return found.record


def rebuild(maker: LetterMaker, answers: Answers, record: Record, formats: Collection[str], like: str = "") -> Rebuilt:
    """Make a letter again.

    Args:
        record: what it was made from.
        formats: wanted, such as ``docx`` and ``pdf``.
        like: the format of the letter the record was read from, whose bytes must come out the same; empty if the record
            was not read from a letter.

    Raises:
        LettersError: with everything that is missing.
    """
    then = _maker_of(maker, record)
    if like and record.enclosure:
        like = f"{record.enclosure}.pdf"
    letter = then.check(answers)
    wanted = tuple(dict.fromkeys((*formats, *filter(None, [like] if "." not in like else []))))
    made = then.make(letter, wanted, entered=record.entered)
    if like and like not in made.files:
        raise LettersError(
            Problem("With these answers, the letter has no such enclosure.", hint=f"It was {like}.", code="answers")
        )
    if like:
        _refuse_different(made.files[like], record, like, maker.seal)
    elif record.tool != VERSION:
        raise LettersError(_other_version_of_letters(record))
    files = {suffix: data for suffix, data in made.files.items() if suffix in formats or "." in suffix}
    return Rebuilt(files, then.is_draft(letter), bool(like))


def _refuse_different(data: bytes, record: Record, like: str, seal: Seal) -> None:
    new = compare(data, "the letter", seal).record
    assert new is not None
    if like == "pdf" and record.edited:
        raise LettersError(
            Problem(
                "The PDF was made from a Word letter that had been edited by hand, so it cannot be made from answers.",
                hint="Give the answers alone, or give the Word letter with --as.",
                code="edited",
            )
        )
    if (new.file, new.seal) == (record.file, record.seal):
        return
    if record.tool != VERSION:
        raise LettersError(_other_version_of_letters(record))
    if like == "pdf" and new.words == record.words:
        raise LettersError(
            Problem(
                "Every word is the same, but the bytes are not.",
                hint="The PDF was made with other fonts, or other versions of HarfBuzz or WeasyPrint, than this machine"
                " has.",
                code="fonts",
            )
        )
    raise LettersError(
        Problem(
            "The same versions do not give the same letter with these answers.",
            hint="The answers were changed after the letter was written, or belong to another letter.",
            code="answers",
        )
    )


def _other_version_of_letters(record: Record) -> Problem:
    return Problem(
        f"The letter was written by Letters {record.tool}. This is {VERSION}, which may give other bytes.",
        hint=f"Install letters=={record.tool}, and run this again.",
        code="tool",
    )


def _maker_of(maker: LetterMaker, record: Record) -> LetterMaker:
    """A maker for the library as it was when the letter was written. Raises LibraryAtFault naming what is missing."""
    kind = record.kind
    if kind not in maker.library.kinds:
        raise LibraryAtFault(Problem(f"This library no longer has a kind of letter called “{kind}”.", code="kind"))
    if record.key != maker.seal.name:
        raise LibraryAtFault(
            Problem("The letter was made with another seal.", hint="Use the library that the letter is from.")
        )
    if _matches(maker, record):
        return maker
    approvals = maker.approvals.approvals(kind)
    entry = next((each for each in approvals if version_of(each.files) == record.approval), None)
    if entry is None:
        raise LibraryAtFault(_approval_missing(record))
    failures: list[LettersError] = []
    for files in _combinations(maker, entry, record):
        then = maker.as_approved(entry, files)
        try:
            if _matches(then, record):
                return then
        except LettersError as error:
            failures.append(error)
    if failures:
        raise LibraryAtFault(problem for error in failures for problem in error.problems)
    raise LibraryAtFault(
        Problem(
            "Some of the files the letter was made from were not approved, and no copy of them was kept.",
            hint=_RESTORE_ALL,
            code="version",
        )
    )


def _matches(maker: LetterMaker, record: Record) -> bool:
    return (maker.vetting(record.kind).version, maker.version(record.kind)) == (record.approval, record.version)


def _approval_missing(record: Record) -> Problem:
    if record.approval:
        return Problem(
            f"The approval the letter was made under ({record.approval[:16]}…) is not in this library.",
            "templates/vetted.toml",
            "Restore the newer version of this file, or use the library that the letter is from.",
            "version",
        )
    return Problem(
        "The letter was a draft made from files nobody had approved, and no copy of them was kept.",
        hint=_RESTORE_ALL,
        code="version",
    )


def _combinations(maker: LetterMaker, entry: VettingEntry, record: Record) -> Iterator[Mapping[str, str]]:
    """The approved files, then the same with other approved versions of the shared files.

    A law entered for another kind of letter changes a shared file and leaves this approval in force, so the letter may
    have been made with a version that was approved with the other kind.
    """
    versions: dict[str, list[str]] = {}
    for name in TAKEN_IN_PART:
        if name not in entry.files:
            continue
        found = [entry.files[name], maker.approvals.digest(name) or ""]
        for kind in maker.approvals.entries:
            found += [each.files[name] for each in maker.approvals.approvals(kind) if name in each.files]
        versions[name] = list(dict.fromkeys(filter(None, found)))
    if _LAW in versions:
        versions[_LAW] = [digest for digest in versions[_LAW] if digest == record.law]
        if not versions[_LAW]:
            raise LibraryAtFault(
                Problem(
                    f"The law the letter was made with ({record.law[:16]}…) is not in this library.",
                    _LAW,
                    "Restore that version from a backup or from version control.",
                    "law",
                )
            )
    for digests in product(*versions.values()):
        yield {**entry.files, **dict(zip(versions, digests, strict=True))}
