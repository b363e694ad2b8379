"""A limit on how long work may take, for work that might never end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from letters._system.stopwatch import clock_of_thread

_LOOKS = 0.2
"""How often to look at the clock, in seconds."""


class OutOfTime(Exception):
    """The limit is reached."""


class _Stop(BaseException):
    """Raised wherever the work is; not an Exception, so that no library catches it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop the Python code of this thread that runs in the ``with`` block.

    Args:
        seconds: of this thread's processor time where the system tells it, so that a busy machine refuses no letter.

    Raises:
        OutOfTime: it took longer.
    """
    import ctypes  # here, because most systems limit the time in another way

    thread, clock, done = threading.get_ident(), clock_of_thread(), threading.Event()
    begun = clock()

    def watch() -> None:
        while not done.wait(_LOOKS):
            if clock() - begun > seconds:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Stop))
                return

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            done.set()
            watcher.join()
            for _ in range(2):  # an exception that was just sent arrives where a loop turns, so not after this block
                pass
    except _Stop as stop:
        raise OutOfTime from stop
