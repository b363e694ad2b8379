"""A library that has lost its seal makes no letters, says so everywhere, and says how to get it back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers.offices import COUNSEL, office_of_one_kind
from msgspec.structs import replace

from letters.approval.approve import new_seal, record, withdraw
from letters.assembly.assembler import Assembler
from letters.authoring.init.examples import example_files
from letters.cli.main import main
from letters.errors import LibraryAtFault, Usage
from letters.library.approval_record_head import lost_seals, record_seal
from letters.library.library import Library
from letters.linter.lint import lint
from letters.provenance.seal import Seal, load_seal

KIND = "own-records"
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = office_of_one_kind(tmp_path_factory.mktemp("office"), KIND)
    record(Assembler(Library(root)), [KIND], COUNSEL, key=KEY)
    return root


@pytest.fixture
def office(approved: Path, tmp_path: Path) -> Path:
    """An office with one approved kind, whose seal is lost."""
    root = tmp_path / "office"
    shutil.copytree(approved, root)
    (root / "templates" / "seal.key").unlink()
    return root


@pytest.fixture
def git(tmp_path: Path) -> Any:
    """Runs git in the folder, without anybody's settings."""
    empty = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}

    def run(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=tmp_path, env=empty, check=True, capture_output=True, text=True)
        return done.stdout

    return run


def written(office: Path) -> bytes:
    return (office / "templates" / "vetted.toml").read_bytes()


def test_every_command_that_needs_it_says_so_and_how_to_get_it_back(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = str(office / "templates" / KIND / "sample.toml")
    here = ["--library", str(office)]
    who = ["--by", "Morgan Example", "--title", "Counsel", "--why", "Read."]
    for command in (
        ["fill", sample, "--out", str(office / "out"), *here],
        ["vet", KIND, *here],
        ["vet", KIND, *who, *here],
        ["vet", "--status", *here],
        ["doctor", *here],
        ["check", KIND, *here],
    ):
        assert main(command) != 0, command
        told = "".join(capsys.readouterr()).replace("\n", " ")
        assert "seal.key" in told, command
        assert "letters vet --new-seal" in " ".join(told.split()), command
        assert re.search(r"(The file|seal\.key) is missing: it is the seal", " ".join(told.split())), command
    assert not (office / "out").exists()
    assert main(["vet", "--status", "--without-seal", *here]) == 0


def test_check_reports_it_once_and_goes_on(office: Path) -> None:
    (found,) = [each for each in lint(office, kinds=[KIND]).findings if each.severity == "error"]
    assert (found.code, found.file) == ("seal", "templates/seal.key")
    assert not lint(office, kinds=[KIND], without_seal=True).has_errors


def test_another_seal_is_not_taken_for_the_lost_one(office: Path) -> None:
    (office / "templates" / "seal.key").write_text("00" * 32 + "\n", encoding="utf-8")
    with pytest.raises(LibraryAtFault, match="is not the seal that the record of approvals names"):
        load_seal(Library(office))


def test_nothing_can_be_approved_and_everything_withdrawn_without_it(office: Path) -> None:
    with pytest.raises(LibraryAtFault, match="is missing"):
        record(Assembler(Library(office)), [KIND], COUNSEL, key=KEY)
    withdraw(Assembler(Library(office)), KIND, COUNSEL)
    assert record_seal(written(office)) == Seal(KEY).name, "the record still names it"


def test_a_new_seal_is_recorded_with_who_and_why(office: Path) -> None:
    why = replace(COUNSEL, why="The disk broke,\nand so did its copy.")
    new_seal(Assembler(Library(office)), why, bytes(32))
    assert load_seal(Library(office)).name == Seal(bytes(32)).name
    (lost,) = lost_seals(written(office))
    assert lost.startswith(f"{Seal(KEY).name}, replaced on 2026-11-22 by Morgan Example")
    assert lost.endswith("The disk broke, and so did its copy.")
    assert Assembler(Library(office)).vetting(KIND).is_vetted(COUNSEL.on), "what was approved stays approved"
    with pytest.raises(Usage, match="is not lost"):
        new_seal(Assembler(Library(office)), COUNSEL, KEY)


def test_a_repository_of_an_office_never_holds_the_seal_or_what_it_writes(tmp_path: Path, git: Any) -> None:
    for name, data in example_files("washington").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for name in ("templates/seal.key", "letter.toml", "out/letter.docx", "register.sqlite", "templates/~$letter.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"secret")
    git("init", "-q")
    git("add", "-A")
    names = set(git("ls-files").split())
    assert not [name for name in names if (tmp_path / name).read_bytes() == b"secret"]
    assert {"letters.toml", "templates/office.toml", "prompts/letter.toml", ".gitignore"} <= names
