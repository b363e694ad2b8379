"""Approvals and withdrawals, as `templates/vetted.toml` records them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

import tomli_w
from pydantic import Field, ValidationError, field_validator

from letters.errors import Collector, LibraryAtFault, Problem
from letters.model.error_wording import problems_in
from letters.model.values import Day, Model, Text

RECORD, SIGNATURE, KEPT = "vetted.toml", "vetted.toml.sig", ".vetted"
_HEAD = """\
# Who approved which bytes, when and why. Written by `letters vet`, which adds to it and takes nothing away.
# `letters vet --status` says what holds today. The bytes themselves are kept in the folder .vetted beside this file.
"""
_BEFORE = "# The record signed before this one: "

VettingEntries = Mapping[str, Sequence["VettingEntry"]]


class VettingEntry(Model):
    """One approval or withdrawal: an entry of `templates/vetted.toml`."""

    act: Literal["vetted", "withdrawn"] = Field(title="Act", description="What was done.")
    by: Text = Field(title="Name", description="Who did it.")
    title: Text = Field(title="Title", description="That person's official title.")
    date: Day = Field(title="Date", description="On what day.")
    why: Text = Field(title="Reason", description="Why.")
    expires: Day | None = Field(default=None, title="Expires", description="The last day it holds for.")
    files: dict[str, str] = Field(default={}, title="Files", description="SHA-256 of every file, by its name.")

    @field_validator("files")
    @classmethod
    def _are_files_of_a_library(cls, files: dict[str, str]) -> dict[str, str]:
        for name, digest in files.items():
            path = PurePosixPath(name)
            if path.parts[:1] not in (("templates",), ("prompts",)) or ".." in path.parts or "\\" in name:
                raise ValueError(f"names “{name}”, which is no file of a library.")
            if not re.fullmatch("[0-9a-f]{64}", digest):
                raise ValueError(f"has no SHA-256 for “{name}”.")
        return files

    @property
    def person(self) -> str:
        return f"{self.by}, {self.title}"


def read_acts(data: bytes, where: str) -> dict[str, tuple[VettingEntry, ...]]:
    """Every act by kind, in their order.

    Args:
        where: how messages call the record.

    Raises:
        LibraryAtFault: with everything wrong in it.
    """
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except (RecursionError, ValueError) as error:  # of text, of TOML, of a number of 5,000 digits
        reason = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise LibraryAtFault(
            Problem(f"The file cannot be read{reason}.", where, "Bring it back from a backup; nobody edits it by hand.")
        ) from error
    problems = Collector()
    found: dict[str, tuple[VettingEntry, ...]] = {}
    for kind, entries in tables.items():
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
            with problems.collect(f"{where}, {kind} {number}"):
                found[kind] = (*found.get(kind, ()), _act(entry))
    problems.stop_if_any(LibraryAtFault)
    return found


def write_acts(acts: VettingEntries, before: str = "") -> bytes:
    """The record of these acts.

    Args:
        before: SHA-256 of the record that was signed last, which this one adds to; empty where none was.
    """
    tables = {
        kind: [each.model_dump(exclude_none=True, exclude_defaults=True) for each in entries]
        for kind, entries in acts.items()
    }
    link = f"{_BEFORE}{before}\n" if before else ""
    return f"{_HEAD}{link}\n{tomli_w.dumps(tables)}".encode()


def before(data: bytes) -> str:
    """SHA-256 of the record that was signed before this one; empty where none was."""
    match = re.search(rf"^{re.escape(_BEFORE)}([0-9a-f]{{64}})$".encode(), data, re.M)
    return match[1].decode() if match else ""


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def version_of(files: Mapping[str, str]) -> str:
    """One digest for many files.

    Args:
        files: SHA-256 by name.
    """
    lines = sorted(f"{name} {digest}" for name, digest in files.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _act(entry: object) -> VettingEntry:
    try:
        return VettingEntry.model_validate(entry)
    except ValidationError as error:
        raise LibraryAtFault(problems_in(error, VettingEntry)) from error
