"""The answers that `templates/rules.toml` defines: kinds of requester, natures of a matter, process, powers, decisions.

A library that says nothing about one of them has the values that Letters ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from letters._text.limited_memory import remember
from letters.library.library import Library
from letters.model.fields import Field
from letters.model.values import NATURE_NOT_STATED, NO_PROCESS, OTHER_POWER

# The tables of rules.toml that define values, each with the value that stands for nothing said, if there is one.
TABLES: Mapping[str, str] = {
    "requester": "",
    "nature": NATURE_NOT_STATED,
    "process": NO_PROCESS,
    "power": OTHER_POWER,
    "decision": "",
}
# The table whose values each attribute of the rulebook lists.
_TABLE_OF = {"requesters": "requester", "natures": "nature", "processes": "process", "powers": "power",
             "decisions": "decision"}  # fmt: skip


# What the files read so far define, by their text: every questionnaire asks, and reading TOML is slow.
_READ: dict[str, Mapping[str, Any]] = {}
_MOST_KEPT = 20  # files


def _own_tables(library: Library) -> Mapping[str, Any]:
    file = library.templates / "rules.toml"
    text = library.text(file)
    if text not in _READ:
        data = library.toml(file)
        remember(_READ, _MOST_KEPT, text, {table: data[table] for table in TABLES if table in data})
    return _READ[text]


def defining_entries(library: Library, table: str) -> Any:
    """What a table of the library's rules.toml says; what the shipped one says, if it has no such table."""
    if not defines(library, table) and not library.is_shipped:
        entries = defining_entries(Library.shipped(), table)
        # The law behind a duty may be missing there.
        return [{key: value for key, value in entry.items() if key != "duty"} for entry in entries]
    return _own_tables(library).get(table, [])


def defines(library: Library, table: str) -> bool:
    """Whether the library itself defines the values of a table."""
    return table in _own_tables(library)


def rule_values(library: Library) -> dict[str, tuple[str, ...]]:
    """The values that each table defines; entries that are not well formed are left out, and reported elsewhere."""
    return {table: tuple(_values(library, table)) for table in TABLES}


def with_rule_values(fields: Mapping[str, Field], values: Mapping[str, Sequence[str]]) -> dict[str, Field]:
    """The fields, with the values that rules.toml gives to some of them as their choices.

    Args:
        values: those that each table defines, as of `rule_values`.
    """
    return {
        name: replace(field, choices=tuple(values[_TABLE_OF[field.library]])) if field.library in _TABLE_OF else field
        for name, field in fields.items()
    }


def _values(library: Library, table: str) -> Iterable[str]:
    entries = defining_entries(library, table)
    key = "power" if table == "power" else "id"
    listed = [entry.get(key) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    nothing = TABLES[table]
    first = (nothing,) if table == "process" else ()
    return dict.fromkeys(each for each in (*first, *listed, nothing) if isinstance(each, str) and each)
