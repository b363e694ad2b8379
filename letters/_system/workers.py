"""Worker processes: how each one begins."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection, parent_process
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from letters._system.result_files import keep_results

_STARTING = threading.Lock()
_METHOD = "forkserver" if sys.platform == "linux" else "spawn"
_START: Any = multiprocessing.get_context(_METHOD)


class _WorkerProcess(_START.Process):  # type: ignore[misc]
    """A process that never imports the program that starts it.

    Python would run the caller's script again in each worker, unless it is written to allow for that: what the script
    does besides calling Letters, such as sending mail, would then be done once more by every worker.
    """

    def start(self) -> None:
        with _without_program():
            super().start()


class _WorkerContext(type(_START)):  # type: ignore[misc]
    Process = _WorkerProcess


def worker_context() -> BaseContext:
    """The context in which workers are started."""
    context: BaseContext = _WorkerContext()
    return context


@contextmanager
def _without_program() -> Iterator[None]:
    """Hide the program from the process that is being started, which looks for it in ``sys.modules``."""
    with _STARTING:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def begin_worker() -> None:
    """Leave Ctrl-C to the parent process, end whenever and however it ends, and use what was worked out before."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN if name == "SIGINT" else signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    keep_results()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
