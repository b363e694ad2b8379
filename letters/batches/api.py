"""The public function `batch`: a letter for every row, from a table, a stream or a program."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from letters.assembly.assembler import FORMATS, Assembler
from letters.batches.cluster import CONNECT_SECONDS
from letters.batches.field_lookup import FieldLookup
from letters.batches.filenames import DEFAULT
from letters.batches.row_checker import RowProblem
from letters.batches.row_source import RowSource, TableOptions
from letters.batches.rows import open_row_stream, open_rows, rows_of
from letters.batches.run import Batch
from letters.errors import InvalidAnswers, Problem, Usage
from letters.library.library import Library
from letters.matters.registration import Registration

__all__ = ["BatchProgress", "BatchResult", "RowProblem", "Rows", "batch", "open_source"]

Rows = str | Path | IO[bytes] | IO[str] | Iterable[Mapping[str, Any]]
_MAX_REPORTED = 1000  # problems in one error
_LOG = logging.getLogger("letters")
_LOG.addHandler(logging.NullHandler())  # a program that asks for no log gets none


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result for one row.

    Args:
        row: number of the row. The first one is 1, or 2 in a table, where the headings are row 1.
        files: path or address of each file of the letter, by format (``docx``, ``pdf``); empty if none was written.
        data: the letter's bytes by format, if no ``out`` was given.
        problems: why there is no letter; empty if there is one.
        notes: what is worth knowing about the letter.
    """

    row: int
    files: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch has come.

    Args:
        checked: rows that were checked.
        bad: of these, rows that have problems.
        ready: of these, rows that will get a letter.
        written: letters that were made.
        failed: letters that could not be made.
    """

    checked: int
    bad: int
    ready: int
    written: int
    failed: int


def batch(
    rows: Rows,
    *,
    library: Library | str | Path | None = None,
    out: str | Path | None = None,
    kind: str | None = None,
    answers: Mapping[str, Any] | None = None,
    formats: Collection[str] = FORMATS,
    name: str = DEFAULT,
    skip_bad: bool = False,
    drafts: bool = False,
    resume: bool = False,
    overwrite: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    connect_seconds: float = CONNECT_SECONDS,
    sheet: str | None = None,
    header_row: int | None = None,
    ignore_columns: Collection[str] = (),
    allow_duplicates: bool = False,
    label: str = "",
    progress: Callable[[BatchProgress], None] | None = None,
) -> Iterator[BatchResult]:
    """Make a letter for every row.

    All rows are checked before the first letter is made, so the first result comes after all rows have been read. Rows
    are taken one at a time, and checked rows wait on disk: memory use does not grow with the number of rows.

    The answers of a sample letter serve all rows here, and each row adds its agency and reference:

        >>> import tomllib
        >>> from pathlib import Path
        >>> import letters
        >>> sample = tomllib.loads(Path("templates/denial/sample.toml").read_text(encoding="utf-8"))
        >>> rows = [
        ...     {"request.requester.agency": "Eastern Agency", "reference": "OGC-2019-0142"},
        ...     {"request.requester.agency": "Western Agency", "reference": "OGC-2019-0143"},
        ... ]
        >>> for result in letters.batch(rows, answers=sample, out="letters", formats=["docx"], drafts=True):
        ...     print(result.row, Path(result.files["docx"]).name.replace("-DRAFT", ""))
        1 1-Eastern-Agency-denial.docx
        2 2-Western-Agency-denial.docx

    Args:
        rows: the path of a .csv, .tsv, .xlsx, .ods, .jsonl or .ndjson file; an open stream of such a file, binary or
            text; or mappings whose keys are field names (``request.received``), titles (“Date received”), or the groups
            of an answers file (``request``). Dataclasses and pydantic models will do as well.
        library: the office's library, or the path of its folder. None is the one that `Library.find` finds.
        out: folder for the letters, or an address such as ``s3://bucket/folder``. None returns them as bytes.
        kind: kind of every letter, such as ``denial``. None if each row says its own in the field ``kind``.
        answers: answers that all rows share. A row's own answers take precedence.
        formats: ``docx``, ``pdf`` or both.
        name: pattern of the file names, such as ``{row}-{requester.agency}-{kind}``. ``{row:05}`` pads the number with
            zeros; a slash starts a folder.
        skip_bad: make the letters of good rows even if other rows have problems. Bad rows become results with problems.
        drafts: make letters from templates that are not vetted, marked as drafts.
        resume: continue an interrupted batch, if there is one. Rows that are done give no result.
        overwrite: replace files that exist.
        workers: number of processes. None is one per processor; 0 does the work in this process.
        executor: any `concurrent.futures` executor to use instead. It is not shut down.
        cluster: address of a Dask scheduler to use instead, such as ``tcp://host:8786``; ``local`` starts one here.
        connect_seconds: how long to wait for the cluster to answer.
        sheet: title of a sheet in an Excel file. None is the first visible one, if it is clear that it is meant.
        header_row: number of the row that has the headings of a table. None is the first row that is not blank.
        ignore_columns: columns to leave out, by heading or by letter (``C``), or by key in JSON rows and mappings.
        allow_duplicates: make letters for rows that are the same, or that have the same reference.
        label: what messages and the journal call rows that come from a program or a stream without a name. Two batches
            that share a folder need two labels.
        progress: called after every row that was checked, and after every letter.

    The logger ``letters`` is told when the rows are checked, of every row that gets no letter, and how it ended.

    Yields:
        The results, in the order of the rows. With ``skip_bad``, all bad rows come first.

    Raises:
        InvalidAnswers: rows have problems and ``skip_bad`` is not set, or the rows cannot be read. Nothing is written.
        Usage: an argument is wrong, which is said before anything is read; there is no such field, sheet or column; it
            is not clear which sheet or row of headings is meant; or an earlier batch in ``out`` is not finished.
        LibraryAtFault: a template, a prompt file or the law is wrong.
        CannotWrite: a file exists, the disk is full, a font is missing, or the cluster does not answer. The batch can
            be resumed.
    """
    _refuse_arguments(rows, formats, workers)
    assembler = Assembler(library if isinstance(library, Library) else Library.find(library))
    _ = assembler.seal  # a library that has lost it makes no letters
    lookup = FieldLookup(assembler, [kind] if kind else list(assembler.library.kinds))
    source = open_source(rows, lookup, TableOptions(sheet, header_row, tuple(ignore_columns)), label)
    try:
        run = Batch(
            assembler,
            source,
            out=None if out is None else str(out),
            kind=kind,
            answers=answers or {},
            formats=tuple(dict.fromkeys(formats)),
            name=name,
            drafts=drafts,
            resume=resume,
            overwrite=overwrite,
            workers=workers,
            executor=executor,
            cluster=cluster,
            connect_seconds=connect_seconds,
            allow_duplicates=allow_duplicates,
            registration=Registration.of(assembler.library, assembler.office, assembler.rulebook),
        )
    except BaseException:
        source.close()
        raise
    return _results(run, source, progress or (lambda _: None), skip_bad=skip_bad)


def _refuse_arguments(rows: object, formats: object, workers: object) -> None:
    """Raise Usage for arguments that no batch can have."""
    problems = []
    given = list(formats) if isinstance(formats, Iterable) and not isinstance(formats, (str, bytes)) else None
    if not given or not set(map(str, given)) <= set(FORMATS):
        message = f"formats is {formats!r}, but must be a list of formats."
        problems.append(Problem(message, hint='Write formats=["docx"], ["pdf"] or ["docx", "pdf"].', code="formats"))
    if isinstance(workers, bool) or not (workers is None or (isinstance(workers, int) and workers >= 0)):
        message = f"workers is {workers!r}, but must be a number of processes."
        problems.append(Problem(message, hint="Write 0 for this process alone, or None for one per processor."))
    if isinstance(rows, (Mapping, bytes)) or not (isinstance(rows, (str, Path, Iterable)) or hasattr(rows, "read")):
        message = f"rows is of the type {type(rows).__name__}, but must be a path, a stream, or a list of mappings."
        problems.append(Problem(message, hint="For one letter: rows=[{…}], or letters.write(…).", code="rows"))
    if problems:
        raise Usage(problems)


def _results(
    run: Batch, source: RowSource, progress: Callable[[BatchProgress], None], *, skip_bad: bool
) -> Iterator[BatchResult]:
    """Check and write. Whenever the caller stops, the batch is closed so that it can be resumed or started over."""
    with closing(source), run:
        problems: list[Problem] = []
        for checked in run.check():
            for each in checked.problems:
                _LOG.warning("%s, row %d: %s", source.name, each.row, each.problem)
            progress(_progress(run))
            if checked.problems and skip_bad:
                yield BatchResult(checked.row, problems=checked.problems)
            elif len(problems) < _MAX_REPORTED:
                problems += [each.problem.within(f"row {each.row}") for each in checked.problems]
        _LOG.info("%s: %d rows checked, %d with problems", source.name, run.rows, run.bad)
        if problems:
            raise InvalidAnswers(problems)
        for checked, written in run.write():
            for each in written.problems:
                _LOG.warning("%s, row %d: %s", source.name, each.row, each.problem)
            progress(_progress(run))
            files = {suffix: run.shown(file) for suffix, file in checked.files.items() if file in written.files}
            notes = (*checked.notes, *written.notes)
            yield BatchResult(written.row, files, written.data, written.problems, notes)
        _LOG.info("%s: %d letters written, %d failed", source.name, run.written, run.failed)


def _progress(run: Batch) -> BatchProgress:
    return BatchProgress(run.rows, run.bad, run.ready, run.written, run.failed)


def open_source(rows: Rows, lookup: FieldLookup, options: TableOptions | None = None, name: str = "") -> RowSource:
    """The rows of a path, a stream or an iterable of mappings.

    Args:
        rows: see `batch`.
        lookup: the fields that headings may mean.
        options: of a table.
        name: what messages call a stream or the rows of a program; a stream's own name by default.

    Raises:
        InvalidAnswers: the rows cannot be read.
        Usage: there is no such sheet or row of headings, or it is not clear which one is meant.
    """
    if isinstance(rows, (str, Path)):
        return open_rows(Path(rows), lookup.is_field, options)
    if hasattr(rows, "read"):
        stream = cast("IO[bytes] | IO[str]", rows)
        return open_row_stream(stream, name or str(getattr(stream, "name", "rows")), lookup.is_field, options)
    return rows_of(rows, name or "rows", options)
