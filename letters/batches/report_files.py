"""What a batch writes besides letters: the report of problems, and the bad rows, to be corrected and run again."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from letters._system.output import why_unwritten
from letters._system.private_files import make_private
from letters.batches.cells import CellFault, shown
from letters.batches.column_mapping import ROW
from letters.batches.csv_rows import csv_writer
from letters.batches.row_checker import RowProblem
from letters.batches.row_source import RowSource, TableRow
from letters.errors import CannotWrite, Problem, Usage

_PARTS = ("severity", "row", "column", "cell", "field", "value", "message", "hint", "code", "where")


@contextmanager
def _complete_file(path: Path, is_wanted: Callable[[], bool] = lambda: True) -> Iterator[Path]:
    """A temporary file that replaces ``path`` when it is complete, and is deleted if it is not."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        make_private(part)  # it holds answers
        yield part
        if part.exists() and is_wanted():
            part.replace(path)
    except OSError as error:
        raise CannotWrite(why_unwritten(error)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


class ProblemReport:
    """Problems and notes in a .json or .csv file, written as they are found.

    Raises:
        Usage: the file has some other suffix.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in (".json", ".csv"):
            raise Usage(
                Problem(f"“{path.name}” is not a report file.", "--report", "Use a name that ends in .json or .csv.")
            )
        self._path, self._stack = path, contextlib.ExitStack()
        self._count = 0
        self._is_json = path.suffix.lower() == ".json"

    def __enter__(self) -> ProblemReport:
        part = self._stack.enter_context(_complete_file(self._path))
        try:
            self._file: IO[str] = self._stack.enter_context(
                part.open("w", encoding="utf-8" if self._is_json else "utf-8-sig", newline="")
            )
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error
        if self._is_json:
            self._file.write('{"version": 1, "problems": [')
        else:
            self._write = csv_writer(self._file)
            self._write(_PARTS)
        return self

    def add(self, problems: Iterable[RowProblem]) -> None:
        """Write some problems or notes."""
        for problem in problems:
            parts = problem.as_dict()
            if self._is_json:
                self._file.write(f"{',' if self._count else ''}\n{json.dumps(parts, ensure_ascii=False)}")
            else:
                self._write(parts.get(name, "") for name in _PARTS)
            self._count += 1

    def end(self, summary: dict[str, Any]) -> None:
        """Write the summary, which comes last."""
        if self._is_json:
            self._file.write(f'\n], "summary": {json.dumps(summary, ensure_ascii=False)}}}\n')

    def __exit__(self, *failure: Any) -> None:
        if failure[0] is not None and self._is_json:
            self._file.write("\n]}\n")  # keep what was found before something went wrong
        self._stack.__exit__(None, None, None)


class BadRows:
    """The rows with problems, in the columns they came in, to be corrected and run again.

    Args:
        keeps_row: whether to add a column ``row`` with each row's number, so that the corrected letters get the names
            they would have had.
    """

    def __init__(self, path: Path, source: RowSource, *, keeps_row: bool) -> None:
        self.path, self._source = path, source
        self._adds_row = keeps_row and not any(each.strip().casefold() == ROW for each in source.headings)
        self._is_wanted = True
        self._put: Callable[[TableRow], object]
        self.count = 0
        self._stack = contextlib.ExitStack()

    def add(self, row: TableRow) -> None:
        """Write one row. The file is created with the first one."""
        if not self.count:
            self._open()
        self.count += 1
        self._put(row)

    def _open(self) -> None:
        part = self._stack.enter_context(_complete_file(self.path, lambda: self._is_wanted))
        headings = [*([ROW] if self._adds_row else []), *self._source.headings]
        if self._source.form == "xlsx":
            from letters.batches.excel import SheetWriter

            sheet = SheetWriter(part, headings)
            self._stack.callback(sheet.close)
            self._put = lambda row: sheet.write(self._cells(row))
            return
        encoding = "utf-8-sig" if self._source.form == "csv" else "utf-8"
        try:
            file = self._stack.enter_context(part.open("w", encoding=encoding, newline="", errors="surrogatepass"))
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error
        if self._source.form == "csv":
            write = csv_writer(file, self._source.delimiter)
            write(headings)
            self._put = lambda row: write(map(_in_csv, self._cells(row)))
        else:
            self._put = lambda row: file.write(f"{self._line(row)}\n")

    def _cells(self, row: TableRow) -> Sequence[Any]:
        cells = [*row.cells, *[None] * (len(self._source.headings) - len(row.cells))]
        return [row.number, *cells] if self._adds_row else cells

    def _line(self, row: TableRow) -> str:
        if not row.headings and row.cells:  # a line that could not be read is kept as it is
            return str(row.cells[0])
        found = dict(zip(row.headings, row.cells, strict=True))
        if self._adds_row and found:
            found.setdefault(ROW, row.number)
        return json.dumps(found, ensure_ascii=False, default=str)

    def discard(self) -> None:
        """Delete a file that was not finished."""
        self._is_wanted = False
        with contextlib.suppress(Exception):
            self._stack.close()

    def close(self) -> None:
        """Complete the file. Raises CannotWrite."""
        try:
            self._stack.close()
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error


def _in_csv(cell: Any) -> Any:
    return shown(cell, 1_000_000) if isinstance(cell, CellFault) else cell
