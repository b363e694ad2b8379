"""The record of approvals, `templates/vetted.toml`: each approval and withdrawal, read and written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

import tomli
from pydantic import Field, ValidationError, field_validator

from letters._text.lazy_pattern import pattern
from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.approval_record_head import record_head
from letters.model.error_wording import problems_in
from letters.model.values import Day, Model, Text

_SHA_256 = pattern("[0-9a-f]{64}")
_ENTRY = pattern(rb"\[([\w-]+)\]\]\n")
_NOT_OURS = b"'''", b'"""', b"\n ", b"\n\t", b"\r"
"""What makes a bracket at the start of a line something else than a table, or a table begin elsewhere."""
VettingEntries = Mapping[str, Sequence["VettingEntry"]]


@lru_cache(maxsize=1000)  # the approvals of a library name the same files again and again
def _is_of_a_library(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[:1] in (("templates",), ("prompts",)) and ".." not in path.parts and "\\" not in name


class VettingEntry(Model):
    """One approval or withdrawal: an entry of `templates/vetted.toml`."""

    act: Literal["vetted", "withdrawn"] = Field(title="Act", description="What was done.")
    by: Text = Field(title="Name", description="Who did it.")
    title: Text = Field(title="Title", description="That person's official title.")
    date: Day = Field(title="Date", description="The day it was done.")
    why: Text = Field(title="Reason", description="Why it was done.")
    expires: Day | None = Field(default=None, title="Expires", description="The last date of letters it covers.")
    files: dict[str, str] = Field(default={}, title="Files", description="SHA-256 of every file, by name.")

    @field_validator("files")
    @classmethod
    def _are_files_of_a_library(cls, files: dict[str, str]) -> dict[str, str]:
        for name, digest in files.items():
            if not _is_of_a_library(name):
                raise ValueError(f"names “{name}”, which is not a file of a library.")
            if not _SHA_256.fullmatch(digest):
                raise ValueError(f"has no valid SHA-256 for “{name}”.")
        return files

    @property
    def person(self) -> str:
        """Name and title."""
        return f"{self.by}, {self.title}"


def read_record(data: bytes, where: str) -> dict[str, tuple[VettingEntry, ...]]:
    """Every entry by kind of letter, in order.

    Args:
        where: the name of the record in messages.

    Raises:
        LibraryAtFault: with everything that is wrong with it.
    """
    try:
        tables = tomli.loads(data.decode("utf-8-sig"))
    except (RecursionError, ValueError) as error:  # of text, of TOML, of a number of 5,000 digits
        reason = f": {error}" if isinstance(error, tomli.TOMLDecodeError) else ""
        raise LibraryAtFault(
            Problem(
                f"The file cannot be read{reason}.",
                where,
                "Restore it from a backup; it is not meant to be edited by hand.",
            )
        ) from error
    problems = Collector()
    found: dict[str, tuple[VettingEntry, ...]] = {}
    for kind, entries in tables.items():
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
            with problems.collect(f"{where}, {kind} {number}"):
                found[kind] = (*found.get(kind, ()), _entry(entry))
    problems.stop_if_any(LibraryAtFault)
    return found


def by_kind(data: bytes) -> dict[str, bytes] | None:
    """The text of a record by kind of letter, each with all the entries of that kind, in order.

    The record of an office grows with every approval, and a letter needs that of its own kind.

    Returns:
        None if something in it does not stand as `write_record` writes it, so that it has to be read as a whole.
    """
    head, *tables = (b"\n" + data).split(b"\n[")
    if any(each in data for each in _NOT_OURS) or any(line and line[:1] != b"#" for line in head.splitlines()):
        return None
    found: dict[str, list[bytes]] = {}
    kind = b""
    for table in tables:
        if entry := _ENTRY.match(table):
            kind = entry[1]
        elif not kind or not table.startswith(kind + b".files]\n"):
            return None
        found.setdefault(kind.decode(), []).append(b"\n[" + table)
    return {kind: b"".join(texts) for kind, texts in found.items()}


def write_record(entries: VettingEntries, before: str = "", seal: str = "", lost: Sequence[str] = ()) -> bytes:
    """The record of these entries.

    Args:
        before: SHA-256 of the last signed record, which this one adds to; empty if there is none.
        seal: the name of the library's seal, so that its loss is noticed; empty if it has none.
        lost: earlier seals, each with when, by whom and why it was replaced.
    """
    tables = {
        kind: [each.model_dump(exclude_none=True, exclude_defaults=True) for each in of_kind]
        for kind, of_kind in entries.items()
    }
    import tomli_w  # few commands write the record

    return f"{record_head(before, seal, lost)}\n{tomli_w.dumps(tables)}".encode()


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def version_of(files: Mapping[str, str]) -> str:
    """One digest for many files.

    Args:
        files: SHA-256 by name.
    """
    lines = sorted(f"{name} {digest}" for name, digest in files.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _entry(entry: object) -> VettingEntry:
    try:
        return VettingEntry.model_validate(entry)
    except ValidationError as error:
        raise LibraryAtFault(problems_in(error, VettingEntry)) from error
