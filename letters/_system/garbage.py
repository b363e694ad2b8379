"""How often Python looks for cyclic garbage while letters are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = 200_000
"""New objects; a letter makes thousands, and the default threshold costs a tenth of the time."""


@contextmanager
def less_garbage_collection() -> Iterator[None]:
    """Collect cyclic garbage less often, because letters leave almost none."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], THRESHOLD), *before[1:])
    during = gc.get_threshold()
    try:
        yield
    finally:
        if gc.get_threshold() == during:  # otherwise another thread has changed it in the meantime
            gc.set_threshold(*before)
