"""A second pair of eyes: letters that a colleague approves, or returns with a comment, before they count as issued.

`review` in office.toml names the kinds of letter that need this. Who wrote a letter cannot approve it. A decision names
the digest of the letter's files, so it holds only for exactly those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from letters.docx.package import open_package
from letters.docx.redline import redline
from letters.errors import Problem, Usage
from letters.matters.register import Register, RegisterEntry

WAITING = "review"


def waiting(register: Register) -> list[RegisterEntry]:
    """The letters that wait for a colleague, by number."""
    return register.entries("state=?", WAITING)


def written_by(register: Register, entry: RegisterEntry) -> str:
    """Who wrote the letter as it is now."""
    writers = [row.who for row in register.history(entry) if row.what in ("reserved", "written again", "issued")]
    return writers[-1] if writers else ""


def approve(register: Register, reference: str, comment: str = "", signature: str = "", *, by: str) -> RegisterEntry:
    """The letter counts as issued from now on.

    Args:
        signature: of `statement`, with an SSH key; may be empty.
        by: the user's name, as the log has it.

    Raises:
        Usage: it does not wait, its files have changed, or this user wrote it.
    """
    entry = _decidable(register, reference, by)
    if changed := list(changed_files(register, entry)):
        hint = "Write the letter again, so that what is approved is what goes out."
        raise Usage(Problem(f"has files that changed or are missing: {', '.join(changed)}.", entry.reference, hint))
    detail = {"files": entry.files, "comment": comment, "signature": signature}
    return register.change(reference, "approved", "issued", (WAITING,), **detail)


def give_back(register: Register, reference: str, comment: str, *, by: str) -> RegisterEntry:
    """The letter goes back to who wrote it, with a comment. Raises as `approve`."""
    entry = _decidable(register, reference, by)
    return register.change(entry.reference, "returned", "returned", (WAITING,), files=entry.files, comment=comment)


def statement(entry: RegisterEntry) -> bytes:
    """What a signature of an approval covers."""
    return f"letters review: approved {entry.reference}, files {entry.files}\n".encode()


def changed_files(register: Register, entry: RegisterEntry) -> Iterator[str]:
    """The files of a letter that are not as they were written."""
    for role, path, digest in register.files(entry.id):
        if role == "letter" and not _is_same(path, digest):
            yield path


def redline_of_versions(register: Register, entry: RegisterEntry, by: str, on: date) -> bytes | None:
    """The Word letter with the changes since its last version tracked; None if that file is not there any more."""
    files = register.files(entry.id)
    new = next((path for role, path, _ in files if role == "letter" and path.endswith(".docx")), "")
    old = next(
        (
            path
            for role, path, digest in files
            if role == "earlier" and path.endswith(".docx") and _is_same(path, digest)
        ),
        "",
    )
    if not new or not old or not Path(new).is_file():
        return None
    before, after = (open_package(Path(path).read_bytes(), path) for path in (old, new))
    return redline(before, after, by=by, on=on)


def _decidable(register: Register, reference: str, by: str) -> RegisterEntry:
    entry = register.find(reference)
    if entry.state != WAITING:
        raise Usage(Problem(f"does not wait for a colleague: it is {entry.state}.", entry.reference, code="state"))
    if written_by(register, entry) == by:
        hint = "A second pair of eyes must be somebody else's."
        raise Usage(Problem(f"was written by you ({by}).", entry.reference, hint, "own"))
    return entry


def _is_same(path: str, digest: str) -> bool:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    except OSError:
        return False
