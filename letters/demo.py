"""The story as finished letters: the sample of every kind the library has."""

from __future__ import annotations

from letters.answers import Answers, parse_answers
from letters.desk import Desk


def samples(desk: Desk) -> dict[str, Answers]:
    """The sample answers of each kind, in the library's order. Raises LibraryAtFault where one is missing."""
    found = {}
    for kind in desk.library.kinds.values():
        file = kind.folder / "sample.toml"
        found[kind.name] = parse_answers(desk.library.read(file), desk.library.name_of(file))
    return found
