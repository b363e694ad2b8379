"""The rows of a batch in the register: a block of numbers for all of them, then each letter as it is written."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from letters.batches.row_checker import CheckedRow, RowProblem
from letters.batches.worker_tasks import WrittenRow
from letters.matters.memory import Memory
from letters.matters.register import Numbered, WrittenLetter
from letters.matters.registration import LetterToEnter, Registration
from letters.model.letter import Letter

_BLOCK = 20_000  # rows whose letters are read at once; more than one block, and each is a transaction


class NumberedRows:
    """Gives the rows of a batch their numbers, and notes their letters.

    Args:
        shown: the full path or address of a file of the batch.
    """

    def __init__(self, registration: Registration, shown: Callable[[str], str]) -> None:
        self._registration, self._shown = registration, shown
        self._memory = Memory(registration.register, keeps=True)
        self._numbers: dict[int, Numbered] = {}
        self._kinds: dict[int, str] = {}

    def remembered(self, row: CheckedRow) -> Iterator[RowProblem]:
        """What in a letter does not agree with letters that were there before the batch, as notes."""
        letter = pickle.loads(row.letter)
        assert isinstance(letter, Letter)
        for problem in self._registration.remembered_by(self._memory, letter):
            yield RowProblem(row.row, problem, is_note=True)

    def reserve(self, rows: Iterable[CheckedRow]) -> None:
        """Reserve a number for every row. Raises InvalidAnswers, with the row of each number that is not free."""
        waiting: list[tuple[int, LetterToEnter]] = []
        for row in rows:
            letter = pickle.loads(row.letter)
            assert isinstance(letter, Letter)
            self._kinds[row.row] = letter.kind
            waiting.append((row.row, LetterToEnter(letter)))
            if len(waiting) == _BLOCK:
                self._reserve(waiting)
                waiting = []
        self._reserve(waiting)

    def _reserve(self, waiting: Sequence[tuple[int, LetterToEnter]]) -> None:
        numbered = self._registration.number([each for _, each in waiting])
        self._numbers.update(zip([row for row, _ in waiting], numbered, strict=True))

    def with_numbers(self, rows: Iterator[CheckedRow]) -> Iterator[CheckedRow]:
        """The rows with their numbers, for the workers."""
        for row in rows:
            number = self._numbers[row.row]
            yield replace(row, reference=number.reference, entered=number.head)

    def issue(self, done: Sequence[tuple[CheckedRow, WrittenRow]]) -> None:
        """Note the letters that were written."""
        written = []
        for row, result in done:
            number = self._numbers.get(row.row)
            if number is None or result.problems:
                continue
            files = {self._shown(name): each.digest for name, each in result.files.items()}
            files |= {name: hashlib.sha256(data).hexdigest() for name, data in result.data.items()}
            state = "draft" if result.is_draft else self._registration.state_of(self._kinds[row.row])
            written.append(WrittenLetter(number.entry, state, files, result.told))
        self._registration.issue(written)
