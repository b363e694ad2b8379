"""Which letter: what the facts call for, and turning one kind of letter into another without losing an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letters._text.english import listed
from letters.errors import Problem
from letters.interview.choices import Option
from letters.interview.fitting import read_again, recheck, refuse_misshapen, strangers
from letters.interview.state import InterviewState
from letters.library.answers import Answers
from letters.model.fields import fields_of, get, put
from letters.model.kinds import KINDS

# The letter that asks for what an approval's request lacks.
_APPROVAL, _ASKS_FOR_MORE = "conditional-approval", "request-for-justification"
# Answers that are about one kind of letter, although every kind has them.
_OF_ITS_KIND = ("legal_basis", "departure")
_STRANGERS = ""


def kind_is_due(state: InterviewState) -> bool:
    """Whether counsel has to choose the kind now: none is chosen, or the advice on the facts is another."""
    if state.open_fact():
        return False
    if not state.kind:
        return True
    return state.departs and not state.answers.get("departure") and state.decided != state.rules_advised()


def kind_choices(state: InterviewState) -> list[Option]:
    """The kinds of letter, each with what the advice says of it."""
    outcome = state.outcome()
    found = []
    for kind in state.library.kinds.values():
        mark = ""
        if outcome and kind.name in outcome.kinds:
            mark = "advised" if kind.name == outcome.kind else "also"
        found.append(Option(kind.name, kind.title, f"{kind.summary}\nUse it when: {kind.use_when}", mark=mark))
    return found


def write_as(state: InterviewState, kind: str) -> tuple[str, ...]:
    """Counsel chooses this kind of letter, knowing the advice.

    Returns:
        Titles of the answers that are set aside, because the kind has no place for them. Choosing the former kind
        again takes them back.
    """
    before = state.kind
    titles = turn(state, kind, before)
    state.decided = state.rules_advised()
    recheck(state)
    return titles


def turn(state: InterviewState, kind: str, before: str) -> tuple[str, ...]:
    """Make the answers those of a letter of this kind; returns the titles of what is set aside."""
    changed = bool(before) and before != kind
    if changed:
        kept = {name: state.answers[name] for name in _OF_ITS_KIND if state.answers.get(name) is not None}
        state.aside.setdefault(before, {}).update(kept)
    state.take_script(kind)
    refuse_misshapen(state.answers)
    titles = list(_put_aside(state, before))
    if kind:
        state.answers["kind"] = kind
    if changed:
        titles += list(_leave_behind(state))
    _take_back(state)
    for name, value in state.script.presets.items():
        if get(state.answers, name) is None:
            put(state.answers, name, value)
    read_again(state)
    return tuple(titles)


def _put_aside(state: InterviewState, before: str) -> Iterator[str]:
    """Move what this kind has no place for out of the answers."""
    elsewhere = {field.name: field.title for each in KINDS for field in fields_of(each).values()}
    if not state.kind:
        return  # every kind may still be meant
    for name in strangers(state):
        left = before if name in elsewhere and before != state.kind else _STRANGERS
        state.aside.setdefault(left, {})[name] = get(state.answers, name)
        put(state.answers, name, None)
        yield elsewhere.get(name, f"“{name}”, which no question asks for")


def _leave_behind(state: InterviewState) -> Iterator[str]:
    """Of what is about one kind of letter alone, what another may not carry on."""
    if state.answers.pop("departure", None):
        yield fields_of(state.kind)["departure"].title
    bases, chosen = state.rulebook.bases, state.answers.get("legal_basis")
    if isinstance(chosen, list):
        misfits = [name for name in chosen if name in bases and state.kind not in bases[name].supports]
        put(state.answers, "legal_basis", [name for name in chosen if name not in misfits] or None)
        yield from (f"{bases[name].citation}, which supports no such letter" for name in misfits)


def _take_back(state: InterviewState) -> None:
    """What was set aside and has its place again: of this kind first, then of the kind left last."""
    own = state.aside.pop(state.kind, {}) if state.kind else {}
    for name, value in own.items():
        if name in _OF_ITS_KIND or get(state.answers, name) is None:
            put(state.answers, name, value)
    for left in reversed(list(state.aside.values())):
        for name in [name for name in left if name in state.fields and name not in _OF_ITS_KIND]:
            value = left.pop(name)
            if get(state.answers, name) is None:
                put(state.answers, name, value)
    state.aside = {kind: left for kind, left in state.aside.items() if left}


def instead(state: InterviewState, problems: tuple[Problem, ...]) -> str:
    """The letter that asks for what the request lacks, where it lacks too much for an approval; else empty."""
    if state.kind != _APPROVAL or _ASKS_FOR_MORE not in state.library.kinds:
        return ""
    facts = state.settled_facts()
    if get(facts, "request.public_records") or get(facts, "request.process") not in (None, "none"):
        return ""  # a public-records request is not asked for reasons, and process is answered on its own terms
    shows = {name for element in state.rulebook.showing.values() for name in element.fields} | {"request.access"}
    lacks = any(problem.code in ("missing", "rule") and problem.field in shows for problem in problems)
    return _ASKS_FOR_MORE if lacks else ""


def advice_lines(state: InterviewState) -> list[tuple[str, str]]:
    """The advice in words, for counsel: style (``section``, ``problem`` or none) and text."""
    outcome = state.outcome()
    if outcome is None:
        return []
    if outcome.stop:
        lines = [("section", "The advice: stop. On these facts no letter is recommended.")]
    else:
        beside = [state.kind_title(kind).lower() for kind in outcome.kinds if kind != outcome.kind]
        also = f". Beside it, or instead: {listed(beside)}" if beside else ""
        lines = [("section", f"The advice: {state.kind_title(outcome.kind).lower()}{also}.")]
    for rule in outcome.rules:
        lines.append(("problem" if rule.stop else "", f"• {rule.reason} ({rule.source})"))
        if rule.ask:
            lines.append(("problem", f"  {rule.ask}"))
    return list(dict.fromkeys(lines))


def begin(state: InterviewState, given: Answers, kind: str) -> tuple[str, ...]:
    """Start from these answers, as this kind of letter; returns the titles of what has no place in it.

    Raises:
        InvalidAnswers: a table among them is none.
    """
    named: Any = given.get("kind")
    before = named if isinstance(named, str) else ""
    state.answers = given
    titles = turn(state, kind or before, before)
    recheck(state)
    return titles
