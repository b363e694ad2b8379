"""The seal of a library: the key under which its letters are fingerprinted. It stays in the office.

`templates/seal.key` is made by the first `letters vet` that records an approval, and is never changed: letters that
went out before could not be told from forged ones any more. It is no secret from those who write letters; it is one
from those who receive them. A library that never approved anything has none: its letters are drafts, and their records
can be written, and guessed at, by anybody; they say so.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from letters.errors import LibraryAtFault, Problem
from letters.library.library import Library

NAME = "seal.key"
_HEAD = """\
# The seal of this library, under which its letters are fingerprinted: see `letters verify`.
# Keep it with the library and within the office. With another one, letters that went out cannot be verified any more.
"""


@dataclass(frozen=True, eq=False)  # told apart as objects: what is kept under a seal is looked up often
class Seal:
    """A key, and the fingerprints it makes.

    Args:
        key: up to 64 bytes; empty where the library has no seal.
    """

    key: bytes = b""

    @property
    def name(self) -> str:
        """Tells one seal from another and gives nothing away; ``none`` for a library without."""
        return self.mark("seal", b"", 4).hex() if self.key else "none"

    def mark(self, purpose: str, data: bytes, size: int = 16) -> bytes:
        """A fingerprint of ``size`` bytes; of the same data for another purpose it is another one."""
        found = _begun(self.key, purpose, size).copy()
        found.update(data)
        return found.digest()


@lru_cache(maxsize=32)
def _begun(key: bytes, purpose: str, size: int) -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=size, key=key, person=purpose.encode())


def place_of(library: Library) -> Path:
    """Where a library keeps its seal."""
    return library.templates / NAME


def seal_of(library: Library) -> Seal:
    """Raises LibraryAtFault when the file is there and no seal."""
    file = place_of(library)
    if not file.is_file():
        return Seal()
    lines = [line.strip() for line in library.text(file).splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1 or not re.fullmatch("[0-9a-f]{64}", lines[0]):
        raise LibraryAtFault(
            Problem("This is no seal.", library.name_of(file), "Bring that file back from a backup.", "seal")
        )
    return Seal(bytes.fromhex(lines[0]))


def written(key: bytes) -> bytes:
    """The file of a new seal.

    Args:
        key: 32 random bytes.
    """
    return f"{_HEAD}{key.hex()}\n".encode()
