"""Many Word letters printed at once, on as many processors as there are, told of in the order they were given in.

Few letters are printed here: workers take longer to get ready. A worker that dies costs the letter it was printing,
which is named; the others are printed by those who are left."""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from letters._system.workers import begin_worker, processors
from letters.assembly.print import Printer
from letters.errors import LettersError, Problem
from letters.library.library import Library

_FEW = 9
"""Fewer letters than this are printed sooner here than by workers."""
_OUT = 3
"""Letters handed to each worker beforehand, so that it never waits."""


@dataclass(frozen=True, slots=True)
class WordFile:
    """A Word letter to print: the bytes of the file, and how messages call it."""

    docx: bytes
    name: str


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What became of a letter: a PDF with notes, or no PDF and what stood in its way."""

    pdf: bytes = b""
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def print_all(
    library: Library,
    letters: Iterable[WordFile],
    count: int,
    *,
    accept_changes: bool = False,
    strict: bool = False,
    workers: int | None = None,
) -> Iterator[PrintResult]:
    """An outcome for each letter, in their order.

    Args:
        count: how many there are; they themselves are taken as they are needed.
        accept_changes, strict: as `Printer.print_word` has them.
        workers: processes; None is one for each processor.
    """
    workers = min(workers or processors(), count)
    if workers < 2 or count < _FEW:
        press = Printer(library)
        for letter in letters:
            yield _outcome(press, letter, accept_changes, strict)
        return
    yield from _shared(library, iter(letters), workers, accept_changes, strict)


def _shared(
    library: Library, letters: Iterator[WordFile], workers: int, accept_changes: bool, strict: bool
) -> Iterator[PrintResult]:
    out: deque[tuple[WordFile, Future[PrintResult]]] = deque()
    pool = _pool(library, workers)
    try:
        while True:
            while len(out) < workers * _OUT and (letter := next(letters, None)) is not None:
                out.append((letter, _submit(pool, letter, accept_changes, strict)))
            if not out:
                return
            letter, future = out.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                # Nobody knows which letter it was: those that were out are printed again, each alone.
                pool.shutdown(wait=False, cancel_futures=True)
                for again, _ in [(letter, future), *out]:
                    yield _alone(library, again, accept_changes, strict)
                out.clear()
                pool = _pool(library, workers)
    finally:
        pool.shutdown(cancel_futures=True)  # waited for: Python 3.11 trips over a pool at its exit


def _alone(library: Library, letter: WordFile, accept_changes: bool, strict: bool) -> PrintResult:
    with _pool(library, 1) as pool:
        try:
            return _submit(pool, letter, accept_changes, strict).result()
        except BrokenProcessPool:
            problem = Problem(
                "The printing of this letter ended by itself.",
                where=letter.name,
                hint="All others are unharmed. Send the Word letter to whoever keeps Letters.",
                code="worker-died",
            )
            return PrintResult(problems=(problem,))


def _submit(pool: ProcessPoolExecutor, letter: WordFile, accept_changes: bool, strict: bool) -> Future[PrintResult]:
    try:
        return pool.submit(_work, letter, accept_changes, strict)
    except BrokenProcessPool as error:
        broken: Future[PrintResult] = Future()
        broken.set_exception(error)
        return broken


def _pool(library: Library, workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload(["letters.assembly.print_many", "letters.pdf.convert"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(library.root,))


_HERE: list[Printer] = []
"""The press of a worker."""


def _begin(root: Path) -> None:
    begin_worker()
    _HERE[:] = [Printer(Library(root))]


def _work(letter: WordFile, accept_changes: bool, strict: bool) -> PrintResult:
    return _outcome(_HERE[0], letter, accept_changes, strict)


def _outcome(press: Printer, letter: WordFile, accept_changes: bool, strict: bool) -> PrintResult:
    try:
        printed = press.print_word(letter.docx, letter.name, accept_changes=accept_changes, strict=strict)
    except LettersError as error:
        return PrintResult(problems=error.problems)
    return PrintResult(printed.data, printed.notes)
