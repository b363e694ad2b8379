"""The seal of a library: the secret key for the fingerprints in its letters. It stays in the office.

The first `letters vet` that records an approval creates `templates/seal.key`, which then never changes: with another
key, letters that already went out could not be told from forgeries. The key is shared by everybody who writes letters,
and secret from everybody who receives them. A library that never approved anything has no seal. Its letters are drafts,
anybody could have written their records, and `letters verify` says so. The record of approvals names the seal, so a
library whose seal is missing or replaced makes no letters until it is restored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.approval_record_head import RECORD, record_seal
from letters.library.library import Library

NAME = "seal.key"
HOW_TO_RESTORE = (
    "Restore it from a backup or from a colleague's copy. If every copy is lost: "
    "letters vet --new-seal --by NAME --title TITLE --why REASON"
)
_HEAD = """\
# The seal of this library, under which its letters are fingerprinted: see `letters verify`.
# Keep it with the library and within the office. With another one, letters that went out cannot be verified any more.
"""


# compared by identity, because it is part of the key of several caches
class Seal(Struct, frozen=True, eq=False):
    """A signing key, and the fingerprints made with it.

    Args:
        key: up to 64 bytes; empty for a library without a seal.
    """

    key: bytes = b""

    @property
    def name(self) -> str:
        """Identifies the key without revealing it; ``none`` for a library without a seal."""
        return self.fingerprint("seal", b"", 4).hex() if self.key else "none"

    def fingerprint(self, purpose: str, data: bytes, size: int = 16) -> bytes:
        """A fingerprint of ``size`` bytes. The same data has a different one for each purpose."""
        return digest_after(_started(self.key, purpose, size), data)

    def begun(self, purpose: str, data: bytes, size: int = 16) -> hashlib.blake2b:
        """A fingerprint of data that many things begin with, to go on from with `digest_after`."""
        started = _started(self.key, purpose, size).copy()
        started.update(data)
        return started

    def fingerprints(self, purpose: str, data: Iterable[bytes], size: int) -> list[bytes]:
        """The same for several things."""
        begin, found = _started(self.key, purpose, size).copy, []
        for each in data:  # as `digest_after`, which would take a third longer
            digest = begin()
            digest.update(each)
            found.append(digest.digest())
        return found


def digest_after(started: hashlib.blake2b, data: bytes) -> bytes:
    """The fingerprint of data that is begun with what has been started, which others may go on from, too."""
    found = started.copy()
    found.update(data)
    return found.digest()


@lru_cache(maxsize=32)
def _started(key: bytes, purpose: str, size: int) -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=size, key=key, person=purpose.encode())


def seal_file(library: Library) -> Path:
    """Where a library keeps its seal."""
    return library.templates / NAME


def load_seal(library: Library) -> Seal:
    """The seal of a library. Raises LibraryAtFault if it is not a seal, or not the one that the record names."""
    seal, wanted = _read(library), expected_seal(library)
    if wanted and seal.name != wanted:
        message = (
            "is not the seal that the record of approvals names, so letters that went out could not be verified."
            if seal.key
            else "is missing: it is the seal of this library, without which nobody could verify its letters."
        )
        library.refuse(Collector([Problem(message, library.name_of(seal_file(library)), HOW_TO_RESTORE, "seal")]))
    return seal


def expected_seal(library: Library) -> str:
    """The name of the seal that the record of approvals names; empty if it names none."""
    record = library.templates / RECORD
    return record_seal(library.read(record)) if record.is_file() else ""


def _read(library: Library) -> Seal:
    file = seal_file(library)
    if not file.is_file():
        return Seal()
    lines = [line.strip() for line in library.text(file).splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1 or not re.fullmatch("[0-9a-f]{64}", lines[0]):
        raise LibraryAtFault(Problem("This file is not a valid seal.", library.name_of(file), HOW_TO_RESTORE, "seal"))
    return Seal(bytes.fromhex(lines[0]))


def file_content(key: bytes) -> bytes:
    """The content of the file for a new seal.

    Args:
        key: 32 random bytes.
    """
    return f"{_HEAD}{key.hex()}\n".encode()
