"""Which files a kind of letter is made of, and what it takes from those that all kinds share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from letters.library.library import Library
from letters.model.kinds import KINDS, letter_type

# Files that only some letters take words from, by the name their template uses.
_ONLY_FOR = {
    "objections": "objections.toml",
    "missing": "showing.toml",
    "request_contents": "showing.toml",
    "reasons_given": "reasons.toml",
}


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


def _rules_for(kind: str, data: Mapping[str, Any]) -> list[Any]:
    """The rules on letters of this kind, and everything that rules share."""
    rules = [rule for rule in data.get("rule", []) if not rule.get("kinds") or kind in rule["kinds"]]
    return [{name: table for name, table in data.items() if name != "rule"}, rules]


# Files that all kinds share, but of which each kind takes only a part: adding a statute for one kind does not change
# what was approved for the others.
TAKEN_IN_PART: Mapping[str, Callable[[str, Mapping[str, Any]], list[Any]]] = {
    "templates/legal_basis.toml": _law_for,
    "templates/conditions.toml": _terms_for,
    "templates/rules.toml": _rules_for,
}


def always_needed(library: Library, kind: str) -> tuple[str, ...]:
    """The files that every letter of a kind is made of, whatever its template says.

    If it can be written in several languages, they are approved together: what was approved is that they say the same.
    """
    return (f"templates/{kind}/letter.docx", f"templates/{kind}/kind.toml", *_with_translations(library, kind, ()))


def files_of(library: Library, kind: str, passages: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """Every file that letters of a kind are made of.

    Args:
        passages: the shared passages its templates include.
        names: the names its templates use.
    """
    shared = (f"templates/shared/{passage}.docx" for passage in passages)
    tables = list(dict.fromkeys(f"templates/{file}" for name, file in _ONLY_FOR.items() if name in names))
    found = (*always_needed(library, kind), *sorted(shared), *_with_translations(library, kind, tables))
    return tuple(dict.fromkeys(found))


def _with_translations(library: Library, kind: str, tables: Collection[str]) -> Iterator[str]:
    """The text files of a kind, and what there is of them in its other languages; and its other templates."""
    *shared, own = library.prompt_files(kind)
    prompts = (own, *shared, *(("advice",) if kind in KINDS else ()))
    names = [
        *(f"templates/{name}.toml" for name in ("legal_basis", "rules", "conditions", "phrases", "office")),
        *(f"prompts/{name}.toml" for name in prompts),
    ]
    yield from (*names, *tables)
    for language in library.translations(kind):
        yield f"templates/{kind}/letter.{language}.docx"
        for name in (*names, *tables):
            if found := library.translation(library.root / name, language):
                yield library.name_of(found)
