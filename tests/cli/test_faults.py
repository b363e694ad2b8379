"""Full disks, killed programs, lost power, missing parts: nothing lost, nothing half-written, a sentence said.

What needs a system that lets it happen (a disk of its own, `strace`) is skipped where there is none.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.errors import CannotWrite
from letters.interview.drafts import SavedAnswers, read_draft
from letters.interview.session import Session

Sample = Callable[[str], dict[str, Any]]
Run = Callable[..., subprocess.CompletedProcess[str]]

STRACE = shutil.which("strace")
CAN_TRACE = bool(STRACE) and not subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode
TRACED = pytest.mark.skipif(not CAN_TRACE, reason="needs strace")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "letters", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def session(
    assembler: Assembler, answers: dict[str, Any], tmp_path: Path, *, now: datetime, number: int = 1
) -> Session:
    saved = SavedAnswers(answers)
    folders = {"drafts": tmp_path / "drafts", "out": tmp_path / "out"}
    return Session(assembler, "denial", saved, now=now, number=number, **folders)


# --- the disk --------------------------------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_new_stands_and_the_old_is_whole(small_disk: Path) -> None:
    old = small_disk / "a.docx"
    write_all({old: b"old"})
    with pytest.raises(CannotWrite) as refusal:
        write_all({old: b"x" * 1000, small_disk / "b.docx": b"x" * 500_000}, overwrite=True)
    assert "no space left" in str(refusal.value)
    assert "Free some space" in str(refusal.value)
    assert names_in(small_disk) == ["a.docx"]
    assert old.read_bytes() == b"old"


def test_a_full_disk_costs_counsel_no_answer(assembler: Assembler, sample: Sample, small_disk: Path) -> None:
    sitting = session(assembler, sample("denial"), small_disk, now=datetime(2019, 8, 2))
    sitting.save()
    place = sitting.saved_at
    assert place is not None
    before = place.read_bytes()
    (small_disk / "filler").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize))
    with pytest.raises(CannotWrite, match="Free some space"):
        sitting.finish(["docx"])
    assert place.read_bytes() == before
    assert list((small_disk / "out").glob("*")) == []
    (small_disk / "filler").unlink()
    assert [path.suffix for path in sitting.finish(["docx"])[0]] == [".toml", ".docx"]


def test_a_disk_that_is_read_only_is_named(small_disk: Path, letters: Run) -> None:
    write_all({small_disk / "a.docx": b"old"})
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    source = ROOT / "templates" / "denial" / "sample.toml"
    found = letters("fill", source, "--out", small_disk / "new", "--format", "docx")
    assert found.returncode == 4
    assert "read-only" in found.stderr
    assert "--out" in found.stderr
    assert "Traceback" not in found.stderr
    assert names_in(small_disk) == ["a.docx"]


def test_a_folder_one_may_not_write_to_is_named(tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("nothing is closed to root")
    tmp_path.chmod(0o500)
    with pytest.raises(CannotWrite, match="Choose a folder you may write to"):
        write_all({tmp_path / "a.docx": b"x"})
    tmp_path.chmod(0o700)


# --- killed, and without power ---------------------------------------------------------------------------------------

_WRITE = """
import sys
from pathlib import Path
from letters._system.output import write_all
folder = Path(sys.argv[1])
write_all({folder / "a.docx": b"new" * 1000, folder / "sub" / "b.pdf": b"new" * 1000}, overwrite=sys.argv[2] == "over")
"""
_STEPS = ("write", "fsync", "chmod", "link", "rename", "unlink", "mkdir")


def traced(*options: str, folder: Path, how: str) -> int:
    return subprocess.run(
        ["strace", "-f", "-qq", *options, sys.executable, "-S", "-c", _WRITE, str(folder), how],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


@TRACED
@pytest.mark.parametrize("how", ["new", "over"])
def test_killed_at_any_step_of_writing_each_file_is_the_whole_old_one_or_the_whole_new_one(
    tmp_path: Path, how: str
) -> None:
    old, new, kills = (b"old" if how == "over" else None), b"new" * 1000, 0
    for call in _STEPS:
        for step in range(1, 20):
            folder = tmp_path / f"{call}-{step}"
            files = [folder / "a.docx", folder / "sub" / "b.pdf"]
            folder.mkdir()
            for file in files if old else []:
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(b"old")
            kill = f"inject={call}:signal=KILL:when={step}"
            code = traced("-o", os.devnull, "-e", f"trace={call}", "-e", kill, folder=folder, how=how)
            assert {file.read_bytes() if file.exists() else None for file in files} <= {old, new}, (call, step)
            left = [path.name for path in folder.rglob("*") if path.is_file() and path not in files]
            assert all(name.startswith(".letters-") for name in left)
            if code == 0:
                break
            kills += 1
    assert kills > 8


@TRACED
def test_what_is_written_is_forced_to_the_disk_before_it_takes_its_name_and_the_name_after(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    folder = tmp_path / "out"
    folder.mkdir()
    calls = "fsync,rename,link,openat"
    assert traced("-y", "-o", str(trace), "-e", f"trace={calls}", folder=folder, how="new") == 0
    steps = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if str(folder) in line and (found := re.search(r"(fsync|rename|link)\((.*)\)\s+= 0", line)):
            steps.append("file" if ".part" in found[2] and found[1] == "fsync" else found[1])
    assert steps[:2] == ["file", "file"]
    assert steps[2:4] == ["link", "link"]
    assert steps[4:].count("fsync") >= 2  # the folder of each, the one that was made and the one it was made in
    assert set(steps[4:]) == {"fsync"}


def test_what_a_killed_program_left_is_swept_up_a_day_later_and_nothing_else_is(tmp_path: Path) -> None:
    old, fresh, others = tmp_path / ".letters-a.part", tmp_path / ".letters-b.part", tmp_path / ".other.part"
    for file in (old, fresh, others):
        file.write_bytes(b"x")
    for file in (old, others):
        os.utime(file, (1_500_000_000, 1_500_000_000))
    write_all({tmp_path / "a.docx": b"x"})
    assert names_in(tmp_path) == [".letters-b.part", ".other.part", "a.docx"]


# --- two at once, and clocks -----------------------------------------------------------------------------------------


def test_of_two_that_write_one_name_at_once_one_does_and_the_other_is_told(tmp_path: Path) -> None:
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


def test_two_sittings_in_one_folder_with_one_name_and_one_clock_keep_apart(
    assembler: Assembler, sample: Sample, tmp_path: Path
) -> None:
    """The clock was put back and the system gave the same number again: the same name is due to both."""
    first, second = (session(assembler, sample("denial"), tmp_path, now=datetime(2019, 8, 2)) for _ in range(2))
    first.save()
    second.save()
    assert first.saved_at != second.saved_at
    assert len(names_in(tmp_path / "drafts")) == 2
    written = [path for sitting in (first, second) for path in sitting.finish(["docx"])[0]]
    assert len(set(written)) == 4
    assert names_in(tmp_path / "drafts") == []


@pytest.mark.parametrize("now", [datetime(1970, 1, 1), datetime(2019, 8, 2), datetime(2199, 12, 31)])
def test_a_clock_that_is_wrong_loses_no_draft(
    assembler: Assembler, sample: Sample, tmp_path: Path, now: datetime
) -> None:
    sitting = session(assembler, sample("denial"), tmp_path, now=now)
    sitting.save()
    sitting.save()
    assert sitting.saved_at is not None
    assert read_draft(sitting.saved_at).answers["request"] == sample("denial")["request"]


# --- a machine that lacks something ----------------------------------------------------------------------------------


def test_without_fonts_there_is_a_sentence_and_the_word_letter(letters: Run, tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig><dir>/nonexistent</dir></fontconfig>", encoding="utf-8")
    source = ROOT / "templates" / "denial" / "sample.toml"
    found = letters("fill", source, "--out", "out", env={"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")})
    assert found.returncode == 4
    assert "No fonts are installed" in found.stderr
    assert "apt-get install" in found.stderr
    assert "--format docx" in found.stderr
    assert not (tmp_path / "out").exists()


@TRACED
def test_without_pango_there_is_a_sentence(letters: Run, tmp_path: Path) -> None:
    """The library is there, and the system says that it is not."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    library = re.search(r"libpango-1\.0\.so\.0 .*=> (\S+)", known)
    if library is None:
        pytest.skip("no Pango to take away")
    inject = "inject=openat,open,stat,newfstatat:error=ENOENT"
    source = ROOT / "templates" / "denial" / "sample.toml"
    hide = ["strace", "-f", "-qq", "-o", os.devnull, "-P", library[1], "-e", inject]
    found = subprocess.run(
        [*hide, sys.executable, "-m", "letters", "fill", str(source), "--out", str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 4
    assert "Pango libraries are missing" in found.stderr
    assert "apt-get install" in found.stderr
    assert "Traceback" not in found.stderr


def test_without_a_home_the_draft_goes_beside_the_letter(assembler: Assembler, sample: Sample, tmp_path: Path) -> None:
    folders = {"drafts": Path("/proc/none/letters/drafts"), "out": tmp_path / "out"}
    sitting = Session(
        assembler, "denial", SavedAnswers(sample("denial")), now=datetime(2019, 8, 2), number=1, **folders
    )
    sitting.save()
    assert sitting.saved_at is not None
    assert sitting.saved_at.parent == tmp_path / "out"
    assert sitting.saved_at.name.startswith("draft-")


@pytest.mark.parametrize("arguments", [("fields", "denial"), ("fill", "bad.toml", "--out", "out")])
def test_in_the_locale_c_nothing_that_is_said_stops_us(
    letters: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "bad.toml").write_text('kind = "denial"\n"référence" = "é"\n', encoding="utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    found = letters(*arguments, env=plain)
    assert "Traceback" not in found.stderr
    assert found.returncode == (0 if arguments[0] == "fields" else 1)
    assert len(found.stdout + found.stderr) > 500
