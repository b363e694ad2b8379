"""Checks a row: it becomes a letter with a name, or a list of everything that is wrong with it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from letters._system.output import file_names
from letters._text.personal import masked
from letters.assembly.assembler import Assembler
from letters.batches.cells import AS_TEXT, shown
from letters.batches.column_mapping import ROW, Column, ParsedRow, TableColumns
from letters.batches.field_lookup import FieldLookup
from letters.batches.filenames import FilenamePattern
from letters.batches.row_source import TableOptions, TableRow, column_letters
from letters.errors import LettersError, LibraryAtFault, Problem
from letters.model.letter import Letter


class BatchJob(Struct, frozen=True):
    """What every worker needs to know about a batch. It is small, and the same for all rows.

    Args:
        library: path of the library's folder; empty if the library is sent to the workers.
        digest: SHA-256 of the library.
        out: folder or address the letters go to; empty if they are returned as bytes.
        pattern: of the file names; see `FilenamePattern`.
        kind: of every letter; None if each row says its own.
        shared_answers: answers that all rows share.
        has_cells: whether rows come from a table whose cells can be named, such as ``H7``.
        keeps_letters: whether the checked letters are kept, to be written or compared with the register.
        key: of the batch, in the names of its journal and temporary files.
        ignored_columns: columns to leave out; see `TableOptions`.
        distrust: why the record of approvals cannot be trusted, as found on the machine that started the batch.
    """

    library: str
    digest: str
    out: str
    formats: tuple[str, ...]
    pattern: str
    kind: str | None
    shared_answers: Mapping[str, Any] = field(default_factory=dict)
    drafts: bool = False
    overwrite: bool = False
    has_cells: bool = True
    keeps_letters: bool = True
    key: str = ""
    ignored_columns: tuple[str, ...] = ()
    distrust: str = ""


class RowProblem(Struct, frozen=True):
    """One thing wrong with a row.

    Args:
        row: number of the row, as a spreadsheet shows it; 0 if it concerns the whole file.
        problem: what is wrong, and what to write instead.
        column: heading of the column; empty if no column holds the field.
        cell: as a spreadsheet names it, such as ``H7``; empty if there is none.
        value: what the cell holds, shortened.
        is_note: whether it is worth knowing but does not stop the letter.
    """

    row: int
    problem: Problem
    column: str = ""
    cell: str = ""
    value: str = ""
    is_note: bool = False

    def __str__(self) -> str:
        if not self.row:
            return str(self.problem)
        place = f"row {self.row}" + (f", {self.cell}" if self.cell else "")
        is_quoted = not self.value or self.is_note or f"“{self.value}”" in self.problem.message
        what = "The cell" if self.cell else "It"
        return f"{self.problem.within(place)}{'' if is_quoted else f' ({what} says “{self.value}”.)'}"

    def as_dict(self) -> dict[str, Any]:
        """The parts that are not empty, for reports and events."""
        parts = {"row": self.row, "column": self.column, "cell": self.cell, "value": self.value}
        parts |= {**self.problem.as_dict(), "severity": "note" if self.is_note else "problem"}
        return {name: value for name, value in parts.items() if value}


class CheckedRow(Struct, frozen=True):
    """A row after the first pass.

    Args:
        row: number of the row.
        label: what ``{row}`` stands for in the name of its letter.
        kind: of the letter.
        files: names of the letter's files, by format; empty if the row has problems.
        digest: of the row's answers and the name of its letter.
        content: digest of the letter alone.
        reference: of the letter; may be empty.
        entered: the head of the register's log when the letter got its number; empty without a register.
        why_draft: why the letter is only a draft; empty if it is not.
        letter: the checked letter, pickled.
        problems: why there will be no letter.
        notes: what is worth knowing but does not stop the letter.
    """

    row: int
    label: str = ""
    kind: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    digest: bytes = b""
    content: bytes = b""
    reference: str = ""
    entered: str = ""
    why_draft: str = ""
    letter: bytes = b""
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()


class RowChecker:
    """Checks rows of one batch, and remembers what it has made of their headings."""

    def __init__(self, job: BatchJob, assembler: Assembler) -> None:
        self.job, self.assembler = job, assembler
        self.lookup = FieldLookup(assembler, [job.kind] if job.kind else list(assembler.library.kinds))
        self.pattern = FilenamePattern(job.pattern, self.lookup.all)
        self._columns: dict[tuple[str, ...], TableColumns] = {}

    def columns(self, headings: tuple[str, ...]) -> TableColumns:
        """What the headings of a table, or the keys of a JSON row, mean."""
        if headings not in self._columns:
            if len(self._columns) > 200:  # each JSON row may have keys of its own
                self._columns.clear()
            ignores = TableOptions(ignored_columns=self.job.ignored_columns).ignores
            ignored = {
                place
                for place, heading in enumerate(headings)
                if ignores(heading, place if self.job.has_cells else None)
            }
            self._columns[headings] = TableColumns(headings, self.lookup, frozenset(ignored))
        return self._columns[headings]

    def check(self, row: TableRow) -> CheckedRow:
        """The letter a row describes, or everything that is wrong with the row. Raises LibraryAtFault."""
        if row.problems:
            return CheckedRow(row.number, problems=tuple(RowProblem(row.number, problem) for problem in row.problems))
        columns = self.columns(row.headings)
        if columns.problems:
            found = tuple(
                RowProblem(row.number, replace(problem, where=f"“{row.headings[place]}”"), row.headings[place])
                for place, problem in columns.problems
            )
            return CheckedRow(row.number, problems=found)
        reading = columns.read(row, self.job.shared_answers, self.job.kind)
        problems = list(self._problems_of_cells(reading))
        try:
            letter = self.assembler.check(reading.answers)
        except LibraryAtFault:
            raise
        except LettersError as error:
            problems += self._problems_of_answers(reading, error)
            return CheckedRow(row.number, problems=tuple(problems))
        if not problems and not self.job.drafts and (why := self.assembler.why_draft(letter)):
            problems.append(
                RowProblem(row.number, Problem(why, hint="Use --drafts to write it as a draft.", code="draft"))
            )
        label = reading.label or str(row.number)
        if reading.label and not (label.isascii() and label.isdigit() and len(label) < 16):
            problem = Problem("is not a row number.", ROW, "Write a whole number, or delete the column.", "value", ROW)
            problems.append(self._placed(reading, problem))
        if problems:
            return CheckedRow(row.number, problems=tuple(problems))
        return self._good(row, reading, letter, label)

    def _good(self, row: TableRow, reading: ParsedRow, letter: Letter, label: str) -> CheckedRow:
        self.assembler.template(letter.kind)  # a template that cannot be filled is reported before anything is written
        stem = self.pattern.stem(letter, label)
        answers = letter.model_dump_json()
        return CheckedRow(
            row.number,
            label,
            letter.kind,
            files=file_names(
                stem, self.assembler.suffixes(letter, self.job.formats), is_draft=self.assembler.is_draft(letter)
            ),
            digest=hashlib.sha256(f"{stem}\n{answers}".encode()).digest()[:8],
            content=hashlib.sha256(answers.encode()).digest()[:8],
            reference=letter.reference or "",
            why_draft=self.assembler.why_draft(letter),
            letter=pickle.dumps(letter, pickle.HIGHEST_PROTOCOL) if self.job.keeps_letters else b"",
            notes=tuple(self._placed(reading, each, is_note=True) for each in self._notes_on(letter)),
        )

    def _notes_on(self, letter: Letter) -> Iterator[Problem]:
        yield from self.assembler.notes_on(letter)
        yield from (each.note for each in self.assembler.due_dates(letter))

    def _problems_of_cells(self, reading: ParsedRow) -> Iterator[RowProblem]:
        for column, problem in reading.problems:
            name = ".".join(filter(None, (column.name, str(column.item or ""), column.part)))
            target = self.lookup.all.get(column.name)
            where = f"{target.title} ({name})" if target else name
            if problem.hint == AS_TEXT and not self.job.has_cells:
                problem = replace(problem, hint="Write it as a text, in quotation marks.")
            yield self._at(reading, column, replace(problem, where=where, field=name))

    def _problems_of_answers(self, reading: ParsedRow, error: LettersError) -> Iterator[RowProblem]:
        unreadable = set(reading.unreadable())
        for problem in error.problems:
            if not any(problem.field == name or problem.field.startswith(f"{name}.") for name in unreadable):
                yield self._placed(reading, problem)

    def _placed(self, reading: ParsedRow, problem: Problem, *, is_note: bool = False) -> RowProblem:
        return self._at(reading, reading.column_of(problem.field) if problem.field else None, problem, is_note=is_note)

    def _at(self, reading: ParsedRow, column: Column | None, problem: Problem, *, is_note: bool = False) -> RowProblem:
        number = reading.row.number
        if column is None:
            return RowProblem(number, problem, is_note=is_note)
        cells = reading.row.cells
        target = self.lookup.all.get(column.name)
        held = cells[column.place] if column.place < len(cells) else None
        is_several = isinstance(held, (Mapping, list, tuple))  # some of which may be confidential
        value = "" if is_several or (target and target.confidential) else masked(shown(held))
        cell = f"{column_letters(column.place)}{number}" if self.job.has_cells else ""
        return RowProblem(number, problem, reading.row.headings[column.place], cell, value, is_note)
