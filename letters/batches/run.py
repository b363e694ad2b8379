"""A batch in two passes: first every row is checked, then the letters of the good rows are written."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from msgspec.structs import replace

from letters._system.garbage import less_garbage_collection
from letters._system.output import safe_stem
from letters._system.processors import processors
from letters._text.lazy_property import lazy_property
from letters.assembly.assembler import FORMATS, Assembler
from letters.batches import worker_tasks
from letters.batches.cluster import CONNECT_SECONDS, DaskCluster
from letters.batches.filenames import DEFAULT
from letters.batches.journal import Journal
from letters.batches.numbered_rows import NumberedRows
from letters.batches.report_files import BadRows
from letters.batches.row_checker import BatchJob, CheckedRow, RowProblem
from letters.batches.row_source import RowSource, TableRow, refuse_unknown_columns
from letters.batches.worker_pool import WorkerPool, process_pool
from letters.batches.worker_tasks import WrittenRow
from letters.errors import CannotWrite, InvalidAnswers, Problem, Usage, joined_places
from letters.library.library import no_such_kind
from letters.matters.registration import Registration

_CHECK_SECONDS = 0.3  # of checking in this process before workers are started
_NOTED_TOGETHER = 100  # rows that go into the register in one transaction, each of which waits for the disk
_FEW_LETTERS = 25  # Word letters that take less time than starting workers
_EXISTS_HINT = (
    "Use --overwrite to replace it, or --resume to continue a batch (in Python: overwrite=True or resume=True)."
)


class Duplicates:
    """Finds rows that make the same letter, or that have the same reference."""

    def __init__(self) -> None:
        self._letters: dict[bytes, int] = {}  # to the first row that has it
        self._references: dict[int, int] = {}  # hash of each reference, to the first row that has it

    def problem(self, checked: CheckedRow) -> Problem | None:
        """What a row has in common with an earlier one; None if nothing."""
        same = self._letters.setdefault(checked.content, checked.row)
        if same != checked.row:
            return Problem(
                f"The row is the same as row {same}.",
                hint="Delete one of them, or use --allow-duplicates (in Python: allow_duplicates=True).",
                code="duplicate",
            )
        if not checked.reference:
            return None
        other = self._references.setdefault(hash(checked.reference.casefold()), checked.row)
        if other == checked.row:
            return None
        return Problem(
            f"The row has the same reference as row {other}: {checked.reference}.",
            hint="Correct one of them, or use --allow-duplicates (in Python: allow_duplicates=True).",
            code="duplicate",
        )


class Batch:
    """A batch in two passes: `check` every row, then `write`. A context manager, which lets its workers go at the end.

    Args:
        assembler: makes the letters.
        source: of the rows.
        out: folder or address the letters go to; None returns them as bytes.
        kind: of every letter; None if each row says its own.
        answers: those that all rows share; a row's own answers take precedence.
        formats: of each letter, ``docx`` or ``pdf`` or both.
        name: pattern of the file names; see `FilenamePattern`.
        drafts: write letters that are not vetted, marked as drafts.
        resume: continue an interrupted batch, if there is one.
        overwrite: replace files that exist.
        dry_run: only check; nothing is kept for writing.
        workers: number of processes; None is one per processor, 0 does the work in this process.
        executor: any `concurrent.futures` executor to use instead; it is not shut down.
        cluster: address of a Dask scheduler to use instead, or ``local``.
        connect_seconds: how long to wait for the cluster to answer.
        bad_rows: file that takes the rows with problems, to be corrected.
        allow_duplicates: accept rows that are the same, or that have the same reference.
        registration: enters the letters into the library's register; None if it has none.

    Raises:
        Usage: there is no such kind of letter, or the naming pattern is wrong.
    """

    def __init__(
        self,
        assembler: Assembler,
        source: RowSource,
        *,
        out: str | None,
        kind: str | None = None,
        answers: Mapping[str, Any] | None = None,
        formats: Sequence[str] = FORMATS,
        name: str = DEFAULT,
        drafts: bool = False,
        resume: bool = False,
        overwrite: bool = False,
        dry_run: bool = False,
        workers: int | None = None,
        executor: Executor | None = None,
        cluster: str | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        bad_rows: Path | None = None,
        allow_duplicates: bool = False,
        registration: Registration | None = None,
    ) -> None:
        if kind is not None and kind not in assembler.library.kinds:
            raise no_such_kind(kind, assembler.library.kinds)
        self._assembler, self._source, self._resume, self._dry_run = assembler, source, resume, dry_run
        self._key = safe_stem(Path(source.name).name)
        self._job = BatchJob(
            library=str(assembler.library.root),
            digest=worker_tasks.keep_assembler(assembler),
            out=_place(out or "", is_shared=bool(cluster or executor)),
            formats=tuple(formats),
            pattern=name,
            kind=kind,
            shared_answers=dict(answers or {}),
            drafts=drafts,
            overwrite=overwrite,
            has_cells=source.is_table,
            keeps_letters=not dry_run or registration is not None,
            key=self._key,
            ignored_columns=source.ignored_columns,
            distrust=assembler.approvals.trust_problem,
        )
        self._checker = worker_tasks.checker_of(self._job)
        self._storage = worker_tasks.open_storage(out, self._key) if out else None
        self._workers, self._executor = workers, executor
        self._address, self._connect_seconds = cluster, connect_seconds
        self._cluster: DaskCluster | None = None
        self._journal: Journal | None = None
        self._spool: IO[bytes] = tempfile.TemporaryFile(prefix="letters-")  # noqa: SIM115 - closed with the batch
        self._garbage_collection = less_garbage_collection()
        self._names: dict[int, int] = {}  # hash of each file name, to the row that has it
        self._numbered = NumberedRows(registration, self.shown) if registration else None
        self._duplicates = None if allow_duplicates else Duplicates()
        self._bad_rows = BadRows(bad_rows, source, keeps_row=self._checker.pattern.takes_row) if bad_rows else None
        self._in_progress: dict[int, TableRow] = {}  # rows whose letters are being made
        self.existing: list[str] = []
        self.rows = self.bad = self.ready = self.already = self.written = self.failed = 0

    def __enter__(self) -> Batch:
        self._garbage_collection.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._garbage_collection.__exit__(kind, value, at)
        with suppress(OSError):  # of a full disk, which has been reported already
            self._spool.close()
        if self._bad_rows is not None:
            self._bad_rows.discard()  # if it was not completed: the next run finds the same bad rows
        if "_pool" in self.__dict__:
            self._pool.close()
        if self._cluster is not None:
            self._cluster.close()
        if self._journal is not None:
            self._journal.close()

    @lazy_property
    def _pool(self) -> WorkerPool:
        if self._address is not None:
            self._cluster = DaskCluster(
                self._address,
                self._processors,
                self._assembler.library,
                self._job.digest,
                self._connect_seconds,
            )
            cluster, self._job = self._cluster, replace(self._job, library="")
            root = str(self._assembler.library.root)
            worker_tasks.RECEIVED_LIBRARIES.setdefault(self._job.digest, root)  # for rows that are checked here
            return WorkerPool(
                lambda _: cluster.executor(),
                cluster.workers,
                owned=False,
                lost=cluster.lost,
                has_workers=cluster.is_there,
            )
        if self._executor is not None:
            given = self._executor
            workers = getattr(given, "_max_workers", None) or self._processors
            return WorkerPool(lambda _: given, workers, owned=False)
        if self._workers == 0:
            return WorkerPool(None, 1)
        preload = ["letters.batches.worker_tasks", *(["letters.pdf.convert"] if "pdf" in self._job.formats else [])]
        return WorkerPool(process_pool(preload), self._processors)

    @property
    def _processors(self) -> int:
        return self._workers or processors()

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._pool.stopping

    @property
    def crashes(self) -> int:
        """How many workers have crashed."""
        return self._pool.crashes

    def stop(self) -> None:
        """Start no more rows. Those in progress are finished; `letters batch --resume` does the rest."""
        self._pool.stop()

    def shown(self, name: str) -> str:
        """The full path or address of a file of this batch."""
        return self._storage.shown(name) if self._storage else name

    # --- first pass ----------------------------------------------------------------------------------------------

    def check(self) -> Generator[CheckedRow, None, None]:
        """Check every row, in order. Rows without problems are kept for `write`.

        Notes on the file as a whole come with the first row.

        Raises:
            InvalidAnswers: the headings, or the file of rows, cannot be used.
            CannotWrite, Usage: an earlier batch in the same place is not finished, or differs from this one.
        """
        self._refuse_headings()
        if self._storage and not self._dry_run and self._storage.has_journal(self._key):
            self._open_journal()
        checks = self._pool.run(
            worker_tasks.check_rows,
            self._job,
            self._source.rows(),
            _crashed_checking,
            in_process_seconds=_CHECK_SECONDS,
        )
        of_file = tuple(RowProblem(0, note, is_note=True) for note in self._source.notes)
        for done in checks:
            for row, found in done:
                if of_file:
                    found, of_file = replace(found, notes=(*of_file, *found.notes)), ()
                checked = self._compared(found, row)
                self.rows += 1
                if checked.problems:
                    self.bad += 1
                    self._add_bad(row)
                yield checked
        self._spool.seek(0)

    def _compared(self, checked: CheckedRow, row: TableRow) -> CheckedRow:
        """Check a row against the other rows, the journal and the files that exist; keep it if it is good."""
        if self._duplicates and not checked.problems and (found := self._duplicates.problem(checked)):
            return replace(checked, problems=(RowProblem(checked.row, found),), letter=b"")
        if self._journal and not self._journal.is_new and self._journal.has(checked.row, checked.digest):
            self.already += 1
            return checked
        if checked.problems:
            return checked
        if clash := self._clash(checked):
            return replace(checked, problems=(clash,), letter=b"")
        if self._storage and not self._job.overwrite and (self._journal is None or self._journal.is_new):
            self.existing += [name for name in checked.files.values() if self._storage.exists(name)]
        if self._numbered:
            checked = replace(checked, notes=(*checked.notes, *self._numbered.remembered(checked)))
        self.ready += 1
        if not self._dry_run:
            self._keep(checked, row)
        return checked

    def _keep(self, checked: CheckedRow, row: TableRow) -> None:
        try:
            pickle.dump((checked, row if self._bad_rows else None), self._spool, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            where = Problem("The checked rows cannot be saved for writing.", tempfile.gettempdir(), code="cannot-write")
            raise CannotWrite(replace(where, hint="Free some space there, or set TMPDIR.")) from error

    def _clash(self, checked: CheckedRow) -> RowProblem | None:
        """A problem if another row has the same file name. Case is ignored, as on Windows and macOS."""
        if self._checker.pattern.is_unique and checked.label == str(checked.row):
            return None
        name = next(iter(checked.files.values()), "")
        other = self._names.setdefault(hash(name.casefold()), checked.row)
        if other == checked.row:
            return None
        problem = Problem(
            f"would get the same file name as row {other}: {name}.",
            hint="Add {row} or {reference} to --name.",
            code="same-name",
        )
        return RowProblem(checked.row, problem)

    def _refuse_headings(self) -> None:
        if not self._source.is_table:
            return
        refuse_unknown_columns(self._source)
        columns = self._checker.columns(self._source.headings)
        found = [
            replace(problem, where=f"{self._source.name}, column “{' '.join(columns.headings[place].split())[:60]}”")
            for place, problem in columns.problems
        ]
        says_kind = self._job.kind or "kind" in self._job.shared_answers
        if not says_kind and not any(column.name == "kind" for column in columns.columns):
            hint = "Use --kind, or add a column called kind."
            found.append(
                Problem("No column says which kind of letter each row is for.", self._source.name, hint, "kind")
            )
        if found:
            raise InvalidAnswers(found)

    def _add_bad(self, row: TableRow) -> None:
        if self._bad_rows:
            self._bad_rows.add(row)

    def close_bad_rows(self) -> str:
        """Complete the file of bad rows and return its path; empty if there were none."""
        if self._bad_rows is None or not self._bad_rows.count:
            return ""
        self._bad_rows.close()
        return str(self._bad_rows.path)

    # --- second pass ---------------------------------------------------------------------------------------------

    def write(self) -> Iterator[tuple[CheckedRow, WrittenRow]]:
        """Make and store the letter of every good row, in order.

        Raises:
            CannotWrite: a file exists, or the disk is full, for example. The batch can be resumed.
        """
        if self.existing:
            places = joined_places([self.shown(name) for name in self.existing])
            raise CannotWrite(Problem("There is a file of this name already.", places, _EXISTS_HINT, "exists"))
        if self._storage and not self.stopped:
            if self._journal is None:
                self._open_journal()
            assert self._journal is not None
            self._journal.begin()
        if self._numbered and not self.stopped:
            self._numbered.reserve(self._ready_rows())
        job = replace(self._job, overwrite=self._journal.overwrite) if self._journal else self._job
        in_process = 1e9 if self._is_small else 0.0
        written = self._pool.run(
            worker_tasks.write_rows,
            job,
            self._numbered.with_numbers(self._spooled()) if self._numbered else self._spooled(),
            _crashed_writing,
            left=self._left,
            in_process_seconds=in_process,
        )
        unnoted: list[tuple[CheckedRow, WrittenRow]] = []
        try:
            for done in written:
                self._require_shared_storage(done)
                unnoted += done
                if self._numbered is None or len(unnoted) >= _NOTED_TOGETHER:
                    self._note(unnoted)
                    unnoted = []
                for row, result in done:
                    self.written += not result.problems
                    self.failed += bool(result.problems)
                    table_row = self._in_progress.pop(row.row, None)
                    if table_row is not None and result.problems:
                        self._add_bad(table_row)
                    yield row, result
        finally:
            self._note(unnoted)
        if self._journal and self._storage and not self.stopped:
            self._storage.flush()
            if not self.failed:
                self._journal.finish()
                self._storage.flush()
            self._storage.clean_up()

    def _note(self, done: Sequence[tuple[CheckedRow, WrittenRow]]) -> None:
        """Note rows in the register and in the journal; a row that the journal lacks is written and noted again."""
        if self._numbered:
            self._numbered.issue(done)
        if self._journal:
            self._journal.add([(row, result.files) for row, result in done if result.files])

    def _require_shared_storage(self, done: Sequence[tuple[CheckedRow, WrittenRow]]) -> None:
        """Raise CannotWrite if a worker on another machine wrote into a folder that only it can see."""
        if self._address is None or self._storage is None or "://" in self._job.out:
            return
        for _, result in done:
            for name in result.files:
                if not self._storage.exists(name):
                    hint = "Choose an --out that all machines share, such as a shared drive or s3://…"
                    raise CannotWrite(
                        Problem("was written by a worker, but is not here.", self.shown(name), hint, "elsewhere")
                    )

    @property
    def _is_small(self) -> bool:
        """Whether the work takes less time than starting workers."""
        ours = self._address is None and self._executor is None
        return ours and (self.ready <= 1 or ("pdf" not in self._job.formats and self.ready <= _FEW_LETTERS))

    def _ready_rows(self) -> Iterator[CheckedRow]:
        """Every row that is to be written, before the first of them is."""
        self._spool.seek(0)
        for _ in range(self.ready):
            yield pickle.load(self._spool)[0]
        self._spool.seek(0)

    def _spooled(self) -> Iterator[CheckedRow]:
        for _ in range(self.ready):
            checked, row = pickle.load(self._spool)
            if row is not None:
                self._in_progress[checked.row] = row
            yield checked

    def _left(self) -> int:
        return self.ready - self.written - self.failed

    def _open_journal(self) -> None:
        assert self._storage is not None
        job = self._job
        made_of = {
            "rows": Path(self._source.name).name,
            "library": job.digest,
            "made_with": worker_tasks.software_versions(),
            "formats": sorted(job.formats),
            "name": job.pattern,
        }
        self._journal = Journal.open(
            self._storage, self._key, made_of, resume=self._resume, overwrite=self._job.overwrite
        )

    @property
    def rewritten(self) -> int:
        """How many files an earlier run had written that were missing, and are written again."""
        return self._journal.missing if self._journal else 0


def _place(out: str, *, is_shared: bool) -> str:
    """Where the letters go; absolute for workers whose folder may be another. Raises Usage if it is mistyped."""
    if re.match(r"\w{2,}:/(?!/)", out):
        scheme, _, rest = out.partition(":/")
        raise Usage(Problem("is neither a folder nor an address.", out, f"Write: {scheme}://{rest}"))
    return str(Path(out).absolute()) if out and is_shared and "://" not in out else out


def _crashed_checking(row: TableRow, problem: Problem) -> CheckedRow:
    return CheckedRow(row.number, problems=(RowProblem(row.number, problem),))


def _crashed_writing(row: CheckedRow, problem: Problem) -> WrittenRow:
    return WrittenRow(row.row, problems=(RowProblem(row.row, problem),), exit_code=1)
