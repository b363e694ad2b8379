"""How long something takes. It does not tell the date; the command line passes that in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def seconds() -> float:
    """Seconds since an arbitrary moment; only differences mean anything."""
    return time.perf_counter()


def clock_of_thread() -> Callable[[], float]:
    """Gives the processor time of the current thread, in seconds, to any thread that asks; elsewhere than on Linux, the
    time that passes.
    """
    if hasattr(time, "pthread_getcpuclockid"):
        own = time.pthread_getcpuclockid(threading.get_ident())
        return lambda: time.clock_gettime(own)
    return time.monotonic
