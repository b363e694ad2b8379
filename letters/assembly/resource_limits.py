"""Limits on the time and memory for making one letter, so that a hostile or faulty template affects only itself.

Time is processor time, so that a template is not blamed for a slow or busy machine. The operating system enforces
both limits. Where it cannot (on Windows, and in threads other than the main one, which get no signals), only the
limits inside the sandbox and those of the surrounding process apply.
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

SECONDS = 60.0  # of processor time; a letter of a hundred pages takes less than half
MEGABYTES = 2048  # in addition to what the process uses when it starts the letter
READING_SECONDS = 3.5  # for a Word file from anywhere; a letter of a hundred pages takes less than one
READING_MEGABYTES = 400
_PROCESS = Path("/proc/self/statm")
_REPEAT = 1.0  # seconds until the signal is sent again, in case C code swallowed the exception


class _TooLong(BaseException):
    """Not an Exception, so that no `except Exception` on the way catches it."""


@contextmanager
def within_limits(
    name: str, seconds: float = SECONDS, megabytes: int = MEGABYTES, *, doing: str = "Making"
) -> Iterator[None]:
    """Stop the code inside when it exceeds the limits.

    Args:
        name: of the letter or template, for messages.
        doing: what is done with it, for messages.
        seconds: of processor time.
        megabytes: of memory, in addition to what is used already.

    Raises:
        TemplateAtFault: a limit was exceeded.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        with _processor(seconds), _memory(megabytes):
            yield
    except _TooLong:
        raise _beyond(name, doing, f"more than {seconds:g} seconds of processor time", "time") from None
    except MemoryError:
        raise _beyond(name, doing, f"more than {megabytes} MB of memory", "memory") from None


def _beyond(name: str, doing: str, what: str, code: str) -> TemplateAtFault:
    return TemplateAtFault(
        Problem(
            f"{doing} it takes {what}, far more than any letter needs.",
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
    left, again = signal.getitimer(signal.ITIMER_PROF)  # of an enclosing limit
    signal.setitimer(signal.ITIMER_PROF, min(seconds, left or seconds), _REPEAT)
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
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getpagesize()


def _size() -> int:
    """Address space of this process in bytes; 0 if the system does not report it."""
    with suppress(OSError, ValueError, IndexError), _PROCESS.open("rb", buffering=0) as file:
        return int(file.read(64).split()[0]) * _page()
    return 0
