"""The register of the demo: the sample letters enter it one after another, as their office would have entered them.

Key, salts and times are made from the samples, so that the demo writes the same bytes each time. A register that counts
has a random key.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType

from letters._text.lazy_pattern import pattern
from letters.matters.location import key_file_content
from letters.matters.memory import Memory
from letters.matters.particulars import particulars_of
from letters.matters.reference_numbers import DEFAULT, NumberFormat
from letters.matters.register import Numbered, Register
from letters.matters.registration import LetterToEnter, Registration
from letters.matters.sqlite_file import SqliteFile
from letters.model.letter import Letter
from letters.model.rulebook import Rulebook

NAMES = ("register.db", "register.key")
_REFERENCE = pattern(r"(?P<before>\D*?)(?P<year>(?:19|20)\d\d)(?P<between>\D+)(?P<number>\d+)")
_KEY = hashlib.sha256(b"the demo of Letters").digest()


class DemoRegister:
    """A register in a temporary folder. A context manager, which removes the folder.

    Args:
        letters: all of the demo, by date.
    """

    def __init__(self, letters: Sequence[Letter], rulebook: Rulebook) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="letters-")
        self._day, self._salted = letters[0].date, 0
        database = SqliteFile(Path(self._folder.name) / NAMES[0], create=True)
        self._register = Register(database, _KEY, "demo", salts=self._salt, clock=lambda: f"{self._day}T16:00:00Z")
        numbers = _format_of(letters)
        self._register.set_up(numbers, dict(_starts(letters, numbers)))
        self._registration = Registration(self._register, rulebook=rulebook)

    def __enter__(self) -> DemoRegister:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._register.close()
        self._folder.cleanup()

    def enter(self, letter: Letter) -> tuple[Numbered, list[str]]:
        """Enter a letter; numbers in between went to other mail. Returns what the register remembers, in sentences."""
        self._day = letter.date
        about = particulars_of(letter)
        received = date.fromisoformat(about["received"]) if "received" in about else None
        found = Memory(self._register).earlier(about, received)
        others = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        remembered = [f"The register remembers the {each.line}{others}." for each in found[:1]]
        wanted = self._register.numbers.parse(letter.reference or "")
        if wanted:
            following = self._register.numbers.parse(self._register.next_reference(date(wanted[0], 1, 1)))
            missing = wanted[1] - following[1] if following else 0
            if missing > 0:
                self._register.take(letter.date, "other mail of the office", missing)
        return self._registration.number([LetterToEnter(letter)])[0], remembered

    def issue(self, letter: Letter, numbered: Numbered, files: Mapping[str, bytes], *, is_draft: bool) -> None:
        """Note a letter as written, and as sent unless it is a draft."""
        self._registration.join(numbered, letter)
        self._registration.issue([self._registration.entered(letter, numbered, files, is_draft=is_draft, told={})])
        if not is_draft:
            self._register.sent(numbered.reference, letter.date, str(letter.delivery[0]))

    def files(self) -> dict[str, bytes]:
        """The files of the register, by name."""
        self._register.close()
        return {
            NAMES[0]: (Path(self._folder.name) / NAMES[0]).read_bytes(),
            NAMES[1]: key_file_content(_KEY),
        }

    def _salt(self, size: int) -> bytes:
        self._salted += 1
        return hashlib.sha256(f"salt {self._salted}".encode()).digest()[:size]


def _format_of(letters: Sequence[Letter]) -> NumberFormat:
    """How the samples write their numbers."""
    for letter in letters:
        found = _REFERENCE.fullmatch(letter.reference or "")
        if found and "{" not in found[0] and "}" not in found[0]:
            return NumberFormat(f"{found['before']}{{year}}{found['between']}{{number:0{len(found['number'])}}}")
    return NumberFormat(DEFAULT)


def _starts(letters: Sequence[Letter], numbers: NumberFormat) -> Iterator[tuple[int, int]]:
    """The first number of each year."""
    first: dict[int, int] = {}
    for letter in letters:
        if parsed := numbers.parse(letter.reference or ""):
            first[parsed[0]] = min(parsed[1], first.get(parsed[0], parsed[1]))
    yield from first.items()
