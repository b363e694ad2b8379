"""Letters as a program: a process that runs one command, and ends."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn

from letters._system.late_modules import import_late


def run() -> NoReturn:
    """Run one command as a program, and end the process.

    A process that has no other threads or processes ends at once: Python would first look through all that a command
    has read for garbage, and free each object, which takes a tenth of the time of a short command.
    """
    import_late()
    # Here, because they import what is to be imported late.
    from letters._system.kept_code import kept_code
    from letters._system.result_files import keep_results

    with kept_code():
        from letters.cli.main import main

        keep_results()
        exit_code = main()
    threading = sys.modules.get("threading")
    if "multiprocessing" not in sys.modules and (threading is None or threading.active_count() == 1):
        atexit._run_exitfuncs()
        with suppress(OSError):  # nobody is left to tell
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(exit_code)
    sys.exit(exit_code)
