"""Keeps the questions of a kind in step with its Word letter after the letter was changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from msgspec import Struct

from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.blanks import Blank, LetterBlanks, blanks_of
from letters.authoring.scaffold.new_kind import prompt_file_of
from letters.authoring.scaffold.prompt_text import PromptText, question, sample_value, with_samples

_SIMILAR = 0.5  # two names at least this similar may be one blank, renamed


class Sync(Struct, frozen=True):
    """What changed in the blanks of a letter, and the files that must follow.

    Args:
        added: new blanks; each gets a question.
        removed: blanks that are gone; their questions become comments.
        renamed: the new name of each renamed blank, by its old name; the question keeps its wording.
        files: the files to write; empty if nothing changed.
        blanks: everything the letter asks for now.
    """

    added: tuple[Blank, ...]
    removed: tuple[str, ...]
    renamed: dict[str, str]
    files: dict[Path, bytes]
    blanks: LetterBlanks

    def lines(self) -> Iterator[str]:
        """What changed, for a terminal."""
        for blank in self.added:
            yield f"added: {blank.name}, {blank.in_words()}"
        for name in self.removed:
            yield f"removed: {name}; its question is now a comment"
        for old, new in self.renamed.items():
            yield f"renamed: {old} is now {new}; its question keeps its wording"
        if self.blanks.renamed:
            yield f"Tags renamed in letter.docx: {', '.join(self.blanks.renamed.values())}."
        if not self.files:
            yield "The questions already match the letter."


def sync_questions(assembler: Assembler, kind: str) -> Sync:
    """The changes that bring a kind's questions in step. Raises TemplateAtFault with every problem in the tags."""
    library = assembler.library
    folder = library.kinds[kind].folder
    letter, prompts = folder / "letter.docx", library.prompts / f"{kind}.toml"
    data = library.read(letter)
    found = blanks_of(data, library.name_of(letter), assembler.passages, library.form(kind))
    before = prompt_file_of(library, kind)
    text = PromptText(before)
    shared = "".join(library.text(library.prompts / f"{name}.toml") for name in library.prompt_files(kind)[:-1])
    asked = {*text.names, *PromptText(shared).names}
    names = [blank.name for blank in found.blanks]
    added = [blank for blank in found.blanks if blank.name not in asked]
    removed = [name for name in text.names if name not in names]
    renamed = _renamed(removed, added, text.names, names)
    for old, name in renamed.items():
        text.rename(old, name)
    new = [blank for blank in added if blank.name not in renamed.values()]
    for blank in new:
        text.add(question(blank), blank.name, names[: names.index(blank.name)])
    gone = [name for name in removed if name not in renamed]
    for name in gone:
        text.comment_out(name)
    files: dict[Path, bytes] = {}
    if new or gone or renamed:
        files[prompts] = str(text).encode()
        sample = folder / "sample.toml"
        if sample.is_file():
            day = next(iter(assembler.samples(kind).values())).get("date")
            values = {each.name: sample_value(each, day if isinstance(day, date) else date(2019, 8, 2)) for each in new}
            files[sample] = with_samples(library.text(sample), values, renamed, gone).encode()
    if found.data != data:
        files[letter] = found.data
    return Sync(tuple(new), tuple(gone), renamed, files, found)


def _renamed(removed: list[str], added: list[Blank], before: list[str], now: list[str]) -> dict[str, str]:
    """Removed names paired with the added ones that replace them: similar, or between the same neighbors."""
    scores = sorted(
        ((_similarity(old, blank.name, before, now), old, blank.name) for old in removed for blank in added),
        reverse=True,
    )
    found: dict[str, str] = {}
    for score, old, new in scores:
        if score >= _SIMILAR and old not in found and new not in found.values():
            found[old] = new
    return found


def _similarity(old: str, new: str, before: list[str], now: list[str]) -> float:
    beside = _neighbors(old, before) == _neighbors(new, now) and len(before) == len(now)
    return SequenceMatcher(None, old, new, False).ratio() + (0.25 if beside else 0.0)


def _neighbors(name: str, names: list[str]) -> tuple[str, str]:
    at = names.index(name)
    return (names[at - 1] if at else "", names[at + 1] if at + 1 < len(names) else "")
