"""Many Word letters converted by several processes, as one command does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT
from helpers.documents import docx, paragraph

_PROGRAM = """
import json, multiprocessing, os, signal, sys
from pathlib import Path
from letters.assembly.many_pdfs import WordFile, convert_all
from letters.library.library import Library

root, kills, files = Path(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
seen = set()

def given():
    for at, file in enumerate(files):
        seen.update(each.pid for each in multiprocessing.active_children())
        if at == kills:
            for worker in multiprocessing.active_children():
                os.kill(worker.pid, signal.SIGKILL)
        yield WordFile(file.read_bytes(), file.name)

made = list(convert_all(Library(root), given(), len(files), workers=2))
alone = list(convert_all(Library(root), given(), 1))
print(json.dumps({
    "same": [one.pdf == other.pdf for one, other in zip(made, alone, strict=True)],
    "problems": [problem.where for each in made for problem in each.problems],
    "processes": len(seen), "left": len(multiprocessing.active_children()),
}))
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    names = []
    for at in range(12):
        file = tmp_path / f"{at}.docx"
        file.write_bytes(b"no letter" if at == 4 else docx(paragraph(f"Letter {at}: Dear Casey Specimen,")))
        names.append(str(file))
    return names


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process does not divide")
@pytest.mark.parametrize("kills", [-1, 9], ids=["all live", "all workers are killed"])
def test_letters_of_several_processes_are_the_same_as_those_made_alone(files: list[str], kills: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(ROOT), str(kills), *files],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(ran.stdout)
    assert told["same"] == [True] * 12
    assert told["problems"] == ["4.docx"]
    assert told["processes"] >= 2
    assert told["left"] == 0
    assert ran.stderr == ""
