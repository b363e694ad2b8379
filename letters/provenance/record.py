"""The record a finished letter carries: what made it, and the fingerprints of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from hmac import compare_digest

from letters.provenance.seal import Seal

FORM = "1"
UNSEALED = "0" * 32
"""Stands where the fingerprint of a whole file will stand, so that writing it in changes nothing else."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a letter says of itself: identifiers and fingerprints, each a text without spaces at its ends.

    Args:
        form: of the record, should there ever be another.
        kind: of letter.
        state: ``vetted`` or ``draft``.
        version: SHA-256 over the names and digests of every file it was made from (see ``acts.version_of``).
        approval: the same over those that were approved; empty where nobody ever approved the kind.
        law: SHA-256 of the legal basis.
        tool: the version of Letters.
        dated: the date of the letter.
        edited: of a PDF, what was changed by hand before it was printed: ``words``, ``looks`` or empty.
        changed: how many sentences of the Word letter were; empty for none.
        words: a mark for each sentence of the text (see ``words.marks``).
        headings: the same for headers and footers.
        looks: fingerprint of what a reader sees of its looks; empty in a PDF.
        file: fingerprint of the whole file but the record; in a PDF with ``UNSEALED`` in its own place.
        key: the name of the seal it is all made with.
        seal: fingerprint of the rest of the record, without ``file``.
    """

    form: str = FORM
    kind: str = ""
    state: str = ""
    version: str = ""
    approval: str = ""
    law: str = ""
    tool: str = ""
    dated: str = ""
    edited: str = ""
    changed: str = ""
    words: str = ""
    headings: str = ""
    looks: str = ""
    file: str = ""
    key: str = ""
    seal: str = ""

    def sealed(self, seal: Seal, **more: str) -> Record:
        """The same with ``more`` said, sealed."""
        said = {**self.as_mapping(), **more, "key": seal.name}
        return Record(**{**said, "seal": _mark(said, seal)})

    def holds(self, seal: Seal) -> bool:
        """Whether it was written under this seal, and stands as it was written."""
        return compare_digest(self.seal.encode(), _mark(self.as_mapping(), seal).encode())

    def as_mapping(self) -> dict[str, str]:
        """What is written down, by name; nothing for what is empty."""
        return {name: value for name in _NAMES if (value := getattr(self, name))}

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Record | None:
        """A record that was read; None where there is none, or none of this form."""
        record = cls(**{name: value for name, value in said.items() if name in _NAMES})
        return record if said.get("form") == FORM and record.seal else None

    @classmethod
    def in_answers(cls, made: Mapping[str, str]) -> Record:
        """What answers say their letter was made with: not sealed, as they never leave the office."""
        return cls(**{name: value for name, value in made.items() if name in _NAMES})


_NAMES = tuple(each.name for each in fields(Record))
_SEALED = tuple(name for name in _NAMES if name not in ("seal", "file"))


def _mark(said: Mapping[str, str], seal: Seal) -> str:
    lines = [f"{name}={said.get(name, '')}" for name in _SEALED]
    return seal.mark("record", "\n".join(lines).encode()).hex()
