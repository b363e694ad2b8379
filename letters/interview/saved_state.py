"""What an interview knows besides its answers, as plain data that is saved with them and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from letters.interview.state import InterviewState
from letters.matters.intake.arrived import Proposal


def skipped_in_order(state: InterviewState) -> tuple[str, ...]:
    """The fields whose questions were skipped, in the order of the questions."""
    known = [name for name in state.fields if name in state.skipped]
    return (*known, *sorted(state.skipped - set(known)))


def dump(state: InterviewState) -> dict[str, Any]:
    """What was set aside, picked, filled in or half typed, what earlier answers said, and the entry being filled in."""
    entry = state.entry
    in_progress = entry if entry and entry.is_new and entry.parts else None
    found = {
        "aside": state.set_aside,
        "old": state.previous,
        "claims": state.claims,
        "typed": state.half_typed,
        "before": state.letter_before,
        "opened": sorted(state.opened),
        "filled": sorted(state.filled),
        "decided": state.advice_seen,
        "recalled": state.recalled,
        "filed": state.filed,
        "offered": sorted(state.references_offered),
        "proposed": {name: [each.value, each.source, each.doubt] for name, each in state.proposals.items()},
        "unfinished": state.unfinished_entries | ({in_progress.name: in_progress.parts} if in_progress else {}),
        "entry": in_progress.name if in_progress else None,
    }
    return {name: value for name, value in found.items() if value}


def restore(state: InterviewState, saved: Mapping[str, Any]) -> None:
    """Read back what `dump` returned, ignoring whatever has the wrong shape: somebody may have edited the file."""
    state.set_aside = _tables(saved.get("aside"))
    state.unfinished_entries = _tables(saved.get("unfinished"))
    state.claims = _texts(saved.get("claims"))
    state.previous, state.half_typed = _texts(saved.get("old")), _texts(saved.get("typed"))
    before = saved.get("before")
    state.letter_before = dict(before) if isinstance(before, dict) else {}
    if isinstance(day := state.letter_before.get("date"), str):
        state.letter_before["date"] = _day(day)
    state.opened, state.filled = (_names(saved.get(key)) for key in ("opened", "filled"))
    state.recalled = saved.get("recalled") is True
    state.references_offered = _names(saved.get("offered"))
    state.filed = str(saved.get("filed") or "")
    state.proposals = dict(_proposals(state, saved.get("proposed")))
    seen = saved.get("decided")
    state.advice_seen = tuple(map(str, seen)) if isinstance(seen, list | tuple) else None


def _proposals(state: InterviewState, value: object) -> Iterator[tuple[str, Proposal]]:
    for name, parts in value.items() if isinstance(value, dict) else ():
        if not (isinstance(parts, list) and len(parts) == 3):
            continue
        found, source, doubt = parts
        known = state.fields.get(str(name))
        with suppress(ValueError):
            if known and known.kind == "date":
                found = date.fromisoformat(str(found))
            yield str(name), Proposal(found, str(source), str(doubt))


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _names(value: object) -> set[str]:
    return set(map(str, value)) if isinstance(value, list | tuple) else set()


def _tables(value: object) -> dict[str, dict[str, Any]]:
    tables = value.items() if isinstance(value, dict) else ()
    return {str(name): dict(table) for name, table in tables if isinstance(table, dict)}
