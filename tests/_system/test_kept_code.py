"""A script that uses Letters takes over what an earlier one compiled, and goes on with Python as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from helpers import ROOT

_SCRIPT = """
import dataclasses, re, sys, threading
from re import _compiler

code_of, before = _compiler._code, _compiler.compile
def coded(parsed, flags):
    print("code made", file=sys.stderr)
    return code_of(parsed, flags)
_compiler._code = coded

import letters
others = [threading.Thread(target=getattr, args=(letters, name)) for name in ("batch", "write", "convert")]
for each in others:
    each.start()
for each in others:
    each.join()
letters.Library, letters.check
assert _compiler.compile is before
assert "exec" not in vars(dataclasses)
@dataclasses.dataclass
class Own:
    text: str = "as ever"
assert Own().text == "as ever" and re.compile("a(b)").search("cab")[1] == "b"
"""


def test_a_second_script_compiles_less_and_both_leave_python_as_it_was(tmp_path: Path) -> None:
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    made = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        made.append(done.stderr.count("code made"))
    assert made[1] < made[0] / 2
    kept = {file.name.split(".")[0] for file in tmp_path.rglob("letters/_system/*") if file.suffix != ".pyc"}
    assert {"patterns", "dataclasses"} <= kept
