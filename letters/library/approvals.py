"""What is vetted: who approved which bytes of the files a kind of letter is made of, when and why.

`templates/vetted.toml` holds every approval and withdrawal, in their order; it is written by `letters vet`. The
approved bytes are kept beside it, in `templates/.vetted`, each file under its own SHA-256: so that what was approved
can be shown, compared and brought back by whoever has the folder, with no other program and no network; one copy
serves every kind that shares a file, and a name that does not fit its bytes gives a damaged copy away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from letters._text.dates import long_date
from letters.errors import LibraryAtFault, Problem
from letters.library.approval_record import RECORD, VettingEntry, digest_of, read_acts, version_of, write_acts
from letters.library.library import Library
from letters.library.trust import keeping_place, signed_last, why_not_trusted
from letters.model.kinds import KINDS, letter_type

# Files that only some letters take words from, by the name their template takes.
_ONLY_FOR = {"objections": "objections.toml", "missing": "showing.toml"}


class ApprovalState(StrEnum):
    """Whether letters of a kind may go out without the mark of a draft."""

    VETTED = "vetted"
    CHANGED = "changed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNSIGNED = "not signed"
    NEVER = "never vetted"


@dataclass(frozen=True)
class Vetting:
    """How a kind of letter stands.

    Args:
        approval: the last one; None where there never was any.
        withdrawal: of that approval.
        changed: files that are not what was approved, or are gone.
        distrust: why the record of approvals cannot be trusted; empty where it can.
    """

    kind: str
    approval: VettingEntry | None = None
    withdrawal: VettingEntry | None = None
    changed: tuple[str, ...] = ()
    distrust: str = ""

    @cached_property
    def version(self) -> str:
        """One digest for all that was approved; empty where nothing was."""
        return version_of(self.approval.files) if self.approval else ""

    def state(self, on: date) -> ApprovalState:
        """The state for letters dated ``on``."""
        if self.approval is None:
            return ApprovalState.NEVER
        if self.withdrawal is not None:
            return ApprovalState.WITHDRAWN
        if self.distrust:
            return ApprovalState.UNSIGNED
        if self.changed:
            return ApprovalState.CHANGED
        return ApprovalState.EXPIRED if self.approval.expires and on > self.approval.expires else ApprovalState.VETTED

    def is_vetted(self, on: date) -> bool:
        return self.state(on) is ApprovalState.VETTED

    def in_words(self, on: date) -> str:
        """One sentence, for people."""
        if self.approval is None:
            return "Nobody has vetted it."
        act = self.approval
        vetted = f"{act.person}, vetted it on {long_date(act.date)}"
        match self.state(on):
            case ApprovalState.WITHDRAWN:
                assert self.withdrawal is not None
                who, day = self.withdrawal.person, long_date(self.withdrawal.date)
                return f"{who}, withdrew it on {day}: {_as_a_clause(self.withdrawal.why)}."
            case ApprovalState.UNSIGNED:
                return f"{vetted}, as the record says; but {self.distrust}."
            case ApprovalState.CHANGED:
                return f"{vetted}; since then changed: {', '.join(self.changed)}."
            case ApprovalState.EXPIRED:
                assert act.expires is not None
                return f"{vetted}, for letters dated until {long_date(act.expires)}."
            case _:
                until = f", for letters dated until {long_date(act.expires)}" if act.expires else ""
                return f"{vetted}{until}."


def _as_a_clause(text: str) -> str:
    return text.rstrip(".")


class ApprovalRegister:
    """The approvals of one library, set beside what its files are now. Each file is read once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._digests: dict[str, str | None] = {}

    @cached_property
    def acts(self) -> Mapping[str, tuple[VettingEntry, ...]]:
        """Every act by kind, in their order. Raises LibraryAtFault."""
        file = self.library.templates / RECORD
        if not file.is_file():
            return {}
        found = read_acts(self.library.read(file), self.library.name_of(file))
        if isinstance(self.library, _Approved):  # nobody knew of what came later
            act = self.library.act
            return {kind: acts[: acts.index(act) + 1] if act in acts else acts for kind, acts in found.items()}
        return found

    @cached_property
    def distrust(self) -> str:
        """Why the record of approvals cannot be trusted, as a clause; empty where it can, or need not be signed."""
        if isinstance(self.library, _Approved):
            return self.library.register.distrust
        return why_not_trusted(self.library)

    def approvals(self, kind: str) -> tuple[VettingEntry, ...]:
        return tuple(act for act in self.acts.get(kind, ()) if act.act == "vetted")

    def of(self, kind: str) -> Vetting:
        """How a kind stands."""
        acts, approvals = self.acts.get(kind, ()), self.approvals(kind)
        if not approvals:
            return Vetting(kind)
        approval = approvals[-1]
        withdrawal = acts[-1] if acts[-1].act == "withdrawn" else None
        lacking = [name for name in always_needed(kind) if name not in approval.files]
        return Vetting(kind, approval, withdrawal, (*self.changed(kind, approval), *lacking), self.distrust)

    def changed(self, kind: str, act: VettingEntry) -> list[str]:
        """The files that are not what was approved, in what this kind takes from them."""
        return [name for name, digest in act.files.items() if not self._is_the_same(kind, name, digest)]

    def _is_the_same(self, kind: str, name: str, digest: str) -> bool:
        if self.digest(name) == digest:
            return True
        taken = _TAKEN.get(name)
        if taken is None or self.digest(name) is None:
            return False
        with suppress(LibraryAtFault, tomllib.TOMLDecodeError):
            before = tomllib.loads(self.kept(name, digest).decode("utf-8-sig"))
            return taken(kind, before) == taken(kind, self.library.toml(self.library.root / name))
        return False

    def digest(self, name: str) -> str | None:
        """The SHA-256 of a file of the library as it is now; None where there is none."""
        if name not in self._digests:
            file = self.library.root / name
            known = isinstance(self.library, _Approved) and name in self.library.files
            self._digests[name] = digest_of(self.library.read(file)) if known or file.is_file() else None
        return self._digests[name]

    def kept(self, name: str, digest: str) -> bytes:
        """The bytes that were approved under this name. Raises LibraryAtFault when they are gone or damaged."""
        file = keeping_place(self.library, name, digest)
        if self.digest(name) == digest:
            return self.library.read(self.library.root / name)
        data = self.library.read(file)
        if digest_of(data) != digest:
            raise LibraryAtFault(
                Problem(
                    f"The copy kept of {name} is damaged.",
                    where=self.library.name_of(file),
                    hint="Bring that file back from a backup.",
                )
            )
        return data

    def as_approved(self, act: VettingEntry, files: Mapping[str, str] | None = None) -> Library:
        """The library as it was when this was approved, in the files it was approved for.

        Args:
            files: other versions of them, SHA-256 by name, of which a copy is kept.
        """
        return _Approved(self.library.root, self, act, files or act.files, signers=self.library.signers)

    def written(self, new: Mapping[str, VettingEntry]) -> bytes:
        """The record with one more act for each of these kinds."""
        acts = {kind: [*self.acts.get(kind, ())] for kind in dict.fromkeys((*self.acts, *new))}
        for kind, act in new.items():
            acts[kind].append(act)
        return write_acts(acts, signed_last(self.library))


@dataclass(frozen=True)
class _Approved(Library):
    register: ApprovalRegister
    act: VettingEntry
    files: Mapping[str, str]

    @property
    def passages(self) -> tuple[str, ...]:
        shared = {PurePosixPath(name).stem for name in self.files if name.startswith("templates/shared/")}
        return tuple(sorted({*super().passages, *shared}))

    def read_once(self) -> Library:
        return self

    def read(self, file: Path) -> bytes:
        name = self.name_of(file)
        return self.register.kept(name, self.files[name]) if name in self.files else super().read(file)


def _law_for(kind: str, data: Mapping[str, Any]) -> list[Any]:
    """Of the law, what this kind may cite, what requesters rely on, and what sets days; the rest changes nothing."""
    return [
        entry
        for entry in data.get("basis", [])
        if kind in entry.get("supports", []) or entry.get("assertable") or entry.get("deadlines")
    ]


def _terms_for(kind: str, data: Mapping[str, Any]) -> list[Any]:
    """The categories of records, which every request names; the terms of an approval for approvals alone."""
    terms = data.get("condition", []) if "conditions" in letter_type(kind).model_fields else []
    return [data.get("records", []), terms]


# Files that all kinds share and each takes a part of: a statute entered for one leaves the others approved.
_TAKEN: Mapping[str, Callable[[str, Mapping[str, Any]], list[Any]]] = {
    "templates/legal_basis.toml": _law_for,
    "templates/conditions.toml": _terms_for,
}


SHARED_IN_PART = tuple(_TAKEN)


def always_needed(kind: str) -> tuple[str, ...]:
    """The files every letter of a kind is made of, whatever its template says."""
    prompts = (kind, "request", "letter", *(("advice",) if kind in KINDS else ()))
    return (
        f"templates/{kind}/letter.docx",
        f"templates/{kind}/kind.toml",
        *(f"templates/{name}.toml" for name in ("legal_basis", "conditions", "phrases", "office")),
        *(f"prompts/{name}.toml" for name in prompts),
    )


def files_of(kind: str, passages: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """Every file that letters of a kind are made of.

    Args:
        passages: the shared passages its template includes.
        names: the names its template takes.
    """
    shared = (f"templates/shared/{passage}.docx" for passage in passages)
    tables = (f"templates/{file}" for name, file in _ONLY_FOR.items() if name in names)
    return (*always_needed(kind), *sorted(shared), *tables)
