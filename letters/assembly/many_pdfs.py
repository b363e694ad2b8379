"""Many Word letters converted at once, on every processor; the results come in the order of the letters.

A few letters are converted in this process, because workers take longer to start. Of many letters, this process
converts the first, and then divides into workers, which know all that the letters have in common from the beginning;
where a process cannot divide, each worker begins anew. A worker that dies costs only the letter it was converting,
which is named; the remaining workers convert the others.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from letters._system.garbage import less_garbage_collection
from letters._system.processors import processors
from letters.assembly.edited_letter import PLAIN, ConversionOptions
from letters.assembly.letter_pdf import LetterConverter
from letters.errors import LettersError, Problem
from letters.library.library import Library

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_FEW = 9
"""Fewer letters than this are converted sooner without workers."""
_AHEAD = 3
"""Letters handed to each worker in advance, so that it never waits."""


class WordFile(Struct, frozen=True):
    """A Word letter to convert.

    Args:
        docx: the bytes of the file.
        name: what messages call it.
    """

    docx: bytes
    name: str


class Conversion(Struct, frozen=True):
    """The outcome for one letter: a PDF with notes, or no PDF and the problems that prevented it."""

    pdf: bytes = b""
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def convert_all(
    library: Library,
    letters: Iterable[WordFile],
    count: int,
    *,
    options: ConversionOptions = PLAIN,
    workers: int | None = None,
) -> Iterator[Conversion]:
    """The outcome for each letter, in their order.

    Args:
        letters: taken one by one, as they are needed.
        count: how many there are.
        options: for all of them.
        workers: how many processes; None for one per processor.
    """
    with less_garbage_collection():  # in workers, too, which are divided from this process
        if count >= _FEW:
            workers = min(workers or processors(), count)
            if workers > 1:
                yield from _shared_out(library, iter(letters), workers, options)
                return
        converter = LetterConverter(library)
        for letter in letters:
            yield _outcome(converter, letter, options)


def _shared_out(
    library: Library, letters: Iterator[WordFile], workers: int, options: ConversionOptions
) -> Iterator[Conversion]:
    from concurrent.futures.process import BrokenProcessPool  # here and below, because one letter needs no workers

    if _can_divide() and (first := next(letters, None)) is not None:
        _HERE[:] = [LetterConverter(library)]
        yield _outcome(_HERE[0], first, options)
    out: deque[tuple[WordFile, Future[Conversion]]] = deque()
    pool = _pool(library, workers)
    try:
        while True:
            while len(out) < workers * _AHEAD and (letter := next(letters, None)) is not None:
                out.append((letter, _submit(pool, letter, options)))
            if not out:
                return
            letter, future = out.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                # There is no telling which letter it was, so each of those handed out is converted again, alone.
                pool.shutdown(wait=False, cancel_futures=True)
                for again, _ in [(letter, future), *out]:
                    yield _alone(library, again, options)
                out.clear()
                pool = _pool(library, workers)
    finally:
        pool.shutdown(cancel_futures=True)  # waited for, because Python 3.11 fails at exit otherwise
        _HERE.clear()


def _alone(library: Library, letter: WordFile, options: ConversionOptions) -> Conversion:
    from concurrent.futures.process import BrokenProcessPool

    with _pool(library, 1) as pool:
        try:
            return _submit(pool, letter, options).result()
        except BrokenProcessPool:
            problem = Problem(
                "The process that converted this letter ended unexpectedly.",
                where=letter.name,
                hint="The other letters are not affected. Report this, with the letter, to whoever maintains Letters.",
                code="worker-died",
            )
            return Conversion(problems=(problem,))


def _submit(pool: ProcessPoolExecutor, letter: WordFile, options: ConversionOptions) -> Future[Conversion]:
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool

    try:
        return pool.submit(_work, letter, options)
    except BrokenProcessPool as error:
        broken: Future[Conversion] = Future()
        broken.set_exception(error)
        return broken


def _can_divide() -> bool:
    """Whether this process can divide into several: on Linux, unless it has threads, which would not be divided."""
    import threading

    return sys.platform == "linux" and threading.active_count() == 1


def _pool(library: Library, workers: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if sys.platform == "linux":
        context = multiprocessing.get_context("fork" if _HERE and _can_divide() else "forkserver")
        context.set_forkserver_preload(["letters.assembly.many_pdfs", "letters.pdf.convert"])
    else:
        context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(library.root,))


_HERE: list[LetterConverter] = []
"""The converter of a worker process, and of the process that divided into it."""


def _begin(root: Path) -> None:
    from letters._system.workers import begin_worker

    begin_worker()
    if not _HERE:
        _HERE[:] = [LetterConverter(Library(root))]


def _work(letter: WordFile, options: ConversionOptions) -> Conversion:
    return _outcome(_HERE[0], letter, options)


def _outcome(converter: LetterConverter, letter: WordFile, options: ConversionOptions) -> Conversion:
    try:
        converted = converter.convert(letter.docx, letter.name, options)
    except LettersError as error:
        return Conversion(problems=error.problems)
    return Conversion(converted.data, converted.notes)
