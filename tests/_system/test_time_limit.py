"""A layout that never ends is stopped."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers import ROOT

from letters._system.time_limit import OutOfTime, time_limit


def _forever() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def test_work_that_takes_too_long_is_stopped_even_if_it_catches_every_error() -> None:
    with pytest.raises(OutOfTime), time_limit(0.1):
        _forever()


def test_other_work_and_its_errors_pass_through() -> None:
    with time_limit(60):
        done = sum(range(10))
    with pytest.raises(KeyError), time_limit(60):
        {}["a"]
    assert done == 45


def test_a_program_can_be_traced_after_limited_work() -> None:
    """In a process of its own: a debugger, or a measurement of coverage, would never get a step further."""
    code = (
        "import sys; from letters._system.time_limit import time_limit\n"
        "with time_limit(60): pass\n"
        "sys.settrace(lambda *_: None); (lambda: None)(); sys.settrace(None); print('on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout == "on\n", done.stderr
