"""Batches: a letter for every row, thousands of them, unattended.

From Python, `letters.batch(...)` takes rows and gives results, both one at a time. Here the answers of a sample letter
are the same for all rows, and each row brings its agency:

    >>> import tomllib
    >>> from pathlib import Path
    >>> import letters
    >>> sample = tomllib.loads(Path("templates/denial/sample.toml").read_text(encoding="utf-8"))
    >>> rows = ({"request.requester.agency": name} for name in ("Agency of the East", "Agency of the West"))
    >>> for result in letters.batch(rows, answers=sample, out="letters", formats=["docx"], drafts=True):
    ...     print(result.row, Path(result.files["docx"]).name.replace("-DRAFT", ""))
    1 1-Agency-of-the-East-denial.docx
    2 2-Agency-of-the-West-denial.docx

Every row is checked before the first letter is made, so that the first result comes when all rows have been taken; a
row is kept on disk until its letter is made, not in memory. `Batch` is the same in two steps, for who wants to watch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from letters.assembly.assembler import FORMATS, Assembler
from letters.batches.checking import RowProblem
from letters.batches.columns import Vocabulary
from letters.batches.filenames import DEFAULT
from letters.batches.rows import open_rows, rows_of
from letters.batches.run import Batch
from letters.errors import InvalidAnswers, Problem
from letters.library.library import Library

__all__ = ["Batch", "Result", "RowProblem", "batch"]

_TOLD = 1000  # problems an error carries


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row.

    Args:
        row: its number; the first is 1 (in a table 2, below the headings).
        files: where its letter is, by format (``docx``, ``pdf``); empty where none was written.
        data: the letter's bytes by format, where no ``out`` was given.
        problems: why there is no letter.
        notes: worth knowing, and in nobody's way.
    """

    row: int
    files: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()


def batch(
    rows: str | Path | Iterable[Mapping[str, Any]],
    *,
    out: str | Path | None = None,
    kind: str | None = None,
    answers: Mapping[str, Any] | None = None,
    library: Library | str | Path | None = None,
    formats: Collection[str] = FORMATS,
    name: str = DEFAULT,
    skip_bad: bool = False,
    drafts: bool = False,
    resume: bool = False,
    overwrite: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    sheet: str | None = None,
) -> Iterator[Result]:
    """A letter for every row.

    Args:
        rows: a .csv, .xlsx or .jsonl file; or mappings of dotted field names, titles, or answers nested as in an
            answers file. They are taken one at a time.
        out: folder, or address such as ``s3://bucket/folder``; None hands the letters back as bytes.
        kind: of every letter; None where each row says its own.
        answers: the same for all rows; a row's own come first.
        library: None is the one `letters` would use in the working folder.
        name: pattern of the files' names.
        skip_bad: write the letters of good rows though others are bad; those come as results with problems.
        drafts: write letters that are not vetted, marked as drafts.
        resume: go on with a batch that was cut off.
        overwrite: replace files that exist.
        workers: processes; None is one for each processor, 0 works in this process.
        executor: any `concurrent.futures` executor instead; it is not shut down.
        cluster: address of a Dask scheduler instead, or ``local``.

    Returns:
        The results, in the order of the rows (bad rows first, with ``skip_bad``).

    Raises:
        InvalidAnswers: rows have problems, and ``skip_bad`` was not given; nothing is written then.
        Usage, LibraryAtFault, CannotWrite: as `letters batch` reports them.
    """
    assembler = Assembler(_library(library))
    vocabulary = Vocabulary(assembler, [kind] if kind else list(assembler.library.kinds))
    if isinstance(rows, (str, Path)):
        source = open_rows(str(rows), lambda heading: bool(vocabulary.named(heading)), sheet)
    else:
        source = rows_of(rows)
    with Batch(
        assembler,
        source,
        out=None if out is None else str(out),
        kind=kind,
        answers=answers or {},
        formats=tuple(formats),
        name=name,
        drafts=drafts,
        resume=resume,
        overwrite=overwrite,
        workers=workers,
        executor=executor,
        cluster=cluster,
    ) as whole:
        problems: list[Problem] = []
        for checked in whole.check():
            if checked.problems and skip_bad:
                yield Result(checked.row, problems=checked.problems)
            elif len(problems) < _TOLD:
                problems += [each.problem.within(f"row {each.row}") for each in checked.problems]
        if problems:
            raise InvalidAnswers(problems)
        for checked, written in whole.write():
            files = {suffix: whole.shown(file) for suffix, file in checked.files.items() if file in written.files}
            notes = (*checked.notes, *written.notes)
            yield Result(written.row, files, written.data, written.problems, notes)


def _library(library: Library | str | Path | None) -> Library:
    if isinstance(library, Library):
        return library
    return Library.find() if library is None else Library.open(library)
