"""The record a finished letter carries: what it was made from, and the fingerprints of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest

from msgspec import Struct
from msgspec.structs import asdict, fields

from letters.provenance.seal import Seal

FORM = "1"
BLANK_FINGERPRINT = "0" * 32
"""Placeholder for the fingerprint of a whole file, of the same length, so that filling it in moves nothing."""


class Record(Struct, frozen=True):
    """What a letter says about its origin: identifiers and fingerprints, as text without leading or trailing spaces.

    Args:
        form: version of the record format.
        kind: of letter.
        state: ``vetted`` or ``draft``.
        version: SHA-256 over the names and digests of every file it was made from (see ``version_of``).
        approval: the same over the files that were approved; empty if the kind was never approved.
        law: SHA-256 of the legal basis.
        tool: the version of Letters.
        dated: the date of the letter.
        entered: the head of the register's log when the letter got its number; empty without a register.
        edited: in a PDF, what was changed by hand before it was made: ``words``, ``looks`` or empty.
        changed: how many sentences of the Word letter were changed; empty for none.
        words: fingerprints of the sentences of the text (see ``letter_text.fingerprints``).
        headings: the same for headers and footers.
        looks: fingerprint of the visible formatting; empty in a PDF.
        file: fingerprint of the whole file without the record; in a PDF, with ``BLANK_FINGERPRINT`` in its own place.
        key: the name of the seal.
        seal: fingerprint of the record itself, without ``file``.
        enclosure: in a form or page that goes out with a letter, its name; then ``words`` are those of its fields.
    """

    form: str = FORM
    kind: str = ""
    state: str = ""
    version: str = ""
    approval: str = ""
    law: str = ""
    tool: str = ""
    dated: str = ""
    entered: str = ""
    edited: str = ""
    changed: str = ""
    words: str = ""
    headings: str = ""
    looks: str = ""
    file: str = ""
    key: str = ""
    seal: str = ""
    enclosure: str = ""

    def sealed(self, seal: Seal, **more: str) -> Record:
        """The record with ``more`` fields filled in, and sealed."""
        values = {**self.as_mapping(), **more, "key": seal.name}
        return Record(**{**values, "seal": _fingerprint(values, seal)})

    def is_authentic(self, seal: Seal) -> bool:
        """Whether it was written with this seal and has not been altered."""
        return compare_digest(self.seal.encode(), _fingerprint(self.as_mapping(), seal).encode())

    def as_mapping(self) -> dict[str, str]:
        """The fields by name, without the empty ones."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_properties(cls, values: Mapping[str, str]) -> Record | None:
        """The record with these fields; None if there is none, or it has another format."""
        record = cls(**{name: value for name, value in values.items() if name in _NAMES})
        return record if values.get("form") == FORM and record.seal else None

    @classmethod
    def from_answers(cls, made: Mapping[str, str]) -> Record:
        """What an answers file says about its letter. It is not sealed, because answers never leave the office."""
        return cls(**{name: value for name, value in made.items() if name in _NAMES})


_NAMES = tuple(each.name for each in fields(Record))
_SEALED = tuple(name for name in _NAMES if name not in ("seal", "file"))
_OPTIONAL = frozenset({"enclosure", "entered"})


def _fingerprint(values: Mapping[str, str], seal: Seal) -> str:
    # A letter without a register, or that is no enclosure, has the fingerprint it had before there were such.
    lines = [f"{name}={values.get(name, '')}" for name in _SEALED if name not in _OPTIONAL or values.get(name)]
    return seal.fingerprint("record", "\n".join(lines).encode()).hex()
