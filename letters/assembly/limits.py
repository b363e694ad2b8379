"""Limits of time and memory around the making of one letter, so that a hostile or mistaken template costs itself alone.

The time is that of the processor, so that a slow machine or a full one is no fault of a template. The system keeps
both limits: where it cannot (Windows; a thread beside the main one, which hears no signals), the limits within the
sandbox remain, and the limits of whatever runs the program.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType

from letters.errors import Problem, TemplateAtFault

SECONDS = 60.0  # of the processor; a letter of a hundred pages takes less than half
MEGABYTES = 2048  # beyond what the process has when the letter is begun
_PROCESS = Path("/proc/self/statm")
_AGAIN = 1.0  # seconds until a signal that came where it could not be heard is sent again


class _TooLong(BaseException):
    """Not an Exception, so that nobody on the way takes it for one of their own."""


@contextmanager
def within_limits(name: str, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Iterator[None]:
    """Whatever is done inside ends within the limits, or in an error.

    Args:
        name: how messages call it.
        seconds: of processor time.
        megabytes: of memory, beyond what is used already.

    Raises:
        TemplateAtFault: it wanted more.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        with _processor(seconds), _memory(megabytes):
            yield
    except _TooLong:
        raise _beyond(name, f"more than {seconds:g} seconds of the processor", "time") from None
    except MemoryError:
        raise _beyond(name, f"more than {megabytes} MB of memory", "memory") from None


def _beyond(name: str, what: str, code: str) -> TemplateAtFault:
    return TemplateAtFault(
        Problem(
            f"It takes {what} to make, as no letter does.",
            name,
            "Look for loops over long lists, and for very long answers.",
            f"beyond-{code}",
        )
    )


@contextmanager
def _processor(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return
    is_over = False

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_over:
            raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    left, again = signal.getitimer(signal.ITIMER_PROF)  # of limits around these
    signal.setitimer(signal.ITIMER_PROF, min(seconds, left or seconds), _AGAIN)
    try:
        yield
    finally:
        is_over = True
        unspent = signal.getitimer(signal.ITIMER_PROF)[0]
        spent = min(seconds, left or seconds) - unspent
        signal.signal(signal.SIGPROF, before)
        signal.setitimer(signal.ITIMER_PROF, max(left - spent, 0.001) if left else 0, again)


@contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    used = _size()
    if not used:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + megabytes * 1024 * 1024
    wanted = min([wanted, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@cache
def _page() -> int:
    import resource

    return resource.getpagesize()


def _size() -> int:
    """Bytes of address space this process has; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError), _PROCESS.open("rb", buffering=0) as file:
        return int(file.read(64).split()[0]) * _page()
    return 0
