"""`letters` in a pseudo-terminal. The process is forked from this one, which has imported everything already."""

from __future__ import annotations

import os
import pty
import sys
import termios
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pexpect
from ptyprocess import PtyProcess

from letters.cli.main import main


def in_terminal(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int = 80) -> Any:
    """A `pexpect` child that runs `letters` with these arguments in a terminal of 24 lines."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid, terminal = pty.fork()
    if pid == 0:
        _run(arguments, folder, environment, columns)
    child = pexpect.spawn(None, encoding="utf-8", timeout=30)
    child.ptyproc = PtyProcess(pid, terminal)
    child.pid, child.child_fd = pid, terminal
    child.terminated = child.closed = False
    return child


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int) -> NoReturn:
    """The child: it never returns into the test."""
    code = 70
    try:
        termios.tcsetwinsize(0, (24, columns))
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - those of pytest are its own
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        code = main([*arguments])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        with suppress(BaseException):  # such as that nobody reads the terminal anymore
            traceback.print_exc()
    finally:
        os._exit(code)
