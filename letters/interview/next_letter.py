"""The next letter of a matter, from the answers behind an earlier one: about the same request, or about a new one.

Counsel is asked which. A new request is asked about afresh, and the old one joins the earlier requests, with our answer
to it. What is known about the requester stays, and so does everything about the letter that rarely changes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from letters._text.dates import long_date
from letters.interview import entries
from letters.interview.answer_validity import recheck
from letters.interview.options import Option
from letters.interview.state import InterviewState
from letters.interview.text_input import as_typed
from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.model.fields import get, put

SAME, NEW = "same", "new"
# What a new request leaves as it is, besides the requester.
_STAYS = frozenset(
    {"request.earlier", "request.agreement", "delivery", "signatory", "copies", "responsible", "status_sentence"}
)


def particulars(earlier: Answers) -> dict[str, Any]:
    """What has to be known of the earlier letter while the next one is being written."""
    return {name: earlier[name] for name in ("kind", "date", "reference") if earlier.get(name) is not None}


def is_due(state: InterviewState) -> bool:
    """Whether counsel still has to say which request the letter is about."""
    return bool(state.letter_before) and "about" not in state.letter_before


def options(state: InterviewState) -> list[Option]:
    """The same request, or a new one."""
    day = get(state.answers, "request.dated") or get(state.answers, "request.received")
    of = f" of {long_date(day)}" if isinstance(day, date) else ""
    return [
        Option(SAME, f"The same request{of}", "What is known about the request stays; the rest is asked again."),
        Option(
            NEW,
            "A new request from the same requester",
            f"The request{of} joins the earlier requests, with our answer to it, and you are asked about the new one.",
        ),
    ]


def choose(state: InterviewState, about: str) -> None:
    """The letter is about this request: ``same`` or ``new``."""
    state.letter_before["about"] = about
    state.position = ""
    _remember_our_letter(state)
    if about == NEW:
        _ask_again(state)
    recheck(state)


def warning(state: InterviewState) -> str:
    """A caution if the same request is being answered twice in the same way; else empty."""
    before = state.letter_before
    if before.get("about") != SAME or not state.kind or before.get("kind") != state.kind:
        return ""
    return (
        f"This request has been answered by a letter of the same kind: {state.kind_title(state.kind).lower()}"
        f"{_of(before)}. Make sure that a second one is intended."
    )


def remove_what_is_asked_anew(library: Library, answers: Answers, kind: str) -> dict[str, str]:
    """Remove the answers that every letter needs anew.

    Args:
        kind: the kind of the next letter; empty to let the advice and counsel decide.

    Returns:
        What they said, by field.
    """
    before = answers.get("kind")
    known = isinstance(before, str) and before in library.kinds
    said: dict[str, str] = {}
    for question in load_questionnaire(library, str(before) if known else kind).questions:
        name = question.field.name
        if question.anew and (value := get(answers, name)) is not None:
            said[name] = as_typed(question, value)
            put(answers, name, None)
    if not kind:
        answers.pop("kind", None)
    return said


def _of(before: dict[str, Any]) -> str:
    day = before.get("date")
    number = f", {before['reference']}" if before.get("reference") else ""
    return f" ({long_date(day)}{number})" if isinstance(day, date) else ""


def _remember_our_letter(state: InterviewState) -> None:
    """Offer our letter among the earlier letters, and for enclosing."""
    before = state.letter_before
    if isinstance(day := before.get("date"), date):
        entry = {"date": day} | ({"reference": before["reference"]} if before.get("reference") else {})
        state.unfinished_entries.setdefault("earlier_letters", entry)
        number = f" ({before['reference']})" if before.get("reference") else ""
        used = dict(state.used_before)
        used["enclosures"] = [f"Our letter of {long_date(day)}{number}", *used.get("enclosures", ())]
        state.used_before = used


def _ask_again(state: InterviewState) -> None:
    earlier = _as_earlier(state)
    for question in state.questionnaire.questions:
        name = question.field.name
        if name in _STAYS or name.startswith("request.requester."):
            continue
        state.skipped.discard(name)
        if (value := get(state.answers, name)) is not None:
            if question.field.kind in ("text", "list", "persons"):
                state.previous[name] = as_typed(question, value)
            put(state.answers, name, None)
    state.advice_seen = None
    _list_earlier(state, earlier)


def _list_earlier(state: InterviewState, earlier: dict[str, Any]) -> None:
    """Add the old request to the earlier ones; what is not known of it is asked now."""
    name = "request.earlier"
    question = state.question(name)
    if not question or not earlier:
        return
    state.skipped.discard(name)
    if all(part.name in earlier for part in question.field.parts if part.required):
        put(state.answers, name, [*entries.entries_of(state, question), earlier])
    else:
        state.unfinished_entries[name] = earlier
        entries.resume_entry(state, name)


def _as_earlier(state: InterviewState) -> dict[str, Any]:
    """The old request as an entry among the earlier ones, as far as it is known."""
    request, before = state.answers.get("request", {}), state.letter_before
    found = {
        "day": request.get("dated") or request.get("received"),
        "channel": request.get("channel"),
        "reached": request.get("received_by"),
        "answered": before.get("date"),
        "reference": before.get("reference"),
    }
    return {name: value for name, value in found.items() if value is not None}
