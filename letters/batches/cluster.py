"""A Dask cluster as workers: those of this machine, or of many. The only module that knows Dask.

The library is sent to every worker once, under its content hash, to those that join later too. Dask does again what a
lost worker had in hand; the same letter has the same name and the same bytes, so that nothing comes twice.
"""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from letters.batches import work
from letters.batches.checking import library_files
from letters.errors import CannotWrite, Problem, Usage
from letters.library.library import Library

LOCAL = "local"
_LOUD = (
    "distributed",
    *(f"distributed.{name}" for name in ("client", "core", "nanny", "scheduler", "utils", "worker")),
)
_PATIENCE = 10  # seconds for a scheduler to answer, and for a first worker to be there


class Cluster:
    """Workers of a Dask cluster, with the library in their hands.

    Args:
        address: of the scheduler, ``tcp://host:8786``; ``local`` starts workers on this machine.
        workers: how many, for ``local``.

    Raises:
        Usage: Dask is not installed.
        CannotWrite: nobody answers at the address, or the workers cannot do this.
    """

    def __init__(self, address: str, workers: int, library: Library, digest: str) -> None:
        try:
            import dask
            import distributed
        except ImportError as error:
            raise Usage(
                Problem("--cluster needs Dask, which is not installed here.", hint="pip install 'letters[cluster]'")
            ) from error
        for name in _LOUD:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is told of in our words
        dask_of: Any = distributed  # its types are half known
        self.lost: tuple[type[BaseException], ...] = (dask_of.KilledWorker,)
        self._local: Any = None
        dask.config.set({"distributed.scheduler.allowed-failures": 2})
        try:
            if address == LOCAL:
                self._local = dask_of.LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
                )
            self._client: Any = dask_of.Client(self._local or address, timeout=_PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise CannotWrite(
                Problem("The cluster does not answer.", address, "Check its address and that workers have joined it.")
            ) from error
        self._same_letters_everywhere()
        self._client.register_plugin(_sent(_packed(library), digest), name=f"letters-library-{digest}")

    def _same_letters_everywhere(self) -> None:
        here = work.made_with()
        try:
            found = self._client.run(work.made_with)
        except Exception as error:  # what a worker without Letters raises arrives in many forms
            raise CannotWrite(
                Problem("The workers cannot run Letters.", hint=f"Install {here[0]} on every worker.")
            ) from error
        if other := sorted({each for there in found.values() for each in there}.difference(here)):
            raise CannotWrite(
                Problem(
                    f"The workers have {', '.join(other)}, and this machine has {', '.join(here)}.",
                    hint="Install the same version everywhere: only then are letters alike.",
                )
            )

    @property
    def workers(self) -> int:
        """How many rows it can do at the same time."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def is_there(self) -> bool:
        """Whether it has any worker just now."""
        try:
            return bool(self._client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, RuntimeError, TimeoutError):  # its scheduler is gone as well
            return False

    def executor(self) -> Executor:
        found: Executor = self._client.get_executor(pure=False, retries=2)
        return found

    def close(self) -> None:
        self._client.close()
        if self._local is not None:
            self._local.close()


def _sent(data: bytes, digest: str) -> Any:
    """What unpacks the library on every worker, those that join later too."""
    import distributed

    base: Any = distributed.WorkerPlugin

    class Sent(base):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            unpack(data, digest, worker.local_directory)

    return Sent()


def unpack(data: bytes, digest: str, folder: str) -> None:
    """Unpack a library, once, into a new folder that goes with the worker's own."""
    if digest not in work.SENT:
        own = Path(tempfile.mkdtemp(prefix="letters-library-", dir=folder))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(own)
        work.SENT[digest] = str(own)


def _packed(library: Library) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in library_files(library):
            archive.writestr(library.name_of(file), library.read(file))
    return out.getvalue()
