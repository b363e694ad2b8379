"""Whether the record of approvals can be trusted: who signed it, and every earlier version of it.

An office turns signatures on with a file of allowed signers: `templates/allowed_signers`, or a file outside the library
named by LETTERS_ALLOWED_SIGNERS, out of reach of those who can write to the library. The file outside takes precedence;
if it is missing, nothing is trusted, so deleting it does not turn signatures off.

Each signature (`templates/vetted.toml.sig`) covers the whole record (`templates/vetted.toml`). Earlier signed records
are kept in `templates/.vetted` with their signatures, and each record names the one before it, so the history can be
checked: whoever signed may have added only approvals of their own, and removed nothing. The first signature covers
everything that was recorded before it. One thing no signature can show is that a whole library was restored to an
earlier state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from letters.errors import CannotWrite, LibraryAtFault, Problem, Usage
from letters.library.approval_record import VettingEntry, digest_of, read_record
from letters.library.approval_record_head import KEPT, RECORD, SIGNATURE, record_before
from letters.library.library import Library
from letters.library.ssh_signatures import Signers, signature_problem

ALLOWED = "allowed_signers"
Sign = Callable[[bytes], bytes]


def kept_copy(library: Library, name: str, digest: str) -> Path:
    """Where a copy of approved bytes is kept. It keeps the file's suffix, so that a double click opens it."""
    return library.templates / KEPT / f"{digest}{PurePosixPath(name).suffix}"


def signers_of(library: Library) -> Signers | None:
    """Who may sign; None if the office does not require signatures."""
    if library.signers is not None:
        return Signers(library.signers)
    own = library.templates / ALLOWED
    return Signers(own) if own.is_file() else None


def last_signed(library: Library) -> str:
    """SHA-256 of the last signed record; empty if there is none."""
    file = library.templates / RECORD
    if not file.is_file():
        return ""
    data = library.read(file)
    return digest_of(data) if _kept_signature(library, digest_of(data)).is_file() else record_before(data)


def signed_files(library: Library, data: bytes, by: str, sign: Sign) -> dict[Path, bytes]:
    """The files to write for a signed record: the record, its signature, and copies of both.

    Args:
        data: the record, with what it adds to the last signed one.
        by: who signs.

    Raises:
        Usage: the signature would cover what others did, or an incomplete record.
    """
    last = record_before(data)
    earlier = library.read(kept_copy(library, RECORD, last)) if last else b""
    others = sorted({entry.by for entry in _added(data, earlier) or ()} - {by}) if last else []
    if others:
        who = " and ".join(others)
        raise Usage(
            Problem(
                f"The record contains approvals by {who} that are not signed yet, and nobody else can sign them.",
                hint=f'They must sign first: letters vet --sign --by "{others[0]}"',
                code="unsigned",
            )
        )
    signature, digest = sign(data), digest_of(data)
    if signers := signers_of(library):
        for reason in _signature_problems(library, data, signature, signers):
            raise Usage(
                Problem(
                    f"Nothing was recorded, because the signature would not be accepted: {reason}.", code="signature"
                )
            )
    return {
        library.templates / RECORD: data,
        library.templates / SIGNATURE: signature,
        kept_copy(library, RECORD, digest): data,
        _kept_signature(library, digest): signature,
    }


def why_untrusted(library: Library) -> str:
    """Why the record of approvals cannot be trusted, as a clause; empty if it can, or if it needs no signature."""
    signers, file = signers_of(library), library.templates / RECORD
    if signers is None or not file.is_file():
        return ""
    signature = library.templates / SIGNATURE
    if not signature.is_file():
        return (
            "nobody has signed the record of approvals, and this office requires a signature "
            "(letters vet --sign --by NAME)"
        )
    try:
        for reason in _signature_problems(library, library.read(file), library.read(signature), signers):
            return f"the record cannot be trusted: {reason}"
    except CannotWrite as error:
        return f"its signature cannot be checked: {error.problems[0]}".rstrip(".")
    except LibraryAtFault as error:
        return f"the history of its signatures cannot be checked: {error.problems[0]}".rstrip(".")
    return ""


def _signature_problems(library: Library, data: bytes, signature: bytes, signers: Signers) -> Iterator[str]:
    """What is wrong with a record and its earlier versions, the last signature first."""
    while True:
        last = record_before(data)
        earlier = library.read(kept_copy(library, RECORD, last)) if last else b""
        if last and digest_of(earlier) != last:
            yield "the copy of an earlier record is damaged"
            return
        new = _added(data, earlier)
        if new is None:
            yield "approvals were removed or changed since an earlier signature"
            return
        if not last:  # the first signature covers everything; it is made by whoever acted last
            new = [entry for entry in new if entry.date == max(each.date for each in new)]
        people = list(dict.fromkeys(entry.by for entry in new))
        if last and len(people) > 1:
            yield f"one signature covers approvals by {' and '.join(people)}"
        reasons = [signature_problem(data, signature, signers, who, max(entry.date for entry in new)) for who in people]
        if not reasons:
            yield "it contains no approval that its signature could cover"
        elif all(reasons):
            yield reasons[0]
        if not last:
            return
        data, signature = earlier, library.read(_kept_signature(library, last))


def _added(data: bytes, earlier: bytes) -> list[VettingEntry] | None:
    """What a record adds to an earlier one; None if it lacks part of that one."""
    now, then = read_record(data, RECORD), read_record(earlier, RECORD)
    if any(tuple(now.get(kind, ()))[: len(entries)] != entries for kind, entries in then.items()):
        return None
    return [entry for kind, entries in now.items() for entry in entries[len(then.get(kind, ())) :]]


def _kept_signature(library: Library, digest: str) -> Path:
    return library.templates / KEPT / f"{digest}.toml.sig"
