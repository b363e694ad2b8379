"""Shares rows out among workers: in chunks that take about as long as is worth sending, and survives their deaths.

Any `concurrent.futures` executor will do. When a worker dies, nobody knows at which row: the rows that were out are
done again one at a time, each alone, so that a row that kills its worker is known by name and costs itself alone.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from itertools import islice
from typing import Any, TypeVar

from letters._system.workers import begin_worker
from letters.batches.work import Results
from letters.errors import CannotWrite, Problem

T = TypeVar("T")
R = TypeVar("R")

_AIM = 0.4  # seconds a chunk should take: long beside sending it, short beside what a crash would cost
_LARGEST = 500
_GONE = Problem("The workers are gone.", hint="Run it again with --resume; it goes on.", code="workers")
_HOPELESS = 3  # rows in a row that kill their worker when done alone
_LOOK = 0.5  # seconds between two looks at what is out
_PATIENCE = 120  # looks at which nobody was there to work


class Crew:
    """Workers.

    Args:
        hire: opens an executor with so many workers; None where the work is done here.
        workers: how many.
        owned: whether executors are closed, and opened anew after one broke; else they are somebody else's.
        lost: what a future raises, other than BrokenExecutor, when its worker died.
        there: whether anybody is there to work; a cluster may lose its last worker, and say nothing.
    """

    def __init__(
        self,
        hire: Callable[[int], Executor] | None,
        workers: int,
        *,
        owned: bool = True,
        lost: tuple[type[BaseException], ...] = (),
        there: Callable[[], bool] = lambda: True,
    ) -> None:
        self._hire, self._workers = hire, max(1, workers)
        self._owned, self._there = owned, there
        self._lost: tuple[type[BaseException], ...] = (BrokenExecutor, *lost)
        self._executor: Executor | None = None
        self._stopping = False
        self._pace: dict[Any, float] = {}
        self._alone = 0
        self.deaths = 0

    @property
    def is_here(self) -> bool:
        """Whether the work is done in this process."""
        return self._hire is None

    def stop(self) -> None:
        """Hand out no more rows; what is out is brought home."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def close(self) -> None:
        if self._executor is not None and self._owned:
            self._executor.shutdown(cancel_futures=True)  # waited for: Python 3.11 trips over a pool at its exit
        self._executor = None

    def run(
        self,
        work: Callable[..., Results[R]],
        job: Any,
        items: Iterable[T],
        lost: Callable[[T, Problem], R],
        *,
        left: Callable[[], int] | None = None,
        here: float = 0.0,
    ) -> Iterator[list[tuple[T, R]]]:
        """Do the work for all items; gives each with its result, in the order of the items.

        Args:
            work: takes ``job`` and some items.
            lost: the result of an item that kills its worker.
            left: how many items are still to come, where that is known; the last chunks are then smaller.
            here: seconds to work in this process before workers are called.

        Raises:
            LettersError: what stopped a worker, after everything done before it was given.
        """
        source = iter(items)
        spent = 0.0
        while (self.is_here or spent < here) and not self._stopping:
            batch = list(islice(source, 1))
            if not batch:
                return
            result = work(job, batch)
            spent += result.seconds if work in self._pace else 0.0  # the first opens the library, and says nothing
            self._keep_pace(work, result.seconds, 1)
            yield list(zip(batch, result.results, strict=False))
            if result.stopped:
                raise result.stopped
        if not self.is_here and not self._stopping:
            yield from self._share(work, job, source, lost, left)

    # --- sharing out ---------------------------------------------------------------------------------------------

    def _share(
        self,
        work: Callable[..., Results[R]],
        job: Any,
        source: Iterator[T],
        lost: Callable[[T, Problem], R],
        left: Callable[[], int] | None,
    ) -> Iterator[list[tuple[T, R]]]:
        out: deque[tuple[Future[Results[R]], list[T]]] = deque()
        try:
            while True:
                while not self._stopping and len(out) < self._workers * 2 + 1:
                    chunk = list(islice(source, self._size(work, left)))
                    if not chunk:
                        break
                    out.append((self._submit(work, job, chunk), chunk))
                if not out:
                    return
                if self._stopping:
                    for future, _ in out:
                        future.cancel()
                future, chunk = out[0]
                if not self._is_done(future):
                    continue
                out.popleft()
                try:
                    result = future.result()
                except CancelledError as error:
                    if not self._stopping:
                        raise CannotWrite(_GONE) from error
                    continue
                except self._lost as error:
                    yield from self._one_by_one(work, job, [chunk, *self._broken(out, error)], lost)
                    continue
                self._keep_pace(work, result.seconds, len(result.results))
                yield list(zip(chunk, result.results, strict=False))
                if result.stopped:
                    self._stopping = True
                    yield from self._home(out)
                    raise result.stopped
        finally:
            for future, _ in out:
                future.cancel()

    def _home(self, out: deque[tuple[Future[Results[R]], list[T]]]) -> Iterator[list[tuple[T, R]]]:
        """What others have done by the time one could not go on."""
        for future, _ in out:
            future.cancel()
        wait([future for future, _ in out if not future.cancelled()])
        for future, chunk in out:
            if not future.cancelled() and future.exception() is None:
                yield list(zip(chunk, future.result().results, strict=False))
        out.clear()

    def _broken(self, out: deque[tuple[Future[Results[R]], list[T]]], error: BaseException) -> list[list[T]]:
        """The chunks that went down with an executor; what was finished before stays."""
        if not isinstance(error, BrokenExecutor):  # one chunk was lost, the executor lives
            return []
        down = []
        kept = []
        for future, chunk in out:
            wait([future], timeout=5)
            if future.done() and not future.cancelled() and future.exception() is None:
                kept.append((future, chunk))
            else:
                down.append(chunk)
        out.clear()
        out.extend(kept)
        self._dismiss()
        return down

    def _dismiss(self) -> None:
        if not self._owned:
            raise CannotWrite(_GONE)
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _one_by_one(
        self, work: Callable[..., Results[R]], job: Any, chunks: list[list[T]], lost: Callable[[T, Problem], R]
    ) -> Iterator[list[tuple[T, R]]]:
        """Rows that were out when a worker died, each alone: whoever dies of one is known."""
        self.deaths += 1
        hopeless = 0
        for item in (item for chunk in chunks for item in chunk):
            if self._stopping:
                return
            future = self._submit(work, job, [item])
            while not self._is_done(future):
                pass
            try:
                result = future.result()
            except self._lost as error:
                self.deaths += 1
                hopeless += 1
                if isinstance(error, BrokenExecutor):
                    self._dismiss()
                if hopeless == _HOPELESS:
                    raise CannotWrite(
                        Problem(
                            "The workers die one after another.",
                            hint="Look at the memory of this machine; then run it again with --resume --workers 1.",
                            code="workers",
                        )
                    ) from error
                yield [(item, lost(item, _died()))]
                continue
            hopeless = 0
            yield list(zip([item], result.results, strict=False))
            if result.stopped:
                self._stopping = True
                raise result.stopped

    def _is_done(self, future: Future[Any]) -> bool:
        """Wait a moment for what is out. Raises CannotWrite when nobody has been there to do it for long."""
        if wait([future], timeout=_LOOK).done:
            self._alone = 0
            return True
        self._alone = 0 if self._there() else self._alone + 1
        if self._alone > _PATIENCE:
            raise CannotWrite(_GONE)
        return False

    def _submit(self, work: Callable[..., Results[R]], job: Any, chunk: list[T]) -> Future[Results[R]]:
        if self._executor is None:
            assert self._hire is not None
            self._executor = self._hire(self._workers)
        try:
            return self._executor.submit(work, job, chunk)
        except BrokenExecutor as error:
            broken: Future[Results[R]] = Future()
            broken.set_exception(error)
            return broken

    def _size(self, work: Any, left: Callable[[], int] | None) -> int:
        pace = self._pace.get(work)
        if pace is None:
            return 1
        size = int(_AIM / pace) if pace else _LARGEST
        if left is not None:  # towards the end smaller, so that all finish together
            size = min(size, left() // (3 * self._workers))
        return max(1, min(size, _LARGEST))

    def _keep_pace(self, work: Any, seconds: float, items: int) -> None:
        if items:
            pace, before = seconds / items, self._pace.get(work)
            self._pace[work] = pace if before is None else 0.5 * pace + 0.5 * before


def processes(preload: Sequence[str]) -> Callable[[int], Executor]:
    """Opens pools of processes. Each begins clean; where the system allows, what they import is imported once."""

    def hire(workers: int) -> Executor:
        method = "forkserver" if sys.platform == "linux" else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(list(preload))
        return ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker)

    return hire


def _died() -> Problem:
    return Problem(
        "The worker that made this letter died, twice.",
        hint="All other rows are unharmed. Send this row to whoever keeps Letters.",
        code="worker-died",
    )
