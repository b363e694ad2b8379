"""The interview as a state machine: answers so far, the questions and the rules decide what is asked next.

There is no terminal in here. A face (`letters.terminal`) shows `next_question`, hands back what was typed, and saves
`answers` after every step. Whatever order the answers come in, the same answers make the same letter.

The facts of the request come first. When they are complete, the advice says which letter they call for, and counsel
chooses the kind (`kind_is_due`, `write_as`); what the letter itself needs is asked after that. A fact is judged by what
it means and never by the kind of letter: whether the letter can be written on it is seen at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from letters.answers import Answers, check, partial_letter, rules_broken
from letters.dates import long_date, parse_date
from letters.english import listed
from letters.errors import InvalidAnswers, LettersError, Problem
from letters.fields import Field, fields_of, get, put, validator
from letters.holdings import Due, LegalBasis, Rulebook, due
from letters.kinds import KINDS, letter_type
from letters.library import Library
from letters.model import Letter
from letters.prompts import Question, load_script
from letters.wording import named

if TYPE_CHECKING:
    from letters.advice import Advice, Outcome

Entry = dict[str, Any]
# The letter that asks for what an approval's request lacks.
_APPROVAL, _ASKS_FOR_MORE = "conditional-approval", "request-for-justification"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing counsel may pick.

    Args:
        line: to read in the list.
        detail: what it says and what to mind; to be read while it is pointed at.
        caution: what to be reminded of once it is picked; mostly empty.
        mark: a word before the line that says what the advice makes of it.
        always: cannot be left out.
    """

    value: str
    line: str
    detail: str = ""
    caution: str = ""
    mark: str = ""
    always: bool = False


class Interview:
    """One letter's questions and answers.

    Args:
        library: where the questions and the kinds of letter are.
        rulebook: what the library allows.
        answers: to start from; what they hold is not asked again.
        today: the day relative dates count from, in the office's time zone.
        kind: which letter; empty where counsel has yet to choose. It counts before the kind that ``answers`` name.
        advice: what the facts call for; without it nothing is advised.
        passed: questions that were passed over without an answer, and are not to be asked again.

    Raises:
        InvalidAnswers: the answers to start from hold something of the wrong type.
    """

    def __init__(
        self,
        library: Library,
        rulebook: Rulebook,
        answers: Mapping[str, Any],
        today: date,
        *,
        kind: str = "",
        advice: Advice | None = None,
        passed: Collection[str] = (),
    ) -> None:
        self.library = library
        self.rulebook = rulebook
        self.today = today
        self.answers: Answers = deepcopy(dict(answers))
        self._advice = advice
        self._skipped: set[str] = set(passed)
        self._aside: Answers = {}
        self._told: set[str] = set()
        self._chosen_against: tuple[str, ...] | None = None
        before = self.answers.get("kind")
        self.kind = kind or (before if isinstance(before, str) else "")
        self.script = load_script(library, self.kind)
        self.set_aside = self._turn_into(self.kind, before)
        """What the answers to start from hold that this kind of letter has no place for, in words."""

    def _refuse_misshapen(self) -> None:
        """Answers to start from must be of the right types; what is missing or breaks a rule is asked about."""
        wrong: list[Problem] = []
        for name in ("request", "request.requester", "request.paper"):
            if not isinstance(get(self.answers, name) or {}, dict):
                wrong.append(Problem("is not a table of names and values.", f"“{name}”", code="value", field=name))
        for field in fields_of(self.kind).values() if not wrong else ():
            value = get(self.answers, field.name)
            if value is None or field.name == "kind":
                continue
            try:
                validator(self.kind, field.name).validate_python(value)
            except ValidationError:
                wrong.append(Problem("is not of the right kind.", f"{field.title} ({field.name})", field.description))
        if wrong:
            raise InvalidAnswers(wrong)

    def _read_dates(self) -> None:
        """Dates that came as text (from JSON) become dates, so that they can be compared and shown."""

        def read(holder: dict[str, Any], field: Field) -> None:
            value = get(holder, field.name)
            if field.kind == "date" and isinstance(value, str):
                with suppress(ValueError):  # a date that cannot be read is asked about, or reported at the end
                    put(holder, field.name, parse_date(value, today=self.today))
            for entry in value if field.kind == "group" and value else ():
                for part in field.parts:
                    read(entry, part)

        for field in fields_of(self.kind).values():
            read(self.answers, field)

    # --- which letter ---

    def kind_is_due(self) -> bool:
        """Whether counsel has to choose the kind now: none is chosen, or the advice on the facts is another."""
        if self._open_fact():
            return False
        if not self.kind:
            return True
        return self.departs and not self.answers.get("departure") and self._chosen_against != self._rules_advised()

    def kind_choices(self) -> list[Choice]:
        """The kinds of letter, each with what the advice says of it."""
        outcome = self.advice()
        found = []
        for kind in self.library.kinds.values():
            mark = ""
            if outcome and kind.name in outcome.kinds:
                mark = "advised" if kind.name == outcome.kind else "also"
            found.append(Choice(kind.name, kind.title, f"{kind.summary}\nUse it when: {kind.use_when}", mark=mark))
        return found

    def kind_default(self) -> str:
        """The kind to preselect: the one chosen before, else the one advised."""
        outcome = self.advice()
        return self.kind or (outcome.kind if outcome else "")

    def write_as(self, kind: str) -> tuple[str, ...]:
        """Counsel chooses this kind of letter, knowing the advice.

        Returns:
            Titles of the answers that are set aside, because the kind has no place for them. Choosing the former kind
            again takes them back.
        """
        self._chosen_against = self._rules_advised()
        before, self.kind = self.kind, kind
        self.script = load_script(self.library, kind)
        return self._turn_into(kind, before)

    def _turn_into(self, kind: str, before: object) -> tuple[str, ...]:
        """Make the answers those of a letter of this kind; returns the titles of what is set aside."""
        if not kind:
            self._refuse_misshapen()
            self._read_dates()
            return ()
        aside = list(self._put_aside(kind, before))
        self.answers["kind"] = kind
        self._refuse_misshapen()
        for name, value in self.script.presets.items():
            if get(self.answers, name) is None:
                put(self.answers, name, value)
        self._read_dates()
        return tuple(aside)

    def _put_aside(self, kind: str, before: object) -> Iterator[str]:
        known = {name.partition(".")[0] for name in fields_of(kind)}
        elsewhere = {field.name: field.title for each in KINDS for field in fields_of(each).values()}
        for name in [name for name in self._aside if name in known and name not in self.answers]:
            self.answers[name] = self._aside.pop(name)
        for name in [name for name in self.answers if name not in known and name in elsewhere]:
            self._aside[name] = self.answers.pop(name)
            yield elsewhere[name]
        if before not in (None, "", kind) and self.answers.pop("departure", None):  # it was about the other kind
            yield elsewhere["departure"]
        chosen = self.answers.get("legal_basis")
        if before not in (None, "", kind) and isinstance(chosen, list):
            bases = self.rulebook.bases
            misfits = [name for name in chosen if name in bases and kind not in bases[name].supports]
            put(self.answers, "legal_basis", [name for name in chosen if name not in misfits] or None)
            yield from (f"{bases[name].citation}, which supports no such letter" for name in misfits)

    def instead(self) -> str:
        """The letter that asks for what the request lacks, where it lacks too much for an approval; else empty."""
        if self.kind != _APPROVAL or _ASKS_FOR_MORE not in self.library.kinds:
            return ""
        facts = self._settled_facts()
        if get(facts, "request.public_records") or get(facts, "request.process") not in (None, "none"):
            return ""  # a public-records request is not asked for reasons, and process is answered on its own terms
        shows = {name for element in self.rulebook.showing.values() for name in element.fields} | {"request.access"}
        lacks = any(problem.code in ("missing", "rule") and problem.field in shows for problem in self.problems())
        return _ASKS_FOR_MORE if lacks else ""

    # --- the advice ---

    def advice(self) -> Outcome | None:
        """What the facts call for; None while a fact is open, or where there is no advice."""
        if self._advice is None or self._open_fact():
            return None
        return self._advice.on(self._settled_facts())

    @property
    def departs(self) -> bool:
        """Whether the kind chosen is another than the facts call for."""
        outcome = self.advice()
        return bool(self.kind and outcome and outcome.departs(self.kind))

    def advice_lines(self) -> list[tuple[str, str]]:
        """The advice in words, for counsel: style (``section``, ``problem`` or none) and text."""
        outcome = self.advice()
        if outcome is None:
            return []
        if outcome.stop:
            lines = [("section", "The advice: stop. On these facts no letter is recommended.")]
        else:
            beside = [self.kind_title(kind).lower() for kind in outcome.kinds if kind != outcome.kind]
            also = f". Beside it, or instead: {listed(beside)}" if beside else ""
            lines = [("section", f"The advice: {self.kind_title(outcome.kind).lower()}{also}.")]
        for rule in outcome.rules:
            lines.append(("problem" if rule.stop else "", f"• {rule.reason} ({rule.source})"))
            if rule.ask:
                lines.append(("problem", f"  {rule.ask}"))
        return list(dict.fromkeys(lines))

    def kind_title(self, kind: str) -> str:
        """What counsel calls a kind of letter."""
        found = self.library.kinds.get(kind)
        return found.title if found else kind.replace("-", " ").capitalize()

    def _rules_advised(self) -> tuple[str, ...]:
        outcome = self.advice()
        return tuple(rule.id for rule in outcome.rules) if outcome else ()

    def _open_fact(self) -> Question | None:
        return next((each for each in self.script.questions if each.facts and self._is_open(each)), None)

    def _settled_facts(self) -> Answers:
        return self._settle([question for question in self.script.questions if question.facts])

    # --- which question ---

    def asked(self) -> list[Question]:
        """Every question that applies as things stand, answered or not."""
        return [question for question in self.script.questions if self._applies(question)]

    def next_question(self) -> Question | None:
        """The first question still open, or None when counsel has been through them all (see `kind_is_due`)."""
        return next((question for question in self.script.questions if self._is_open(question)), None)

    def _is_open(self, question: Question) -> bool:
        name = question.field.name
        return get(self.answers, name) is None and name not in self._skipped and self._applies(question)

    def progress(self, question: Question) -> tuple[int, int]:
        """Number of the question's section, and how many there are: of the request's, or of the letter's."""
        sections = list(dict.fromkeys(each.section for each in self.asked() if each.facts == question.facts))
        return sections.index(question.section) + 1, len(sections)

    def required(self, question: Question) -> bool:
        """Whether an answer must be given, by the type or by a rule."""
        if question.field.required or question.only_if_departing:
            return True
        return any(
            problem.field == question.field.name and problem.code == "missing"
            for problem in self._rules(question, None)
        )

    def _applies(self, question: Question) -> bool:
        if not question.applies(self.answers):
            return False
        if question.only_if_departing:
            return self.departs
        return not question.only_if_required or self.required(question)

    @property
    def passed(self) -> tuple[str, ...]:
        """Questions passed over without an answer."""
        return tuple(name for name in fields_of(self.kind) if name in self._skipped)

    # --- what to offer ---

    def default(self, question: Question) -> Any:
        """What stands in the answer line to begin with: the answer given before, or the prompt file's default."""
        given = get(self.answers, question.field.name)
        if given is not None:
            return given
        if question.default_from:
            return get(self.answers, question.default_from)
        if question.default_due in (dues := self._dues()):
            return dues[question.default_due].day
        default = self._default_by(question)
        if question.field.kind == "date" and isinstance(default, str):
            return parse_date(default, today=self.today)
        if question.field.library in ("bases", "objections") and default:
            return self._without_misfits(question, list(default))
        return default if default is not None else question.field.default

    def _default_by(self, question: Question) -> Any:
        for name, values in question.default_by.items():
            answer = get(self.answers, name)
            word = str(answer).lower() if isinstance(answer, bool) else answer
            if word in values:
                return values[word]
        return question.default

    def _without_misfits(self, question: Question, ids: list[str]) -> list[str]:
        """The bases a prompt file proposes, without those that the other answers rule out."""

        def objections(chosen: list[str]) -> int:
            return sum(problem.field.startswith(question.field.name) for problem in self._rules(question, chosen))

        for name in list(ids):
            fewer = [other for other in ids if other != name]
            if objections(fewer) < objections(ids):
                ids = fewer
        return ids

    def choices(self, question: Question) -> list[Choice]:
        """What may be picked, given the other answers."""
        match question.field.library:
            case "bases":
                return self._basis_choices()
            case "assertable":
                return [
                    Choice(each.id, f"{each.citation}: {each.title}", _sentence(each.summary))
                    for each in self.rulebook.assertable.values()
                ]
            case "conditions":
                return [
                    Choice(each.id, each.subject, each.text, always=each.required)
                    for each in self.rulebook.conditions.values()
                ]
            case "objections":
                process = get(self.answers, "request.process")
                return [
                    Choice(each.id, each.subject, each.text)
                    for each in self.rulebook.objections.values()
                    if process in each.answers_to
                ]
            case "records":
                return self._record_choices(question)
            case "signatories":
                return [Choice(each.id, f"{each.name}, {each.title}") for each in self.rulebook.signatories.values()]
        if question.choices:
            return [Choice(value, line) for value, line in question.choices.items()]
        return [Choice(value, value.replace("-", " ")) for value in question.field.choices]

    def _basis_choices(self) -> list[Choice]:
        """Bases that support this kind, fit what the request is about and are in force; those advised come first."""
        letter = partial_letter(self.answers)
        day = letter.date or self.today
        outcome = self.advice()
        advised = {
            name
            for rule in (outcome.rules if outcome else ())
            if self.kind == rule.recommend or self.kind in rule.also
            for name in rule.bases
        }
        fitting = [
            basis
            for basis in self.rulebook.bases.values()
            if self.kind in basis.supports
            and basis.in_force_on(day)
            and letter.topics & set(basis.applies_to)
            and (not basis.only_for or letter.topics & set(basis.only_for))
            and (not basis.only_if_asserted or basis.id in (letter.request.asserted or []))
        ]
        fitting.sort(key=lambda basis: basis.id not in advised)
        return [_basis_choice(basis, day, advised=basis.id in advised) for basis in fitting]

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
                return parse_date(typed, today=self.today) if typed.strip() else None
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
        if wrong := _wrong_type(validator(self.kind, question.field.name), value, question.field):
            return wrong
        for problem in self._rules(question, value):
            if problem.field.split(".")[: question.field.name.count(".") + 1] == question.field.name.split("."):
                return _to_counsel(problem)
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
        if question.only_if_departing:
            return "A reason is needed: the advice on these facts is another kind of letter."
        if question.field.required:
            return f"An answer is needed. {question.field.description}"
        for problem in self._rules(question, None):
            if problem.field == question.field.name and problem.code == "missing":
                return _to_counsel(problem)
        return ""

    def _rules(self, question: Question, value: Any) -> list[Problem]:
        """The rules broken if the question were answered with ``value``: for a fact, those of every letter alone."""
        supposed = deepcopy(self.answers)
        put(supposed, question.field.name, value)
        if question.facts:
            supposed["kind"] = ""
        return rules_broken(supposed, self.rulebook)

    # --- answers that are lists of entries with parts ---

    def entries(self, question: Question) -> list[Entry]:
        """The entries given so far, to be changed by the caller and handed back as the answer."""
        return deepcopy(get(self.answers, question.field.name) or [])

    def parts(self, question: Question, entry: Entry) -> list[Question]:
        """The questions for the parts of an entry, as far as they apply to it."""
        return [item for item in question.items if item.applies(entry)]

    def part_objection(
        self, question: Question, entries: Sequence[Entry], number: int, item: Question, typed: Any
    ) -> str:
        """Why ``typed`` cannot be this part of the entry at ``number`` (from 0); empty when it can."""
        try:
            value = self.read(item, typed)
        except ValueError as error:
            return str(error)
        if value in (None, "", []):
            return f"An answer is needed. {item.field.description}" if item.field.required else ""
        if wrong := _wrong_type(TypeAdapter(item.field.annotation), value, item.field):
            return wrong
        # What an entry still lacks is filled with examples, so that this part can be judged by the rules at once.
        filler = {part.name: part.example for part in question.field.parts if part.required}
        supposed = [deepcopy(entry) for entry in entries]
        supposed[number] = filler | supposed[number] | {item.field.name: value}
        place = f"{question.field.name}.{number + 1}.{item.field.name}"
        return next((_to_counsel(found) for found in self._rules(question, supposed) if found.field == place), "")

    def put_part(self, question: Question, entry: Entry, item: Question, typed: Any) -> None:
        """Store a part that `part_objection` has nothing against; what no longer applies to the entry is taken out."""
        value = self.read(item, typed)
        put(entry, item.field.name, None if value in (None, "", []) else value)
        for other in question.items:
            if not other.applies(entry):
                put(entry, other.field.name, None)

    def is_whole(self, question: Question, entry: Entry) -> bool:
        """Whether the entry has every part it must have."""
        return all(part.name in entry for part in question.field.parts if part.required)

    def entry_objection(self, question: Question, entries: Sequence[Entry], number: int) -> tuple[Question, str] | None:
        """The first part of a whole entry that its other parts speak against, and why."""
        items = {f"{question.field.name}.{number + 1}.{item.field.name}": item for item in question.items}
        for problem in self._rules(question, list(entries)):
            if problem.field in items:
                return items[problem.field], _to_counsel(problem)
        return None

    def entry_line(self, question: Question, entry: Mapping[str, Any]) -> str:
        """An entry on one line."""
        shown = []
        for part in question.field.parts:
            item = next((each for each in question.items if each.field.name == part.name), None)
            if part.name in entry:
                shown.append(" / ".join(_shown(entry[part.name], item.choices if item else {})))
        return " · ".join(" ".join(each.split()) for each in shown)

    # --- what the law wants by when ---

    def notices(self) -> list[str]:
        """Each day by which the law, or the paper served, wants an answer, in a sentence."""
        return [f"{sentence}{self._closed(day)}" for day, sentence in self._days()]

    def new_notices(self) -> list[str]:
        """The notices that have not been given yet; each is given once, until its day changes."""
        fresh = [(day, sentence) for day, sentence in self._days() if sentence not in self._told]
        self._told.update(sentence for _, sentence in fresh)
        return [f"{sentence}{self._closed(day)}" for day, sentence in fresh]

    def _days(self) -> Iterator[tuple[date, str]]:
        for each in sorted(self._dues().values(), key=lambda each: each.day):
            yield (
                each.day,
                f"By {long_date(each.day)} ({each.deadline.in_words} after receipt, {each.basis.citation}) the "
                f"Department must {each.deadline.what}.",
            )
        back = get(self._settled_facts(), "request.paper.return_date")
        if isinstance(back, date):
            yield back, f"The paper served asks for an answer by {long_date(back)}."

    def _dues(self) -> Mapping[str, Due]:
        received = get(self.answers, "request.received")
        if not isinstance(received, date):
            return {}
        return due(received, partial_letter(self._settled_facts()).request.topics, self.rulebook)

    def _closed(self, day: date) -> str:
        letter = get(self.answers, "date")
        passed = " That day has passed." if day < (letter if isinstance(letter, date) else self.today) else ""
        why = self.rulebook.calendar.why_closed(day)
        if not why:
            return passed
        last = self.rulebook.calendar.last_working_day(day)
        return f"{passed} It is not a working day ({why}); the last before it is {long_date(last)}."

    # --- the end ---

    def settled(self) -> Answers:
        """The answers that count: those whose question applies, and what was there beyond the questions."""
        return self._settle(self.script.questions)

    def _settle(self, questions: Sequence[Question]) -> Answers:
        settled = deepcopy(self.answers)
        for question in questions:
            name = question.field.name
            if get(settled, name) is not None and name not in self.script.presets and not self._counts(question):
                put(settled, name, None)
        request = settled.get("request")
        if isinstance(request, dict) and request.get("paper") == {}:
            del request["paper"]
        return settled

    def _counts(self, question: Question) -> bool:
        """Whether an answer to the question belongs to the letter. What is known of the request is kept in any case."""
        if question.field.name.startswith("request.") and question.matters(self.answers):
            return True
        return self._applies(question)

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
        return tuple(named(caution, letter_type(self.kind)) for caution in self.letter().cautions(self.rulebook))

    def shown(self, question: Question) -> str:
        """The answer as the review shows it."""
        value = get(self.answers, question.field.name)
        if value is None:
            return "—"
        if question.field.kind == "group":
            return "\n".join(self.entry_line(question, entry) for entry in value)
        picked = question.field.kind in ("choice", "choices")
        lines = {choice.value: choice.line for choice in self.choices(question)} if picked else {}
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


def _basis_choice(basis: LegalBasis, day: date, *, advised: bool) -> Choice:
    persuasive = basis.authority == "persuasive"
    as_of = long_date(basis.as_of) if isinstance(basis.as_of, date) else basis.as_of
    stale = basis.stale_on(day)
    force = [
        f"from {long_date(basis.in_force_from)}" if basis.in_force_from else "",
        f"until {long_date(basis.in_force_until)}" if basis.in_force_until else "",
    ]
    in_force = " ".join(part for part in force if part)
    facts = [
        "Persuasive only, not binding in New Mexico." if persuasive else "Binding.",
        f"In force {in_force}." if in_force else "",
        f"Text as of: {as_of}.",
        "Look it up again before citing it: the text that was read is undated, or more than two years older than the "
        "letter."
        if stale
        else "",
    ]
    reminders = [word for word, holds in (("persuasive only", persuasive), ("look it up again", stale)) if holds]
    return Choice(
        basis.id,
        f"{basis.citation}: {basis.title}",
        f"{' '.join(fact for fact in facts if fact)}\n{_sentence(basis.summary)}\nMind: {basis.caveat}",
        f"{basis.citation}: {' and '.join(reminders)}" if reminders else "",
        mark="advised" if advised else "",
    )


def _sentence(fragment: str) -> str:
    return f"{fragment[0].upper()}{fragment[1:]}."


def _wrong_type(adapter: TypeAdapter[Any], value: Any, field: Field) -> str:
    """Why the value cannot stand in the field, whatever the other answers; empty when it can."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        return f"This {cause}" if cause else f"This is not right. {field.description}"
    return ""


def _to_counsel(problem: Problem) -> str:
    return f"This {problem.message} {problem.hint}".strip()


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _person(line: str) -> dict[str, str]:
    name, comma, title = line.partition(",")
    if not comma or not name.strip() or not title.strip():
        raise ValueError(f"“{line[:60]}” lacks a title. Write each person on a line: Jordan Sample, Chief Analyst")
    return {"name": name.strip(), "title": title.strip()}
