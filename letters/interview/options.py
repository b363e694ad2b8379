"""The choices a question offers, and its default answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from letters._text.dates import long_date, parse_date
from letters._text.english import listed
from letters._text.lazy_pattern import pattern
from letters.interview.applicability import outcome, rules_broken_by
from letters.interview.deadline_notices import deadlines
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.interview.wording import filled
from letters.library.prompts import Question
from letters.library.validation import partial_letter
from letters.matters.memory import Memory
from letters.model.fields import get
from letters.model.legal_basis import LegalBasis
from letters.model.letter import Letter

_BLANK = pattern(r"\{([^{}]*)\}")


class Option(Struct, frozen=True):
    """One choice.

    Args:
        value: what is stored.
        line: its line in the list.
        detail: what it says, and cautions; shown while it is highlighted.
        caution: a reminder once it has been chosen; usually empty.
        mark: a word before the line: what the advice says about it.
        always: always included.
    """

    value: str
    line: str
    detail: str = ""
    caution: str = ""
    mark: str = ""
    always: bool = False


def default_for(state: InterviewState, question: Question) -> Any:
    """The answer to start from: the one given before, or the prompt file's default."""
    given = get(state.answers, question.field.name)
    if given is None and question.field.name in state.proposals:
        return state.proposals[question.field.name].value
    return proposed_for(state, question) if given is None else given


def proposed_for(state: InterviewState, question: Question) -> Any:
    """The prompt file's default, whatever has been answered."""
    if question.field.name == "reference" and state.memory:
        return _next_reference(state, state.memory)
    if not question.has_default(state.answers):
        return None
    if question.default_from:
        return _taken_over(question, get(state.answers, question.default_from))
    if question.default_text:
        return _composed(state, question)
    if question.default_due in (found := deadlines(state)):
        return found[question.default_due].day
    if question.no_default:
        return None
    if question.field.library == "languages":
        offered = state.rulebook.languages_of(state.kind)
        return state.language if state.language in offered else next(iter(offered), None)
    default = _default_by(state, question)
    if question.field.kind == "date" and isinstance(default, str):
        return parse_date(default, today=state.today)
    if question.field.library in ("bases", "objections") and default:
        wanted = _with_advised(state, default) if question.field.library == "bases" else list(default)
        return _without_unsuitable(state, question, wanted)
    return default if default is not None else question.field.default


def _taken_over(question: Question, value: Any) -> Any:
    return [value] if question.field.kind in ("list", "persons") and isinstance(value, str | dict) else value


def _composed(state: InterviewState, question: Question) -> Any:
    """The first of the default texts whose blanks other answers fill; None if there is none."""
    for text in question.default_text:
        if lines := list(_completed_texts(state, text)):
            return lines if question.field.kind == "list" else _as_answer(question, lines[0])
    return None


def _completed_texts(state: InterviewState, text: str) -> Iterator[str]:
    """A default text with other answers in its blanks; one for each entry of the list whose parts it names."""
    names = _BLANK.findall(text)
    listed = next((each for name in names if (each := state.question(name.rpartition(".")[0])) and each.items), None)
    if listed is None:
        words = {name: _in_words(state, name) for name in names}
        if all(words.values()):
            yield _completed(text, words)
        return
    for entry in get(state.answers, listed.field.name) or ():
        words = {f"{listed.field.name}.{part}": "; ".join(in_words(value)) for part, value in entry.items()}
        if all(words.get(name) for name in names):
            yield _completed(text, words)


def _completed(text: str, words: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: words[blank[1]], text)


def _in_words(state: InterviewState, name: str) -> str:
    """An answer as it reads in a sentence; empty if there is none."""
    value, question = get(state.answers, name), state.question(name)
    if value in (None, "", []) or question is None:
        return ""
    is_choice = question.field.kind in ("choice", "choices")
    lines = {option.value: option.line for option in options_for(state, question)} if is_choice else {}
    return listed(list(in_words(value, lines)))


def _as_answer(question: Question, text: str) -> Any:
    if question.field.kind == "persons":
        name, _, title = text.partition(", ")
        return [{"name": name, "title": title}]
    return [text] if question.field.kind == "list" else text


def _next_reference(state: InterviewState, memory: Memory) -> str:
    """The register's next number of the year of the letter; somebody else may take it before the letter is written."""
    day = get(state.answers, "date")
    offered = memory.next_reference(day if isinstance(day, date) else state.today)
    state.references_offered.add(offered)
    return offered


def _default_by(state: InterviewState, question: Question) -> Any:
    for name, values in question.default_by.items():
        answer = get(state.answers, name)
        word = str(answer).lower() if isinstance(answer, bool) else answer
        if word in values:
            return values[word]
    return question.default


def _without_unsuitable(state: InterviewState, question: Question, ids: list[str]) -> list[str]:
    """The legal bases or objections a prompt file proposes, without those the other answers rule out."""

    def problems(chosen: list[str]) -> int:
        broken = rules_broken_by(state, question, chosen)
        return sum(problem.field.startswith(question.field.name) for problem in broken)

    for name in list(ids):
        fewer = [other for other in ids if other != name]
        if problems(fewer) < problems(ids):
            ids = fewer
    return ids


def options_for(state: InterviewState, question: Question) -> list[Option]:
    """The choices the question offers, given the other answers."""
    rulebook = state.rulebook
    match question.field.library:
        case "bases":
            return _bases(state, question)
        case "amended":
            letter = partial_letter(state.answers, state.rulebook.form_of(state.kind))
            day = letter.date or state.today
            return [_basis(each, day) for each in rulebook.amended.values() if each.amended_before(day)]
        case "assertable":
            return [
                Option(each.id, f"{each.citation}: {each.title}", _sentence(each.summary))
                for each in rulebook.assertable.values()
            ]
        case "conditions":
            so_far = partial_letter(state.answers)
            return [
                Option(each.id, each.subject, filled(state, each.text), always=each.required)
                for each in rulebook.conditions.values()
                if each.fits(so_far)
            ]
        case "objections":
            process, so_far = get(state.answers, "request.process"), partial_letter(state.answers)
            return [
                Option(each.id, each.subject, filled(state, each.text))
                for each in rulebook.objections.values()
                if process in each.answers_to and each.fits(so_far)
            ]
        case "grounds":
            so_far = partial_letter(state.answers)
            return [
                Option(each.id, each.title or each.text, filled(state, each.text))
                for each in rulebook.grounds.values()
                if each.fits(so_far)
            ]
        case "records":
            return _records(state, question)
        case "languages":
            return [Option(tag, name) for tag, name in rulebook.languages_of(state.kind).items()]
        case "signatories":
            return [Option(each.id, f"{each.name}, {each.title}") for each in rulebook.signatories.values()]
    if question.choices:
        return [Option(value, line) for value, line in question.choices.items()]
    return [Option(value, value.replace("-", " ")) for value in question.field.choices]


def _bases(state: InterviewState, question: Question) -> list[Option]:
    """Law in force that supports this kind: what is chosen, in its order; what the advice names; then the rest.

    Besides what suits the request, it has what the letter's own text cites.
    """
    letter = partial_letter(state.answers, state.rulebook.form_of(state.kind))
    day = letter.date or state.today
    advised, in_text = _advised(state), _cited_by_template(state)
    topics = letter.topics(state.rulebook)
    chosen = list(get(state.answers, question.field.name) or proposed_for(state, question) or ())
    offered = [
        basis
        for basis in state.rulebook.bases.values()
        if state.kind in basis.supports
        and basis.in_force_on(day)
        and (_suits(basis, letter, topics) or (basis.id in in_text and not basis.only_if_asserted))
    ]
    last = len(chosen)
    offered.sort(key=lambda basis: (chosen.index(basis.id) if basis.id in chosen else last, basis.id not in advised))
    return [_basis(each, day, advised=each.id in advised, in_text=each.id in in_text) for each in offered]


def _cited_by_template(state: InterviewState) -> set[str]:
    """The law that the letter's own text cites, by its short name or by the role it fills."""
    named = state.rulebook.template_law.get(state.kind, ())
    return {basis.id for name in named for basis in state.rulebook.named(name)}


def _suits(basis: LegalBasis, letter: Letter, topics: Collection[str]) -> bool:
    return bool(
        set(topics) & set(basis.applies_to)
        and (not basis.only_for or set(topics) & set(basis.only_for))
        and (not basis.only_if_asserted or basis.id in (getattr(letter.request, "asserted", None) or []))
    )


def _advised(state: InterviewState) -> set[str]:
    """The law that the advice names for this kind of letter."""
    advice = outcome(state)
    return {
        name
        for rule in (advice.rules if advice else ())
        if state.kind == rule.recommend or state.kind in rule.also
        for name in rule.bases
    }


def _with_advised(state: InterviewState, ids: Sequence[str]) -> list[str]:
    """The law that a prompt file proposes, and the binding enactments the advice names besides whose text is known."""
    letter = partial_letter(state.answers, state.rulebook.form_of(state.kind))
    day, topics, named = letter.date or state.today, letter.topics(state.rulebook), _advised(state)
    advised = [
        basis.id
        for basis in state.rulebook.bases.values()
        if basis.id in named
        and basis.id not in ids
        and state.kind in basis.supports
        and basis.in_force_on(day)
        and basis.authority == "binding"
        and basis.form != "case"
        and not basis.stale_on(day)
        and _suits(basis, letter, topics)
    ]
    return [*ids, *advised]


def _records(state: InterviewState, question: Question) -> list[Option]:
    records = list(state.rulebook.records.values())
    if question.field.name == "approved":
        requested = get(state.answers, "request.records") or []
        records = [each for each in records if each.may_be_approved and (not requested or each.id in requested)]
    return [Option(each.id, each.name) for each in records]


def _basis(basis: LegalBasis, day: date, *, advised: bool = False, in_text: bool = False) -> Option:
    persuasive = basis.authority == "persuasive"
    stale = basis.stale_on(day)
    force = [
        f"from {long_date(basis.in_force_from)}" if basis.in_force_from else "",
        f"until {long_date(basis.in_force_until)}" if basis.in_force_until else "",
    ]
    in_force = " ".join(part for part in force if part)
    facts = [
        "Persuasive only, not binding." if persuasive else "Binding.",
        f"In force {in_force}." if in_force else "",
        f"Text as of: {basis.read_as_of}.{f' Confidence: {basis.confidence}.' if basis.confidence else ''}",
        "The letter\N{RIGHT SINGLE QUOTATION MARK}s own text cites it." if in_text else "",
    ]
    why = _why_look_up(basis, day) if stale else ""
    reminders = [
        word for word, holds in (("persuasive only", persuasive), (f"look up the text: {why}", stale)) if holds
    ]
    return Option(
        basis.id,
        f"{basis.citation}: {basis.title}",
        "\n".join(
            [
                " ".join(fact for fact in facts if fact),
                _sentence(basis.summary),
                f"Caution: {basis.caveat}",
                *([f"Look up the text in the official publication: {why}."] if stale else []),
            ]
        ),
        f"{basis.citation}: {' and '.join(reminders)}" if reminders else "",
        mark="recommended" if advised else "",
    )


def _why_look_up(basis: LegalBasis, day: date) -> str:
    """Why the text on file may not be that of the day."""
    if amended := basis.amended_before(day):
        between = f"between our copy ({basis.read_as_of}) and the letter ({long_date(day)})"
        return f"it was amended effective {long_date(amended)}, {between}"
    if basis.read_as_of == "undated":
        return f"our copy is undated, so it may have read otherwise on {long_date(day)}"
    return f"our copy shows the text of {basis.read_as_of}, not that of {long_date(day)}"


def _sentence(fragment: str) -> str:
    return f"{fragment[0].upper()}{fragment[1:]}."
