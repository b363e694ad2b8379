"""Code of classes that is kept from process to process: the same as what is generated anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

from letters._system.generated_code import GeneratedCode

_TEXT = "def double(number):\n return number * factor\n"


def test_code_is_compiled_once_and_runs_as_python_runs_it(tmp_path: Path) -> None:
    first = GeneratedCode(tmp_path / "kept")
    first.run(_TEXT, {}, {})
    first.save()
    again = GeneratedCode(tmp_path / "kept")
    assert list(again._codes) == [_TEXT]
    names: dict[str, object] = {"factor": 3}
    made: dict[str, object] = {}
    again.run(_TEXT, names, made)
    assert made["double"](2) == 6  # type: ignore[operator]
    assert "double" not in names


def test_what_is_wrong_is_refused_as_python_refuses_it(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        GeneratedCode(tmp_path / "kept").run("def", {})


def test_where_nothing_can_be_written_it_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = GeneratedCode(tmp_path / "file" / "kept")
    made: dict[str, object] = {}
    code.run(_TEXT, {}, made)
    code.save()
    assert "double" in made


def test_a_second_command_compiles_no_methods(tmp_path: Path) -> None:
    """Where Python keeps compiled modules, as it is told by PYTHONPYCACHEPREFIX."""
    run = (
        "import sys\n"
        "import letters._system.generated_code as generated\n"
        "def told(*given):\n"
        "    print('compiled', file=sys.stderr)\n"
        "    return compile(*given)\n"
        "generated.compile = told\n"
        "from letters.cli.program import run; run()"
    )
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    compiled = [
        subprocess.run(
            [sys.executable, "-c", run, "fields", "denial"],
            env=environment, capture_output=True, text=True, check=True,
        ).stderr.count("compiled")
        for _ in range(2)
    ]  # fmt: skip
    assert compiled[0] > 100
    assert compiled[1] == 0
