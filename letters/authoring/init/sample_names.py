"""The samples of a new library, with the names of its own office and people in place of those it was copied from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from letters._text.citations import citations_in
from letters._text.lazy_pattern import pattern

_OFFICE = ("name", "law_name", "unit")
_PEOPLE = ("signatory", "contact", "records_custodian")
_AUTHORITY = pattern(r'(authority\s*=\s*)"([^"]*)"')
_FEDERAL = pattern(r"\b(?:U\.S\.C\.|C\.F\.R\.|U\.S\. Const\.)")


class OwnNames(Struct, frozen=True):
    """What to replace in a sample.

    Args:
        people: name and title of each person of the other office, with the name and title of one of this office.
        words: names of the other office, each with that of this office.
        state: of this office, if it is another State, whose requesters do not rely on the law of the first.
    """

    people: Mapping[tuple[str, str], tuple[str, str]]
    words: Mapping[str, str]
    state: str = ""

    @classmethod
    def of(cls, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> OwnNames:
        """What differs between two offices, given as tables like `office.toml`."""
        new = list(dict.fromkeys(_people(ours)))
        old = list(dict.fromkeys(_people(theirs)))
        people = {person: new[min(at, len(new) - 1)] for at, person in enumerate(old)} if new else {}
        words = {str(theirs[key]): _quoted(ours[key]) for key in _OFFICE if theirs.get(key) and ours.get(key)}
        state = str(ours.get("state") or "")
        moved = state != str(theirs.get("state") or "")
        return cls(people, {old: new for old, new in words.items() if old != new}, state if moved else "")

    def put_into(self, sample: bytes) -> bytes:
        """A sample with our names. Comments stay, because they say where the example comes from."""
        lines = sample.decode("utf-8-sig").splitlines(keepends=True)
        new = [line if line.startswith("#") else self._in_line(line) for line in lines]
        # In a small office two persons become one, who is not to be listed twice.
        once = [line for at, line in enumerate(new) if not (at and "{ name" in line and line == new[at - 1])]
        return "".join(once).encode()

    def _in_line(self, line: str) -> str:
        for (name, title), (own_name, own_title) in self.people.items():
            table = rf'(name\s*=\s*)"{re.escape(name)}"(\s*,\s*title\s*=\s*)"{re.escape(title)}"'
            parts = re.split(table, line)  # before, “name = ”, “, title = ”, before, …
            for at in range(1, len(parts), 3):
                parts[at] += f'"{own_name}"'
                parts[at + 1] += f'"{own_title}"'
            line = "".join(parts).replace(f"{name}, {title}", f"{own_name}, {own_title}").replace(name, own_name)
        for old, new in self.words.items():
            line = line.replace(old, new)
        return _AUTHORITY.sub(self._authority, line) if self.state else line

    def _authority(self, found: re.Match[str]) -> str:
        """The authority a requester relies on, unless that is law of the other State."""
        theirs = any(not _FEDERAL.search(words) for words in citations_in(found[2]).values())
        return f'{found[1]}"the law of {_quoted(self.state)}"' if theirs else found[0]


def _people(office: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and title of each person an office names; who signs comes first."""
    for key in _PEOPLE:
        found = office.get(key) or []
        for person in found if isinstance(found, list) else [found]:
            yield _quoted(person["name"]), _quoted(person["title"])


def _quoted(text: object) -> str:
    """A text as it stands between quotation marks in TOML."""
    return str(text).replace("\\", "\\\\").replace('"', '\\"')
