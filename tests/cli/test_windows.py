"""The main flows without what only POSIX has, and with what Windows does instead (tests/helpers/windows.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from helpers import ROOT

from letters._system.output import safe_stem, why_unread, why_unwritten
from letters.interview.terminal.desktop import opener

WINDOWS = ROOT / "tests" / "helpers" / "windows.py"
SAMPLE = ROOT / "templates" / "denial" / "sample.toml"


def on_windows(
    folder: Path, *commands: tuple[str, ...], typed: str = "", open_elsewhere: str = "", register: str = "none"
) -> subprocess.CompletedProcess[str]:
    """Some commands of one process, on a console of code page 1252, where every text file names its encoding."""
    words = [word for command in commands for word in ("--then", *command)][1:]
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning", str(WINDOWS), *words],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LETTERS_", "XDG_"))},
            "HOME": str(folder), "LOCALAPPDATA": str(folder / "AppData"), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0",
            "PYTHONIOENCODING": "cp1252", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "USERDOMAIN": "DWS",
            "USERNAME": "ana",
            "LETTERS_REGISTER": register, "LETTERS_TEST_OPEN": open_elsewhere,
        },
        input=typed, capture_output=True, text=True, encoding="cp1252", check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder, and what the main flows there said."""
    folder = tmp_path_factory.mktemp("windows")
    (folder / "answers.toml").write_bytes(SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    row = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))
    (folder / "rows.jsonl").write_text(json.dumps(row, default=str) + "\r\n", encoding="utf-8", newline="")
    return folder, on_windows(
        folder,
        ("register", "create"),
        ("fill", "answers.toml", "--out", "out"),
        ("batch", "rows.jsonl", "--kind", "denial", "--out", "many", "--workers", "1", "--format", "docx"),
        ("verify", "out/answers.docx"),
        ("doctor",),
        ("pdf", "out/answers.docx", "-o", "again.pdf"),
        ("check", "denial"),
        ("new", "denial", "--plain"),
        typed="1\n",
        register=str(folder / "register.db"),
    )


def test_the_main_flows_run(written: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = written
    assert "Traceback" not in done.stderr, done.stderr
    assert "EncodingWarning" not in done.stderr
    codes = [line for line in done.stderr.splitlines() if line.startswith("exit ")]
    assert codes == ["exit 0"] * 7 + ["exit 130"], done.stderr  # standard input ends in the interview
    assert (folder / "out" / "answers.pdf").read_bytes()[:5] == b"%PDF-"
    assert len(list((folder / "many").glob("*.docx"))) == 1
    assert "ok       PDF: " in done.stdout


def test_private_files_get_an_access_list_of_their_owner_alone(
    written: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = written
    limited = [line for line in done.stderr.splitlines() if line.startswith("ran icacls")]
    assert all(line.endswith(r"F *S-1-5-18:F") or line.endswith("(OI)(CI)F") for line in limited)
    assert any("register.db /inheritance:r /grant:r DWS\\" in line for line in limited)
    drafts = folder / "AppData" / "letters" / "drafts"
    assert any(f"{drafts} /inheritance:r" in line and "(OI)(CI)F" in line for line in limited)


def test_a_letter_that_is_open_in_word_is_a_sentence_and_no_loss(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    letter, pdf = tmp_path / "out" / "sample.docx", tmp_path / "out" / "sample.pdf"
    letter.write_bytes(b"edited by hand")
    pdf.write_bytes(b"made from it")
    command = ("fill", str(SAMPLE), "--out", "out", "--overwrite")
    done = on_windows(tmp_path, command, open_elsewhere=str(Path("out") / "sample.pdf"))
    assert done.returncode == 4
    assert "sample.pdf is open in another program, such as Word, so it was left as it is. Close it there" in done.stderr
    assert (letter.read_bytes(), pdf.read_bytes()) == (b"edited by hand", b"made from it")
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"sample.docx", "sample.pdf"}


@pytest.mark.parametrize("mark", ["~$nial.docx", "~$enial.docx", "~$denial.docx", ".~lock.denial.docx#"])
def test_a_file_beside_it_says_that_a_program_has_a_letter_open(tmp_path: Path, mark: str) -> None:
    refused = PermissionError(13, "Permission denied", str(tmp_path / "denial.docx"))
    assert "Choose a folder you may write to" in why_unwritten(refused).hint
    (tmp_path / mark).touch()
    assert why_unwritten(refused).message.startswith("is open in another program")
    assert why_unread(refused, "denial.docx").message == "is open in another program."


def test_a_path_too_long_for_windows_is_named_as_such() -> None:
    problem = why_unwritten(FileNotFoundError(2, "No such file", "C:\\" + "folder\\" * 40 + "letter.docx"))
    assert (problem.message, problem.hint) == ("cannot be written: the path is too long.", "Choose a shorter name.")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("CON", "CON-letter"), ("aux.2019", "aux-letter.2019"), ("COM1", "COM1-letter"), (r"C:\out\x", "C-out-x"),
        ("What? <Now>|*", "What-Now"), ("name. . .", "name"), (r"\\server\share", "server-share"),
    ],
)  # fmt: skip
def test_names_that_windows_refuses_are_never_given(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


def test_programs_are_found_by_paths_with_backslashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert opener({"LETTERS_OPEN": r'"C:\Program Files\Word\winword.exe" /n'}) == [
        r"C:\Program Files\Word\winword.exe", "/n",
    ]  # fmt: skip
    assert opener({}) == ["explorer"]
