"""Run before a command, in its process: takes away what Windows does not have, and does what Windows does.

Modules and calls of POSIX are gone, files that are open elsewhere cannot be replaced (``LETTERS_TEST_OPEN`` names
them), and a folder cannot be opened. Usage: python -X warn_default_encoding -W error::EncodingWarning windows.py
ARGUMENTS of letters, and more commands after a lone ``--then``.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - what the standard library has for its own system is imported before that changes
import ctypes.util
import getpass  # noqa: F401
import importlib.metadata
import multiprocessing.connection
import multiprocessing.popen_spawn_posix
import multiprocessing.resource_tracker
import multiprocessing.util  # noqa: F401
import os
import shutil
import signal
import sqlite3  # noqa: F401
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cffi

GONE = ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "syslog", "readline", "curses", "_curses")
CALLS = (
    "fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "setsid", "killpg", "getpgid", "getpgrp", "chown",
    "fchmod", "mkfifo", "sched_getaffinity", "nice", "sync", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK",
)  # fmt: skip
SIGNALS = ("SIGHUP", "SIGTSTP", "SIGKILL", "SIGALRM", "SIGPROF", "SIGUSR1", "SIGPIPE", "setitimer",
           "getitimer", "alarm")  # fmt: skip
OPEN = frozenset(filter(None, os.environ.get("LETTERS_TEST_OPEN", "").split(os.pathsep)))
LIKE_WINDOWS: list[list[str]] = []
"""What was run as a program."""


def in_use(path: object) -> PermissionError:
    error = PermissionError(13, "The file is being used by another process", str(path))
    error.winerror = 32  # type: ignore[attr-defined]
    return error


def take_away() -> None:
    importlib.metadata.requires("letters")
    ZoneInfo("America/Denver")
    tempfile.gettempdir()
    for name in GONE:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in CALLS:
        if hasattr(os, name):
            delattr(os, name)
    for name in SIGNALS:
        if hasattr(signal, name):
            delattr(signal, name)
    for name in ("pthread_getcpuclockid", "clock_gettime", "tzset"):
        delattr(time, name)
    sys.modules["msvcrt"] = types.SimpleNamespace(locking=lambda *_: None, LK_NBLCK=2)  # type: ignore[assignment]
    real_replace, real_open, real_chmod, real_run = os.replace, os.open, os.chmod, subprocess.run

    def replace(source: Any, target: Any, **options: Any) -> None:
        if str(target) in OPEN:
            raise in_use(target)
        real_replace(source, target, **options)

    def open_(path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
        if isinstance(path, str | Path) and Path(path).is_dir() and not flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, flags, mode, **options)

    def chmod(path: Any, mode: int, **options: Any) -> None:
        real_chmod(path, 0o777 if mode & 0o200 else 0o555, **options)

    def no_symlink(*_: Any, **__: Any) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    def run(command: Any, *arguments: Any, **options: Any) -> Any:
        if command[0] == "icacls":
            LIKE_WINDOWS.append(command)
            return subprocess.CompletedProcess(command, 0, b"", b"")
        return real_run(command, *arguments, **options)

    def no_library(*_: Any, **__: Any) -> None:
        raise OSError("no such library")

    cffi.FFI.dlopen = no_library  # as without MSYS2
    ctypes.util.find_library = lambda name: None
    os.replace, os.open, os.chmod, os.symlink = replace, open_, chmod, no_symlink  # type: ignore[assignment]
    subprocess.run = run  # type: ignore[assignment]
    shutil.rmtree.avoids_symlink_attacks = False
    sys.platform = "win32"


def main() -> int:
    take_away()
    from letters.cli.main import main as letters

    code, commands = 0, [[]]  # type: int, list[list[str]]
    for word in sys.argv[1:]:
        if word == "--then":
            commands.append([])
        else:
            commands[-1].append(word)
    for command in commands:
        code = letters(command)
        sys.stderr.write(f"exit {code}\n")
    sys.stderr.write("".join(f"ran {' '.join(each)}\n" for each in LIKE_WINDOWS))
    return code


if __name__ == "__main__":
    sys.exit(main())
