"""What a worker does: check rows, and write letters. Runs in a process of its own, here or on another machine.

A worker opens the library once and compiles each template once. A row that cannot be made costs itself alone.
"""

from __future__ import annotations

import gc
import hashlib
import pickle
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Generic, TypeVar

from letters import __version__
from letters._system.stopwatch import seconds
from letters.assembly.assembler import Assembler
from letters.batches.checking import Bench, Checked, Job, RowProblem, library_digest
from letters.batches.destination import Destination
from letters.batches.folders import Folder
from letters.batches.journal import Filed
from letters.batches.table import TableRow
from letters.errors import CannotWrite, LettersError, LibraryAtFault, Problem
from letters.library.library import Library
from letters.model.letter import Letter

R = TypeVar("R")

# Libraries sent to this machine: digest to folder. See `cluster`.
SENT: dict[str, str] = {}
_MADE_WITH = ("weasyprint", "pydyf", "fonttools")
_SELDOM = 20_000  # new objects; a letter takes some thousands, and looking at each few hundred a tenth of the time
_ONE_AT_A_TIME = threading.Lock()  # printing listens to WeasyPrint's log, of which a process has one


@dataclass(frozen=True, slots=True)
class Results(Generic[R]):
    """What became of a chunk of rows.

    Args:
        seconds: it took, without the time to get there.
        stopped: why the rest of the chunk, and of the batch, cannot be done.
    """

    seconds: float
    results: tuple[R, ...]
    stopped: LettersError | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A row after the second pass.

    Args:
        files: name to what was written; empty where nothing was.
        data: format to bytes, where letters are handed back.
        exit_code: of the failure, if there was one.
    """

    row: int
    files: Mapping[str, Filed] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()
    exit_code: int = 0


def made_with() -> list[str]:
    """What the bytes of a letter depend on, beside the library and the answers: programs and their versions, here."""
    found = [f"letters {__version__}"]
    for name in _MADE_WITH:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return found


def check_rows(job: Job, rows: Sequence[TableRow]) -> Results[Checked]:
    """The first pass over some rows."""
    return _each(job, rows, lambda bench, row: bench.check(row), _unchecked)


def write_rows(job: Job, rows: Sequence[Checked]) -> Results[Written]:
    """The second pass: the letters of some rows, made and put in their places."""
    return _each(job, rows, _write, _unwritten)


def _each(
    job: Job, rows: Sequence[Any], do: Callable[[Bench, Any], R], failed: Callable[[Any, Problem], R]
) -> Results[R]:
    began, done = seconds(), []
    with _ONE_AT_A_TIME, undisturbed(job.formats):
        try:
            bench = bench_of(job)
            for row in rows:
                try:
                    done.append(do(bench, row))
                except (LettersError, MemoryError):
                    raise
                except Exception as error:
                    done.append(failed(row, _bug(error)))
        except LettersError as error:
            return Results(seconds() - began, tuple(done), error)
    return Results(seconds() - began, tuple(done))


@contextmanager
def undisturbed(formats: Collection[str]) -> Iterator[None]:
    """While Word letters are made, Python looks less often for garbage that holds itself: they leave next to none."""
    before = gc.get_threshold()
    if before[0] and "pdf" not in formats:  # a printed letter leaves much, which must not gather
        gc.set_threshold(max(before[0], _SELDOM), *before[1:])
    during = gc.get_threshold()
    try:
        yield
    finally:
        if gc.get_threshold() == during:  # else whoever came before this one has gone before it: a thread was left
            gc.set_threshold(*before)


def _write(bench: Bench, row: Checked) -> Written:
    letter = pickle.loads(row.letter)
    assert isinstance(letter, Letter)
    job = bench.job
    try:
        made = bench.assembler.make(letter, job.formats)
    except CannotWrite:  # the machine lacks something: no other row would fare better
        raise
    except LettersError as error:
        found = tuple(RowProblem(row.row, problem) for problem in error.problems)
        return Written(row.row, problems=found, exit_code=error.exit_code)
    notes = tuple(RowProblem(row.row, note, is_note=True) for note in made.notes)
    if not job.out:
        return Written(row.row, data=made.files, notes=notes)
    files = {row.files[suffix]: data for suffix, data in made.files.items()}
    place_for(job).put(files, overwrite=job.overwrite)
    filed = {name: Filed(len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    return Written(row.row, filed, notes=notes)


def _unchecked(row: TableRow, problem: Problem) -> Checked:
    return Checked(row.number, problems=(RowProblem(row.number, problem),))


def _unwritten(row: Checked, problem: Problem) -> Written:
    return Written(row.row, problems=(RowProblem(row.row, problem),), exit_code=1)


def _bug(error: Exception) -> Problem:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return Problem(
        f"A fault in Letters stopped this row: {type(error).__name__}.",
        hint=f"Send this row and {Path(frame.filename).name}:{frame.lineno} to whoever keeps Letters.",
        code="bug",
    )


# --- what a worker keeps ---------------------------------------------------------------------------------------------


_DESKS: dict[tuple[str, str, str], Assembler] = {}


def use(assembler: Assembler) -> str:
    """Keep a desk that is open already; the digest of its library."""
    digest = library_digest(assembler.library)
    _DESKS[str(assembler.library.root), digest, assembler.register.trust_problem] = assembler
    return digest


def _desk(folder: str, digest: str, distrust: str) -> Assembler:
    if (folder, digest, distrust) not in _DESKS:
        assembler = Assembler(Library(Path(folder)))
        if library_digest(assembler.library) != digest:  # read once: from here on nobody can change it under us
            raise LibraryAtFault(Problem("The library was changed while the batch ran.", folder, "Run it again."))
        assembler.register.trust_problem = (
            distrust  # the same bytes; signatures and who may sign are not sent everywhere
        )
        _DESKS[folder, digest, distrust] = assembler
    return _DESKS[folder, digest, distrust]


_BENCHES: dict[int, tuple[Job, Bench]] = {}


def bench_of(job: Job) -> Bench:
    """The bench for a job, kept for its next rows."""
    key = hash((job.library, job.digest, job.pattern, job.kind, job.drafts, job.formats, job.out))
    kept = _BENCHES.get(key)
    if kept is None or kept[0] != job:
        folder = SENT.get(job.digest) or job.library
        if not folder:
            raise CannotWrite(Problem("The library did not reach this worker.", hint="Run it again with --resume."))
        kept = (job, Bench(job, _desk(folder, job.digest, job.distrust)))
        if len(_BENCHES) > 4:
            _BENCHES.clear()
        _BENCHES[key] = kept
    return kept[1]


def open_place(out: str, key: str) -> Destination:
    """The place an address or a path names.

    Args:
        key: of the batch.
    """
    if "://" in out:
        from letters.batches.remote import Remote

        return Remote(out)
    return Folder(Path(out), key)


@lru_cache(maxsize=4)
def _place(out: str, key: str) -> Destination:
    return open_place(out, key)


def place_for(job: Job) -> Destination:
    return _place(job.out, job.staging)


# --- a worker process ------------------------------------------------------------------------------------------------
