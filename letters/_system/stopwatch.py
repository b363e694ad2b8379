"""How long something takes. It does not tell the date; the command line passes that in."""

from __future__ import annotations

import time


def seconds() -> float:
    """Seconds since an arbitrary moment; only differences mean anything."""
    return time.perf_counter()
