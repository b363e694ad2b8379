"""What verifying and rebuilding need from whoever makes letters, so that neither has to know how letters are made.

`letters.assembly.assembler.Assembler` is a `LetterMaker`; the command line passes it in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol, Self

from letters.docx.package import Package
from letters.library.answers import Answers
from letters.library.approval_record import VettingEntry
from letters.library.approvals import ApprovalRegister, Vetting
from letters.library.library import Library
from letters.model.letter import Letter
from letters.provenance.seal import Seal


class MadeLetter(Protocol):
    """A finished letter."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The bytes of each file by suffix: ``docx``, ``pdf``."""


class LetterMaker(Protocol):
    """Makes letters from one library, and can go back to an earlier approval of it.

    Every method that reads the library raises LettersError when its files are missing or wrong.
    """

    @property
    def library(self) -> Library: ...

    @property
    def approvals(self) -> ApprovalRegister: ...

    @property
    def seal(self) -> Seal:
        """The library's signing key."""

    def as_approved(self, entry: VettingEntry, files: Mapping[str, str] | None = None) -> Self:
        """A maker for the library as it was approved in ``entry``.

        Args:
            files: other kept versions to use instead, SHA-256 by file name.
        """

    def vetting(self, kind: str) -> Vetting:
        """The current approval of a kind of letter."""

    def version(self, kind: str) -> str:
        """One SHA-256 for all the files that letters of a kind are made from."""

    def field_lines(self, data: bytes, name: str) -> list[str]:
        """What the fields of a form that went out with a letter say, a line each; see `field_lines` in `forms`."""

    def template_package(self, kind: str, translation: str = "") -> Package:
        """The Word template of a kind, with its shared passages inserted.

        Args:
            translation: the language, by the suffix of its file; empty for the office's own.
        """

    def samples(self, kind: str) -> Mapping[str, Answers]:
        """The sample answers of a kind, by file name."""

    def check(self, answers: Answers) -> Letter:
        """The letter that these answers describe."""

    def is_draft(self, letter: Letter) -> bool:
        """Whether the letter is marked as a draft."""

    def make(self, letter: Letter, formats: Collection[str], *, entered: str = "") -> MadeLetter:
        """The finished letter in these formats (``docx``, ``pdf``).

        Args:
            entered: the head of the register's log, for its record.
        """
