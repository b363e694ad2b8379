"""Whether the record of approvals may be trusted: who signed it, and everything it grew from.

An office turns signatures on with a file of allowed signers: `templates/allowed_signers`, or, out of reach of whoever
can write to the library, one that LETTERS_ALLOWED_SIGNERS names; that one then counts alone, and where it is missing
nothing is trusted, so that deleting a file turns nothing off.

Each signature is for the whole record (`templates/vetted.toml`, by `templates/vetted.toml.sig`). What was signed before
is kept in `templates/.vetted` with its signature, and each record names the one before, so that the record can be
followed back: whoever signed may have added only approvals of their own, and taken nothing away. The first signature
vouches for what was there before any. One thing no signature can show: that a whole library was put back to an earlier
day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from letters.errors import CannotWrite, LibraryAtFault, Problem, Usage
from letters.library.approval_record import KEPT, RECORD, SIGNATURE, VettingEntry, before, digest_of, read_acts
from letters.library.library import Library
from letters.library.ssh_signatures import Signers, why_not

ALLOWED = "allowed_signers"
Sign = Callable[[bytes], bytes]


def keeping_place(library: Library, name: str, digest: str) -> Path:
    """Where approved bytes are kept. The file's own ending stays, so that a copy opens with a double click."""
    return library.templates / KEPT / f"{digest}{PurePosixPath(name).suffix}"


def signers_of(library: Library) -> Signers | None:
    """Who may sign; None where the office asks for no signatures."""
    if library.signers is not None:
        return Signers(library.signers)
    own = library.templates / ALLOWED
    return Signers(own) if own.is_file() else None


def signed_last(library: Library) -> str:
    """SHA-256 of the last record that was signed; empty where none was."""
    file = library.templates / RECORD
    if not file.is_file():
        return ""
    data = library.read(file)
    return digest_of(data) if _kept_signature(library, digest_of(data)).is_file() else before(data)


def signed(library: Library, data: bytes, by: str, sign: Sign) -> dict[Path, bytes]:
    """The files that a signature of this record needs: it, its signature, and copies of both.

    Args:
        data: the record, with what it adds to the last one signed.
        by: who signs.

    Raises:
        Usage: it would vouch for what others did, or for a record that is not whole.
    """
    last = before(data)
    earlier = library.read(keeping_place(library, RECORD, last)) if last else b""
    others = sorted({act.by for act in _added(data, earlier) or ()} - {by}) if last else []
    if others:
        who = " and ".join(others)
        raise Usage(
            Problem(
                f"The record holds approvals by {who} that are not signed, for which nobody else can sign.",
                hint=f'They sign first: letters vet --sign --by "{others[0]}"',
                code="unsigned",
            )
        )
    signature, digest = sign(data), digest_of(data)
    if signers := signers_of(library):
        for reason in _faults(library, data, signature, signers):
            raise Usage(
                Problem(f"Nothing was recorded, because the signature would not count: {reason}.", code="signature")
            )
    return {
        library.templates / RECORD: data,
        library.templates / SIGNATURE: signature,
        keeping_place(library, RECORD, digest): data,
        _kept_signature(library, digest): signature,
    }


def why_not_trusted(library: Library) -> str:
    """Why the record of approvals cannot be trusted, as a clause; empty where it can, or need not be signed."""
    signers, file = signers_of(library), library.templates / RECORD
    if signers is None or not file.is_file():
        return ""
    signature = library.templates / SIGNATURE
    if not signature.is_file():
        return "nobody has signed that record, and this office wants it signed (letters vet --sign)"
    try:
        for reason in _faults(library, library.read(file), library.read(signature), signers):
            return f"the record cannot be trusted: {reason}"
    except CannotWrite as error:
        return f"its signature cannot be checked: {error.problems[0]}".rstrip(".")
    except LibraryAtFault as error:
        return f"its signatures cannot be followed back: {error.problems[0]}".rstrip(".")
    return ""


def _faults(library: Library, data: bytes, signature: bytes, signers: Signers) -> Iterator[str]:
    """What is wrong with a record and with all it grew from, the last signature first."""
    while True:
        last = before(data)
        earlier = library.read(keeping_place(library, RECORD, last)) if last else b""
        if last and digest_of(earlier) != last:
            yield "the copy kept of an earlier record is damaged"
            return
        new = _added(data, earlier)
        if new is None:
            yield "approvals were taken out of it, or changed, since an earlier signature"
            return
        if not last:  # the first vouches for all there was; it is made by whoever acted last
            new = [act for act in new if act.date == max(each.date for each in new)]
        people = list(dict.fromkeys(act.by for act in new))
        if last and len(people) > 1:
            yield f"one signature stands for approvals by {' and '.join(people)}"
        reasons = [why_not(data, signature, signers, who, max(act.date for act in new)) for who in people]
        if not reasons:
            yield "it holds no approval that its signature could be for"
        elif all(reasons):
            yield reasons[0]
        if not last:
            return
        data, signature = earlier, library.read(_kept_signature(library, last))


def _added(data: bytes, earlier: bytes) -> list[VettingEntry] | None:
    """What a record holds beyond an earlier one; None where it does not hold all of that."""
    now, then = read_acts(data, RECORD), read_acts(earlier, RECORD)
    if any(tuple(now.get(kind, ()))[: len(acts)] != acts for kind, acts in then.items()):
        return None
    return [act for kind, acts in now.items() for act in acts[len(then.get(kind, ())) :]]


def _kept_signature(library: Library, digest: str) -> Path:
    return library.templates / KEPT / f"{digest}.toml.sig"
