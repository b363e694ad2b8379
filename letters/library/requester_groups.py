"""Groups of requesters: kinds that the law treats alike in some respect, named once in `templates/rules.toml`.

Each `[[requester]]` there says which groups it belongs to. Wherever a file of the library compares
`request.requester.agency_kind`, the name of a group stands for its members.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from letters.library.toml import loads
from letters.library.toml_recovery import has_conflict, recover

Groups = Mapping[str, list[str]]
COMPARED = "agency_kind"
"""The last part of the name of the field whose values groups stand for."""


@lru_cache(maxsize=20)  # every file of a library asks
def groups_in(text: str) -> Groups | None:
    """The members of each group, in the order of rules.toml; None if it defines no kinds of requester.

    What is not well formed is left out, and reported where the file is read. Raises RecursionError or ValueError.
    """
    rules = recover(text).data if has_conflict(text) else loads(text)
    if "requester" not in rules:
        return None
    found: dict[str, list[str]] = {}
    entries = rules["requester"]
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(entry.get("groups"), list):
            for group in entry["groups"]:
                if isinstance(group, str):
                    found.setdefault(group, []).append(entry["id"])
    return found


def with_members(data: Any, groups: Groups) -> Any:
    """The contents of a file with the members of each group in place of its name."""
    if not groups:
        return data
    if isinstance(data, dict):
        return {
            key: _members(value, groups)
            if key.endswith(COMPARED) and key.rpartition(".")[2] == COMPARED
            else value
            if isinstance(value, str)
            else with_members(value, groups)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [each if isinstance(each, str) else with_members(each, groups) for each in data]
    return data


def _members(value: Any, groups: Groups) -> Any:
    if isinstance(value, str):
        return groups.get(value, value)
    if isinstance(value, list):
        found = [member for each in value for member in (groups.get(each, [each]) if isinstance(each, str) else [each])]
        return list(dict.fromkeys(found)) if all(isinstance(each, str) for each in found) else found
    return with_members(value, groups)
