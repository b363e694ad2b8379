"""Entering the letters that commands and the API write: a number before a letter is made, its files afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from letters.errors import InvalidAnswers, Problem
from letters.library.library import Library
from letters.matters.location import open_register
from letters.matters.memory import Memory
from letters.matters.particulars import particulars_of
from letters.matters.register import Numbered, NumberWanted, Register, WrittenLetter
from letters.model.error_wording import named
from letters.model.letter import Letter
from letters.model.office import Office
from letters.model.rulebook import Rulebook

L = TypeVar("L", bound=Letter)


class LetterToEnter(Struct, frozen=True):
    """A letter that is to be written.

    Args:
        run: names this attempt; empty for one that its words name.
        place: the file its answers are in; empty if there is none.
        where: what messages call it.
    """

    letter: Letter
    run: str = ""
    place: str = ""
    where: str = ""


class Registration:
    """Enters letters into a register.

    Args:
        review: the kinds of letter that a colleague must approve.
        rulebook: says what a letter is about, for its deadlines; None if that is not to be remembered.
    """

    def __init__(self, register: Register, review: Sequence[str] = (), rulebook: Rulebook | None = None) -> None:
        self.register, self._review, self._rulebook = register, frozenset(review), rulebook

    @classmethod
    def of(cls, library: Library, office: Office, rulebook: Rulebook) -> Registration | None:
        """The registration of a library; None if it has not chosen a register. Raises CannotWrite."""
        register = open_register(library)
        return cls(register, office.review, rulebook) if register is not None else None

    def number(self, letters: Sequence[LetterToEnter]) -> list[Numbered]:
        """A number for each letter, in one transaction.

        Raises:
            InvalidAnswers: a number in the answers is not free. No number is given then.
        """
        times: dict[str, int] = {}
        wanted = []
        for each in letters:
            content = content_of(each.letter)
            run = each.run or f"letter:{content}"
            times[run] = times.get(run, 0) + 1  # the same letter twice, which was allowed explicitly, has two numbers
            wanted.append(
                NumberWanted(
                    run if times[run] == 1 else f"{run}#{times[run]}",
                    each.letter.kind,
                    each.letter.date,
                    particulars_of(each.letter, self._rulebook),
                    content,
                    each.letter.reference or "",
                    each.place,
                )
            )
        try:
            return self.register.reserve(wanted)
        except InvalidAnswers as error:
            if len(letters) == 1 and letters[0].where:
                raise InvalidAnswers(problem.within(letters[0].where) for problem in error.problems) from error
            raise

    def entered(
        self,
        letter: Letter,
        numbered: Numbered,
        files: Mapping[str, bytes | str],
        *,
        is_draft: bool,
        told: Mapping[str, str],
    ) -> WrittenLetter:
        """What `issue` notes of a letter that was written.

        Args:
            files: bytes, or SHA-256, by path.
            told: the deadlines its writer was told, by id.
        """
        state = "draft" if is_draft else self.state_of(letter.kind)
        digests = {
            path: data if isinstance(data, str) else hashlib.sha256(data).hexdigest() for path, data in files.items()
        }
        return WrittenLetter(numbered.entry, state, digests, told)

    def remembered(self, letter: Letter) -> tuple[Problem, ...]:
        """What in a letter does not agree with earlier ones, as notes."""
        return self.remembered_by(Memory(self.register), letter)

    def remembered_by(self, memory: Memory, letter: Letter) -> tuple[Problem, ...]:
        """The same, as a memory has it that serves many letters."""
        return tuple(named(each, type(letter)) for each in memory.contradictions(letter))

    def join(self, numbered: Numbered, letter: Letter, filed: str = "") -> None:
        """Put a letter into the matter of the request it answers, and of the earlier letters it names.

        Args:
            filed: the name of the request in the register; may be empty.
        """
        for reference in (filed, *particulars_of(letter).get("earlier", ())):
            found = self.register.of_reference(reference) if reference else []
            if found and found[0].reference != numbered.reference:
                self.register.join(numbered.reference, found[0].reference)

    def state_of(self, kind: str) -> str:
        """The state of a finished letter of a kind: ``issued``, or ``review`` if a colleague must approve it."""
        return "review" if kind in self._review else "issued"

    def issue(self, written: Sequence[WrittenLetter]) -> None:
        """Note that letters are written."""
        self.register.issue(written)


def with_number(letter: L, numbered: Numbered) -> L:
    """The letter with its number."""
    return letter.model_copy(update={"reference": numbered.reference})


def content_of(letter: Letter) -> str:
    """A digest of what a letter says, apart from its number."""
    return hashlib.sha256(letter.model_dump_json(exclude={"reference"}).encode("utf-8", "surrogatepass")).hexdigest()


def place_of(path: Path) -> str:
    """A file as the register notes it."""
    return str(path.absolute())
