"""Advice: the letter that the facts of a request call for, according to the office's decision guide.

`advice_file` reads the guide; this module applies it. Advice decides nothing: counsel does, and gives a reason for
choosing another letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from operator import attrgetter
from typing import Any

from msgspec import Struct, field

from letters._text.limited_memory import remember
from letters.model.criteria import applies, asked_about, meets
from letters.model.fields import Field, fields_of_model, get, put
from letters.model.letter import Letter
from letters.model.requester import NAMES_OTHERS, names_others

_MOST_KEPT = 500  # outcomes kept: a batch has few different facts and many rows; and answers of each fact
_CLOSED = ("yes-no", "choice", "choices")  # the types of facts that have few different answers


class Rule(Struct, frozen=True):
    """One rule of the guide. The top of `prompts/advice.toml` explains each part to its author."""

    id: str
    row: str
    when: tuple[Mapping[str, Any], ...]
    unless: tuple[Mapping[str, Any], ...]
    recommend: str
    also: tuple[str, ...]
    bases: tuple[str, ...]
    reason: str
    source: str
    ask: str
    stop: bool
    otherwise: bool

    def fits(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers meet any table of `when`, and none of `unless`."""
        return any(applies(table, partial(get, answers)) for table in self.when) and not any(
            applies(table, partial(get, answers)) for table in self.unless
        )


class Outcome(Struct, frozen=True):
    """What the guide says about some facts: the rules that apply, stops first, then in file order; at least one."""

    rules: tuple[Rule, ...]
    always: tuple[str, ...] = ()

    @property
    def stop(self) -> bool:
        """Whether no letter is recommended, and counsel must be asked."""
        return self.rules[0].stop

    @property
    def kind(self) -> str:
        """The kind of letter recommended; empty for a stop."""
        return self.rules[0].recommend

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind advised: the one recommended, then those that may go with it or replace it. None for a stop."""
        if self.stop:
            return ()
        return tuple(dict.fromkeys(kind for rule in self.rules for kind in (rule.recommend, *rule.also)))

    def departs(self, kind: str) -> bool:
        """Whether a letter of this kind departs from the advice."""
        return kind not in self.kinds and (self.stop or kind not in self.always)


class Advice(Struct, frozen=True, eq=False):
    """The decision guide.

    Args:
        rules: in the order of the file.
        facts: the dotted names of the fields the rules ask about, in the order of the model.
        choices: the values of those that have only some, by name.
    """

    rules: tuple[Rule, ...]
    facts: tuple[str, ...]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    _known: dict[str, Outcome] = field(default_factory=dict)
    _covered: dict[str, bool] = field(default_factory=dict)
    _on_letters: dict[tuple[Any, ...], Outcome] = field(default_factory=dict)
    _aspects: dict[str, _Aspects] = field(default_factory=dict)

    def on(self, answers: Mapping[str, Any]) -> Outcome:
        """The advice on answers that may be incomplete. An unanswered fact counts as its field's default."""
        given = [_answer(answers, name) for name in self.facts]
        key = repr(given)
        outcome = self._known.get(key)
        if outcome is None:
            outcome = remember(self._known, _MOST_KEPT, key, self._apply(given))
        return outcome

    def on_letter(self, letter: Letter) -> Outcome:
        """The advice on the request that a letter answers.

        It is remembered by what the rules can tell of the facts, because each requester of a batch has another name.
        """
        if not self._aspects:
            said: dict[str, dict[tuple[str, str], tuple[str, Any]]] = {}
            for table in (table for rule in self.rules for table in (*rule.when, *rule.unless)):
                for each, wanted in table.items():
                    said.setdefault(asked_about(each), {})[each, repr(wanted)] = each, wanted
            self._aspects.update({name: _Aspects.of(name, said.get(name, {}).values()) for name in self.facts})
        aspects = self._aspects.values()
        given = [each.answer_in(letter) for each in aspects]
        key = tuple([each.of_answer(answer) for each, answer in zip(aspects, given, strict=True)])
        outcome = self._on_letters.get(key)
        if outcome is None:
            outcome = remember(self._on_letters, _MOST_KEPT, key, self._apply(given))
        return outcome

    def _apply(self, given: Sequence[Any]) -> Outcome:
        known: dict[str, Any] = {}
        for name, answer in zip(self.facts, given, strict=True):
            put(known, name, facts()[name].default if answer is None else answer)
        fitting = [rule for rule in self.rules if not rule.otherwise and rule.fits(known)]
        fitting.sort(key=lambda rule: not rule.stop)
        return Outcome(tuple(fitting or (rule for rule in self.rules if rule.otherwise)), self.always)

    def covers(self, kind: str) -> bool:
        """Whether the guide speaks of a kind of letter at all; it may not know kinds that an office has added."""
        if kind not in self._covered:
            advised = any(kind in (rule.recommend, *rule.also) for rule in self.rules)
            self._covered[kind] = advised or kind in self.always
        return self._covered[kind]

    def unanswered(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """The facts that the rules ask about and that are not answered."""
        return tuple(name for name in self.facts if name != NAMES_OTHERS and get(answers, name) is None)

    def weighing(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """The unanswered facts for which a single answer could change the advice."""
        now = self.on(answers)
        return tuple(
            name
            for name in self.unanswered(answers)
            if any(self.on(_with(answers, name, answer)) != now for answer in self._possible(name))
        )

    def _possible(self, name: str) -> tuple[Any, ...]:
        """Answers to a fact that the rules may distinguish."""
        field = facts()[name]
        if field.kind == "yes-no":
            return (True,)
        if choices := self.choices.get(name, field.choices):
            return tuple(choices)
        tested = [
            option
            for rule in self.rules
            for table in (*rule.when, *rule.unless)
            for option in options_of(table.get(name))
            if isinstance(option, str)
        ]
        return tuple([option] if field.kind != "text" else option for option in dict.fromkeys(tested))


class _Aspects(Struct, frozen=True, eq=False):
    """What the rules of a guide can tell of one fact.

    Args:
        read: gives the answer of a letter.
        default: what the fact is if it is not answered.
        criteria: all that the rules say of it; None if it has few different answers, which are told apart as they are.
    """

    name: str
    read: Callable[[Letter], Any]
    default: Any
    criteria: tuple[tuple[str, Any], ...] | None
    _known: dict[str, tuple[bool, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, criteria: Iterable[tuple[str, Any]]) -> _Aspects:
        """The aspects of the fact with a name.

        Args:
            criteria: all that the rules say of it.
        """
        fact = facts()[name]
        return cls(name, attrgetter(name), fact.default, None if fact.kind in _CLOSED else tuple(criteria))

    def answer_in(self, letter: Letter) -> Any:
        """The answer of a letter to it, as an answers file would have it."""
        if self.name == NAMES_OTHERS:
            request = letter.request
            return names_others(request.subjects, (request.requester.name, request.requester.agency))
        try:
            answer = self.read(letter)
        except AttributeError:  # this kind of letter has no such answer
            answer = None
        return self.default if answer is None else answer.isoformat() if isinstance(answer, date) else answer

    def of_answer(self, answer: Any) -> Any:
        """All that the rules can tell of an answer, in a form that can be looked for."""
        if self.criteria is None:
            return tuple(answer) if type(answer) is list else answer
        known = self._known.get(answer) if type(answer) is str else None
        if known is not None:
            return known
        found = tuple([meets(name, wanted, answer) for name, wanted in self.criteria])
        if type(answer) is str:
            remember(self._known, _MOST_KEPT, answer, found)
        return found


@cache
def facts() -> Mapping[str, Field]:
    """What a rule may ask about: the fields of the request, and whether it names others, which follows from them."""
    fields = fields_of_model(Letter).items()
    return {NAMES_OTHERS: _OTHERS_NAMED, **{name: field for name, field in fields if name.startswith("request.")}}


_NAMES = ("request.subjects", "request.requester.name", "request.requester.agency")
_OTHERS_NAMED = Field(
    NAMES_OTHERS, "yes-no", "Names others", "Whether somebody besides the requester is named.",
    required=False, default=False, example=None, choices=(), library="", annotation=bool,
)  # fmt: skip


def _answer(answers: Mapping[str, Any], name: str) -> Any:
    if name != NAMES_OTHERS:
        return get(answers, name)
    subjects, *requester = (get(answers, each) for each in _NAMES)
    named = [each for each in subjects if isinstance(each, str)] if isinstance(subjects, list) else []
    known = [each for each in requester if isinstance(each, str)]
    return names_others(named, known) if known else None


def _with(answers: Mapping[str, Any], name: str, answer: Any) -> Mapping[str, Any]:
    """The answers with one more; the original ones are not changed."""
    first, *rest = name.split(".", 1)
    inner = answers.get(first)
    inner = inner if isinstance(inner, Mapping) else {}
    return {**answers, first: _with(inner, rest[0], answer) if rest else answer}


def options_of(wanted: Any) -> list[Any]:
    """The answers that a criterion names: one, or those of a list."""
    return wanted if isinstance(wanted, list) else [wanted]
