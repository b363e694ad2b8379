"""Shares rows out among workers, in chunks of about equal duration, and survives workers that crash.

Any `concurrent.futures` executor can be used. When a worker crashes, it is not known on which row: all rows in progress
are repeated one at a time, so that a row that crashes its worker is identified and is the only one that fails.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, wait
from itertools import islice
from typing import Any, TypeVar

from letters._text.between_runs import save_kept
from letters.batches.worker_tasks import ChunkResult
from letters.errors import CannotWrite, Problem

T = TypeVar("T")
R = TypeVar("R")

_CHUNK_SECONDS = 0.4  # a chunk should take: much longer than sending it, and not long to repeat after a crash
_LARGEST_CHUNK = 500
_SHORT_SECONDS, _FEW = 0.03, 16  # that a chunk may take in this process, which cannot be stopped meanwhile
_NO_WORKERS = Problem(
    "No worker is left.", hint="Run it again with --resume to continue where it stopped.", code="workers"
)
_ALL_CRASH = Problem(
    "The workers crash one after another.",
    hint="Check that the machine has enough memory, then run it again with --resume --workers 1.",
    code="workers",
)
_MAX_CRASHES = 3  # in succession, by rows that were alone
POLL_SECONDS = 0.5  # between two checks of the rows in progress
WAIT_SECONDS = 60.0  # for a worker to appear, when there is none


class WorkerPool:
    """Workers that share the rows of a batch.

    Args:
        open_executor: opens an executor with so many workers; None does the work in this process.
        workers: how many.
        owned: whether to close the executor at the end, and to open a new one if it breaks.
        lost: what a future raises, other than BrokenExecutor, when its worker has crashed.
        has_workers: whether there is any worker; a cluster may lose its last one without reporting it.
        poll_seconds: between two checks of the rows in progress.
        wait_seconds: how long to wait while there is no worker.
    """

    def __init__(
        self,
        open_executor: Callable[[int], Executor] | None,
        workers: int,
        *,
        owned: bool = True,
        lost: tuple[type[BaseException], ...] = (),
        has_workers: Callable[[], bool] = lambda: True,
        poll_seconds: float = POLL_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._open_executor, self._workers = open_executor, max(1, workers)
        self._owned, self._has_workers = owned, has_workers
        self._poll_seconds, self._max_idle_polls = poll_seconds, wait_seconds / poll_seconds
        self._lost: tuple[type[BaseException], ...] = (BrokenExecutor, *lost)
        self._executor: Executor | None = None
        self._stopping = False
        self._seconds_per_item: dict[Any, float] = {}
        self._idle_polls = 0
        self.crashes = 0

    @property
    def is_in_process(self) -> bool:
        """Whether the work is done in this process."""
        return self._open_executor is None

    def stop(self) -> None:
        """Hand out no more rows. Those in progress are finished."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether it hands out no more rows."""
        return self._stopping

    def close(self) -> None:
        """Let the workers go."""
        if self._executor is not None and self._owned:
            self._executor.shutdown(cancel_futures=True)  # Python 3.11 may fail at exit if a pool is still closing
        self._executor = None

    def run(
        self,
        work: Callable[..., ChunkResult[R]],
        job: Any,
        items: Iterable[T],
        lost: Callable[[T, Problem], R],
        *,
        left: Callable[[], int] | None = None,
        in_process_seconds: float = 0.0,
    ) -> Iterator[list[tuple[T, R]]]:
        """Do the work for all items. Yields lists of items with their results, in the order of the items.

        Args:
            work: a function that takes ``job`` and a list of items.
            job: what all items have in common.
            items: taken as they are needed.
            lost: the result for an item that crashes its worker.
            left: how many items are still to come, if that is known; the last chunks are then smaller.
            in_process_seconds: how long to work in this process before workers are started.

        Raises:
            LettersError: what stopped a worker; everything that was done before it is yielded first.
            CannotWrite: the workers crash one after another, or none is left.
        """
        source = iter(items)
        spent, done = 0.0, 0
        while (self.is_in_process or spent < in_process_seconds) and not self._stopping:
            batch = list(islice(source, self._few(work, done)))
            if not batch:
                return
            result = work(job, batch)
            done += len(result.results)
            is_first = work not in self._seconds_per_item  # it also opens the library, so its time says nothing
            spent += 0.0 if is_first else result.seconds
            self._measure(work, result.seconds, len(batch))
            yield list(zip(batch, result.results, strict=False))
            if result.stopped:
                raise result.stopped
        if not self.is_in_process and not self._stopping:
            yield from self._share(work, job, source, lost, left)

    # --- sharing out ---------------------------------------------------------------------------------------------

    def _share(
        self,
        work: Callable[..., ChunkResult[R]],
        job: Any,
        source: Iterator[T],
        lost: Callable[[T, Problem], R],
        left: Callable[[], int] | None,
    ) -> Iterator[list[tuple[T, R]]]:
        pending: deque[tuple[Future[ChunkResult[R]], list[T]]] = deque()
        try:
            while True:
                while not self._stopping and len(pending) < self._workers * 2 + 1:
                    chunk = list(islice(source, self._size(work, left)))
                    if not chunk:
                        break
                    pending.append((self._submit(work, job, chunk), chunk))
                if not pending:
                    return
                if self._stopping:
                    for future, _ in pending:
                        future.cancel()
                future, chunk = pending[0]
                if not self._is_done(future):
                    continue
                pending.popleft()
                try:
                    result = future.result()
                except CancelledError as error:
                    if not self._stopping:
                        raise CannotWrite(_NO_WORKERS) from error
                    continue
                except self._lost as error:
                    yield from self._one_by_one(work, job, [chunk, *self._interrupted(pending, error)], lost)
                    continue
                self._measure(work, result.seconds, len(result.results))
                yield list(zip(chunk, result.results, strict=False))
                if result.stopped:
                    self._stopping = True
                    yield from self._finished(pending)
                    raise result.stopped
        finally:
            for future, _ in pending:
                future.cancel()

    def _finished(self, pending: deque[tuple[Future[ChunkResult[R]], list[T]]]) -> Iterator[list[tuple[T, R]]]:
        """The results of the other chunks, after one had to stop."""
        for future, _ in pending:
            future.cancel()
        wait([future for future, _ in pending if not future.cancelled()])
        for future, chunk in pending:
            if not future.cancelled() and future.exception() is None:
                yield list(zip(chunk, future.result().results, strict=False))
        pending.clear()

    def _interrupted(
        self, pending: deque[tuple[Future[ChunkResult[R]], list[T]]], error: BaseException
    ) -> list[list[T]]:
        """The chunks that a broken executor left undone; those it had finished are kept."""
        if not isinstance(error, BrokenExecutor):  # only this chunk was lost; the executor still works
            return []
        undone = []
        kept = []
        for future, chunk in pending:
            wait([future], timeout=5)
            if future.done() and not future.cancelled() and future.exception() is None:
                kept.append((future, chunk))
            else:
                undone.append(chunk)
        pending.clear()
        pending.extend(kept)
        self._drop_executor()
        return undone

    def _drop_executor(self) -> None:
        if not self._owned:
            raise CannotWrite(_NO_WORKERS)
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _one_by_one(
        self, work: Callable[..., ChunkResult[R]], job: Any, chunks: list[list[T]], lost: Callable[[T, Problem], R]
    ) -> Iterator[list[tuple[T, R]]]:
        """Repeat the rows in progress when a worker crashed, each alone, to find out which one crashes it."""
        self.crashes += 1
        crashes = 0
        for item in (item for chunk in chunks for item in chunk):
            if self._stopping:
                return
            future = self._submit(work, job, [item])
            while not self._is_done(future):
                pass
            try:
                result = future.result()
            except self._lost as error:
                self.crashes += 1
                crashes += 1
                if isinstance(error, BrokenExecutor):
                    self._drop_executor()
                if crashes == _MAX_CRASHES:
                    raise CannotWrite(_ALL_CRASH) from error
                yield [(item, lost(item, _crashed()))]
                continue
            crashes = 0
            yield list(zip([item], result.results, strict=False))
            if result.stopped:
                self._stopping = True
                raise result.stopped

    def _is_done(self, future: Future[Any]) -> bool:
        """Wait a moment for a result. Raises CannotWrite if there has been no worker for too long."""
        if wait([future], timeout=self._poll_seconds).done:
            self._idle_polls = 0
            return True
        self._idle_polls = 0 if self._has_workers() else self._idle_polls + 1
        if self._idle_polls > self._max_idle_polls:
            raise CannotWrite(_NO_WORKERS)
        return False

    def _submit(self, work: Callable[..., ChunkResult[R]], job: Any, chunk: list[T]) -> Future[ChunkResult[R]]:
        if self._executor is None:
            assert self._open_executor is not None
            self._executor = self._open_executor(self._workers)
        try:
            return self._executor.submit(work, job, chunk)
        except BrokenExecutor as error:
            broken: Future[ChunkResult[R]] = Future()
            broken.set_exception(error)
            return broken

    def _few(self, work: Any, done: int) -> int:
        """How many items to do in one go in this process: one at first, later as many as pass for one."""
        pace = self._seconds_per_item.get(work, 1.0)
        return max(1, min(done // 10, _FEW, int(_SHORT_SECONDS / pace) if pace else _FEW))

    def _size(self, work: Any, left: Callable[[], int] | None) -> int:
        pace = self._seconds_per_item.get(work)
        if pace is None:
            return 1
        size = int(_CHUNK_SECONDS / pace) if pace else _LARGEST_CHUNK
        if left is not None:  # smaller towards the end, so that all workers finish together
            size = min(size, left() // (3 * self._workers))
        return max(1, min(size, _LARGEST_CHUNK))

    def _measure(self, work: Any, seconds: float, items: int) -> None:
        if items:
            pace, before = seconds / items, self._seconds_per_item.get(work)
            self._seconds_per_item[work] = pace if before is None else 0.5 * pace + 0.5 * before


def process_pool(preload: Sequence[str]) -> Callable[[int], Executor]:
    """A function that opens a pool of so many processes.

    Args:
        preload: modules that are imported once for all processes, where the system allows it.
    """

    def open_pool(workers: int) -> Executor:
        # Here, because few letters need no workers, and a program that never imported these ends at once.
        from concurrent.futures import ProcessPoolExecutor

        from letters._system.workers import begin_worker, worker_context

        save_kept()  # so that workers need not read the library again
        context = worker_context()
        if context.get_start_method() == "forkserver":
            context.set_forkserver_preload(list(preload))
        return ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker)

    return open_pool


def _crashed() -> Problem:
    return Problem(
        "The worker that made this letter crashed twice.",
        hint="Other rows are not affected. Report this row to whoever maintains Letters.",
        code="worker-died",
    )
