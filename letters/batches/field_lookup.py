"""Which field a column heading means, and which value a choice means, however people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from letters._text.english import folded_words
from letters._text.lazy_property import lazy_property
from letters.assembly.assembler import Assembler
from letters.batches.cells import choice_spellings
from letters.library.criteria_problems import possible_values
from letters.library.prompts import Question, load_questionnaire
from letters.model.fields import Field, fields_of

_LONGEST_NAME = 200  # characters of a heading that may be misspelled


class FieldLookup:
    """The fields of some kinds of letter, by every name a heading may use: dotted name, title or question."""

    def __init__(self, assembler: Assembler, kinds: Sequence[str]) -> None:
        self._assembler = assembler
        self.kinds = tuple(kinds)
        self._fields: dict[str, dict[str, Field]] = {}
        self._questions: dict[str, dict[str, Question]] = {}
        self._choices: dict[tuple[str, str, str], dict[str, str]] = {}

    def of(self, kind: str) -> dict[str, Field]:
        """Every field of a kind, including those the office has added."""
        if kind not in self._fields:
            added = [question.field for question in self._assembler.extras(kind)]
            self._fields[kind] = {
                **fields_of(kind, self._assembler.library.form(kind)),
                **{each.name: each for each in added},
            }
        return self._fields[kind]

    @lazy_property
    def all(self) -> dict[str, Field]:
        """Every field of any of the kinds, by its dotted name."""
        return {name: each for kind in reversed(self.kinds) for name, each in self.of(kind).items()}

    @lazy_property
    def _by_name(self) -> dict[str, str]:
        renamed = self._assembler.rulebook.office_rules.renamed
        old = {name.casefold(): new for name, new in renamed.items() if new in self.all}
        return old | {name.casefold(): name for name in self.all}

    @lazy_property
    def _by_wording(self) -> dict[str, set[str]]:
        """Titles and questions, normalized, with the fields each may mean."""
        found: dict[str, set[str]] = {}
        for kind in self.kinds:
            asked = {question.field.name: question.ask for question in self.questions(kind).values()}
            for name, each in self.of(kind).items():
                for words in (each.title, asked.get(name, "")):
                    if words and name != "extra":
                        found.setdefault(normalized(words), set()).add(name)
        return found

    def questions(self, kind: str) -> dict[str, Question]:
        """The questions of a kind, by the field each asks for; empty if the kind has no prompt file."""
        if kind not in self._questions:
            library = self._assembler.library
            has_prompts = (library.prompts / f"{kind}.toml").is_file()
            asked = load_questionnaire(library, kind).questions if has_prompts else ()
            self._questions[kind] = {question.field.name: question for question in asked}
        return self._questions[kind]

    def is_field(self, heading: str) -> bool:
        """Whether a heading means a field."""
        return bool(self.named(heading))

    def named(self, heading: str) -> set[str]:
        """The fields a heading may mean: none, one, or several."""
        words = normalized(heading)
        return {self._by_name[words]} if words in self._by_name else self._by_wording.get(words, set())

    @lazy_property
    def _spellings(self) -> dict[str, str]:
        return {normalized(name): name for name in self.all} | {words: words for words in self._by_wording}

    def nearest(self, heading: str) -> str:
        """The field that a misspelled heading most likely means; empty if none is close."""
        words = normalized(heading)
        if len(words) > _LONGEST_NAME:
            return ""
        by_last = {name.rsplit(".", 1)[-1]: name for name in self.all}
        found = get_close_matches(words, self._spellings, n=1, cutoff=0.7) or get_close_matches(words, by_last, n=1)
        if not found:
            return ""
        if found[0] in self._spellings:
            names = self._by_wording.get(found[0]) or {self._spellings[found[0]]}
            return " or ".join(sorted(names))
        return by_last[found[0]]

    def choices(self, kind: str, target: Field, part: str = "") -> Mapping[str, str]:
        """Every way to write the choices of a field, or of one part of it, with the value each stands for."""
        key = (kind, target.name, part)
        if key not in self._choices:
            question = self.questions(kind).get(target.name)
            if part and question:
                question = next((each for each in question.items if each.field.name == part), None)
            inner = next((each for each in target.parts if each.name == part), target)
            ids = possible_values(inner, self._assembler.rulebook)
            if target.name == "kind":
                ids = tuple(self._assembler.library.kinds)
            self._choices[key] = choice_spellings(question.choices if question else {}, ids)
        return self._choices[key]


def normalized(heading: str) -> str:
    """A heading as it is compared: without regard to case, spacing, or the mark at its end."""
    return folded_words(heading.strip().rstrip("*:?").strip())
