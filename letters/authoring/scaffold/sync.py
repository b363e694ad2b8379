"""Keeping the questions of a kind in step with its Word letter, after the letter was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.blanks import Blank, Wanted, wanted_by
from letters.authoring.scaffold.kinds import prompts_of
from letters.authoring.scaffold.questions import PromptText, question, sample_value, with_samples

_ALIKE = 0.5  # from this likeness of two names on, one may be the other renamed


@dataclass(frozen=True)
class Sync:
    """What changed in the blanks of a letter, and the files that follow.

    Args:
        added: new blanks, each with a question now.
        removed: blanks that are gone; their questions are set aside as comments.
        renamed: old name to new; the question keeps its wording.
    """

    added: tuple[Blank, ...]
    removed: tuple[str, ...]
    renamed: dict[str, str]
    files: dict[Path, bytes]
    wanted: Wanted

    def lines(self) -> Iterator[str]:
        """What changed, for a terminal."""
        for blank in self.added:
            yield f"added: {blank.name}, {blank.in_words()}"
        for name in self.removed:
            yield f"removed: {name}; its question is now a comment"
        for old, new in self.renamed.items():
            yield f"renamed: {old} is now {new}; its question keeps its wording"
        if self.wanted.renamed:
            yield f"In letter.docx, tags now say {', '.join(self.wanted.renamed.values())}."
        if not self.files:
            yield "The questions fit the letter already."


def synced(assembler: Assembler, kind: str) -> Sync:
    """Raises TemplateAtFault with every mistake in the letter's tags."""
    library = assembler.library
    folder = library.kinds[kind].folder
    letter, prompts = folder / "letter.docx", library.prompts / f"{kind}.toml"
    data = library.read(letter)
    wanted = wanted_by(data, library.name_of(letter), assembler.passages)
    before = prompts_of(library, kind)
    text = PromptText(before)
    shared = "".join(library.text(library.prompts / f"{name}.toml") for name in ("request", "letter"))
    asked = {*text.names, *PromptText(shared).names}
    names = [blank.name for blank in wanted.blanks]
    added = [blank for blank in wanted.blanks if blank.name not in asked]
    removed = [name for name in text.names if name not in names]
    renamed = _renamed(removed, added, text.names, names)
    for old, name in renamed.items():
        text.rename(old, name)
    new = [blank for blank in added if blank.name not in renamed.values()]
    for blank in new:
        text.add(question(blank), blank.name, names[: names.index(blank.name)])
    gone = [name for name in removed if name not in renamed]
    for name in gone:
        text.set_aside(name)
    files: dict[Path, bytes] = {}
    if new or gone or renamed:
        files[prompts] = str(text).encode()
        sample = folder / "sample.toml"
        if sample.is_file():
            day = next(iter(assembler.samples(kind).values())).get("date")
            values = {each.name: sample_value(each, day if isinstance(day, date) else date(2019, 8, 2)) for each in new}
            files[sample] = with_samples(library.text(sample), values, renamed, gone).encode()
    if wanted.data != data:
        files[letter] = wanted.data
    return Sync(tuple(new), tuple(gone), renamed, files, wanted)


def _renamed(removed: list[str], added: list[Blank], before: list[str], now: list[str]) -> dict[str, str]:
    """Names that went, beside those that came in their place: alike, or between the same neighbours."""
    scores = sorted(
        ((_likeness(old, blank.name, before, now), old, blank.name) for old in removed for blank in added),
        reverse=True,
    )
    found: dict[str, str] = {}
    for score, old, new in scores:
        if score >= _ALIKE and old not in found and new not in found.values():
            found[old] = new
    return found


def _likeness(old: str, new: str, before: list[str], now: list[str]) -> float:
    beside = _neighbours(old, before) == _neighbours(new, now) and len(before) == len(now)
    return SequenceMatcher(None, old, new, False).ratio() + (0.25 if beside else 0.0)


def _neighbours(name: str, names: list[str]) -> tuple[str, str]:
    at = names.index(name)
    return (names[at - 1] if at else "", names[at + 1] if at + 1 < len(names) else "")
