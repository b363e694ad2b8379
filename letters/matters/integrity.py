"""Whether a register is as it was written: the chain of its log, its numbers, its entries, and the heads in letters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from msgspec import Struct

from letters.matters.event_log import canonical, salted, shown_head
from letters.matters.register import SERIES, Register, RegisterEntry


class RegisterVerdict(Struct, frozen=True):
    """What was found.

    Args:
        problems: a sentence each; none if everything is as it was written.
        head: of the log.
        rows: of the log.
        entries: in the register.
    """

    problems: tuple[str, ...]
    head: str
    rows: int
    entries: int


def verify_register(register: Register, heads: Iterable[tuple[str, str]] = ()) -> RegisterVerdict:
    """Check everything, within one transaction, so that nobody writes meanwhile.

    Args:
        heads: where a head was found, such as the name of a letter, and the head.
    """
    with register.database.transaction():
        entries = register.entries()
        problems, macs, last_about = _log_problems(register, entries)
        found = [
            *problems,
            *_number_problems(register, entries),
            *(problem for entry in entries for problem in _entry_problems(register, entry, last_about)),
            *_clock_problems(register),
            *(problem for where, head in heads for problem in _head_problems(where, head, macs)),
        ]
        return RegisterVerdict(tuple(found), register.log.head(), len(macs), len(entries))


def _log_problems(
    register: Register, entries: Iterable[RegisterEntry]
) -> tuple[list[str], dict[int, bytes], dict[int, int]]:
    """Problems of the log, the mac of each row, and the last row about each entry."""
    database = register.database
    details = {int(seq): (bytes(salt), str(data)) for seq, salt, data in database.rows("SELECT * FROM detail")}
    erased = {entry.id for entry in entries if entry.about is None}
    problems: list[str] = []
    macs: dict[int, bytes] = {}
    last_about: dict[int, int] = {}
    before, expected = b"", 1
    for seq, at, who, what, entry, digest, mac in database.rows(
        "SELECT seq, at, who, what, entry, digest, mac FROM log ORDER BY seq"
    ):
        if seq != expected:
            problems.append(f"Row {expected} of the log is missing.")
            expected = seq
        if register.log.mac(before, seq, at, who, what, entry, bytes(digest)) != bytes(mac):
            problems.append(f"Row {seq} of the log ({at}, {what}) was changed, or does not follow the row before it.")
        macs[seq] = before = bytes(mac)
        expected += 1
        if seq in details:
            salt, data = details[seq]
            if salted(salt, data) != bytes(digest):
                problems.append(f"The detail of row {seq} of the log ({at}, {what}) was changed.")
            for each in (entry,) if entry is not None else json.loads(data).get("entries", ()):
                last_about[each] = seq
        elif entry is not None and entry in erased:
            last_about[entry] = seq
        else:
            problems.append(f"The detail of row {seq} of the log ({at}, {what}) is missing, and was not erased.")
    return problems, macs, last_about


def _number_problems(register: Register, entries: Iterable[RegisterEntry]) -> Iterator[str]:
    numbers: dict[int, set[int]] = {}
    for entry in entries:
        if entry.number is not None and entry.year is not None:
            numbers.setdefault(entry.year, set()).add(entry.number)
    counters = register.database.rows("SELECT year, first, last FROM counter WHERE series=?", SERIES)
    for year, first, last in counters:
        found = numbers.pop(int(year), set())
        wanted = set(range(int(first), int(last) + 1))
        for number in sorted(wanted - found):
            yield f"{register.numbers.reference(int(year), number)} is missing."
        for number in sorted(found - wanted):
            yield f"{register.numbers.reference(int(year), number)} was never counted."
    for year in numbers:
        yield f"The counter of {year} is missing."


def _entry_problems(register: Register, entry: RegisterEntry, last_about: dict[int, int]) -> Iterator[str]:
    if register.log.keyed(entry.protected().encode()) != entry.mac:
        yield f"{entry.reference} was changed outside Letters."
    elif last_about.get(entry.id) != entry.changed:
        yield f"{entry.reference} is not as the log left it."
    if entry.about is not None and (entry.salt is None or salted(entry.salt, canonical(entry.about)) != entry.promise):
        yield f"What {entry.reference} is about was changed outside Letters."


def _clock_problems(register: Register) -> Iterator[str]:
    logged = {
        int(seq): (int(entry), data)
        for seq, entry, data in register.database.rows(
            "SELECT l.seq, l.entry, d.data FROM log l LEFT JOIN detail d ON d.seq=l.seq WHERE l.what LIKE 'clock %'"
        )
    }
    for seq, entry, *values in register.database.rows("SELECT seq, entry, day, days, deadline, basis FROM clock"):
        known = logged.pop(int(seq), None)
        written = canonical(dict(zip(("day", "days", "deadline", "basis"), values, strict=True)))
        if known is None or known[0] != int(entry) or (known[1] is not None and known[1] != written):
            yield f"A clock was stopped, restarted, or extended outside Letters (row {seq})."
    for seq in logged:
        yield f"A clock that the log knows of is missing (row {seq})."


def _head_problems(where: str, head: str, macs: dict[int, bytes]) -> Iterator[str]:
    seq, _, _ = head.partition(":")
    if not seq.isdigit():
        yield f"{where} names no row of a log: {head[:40]}."
    elif int(seq) not in macs:
        yield (
            f"{where} was entered in row {seq} of the log, which ends at row {max(macs, default=0)}: the end of the "
            "log was cut off, or an older copy was put in its place."
        )
    elif shown_head(int(seq), macs[int(seq)]) != head:
        yield f"{where} was entered in another register, or row {seq} of the log and those before it were written anew."
