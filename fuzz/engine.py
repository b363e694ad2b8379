"""The loop: mutate an input, run the target, keep the input if it reaches lines that no other input reached.

Coverage is the set of pairs of successive lines in the package's own modules, from `sys.settrace`. That is slow, but it
works in every Python, and the targets are small enough.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from letters._system.resource_limits import within_limits
from letters.errors import LettersError

TIME_LIMIT = 10.0  # seconds of processor time for one input
_OWN = str(Path(__file__).parent.parent / "letters")

Mutate = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


@dataclass(frozen=True)
class Target:
    """Code that reads other people's files.

    Args:
        name: of the target.
        run: reads one input; it may raise LettersError, but nothing else.
        mutate: returns a mutated input, given one input and all inputs.
        seeds: inputs to start from, besides the corpus.
        followed: the folder whose modules count toward coverage.
    """

    name: str
    run: Callable[[bytes], object]
    mutate: Mutate
    seeds: Callable[[], Sequence[bytes]]
    followed: str = _OWN


@dataclass(frozen=True)
class Find:
    """An input that revealed a bug."""

    data: bytes
    what: str
    where: str


def tried(target: Target, data: bytes) -> Find | None:
    """The bug that an input reveals; None if the target reads it or refuses it with a message."""
    try:
        with within_limits("It", seconds=TIME_LIMIT):
            target.run(data)
    except LettersError as error:
        codes = {problem.code for problem in error.problems}
        if codes & {"beyond-time", "beyond-memory"}:
            return Find(data, str(error), "")
        if not error.problems or not all(problem.message for problem in error.problems):
            return Find(data, f"{type(error).__name__} without a message", "")
    except Exception as error:
        last = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_OWN)][-1:]
        where = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)
        return Find(data, f"{type(error).__name__}: {str(error)[:200]}", where)
    return None


def covered(target: Target, data: bytes) -> tuple[Find | None, set[tuple[int, int, int]]]:
    """The same, with the pairs of lines that were executed."""
    steps: set[tuple[int, int, int]] = set()

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(target.followed):
            return None
        key, before = hash((code.co_filename, code.co_name)), 0

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal before
            steps.add((key, before, frame.f_lineno))
            before = frame.f_lineno
            return line

        return line

    sys.settrace(follow)
    try:
        return tried(target, data), steps
    finally:
        sys.settrace(None)


def mutations(target: Target, inputs: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Mutated inputs without end, the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        data = chance.choice(inputs)
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = target.mutate(data, chance, inputs)
        yield data


def fuzz(target: Target, inputs: Sequence[bytes], seconds: float, seed: int) -> Iterator[Find | bytes]:
    """Yields bugs, one for each place in the code, and inputs that reached new lines, which are mutated in turn."""
    kept, seen, reported = list(inputs), set[tuple[int, int, int]](), set[str]()
    for data in inputs:
        seen |= covered(target, data)[1]
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    while time.monotonic() < until:
        recent = kept[-20:] if chance.random() < 0.5 else kept
        data = next(mutations(target, recent, chance.getrandbits(32)))
        find, steps = covered(target, data)
        if find is not None and find.where + find.what[:20] not in reported:
            reported.add(find.where + find.what[:20])
            yield find
        if not steps <= seen:
            seen |= steps
            kept.append(data)
            yield data
