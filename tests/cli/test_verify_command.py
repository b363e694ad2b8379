"""`letters verify` and `letters rebuild`, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.edits import edited
from helpers.offices import approved_office

from letters.cli.main import main
from letters.docx.package import open_package
from letters.library.answers import write_answers

Sample = Callable[[str], dict[str, Any]]
Output = pytest.CaptureFixture[str]
KIND = "contact-notice"
WAS, NOW = "will not be answered there", "will be returned"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return approved_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def folder(office: Path, tmp_path: Path, sample: Sample) -> Path:
    """Answers in `a.toml`, their letter in `a.docx` and `a.pdf`, and in `b.docx` the same letter edited by hand."""
    (tmp_path / "a.toml").write_text(write_answers(sample(KIND)), encoding="utf-8")
    assert main(["fill", str(tmp_path / "a.toml"), "--out", str(tmp_path), "--library", str(office)]) == 0
    (tmp_path / "b.docx").write_bytes(edited((tmp_path / "a.docx").read_bytes(), (WAS, NOW)))
    return tmp_path


def test_an_unchanged_letter_is_verified_in_both_formats(office: Path, folder: Path, capsys: Output) -> None:
    assert main(["verify", str(folder / "a.docx"), str(folder / "a.pdf"), "--library", str(office)]) == 0
    said = capsys.readouterr().out
    assert "a.docx: unchanged" in said
    assert "a.pdf: unchanged" in said


def test_a_changed_letter_exits_with_1_and_its_changes_as_json(office: Path, folder: Path, capsys: Output) -> None:
    capsys.readouterr()
    assert main(["verify", str(folder / "b.docx"), "--json", "--library", str(office)]) == 1
    (verdict,) = json.loads(capsys.readouterr().out)
    assert verdict["state"] == "changed in words"
    assert verdict["unchanged"] is False
    assert verdict["approval"]["by"] == "Morgan Example"
    assert verdict["changes"][0]["was"] == [f"A request that is sent elsewhere in the Department {WAS}."]


def test_a_redline_is_written_and_not_overwritten_unless_told(office: Path, folder: Path, capsys: Output) -> None:
    redline = folder / "redline.docx"
    command = ["verify", str(folder / "b.docx"), "--redline", str(redline), "--library", str(office)]
    assert main(command) == 1
    assert str(redline) in capsys.readouterr().out
    assert b"w:del " in open_package(redline.read_bytes(), "redline").parts["word/document.xml"]
    assert main(command) == 4
    assert main([*command, "--answers", str(folder / "a.toml"), "--overwrite"]) == 1


def test_a_redline_or_answers_go_with_one_letter_only(office: Path, folder: Path) -> None:
    files = [str(folder / "b.docx"), str(folder / "a.docx")]
    assert main(["verify", *files, "--answers", str(folder / "a.toml"), "--library", str(office)]) == 2


def test_a_letter_is_rebuilt_as_it_was_before_it_was_edited(office: Path, folder: Path, capsys: Output) -> None:
    command = ["rebuild", str(folder / "a.toml"), "--out", str(folder / "out"), "--format", "docx"]
    command += ["--library", str(office)]
    assert main(command) == 2
    assert "--as FILE" in capsys.readouterr().err
    assert main([*command, "--as", str(folder / "b.docx")]) == 0
    assert (folder / "out" / "a.docx").read_bytes() == (folder / "a.docx").read_bytes()
