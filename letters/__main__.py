"""Runs `letters` as a program: the command that is installed, and ``python -m letters``."""

import atexit
import os
import sys
from typing import NoReturn

from letters.cli.main import main


def run() -> NoReturn:
    """Run one command and end the process.

    A process that has no other threads or processes ends at once: Python would first look through all that a command
    has read for garbage, and free each object, which takes a tenth of the time of a short command.
    """
    code = main()
    threading = sys.modules.get("threading")
    if "multiprocessing" not in sys.modules and (threading is None or threading.active_count() == 1):
        atexit._run_exitfuncs()
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:  # as when a pipe is closed or a disk is full: Python says so, and has an exit code for it
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
