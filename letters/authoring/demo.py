"""The story as finished letters: the sample of every kind the library has, in the order of their dates."""

from __future__ import annotations

from pathlib import Path

from letters.assembly.assembler import Assembler
from letters.library.answers import Answers, parse_answers


def story(assembler: Assembler) -> list[tuple[Path, Answers]]:
    """The sample answers of each kind with the file they stand in, by date; of one day, in the library's order.

    Raises LibraryAtFault where a sample is missing.
    """
    found = []
    for kind in assembler.library.kinds.values():
        file = kind.folder / "sample.toml"
        found.append((file, parse_answers(assembler.library.read(file), assembler.library.name_of(file))))
    return sorted(found, key=lambda each: str(each[1].get("date")))
