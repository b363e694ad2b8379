"""What an approver can do: approve exactly these bytes, withdraw an approval, or roll back to an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from msgspec import Struct

from letters._system.output import write_all
from letters.assembly.assembler import FORMATS, Assembler
from letters.errors import Collector, LibraryAtFault, Problem, Usage
from letters.library.approval_record import VettingEntry, digest_of
from letters.library.approval_record_head import RECORD
from letters.library.approvals import ApprovalState
from letters.library.prompts import load_questionnaire
from letters.library.trust import Sign, kept_copy, signed_files
from letters.provenance import seal

_STOPS_APPROVAL = frozenset({"foreign-law"})  # notes in a library that has approved nothing yet


class Approver(Struct, frozen=True):
    """Who acts, when and why.

    Args:
        sign: signs the record with the approver's key; None to leave it unsigned.
    """

    by: str
    title: str
    why: str
    on: date
    sign: Sign | None = None

    def entry(self, act: str, files: Mapping[str, str], expires: date | None = None) -> VettingEntry:
        """An entry for the record.

        Args:
            act: ``vetted`` or ``withdrawn``.
            files: SHA-256 by name.
            expires: the last date of letters that it covers.
        """
        return VettingEntry.model_validate(
            {
                "act": act,
                "by": self.by,
                "title": self.title,
                "date": self.on,
                "why": self.why,
                "expires": expires,
                "files": dict(files),
            }
        )


def kind_problems(assembler: Assembler, kind: str, formats: Collection[str] = FORMATS) -> list[Problem]:
    """What makes a kind unusable: problems in its files, and samples that do not make letters in these formats."""
    problems = Collector()
    with problems.collect():
        _ = assembler.template(kind), assembler.rulebook, assembler.phrases
        load_questionnaire(assembler.library, kind)
    for name, answers in assembler.samples(kind).items() if not len(problems) else ():
        with problems.collect(f"templates/{kind}/{name}"):
            assembler.make(assembler.check(answers), formats)
    return list(dict.fromkeys(problems))


def check_before_approval(assembler: Assembler, kinds: Collection[str], on: date) -> list[Problem]:
    """What `letters check` notes about these kinds, if nothing prevents approving them.

    Raises:
        LibraryAtFault: with every error it finds, and every sample that cannot be made into a letter.
    """
    from letters.linter.lint import lint_library

    problems = Collector()
    notes = []
    report = lint_library(assembler, on, kinds)
    stopping = [each for each in report.findings if each.code in _STOPS_APPROVAL]
    for each in dict.fromkeys((*report.only(kinds, ()).findings, *stopping)):
        if each.code == "signature":  # this approval may be what fixes it
            continue
        found = Problem(each.message, ", ".join(filter(None, (each.file, each.where))), each.hint, each.code)
        if each.severity == "error" or each.code in _STOPS_APPROVAL:
            problems.add(found)
        else:
            notes.append(found)
    problems.stop_if_any(LibraryAtFault)
    for kind in kinds:
        for problem in kind_problems(assembler, kind):
            problems.add(problem)
    problems.stop_if_any(LibraryAtFault)
    return notes


def record(
    assembler: Assembler, kinds: Collection[str], approver: Approver, expires: date | None = None, key: bytes = b""
) -> list[Path]:
    """Record that exactly these bytes are approved, and keep copies. Call `check_before_approval` first.

    Args:
        expires: the last date of letters that it covers; None for no limit.
        key: 32 random bytes for the seal of a library that has none yet; empty to leave it without one.

    Returns:
        The files written.

    Raises:
        LibraryAtFault: the library has lost its seal.
    """
    if expires and expires < approver.on:
        raise Usage(Problem("The expiry date is in the past.", hint="Write a later day, or leave it out."))
    entries: dict[str, VettingEntry] = {}
    kept: dict[Path, bytes] = {}
    for kind in kinds:
        data = {name: assembler.library.read(assembler.library.root / name) for name in assembler.files_of(kind)}
        entries[kind] = approver.entry("vetted", {name: digest_of(each) for name, each in data.items()}, expires)
        kept |= _to_keep(assembler, data)
    name = assembler.seal.name if assembler.seal.key else ""
    if key and not name:
        kept[seal.seal_file(assembler.library)] = seal.file_content(key)
        name = seal.Seal(key).name
    return _write(assembler, entries, kept, approver, name)


def new_seal(assembler: Assembler, approver: Approver, key: bytes) -> list[Path]:
    """Give a library that has lost its seal a new one. Returns the files written.

    Args:
        key: 32 random bytes.

    Raises:
        Usage: it has not lost it.
    """
    lost = seal.expected_seal(assembler.library)
    with suppress(LibraryAtFault):
        _ = assembler.seal
        hint = "Letters that went out can only be verified with it." if lost else "The first approval makes one."
        raise Usage(Problem("The seal of this library is not lost.", hint=hint))
    said = f"{lost}, replaced on {approver.on} by {approver.by}, {approver.title}: {approver.why}" if lost else ""
    file = {seal.seal_file(assembler.library): seal.file_content(key)}
    return _write(assembler, {}, file, approver, seal.Seal(key).name, said)


def sign_record(assembler: Assembler, by: str, sign: Sign) -> list[Path]:
    """Sign the record as it is: what ``by`` has approved since the last signature. Returns the files written."""
    file = assembler.library.templates / RECORD
    return write_all(signed_files(assembler.library, assembler.library.read(file), by, sign), overwrite=True)


def withdraw(assembler: Assembler, kind: str, approver: Approver) -> list[Path]:
    """Withdraw the current approval; letters of the kind are then drafts. Returns the files written."""
    vetting = assembler.vetting(kind)
    if vetting.approval is None or vetting.withdrawal is not None:
        hint = f"{vetting.in_words(approver.on)} {vetting.way_out(approver.on)}".strip()
        raise Usage(Problem(f"There is no approval of {kind} to withdraw.", hint=hint))
    return _write(assembler, {kind: approver.entry("withdrawn", {})}, {}, approver)


def roll_back(
    assembler: Assembler, kind: str, approver: Approver, number: int | None
) -> tuple[VettingEntry, list[str], list[Path]]:
    """Restore the bytes of an earlier approval, and approve them again. Copies of what they replace are kept.

    Args:
        number: of the approval, the first being 1; None for the last one whose bytes differ from the present ones.

    Returns:
        The approval restored, the names of the files restored, and the files written.
    """
    name = assembler.seal.name if assembler.seal.key else ""
    approvals = assembler.approvals.approvals(kind)
    if number is not None and not 1 <= number <= len(approvals):
        count = f"There are {len(approvals)}" if approvals else "There are none"
        raise Usage(
            Problem(
                f"There is no approval {number} of {kind}.", hint=f"{count}; to list them: letters vet {kind} --history"
            )
        )
    candidates = [approvals[number - 1]] if number is not None else _earlier(assembler, kind, approvals)
    target = next((each for each in reversed(candidates) if assembler.approvals.changed(kind, each)), None)
    if target is None:
        raise Usage(
            Problem(
                f"There is no earlier approval of {kind} that differs from its present files.",
                hint=f"`letters vet {kind} --history` lists them all.",
            )
        )
    names = assembler.approvals.changed(kind, target)
    restored = {name: assembler.approvals.kept(name, target.files[name]) for name in names}
    library = assembler.library
    replaced = {name: library.read(library.root / name) for name in names if assembler.approvals.digest(name)}
    files = {library.root / name: data for name, data in restored.items()}
    # A file that changed only in what other kinds take from it is left, and approved as it is.
    left = {name: assembler.approvals.digest(name) or "" for name in target.files if name not in names}
    entry = approver.entry("vetted", {**target.files, **left}, target.expires)
    kept = {name: library.read(library.root / name) for name in left}
    return (
        target,
        names,
        _write(assembler, {kind: entry}, {**_to_keep(assembler, {**replaced, **kept}), **files}, approver, name),
    )


def _earlier(assembler: Assembler, kind: str, approvals: tuple[VettingEntry, ...]) -> list[VettingEntry]:
    """Approvals to roll back to by default: not the one that was withdrawn."""
    return list(approvals[:-1] if assembler.vetting(kind).withdrawal is not None else approvals)


def approval_states(assembler: Assembler, on: date) -> dict[str, ApprovalState]:
    """The state of every kind for letters dated ``on``."""
    return {kind: assembler.vetting(kind).state(on) for kind in assembler.library.kinds}


def changed_states(before: Mapping[str, ApprovalState], after: Mapping[str, ApprovalState]) -> Iterable[str]:
    """Kinds whose state changed."""
    return (kind for kind, state in after.items() if before.get(kind) is not state)


def _to_keep(assembler: Assembler, data: Mapping[str, bytes]) -> dict[Path, bytes]:
    places = {kept_copy(assembler.library, name, digest_of(each)): each for name, each in data.items()}
    return {place: each for place, each in places.items() if not place.exists()}


def _write(
    assembler: Assembler,
    entries: Mapping[str, VettingEntry],
    files: Mapping[Path, bytes],
    approver: Approver,
    seal_name: str = "",
    lost: str = "",
) -> list[Path]:
    data = assembler.approvals.written(entries, seal_name, lost)
    record = {assembler.library.templates / RECORD: data}
    if approver.sign is not None:
        record = signed_files(assembler.library, data, approver.by, approver.sign)
    return write_all({**files, **record}, overwrite=True)
