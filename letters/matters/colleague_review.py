"""A second pair of eyes: letters that a colleague approves, or returns with a comment, before they count as issued.

`review` in office.toml names the kinds of letter that need this. Who wrote a letter cannot approve it. A decision names
the digest of the letter's files, so it holds only for exactly those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from letters._system.output import safe_stem, write_all
from letters._system.private_files import private_folder
from letters.docx.package import open_package
from letters.docx.redline import redline
from letters.errors import Problem, Usage
from letters.library.ssh_signatures import Signers, is_intact, signature_problem, signers_in
from letters.matters.register import Register, RegisterEntry
from letters.matters.registration import place_of

WAITING = "review"
Signed = Callable[[bytes], bytes]


def waiting(register: Register) -> list[RegisterEntry]:
    """The letters that wait for a colleague, by number."""
    return register.entries("state=?", WAITING)


def written_by(register: Register, entry: RegisterEntry) -> str:
    """Who wrote the letter as it is now."""
    writers = [row.who for row in register.history(entry) if row.what in ("reserved", "written again", "issued")]
    return writers[-1] if writers else ""


def approve(
    register: Register,
    reference: str,
    comment: str = "",
    signed: Signed | None = None,
    *,
    by: str,
    signers: Signers | None = None,
    on: date | None = None,
) -> RegisterEntry:
    """The letter counts as issued from now on.

    Args:
        signed: makes a signature of `statement` with an SSH key; None for none.
        by: the user's name, as the log has it.
        signers: whose keys the office allows; then an approval must be signed with one of them.
        on: the day, for keys that are valid for a while.

    Raises:
        Usage: it does not wait, its files have changed, this user wrote it, or the signature is not accepted.
    """
    entry = _decidable(register, reference, by)
    if changed := list(changed_files(register, entry)):
        hint = "Write the letter again, so that what is approved is what goes out."
        raise Usage(Problem(f"has files that changed or are missing: {', '.join(changed)}.", entry.reference, hint))
    signature = signed(statement(entry)) if signed else b""
    signer = _signer(entry, signature, signers, on or entry.day)
    detail: dict[str, Any] = {
        "files": entry.files,
        "comment": comment,
        "signature": signature.decode(),
        "signer": signer,
    }
    return register.change(reference, "approved", "issued", (WAITING,), **detail)


def _signer(entry: RegisterEntry, signature: bytes, signers: Signers | None, on: date) -> str:
    """Who signed, by the office's list of keys; empty where it has none. Raises Usage."""
    if signers is None:
        return ""
    if not signature:
        hint = "Sign it with your key: --sign FILE."
        raise Usage(Problem("must be signed: this office lists the keys that approve.", entry.reference, hint, "sign"))
    names = signers_in(signature, signers, on)
    problem = signature_problem(statement(entry), signature, signers, names[0] if names else "", on)
    if problem:
        raise Usage(Problem(f"was not approved: {problem}.", entry.reference, code="signature"))
    return names[0]


def signature_problems(register: Register, signers: Signers | None) -> Iterator[str]:
    """What is wrong with the signatures of approvals, in sentences."""
    for entry in register.entries("id IN (SELECT entry FROM log WHERE what='approved')"):
        for row in register.history(entry):
            detail = row.detail or {}
            if row.what != "approved" or not detail.get("signature"):
                continue
            data, signature = statement(entry, str(detail.get("files"))), str(detail["signature"]).encode()
            if signers and (who := str(detail.get("signer") or "")):
                problem = signature_problem(data, signature, signers, who, date.fromisoformat(row.at[:10]))
            else:
                problem = "" if is_intact(data, signature) else "it is not one of these files"
            if problem:
                yield f"The signature of {row.who}'s approval of {entry.reference} is not valid: {problem}."


def give_back(
    register: Register, reference: str, comment: str, *, by: str, keep_in: Path | None = None
) -> RegisterEntry:
    """The letter goes back to who wrote it, with a comment.

    Args:
        keep_in: folder for a copy of the Word letter as it was returned, for a redline of what is changed then.

    Raises:
        Usage, CannotWrite: as `approve`; or the copy cannot be written.
    """
    entry = _decidable(register, reference, by)
    kept: dict[str, str] = {}
    for role, path, digest in register.files(entry.id) if keep_in else ():
        if keep_in and role == "letter" and path.endswith(".docx") and _is_same(path, digest):
            copy = keep_in / f"{safe_stem(entry.reference)}-{digest[:16]}.docx"
            private_folder(keep_in)
            write_all({copy: Path(path).read_bytes()}, overwrite=True, private=True)
            kept[place_of(copy)] = digest
    return register.change(
        entry.reference, "returned", "returned", (WAITING,), kept=kept, files=entry.files, comment=comment
    )


def statement(entry: RegisterEntry, files: str = "") -> bytes:
    """What a signature of an approval covers.

    Args:
        files: digest of the files, if they have changed since.
    """
    return f"letters review: approved {entry.reference}, files {files or entry.files}\n".encode()


def changed_files(register: Register, entry: RegisterEntry) -> Iterator[str]:
    """The files of a letter that are not as they were written."""
    for role, path, digest in register.files(entry.id):
        if role == "letter" and not _is_same(path, digest):
            yield path


def redline_of_versions(register: Register, entry: RegisterEntry, by: str, on: date) -> bytes | None:
    """The Word letter with the changes since its last version tracked; None if that file is not there any more."""
    files = sorted(register.files(entry.id), key=lambda each: _when(each[1]), reverse=True)
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
        raise Usage(Problem(f"does not wait for a colleague: it is {entry.is_what}.", entry.reference, code="state"))
    if written_by(register, entry) == by:
        hint = "A second pair of eyes must be somebody else's."
        raise Usage(Problem(f"was written by you ({by}).", entry.reference, hint, "own"))
    return entry


def _when(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0


def _is_same(path: str, digest: str) -> bool:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    except OSError:
        return False
