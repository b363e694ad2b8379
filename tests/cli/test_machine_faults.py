"""A machine that lacks something: each command says what is missing and what to do, and leaves no traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import ROOT
from helpers.system import TRACED, names_in

from letters._system.output import write_all

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_read_only_disk_is_reported(small_disk: Path, letters: Run) -> None:
    write_all({small_disk / "a.docx": b"old"})
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    source = ROOT / "templates" / "denial" / "sample.toml"
    found = letters("fill", source, "--out", small_disk / "new", "--format", "docx")
    assert found.returncode == 4
    assert "read-only" in found.stderr
    assert "new cannot be written: read-only file system. The disk is read-only. Choose another one." in found.stderr
    assert "Traceback" not in found.stderr
    assert names_in(small_disk) == ["a.docx"]


@TRACED
def test_a_missing_pango_library_is_reported(letters: Run, tmp_path: Path) -> None:
    """The library is there, and the system says that it is not."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    library = re.search(r"libpango-1\.0\.so\.0 .*=> (\S+)", known)
    if library is None:
        pytest.skip("no Pango to take away")
    inject = "inject=openat,open,stat,newfstatat:error=ENOENT"
    source = ROOT / "templates" / "policy-statement" / "sample.toml"  # with a page in HTML enclosed
    hide = ["strace", "-f", "-qq", "-o", os.devnull, "-P", library[1], "-e", inject]
    found = subprocess.run(
        [*hide, sys.executable, "-m", "letters", "fill", str(source), "--out", str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 4
    assert "Pages in HTML, and letters with a few rare layouts, need the Pango libraries" in found.stderr
    assert "apt-get install" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("arguments", [("fields", "denial"), ("fill", "bad.toml", "--out", "out")])
def test_output_in_the_c_locale_does_not_fail(letters: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "bad.toml").write_text('kind = "denial"\n"référence" = "é"\n', encoding="utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    found = letters(*arguments, env=plain)
    assert "Traceback" not in found.stderr
    assert found.returncode == (0 if arguments[0] == "fields" else 1)
    assert len(found.stdout + found.stderr) > 500


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        ('"$0" -m letters kinds --json >/dev/full', 4, "the disk is full"),
        ('"$0" -m letters kinds --json | head -c 10; exit "${PIPESTATUS[0]}"', 0, ""),
        ('"$0" -m letters kinds --json >&-', 0, ""),
        ('"$0" -m letters unheard-of', 2, "unheard-of"),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_command_ends_with_its_exit_code_whatever_becomes_of_its_output(
    shell: str, code: int, said: str, unbuffered: str
) -> None:
    found = subprocess.run(
        ["bash", "-c", shell, sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, "Traceback" in found.stderr, "Exception" in found.stderr) == (code, False, False)
    assert said in found.stderr


def test_all_that_a_command_prints_arrives_before_its_process_ends() -> None:
    command = [sys.executable, "-m", "letters", "kinds", "--json"]
    found = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    assert len(json.loads(found.stdout)) > 10
