"""Proves that no letter contradicts itself, by trying every combination of the facts that decide two sentences.

The sentences that exclude each other are listed in `templates/contradictions.toml`. For each two of them that a
template or the wording in `templates/*.toml` contains, the answers on which both depend take all their values in turn.
A combination in which both are printed is reported, unless the rules refuse these very answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.anatomy import Guard, WordingPiece, answers_behind
from letters.assembly.assembler import Assembler
from letters.assembly.template.template import fill_text
from letters.errors import LettersError, Problem
from letters.library.answers import Answers
from letters.library.criteria_problems import possible_values
from letters.library.validation import KnownValues, partial_letter
from letters.model.contradictions import Contradictions
from letters.model.criteria import Criteria, any_applies
from letters.model.fields import Field, fields_of, get, put
from letters.model.kinds import letter_type
from letters.model.letter import Letter
from letters.model.requester import NAMES_OTHERS
from letters.model.rule_engine import Case
from letters.model.rulebook import FactualWording, Objection, Rulebook
from letters.model.values import NATURE_NOT_STATED

# The wording in each file, and the answers that choose it.
_CHOSEN_BY = {"objections": "objections", "conditions": "conditions", "reasons": "grounds"}
# The answers that tell whether the request names anybody besides the requester.
_NAMES_SOMEBODY = ("request.subjects", "request.requester.name", "request.requester.agency")
# A tag that prints the words of a choice; and those whose name is not that of the answer with “_words” after it.
_WORDS_OF_A_CHOICE = pattern(r"\{\{\s*([\w.]+)_words\b[^{}]*\}\}")
_OTHER_WORDS = {
    "request.opening": ("request.channel", "channel_opening"),
    "request.link": ("request.channel", "channel_link"),
    "request.memo": ("request.channel", "channel_memo"),
}


class ListedSentence(Struct, frozen=True):
    """Wording of a letter, with what decides whether it is printed.

    Args:
        place: of the wording, for messages.
        guards: the conditions of the template around it.
        entry: for wording in a TOML file: its entry, whose facts must hold too.
        lacking: one of these answers must be missing.
        choices: the answers whose words in phrases.toml it prints, with what they must be.
        law: a legal basis that the letter must be allowed to cite.
        language: of the template; empty for the office's own, and for wording that any of them may print.
    """

    place: str
    guards: tuple[Guard, ...] = ()
    entry: FactualWording | None = None
    lacking: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    law: str = ""
    language: str = ""

    def excludes(self, other: ListedSentence) -> bool:
        """Whether no letter has both: they are in two languages, or a condition of the one is the other's opposite."""
        if self.language and other.language and self.language != other.language:
            return True
        mine = {(guard.tag.says, guard.holds) for guard in self.guards}
        return any((guard.tag.says, not guard.holds) in mine for guard in other.guards)


class Requirement(Struct, frozen=True):
    """One thing that must be so for a sentence to be printed.

    Args:
        facts: the answers that decide it.
        met: whether it is so, given the values of these answers, and perhaps of others.
    """

    facts: tuple[str, ...]
    met: Callable[[Answers], bool]


class AskedCase(Case):
    """The case of a letter, with the names of its answers that the rules have asked for."""

    def __init__(self, letter: Letter, rulebook: Rulebook) -> None:
        self.asked: set[str] = set()
        self._own_case = Case.of(letter, rulebook)
        super().__init__(letter, rulebook, self._ask)

    def _ask(self, name: str) -> Any:
        self.asked.update(_NAMES_SOMEBODY if name == NAMES_OTHERS else (name,))
        return self._own_case.answer_to(name)

    def depends_on(self, name: str) -> bool:
        """Whether an answer, or part of it, was asked for."""
        return any(f"{each}.".startswith(f"{name}.") or name.startswith(f"{each}.") for each in self.asked)


class ContradictionSearch:
    """The sentences of one kind of letter, tried against what counsel has listed."""

    def __init__(self, assembler: Assembler, kind: str, listed: Contradictions) -> None:
        self.assembler, self.kind, self.listed = assembler, kind, listed
        self.fields = {
            **fields_of(kind, assembler.library.form(kind)),
            **{question.field.name: question.field for question in assembler.extras(kind)},
        }
        self.sample = next(iter(assembler.samples(kind).values()))
        self._contexts: dict[str, Mapping[str, Any] | None] = {}
        self._values_known: KnownValues = {}

    def problems(self) -> Iterator[Problem]:
        """Every contradiction that a letter of this kind can contain."""
        for pair in self.listed.pairs:
            for one, other in product(self._with(pair.words), self._with(pair.against)):
                if one.excludes(other) or (one is other and not self._has_both(one, pair.words, pair.against)):
                    continue
                found = self._together([*self._required(one), *self._required(other)], (one, other))
                if found is not None:
                    yield _problem(one, f"“{pair.words}” can stand with “{pair.against}”", found, pair.why)
                    break
        for refuted in self.listed.refuted:
            if not {name for table in refuted.facts for name in table} <= self.fields.keys():
                continue
            for one in self._with(refuted.words):
                found = self._together([self._tables(refuted.facts, True), *self._required(one)], (one,))
                if found is not None:
                    yield _problem(one, f"“{refuted.words}” can stand although its facts refute it", found, refuted.why)
                    break

    # --- the sentences ---

    def _with(self, words: str) -> list[ListedSentence]:
        """The sentences with these words: in their own text, or else with the words of a choice, or across a branch."""
        own = [sentence for text, sentence in self.sentences if words in text]
        own = own or [sentence for text, sentence in self._phrased if words in text]
        return own or [sentence for text, sentence in self._whole if words in text]

    def _has_both(self, one: ListedSentence, words: str, against: str) -> bool:
        """Whether one text has both, side by side."""
        texts = [text.replace(words, " ", 1) for text, sentence in self.sentences if sentence is one and words in text]
        return any(against in text for text in texts)

    @cached_property
    def _pieces(self) -> list[tuple[WordingPiece, ListedSentence]]:
        return [
            (
                piece,
                ListedSentence(
                    f"{piece.place.part}, paragraph {piece.place.number}", piece.guards, language=language or "own"
                ),
            )
            for language in ("", *self.assembler.library.translations(self.kind))
            for piece in self.assembler.anatomy(self.kind, language).pieces
        ]

    @cached_property
    def _phrased(self) -> list[tuple[str, ListedSentence]]:
        """The sentences of the templates that print a choice, once for each, with its words from phrases.toml."""
        found = []
        for piece, sentence in self._pieces:
            language = "" if sentence.language == "own" else sentence.language
            phrases = self.assembler.wording(language).phrases
            for printed in dict.fromkeys(_WORDS_OF_A_CHOICE.findall(piece.words)):
                answer, table = _OTHER_WORDS.get(printed, (printed, printed.rpartition(".")[2]))
                for choice, words in phrases.get(table, {}).items() if answer in self.fields else ():
                    tag = re.compile(rf"\{{\{{\s*{re.escape(printed)}_words\b[^{{}}]*\}}\}}")
                    text = tag.sub(lambda _, words=words: words, piece.words)  # type: ignore[misc]
                    found.append((_words(text), replace(sentence, choices=((answer, choice),))))
        return found

    @cached_property
    def _whole(self) -> list[tuple[str, ListedSentence]]:
        return [(_words(piece.words), sentence) for piece, sentence in self._pieces if not piece.branch]

    @cached_property
    def sentences(self) -> list[tuple[str, ListedSentence]]:
        """Every sentence of the template and of the wording it prints, with its text."""
        found = [(_words(piece.own_words), sentence) for piece, sentence in self._pieces]
        found += self._showing()
        for basis in self.assembler.rulebook.bases.values():
            if self.kind in basis.supports:
                sentence = ListedSentence(f"templates/legal_basis.toml, {basis.id}", law=basis.id)
                found.append((_words(f"{basis.citation} {basis.summary}"), sentence))
        for table, answer in _CHOSEN_BY.items():
            entries: Mapping[str, FactualWording] = (
                getattr(self.assembler.rulebook, table) if answer in self.fields else {}
            )
            for name, entry in entries.items():
                sentence = ListedSentence(f"templates/{table}.toml, {name}", entry=entry)
                found.append((_words(str(getattr(entry, "text", ""))), sentence))
        return found

    def _showing(self) -> Iterator[tuple[str, ListedSentence]]:
        """What a request should state, and why, where the template prints it."""
        for name in ("request_contents", "missing"):
            guards = next((p.guards for p, _ in self._pieces if any(n.startswith(f"{name}[]") for n in p.names)), None)
            for each in self.assembler.rulebook.showing.values() if guards is not None else ():
                lacking = tuple(each.fields) if name == "missing" else ()
                place = f"templates/showing.toml, {each.id}"
                sentence = ListedSentence(place, guards or (), entry=each, lacking=lacking)
                yield _words(f"{each.text} {each.why if lacking else ''}"), sentence

    # --- what they require ---

    def _required(self, sentence: ListedSentence) -> Iterator[Requirement]:
        if sentence.entry is not None:
            if sentence.entry.when:
                yield self._tables(sentence.entry.when, True)
            if sentence.entry.unless:
                yield self._tables(sentence.entry.unless, False)
        if isinstance(sentence.entry, Objection):
            made = {"request.process": list(sentence.entry.answers_to), "request.paper.power": sentence.entry.powers}
            for name, values in made.items():
                if values:
                    yield self._tables([{name: list(values)}], True)
        for guard in sentence.guards:
            yield self._guard(guard)
        for name, choice in sentence.choices:
            yield self._tables([{name: choice}], True)
        if sentence.lacking:
            yield Requirement(sentence.lacking, lambda changes: self._lacks(sentence.lacking, changes))
        if sentence.law:
            yield Requirement(answers_behind("citable", self.fields), lambda changes: self._may_cite(sentence, changes))

    def _lacks(self, names: Sequence[str], changes: Answers) -> bool:
        answers = self._answers(changes)
        return any(get(answers, name) in (None, "", [], NATURE_NOT_STATED) for name in names)

    def _may_cite(self, sentence: ListedSentence, changes: Answers) -> bool:
        context = self._context(changes)
        return context is not None and sentence.law in context["citable"]

    def _tables(self, tables: Sequence[Criteria], wanted: bool) -> Requirement:
        facts = tuple(dict.fromkeys(name for table in tables for name in table))
        return Requirement(facts, lambda changes: any_applies(tables, self._answers(changes)) is wanted)

    def _guard(self, guard: Guard) -> Requirement:
        plain = all(name in self.fields for name in guard.names)
        facts = tuple(dict.fromkeys(fact for name in guard.names for fact in answers_behind(name, self.fields)))
        test = f"{{% if {guard.tag.says} %}}1{{% endif %}}"
        if guard.tag.word == "for":
            test = f"{{% for each__ in {guard.tag.says.partition(' in ')[2]} %}}1{{% endfor %}}"

        def met(changes: Answers) -> bool:
            context = self._changed_context(changes) if plain else self._context(changes)
            if context is None:
                return False  # too little is left for a letter
            try:
                return bool(fill_text(test, context, "")) is guard.holds
            except LettersError:  # it asks about the entry of a loop, which differs from entry to entry
                return True

        return Requirement(facts, met)

    # --- the combinations ---

    def _together(self, required: Sequence[Requirement], both: Sequence[ListedSentence]) -> Answers | None:
        """Answers with which everything required is so and which the rules do not refuse; None if there are none."""
        order = sorted(required, key=lambda each: len(each.facts))
        barred: list[Answers] = []  # what the rules refuse whatever the other answers are

        def search(at: int, changes: Answers) -> Answers | None:
            if at == len(order):
                if not self._refused(changes, both):
                    return changes if all(each.met(changes) for each in order) else None
                barred.extend(each for each in self._barring(changes, both) if each not in barred)
                return None
            facts = [name for name in order[at].facts if name in self.fields]
            new = [name for name in facts if name not in changes]
            for chosen in product(*(self._values(name) for name in new)):
                more = {**changes, **dict(zip(new, chosen, strict=True))}
                if any(each.items() <= more.items() for each in barred):
                    continue
                # Asked about its own facts alone, each has few cases, which are remembered.
                if order[at].met({name: more[name] for name in facts}) and (found := search(at + 1, more)) is not None:
                    return found
            return None

        return search(0, {})

    def _answers(self, changes: Answers) -> Answers:
        answers = _with_its_own_groups(self.sample)
        for name, value in changes.items():
            put(answers, name, value)
        return answers

    def _letter(self, changes: Answers) -> Letter:
        return partial_letter(self._answers(changes), known=self._values_known)

    def _context(self, changes: Answers) -> Mapping[str, Any] | None:
        key = repr(sorted(changes.items(), key=lambda item: item[0]))
        if key not in self._contexts:
            self._contexts[key] = None
            with suppress(LettersError, AttributeError, KeyError, TypeError):
                self._contexts[key] = self.assembler.context(self._letter(changes))
        return self._contexts[key]

    def _changed_context(self, changes: Answers) -> Mapping[str, Any] | None:
        """The sample's context with these answers in it; enough for a condition that asks about answers only."""
        context = self._context({})
        if context is None:
            return None
        for name, value in changes.items():
            context = _with(context, name.split("."), self.fields[name].default if value is None else value)
        return context

    def _refused(self, changes: Answers, both: Sequence[ListedSentence]) -> bool:
        """Whether the rules refuse these very answers, or the choice of wording that would be printed."""
        changes = _with_chosen(changes, both)
        try:
            problems = self._letter(changes).problems(self.assembler.rulebook)
            return any(_is_about(problem, changes) for problem in problems)
        except (LettersError, AttributeError, KeyError, TypeError):
            return True  # too little is left for a letter

    def _barring(self, refused: Answers, both: Sequence[ListedSentence]) -> Iterator[Answers]:
        """The part of refused answers that is enough for a rule of the office to refuse them, for each such rule."""
        changes, rulebook = _with_chosen(refused, both), self.assembler.rulebook
        with suppress(LettersError, AttributeError, KeyError, TypeError):
            letter = self._letter(changes)
            for rule in rulebook.office_rules.of(self.kind, "refuse"):
                case = AskedCase(letter, rulebook)
                if case.meets(rule.when, rule.unless) and any(
                    _is_about(each, changes) for each in case.broken_by(rule)
                ):
                    yield {name: value for name, value in refused.items() if case.depends_on(name)}

    def _values(self, name: str) -> list[Any]:
        if name not in self._possible:
            options = [*self._by_type(self.fields[name]), *self._named.get(name, ())]
            if (now := get(self.sample, name)) is not None:
                options.append(now)
            once = (value for at, value in enumerate(options) if value not in options[:at])
            self._possible[name] = [value for value in once if name != "legal_basis" or self._may_be_cited(value)]
        return self._possible[name]

    def _may_be_cited(self, chosen: Sequence[str] | None) -> bool:
        """Whether the rules may accept this choice of law; they refuse what does not support the kind in any case."""
        if not chosen:
            return not letter_type(self.kind, self.assembler.library.form(self.kind)).needs_legal_basis
        bases = self.assembler.rulebook.bases
        return all(name in bases and self.kind in bases[name].supports for name in chosen)

    @cached_property
    def _possible(self) -> dict[str, list[Any]]:
        return {}

    @cached_property
    def _named(self) -> Mapping[str, list[Any]]:
        """The answers that the listed facts and the wording name, by field."""
        rulebook, found = self.assembler.rulebook, dict[str, list[Any]]()
        tables = [table for each in self.listed.refuted for table in each.facts]
        for entries in (rulebook.objections, rulebook.conditions, rulebook.reasons, rulebook.showing):
            tables += [table for entry in entries.values() for table in (*entry.when, *entry.unless)]
        for table in tables:
            for name, wanted in table.items():
                if name in self.fields and wanted != "any" and not isinstance(wanted, bool):
                    found.setdefault(name, []).extend(wanted if isinstance(wanted, list) else [wanted])
        return found

    def _by_type(self, field: Field) -> Iterator[Any]:
        if not field.required:
            yield None
        match field.kind:
            case "yes-no":
                yield from (False, True)
            case "choice":
                yield from possible_values(field, self.assembler.rulebook)
            case "date":
                if field.name == "date":  # from each of these days on, a letter may cite more law
                    begins = {each.in_force_from for each in self.assembler.rulebook.bases.values()}
                    yield from sorted(day for day in begins if day)
                elif isinstance(field.example, str):
                    yield date.fromisoformat(field.example)
            case _:
                if field.example not in (None, [], {}):
                    yield field.example


def _with_chosen(changes: Answers, both: Sequence[ListedSentence]) -> dict[str, Any]:
    """The answers, with the choice of the wording that would be printed."""
    chosen = dict(changes)
    for table, answer in _CHOSEN_BY.items():
        entries = [each.entry for each in both if each.entry is not None and f"/{table}.toml" in each.place]
        if ids := [each.id for each in entries if getattr(each, "chosen", True)]:
            chosen[answer] = ids
    return chosen


def _is_about(problem: Problem, changes: Answers) -> bool:
    """Whether a problem is about one of these answers, other than that wording is not chosen here."""
    if problem.field in _CHOSEN_BY.values():
        return False
    return any(f"{problem.field}.".startswith(f"{name}.") for name in changes)


def _with_its_own_groups(answers: Answers) -> Answers:
    """A copy in which other answers can be put; what is in lists stays shared."""
    return {name: _with_its_own_groups(value) if isinstance(value, dict) else value for name, value in answers.items()}


def _with(group: Mapping[str, Any], steps: Sequence[str], value: Any) -> Mapping[str, Any]:
    if len(steps) == 1:
        return {**group, steps[0]: value}
    inner = group.get(steps[0])
    return {**group, steps[0]: _with(inner if isinstance(inner, Mapping) else {}, steps[1:], value)}


def _words(text: str) -> str:
    return " ".join(text.split())


def _problem(one: ListedSentence, what: str, facts: Answers, why: str) -> Problem:
    on = "; ".join(f"{name}: {_shown(value)}" for name, value in facts.items())
    return Problem(
        f"{what}. {why}",
        one.place,
        f"It happens with these answers: {on or 'any'}. Give one of the sentences a condition, or facts.",
        "contradiction",
    )


def _shown(value: Any) -> str:
    return "none" if value in (None, []) else "yes" if value is True else "no" if value is False else str(value)
