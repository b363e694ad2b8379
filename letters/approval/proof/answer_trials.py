"""Answers to try: other values for a field, and whatever else must change so that the rules allow the letter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from letters._text.lazy_pattern import pattern
from letters.approval.proof.moved_dates import moved, weeks_between
from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers
from letters.library.answers import Answers
from letters.library.office_files import ids_for
from letters.library.prompts import load_questionnaire
from letters.model.fields import Field, get, put
from letters.model.letter import Letter

_LAST_NUMBER = pattern(r"[0-9]{1,9}$")
_ROUNDS, _OPTIONS = 8, 16  # rounds of repairing one letter, and values tried for a field in each round


class AnswerTrials:
    """Thinks up answers for one kind of letter.

    Args:
        donors: answers of other letters, whose values are tried too.
    """

    def __init__(self, assembler: Assembler, kind: str, donors: Sequence[Answers]) -> None:
        self._assembler, self._donors = assembler, donors
        script = load_questionnaire(assembler.library, kind)
        self._fields = script.fields
        example = self._fields["date"].example if "date" in self._fields else None
        days = [donor["date"] for donor in donors if isinstance(donor.get("date"), date)]
        self._day_of_examples = date.fromisoformat(example) if isinstance(example, str) else min(days, default=None)
        self._ids = ids_for(kind, assembler.rulebook)
        self._results: dict[str, tuple[Letter | None, list[str]]] = {}
        self._following: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for question in script.questions:
            for name, by in question.default_by.items():
                self._following.setdefault(name, []).append((question.field.name, by))

    def values(self, name: str, answers: Answers) -> list[Any]:
        """What an answer could be instead; None means no answer. Its dates go with those of the letter."""
        field = self._fields[name]
        found = [] if field.required else [None]
        day = answers.get("date")
        found += [
            moved(value, weeks_between(donor.get("date"), day))
            for donor in self._donors
            if name != "date" and (value := get(donor, name)) is not None
        ]
        found += list(self._by_type(field, answers))
        now = get(answers, name)
        return [value for at, value in enumerate(found) if value != now and value not in found[:at]]

    def _by_type(self, field: Field, answers: Answers) -> Iterator[Any]:
        ids = [*self._ids.get(field.name, field.choices)]
        now = get(answers, field.name)
        weeks = weeks_between(self._day_of_examples, answers.get("date"))
        match field.kind:
            case "choice":
                yield from ids
            case "choices":
                have = now if isinstance(now, list) else []
                yield from ([each] for each in ids)
                yield from ([*have, each] for each in ids if each not in have)
                yield from ([each for each in have if each != one] for one in have)
                yield ids
            case "yes-no":
                yield from (True, False)
            case "date":
                yield from self._dates(field, answers)
            case "group":
                least, full, other = _entry(field), _entry(field, full=True), _entry(field, full=True, other=True)
                options = ([other], [full, other], [least], [full], [other, least])
                yield from (moved(option, weeks) for option in options)
            case "persons" | "list":
                example = moved(list(field.example or []), weeks)
                yield from (example[:1], example[:1] * 2 if field.kind == "persons" else [*example[:1], "Another"])
            case "text" if field.example is not None:
                yield moved(field.example, weeks)

    def _dates(self, field: Field, answers: Answers) -> Iterator[date]:
        for name in ("date", "request.received", "request.dated"):
            day = get(answers, name)
            if isinstance(day, date):
                yield from (day, day - timedelta(3), day + timedelta(30))
        if isinstance(field.example, str):
            yield moved(date.fromisoformat(field.example), weeks_between(self._day_of_examples, answers.get("date")))
        if field.name == "date":  # of the letter: from each of these days on, it may cite more law
            begins = {basis.in_force_from for basis in self._assembler.rulebook.bases.values()} - {None}
            yield from sorted(day for day in begins if day)

    def changed(self, answers: Answers, changes: Mapping[str, Any]) -> Answers:
        """The answers with some of them changed, and with the defaults that the questions then propose.

        If the letter moves to another year, so does everything else that has a date.
        """
        weeks = weeks_between(answers.get("date"), changes.get("date"), whole_years=True)
        new: dict[str, Any] = moved(deepcopy(answers), weeks)
        for name, value in changes.items():
            if name != "date" or not weeks:
                put(new, name, moved(deepcopy(value), weeks))
            for other, by in self._following.get(name, []):
                if other not in changes and str(value) in by:
                    put(new, other, deepcopy(by[str(value)]))
        return new

    def repaired(self, answers: Answers, fixed: Collection[str]) -> tuple[Answers, Letter] | None:
        """The answers, changed as little as possible so that the rules allow them; None if no way was found.

        Args:
            fixed: answers that must not change.
        """
        tried: set[str] = set()
        for _ in range(_ROUNDS):
            letter, wrong = self._checked(answers)
            if letter is not None:
                return answers, letter
            best: tuple[int, Answers] | None = None
            for name in dict.fromkeys(_field_of(each, self._fields) for each in wrong):
                if name is None or name in fixed:
                    continue
                for option in self._options(name, wrong, answers):
                    key = repr(option)
                    if key in tried:
                        continue
                    tried.add(key)
                    letter, left = self._checked(option)
                    if letter is not None:
                        return option, letter
                    if best is None or len(left) < best[0]:
                        best = len(left), option
                if best is not None and best[0] < len(wrong):
                    break
            if best is None or best[0] > len(wrong):
                return None
            answers = best[1]
        return None

    def _checked(self, answers: Answers) -> tuple[Letter | None, list[str]]:
        key = repr(answers)
        if key not in self._results:
            try:
                self._results[key] = self._assembler.check(answers), []
            except InvalidAnswers as error:
                self._results[key] = None, [problem.field for problem in error.problems]
        return self._results[key]

    def _options(self, name: str, wrong: Sequence[str], answers: Answers) -> Iterator[Answers]:
        value = get(answers, name)
        numbers = {int(each[len(name) + 1 :].split(".")[0]) for each in wrong if _is_item(each, name)}
        if isinstance(value, list) and numbers:
            yield self.changed(answers, {name: [each for at, each in enumerate(value, 1) if at not in numbers]})
        for other in self.values(name, answers)[:_OPTIONS]:
            yield self.changed(answers, {name: other})


def _is_item(place: str, name: str) -> bool:
    return place.startswith(f"{name}.") and place[len(name) + 1 :].split(".")[0].isdigit()


def _field_of(place: str, fields: Mapping[str, Field]) -> str | None:
    """The field a problem is about: ``legal_basis`` for ``legal_basis.3``."""
    steps = place.split(".")
    names = (".".join(steps[:length]) for length in range(len(steps), 0, -1))
    return next((name for name in names if name in fields), None)


def _entry(field: Field, *, full: bool = False, other: bool = False) -> dict[str, Any]:
    """One entry of a list of tables, from the examples of its parts."""
    entry: dict[str, Any] = {}
    for part in field.parts:
        if part.required or full:
            value = part.example if part.example not in (None, [], {}) else (part.choices or [None])[0]
            if part.kind == "date" and isinstance(value, str):
                value = date.fromisoformat(value) - timedelta(other)
            if value is not None:
                entry[part.name] = _next(value) if other and part.kind == "text" and not part.choices else value
    return entry


def _next(text: Any) -> Any:
    """What a second entry says where the first says this: the next number of a series, or else the same words.

    A citation gets a paragraph and not another section, which may be about something else.
    """
    if not isinstance(text, str) or (number := _LAST_NUMBER.search(text)) is None:
        return text
    if "\N{SECTION SIGN}" in text:
        return f"{text}(2)"
    return f"{text[: number.start()]}{int(number[0]) + 1:0{len(number[0])}}"
