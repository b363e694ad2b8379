"""The public function `batch`: a letter for every row, from a table, a stream or a program."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path
from types import GeneratorType
from typing import IO, Any, cast
from weakref import WeakValueDictionary

from msgspec import Struct, field

from letters._system.arguments import PATH, Arguments
from letters._system.garbage import less_garbage_collection
from letters._system.result_files import keep_results
from letters.assembly.assembler import FORMATS, Assembler
from letters.batches.cluster import CONNECT_SECONDS
from letters.batches.field_lookup import FieldLookup
from letters.batches.filenames import DEFAULT
from letters.batches.row_checker import RowProblem
from letters.batches.row_source import RowSource, TableOptions
from letters.batches.rows import open_row_stream, open_rows, rows_of
from letters.batches.run import Batch
from letters.errors import InvalidAnswers, Problem
from letters.library.library import Library
from letters.matters.registration import Registration

__all__ = ["BatchProgress", "BatchResult", "RowProblem", "Rows", "batch", "open_source"]

Rows = str | Path | IO[bytes] | IO[str] | Iterable[Mapping[str, Any]]
_MAX_REPORTED = 1000  # problems in one error
_unfinished: WeakValueDictionary[tuple[str, str], Generator[BatchResult]] = WeakValueDictionary()
_LOG = logging.getLogger("letters")
_LOG.addHandler(logging.NullHandler())  # a program that asks for no log gets none


class BatchResult(Struct, frozen=True):
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


class BatchProgress(Struct, frozen=True):
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
        resume: continue an interrupted batch, if there is one. Rows that are done give no result. If it is one of this
            program, its results are closed.
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
    arguments = Arguments()
    wanted = arguments.formats(formats, FORMATS)
    ignored = arguments.texts("ignore_columns", ignore_columns, "a list of columns")
    arguments.flags(
        skip_bad=skip_bad, drafts=drafts, resume=resume, overwrite=overwrite, allow_duplicates=allow_duplicates
    )
    arguments.must_be("library", library, (Library, *PATH), "a Library or the path of its folder", none=True)
    arguments.must_be("kind", kind, str, "the name of a kind of letter", none=True)
    arguments.must_be("answers", answers, Mapping, "a mapping of fields to answers", none=True)
    arguments.must_be("name", name, str, "a pattern of file names", "For example: {row}-{requester.agency}.")
    arguments.must_be("sheet", sheet, str, "the title of a sheet", none=True)
    arguments.must_be("label", label, str, "a text")
    arguments.must_be("cluster", cluster, str, "the address of a Dask scheduler", none=True)
    arguments.must_be("executor", executor, Executor, "an executor of concurrent.futures", none=True)
    if out is not None and not (isinstance(out, PATH) and str(out)):
        arguments.refuse("out", out, "a folder or an address", "Leave it out to get the letters as bytes.")
    if resume is True and out is None:
        arguments.refuse("resume", resume, "False where no folder is given", "Say with out= where the batch was.")
    if progress is not None and not callable(progress):
        arguments.refuse("progress", progress, "a function that takes a BatchProgress")
    if isinstance(workers, bool) or not (workers is None or (isinstance(workers, int) and workers >= 0)):
        hint = "Write 0 for this process alone, or None for one per processor."
        arguments.refuse("workers", workers, "a number of processes", hint)
    if isinstance(header_row, bool) or not (header_row is None or (isinstance(header_row, int) and header_row > 0)):
        arguments.refuse("header_row", header_row, "the number of a row", "The first row is 1.")
    if isinstance(connect_seconds, bool) or not (isinstance(connect_seconds, (int, float)) and connect_seconds >= 0):
        arguments.refuse("connect_seconds", connect_seconds, "a number of seconds")
    if isinstance(rows, (Mapping, bytes)) or not (isinstance(rows, (*PATH, Iterable)) or hasattr(rows, "read")):
        hint = "For one letter: rows=[{…}], or letters.write(…)."
        arguments.refuse("rows", rows, "a path, a stream, or a list of mappings", hint)
    elif hasattr(rows, "columns") and hasattr(rows, "shape"):  # whose rows are not what comes of going through it
        hint = 'Write rows.to_dict("records") for a frame of pandas, or rows.to_dicts() for one of Polars.'
        arguments.refuse("rows", rows, "a path, a stream, or a list of mappings", hint)
    arguments.check()
    keep_results()
    with less_garbage_collection():  # what is read of a library lives on
        assembler = Assembler(library if isinstance(library, Library) else Library.find(library))
        _ = assembler.seal  # a library that has lost it makes no letters
        lookup = FieldLookup(assembler, [kind] if kind else list(assembler.library.kinds))
        source = open_source(rows, lookup, TableOptions(sheet, header_row, ignored), label)
    try:
        run = Batch(
            assembler,
            source,
            out=None if out is None else str(out),
            kind=kind,
            answers=answers or {},
            formats=wanted,
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
    results = _results(run, source, progress or (lambda _: None), skip_bad=skip_bad)
    if out is not None:
        place = (str(Path(out).resolve()), source.name)
        if resume or overwrite:
            _let_go(place)
        _unfinished[place] = results
    return results


def _let_go(place: tuple[str, str]) -> None:
    """Close the batch of this program that is unfinished there, as when its results were left after an error.

    In a notebook, the error keeps the results, and they keep the journal.
    """
    left = _unfinished.get(place)
    if isinstance(left, GeneratorType) and not left.gi_running:
        left.close()


def _results(
    run: Batch, source: RowSource, progress: Callable[[BatchProgress], None], *, skip_bad: bool
) -> Generator[BatchResult]:
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
    if isinstance(rows, PATH):
        return open_rows(Path(rows), lookup.is_field, options)
    if hasattr(rows, "read"):
        stream = cast("IO[bytes] | IO[str]", rows)
        return open_row_stream(stream, name or str(getattr(stream, "name", "rows")), lookup.is_field, options)
    return rows_of(rows, name or "rows", options)
