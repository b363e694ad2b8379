"""Advice: from the facts of a request to the letter they call for, by the office's decision guide.

The guide is `prompts/advice.toml`, which its owner reads and edits; here it is checked and applied. Advice decides
nothing: counsel does, and says why where the letter is another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Any

from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.conditions import applies
from letters.library.library import Library
from letters.model.fields import Field, fields_of_model, get, put
from letters.model.kinds import KINDS
from letters.model.letter import Letter
from letters.model.office_data import Rulebook

_TEXTS = ("id", "row", "recommend", "reason", "source", "ask")
_LISTS = ("also", "bases")
_MARKS = ("stop", "otherwise")
_TABLES = ("when", "unless")
_MOST_KNOWN = 500  # outcomes kept: the facts of a batch are few, its rows many
_KEYS = (*_TEXTS, *_LISTS, *_MARKS, *_TABLES)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the guide. See the head of `prompts/advice.toml` for what each part means to its author."""

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
        """Whether any table of `when` holds, and none of `unless`."""
        return any(applies(table, answers) for table in self.when) and not any(
            applies(table, answers) for table in self.unless
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the guide says to some facts: the rules that fit, stops first, then in the order of the file; never none."""

    rules: tuple[Rule, ...]

    @property
    def stop(self) -> bool:
        """Whether no letter is recommended, and counsel is to be asked."""
        return self.rules[0].stop

    @property
    def kind(self) -> str:
        """The kind of letter recommended; empty on a stop."""
        return self.rules[0].recommend

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind advised: the one recommended, then what may go out beside it or instead. None on a stop."""
        if self.stop:
            return ()
        return tuple(dict.fromkeys(kind for rule in self.rules for kind in (rule.recommend, *rule.also)))

    def departs(self, kind: str) -> bool:
        """Whether a letter of this kind is not among what is advised."""
        return kind not in self.kinds


@dataclass(frozen=True, slots=True)
class Advice:
    """The decision guide.

    Args:
        rules: in the order of the file.
        facts: the dotted names of the fields that decide, in the order of the model.
    """

    rules: tuple[Rule, ...]
    facts: tuple[str, ...]
    _known: dict[str, Outcome] = field(default_factory=dict, repr=False, compare=False)

    def on(self, answers: Mapping[str, Any]) -> Outcome:
        """The advice on answers that may be incomplete. A fact not answered counts as its field's default."""
        given = [get(answers, name) for name in self.facts]
        key = repr(given)
        outcome = self._known.get(key)
        if outcome is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            outcome = self._known[key] = self._worked_out(given)
        return outcome

    def _worked_out(self, given: Sequence[Any]) -> Outcome:
        known: dict[str, Any] = {}
        for name, answer in zip(self.facts, given, strict=True):
            put(known, name, _facts()[name].default if answer is None else answer)
        fitting = [rule for rule in self.rules if not rule.otherwise and rule.fits(known)]
        fitting.sort(key=lambda rule: not rule.stop)
        return Outcome(tuple(fitting or (rule for rule in self.rules if rule.otherwise)))

    def unanswered(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """The deciding facts that are not answered."""
        return tuple(name for name in self.facts if get(answers, name) is None)

    def weighing(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """The deciding facts not answered of which a single answer would change the advice."""
        now = self.on(answers)
        return tuple(
            name
            for name in self.unanswered(answers)
            if any(self.on(_with(answers, name, answer)) != now for answer in self._possible(name))
        )

    def _possible(self, name: str) -> tuple[Any, ...]:
        """Answers to a fact that the rules may tell apart."""
        field = _facts()[name]
        if field.kind == "yes-no":
            return (True,)
        if field.choices:
            return field.choices
        tested = [
            option
            for rule in self.rules
            for table in (*rule.when, *rule.unless)
            for option in _options(table.get(name))
            if isinstance(option, str)
        ]
        return tuple([option] if field.kind != "text" else option for option in dict.fromkeys(tested))


def load_advice(library: Library, rulebook: Rulebook) -> Advice:
    """The guide of this library. Raises LibraryAtFault with every mistake in `prompts/advice.toml`."""
    file = library.prompts / "advice.toml"
    name = library.name_of(file)
    problems = Collector()
    kinds: dict[str, object] = dict(KINDS)
    with problems.collect():
        kinds |= library.kinds
    data = library.toml(file)
    for key in data.keys() - {"rule"}:
        problems.add(_no_part(key, ("rule",), name, "the guide"))
    entries = data.get("rule", [])
    if not isinstance(entries, list):
        problems.add(Problem("“rule” must be a list of tables.", name, "Begin each rule with a line: [[rule]]"))
        entries = []
    rules: list[Rule] = []
    for number, entry in enumerate(entries, 1):
        called = entry.get("id") if isinstance(entry, dict) else None
        where = f"{name}, rule {called if isinstance(called, str) and called else f'number {number}'}"
        found = list(_mistakes(entry, where, kinds, rulebook))
        for problem in found:
            problems.add(problem)
        if not found:
            rules.append(_rule(entry))
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    for twice in sorted({each for each in ids if isinstance(each, str) and ids.count(each) > 1}):
        problems.add(Problem(f"The rule {twice} stands twice.", name, "Give each rule an id of its own."))
    last_resorts = [entry for entry in entries if isinstance(entry, dict) and entry.get("otherwise") is True]
    if len(last_resorts) != 1:
        says = f"{len(last_resorts)} rules say" if last_resorts else "No rule says"
        hint = "One rule must, and only one: otherwise = true. It counts where no other rule fits."
        problems.add(Problem(f"{says} what to do otherwise.", name, hint))
    problems.stop_if_any(LibraryAtFault)
    tested = {fact for rule in rules for table in (*rule.when, *rule.unless) for fact in table}
    return Advice(tuple(rules), tuple(fact for fact in _facts() if fact in tested))


def _rule(entry: Mapping[str, Any]) -> Rule:
    text = {key: entry.get(key, "").strip() for key in _TEXTS}
    when, unless = (tuple(_flat(table) for table in _tables(entry.get(key))) for key in _TABLES)
    return Rule(
        id=text["id"],
        row=text["row"],
        when=when,
        unless=unless,
        recommend=text["recommend"],
        also=tuple(entry.get("also", ())),
        bases=tuple(entry.get("bases", ())),
        reason=text["reason"],
        source=text["source"],
        ask=text["ask"],
        stop=entry.get("stop", False),
        otherwise=entry.get("otherwise", False),
    )


@cache
def _facts() -> Mapping[str, Field]:
    """The fields a rule may ask about: what every letter knows of its request."""
    return {name: field for name, field in fields_of_model(Letter).items() if name.startswith("request.")}


def _with(answers: Mapping[str, Any], name: str, answer: Any) -> Mapping[str, Any]:
    """The answers with one more; the given ones are left as they are, even where they are no tables."""
    first, *rest = name.split(".", 1)
    inner = answers.get(first)
    inner = inner if isinstance(inner, Mapping) else {}
    return {**answers, first: _with(inner, rest[0], answer) if rest else answer}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A condition with dotted names, whether or not its author put them between quotation marks."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def _options(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


# --- mistakes of the file --------------------------------------------------------------------------------------------


def _mistakes(entry: Any, where: str, kinds: Mapping[str, object], rulebook: Rulebook) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield Problem("A rule must be a table.", where, "Begin each rule with a line: [[rule]]")
        return
    for key in entry.keys() - set(_KEYS):
        yield _no_part(key, _KEYS, where, "a rule")
    misshapen = list(_misshapen(entry, where))
    yield from misshapen
    if misshapen:  # what the rule says can be judged only when it can be read
        return
    yield from _lacking(entry, where)
    for key in _TABLES:
        for table in _tables(entry.get(key)):
            if not table:
                yield Problem(f"“{key}” names no fact.", where, 'Write: when = { "request.access" = "bulk" }')
            for name, wanted in _flat(table).items():
                yield from _condition_mistakes(name, wanted, where, rulebook)
    advised = [kind for kind in (entry.get("recommend", ""), *entry.get("also", ())) if kind]
    for kind in advised:
        if kind not in kinds:
            yield _unknown("kind of letter", kind, kinds, where)
    for number, basis in enumerate(entry.get("bases", ())):
        if basis not in rulebook.bases:
            yield _unknown("legal basis", basis, rulebook.bases, where)
        elif basis in entry["bases"][:number]:
            yield Problem(f"“{basis}” stands twice under bases.", where, "Name each basis once.")
        elif advised and not set(advised) & set(rulebook.bases[basis].supports):
            yield Problem(
                f"“{basis}” does not support a letter of the kind {' or '.join(advised)}.",
                where,
                f"It supports: {', '.join(rulebook.bases[basis].supports)}.",
            )


def _misshapen(entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in _TEXTS:
        if not isinstance(entry.get(key, ""), str):
            yield Problem(f"“{key}” must be a text.", where, f'Write: {key} = "…"')
    for key in _LISTS:
        value = entry.get(key, [])
        if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            yield Problem(f"“{key}” must be a list of short names.", where, f'Write: {key} = ["…", "…"]')
    for key in _MARKS:
        if not isinstance(entry.get(key, False), bool):
            yield Problem(f"“{key}” must be true or false.", where, f"Write: {key} = true, or leave it out.")
    for key in _TABLES:
        if not all(isinstance(table, dict) for table in _tables(entry.get(key))):
            yield Problem(
                f"“{key}” must name facts and answers.", where, f'Write: {key} = {{ "request.access" = "bulk" }}'
            )


def _lacking(entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in ("id", "row", "reason", "source"):
        if not entry.get(key, "").strip():
            yield Problem(f"“{key}” is missing.", where, f'Add a line: {key} = "…"')
    if entry.get("otherwise"):
        for key in _TABLES:
            if key in entry:
                yield Problem(f"“{key}” has no place in the rule for all that is left.", where, "Take it out.")
    elif "when" not in entry or entry["when"] == []:
        yield Problem("“when” is missing: nothing says when the rule fits.", where, "Add the facts it is for.")
    if entry.get("stop") and (entry.get("recommend") or entry.get("also")):
        yield Problem("recommends a letter, and is a stop.", where, "Take out stop, or recommend and also.")
    if not entry.get("stop") and not entry.get("recommend"):
        yield Problem(
            "“recommend” is missing.",
            where,
            'Add a line: recommend = "…" with a kind of letter; or stop = true, where none is recommended.',
        )


def _condition_mistakes(name: str, wanted: Any, where: str, rulebook: Rulebook) -> Iterator[Problem]:
    field = _facts().get(name)
    if field is None:
        near = get_close_matches(name, _facts(), n=1)
        hint = f"Did you mean {near[0]}?" if near else "`letters fields KIND` lists them; each begins with request."
        yield Problem(f"“{name}” is not a fact about a request.", where, hint)
        return
    if wanted == "any" or wanted is False:
        yield from _presence_mistakes(field, wanted, where)
        return
    if wanted == [] or (isinstance(wanted, list) and "any" in wanted):
        yield Problem(
            f"lists no answers for {name}.", where, 'Name the answers meant, or write "any" without brackets.'
        )
        return
    for option in _options(wanted):
        yield from _value_mistakes(field, option, where, rulebook)


def _presence_mistakes(field: Field, wanted: Any, where: str) -> Iterator[Problem]:
    """A field that counts as something while it is unanswered is always answered."""
    if field.kind == "yes-no":
        if wanted == "any":
            yield Problem(f"asks whether {field.name} is answered; unanswered, it counts as no.", where, _YES_OR_NO)
    elif field.default not in (None, []):
        always = "always" if wanted == "any" else "never"
        yield Problem(
            f"asks whether {field.name} is answered; unanswered, it counts as “{_plain(field.default)}”, so that this "
            f"{always} holds.",
            where,
            f"Name the answers meant: {', '.join(field.choices)}.",
        )


def _value_mistakes(field: Field, option: Any, where: str, rulebook: Rulebook) -> Iterator[Problem]:
    if field.kind == "yes-no":
        if not isinstance(option, bool):
            yield Problem(f"asks whether {field.name} is “{option}”, which cannot be.", where, _YES_OR_NO)
        return
    possible = list(getattr(rulebook, field.library) if field.library else field.choices)
    if possible and option not in possible:
        near = get_close_matches(str(option), possible, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"It may be: {', '.join(possible)}."
        yield Problem(f"asks whether {field.name} is “{option}”, which cannot be.", where, hint)
    elif not possible and (field.kind not in ("text", "list") or not isinstance(option, str)):
        yield Problem(
            f"asks whether {field.name} is “{option}”, which cannot be.",
            where,
            'Write "any" for answered, or false for not answered.',
        )


_YES_OR_NO = "Write true or false."


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _no_part(key: str, known: tuple[str, ...], where: str, whole: str) -> Problem:
    near = get_close_matches(key, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"It may hold: {', '.join(known)}."
    return Problem(f"“{key}” is not a part of {whole}.", where, hint)


def _unknown(what: str, name: str, known: Mapping[str, object], where: str) -> Problem:
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
    return Problem(f"There is no {what} called “{name}”.", where, hint)
