"""A batch in its two passes: every row is checked, then the letters of the good ones are written."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from letters._system.output import safe_stem
from letters._system.workers import processors
from letters.assembly.assembler import FORMATS, Assembler
from letters.batches import work
from letters.batches.checking import Checked, Job, RowProblem
from letters.batches.cluster import Cluster
from letters.batches.filenames import DEFAULT
from letters.batches.journal import Journal
from letters.batches.pool import Crew, processes
from letters.batches.reports import BadRows
from letters.batches.rows import forget
from letters.batches.table import RowSource, TableRow
from letters.batches.work import Written
from letters.errors import CannotWrite, InvalidAnswers, Problem, Usage

_HERE = 0.3  # seconds of checking in this process before workers are called
_FEW = 25  # Word letters that are made sooner than workers are there


class Batch:
    """A batch in two passes: `check` every row, then `write`. A context manager, which lets its workers go.

    Args:
        trial: only check; nothing is kept for writing.
        aside: where bad rows go, to be corrected.
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
        trial: bool = False,
        workers: int | None = None,
        executor: Executor | None = None,
        cluster: str | None = None,
        aside: Path | None = None,
    ) -> None:
        if kind is not None and kind not in assembler.library.kinds:
            raise Usage(Problem(f"There is no kind of letter called “{kind}”.", hint="`letters kinds` lists them."))
        self._desk, self._source, self._resume = assembler, source, resume
        self._key = safe_stem(Path(source.name).name)
        self._job = Job(
            library=str(assembler.library.root),
            digest=work.use(assembler),
            out=_from_anywhere(out) if cluster or executor else out or "",
            formats=tuple(formats),
            pattern=name,
            kind=kind,
            constants=dict(answers or {}),
            drafts=drafts,
            overwrite=overwrite,
            table=source.is_table,
            trial=trial,
            staging=self._key,
            distrust=assembler.register.trust_problem,
        )
        self._bench = work.bench_of(self._job)
        self._place = work.open_place(out, self._key) if out else None
        self._workers, self._executor, self._address = workers, executor, cluster
        self._cluster: Cluster | None = None
        self._journal: Journal | None = None
        self._spool: IO[bytes] = tempfile.TemporaryFile(prefix="letters-")  # noqa: SIM115 - closed with the batch
        self._undisturbed = work.undisturbed(formats)
        self._names: dict[int, int] = {}
        self._aside = BadRows(aside, source, keeps_row=self._bench.pattern.takes_row) if aside else None
        self._out: dict[int, TableRow] = {}  # rows whose letters are being made
        self.taken: list[str] = []
        self.rows = self.bad = self.ready = self.already = self.written = self.failed = 0

    def __enter__(self) -> Batch:
        self._undisturbed.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._undisturbed.__exit__(kind, value, at)
        with suppress(OSError):  # of a full disk, which has been told of
            self._spool.close()
        if self._aside is not None:
            self._aside.discard()  # where it was not closed: the next run puts the same rows aside
        if "_crew" in self.__dict__:
            self._crew.close()
        if self._cluster is not None:
            self._cluster.close()
        if self._journal is not None:
            self._journal.close()
        forget()

    @cached_property
    def _crew(self) -> Crew:
        if self._address is not None:
            self._cluster = Cluster(self._address, self._processors, self._desk.library, self._job.digest)
            cluster, self._job = self._cluster, replace(self._job, library="")
            work.SENT.setdefault(self._job.digest, str(self._desk.library.root))  # for rows checked here
            return Crew(
                lambda _: cluster.executor(), cluster.workers, owned=False, lost=cluster.lost, there=cluster.is_there
            )
        if self._executor is not None:
            given = self._executor
            workers = getattr(given, "_max_workers", None) or self._processors
            return Crew(lambda _: given, workers, owned=False)
        if self._workers == 0:
            return Crew(None, 1)
        preload = ["letters.batches.work", *(["letters.pdf.convert"] if "pdf" in self._job.formats else [])]
        return Crew(processes(preload), self._processors)

    @property
    def _processors(self) -> int:
        return self._workers or processors()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._crew.stopping

    @property
    def deaths(self) -> int:
        """How many workers have died."""
        return self._crew.deaths

    def stop(self) -> None:
        """Begin no more rows. What is in hand is finished and noted; `letters batch --resume` does the rest."""
        self._crew.stop()

    def shown(self, name: str) -> str:
        """What people and scripts call a file of this batch."""
        return self._place.shown(name) if self._place else name

    # --- first pass ----------------------------------------------------------------------------------------------

    def check(self) -> Iterator[Checked]:
        """Check every row, in their order. A row without problems is kept for `write`.

        Raises:
            InvalidAnswers: the headings, or the file, cannot be used.
            CannotWrite, Usage: a batch that was begun here, and this one, do not go together.
        """
        self._refuse_headings()
        if self._place and not self._job.trial and self._place.has_journal(self._key):
            self._open_journal()
        checks = self._crew.run(work.check_rows, self._job, self._source.rows(), _died_checking, here=_HERE)
        for done in checks:
            for row, found in done:
                checked = self._settled(found, row)
                self.rows += 1
                if checked.problems:
                    self.bad += 1
                    self._set_aside(row)
                yield checked
        self._spool.seek(0)

    def _settled(self, checked: Checked, row: TableRow) -> Checked:
        """A row's last questions, which concern its neighbours and what is there already; and its keeping."""
        if self._journal and not self._journal.is_new and self._journal.has(checked.row, checked.digest):
            self.already += 1
            return checked
        if checked.problems:
            return checked
        if clash := self._clash(checked):
            return replace(checked, problems=(clash,), letter=b"")
        if self._place and not self._job.overwrite and (self._journal is None or self._journal.is_new):
            self.taken += [name for name in checked.files.values() if self._place.exists(name)]
        self.ready += 1
        if not self._job.trial:
            self._keep(checked, row)
        return checked

    def _keep(self, checked: Checked, row: TableRow) -> None:
        try:
            pickle.dump((checked, row if self._aside else None), self._spool, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            where = Problem("The checked rows cannot be kept for writing.", tempfile.gettempdir(), code="cannot-write")
            raise CannotWrite(replace(where, hint="Free some space there, or set TMPDIR.")) from error

    def _clash(self, checked: Checked) -> RowProblem | None:
        """Two letters of one name; folded, because Windows and macOS take Letter.docx and letter.docx for one file."""
        if self._bench.pattern.is_unique and checked.label == str(checked.row):
            return None
        name = next(iter(checked.files.values()), "")
        other = self._names.setdefault(hash(name.casefold()), checked.row)
        if other == checked.row:
            return None
        problem = Problem(
            f"would be written under the same name as row {other}: {name}.",
            hint="Put {row} or {reference} into --name.",
            code="same-name",
        )
        return RowProblem(checked.row, problem)

    def _refuse_headings(self) -> None:
        if not self._source.is_table:
            return
        columns = self._bench.columns(self._source.headings)
        found = [
            replace(problem, where=f"{self._source.name}, column “{' '.join(columns.headings[place].split())[:60]}”")
            for place, problem in columns.problems
        ]
        says_kind = self._job.kind or "kind" in self._job.constants
        if not says_kind and not any(column.name == "kind" for column in columns.columns):
            hint = "Say it with --kind, or give it a column called kind."
            found.append(Problem("No column says which kind of letter each row is.", self._source.name, hint, "kind"))
        if found:
            raise InvalidAnswers(found)

    def _set_aside(self, row: TableRow) -> None:
        if self._aside:
            self._aside.add(row)

    def close_aside(self) -> str:
        """Finish the file of bad rows; where it is, if there were any."""
        if self._aside is None or not self._aside.count:
            return ""
        self._aside.close()
        return str(self._aside.path)

    # --- second pass ---------------------------------------------------------------------------------------------

    def write(self) -> Iterator[tuple[Checked, Written]]:
        """Make and place the letter of every good row, in their order.

        Raises:
            CannotWrite: the disk is full, say; what was written before is noted, and can be gone on from.
        """
        if self.taken:
            raise CannotWrite(_exists(self.shown(name)) for name in self.taken[:20])
        if self._place and not self.stopped:
            if self._journal is None:
                self._open_journal()
            assert self._journal is not None
            self._journal.begin()
        job = replace(self._job, overwrite=self._journal.overwrite) if self._journal else self._job
        here = 1e9 if self._is_small else 0.0
        crew = self._crew.run(work.write_rows, job, self._spooled(), _died_writing, left=self._left, here=here)
        for done in crew:
            self._refuse_elsewhere(done)
            if self._journal:
                self._journal.add([(row, result.files) for row, result in done if result.files])
            for row, result in done:
                self.written += not result.problems
                self.failed += bool(result.problems)
                came = self._out.pop(row.row, None)
                if came is not None and result.problems:
                    self._set_aside(came)
                yield row, result
        if self._journal and self._place and not self.stopped:
            if not self.failed:
                self._journal.finish()
            self._place.settle()

    def _refuse_elsewhere(self, done: Sequence[tuple[Checked, Written]]) -> None:
        """A worker of another machine may have written into a folder of its own."""
        if self._address is None or self._place is None or "://" in self._job.out:
            return
        for _, result in done:
            for name in result.files:
                if not self._place.exists(name):
                    hint = "Workers and this machine must write to the same storage: a shared drive, or s3://…"
                    raise CannotWrite(
                        Problem("was written by a worker, and is not here.", self.shown(name), hint, "elsewhere")
                    )

    @property
    def _is_small(self) -> bool:
        """Whether it is done sooner than workers are there."""
        ours = self._address is None and self._executor is None
        return ours and (self.ready <= 1 or ("pdf" not in self._job.formats and self.ready <= _FEW))

    def _spooled(self) -> Iterator[Checked]:
        for _ in range(self.ready):
            checked, row = pickle.load(self._spool)
            if row is not None:
                self._out[checked.row] = row
            yield checked

    def _left(self) -> int:
        return self.ready - self.written - self.failed

    def _open_journal(self) -> None:
        assert self._place is not None
        job = self._job
        made_of = {
            "rows": Path(self._source.name).name,
            "library": job.digest,
            "made_with": work.made_with(),
            "formats": sorted(job.formats),
            "name": job.pattern,
        }
        self._journal = Journal.open(
            self._place, self._key, made_of, resume=self._resume, overwrite=self._job.overwrite
        )

    @property
    def rewritten(self) -> int:
        """Files that an earlier run had written and that were gone."""
        return self._journal.gone if self._journal else 0


def _from_anywhere(out: str | None) -> str:
    """The place as workers must call it, who may have another working folder."""
    return str(Path(out).absolute()) if out and "://" not in out else out or ""


def _exists(path: str) -> Problem:
    return Problem("already exists.", path, "--overwrite replaces it; --resume goes on with a batch.", "exists")


def _died_checking(row: TableRow, problem: Problem) -> Checked:
    return Checked(row.number, problems=(RowProblem(row.number, problem),))


def _died_writing(row: Checked, problem: Problem) -> Written:
    return Written(row.row, problems=(RowProblem(row.row, problem),), exit_code=1)
