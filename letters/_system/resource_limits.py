"""Limits on the time and memory for one file, so that a hostile or faulty one affects only itself.

Time is processor time, so that a file is not blamed for a busy machine; on a slow one, the variable LETTERS_PATIENCE
says how many times as much it may take. The operating system enforces both limits. Where it cannot (on Windows, and in
threads other than the main one, which get no signals), a thread watches the time, and nothing the memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType

from letters._system.environment import variable
from letters._system.time_limit import OutOfTime, time_limit
from letters.errors import LettersError, Problem, TemplateAtFault

SECONDS = 3.5  # of processor time, for all that is done with one file; a letter of a hundred pages takes less than two
MEGABYTES = 420  # in addition to what the process uses already; a letter of a hundred pages takes less than a third
READING_SECONDS = SECONDS
READING_MEGABYTES = 400
_LEAST = 0.5  # seconds that are left for a letter whose template took long to read
_PATIENCE = "LETTERS_PATIENCE"
_IF_SLOW = f"If it is as it should be and this computer is slow, set the variable {_PATIENCE} to 4."
_DEEP = "Tables, boxes, fields, or tags are nested too deep."
_LESS_DEEP = "In Word: move the inner ones out of the outer ones."
_IN_TEMPLATE = "Look for loops over long lists, and for very long answers."
_PROCESS = "/proc/self/statm"
_ENTRANCES = frozenset({__file__, contextlib.__file__})
"""Code through which a limit is entered and left: an exception raised there would escape it."""
_SOON = 0.01
_LOOKS, _ROOM = 0.05, 300
"""How often to look how much memory is used, in seconds, and the megabytes there are for what is used meanwhile."""
_REPEAT = 1.0  # seconds until the signal is sent again, in case C code swallowed the exception


class _TooLong(BaseException):
    """Not an Exception, so that no `except Exception` on the way catches it."""


@contextmanager
def within_limits(
    name: str,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    *,
    doing: str = "Making",
    fault: type[LettersError] = TemplateAtFault,
    hint: str = _IN_TEMPLATE,
) -> Iterator[None]:
    """Stop the code inside when it exceeds the limits.

    Args:
        name: of the letter or template, for messages.
        seconds: of processor time, on a computer of usual speed.
        megabytes: of memory, in addition to what is used already.
        doing: what is done with it, for messages.
        fault: what is raised.
        hint: what to do about it.

    Raises:
        LettersError: of the class ``fault``: a limit was exceeded, or something is nested deeper than can be followed.
    """
    seconds *= patience()

    def beyond(what: str, code: str, more: str = "") -> LettersError:
        message = f"{doing} it takes {what}, far more than any letter needs."
        return fault(Problem(message, name, f"{hint} {more}".strip(), f"beyond-{code}"))

    def too_long() -> LettersError:
        return beyond(f"more than {round(seconds, 2):,g} seconds of processor time", "time", _IF_SLOW)

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        try:
            with time_limit(seconds):
                yield
        except OutOfTime:
            raise too_long() from None
        except RecursionError:
            raise fault(Problem(_DEEP, name, _LESS_DEEP, "too-deep")) from None
        return
    standing = _standing[-1] if _standing else None
    try:
        if standing is not None and standing.is_free and standing.megabytes == megabytes:
            with standing.timed(seconds):
                yield
        else:
            with _processor(seconds), _memory(megabytes):
                yield
    except _TooLong:
        raise too_long() from None
    except RecursionError:
        raise fault(Problem(_DEEP, name, _LESS_DEEP, "too-deep")) from None
    except MemoryError:
        raise beyond(f"more than {megabytes} MB of memory", "memory") from None


def left_of(seconds: float, spent: float) -> float:
    """What is left of a limit, in seconds; never so little that nothing could be done."""
    return max(seconds - spent / patience(), _LEAST)


def patience() -> float:
    """How many times as much time as usual this computer may take, from 1 to 100."""
    return _patience(variable(_PATIENCE))


@cache
def _patience(said: str) -> float:
    with suppress(ValueError):
        return min(max(float(said), 1.0), 100.0)
    return 1.0


class _Standing:
    """Limits that stand ready for one file after another: the memory is limited already, and the time can be."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        self.is_free = True
        self._seconds = 0.0

    def timed(self, seconds: float) -> _Standing:
        self._seconds = seconds
        return self

    def __enter__(self) -> None:
        self.is_free = False
        signal.setitimer(signal.ITIMER_PROF, self._seconds, _REPEAT)

    def __exit__(self, *_: object) -> None:
        self.is_free = True
        signal.setitimer(signal.ITIMER_PROF, 0)

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.is_free:
            return
        if frame is not None and frame.f_code.co_filename in _ENTRANCES:
            signal.setitimer(signal.ITIMER_PROF, _SOON, _REPEAT)
        else:
            raise _TooLong


_standing: list[_Standing] = []


@contextmanager
def limits_for_many(megabytes: int = MEGABYTES) -> Iterator[None]:
    """Set up once what `within_limits` would set up for each of many files; each still has limits of its own.

    Args:
        megabytes: for each file, in addition to what is used now.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer") or _standing or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield
        return
    limits = _Standing(megabytes)
    before = signal.signal(signal.SIGPROF, limits.stop)
    _standing.append(limits)
    try:
        with _memory(megabytes):
            yield
    finally:
        _standing.remove(limits)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _processor(seconds: float) -> Iterator[None]:
    is_over = False

    def stop(number: int, frame: FrameType | None) -> None:
        if is_over:
            return
        if frame is not None and frame.f_code.co_filename in _ENTRANCES:
            signal.setitimer(signal.ITIMER_PROF, _SOON, _REPEAT)
        else:
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


class _TooMuch(BaseException):
    """Not an Exception, so that no `except Exception` on the way catches it."""


@contextmanager
def room_for_libraries(megabytes: int = _ROOM) -> Iterator[None]:
    """Let libraries in C have more memory than the limit, and stop the Python code that uses them where it is passed.

    Some of them end the process when they get no memory. Nothing is done where no limit is in force.

    Args:
        megabytes: more than the limit, for what is used between two looks.

    Raises:
        MemoryError: the limit is passed.
    """
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or not _size():
        yield
        return
    import ctypes  # here, because few letters need it

    thread, done = threading.get_ident(), threading.Event()

    def watch() -> None:
        while not done.wait(_LOOKS):
            if _size() > soft:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_TooMuch))
                return

    more = soft + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (more if hard == resource.RLIM_INFINITY else min(more, hard), hard))
    watcher = threading.Thread(target=watch, name="memory limit", daemon=True)
    try:
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            for _ in range(2):  # an exception that was just sent arrives where a loop turns, so not after this block
                pass
    except _TooMuch:
        raise MemoryError from None
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
    with suppress(OSError, ValueError, IndexError):
        file = os.open(_PROCESS, os.O_RDONLY)  # not `open`, which takes longer than all the rest of setting limits
        try:
            return int(os.read(file, 64).split()[0]) * _page()
        finally:
            os.close(file)
    return 0
