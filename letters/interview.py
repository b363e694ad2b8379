"""The interview as a state machine: answers so far, the questions and the rules decide what is asked next.

There is no terminal in here. A face (`letters.terminal`) shows `next_question`, hands back what was typed, and saves
`answers` after every step. Whatever order the answers come in, the same answers make the same letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from letters.answers import Answers, check, rules_broken
from letters.dates import long_date, parse_date
from letters.errors import InvalidAnswers, LettersError, Problem
from letters.fields import fields_of, get, put, validator
from letters.holdings import LegalBasis, Rulebook
from letters.kinds import letter_type
from letters.model import Letter
from letters.prompts import Question, Script
from letters.request import topics_of
from letters.wording import named


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing counsel may pick: its value, a line to read, what it says, and what to mind when using it."""

    value: str
    line: str
    detail: str = ""
    caution: str = ""
    always: bool = False


class Interview:
    """One letter's questions and answers.

    Args:
        script: the questions of the kind.
        rulebook: what the library allows.
        answers: to start from; what they hold is not asked again.
        today: the day relative dates count from, in the office's time zone.
    """

    def __init__(self, script: Script, rulebook: Rulebook, answers: Mapping[str, Any], today: date) -> None:
        self.script = script
        self.rulebook = rulebook
        self.today = today
        self.answers: Answers = deepcopy(dict(answers))
        self._refuse_misshapen()
        self.answers["kind"] = script.kind
        for name, value in script.presets.items():
            put(self.answers, name, value)
        self._skipped: set[str] = set()
        self._read_dates()

    def _refuse_misshapen(self) -> None:
        """Answers to start from must be of the right types; what is missing or breaks a rule is asked about."""
        wrong: list[Problem] = []
        for name in ("request", "request.requester"):
            if not isinstance(get(self.answers, name) or {}, dict):
                wrong.append(Problem("is not a table of names and values.", f"“{name}”", code="value", field=name))
        for field in fields_of(self.script.kind).values() if not wrong else ():
            value = get(self.answers, field.name)
            if value is None or field.name == "kind":
                continue
            try:
                validator(self.script.kind, field.name).validate_python(value)
            except ValidationError:
                wrong.append(Problem("is not of the right kind.", f"{field.title} ({field.name})", field.description))
        if wrong:
            raise InvalidAnswers(wrong)

    def _read_dates(self) -> None:
        """Dates that came as text (from JSON) become dates, so that they can be compared and shown."""
        for field in fields_of(self.script.kind).values():
            value = get(self.answers, field.name)
            if field.kind == "date" and isinstance(value, str):
                with suppress(ValueError):  # a date that cannot be read is asked about, or reported at the end
                    put(self.answers, field.name, parse_date(value, today=self.today))

    # --- which question ---

    def asked(self) -> list[Question]:
        """Every question that applies as things stand, answered or not."""
        return [question for question in self.script.questions if self._applies(question)]

    def next_question(self) -> Question | None:
        """The first question still open, or None when counsel has been through them all."""
        for question in self.asked():
            name = question.field.name
            if get(self.answers, name) is None and name not in self._skipped:
                return question
        return None

    def progress(self, question: Question) -> tuple[int, int]:
        """Number of the question's section, and how many sections there are."""
        sections = list(dict.fromkeys(each.section for each in self.asked()))
        return sections.index(question.section) + 1, len(sections)

    def required(self, question: Question) -> bool:
        """Whether an answer must be given, by the type or by a rule."""
        return question.field.required or any(
            problem.field == question.field.name and problem.code == "missing"
            for problem in self._rules(question, None)
        )

    def _applies(self, question: Question) -> bool:
        if not question.applies(self.answers):
            return False
        return not question.only_if_required or self.required(question)

    # --- what to offer ---

    def default(self, question: Question) -> Any:
        """What stands in the answer line to begin with: the answer given before, or the prompt file's default."""
        given = get(self.answers, question.field.name)
        if given is not None:
            return given
        if question.default_from:
            return get(self.answers, question.default_from)
        if question.field.kind == "date" and isinstance(question.default, str):
            return parse_date(question.default, today=self.today)
        if question.field.library == "bases" and question.default:
            return self._without_misfits(question, list(question.default))
        return question.default if question.default is not None else question.field.default

    def _without_misfits(self, question: Question, ids: list[str]) -> list[str]:
        """The bases a prompt file proposes, without those that the other answers rule out."""

        def objections(chosen: list[str]) -> int:
            return sum(problem.field.startswith("legal_basis") for problem in self._rules(question, chosen))

        for name in list(ids):
            fewer = [other for other in ids if other != name]
            if objections(fewer) < objections(ids):
                ids = fewer
        return ids

    def choices(self, question: Question) -> list[Choice]:
        """What may be picked, given the other answers."""
        match question.field.library:
            case "bases":
                return [_basis_choice(basis) for basis in self._fitting_bases()]
            case "conditions":
                return [
                    Choice(each.id, each.subject, each.text, always=each.required)
                    for each in self.rulebook.conditions.values()
                ]
            case "records":
                return self._record_choices(question)
            case "signatories":
                return [Choice(each.id, f"{each.name}, {each.title}") for each in self.rulebook.signatories.values()]
        if question.choices:
            return [Choice(value, line) for value, line in question.choices.items()]
        return [Choice(value, value.replace("-", " ")) for value in question.field.choices]

    def _fitting_bases(self) -> Iterator[LegalBasis]:
        """Bases that support this kind, fit what the request is about, and are in force on the letter's date."""
        topics = topics_of(
            access=get(self.answers, "request.access"),
            process=get(self.answers, "request.process"),
            nature=get(self.answers, "request.nature"),
            public_records=bool(get(self.answers, "request.public_records")),
            trafficking=bool(get(self.answers, "request.trafficking")),
        )
        day = get(self.answers, "date") or self.today
        for basis in self.rulebook.bases.values():
            fits = topics & set(basis.applies_to) and (not basis.only_for or topics & set(basis.only_for))
            if self.script.kind in basis.supports and fits and basis.in_force_on(day):
                yield basis

    def _record_choices(self, question: Question) -> list[Choice]:
        records = list(self.rulebook.records.values())
        if question.field.name == "approved":
            requested = get(self.answers, "request.records") or []
            records = [each for each in records if each.may_be_approved and (not requested or each.id in requested)]
        return [Choice(each.id, each.name) for each in records]

    # --- answers ---

    def read(self, question: Question, typed: Any) -> Any:
        """What was typed or picked, as the value to store. Raises ValueError with a sentence for counsel."""
        match question.field.kind:
            case "date" if isinstance(typed, str):
                return parse_date(typed, today=self.today)
            case "list" if isinstance(typed, str):
                return _lines(typed)
            case "persons" if isinstance(typed, str):
                return [_person(line) for line in _lines(typed)]
        return typed.strip() if isinstance(typed, str) else typed

    def objection(self, question: Question, typed: Any) -> str:
        """Why ``typed`` cannot be the answer, in a sentence; empty when it can."""
        try:
            value = self.read(question, typed)
        except ValueError as error:
            return str(error)
        if value in (None, "", []):
            return self._why_needed(question)
        try:
            validator(self.script.kind, question.field.name).validate_python(value)
        except ValidationError as error:
            cause = error.errors()[0].get("ctx", {}).get("error")
            return f"This {cause}" if cause else f"This is not right. {question.field.description}"
        for problem in self._rules(question, value):
            if problem.field.split(".")[: question.field.name.count(".") + 1] == question.field.name.split("."):
                return f"This {problem.message} {problem.hint}".strip()
        return ""

    def answer(self, question: Question, typed: Any) -> None:
        """Store an answer that `objection` has nothing against; an empty one counts as skipped."""
        value = self.read(question, typed)
        name = question.field.name
        if value in (None, "", []):
            put(self.answers, name, None)
            self._skipped.add(name)
        else:
            put(self.answers, name, value)
            self._skipped.discard(name)

    def reopen(self, question: Question) -> None:
        """Ask a skipped question again."""
        self._skipped.discard(question.field.name)

    def _why_needed(self, question: Question) -> str:
        if question.field.required:
            return f"An answer is needed. {question.field.description}"
        for problem in self._rules(question, None):
            if problem.field == question.field.name and problem.code == "missing":
                return f"This {problem.message} {problem.hint}".strip()
        return ""

    def _rules(self, question: Question, value: Any) -> list[Problem]:
        """The rules broken if the question were answered with ``value``."""
        supposed = deepcopy(self.answers)
        put(supposed, question.field.name, value)
        return rules_broken(supposed, self.rulebook)

    # --- the end ---

    def settled(self) -> Answers:
        """The answers that count: those whose question applies, and what was there beyond the questions."""
        settled = deepcopy(self.answers)
        asked = {question.field.name for question in self.asked()} | self.script.presets.keys()
        for name in fields_of(self.script.kind):
            if name not in asked and any(question.field.name == name for question in self.script.questions):
                put(settled, name, None)
        return settled

    def letter(self) -> Letter:
        """The finished letter's data. Raises InvalidAnswers with everything still wrong."""
        return check(self.settled(), self.rulebook, [self.script.kind])

    def problems(self) -> tuple[Problem, ...]:
        """Everything that still stands in the way of the letter."""
        try:
            self.letter()
        except LettersError as error:
            return error.problems
        return ()

    def cautions(self) -> tuple[Problem, ...]:
        """What counsel should know of a letter that may be written."""
        return tuple(named(caution, letter_type(self.script.kind)) for caution in self.letter().cautions(self.rulebook))

    def shown(self, question: Question) -> str:
        """The answer as the review shows it."""
        value = get(self.answers, question.field.name)
        if value is None:
            return "—"
        lines = (
            {choice.value: choice.line for choice in self.choices(question)}
            if question.field.kind
            in (
                "choice",
                "choices",
            )
            else {}
        )
        return "\n".join(_shown(value, lines))


def as_typed(question: Question, value: Any) -> str:
    """An answer as counsel would have typed it, to stand in the answer line."""
    if value is None:
        return ""
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, list):
        return "\n".join(
            f"{item['name']}, {item['title']}" if isinstance(item, Mapping) else str(item) for item in value
        )
    return str(value)


def _shown(value: Any, lines: Mapping[str, str]) -> Iterator[str]:
    if isinstance(value, bool):
        yield "Yes" if value else "No"
    elif isinstance(value, date):
        yield long_date(value)
    elif isinstance(value, Mapping):
        yield ", ".join(str(inner) for inner in value.values())
    elif isinstance(value, list):
        for item in value:
            yield from _shown(item, lines)
    else:
        yield lines.get(str(value), str(value))


def _basis_choice(basis: LegalBasis) -> Choice:
    force = "Persuasive only, not binding in New Mexico. " if basis.authority == "persuasive" else ""
    as_of = long_date(basis.as_of) if isinstance(basis.as_of, date) else basis.as_of
    return Choice(
        basis.id,
        f"{basis.citation}: {basis.title}",
        f"{basis.summary[0].upper()}{basis.summary[1:]}.",
        f"{basis.citation}: {force}{basis.caveat} (Text as of: {as_of}.)",
    )


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _person(line: str) -> dict[str, str]:
    name, comma, title = line.partition(",")
    if not comma or not name.strip() or not title.strip():
        raise ValueError(f"“{line[:60]}” lacks a title. Write each person on a line: Jordan Sample, Chief Analyst")
    return {"name": name.strip(), "title": title.strip()}
