"""What is vetted: who approved which bytes of the files a kind of letter is made of, when and why.

`templates/vetted.toml` holds every approval and withdrawal, in order; `letters vet` writes it. The approved bytes are
kept next to it in `templates/.vetted`, each file under its own SHA-256. So whoever has the folder can show, compare and
restore what was approved, with no other program and no network; kinds that share a file share the copy; and a damaged
copy is recognized because its name no longer matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from enum import StrEnum
from pathlib import Path, PurePosixPath

import tomli
from msgspec import Struct

from letters._text.dates import long_date
from letters._text.lazy_property import lazy_property
from letters.errors import LibraryAtFault, Problem
from letters.library.approval_record import VettingEntry, by_kind, digest_of, read_record, version_of, write_record
from letters.library.approval_record_head import RECORD, lost_seals, record_seal
from letters.library.kind_files import TAKEN_IN_PART, always_needed
from letters.library.library import Library
from letters.library.trust import kept_copy, last_signed, why_untrusted


class ApprovalState(StrEnum):
    """Whether letters of a kind may go out without a draft mark."""

    VETTED = "vetted"
    CHANGED = "changed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNSIGNED = "not signed"
    NEVER = "never vetted"


class Vetting(Struct, frozen=True, dict=True):
    """The approval of a kind of letter, compared with its files as they are now.

    Args:
        approval: the last one; None if there never was one.
        withdrawal: of that approval; None if it was not withdrawn.
        changed: files that differ from what was approved, or are gone.
        trust_problem: why the record of approvals cannot be trusted; empty if it can.
    """

    kind: str
    approval: VettingEntry | None = None
    withdrawal: VettingEntry | None = None
    changed: tuple[str, ...] = ()
    trust_problem: str = ""

    @lazy_property
    def version(self) -> str:
        """One digest for everything that was approved; empty if nothing was."""
        return version_of(self.approval.files) if self.approval else ""

    def state(self, on: date) -> ApprovalState:
        """The state for letters dated ``on``."""
        if self.approval is None:
            return ApprovalState.NEVER
        if self.withdrawal is not None:
            return ApprovalState.WITHDRAWN
        if self.trust_problem:
            return ApprovalState.UNSIGNED
        if self.changed:
            return ApprovalState.CHANGED
        return ApprovalState.EXPIRED if self.approval.expires and on > self.approval.expires else ApprovalState.VETTED

    def is_vetted(self, on: date) -> bool:
        """Whether letters dated ``on`` are vetted."""
        return self.state(on) is ApprovalState.VETTED

    def in_words(self, on: date) -> str:
        """The state in one sentence."""
        if self.approval is None:
            return "Nobody has vetted it."
        approval = self.approval
        vetted = f"{approval.person}, vetted it on {long_date(approval.date)}"
        match self.state(on):
            case ApprovalState.WITHDRAWN:
                assert self.withdrawal is not None
                who, day = self.withdrawal.person, long_date(self.withdrawal.date)
                return f"{who}, withdrew it on {day}: {_as_a_clause(self.withdrawal.why)}."
            case ApprovalState.UNSIGNED:
                return f"{vetted}, according to the record; but {self.trust_problem}."
            case ApprovalState.CHANGED:
                return f"{vetted}; changed since then: {', '.join(self.changed)}."
            case ApprovalState.EXPIRED:
                assert approval.expires is not None
                return f"{vetted}, for letters dated through {long_date(approval.expires)}."
            case _:
                until = f", for letters dated through {long_date(approval.expires)}" if approval.expires else ""
                return f"{vetted}{until}."

    def way_out(self, on: date) -> str:
        """What to run so that letters are no drafts; empty if they are none."""
        match self.state(on):
            case ApprovalState.VETTED:
                return ""
            case ApprovalState.UNSIGNED:
                return (
                    "If the record is only not signed yet: letters vet --sign --by NAME. If it was damaged: restore "
                    "templates/vetted.toml and templates/vetted.toml.sig from a backup."
                )
            case ApprovalState.CHANGED:
                return (
                    f"To see what changed: letters vet {self.kind}. To approve it, add --by NAME --title TITLE --why "
                    f"REASON; to go back: letters vet {self.kind} --roll-back --by NAME --title TITLE --why REASON"
                )
            case _:
                return f"To approve it: letters vet {self.kind} --by NAME --title TITLE --why REASON"


def _as_a_clause(text: str) -> str:
    return text.rstrip(".")


class ApprovalRegister:
    """The approvals of one library, compared with its files as they are now. Each file is read once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._digests: dict[str, str | None] = {}
        self._entries: dict[str, tuple[VettingEntry, ...]] = {}

    @lazy_property
    def entries(self) -> Mapping[str, tuple[VettingEntry, ...]]:
        """Every approval and withdrawal by kind, in order. Raises LibraryAtFault."""
        found = read_record(self._record, self.library.name_of(self.library.templates / RECORD))
        return {kind: self._as_of(each) for kind, each in found.items()}

    @lazy_property
    def _record(self) -> bytes:
        file = self.library.templates / RECORD
        return self.library.read(file) if file.is_file() else b""

    @lazy_property
    def _by_kind(self) -> Mapping[str, bytes] | None:
        return by_kind(self._record)

    def _as_of(self, entries: tuple[VettingEntry, ...]) -> tuple[VettingEntry, ...]:
        """Of a library as it was approved, the entries until that approval: without what was recorded later."""
        last = self.library.approval if isinstance(self.library, _Approved) else None
        return entries[: entries.index(last) + 1] if last in entries else entries

    def _of_kind(self, kind: str) -> tuple[VettingEntry, ...]:
        """The entries of a kind, in order. Raises LibraryAtFault."""
        if kind not in self._entries:
            texts, found = self._by_kind, None
            if texts is not None and "entries" not in vars(self):
                with suppress(LibraryAtFault):  # which names a line of the whole record below
                    found = self._as_of(read_record(texts.get(kind, b""), RECORD).get(kind, ()))
            self._entries[kind] = self.entries.get(kind, ()) if found is None else found
        return self._entries[kind]

    @lazy_property
    def trust_problem(self) -> str:
        """Why the record of approvals cannot be trusted, as a clause; empty if it can, or needs no signature."""
        if isinstance(self.library, _Approved):
            return self.library.register.trust_problem
        return why_untrusted(self.library)

    def approvals(self, kind: str) -> tuple[VettingEntry, ...]:
        """Every approval of a kind, in order; withdrawals left out."""
        return tuple(entry for entry in self._of_kind(kind) if entry.act == "vetted")

    def of(self, kind: str) -> Vetting:
        """The approval of a kind, compared with its files as they are now."""
        entries, approvals = self._of_kind(kind), self.approvals(kind)
        if not approvals:
            return Vetting(kind)
        approval = approvals[-1]
        withdrawal = entries[-1] if entries[-1].act == "withdrawn" else None
        named = self.library.enclosures(kind)
        enclosed = [self.library.name_of(self.library.enclosure(kind, name)) for name in named]
        missing = [name for name in (*always_needed(self.library, kind), *enclosed) if name not in approval.files]
        return Vetting(kind, approval, withdrawal, (*self.changed(kind, approval), *missing), self.trust_problem)

    def changed(self, kind: str, approval: VettingEntry) -> list[str]:
        """The files that differ from what was approved, in the parts this kind uses."""
        return [name for name, digest in approval.files.items() if not self._is_the_same(kind, name, digest)]

    def _is_the_same(self, kind: str, name: str, digest: str) -> bool:
        if self.digest(name) == digest:
            return True
        taken = TAKEN_IN_PART.get(name)
        if taken is None or self.digest(name) is None:
            return False
        with suppress(LibraryAtFault, tomli.TOMLDecodeError):
            before = tomli.loads(self.kept(name, digest).decode("utf-8-sig"))
            return taken(kind, before) == taken(kind, self.library.toml(self.library.root / name))
        return False

    def digest(self, name: str) -> str | None:
        """The SHA-256 of a file of the library as it is now; None if there is no such file."""
        if name not in self._digests:
            file = self.library.root / name
            known = isinstance(self.library, _Approved) and name in self.library.files
            self._digests[name] = digest_of(self.library.read(file)) if known or file.is_file() else None
        return self._digests[name]

    def kept(self, name: str, digest: str) -> bytes:
        """The bytes that were approved under this name. Raises LibraryAtFault if they are gone or damaged."""
        file = kept_copy(self.library, name, digest)
        if self.digest(name) == digest:
            return self.library.read(self.library.root / name)
        data = self.library.read(file)
        if digest_of(data) != digest:
            raise LibraryAtFault(
                Problem(
                    f"The copy of {name} is damaged.",
                    where=self.library.name_of(file),
                    hint="Restore that file from a backup.",
                )
            )
        return data

    def as_approved(self, approval: VettingEntry, files: Mapping[str, str] | None = None) -> Library:
        """The library with its files as they were approved; files outside the approval are as they are now.

        Args:
            files: SHA-256 by name of other versions, of which copies are kept; None for those of the approval.
        """
        library = self.library
        return _Approved(library.root, library.signers, register=self, approval=approval, files=files or approval.files)

    def written(self, new: Mapping[str, VettingEntry], seal: str = "", lost: str = "") -> bytes:
        """The record with one more entry for each of these kinds.

        Args:
            seal: the name of the library's seal; empty to leave what the record says about it.
            lost: what to say of the seal that this one replaces.
        """
        entries = {kind: [*self.entries.get(kind, ())] for kind in dict.fromkeys((*self.entries, *new))}
        for kind, entry in new.items():
            entries[kind].append(entry)
        file = self.library.templates / RECORD
        now = self.library.read(file) if file.is_file() else b""
        earlier = [*lost_seals(now), *([lost] if lost else [])]
        return write_record(entries, last_signed(self.library), seal or record_seal(now), earlier)


class _Approved(Library, frozen=True, dict=True, kw_only=True):
    register: ApprovalRegister
    approval: VettingEntry
    files: Mapping[str, str]

    @property
    def passages(self) -> tuple[str, ...]:
        shared = {PurePosixPath(name).stem for name in self.files if name.startswith("templates/shared/")}
        return tuple(sorted({*super().passages, *shared}))

    def enclosures(self, kind: str) -> tuple[str, ...]:
        folders = {PurePosixPath(f"templates/{owner}/enclosures") for owner in (kind, "shared")}
        files = map(PurePosixPath, self.files)
        return tuple(sorted({file.stem for file in files if file.parent in folders and file.suffix == ".toml"}))

    def has(self, file: Path) -> bool:
        return self.name_of(file) in self.files or super().has(file)

    def translations(self, kind: str) -> tuple[str, ...]:
        approved = [PurePosixPath(name) for name in self.files if name.startswith(f"templates/{kind}/letter.")]
        if not approved:  # another kind than the one approved
            return super().translations(kind)
        return tuple(sorted(name.name.split(".")[1] for name in approved if name.name.count(".") == 2))

    def translation(self, file: Path, language: str) -> Path | None:
        found = super().translation(file, language)
        return found if found and self.name_of(found) in self.files else None

    def read_once(self) -> Library:
        return self

    def read(self, file: Path) -> bytes:
        name = self.name_of(file)
        return self.register.kept(name, self.files[name]) if name in self.files else super().read(file)
