"""What an interview knows beside its answers, as plain data to be saved with them and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letters.interview.state import InterviewState


def memory(state: InterviewState) -> dict[str, Any]:
    """What was set aside, what earlier answers said, and the entry that is being given."""
    entry = state.entry
    in_hand = entry if entry and entry.fresh and entry.parts else None
    found = {
        "aside": state.aside,
        "old": state.old,
        "decided": state.decided,
        "unfinished": state.unfinished | ({in_hand.name: in_hand.parts} if in_hand else {}),
        "entry": in_hand.name if in_hand else None,
    }
    return {name: value for name, value in found.items() if value}


def recall(state: InterviewState, before: Mapping[str, Any]) -> None:
    """Take up what `memory` gave, as far as it is what it should be: a person may have edited the file."""
    state.aside = _tables(before.get("aside"))
    state.unfinished = _tables(before.get("unfinished"))
    old, decided = before.get("old"), before.get("decided")
    state.old = {str(name): str(said) for name, said in old.items()} if isinstance(old, dict) else {}
    state.decided = tuple(map(str, decided)) if isinstance(decided, list | tuple) else None


def _tables(value: object) -> dict[str, dict[str, Any]]:
    tables = value.items() if isinstance(value, dict) else ()
    return {str(name): dict(table) for name, table in tables if isinstance(table, dict)}
