"""The sample letters of a library, in the order of their dates: together they tell one story."""

from __future__ import annotations

from pathlib import Path

from letters.assembly.assembler import Assembler
from letters.library.answers import Answers, parse_answers


def samples_by_date(assembler: Assembler) -> list[tuple[Path, Answers]]:
    """The sample answers of each kind with their file, by date; those of one day in the library's order.

    Raises:
        LibraryAtFault: a kind has no sample.
    """
    found = []
    for kind in assembler.library.kinds.values():
        file = kind.folder / "sample.toml"
        found.append((file, parse_answers(assembler.library.read(file), assembler.library.name_of(file))))
    return sorted(found, key=lambda each: str(each[1].get("date")))
