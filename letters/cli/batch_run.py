"""Runs `letters batch`, from its options to its exit code."""

from __future__ import annotations

import contextlib
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.batches.api import open_source
from letters.batches.field_lookup import FieldLookup
from letters.batches.filenames import DEFAULT
from letters.batches.report_files import ProblemReport
from letters.batches.row_checker import CheckedRow, RowProblem
from letters.batches.row_source import TableOptions
from letters.batches.run import Batch
from letters.batches.worker_tasks import WrittenRow
from letters.cli.batch_progress import Progress, summary_of
from letters.cli.common import kind_of
from letters.errors import CannotWrite, Interrupted, InvalidAnswers, LettersError, Problem, Usage
from letters.library.library import Library
from letters.matters.registration import Registration

_NO_GOOD = 5_000  # rows with problems, and none without, after which the file is taken to be the wrong one


def blank_file(
    library: Library, kind: str, path: Path, *, names: Sequence[str], only_required: bool, overwrite: bool
) -> Path:
    """Write an empty spreadsheet for letters of a kind, and return its path."""
    from letters.batches.blank_sheet import blank_sheet

    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise Usage(Problem(f"“{path.name}” is not a spreadsheet.", "-o", "Use a name that ends in .xlsx or .csv."))
    data = blank_sheet(Assembler(library), kind, path.suffix.lower(), names=names, only_required=only_required)
    return write_all({path: data}, overwrite=overwrite)[0]


def run(
    options: Namespace,
    library: Library,
    formats: tuple[str, ...],
    answers: Mapping[str, Any],
    progress: Progress,
) -> int:
    """Run one batch and return the exit code.

    Raises:
        LettersError: what stopped the batch.
    """
    try:
        return _run(options, library, formats, answers, progress)
    except LettersError as error:
        problems = [problem.as_dict() for problem in error.problems]
        progress.event("stopped", exit_code=error.exit_code, problems=problems)
        raise


def _run(
    options: Namespace,
    library: Library,
    formats: tuple[str, ...],
    answers: Mapping[str, Any],
    progress: Progress,
) -> int:
    assembler = Assembler(library)
    _ = assembler.seal  # a library that has lost it makes no letters
    lookup = FieldLookup(assembler, [kind_of(options.kind, library)] if options.kind else list(library.kinds))
    from_stdin = options.rows == "-"
    rows = sys.stdin.buffer if from_stdin else options.rows
    table = TableOptions(options.sheet, options.header_row, options.ignore_columns)
    with contextlib.ExitStack() as stack:
        source = open_source(rows, lookup, table, name="standard input" if from_stdin else "")
        stack.enter_context(contextlib.closing(source))
        report = stack.enter_context(ProblemReport(Path(options.report))) if options.report else None
        batch = stack.enter_context(
            Batch(
                assembler,
                source,
                out=options.out,
                kind=options.kind,
                answers=answers,
                formats=formats,
                name=options.name or DEFAULT,
                drafts=options.drafts,
                resume=options.resume,
                overwrite=options.overwrite,
                dry_run=options.dry_run,
                workers=options.workers,
                cluster=options.cluster,
                bad_rows=_bad_rows_file(options) if options.skip_bad else None,
                allow_duplicates=options.allow_duplicates,
                registration=Registration.of(assembler.library, assembler.office, assembler.rulebook),
            )
        )
        stack.enter_context(_stop_on_signals(batch))
        command = _BatchCommand(batch, progress, report)
        wants_all = options.skip_bad or options.events or report is not None
        return command.run(dry_run=options.dry_run, skip_bad=options.skip_bad, wants_all=wants_all)


class _BatchCommand:
    """One run of the command."""

    def __init__(self, batch: Batch, progress: Progress, report: ProblemReport | None) -> None:
        self._batch, self._progress, self._report = batch, progress, report
        self._exit_code = 0
        self._gave_up = False

    def run(self, *, dry_run: bool, skip_bad: bool, wants_all: bool) -> int:
        """Check, write, and print the summary; returns the exit code.

        Args:
            wants_all: whether somebody reads every problem, and not only what is printed of them.
        """
        progress, batch = self._progress, self._batch
        progress.begin()
        with contextlib.closing(batch.check()) as rows:
            for checked in rows:
                self._report_all((*checked.problems, *checked.notes))
                progress.step("rows checked", batch.rows)
                if batch.bad == batch.rows == _NO_GOOD and not wants_all:
                    self._gave_up = True
                    break
        progress.end_of_problems()
        progress.event("checked", rows=batch.rows, bad=batch.bad)
        self._raise_if_stopped()
        if not dry_run and (skip_bad or not batch.bad):
            self._write()
        return self._end(dry_run=dry_run)

    def _write(self) -> None:
        progress, batch = self._progress, self._batch
        progress.begin()
        for checked, written in self._written():
            files = [batch.shown(name) for name in written.files]
            if files:
                progress.event("written", row=checked.row, files=files)
            for file in files:
                progress.file(file)
            self._report_all((*written.problems, *written.notes))
            if written.exit_code:
                self._exit_code = max(self._exit_code, written.exit_code)
            progress.step("letters written", batch.written + batch.failed, batch.ready)
        progress.end_of_problems()
        self._raise_if_stopped()

    def _written(self) -> Iterator[tuple[CheckedRow, WrittenRow]]:
        """The rows as they are written; an error that stops them also says how many are."""
        try:
            yield from self._batch.write()
        except CannotWrite as error:
            if not self._batch.written:
                raise
            raise CannotWrite((*error.problems, self._how_far())) from error

    def _how_far(self) -> Problem:
        batch = self._batch
        done, all_rows = batch.written + batch.already, batch.ready + batch.already
        return Problem(f"{done:,} of {all_rows:,} letters are written.", hint="Use --resume to write the rest.")

    def _report_all(self, problems: tuple[RowProblem, ...]) -> None:
        for problem in problems:
            self._progress.problem(problem)
        if self._report:
            self._report.add(problems)

    def _raise_if_stopped(self) -> None:
        batch = self._batch
        if not batch.stopped:
            return
        if not batch.written:
            raise Interrupted("Stopped while checking the rows. Nothing was written.")
        how_far = self._how_far()
        raise Interrupted(replace(how_far, message=f"Stopped. {how_far.message}"))

    def _end(self, *, dry_run: bool) -> int:
        batch, progress = self._batch, self._progress
        counts = {name: getattr(batch, name) for name in ("rows", "bad", "written", "already", "failed", "rewritten")}
        counts["deaths"] = batch.crashes
        code = self._exit_code or (InvalidAnswers.exit_code if batch.bad or batch.failed else 0)
        seconds = progress.seconds
        bad_rows = batch.close_bad_rows()
        if self._report:
            self._report.end({**counts, "exit_code": code})
        sentence = summary_of(counts, seconds, dry_run=dry_run)
        if self._gave_up:
            sentence += (
                f" None of the first {_NO_GOOD:,} rows is good, so the others were not read. Is this the right file and"
                " the right kind of letter? To check every row: --report FILE"
            )
        elif bad_rows:
            sentence += f" The bad rows are in {bad_rows}: correct them there, then run that file."
        elif batch.bad and not dry_run:
            sentence += " Correct them, or use --skip-bad to write the others."
        summary = {**counts, "seconds": round(seconds, 2), "bad_rows": bad_rows, "exit_code": code}
        progress.end(summary, sentence)
        return code


def _bad_rows_file(options: Namespace) -> Path:
    """The file for bad rows: a new one, because somebody may be correcting those of an earlier run."""
    if options.bad:
        return Path(options.bad)
    rows = Path("rows.csv" if options.rows == "-" else options.rows)
    for number in range(1, 1000):
        path = rows.with_name(f"{rows.stem}-bad{'' if number == 1 else f'-{number}'}{rows.suffix}")
        if not path.exists():
            return path
    raise Usage(
        Problem("There are too many files of bad rows here.", str(rows.parent), "Name a new one with --bad FILE.")
    )


@contextmanager
def _stop_on_signals(batch: Batch) -> Iterator[None]:
    """Let Ctrl-C, or a signal that ends programs, stop the batch after the rows in progress; a second one ends it."""

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        batch.stop()

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
