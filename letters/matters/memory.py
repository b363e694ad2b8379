"""What the office knows already: earlier requests and letters of the same requester, and what contradicts them.

A match is certain if the agency (or a name confirmed as the same), the email address, or a reference is the same; a
name that only may be the same is for counsel to judge, and is an alias once counsel has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from letters.errors import Problem
from letters.matters.agency_names import folded, may_be_same
from letters.matters.particulars import identifiers_of, in_words, particulars_of, request_key
from letters.matters.register import Register, RegisterEntry
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter

_MOST = 12  # matches of one kind that are looked at, the latest first
_WRITTEN = ("draft", "review", "returned", "issued", "sent")
_LATEST_LETTERS = "SELECT id FROM entry WHERE way='out' AND state NOT IN ('void', 'reserved') ORDER BY id DESC LIMIT ?"
_REASONS = {
    "their_reference": "the same reference of theirs",
    "case_number": "the same case number",
    "email": "the same email address",
    "agency": "the same agency",
}
_TO_STAFF = "routing-memo"
_REFUSED = ("denial", "repeat-denial")


class EarlierMatter(Struct, frozen=True):
    """An earlier letter, or a request that was filed.

    Args:
        reason: why it is taken for one of the same requester.
        is_certain: whether counsel need not judge that.
        name: the name of the agency there.
    """

    entry: RegisterEntry
    reason: str
    is_certain: bool
    name: str = ""

    @property
    def line(self) -> str:
        """The match in one line, with its reason."""
        about, entry = self.entry.remembered, self.entry
        received = str(about.get("received") or entry.day.isoformat())
        sought = f" for {about['sought']}" if about.get("sought") else ""
        answer = (
            f"{entry.kind.replace('-', ' ')} of {in_words(entry.day.isoformat())} ({entry.reference})"
            if entry.way == "out"
            else f"filed as {entry.reference}, not answered"
        )
        return f"request of {in_words(received)}{sought}: {answer}; {self.reason}"

    def as_request(self) -> dict[str, Any]:
        """It as an entry of the earlier requests; without what the register does not know."""
        about, entry = self.entry.remembered, self.entry
        found: dict[str, Any] = {
            "day": date.fromisoformat(str(about.get("received") or entry.day.isoformat())),
            "channel": about.get("channel"),
            "reached": about.get("reached"),
        }
        if entry.way == "out":
            found |= {"answered": entry.day, "reference": entry.reference}
        return {name: value for name, value in found.items() if value}


class Memory:
    """Looks in a register for what came before.

    Args:
        keeps: whether what was found for a name is found again without looking: for a batch, whose rows are compared
            with the letters that were there before it.
    """

    def __init__(self, register: Register, *, keeps: bool = False) -> None:
        self._register, self._keeps = register, keeps
        self._entries: dict[tuple[str, str], list[RegisterEntry]] = {}
        self._names: dict[str, list[str]] = {}

    def earlier(
        self, about: Mapping[str, Any], before: date | None = None, *, only_certain: bool = False
    ) -> list[EarlierMatter]:
        """Earlier requests of the same requester and our answers, the latest first; certain ones before others.

        Args:
            about: particulars of the request, as far as they are known.
            before: the day the request was received; what came later is left out.
            only_certain: whether to leave out what counsel would have to judge.
        """
        found: dict[int, EarlierMatter] = {}
        for each in (*self._certain(about), *(() if only_certain else self._possible(about))):
            day = str(each.entry.remembered.get("received") or each.entry.day.isoformat())
            is_filed = each.entry.way == "in" and before is not None and each.entry.day == before
            is_same = is_filed or each.entry.request == request_key(about)  # this request, not an earlier one
            if not is_same and (before is None or day <= before.isoformat()):
                found.setdefault(each.entry.id, each)
        latest: dict[str, EarlierMatter] = {}
        by_day = sorted(found.values(), key=_rank)
        for match in by_day:
            latest[match.entry.request] = (
                match  # of several letters about one request, the last; a letter before a note
            )
        return sorted(latest.values(), key=lambda each: (each.is_certain, each.entry.day, each.entry.id), reverse=True)

    def of_references(self, references: Sequence[str]) -> list[RegisterEntry]:
        """The entries with these numbers."""
        return [entry for each in references for entry in self._register.of_reference(each)]

    def contradictions(self, letter: Letter) -> Iterator[Problem]:
        """What in a letter does not agree with what the register remembers."""
        if isinstance(letter, LetterWithoutRequest):
            return
        yield from self._of_listed(letter)
        about = particulars_of(letter)
        listed = {str(each).casefold() for each in about.get("earlier", ())}
        earlier = [
            each
            for each in self.earlier(about, letter.request.received, only_certain=True)
            if each.entry.way == "out" and each.entry.state in _WRITTEN
        ]
        same = [each for each in earlier if each.entry.remembered.get("access") == about.get("access")]
        unlisted = [each for each in same if each.entry.reference.casefold() not in listed]
        for each in unlisted[:3] if letter.kind in _REFUSED else ():
            if each.entry.kind in _REFUSED:
                yield _note(
                    "request.earlier",
                    f"does not list the {each.line}.",
                    "If it is the same request again, list it: then it is a repeat, and another letter may be right.",
                )
        for each in earlier:
            granted = each.entry.kind == "conditional-approval"
            overlap = set(each.entry.remembered.get("records", ())) & set(about.get("records", ()))
            if letter.kind in _REFUSED and granted and overlap:
                yield _note(
                    "kind", f"is a refusal, but records of these categories were approved: {each.line}.", _CHECK
                )
            elif letter.kind == "conditional-approval" and each.entry.kind in _REFUSED and each in same:
                yield _note("kind", f"is an approval, but the same access was refused: {each.line}.", _CHECK)
        if letter.kind == "repeat-denial" and not earlier and not any(self.of_references(sorted(listed))):
            yield _note(
                "request.earlier",
                "lists earlier requests, but the register knows none of this agency.",
                "Check that they came, and were answered.",
            )

    def used(self, what: str, about: Mapping[str, Any], *, of_anybody: bool) -> list[str]:
        """The lines that earlier letters had in a list, such as their copies: this requester's first, latest first.

        Args:
            what: the list, by its name among the particulars.
            about: particulars of the request, as far as they are known.
            of_anybody: whether letters to other requesters count, too.
        """
        entries = [match.entry for match in self.earlier(about, only_certain=True)] if about else []
        if of_anybody:
            ids = self._register.database.rows(_LATEST_LETTERS, _MOST)
            latest = self._register.entries(f"id IN ({','.join('?' * len(ids))})", *(id_ for (id_,) in ids))
            entries += sorted(latest, key=lambda each: each.id, reverse=True)
        return list(dict.fromkeys(str(line) for entry in entries for line in entry.remembered.get(what, ())))

    def clock_events(self, about: Mapping[str, Any], filed: str = "") -> list[tuple[str, date, int | None, str, str]]:
        """What stopped, restarted or extended the deadlines of a request.

        Args:
            about: particulars of the request, as far as they are known.
            filed: its name in the register; without it, an entry of the same requester and day is looked for.
        """
        day = about.get("received")
        found = self._register.of_reference(filed) if filed else []
        if not found and day:
            found = [each.entry for each in self._certain(about) if each.entry.remembered.get("received") == day]
        return self._register.clocks(self._register.matter_of(found[0])) if found else []

    def next_reference(self, day: date) -> str:
        """The number the next letter of that day would get."""
        return self._register.next_reference(day)

    def confirm(self, name: str, known: str) -> None:
        """Note that two names are of one agency."""
        self._register.same_name(name, known)

    # --- finding ---

    def _certain(self, about: Mapping[str, Any]) -> Iterator[EarlierMatter]:
        for what, form in dict.fromkeys(identifiers_of(about)):
            if what not in _REASONS:
                continue
            for name in self._names_like(form) if what == "agency" else [form]:
                alias = what == "agency" and name != form
                reason = "a name confirmed as the same agency" if alias else _REASONS[what]
                for entry in self._with(what, name):
                    yield EarlierMatter(entry, reason, is_certain=True, name=str(entry.remembered.get("agency") or ""))

    def _names_like(self, form: str) -> list[str]:
        if form not in self._names or not self._keeps:
            self._names[form] = sorted(self._register.names_like(form))
        return self._names[form]

    def _possible(self, about: Mapping[str, Any]) -> Iterator[EarlierMatter]:
        agency = str(about.get("agency") or "")
        forms = self._register.database.rows("SELECT DISTINCT form FROM identifier WHERE what='agency'")
        for (form,) in sorted(forms):
            if may_be_same(agency, str(form)):
                for entry in self._with("agency", str(form)):
                    name = str(entry.remembered.get("agency") or "")
                    yield EarlierMatter(entry, f"{name} may be the same agency", is_certain=False, name=name)
        for what, form in dict.fromkeys(identifiers_of(about)):
            if what in ("office", "person"):
                for entry in self._with(what, form):
                    name = str(entry.remembered.get("agency") or "")
                    if folded(name) != folded(agency):
                        reason = f"the same {what}, of {name}" if name else f"the same {what}"
                        yield EarlierMatter(entry, reason, is_certain=False, name=name)

    def _with(self, what: str, form: str) -> list[RegisterEntry]:
        if (what, form) not in self._entries or not self._keeps:
            self._entries[what, form] = self._found(what, form)
        return self._entries[what, form]

    def _found(self, what: str, form: str) -> list[RegisterEntry]:
        ids = self._register.database.rows(
            "SELECT e.id FROM identifier i JOIN entry e ON e.id=i.entry WHERE i.what=? AND i.form=? "
            "AND e.state NOT IN ('void', 'taken', 'reserved') ORDER BY e.day DESC, e.id DESC LIMIT ?",
            what,
            form,
            _MOST,
        )
        if not ids:
            return []
        return self._register.entries(f"id IN ({','.join('?' * len(ids))})", *(id_ for (id_,) in ids))

    # --- what a letter says of earlier ones ---

    def _of_listed(self, letter: Letter) -> Iterator[Problem]:
        numbers = self._register.numbers
        listed = [
            *((f"request.earlier.{n}", e.reference, e.answered, "") for n, e in enumerate(letter.request.earlier, 1)),
            *((f"earlier_letters.{n}", e.reference, e.date, e.to) for n, e in enumerate(letter.earlier_letters, 1)),
        ]
        agency = folded(letter.request.requester.agency)
        for place, reference, day, to_another in listed:
            if not reference:
                continue
            found = self.of_references([reference])
            parsed = numbers.parse(reference)
            if not found:
                if parsed and self._register.began_with(parsed[0]) <= parsed[1]:
                    yield _note(f"{place}.reference", f"is {reference}, which the register does not have.", _CHECK)
                continue
            entry = found[0]
            if entry.state in ("void", "reserved", "draft", "review", "returned"):
                message = f"is {reference}, which was not sent: it is {entry.is_what}."
                yield _note(f"{place}.reference", message, _CHECK)
            elif day and entry.way == "out" and entry.day != day:
                message = f"says that {reference} is of {in_words(day.isoformat())}; the register has "
                yield _note(place, f"{message}{in_words(entry.day.isoformat())}.", _CHECK)
            theirs = folded(str(entry.remembered.get("agency") or ""))
            if not to_another and theirs and theirs not in self._register.names_like(agency):
                name = entry.remembered["agency"]
                yield _note(f"{place}.reference", f"is {reference}, a letter to another agency: {name}.", _CHECK)


def _rank(match: EarlierMatter) -> tuple[bool, bool, date, int]:
    """Of several entries about one request, the one to show ranks last: a letter to the requester, the latest."""
    entry = match.entry
    return entry.way == "out", entry.kind != _TO_STAFF, entry.day, entry.id


_CHECK = "Check which of the two is right. `letters register show` has the details."


def _note(field: str, message: str, hint: str) -> Problem:
    return Problem(message, hint=hint, code="register", field=field)
