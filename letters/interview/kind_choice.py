"""The kind of letter: what the advice recommends, and changing from one kind to another without losing an answer."""

from __future__ import annotations

from collections.abc import Iterator

from letters._text.english import listed
from letters.interview.answer_validity import read_values, recheck, refuse_malformed, unused_names
from letters.interview.applicability import advice_rules, departs, effective_facts, facts_are_open, outcome
from letters.interview.completion import problems_in
from letters.interview.options import Option
from letters.interview.state import InterviewState
from letters.library.answers import Answers
from letters.model.fields import fields_of, get, put
from letters.model.kinds import KINDS

ADVICE_ONLY = "This is advice only. The decision is yours."

# The letter that asks for what the request for an approval lacks.
_APPROVAL, _ASKS_FOR_MORE = "conditional-approval", "request-for-justification"
# Answers that are about one kind of letter, although every kind has them.
_PER_KIND = ("legal_basis", "departure")
# Where answers are set aside that no kind of letter uses.
_NO_KIND = ""


def start(state: InterviewState, given: Answers, kind: str) -> None:
    """Start from these answers, with this kind of letter, or with the one they name.

    Raises:
        InvalidAnswers: an answer that must be a table is not one.
    """
    named = given.get("kind")
    before = named if isinstance(named, str) else ""
    state.answers = given
    state.unused_at_start = _change(state, kind or before, before)
    recheck(state)


def is_due(state: InterviewState) -> bool:
    """Whether counsel must choose the kind now: none is chosen, or the advice recommends another."""
    if facts_are_open(state):
        return False
    if not state.kind:
        return True
    return departs(state) and not state.answers.get("departure") and state.advice_seen != advice_rules(state)


def kind_options(state: InterviewState) -> list[Option]:
    """The kinds of letter, marked as the advice recommends."""
    advised = outcome(state)
    found = []
    for kind in state.library.kinds.values():
        mark = ""
        if advised and kind.name in advised.kinds:
            mark = "recommended" if kind.name == advised.kind else "also"
        found.append(Option(kind.name, kind.title, f"{kind.summary}\nUse it when: {kind.use_when}", mark=mark))
    return found


def default_kind(state: InterviewState) -> str:
    """The kind to preselect: the one chosen before, else the one recommended."""
    advised = outcome(state)
    return state.kind or (advised.kind if advised else "")


def choose(state: InterviewState, kind: str) -> tuple[str, ...]:
    """Write this kind of letter: counsel has seen the advice and chosen it.

    Returns:
        Titles of the answers set aside because this kind of letter does not use them. Choosing the earlier kind again
        brings them back.
    """
    state.position = ""
    titles = _change(state, kind, state.kind)
    state.advice_seen = advice_rules(state)
    recheck(state)
    return titles


def likely_kind(state: InterviewState) -> str:
    """The kind chosen, or recommended; while facts are open, the one they point to so far."""
    if kind := default_kind(state):
        return kind
    advised = state.advice.on(effective_facts(state)) if state.advice else None
    return advised.kind if advised and advised.kind in state.library.kinds else next(iter(state.library.kinds))


def alternative(state: InterviewState) -> str:
    """The letter that asks for what the request lacks, if it lacks too much for an approval; else empty."""
    if state.kind != _APPROVAL or _ASKS_FOR_MORE not in state.library.kinds:
        return ""
    facts = effective_facts(state)
    if get(facts, "request.public_records") or get(facts, "request.process") not in (None, "none"):
        return ""  # a public-records request needs no reasons, and legal process is answered on its own terms
    shows = {name for element in state.rulebook.showing.values() for name in element.fields} | {"request.access"}
    lacks = any(problem.code in ("missing", "rule") and problem.field in shows for problem in problems_in(state))
    return _ASKS_FOR_MORE if lacks else ""


def advice_lines(state: InterviewState) -> list[tuple[str, str]]:
    """The advice in words: for each line its style (``section``, ``problem`` or none) and text."""
    advised = outcome(state)
    if advised is None:
        return []
    if advised.stop:
        lines = [("section", "Advice: stop. On these facts, no letter is recommended.")]
    else:
        others = [state.kind_title(kind).lower() for kind in advised.kinds if kind != advised.kind]
        also = f". In addition, or instead: {listed(others)}" if others else ""
        lines = [("section", f"Advice: {state.kind_title(advised.kind).lower()}{also}.")]
    for rule in advised.rules:
        lines.append(("problem" if rule.stop else "", f"• {rule.reason} ({rule.source})"))
        if rule.ask:
            lines.append(("problem", f"  {rule.ask}"))
    return list(dict.fromkeys(lines))


def _change(state: InterviewState, kind: str, before: str) -> tuple[str, ...]:
    """Make the answers those of a letter of this kind; returns the titles of what is set aside."""
    changed = bool(before) and before != kind
    if changed:
        kept = {name: state.answers[name] for name in _PER_KIND if state.answers.get(name) is not None}
        state.set_aside.setdefault(before, {}).update(kept)
    state.load_questions(kind)
    refuse_malformed(state.answers)
    titles = list(_set_aside_unused(state, before))
    if kind:
        state.answers["kind"] = kind
    if changed:
        titles += list(_drop_what_was_about_the_other_kind(state))
    _bring_back(state)
    for name, value in state.questionnaire.presets.items():
        if get(state.answers, name) is None:
            put(state.answers, name, value)
    read_values(state)
    return tuple(titles)


def _set_aside_unused(state: InterviewState, before: str) -> Iterator[str]:
    """Move the answers this kind does not use out of the way."""
    elsewhere = {field.name: field.title for each in KINDS for field in fields_of(each).values()}
    if not state.kind:
        return  # it may still become any kind
    for name in unused_names(state):
        left = before if name in elsewhere and before != state.kind else _NO_KIND
        state.set_aside.setdefault(left, {})[name] = get(state.answers, name)
        put(state.answers, name, None)
        yield elsewhere.get(name, f"“{name}”, which no question asks for")


def _drop_what_was_about_the_other_kind(state: InterviewState) -> Iterator[str]:
    if state.answers.pop("departure", None):
        yield fields_of(state.kind)["departure"].title
    bases, chosen = state.rulebook.bases, state.answers.get("legal_basis")
    if isinstance(chosen, list):
        unsuitable = [name for name in chosen if name in bases and state.kind not in bases[name].supports]
        put(state.answers, "legal_basis", [name for name in chosen if name not in unsuitable] or None)
        yield from (f"{bases[name].citation}, which does not support this kind of letter" for name in unsuitable)


def _bring_back(state: InterviewState) -> None:
    """Restore what was set aside and is used again: first from this kind, then from the kind left last."""
    own = state.set_aside.pop(state.kind, {}) if state.kind else {}
    for name, value in own.items():
        if name in _PER_KIND or get(state.answers, name) is None:
            put(state.answers, name, value)
    for left in reversed(list(state.set_aside.values())):
        for name in [name for name in left if name in state.fields and name not in _PER_KIND]:
            value = left.pop(name)
            if get(state.answers, name) is None:
                put(state.answers, name, value)
    state.set_aside = {kind: left for kind, left in state.set_aside.items() if left}
