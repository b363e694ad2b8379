"""Limits on the memory for one file, where libraries in C end the process if they get none."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers import ROOT

_SCRIPT = """
import resource
from letters._system.resource_limits import room_for_libraries, within_limits
from letters.errors import LettersError

before = resource.getrlimit(resource.RLIMIT_AS)
held = []
try:
    with within_limits("letter", 100, 100, doing="Converting"), room_for_libraries():
        held.append(b"x" * ({megabytes} << 20))  # at once, as a library in C takes it
        for _ in range({rounds}):
            try:
                sum(range(1000))
            except Exception:
                pass
    print("done")
except LettersError as error:
    print(error.problems[0].code)
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(most.split()[1]) > {megabytes} << 10)  # whether it was there
print(resource.getrlimit(resource.RLIMIT_AS) == before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory is used")
@pytest.mark.parametrize(
    ("megabytes", "rounds", "told"),
    [(150, 100_000_000, ["beyond-memory", "True"]), (20, 10, ["done", "True"]), (900, 1, ["beyond-memory", "False"])],
)
def test_a_library_gets_more_than_the_limit_for_a_moment(megabytes: int, rounds: int, told: list[str]) -> None:
    script = _SCRIPT.format(megabytes=megabytes, rounds=rounds)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == ([*told, "True"], "")
