"""The rule engine: applies the office's rules to one letter.

Small and total: a rule looks at answers, at facts defined before it, at the roles of the law the letter cites, and at
days. It cannot loop, call another rule or fail; where an answer it depends on is not known, it does not speak.
`docs/rules.md` explains it to lawyers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar, cast

from letters._text.dates import long_date
from letters._text.english import listed
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.errors import Problem
from letters.model.answer_texts import texts_in, words_in
from letters.model.by_answers import AnswerTo, ByAnswers, steps_of
from letters.model.citation_rules import CitationRules
from letters.model.criteria import UNKNOWN, Criteria, answer_in, verdict
from letters.model.legal_basis import Deadline, LegalBasis
from letters.model.office_rules import TAG, DayTerm, OfficeRule
from letters.model.request import Request
from letters.model.requester import names_others
from letters.model.rulebook import Due, FactualWording, Rulebook, due
from letters.model.rules import broken
from letters.model.values import Model

_Found = TypeVar("_Found")
_NOT_GIVEN: tuple[Any, ...] = (None, "", [])
_NOT_FOUND = object()


NOT_OWN_WORDS = frozenset(
    {"request", "unvetted_law", "law_checked", "departure", "disclosure", "kind", "language", "reference"}
)
"""Fields that hold none of the letter's own words."""


class LetterInQuestion(Protocol):
    """What the engine needs of a letter; answers that are not known are None."""

    needs_legal_basis: ClassVar[bool]

    @property
    def kind(self) -> str: ...

    @property
    def date(self) -> date: ...

    @property
    def request(self) -> Request: ...

    @property
    def legal_basis(self) -> list[str]: ...

    @property
    def extra(self) -> dict[str, Any]: ...


class Case:
    """One letter, as the rules of its office see it.

    What follows from its answers, and not from its words, is remembered for the letters after it.

    Args:
        letter: may be incomplete; answers that are missing though required, or wrong, are None.
        given: the letter's own answer at a dotted name, or `UNKNOWN`; by default, its field.
    """

    _latest: ClassVar[tuple[Case, ...]] = ()

    def __init__(self, letter: LetterInQuestion, rulebook: Rulebook, given: AnswerTo | None = None) -> None:
        self.letter, self.rulebook = letter, rulebook
        self._given = given
        self._facts: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}
        self._plain: dict[str, Any] = {}
        self._fitting: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, letter: LetterInQuestion, rulebook: Rulebook) -> Case:
        """The case of a letter; the latest ones are kept, because a letter is asked about many times in a row."""
        for known in cls._latest:
            if known.letter is letter and known.rulebook is rulebook:
                return known
        case = cls(letter, rulebook)
        cls._latest = (case, *cls._latest[:1])  # a translated letter has two rulebooks
        return case

    # --- answers ---

    def answer_to(self, name: str) -> Any:
        """What a rule sees under a name: an answer, or what follows from several; `UNKNOWN` if it is not known."""
        found = self._answers.get(name, _NOT_FOUND)
        if found is _NOT_FOUND:
            found = self._answers[name] = self._found(name)
        return found

    def _found(self, name: str) -> Any:
        if name == "cites":
            return self._roles_cited
        if name == "owed":
            return self._owed
        first, *more = steps_of(name)
        if first == "fact":
            return self._fact(".".join(more))
        if first == "late":
            return self._is_late(".".join(more))
        return self._own(name) if self._given is None else self._given(name)

    def _own(self, name: str) -> Any:
        """An answer of the letter itself, which follows from no other."""
        if name == "names-others":
            return self._names_others
        if name.startswith("extra."):
            given = self.letter.extra
            return UNKNOWN if given is None else given.get(name[6:])
        key = type(self.letter), name
        if key in _FOUND:
            get, without = _FOUND[key]
            try:
                answer = get(self.letter)
            except AttributeError:  # this letter lacks an answer on the way
                pass
            else:
                return without if answer is None else answer
        current: Any = self.letter
        *on_the_way, last = steps_of(name)
        for step in on_the_way:
            found = _WITHOUT_ANSWER[type(current)].get(step)
            if found is None:  # this kind of letter has no such answer
                return UNKNOWN
            current = getattr(current, step)
            if current is None:
                return found[0]
        found = _WITHOUT_ANSWER[type(current)].get(last)
        if found is None:
            return UNKNOWN
        getter: Callable[[Any], Any] = attrgetter(name)
        remember(_FOUND, _MOST_FOUND, key, (getter, found[0]))
        answer = getattr(current, last)
        return found[0] if answer is None else answer

    def _remembered(self, question: str, work: Callable[[Case], _Found]) -> _Found:
        """What some work on a case gives, which depends on nothing but its answers."""
        if self._given is not None:
            return work(self)
        letter, rulebook = self.letter, self.rulebook
        known: ByAnswers[_Found] = rulebook.by_answers(question, type(letter), letter.kind)
        return known.of(self.answer_to, lambda given: work(Case(letter, rulebook, given)))

    def meets(self, when: Sequence[Criteria], unless: Sequence[Criteria]) -> bool | None:
        """Whether the case meets one of ``when`` (none: always) and none of ``unless``; None if not known."""
        met = verdict(when, self.answer_to) if when else True
        if met is False:
            return False
        excepted = verdict(unless, self.answer_to)
        if excepted:
            return False
        return None if excepted is None else met

    def _fact(self, name: str) -> Any:
        if name not in self._facts:
            self._facts[name] = UNKNOWN  # until it is worked out, so that no fact can wait for itself
            if fact := self.rulebook.office_rules.facts.get(name):
                met = self.meets(fact.when, fact.unless)
                self._facts[name] = UNKNOWN if met is None else met
        return self._facts[name]

    @lazy_property
    def topics(self) -> frozenset[str]:
        """What the letter is about, in the words of `legal_basis.toml`."""
        topics = self.rulebook.office_rules.topics.values()
        return self._remembered(
            "topics", lambda case: frozenset(each.id for each in topics if verdict(each.when, case.answer_to))
        )

    @lazy_property
    def facts(self) -> Mapping[str, bool]:
        """Whether each of the office's facts is known to hold."""
        names = self.rulebook.office_rules.facts
        return self._remembered("facts", lambda case: {name: case._fact(name) is True for name in names})

    @lazy_property
    def deadlines(self) -> Mapping[str, Due]:
        """The days by which the law wants the request answered, by the short names in `legal_basis.toml`."""
        return self._remembered("deadlines", lambda case: due(case._start, case.topics, case.rulebook))

    def bears_out(self, wording: FactualWording, among: str) -> bool:
        """Whether the facts of the letter bear out some words of the office.

        Args:
            among: the list they are in, an attribute of the rulebook such as ``reasons``.
        """
        return wording.id in self.borne_out(among)

    def borne_out(self, among: str) -> frozenset[str]:
        """The ids of all in such a list that the facts of the letter bear out."""
        if among not in self._fitting:
            entries: Mapping[str, FactualWording] = getattr(self.rulebook, among)
            known = self.rulebook.by_answers(among, type(self.letter), self.letter.kind)
            self._fitting[among] = known.of(
                self._plain_answer,
                lambda asks: frozenset(each.id for each in entries.values() if each.is_borne_out(asks)),
            )
        return self._fitting[among]

    def _plain_answer(self, name: str) -> Any:
        """The letter's own answer, or None."""
        if name not in self._plain:
            self._plain[name] = answer_in(cast("Model", self.letter), name)
        return self._plain[name]

    def _start(self, deadline: Deadline) -> date | None:
        """The day that starts the clock of a deadline: the first answer it names that is given."""
        days = (self.answer_to(name) for name in deadline.starts)
        return next((day for day in days if isinstance(day, date)), None)

    def _is_late(self, name: str) -> Any:
        found = self.deadlines.get(name)
        if found is None:
            return False
        day = self.answer_to("date")
        return day > found.day if isinstance(day, date) else UNKNOWN

    @property
    def _owed(self) -> Any:
        """How much of what is approved the law requires to be disclosed here: all, part, none."""
        nature, asking = self.answer_to("request.nature"), self.answer_to("request.requester.agency_kind")
        if nature is None or nature is UNKNOWN:
            return UNKNOWN
        approved = self.answer_to("approved")
        approved = [] if approved is UNKNOWN else approved or []
        records = self.rulebook.records
        owed_at_all = {name for name, each in records.items() if nature in each.owed_for or asking in each.owed_to}
        if not owed_at_all:
            return "none"
        owed = [name for name in approved if name in owed_at_all]
        return "all" if len(owed) == sum(name in records for name in approved) else "part" if owed else "none"

    @lazy_property
    def _names_others(self) -> Any:
        """Whether the request names anybody besides the requester."""
        request = self.letter.request
        if not request or not request.requester or not request.requester.agency:
            return UNKNOWN
        return names_others(request.subjects or (), (request.requester.name, request.requester.agency))

    @lazy_property
    def texts(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Every text in the answers, each with its dotted name; by field of the letter."""
        return {name: texts_in(name, answer) for name, answer in vars(self.letter).items()}

    @lazy_property
    def _own_words(self) -> list[str]:
        return words_in([answer for name, answer in vars(self.letter).items() if name not in NOT_OWN_WORDS])

    @lazy_property
    def words(self) -> Sequence[str]:
        """Every text in the answers that is not empty."""
        others = [answer for name, answer in vars(self.letter).items() if name in NOT_OWN_WORDS]
        return self._own_words + words_in(others)

    @lazy_property
    def words_together(self) -> str:
        """The same in one, to find out whether a closer look at any of them is worth it."""
        return " | ".join(self.words)

    @lazy_property
    def own_words_together(self) -> str:
        """The same for the letter's own words, and what they may print of the law that is not vetted."""
        return " | ".join([*self._own_words, *words_in([vars(self.letter).get("unvetted_law")])])

    # --- law ---

    @lazy_property
    def citation_rules(self) -> CitationRules:
        """What the letter may cite, as far as its answers tell."""
        letter, request = self.letter, self.letter.request
        topics, asserted = (self.topics, frozenset(request.asserted or ())) if request else (None, frozenset())
        return CitationRules(letter.kind, letter.date, topics, asserted)

    @property
    def citable(self) -> Mapping[str, LegalBasis]:
        """The law the letter may cite: it supports its kind, is in force on its date and fits its request."""
        return self.rulebook.citable(self.citation_rules)

    @property
    def _legal_basis(self) -> Sequence[str]:
        chosen = self.answer_to("legal_basis")
        return [] if chosen is UNKNOWN else chosen

    @lazy_property
    def _roles_cited(self) -> list[str]:
        bases, chosen_names = self.rulebook.bases, self._legal_basis
        chosen = (bases[name] for name in chosen_names if name in bases)
        return [role for basis in chosen if basis.can_fill_a_role for role in basis.roles]

    def law_with(self, role: str) -> list[LegalBasis]:
        """The law with a role that this letter may cite; if there is none, all that has the role."""
        entries = [basis for basis in self.rulebook.bases.values() if role in basis.roles]
        return [basis for basis in entries if next(self.citation_rules.bars(basis), None) is None] or entries

    def uncited(self, role: str, message: str, hint: str = "") -> Iterator[Problem]:
        """That the letter does not cite law with a role, if so. Without any law at all, that alone is reported."""
        if not self._legal_basis and self.letter.needs_legal_basis:
            return
        if role in self._roles_cited:
            return
        if not any(role in basis.roles and basis.can_fill_a_role for basis in self.citable.values()):
            hint = (
                f"The library has no law for it that this letter may cite: nothing in legal_basis.toml with the role "
                f"“{role}” is binding, in force on the letter's date, fits the request, and supports this kind."
            )
        yield broken("legal_basis", message, hint)

    # --- rules ---

    def problems(self, level: str) -> Iterator[Problem]:
        """Every rule of this level that the letter breaks."""
        if self._remembered(f"breaks {level}", lambda case: next(case._broken(level), None) is not None):
            yield from self._broken(level)

    def _broken(self, level: str) -> Iterator[Problem]:
        for rule in self.rulebook.office_rules.of(self.letter.kind or "", level):
            if self.meets(rule.when, rule.unless):
                yield from self.broken_by(rule)

    def broken_by(self, rule: OfficeRule) -> Iterator[Problem]:
        """What is wrong with the letter by a rule that speaks about it."""
        says, hint = self.filled(rule.says), self.filled(rule.do or "")
        for role in rule.cites:
            yield from self.uncited(role, says, hint)
        for name in rule.needs:
            answer = self.answer_to(name)
            if answer is not UNKNOWN and answer in _NOT_GIVEN:
                yield broken(rule.at or name, says, hint, "missing")
        if rule.earliest or rule.latest or rule.business_day:
            if self._out_of_time(rule):
                yield broken(rule.at, says, hint)
        elif not rule.cites and not rule.needs:
            answer = self.answer_to(rule.at)
            missing = rule.level == "refuse" and answer is not UNKNOWN and answer in _NOT_GIVEN
            yield broken(rule.at, says, hint, "missing" if missing else "rule")

    def _out_of_time(self, rule: OfficeRule) -> bool:
        day = self.answer_to(rule.at)
        if not isinstance(day, date):
            return False
        if rule.business_day and self.rulebook.calendar.why_closed(day):
            return True
        first, last = self.day_of(rule.earliest), self.day_of(rule.latest)
        return bool((first and day < first) or (last and day > last))

    def day_of(self, term: DayTerm | None) -> date | None:
        """The day that a rule names; None if it is not known."""
        if term is None:
            return None
        if term.deadline:
            found = self.deadlines.get(term.deadline)
            return found.day if found else None
        day = self.answer_to(term.field)
        if not isinstance(day, date):
            return None
        try:
            return self.rulebook.calendar.after(day, term.days, working=term.working)
        except OverflowError:  # after the year 9999; the answer itself is reported
            return None

    # --- what a rule prints ---

    def filled(self, text: str) -> str:
        """The text of a rule with its tags filled."""
        return TAG.sub(lambda tag: self._printed(tag[1]), text) if "{{" in text else text

    def _printed(self, name: str) -> str:
        first, _, rest = name.partition(".")
        if first in ("law", "ids"):
            entries = self.law_with(rest)
            return ", ".join(each.id for each in entries) if first == "ids" else _cited(entries)
        if first == "deadlines":
            id_, _, part = rest.partition(".")
            found = self.deadlines.get(id_)
            if not found:
                return "the deadline"
            return {"day": long_date(found.day), "days": found.deadline.in_words}.get(part, found.basis.citation)
        return _in_words(self.answer_to(name))


class _WithoutAnswer(dict[type, Mapping[str, tuple[Any]]]):
    """By field of a model: what is known where there is no answer, which is nothing unless it may be left out."""

    def __missing__(self, model: type) -> Mapping[str, tuple[Any]]:
        fields = model.model_fields if issubclass(model, Model) else {}
        self[model] = found = {
            name: (None if not info.is_required() and info.get_default(call_default_factory=True) is None else UNKNOWN,)
            for name, info in fields.items()
            if not info.exclude
        }
        return found


_WITHOUT_ANSWER = _WithoutAnswer()
_FOUND: dict[tuple[type, str], tuple[Callable[[Any], Any], Any]] = {}
"""What gets the answer at a dotted name of a kind of letter, and what is known if it is not given."""
_MOST_FOUND = 1_000


def _cited(entries: Sequence[LegalBasis]) -> str:
    return listed([each.citation for each in entries], "or")


def _in_words(answer: Any) -> str:
    if isinstance(answer, date):
        return long_date(answer)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, list):
        return listed([str(each) for each in answer])
    return "" if answer is UNKNOWN or answer is None else str(answer)
