"""The loop: change an input, run the target, keep what reaches lines no other input reached.

Coverage is the pairs of lines that follow one another in the package's own modules, as `sys.settrace` tells them: slow,
and at hand in every Python; the targets are small enough for it.
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

from letters.assembly.resource_limits import within_limits
from letters.errors import LettersError

PATIENCE = 10.0  # seconds of the processor an input may take
_OWN = str(Path(__file__).parent.parent / "letters")

Mutate = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


@dataclass(frozen=True)
class Target:
    """Something that reads files of others.

    Args:
        run: reads one input; may raise LettersError and nothing else.
        mutate: a changed input, from one input and all there are.
        seeds: what to start from beside the corpus.
        followed: the folder whose modules count.
    """

    name: str
    run: Callable[[bytes], object]
    mutate: Mutate
    seeds: Callable[[], Sequence[bytes]]
    followed: str = _OWN


@dataclass(frozen=True)
class Find:
    """An input that did what none may do."""

    data: bytes
    what: str
    where: str


def tried(target: Target, data: bytes) -> Find | None:
    """What is wrong with how a target takes an input; None where it reads it, or refuses it in words."""
    try:
        with within_limits("It", seconds=PATIENCE):
            target.run(data)
    except LettersError as error:
        codes = {problem.code for problem in error.problems}
        if codes & {"beyond-time", "beyond-memory"}:
            return Find(data, str(error), "")
        if not error.problems or not all(problem.message for problem in error.problems):
            return Find(data, f"{type(error).__name__} without words", "")
    except Exception as error:
        last = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_OWN)][-1:]
        where = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)
        return Find(data, f"{type(error).__name__}: {str(error)[:200]}", where)
    return None


def covered(target: Target, data: bytes) -> tuple[Find | None, set[tuple[int, int, int]]]:
    """The same, with the steps it took through the package."""
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
    """Changed inputs without end, the same for the same seed."""
    chance = random.Random(seed)
    while True:
        data = chance.choice(inputs)
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = target.mutate(data, chance, inputs)
        yield data


def fuzz(target: Target, inputs: Sequence[bytes], seconds: float, seed: int) -> Iterator[Find | bytes]:
    """Finds, one for each place in the code; and inputs that reached something new, which are changed in their turn."""
    kept, seen, told = list(inputs), set[tuple[int, int, int]](), set[str]()
    for data in inputs:
        seen |= covered(target, data)[1]
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    while time.monotonic() < until:
        recent = kept[-20:] if chance.random() < 0.5 else kept
        data = next(mutations(target, recent, chance.getrandbits(32)))
        find, steps = covered(target, data)
        if find is not None and find.where + find.what[:20] not in told:
            told.add(find.where + find.what[:20])
            yield find
        if not steps <= seen:
            seen |= steps
            kept.append(data)
            yield data
