"""Workers from a Dask cluster, on this machine or on many. The only module that imports Dask.

Every worker gets the library once, by its digest; so does a worker that joins later. If a worker is lost, Dask repeats
its work. The same row always gives the same file name and the same bytes, so no letter is written twice.
"""

from __future__ import annotations

import logging
import tempfile
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from letters.batches import worker_tasks
from letters.batches.library_snapshot import packed, unpack
from letters.errors import CannotWrite, Problem, Usage
from letters.library.library import Library

LOCAL = "local"
_LOGGERS = (
    "distributed",
    *(f"distributed.{name}" for name in ("client", "core", "nanny", "scheduler", "utils", "worker")),
)
CONNECT_SECONDS = 10.0  # for the scheduler to answer, and for a first worker to join


class DaskCluster:
    """The workers of a Dask cluster, which have been sent the library.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``; ``local`` starts workers on this machine.
        workers: how many to start, for ``local``.
        library: sent to every worker.
        digest: SHA-256 of the library.
        connect_seconds: how long to wait for the scheduler to answer and for a first worker to join.

    Raises:
        Usage: Dask is not installed.
        CannotWrite: the cluster does not answer, or its workers cannot run this version of Letters.
    """

    def __init__(
        self, address: str, workers: int, library: Library, digest: str, connect_seconds: float = CONNECT_SECONDS
    ) -> None:
        try:
            import dask
            import distributed
        except ImportError as error:
            raise Usage(
                Problem(
                    "--cluster needs Dask, which is not installed.", hint="Install it: pip install 'letters[cluster]'"
                )
            ) from error
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is reported by our own messages
        dask_of: Any = distributed  # it is typed only in part
        self.lost: tuple[type[BaseException], ...] = (dask_of.KilledWorker,)
        self._local: Any = None
        dask.config.set({"distributed.scheduler.allowed-failures": 2})
        try:
            if address == LOCAL:
                self._local = dask_of.LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
                )
            self._client: Any = dask_of.Client(self._local or address, timeout=connect_seconds, set_as_default=False)
            self._client.wait_for_workers(1, timeout=connect_seconds)
        except (OSError, TimeoutError, ValueError) as error:
            raise CannotWrite(
                Problem("The cluster does not answer.", address, "Check its address, and that workers have joined it.")
            ) from error
        self._require_same_versions()
        self._client.register_plugin(_library_plugin(packed(library), digest), name=f"letters-library-{digest}")

    def _require_same_versions(self) -> None:
        here = worker_tasks.software_versions()
        try:
            found = self._client.run(worker_tasks.software_versions)
        except Exception as error:  # a worker that lacks Letters may raise anything
            raise CannotWrite(
                Problem("The workers cannot run Letters.", hint=f"Install {here[0]} on every worker.")
            ) from error
        if other := sorted({each for there in found.values() for each in there}.difference(here)):
            raise CannotWrite(
                Problem(
                    f"The workers have {', '.join(other)}, and this machine has {', '.join(here)}.",
                    hint="Install the same versions everywhere, so that all letters come out alike.",
                )
            )

    @property
    def workers(self) -> int:
        """How many rows it can work on at the same time."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def is_there(self) -> bool:
        """Whether it has any workers at the moment."""
        try:
            return bool(self._client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, RuntimeError, TimeoutError):  # the scheduler is gone as well
            return False

    def executor(self) -> Executor:
        """An executor that runs work on the cluster."""
        found: Executor = self._client.get_executor(pure=False, retries=2)
        return found

    def close(self) -> None:
        """Disconnect, and end workers that were started here."""
        self._client.close()
        if self._local is not None:
            self._local.close()


def _library_plugin(data: bytes, digest: str) -> Any:
    """A plugin that unpacks the library on every worker, including those that join later."""
    import distributed

    base: Any = distributed.WorkerPlugin

    class LibraryPlugin(base):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            receive_library(data, digest, worker.local_directory)

    return LibraryPlugin()


def receive_library(data: bytes, digest: str, folder: str) -> None:
    """Unpack a library, once, into a new folder inside the worker's own."""
    if digest not in worker_tasks.RECEIVED_LIBRARIES:
        own = Path(tempfile.mkdtemp(prefix="letters-library-", dir=folder))
        unpack(data, own)
        worker_tasks.RECEIVED_LIBRARIES[digest] = str(own)
