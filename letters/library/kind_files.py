"""Which files a kind of letter is made of, and what it takes from those that all kinds share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from letters.model.kinds import KINDS, letter_type

# Files that only some letters take words from, by the name their template uses.
_ONLY_FOR = {"objections": "objections.toml", "missing": "showing.toml"}


def _law_for(kind: str, data: Mapping[str, Any]) -> list[Any]:
    """Of the law: what this kind may cite, what requesters rely on, and what sets deadlines."""
    return [
        entry
        for entry in data.get("basis", [])
        if kind in entry.get("supports", []) or entry.get("assertable") or entry.get("deadlines")
    ]


def _terms_for(kind: str, data: Mapping[str, Any]) -> list[Any]:
    """The categories of records, which any request may name; and the conditions, which only approvals carry."""
    terms = data.get("condition", []) if "conditions" in letter_type(kind).model_fields else []
    return [data.get("records", []), terms]


# Files that all kinds share, but of which each kind takes only a part: adding a statute for one kind does not change
# what was approved for the others.
TAKEN_IN_PART: Mapping[str, Callable[[str, Mapping[str, Any]], list[Any]]] = {
    "templates/legal_basis.toml": _law_for,
    "templates/conditions.toml": _terms_for,
}


def always_needed(kind: str) -> tuple[str, ...]:
    """The files that every letter of a kind is made of, whatever its template says."""
    prompts = (kind, "request", "letter", *(("advice",) if kind in KINDS else ()))
    return (
        f"templates/{kind}/letter.docx",
        f"templates/{kind}/kind.toml",
        *(f"templates/{name}.toml" for name in ("legal_basis", "conditions", "phrases", "office")),
        *(f"prompts/{name}.toml" for name in prompts),
    )


def files_of(kind: str, passages: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """Every file that letters of a kind are made of.

    Args:
        passages: the shared passages its template includes.
        names: the names its template uses.
    """
    shared = (f"templates/shared/{passage}.docx" for passage in passages)
    tables = (f"templates/{file}" for name, file in _ONLY_FOR.items() if name in names)
    return (*always_needed(kind), *sorted(shared), *tables)
