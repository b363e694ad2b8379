"""Which enclosures go out with a letter. What it takes to make them is in `enclosures`, which takes long to import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from letters._text.lazy_property import lazy_property
from letters.forms.enclosure_file import Enclosure, read_enclosures
from letters.library.library import Library
from letters.model.letter import Letter
from letters.provenance.record import Record

FillText = Callable[[str, Mapping[str, Any], str], str]
"""Fills the tags of a short text: (text, names it may use, place for messages) -> text. Raises TemplateAtFault."""
Holds = Callable[[str, Mapping[str, Any], str], bool]
"""Whether a condition is true: (condition, names it may use, place for messages) -> yes or no. Raises the same."""


class LetterValues(Struct, frozen=True, dict=True):
    """What a letter gives its enclosures.

    Args:
        context: the names that tags may use.
        letter: itself.
        fill_text: fills tags.
        condition: tells whether a condition is true.
        language: of the letter.
        record_of: gives the record of the letter.
        translation: the suffix of the files that the letter is made of; empty for the office's own language.
        own_language: of the office.
        draft: the words of the draft notice; empty if the letter is no draft.
    """

    context: Mapping[str, Any]
    letter: Letter
    fill_text: FillText
    condition: Holds
    language: str
    record_of: Callable[[], Record]
    translation: str = ""
    own_language: str = "en-US"
    draft: str = ""

    @lazy_property
    def answers(self) -> Mapping[str, Any]:
        """As checked, by dotted name in nested mappings; for [choices], which compare stored values."""
        return self.letter.model_dump(mode="python")

    def holds(self, condition: str, where: str) -> bool:
        """Whether a condition is true for this letter. Raises TemplateAtFault."""
        return self.condition(condition, self.context, where)

    def text(self, source: str, where: str) -> str:
        """A text with its tags filled, without spaces and empty lines at its ends. Raises TemplateAtFault."""
        return self.fill_text(source, self.context, where).strip()


class EnclosureChoice:
    """The enclosures of a library, and which of them go out with a letter. Each TOML file is read once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[str, tuple[Enclosure, ...]] = {}

    def of(self, kind: str) -> tuple[Enclosure, ...]:
        """The enclosures of a kind. Raises LibraryAtFault."""
        if kind not in self._known:
            self._known[kind] = read_enclosures(self._library, kind)
        return self._known[kind]

    def files_of(self, kind: str) -> tuple[str, ...]:
        """The names of every file that the enclosures of a kind are made of."""
        return tuple(self._library.name_of(file) for each in self.of(kind) for file in each.files.values())

    def for_letter(self, kind: str, values: LetterValues) -> tuple[Enclosure, ...]:
        """The enclosures that go out with a letter. Raises TemplateAtFault."""
        return tuple(
            each
            for each in self.of(kind)
            if not each.about.when or values.holds(each.about.when, f"{each.where}, when")
        )


def title_of(enclosure: Enclosure, values: LetterValues) -> str:
    """The title of an enclosure, as the letter lists it. Raises TemplateAtFault."""
    title = enclosure.about.titles.get(values.translation, enclosure.about.title)
    return values.text(title, f"{enclosure.where}, title")
