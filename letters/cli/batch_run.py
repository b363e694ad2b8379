"""The command `letters batch`, from its options to its exit code. The command line lends it voice and clock."""

from __future__ import annotations

import contextlib
import signal
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.batches.columns import Vocabulary
from letters.batches.filenames import DEFAULT
from letters.batches.reports import ProblemReport
from letters.batches.rows import open_rows
from letters.batches.run import Batch
from letters.cli.batch_progress import Progress, summary_of
from letters.errors import Interrupted, InvalidAnswers, LettersError, Problem, Usage
from letters.library.library import Library


def blank_file(library: Library, kind: str, path: Path, overwrite: bool) -> Path:
    """Write the empty sheet of a kind."""
    from letters.batches.blank import blank

    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise Usage(Problem(f"“{path.name}” is no sheet.", "-o", "Its name must end in .xlsx or .csv."))
    return write_all({path: blank(Assembler(library), kind, path.suffix.lower())}, overwrite=overwrite)[0]


def run(
    options: Namespace,
    library: Library,
    formats: tuple[str, ...],
    answers: Mapping[str, Any],
    *,
    out: Callable[[str], None],
    talk: Callable[[str, bool], None],
    flush: Callable[[], object],
    clock: Callable[[], float],
    live: bool,
) -> int:
    """Run one batch as told; returns the exit code, or raises what stopped it."""
    teller = Progress(out, talk, clock, as_events=options.events, live=live)
    try:
        return _run(options, library, formats, answers, teller, flush)
    except LettersError as error:
        teller.event("stopped", exit_code=error.exit_code, problems=[problem.as_dict() for problem in error.problems])
        raise
    finally:
        flush()


def _run(
    options: Namespace,
    library: Library,
    formats: tuple[str, ...],
    answers: Mapping[str, Any],
    teller: Progress,
    flush: Callable[[], object],
) -> int:
    assembler = Assembler(library)
    if options.kind and options.kind not in library.kinds:
        hint = f"There are: {', '.join(library.kinds)}."
        raise Usage(Problem(f"There is no kind of letter called “{options.kind}”.", hint=hint))
    vocabulary = Vocabulary(assembler, [options.kind] if options.kind else list(library.kinds))
    source = open_rows(options.rows, lambda heading: bool(vocabulary.named(heading)), options.sheet)
    with contextlib.ExitStack() as stack:
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
                trial=options.dry_run,
                workers=options.workers,
                cluster=options.cluster,
                aside=_bad_rows(options) if options.skip_bad else None,
            )
        )
        stack.enter_context(_stopping(batch, teller))
        job = _BatchCommand(batch, teller, report, flush)
        return job.whole(trial=options.dry_run, skip_bad=options.skip_bad)


class _BatchCommand:
    """One run of the command."""

    def __init__(
        self, batch: Batch, teller: Progress, report: ProblemReport | None, flush: Callable[[], object]
    ) -> None:
        self._batch, self._teller, self._report, self._flush = batch, teller, report, flush
        self._worst = 0

    def whole(self, *, trial: bool, skip_bad: bool) -> int:
        teller, batch = self._teller, self._batch
        teller.begin()
        for checked in batch.check():
            self._found((*checked.problems, *checked.notes))
            teller.progress("rows checked", batch.rows)
        teller.end_of_problems()
        teller.event("checked", rows=batch.rows, bad=batch.bad)
        self._stop_if_told()
        if not trial and (skip_bad or not batch.bad):
            self._write()
        return self._end(trial)

    def _write(self) -> None:
        teller, batch = self._teller, self._batch
        teller.begin()
        for checked, written in batch.write():
            files = [batch.shown(name) for name in written.files]
            if files:
                teller.event("written", row=checked.row, files=files)
            for file in files:
                teller.file(file)
            self._found((*written.problems, *written.notes))
            if written.exit_code:
                self._worst = max(self._worst, written.exit_code)
            teller.progress("letters written", batch.written + batch.failed, batch.ready)
        teller.end_of_problems()
        self._stop_if_told()

    def _found(self, problems: tuple[Any, ...]) -> None:
        for problem in problems:
            self._teller.problem(problem)
        if self._report:
            self._report.add(problems)

    def _stop_if_told(self) -> None:
        batch = self._batch
        if not batch.stopped:
            return
        if not batch.written:
            raise Interrupted("Stopped while the rows were checked. Nothing was written.")
        done, all_rows = batch.written + batch.already, batch.ready + batch.already
        raise Interrupted(
            Problem(f"Stopped. {done:,} of {all_rows:,} letters are written.", hint="--resume goes on with the rest.")
        )

    def _end(self, trial: bool) -> int:
        batch, teller = self._batch, self._teller
        counts = {
            name: getattr(batch, name)
            for name in ("rows", "bad", "written", "already", "failed", "rewritten", "deaths")
        }
        code = self._worst or (InvalidAnswers.exit_code if batch.bad or batch.failed else 0)
        seconds = teller.seconds
        aside = batch.close_aside()
        if self._report:
            self._report.end({**counts, "exit_code": code})
        sentence = summary_of(counts, seconds, trial=trial)
        if aside:
            sentence += f" The bad rows are in {aside}: correct them there, and run that file."
        elif batch.bad and not trial:
            sentence += " Correct them, or write the others with --skip-bad."
        summary = {**counts, "seconds": round(seconds, 2), "bad_rows": aside, "exit_code": code}
        teller.end(summary, sentence)
        return code


def _bad_rows(options: Namespace) -> Path:
    """Where bad rows are put aside: never over a file that is there, in which somebody may be correcting them."""
    if options.bad:
        return Path(options.bad)
    rows = Path("rows.csv" if options.rows == "-" else options.rows)
    for number in range(1, 1000):
        path = rows.with_name(f"{rows.stem}-bad{'' if number == 1 else f'-{number}'}{rows.suffix}")
        if not path.exists():
            return path
    raise Usage(Problem("There are too many files of bad rows here.", str(rows.parent), "Name one with --bad FILE."))


@contextmanager
def _stopping(batch: Batch, teller: Progress) -> Iterator[None]:
    """Ctrl-C, and what a system sends to end a program, finish what is in hand; a second one does not wait for it."""

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
