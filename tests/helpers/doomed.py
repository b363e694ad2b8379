"""Work that kills its worker, as a fault in a library below Python does; in a module that loads at once."""

from __future__ import annotations

import os
import signal

from letters.batches.worker_tasks import ChunkResult


def dies_of_seven(job: str, items: list[int]) -> ChunkResult[int]:
    if 7 in items:
        os.kill(os.getpid(), signal.SIGKILL)
    return ChunkResult(0.001, tuple(items))


def dies_of_all(job: str, items: list[int]) -> ChunkResult[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return ChunkResult(0.001, tuple(items))
