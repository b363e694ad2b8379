"""Runs `letters` in a process of its own without starting Python anew: each command is a fork of one that is ready.

Starting Python, importing the package, and reading the shipped library take most of the time of a small command. The
process that is ready has written a letter already, so that what is remembered by its content need not be read again.
A command run here has its own process, folder, environment, streams, and exit code, like one typed at a prompt.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from helpers import ROOT

_SERVER = """
import contextlib, importlib, io, json, os, sys, tempfile
for name in {modules!r}:
    importlib.import_module(name)
from letters.cli.main import main

with (
    tempfile.TemporaryDirectory() as folder,
    contextlib.redirect_stdout(io.StringIO()),
    contextlib.redirect_stderr(io.StringIO()),
):
    main(["fill", {sample!r}, "--out", folder, "--library", {library!r}])

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        null = os.open(os.devnull, os.O_RDONLY)
        for number, at in ((0, null), (1, os.open(asked["out"], os.O_WRONLY)), (2, os.open(asked["err"], os.O_WRONLY))):
            os.dup2(at, number)
        sys.argv = ["letters", *asked["arguments"]]
        code = 1
        try:
            code = main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""
_MODULES = (
    "docxtpl", "letters.cli.batch", "letters.cli.check", "letters.cli.fill", "letters.cli.pdf", "letters.cli.vet",
    "letters.assembly.template.template", "letters.linter.lint", "letters.pdf.convert", "letters.provenance.verify",
)  # fmt: skip


@cache
def _server() -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    sample = ROOT / "templates" / "denial" / "sample.toml"
    code = _SERVER.format(modules=_MODULES, sample=str(sample), library=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def run_letters(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with nothing to read on standard input.

    Raises:
        subprocess.TimeoutExpired: it was still running after ``timeout`` seconds, and was ended.
    """
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        asked = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(environment), "out": out.name,
                 "err": err.name}  # fmt: skip
        print(json.dumps(asked), file=server.stdin, flush=True)
        child = int(server.stdout.readline())
        late = False

        def end(*_: object) -> None:
            nonlocal late
            late = True
            os.killpg(child, signal.SIGKILL)

        before = signal.signal(signal.SIGALRM, end)
        signal.setitimer(signal.ITIMER_REAL, timeout)
        try:
            code = int(server.stdout.readline())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        if late:
            raise subprocess.TimeoutExpired(["letters", *arguments], timeout)
        said, complained = (
            Path(each.name).read_text(encoding="utf-8", errors="surrogateescape") for each in (out, err)
        )
    return subprocess.CompletedProcess(["letters", *arguments], code, said, complained)
