"""The register: every letter with its number, every request filed, and what happened to them.

A letter gets its number before it is made, because the letter prints it: `reserve` → the letter is made and its files
are written → `issue`. A number belongs to a run, the name of one attempt to write one letter, so that the attempt
repeated after a crash gets the same number. Numbers come from a counter that is changed in the same transaction, never
from a sequence of the database, which leaves gaps. A number that is not needed stays, void, with the reason.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from letters.errors import InvalidAnswers, Problem, Usage
from letters.matters import register_tables
from letters.matters.agency_names import folded
from letters.matters.database import Database, Row
from letters.matters.event_log import EventLog, LogRow, canonical, salted
from letters.matters.particulars import identifiers_of, in_words, request_key
from letters.matters.reference_numbers import NumberFormat

SERIES = "letters"
OPEN = ("received", "taken", "reserved", "draft", "review", "returned", "issued")
_IS = {"reserved": "not written yet", "draft": "a draft", "review": "waiting for a colleague"}
_UNWRITTEN = ("reserved", "draft", "review", "returned")
_ONE_ROW_EACH = 20  # entries up to which each gets a row of the log; larger blocks share one
_COLUMNS = (
    "id, matter, way, series, year, number, reference, state, kind, day, run, place, request, content, files, hold, "
    "about, salt, promise, entered, changed, mac"
)


def said_of_state(state: str) -> str:
    """A state, to follow “it is”."""
    return _IS.get(state, state)


class RegisterEntry(Struct, frozen=True):
    """A letter, a request, or a number taken for something else.

    Args:
        matter: the entry its matter began with.
        way: ``in`` for what arrived, ``out`` for letters, ``other`` for numbers of other mail.
        reference: its file number, or the name of a request, such as R-17.
        run: the attempt to write it; see the module.
        place: the answers file or draft it was made from.
        request: the same for letters that answer the same request.
        content: digest of the letter without its number.
        files: digest of its files.
        hold: why it must not be erased; empty if it may.
        about: what is remembered of it; None if that was erased.
        entered, changed: the rows of the log.
    """

    id: int
    matter: int
    way: str
    series: str | None
    year: int | None
    number: int | None
    reference: str
    state: str
    kind: str
    day: date
    run: str | None
    place: str
    request: str
    content: str
    files: str
    hold: str
    about: Mapping[str, Any] | None
    salt: bytes | None
    promise: bytes
    entered: int
    changed: int
    mac: bytes

    @property
    def is_what(self) -> str:
        """Its state, to follow “it is”: ``a draft``, ``waiting for a colleague``, ``sent``."""
        return said_of_state(self.state)

    @property
    def remembered(self) -> Mapping[str, Any]:
        """What is remembered of it; nothing, if it was erased."""
        return self.about or {}

    def protected(self) -> str:
        """Everything that its keyed hash covers."""
        return canonical(
            [
                *(self.id, self.matter, self.way, self.series, self.year, self.number, self.reference, self.state),
                *(self.kind, self.day.isoformat(), self.run, self.request, self.content, self.files, self.hold),
                *(self.promise.hex(), self.entered, self.changed),
            ]
        )


class NumberWanted(Struct, frozen=True):
    """A letter that needs a number.

    Args:
        run: names this attempt to write it; the same run gets the same number.
        day: of the letter; its year is that of the number.
        about: what to remember; see `particulars`.
        content: digest of the letter without its number.
        reference: the number counsel wrote; empty for the next one.
        place: the file its answers are in.
    """

    run: str
    kind: str
    day: date
    about: Mapping[str, Any]
    content: str
    reference: str = ""
    place: str = ""


class Numbered(Struct, frozen=True):
    """A letter's place in the register.

    Args:
        entry: its id.
        head: of the log after the number was reserved; the letter's record carries it.
        is_new: whether the number was given now, not to an earlier attempt.
    """

    entry: int
    reference: str
    head: str
    is_new: bool = True


class WrittenLetter(Struct, frozen=True):
    """A letter whose files are written.

    Args:
        state: ``issued``, ``draft``, or ``review`` if a colleague must approve it.
        files: SHA-256 by path.
        told: what it told of deadlines, by id.
    """

    entry: int
    state: str
    files: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)


class Register:
    """An open register.

    Args:
        database: whose tables are up to date.
        key: of its log.
        who: the user's name.
        salts: so many random bytes.
        clock: the time for the log, if it is not to be the database's.
        after: called with the register after every change.
    """

    def __init__(
        self,
        database: Database,
        key: bytes,
        who: str,
        *,
        salts: Callable[[int], bytes] = secrets.token_bytes,
        clock: Callable[[], str] | None = None,
        after: Callable[[Register], None] = lambda register: None,
    ) -> None:
        self.database, self._salts, self._after = database, salts, after
        self.log = EventLog(database, key, who, salts, clock)

    # --- settings ---

    def set_up(self, numbers: NumberFormat, starts: Mapping[int, int]) -> None:
        """Make the tables of a new register.

        Args:
            starts: the first number, by year, where that is not 1.
        """
        with self.database.transaction():
            register_tables.create(self.database)
            self.database.rows("INSERT INTO meta VALUES('format', ?)", numbers.text)
            self.database.rows("INSERT INTO meta VALUES('id', ?)", self._salts(16).hex())
            for year, first in starts.items():
                self.database.rows("INSERT INTO counter VALUES(?,?,?,?)", SERIES, year, first, first - 1)
            starting = {str(year): first for year, first in starts.items()}
            self.log.add("created", None, format=numbers.text, starts=starting)
        self._after(self)

    @property
    def numbers(self) -> NumberFormat:
        """How the office writes its numbers."""
        return NumberFormat(self.meta("format"))

    def meta(self, name: str) -> str:
        """A setting; empty if there is none."""
        rows = self.database.rows("SELECT value FROM meta WHERE name=?", name)
        return str(rows[0][0]) if rows else ""

    def close(self) -> None:
        """Close its database."""
        self.database.close()

    # --- reading ---

    def entries(self, where: str = "1=1", *values: Any) -> list[RegisterEntry]:
        """The entries that match a condition in SQL, in the order of their numbers (10000 comes after 9999)."""
        rows = self.database.rows(
            f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY coalesce(year, 0), coalesce(number, 0), id", *values
        )
        return [_entry(row) for row in rows]

    def find(self, reference: str) -> RegisterEntry:
        """The entry with a file number, whatever its case. Raises Usage if there is none."""
        found = self.of_reference(reference)
        if not found:
            raise Usage(
                Problem(
                    f"The register has no “{reference}”.",
                    hint="`letters register list` shows what it has.",
                    code="no-such",
                )
            )
        return found[0]

    def of_reference(self, reference: str) -> list[RegisterEntry]:
        """The entry with a file number, whatever its case, if there is one."""
        parsed = self.numbers.parse(reference)
        found = self._numbered(*parsed) if parsed else []
        found = found or self.entries("reference=?", reference.strip())
        return found or self.entries("lower(reference)=lower(?)", reference.strip())

    def mentioned_in(self, text: str) -> list[RegisterEntry]:
        """The entries whose file numbers a text mentions."""
        found = dict.fromkeys(self.numbers.found_in(text[:20_000]))
        return [entry for year, number in list(found)[:10] for entry in self._numbered(year, number)]

    def _numbered(self, year: int, number: int) -> list[RegisterEntry]:
        return self.entries("series=? AND year=? AND number=?", SERIES, year, number)

    def matter_of(self, entry: RegisterEntry) -> list[RegisterEntry]:
        """Every entry of the same matter, by day."""
        return sorted(self.entries("matter=?", entry.matter), key=lambda each: (each.day, each.id))

    def files(self, entry: int) -> list[tuple[str, str, str]]:
        """Role, path and SHA-256 of each file of an entry."""
        rows = self.database.rows("SELECT role, path, sha256 FROM file WHERE entry=? ORDER BY path", entry)
        return [(str(role), str(path), str(digest)) for role, path, digest in rows]

    def history(self, entry: RegisterEntry) -> list[LogRow]:
        """What happened to an entry, oldest first."""
        return self.log.about(entry.id)

    def next_reference(self, day: date) -> str:
        """The number the next letter of that day would get, if nobody else takes it first."""
        return self.numbers.reference(day.year, self._last(day.year)[1] + 1)

    def began_with(self, year: int) -> int:
        """The first number of a year."""
        return self._last(year)[0]

    def _last(self, year: int) -> tuple[int, int]:
        """First and last number of a year."""
        rows = self.database.rows("SELECT first, last FROM counter WHERE series=? AND year=?", SERIES, year)
        return (int(rows[0][0]), int(rows[0][1])) if rows else (1, 0)

    # --- numbers ---

    def reserve(self, wanted: Sequence[NumberWanted]) -> list[Numbered]:
        """A number for each letter, in this order, in one transaction.

        Raises:
            InvalidAnswers: a number counsel wrote is not free, with the reason. No number is given then.
        """
        if not wanted:
            return []
        with self.database.transaction():
            numbers = self.numbers
            known = {entry.run: entry for entry in self._by_run([each.run for each in wanted])}
            found: dict[int, Numbered] = {}
            new: list[tuple[int, NumberWanted]] = []
            problems: list[Problem] = []
            for place, each in enumerate(wanted):
                earlier = known.get(each.run) or self._of_same_letter(each)
                try:
                    if each.reference:
                        earlier = self._claimed(each, earlier, numbers)
                except InvalidAnswers as error:
                    problems += error.problems
                    continue
                if earlier:
                    found[place] = self._reserved_again(earlier, each)
                else:
                    new.append((place, each))
            found.update(self._reserved(new, numbers, problems))
            if problems:
                raise InvalidAnswers(problems)
        self._after(self)
        return [found[place] for place in range(len(wanted))]

    def take(self, day: date, why: str, count: int = 1) -> list[str]:
        """Numbers for other mail of the office, which shares the series."""
        with self.database.transaction():
            first = self._count_up(day.year, count)
            references = [self.numbers.reference(day.year, number) for number in range(first, first + count)]
            self._insert(
                [
                    _NewEntry("other", "taken", "", day, {"title": why}, number=number, reference=reference)
                    for number, reference in enumerate(references, first)
                ],
                "taken",
                why=why,
            )
        self._after(self)
        return references

    def _by_run(self, runs: Sequence[str]) -> Iterator[RegisterEntry]:
        for start in range(0, len(runs), 500):
            some = runs[start : start + 500]
            yield from self.entries(f"run IN ({','.join('?' * len(some))})", *some)

    def _of_same_letter(self, wanted: NumberWanted) -> RegisterEntry | None:
        """An unfinished entry made from the same file, or a finished one of the same request that was not sent."""
        if not wanted.place:
            return None
        for entry in reversed(self.entries("place=? AND way='out'", wanted.place)):
            revised = entry.state == "issued" and entry.request == request_key(wanted.about)
            if entry.year == wanted.day.year and (entry.state in _UNWRITTEN or revised):
                return entry
        return None

    def _claimed(
        self, wanted: NumberWanted, earlier: RegisterEntry | None, numbers: NumberFormat
    ) -> RegisterEntry | None:
        """The entry whose number counsel wrote; None if the number is to be given now. Raises InvalidAnswers."""
        parsed = numbers.parse(wanted.reference)
        found = self._numbered(*parsed) if parsed else self.entries("lower(reference)=lower(?)", wanted.reference)
        if found and (found[0].run == wanted.run or found[0].way == "other"):
            if found[0].way == "other" and found[0].state != "taken":
                raise _not_free(wanted.reference, f"is {found[0].is_what}", "Write another number, or leave it out.")
            return found[0]
        if found:
            entry = found[0]
            same = entry.request == request_key(wanted.about) and entry.kind == wanted.kind
            if same and entry.state in (*_UNWRITTEN, "issued"):
                return entry
            if same and entry.state == "sent":
                if entry.content == wanted.content:
                    return entry
                hint = "Write a new letter, with a number of its own."
                raise _not_free(wanted.reference, "is a letter that was sent, and this one says something else", hint)
            raise _not_free(
                wanted.reference,
                f"is already the number of another entry ({entry.is_what}, {in_words(entry.day.isoformat())})",
                "Leave the number out, and the letter gets the next one.",
            )
        if parsed is None:
            return None
        year, number = parsed
        first, last = self._last(year)
        if year != wanted.day.year:
            raise _not_free(wanted.reference, f"is a number of {year}, but the letter is dated {wanted.day.year}", "")
        if number > last + 1 or (not last and number != first):
            raise _not_free(
                wanted.reference,
                f"would leave a gap: the next number is {numbers.reference(year, last + 1)}",
                "Leave the number out. Numbers used for other mail: letters register take --for “other mail”.",
            )
        return earlier if earlier and earlier.number == number else None

    def _reserved_again(self, entry: RegisterEntry, wanted: NumberWanted) -> Numbered:
        """The number of an earlier attempt, with what the letter says now."""
        head = self.log.head(entry.entered)
        if entry.content == wanted.content and entry.way == "out":
            return Numbered(entry.id, entry.reference, head, is_new=False)
        if entry.state == "sent":
            raise InvalidAnswers(
                Problem("has been sent, so it is not written again.", entry.reference, "Write a new letter.", "sent")
            )
        seq = self.log.add("written again" if entry.way == "out" else "used", entry.id, content=wanted.content)
        salt, promise = self._promise(wanted.about)
        self._save(
            replace(
                entry,
                way="out",
                state=entry.state if entry.state == "draft" else "reserved",
                kind=wanted.kind,
                day=wanted.day,
                run=wanted.run,
                place=wanted.place,
                request=request_key(wanted.about),
                content=wanted.content,
                about=wanted.about,
                salt=salt,
                promise=promise,
                entered=seq,
                changed=seq,
            )
        )
        return Numbered(entry.id, entry.reference, self.log.head(seq), is_new=False)

    def _reserved(
        self, new: Sequence[tuple[int, NumberWanted]], numbers: NumberFormat, problems: list[Problem]
    ) -> dict[int, Numbered]:
        years: dict[int, list[tuple[int, NumberWanted]]] = {}
        entries: list[tuple[int, _NewEntry]] = []
        given: set[str] = set()
        for place, each in new:
            if each.reference and each.reference.lower() in given:
                hint = "Write another number, or leave it out, and the letter gets the next one."
                problems += _not_free(each.reference, "is the number of another of these letters", hint).problems
                continue
            given.add(each.reference.lower())
            if each.reference and numbers.parse(each.reference) is None:
                entries.append((place, _NewEntry.letter(each, None, each.reference)))
            else:
                years.setdefault(each.day.year, []).append((place, each))
        for year, some in years.items():
            first = self._count_up(year, len(some))
            for number, (place, each) in enumerate(some, first):
                reference = numbers.reference(year, number)
                if each.reference and numbers.parse(each.reference) != (year, number):
                    problems += _not_free(
                        each.reference, f"would leave a gap: the next number is {reference}", ""
                    ).problems
                entries.append((place, _NewEntry.letter(each, number, reference)))
        if problems:
            return {}
        entries.sort(key=lambda each: each[0])
        ids = self._insert([each for _, each in entries], "reserved")
        return {
            place: Numbered(id_, each.reference, self.log.head(seq))
            for (place, each), (id_, seq) in zip(entries, ids, strict=True)
        }

    def _count_up(self, year: int, count: int) -> int:
        """Count a year's counter up; the first of the new numbers."""
        rows = self.database.rows(
            "INSERT INTO counter VALUES(?,?,1,?) ON CONFLICT(series, year) "
            "DO UPDATE SET last=counter.last+excluded.last RETURNING last",
            SERIES,
            year,
            count,
        )
        return int(rows[0][0]) - count + 1

    # --- what happens to a letter ---

    def issue(self, written: Sequence[WrittenLetter]) -> None:
        """Note that letters are written, with their files."""
        if not written:
            return
        with self.database.transaction():
            by_id = {entry.id: entry for entry in self._by_ids([each.entry for each in written])}
            seqs = self._log_each([each.entry for each in written], lambda n: _written_detail(written[n]))
            changed, files = [], []
            for each, seq in zip(written, seqs, strict=True):
                entry = by_id[each.entry]
                state = entry.state if entry.state == "sent" else each.state
                if entry.files:  # written before; what it replaces stays known, for a redline
                    self._replace_files(entry.id, each.files)
                files += [(entry.id, path, digest) for path, digest in each.files.items()]
                changed.append(replace(entry, state=state, files=_files_digest(each.files), changed=seq))
            self.database.many("INSERT INTO file VALUES(?,'letter',?,?)", files)
            self._save_states(changed)
        self._after(self)

    def _replace_files(self, entry: int, new: Mapping[str, str]) -> None:
        for role, path, _ in self.files(entry):
            if path in new:
                self.database.rows("DELETE FROM file WHERE entry=? AND path=?", entry, path)
            elif role == "letter":
                self.database.rows("UPDATE file SET role='earlier' WHERE entry=? AND path=?", entry, path)

    def _by_ids(self, ids: Sequence[int]) -> Iterator[RegisterEntry]:
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            yield from self.entries(f"id IN ({','.join('?' * len(some))})", *some)

    def change(
        self,
        reference: str,
        what: str,
        to: str,
        allowed: Iterable[str],
        hint: str = "",
        *,
        kept: Mapping[str, str] | None = None,
        **detail: Any,
    ) -> RegisterEntry:
        """Change the state of an entry.

        Args:
            kept: copies of its files that are kept for a redline: SHA-256 by path.
            what: for the log, such as ``sent``.
            to: the new state.
            allowed: the states it may be in before.

        Raises:
            Usage: there is no such entry, or it is in another state.
        """
        with self.database.transaction():
            entry = self.find(reference)
            if entry.state not in allowed:
                raise Usage(Problem(f"is {entry.is_what}.", entry.reference, hint, "state"))
            seq = self.log.add(what, entry.id, **detail)
            changed = replace(entry, state=to, changed=seq)
            self._save_states([changed])
            copies = [(entry.id, path, digest) for path, digest in (kept or {}).items()]
            self.database.many("INSERT INTO file VALUES(?,'earlier',?,?)", copies)
        self._after(self)
        return changed

    def sent(self, reference: str, on: date, how: str, tracking: str = "") -> RegisterEntry:
        """Note that a letter was sent, or correct when and how it was.

        Raises:
            Usage: it is not issued, it is dated after that day, or the same was noted before.
        """
        if (entry := self.find(reference)).day > on:
            message = f"is dated {in_words(entry.day.isoformat())}, after the day it is said to have been sent."
            raise Usage(Problem(message, entry.reference, "Correct --on.", "day"))
        noted: dict[str, Any] = {"on": on.isoformat(), "how": how, "tracking": tracking}
        what = "sent"
        if entry.state == "sent":
            what = "correction: sent"
            if noted == [row.detail for row in self.history(entry) if row.what in ("sent", what)][-1]:
                message = f"is noted already as sent on {in_words(on.isoformat())}."
                raise Usage(Problem(message, entry.reference, code="state"))
        hint = "Only a letter that is issued can be sent: not a draft, and not one that waits for a colleague."
        return self.change(reference, what, "sent", ("issued", "sent"), hint, **noted)

    def void(self, reference: str, why: str) -> RegisterEntry:
        """Note that a number will not be used. It stays in the register. Raises Usage if its letter was sent."""
        hint = "A letter that was sent keeps its number." if self.find(reference).state == "sent" else ""
        return self.change(reference, "void", "void", [state for state in OPEN if state != "received"], hint, why=why)

    def hold(self, reference: str, why: str) -> list[RegisterEntry]:
        """Keep a whole matter from being erased; with an empty ``why``, no longer."""
        with self.database.transaction():
            found = self.matter_of(self.find(reference))
            for entry in found:
                seq = self.log.add("hold" if why else "hold released", entry.id, why=why)
                self._save(replace(entry, hold=why, changed=seq))
        self._after(self)
        return found

    def erase(self, reference: str, why: str) -> list[str]:
        """Erase what names persons; number, days and states stay, and the log stays whole.

        Returns:
            The paths of its files, which the office must delete itself.

        Raises:
            Usage: its matter is on hold.
        """
        with self.database.transaction():
            entry = self.find(reference)
            if entry.hold:
                hint = "`letters register hold REFERENCE --release` lets it go."
                raise Usage(Problem(f"is on hold: {entry.hold}.", entry.reference, hint, "hold"))
            paths = [path for _, path, _ in self.files(entry.id)]
            for table in ("identifier", "file"):
                self.database.rows(f"DELETE FROM {table} WHERE entry=?", entry.id)
            self.database.rows("UPDATE clock SET basis='' WHERE entry=?", entry.id)
            self.database.rows("DELETE FROM detail WHERE seq IN (SELECT seq FROM log WHERE entry=?)", entry.id)
            seq = self.log.add("erased", entry.id, why=why)
            self._save(replace(entry, about=None, salt=None, place="", changed=seq))
        self._after(self)
        return paths

    def note(self, reference: str, what: str, **detail: Any) -> RegisterEntry:
        """Add to the log of an entry without changing its state."""
        with self.database.transaction():
            entry = self.find(reference)
            seq = self.log.add(what, entry.id, **detail)
            changed = replace(entry, changed=seq)
            self._save(changed)
        self._after(self)
        return changed

    def filed(self, digests: Iterable[str]) -> RegisterEntry | None:
        """What arrived with one of these files before."""
        for digest in digests:
            rows = self.database.rows("SELECT entry FROM file WHERE role='request' AND sha256=?", digest)
            if rows:
                return self.entries("id=?", rows[0][0])[0]
        return None

    def file_request(
        self, day: date, about: Mapping[str, Any], files: Mapping[str, str], *, matter_of: str = "", way: str = "in"
    ) -> RegisterEntry:
        """File what arrived, with the digests of its files. What was filed before is found again, not filed twice.

        Args:
            matter_of: the file number of a letter or request of the same matter; empty for a new matter.
        """
        with self.database.transaction():
            if known := self.filed(files.values()):
                return known
            matter = self.find(matter_of).matter if matter_of else None
            number = self.database.rows("SELECT count(*) FROM entry WHERE way='in'")[0][0] + 1
            new = _NewEntry(way, "received", "", day, about, reference=f"R-{number}", files=files, matter=matter)
            [(id_, _)] = self._insert([new], "received", files=sorted(files.values()))
        self._after(self)
        return self.entries("id=?", id_)[0]

    def join(self, reference: str, other: str) -> None:
        """Put an entry and its matter into the matter of another."""
        with self.database.transaction():
            target = self.find(other).matter
            for entry in self.matter_of(self.find(reference)):
                if entry.matter != target:
                    seq = self.log.add("joined", entry.id, matter=target)
                    self._save(replace(entry, matter=target, changed=seq))
        self._after(self)

    # --- clocks and names ---

    def add_clock(
        self, reference: str, event: str, day: date, *, days: int | None, deadline: str, basis: str
    ) -> RegisterEntry:
        """Note that a deadline of an entry was stopped, restarted or extended, and on what basis."""
        with self.database.transaction():
            entry = self.find(reference)
            values = {"day": day.isoformat(), "days": days, "deadline": deadline, "basis": basis}
            seq = self.log.add(f"clock {event}", entry.id, **values)
            self.database.rows(
                "INSERT INTO clock VALUES(?,?,?,?,?,?,?)", entry.id, seq, event, day.isoformat(), days, deadline, basis
            )
            self._save(replace(entry, changed=seq))
        self._after(self)
        return entry

    def clocks(self, entries: Sequence[RegisterEntry]) -> list[tuple[str, date, int | None, str, str]]:
        """Event, day, days, deadline and basis of what stopped or extended the deadlines of these entries."""
        found: list[Row] = []
        for entry in entries:
            found += self.database.rows(
                "SELECT event, day, days, deadline, basis, seq FROM clock WHERE entry=? ORDER BY seq", entry.id
            )
        return [
            (str(event), date.fromisoformat(day), days, str(deadline), str(basis))
            for event, day, days, deadline, basis, _ in sorted(found, key=lambda row: int(row[5]))
        ]

    def same_name(self, name: str, known: str) -> None:
        """Note that counsel confirmed two names as one agency's."""
        one, other = folded(name), folded(known)
        if one == other or other in self.names_like(one):
            return
        with self.database.transaction():
            seq = self.log.add("same name", None, forms=sorted((one, other)))
            self.database.rows("INSERT INTO alias VALUES(?,?,?)", one, other, seq)
        self._after(self)

    def names_like(self, form: str) -> set[str]:
        """The forms of every name confirmed as the same as this one, and the form itself."""
        found, waiting = {form}, [form]
        while waiting:
            each = waiting.pop()
            for one, other in self.database.rows("SELECT form, name FROM alias WHERE form=? OR name=?", each, each):
                for new in {str(one), str(other)} - found:
                    found.add(new)
                    waiting.append(new)
        return found

    # --- writing rows ---

    def _log_each(
        self, ids: Sequence[int], detail: Callable[[int], Mapping[str, Any]], what: str = "issued"
    ) -> list[int]:
        if len(ids) <= _ONE_ROW_EACH:
            return [self.log.add(what, id_, **detail(number)) for number, id_ in enumerate(ids)]
        seq = self.log.add(what, None, entries=list(ids))
        return [seq] * len(ids)

    def _insert(self, new: Sequence[_NewEntry], what: str, **detail: Any) -> list[tuple[int, int]]:
        """Add entries; returns the id of each, and its row of the log."""
        if not new:
            return []
        first = int(self.database.rows("SELECT coalesce(max(id), 0) FROM entry")[0][0]) + 1
        ids = range(first, first + len(new))
        seqs = self._log_each(ids, lambda n: {"kind": new[n].kind, "reference": new[n].reference, **detail}, what=what)
        rows, identifiers, files = [], [], []
        for each, id_, seq in zip(new, ids, seqs, strict=True):
            salt, promise = self._promise(each.about)
            entry = RegisterEntry(
                id_,
                each.matter or id_,
                each.way,
                SERIES if each.number else None,
                each.day.year if each.number else None,
                each.number,
                each.reference,
                each.state,
                each.kind,
                each.day,
                each.run or None,
                each.place,
                request_key(each.about),
                each.content,
                _files_digest(each.files),
                "",
                each.about,
                salt,
                promise,
                seq,
                seq,
                b"",
            )
            rows.append(self._row(entry))
            identifiers += [(id_, kind, form) for kind, form in dict.fromkeys(identifiers_of(each.about))]
            files += [(id_, "request", path, digest) for path, digest in each.files.items()]
        self.database.many(f"INSERT INTO entry({_COLUMNS}) VALUES({','.join('?' * 22)})", rows)
        self.database.many("INSERT INTO identifier VALUES(?,?,?)", identifiers)
        self.database.many("INSERT INTO file VALUES(?,?,?,?)", files)
        return list(zip(ids, seqs, strict=True))

    def _save(self, entry: RegisterEntry) -> None:
        """Write an entry as it is now."""
        names = [f"{name}=?" for name in _COLUMNS.split(", ")[1:]]
        self.database.rows(f"UPDATE entry SET {', '.join(names)} WHERE id=?", *self._row(entry)[1:], entry.id)
        if entry.about is not None:
            self.database.rows("DELETE FROM identifier WHERE entry=?", entry.id)
            found = dict.fromkeys(identifiers_of(entry.about))
            self.database.many("INSERT INTO identifier VALUES(?,?,?)", [(entry.id, *each) for each in found])

    def _save_states(self, entries: Sequence[RegisterEntry]) -> None:
        """Write what changes as a letter takes its way: not what it is about."""
        rows = [
            (each.state, each.files, each.changed, self.log.keyed(each.protected().encode()), each.id)
            for each in entries
        ]
        self.database.many("UPDATE entry SET state=?, files=?, changed=?, mac=? WHERE id=?", rows)

    def _promise(self, about: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """A new salt, and the digest that stays when what is remembered is erased."""
        salt = self._salts(16)
        return salt, salted(salt, canonical(about))

    def _row(self, entry: RegisterEntry) -> Row:
        about = canonical(entry.about) if entry.about is not None else None
        return (
            *(entry.id, entry.matter, entry.way, entry.series, entry.year, entry.number, entry.reference, entry.state),
            *(entry.kind, entry.day.isoformat(), entry.run, entry.place, entry.request, entry.content, entry.files),
            *(entry.hold, about, entry.salt, entry.promise, entry.entered, entry.changed),
            self.log.keyed(entry.protected().encode()),
        )


class _NewEntry(Struct, frozen=True):
    way: str
    state: str
    kind: str
    day: date
    about: Mapping[str, Any]
    number: int | None = None
    reference: str = ""
    run: str = ""
    place: str = ""
    content: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    matter: int | None = None

    @classmethod
    def letter(cls, wanted: NumberWanted, number: int | None, reference: str) -> _NewEntry:
        return cls(
            *("out", "reserved", wanted.kind, wanted.day, wanted.about, number, reference, wanted.run),
            *(wanted.place, wanted.content),
        )


def _entry(row: Row) -> RegisterEntry:
    values = list(row)
    values[9] = date.fromisoformat(row[9])
    values[11], values[15] = row[11] or "", row[15] or ""
    values[16] = json.loads(row[16]) if row[16] is not None else None
    values[17] = bytes(row[17]) if row[17] is not None else None
    values[18], values[21] = bytes(row[18]), bytes(row[21])
    return RegisterEntry(*values)


def _written_detail(written: WrittenLetter) -> Mapping[str, Any]:
    return {"state": written.state, "files": sorted(written.files.values()), "told": dict(written.told)}


def _files_digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(sorted(files.values())).encode()).hexdigest() if files else ""


def _not_free(reference: str, why: str, hint: str) -> InvalidAnswers:
    return InvalidAnswers(Problem(f"{reference} {why}.", "Our reference", hint, "number", "reference"))
