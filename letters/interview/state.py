"""What is known, what was passed over or set aside, and what is open: plain data, to be saved and taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from letters.errors import Problem
from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.prompts import Question, Questionnaire, load_questionnaire
from letters.library.validation import rules_broken
from letters.model.fields import Field, get, put
from letters.model.rulebook import Rulebook

if TYPE_CHECKING:
    from letters.library.advice import Advice, Outcome

Entry = dict[str, Any]


@dataclass
class EntryInHand:
    """An entry of a list that is being given part by part.

    Args:
        name: the field whose list it belongs to.
        number: its place in the list, from 0.
        parts: what has been given.
        done: the parts that have been asked, in order.
        fresh: it does not stand in the list yet.
        objection: why the part that is asked next cannot stay as it is; mostly empty.
    """

    name: str
    number: int
    parts: Entry = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    fresh: bool = True
    objection: str = ""


@dataclass
class InterviewState:
    """One interview.

    Args:
        guide: what facts call for which letter; without it nothing is advised.
        today: the day relative dates count from.
        kind: which letter; empty where counsel has yet to choose.
        answers: everything answered, what does not count at the moment included.
        passed: questions passed over without an answer.
        aside: by the kind of letter that was left: what another kind has no place for, by dotted name.
        old: what an answer said that fits no longer, in words.
        doubts: answers that stand against others, and why; they are asked again.
        decided: the rules of the guide that counsel knew when the kind was chosen.
        entry: the entry of a list that is being given.
        unfinished: entries left before they were whole, by field.
    """

    library: Library
    rulebook: Rulebook
    guide: Advice | None
    today: date
    kind: str = ""
    answers: Answers = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    aside: dict[str, Answers] = field(default_factory=dict)
    old: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    decided: tuple[str, ...] | None = None
    entry: EntryInHand | None = None
    unfinished: dict[str, Entry] = field(default_factory=dict)
    script: Questionnaire = field(init=False)
    # Which questions the rules call for, as long as the answers are these; asked many times over between two answers.
    _needed: tuple[str, dict[str, bool]] = field(init=False, default_factory=lambda: ("", {}))

    def __post_init__(self) -> None:
        self.script = load_questionnaire(self.library, self.kind)

    def take_script(self, kind: str) -> None:
        """Go on with the questions of this kind of letter."""
        self.kind = kind
        self.script = load_questionnaire(self.library, kind)

    @property
    def fields(self) -> dict[str, Field]:
        """Every field an answer may fill."""
        return dict(self.script.fields)

    def question(self, name: str) -> Question | None:
        """The question for a field, whether or not it applies."""
        return next((each for each in self.script.questions if each.field.name == name), None)

    # --- which questions ---

    def applies(self, question: Question) -> bool:
        if not question.applies(self.answers):
            return False
        if question.only_if_departing:
            return self.departs
        return not question.only_if_required or self.required(question)

    def required(self, question: Question) -> bool:
        """Whether an answer must be given, by the type or by a rule."""
        if question.field.required or question.only_if_departing:
            return True
        now, name = repr(self.answers), question.field.name
        if self._needed[0] != now:
            self._needed = (now, {})
        if name not in self._needed[1]:
            missing = (each.field == name and each.code == "missing" for each in self.rules(question, None))
            self._needed[1][name] = any(missing)
        return self._needed[1][name]

    def is_open(self, question: Question) -> bool:
        name = question.field.name
        may_stay_open = name in self.passed and not question.only_if_departing
        unanswered = get(self.answers, name) is None and not may_stay_open
        return (unanswered or name in self.doubts) and self.applies(question)

    def open_fact(self) -> Question | None:
        return next((each for each in self.script.questions if each.facts and self.is_open(each)), None)

    # --- what counts ---

    def settled(self) -> Answers:
        """The answers that count: those whose question applies, and what was there beyond the questions."""
        return self._settle(self.script.questions)

    def settled_facts(self) -> Answers:
        return self._settle([question for question in self.script.questions if question.facts])

    def _settle(self, questions: Sequence[Question]) -> Answers:
        settled = deepcopy(self.answers)
        for question in questions:
            name = question.field.name
            if get(settled, name) is not None and name not in self.script.presets and not self._counts(question):
                put(settled, name, None)
        request = settled.get("request")
        if isinstance(request, dict) and request.get("paper") == {}:
            del request["paper"]
        if settled.get("extra") == {}:
            del settled["extra"]
        return settled

    def _counts(self, question: Question) -> bool:
        """Whether an answer to the question belongs to the letter. What is known of the request is kept in any case."""
        if question.field.name.startswith("request.") and question.matters(self.answers):
            return True
        return self.applies(question)

    def rules(self, question: Question, value: Any) -> list[Problem]:
        """The rules broken if the question were answered with ``value``: for a fact, those of every letter alone.

        Answers whose condition would not hold then do not speak against it.
        """
        supposed = deepcopy(self.answers)
        put(supposed, question.field.name, value)
        for other in self.script.questions:
            if other.when and other is not question and not other.matters(supposed):
                put(supposed, other.field.name, None)
        if question.facts:
            supposed["kind"] = ""
        return rules_broken(supposed, self.rulebook)

    # --- the advice ---

    def outcome(self) -> Outcome | None:
        """What the facts call for; None while a fact is open, or where there is no guide."""
        if self.guide is None or self.open_fact():
            return None
        return self.guide.on(self.settled_facts())

    @property
    def departs(self) -> bool:
        """Whether the kind chosen is another than the facts call for."""
        outcome = self.outcome()
        return bool(self.kind and outcome and outcome.departs(self.kind))

    def rules_advised(self) -> tuple[str, ...]:
        outcome = self.outcome()
        return tuple(rule.id for rule in outcome.rules) if outcome else ()

    def kind_title(self, kind: str) -> str:
        """What counsel calls a kind of letter."""
        found = self.library.kinds.get(kind)
        return found.title if found else kind.replace("-", " ").capitalize()
