"""`letters rebuild`: a letter once more, byte for byte, from its answers and the versions it was made with.

The approved bytes are kept (`templates/.vetted`), so the library of that day can be put together again. What cannot be
had any more is named; nothing is written that is only nearly the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from letters import __version__
from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers, LettersError, LibraryAtFault, Problem
from letters.library.answers import Answers
from letters.library.approval_record import VettingEntry, version_of
from letters.library.kind_files import TAKEN_IN_PART
from letters.provenance.judging import EDITED, judge
from letters.provenance.record import Record

_LAW = "templates/legal_basis.toml"


@dataclass(frozen=True)
class Rebuilt:
    """A letter made again.

    Args:
        files: by suffix.
        proven: its bytes were compared with the fingerprint of the letter that was given.
    """

    files: Mapping[str, bytes]
    is_draft: bool
    proven: bool


def record_in(assembler: Assembler, data: bytes, name: str) -> Record:
    """The record of a finished letter, hand-edited or not. Raises LettersError when it has none to rely on."""
    found = judge(data, name, assembler.seal)
    if found.record is None or found.state not in EDITED:
        raise InvalidAnswers(
            Problem(
                f"The letter does not say what it was made with: {found.state}.",
                name,
                "`letters verify` says more.",
                "no-record",
            )
        )
    return found.record


def rebuild(
    assembler: Assembler, answers: Answers, record: Record, formats: Collection[str], like: str = ""
) -> Rebuilt:
    """Make the letter again.

    Args:
        record: what it was made with.
        like: the format of the letter the record was read from, whose fingerprint the new bytes must have; empty where
            it was not read from a letter.

    Raises:
        LettersError: with everything that is missing.
    """
    then = _desk_of(assembler, record)
    letter = then.check(answers)
    made = then.make(letter, tuple(dict.fromkeys((*formats, *filter(None, [like])))))
    if like:
        _refuse_another(assembler, made.files[like], record, like)
    elif record.tool != __version__:
        raise LettersError(_tool(record))
    files = {suffix: data for suffix, data in made.files.items() if suffix in formats}
    return Rebuilt(files, then.is_draft(letter), bool(like))


def _refuse_another(assembler: Assembler, data: bytes, record: Record, like: str) -> None:
    new = judge(data, "the letter", assembler.seal).record
    assert new is not None
    if like == "pdf" and record.edited:
        raise LettersError(
            Problem(
                "The PDF was printed from a Word letter that had been changed by hand, so the answers do not make it.",
                hint="Give the answers alone, or the Word letter, with --as.",
                code="edited",
            )
        )
    if (new.file, new.seal) == (record.file, record.seal):
        return
    if record.tool != __version__:
        raise LettersError(_tool(record))
    if like == "pdf" and new.words == record.words:
        raise LettersError(
            Problem(
                "Every word is the same, and the bytes are not.",
                hint="The PDF was set with other fonts, or another HarfBuzz or WeasyPrint, than are installed here.",
                code="fonts",
            )
        )
    raise LettersError(
        Problem(
            "The same versions do not make the same letter from these answers.",
            hint="The answers were changed after it was written, or they are those of another letter.",
            code="answers",
        )
    )


def _tool(record: Record) -> Problem:
    return Problem(
        f"The letter was written by Letters {record.tool}, and this is {__version__}: its bytes cannot be made here.",
        hint=f"Install letters=={record.tool}, and run this again.",
        code="tool",
    )


def _desk_of(assembler: Assembler, record: Record) -> Assembler:
    """The desk the letter was written at. Raises LibraryAtFault naming what is missing."""
    kind = record.kind
    if kind not in assembler.library.kinds:
        raise LibraryAtFault(
            Problem(f"There is no kind of letter called “{kind}” in this library any more.", code="kind")
        )
    if record.key != assembler.seal.name:
        raise LibraryAtFault(Problem("The letter was made under another seal.", hint="Find the library it is from."))
    if _is_made_by(assembler, record):
        return assembler
    act = next((each for each in assembler.register.approvals(kind) if version_of(each.files) == record.approval), None)
    if act is None:
        raise LibraryAtFault(_no_such_version(record))
    lost: list[LettersError] = []
    for files in _variants(assembler, act, record):
        then = Assembler(assembler.register.as_approved(act, files))
        try:
            if _is_made_by(then, record):
                return then
        except LettersError as error:
            lost.append(error)
    if lost:
        raise LibraryAtFault(problem for error in lost for problem in error.problems)
    raise LibraryAtFault(
        Problem(
            "The letter was made from files that were not all those approved, and of which no copy is kept.",
            hint="Bring templates and prompts back as they were that day, from a backup or from version control.",
            code="version",
        )
    )


def _is_made_by(assembler: Assembler, record: Record) -> bool:
    return (assembler.vetting(record.kind).version, assembler.version(record.kind)) == (record.approval, record.version)


def _no_such_version(record: Record) -> Problem:
    if record.approval:
        return Problem(
            f"The approval the letter was made under ({record.approval[:16]}…) is not in this library.",
            "templates/vetted.toml",
            "Bring back the newer file, or use the library the letter is from.",
            "version",
        )
    return Problem(
        "The letter was a draft of files nobody had approved, and of which no copy is kept.",
        hint="Bring templates and prompts back as they were that day, from a backup or from version control.",
        code="version",
    )


def _variants(assembler: Assembler, act: VettingEntry, record: Record) -> Iterator[Mapping[str, str]]:
    """The files as approved; then with the versions of shared files that were approved with other kinds, because a law
    entered for another kind leaves an approval standing."""
    known: dict[str, list[str]] = {}
    for name in TAKEN_IN_PART:
        if name not in act.files:
            continue
        found = [act.files[name], assembler.register.digest(name) or ""]
        for kind in assembler.register.entries:
            found += [each.files[name] for each in assembler.register.approvals(kind) if name in each.files]
        known[name] = list(dict.fromkeys(filter(None, found)))
    if _LAW in known:
        known[_LAW] = [digest for digest in known[_LAW] if digest == record.law]
        if not known[_LAW]:
            raise LibraryAtFault(
                Problem(
                    f"The law the letter was made with ({record.law[:16]}…) is not in this library.",
                    _LAW,
                    "Bring that version back from a backup or from version control.",
                    "law",
                )
            )
    for digests in product(*known.values()):
        yield {**act.files, **dict(zip(known, digests, strict=True))}
