"""What a worker does: it checks rows and writes letters, in a process of its own, on this machine or another.

A worker opens the library once and compiles each template once. A row that fails does not affect other rows.
"""

from __future__ import annotations

import itertools
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from letters._system.garbage import less_garbage_collection
from letters._system.resource_limits import limits_for_many
from letters._system.stopwatch import seconds
from letters._system.version import VERSION
from letters.assembly.assembler import Assembler
from letters.batches.digests import Digests
from letters.batches.folder_storage import FolderStorage
from letters.batches.journal import WrittenFile
from letters.batches.library_snapshot import library_digest
from letters.batches.row_checker import BatchJob, CheckedRow, RowChecker, RowProblem
from letters.batches.row_source import TableRow
from letters.batches.storage import IN_FLIGHT, Receipt, Storage, is_written
from letters.errors import CannotWrite, LettersError, LibraryAtFault, Problem
from letters.library.library import Library
from letters.model.letter import Letter

R = TypeVar("R")

# Libraries that were sent to this machine: digest to folder. See `cluster`.
RECEIVED_LIBRARIES: dict[str, str] = {}
_VERSIONED = ("weasyprint", "pydyf", "fonttools")
_ONE_AT_A_TIME = threading.Lock()  # printing reads WeasyPrint's log, and a process has only one


class ChunkResult(Struct, Generic[R], frozen=True):
    """The results for a chunk of rows.

    Args:
        seconds: the work took, not counting the time to send it.
        results: in the order of the rows.
        stopped: why the rest of the chunk, and of the batch, cannot be done.
    """

    seconds: float
    results: tuple[R, ...]
    stopped: LettersError | None = None


class WrittenRow(Struct, frozen=True):
    """A row after the second pass.

    Args:
        row: number of the row.
        files: what was written, by name; empty if nothing was.
        data: the letter by format, if letters are returned as bytes.
        problems: why there is no letter.
        notes: what is worth knowing about the letter.
        exit_code: of the failure, if there was one.
        is_draft: whether the letter is marked as a draft.
        told: the deadlines of its request, by id.
    """

    row: int
    files: Mapping[str, WrittenFile] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()
    exit_code: int = 0
    is_draft: bool = False
    told: Mapping[str, str] = field(default_factory=dict)


def software_versions() -> list[str]:
    """The software on this machine that the bytes of a letter depend on, with versions."""
    found = ((name, _version_of(name)) for name in _VERSIONED)
    return [f"letters {VERSION}", *(f"{name} {version}" for name, version in found if version)]


def _version_of(name: str) -> str:
    """Its version, as the name of the folder with its metadata states it; empty if it is not installed."""
    for folder in map(Path, sys.path):
        for found in folder.glob(f"{name}-*.dist-info"):
            return found.stem.removeprefix(f"{name}-")
    from importlib.metadata import PackageNotFoundError, version  # here, because to import it takes ten times as long

    with suppress(PackageNotFoundError):
        return version(name)
    return ""


def check_rows(job: BatchJob, rows: Sequence[TableRow]) -> ChunkResult[CheckedRow]:
    """The first pass over a chunk of rows."""
    return _each(job, rows, lambda checker, row: checker.check(row), _unchecked)


def write_rows(job: BatchJob, rows: Sequence[CheckedRow]) -> ChunkResult[WrittenRow]:
    """The second pass over a chunk of rows: makes their letters and stores them, several at a time."""
    began, underway = seconds(), dict[int, Receipt]()
    made = _each(job, rows, partial(_write, underway), _unwritten)
    stopped = made.stopped
    for number, row in enumerate(made.results):
        try:
            underway.get(row.row, is_written)()
        except CannotWrite as error:
            for receipt in underway.values():  # a later letter that is written all the same is found on the next run
                with suppress(CannotWrite):
                    receipt()
            return ChunkResult(seconds() - began, made.results[:number], error)
    return ChunkResult(seconds() - began, made.results, stopped)


def _each(
    job: BatchJob, rows: Sequence[Any], do: Callable[[RowChecker, Any], R], failed: Callable[[Any, Problem], R]
) -> ChunkResult[R]:
    began, done = seconds(), []
    with _ONE_AT_A_TIME, less_garbage_collection(), limits_for_many():
        try:
            checker = checker_of(job)
            for row in rows:
                try:
                    done.append(do(checker, row))
                except (LettersError, MemoryError):
                    raise
                except Exception as error:
                    done.append(failed(row, _bug(error)))
        except LettersError as error:
            return ChunkResult(seconds() - began, tuple(done), error)
    return ChunkResult(seconds() - began, tuple(done))


def _write(underway: dict[int, Receipt], checker: RowChecker, row: CheckedRow) -> WrittenRow:
    """Make a letter, and begin to store it; ``underway`` has the receipts by row."""
    letter = pickle.loads(row.letter)
    assert isinstance(letter, Letter)
    job = checker.job
    if row.entered:
        letter = letter.model_copy(update={"reference": row.reference})
    else:
        checker.assembler.take_up(letter, row.why_draft, row.files)
    try:
        made = checker.assembler.make(letter, job.formats, entered=row.entered)
    except CannotWrite:  # this machine lacks something, so every other row would fail too
        raise
    except LettersError as error:
        found = tuple(RowProblem(row.row, problem) for problem in error.problems)
        return WrittenRow(row.row, problems=found, exit_code=error.exit_code)
    notes = tuple(RowProblem(row.row, note, is_note=True) for note in made.notes)
    told = {each.id: each.day.isoformat() for each in checker.assembler.due_dates(letter)} if row.entered else {}
    if not job.out:
        return WrittenRow(row.row, data=made.files, notes=notes, is_draft=made.is_draft, told=told)
    files = {row.files[suffix]: data for suffix, data in made.files.items()}
    if len(underway) >= IN_FLIGHT:
        underway[next(itertools.islice(reversed(underway), IN_FLIGHT - 1, None))]()
    underway[row.row] = _storage(job.out, job.key).put(files, overwrite=job.overwrite)
    written = {
        row.files[suffix]: WrittenFile(len(data), _DIGESTS.of(data, f"{row.kind}.{suffix}"))
        for suffix, data in made.files.items()
    }
    return WrittenRow(row.row, written, notes=notes, is_draft=made.is_draft, told=told)


def _unchecked(row: TableRow, problem: Problem) -> CheckedRow:
    return CheckedRow(row.number, problems=(RowProblem(row.number, problem),))


def _unwritten(row: CheckedRow, problem: Problem) -> WrittenRow:
    return WrittenRow(row.row, problems=(RowProblem(row.row, problem),), exit_code=1)


def _bug(error: Exception) -> Problem:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return Problem(
        f"This row failed because of a bug in Letters: {type(error).__name__}.",
        hint=f"Report this row, and {Path(frame.filename).name}:{frame.lineno}, to whoever maintains Letters.",
        code="bug",
    )


# --- what a worker keeps ---------------------------------------------------------------------------------------------


_ASSEMBLERS: dict[tuple[str, str, str], Assembler] = {}
_DIGESTS = Digests()


def keep_assembler(assembler: Assembler) -> str:
    """Keep an assembler that is already open, and return the digest of its library."""
    digest = library_digest(assembler.library)
    _ASSEMBLERS[str(assembler.library.root), digest, assembler.approvals.trust_problem] = assembler
    return digest


def _assembler(folder: str, digest: str, distrust: str) -> Assembler:
    if (folder, digest, distrust) not in _ASSEMBLERS:
        assembler = Assembler(Library(Path(folder)))
        if library_digest(assembler.library) != digest:  # it is read now; later changes do not matter
            raise LibraryAtFault(
                Problem("The library changed while the batch was running.", folder, "Run the batch again.")
            )
        assembler.approvals.trust_problem = distrust  # signatures are checked only on the machine that starts the batch
        _ASSEMBLERS[folder, digest, distrust] = assembler
    return _ASSEMBLERS[folder, digest, distrust]


_CHECKERS: dict[int, tuple[BatchJob, RowChecker]] = {}


def checker_of(job: BatchJob) -> RowChecker:
    """The row checker for a job, kept for its next rows."""
    key = hash((job.library, job.digest, job.pattern, job.kind, job.drafts, job.formats, job.out))
    kept = _CHECKERS.get(key)
    if kept is None or kept[0] != job:
        folder = RECEIVED_LIBRARIES.get(job.digest) or job.library
        if not folder:
            raise CannotWrite(
                Problem("A worker did not receive the library.", hint="Run the batch again with --resume.")
            )
        kept = (job, RowChecker(job, _assembler(folder, job.digest, job.distrust)))
        if len(_CHECKERS) > 4:
            _CHECKERS.clear()
        _CHECKERS[key] = kept
    return kept[1]


def open_storage(out: str, key: str) -> Storage:
    """The storage at a path or an address such as ``s3://bucket/folder``.

    Args:
        key: of the batch.

    Raises:
        Usage: nothing can be stored at the address.
    """
    if "://" in out:
        from letters.batches.remote_storage import RemoteStorage

        return RemoteStorage(out)
    return FolderStorage(Path(out), key)


@lru_cache(maxsize=4)
def _storage(out: str, key: str) -> Storage:
    return open_storage(out, key)
