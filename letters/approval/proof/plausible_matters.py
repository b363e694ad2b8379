"""Makes one plausible matter of answers that a search put together from several letters.

A search changes one answer at a time: a benefit program may then stand at another agency's address, and an earlier
letter after the request it precedes. Each step here proposes changes that put one such thing right; whoever asks for
them sees to it that the letter still shows what it is there to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from letters._text.lazy_pattern import pattern
from letters.approval.proof.moved_dates import moved, weeks_between
from letters.library.answers import Answers
from letters.model.fields import get

Changes = Mapping[str, Any]
Step = Callable[[Answers], Iterator[Changes]]
_KIND = "request.requester.agency_kind"
# What goes with the requester of a sample, from most to least.
_OF_THE_MATTER = (
    ("sought", "subjects", "period", "purpose", "investigation", "case_number", "statute", "authority", "quoted",
     "explanation", "justification", "their_reference"),
    ("sought", "subjects", "quoted", "their_reference"),
    ("sought", "quoted", "their_reference"),
    ("their_reference",),
    (),
)  # fmt: skip
# What any requester may say of its matter, where a letter needs words and those it has are another's.
_OF_ANY_MATTER = {
    "request.purpose": "administering its program",
    "request.investigation": "a case of its own",
    "request.statute": "the law that it administers",
    "request.case_number": "No. 1",
    "request.explanation": "The records bear on a case of the requester.",
    "request.justification": "The requester has no other source for the records.",
}
_NUMBER = pattern(r"(\d+)(?=\D*$)")
_DAYS_BEFORE = 14  # of the latest earlier letter before the request


class PlausibleMatters:
    """Proposes how the answers for one letter become those of one matter.

    Args:
        own: answers of a sample of the kind of letter, whose days are in an order that it can have.
        donors: answers of the library's samples.
        examples: an agency of each kind of requester, as it is named within a sentence; for kinds that no sample has.
        address: where such an agency is.
    """

    def __init__(self, own: Answers, donors: Sequence[Answers], examples: Mapping[str, str], address: str) -> None:
        self._own = own
        asked, letters = get(own, "request.received"), own.get("earlier_letters") or []
        self._follows_up = bool(letters) and all(each["date"] > asked for each in letters)
        self._donors = [donor for donor in donors if get(donor, _KIND)]
        self._examples, self._address = examples, address
        self.steps: tuple[Step, ...] = (
            self._days,
            self._requester,
            self._words_of_others,
            self._sought,
            self._their_reference,
            self._earlier_letters,
            self._file_numbers,
        )

    def _days(self, answers: Answers) -> Iterator[Changes]:
        """The days of the sample, in the year of the letter."""
        weeks = weeks_between(self._own.get("date"), answers.get("date"), whole_years=True)
        names = ["date", "request.dated", "request.received", *(f"extra.{name}" for name in self._own.get("extra", {}))]
        days: dict[str, Any] = {
            name: moved(day, weeks) for name in names if isinstance(day := get(self._own, name), date)
        }
        if "request.dated" not in days and get(answers, "request.dated"):
            days["request.dated"] = days.get("request.received")
        if all(get(answers, name) == day for name, day in days.items()):
            return
        if number := self._own.get("reference"):
            days["reference"] = moved(number, weeks)
        if self._follows_up:
            yield {**days, "earlier_letters": moved(self._own["earlier_letters"], weeks)}
        yield days

    def _requester(self, answers: Answers) -> Iterator[Changes]:
        """The requester of a sample, or an example, whose kind is the one that the letter needs."""
        kind = get(answers, _KIND)
        if kind is None:
            return
        fitting = [donor for donor in self._donors if get(donor, _KIND) == kind]
        access = get(answers, "request.access")
        fitting.sort(key=lambda donor: get(donor, "request.access") != access)
        now = get(answers, "request.requester")
        if any(get(donor, "request.requester") == now and _sought(donor, answers) for donor in fitting):
            return
        for names in _OF_THE_MATTER:
            for donor in fitting:
                if "sought" in names and get(donor, "request.access") != access:
                    continue
                weeks = weeks_between(donor.get("date"), answers.get("date"))
                yield {
                    **({"delivery": donor["delivery"]} if "delivery" in donor else {}),
                    "request.requester": get(donor, "request.requester"),
                    **{f"request.{name}": moved(get(donor, f"request.{name}"), weeks) for name in names},
                }
        if not fitting and (example := self._examples.get(kind)):
            agency = example.removeprefix("the ")
            yield {
                "request.their_reference": None,
                "request.requester": {
                    "agency": agency,
                    "agency_in_sentence": example,
                    "agency_kind": kind,
                    "name": "Pat Example",
                    "address": self._address,
                    "email": "pat.example@agency.example",
                },
            }

    def _words_of_others(self, answers: Answers) -> Iterator[Changes]:
        """No requester has the purpose or the case of another kind of requester."""
        kind, changes = get(answers, _KIND), dict[str, Any]()
        for name, words in _OF_ANY_MATTER.items():
            whose = {get(donor, _KIND) for donor in self._donors if get(donor, name) == get(answers, name)}
            if get(answers, name) and whose and kind not in whose:
                changes[name] = words
        if changes:
            yield changes
            yield from (
                {each: changes[each] for each in changes if each != name} for name in changes if len(changes) > 1
            )

    def _sought(self, answers: Answers) -> Iterator[Changes]:
        """What is asked for, in the words of a sample that asks for access of the same kind."""
        if any(_sought(donor, answers) for donor in self._donors):
            return
        named = bool(get(answers, "request.subjects"))
        fitting = [
            donor
            for donor in self._donors
            if get(donor, "request.access") == get(answers, "request.access")
            and bool(get(donor, "request.subjects")) == named
        ]
        for names in (("sought", "subjects", "quoted"), ("sought", "quoted"), ("sought",)):
            for donor in fitting:
                weeks = weeks_between(donor.get("date"), answers.get("date"))
                yield {f"request.{name}": moved(get(donor, f"request.{name}"), weeks) for name in names}

    def _their_reference(self, answers: Answers) -> Iterator[Changes]:
        """The requester's own number, and not another's."""
        now, agency = get(answers, "request.their_reference"), get(answers, "request.requester.agency")
        theirs = {get(donor, "request.requester.agency") for donor in self._donors
                  if now and _number(get(donor, "request.their_reference")) is not None
                  and _letters_of(get(donor, "request.their_reference")) == _letters_of(now)}  # fmt: skip
        if theirs and agency not in theirs:
            yield {"request.their_reference": None}
            yield {"request.their_reference": "No. 1"}

    def _earlier_letters(self, answers: Answers) -> Iterator[Changes]:
        """Earlier letters precede the request, and name their addressee only if it is another."""
        letters = get(answers, "earlier_letters") or []
        asked = get(answers, "request.dated") or get(answers, "request.received")
        days = [each["date"] for each in letters if isinstance(each.get("date"), date)]
        if not days or not isinstance(asked, date) or self._follows_up:
            return
        own = (get(answers, "request.requester.agency"), get(answers, "request.requester.agency_in_sentence"))
        kinds = dict(self._agencies())
        weeks = -(-(max(days) + timedelta(_DAYS_BEFORE) - asked).days // 7) if max(days) >= asked else 0
        earlier = timedelta(weeks=max(weeks, 0))
        kind = get(answers, _KIND)
        others = [name for name, each in self._agencies() if each == kind and name not in own]
        new = sorted(({**each, "date": each["date"] - earlier} for each in letters), key=lambda each: each["date"])
        for to in (*others[:1], None, "another requester"):
            addressed = [
                {**each, "to": to} if each.get("to") and (each["to"] in own or kinds.get(each["to"]) != kind) else each
                for each in new
            ]
            if addressed != letters:
                yield {"earlier_letters": addressed}
        if new != letters:
            yield {"earlier_letters": new}

    def _agencies(self) -> Iterator[tuple[str, object]]:
        """The requesters of the samples, each with its kind."""
        for donor in self._donors:
            name = get(donor, "request.requester.agency_in_sentence") or get(donor, "request.requester.agency")
            if isinstance(name, str):
                yield name, get(donor, _KIND)

    def _file_numbers(self, answers: Answers) -> Iterator[Changes]:
        """The file numbers of earlier letters are lower than that of this one, and rise with their days."""
        letters = get(answers, "earlier_letters") or []
        own = _number(get(answers, "reference"))
        numbered = [each for each in letters if _number(each.get("reference")) is not None]
        numbered.sort(key=lambda each: each["date"])
        numbers = [_number(each["reference"]) or 0 for each in numbered]
        if own is None or not numbers or [*numbers, own] == sorted({*numbers, own}):
            return
        rising = {id(each): own - len(numbered) + at for at, each in enumerate(numbered)}
        yield {
            "earlier_letters": [
                {**each, "reference": _numbered(each["reference"], rising[id(each)])} if id(each) in rising else each
                for each in letters
            ]
        }


def _sought(donor: Answers, answers: Answers) -> bool:
    """Whether the answers ask for what the donor asks for, by access of the same kind."""
    same = ("request.access",)
    weeks = weeks_between(donor.get("date"), answers.get("date"))
    words = moved(get(donor, "request.sought"), weeks)
    return words == get(answers, "request.sought") and all(get(donor, name) == get(answers, name) for name in same)


def _letters_of(reference: str) -> str:
    return re.sub(r"\d", "", reference)


def _number(reference: object) -> int | None:
    found = _NUMBER.search(reference) if isinstance(reference, str) else None
    return int(found[1]) if found else None


def _numbered(reference: str, number: int) -> str:
    return _NUMBER.sub(lambda found: f"{max(number, 1):0{len(found[1])}}", reference)
