"""The acts of whoever approves: approve exactly these bytes, withdraw an approval, roll back to an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from letters._system.output import write_all
from letters.assembly.assembler import FORMATS, Desk
from letters.errors import Collector, LibraryAtFault, Problem, Usage
from letters.library.approval_record import RECORD, Act, digest_of
from letters.library.approvals import State
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

    def act(self, what: str, files: Mapping[str, str], expires: date | None = None) -> Act:
        return Act.model_validate(
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


def faults(desk: Desk, kind: str, formats: Collection[str] = FORMATS) -> list[Problem]:
    """What stands in the way of using a kind: mistakes in its files, samples that make no letter in these formats."""
    problems = Collector()
    with problems.collect():
        _ = desk.template(kind), desk.rulebook, desk.phrases, desk.page
        load_script(desk.library, kind)
    for name, answers in desk.samples(kind).items() if not len(problems) else ():
        with problems.collect(f"templates/{kind}/{name}"):
            desk.make(desk.check(answers), formats)
    return list(dict.fromkeys(problems))


def inspected(desk: Desk, kinds: Collection[str], on: date) -> list[Problem]:
    """What `letters check` notes about these kinds, when nothing stands in the way of approving them.

    Raises:
        LibraryAtFault: with every error it finds, and every sample that makes no letter.
    """
    from letters.linter.lint import check_library

    problems = Collector()
    notes = []
    for each in check_library(desk, on).only(kinds, ()).findings:
        if each.code == "signature":  # this approval may be what mends it
            continue
        told = Problem(each.message, ", ".join(filter(None, (each.file, each.where))), each.hint, each.code)
        if each.severity == "error":
            problems.add(told)
        else:
            notes.append(told)
    problems.stop_if_any(LibraryAtFault)
    for kind in kinds:
        for problem in faults(desk, kind):
            problems.add(problem)
    problems.stop_if_any(LibraryAtFault)
    return notes


def record(desk: Desk, kinds: Collection[str], hand: Hand, expires: date | None = None, key: bytes = b"") -> list[Path]:
    """Record that exactly these bytes are approved, and keep them. Inspect them first.

    Args:
        expires: the last day of letters it is to hold for.
        key: 32 random bytes for the seal of a library that has none yet; empty to leave it without.
    """
    if expires and expires < hand.on:
        raise Usage(Problem("The last day it is to hold for is past.", hint="Write a later day, or leave it out."))
    acts: dict[str, Act] = {}
    kept: dict[Path, bytes] = {}
    for kind in kinds:
        data = {name: desk.library.read(desk.library.root / name) for name in desk.files_of(kind)}
        acts[kind] = hand.act("vetted", {name: digest_of(each) for name, each in data.items()}, expires)
        kept |= _to_keep(desk, data)
    if key and not seal.place_of(desk.library).exists():
        kept[seal.place_of(desk.library)] = seal.written(key)
    return _write(desk, acts, kept, hand)


def sign_again(desk: Desk, by: str, sign: Sign) -> list[Path]:
    """Sign the record as it is: what ``by`` has approved since it was signed last."""
    file = desk.library.templates / RECORD
    return write_all(signed(desk.library, desk.library.read(file), by, sign), overwrite=True)


def withdraw(desk: Desk, kind: str, hand: Hand) -> list[Path]:
    """Withdraw the approval that stands. Letters of the kind are drafts until it is approved again."""
    vetting = desk.vetting(kind)
    if vetting.approval is None or vetting.withdrawal is not None:
        raise Usage(Problem(f"There is no approval of {kind} to withdraw.", hint=vetting.in_words(hand.on)))
    return _write(desk, {kind: hand.act("withdrawn", {})}, {}, hand)


def roll_back(desk: Desk, kind: str, hand: Hand, number: int | None) -> tuple[Act, list[str], list[Path]]:
    """Bring the bytes of an earlier approval back, and approve them anew. What they replace is kept beside them.

    Args:
        number: of the approval, from 1 for the first; None for the last whose bytes are not the present ones.

    Returns:
        The approval gone back to, the files brought back, and the files written.
    """
    approvals = desk.register.approvals(kind)
    if number is not None and not 1 <= number <= len(approvals):
        count = f"There are {len(approvals)}" if approvals else "There is none"
        raise Usage(Problem(f"There is no approval {number} of {kind}.", hint=f"{count}: letters vet {kind} --history"))
    candidates = [approvals[number - 1]] if number is not None else _earlier(desk, kind, approvals)
    target = next((act for act in reversed(candidates) if desk.register.changed(kind, act)), None)
    if target is None:
        raise Usage(
            Problem(
                f"There is no earlier approval of {kind} with other bytes than it has now.",
                hint=f"`letters vet {kind} --history` lists them all.",
            )
        )
    names = desk.register.changed(kind, target)
    brought = {name: desk.register.kept(name, target.files[name]) for name in names}
    library = desk.library
    replaced = {name: library.read(library.root / name) for name in names if desk.register.digest(name)}
    files = {library.root / name: data for name, data in brought.items()}
    # A file of which only what other kinds take has changed is left, and approved as it is.
    left = {name: desk.register.digest(name) or "" for name in target.files if name not in names}
    act = hand.act("vetted", {**target.files, **left}, target.expires)
    kept = {name: library.read(library.root / name) for name in left}
    return target, names, _write(desk, {kind: act}, {**_to_keep(desk, {**replaced, **kept}), **files}, hand)


def _earlier(desk: Desk, kind: str, approvals: tuple[Act, ...]) -> list[Act]:
    """Approvals one may go back to unasked: not the one that was withdrawn."""
    return list(approvals[:-1] if desk.vetting(kind).withdrawal is not None else approvals)


def states(desk: Desk, on: date) -> dict[str, State]:
    """How every kind stands for letters dated ``on``."""
    return {kind: desk.vetting(kind).state(on) for kind in desk.library.kinds}


def touched_by(before: Mapping[str, State], after: Mapping[str, State]) -> Iterable[str]:
    """Kinds that stand otherwise than before."""
    return (kind for kind, state in after.items() if before.get(kind) is not state)


def _to_keep(desk: Desk, data: Mapping[str, bytes]) -> dict[Path, bytes]:
    places = {keeping_place(desk.library, name, digest_of(each)): each for name, each in data.items()}
    return {place: each for place, each in places.items() if not place.exists()}


def _write(desk: Desk, acts: Mapping[str, Act], files: Mapping[Path, bytes], hand: Hand) -> list[Path]:
    data = desk.register.written(acts)
    record = {desk.library.templates / RECORD: data}
    if hand.sign is not None:
        record = signed(desk.library, data, hand.by, hand.sign)
    return write_all({**files, **record}, overwrite=True)
