"""Files are written completely or not at all: on a full disk, when the program is killed, when the power fails.

A test that needs `strace` or a disk of its own is skipped if the system does not allow it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers import ROOT
from helpers.system import TRACED, names_in

from letters._system.output import NewFiles, write_all
from letters.errors import CannotWrite


def test_on_a_full_disk_nothing_new_is_written_and_old_files_stay_intact(small_disk: Path) -> None:
    old = small_disk / "a.docx"
    write_all({old: b"old"})
    with pytest.raises(CannotWrite) as refusal:
        write_all({old: b"x" * 1000, small_disk / "b.docx": b"x" * 500_000}, overwrite=True)
    where = small_disk / "b.docx"
    assert str(refusal.value) == (
        f"{where} cannot be written: no space left on device. Free some space, or choose another disk."
    )
    assert names_in(small_disk) == ["a.docx"]
    assert old.read_bytes() == b"old"


def test_staged_files_have_their_names_only_once_all_are_placed(tmp_path: Path) -> None:
    paths = [tmp_path / "a.pdf", tmp_path / "sub" / "b.pdf"]
    with NewFiles() as new:
        new.stage(paths[0], b"first")
        new.stage(paths[1], b"b")
        new.stage(paths[0], b"a")
        assert not any(path.exists() for path in paths)
        assert new.place() == [paths[1], paths[0]]

    assert [path.read_bytes() for path in paths] == [b"a", b"b"]
    assert names_in(tmp_path) == ["a.pdf", "sub"]
    assert names_in(tmp_path / "sub") == ["b.pdf"]


def test_nothing_is_left_of_staged_files_that_are_not_placed(tmp_path: Path) -> None:
    with NewFiles() as new:
        new.stage(tmp_path / "a.pdf", b"a")

    assert names_in(tmp_path) == []


def test_folders_that_were_made_for_files_are_removed_with_them_unless_something_else_is_there(tmp_path: Path) -> None:
    with NewFiles() as new:
        new.stage(tmp_path / "made" / "empty" / "a.pdf", b"a")
        new.stage(tmp_path / "made" / "used" / "deep" / "b.pdf", b"b")
        (tmp_path / "made" / "used" / "notes.txt").write_text("another program's", encoding="utf-8")

    assert names_in(tmp_path / "made") == ["used"]
    assert names_in(tmp_path / "made" / "used") == ["notes.txt"]


def test_a_folder_without_write_permission_is_named(tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("nothing is closed to root")
    tmp_path.chmod(0o500)
    with pytest.raises(CannotWrite, match="Choose a folder you may write to"):
        write_all({tmp_path / "a.docx": b"x"})
    tmp_path.chmod(0o700)


_WRITE = """
import os, sys
from contextlib import suppress
from pathlib import Path
from letters._system.output import write_all

nowhere = os.open(os.devnull, os.O_WRONLY)
HARMLESS = {
    "write": lambda: os.write(nowhere, b"."),
    "fsync": lambda: os.fsync(nowhere),
    "chmod": lambda: os.chmod("", 0),
    "link": lambda: os.link("", ""),
    "rename": lambda: os.rename("", ""),
    "unlink": lambda: os.unlink(""),
    "mkdir": lambda: os.mkdir(""),
}

def write(folder):
    new = b"new" * 1000
    write_all({folder / "a.docx": new, folder / "sub" / "b.pdf": new}, overwrite=sys.argv[2] == "over")

call = sys.argv[3]
if not call:
    write(Path(sys.argv[1]))
    sys.exit()
ends = []
for step in range(1, MOST):  # in each step a child that makes so many calls for nothing that its last is this one
    child = os.fork()
    if not child:
        for _ in range(MOST - step):
            with suppress(OSError):
                HARMLESS[call]()
        write(Path(sys.argv[1], f"{call}-{step}"))
        os._exit(0)
    ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    if ends[-1] == 0:
        break
print(*ends)
"""
_STEPS = ("write", "fsync", "chmod", "link", "rename", "unlink", "mkdir")
_MOST = 20


def traced(*options: str, folder: Path, how: str, call: str = "") -> str:
    """What the program printed: for each step how it ended; without a call it writes once and prints nothing."""
    code = _WRITE.replace("MOST", str(_MOST))
    return subprocess.run(
        ["strace", "-f", "-qq", *options, sys.executable, "-S", "-c", code, str(folder), how, call],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout


@TRACED
@pytest.mark.parametrize("how", ["new", "over"])
def test_a_program_killed_at_any_step_leaves_each_file_old_or_new_and_complete(tmp_path: Path, how: str) -> None:
    old, new, kills = (b"old" if how == "over" else None), b"new" * 1000, 0
    for call in _STEPS:
        folders = [tmp_path / f"{call}-{step}" for step in range(1, _MOST)]
        for folder in folders:
            (folder / "sub" if old else folder).mkdir(parents=True)
            for file in (folder / "a.docx", folder / "sub" / "b.pdf") if old else ():
                file.write_bytes(b"old")
        kill = f"inject={call}:signal=KILL:when={_MOST}"
        ends = traced("-o", os.devnull, "-e", f"trace={call}", "-e", kill, folder=tmp_path, how=how, call=call).split()
        assert ends[-1] == "0", "it has made the call as often as it does"
        assert set(ends[:-1]) <= {str(-signal.SIGKILL)}
        kills += len(ends) - 1
        for folder in folders[: len(ends)]:
            files = [folder / "a.docx", folder / "sub" / "b.pdf"]
            assert {file.read_bytes() if file.exists() else None for file in files} <= {old, new}, folder.name
            left = [path.name for path in folder.rglob("*") if path.is_file() and path not in files]
            assert all(name.startswith(".letters-") for name in left)
    assert kills > 8


@TRACED
def test_contents_are_synced_to_disk_before_the_rename_and_folders_after_it(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    folder = tmp_path / "out"
    folder.mkdir()
    calls = "fsync,rename,link,openat"
    traced("-y", "-o", str(trace), "-e", f"trace={calls}", folder=folder, how="new")
    steps = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if str(folder) in line and (found := re.search(r"(fsync|rename|link)\((.*)\)\s+= 0", line)):
            steps.append("file" if ".part" in found[2] and found[1] == "fsync" else found[1])
    assert steps[:2] == ["file", "file"]
    assert steps[2:4] == ["link", "link"]
    assert steps[4:].count("fsync") >= 2  # the folder of each, the one that was made and the one it was made in
    assert set(steps[4:]) == {"fsync"}


def test_leftovers_of_a_killed_program_are_deleted_a_day_later_and_nothing_else_is(tmp_path: Path) -> None:
    old, fresh, others = tmp_path / ".letters-a.part", tmp_path / ".letters-b.part", tmp_path / ".other.part"
    for file in (old, fresh, others):
        file.write_bytes(b"x")
    for file in (old, others):
        os.utime(file, (1_500_000_000, 1_500_000_000))
    write_all({tmp_path / "a.docx": b"x"})
    assert names_in(tmp_path) == [".letters-b.part", ".other.part", "a.docx"]


def test_of_two_writers_of_one_name_one_succeeds_and_the_other_gets_an_error(tmp_path: Path) -> None:
    for turn in range(20):
        path = tmp_path / f"{turn}.docx"
        outcomes: list[str] = []
        start = threading.Barrier(2)

        def write(what: bytes, path: Path = path, start: threading.Barrier = start, done: list[str] = outcomes) -> None:
            start.wait()
            try:
                write_all({path: what})
                done.append(what[:1].decode())
            except CannotWrite as error:
                done.append(error.problems[0].code)

        both = [threading.Thread(target=write, args=(what * 10_000,)) for what in (b"a", b"b")]
        for each in both:
            each.start()
        for each in both:
            each.join()
        winner = next(each for each in outcomes if len(each) == 1)
        assert sorted(outcomes) == sorted([winner, "exists"])
        assert path.read_bytes() == winner.encode() * 10_000
