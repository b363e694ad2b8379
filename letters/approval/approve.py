"""The acts of whoever approves: approve exactly these bytes, withdraw an approval, roll back to an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from letters._system.output import write_all
from letters.assembly.assembler import FORMATS, Assembler
from letters.errors import Collector, LibraryAtFault, Problem, Usage
from letters.library.approval_record import RECORD, VettingEntry, digest_of
from letters.library.approvals import ApprovalState
from letters.library.prompts import load_script
from letters.library.trust import Sign, keeping_place, signed
from letters.provenance import seal


@dataclass(frozen=True)
class Hand:
    """Who acts, when and why.

    Args:
        sign: signs the record, with their key; None where they do not.
    """

    by: str
    title: str
    why: str
    on: date
    sign: Sign | None = None

    def act(self, what: str, files: Mapping[str, str], expires: date | None = None) -> VettingEntry:
        return VettingEntry.model_validate(
            {
                "act": what,
                "by": self.by,
                "title": self.title,
                "date": self.on,
                "why": self.why,
                "expires": expires,
                "files": dict(files),
            }
        )


def faults(assembler: Assembler, kind: str, formats: Collection[str] = FORMATS) -> list[Problem]:
    """What stands in the way of using a kind: mistakes in its files, samples that make no letter in these formats."""
    problems = Collector()
    with problems.collect():
        _ = assembler.template(kind), assembler.rulebook, assembler.phrases
        load_script(assembler.library, kind)
    for name, answers in assembler.samples(kind).items() if not len(problems) else ():
        with problems.collect(f"templates/{kind}/{name}"):
            assembler.make(assembler.check(answers), formats)
    return list(dict.fromkeys(problems))


def inspected(assembler: Assembler, kinds: Collection[str], on: date) -> list[Problem]:
    """What `letters check` notes about these kinds, when nothing stands in the way of approving them.

    Raises:
        LibraryAtFault: with every error it finds, and every sample that makes no letter.
    """
    from letters.linter.lint import lint_library

    problems = Collector()
    notes = []
    for each in lint_library(assembler, on).only(kinds, ()).findings:
        if each.code == "signature":  # this approval may be what mends it
            continue
        told = Problem(each.message, ", ".join(filter(None, (each.file, each.where))), each.hint, each.code)
        if each.severity == "error":
            problems.add(told)
        else:
            notes.append(told)
    problems.stop_if_any(LibraryAtFault)
    for kind in kinds:
        for problem in faults(assembler, kind):
            problems.add(problem)
    problems.stop_if_any(LibraryAtFault)
    return notes


def record(
    assembler: Assembler, kinds: Collection[str], hand: Hand, expires: date | None = None, key: bytes = b""
) -> list[Path]:
    """Record that exactly these bytes are approved, and keep them. Inspect them first.

    Args:
        expires: the last day of letters it is to hold for.
        key: 32 random bytes for the seal of a library that has none yet; empty to leave it without.
    """
    if expires and expires < hand.on:
        raise Usage(Problem("The last day it is to hold for is past.", hint="Write a later day, or leave it out."))
    acts: dict[str, VettingEntry] = {}
    kept: dict[Path, bytes] = {}
    for kind in kinds:
        data = {name: assembler.library.read(assembler.library.root / name) for name in assembler.files_of(kind)}
        acts[kind] = hand.act("vetted", {name: digest_of(each) for name, each in data.items()}, expires)
        kept |= _to_keep(assembler, data)
    if key and not seal.seal_file(assembler.library).exists():
        kept[seal.seal_file(assembler.library)] = seal.file_content(key)
    return _write(assembler, acts, kept, hand)


def sign_again(assembler: Assembler, by: str, sign: Sign) -> list[Path]:
    """Sign the record as it is: what ``by`` has approved since it was signed last."""
    file = assembler.library.templates / RECORD
    return write_all(signed(assembler.library, assembler.library.read(file), by, sign), overwrite=True)


def withdraw(assembler: Assembler, kind: str, hand: Hand) -> list[Path]:
    """Withdraw the approval that stands. Letters of the kind are drafts until it is approved again."""
    vetting = assembler.vetting(kind)
    if vetting.approval is None or vetting.withdrawal is not None:
        raise Usage(Problem(f"There is no approval of {kind} to withdraw.", hint=vetting.in_words(hand.on)))
    return _write(assembler, {kind: hand.act("withdrawn", {})}, {}, hand)


def roll_back(
    assembler: Assembler, kind: str, hand: Hand, number: int | None
) -> tuple[VettingEntry, list[str], list[Path]]:
    """Bring the bytes of an earlier approval back, and approve them anew. What they replace is kept beside them.

    Args:
        number: of the approval, from 1 for the first; None for the last whose bytes are not the present ones.

    Returns:
        The approval gone back to, the files brought back, and the files written.
    """
    approvals = assembler.approvals.approvals(kind)
    if number is not None and not 1 <= number <= len(approvals):
        count = f"There are {len(approvals)}" if approvals else "There is none"
        raise Usage(Problem(f"There is no approval {number} of {kind}.", hint=f"{count}: letters vet {kind} --history"))
    candidates = [approvals[number - 1]] if number is not None else _earlier(assembler, kind, approvals)
    target = next((act for act in reversed(candidates) if assembler.approvals.changed(kind, act)), None)
    if target is None:
        raise Usage(
            Problem(
                f"There is no earlier approval of {kind} with other bytes than it has now.",
                hint=f"`letters vet {kind} --history` lists them all.",
            )
        )
    names = assembler.approvals.changed(kind, target)
    brought = {name: assembler.approvals.kept(name, target.files[name]) for name in names}
    library = assembler.library
    replaced = {name: library.read(library.root / name) for name in names if assembler.approvals.digest(name)}
    files = {library.root / name: data for name, data in brought.items()}
    # A file of which only what other kinds take has changed is left, and approved as it is.
    left = {name: assembler.approvals.digest(name) or "" for name in target.files if name not in names}
    act = hand.act("vetted", {**target.files, **left}, target.expires)
    kept = {name: library.read(library.root / name) for name in left}
    return target, names, _write(assembler, {kind: act}, {**_to_keep(assembler, {**replaced, **kept}), **files}, hand)


def _earlier(assembler: Assembler, kind: str, approvals: tuple[VettingEntry, ...]) -> list[VettingEntry]:
    """Approvals one may go back to unasked: not the one that was withdrawn."""
    return list(approvals[:-1] if assembler.vetting(kind).withdrawal is not None else approvals)


def states(assembler: Assembler, on: date) -> dict[str, ApprovalState]:
    """How every kind stands for letters dated ``on``."""
    return {kind: assembler.vetting(kind).state(on) for kind in assembler.library.kinds}


def touched_by(before: Mapping[str, ApprovalState], after: Mapping[str, ApprovalState]) -> Iterable[str]:
    """Kinds that stand otherwise than before."""
    return (kind for kind, state in after.items() if before.get(kind) is not state)


def _to_keep(assembler: Assembler, data: Mapping[str, bytes]) -> dict[Path, bytes]:
    places = {keeping_place(assembler.library, name, digest_of(each)): each for name, each in data.items()}
    return {place: each for place, each in places.items() if not place.exists()}


def _write(
    assembler: Assembler, acts: Mapping[str, VettingEntry], files: Mapping[Path, bytes], hand: Hand
) -> list[Path]:
    data = assembler.approvals.written(acts)
    record = {assembler.library.templates / RECORD: data}
    if hand.sign is not None:
        record = signed(assembler.library, data, hand.by, hand.sign)
    return write_all({**files, **record}, overwrite=True)
