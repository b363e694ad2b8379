"""What `letters init` asks, one question after the other, each answer saved as it is given.

The command line prints the questions and reads what is typed; what an answer means, and what is wrong with it, is
decided here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import tomli_w
from msgspec import Struct, field
from msgspec.structs import replace

from letters._system.output import write_all
from letters._system.private_files import private_folder
from letters.assembly.assembler import Assembler
from letters.authoring.init.office_details import Detail, details
from letters.library.toml import loads

FORMS, KINDS, BASES = "forms", "kinds", "bases"
_HEAD = "# What was typed in `letters init`, which goes on from here when it is run for the same folder again.\n"


class Choice(Struct, frozen=True):
    """A question about some of many.

    Args:
        name: ``forms``, ``kinds`` or ``bases``.
        options: each with a line that says what it is.
        only_one: whether only one of them can be chosen.
        groups: the heading above some options, by option; those of a group follow one another.
    """

    name: str
    title: str
    options: Mapping[str, str]
    only_one: bool = False
    groups: Mapping[str, str] = field(default_factory=dict)

    def with_words(self, words: str) -> list[int]:
        """The numbers of the options whose name, line or heading has all these words, in any order and case."""
        wanted = words.casefold().split()
        said = [f"{name} {line} {self.groups.get(name, '')}".casefold() for name, line in self.options.items()]
        return [number for number, text in enumerate(said, 1) if all(word in text for word in wanted)]

    def chosen(self, typed: str) -> list[str] | None:
        """The options with these numbers, such as ``1 3 4-6``, or with these names; None if there are no such."""
        names, found = list(self.options), set()
        for part in typed.replace(",", " ").split():
            if part in self.options:
                found.add(names.index(part) + 1)
                continue
            first, _, last = part.partition("-")
            if not re.fullmatch(r"\d{1,4}", first) or not re.fullmatch(r"\d{1,4}", last or first):
                return None
            found |= set(range(int(first), int(last or first) + 1))
        if not found or not found <= set(range(1, len(names) + 1)) or (self.only_one and len(found) > 1):
            return None
        return [names[number - 1] for number in sorted(found)]


class OfficeInterview(Struct):
    """The questions, and the answers so far.

    Args:
        questions: in order.
        file: where the answers are saved; None to save nothing.
        answers: as typed, by the name of the question; an empty one was passed over.
        at: the question to ask next.
        form_of: what the letters of each kind answer, by name.
        supports: the kinds of letter that may cite each legal basis, by its id.
        is_mending: whether only the present question is asked again, and none of those after it.
    """

    questions: Sequence[Detail | Choice]
    file: Path | None = None
    answers: dict[str, str] = field(default_factory=dict)
    at: int = 0
    form_of: Mapping[str, str] = field(default_factory=dict)
    supports: Mapping[str, Collection[str]] = field(default_factory=dict)
    is_mending: bool = False

    @classmethod
    def of(cls, assembler: Assembler, folder: Path, drafts: Path, forms: Mapping[str, str]) -> OfficeInterview:
        """The interview for a new library in a folder, as far as it was answered before.

        Args:
            assembler: of the library that is copied from.
            drafts: the folder where unfinished interviews are kept.
            forms: what letters of that library answer, by the name of the form, in words.
        """
        place = str(folder.absolute()).encode("utf-8", "surrogateescape")
        file = drafts / "offices" / f"{hashlib.sha256(place).hexdigest()[:16]}.toml"
        kinds = {kind.name: kind.summary for kind in assembler.library.kinds.values()}
        jurisdictions = {name: each.name for name, each in assembler.rulebook.jurisdictions.items()}
        law = sorted(assembler.rulebook.bases.values(), key=lambda each: list(jurisdictions).index(each.jurisdiction))
        bases = {each.id: f"{each.citation}: {each.title}" for each in law}
        groups = {each.id: jurisdictions[each.jurisdiction] for each in law}
        questions: list[Detail | Choice] = [
            *details(),
            *([Choice(FORMS, "What do your letters answer?", forms, only_one=True)] if len(forms) > 1 else []),
            Choice(KINDS, "Which letters do you want?", kinds),
            Choice(BASES, "Which law may they cite?", bases, groups=groups),
        ]
        form_of = {kind.name: kind.form for kind in assembler.library.kinds.values()}
        interview = cls(questions, file, form_of=form_of, supports={each.id: each.supports for each in law})
        interview._read()
        return interview

    def _read(self) -> None:
        if self.file is None or not self.file.is_file():
            return
        with suppress(OSError, ValueError, RecursionError):  # a damaged file is no reason not to begin
            saved = loads(self.file.read_text(encoding="utf-8"))
            known = {question.name for question in self.questions}
            self.answers = {name: text for name, text in saved.items() if name in known and isinstance(text, str)}
        answered = [each.name in self.answers for each in self.questions]
        self.at = answered.index(False) if False in answered else len(answered)

    @property
    def question(self) -> Detail | Choice | None:
        """The question to ask next; None if all are answered."""
        question = self.questions[self.at] if self.at < len(self.questions) else None
        if isinstance(question, Choice) and question.name == KINDS:
            return replace(question, options={name: question.options[name] for name in self._kinds()})
        if isinstance(question, Choice) and question.name == BASES:
            kinds = set(self.chosen(KINDS) or ())
            citable = {name: line for name, line in question.options.items() if kinds.intersection(self.supports[name])}
            return replace(question, options=citable or question.options)
        return question

    def _kinds(self) -> list[str]:
        """The kinds of letter that answer what was chosen."""
        form = self.answers.get(FORMS, "")
        return [kind for kind, answers in self.form_of.items() if not form or answers == form]

    def problem_with(self, typed: str) -> str:
        """What is wrong with an answer to the present question, in a sentence; empty if nothing is."""
        question = self.question
        if isinstance(question, Choice):
            count = len(question.options)
            return "" if not typed or question.chosen(typed) else f"Type numbers from 1 to {count}."
        return question.problem_with(typed, self.answers) if question is not None else ""

    def answer(self, typed: str) -> None:
        """Take an answer to the present question, save it, and go on."""
        question = self.question
        assert question is not None
        if isinstance(question, Choice) and typed:
            typed = " ".join(question.chosen(typed) or ())
        self.answers[question.name] = typed
        self.at = len(self.questions) if self.is_mending else self.at + 1
        self._save()

    def back(self) -> bool:
        """Go back to the question before. Returns whether there is one."""
        there_is, self.is_mending = self.at > 0, False
        self.at -= there_is
        return there_is

    def ask_again(self, names: Sequence[str]) -> None:
        """Go to the first question about one of these, such as ``signatory``; to the first of all if there is none."""
        about = [at for at, question in enumerate(self.questions)
                 if any(f"{question.name}.".startswith(f"{name}.") for name in names if name)]  # fmt: skip
        self.at, self.is_mending = min(about, default=0), bool(about)

    def chosen(self, name: str) -> list[str] | None:
        """What was chosen; None for everything."""
        chosen = self.answers.get(name, "").split()
        if name == KINDS:
            return [kind for kind in chosen if kind in self._kinds()] or self._kinds()
        return chosen or None

    def forget(self) -> None:
        """Remove the saved answers: the library is written."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)

    def _save(self) -> None:
        if self.file is None:
            return
        with suppress(OSError):  # an interview that cannot be saved can still be finished
            private_folder(self.file.parent)
            text = f"{_HEAD}{tomli_w.dumps(self.answers)}"
            write_all({self.file: text.encode()}, overwrite=True, private=True)
