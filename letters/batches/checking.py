"""What each row becomes: a checked letter with its name, or every problem there is with it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from letters._system.output import file_names
from letters._text.personal import masked
from letters.assembly.assembler import Assembler
from letters.batches.cells import shown
from letters.batches.columns import ROW, Column, RowReading, TableColumns, Vocabulary
from letters.batches.filenames import Pattern
from letters.batches.table import TableRow
from letters.errors import LettersError, LibraryAtFault, Problem
from letters.library.library import Library
from letters.model.letter import Letter


@dataclass(frozen=True)
class Job:
    """What every worker must know; small, and the same for all rows.

    Args:
        library: path of the library's folder; empty where it is sent to the workers.
        digest: SHA-256 of the library.
        out: folder or address the letters go to; empty where they are handed back.
        kind: of every row; None where the rows say it.
        constants: answers that are the same for all rows.
        table: rows have the columns of a spreadsheet.
        trial: nothing will be written; a row's letter is not kept.
        distrust: why the record of approvals cannot be trusted, as seen where the batch began; see ``Register``.
    """

    library: str
    digest: str
    out: str
    formats: tuple[str, ...]
    pattern: str
    kind: str | None
    constants: Mapping[str, Any] = field(default_factory=dict)
    drafts: bool = False
    overwrite: bool = False
    table: bool = True
    trial: bool = False
    staging: str = ""
    distrust: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with a row.

    Args:
        row: its number, as a spreadsheet shows it.
        column: its heading; empty where no column holds the field.
        cell: as a spreadsheet calls it, such as ``H7``; empty where there is none.
        value: what stands there, shortened.
        problem: what is wrong and what to write.
        is_note: worth knowing, and in nobody's way.
    """

    row: int
    problem: Problem
    column: str = ""
    cell: str = ""
    value: str = ""
    is_note: bool = False

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", {self.cell}" if self.cell else "")
        said = (
            f" (It says “{self.value}”.)"
            if self.value and not self.is_note and f"“{self.value}”" not in self.problem.message
            else ""
        )
        return f"{self.problem.within(place)}{said}"

    def as_dict(self) -> dict[str, Any]:
        """For reports and events: the non-empty parts."""
        parts = {"row": self.row, "column": self.column, "cell": self.cell, "value": self.value}
        parts |= {**self.problem.as_dict(), "severity": "note" if self.is_note else "problem"}
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Checked:
    """A row after the first pass.

    Args:
        label: what `{row}` is in its name.
        files: the names its letter will have, by format; empty where it has problems.
        digest: of its answers and its name.
        letter: the checked letter, pickled.
        notes: worth knowing, and in nobody's way.
    """

    row: int
    label: str = ""
    kind: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    digest: bytes = b""
    letter: bytes = b""
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()


class Bench:
    """A worker's own desk and what it has made of the headings it met."""

    def __init__(self, job: Job, assembler: Assembler) -> None:
        self.job, self.assembler = job, assembler
        self.vocabulary = Vocabulary(assembler, [job.kind] if job.kind else list(assembler.library.kinds))
        self.pattern = Pattern(job.pattern, self.vocabulary.all)
        self._columns: dict[tuple[str, ...], TableColumns] = {}

    def columns(self, headings: tuple[str, ...]) -> TableColumns:
        if headings not in self._columns:
            if len(self._columns) > 200:  # JSON rows may each bring other keys
                self._columns.clear()
            self._columns[headings] = TableColumns(headings, self.vocabulary)
        return self._columns[headings]

    def check(self, row: TableRow) -> Checked:
        """The letter a row describes, or everything wrong with it."""
        if row.problems:
            return Checked(row.number, problems=tuple(RowProblem(row.number, problem) for problem in row.problems))
        columns = self.columns(row.headings)
        if columns.problems:
            found = tuple(
                RowProblem(row.number, replace(problem, where=f"“{row.headings[place]}”"), row.headings[place])
                for place, problem in columns.problems
            )
            return Checked(row.number, problems=found)
        reading = columns.read(row, self.job.constants, self.job.kind)
        problems = list(self._problems_of_cells(reading))
        try:
            letter = self.assembler.check(reading.answers)
        except LibraryAtFault:
            raise
        except LettersError as error:
            problems += self._problems_of_answers(reading, error)
            return Checked(row.number, problems=tuple(problems))
        if not problems and not self.job.drafts and (why := self.assembler.why_draft(letter)):
            problems.append(RowProblem(row.number, Problem(why, hint="To write drafts: --drafts.", code="draft")))
        label = reading.label or str(row.number)
        if reading.label and not (label.isascii() and label.isdigit() and len(label) < 16):
            problem = Problem(
                "is no row's number.", ROW, "Write a whole number, or leave the column out.", "value", ROW
            )
            problems.append(self._placed(reading, problem))
        if problems:
            return Checked(row.number, problems=tuple(problems))
        return self._good(row, reading, letter, label)

    def _good(self, row: TableRow, reading: RowReading, letter: Letter, label: str) -> Checked:
        self.assembler.template(
            letter.kind
        )  # one that cannot be filled is the library's fault, found before any writing
        stem = self.pattern.stem(letter, label)
        notes = tuple(self._placed(reading, each, is_note=True) for each in self.assembler.cautions(letter))
        return Checked(
            row.number,
            label,
            letter.kind,
            file_names(stem, self.job.formats, is_draft=self.assembler.is_draft(letter)),
            hashlib.sha256(f"{stem}\n{letter.model_dump_json()}".encode()).digest()[:8],
            b"" if self.job.trial else pickle.dumps(letter, pickle.HIGHEST_PROTOCOL),
            notes=notes,
        )

    def _problems_of_cells(self, reading: RowReading) -> Iterator[RowProblem]:
        for column, problem in reading.problems:
            name = ".".join(filter(None, (column.name, str(column.item or ""), column.part)))
            target = self.vocabulary.all.get(column.name)
            where = f"{target.title} ({name})" if target else name
            yield self._at(reading, column, replace(problem, where=where, field=name))

    def _problems_of_answers(self, reading: RowReading, error: LettersError) -> Iterator[RowProblem]:
        spoilt = set(reading.spoilt())
        for problem in error.problems:
            if not any(problem.field == name or problem.field.startswith(f"{name}.") for name in spoilt):
                yield self._placed(reading, problem)

    def _placed(self, reading: RowReading, problem: Problem, *, is_note: bool = False) -> RowProblem:
        return self._at(reading, reading.column_of(problem.field) if problem.field else None, problem, is_note=is_note)

    def _at(self, reading: RowReading, column: Column | None, problem: Problem, *, is_note: bool = False) -> RowProblem:
        number = reading.row.number
        if column is None:
            return RowProblem(number, problem, is_note=is_note)
        cells = reading.row.cells
        target = self.vocabulary.all.get(column.name)
        is_told = column.place < len(cells) and not (target and target.confidential)
        value = masked(shown(cells[column.place])) if is_told else ""
        cell = f"{column_letters(column.place)}{number}" if self.job.table else ""
        return RowProblem(number, problem, reading.row.headings[column.place], cell, value, is_note)


def column_letters(place: int) -> str:
    """A column as a spreadsheet calls it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def library_files(library: Library) -> list[Path]:
    """Every file letters are made of, in the order of their names. Hidden files and Word's locks are none."""
    return sorted(
        file
        for folder in (library.templates, library.prompts)
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith((".", "~$")) for part in file.relative_to(library.root).parts)
    )


def library_digest(library: Library) -> str:
    """SHA-256 over the names and bytes of a library's files."""
    found = hashlib.sha256()
    for file in library_files(library):
        data = library.read(file)
        found.update(f"{library.name_of(file)}\0{len(data)}\0".encode() + data)
    return found.hexdigest()
