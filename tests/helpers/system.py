"""What tests of faults share: system calls that can be traced, and the names in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STRACE = shutil.which("strace")
CAN_TRACE = bool(STRACE) and not subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode
TRACED = pytest.mark.skipif(not CAN_TRACE, reason="needs strace")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
