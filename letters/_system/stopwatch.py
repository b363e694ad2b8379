"""How long something takes. What day it is, nothing here can tell: the command line passes that in."""

from __future__ import annotations

import time


def seconds() -> float:
    """Seconds since some moment, for differences only."""
    return time.perf_counter()
