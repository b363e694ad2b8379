"""What the tests of batches share: a library all of whose kinds are vetted, rows, and runs as processes."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from helpers import ROOT
from letters.assembly.assembler import Assembler
from letters.library.approval_record import VettingEntry
from letters.library.approval_record_head import RECORD
from letters.library.library import Library

ROW: dict[str, str] = {
    "date": "2019-08-02",
    "delivery": "email; mail",
    "signatory": "chief-counsel",
    "legal_basis": "cfr-603-4; nm-51-1-32",
    "request.received": "2019-08-01",
    "request.channel": "email",
    "Access sought": "direct-access",
    "What is requested, in our words?": "a log-in giving direct access to the database of employment records",
    "request.requester.agency": "Example Agency",
    "Kind of agency": "federal",
    "request.requester.email": "jordan.sample@agency.example",
    "reference": "OGC-2019-0142",
    "responsible": "Casey Specimen, Secretary; Morgan Example, Chief Legal Counsel",
    "request.requester.address": "P.O. Box 0000\nEl Paso, Texas 79900",
    "law_checked": "nmac-106-c",
}


def vetted_library(folder: Path, add: Callable[[Path], None] = lambda _: None) -> Path:
    """A copy of the shipped library, every kind vetted as it is.

    Args:
        add: puts more kinds into it before they are vetted.
    """
    for name in ("templates", "prompts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".vetted", "~$*"))
    (folder / "templates" / RECORD).unlink(missing_ok=True)
    add(folder)
    assembler = Assembler(Library(folder))
    entries = {}
    for kind in assembler.library.kinds:
        files = {name: str(assembler.approvals.digest(name)) for name in assembler.files_of(kind)}
        who = {"by": "Casey Specimen", "title": "Chief Legal Counsel", "why": "For the tests"}
        entries[kind] = VettingEntry(act="vetted", date=date(2019, 1, 1), files=files, **who)
    (folder / "templates" / RECORD).write_bytes(assembler.approvals.written(entries))
    return folder


def rows(count: int, **changes: str) -> list[dict[str, str]]:
    """Rows of denials, alike but for agency and reference."""
    return [
        ROW | {"request.requester.agency": f"Agency {number}", "reference": f"OGC-{number:05d}"} | changes
        for number in range(1, count + 1)
    ]


def save(path: Path, table: Iterable[Mapping[str, str]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    found = list(table)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(found)
    return path


def files_in(folder: Path) -> dict[str, str]:
    """Every letter in a folder, with the digest of its bytes. Fails when something lies about that is no letter."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".letters-batch" not in path.parts:
            assert path.suffix in (".docx", ".pdf"), path
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def journal(folder: Path) -> list[str]:
    kept = [path.read_text(encoding="utf-8") for path in folder.glob(".letters-batch/*.journal")]
    return [line for text in kept for line in text.splitlines() if '"row":' in line]


def begin(*arguments: object, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """`letters batch` as a process of its own, with its own group, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "letters", "batch", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def wait_for(ready: Callable[[], Any], process: subprocess.Popen[str], seconds: float = 60) -> Any:
    """What ``ready`` gives when it gives something; fails when the process ends before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := ready():
            return found
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)
    raise AssertionError("nothing happened")


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a run: the children of its fork server."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return [worker for child in parents.get(process.pid, []) for worker in parents.get(child, [])]
